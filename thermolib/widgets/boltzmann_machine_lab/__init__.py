"""`BoltzmannMachineLab` and `BoltzmannTrainingLab`: a Boltzmann machine dreams, another learns, in the page.

Both run in the reader's browser (`machine.js`), which the tests hold to `thermolib.rbm`. The first stands on
the page boltzmann-machines, the second on contrastive-divergence.
"""

from __future__ import annotations

import base64
from math import isqrt
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from thermolib._types import Floats
from thermolib._validate import numbers, whole
from thermolib.palette import temperature_color
from thermolib.rbm import RBM, fit
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.kit.host import stylesheet, svg_uri
from thermolib.widgets.kit.lab import Checked, Lab, between, choice

__all__ = ["BoltzmannMachineLab", "BoltzmannTrainingLab"]

TEMPERATURES = np.array([float(f"{T:.2g}") for T in np.geomspace(0.1, 10, 41)])  # the slider's steps
CHAINS = 100  # that dream: one is seen in large, eight in small
MOST_STARTS = 12  # pictures to start from
MOST_VISIBLE, MOST_HIDDEN = 256, 20
FROZEN, MELTED = 0.2, 5.0  # the temperatures of the still picture beside the reader's

METHODS = ("cd", "pcd", "exact")
MOST_PATTERNS, MOST_TRAINED = 16, 8  # patterns to be learnt, and hidden units that learn them
RATES = (0.01, 1.0)
COPIES = 8  # chains of each pattern
UPDATES = 4000  # of the exact gradient, in the still picture


def _binary(name: str, x: Any, most: int) -> list[list[int]]:
    patterns = numbers(name, x)
    if patterns.ndim != 2 or len(patterns) > most or isqrt(patterns.shape[1]) ** 2 != patterns.shape[1]:
        wanted = f"at most {most} rows of as many pixels as a square has"
        raise ValueError(f"{name} must be {wanted}, got shape {patterns.shape}")
    if not np.all((patterns == 0) | (patterns == 1)):
        raise ValueError(f"{name} must be 0 or 1, got values from {patterns.min()} to {patterns.max()}")
    return patterns.astype(int).tolist()


def _nearest(name: str, x: Any) -> float:
    T = between(TEMPERATURES[0], TEMPERATURES[-1])(name, x)
    return float(TEMPERATURES[np.argmin(np.abs(np.log(TEMPERATURES / T)))])


def _in_bytes(x: Floats) -> tuple[NDArray[np.int8], float]:
    """Return whole numbers from −127 to 127 and the scale that they are to be multiplied with."""
    scale = float(np.abs(x).max(initial=0)) / 127 or 1.0
    return np.round(x / scale).astype(np.int8), scale


def _pixels(v: ArrayLike, side: int, left: float, top: float, size: float) -> str:
    """Write a picture's pixels that are on as the path of an SVG picture."""
    edge = size / side
    return "".join(
        f"M{left + edge * (k % side):.1f} {top + edge * (k // side):.1f}h{edge:.1f}v{edge:.1f}h-{edge:.1f}z"
        for k in np.flatnonzero(v)
    )


