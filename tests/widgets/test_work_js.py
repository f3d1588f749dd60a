"""The physics of the lab, `work.js`, held to `thermolib.free_energy` and its laws; wrong variants fail."""

import warnings

import numpy as np
import pytest
from bits import random_bits
from pages import ask
from thermolib import free_energy
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.work_lab import DT, TICKS, TOP

SOURCE = bundle("work_lab/work.js")


def wandering(seed, steps=30, end=TOP):
    """A pull as a hand does it: up, down and resting, from 0 to the end."""
    rng = np.random.default_rng(seed)
    return [0, *np.clip(np.cumsum(rng.normal(0.1, 0.3, steps)), 0, end).round(3).tolist(), end]


# --- one bead


PULL = """({ trap, centres, chance }) => chance.map((numbers) => {
    let k = 0;
    const work = new physics.Trap(trap).pull(centres, () => numbers[k++]);
    return [work, k];
})"""


def check_thermolib(page):
    """Bead for bead the works of `thermolib.free_energy.pull`, whose generator gives both their numbers."""
    for seed, weight, T, stiffness, friction, dt in (
        (1, 0.7, 0.6, 1, 1, DT),
        (2, 0, 2, 1, 1, DT),
        (3, 0.4, 1.3, 2.5, 0.5, 0.2),
    ):
        centres = wandering(seed)
        trap = {"weight": weight, "T": T, "stiffness": stiffness, "friction": friction, "dt": dt}
        wanted = free_energy.pull(centres, 40, **trap, rng=seed)
        chance = np.random.default_rng(seed).normal(size=(len(centres) - 1, 40)).T
        found = ask(page, PULL, {"trap": trap, "centres": centres, "chance": chance.tolist()})
        work, used = np.transpose(found)
        assert work == pytest.approx(wanted, rel=1e-11, abs=1e-11)
        assert set(used) == {len(centres) - 1}


LAW = """({ trap, centres }) => new physics.Trap(trap).law(centres)"""


def check_law(page):
    """Mean and deviation by the covariance of all places: Cov(x_i, x_j) = (T/κ) e^{−κ dt |i−j|/γ}."""
    for seed, weight, T, stiffness in ((4, 0.7, 0.6, 1), (5, 0, 2, 1), (6, 0.4, 1.3, 2.5)):
        c = np.array(wandering(seed))
        steps, n = np.diff(c), len(c) - 1
        kept = np.exp(-stiffness * DT)
        apart = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
        sd = np.sqrt(T * stiffness * steps @ kept**apart @ steps)
        # The mean bead lags behind its rest by what is left of all jumps so far.
        lag = np.array([sum(steps[j] * kept ** (k - j) for j in range(k)) for k in range(n)])
        dissipated = stiffness * (steps * (steps / 2 + lag)).sum()
        trap = {"weight": weight, "T": T, "stiffness": stiffness, "dt": DT}
        found = ask(page, LAW, {"trap": trap, "centres": c.tolist()})
        wanted = {
            "mean": dissipated + weight * TOP,
            "deltaF": weight * TOP,
            "dissipated": dissipated,
            "sd": sd,
        }
        assert found == pytest.approx(wanted, rel=1e-10)


def check_dragged(page):
    """Even pulls: v²(t − 1 + e^{−t}) as the steps shrink, whose sum is a trapezoid's: off by (v dt)² t/12."""
    for t in (1, 8, 40):
        steps = 4000
        trap = {"weight": 0, "T": 1, "dt": t / steps}
        centres = np.linspace(0, 4, steps + 1).tolist()
        found = ask(page, LAW, {"trap": trap, "centres": centres})
        v = 4 / t
        wanted = v**2 * (t - 1 + np.exp(-t))
        assert found["mean"] == pytest.approx(wanted, abs=(v * t / steps) ** 2 * t)
        assert found["sd"] == pytest.approx(np.sqrt(2 * wanted), rel=1e-4)


# --- many beads


