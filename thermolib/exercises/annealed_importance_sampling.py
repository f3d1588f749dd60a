"""Exercises of the page ``annealed-importance-sampling``."""

from collections.abc import Callable
from math import exp, expm1, log, log2, sqrt

import numpy as np
from numpy.typing import NDArray

from thermolib.exercises import Exercise

Weight = Callable[[NDArray, NDArray, NDArray, NDArray, NDArray, float, float], NDArray]


def _softplus(x: NDArray) -> NDArray:
    return np.logaddexp(0, x)


def _weight(
    couplings: float = 1, hidden: float = 1, pixels: float = 1, base_share: float = 1, sign: float = 1
) -> Weight:
    """Return ln of a step's weight, where with 0 for a part it does not take part as it should."""

    def free_energy(v: NDArray, W: NDArray, a: NDArray, b: NDArray, base: NDArray, beta: float) -> NDArray:
        # a part that is left out of the path keeps the power 1, the base then the power 0
        own = beta if pixels else 1.0
        biases = base_share * (1 - own) * base + own * a
        fields = (beta if hidden else 1.0) * b + (beta if couplings else 1.0) * (v @ W)
        return -v @ biases - _softplus(fields).sum(-1)

    def weight(
        v: NDArray, W: NDArray, a: NDArray, b: NDArray, base: NDArray, old: float, new: float
    ) -> NDArray:
        return sign * (free_energy(v, W, a, b, base, old) - free_energy(v, W, a, b, base, new))

    return weight


def _outside(
    v: NDArray, W: NDArray, a: NDArray, b: NDArray, base: NDArray, old: float, new: float
) -> NDArray:
    return (new - old) * (v @ (a - base) + _softplus(b + v @ W).sum(-1))


def _whole(v: NDArray, W: NDArray, a: NDArray, b: NDArray, base: NDArray, old: float, new: float) -> NDArray:
    return v @ ((1 - new) * base + new * a) + _softplus(new * (b + v @ W)).sum(-1)


def _plain(v: NDArray, W: NDArray, a: NDArray, b: NDArray, base: NDArray, old: float, new: float) -> NDArray:
    return np.exp(_weight()(v, W, a, b, base, old, new))


_W = np.array([[1.5, -0.5], [0.3, 2.0], [-1.2, 0.7]])
_a, _b, _base = np.array([0.4, -1.0, 0.6]), np.array([-0.8, 0.9]), np.array([-0.7, 0.2, 1.1])
_v = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 1.0, 1.0]])

EXERCISES = {
    "think-which-number": Exercise(
        question="The number that tells a machine that has learned from one that has memorised",
        answer="the log-likelihood of digits that it was not shown",
        choices={
            "the log-likelihood of digits that it was not shown": (
                "Memorised digits do not help with new ones. To compare two machines, this number needs ln Z."
            ),
            "the log-likelihood of the digits that it was shown": (
                "It praises the memory: a machine that dreams these digits and nothing else has the highest."
            ),
            "how near its dreams come to the digits it was shown": (
                "A dream of a memory is nearer than a new digit would be. Nearness is a sign against it."
            ),
        },
    ),
    "think-planted": Exercise(
        question="ln Z by annealing from the base, where one pattern is 80 % of the dreams",
        answer="a value that is too low, with a small error",
        choices={
            "a value that is too low, with a small error": (
                "The chains agree, because none of them has met the pattern. Their spread cannot show it."
            ),
            "the right value, with a small error": (
                "For that the chains would have to meet one pattern of 2⁶⁴ on their way."
            ),
            "a value with a large error, which warns": (
                "The error is large if some chains meet the pattern and others do not. Here none does."
            ),
        },
    ),
    "expected-gap": Exercise(
        question="Gap to expect for 64 pixels, 100 hidden units and 5,000 digits, in nats per digit",
        answer=(64 * 100 + 64 + 100) / 5000,
        mistakes={
            "half of the gap: what it falls short by on new digits": (64 * 100 + 64 + 100) / 10_000,
            "the couplings alone: biases are parameters too": 64 * 100 / 5000,
            "examples over parameters": 5000 / (64 * 100 + 64 + 100),
            "the number of units, not of parameters": 164 / 5000,
        },
    ),
    "ahead": Exercise(
        question="By how many nats per digit the first machine is ahead on the held-out digits",
        answer=1.0,
        mistakes={
            "the lead on the digits that were shown": -8.0,
            "a difference of free energies: ln Z is missing": -29.0,
            "ln Z with the wrong sign": -59.0,
            "the difference of the two gaps": 9.0,
        },
    ),
    "log-weight": Exercise(
        question="ln of the weight of one step, for each row of v, from v, W, a, b, base, old and new",
        answer=_weight(),
        arguments=[
            {"v": _v, "W": _W, "a": _a, "b": _b, "base": _base, "old": 0.0, "new": 0.3},
            {"v": _v[:1], "W": -_W, "a": _base, "b": _b, "base": _a, "old": 0.4, "new": 0.5},
            {"v": _v[1:], "W": 2 * _W, "a": _a, "b": -_b, "base": 0 * _a, "old": 0.5, "new": 1.0},
        ],
        mistakes={
            "the new free energy less the old: the sign is turned": _weight(sign=-1),
            "hidden biases that keep their full size: they are multiplied by β too": _weight(hidden=0),
            "couplings that keep their full size: they are multiplied by β too": _weight(couplings=0),
            "pixel biases that do not change: they lead from base to a": _weight(pixels=0),
            "a path without the base: at β = 0 the pixel biases are base": _weight(base_share=0),
            "the power outside of the softplus: it multiplies the fields within": _outside,
            "the new energy alone: the old one is to be taken off": _whole,
            "the weight itself: its logarithm is asked for": _plain,
        },
    ),
    "bracket-error": Exercise(
        question="Standard error of ln Z from 100 chains whose bracket is 1.2 nats wide",
        answer=sqrt(expm1(1.2)) / 10,
        mistakes={
            "the spread of ln w over 10: that is the error of the lower bound": sqrt(1.2) / 10,
            "half the width taken for the variance: the bracket is s² wide": sqrt(expm1(0.6)) / 10,
            "twice the width taken for the variance: the bracket is s² wide": sqrt(expm1(2.4)) / 10,
            "the relative spread of one weight, not of a mean of 100": sqrt(expm1(1.2)),
            "the mean square of w without the square of its mean taken off": exp(0.6) / 10,
        },
    ),
    "too-high": Exercise(
        question="By how many nats the likelihood of the other digits seems too high",
        answer=log(10),
        mistakes={
            "minus the logarithm of the share that is not met": -log(0.9),
            "bits: nats are asked for": log2(10),
            "a logarithm to base ten": 1.0,
            "the odds, 9 to 1: the chains see one tenth of the whole": log(9),
        },
    ),
}
