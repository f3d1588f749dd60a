"""The answers of ``chapters/bayesian-neural-networks.md`` once more, by elementary routes."""

import math
from itertools import permutations

from declared import Fault

POINTS = list(zip((-2, -1, 0.5, 1, 2), (-0.9, -0.7, 0.4, 0.8, 1.1), strict=True))


def new_measurement():
    """Over a coarse grid of w₁; for each, w₂ is Gaussian, and its mean and variance are known."""
    total = first = second = 0.0
    for k in range(-60, 61):
        w1 = k / 10
        t = [math.tanh(w1 * x) for x, _ in POINTS]
        precision = 1 + sum(a * a for a in t) / 0.09
        mean = sum(a * y for a, (_, y) in zip(t, POINTS, strict=True)) / 0.09 / precision
        weight = math.exp(-w1 * w1 / 2 + mean * mean * precision / 2) / math.sqrt(precision)
        t3 = math.tanh(3 * w1)
        total += weight
        first += weight * t3 * mean
        second += weight * t3**2 * (mean**2 + 1 / precision)
    return math.sqrt(second / total - (first / total) ** 2 + 0.09)


def elbo(mu, sigma, x, y, noise_std, eps):
    """By loops: the log of each density, draw by draw and point by point."""

    def log_normal(at, mean, sd):
        return -math.log(sd) - math.log(2 * math.pi) / 2 - ((at - mean) / sd) ** 2 / 2

    log_likelihood = 0.0
    for e1, e2 in eps:
        w1, w2 = mu[0] + sigma[0] * e1, mu[1] + sigma[1] * e2
        log_likelihood += sum(
            log_normal(b, w2 * math.tanh(w1 * a), noise_std) for a, b in zip(x, y, strict=True)
        )
    kl = 0.0
    for m, s in zip(mu, sigma, strict=True):
        steps = [m + s * (k / 50 - 8) for k in range(801)]
        kl += sum(
            math.exp(log_normal(w, m, s)) * (log_normal(w, m, s) - log_normal(w, 0, 1)) * s / 50
            for w in steps
        )
    return log_likelihood / len(eps) - kl


def gaussian_kl():
    """By a sum over w of q·ln(q/p)."""
    total = 0.0
    for k in range(-4000, 4001):
        w = 1 + k / 1000
        log_q = -2 * (w - 1) ** 2 + math.log(2)
        log_p = -(w**2) / 8 - math.log(2)
        total += math.exp(log_q) / math.sqrt(2 * math.pi) * (log_q - log_p) / 1000
    return total


def untouched():
    """Halve the interval in which the slope of s²/8 − ln s changes sign."""
    low, high = 0.5, 5.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if middle / 4 < 1 / middle else (low, middle)
    return low


def hills():
    """Units are pairs (w, v): every order, and in each unit both signs."""
    units = [(0.3, 0.9), (1.1, -0.4), (-0.7, 1.6)]
    return len(
        {
            tuple((s * w, s * v) for (w, v), s in zip(order, (a, b, c), strict=True))
            for order in permutations(units)
            for a in (1, -1)
            for b in (1, -1)
            for c in (1, -1)
        }
    )


ROUTES = {
    "bayesian-neural-networks/new-measurement": new_measurement,
    "bayesian-neural-networks/elbo": lambda: elbo,
    "bayesian-neural-networks/gaussian-kl": gaussian_kl,
    "bayesian-neural-networks/untouched": untouched,
    "bayesian-neural-networks/hills": hills,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "bayesian-neural-networks/think-sure": "about 0.2",
    "bayesian-neural-networks/think-gap": "ln 2",
    "bayesian-neural-networks/think-dropout": "it rises",
}

FAULTS = [
    Fault(
        "an ELBO that averages the KL over the weights",
        "kl: Callable[..., float] = lambda mu, sigma: _kl(mu, sigma).sum(),",
        "kl: Callable[..., float] = lambda mu, sigma: _kl(mu, sigma).mean(),",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/bayesian_neural_networks.py",
    ),
    Fault(
        "noise that is added as a standard deviation",
        "answer=sqrt(SPREAD**2 + NOISE**2)",
        "answer=SPREAD + NOISE",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/bayesian_neural_networks.py",
    ),
]
