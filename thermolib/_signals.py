"""Means over a wide random tanh layer's inputs, which are Gaussian: by the trapezoid rule.

Shares `thermolib.mean_field`'s symbols: w and b are σ_w² and σ_b².
"""

import math

import numpy as np

from thermolib._results import ConvergenceError
from thermolib._types import Floats

LARGEST = 400.0  # q, up to which the rule is proved


def nodes(q: float) -> tuple[Floats, Floats]:
    """Places and weights for means over z ~ N(0, 1) of functions of tanh √q z.

    The trapezoid rule. Its error is about e^{−2πa/δ + a²/2} for functions that are analytic to a distance a
    from the real line, as those of tanh √q z are to a = π/(2√q): e^{−45}, times 10⁴ for the pole of cosh⁻⁴.
    """
    spacing = min(0.4, 0.2 / math.sqrt(q)) if q else 0.4
    n = math.ceil(8.6 / spacing)
    z = spacing * np.arange(-n, n + 1, dtype=np.float64)
    weights: Floats = np.exp(-(z**2) / 2)
    weights /= weights.sum()
    return z, weights


def _phi(u: Floats, slope: int) -> Floats:
    return 1 / np.cosh(u) ** 2 if slope else np.tanh(u)


def mean(phi: str, slope: int, q: Floats) -> Floats:
    """Return E[φ(√q z)²], or with slope 1 E[φ'(√q z)²]."""
    if phi == "relu":
        return np.full(q.shape, 0.5) if slope else q / 2
    z, weights = nodes(q.max(initial=0.0))
    return _phi(np.sqrt(q)[..., None] * z, slope) ** 2 @ weights


def pair(slope: int, c: float, q: float) -> float:
    """Return E[φ(u₁)φ(u₂)], or of their slopes, for tanh."""
    z, weights = nodes(q)
    u = np.sqrt(q) * z
    inner = _phi(c * u[:, None] + np.sqrt((1 - c) * (1 + c)) * u, slope) @ weights
    return float((_phi(u, slope) * weights) @ inner)


def x_less_tanh(x: Floats) -> Floats:
    """Return x − tanh x = (x cosh x − sinh x)/cosh x for x ≥ 0; where both cancel by a series of one sign."""
    near, term, total = np.minimum(x, 1.0), np.minimum(x, 1.0), np.zeros_like(x)
    for k in range(1, 12):
        term = term * near**2 / (2 * k * (2 * k + 1))
        total = total + 2 * k * term
    return np.where(x < 1, total / np.cosh(near), x - np.tanh(x))


def fixed_q(w: Floats, b: Floats) -> Floats:
    """Return q* for tanh: q − F(q) is convex, so that Newton's method from above runs down to it.

    With d = E[u² − tanh² u], where nothing cancels, it is (1 − w)q + wd − b. It starts near q* where that is
    small: d > 0 says that q* < b/(1 − w) if w < 1, and d > 0.6q² for q < 1 says the other bounds.
    """
    with np.errstate(over="ignore"):
        near = np.maximum(4 * (1 - 1 / w), 2 * np.sqrt(b / w))
        near = np.where(w < 1, np.minimum(near, b / np.where(w < 1, 1 - w, 1.0)), near)
    small = near < 1
    q = np.where((b > 0) | (w > 1), np.where(small, near, w + b), 0.0)
    alive = q > 0
    for _ in range(200):
        z, weights = nodes(q.max(initial=0.0))
        z = np.abs(z)
        root = np.sqrt(np.where(alive, q, 1.0))[..., None]
        u, t = root * z, _phi(root * z, 0)
        less = x_less_tanh(u)
        d = (less * (u + t)) @ weights
        residual = np.where(small, (1 - w) * q + w * d - b, q - (w * (t**2 @ weights) + b))
        slope = 1 - w + w * (((less + t**3) * z / root) @ weights)
        step = np.where(alive, residual / slope, 0.0)
        q = q - step
        if np.all(np.abs(step) <= 1e-10 * q):  # and the next would be its square
            break
    else:
        raise ConvergenceError(f"q did not settle: the last step was {np.abs(step).max():.2g}", q)
    return q


def correlated(c: float, w: float, b: float, q: float) -> float:
    """Return what a layer makes of the correlation c; at q = 0 that of ever smaller q."""
    return min((w * pair(0, c, q) + b) / q, 1.0) if q else c  # rounding may pass 1


def chaotic_slope(chi: float, w: float, b: float, q: float) -> float:
    """Return χ* where χ₁ > 1. The map of c ≥ 0 is convex: Newton's method from 0 runs up to c*."""
    if chi - 1 < 1e-6:  # c* is next to 1, and the slope there is as far below 1 as χ₁ is above
        return 2 - chi
    c = 0.0
    for _ in range(200):
        slope = w * pair(1, c, q)
        step = (correlated(c, w, b, q) - c) / (1 - slope)
        c = min(c + step, 1.0)
        if step <= 1e-14:  # or a step back, which is rounding
            return w * pair(1, c, q)
    raise ConvergenceError(f"c did not settle: the last step was {step:.2g}", c)
