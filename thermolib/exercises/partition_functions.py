"""Exercises of the chapter ``partition-functions``."""

import numpy as np
from scipy.special import gammaln

from thermolib import ising
from thermolib.boltzmann import log_partition, thermodynamics
from thermolib.exercises import Exercise

TWO_LEVELS = thermodynamics([0.0, 1.0], 0.6)
TEN_LOG_Z = 10 * TWO_LEVELS.log_Z
TEN = 10 * np.stack([TWO_LEVELS.F, TWO_LEVELS.U, TWO_LEVELS.S])

LOG_FAIR = -10 * np.log(2)
LOG_BIASED = gammaln(8) + gammaln(4) - gammaln(12)  # ∫ w⁷ (1 − w)³ dw = 7! 3!/11!

OSCILLATOR = [{"T": 0.2}, {"T": 0.5}, {"T": 1.0}, {"T": 3.0}]
LEVELS = np.arange(2000.0)  # of an oscillator; the rest weighs e⁻⁶⁰⁰ at the warmest T below


def _oscillator(T: float) -> np.ndarray:
    return thermodynamics(LEVELS, T).C


def _oscillator_energy(T: float) -> np.ndarray:
    return thermodynamics(LEVELS, T).U


def _dual(T: float) -> float:
    """The temperature whose K obeys sinh 2K sinh 2K̃ = 1."""
    return 2 / np.arcsinh(1 / np.sinh(2 / T))


TAU, ERROR = 42, 2e-3  # sweeps, and the error per site that is asked for
VARIANCE = ising.T_C**2 * ising.torus_heat_capacity(16, ising.T_C) / 16**2  # of the energy per site

