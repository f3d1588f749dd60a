"""The samplers of the Ising lattice, each against what is exact.

The order is that of trust: the exact transition matrices of the real kernels, trajectories to the bit, no
drift from exact draws, averages with their errors. Seeds are fixed; no tolerance was fitted to them.
"""

from functools import partial

import numpy as np
import pytest
from numpy.linalg import matrix_power
from scipy.sparse.csgraph import connected_components
from thermolib import _kernels, sampling
from thermolib.boltzmann import boltzmann
from thermolib.chains import jackknife, mean
from thermolib.ising import T_C, lattice_energy, spin_states, torus_energy, torus_heat_capacity
from thermolib.sampling import heat_bath, metropolis, swendsen_wang, wolff

from declared import COLD, Fault
from dice import Dice, SplitMix

SAMPLERS = [metropolis, heat_bath, wolff, swendsen_wang]


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
    order = sampling._order(36, "checkerboard")
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
    states = spin_states(16).reshape(-1, 4, 4)
    E, M = lattice_energy(states, h), states.sum(axis=(1, 2))
    p = boltzmann(E, t)
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
    assert quiet.energy.shape == (250,)
    assert "100%" in capsys.readouterr().err


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_run_in_pieces(sampler):
    """Neither warm-up nor a stop after every sweep changes anything: the same run, less its beginning."""
    start, t = np.ones((2, 3, 4, 4)), [[1.0, 2.0, T_C], [3.0, 9.0, np.inf]]
    whole = sampler(start, t, 12, h=0.2, rng=5)
    run = sampler(start, t, 7, warm_up=5, measure=np.copy, h=0.2, rng=5)
    np.testing.assert_array_equal(run.spins, whole.spins)
    np.testing.assert_array_equal(run.energy, whole.energy[..., 5:])
    np.testing.assert_array_equal(run.magnetization, whole.magnetization[..., 5:])
    assert run.measured.shape == (2, 3, 7, 4, 4) and run.measured.dtype == np.int8 and whole.measured is None
    np.testing.assert_array_equal(run.measured.sum(axis=(-2, -1)), run.magnetization)
    np.testing.assert_allclose(lattice_energy(run.measured, 0.2), run.energy, atol=1e-12)


def test_what_is_measured():
    """A number or an array of one chain, and of many; what is done to the spins there stays there."""
    run = metropolis(4, 2.0, 9, measure=np.sum, rng=1)
    assert run.measured.tolist() == run.magnetization.tolist()
    rows = metropolis(4, [1.0, 3.0], 9, measure=lambda s: s.sum(axis=-1), rng=1)
    assert rows.measured.shape == (2, 9, 4)
    np.testing.assert_array_equal(rows.measured.sum(axis=-1), rows.magnetization)
    themselves = metropolis(4, 3.0, 9, measure=lambda s: s, rng=1)
    np.testing.assert_array_equal(themselves.measured.sum(axis=(-2, -1)), themselves.magnetization)

    def spoil(s):
        s[:] = 0
        return 0

    np.testing.assert_array_equal(metropolis(4, 3.0, 9, measure=spoil, rng=1).energy, themselves.energy)


def test_a_side_is_spins_up():
    for T in (2.0, [2.0], [[1.0, 2.0, 3.0]]):
        short, long = (metropolis(spins, T, 9, rng=1) for spins in (4, np.ones((*np.shape(T), 4, 4))))
        np.testing.assert_array_equal(short.spins, long.spins)
        np.testing.assert_array_equal(short.energy, long.energy)
    assert wolff(np.int64(3), 1e-3, 1).spins.tolist() in ([[1] * 3] * 3, [[-1] * 3] * 3)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_samplers_leave_their_input_and_go_their_own_ways(sampler):
    """The start stays, no memory is shared, and neither two chains nor two unseeded runs are the same."""
    start = np.ones((2, 4, 4), dtype=np.int8)
    first, other = sampler(start, 2.0, 20, rng=3), sampler(start, 2.0, 20)
    assert np.all(start == 1) and first.spins.dtype == np.int8 and not np.shares_memory(start, first.spins)
    assert not np.array_equal(first.energy, other.energy)
    assert not np.array_equal(first.energy[0], first.energy[1])


# What is asked of every module (declared.py) ---------------------------------------------------------

up = np.ones((4, 4))

