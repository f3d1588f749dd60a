"""The physics of the lab, `mean_field.js`, held to `thermolib.mean_field`; wrong variants rejected."""

import itertools
from math import comb, exp

import numpy as np
import pytest
from bits import random_bits
from pages import ask
from thermolib.mean_field import (
    curie_weiss_exact,
    curie_weiss_free_energy,
    curie_weiss_magnetization,
    curie_weiss_spinodal,
)
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.mean_field_lab import COLDEST, EDGE, HOTTEST, SIZES

SOURCE = bundle("mean_field_lab/mean_field.js")
POINTS = list(itertools.product((COLDEST, 0.5, 0.8, 0.95, 1.0, 1.3, HOTTEST), (-EDGE, -0.05, 0.0, 0.01, 0.3)))


# --- mean field


def check_free_energy(page):
    """At both ends too, where the coin has no entropy."""
    m = np.linspace(-1, 1, 41)
    for T, h in POINTS:
        found = ask(
            page,
            "({ m, T, h }) => m.map((one) => physics.freeEnergy(one, T, h))",
            {"m": m.tolist(), "T": T, "h": h},
        )
        assert found == pytest.approx(curie_weiss_free_energy(m, T, h), abs=1e-14)


def check_roots(page):
    """Each is its own response; three below the spinodal, one beyond; stable where f curves upwards."""
    for T, h in POINTS:
        found, answers, lowest = ask(
            page,
            """({ T, h }) => {
                const found = physics.roots(T, h);
                return [found, found.map(({ m }) => physics.response(m, T, h)), physics.lowest(T, h)];
            }""",
            {"T": T, "h": h},
        )
        m = [one["m"] for one in found]
        assert m == pytest.approx(answers, abs=1e-14) and m == pytest.approx(np.tanh((np.array(m) + h) / T))
        assert len(m) == (3 if abs(h) < curie_weiss_spinodal(T) else 1) and m == sorted(m)
        assert [one["stable"] for one in found] == [T / (1 - one**2) >= 1 - 1e-9 for one in m]
        best = float(curie_weiss_magnetization(T, h))
        both = h == 0 and T < 1
        assert lowest == pytest.approx([-best, best] if both else [best], abs=1e-5 if T == 1 else 1e-12)


def check_known_roots(page):
    for T, m in ((0.5, 0.957504024077), (0.8, 0.710411783488)):
        assert ask(page, "T => physics.roots(T, 0).map(({ m }) => m)", T) == pytest.approx(
            [-m, 0, m], abs=1e-12
        )


def check_spinodal(page):
    T = [COLDEST, 0.5, 0.75, 0.99, 1.0, 1.5]
    found = ask(page, "all => all.map((T) => physics.spinodal(T))", T)
    assert found == pytest.approx([float(curie_weiss_spinodal(one)) for one in T], abs=1e-14)
    assert found[1] == pytest.approx(0.266419987677, abs=1e-12)


def check_curve(page):
    """The field of a root is the one that it is the root of; its turns are the spinodals."""
    u = np.linspace(-6, 6, 25)
    for T in (0.5, 1.0, 1.7):
        fields = ask(
            page,
            "({ u, T }) => u.map((one) => physics.fieldAt(one, T))",
            {"u": u.tolist(), "T": T},
        )
        assert np.tanh((np.tanh(u) + fields) / T) == pytest.approx(np.tanh(u), abs=1e-14)
    fine = np.linspace(0, 6, 20_001)
    found = ask(page, "u => u.map((one) => physics.fieldAt(one, 0.5))", fine.tolist())
    assert -min(found) == pytest.approx(0.266419987677, abs=1e-7)  # f'' (3e-4)²/8


# --- N spins


LAW = "({ N, T, h }) => [...physics.law(N, T, h)]"


def check_law(page):
    """To the rounding of ln of the binomial coefficients, sums of N terms of up to 7."""
    for N in (2, *SIZES, 3, 1):
        for T, h in ((0.3, 0.6), (0.5, 0.0), (1.0, -0.07), (2.0, 0.4)):
            p = ask(page, LAW, {"N": N, "T": T, "h": h})
            wanted = curie_weiss_exact(N, T, h)
            assert p == pytest.approx(wanted.p, rel=1e-9, abs=1e-300)
            assert sum(p) == pytest.approx(1, abs=1e-12)
            found = ask(page, "p => physics.averages(Float64Array.from(p))", p)
            assert found["m"] == pytest.approx(wanted.p @ wanted.m, abs=1e-12)
            assert found["size"] == pytest.approx(wanted.p @ np.abs(wanted.m), abs=1e-12)


def check_known_law(page):
    """By hand for 4 spins; and 100 spins at T_c: ⟨|m|⟩ and Binder's number."""
    weights = np.array([comb(4, n) * exp(((2 * n - 4) ** 2 / 8 + 0.3 * (2 * n - 4)) / 0.7) for n in range(5)])
    found = ask(page, LAW, {"N": 4, "T": 0.7, "h": 0.3})
    assert found == pytest.approx(weights / weights.sum(), rel=1e-12)
    p, m = np.array(ask(page, LAW, {"N": 100, "T": 1, "h": 0})), np.linspace(-1, 1, 101)
    assert p @ np.abs(m) == pytest.approx(0.2867964095, abs=1e-10)
    assert 1 - p @ m**4 / (3 * (p @ m**2) ** 2) == pytest.approx(0.30558465, abs=1e-8)


