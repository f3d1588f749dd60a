"""What the course reproduces: published and exact values beside the library's, a module for each chapter.

Each module lists its ``CASES``, which the tests and the page ``evidence`` read: a value is typed once.
"""

from __future__ import annotations

import inspect
import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import inf, isinf, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from thermolib._results import Estimate
from thermolib.tables import NO_DIGIT, NO_POINT, Column, Table, table

SEED = 2026
SIGMAS = 4.0  # a right program's chance to be farther off than this is 6·10⁻⁵, if its errors are Gaussian
_BLANKS = re.compile(f"[{NO_DIGIT}{NO_POINT}]+")  # what aligns numbers at the point; a phone does without
_PARTICLES = {"dealmeida": "de Almeida"}  # names that do not begin with a capital
_RELATIVE = 1e-12  # what a closed form may be off: it is a double, and some thousand roundings


@dataclass(frozen=True)
class Case:
    """A value that is known, and the library's.

    Attributes
    ----------
    what : str
        The quantity.
    value : str or float
        As its source has it: a text, with the digits that are given, or a fraction such as ``"1/3"``. A
        number is a closed form, computed where the case stands.
    ours : callable
        Computes it, by a call of thermolib. Where chance enters it takes ``seed``, and returns an `Estimate`.
    source : str
        Where the value is from: a key of the bibliography, or the way in which it was found.
    why : str
        Of one that is known to differ: why.
    """

    what: str
    value: str | float
    ours: Callable[..., Any]
    source: str
    why: str = ""

    @property
    def drawn(self) -> bool:
        """Whether chance enters."""
        return "seed" in inspect.signature(self.ours).parameters

    @property
    def known(self) -> float:
        """The known value."""
        return float(Fraction(self.value) if isinstance(self.value, str) else self.value)

    @property
    def unit(self) -> float:
        """One in the last digit that is given; of a closed form, one in the twelfth."""
        if isinstance(self.value, str) and "/" not in self.value:
            return 10.0 ** int(Decimal(self.value).as_tuple().exponent)
        return _RELATIVE * (abs(self.known) or 1)


@dataclass(frozen=True)
class Comparison:
    """A case, and what came of it.

    Attributes
    ----------
    case : Case
        The case.
    ours : float
        The library's value.
    stderr : float or None
        Its standard error, where chance enters.
    off : float
        Ours less the known value: in standard errors where chance enters, else in units of the last digit.
    """

    case: Case
    ours: float
    stderr: float | None
    off: float

    @property
    def agrees(self) -> bool:
        """Whether it rounds to the digits given; where chance enters, whether it is within four errors."""
        return abs(self.off) <= (0.501 if self.stderr is None else SIGMAS)


def compare(case: Case, seed: int = SEED) -> Comparison:
    """Compute a case, and compare.

    Parameters
    ----------
    case : Case
        The case.
    seed : int, optional
        Where chance enters: each case makes its own, the CRC-32 of this number, a space and its name, so that
        no two share draws.

    Returns
    -------
    Comparison
        With the deviation.

    Raises
    ------
    ValueError
        If chance enters and no error, above 0 and finite, comes with the value.

    Examples
    --------
    >>> round(compare(Case("ln 2", "0.6931", lambda: np.log(2), "closed form")).off, 6)
    0.471806
    """
    if not case.drawn:
        ours = float(case.ours())
        if ours == case.known or (isinf(ours) and isinf(case.known)):
            return Comparison(case, ours, None, 0.0 if ours == case.known else float("inf"))
        return Comparison(case, ours, None, (ours - case.known) / case.unit)
    found = case.ours(zlib.crc32(f"{seed} {case.what}".encode()))
    if not isinstance(found, Estimate) or not 0 < found.stderr < inf:
        raise ValueError(f"{case.what!r} must be an Estimate with a finite error above 0, got {found!r}")
    value, stderr = map(float, found)
    return Comparison(case, value, stderr, (value - case.known) / stderr)


def average(draws: ArrayLike) -> Estimate:
    """Return the mean of independent draws, with its standard error.

    Parameters
    ----------
    draws : array_like, shape (n,)
        At least two.

    Returns
    -------
    Estimate
        Mean and s/√n.

    Examples
    --------
    >>> average([1.0, 3.0])
    Estimate(value=2.0, stderr=1.0)
    """
    x = np.asarray(draws, float).ravel()
    return Estimate(float(x.mean()), float(x.std(ddof=1)) / sqrt(x.size))


