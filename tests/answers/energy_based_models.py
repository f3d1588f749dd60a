"""The answers of the exercises of ``chapters/energy-based-models.md`` once more, by elementary routes."""

import numpy as np

from declared import Fault


def stacked():
    """Two states h and one v: a first machine, a second, and all probabilities by hand.

    ln p = bound + KL for any numbers, so it is the same with those of the text.
    """
    down, prior = np.array([0.3, 0.8]), np.array([0.6, 0.4])  # p(v|h), p₂(h)
    q = np.array([0.5, 0.5])
    exact = np.log(down @ prior)
    bound = q @ (np.log(down * prior) - np.log(q))
    kl = q @ np.log(q / (down * prior / (down @ prior)))
    sign = (exact - bound) / kl  # 1
    return -5.00 + 0.20 + round(sign) * 0.05


def update(k, m, data, walkers, eta, step, rate):
    """The contrast as a function of k and m, and its slopes by central differences."""
    force = lambda x: (k * (x + 1e-6 - m) ** 2 - k * (x - 1e-6 - m) ** 2) / 4e-6  # noqa: E731
    x = walkers - step * force(walkers) + (2 * step) ** 0.5 * eta

    def contrast(k, m):
        return (k * (data - m) ** 2 / 2).mean() - (k * (x - m) ** 2 / 2).mean()

    d = 1e-6
    slope_k = (contrast(k + d, m) - contrast(k - d, m)) / (2 * d)
    slope_m = (contrast(k, m + d) - contrast(k, m - d)) / (2 * d)
    return np.array([k - rate * slope_k, m - rate * slope_m])


def learnt_k():
    """The first k, from below, at which the walkers' variance Σ 2ε(1 − εk)^{2n} is that of the data."""
    k = np.linspace(0.5, 2.0, 15_001)
    n = np.arange(2000)[:, None]
    variance = (0.8 * (1 - 0.4 * k) ** (2 * n)).sum(axis=0)
    return k[np.argmax(variance <= 1)]


ROUTES = {
    "energy-based-models/stacked": stacked,
    "energy-based-models/update": lambda: update,
    "energy-based-models/learnt-k": learnt_k,
    "energy-based-models/model-variance": lambda: 1 / learnt_k(),
    "energy-based-models/cold-steps": lambda: 150 * np.exp(-3 / 1.0) / np.exp(-3 / 0.5),
}

# The page computes what this follows from; here it is only written a second time.
RIGHT = {"energy-based-models/think-two-dreamers": "the second"}

FAULTS = [
    Fault(
        "kicks of half the variance",
        "noise: float = 2.0",
        "noise: float = 1.0",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/energy_based_models.py",
    ),
    Fault(
        "a bias of the other sign in what large steps teach",
        "K = (1 - sqrt(0.2)) / 0.4",
        "K = (sqrt(1.8) - 1) / 0.4",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/energy_based_models.py",
    ),
]
