"""Results as a table whose numbers align at the point: what a cell of a chapter ends with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import floor, isfinite, log10
from numbers import Integral, Real
from reprlib import repr as shortened
from typing import Any

import numpy as np

from thermolib._results import Estimate
from thermolib._validate import whole

Digits = int | str | None
# Blanks as wide as a digit and as a point. They fill what a number lacks, so that all align at the point.
NO_DIGIT, NO_POINT = "\u2007", "\u2008"
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Column:
    """One column: its heading and its cells as text, and whether they stand to the right, as numbers do."""

    head: str
    cells: list[str]
    right: bool


@dataclass(frozen=True, repr=False)
class Table:
    """A table of formatted cells: HTML in a notebook and on the page, aligned text elsewhere."""

    columns: list[Column]

    def __repr__(self) -> str:
        """Return the table as aligned text."""
        blocks = []
        for column in self.columns:
            lines = [column.head, *column.cells]
            width = max(map(len, lines))
            blocks.append([line.rjust(width) if column.right else line.ljust(width) for line in lines])
        text = "\n".join("   ".join(line).rstrip() for line in zip(*blocks, strict=True))
        return text.replace(NO_DIGIT, " ").replace(NO_POINT, " ")

    def _repr_html_(self) -> str:
        """Return the table as HTML; `dataframe` is the class that themes and JupyterLab know."""

        def cell(text: str, column: Column, tag: str, scope: str = "") -> str:
            side = "right" if column.right else "left"
            return f'<{tag}{scope} style="text-align: {side}">{escape(text)}</{tag}>'

        head = "".join(cell(one.head, one, "th", ' scope="col"') for one in self.columns)
        rows = zip(*([cell(text, one, "td") for text in one.cells] for one in self.columns), strict=True)
        body = "".join(f"<tr>{''.join(row)}</tr>\n" for row in rows)
        return (
            '<table class="dataframe" style="font-variant-numeric: tabular-nums">\n'
            f"<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{body}</tbody>\n</table>"
        )


def table(columns: Mapping[str, Any], *, digits: Digits | Mapping[str, Digits] = None) -> Table:
    """Set columns of results side by side.

    Parameters
    ----------
    columns : mapping of headings to sequences, all of one length
        Numbers, texts, `Estimate`, True or False (shown as yes or no), None where there is nothing to show.
        Whole numbers stay whole; an `Estimate` becomes value ± error, with two digits of the error.
    digits : int, str or None, or a mapping of headings to these, optional
        How many decimals the numbers have, whole ones apart. Or how to write every number, in Python's format
        language: ``".1e"``, ``".3g"``, ``"+.2%"``. By default a number has six significant digits at most.

    Returns
    -------
    Table
        Shows itself, with − for minus and commas between thousands.

    Raises
    ------
    ValueError
        If there is no column, or one is no sequence, has another length than the first, or holds something
        else; if `digits` names no column, or is no number of decimals and no format.

    Examples
    --------
    >>> from thermolib.chains import Estimate
    >>> table({"N": [10, 1000], "gap": [0.25, -1 / 3], "E": [Estimate(1.234, 0.051)] * 2}, digits={"gap": 4})
        N       gap               E
       10    0.2500   1.234 ± 0.051
    1,000   −0.3333   1.234 ± 0.051
    """
    if not isinstance(columns, Mapping) or not columns:
        raise ValueError(f"columns must be a mapping with at least one column, got {shortened(columns)}")
    by_column = digits if isinstance(digits, Mapping) else dict.fromkeys(columns, digits)
    for name in by_column:
        if name not in columns:
            raise ValueError(f"digits must name columns of the table, {tuple(columns)}, got {name!r}")
    made = [_column(str(name), values, by_column.get(name)) for name, values in columns.items()]
    first = made[0]
    for other in made:
        if len(other.cells) != len(first.cells):
            lengths = f"{len(first.cells)} in {first.head!r} and {len(other.cells)} in {other.head!r}"
            raise ValueError(f"columns must have one length, got {lengths}")
    return Table(made)


def _column(name: str, values: Any, digits: Digits) -> Column:
    """Format one column."""
    try:
        cells = [] if isinstance(values, str | bytes | Mapping | Estimate) else list(values)
    except TypeError:
        cells = []
    if not cells:
        raise ValueError(
            f"column {name!r} must be a sequence with at least one cell, got {shortened(values)}"
        )
    if not isinstance(digits, str | None):
        digits = whole(f"digits of {name!r}", digits, 0)
    written = [_written(name, cell, digits) for cell in cells]
    numbers = [parts for parts in written if isinstance(parts, tuple)]
    if not numbers:
        return Column(name, [str(text) for text in written], right=False)
    values, errors = zip(*numbers, strict=True)
    joined = _aligned(values)
    if any(errors):
        signs = [" ± " if error else NO_DIGIT * 3 for error in errors]
        joined = [
            value + sign + error for value, sign, error in zip(joined, signs, _aligned(errors), strict=True)
        ]
    shown = iter(joined)
    return Column(name, [text if isinstance(text, str) else next(shown) for text in written], right=True)


def _written(name: str, cell: Any, digits: Digits) -> str | tuple[str, str]:
    """Return a text as it is; a number as two texts, its value and the error that an `Estimate` has."""
    if cell is None:
        return "–"
    if isinstance(cell, bool | np.bool_):
        return "yes" if cell else "no"
    if isinstance(cell, str):
        return str(cell)
    if isinstance(cell, Estimate):
        value, error = map(float, cell)
        decimals = _two_digits(error) if digits is None else digits
        return _number(name, value, decimals), _number(name, error, decimals)
    if isinstance(cell, Real):
        return _number(name, cell, digits), ""
    raise ValueError(f"column {name!r} must hold numbers, texts or Estimates, got {shortened(cell)}")


def _two_digits(error: float) -> int | None:
    """Return the decimals that show two digits of an error; 0.0996 is rounded first, to 0.10."""
    if not isfinite(error) or error <= 0:
        return None
    return max(0, 1 - floor(log10(float(f"{error:.1e}"))))


def _number(name: str, x: Any, digits: Digits) -> str:
    """Write one number."""
    if isinstance(digits, str):
        form = digits
    elif isinstance(x, Integral):
        form = ","
    else:
        form = "z,.6g" if digits is None else f"z,.{digits}f"  # z: no −0.00
    try:
        text = format(int(x) if isinstance(x, Integral) else float(x), form)
    except ValueError:
        raise ValueError(
            f"digits of {name!r} must be a number of decimals or a format, got {digits!r}"
        ) from None
    mantissa, e, exponent = text.partition("e")
    if e:
        text = f"{mantissa}·10{str(int(exponent)).translate(SUPERSCRIPT)}"
    return text.replace("-", "−").replace("inf", "∞").replace("%", " %")


def _aligned(texts: Sequence[str]) -> list[str]:
    """Pad numbers with blanks to one width on either side of their points."""
    before, point, behind = zip(*(text.partition(".") for text in texts), strict=True)
    left, right = max(map(len, before)), max(map(len, behind))
    blank = NO_POINT if any(point) else ""
    return [
        a.rjust(left, NO_DIGIT) + (dot or blank) + b.ljust(right, NO_DIGIT)
        for a, dot, b in zip(before, point, behind, strict=True)
    ]
