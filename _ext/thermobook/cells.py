"""Cells that fail the build: those that raise, those that write to stderr, and figures without words.

Each is reported with its chapter and its number among the chapter's code cells.
"""

import re
from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx

from thermobook import executions
from thermobook.problems import report

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
SHOWN_LINES = 12  # of an error; a traceback ends with what matters


def connect(app: Sphinx) -> None:
    """Look at each page as soon as it is read."""
    app.connect("doctree-read", inspect, priority=300)  # before cells are moved


def code_cells(doctree: nodes.document) -> Iterator[tuple[int, nodes.container]]:
    """Yield the code cells of `doctree`, counted from 1."""
    cells = (node for node in doctree.findall(nodes.container) if node.get("nb_element") == "cell_code")
    return enumerate(cells, start=1)


def inspect(app: Sphinx, doctree: nodes.document) -> None:
    """Report every cell and picture of `doctree` that a reader must not meet."""
    name = app.env.docname
    cells = list(code_cells(doctree))
    for number, cell in cells:
        failed = [_with(f"{name}, cell {number} {what}", said) for what, said in _failures(cell)]
        for message in failed:
            report(app, message, cell)
        if failed:
            executions.forget(app)
    for image in doctree.findall(nodes.image):
        if not image.get("alt"):
            number = next((i for i, cell in cells if image in cell.findall(nodes.image)), 0)
            what = f"cell {number} draws a figure" if number else f"there is a picture ({image['uri']})"
            hint = " (mystnb: image: alt:)" if number else ""
            report(app, f"{name}, {what} without alternative text{hint}", image)


def _failures(cell: nodes.container) -> Iterator[tuple[str, str]]:
    """Yield what `cell` did wrong, and what it said."""
    intended = "raises-exception" in cell["cell_metadata"].get("tags", [])
    for block in cell.findall(nodes.literal_block):
        if "stderr" in block["classes"]:
            yield "writes to stderr:", block.astext()
        elif "traceback" in block["classes"] and not intended:
            yield "fails:", block.astext()


def _with(what: str, output: str) -> str:
    shown = COLOURS.sub("", output).rstrip().splitlines()[-SHOWN_LINES:]
    return "\n".join([what, *(f"    {line}" for line in shown)])
