"""`explore`: any Matplotlib function of one variable becomes a figure with a slider.

Where a kernel lives (JupyterLab, Binder) each move of the slider asks it for a fresh drawing; on a
published page the frames drawn when the page was built are shown. Each drawing begins on empty axes: a
`draw` that sets its own axis limits keeps the frame still while the curve moves.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from functools import partial
from typing import Any

import matplotlib.style
import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.figure import Figure
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Bbox

from thermolib._validate import numbers
from thermolib.palette import temperature_color
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.kit.host import Widget, stylesheet, svg_uri

__all__ = ["Explore", "explore"]

Draw = Callable[[Axes, float], Any]
LOOK = partial(matplotlib.style.context, "thermolib.temperature")
DROPPED = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL)
LONG = re.compile(r"(scale\([^)]*\))|-?\d+\.\d\d+")  # but a glyph's scale is kept
# Matplotlib writes a glyph's outline in 64ths of a unit, a hundred units to the em: quarters are fine enough.
GLYPH = re.compile(r' d="([^"]*)" transform="scale\(0\.015625\)"')
OUTLINE = re.compile(r' d="([^"]*)"')
STROKE = re.compile(r"([MLQCz])([^MLQCz]*)")
UNUSED = re.compile(r'(?<=<g) id="[^"]*"| xmlns:xlink="[^"]*"|xlink:(?=href=)|(?<="|#)DejaVuSans-(?=\w)')
CLAUSE_ENDS = re.compile(r"[.;:]\s|,\s(?!\d)|\s(?:\w+\s)?\w+ = ")


def _svg(figure: Figure) -> str:
    """Draw a figure as inline SVG, as wide as its place: a line for each tag, and no double quotes."""
    buffer, dpi = io.StringIO(), figure.dpi
    FigureCanvasSVG(figure)  # by which a layout measures text
    # Not savefig, which draws a figure with a layout twice; nor `print_svg`, which parses each formula anew.
    figure.dpi = FigureCanvasSVG.fixed_dpi
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    svg_renderer = RendererSVG(*figure.bbox.size, buffer, image_dpi=dpi, metadata=nothing)
    svg_renderer._text2path = text_to_path  # one for all frames: it remembers what it has parsed
    renderer: Any = MixedModeRenderer  # of whose arguments its stub knows nothing
    figure.draw(renderer(figure, *figure.get_size_inches(), dpi, svg_renderer))
    svg_renderer.finalize()
    svg = DROPPED.sub("", buffer.getvalue())
    # A tenth of a point is finer than the line.
    svg = LONG.sub(lambda found: found[1] or f"{float(found[0]):.1f}", svg)
    svg = re.sub(r"\s*\n\s*", " ", svg).replace("> <", ">\n<").strip()
    svg = GLYPH.sub(_coarse, svg)
    svg = UNUSED.sub("", OUTLINE.sub(_in_steps, svg))
    style = 'aria-hidden="true" style="width:100%;height:auto;display:block"'
    svg = re.sub(r'(<svg\b[^>]*?) width="[\d.]+pt" height="[\d.]+pt"', rf"\1 {style}", svg, count=1)
    return svg.replace('"', "'")


def _coarse(outline: re.Match[str]) -> str:
    quarters = re.sub(r"-?\d+", lambda found: str(round(int(found[0]) / 16)), outline[1])
    return f' d="{quarters}" transform="scale(0.25)"'


def _in_steps(outline: re.Match[str]) -> str:
    """Write an outline by its steps, in tenths: along a curve they repeat and so compress; places do not."""
    pen, parts = (0, 0), []
    for command, places in STROKE.findall(outline[1]):
        tenths = [round(10 * float(x)) for x in places.split()]
        points = list(zip(tenths[::2], tenths[1::2], strict=True))
        start = (0, 0) if command == "M" else pen
        steps = [c - c0 for point in points for c, c0 in zip(point, start, strict=True)]
        written = " ".join(f"{step / 10:g}" for step in steps)
        parts.append((command if command == "M" else command.lower()) + written.replace(" -", "-"))
        pen = points[-1] if points else pen  # after z an M follows, or nothing
    return f' d="{"".join(parts)}"'


def _in_words(name: str, values: Sequence[float]) -> list[str]:
    """Write whole numbers in full, others with the fewest digits, three at least, that tell them apart."""
    if all(isinstance(x, int) for x in values):
        return [f"{name} = {x}" for x in values]
    rows = ([f"{name} = {x:.{digits}g}" for x in values] for digits in range(3, 18))  # 17 always do
    return next(row for row in rows if len(set(row)) == len(row))


def _called(label: str, alts: Sequence[str]) -> str:
    """Name a slider among others of a page: by its label, and how its picture is described at every place."""
    picture = CLAUSE_ENDS.split(alts[0], maxsplit=1)[0]
    return f"{label}: {picture}" if all(alt.startswith(picture) for alt in alts) else label


class Explore(Widget):
    """The widget behind `explore`; `value` is where the slider stands."""

    _kind = "thermo-explore"
    _esm = bundle("explore/view.js")
    _css = stylesheet("kit/widget.css", "explore/view.css")
    index = traitlets.Int(0).tag(sync=True)
    values = traitlets.List(traitlets.Unicode()).tag(sync=True)
    colours = traitlets.List(traitlets.Unicode()).tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)
    drawn = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        draw: Draw,
        name: str,
        places: Sequence[float],
        alt: str | Callable[[float], str],
        label: str,
        start: int,
    ) -> None:
        self._draw, self._name, self._places, self._alt = draw, name, places, alt
        self._box: Bbox | None = None
        with LOOK():
            self._hold_still()
            self._frames = [self._picture(x) for x in places]
        super().__init__(
            values=_in_words(name, places),
            colours=[temperature_color(T) for T in places] if name == "T" else [],
            label=label,
            name=_called(label, [frame["alt"] for frame in self._frames]),
            index=start,
            drawn=self._frames[start],
        )
        self.observe(self._redraw, "index")

    @property
    def value(self) -> float:
        """Where the slider stands."""
        return self._places[self.index]

    def _hold_still(self) -> None:
        """Fix the axes where they fit both the first and the last picture, so that they stand still between.

        Laying out afresh would also cost as much as drawing. A figure to which `draw` adds axes of its own
        (a colour bar) is laid out each time.
        """
        ends = []
        for x in (self._places[0], self._places[-1]):
            self._picture(x)
            if len(self._figure.axes) > 1:
                return
            ends.append(self._figure.axes[0].get_position())
        self._box = Bbox.intersection(*ends)

    def _picture(self, x: float) -> dict[str, str]:
        self._figure = Figure()  # faster than to clear the last one
        try:
            ax = self._figure.subplots()
            if self._box is not None:
                self._figure.set_layout_engine("none")
                ax.set_position(self._box)
            self._draw(ax, x)
            alt = self._alt(x) if callable(self._alt) else self._alt
            svg = _svg(self._figure)
        except Exception as error:
            raise ValueError(
                f"drawing at {self._name} = {x:.6g} failed: {type(error).__name__}: {error}"
            ) from error
        if not isinstance(alt, str) or not alt.strip():
            raise ValueError(
                "alt must be a sentence that says what the figure shows,"
                f" got {alt!r} at {self._name} = {x:.6g}"
            )
        return {"svg": svg, "alt": alt}

    def _redraw(self, _change: Any) -> None:
        try:
            with LOOK():
                self.drawn = self._picture(self.value)
        except ValueError as error:  # the reader sees it where the picture was
            self.drawn = {"error": str(error)}

    def page_state(self) -> dict[str, Any]:
        """Return the frames, each by its difference from the still picture, which the page has already.

        They are not packed: the page is, as a whole, wherever it is served.
        """
        still = self._frames[self.index]["svg"].splitlines()
        return {
            "changes": [_changes(still, frame["svg"].splitlines()) for frame in self._frames],
            "alts": [frame["alt"] for frame in self._frames],
            **{trait: getattr(self, trait) for trait in ("index", "values", "colours", "label", "name")},
        }

    def still(self) -> tuple[str, str, str]:
        """Return the picture at the slider's first place."""
        frame = self._frames[self.index]
        return svg_uri(frame["svg"]), frame["alt"], f"{self.label}: {self.values[self.index]}"