REPEATS = """({ trap, centres, seed, most, pairs }) => {
    const repeats = new physics.Repeats(new physics.Trap(trap), centres, seed, most);
    for (let k = 0; k < pairs; k++) repeats.pair();
    const { n, forward, reverse } = repeats;
    return { n, forward: [...forward], reverse: [...reverse] };
}"""


def normals(seed):
    """Box and Muller's numbers of the bits, two of two."""
    bits = random_bits(seed)
    while True:
        radius, angle = np.sqrt(-2 * np.log((next(bits) + 1) / 2**32)), 2 * np.pi * next(bits) / 2**32
        yield from (radius * np.cos(angle), radius * np.sin(angle))


def one(centres, trap, chance):
    """The work on one bead, by the energies before and after each jump."""
    T, m, kept = trap["T"], trap["weight"], np.exp(-trap["dt"])

    def energy(x, c):
        return (x - c) ** 2 / 2 + m * x

    x, work = centres[0] - m + np.sqrt(T) * next(chance), 0.0
    for k in range(1, len(centres)):
        work += energy(x, centres[k]) - energy(x, centres[k - 1])
        if k < len(centres) - 1:
            x = centres[k] - m + kept * (x - centres[k] + m) + np.sqrt(T * (1 - kept**2)) * next(chance)
    return work


def check_repeats(page):
    """The same bits, the same works: a bead up, then one down by the pull reversed; no more than asked."""
    trap = {"weight": 0.3, "T": 0.7, "dt": DT}
    centres = wandering(7)
    asked = {"trap": trap, "centres": centres, "seed": 5, "most": 6, "pairs": 9}
    found = ask(page, REPEATS, asked)
    chance = normals(5)
    wanted = [(one(centres, trap, chance), one(centres[::-1], trap, chance)) for _ in range(6)]
    assert found["n"] == 6
    for pairs in (9, 2):
        found = ask(page, REPEATS, asked | {"pairs": pairs})
        up, down = zip(*wanted[:pairs], strict=True)
        assert found["forward"] == pytest.approx(up, rel=1e-9)
        assert found["reverse"] == pytest.approx(down, rel=1e-9)


def check_crooks(page):
    """Twenty thousand works each way: the law's mean and variance, and Crooks' crossing, within four errors.

    Of normal works the mean has the error sd/√n, the variance √(2/n) of itself. Crooks: as many of W as of −W
    lie within δ of ΔF, where the two laws mirror each other; the numbers spread as Poisson's law has it.
    """
    trap, n = {"weight": 0.5, "T": 0.8, "dt": DT}, 20_000
    centres = np.linspace(0, TOP, 65).round(3).tolist()
    found = ask(page, REPEATS, {"trap": trap, "centres": centres, "seed": 11, "most": n, "pairs": n})
    law = ask(page, LAW, {"trap": trap, "centres": centres})
    up, down = np.array(found["forward"]), np.array(found["reverse"])
    for W, mean in ((up, law["mean"]), (-down, law["deltaF"] - law["dissipated"])):
        assert abs(W.mean() - mean) < 4 * law["sd"] / np.sqrt(n)
        assert W.var() == pytest.approx(law["sd"] ** 2, rel=4 * np.sqrt(2 / n))
    near = [(np.abs(W - law["deltaF"]) < 0.2).sum() for W in (up, -down)]
    assert abs(near[0] - near[1]) < 4 * np.sqrt(sum(near)) and min(near) > 300
    value, stderr = free_energy.bar(up, down, trap["T"])
    assert abs(value - law["deltaF"]) < 4 * stderr < 0.1


# --- what the works say


ESTIMATES = """({ forward, reverse, T }) => {
    const [F, R] = [Float64Array.from(forward), Float64Array.from(reverse)];
    return { up: physics.jarzynski(F, T), both: physics.bar(F, R, T), W: physics.average(F) };
}"""


