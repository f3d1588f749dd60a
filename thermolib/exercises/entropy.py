"""Exercises of the page ``entropy``."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from thermolib.entropy import entropy
from thermolib.exercises import Exercise

LOADED = np.array([0.5, 0.1, 0.1, 0.1, 0.1, 0.1])
TOSSES, UP = 1_000_000, 0.1
EXPANSION = math.log(math.comb(100, 50))
SITES = 96


def _arrangements(n: ArrayLike) -> float:
    """The logarithm of the number of sequences with n[i] outcomes of kind i."""
    n = np.asarray(n)
    return float(gammaln(n.sum() + 1) - gammaln(n + 1).sum())


def _stirling(n: NDArray) -> float:
    """N times the entropy of the shares: the approximation that is exact in the limit."""
    return float(n.sum() * entropy(n / n.sum()))


def _excess(N: int, p: float) -> float:
    """Gibbs's entropy of N independent parts less Boltzmann's at their mean number."""
    return float(N * entropy([p, 1 - p]) - _arrangements([N * p, N * (1 - p)]))


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
    "arrangements": Exercise(
        question="ln of the number of sequences with n[0] outcomes of one kind, n[1] of the next, …, of n",
        answer=_arrangements,
        arguments=[
            {"n": np.array([3, 1])},
            {"n": np.array([2, 2, 2])},
            {"n": np.array([5, 0, 1])},
            {"n": np.array([300, 500, 200])},
        ],
        mistakes={
            "the number itself: take its logarithm": lambda n: math.exp(min(_arrangements(n), 700)),
            "N times the entropy of the shares, which is right in the limit only": _stirling,
            "N! alone: divide by the orders among outcomes of one kind": lambda n: gammaln(np.sum(n) + 1),
            "factorials that are one too small: n! is Γ(n + 1)": lambda n: (
                gammaln(np.sum(n)) - np.sum(gammaln(np.maximum(n, 1)))
            ),
            "bits: take the natural logarithm": lambda n: _arrangements(n) / math.log(2),
            "all sequences of so many kinds, whatever their numbers": lambda n: np.sum(n) * math.log(len(n)),
        },
    ),
    "million-parts": Exercise(
        question="Nats by which Gibbs's entropy exceeds Boltzmann's, ln Ω(Np), for N = 10⁶ and p = 0.1",
        answer=_excess(TOSSES, UP),
        mistakes={
            "the entropy of the macrostate: take off the ½ by which the mean of ln Ω lies lower": (
                _excess(TOSSES, UP) + 0.5
            ),
            "½ ln N alone: the width of the macrostates depends on p, too": 0.5 * math.log(TOSSES),
            "½ ln(2πN): the variance of one part, p(1 − p), belongs to it": 0.5
            * math.log(2 * math.pi * TOSSES),
            "ln[2πNp(1 − p)] without the ½": 2 * _excess(TOSSES, UP),
            "bits: take the natural logarithm": _excess(TOSSES, UP) / math.log(2),
            "Gibbs's entropy itself": float(TOSSES * entropy([UP, 1 - UP])),
        },
    ),
    "finer-bins": Exercise(
        question="Nats by which a histogram's entropy grows if its narrow bins become ten times narrower",
        answer=math.log(10),
        mistakes={
            "bits: take the natural logarithm": math.log2(10),
            "ten times: the entropy grows by a logarithm": 10.0,
            "the bins counted, not what is in them: −ln of a tenth is positive": -math.log(10),
            "two dimensions: a histogram of one column has bins along one axis": 2 * math.log(10),
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
            "the ways to choose 50 in order: the order does not count, so divide by 50! again": float(
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
}
