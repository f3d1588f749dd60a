"""`explore`: any Matplotlib function of a temperature becomes a figure with a slider.

Where a kernel lives (JupyterLab, Binder) each move of the slider asks it for a fresh drawing; on a
published page the frames drawn when the page was built are shown. The axes are cleared before each drawing: a
`draw` that sets its own axis limits keeps the frame still while the curve moves.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import matplotlib.style
import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from thermolib._validate import numbers
from thermolib.palette import temperature_color
from thermolib.widgets.host import Widget, source, stylesheet, svg_uri

__all__ = ["Explore", "explore"]

Draw = Callable[[Axes, float], Any]
LOOK = partial(matplotlib.style.context, "thermolib.temperature")
INK = "#212529"  # of temperature.mplstyle
DROPPED = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL)
LONG = re.compile(r"(scale\([^)]*\))|-?\d+\.\d\d+")  # but a glyph's scale is kept
STROKE = re.compile(r" ?([MLQCz]) ?")
# Matplotlib writes an outline in 64ths of a unit, a hundred units to the em: quarters are fine enough.
OUTLINE = re.compile(r' d="([^"]*)" transform="scale\(0\.015625\)"')
UNUSED = re.compile(r'(?<=<g) id="[^"]*"| xmlns:xlink="[^"]*"|xlink:(?=href=)|(?<="|#)DejaVuSans-(?=\w)')


def _svg(canvas: FigureCanvasSVG) -> str:
    """Draw a figure as inline SVG in the reader's text colour, as wide as the page, a line for each tag."""
    buffer = io.StringIO()
    # Not savefig, which draws a figure with a layout twice.
    canvas.print_svg(buffer, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    svg = DROPPED.sub("", buffer.getvalue())
    # A tenth of a point is finer than the line; one line for each tag lets the frames share them.
    svg = LONG.sub(lambda found: found[1] or f"{float(found[0]):.1f}", svg)
    svg = re.sub(r"\s*\n\s*", " ", svg).replace("> <", ">\n<").strip()
    svg = re.sub(r' d="[^"]*"', lambda path: STROKE.sub(r"\1", path[0]), svg)
    svg = UNUSED.sub("", OUTLINE.sub(_coarse, svg))
    for ink in (INK, "#000000"):
        svg = svg.replace(ink, "currentColor")
    style = 'aria-hidden="true" style="width:100%;height:auto;display:block;fill:currentColor"'
    return re.sub(r'(<svg\b[^>]*?) width="[\d.]+pt" height="[\d.]+pt"', rf"\1 {style}", svg, count=1)


def _coarse(outline: re.Match[str]) -> str:
    quarters = re.sub(r"-?\d+", lambda found: str(round(int(found[0]) / 16)), outline[1])
    return f' d="{quarters}" transform="scale(0.25)"'


def _in_words(temperatures: np.ndarray) -> list[str]:
    """Write temperatures with the fewest digits, three at least, that tell them apart: 17 always do."""
    rows = ([f"T = {T:.{digits}g}" for T in temperatures] for digits in range(3, 18))
    return next(row for row in rows if len(set(row)) == len(row))


class Explore(Widget):
    """The widget behind `explore`; its `T` is the temperature the slider stands at."""

    _kind = "thermo-explore"
    _esm = source("slider.js", "explore.js")
    _css = stylesheet("widget.css", "explore.css")
    index = traitlets.Int(0).tag(sync=True)
    values = traitlets.List(traitlets.Unicode()).tag(sync=True)
    colours = traitlets.List(traitlets.Unicode()).tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    drawn = traitlets.Dict().tag(sync=True)

    def __init__(
        self, draw: Draw, temperatures: np.ndarray, alt: str | Callable[[float], str], label: str, start: int
    ) -> None:
        self._draw, self._temperatures, self._alt = draw, temperatures, alt
        self._place: Bbox | None = None
        with LOOK():
            self._figure = Figure()
            self._canvas = FigureCanvasSVG(self._figure)
            self._hold_still()
            self._frames = [self._picture(T) for T in temperatures]
        super().__init__(
            values=_in_words(temperatures),
            colours=[temperature_color(T) for T in temperatures],
            label=label,
            index=start,
            drawn=self._frames[start],
        )
        self.observe(self._redraw, "index")

    @property
    def T(self) -> float:
        """The temperature the slider stands at."""
        return float(self._temperatures[self.index])

    def _hold_still(self) -> None:
        """Fix the axes where they fit both the first and the last picture, so that they stand still between.

        Laying out afresh would also cost as much as drawing. A figure to which `draw` adds axes of its own
        (a colour bar) is laid out each time.
        """
        ends = []
        for T in self._temperatures[[0, -1]]:
            self._picture(T)
            if len(self._figure.axes) > 1:
                return
            ends.append(self._figure.axes[0].get_position())
        self._place = Bbox.intersection(*ends)
        self._figure.set_layout_engine("none")

    def _picture(self, T: float) -> dict[str, str]:
        self._figure.clear()
        try:
            ax = self._figure.subplots()
            if self._place is not None:
                ax.set_position(self._place)
            self._draw(ax, float(T))
            alt = self._alt(float(T)) if callable(self._alt) else self._alt
            svg = _svg(self._canvas)
        except Exception as error:
            raise ValueError(f"drawing at T = {T:.6g} failed: {type(error).__name__}: {error}") from error
        if not isinstance(alt, str) or not alt.strip():
            raise ValueError(
                f"alt must be a sentence that says what the figure shows, got {alt!r} at T = {T:.6g}"
            )
        return {"svg": svg, "alt": alt}

    def _redraw(self, _change: Any) -> None:
        try:
            with LOOK():
                self.drawn = self._picture(self.T)
        except ValueError as error:  # the reader sees it where the picture was
            self.drawn = {"error": str(error)}

    def page_state(self) -> dict[str, Any]:
        """Return the frames, packed: nearly every line of a picture is shared by all of them."""
        split = [frame["svg"].splitlines() for frame in self._frames]
        number = {line: k for k, line in enumerate(dict.fromkeys(line for lines in split for line in lines))}
        frames = {
            "lines": list(number),
            "frames": [[number[line] for line in lines] for lines in split],
            "alts": [frame["alt"] for frame in self._frames],
        }
        packed = gzip.compress(
            json.dumps(frames, ensure_ascii=False, separators=(",", ":")).encode(), 9, mtime=0
        )
        return {
            "frames": base64.b64encode(packed).decode(),
            **{name: getattr(self, name) for name in ("index", "values", "colours", "label")},
        }

    def still(self) -> tuple[str, str, str]:
        """Return the picture at the slider's first place."""
        frame = self._frames[self.index]
        return svg_uri(frame["svg"]), frame["alt"], f"{self.label}: {self.values[self.index]}"


def explore(
    draw: Draw,
    T: Sequence[float] | np.ndarray | None = None,
    *,
    alt: str | Callable[[float], str],
    label: str = "temperature T",
    start: float | None = None,
) -> Explore:
    """Turn a Matplotlib function of temperature into a figure with a slider.

    Parameters
    ----------
    draw : callable ``draw(ax, T)``
        Draws on empty axes. It should set its axis limits itself: limits that follow the data jump from
        frame to frame.
    T : array of shape (n,), optional
        The slider's temperatures, T > 0, rising; 50 from 0.1 to 10 in equal ratios unless given.
    alt : str or callable ``alt(T)``
        What the figure shows, in a sentence, for those who cannot see it.
    label : str
        What the slider moves.
    start : float, optional
        Where it starts: the nearest of T; the middle one unless given.

    Returns
    -------
    Explore
        The widget: the last line of a cell shows it. About 60 ms are spent on each temperature.

    Raises
    ------
    ValueError
        If `draw` is not callable, T is not a rising row of positive finite numbers, `start` is none among
        them, `alt` is empty, `label` is no text, or a drawing fails at any of the temperatures.

    Examples
    --------
    >>> import numpy as np
    >>> E = np.linspace(0, 5, 100)
    >>> def draw(ax, T):
    ...     ax.plot(E, np.exp(-E / T))
    ...     ax.set(xlabel="energy E", ylabel="Boltzmann factor", ylim=(0, 1))
    >>> widget = explore(draw, [0.5, 1, 2], alt=lambda T: f"Boltzmann factor, falling, at T = {T:.3g}")
    >>> widget.T
    1.0
    """
    if not callable(draw):
        raise ValueError(f"draw must be a function draw(ax, T), got {draw!r}")
    temperatures = np.geomspace(0.1, 10, 50) if T is None else numbers("T", T)
    if temperatures.ndim != 1 or temperatures.size == 0:
        raise ValueError(f"T must be a row of temperatures, got shape {temperatures.shape}")
    if not np.all(np.isfinite(temperatures) & (temperatures > 0)) or np.any(np.diff(temperatures) <= 0):
        raise ValueError(f"T must be positive, finite and rising, got {temperatures}")
    if not isinstance(label, str):
        raise ValueError(f"label must be a text, got {label!r}")
    if start is None:
        index = len(temperatures) // 2
    else:
        near = numbers("start", start)
        if near.ndim != 0 or not temperatures[0] <= near <= temperatures[-1]:
            raise ValueError(f"start must lie in {temperatures[0]:.6g} … {temperatures[-1]:.6g}, got {start}")
        index = int(np.argmin(np.abs(temperatures - near)))
    return Explore(draw, temperatures, alt, label, index)
