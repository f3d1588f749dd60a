"""The answers of the exercises of ``chapters/annealing-in-training.md`` once more, by elementary routes."""

import math

import numpy as np

from declared import Fault


def sgd_variance(eta):
    """Σ η²(1 − η)^{2k}: each kick of variance η², with what is left of it k steps later."""
    return sum(eta**2 * (1 - eta) ** (2 * k) for k in range(int(50 / eta)))


def after_schedule(etas, x, h, C, B):
    """The start and each kick, with what the later steps leave of them."""
    left = [math.prod(1 - eta * h for eta in etas[k:]) for k in range(len(etas) + 1)]
    kicks = sum((eta * left[k + 1]) ** 2 for k, eta in enumerate(etas))
    return (x * left[0]) ** 2 + kicks * C / B


def batch():
    """The mean of 32 numbers, and of how many more for an eighth of its variance."""
    return next(B for B in range(1, 1000) if 8 / B <= 1 / 32)


def cosine():
    """From the density of the cosine, (1 − c²)^((d − 3)/2), by a sum."""
    c = (np.arange(400_000) + 0.5) / 400_000 * 0.2
    weight = np.exp((10_000 - 3) / 2 * np.log1p(-c * c))
    return math.sqrt((c * c * weight).sum() / weight.sum())


def two_temperatures():
    """Of each direction the variance as a sum of kicks, times the curvature."""
    x, y = (
        h * sum(1e-8 * C * (1 - 1e-4 * h) ** (2 * k) for k in range(300_000)) for h, C in ((1, 2), (4, 0.5))
    )
    return y / x


ROUTES = {
    "annealing-in-training/sgd-variance": lambda: sgd_variance(0.5),
    "annealing-in-training/sgd-temperature": lambda: 0.5 * sgd_variance(1e-4) / 1e-4,
    "annealing-in-training/batch": batch,
    "annealing-in-training/after-schedule": lambda: after_schedule,
    "annealing-in-training/two-temperatures": two_temperatures,
    "annealing-in-training/cosine": cosine,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "annealing-in-training/think-half": "half of them",
    "annealing-in-training/think-noise": "goes to zero",
}

FAULTS = [
    Fault(
        "the temperature of a learning rate without its factor of two",
        "answer=0.5 * 1 / (2 * 1)",
        "answer=0.5 * 1",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/annealing_in_training.py",
    ),
]
