"""Closed forms, inequalities and peers for `thermolib.entropy`."""

from functools import partial

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import softmax as scipy_softmax
from thermolib import entropy
from thermolib.boltzmann import thermodynamics

from declared import Fault
from known import known

FACES = np.arange(1, 7)
RNG = np.random.default_rng(2026)
P, Q = RNG.dirichlet(np.full(5, 0.3), size=(2, 200))


def test_a_peer():
    """SciPy's own, which adds the same terms in another order: rounding, n eps."""
    np.testing.assert_allclose(entropy.entropy(P), stats.entropy(P, axis=-1), rtol=1e-13)
    np.testing.assert_allclose(entropy.entropy(P, base=2), stats.entropy(P, axis=-1, base=2), rtol=1e-13)
    np.testing.assert_allclose(entropy.kl_divergence(P, Q), stats.entropy(P, Q, axis=-1), rtol=1e-11)
    np.testing.assert_allclose(
        entropy.cross_entropy(P, Q), entropy.entropy(P) + stats.entropy(P, Q, axis=-1), rtol=1e-12
    )


def test_units_and_axes():
    uniform = np.full((3, 8), 1 / 8)
    np.testing.assert_allclose(entropy.entropy(uniform, base=2), [3, 3, 3], rtol=1e-15)
    np.testing.assert_allclose(entropy.entropy(uniform.T, axis=0), np.log(8), rtol=1e-15)
    assert entropy.entropy(uniform, base=10).shape == (3,)
    assert str(entropy.entropy([1.0, 0.0])) == "0.0"  # and not -0.0


def test_nothing_and_the_impossible():
    """0 ln 0 = 0; what cannot happen and happens is infinitely surprising."""
    assert entropy.entropy([0.5, 0.5, 0.0]) == entropy.entropy([0.5, 0.5])
    assert entropy.kl_divergence([0.5, 0.5, 0.0], [0.25, 0.25, 0.5]) == pytest.approx(np.log(2), rel=1e-15)
    assert entropy.kl_divergence([0.5, 0.5], [1.0, 0.0]) == np.inf
    assert entropy.cross_entropy([0.5, 0.5], [1.0, 0.0]) == np.inf
    assert entropy.kl_divergence([1.0, 0.0], [1.0, 0.0]) == 0
    single = np.float32([0.1, 0.2, 0.7])  # sums to 1 as well as single precision can
    assert entropy.entropy(single) == pytest.approx(entropy.entropy([0.1, 0.2, 0.7]), rel=1e-6)


def test_far_out_in_the_range_of_a_double():
    """ln p/q where p/q or p_x p_y leaves it; and averages in any unit."""
    q = entropy.softmax([0.0, -712.0])
    assert entropy.kl_divergence([0.5, 0.5], q) == pytest.approx(356 - np.log(2), rel=1e-6)
    tiny = 1e-200
    assert entropy.mutual_information([[tiny, 0], [0, 1]]) == pytest.approx(-tiny * np.log(tiny) + tiny)
    for unit in (1e-165, 1e155):
        p, lam = entropy.max_entropy(FACES * unit, 4.5 * unit)
        np.testing.assert_allclose(p, entropy.max_entropy(FACES, 4.5).p, rtol=1e-12)
        assert float(lam) * unit == pytest.approx(known("entropy", "die of mean 4.5: λ"), abs=5e-10)


def test_shapes_broadcast():
    assert entropy.kl_divergence(P, Q[0]).shape == (200,)
    assert entropy.cross_entropy(P[:10, None], Q[:3]).shape == (10, 3)
    assert entropy.mutual_information(np.full((7, 2, 3), 1 / 6)).shape == (7,)


def test_mutual_information():
    """H(X) + H(Y) − H(X, Y), exactly 0 for a product, and Shannon's capacity 1 − H(f) of a noisy wire."""
    joint = RNG.dirichlet(np.ones(12), size=50).reshape(50, 3, 4)
    expected = (
        entropy.entropy(joint.sum(2)) + entropy.entropy(joint.sum(1)) - entropy.entropy(joint.reshape(50, 12))
    )
    np.testing.assert_allclose(entropy.mutual_information(joint), expected, atol=1e-14)
    np.testing.assert_allclose(entropy.mutual_information(np.outer(P[0], Q[0])), 0, atol=1e-15)
    flip = 0.11
    wire = np.array([[1 - flip, flip], [flip, 1 - flip]]) / 2
    bits = 1 + flip * np.log2(flip) + (1 - flip) * np.log2(1 - flip)
    assert entropy.mutual_information(wire) / np.log(2) == pytest.approx(bits, rel=1e-12)


