"""Exercises of the page ``free-energy``."""

from collections.abc import Callable
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from thermolib.exercises import Exercise

X = np.array([10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5])
Y = np.array([8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68])


def _weight(feature: NDArray) -> tuple[float, float, float]:
    """Return mean, variance and price of a weight, with noise 1, prior 0 ± 10 and an orthogonal feature."""
    variance = 1 / (feature @ feature + 1 / 100)
    mean = variance * (feature @ Y)
    price = (variance / 100 + mean**2 / 100 - 1 + log(100 / variance)) / 2
    return float(mean), float(variance), float(price)


SLOPE = (X - 9) / sqrt(10)  # the feature 1 of the constant is orthogonal to it
MEAN, VARIANCE, PRICE = _weight(SLOPE)
CONSTANT, _, PRICE_CONSTANT = _weight(np.ones(11))
# Each weight adds half the sum of its feature's squares times its variance; its mean lowers the error.
SAVED = float(
    ((Y - CONSTANT) ** 2).sum() - ((Y - CONSTANT - MEAN * SLOPE) ** 2).sum() - VARIANCE * (SLOPE @ SLOPE)
) / 2  # fmt: skip
UPPER = 1 / (1 + exp(2))  # probability of the upper level at T = 1/2
KL_HOT = 0.7 * log(0.7 / (1 - UPPER)) + 0.3 * log(0.3 / UPPER)
KL_BACK = (1 - UPPER) * log((1 - UPPER) / 0.7) + UPPER * log(UPPER / 0.3)
HEAT = 0.5 * log(1 + exp(-2))  # T ln Z
S_HOT = -0.7 * log(0.7) - 0.3 * log(0.3)

Step = Callable[[int, NDArray, NDArray, NDArray, float], NDArray]


def _step(
    sign: float = -1.0,
    pulled: Callable[[NDArray, NDArray], NDArray] = lambda mu, m: mu - m,
    base: Callable[[NDArray, int], float] = lambda m, k: m[k],
    curvature: Callable[[NDArray, int], float] = lambda precision, k: precision[k, k],
    variance: Callable[[NDArray, int, float], float] = lambda precision, k, T: T / precision[k, k],
    among: Callable[[int, int], NDArray] = lambda n, k: np.arange(n) != k,
) -> Step:
    """Return a coordinate step, or what a wrong part makes of it."""

    def step(k: int, mu: NDArray, m: NDArray, precision: NDArray, T: float) -> NDArray:
        others = among(len(m), k)
        pull = precision[k, others] @ pulled(mu, m)[others]
        mean = base(m, k) + sign * pull / curvature(precision, k)
        return np.array([mean, variance(precision, k, T)])

    return step


def _case(seed: int, n: int, k: int, T: float) -> dict[str, object]:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(n, n)).round(1)
    return {
        "k": k,
        "mu": rng.normal(size=n).round(1),
        "m": rng.normal(1, 1, n).round(1),
        "precision": root @ root.T + 2 * np.eye(n),
        "T": T,
    }


