"""The lines below a chapter's title: how they are computed, and that they are there."""

from importlib.metadata import version
from pathlib import Path

import nbformat.v4 as v4
import pytest
from nbformat import NotebookNode
from reading import ROOT, chapters, words
from thermobook.facts import facts, packages, reading_minutes


def code(lines: int, *tags: str) -> NotebookNode:
    return v4.new_code_cell("x = 1\n\n" * lines, metadata={"tags": list(tags)})


@pytest.mark.parametrize(
    ("cells", "minutes"),
    [
        ([v4.new_markdown_cell("word " * 1200)], 10),
        ([v4.new_markdown_cell("word " * 1201)], 15),
        ([v4.new_markdown_cell("word " * 600), code(50)], 10),
        ([code(50), *(code(1000, tag) for tag in ("hide-input", "hide-cell", "solution", "stub"))], 5),
    ],
)
def test_minutes_are_counted_from_words_and_the_lines_that_show(cells: list, minutes: int) -> None:
    assert reading_minutes(v4.new_notebook(cells=cells)) == minutes


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("import numpy as np", ["numpy"]),
        ("if True:\n    from torch.nn import Linear", ["torch"]),
        ("import lib.model", ["numpy", "torch"]),
        ("# import torch\nimport torchless", []),
    ],
)
def test_packages_are_found_directly_and_through_the_library(
    cell: str, found: list[str], tmp_path: Path
) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "__init__.py").touch()
    (tmp_path / "lib" / "model.py").write_text("import torch\nfrom lib import arrays\n", encoding="utf8")
    (tmp_path / "lib" / "arrays.py").write_text("import numpy\n", encoding="utf8")
    assert packages([cell], tmp_path) == found


@pytest.mark.parametrize("name", chapters())
def test_they_stand_below_the_title_and_on_the_status_page(name: str, site: Path) -> None:
    known = facts(ROOT, name)
    assert f"NumPy {version('numpy')}" in known.versions
    said = words(site, name, "h1 + .chapter-facts")
    assert f"about {known.minutes} minutes. Running: {known.running}, with" in said
    assert f"Executed on {known.date} with {known.versions}." in said
    row = f".chapter-table tr:has(a[href='../{name}.html'])"
    assert known.running in words(site, "reference/status", row)
