"""Exercises of the page ``codes``."""

import heapq
import math
from collections import Counter

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom

from thermolib.entropy import entropy
from thermolib.exercises import Exercise

LOADED = np.array([0.5, 0.1, 0.1, 0.1, 0.1, 0.1])
FOUR = np.array([0.5, 0.3, 0.15, 0.05])
NAMED = sum(math.comb(100, k) for k in range(21))  # sequences of 100 tosses with at most 20 heads
LETTERS = np.array(list(Counter("howmuchwoodwouldawoodchuckchuck").values()))


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


EXERCISES = {
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
    "think-digits": Exercise(
        question="Digits a toss that the bent coin, of 0.469 bits, needs in the long run",
        answer="about half a digit",
        choices={
            "one digit": (
                "So it is if each toss has a word of its own. Tosses may share words: a word for each block."
            ),
            "about half a digit": (
                "In blocks: probable blocks get short words. In the limit of long blocks it is H, 0.469."
            ),
            "as few as one likes": "About 2 to the 0.469 N sequences matter, and they must be told apart.",
        },
    ),
    "loaded-words": Exercise(
        question="Mean length of Huffman's words, in digits, for p = (1/2, 1/10, 1/10, 1/10, 1/10, 1/10)",
        answer=_huffman_length(LOADED),
        tolerance=1e-3,
        mistakes={
            "the entropy: words have whole digits": entropy(LOADED, base=2),
            "words of equal length, or lengths averaged with equal weights": 3.0,
            "each surprise rounded up: Huffman's words are shorter": 2.5,
            "the digit that tells the special face from the others left out": _huffman_length(LOADED) - 1,
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
    "rounded-up": Exercise(
        question="Mean length, in digits: each surprise of 0.5, 0.3, 0.15, 0.05 rounded up",
        answer=1.8,
        tolerance=1e-3,
        mistakes={
            "Huffman's words, which are shorter": 1.7,
            "the entropy: round each surprise up first": entropy(FOUR, base=2),
            "surprises rounded to the nearest whole number: then they need not fit": float(
                FOUR @ np.round(-np.log2(FOUR))
            ),
            "a mean with equal weights: each word counts with its probability": 11 / 4,
            "natural logarithms: digits of two kinds want base 2": float(FOUR @ np.ceil(-np.log(FOUR))),
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
