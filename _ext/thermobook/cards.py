"""Exercises and *Think* boxes as cards: question, answer, reply and solution in one box.

A chapter's source is a notebook, where a solution's code cannot stand inside the fold of its words, nor a
question inside an admonition. On the page they can: here the cells are moved there.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from thermobook import executions
from thermobook.cells import code_cells
from thermobook.problems import report

CHECKED = re.compile(r"""\bcheck\(\s*["']([^"']+)["']""")
ASKED = re.compile(r"""\bQuestion\(\s*["']([^"']+)["']""")


def connect(app: Sphinx) -> None:
    """Make cards of each page as soon as it is read."""
    app.connect("doctree-read", arrange, priority=400)  # after the cells have been looked at
    app.connect("env-updated", count_questions)
    app.connect("html-page-context", write_counts)


def count_questions(app: Sphinx, env: BuildEnvironment) -> None:
    """Count the questions that each page asks, once for all pages."""
    asks = {name: len(set(ASKED.findall(_source(app, name)))) for name in sorted(env.found_docs)}
    counts = {name: number for name, number in asks.items() if number}
    app.question_counts = json.dumps(counts, separators=(",", ":"))  # type: ignore[attr-defined]


def write_counts(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Write how many questions each page asks, for `assets/progress.js`."""
    counts: str = app.question_counts  # type: ignore[attr-defined]
    context["body"] = (
        f'{context.get("body") or ""}<script id="questions" type="application/json">{counts}</script>'
    )


def arrange(app: Sphinx, doctree: nodes.document) -> None:
    """Mark the exercises of `doctree`, and put its solutions, stubs and questions where they belong."""
    sources = [cell.source for cell in executions.read(_source(app, app.env.docname)).cells]
    cells = list(code_cells(doctree))
    asked = {cell: set(ASKED.findall(sources[cell["cell_index"]])) for _, cell in cells}
    for section in exercises(doctree):
        section["classes"].append("exercise")
    for number, cell in cells:
        tags = cell["cell_metadata"].get("tags", [])
        if "solution" in tags and not _move_into_fold(cell):
            report(app, f"{app.env.docname}, cell {number} is a solution without a dropdown before it", cell)
        if "stub" in tags:
            boxes = set[str]().union(*(asked.get(other, ()) for other in cell.parent.children))
            _reduce(cell, answered=boxes.issuperset(CHECKED.findall(sources[cell["cell_index"]])))
    for box in list(doctree.findall(nodes.admonition)):
        if box[0].astext() == "Think":
            _fill(box, {cell for cell, names in asked.items() if names})


def exercises(doctree: nodes.document) -> Iterator[nodes.section]:
    """Yield the sections below *Exercises*."""
    for section in doctree.findall(nodes.section):
        if section[0].astext() == "Exercises":
            yield from (part for part in section.children if isinstance(part, nodes.section))


def _move_into_fold(cell: nodes.container) -> bool:
    """Move a solution's `cell` to the end of the dropdown right before it; return whether there is one."""
    fold = cell.parent[max(cell.parent.index(cell) - 1, 0)]
    if not _is_fold(fold):
        return False
    cell.parent.remove(cell)
    fold.append(cell)
    return True


def _reduce(stub: nodes.container, *, answered: bool) -> None:
    """Leave out a `stub` that is `answered` in a box on the page; of another, what it says unanswered."""
    if answered:
        stub.parent.remove(stub)
    else:
        stub.children = [part for part in stub.children if part.get("nb_element") != "cell_code_output"]


def _fill(box: nodes.admonition, questions: set[nodes.container]) -> None:
    """Move the questions and folds that follow a `box` into it."""
    after = box.parent.children[box.parent.index(box) + 1 :]
    for node in after:
        if node not in questions and not _is_fold(node):
            break
        box.parent.remove(node)
        box.append(node)


def _is_fold(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Element) and node.get("design_component") == "dropdown"


def _source(app: Sphinx, page: str) -> str:
    return Path(app.env.doc2path(page)).read_text(encoding="utf8")
