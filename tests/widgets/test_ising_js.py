"""The physics of the lab, `ising.js`, held to enumeration, to Kaufman, to thermolib; wrong variants rejected.

The module is loaded into a page by itself and its series are brought back here, where `thermolib.chains.mean`
gives them an error that counts autocorrelation. Bounds on |z| are 4: one in 16 000 for a normal variable,
and the seeds are the first that came to mind.
"""

from types import SimpleNamespace

import numpy as np
import pytest
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


# --- its parts


def test_random_bits_are_xoshiro128_starstar(physics):
    """The generator written again in Python's integers, from the published description."""

    def bits(seed, n):
        def spread(z):
            z = (z ^ z >> 16) * 0x21F0AAAD % 2**32
            z = (z ^ z >> 15) * 0x735A2D97 % 2**32
            return z ^ z >> 15

        def rotl(x, k):
            return (x << k | x >> (32 - k)) % 2**32

        s = [spread((seed + k * 0x9E3779B9) % 2**32) for k in range(1, 5)]
        for _ in range(n):
            yield rotl(s[1] * 5 % 2**32, 7) * 9 % 2**32
            t = s[1] << 9 & 0xFFFFFFFF
            s[2] ^= s[0]
            s[3] ^= s[1]
            s[1] ^= s[2]
            s[0] ^= s[3]
            s[2] ^= t
            s[3] = rotl(s[3], 11)

    script = "(seed) => { const next = physics.randomBits(seed); return Array.from({ length: 500 }, next); }"
    for seed in (0, 1, 2**32 - 1):
        assert physics.evaluate(script, seed) == list(bits(seed, 500))


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


def test_no_error_bar_before_it_can_be_known(physics):
    assert np.isnan(physics.evaluate(ESTIMATE, [1.0, 2.0])["mean"])
    slow = np.sin(np.arange(1000) / 300).tolist()
    found = physics.evaluate(ESTIMATE, slow)
    assert np.isnan(found["stderr"])
    assert physics.evaluate(ESTIMATE, [2.0] * 500)["stderr"] == 0


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
