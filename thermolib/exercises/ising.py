"""Exercises of the page ``ising``."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from thermolib import ising
from thermolib.exercises import Exercise


def _dual(T: float) -> float:
    """The temperature whose K obeys sinh 2K sinh 2K̃ = 1."""
    return 2 / np.arcsinh(1 / np.sinh(2 / T))


def _bonds_moved(n: float, low: float = 0.02) -> float:
    """The fixed point's temperature of K' = ½ ln cosh nK."""
    return 1 / brentq(lambda K: np.log(np.cosh(n * K)) / 2 - K, low, 3.0, xtol=1e-14)


def _sums(spins: NDArray, b: int) -> NDArray:
    """The sum of each block of b × b spins."""
    n = len(spins) // b
    return np.asarray(spins).reshape(n, b, n, b).sum(axis=(1, 3))


# At random, and in stripes: the blocks differ along rows, columns and from corner to corner.
DOTS = np.random.default_rng(1).choice([-1, 1], size=(15, 15))
STRIPES = np.where(np.add.outer(np.arange(9), 2 * np.arange(9)) % 7 < 4, 1, -1)

EXERCISES = {
    "think-lens": Exercise(
        question="As you step back, block by block, the three pictures",
        answer="the cold one becomes one colour, the hot one noise, the middle one stays",
        choices={
            "all three become even noise": (
                "Averages would lose their contrast. A majority keeps it: each block is up or down, and "
                "neighbouring blocks still agree where their spins did."
            ),
            "all three stay as they are, only coarser": (
                "Only one does. In the others islands have a largest size, and from far enough away one "
                "sees beyond it."
            ),
            "the cold one becomes one colour, the hot one noise, the middle one stays": (
                "Islands of a limited size vanish in a sea of one colour, or fall below one block. At the "
                "critical temperature there is no largest size, so no distance is special."
            ),
        },
    ),
    "correlation-length": Exercise(
        question="The correlation length of the infinite chain at T = 0.5, in lattice spacings",
        answer=-1 / np.log(np.tanh(2.0)),
        mistakes={
            "tanh(T), with T where 1/T belongs": -1 / np.log(np.tanh(0.5)),
            "−ln tanh(1/T), the inverse of the length": -np.log(np.tanh(2.0)),
            "the distance at which the correlation is one half, or a logarithm to base 2": np.log(2)
            / -np.log(np.tanh(2.0)),
            "tanh(2/T): each bond is counted twice": -1 / np.log(np.tanh(4.0)),
            "the number of spins that move together, e^(2/T)": np.exp(4.0),
        },
    ),
    "majority": Exercise(
        question="The majority of each block of b × b spins, as a function of spins and b",
        answer=lambda spins, b: np.sign(_sums(spins, b)),
        arguments=[{"spins": DOTS, "b": 3}, {"spins": DOTS, "b": 5}, {"spins": STRIPES, "b": 3}],
        mistakes={
            "the sum of each block: take its sign": _sums,
            "the mean of each block: take its sign": lambda spins, b: _sums(spins, b) / b**2,
            "decimation, the first spin of each block": lambda spins, b: np.asarray(spins)[::b, ::b],
            "the spin in the middle of each block": (
                lambda spins, b: np.asarray(spins)[b // 2 :: b, b // 2 :: b]
            ),
            "the minority: the sign is turned": lambda spins, b: -np.sign(_sums(spins, b)),
            "rows and columns of blocks exchanged": lambda spins, b: np.sign(_sums(spins, b)).T,
            "1 and 0 in place of 1 and −1": lambda spins, b: 1.0 * (_sums(spins, b) > 0),
        },
    ),
    "chain-magnetization": Exercise(
        question="The magnetisation m per spin of the infinite chain, as a function of T and h",
        answer=lambda T, h: np.sinh(h / T) / np.hypot(np.sinh(h / T), np.exp(-2 / T)),
        arguments=[{"T": 0.8, "h": 0.1}, {"T": 1.5, "h": 0.4}, {"T": 4.0, "h": -1.0}],
        mistakes={
            "free spins, tanh(h/T): the coupling is missing": lambda T, h: np.tanh(h / T),
            "∂ln λ₊/∂h, with the factor T left out": lambda T, h: (
                np.sinh(h / T) / np.hypot(np.sinh(h / T), np.exp(-2 / T)) / T
            ),
            "e^(−2/T) under the root, where its square belongs": lambda T, h: (
                np.sinh(h / T) / np.sqrt(np.sinh(h / T) ** 2 + np.exp(-2 / T))
            ),
            "the response to a faint field, χh, at any field": lambda T, h: np.exp(2 / T) / T * h,
        },
    ),
    "chain-susceptibility": Exercise(
        question="The susceptibility χ of the infinite chain at h = 0, as a function of T",
        answer=lambda T: np.exp(2 / T) / T,
        arguments=[{"T": 0.5}, {"T": 0.8}, {"T": 1.5}, {"T": 4.0}],
        mistakes={
            "1/T, free spins: the coupling is missing": lambda T: 1 / T,
            "e^(2/T), with the factor 1/T left out": lambda T: np.exp(2 / T),
            "e^(2/T)/T²: m is T ∂ln λ₊/∂h, and its T cancels one": lambda T: np.exp(2 / T) / T**2,
            "e^(−2/T)/T: the coupling has the wrong sign": lambda T: np.exp(-2 / T) / T,
            "e^(4/T)/T: each bond is counted twice": lambda T: np.exp(4 / T) / T,
            "e^(1/T)/T: each spin has two neighbours": lambda T: np.exp(1 / T) / T,
        },
    ),
    "chain-growth": Exercise(
        question="What does the growth of χ at low T say?",
        answer="ever more spins move together, but there is no transition at any T > 0",
        choices={
            "the chain orders below some T > 0": "χ would diverge there. It is finite at every T > 0.",
            "ever more spins move together, but there is no transition at any T > 0": (
                "The response of one spin, 1/T, is multiplied by their number, which grows exponentially."
            ),
            "each spin responds more, on its own": "One spin on its own gives 1/T, which grows far less.",
        },
    ),
    "duality-critical": Exercise(
        question="The only temperature that is its own dual",
        answer=2 / np.log1p(np.sqrt(2)),
        mistakes={
            "K_c, the coupling: its inverse is the temperature": np.log1p(np.sqrt(2)) / 2,
            "sinh K_c = 1: it is 2K that stands in it": 1 / np.log1p(np.sqrt(2)),
            "mean-field theory's T_c, the number of neighbours": 4.0,
            "2K_c itself, and not yet a temperature": np.log1p(np.sqrt(2)),
        },
    ),
    "duality": Exercise(
        question="The temperature dual to T = 2",
        answer=_dual(2.0),
        mistakes={
            "K̃, the coupling: its inverse is the temperature": 1 / _dual(2.0),
            "sinh K sinh K̃ = 1: it is 2K that stands in them": 1 / np.arcsinh(1 / np.sinh(0.5)),
            "sinh(2T), with T where K = 1/T belongs": np.arcsinh(1 / np.sinh(4.0)) / 2,
            "a dual as far above T_c as 2 is below: the two are no mirror images": 2 * ising.T_C - 2,
            "T_c, which is dual to itself alone": ising.T_C,
        },
    ),
    "think-order-of-limits": Exercise(
        question="Yang's magnetisation is the limit of ⟨m⟩ in which",
        answer="first L → ∞, then h → 0",
        choices={
            "first L → ∞, then h → 0": (
                "Below T_c hardly any field makes a large lattice take a side, and an infinite one keeps it."
            ),
            "first h → 0, then L → ∞": (
                "At h = 0 symmetry makes ⟨m⟩ = 0 on each finite lattice, so the limit is 0."
            ),
            "either first: the order makes no difference": (
                "It makes all the difference: one order gives zero, by symmetry, at every temperature."
            ),
        },
    ),
    "three-dimensions": Exercise(
        question="The fixed point's temperature of Migdal and Kadanoff's step on the cubic lattice, b = 2",
        answer=_bonds_moved(8),
        mistakes={
            "K*, the coupling: its inverse is the temperature": 1 / _bonds_moved(8),
            "the square lattice, on which two bonds become one": _bonds_moved(4),
            "three bonds laid together, one for each direction: 2 × 2 of them are": _bonds_moved(6),
            "eight bonds laid together, as many as a block has spins: only two directions are moved": (
                _bonds_moved(16, 0.003)
            ),
            "mean-field theory's T_c, the number of neighbours": 6.0,
            "the value that simulation finds, not that of the map": 4.5115,
        },
    ),
}