def check_estimates(page):
    """Those of `thermolib.free_energy`, with an error where it gives one, and none where it gives none."""
    rng = np.random.default_rng(8)
    with_error = set()
    for n_F, n_R, spread, T in (
        (1000, 1000, 0.5, 2.0),
        (1000, 1000, 1.18, 1.0),
        (1000, 700, 1.1, 0.6),
        (200, 1000, 1.6, 2.0),
        (100, 100, 3, 1),
        (40, 11, 0.8, 0.25),
        (10, 10, 0.3, 1),
        (9, 9, 0.3, 1),
        (9, 300, 0.3, 1),
        (300, 9, 0.3, 1),
        (2, 1, 1, 1),
        (300, 300, 14, 1),
        (500, 500, 60, 0.5),
    ):
        forward = T * (2 + spread**2 / 2 + spread * rng.normal(size=n_F))
        reverse = T * (-2 + spread**2 / 2 + spread * rng.normal(size=n_R))
        found = ask(page, ESTIMATES, {"forward": forward.tolist(), "reverse": reverse.tolist(), "T": T})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", free_energy.OverlapWarning)
            up, both = free_energy.jarzynski(forward, T), free_energy.bar(forward, reverse, T)
        assert found["up"]["mean"] == pytest.approx(up.value, rel=1e-11, abs=1e-11)
        assert found["up"]["effective"] == pytest.approx(free_energy.effective_samples(forward, T), rel=1e-10)
        assert found["up"]["stderr"] == pytest.approx(up.stderr, rel=1e-8, nan_ok=True)
        # Without overlap the equation is flat, and any place in the gap will do to rounding.
        if spread < 10:
            assert found["both"]["mean"] == pytest.approx(both.value, rel=1e-9, abs=1e-9)
        assert found["both"]["stderr"] == pytest.approx(both.stderr, rel=1e-7, nan_ok=True)
        mean, stderr = forward.mean(), forward.std(ddof=1) / np.sqrt(n_F)
        assert found["W"] == pytest.approx({"mean": mean, "stderr": stderr}, rel=1e-10)
        with_error.add((bool(np.isfinite(up.stderr)), bool(np.isfinite(both.stderr))))
    assert with_error == {(True, True), (False, True), (False, False), (True, False)}
    # Works that are all the same: no spread, and no error.
    same = ask(page, ESTIMATES, {"forward": [1.5] * 20, "reverse": [-1.5] * 20, "T": 1})
    assert same["up"] == pytest.approx({"mean": 1.5, "stderr": 0, "effective": 20})
    assert same["both"]["mean"] == pytest.approx(1.5) and same["both"]["stderr"] == pytest.approx(0, abs=1e-8)


# --- the hand


RECORD = """({ settings, moves }) => {
    const record = new physics.Record(settings), ticks = [], ends = [];
    for (const [time, place] of moves) {
        ticks.push(place === null ? record.follow(time) : record.move(place, time));
        ends.push([record.done, record.late]);
    }
    return { centres: record.centres, place: record.place, ticks, ends };
}"""


def check_record(page):
    """Held between the moves, from the first that leaves 0 until one reaches the end, and no longer."""
    settings = {"rate": 8, "end": 4, "most": 16}
    moves = [
        [1, 0],
        [9, 0],
        [10, 1.23456],
        [10.3, None],
        [10.3, None],
        [10.4, 0.5],
        [10.45, 3],
        [10.8, 99],
        [12, None],
    ]
    found = ask(page, RECORD, {"settings": settings, "moves": moves})
    assert found["ticks"] == [[], [], [], [1.235, 1.235], [], [1.235], [], [3, 3, 3, 4], []]
    assert found["centres"] == [0, 1.235, 1.235, 1.235, 3, 3, 3, 4] and found["place"] == 4
    assert found["ends"] == [[False, False]] * 7 + [[True, False]] * 2
    # Down to 0 again, not below it; too long.
    moves = [[0, 2], [0.5, -3], [1, None], [1.9, None], [2, None], [3, None], [3, 4]]
    found = ask(page, RECORD, {"settings": settings, "moves": moves})
    assert found["centres"] == [0] + [2] * 4 + [0] * 12 + [4]
    assert found["ends"] == [[False, False]] * 4 + [[False, True]] * 2 + [[True, False]]
    # At once.
    found = ask(page, RECORD, {"settings": settings, "moves": [[5, 4]]})
    assert found["centres"] == [0, 4] and found["ends"] == [[True, False]]


