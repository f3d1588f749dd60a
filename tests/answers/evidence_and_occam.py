"""The answers of ``chapters/evidence-and-occam.md`` once more, by elementary routes."""

import math
from itertools import pairwise

import numpy as np
from scipy.integrate import quad
from thermolib.problems import anscombe

from declared import Fault


def wider():
    """Determinants of prior and noise at both widths, by products of eigenvalues; no data enter."""
    x = (anscombe(1)[0] - 9) / math.sqrt(10)
    gram = np.linalg.eigvalsh(np.vander(x, 4).T @ np.vander(x, 4))
    at = [sum(math.log(1 + s**2 * g) for g in gram) / 2 for s in (1e3, 1e4)]
    return at[1] - at[0]


def coin_trapezoid():
    """Each mean of ln L by quadrature over the bias."""

    def mean(beta):
        def log_L(w):
            return 7 * math.log(w) + 3 * math.log(1 - w)

        def weight(w):
            return math.exp(beta * log_L(w))

        return quad(lambda w: log_L(w) * weight(w), 0, 1)[0] / quad(weight, 0, 1)[0]

    heights = [mean(i / 4) for i in range(5)]
    return sum((left + right) / 8 for left, right in pairwise(heights))


def stones(betas, log_L):
    """Step by step and chain by chain, with the best chain's likelihood taken out."""
    total = 0.0
    for old, new, row in zip(betas, betas[1:], log_L, strict=False):
        best = max(row)
        ratios = [math.exp((new - old) * (one - best)) for one in row]
        total += (new - old) * best + math.log(sum(ratios) / len(ratios))
    return total


def last_prediction():
    """The eleventh point given ten, by a sum over a grid of lines."""
    x, y = anscombe(1)
    x = (x - 9) / math.sqrt(10)
    a, slope = np.meshgrid(np.linspace(5, 10, 401), np.linspace(-1, 5, 481))
    log_p = -(a**2 + slope**2) / 200
    for x_i, y_i in zip(x[:10], y[:10], strict=True):
        log_p = log_p - (y_i - a - slope * x_i) ** 2 / 2
    p = np.exp(log_p - log_p.max())
    last = np.exp(-((y[10] - a - slope * x[10]) ** 2) / 2) / math.sqrt(2 * math.pi)
    return math.log((p * last).sum() / p.sum())


ROUTES = {
    "evidence-and-occam/wider": wider,
    "evidence-and-occam/coin-trapezoid": coin_trapezoid,
    "evidence-and-occam/stones": lambda: stones,
    "evidence-and-occam/equal-steps": lambda: 10 * (1440.19 - 17.99),
    "evidence-and-occam/last-prediction": last_prediction,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "evidence-and-occam/think-two-sets": "1 for set I, 2 for set II",
    "evidence-and-occam/think-wide-prior": "it names the line",
}

FAULTS = [
    Fault(
        "stones whose means are taken where a step ends",
        "first: int = 0",
        "first: int = 1",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/evidence_and_occam.py",
    ),
    Fault(
        "a coin whose heads and tails are exchanged in one term",
        "3 * (digamma(tails) - both)",
        "3 * (digamma(heads) - both)",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/evidence_and_occam.py",
    ),
    Fault(
        "three coefficients for degree 3",
        "answer=4 * log(10)",
        "answer=3 * log(10)",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/evidence_and_occam.py",
    ),
]
