"""The answers of the exercises of ``chapters/regularisation.md`` once more, by elementary routes."""

import math
from itertools import product

import numpy as np

from declared import Fault


def prior_width():
    """The prior whose posterior mean is where the program's loss is lowest, by bisection.

    One weight, 40 examples with x = 1 and y = 2. The slope of the mean loss, 2(w−2) + 2·0.02 w, vanishes
    where the precisions of 40 measurements and of the prior weigh 2 and 0.
    """
    lowest = min((k / 1e5 for k in range(300_000)), key=lambda w: (w - 2) ** 2 + 0.02 * w**2)
    low, high = 0.01, 10.0
    for _ in range(60):
        s = (low + high) / 2
        mean = 2 * (40 / 0.36) / (40 / 0.36 + 1 / s**2)
        low, high = (s, high) if mean < lowest else (low, s)
    return low


def dropout_ridge(X, y, r):
    """The normal equations, summed over every set of inputs that stay, by its probability."""
    n, d = X.shape
    left, right = np.zeros((d, d)), np.zeros(d)
    for on in product((0, 1), repeat=d):
        share = math.prod(1 - r if one else r for one in on)
        for i in range(n):
            seen = [x * one / (1 - r) for x, one in zip(X[i], on, strict=True)]
            left += share * np.outer(seen, seen)
            right += share * y[i] * np.array(seen)
    return np.linalg.solve(left, right)


def logistic_noise():
    """The mean of ln(1 + e^(−f)) over two points at ± a small deviation, whose square is scaled up.

    A pair at f ± δ has the variance δ²; with δ = 0.001 its rise is L''δ²/2, up to a share of 10⁻⁷.
    """
    f, small = math.log(3), 1e-3
    loss = [math.log1p(math.exp(-at)) for at in (f - small, f, f + small)]
    return (loss[0] + loss[2] - 2 * loss[1]) / 2 * 0.04 / small**2


ROUTES = {
    "regularisation/prior-width": prior_width,
    "regularisation/dropout-ridge": lambda: dropout_ridge,
    "regularisation/logistic-noise": logistic_noise,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "regularisation/think-slope": "1.5",
    "regularisation/think-places": "on the inputs alone",
    "regularisation/think-sparse": "none",
    "regularisation/think-heat": "dropout's halves, the heat bath's stays",
    "regularisation/think-race": "training on all 120 images",
}

FAULTS = [
    Fault(
        "dropout's penalty with the odds upside down",
        "odds: Callable[[float], float] = lambda r: r / (1 - r),",
        "odds: Callable[[float], float] = lambda r: (1 - r) / r,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/regularisation.py",
    ),
    Fault(
        "a prior's width without the number of examples",
        "answer=0.6 / sqrt(40 * 0.02),",
        "answer=0.6 / sqrt(0.02),",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/regularisation.py",
    ),
]
