"""The values of the chapter on mean field: magnets, machines of spins, memories and deep networks."""

from functools import cache
from math import pi

import numpy as np
from scipy.optimize import brentq
from scipy.special import erfc, ndtr

from thermolib.evidence import Case
from thermolib.evidence.partition_functions import six_spins
from thermolib.mean_field import (
    c_map,
    chi_1,
    critical_sigma_w2,
    curie_weiss_exact,
    curie_weiss_magnetization,
    curie_weiss_spinodal,
    depth_scale,
    hopfield_capacity,
    naive_mean_field,
    q_fixed_point,
    tap,
)

SHORT = "the twelfth digit given is wrong, and so is the eleventh: 0.53036839205 is right"


def _binder(N: int) -> float:
    m, p, _ = curie_weiss_exact(N, 1.0)
    return float(1 - p @ m**4 / (3 * (p @ m**2) ** 2))


def _binder_without_end() -> float:
    """From 16 to 65,536 spins: each step removes the next power of 1/√N from the difference to N = ∞."""
    rows: list[float] = []
    for k in range(2, 9):
        new = [_binder(4**k)]
        for m, old in enumerate(rows, 1):
            new.append(new[-1] + (new[-1] - old) / (2**m - 1))
        rows = new
    return rows[-1]


def _size_of_m() -> float:
    m, p, _ = curie_weiss_exact(100, 1.0)
    return float(p @ abs(m))


@cache
def _overlap(T: float, h: float) -> tuple[float, float]:
    """The q of Sherrington and Kirkpatrick, ⟨tanh²((h + √q z)/T)⟩, and ⟨cosh⁻⁴⟩/T², 1 on the line.

    The sum over z, at equal steps, has all the digits: what it leaves out is below e⁻⁵⁰.
    """
    z = np.linspace(-10, 10, 401)
    w = np.exp(-(z**2) / 2)
    w /= w.sum()

    def gap(q: float) -> float:
        return float(w @ np.tanh((h + np.sqrt(q) * z) / T) ** 2 - q)

    q = brentq(gap, 1e-3, 1.0, xtol=1e-15)
    return q, float(w @ np.cosh((h + np.sqrt(q) * z) / T) ** -4 / T**2)


def _line() -> float:
    """The temperature at which the simple solution becomes unstable, in the field 0.2."""
    return float(brentq(lambda T: _overlap(T, 0.2)[1] - 1, 0.5, 0.95, xtol=1e-13))


def _upset(alpha: float) -> float:
    return float(erfc(1 / np.sqrt(2 * alpha)) / 2)


def _gardner(kappa: float) -> float:
    """1/∫ Dz (z + κ)² above −κ: the integral is (1 + κ²) Φ(κ) + κ φ(κ)."""
    density = np.exp(-(kappa**2) / 2) / np.sqrt(2 * pi)
    return float(1 / ((1 + kappa**2) * ndtr(kappa) + kappa * density))


CASES = [
    Case("Curie–Weiss, T = ½: m", "0.957504024077", lambda: curie_weiss_magnetization(0.5), "bisection"),
    Case("T = 0.8: m", "0.710411783488", lambda: curie_weiss_magnetization(0.8), "bisection"),
    Case("T = ½: spinodal field", "0.266419987677", lambda: curie_weiss_spinodal(0.5), "closed form"),
    Case("100 spins, T_c: |m|", "0.2867964095", _size_of_m, "exact sum"),
    Case("100 spins, T_c: Binder's U₄", "0.30558465", lambda: _binder(100), "exact sum"),
    Case("N = ∞, T_c: Binder's U₄", "0.270520128", _binder_without_end, "closed form"),
    Case(
        "six spins: naive bound of ln Z",
        "4.238107599209",
        lambda: naive_mean_field(*six_spins(), 1.0).log_Z,
        "iteration",
    ),
    Case("six spins: TAP", "4.539516074210", lambda: tap(*six_spins(), 1.0).log_Z, "iteration"),
    Case("glass, T = ½: q", "0.530368392042", lambda: _overlap(0.5, 0.0)[0], "iteration", SHORT),
    Case("glass, h = 0.2: line at T", "0.725044641", _line, "dealmeida1978"),
    Case("Hopfield's capacity", "0.138", hopfield_capacity, "amit1985b"),
    Case("the same, to more digits", "0.137905566495", hopfield_capacity, "bisection"),
    Case("α = 0.138: share upset at once", "0.00355221", lambda: _upset(0.138), "closed form"),
    Case("α = 0.185: share upset at once", "0.01003724", lambda: _upset(0.185), "closed form"),
    Case("best couplings: capacity", "2", lambda: _gardner(0.0), "gardner1988"),
    Case("the same, margin ½", "0.961205053", lambda: _gardner(0.5), "gardner1988"),
    Case("tanh: critical σ_w² at σ_b² = 0.05", "1.760954640", lambda: critical_sigma_w2(0.05), "bisection"),
    Case("σ_w² = 1.5: q*", "0.418037", lambda: q_fixed_point(1.5, 0.05), "iteration"),
    Case("σ_w² = 1.5: χ₁", "0.938636", lambda: chi_1(1.5, 0.05), "quadrature"),
    Case("σ_w² = 1.5: ξ_c", "15.790994", lambda: depth_scale(1.5, 0.05), "quadrature"),
    Case("ReLU: critical σ_w²", "2", lambda: critical_sigma_w2(0.0, "relu"), "he2015"),
    Case("ReLU: 0 goes to", 1 / pi, lambda: c_map(0.0, 2.0, 0.0, "relu"), "cho2009"),
    Case("ReLU: ½ goes to", "0.608997781", lambda: c_map(0.5, 2.0, 0.0, "relu"), "cho2009"),
]
