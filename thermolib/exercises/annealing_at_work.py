"""Exercises of the page ``annealing-at-work``."""

from itertools import permutations
from math import exp, log, sqrt

import numpy as np

from thermolib._types import Floats
from thermolib.exercises import Exercise

HALF = 0.4769362762044699  # erfc of it is ½
FIVE = np.array(
    [[0, 6, 23, 6, 17], [6, 0, 28, 5, 20], [23, 28, 0, 23, 10], [6, 5, 23, 0, 22], [17, 20, 10, 22, 0]],
    dtype=float,
)
SIX = np.array(
    [
        [0, 10, 27, 14, 18, 19],
        [10, 0, 29, 20, 20, 20],
        [27, 29, 0, 14, 28, 9],
        [14, 20, 14, 0, 17, 17],
        [18, 20, 28, 17, 0, 27],
        [19, 20, 9, 17, 27, 0],
    ],
    dtype=float,
)


def _tour(d: Floats, closed: bool = True) -> float:
    """Length of the shortest order of all cities from 0, with return or without."""
    orders = ([0, *rest] for rest in permutations(range(1, len(d))))
    return min(sum(d[a][b] for a, b in zip(one, one[1:] + one[:closed], strict=False)) for one in orders)


def _nearest(d: Floats) -> float:
    """Length of the tour that goes from each city to the nearest that is left."""
    left, here, length = set(range(1, len(d))), 0, 0.0
    while left:
        there = min(left, key=lambda c: d[here][c])
        length, here = length + d[here][there], there
        left.remove(there)
    return length + d[here][0]


def _in_order(d: Floats) -> float:
    return sum(d[k][(k + 1) % len(d)] for k in range(len(d)))


EXERCISES = {
    "think-best": Exercise(
        question="Two hundred runs find no cut above 5,860. This shows",
        answer="that these runs do not find one",
        choices={
            "that there is none": "They share a schedule, and so its limits. Slower runs do find one.",
            "that these runs do not find one": "What the best cut is, only a proof can say.",
            "that there is none, with a probability of 199 in 200": (
                "That would need runs that find the best with a known probability. It may be zero."
            ),
        },
    ),
    "cut-energy": Exercise(
        question="E of a cut of 61 in a graph of 78 edges",
        answer=78.0 - 2 * 61,
        mistakes={
            "each edge counted twice: ½ sᵀJs counts it once": 2 * (78.0 - 2 * 61),
            "the edges that are cut alone: the others count as +1": -61.0,
            "the edges that are not cut": 78.0 - 61,
            "the opposite sign: a good cut has a low energy": 2 * 61.0 - 78,
        },
    ),
    "odd-sheet": Exercise(
        question="The largest number of edges that can be cut, 7 × 9 sheet joined at its sides, 126 edges",
        answer=126.0 - 7 - 9,
        mistakes={
            "the columns alone: the rows are odd rings too": 126.0 - 9,
            "the rows alone: the columns are odd rings too": 126.0 - 7,
            "one edge for each node: count rings": 126.0 - 63,
            "two edges for each ring: an odd ring leaves one at least": 126.0 - 32,
        },
    ),
    "swap": Exercise(
        question="Metropolis's probability to exchange two replicas, as a function of T1, T2, E1, E2",
        answer=lambda T1, T2, E1, E2: min(1.0, exp((1 / T1 - 1 / T2) * (E1 - E2))),
        arguments=[
            {"T1": 0.5, "T2": 1.0, "E1": -1.0, "E2": 0.5},
            {"T1": 0.5, "T2": 1.0, "E1": 0.5, "E2": -1.0},
            {"T1": 2.0, "T2": 0.8, "E1": 1.0, "E2": 0.7},
            {"T1": 0.1, "T2": 0.2, "E1": -100.0, "E2": -90.0},
        ],
        mistakes={
            "the sign in the exponent: cold replicas would end up with the high energies": (
                lambda T1, T2, E1, E2: min(1.0, exp(-(1 / T1 - 1 / T2) * (E1 - E2)))
            ),
            "temperatures for inverse temperatures": (
                lambda T1, T2, E1, E2: min(1.0, exp((T1 - T2) * (E1 - E2)))
            ),
            "the heat bath's form, a valid rule, but not Metropolis's": (
                lambda T1, T2, E1, E2: 1 / (1 + exp(-(1 / T1 - 1 / T2) * (E1 - E2)))
            ),
            "a ratio that is not cut off at 1": lambda T1, T2, E1, E2: exp((1 / T1 - 1 / T2) * (E1 - E2)),
        },
    ),
    "shortest-tour": Exercise(
        question="Length of the shortest tour through all cities and back, a function of the distances d",
        answer=_tour,
        arguments=[{"d": FIVE}, {"d": SIX}],
        mistakes={
            "a path that does not return to where it began": lambda d: _tour(d, closed=False),
            "the tour that always goes to the nearest city left": _nearest,
            "the cities in the order in which they are given": _in_order,
        },
    ),
    "share-error": Exercise(
        question="Standard error of a share of 0.2, 80 successes in 400 runs",
        answer=sqrt(0.2 * 0.8 / 400),
        mistakes={
            "the spread of one run: divide by the root of their number": 0.4,
            "the variance: its root is the error": 0.2 * 0.8 / 400,
            "the root of the share over n: the factor 1 − p is missing": sqrt(0.2 / 400),
            "one over the root of n, whatever the share": 0.05,
        },
    ),
    "runs": Exercise(
        question="Runs for one success with probability 99 %, p = 0.2 each, not rounded",
        answer=log(0.01) / log(0.8),
        mistakes={
            "the mean number of runs, 1/p: it succeeds in two cases of three": 5.0,
            "the logarithm of 0.99: all runs must fail with probability 0.01": log(0.99) / log(0.8),
            "the logarithm of p: a run fails with probability 1 − p": log(0.01) / log(0.2),
            "the formula for small p, 4.6/p": -log(0.01) / 0.2,
        },
    ),
    "intervals": Exercise(
        question="Intervals from T = 1 to 4 at C = 100 with half of the swaps accepted, not rounded",
        answer=log(4) / (2 * HALF / 10),
        mistakes={
            "C where its root belongs": log(4) / (2 * HALF / 100),
            "a logarithm to base 10": log(4) / log(10) / (2 * HALF / 10),
            "equal steps of T instead of equal ratios": 3 / (exp(2 * HALF / 10) - 1),
            "C left out": log(4) / (2 * HALF),
        },
    ),
}
