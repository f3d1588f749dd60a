"""The physics of the lab, `ising.js`, held to enumeration, to Kaufman, to thermolib; wrong variants rejected.

The module is loaded into a page by itself and its series are brought back here, where `thermolib.chains.mean`
gives them an error that counts autocorrelation. Bounds on |z| are 4: one in 16 000 for a normal variable,
and the seeds are the first that came to mind.
"""

from functools import partial
from itertools import islice
from types import SimpleNamespace

import numpy as np
import pytest
from bits import random_bits
from pages import ask
from thermolib import chains, ising, sampling
from thermolib.widgets.kit.bundle import bundle

SOURCE = bundle("ising_lab/ising.js")
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
    series = ask(page, RUN, {**options, "ordered": T < ising.T_C})
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
    theirs = sampling.heat_bath(up, 2.6, 4000, h=h, rng=7)
    here, there = (chains.mean(x) for x in (ours.magnetization, theirs.magnetization[..., 800:] / 64**2))
    assert np.sign(here.value) == np.sign(h)
    assert abs(here.value - there.value) < 4 * np.hypot(here.stderr, there.stderr)
    here, there = (chains.mean(x) for x in (ours.energy, theirs.energy[..., 800:] / 64**2))
    assert abs(here.value - there.value) < 4 * np.hypot(here.stderr, there.stderr)


def test_wolff_clusters_are_as_large_as_the_susceptibility_says(physics):
    """Wolff 1989's improved estimator: a random site's cluster has ⟨|C|⟩ = ⟨M²⟩/N spins on average."""
    pairs = ask(
        physics,
        """() => {
        const lattice = new physics.Ising(32, 5), pairs = [];
        lattice.setPoint(2.5, 0);
        for (let k = 0; k < 10000; k++) {
            lattice.measure();
            pairs.push([lattice.wolffCluster(), lattice.magnetization ** 2 / lattice.sites]);
        }
        return pairs;
    }""",
    )
    clusters, squares = np.array(pairs[500:]).T
    assert abs(z(clusters - squares, 0)) < 4


# --- trajectories: given spins and given random bits lead to one result

TRAJECTORY = """({ size, T, h, spins, bits, deed }) => {
    const lattice = new physics.Ising(size, 1);
    lattice.setPoint(T, h);
    lattice.spins.set(spins);
    let used = 0;
    lattice.next = () => bits[used++];
    const length = lattice[deed]() ?? null;
    return { spins: [...lattice.spins], used, length };
}"""


