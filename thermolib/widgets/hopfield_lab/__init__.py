"""`HopfieldLab`: a network that stores drawings and recalls them from a part (page hopfield).

The network stores, recalls and forgets in the reader's browser (`hopfield.js`), which the tests hold to
`thermolib.mean_field`; the theory of large networks beside it is computed here.
"""

from __future__ import annotations

from math import isqrt
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.special import erf

from thermolib._validate import numbers, whole
from thermolib.mean_field import Hopfield
from thermolib.palette import temperature_color
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.kit.host import stylesheet, svg_uri
from thermolib.widgets.kit.lab import Checked, Lab, stepped

__all__ = ["DRAWINGS", "HopfieldLab"]

STEP = 0.05  # of the temperature's slider
HOTTEST = 1.5
MOST_DRAWINGS = 12
MOST_RANDOM = 40
LEAST_SIDE, MOST_SIDE = 4, 12
SWEEPS = 20  # of the still picture

# A heart, a face, a ship, a letter and a moon, which overlap by 0.14 at most.
_PICTURES = """
............ ...######... .....##..... ############ .....#####..
.###....###. .##......##. .....###.... ############ ...#####....
#####..##### .#........#. .....####... ############ ..####......
############ #..##..##..# .....#####.. #....##....# .####.......
############ #..##..##..# .....######. .....##..... .####.......
############ #..........# .....##..... .....##..... ####........
.##########. #..........# ############ .....##..... ####........
..########.. #..#....#..# .##########. .....##..... .####.......
...######... #...####...# ..########.. .....##..... .####.....#.
....####.... .#........#. ............ .....##..... ..####...##.
.....##..... .##......##. ##..##..##.. ...######... ...#######..
............ ...######... ..##..##..## ...######... .....####...
"""


def _drawn() -> NDArray[np.int8]:
    rows = [line.split() for line in _PICTURES.split("\n") if line]
    return np.array(
        [[1 if c == "#" else -1 for c in "".join(one)] for one in zip(*rows, strict=True)], np.int8
    )


#: Five drawings of 12 × 12 pixels, 1 where ink is and −1 elsewhere, shape (5, 144).
DRAWINGS = _drawn()


def _drawings(name: str, x: Any) -> list[list[int]]:
    patterns = numbers(name, x)
    sides = [n**2 for n in range(LEAST_SIDE, MOST_SIDE + 1)]
    if patterns.ndim != 2 or not 1 <= len(patterns) <= MOST_DRAWINGS or patterns.shape[1] not in sides:
        wanted = f"from 1 to {MOST_DRAWINGS} rows of as many pixels as a square of side {LEAST_SIDE} to"
        raise ValueError(f"{name} must be {wanted} {MOST_SIDE} has, got shape {patterns.shape}")
    if not np.all(np.abs(patterns) == 1):
        raise ValueError(f"{name} must be ±1, got values from {patterns.min():g} to {patterns.max():g}")
    return patterns.astype(int).tolist()


def _theory() -> list[tuple[float, float]]:
    """Return (α, m) of large networks at T = 0, from the capacity, where m ends, down to α near 0.

    With y = m/√(2αr) the equations of Amit, Gutfreund and Sompolinsky are m = erf y and
    √(2α) = erf(y)/y − (2/√π) e^{−y²}: α is a function of y, and its maximum the capacity.
    """

    def alpha(y: Any) -> Any:
        return (erf(y) / y - 2 / np.sqrt(np.pi) * np.exp(-(y**2))) ** 2 / 2

    y = np.geomspace(minimize_scalar(lambda y: -alpha(y), bounds=(1, 2), method="bounded").x, 12, 48)
    return [(float(a), float(m)) for a, m in zip(alpha(y).round(7), erf(y).round(7), strict=True)]


