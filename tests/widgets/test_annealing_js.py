"""The physics of the lab, `annealing.js`, held to `thermolib.annealing` and SciPy; wrong variants rejected.

What is exact must agree to 1e-12. What is drawn is judged at χ²'s quantile that corresponds to four standard
errors, one in 16 000; the seeds are the first that came to mind.
"""

import itertools
from collections import Counter

import numpy as np
import pytest
from bits import lengths, random_bits, shuffled, two_opt_step, walkers_step
from pages import ask
from scipy import stats
from thermolib.annealing import end_distribution, geometric
from thermolib.boltzmann import boltzmann
from thermolib.problems import circle
from thermolib.widgets.annealing_lab import COLD, DEPTH, ENERGIES, HOT, LENGTHS, PRESETS, START, AnnealingLab
from thermolib.widgets.kit.bundle import bundle

SOURCE = bundle("annealing_lab/annealing.js")
RARE = 2 * stats.norm.sf(4)

EXACT = """(cases) => cases.map(([E, schedule, start, T]) => ({
    end: physics.endDistribution(E, schedule, start), boltzmann: physics.boltzmann(E, T),
}))"""
SCHEDULES = f"""(cases) => {{
    const known = physics.presets({{ hot: {HOT}, cold: {COLD}, depth: {DEPTH} }});
    return cases.map(([schedule, n]) => physics.temperatures(schedule, n, known));
}}"""
WALKERS = """({ E, schedule, start, n, seed }) => {
    const walkers = new physics.Walkers(E, n, start, seed);
    for (const T of schedule) walkers.step(T);
    return walkers.frequencies();
}"""
TOURS = """({ cities, T, thin, samples, seed }) => {
    const tour = new physics.Tour(cities, seed);
    return Array.from({ length: samples }, () => {
        for (let k = 0; k < thin; k++) tour.step(T);
        return [...tour.order];
    });
}"""
PROPOSALS = """({ cities, seed, samples }) => {
    const tour = new physics.Tour(cities, seed);
    return Array.from({ length: samples }, () => tour.propose());
}"""
LENGTH = """({ cities, T, seed, steps }) => {
    const tour = new physics.Tour(cities, seed), seen = [];
    for (let k = 0; k < steps; k++) {
        tour.step(T);
        seen.push([tour.length, tour.best, ...tour.order]);
    }
    return seen;
}"""
COOL = """({ cities, schedule, seed }) => {
    const tour = new physics.Tour(cities, seed);
    for (const T of schedule) tour.step(T);
    return { best: tour.best, order: tour.order };
}"""


def canonical(order):
    """Of the n rotations and two directions of a tour the one that begins 0 …, the smaller neighbour next."""
    k = order.index(0)
    forth = order[k:] + order[:k]
    back = [0, *forth[:0:-1]]
    return tuple(min(forth, back))


# --- what the module must pass, and its wrong variants must not


def check_exact(page):
    """Random landscapes and schedules, hot and cold; every step counts."""
    rng = np.random.default_rng(3)
    cases = []
    for n in rng.integers(2, 20, size=40).tolist():
        schedule = 10 ** rng.uniform(-2, 1, size=rng.integers(1, 300))
        E, start = rng.normal(size=n), int(rng.integers(n))
        cases.append([E.tolist(), schedule.tolist(), start, float(schedule[0])])
    cases.append([[-50.0, 0.0, 30.0], [0.01, 0.02], 1, 0.01])  # e^{5000} overflows
    for (E, schedule, start, T), found in zip(cases, ask(page, EXACT, cases), strict=True):
        np.testing.assert_allclose(found["end"], end_distribution(E, schedule, start), rtol=0, atol=1e-12)
        np.testing.assert_allclose(found["boltzmann"], boltzmann(E, T), rtol=0, atol=1e-12)


def check_schedules(page):
    """The presets and drawn ones, at every length of the lab."""
    rng = np.random.default_rng(4)
    cases = [(name, n) for name in PRESETS for n in LENGTHS]
    cases += [((0.05 * 100 ** rng.uniform(size=6)).tolist(), n) for n in LENGTHS for _ in range(5)]
    for (schedule, n), found in zip(cases, ask(page, SCHEDULES, cases), strict=True):
        expected = AnnealingLab(schedule=schedule, steps=n).temperatures
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=0)


