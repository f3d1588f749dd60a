"""`ErrorsLab`: error bars put to the test, run after run (chapter sampling).

The lattices run in the reader's browser (`errors.js`, on the physics of `kit/ising.js`); the exact energies
are computed here by `thermolib.ising`.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from thermolib import chains, sampling
from thermolib.ising import torus_energy
from thermolib.palette import temperature_color
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.kit.host import stylesheet, svg_uri
from thermolib.widgets.kit.lab import Checked, Lab, between, choice

__all__ = ["ErrorsLab"]

L = 16
TEMPERATURES = np.arange(200, 351) / 100  # the slider's steps: each has its exact energy
LENGTHS = (500, 1000, 2000, 4000)
RUNS, STILL_LENGTH = 60, 600  # of the still picture
CURVE = np.linspace(-8, 8, 81)
NORMAL = np.exp(-(CURVE**2) / 2) / np.sqrt(2 * np.pi)


def _steps(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the outline of a histogram of z: corners, and densities there; the outer bins hold the rest."""
    density, edges = np.histogram(np.clip(z, -8, 8), 32, (-8, 8), density=True)
    return np.repeat(edges, 2), np.concatenate([[0], np.repeat(density, 2), [0]])


def _line(z: np.ndarray, density: np.ndarray, style: str) -> str:
    """Draw a line of the still picture."""
    places = zip(26 + 10 * (z + 8), 130 - 220 * np.minimum(density, 0.5), strict=True)
    return f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}" {style}/>'


@cache
def _exact() -> list[float]:
    return np.round(torus_energy(L, TEMPERATURES), 7).tolist()


class ErrorsLab(Lab):
    """Many short runs of a 16×16 Ising lattice, and how far their means lie from the exact energy.

    Each run by Metropolis (sweeps) and each by Wolff (clusters) gives its mean energy two errors, σ/√n and
    σ√(τ/n), and so two deviations z = (mean − exact)/error, which are counted in histograms beside the normal
    curve.

    Parameters
    ----------
    T : float
        Temperature in units of J/k_B, 2 ≤ T ≤ 3.5, rounded to the slider's step of 0.01.
    length : {2000, 500, 1000, 4000}
        Measurements in a run: sweeps of N = L² proposals, or clusters.
    seed : int
        Seed of the browser's random numbers, 0 ≤ seed < 2³².

    Raises
    ------
    ValueError
        If an argument is none of these, here or when one is set later.

    Notes
    -----
    τ is that of `thermolib.chains.autocorrelation_time`, but of each run alone and for runs of any length:
    where a run is shorter than about fifty τ its error is too small on average, because τ is. `T` and
    `length` follow the reader's hand where a kernel lives.

    Examples
    --------
    >>> lab = ErrorsLab(T=2.27)
    >>> lab.T, lab.length
    (2.27, 2000)
    """

    _kind = "thermo-errors"
    _esm = bundle("errors_lab/view.js")
    _css = stylesheet("kit/widget.css", "kit/lab.css", "errors_lab/view.css")
    T = Checked(between(TEMPERATURES[0], TEMPERATURES[-1], 2), 2.5)
    length = Checked(choice(LENGTHS), 2000)

    def __init__(self, T: float = 2.5, length: int = 2000, *, seed: int = 1) -> None:
        super().__init__(T=T, length=length, seed=seed)
        self.colours = [temperature_color(k) for k in TEMPERATURES[::5]]
        self.constants = {
            "temperatures": TEMPERATURES.tolist(),
            "exact": _exact(),
            "lengths": list(LENGTHS),
            "side": L,
        }

    def still(self) -> tuple[str, str, str]:
        """Draw the histograms of sixty runs by each move."""
        temperatures, exact = np.full(RUNS, self.T), float(torus_energy(L, self.T))
        runs = {
            "Metropolis": sampling.metropolis(L, temperatures, STILL_LENGTH, warm_up=200, rng=self.seed),
            "Wolff": sampling.wolff(L, temperatures, STILL_LENGTH, warm_up=200, rng=self.seed),
        }
        parts, said = [], []
        for k, (name, run) in enumerate(runs.items()):
            e = run.energy / L**2
            naive = (e.mean(axis=1) - exact) / (e.std(axis=1, ddof=1) / np.sqrt(e.shape[1]))
            honest = naive / np.sqrt(chains.autocorrelation_time(e))
            drawn = (
                _line(*_steps(honest), f'fill="{temperature_color(self.T)}"')
                + _line(*_steps(naive), 'fill="none" stroke="#000"')
                + _line(CURVE, NORMAL, 'fill="none" stroke="#000" stroke-dasharray="4 3"')
                + f'<text x="26" y="20">{name}</text>'
                '<text x="106" y="148" text-anchor="middle">z from −8 to 8</text>'
            )
            parts.append(f'<g transform="translate({200 * k} 0)">{drawn}</g>')
            rms = [np.sqrt(np.mean(z**2)) for z in (naive, honest)]
            said.append(f"{name}: r.m.s. z {rms[0]:.1f} with naive errors, {rms[1]:.1f} with τ")
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 156" '
            f'font-family="sans-serif" font-size="12">{"".join(parts)}</svg>'
        )
        words = f"Deviations of {RUNS} runs at T = {self.T:.2f} from the exact energy, in error bars"
        return svg_uri(svg), f"{words}. {'; '.join(said)}", f"{words}: with τ filled, naive as a line"
