"""The answers of ``chapters/sgd-temperature.md`` once more, by elementary routes."""

import math
from fractions import Fraction

import numpy as np

from declared import Fault


def same():
    """A kick of spread η/√B is repeated 1/(1 − μ) times; in a time 1/η h(1 − μ)⁻¹ so many of them add up.

    So T is the square of the kick's whole length, over the drift per step, in exact fractions.
    """

    def warmth(eta, B, mu):
        whole = eta / (1 - mu)
        return whole**2 / B / (2 * whole)

    wanted = warmth(Fraction(2, 100), 64, Fraction(9, 10))
    return float(wanted / warmth(Fraction(1), 16, Fraction(0)))


def share():
    """The variance of a mean from the covariance of two members, in exact fractions."""
    N, B = 1000, 250
    pair = Fraction(-1, N - 1)
    return math.sqrt((B + B * (B - 1) * pair) / Fraction(B * B) * B)


def local(L, T):
    """Row by row, with the mean of the losses taken out before the exponentials."""
    rows = []
    for row in L:
        middle = math.fsum(row) / len(row)
        rows.append(math.log(math.fsum(math.exp((middle - x) / T) for x in row) / len(row)) - middle / T)
    return np.array(rows)


def crossing():
    """Both partition functions by Gauss–Hermite quadrature of one direction, at temperatures that halve."""
    node, weight = np.polynomial.hermite.hermgauss(60)

    def surplus(T):
        # ∫ exp(−k w²/2T) dw, with nodes stretched to the width of the flat valley
        w = node * math.sqrt(2 * T)
        flat = weight.sum()
        sharp = weight @ np.exp(w**2 / (2 * T) - 4 * w**2 / (2 * T))
        return 20 * math.log(flat / sharp) - 1 / T

    low, high = 0.001, 10.0
    for _ in range(100):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if surplus(middle) < 0 else (low, middle)
    return middle


def sharper():
    """The matrix is the outer product of the slope (b, a) of ab with itself: its eigenvalue is |slope|²."""
    before, after = (math.hypot(b, a) ** 2 for a, b in ((1, 1), (10, 0.1)))
    return after / before


ROUTES = {
    "sgd-temperature/same": same,
    "sgd-temperature/share": share,
    "sgd-temperature/local": lambda: local,
    "sgd-temperature/crossing": crossing,
    "sgd-temperature/sharper": sharper,
}

# The page computes what this follows from; here it is only written a second time.
RIGHT = {"sgd-temperature/think-batch": "the momentum"}

FAULTS = [
    Fault(
        "a local entropy that sums and does not average",
        "counted: float = 1.0",
        "counted: float = 0.0",
        "test_another_route_leads_to_the_same_answer[sgd-temperature/local]",
        file="exercises/sgd_temperature.py",
    ),
    Fault(
        "valleys of which one direction counts",
        "answer=2 / (20 * log(4))",
        "answer=2 / log(4)",
        "test_another_route_leads_to_the_same_answer[sgd-temperature/crossing]",
        file="exercises/sgd_temperature.py",
    ),
    Fault(
        "a batch's spread by the factor of its variance",
        "answer=sqrt(750 / 999)",
        "answer=750 / 999",
        "test_another_route_leads_to_the_same_answer[sgd-temperature/share]",
        file="exercises/sgd_temperature.py",
    ),
]