def test_softmax():
    z = RNG.normal(size=(4, 6)) * 30
    T = np.array([0.1, 1.0, 7.0])
    np.testing.assert_allclose(
        entropy.softmax(z, T), scipy_softmax(z / T[:, None, None], axis=-1), rtol=1e-12, atol=1e-300
    )
    np.testing.assert_allclose(entropy.softmax(z, np.inf), 1 / 6, rtol=1e-15)
    np.testing.assert_allclose(entropy.softmax([1e5, 0.0]), [1, 0])


def test_softmax_is_thermal():
    """Values of logits 2, 1, 0; entropy rises by Var(E)/T³ (difference quotient: h² + ε/h ~ 1e-9)."""
    z = np.array([2.0, 1.0, 0.0])
    p = entropy.softmax(z)
    value = partial(known, "entropy")
    np.testing.assert_allclose(p, [value(f"logits 2, 1, 0: p of {k}") for k in (2, 1, 0)], atol=5e-9)
    assert entropy.entropy(p) == pytest.approx(value("logits 2, 1, 0: S"), abs=1e-9)
    at_half = entropy.entropy(entropy.softmax(z, 0.5))
    assert at_half == pytest.approx(value("logits 2, 1, 0: S at T = ½"), abs=1e-9)
    T, h = 0.7, 1e-5
    slope = np.diff(entropy.entropy(entropy.softmax(z, [T - h, T + h])))[0] / (2 * h)
    assert slope == pytest.approx(float(thermodynamics(-z, T).C) / T, abs=1e-8)


@pytest.mark.parametrize("mass", [1e-12, 0.2, 0.5, 0.9, 1.0])
def test_top_p_keeps_the_fewest(mass):
    """No smaller set of outcomes holds the mass, by trying all sets."""
    sets = (np.arange(32)[:, None] >> np.arange(5)) & 1
    for p in P[:20]:
        kept = entropy.top_p(p, mass)
        inside = kept > 0
        held = sets @ p
        assert p[inside].sum() >= mass - 1e-15
        assert inside.sum() == max(1, sets.sum(axis=1)[held >= mass - 1e-15].min())
        assert p[inside].sum() == pytest.approx(held[sets.sum(axis=1) == inside.sum()].max(), rel=1e-14)
        np.testing.assert_allclose(kept[inside], p[inside] / p[inside].sum(), rtol=1e-14)


def test_top_p_of_ties():
    np.testing.assert_array_equal(entropy.top_p([0.25] * 4, 0.5), [0.5, 0.5, 0, 0])
    for n in range(2, 40):
        for k in range(1, n):
            assert (entropy.top_p(np.full(n, 1 / n), k / n) > 0).sum() == k
    np.testing.assert_array_equal(entropy.top_p([[0.2, 0.8], [0.8, 0.2]], 0.5), [[0, 1], [1, 0]])


def test_jaynes_die():
    p, lam = entropy.max_entropy(FACES, 4.5)
    value = partial(known, "entropy")
    assert float(lam) == pytest.approx(value("die of mean 4.5: λ"), abs=5e-10)
    np.testing.assert_allclose(p, [value(f"die of mean 4.5: p of {k}") for k in FACES], atol=5e-6)
    assert entropy.entropy(p) == pytest.approx(value("die of mean 4.5: H, to more digits"), abs=5e-10)
    at_3 = entropy.entropy(entropy.max_entropy(FACES, 3).p)
    assert at_3 == pytest.approx(value("die of mean 3: H"), abs=5e-10)
    assert lam.shape == () and entropy.max_entropy([FACES], [4.5]).lam.shape == (1,)


