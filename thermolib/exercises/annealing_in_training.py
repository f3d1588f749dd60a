"""Exercises of the page ``annealing-in-training``."""

from collections.abc import Callable, Sequence
from math import pi, sqrt

from thermolib.exercises import Exercise


def _after(
    etas: Sequence[float],
    x: float,
    h: float,
    C: float,
    B: float,
    contraction: Callable[[float], float] = lambda a: a**2,
    noise: Callable[[float], float] = lambda eta: eta**2,
) -> float:
    """⟨x²⟩ after a schedule, or what a wrong step makes of it."""
    square = x**2
    for eta in etas:
        square = contraction(1 - eta * h) * square + noise(eta) * C / B
    return square


def _mean_only(etas: Sequence[float], x: float, h: float, C: float, B: float) -> float:
    return _after(etas, x, h, 0.0, B)


def _batch_squared(etas: Sequence[float], x: float, h: float, C: float, B: float) -> float:
    return _after(etas, x, h, C, B**2)


EXERCISES = {
    "think-half": Exercise(
        question="The share of tiny random steps that lead downhill, with 100,000 weights",
        answer="half of them",
        choices={
            "half of them": "The opposite of each uphill step leads downhill, and is as probable.",
            "one in three hundred, the root of their number": (
                "That is the part of a step that lies along the gradient, not the share of steps."
            ),
            "one in a hundred thousand": "That would need one good direction. Half of the space is good.",
        },
    ),
    "think-noise": Exercise(
        question="Five examples, twenty weights, constant learning rate, batches of one: the loss",
        answer="goes to zero",
        choices={
            "goes to zero": "All examples can be fitted, and there each one's gradient vanishes: no noise.",
            "fluctuates about ηC/2B": "That needs noise at the minimum; where everything fits there is none.",
            "diverges": "It would above the stability limit, η|x|² = 2; here it is far below.",
        },
    ),
    "sgd-variance": Exercise(
        question="Stationary variance of x under SGD, η = 0.5, h = C = B = 1",
        answer=0.5 / (2 - 0.5),
        mistakes={
            "the formula for small steps, ηC/2B: here the step is not small": 0.25,
            "Langevin's noise, variance 2η instead of η²": 2 * 0.5 / (1 - 0.25),
            "the standard deviation: its square is asked for": (0.5 / 1.5) ** 0.5,
        },
    ),
    "sgd-temperature": Exercise(
        question="T_eff = ηC/2B at the same η, C and B",
        answer=0.5 * 1 / (2 * 1),
        mistakes={
            "the variance itself: T_eff is the formula for small steps": 0.5 / (2 - 0.5),
            "ηC/B: the 2 in the denominator is missing": 0.5,
            "η²C/2B: the noise of one step is spread over 1/η steps": 0.5**2 / 2,
        },
    ),
    "batch": Exercise(
        question="The batch with an eighth of the temperature of B = 32 at the same η",
        answer=32.0 * 8,
        mistakes={
            "the other direction: a smaller batch is noisier": 32 / 8,
            "the root of the factor: a variance goes like 1/B": 32 * sqrt(8),
            "the factor squared": 32.0 * 64,
        },
    ),
    "after-schedule": Exercise(
        question="The mean square of x after SGD with the rates etas, a function of etas, x, h, C, B",
        answer=_after,
        arguments=[
            {"etas": [0.5, 0.2, 0.1], "x": 1.0, "h": 1.0, "C": 1.0, "B": 1.0},
            {"etas": [0.1, 0.1], "x": 0.3, "h": 2.0, "C": 5.0, "B": 4.0},
            {"etas": [0.3], "x": -0.5, "h": 0.5, "C": 4.0, "B": 8.0},
        ],
        mistakes={
            "the square of the mean alone: the noise adds a variance in each step": _mean_only,
            "noise of variance η in a step: the gradient is multiplied by η, so its variance by η²": (
                lambda etas, x, h, C, B: _after(etas, x, h, C, B, noise=lambda eta: eta)
            ),
            "a square that shrinks by 1 − ηh: it shrinks by the square of that": (
                lambda etas, x, h, C, B: _after(etas, x, h, C, B, contraction=lambda a: a)
            ),
            "noise divided by B²: the variance of a mean goes like 1/B": _batch_squared,
            "a curvature of 1: each step shrinks by 1 − ηh": (
                lambda etas, x, h, C, B: _after(etas, x, 1.0, C, B)
            ),
        },
    ),
    "two-temperatures": Exercise(
        question="Temperature along y over that along x; noise 0.5 and 2, curvatures 4 and 1, small steps",
        answer=0.5 / 2,
        mistakes={
            "equipartition: it holds where the noise is the same in all directions": 1.0,
            "the ratio of the variances: multiply them by the curvatures": 0.5 / 4 / 2,
            "the ratio of the curvatures times that of the variances, squared": 0.5 / 4 / 2 / 4,
        },
    ),
    "cosine": Exercise(
        question="Root mean square of the cosine of a random step with the gradient, d = 10,000",
        answer=1 / sqrt(10_000),
        mistakes={
            "the mean square: its root is asked for": 1e-4,
            "the mean of the absolute value, smaller by the root of 2/π": sqrt(2 / pi) / 100,
            "no small number at all: half of the steps lead downhill, but at nearly a right angle": 0.5,
        },
    ),
}
