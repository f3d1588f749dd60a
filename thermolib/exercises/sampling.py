"""Exercises of the chapter ``sampling``."""

from math import exp

import numpy as np

from thermolib import ising
from thermolib.exercises import Exercise

TAU, ERROR = 42, 2e-3  # sweeps, and the error per site that is asked for
VARIANCE = ising.T_C**2 * ising.torus_heat_capacity(16, ising.T_C) / 16**2  # of the energy per site

LAGS = np.arange(400)
NOISE = np.random.default_rng(1).normal(scale=0.05, size=400)
CORRELATIONS = [
    {"rho": 0.9**LAGS},
    {"rho": (-0.5) ** LAGS},
    {"rho": np.where(LAGS == 0, 1.0, 0.8**LAGS + NOISE)},
    {"rho": np.array([1.0, 0.4, 0.1, -0.2, 0.3, 0.2])},
]


def _geyer(rho: np.ndarray) -> float:
    pairs = rho[::2] + rho[1::2]
    positive = np.argmin(np.append(pairs, 0.0) > 0)
    return 2 * pairs[:positive].sum() - 1


def _until_negative(rho: np.ndarray) -> float:
    positive = np.argmin(np.append(rho, 0.0) > 0)
    return 2 * rho[:positive].sum() - 1


EXERCISES = {
    "think-students": Exercise(
        question="Two runs of one program differ by ten of their error bars. What is wrong?",
        answer="the runs are fine, and the error bars too small",
        choices={
            "the lattices had not warmed up": (
                "Then a longer warm-up would move the mean of many runs. It does not."
            ),
            "the runs are fine, and the error bars too small": (
                "Many runs scatter five times as widely as their error bars say, about the right mean."
            ),
            "one of the random generators is bad": (
                "Then the mean of many runs would be off. It agrees with the exact energy."
            ),
        },
    ),
    "think-rows": Exercise(
        question="Metropolis, row by row: does it reach every state?",
        answer="not always: some states may be out of reach",
        choices={
            "yes: each update keeps π, so the sweep converges to π": (
                "Keeping π is one thing. To reach it from any start, every state must be within reach too."
            ),
            "not always: some states may be out of reach": (
                "A turn that costs nothing is never refused, so an ordered sweep can be forced all the way."
            ),
            "no: a fixed order breaks the stationarity of π": (
                "Each update keeps π, whatever came before; so does a sweep in any order."
            ),
        },
    ),
    "stay": Exercise(
        question="The probability to stay in the lowest of three states, energies 0, ½ and 1, at T = 1",
        answer=1 - (exp(-0.5) + exp(-1)) / 2,
        mistakes={
            "the probability to leave it": (exp(-0.5) + exp(-1)) / 2,
            "proposals that are not halved, one for each of the two others": 1 - exp(-0.5) - exp(-1),
            "the Boltzmann probability of the state, to be there at all": 1 / (1 + exp(-0.5) + exp(-1)),
            "three states to propose, the present one among them": 1 - (exp(-0.5) + exp(-1)) / 3,
        },
    ),
    "heat-bath": Exercise(
        question="The heat bath's probability to turn a spin, as a function of dE and T",
        answer=lambda dE, T: 1 / (1 + exp(dE / T)),
        arguments=[
            {"dE": 4.0, "T": 2.5},
            {"dE": -4.0, "T": 2.5},
            {"dE": 0.0, "T": 1.0},
            {"dE": 8.0, "T": 3.0},
        ],
        mistakes={
            "Metropolis's rule: it obeys detailed balance, but a(x) + a(−x) is not 1": (
                lambda dE, T: min(1.0, exp(-dE / T))
            ),
            "the sign in the exponent, which would favour high energies": lambda dE, T: (
                1 / (1 + exp(-dE / T))
            ),
            "dE without T": lambda dE, T: 1 / (1 + exp(dE)),
            "dE counted twice: the two states differ by dE": lambda dE, T: 1 / (1 + exp(2 * dE / T)),
        },
    ),
    "geyer": Exercise(
        question="The autocorrelation time by Geyer's rule, as a function of the correlations rho",
        answer=_geyer,
        arguments=CORRELATIONS,
        mistakes={
            "a sum over all lags, which collects noise": lambda rho: 2 * rho.sum() - 1,
            "a sum that stops at the first negative correlation: it is the pairs that must be positive": (
                _until_negative
            ),
            "ρ_0 counted twice: it stands in τ once": lambda rho: _geyer(rho) + 1,
            "1 + Σρ, without the factor 2": lambda rho: (_geyer(rho) + 1) / 2,
            "half of it, Σρ + ½, which many programs call τ_int": lambda rho: _geyer(rho) / 2,
            "pairs that begin with ρ_1 + ρ_2": lambda rho: _geyer(rho[1:-1]) + 2,
            "a sum of |ρ|, which is positive for noise too": lambda rho: 2 * np.abs(rho).sum() - 1,
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
    "losses": Exercise(
        question="The factor by which σ/√n is too small, for ρ_t = 0.95^t",
        answer=39**0.5,
        mistakes={
            "τ itself: the error grows with its root": 39.0,
            "√(1 + Σρ): each distance counts to the left and to the right": 20**0.5,
            "√(1/(1 − 0.95)), the time in which the correlation falls by e": 1.05 * 20**0.5,
            "the inverse: the honest error over the naive one is asked for": 39**-0.5,
        },
    ),
}
