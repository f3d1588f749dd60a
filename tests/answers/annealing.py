"""The answers of the exercises of ``chapters/annealing.md`` once more, by elementary routes."""

import decimal
import math

import numpy as np
from thermolib import annealing

from declared import Fault


def three_states():
    up, half_up = math.exp(-1) / 2, math.exp(-0.5) / 2
    return [[1 - up, up, 0], [0.5, 0, 0.5], [0, half_up, 1 - half_up]]


def critical_depth():
    """The least level of water at which each state but the lowest drains into a lower one."""
    E = np.array([0, -0.5, -1.6, -0.5, 0, 0.5, 1, 1.2, 1, 0.5, 0, -0.5, -1, -1.3, -1, -0.5])

    def climb(i):
        lower = [j for j in range(16) if E[j] < E[i]]
        return min((max(E[min(i, j) : max(i, j) + 1]) - E[i] for j in lower), default=0.0)

    return max(map(climb, range(16)))


def swap(T1, T2, E1, E2):
    """From the weights of the two states of the pair."""
    weight = lambda E, T: decimal.Decimal(-E / T).exp()  # noqa: E731  (e^1000 is no double)
    return min(1.0, float(weight(E2, T1) * weight(E1, T2) / (weight(E1, T1) * weight(E2, T2))))


def waiting():
    fast, slow = (annealing.kramers_rate(8.0, 4.0, 1.0, T) for T in (0.1, 0.05))
    return fast / slow


def sgd_variance(eta):
    """Σ η²(1 − η)^{2k}: each kick of variance η², with what is left of it k steps later."""
    return sum(eta**2 * (1 - eta) ** (2 * k) for k in range(int(50 / eta)))


ROUTES = {
    "annealing/uphill": lambda: (math.exp(-1) / math.exp(0)) ** 2,  # at T = ½ the weight's ratio squared
    "annealing/three-states": three_states,
    "annealing/depth": critical_depth,
    "annealing/swap": lambda: swap,
    "annealing/waiting": waiting,
    "annealing/cut-energy": lambda: sum([-1.0] * 61 + [1.0] * (78 - 61)),
    "annealing/sgd-variance": lambda: sgd_variance(0.5),
    "annealing/sgd-temperature": lambda: 0.5 * sgd_variance(1e-4) / 1e-4,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "annealing/think-rejection": "samples another distribution",
    "annealing/think-depth": "it need not be left: only from the others must one be able to escape",
    "annealing/think-noise": "goes to zero",
}

FAULTS = [
    Fault(
        "the hill counted from above zero",
        "answer=1.2 - -1.3",
        "answer=1.2",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/annealing.py",
    ),
]