CALLS = {
    "metropolis": lambda T=2.0, rng=0: metropolis(4, T, 1, rng=rng),
    "heat_bath": lambda T=2.0, rng=0: heat_bath(4, T, 1, rng=rng),
    "wolff": lambda T=2.0, rng=0: wolff(4, T, 1, rng=rng),
    "swendsen_wang": lambda T=2.0, rng=0: swendsen_wang(4, T, 1, rng=rng),
}
BAD = {
    "odd checkerboard": (
        lambda: metropolis(np.ones((5, 5)), 2.0, 1, order="checkerboard"),
        "even L, got L = 5",
    ),
    "unknown order": (lambda: metropolis(up, 2.0, 1, order="spiral"), "'spiral'"),
}
BAD |= {
    f"{sampler.__name__}, {what}": (partial(sampler, *start, **options), said)
    for sampler in SAMPLERS
    for what, start, options, said in [
        ("a rectangle", (np.ones((3, 4)), 2.0, 1), {}, r"\(3, 4\)"),
        ("a row", (np.ones(4), 2.0, 1), {}, r"\(4,\)"),
        ("no spins", (np.zeros((4, 4)), 2.0, 1), {}, "±1"),
        ("one site", (np.ones((1, 1)), 2.0, 1), {}, r"\(1, 1\)"),
        ("a torus of one", (1, 2.0, 1), {}, "spins must be an integer ≥ 2, got 1"),
        ("a torus of half a row", (2.5, 2.0, 1), {}, r"spins must have shape \(\.\.\., L, L\)"),
        ("a temperature too many", (up, [1.0, 2.0], 1), {}, r"\(2,\)"),
        ("no temperature", (up, None, 1), {}, "T must be an array of real numbers, got None"),
        ("no sweeps", (up, 2.0, 0), {}, "got 0"),
        ("half a sweep", (up, 2.0, 1.5), {}, "got 1.5"),
        ("less than no warm-up", (up, 2.0, 1), {"warm_up": -1}, "warm_up must be an integer ≥ 0, got -1"),
        ("a measure that is none", (up, 2.0, 1), {"measure": 3}, "a function of the spins or None, got 3"),
        (
            "a measure of all chains together",
            (4, [1.0, 2.0], 1),
            {"measure": np.sum},
            r"measure must return the chains' axes \(2,\) first, got shape \(\)",
        ),
        ("an infinite field", (up, 2.0, 1), {"h": np.inf}, "h must be finite"),
        ("fields", (up, 2.0, 1), {"h": [1, 2]}, r"h must be one number, got \[1.0, 2.0\]"),
    ]
}
LIMITS = [
    (lambda L: metropolis(np.ones((L, L)), 1.0, 1, order="checkerboard"), 4, 5),
    (lambda L: metropolis(np.ones((L, L)), 1.0, 1, order="checkerboard"), 2, 3),
    (lambda n: metropolis(up, 1.0, n), 1, 0),
    (lambda n: wolff(up, 1.0, n), 1, 0),
    (lambda n: metropolis(up, 1.0, 1, warm_up=n), 0, -1),
    (lambda L: wolff(L, 1.0, 1), 2, 1),
]
AS_COLD = [
    (lambda: metropolis(up, COLD, 2, rng=0, h=1e9).energy[-1], -32 - 16e9),
    (lambda: heat_bath(up, COLD, 2, rng=0, h=1e9).energy[-1], -32 - 16e9),
    (lambda: wolff(up, COLD, 2, rng=0, h=1e9).energy[-1], -32 - 16e9),
    (lambda: swendsen_wang(up, COLD, 2, rng=0, h=1e9).energy[-1], -32 - 16e9),
]
FAULTS = [
    Fault(
        "double-counted bonds in the compiled loop",
        "return bond // 2, magnet",
        "return bond, magnet",
        "test_no_drift",
        file="_kernels.py",
    ),
    Fault(
        "a cluster that leaves one of its sides out",
        "for j in beside(i, L, np.uint32(n)):",
        "for j in beside(i, L, np.uint32(n))[:3]:",
        "test_transition_matrix_2x2",
        file="_kernels.py",
    ),
    Fault(
        "a turned cluster's energy from three sides",
        "(s[right] + s[left] + s[down] + s[up])",
        "(s[right] + s[left] + s[down])",
        "test_no_drift",
        file="_kernels.py",
    ),
    Fault(
        "a checkerboard of stripes",
        "(sites // L + sites % L) % 2",
        "sites // L % 2",
        "test_a_checkerboard_is_one",
    ),
    Fault(
        "a heat bath at random sites",
        '_flips(expit, "rows")',
        '_flips(expit, "random")',
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
    Fault("missing field in the flips", "(field + h)", "(field)", "test_no_drift"),
    Fault("missing field in the clusters", "2 * h / T", "0 * h / T", "test_no_drift"),
    Fault("Wolff's 1 − exp(−β)", "-np.expm1(-2 / T)", "-np.expm1(-1 / T)", "test_no_drift"),
    Fault("heat bath with half the energy difference", "-2 * spin *", "-1 * spin *", "test_no_drift"),
    Fault("a reducible scan called ergodic", 'order == "random", flip', "False, flip", "test_trajectories"),
    Fault("no warm-up", "    go(warm_up)\n", "", "test_a_run_in_pieces"),
    Fault("a measure of spins that move on", "lattice.copy()", "lattice", "test_what_is_measured"),
    Fault("sweeps before chains", "axis=len(chains)", "axis=0", "test_a_run_in_pieces"),
    Fault("a lattice for all temperatures", "(*T.shape, L, L)", "(L, L)", "test_a_side_is_spins_up"),
]
