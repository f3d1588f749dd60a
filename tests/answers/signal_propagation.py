"""The answers of ``chapters/signal-propagation.md`` once more, by elementary routes."""

import math

from declared import Fault


def _mean(f, q, steps=4000):
    """The mean over a Gaussian of variance q: a sum over a grid of ten standard deviations either way."""
    h = 20 / steps
    return sum(
        f(math.sqrt(q) * u) * math.exp(-u * u / 2) * h / math.sqrt(2 * math.pi)
        for u in (-10 + h * k for k in range(steps + 1))
    )


def _sech2(z):
    return 1 / math.cosh(z) ** 2


def chi(q, sigma_w2):
    """The slope of tanh is 1/cosh²."""
    return float(sigma_w2) * _mean(lambda z: _sech2(z) ** 2, float(q))


def relu_two():
    """Average over the angle of a plane: units see the inputs at u·cos(x) and u·cos(x − angle)."""
    c = 0.0
    for _ in range(2):
        angle, n = math.acos(c), 20_000
        places = (2 * math.pi * (k + 0.5) / n for k in range(n))
        # E over the length of the vector is 2, and relu² of variance 1 has the mean 1/2.
        both = sum(max(0.0, math.cos(x)) * max(0.0, math.cos(x - angle)) for x in places) / n
        c = 2 * 2 * both
    return c


def edge():
    """On the edge both equations hold: parametrise by q, for which each of them gives σ_w²."""
    low, high = 0.1, 3.0
    for _ in range(30):
        q = (low + high) / 2
        by_size = (q - 0.1) / _mean(lambda z: math.tanh(z) ** 2, q, 400)
        by_slope = 1 / _mean(lambda z: _sech2(z) ** 2, q, 400)
        low, high = (q, high) if by_size < by_slope else (low, q)
    return by_slope


def fade():
    """Layer by layer."""
    q = 0.4
    for _ in range(150):
        q = 1.5 * _mean(lambda z: math.tanh(z) ** 2, q, 200) + 0.05
    square = 1.0
    for _ in range(100):
        square *= chi(q, 1.5)
    return math.sqrt(square)


def leaky():
    """Half of a symmetric Gaussian's mean square lies on either side."""
    return 1 / _mean(lambda z: (z if z > 0 else 0.2 * z) ** 2, 1.0)


ROUTES = {
    "signal-propagation/relu-two": relu_two,
    "signal-propagation/chi": lambda: chi,
    "signal-propagation/edge": edge,
    "signal-propagation/fade": fade,
    "signal-propagation/leaky": leaky,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "signal-propagation/think-thirty": "about 0.3",
    "signal-propagation/think-narrow": "below 0.01",
}

FAULTS = [
    Fault(
        "φ for φ′ in the factor by which small differences grow",
        "return sigma_w2 * _mean(lambda z: _slope(z) ** 2, q)",
        "return sigma_w2 * _mean(lambda z: np.tanh(z) ** 2, q)",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/signal_propagation.py",
    ),
    Fault(
        "the relu's map with the angle for its complement",
        "c * (pi - acos(c))) / pi",
        "c * acos(c)) / pi",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/signal_propagation.py",
    ),
    Fault(
        "a leaky side whose mean square is its slope",
        "answer=2 / 1.04,",
        "answer=2 / 1.2,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/signal_propagation.py",
    ),
]
