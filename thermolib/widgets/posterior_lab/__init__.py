"""`PosteriorLab`: the posterior of two weights under a sampler's hand (chapter posterior-sampling).

Particles move in the reader's browser, and what is exact is computed there too, for the reader moves the data
(`posterior.js`). The tests hold both to `thermolib.bnn` and NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from thermolib._types import Floats
from thermolib._validate import finite
from thermolib.palette import temperature_color
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.kit.host import stylesheet, svg_uri
from thermolib.widgets.kit.lab import Checked, Lab, between, choice

__all__ = ["PosteriorLab"]

X = (-2.0, -1.0, 0.5, 1.0, 2.0)
Y = (-0.9, -0.7, 0.4, 0.8, 1.1)
FARTHEST = (4.0, 3.0)  # of the data, in x and y; the weights are seen from −4 to 4
MOST = 12  # points
STEPS = (0.001, 1.0)
USUAL = {"sgld": 0.005, "hmc": 0.05, "thermostat": 0.02}  # the step size that comes with a sampler
TEMPERATURES = (0.1, 4.0)
PARTICLES, LEAPFROGS, NOISE = 300, 10, 1.0  # NOISE: the thermostat's
CELLS = 64  # of the still landscape, along a side


def _points(name: str, value: Any) -> list[list[float]]:
    points = finite(name, value)
    if points.size == 0:
        points = np.reshape(points, (0, 2))
    if points.ndim != 2 or points.shape[1] != 2 or len(points) > MOST:
        raise ValueError(f"{name} must be at most {MOST} pairs (x, y), got shape {points.shape}")
    if np.any(np.abs(points) > FARTHEST):
        raise ValueError(
            f"{name} must lie in |x| ≤ {FARTHEST[0]}, |y| ≤ {FARTHEST[1]}, got {points.tolist()}"
        )
    return points.tolist()


class PosteriorLab(Lab):
    """The exact posterior of y = w₂ tanh(w₁ x), and particles that sample it.

    The priors of both weights are N(0, 1), the noise is Gaussian. Beside the landscape stands what it
    predicts; its data can be moved, added and taken away.

    Parameters
    ----------
    x, y : array_like of at most 12 numbers, as many of each
        The data, −4 ≤ x ≤ 4 and −3 ≤ y ≤ 3.
    noise_std : float
        Standard deviation of the noise, 0.1 ≤ noise_std ≤ 2.
    T : float
        Temperature, 0.1 ≤ T ≤ 4: the target is p(w ∣ y)^{1/T}, up to a factor; T = 1 is Bayes.
    step : float or None
        Step size, 0.001 ≤ step ≤ 1, as `thermolib.bnn` takes it; None is the sampler's usual one.
    sampler : {"sgld", "hmc", "thermostat"}
        Langevin dynamics, Hamiltonian Monte Carlo with ten leapfrogs, or the Nosé–Hoover thermostat; the
        gradient is that of all data.
    seed : int
        Seed of the browser's random numbers, 0 ≤ seed < 2³².

    Raises
    ------
    ValueError
        If an argument is none of these, here or when one is set later.

    Notes
    -----
    `points`, the pairs (x, y), and `T`, `step` and `sampler` follow the reader's hand where a kernel lives.

    References
    ----------
    Welling and Teh, International Conference on Machine Learning (2011); Neal, in Handbook of Markov Chain
    Monte Carlo (2011), for Hamiltonian dynamics; Ding et al., Neural Information Processing Systems (2014).

    Examples
    --------
    >>> lab = PosteriorLab(T=0.5, sampler="hmc")
    >>> lab.step, lab.points[0]
    (0.05, [-2.0, -0.9])
    """

    _kind = "thermo-posterior"
    _esm = bundle("posterior_lab/view.js")
    _css = stylesheet("kit/widget.css", "kit/lab.css", "kit/drag.css", "posterior_lab/view.css")
    points = Checked(_points, ())
    noise_std = Checked(between(0.1, 2), 0.3)
    T = Checked(between(*TEMPERATURES), 1.0)
    step = Checked(between(*STEPS), USUAL["sgld"])
    sampler = Checked(choice(tuple(USUAL)), "sgld")

    def __init__(
        self,
        x: ArrayLike = X,
        y: ArrayLike = Y,
        *,
        noise_std: float = 0.3,
        T: float = 1.0,
        step: float | None = None,
        sampler: str = "sgld",
        seed: int = 1,
    ) -> None:
        x, y = finite("x", x), finite("y", y)
        if x.ndim != 1 or x.shape != y.shape:
            raise ValueError(f"x and y must be rows of as many numbers, got shapes {x.shape} and {y.shape}")
        points = np.stack([x, y], axis=1).tolist()
        super().__init__(points=points, noise_std=noise_std, T=T, sampler=sampler, seed=seed)
        self.step = USUAL[self.sampler] if step is None else step
        self.colours = [temperature_color(k) for k in np.geomspace(*TEMPERATURES, 41)]
        self.constants = {
            "temperatures": TEMPERATURES,
            "steps": STEPS,
            "usual": USUAL,
            "farthest": FARTHEST,
            "most": MOST,
            "particles": PARTICLES,
            "leapfrogs": LEAPFROGS,
            "noise": NOISE,
        }

    def _posterior(self, w: Floats) -> Floats:
        """Return p(w ∣ y)^{1/T} on the grid of the places `w`, w₁ along the columns, summed to 1."""
        w1, w2 = w, w[:, None]
        squares = w1**2 + w2**2
        for x, y in self.points:
            squares = squares + ((y - w2 * np.tanh(w1 * x)) / self.noise_std) ** 2
        p = np.exp(-(squares - squares.min()) / 2 / self.T)
        return p / p.sum()

    def still(self) -> tuple[str, str, str]:
        """Draw the exact landscape, and the band of its predictions."""
        edge, high = FARTHEST
        w = edge * ((2 * np.arange(CELLS) + 1) / CELLS - 1)
        p = self._posterior(w)
        side, colour = 180 / CELLS, temperature_color(self.T)
        shade = np.round(np.sqrt(p / p.max()), 2)
        cells = "".join(
            f'<rect x="{side * column:.1f}" y="{180 - side * (row + 1):.1f}" width="{side + 0.1:.1f}" '
            f'height="{side + 0.1:.1f}" fill-opacity="{shade[row, column]}"/>'
            for row, column in np.argwhere(shade > 0.04)
        )
        w = np.linspace(-6, 6, 241) * max(1, np.sqrt(self.T))
        p = self._posterior(w)
        x = np.linspace(-edge, edge, 41)
        f = w[:, None] * np.tanh(np.multiply.outer(x, w))[:, None, :]
        mean = (p * f).sum(axis=(1, 2))
        sd = np.sqrt((p * f**2).sum(axis=(1, 2)) - mean**2)

        def places(y: Floats) -> list[str]:
            return [
                f"{200 + 180 * (a + edge) / 2 / edge:.1f},{90 - 90 * b / high:.1f}"
                for a, b in zip(x, np.clip(y, -high, high), strict=True)
            ]

        band = " ".join(places(mean + sd) + places(mean - sd)[::-1])
        dots = "".join(
            f'<circle cx="{200 + 180 * (a + edge) / 2 / edge:.1f}" cy="{90 - 90 * b / high:.1f}" r="3"/>'
            for a, b in self.points
        )
        frames = "".join(
            f'<rect x="{left}" width="180" height="180" fill="none" stroke="#000"/>' for left in (0, 200)
        )
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 384 206" font-family="sans-serif" '
            f'font-size="12" text-anchor="middle"><g fill="{colour}">{cells}'
            f'<polygon points="{band}" fill-opacity=".4"/></g>'
            f'<polyline points="{" ".join(places(mean))}" fill="none" stroke="{colour}" stroke-width="2"/>'
            f'{dots}{frames}<text x="90" y="197">weights w₁, w₂ from −4 to 4</text>'
            '<text x="290" y="197">x from −4 to 4, y from −3 to 3</text></svg>'
        )
        at = int(np.argmin(np.abs(x - 3)))
        words = f"The posterior of two weights at T = {self.T:.3g} given {len(self.points)} points"
        predicted = f"at x = 3 its network gives {mean[at]:.2f} ± {sd[at]:.2f}"
        alt = f"{words}, as a landscape, and the band of its predictions: {predicted}"
        return svg_uri(svg), alt, f"{words}: {predicted}"
