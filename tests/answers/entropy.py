"""The answers of the exercises of ``chapters/entropy.md`` once more, by elementary routes."""

import math
from decimal import Decimal

import numpy as np

from declared import Fault


def softmax(z, T):
    """In 28 decimal digits, which do not overflow."""
    weights = [(Decimal(float(x)) / Decimal(T)).exp() for x in z]
    return [float(w / sum(weights)) for w in weights]


def flattest_die():
    """The die (a, b, c, c, b, a) of mean square 17.5 and greatest entropy, on a grid of c."""
    c = np.linspace(1e-4, 0.08, 80_000)
    a = 0.375 + c / 2  # from 2(a + b + c) = 1 and 37a + 29b + 25c = 17.5
    p = np.stack([a, 0.5 - a - c, c])
    return p[[0, 1, 2, 2, 1, 0], np.argmax(-(p * np.log(p)).sum(axis=0))]


def best_with_bonus():
    p = np.linspace(0.5, 1, 1_000_001)[:-1]
    loss = -np.log(p) + 0.25 * (p * np.log(p) + (1 - p) * np.log(1 - p))
    return p[loss.argmin()]


def capacity():
    """The greatest mutual information, in bits, over the share of ones that are sent."""

    def information(ones):
        joint = np.array([[0.8 * (1 - ones), 0.2 * (1 - ones)], [0.2 * ones, 0.8 * ones]])
        apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)
        return (joint * np.log2(joint / apart)).sum()

    return max(information(ones) for ones in np.linspace(0.01, 0.99, 99))


def faint_ratio(rho=0.6, noise=1e6):
    """I(Z;Y)/I(X;Z) of a faint signal, from the determinants of the covariances."""
    x_z = np.array([[1, 1], [1, 1 + noise]])
    y_z = np.array([[1, rho], [rho, 1 + noise]])
    return np.log((1 + noise) / np.linalg.det(y_z)) / np.log((1 + noise) / np.linalg.det(x_z))


def seven_tenths_rate(n=10**7):
    """−ln P/n for just 70 % heads: ½ ln(2πn·0.21)/n = 8e-7 above the rate."""
    log_count = math.lgamma(n + 1) - math.lgamma(0.7 * n + 1) - math.lgamma(0.3 * n + 1)
    return math.log(2) - log_count / n


ROUTES = {
    "entropy/loaded-die": lambda: 1 + math.log2(5) / 2,  # is it the face? if not, which of five?
    "entropy/wrong-code": lambda: (math.log(2) + 5 * math.log(10)) / 6 - math.log(6),
    "entropy/softmax-temperature": lambda: softmax,
    "entropy/two-constraints": flattest_die,
    "entropy/bonus-optimum": best_with_bonus,
    "entropy/noisy-wire": capacity,
    "entropy/noisy-wire-uses": lambda: math.ceil(1000 / capacity()),
    "entropy/critical-trade-off": faint_ratio,
    "entropy/rare-coins": seven_tenths_rate,
    "entropy/rare-coins-hundred": lambda: sum(math.comb(100, k) for k in range(70, 101)) / 2**100,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "entropy/think-macrostate": "a microstate",
    "entropy/think-negative-temperature": "is negative: the high levels are the fuller ones",
    "entropy/think-calibration": "its confidence only",
    "entropy/think-scale": "its differential entropy falls, I(X;Z) stays",
}

FAULTS = [
    Fault(
        "the cube of a correlation for its square",
        "answer=0.6**2,",
        "answer=0.6**3,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/entropy.py",
    ),
    Fault(
        "the wrong choice marked as the right one",
        'answer="its confidence only",',
        'answer="its accuracy only",',
        "test_the_right_choices",
        file="exercises/entropy.py",
    ),
]