EXERCISES = {
    "independent": Exercise(
        question="ln Z of ten independent two-level systems, levels 0 and 1, at T = 0.6",
        answer=TEN_LOG_Z,
        tolerance=2e-3,
        mistakes={
            "ln(10 Z₁): ten systems multiply Z, they do not add to it": np.log(10) + TWO_LEVELS.log_Z,
            "ln Z of one system: there are ten": TWO_LEVELS.log_Z,
            "e^(+E/T): the exponent is −E/T": 10 * log_partition([0.0, -1.0], 0.6),
            "a logarithm to base 2": TEN_LOG_Z / np.log(2),
            "the free energy −T ln Z": -0.6 * TEN_LOG_Z,
            "a division by 10!, which would make the ten indistinguishable": TEN_LOG_Z - gammaln(11),
        },
    ),
    "independent-potentials": Exercise(
        question="F, U and S of the same ten systems, as an array of three numbers",
        answer=TEN,
        mistakes={
            "F = U + TS: entropy lowers the free energy": np.array([TEN[1] + 0.6 * TEN[2], *TEN[1:]]),
            "F = +T ln Z: the sign is missing": TEN * [-1, 1, 1],
            "F = −ln Z, with T left out": TEN / [0.6, 1, 1],
            "S = U/T, without ln Z": np.stack([TEN[0], TEN[1], TEN[1] / 0.6]),
            "an entropy in bits: Boltzmann's constant is 1, so it is in nats": TEN / [1, 1, np.log(2)],
            "one system instead of ten": TEN / 10,
        },
    ),
    "oscillator-energy": Exercise(
        question="The mean energy U of the oscillator, as a function of T",
        answer=_oscillator_energy,
        arguments=OSCILLATOR,
        mistakes={
            "the classical T, its warm limit": lambda T: T,
            "the cold limit e^(−1/T) at every T": lambda T: np.exp(-1 / T),
            "a plus sign in the denominator, which makes it a two-level system": lambda T: (
                1 / (np.exp(1 / T) + 1)
            ),
            "Σ n e^(−n/T) that is not divided by Z": lambda T: np.exp(-1 / T) / np.expm1(-1 / T) ** 2,
            "the half quantum of the ground state: here E_0 = 0": lambda T: _oscillator_energy(T) + 0.5,
            "ln Z in place of its derivative": lambda T: -np.log1p(-np.exp(-1 / T)),
            "the free energy −T ln Z": lambda T: T * np.log1p(-np.exp(-1 / T)),
        },
    ),
    "oscillator": Exercise(
        question="The heat capacity C of the oscillator, as a function of T",
        answer=_oscillator,
        arguments=OSCILLATOR,
        mistakes={
            "the variance of E, or −∂U/∂(1/T): C = ∂U/∂T is that over T²": lambda T: _oscillator(T) * T**2,
            "∂U/∂(1/T): C is the derivative by T": lambda T: -_oscillator(T) * T**2,
            "a variance divided by T: it is divided by T²": lambda T: _oscillator(T) * T,
            "the mean energy U: differentiate it once more": _oscillator_energy,
            "the warm limit C = 1 at every T": lambda T: 1.0,
            "the cold limit e^(−1/T)/T² at every T": lambda T: np.exp(-1 / T) / T**2,
            "a plus sign in the geometric sum, which makes a two-level system of it": (
                lambda T: thermodynamics([0.0, 1.0], T).C
            ),
        },
    ),
    "coin": Exercise(
        question="The evidence of the fair coin divided by that of the unknown bias",
        answer=np.exp(LOG_FAIR - LOG_BIASED),
        mistakes={
            "the unknown bias over the fair coin": np.exp(LOG_BIASED - LOG_FAIR),
            "the logarithm of the factor": LOG_FAIR - LOG_BIASED,
            "the evidence of one model alone, 7 heads in any order: divide the two": 120 / 1024,
            "the evidence of the unknown bias alone: divide the two": 1 / 11,
            "the best bias, w = 0.7, in place of the average over all": (
                np.exp(LOG_FAIR) / (0.7**7 * 0.3**3)
            ),
            "ten throws in a given order for one model, and 7 heads in any order for the other": (
                np.exp(LOG_FAIR) * 11
            ),
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
    "wolff": Exercise(
        question="The probability p with which Wolff's move adds an aligned neighbour at T = 2.5",
        answer=-np.expm1(-2 / 2.5),
        mistakes={
            "1 − e^(−1/T): turning a satisfied bond costs 2, not 1": -np.expm1(-1 / 2.5),
            "tanh(1/T), the correlation of neighbours in a chain": np.tanh(1 / 2.5),
            "e^(−2/T): that is the probability to refuse": np.exp(-2 / 2.5),
            "1 − e^(−4/T): each bond is counted twice": -np.expm1(-4 / 2.5),
            "e^(+2/T): the energy goes up, so the exponent is negative": np.exp(2 / 2.5),
        },
    ),
    "sweeps": Exercise(
        question="Metropolis sweeps needed, if τ = 42 sweeps, for an error of 0.002 in the energy per site",
        answer=TAU * VARIANCE / ERROR**2,
        mistakes={
            "the variance of a single site's share, T²C, without division by L²": TAU
            * VARIANCE
            * 16**2
            / ERROR**2,
            "L where L² belongs: the lattice has L² sites": TAU * VARIANCE * 16 / ERROR**2,
            "independent sweeps: τ is missing": VARIANCE / ERROR**2,
            "2τ: this τ is 1 + 2Σρ already": 2 * TAU * VARIANCE / ERROR**2,
            "an error that falls like 1/n: it falls like 1/√n": TAU * VARIANCE / ERROR,
            "C in place of the variance T²C": TAU * VARIANCE / ising.T_C**2 / ERROR**2,
            "TC in place of the variance T²C": TAU * VARIANCE / ising.T_C / ERROR**2,
        },
    ),
    "think-small-surroundings": Exercise(
        question="At large n the dots for five oscillators lie",
        answer="below the line",
        choices={
            "above the line": (
                "Five oscillators hold few quanta and soon have none left to give, which makes large n rare."
            ),
            "below the line": (
                "Each quantum taken cools them: their entropy is concave and falls below the line that makes "
                "the exponential. Beyond all their quanta P(n) is zero. It is so at each M; the more there "
                "are, the less."
            ),
            "on the line": "That needs surroundings whose temperature does not change when they give.",
        },
    ),
    "think-fuller": Exercise(
        question="Two levels, the upper one fuller. Its temperature, and what it does to an ordinary system:",
        answer="negative, and it gives heat to any system of positive temperature",
        choices={
            "below absolute zero, so it takes up heat from everything": (
                "Negative, but not cold: its entropy grows when it gives energy away, so that it gives."
            ),
            "negative, and it gives heat to any system of positive temperature": (
                "1/T = ∂S/∂E < 0: its entropy grows as it gives energy away, and so does that of the system "
                "which takes it. It is hotter than T = ∞."
            ),
            "it has none, for no T in the Boltzmann distribution can make the upper level fuller": (
                "No positive one can. With T < 0 the weight e^(−Δ/T) exceeds 1."
            ),
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
}