def neighbours(i, size):
    """Right, left, below and above on the torus, in the order in which a cluster asks them."""
    x, y = i % size, i // size
    return [
        y * size + (x + 1) % size,
        y * size + (x - 1) % size,
        (y + 1) % size * size + x,
        (y - 1) % size * size + x,
    ]


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
    """Grow a cluster, first in, first out. Once the ghost joins, nothing turns and nothing more is asked."""
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
    for size, h in [
        (2, 0.3),
        (4, 0.0),
        (8, 0.0),
        (8, 0.4),
        (8, -0.05),
        (16, -0.4),
        (16, 0.02),
        (16, 0.0),
    ] * 4:
        T, spins = float(rng.uniform(0.6, 5)), rng.choice([-1, 1], size=size**2, p=[0.3, 0.7]).tolist()
        bits = rng.integers(2**32, size=6 * size**2 + 2).tolist()
        options = {"size": size, "T": T, "h": h, "spins": spins, "bits": bits, "deed": deed}
        found = ask(page, TRAJECTORY, options)
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

    The clusters' sizes are given: 7, 3, 90 and 20 by turns on 64 sites. A new point begins again.
    """
    found = page.evaluate("""() => {
        const lattice = new physics.Ising(8, 1), sizes = [7, 3, 90, 20];
        let calls = 0, seen = [];
        lattice.wolffCluster = () => sizes[calls++ % 4];
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
            visited += (7, 3, 90, 20)[clusters % 4]
            clusters += 1
        expected.append(clusters - before)
    assert found == expected + [int(np.ceil(clusters / 100))] * 10 + [3]


def check_measure(page):
    """Energy and magnetisation of single configurations that no symmetry maps on themselves."""
    rng = np.random.default_rng(12)
    for size in (4, 8, 16, 64) * 6:
        spins = rng.choice([-1, 1], size=(size, size), p=[0.35, 0.65]).astype(np.int8)
        spins[: size // 2] = np.sort(spins[: size // 2], axis=1)  # horizontal and vertical bonds differ
        bonds, magnetization = ask(
            page,
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
    check_metropolis,
    check_heat_bath,
    check_wolff,
    check_randomize,
    check_start,
    check_wolff_sweeps,
    check_measure,
]


@pytest.mark.parametrize("check", TRAJECTORIES)
def test_trajectory(physics, check):
    check(physics)


# --- its parts


def test_random_bits_are_xoshiro128_starstar(physics):
    """The published generator; `bits.py` has it in Python's integers."""
    script = "(seed) => { const next = randomBits(seed); return Array.from({ length: 500 }, next); }"
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
        const next = randomBits(seed), series = new physics.Series();
        for (let k = 0, x = 0; k < 20000; k++) series.push(x = 0.9 * x + next() / 2 ** 32 - 0.5);
        return { ...series.estimate(), kept: series.length * series.width, width: series.width };
    })""")
    assert all(20_000 - run["width"] < run["kept"] <= 20_000 for run in found)
    assert all(abs(run["first"] - 5000) <= run["width"] for run in found)
    true = np.sqrt(1 / 12 / (1 - 0.9**2) * 19 / 15_000)
    assert np.mean([run["stderr"] for run in found]) == pytest.approx(true, rel=0.05)
    assert 0.77 < np.sqrt(np.mean([(run["mean"] / run["stderr"]) ** 2 for run in found])) < 1.25


def test_error_bar_is_that_of_thermolib(physics):
    """Before bins are joined both sum the same correlations; they pair them otherwise and may stop elsewhere.

    A window of 3τ = 57 lags leaves τ uncertain by √(2 · 115/3000) = 28 %, the error by half of that: what two
    windows on one series may differ by.
    """
    x = autoregressive(np.random.default_rng(2), 0.9, 4000)
    found = ask(physics, ESTIMATE, x.tolist())
    value, stderr = chains.mean(x[1000:])
    assert found["mean"] == pytest.approx(value, abs=1e-12)
    assert found["stderr"] == pytest.approx(stderr, rel=0.14)


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
        "mean": x.mean(),
        "stderr": np.sqrt(x.var() / (samples - 1)) if samples >= 20 else np.nan,
        "samples": samples,
        "first": start * width,
        "averaged": n * width,
    }


def check_estimate(page):
    """Independent, slow and alternating series, of few bins and of joined ones; what is discarded drifts."""
    rng = np.random.default_rng(13)
    for a in (0.0, 0.9, -0.9, 0.99):
        for n in (150, 400, 3000, 5000, 20_000):
            x = autoregressive(rng, a, n)
            x[: n // 4] += np.linspace(9, 0, n // 4)
            x[:100] += 5
            found = ask(page, ESTIMATE, x.tolist())
            for name, value in estimate(x).items():
                assert found[name] == pytest.approx(value, rel=1e-9, nan_ok=True), (a, n, name)
            assert found["samples"] <= found["averaged"] / found["width"]


def check_stationary(page):
    """No mean of fewer than 16, no error where the run is shorter than twenty of its own τ."""
    assert np.isnan(ask(page, ESTIMATE, [1.0, 2.0] * 57)["mean"])  # 100 of 114 are discarded
    assert ask(page, ESTIMATE, [1.0, 2.0] * 58)["mean"] == 1.5
    sine = np.sin(np.arange(1000) / 300)
    assert np.isnan(ask(page, ESTIMATE, sine.tolist())["stderr"])
    assert ask(page, ESTIMATE, [2.0] * 500)["stderr"] == 0
    x = autoregressive(np.random.default_rng(14), 0.98, 20_000)
    samples = np.array([[n, estimate(x[:n])["samples"]] for n in range(500, 4000, 7)])
    for few, n in ((True, samples[samples[:, 1] < 20][-1, 0]), (False, samples[samples[:, 1] > 20][0, 0])):
        assert np.isnan(ask(page, ESTIMATE, x[: int(n)].tolist())["stderr"]) == few


RECORD = """({ T, h, size, algorithm, bonds, magnetization }) => {
    const record = new physics.Record({ T, h, size, sites: size * size }, algorithm);
    bonds.forEach((b, k) => record.push({ bonds: b, magnetization: magnetization[k] }));
    const { e, m } = record.estimate();
    return { e, m, needed: record.needed, wait: record.wait };
}"""


def recorded(page, bonds, magnetization, T=2.0, h=0.0, size=16, algorithm="metropolis"):
    options = {"T": T, "h": h, "size": size, "algorithm": algorithm}
    return ask(
        page,
        RECORD,
        {**options, "bonds": np.rint(bonds).tolist(), "magnetization": np.rint(magnetization).tolist()},
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


def check_csv(page):
    """Every sweep with its own numbers, past the room that is there at first; marked where it is averaged."""
    rng = np.random.default_rng(19)
    bonds, m = rng.integers(-500, 500, 3000).tolist(), rng.integers(-256, 256, 3000).tolist()
    text, first = ask(
        page,
        """([bonds, magnetization]) => {
            const record = new physics.Record({ T: 2.5, h: 0.25, size: 16, sites: 256 }, "wolff");
            bonds.forEach((b, k) => record.push({ bonds: b, magnetization: magnetization[k] }));
            return [record.csv(), record.estimate().e.first];
        }""",
        [bonds, m],
    )
    header, *rows = text.splitlines()
    assert header == "sweep,T,h,L,algorithm,energy_per_site,magnetization_per_site,averaged"
    assert len(rows) == 3000
    assert first == 750
    for k, (row, b, M) in enumerate(zip(rows, bonds, m, strict=True)):
        sweep, *point, energy, magnetization, averaged = row.split(",")
        assert [sweep, *point] == [str(k + 1), "2.5", "0.25", "16", "wolff"]
        assert (float(energy), float(magnetization)) == ((-b - M / 4) / 256, M / 256)
        assert averaged == str(int(k >= first))


def check_wait(page):
    """The very sweep at which errors appear, for series that have them long before."""
    rng = np.random.default_rng(16)
    for T, h, algorithm in (
        (2.0, 0.0, "metropolis"),
        (3.0, 0.2, "heat_bath"),
        (2.27, 0.0, "wolff"),
        (5.0, 0.0, "metropolis"),
    ):
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


@pytest.mark.parametrize("check", [check_stationary, check_record, check_csv, check_wait])
def test_no_error_bar_before_it_can_be_known(physics, check):
    check(physics)


# --- how long the lattice remembers

# τ = 1 + 2Σρ of e and of |m|, in sweeps, each with one standard error.
# Marked *: 64 lattices side by side, in a C program with the same rules: 12,000 sweeps of L = 16, of L = 64
# 120,000 at T = 2.27 and 10,000 to 20,000 elsewhere. Their correlations are averaged, and the error is the
# jackknife's over the lattices.
# The others: one lattice, seed 1, 500,000 sweeps of L = 32, 60,000 to 100,000 of L = 64. Wolff 4000 sweeps,
# of L = 512 only 600. The error is τ √(2(2W + 1)/n) for a window of W sweeps (Madras and Sokal 1988).
LONG_RUNS = {
    # algorithm, L, T, h: τ of e, τ of |m|
    ("metropolis", 16, 2.29, 0.0): ((42.6, 1.2), (78.6, 2.5)),  # *
    ("metropolis", 32, 2.2, 0.0): ((71.7, 6.4), (240, 25)),
    ("metropolis", 32, 2.29, 0.0): ((176, 16), (404, 37)),
    ("metropolis", 32, 2.32, 0.0): ((164, 17), (360, 38)),
    ("metropolis", 32, 2.36, 0.0): ((115, 9), (277, 23)),
    ("metropolis", 64, 1.0, 0.0): ((2.36, 0.08), (2.41, 0.08)),
    ("metropolis", 64, 1.5, 0.0): ((3.04, 0.08), (3.28, 0.09)),
    ("metropolis", 64, 2.0, 0.0): ((8.91, 0.14), (19.3, 0.7)),  # *
    ("metropolis", 64, 2.1, 0.0): ((17.1, 1.4), (45.5, 4.5)),
    ("metropolis", 64, 2.2, 0.0): ((62, 11), (176, 31)),
    ("metropolis", 64, 2.27, 0.0): ((576, 29), (1669, 82)),  # *
    ("metropolis", 64, 2.35, 0.0): ((174, 37), (709, 151)),
    ("metropolis", 64, 2.4, 0.0): ((48, 6), (279, 55)),
    ("metropolis", 64, 2.6, 0.0): ((11.9, 0.3), (51.1, 1.6)),  # *
    ("metropolis", 64, 3.0, 0.0): ((4.46, 0.04), (12.25, 0.21)),  # *
    ("metropolis", 64, 5.0, 0.0): ((1.58, 0.04), (2.09, 0.04)),
    ("metropolis", 64, 2.2, 0.01): ((27.2, 2.6), (82, 14)),
    ("metropolis", 64, 2.4, -0.05): ((22.0, 1.6), (39.8, 3.0)),
    ("heat_bath", 16, 2.29, 0.0): ((64.0, 1.9), (123.5, 4.9)),  # *
    ("heat_bath", 32, 2.29, 0.0): ((222, 20), (511, 50)),
    ("heat_bath", 32, 2.32, 0.0): ((243, 30), (553, 63)),
    ("heat_bath", 64, 1.0, 0.0): ((2.27, 0.05), (2.30, 0.05)),
    ("heat_bath", 64, 2.0, 0.0): ((9.9, 0.5), (19.7, 1.4)),
    ("heat_bath", 64, 2.2, 0.0): ((98, 29), (311, 92)),
    ("heat_bath", 64, 2.35, 0.0): ((195, 52), (992, 278)),
    ("heat_bath", 64, 2.6, 0.0): ((16.1, 1.2), (76, 6)),
    ("heat_bath", 64, 3.0, 0.0): ((5.67, 0.18), (18.3, 0.9)),
    ("heat_bath", 64, 5.0, 0.0): ((2.04, 0.06), (3.25, 0.08)),
    ("heat_bath", 64, 2.4, -0.05): ((35, 5), (74, 10)),
    ("wolff", 64, 1.0, 0.0): ((0.96, 0.05), (0.95, 0.05)),
    ("wolff", 64, 2.27, 0.0): ((2.99, 0.24), (2.19, 0.18)),
    ("wolff", 128, 2.27, 0.0): ((5.7, 1.1), (3.2, 0.4)),
    ("wolff", 512, 2.27, 0.0): ((5.5, 1.9), (2.4, 0.8)),
    ("wolff", 64, 3.0, 0.0): ((1.78, 0.14), (0.98, 0.05)),
    ("wolff", 64, 1.5, 0.01): ((117, 67), (119, 68)),
    ("wolff", 64, 2.27, 0.01): ((39.5, 10.0), (19.2, 4.6)),
    ("wolff", 64, 1.0, 0.1): ((23.5, 7.7), (21.7, 4.7)),
    ("wolff", 64, 2.0, 0.1): ((23.4, 6.5), (16.9, 4.7)),
    ("wolff", 64, 1.5, 0.5): ((7.4, 1.0), (7.1, 1.0)),
    ("wolff", 64, 3.0, 0.5): ((3.65, 0.44), (3.10, 0.35)),
}


def slowest(size, T, h, algorithm):
    """The bound of `ising.js`, from its description."""
    d = 2 / T - np.log(1 / np.tanh(1 / T))  # zero at T_c
    xi = -1 / d if d < 0 else 1 / (2 * d)
    first = np.exp((8 + 2 * abs(h)) / T) / size**2
    if algorithm == "wolff":
        return (10 + first) / (-np.expm1(-2 * abs(h) / T) if h else 1)
    return {"metropolis": 3, "heat_bath": 5}[algorithm] * (1 + min(xi, size / 3) ** 2.17) + first


def check_bound(page):
    """`slowest` is what it says of itself, and no long run exceeds it by more than one of its errors.

    In a field the bound is loose; without one it must be of some use too: at most three times the longer τ.
    """
    rng = np.random.default_rng(17)
    points = list(LONG_RUNS) + [
        (algorithm, size, round(float(T), 2), h)
        for algorithm in ALGORITHMS
        for size in (64, 512)
        for T in [0.5, 2.26, 2.28, 5.0, *rng.uniform(0.5, 5, 5)]
        for h in (0.0, -0.3)
    ]
    bounds = page.evaluate(
        """(points) => points.map(([algorithm, size, T, h]) =>
            physics.slowest({ size, sites: size * size, T, h }, algorithm))""",
        points,
    )
    for (algorithm, size, T, h), bound in zip(points, bounds, strict=True):
        assert bound == pytest.approx(slowest(size, T, h, algorithm), rel=1e-9)
    for (algorithm, _, _, h), bound, taus in zip(LONG_RUNS, bounds, LONG_RUNS.values(), strict=False):
        assert all(tau - error <= bound for tau, error in taus)
        if h == 0 and algorithm != "wolff":
            assert bound < 3 * max(tau for tau, _ in taus)


def test_errors_wait_for_the_slowest_motion(physics):
    check_bound(physics)


@pytest.mark.parametrize(
    ("algorithm", "size", "T", "h", "sweeps"),
    [
        ("metropolis", 16, 2.29, 0.0, 40_000),
        ("heat_bath", 16, 2.29, 0.0, 40_000),
        ("metropolis", 64, 3.0, 0.0, 4000),
        ("wolff", 64, 2.27, 0.0, 1000),
        ("wolff", 64, 1.5, 0.5, 3000),
    ],
)
def test_long_runs_can_be_repeated(physics, algorithm, size, T, h, sweeps):
    """A tenth of the long runs, with another seed: |z| < 4 between ln τ here and there.

    Here τ = n · stderr²/variance has the relative error √(2(2W + 1)/n) with a window W of 3τ sweeps.
    """
    series = run(physics, size, T, h=h, algorithm=algorithm, sweeps=sweeps, seed=29)
    for x, (tau, error) in zip(
        (series.energy, np.abs(series.magnetization)), LONG_RUNS[algorithm, size, T, h], strict=True
    ):
        here = len(x) * chains.mean(x).stderr ** 2 / x.var()
        relative = np.hypot(np.sqrt(2 * (6 * tau + 1) / len(x)), error / tau)
        assert abs(np.log(here / tau)) < 4 * relative


def test_error_bars_at_criticality_are_calibrated(physics):
    """Forty runs of 16² at T = 2.27, stopped where their first error appears: none of them is missing.

    There n is 50 of the bound, or about 75 τ of |m|, and τ is found to √(2 · 7/75) = 40 %. Such errors make
    |z| > 3 in about 2 % of the runs and the r.m.s. 1.15. In forty runs the r.m.s. is known to
    4/√80 = .45, and more than five beyond 3 would have probability 1e-4. Of the runs that judged their own
    length 29 % were beyond 3, and the mean was −2.2.
    """
    found = physics.evaluate(
        """(exact) => Array.from({ length: 40 }, (_, seed) => {
            const lattice = new physics.Ising(16, 400 + seed);
            lattice.setPoint(2.27, 0);
            for (let k = 0; k < 20; k++) lattice.sweep("wolff");
            const record = new physics.Record(lattice, "metropolis");
            while (record.length < record.wait + 2) { lattice.sweep("metropolis"); record.push(lattice); }
            const { e } = record.estimate();
            return (e.mean - exact) / e.stderr;
        })""",
        float(ising.torus_energy(16, 2.27)),
    )
    scores = np.array(found, dtype=float)
    assert not np.any(np.isnan(scores))
    # where e is high its variance is small: a skew of −.1 to −.2
    assert abs(scores.mean()) < 4 * 1.15 / np.sqrt(40) + 0.2
    assert np.sqrt(np.mean(scores**2)) < 1.15 + 0.45
    assert np.sum(np.abs(scores) > 3) <= 5


def test_none_near_criticality_before_its_time(physics):
    """64² at T = 2.27 by single spins: 21,500 sweeps are a seventh of what it takes, whatever the run says.

    This one is white noise, and says that it is long enough.
    """
    rng = np.random.default_rng(18)
    found = recorded(physics, rng.normal(5800, 90, 21_500), rng.normal(2400, 300, 21_500), T=2.27, size=64)
    assert found["wait"] > 150_000
    assert found["e"]["samples"] > 1000
    assert np.isnan(found["e"]["stderr"])
    assert np.isnan(found["m"]["stderr"])


def test_error_bars_of_the_lattice_are_calibrated(physics):
    """Forty short runs against Kaufman's 16 × 16 torus: the rms of z is 1 ± 4/√80 = ±.45."""
    scores = physics.evaluate(
        """(exact) => Array.from({ length: 40 }, (_, seed) => {
            const lattice = new physics.Ising(16, seed);
            lattice.setPoint(3.0, 0);
            const record = new physics.Record(lattice, "heat_bath");
            for (let k = 0; k < 3000; k++) { lattice.sweep("heat_bath"); record.push(lattice); }
            const { e } = record.estimate();
            return (e.mean - exact) / e.stderr;
        })""",
        float(ising.torus_energy(16, 3.0)),
    )
    assert 0.55 < np.sqrt(np.mean(np.square(scores))) < 1.45


