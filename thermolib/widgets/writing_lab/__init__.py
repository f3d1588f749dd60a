"""`WritingLab`: a machine that writes, letter by letter (page perplexity).

The letters are counted and drawn in the reader's browser (`characters.js`), which the tests hold to
`thermolib.characters`.
"""

from __future__ import annotations

import html
import re
from typing import Any

import numpy as np

from thermolib._validate import whole
from thermolib.characters import alice, fit, generate, perplexity
from thermolib.palette import temperature_color
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.kit.host import stylesheet, svg_uri
from thermolib.widgets.kit.lab import Checked, Lab, between

__all__ = ["WritingLab"]

LEAST_MASS = 0.05  # of the top-p slider
LONGEST = 7  # letters of memory
TEMPERATURES = 0.1, 10.0
TALLEST = 8  # bits of the highest bar
LETTERS = 330  # in the still picture
WIDTH = 9  # of a letter there


def _text(name: str, x: Any) -> str:
    if not isinstance(x, str) or len(set(x)) < 2:
        raise ValueError(f"{name} must be a text of at least two different letters, got {x!r:.60}")
    return x


class WritingLab(Lab):
    """A machine that has counted the letters of a book, and writes on at T, top-p and a memory of k letters.

    Parameters
    ----------
    k : int
        Memory, 0 ≤ k ≤ 7: how many letters the machine looks back.
    T : float
        Temperature, 0.1 ≤ T ≤ 10.
    top_p : float
        0.05 ≤ top_p ≤ 1: only the fewest most probable letters that hold this probability together are
        drawn; 1 keeps all.
    text, unread : str
        What is counted, and a text by which the machine is judged; "Alice's Adventures in Wonderland", its
        eleven chapters and the twelfth, unless given. All letters of `unread` and a line break must occur in
        `text`.
    unread_name : str
        What the table of numbers calls the second.
    seed : int
        Seed of the browser's random numbers, 0 ≤ seed < 2³².

    Raises
    ------
    ValueError
        If an argument is none of these, here or when one is set later.

    Notes
    -----
    `k`, `T` and `top_p` follow the reader's hand where a kernel lives.

    References
    ----------
    Shannon, Bell System Technical Journal 27, 379 (1948), section 3, wrote such texts by hand.

    Examples
    --------
    >>> WritingLab(k=2, T=0.5).k
    2
    """

    _kind = "thermo-writing"
    _esm = bundle("writing_lab/view.js")
    _css = stylesheet("kit/widget.css", "kit/lab.css", "writing_lab/view.css")
    k = Checked(lambda name, x: whole(name, x, 0, LONGEST), 4)
    T = Checked(between(*TEMPERATURES), 1.0)
    top_p = Checked(between(LEAST_MASS, 1), 1.0)
    text = Checked(_text, "\n ")
    unread = Checked(_text, "\n ")
    unread_name = Checked(_text, "chapter XII, which it has not read")

    def __init__(
        self,
        k: int = 4,
        T: float = 1.0,
        top_p: float = 1.0,
        *,
        text: str | None = None,
        unread: str | None = None,
        unread_name: str = "chapter XII, which it has not read",
        seed: int = 1,
    ) -> None:
        book = alice()
        text = _text("text", book.read if text is None else text)
        unread = _text("unread", book.unread if unread is None else unread)
        strange = sorted({*unread, "\n"} - set(text))
        if strange:
            raise ValueError(f"text must have all letters of unread and a line break, got none of {strange}")
        super().__init__(k=k, T=T, top_p=top_p, text=text, unread=unread, unread_name=unread_name, seed=seed)
        self.colours = [temperature_color(T) for T in np.geomspace(*TEMPERATURES, 41)]
        self.constants = {
            "decades": np.log10(TEMPERATURES).tolist(),
            "least_mass": LEAST_MASS,
            "longest": LONGEST,
        }

    def still(self) -> tuple[str, str, str]:
        """Write a passage with a bar below each letter."""
        model = fit(self.text, self.k)
        passage, surprise = generate(model, LETTERS, self.T, mass=self.top_p, start="\n", rng=self.seed)
        shown, row = passage.replace("\n", "¶"), 44
        lines = re.findall(r".{1,70}(?: |$)|.{1,70}", shown)
        parts, first = [], 0
        for y, line in enumerate(lines):
            words = html.escape(line.replace(" ", "\u00a0"))
            width = WIDTH * len(line)
            parts.append(f'<text x="0" y="{row * y + 18}" textLength="{width}">{words}</text>')
            high = 18 * np.minimum(1, surprise[first : first + len(line)] / np.log(2) / TALLEST)
            bars = "".join(
                f"M{WIDTH * x} {row * y + 40}v{-h:.0f}h8v{h:.0f}z" for x, h in enumerate(high) if h >= 0.5
            )
            parts.append(f'<path d="{bars}" fill="#666"/>')
            first += len(line)
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH * 70} {row * len(lines)}" '
            f'font-family="monospace" font-size="15">{"".join(parts)}</svg>'
        )
        cut = f", top-p {self.top_p:.2f}" if self.top_p < 1 else ""
        setting = f"at T = {self.T:.3g}{cut}, with a memory of {self.k} letters"
        judged = float(perplexity(model, self.unread, self.T, mass=self.top_p))
        alt = f"Written {setting}, with a bar of its surprise below each letter: {passage}"
        return svg_uri(svg), alt, f"Written {setting}. Perplexity of {self.unread_name}: {judged:.2f}"
