"""Energy networks against closed forms, exact sums on a grid, and walks of given noise.

Everything is in float64. What is drawn at random is compared in units of its own standard error, at 4.5:
once in 150,000 for a correct code; the seeds are fixed, and no tolerance was fitted to them.
"""

import warnings
from math import log, pi

import numpy as np
import pytest
import torch
from thermolib.bnn import grid_posterior, sgld
from thermolib.chains import ConvergenceError
from thermolib.nets import EnergyNet, contrast, fit_energy, langevin

from declared import Fault
from tensors import close, normal, seeded, t

torch.set_num_threads(1)


def z_score(draws, exact):
    """The deviation of a mean of independent draws from what is exact, in standard errors."""
    draws = np.asarray(draws)
    return abs(draws.mean() - exact) / (draws.std(ddof=1) / len(draws) ** 0.5)


def bowl(x):
    return (x**2).sum(-1) / 2


def quartic(x):
    """Each coordinate feels the force −x³ + ½."""
    return (x**4 / 4 - x / 2).sum(-1)


def small(seed=0, widths=(2, 5), base_std=2.0):
    """A network with all its weights at random, and stronger than at the start of learning."""
    net = EnergyNet(widths, base_std, generator=seeded(seed)).double()
    with torch.no_grad():
        net.w.copy_(1.5 * normal(net.w.shape, seeded(seed + 1)))
    return net


# The energy ------------------------------------------------------------------------------------------


def test_the_energy_is_the_network_on_a_bowl():
    net, x = small(base_std=1.7), normal((3, 4, 2), seeded(3))
    W, b, u, c = net.w.split([10, 5, 5, 1])
    by_hand = torch.tanh(x @ W.reshape(5, 2).T + b) @ u + c + (x**2).sum(-1) / (2 * 1.7**2)
    assert net(x).shape == (3, 4)
    close(net(x), by_hand)
    close(net(x[0, 0]), by_hand[0, 0])
    assert net(x[0, 0]).shape == () and net.f.dim == len(net.w) == 21
    close(torch.func.vmap(net)(x[0]), by_hand[0])  # as `grid_posterior` calls it


def test_the_weights_at_the_start():
    """N(0, 1/in) for 4,000 weights of the second layer; biases 0; the same from the same seed."""
    net = EnergyNet((2, 100, 40), generator=seeded())
    (_, b1), (W, b2), (_, c) = net.f.unflatten(net.w.detach())
    assert not b1.any() and not b2.any() and not c.any()
    assert z_score(W.flatten() ** 2, 1 / 100) < 4.5
    assert torch.equal(net.w, EnergyNet((2, 100, 40), generator=seeded()).w)
    assert not torch.equal(net.w, EnergyNet((2, 100, 40), generator=seeded(1)).w)


def test_a_partition_function_for_any_weights():
    """Without f the bowl is a Gaussian: ln Z = ln 2πs². With weights of a hundred it is still finite."""
    net, axis = small(base_std=1.5), torch.linspace(-15, 15, 151, dtype=torch.float64)
    with torch.no_grad():
        net.w.mul_(0.0)
    assert grid_posterior(lambda x: -net(x), axis, axis).log_Z == pytest.approx(
        log(2 * pi * 1.5**2), abs=1e-12
    )
    with torch.no_grad():
        net.w.copy_(100 * normal(net.w.shape, seeded(5)))
    far = net(t([[1e4, 0.0], [0.0, -1e4]]))
    assert bool((far > 1e6).all())  # |f| ≤ Σ|u|, some hundreds, and |x|²/2s² = 2·10⁷


# Langevin --------------------------------------------------------------------------------------------

X0 = t([[0.3, -0.5], [1.0, 0.2], [-0.7, 1.1]])
TS = [0.5, 1.0, 2.0]


def test_a_given_walk():
    noise, T, x = seeded(5), t(TS)[:, None], X0
    for _ in range(30):
        x = x - 0.1 * (x**3 - 0.5) + (2 * 0.1 * T) ** 0.5 * normal(X0.shape, noise)
    close(langevin(quartic, X0, 0.1, 30, T=TS, generator=seeded(5)), x, 1e-10)


