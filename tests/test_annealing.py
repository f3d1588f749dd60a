"""Annealing against exact distributions, exact transition matrices and two peers.

The order is that of trust: closed forms, the exact transition matrices of the code as written, laws of many
independent runs, averages with their errors, peers. Seeds are fixed; no tolerance was fitted to them.
"""

import itertools
import time
from itertools import pairwise
from math import exp, fsum

import numpy as np
import pytest
from dwave.samplers import SimulatedAnnealingSampler
from numpy.linalg import matrix_power, multi_dot
from scipy import sparse
from scipy.integrate import cumulative_trapezoid, quad
from scipy.optimize import dual_annealing
from scipy.special import erf
from thermolib import _kernels, annealing
from thermolib.annealing import (
    AnnealingError,
    adaptive,
    anneal,
    anneal_ising,
    constant_speed,
    end_distribution,
    first_passage_time,
    geometric,
    kramers_rate,
    linear,
    logarithmic,
    population_annealing,
    temper,
)
from thermolib.boltzmann import boltzmann, log_partition, thermodynamics
from thermolib.chains import ConvergenceError, mean
from thermolib.ising import energy, spin_states
from thermolib.problems import cut_size, torus

from declared import COLD, Fault
from dice import Dice, SplitMix
from known import known

PATH = np.array([0, -0.5, -0.8, -0.5, 0, 0.5, 1, 1.2, 1, 0.5, 0, -0.5, -1, -1.3, -1, -0.5])
LEVELS = np.array([0.0, 1.0, 0.3, 2.0])


def step(x, rng, n=PATH.size):
    """One to either side with probability ½; beyond the ends the walker stays, which is a refusal."""
    y = x + (1 if rng.random() < 0.5 else -1)
    return y if 0 <= y < n else x


def jump(x, rng):
    return int(rng.integers(4))


def double_well(x):
    return (x**2 - 1) ** 2


def close_in_law(seen, p, n):
    """Total variation between p and the histogram of n independent draws.

    Its mean is at most ½ Σ √(p(1−p)/n), the Monte Carlo floor (Jensen), and it exceeds its mean by t with a
    probability ≤ exp(−2nt²) (McDiarmid): here 1e-6.
    """
    floor = np.sqrt(p * (1 - p) / n).sum() / 2
    return np.abs(np.bincount(seen, minlength=p.size) / n - p).sum() / 2 < floor + np.sqrt(
        np.log(1e6) / (2 * n)
    )


# Schedules -------------------------------------------------------------------------------------------


def test_schedules():
    for schedule in (linear, geometric):
        T = schedule(2.0, 0.05, 100)
        assert T.shape == (100,) and T[0] == 2 and T[-1] == 0.05
        assert schedule(0.05, 2.0, 3)[[0, -1]].tolist() == [0.05, 2.0]  # it may rise
    np.testing.assert_allclose(np.diff(linear(2.0, 0.05, 100)), -1.95 / 99)
    np.testing.assert_allclose(
        geometric(2.0, 0.05, 100)[1:] / geometric(2.0, 0.05, 100)[:-1], 0.025 ** (1 / 99)
    )
    np.testing.assert_allclose(logarithmic(1.5, 4), 1.5 / np.log([2, 3, 4, 5]))


def test_constant_speed_in_closed_form():
    """√C/T dT is d ln T for a constant C, and dT for C = T²: for the trapezoids in ln T, up to 1e-6 here."""
    T = np.geomspace(5.0, 0.1, 3000)
    np.testing.assert_allclose(constant_speed(T, np.full(T.size, 0.7), 9), geometric(5.0, 0.1, 9), rtol=1e-12)
    np.testing.assert_allclose(constant_speed(T, T**2, 9), linear(5.0, 0.1, 9), rtol=1e-5)
    frozen = np.where((T > 0.5) & (T < 2), 1.0, 0.0)  # nothing happens at either end
    assert constant_speed(T, frozen, 9)[[0, -1]].tolist() == [5.0, 0.1]


def test_constant_speed_on_the_path():
    """Equal parts of ∫ √C/T dT, with the exact C, integrated by quadrature."""
    T = np.geomspace(3.0, 0.1, 2000)
    schedule = constant_speed(T, thermodynamics(PATH, T).C, 8)
    speed = lambda t: np.sqrt(thermodynamics(PATH, t).C) / t  # noqa: E731
    parts = [quad(speed, low, high)[0] for high, low in pairwise(schedule)]
    np.testing.assert_allclose(parts, quad(speed, 0.1, 3.0)[0] / 7, rtol=1e-4)


def test_adaptive_finds_the_constant_speed():
    """The mean of 30 schedules is that of the exact C on the pilot's ladder, within 4.5 of its errors.

    Anywhere on the path is proposed, so the pilot forgets within a few steps and a variance from 800 of them
    is short by about 2e-3; the error of a mean of 30, itself known to 13 %, is larger than that.
    """
    anywhere = lambda x, rng: int(rng.integers(PATH.size))  # noqa: E731
    ladder = geometric(3.0, 0.3, 24)
    exact = constant_speed(ladder, thermodynamics(PATH, ladder).C, 7)
    rng = np.random.default_rng(1)
    runs = np.array(
        [adaptive(PATH.__getitem__, anywhere, 2, 3.0, 0.3, 7, pilot=1000, rng=rng) for _ in range(30)]
    )
    assert np.all(runs[:, 0] == 3.0) and np.all(runs[:, -1] == 0.3) and np.all(np.diff(runs) < 0)
    stderr = runs[:, 1:-1].std(axis=0, ddof=1) / np.sqrt(30)
    assert np.all(np.abs(runs[:, 1:-1].mean(axis=0) - exact[1:-1]) < 4.5 * stderr)
    assert np.all(stderr < 0.01 * exact[1:-1])


# The exact end distribution --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("temperatures", "expected"),
    [
        *(
            (schedule(2.0, 0.05, n), known("annealing", f"cooled {how}, {n} steps: p of the deeper well"))
            for n in (100, 1000)
            for schedule, how in ((geometric, "geometrically"), (linear, "linearly"))
        ),
        (np.full(10_000, 0.5), known("annealing", "at T = ½, 10,000 steps")),
    ],
)
def test_end_distribution(temperatures, expected):
    p = end_distribution(PATH, temperatures, 2)
    assert p[13] == pytest.approx(expected, abs=6e-10 if len(temperatures) == 10_000 else 6e-11)
    assert p.sum() == pytest.approx(1, abs=1e-12)


def path_matrix(E, T):
    """P[i, j] of one Metropolis step on a path, by plain loops."""
    P = np.zeros((len(E), len(E)))
    for i in range(len(E)):
        for j in (i - 1, i + 1):
            if 0 <= j < len(E):
                P[i, j] = 0.5 * min(1, np.exp(-(E[j] - E[i]) / T))
        P[i, i] = 1 - P[i].sum()
    return P


def test_end_distribution_by_matrices():
    T = np.array([np.inf, 1.0, 0.2, 0.2, 3.0, 3.0, 1e-3])  # it may rise, and 1/T may be anything
    p = start = np.random.default_rng(0).dirichlet(np.ones(PATH.size))
    for t in T:
        p = p @ path_matrix(PATH, t)
    np.testing.assert_allclose(end_distribution(PATH, T, start), p, atol=1e-14)
    np.testing.assert_allclose(end_distribution(PATH, T, np.eye(16)[3]), end_distribution(PATH, T, 3))
    half = end_distribution(PATH, T[2:], end_distribution(PATH, T[:2], start))
    np.testing.assert_allclose(half, p, atol=1e-14)
    assert end_distribution([3.0], [1.0], 0).tolist() == [1.0]


def test_the_boltzmann_distribution_stays():
    for T in (0.1, 0.5, 2.0, np.inf):
        p = boltzmann(PATH, T)
        np.testing.assert_allclose(end_distribution(PATH, np.full(100, T), p), p, atol=1e-13)
    assert boltzmann(PATH, 0.5)[13] == pytest.approx(known("annealing", "at T = ½, for ever"), abs=1e-9)


# anneal ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("temperatures", [geometric(2.0, 0.05, 100), [0.3] * 20 + [2.0] * 20])
def test_annealed_law(temperatures):
    """10 000 walkers end as the exact distribution says."""
    rng, n = np.random.default_rng(3), 10_000
    ends = [anneal(PATH.__getitem__, step, 2, temperatures, rng=rng).last for _ in range(n)]
    assert close_in_law(ends, end_distribution(PATH, temperatures, 2), n)


