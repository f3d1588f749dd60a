"""Learning digits by a restricted Boltzmann machine: CPU seconds until held-out digits have one likelihood.

Two machines: 64 × 16 on digits, whose likelihood is exact, and 784 × 500 on the same digits upsampled, where
annealed importance sampling gives ln Z. Each contender is run to a level of the mean log-likelihood of 797
digits that it was not shown, with the settings that reach it soonest among minibatches of 10, 20, 50 and 100,
and learning rates from .005 to .4 (of scikit-learn's and learnergy's one rate; thermolib's may fall, and its
biases may start at the data's log odds. `fast_fit` runs a second time with scikit-learn's own settings). The
likelihood is computed after the clock has stopped; who ends below the level by more than the tolerance gets
no ratio.
"""

from functools import cache

import numpy as np

from harness import Clock, Contender, Outcome, Work

LEVEL = {"small": -21.0, "large": -250.0}  # nats a digit; independent pixels have −25.3 and −361
FITS = {"small": 3, "large": 1}  # in one run
SHOWN = 1000


@cache
def digits(size):
    """Return the digits shown, those held out, and the log odds of the shown ones' pixels."""
    from sklearn.datasets import load_digits

    v = (load_digits().data > 7).astype(float)
    v = v[np.random.default_rng(0).permutation(len(v))]
    if size == "large":
        v = np.kron(v.reshape(-1, 8, 8), np.ones((4, 4)))[:, 2:-2, 2:-2].reshape(len(v), 784)
    shown, rest = v[:SHOWN], v[SHOWN:]
    return shown, rest, np.log((shown.sum(0) + 0.5) / ((1 - shown).sum(0) + 0.5))


def likelihood(size, W, a, b):
    """Return the mean log-likelihood of the digits held out, in nats."""
    from thermolib import rbm
    from thermolib.chains import ConvergenceError

    machine, (_, rest, odds) = rbm.RBM(W, a, b), digits(size)
    if size == "small":
        return machine.log_likelihood(rest).mean()
    try:
        found = rbm.fast_ais(machine, betas=np.linspace(0, 1, 2001), chains=100, base=odds, rng=0)
    except ConvergenceError as error:  # to some nats it is known all the same
        found = error.last
    return -machine.free_energy(rest).mean() - found.value


def run_of(size, learn):
    """Return a run: `learn` on some seeds, timed, and how far below the level they end."""
    shown = digits(size)[0]

    def run(seed):
        with Clock() as clock:
            machines = [learn(shown, 100 * seed + k) for k in range(FITS[size])]
        mean = np.mean([likelihood(size, *one) for one in machines])
        return Outcome(error=max(0.0, LEVEL[size] - mean), cpu=clock.cpu, wall=clock.wall)

    return run


def ours(size, function, *, batch_size, rates, epochs, start):
    """Return what prepares thermolib's `fit` or `fast_fit`."""

    def prepare():
        from thermolib import rbm

        hidden, odds = {"small": 16, "large": 500}[size], digits(size)[2]
        more = {"method": "pcd"} if function == "fit" else {}

        def learn(shown, seed):
            W = 0.01 * np.random.default_rng(seed).standard_normal((shown.shape[1], hidden))
            first = rbm.RBM(W, odds if start == "odds" else 0 * odds, np.zeros(hidden))
            options = {
                "epochs": epochs,
                "learning_rate": np.linspace(*rates, epochs),
                "batch_size": batch_size,
            }
            last = getattr(rbm, function)(first, shown, rng=seed, **options, **more)[0]
            return last.W, last.a, last.b

        return run_of(size, learn)

    return prepare


def sklearn(size, dtype, **options):
    """Return what prepares scikit-learn's machine."""

    def prepare():
        from sklearn.neural_network import BernoulliRBM

        hidden = {"small": 16, "large": 500}[size]

        def learn(shown, seed):
            machine = BernoulliRBM(hidden, random_state=seed, **options).fit(shown.astype(dtype))
            return machine.components_.T, machine.intercept_visible_, machine.intercept_hidden_

        return run_of(size, learn)

    return prepare


