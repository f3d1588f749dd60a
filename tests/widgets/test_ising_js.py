"""The physics of the lab, `ising.js`, held to enumeration, to Kaufman, to thermolib; wrong variants rejected.

The module is loaded into a page by itself and its series are brought back here, where `thermolib.chains.mean`
gives them an error that counts autocorrelation. Bounds on |z| are 4: one in 16 000 for a normal variable,
and the seeds are the first that came to mind.
"""

from itertools import islice
from types import SimpleNamespace

import numpy as np
import pytest
from bits import random_bits
from pages import LOAD
from thermolib import chains, ising
from thermolib.widgets.host import source

SOURCE = source("random.js", "ising.js")
ALGORITHMS = ["metropolis", "heat_bath", "wolff"]

RUN = """({ size, T, h, algorithm, seed, sweeps, ordered }) => {
    const lattice = new physics.Ising(size, seed);
    if (!ordered) lattice.randomize();
    lattice.setPoint(T, h);
    const energy = [], magnetization = [];
    for (let k = 0; k < sweeps; k++) {
        lattice.sweep(algorithm);
        energy.push((-lattice.bonds - h * lattice.magnetization) / lattice.sites);
        magnetization.push(lattice.magnetization / lattice.sites);
    }
    return { energy, magnetization };
}"""


