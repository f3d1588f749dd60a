"""The values of the chapter on partition functions: two levels, rings, and the Ising model on tori."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from thermolib import sampling
from thermolib._results import Estimate
from thermolib.boltzmann import Thermodynamics, boltzmann, thermodynamics
from thermolib.evidence import Case, average
from thermolib.ising import (
    T_C,
    chain_log_partition,
    decimate,
    density_of_states,
    lattice_energy,
    log_partition_exact,
    migdal_kadanoff,
    onsager_energy,
    onsager_free_energy,
    onsager_heat_capacity,
    spin_states,
    spontaneous_magnetization,
    torus_energy,
    torus_heat_capacity,
    torus_log_partition,
)

FLAT_TOP = "whoever compares heights near a maximum finds its place to half of the digits"


def _two(T: float = 1.0) -> Thermodynamics:
    return thermodynamics([0.0, 1.0], T)


def _schottky(ratio: float) -> tuple[float, float]:
    """The place and the height of the peak of C: where (x/2) tanh[(x − ln g)/2] = 1, for x = Δ/T."""
    log_g = np.log(ratio)
    x = brentq(lambda x: x / 2 * np.tanh((x - log_g) / 2) - 1, max(log_g, 0.5), 20, xtol=1e-15, rtol=1e-15)
    return 1 / x, float(thermodynamics([0.0, 1.0], 1 / x, [0.0, log_g]).C)


def _levels(L: int, T: float) -> Thermodynamics:
    E, counts = density_of_states(L)
    return thermodynamics(E, T, np.log(counts))


def _count(L: int, E: int) -> int:
    levels, counts = density_of_states(L)
    return int(counts[levels == E][0])


@cache
def _states() -> tuple[Any, Any]:
    """Magnetization per site and energy of the 65,536 states of 4 × 4."""
    s = spin_states(16).reshape(-1, 4, 4)
    return s.mean(axis=(1, 2)), lattice_energy(s)


def _size_of_m(T: float) -> float:
    m, E = _states()
    return float(boltzmann(E, T) @ abs(m))


def _binder() -> float:
    m, E = _states()
    p = boltzmann(E, T_C)
    return float(1 - p @ m**4 / (3 * (p @ m**2) ** 2))


def six_spins() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Couplings and fields of six spins, all coupled."""
    i = np.arange(6)
    J = 0.3 * np.cos(1 + np.outer(i, i) + i + i[:, None])
    np.fill_diagonal(J, 0)
    return J, 0.2 * np.sin(1 + i)


def _long_ring() -> float:
    """The energy of a spin, −∂(ln Z/N)/∂β at β = 1, by differences: all that is left out is below 10⁻¹²."""
    f = {k: chain_log_partition(200, 1 / (1 + k / 1000)) / 200 for k in (-2, -1, 1, 2)}
    return float(-1000 * (8 * (f[1] - f[-1]) - (f[2] - f[-2])) / 12)


def _migdal() -> float:
    return float(brentq(lambda K: migdal_kadanoff(K) - K, 0.1, 1, xtol=1e-15))


def _thermal() -> float:
    """The exponent y: what is near the fixed point grows by 2^y."""
    return float(np.log2(2 * np.tanh(4 * _migdal())))


def _sampled(name: str, L: int, T: float, sweeps: int, of: Callable[[sampling.Run], Any]) -> Any:
    """An average over 40 chains; what they remember of their start is far below the error."""

    def run(seed: int) -> Estimate:
        start = np.ones((40, L, L), np.int8)
        found = getattr(sampling, name)(start, T, sweeps, warm_up=50, rng=seed)
        return average(of(found).mean(axis=-1))

    return run


