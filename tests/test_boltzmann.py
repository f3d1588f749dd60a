"""Closed forms and identities for `thermolib.boltzmann`, and SciPy as a peer."""

# ruff: noqa: SIM300  (S and C are entropy and heat capacity, not constants)

import numpy as np
import pytest
from scipy.special import logsumexp, softmax
from thermolib.boltzmann import boltzmann, legendre, log_partition, thermodynamics, tonks_gas

from declared import Fault
from known import known

T = np.array([0.01, 0.1, 0.5, 1.0, 3.0, 1e4])


def test_two_levels():
    got = thermodynamics([0.0, 1.0], T)
    x = np.exp(-1 / T)
    np.testing.assert_allclose(got.log_Z, np.log1p(x), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(got.U, x / (1 + x), rtol=1e-12)
    np.testing.assert_allclose(got.C, x / (1 + x) ** 2 / T**2, rtol=1e-12)
    np.testing.assert_allclose(got.S, got.U / T + got.log_Z, rtol=1e-12, atol=1e-15)
    at_1 = thermodynamics([0.0, 1.0], 1.0)
    Z, F, U, S = (known("partition_functions", f"two levels: {name}") for name in "ZFUS")
    np.testing.assert_allclose(at_1[1:5], [np.log(Z), F, U, S], atol=1e-9)


@pytest.mark.parametrize(("ratio", "name"), [(1, "Schottky's peak"), (2, "two upper states")])
def test_schottky_peak(ratio, name):
    """The places are off in their last digits, which costs the heights 1e-17."""
    peak, where = (known("partition_functions", f"{name}: {what}") for what in ("height", "place"))
    near = where + np.array([-1e-3, 0, 1e-3])
    C = thermodynamics([0.0, 1.0], near, log_g=[0.0, np.log(ratio)]).C
    assert C[1] == pytest.approx(peak, abs=1e-9)
    assert C[1] > C[0] and C[1] > C[2]


def test_identities_on_random_levels():
    rng = np.random.default_rng(0)
    E, log_g = rng.normal(scale=5, size=(3, 40)), rng.uniform(0, 9, size=40)
    got, p = thermodynamics(E, T[:, None], log_g), boltzmann(E, T[:, None], log_g)
    assert p.shape == (6, 1, 3, 40) and got.S.shape == (6, 1, 3) and got.T.shape == (6, 1)
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-12)
    np.testing.assert_allclose(got.U, (p * E).sum(axis=-1), rtol=1e-12)
    np.testing.assert_allclose(got.F, got.U - T[:, None, None] * got.S, rtol=1e-11)
    np.testing.assert_allclose(got.F, -T[:, None, None] * got.log_Z, rtol=1e-11)
    np.testing.assert_allclose(got.log_Z, logsumexp(log_g - E / T[:, None, None, None], axis=-1), rtol=1e-12)
    np.testing.assert_allclose(
        p, softmax(log_g - E / T[:, None, None, None], axis=-1), rtol=1e-10, atol=1e-300
    )


def test_derivatives():
    """U = −∂ln Z/∂β, S = −∂F/∂T and C = dU/dT, by central differences: error h² f'''/6 + ε f/h ~ 1e-8."""
    E, T, h = np.array([0.0, 0.3, 1.7, 4.0]), 0.9, 1e-4
    here, up, down = (thermodynamics(E, t) for t in (T, T + h, T - h))
    assert here.S == pytest.approx(-(up.F - down.F) / (2 * h), abs=1e-7)
    assert here.C == pytest.approx((up.U - down.U) / (2 * h), abs=1e-7)
    log_Z = [log_partition(E, 1 / (1 / T + d)) for d in (h, -h)]
    assert here.U == pytest.approx(-(log_Z[0] - log_Z[1]) / (2 * h), abs=1e-7)


def test_infinite_and_tiny_temperature():
    hot = thermodynamics([-1.0, 0.0, 7.0], np.inf, log_g=np.log([1, 2, 3]))
    assert hot.log_Z == pytest.approx(np.log(6)) and hot.S == pytest.approx(np.log(6))
    assert hot.U == pytest.approx(20 / 6) and hot.C == 0 and hot.F == -np.inf
    assert thermodynamics([3.0], np.inf).F == 3.0
    cold = thermodynamics([-1.0, -1.0, 5.0], 1e-200)
    assert cold.S == pytest.approx(np.log(2)) and cold.U == -1 and cold.C == 0


