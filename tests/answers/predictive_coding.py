"""The answers of the exercises of ``chapters/predictive-coding.md`` once more, by elementary routes."""

from itertools import product

import numpy as np

from declared import Fault


def posterior():
    """The size's exact law on a grid, given u = 10, and the probability density of u."""
    size, cell = np.linspace(-7, 13, 20_001), 1e-3
    joint = np.exp(-((10 - 2 * size) ** 2) / 6 - (size - 3) ** 2 / 2) / (2 * np.pi * np.sqrt(3))
    return size @ joint / joint.sum(), -np.log(joint.sum() * cell)


def infer(phi, light, touch, mean, var, var_light, var_touch, rate):
    """Down the slope of −ln p, by a central difference."""

    def energy(v):
        misfits = (light - v**2) ** 2 / var_light, (touch - v) ** 2 / var_touch, (v - mean) ** 2 / var
        return sum(misfits) / 2

    return phi - rate * (energy(phi + 1e-5) - energy(phi - 1e-5)) / 2e-5


def hidden_off(pi):
    """The hidden unit at the least of E on a fine grid, for a = 0 and d = 1, beside πwd."""
    x = np.linspace(0, 1, 1_000_001)
    rest = x[np.argmin(x**2 + pi * (1 - 1.5 * x) ** 2)]
    return 1 - rest / (pi * 1.5)


def one_percent():
    """Where 1 % of an error of 1 is absorbed: the output keeps 0.99 of it, the hidden unit has 0.99 πw."""
    pis = np.linspace(0.004, 0.005, 100_001)
    x = np.array(0.99) * pis * 1.5  # the rest point, if it is 1 % short
    force = -x + pis * 1.5 * (1 - 1.5 * x)
    return pis[np.argmin(np.abs(force))]


def worth():
    """Tell all cases apart: the side, whether the note is right, and what is done on it."""
    pay = lambda side, arm: 1.5 if side == arm else -0.5  # noqa: E731
    blind = max(np.mean([pay(side, arm) for side in "LR"]) for arm in "LR")
    rules = [dict(zip("LR", arms, strict=True)) for arms in product("LR", repeat=2)]  # from what is read
    other = {"L": "R", "R": "L"}
    reading = max(
        np.mean([0.8 * pay(side, rule[side]) + 0.2 * pay(side, rule[other[side]]) for side in "LR"])
        for rule in rules
    )
    return reading - blind


def information():
    """H(side) + H(word) − H(both), from the joint table."""
    both = np.array([[0.4, 0.1], [0.1, 0.4]])
    H = lambda p: -(p * np.log(p)).sum()  # noqa: E731
    return H(both.sum(axis=0)) + H(both.sum(axis=1)) - H(both)


ROUTES = {
    "predictive-coding/rest-size": lambda: posterior()[0],
    "predictive-coding/surprise": lambda: posterior()[1],
    "predictive-coding/infer": lambda: infer,
    "predictive-coding/hidden-off": lambda: hidden_off(0.25),
    "predictive-coding/one-percent": one_percent,
    "predictive-coding/worth": worth,
    "predictive-coding/information-limit": information,
}

# The page computes what this follows from; here it is only written a second time.
RIGHT = {"predictive-coding/think-who-reads": "B and C"}

FAULTS = [
    Fault(
        "a light's error that goes back without the 2 of its slope",
        "slope: float = 2.0",
        "slope: float = 1.0",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/predictive_coding.py",
    ),
    Fault(
        "a surprise without the variance of the size",
        "_SPREAD = 2**2 * 1 + 3",
        "_SPREAD = 2**2 * 0 + 3",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/predictive_coding.py",
    ),
]