def learnergy(size, *, batch_size, learning_rate, epochs):
    """Return what prepares learnergy's machine."""

    def prepare():
        import logging

        import torch
        from learnergy.models.bernoulli import RBM

        logging.disable()
        hidden = {"small": 16, "large": 500}[size]

        def learn(shown, seed):
            torch.manual_seed(seed)
            data = torch.utils.data.TensorDataset(
                torch.tensor(shown, dtype=torch.float32), torch.zeros(len(shown))
            )
            machine = RBM(shown.shape[1], hidden, learning_rate=learning_rate)
            machine.fit(data, batch_size=batch_size, epochs=epochs)
            return [one.detach().double().numpy() for one in (machine.W, machine.a, machine.b)]

        return run_of(size, learn)

    return prepare


def products(updates, batch_size):
    """Return what prepares the products of matrices of as many updates, alone, in single precision."""

    def prepare():
        v, h = np.ones((batch_size, 784), np.float32), np.ones((batch_size, 500), np.float32)
        W, both, means = np.ones((784, 500), np.float32), np.vstack([v, v]), np.vstack([h, h])

        def run(seed):
            with Clock() as clock:
                for _ in range(updates):
                    _ = v @ W, h @ W.T, both @ W, both.T @ means
            return Outcome(error=0.0, cpu=clock.cpu, wall=clock.wall)

        return run

    return prepare


SMALL = {
    "ours": {"batch_size": 20, "rates": (0.2, 0.02), "epochs": 15, "start": "odds"},
    "theirs": {"batch_size": 20, "rates": (0.1, 0.1), "epochs": 30, "start": "zeros"},
    "sklearn": {"batch_size": 20, "learning_rate": 0.1, "n_iter": 30},
    "learnergy": {"batch_size": 50, "learning_rate": 0.2, "epochs": 20},
}
LARGE = {
    "ours": {"batch_size": 50, "rates": (0.03, 0.01), "epochs": 10, "start": "odds"},
    "theirs": {"batch_size": 50, "rates": (0.01, 0.01), "epochs": 26, "start": "zeros"},
    "sklearn": {"batch_size": 50, "learning_rate": 0.01, "n_iter": 26},
    "learnergy": {"batch_size": 50, "learning_rate": 0.02, "epochs": 10},
}


def work(size, options):
    """Return the work on one machine."""
    said = {who: ", ".join(f"{name} {value}" for name, value in its.items()) for who, its in options.items()}
    contenders = [
        Contender("fast_fit", ours(size, "fast_fit", **options["ours"]), "ours", how=said["ours"]),
        Contender(
            "fast_fit as theirs", ours(size, "fast_fit", **options["theirs"]), "ours", how=said["theirs"]
        ),
        Contender("fit", ours(size, "fit", **options["ours"]), "ours", how=said["ours"]),
        *(
            Contender(
                f"scikit-learn, {name}",
                sklearn(size, dtype, **options["sklearn"]),
                package="scikit-learn",
                how=said["sklearn"],
            )
            for name, dtype in (("single", np.float32), ("double", np.float64))
        ),
        Contender(
            "learnergy",
            learnergy(size, **options["learnergy"]),
            package="learnergy",
            how="contrastive divergence, its only method; " + said["learnergy"],
        ),
    ]
    if size == "large":
        its = options["ours"]
        updates = its["epochs"] * SHOWN // its["batch_size"]
        contenders.append(
            Contender("fast_fit's products alone", products(updates, its["batch_size"]), "limit", how="NumPy")
        )
    shape = {"small": "64 × 16, digits", "large": "784 × 500, digits upsampled"}[size]
    return Work(
        name=f"rbm-{size}",
        title=f"A Boltzmann machine of {shape}: to −{-LEVEL[size]:.0f} nats a held-out digit",
        unit=f"CPU seconds for {FITS[size]} fits" if FITS[size] > 1 else "CPU seconds",
        contenders=contenders,
        tolerance={"small": 0.5, "large": 5.0}[size],
        targets={"scikit-learn, single": 2.0, "scikit-learn, double": 2.0},
        timeout=900,  # learnergy takes the better part of a second an epoch
        note="“As theirs” has scikit-learn's rates, batches and epochs. The other two lower the rate as they "
        "go, and start the biases at the log-odds of the pixels, which `fit` takes as arguments. What speed "
        "alone gives is the row “as theirs” beside scikit-learn's.",
    )


WORKS = [work("small", SMALL), work("large", LARGE)]
