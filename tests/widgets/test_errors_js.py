"""The physics of the lab, `errors.js`: its τ is that of `thermolib.chains`, its errors are right."""

import numpy as np
import pytest
from pages import ask
from scipy.signal import lfilter
from thermolib import chains, ising, sampling
from thermolib.widgets.kit.bundle import bundle

SOURCE = bundle("errors_lab/errors.js")


def series():
    """Series of every kind: slow, alternating, white, cut short, of a lattice; and one that is constant."""
    rng = np.random.default_rng(3)
    noise = rng.normal(size=(4, 1500))
    yield from (lfilter([1], [1, -a], noise[k]) for k, a in enumerate((0.95, -0.6, 0.0, 0.5)))
    yield lfilter([1], [1, -0.99], noise[0])[:301]
    yield sampling.metropolis(8, 2.5, 1000, rng=4).energy / 64
    yield sampling.wolff(8, 2.5, 1000, rng=4).energy / 64
    yield np.full(500, 0.1)


def tau(x):
    """What thermolib makes of the series, also where it thinks it too short for an error."""
    try:
        return chains.autocorrelation_time(x)
    except chains.ConvergenceError as short:
        return short.last


def check_tau(page):
    """The same τ, to the rounding of sums of 1500 terms taken in another order: 1e-9 of it."""
    for x in series():
        assert ask(page, "(x) => physics.autocorrelationTime(x)", x.tolist()) == pytest.approx(
            tau(x), rel=1e-9
        )


def check_errors(page):
    for x in series():
        found = ask(page, "(x) => physics.meanAndErrors(x)", x.tolist())
        naive = x.std(ddof=1) / np.sqrt(len(x))
        wanted = {"mean": x.mean(), "naive": naive, "honest": naive * np.sqrt(tau(x)), "tau": tau(x)}
        assert found == pytest.approx(wanted, rel=1e-9, abs=1e-15)


def check_spread(page):
    """On the edges of bins too; what lies beyond stands in the outer ones."""
    z = np.array([-100, -8, -7.51, -7.5, -1, -0.999, 0, 0.49, 0.5, 1, 7.49, 7.5, 8, 1e6])
    found = ask(
        page,
        """(zs) => {
            const spread = new physics.Spread(8, 32);
            for (const z of zs) spread.push(z);
            const { n, rms, within, counts, density } = spread;
            return { n, rms, within, counts: [...counts], density: [...density] };
        }""",
        z.tolist(),
    )
    counts, _ = np.histogram(np.clip(z, -8, 7.99), 32, (-8, 8))
    assert found["counts"] == counts.tolist()
    assert np.allclose(found["density"], counts / len(z) * 2)
    assert found["n"] == len(z) and found["within"] == 4
    assert found["rms"] == pytest.approx(np.sqrt(np.mean(z**2)))


RUN = """({ T, move, n, runs, seed }) => {
    const runner = new physics.Runner(16, seed), { lattice } = runner;
    const made = { wolffCluster: 0, metropolis: 0 };
    for (const name of Object.keys(made)) {
        const move = lattice[name].bind(lattice);
        lattice[name] = () => { made[name]++; return move(); };
    }
    const series = Array.from({ length: runs }, () => [...runner.inParts(T, move, n, n).next().value]);
    lattice.measure();
    return { series, made, last: -lattice.bonds / lattice.sites, T: lattice.T };
}"""


def check_bookkeeping(page):
    """A value after each sweep or cluster, and the warm-up before each run."""
    for move, made in (("metropolis", [600, 3 * 27]), ("wolff", [3 * 207, 60])):
        found = ask(page, RUN, {"T": 2.5, "move": move, "n": 7, "runs": 3, "seed": 5})
        assert [len(one) for one in found["series"]] == [7, 7, 7]
        assert [found["made"][name] for name in ("wolffCluster", "metropolis")] == made
        assert found["last"] == found["series"][-1][-1] and found["T"] == 2.5


def check_parts(page):
    """A run that rests after every three of its seven values is the run that does not rest."""
    whole, parts, rests = ask(
        page,
        """() => {
            const [one, other] = [1, 2].map(() => new physics.Runner(16, 5));
            const parts = other.inParts(2.5, "metropolis", 7, 3);
            let rests = 0, next = parts.next();
            for (; !next.done; next = parts.next()) rests++;
            return [[...one.inParts(2.5, "metropolis", 7, 7).next().value], [...next.value], rests];
        }""",
    )
    assert whole == parts and rests == 2


def check_calibrated(page):
    """Sixty runs of 20 to 100 τ: their mean is Kaufman's energy, their errors are right.

    τ is found to about 30 %, so that the r.m.s. of z is up to 1.15, and known to 1/√120: four times .1.
    """
    for move, T, n in (("metropolis", 3.0, 400), ("wolff", 2.0, 200)):
        x = np.array(ask(page, RUN, {"T": T, "move": move, "n": n, "runs": 60, "seed": 6})["series"])
        exact = float(ising.torus_energy(16, T))
        means = x.mean(axis=1)
        assert abs(means.mean() - exact) < 4 * means.std(ddof=1) / np.sqrt(60)
        naive = x.std(axis=1, ddof=1) / np.sqrt(n)
        z = (means - exact) / (naive * np.sqrt([tau(one) for one in x]))
        assert 0.65 < np.sqrt(np.mean(z**2)) < 1.15 + 0.4


CHECKS = [check_tau, check_errors, check_spread, check_bookkeeping, check_parts, check_calibrated]


@pytest.mark.parametrize("check", CHECKS)
def test_physics(physics, check):
    check(physics)


FAULTS = {
    "τ without its factor 2": ("tau += 2 * least", "tau += least", check_tau),
    "pairs that may grow": ("least = Math.min(least, (", "least = Math.min(Infinity, (", check_tau),
    "no means of neighbours": ("3 * at + 3 * after + next) / 4", "2 * at + after) / 2", check_tau),
    "a first lag too many": ("let tau = (1 + at) / 2", "let tau = 1 + at", check_tau),
    "a pair that is not positive counted": (
        "if (least <= 0) break;\n    tau += 2 * least;",
        "tau += 2 * least;\n    if (least <= 0) break;",
        check_tau,
    ),
    "a sum that goes on": ("if (least <= 0) break;", "if (least <= -1) break;", check_tau),
    "an error with τ for its root": ("naive * Math.sqrt(tau)", "naive * tau", check_errors),
    "a variance over n": ("/ (n - 1)", "/ n", check_errors),
    "what lies beyond left out": ("Math.min(Math.max(bin, 0), last)", "bin", check_spread),
    "bins that begin at zero": ("(z / this.limit + 1) / 2", "z / this.limit", check_spread),
    "a density that is a frequency": (" / (2 * this.limit / this.counts.length)", "", check_spread),
    "one sweep for two": ('if (move === "wolff")', "if (true)", check_bookkeeping),
    "a rest for a value": ("k % part === 0) yield;", "k % part === 0) yield k++;", check_parts),
    "no rest": ("k % part === 0", "k % part === n", check_parts),
    "no warm-up": ("this.warmUp();", "", check_bookkeeping),
    "a temperature that stays": ("lattice.setPoint(T, 0)", "lattice.setPoint(2.9, 0)", check_calibrated),
}


@pytest.mark.parametrize("name", FAULTS)
def test_wrong_variant_is_rejected(rejects, name):
    rejects(*FAULTS[name])