@pytest.mark.parametrize("unit", [1e-299, 1e-150, 1.0, 1e150, 1e299])
def test_any_unit(unit):
    """E and T in another unit: ln Z, S and C stay, F and U are in that unit; only division rounds."""
    here, there = thermodynamics([-1.0, 0.0, 7.0], [0.3, 2.0]), thermodynamics(
        np.array([-1.0, 0.0, 7.0]) * unit, np.array([0.3, 2.0]) * unit
    )  # fmt: skip
    for name in ("log_Z", "S", "C"):
        np.testing.assert_allclose(getattr(there, name), getattr(here, name), rtol=1e-13)
    for name in ("F", "U"):
        np.testing.assert_allclose(getattr(there, name) / unit, getattr(here, name), rtol=1e-13)


def test_a_gap_beyond_the_range():
    """Where (E₁ − E₀)/T is no double, level 1 is empty: no NaN, no warning."""
    cold = thermodynamics([0.0, 1e200], 1e-200)
    assert (cold.log_Z, cold.F, cold.U, cold.S, cold.C) == (0, 0, 0, 0, 0)
    np.testing.assert_array_equal(boltzmann([0.0, 1e200], 1e-200), [1, 0])


def test_energies_far_from_zero():
    """A constant added to E is added to F and U alone: C is no difference of ⟨E²⟩ and ⟨E⟩².

    At 2⁴⁰ nothing of the levels, multiples of 2⁻¹⁰, is rounded away.
    """
    E, shift = np.array([0.0, 1.0, 2.5]), 2.0**40
    here, there = thermodynamics(E, 0.75), thermodynamics(E + shift, 0.75)
    both = thermodynamics([E, E + shift], 0.75)  # each system has a ground state of its own
    assert both.C.tolist() == [here.C, there.C] and both.U.tolist() == [here.U, there.U]
    assert (there.C, there.S, there.U) == (here.C, here.S, here.U + shift)
    assert there.F == pytest.approx(here.F + shift, rel=1e-15)


@pytest.mark.parametrize("log_g", [-1000.0, 1000.0])
def test_degeneracies_beyond_the_range_of_exp(log_g):
    got = thermodynamics([0.0, 1.0], 1.0, log_g)
    assert got.log_Z == pytest.approx(log_g + np.log1p(np.exp(-1)), rel=1e-15)
    assert got.F == -got.log_Z
    S = known("partition_functions", "two levels: S")
    assert got.S == pytest.approx(log_g + S, abs=1e-9) and got.C == pytest.approx(0.196611933)
    np.testing.assert_allclose(boltzmann([0.0, 1.0], 1.0, [log_g, 0.0]), [log_g > 0, log_g < 0], atol=1e-300)


def test_the_softmax_of_logits():
    got = thermodynamics([-2.0, -1.0, 0.0], [1.0, 0.5])
    S, cold, U, C = (known("entropy", f"logits 2, 1, 0: {x}") for x in ("S", "S at T = ½", "U", "C"))
    np.testing.assert_allclose(got.S, [S, cold], atol=1e-9)
    np.testing.assert_allclose([got.U[0], got.C[0]], [U, C], atol=1e-9)


@pytest.mark.parametrize("a", [0.0, 0.3])
def test_tonks_gas(a):
    """Derivatives of F by central differences, and ln Z of two rods by its ordered integral."""
    h = 1e-4
    gas = tonks_gas(1.3, 7.0, 5, a)
    F = [tonks_gas(1.3 + d, 7.0, 5, a).F for d in (h, -h)]
    assert gas.S == pytest.approx(-(F[0] - F[1]) / (2 * h), abs=1e-6)
    F = [tonks_gas(1.3, 7.0 + d, 5, a).F for d in (h, -h)]
    assert gas.p == pytest.approx(-(F[0] - F[1]) / (2 * h), abs=1e-6)
    assert gas.p * (7.0 - 5 * a) == pytest.approx(5 * 1.3) and gas.U == pytest.approx(5 * 1.3 / 2)
    assert gas.G == pytest.approx(gas.H - 1.3 * gas.S) and gas.F == pytest.approx(gas.U - 1.3 * gas.S)
    # Two rods of centres x < y: a/2 ≤ x, x + a ≤ y ≤ L − a/2, summed by the midpoint rule, exact for a line
    x = a / 2 + (np.arange(1000) + 0.5) * (7.0 - 2 * a) / 1000
    area = ((7.0 - a / 2) - (x + a)).sum() * (7.0 - 2 * a) / 1000
    expected = np.log(area) + np.log(2 * np.pi * 1.3)
    assert -tonks_gas(1.3, 7.0, 2, a).F / 1.3 == pytest.approx(expected, rel=1e-10)


def test_the_gas_is_new_arrays():
    T, L = np.array([[1.0], [2.0]]), np.array([5.0, 6.0, 7.0])
    gas = tonks_gas(T, L, 2)
    assert {x.shape for x in gas} == {(2, 3)}
    for x in gas[:3]:
        x[0, 0] = -1
        assert np.sum(x == -1) == 1
    assert T.min() == 1 and L.min() == 5


