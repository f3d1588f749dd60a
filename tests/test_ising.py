"""The Ising model: exact results against each other, by identities, enumeration and other formulas."""

from functools import partial

import numpy as np
import pytest
from numpy.linalg import matrix_power
from scipy import sparse
from scipy.integrate import quad
from thermolib.boltzmann import boltzmann, log_partition, thermodynamics
from thermolib.ising import (
    T_C,
    chain_log_partition,
    decimate,
    density_of_states,
    energy,
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
    transfer_matrix,
)

from declared import COLD, Fault
from known import known

T = np.array([0.3, 0.7, 1.5, 2.0, T_C - 1e-6, T_C, T_C + 1e-6, 2.3, 3.0, 10.0, 1e3])


def enumerate_torus(L, h=0.0):
    """Every state and its energy, by a plain loop over bonds: shares no code with thermolib."""
    states = np.array(list(np.ndindex(*(2,) * L * L))).reshape(-1, L, L) * 2 - 1
    E = np.zeros(len(states))
    for i in range(L):
        for j in range(L):
            E -= states[:, i, j] * (states[:, (i + 1) % L, j] + states[:, i, (j + 1) % L] + h)
    return states, E


# Identities ------------------------------------------------------------------------------------------


def test_chain():
    assert chain_log_partition(10, 1.0) == pytest.approx(
        known("partition_functions", "ring of 10: ln Z"), abs=1e-10
    )
    assert chain_log_partition(10, 1.0, 0.5) == pytest.approx(
        known("partition_functions", "the same, h = ½"), abs=1e-10
    )
    for N, h in [(1, 0.3), (2, -0.4), (7, 1.2), (12, 0.0)]:
        states = spin_states(N).astype(int)
        E = -(states * np.roll(states, 1, axis=1)).sum(axis=1) - h * states.sum(axis=1)
        t = np.array([0.05, 0.9, 4.0, np.inf])
        np.testing.assert_allclose(chain_log_partition(N, t, h), log_partition(E, t), rtol=1e-12)
        trace = np.trace(matrix_power(transfer_matrix(t[1:], h), N), axis1=-2, axis2=-1)
        np.testing.assert_allclose(np.log(trace), log_partition(E, t[1:]), rtol=1e-12)
    assert chain_log_partition(1000, 1e-5, 0.5) == pytest.approx(1500e5, rel=1e-12)
    h = 1e-6
    u = (
        -(chain_log_partition(100_000, 1 / (0.8 + h)) - chain_log_partition(100_000, 1 / (0.8 - h)))
        / (2 * h)
        / 1e5
    )
    assert u == pytest.approx(-np.tanh(0.8), abs=1e-7)


def test_the_sign_of_the_field_does_not_matter():
    for N, t, h in [(10, 1e-3, 0.5), (3, 1.0, 2.0), (7, 0.05, 40.0)]:
        assert chain_log_partition(N, t, -h) == chain_log_partition(N, t, h) < np.inf


def test_renormalization():
    """Decimation keeps Z: 2N spins at K are N at K', each giving a factor 2√cosh 2K."""
    K = 0.7
    assert decimate(1.0) == pytest.approx(known("partition_functions", "decimation of K = 1"), abs=1e-12)
    factor = np.log(2) + np.log(np.cosh(2 * K)) / 2
    assert chain_log_partition(12, 1 / K) == pytest.approx(
        6 * factor + chain_log_partition(6, 1 / decimate(K))
    )
    np.testing.assert_allclose(
        decimate(np.array([0.1, -0.1, 2.0])), np.log(np.cosh([0.2, 0.2, 4.0])) / 2, rtol=1e-12
    )
    assert decimate(1e4) == pytest.approx(1e4 - np.log(2) / 2)
    fixed = 0.3046889
    assert migdal_kadanoff(fixed) == pytest.approx(fixed, abs=1e-6)
    assert migdal_kadanoff(0.4) == pytest.approx(np.log(np.cosh(1.6)) / 2, rel=1e-12)
    exponent = np.log2((migdal_kadanoff(fixed + 1e-5) - migdal_kadanoff(fixed - 1e-5)) / 2e-5)
    assert exponent == pytest.approx(np.log2(2 * np.tanh(4 * fixed)), abs=1e-6)