def _changes(still: list[str], lines: list[str]) -> list[list[Any]]:
    """Return what makes `lines` of `still`, the last first: where, how many lines go, what comes instead."""
    same = SequenceMatcher(None, still, lines, autojunk=False)
    changed = [(i, j, lines[k:l]) for tag, i, j, k, l in same.get_opcodes() if tag != "equal"]
    return [[i, j - i, *new] for i, j, new in reversed(changed)]


def explore(
    draw: Draw,
    T: Sequence[float] | np.ndarray | None = None,
    *,
    alt: str | Callable[[float], str],
    label: str | None = None,
    start: float | None = None,
    **variable: Sequence[float] | np.ndarray,
) -> Explore:
    """Turn a Matplotlib function of one variable into a figure with a slider.

    The variable is the temperature, ``explore(draw, T=…)``, whose slider has the colours of the scale; or
    any other, under its own name: ``explore(draw, M=…)``.

    Parameters
    ----------
    draw : callable ``draw(ax, T)``, ``draw(ax, M)`` …
        Draws on empty axes. It should set its axis limits itself: limits that follow the data jump from
        frame to frame.
    T : array of shape (n,), optional
        The slider's temperatures, T > 0, rising; 50 from 0.1 to 10 in equal ratios unless given.
    alt : str or callable ``alt(T)``, ``alt(M)`` …
        What the figure shows, in a sentence, for those who cannot see it.
    label : str
        What the slider moves; "temperature T", or the variable's name, unless given.
    start : float, optional
        Where it starts: the nearest place of the slider; the middle one unless given.
    **variable : array of shape (n,)
        In place of T: one variable and the slider's places, finite and rising. Where all are whole numbers,
        `draw` and `alt` are given an ``int``.

    Returns
    -------
    Explore
        The widget: the last line of a cell shows it. About 60 ms are spent on each place of the slider.

    Raises
    ------
    ValueError
        If `draw` is not callable, more than one variable is given, the variable is not a rising row of finite
        numbers (positive ones for T), `start` is none among them, `alt` is empty, `label` is no text, or a
        drawing fails at any place of the slider.

    Examples
    --------
    >>> import numpy as np
    >>> E = np.linspace(0, 5, 100)
    >>> def draw(ax, T):
    ...     ax.plot(E, np.exp(-E / T))
    ...     ax.set(xlabel="energy E", ylabel="Boltzmann factor", ylim=(0, 1))
    >>> widget = explore(draw, [0.5, 1, 2], alt=lambda T: f"Boltzmann factor, falling, at T = {T:.3g}")
    >>> widget.value
    1.0
    >>> explore(lambda ax, N: ax.bar(range(N), 1), N=[1, 2, 5], alt=lambda N: f"{N} bars", start=5).value
    5
    """
    if not callable(draw):
        raise ValueError(f"draw must be a function draw(ax, T), got {draw!r}")
    if len(variable) + (T is not None) > 1:
        names = ["T"] * (T is not None) + list(variable)
        raise ValueError(f"explore moves one variable, got {' and '.join(names)}")
    name, row = next(iter(variable.items()), ("T", np.geomspace(0.1, 10, 50) if T is None else T))
    values = numbers(name, row)
    if values.ndim != 1 or values.size == 0:
        raise ValueError(f"{name} must be a row of numbers, got shape {values.shape}")
    positive = name == "T"
    if not np.all(np.isfinite(values)) or np.any(np.diff(values) <= 0) or (positive and values[0] <= 0):
        raise ValueError(f"{name} must be {'positive, ' * positive}finite and rising, got {values}")
    label = ("temperature T" if name == "T" else name) if label is None else label
    if not isinstance(label, str):
        raise ValueError(f"label must be a text, got {label!r}")
    if start is None:
        index = len(values) // 2
    else:
        near = numbers("start", start)
        if near.ndim != 0 or not values[0] <= near <= values[-1]:
            raise ValueError(f"start must lie in {values[0]:.6g} … {values[-1]:.6g}, got {start}")
        index = int(np.argmin(np.abs(values - near)))
    whole = name != "T" and np.all(values % 1 == 0)
    places = [int(x) for x in values] if whole else values.tolist()
    return Explore(draw, name, places, alt, label, index)