def test_the_walk_is_that_of_sgld():
    run = sgld(lambda w: -quartic(w), X0, 0.1, 1, thin=30, T=TS, generator=seeded(6))
    close(langevin(quartic, X0, 0.1, 30, T=TS, generator=seeded(6)), run.w[:, -1], 1e-10)


@pytest.mark.parametrize(("step", "T"), [(0.1, 1.0), (0.8, 0.5), (1.5, 2.0)])
def test_the_bias_of_the_step(step, T):
    """On N(0, 1) the variance T/(1 − ε/2) is exactly stationary: independent walkers that start with it."""
    generator, exact = seeded(1), T / (1 - step / 2)
    x = exact**0.5 * normal((20_000, 2), generator)
    x = langevin(bowl, x, step, 4, T=T, generator=generator)
    assert z_score(x.flatten() ** 2, exact) < 4.5
    # without the bias the test would see it, for a variance of n draws has the error √(2/n)
    assert abs(exact - T) / exact > 4.5 * (2 / x.numel()) ** 0.5


def test_the_limit_of_the_step():
    """Without noise, at T = 1e-300, a step multiplies x by 1 − ε: smaller up to ε = 2, and not beyond."""
    for step, grows in [(1.999, False), (2.001, True)]:
        x = langevin(bowl, t([[1.0]]), step, 400, T=1e-300, generator=seeded()).abs().item()
        assert x == pytest.approx(abs(1 - step) ** 400, rel=1e-9) and (x > 1) is grows


def test_no_steps_and_no_traces():
    """No step is no move; neither the start nor the network's gradients are touched."""
    net, x = small(), X0.clone().requires_grad_()
    assert torch.equal(langevin(net, x, 0.1, 0, generator=seeded()), X0)
    moved = langevin(net, x, 0.1, 3, generator=seeded())
    assert torch.equal(x, X0) and not moved.requires_grad and net.w.grad is None and x.grad is None
    with torch.no_grad():
        assert torch.equal(langevin(net, x, 0.1, 3, generator=seeded()), moved)


def test_a_walker_that_runs_away_is_named():
    x = t([[0.1], [50.0], [0.2]])
    with pytest.raises(ConvergenceError, match=r"langevin: walker 1 ran away in step \d+ of 30") as caught:
        langevin(quartic, x, 0.3, 30, generator=seeded())
    assert caught.value.last.shape == (3, 1) and bool(caught.value.last.isfinite().all())
    assert "smaller step" in str(caught.value)


# The learning rule -----------------------------------------------------------------------------------

AXIS = torch.linspace(-9, 9, 91, dtype=torch.float64)
CELLS = torch.cartesian_prod(AXIS, AXIS)


def likelihood(net, data):
    """Mean ln p of the data, exact: the integrand is smooth, and at ±9 it is less than e⁻³⁰."""
    return -net(data).mean().item() - grid_posterior(lambda x: -net(x), AXIS, AXIS).log_Z


def test_the_rule_is_the_slope_of_the_exact_likelihood():
    """With the grid's probabilities as weights, against central differences of ln Z on the same grid."""
    net, data = small(seed=4, base_std=1.0), normal((7, 2), seeded(9))
    p = grid_posterior(lambda x: -net(x), AXIS, AXIS).p.flatten()
    (slope,) = torch.autograd.grad(contrast(net, data, CELLS, p / p.sum()), net.w)
    start, h = net.w.detach().clone(), 1e-4
    for k in range(len(start)):
        sides = []
        for sign in (1, -1):
            with torch.no_grad():
                net.w.copy_(start)
                net.w[k] += sign * h
            sides.append(likelihood(net, data))
        # h² = 1e-8 of third derivatives of order one; rounding is 1e-14/h.
        assert slope[k].item() == pytest.approx(-(sides[0] - sides[1]) / (2 * h), abs=2e-6)
    assert slope.abs().max() > 0.1


