"""`AnnealingLab`: a schedule under the reader's hand, and a tour of cities that cools (chapter annealing).

Both run in the reader's browser (`annealing.js`), which the tests hold to `thermolib.annealing`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from thermolib._types import Floats
from thermolib._validate import one_of, temperature
from thermolib.annealing import anneal, end_distribution, geometric, linear, logarithmic
from thermolib.palette import temperature_color
from thermolib.problems import circle, two_opt
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.kit.host import stylesheet, svg_uri
from thermolib.widgets.kit.lab import Checked, Lab, between, choice

__all__ = ["ENERGIES", "START", "AnnealingLab"]

#: The energies along the path on which the walkers move.
ENERGIES = (0, -0.5, -0.8, -0.5, 0, 0.5, 1, 1.2, 1, 0.5, 0, -0.5, -1, -1.3, -1, -0.5)
#: The place on it where they start.
START = 2
HOT, COLD, DEPTH = 2.0, 0.05, 2.0
PRESETS: dict[str, Callable[[int], Floats]] = {
    "geometric": lambda n: geometric(HOT, COLD, n),
    "linear": lambda n: linear(HOT, COLD, n),
    "logarithmic": lambda n: logarithmic(DEPTH, n),
    "quench": lambda n: np.where(np.arange(n) < n / 2, HOT, COLD),
    "reheat": lambda n: np.concatenate([geometric(HOT, COLD, k) for k in (n - n // 2, n // 2)]),
}
KNOTS = 6
LENGTHS = (100, 200, 500, 1000)
DRAWN = 0.05, 5.0  # the temperatures of a schedule that is drawn
N_WALKERS = 1000
N_CITIES = {"random": 150, "circle": 40}
COOLING = 200_000  # proposals
TOUR = 0.01, 10.0
OPTIMUM = {"random": None, "circle": 2 * N_CITIES["circle"] * np.sin(np.pi / N_CITIES["circle"])}


def _schedule(name: str, x: Any) -> str | list[float]:
    if isinstance(x, str):
        return one_of(name, x, PRESETS)
    knots, (coldest, hottest) = temperature(x), DRAWN
    if knots.shape != (KNOTS,) or np.any((knots < coldest) | (knots > hottest)):
        wanted = f"one of {tuple(PRESETS)} or {KNOTS} temperatures in {coldest} … {hottest}"
        raise ValueError(f"{name} must be {wanted}, got {knots.tolist()}")
    return knots.tolist()


@cache
def _places(seed: int) -> dict[str, list[list[float]]]:
    square = np.random.default_rng(seed).uniform(-1, 1, (N_CITIES["random"], 2)).round(4)
    return {"random": square.tolist(), "circle": circle(N_CITIES["circle"]).points.tolist()}


@cache
def _annealed(seed: int, cities: str) -> tuple[list[int], float]:
    """Anneal a tour for the still picture, from the one that always goes to the nearest city left."""
    x = np.array(_places(seed)[cities])
    distances = np.linalg.norm(x[:, None] - x, axis=2)
    order, left = [0], set(range(1, len(x)))
    while left:
        order.append(min(left, key=lambda city: distances[order[-1], city]))
        left.remove(order[-1])
    found = anneal(
        lambda tour: float(distances[tour, np.roll(tour, -1)].sum()),
        two_opt,
        np.array(order),
        geometric(0.1, TOUR[0], 20_000),
        rng=seed,
    )
    return found.best.tolist(), found.best_energy


class AnnealingLab(Lab):
    """A schedule of temperatures and what it makes of walkers on a landscape; or a tour of cities.

    The landscape is the path of 16 states whose energies are `ENERGIES`; all walkers start in state 2, and
    state 13 is the lowest. Beside 1000 of them stands their exact distribution.

    Parameters
    ----------
    view : {"landscape", "tour"}
        What is annealed.
    schedule : {"geometric", "linear", "logarithmic", "quench", "reheat"} or six floats
        The landscape's schedule: a preset, or temperatures 0.05 ≤ T ≤ 5 at equal distances from the first
        step to the last, between which T runs geometrically.
    steps : {100, 200, 500, 1000}
        Its length.
    cities : {"random", "circle"}
        150 cities at random in the square −1 ≤ x, y ≤ 1, or 40 on the unit circle, where the shortest tour is
        the polygon of length 2n sin(π/n). The reader may add some.
    T : float
        Temperature of the tour, 0.01 ≤ T ≤ 10, where it is not cooling; its energy is its length. It begins
        by cooling, from 10 to 0.01.
    seed : int
        Seed of the browser's random numbers and of the random cities, 0 ≤ seed < 2³².

    Raises
    ------
    ValueError
        If an argument is none of these, here or when one is set later.

    Notes
    -----
    `schedule`, `steps`, `cities` and `T` follow the reader's hand where a kernel lives: `temperatures` is
    then the schedule that was drawn.

    References
    ----------
    Kirkpatrick, Gelatt, Vecchi, Science 220, 671 (1983); Croes, Operations Research 6,
    791 (1958), for the tour's moves.

    Examples
    --------
    >>> lab = AnnealingLab(schedule=[2, 2, 1, 0.5, 0.2, 0.05], steps=1000)
    >>> lab.temperatures.shape
    (1000,)
    >>> end_distribution(ENERGIES, lab.temperatures, START)[13].round(3)
    np.float64(0.625)
    """

    _kind = "thermo-annealing"
    _esm = bundle("annealing_lab/view.js")
    _css = stylesheet("kit/widget.css", "kit/lab.css", "annealing_lab/view.css")
    view = Checked(choice(("landscape", "tour")), "landscape")
    schedule = Checked(_schedule, "geometric")
    steps = Checked(choice(LENGTHS), 100)
    cities = Checked(choice(("random", "circle")), "random")
    T = Checked(between(*TOUR), 1.0)

    def __init__(
        self,
        view: str = "landscape",
        *,
        schedule: str | ArrayLike = "geometric",
        steps: int = 100,
        cities: str = "random",
        T: float = 1.0,
        seed: int = 1,
    ) -> None:
        super().__init__(view=view, schedule=schedule, steps=steps, cities=cities, T=T, seed=seed)
        coldest, hottest = TOUR if self.view == "tour" else DRAWN
        self.colours = [temperature_color(k) for k in np.geomspace(coldest, hottest, 41)]
        constants: dict[str, Any] = {"coldest": coldest, "hottest": hottest}
        if self.view == "tour":
            constants |= {"places": _places(self.seed), "optimum": OPTIMUM, "cooling": COOLING}
        else:
            constants |= {"energies": ENERGIES, "start": START, "walkers": N_WALKERS, "lengths": LENGTHS}
            constants |= {"hot": HOT, "cold": COLD, "depth": DEPTH, "knots": KNOTS}
        self.constants = constants  # all at once: a dictionary that grows in place is not sent to the page

    @property
    def temperatures(self) -> Floats:
        """The landscape's schedule, shape (steps,)."""
        if isinstance(self.schedule, str):
            return PRESETS[self.schedule](self.steps)
        x = np.linspace(0, KNOTS - 1, self.steps)
        return np.exp(np.interp(x, np.arange(KNOTS), np.log(self.schedule)))

    def still(self) -> tuple[str, str, str]:
        """Draw the landscape with the exact end distribution, or an annealed tour."""
        return self._still_tour() if self.view == "tour" else self._still_landscape()

    def _still_landscape(self) -> tuple[str, str, str]:
        E, T = np.array(ENERGIES), self.temperatures
        p = end_distribution(E, T, START)
        ground = "M0 " + "V".join(f"{y:.0f}h26" for y in 80 - 50 * E)
        bars = "".join(
            f'<rect x="{26 * i + 4}" y="{300 - 120 * q:.1f}" width="18" height="{120 * q:.1f}"/>'
            for i, q in enumerate(p)
        )
        numbers = "".join(f'<text x="{26 * i + 13}" y="316">{i}</text>' for i in range(E.size))
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 0 420 322" font-family="sans-serif" '
            'font-size="12" text-anchor="middle">'
            f'<path d="{ground}" fill="none" stroke="#000" stroke-width="2"/>'
            f'<g fill="{temperature_color(T[-1])}">{bars}</g>{numbers}</svg>'
        )
        name, lowest = self.schedule if isinstance(self.schedule, str) else "drawn", E.argmin()
        words = (
            f"A landscape of {E.size} states, and the exact distribution over them after the {name} schedule "
            f"of {self.steps} steps from T = {T[0]:.3g} to {T[-1]:.3g}, started in state {START}"
        )
        listed = ", ".join(f"state {i} {q:.4f}" for i, q in enumerate(p))
        return svg_uri(svg), f"{words}: {listed}", f"{words}: the lowest, {lowest}, has {p[lowest]:.7f}"

    def _still_tour(self) -> tuple[str, str, str]:
        order, length = _annealed(self.seed, self.cities)
        x = 150 + 140 * np.array(_places(self.seed)[self.cities]) * [1, -1]
        path = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in x[order]) + "Z"
        dots = "".join(f"M{a:.1f} {b:.1f}h0" for a, b in x)
        colour = temperature_color(TOUR[0])
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 300">'
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
            f'<path d="{dots}" stroke="#000" stroke-width="5" stroke-linecap="round"/></svg>'
        )
        where = "on a circle" if self.cities == "circle" else "at random in a square"
        words = f"An annealed tour of {len(x)} cities {where}: its length is {length:.4f}"
        shortest = OPTIMUM[self.cities]
        return svg_uri(svg), words, words + (f"; the shortest is {shortest:.4f}" if shortest else "")