EXACT = [
    Case("two levels: Z", "1.367879441", lambda: np.exp(_two().log_Z), "closed form"),
    Case("two levels: U", "0.268941421", lambda: _two().U, "closed form"),
    Case("two levels: F", "-0.313261688", lambda: _two().F, "closed form"),
    Case("two levels: S", "0.582203109", lambda: _two().S, "closed form"),
    Case("Schottky's peak: height", "0.439228840", lambda: _schottky(1)[1], "schottky1922"),
    Case("Schottky's peak: place", "0.416778281", lambda: _schottky(1)[0], "search for a maximum", FLAT_TOP),
    Case("two upper states: height", "0.761802238", lambda: _schottky(2)[1], "schottky1922"),
    Case("two upper states: place", "0.376696361", lambda: _schottky(2)[0], "search for a maximum", FLAT_TOP),
    Case("ring of 10: ln Z", "11.3328652362", lambda: chain_log_partition(10, 1.0), "ising1925"),
    Case("the same, h = ½", "15.1043382181", lambda: chain_log_partition(10, 1.0, 0.5), "ising1925"),
    Case("a ring without end: u", -np.tanh(1.0), _long_ring, "ising1925"),
    Case("decimation of K = 1", "0.662501373679", lambda: decimate(1.0), "closed form"),
    Case("Migdal and Kadanoff: fixed K", "0.3046889", _migdal, "bisection"),
    Case("the same: exponent y", "0.747", _thermal, "kadanoff1976"),
    Case("square lattice: 1/T_c", "0.4406868", lambda: 1 / T_C, "onsager1944"),
    Case("square lattice: T_c", "2.269185314213", lambda: T_C, "kramers1941"),
    Case("at T_c: u", -(2**0.5), lambda: onsager_energy(T_C), "onsager1944"),
    Case("at T_c: f", "-2.109651144608", lambda: onsager_free_energy(T_C), "onsager1944"),
    Case(
        "at T_c: s",
        "0.306470158201",
        lambda: (onsager_energy(T_C) - onsager_free_energy(T_C)) / T_C,
        "onsager1944",
    ),
    *(
        Case(f"T = {T}: u", u, lambda T=float(T): onsager_energy(T), "onsager1944")
        for T, u in {
            "1.5": "-1.95111657308",
            "2": "-1.74556457531",
            "2.3": "-1.34286638770",
            "3": "-0.817309592502",
        }.items()
    ),
    Case("T = 2: f", "-2.05158562539", lambda: onsager_free_energy(2.0), "onsager1944"),
    Case("T = 2: C", "0.724871448602", lambda: onsager_heat_capacity(2.0), "onsager1944"),
    Case("T = 1.5: |m|", "0.986499602621", lambda: spontaneous_magnetization(1.5), "yang1952"),
    Case("T = 2: |m|", "0.911319377877", lambda: spontaneous_magnetization(2.0), "yang1952"),
    *(
        Case(f"3 × 3: states of E = {E}".replace("-", "−"), g, lambda E=E: _count(3, E), "exact sum")
        for E, g in {-18: "2", -10: "18", -6: "48", -2: "198", 2: "144", 6: "102"}.items()
    ),
    *(
        Case(f"4 × 4: states of E = {E}".replace("-", "−"), g, lambda E=E: _count(4, E), "krauth2006")
        for E, g in zip(
            range(-32, 1, 4), ["2", "", "32", "64", "424", "1728", "6688", "13568", "20524"], strict=True
        )
        if g
    ),
    Case("4 × 4, T = 2: ln Z", "17.10536712", lambda: _levels(4, 2.0).log_Z, "exact sum"),
    Case("4 × 4, T = 2: u", "-1.755380289", lambda: _levels(4, 2.0).U / 16, "exact sum"),
    Case("4 × 4, T = 2: C", "0.6055326572", lambda: _levels(4, 2.0).C / 16, "exact sum"),
    Case("4 × 4, T = 2: |m|", "0.9189432674", lambda: _size_of_m(2.0), "exact sum"),
    Case("4 × 4, T_c: ln Z", "15.521915458755", lambda: _levels(4, T_C).log_Z, "exact sum"),
    Case("4 × 4, T_c: u", "-1.5656237876", lambda: _levels(4, T_C).U / 16, "exact sum"),
    Case("4 × 4, T_c: C", "0.7832668259", lambda: _levels(4, T_C).C / 16, "exact sum"),
    Case("4 × 4, T_c: Binder's U₄", "0.6171993184", _binder, "exact sum"),
    Case("8 × 8, T_c: u", "-1.49158910744", lambda: torus_energy(8, T_C), "kaufman1949"),
    Case("8 × 8, T_c: C", "1.14555923989", lambda: torus_heat_capacity(8, T_C), "kaufman1949"),
    Case("16 × 16, T_c: u", "-1.45306485281", lambda: torus_energy(16, T_C), "kaufman1949"),
    Case("16 × 16, T_c: C", "1.49870495940", lambda: torus_heat_capacity(16, T_C), "kaufman1949"),
    Case("16 × 16, T_c: ln Z", "238.642256635", lambda: torus_log_partition(16, T_C), "kaufman1949"),
    Case(
        "six spins, all coupled: ln Z",
        "4.546344562129",
        lambda: log_partition_exact(*six_spins(), 1.0),
        "exact sum",
    ),
]

KNOWN = {case.what: case.value for case in EXACT}

CASES = [
    *EXACT,
    Case(
        "Metropolis, 4 × 4, T = 2: u",
        KNOWN["4 × 4, T = 2: u"],
        _sampled("metropolis", 4, 2.0, 500, lambda run: run.energy / 16),
        "exact sum",
    ),
    Case(
        "heat bath, 4 × 4, T_c: u",
        KNOWN["4 × 4, T_c: u"],
        _sampled("heat_bath", 4, T_C, 500, lambda run: run.energy / 16),
        "exact sum",
    ),
    Case(
        "Wolff, 4 × 4, T = 2: |m|",
        KNOWN["4 × 4, T = 2: |m|"],
        _sampled("wolff", 4, 2.0, 500, lambda run: abs(run.magnetization) / 16),
        "exact sum",
    ),
    Case(
        "Swendsen–Wang, 8 × 8, T_c: u",
        KNOWN["8 × 8, T_c: u"],
        _sampled("swendsen_wang", 8, T_C, 300, lambda run: run.energy / 64),
        "kaufman1949",
    ),
    Case(
        "Wolff, 16 × 16, T_c: u",
        KNOWN["16 × 16, T_c: u"],
        _sampled("wolff", 16, T_C, 300, lambda run: run.energy / 256),
        "kaufman1949",
    ),
]
