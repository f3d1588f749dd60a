"""Kaufman's sum over the momenta of the torus, with its exact derivatives.

Behind `thermolib.ising.torus_log_partition`, whose docstring has the formula, the energy and the heat
capacity of the torus. K = 1/T is the coupling, L the side.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from thermolib import _validate
from thermolib._types import Floats


def tanh_sech(K: Any) -> tuple[Any, Any]:
    """Return tanh 2K and 1/cosh 2K, K ≥ 0 however large."""
    return np.tanh(2 * K), 2 * np.exp(-2 * K) / (1 + np.exp(-4 * K))


@dataclass(frozen=True)
class _Jet:
    """A function of K with its first two derivatives; arithmetic on jets is the calculus of derivatives."""

    f: Any
    d: Any
    dd: Any

    def of(self, f: Any, df: Any, ddf: Any) -> "_Jet":
        """Return the chain rule: a function of this one, given with its derivatives by this one."""
        return _Jet(f, df * self.d, ddf * self.d**2 + df * self.dd)

    def __add__(self, other: "_Jet | float") -> "_Jet":
        if not isinstance(other, _Jet):
            return _Jet(self.f + other, self.d, self.dd)
        return _Jet(self.f + other.f, self.d + other.d, self.dd + other.dd)

    def __mul__(self, other: Any) -> "_Jet":
        if not isinstance(other, _Jet):
            return _Jet(self.f * other, self.d * other, self.dd * other)
        dd = self.dd * other.f + 2 * self.d * other.d + self.f * other.dd
        return _Jet(self.f * other.f, self.d * other.f + self.f * other.d, dd)

    def __sub__(self, other: "_Jet") -> "_Jet":
        return self + other * -1

    def __truediv__(self, other: "_Jet") -> "_Jet":
        return self * other**-1

    def __pow__(self, n: float) -> "_Jet":
        return self.of(self.f**n, n * self.f ** (n - 1), n * (n - 1) * self.f ** (n - 2))

    def log(self) -> "_Jet":
        return self.of(np.log(self.f), 1 / self.f, -1 / self.f**2)

    def exp(self) -> "_Jet":
        return self.of(np.exp(self.f), np.exp(self.f), np.exp(self.f))

    def sum(self) -> "_Jet":
        """Sum over momenta, the last axis, which stays."""
        return _Jet(*(np.sum(x, axis=-1, keepdims=True) for x in (self.f, self.d, self.dd)))


def torus(L: int, T: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return ln Z of the torus and its first two derivatives by K = 1/T."""
    L, T = _validate.whole("L", L, 2), _validate.temperature(T)
    K = 1 / T[..., None]
    tanh, sech = tanh_sech(K)
    t = _Jet(tanh, 2 * sech**2, -8 * tanh * sech**2)
    r = _Jet(sech, -2 * tanh * sech, 4 * sech * (tanh**2 - sech**2))
    zeta, b = t - r, t * r
    sign = np.where(zeta.f < 0, -1.0, 1.0)

    def row(cos_p: Any, root: _Jet) -> tuple[_Jet, _Jet]:
        """ln[(a + root)/2]^{L/2} and e^{−Lγ_p}, with a = 1 − b cos p and root = √(a² − b²)."""
        both = b * -cos_p + 1.0 + root
        return (both * 0.5).log() * (L / 2), (b / both) ** L

    def rows(p: Floats) -> tuple[_Jet, _Jet]:
        w = 2 * np.sin(p / 2) ** 2  # 1 − cos p; a² − b² = (ζ² + b w)(1 + b w) does not cancel near T_C
        return row(np.cos(p), ((zeta * zeta + b * w) * (b * w + 1.0)) ** 0.5)

    half, half_end = rows(2 * np.pi * (np.arange(L) + 0.5) / L)
    whole, whole_end = rows(2 * np.pi * np.arange(1, L) / L)
    zero, zero_end = row(1.0, zeta * sign)  # p = 0, where a² − b² = ζ²
    antiperiodic = (half + (half_end + 1.0).log()).sum()
    mixed = (half + (half_end * -1 + 1.0).log()).sum()
    periodic = (whole + (whole_end * -1 + 1.0).log()).sum() + zero
    signed = (zero_end * -1 + 1.0) * sign  # the factor of γ₀, kept out of the logarithm
    four = (mixed - antiperiodic).exp() * 2 + signed * (periodic - antiperiodic).exp() + 1.0
    vacuum = _Jet(2 * K + np.log1p(np.exp(-4 * K)), 2 * tanh, 4 * sech**2) * L**2
    log_Z = vacuum + antiperiodic + (four * 0.5).log()
    return log_Z.f[..., 0][()], log_Z.d[..., 0][()], log_Z.dd[..., 0][()]