def check_walkers(page):
    """Pearson's χ² of 100 000 walkers against the exact distribution; rare states are counted together."""
    E = list(map(float, ENERGIES))
    for start, T in ((START, geometric(2.0, 0.3, 60)), (0, [0.7] * 5), (15, [1.0] * 300)):
        options = {"E": E, "schedule": list(T), "start": start, "n": 100_000, "seed": 7}
        counted = 100_000 * np.array(page.evaluate(WALKERS, options))
        expected = 100_000 * end_distribution(E, T, start)
        assert np.all(counted[expected == 0] == 0)
        often = expected >= 5
        cells = [np.append(x[often], x[~often].sum()) for x in (counted, expected)]
        if cells[1][-1] < 5:  # the rest joins the cell before
            cells = [np.append(x[:-2], x[-2:].sum()) for x in cells]
        assert stats.chisquare(*cells).pvalue > RARE


CITIES = np.random.default_rng(5).uniform(size=(5, 2)).tolist()


def check_boltzmann_of_tours(page):
    """Five cities have twelve tours; each leads to five others. They must come up as exp(−L/T) says.

    A chain is looked at so seldom that its second eigenvalue, of the exact transition matrix, has decayed to
    1e-4: what is left of correlation cannot move χ² by more than a few in 10 000.
    """
    tours = sorted({canonical([0, *rest]) for rest in itertools.permutations(range(1, 5))})
    L = lengths(CITIES, tours)
    for T in (0.3, 1.0):
        P = np.zeros((12, 12))
        for a, tour in enumerate(tours):
            for i, j in itertools.combinations(range(5), 2):
                if 2 <= j - i <= 3:
                    other = [*tour[: i + 1], *tour[i + 1 : j + 1][::-1], *tour[j + 1 :]]
                    b = tours.index(canonical(other))
                    P[a, b] += min(1, np.exp((L[a] - L[b]) / T)) / 5
            P[a, a] += 1 - P[a].sum()
        second = np.sort(np.abs(np.linalg.eigvals(P)))[-2]
        options = {"cities": CITIES, "T": T, "thin": int(np.ceil(np.log(1e-4) / np.log(second))), "seed": 1}
        orders = ask(page, TOURS, {**options, "samples": 20_000})
        counted = np.zeros(12)
        for order, times in Counter(map(tuple, orders)).items():
            counted[tours.index(canonical(list(order)))] += times
        assert stats.chisquare(counted, 20_000 * boltzmann(L, T)).pvalue > RARE


def check_proposals(page):
    """Every pair of legs without a common city alike: then a reversal leads back as likely as forth."""
    pairs = ask(page, PROPOSALS, {"cities": [[k, 0] for k in range(8)], "seed": 2, "samples": 100_000})
    counted = np.zeros((8, 8))
    np.add.at(counted, tuple(np.transpose(pairs)), 1)
    allowed = [(i, j) for i, j in itertools.combinations(range(8), 2) if 2 <= j - i <= 6]
    cells = counted[tuple(np.transpose(allowed))]
    assert len(allowed) == 8 * 5 / 2
    assert cells.sum() == 100_000
    assert stats.chisquare(cells).pvalue > RARE


def check_lengths(page):
    """The running length is the tour's, the best is the shortest; 5000 steps of 30 cities.

    Each step rounds a few numbers below 32 to 2⁻⁴⁹ of one: 5000 steps stay below 1e-10.
    """
    cities = np.random.default_rng(6).uniform(-1, 1, (30, 2)).tolist()
    seen = np.array(ask(page, LENGTH, {"cities": cities, "T": 0.3, "seed": 1, "steps": 5000}))
    orders = seen[:, 2:].astype(int)
    assert np.all(np.sort(orders, axis=1) == np.arange(30))
    np.testing.assert_allclose(seen[:, 0], lengths(cities, orders), rtol=0, atol=1e-10)
    assert np.all(seen[1:, 1] == np.minimum(seen[:-1, 1], seen[1:, 0]))
    assert seen[-1, 0] > seen[-1, 1]  # it did go up again


# --- trajectories: given random bits lead to one result


TRACE = """({ cities, seed, steps }) => {
    const tour = new physics.Tour(cities, seed), seen = [];
    const look = () => seen.push({ ...tour, order: [...tour.order], next: null });
    look();
    for (const T of steps) {
        T === null ? tour.shuffle() : tour.step(T);
        look();
    }
    return seen;
}"""


def check_tour(page):
    """600 steps at many temperatures and a shuffle, which forgets the counts and keeps the best."""
    rng = np.random.default_rng(8)
    for n, seed in ((4, 5), (9, 1), (30, 2)):
        cities = rng.uniform(-1, 1, (n, 2))
        steps = (10 ** rng.uniform(-2, 1, 600)).tolist()
        steps[300:300] = [None]
        found = ask(page, TRACE, {"cities": cities.tolist(), "seed": seed, "steps": steps})
        bits = random_bits(seed)
        order = shuffled(bits, n)
        best, proposed, accepted = lengths(cities, order), 0, 0
        for T, seen in zip([..., *steps], found, strict=True):
            if T is None:
                order, proposed, accepted = shuffled(bits, n), 0, 0
            elif T is not ...:
                accepted += two_opt_step(bits, cities, order, T) is not None
                proposed += 1
            best = min(best, lengths(cities, order))
            assert seen["order"] == order
            assert [seen["proposed"], seen["accepted"]] == [proposed, accepted]
            assert seen["best"] == pytest.approx(best, abs=1e-10)


