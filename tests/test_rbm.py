"""Restricted Boltzmann machines against sums over all states of both layers, and against scikit-learn."""

import pickle
import tracemalloc
from functools import partial

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import chi2, chisquare
from sklearn.neural_network import BernoulliRBM
from thermolib import _kernels, _layers
from thermolib import rbm as rbm_module
from thermolib.chains import ConvergenceError
from thermolib.ising import log_partition_exact, spin_states
from thermolib.problems import bars_and_stripes
from thermolib.rbm import (
    RBM,
    Gradient,
    ais,
    cd_gradient,
    exact_gradient,
    expected_cd_gradient,
    fast_ais,
    fast_fit,
    fit,
    reverse_ais,
    tempered_gibbs,
)

from declared import COLD, Fault
from dice import Dice, SplitMix
from known import known

RARE = 1e-4  # a right program's chance to fail one of the tests of a law, had the seed not been chosen


def machine(visible, hidden, scale=1.0, seed=0):
    rng = np.random.default_rng(seed)
    return RBM(*(scale * rng.normal(size=size) for size in ((visible, hidden), visible, hidden)))


I, J = np.arange(6)[:, None], np.arange(4)
REFERENCE = RBM(np.sin(1 + 7 * I + 3 * J), 0.3 * np.cos(I[:, 0]), -0.2 * J)
DATA = np.array([[0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0], [1, 0, 1, 0, 1, 0]])
MACHINES = [
    REFERENCE,
    RBM(REFERENCE.W.T, REFERENCE.b, REFERENCE.a),
    machine(3, 3, 2.0),
    machine(1, 1),
    machine(4, 0),
    machine(2, 5, 30.0),
]
ALL = pytest.mark.parametrize("rbm", MACHINES, ids=lambda rbm: "{}x{}".format(*rbm.W.shape))
TEMPERATURES = [0.3, 1.0, 2.5, np.inf]


def units(n):
    return (spin_states(n) + 1) // 2 if n else np.zeros((1, 0))


def energies(rbm):
    """E of every v (rows) and h (columns), term by term."""
    v, h = units(len(rbm.a)), units(len(rbm.b))
    E = np.zeros((len(v), len(h)))
    for k, one in enumerate(v):
        for m, other in enumerate(h):
            E[k, m] = -sum(a for a, on in zip(rbm.a, one, strict=True) if on)
            E[k, m] -= sum(b for b, on in zip(rbm.b, other, strict=True) if on)
            E[k, m] -= sum(rbm.W[i, j] for i in np.flatnonzero(one) for j in np.flatnonzero(other))
    return E


def joint(rbm, T=1.0):
    """p(v, h), (2^visible, 2^hidden)."""
    E = energies(rbm)
    return np.exp(-E / T - logsumexp(-E / T))


def numbers(v):
    """Numbers of states, unit i in bit i."""
    return (np.asarray(v) @ 2 ** np.arange(np.shape(v)[-1])).astype(int)


def follows(v, p):
    """Say whether the states of independent draws have the law p, by the χ² of those expected five times."""
    found, p = np.bincount(numbers(v).ravel(), minlength=len(p)), np.asarray(p)
    expected, often = p * found.sum(), p * found.sum() >= 5
    assert found[p == 0].sum() == 0
    found, expected = ([*x[often], x[~often].sum()] for x in (found, expected))
    if expected[-1] < 5:  # too few for a class of their own
        found, expected = ([*x[:-2], x[-2] + x[-1]] for x in (found, expected))
    expected = np.array(expected) * sum(found) / sum(expected)
    return len(found) == 1 or chisquare(found, expected).pvalue > RARE


def z_score(draws, exact):
    """The deviation of a mean of independent draws from what is exact, in standard errors; the largest."""
    draws = np.asarray(draws)
    stderr = draws.std(axis=0, ddof=1) / np.sqrt(len(draws))
    return np.abs((draws.mean(axis=0) - np.asarray(exact)) / stderr).max()


def close(a, b, tolerance=1e-12):
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


# Exact sums ------------------------------------------------------------------------------------------


def test_reference():
    """Digits from an independent calculation."""
    assert REFERENCE.log_partition() == pytest.approx(
        known("boltzmann_machines", "6 × 4 machine: ln Z"), abs=6e-13
    )
    assert np.exp(REFERENCE.log_likelihood(np.zeros(6))) == pytest.approx(
        known("boltzmann_machines", "p of no unit on"), abs=6e-13
    )
    assert REFERENCE.log_likelihood(DATA).mean() == pytest.approx(
        known("boltzmann_machines", "mean ln p of three patterns"), abs=6e-10
    )
    assert exact_gradient(REFERENCE, DATA).W[0, 0] == pytest.approx(
        known("boltzmann_machines", "its slope in W₀₀"), abs=6e-11
    )
    assert expected_cd_gradient(REFERENCE, DATA, 1).W[0, 0] == pytest.approx(
        known("boltzmann_machines", "CD-1, expected"), abs=6e-11
    )
    assert expected_cd_gradient(REFERENCE, DATA, 10).W[0, 0] == pytest.approx(
        known("boltzmann_machines", "CD-10, expected"), abs=6e-11
    )


@ALL
@pytest.mark.parametrize("T", TEMPERATURES)
def test_sums_over_both_layers(rbm, T):
    E, p = energies(rbm), joint(rbm, T)
    v, h = units(len(rbm.a)), units(len(rbm.b))
    assert rbm.log_partition(T) == pytest.approx(logsumexp(-E / T), rel=1e-13, abs=1e-13)
    assert rbm.mean_energy(T) == pytest.approx((p * E).sum(), rel=1e-12, abs=1e-12)
    close(rbm.energy(v[:, None], h), E)
    close(rbm.energy(v[-1], h[-1]), E[-1, -1])
    if np.inf > T:
        close(rbm.free_energy(v, T), -T * logsumexp(-E / T, axis=1))
    close(rbm.hidden_means(v, T), p @ h / p.sum(axis=1, keepdims=True))
    close(rbm.visible_means(h, T), p.T @ v / p.sum(axis=0)[:, None])
    if T == 1:
        close(rbm.log_likelihood(v), np.log(p.sum(axis=1)))


@ALL
def test_either_layer_may_be_summed(rbm):
    """The machine with its layers exchanged is the same, and of 12×7 units the other half is summed."""
    for one in (rbm, machine(12, 7)):
        W, a, b = one.W, one.a, one.b
        both = [_layers.law(*x, 0.7).log_Z for x in ((W, a, b), (W.T, b, a))]
        assert both[0] == pytest.approx(both[1], rel=1e-13)
        assert one.log_partition(0.7) in both


def test_as_an_ising_model():
    """Units (1 + s)/2 are spins: J_ij = W_ij/4 between the layers, fields a_i/2 + Σ_j W_ij/4."""
    W, a, b = REFERENCE.W, REFERENCE.a, REFERENCE.b
    couplings = np.block([[np.zeros((6, 6)), W / 4], [W.T / 4, np.zeros((4, 4))]])
    fields = np.concatenate([a / 2 + W.sum(axis=1) / 4, b / 2 + W.sum(axis=0) / 4])
    for T in (0.5, 1.0, 3.0):
        constant = (a.sum() / 2 + b.sum() / 2 + W.sum() / 4) / T
        expected = log_partition_exact(couplings, fields, T) + constant
        assert REFERENCE.log_partition(T) == pytest.approx(expected, rel=1e-13)


def test_many_units():
    """Twenty visible units that each have hidden units of their own: Z is a product of twenty sums."""
    rng = np.random.default_rng(1)
    owner = rng.integers(20, size=64)
    W = np.where(np.arange(20)[:, None] == owner, rng.normal(size=(20, 64)), 0.0)
    rbm = RBM(W, rng.normal(size=20), rng.normal(size=64))
    off = np.bincount(owner, np.logaddexp(0, rbm.b), 20)
    on = rbm.a + np.bincount(owner, np.logaddexp(0, rbm.b + W.sum(axis=0)), 20)
    tracemalloc.start()
    log_Z = rbm.log_partition()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert log_Z == pytest.approx(np.logaddexp(off, on).sum(), rel=1e-13)
    assert peak < 1e8  # bytes; all fields at once would take 5e8