def test_no_drift():
    """Exact draws at T stay so: ten steps at constant T."""
    rng, n, T = np.random.default_rng(4), 15_000, 0.6
    p = boltzmann(PATH, T)
    starts = rng.choice(16, size=n, p=p).tolist()
    ends = [anneal(PATH.__getitem__, step, x, [T] * 10, rng=rng).last for x in starts]
    assert close_in_law(ends, p, n)


def test_the_best_is_the_best_visited():
    """Also when the schedule ends hot, and a copy: the states are arrays."""
    seen = []

    def energy(x):
        seen.append(x)
        return double_well(x[0]) + 0.3 * x[0]

    walk = lambda x, rng: x + rng.normal(scale=0.4, size=1)  # noqa: E731
    start = np.array([1.0])
    found = anneal(energy, walk, start, [*geometric(1.0, 0.01, 500), *[np.inf] * 200], rng=5)
    lowest = min([energy(start), *found.energies])
    assert found.best_energy == lowest == energy(found.best)
    assert found.energies.shape == (700,) and found.energies[-1] == energy(found.last) > lowest + 1
    assert not any(found.best is x for x in seen[:701]) and found.last is not start
    moves = np.diff([energy(start), *found.energies]) != 0
    assert found.acceptance == pytest.approx(moves.mean())


def test_the_start_counts():
    found = anneal(lambda x: x**2, lambda x, rng: x + 1.0, 0.0, [np.inf] * 3, rng=0)
    assert found.best == 0 and found.last == 3 and found.acceptance == 1
    assert found.energies.tolist() == [1, 4, 9]
    cold = anneal(PATH.__getitem__, step, 0, np.full(2000, 1e-6), rng=0)
    assert np.all(np.diff(cold.energies) <= 0) and cold.best == 2


def test_pure_and_seeded(capsys):
    """The inputs stay, the global random state stays, and a seed means the same as a Generator made of it."""
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    runs = [anneal(PATH.__getitem__, step, 2, [0.5] * 100, rng=rng) for rng in (3, np.random.default_rng(3))]
    runs.append(anneal(PATH.__getitem__, step, 2, [0.5] * 100, rng=3, progress=True))
    assert "100%" in capsys.readouterr().err
    for run in runs[1:]:
        np.testing.assert_array_equal(run.energies, runs[0].energies)
    tempered = [temper(PATH.__getitem__, step, 2, [0.5, 1.0], 50, rng=3, progress=p) for p in (False, True)]
    np.testing.assert_array_equal(tempered[0].energies, tempered[1].energies)
    spins = [anneal_ising(np.ones((5, 5)) - np.eye(5), 0, [1.0] * 9, reads=3, rng=r).last for r in (1, 1, 2)]
    assert np.array_equal(spins[0], spins[1]) and not np.array_equal(spins[0], spins[2])
    start, states = np.full(16, 1 / 16), [0, 1, 2, 3]
    end_distribution(PATH, [1.0], start)
    population_annealing(LEVELS.__getitem__, jump, states, [2.0, 1.0], steps=1, rng=0)
    assert np.all(start == 1 / 16) and states == [0, 1, 2, 3]
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def given(*states):
    """A `propose` that hands out these states, one after the other."""
    left = iter(states)
    return lambda x, rng: next(left)


def test_a_given_trajectory():
    """At T = ∞ every proposal is accepted, at T = 1e-9 those downhill or level: nothing is left to chance."""
    hot, cold = np.inf, 1e-9
    run = anneal(float, given(4, -3, 6, 6, -2, 2, 1), 5, [hot, cold, hot, cold, cold, cold, hot], rng=0)
    assert run.energies.tolist() == [4, -3, 6, 6, -2, -2, 1]
    assert (run.best, run.best_energy, run.last, run.acceptance) == (-3, -3.0, 1, 6 / 7)


def test_a_given_trajectory_by_metropolis():
    """The same uniform numbers through Metropolis' rule, written out: one drawn for each rise in energy."""
    T, seed = geometric(3.0, 0.2, 300), 11
    states = np.random.default_rng(12).normal(size=T.size).tolist()
    run = anneal(float, given(*states), 0.5, T, rng=seed)
    chance, x, path = np.random.default_rng(seed), 0.5, []
    for y, t in zip(states, T, strict=True):
        if y <= x or chance.random() < np.exp(-(y - x) / t):
            x = y
        path.append(x)
    assert run.energies.tolist() == path
    assert run.acceptance == np.mean(np.array(path) == states) and 0.2 < run.acceptance < 0.8


def test_the_pilot_s_first_fifth_is_left_out():
    """Always downhill, so always accepted: of ten energies at each temperature the first two are far off."""
    ladder, rng = geometric(4.0, 0.5, 24), np.random.default_rng(0)
    falls = rng.uniform(0.1, 1.0, size=(24, 10))
    falls[:, :3] += rng.uniform(5, 50, size=(24, 3))  # the third step leads to the first energy that counts
    E = -np.cumsum(falls).reshape(24, 10)
    schedule = adaptive(float, given(*E.ravel().tolist()), 0.0, 4.0, 0.5, 9, pilot=10, rng=0)
    np.testing.assert_allclose(schedule, constant_speed(ladder, E[:, 2:].var(axis=1) / ladder**2, 9))


# Proposals that change what they are given -----------------------------------------------------------


def turn_in_place(x, rng):
    x[rng.integers(len(x))] *= -1
    return x


def turn_in_place_and_copy(x, rng):
    return turn_in_place(x, rng).copy()


def turn_in_a_view(x, rng):
    y = x[:]  # a copy if x were a list
    return turn_in_place(y, rng)


def turn_in_a_copy(x, rng):
    return turn_in_place(x.copy(), rng)


def turn_or_stay(x, rng):
    return x if rng.random() < 0.5 else turn_in_a_copy(x, rng)


SEARCHES = {
    "anneal": lambda E, propose, x: anneal(E, propose, x, linear(2.0, 0.5, 200), rng=1),
    "temper": lambda E, propose, x: temper(E, propose, x, [0.5, 1.0, 2.0], 200, rng=1),
    "population": lambda E, propose, x: population_annealing(
        E, propose, [x.copy() for _ in range(9)], [2.0, 1.0, 0.5], steps=30, rng=1
    ),
    "adaptive": lambda E, propose, x: adaptive(E, propose, x, 2.0, 0.5, 9, pilot=50, rng=1),
}


@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES)
@pytest.mark.parametrize("propose", [turn_in_place, turn_in_place_and_copy, turn_in_a_view])
def test_a_proposal_in_place_is_noticed(search, propose):
    magnet = lambda x: -float(x @ np.roll(x, 1))  # noqa: E731
    with pytest.raises(ValueError, match=r"propose must return a new state and leave .* as it is: that one"):
        search(magnet, propose, np.ones(8))


@pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES)
@pytest.mark.parametrize("propose", [turn_in_a_copy, turn_or_stay])
def test_a_proposal_may_be_new_or_the_same(search, propose):
    start = np.ones(8)
    search(lambda x: -float(x @ np.roll(x, 1)), propose, start)
    assert np.all(start == 1)


def test_how_often_the_energy_is_computed():
    """Once for the start, once for each proposal, once more after the 1st, 2nd, 4th … 64th refusal."""
    asked = []

    def energy(x):
        asked.append(x)
        return float(x)

    anneal(energy, lambda x, rng: x + 1, 0, [1e-9] * 100, rng=0)
    assert asked == [0, *[1, 0] * 2, 1, *[1, 0], *[1] * 3, *[1, 0], *[1] * 7, *[1, 0], *[1] * 15, *[1, 0],
                     *[1] * 31, *[1, 0], *[1] * 36]  # fmt: skip


@pytest.mark.parametrize(("copied", "noticed"), [(False, 6), (True, 8)])
def test_a_late_change_in_place_is_noticed(copied, noticed):
    """Honest five times, and not after: found at once where x itself comes back, else at the 8th refusal."""
    count = []

    def propose(x, rng):
        count.append(1)
        if len(count) <= 5:
            return x + 1
        x += 1
        return x.copy() if copied else x

    with pytest.raises(ValueError, match=rf"that one had the energy 0.0, and has {noticed - 5}.0 after"):
        anneal(lambda x: float(x[0]), propose, np.zeros(1), [1e-9] * 100, rng=0)
    assert len(count) == noticed


@pytest.mark.parametrize(("off", "noticed"), [(0.9e-9, False), (1.1e-9, True)])
def test_rounding_is_no_change(off, noticed):
    """An energy that is never quite the same, by less than 1e-9 (|E| + T), may pass."""
    E, T = 5.0, 0.1
    sign = itertools.cycle([0, off * (E + T)])
    run = lambda: anneal(lambda x: E + next(sign), lambda x, rng: x, 0, [T] * 9, rng=0)  # noqa: E731
    if noticed:
        with pytest.raises(ValueError, match="propose must"):
            run()
    else:
        run()


