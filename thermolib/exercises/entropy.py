"""Exercises of the page ``entropy``."""

import heapq
import math
from collections import Counter

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln
from scipy.stats import binom

from thermolib.entropy import entropy
from thermolib.exercises import Exercise

LOADED = np.array([0.5, 0.1, 0.1, 0.1, 0.1, 0.1])
NAMED = sum(math.comb(100, k) for k in range(21))  # sequences of 100 tosses with at most 20 heads
EXPANSION = math.log(math.comb(100, 50))
LETTERS = np.array(list(Counter("howmuchwoodwouldawoodchuckchuck").values()))
SITES = 96


def _huffman_length(p: ArrayLike) -> float:
    """Mean length of Huffman's code, in bits: a merge adds one digit to all words below it."""
    heap, length = [float(x) for x in np.asarray(p)], 0.0
    heapq.heapify(heap)
    while len(heap) > 1:
        merged = heapq.heappop(heap) + heapq.heappop(heap)
        length += merged
        heapq.heappush(heap, merged)
    return length


def _not_sorted_again(p: ArrayLike) -> float:
    left, length = sorted(float(x) for x in np.asarray(p)), 0.0
    while len(left) > 1:
        length += left[0] + left[1]
        left = [left[0] + left[1], *left[2:]]
    return length


def _largest_merged(p: ArrayLike) -> float:
    left, length = sorted(float(x) for x in np.asarray(p)), 0.0
    while len(left) > 1:
        length += left[-1] + left[-2]
        left = sorted([*left[:-2], left[-1] + left[-2]])
    return length


