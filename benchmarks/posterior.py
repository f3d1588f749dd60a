"""Sampling a posterior: effective samples a second of HMC and of Langevin's walk, compilers included.

Two targets: a Gaussian of 100 weights whose deviations reach from ½ to 2, and the posterior of the network
w₂ tanh(w₁x) of chapters/bayesian-neural-networks.md. All contenders make the same walk: the same step, as
many leapfrogs, chains and draws, in doubles. They differ in what a step costs, so effective samples are
counted by one estimator, of one observable, after the clock has stopped: the square of the widest weight, and
the product w₁w₂, which is the same for the network's two equal modes. Each run is a new process: imports are
made before the clock starts, and what is compiled or traced is in the time.
"""

from functools import cache

import numpy as np

from harness import Clock, Contender, Outcome, Work, per_amount

CHAINS, WIDE = 20, np.linspace(0.5, 2, 100)
X, Y, NOISE = [-2.0, -1.0, 0.5, 1.0, 2.0], [-0.9, -0.7, 0.4, 0.8, 1.1], 0.3
STEP = {("hmc", "gauss"): 0.25, ("sgld", "gauss"): 0.05, ("hmc", "net"): 0.15, ("sgld", "net"): 0.01}
LEAPFROGS, DRAWS = 10, {"hmc": 1000, "sgld": 10_000}
DIM = {"gauss": 100, "net": 2}