# A bad energy carries what was reached ---------------------------------------------------------------


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_energies_that_are_not_finite(bad):
    """Upwards to 5, where the energy breaks."""
    energy = lambda x: bad if x == 5 else -float(x)  # noqa: E731
    up = lambda x, rng: x + 1  # noqa: E731
    with pytest.raises(AnnealingError, match="energy must be finite, got") as caught:
        anneal(energy, up, 0, np.ones(9), rng=0)
    assert caught.value.proposal == 5
    last = caught.value.last
    assert (last.best, last.best_energy, last.last, last.acceptance) == (4, -4.0, 4, 1.0)
    assert last.energies.tolist() == [-1, -2, -3, -4]
    with pytest.raises(AnnealingError) as caught:
        temper(energy, up, 0, [1.0, 2.0], 9, rng=0)
    last = caught.value.last
    assert last.best == 4 and last.states == [4, 4] and last.energies.shape == (2, 4)
    with pytest.raises(AnnealingError) as caught:
        population_annealing(energy, up, [0, 0, 0], [3.0, 2.0, 1.5, 1.0], steps=2, rng=0)
    last = caught.value.last
    assert last.states == [4, 4, 4] and last.energies.tolist() == [-4] * 3
    # −(1/1.5 − 1/3)·0 for T from 3 to 2, and from 2 to 1.5 with an energy of −2: ln w = (1/1.5 − 1/2)·2
    assert last.log_Z_ratio.value == pytest.approx(2 * (1 / 1.5 - 1 / 2))
    with pytest.raises(ValueError, match="the energy of the start must"):
        anneal(lambda x: bad, up, 0, np.ones(9))


# anneal_ising ----------------------------------------------------------------------------------------


def glass(n, seed):
    rng = np.random.default_rng(seed)
    J = np.triu(rng.normal(size=(n, n)), 1)
    return J + J.T, rng.normal(size=n)


def sweep(spins, J, h, T, state, order="random", full=True):
    """One sweep of the real kernel from given spins, in place; J as full rows or as sparse ones."""
    n = len(h)
    entries = np.ones((n, n), dtype=bool) if full else J != 0
    rows = np.concatenate([[0], np.cumsum(entries.sum(axis=1))]).astype(np.int32)
    columns = np.nonzero(entries)[1].astype(np.int32)
    series, best, lowest = np.empty((len(spins), 1)), np.empty_like(spins), np.empty(len(spins))
    flips = _kernels.anneal_spins(
        spins, rows, columns, J[entries], h, np.array([T]), order == "random", state, series, best, lowest
    )
    return series[:, 0], best, lowest, flips


def index(s):
    return (np.asarray(s) > 0) @ 2 ** np.arange(np.shape(s)[-1])


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("order", ["random", "rows"])
def test_transition_matrix_of_a_sweep(order, full, monkeypatch):
    """Three spins, every outcome of the kernel as written, against single flips, at random sites or in turn.

    In turn they are in equilibrium too, but not reversible.
    """
    J, h = glass(3, seed=0)
    T, dice = 0.8, Dice()
    dice.load(monkeypatch, "anneal_spins", "local_fields")
    states = spin_states(3)
    E = energy(J, h, states)
    P, flips = np.zeros((8, 8)), np.zeros((3, 8, 8))
    for i in range(8):

        def play(i=i):
            spins = states[i : i + 1].copy()
            (last,), (best,), (lowest,), _ = sweep(spins, J, h, T, None, order, full)
            assert last == pytest.approx(E[index(spins[0])]) and lowest <= min(last, E[i]) + 1e-12
            assert lowest == pytest.approx(E[index(best)])
            return index(spins[0])

        for p, j in dice.outcomes(play):
            P[i, j] += p
        for k in range(3):
            flips[k, i, i ^ 2**k] = min(1, np.exp(-(E[i ^ 2**k] - E[i]) / T))
            flips[k, i, i] = 1 - flips[k, i].sum()
    at_random = matrix_power(flips.mean(axis=0), 3)
    np.testing.assert_allclose(P, at_random if order == "random" else multi_dot(flips), atol=1e-12)
    np.testing.assert_allclose(boltzmann(E, T) @ P, boltzmann(E, T), atol=1e-12)


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("order", ["random", "rows"])
def test_no_drift_of_spins(order, full):
    """60 000 reads of five spins, from exact draws; and as many flips as equilibrium says.

    Reads are independent, and each flips a fraction of its proposals between 0 and 1: Hoeffding, 2e-6.
    """
    n, T = 60_000, 1.3
    J, h = glass(5, seed=1)
    states = spin_states(5)
    E = energy(J, h, states)
    p = boltzmann(E, T)
    rng = np.random.default_rng(2)
    spins = states[rng.choice(32, size=n, p=p)]
    state = rng.integers(2**64, size=n, dtype=np.uint64)
    series, best, lowest, flips = sweep(spins, J, h, T, state, order, full)
    assert close_in_law(index(spins), p, n)
    np.testing.assert_allclose(series, E[index(spins)], atol=1e-12)
    np.testing.assert_allclose(lowest, E[index(best)], atol=1e-12)
    assert np.all(lowest <= series + 1e-12)
    neighbour = np.arange(32)[:, None] ^ 2 ** np.arange(5)
    expected = p @ np.minimum(1, np.exp(-(E[neighbour] - E[:, None]) / T)).mean(axis=1)
    assert abs(flips / (5 * n) - expected) < np.sqrt(np.log(1e6) / (2 * n))


@pytest.mark.parametrize("order", ["random", "rows"])
@pytest.mark.parametrize("seed", range(3))
def test_ground_states_by_enumeration(seed, order):
    J, h = glass(14, seed)
    states = spin_states(14)
    E = energy(J, h, states)
    found = anneal_ising(J, h, geometric(8.0, 0.1, 300), reads=50, order=order, rng=seed)
    assert found.best_energy == pytest.approx(E.min(), abs=1e-9)
    np.testing.assert_array_equal(found.best, states[E.argmin()])
    np.testing.assert_allclose(found.energies[:, -1], energy(J, h, found.last), atol=1e-9)
    assert found.best.dtype == found.last.dtype == np.int8
    assert found.last.shape == (50, 14) and found.energies.shape == (50, 300)
    assert 0 < found.acceptance < 1


def test_extremes_of_spins():
    """All flips are free at T = ∞; one spin has a field only; a schedule that ends hot keeps its best."""
    J, h = glass(6, seed=3)
    hot = anneal_ising(J, h, [np.inf] * 50, reads=4, rng=0)
    assert hot.acceptance == 1 and hot.best_energy == pytest.approx(energy(J, h, hot.best))
    alone = anneal_ising([[0.0]], 2.0, [1e-3] * 5, rng=0)
    assert alone.best.tolist() == [1] and alone.best_energy == -2
    E = energy(J, h, spin_states(6))
    found = anneal_ising(J, h, [*geometric(5.0, 0.1, 200), *[np.inf] * 20], reads=20, rng=0)
    assert found.best_energy == pytest.approx(E.min()) and found.energies[:, -1].mean() > E.min() + 1


@pytest.mark.parametrize("order", ["random", "rows"])
def test_spins_at_one_temperature(order):
    """⟨E⟩ of eight spins, against the sum over all states."""
    J, h = glass(8, seed=4)
    for T in (1.5, 4.0):
        run = anneal_ising(J, h, np.full(4000, T), reads=8, order=order, rng=5)
        got = mean(run.energies[:, 200:])
        assert abs(got.value - thermodynamics(energy(J, h, spin_states(8)), T).U) < 4 * got.stderr


def read_by_hand(J, h, temperatures, s, state, order="random"):
    """One read in plain Python: the energy after each sweep, the last and the best state, its energy, flips.

    In turn, no number is drawn for a rise of more than 37 T.
    """
    roll, n, flips = SplitMix(state), len(s), 0
    energy_of = lambda s: -sum((J[i] @ s / 2 + h[i]) * s[i] for i in range(n))  # noqa: E731
    s, visited, energies = s.astype(int), [s.copy()], []
    for T in temperatures:
        for k in range(n):
            i = roll.below(n) if order == "random" else k
            rise = 2 * s[i] * (J[i] @ s + h[i])
            if (order == "random" or rise <= 37 * T) and roll.chance(np.exp(-max(rise, 0) / T)):
                s[i] = -s[i]
                flips += 1
                visited.append(s.copy())
        energies.append(energy_of(s))
    E = [energy_of(s) for s in visited]
    return energies, s, visited[int(np.argmin(E))], min(E), flips


