"""`MeanFieldLab`: spins that all feel their average (chapter mean-field).

Mean field, the exact law of the magnetisation and its chain run in the reader's browser (`mean_field.js`);
the tests hold them to `thermolib.mean_field`.
"""

from __future__ import annotations

import numpy as np

from thermolib.mean_field import curie_weiss_exact, curie_weiss_free_energy, curie_weiss_magnetization
from thermolib.palette import temperature_color
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.kit.host import stylesheet, svg_uri
from thermolib.widgets.kit.lab import Checked, Lab, between, choice, stepped

__all__ = ["MeanFieldLab"]

COLDEST, HOTTEST, DEGREE = 0.3, 2.0, 0.05  # at 0.3 both spinodals still lie on the slider of the field
EDGE, STEP = 0.6, 0.01  # of the field
SIZES = (10, 20, 50, 100, 200, 500, 1000)
PACES = (60, 600, 3000)  # sweeps a second


class MeanFieldLab(Lab):
    """N spins that all feel their average, E = −M²/(2N) − hM with M = Σ sᵢ, under sliders for T, h and N.

    Three strips share the axis of m = M/N: where y = m and y = tanh((m + h)/T) cross, the free energy per
    spin f(m) with the present state as a ball, and the exact law of m at this N beside the share of time
    spent there. A fourth picture shows m against h: mean field, the exact average, and, on *Sweep h*, what
    m is while the field runs up and down.

    Parameters
    ----------
    T : float
        Temperature, 0.3 ≤ T ≤ 2, rounded to the slider's step of 0.05. T_c = 1.
    h : float
        Field, −0.6 ≤ h ≤ 0.6, rounded to 0.01.
    N : {100, 10, 20, 50, 200, 500, 1000}
        Number of spins.
    m : float
        Magnetisation per spin to begin with, −1 ≤ m ≤ 1; the spins take the nearest that they can.
    seed : int
        Seed of the browser's random numbers, 0 ≤ seed < 2³².

    Raises
    ------
    ValueError
        If an argument is none of these, here or when one is set later.

    Notes
    -----
    The dynamics is a heat bath on spins drawn at random, N to a sweep, of which M alone is kept: a chain on
    N + 1 states whose stationary law is `thermolib.mean_field.curie_weiss_exact`'s. While the field runs it
    moves by 0.01 every fifteenth of a second, 4, 40 or 200 sweeps. `T`, `h`, `N` and `m`, where the ball was
    last put, follow the reader's hand where a kernel lives.

    References
    ----------
    Baxter, *Exactly Solved Models in Statistical Mechanics* (1982), chapter 3.

    Examples
    --------
    >>> lab = MeanFieldLab(T=0.5, h=-0.1, N=50)
    >>> lab.T, lab.h, lab.N, lab.m
    (0.5, -0.1, 50, 1.0)
    """

    _kind = "thermo-mean-field"
    _esm = bundle("mean_field_lab/view.js")
    _css = stylesheet("kit/widget.css", "kit/lab.css", "kit/drag.css", "mean_field_lab/view.css")
    T = Checked(stepped(COLDEST, HOTTEST, DEGREE), 0.8)
    h = Checked(between(-EDGE, EDGE, 2), 0.0)
    N = Checked(choice(SIZES), 100)
    m = Checked(between(-1, 1), 1.0)

    def __init__(
        self, T: float = 0.8, *, h: float = 0.0, N: int = 100, m: float = 1.0, seed: int = 1
    ) -> None:
        super().__init__(T=T, h=h, N=N, m=m, seed=seed)
        count = round((HOTTEST - COLDEST) / DEGREE) + 1
        self.colours = [temperature_color(T) for T in np.linspace(COLDEST, HOTTEST, count)]
        self.constants = {
            "temperatures": (COLDEST, HOTTEST, DEGREE),
            "edge": EDGE,
            "step": STEP,
            "sizes": SIZES,
            "paces": PACES,
        }

    def still(self) -> tuple[str, str, str]:
        """Draw f(m) and the exact law of m below it, and say what both call the magnetisation."""
        T, h, N = self.T, self.h, self.N
        exact, best = curie_weiss_exact(N, T, h), float(curie_weiss_magnetization(T, h))
        m = np.linspace(-1, 1, 201)
        f = np.asarray(curie_weiss_free_energy(m, T, h))
        curves = (
            (m, 100 - 80 * (f - f.min()) / np.ptp(f)),
            (exact.m, 200 - 80 * exact.p / exact.p.max()),
        )
        one, other = (
            " ".join(f"{200 + 190 * a:.1f},{b:.1f}" for a, b in zip(*curve, strict=True)) for curve in curves
        )
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 225" font-family="sans-serif" '
            f'font-size="12"><polyline points="{one}" fill="none" stroke="#000" stroke-width="2"/>'
            f'<polygon points="10,200 {other} 390,200" fill="{temperature_color(T)}" fill-opacity=".6"/>'
            '<path d="M10 200H390" stroke="#000"/><text x="10" y="14">f(m)</text>'
            '<text x="10" y="118">P(m)</text>'
            '<text x="200" y="218" text-anchor="middle">m from −1 to 1</text></svg>'
        )
        words = f"{N} spins that feel their average, at T = {T:.3g} in a field h = {h:.3g}"
        both = "±" if h == 0 and best > 0 else ""
        size = float(exact.p @ np.abs(exact.m))
        said = f"f is lowest at m = {both}{best:.3f}, the exact mean of |m| is {size:.3f}"
        words, said = words.replace("-", "−"), said.replace("-", "−")
        alt = f"{words}: free energy per spin as a line, the exact law of m filled; {said}"
        return svg_uri(svg), alt, f"{words}: {said}"
