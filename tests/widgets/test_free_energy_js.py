"""The physics of the lab, `free_energy.js`, held to `thermolib` and SciPy; wrong variants rejected."""

import itertools

import numpy as np
import pytest
from pages import ask
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.stats import norm
from thermolib.free_energy import gaussian_kl
from thermolib.widgets.free_energy_lab import ENERGIES, MEANS, TEMPERATURES, WIDTHS, FreeEnergyLab
from thermolib.widgets.kit.bundle import bundle

SOURCE = bundle("free_energy_lab/free_energy.js")
EXACT = FreeEnergyLab().constants["exact"]
TRIALS = [(0.0, 1.0), (1.3, 0.4), (-2.0, 0.05), (3.9, 2.9), (-4.0, 1.7)]
BOUNDS = {"means": MEANS, "widths": WIDTHS}


def trial(mean, width):
    return {"mean": mean, "width": width}


def average(of, mean, width):
    """⟨of(x)⟩ under a Gaussian, by quadrature in pieces of at most a fifth in x or a standard deviation."""
    edges = np.arange(-9, 9.01, min(1.0, 0.2 / width))
    pieces = (
        quad(lambda z: norm.pdf(z) * of(mean + width * z), a, b, epsabs=1e-13)[0]
        for a, b in itertools.pairwise(edges)
    )
    return sum(pieces)


def check_energies(page):
    """Python's and the page's are the same functions, to the rounding of a few terms of up to 3000."""
    x = np.linspace(-14, 14, 57)
    found = ask(
        page,
        "(xs) => Object.fromEntries(Object.entries(physics.ENERGIES).map(([k, E]) => [k, xs.map(E)]))",
        x.tolist(),
    )
    assert found.keys() == ENERGIES.keys()
    for name, E in ENERGIES.items():
        assert found[name] == pytest.approx(E(x), rel=1e-13, abs=1e-13)


AVERAGES = """({ name, q, T }) => {
    const E = physics.ENERGIES[name];
    return { ...physics.energy(E, q), ...physics.freeEnergy(E, q, T) };
}"""


def check_averages(page):
    """U, and its slopes with the mean and with ln σ as differences: error h² of third derivatives, 1e-6.

    Where the narrow well is a fiftieth of σ the trapezoid's places lie .06 apart, an eighth of that well's
    width e^{−(2π · 4)²/2}, which is nothing.
    """
    h = 1e-4
    for name, E in ENERGIES.items():
        for mean, width in TRIALS:
            found = ask(page, AVERAGES, {"name": name, "q": trial(mean, width), "T": 0.7})
            U = average(E, mean, width)
            assert found["U"] == pytest.approx(U, rel=1e-9, abs=1e-9)
            S = float(norm(mean, width).entropy())
            assert (found["TS"], found["F"]) == pytest.approx((0.7 * S, U - 0.7 * S), rel=1e-9, abs=1e-9)
            for slope, one, other in (
                ("first", (mean + h * width, width), (mean - h * width, width)),
                ("second", (mean, width * np.exp(h)), (mean, width * np.exp(-h))),
            ):
                difference = (average(E, *one) - average(E, *other)) / (2 * h)
                assert found[slope] == pytest.approx(difference, rel=1e-5, abs=1e-6)


def check_bound(page):
    """F[q] ≥ −T ln Z, and of one well, where p is Gaussian too, the gap is T times the divergence."""
    for name in ENERGIES:
        for k in (0, 18, 78):
            T, F = TEMPERATURES[k], EXACT[name]["F"][k]
            for mean, width in TRIALS:
                gap = ask(page, AVERAGES, {"name": name, "q": trial(mean, width), "T": T})["F"] - F
                assert gap > -1e-8
                if name == "well":
                    exact = T * gaussian_kl(mean, width**2, 0, T)
                    assert gap == pytest.approx(exact, rel=1e-8, abs=1e-8)


DESCENT = """({ name, q, T, rate, steps, bounds }) => {
    const E = physics.ENERGIES[name], found = [{ ...q, F: physics.freeEnergy(E, q, T).F }];
    for (let k = 0; k < steps; k++) {
        const next = physics.descend(E, q, T, rate, bounds);
        if (!next.moved) break;
        q = next.q;
        found.push({ ...q, F: physics.freeEnergy(E, q, T).F });
    }
    return found;
}"""


def check_step(page):
    """In one well ⟨zE⟩ = μσ and ⟨(z² − 1)E⟩ = σ²; and no step is longer than a tenth."""
    for mean, width, T, rate in ((0.2, 1.1, 1.0, 0.3), (-0.1, 1.5, 2.0, 0.5), (0.0, 0.9, 0.8, 0.2)):
        asked = {"name": "well", "q": trial(mean, width), "T": T, "rate": rate, "steps": 1}
        after = ask(page, DESCENT, asked | {"bounds": BOUNDS})[-1]
        assert after["mean"] == pytest.approx(mean - rate * width**2 * mean / T, abs=1e-9)
        change = -rate / 2 * (width**2 / T - 1)
        assert after["width"] == pytest.approx(width * np.exp(change), rel=1e-9)
    asked = {"name": "double", "q": trial(3.5, 2.0), "T": 0.2, "rate": 0.3, "steps": 1, "bounds": BOUNDS}
    after = ask(page, DESCENT, asked)[-1]
    moves = abs(after["mean"] - 3.5) / 2, abs(np.log(after["width"] / 2))
    assert max(moves) == pytest.approx(0.1) and min(moves) > 1e-3
    # A rate far too large, near a minimum: half the step, and half again, until F falls.
    asked = {"name": "well", "q": trial(0.0, 1.01), "T": 1.0, "rate": 9.0, "steps": 1, "bounds": BOUNDS}
    path = ask(page, DESCENT, asked)
    assert len(path) == 2 and path[1]["F"] < path[0]["F"]


