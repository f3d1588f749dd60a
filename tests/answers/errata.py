"""The answers of ``chapters/errata.md`` once more, by elementary routes."""

import math

import numpy as np

from declared import Fault


def prior_term():
    """The integral of q ln(q/p), by the trapezoid rule."""
    s = math.exp(-1.5)
    w = np.linspace(0.5 - 12 * s, 0.5 + 12 * s, 100_001)
    q = np.exp(-(((w - 0.5) / s) ** 2) / 2) / (s * math.sqrt(2 * math.pi))
    log_ratio = -(((w - 0.5) / s) ** 2) / 2 - math.log(s) + w**2 / 2
    return np.trapezoid(q * log_ratio, w)


def one_entropy():
    """Golden sections: the least of ⟨L⟩ − S, then its entropy."""

    def S(q):
        return -q * math.log(q) - (1 - q) * math.log(1 - q)

    low, high = 1e-9, 1 - 1e-9
    for _ in range(200):
        third = (high - low) / 3
        a, b = low + third, high - third
        if a * math.log(3) - S(a) < b * math.log(3) - S(b):
            high = b
        else:
            low = a
    return S((low + high) / 2)


def best(x, steps, u, T):
    """All places that are visited, first; then the least of their energies."""
    places = [x]
    for step, number, heat in zip(steps, u, T, strict=True):
        here, there = places[-1], places[-1] + step
        ratio = math.exp(((here**2 - 1) ** 2 - (there**2 - 1) ** 2 - step / 4) / heat)
        places.append(there if number < ratio else here)
    return min(x**4 - 2 * x**2 + 1 + x / 4 for x in places)


def mean_square():
    """The second moment after each step, from that of a step with its two moments."""
    square = 1.0
    for _ in range(500):
        square = 0.81 * square + 0.2 * square  # the noise has mean 0 and variance 1
    return square


def same_variance():
    """Bisection for the batch, with the variance as a geometric series of kicks."""

    def variance(eta, B):
        return sum(eta**2 / B * (1 - eta) ** (2 * k) for k in range(2000))

    low, high = 1.0, 1e5
    for _ in range(100):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if variance(0.6, middle) > variance(0.1, 100) else (low, middle)
    return low


def imbalance(P):
    """π from a long run of averages; the pairs one by one."""
    pi = np.full(len(P), 1 / len(P))
    for _ in range(5000):
        pi = (pi + pi @ P) / 2
    pairs = [(i, j) for i in range(len(P)) for j in range(i)]
    return max(abs(pi[i] * P[i, j] - pi[j] * P[j, i]) for i, j in pairs)


def gas_volume():
    """The length where a step's growth and decay balance, found by letting r² follow its mean."""

    def volume(decay, batch, eta=1e-3, noise=1.0):
        square = 1.0
        for _ in range(40_000):
            square += -2 * eta * decay * square + eta**2 * 2 * noise / batch / square
        return square / 2

    return volume(2 * 0.5, 8.0) / volume(0.5, 1.0)


ROUTES = {
    "errata/prior-term": prior_term,
    "errata/one-entropy": one_entropy,
    "errata/best": lambda: best,
    "errata/mean-square": mean_square,
    "errata/same-variance": same_variance,
    "errata/imbalance": lambda: imbalance,
    "errata/gas-volume": gas_volume,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "errata/think-mend": "the size of the steps",
    "errata/think-gradient-noise": "at zero",
}

FAULTS = [
    Fault(
        "the best is the last",
        'return float(_energy(x) if keep == "last" else stored)',
        "return float(_energy(x))",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/errata.py",
    ),
    Fault(
        "detailed balance with a uniform distribution",
        'law: str = "stationary"',
        'law: str = "uniform"',
        "test_another_route_leads_to_the_same_answer",
        file="exercises/errata.py",
    ),
    Fault(
        "a larger rate wants a smaller batch",
        "answer=100 * (0.6 / 1.4) / (0.1 / 1.9)",
        "answer=100 * (0.1 / 1.9) / (0.6 / 1.4)",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/errata.py",
    ),
]
