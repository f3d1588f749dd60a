"""The answers of the exercises of ``chapters/networks.md`` once more, by elementary routes."""

import math

import numpy as np

from declared import Fault


def largest_step():
    """On a grid: the largest learning rate at which w is smaller after a step than before."""
    rates = np.arange(1, 100_000) / 100_000
    return rates[np.abs(1.0 - rates * 6 * 1.0) < 1][-1]


def backward(x, W, b, g):
    """By central differences of Σ g·tanh(xW + b), whose slopes these are."""

    def total(x, W, b):
        return sum(
            g[n, j] * math.tanh(sum(x[n, i] * W[i, j] for i in range(len(W))) + b[j])
            for n in range(len(x))
            for j in range(len(b))
        )

    slopes, at = [], {"x": x, "W": W, "b": b}
    for name in ("W", "b", "x"):
        for k in range(at[name].size):
            ends = []
            for h in (1e-5, -1e-5):
                moved = at[name].copy()
                moved.flat[k] += h
                ends.append(total(**{**at, name: moved}))
            slopes.append((ends[0] - ends[1]) / 2e-5)
    return slopes


def softmax_slopes():
    def surprise(z):
        return math.log(sum(map(math.exp, z))) - z[2]

    ends = [
        [surprise([x + h * (i == k) for i, x in enumerate((2.0, 1.0, 0.0))]) for k in range(3)]
        for h in (1e-5, -1e-5)
    ]
    return np.subtract(*ends) / 2e-5


ROUTES = {
    "networks/largest-step": largest_step,
    "networks/backward": lambda: backward,
    "networks/softmax-slopes": softmax_slopes,
}

RIGHT = {
    "networks/think-line": "three",
    "networks/think-step": "it jumps across the minimum each time, and closer",
}

FAULTS = [
    Fault(
        "a layer whose tanh has the slope 1 + a²",
        "return 1 - np.tanh(u) ** 2",
        "return 1 + np.tanh(u) ** 2",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/networks.py",
    ),
]
