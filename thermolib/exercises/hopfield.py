"""Exercises of the page ``hopfield``."""

from collections.abc import Callable
from math import exp
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from thermolib.exercises import Exercise

Z = NormalDist().inv_cdf  # the standard Gaussian's quantiles
TWO_OF_FOUR = 6 / 16  # how often four others are divided two to two: the overlap of the vote of five

Sweep = Callable[[NDArray, NDArray], NDArray]


def _sweep(
    sign: float = 1.0,
    own: Callable[[int], float] = lambda patterns: float(patterns),
    order: Callable[[int], range] = range,
    waits: bool = True,
    scale: Callable[[int], float] = lambda units: 1.0,
    without: Callable[[int], int] = lambda own: -1,
    sweeps: int = 1,
) -> Sweep:
    """Return a sweep that keeps the overlaps, or what a wrong part makes of it."""

    def sweep(patterns: NDArray, s: NDArray) -> NDArray:
        s, start = np.array(s), np.array(s)
        for _ in range(sweeps):
            for i in order(len(s)):
                seen = s if waits else start
                h = patterns[:, i] @ (patterns @ seen) * scale(len(s)) - own(len(patterns)) * seen[i]
                s[i] = np.sign(h * sign) if h else without(s[i])
        return s

    return sweep


def _nearest(patterns: NDArray, s: NDArray) -> NDArray:
    return np.array(patterns[np.argmax(patterns @ s)])


def _case(seed: int, P: int, N: int) -> dict[str, NDArray]:
    """Odd P and even N: a field times N is a sum of (N − 1)P signs, which is not 0."""
    rng = np.random.default_rng(seed)
    return {"patterns": rng.choice([-1, 1], size=(P, N)), "s": rng.choice([-1, 1], size=N)}


EXERCISES = {
    "think-one-more": Exercise(
        question="What becomes of the memories, from 100 to 200 of them in 1000 units",
        answer="nearly all stay nearly perfect, then nearly all are lost",
        choices={
            "nearly all stay nearly perfect, then nearly all are lost": (
                "Errors feed on each other, and the sum does not know which picture came first."
            ),
            "all of them get a little worse with each new one": (
                "The pixels that turn over at the first look do. What they set off is no longer little."
            ),
            "the first ones stay: there is no room for new ones": (
                "The couplings are a sum, in which the last term counts as much as the first."
            ),
            "the last ones stay: they write over the first": (
                "The couplings are a sum, in which the first term counts as much as the last."
            ),
        },
    ),
    "think-random-start": Exercise(
        question="How often a random start ends in one of the five pictures",
        answer="about one time in three",
        choices={
            "about one time in three": "As often it ends in a negative, and else in a mixture.",
            "nearly each time": "The energy has other minima: negatives, and mixtures of an odd number.",
            "about one time in a hundred": (
                "A random state has some small overlap with one of the five, and the field makes it grow."
            ),
        },
    ),
    "load": Exercise(
        question="The load α at which one unit in a thousand turns over at the first look",
        answer=1 / Z(0.999) ** 2,
        mistakes={
            "both tails counted: the ½ in front of erfc is missing": 1 / Z(0.9995) ** 2,
            "the load at which one unit in a hundred turns over": 1 / Z(0.99) ** 2,
            "the capacity, where the settled memories fail": 0.137905566495,
            "α for the standard deviation: it is the variance": 1 / Z(0.999),
            "the number of standard deviations itself": Z(0.999),
        },
    ),
    "sweep": Exercise(
        question="The state after each unit was asked once, in the order 0, 1, 2 and so on",
        answer=_sweep(),
        arguments=[_case(1, 3, 12), _case(2, 5, 14), _case(3, 7, 16), _case(4, 5, 20), _case(5, 9, 16)],
        mistakes={
            "all units at once: each is to see what those before it have done, so bring the overlaps up to"
            " date": _sweep(waits=False),
            "a self-coupling left in: unit i is part of the overlaps that it sees": _sweep(
                own=lambda patterns: 0.0
            ),
            "a self-coupling left in (a field of 0 gives 0): unit i is part of the overlaps that it sees": (
                _sweep(own=lambda patterns: 0.0, without=lambda own: 0)
            ),
            "a self-coupling left in (a field of 0 keeps the unit): it is part of the overlaps it sees": (
                _sweep(own=lambda patterns: 0.0, without=lambda own: own)
            ),
            "a self-coupling left in (a field of 0 gives +1): unit i is part of the overlaps that it sees": (
                _sweep(own=lambda patterns: 0.0, without=lambda own: 1)
            ),
            "the self-coupling of one pattern taken off: each of the P patterns has one": _sweep(
                own=lambda patterns: 1.0
            ),
            "overlaps divided by N, and a self-coupling that is not": _sweep(scale=lambda units: 1 / units),
            "the wrong sign: a unit that turns against its field": _sweep(sign=-1.0),
            "the order from last to first": _sweep(order=lambda units: range(units)[::-1]),
            "sweeps until nothing changes: one is asked for": _sweep(sweeps=30),
            "the stored pattern that is nearest": _nearest,
        },
    ),
    "five": Exercise(
        question="Energy per unit of the mixture of five",
        answer=-5 * TWO_OF_FOUR**2 / 2,
        mistakes={
            "the energy of the mixture of three": -3 * 0.5**2 / 2,
            "overlaps of ½, which three pictures have": -5 * 0.5**2 / 2,
            "the energy of one overlap: there are five": -(TWO_OF_FOUR**2) / 2,
            "the energy of a stored picture": -0.5,
            "overlaps of 1/5 each: they need not add up to 1": -5 * 0.2**2 / 2,
            "the probability that the vote follows a picture, for its overlap": (
                -5 * (TWO_OF_FOUR + (1 - TWO_OF_FOUR) / 2) ** 2 / 2
            ),
            "overlaps that are not squared": -5 * TWO_OF_FOUR / 2,
        },
    ),
    "half": Exercise(
        question="Number P of memories at which the right one has half of the weight",
        answer=1 + exp(10 - 0.5),
        mistakes={
            "a weight of 1 for each other memory: the mean of its term is larger": 1 + exp(10),
            "a mean below 1 for the term of another memory": 1 + exp(10 + 0.5),
            "the mean of the term without the ½ in the exponent": 1 + exp(10 - 1),
            "64 units at T = 8, as on the page": 1 + exp(8 - 0.5),
            "the exponent itself": 10 - 0.5,
            "bits: powers of 2 in place of e": 1 + 2**9.5,
            "the classical network's 0.138 N": 0.137905566495 * 100,
        },
    ),
}
