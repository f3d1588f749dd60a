"""Exercises of the page ``partition-functions``."""

import numpy as np
from scipy.special import gammaln

from thermolib.boltzmann import log_partition, thermodynamics, tonks_gas
from thermolib.exercises import Exercise

TWO_LEVELS = thermodynamics([0.0, 1.0], 0.6)
TEN_LOG_Z = 10 * TWO_LEVELS.log_Z
TEN = 10 * np.stack([TWO_LEVELS.F, TWO_LEVELS.U, TWO_LEVELS.S])

PEAK_T, ONE_UPPER, TWO_UPPER = 1.9, 0.416778281, 0.376696361  # K; the peaks in units of the spacing

OSCILLATOR = [{"T": 0.2}, {"T": 0.5}, {"T": 1.0}, {"T": 3.0}]
LEVELS = np.arange(2000.0)  # of an oscillator; the rest weighs e⁻⁶⁰⁰ at the warmest T below


def _oscillator(T: float) -> np.ndarray:
    return thermodynamics(LEVELS, T).C


def _oscillator_energy(T: float) -> np.ndarray:
    return thermodynamics(LEVELS, T).U


SUMS = [
    {"E": np.array([0.0, 1.0]), "T": 1.0},
    {"E": np.array([0.0, 0.0, 1.0]), "T": 1e-3},
    {"E": np.array([2.0, 2.0, 3.0]), "T": 1e-3},
    {"E": np.array([-2.0, -2.0, 1.0]), "T": 1e-3},
]

PUSH, RODS = 0.5, 20
GAS = tonks_gas(1.5, 60.0, RODS, 1.0)
ENTHALPY = GAS.U + PUSH * 60.0  # is kept: the insulated gas takes up work, and no heat
INSULATED = (ENTHALPY + PUSH * RODS / 2) / (1.5 * PUSH)  # U = p(L − Na)/2 in U + pL = H
SAME_ENTROPY = RODS + (2 * GAS.U * 40.0**2 / PUSH) ** (1 / 3)  # U(L − Na)² is kept

GAMES = [
    {"purses": np.array([0, 1, 2, 1])},
    {"purses": np.array([0, 0, 3, 1, 0, 2])},
    {"purses": np.array([5, 9, 0, 2, 14])},
]

EXERCISES = {
    "few-people": Exercise(
        question="Five people, one coin each at the start: the probability that a given one holds none",
        answer=4 / 9,
        mistakes={
            "1/2, the limit of many people: five are few": 0.5,
            "(4/5)^5, each coin thrown to anyone: here arrangements are equally probable, not throws": 0.8**5,
            "1/e, many coins thrown at random among as many people": np.exp(-1),
            "1/6, as if each number from 0 to 5 were equally probable": 1 / 6,
            "the mean number of people who hold none: divide by five": 20 / 9,
            "the probability that a given one holds some": 5 / 9,
        },
    ),
    "coin-temperature": Exercise(
        question="The most probable temperature of a list of purses, as a function of the list",
        answer=lambda purses: 1 / np.log1p(1 / np.mean(purses)),
        arguments=GAMES,
        mistakes={
            "the mean purse itself: that is T for very full purses alone": lambda purses: np.mean(purses),
            "1/T, the multiplier: give T": lambda purses: np.log1p(1 / np.mean(purses)),
            "the mean of those who hold some: count the others too": (
                lambda purses: 1 / np.log1p(1 / np.mean(purses[purses > 0]))
            ),
            "a logarithm to base 2": lambda purses: 1 / np.log2(1 + 1 / np.mean(purses)),
        },
    ),
    "spacing": Exercise(
        question="The spacing of the two levels, in kelvin",
        answer=PEAK_T / TWO_UPPER,
        mistakes={
            "a single upper state: that peak is only 0.439 high": PEAK_T / ONE_UPPER,
            "the place of the peak times 0.377: divide": PEAK_T * TWO_UPPER,
            "the spacing over T at the peak, which has no unit": 1 / TWO_UPPER,
            "a peak at T = Δ: it lies lower": PEAK_T,
        },
    ),
    "log-partition": Exercise(
        question="ln Z as a function of the energies E, an array, and T",
        answer=lambda E, T: log_partition(E, T),
        arguments=SUMS,
        mistakes={
            "a sum whose exponentials overflow or vanish: take out the largest one first": (
                lambda E, T: np.log(np.sum(np.exp(-E / T)))
            ),
            "a largest exponential that is taken out and not put back": (
                lambda E, T: log_partition(E - E.min(), T)
            ),
            "a smallest exponential that is taken out, where the largest should be": (
                lambda E, T: np.log(np.sum(np.exp(-(E - E.max()) / T))) - E.max() / T
            ),
            "the largest term alone: equal levels count each": lambda E, T: -E.min() / T,
            "e^(+E/T): the exponent is −E/T": lambda E, T: log_partition(-E, T),
            "the free energy −T ln Z": lambda E, T: -T * log_partition(E, T),
            "energies that are not divided by T": lambda E, T: log_partition(E, 1.0),
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
    "insulated-piston": Exercise(
        question="The length L at which the insulated piston comes to rest under a push of 0.5",
        answer=INSULATED,
        tolerance=2e-3,
        mistakes={
            "the place in a heat bath: this gas does work and cools": RODS + RODS * 1.5 / PUSH,
            "the entropy kept fixed: the walls let no heat out, and friction makes some": SAME_ENTROPY,
            "an ideal gas: the rods have length 1": ENTHALPY / (1.5 * PUSH),
            "L − Na, the free length: add the rods": INSULATED - RODS,
            "U = NT, as in two dimensions: it is NT/2": (ENTHALPY + PUSH * RODS) / (2 * PUSH),
        },
    ),
    "think-purses": Exercise(
        question="Of the hundred people, after a long evening, about how many hold no coin?",
        answer="about 50",
        choices={
            "about 10": (
                "Nothing holds the purses close to one coin: who has given his only coin can wait long for "
                "the next. Play the game below."
            ),
            "about 37": (
                "A hundred coins thrown at random among a hundred people leave 100/e = 37 with none. But "
                "here people are drawn, not coins: who holds five gives no more often than who holds one."
            ),
            "about 50": (
                "And about 25 hold one, 12 or 13 hold two, 6 hold three: each coin more is half as probable."
            ),
        },
    ),
    "think-small-surroundings": Exercise(
        question="With five oscillators as surroundings, the dots at large n lie",
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
    "think-piston": Exercise(
        question="With insulating walls the piston comes to rest",
        answer="farther out than in the heat bath",
        choices={
            "farther out than in the heat bath": (
                "The piston's work stays in the gas and heats it, so that less of the way in makes it push "
                "back with 1."
            ),
            "at the same place: the pressures must be equal there too": (
                "They are equal in both. But a gas that keeps the work done on it is hotter, and has the "
                "same pressure at a greater length."
            ),
            "farther in: no heat holds the piston back": (
                "The heat that cannot leave is what holds it back: the gas gets hotter as it is pushed "
                "together."
            ),
        },
    ),
}