def run(page, size, T, *, algorithm, sweeps, h=0.0, seed=1):
    """Series of e and m per site after the first fifth, and hundred, has been discarded."""
    options = {"size": size, "T": T, "h": h, "algorithm": algorithm, "seed": seed, "sweeps": sweeps}
    series = page.evaluate(RUN, {**options, "ordered": T < ising.T_C})
    start = max(100, sweeps // 5)
    return SimpleNamespace(**{name: np.array(values)[start:] for name, values in series.items()})


def z(series, exact):
    value, stderr = chains.mean(series)
    return (value - exact) / stderr


# --- exact answers


def enumerated(T, h):
    """⟨e⟩ and ⟨m⟩ and ⟨|m|⟩ per site of the 4 × 4 torus, over its 65 536 states."""
    spins = 1 - 2 * ((np.arange(2**16)[:, None] >> np.arange(16)) & 1).reshape(-1, 4, 4)
    M = spins.sum(axis=(1, 2))
    E = -(spins * (np.roll(spins, -1, 1) + np.roll(spins, -1, 2))).sum(axis=(1, 2)) - h * M
    p = np.exp(-(E - E.min()) / T)
    p /= p.sum()
    return p @ E / 16, p @ M / 16, p @ np.abs(M) / 16


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(("T", "h"), [(2.5, 0.0), (3.0, 0.4), (2.0, -0.15)])
def test_agrees_with_enumeration_in_any_field(physics, algorithm, T, h):
    e, m, abs_m = enumerated(T, h)
    series = run(physics, 4, T, h=h, algorithm=algorithm, sweeps=60_000)
    assert abs(z(series.energy, e)) < 4
    assert abs(z(series.magnetization, m)) < 4
    assert abs(z(np.abs(series.magnetization), abs_m)) < 4


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(("T", "sweeps"), [(2.0, 4000), (2.35, 20_000), (3.0, 4000)])
def test_agrees_with_kaufman(physics, algorithm, T, sweeps):
    sweeps = min(sweeps, 2000) if algorithm == "wolff" else sweeps
    series = run(physics, 64, T, algorithm=algorithm, sweeps=sweeps)
    assert abs(z(series.energy, ising.torus_energy(64, T))) < 4


@pytest.mark.parametrize("h", [0.1, -0.1])
def test_field_pulls_the_same_way_and_as_hard_as_in_thermolib(physics, h):
    ours = run(physics, 64, 2.6, h=h, algorithm="heat_bath", sweeps=4000)
    up = np.ones((64, 64), dtype=np.int8)
    theirs = ising.heat_bath(up, 2.6, 4000, h=h, rng=7)
    here, there = (chains.mean(x) for x in (ours.magnetization, theirs.magnetization[..., 800:] / 64**2))
    assert np.sign(here.value) == np.sign(h)
    assert abs(here.value - there.value) < 4 * np.hypot(here.stderr, there.stderr)
    here, there = (chains.mean(x) for x in (ours.energy, theirs.energy[..., 800:] / 64**2))
    assert abs(here.value - there.value) < 4 * np.hypot(here.stderr, there.stderr)


def test_wolff_clusters_are_as_large_as_the_susceptibility_says(physics):
    """Wolff 1989's improved estimator: a random site's cluster has ⟨|C|⟩ = ⟨M²⟩/N spins on average."""
    pairs = physics.evaluate("""() => {
        const lattice = new physics.Ising(32, 5), pairs = [];
        lattice.setPoint(2.5, 0);
        for (let k = 0; k < 20000; k++) {
            lattice.measure();
            pairs.push([lattice.wolffCluster(), lattice.magnetization ** 2 / lattice.sites]);
        }
        return pairs;
    }""")
    clusters, squares = np.array(pairs[500:]).T
    assert abs(z(clusters - squares, 0)) < 4


# --- trajectories: given spins and given random bits lead to one result

TRAJECTORY = """({ size, T, h, spins, bits, deed }) => {
    const lattice = new physics.Ising(size, 1);
    lattice.setPoint(T, h);
    lattice.spins.set(spins);
    let used = 0;
    lattice.next = () => bits[used++];
    const length = lattice[deed]();
    return { spins: [...lattice.spins], used, length };
}"""


def neighbours(i, size):
    """Right, left, below and above on the torus, in the order in which a cluster asks them."""
    x, y = i % size, i // size
    return [y * size + (x + 1) % size, y * size + (x - 1) % size, (y + 1) % size * size + x, (y - 1) % size * size + x]


def metropolis(spins, size, T, h, bits):
    for _ in spins:
        i = next(bits) % len(spins)
        rise = 2 * spins[i] * (sum(spins[j] for j in neighbours(i, size)) + h)
        if rise <= 0 or next(bits) < 2**32 * np.exp(-rise / T):
            spins[i] *= -1


def heat_bath(spins, size, T, h, bits):
    for _ in spins:
        i = next(bits) % len(spins)
        field = sum(spins[j] for j in neighbours(i, size)) + h
        spins[i] = 1 if next(bits) < 2**32 / (1 + np.exp(-2 * field / T)) else -1


def wolff_cluster(spins, size, T, h, bits):
    """Grow a cluster, the first in first out; once the ghost joins nothing turns and nothing more is asked."""
    first = next(bits) % len(spins)
    spin = spins[first]
    cluster = [first]
    for i in cluster:
        if spin * h > 0 and next(bits) < 2**32 * (1 - np.exp(-2 * abs(h) / T)):
            return len(cluster)
        for j in neighbours(i, size):
            if spins[j] == spin and j not in cluster and next(bits) < 2**32 * (1 - np.exp(-2 / T)):
                cluster.append(j)
    for i in cluster:
        spins[i] = -spin
    return len(cluster)


def randomize(spins, size, T, h, bits):
    for i in range(len(spins)):
        spins[i] = 1 if next(bits) % 2 else -1


def check_trajectories(page, ours, deed):
    """Random lattices, temperatures and fields, and as many random bits as a sweep can ask for."""
    rng = np.random.default_rng(11)
    for size, h in [(2, 0.3), (4, 0.0), (8, 0.0), (8, 0.4), (8, -0.05), (16, -0.4), (16, 0.02), (16, 0.0)]:
        T, spins = float(rng.uniform(0.6, 5)), rng.choice([-1, 1], size=size**2, p=[0.3, 0.7]).tolist()
        bits = rng.integers(2**32, size=6 * size**2 + 2).tolist()
        options = {"size": size, "T": T, "h": h, "spins": spins, "bits": bits, "deed": deed}
        found = page.evaluate(TRAJECTORY, options)
        asked = iter(bits)
        length = ours(spins, size, T, h, asked)
        assert found["spins"] == spins
        assert found["used"] == len(bits) - len(list(asked))
        assert found["length"] == length


def check_metropolis(page):
    check_trajectories(page, metropolis, "metropolis")


def check_heat_bath(page):
    check_trajectories(page, heat_bath, "heatBath")


def check_wolff(page):
    check_trajectories(page, wolff_cluster, "wolffCluster")


def check_randomize(page):
    check_trajectories(page, randomize, "randomize")


def check_start(page):
    """All up, at T = ∞, where every proposal of Metropolis and no bond of Wolff is taken."""
    found = page.evaluate("""() => {
        const lattice = new physics.Ising(8, 1);
        return [[...lattice.spins], lattice.T, lattice.h, ...lattice.flip, lattice.join, lattice.ghost];
    }""")
    assert found == [[1] * 64, np.inf, 0, *[2**32] * 10, 0, 0]


def check_wolff_sweeps(page):
    """A hundred sweeps end when every site has been visited once; from then on the number is held.

    The clusters' sizes are given: 7, 3 and 90 by turns on 64 sites. A new point begins again.
    """
    found = page.evaluate("""() => {
        const lattice = new physics.Ising(8, 1), sizes = [7, 3, 90];
        let calls = 0, seen = [];
        lattice.wolffCluster = () => sizes[calls++ % 3];
        for (let k = 0; k < 110; k++) { const before = calls; lattice.wolff(); seen.push(calls - before); }
        lattice.setPoint(2, 0);
        calls = 0;
        lattice.wolff();
        return [...seen, calls];
    }""")
    clusters, expected = 0, []
    for _ in range(100):
        visited, before = 0, clusters
        while visited < 64:
            visited += (7, 3, 90)[clusters % 3]
            clusters += 1
        expected.append(clusters - before)
    assert found == expected + [int(np.ceil(clusters / 100))] * 10 + [3]


def check_measure(page):
    """Energy and magnetisation of single configurations that no symmetry maps on themselves."""
    rng = np.random.default_rng(12)
    for size in (4, 8, 16, 64) * 6:
        spins = rng.choice([-1, 1], size=(size, size), p=[0.35, 0.65]).astype(np.int8)
        spins[: size // 2] = np.sort(spins[: size // 2], axis=1)  # horizontal and vertical bonds differ
        bonds, magnetization = page.evaluate(
            """([size, spins]) => {
                const lattice = new physics.Ising(size, 1);
                lattice.spins.set(spins);
                lattice.measure();
                return [lattice.bonds, lattice.magnetization];
            }""",
            [size, spins.ravel().tolist()],
        )
        assert -bonds == ising.lattice_energy(spins)
        assert magnetization == spins.sum()


TRAJECTORIES = [
    check_metropolis, check_heat_bath, check_wolff, check_randomize, check_start, check_wolff_sweeps, check_measure,
]  # fmt: skip


@pytest.mark.parametrize("check", TRAJECTORIES)
def test_trajectory(physics, check):
    check(physics)


# --- its parts


def test_random_bits_are_xoshiro128_starstar(physics):
    """The published generator; `bits.py` has it in Python's integers."""
    script = "(seed) => { const next = physics.randomBits(seed); return Array.from({ length: 500 }, next); }"
    for seed in (0, 1, 2**32 - 1):
        assert physics.evaluate(script, seed) == list(islice(random_bits(seed), 500))


def test_seed_decides_everything(physics):
    a, b, c = (run(physics, 64, 2.5, algorithm="metropolis", sweeps=300, seed=s).energy for s in (3, 3, 4))
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)


ESTIMATE = """(values) => {
    const series = new physics.Series();
    values.forEach((x) => series.push(x));
    return { ...series.estimate(), bins: series.length, width: series.width };
}"""


def autoregressive(rng, a, n):
    noise = rng.normal(size=n) * np.sqrt(1 - a**2)
    x = np.empty(n)
    x[0] = rng.normal()
    for k in range(1, n):
        x[k] = a * x[k - 1] + noise[k]
    return x


def test_error_bars_of_a_known_process_are_calibrated(physics):
    """AR(1) with a = .9 has τ = 19. Of 150 runs of 20 000 the rms of z is 1 ± 4/√300 = ±.23.

    Sokal's window adds some 2 %.
    """
    found = physics.evaluate("""() => Array.from({ length: 150 }, (_, seed) => {
        const next = physics.randomBits(seed), series = new physics.Series();
        for (let k = 0, x = 0; k < 20000; k++) series.push(x = 0.9 * x + next() / 2 ** 32 - 0.5);
        return { ...series.estimate(), kept: series.length * series.width, width: series.width };
    })""")
    assert all(20_000 - run["width"] < run["kept"] <= 20_000 for run in found)
    assert all(abs(run["first"] - 5000) <= run["width"] for run in found)
    true = np.sqrt(1 / 12 / (1 - 0.9**2) * 19 / 15_000)
    assert np.mean([run["stderr"] for run in found]) == pytest.approx(true, rel=0.05)
    assert 0.77 < np.sqrt(np.mean([(run["mean"] / run["stderr"]) ** 2 for run in found])) < 1.25


def test_error_bar_is_that_of_thermolib(physics):
    """Before bins are joined both sum the same correlations; windows may close a few lags apart."""
    x = autoregressive(np.random.default_rng(2), 0.9, 4000)
    found = physics.evaluate(ESTIMATE, x.tolist())
    value, stderr = chains.mean(x[1000:])
    assert found["mean"] == pytest.approx(value, abs=1e-12)
    assert found["stderr"] == pytest.approx(stderr, rel=0.1)


def binned(values, most=4096):
    """Means of neighbours, of 2, of 4, … so that there are fewer than `most`; and their width."""
    x, width = np.array(values), 1
    while len(x) >= most:
        x, width = x[: len(x) // 2 * 2].reshape(-1, 2).mean(axis=1), 2 * width
    return x, width


def estimate(values):
    """`Series.estimate` from its description, all correlations at once by np.correlate."""
    bins, width = binned(values)
    start = max(-(-len(bins) // 4), -(-100 // width))
    x = bins[start:]
    n = len(x)
    y = x - x.mean()
    rho = np.correlate(y, y, "full")[n - 1 :] / (y @ y)
    pairs = np.minimum.accumulate(rho[: n // 2 * 2].reshape(-1, 2).sum(axis=1))
    tau = 2 * pairs[: np.argmax(pairs <= 0) if np.any(pairs <= 0) else None].sum() - 1
    samples = n / max(tau, 1)
    return {
        "mean": x.mean(), "stderr": np.sqrt(x.var() / (samples - 1)) if samples >= 20 else np.nan,
        "samples": samples, "first": start * width, "averaged": n * width,
    }  # fmt: skip


def check_estimate(page):
    """Independent, slow and alternating series, of a few bins and of joined ones; the discarded part drifts."""
    rng = np.random.default_rng(13)
    for a in (0.0, 0.9, -0.9, 0.99):
        for n in (150, 400, 3000, 5000, 20_000):
            x = autoregressive(rng, a, n)
            x[: n // 4] += np.linspace(9, 0, n // 4)
            x[:100] += 5
            found = page.evaluate(ESTIMATE, x.tolist())
            for name, value in estimate(x).items():
                assert found[name] == pytest.approx(value, rel=1e-9, nan_ok=True), (a, n, name)
            assert found["samples"] <= found["averaged"] / found["width"]


def check_stationary(page):
    """No mean of fewer than 16, no error where the run is shorter than twenty of its own τ."""
    assert np.isnan(page.evaluate(ESTIMATE, [1.0, 2.0] * 57)["mean"])  # 100 of 114 are discarded
    assert page.evaluate(ESTIMATE, [1.0, 2.0] * 58)["mean"] == 1.5
    sine = np.sin(np.arange(1000) / 300)
    assert np.isnan(page.evaluate(ESTIMATE, sine.tolist())["stderr"])
    assert page.evaluate(ESTIMATE, [2.0] * 500)["stderr"] == 0
    x = autoregressive(np.random.default_rng(14), 0.98, 20_000)
    samples = np.array([[n, estimate(x[:n])["samples"]] for n in range(500, 4000, 7)])
    for few, n in ((True, samples[samples[:, 1] < 20][-1, 0]), (False, samples[samples[:, 1] > 20][0, 0])):
        assert np.isnan(page.evaluate(ESTIMATE, x[: int(n)].tolist())["stderr"]) == few


RECORD = """({ T, h, size, algorithm, bonds, magnetization }) => {
    const record = new physics.Record({ T, h, size, sites: size * size }, algorithm);
    bonds.forEach((b, k) => record.push({ bonds: b, magnetization: magnetization[k] }));
    const { e, m } = record.estimate();
    return { e, m, needed: record.needed, wait: record.wait };
}"""


def recorded(page, bonds, magnetization, T=2.0, h=0.0, size=16, algorithm="metropolis"):
    options = {"T": T, "h": h, "size": size, "algorithm": algorithm}
    return page.evaluate(
        RECORD, {**options, "bonds": np.rint(bonds).tolist(), "magnetization": np.rint(magnetization).tolist()}
    )


def check_record(page):
    """Means per site and in the field; errors of both or of neither; none against the field below T_c."""
    rng = np.random.default_rng(15)
    bonds, m = np.rint(rng.normal(300, 40, 4000)), np.rint(rng.normal(150, 20, 4000))
    for sign, h in ((1, 0.0), (-1, 0.0), (1, 0.3), (-1, -0.3)):
        found = recorded(page, bonds, sign * m, h=h)
        for name, x in (("e", (-bonds - h * sign * m) / 256), ("m", m / 256)):
            for key, value in estimate(x).items():
                assert found[name][key] == pytest.approx(value, rel=1e-9), (name, key)
    for T, h, known in ((2.0, -0.4, False), (2.26, -0.4, False), (2.28, -0.4, True), (2.0, 0.4, True)):
        found = recorded(page, bonds, m, T=T, h=h, algorithm="wolff")
        assert [not np.isnan(found[name]["stderr"]) for name in "em"] == [known, known]
    drift = recorded(page, bonds, np.linspace(100, 200, 4000))
    assert np.isnan(drift["m"]["stderr"])
    assert np.isnan(drift["e"]["stderr"])
    assert not np.isnan(estimate(-bonds / 256)["stderr"])


def check_wait(page):
    """The very sweep at which errors appear, for series that have them long before."""
    rng = np.random.default_rng(16)
    for T, h, algorithm in ((2.0, 0.0, "metropolis"), (3.0, 0.2, "heat_bath"), (2.27, 0.0, "wolff"), (5.0, 0.0, "metropolis")):
        empty = recorded(page, [], [], T, h, 16, algorithm)
        assert empty["needed"] == pytest.approx(50 * slowest(16, T, h, algorithm), rel=1e-9)
        first = next(n for n in range(100, 10**5) if estimate_averages(n) >= empty["needed"])
        assert first == pytest.approx(empty["wait"], abs=2)
        for n in (first - 1, first):
            found = recorded(page, rng.normal(0, 30, n), rng.normal(90, 20, n), T, h, 16, algorithm)
            assert [np.isnan(found[name]["stderr"]) for name in "em"] == [n < first, n < first]


def estimate_averages(n):
    """How many of n < 4096 sweeps are averaged."""
    return n - max(-(-n // 4), 100)


def test_error_bar_is_estimated_as_it_says(physics):
    check_estimate(physics)


@pytest.mark.parametrize("check", [check_stationary, check_record, check_wait])
def test_no_error_bar_before_it_can_be_known(physics, check):
    check(physics)


# --- how long the lattice remembers

# τ = 1 + 2Σρ of e and of |m|, in sweeps, with one standard error: long runs, as `measured_tau` makes them.
LONG_RUNS = {}


def slowest(size, T, h, algorithm):
    """The bound of `ising.js`, from its description."""
    d = 2 / T - np.log(1 / np.tanh(1 / T))  # zero at T_c
    xi = -1 / d if d < 0 else 1 / (2 * d)
    first = np.exp((8 + 2 * abs(h)) / T) / size**2
    if algorithm == "wolff":
        return (10 + first) / (-np.expm1(-2 * abs(h) / T) if h else 1)
    return {"metropolis": 3, "heat_bath": 5}[algorithm] * (1 + min(xi, size / 3) ** 2.17) + first


def test_error_bars_of_the_lattice_are_calibrated(physics):
    """Forty short runs against Kaufman's 16 × 16 torus: the rms of z is 1 ± 4/√80 = ±.45."""
    scores = physics.evaluate(
        """(exact) => Array.from({ length: 40 }, (_, seed) => {
            const lattice = new physics.Ising(16, seed);
            lattice.setPoint(3.0, 0);
            const record = new physics.Record(lattice, "heat_bath");
            for (let k = 0; k < 6000; k++) { lattice.sweep("heat_bath"); record.push(lattice); }
            const { e } = record.estimate();
            return (e.mean - exact) / e.stderr;
        })""",
        float(ising.torus_energy(16, 3.0)),
    )
    assert 0.55 < np.sqrt(np.mean(np.square(scores))) < 1.45


# --- wrong variants


FAULTS = {
    "β has the wrong sign": (
        "this.flip[k + 5] = CERTAIN * Math.min(1, Math.exp((-2 * field) / T))",
        "this.flip[k + 5] = CERTAIN * Math.min(1, Math.exp((2 * field) / T))",
        "metropolis",
    ),
    "heat bath with half the field": ("(1 + Math.exp((-2 * field) / T))", "(1 + Math.exp(-field / T))",
    "heat_bath"), "bonds counted twice": (
        "spins[i] * (spins[i - x + ((x + 1) & edge)] + spins[(i + size) & mask])",
        "spins[i] * 2 * (spins[i - x + ((x + 1) & edge)] + spins[(i + size) & mask])",
        "heat_bath",
    ),
    "Wolff joins with 1 − e^{−β}": ("(1 - Math.exp(-2 / T))", "(1 - Math.exp(-1 / T))", "wolff"),
    "the field is missing": ("const field = 2 * k - 4 + h", "const field = 2 * k - 4", "metropolis"),
    "no ghost": ("spin * this.h > 0", "false", "wolff"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_wrong_physics_is_rejected(empty, fault):
    """The comparison with enumeration, which the true module passes at |z| < 4, throws these out by far."""
    right, wrong, algorithm = FAULTS[fault]
    assert SOURCE.count(right) == 1
    empty.evaluate(LOAD, SOURCE.replace(right, wrong))
    e, _, _ = enumerated(3.0, 0.4)
    series = run(empty, 4, 3.0, h=0.4, algorithm=algorithm, sweeps=60_000)
    assert abs(z(series.energy, e)) > 10