def test_onsager_and_yang():
    value = partial(known, "partition_functions")
    for at in (1.5, 2.0, 2.3, 3.0):
        assert onsager_energy(at) == pytest.approx(value(f"T = {at:g}: u"), abs=1e-10)
        M = value(f"T = {at:g}: |m|") if at < T_C else 0.0
        assert spontaneous_magnetization(at) == pytest.approx(M, abs=1e-11)
    assert onsager_free_energy(2.0) == pytest.approx(value("T = 2: f"), abs=1e-11)
    assert onsager_heat_capacity(2.0) == pytest.approx(value("T = 2: C"), abs=1e-10)
    assert onsager_energy(T_C) == pytest.approx(-np.sqrt(2), abs=1e-10)
    assert onsager_free_energy(T_C) == pytest.approx(value("at T_c: f"), abs=1e-11)
    assert spontaneous_magnetization(T_C) == 0 and onsager_heat_capacity(T_C) == np.inf


def test_onsager_by_his_double_integral():
    """−f/T = ln 2 + ½⟨ln[cosh² 2K − sinh 2K (cos p + cos q)]⟩, where the mean over q is
    ⟨ln(a − b cos q)⟩ = ln[(a + √(a² − b²))/2]."""
    for t in (0.9, 2.0, T_C - 1e-3, T_C + 1e-4, 2.5, 7.0):
        s = np.sinh(2 / t)

        def inner(p, s=s):
            less = (1 - s) ** 2 + 2 * s * np.sin(p / 2) ** 2  # a − b, without cancelling near T_C
            return np.log((less + s + np.sqrt(less * (less + 2 * s))) / 2)

        mean_p = quad(inner, 0, np.pi, epsabs=1e-12, limit=500, points=[1e-4, 1e-3, 1e-2, 0.1])[0] / np.pi
        assert -onsager_free_energy(t) / t == pytest.approx(np.log(2) + mean_p / 2, abs=1e-11)


def test_heat_capacity_beside_its_pole():
    """∞ at T_C and nowhere else, where C grows by (2/π)(2/T_C)² ln 1000 for every three digits nearer.

    The next term of C is of order δ ln δ, δ = 1 − T/T_C, below 2e-5 here; and the last digit of T_C, 2e-16,
    is 2e-4 of a δ of 1e-12.
    """
    for side in (1, -1):
        near = [onsager_heat_capacity(T_C * (1 + side * 10.0**-k)) for k in (6, 9, 12)]
        np.testing.assert_allclose(np.diff(near), 2 / np.pi * (2 / T_C) ** 2 * np.log(1000), atol=1e-3)
    assert onsager_heat_capacity(T_C) == np.inf


def test_above_the_series_begins():
    """u and C on both sides of T = 100, to every digit claimed, by the high-temperature series of ln Z.

    ln Z/N = ln 2 + 2 ln cosh K + v⁴ + 2v⁶ + 9/2 v⁸ + 12 v¹⁰ + …, v = tanh K, by the polygons on the lattice;
    the next term is some 40 v¹². The library's C leaves out 700/2 v⁸ of itself, 4e-14 at T = 100. Just below,
    the closed form cancels: 1e-14 is left of a C of 2e-4.
    """
    for t, digits in [(101.0, 1e-13), (100.000001, 1e-13), (99.999999, 1e-10), (1000.0, 1e-14)]:
        K = 1 / t
        v, slope = np.tanh(K), 1 / np.cosh(K) ** 2  # dv/dK
        polygons = {4: 1.0, 6: 2.0, 8: 4.5, 10: 12.0}
        du = sum(n * a * v ** (n - 1) for n, a in polygons.items())
        ddu = sum(n * (n - 1) * a * v ** (n - 2) for n, a in polygons.items())
        assert onsager_energy(t) == pytest.approx(-(2 * v + du * slope), rel=digits, abs=0)
        C = K**2 * (2 * slope + ddu * slope**2 - 2 * v * slope * du)
        assert onsager_heat_capacity(t) == pytest.approx(C, rel=digits, abs=0)


