"""The answers of the exercises of ``chapters/boltzmann-machines.md`` once more, by elementary routes."""

import itertools
import math

import numpy as np

from declared import Fault


def smallest(T):
    """Four states, their factors summed by hand."""
    factors = {(v, h): math.exp((2 * v * h - v) / T) for v in (0, 1) for h in (0, 1)}
    return (factors[1, 0] + factors[1, 1]) / sum(factors.values())


def free_energy(v, W, a, b, T):
    """−T ln of the sum over all h, its largest term first."""
    result = []
    for pattern in v:
        energies = [
            -sum(a * pattern) - sum(b * h) - sum(W[i, j] * pattern[i] * h[j] for i, j in np.ndindex(W.shape))
            for h in np.array(list(itertools.product([0, 1], repeat=len(b))))
        ]
        lowest = min(energies)
        result.append(lowest - T * math.log(sum(math.exp(-(E - lowest) / T) for E in energies)))
    return np.array(result)


def best_temperature():
    """The mean energies, awake −0.8 and asleep, meet: found by halving an interval."""
    cold, warm = 0.1, 10.0
    for _ in range(60):
        middle = (cold + warm) / 2
        asleep = -math.exp(1 / middle) / (1 + math.exp(1 / middle))
        cold, warm = (middle, warm) if asleep < -0.8 else (cold, middle)
    return middle


def three_body():
    """Inclusion and exclusion over the subsets of three units."""
    total = 0.0
    for on in itertools.product([0, 1], repeat=3):
        total += (-1) ** (3 - sum(on)) * math.log(1 + math.exp(-2 + 2 * sum(on)))
    return total


ROUTES = {
    "boltzmann-machines/smallest-warm": lambda: smallest(1.0),
    "boltzmann-machines/smallest-cold": lambda: smallest(0.5),
    "boltzmann-machines/free-energy": lambda: free_energy,
    "boltzmann-machines/best-temperature": best_temperature,
    "boltzmann-machines/three-body": three_body,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "boltzmann-machines/think-cold": "a few pictures, again and again",
    "boltzmann-machines/think-parity": "not at all: no better than four fair coins",
}

FAULTS = [
    Fault(
        "a free energy without the temperature in front of its sum",
        "return -v @ a - T * np.logaddexp(0, (b + v @ W) / T).sum(axis=1)",
        "return -v @ a - np.logaddexp(0, (b + v @ W) / T).sum(axis=1)",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/boltzmann_machines.py",
    ),
    Fault(
        "a coupling of three from which the pairs were not taken",
        "answer=_g(3) - 3 * _g(2) + 3 * _g(1) - _g(0)",
        "answer=_g(3) - 3 * _g(1) + 2 * _g(0)",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/boltzmann_machines.py",
    ),
]
