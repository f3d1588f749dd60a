"""Mean field against sums over all states, high precision, quadrature, and simulated wide networks."""

import math
from decimal import Decimal, localcontext
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import erf, erfc, gamma, roots_hermitenorm
from scipy.stats import entropy
from thermolib import _signals, ising
from thermolib._results import ConvergenceError
from thermolib.mean_field import (
    Hopfield,
    belief_propagation,
    c_map,
    chi_1,
    critical_sigma_w2,
    curie_weiss_exact,
    curie_weiss_free_energy,
    curie_weiss_magnetization,
    curie_weiss_spinodal,
    depth_scale,
    hopfield_capacity,
    naive_mean_field,
    q_fixed_point,
    q_map,
    tap,
)

from declared import COLD, Fault
from known import known

METHODS = [naive_mean_field, tap, belief_propagation]

# All feel all ----------------------------------------------------------------------------------------


def tanh(x):
    """Of a Decimal, to the digits of the context less those of x."""
    return (1 - (-2 * x).exp()) / (1 + (-2 * x).exp())


def root_to_fifty_digits(T, h):
    """The largest m with m = tanh((m + h)/T), for h ≥ 0, by bisection; T and h as these doubles."""
    tiny = 0 < h < 1e-100
    with localcontext() as context:
        context.prec = 500 if tiny else 100
        T, h = Decimal(T), Decimal(h)
        low, high = Decimal(0), (1 + h) / T  # of x = (m + h)/T
        if not h:  # Tx − tanh x is least at cosh² x = 1/T, and 0 is no root beyond
            low = ((1 / T).sqrt() + (1 / T - 1).sqrt()).ln()
        for _ in range(1300 if tiny else 220):
            middle = (low + high) / 2
            low, high = (low, middle) if T * middle - tanh(middle) > h else (middle, high)
        return float(tanh(low))


@pytest.mark.parametrize(
    ("T", "h"),
    [(T, 0.0) for T in (0.05, 0.5, 0.8, 0.95, 1 - 1e-6, 1 - 1e-10, 1 - 2**-53)]
    + [(1.0, h) for h in (1e-200, 1e-30, 1e-9, 0.01, 1.0)]
    + [(0.5, 1e-12), (0.5, 0.3), (0.97, 1e-5), (1 + 1e-9, 1e-14), (1.03, 1e-9), (2.0, 0.7), (1e3, 5.0)],
)
def test_magnetization_to_the_last_digits(T, h):
    """Near the critical point too, where x − tanh x and (1 − T)x nearly cancel. Some 20 roundings."""
    exact = root_to_fifty_digits(T, h)
    assert curie_weiss_magnetization(T, h) == pytest.approx(exact, rel=4e-15, abs=0)
    assert curie_weiss_magnetization(T, -h) == pytest.approx(-exact if h else exact, rel=4e-15, abs=0)


def test_reference_magnetization():
    """Digits from an independent calculation."""
    expected = [known("mean_field", "Curie–Weiss, T = ½: m"), known("mean_field", "T = 0.8: m")]
    np.testing.assert_allclose(curie_weiss_magnetization([0.5, 0.8]), expected, atol=6e-13)


def test_magnetization_at_the_ends():
    found = curie_weiss_magnetization(
        [1.0, 1.5, np.inf, np.inf, 1e-300, COLD, 1e300], [0, 0, 0, 5, -1e-9, 1e300, 1]
    )
    np.testing.assert_allclose(found, [0, 0, 0, 0, -1, 1, 1e-300], rtol=1e-15)
    assert curie_weiss_magnetization(0.5, -0.0) > 0
    assert curie_weiss_magnetization([[0.5], [2.0]], [0.0, 1.0, -1.0]).shape == (2, 3)


def test_the_magnetization_settles():
    """At all T, densest next to 1, in all fields that have their digits; else it raises, as for the last."""
    off = np.geomspace(1e-16, 0.999, 60)
    T = np.concatenate([1 - off, [1.0], 1 + off, np.geomspace(2, 1e300, 40)])
    h = np.concatenate([[0.0], np.geomspace(1e-300, 1e300, 200)])
    m = curie_weiss_magnetization(T[:, None], h)
    assert np.all(m[:, 1:] >= (1 - 1e-14) * m[:, :-1])  # it rises with the field, but for rounding
    with pytest.raises(ConvergenceError, match="m did not settle: the last step was"):
        curie_weiss_magnetization(1.0, 5e-324)


def test_the_root_is_where_the_free_energy_is_least():
    m = np.linspace(-1, 1, 20_001)
    for T in (0.3, 0.9, 1.0, 1.4):
        for h in (0.0, 0.001, -0.2, 1.0):
            f = curie_weiss_free_energy(m, T, h)
            best = curie_weiss_magnetization(T, h)
            assert curie_weiss_free_energy(best, T, h) <= f.min() + 1e-15
            # Of a grid of spacing 1e-4; without a field −m is as good.
            assert min(abs(m[f.argmin()] - best), abs(m[f.argmin()] + best) + 1e9 * (h != 0)) <= 1e-4


def test_free_energy_by_its_parts():
    for m in (-1.0, -0.3, 0.0, 0.999, 1.0):
        S = entropy([(1 + m) / 2, (1 - m) / 2])
        for T, h in ((0.5, 0.2), (3.0, -1.0)):
            expected = -(m**2) / 2 - h * m - T * S
            assert curie_weiss_free_energy(m, T, h) == pytest.approx(expected, abs=1e-15)
    np.testing.assert_array_equal(curie_weiss_free_energy([0.0, 1.0], np.inf, 0.5), [-np.inf, -1.0])
    assert curie_weiss_free_energy(0.1, COLD) == pytest.approx(-0.005, rel=1e-15)


def test_reference_spinodal():
    assert curie_weiss_spinodal(0.5) == pytest.approx(known("mean_field", "T = ½: spinodal field"), abs=6e-13)


@pytest.mark.parametrize("T", [1e-30, 0.01, 0.5, 0.7499, 0.7501, 0.99, 1 - 1e-9])
def test_spinodal_to_the_last_digits(T):
    """Where the series takes over, at T = 3/4, and where artanh cancels, at T → 1."""
    with localcontext() as context:
        context.prec = 100
        s = (1 - Decimal(T)).sqrt()
        exact = float(s - Decimal(T) * ((1 + s) / (1 - s)).ln() / 2)
    assert curie_weiss_spinodal(T) == pytest.approx(exact, rel=2e-15)


def test_three_roots_inside_the_spinodals_and_one_outside():
    m = np.tanh(np.linspace(-20, 20, 400_000))
    for T in (0.3, 0.5, 0.9):
        h_s = curie_weiss_spinodal(T)
        for h, roots in ((0.99 * h_s, 3), (1.01 * h_s, 1), (-0.99 * h_s, 3), (-1.01 * h_s, 1)):
            assert np.count_nonzero(np.diff(np.sign(np.tanh((m + h) / T) - m))) == roots
    np.testing.assert_array_equal(curie_weiss_spinodal([1.0, 1.5, np.inf]), 0)


def test_reference_finite_magnet():
    m, p, _ = curie_weiss_exact(100, 1.0)
    assert p @ abs(m) == pytest.approx(known("mean_field", "100 spins, T_c: |m|"), abs=6e-11)
    assert binder(m, p) == pytest.approx(known("mean_field", "100 spins, T_c: Binder's U₄"), abs=6e-9)


def binder(m, p):
    return 1 - p @ m**4 / (3 * (p @ m**2) ** 2)


def test_binders_ratio_at_the_critical_temperature():
    """The law becomes e^{−x⁴/12} in x = N^{1/4} m, and corrections fall as 1/√N: four times N, half of it."""
    limit = 1 - gamma(1.25) * gamma(0.25) / (3 * gamma(0.75) ** 2)
    assert abs(0.270520128 - limit) < 6e-10
    off = [binder(*curie_weiss_exact(N, 1.0)[:2]) - limit for N in (250_000, 1_000_000)]
    assert off[0] / off[1] == pytest.approx(2, rel=0.005) and 0 < off[1] < 1e-3


@pytest.mark.parametrize("N", [1, 2, 7, 10])
@pytest.mark.parametrize(("T", "h"), [(1.0, 0.0), (0.3, 0.1), (2.5, -1.0), (np.inf, 0.4)])
def test_finite_magnet_by_enumeration(N, T, h):
    s = ising.spin_states(N).astype(int)
    M = s.sum(axis=1)
    weights = np.exp((M**2 / (2 * N) + h * M) / T)
    m, p, log_Z = curie_weiss_exact(N, T, h)
    np.testing.assert_allclose(m, np.arange(-N, N + 1, 2) / N, rtol=1e-15)
    expected = [weights[one == M].sum() / weights.sum() for one in range(-N, N + 1, 2)]
    np.testing.assert_allclose(p, expected, rtol=1e-12)
    assert log_Z == pytest.approx(math.log(weights.sum()), rel=1e-13)
    couplings = (np.ones((N, N)) - np.eye(N)) / N  # without the spins' terms with themselves
    assert log_Z == pytest.approx(float(ising.log_partition_exact(couplings, h, T)) + 1 / (2 * T), rel=1e-13)


