"""`WorkLab`: what a pull costs, forwards and backwards, and what it tells of ΔF (chapter work).

The beads are pulled in the reader's browser, along the reader's own protocol (`work.js`). The tests hold
them to `thermolib.free_energy`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from thermolib._validate import finite
from thermolib.palette import temperature_color
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.kit.host import stylesheet, svg_uri
from thermolib.widgets.kit.lab import Checked, Lab, between

__all__ = ["WorkLab"]

TOP = 4.0  # where a pull ends; it begins at 0
RATE, UNIT = 64, 4  # ticks a second, and relaxation times a second
DT = UNIT / RATE
TICKS = 20 * RATE  # the longest pull
BEADS, MOST = 64, 1000  # seen, and measured in each direction
TEMPERATURES, HEAVIEST = (0.25, 2.0), 1.0
# Of the machine's pulls, in seconds.
DURATIONS = {"shortest": 0.125, "fast": 0.25, "usual": 2, "slow": 8, "longest": 16}


def _centres(name: str, value: Any) -> list[float]:
    centres = finite(name, value)
    if centres.size == 0:
        return []
    if centres.ndim != 1 or not 2 <= len(centres) <= TICKS + 1:
        raise ValueError(
            f"{name} must be a row of 2 … {TICKS + 1} numbers, or empty, got shape {centres.shape}"
        )
    if centres[0] != 0 or centres[-1] != TOP or centres.min() < 0 or centres.max() > TOP:
        raise ValueError(
            f"{name} must lead from 0 to {TOP} and stay between them, got {centres[0]} … {centres[-1]} "
            f"with values from {centres.min()} to {centres.max()}"
        )
    return np.round(centres, 3).tolist()


class WorkLab(Lab):
    """A bead in a harmonic trap under a weight, E(x; λ) = (x − λ)²/2 + wx, whose trap the reader pulls up.

    Each pull, from λ = 0 to λ = 4, is recorded as a protocol and repeated on a thousand beads that start in
    equilibrium, and reversed in time on as many more. Their works fill two histograms beside their exact
    laws; Jarzynski's and Bennett's estimates of ΔF stand beside the exact one, 4w.

    Parameters
    ----------
    weight : float
        Weight w, 0 ≤ w ≤ 1: the force that pulls the bead down.
    T : float
        Temperature, 0.25 ≤ T ≤ 2.
    centres : array_like, shape (n,), 2 ≤ n ≤ 1281, or empty
        Protocol to begin with: centres λ of the trap, 64 a second, from 0 to 4; they are rounded to three
        digits. Empty: the lab waits for the reader's.
    seed : int
        Seed of the browser's random numbers, 0 ≤ seed < 2³².

    Raises
    ------
    ValueError
        If an argument is none of these, here or when one is set later.

    Notes
    -----
    Stiffness, friction and k_B are 1, and a second has four relaxation times: `thermolib.free_energy`'s
    ``pull(lab.centres, n, dt=1/16, weight=lab.weight, T=lab.T)`` pulls as the lab does. `T`, `weight` and
    `centres`, the last pull, follow the reader's hand where a kernel lives.

    References
    ----------
    Jarzynski, Physical Review Letters 78, 2690 (1997); Crooks, Physical Review E 60, 2721 (1999); Bennett,
    Journal of Computational Physics 22, 245 (1976).

    Examples
    --------
    >>> lab = WorkLab(weight=0.75, centres=[0, 1, 2.5, 4])
    >>> lab.weight, lab.centres
    (0.75, [0.0, 1.0, 2.5, 4.0])
    """

    _kind = "thermo-work"
    _esm = bundle("work_lab/view.js")
    _css = stylesheet("kit/widget.css", "kit/lab.css", "kit/drag.css", "work_lab/view.css")
    weight = Checked(between(0, HEAVIEST), 0.5)
    T = Checked(between(*TEMPERATURES), 1.0)
    centres = Checked(_centres, ())

    def __init__(
        self, weight: float = 0.5, *, T: float = 1.0, centres: ArrayLike = (), seed: int = 1
    ) -> None:
        super().__init__(weight=weight, T=T, centres=centres, seed=seed)
        self.colours = [temperature_color(k) for k in np.geomspace(*TEMPERATURES, 31)]
        self.constants = {
            "temperatures": TEMPERATURES,
            "heaviest": HEAVIEST,
            "top": TOP,
            "rate": RATE,
            "unit": UNIT,
            "ticks": TICKS,
            "beads": BEADS,
            "most": MOST,
            "durations": DURATIONS,
        }

    def _dissipated(self) -> float:
        """Return ⟨W⟩ − ΔF of the lab's protocol, or of a straight second: the mean bead lags behind."""
        centres = np.array(self.centres or np.linspace(0, TOP, RATE + 1))
        lag, lost, kept = 0.0, 0.0, np.exp(-DT)
        for step in np.diff(centres):
            lost += step * (step / 2 + lag)
            lag = kept * (lag + step)
        return max(lost, 0.0)

    def still(self) -> tuple[str, str, str]:
        """Draw the exact laws of W and −W for one pull, which cross at ΔF."""
        delta, lost = TOP * self.weight, self._dissipated()
        sd = np.sqrt(2 * self.T * lost)
        reach, u = lost + 4 * sd, np.linspace(-4, 4, 81)
        parts = []
        for side, style in (
            (1, f'fill="{temperature_color(self.T)}" fill-opacity=".7" stroke="none"'),
            (-1, 'fill="none" stroke="#000" stroke-width="1.5"'),
        ):
            x = 200 + 190 * (side * lost + sd * u) / reach
            places = zip(x, 150 - 110 * np.exp(-(u**2) / 2), strict=True)
            parts.append(f'<polyline points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in places)}" {style}/>')
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 190" font-family="sans-serif" '
            f'font-size="12" text-anchor="middle">{"".join(parts)}<path d="M10 150H390" stroke="#000"/>'
            '<path d="M200 30V150" stroke="#000" stroke-dasharray="4 3"/>'
            f'<text x="200" y="22">ΔF = {delta:.2f}</text><text x="200" y="168">work: up filled, '
            f"minus the work down as a line</text></svg>"
        )
        pull = "its pull" if self.centres else "a pull of one second"
        words = f"Work on a bead in a trap under a weight, at T = {self.T:.3g}, by {pull}"
        means = f"on average {delta + lost:.2f} up and {lost - delta:.2f} down".replace("-", "−")
        return svg_uri(svg), f"{words}: {means}. The two laws cross at ΔF = {delta:.2f}", f"{words}: {means}"
