"""Tables of results: what is written, that it aligns at the point, and that a slip is named."""

import re
from functools import partial
from html.parser import HTMLParser

import numpy as np
import pytest
from thermolib.chains import Estimate
from thermolib.tables import NO_DIGIT, NO_POINT, table

from declared import Fault


def cells(values, digits=None):
    """Return the texts of one column, without what aligns them."""
    column = table({"x": values}, digits=digits).columns[0]
    return [re.sub(f"[{NO_DIGIT}{NO_POINT}]", "", text) for text in column.cells]


@pytest.mark.parametrize(
    ("values", "digits", "shown"),
    [
        ([1, 1_000, -20_000], 3, ["1", "1,000", "−20,000"]),  # whole numbers stay whole
        (np.arange(3), 2, ["0", "1", "2"]),
        ([0.5, -1 / 3, 1234.5], 2, ["0.50", "−0.33", "1,234.50"]),
        (np.array([2.0, 0.4]), None, ["2", "0.4"]),
        ([1 / 3, 1e-9], None, ["0.333333", "1·10⁻⁹"]),
        (np.float32([0.5]), 1, ["0.5"]),
        ([-1e-9], 2, ["0.00"]),  # no −0.00
        ([np.inf, -np.inf, np.nan], 1, ["∞", "−∞", "nan"]),
        ([1.24e-5, 2e10], ".1e", ["1.2·10⁻⁵", "2.0·10¹⁰"]),
        ([3, 10], ".1e", ["3.0·10⁰", "1.0·10¹"]),  # a format holds for whole numbers too
        ([0.0123], "+.1%", ["+1.2 %"]),
        (["a", "b-c"], 2, ["a", "b-c"]),
        ([True, np.False_, None], None, ["yes", "no", "–"]),
        ([1.5, None, "exact"], 1, ["1.5", "–", "exact"]),
        ([Estimate(-1.41203, 0.0123)], None, ["−1.412 ± 0.012"]),
        ([Estimate(1.23456, 0.0996)], None, ["1.23 ± 0.10"]),  # .0996 is .10, and not .100
        ([Estimate(1.23456, 0.0994)], None, ["1.235 ± 0.099"]),
        ([Estimate(123.4, 12.0)], None, ["123 ± 12"]),
        ([Estimate(1.5, 0.0)], None, ["1.5 ± 0"]),
        ([Estimate(1.5, np.inf)], None, ["1.5 ± ∞"]),
        ([Estimate(1.23456, 0.0123)], 4, ["1.2346 ± 0.0123"]),
        ((k for k in (1, 2)), None, ["1", "2"]),
        ({"a": 1, "b": 2}.values(), None, ["1", "2"]),
    ],
)
def test_what_is_written(values, digits, shown):
    assert cells(values, digits) == shown


def test_digits_of_one_column():
    one, other = table({"a": [0.5], "b": [0.5]}, digits={"b": 3}).columns
    assert (one.cells, other.cells) == (["0.5"], ["0.500"])


class Rows(HTMLParser):
    """The cells of a table, row by row: tag, attributes, text."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.outer = [], {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append([tag, dict(attributes), ""])
        else:
            self.outer[tag] = dict(attributes)

    def handle_data(self, text):
        if self.rows and self.rows[-1] and text.strip("\n"):
            self.rows[-1][-1][2] += text


def test_html():
    made = table({"T < T_c": ["cold & low", None], "E": [0.5, -12.25]})
    parsed = Rows(made._repr_html_())
    assert parsed.outer["table"]["class"] == "dataframe"
    head, first, second = parsed.rows
    assert [(tag, text) for tag, _, text in head] == [("th", "T < T_c"), ("th", "E")]
    assert all(attributes["scope"] == "col" for _, attributes, _ in head)
    assert [text for _, _, text in first] == ["cold & low", f"{NO_DIGIT * 2}0.5{NO_DIGIT}"]
    assert [text for _, _, text in second] == ["–", "−12.25"]
    for row in parsed.rows:
        assert [attributes["style"] for _, attributes, _ in row] == ["text-align: left", "text-align: right"]
    assert made._repr_html_() == table({"T < T_c": ["cold & low", None], "E": [0.5, -12.25]})._repr_html_()


@pytest.mark.parametrize(
    ("values", "points"),
    [
        ([0.5, 12, -3.25, 1000], 1),
        ([Estimate(-3.2, 0.012), Estimate(12.5, 0.8), Estimate(7, 0.0), Estimate(100.0, 25.0)], 2),
        ([Estimate(-3.2, 0.012), 3.21], 2),
    ],
)
def test_points_align(values, points):
    """As cells end at one edge, the distance from their end is what must agree: of points, and of ±."""
    made = table({"x": values}).columns[0].cells
    assert len({len(text) for text in made}) == 1
    assert len({text.index(sign) for text in made for sign in "±" if sign in text}) == points - 1
    assert len({k for text in made for k, one in enumerate(text) if one in f".{NO_POINT}"}) == points
    for part in (part for text in made for part in text.split("±")):
        assert NO_DIGIT not in part.strip(f" {NO_DIGIT}{NO_POINT}"), "blanks stand beside a number, not in it"


def test_text():
    made = table({"n": ["one", "a thousand"], "x": [1.5, 1000], "ok": [True, False]})
    assert repr(made).split("\n") == [
        "n                  x   ok",
        "one              1.5   yes",
        "a thousand   1,000     no",
    ]


# What is asked of every module (declared.py) ---------------------------------------------------------

CALLS = {"table": lambda: table({"x": [1.0]})}
BAD = {
    said: (partial(table, columns, digits=digits), said)
    for columns, digits, said in [
        ({}, None, "at least one column, got {}"),
        ([1, 2], None, r"must be a mapping .* got \[1, 2\]"),
        ({"a": [1, 2], "b": [1, 2], "c": [1]}, None, "one length, got 2 in 'a' and 1 in 'c'"),
        ({"a": 3}, None, "column 'a' must be a sequence .* got 3"),
        ({"a": np.array(3)}, None, "column 'a' must be a sequence"),
        ({"a": "three"}, None, "column 'a' must be a sequence .* got 'three'"),
        ({"a": Estimate(1.0, 0.1)}, None, r"column 'a' must be a sequence .* got Estimate"),
        ({"a": []}, None, r"at least one cell, got \[\]"),
        ({"a": [[1, 2]]}, None, r"column 'a' must hold numbers, texts or Estimates, got \[1, 2\]"),
        ({"a": np.ones((2, 2))}, None, "column 'a' must hold numbers"),
        ({"a": [1j]}, None, "column 'a' must hold numbers, texts or Estimates, got 1j"),
        ({"a": [1.0]}, {"b": 2}, r"digits must name columns of the table, \('a',\), got 'b'"),
        ({"a": [1.0]}, -1, "digits of 'a' must be an integer ≥ 0, got -1"),
        ({"a": [1.0]}, 1.5, "digits of 'a' must be an integer ≥ 0, got 1.5"),
        ({"a": [1.0]}, "many", "digits of 'a' must be a number of decimals or a format, got 'many'"),
    ]
}
FAULTS = [
    Fault("an error of one digit", "max(0, 1 - floor(", "max(0, -floor(", "test_what_is_written"),
    Fault(
        "numbers that begin in one place",
        "a.rjust(left, NO_DIGIT)",
        "a.ljust(left, NO_DIGIT)",
        "test_points_align",
    ),
]
