"""`DepthLab`: a circle of inputs on its way through a random network (page signal-propagation).

Network, maps and pictures are made in the reader's browser (`depth.js`); the picture for print is drawn
here, of a network of the same law.
"""

from __future__ import annotations

import numpy as np

from thermolib._types import Floats
from thermolib.palette import STOPS
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.kit.host import stylesheet, svg_uri
from thermolib.widgets.kit.lab import Checked, Lab, between, choice, stepped

__all__ = ["DepthLab"]

WIDTH, DEPTH = 200, 26  # units of a layer, and layers
POINTS = 72  # of the circle: 5° apart
WEIGHTS, BIASES = (0.5, 3.0), (0.0, 1.0)
ANGLE = 360 // POINTS
NAMES = {"tanh": "tanh", "relu": "ReLU"}
DRAWN = (1, 2, 3, 5, 8, 12, 16, 21, 26)  # layers of the picture for print


def _pass(sigma_w: float, sigma_b: float, phi: str, x: Floats, rng: np.random.Generator) -> list[Floats]:
    """Return the pre-activations of the points x (points, 2) in each layer, (points, WIDTH)."""
    found: list[Floats] = []
    for _ in range(DEPTH):
        W = rng.standard_normal((x.shape[1], WIDTH)) / np.sqrt(x.shape[1])
        found.append(sigma_w * x @ W + sigma_b * rng.standard_normal(WIDTH))
        x = np.tanh(found[-1]) if phi == "tanh" else np.maximum(found[-1], 0)
    return found


class DepthLab(Lab):
    """A circle of inputs passes through a deep random network, and two of them are compared layer by layer.

    Pictures show what the circle becomes in two units of each layer; the plane of σ_w and σ_b has the edge of
    chaos, χ₁ = 1; curves show the mean square q of the pre-activations and their correlation c, beside the
    maps of infinitely wide layers.

    Parameters
    ----------
    sigma_w, sigma_b : float
        Standard deviations: weights are normal with variance σ_w²/fan-in, biases with variance σ_b²;
        0.5 ≤ σ_w ≤ 3, 0 ≤ σ_b ≤ 1, kept to two decimals.
    phi : {"tanh", "relu"}
        Nonlinearity between the layers.
    angle : float
        Angle between the two inputs A and B in degrees, 0 ≤ angle ≤ 180, rounded to a multiple of 5.
    seed : int
        Of the network's random numbers in the page, 0 ≤ seed < 2³².

    Raises
    ------
    ValueError
        If an argument is none of these, here or when one is set later.

    Notes
    -----
    A network has 26 layers of 200 units and two inputs, whose mean square is 1. All the parameters follow the
    reader's hand where a kernel lives. The picture for print is of another network of the same law.

    References
    ----------
    Poole, Lahiri, Raghu, Sohl-Dickstein, Ganguli, NeurIPS 29, 3360 (2016); Schoenholz, Gilmer, Ganguli,
    Sohl-Dickstein, ICLR (2017).

    Examples
    --------
    >>> lab = DepthLab(2.0, 0.3, angle=31)
    >>> lab.sigma_w, lab.sigma_b, lab.angle
    (2.0, 0.3, 30)
    """

    _kind = "thermo-depth"
    _esm = bundle("depth_lab/view.js")
    _css = stylesheet("kit/widget.css", "kit/lab.css", "kit/drag.css", "depth_lab/view.css")
    sigma_w = Checked(between(*WEIGHTS, 2), 1.5)
    sigma_b = Checked(between(*BIASES, 2), 0.2)
    phi = Checked(choice(tuple(NAMES)), "tanh")
    angle = Checked(stepped(0.0, 180.0, ANGLE), 60)

    def __init__(
        self,
        sigma_w: float = 1.5,
        sigma_b: float = 0.2,
        *,
        phi: str = "tanh",
        angle: float = 60,
        seed: int = 1,
    ) -> None:
        super().__init__(sigma_w=sigma_w, sigma_b=sigma_b, phi=phi, angle=angle, seed=seed)
        self.constants = {
            "width": WIDTH,
            "depth": DEPTH,
            "points": POINTS,
            "weights": WEIGHTS,
            "biases": BIASES,
            "names": NAMES,
            "inks": {"A": STOPS[0], "B": STOPS[-1], "between": STOPS[4]},
        }

    def still(self) -> tuple[str, str, str]:
        """Draw the circle and nine of its layers, and say where the correlation went."""
        angles = np.radians(np.arange(0, 360, ANGLE))
        x = np.sqrt(2) * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        layers = _pass(self.sigma_w, self.sigma_b, self.phi, x, np.random.default_rng(self.seed))
        b = self.angle // ANGLE
        last = layers[-1]
        c = float(last[0] @ last[b] / np.sqrt(last[0] @ last[0] * (last[b] @ last[b])))
        cells = []
        for place, (name, h) in enumerate([("0", x), *((str(l), layers[l - 1]) for l in DRAWN)]):
            left, top = 80 * (place % 5), 80 * (place // 5)
            unit = 13 / np.sqrt(np.mean(h**2))
            at = np.array([left + 40, top + 42]) + np.clip(h[:, :2] * unit * [1, -1], -36, 36)
            ring = " ".join(f"{u:.1f},{v:.1f}" for u, v in at)
            (u, v), (s, t) = at[0], at[b]
            cells.append(
                f'<rect x="{left + 2}" y="{top + 2}" width="76" height="76" fill="none" stroke="#999"/>'
                f'<polygon points="{ring}" fill="none" stroke="#000" stroke-width=".8"/>'
                f'<text x="{left + 6}" y="{top + 15}">{name}</text>'
                f'<circle cx="{u:.0f}" cy="{v:.0f}" r="4" fill="{STOPS[0]}"/>'
                f'<rect x="{s - 4:.0f}" y="{t - 4:.0f}" width="8" height="8" fill="{STOPS[-1]}"/>'
            )
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 160" font-family="sans-serif" '
            f'font-size="11">{"".join(cells)}</svg>'
        )
        layers_drawn = ", ".join(map(str, (0, *DRAWN)))
        words = f"A circle of inputs in layers {layers_drawn} of a random {NAMES[self.phi]} network"
        c_first = np.cos(np.radians(self.angle))
        went = " before, ".join(f"{round(float(one), 2) + 0:.2f}" for one in (c_first, c))
        setting = f"σ of the weights {self.sigma_w:.2f}, of the biases {self.sigma_b:.2f}"
        said = f"{setting}; correlation of A (disc) and B (square) {went} after {DEPTH} layers"
        alt = f"{words}, in two units of each: {said}"
        return svg_uri(svg), alt.replace(" -", " −"), f"{words}: {said}".replace(" -", " −")
