"""The answers of the exercises of ``chapters/maximum-entropy.md`` once more, by elementary routes."""

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


def width_of_two_bumps():
    """From many points of each bump, three quarters of them at 0."""
    normal = np.array([math.sqrt(2) * x for x in np.polynomial.hermite.hermgauss(20)[0]])
    weight = np.polynomial.hermite.hermgauss(20)[1] / math.sqrt(math.pi)
    points = np.concatenate([normal, normal + 4])
    weights = np.concatenate([0.75 * weight, 0.25 * weight])
    return math.sqrt(weights @ points**2 - (weights @ points) ** 2)


def best_for_anna():
    """Of many temperatures the one of least mean surprise."""
    T = np.linspace(3, 6, 300_001)
    odds = 9999 ** (1 / T)  # of her forecast, at T
    return T[np.argmin(0.9 * np.log1p(1 / odds) + 0.1 * np.log1p(odds))]


ROUTES = {
    "maximum-entropy/wrong-code": lambda: (math.log(2) + 5 * math.log(10)) / 6 - math.log(6),
    "maximum-entropy/softmax-temperature": lambda: softmax,
    "maximum-entropy/two-constraints": flattest_die,
    "maximum-entropy/one-bump": width_of_two_bumps,
    "maximum-entropy/annas-temperature": best_for_anna,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "maximum-entropy/think-forecasters": "Anna, who says 99.99 %",
    "maximum-entropy/think-overconfident": "to believe the narrow one when the broad one is true",
    "maximum-entropy/think-negative-temperature": "is negative: the high levels are the fuller ones",
    "maximum-entropy/think-calibration": "its confidence only",
}

FAULTS = [
    Fault(
        "a logit multiplied by the temperature",
        "answer=np.log(9999) / np.log(9),",
        "answer=np.log(9) / np.log(9999),",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/maximum_entropy.py",
    ),
    Fault(
        "the wrong choice marked as the right one",
        'answer="its confidence only",',
        'answer="its accuracy only",',
        "test_the_right_choices",
        file="exercises/maximum_entropy.py",
    ),
]
