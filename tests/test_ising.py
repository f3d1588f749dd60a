"""The Ising model: exact results against each other, and every sampler against the exact ones.

The order is that of trust: identities, the exact transition matrices of the real kernels, no drift from
exact draws, averages with their errors. Seeds are fixed; no tolerance was fitted to them.
"""

from functools import partial

import numpy as np
import pytest
from numpy.linalg import matrix_power
from scipy import sparse
from scipy.integrate import quad
from scipy.sparse.csgraph import connected_components
from thermolib import _kernels, ising
from thermolib.boltzmann import boltzmann, log_partition, thermodynamics
from thermolib.chains import jackknife, mean
from thermolib.ising import (
    T_C,
    chain_log_partition,
    decimate,
    density_of_states,
    energy,
    heat_bath,
    lattice_energy,
    log_partition_exact,
    metropolis,
    migdal_kadanoff,
    onsager_energy,
    onsager_free_energy,
    onsager_heat_capacity,
    spin_states,
    spontaneous_magnetization,
    swendsen_wang,
    torus_energy,
    torus_heat_capacity,
    torus_log_partition,
    transfer_matrix,
    wolff,
)

from declared import COLD, Fault
from dice import Dice, SplitMix

SAMPLERS = [metropolis, heat_bath, wolff, swendsen_wang]
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
    assert chain_log_partition(10, 1.0) == pytest.approx(11.3328652362, abs=1e-10)
    assert chain_log_partition(10, 1.0, 0.5) == pytest.approx(15.1043382181, abs=1e-10)
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
    assert decimate(1.0) == pytest.approx(0.662501373679, abs=1e-12)
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


@pytest.mark.parametrize(
    ("at", "u", "C", "f", "M"),
    [
        (1.5, -1.95111657308, None, None, 0.986499602621),
        (2.0, -1.74556457531, 0.724871448602, -2.05158562539, 0.911319377877),
        (T_C, -np.sqrt(2), np.inf, -2.109651144608, 0.0),
        (2.3, -1.34286638770, None, None, 0.0),
        (3.0, -0.817309592502, None, None, 0.0),
    ],
)
def test_onsager_and_yang(at, u, C, f, M):
    assert onsager_energy(at) == pytest.approx(u, abs=1e-10)
    assert spontaneous_magnetization(at) == pytest.approx(M, abs=1e-11)
    if f is not None:
        assert onsager_free_energy(at) == pytest.approx(f, abs=1e-11)
        assert onsager_heat_capacity(at) == pytest.approx(C, abs=1e-10)


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
    np.testing.assert_allclose(torus_energy(8, T_C), -1.49158910744, atol=1e-11)
    assert torus_heat_capacity(8, T_C) == pytest.approx(1.14555923989, abs=1e-11)
    assert torus_energy(16, T_C) == pytest.approx(-1.45306485281, abs=1e-11)
    assert torus_heat_capacity(16, T_C) == pytest.approx(1.49870495940, abs=1e-11)
    assert torus_log_partition(16, T_C) == pytest.approx(238.642256635, abs=1e-9)
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
    assert log_partition_exact(J, 0.2 * np.sin(1 + i), 1.0) == pytest.approx(4.546344562129, abs=1e-11)
    ring = np.roll(np.eye(18), 1, axis=0) + np.roll(np.eye(18), -1, axis=0)
    rounded = ring * (1 + 1e-15 * np.triu(np.ones_like(ring)))  # symmetric but for the last digits
    assert log_partition_exact(rounded, 0.3, 0.9) == pytest.approx(
        log_partition_exact(ring, 0.3, 0.9), rel=1e-13
    )
    assert log_partition_exact(ring, 0.3, 0.9) == pytest.approx(chain_log_partition(18, 0.9, 0.3), rel=1e-12)


# The exact transition matrices of the kernels as written -----------------------------------------------


@pytest.fixture
def dice(monkeypatch):
    dice = Dice()
    dice.load(monkeypatch, "single_flips", "clusters", "grow")
    return dice