def test_several_blocks():
    """Means by the same product, where 2^15 states make 4 blocks; and more units than a product may have."""
    rng = np.random.default_rng(2)
    w, a, b = rng.normal(size=(3, 15))
    rbm = RBM(np.diag(w), a, b)
    E = -np.stack([0 * a, a, b, a + b + w])
    p = np.exp(-E / 2 - logsumexp(-E / 2, axis=0))
    assert rbm.mean_energy(2.0) == pytest.approx((p * E).sum(), rel=1e-12)
    exact = exact_gradient(RBM(np.diag(w) / 2, a / 2, b / 2), np.zeros((1, 15)))
    close(exact.a, -p[1] - p[3])
    close(np.diag(exact.W), -p[3])
    close(exact.W[0, 1:], -(p[1] + p[3])[0] * (p[2] + p[3])[1:])
    wide = machine(2, 1500, 0.1)
    by_hand = logsumexp([-wide.free_energy(v) for v in units(2)])
    softplus = np.logaddexp(0, wide.b + units(2) @ wide.W).sum(axis=1)
    assert wide.log_partition() == pytest.approx(by_hand, rel=1e-13)
    close(wide.free_energy(units(2)), -units(2) @ wide.a - softplus)


@ALL
def test_hot_and_cold(rbm):
    """At T → 0 the ground states alone, at ∞ all states alike; nothing overflows in between."""
    E = energies(rbm)
    v = units(len(rbm.a))
    assert rbm.log_partition(np.inf) == pytest.approx(np.log(E.size), rel=1e-14)
    assert rbm.mean_energy(np.inf) == pytest.approx(E.mean(), abs=1e-12 * np.abs(E).max())
    assert rbm.mean_energy(COLD) == pytest.approx(E.min(), rel=1e-14)
    assert rbm.log_partition(COLD) * COLD == pytest.approx(-E.min(), rel=1e-14)
    close(rbm.free_energy(v, COLD), E.min(axis=1))
    coldest = rbm.sample(10, T=COLD, rng=0)
    close(coldest, np.tile(v[E.min(axis=1).argmin()], (10, 1)))
    close(rbm.gibbs(coldest, 3, T=COLD, rng=0), coldest)


@ALL
def test_a_temperature_divides_all_parameters(rbm):
    T, v, h = 1.7, units(len(rbm.a)), units(len(rbm.b))
    at_1 = RBM(rbm.W / T, rbm.a / T, rbm.b / T)
    close(rbm.hidden_means(v, T), at_1.hidden_means(v))
    close(rbm.visible_means(h, T), at_1.visible_means(h))
    close(rbm.free_energy(v, T), T * at_1.free_energy(v))
    close(rbm.mean_energy(T), T * at_1.mean_energy())
    close(rbm.transition_matrix(T), at_1.transition_matrix())
    close(rbm.gibbs(v, 2, T=T, rng=1), at_1.gibbs(v, 2, rng=1))
    close(rbm.sample(9, T=T, rng=1), at_1.sample(9, rng=1))


METHODS_OF_T = {
    "free_energy": lambda T: REFERENCE.free_energy(DATA, T),
    "hidden_means": lambda T: REFERENCE.hidden_means(DATA, T),
    "visible_means": lambda T: REFERENCE.visible_means(DATA[:, :4], T),
    "log_partition": REFERENCE.log_partition,
    "mean_energy": REFERENCE.mean_energy,
}
METHODS_OF_ONE_T = {
    "gibbs": lambda T: REFERENCE.gibbs(DATA, 1, T=T, rng=0),
    "sample": lambda T: REFERENCE.sample(2, T=T, rng=0),
    "transition_matrix": REFERENCE.transition_matrix,
}


@pytest.mark.parametrize("name", METHODS_OF_T)
def test_axes_of_T_come_first(name):
    method = METHODS_OF_T[name]
    one, many = method(2.5), method([[2.5, 1.0, 2.0]])
    assert many.shape == (1, 3, *np.shape(one))
    np.testing.assert_allclose(many[0, 0], one, rtol=1e-14)
    assert np.ndim(one) or not isinstance(one, np.ndarray)
    assert not np.isnan(method([COLD, np.inf])).any()


@pytest.mark.parametrize("name", METHODS_OF_T | METHODS_OF_ONE_T)
@pytest.mark.parametrize("T", [0.0, -1.0, np.nan, [1.0, 0.0], "warm", None, 1e-301])
def test_bad_temperatures(name, T):
    with pytest.raises(ValueError, match="T must"):
        (METHODS_OF_T | METHODS_OF_ONE_T)[name](T)


@pytest.mark.parametrize("name", METHODS_OF_ONE_T)
def test_one_temperature(name):
    with pytest.raises(ValueError, match=r"T must be one temperature.*got (shape )?\(2,\)"):
        METHODS_OF_ONE_T[name]([1.0, 2.0])


def test_a_machine_stays_as_it_is():
    W, a, b = np.zeros((2, 3)), np.zeros(2), np.zeros(3)
    rbm = RBM(W, a, b)
    W[:] = 1
    assert not rbm.W.any() and pickle.loads(pickle.dumps(rbm)).W.shape == (2, 3)
    with pytest.raises(ValueError, match="read-only"):
        rbm.W[0, 0] = 1
    with pytest.raises(AttributeError):
        rbm.W = W
    v = np.zeros((4, 2))
    rbm.gibbs(v, 5, rng=0)
    assert not v.any() and rbm.gibbs(v, 0, rng=0) is not v


# Laws of the samplers --------------------------------------------------------------------------------


@ALL
@pytest.mark.parametrize("T", TEMPERATURES)
def test_the_transition_matrix(rbm, T):
    """Written out; its rows are laws, p is stationary, and p(v) P(v → v′) is symmetric."""
    p, P = joint(rbm, T), rbm.transition_matrix(T)
    with np.errstate(divide="ignore", invalid="ignore"):
        to_h = np.nan_to_num(p / p.sum(axis=1, keepdims=True))
        to_v = np.nan_to_num(p / p.sum(axis=0))
    close(P, to_h @ to_v.T)
    close(P.sum(axis=1), 1.0)
    flow = p.sum(axis=1)[:, None] * P
    close(p.sum(axis=1) @ P, p.sum(axis=1))
    close(flow, flow.T)


@pytest.mark.parametrize("rbm", [REFERENCE, machine(3, 3), machine(4, 0)])
@pytest.mark.parametrize("T", [0.7, 2.0])
def test_law_of_gibbs(rbm, T):
    """After n steps from one state the law is a row of Pⁿ."""
    P = rbm.transition_matrix(T)
    n = len(rbm.a)
    start = np.tile(units(n)[5], (20_000, 1))
    for steps in (1, 3):
        v = rbm.gibbs(start, steps, T=T, rng=steps)
        assert v.shape == start.shape and set(np.unique(v)) <= {0.0, 1.0}
        assert follows(v, np.linalg.matrix_power(P, steps)[5])
    each = rbm.gibbs(start.reshape(2, -1, n), 2, T=np.repeat([[T], [5.0]], 10_000, axis=1), rng=3)
    for row, one in zip(each, (T, 5.0), strict=True):
        assert follows(row, np.linalg.matrix_power(rbm.transition_matrix(one), 2)[5])


@pytest.mark.parametrize("rbm", [REFERENCE, RBM(REFERENCE.W.T, REFERENCE.b, REFERENCE.a), machine(4, 0)])
@pytest.mark.parametrize("T", [1.0, 3.0])
def test_exact_draws_and_no_drift(rbm, T):
    """Exact draws have the exact law, and block Gibbs sampling leaves it as it is."""
    v = rbm.sample(20_000, T=T, rng=1)
    p = joint(rbm, T).sum(axis=1)
    assert follows(v, p)
    assert follows(rbm.gibbs(v, 10, T=T, rng=2), p)


def test_clamped_units():
    """What is clamped stays; the rest comes to the law given the clamped ones."""
    clamped = np.array([True, False, True, False, False, False])
    start = np.tile([1, 0, 0, 0, 0, 0], (20_000, 1))
    v = REFERENCE.gibbs(start, 100, clamped=clamped, rng=1)
    np.testing.assert_array_equal(v[:, clamped], start[:, clamped])
    every = units(6)
    p = joint(REFERENCE).sum(axis=1) * ((every[:, 0] == 1) & (every[:, 2] == 0))
    assert follows(v, p / p.sum())
    held = REFERENCE.gibbs(start[:5], 3, clamped=[True] * 6, rng=1)
    np.testing.assert_array_equal(held, start[:5])


LADDER = [1.0, 1.6, 3.0, np.inf]


