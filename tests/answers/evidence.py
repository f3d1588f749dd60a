"""The answers of ``chapters/evidence.md`` once more, by elementary routes."""

import math
from decimal import Decimal

from declared import Fault


def off(printed, decimals, ours):
    """Moves the point of both numbers, one place at a time."""
    x, y = Decimal(repr(printed)), Decimal(repr(ours))
    for _ in range(decimals):
        x, y = x * 10, y * 10
    return float(y - x)


def beyond():
    """The bell's area within three, by the trapezoid rule; forty of them within."""
    n = 60_000
    bell = [math.exp(-((-3 + 6 * k / n) ** 2) / 2) / math.sqrt(2 * math.pi) for k in range(n + 1)]
    return 1 - ((sum(bell) - (bell[0] + bell[-1]) / 2) * 6 / n) ** 40


def longer():
    """Doubling and halving until b√n = 4."""
    low, high = 1.0, 1e9
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if 0.01 * math.sqrt(middle) < 4 else (low, middle)
    return low


def width():
    """Differences of C(T) = x² e^x/(1 + e^x)², x = 1/T, about a peak found by thirds of an interval."""

    def C(T):
        return math.exp(1 / T) / (T * (1 + math.exp(1 / T))) ** 2

    low, high = 0.3, 0.6
    for _ in range(200):
        a, b = low + (high - low) / 3, high - (high - low) / 3
        low, high = (a, high) if C(a) < C(b) else (low, b)
    h = 1e-4
    curvature = -(C(low + h) - 2 * C(low) + C(low - h)) / h**2
    return math.sqrt(2 * 1.1e-16 * C(low) / curvature)


def steps(earlier, last):
    """The steps that follow, added."""
    total, step = 0.0, last
    for _ in range(1000):
        step *= last / earlier
        total += step
    return total


ROUTES = {
    "evidence/off": lambda: off,
    "evidence/beyond": beyond,
    "evidence/longer": longer,
    "evidence/width": width,
    "evidence/steps": lambda: steps,
}

RIGHT = {
    "evidence/think-none": "not much: one honest table in four looks like this",
    "evidence/think-half": "about eight",
}

FAULTS = [
    Fault(
        "a curvature in x for one in T",
        "* X**4 *",
        "* X**2 *",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/evidence.py",
    ),
    Fault(
        "four for three standard errors",
        "for z in (2, 3))",
        "for z in (2, 4))",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/evidence.py",
    ),
]