def test_onsager_derivatives():
    """u = ∂(f/T)/∂(1/T) and C = du/dT by central differences, on both sides of the series' start too."""
    t = np.array([0.8, 1.7, 2.2, 2.4, 5.0, 99.9, 100.1, 500.0])
    h = 1e-4 / t
    up, down = ((onsager_free_energy(1 / x) * x) for x in (1 / t + h, 1 / t - h))
    np.testing.assert_allclose(onsager_energy(t), (up - down) / (2 * h), rtol=1e-6)
    up, down = (onsager_energy(x) for x in (t * (1 + 1e-5), t * (1 - 1e-5)))
    np.testing.assert_allclose(onsager_heat_capacity(t), (up - down) / (2e-5 * t), rtol=1e-5, atol=1e-12)


def test_infinite_temperature_and_zero():
    for u in (onsager_energy, onsager_heat_capacity, spontaneous_magnetization):
        assert u(np.inf) == 0
    assert torus_log_partition(6, np.inf) == pytest.approx(36 * np.log(2))
    assert torus_energy(6, np.inf) == pytest.approx(0, abs=1e-14) and torus_heat_capacity(6, np.inf) == 0
    cold = 0.01
    assert onsager_energy(cold) == -2 and onsager_free_energy(cold) == -2
    assert onsager_heat_capacity(cold) == pytest.approx(0, abs=1e-15)
    assert spontaneous_magnetization(cold) == 1
    assert torus_energy(64, cold) == pytest.approx(-2) and torus_heat_capacity(64, cold) == pytest.approx(
        0, abs=1e-9
    )
    assert torus_log_partition(64, cold) == pytest.approx(8192 / cold + np.log(2))


def test_heat_capacity_at_extreme_temperatures():
    extreme = [1e-200, 1e200]  # whose squares are no doubles
    np.testing.assert_allclose(torus_energy(4, extreme), [-2, 0], atol=1e-15)
    np.testing.assert_array_equal(torus_heat_capacity(4, extreme), 0)
    np.testing.assert_array_equal(onsager_heat_capacity(extreme), 0)