def check_new_city(page):
    """Where it lengthens the tour least, found by trying every place; lengths and counts begin anew."""
    script = """({ cities, seed, steps, city }) => {
        const tour = new physics.Tour(cities, seed);
        for (let k = 0; k < steps; k++) tour.step(0.1);
        const before = [...tour.order];
        tour.add(city);
        return { ...tour, before, next: null };
    }"""
    rng = np.random.default_rng(10)
    for seed in range(20):
        cities, city = rng.uniform(-1, 1, (12, 2)).tolist(), rng.uniform(-1, 1, 2).tolist()
        found = page.evaluate(script, {"cities": cities, "seed": seed, "steps": 50, "city": city})
        tries = [[*found["before"][:k], 12, *found["before"][k:]] for k in range(1, 13)]
        tried = lengths([*cities, city], tries)
        assert found["cities"] == [*cities, city]
        assert found["order"] == tries[tried.argmin()]
        assert [found["length"], found["best"]] == pytest.approx([tried.min()] * 2, abs=1e-12)
        assert [found["proposed"], found["accepted"]] == [0, 0]


def check_steps_of_walkers(page):
    """Seven walkers, forty temperatures."""
    rng = np.random.default_rng(9)
    script = """({ E, schedule, start, n, seed }) => {
        const walkers = new physics.Walkers(E, n, start, seed);
        return schedule.map((T) => { walkers.step(T); return [...walkers.states]; });
    }"""
    for seed in range(5):
        E = rng.integers(-2, 3, size=6).tolist()  # some are equal: such a step asks for nothing
        schedule = (10 ** rng.uniform(-1, 1, 40)).tolist()
        found = page.evaluate(script, {"E": E, "schedule": schedule, "start": 2, "n": 7, "seed": seed})
        bits, states = random_bits(seed), [2] * 7
        for T, seen in zip(schedule, found, strict=True):
            walkers_step(bits, E, states, T)
            assert seen == states


CHECKS = [
    check_exact, check_schedules, check_walkers, check_boltzmann_of_tours, check_proposals, check_lengths,
    check_tour, check_steps_of_walkers, check_new_city,
]  # fmt: skip


@pytest.mark.parametrize("check", CHECKS)
def test_agrees_with_thermolib_and_scipy(physics, check):
    check(physics)


# --- its parts


def test_published_values(physics):
    """P(end at 13), geometric and linear from 2 to 0.05, with N = 100 and 1000."""
    cases = [("geometric", 100), ("linear", 100), ("geometric", 1000), ("linear", 1000)]
    schedules = physics.evaluate(SCHEDULES, cases)
    found = physics.evaluate(EXACT, [[ENERGIES, T, START, 1.0] for T in schedules])
    expected = [0.1132579140, 0.2319650755, 0.5693264820, 0.6378141740]
    assert [x["end"][13] for x in found] == pytest.approx(expected, abs=6e-11)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_circle_reaches_its_polygon(physics, seed):
    """A tour that no reversal shortens does not cross itself: on a circle it is the polygon."""
    cities = circle(40).points.tolist()
    options = {"cities": cities, "schedule": geometric(10, 0.01, 60_000).tolist(), "seed": seed}
    found = ask(physics, COOL, options)
    assert found["best"] == pytest.approx(80 * np.sin(np.pi / 40), abs=1e-9)
    assert canonical(found["order"]) == tuple(range(40))


def test_seed_decides_everything(physics):
    options = {"cities": CITIES, "T": 1.0, "thin": 1, "samples": 50}
    a, b, c = (physics.evaluate(TOURS, {**options, "seed": seed}) for seed in (3, 3, 4))
    assert a == b
    assert a != c


# --- wrong variants


