"""The answers of the exercises of ``chapters/contrastive-divergence.md`` once more, by elementary routes."""

import itertools
import math

import numpy as np

from declared import Fault


def enough_steps():
    k, left = 1, 1.0
    while left >= 0.01:
        k, left = k + 1, left * 0.4705
    return k


def sigma(x):
    return math.exp(x) / (1 + math.exp(x))


def cd_step(W, a, b, v, u_h, u_v):
    """Unit by unit, and pattern by pattern."""
    n, m = W.shape
    total = np.zeros((n, m))
    for row, h_numbers, v_numbers in zip(v, u_h, u_v, strict=True):
        p = [sigma(b[j] + sum(row[i] * W[i, j] for i in range(n))) for j in range(m)]
        h = [1 if u < x else 0 for u, x in zip(h_numbers, p, strict=True)]
        back = [sigma(a[i] + sum(W[i, j] * h[j] for j in range(m))) for i in range(n)]
        new = [1 if u < x else 0 for u, x in zip(v_numbers, back, strict=True)]
        q = [sigma(b[j] + sum(new[i] * W[i, j] for i in range(n))) for j in range(m)]
        for i, j in itertools.product(range(n), range(m)):
            total[i, j] += row[i] * p[j] - new[i] * q[j]
    return total / len(v)


def pairs():
    """p(v, h) of one visible and one hidden unit with W = ln 3, as weights: 3 where both are on."""
    return {(v, h): 3 ** (v * h) for v, h in itertools.product((0, 1), repeat=2)}


def step(v, to):
    w = pairs()
    return sum(
        w[v, h] / (w[v, 0] + w[v, 1]) * w[to, h] / (w[0, h] + w[1, h]) for h in (0, 1)
    )  # p(h | v) p(v' | h)


def by_hand():
    on = 3 / 4  # p(h = 1 | v = 1)
    return on - step(1, 1) * on


def second_eigenvalue():
    return step(0, 0) * step(1, 1) - step(0, 1) * step(1, 0)  # the determinant: the other one is 1


def unevenness():
    """The divergence Σ q ln(q/p) of the even law q from the uneven one."""
    return sum(1 / 14 * math.log((1 / 14) / p) for p in [2 / 21] * 7 + [1 / 21] * 7)


ROUTES = {
    "contrastive-divergence/enough-steps": enough_steps,
    "contrastive-divergence/cd-step": lambda: cd_step,
    "contrastive-divergence/by-hand": by_hand,
    "contrastive-divergence/second-eigenvalue": second_eigenvalue,
    "contrastive-divergence/unevenness": unevenness,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "contrastive-divergence/think-coin-flips": "it is lower by many nats",
    "contrastive-divergence/think-pcd": "below those of CD-1",
}

FAULTS = [
    Fault(
        "a step of contrastive divergence with drawn hidden units after it",
        'last: str = "mean"',
        'last: str = "drawn"',
        "test_another_route_leads_to_the_same_answer",
        file="exercises/contrastive_divergence.py",
    ),
    Fault(
        "CD-1 by hand with the machine's own average",
        "answer=3 / 4 * (1 - 11 / 16)",
        "answer=3 / 4 * (1 - 2 / 3)",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/contrastive_divergence.py",
    ),
]