@pytest.mark.parametrize("L", [2, 3, 4, 5])
def test_kaufman_by_enumeration(L):
    """ln Z, u and C of the torus at every kind of temperature, against the sum over all states."""
    E, counts = density_of_states(L)
    exact = thermodynamics(E, T, np.log(counts))
    np.testing.assert_allclose(torus_log_partition(L, T), exact.log_Z, rtol=1e-13)
    np.testing.assert_allclose(torus_energy(L, T), exact.U / L**2, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(torus_heat_capacity(L, T), exact.C / L**2, rtol=1e-10, atol=1e-13)


def test_kaufman_large():
    np.testing.assert_allclose(
        torus_energy(8, T_C), known("partition_functions", "8 × 8, T_c: u"), atol=1e-11
    )
    assert torus_heat_capacity(8, T_C) == pytest.approx(
        known("partition_functions", "8 × 8, T_c: C"), abs=1e-11
    )
    assert torus_energy(16, T_C) == pytest.approx(known("partition_functions", "16 × 16, T_c: u"), abs=1e-11)
    assert torus_heat_capacity(16, T_C) == pytest.approx(
        known("partition_functions", "16 × 16, T_c: C"), abs=1e-11
    )
    assert torus_log_partition(16, T_C) == pytest.approx(
        known("partition_functions", "16 × 16, T_c: ln Z"), abs=1e-9
    )
    # Away from T_C a torus of 64 differs from the infinite lattice by e^{−64/ξ} only: ξ < 2 at these T
    away = np.array([0.5, 1.5, 4.0, 20.0])
    np.testing.assert_allclose(torus_energy(64, away), onsager_energy(away), atol=1e-10)
    np.testing.assert_allclose(torus_heat_capacity(64, away), onsager_heat_capacity(away), atol=1e-10)
    # f − f(64): below T_C the two ordered phases are ln 2 together
    np.testing.assert_allclose(
        -away * torus_log_partition(64, away) / 4096,
        onsager_free_energy(away) - away * np.where(away < T_C, np.log(2), 0) / 4096,
        rtol=1e-12,
    )
    # ln Z by Kaufman's own products over γ, with γ₀ signed, evaluated in logs
    for t in (1.7, 2.2, 2.4, 3.5):
        K, L = 1 / t, 64
        gamma = np.arccosh(np.cosh(2 * K) / np.tanh(2 * K) - np.cos(np.pi * np.arange(2 * L) / L))
        gamma[0] = 2 * K + np.log(np.tanh(K))
        x = L * gamma / 2
        logs = [np.log(2 * np.cosh(y)).sum() for y in (x[1::2], x[::2])]
        logs += [np.log(np.abs(2 * np.sinh(y))).sum() for y in (x[1::2], x[::2])]
        signs = np.array([1, 1, 1, np.sign(gamma[0])])
        total = (signs * np.exp(np.array(logs) - max(logs))).sum()
        expected = -np.log(2) + L * L / 2 * np.log(2 * np.sinh(2 * K)) + max(logs) + np.log(total)
        assert torus_log_partition(L, t) == pytest.approx(expected, rel=1e-12)


def test_density_of_states():
    g3 = {-18: 2, -10: 18, -6: 48, -2: 198, 2: 144, 6: 102}
    g4 = {32: 2, 24: 32, 20: 64, 16: 424, 12: 1728, 8: 6688, 4: 13568, 0: 20524}
    for L, expected in [(3, g3), (4, {s * e: n for e, n in g4.items() for s in (1, -1)})]:
        E, counts = density_of_states(L)
        assert dict(zip(E.tolist(), counts.tolist(), strict=True)) == expected
        assert np.all(np.diff(E) > 0) and counts.dtype == np.int64
    for L in (2, 3, 4):
        values, numbers = np.unique(enumerate_torus(L)[1], return_counts=True)
        np.testing.assert_array_equal(density_of_states(L), [values, numbers])
    E, counts = density_of_states(5)
    assert counts.sum() == 2**25 and counts[0] == 2 and counts[1] == 50


def test_spin_states_and_energy():
    states = spin_states(9)
    assert states.dtype == np.int8 and len(np.unique(states, axis=0)) == 512
    bits = (states[300] + 1) // 2
    assert (bits * 2 ** np.arange(9)).sum() == 300
    for L, h in [(2, 0.0), (3, -0.7)]:
        tori, E = enumerate_torus(L, h)
        np.testing.assert_allclose(lattice_energy(tori, h), E)
    assert lattice_energy(np.ones((2, 5, 20, 20)), 0.5).tolist() == [[-1000.0] * 5] * 2


def test_energy_of_couplings():
    """Every pair once and every field once, over all states: by plain loops, which share no code."""
    rng = np.random.default_rng(3)
    J, h = np.triu(rng.normal(size=(6, 6)), 1), rng.normal(size=6)
    states = np.array(list(np.ndindex(2, 2, 2, 2, 2, 2))) * 2 - 1
    expected = np.zeros(64)
    for k, s in enumerate(states):
        for i in range(6):
            expected[k] -= h[i] * s[i]
            for j in range(i + 1, 6):
                expected[k] -= J[i, j] * s[i] * s[j]
    J = J + J.T
    for form in (np.array, sparse.coo_array, sparse.csr_array, sparse.csc_matrix):
        np.testing.assert_allclose(energy(form(J), h, states), expected, atol=1e-13)
    stack = states.reshape(4, 2, 8, 6)
    np.testing.assert_allclose(energy(J, h, stack), expected.reshape(4, 2, 8), atol=1e-13)
    np.testing.assert_allclose(energy(J, 0.0, states) - energy(J, 0.5, states), 0.5 * states.sum(axis=1))
    assert type(energy(J, h, states[5])) is np.float64 and energy(J, h, states[:0]).shape == (0,)


@pytest.mark.parametrize("kind", [np.int8, np.float32, np.int64, bool])
def test_energy_of_small_integers(kind):
    """400 spins of any type: a sum of 400 ones is −112 in int8."""
    J = np.ones((400, 400)) - np.eye(400)
    s = np.ones(400, dtype=kind)
    assert energy(J, 1.0, s) == -400 * 399 / 2 - 400
    assert energy(sparse.csr_array(J.astype(np.int8)), np.ones(400, np.int8), s) == -400 * 399 / 2 - 400
    if kind is not bool:
        half = np.where(np.arange(400) % 2, 1, -1).astype(kind)
        assert energy(J, 0.0, half) == 200  # −(M² − N)/2


def test_energy_of_a_lattice():
    """The torus by its couplings is the torus by its rows and columns; L = 2 has its bonds twice."""
    for L in (2, 3, 5):
        sites = np.arange(L * L).reshape(L, L)
        J = np.zeros((L * L, L * L))
        for axis in (0, 1):
            np.add.at(J, (sites, np.roll(sites, 1, axis)), 1.0)
        spins = np.random.default_rng(L).choice([-1, 1], size=(20, L, L))
        np.testing.assert_array_equal(
            energy(J + J.T, 0.3, spins.reshape(20, -1)).round(9), lattice_energy(spins, 0.3).round(9)
        )


def test_log_partition_exact():
    rng = np.random.default_rng(0)
    for n in (1, 2, 5, 11):
        J, h = rng.normal(size=(n, n)), rng.normal(size=n)
        J = J + J.T
        np.fill_diagonal(J, 0)
        s = spin_states(n).astype(float)
        E = np.array([-sum(J[i, j] * x[i] * x[j] for i in range(n) for j in range(i)) - h @ x for x in s])
        t = np.array([[0.1, 1.0], [5.0, np.inf]])
        np.testing.assert_allclose(log_partition_exact(J, h, t), log_partition(E, t), rtol=1e-12)
    i = np.arange(6)
    J = 0.3 * np.cos(1 + np.outer(i, i) + i + i[:, None])
    np.fill_diagonal(J, 0)
    assert log_partition_exact(J, 0.2 * np.sin(1 + i), 1.0) == pytest.approx(
        known("partition_functions", "six spins, all coupled: ln Z"), abs=1e-11
    )
    ring = np.roll(np.eye(18), 1, axis=0) + np.roll(np.eye(18), -1, axis=0)
    rounded = ring * (1 + 1e-15 * np.triu(np.ones_like(ring)))  # symmetric but for the last digits
    assert log_partition_exact(rounded, 0.3, 0.9) == pytest.approx(
        log_partition_exact(ring, 0.3, 0.9), rel=1e-13
    )
    assert log_partition_exact(ring, 0.3, 0.9) == pytest.approx(chain_log_partition(18, 0.9, 0.3), rel=1e-12)


def test_magnetization_and_binder_cumulant_of_4x4():
    states, E = enumerate_torus(4)
    m = states.reshape(len(states), 16).mean(axis=1, dtype=float)
    at_2, at_c = (boltzmann(E, T) for T in (2.0, T_C))
    assert at_2 @ np.abs(m) == pytest.approx(known("partition_functions", "4 × 4, T = 2: |m|"), abs=1e-10)
    assert 1 - (at_c @ m**4) / (3 * (at_c @ m**2) ** 2) == pytest.approx(
        known("partition_functions", "4 × 4, T_c: Binder's U₄"), abs=1e-10
    )


def test_critical_entropy_of_the_infinite_lattice():
    # s(T_c) = (u − f)/T_c, with f = −T_c (½ ln 2 + 2G/π), G Catalan's constant
    catalan = 0.915965594177219015
    s = (onsager_energy(T_C) - onsager_free_energy(T_C)) / T_C
    assert s == pytest.approx(np.log(2) / 2 + 2 * catalan / np.pi - np.sqrt(2) / T_C, abs=1e-12)
    assert s == pytest.approx(known("partition_functions", "at T_c: s"), abs=1e-12)


@pytest.mark.parametrize("flow", [decimate, migdal_kadanoff])
def test_a_flow_of_many_couplings(flow):
    """The axes are those of K, and no axis gives a scalar."""
    for one in (2.5, np.float64(2.5), np.array(2.5), 2):
        assert type(flow(one)) is np.float64
    many = flow([[2.5, 1.0, 2.0]])
    assert type(many) is np.ndarray and many.shape == (1, 3) and many[0, 0] == flow(2.5)


# What is asked of every module (declared.py) ---------------------------------------------------------

up = np.ones((4, 4))
ring = np.roll(np.eye(4), 1, axis=0) + np.roll(np.eye(4), -1, axis=0)
COLD_MATRIX = (1 + 0.5) / np.log(np.finfo(float).max)  # e^{(1 + h)/T} is the largest double, for h = ½

CALLS = {
    "transfer_matrix": lambda T=2.0: transfer_matrix(T),
    "onsager_free_energy": lambda T=2.0: onsager_free_energy(T),
    "onsager_energy": lambda T=2.0: onsager_energy(T),
    "onsager_heat_capacity": lambda T=2.0: onsager_heat_capacity(T),
    "spontaneous_magnetization": lambda T=2.0: spontaneous_magnetization(T),
    "chain_log_partition": lambda T=2.0: chain_log_partition(5, T),
    "torus_log_partition": lambda T=2.0: torus_log_partition(4, T),
    "torus_energy": lambda T=2.0: torus_energy(4, T),
    "torus_heat_capacity": lambda T=2.0: torus_heat_capacity(4, T),
    "log_partition_exact": lambda T=2.0: log_partition_exact(ring, 0.3, T),
    "decimate": lambda: decimate(1.0),
    "migdal_kadanoff": lambda: migdal_kadanoff(1.0),
    "density_of_states": lambda: density_of_states(2),
    "spin_states": lambda: spin_states(2),
    "energy": lambda: energy(ring, 0.5, np.ones(4)),
    "lattice_energy": lambda: lattice_energy(up),
}
BAD = {
    "a torus of half a row": (lambda: torus_log_partition(2.5, 2.0), "got 2.5"),
    "heat of a torus of one": (lambda: torus_heat_capacity(1, 2.0), "got 1"),
    "fields of a matrix": (
        lambda: transfer_matrix(1.0, [1, 2]),
        r"h must be one number, got \[1.0, 2.0\]",
    ),
    "fields of a ring": (
        lambda: chain_log_partition(3, 1.0, [0.5]),
        r"h must be one number, got \[0.5\]",
    ),
    "fields of a lattice": (lambda: lattice_energy(up, [0.5]), r"h must be one number, got \[0.5\]"),
    "cold matrix": (lambda: transfer_matrix(1e-3), "too low"),
    "ring of none": (lambda: chain_log_partition(0, 1.0), "got 0"),
    "ring of 2.5": (lambda: chain_log_partition(2.5, 1.0), "got 2.5"),
    "NaN field": (lambda: chain_log_partition(3, 1.0, np.nan), "h must not"),
    "NaN coupling": (lambda: decimate(np.nan), "K must not"),
    "NaN coupling in 2-D": (lambda: migdal_kadanoff(np.nan), "K must not"),
    "torus of one": (lambda: torus_energy(1, 2.0), "got 1"),
    "torus of True": (lambda: torus_energy(True, 2.0), "got True"),
    "enumeration 6×6": (lambda: density_of_states(6), "from 2 to 5, got 6"),
    "enumeration 1×1": (lambda: density_of_states(1), "got 1"),
    "states of 25": (lambda: spin_states(25), "from 1 to 24, got 25"),
    "sum over 25": (lambda: log_partition_exact(np.zeros((25, 25)), 0.0, 1.0), "got 25"),
    "J not square": (lambda: log_partition_exact(np.zeros((3, 4)), 0.0, 1.0), r"\(3, 4\)"),
    "J asymmetric": (
        lambda: log_partition_exact(np.triu(ring), 0.0, 1.0),
        r"J\[0, 1\] = 1.0 and J\[1, 0\] = 0.0",
    ),
    "J with a diagonal": (
        lambda: log_partition_exact(ring + np.eye(4), 0.0, 1.0),
        r"diagonal, got J\[0, 0\] = 1",
    ),
    "h of another length": (lambda: log_partition_exact(ring, np.zeros(3), 1.0), r"\(3,\)"),
    "h of length 1": (lambda: log_partition_exact(ring, [0.5], 1.0), r"\(1,\)"),
    "energy of a rectangle": (lambda: lattice_energy(np.ones((3, 4))), r"\(3, 4\)"),
    "energy of zeros": (lambda: lattice_energy(np.zeros((3, 3))), "±1"),
    "spins of another number": (lambda: energy(ring, 0.0, np.ones(3)), r"\(\.\.\., 4\), got \(3,\)"),
    "the energy of no spins": (lambda: energy(ring, 0.0, 1.0), r"\(\.\.\., 4\), got \(\)"),
    "spins of 0 and 1": (lambda: energy(ring, 0.0, [0, 1, 1, 0]), "±1, got values from 0.0 to 1.0"),
    "half a spin": (lambda: energy(ring, 0.0, [1, 1, 0.5, -1]), "s must be ±1"),
    "an energy of triangular J": (lambda: energy(np.triu(ring), 0.0, np.ones(4)), r"J\[1, 0\] = 0.0"),
}
LIMITS = [
    (lambda T: transfer_matrix(T, 0.5), COLD_MATRIX * (1 + 1e-12), COLD_MATRIX * (1 - 1e-12)),
    (lambda N: chain_log_partition(N, 1.0), 1, 0),
    (lambda L: torus_log_partition(L, 1.0), 2, 1),
    (density_of_states, 2, 1),
    (density_of_states, 5, 6),
    (spin_states, 1, 0),
    (lambda n: log_partition_exact(np.zeros((n, n)), 0.0, 1.0), 24, 25),
    (lambda L: lattice_energy(np.ones((L, L))), 2, 1),
]
AS_COLD = [
    (lambda: chain_log_partition(5, COLD), 5 / COLD),
    (lambda: chain_log_partition(5, COLD, -1.5), 12.5 / COLD),
    (lambda: chain_log_partition(5, COLD, 1e9), np.inf),
    (lambda: chain_log_partition(10**9, COLD, 3.0), np.inf),
    (lambda: onsager_free_energy(COLD), -2),
    (lambda: onsager_energy(COLD), -2),
    (lambda: onsager_heat_capacity(COLD), 0),
    (lambda: spontaneous_magnetization(COLD), 1),
    (lambda: torus_log_partition(2, COLD), 8 / COLD),
    (lambda: torus_energy(2, COLD), -2),
    (lambda: torus_heat_capacity(2, COLD), 0),
    (lambda: torus_log_partition(64, COLD), 8192 / COLD),
    (lambda: torus_log_partition(10_000, COLD), np.inf),
    (lambda: log_partition_exact(ring, 0.0, COLD), 4 / COLD),
]
FAULTS = [
    Fault(
        "double-counted bonds",
        "np.roll(s, 1, axis=-1) + np.roll(s, 1, axis=-2)",
        "np.roll(s, 1, axis=-1) + np.roll(s, 1, axis=-2) + np.roll(s, -1, axis=-1) + np.roll(s, -1, axis=-2)",
        "test_spin_states_and_energy",
    ),
    Fault("missing field in the ring", "abs(h) / T", "0 * abs(h) / T", "test_chain"),
    Fault(
        "couplings between the halves dropped",
        " - a[part] @ dense[:half, half:] @ b.T",
        "",
        "test_log_partition_exact",
    ),
    Fault(
        "γ₀ unsigned",
        "sign = np.where(zeta.f < 0, -1.0, 1.0)",
        "sign = np.ones_like(zeta.f)",
        "test_kaufman_by_enumeration",
        file="_kaufman.py",
    ),
    Fault(
        "Onsager's κ' unsigned", "kappa1 = t**2 - r**2", "kappa1 = abs(t**2 - r**2)", "test_onsager_and_yang"
    ),
    Fault("Yang's exponent", "** 0.125", "** 0.25", "test_onsager_and_yang"),
    Fault(
        "decimation without its half",
        "np.log1p(np.expm1(-4 * K) / 2) / 2",
        "np.log1p(np.expm1(-4 * K) / 2)",
        "test_renormalization",
    ),
    Fault(
        "a pair of spins counted from both of its ends",
        "-0.5 * (s * Js)",
        "-1.0 * (s * Js)",
        "test_energy_of_couplings",
    ),
    Fault("a field that must point up", "abs(h) / T", "h / T", "test_the_sign_of_the_field_does_not_matter"),
    Fault(
        "a series cut after two terms",
        "2 * v + 4 * v**3 + 8 * v**5 + 24 * v**7",
        "2 * v + 4 * v**3",
        "test_above_the_series_begins",
    ),
    Fault(
        "a quadrature too coarse",
        "epsabs=1e-13, epsrel=1e-13",
        "epsabs=1e-4, epsrel=1e-4",
        "test_onsager_by_his_double_integral",
    ),
    Fault(
        "an elliptic modulus above 1",
        "ellipe(np.minimum((2 * t * r) ** 2, 1.0))",
        "ellipe((2 * t * r) ** 2)",
        "test_heat_capacity_beside_its_pole",
    ),
]