def test_many_spins_feel_their_mean():
    """ln Z/N → −f/T and ⟨m⟩ → m; with a field corrections fall as 1/N, and at N = 10⁵ are some 1e-5."""
    for T, h in ((0.5, 0.1), (1.0, 0.3), (2.0, -0.2)):
        best = curie_weiss_magnetization(T, h)
        m, p, log_Z = curie_weiss_exact(100_000, T, h)
        assert p.sum() == pytest.approx(1, abs=1e-11)  # ln N! is 1e6, known to 1e-16 of it each time
        assert p @ m == pytest.approx(best, abs=3e-5)
        assert log_Z / 100_000 == pytest.approx(-curie_weiss_free_energy(best, T, h) / T, abs=3e-5)


def test_a_cold_magnet():
    _, p, log_Z = curie_weiss_exact(1000, COLD, 1e-9)
    assert p[-1] == 1 and log_Z == pytest.approx(500.000001 / COLD, rel=1e-12)
    np.testing.assert_allclose(curie_weiss_exact(10, COLD).p[[0, -1]], 0.5, rtol=1e-12)


# Marginals of any machine ----------------------------------------------------------------------------


I = np.arange(6)
SIX = 0.3 * np.cos(1 + np.outer(I, I) + I + I[:, None]) * (1 - np.eye(6)), 0.2 * np.sin(1 + I)


def machine(n, seed, scale=1.0):
    """Couplings N(0, scale²/n) and fields N(0, 1)."""
    rng = np.random.default_rng(seed)
    J = np.triu(rng.normal(0, scale / math.sqrt(n), (n, n)), 1)
    return J + J.T, rng.normal(size=n)


def forest(n, seed):
    """Each spin but the first few hangs on an earlier one; couplings of either sign, up to 3."""
    rng, J = np.random.default_rng(seed), np.zeros((n, n))
    for i in range(2, n):
        if i != n // 2:  # where another tree begins
            j = rng.integers(i) if i < n // 2 else rng.integers(n // 2, i)
            J[i, j] = J[j, i] = rng.uniform(-3, 3)
    order = rng.permutation(n)
    return J[np.ix_(order, order)], rng.normal(size=n)


def exact(J, h, T):
    """Means and ln Z by the sum over all states."""
    s = ising.spin_states(len(J)).astype(float)
    x = -ising.energy(J, h, s) / T
    w = np.exp(x - x.max())
    return w @ s / w.sum(), math.log(w.sum()) + x.max()


def energies(J, h, T, m):
    """ln Z_q, term by term, and what TAP adds."""
    n, total, more = len(m), 0.0, 0.0
    for i in range(n):
        total += entropy([(1 + m[i]) / 2, (1 - m[i]) / 2]) + h[i] * m[i] / T
        for j in range(i):
            total += J[i, j] * m[i] * m[j] / T
            more += J[i, j] ** 2 * (1 - m[i] ** 2) * (1 - m[j] ** 2) / (2 * T**2)
    return total, more


def test_reference_machine():
    """Digits from an independent calculation."""
    exact = known("partition_functions", "six spins, all coupled: ln Z")
    assert ising.log_partition_exact(*SIX, 1.0) == pytest.approx(exact, abs=6e-13)
    assert naive_mean_field(*SIX, 1.0).log_Z == pytest.approx(
        known("mean_field", "six spins: naive bound of ln Z"), abs=6e-13
    )
    assert tap(*SIX, 1.0).log_Z == pytest.approx(known("mean_field", "six spins: TAP"), abs=6e-13)


@pytest.mark.parametrize("seed", range(20))
def test_naive_mean_field_is_a_bound(seed):
    rng = np.random.default_rng(seed)
    J, h = machine(8, seed, scale=rng.uniform(0, 4))
    T = rng.uniform(0.2, 3)
    for start in (None, 1.0, rng.uniform(-1, 1, 8)):
        m, log_Z = naive_mean_field(J, h, T, start=start, sweeps=20_000)
        np.testing.assert_allclose(m, np.tanh((h + J @ m) / T), atol=1e-11)
        assert log_Z == pytest.approx(energies(J, h, T, m)[0], rel=1e-12)
        assert log_Z <= ising.log_partition_exact(J, h, T)


def test_the_best_of_all_independent_spins():
    """SciPy climbs the bound too, from ten places, and comes no higher than the best start of ours."""
    J, h = machine(6, 1, scale=2.0)
    T, rng = 0.7, np.random.default_rng(2)

    def minus_bound(x):
        m = np.tanh(x)
        return -(entropy([(1 + m) / 2, (1 - m) / 2]).sum() + (m @ J @ m / 2 + h @ m) / T)

    peer = max(-minimize(minus_bound, rng.normal(size=6)).fun for _ in range(10))
    ours = max(naive_mean_field(J, h, T, start=rng.uniform(-1, 1, 6)).log_Z for _ in range(10))
    assert ours == pytest.approx(peer, abs=1e-8)