# --- wrong variants


def against(algorithm, page):
    """Held to enumeration, the true module passes at |z| < 4; wrong ones are off by far."""
    e, _, _ = enumerated(3.0, 0.4)
    assert abs(z(run(page, 4, 3.0, h=0.4, algorithm=algorithm, sweeps=30_000).energy, e)) < 10


FAULTS = {
    "β has the wrong sign": (
        "this.flip[k + 5] = CERTAIN * Math.min(1, Math.exp((-2 * field) / T))",
        "this.flip[k + 5] = CERTAIN * Math.min(1, Math.exp((2 * field) / T))",
        partial(against, "metropolis"),
    ),
    "heat bath with half the field": (
        "(1 + Math.exp((-2 * field) / T))",
        "(1 + Math.exp(-field / T))",
        partial(against, "heat_bath"),
    ),
    "bonds counted twice": (
        "spins[i] * (spins[i - x + ((x + 1) & edge)] + spins[(i + size) & mask])",
        "spins[i] * 2 * (spins[i - x + ((x + 1) & edge)] + spins[(i + size) & mask])",
        partial(against, "heat_bath"),
    ),
    "Wolff joins with 1 − e^{−β}": (
        "(1 - Math.exp(-2 / T))",
        "(1 - Math.exp(-1 / T))",
        partial(against, "wolff"),
    ),
    "the field is missing": (
        "const field = 2 * k - 4 + h",
        "const field = 2 * k - 4",
        partial(against, "metropolis"),
    ),
    "no ghost": ("spin * this.h > 0", "false", partial(against, "wolff")),
}


