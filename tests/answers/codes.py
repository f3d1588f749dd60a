"""The answers of the exercises of ``chapters/codes.md`` once more, by elementary routes."""

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


def woodchuck():
    text = "howmuchwoodwouldawoodchuckchuck"
    return -sum(math.log2(text.count(letter) / len(text)) for letter in text) / len(text)


ROUTES = {
    "codes/loaded-words": lambda: shortest_words([0.5, 0.1, 0.1, 0.1, 0.1, 0.1]),
    "codes/huffman-length": lambda: shortest_words,
    "codes/short-names": lambda: next(
        n for n in range(100) if 2**n >= sum(math.comb(100, k) for k in range(21))
    ),
    "codes/nameless": lambda: float(
        sum(Fraction(9 ** (100 - k) * math.comb(100, k), 10**100) for k in range(21, 101))
    ),
    "codes/rounded-up": lambda: sum(
        p * next(k for k in range(9) if 2**-k <= p) for p in (0.5, 0.3, 0.15, 0.05)
    ),
    "codes/letters": woodchuck,
}  # fmt: skip

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "codes/think-best-bet": "a hundred tails",
    "codes/think-digits": "about half a digit",
}

FAULTS = [
    Fault(
        "a merge of a list that is out of order",
        "answer=_huffman_length,",
        "answer=_not_sorted_again,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/codes.py",
    ),
    Fault(
        "the wrong choice marked as the right one",
        'answer="a hundred tails",',
        'answer="one with ten heads",',
        "test_the_right_choices",
        file="exercises/codes.py",
    ),
]