def check_descent(page):
    """F falls with every step, to a minimum that SciPy finds too; in one well all the way to −T ln Z.

    It ends where a step is below 1e-6 of σ: less than 1e-4 from the minimum, whose curvatures are 1e-2 and
    more.
    """
    for name, start, T in (
        ("double", (1.0, 0.6), 1.0),
        ("double", (-1.0, 0.6), 1.0),
        ("double", (0.5, 0.6), 4.0),
        ("unequal", (1.0, 0.6), 0.5),
        ("unequal", (3.9, 0.05), 3.0),
        ("well", (-4.0, 3.0), 2.0),
    ):
        asked = {"name": name, "q": trial(*start), "T": T, "rate": 0.3, "steps": 3000, "bounds": BOUNDS}
        path = ask(page, DESCENT, asked)
        assert np.all(np.diff([one["F"] for one in path]) < 0) and 5 < len(path) < 3000
        E, z = ENERGIES[name], np.linspace(-8, 8, 1601)
        weights = norm.pdf(z) / norm.pdf(z).sum()

        def free_energy(at, E=E, z=z, weights=weights, T=T):
            U = weights @ E(at[0] + np.exp(at[1]) * z)
            return U - T * (at[1] + np.log(2 * np.pi * np.e) / 2)

        end = np.array([path[-1]["mean"], np.log(path[-1]["width"])])
        best = minimize(free_energy, end, tol=1e-10)
        assert end == pytest.approx(best.x, abs=1e-3) and path[-1]["F"] == pytest.approx(best.fun, abs=1e-6)
        if name == "double":
            assert np.sign(end[0]) == (np.sign(start[0]) if T == 1 else -1)
        if name == "well":
            assert path[-1]["F"] == pytest.approx(-T * np.log(2 * np.pi * T) / 2, abs=1e-8)


def check_bounds(page):
    """It stops at the edge of what the sliders show, here the least width."""
    asked = {"name": "unequal", "q": trial(1.8, 0.3), "T": 0.1, "rate": 0.3, "steps": 500}
    path = ask(page, DESCENT, asked | {"bounds": {"means": [1.9, 2.5], "widths": [0.2, 3.0]}})
    assert path[-1]["mean"] == 1.9 and path[-1]["width"] == 0.2


def check_densities(page):
    """Both are normalised: p by its exact free energy, as thermolib has it."""
    x = np.linspace(-14, 14, 2801)
    for name in ENERGIES:
        T, F = TEMPERATURES[8], EXACT[name]["F"][8]
        p, q = ask(
            page,
            """({ name, T, F, x }) => [
                x.map(physics.boltzmann(physics.ENERGIES[name], T, F)),
                x.map(physics.gaussian({ mean: 1, width: 0.5 })),
            ]""",
            {"name": name, "T": T, "F": F, "x": x.tolist()},
        )
        assert 0.01 * np.sum(p) == pytest.approx(1, abs=1e-8)
        assert q == pytest.approx(norm(1, 0.5).pdf(x), abs=1e-14)


CHECKS = [
    check_energies,
    check_averages,
    check_bound,
    check_step,
    check_descent,
    check_bounds,
    check_densities,
]


@pytest.mark.parametrize("check", CHECKS)
def test_physics(physics, check):
    check(physics)


FAULTS = {
    "a landscape without its tilt": (" + x / 4", "", check_energies),
    "wells that do not add": ("max(a, b) + log1p(exp(-abs(a - b)))", "max(a, b)", check_energies),
    "F with +TS": ("F: U - TS", "F: U + TS", check_averages),
    "T forgotten in TS": ("TS = T * entropy", "TS = entropy", check_averages),
    "an entropy of width 1": (" + log(width);", ";", check_averages),
    "an entropy without its half": ("(1 + log(2 * PI)) / 2", "log(2 * PI) / 2", check_averages),
    "averages of three standard deviations": ("FAR = 8", "FAR = 3", check_averages),
    "a second slope without Stein's 1": ("(z[k] * z[k] - 1)", "z[k] * z[k]", check_averages),
    "uphill": ("along = -rate * first", "along = rate * first", check_step),
    "ever wider": ("wider = -rate / 2", "wider = rate / 2", check_step),
    "a step in x for a step in widths": ("along * q.width", "along", check_step),
    "T forgotten in the step": ("(second / T - 1)", "(second - 1)", check_step),
    "no entropy in the step": ("(second / T - 1)", "(second / T)", check_step),
    "steps of any length": ("min(1, LONGEST / max(abs(along), abs(wider)))", "1", check_step),
    "steps that raise F": (".F < F)", ".F < F + 1e9)", check_step),
    "an end too early": ("< 1e-6) return", "< 1e-2) return", check_descent),
    "no bounds": ("max(means[0], q.mean", "max(-9, q.mean", check_bounds),
    "p without T": ("exp((F - E(x)) / T)", "exp(F - E(x))", check_densities),
    "a variance for a width": ("(x - mean) / width) ** 2", "(x - mean) ** 2 / width)", check_densities),
}


@pytest.mark.parametrize("name", FAULTS)
def test_wrong_variant_is_rejected(rejects, name):
    rejects(*FAULTS[name])