def _site(algorithm):
    """Return the lines with which a sweep of single sites begins."""
    start = SOURCE.index(f"  {algorithm}() {{")
    return SOURCE[start : SOURCE.index("const around", start)]


METROPOLIS_SITE, HEAT_BATH_SITE = _site("metropolis"), _site("heatBath")

# What leaves the invariant law as it is: a trajectory, a single configuration or a threshold shows it.
QUIET_FAULTS = {
    "horizontal bonds twice, vertical ones never": (
        "(spins[i - x + ((x + 1) & edge)] + spins[(i + size) & mask])",
        "(spins[i - x + ((x + 1) & edge)] * 2)",
        check_measure,
    ),
    "bonds to the right and to the left": (
        "(spins[i - x + ((x + 1) & edge)] + spins[(i + size) & mask])",
        "(spins[i - x + ((x + 1) & edge)] + spins[i - x + ((x - 1) & edge)])",
        check_measure,
    ),
    "Metropolis in order": (METROPOLIS_SITE, METROPOLIS_SITE.replace("next() & mask", "n"), check_metropolis),
    "heat bath in order": (HEAT_BATH_SITE, HEAT_BATH_SITE.replace("next() & mask", "n"), check_heat_bath),
    "heat bath by Metropolis' rule": (
        "spins[i] = next() < up[(around + 4) >> 1] ? 1 : -1;",
        "if (next() < this.flip[((spins[i] + 1) * 5 + around + 4) >> 1]) spins[i] = -spins[i];",
        check_heat_bath,
    ),
    "half a sweep": (
        METROPOLIS_SITE,
        METROPOLIS_SITE.replace("n < sites", "n < sites / 2"),
        check_metropolis,
    ),
    "Metropolis asks when it need not": ("p >= CERTAIN || next() < p", "next() < p", check_metropolis),
    "three spins of four up": ("this.next() & 1 ? 1 : -1", "this.next() & 3 ? 1 : -1", check_randomize),
    "starts all down": ("fill(1);", "fill(-1);", check_start),
    "starts cold": ("this.setPoint(Infinity, 0);", "this.setPoint(1, 0);", check_start),
    "Wolff turns half of its clusters": (
        "if (bound && next() < ghost)",
        "if (next() < 2 ** 31)",
        check_wolff,
    ),
    "the ghost is of one sign": (
        "this.ghost = CERTAIN * (1 - Math.exp((-2 * Math.abs(h)) / T))",
        "this.ghost = CERTAIN * (1 - Math.exp((-2 * h) / T))",
        check_wolff,
    ),
    "the ghost joins once a cluster": (
        "if (bound && next() < ghost)",
        "if (k === 0 && bound && next() < ghost)",
        check_wolff,
    ),
    "the ghost binds spins against the field": (
        "bound = spin * this.h > 0",
        "bound = this.h !== 0",
        check_wolff,
    ),
    "Wolff's number of clusters rounded down": (
        "Math.ceil(this.trials[1] / 100)",
        "Math.floor(this.trials[1] / 100)",
        check_wolff_sweeps,
    ),
    "Wolff's number found in ten sweeps": (
        "++this.trials[0] === 100",
        "++this.trials[0] === 10",
        check_wolff_sweeps,
    ),
    "Wolff's number kept at a new point": (
        "this.clusters = 0; //",
        "this.clusters ??= 0; //",
        check_wolff_sweeps,
    ),
    "more samples than there are": ("n / Math.max(tau, 1)", "n / tau", check_estimate),
    "Wolff's first hundred sweeps averaged": (
        "Math.max(Math.ceil(this.length / 4), Math.ceil(100 / this.width))",
        "Math.ceil(this.length / 4)",
        check_estimate,
    ),
    "a fifth discarded": ("Math.ceil(this.length / 4)", "Math.ceil(this.length / 5)", check_estimate),
    "one sum of correlations too many": (
        "if (pair <= 0) break;\n      tau += 2 * pair;",
        "tau += 2 * pair;\n      if (pair <= 0) break;",
        check_estimate,
    ),
    "sums of correlations may grow": (
        "Math.min(pair, (covariance(lag)",
        "Math.min(Infinity, (covariance(lag)",
        check_estimate,
    ),
    "τ without its pairs' twos": ("tau += 2 * pair", "tau += pair", check_estimate),
    "the error of n, not of n/τ − 1": (
        "Math.sqrt(variance / (samples - 1))",
        "Math.sqrt(variance / samples)",
        check_estimate,
    ),
    "bins joined by their first": (
        "(this.bins[2 * k] + this.bins[2 * k + 1]) / 2",
        "this.bins[2 * k]",
        check_estimate,
    ),
    "an error from five samples": ("samples < 20 ? NaN", "samples < 5 ? NaN", check_stationary),
    "a mean of fifteen": ("n < 16", "n < 14", check_stationary),
    "⟨e⟩'s error without ⟨|m|⟩'s": (
        "if (Number.isNaN(m.stderr)) e.stderr = NaN;",
        "if (e.averaged < this.needed || against) e.stderr = NaN;",
        check_record,
    ),
    "an error against the field": ("this.T < T_C && this.h * this.total < 0", "false", check_record),
    "no error against the field above T_c": (
        "this.T < T_C && this.h * this.total < 0",
        "this.h * this.total < 0",
        check_record,
    ),
    "the record's energy without its field": (
        "(-bonds - this.h * magnetization) / this.sites",
        "-bonds / this.sites",
        check_record,
    ),
    "|m| is m": ("this.order.push(Math.abs(magnetization)", "this.order.push((magnetization)", check_record),
    "the file marks one sweep too few": ("k >= first", "k > first", check_csv),
    "the file forgets when it grows": ("longer.set(this.totals);", "", check_csv),
    "the file's energy without its field": (
        "(-totals[2 * k] - h * totals[2 * k + 1]) / sites",
        "-totals[2 * k] / sites",
        check_csv,
    ),
    "the run says when it may show an error": ("e.averaged < this.needed || against", "against", check_wait),
    "the error waits for half as long": ("this.needed = 50 *", "this.needed = 25 *", check_wait),
    "heat bath waits like Metropolis": ('"metropolis" ? 3 : 5', '"metropolis" ? 3 : 3', check_bound),
    "ξ below T_c like above": ("-1 / (2 * inverse)", "1 / inverse", check_bound),
    "no bound at T_c": ("Math.min(xi, size / 3)", "xi", check_bound),
    "the bound near T_c too small": ("Math.min(xi, size / 3)", "Math.min(xi, size / 5)", check_bound),
    "Wolff's ghost forgotten": ("/ (h === 0 ? 1 : 1 - Math.exp((-2 * Math.abs(h)) / T))", "", check_bound),
    "the first cold spin forgotten": (
        "const first = Math.exp((8 + 2 * Math.abs(h)) / T) / sites",
        "const first = 0",
        check_bound,
    ),
}


FAULTS |= QUIET_FAULTS


@pytest.mark.parametrize("fault", FAULTS)
def test_wrong_physics_is_rejected(rejects, fault):
    rejects(*FAULTS[fault])
