"""`IsingLab`: the square-lattice Ising model alive on the page (chapter partition-functions).

The lattice runs in the reader's browser (`ising.js`); what it is compared with is computed here by
`thermolib.ising`.
"""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import traitlets
from PIL import Image, ImageColor

from thermolib._validate import one_of, scalar, truth, whole
from thermolib.ising import spontaneous_magnetization, swendsen_wang, torus_energy
from thermolib.palette import temperature_color
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.kit.host import Widget, stylesheet

__all__ = ["IsingLab"]

SIZES = (64, 128, 256, 512)
ALGORITHMS = ("metropolis", "heat_bath", "wolff")
TEMPERATURES = np.arange(50, 501) / 100  # the slider's steps: each has its exact values, none is interpolated
SYNCED = ("size", "T", "h", "algorithm", "seed", "compact", "temperatures", "colours", "exact", "yang")


class IsingLab(Widget):
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
        Only the lattice, the temperature slider and a line of numbers.

    Raises
    ------
    ValueError
        If an argument is none of these, here or when one is set later.

    Notes
    -----
    ⟨e⟩ stands beside Kaufman's exact value for the same lattice (`thermolib.ising.torus_energy`), ⟨|m|⟩
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
    # Any: the validators below refuse what is of the wrong kind too, so that all bad input is a ValueError.
    size = traitlets.Any(128).tag(sync=True)
    T = traitlets.Any(2.27).tag(sync=True)
    h = traitlets.Any(0.0).tag(sync=True)
    algorithm = traitlets.Any("metropolis").tag(sync=True)
    seed = traitlets.Any(1).tag(sync=True)
    compact = traitlets.Any(False).tag(sync=True)
    temperatures = traitlets.List(traitlets.Float()).tag(sync=True)
    colours = traitlets.List(traitlets.Unicode()).tag(sync=True)
    exact = traitlets.Dict().tag(sync=True)
    yang = traitlets.List(traitlets.Float()).tag(sync=True)

    def __init__(
        self,
        size: int = 128,
        T: float = 2.27,
        h: float = 0.0,
        algorithm: str = "metropolis",
        *,
        seed: int = 1,
        compact: bool = False,
    ) -> None:
        compact = truth("compact", compact)
        sizes = (one_of("size", size, SIZES),) if compact else SIZES
        super().__init__(
            size=size,
            T=T,
            h=h,
            algorithm=algorithm,
            seed=seed,
            compact=compact,
            temperatures=TEMPERATURES.tolist(),
            colours=[temperature_color(k) for k in TEMPERATURES[::10]],
            exact={str(L): np.round(torus_energy(L, TEMPERATURES), 7).tolist() for L in sizes},
            yang=np.round(spontaneous_magnetization(TEMPERATURES), 7).tolist(),
        )

    @traitlets.validate("size")
    def _valid_size(self, proposal: dict[str, Any]) -> int:
        return one_of("size", proposal["value"], SIZES)

    @traitlets.validate("algorithm")
    def _valid_algorithm(self, proposal: dict[str, Any]) -> str:
        return one_of("algorithm", proposal["value"], ALGORITHMS)

    @traitlets.validate("T")
    def _valid_T(self, proposal: dict[str, Any]) -> float:
        T = scalar("T", proposal["value"])
        if not TEMPERATURES[0] <= T <= TEMPERATURES[-1]:
            raise ValueError(f"T must lie in {TEMPERATURES[0]} … {TEMPERATURES[-1]}, got {T}")
        return round(T, 2)

    @traitlets.validate("h")
    def _valid_h(self, proposal: dict[str, Any]) -> float:
        h = scalar("h", proposal["value"])
        if not abs(h) <= 0.5:
            raise ValueError(f"h must lie in -0.5 … 0.5, got {h}")
        return round(h, 2)

    @traitlets.validate("seed")
    def _valid_seed(self, proposal: dict[str, Any]) -> int:
        return whole("seed", proposal["value"], 0, 2**32 - 1)

    @traitlets.validate("compact")
    def _valid_compact(self, proposal: dict[str, Any]) -> bool:
        return truth("compact", proposal["value"])

    def page_state(self) -> dict[str, Any]:
        """Return every synchronised trait."""
        return {name: getattr(self, name) for name in SYNCED}

    def still(self) -> tuple[str, str, str]:
        """Draw one equilibrium state, two colours deep."""
        spins = np.ones((self.size, self.size), dtype=np.int8)
        spins = swendsen_wang(spins, self.T, 50, h=self.h, rng=self.seed).spins
        picture = Image.fromarray((spins.reshape(self.size, self.size) < 0).astype(np.uint8))
        picture.putpalette([*ImageColor.getrgb(temperature_color(self.T)), 240, 240, 240])
        buffer = io.BytesIO()
        picture.save(buffer, format="png", bits=1, optimize=True, transparency=1)
        uri = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
        words = f"Ising lattice of {self.size} × {self.size} spins in equilibrium at T = {self.T:.2f}"
        words += f" in a field h = {self.h:.2f}" if self.h else ""
        return uri, words, words + " (up spins coloured)"