def test_law_of_tempering():
    """Exact draws at each temperature keep their laws, in each replica."""
    rbm = machine(4, 3, 1.5, seed=3)
    rng = np.random.default_rng(1)
    start = np.stack([rbm.sample(20_000, T=T, rng=rng) for T in LADDER])
    v = tempered_gibbs(rbm, start, 4, temperatures=LADDER, rng=rng)
    for row, T in zip(v, LADDER, strict=True):
        assert follows(row, joint(rbm, T).sum(axis=1))
    again = tempered_gibbs(rbm, start[:, 0], 2, temperatures=LADDER, rng=rng)
    assert again.shape == (4, 4)
    np.testing.assert_array_equal(tempered_gibbs(rbm, start, 0, temperatures=LADDER), start)


def test_one_exchange():
    """Two replicas: before the new v is drawn, (v, h) are exchanged with Metropolis' chance."""
    rbm, T = machine(2, 2, 2.0, seed=5), (1.0, 2.5)
    p, E = [joint(rbm, one) for one in T], energies(rbm)
    given_v = [one / one.sum(axis=1, keepdims=True) for one in p]
    given_h = [one / one.sum(axis=0) for one in p]
    laws = np.zeros((2, 4))
    x, y = 0, 3  # where the replicas start
    for h in range(4):
        for g in range(4):
            chance = given_v[0][x, h] * given_v[1][y, g]
            swap = min(1, np.exp((1 / T[0] - 1 / T[1]) * (E[x, h] - E[y, g])))
            for k, (own, other) in enumerate([(h, g), (g, h)]):
                laws[k] += chance * ((1 - swap) * given_h[k][:, own] + swap * given_h[k][:, other])
    start = np.repeat(units(2)[[x, y], None], 40_000, axis=1)
    v = tempered_gibbs(rbm, start, 1, temperatures=T, rng=5)
    for row, law in zip(v, laws, strict=True):
        assert follows(row, law)


# A peer ----------------------------------------------------------------------------------------------


def test_scikit_learn():
    """BernoulliRBM's conditionals, its free energy, and the law of its Gibbs step."""
    peer = BernoulliRBM(random_state=0)
    peer.components_, peer.n_features_in_ = REFERENCE.W.T, 6
    peer.intercept_visible_, peer.intercept_hidden_ = REFERENCE.a, REFERENCE.b
    peer.random_state_ = np.random.RandomState(0)
    v = units(6).astype(float)
    close(REFERENCE.hidden_means(v), peer.transform(v))
    close(REFERENCE.free_energy(v), peer._free_energy(v))
    P = REFERENCE.transition_matrix()
    for k in (0, 21):
        assert follows(peer.gibbs(np.tile(v[k], (20_000, 1))), P[k])


# Gradients -------------------------------------------------------------------------------------------


