"""The values of the chapter on entropy."""

import numpy as np
from scipy.optimize import brentq
from scipy.stats import binom

from thermolib._results import Estimate
from thermolib.boltzmann import thermodynamics
from thermolib.entropy import entropy, gaussian_bottleneck, kl_divergence, max_entropy, softmax
from thermolib.evidence import Case, share

FACES = np.arange(1, 7)
LEVELS = np.array([-2.0, -1.0, 0.0])


def _penalised(weight: float) -> float:
    """Return p₁ where −ln p₁ − λH of two classes is least: 1/p₁ = λ ln(p₁/(1 − p₁))."""
    return float(brentq(lambda p: 1 / p - weight * np.log(p / (1 - p)), 0.5, 1 - 1e-15, xtol=1e-15))


def _die(mean: float) -> float:
    return float(entropy(max_entropy(FACES, mean).p))


def _critical() -> float:
    """Return the largest T at which anything is kept."""
    low, high = 0.1, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if gaussian_bottleneck(0.8, middle).I_X > 0 else (low, middle)
    return low


def _heads(seed: int) -> Estimate:
    """At least 60 of 100, in 100,000 games."""
    return share(np.random.default_rng(seed).binomial(100, 0.5, 100_000) >= 60)


def _bahadur() -> float:
    """A first correction to Cramér's exponent, e^{−nI}/[(1 − e^{−λ})√(2πn·pq)], with λ = ln(p/q)."""
    return float(
        np.exp(-100 * kl_divergence([0.6, 0.4], [0.5, 0.5])) / ((1 / 3) * np.sqrt(200 * np.pi * 0.24))
    )


EXACT = [
    *(
        Case(
            f"die of mean 4.5: p of {face}", p, lambda k=face - 1: max_entropy(FACES, 4.5).p[k], "jaynes1963"
        )
        for face, p in enumerate(["0.05435", "0.07877", "0.11416", "0.16545", "0.23977", "0.34749"], 1)
    ),
    Case("die of mean 4.5: H", "1.61358", lambda: _die(4.5), "jaynes1963"),
    Case("die of mean 4.5: λ", "0.371048938", lambda: max_entropy(FACES, 4.5).lam, "Newton's method"),
    Case("die of mean 4.5: H, to more digits", "1.613581098", lambda: _die(4.5), "Newton's method"),
    Case("die of mean 3: H", "1.748506249", lambda: _die(3), "Newton's method"),
    *(
        Case(f"logits 2, 1, 0: p of {z}", p, lambda k=k: softmax([2, 1, 0], 1.0)[k], "closed form")
        for k, (z, p) in enumerate({2: "0.66524096", 1: "0.24472847", 0: "0.09003057"}.items())
    ),
    Case("logits 2, 1, 0: S", "0.832395582", lambda: thermodynamics(LEVELS, 1.0).S, "closed form"),
    Case("logits 2, 1, 0: U", "-1.575210383", lambda: thermodynamics(LEVELS, 1.0).U, "closed form"),
    Case("logits 2, 1, 0: F", "-2.407605964", lambda: thermodynamics(LEVELS, 1.0).F, "closed form"),
    Case("logits 2, 1, 0: C", "0.424404545", lambda: thermodynamics(LEVELS, 1.0).C, "closed form"),
    Case("logits 2, 1, 0: S at T = ½", "0.441057444", lambda: thermodynamics(LEVELS, 0.5).S, "closed form"),
    Case("−ln p₁ − H/2, two classes: best p₁", "0.901829092", lambda: _penalised(0.5), "bisection"),
    Case("−ln p₁ − H/10, two classes: best p₁", "0.99995462", lambda: _penalised(0.1), "bisection"),
    Case(
        "coin: rate of a share of 0.6",
        "0.0201355136",
        lambda: kl_divergence([0.6, 0.4], [0.5, 0.5]),
        "closed form",
    ),
    Case("at least 60 heads in 100", "0.02844396682", lambda: binom.sf(59, 100, 0.5), "exact sum"),
    Case(
        "60 heads in 100: Cramér's bound",
        "0.1335",
        lambda: np.exp(-100 * kl_divergence([0.6, 0.4], [0.5, 0.5])),
        "cramer1938",
    ),
    Case("60 heads in 100: Bahadur and Rao", "0.0326", _bahadur, "bahadur1960"),
    Case("die: rate of a mean of 4.5", "0.178178", lambda: np.log(6) - _die(4.5), "closed form"),
    Case("Gaussian bottleneck, ρ = 0.8: critical 1/T", "1.5625", lambda: 1 / _critical(), "chechik2005"),
    Case(
        "the same at 1/T = 2: I(X;T)", "0.287682072", lambda: gaussian_bottleneck(0.8, 0.5)[0], "chechik2005"
    ),
    Case(
        "the same at 1/T = 2: I(T;Y)", "0.164252033", lambda: gaussian_bottleneck(0.8, 0.5)[1], "chechik2005"
    ),
]

KNOWN = {case.what: case.value for case in EXACT}

CASES = [
    *EXACT,
    Case("100,000 games: at least 60 heads in 100", KNOWN["at least 60 heads in 100"], _heads, "exact sum"),
]
