"""Exercises of the page ``signal-propagation``."""

from collections.abc import Callable
from math import acos, exp, pi, sqrt

import numpy as np

from thermolib.exercises import Exercise

NODES, MASS = np.polynomial.hermite_e.hermegauss(100)
MASS = MASS / MASS.sum()


def _mean(f: Callable[[np.ndarray], np.ndarray], q: float) -> float:
    """Return the mean of f over a Gaussian of variance q."""
    return float(MASS @ f(sqrt(q) * NODES))


def _slope(z: np.ndarray) -> np.ndarray:
    return 1 - np.tanh(z) ** 2


def _chi(q: float, sigma_w2: float) -> float:
    return sigma_w2 * _mean(lambda z: _slope(z) ** 2, q)


def _size(sigma_w2: float, sigma_b2: float) -> float:
    """Return the fixed point of the size of the signals."""
    q, before = 1.0, 0.0
    while abs(q - before) > 1e-14:
        q, before = sigma_w2 * _mean(lambda z: np.tanh(z) ** 2, q) + sigma_b2, q
    return q


def _root(f: Callable[[float], float], low: float, high: float) -> float:
    """Return where the rising f is zero."""
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if f(middle) < 0 else (low, middle)
    return low


def _edge(sigma_b2: float) -> float:
    return _root(lambda w2: _chi(_size(w2, sigma_b2), w2) - 1, 1.0, 4.0)


def _relu_map(c: float) -> float:
    return (sqrt(1 - c * c) + c * (pi - acos(c))) / pi


CHI = _chi(_size(1.5, 0.05), 1.5)
EDGE = _edge(0.1)

EXERCISES = {
    "think-thirty": Exercise(
        question="Correlation left after 30 layers, for σ_w = 2",
        answer="about 0.3",
        choices={
            "about 0.3": "Each layer increases a small difference, until little is left in common.",
            "still about 0.99": "That happens near one special size of the weights, and this is not it.",
            "1: they become equal": "That happens to small weights. At σ_w = 2 differences grow.",
        },
    ),
    "think-narrow": Exercise(
        question="The median of r over networks of 20 units and 50 layers, where the mean is 1",
        answer="below 0.01",
        choices={
            "about 1": "The median of a product of many random factors lies far below its mean.",
            "about 0.5": "The right direction, but fifty factors take it much lower.",
            "below 0.01": "A few networks with very large signals keep up the mean.",
        },
    ),
    "relu-two": Exercise(
        question="Correlation after two relu layers at (2, 0), of signals uncorrelated before",
        answer=_relu_map(_relu_map(0.0)),
        mistakes={
            "the correlation after one layer": _relu_map(0.0),
            "the correlation after three layers": _relu_map(_relu_map(_relu_map(0.0))),
            "arccos c itself in place of π − arccos c": ((sqrt(1 - pi**-2) + acos(1 / pi) / pi) / pi),
            "one layer's result, squared: the second layer maps 1/π, it does not multiply by it": 1 / pi**2,
            "the first part of the map alone, √(1 − c²)/π": sqrt(1 - pi**-2) / pi,
            "the map without the division by π": _relu_map(1 / pi) * pi,
        },
    ),
    "chi": Exercise(
        question="χ₁ of a tanh network whose pre-activations have the variance q",
        answer=_chi,
        arguments=[
            {"q": 0.418, "sigma_w2": 1.5},
            {"q": 2.2, "sigma_w2": 4.0},
            {"q": 0.1, "sigma_w2": 0.8},
        ],
        mistakes={
            "φ in place of its slope φ′": lambda q, w2: w2 * _mean(lambda z: np.tanh(z) ** 2, q),
            "the mean of φ′: its square is wanted": lambda q, w2: w2 * _mean(_slope, q),
            "the square of the mean of φ′: the mean of its square is wanted": (
                lambda q, w2: w2 * _mean(_slope, q) ** 2
            ),
            "σ_w in place of σ_w²": lambda q, w2: _chi(q, w2) / sqrt(w2),
            "σ_w² squared once more": lambda q, w2: _chi(q, w2) * w2,
            "the mean alone: the factor σ_w² is missing": lambda q, w2: _chi(q, w2) / w2,
            "a Gaussian of standard deviation q: it has the variance q": lambda q, w2: _chi(q * q, w2),
            "a Gaussian of variance 1, whatever q is": lambda q, w2: _chi(1.0, w2),
            "1 − tanh for the slope of tanh, which is 1 − tanh²": (
                lambda q, w2: w2 * _mean(lambda z: (1 - np.tanh(z)) ** 2, q)
            ),
            "masses that are not normalised: those of hermegauss add up to √(2π)": (
                lambda q, w2: _chi(q, w2) * sqrt(2 * pi)
            ),
            "the places of hermgauss without the factor √2 for a Gaussian of variance 1": (
                lambda q, w2: _chi(q / 2, w2)
            ),
        },
    ),
    "edge": Exercise(
        question="The σ_w² of the edge of chaos for tanh and σ_b² = 0.1",
        answer=EDGE,
        mistakes={
            "the edge for a bias variance of 0.05": _edge(0.05),
            "the edge for a bias spread of 0.1: it is the variance that is 0.1": _edge(0.01),
            "σ_w: its square is asked for": sqrt(EDGE),
            "χ₁ at q = 1 and not at the fixed point q*": _root(lambda w2: _chi(1.0, w2) - 1, 1.0, 9.0),
            "the edge without a bias": 1.0,
            "φ in place of its slope: where the weights’ variance times E[φ²] is 1": _root(
                lambda w2: w2 * _mean(lambda z: np.tanh(z) ** 2, _size(w2, 0.1)) - 1, 1.0, 9.0
            ),
        },
    ),
    "fade": Exercise(
        question="R.m.s. slope 100 layers before the last, over that at the last, at (1.5, 0.05)",
        answer=CHI**50,
        mistakes={
            "the ratio of the mean squares: the root is missing": CHI**100,
            "a root too many: χ₁ is a ratio of squares, so its root is taken once": CHI**25,
            "one layer's factor": sqrt(CHI),
            "100 layers as 100 depth scales": exp(-100),
            "an exponent of ξ/100 in place of 100/ξ": exp(np.log(CHI) ** -1 / 100),
        },
    ),
    "leaky": Exercise(
        question="The σ_w² at which a leaky relu of slope 0.2 keeps the size of its signals",
        answer=2 / 1.04,
        mistakes={
            "relu itself, with slope 0": 2.0,
            "the slope in place of its square": 2 / 1.2,
            "the squares' difference: both sides add to the mean square": 2 / 0.96,
            "σ_w: its square is asked for": sqrt(2 / 1.04),
            "the mean square itself, and not what it must be multiplied by": 0.52,
        },
    ),
}
