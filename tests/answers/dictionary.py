"""The answers of ``chapters/dictionary.md`` once more, by elementary routes."""

import math
from fractions import Fraction

from declared import Fault


def noise_temperature():
    """The slope of ln p along the errors, of twenty labels, by exact fractions."""
    likelihood = [Fraction(1, 10) ** k * Fraction(9, 10) ** (20 - k) for k in range(21)]
    ratio = likelihood[0] / likelihood[20]
    return 20 / math.log(ratio.numerator / ratio.denominator)


def belief(q, E, T):
    """State by state, by the surprise of each that may occur."""
    return sum(p * (e - T * math.log(1 / p)) for p, e in zip(q, E, strict=True) if p > 0)


def two_thermometers():
    """Add up what each kick leaves behind: a kick of size η√C shrinks by 1 − ηh in each later step."""

    def heat(h):
        return h * sum(0.01 * h * (1 - 0.1 * h) ** (2 * t) for t in range(2000))

    return heat(9.0) / heat(1.0)


def volume(held_rate):
    """Bisection for the r² at which growth and decay balance, for both batches."""

    def balanced(B):
        low, high = 1e-9, 1e3
        for _ in range(200):
            r2 = math.sqrt(low * high)
            rate = 1e-3 if held_rate else 1e-3 * r2
            grows = rate**2 * 9 / (B * r2) > 2 * rate * 0.1 * r2
            low, high = (r2, high) if grows else (low, r2)
        return r2 / 2

    return balanced(128) / balanced(32)


ROUTES = {
    "dictionary/noise-temperature": noise_temperature,
    "dictionary/belief": lambda: belief,
    "dictionary/two-thermometers": two_thermometers,
    "dictionary/volume": lambda: volume(held_rate=False),
    "dictionary/volume-fixed-rate": lambda: volume(held_rate=True),
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "dictionary/think-bayes": "T = 1/ln 4 = 0.72",
    "dictionary/arrived": "runs from different starts have the same histogram of the loss",
}

FAULTS = [
    Fault(
        "a temperature that knows the wrong labels alone",
        "answer=1 / log(9)",
        "answer=1 / log(10)",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/dictionary.py",
    ),
    Fault(
        "U + TS",
        "q @ E + T * xlogy(q, q).sum())\n\n\ndef _plus",
        "q @ E - T * xlogy(q, q).sum())\n\n\ndef _plus",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/dictionary.py",
    ),
    Fault(
        "2 + ηh in place of 2 − ηh",
        "sign: float = -1.0",
        "sign: float = 1.0",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/dictionary.py",
    ),
]
