"""`FreeEnergyLab`: a Gaussian in the reader's hand, and the free energy that it has (chapter free-energy).

The trial law is moved and descends in the reader's browser (`free_energy.js`); what is exact, F = −T ln Z
with its U, is computed here by `thermolib.boltzmann`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from thermolib._types import Floats
from thermolib.boltzmann import thermodynamics
from thermolib.palette import temperature_color
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.kit.host import stylesheet, svg_uri
from thermolib.widgets.kit.lab import Checked, Lab, between, choice, stepped

__all__ = ["FreeEnergyLab"]

STEP = 0.05  # of the temperature's slider, each of which has its exact values
TEMPERATURES = np.arange(2, 81) * STEP
MEANS, WIDTHS = (-4.0, 4.0), (0.05, 3.0)
EDGE = 5.0  # x is seen from −EDGE to EDGE
X = np.linspace(-14, 14, 5601)  # of the integrals: at the hottest, the flattest well is 2 wide


def _double(x: Floats) -> Floats:
    return 3 * ((x / 1.8) ** 2 - 1) ** 2 + x / 4


def _unequal(x: Floats) -> Floats:
    return -np.logaddexp(1.5 - 8 * (x - 1.8) ** 2, -((x + 1.2) ** 2) / 2)


ENERGIES: dict[str, Callable[[Floats], Floats]] = {
    "well": lambda x: x**2 / 2,
    "double": _double,
    "unequal": _unequal,
}
NAMES = {
    "well": "one well",
    "double": "two wells, tilted",
    "unequal": "a deep narrow well and a wide one",
}


@cache
def _exact(landscape: str) -> dict[str, list[float]]:
    """Return F and U at every temperature: the trapezoid, exact to rounding for what decays on both sides."""
    found = thermodynamics(ENERGIES[landscape](X), TEMPERATURES, np.log(X[1] - X[0]))
    return {"F": np.round(found.F, 9).tolist(), "U": np.round(found.U, 9).tolist()}


class FreeEnergyLab(Lab):
    """A landscape E(x), its Boltzmann law p ∝ e^{−E/T}, and a Gaussian q that the reader moves.

    Bars show U, −TS and F[q] = U − TS of q, and the gap T·KL(q‖p) that is left down to −T ln Z. The top of q
    and its shoulder are dragged; *Descend* moves q downhill to the nearest minimum of F[q].

    Parameters
    ----------
    landscape : {"double", "well", "unequal"}
        E = 3(x²/1.8² − 1)² + x/4; x²/2; or a well of curvature 16 at 1.8 that is deeper by 1.5 than one of
        curvature 1 at −1.2, E = −ln[e^{1.5 − 8(x − 1.8)²} + e^{−(x + 1.2)²/2}].
    T : float
        Temperature, 0.1 ≤ T ≤ 4, rounded to the slider's step of 0.05.
    mean, width : float
        Mean and standard deviation of q at the start, −4 ≤ mean ≤ 4 and 0.05 ≤ width ≤ 3.
    seed : int
        Of no effect: nothing in this lab is random.

    Raises
    ------
    ValueError
        If an argument is none of these, here or when one is set later.

    Notes
    -----
    `landscape`, `T`, `mean` and `width` follow the reader's hand where a kernel lives; where the descent goes
    is known to the page alone.

    References
    ----------
    Feynman, *Statistical Mechanics* (1972), for the bound; Opper, Archambeau, Neural Computation
    21, 786 (2009), for its gradients where q is Gaussian.

    Examples
    --------
    >>> lab = FreeEnergyLab("unequal", T=0.5)
    >>> lab.T, lab.mean, lab.width
    (0.5, 1.0, 0.6)
    """

    _kind = "thermo-free-energy"
    _esm = bundle("free_energy_lab/view.js")
    _css = stylesheet("kit/widget.css", "kit/lab.css", "kit/drag.css", "free_energy_lab/view.css")
    landscape = Checked(choice(tuple(ENERGIES)), "double")
    T = Checked(stepped(float(TEMPERATURES[0]), float(TEMPERATURES[-1]), STEP), 1.0)
    mean = Checked(between(*MEANS), 1.0)
    width = Checked(between(*WIDTHS), 0.6)

    def __init__(
        self,
        landscape: str = "double",
        *,
        T: float = 1.0,
        mean: float = 1.0,
        width: float = 0.6,
        seed: int = 1,
    ) -> None:
        super().__init__(landscape=landscape, T=T, mean=mean, width=width, seed=seed)
        self.colours = [temperature_color(T) for T in TEMPERATURES[::2]]
        self.constants = {
            "temperatures": TEMPERATURES.round(2).tolist(),
            "exact": {name: _exact(name) for name in ENERGIES},
            "names": NAMES,
            "means": MEANS,
            "widths": WIDTHS,
            "edge": EDGE,
        }

    def still(self) -> tuple[str, str, str]:
        """Draw the landscape, p filled and q as a line, and say the free energies."""
        E, T = ENERGIES[self.landscape], self.T
        F = _exact(self.landscape)["F"][int(np.argmin(np.abs(TEMPERATURES - T)))]
        x = np.linspace(-EDGE, EDGE, 201)
        p = np.exp((F - E(x)) / T)
        z = np.linspace(-8, 8, 1601)
        weight = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
        U = float(weight @ E(self.mean + self.width * z))
        TS = T * (0.5 * np.log(2 * np.pi * np.e) + np.log(self.width))
        q = np.exp(-(((x - self.mean) / self.width) ** 2) / 2) / (self.width * np.sqrt(2 * np.pi))
        high = 1.15 * max(p.max(), q.max())
        lowest = E(x).min()
        curves = {"p": 170 - 160 * p / high, "q": 170 - 160 * q / high}
        curves["E"] = np.maximum(170 - 40 * (E(x) - lowest) / 2, 6)
        lines = {
            name: " ".join(f"{200 + 38 * a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
            for name, y in curves.items()
        }
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 200" font-family="sans-serif" '
            f'font-size="12" text-anchor="middle"><polygon points="10,170 {lines["p"]} 390,170" '
            f'fill="{temperature_color(T)}" fill-opacity=".5"/>'
            f'<polyline points="{lines["E"]}" fill="none" stroke="#000" stroke-dasharray="4 3"/>'
            f'<polyline points="{lines["q"]}" fill="none" stroke="#000" stroke-width="2"/>'
            '<path d="M10 170H390" stroke="#000"/><text x="200" y="190">x from −5 to 5</text></svg>'
        )
        words = f"A Gaussian q in a landscape at T = {T:.3g}"
        said = f"U = {U:.3f}, TS = {TS:.3f}, F[q] = {U - TS:.3f}; −T ln Z = {F:.3f}"
        gap = f"KL = {max(0.0, (U - TS - F) / T):.3f} nats".replace("-", "−")
        said = said.replace("= -", "= −")
        drawn = f"{NAMES[self.landscape]}, energy dashed, Boltzmann's law filled, q as a line"
        alt = f"{words} ({drawn}): {said}, {gap}"
        return svg_uri(svg), alt, f"{words}: {said}, {gap}"