def _turned_back(shift: int, steps: int = 6, cell: int = 16) -> float:
    """Entropy after `steps` forward, a shift of x, and as many steps back, seen with cells."""
    x, p = (a.ravel() for a in np.mgrid[16:32, 32:48])
    for _ in range(steps):
        x = (x + p) % SITES
        p = (p + x) % SITES
    x = (x + shift) % SITES
    for _ in range(steps):
        p = (p - x) % SITES
        x = (x - p) % SITES
    share = np.bincount(x // cell * SITES + p // cell) / len(x)
    return float(entropy(share) + 2 * math.log(cell))


def _spread(steps: int, cell: int = 16) -> float:
    """Entropy after `steps` forward, seen with cells."""
    x, p = (a.ravel() for a in np.mgrid[16:32, 32:48])
    for _ in range(steps):
        x = (x + p) % SITES
        p = (p + x) % SITES
    share = np.bincount(x // cell * SITES + p // cell) / len(x)
    return float(entropy(share) + 2 * math.log(cell))


EXERCISES = {
    "think-weighing": Exercise(
        question="Of twelve balls one is heavier or lighter. The first of three weighings should be",
        answer="4 against 4",
        choices={
            "6 against 6": (
                "It always tilts, and then twelve possibilities are left. Two weighings have nine outcomes."
            ),
            "4 against 4": (
                "Eight possibilities are left, however it comes out: no more than the nine outcomes that two "
                "weighings have."
            ),
            "1 against 1": (
                "Most often it stays level, and then twenty possibilities are left for nine outcomes."
            ),
        },
    ),
    "think-macrostate": Exercise(
        question="A list of the value of every weight of a network is",
        answer="a microstate",
        choices={
            "a microstate": (
                "Nothing about the network is left open by it. A macrostate would be all lists of weights "
                "that share, say, one value of the loss."
            ),
            "a macrostate": (
                "A macrostate lumps together all states that share a few coarse numbers, such as the loss."
            ),
            "a probability distribution": (
                "It is one point of the space over which a distribution would be spread."
            ),
        },
    ),
    "think-best-bet": Exercise(
        question="A coin falls heads once in ten. Of all sequences of 100 tosses the most probable is",
        answer="a hundred tails",
        choices={
            "one with ten heads": (
                "Each head in place of a tail divides the probability by nine. Sequences with ten heads come "
                "out often because there are so many of them."
            ),
            "a hundred tails": (
                "Each single toss falls tails more probably than heads. And yet you will hardly win: there "
                "is only one such sequence."
            ),
            "none, they are all alike": (
                "That is so for a fair coin. For this one a head costs a factor of nine."
            ),
        },
    ),
    "think-finest-cells": Exercise(
        question="The cells are made smaller, down to single states. The entropy at step 3",
        answer="comes down to its value at the start",
        choices={
            "stays as large": (
                "The threads are thinner than the large cells, and not than the small ones: those see where "
                "nobody is."
            ),
            "comes down to its value at the start": (
                "Nothing is smeared any more, and the map moves probabilities about without changing one."
            ),
            "becomes larger": (
                "There are more cells, but fewer states in each. Less is smeared, and smearing is what "
                "raises the entropy."
            ),
        },
    ),
    "loaded-die": Exercise(
        question="Entropy, in bits, of a die with p = (1/2, 1/10, 1/10, 1/10, 1/10, 1/10)",
        answer=entropy(LOADED, base=2),
        mistakes={
            "nats: take the logarithm to base 2": entropy(LOADED),
            "a logarithm to base 10: take base 2": entropy(LOADED, base=10),
            "Σ p log₂ p without the minus sign in front": -entropy(LOADED, base=2),
            "the mean of the six terms −p log₂ p: entropy is their sum": entropy(LOADED, base=2) / 6,
            "the surprises −log₂ p averaged with equal weights: each counts with its own probability": (
                np.mean(-np.log2(LOADED))
            ),
        },
    ),
    "huffman-length": Exercise(
        question="The mean length of Huffman's code, in bits, as a function of the probabilities p",
        answer=_huffman_length,
        arguments=[
            {"p": np.array([0.5, 0.25, 0.25])},
            {"p": np.array([0.05, 0.5, 0.15, 0.3])},
            {"p": np.array([0.2, 0.2, 0.2, 0.2, 0.2])},
            {"p": np.array([0.02, 0.4, 0.13, 0.25, 0.2])},
        ],
        mistakes={
            "a list that is not put in order again after a merge": _not_sorted_again,
            "the two most probable merged: it is the two least probable": _largest_merged,
            "the entropy, which no code with whole digits need reach": lambda p: entropy(p, base=2),
            "each surprise rounded up: that is a code, but not the best one": lambda p: (
                np.asarray(p) @ np.ceil(-np.log2(p) - 1e-12)
            ),
            "words of equal length": lambda p: np.ceil(np.log2(len(p))),
            "the last merge left out: it adds a digit to all words": lambda p: _huffman_length(p) - 1,
        },
    ),
    "short-names": Exercise(
        question="Digits of the binary names of all sequences of 100 tosses with at most 20 heads",
        answer=float(math.ceil(math.log2(NAMED))),
        tolerance=1e-6,
        mistakes={
            "the logarithm, not rounded up: digits are whole": math.log2(NAMED),
            "the logarithm rounded down, or the sequences with just 20 heads: that is not enough": float(
                math.floor(math.log2(NAMED))
            ),
            "100 times the entropy, which serves for the average of very long sequences": float(
                np.round(100 * entropy([0.1, 0.9], base=2))
            ),
            "a natural logarithm: names of two digits want base 2": float(math.ceil(math.log(NAMED))),
            "a digit for each toss: most sequences need no name": 100.0,
        },
    ),
    "nameless": Exercise(
        question="The probability that more than 20 of 100 tosses are heads, for p = 0.1",
        answer=float(binom.sf(20, 100, 0.1)),
        mistakes={
            "just 20 heads counted in: those have names": float(binom.sf(19, 100, 0.1)),
            "just 21 heads: more of them are nameless too": float(binom.pmf(21, 100, 0.1)),
            "the probability to have a name": float(binom.cdf(20, 100, 0.1)),
            "a Gaussian of the same mean and variance: its tail is too thin": 0.5
            * math.erfc(10.5 / 3 / math.sqrt(2)),
        },
    ),
    "expansion": Exercise(
        question="Nats by which “50 of 100 in the left half” has more entropy than “100 of 100”",
        answer=EXPANSION,
        mistakes={
            "N ln 2, the count of all macrostates together: it is one of them that is asked for": (
                100 * math.log(2)
            ),
            "bits: take the natural logarithm": EXPANSION / math.log(2),
            "the number of ways to choose 50 without order left in: divide by 50! twice": float(
                gammaln(101) - gammaln(51)
            ),
            "ln 2 for 50 molecules: all hundred may be on either side": 50 * math.log(2),
            "½ ln(πN/2), which is what lacks of N ln 2": math.log(50 * math.pi) / 2,
        },
    ),
    "turned-back": Exercise(
        question="Entropy, in nats, with cells of 16, after six steps, x + 1 for all, and six steps back",
        answer=_turned_back(1),
        mistakes={
            "the particles not moved: then they all come back": _turned_back(0),
            "the entropy at step 6, before they turn": _spread(6),
            "the exact states' entropy on top of it": _turned_back(1) + math.log(256),
            "the entropy of the cells alone: add ln 16² for the states in a cell": (
                _turned_back(1) - 2 * math.log(16)
            ),
        },
    ),
    "letters": Exercise(
        question="Entropy, in bits per letter, of “how much wood would a woodchuck chuck”, blanks left out",
        answer=float(entropy(LETTERS / LETTERS.sum(), base=2)),
        mistakes={
            "nats: take the logarithm to base 2": float(entropy(LETTERS / LETTERS.sum())),
            "all letters equally probable": math.log2(len(LETTERS)),
            "all 26 letters of the alphabet equally probable": math.log2(26),
            "the entropy of the whole, not of a letter": float(
                LETTERS.sum() * entropy(LETTERS / LETTERS.sum(), base=2)
            ),
        },
    ),
}