def test_what_tap_solves():
    for seed in range(10):
        J, h = machine(7, seed, scale=0.8)
        T = 1.0 + seed / 10
        for parallel in (False, True):
            m, log_Z = tap(J, h, T, parallel=parallel)
            reaction = m * (J**2 @ (1 - m**2)) / T**2
            np.testing.assert_allclose(m, np.tanh((h + J @ m) / T - reaction), atol=1e-11)
            assert log_Z == pytest.approx(sum(energies(J, h, T, m)), rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_means_are_slopes(method):
    """Each ln Z is stationary in what it was found by, so that ∂ ln Z/∂h_i = m_i/T; steps of 1e-4."""
    J, h = machine(6, 3, scale=0.7)
    T, step = 1.3, 1e-4
    m = method(J, h, T).m
    for i in range(6):
        ends = [method(J, h + sign * step * (np.arange(6) == i), T).log_Z for sign in (1, -1)]
        assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(m[i] / T, abs=1e-7)


def test_orders_of_the_expansion():
    """Half the J: naive mean field's error in ln Z is of second order, a quarter; TAP's of third, an eighth.

    Belief propagation's is of third order too, on a triangle. Next orders, of J = .01, change these by 2 %.
    """
    J, h = (np.ones((3, 3)) - np.eye(3)) * np.array([[0, 1, 2], [1, 0, -1.5], [2, -1.5, 0]]) / 100, np.ones(3)
    for method, ratio in zip(METHODS, (4, 8, 8), strict=True):
        off = [method(J / k, h, 1.0).log_Z - exact(J / k, h, 1.0)[1] for k in (1, 2)]
        assert off[0] / off[1] == pytest.approx(ratio, rel=0.05)


def test_tap_becomes_naive():
    """The difference of the means is of second order in J: a hundredth for a tenth."""
    J, h = SIX
    off = [np.abs(tap(J / k, h, 1.0).m - naive_mean_field(J / k, h, 1.0).m).max() for k in (10, 100)]
    assert off[0] < 1e-3 and off[0] / off[1] == pytest.approx(100, rel=0.1)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("T", [0.05, 1.0, 40.0, np.inf])
def test_spins_that_are_independent(method, T):
    h = np.array([0.0, 0.5, -2.0])
    m, log_Z = method(np.zeros((3, 3)), h, T)
    np.testing.assert_allclose(m, np.tanh(h / T), rtol=1e-15)
    assert log_Z == pytest.approx(np.logaddexp(h / T, -h / T).sum(), rel=1e-14)
    assert method([[0.0]], 0.3, T).m.shape == (1,)


@pytest.mark.parametrize("T", [0.05, 0.7, 2.0, 30.0])
@pytest.mark.parametrize("seed", range(4))
def test_belief_propagation_is_exact_on_a_forest(seed, T):
    J, h = forest(11, seed)
    m, log_Z = belief_propagation(J, h, T)
    means, expected = exact(J, h, T)
    np.testing.assert_allclose(m, means, atol=1e-12)
    assert log_Z == pytest.approx(expected, rel=1e-13)


def test_a_long_chain():
    """Longer than `sweeps`: a message still comes from end to end. By powers of the matrix of one bond.

    A message forgets by .85 a bond: what moves by 1e-12 in a sweep is off by seven times as much.
    """
    n, T, h = 1500, 0.8, 0.03
    J = sparse.diags_array([np.ones(n - 1)] * 2, offsets=[1, -1])
    bond = np.exp(np.array([[1, -1], [-1, 1]]) / T)
    site, log_Z = np.exp(np.array([h, -h]) / T), 0.0
    right = np.ones(2)
    for _ in range(n - 1):
        right = bond @ (site * right)
        log_Z += math.log(right.sum())
        right /= right.sum()
    found = belief_propagation(J, h, T, sweeps=5)
    assert found.log_Z == pytest.approx(log_Z + math.log(site @ right), rel=1e-12)
    p = site * right / (site @ right)
    assert found.m[0] == pytest.approx(p[0] - p[1], abs=2e-11)
    assert found.m[-1] == pytest.approx(found.m[0], abs=1e-12)


def test_belief_propagation_around_a_ring():
    """Without a field the messages vanish: n ln(2 cosh 1/T) is Bethe's, all but the loop's own term."""
    ring = np.roll(np.eye(8), 1, axis=0) + np.roll(np.eye(8), -1, axis=0)
    m, log_Z = belief_propagation(ring, 0.0, 1.0)
    np.testing.assert_array_equal(m, 0)
    assert log_Z == pytest.approx(8 * math.log(2 * math.cosh(1)), rel=1e-14)
    exact_log_Z = float(ising.chain_log_partition(8, 1.0))
    assert exact_log_Z - log_Z == pytest.approx(math.log1p(math.tanh(1) ** 8), abs=1e-13)


def torus(L):
    J = np.zeros((L * L, L * L))
    for i in range(L * L):
        for j in (i // L * L + (i + 1) % L, (i + L) % (L * L)):
            J[i, j] = J[j, i] = 1
    return J


@pytest.mark.parametrize(
    ("method", "T_c"),
    [
        (naive_mean_field, 4.0),
        (partial(naive_mean_field, parallel=True), 4.0),
        (belief_propagation, 2 / math.log(2)),
    ],
)
def test_critical_temperatures_of_four_neighbours(method, T_c):
    """4 for mean field, 2/ln 2 for Bethe: below it the start's side stays. The size does not matter."""
    for T in (T_c - 0.1, T_c - 0.5):
        m, log_Z = method(torus(4), 0.0, T, start=0.5, sweeps=5000)
        x = 0.9
        for _ in range(5000):  # of one spin in the middle of four
            if T_c == 4:
                x = math.tanh(4 * x / T)
            else:
                u = math.atanh(math.tanh(1 / T) * math.tanh(3 * x))
                x = u
        expected = x if T_c == 4 else math.tanh(4 * x)
        np.testing.assert_allclose(m, expected, atol=1e-9)
        assert log_Z > method(torus(4), 0.0, T).log_Z
    hot = method(torus(4), 0.0, T_c + 0.1, start=0.5, sweeps=5000)
    np.testing.assert_allclose(hot.m, 0, atol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_sparse_and_dense(method):
    J, h = SIX
    J = np.where(np.abs(J) > 0.1, J, 0)
    for form in (sparse.csr_array, sparse.coo_array, sparse.csc_array):
        found = method(form(J), h, 1.0)
        np.testing.assert_array_equal(found.m, method(J, h, 1.0).m)
        assert found.log_Z == method(J, h, 1.0).log_Z


def last(call):
    with pytest.raises(ConvergenceError) as caught:
        call()
    return caught.value.last


@pytest.mark.parametrize("damping", [0.0, 0.3])
@pytest.mark.parametrize("sweeps", [1, 2, 3])
def test_sweeps_of_naive_mean_field_and_tap(damping, sweeps):
    """Given the start, exactly: in order, with what is known by then; or all from what was known before."""
    J, h = machine(5, 4, scale=1.5)
    T, start = 0.9, np.array([0.9, -0.5, 0.1, 0.0, 1.0])
    for method, reaction in ((naive_mean_field, 0), (tap, 1)):
        m = start.copy()
        for _ in range(sweeps):
            for i in range(5):
                echo = m[i] * (J[i] ** 2 @ (1 - m**2)) / T**2
                m[i] = damping * m[i] + (1 - damping) * math.tanh((h[i] + J[i] @ m) / T - reaction * echo)
        found = last(lambda method=method: method(J, h, T, damping=damping, start=start, sweeps=sweeps))
        np.testing.assert_allclose(found, m, rtol=1e-13)
        before, m = start, start
        for _ in range(sweeps):
            echo = before * (J**2 @ (1 - m**2)) / T**2
            new = np.tanh((h + J @ m) / T - reaction * echo)
            before, m = m, damping * m + (1 - damping) * new
        found = last(
            lambda method=method: method(J, h, T, damping=damping, start=start, sweeps=sweeps, parallel=True)
        )
        np.testing.assert_allclose(found, m, rtol=1e-13)


def test_sweeps_of_belief_propagation():
    """A frustrated triangle: never fewer sweeps than spins, each message from the last ones of the others."""
    J, h, T, damping = -2 * (np.ones((3, 3)) - np.eye(3)), np.array([0.5, 0.1, -0.2]), 0.5, 0.25
    start = np.array([0.5, -0.9, 0.2])
    u = np.arctanh(np.tanh(J / T) * start[:, None])  # u[i, j] from i to j
    for _ in range(3):
        total = h / T + u.sum(axis=0)
        new = np.arctanh(np.tanh(J / T) * np.tanh(total[:, None] - u.T))
        u = damping * u + (1 - damping) * new
    found = last(lambda: belief_propagation(J, h, T, damping=damping, start=start, sweeps=1))
    np.testing.assert_allclose(found, np.tanh(total), rtol=1e-12)


def test_each_step_raises_the_bound():
    J, h = machine(8, 5, scale=3.0)
    m = np.random.default_rng(6).uniform(-1, 1, 8)
    values = [energies(J, h, 0.6, m)[0]]
    for _ in range(5):
        m = last(lambda m=m: naive_mean_field(J, h, 0.6, start=m, sweeps=1))
        values.append(energies(J, h, 0.6, m)[0])
    assert np.all(np.diff(values) > 0)


def test_to_and_fro():
    """Two spins that would rather differ: together they flip for ever; damped, or in turn, they settle."""
    J, start = np.array([[0.0, -1.0], [-1.0, 0.0]]), [0.5, 0.5]
    swinging = partial(naive_mean_field, J, 0.0, 0.5, start=start, parallel=True)
    with pytest.raises(
        ConvergenceError, match=r"m did not settle in 1000 sweeps: the last moved it by 1\.9"
    ) as caught:
        swinging()
    m = curie_weiss_magnetization(0.5)
    np.testing.assert_allclose(caught.value.last, [m, m], rtol=1e-9)  # an even number of flips
    np.testing.assert_allclose(last(partial(swinging, sweeps=101)), [-m, -m], rtol=1e-9)
    np.testing.assert_allclose(swinging(damping=0.5).m, 0, atol=1e-11)  # the saddle between both
    np.testing.assert_allclose(naive_mean_field(J, 0.0, 0.5, start=start).m, [-m, m], rtol=1e-9)


def test_messages_to_and_fro():
    """Eight spins all against all with couplings −1: no message settles at T = 1, damped ones do."""
    J = np.eye(8) - 1
    found = last(lambda: belief_propagation(J, 0.1, 1.0))
    assert found.shape == (8,) and np.all(np.abs(found) <= 1)
    settled = belief_propagation(J, 0.1, 1.0, damping=0.7)
    assert np.ptp(settled.m) < 1e-12 and 0 < settled.m[0] < math.tanh(0.1)


@pytest.mark.parametrize("damping", [0.0, 0.5])
def test_damping_does_not_change_what_is_found(damping):
    for method in METHODS:
        np.testing.assert_allclose(method(*SIX, 1.0, damping=damping).m, method(*SIX, 1.0).m, atol=1e-11)


def overlap_of_replicas(T, h):
    """The q of Sherrington and Kirkpatrick, E tanh²((h + √q z)/T), and ⟨(1 − m²)²⟩/T², 1 on the line."""
    z = np.linspace(-10, 10, 2001)
    w, q = np.exp(-(z**2) / 2), 0.5
    w /= w.sum()
    for _ in range(2000):
        m = np.tanh((h + math.sqrt(q) * z) / T)
        q = w @ m**2
    return q, w @ (1 - m**2) ** 2 / T**2


def test_a_glass():
    """Above the line of de Almeida and Thouless TAP settles, at the q of the replicas; far below it does not.

    At N = 400 and h = 1 the spread of ⟨m²⟩ among machines is about .02; that of
    spins by themselves is √((⟨m⁴⟩ − q²)/N) = .015. Four standard errors of five machines.
    """
    q = known("mean_field", "glass, T = ½: q")  # off by 9e-12
    assert overlap_of_replicas(0.5, 0.0)[0] == pytest.approx(q, abs=2e-11)
    assert overlap_of_replicas(known("mean_field", "glass, h = 0.2: line at T"), 0.2)[1] == pytest.approx(
        1, abs=1e-8
    )
    found = []
    for seed in range(5):
        J = machine(400, seed)[0]
        m = tap(J, 1.0, 1.1, parallel=True).m
        if not seed:
            np.testing.assert_allclose(tap(J, 1.0, 1.1).m, m, atol=1e-9)
        found.append(np.mean(m**2))
        last(lambda J=J: tap(J, 0.2, 0.3, parallel=True, sweeps=300))
    q = overlap_of_replicas(1.1, 1.0)[0]
    assert np.mean(found) == pytest.approx(q, abs=4 * 0.02 / math.sqrt(5))


def test_cold_machines():
    """At T → 0 the spins take the signs of their fields; strengths beyond 1e300 T are refused."""
    J = np.array([[0.0, -1.0], [-1.0, 0.0]])
    for method in (naive_mean_field, belief_propagation):
        m, log_Z = method(J, [0.5, 0.1], 1e-200)
        np.testing.assert_array_equal(m, [1, -1])
        assert log_Z == pytest.approx(1.4e200, rel=1e-12)
    m, log_Z = tap(J, [0.5, 0.1], 1e-100)
    np.testing.assert_array_equal(m, [1, -1])
    assert log_Z == pytest.approx(1.4e100, rel=1e-12)


# Memories --------------------------------------------------------------------------------------------


XI = np.array([[1, 1, 1, 1, -1, -1], [1, -1, 1, -1, 1, -1], [-1, -1, 1, 1, 1, 1]])


def patterns(P, N, seed=0):
    return np.random.default_rng(seed).choice([-1, 1], size=(P, N))


def test_couplings_by_their_definition():
    net = Hopfield(XI)
    for i in range(6):
        for j in range(6):
            expected = 0 if i == j else sum(one[i] * one[j] for one in XI) / 6
            assert net.J[i, j] == pytest.approx(expected, abs=1e-16)
    assert net.patterns.dtype == np.int8
    for kept in (net.patterns, net.J):
        with pytest.raises(ValueError, match="read-only"):
            kept[0, 0] = 1
    given = XI.copy()
    net = Hopfield(given)
    given[0, 0] = -1
    assert net.patterns[0, 0] == 1


def test_energy_and_overlap():
    rng = np.random.default_rng(1)
    net, s = Hopfield(XI), rng.choice([-1, 1], size=(4, 5, 6))
    np.testing.assert_allclose(net.energy(s), ising.energy(net.J, 0.0, s), atol=1e-14)
    assert net.energy(XI[0]).shape == () and net.overlap(XI[0]).shape == (3,)
    for k in np.ndindex(4, 5):
        np.testing.assert_allclose(net.overlap(s)[k], [one @ s[k] / 6 for one in XI], rtol=1e-15)
    # E = −½ (N Σ m² − P)
    np.testing.assert_allclose(net.energy(s), -(6 * (net.overlap(s) ** 2).sum(axis=-1) - 3) / 2, atol=1e-14)
    wide = patterns(1, 400).astype(np.int8)  # 400 ones are −112 in eight bits
    assert Hopfield(wide).overlap(wide[0]) == 1
    assert Hopfield(wide).energy(wide[0]) == pytest.approx(-199.5)


class Given(np.random.Generator):
    """Permutations and rows of uniform numbers, given."""

    def __init__(self, orders, rows=()):
        super().__init__(np.random.PCG64(0))
        self.orders, self.rows = iter(orders), iter(rows)

    def permutation(self, n):
        return next(self.orders)

    def random(self, size):
        row = next(self.rows)
        assert size == len(row)
        return row


@pytest.mark.parametrize("T", [0.0, 0.7])
def test_a_recall_of_given_chance(T):
    """Two states at once, two sweeps in given orders: each unit sees what those before it have become."""
    xi, rng = patterns(4, 9, seed=2), np.random.default_rng(3)
    net, start = Hopfield(xi), rng.choice([-1, 1], size=(2, 9))
    orders = [rng.permutation(9) for _ in range(2)]
    rows = [rng.random(2) for _ in range(18)]
    s, draws, visits = start.copy(), iter(rows), 0
    for order in orders:
        for i in order:
            u = next(draws)
            visits += 1
            for chain in range(2):
                field = sum(net.J[i, j] * s[chain, j] for j in range(9))
                if T:
                    s[chain, i] = 1 if u[chain] < 1 / (1 + math.exp(-2 * field / T)) else -1
                elif abs(field) > 1e-12:
                    s[chain, i] = np.sign(field)
    given = Given(orders, rows)
    found = net.recall(start, T, sweeps=2, rng=given)
    np.testing.assert_array_equal(found, s)
    assert found.dtype == np.int8 and found.shape == (2, 9)
    assert len(list(given.rows)) == (0 if T else visits)  # at T = 0 nothing is drawn but orders
    one = net.recall(start[0], T, sweeps=2, rng=Given(orders, [row[:1] for row in rows]))
    np.testing.assert_array_equal(one, s[0])


def test_heat_bath_odds_are_met_to_the_last():
    """Of one unit: a draw just below the chance of 1 sets it to 1, one just above to −1."""
    net, T = Hopfield([[1, 1, 1]]), 0.8
    for state, field in (([1, 1, 1], 2 / 3), ([1, -1, -1], -2 / 3), ([-1, 1, -1], 0)):
        up = 1 / (1 + math.exp(-2 * field / T))
        for u, expected in ((up - 1e-12, 1), (up + 1e-12, -1)):
            kept = [0.0 if s == 1 else 1.0 for s in (1, 1)]
            found = net.recall(state, T, sweeps=1, rng=Given([[0, 1, 2]], [[u], kept[:1], kept[1:]]))
            assert found[0] == expected


def test_law_of_recall():
    """40 000 states of five units, 24 sweeps from all up: the frequencies of Boltzmann's law, T = .9.

    A sweep leaves .596 of the slowest mode, 4e-6 after all; four standard errors of each frequency.
    """
    net, T, n = Hopfield(patterns(2, 5, seed=4)), 0.9, 40_000
    s = net.recall(np.ones((n, 5)), T, sweeps=24, rng=5)
    states = ising.spin_states(5)
    p = np.exp(-net.energy(states) / T)
    p /= p.sum()
    found = np.bincount(((s + 1) // 2) @ (1 << np.arange(5)), minlength=32) / n
    assert np.all(np.abs(found - p) < 4 * np.sqrt(p * (1 - p) / n))
    hot = net.recall(np.ones((n, 5)), np.inf, sweeps=1, rng=6)
    assert np.all(np.abs(hot.mean(axis=0)) < 4 / math.sqrt(n))


def test_recall_goes_downhill_and_rests():
    net = Hopfield(patterns(30, 100, seed=7))
    s = patterns(50, 100, seed=8)
    energy = net.energy(s)
    for seed in range(4):
        s = net.recall(s, sweeps=1, rng=seed)
        assert np.all(net.energy(s) <= energy + 1e-12)
        energy = net.energy(s)
    s = net.recall(s, sweeps=1000, rng=9)
    assert np.all(s * (s @ net.J) >= 0)  # no unit is against its field
    np.testing.assert_array_equal(net.recall(s, rng=10), s)
    firm = np.all(s @ net.J != 0, axis=1)
    np.testing.assert_array_equal(net.recall(s, COLD, sweeps=1, rng=10)[firm], s[firm])


def test_a_tie_is_left_as_it_is():
    """Two patterns that agree in one place of two: no coupling, no field."""
    net = Hopfield([[1, 1], [1, -1]])
    for state in ([1, 1], [-1, 1], [-1, -1]):
        np.testing.assert_array_equal(net.recall(state, rng=0), state)


def test_few_patterns_are_recalled():
    """α = .05, a sixth of the units turned over: crosstalk has the deviation .22 against overlaps of 2/3."""
    xi = patterns(20, 400, seed=11)
    cue = xi.copy()
    cue[:, :66] *= -1
    found = Hopfield(xi).recall(cue, rng=1)
    assert np.mean(np.diag(Hopfield(xi).overlap(found)) > 0.97) > 0.9


@pytest.mark.parametrize(
    ("alpha", "expected"),
    [(alpha, known("mean_field", f"α = {alpha}: share upset at once")) for alpha in (0.138, 0.185)],
)
def test_crosstalk_upsets_as_many_units_as_it_should(alpha, expected):
    """½ erfc(1/√(2α)) of all, for N → ∞. At N = 2000 that is some 2000 and 7400 units.

    Five times their Poisson error, for units of one pattern are upset together, and 3 % for the finite N.
    """
    assert erfc(1 / math.sqrt(2 * alpha)) / 2 == pytest.approx(expected, abs=6e-9)
    N = 2000
    xi = patterns(round(alpha * N), N, seed=12)
    upset = np.mean(xi * (xi @ Hopfield(xi).J) < 0)
    assert upset == pytest.approx(expected, rel=0.03 + 5 / math.sqrt(expected * xi.size))


def test_reference_capacity():
    assert hopfield_capacity() == pytest.approx(known("mean_field", "the same, to more digits"), abs=6e-13)


def test_capacity_by_iteration():
    """The equations for m, C and r, from m = 1: just below α_c a memory is left, just above none."""
    for alpha, left in ((hopfield_capacity() - 2e-6, True), (hopfield_capacity() + 1e-4, False)):
        m, r = 1.0, 1.0
        for _ in range(20_000):
            y = m / math.sqrt(2 * alpha * r)
            C = math.sqrt(2 / (math.pi * alpha * r)) * math.exp(-(y**2))
            m, r = erf(y), 1 / (1 - C) ** 2
        assert (m > 0.9) == left
        if left:
            assert m == pytest.approx(0.967417, abs=2e-3)  # √(α_c − α) off


# Signals in deep networks ----------------------------------------------------------------------------


def gauss(f, breaks=()):
    """E f(z) for z ~ N(0, 1), by adaptive quadrature."""
    density = lambda z: f(z) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)  # noqa: E731
    edges = [-12.0, *breaks, 0.0, *(-x for x in breaks[::-1]), 12.0]
    return sum(
        quad(density, low, high, epsabs=1e-15, epsrel=1e-13, limit=500)[0] for low, high in pairwise(edges)
    )


@pytest.mark.parametrize("q", [1e-8, 0.01, 0.1599, 0.25, 0.26, 1.0, 4.0, 30.0, 400.0])
def test_means_over_a_layer_against_quadrature(q):
    """E tanh² and E sech⁴, on both sides of where the spacing changes, and at the largest q."""
    root = math.sqrt(q)
    near = (-min(8 / root, 11.0), -min(1 / root, 10.0))
    squares = gauss(lambda z: math.tanh(root * z) ** 2, near)
    assert q_map(q, 1.0, 0.0) == pytest.approx(squares, rel=3e-13)
    slopes = gauss(lambda z: math.cosh(root * z) ** -4, near)
    assert _signals.mean("tanh", 1, np.array(q)) == pytest.approx(slopes, rel=3e-13)


@pytest.mark.parametrize(("order", "q", "close"), [(60, 0.1, 1e-13), (100, 0.4, 1e-12), (200, 1.0, 1e-10)])
def test_gauss_and_hermite_find_the_same(order, q, close):
    """Their sum's error is about e^{−2a√n} for poles a = π/(2√q) off: each order up to where it is good."""
    z, w = roots_hermitenorm(order)
    w = w / w.sum()
    assert math.exp(-math.pi * math.sqrt(order / q)) < close
    assert q_map(q, 1.0, 0.0) == pytest.approx(w @ np.tanh(math.sqrt(q) * z) ** 2, rel=close)
    u = math.sqrt(q) * z
    sigma_w2, sigma_b2 = 1.0, q - float(w @ np.tanh(u) ** 2)  # for which q is the fixed point
    assert q_fixed_point(sigma_w2, sigma_b2) == pytest.approx(q, rel=10 * close)
    assert chi_1(sigma_w2, sigma_b2) == pytest.approx(sigma_w2 * w @ np.cosh(u) ** -4, rel=10 * close)
    for c in (-0.9, 0.0, 0.3, 0.99):
        other = c * u[:, None] + math.sqrt(1 - c * c) * u
        pair = (w * np.tanh(u)) @ (np.tanh(other) @ w)
        expected = (sigma_w2 * pair + sigma_b2) / q
        assert c_map(c, sigma_w2, sigma_b2) == pytest.approx(expected, abs=10 * close)


@pytest.mark.parametrize("c", [-0.7, 0.4, 0.999])
def test_two_inputs_of_a_saturated_layer(c):
    """At q* = 50 or so, where no sum of Gauss and Hermite is good, by quadrature within quadrature."""
    sigma_w2, sigma_b2 = 60.0, 0.3
    q = float(q_fixed_point(sigma_w2, sigma_b2))
    root, s = math.sqrt(q), math.sqrt(1 - c * c)
    z = np.linspace(-9, 9, 5001)  # the inner mean as a sum of its own, far finer than needed
    w = np.exp(-(z**2) / 2)
    w /= w.sum()
    inner = lambda z1: w @ np.tanh(root * (c * z1 + s * z))  # noqa: E731
    z1 = np.linspace(-9, 9, 801)
    w1 = np.exp(-(z1**2) / 2)
    w1 /= w1.sum()
    pair = sum(weight * math.tanh(root * x) * inner(x) for x, weight in zip(z1, w1, strict=True))
    assert c_map(c, sigma_w2, sigma_b2) == pytest.approx((sigma_w2 * pair + sigma_b2) / q, abs=1e-12)


def test_reference_signals():
    """Digits from an independent calculation."""
    assert critical_sigma_w2(0.05) == pytest.approx(
        known("mean_field", "tanh: critical σ_w² at σ_b² = 0.05"), abs=6e-10
    )
    assert q_fixed_point(1.5, 0.05) == pytest.approx(known("mean_field", "σ_w² = 1.5: q*"), abs=6e-7)
    assert chi_1(1.5, 0.05) == pytest.approx(known("mean_field", "σ_w² = 1.5: χ₁"), abs=6e-7)
    assert depth_scale(1.5, 0.05) == pytest.approx(known("mean_field", "σ_w² = 1.5: ξ_c"), abs=6e-7)
    assert critical_sigma_w2(0.0, "relu") == critical_sigma_w2(0.7, "relu") == 2
    np.testing.assert_allclose(
        c_map([0, 0.5], 2.0, 0.0, "relu"), [1 / math.pi, known("mean_field", "ReLU: ½ goes to")], atol=6e-10
    )


@pytest.mark.parametrize("w", [0.5, 1.0, 1.3, 3.0, 50.0])
@pytest.mark.parametrize("b", [0.0, 1e-6, 0.05, 2.0])
def test_fixed_points_stay(w, b):
    q = q_fixed_point(w, b)
    assert q_map(q, w, b) == pytest.approx(q, rel=1e-13)
    x = 1.0
    for _ in range(60):
        x = float(q_map(x, w, b))
    if abs(chi_1(w, b) - 1) > 0.1:
        assert x == pytest.approx(q, rel=1e-3, abs=1e-9)
    if w < 2:
        relu = q_fixed_point(w, b, "relu")
        assert q_map(relu, w, b, "relu") == pytest.approx(relu, rel=1e-14)


def test_how_signals_are_born():
    """Without biases q* = (σ_w² − 1)/2 next to σ_w² = 1, for E tanh² = q − 2q²; at 1 + 1e-6 to six digits."""
    assert q_fixed_point(1 + 1e-6, 0.0) == pytest.approx(0.5e-6, rel=1e-5)
    assert q_fixed_point(1.0, 0.0) == q_fixed_point(0.7, 0.0) == 0
    assert q_fixed_point(1.0, 2e-12) == pytest.approx(1e-6, rel=1e-5)  # 2q² = σ_b²
    assert chi_1([0.7, 1.0], 0.0) == pytest.approx([0.7, 1.0], rel=1e-14)


@pytest.mark.parametrize("rise", [0.0, 2**-52, -(2**-53), 1e-14, -1e-14, 1e-10, -1e-10])
@pytest.mark.parametrize("b", [0.0, 1e-300, 1e-30, 1e-20])
def test_signals_that_are_barely_born(rise, b):
    """Where q* is small it solves 2σ_w²q² = (σ_w² − 1)q + σ_b², but for some 3q* of it; here q* < 1e-10."""
    w = 1 + rise
    root = math.sqrt((w - 1) ** 2 + 8 * w * b)
    expected = (w - 1 + root) / (4 * w) if w >= 1 or not b else 2 * b / (root + (1 - w))
    assert q_fixed_point(w, b) == pytest.approx(expected, rel=1e-9, abs=0)
    together = q_fixed_point([w, 50.0, 0.5], [b, 2.0, 0.0])
    np.testing.assert_allclose(together, [expected, q_fixed_point(50.0, 2.0), 0], rtol=1e-9)
    assert chi_1(w, b) == pytest.approx(1, abs=1e-9) and depth_scale(w, b) > 1e8


@pytest.mark.parametrize(("w", "b"), [(1.5, 0.05), (1.2, 1.0), (2.5, 0.05), (6.0, 0.3), (3.0, 0.0)])
def test_slope_of_the_map_of_correlations(w, b):
    """χ₁ is its slope at c = 1, where it is 1; depth_scale's at c*, where layers end. Differences of 1e-5."""
    assert c_map(1.0, w, b) == pytest.approx(1, abs=1e-13)
    step = 1e-5
    first, second = 1 - c_map(1 - step, w, b), 1 - c_map(1 - 2 * step, w, b)
    assert (2 * first - second / 2) / step == pytest.approx(chi_1(w, b), abs=1e-6)
    c, steps = 0.2, []
    for _ in range(400):
        new = float(c_map(c, w, b))
        steps.append(new - c)
        c = new
    assert (c == pytest.approx(1, abs=1e-4)) == (chi_1(w, b) < 1)
    slope = (c_map(c + step, w, b) - c_map(c - step, w, b)) / (2 * step) if c < 0.99 else float(chi_1(w, b))
    assert depth_scale(w, b) == pytest.approx(-1 / math.log(slope), rel=1e-6)


@pytest.mark.parametrize("b", [1e-6, 0.05, 1.0, 300.0])
def test_the_edge_of_chaos(b):
    w = critical_sigma_w2(b)
    assert chi_1(w, b) == pytest.approx(1, abs=1e-9)
    assert depth_scale(w, b) > 1e7
    below, above = depth_scale(w * (1 - 1e-5), b), depth_scale(w * (1 + 1e-5), b)
    assert below == pytest.approx(above, rel=1e-3) and 1e4 < below < 1e8  # the same on both sides
    assert chi_1(0.9 * w, b) < 1 < chi_1(1.1 * w, b)


def test_fixed_points_settle():
    """All σ_w², densest next to 1, and all σ_b² that have their digits; and c* down to the edge of chaos."""
    off = np.geomspace(1e-16, 0.999, 30)
    for w in np.concatenate([1 - off, [1.0], 1 + off, np.geomspace(2, 390, 5)]):
        q = q_fixed_point(w, np.geomspace(1e-300, 1, 20))
        assert np.all(q[1:] >= (1 - 1e-14) * q[:-1])  # it rises with σ_b², but for rounding
    with pytest.raises(ConvergenceError, match="q did not settle: the last step was"):
        q_fixed_point(1.0, 5e-324)
    for b in (0.0, 1e-6, 0.05, 30.0):
        for beyond in (1e-6, 1e-4, 1e-2, 1.0):
            depth_scale((1 + beyond) * critical_sigma_w2(b), b)


def test_the_edge_without_biases():
    assert critical_sigma_w2(0.0) == 1 and np.isinf(depth_scale(1.0, 0.0))
    assert depth_scale(0.8, 0.0) == pytest.approx(-1 / math.log(0.8), rel=1e-13)
    assert c_map(0.3, 0.8, 0.0) == 0.3


def test_next_to_the_edge_both_formulas_agree():
    """Up to χ₁ − 1 = 1e-6 the slope is taken as 2 − χ₁, but for its square; beyond, c* is good to 1e-10."""
    w = float(critical_sigma_w2(0.05))
    rise = (chi_1(w * 1.001, 0.05) - 1) / 0.001
    sides = [float(depth_scale(w * (1 + x * 1e-6 / rise), 0.05)) for x in (0.98, 1.02)]
    assert sides[0] / sides[1] == pytest.approx(1.02 / 0.98, rel=2e-3)


@pytest.mark.parametrize("c", [-1.0, -0.6, 0.0, 0.5, 0.9, 1.0])
def test_relu_against_quadrature(c):
    """E[relu relu] in polar coordinates of z₁ and z₂, where the radius' part is ∫ r³ e^{−r²/2} dr = 2."""
    angle = math.acos(c)
    mean = quad(lambda t: max(math.cos(t), 0) * max(math.cos(t - angle), 0), -math.pi, math.pi, limit=200)[0]
    expected = 2 * mean / (2 * math.pi)
    assert c_map(c, 2.0, 0.0, "relu") == pytest.approx(2 * expected, abs=1e-9)
    q = q_fixed_point(1.2, 0.3, "relu")
    assert c_map(c, 1.2, 0.3, "relu") == pytest.approx((1.2 * q * expected + 0.3) / q, abs=1e-9)
    assert c_map(c, 2.5, 0.3, "relu") == c_map(c, 0.7, 0.0, "relu") == c_map(c, 2.0, 0.0, "relu")


def test_relu():
    assert q_map(3.0, 1.5, 0.1, "relu") == pytest.approx(1.5 * 1.5 + 0.1)
    assert chi_1(1.5, 0.1, "relu") == 0.75
    assert depth_scale(1.5, 0.1, "relu") == pytest.approx(-1 / math.log(0.75))
    np.testing.assert_array_equal(depth_scale([2.0, 3.0], 0.1, "relu"), np.inf)


@pytest.mark.parametrize(("phi", "w", "b"), [("tanh", 1.5, 0.05), ("tanh", 3.0, 0.05), ("relu", 1.7, 0.1)])
def test_wide_networks(phi, w, b):
    """Two inputs through three layers of 1000 units, twelve networks: q and c as the maps say.

    Within five standard errors, since twelve networks tell the error to a fifth of itself; each is below 5 %.
    """
    rng, n, networks = np.random.default_rng(13), 1000, 12
    q0, c0 = float(q_fixed_point(w, b, phi)), 0.3
    act = np.tanh if phi == "tanh" else lambda x: np.maximum(x, 0)
    found = []
    for _ in range(networks):
        u = rng.normal(size=(2, n))
        x = math.sqrt(q0) * np.array([u[0], c0 * u[0] + math.sqrt(1 - c0**2) * u[1]])
        for _ in range(3):
            x = act(x) @ rng.normal(0, math.sqrt(w / n), (n, n)) + rng.normal(0, math.sqrt(b), n)
        found.append([np.mean(x[0] ** 2), np.mean(x[1] ** 2), np.mean(x[0] * x[1])])
    found = np.array(found)
    expected_q, expected_c = q0, c0
    for _ in range(3):
        expected_q, expected_c = float(q_map(expected_q, w, b, phi)), float(c_map(expected_c, w, b, phi))
    error = found.std(axis=0, ddof=1) / math.sqrt(networks)
    off = found.mean(axis=0) - [expected_q, expected_q, expected_c * expected_q]
    assert np.all(np.abs(off) < 5 * error) and np.all(error < 0.05 * expected_q)


# What is asked of every module (declared.py) ---------------------------------------------------------

PAIR = np.array([[0.0, 1.0], [1.0, 0.0]])
CALLS = {
    "curie_weiss_magnetization": lambda T=0.7: curie_weiss_magnetization(T, 0.1),
    "curie_weiss_free_energy": lambda T=0.7: curie_weiss_free_energy(0.3, T, 0.1),
    "curie_weiss_spinodal": lambda T=0.7: curie_weiss_spinodal(T),
    "curie_weiss_exact": lambda Ts=0.7: curie_weiss_exact(5, Ts, 0.1),
    "naive_mean_field": lambda Ts=2.0: naive_mean_field(PAIR, 0.1, Ts),
    "tap": lambda Ts=2.0: tap(PAIR, 0.1, Ts),
    "belief_propagation": lambda Ts=2.0: belief_propagation(PAIR, 0.1, Ts),
    "hopfield_capacity": lambda: hopfield_capacity(),
    "q_map": lambda: q_map(1.0, 1.5, 0.05),
    "q_fixed_point": lambda: q_fixed_point(1.5, 0.05),
    "chi_1": lambda: chi_1(1.5, 0.05),
    "critical_sigma_w2": lambda: critical_sigma_w2(0.05),
    "c_map": lambda: c_map(0.5, 1.5, 0.05),
    "depth_scale": lambda: depth_scale(3.0, 0.05),
}
NET = Hopfield(XI)
BAD = {
    "an infinite field": (lambda: curie_weiss_magnetization(1.0, np.inf), "h must be finite, got inf"),
    "a magnetisation above 1": (
        lambda: curie_weiss_free_energy(1.01, 1.0),
        "m must be from -1 to 1, got 1.01",
    ),
    "one of many below -1": (
        lambda: curie_weiss_free_energy(np.linspace(-1.5, 0, 20), 1.0),
        r"got an array of shape \(20,\) with values from -1.5 to 0",
    ),
    "no spins": (lambda: curie_weiss_exact(0, 1.0), "N must be an integer from 1 to 10000000, got 0"),
    "two temperatures of a magnet": (lambda: curie_weiss_exact(3, [1.0, 2.0]), "T must be one number, got"),
    "fields of a magnet": (lambda: curie_weiss_exact(3, 1.0, [0.1, 0.2]), "h must be one number"),
    "a self-coupling": (lambda: naive_mean_field(np.eye(2), 0.0, 1.0), "J must have zero diagonal"),
    "a coupling of one direction": (lambda: tap(np.triu(PAIR), 0.0, 1.0), "J must be symmetric"),
    "a field too many": (
        lambda: belief_propagation(PAIR, [1, 2, 3], 1.0),
        r"h must have shape \(\) or \(2,\)",
    ),
    "fields beyond T": (
        lambda: naive_mean_field(PAIR, 10.0, 1e-300),
        r"J and h must be below 1e\+300 in units of T = 1e-300, got 1.1e\+301",
    ),
    "squares beyond the doubles": (lambda: tap(PAIR, 0.0, 1e-160), r"below 1e150 T here.*got 1e\+160 T"),
    "no damping but memory": (lambda: tap(PAIR, 0.0, 1.0, damping=1.0), "damping must be from 0 to below 1"),
    "a negative damping": (lambda: belief_propagation(PAIR, 0.0, 1.0, damping=-0.1), "got -0.1"),
    "a start for three": (
        lambda: naive_mean_field(PAIR, 0.0, 1.0, start=[0, 0, 0]),
        r"start must have shape \(\) or \(2,\), got \(3,\)",
    ),
    "a start beyond 1": (lambda: belief_propagation(PAIR, 0.0, 1.0, start=1.5), "start must be from -1 to 1"),
    "no sweeps": (lambda: naive_mean_field(PAIR, 0.0, 1.0, sweeps=0), "sweeps must be an integer ≥ 1"),
    "no messages": (lambda: belief_propagation(PAIR, 0.0, 1.0, sweeps=0), "sweeps must be an integer ≥ 1"),
    "parallel in words": (lambda: tap(PAIR, 0.0, 1.0, parallel="yes"), "parallel must be True or False"),
    "one pattern without a row": (lambda: Hopfield([1, -1]), r"shape \(P, N\) .* got \(2,\)"),
    "no pattern": (lambda: Hopfield(np.ones((0, 5))), r"got \(0, 5\)"),
    "patterns of 0 and 1": (lambda: Hopfield([[0, 1]]), r"patterns must be ±1, got \[\[0.0, 1.0\]\]"),
    "a state of another length": (
        lambda: NET.recall([1, 1]),
        r"state must have shape \(..., 6\), got \(2,\)",
    ),
    "half a spin": (lambda: NET.energy([0.5] * 6), "state must be ±1"),
    "a negative temperature of recall": (lambda: NET.recall(XI[0], -1.0), "T must be positive"),
    "temperatures of recall": (lambda: NET.recall(XI[0], [1.0, 2.0]), "T must be one number"),
    "no temperature of recall": (lambda: NET.recall(XI[0], []), "T must be one number"),
    "a truth for a temperature": (lambda: NET.recall(XI[0], False), "T must be an array of real numbers"),
    "no sweeps of recall": (lambda: NET.recall(XI[0], sweeps=0), "sweeps must be an integer ≥ 1"),
    "another φ": (lambda: q_map(1.0, 1.0, 0.0, "cos"), r"phi must be one of \('tanh', 'relu'\), got 'cos'"),
    "a negative square": (lambda: q_map(-1.0, 1.0, 0.0), "q must be from 0 to 400, got -1"),
    "a negative square of relu": (lambda: q_map(-1.0, 1.0, 0.0, "relu"), "q must be ≥ 0, got -1"),
    "a square too large": (lambda: q_map(401.0, 1.0, 0.0), "q must be from 0 to 400, got 401"),
    "weights without variance": (lambda: q_fixed_point(0.0, 1.0), "sigma_w2 must be positive, got 0"),
    "a negative variance": (lambda: chi_1(1.0, -0.1), "sigma_b2 must not be negative, got -0.1"),
    "weights too large": (lambda: depth_scale(401.0, 0.0), "must be at most 400 for tanh, got 401"),
    "relu without a fixed point": (lambda: q_fixed_point(2.0, 0.1, "relu"), "must be below 2 for relu"),
    "biases too large": (lambda: critical_sigma_w2(301.0), "sigma_b2 must be from 0 to 300, got 301"),
    "negative biases": (lambda: critical_sigma_w2(-1.0, "relu"), "sigma_b2 must be ≥ 0, got -1"),
    "no such correlation": (lambda: c_map(1.1, 1.0, 0.1), "c must be from -1 to 1, got 1.1"),
}
LIMITS = [
    (lambda m: curie_weiss_free_energy(m, 1.0), 1.0, 1 + 2e-16),
    (lambda N: curie_weiss_exact(N, 1.0), 1, 0),
    (lambda damping: naive_mean_field(PAIR, 0.0, 1.0, damping=damping), 0.0, -1e-300),
    (lambda start: naive_mean_field(PAIR, 0.0, 1.5, start=start), -1.0, -1 - 3e-16),
    (lambda T: NET.recall(XI[0], T, rng=0), 1e-300, 9e-301),
    (lambda T: NET.recall(XI[0], T, rng=0), 0.0, -1e-300),
    (lambda N: Hopfield(np.ones((1, N))), 2, 1),
    (lambda q: q_map(q, 1.0, 0.0), 400.0, 400.1),
    (lambda w: chi_1(w, 0.0), 400.0, 400.1),
    (lambda w: chi_1(w, 0.0), 1e-300, 0.0),
    (lambda b: critical_sigma_w2(b), 300.0, 300.1),
    (lambda w: q_fixed_point(w, 0.1, "relu"), 1.9999, 2.0),
    (lambda c: c_map(c, 1.0, 0.1), -1.0, -1 - 3e-16),
]
AS_COLD = {
    "all up": (lambda: curie_weiss_magnetization(COLD, 1e5), 1.0),
    "the last spinodal": (lambda: curie_weiss_spinodal(COLD), 1.0),
    "ln Z of a cold magnet": (lambda: curie_weiss_exact(1000, COLD, 1.0).log_Z * COLD, 1500.0),
    "a cold recall": (lambda: int((NET.recall(XI[0], COLD, sweeps=1, rng=0) == XI[0]).sum()), 6),
}
FAULTS = [
    Fault(
        "the temperature of the spinodal beside the root alone",
        "s - cold * np.log((1 + s) / np.sqrt(cold))",
        "s - np.log((1 + s) / np.sqrt(cold))",
        "test_reference_spinodal",
    ),
    Fault(
        "a term of a series that is twice too small",
        "(2 * near ** (2 * k + 1)",
        "(near ** (2 * k + 1)",
        "test_spinodal_to_the_last_digits[0.99]",
    ),
    Fault(
        "the root of the unstable side",
        "np.where(h < 0, -1, 1) * np.tanh(x)",
        "np.tanh(x)",
        "test_magnetization_to_the_last_digits[2.0-0.7]",
    ),
    Fault(
        "Newton's slope of the wrong sign",
        "np.tanh(x) ** 2 - t\n",
        "1 - np.tanh(x) ** 2 - t\n",
        "test_reference_magnetization",
    ),
    Fault(
        "energy where free energy is meant",
        "- np.where(S > 0, T * S, 0.0)",
        "+ 0 * S",
        "test_free_energy_by_its_parts",
    ),
    Fault("each bond twice", "-(m**2) / 2 - h * m", "-(m**2) - h * m", "test_free_energy_by_its_parts"),
    Fault(
        "states of a magnetisation counted once",
        "log_p = log_count - above / T",
        "log_p = 0 * log_count - above / T",
        "test_reference_finite_magnet",
    ),
    Fault(
        "self-terms left out of ln Z",
        "(N / 2 + abs(h) * N) / T)",
        "((N - 1) / 2 + abs(h) * N) / T)",
        "test_finite_magnet_by_enumeration[1.0-0.0-7]",
    ),
    Fault(
        "the field's sign in the finite magnet",
        "np.where(h < 0, -1, 1) * M)",
        "np.where(h < 0, 1, -1) * M)",
        "test_finite_magnet_by_enumeration[0.3-0.1-7]",
    ),
    Fault(
        "each bond twice in the bound",
        "return MeanField(m, float(_entropy(m).sum() + m @ (K @ m) / 2 + b @ m))",
        "return MeanField(m, float(_entropy(m).sum() + m @ (K @ m) + b @ m))",
        "test_reference_machine",
    ),
    Fault(
        "a reaction of the wrong sign in a sweep",
        "x - m[i] * (k**2 @ (1 - m[j] ** 2))",
        "x + m[i] * (k**2 @ (1 - m[j] ** 2))",
        "test_what_tap_solves",
    ),
    Fault(
        "a reaction of the wrong sign in parallel",
        "x - before * (self.K2 @ (1 - m**2))",
        "x + before * (self.K2 @ (1 - m**2))",
        "test_what_tap_solves",
    ),
    Fault(
        "an echo that comes back too early",
        "x - before * (self.K2 @ (1 - m**2))",
        "x - m * (self.K2 @ (1 - m**2))",
        "test_sweeps_of_naive_mean_field_and_tap[2-0.0]",
    ),
    Fault(
        "a reaction without the spread of the neighbour",
        "x - m[i] * (k**2 @ (1 - m[j] ** 2))",
        "x - m[i] * (k**2).sum()",
        "test_reference_machine",
    ),
    Fault(
        "TAP's term twice",
        "v @ (K.power(2) @ v) / 4",
        "v @ (K.power(2) @ v) / 2",
        "test_orders_of_the_expansion",
    ),
    Fault(
        "fields at T = 1",
        "K, b = rows * (1 / T), h / T",
        "K, b = rows * (1 / T), h / 1",
        "test_naive_mean_field_is_a_bound[0]",
    ),
    Fault(
        "couplings at T = 1",
        "K, b = rows * (1 / T), h / T",
        "K, b = rows * 1, h / T",
        "test_naive_mean_field_is_a_bound[0]",
    ),
    Fault(
        "spins in the other order",
        "for i in range(len(m)):",
        "for i in reversed(range(len(m))):",
        "test_sweeps_of_naive_mean_field_and_tap[1-0.0]",
    ),
    Fault(
        "damping the wrong way round",
        "before, m = m, kept * m + (1 - kept) * new",
        "before, m = m, kept * new + (1 - kept) * m",
        "test_sweeps_of_naive_mean_field_and_tap[2-0.3]",
    ),
    Fault(
        "damping of a sweep the wrong way round",
        "m[i] = kept * m[i] + (1 - kept) * one",
        "m[i] = kept * one + (1 - kept) * m[i]",
        "test_sweeps_of_naive_mean_field_and_tap[2-0.3]",
    ),
    Fault(
        "an end that never asks",
        "if moved <= _SETTLED:",
        "if True:",
        "test_to_and_fro",
    ),
    Fault(
        "the first iterate for the last",
        'the last moved it by {moved:.2g}", m)',
        'the last moved it by {moved:.2g}", 0 * m)',
        "test_to_and_fro",
    ),
    Fault(
        "a message that hears its own echo",
        "new = _message(k, total[i] - u[back])",
        "new = _message(k, total[i])",
        "test_belief_propagation_is_exact_on_a_forest[0-0.7]",
    ),
    Fault(
        "messages the wrong way along a bond",
        "back = np.lexsort((i, j))",
        "back = np.arange(len(k))",
        "test_belief_propagation_is_exact_on_a_forest[0-0.7]",
    ),
    Fault(
        "a product for the hyperbolic product",
        "lesser + (np.log1p(",
        "lesser + 0 * (np.log1p(",
        "test_belief_propagation_is_exact_on_a_forest[0-0.7]",
    ),
    Fault(
        "a coupling whose sign is lost",
        "np.sign(k) * np.sign(H)",
        "np.sign(H)",
        "test_belief_propagation_is_exact_on_a_forest[1-0.7]",
    ),
    Fault(
        "a field that no spin passes on",
        "        total = b + np.bincount(j, u, n)\n        new",
        "        total = np.bincount(j, u, n)\n        new",
        "test_belief_propagation_is_exact_on_a_forest[0-0.7]",
    ),
    Fault(
        "each bond twice in Bethe's ln Z",
        "bonds.sum() / 2))",
        "bonds.sum()))",
        "test_belief_propagation_around_a_ring",
    ),
    Fault(
        "Bethe's ln Z without what spins count twice",
        "_log_cosh(k) - _log_cosh(u) - _log_cosh(total[j]) + _log_cosh(total[j] - u)",
        "_log_cosh(k)",
        "test_belief_propagation_is_exact_on_a_forest[0-0.7]",
    ),
    Fault(
        "fewer sweeps than a chain needs",
        'sweeps = max(_validate.whole("sweeps", sweeps, 1), n)',
        'sweeps = _validate.whole("sweeps", sweeps, 1)',
        "test_a_long_chain",
    ),
    Fault(
        "messages damped the wrong way round",
        "u = damping * u + (1 - damping) * new",
        "u = damping * new + (1 - damping) * u",
        "test_sweeps_of_belief_propagation",
    ),
    Fault(
        "a self-coupling left in",
        "np.fill_diagonal(J, 0.0)",
        "np.fill_diagonal(J, len(patterns))",
        "test_couplings_by_their_definition",
    ),
    Fault(
        "self-couplings that steady what crosstalk upsets",
        "np.fill_diagonal(J, 0.0)",
        "np.fill_diagonal(J, len(patterns))",
        "test_crosstalk_upsets_as_many_units_as_it_should[0.138-0.00355221]",
    ),
    Fault(
        "couplings per pattern",
        "J / patterns.shape[1])",
        "J / patterns.shape[0])",
        "test_couplings_by_their_definition",
    ),
    Fault(
        "each pair twice in a network's energy",
        "(-0.5 * ((s @ self.J) * s)",
        "(-1.0 * ((s @ self.J) * s)",
        "test_energy_and_overlap",
    ),
    Fault(
        "units that turn against their fields",
        "np.sign(fields[:, i]))",
        "-np.sign(fields[:, i]))",
        "test_recall_goes_downhill_and_rests",
    ),
    Fault(
        "odds without the 2",
        "expit(2 * fields[:, i] / N / T)",
        "expit(fields[:, i] / N / T)",
        "test_heat_bath_odds_are_met_to_the_last",
    ),
    Fault(
        "odds with N's own field",
        "expit(2 * fields[:, i] / N / T)",
        "expit(2 * fields[:, i] / T)",
        "test_law_of_recall",
    ),
    Fault(
        "all units at once",
        "fields[turned] += 2 * new[turned, None] * W[i]",
        "fields[turned] += 0 * new[turned, None] * W[i]",
        "test_a_recall_of_given_chance[0.0]",
    ),
    Fault(
        "a field that learns half of each turn",
        "fields[turned] += 2 * new[turned, None] * W[i]",
        "fields[turned] += new[turned, None] * W[i]",
        "test_recall_goes_downhill_and_rests",
    ),
    Fault(
        "ties that go up",
        "np.where(fields[:, i] == 0, s[:, i], np.sign",
        "np.where(fields[:, i] == 0, 1.0, np.sign",
        "test_a_tie_is_left_as_it_is",
    ),
    Fault(
        "one sweep's order for all",
        "for i in rng.permutation(N):",
        "for i in range(N):",
        "test_a_recall_of_given_chance[0.0]",
    ),
    Fault(
        "overlaps in units of the patterns' number",
        "s @ self.patterns.T.astype(float) / s.shape[-1]",
        "s @ self.patterns.T.astype(float) / len(self.patterns)",
        "test_energy_and_overlap",
    ),
    Fault(
        "crosstalk without the response of the others",
        "(scipy.special.erf(y) / y - 2 / np.sqrt(np.pi) * np.exp(-(y**2)))",
        "(scipy.special.erf(y) / y)",
        "test_reference_capacity",
    ),
    Fault(
        "biases left out of q",
        "(w * _signals.mean(phi, 0, q) + b)[()]",
        "(w * _signals.mean(phi, 0, q))[()]",
        "test_fixed_points_stay[0.05-1.3]",
    ),
    Fault(
        "relu's q without the half",
        "b / (1 - w / 2)",
        "b / (1 - w)",
        "test_fixed_points_stay[0.05-0.5]",
    ),
    Fault(
        "φ for φ'",
        "return (w * _signals.mean(phi, 1, q))[()]",
        "return (w * _signals.mean(phi, 0, q))[()]",
        "test_reference_signals",
    ),
    Fault(
        "σ_w for its square",
        "return (w * _signals.mean(phi, 1, q))[()]",
        "return (np.sqrt(w) * _signals.mean(phi, 1, q))[()]",
        "test_reference_signals",
    ),
    Fault(
        "the angle's other side",
        "(np.pi - np.arccos(c)) * c",
        "np.arccos(c) * c",
        "test_relu_against_quadrature[0.5]",
    ),
    Fault(
        "a bias that no correlation gains",
        "share * kernel + 1 - share",
        "kernel",
        "test_relu_against_quadrature[0.0]",
    ),
    Fault(
        "chaos at the slope where it begins",
        "_loop(_signals.chaotic_slope, slope[chaos], w[chaos], b[chaos], q[chaos])",
        "1 / slope[chaos]",
        "test_slope_of_the_map_of_correlations[6.0-0.3]",
    ),
    Fault(
        "the edge with the biases of χ₁",
        "_signals.mean(phi, 0, one) / _signals.mean(phi, 1, one)) - b",
        "_signals.mean(phi, 0, one)) - b",
        "test_the_edge_of_chaos[0.05]",
    ),
]
FAULTS += [
    Fault(name, text, wrong, test, "_signals.py")
    for name, text, wrong, test in [
        (
            "too few nodes",
            "min(0.4, 0.2 / math.sqrt(q))",
            "min(0.9, 0.5 / math.sqrt(q))",
            "test_means_over_a_layer_against_quadrature[4.0]",
        ),
        (
            "nodes whose number forgets q",
            "min(0.4, 0.2 / math.sqrt(q)) if q else 0.4",
            "0.4",
            "test_means_over_a_layer_against_quadrature[30.0]",
        ),
        (
            "nodes that end too early",
            "math.ceil(8.6 / spacing)",
            "math.ceil(5 / spacing)",
            "test_means_over_a_layer_against_quadrature[1.0]",
        ),
        (
            "a Gaussian of half the variance",
            "np.exp(-(z**2) / 2)",
            "np.exp(-(z**2))",
            "test_means_over_a_layer_against_quadrature[1.0]",
        ),
        (
            "sech for its square",
            "1 / np.cosh(u) ** 2 if slope",
            "1 / np.cosh(u) if slope",
            "test_reference_signals",
        ),
        (
            "inputs that are not correlated as they should",
            "np.sqrt((1 - c) * (1 + c)) * u",
            "(1 - c) * u",
            "test_two_inputs_of_a_saturated_layer[0.4]",
        ),
        (
            "a correlation that is a covariance",
            "(w * pair(0, c, q) + b) / q, 1.0) if q",
            "w * pair(0, c, q) + b, 1.0) if q",
            "test_slope_of_the_map_of_correlations[1.5-0.05]",
        ),
        (
            "the slope at c = 0 for that at c*",
            "c = min(c + step, 1.0)",
            "c = min(c + 0 * step, 1.0)",
            "test_slope_of_the_map_of_correlations[6.0-0.3]",
        ),
        (
            "the edge from the other side",
            "return 2 - chi",
            "return 3 - 2 * chi",
            "test_next_to_the_edge_both_formulas_agree",
        ),
        ("signals that die where they live", "(b > 0) | (w > 1)", "(b > 0)", "test_how_signals_are_born"),
        (
            "Newton's slope without σ_w²",
            "slope = 1 - w + w * (",
            "slope = 1 - w + 2.5 * (",
            "test_fixed_points_stay[0.05-50.0]",
        ),
        (
            "a start from where halving does not end",
            "np.where(small, near, w + b)",
            "w + b",
            "test_signals_that_are_barely_born[1e-300-0.0]",
        ),
        (
            "a difference that cancels where little is born",
            "np.where(small, (1 - w) * q + w * d - b, q - (w * (t**2 @ weights) + b))",
            "q - (w * (t**2 @ weights) + b)",
            "test_signals_that_are_barely_born[0.0-1e-14]",
        ),
        (
            "a difference that cancels near the critical point",
            "np.where(x < 1, total / np.cosh(near), x - np.tanh(x))",
            "x - np.tanh(x)",
            "test_magnetization_to_the_last_digits[0.9999999999-0.0]",
        ),
    ]
]