def transition_matrix(dice, sampler, L, t, h, **options):
    """P[i, j] of one sweep, states in the order of spin_states."""
    states = spin_states(L * L)
    P = np.zeros((len(states), len(states)))
    for i, s in enumerate(states):
        for p, run in dice.outcomes(lambda s=s: sampler(s.reshape(L, L), t, 1, h=h, rng=0, **options)):
            P[i, ((run.spins.ravel() + 1) // 2) @ 2 ** np.arange(L * L)] += p
    return P


def keeps_the_law(P, L, t, h):
    pi = boltzmann(lattice_energy(spin_states(L * L).reshape(-1, L, L), h), t)
    np.testing.assert_allclose(P.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(pi @ P, pi, atol=1e-12)
    return pi


def classes(P):
    """Sizes of the strongly connected components of the graph of possible steps."""
    return sorted(np.bincount(connected_components(P > 0, connection="strong")[1]).tolist(), reverse=True)


def one_site(monkeypatch, k):
    """A sweep of which only the k-th update is made: the sweep's matrix is the product of these."""
    full = _kernels.single_flips
    part = lambda s, neighbours, order, *rest: full(s, neighbours, order[k : k + 1], *rest)  # noqa: E731
    monkeypatch.setattr(_kernels, "single_flips", part)


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("h", [0.0, 0.4])
def test_transition_matrix_2x2(sampler, h, dice, monkeypatch):
    """πP = π, and one class: the whole sweep of the real code on 2×2, where bonds are double."""
    t = 2.5
    if sampler is metropolis:
        one_site(monkeypatch, 0)
    P = transition_matrix(dice, sampler, 2, t, h)
    pi = keeps_the_law(P, 2, t, h)
    assert classes(P) == [16]
    if sampler is not heat_bath:  # a sweep in a fixed order keeps π without detailed balance
        np.testing.assert_allclose(pi[:, None] * P, (pi[:, None] * P).T, atol=1e-12)


def test_metropolis_on_3x3(dice, monkeypatch):
    """Random sites reach everything. The same rule row by row keeps π, and yet cuts the states in five."""
    t = 2.5
    full = _kernels.single_flips
    one_site(monkeypatch, 0)
    P = transition_matrix(dice, metropolis, 3, t, 0.0)
    keeps_the_law(P, 3, t, 0.0)
    assert classes(matrix_power(P, 9)) == [512]
    scan = np.eye(512)
    for k in range(9):
        monkeypatch.setattr(_kernels, "single_flips", full)
        one_site(monkeypatch, k)
        scan = scan @ transition_matrix(dice, metropolis, 3, t, 0.0, order="rows")
    keeps_the_law(scan, 3, t, 0.0)
    assert classes(scan) == [504, 2, 2, 2, 2]


def test_heat_bath_on_3x3(dice, monkeypatch):
    t, h = 1.8, 0.3
    full = _kernels.single_flips
    scan = np.eye(512)
    for k in range(9):
        monkeypatch.setattr(_kernels, "single_flips", full)
        one_site(monkeypatch, k)
        scan = scan @ transition_matrix(dice, heat_bath, 3, t, h)
    keeps_the_law(scan, 3, t, h)
    assert classes(scan) == [512]


# Trajectories: given spins and given random bits, to the bit ---------------------------------------------


def by_hand(rule, start, T, h, sweeps, state, order=None):
    """A sampler in plain Python, on one lattice: the last spins, and E and Σs after every sweep."""
    L, roll = len(start), SplitMix(state)
    s = {(i, j): int(start[i, j]) for i in range(L) for j in range(L)}
    sites = list(s)  # row by row
    around = {
        (i, j): [(i, (j + 1) % L), (i, (j - 1) % L), ((i + 1) % L, j), ((i - 1) % L, j)] for i, j in sites
    }  # right, left, below, above

    def cluster(site, seen):
        """What grows from `site`: a member asks its neighbours in turn, members in the order of joining."""
        members = [site]
        seen.add(site)
        for one in members:
            for other in around[one]:
                if other not in seen and s[other] == s[one] and roll.chance(-np.expm1(-2 / T)):
                    seen.add(other)
                    members.append(other)
        return members

    def single(accept, visited):
        for site in visited:
            site = sites[roll.below(L * L)] if site is None else site
            rise = 2 * s[site] * (sum(s[other] for other in around[site]) + h)
            if roll.chance(accept(rise / T)):
                s[site] *= -1

    def turn(members, chance):
        if roll.chance(chance(2 * h * s[members[0]] * len(members) / T)):
            for one in members:
                s[one] *= -1

    black = [(i, j) for i, j in sites if (i + j) % 2 == 0]
    orders = {
        "random": [None] * (L * L),
        "rows": sites,
        "checkerboard": black + [x for x in sites if x not in black],
    }
    fair = lambda x: 1 / (1 + np.exp(x))  # noqa: E731
    series = []
    for _ in range(sweeps):
        if rule is metropolis:
            single(lambda x: np.exp(-max(x, 0)), orders[order or "random"])
        elif rule is heat_bath:
            single(fair, sites)
        elif rule is wolff:
            turn(cluster(sites[roll.below(L * L)], set()), lambda x: np.exp(-x))
        else:
            seen = set()
            for site in sites:
                if site not in seen:
                    turn(cluster(site, seen), fair)
        bonds = sum(s[i, j] * (s[i, (j + 1) % L] + s[(i + 1) % L, j]) for i, j in sites)
        series.append((-bonds - h * sum(s.values()), sum(s.values())))
    return np.array([s[x] for x in sites]).reshape(L, L), *np.array(series).T


@pytest.mark.parametrize(
    ("sampler", "options"),
    [
        (metropolis, {}),
        (metropolis, {"order": "rows"}),
        (metropolis, {"order": "checkerboard"}),
        (heat_bath, {}),
        (wolff, {}),
        (swendsen_wang, {}),
    ],
)
@pytest.mark.parametrize("h", [0.0, -0.25])
def test_trajectories(sampler, options, h):
    """Six chains at six temperatures, each with a random state of its own that is drawn from rng.

    This shows the order of the sites, that a cluster always turns where there is no field, that a heat bath
    at T = ∞ draws every spin afresh, and that no chain knows of another.
    """
    t = np.array([[0.7, T_C, 3.0], [9.0, np.inf, 2.0]])
    start = np.random.default_rng(30).choice([-1, 1], size=(2, 3, 4, 4))
    run = sampler(start, t, 12, h=h, rng=31, **options)
    states = np.random.default_rng(31).integers(2**64, size=6, dtype=np.uint64).reshape(2, 3)
    assert len(np.unique(states)) == 6 and states.max() > 2**60
    for c in np.ndindex(2, 3):
        spins, E, M = by_hand(sampler, start[c], t[c], h, 12, states[c], **options)
        assert run.spins[c].tolist() == spins.tolist()
        assert run.energy[c].tolist() == E.tolist() and run.magnetization[c].tolist() == M.tolist()


def test_a_checkerboard_is_one():
    """At T = ∞ Metropolis turns whatever it visits: after half a sweep, every second site along each line."""
    i, j = np.indices((6, 6))
    order = ising._order(6, "checkerboard")
    half = np.ones(36, int)
    half[order[:18]] = -1
    assert half.reshape(6, 6).tolist() == np.where((i + j) % 2, 1, -1).tolist()
    assert sorted(order.tolist()) == list(range(36))


def test_a_cluster_always_turns_without_a_field():
    """20 000 clusters on 2×2 at three temperatures: each changes Σs, by its size."""
    run = wolff(np.ones((3, 2, 2)), [1.0, T_C, np.inf], 20_000, rng=1)
    change = np.diff(run.magnetization, axis=1)
    assert np.all(change != 0)
    assert np.all(np.abs(change[2]) == 2)  # at T = ∞ a cluster is one spin


def test_every_chain_goes_its_own_way():
    """64 chains of 64 spins after one sweep at T = ∞: no two alike, and none the other, one draw later."""
    run = heat_bath(np.ones((64, 8, 8)), np.inf, 1, rng=2)
    rows = run.spins.reshape(64, 64)
    assert len(np.unique(rows, axis=0)) == 64
    # 64 · 63 · 4 comparisons of 60 fair coins: 52 alike by chance has a probability of 4e-9 each
    for shift in range(1, 5):
        alike = (rows[:, None, shift:] == rows[None, :, :-shift]).sum(axis=-1)
        assert alike[~np.eye(64, dtype=bool)].max() < 52 + shift


# No drift, and averages with their errors ----------------------------------------------------------------


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("h", [0.0, 0.3])
def test_no_drift(sampler, h):
    """From exact draws the law does not move: n chains on 3×3, three sweeps, all 512 states counted.

    The total variation between a law and its histogram has a mean ≤ ½ Σ √(p(1−p)/n), the Monte Carlo
    floor (Jensen), and exceeds its mean by t with a probability ≤ exp(−2nt²) (McDiarmid): here 1e-6.
    """
    n, t = 60_000, 2.5
    states = spin_states(9)
    p = boltzmann(lattice_energy(states.reshape(-1, 3, 3), h), t)
    rng = np.random.default_rng(8)
    start = states[rng.choice(512, size=n, p=p)].reshape(n, 3, 3)
    run = sampler(start, t, 3, h=h, rng=rng)
    seen = np.bincount(((run.spins.reshape(n, 9) + 1) // 2) @ 2 ** np.arange(9), minlength=512) / n
    floor = np.sqrt(p * (1 - p) / n).sum() / 2
    assert np.abs(seen - p).sum() / 2 < floor + np.sqrt(np.log(1e6) / (2 * n))
    np.testing.assert_allclose(run.energy[:, -1], lattice_energy(run.spins, h), atol=1e-12)
    np.testing.assert_array_equal(run.magnetization[:, -1], run.spins.sum(axis=(1, 2)))


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("L", [8, 16])
def test_energy_and_heat_capacity_of_kaufman(sampler, L):
    """|z| < 4 at three temperatures at once, one a chain group: the chance of a false alarm is 6e-5 each."""
    temperatures = np.array([2.0, T_C, 3.0])
    local = sampler in (metropolis, heat_bath)
    sweeps = 24_000 if local else 8_000
    run = sampler(np.ones((3, 2, L, L)), temperatures[:, None], sweeps, rng=L)
    for t, E in zip(temperatures, run.energy[..., sweeps // 10 :], strict=True):
        u = mean(E / L**2)
        assert abs(u.value - torus_energy(L, t)) < 4 * u.stderr
        C = jackknife(lambda E, t=t: np.var(E) / t**2 / L**2, E)
        # 32 blocks know their error to 13 %, hence 4.5; and a variance is short by its own error²
        assert abs(C.value - torus_heat_capacity(L, t)) < 4.5 * C.stderr
        assert u.stderr < 0.02


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_field_by_enumeration(sampler):
    """⟨E⟩, ⟨M⟩ and ⟨M²⟩ on 4×4 in a field, against the sum over 65 536 states."""
    t, h = 3.0, -0.2
    states, E = enumerate_torus(4, h)
    p, M = boltzmann(E, t), states.sum(axis=(1, 2))
    run = sampler(np.ones((4, 4, 4)), t, 20_000, h=h, rng=4)
    energy, magnet = run.energy[:, 500:], run.magnetization[:, 500:]
    for series, exact in [(energy, p @ E), (magnet, p @ M), (magnet**2, p @ M**2)]:
        got = mean(series)
        assert abs(got.value - exact) < 4 * got.stderr


def test_extreme_temperatures():
    for sampler in SAMPLERS:
        frozen = sampler(np.ones((6, 6)), 1e-3, 10, h=0.5, rng=0)
        assert np.all(np.abs(frozen.magnetization) == 36)
    for sampler in (heat_bath, swendsen_wang):
        m = mean(sampler(np.ones((4, 6, 6)), np.inf, 2000, rng=0).magnetization ** 2)
        assert abs(m.value - 36) < 4 * m.stderr
    flipped = metropolis(np.ones((4, 4)), np.inf, 3, rng=0, order="checkerboard")
    assert flipped.magnetization.tolist() == [-16, 16, -16]


def test_progress_changes_nothing(capsys):
    quiet, shown = (wolff(np.ones((8, 8)), 2.0, 250, rng=1, progress=progress) for progress in (False, True))
    np.testing.assert_array_equal(quiet.energy, shown.energy)
    assert "100%" in capsys.readouterr().err


def test_magnetization_and_binder_cumulant_of_4x4():
    states, E = enumerate_torus(4)
    m = states.reshape(len(states), 16).mean(axis=1, dtype=float)
    at_2, at_c = (boltzmann(E, T) for T in (2.0, T_C))
    assert at_2 @ np.abs(m) == pytest.approx(0.9189432674, abs=1e-10)
    assert 1 - (at_c @ m**4) / (3 * (at_c @ m**2) ** 2) == pytest.approx(0.6171993184, abs=1e-10)


def test_critical_entropy_of_the_infinite_lattice():
    # s(T_c) = (u − f)/T_c, with f = −T_c (½ ln 2 + 2G/π), G Catalan's constant
    catalan = 0.915965594177219015
    s = (onsager_energy(T_C) - onsager_free_energy(T_C)) / T_C
    assert s == pytest.approx(np.log(2) / 2 + 2 * catalan / np.pi - np.sqrt(2) / T_C, abs=1e-12)
    assert s == pytest.approx(0.306470158201, abs=1e-12)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_samplers_leave_their_input_and_go_their_own_ways(sampler):
    """The start stays, no memory is shared, and neither two chains nor two unseeded runs are the same."""
    start = np.ones((2, 4, 4), dtype=np.int8)
    first, other = sampler(start, 2.0, 20, rng=3), sampler(start, 2.0, 20)
    assert np.all(start == 1) and first.spins.dtype == np.int8 and not np.shares_memory(start, first.spins)
    assert not np.array_equal(first.energy, other.energy)
    assert not np.array_equal(first.energy[0], first.energy[1])


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
    "metropolis": lambda Ts=2.0, rng=0: metropolis(up, Ts, 1, rng=rng),
    "heat_bath": lambda Ts=2.0, rng=0: heat_bath(up, Ts, 1, rng=rng),
    "wolff": lambda Ts=2.0, rng=0: wolff(up, Ts, 1, rng=rng),
    "swendsen_wang": lambda Ts=2.0, rng=0: swendsen_wang(up, Ts, 1, rng=rng),
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
    "odd checkerboard": (
        lambda: metropolis(np.ones((5, 5)), 2.0, 1, order="checkerboard"),
        "even L, got L = 5",
    ),
    "unknown order": (lambda: metropolis(up, 2.0, 1, order="spiral"), "'spiral'"),
    "spins of another number": (lambda: energy(ring, 0.0, np.ones(3)), r"\(\.\.\., 4\), got \(3,\)"),
    "the energy of no spins": (lambda: energy(ring, 0.0, 1.0), r"\(\.\.\., 4\), got \(\)"),
    "spins of 0 and 1": (lambda: energy(ring, 0.0, [0, 1, 1, 0]), "±1, got values from 0.0 to 1.0"),
    "half a spin": (lambda: energy(ring, 0.0, [1, 1, 0.5, -1]), "s must be ±1"),
    "an energy of triangular J": (lambda: energy(np.triu(ring), 0.0, np.ones(4)), r"J\[1, 0\] = 0.0"),
}
BAD |= {
    f"{sampler.__name__}, {what}": (partial(sampler, **{"spins": up, "T": 2.0, "sweeps": 1, **change}), said)
    for sampler in SAMPLERS
    for what, change, said in [
        ("a rectangle", {"spins": np.ones((3, 4))}, r"\(3, 4\)"),
        ("a row", {"spins": np.ones(4)}, r"\(4,\)"),
        ("no spins", {"spins": np.zeros((4, 4))}, "±1"),
        ("one site", {"spins": np.ones((1, 1))}, r"\(1, 1\)"),
        ("a temperature too many", {"T": [1.0, 2.0]}, r"\(2,\)"),
        ("no sweeps", {"sweeps": 0}, "got 0"),
        ("half a sweep", {"sweeps": 1.5}, "got 1.5"),
        ("an infinite field", {"h": np.inf}, "h must be finite"),
        ("fields", {"h": [1, 2]}, r"h must be one number, got \[1.0, 2.0\]"),
        ("no temperature", {"T": None}, "T must be an array of real numbers, got None"),
    ]
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
    (lambda L: metropolis(np.ones((L, L)), 1.0, 1, order="checkerboard"), 4, 5),
    (lambda L: metropolis(np.ones((L, L)), 1.0, 1, order="checkerboard"), 2, 3),
    (lambda n: wolff(up, 1.0, n), 1, 0),
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
    (lambda: metropolis(up, COLD, 2, rng=0, h=1e9).energy[-1], -32 - 16e9),
    (lambda: heat_bath(up, COLD, 2, rng=0, h=1e9).energy[-1], -32 - 16e9),
    (lambda: wolff(up, COLD, 2, rng=0, h=1e9).energy[-1], -32 - 16e9),
    (lambda: swendsen_wang(up, COLD, 2, rng=0, h=1e9).energy[-1], -32 - 16e9),
]
FAULTS = [
    Fault(
        "double-counted bonds",
        "np.roll(s, 1, axis=-1) + np.roll(s, 1, axis=-2)",
        "np.roll(s, 1, axis=-1) + np.roll(s, 1, axis=-2) + np.roll(s, -1, axis=-1) + np.roll(s, -1, axis=-2)",
        "test_spin_states_and_energy",
    ),
    Fault(
        "double-counted bonds in the compiled loop",
        "return bond // 2, magnet",
        "return bond, magnet",
        "test_no_drift",
        file="_kernels.py",
    ),
    Fault("missing field in the flips", "(field + h)", "(field)", "test_no_drift"),
    Fault("missing field in the clusters", "2 * h / T", "0 * h / T", "test_no_drift"),
    Fault("missing field in the ring", "abs(h) / T", "0 * abs(h) / T", "test_chain"),
    Fault(
        "couplings between the halves dropped",
        " - a[part] @ dense[:half, half:] @ b.T",
        "",
        "test_log_partition_exact",
    ),
    Fault("Wolff's 1 − exp(−β)", "-np.expm1(-2 / T)", "-np.expm1(-1 / T)", "test_no_drift"),
    Fault("heat bath with half the energy difference", "-2 * spin *", "-1 * spin *", "test_no_drift"),
    Fault(
        "a cluster that leaves one of its sides out",
        "for k in range(neighbours.shape[1]):",
        "for k in range(neighbours.shape[1] - 1):",
        "test_transition_matrix_2x2",
        file="_kernels.py",
    ),
    Fault("a reducible scan called ergodic", 'order == "random")', "False)", "test_trajectories"),
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
    Fault(
        "a checkerboard of stripes",
        "(sites // L + sites % L) % 2",
        "sites // L % 2",
        "test_a_checkerboard_is_one",
    ),
    Fault(
        "a heat bath at random sites",
        "_flips(expit, sites, False)",
        "_flips(expit, sites, True)",
        "test_trajectories",
    ),
    Fault(
        "chains that share one stream of chance, a draw apart",
        "integers(2**64, size=len(flat), dtype=np.uint64)",
        (
            "integers(2**64, dtype=np.uint64) + np.uint64(0x9E3779B97F4A7C15)"
            " * np.arange(len(flat), dtype=np.uint64)"
        ),
        "test_every_chain_goes_its_own_way",
    ),
    Fault(
        "Wolff's cluster turned by a fair coin",
        "else np.exp(-cost))",
        "else 1 / (1 + np.exp(cost)))",
        "test_trajectories",
        file="_kernels.py",
    ),
    Fault(
        "Wolff's cluster left as it was, once in a thousand",
        "else np.exp(-cost))",
        "else 0.999 * np.exp(-cost))",
        "test_a_cluster_always_turns_without_a_field",
        file="_kernels.py",
    ),
]
