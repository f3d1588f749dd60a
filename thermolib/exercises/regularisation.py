"""Exercises of the page ``regularisation``."""

from collections.abc import Callable
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from thermolib.exercises import Exercise

Fit = Callable[[NDArray, NDArray, float], NDArray]


def _fit(
    odds: Callable[[float], float] = lambda r: r / (1 - r),
    ruler: Callable[[NDArray], NDArray] = lambda X: (X**2).sum(axis=0),
    scale: Callable[[float], float] = lambda r: 1.0,
) -> Fit:
    """Return the ridge that dropout is, or what a wrong part makes of it."""

    def fit(X: NDArray, y: NDArray, r: float) -> NDArray:
        penalty = np.diag(odds(r) * ruler(X))
        return scale(r) * np.linalg.solve(X.T @ X + penalty, X.T @ y)

    return fit


def _case(seed: int, n: int, d: int, r: float) -> dict[str, object]:
    rng = np.random.default_rng(seed)
    X = (rng.normal(size=(n, d)) * rng.uniform(0.5, 3, size=d)).round(2)
    return {"X": X, "y": (X @ rng.normal(size=d) + rng.normal(size=n)).round(2), "r": r}


EXERCISES = {
    "think-slope": Exercise(
        question="The slope that is learned from noisy inputs",
        answer="1.5",
        choices={
            "0": "The noise does not hide the points altogether: large inputs still have large targets.",
            "1.5": "The noise adds as much to the mean square of the input as the input had.",
            "3": "The noise averages out of the mean error. But the squared error contains its square.",
            "4.5": "A steeper line would multiply the noise by more.",
        },
    ),
    "think-places": Exercise(
        question="Where noise changes the weights that are learned",
        answer="on the inputs alone",
        choices={
            "on the inputs alone": "There the noise is multiplied by w, so its square depends on w.",
            "on the inputs and the weights": (
                "Noise on the weights is multiplied by x. What it adds does not depend on w."
            ),
            "in all three places": (
                "Open the square for noise on a target: what is added does not contain w."
            ),
        },
    ),
    "think-sparse": Exercise(
        question="Weights out of a thousand that are exactly zero, at T = 0.1",
        answer="none",
        choices={
            "none": "A density has no single value with a probability of its own.",
            "about half": "That would need a probability at zero itself, beside the density.",
            "all": "That is the ground state, T → 0.",
        },
    ),
    "think-heat": Exercise(
        question="The variance of the weights with half the step",
        answer="dropout's halves, the heat bath's stays",
        choices={
            "both stay": "A kick of dropout is the step times a noisy slope. How does its variance change?",
            "both halve": "The heat bath's kicks have the variance 2ηT, so that its spread stays.",
            "dropout's halves, the heat bath's stays": "Dropout's spread is set by the step, not by a T.",
        },
    ),
    "think-race": Exercise(
        question="What lowers the log-loss on new digits most",
        answer="training on all 120 images",
        choices={
            "weight decay": "It helps. But sixty images did no more than choose its strength.",
            "dropout": "In so small a network it helps less than dividing the logits by one number.",
            "noise on the inputs": "It helps, but it does not bring new images.",
            "training on all 120 images": "Twice the data beat each remedy here.",
        },
    ),
    "prior-width": Exercise(
        question="Standard deviation of the prior of a weight",
        answer=0.6 / sqrt(40 * 0.02),
        mistakes={
            "a sum over the examples: the program takes their mean": 0.6 / sqrt(0.02),
            "a λ twice too large: squared error and penalty both get the ½": 0.6 / sqrt(2 * 40 * 0.02),
            "a λ of half the size: squared error and penalty both get the ½": 0.6 / sqrt(40 * 0.02 / 2),
            "the variance: the standard deviation is asked for": 0.36 / (40 * 0.02),
            "0.6 for the variance of the noise: it is 0.6²": sqrt(0.6 / (40 * 0.02)),
            "the ratio upside down": sqrt(40 * 0.02) / 0.6,
        },
    ),
    "dropout-ridge": Exercise(
        question="The weights that dropout of the inputs leads to, from X, y and r",
        answer=_fit(),
        arguments=[_case(1, 6, 2, 0.2), _case(2, 12, 3, 0.6), _case(3, 9, 4, 0.35)],
        mistakes={
            "r for r/(1−r): the inputs that stay are divided by 1−r": _fit(odds=lambda r: r),
            "(1−r)/r for r/(1−r): r is the probability of being off": _fit(odds=lambda r: (1 - r) / r),
            "r(1−r), the variance of a mask that is not divided by 1−r": _fit(odds=lambda r: r * (1 - r)),
            "one λ for all weights: each has the sum of its own squares": _fit(
                ruler=lambda X: np.full(X.shape[1], (X**2).sum() / X.shape[1])
            ),
            "a λ of r/(1−r), without the sum of the squares": _fit(ruler=lambda X: np.ones(X.shape[1])),
            "the mean of the squares: the squared errors were summed": _fit(
                ruler=lambda X: (X**2).mean(axis=0)
            ),
            "least squares: the penalty is missing": _fit(odds=lambda r: 0.0),
            "the right weights times 1−r: the inputs were divided by it already": _fit(scale=lambda r: 1 - r),
        },
    ),
    "logistic-noise": Exercise(
        question="What the noise adds to the loss of the example, in nats",
        answer=0.75 * 0.25 * 0.04 / 2,
        mistakes={
            "the factor ½ of the second order left out": 0.75 * 0.25 * 0.04,
            "the penalty of a squared error, without p(1−p)": 0.04 / 2,
            "σ²‖w‖: the variance of w·ε is σ²‖w‖²": 0.75 * 0.25 * 0.02 / 2,
            "σ‖w‖, a standard deviation: the variance is wanted": 0.75 * 0.25 * 0.2 / 2,
            "p for p(1−p)": 0.75 * 0.04 / 2,
            "1−p for p(1−p)": 0.25 * 0.04 / 2,
        },
    ),
}