class BoltzmannMachineLab(Lab):
    """A trained restricted Boltzmann machine that dreams pictures at the reader's temperature.

    A hundred chains of block Gibbs steps; one is seen in large. The reader may hold some of its pixels, on or
    off: all chains then dream the rest.

    Parameters
    ----------
    rbm : thermolib.rbm.RBM
        The machine: its visible units are the pixels of a square, row by row, at most 256; at most 20 hidden
        units, all of whose states are summed: 16 take a second, 20 a quarter of a minute.
    patterns : array_like of 0 and 1, shape (n, visible)
        Pictures to start from, at most 12; none is allowed.
    T : float
        Temperature, 0.1 ≤ T ≤ 10, rounded to the nearest of the slider's steps, of which a decade has 20.
    seed : int
        Seed of the browser's random numbers, 0 ≤ seed < 2³².

    Raises
    ------
    ValueError
        If an argument is none of these, here or when one is set later.

    Notes
    -----
    The weights travel as whole numbers of eight bits: `rbm` is the machine that they make, and the exact ⟨E⟩
    beside the chains' mean is that machine's. `T` follows the reader's hand where a kernel lives.

    References
    ----------
    Smolensky, in Parallel Distributed Processing, volume 1 (1986), chapter 6; Hinton, Neural Computation 14,
    1771 (2002).

    Examples
    --------
    >>> rbm = RBM(np.eye(4), -np.ones(4), np.zeros(4))
    >>> lab = BoltzmannMachineLab(rbm, [[0, 0, 1, 1]], T=0.99)
    >>> lab.T, np.abs(lab.rbm.W - rbm.W).max() < 1e-12
    (1.0, np.True_)
    """

    _kind = "thermo-dream"
    _esm = bundle("boltzmann_machine_lab/view.js")
    _css = stylesheet("kit/widget.css", "kit/lab.css", "kit/pixels.css", "boltzmann_machine_lab/view.css")
    T = Checked(_nearest, 1.0)

    def __init__(self, rbm: RBM, patterns: ArrayLike, *, T: float = 1.0, seed: int = 1) -> None:
        if not isinstance(rbm, RBM):
            raise ValueError(f"rbm must be a thermolib.rbm.RBM, got {type(rbm).__name__}")
        visible, hidden = rbm.W.shape
        whole("the number of visible units", visible, 4, MOST_VISIBLE)
        whole("the number of hidden units", hidden, 1, MOST_HIDDEN)
        if isqrt(visible) ** 2 != visible:
            raise ValueError(f"rbm must have as many visible units as a square has pixels, got {visible}")
        patterns = np.reshape(patterns, (0, visible)) if np.size(patterns) == 0 else patterns
        starts = _binary("patterns", patterns, MOST_STARTS)
        if starts and len(starts[0]) != visible:
            raise ValueError(f"patterns must have {visible} pixels each, got {len(starts[0])}")
        super().__init__(T=T, seed=seed)
        coded = [_in_bytes(x) for x in (rbm.W, rbm.a, rbm.b)]
        #: The machine that the page has.
        self.rbm = RBM(*(scale * whole.astype(float) for whole, scale in coded))
        self.colours = [temperature_color(one) for one in TEMPERATURES]
        self.constants = {
            "view": "dream",
            "temperatures": TEMPERATURES.tolist(),
            "exact": np.round(self.rbm.mean_energy(TEMPERATURES), 7).tolist(),
            "patterns": ["".join(map(str, row)) for row in starts],
            "chains": CHAINS,
            "machine": {
                "text": base64.b64encode(b"".join(x.tobytes() for x, _ in coded)).decode(),
                "visible": visible,
                "hidden": hidden,
                "scales": [scale for _, scale in coded],
            },
        }

    def still(self) -> tuple[str, str, str]:
        """Draw eight exact draws at each of three temperatures."""
        side, rows = isqrt(len(self.rbm.a)), sorted({FROZEN, self.T, MELTED})
        parts = []
        for row, T in enumerate(rows):
            v = self.rbm.sample(8, T=T, rng=self.seed)
            path = "".join(_pixels(one, side, 60 + 44 * k, 44 * row, 40) for k, one in enumerate(v))
            frames = "".join(f"M{60 + 44 * k} {44 * row}h40v40h-40z" for k in range(8))
            colour = temperature_color(T)
            parts.append(
                f'<text x="0" y="{44 * row + 24}">T = {T:.3g}</text><path d="{frames}" fill="{colour}" '
                f'fill-opacity=".18"/><path d="{path}" fill="{colour}"/>'
            )
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 416 {44 * len(rows)}" '
            f'font-family="sans-serif" font-size="12">{"".join(parts)}</svg>'
        )
        words = (
            f"Eight exact draws of a Boltzmann machine of {side} × {side} visible and {len(self.rbm.b)} "
            f"hidden units, at each of T = {', '.join(f'{T:.3g}' for T in rows)}"
        )
        energy = self.constants["exact"][int(np.argmin(np.abs(TEMPERATURES - self.T)))]
        told = f"{words}: its mean energy at T = {self.T:.3g} is {energy:.4f}"
        return svg_uri(svg), words, told.replace("-", "−")