def test_contrast_is_a_difference_of_means():
    data, negatives = normal((4, 2), seeded(1)), normal((6, 2), seeded(2))
    value = contrast(quartic, data, negatives)
    close(value, quartic(data).mean() - quartic(negatives).mean())
    weights = t([0.5, 0.25, 0.25, 0, 0, 0])
    close(
        contrast(quartic, data, negatives, weights),
        quartic(data).mean() - (weights * quartic(negatives)).sum(),
    )
    held = negatives.clone().requires_grad_()
    moving = data.clone().requires_grad_()
    contrast(quartic, moving, held).backward()
    assert held.grad is None and moving.grad is not None


DATA = normal((9, 2), seeded(11))
FEW = {"learning_rate": 0.2, "batch_size": 4, "step": 0.1, "steps": 3}


@pytest.mark.parametrize("refresh", [0.0, 0.5, 1.0])
def test_a_given_fit(refresh):
    """Three epochs of two updates: order, buffer, refreshment, walk, descent and rate, in turn."""
    start = small()
    fitted = fit_energy(start, DATA, epochs=3, walkers=6, refresh=refresh, generator=seeded(7), **FEW)
    noise, w = seeded(7), start.w.detach().clone()
    buffer = 2 * normal((6, 2), noise)
    path = [w]

    def energy(w, x):
        return torch.tanh(x @ w[:10].reshape(5, 2).T + w[10:15]) @ w[15:20] + w[20] + (x**2).sum(-1) / 8

    for k in range(6):
        if k % 2 == 0:
            order = torch.randperm(9, generator=noise)
        some = torch.randperm(6, generator=noise)[:4]
        fresh = 2 * normal((4, 2), noise)
        anew = torch.rand(4, 1, generator=noise) < refresh
        x = torch.where(anew, fresh, buffer[some])
        for _ in range(3):
            force = torch.func.grad(lambda x, w=w: energy(w, x).sum())(x)
            x = x - 0.1 * force + 0.2**0.5 * normal((4, 2), noise)
        buffer[some] = x
        batch = DATA[order[4 * (k % 2) : 4 * (k % 2) + 4]]
        rule = lambda w, x=x, batch=batch: energy(w, batch).mean() - energy(w, x).mean()  # noqa: E731
        w = w - 0.2 * (1 - k / 6) * torch.func.grad(rule)(w)
        if k % 2:
            path.append(w)
    close(torch.stack([net.w for net in fitted.history]), torch.stack(path), 1e-10)
    close(fitted.walkers, buffer, 1e-10)
    assert torch.equal(fitted.net.w, fitted.history[-1].w) and torch.equal(start.w, fitted.history[0].w)


def test_a_fit_finds_the_density():
    """1,000 points of two bells: the exact likelihood goes nine tenths of the way to that of the truth."""
    generator = seeded(3)
    centre = torch.where(torch.rand(1000, 1, generator=generator, dtype=torch.float64) < 0.7, -1.0, 1.5)
    data = centre + 0.5 * normal((1000, 1), generator)
    net = EnergyNet((1, 10), generator=generator).double()
    options = {"learning_rate": 0.5, "batch_size": 100, "step": 0.05, "steps": 10}
    fitted = fit_energy(net, data, epochs=60, generator=generator, **options)
    line = torch.linspace(-8, 8, 801, dtype=torch.float64)

    def score(net):
        return -net(data).mean().item() - grid_posterior(lambda x: -net(x), line).log_Z

    bells = [share * torch.exp(-2 * (data - c) ** 2) for share, c in ((0.7, -1.0), (0.3, 1.5))]
    truth = (sum(bells) * (2 / pi) ** 0.5).log().mean().item()
    assert score(net) < truth - 0.4
    # on its own data a fit may pass the truth, by half a nat for each of 31 parameters and 1,000 points
    assert truth - 0.1 * (truth - score(net)) < score(fitted.net) < truth + 31 / 2000
    assert len(fitted.history) == 61 and fitted.walkers.shape == (100, 1)


def test_a_fit_that_runs_away():
    """ε = 100 multiplies by −24 in the bowl; data and a rate beyond measure make a weight infinite."""
    with pytest.raises(ConvergenceError, match="langevin: walker 0 ran away") as caught:
        fit_energy(small(), DATA, epochs=3, generator=seeded(), **(FEW | {"step": 100.0, "steps": 300}))
    assert caught.value.last.shape == (4, 2) and bool(caught.value.last.isfinite().all())
    with pytest.raises(ConvergenceError, match="a weight is no longer finite") as caught:
        fit_energy(small(), DATA * 1e30, epochs=1, generator=seeded(), **(FEW | {"learning_rate": 1e305}))
    assert bool(caught.value.last.w.isfinite().all())


