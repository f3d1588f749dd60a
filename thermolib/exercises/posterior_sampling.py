"""Exercises of the page ``posterior-sampling``."""

from collections.abc import Callable
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from thermolib.exercises import Exercise

Leapfrog = Callable[[NDArray, NDArray, NDArray, float, int], NDArray]


def _leapfrog(
    first: float = 0.5, between: float = 1.0, last: float = 0.5, sign: float = 1.0, drift: float = 1.0
) -> Leapfrog:
    """Return n joined leapfrog steps in the bowl ½Σhw²: kicks of these lengths, in steps."""

    def leapfrog(h: NDArray, w: NDArray, p: NDArray, step: float, n: int) -> NDArray:
        p = p - sign * first * step * h * w
        for k in range(n):
            w = w + drift * step * p
            p = p - sign * (between if k < n - 1 else last) * step * h * w
        return np.stack([w, p])

    return leapfrog


def _drift_first(h: NDArray, w: NDArray, p: NDArray, step: float, n: int) -> NDArray:
    for _ in range(n):
        w = w + step / 2 * p
        p = p - step * h * w
        w = w + step / 2 * p
    return np.stack([w, p])


def _at_once(h: NDArray, w: NDArray, p: NDArray, step: float, n: int) -> NDArray:
    for _ in range(n):
        w, p = w + step * p, p - step * h * w
    return np.stack([w, p])


def _turned(h: NDArray, w: NDArray, p: NDArray, step: float, n: int) -> NDArray:
    return _leapfrog()(h, w, p, step, n)[::-1]


def _one_more(h: NDArray, w: NDArray, p: NDArray, step: float, n: int) -> NDArray:
    return _leapfrog()(h, w, p, step, n + 1)


EXERCISES = {
    "think-half-noise": Exercise(
        question="A sampler whose noise has half the variance, and whose chains agree",
        answer="it samples another, narrower distribution",
        choices={
            "it samples another, narrower distribution": (
                "Its chains agree with each other, and not with the posterior: it draws at temperature ½."
            ),
            "it is right, and only slower": (
                "A longer run would then widen its spread to 0.23. It stays at 0.17, however long the run."
            ),
            "its chains have not yet met": "Then R̂ would be above 1.01. It is below.",
        },
    ),
    "think-modes": Exercise(
        question="Chains of one posterior, started at random: for which quantity will they agree?",
        answer="for the prediction only",
        choices={
            "for both": "The sign of the first weight is kept by each chain from its start.",
            "for the prediction only": (
                "Both modes are one function. A chain that stays in one of them gives the right predictions."
            ),
            "for neither": "Within a mode the chains move quickly, and the prediction is the same in both.",
        },
    ),
    "step-variance": Exercise(
        question="Stationary variance of Langevin steps of size 0.4 that should draw from N(0, 1)",
        answer=1 / (1 - 0.4 / 2),
        mistakes={
            "the variance that was wanted, without the bias of the step": 1.0,
            "1/(1 − ε): the bias is half as large": 1 / (1 - 0.4),
            "the standard deviation: its square is asked for": sqrt(1 / (1 - 0.2)),
            "the inverse: finite steps widen the distribution": 1 - 0.2,
            "noise of variance ε, half of what it should be": 0.5 / (1 - 0.2),
        },
    ),
    "largest-step": Exercise(
        question="The step size at which the variance is 1 % too large, for a curvature of 1",
        answer=2 * (1 - 1 / 1.01),
        mistakes={
            "ε = 1 %: the bias is half of εh": 1 - 1 / 1.01,
            "the step at which the standard deviation is 1 % too large": 2 * (1 - 1 / 1.01**2),
            "1 % taken for 10 %": 2 * (1 - 1 / 1.1),
        },
    ),
    "leapfrog": Exercise(
        question="The rows w and p after n leapfrog steps in the bowl ½Σhw², from h, w, p, step and n",
        answer=_leapfrog(),
        arguments=[
            {
                "h": np.array([1.0, 4.0]),
                "w": np.array([1.0, -0.5]),
                "p": np.array([0.3, 0.8]),
                "step": 0.4,
                "n": 3,
            },
            {"h": np.array([2.0]), "w": np.array([0.7]), "p": np.array([-1.1]), "step": 0.3, "n": 1},
            {
                "h": np.array([0.5, 1.0, 3.0]),
                "w": np.array([0.2, -1.0, 0.4]),
                "p": np.array([1.0, 0.5, -0.6]),
                "step": 0.25,
                "n": 10,
            },
        ],
        mistakes={
            "a full kick at the end: it is half a one, as at the start": _leapfrog(last=1.0),
            "a full kick at the start: it is half a one, as at the end": _leapfrog(first=1.0),
            "half kicks between the drifts: two neighbouring halves make a whole": _leapfrog(between=0.5),
            "half a drift, a whole kick, half a drift: here the kicks are halved": _drift_first,
            "w and p moved at once, from the old values: Euler's method does not keep volume": _at_once,
            "kicks of the wrong sign, uphill": _leapfrog(sign=-1.0),
            "p in the first row: w is asked for first": _turned,
            "a step too many": _one_more,
        },
    ),
    "batch-temperature": Exercise(
        question="T_eff of SGLD with step size 1e-5, N = 1000 data, batches of n = 10, variance C = 1",
        answer=1 + 1e-5 * 1000**2 / (2 * 10),
        mistakes={
            "the heat of the batch alone: the kick gives T = 1 on top": 1e-5 * 1000**2 / 20,
            "twice the heat: the kick has variance 2ε": 1 + 1e-5 * 1000**2 / 10,
            "batches that were divided by n²: the variance of a mean goes like 1/n": 1 + 1e-5 * 1000**2 / 200,
            "N where N² belongs: a factor N multiplies the variance by N²": 1 + 1e-5 * 1000 / 20,
        },
    ),
    "one-side": Exercise(
        question="The chance that four chains, from starts drawn from the prior, all stay on one side",
        answer=2 * 0.5**4,
        mistakes={
            "all on a given side: there are two sides": 0.5**4,
            "two chains on each side: all four are to be on one": 6 * 0.5**4,
            "the chance that they do not: it is the opposite": 1 - 2 * 0.5**4,
            "two chains that follow the first: there are three": 2 * 0.5**3,
        },
    ),
}