@pytest.mark.parametrize("form", [np.array, sparse.coo_array, sparse.csr_matrix])
@pytest.mark.parametrize("T", [[9.0, 0.7, np.inf, 2.0, 0.2, 5.0, 1.0], [np.inf] * 10])
@pytest.mark.parametrize("order", ["random", "rows"])
def test_trajectories_of_spins(order, T, form):
    """Every read, to the bit: its start and its random state from rng, the schedule in its order.

    At T = ∞ the best is one that is met within a sweep. At T = .2 a rise by 8 is out of reach.
    """
    n, reads, seed = 7, 5, 21
    J = np.random.default_rng(20).integers(-3, 4, size=(n, n))
    J = np.triu(J, 1) + np.triu(J, 1).T  # whole numbers, so that no sum is rounded
    h = np.arange(n) - 3.0
    run = anneal_ising(form(J), h, T, reads=reads, order=order, rng=seed)
    rng = np.random.default_rng(seed)
    starts = rng.choice([-1, 1], size=(reads, n))
    states = rng.integers(2**64, size=reads, dtype=np.uint64)
    assert len(np.unique(starts, axis=0)) == len(np.unique(states)) == reads and states.max() > 2**60
    by_hand = [read_by_hand(J, h, T, s, state, order) for s, state in zip(starts, states, strict=True)]
    for c, (energies, last, *_) in enumerate(by_hand):
        assert run.energies[c].tolist() == energies
        assert run.last[c].tolist() == last.tolist()
    best = min(by_hand, key=lambda read: read[3])
    assert run.best.tolist() == best[2].tolist() and run.best_energy == best[3]
    assert run.acceptance == sum(flips for *_, flips in by_hand) / (reads * n * len(T))
    if T[0] == np.inf:
        assert best[3] < min(*run.energies.ravel(), *energy(J, h, starts))


def test_trajectories_of_spins_as_written(monkeypatch):
    """Once more uncompiled, which takes a tenth of the time that compiling does."""
    SplitMix.load(monkeypatch, "anneal_spins", "local_fields")
    for T in ([9.0, 0.7, np.inf, 2.0, 0.2, 5.0, 1.0], [np.inf] * 10):
        for order in ("random", "rows"):
            test_trajectories_of_spins(order, T, np.array)


@pytest.mark.parametrize("order", ["random", "rows"])
@pytest.mark.parametrize("share", [0.24, 0.26])
def test_a_quarter_of_all_couplings(share, order, monkeypatch):
    """From there on rows are full ones: the same searches to the bit, in the kernel as written, too."""
    n, rng = 25, np.random.default_rng(30)
    pairs = np.stack(np.triu_indices(n, 1))
    J, few = np.zeros((n, n)), rng.permutation(pairs.T)[: int(share * n * n / 2)]
    J[tuple(few.T)] = rng.normal(size=len(few))
    J += J.T
    handed, kernel = [], _kernels.anneal_spins

    def noted(spins, row, *rest):
        handed.append(row)
        return kernel(spins, row, *rest)

    monkeypatch.setattr(_kernels, "anneal_spins", noted)
    found = anneal_ising(J, 0.5, geometric(3.0, 0.1, 40), reads=3, order=order, rng=1)
    assert (np.diff(handed[0]) == n).all() == (share > 0.25)
    rng = np.random.default_rng(1)
    spins = rng.choice(np.array([-1, 1], dtype=np.int8), size=(3, n))
    state = rng.integers(2**64, size=3, dtype=np.uint64)
    for t, T in enumerate(geometric(3.0, 0.1, 40)):
        series, *_ = sweep(spins, J, np.full(n, 0.5), T, state, order, full=share < 0.25)
        np.testing.assert_allclose(series, found.energies[:, t], atol=1e-9)
    np.testing.assert_array_equal(spins, found.last)


def test_no_number_is_drawn_where_none_accepts():
    """In turn: beyond a rise of 37 T, where 53 bits accept never; at random two for each proposal."""
    for rise, drawn in ((37.0, 1), (np.nextafter(37.0, 38), 0)):
        spins, h, state = np.ones((1, 1), dtype=np.int8), np.array([rise / 2]), np.array([5], dtype=np.uint64)
        sweep(spins, np.zeros((1, 1)), h, 1.0, state, "rows")
        roll = SplitMix(5)
        for _ in range(drawn):
            roll.bits()
        assert int(state[0]) == roll.state
        sweep(spins, np.zeros((1, 1)), h, 1.0, state, "random")
        roll.bits(), roll.bits()
        assert int(state[0]) == roll.state and spins[0, 0] == 1


def test_the_best_may_be_the_start():
    """One spin turned once at T = ∞: up, with the energy −2, is where it was or where it comes."""
    runs = [anneal_ising([[0.0]], 2.0, [np.inf], rng=seed) for seed in range(20)]
    assert {run.last[0, 0] for run in runs} == {1, -1}
    assert all(run.best.tolist() == [1] and run.best_energy == -2 for run in runs)


def test_each_read_goes_its_own_way():
    """50 free spins after one sweep at T = ∞: that two of 30 reads end alike has a chance below 1e-12."""
    run = anneal_ising(np.zeros((50, 50)), 0.0, [np.inf], reads=30, rng=1)
    assert len(np.unique(run.last, axis=0)) == 30
    # and each spin is as likely up as down: 1500 fair coins, 4.5 sigma
    assert abs(run.last.sum()) < 4.5 * np.sqrt(1500)


@pytest.mark.parametrize("large", [1.0, 1e15, 1e16])
def test_best_energy_is_that_of_best(large):
    """Also where one coupling is so large that flips, added up, lose what the others gave.

    Of the sums behind a fresh energy, the fields of two spins and the total are as large as that coupling:
    3n roundings of half a unit in its last place, two thirds of them in halves. n units are more.
    """
    n = 12
    J, h = glass(n, seed=5)
    J[0, 1] = J[1, 0] = large
    run = anneal_ising(J, h, geometric(10.0, 0.1, 300), reads=20, rng=1)
    rounding = n * np.spacing(np.abs(J).sum(axis=0).max())
    s = run.best.tolist()
    exact = fsum([*(-J[i, j] * s[i] * s[j] for i in range(n) for j in range(i)), *(-h * s)])
    assert abs(run.best_energy - exact) < rounding
    assert np.all(exact < energy(J, h, run.last) + 2 * rounding)


def test_best_energy_is_that_of_best_as_written(monkeypatch):
    """Once more uncompiled."""
    SplitMix.load(monkeypatch, "anneal_spins", "local_fields")
    for large in (1e15, 1e16):
        test_best_energy_is_that_of_best(large)


def test_a_sparse_torus():
    """3000 vertices as 6000 bonds: the same searches as in a table of nine million numbers."""
    edges = torus(25, 120)
    u, v = np.concatenate([edges, edges[:, ::-1]]).T
    J = sparse.coo_array((-np.ones(len(u)), (u, v)), shape=(3000, 3000))
    T = geometric(3.0, 0.2, 20)
    run, dense = (anneal_ising(one, 0.0, T, reads=2, rng=1) for one in (J, J.toarray()))
    for a, b in zip(run, dense, strict=True):
        np.testing.assert_array_equal(a, b)
    assert run.best_energy == energy(J, 0.0, run.best) == 6000 - 2 * cut_size(edges, run.best)
    np.testing.assert_array_equal(run.energies[:, -1], energy(J, 0.0, run.last))


# Parallel tempering ----------------------------------------------------------------------------------


def test_law_of_tempering(monkeypatch):
    """Four states at two temperatures: every outcome of three steps, against the joint matrices.

    These keep the product of the two Boltzmann distributions. Steps 0 and 2 try the exchange, step 1 tries
    the pair above, of which there is none.
    """
    T, dice = np.array([0.4, 1.5]), Dice()
    pair = lambda i, j: 4 * i + j  # noqa: E731

    def metropolis(t):
        P = (
            np.minimum(1, np.exp(-(LEVELS - LEVELS[:, None]) / t))
            / 2
            * (np.abs(np.subtract.outer(np.arange(4), np.arange(4))) == 1)
        )
        return P + np.diag(1 - P.sum(axis=1))

    exchange = np.zeros((16, 16))
    for i in range(4):
        for j in range(4):
            # the ratio of the joint law after and before, written out
            log_after, log_before = -LEVELS[j] / T[0] - LEVELS[i] / T[1], -LEVELS[i] / T[0] - LEVELS[j] / T[1]
            swap = min(1.0, np.exp(log_after - log_before))
            exchange[pair(i, j), pair(j, i)] += swap
            exchange[pair(i, j), pair(i, j)] += 1 - swap
    moves = np.kron(metropolis(T[0]), metropolis(T[1]))
    law = np.outer(boltzmann(LEVELS, T[0]), boltzmann(LEVELS, T[1])).ravel()
    np.testing.assert_allclose(law @ moves, law, atol=1e-14)
    np.testing.assert_allclose(law @ exchange, law, atol=1e-14)

    monkeypatch.setattr(annealing, "_accept", lambda log_ratio, rng: dice.maybe(np.exp(min(log_ratio, 0))))

    def sideways(x, rng):
        y = x + 2 * dice.choose([0.5, 0.5]) - 1
        return y if 0 <= y < 4 else x

    for start, steps in [(0, 2), (1, 2), (2, 2), (3, 2), (2, 3)]:
        expected = np.eye(16)[pair(start, start)] @ moves @ exchange @ moves
        if steps == 3:
            expected = expected @ moves @ exchange
        got = np.zeros(16)
        play = lambda start=start, steps=steps: temper(LEVELS.__getitem__, sideways, start, T, steps, rng=0)  # noqa: E731
        for p, run in dice.outcomes(play):
            got[pair(*run.states)] += p
            assert run.energies[:, -1].tolist() == LEVELS[run.states].tolist()
        np.testing.assert_allclose(got, expected, atol=1e-12)


