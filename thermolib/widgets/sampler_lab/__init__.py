"""`SamplerLab`: a language model's sampler under the reader's hand (page perplexity).

The words are drawn in the reader's browser (`sampler.js`), which the tests hold to `thermolib.entropy`.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from thermolib._validate import finite
from thermolib.entropy import entropy, softmax, top_p
from thermolib.palette import temperature_color
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.kit.host import stylesheet, svg_uri
from thermolib.widgets.kit.lab import Checked, Lab, between

__all__ = ["SamplerLab"]

SENTENCE = "Tomorrow it will be"
WORDS = ("cloudy", "sunny", "rainy", "windy", "foggy", "snowy", "purple")
LOGITS = (2.0, 2.0, 1.5, 1.0, 0.0, -1.0, -4.0)
LARGEST = 6.0  # of the logits' sliders
LEAST_MASS = 0.05  # of the top-p slider
TEMPERATURES = 0.1, 10.0


def _text(name: str, x: Any) -> str:
    if not isinstance(x, str):
        raise ValueError(f"{name} must be a text, got {x!r}")
    return x


def _texts(words: Any) -> list[str]:
    expected = "words must be 2 to 10 different texts of 1 to 16 characters"
    if isinstance(words, str) or not isinstance(words, Sequence):
        raise ValueError(f"{expected}, got {words!r}")
    fit = all(isinstance(word, str) and 1 <= len(word.strip()) <= len(word) <= 16 for word in words)
    if not fit or not 2 <= len(words) <= 10 or len(set(words)) < len(words):
        raise ValueError(f"{expected}, got {list(words)}")
    return list(words)


def _logits(name: str, x: Any) -> list[float]:
    logits = finite(name, x)
    if logits.ndim != 1:
        raise ValueError(f"{name} must be a row of numbers, got shape {logits.shape}")
    if np.any(np.abs(logits) > LARGEST):
        raise ValueError(f"{name} must lie in {-LARGEST} … {LARGEST}, got {logits.tolist()}")
    return logits.tolist()


class SamplerLab(Lab):
    """The next word of a sentence, drawn from logits, beside its exact distribution and its entropy.

    Parameters
    ----------
    words : sequence of 2 to 10 different str
        What may come next, each of 1 to 16 characters.
    logits : sequence of float, as many as `words`
        −6 ≤ z ≤ 6: the words' energies with the sign changed.
    T : float
        Temperature, 0.1 ≤ T ≤ 10: word i has the probability p_i ∝ exp(z_i/T).
    top_p : float
        0.05 ≤ top_p ≤ 1: only the fewest most probable words that hold this probability together are
        drawn; 1 keeps all. Of equally probable words the earlier is kept first.
    sentence : str
        What the words complete.
    seed : int
        Seed of the browser's random numbers, 0 ≤ seed < 2³².

    Raises
    ------
    ValueError
        If an argument is none of these, here or when one is set later.

    Notes
    -----
    `T`, `top_p` and `logits` follow the reader's hand where a kernel lives.

    References
    ----------
    Holtzman, Buys, Du, Forbes and Choi, International Conference on Learning
    Representations (2020), section 3.1, for top-p.

    Examples
    --------
    >>> lab = SamplerLab(["yes", "no"], [1.0, 0.0], T=0.5)
    >>> lab.probabilities.round(6)
    array([0.880797, 0.119203])
    """

    _kind = "thermo-sampler"
    _esm = bundle("sampler_lab/view.js")
    _css = stylesheet("kit/widget.css", "kit/lab.css", "sampler_lab/view.css")
    sentence = Checked(_text, SENTENCE)
    words = Checked(lambda _, words: _texts(words), WORDS)
    logits = Checked(_logits, LOGITS)
    T = Checked(between(*TEMPERATURES), 1.0)
    top_p = Checked(between(LEAST_MASS, 1), 1.0)

    def __init__(
        self,
        words: Sequence[str] = WORDS,
        logits: Sequence[float] = LOGITS,
        T: float = 1.0,
        top_p: float = 1.0,
        *,
        sentence: str = SENTENCE,
        seed: int = 1,
    ) -> None:
        super().__init__(words=words, logits=logits, T=T, top_p=top_p, sentence=sentence, seed=seed)
        self.colours = [temperature_color(k) for k in np.geomspace(*TEMPERATURES, 41)]
        self.constants = {
            "decades": np.log10(TEMPERATURES).tolist(),
            "largest": LARGEST,
            "least_mass": LEAST_MASS,
        }

    # Either asks for the other: which of them is set first is left open.
    @traitlets.validate("words", "logits")
    def _as_many(self, proposal: dict[str, Any]) -> list[Any]:
        name, value = proposal["trait"].name, proposal["value"]
        sizes = {"words": np.size(self.words), "logits": np.size(self.logits), name: len(value)}
        if sizes["words"] != sizes["logits"]:
            raise ValueError(f"words must be as many as logits, got {sizes['words']} and {sizes['logits']}")
        return value

    @property
    def probabilities(self) -> np.ndarray:
        """Softmax at T, cut by top-p, which is what is drawn from; shape (words,)."""
        return top_p(softmax(self.logits, self.T), self.top_p)

    def still(self) -> tuple[str, str, str]:
        """Draw the exact distribution as bars."""
        p = self.probabilities
        H = float(entropy(p))
        colour, row = temperature_color(self.T), 24
        bars = "".join(
            f'<text x="112" y="{row * k + 17}" text-anchor="end">{html.escape(word)}</text>'
            f'<rect x="120" y="{row * k + 3}" width="{240 * x:.1f}" height="{row - 6}" fill="{colour}"/>'
            f'<text x="{126 + 240 * x:.1f}" y="{row * k + 17}">{x:.4f}</text>'
            for k, (word, x) in enumerate(zip(self.words, p, strict=True))
        )
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 {row * len(p)}" '
            f'font-family="sans-serif" font-size="14">{bars}</svg>'
        )
        cut = f", top-p {self.top_p:.2f}" if self.top_p < 1 else ""
        words = f"The next word after “{self.sentence}” at T = {self.T:.3g}{cut}"
        listed = ", ".join(f"{word} {x:.4f}" for word, x in zip(self.words, p, strict=True))
        return svg_uri(svg), f"{words}: {listed}", f"{words}: entropy {H:.4f} nats, {H / np.log(2):.4f} bits"
