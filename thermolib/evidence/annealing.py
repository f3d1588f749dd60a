"""The values of the chapter on annealing: where a cooled walker ends, waiting times, tours and cuts."""

from typing import Any

import numpy as np

from thermolib._results import Estimate
from thermolib.annealing import (
    anneal,
    anneal_ising,
    end_distribution,
    first_passage_time,
    geometric,
    kramers_rate,
    linear,
    temper,
)
from thermolib.boltzmann import boltzmann
from thermolib.evidence import SEED, Case, average, share
from thermolib.ising import spin_states
from thermolib.problems import (
    burma14,
    circle,
    cut_size,
    dodecahedron,
    karate_club,
    max_cut_couplings,
    petersen,
    torus,
    tour_length,
    two_opt,
)

PATH = np.array([0, -0.5, -0.8, -0.5, 0, 0.5, 1, 1.2, 1, 0.5, 0, -0.5, -1, -1.3, -1, -0.5])


def _well(x: float) -> float:
    return (x**2 - 1) ** 2


def _ends(temperatures: Any) -> float:
    return float(end_distribution(PATH, temperatures, 2)[13])


def _step(i: int, rng: np.random.Generator) -> int:
    """One to either side; at the ends it may stay."""
    j = i + 2 * int(rng.integers(2)) - 1
    return j if 0 <= j < 16 else i


def _walkers(temperatures: Any) -> Any:
    """500 walkers, annealed."""

    def run(seed: int) -> Estimate:
        rng = np.random.default_rng(seed)
        return share(
            [anneal(PATH.__getitem__, _step, 2, temperatures, rng=rng).last == 13 for _ in range(500)]
        )

    return run


def _tempered(seed: int) -> Estimate:
    """Of 20 independent runs, each without its first half: it forgets its start in about 150 steps."""
    rng = np.random.default_rng(seed)
    T = [0.2, 0.4, 0.8, 2.0]
    runs = [temper(PATH.__getitem__, _step, 2, T, 2000, rng=rng).energies[0, 1000:] for _ in range(20)]
    return average([one.mean() for one in runs])


def _tour() -> float:
    """The shortest of three annealed tours of Burma: a search, found or not."""
    d = burma14().distances
    n = np.arange(14)
    T = geometric(500.0, 10.0, 1500)
    runs = [anneal(lambda x: tour_length(d, x), two_opt, n, T, rng=SEED + k) for k in range(3)]
    return min(run.best_energy for run in runs)


def _annealed_cut(edges: Any, n: int) -> int:
    found = anneal_ising(max_cut_couplings(edges, n), 0.0, geometric(4.0, 0.1, 500), reads=20, rng=SEED)
    return int(cut_size(edges, found.best))


def _largest_cut() -> int:
    s = spin_states(10)
    return int(cut_size(petersen(), s).max())


def _striped() -> int:
    """Of 25 × 120 vertices, in the pattern of a chessboard."""
    i, j = np.divmod(np.arange(25 * 120), 120)
    return int(cut_size(torus(25, 120), (-1) ** (i + j)))


def _round() -> float:
    return float(tour_length(circle(12).distances, np.arange(12)))


EXACT = [
    *(
        Case(f"cooled {name}, {n} steps: p of the deeper well", p, lambda T=T: _ends(T), "exact sum")
        for name, n, T, p in (
            ("geometrically", "100", geometric(2.0, 0.05, 100), "0.1132579140"),
            ("linearly", "100", linear(2.0, 0.05, 100), "0.2319650755"),
            ("geometrically", "1000", geometric(2.0, 0.05, 1000), "0.5693264820"),
            ("linearly", "1000", linear(2.0, 0.05, 1000), "0.6378141740"),
        )
    ),
    Case("at T = ½, 10,000 steps", "0.279530986", lambda: _ends(np.full(10_000, 0.5)), "exact sum"),
    Case("at T = ½, for ever", "0.279532732", lambda: boltzmann(PATH, 0.5)[13], "closed form"),
    Case(
        "double well, T = 0.2: mean waiting time",
        "182.41767",
        lambda: first_passage_time(_well, -1, 1, 0.2),
        "quadrature",
    ),
    Case("the same, T = 0.3", "36.58368", lambda: first_passage_time(_well, -1, 1, 0.3), "quadrature"),
    Case(
        "the same: Kramers' rate at T = 0.2",
        32**0.5 / (2 * np.pi) * np.exp(-5),
        lambda: kramers_rate(8.0, 4.0, 1.0, 0.2),
        "kramers1940",
    ),
    Case("burma14: shortest tour found", "3323", _tour, "reinelt1991"),
    Case("12 points on a circle: tour", 24 * np.sin(np.pi / 12), _round, "closed form"),
    Case("karate club: edges", "78", lambda: len(karate_club()), "zachary1977"),
    Case("the same: largest cut found", "61", lambda: _annealed_cut(karate_club(), 34), "exact sum"),
    Case("Petersen's graph: largest cut", "12", _largest_cut, "exact sum"),
    Case("dodecahedron: largest cut found", "24", lambda: _annealed_cut(dodecahedron(), 20), "exact sum"),
    Case("torus, 25 × 120: its cut", "5880", _striped, "closed form"),
]

KNOWN = {case.what: case.value for case in EXACT}

CASES = [
    *EXACT,
    Case(
        "500 walkers cooled linearly, 100 steps",
        KNOWN["cooled linearly, 100 steps: p of the deeper well"],
        _walkers(linear(2.0, 0.05, 100)),
        "exact sum",
    ),
    Case(
        "500 walkers cooled geometrically, 100 steps",
        KNOWN["cooled geometrically, 100 steps: p of the deeper well"],
        _walkers(geometric(2.0, 0.05, 100)),
        "exact sum",
    ),
    Case(
        "tempered, T = 0.2: U", float(np.average(PATH, weights=np.exp(-PATH / 0.2))), _tempered, "exact sum"
    ),
]
