"""The answers of the exercises of ``chapters/entropy.md`` once more, by elementary routes."""

import math

import numpy as np

from declared import Fault


def by_adding_logarithms(n):
    """Place one outcome after the other: the number of orders grows by a quotient."""
    total, placed = 0.0, 0
    for kind in n:
        for k in range(1, int(kind) + 1):
            placed += 1
            total += math.log(placed) - math.log(k)
    return total


def by_stirling_to_third_order(N=1_000_000, p=0.1):
    """ln n! = n ln n − n + ½ ln 2πn + 1/12n − …: what N H(p) has more than ln Ω."""
    rest = 1 / (12 * N) - 1 / (12 * N * p) - 1 / (12 * N * (1 - p))
    return 0.5 * math.log(2 * math.pi * N * p * (1 - p)) - rest


def grown_by_counting():
    """The entropy of a triangular density in bins, by its areas, in a thousand and ten thousand bins."""

    def of(bins):
        edges = np.linspace(0, 1, bins + 1)
        p = np.diff(edges**2)
        return -(p * np.log(p)).sum()

    return of(10_000) - of(1_000)


def smeared_square(shift=1, cell=16, side=96):
    """The square after six steps, a shift and six steps back: the map is linear, so it lies elsewhere."""
    back = np.linalg.matrix_power(np.array([[2, -1], [-1, 1]]), 6)
    dx, dp = back @ [shift, 0] % side
    along = [np.bincount((np.arange(start, start + 16) + d) % side // cell) / 16
             for start, d in ((16, dx), (32, dp))]  # fmt: skip
    share = np.outer(*along)
    share = share[share > 0]
    return -(share * np.log(share / cell**2)).sum()


ROUTES = {
    "entropy/loaded-die": lambda: 1 + math.log2(5) / 2,  # is it the face? if not, which of five?
    "entropy/arrangements": lambda: by_adding_logarithms,
    "entropy/million-parts": by_stirling_to_third_order,
    "entropy/finer-bins": grown_by_counting,
    "entropy/expansion": lambda: sum(math.log((50 + k) / k) for k in range(1, 51)),
    "entropy/turned-back": smeared_square,
}  # fmt: skip

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "entropy/think-weighing": "4 against 4",
    "entropy/think-macrostate": "a microstate",
    "entropy/think-finest-cells": "comes down to its value at the start",
}

FAULTS = [
    Fault(
        "the particles that are not moved before they turn",
        "answer=_turned_back(1),",
        "answer=_turned_back(0),",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/entropy.py",
    ),
    Fault(
        "the mean of ln Ω, which is lower by a half, for its value at the mean",
        "answer=_excess(TOSSES, UP),",
        "answer=_excess(TOSSES, UP) + 0.5,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/entropy.py",
    ),
    Fault(
        "the wrong choice marked as the right one",
        'answer="a microstate",',
        'answer="a macrostate",',
        "test_the_right_choices",
        file="exercises/entropy.py",
    ),
]