def share(yes: ArrayLike) -> Estimate:
    """Return the share of independent draws that say yes, with its binomial error.

    The error is that of the share with one yes and one no more, so that none is without error.

    Parameters
    ----------
    yes : array_like of bool, shape (n,)
        The draws.

    Returns
    -------
    Estimate
        The share, and its error.

    Examples
    --------
    >>> share([True, True, False, False])
    Estimate(value=0.5, stderr=0.25)
    """
    x = np.asarray(yes, bool).ravel()
    p = (x.sum() + 1) / (x.size + 2)
    return Estimate(float(x.mean()), float(sqrt(p * (1 - p) / x.size)))


@dataclass(frozen=True, repr=False)
class Ledger(Table):
    """A table of comparisons. Where the screen is narrow each takes two lines: its name above its numbers."""

    def _repr_html_(self) -> str:
        html = super()._repr_html_().replace('class="dataframe"', 'class="dataframe ledger" role="table"')
        for tag, role in (("tr", "row"), ("td", "cell")):
            html = html.replace(f"<{tag}", f'<{tag} role="{role}"')
        html = html.replace('scope="col"', 'scope="col" role="columnheader"')
        return _BLANKS.sub(r'<span class="pad">\g<0></span>', html)


def source(key: str) -> str:
    """Return how a source is called in a table.

    Parameters
    ----------
    key : str
        As in the bibliography, or in plain words.

    Returns
    -------
    str
        Name and year, or the words as they are.

    Examples
    --------
    >>> source("onsager1944"), source("closed form")
    ('Onsager 1944', 'closed form')
    """
    found = re.fullmatch(r"([a-z]+)(\d{4})[a-z]*", key)
    if not found:
        return key
    name, year = found.groups()
    return f"{_PARTICLES.get(name, name.capitalize())} {year}"


def ledger(comparisons: Iterable[Comparison]) -> Ledger:
    """Set comparisons in a table: all with chance, or all without.

    Parameters
    ----------
    comparisons : iterable of Comparison
        The rows.

    Returns
    -------
    Ledger
        Quantity and source, known value, ours, and how far they are apart.

    Examples
    --------
    >>> ledger([compare(Case("ln 2", "0.6931", lambda: np.log(2), "closed form"))])
    quantity (source)     value      ours   off, in last digits
    ln 2 (closed form)   0.6931   0.69315                 +0.47
    """
    rows = list(comparisons)
    drawn = rows[0].stderr is not None
    names = [f"{row.case.what} ({source(row.case.source)})" for row in rows]
    off = [f"{row.off:+.2f}".replace("-", "−") + ("" if row.agrees else " ✗") for row in rows]
    heads = "value", "ours", "off, in σ" if drawn else "off, in last digits"
    if drawn:
        ours: Sequence[Any] = [Estimate(row.ours, row.stderr or 0.0) for row in rows]
        known = [_digits(row.case.known, row.stderr or 1.0, 1) for row in rows]
    else:
        ours = [_closely(row) for row in rows]
        known = [_written(row.case) for row in rows]
    columns = [Column("quantity (source)", names, right=False)]
    for head, cells in zip(heads, (known, ours, off), strict=True):
        texts = table({head: cells}).columns[0].cells
        columns.append(Column(head, texts, right=True))
    return Ledger(columns)


def _written(case: Case) -> str:
    """Return the known value as its source has it."""
    text = case.value if isinstance(case.value, str) else f"{case.value:.10g}"
    return text.replace("-", "−")


def _closely(row: Comparison) -> str:
    """Return ours with one digit more than is given; of a closed form, or a fraction, eleven digits."""
    if isinstance(row.case.value, float) or "/" in row.case.value:
        return f"{row.ours:.11g}".replace("-", "−")
    return _digits(row.ours, row.case.unit, 1)


def _digits(x: float, unit: float, more: int) -> str:
    """Write a number to its unit, and some digits more."""
    if isinf(x):
        return "∞"
    decimals = max(0, more - int(np.floor(np.log10(unit) + 1e-9)))
    if unit >= 1:
        decimals = 0
    return f"{x:.{min(decimals, 15)}f}".replace("-", "−")


__all__ = [
    "SEED",
    "SIGMAS",
    "Case",
    "Comparison",
    "Ledger",
    "average",
    "compare",
    "ledger",
    "share",
    "source",
]
