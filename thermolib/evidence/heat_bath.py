"""The values of the chapter on training as a heat bath: biases of integrators, SGD, and a gas law.

Quadrature, for the gas: the stationary law of the step itself, as a functional on polynomials in cos θ, by
Gauss–Hermite sums over its noise.
"""

from collections.abc import Callable

import numpy as np

from thermolib._results import Estimate
from thermolib.evidence import Case, average
from thermolib.heat_bath import (
    GasRun,
    baoab,
    cosine_loss,
    obabo,
    scale_invariant_sgd,
    sgd,
    sgd_stationary_variance,
    ula,
    von_mises_fisher,
)

SMALL_STEPS = "the law is that of small steps; to first order pV/RT = 1 + η_eff(1 − U)/2 here"
CHAINS = 4000


def _spring(x: np.ndarray) -> np.ndarray:
    return x


def _squares(x: np.ndarray) -> Estimate:
    """The mean square of the last of each chain."""
    return average(x[:, -1] ** 2)


def _walk(name: str, of: str) -> Callable[[int], Estimate]:
    """A step of 1 in U = x²/2, friction 1: 4000 chains, 30 steps."""

    def run(seed: int) -> Estimate:
        integrator = {"baoab": baoab, "obabo": obabo}[name]
        found = integrator(_spring, np.zeros(CHAINS), 1.0, 1, warm_up=30, rng=seed)
        return _squares(getattr(found, of))

    return run


def _langevin(seed: int) -> Estimate:
    return _squares(ula(_spring, np.zeros(CHAINS), 0.5, 1, warm_up=30, rng=seed))


def _descent(momentum: float) -> Callable[[int], Estimate]:
    def run(seed: int) -> Estimate:
        walk = sgd(_spring, np.zeros(CHAINS), 0.5, 1, noise=1.0, momentum=momentum, warm_up=100, rng=seed)
        return _squares(walk.x)

    return run


def _gas(lr: float, seed: int) -> GasRun:
    """L = 1 + cos θ on the sphere, with weight decay; the length forgets the law's in 1/4η² steps."""
    return scale_invariant_sgd(
        cosine_loss(),
        3,
        600,
        protocol="fixed effective rate",
        lr=lr,
        weight_decay=0.1,
        chains=600,
        warm_up=round(2 / lr**2),
        rng=seed,
    )


def _law(seed: int) -> Estimate:
    return _gas(0.1, seed).compressibility


def _extrapolated(seed: int) -> Estimate:
    """To η_eff = 0, along the parabola through 0.1, 0.05 and 0.025."""
    weights = np.array([1, -6, 8]) / 3
    runs = [_gas(lr, seed + k).compressibility for k, lr in enumerate((0.1, 0.05, 0.025))]
    value, stderr = np.array([(run.value, run.stderr) for run in runs]).T
    return Estimate(float(weights @ value), float(np.linalg.norm(weights * stderr)))


def _steep(lr: float) -> Callable[[int], Estimate]:
    """L = 4(1 + cos θ), on the fixed sphere."""

    def run(seed: int) -> Estimate:
        return scale_invariant_sgd(
            cosine_loss(4.0),
            3,
            600,
            protocol="fixed sphere",
            lr=lr,
            radius=1.0,
            chains=600,
            warm_up=round(20 / lr),
            rng=seed,
        ).compressibility

    return run


def _energy(T: float) -> float:
    """Of L = 1 + cos θ in three dimensions."""
    return float(1 - 1 / np.tanh(1 / T) + T)


EXACT = [
    Case("SGD, η = ½: variance", "1/3", lambda: sgd_stationary_variance(0.5, 1, 1, 1), "closed form"),
    Case(
        "SGD, η = ½, μ = 0.9: variance",
        "95/33",
        lambda: sgd_stationary_variance(0.5, 1, 1, 1, 0.9),
        "closed form",
    ),
    *(
        Case(f"L = 1 + cos θ, T = {T:g}: U", _energy(T), lambda T=T: von_mises_fisher(T, 3).U, "closed form")
        for T in (0.1, 1.0, 10.0)
    ),
    Case("the same, T = ∞: S", np.log(4 * np.pi), lambda: von_mises_fisher(np.inf, 3).S, "closed form"),
]

KNOWN = {case.what: case.value for case in EXACT}

CASES = [
    *EXACT,
    Case("Langevin, ε = ½: variance of x", "4/3", _langevin, "closed form"),
    Case("BAOAB, h = 1: variance of x", "1", _walk("baoab", "x"), "leimkuhler2013"),
    Case("BAOAB, h = 1: variance of p", "3/4", _walk("baoab", "p"), "closed form"),
    Case("OBABO, h = 1: variance of x", "4/3", _walk("obabo", "x"), "closed form"),
    Case("SGD, 4000 runs, η = ½: variance", KNOWN["SGD, η = ½: variance"], _descent(0.0), "closed form"),
    Case(
        "SGD, 4000 runs, η = ½, μ = 0.9: variance",
        KNOWN["SGD, η = ½, μ = 0.9: variance"],
        _descent(0.9),
        "closed form",
    ),
    Case("gas of training, η_eff = 0.1: pV/RT", "1", _law, "sadrtdinov2025", SMALL_STEPS),
    Case("gas of training, extrapolated to η_eff = 0: pV/RT", "1", _extrapolated, "sadrtdinov2025"),
    *(
        Case(f"four times as steep, on a sphere, η_eff = {lr}: pV/RT", ratio, _steep(float(lr)), "quadrature")
        for lr, ratio in {"0.1": "1.240769058", "0.05": "1.109839430", "0.025": "1.052404346"}.items()
    ),
]