class BoltzmannTrainingLab(Lab):
    """A small restricted Boltzmann machine that learns, in the page, the patterns that the reader draws.

    Its likelihood is exact at every moment, all states of the hidden units being summed. One update takes all
    patterns; the weights start between −0.1 and 0.1, the biases at 0.

    Parameters
    ----------
    patterns : array_like of 0 and 1, shape (n, 9) or (n, 16)
        What is to be learnt, in squares of 3 × 3 or 4 × 4 pixels, row by row; 1 ≤ n ≤ 16.
    hidden : int
        Hidden units, from 1 to 8.
    method : {"cd", "pcd", "exact"}
        Contrastive divergence, one step from the patterns; persistent contrastive divergence, one further
        step of chains that go on; or the exact gradient. The first two have eight chains of each pattern.
    learning_rate : float
        What a gradient is multiplied with, 0.01 ≤ learning_rate ≤ 1; beyond 0.1 a step may be too long for
        patterns that are few.
    seed : int
        Seed of the browser's random numbers, 0 ≤ seed < 2³².

    Raises
    ------
    ValueError
        If an argument is none of these, here or when one is set later.

    Notes
    -----
    `patterns`, `hidden`, `method` and `learning_rate` follow the reader's hand where a kernel lives.

    References
    ----------
    Hinton, Neural Computation 14, 1771 (2002); Tieleman, International Conference on Machine Learning (2008),
    for the chains that go on.

    Examples
    --------
    >>> lab = BoltzmannTrainingLab([[1, 1, 1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 1, 1, 1]], hidden=4)
    >>> lab.patterns[1], lab.method
    ([0, 0, 0, 0, 0, 0, 1, 1, 1], 'cd')
    """

    _kind = "thermo-training"
    _esm = bundle("boltzmann_machine_lab/view.js")
    _css = stylesheet("kit/widget.css", "kit/lab.css", "kit/pixels.css", "boltzmann_machine_lab/view.css")
    patterns = Checked(lambda name, x: _learnable(name, x), [[0] * 9])
    hidden = Checked(lambda name, x: whole(name, x, 1, MOST_TRAINED), MOST_TRAINED)
    method = Checked(choice(METHODS), "cd")
    learning_rate = Checked(between(*RATES), 0.1)

    def __init__(
        self,
        patterns: ArrayLike,
        *,
        hidden: int = 8,
        method: str = "cd",
        learning_rate: float = 0.1,
        seed: int = 1,
    ) -> None:
        super().__init__(
            patterns=patterns, hidden=hidden, method=method, learning_rate=learning_rate, seed=seed
        )
        self.colours = [temperature_color(1.0)]
        self.constants = {
            "view": "learn",
            "side": isqrt(len(self.patterns[0])),
            "most": MOST_PATTERNS,
            "most_hidden": MOST_TRAINED,
            "rates": RATES,
            "copies": COPIES,
        }

    @traitlets.validate("patterns")
    def _of_one_size(self, proposal: Any) -> Any:
        pixels = self.constants["side"] ** 2 if self.constants else len(proposal["value"][0])
        if len(proposal["value"][0]) != pixels:
            raise ValueError(f"patterns must have {pixels} pixels each, got {len(proposal['value'][0])}")
        return proposal["value"]

    def still(self) -> tuple[str, str, str]:
        """Draw the patterns, and the likelihood while a machine learns them by the exact gradient."""
        v = np.array(self.patterns)
        visible, side = v.shape[1], isqrt(v.shape[1])
        W = np.random.default_rng(self.seed).uniform(-0.1, 0.1, (visible, self.hidden))
        start = RBM(W, np.zeros(visible), np.zeros(self.hidden))
        _, history = fit(
            start, v, method="exact", epochs=UPDATES, learning_rate=self.learning_rate, rng=self.seed
        )
        reached = np.array([rbm.log_likelihood(v).mean() for rbm in history[::40]])
        shares = np.unique(v, axis=0, return_counts=True)[1] / len(v)
        best, lowest = float(shares @ np.log(shares)), -visible * np.log(2) * 1.06
        x, y = np.linspace(0, 400, len(reached)), 16 + 144 * (best - reached) / (best - lowest)
        curve = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
        corners = [(50 * (k % 8), 192 + 50 * (k // 8)) for k in range(len(v))]
        on = "".join(_pixels(one, side, *corner, 44) for one, corner in zip(v, corners, strict=True))
        frames = "".join(f"M{left} {top}h44v44h-44z" for left, top in corners)
        colour = temperature_color(1.0)
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 404 {corners[-1][1] + 50}" '
            'font-family="sans-serif" font-size="12" text-anchor="end">'
            '<path d="M0 0v160h400" fill="none" stroke="#000"/>'
            '<path d="M0 16h400" stroke="#000" stroke-dasharray="5 4"/>'
            f'<polyline points="{curve}" fill="none" stroke="{colour}" stroke-width="2"/>'
            f'<text x="400" y="12">mean ln p(v), at best {best:.3f}</text>'
            f'<text x="400" y="176">{UPDATES} updates</text>'
            f'<path d="{frames}" fill="{colour}" fill-opacity=".18"/><path d="{on}" fill="{colour}"/></svg>'
        ).replace("best -", "best −")
        words = (
            f"A Boltzmann machine of {self.hidden} hidden units learns {len(v)} patterns of {side} × {side} "
            f"pixels: {UPDATES} steps of the exact gradient lead to a mean ln p(v) of {reached[-1]:.3f}, "
            f"at best {best:.3f}"
        ).replace("-", "−")
        return svg_uri(svg), words, words


def _learnable(name: str, x: Any) -> list[list[int]]:
    patterns = _binary(name, x, MOST_PATTERNS)
    if not patterns or len(patterns[0]) not in (9, 16):
        raise ValueError(f"{name} must be patterns of 9 or 16 pixels, at least one, got {patterns}")
    return patterns
