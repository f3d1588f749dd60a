"""The values of the chapter on Boltzmann machines: one small machine, in full."""

import numpy as np

from thermolib._results import Estimate
from thermolib.evidence import Case, average, share
from thermolib.problems import bars_and_stripes
from thermolib.rbm import RBM, ais, cd_gradient, exact_gradient, expected_cd_gradient, reverse_ais

_I, _J = np.arange(6.0)[:, None], np.arange(4.0)
MACHINE = RBM(np.sin(1 + 7 * _I + 3 * _J), 0.3 * np.cos(_I[:, 0]), -0.2 * _J)
DATA = np.array([[0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0], [1, 0, 1, 0, 1, 0]])
BETAS = np.linspace(0, 1, 30)


def _both() -> float:
    """E[v₀h₀], over all states of the visible units."""
    every = (np.indices((2,) * 6).reshape(6, -1).T).astype(float)
    p = np.exp(MACHINE.log_likelihood(every))
    return float(p @ (every[:, 0] * MACHINE.hidden_means(every)[:, 0]))


def _gibbs(seed: int) -> Estimate:
    """The same by block Gibbs sampling: 4000 chains of 60 steps."""
    v = MACHINE.gibbs(np.zeros((4000, 6)), 60, rng=seed)
    return average(v[:, 0] * MACHINE.hidden_means(v)[:, 0])


def _none(seed: int) -> Estimate:
    """The share of 40,000 exact draws in which no unit is on."""
    return share(MACHINE.sample(40_000, rng=seed).sum(axis=1) == 0)


def _cd(seed: int) -> Estimate:
    """One entry of CD-1, averaged over 1000 runs."""
    rng = np.random.default_rng(seed)
    return average([cd_gradient(MACHINE, DATA, 1, rng=rng).W[0, 0] for _ in range(1000)])


def _backwards(seed: int) -> Estimate:
    """From 400 exact draws of the machine to its base."""
    rng = np.random.default_rng(seed)
    return reverse_ais(MACHINE, MACHINE.sample(400, rng=rng), betas=BETAS, rng=rng)


EXACT = [
    Case("6 × 4 machine: ln Z", "7.258641376255", lambda: MACHINE.log_partition(), "exact sum"),
    Case("E[v₀h₀]", "0.597453437", _both, "exact sum"),
    Case(
        "p of no unit on", "0.006625349701", lambda: np.exp(MACHINE.log_likelihood(np.zeros(6))), "exact sum"
    ),
    Case(
        "mean ln p of three patterns",
        "-3.896931922",
        lambda: MACHINE.log_likelihood(DATA).mean(),
        "exact sum",
    ),
    Case("its slope in W₀₀", "-0.0578648632", lambda: exact_gradient(MACHINE, DATA).W[0, 0], "exact sum"),
    Case(
        "CD-1, expected", "0.0325230321", lambda: expected_cd_gradient(MACHINE, DATA, 1).W[0, 0], "exact sum"
    ),
    Case(
        "CD-10, expected",
        "-0.0577513139",
        lambda: expected_cd_gradient(MACHINE, DATA, 10).W[0, 0],
        "exact sum",
    ),
    Case("bars and stripes, 3 × 3: patterns", "14", lambda: len(bars_and_stripes(3)), "closed form"),
    Case(
        "the same: bound of mean ln p", "-2.639057", lambda: -np.log(len(bars_and_stripes(3))), "closed form"
    ),
    Case(
        "bars and stripes, 4 × 4: bound",
        "-3.401197",
        lambda: -np.log(len(bars_and_stripes(4))),
        "closed form",
    ),
]

KNOWN = {case.what: case.value for case in EXACT}

CASES = [
    *EXACT,
    Case("Gibbs sampling: E[v₀h₀]", KNOWN["E[v₀h₀]"], _gibbs, "exact sum"),
    Case("exact draws: p of no unit on", KNOWN["p of no unit on"], _none, "exact sum"),
    Case("CD-1, 1000 runs", KNOWN["CD-1, expected"], _cd, "exact sum"),
    Case(
        "AIS: ln Z",
        KNOWN["6 × 4 machine: ln Z"],
        lambda seed: ais(MACHINE, betas=BETAS, chains=400, rng=seed),
        "neal2001",
    ),
    Case(
        "reverse AIS: ln Z",
        KNOWN["6 × 4 machine: ln Z"],
        _backwards,
        "burda2015",
    ),
]
