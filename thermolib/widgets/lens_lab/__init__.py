"""`LensLab`: three Ising lattices seen from farther and farther away, by the majority rule (page ising).

The first lattices are sampled here, by `thermolib`; the reader's browser makes the blocks, and the
lattices at other distances from T_c (`lens.js`).
"""

from __future__ import annotations

import base64
import io
import zlib
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor
from scipy.optimize import brentq

from thermolib._types import Floats
from thermolib.ising import T_C, onsager_energy
from thermolib.palette import temperature_color
from thermolib.sampling import swendsen_wang
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.kit.host import stylesheet
from thermolib.widgets.kit.lab import Checked, Lab, between, choice

__all__ = ["LensLab", "coupling", "majority"]

SIZES = (729, 243, 81)  # powers of 3, so that blocks of 3 × 3 fit to the end
WINDOW = 81  # sites, or blocks, along a side of the picture
LEAST = 27  # blocks along a side, beyond which nobody looks
OFFS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2)  # places of the slider: |T/T_c − 1| of the outer two
SWEEPS = 60  # of whole lattices, from all up: the energy is at rest after thirty
AGAIN = 30  # sweeps in the page, from lattices at another distance
TINT = 0.18  # how much of their colour the down spins have; also in view.css


def majority(spins: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return the lattice of the blocks of 3 × 3 spins: each is what most of its nine spins are.

    Examples
    --------
    >>> majority(np.array([[1, 1, 1], [1, 1, -1], [-1, -1, -1]], dtype=np.int8))
    array([[1]], dtype=int8)
    """
    *chains, L, _ = spins.shape
    blocks = spins.reshape(*chains, L // 3, 3, L // 3, 3)
    return np.sign(blocks.sum(axis=(-3, -1), dtype=np.int64)).astype(np.int8)


def coupling(correlation: float) -> float:
    """Return the coupling K of the infinite nearest-neighbour lattice whose neighbours have this correlation.

    It inverts Onsager's energy, u(K) = −2 × correlation. Blocks feel farther blocks too: such a K leaves that
    out. It is odd in the correlation, 0 for noise and ∞ for full order.

    Examples
    --------
    >>> round(1 / coupling(2**-0.5), 6) == round(T_C, 6)
    True
    """
    c = abs(correlation)
    if c < 1e-6:
        return float(correlation)  # K = c + …
    if c >= -onsager_energy(0.1) / 2:  # 1 to the last digit
        return float(np.copysign(np.inf, correlation))
    K = brentq(lambda K: -onsager_energy(1 / K) / 2 - c, c / 3, 10, xtol=1e-13)  # c ≤ 3 K
    return float(np.copysign(K, correlation))


def to_bits(spins: NDArray[np.int8]) -> bytes:
    """Pack a lattice: a bit says whether a spin differs from most of three neighbours that came before it.

    They stand above, to the left, and above to the right; beyond an edge all are down. Few spins differ, so
    the bits compress by 8 % more than the spins do.
    """
    up = np.pad(spins > 0, ((1, 0), (1, 1))).astype(np.int8)
    most = up[:-1, 1:-1] + up[1:, :-2] + up[:-1, 2:] >= 2
    return np.packbits((spins > 0) ^ most).tobytes()


@cache
def _equilibrium(size: int, off: float, seed: int) -> NDArray[np.int8]:
    """Sample a lattice at each of the three temperatures; one with most spins down is turned over."""
    spins = swendsen_wang(size, T_C * np.array([1 - off, 1, 1 + off]), SWEEPS, rng=seed).spins
    spins = np.where(spins.sum(axis=(1, 2), dtype=np.int64, keepdims=True) < 0, -spins, spins)
    spins.flags.writeable = False  # it is kept
    return spins


class LensLab(Lab):
    """Three lattices, just below, at and just above T_c, zoomed out by the majority of blocks of 3 × 3.

    Nine spins are never tied, so the rule needs no random numbers and treats up and down alike.

    Parameters
    ----------
    off : float
        How far from T_c the outer two are at first: T = T_c (1 − off), T_c, T_c (1 + off), 0.005 ≤ off ≤ 0.2.
        A slider in the page sets it to another value there.
    size : {729, 243, 81}
        Side L of the periodic lattices.
    seed : int
        Seed of the sampler, 0 ≤ seed < 2³².

    Raises
    ------
    ValueError
        If an argument is none of these, here or when one is set later.

    Notes
    -----
    The lattices are those of `thermolib`'s Swendsen and Wang sampler after 60 sweeps from all up. Where the
    reader moves the distance from T_c, the page makes 30 sweeps of its own, and `spins` stays what it was.

    References
    ----------
    Ma, Physical Review Letters 37, 461 (1976).

    Examples
    --------
    >>> lab = LensLab(size=81)
    >>> [L for L, _ in lab.levels]
    [81, 27]
    """

    _kind = "thermo-lens"
    _esm = bundle("lens_lab/view.js")
    _css = stylesheet("kit/widget.css", "kit/lab.css", "lens_lab/view.css")
    off = Checked(between(0.005, 0.2), 0.02)
    size = Checked(choice(SIZES), 729)

    def __init__(self, off: float = 0.02, *, size: int = 729, seed: int = 1) -> None:
        super().__init__(off=off, size=size, seed=seed)
        self.colours = [temperature_color(T) for T in self.T]
        self.constants = {
            "places": [self._place(off) for off in sorted({*OFFS, self.off})],
            "critical": 1 / T_C,
            "again": AGAIN,
            "window": WINDOW,
            "least": LEAST,
            "lattices": [base64.b64encode(zlib.compress(to_bits(one), 9)).decode() for one in self.spins],
        }

    @property
    def T(self) -> Floats:
        """The three temperatures."""
        return T_C * np.array([1 - self.off, 1, 1 + self.off])

    @staticmethod
    def _place(off: float) -> dict[str, float | list[float] | list[str]]:
        T = T_C * np.array([1 - off, 1, 1 + off])
        return {"off": off, "T": T.tolist(), "colours": [temperature_color(one) for one in T]}

    @property
    def spins(self) -> NDArray[np.int8]:
        """The three lattices, shape (3, L, L)."""
        return _equilibrium(self.size, self.off, self.seed)

    @property
    def levels(self) -> list[tuple[int, NDArray[np.int8]]]:
        """The side and the three lattices of each place of the slider, first those of single sites."""
        spins, found = self.spins, []
        while True:
            found.append((spins.shape[-1], spins))
            if spins.shape[-1] <= LEAST:
                return found
            spins = majority(spins)

    @property
    def correlations(self) -> Floats:
        """Mean product of neighbouring blocks, shape (3, levels)."""
        pairs = [s * (np.roll(s, -1, 1) + np.roll(s, -1, 2)) for _, s in self.levels]
        return np.stack([pair.mean(axis=(1, 2)) / 2 for pair in pairs], axis=1)

    @property
    def couplings(self) -> Floats:
        """The couplings that these correlations stand for, shape (3, levels)."""
        return np.vectorize(coupling, otypes=[float])(self.correlations)

    def still(self) -> tuple[str, str, str]:
        """Draw all that the slider leads to: a row for each temperature, a column for each size of blocks."""
        gap, n = 9, len(self.levels)
        picture = np.full((3 * (WINDOW + gap) - gap, n * (WINDOW + gap) - gap), 6, dtype=np.uint8)
        for column, (L, spins) in enumerate(self.levels):
            shown = min(L, WINDOW)
            first, grown = (L - shown) // 2, WINDOW // shown
            for row in range(3):
                window = spins[row, first : first + shown, first : first + shown]
                cells = np.kron(2 * row + (window < 0), np.ones((grown, grown), dtype=np.uint8))
                y, x = row * (WINDOW + gap), column * (WINDOW + gap)
                picture[y : y + WINDOW, x : x + WINDOW] = cells
        image = Image.fromarray(picture)
        inks = [np.array(ImageColor.getrgb(colour)) for colour in self.colours]
        tints = [(TINT * ink + (1 - TINT) * 255).astype(int) for ink in inks]
        pairs = [shade for ink, tint in zip(inks, tints, strict=True) for shade in (*ink, *tint)]
        image.putpalette([*pairs, 255, 255, 255])
        buffer = io.BytesIO()
        image.save(buffer, format="png", bits=3, optimize=True, transparency=6)
        uri = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
        sides = ", ".join(str(self.size // L) for L, _ in self.levels)
        words = f"Ising lattices of {self.size} × {self.size} spins seen through the majority rule"
        rows = ", ".join(f"T = {T:.3f}" for T in self.T)
        return uri, words, f"{words}: rows {rows}; columns blocks of b × b sites, b = {sides}"