def test_a_bar_only_when_asked_for(capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit_energy(small(), DATA, epochs=1, generator=seeded(), **FEW)
        assert capsys.readouterr() == ("", "")
        fit_energy(small(), DATA, epochs=1, generator=seeded(), progress=True, **FEW)
    assert "fit_energy" in capsys.readouterr().err


# Declared: what is asked of every module -------------------------------------------------------------

NET = small()
CALLS = {
    "langevin": lambda Ts=1.0, generator=None: langevin(bowl, X0[:2], 0.1, 3, T=Ts, generator=generator),
    "contrast": lambda: contrast(NET, X0, X0[:1]),
    "fit_energy": lambda generator=None: fit_energy(NET, DATA, epochs=1, generator=generator, **FEW),
}


def fitting(net=NET, data=DATA, **options):
    return fit_energy(net, data, **({"epochs": 1, "generator": seeded()} | FEW | options))


BAD = {
    "inputs alone": (lambda: EnergyNet((2,)), r"a hidden layer at least, got \(2,\)"),
    "a layer of none": (lambda: EnergyNet((2, 0)), "a width must be an integer ≥ 1, got 0"),
    "no bowl": (lambda: EnergyNet((2, 3), 0.0), "base_std must be positive, got 0.0"),
    "a seed for a generator": (lambda: EnergyNet((2, 3), generator=1), "must be a torch.Generator"),
    "points of three coordinates": (lambda: NET(torch.zeros(4, 3)), r"shape \(\.\.\., 2\), got \(4, 3\)"),
    "no step": (lambda: langevin(bowl, X0, 0.0, 1), "step must be positive, got 0.0"),
    "a step back": (lambda: langevin(bowl, X0, -0.1, 1), "step must be positive, got -0.1"),
    "less than no steps": (lambda: langevin(bowl, X0, 0.1, -1), "steps must be an integer ≥ 0, got -1"),
    "one walker": (lambda: langevin(bowl, X0[0], 0.1, 1), r"\(walkers, dim\), got \(2,\)"),
    "no walkers": (lambda: langevin(bowl, X0[:0], 0.1, 1), r"\(walkers, dim\), got \(0, 2\)"),
    "NaN at the start": (lambda: langevin(bowl, X0 * torch.nan, 0.1, 1), "x must be finite"),
    "T too many": (lambda: langevin(bowl, X0, 0.1, 1, T=[1.0, 2.0]), r"have shape \(3,\), got \(2,\)"),
    "hotter than a number": (lambda: langevin(bowl, X0, 0.1, 1, T=np.inf), "T must be finite"),
    "one energy for all": (
        lambda: langevin(lambda x: (x**2).sum(), X0, 0.1, 1),
        r"a tensor of shape \(3,\) for 3 walkers, got \(\)",
    ),
    "a number of Python's": (lambda: langevin(lambda x: 1.0, X0, 0.1, 1), "for 3 walkers, got float"),
    "negatives in a row": (lambda: contrast(NET, X0, X0[0]), r"\(n, dim\) and \(m, dim\), got \(3, 2\) and"),
    "negatives of another space": (lambda: contrast(bowl, X0, X0[:, :1]), r"got \(3, 2\) and \(3, 1\)"),
    "weights for two": (
        lambda: contrast(NET, X0, X0, t([0.5, 0.5])),
        r"shape \(3,\) and sum to 1, got \(2,\)",
    ),
    "weights of two": (lambda: contrast(NET, X0, X0, t([1.0, 0.5, 0.5])), "sum to 1, got .* and 2"),
    "no network": (lambda: fit_energy(bowl, DATA, epochs=1, **FEW), "net must be an EnergyNet, got function"),
    "data of three coordinates": (lambda: fitting(data=torch.zeros(9, 3)), r"\(n, 2\), n ≥ 1, got \(9, 3\)"),
    "no data": (lambda: fitting(data=DATA[:0]), r"n ≥ 1, got \(0, 2\)"),
    "no epochs": (lambda: fitting(epochs=0), "epochs must be an integer ≥ 1, got 0"),
    "no rate": (lambda: fitting(learning_rate=0.0), "learning_rate must be positive"),
    "too large a batch": (
        lambda: fitting(batch_size=10),
        "batch_size must be an integer from 1 to 9, got 10",
    ),
    "no step in a fit": (lambda: fitting(step=0.0), "step must be positive"),
    "a fit without a walk": (lambda: fitting(steps=0), "steps must be an integer ≥ 1, got 0"),
    "fewer walkers than examples": (lambda: fitting(walkers=3), "walkers must be an integer ≥ 4, got 3"),
    "more than all afresh": (lambda: fitting(refresh=1.1), "refresh must be from 0 to 1, got 1.1"),
    "a generator elsewhere": (
        lambda: langevin(bowl, X0.to("meta"), 0.1, 1, generator=seeded()),
        "generator must be on the device of the chains, meta, got one on cpu",
    ),
}
LIMITS = [
    (lambda n: langevin(bowl, X0, 0.1, n), 0, -1),
    (lambda n: EnergyNet((2,) * n), 2, 1),
    (lambda n: fitting(batch_size=n), 9, 10),
    (lambda n: fitting(walkers=n), 4, 3),
    (lambda n: fitting(steps=n), 1, 0),
    (lambda r: fitting(refresh=r), 0.0, -1e-300),
    (lambda r: fitting(refresh=r), 1.0, 1 + 1e-15),
]
AS_COLD = {
    "a walk without noise": (
        lambda: langevin(bowl, t([[1.0]]), 0.5, 3, T=1e-300, generator=seeded()).item(),
        0.125,
    ),
}
FAULTS = [
    Fault(
        "ε for 2ε in the walkers' noise",
        "(2 * step * torch.as_tensor(temperatures)",
        "(step * torch.as_tensor(temperatures)",
        "test_the_bias_of_the_step[0.1-1.0]",
    ),
    Fault(
        "noise of deviation 2εT",
        ".expand(len(x))).sqrt()[:, None]",
        ".expand(len(x)))[:, None]",
        "test_a_given_walk",
    ),
    Fault(
        "T forgotten in the walkers' noise",
        "torch.as_tensor(temperatures).expand(len(x))",
        "torch.ones(len(x))",
        "test_a_given_walk",
    ),
    Fault(
        "walkers that climb",
        "x - step * _slope(energy, x)",
        "x + step * _slope(energy, x)",
        "test_a_given_walk",
    ),
    Fault(
        "the sign of the negative phase",
        "_energies(net, data).mean() - weights @ _energies(net, negatives)",
        "_energies(net, data).mean() + weights @ _energies(net, negatives)",
        "test_the_rule_is_the_slope_of_the_exact_likelihood",
    ),
    Fault(
        "the sign of the negative phase, without weights",
        "_energies(net, data).mean() - _energies(net, negatives).mean()",
        "_energies(net, data).mean() + _energies(net, negatives).mean()",
        "test_a_given_fit[0.0]",
    ),
    Fault(
        "a likelihood that falls",
        "net.w - rate * (1",
        "net.w + rate * (1",
        "test_a_given_fit[0.0]",
    ),
    Fault(
        "walkers that are not put back",
        "            buffer[some] = x\n",
        "",
        "test_a_given_fit[0.0]",
    ),
    Fault(
        "walkers that start afresh as long as they should stay",
        "device=data.device) < refresh",
        "device=data.device) > refresh",
        "test_a_given_fit[0.0]",
    ),
    Fault(
        "a rate that does not fall",
        "rate * (1 - (epoch * updates + k) / (epochs * updates)) * slope",
        "rate * slope",
        "test_a_given_fit[0.0]",
    ),
    Fault(
        "a bowl of variance s",
        "(2 * self.base_std**2)",
        "(2 * self.base_std)",
        "test_the_energy_is_the_network_on_a_bowl",
    ),
    Fault(
        "a network that is changed in place",
        "    net = deepcopy(net)\n",
        "",
        "test_a_given_fit[0.0]",
    ),
]