def test_legendre_transforms_of_the_gas():
    """On a grid of spacing d the parabola leaves O(d³): 2000 points give better than 1e-6."""
    N, a, T, L = 6, 0.25, 1.5, 9.0
    gas = tonks_gas(T, L, N, a)
    grid_T, grid_L = np.geomspace(0.1, 20, 2000), np.linspace(2, 60, 4000)
    isochore = tonks_gas(grid_T, L, N, a)
    F, S = legendre(isochore.S, isochore.U, T)
    assert F == pytest.approx(gas.F, abs=1e-5) and S == pytest.approx(gas.S, abs=1e-3)
    isotherm = tonks_gas(T, grid_L, N, a)
    G, where = legendre(grid_L, isotherm.F, -gas.p)
    assert G == pytest.approx(gas.G, abs=1e-5) and where == pytest.approx(L, abs=1e-2)
    # At constant entropy, U(L) follows T ∝ (L − N a)^−2, for S = N ln[(L − N a) √T] + a constant
    adiabat = tonks_gas(T * ((L - N * a) / (grid_L - N * a)) ** 2, grid_L, N, a)
    np.testing.assert_allclose(adiabat.S, gas.S, rtol=1e-12)
    H, where = legendre(grid_L, adiabat.U, -gas.p)
    assert H == pytest.approx(gas.H, abs=1e-5) and where == pytest.approx(L, abs=1e-2)


def test_legendre_of_a_parabola_on_an_uneven_grid():
    """A parabola through three points of a parabola is that parabola, wherever they lie: −s²/2, at x = s."""
    x = np.array([-3.0, -2.9, -1.0, 0.5, 0.6, 2.0, 5.0])
    slope = np.array([-2.0, -0.3, 0.9, 1.1])
    value, where = legendre(x, x**2 / 2, slope)
    np.testing.assert_allclose(value, -(slope**2) / 2, atol=1e-14)
    np.testing.assert_allclose(where, slope, atol=1e-14)


def test_legendre_in_any_unit():
    """A unit that is a power of 2 rounds nothing, however far that of x lies from that of y."""
    x, y = np.array([0.0, 1.0, 3.0, 4.0]), np.array([4.0, 1.0, 0.5, 3.0])
    value, where = legendre(x, y, 0.25)
    for of_x, of_y in ((2.0**500, 2.0**-500), (2.0**-500, 2.0**500)):
        got = legendre(x * of_x, y * of_y, 0.25 * of_y / of_x)
        assert got == (value * of_y, where * of_x)


def test_thresholds():
    """Rods that just fit; x that just rises; a slope that just belongs to the curve."""
    assert np.isfinite(tonks_gas(1.0, np.nextafter(1, 2), 2, 0.5)).all()
    with pytest.raises(ValueError, match="L must exceed N a"):
        tonks_gas(1.0, 1.0, 2, 0.5)
    assert tonks_gas(1.0, 5.0, 1).N == 1
    for N in (0, np.nextafter(1, 2)):
        with pytest.raises(ValueError, match="N must be a whole number"):
            tonks_gas(1.0, 5.0, N)
    with pytest.raises(ValueError, match="a must not be negative, got -5e-324"):
        tonks_gas(1.0, 5.0, 2, -5e-324)
    x = [0.0, 1.0, np.nextafter(1, 2), 2.0]
    assert legendre(x, [1.0, 0.0, 0.0, 1.0], 0.0)[0] == pytest.approx(0, abs=1e-15)
    with pytest.raises(ValueError, match="x must be increasing"):
        legendre([0.0, 1.0, 1.0, 2.0], [1.0, 0.0, 0.0, 1.0], 0.0)
    assert legendre([0.0, 1.0, 2.0], [0.0, 1.0, 3.0], 1.001)[1] > 0
    for slope in (1.0 - 1e-9, 2.0 + 1e-9):
        with pytest.raises(ValueError, match="at an end of x"):
            legendre([0.0, 1.0, 2.0], [0.0, 1.0, 3.0], slope)


def test_isothermal_isobaric_integral():
    """−T ln ∫ exp[−(F + pL)/T] dL is G up to O(ln N): per rod it tends to it as (ln N)/N."""
    T, N, a = 1.5, 4000, 0.25
    gas = tonks_gas(T, 2.0 * N, N, a)
    L = np.linspace(1.5 * N, 2.6 * N, 40_001)
    exact = -T * (logsumexp(-(tonks_gas(T, L, N, a).F + gas.p * L) / T) + np.log(L[1] - L[0]))
    assert exact / N == pytest.approx(gas.G / N, abs=T * np.log(N) / N)


# What is asked of every module (declared.py) ---------------------------------------------------------