FAULTS = {
    "ΔE reversed": ("Math.min(0, -rise / T)", "Math.min(0, rise / T)", check_exact),
    "T multiplies": ("-rise / T", "-rise * T", check_exact),
    "Glauber's rule": ("Math.exp(Math.min(0, -rise / T))", "1 / (1 + Math.exp(rise / T))", check_exact),
    "proposed with certainty": ("(p[i] / 2)", "p[i]", check_exact),
    "what leaves does not arrive": ("next[i + 1] += right - left", "next[i + 1] -= left", check_exact),
    "steps within a step": ("const next = [...p];", "const next = p;", check_exact),
    "starts next door": ("i === start)", "i === start + 1)", check_exact),
    "Boltzmann's sign": ("(lowest - e) / T", "(e - lowest) / T", check_exact),
    "Boltzmann overflows": ("const lowest = Math.min(...E);", "const lowest = 0;", check_exact),
    "cooled by the wrong power": ("** (k / (n - 1))", "** (k / n)", check_schedules),
    "linear by n": ("* k) / (n - 1));\nconst geometric", "* k) / n);\nconst geometric", check_schedules),
    "logarithm of k + 1": ("Math.log(k + 2)", "Math.log(k + 1)", check_schedules),
    "linear between knots": (
        "knots[i] * (knots[i + 1] / knots[i]) ** (x - i)",
        "knots[i] + (knots[i + 1] - knots[i]) * (x - i)",
        check_schedules,
    ),
    "walkers up alike": ("Math.exp((E[i] - E[j]) / T)", "Math.exp((E[j] - E[i]) / T)", check_walkers),
    "walkers: T multiplies": ("(E[i] - E[j]) / T", "(E[i] - E[j]) * T", check_walkers),
    "walkers: periodic ends": (
        "j = next() < 2 ** 31 ? i - 1 : i + 1;",
        "j = (E.length + (next() < 2 ** 31 ? i - 1 : i + 1)) % E.length;",
        check_walkers,
    ),
    "walkers: half of the random bits": (
        "next() / 2 ** 32 < Math.exp((E",
        "next() / 2 ** 33 < Math.exp((E",
        check_walkers,
    ),
    "walkers: left more often": ("next() < 2 ** 31", "next() < 2.2e9", check_walkers),
    "tour: every proposal accepted": ("-dE / T", "dE / T", check_boltzmann_of_tours),
    "tour: T multiplies": ("-dE / T", "-dE * T", check_boltzmann_of_tours),
    "tour: a leg forgotten": (" - distance(c, d)", "", check_lengths),
    "tour: the wrong legs": (
        "distance(a, c) + distance(b, d)",
        "distance(a, d) + distance(b, c)",
        check_lengths,
    ),
    "tour: the stretch begins too early": ("let k = i + 1, l = j", "let k = i, l = j", check_lengths),
    "tour: not closed": ("(j + 1) % order.length", "Math.min(j + 1, order.length - 1)", check_lengths),
    "tour: length left behind": ("this.length += dE;", "", check_lengths),
    "tour: best overwritten": (
        "this.accepted++;\n    this.best = Math.min(this.best, this.length)",
        "this.accepted++;\n    this.best = this.length",
        check_lengths,
    ),
    "tour: some pairs less often": ("this.below(n - 3)", "this.below(n - 4)", check_proposals),
    "tour: shuffled towards some orders": ("this.below(k + 1)", "this.below(order.length)", check_tour),
    "tour: never shuffled to its own place": ("this.below(k + 1)", "this.below(k)", check_tour),
    "tour: best forgotten at a shuffle": (
        "this.best = Math.min(this.best, this.length);\n    this.proposed",
        "this.best = this.length;\n    this.proposed",
        check_tour,
    ),
    "tour: counts kept at a shuffle": (
        "this.length);\n    this.proposed = this.accepted = 0;",
        "this.length);\n    this.proposed ??= this.accepted ??= 0;",
        check_tour,
    ),
    "tour: acceptances counted twice": ("this.accepted++;", "this.accepted += 2;", check_tour),
    "tour: proposals uncounted when refused": (
        "this.proposed++;\n    if (dE > 0 && this.next() / 2 ** 32 >= Math.exp(-dE / T)) return;",
        "if (dE > 0 && this.next() / 2 ** 32 >= Math.exp(-dE / T)) return;\n    this.proposed++;",
        check_tour,
    ),
    "walkers: a number for steps down too": (
        "E[j] <= E[i] || next() / 2 ** 32 < Math.exp(",
        "next() / 2 ** 32 < Math.exp(",
        check_steps_of_walkers,
    ),
    "walkers: a number for level steps too": ("E[j] <= E[i] ||", "E[j] < E[i] ||", check_steps_of_walkers),
    "walkers: one after another from the same place": (
        "const i = states[w], j",
        "const i = states[0], j",
        check_steps_of_walkers,
    ),
    "tour: a new city where it costs most": ("Math.min(...cost)", "Math.max(...cost)", check_new_city),
    "tour: a new city one place too early": ("(...cost)) + 1", "(...cost))", check_new_city),
    "tour: the best of another problem": (
        "this.length = this.best = tourLength(",
        "this.length = tourLength(",
        check_new_city,
    ),
    "tour: one pair too often": ("[i, j] : [j, i]", "[i, j] : [0, 3]", check_proposals),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_wrong_physics_is_rejected(rejects, fault):
    rejects(*FAULTS[fault])
