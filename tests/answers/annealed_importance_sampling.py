"""The answers of ``chapters/annealed-importance-sampling.md`` once more, by elementary routes."""

import itertools
import math

import numpy as np

from declared import Fault


def log_weight(v, W, a, b, base, old, new):
    """−F is the logarithm of a sum of e^{−E} over all hidden states: at new, less that at old."""

    def minus_F(row, beta):
        total = 0.0
        for h in itertools.product([0, 1], repeat=len(b)):
            minus_E = beta * (row @ W @ np.array(h) + b @ np.array(h))
            minus_E += row @ ((1 - beta) * base + beta * a)
            total += math.exp(minus_E)
        return math.log(total)

    return np.array([minus_F(row, new) - minus_F(row, old) for row in v])


def expected_gap():
    """Every pair of a pixel, or the constant, with a hidden unit, or the constant; but not both constants."""
    return (65 * 101 - 1) / 5000


def bracket_error():
    """The moments of e^x by Gauss–Hermite quadrature."""
    x, weight = np.polynomial.hermite_e.hermegauss(80)
    w = np.exp(math.sqrt(1.2) * x)
    mean, square = (weight @ w**k / weight.sum() for k in (1, 2))
    return math.sqrt((square - mean**2) / mean**2 / 100)


ROUTES = {
    "annealed-importance-sampling/expected-gap": expected_gap,
    "annealed-importance-sampling/ahead": lambda: (51 - 70) - (80 - 100),
    "annealed-importance-sampling/log-weight": lambda: log_weight,
    "annealed-importance-sampling/bracket-error": bracket_error,
    "annealed-importance-sampling/too-high": lambda: math.log(1.0) - math.log(1.0 - 0.9),
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "annealed-importance-sampling/think-which-number": "the log-likelihood of digits that it was not shown",
    "annealed-importance-sampling/think-planted": "a value that is too low, with a small error",
}

FAULTS = [
    Fault(
        "a weight whose sign is turned",
        "sign: float = 1\n",
        "sign: float = -1\n",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/annealed_importance_sampling.py",
    ),
    Fault(
        "an error without the square of the mean",
        "answer=sqrt(expm1(1.2)) / 10",
        "answer=exp(0.6) / 10",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/annealed_importance_sampling.py",
    ),
]
