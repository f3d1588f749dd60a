"""Cells that fail the build: those that raise, those that write to stderr, and figures without words.

Each is reported with its chapter and its number among the chapter's code cells, as a warning (warnings fail
the build), and once more in ``problems.txt``, which ``build.py`` prints last.
"""

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from thermobook import executions

LOG = logging.getLogger(__name__)
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
SHOWN_LINES = 12  # of an error; a traceback ends with what matters


def connect(app: Sphinx) -> None:
    """Look at each page as soon as it is read."""
    app.connect("doctree-read", inspect)


def inspect(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of every cell and picture of `doctree` that a reader must not meet."""
    name = app.env.docname
    cells = [node for node in doctree.findall(nodes.container) if node.get("nb_element") == "cell_code"]
    for number, cell in enumerate(cells, start=1):
        intended = "raises-exception" in cell["cell_metadata"].get("tags", [])
        for block in cell.findall(nodes.literal_block):
            if "stderr" in block["classes"]:
                _report(app, cell, f"{name}, cell {number} writes to stderr:", block.astext())
                executions.forget(app)
            elif "traceback" in block["classes"] and not intended:
                _report(app, cell, f"{name}, cell {number} fails:", block.astext())
                executions.forget(app)
        if any(not image.get("alt") for image in cell.findall(nodes.image)):
            _report(
                app,
                cell,
                f"{name}, cell {number} draws a figure without alternative text (mystnb: image: alt:)",
            )
    for image in doctree.findall(nodes.image):
        inside = any(image in cell.findall(nodes.image) for cell in cells)
        if not inside and not image.get("alt"):
            _report(app, image, f"{name}, the picture {image['uri']} has no alternative text")


def _report(app: Sphinx, node: nodes.Node, what: str, output: str = "") -> None:
    shown = COLOURS.sub("", output).rstrip().splitlines()[-SHOWN_LINES:]
    message = "\n".join([what, *(f"    {line}" for line in shown)])
    LOG.warning(message, location=node, type="thermobook")
    with (Path(app.outdir).parent / "problems.txt").open("a", encoding="utf8") as problems:
        problems.write(message + "\n")