def test_greatest_entropy_by_a_general_optimiser():
    """SLSQP on the probabilities themselves; its tolerance of 1e-12 on H leaves √1e-12 on p."""
    values, mean = np.stack([FACES, FACES**2]), np.array([3.2, 14.0])
    p, lam = entropy.max_entropy(values, mean)
    found = minimize(
        lambda q: np.sum(q * np.log(q)),
        np.full(6, 1 / 6),
        jac=lambda q: np.log(q) + 1,
        bounds=[(1e-9, 1)] * 6,
        constraints=[
            {"type": "eq", "fun": lambda q: q.sum() - 1},
            {"type": "eq", "fun": lambda q: values @ q - mean},
        ],
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert found.success
    np.testing.assert_allclose(p, found.x, atol=1e-5)
    np.testing.assert_allclose(p, scipy_softmax(lam @ values), rtol=1e-12)


def test_the_averages_come_out():
    """On random problems of one to four constraints, in any unit; and ln p is linear in v."""
    rng = np.random.default_rng(1)
    for _ in range(100):
        n = int(rng.integers(3, 30))
        k = int(rng.integers(1, min(n, 5)))
        v = rng.normal(size=(k, n)) * 10 ** rng.uniform(-6, 6, size=(k, 1))
        mean = v @ rng.dirichlet(np.ones(n))
        p, lam = entropy.max_entropy(v, mean)
        np.testing.assert_allclose((v @ p - mean) / np.abs(v).max(axis=1), 0, atol=1e-13)
        np.testing.assert_allclose(np.log(p) - lam @ v, np.log(p[0]) - lam @ v[:, 0], atol=1e-7)


def test_mean_and_variance_give_the_normal_distribution():
    """On a grid, sums of a Gaussian are exact beyond double precision, so λ = (μ/σ², −1/2σ²)."""
    x = np.linspace(-12, 12, 2401)
    _, lam = entropy.max_entropy([x, x**2], [0.5, 0.5**2 + 1.5**2])
    np.testing.assert_allclose(lam, [0.5 / 1.5**2, -0.5 / 1.5**2], rtol=1e-9)


@pytest.mark.parametrize("unit", [2.0**-498, 1.0, 2.0**498])
@pytest.mark.parametrize("digits", range(3, 13))
def test_near_the_edge(digits, unit):
    """One constraint is solved as near as doubles go: with x = e^λ, m − 1 = x/(1 − x) but for 6 x⁶.

    The relative error 6 δ⁵ of that is below 1e-14; Newton's method leaves (1e-7)² of ln p; a unit that is a
    power of 2 (1e±150) rounds nothing.
    """
    for end, sign in ((1.0, 1.0), (6.0, -1.0)):
        mean = end + sign * 10.0**-digits
        distance = sign * (mean - end)
        p, lam = entropy.max_entropy(FACES * unit, mean * unit)
        assert lam * unit == pytest.approx(sign * (np.log(distance) - np.log1p(distance)), rel=1e-12)
        np.testing.assert_allclose(p[:: int(sign)][1], distance, rtol=2.1 * distance + 1e-12)
        with pytest.raises(ValueError, match="impossible"):
            entropy.max_entropy(FACES * unit, (end - sign * 10.0**-digits) * unit)
        with pytest.raises(ValueError, match=r"at the edge .* could never happen"):
            entropy.max_entropy(FACES * unit, end * unit)


CORNERS = np.array([[-1.0, 0.0, 1.0], [1.0, 0.0, 1.0]])


@pytest.mark.parametrize("unit", [2.0**-498, 1.0, 2.0**498])
@pytest.mark.parametrize("digits", range(3, 13))
def test_near_an_edge_of_two_constraints(digits, unit):
    """Three outcomes and two averages leave one p: (δ/2, ½ − δ, ½ + δ/2), and λ follows from its logarithms.

    The averages hold to a few roundings, 8 ε, and so does p; λ, from ln δ/2, to 8 ε/δ.
    """
    mean = np.array([0.5, 0.5 + 10.0**-digits])
    distance, eps = mean[1] - 0.5, np.finfo(float).eps
    p, lam = entropy.max_entropy(CORNERS * unit, mean * unit)
    exact = np.array([distance / 2, 0.5 - distance, 0.5 + distance / 2])
    np.testing.assert_allclose(p, exact, rtol=0, atol=8 * eps)
    expected = [np.log(exact[2] / exact[0]) / 2, np.log(exact[2] * exact[0] / exact[1] ** 2) / 2]
    np.testing.assert_allclose(lam * unit, expected, rtol=1e-12, atol=8 * eps / distance)
    with pytest.raises(ValueError, match="impossible" if digits < 6 else "impossible|too near to it"):
        entropy.max_entropy(CORNERS * unit, [0.5 * unit, (0.5 - 10.0**-digits) * unit])


def test_what_the_edge_is_called():
    """On the side of a triangle the solver cannot tell; where one average alone decides, it is known."""
    with pytest.raises(ValueError, match=r"too near to it on either side .* \[0.5, 0.5\]"):
        entropy.max_entropy(CORNERS, [0.5, 0.5])
    with pytest.raises(ValueError, match="too near to it on either side"):
        entropy.max_entropy(CORNERS, [0.5, 0.5 - 1e-8])
    with pytest.raises(ValueError, match="impossible"):  # however many outcomes there are
        entropy.max_entropy(np.tile(CORNERS, 1000), [0.5, 0.5 - 1e-4])
    with pytest.raises(ValueError, match="could never happen"):
        entropy.max_entropy(CORNERS, [0.2, 1.0])
    with pytest.raises(ValueError, match="impossible"):
        entropy.max_entropy(CORNERS, [0.2, 1.0 + 1e-12])
    for nothing_to_choose in ([7.0], [2.0, 2.0]):
        p, lam = entropy.max_entropy(nothing_to_choose, nothing_to_choose[0])
        assert p.tolist() == [1 / len(nothing_to_choose)] * len(nothing_to_choose) and lam == 0


@pytest.mark.parametrize("off", [1e-3, 1e-6, 1e-9, 1e-12])
def test_constraints_that_contradict_one_another(off):
    """Twice a row asks for twice its average: what rounding makes of that is let pass, nothing more."""
    with pytest.raises(ValueError, match="impossible"):
        entropy.max_entropy([FACES, 2 * FACES], [4.5, 9.0 + off])
    tenths = entropy.max_entropy([FACES, FACES / 10], [3.3, 0.33])  # 0.33 is not the tenth of 3.3
    np.testing.assert_allclose(tenths.p, entropy.max_entropy(FACES, 3.3).p, rtol=1e-12)


@pytest.mark.parametrize(("n", "mean"), [(10, 0.999), (100, 0.9), (1000, 0.999), (10_000, 0.5)])
def test_one_outcome_against_many(n, mean):
    """λ = ln[n m/(1 − m)]. Newton's own step goes too far here: from far below λ to far above it."""
    p, lam = entropy.max_entropy([*np.zeros(n), 1.0], mean)
    assert lam == pytest.approx(np.log(n * mean / (1 - mean)), rel=1e-12)
    np.testing.assert_allclose(p[:-1], (1 - mean) / n, rtol=1e-12)


def test_nearly_the_same_constraint_twice():
    """v² beside v far from 0: their correlation is 1 − 1e-9, and the normal distribution comes out.

    Where v is some 1e4 and v² 1e8, v² − ⟨v⟩² loses eight digits of sixteen, and two more as a small
    difference of the constraints: λ is good to 1e-6.
    """
    x = np.linspace(-12, 12, 2401)
    _, lam = entropy.max_entropy([x + 1e4, (x + 1e4) ** 2], [1e4, 1e8 + 1.5**2])
    np.testing.assert_allclose(lam[1], -0.5 / 1.5**2, rtol=1e-6)
    np.testing.assert_allclose(lam[0], 1e4 / 1.5**2, rtol=1e-6)


def test_constraints_that_repeat_one_another():
    once, twice = entropy.max_entropy(FACES, 4.5), entropy.max_entropy([FACES, 2 * FACES], [4.5, 9.0])
    np.testing.assert_allclose(twice.p, once.p, rtol=1e-12)
    assert twice.lam @ [1, 2] == pytest.approx(float(once.lam), rel=1e-12)
    assert twice.lam[0] == pytest.approx(2 * twice.lam[1], rel=1e-12)  # in standard deviations, the same


def test_the_shortest_multipliers():
    """Of v, v² and their sum one is too many: the shortest λ_i σ_i has no part along (σ₁, σ₂, −σ₃)."""
    rows = np.stack([FACES, FACES**2, FACES + FACES**2])
    p, lam = entropy.max_entropy(rows, [3.2, 14.0, 17.2])
    two = entropy.max_entropy(rows[:2], [3.2, 14.0])
    np.testing.assert_allclose(p, two.p, rtol=1e-11)
    np.testing.assert_allclose(lam[:2] + lam[2], two.lam, rtol=1e-10)
    assert lam * rows.std(axis=1) ** 2 @ [1, 1, -1] == pytest.approx(0, abs=1e-11)


def test_no_convergence_carries_the_last_iterate(monkeypatch):
    """Three steps from λ = 0 are too few: the mean has come nearer, and p belongs to λ."""
    monkeypatch.setattr(entropy, "STEPS", 3)
    with pytest.raises(entropy.ConvergenceError, match="did not converge in 3 steps with mean") as caught:
        entropy.max_entropy(FACES, 1.001)
    p, lam = caught.value.last
    np.testing.assert_allclose(p, scipy_softmax(lam * FACES), rtol=1e-12)
    assert 1.001 < p @ FACES < 3.5


def test_a_row_that_never_happens():
    """An x of probability 0 says nothing about y: the information is that of the other rows."""
    joint = np.array([[0.1, 0.2], [0.4, 0.3]])
    expected = entropy.mutual_information(joint)
    assert entropy.mutual_information([[0.1, 0.2], [0.0, 0.0], [0.4, 0.3]]) == expected
    assert entropy.mutual_information([[0.1, 0.0, 0.2], [0.4, 0.0, 0.3]]) == pytest.approx(
        expected, rel=1e-14
    )


def test_thresholds():
    """Probabilities sum to 1 within 1e-6, as in single precision, and none is negative at all."""
    for off in (0.99e-6, -0.99e-6):
        assert entropy.entropy([0.5, 0.5 + off]) == pytest.approx(np.log(2), rel=1e-5)
    for off in (1.01e-6, -1.01e-6):
        with pytest.raises(ValueError, match="p must sum to 1"):
            entropy.entropy([0.5, 0.5 + off])
    with pytest.raises(ValueError, match="p must not be negative, got -5e-324"):
        entropy.entropy([1.0, -5e-324])
    assert entropy.entropy([1.0, 0.0]) == 0
    above_1 = np.nextafter(1, 2)
    assert entropy.entropy([0.5, 0.5], base=above_1) == pytest.approx(np.log(2) / np.log(above_1), rel=1e-12)
    with pytest.raises(ValueError, match="base must be larger than 1, got 1"):
        entropy.entropy([0.5, 0.5], base=1.0)
    below_1 = np.nextafter(1, 0)
    assert np.isfinite(entropy.gaussian_bottleneck(below_1, 0.5)).all()
    assert np.isfinite(entropy.gaussian_bottleneck(-below_1, 0.5)).all()
    for rho in (1.0, -1.0):
        with pytest.raises(ValueError, match="rho must lie"):
            entropy.gaussian_bottleneck(rho, 0.5)
    assert entropy.top_p([0.5, 0.5], 5e-324).tolist() == [1, 0]
    assert entropy.top_p([0.5, 0.5], 0.5 * (1 + 0.5e-12)).tolist() == [1, 0]  # rounding
    assert entropy.top_p([0.5, 0.5], 0.5 * (1 + 2e-12)).tolist() == [0.5, 0.5]
    for mass in (-5e-324, 0.0, above_1):
        with pytest.raises(ValueError, match="mass must lie"):
            entropy.top_p([0.5, 0.5], mass)


def test_gaussian_bottleneck():
    I_X, I_Y = entropy.gaussian_bottleneck(0.8, [0.5, 0.64, 0.9, np.inf])
    exact = [known("entropy", f"the same at 1/T = 2: {I}") for I in ("I(X;T)", "I(T;Y)")]
    np.testing.assert_allclose([I_X[0], I_Y[0]], exact, atol=5e-10)
    np.testing.assert_allclose(I_X[1:], 0, atol=1e-15)
    np.testing.assert_allclose(I_Y[1:], 0, atol=1e-15)
    np.testing.assert_array_equal(
        entropy.gaussian_bottleneck(-0.8, 0.3), entropy.gaussian_bottleneck(0.8, 0.3)
    )


@pytest.mark.parametrize(("rho", "T"), [(0.8, 0.1), (0.8, 0.5), (0.3, 0.05), (0.95, 0.9)])
def test_bottleneck_by_integration_and_search(rho, T):
    """Z = X + noise: I(X;Z) and I(Z;Y) by integrating densities; moving the noise either way costs."""
    best = entropy.gaussian_bottleneck(rho, T)
    noise = 1 / np.expm1(2 * float(best.I_X))

    def differential(variance):
        density = stats.norm(scale=variance**0.5).pdf
        reach = 12 * variance**0.5
        return quad(lambda x: -density(x) * np.log(density(x)), -reach, reach, epsabs=1e-12)[0]

    def informations(s):
        """h(Z) − h(Z|X) and h(Z) − h(Z|Y), where Z given Y has the variance 1 − ρ² + s."""
        h = differential(1 + s)
        return h - differential(s), h - differential(1 - rho**2 + s)

    np.testing.assert_allclose(informations(noise), best, atol=1e-8)
    costs = [T * I_X - I_Y for I_X, I_Y in map(informations, noise * np.array([0.97, 1.0, 1.03]))]
    assert costs[1] < costs[0] and costs[1] < costs[2]


# What is asked of every module (declared.py) ---------------------------------------------------------

CALLS = {
    "entropy": lambda: entropy.entropy([0.5, 0.5]),
    "cross_entropy": lambda: entropy.cross_entropy([0.5, 0.5], [0.5, 0.5]),
    "kl_divergence": lambda: entropy.kl_divergence([0.5, 0.5], [0.5, 0.5]),
    "mutual_information": lambda: entropy.mutual_information([[0.5, 0.0], [0.0, 0.5]]),
    "softmax": lambda T=2.0: entropy.softmax([0, 1], T),
    "top_p": lambda: entropy.top_p([0.5, 0.5], 0.9),
    "max_entropy": lambda: entropy.max_entropy([1, 2, 3], 2.5),
    "gaussian_bottleneck": lambda T=2.0: entropy.gaussian_bottleneck(0.8, T),
}
BAD = {
    "p that does not sum to 1": (lambda: entropy.entropy([0.5, 0.4]), "p must sum to 1, got a sum of 0.9"),
    "one of many rows": (lambda: entropy.entropy([[0.5, 0.5], [0.7, 0.2]]), "got a sum of 0.9"),
    "the other axis": (lambda: entropy.entropy([[0.5, 0.5], [0.7, 0.3]], axis=0), "got a sum of 1.2"),
    "an axis that is not there": (
        lambda: entropy.entropy([0.5, 0.5], axis=1),
        r"axes \(1,\), got shape \(2,\)",
    ),
    "two axes at once": (lambda: entropy.entropy(np.full((2, 2), 0.25), axis=(0, 1)), "p must have axes"),
    "a negative probability": (lambda: entropy.entropy([1.5, -0.5]), "p must not be negative, got -0.5"),
    "no outcomes": (
        lambda: entropy.entropy(np.ones((0, 3)) / 3),
        r"at least one outcome, got shape \(0, 3\)",
    ),
    "a NaN probability": (lambda: entropy.entropy([np.nan, 1.0]), "p must not contain NaN"),
    "one number": (lambda: entropy.entropy(1.0), r"axes \(-1,\), got shape \(\)"),
    "base 1": (lambda: entropy.entropy([1.0], base=1.0), "base must be larger than 1, got 1.0"),
    "q that does not sum to 1": (lambda: entropy.cross_entropy([1.0, 0.0], [1.0, 1.0]), "q must sum to 1"),
    "p and q of two sizes": (
        lambda: entropy.kl_divergence([1.0], [0.5, 0.5]),
        r"fitting shapes, got \(1,\) and \(2,\)",
    ),
    "p and q that do not broadcast": (
        lambda: entropy.kl_divergence(np.full((2, 2), 0.5), np.full((3, 2), 0.5)),
        r"got \(2, 2\) and \(3, 2\)",
    ),
    "no joint distribution": (lambda: entropy.mutual_information([0.5, 0.5]), r"axes \(-2, -1\), got shape"),
    "infinite logit": (lambda: entropy.softmax([0, np.inf]), "logits must be finite"),
    "no logits": (lambda: entropy.softmax([]), r"at least one, got shape \(0,\)"),
    "an empty nucleus": (lambda: entropy.top_p([0.5, 0.5], 0.0), "0 < mass ≤ 1, got 0.0"),
    "90 percent": (lambda: entropy.top_p([0.5, 0.5], 90), "got 90.0"),
    "a mean beyond the faces": (
        lambda: entropy.max_entropy(range(1, 7), 6.5),
        r"impossible: .* \[6.5\] .* 1 … 6",
    ),
    "a mean at the edge": (lambda: entropy.max_entropy(range(1, 7), 6.0), "at the edge .* mean \\[6.0\\]"),
    "a variance below 0": (
        lambda: entropy.max_entropy([[-1, 0, 1], [1, 0, 1]], [0.5, 0.2]),
        r"impossible: .* \[0.5, 0.2\] .* -1 … 1, 0 … 1",
    ),
    "constraints that disagree": (lambda: entropy.max_entropy([[1, 2], [2, 4]], [1.5, 2.5]), "impossible"),
    "one mean for two rows": (
        lambda: entropy.max_entropy([[1, 2, 3], [1, 4, 9]], 2.0),
        r"\(k, n\) and \(k,\), got \(2, 3\) and \(\)",
    ),
    "no values": (lambda: entropy.max_entropy([], 0.0), r"got \(0,\) and \(\)"),
    "correlation 1": (lambda: entropy.gaussian_bottleneck(1.0, 0.5), "-1 < rho < 1, got 1.0"),
    "two correlations": (lambda: entropy.gaussian_bottleneck([0.1, 0.2], 0.5), "rho must be one number"),
}
FAULTS = [
    Fault("entropy in bits by default", "base: float = e, axis", "base: float = 2.0, axis", "test_a_peer"),
    Fault(
        "the base's logarithm multiplied",
        "xlogy(p, p).sum(axis=axis) / np.log(base)",
        "xlogy(p, p).sum(axis=axis) * np.log(base)",
        "test_units_and_axes",
    ),
    Fault("the cross-entropy of q with p", "xlogy(p, q).sum", "xlogy(q, p).sum", "test_a_peer"),
    Fault(
        "the divergence the other way round",
        "return scipy.special.rel_entr(p, q).sum(axis=-1)",
        "return scipy.special.rel_entr(q, p).sum(axis=-1)",
        "test_a_peer",
    ),
    Fault(
        "conditional divergences summed without their weights",
        "(p_x * scipy.special.rel_entr(p_y_given_x, p_y))",
        "scipy.special.rel_entr(p_y_given_x, p_y)",
        "test_mutual_information",
    ),
    Fault(
        "a softmax of −z",
        "return boltzmann(-logits, T)",
        "return boltzmann(logits, T)",
        "test_softmax_is_thermal",
    ),
    Fault(
        "the nucleus stops before the mass is reached",
        "before < mass * (1",
        "before + ranked < mass * (1",
        "test_top_p_keeps_the_fewest",
    ),
    Fault(
        "the nucleus not renormalised",
        "return kept / kept.sum(axis=-1, keepdims=True)",
        "return kept",
        "test_top_p_keeps_the_fewest",
    ),
    Fault(
        "multipliers of the sign of −1/T",
        "found = MaxEntropy(p, (lam @ unit)",
        "found = MaxEntropy(p, (-lam @ unit)",
        "test_jaynes_die",
    ),
    Fault(
        "multipliers in the solver's unit",
        "return mixed @ x, mixed / (size * spread).T",
        "return mixed @ x, mixed",
        "test_mean_and_variance_give_the_normal_distribution",
    ),
    Fault(
        "Newton's step taken whole",
        "step * (np.log1p(change) / change if change > 1e-7 else 1.0)",
        "step",
        "test_one_outcome_against_many",
    ),
    Fault(
        "the linear programme's tolerance taken for the edge",
        "if least < -1e-6:",
        "if least < 1e-6:",
        "test_near_an_edge_of_two_constraints",
    ),
    Fault(
        "a direction lost in rounding taken for solved",
        "bool(rank == len(x))",
        "True",
        "test_near_an_edge_of_two_constraints",
    ),
    Fault(
        "constraints that disagree averaged",
        "kept = s > s[0] * max(x.shape) * np.finfo(float).eps",
        "kept = s > s[0] * 1e-5",
        "test_constraints_that_contradict_one_another",
    ),
    Fault("an impossible x divided by", "where=p_x > 0", "where=p_x >= 0", "test_a_row_that_never_happens"),
    Fault(
        "sums right to two percent let pass",
        "np.abs(total - 1) > 1e-6):",
        "np.abs(total - 1) > 2e-2):",
        "test_thresholds",
    ),
    Fault(
        "probabilities a little below 0 let pass",
        "if np.any(array < 0):",
        "if np.any(array < -1e-2):",
        "test_thresholds",
    ),
    Fault(
        "the bottleneck's T for its β", "(1 / T - 1) * rho**2", "(T - 1) * rho**2", "test_gaussian_bottleneck"
    ),
    Fault(
        "information without its half",
        "np.log1p(rho**2 * np.expm1(-2 * I_X)) / 2",
        "np.log1p(rho**2 * np.expm1(-2 * I_X))",
        "test_bottleneck_by_integration_and_search",
    ),
]
