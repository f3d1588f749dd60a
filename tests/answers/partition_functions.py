"""The answers of the exercises of ``chapters/partition-functions.md`` once more, by elementary routes."""

import math
from fractions import Fraction
from itertools import product

import numpy as np
from scipy.optimize import brentq
from thermolib import ising

from declared import Fault


def ten():
    """ln Z, and F, U, S, from the 1024 states one by one."""
    energies = [sum(state) for state in product((0, 1), repeat=10)]
    weights = [math.exp(-E / 0.6) for E in energies]
    Z = sum(weights)
    U = sum(w * E for w, E in zip(weights, energies, strict=True)) / Z
    S = -sum(w / Z * math.log(w / Z) for w in weights)
    return math.log(Z), [U - 0.6 * S, U, S]


def coin():
    """∫ w⁷(1 − w)³ dw term by term, in fractions."""
    evidence = sum(Fraction((-1) ** k * math.comb(3, k), 8 + k) for k in range(4))
    return Fraction(1, 2**10) / evidence


def chain_magnetization(T, h):
    """From the larger eigenvalue of the transfer matrix, differentiated numerically."""

    def log_lambda(h):
        V = [[math.exp((1 + h) / T), math.exp(-1 / T)], [math.exp(-1 / T), math.exp((1 - h) / T)]]
        return math.log(np.linalg.eigvalsh(V)[1])

    return T * (log_lambda(h + 1e-5) - log_lambda(h - 1e-5)) / 2e-5


def chain_susceptibility(T):
    """The sum of all correlations tanh(1/T)^r over T."""
    return (1 + 2 * sum(math.tanh(1 / T) ** r for r in range(1, 4000))) / T


def dual(T):
    return 1 / brentq(lambda K: math.sinh(2 * K) * math.sinh(2 / T) - 1, 1e-3, 5, xtol=1e-12)


def wolff():
    """Two spins: from alike to opposite with (1 − p)/2 to each, and back with ½, must balance."""
    return 1 - math.exp(-1 / 2.5) / math.exp(1 / 2.5)


def sweeps():
    """With C as the slope of the energy of the 16×16 lattice."""
    cold, warm = ising.torus_energy(16, ising.T_C + np.array([-1e-4, 1e-4]))
    return 42 * ising.T_C**2 * (warm - cold) / 2e-4 / 256 / 2e-3**2


ROUTES = {
    "partition-functions/independent": lambda: ten()[0],
    "partition-functions/independent-potentials": lambda: ten()[1],
    "partition-functions/oscillator-energy": lambda: lambda T: 1 / math.expm1(1 / T),
    "partition-functions/oscillator": lambda: lambda T: 1 / (2 * T * math.sinh(1 / (2 * T))) ** 2,
    "partition-functions/coin": coin,
    "partition-functions/chain-magnetization": lambda: chain_magnetization,
    "partition-functions/chain-susceptibility": lambda: chain_susceptibility,
    "partition-functions/duality-critical": lambda: brentq(lambda T: dual(T) - T, 2, 3),
    "partition-functions/duality": lambda: dual(2.0),
    "partition-functions/wolff": wolff,
    "partition-functions/sweeps": sweeps,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "partition-functions/chain-growth": (
        "ever more spins move together, but there is no transition at any T > 0"
    ),
    "partition-functions/think-small-surroundings": "below the line",
    "partition-functions/think-fuller": "negative, and it gives heat to any system of positive temperature",
    "partition-functions/think-order-of-limits": "first L → ∞, then h → 0",
}

FAULTS = [
    Fault(
        "one factorial less in the evidence of a coin",
        "gammaln(4) - gammaln(12)",
        "gammaln(4) - gammaln(11)",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/partition_functions.py",
    ),
    Fault(
        "a susceptibility that is 5 % too large",
        "answer=lambda T: np.exp(2 / T) / T,",
        "answer=lambda T: 1.05 * np.exp(2 / T) / T,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/partition_functions.py",
    ),
]
