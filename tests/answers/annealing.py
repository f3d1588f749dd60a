"""The answers of the exercises of ``chapters/annealing.md`` once more, by elementary routes."""

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


def waiting():
    fast, slow = (annealing.kramers_rate(8.0, 4.0, 1.0, T) for T in (0.1, 0.05))
    return fast / slow


def step(i, E, T, u, v):
    """By the ratio of the weights."""
    weights = dict(enumerate(math.exp(-e / T) for e in E))
    j = i + (1, -1)[u < 0.5]
    return (i, j)[weights.get(j, 0.0) > v * weights[i]]


def golf():
    """Gauss-Seidel on the corners of the cube: one step, and the mean of what is left beside."""
    time = [0.0] * 16
    for _ in range(2000):
        for corner in range(1, 16):
            time[corner] = 1 + sum(time[corner ^ 1 << k] for k in range(4)) / 4
    return time[1]


def last():
    """Bisection of the probability to accept."""
    cold, hot = 0.01, 10.0
    for _ in range(60):
        middle = (cold + hot) / 2
        cold, hot = (cold, middle) if math.exp(-0.5 / middle) > 0.01 else (middle, hot)
    return cold


ROUTES = {
    "annealing/uphill": lambda: (math.exp(-1) / math.exp(0)) ** 2,  # at T = ½ the weight's ratio squared
    "annealing/step": lambda: step,
    "annealing/three-states": three_states,
    "annealing/depth": critical_depth,
    "annealing/waiting": waiting,
    "annealing/golf": golf,
    "annealing/last": last,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "annealing/think-schedule": "linear",
    "annealing/think-rejection": "samples another distribution",
    "annealing/think-depth": "it need not be left: only from the others must one be able to escape",
}

FAULTS = [
    Fault(
        "a step beyond the ends",
        "return j if 0 <= j < len(E) and v <",
        "return j if v <",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/annealing.py",
    ),
    Fault(
        "the hill counted from above zero",
        "answer=1.2 - -1.3",
        "answer=1.2",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/annealing.py",
    ),
]