def check_ramp(page):
    """From 0 to the end in even steps, to three digits."""
    found = ask(page, "() => [1, 3, 1280].map((n) => physics.ramp(4, n))")
    for n, centres in zip((1, 3, TICKS), found, strict=True):
        assert centres == pytest.approx(np.linspace(0, 4, n + 1), abs=0.000501)
        assert (centres[0], centres[-1], len(centres)) == (0, 4, n + 1)
        assert [round(c, 3) for c in centres] == centres


CHECKS = [
    check_thermolib,
    check_law,
    check_dragged,
    check_repeats,
    check_crooks,
    check_estimates,
    check_record,
    check_ramp,
]


@pytest.mark.parametrize("check", CHECKS)
def test_physics(physics, check):
    check(physics)


FAULTS = {
    "a force with the wrong sign": ("((from + to) / 2 - x)", "(x - (from + to) / 2)", check_thermolib),
    "the force before the jump": ("((from + to) / 2 - x)", "(from - x)", check_thermolib),
    "stiffness forgotten in the work": (
        "this.stiffness * (to - from)",
        "(to - from)",
        check_thermolib,
    ),
    "a weight that lifts": (
        "return centre - this.sag + this.spread",
        "return centre + this.sag + this.spread",
        check_thermolib,
    ),
    "a bead that starts at rest": (
        "this.sag + this.spread * normal()",
        "this.sag + 0 * normal()",
        check_thermolib,
    ),
    "a bead that relaxes to the trap, not below it": (
        "const rest = centre - this.sag",
        "const rest = centre",
        check_thermolib,
    ),
    "no noise on the way": ("+ this.kick * normal()", "+ 0 * normal()", check_thermolib),
    "the noise of a whole relaxation": (
        "this.kick = this.spread * Math.sqrt(1 - this.kept * this.kept)",
        "this.kick = this.spread",
        check_thermolib,
    ),
    "1 − a for 1 − a²": ("Math.sqrt(1 - this.kept * this.kept)", "Math.sqrt(1 - this.kept)", check_thermolib),
    "a variance for a standard deviation": (
        "this.spread = Math.sqrt(T / stiffness)",
        "this.spread = T / stiffness",
        check_thermolib,
    ),
    "friction turned around": (
        "Math.exp(-stiffness * dt / friction)",
        "Math.exp(-stiffness * dt * friction)",
        check_thermolib,
    ),
    "relaxed first, then moved": (
        "if (k > 1) x = this.relax(x, centres[k - 1], normal);",
        "x = this.relax(x, centres[k], normal);",
        check_thermolib,
    ),
    "no relaxation": (
        "if (k > 1) x = this.relax(x, centres[k - 1], normal);",
        "if (k > 1) normal();",
        check_thermolib,
    ),
    "T for 2T in the law": (
        "Math.sqrt(2 * this.T * dissipated)",
        "Math.sqrt(this.T * dissipated)",
        check_law,
    ),
    "a mean work for a dissipated one": ("Math.max(0, mean - deltaF)", "Math.max(0, mean)", check_law),
    "ΔF of the way back": ("centres.at(-1) - centres[0])", "centres[0] - centres.at(-1))", check_law),
    "the same pull for the way back": (
        "this.down = centres.toReversed()",
        "this.down = centres",
        check_repeats,
    ),
    "a cosine twice": ("kept = radius * Math.sin(angle)", "kept = radius * Math.cos(angle)", check_repeats),
    "more beads than asked for": ("if (this.n === this.most) return;", "", check_repeats),
    "works that are not there yet": (
        "return this.all.reverse.subarray(0, this.n)",
        "return this.all.reverse",
        check_repeats,
    ),
    "T forgotten in Jarzynski's average": ("Math.exp((w[0] - W) / T)", "Math.exp(w[0] - W)", check_estimates),
    "the mean of the logarithm": (
        "mean: w[0] - T * Math.log(mean),",
        "mean: sum(w) / n,",
        check_estimates,
    ),
    "T ln for −T ln": ("w[0] - T * Math.log(mean)", "w[0] + T * Math.log(mean)", check_estimates),
    "the least work forgotten": ("w[0] - T * Math.log(mean)", "-T * Math.log(mean)", check_estimates),
    "an error whatever the tail": (
        "if (spread > LONGEST / (1 + tail ** -0.5)) return found;",
        "",
        check_estimates,
    ),
    "a limit without its own error": ("LONGEST / (1 + tail ** -0.5)", "LONGEST", check_estimates),
    "the sample's variance alone": (
        "Math.max(n * (stderr / mean) ** 2, Math.expm1(spread * spread))",
        "n * (stderr / mean) ** 2",
        check_estimates,
    ),
    "the tail's variance alone": (
        "Math.max(n * (stderr / mean) ** 2, Math.expm1(spread * spread))",
        "Math.expm1(spread * spread)",
        check_estimates,
    ),
    "T forgotten in the tail": (
        "density(q) / probability(q) + q) / T;",
        "density(q) / probability(q) + q);",
        check_estimates,
    ),
    "an error of nine works": ("const FEWEST = 10", "const FEWEST = 9", check_estimates),
    "nothing for few works": (
        "const widened = (n) => (n - 1) / (n - 4)",
        "const widened = () => 1",
        check_estimates,
    ),
    "the reverse works' sign": ("...reverse.map((W) => -W)", "...reverse", check_estimates),
    "numbers of works forgotten": ("(F - W) / T - ratio", "(F - W) / T", check_estimates),
    "the ratio of numbers turned around": (
        "forward.length / reverse.length), all",
        "reverse.length / forward.length), all",
        check_estimates,
    ),
    "T forgotten in Bennett's equation": ("(F - W) / T - ratio", "F - W - ratio", check_estimates),
    "bounds that close in from the wrong side": (
        "if (surplus > 0) low = F;",
        "if (surplus < 0) low = F;",
        check_estimates,
    ),
    "variances of the ends forgotten": (
        "1 / shared - 1 / forward.length - 1 / reverse.length",
        "1 / shared",
        check_estimates,
    ),
    "an error without overlap": ("shared >= LEAST", "shared >= 0", check_estimates),
    "T forgotten in Bennett's error": ("known ? T * Math.sqrt", "known ? Math.sqrt", check_estimates),
    "an error with √n forgotten": ("squares / (n - 1) / n)", "squares / (n - 1))", check_estimates),
    "a pull that begins with the grasp": (
        "Number.isNaN(this.began) && to > 0",
        "Number.isNaN(this.began)",
        check_record,
    ),
    "a place that is heard too early": (
        "const ticks = this.follow(time);\n    this.place = to;",
        "this.place = to;\n    const ticks = this.follow(time);",
        check_record,
    ),
    "a trap below the ground": ("Math.max(0, place)", "place", check_record),
    "a pull beyond its end": ("Math.min(this.end, ", "(", check_record),
    "a pull without its end": (
        "this.centres.push(to);\n      ticks.push(to);",
        "ticks.push(to);",
        check_record,
    ),
    "a pull that goes on": (
        " && !this.done) this.centres.push(this.place)",
        ") this.centres.push(this.place)",
        check_record,
    ),
    "no end to a pull": ("Math.min(this.most, Math.floor", "Math.min(Infinity, Math.floor", check_record),
    "a ramp without its last step": ("{ length: steps + 1 }", "{ length: steps }", check_ramp),
}


@pytest.mark.parametrize("name", FAULTS)
def test_wrong_variant_is_rejected(rejects, name):
    rejects(*FAULTS[name])
