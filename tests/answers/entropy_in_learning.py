"""The answers of the exercises of ``chapters/entropy-in-learning.md`` once more, by elementary routes."""

import math

import numpy as np

from declared import Fault


def best_with_bonus():
    p = np.linspace(0.5, 1, 1_000_001)[:-1]
    loss = -np.log(p) + 0.25 * (p * np.log(p) + (1 - p) * np.log(1 - p))
    return p[loss.argmin()]


def capacity():
    """The greatest mutual information, in bits, over the share of ones that are sent."""

    def information(ones):
        joint = np.array([[0.8 * (1 - ones), 0.2 * (1 - ones)], [0.2 * ones, 0.8 * ones]])
        apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)
        return (joint * np.log2(joint / apart)).sum()

    return max(information(ones) for ones in np.linspace(0.01, 0.99, 99))


def conditional_entropy(p_xy):
    """For each y the entropy of x given it, weighted with its probability."""
    total = 0.0
    for column in np.transpose(p_xy):
        of_y = math.fsum(column)
        total += of_y * math.fsum(-p / of_y * math.log(p / of_y) for p in column if p > 0)
    return total


def two_arms():
    """The best of a million policies."""
    p = np.arange(1, 1_000_000) / 1_000_000
    return p[np.argmax(p - 0.5 * (p * np.log(p) + (1 - p) * np.log(1 - p)))]


def faint_ratio(rho=0.6, noise=1e6):
    """I(Z;Y)/I(X;Z) of a faint signal, from the determinants of the covariances."""
    x_z = np.array([[1, 1], [1, 1 + noise]])
    y_z = np.array([[1, rho], [rho, 1 + noise]])
    return np.log((1 + noise) / np.linalg.det(y_z)) / np.log((1 + noise) / np.linalg.det(x_z))


def removable():
    """The divergence from the joint law of bias and throw to the product, by Gauss and Legendre."""
    at, weight = np.polynomial.legendre.leggauss(200)
    w, weight = (at + 1) / 2, weight / 2
    posterior = 252 * w**6 * (1 - w) ** 2  # 9!/(6! 2!)
    told = w * np.log(w / 0.7) + (1 - w) * np.log((1 - w) / 0.3)
    return weight @ (posterior * told)


ROUTES = {
    "entropy-in-learning/noisy-wire": capacity,
    "entropy-in-learning/noisy-wire-uses": lambda: math.ceil(1000 / capacity()),
    "entropy-in-learning/conditional-entropy": lambda: conditional_entropy,
    "entropy-in-learning/bonus-optimum": best_with_bonus,
    "entropy-in-learning/two-arms": two_arms,
    "entropy-in-learning/critical-trade-off": faint_ratio,
    "entropy-in-learning/removable": removable,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "entropy-in-learning/think-whispers": "less than a hundredth of a bit",
    "entropy-in-learning/think-scale": "its differential entropy falls, I(X;Z) stays",
}

FAULTS = [
    Fault(
        "what x leaves open of y for what y leaves open of x",
        "return _H(p_xy) - _H(p_xy.sum(axis=0))",
        "return _H(p_xy) - _H(p_xy.sum(axis=1))",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/entropy_in_learning.py",
    ),
    Fault(
        "the cube of a correlation for its square",
        "answer=0.6**2,",
        "answer=0.6**3,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/entropy_in_learning.py",
    ),
]