def test_a_given_run_of_tempering():
    """Six steps of three replicas, by hand, and a seventh that breaks.

    At T = 1e-9 and 1e-6 what leads down is accepted, at ∞ everything is; and a pair is exchanged if that
    brings the lower energy to the lower temperature, or if the two are equal.
    """
    T, start = [1e-9, 1e-6, np.inf], np.array([0.0])
    steps = [
        (5, 3, 7),  #      0   0   7; 0 and 1 are exchanged, being equal
        (-1, 4, -6),  #   −1   0  −6, and then −1 −6 0
        (2, -2, 9),  #    −1  −6   9, and then −6 −1 9
        (-7, 1, -8),  #   −7  −1  −8, and then −7 −8 −1
        (8, 0, -20),  #   −7  −8 −20, and then −8 −7 −20: the best is met at T = ∞ alone
        (3, 3, 11),  #    −8  −7  11; 1 and 2 stay
        (-9, np.nan),
    ]
    states = [np.array([float(x)]) for step in steps for x in step]
    energy = lambda x: float(x[0])  # noqa: E731
    expected = [[0, -1, -6, -7, -8, -8], [0, -6, -1, -8, -7, -7], [7, 0, 9, -1, -20, 11]]
    run = temper(energy, given(*states), start, T, 6, rng=0)
    assert run.energies.tolist() == expected
    assert [float(x[0]) for x in run.states] == [-8, -7, 11]
    assert run.best.tolist() == [-20] and run.best_energy == -20
    assert run.acceptance.tolist() == [2 / 6, 0, 1] and run.swaps.tolist() == [1, 2 / 3]
    with pytest.raises(AnnealingError) as caught:
        temper(energy, given(*states), start, T, 9, rng=0)
    last = caught.value.last
    assert last.energies.tolist() == expected and last.best.tolist() == [-20]
    assert last.acceptance.tolist() == [3 / 7, 0, 1] and last.swaps.tolist() == [1, 2 / 3]


def test_what_is_returned_is_nobody_s_start():
    """Where nothing moves, the states are copies of x0, one for each replica."""
    start, up = np.zeros(3), lambda x, rng: x + 1
    alone = anneal(np.sum, up, start, [1e-9] * 5, rng=0)
    many = temper(np.sum, up, start, [1e-9, 1e-8], 5, rng=0)
    crowd = population_annealing(np.sum, up, [start, start], [1e-9, 1e-10], steps=1, rng=0)
    for x in (alone.best, alone.last, many.best, *many.states, *crowd.states):
        assert np.array_equal(x, start) and not np.shares_memory(x, start)
    assert many.states[0] is not many.states[1]


def test_averages_of_tempering():
    """⟨E⟩ at each of five temperatures on the path, and the fractions of exchanges; |z| < 4 each."""
    T = np.array([0.2, 0.35, 0.6, 1.0, 2.0])
    run = temper(PATH.__getitem__, step, 2, T, 60_000, rng=6)
    for i, t in enumerate(T):
        got = mean(run.energies[i, 2000:])
        assert abs(got.value - thermodynamics(PATH, t).U) < 4 * got.stderr
    assert run.best == 13 and run.best_energy == -1.3
    assert run.acceptance.shape == (5,) and np.all(np.diff(run.acceptance) > 0)
    for i, fraction in enumerate(run.swaps):
        p, q = boltzmann(PATH, T[i]), boltzmann(PATH, T[i + 1])
        log_ratio = np.subtract.outer(PATH, PATH) * (1 / T[i] - 1 / T[i + 1])
        exact = p @ np.minimum(1, np.exp(log_ratio)) @ q
        # the same from the energies, whose error knows the correlations; a pair is tried every other step
        got = mean(np.minimum(1, np.exp((run.energies[i] - run.energies[i + 1]) * (1 / T[i] - 1 / T[i + 1]))))
        assert abs(got.value - exact) < 4 * got.stderr
        assert abs(fraction - exact) < 4 * np.sqrt(2 * got.stderr**2 + exact * (1 - exact) / 30_000)


def test_tempering_alone_and_exchanging_always():
    one = temper(LEVELS.__getitem__, jump, 0, [1.0], 100, rng=1)
    assert one.energies.shape == (1, 100) and one.swaps.shape == (0,)
    equal = temper(LEVELS.__getitem__, jump, 0, [0.7, 0.7, 0.7], 100, rng=1)
    assert equal.swaps.tolist() == [1.0, 1.0]
    assert temper(LEVELS.__getitem__, jump, 0, [0.7, 0.7, 0.7], 1, rng=1).swaps.tolist() == [1.0, 0.0]


# Population annealing --------------------------------------------------------------------------------


def test_population_annealing():
    """The mean ratio is exact for any R, and the error is the real scatter; 1500 populations of 50.

    The ratio of two variances from 1500 runs each has a relative error of √(2/1500) (normal) and more for a
    tail, so a factor of 1.3 is far out, beside the noise of V that the error as reported adds to it.
    """
    T = [np.inf, 1.0, 0.4, 0.2]
    rng = np.random.default_rng(7)
    runs = [
        population_annealing(LEVELS.__getitem__, jump, rng.integers(4, size=50).tolist(), T, steps=1, rng=rng)
        for _ in range(1500)
    ]
    ratios = np.exp([run.log_Z_ratio.value for run in runs])
    exact = np.exp(log_partition(LEVELS, 0.2) - np.log(4))
    assert abs(ratios.mean() - exact) < 4 * ratios.std() / np.sqrt(1500)
    added = (4 / 50) ** 1.5
    claimed = np.mean(ratios**2 * (np.array([run.log_Z_ratio.stderr for run in runs]) ** 2 - added))
    assert 1 / 1.3 < claimed / ratios.var() < 1.3
    # weighted by the ratio, the final populations are exact too
    histograms = np.array([np.bincount(run.states, minlength=4) / 50 for run in runs])
    off = ratios[:, None] / ratios.mean() * (histograms - boltzmann(LEVELS, 0.2))
    assert np.all(np.abs(off.mean(axis=0)) < 4.5 * off.std(axis=0) / np.sqrt(1500))


def test_a_given_population():
    """Two resamplings by hand: the draws of rng by weight, families, and the product of the mean weights."""
    T, x = [np.inf, 1.0, 0.4], [3, 2, 1, 0, 0, 2]
    run = population_annealing(LEVELS.__getitem__, jump, (one for one in x), T, steps=0, rng=5)
    rng, family, value = np.random.default_rng(5), list(range(6)), 0.0
    for a, b in pairwise(T):
        w = [np.exp(-LEVELS[i] * (1 / b - 1 / a)) for i in x]
        value += np.log(sum(w) / 6)
        drawn = rng.choice(6, size=6, p=np.array(w) / sum(w))
        x, family = [x[k] for k in drawn], [family[k] for k in drawn]
    assert run.states == x and run.energies.tolist() == LEVELS[x].tolist()
    assert run.log_Z_ratio.value == pytest.approx(value, rel=1e-12)
    # Lee and Whiteley's V: 1 − (R/(R − 1))^{resamplings + 1} (1 − Σ (family/R)²)
    same = sum((family.count(k) / 6) ** 2 for k in range(6))
    V = 1 - (6 / 5) ** 3 * (1 - same)
    assert V > 0 and run.log_Z_ratio.stderr == pytest.approx(np.sqrt(V + (3 / 6) ** 1.5), rel=1e-12)