EXERCISES = {
    "think-degree": Exercise(
        question="The degree on which to bet",
        answer="1, a line",
        choices={
            "0, a constant": "The points rise: a constant misses them by more than the noise of 1 explains.",
            "1, a line": "A slope saves more misfit than it costs, and the next weights do not.",
            "2, a parabola": "It fits hardly better than a line, and pays for one weight more.",
            "10": "It fits all points, and the noise with them: few of its curves do.",
        },
    ),
    "think-width": Exercise(
        question="The width of the best product q, at correlation 0.9",
        answer="0.44, as one has when the other is held",
        choices={
            "1, as each weight has by itself": "Then much of q would lie beside the ridge of p.",
            "0.44, as one has when the other is held": "The variance is 1/Λ₁₁ = 1 − ρ² = 0.19.",
            "0.1, since correlation 0.9 leaves a tenth": "What is left of the variance is 1 − ρ², not 1 − ρ.",
        },
    ),
    "think-seeker": Exercise(
        question="The average weight of 1000 draws from the seeker; exactly, Z = 1",
        answer="about ½, with a small error bar",
        choices={
            "about ½, with a small error bar": "All draws see one bump, where each weight is about ½.",
            "about 1, with a large error bar": (
                "The mean of very many draws is 1. But no draw goes eight widths away."
            ),
            "about 0: the weights cancel": "Weights are positive, so they cannot cancel.",
        },
    ),
    "slope-price": Exercise(
        question="Price of the slope w₁ alone, in nats",
        answer=PRICE,
        mistakes={
            "the price of both weights of the line": PRICE + PRICE_CONSTANT,
            "the gain of the line over the constant in ln Z: misfit and price together": SAVED - PRICE,
            "the misfit that the slope saves": SAVED,
            "the other direction, KL(prior‖posterior)": (
                ((100 + MEAN**2) / VARIANCE - 1 - log(100 / VARIANCE)) / 2
            ),
            "bits: nats are asked for": PRICE / log(2),
            "10 for the variance of the prior: it is 10²": (
                (VARIANCE + MEAN**2) / 10 - 1 + log(10 / VARIANCE)
            )
            / 2,
            "the logarithm of the two widths alone, without mean and trace": log(100 / VARIANCE) / 2,
        },
    ),
    "gap": Exercise(
        question="F[q] + T ln Z, in units of energy, for q = 0.3 in the upper level and T = 1/2",
        answer=0.5 * KL_HOT,
        mistakes={
            "the divergence itself, without the factor T": KL_HOT,
            "the other direction, T KL(p‖q)": 0.5 * KL_BACK,
            "the free energy of the belief: −T ln Z is still to be subtracted": 0.3 - 0.5 * S_HOT,
            "entropy with the wrong sign, U + TS": 0.3 + 0.5 * S_HOT + HEAT,
            "Z at T = 1": 0.3 - 0.5 * S_HOT + 0.5 * log(1 + exp(-1)),
            "bits: the natural logarithm belongs in F": 0.5 * KL_HOT / log(2),
            "energy alone, without the entropy": 0.3 + HEAT,
        },
    ),
    "elbo": Exercise(
        question="The ELBO in nats, for ln Z = −24.29 and a divergence of 1.10 nats",
        answer=-25.39,
        mistakes={
            "a bound from above: the divergence added to ln Z": -23.19,
            "the free energy F = −ELBO": 25.39,
            "ln Z itself: the gap is missing": -24.29,
            "the free energy with the divergence subtracted": 23.19,
        },
        tolerance=5e-4,
    ),
    "step": Exercise(
        question="One coordinate step: mean and variance of weight k",
        answer=_step(),
        arguments=[_case(1, 2, 0, 1.0), _case(2, 3, 1, 2.0), _case(3, 5, 4, 0.5)],
        mistakes={
            "the pull of the others added: it is subtracted": _step(sign=1.0),
            "the others' means themselves: their distances from m count": _step(pulled=lambda mu, m: mu),
            "a step that starts from the others' pull alone: m[k] is missing": _step(base=lambda m, k: 0.0),
            "a pull that is not divided by the curvature precision[k, k]": _step(
                curvature=lambda precision, k: 1.0
            ),
            "weight k among the others: it pulls itself": _step(among=lambda n, k: np.arange(n) >= 0),
            "the variance of weight k by itself, from the inverse of the precision": _step(
                variance=lambda precision, k, T: T * np.linalg.inv(precision)[k, k]
            ),
            "a variance without T": _step(variance=lambda precision, k, T: 1 / precision[k, k]),
            "1/T for T in the variance: a hot belief is wide": _step(
                variance=lambda precision, k, T: 1 / (T * precision[k, k])
            ),
            "the standard deviation: the variance is asked for": _step(
                variance=lambda precision, k, T: sqrt(T / precision[k, k])
            ),
            "the precision of q: the variance is asked for": _step(
                variance=lambda precision, k, T: precision[k, k] / T
            ),
        },
    ),
    "three-reverse": Exercise(
        question="KL(q‖p) of the best product for three weights of variance 1 and correlations ½, in nats",
        answer=1.5 * log(1.5) - log(2) / 2,
        mistakes={
            "the forward divergence, KL(p‖q)": log(2) / 2,
            "the formula for two weights, −½ ln(1 − ρ²)": -log(0.75) / 2,
            "three pairs, each by the formula for two weights": -1.5 * log(0.75),
            "a determinant of the covariance for that of the precision": 1.5 * log(1.5) + log(2) / 2,
            "bits: nats are asked for": (1.5 * log(1.5) - log(2) / 2) / log(2),
            "the half forgotten": 3 * log(1.5) - log(2),
        },
    ),
    "three-forward": Exercise(
        question="KL(p‖q) of the best forward product for the same weights, in nats",
        answer=log(2) / 2,
        mistakes={
            "the reverse divergence, KL(q‖p)": 1.5 * log(1.5) - log(2) / 2,
            "the forward divergence of the product that is best in reverse": (
                3 * 1.5 - 3 - 3 * log(1.5) + log(2)
            )
            / 2,
            "the formula for two weights, −½ ln(1 − ρ²)": -log(0.75) / 2,
            "three pairs, each by the formula for two weights": -1.5 * log(0.75),
            "the half forgotten": log(2),
            "bits: nats are asked for": 0.5,
        },
    ),
}
