"""The answers of the exercises of ``chapters/ideal-gas.md`` once more, by elementary routes."""

import math

import numpy as np

from declared import Fault


def settled():
    """Steps of r² by Pythagoras, with the mean square of the slope, until nothing changes."""
    r2 = 1.0
    for _ in range(400_000):
        r2 = (1 - 0.1 * 5e-4) ** 2 * r2 + 0.1**2 * 40 / r2
    return math.sqrt(r2)


def step(w, g, rate, decay):
    """Chain by chain, component by component."""
    rows = []
    for weights, slopes in zip(w, g, strict=True):
        r2 = sum(x * x for x in weights)
        eta = rate * r2
        rows.append(
            [x - eta * decay * x - eta * y / math.sqrt(r2) for x, y in zip(weights, slopes, strict=True)]
        )
    return np.array(rows)


def hotter():
    """Bisection for the length at which decay and push balance, at λ and at 4λ; T goes with 1/r²."""

    def length(decay):
        low, high = 1e-3, 1e3
        for _ in range(200):
            middle = math.sqrt(low * high)
            low, high = (middle, high) if 2 * decay * middle**2 < 0.1 / middle**2 else (low, middle)
        return low

    return length(0.1) ** 2 / length(0.4) ** 2


def entropy():
    """Logarithm of the surface of the sphere in 11 dimensions; the direction stays as it is."""
    area = [2 * math.pi**5.5 / math.gamma(5.5) * math.sqrt(1 / decay) ** 10 for decay in (1.0, 4.0)]
    return math.log(area[1] / area[0])


def curvature():
    """⟨|∇L|²⟩ = k²⟨sin²θ⟩ by the trapezoid rule over cos θ, in place of the mean curvature."""
    z = np.linspace(-1, 1, 2_000_001)
    weight = np.exp(-2 * (1 + z) / 0.1)
    square = np.trapezoid(4 * (1 - z**2) * weight, z) / np.trapezoid(weight, z)
    return 1 + square / 2


ROUTES = {
    "ideal-gas/settled": settled,
    "ideal-gas/step": lambda: step,
    "ideal-gas/hotter": hotter,
    "ideal-gas/entropy": entropy,
    "ideal-gas/curvature": curvature,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "ideal-gas/think-pressure": "the one with twice the weight decay",
    "ideal-gas/think-compress": "warmer",
}

FAULTS = [
    Fault(
        "a rate that follows r",
        "power: float = 2.0,",
        "power: float = 1.0,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/ideal_gas.py",
    ),
    Fault(
        "a balance without its 2",
        "answer=4000**0.25",
        "answer=8000**0.25",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/ideal_gas.py",
    ),
    Fault(
        "an entropy that rises as the volume falls",
        "answer=-5 * log(4)",
        "answer=5 * log(4)",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/ideal_gas.py",
    ),
]