CHAIN = """({ N, T, h }) => {
    const magnet = new physics.Magnet(N, () => 0);
    magnet.setPoint(T, h);
    return [[...magnet.up].map((x) => x / 2 ** 32), [...magnet.stay].map((x) => 1 - x / 2 ** 32)];
}"""


def chain(page, N, T, h):
    """The chances to go up and down from n spins up, to the rounding of a difference from 1."""
    return np.array(ask(page, CHAIN, {"N": N, "T": T, "h": h}))


def check_chain(page):
    """Its balance is detailed, with the exact law: what goes up from n comes down again."""
    for N, T, h in ((2, 0.5, 0.1), (10, 0.3, 0.6), (100, 0.8, 0.0), (100, 1.0, -0.07), (1000, 2.0, 0.4)):
        up, down = chain(page, N, T, h)
        p = curie_weiss_exact(N, T, h).p
        assert p[:-1] * up[:-1] == pytest.approx(p[1:] * down[1:], rel=1e-9, abs=1e-16)
        assert up[-1] == 0 and abs(down[0]) < 1e-15 and np.all(up + down < 1)


def check_spins(page):
    """Of 5 spins, by their energies: each state's chance that the drawn spin turns, one way and the other."""
    N, T, h = 5, 0.6, 0.2
    up, down = chain(page, N, T, h)

    def energy(spins):
        return -(sum(spins) ** 2) / (2 * N) - h * sum(spins)

    for spins in itertools.product((-1, 1), repeat=N):
        turn = {-1: 0.0, 1: 0.0}  # by what the spin was
        for i, s in enumerate(spins):
            other = (*spins[:i], -s, *spins[i + 1 :])
            turn[s] += 1 / (1 + exp((energy(other) - energy(spins)) / T)) / N
        n = spins.count(1)
        assert (up[n], down[n]) == pytest.approx((turn[-1], turn[1]), abs=1e-14)


WALK = """({ N, T, h, start, numbers, sweeps }) => {
    let k = 0;
    const magnet = new physics.Magnet(N, () => numbers[k++]), path = [];
    magnet.setPoint(T, h);
    magnet.put(start);
    path.push(magnet.n);
    for (let sweep = 0; sweep < sweeps; sweep++) {
        magnet.sweep();
        path.push(magnet.n);
    }
    return { path, used: k, m: magnet.m };
}"""


def walked(N, T, h, start, bits, sweeps):
    """The same chain from the same bits: lowest numbers turn a spin up, highest down."""
    n, path = round((1 + start) / 2 * N), []
    path.append(n)
    for _ in range(sweeps):
        for _ in range(N):
            r, M = next(bits) / 2**32, 2 * n - N
            up = (N - n) / N / (1 + exp(-2 * ((M + 1) / N + h) / T))
            down = n / N / (1 + exp(2 * ((M - 1) / N + h) / T))
            n += (r < up) - (r >= 1 - down)
        path.append(n)
    return path


def check_walk(page):
    """State for state, from the same bits."""
    for seed, N, T, h, start in ((1, 10, 0.8, 0.0, 1.0), (2, 50, 0.5, -0.4, 0.31), (3, 100, 2.0, 0.2, -1.0)):
        numbers = list(itertools.islice(random_bits(seed), 40 * N))
        asked = {"N": N, "T": T, "h": h, "start": start, "numbers": numbers, "sweeps": 40}
        found = ask(page, WALK, asked)
        assert found["path"] == walked(N, T, h, start, iter(numbers), 40)
        assert found["used"] == 40 * N and found["m"] == pytest.approx(2 * found["path"][-1] / N - 1)


def check_time_spent(page):
    """Over 20 seeds ⟨m²⟩ and ⟨m⟩ within 4 of their standard errors of the exact ones."""
    N, T, h = 20, 1.2, 0.05
    exact = curie_weiss_exact(N, T, h)
    means = []
    for seed in range(20):
        numbers = np.random.default_rng(seed).integers(0, 2**32, 400 * N).tolist()
        asked = {"N": N, "T": T, "h": h, "start": 0, "numbers": numbers, "sweeps": 400}
        m = 2 * np.array(ask(page, WALK, asked)["path"][50:]) / N - 1
        means.append([m.mean(), (m**2).mean()])
    wanted = [exact.p @ exact.m, exact.p @ exact.m**2]
    error = np.std(means, axis=0, ddof=1) / np.sqrt(20)
    assert np.all(np.abs(np.mean(means, axis=0) - wanted) < 4 * error)


# --- a field that runs


