"""Free energies of ten harmonic states: thermolib.free_energy beside pymbar.

Springs of stiffness 1 to 4 at places from 0 to 3.6, T = 1, 1000 draws of each; the exact f_k = ½ ln(κ_k/κ_0).
BAR takes the works between neighbours, nine pairs a run; MBAR all draws at once. The two programs solve the
same equations, to rounding, so that on the same draws they give the same estimate, with the same error up to
our widening of it (tests/test_free_energy.py holds them to that), and the error is asked of both. The errors
of BAR's pairs are added as if neighbours shared no draws.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from harness import Clock, Contender, Outcome, Work

STATES, DRAWS = 10, 1000
STIFFNESS, PLACES = np.linspace(1, 4, STATES), np.linspace(0, 3.6, STATES)
EXACT = np.log(STIFFNESS / STIFFNESS[0]) / 2
REPEATS = {"bar": 40, "mbar": 4}  # sets of draws a run


@cache
def draws(seed: int) -> np.ndarray:
    """Return the energies (states, draws of state 0, then of state 1, …) in all states."""
    rng = np.random.default_rng(seed)
    x = PLACES[:, None] + rng.normal(size=(STATES, DRAWS)) / np.sqrt(STIFFNESS)[:, None]
    return STIFFNESS[:, None] * (x.ravel() - PLACES[:, None]) ** 2 / 2


@cache
def works(seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the works between neighbours, forward and reverse."""
    u = draws(seed).reshape(STATES, STATES, DRAWS)  # in state i, of draws made in state j
    return [(u[k + 1, k] - u[k, k], u[k, k + 1] - u[k + 1, k + 1]) for k in range(STATES - 1)]


def timed(what: str, once: Callable[[int], tuple[float, float]]) -> Callable[[int], Outcome]:
    """Return a run: f of the last state and its error, the mean of several sets of draws."""
    pool = {"bar": works, "mbar": draws}[what]

    def run(seed: int) -> Outcome:
        seeds = [1000 * seed + k for k in range(REPEATS[what])]
        for one in seeds:
            pool(one)
        with Clock() as c:
            found = [once(one) for one in seeds]
        value, stderr = np.array(found).T
        mean, spread = value.mean(), np.sqrt((stderr**2).sum()) / len(seeds)
        pool.cache_clear()
        draws.cache_clear()
        return Outcome(
            value=float(mean), stderr=float(spread), cpu=c.cpu / len(seeds), wall=c.wall / len(seeds)
        )

    return run


def our_bar() -> Callable[[int], Outcome]:
    """Return the run of thermolib's BAR between neighbours, added up."""
    from thermolib.free_energy import bar

    def once(seed: int) -> tuple[float, float]:
        found = [bar(*pair) for pair in works(seed)]
        return sum(one.value for one in found), sum(one.stderr**2 for one in found) ** 0.5

    return timed("bar", once)


def our_mbar() -> Callable[[int], Outcome]:
    """Return the run of thermolib's MBAR."""
    from thermolib.free_energy import mbar

    def once(seed: int) -> tuple[float, float]:
        f, covariance = mbar(draws(seed), np.full(STATES, DRAWS))
        return f[-1], covariance[-1, -1] ** 0.5

    return timed("mbar", once)


def pymbar_bar(method: str) -> Callable[[], Callable[[int], Outcome]]:
    """Return pymbar's BAR, which ends where ΔF changes by less than 1e-12 of itself."""

    def prepare() -> Callable[[int], Outcome]:
        import pymbar

        def once(seed: int) -> tuple[float, float]:
            found = [pymbar.bar(*pair, method=method) for pair in works(seed)]
            return sum(one["Delta_f"] for one in found), sum(one["dDelta_f"] ** 2 for one in found) ** 0.5

        return timed("bar", once)

    return prepare


def pymbar_mbar(**options: object) -> Callable[[], Callable[[int], Outcome]]:
    """Return pymbar's MBAR, on JAX, with a tolerance of 1e-12."""

    def prepare() -> Callable[[int], Outcome]:
        import pymbar

        def once(seed: int) -> tuple[float, float]:
            found = pymbar.MBAR(
                draws(seed), np.full(STATES, DRAWS), **options
            ).compute_free_energy_differences()
            return found["Delta_f"][0, -1], found["dDelta_f"][0, -1]

        return timed("mbar", once)

    return prepare


NEWTON = ({"method": "adaptive", "tol": 1e-12, "options": {"min_sc_iter": 0}},)
WORKS = [
    Work(
        "bar",
        "BAR, nine pairs of harmonic states, 1000 works each way",
        "seconds",
        [
            Contender("thermolib", our_bar, "ours"),
            Contender("pymbar", pymbar_bar("false-position"), "peer", "pymbar", "as by default"),
            Contender(
                "pymbar, iterated",
                pymbar_bar("self-consistent-iteration"),
                "peer",
                "pymbar",
                "its fastest method",
            ),
        ],
        exact=float(EXACT[-1]),
        targets={"best": 5.0},
    ),
    Work(
        "mbar",
        "MBAR, ten harmonic states, 1000 draws each",
        "seconds",
        [
            Contender("thermolib", our_mbar, "ours"),
            Contender("pymbar", pymbar_mbar(), "peer", "pymbar", "as by default: with JAX where there is"),
            Contender(
                "pymbar, Newton",
                pymbar_mbar(solver_protocol=NEWTON),
                "peer",
                "pymbar",
                "its fastest solver here",
            ),
        ],
        exact=float(EXACT[-1]),
        targets={"best": 1.0},
    ),
]
