"""The answers of the exercises of ``chapters/entropy.md`` once more, by elementary routes."""

import itertools
import math
from fractions import Fraction

import numpy as np

from declared import Fault


def shortest_words(p):
    """The least mean length of a binary prefix code: all lists of lengths that Kraft's inequality allows."""
    p, n = np.sort(p)[::-1], len(p)
    lengths = itertools.combinations_with_replacement(range(1, n), n)
    return min(p @ np.array(one) for one in lengths if sum(Fraction(1, 2**k) for k in one) <= 1)


def smeared_square(shift=1, cell=16, side=96):
    """The square after six steps, a shift and six steps back: the map is linear, so it lies elsewhere."""
    back = np.linalg.matrix_power(np.array([[2, -1], [-1, 1]]), 6)
    dx, dp = back @ [shift, 0] % side
    along = [np.bincount((np.arange(start, start + 16) + d) % side // cell) / 16
             for start, d in ((16, dx), (32, dp))]  # fmt: skip
    share = np.outer(*along)
    share = share[share > 0]
    return -(share * np.log(share / cell**2)).sum()


def woodchuck():
    text = "howmuchwoodwouldawoodchuckchuck"
    return -sum(math.log2(text.count(letter) / len(text)) for letter in text) / len(text)


ROUTES = {
    "entropy/loaded-die": lambda: 1 + math.log2(5) / 2,  # is it the face? if not, which of five?
    "entropy/huffman-length": lambda: shortest_words,
    "entropy/short-names": lambda: next(
        n for n in range(100) if 2**n >= sum(math.comb(100, k) for k in range(21))
    ),
    "entropy/nameless": lambda: float(
        sum(Fraction(9 ** (100 - k) * math.comb(100, k), 10**100) for k in range(21, 101))
    ),
    "entropy/expansion": lambda: sum(math.log((50 + k) / k) for k in range(1, 51)),
    "entropy/turned-back": smeared_square,
    "entropy/letters": woodchuck,
}  # fmt: skip

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "entropy/think-weighing": "4 against 4",
    "entropy/think-macrostate": "a microstate",
    "entropy/think-best-bet": "a hundred tails",
    "entropy/think-finest-cells": "comes down to its value at the start",
}

FAULTS = [
    Fault(
        "a merge of a list that is out of order",
        "answer=_huffman_length,",
        "answer=_not_sorted_again,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/entropy.py",
    ),
    Fault(
        "the particles that are not moved before they turn",
        "answer=_turned_back(1),",
        "answer=_turned_back(0),",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/entropy.py",
    ),
    Fault(
        "the wrong choice marked as the right one",
        'answer="a hundred tails",',
        'answer="one with ten heads",',
        "test_the_right_choices",
        file="exercises/entropy.py",
    ),
]