DRIVE = """({ most, start, steps }) => {
    const drive = new physics.Drive(most, start), path = [];
    for (let k = 0; k < steps; k++) {
        path.push(drive.at);
        drive.go(k + 1);
    }
    return { path, rising: [...drive.rising], falling: [...drive.falling], area: drive.area };
}"""


def check_drive(page):
    """Up from where it starts, down, and up again; each way keeps what was last on it, the ends both."""
    none = {"number": "NaN"}
    run = lambda **asked: ask(page, DRIVE, asked)  # noqa: E731
    found = run(most=2, start=0, steps=8)
    assert found["path"] == [0, 1, 2, 1, 0, -1, -2, -1]
    assert found["rising"] == [7, 8, 1, 2, 3] and found["falling"] == [7, 6, 5, 4, 3]
    assert found["area"] == none  # what it began with is no whole way
    found = run(most=2, start=0, steps=11)
    assert found["rising"] == [7, 8, 9, 10, 11] and found["falling"] == [7, 6, 5, 4, 11]
    # Trapezoids of falling less rising, 0 and 0 at the ends.
    assert found["area"] == (6 - 8) + (5 - 9) + (4 - 10)
    assert run(most=2, start=0, steps=12)["area"] == found["area"]
    assert run(most=2, start=2, steps=3)["path"] == [2, 1, 0]
    found = run(most=2, start=-2, steps=9)
    assert found["path"] == [-2, -1, 0, 1, 2, 1, 0, -1, -2]
    assert found["area"] == (8 - 2) + (7 - 3) + (6 - 4) + (9 - 9 + 5 - 5) / 2


CHECKS = [
    check_free_energy,
    check_roots,
    check_known_roots,
    check_spinodal,
    check_curve,
    check_law,
    check_known_law,
    check_chain,
    check_spins,
    check_walk,
    check_time_spent,
    check_drive,
]


@pytest.mark.parametrize("check", CHECKS)
def test_physics(physics, check):
    check(physics)


FAULTS = {
    "energy counted twice": ("-m * m / 2 - h", "-m * m - h", check_free_energy),
    "a field of the other sign": ("- h * m - T", "+ h * m - T", check_free_energy),
    "T forgotten": ("- T * (part", "- (part", check_free_energy),
    "one side of the coin": (" + part((1 - m) / 2)", "", check_free_energy),
    "a field that T does not divide": ("tanh((m + h) / T)", "tanh(m / T + h)", check_roots),
    "a maximum taken for a minimum": ("stable: k !== 1", "stable: true", check_roots),
    "the middle root lost": ("[turn, -turn], ", "", check_roots),
    "a root too roughly": ("HALVINGS = 60", "HALVINGS = 20", check_known_roots),
    "the shallow minimum for the deep one": ("m * h > 0", "m * h < 0", check_roots),
    "spinodal without its response": ("sqrt(1 - T) - T * atanh", "T * atanh", check_spinodal),
    "a spinodal at T_c": ("T < 1 ? sqrt(1 - T) -", "T < 0.99 ? sqrt(1 - T) -", check_spinodal),
    "a curve of the other sign": ("T * u - tanh(u)", "tanh(u) - T * u", check_curve),
    "bonds counted twice": ("M * M / (2 * N)", "M * M / N", check_law),
    "no binomial coefficient": ("p[n] = many[n] + ", "p[n] = ", check_known_law),
    "a coefficient of the next n": ("log((N - n) / (n + 1))", "log((N - n) / (n + 2))", check_law),
    "the coefficients of another N": ("if (counted.length === N + 1)", "if (counted.length > N)", check_law),
    "|m| for m": ("m += p * one", "m += p * abs(one)", check_law),
    "a spin that feels itself": ("((M + 1) / N + h)", "(M / N + h)", check_chain),
    "a spin that feels itself, down": ("((M - 1) / N + h)", "(M / N + h)", check_spins),
    "half the field": ("exp(-2 * ((M + 1)", "exp(-((M + 1)", check_chain),
    "Metropolis": (
        "CERTAIN * (N - n) / N / (1 + exp(-2 * ((M + 1) / N + h) / T))",
        "CERTAIN * (N - n) / N * min(1, exp(2 * ((M + 1) / N + h) / T))",
        check_spins,
    ),
    "turns that favour neither": ("r < up[n]", "r < CERTAIN / 2", check_time_spent),
    "a sweep of half the spins": ("k < N; k++", "k < N / 2; k++", check_walk),
    "spins rounded down": ("Math.round((1 + m)", "Math.floor((1 + m)", check_walk),
    "a field that never turns": ("if (at * way === most) this.turn();", "", check_drive),
    "an area of half a loop": ("this.area = 0;", "if (Number.isNaN(this.area)) this.area = 0;", check_drive),
    "ways that do not meet": ("if (way < 0 || end)", "if (way < 0)", check_drive),
    "an area of the other sign": (
        "this.falling[k] - this.rising[k - 1] - ",
        "this.falling[k] + this.rising[k - 1] + ",
        check_drive,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_wrong_variant_is_rejected(rejects, name):
    rejects(*FAULTS[name])