class HopfieldLab(Lab):
    """A network of a drawing's pixels that stores what the reader draws, and recalls it from a part.

    Hebb's couplings J = (1/N) Σ ξξᵀ without diagonal. The heat bath at T takes the units one by one, each
    sweep in a random order; at T = 0 a unit takes the sign of its field, and without a field it stays.
    The pixels are drawn on by mouse, by finger and by keys; random memories load the network beyond its
    capacity.

    Parameters
    ----------
    patterns : array_like of ±1, shape (P, N), optional
        Drawings that are stored: squares of 4 × 4 to 12 × 12 pixels, row by row, 1 ≤ P ≤ 12; `DRAWINGS` if
        none are given.
    T : float
        Temperature, 0 ≤ T ≤ 1.5, rounded to the slider's step of 0.05.
    extra : int
        Random memories stored besides, 0 ≤ extra ≤ 40.
    seed : int
        Seed of the browser's random numbers, 0 ≤ seed < 2³².

    Raises
    ------
    ValueError
        If an argument is none of these, here or when one is set later.

    Notes
    -----
    `patterns`, `T` and `extra` follow the reader's hand where a kernel lives; the state is known to the page
    alone. What the lab says of a state goes by its overlaps: a memory is recalled from 0.9 on; three or more
    of at least 0.3 make a mixture, unless one is at least 0.7.

    References
    ----------
    Hopfield, PNAS 79, 2554 (1982); Amit, Gutfreund, Sompolinsky, Annals of Physics 173, 30 (1987), for the
    theory beside it.

    Examples
    --------
    >>> lab = HopfieldLab(T=0.31)
    >>> len(lab.patterns), len(lab.patterns[0]), lab.T
    (5, 144, 0.3)
    """

    _kind = "thermo-hopfield"
    _esm = bundle("hopfield_lab/view.js")
    _css = stylesheet("kit/widget.css", "kit/lab.css", "kit/pixels.css", "hopfield_lab/view.css")
    patterns = Checked(_drawings, DRAWINGS.tolist())
    T = Checked(stepped(0, HOTTEST, STEP), 0.0)
    extra = Checked(lambda name, x: whole(name, x, 0, MOST_RANDOM), 0)

    def __init__(
        self, patterns: ArrayLike | None = None, *, T: float = 0.0, extra: int = 0, seed: int = 1
    ) -> None:
        given = DRAWINGS if patterns is None else patterns
        super().__init__(patterns=given, T=T, extra=extra, seed=seed)
        self.colours = [temperature_color(k * STEP) for k in range(round(HOTTEST / STEP) + 1)]
        self.constants = {
            "side": isqrt(len(self.patterns[0])),
            "step": STEP,
            "hottest": HOTTEST,
            "most": MOST_DRAWINGS,
            "most_random": MOST_RANDOM,
            "theory": _theory(),
        }

    @traitlets.validate("patterns")
    def _of_one_size(self, proposal: Any) -> Any:
        pixels = self.constants["side"] ** 2 if self.constants else len(proposal["value"][0])
        if len(proposal["value"][0]) != pixels:
            raise ValueError(f"patterns must have {pixels} pixels each, got {len(proposal['value'][0])}")
        return proposal["value"]

    def still(self) -> tuple[str, str, str]:
        """Draw what is stored, and what is recalled from the upper third of the first drawing."""
        stored, side = np.array(self.patterns), self.constants["side"]
        N, rng = side**2, np.random.default_rng(self.seed)
        memories = np.concatenate([stored, rng.choice([-1, 1], (self.extra, N))])
        hidden = N - side * (side // 3)
        cue = np.concatenate([stored[0, :-hidden], rng.choice([-1, 1], hidden)])
        network = Hopfield(memories)
        end = network.recall(cue, self.T, sweeps=SWEEPS, rng=rng)
        corners = [(10 + 68 * (k % 6), 190 + 68 * (k // 6)) for k in range(len(stored))]
        pictures = [(cue, 10, 10, 150), (end, 242, 10, 150)]
        pictures += [(one, *corner, 56) for one, corner in zip(stored, corners, strict=True)]
        colour = temperature_color(self.T)
        drawn = "".join(
            f'<path d="M{left} {top}h{size}v{size}h-{size}z" fill="{colour}" fill-opacity=".18"/>'
            f'<path d="{_pixels(one, side, left, top, size)}" fill="{colour}"/>'
            for one, left, top, size in pictures
        )
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 {corners[-1][1] + 66}" '
            f'font-family="sans-serif" font-size="12">{drawn}<path d="M175 85h50l-8-6m8 6-8 6" '
            'fill="none" stroke="#000"/><text x="10" y="182">stored:</text></svg>'
        )
        overlap = f"{network.overlap(end)[0]:.2f}".replace("-", "−")
        besides = f" and {self.extra} random memories" if self.extra else ""
        words = f"A network of {N} units stores {len(stored)} drawings{besides}"
        told = (
            f"{words}. From the upper third of the first, recall at T = {self.T:.3g} comes to an overlap of "
            f"{overlap} with it"
        )
        return svg_uri(svg), f"{words}: a cue, what is recalled, and the drawings", told


def _pixels(s: NDArray[Any], side: int, left: float, top: float, size: float) -> str:
    edge = size / side
    return "".join(
        f"M{left + edge * (k % side):.1f} {top + edge * (k // side):.1f}h{edge:.1f}v{edge:.1f}h-{edge:.1f}z"
        for k in np.flatnonzero(s > 0)
    )
