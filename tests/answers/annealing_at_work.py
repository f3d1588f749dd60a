"""The answers of the exercises of ``chapters/annealing-at-work.md`` once more, by elementary routes."""

import decimal
import math
from fractions import Fraction

import numpy as np

from declared import Fault


def swap(T1, T2, E1, E2):
    """From the weights of the two states of the pair."""
    weight = lambda E, T: decimal.Decimal(-E / T).exp()  # noqa: E731  (e^1000 is no double)
    return min(1.0, float(weight(E2, T1) * weight(E1, T2) / (weight(E1, T1) * weight(E2, T2))))


def odd_sheet():
    """A cut that leaves one edge in each ring uncut: parts alternate but at the seams."""
    s = (-1) ** np.add.outer(np.arange(7), np.arange(9))
    return sum(int((s != np.roll(s, 1, axis)).sum()) for axis in (0, 1))


def shortest_tour(d):
    """By depth first, and giving up where a path is longer than the best tour."""
    best = math.inf

    def visit(here, left, length):
        nonlocal best
        if length >= best:
            return
        if not left:
            best = min(best, length + d[here][0])
        for there in left:
            visit(there, left - {there}, length + d[here][there])

    visit(0, frozenset(range(1, len(d))), 0.0)
    return best


def share_error():
    """The variance of one run is p(1 − p), in fractions, and that of a mean of 400 a 400th of it."""
    p = Fraction(80, 400)
    return math.sqrt((p * (1 - p) ** 2 + (1 - p) * p**2) / 400)


def runs():
    """By doubling: 0.8^k is 0.01 at k, found by bisection."""
    low, high = 0.0, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if 0.8**middle > 0.01 else (low, middle)
    return low


def intervals():
    """The spacing at which a sum over the Gaussian exponent gives ½, by bisection."""

    def acceptance(spacing):
        m = 100 * spacing**2
        z = (np.arange(-80_000, 80_000) + 0.5) * 1e-4
        weight = np.exp(-z * z / 2)
        return (np.exp(np.minimum(0, z * math.sqrt(2 * m) - m)) * weight).sum() / weight.sum()

    low, high = 0.001, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if acceptance(middle) > 0.5 else (low, middle)
    return math.log(4) / low


ROUTES = {
    "annealing-at-work/cut-energy": lambda: sum([-1.0] * 61 + [1.0] * (78 - 61)),
    "annealing-at-work/odd-sheet": odd_sheet,
    "annealing-at-work/swap": lambda: swap,
    "annealing-at-work/shortest-tour": lambda: shortest_tour,
    "annealing-at-work/share-error": share_error,
    "annealing-at-work/runs": runs,
    "annealing-at-work/intervals": intervals,
}

# The page computes what this follows from; here it is only written a second time.
RIGHT = {"annealing-at-work/think-best": "that these runs do not find one"}

FAULTS = [
    Fault(
        "a sheet whose rows are forgotten",
        "answer=126.0 - 7 - 9",
        "answer=126.0 - 9",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/annealing_at_work.py",
    ),
]