@ALL
def test_gradient_is_the_slope_of_the_likelihood(rbm):
    """Central differences: an error of ε² L‴/6 + 1e-16 \\|L\\|/ε, with ε = 1e-5 below 1e-8 for these."""
    if np.abs(rbm.W).max(initial=0) > 20:
        rbm = RBM(rbm.W / 30, rbm.a / 30, rbm.b / 30)
    v = units(len(rbm.a))[: 2 ** len(rbm.a) // 2 + 1]
    gradient = exact_gradient(rbm, v)
    assert isinstance(gradient, Gradient)
    for name, slope in gradient._asdict().items():
        parts = {one: getattr(rbm, one) for one in "Wab"}
        assert slope.shape == parts[name].shape
        for at in np.ndindex(slope.shape):
            step = np.zeros(slope.shape)
            step[at] = 1e-5
            up, down = (
                RBM(**parts | {name: parts[name] + sign * step}).log_likelihood(v).mean() for sign in (1, -1)
            )
            assert slope[at] == pytest.approx((up - down) / 2e-5, abs=1e-8)


@pytest.mark.parametrize("k", [1, 3])
def test_expected_cd(k):
    """Data's joint law with p(h | v), minus that of v after k steps: from the joint law, written out."""
    p, h, v = joint(REFERENCE), units(4), units(6)
    given = p / p.sum(axis=1, keepdims=True)
    at = np.zeros(64)
    at[numbers(DATA)] = 1 / 3
    after = at @ np.linalg.matrix_power(given @ (p / p.sum(axis=0)).T, k)
    moved = (at - after)[:, None] * given
    gradient = expected_cd_gradient(REFERENCE, DATA, k)
    close(gradient.W, v.T @ moved @ h)
    close(gradient.a, v.T @ moved.sum(axis=1))
    close(gradient.b, moved.sum(axis=0) @ h)
    far = expected_cd_gradient(REFERENCE, DATA, 2000)
    for one, exact in zip(far, exact_gradient(REFERENCE, DATA), strict=True):
        close(one, exact)


@pytest.mark.parametrize("k", [1, 2])
def test_cd_has_the_expected_mean(k):
    """Of 31 components, none is 4.7 standard errors off: in a right program a chance of 1e-4."""
    rng = np.random.default_rng(k)
    runs = [cd_gradient(REFERENCE, DATA, k, rng=rng) for _ in range(3000)]
    expected = expected_cd_gradient(REFERENCE, DATA, k)
    varying = [0, 1, 2]
    for part in varying:
        assert z_score([run[part] for run in runs], expected[part]) < 4.7


def test_hidden_units_enter_by_their_means():
    """Visible units that are as good as fixed come back, and then nothing is left to chance."""
    v = np.array([[0, 1, 1], [0, 1, 1]])
    fixed = RBM(np.ones((3, 20)), 1000.0 * (2 * v[0] - 1), np.linspace(-2, 1, 20))
    for slope in cd_gradient(fixed, v, 3, rng=0):
        np.testing.assert_array_equal(slope, 0.0)


# Learning --------------------------------------------------------------------------------------------


def stepped(rbm, rate, gradient):
    return RBM(*(getattr(rbm, name) + rate * slope for name, slope in gradient._asdict().items()))


def same(rbm, other):
    for name in "Wab":
        close(getattr(rbm, name), getattr(other, name))


def test_steps_of_each_method():
    """Two epochs of 3 patterns, 2 and 1 at a time, step by step with the same chance."""
    start, rates = machine(6, 4, 0.3), [0.5, 0.25]
    for method in ("exact", "cd", "pcd", "tempered"):
        options = {"chains": 5} if method in ("pcd", "tempered") else {}
        options |= {"temperatures": LADDER} if method == "tempered" else {}
        last, history = fit(
            start,
            DATA,
            method=method,
            k=2,
            epochs=2,
            learning_rate=rates,
            batch_size=2,
            rng=7,
            **options,
        )
        rng, rbm = np.random.default_rng(7), start
        if method == "pcd":
            v = DATA[rng.integers(3, size=5)]
        elif method == "tempered":
            v = DATA[rng.integers(3, size=(4, 5))]
        assert history[0] is start and len(history) == 3 and history[-1] is last
        for rate, after in zip(rates, history[1:], strict=True):
            order = rng.permutation(3)
            for batch in (DATA[order[:2]], DATA[order[2:]]):
                if method == "exact":
                    gradient = exact_gradient(rbm, batch)
                elif method == "cd":
                    gradient = cd_gradient(rbm, batch, 2, rng=rng)
                else:
                    if method == "pcd":
                        v = dreams = rbm.gibbs(v, 2, rng=rng)
                    else:
                        v = tempered_gibbs(rbm, v, 2, temperatures=LADDER, rng=rng)
                        dreams = v[0]
                    model = [rbm.hidden_means(x) for x in (batch, dreams)]
                    gradient = Gradient(
                        batch.T @ model[0] / len(batch) - dreams.T @ model[1] / 5,
                        batch.mean(axis=0) - dreams.mean(axis=0),
                        model[0].mean(axis=0) - model[1].mean(axis=0),
                    )
                rbm = stepped(rbm, rate, gradient)
            same(after, rbm)


def test_fit_without_an_epoch():
    last, history = fit(REFERENCE, DATA, epochs=0, learning_rate=0.1, rng=0)
    assert last is REFERENCE and history == [REFERENCE]


def test_the_defaults_of_fit():
    """All patterns in one batch, one step, as many chains, and 1/T = 1, .9, … .1."""
    one = fit(REFERENCE, DATA, epochs=2, learning_rate=0.1, rng=1)[0]
    options = {"method": "pcd", "k": 1, "batch_size": 3, "chains": 3}
    same(one, fit(REFERENCE, DATA, epochs=2, learning_rate=[0.1, 0.1], rng=1, **options)[0])
    one = fit(REFERENCE, DATA, method="tempered", epochs=2, learning_rate=0.1, rng=1)[0]
    ladder = 1 / np.linspace(1, 0.1, 10)
    other = fit(REFERENCE, DATA, method="tempered", epochs=2, learning_rate=0.1, temperatures=ladder, rng=1)[
        0
    ]
    same(one, other)


def test_a_step_that_is_too_long():
    with pytest.raises(ValueError, match=r"do not stay finite: learning_rate is too large, got 1\.7e"):
        fit(machine(6, 4), DATA, method="exact", epochs=50, learning_rate=1.7e308, rng=0)


def test_bars_and_stripes_are_learnt():
    """Ascent comes near −ln 6, which nothing exceeds; without hidden units it ends at −4 ln 2."""
    v = bars_and_stripes(2)
    start = machine(4, 4, 0.3)
    last, history = fit(start, v, method="exact", epochs=3000, learning_rate=0.5, rng=0)
    curve = [rbm.log_likelihood(v).mean() for rbm in history[::100]]
    assert np.all(np.diff(curve) > 0)
    assert -np.log(6) - 0.05 < last.log_likelihood(v).mean() < -np.log(6)
    without = fit(RBM(np.zeros((4, 0)), np.ones(4), []), v, method="exact", epochs=200, learning_rate=1.0)[0]
    assert without.log_likelihood(v).mean() == pytest.approx(-4 * np.log(2), abs=1e-12)


def divergence(teacher, student):
    """KL(teacher ‖ student), exactly."""
    v = units(len(teacher.a))
    log_p, log_q = teacher.log_likelihood(v), student.log_likelihood(v)
    return np.exp(log_p) @ (log_p - log_q)


@pytest.mark.parametrize("method", ["exact", "pcd", "tempered"])
def test_teacher_and_student(method):
    """The maximum of the likelihood is found: 2n KL(teacher ‖ student) is then χ² with 23 degrees of freedom.

    That is for `exact`. The others do not stop moving: a fluctuation of the weights, of the order of the
    learning rate, comes to it, and may here double the distance.
    """
    teacher = RBM(1.5 * machine(5, 3, seed=1).W, machine(5, 3, seed=1).a, machine(5, 3, seed=1).b)
    n, parameters = 4000, 5 * 3 + 5 + 3
    v = teacher.sample(n, rng=1)
    options = {"exact": {}, "pcd": {"chains": 500}, "tempered": {"chains": 200, "temperatures": [1, 2, 4]}}
    rates = 0.5 / (1 + np.arange(1500) / 300)
    student, history = fit(
        machine(5, 3, 0.5, seed=2),
        v,
        method=method,
        epochs=1500,
        learning_rate=rates,
        rng=2,
        **options[method],
    )
    far, near = divergence(teacher, history[0]), divergence(teacher, student)
    assert near < chi2.isf(RARE, parameters) / (2 * n) * (1 if method == "exact" else 2) < far / 5


# Annealed importance sampling ------------------------------------------------------------------------


def estimates(estimate, runs):
    """Values and errors of many runs, of which all but a few converge."""
    found, refused = [], 0
    for seed in range(runs):
        try:
            found.append(estimate(seed))
        except ConvergenceError as error:
            found.append(error.last)
            refused += 1
    return np.array(found).T, refused


WALKED = machine(6, 4, 1.0, seed=5)
BASE = np.linspace(-1, 1, 6)


def forward(seed, chains, n, base=BASE, rbm=WALKED):
    return ais(rbm, betas=np.linspace(0, 1, n), chains=chains, base=base, rng=seed)


def backward(seed, chains, n, base=BASE, rbm=WALKED):
    v = rbm.sample(chains, rng=10**6 + seed)
    return reverse_ais(rbm, v, betas=np.linspace(0, 1, n), base=base, rng=seed)


@pytest.mark.parametrize("base", [None, [1.0, 0.0, -1.0]])
@pytest.mark.parametrize("n", [2, 5])
def test_the_mean_weight_is_exact(n, base):
    """⟨w⟩ = Z, and backwards 1/Z, at any number of betas: 100 runs of 500 chains, within 4.5 errors.

    In this machine w is of the order of its mean, which is therefore known to half a percent.
    """
    rbm = machine(3, 3, 2.0)
    exact = rbm.log_partition()
    up, down = (
        estimates(partial(one, chains=500, n=n, base=base, rbm=rbm), 100)[0][0] for one in (forward, backward)
    )
    assert z_score(np.exp(up - exact), 1.0) < 4.5
    assert z_score(np.exp(exact - down), 1.0) < 4.5


@pytest.mark.parametrize("one", [forward, backward])
def test_the_sandwich(one):
    """The mean of the estimates lies below ln Z, and backwards above, by about half of Var(w)/chains."""
    values, errors = estimates(partial(one, chains=20, n=3), 400)[0]
    below = (WALKED.log_partition() - values) * (1 if one is forward else -1)
    assert 0.01 < below.mean() < np.mean(errors**2)


@pytest.mark.parametrize("one", [forward, backward])
@pytest.mark.parametrize(("chains", "n"), [(20, 6), (20, 20), (100, 6), (100, 20), (500, 6)])
def test_errors_of_ais(one, chains, n):
    """Deviations in units of the error: a mean square near 1, and 95 % within ±2.

    Over 400 runs the fraction within has a standard error of 1.1 %, and the root mean square one of 3.5 % (of
    5 % with heavier tails). The errors may be 15 % too small, as for so few chains they are, and a quarter
    too large.
    """
    (value, stderr), refused = estimates(partial(one, chains=chains, n=n), 400)
    z = (value - WALKED.log_partition()) / stderr
    assert refused < 40
    assert np.mean(np.abs(z) < 2) > 0.95 - 4 * 0.011
    assert 0.75 < np.sqrt(np.mean(z**2)) < 1.15 + 3 * 0.05


def test_errors_of_wide_weights_are_not_given():
    """A strong machine and few betas: hardly a run claims an error, and misses the truth by more than two."""
    strong = machine(12, 8, 1.5, seed=6)
    exact = strong.log_partition()
    for one in (forward, backward):
        for n in (3, 5, 10, 15):
            missed = 0
            for seed in range(200):
                try:
                    value, stderr = one(seed, 20, n, None, strong)
                except ConvergenceError as error:
                    assert "ln w spreads by" in str(error) and error.last.stderr > 0
                else:
                    missed += abs(value - exact) > 2 * stderr
            assert missed < 200 * (0.10 + 4 * 0.021)  # 10 %, and four standard errors of a count


def test_without_couplings_ais_is_exact():
    """From the machine's own biases every weight is the same; from others not."""
    rng = np.random.default_rng(0)
    for hidden in (3, 0):
        rbm = RBM(np.zeros((5, hidden)), rng.normal(size=5), rng.normal(size=hidden))
        exact = np.logaddexp(0, rbm.a).sum() + np.logaddexp(0, rbm.b).sum()
        for one in (forward, backward):
            value, stderr = one(0, 20, 5, rbm.a, rbm)
            assert value == pytest.approx(exact, rel=1e-13) and stderr < 1e-13
            assert one(0, 20, 5, None, rbm).stderr > 0.01


def test_more_betas_are_better():
    """The variance of ln w falls as 1/betas once they are many; from 20 to 200 at least to a fifth."""
    for one in (forward, backward):
        assert one(1, 200, 200).stderr < one(1, 200, 20).stderr / np.sqrt(5)


# Compiled, in single precision ------------------------------------------------------------------------


class Replay(np.random.Generator):
    """Chance of the compiled loops, for the plain functions: the generator, with splitmix64's fractions."""

    def __init__(self, seed, then):
        super().__init__(np.random.PCG64(seed))
        self.then = then  # how often the generator is asked before the loops' state is drawn from it
        self.mix = None

    def integers(self, *args, **kwargs):
        return self.counted(super().integers(*args, **kwargs))

    def random(self, shape):
        if self.mix is None:
            return self.counted(super().random(shape))
        return np.array([self.mix.bits() >> 1 for _ in range(np.prod(shape))]).reshape(shape) * 2.0**-63

    def counted(self, drawn):
        self.then -= 1
        if self.then == 0:
            self.mix = SplitMix(super().integers(2**64, dtype=np.uint64))
        return drawn


@pytest.mark.parametrize("chains", [20, 300])
@pytest.mark.parametrize("shape", [(6, 4), (5, 70), (3, 130), (4, 0), (1, 0), (1, 1)], ids=str)
def test_fast_ais_goes_the_same_way(shape, chains):
    """With the same bits the plain function, in double precision, finds the same ln Z, to rounding.

    More chains, and more hidden units, than the loop takes at once.
    """
    rbm, base = machine(*shape, 0.3), np.linspace(-1, 1, shape[0])
    options = {"betas": np.linspace(0, 1, 40) ** 2, "chains": chains, "base": base}
    fast = fast_ais(rbm, rng=3, **options)
    many = Replay(3, 1)  # the loop takes 256 chains, and goes all the way with them
    v = _layers.switched(np.broadcast_to(base, (chains, len(base))), many)
    log_w = [
        rbm_module._along(rbm, part, options["betas"], base, many)
        for part in np.split(v, range(256, chains, 256))
    ]
    plain = rbm_module._log_mean(rbm_module._log_base(rbm, base) + np.concatenate(log_w))
    close(fast, plain, 3e-6)


def test_rounding_of_a_thousand_steps():
    """The error of single precision in ln w adds up to less than 1e-4 nats, with a hundred hidden units."""
    rbm, betas = machine(30, 100, 0.2), np.linspace(0, 1, 1001)
    v = np.zeros((20, 30))
    log_w, W, a, b = np.zeros(20), *(x.astype(np.float32) for x in (rbm.W, rbm.a, rbm.b))
    state = np.array([7], np.uint64)
    _kernels.along(W, a, b, 0 * a, betas, v.astype(np.float32), state, log_w)
    replay = Replay(0, 0)
    replay.mix = SplitMix(7)
    single = RBM(W, a, b)  # the machine of the rounded couplings
    np.testing.assert_allclose(log_w, rbm_module._along(single, v, betas, 0 * rbm.a, replay), atol=1e-4)


@pytest.mark.parametrize(("shape", "n", "size", "chains"), [((6, 4), 3, 2, 5), ((20, 30), 17, 5, 9)])
def test_fast_fit_goes_the_same_way(shape, n, size, chains):
    start, rng = machine(*shape, 0.3), np.random.default_rng(1)
    v = (rng.random((n, shape[0])) < 0.4) * 1
    options = {"epochs": 4, "learning_rate": [0.5, 0.25, 0.2, 0.1], "batch_size": size, "chains": chains}
    last, history = fast_fit(start, v, rng=2, **options)
    assert history[0] is start and len(history) == 5 and history[-1] is last
    for fast, plain in zip(history, fit(start, v, rng=Replay(2, 1), **options)[1], strict=True):
        for name in "Wab":
            close(getattr(fast, name), getattr(plain, name), 3e-6)


def test_the_defaults_of_fast_fit():
    """All patterns in one batch, and as many chains."""
    one, other = (
        fast_fit(REFERENCE, DATA, epochs=2, learning_rate=0.1, rng=1, **options)[0]
        for options in ({}, {"batch_size": 3, "chains": 3})
    )
    same(one, other)
    assert fast_fit(REFERENCE, DATA, epochs=0, learning_rate=0.1) == (REFERENCE, [REFERENCE])


def loaded(monkeypatch, rbm):
    """The machine in single precision, and dice in place of its chance."""
    dice = Dice()
    for name in ("throw", "along", "persist", "lowered"):
        monkeypatch.setattr(_kernels, name, getattr(_kernels, name).py_func)
    monkeypatch.setattr(_kernels, "fraction", lambda seed, k: None)
    monkeypatch.setattr(_kernels, "turned", lambda u, x: dice.maybe(_layers.chance(x)))
    return dice, [x.astype(np.float32) for x in (rbm.W, rbm.a, rbm.b)]


OVER = pytest.mark.filterwarnings("ignore:overflow encountered in scalar")  # whole numbers go round


@OVER
@pytest.mark.parametrize("betas", [[0.0, 1.0], [0.0, 0.3, 1.0], [0.0, 0.5, 0.7, 1.0]])
def test_the_mean_weight_by_every_outcome(betas, monkeypatch):
    """⟨w⟩ = Z/Z_0 over all that can happen in the loop as written, at any number of betas."""
    rbm, base = machine(2, 2, 1.5), np.array([0.5, -1.0])
    dice, (W, a, b) = loaded(monkeypatch, rbm)
    mean = 0.0
    for v, p in zip(units(2), np.exp(RBM(np.zeros((2, 0)), base, []).log_likelihood(units(2))), strict=True):

        def play(v=v):
            log_w = np.zeros(1)
            x, state = v[None].astype(np.float32), np.zeros(1, np.uint64)
            _kernels.along(W, a, b, base.astype(np.float32), np.array(betas), x, state, log_w)
            return log_w[0]

        mean += p * sum(chance * np.exp(log_w) for chance, log_w in dice.outcomes(play))
    assert np.log(mean) + rbm_module._log_base(rbm, base) == pytest.approx(rbm.log_partition(), abs=3e-6)


@OVER
def test_the_law_of_a_step_by_every_outcome(monkeypatch):
    """The dreams of one update follow the transition matrix, and the weights the gradient that they give."""
    rbm, v = machine(2, 2, 1.5), np.array([[0, 1], [1, 1]])
    P = rbm.transition_matrix()
    dice, (W, a, b) = loaded(monkeypatch, rbm)
    patterns, order, found = v.astype(np.float32), np.array([1, 0]), np.zeros((4, 4))
    data = exact_gradient(rbm, v)  # which holds the machine's own mean: taken out below
    for s in range(4):

        def play(s=s):
            new, dreams = [W.copy(), a.copy(), b.copy()], units(2)[s][None].astype(np.float32)
            _kernels.persist(*new, patterns, order, 2, 0.25, dreams, np.zeros(1, np.uint64))
            return int(numbers(dreams)[0]), new

        for chance, (ends, new) in dice.outcomes(play):
            found[s, ends] += chance
            dream = exact_gradient(rbm, units(2)[ends][None])
            for name, one in zip("Wab", new, strict=True):
                slope = getattr(data, name) - getattr(dream, name)
                close(one, getattr(rbm, name) + 0.25 * slope, 1e-6)
    close(found, P, 1e-6)


def test_exponential():
    """To 2e-7 of e^x where that is a float; beyond ±87 as there."""
    x = np.concatenate([np.linspace(-87, 87, 20_001), [0.0, 1e-30, -1e-7]]).astype(np.float32)
    for e in (_kernels.exponential, _kernels.exponential.py_func):
        found = np.array([e(one) for one in x], dtype=float)
        np.testing.assert_allclose(found, np.exp(x.astype(float)), rtol=2e-7)
        for far in (100.0, 1e30, np.inf):
            assert e(np.float32(far)) == e(np.float32(87)) and e(np.float32(-far)) == e(np.float32(-87))


def test_fractions_are_the_stream_of_draw():
    mix, state = SplitMix(2**63 + 5), np.array([2**63 + 5], np.uint64)
    for k in range(1, 1000):
        bits = mix.bits()
        assert _kernels.fraction(state[0], k) == np.float32(bits >> 1) * np.float32(2.0**-63)
    units_, x = np.empty((27, 37), np.float32), np.full((27, 37), 50, np.float32)
    _kernels.throw(x, np.zeros(37, np.float32), np.float32(1), state, units_)
    assert units_.all() and int(state[0]) == mix.state


@pytest.mark.parametrize("x", [-30.0, -3.0, 0.0, 0.7, 9.0])
def test_turned_at_its_threshold(x):
    """u just below and just above p = 1/(1 + e^−x); p = 1 is certain, but for a rounding."""
    p = _layers.chance(x)
    for turned in (_kernels.turned, _kernels.turned.py_func):
        assert turned(np.float32(p * (1 - 1e-6)), np.float32(x)) == 1
        assert turned(np.float32(p * (1 + 1e-6)), np.float32(x)) == 0
        assert turned(np.float32(1 - 1e-7), np.float32(40)) == 1


def test_fast_errors_are_honest():
    """As `test_errors_of_ais`, of the compiled function."""
    for chains, n in ((20, 6), (100, 20)):
        options = {"betas": np.linspace(0, 1, n), "chains": chains, "base": BASE}
        (value, stderr), refused = estimates(
            lambda seed, options=options: fast_ais(WALKED, rng=seed, **options), 400
        )
        z = (value - WALKED.log_partition()) / stderr
        assert refused < 40
        assert np.mean(np.abs(z) < 2) > 0.95 - 4 * 0.011
        assert 0.75 < np.sqrt(np.mean(z**2)) < 1.15 + 3 * 0.05


def test_too_strong_for_single_precision():
    for rbm in (RBM([[1e4]], [0.0], [0.0]), RBM([[0.0]], [0.0], [-1001.0])):
        with pytest.raises(
            ValueError, match=r"single precision .*; got weights and biases that could sum to 1"
        ):
            fast_ais(rbm, betas=BETAS, chains=20)
    with pytest.raises(ValueError, match=r"do not stay finite: learning_rate is too large, got 1e\+300"):
        fast_fit(machine(6, 4), DATA, epochs=50, learning_rate=1e300, rng=0)


# What every module declares --------------------------------------------------------------------------

W23 = np.zeros((2, 3))
SMALL = RBM(W23, [0.5, 0.0], [0.0, 1.0, -1.0])
V = [[0, 1], [1, 1], [1, 0]]
MANY = RBM(np.zeros((21, 21)), np.zeros(21), np.zeros(21))
BETAS = [0.0, 0.5, 1.0]

CALLS = {
    "exact_gradient": lambda: exact_gradient(SMALL, V),
    "cd_gradient": lambda rng=0: cd_gradient(SMALL, V, 1, rng=rng),
    "expected_cd_gradient": lambda: expected_cd_gradient(SMALL, V, 1),
    "fit": lambda rng=0: fit(SMALL, V, epochs=1, learning_rate=0.1, rng=rng)[0].W,
    "tempered_gibbs": lambda Ts=(1.0, 2.0), rng=0: tempered_gibbs(SMALL, V[:2], 3, temperatures=Ts, rng=rng),
    "ais": lambda rng=0: np.array(ais(SMALL, betas=BETAS, chains=20, rng=rng)),
    "fast_fit": lambda rng=0: fast_fit(SMALL, V, epochs=1, learning_rate=0.1, rng=rng)[0].W,
    "fast_ais": lambda rng=0: np.array(fast_ais(SMALL, betas=BETAS, chains=20, rng=rng)),
    "reverse_ais": lambda rng=0: np.array(reverse_ais(SMALL, V * 7, betas=BETAS, rng=rng)),
}
learn = partial(fit, SMALL, V, epochs=1, learning_rate=0.1)
BAD = {
    "a vector of couplings": (lambda: RBM([1.0], [1.0], [1.0]), r"W, a and b must have shapes .*got \(1,\)"),
    "layers exchanged": (lambda: RBM(W23, np.zeros(3), np.zeros(2)), r"got \(2, 3\), \(3,\) and \(2,\)"),
    "nothing visible": (lambda: RBM(np.zeros((0, 2)), [], [0, 0]), r"a visible unit, got shape \(0, 2\)"),
    "infinite couplings": (lambda: RBM([[np.inf]], [0], [0]), "W must be finite, got"),
    "a bias that is none": (lambda: RBM([[0.0]], [np.nan], [0]), "a must not contain NaN"),
    "spins": (lambda: SMALL.free_energy([1, -1]), "v must be 0 or 1, got values from -1.0 to 1.0"),
    "means for units": (lambda: SMALL.hidden_means([0.5, 1]), "v must be 0 or 1, got values from 0.5 to 1.0"),
    "hidden spins": (lambda: SMALL.visible_means([1, 1, -1]), "h must be 0 or 1"),
    "too many visible": (lambda: SMALL.energy([0, 1, 1], [0, 1, 1]), r"v must have shape \(\.\.\., 2\), got"),
    "too few hidden": (lambda: SMALL.energy([0, 1], [0, 1]), r"h must have shape \(\.\.\., 3\), got \(2,\)"),
    "one number": (lambda: SMALL.log_likelihood(1), r"v must have shape \(\.\.\., 2\), got \(\)"),
    "too many units to sum": (MANY.log_partition, "at most 20 units to be summed, got 21"),
    "too many units for ⟨E⟩": (MANY.mean_energy, "at most 20 units to be summed, got 21"),
    "too many units to draw": (lambda: MANY.sample(1), "at most 20 units to be summed, got 21"),
    "too many units to learn": (
        lambda: exact_gradient(MANY, np.zeros((1, 21))),
        "at most 20 units to be summed, got 21",
    ),
    "too large a matrix": (
        MANY.transition_matrix,
        "the number of visible units must be .* from 1 to 10, got 21",
    ),
    "too wide a matrix": (
        lambda: RBM(np.zeros((2, 17)), np.zeros(2), np.zeros(17)).transition_matrix(),
        "the number of hidden units must be an integer from 0 to 16, got 17",
    ),
    "steps back": (lambda: SMALL.gibbs(V, -1), "steps must be an integer ≥ 0, got -1"),
    "clamped by numbers": (
        lambda: SMALL.gibbs(V, 1, clamped=[0, 1]),
        r"clamped must be boolean of shape \(2,",
    ),
    "clamped chains": (lambda: SMALL.gibbs(V, 1, clamped=[True] * 3), "clamped must be boolean of shape"),
    "no seed": (lambda: SMALL.gibbs(V, 1, rng="a"), "rng must be"),
    "no seed for draws": (lambda: SMALL.sample(1, rng=-1), "rng must be"),
    "fewer draws than none": (lambda: SMALL.sample(-1), "n must be an integer ≥ 0, got -1"),
    "one pattern without an axis": (
        lambda: exact_gradient(SMALL, [0, 1]),
        r"v must have shape \(n, 2\) with",
    ),
    "no patterns": (lambda: cd_gradient(SMALL, np.zeros((0, 2)), 1), r"n ≥ 1, got \(0, 2\)"),
    "no step": (lambda: cd_gradient(SMALL, V, 0), "k must be an integer ≥ 1, got 0"),
    "no step expected": (lambda: expected_cd_gradient(SMALL, V, 0), "k must be an integer ≥ 1, got 0"),
    "an unknown method": (lambda: learn(method="sgd"), "method must be one of .*, got 'sgd'"),
    "no step to learn": (lambda: learn(k=0), "k must be an integer ≥ 1, got 0"),
    "epochs": (lambda: fit(SMALL, V, epochs=-1, learning_rate=0.1), "epochs must be an integer ≥ 0"),
    "no rate": (
        lambda: fit(SMALL, V, epochs=1, learning_rate=0.0),
        "learning_rate must be positive.*got 0.0",
    ),
    "rates for others": (
        lambda: fit(SMALL, V, epochs=1, learning_rate=[0.1, 0.1]),
        r"learning_rate must be positive, of shape \(\) or \(1,\), got \[0.1, 0.1\]",
    ),
    "an empty batch": (lambda: learn(batch_size=0), "batch_size must be an integer from 1 to 3, got 0"),
    "a batch too large": (lambda: learn(batch_size=4), "batch_size must be an integer from 1 to 3, got 4"),
    "no chains": (lambda: learn(chains=0), "chains must be an integer ≥ 1, got 0"),
    "chains for cd": (lambda: learn(method="cd", chains=5), "chains are for the methods .* got method .cd."),
    "temperatures for pcd": (lambda: learn(temperatures=[1, 2]), 'temperatures are for method "tempered"'),
    "a ladder that falls": (
        lambda: tempered_gibbs(SMALL, V[:2], 1, temperatures=[2.0, 1.0]),
        r"temperatures must rise, of shape \(R,\) with R ≥ 2, got \[2.0, 1.0\]",
    ),
    "one temperature": (lambda: learn(method="tempered", temperatures=[1.0]), "temperatures must rise"),
    "a ladder from elsewhere": (
        lambda: learn(method="tempered", temperatures=[2.0, 3.0]),
        r"temperatures must begin with 1, got \[2.0, 3.0\]",
    ),
    "a replica too many": (
        lambda: tempered_gibbs(SMALL, V, 1, temperatures=[1.0, 2.0]),
        r"v must have shape \(2, \.\.\., 2\), got \(3, 2\)",
    ),
    "a replica's steps back": (
        lambda: tempered_gibbs(SMALL, V[:2], -1, temperatures=[1.0, 2.0]),
        "steps must be an integer ≥ 0",
    ),
    "a path from elsewhere": (lambda: ais(SMALL, betas=[0.1, 1.0], chains=20), "betas must rise from 0 to 1"),
    "a path that does not arrive": (lambda: ais(SMALL, betas=[0, 0.9], chains=20), "got .0.0, 0.9."),
    "a path with a halt": (lambda: ais(SMALL, betas=[0, 0.5, 0.5, 1], chains=20), "betas must rise"),
    "a number of betas": (lambda: ais(SMALL, betas=100, chains=20), "betas must rise from 0 to 1, got 100"),
    "few chains": (lambda: ais(SMALL, betas=BETAS, chains=19), "chains must be an integer ≥ 20, got 19"),
    "fast without a rate": (lambda: fast_fit(SMALL, V, epochs=1, learning_rate=0), "learning_rate must be"),
    "fast with few chains": (
        lambda: fast_ais(SMALL, betas=BETAS, chains=19),
        "chains must be an integer ≥ 20",
    ),
    "few draws": (
        lambda: reverse_ais(SMALL, V, betas=BETAS),
        "the number of chains must be an integer ≥ 20, got 3",
    ),
    "a base of one": (
        lambda: ais(SMALL, betas=BETAS, chains=20, base=[0.0]),
        r"base must have shape \(2,\), got \(1,\)",
    ),
    "draws that are none": (
        lambda: reverse_ais(SMALL, np.full((20, 2), 0.5), betas=BETAS),
        "v must be 0 or 1, got values from 0.5",
    ),
}
LIMITS = [
    (lambda n: ais(SMALL, betas=BETAS, chains=n, rng=0), 20, 19),
    (lambda n: fast_ais(SMALL, betas=BETAS, chains=n, rng=0), 20, 19),
    (
        lambda x: fast_ais(RBM([[x / 2]], [x / 2], [0]), betas=BETAS, chains=20, base=[x / 2], rng=0),
        1e3,
        1001,
    ),
    (lambda n: fast_fit(SMALL, V, epochs=1, learning_rate=0.1, batch_size=n, rng=0), 3, 4),
    (lambda n: reverse_ais(SMALL, np.zeros((n, 2)), betas=BETAS, rng=0), 20, 19),
    (lambda n: RBM(np.zeros((n, 1)), np.zeros(n), [0.0]).transition_matrix(), 10, 11),
    (lambda n: RBM(np.zeros((1, n)), [0.0], np.zeros(n)).transition_matrix(), 16, 17),
    (lambda n: learn(batch_size=n, rng=0), 3, 4),
    (lambda n: learn(chains=n, rng=0), 1, 0),
    (lambda n: SMALL.gibbs(V, n, rng=0), 0, -1),
    (lambda n: cd_gradient(SMALL, V, n, rng=0), 1, 0),
    (lambda T: learn(method="tempered", temperatures=[1.0, T], rng=0), np.nextafter(1.0, 2.0), 1.0),
]
AS_COLD = {
    "the ground state": (lambda: REFERENCE.mean_energy(COLD), energies(REFERENCE).min()),
}
FAULTS = [
    Fault("the sign of the negative phase", "*(data - model for", "*(data + model for", "test_reference"),
    Fault("the gradient reversed", "*(data - model for", "*(model - data for", "test_expected_cd[1]"),
    Fault(
        "sampled for mean statistics",
        "    means = _layers.chance(rbm.b + v @ rbm.W)\n    return Gradient",
        "    means = _layers.switched(rbm.b + v @ rbm.W, np.random.default_rng())\n    return Gradient",
        "test_hidden_units_enter_by_their_means",
    ),
    Fault(
        "W transposed in p(v | h)",
        'self.a + _units("h", h, len(self.b)) @ self.W.T',
        'self.a + _units("h", h, len(self.b)) @ self.W',
        "test_sums_over_both_layers[1.0-3x3]",
    ),
    Fault(
        "W transposed in block Gibbs sampling",
        "start, W, WT = v, rbm.W, rbm.W.T",
        "start, W, WT = v, rbm.W, rbm.W",
        "test_law_of_gibbs[0.7-rbm1]",
    ),
    Fault(
        "W transposed in the transition matrix",
        "(self.a + h[part] @ self.W.T) / T",
        "(self.a + h[part] @ self.W) / T",
        "test_the_transition_matrix[1.0-3x3]",
    ),
    Fault(
        "a gradient of W transposed",
        "Gradient(v.T @ means / len(v), ",
        "Gradient((v.T @ means / len(v)).T if len(v.T) == len(means.T) else v.T @ means / len(v), ",
        "test_gradient_is_the_slope_of_the_likelihood[3x3]",
    ),
    Fault(
        "a free energy without the visible biases",
        "lowest = -(v @ self.a) - np.max",
        "lowest = -np.max",
        "test_sums_over_both_layers[1.0-6x4]",
    ),
    Fault(
        "p(h | v) without the hidden biases",
        '_means(self.b + _units("v"',
        '_means(0 * self.b + _units("v"',
        "test_scikit_learn",
    ),
    Fault(
        "p(v | h) without the visible biases",
        '_means(self.a + _units("h"',
        '_means(0 * self.a + _units("h"',
        "test_sums_over_both_layers[1.0-6x4]",
    ),
    Fault(
        "an energy without the hidden biases",
        "-(v @ self.a) - h @ self.b - (",
        "-(v @ self.a) - (",
        "test_sums_over_both_layers[1.0-6x4]",
    ),
    Fault(
        "h drawn without its biases",
        "h = _layers.switched((rbm.b + v @ W) / T, rng)",
        "h = _layers.switched((v @ W) / T, rng)",
        "test_law_of_gibbs[0.7-rbm1]",
    ),
    Fault(
        "v drawn without its biases",
        "v = _layers.switched((rbm.a + h @ WT) / T, rng)",
        "v = _layers.switched((h @ WT) / T, rng)",
        "test_law_of_gibbs[0.7-rbm0]",
    ),
    Fault(
        "v drawn at T = 1",
        "v = _layers.switched((rbm.a + h @ WT) / T, rng)",
        "v = _layers.switched((rbm.a + h @ WT) / 1, rng)",
        "test_law_of_gibbs[0.7-rbm0]",
    ),
    Fault(
        "T beside the whole of F",
        "(lowest - _before(T, lowest) * entropy)",
        "(lowest - entropy)",
        "test_sums_over_both_layers[2.5-6x4]",
    ),
    Fault(
        "T forgotten in a mean",
        "_layers.chance(fields / _before(T, fields))",
        "_layers.chance(fields + 0 * _before(T, fields))",
        "test_sums_over_both_layers[2.5-6x4]",
    ),
    Fault(
        "a likelihood of the wrong sign of ln Z",
        "-self.free_energy(v) - self.log_partition()",
        "-self.free_energy(v) + self.log_partition()",
        "test_reference",
    ),
    Fault(
        "what is clamped forgets",
        "v[..., held] = start[..., held]",
        "v[..., held] = v[..., held]",
        "test_clamped_units",
    ),
    Fault(
        "exact draws at T = 1",
        "np.exp(_layers.law(W, bias, other, T).log_p).cumsum()",
        "np.exp(_layers.law(W, bias, other, 1.0).log_p).cumsum()",
        "test_exact_draws_and_no_drift[3.0-rbm0]",
    ),
    Fault(
        "the other layer drawn at T = 1",
        "_layers.switched((self.a + s @ self.W.T) / T, rng)",
        "_layers.switched((self.a + s @ self.W.T) / 1, rng)",
        "test_exact_draws_and_no_drift[3.0-rbm0]",
    ),
    Fault(
        "the exchange of replicas with its sign reversed",
        "(beta[i] - beta[i + 1]) * (E[i] - E[i + 1])",
        "(beta[i] - beta[i + 1]) * (E[i + 1] - E[i])",
        "test_law_of_tempering",
    ),
    Fault(
        "an exchange of copies",
        "np.where(swap[..., None], h[i], h[i + 1])",
        "h[i + 1]",
        "test_one_exchange",
    ),
    Fault(
        "no exchange",
        "swap = rng.random(log_ratio.shape) < np.exp(np.minimum(log_ratio, 0))",
        "swap = rng.random(log_ratio.shape) < 0",
        "test_one_exchange",
    ),
    Fault(
        "an exchange decided by F",
        "E = -(v @ rbm.a) - (fields * h).sum(axis=-1)",
        "E = rbm.free_energy(v)",
        "test_one_exchange",
    ),
    Fault(
        "one step for k in the expected direction",
        "    for _ in range(k):\n        p = p @ P",
        "    for _ in range(1):\n        p = p @ P",
        "test_expected_cd[3]",
    ),
    Fault(
        "negative chains that start at data each time",
        'batch if method == "cd" else dreams',
        "batch",
        "test_steps_of_each_method",
    ),
    Fault(
        "contrastive divergence that does not return to the data",
        'batch if method == "cd" else dreams',
        "dreams",
        "test_steps_of_each_method",
    ),
    Fault(
        "the hottest replica's statistics",
        "_statistics(rbm, dreams[0])",
        "_statistics(rbm, dreams[-1])",
        "test_steps_of_each_method",
    ),
    Fault(
        "the last minibatch left out",
        "range(0, len(v), size)",
        "range(0, len(v) - size + 1, size)",
        "test_steps_of_each_method",
    ),
    Fault(
        "patterns in their own order",
        "batch = v[order[begin : begin + size]]",
        "batch = v[begin : begin + size]",
        "test_steps_of_each_method",
    ),
    Fault(
        "a descent",
        "getattr(rbm, name) + rate * slope",
        "getattr(rbm, name) - rate * slope",
        "test_bars_and_stripes_are_learnt",
    ),
    Fault(
        "annealing at the last β",
        "h = _layers.switched(new * fields, rng)",
        "h = _layers.switched(old * fields, rng)",
        "test_the_mean_weight_is_exact[5-base1]",
    ),
    Fault(
        "a weight without the visible biases",
        "log_w += (new - old) * (v @ (rbm.a - base))",
        "log_w += 0",
        "test_the_mean_weight_is_exact[5-None]",
    ),
    Fault(
        "a base that is left at once",
        "(v @ (rbm.a - base))",
        "(v @ rbm.a)",
        "test_the_mean_weight_is_exact[5-base1]",
    ),
    Fault(
        "a base that is never left",
        "(1 - new) * base + new * (",
        "base + new * (",
        "test_the_mean_weight_is_exact[5-base1]",
    ),
    Fault(
        "a path without the hidden biases",
        "        fields = rbm.b + v @ rbm.W\n        log_w",
        "        fields = v @ rbm.W\n        log_w",
        "test_the_mean_weight_is_exact[5-base1]",
    ),
    Fault(
        "Z of the base without the hidden units",
        " + len(rbm.b) * np.log(2))",
        ")",
        "test_without_couplings_ais_is_exact",
    ),
    Fault(
        "Z of a uniform base",
        "_layers.softplus(base) + len(",
        "len(base) * np.log(2) + len(",
        "test_without_couplings_ais_is_exact",
    ),
    Fault(
        "the mean of ln w",
        "float(top + np.log(w.mean()))",
        "float(log_w.mean())",
        "test_the_mean_weight_is_exact[2-base1]",
    ),
    Fault(
        "the way back begun at the base",
        "_along(rbm, v, betas[::-1], base, rng)",
        "_along(rbm, v, betas, base, rng)",
        "test_the_mean_weight_is_exact[5-base1]",
    ),
    Fault(
        "the deviation of one chain for the error",
        "np.log1p(relative / n)",
        "np.log1p(relative)",
        "test_errors_of_ais[100-20-forward]",
    ),
    Fault(
        "an error by half",
        "np.log1p(relative / n)",
        "np.log1p(relative / n) / 4",
        "test_errors_of_ais[100-20-forward]",
    ),
    Fault(
        "errors for any weights",
        "if spread > _WIDEST",
        "if spread > 10 * _WIDEST",
        "test_errors_of_wide_weights_are_not_given",
    ),
]
FAULTS += [
    Fault(
        "a fast machine learns what it dreams",
        "_kernels.persist(W, a, b, v, rng",
        "_kernels.persist(W, a, b, dreams, rng",
        "test_fast_fit_goes_the_same_way[shape0-3-2-5]",
    ),
    Fault(
        "too strong for seven digits",
        "_STRONGEST = 1000.0",
        "_STRONGEST = 1e5",
        "test_too_strong_for_single_precision",
    ),
    Fault(
        "each part of the chains alike",
        "v[here], state, log_w[here]",
        "v[here], state.copy(), log_w[here]",
        "test_fast_ais_goes_the_same_way[(6, 4)-300]",
    ),
    Fault(
        "a base of zeros",
        "(W, a, b), (_, start, _) = _single(rbm), _single(RBM(rbm.W, base, rbm.b))",
        "W, a, b = _single(rbm); start = 0 * a",
        "test_fast_ais_goes_the_same_way[(6, 4)-20]",
    ),
]
FAULTS += [
    Fault(name, text, wrong, test, "_kernels.py")
    for name, text, wrong, test in [
        ("e^x without a term", "y * r + np.float32(4.1665795894e-2)", "y * r", "test_exponential"),
        (
            "a unit that is on with 1 − p",
            "exponential(-x)) < np.float32(1.0))",
            "exponential(x)) < np.float32(1.0))",
            "test_turned_at_its_threshold[9.0]",
        ),
        (
            "the same number for two units",
            "c * n + i + 1)",
            "c + i + 1)",
            "test_fast_ais_goes_the_same_way[(6, 4)-20]",
        ),
        (
            "the same numbers in each step",
            "np.uint64(x.size) * np",
            "np.uint64(0) * np",
            "test_fractions_are_the_stream_of_draw",
        ),
        (
            "numbers of 31 bits",
            ">> np.uint64(1))) * np.float32(2.0**-63)",
            ">> np.uint64(33))) * np.float32(2.0**-31)",
            "test_fractions_are_the_stream_of_draw",
        ),
        (
            "weights at the new β alone",
            "exponential(-old * abs(x))",
            "np.float32(1.0)",
            "test_the_mean_weight_by_every_outcome[betas1]",
        ),
        (
            "h at the old β",
            "throw(f, new * b, new, state, h)",
            "throw(f, old * b, old, state, h)",
            "test_the_mean_weight_by_every_outcome[betas1]",
        ),
        (
            "a base that stays",
            "(np.float32(1.0) - new) * base + new * a",
            "base + new * a",
            "test_the_mean_weight_by_every_outcome[betas1]",
        ),
        (
            "the biases' part forgotten",
            "step * own[c]",
            "0 * own[c]",
            "test_the_mean_weight_by_every_outcome[betas0]",
        ),
        (
            "64 units of each chain",
            "range(0, m, 64)",
            "range(0, min(m, 64), 64)",
            "test_fast_ais_goes_the_same_way[(5, 70)-20]",
        ),
        (
            "dreams weighed like patterns",
            "rate / count if r < count else -rate / chains)\n            for j",
            "rate / count if r < count else -rate / count)\n            for j",
            "test_fast_fit_goes_the_same_way[shape0-3-2-5]",
        ),
        (
            "v drawn at the old biases of h",
            "throw(x, a, np.float32(1.0), state, dreams)",
            "throw(x, a, np.float32(0.5), state, dreams)",
            "test_the_law_of_a_step_by_every_outcome",
        ),
        (
            "the last minibatch short of patterns",
            "count = min(size, order.size - begin)",
            "count = min(size, max(1, order.size - begin - 1))",
            "test_fast_fit_goes_the_same_way[shape1-17-5-9]",
        ),
    ]
]
FAULTS += [
    Fault(name, text, wrong, test, "_layers.py")
    for name, text, wrong, test in [
        ("p(0) for p(1)", "np.exp(-x))\n\n", "np.exp(x))\n\n", "test_scikit_learn"),
        (
            "draws of the opposite",
            "rng.random(x.shape) < ",
            "rng.random(x.shape) > ",
            "test_law_of_gibbs[0.7-rbm0]",
        ),
        (
            "units in the other order",
            "np.arange(n) & 1",
            "np.arange(n)[::-1] & 1",
            "test_the_transition_matrix[1.0-6x4]",
        ),
        ("e^x without 1", "factors += 1\n", "factors += 0\n", "test_reference"),
        ("a product beyond the doubles", "<= 1000:", "<= 10**9:", "test_several_blocks"),
        ("blocks that are all the first", "fields + high @ W[low:]", "fields", "test_several_blocks"),
        ("biases of the first block", "own + high @ bias[low:]", "own", "test_several_blocks"),
        ("ln Z without the ground state", "float(top / T + log_sum)", "float(log_sum)", "test_reference"),
        (
            "ground states at T = 1",
            "(highest - top) / T",
            "(highest - top)",
            "test_sums_over_both_layers[2.5-6x4]",
        ),
        (
            "the other layer at T = 1",
            "excess(fields / T)",
            "excess(fields)",
            "test_sums_over_both_layers[2.5-6x4]",
        ),
        (
            "⟨E⟩ of means at T = 1",
            "(fields * chance(fields / T))",
            "(fields * chance(fields))",
            "test_sums_over_both_layers[2.5-6x4]",
        ),
        (
            "⟨E⟩ without the summed biases",
            "(own + (fields * chance",
            "((fields * chance",
            "test_sums_over_both_layers[1.0-6x4]",
        ),
        (
            "⟨E⟩ with the sign of −⟨E⟩",
            "energy -= p[here]",
            "energy += p[here]",
            "test_sums_over_both_layers[1.0-6x4]",
        ),
        ("means of all states alike", " * p[here, None]", " / len(p)", "test_reference"),
    ]
]