def judged(w, target, clock):
    """Return what came of draws (chains, draws, dim): the mean of the observable, and effective samples."""
    from thermolib import chains

    w = np.asarray(w)[:, w.shape[1] // 20 :]  # after the walk has forgotten where it began
    series = w[..., -1] ** 2 if target == "gauss" else w[..., 0] * w[..., 1]
    value, stderr = chains.mean(series)
    amount = chains.effective_sample_size(series)
    return Outcome(value=value, stderr=stderr, amount=amount, cpu=clock.cpu, wall=clock.wall)


def log_joints(torch):
    """Return both log joints for torch, of one w (dim,), or the sum over w (chains, dim)."""
    wide, x, y = (torch.tensor(one, dtype=torch.float64) for one in (WIDE, X, Y))

    def gauss(w):
        return -((w / wide) ** 2).sum() / 2

    def net(w):
        f = w[..., 1:] * torch.tanh(w[..., :1] * x)
        return -(((y - f) / NOISE) ** 2).sum() / 2 - (w**2).sum() / 2

    return {"gauss": gauss, "net": net}


def ours(sampler, target, draws):
    """Return what prepares a sampler of thermolib.bnn."""

    def prepare():
        import torch
        import torch._dynamo  # which torch.func imports when it is first called
        import torch.fx.experimental.proxy_tensor
        from thermolib import bnn

        torch.set_num_threads(1)
        log_joint, step = log_joints(torch)[target], STEP[sampler, target]
        more = {"leapfrogs": LEAPFROGS} if sampler == "hmc" else {}

        def run(seed):
            with Clock() as clock:
                w0 = torch.ones(CHAINS, DIM[target], dtype=torch.float64)
                generator = torch.Generator().manual_seed(seed)
                found = getattr(bnn, sampler)(log_joint, w0, step, draws, generator=generator, **more).w
            return judged(found.numpy(), target, clock)

        return run

    return prepare


def blackjax_(sampler, target, draws):
    """Return what prepares a sampler of blackjax."""

    def prepare():
        import blackjax
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        jax.devices()  # starts the backend
        wide, x, y = (jnp.array(one) for one in (WIDE, X, Y))
        log_joint = {
            "gauss": lambda w: -((w / wide) ** 2).sum() / 2,
            "net": lambda w: -(((y - w[1] * jnp.tanh(w[0] * x)) / NOISE) ** 2).sum() / 2 - (w**2).sum() / 2,
        }[target]
        step = STEP[sampler, target]

        @jax.jit
        def hmc(w, key):
            kernel = blackjax.hmc(log_joint, step, jnp.ones(DIM[target]), LEAPFROGS)

            def move(state, key):
                state, _ = jax.vmap(kernel.step)(jax.random.split(key, CHAINS), state)
                return state, state.position

            return jax.lax.scan(move, jax.vmap(kernel.init)(w), jax.random.split(key, draws))[1]

        @jax.jit
        def sgld(w, key):
            kernel = blackjax.sgld(lambda w, batch: jax.grad(log_joint)(w))

            def move(w, key):
                keys = jax.random.split(key, CHAINS)
                w = jax.vmap(lambda key, w: kernel.step(key, w, None, step))(keys, w)
                return w, w

            return jax.lax.scan(move, w, jax.random.split(key, draws))[1]

        def run(seed):
            with Clock() as clock:
                sample = hmc if sampler == "hmc" else sgld
                found = np.asarray(sample(jnp.ones((CHAINS, DIM[target])), jax.random.key(seed)))
            return judged(found.swapaxes(0, 1), target, clock)

        return run

    return prepare


def posteriors_(target, draws, by):
    """Return what prepares Langevin's walk by posteriors: chains by vmap, or as one walk of all weights."""

    def prepare():
        import warnings

        warnings.simplefilter("ignore", FutureWarning)  # tensordict's, on each import
        import posteriors
        import torch
        import torch._dynamo

        torch.set_num_threads(1)
        log_joint = log_joints(torch)[target]

        def run(seed):
            with Clock() as clock:
                torch.manual_seed(seed)
                transform = posteriors.sgmcmc.sgld.build(
                    lambda w, batch: (log_joint(w), torch.zeros(0)), lr=STEP["sgld", target]
                )
                w0 = torch.ones(CHAINS, DIM[target], dtype=torch.float64)
                if by == "sum":  # whose gradient is each chain's own
                    state, inplace = transform.init(w0), True
                else:
                    state, inplace = torch.vmap(transform.init)(w0), False

                def update(state):
                    return transform.update(state, None, inplace=inplace)[0]

                update = update if by == "sum" else torch.vmap(update, randomness="different")
                found = torch.empty(CHAINS, draws, DIM[target], dtype=torch.float64)
                for k in range(draws):
                    state = update(state)
                    found[:, k] = state.params
            return judged(found.numpy(), target, clock)

        return run

    return prepare


def normals(target, draws):
    """Return what prepares the random numbers of Langevin's walk alone, as torch draws them a step."""

    def prepare():
        import torch
        from thermolib import bnn

        torch.set_num_threads(1)
        log_joint, step = log_joints(torch)[target], STEP["sgld", target]

        def run(seed):
            w0 = torch.ones(CHAINS, DIM[target], dtype=torch.float64)
            generator = torch.Generator().manual_seed(seed)
            found = bnn.sgld(log_joint, w0, step, draws, generator=generator).w  # for its effective samples
            with Clock() as clock:
                for _ in range(draws):
                    torch.randn(w0.shape, generator=generator, dtype=w0.dtype)
            return judged(found.numpy(), target, clock)

        return run

    return prepare


@cache
def exact(sampler, target):
    """Return the mean of the observable: for Langevin's walk that of the walk, whose step is finite."""
    if target == "gauss":  # variance s²/(1 − ε/2s²) of Langevin's walk: thermolib.bnn.sgld
        return WIDE[-1] ** 2 / (1 - STEP["sgld", "gauss"] / (2 * WIDE[-1] ** 2) * (sampler == "sgld"))
    w = np.stack(np.meshgrid(*[np.linspace(-5, 5, 201)] * 2, indexing="ij"))
    h = np.tanh(w[0, ..., None] * np.array(X))
    r = np.array(Y) - w[1, ..., None] * h
    if sampler == "hmc":
        p = np.exp(-(r**2).sum(-1) / (2 * NOISE**2) - (w**2).sum(0) / 2)
        return float((p * w[0] * w[1]).sum() / p.sum())
    # What is expected after one step more, again and again, until it no longer depends on where one began.
    from scipy.ndimage import gaussian_filter, map_coordinates

    step, spacing = STEP[sampler, target], 0.05
    force = (
        np.stack([(r * w[1, ..., None] * (1 - h**2) * np.array(X)).sum(-1), (r * h).sum(-1)]) / NOISE**2 - w
    )
    places, expected = (w + step * force + 5) / spacing, w[0] * w[1]
    for _ in range(500):
        spread = gaussian_filter(expected, np.sqrt(2 * step) / spacing, mode="nearest", truncate=6)
        expected = map_coordinates(spread, places, order=3, mode="nearest")
    return float(expected[120, 120])


def work(sampler, target, times=1):
    """Return the work of one sampler on one target, with so many times the draws."""
    draws = DRAWS[sampler] * times
    how = f"step {STEP[sampler, target]}, {CHAINS} chains" + (", 10 leapfrogs" if sampler == "hmc" else "")
    contenders = [
        Contender("thermolib", ours(sampler, target, draws), "ours", how=how),
        Contender(
            "blackjax",
            blackjax_(sampler, target, draws),
            package="blackjax",
            how="jit, lax.scan, vmap over chains",
        ),
    ]
    targets = {"blackjax": 1.0}
    if sampler == "sgld" and times == 1:
        for name, by, how in (
            ("posteriors", "vmap", "functional update, torch.vmap over chains"),
            ("posteriors, chains in one sum", "sum", "update in place, all chains as one parameter"),
        ):
            contenders.append(Contender(name, posteriors_(target, draws, by), package="posteriors", how=how))
            targets[name] = 3.0
        contenders.append(Contender("the normal numbers alone", normals(target, draws), "limit", how="torch"))
    name = {"hmc": "HMC", "sgld": "Langevin's walk"}[sampler]
    of = {"gauss": "a Gaussian of 100 weights", "net": "a network of two weights"}[target]
    return Work(
        name=f"{sampler}-{target}" + ("-long" if times > 1 else ""),
        title=f"{name} on {of}, {draws:,} draws of {CHAINS} chains",
        unit="CPU seconds for an effective sample, compiler included",
        contenders=contenders,
        exact=exact(sampler, target),
        cost=per_amount,
        targets=targets,
        cold=True,
        repetitions=5,
        note="torch is called once for each operation of a step, by thermolib and by posteriors; JAX "
        "compiles the walk into one program. The fewer the weights, and the longer the walk, the more that "
        "is worth.",
    )


WORKS = [work(*one) for one in STEP] + [work("sgld", target, 5) for target in DIM]