def test_error_of_one_reweighting():
    """With one temperature after the first V is the variance of a plain mean of weights."""
    x = np.random.default_rng(8).integers(4, size=40)
    w = np.exp(-LEVELS[x] / 1.0)
    variances = []
    for seed in range(400):
        value, stderr = population_annealing(
            LEVELS.__getitem__, jump, x.tolist(), [np.inf, 1.0], steps=0, rng=seed
        )[0]
        assert value == pytest.approx(np.log(w.mean()))
        variances.append(stderr**2 - (2 / 40) ** 1.5)
    got = np.mean(variances)
    expected = w.var(ddof=1) / w.mean() ** 2 / 40
    assert abs(got - expected) < 4 * np.std(variances) / np.sqrt(400)


@pytest.mark.parametrize(("R", "t"), [(200, 2), (400, 20), (1500, 60)])
def test_noise_of_families(R, t):
    """Σ f² of a population that drifts, without weights, scatters by less than ((t + 1)/R)^{3/2}, not by far.

    1000 drifts: a standard deviation of something like a sum of exponentials, kurtosis 9, errs by √(8/4000).
    """
    rng = np.random.default_rng(11)
    family = np.tile(np.arange(R), (1000, 1))
    for _ in range(t):
        family = np.take_along_axis(family, rng.integers(R, size=family.shape), axis=1)
    same = [((np.bincount(row, minlength=R) / R) ** 2).sum() for row in family]
    assert abs(np.std(same) / ((t + 1) / R) ** 1.5 - 0.75) < 0.25 + 4 * np.sqrt(8 / 4000)


@pytest.mark.parametrize(("R", "n", "steps"), [(100, 3, 1), (100, 13, 2), (100, 13, 30), (400, 13, 3)])
def test_coverage_of_population_annealing(R, n, steps):
    """80 populations on the path: the error is never 0, and no shorter than the real scatter.

    z is at most of unit variance, so its r.m.s. lies below 1 + 4·√(1/160), and its share beyond 2 below
    .05 + 4·√(.05·.95/80).
    """
    rng = np.random.default_rng(12)
    T = 1 / np.linspace(1e-9, 3.0, n)
    exact = log_partition(PATH, T[-1]) - log_partition(PATH, T[0])
    z = []
    for _ in range(80):
        starts = rng.integers(16, size=R).tolist()
        value, stderr = population_annealing(PATH.__getitem__, step, starts, T, steps=steps, rng=rng)[0]
        z.append((value - exact) / stderr)
    assert np.sqrt(np.mean(np.square(z))) < 1 + 4 / np.sqrt(160)
    assert np.mean(np.abs(z) > 2) < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 80)


# Escape ----------------------------------------------------------------------------------------------


def test_first_passage_time():
    assert first_passage_time(double_well, -1, 1, 0.2) == pytest.approx(
        known("annealing", "double well, T = 0.2: mean waiting time"), abs=6e-6
    )
    warmer = known("annealing", "the same, T = 0.3")
    assert first_passage_time(double_well, -1, 1, 0.3) == pytest.approx(warmer, abs=6e-6)
    assert first_passage_time(double_well, 1, -1, 0.3) == pytest.approx(warmer, abs=6e-6)
    # the parabola: the inner integral is an error function
    parabola = quad(lambda y: np.sqrt(np.pi / 2) * np.exp(y * y / 2) * (1 + erf(y / np.sqrt(2))), 0.2, 2)[0]
    assert first_passage_time(lambda x: x * x / 2, 0.2, 2.0, 1.0) == pytest.approx(parabola, rel=1e-8)
    assert first_passage_time(double_well, 0.5, 0.5, 1.0) == 0
    # up to b, then on to c: the times add
    parts = first_passage_time(double_well, -1, 0.2, 0.3) + first_passage_time(double_well, 0.2, 1, 0.3)
    assert parts == pytest.approx(first_passage_time(double_well, -1, 1, 0.3), rel=1e-8)


def test_first_passage_either_way():
    """A landscape without symmetry, there and back, by trapezoids on 60 001 points.

    Their error is (1/12) Δx² times a second derivative of order 1/T² over the length: below 1e-6 here.
    """
    tilted, T = lambda x: (x**2 - 1) ** 2 + 0.3 * x, 0.3
    x = np.linspace(-3, 3, 60_001)
    up, down = np.exp(tilted(x) / T), np.exp(-tilted(x) / T)
    between = (x > -1 - 1e-9) & (x < 1 + 1e-9)
    left = cumulative_trapezoid(down, x, initial=0)
    for start, end, behind in [(-1, 1, left), (1, -1, left[-1] - left)]:
        # τ = (1/T) ∫ e^{V(y)/T} ∫ e^{−V(z)/T}, z over all that lies behind y
        expected = np.trapezoid((up * behind)[between], x[between]) / T
        assert first_passage_time(tilted, start, end, T) == pytest.approx(expected, rel=1e-5)
    assert first_passage_time(tilted, -1, 1, T) > 5 * first_passage_time(tilted, 1, -1, T)


def test_a_landscape_that_does_not_hold():
    for potential, T in [(lambda x: 0.0, 1.0), (lambda x: -x * x, 1.0), (double_well, 1e-3)]:
        with pytest.raises(ConvergenceError):
            first_passage_time(potential, -1, 1, T)


def test_a_slit_that_is_found_too_late():
    """A slit of width .0005 and depth 3: the time is 42.3, what the quadrature reached was 37.0."""
    slit = lambda x: (x**2 - 1) ** 2 - 3 * exp(-(((x - 0.5) / 0.0005) ** 2) / 2)  # noqa: E731
    with pytest.raises(ConvergenceError, match="an integral was not found"):
        first_passage_time(slit, -1, 1, 0.3)


def test_kramers():
    """Exact in the limit: the correction is 3/8 T for this well, so 0.5 T bounds it."""
    T = np.array([0.05, 0.02, 0.01])
    np.testing.assert_allclose(kramers_rate(8, 4, 1, T), np.sqrt(32) / (2 * np.pi) * np.exp(-1 / T))
    for t in T:
        assert 0 < first_passage_time(double_well, -1, 1, t) * kramers_rate(8, 4, 1, t) - 1 < 0.5 * t


# Peers -------------------------------------------------------------------------------------------------


def test_dual_annealing():
    """Rastrigin's landscape, 2-D, 100 valleys in the box: both find the bottom, at 0.

    In a quadratic valley E/T is exponential in two dimensions: at the end, at T = 1e-3, E > .014 has a
    probability of 1e-6, and the best is below the last.
    """
    rastrigin = lambda x: 20 + float(np.sum(x**2 - 10 * np.cos(2 * np.pi * x)))  # noqa: E731
    peer = dual_annealing(rastrigin, [(-5, 5)] * 2, rng=1)
    walk = lambda x, rng: x + rng.standard_cauchy(size=2) * 0.1  # noqa: E731
    ours = anneal(rastrigin, walk, np.array([4.0, -3.0]), geometric(20.0, 1e-3, 50_000), rng=1)
    assert peer.fun < 1e-8
    assert 0 <= ours.best_energy < 0.014
    np.testing.assert_allclose(ours.best, peer.x, atol=np.sqrt(0.014 / (2 * np.pi**2 * 10)) * 1.1)


def test_dwave_samplers(measured):
    """The same ground state of a spin glass. D-Wave's energy is +Σ h s + Σ J s s, so both change sign."""
    J, h = glass(16, seed=9)
    E = energy(J, h, spin_states(16))
    bonds = {(i, j): -J[i, j] for i in range(16) for j in range(i)}
    sampler = SimulatedAnnealingSampler()
    clock = [time.perf_counter()]
    theirs = sampler.sample_ising(dict(enumerate(-h)), bonds, num_reads=50, num_sweeps=300, seed=1)
    clock.append(time.perf_counter())
    ours = anneal_ising(J, h, geometric(8.0, 0.1, 300), reads=50, rng=1)
    clock.append(time.perf_counter())
    measured(f"spin glass, 16 spins, 50 reads of 300 sweeps: dwave {clock[1] - clock[0]:.4f} s, "
             f"anneal_ising {clock[2] - clock[1]:.4f} s")  # fmt: skip
    best = theirs.first
    assert best.energy == pytest.approx(E.min()) and ours.best_energy == pytest.approx(E.min())
    assert [best.sample[i] for i in range(16)] == ours.best.tolist()
    # at one temperature: the mean energy of the last states of 2000 reads each, against the exact one
    T, reads = 2.0, 2000
    U, C = thermodynamics(E, T).U, thermodynamics(E, T).C
    theirs = sampler.sample_ising(
        dict(enumerate(-h)), bonds, num_reads=reads, num_sweeps=300, seed=2,
        beta_schedule_type="custom", beta_schedule=[1 / T] * 300,
    )  # fmt: skip
    ours = anneal_ising(J, h, [T] * 300, reads=reads, rng=2)
    for last in (np.repeat(theirs.record.energy, theirs.record.num_occurrences), ours.energies[:, -1]):
        assert len(last) == reads
        assert abs(last.mean() - U) < 4 * np.sqrt(C * T**2 / reads)