CALLS = {
    "log_partition": lambda T=2.0: log_partition([0, 1], T),
    "boltzmann": lambda T=2.0: boltzmann([0, 1], T),
    "thermodynamics": lambda T=2.0: thermodynamics([0, 1], T),
    "tonks_gas": lambda T=2.0: tonks_gas(T, 5.0, 2),
    "legendre": lambda: legendre([0, 1, 2], [1, 0, 2], 0.0),
}
BAD = {
    "degeneracies of no level": (lambda: thermodynamics([0, 1], 1.0, []), r"\(0,\)"),
    "no levels": (lambda: log_partition([], 1.0), "at least one level"),
    "a scalar level": (lambda: log_partition(1.0, 1.0), r"shape \(\)"),
    "infinite energy": (lambda: boltzmann([0, np.inf], 1.0), "E must be finite"),
    "log_g of another shape": (lambda: boltzmann([0, 1], 1.0, [0, 0, 0]), r"\(3,\)"),
    "log_g of more systems": (lambda: boltzmann([0, 1], 1.0, np.zeros((2, 2))), r"\(2, 2\)"),
    "gas at infinite T": (lambda: tonks_gas(np.inf, 5.0, 2), "finite"),
    "rods do not fit": (lambda: tonks_gas(1.0, 5.0, 10, 0.5), "exceed N a"),
    "half a rod": (lambda: tonks_gas(1.0, 5.0, 1.5), "1.5"),
    "negative rod": (lambda: tonks_gas(1.0, 5.0, 2, -0.1), "-0.1"),
    "gas that does not broadcast": (lambda: tonks_gas([1.0, 2.0], [5.0, 6.0, 7.0], 2), "broadcast"),
    "legendre shapes": (lambda: legendre([0, 1, 2], [0, 1], 0.0), r"\(3,\) and \(2,\)"),
    "a of two rods": (lambda: tonks_gas(1.0, 5.0, 2, [0.1]), r"a must be one number, got \[0.1\]"),
    "legendre order": (
        lambda: legendre([0, 2, 1], [0, 1, 2], 0.0),
        r"x\[1\] = 2.0 and x\[2\] = 1.0",
    ),
    "legendre beyond": (
        lambda: legendre([0, 1, 2], [0, 1, 4], [1.5, 9.0]),
        "end of x: .* no slope 9",
    ),
    "an energy None": (lambda: log_partition([0, None], 1.0), r"real numbers, got \[0, None\]"),
    "NaN among many": (
        lambda: log_partition([*range(9), np.nan], 1.0),
        r"\(10,\) with values from 0.0 to 8.0 and 1 NaN",
    ),
    "only NaN": (lambda: log_partition([np.nan] * 9, 1.0), r"got an array of shape \(9,\)$"),
}
FAULTS = [
    Fault("β's sign", "log_weight = log_g - cost", "log_weight = log_g + cost", "test_two_levels"),
    Fault("log base", "log_sum = largest + np.log(", "log_sum = largest + np.log2(", "test_two_levels"),
    Fault(
        "degeneracy in the entropy",
        "S=-(p * (log_p - x.log_g)).sum(axis=-1)",
        "S=-(p * log_p).sum(axis=-1)",
        "test_identities_on_random_levels",
    ),
    Fault(
        "heat capacity over T, not T²",
        "C=(p * off * off)",
        "C=(p * off * off * x.T[..., 0, None])",
        "test_derivatives",
    ),
    Fault(
        "indistinguishable rods counted as distinct",
        "N * np.log(free) - scipy.special.gammaln(N + 1)",
        "N * np.log(free)",
        "test_tonks_gas",
    ),
    Fault("a rod too few between the walls", "free = L - N * a", "free = L - (N - 1) * a", "test_tonks_gas"),
    Fault(
        "C as a difference of ⟨E²⟩ and ⟨E⟩²",
        "C=(p * off * off).sum(axis=-1)",
        "C=(p * (off + x.ground / x.T) ** 2).sum(axis=-1) - (x.ground[..., 0] / x.T[..., 0]) ** 2",
        "test_energies_far_from_zero",
    ),
    Fault(
        "energies squared before T divides them",
        "C=(p * off * off).sum(axis=-1)",
        "C=(p * (off * x.T) ** 2).sum(axis=-1) / x.T[..., 0] ** 2",
        "test_any_unit",
    ),
    Fault(
        "the largest term left in the exponentials",
        "largest = log_weight.max(axis=-1, keepdims=True)",
        "largest = np.zeros_like(log_weight[..., :1])",
        "test_degeneracies_beyond_the_range_of_exp",
    ),
    Fault(
        "the Legendre transform's grid taken for even",
        "tangent = (d0 * right + d1 * left) / (left + right)",
        "tangent = (d0 + d1) / 2",
        "test_legendre_of_a_parabola_on_an_uneven_grid",
    ),
]
