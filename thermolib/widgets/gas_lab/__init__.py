"""`GasLab`: training as an ideal gas, blown up by noise and squeezed by weight decay (chapter ideal-gas).

The walkers and their gas law run in the reader's browser (`gas.js`); the tests hold them to
`thermolib.heat_bath`.
"""

from __future__ import annotations

import numpy as np

from thermolib.heat_bath import gas_law, von_mises_fisher
from thermolib.palette import temperature_color
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.kit.host import stylesheet, svg_uri
from thermolib.widgets.kit.lab import Checked, Lab, between, choice

__all__ = ["GasLab"]

PROTOCOLS = ("fixed rate", "fixed effective rate", "fixed sphere")
LR, DECAY, VOLUME, NOISE, STEEPEST = (0.01, 0.1), (0.01, 1.0), (0.1, 10.0), (0.5, 3.2), 4.0
WALKERS = 64
PACES = (60, 600, 2400)  # steps a second
PLANE = {"V": (0.02, 50.0), "p": (0.004, 4.0)}  # what is seen
ISOTHERMS = (0.001, 0.01, 0.1, 1.0, 10.0)
COLDEST, HOTTEST = 0.001, 4.0  # of the colours


class GasLab(Lab):
    """Weights on a ball in three dimensions, trained by noisy SGD with weight decay: an ideal gas.

    The loss is L = k(1 + cos θ), of the direction alone. Noise drives the weights outwards, weight decay
    pulls them in. On the left they move on their sphere; beside it stands how often each loss is met, with
    the exact Boltzmann law; and the run is a dot in the plane of the volume V = r²/2 and the pressure p, the
    weight decay, among the isotherms pV = RT.

    Parameters
    ----------
    protocol : {"fixed rate", "fixed effective rate", "fixed sphere"}
        What is held: the learning rate η and the weight decay; the effective rate η/r² and the weight
        decay; or the effective rate and the radius.
    lr : float
        η, or η/r² where that is held, 0.01 ≤ lr ≤ 0.1.
    weight_decay : float
        λ, 0.01 ≤ λ ≤ 1. The fixed sphere has none: its pressure is the λ that would stop the growth.
    noise : float
        Standard deviation σ of a component of the gradient's noise, 0.5 ≤ σ ≤ 3.2.
    k : float
        Height of the loss, 0 ≤ k ≤ 4.
    volume : float
        V = r²/2 to begin with, 0.1 ≤ V ≤ 10, and to stay at on the fixed sphere.
    seed : int
        Seed of the browser's random numbers, 0 ≤ seed < 2³².

    Raises
    ------
    ValueError
        If an argument is none of these, here or when one is set later.

    Notes
    -----
    At the ends of these ranges (2σ² + k²)η_eff² < ½: a step forgets, and means are finite whatever λ is. 64
    walkers are run, with independent noise; errors are those of their means. What is measured since the
    last change leaves out the first quarter of that time at least, but for the first 32 steps. Weight decay
    takes away the whole weight at most, so that weights too long for ηλ < 1 come back. On the fixed
    sphere `thermolib.heat_bath.scale_invariant_sgd` takes η, which is 2V·lr. `protocol`, `lr`,
    `weight_decay`, `noise`, `k` and `volume` follow the reader's hand where a kernel lives.

    References
    ----------
    Sadrtdinov, Lobacheva, Klimov, Katsnelson and Vetrov, arXiv:2511.07308 (2025).

    Examples
    --------
    >>> lab = GasLab(weight_decay=0.4, noise=3)
    >>> lab.protocol, lab.weight_decay, lab.noise
    ('fixed rate', 0.4, 3.0)
    """

    _kind = "thermo-gas"
    _esm = bundle("gas_lab/view.js")
    _css = stylesheet("kit/widget.css", "kit/lab.css", "gas_lab/view.css")
    protocol = Checked(choice(PROTOCOLS), PROTOCOLS[0])
    lr = Checked(between(*LR), 0.05)
    weight_decay = Checked(between(*DECAY), 0.4)
    noise = Checked(between(*NOISE), 2.0)
    k = Checked(between(0, STEEPEST), 1.0)
    volume = Checked(between(*VOLUME), 2.0)

    def __init__(
        self,
        protocol: str = PROTOCOLS[0],
        *,
        lr: float = 0.05,
        weight_decay: float = 0.4,
        noise: float = 2.0,
        k: float = 1.0,
        volume: float = 2.0,
        seed: int = 1,
    ) -> None:
        super().__init__(
            protocol=protocol, lr=lr, weight_decay=weight_decay, noise=noise, k=k, volume=volume, seed=seed
        )
        self.colours = [temperature_color(T) for T in np.geomspace(COLDEST, HOTTEST, 61)]
        self.constants = {
            "protocols": PROTOCOLS,
            "lr": LR,
            "decay": DECAY,
            "volume": VOLUME,
            "noise": NOISE,
            "steepest": STEEPEST,
            "walkers": WALKERS,
            "paces": PACES,
            "plane": PLANE,
            "isotherms": ISOTHERMS,
            "temperatures": (COLDEST, HOTTEST),
        }

    def still(self) -> tuple[str, str, str]:
        """Draw the isotherms and, on its own, where the law has the run; say it too."""
        if self.protocol == PROTOCOLS[2]:  # thermolib's rate is η itself there
            held = {"radius": float(np.sqrt(2 * self.volume)), "lr": 2 * self.volume * self.lr}
        else:
            held = {"weight_decay": self.weight_decay, "lr": self.lr}
        law = gas_law(3, protocol=self.protocol, noise=self.noise, **held)
        U = float(von_mises_fisher(law.T, 3, self.k).U) if self.k else 0.0

        def place(V: float, p: float) -> str:
            (V0, V1), (p0, p1) = PLANE["V"], PLANE["p"]
            x = 50 + 340 * np.log(V / V0) / np.log(V1 / V0)
            return f"{x:.1f},{180 - 160 * np.log(p / p0) / np.log(p1 / p0):.1f}"

        lines = "".join(
            f'<polyline points="{place(T / 4, 4)} {place(T / 0.004, 0.004)}" '
            f'stroke="{temperature_color(T)}" stroke-width="{3 if T == law.T else 1}"/>'
            for T in (*ISOTHERMS, float(law.T))
        )
        x, y = place(float(law.V), float(law.p)).split(",")
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 215" font-family="sans-serif" '
            'font-size="12"><clipPath id="c"><path d="M50 20H390V180H50Z"/></clipPath>'
            f'<g fill="none" clip-path="url(#c)">{lines}</g><path d="M50 20V180H390" fill="none" '
            f'stroke="#000"/><circle cx="{x}" cy="{y}" r="6"/><text x="220" y="205" '
            'text-anchor="middle">volume V = r²/2</text><text x="8" y="14">pressure p</text></svg>'
        )
        words = (
            f"Training as an ideal gas at {self.protocol}: T = {law.T:.3g}, p = {law.p:.3g}, V = {law.V:.3g}"
        )
        said = f"pV = RT with R = 1, and mean loss U = {U:.3g}"
        alt = f"{words}: a dot among isotherms, which are straight where both axes are logarithmic; {said}"
        return svg_uri(svg), alt, f"{words}; {said}"