# What is asked of every module (declared.py) ---------------------------------------------------------

ring = np.roll(np.eye(4), 1, axis=0) + np.roll(np.eye(4), -1, axis=0)


def move(x, rng):
    """Propose a neighbour of a whole number."""
    return x + rng.choice([-1, 1])


def start_of(total):
    """A distribution over two states that sums to `total`."""
    return end_distribution([0.0, 0.0], [1.0], [total / 2] * 2)


CALLS = {
    "linear": lambda Ts=2.0: linear(Ts, 1.0, 3),
    "geometric": lambda Ts=2.0: geometric(1.0, Ts, 3),
    "logarithmic": lambda: logarithmic(1.0, 3),
    "constant_speed": lambda Ts=(2.0, 1.0): constant_speed(Ts, [1.0, 1.0], 3),
    "adaptive": lambda Ts=1.0, rng=0: adaptive(abs, move, 0, 2.0, Ts, 3, rng=rng),
    "anneal": lambda Ts=(1.0,), rng=0: anneal(float, move, 0, Ts, rng=rng),
    "anneal_ising": lambda Ts=(1.0,), rng=0: anneal_ising([[0.0]], 0.0, Ts, rng=rng),
    "end_distribution": lambda Ts=(1.0,): end_distribution([0, 1], Ts, 0),
    "temper": lambda Ts=(1.0,), rng=0: temper(float, move, 0, Ts, 1, rng=rng),
    "population_annealing": lambda Ts=(1.0,), rng=0: population_annealing(
        float, move, [0, 1], Ts, steps=1, rng=rng
    ),
    "first_passage_time": lambda Ts=1.0: first_passage_time(abs, 0.0, 1.0, Ts),
    "kramers_rate": lambda T=2.0: kramers_rate(1.0, 1.0, 1.0, T),
}
BAD = {
    "one temperature": (lambda: linear(2.0, 1.0, 1), "n must be an integer ≥ 2, got 1"),
    "infinite start": (lambda: geometric(np.inf, 1.0, 3), "T must be finite here, got inf"),
    "a negative constant": (lambda: logarithmic(-1.0, 3), "c must be positive, got -1.0"),
    "no logarithms": (lambda: logarithmic(1.0, 0), "got 0"),
    "C of another length": (lambda: constant_speed([2, 1], [1], 3), r"\(2,\) and \(1,\)"),
    "T that rises": (lambda: constant_speed([1, 2], [1, 1], 3), "T must fall, got 1.0 … 2.0"),
    "a negative C": (lambda: constant_speed([2, 1], [1, -1], 3), "got -1.0 to 1.0"),
    "a frozen pilot": (lambda: adaptive(lambda x: 0.0, move, 0, 2.0, 1.0, 3), "got 0.0 to 0.0"),
    "a short pilot": (lambda: adaptive(float, move, 0, 2.0, 1.0, 3, pilot=5), "≥ 10, got 5"),
    "an empty schedule": (lambda: anneal(float, move, 0, []), r"n ≥ 1, got \(0,\)"),
    "a table of temperatures": (lambda: anneal(float, move, 0, [[1.0]]), r"got \(1, 1\)"),
    "a start at NaN": (lambda: anneal(float, move, np.nan, [1.0]), "energy of the start must not"),
    "an energy of two": (lambda: anneal(list, move, (1, 2), [1.0]), "start must be one number"),
    "annealed J asymmetric": (
        lambda: anneal_ising(np.triu(ring), 0.0, [1.0]),
        r"J\[0, 1\] = 1.0 and J\[1, 0\] = 0.0",
    ),
    "annealed J with a diagonal": (
        lambda: anneal_ising(np.eye(2), 0.0, [1.0]),
        r"diagonal, got J\[0, 0\] = 1",
    ),
    "no spins": (lambda: anneal_ising(np.ones((0, 0)), 0.0, [1.0]), r"square .* shape \(0, 0\)"),
    "annealed h": (lambda: anneal_ising(ring, np.zeros(3), [1.0]), r"h must have .* got \(3,\)"),
    "an empty schedule of sweeps": (lambda: anneal_ising(ring, 0.0, []), r"n ≥ 1, got \(0,\)"),
    "no reads": (lambda: anneal_ising(ring, 0.0, [1.0], reads=0), "reads must .* got 0"),
    "an order of its own": (lambda: anneal_ising(ring, 0.0, [1.0], order="columns"), "got 'columns'"),
    "an empty path": (lambda: end_distribution([], [1.0], 0), r"E must have .* got \(0,\)"),
    "a start beyond the path": (lambda: end_distribution([0, 1], [1.0], 2), "from 0 to 1, got 2"),
    "a start between states": (lambda: end_distribution([0, 1], [1.0], 0.5), "got 0.5"),
    "a start of three": (lambda: end_distribution([0, 1], [1.0], [1, 0, 0]), r"shape \(3,\)"),
    "a start that sums to 2": (lambda: end_distribution([0, 1], [1.0], [1, 1]), "sum of 2.0"),
    "no steps": (lambda: temper(float, move, 0, [1.0, 2.0], 0), "steps must .* got 0"),
    "a population of one": (
        lambda: population_annealing(float, move, [0], [2.0, 1.0], steps=1),
        "number of states must be an integer ≥ 2, got 1",
    ),
    "a start at infinity": (
        lambda: first_passage_time(abs, -np.inf, 1.0, 1.0),
        "start must be fin",
    ),
    "a barrier that is a well": (
        lambda: kramers_rate(8.0, -4.0, 1.0, 0.1),
        "must be positive, .* got 8.0 and -4.0",
    ),
    "a barrier below the well": (
        lambda: kramers_rate(1.0, 1.0, -2.0, 0.5),
        "barrier must be positive, .* got -2.0",
    ),
    "no barrier": (lambda: kramers_rate(1.0, 1.0, 0.0, 0.5), "barrier must be positive, .* got 0"),
    "a population that is none": (
        lambda: population_annealing(float, move, 3, [2.0, 1.0], steps=1),
        "x0s must be a list of states, got 3",
    ),
}
LIMITS = [
    (lambda n: linear(2.0, 1.0, n), 2, 1),
    (lambda n: geometric(2.0, 1.0, n), 2, 1),
    (lambda n: logarithmic(1.0, n), 1, 0),
    (lambda c: logarithmic(c, 2), 1e-300, 0.0),
    (lambda n: constant_speed([2.0, 1.0], [1.0, 1.0], n), 2, 1),
    (lambda m: constant_speed(np.arange(m, 0.0, -1), np.ones(m), 3), 2, 1),
    (lambda T: constant_speed([2.0, T], [1.0, 1.0], 3), np.nextafter(2.0, 1.0), 2.0),
    (lambda C: constant_speed([2.0, 1.0], [1.0, C], 3), 0.0, -1e-300),
    (lambda n: adaptive(float, move, 0, 2.0, 1.0, 3, pilot=n, rng=0), 10, 9),
    (lambda n: anneal_ising(ring, 0.0, [1.0], reads=n), 1, 0),
    (start_of, 1 + 0.9e-9, 1 + 1.1e-9),
    (start_of, 1 - 0.9e-9, 1 - 1.1e-9),
    (lambda i: end_distribution([0.0, 0.0], [1.0], i), 1, 2),
    (lambda i: end_distribution([0.0, 0.0], [1.0], i), 0, -1),
    (lambda n: temper(float, move, 0, [1.0], n), 1, 0),
    (lambda n: population_annealing(float, move, [0, 0], [1.0], steps=n), 0, -1),
    (lambda n: population_annealing(float, move, [0] * n, [1.0], steps=1), 2, 1),
    (lambda b: kramers_rate(1.0, 1.0, b, 1.0), 1e-300, 0.0),
    (lambda c: kramers_rate(c, 1.0, 1.0, 1.0), 1e-300, 0.0),
]
AS_COLD = [
    (lambda: kramers_rate(1.0, 1.0, 1.0, COLD), 0),
    (lambda: kramers_rate(1.0, 1.0, 1e9, COLD), 0),
    (lambda: end_distribution([1, 0], [COLD] * 2, 0)[1], 0.75),
    (lambda: anneal_ising(ring, 0.0, [COLD] * 50, reads=9, rng=0).best_energy, -4),
    (lambda: temper(float, move, 0, [COLD, 1.0], 9, rng=0).energies.shape[1], 9),
]
FAULTS = [
    Fault(
        "the exchange of replicas with its sign reversed",
        "(1 / T[i] - 1 / T[i + 1]) * (E[i] - E[i + 1])",
        "(1 / T[i] - 1 / T[i + 1]) * (E[i + 1] - E[i])",
        "test_law_of_tempering",
    ),
    Fault(
        "temperatures exchanged for their inverses",
        "(1 / T[i] - 1 / T[i + 1]) * (E[i] - E[i + 1])",
        "(T[i] - T[i + 1]) * (E[i] - E[i + 1])",
        "test_law_of_tempering",
    ),
    Fault(
        "states exchanged without their energies",
        "E[i], E[i + 1] = E[i + 1], E[i]",
        "pass",
        "test_law_of_tempering",
    ),
    Fault(
        "only even pairs exchanged",
        "range(k % 2, replicas - 1, 2)",
        "range(0, replicas - 1, 2)",
        "test_law_of_tempering",
    ),
    Fault(
        "the best overwritten by every accepted state",
        "if best_energy > E:",
        "if moved:",
        "test_the_best_is_the_best_visited",
    ),
    Fault(
        "the best not copied",
        "best, best_energy = copy.deepcopy(x), E",
        "best, best_energy = x, E",
        "test_the_best_is_the_best_visited",
    ),
    Fault(
        "uphill for downhill",
        "_accept((E - E_y) / T, rng)",
        "_accept((E_y - E) / T, rng)",
        "test_the_start_counts",
    ),
    Fault(
        "β for T in Metropolis' rule",
        "_accept((E - E_y) / T, rng)",
        "_accept((E - E_y) * T, rng)",
        "test_the_start_counts",
    ),
    Fault(
        "β for T in the exact distribution",
        "np.exp(-abs(rise[i]) / T)",
        "np.exp(-abs(rise[i]) * T)",
        "test_end_distribution",
        file="_kernels.py",
    ),
    Fault(
        "an inner state that is left with probability 1",
        "goes, comes = p[i] * right[i],",
        "goes, comes = p[i] * 2 * right[i],",
        "test_the_boltzmann_distribution_stays",
        file="_kernels.py",
    ),
    Fault(
        "a schedule of which only the first temperature counts",
        "before != T",
        "before == 0",
        "test_end_distribution",
        file="_kernels.py",
    ),
    Fault(
        "a step to the last state that arrives at the first",
        "p[-1] += from_left",
        "p[0] += from_left",
        "test_end_distribution",
        file="_kernels.py",
    ),
    Fault(
        "a geometric schedule one step short",
        'np.geomspace(*_ends(T0, T1), _validate.whole("n", n, 2))',
        'np.geomspace(*_ends(T0, T1), _validate.whole("n", n, 2), endpoint=False)',
        "test_schedules",
    ),
    Fault(
        "a logarithm that starts at 1",
        '_validate.whole("n", n, 1)) + 2)',
        '_validate.whole("n", n, 1)) + 1.5)',
        "test_schedules",
    ),
    Fault(
        "speed without its root",
        "speed = np.sqrt(C)",
        "speed = C * 1.0",
        "test_constant_speed_in_closed_form",
    ),
    Fault(
        "a pilot's C over T, not T²",
        "ladder[:, None]).var(axis=1)",
        "np.sqrt(ladder[:, None])).var(axis=1)",
        "test_adaptive_finds_the_constant_speed",
    ),
    Fault(
        "a population's weights with β's sign reversed",
        "log_w = -(1 / cold - 1 / T[k]) * E",
        "log_w = (1 / cold - 1 / T[k]) * E",
        "test_a_given_population",
    ),
    Fault(
        "the error of a population that may be 0",
        "np.sqrt(variance + noise)",
        "np.sqrt(variance + 1e-30)",
        "test_a_given_population",
    ),
    Fault(
        "a population that forgets its families", "family[drawn]", "family", "test_error_of_one_reweighting"
    ),
    Fault(
        "fields ignored in the annealed spins",
        "field[i] = h[i]",
        "field[i] = 0",
        "test_transition_matrix_of_a_sweep",
        file="_kernels.py",
    ),
    Fault(
        "couplings counted twice in the energy",
        "(field[i] + h[i]) / 2",
        "field[i]",
        "test_transition_matrix_of_a_sweep",
        file="_kernels.py",
    ),
    Fault(
        "half the energy of a flip",
        "change = 2 * s[i] * field[i]",
        "change = s[i] * field[i]",
        "test_transition_matrix_of_a_sweep",
        file="_kernels.py",
    ),
    Fault(
        "β for T in the annealed spins",
        "change / temperatures[t]",
        "change * temperatures[t]",
        "test_transition_matrix_of_a_sweep",
        file="_kernels.py",
    ),
    Fault(
        "local fields that do not hear of a flip",
        "field[j] += twice * whole[j]",
        "field[j] += whole[j]",
        "test_transition_matrix_of_a_sweep",
        file="_kernels.py",
    ),
    Fault(
        "local fields that do not hear of a flip, in sparse rows",
        "field[neighbour[j]] += twice * weight[j]",
        "field[j] += twice * weight[j]",
        "test_transition_matrix_of_a_sweep",
        file="_kernels.py",
    ),
    Fault(
        "a scan from the second site",
        "np.uint32(k)",
        "np.uint32((k + 1) % n)",
        "test_transition_matrix_of_a_sweep",
        file="_kernels.py",
    ),
    Fault(
        "rises that are out of reach too soon",
        "37 * temperatures[t]",
        "3 * temperatures[t]",
        "test_trajectories_of_spins_as_written",
        file="_kernels.py",
    ),
    Fault(
        "a best that is copied after it was left",
        "refill(best[c], s)\n                        here = False",
        "here = False",
        "test_trajectories_of_spins_as_written",
        file="_kernels.py",
    ),
    Fault(
        "the last of the annealed spins for the best",
        "if energy < lowest:\n                        lowest",
        "if True:\n                        lowest",
        "test_trajectories_of_spins_as_written",
        file="_kernels.py",
    ),
    Fault(
        "a schedule run backwards",
        "change / temperatures[t]",
        "change / temperatures[-1 - t]",
        "test_trajectories_of_spins_as_written",
        file="_kernels.py",
    ),
    Fault(
        "a schedule one step ahead",
        "change / temperatures[t]",
        "change / temperatures[min(t + 1, temperatures.size - 1)]",
        "test_trajectories_of_spins_as_written",
        file="_kernels.py",
    ),
    Fault(
        "every read from the same start",
        "size=(reads, len(h)))\n",
        "size=(1, len(h))).repeat(reads, axis=0)\n",
        "test_trajectories_of_spins_as_written",
    ),
    Fault(
        "a best energy that was added up",
        "best_energies[c] = local_fields(best[c], row, neighbour, weight, h, field)",
        "best_energies[c] = lowest",
        "test_best_energy_is_that_of_best_as_written",
        file="_kernels.py",
    ),
    Fault(
        "the best of the first replica for the best of all",
        "if best_energy > E[i]:",
        "if i == 0 and best_energy > E[i]:",
        "test_a_given_run_of_tempering",
    ),
    Fault(
        "accepted proposals over steps, where a run broke off",
        "accepted / np.maximum(proposed, 1)",
        "accepted / max(k, 1)",
        "test_a_given_run_of_tempering",
    ),
    Fault(
        "replicas that are one object",
        "x = [copy.deepcopy(x0) for _ in T]",
        "x = [x0 for _ in T]",
        "test_what_is_returned_is_nobody_s_start",
    ),
    Fault(
        "a change in place, believed",
        "_unchanged(E, float(energy(x)), T)",
        "pass",
        "test_a_proposal_in_place_is_noticed",
    ),
    Fault(
        "a change in place that is found only now and then",
        "        if y is x:\n",
        "        if False:\n",
        "test_a_late_change_in_place_is_noticed",
    ),
    Fault(
        "a pilot that is measured from its first step",
        "E[:, pilot // 5 :]",
        "E",
        "test_the_pilot_s_first_fifth_is_left_out",
    ),
    Fault(
        "the mirror image of a way in the landscape itself",
        "lambda x: potential(-x), -a",
        "lambda x: potential(x), -a",
        "test_first_passage_either_way",
    ),
    Fault(
        "an integral believed at one per cent",
        "error <= 1e-7 * value",
        "error <= 1e-2 * value",
        "test_a_slit_that_is_found_too_late",
    ),
    Fault(
        "a passage that starts at the well",
        "integral(weight, -np.inf, a, 1e-10) + integral(weight, a, y, 1e-10)",
        "integral(weight, a, y, 1e-10)",
        "test_first_passage_time",
    ),
    Fault(
        "Kramers' rate without its 2π",
        "np.sqrt(well * top) / (2 * np.pi)",
        "np.sqrt(well * top)",
        "test_kramers",
    ),
]
