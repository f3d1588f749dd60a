"""The answers of the exercises of ``chapters/ising.md`` once more, by elementary routes."""

import math

import numpy as np
from scipy.optimize import brentq

from declared import Fault


def correlation_length():
    """From the correlations 10 and 20 steps apart, products of tanh(1/T), bond by bond."""
    near, far = (math.prod([math.tanh(2)] * steps) for steps in (10, 20))
    return 10 / math.log(near / far)


def majority(spins, b):
    """Count the spins that are up, block by block."""
    n = len(spins) // b
    ups = [
        [sum(spins[b * i + y][b * j + x] == 1 for y in range(b) for x in range(b)) for j in range(n)]
        for i in range(n)
    ]
    return [[1 if up > b * b / 2 else -1 for up in row] for row in ups]


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


def three_dimensions():
    """Bisection by the flow itself: four bonds are one, of which two are summed into one."""

    def grows(K):
        start = K
        for _ in range(60):
            K = math.atanh(math.tanh(min(4 * K, 9.0)) ** 2)
        return start < K

    cold, hot = 0.2, 0.01
    for _ in range(40):
        middle = (cold + hot) / 2
        cold, hot = (middle, hot) if grows(middle) else (cold, middle)
    return 1 / cold


ROUTES = {
    "ising/correlation-length": correlation_length,
    "ising/majority": lambda: majority,
    "ising/chain-magnetization": lambda: chain_magnetization,
    "ising/chain-susceptibility": lambda: chain_susceptibility,
    "ising/duality-critical": lambda: brentq(lambda T: dual(T) - T, 2, 3),
    "ising/duality": lambda: dual(2.0),
    "ising/three-dimensions": three_dimensions,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "ising/chain-growth": "ever more spins move together, but there is no transition at any T > 0",
    "ising/think-lens": "the cold one becomes one colour, the hot one noise, the middle one stays",
    "ising/think-order-of-limits": "first L → ∞, then h → 0",
}

FAULTS = [
    Fault(
        "a susceptibility of the chain that is 5 % too large",
        "answer=lambda T: np.exp(2 / T) / T,",
        "answer=lambda T: 1.05 * np.exp(2 / T) / T,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/ising.py",
    ),
    Fault(
        "bonds moved in three dimensions, one fewer",
        "answer=_bonds_moved(8),",
        "answer=_bonds_moved(7),",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/ising.py",
    ),
]
