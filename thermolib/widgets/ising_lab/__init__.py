"""`IsingLab`: the square-lattice Ising model alive on the page (chapter partition-functions).

The lattice runs in the reader's browser (`ising.js`); what it is compared with is computed here by
`thermolib.ising`.
"""

from __future__ import annotations

import base64
import io
from functools import cache

import numpy as np
from PIL import Image, ImageColor

from thermolib._validate import truth
from thermolib.ising import T_C, spontaneous_magnetization, torus_energy
from thermolib.palette import temperature_color
from thermolib.sampling import swendsen_wang
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.kit.host import stylesheet
from thermolib.widgets.kit.lab import Checked, Lab, between, choice

__all__ = ["IsingLab"]

SIZES = (64, 128, 256, 512)
ALGORITHMS = ("metropolis", "heat_bath", "wolff")
TINT = 0.18  # how much of their colour the down spins have; also in view.css
TEMPERATURES = np.arange(50, 501) / 100  # the slider's steps: each has its exact values, none is interpolated
HOT, COLD, SWEEPS_PER_STEP = 4.0, 1.0, 16  # annealing: so many sweeps for each of the slider's steps


@cache
def _exact_energy(L: int) -> list[float]:
    return np.round(torus_energy(L, TEMPERATURES), 7).tolist()


class IsingLab(Lab):
    """An Ising lattice under sliders for temperature and field, with running averages and their errors.

    Parameters
    ----------
    size : {128, 64, 256, 512}
        Side L of the periodic lattice.
    T : float
        Temperature in units of J/k_B, 0.5 ≤ T ≤ 5, rounded to the slider's step of 0.01.
    h : float
        Field in units of J, −0.5 ≤ h ≤ 0.5, rounded to 0.01.
    algorithm : {"metropolis", "heat_bath", "wolff"}
        The first two draw their sites at random; Wolff's field is a ghost spin.
    seed : int
        Seed of the browser's random numbers, 0 ≤ seed < 2³².
    compact : bool
        Only the lattice, the temperature slider and a line of words.

    Raises
    ------
    ValueError
        If an argument is none of these, here or when one is set later.

    Notes
    -----
    ⟨e⟩ stands beside Kaufman's exact value for the same lattice (`thermolib.ising.torus_energy`), ``⟨|m|⟩``
    beside Yang's spontaneous magnetisation of the infinite one. Errors appear after fifty times an upper
    bound of the autocorrelation time, which depends on size, T, h and algorithm but not on the run; they
    suppose equilibrium. `T`, `h`, `size` and `algorithm` follow the reader's hand where a kernel lives.

    Examples
    --------
    >>> lab = IsingLab(size=64, T=2.0)
    >>> lab.T, lab.algorithm
    (2.0, 'metropolis')
    """

    _kind = "thermo-lattice"
    _esm = bundle("ising_lab/view.js")
    _css = stylesheet("kit/widget.css", "kit/lab.css", "ising_lab/view.css")
    size = Checked(choice(SIZES), 128)
    T = Checked(between(TEMPERATURES[0], TEMPERATURES[-1], 2), 2.6)
    h = Checked(between(-0.5, 0.5, 2), 0.0)
    algorithm = Checked(choice(ALGORITHMS), "metropolis")
    compact = Checked(truth, False)

    def __init__(
        self,
        size: int = 128,
        T: float = 2.6,
        h: float = 0.0,
        algorithm: str = "metropolis",
        *,
        seed: int = 1,
        compact: bool = False,
    ) -> None:
        super().__init__(size=size, T=T, h=h, algorithm=algorithm, seed=seed, compact=compact)
        if self.compact:
            self._kind = "thermo-lattice thermo-compact"
        sizes = (self.size,) if self.compact else SIZES
        self.colours = [temperature_color(k) for k in TEMPERATURES[::10]]
        self.constants = {
            "temperatures": TEMPERATURES.tolist(),
            "exact": {str(L): _exact_energy(L) for L in sizes},
            "yang": np.round(spontaneous_magnetization(TEMPERATURES), 7).tolist(),
            "T_c": float(T_C),
            "hot": HOT,
            "cold": COLD,
            "sweeps_per_step": SWEEPS_PER_STEP,
        }

    def still(self) -> tuple[str, str, str]:
        """Draw one equilibrium state, two colours deep."""
        spins = np.ones((self.size, self.size), dtype=np.int8)
        spins = swendsen_wang(spins, self.T, 50, h=self.h, rng=self.seed).spins
        picture = Image.fromarray((spins.reshape(self.size, self.size) < 0).astype(np.uint8))
        ink = np.array(ImageColor.getrgb(temperature_color(self.T)))
        picture.putpalette([*ink, *(TINT * ink + (1 - TINT) * 255).astype(int)])
        buffer = io.BytesIO()
        picture.save(buffer, format="png", bits=1, optimize=True)
        uri = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
        words = f"Ising lattice of {self.size} × {self.size} spins in equilibrium at T = {self.T:.2f}"
        words += f" in a field h = {self.h:.2f}" if self.h else ""
        return uri, words, words + " (up spins in full colour)"
