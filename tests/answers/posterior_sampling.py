"""The answers of the exercises of ``chapters/posterior-sampling.md`` once more, by elementary routes."""

import itertools

import numpy as np

from declared import Fault


def step_variance(step):
    """Σ 2ε(1 − ε)^{2k}: each kick, with what is left of it k steps later."""
    return sum(2 * step * (1 - step) ** (2 * k) for k in range(int(30 / step)))


def largest_step():
    """The variance grows with the step: the last of many steps that is not yet 1 % too large."""
    steps = np.linspace(0.019, 0.021, 201)
    return next(step for step in steps if step_variance(step) >= 1.01)


def leapfrog(h, w, p, step, n):
    """One step as a matrix, kick · drift · kick, to the n-th power, for each direction."""
    rows = []
    for k, curvature in enumerate(h):
        kick, drift = np.array([[1, 0], [-step / 2 * curvature, 1]]), np.array([[1, step], [0, 1]])
        rows.append(np.linalg.matrix_power(kick @ drift @ kick, n) @ [w[k], p[k]])
    return np.array(rows).T


def batch_temperature():
    """Two examples, ±1, so C = 1: the mean square of a batch's gradient over all 2^n batches."""
    batches = np.array(list(itertools.product([-1, 1], repeat=10)))
    estimated = np.mean((1000 / 10 * batches.sum(axis=1)) ** 2)
    return (2 * 1e-5 + 1e-5**2 * estimated) / (2 * 1e-5)


def one_side():
    sides = itertools.product("+-", repeat=4)
    return sum(len(set(four)) == 1 for four in sides) / 2**4


ROUTES = {
    "posterior-sampling/step-variance": lambda: step_variance(0.4),
    "posterior-sampling/largest-step": largest_step,
    "posterior-sampling/leapfrog": lambda: leapfrog,
    "posterior-sampling/batch-temperature": batch_temperature,
    "posterior-sampling/one-side": one_side,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "posterior-sampling/think-half-noise": "it samples another, narrower distribution",
    "posterior-sampling/think-modes": "for the prediction only",
}

FAULTS = [
    Fault(
        "a leapfrog whose last kick is a whole one",
        "last: float = 0.5",
        "last: float = 1.0",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/posterior_sampling.py",
    ),
    Fault(
        "the heat of a batch counted twice",
        "answer=1 + 1e-5 * 1000**2 / (2 * 10)",
        "answer=1 + 1e-5 * 1000**2 / 10",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/posterior_sampling.py",
    ),
]
