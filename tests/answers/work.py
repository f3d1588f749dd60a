"""The answers of ``chapters/work.md`` once more, by elementary routes."""

import math

import numpy as np

from declared import Fault


def bar(W_F, W_R, T):
    """Bennett's own form: mean Fermi functions of both kinds, balanced by Newton's steps from the middle.

    A sum over the forward works of 1/(1 + (n_F/n_R) e^{(W−ΔF)/T}) equals one over the reverse works of
    1/(1 + (n_R/n_F) e^{(W+ΔF)/T}).
    """
    ratio = len(W_F) / len(W_R)

    def gap(dF):
        forward = sum(1 / (1 + ratio * math.exp((w - dF) / T)) for w in W_F)
        reverse = sum(1 / (1 + math.exp((w + dF) / T) / ratio) for w in W_R)
        return forward - reverse

    low, high = -40.0 * T, 40.0 * T  # the cases' works are less than 10 T apart
    assert gap(low) < 0 < gap(high)
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if gap(middle) < 0 else (low, middle)
    return middle


def sudden():
    """Mean work and ratio of partition functions, by Gauss–Hermite quadrature over the old spring."""
    x, weight = np.polynomial.hermite_e.hermegauss(200)
    weight = weight / weight.sum()
    work = (9 - 1) / 2 * x**2
    return weight @ work + math.log(weight @ np.exp(-work))


def below():
    """The area of the bell of mean 2 and variance 4 below 0, by the trapezoid rule."""
    W = np.linspace(-40, 0, 400_001)
    return np.trapezoid(np.exp(-((W - 2) ** 2) / 8) / math.sqrt(8 * math.pi), W)


def enough():
    """The effective share from the moments of w = e^{−W}, by quadrature."""
    z, weight = np.polynomial.hermite_e.hermegauss(100)
    w = np.exp(-(2 + 2 * z))
    return 10 * (weight @ w**2) * weight.sum() / (weight @ w) ** 2


def gaussian(back=False):
    """−T ln⟨e^{−W/T}⟩ by the trapezoid rule; the way back has the density P_F(W) e^{−(W−ΔF)/T} of −W."""
    W = np.linspace(-40, 50, 100_001)
    tilted = np.exp(-((W - 5) ** 2) / 8 - W / 1.5)
    dF = -1.5 * math.log(np.trapezoid(tilted, W) / math.sqrt(8 * math.pi))
    return -np.trapezoid(W * tilted, W) / np.trapezoid(tilted, W) if back else dF


def demon_share():
    """Sums over a grid of places and readings."""
    x = np.linspace(-9, 9, 901)[:, None]
    y = np.linspace(-12, 12, 1201)[None]
    joint = np.exp(-(x**2) / 2 - (y - x) ** 2 / 2)
    joint /= joint.sum()
    p_x, p_y = joint.sum(1, keepdims=True), joint.sum(0, keepdims=True)
    beam = (joint * x).sum(0, keepdims=True) / p_y
    gain = (joint * (x**2 - (x - beam) ** 2)).sum() / 2
    return gain / (joint * np.log(joint / (p_x * p_y))).sum()


ROUTES = {
    "work/sudden": sudden,
    "work/below": below,
    "work/enough": enough,
    "work/bar": lambda: bar,
    "work/gaussian": gaussian,
    "work/gaussian-back": lambda: gaussian(back=True),
    "work/demon-share": demon_share,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "work/think-negative": "in about one of three",
    "work/think-two-errors": "in less than 30 %",
}

FAULTS = [
    Fault(
        "reverse works with their own sign",
        "reverse: float = -1.0,",
        "reverse: float = 1.0,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/work.py",
    ),
    Fault(
        "Bennett's equation without the numbers of pulls",
        "numbers: float = 1.0,",
        "numbers: float = 0.0,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/work.py",
    ),
    Fault(
        "a free energy of T ln 9",
        "answer=4 - log(3)",
        "answer=4 - log(9)",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/work.py",
    ),
]
