"""What a chapter asks of its reader, computed: lines below its title, and the table of the status page.

The time that a run took, and its date, differ from one build to the next. Where SOURCE_DATE_EPOCH is set, the
date is that one and the time is rounded up to whole minutes, so that two builds agree to the byte.
"""

import os
import re
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from math import ceil
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.writers.html5 import HTML5Translator as HTMLTranslator

from thermobook import downloads, executions

# Reading is slow where a formula or a line of code must be understood. A formula counts as the words that its
# spaces make of it, and folded code is not read. By these numbers an hour's chapter has 5000 words
# and 180 lines. Rounded to 5 minutes.
WORDS_A_MINUTE = 120
LINES_A_MINUTE = 10
UNREAD = downloads.FOLDED | {"stub"}  # to be filled in, elsewhere

PACKAGES = {
    "numpy": "NumPy",
    "scipy": "SciPy",
    "numba": "Numba",
    "matplotlib": "Matplotlib",
    "torch": "PyTorch",
}


class Facts(NamedTuple):
    """What there is to know of a chapter before one starts: of its text, and of its run."""

    minutes: int
    running: str
    torch: bool
    versions: str
    date: str


class ChapterFacts(nodes.Admonition, nodes.Element):
    """The lines below a chapter's title; an admonition, because descriptions of a page leave those out."""


class ChapterTable(nodes.General, nodes.Element):
    """Where the table of all chapters goes, once all have been read."""


class Minutes(nodes.Inline, nodes.Element):
    """How long a page takes to read, once it has been read."""


class MinutesRole(SphinxRole):
    """``{minutes}`chapters/entropy` ``: how long the page takes to read."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Mark the place."""
        return [Minutes(page=self.text)], []


class Chapters(SphinxDirective):
    """``{chapters}``: every chapter, with what it asks and how its last run went."""

    def run(self) -> list[nodes.Node]:
        """Mark the place."""
        return [ChapterTable()]


def connect(app: Sphinx) -> None:
    """Write below the titles as pages are read, and into the table when all have been."""
    app.add_node(ChapterFacts, html=(open_facts, close_facts))
    app.add_directive("chapters", Chapters)
    app.add_role("minutes", MinutesRole())
    app.connect("doctree-read", head)
    app.connect("doctree-resolved", fill)


@cache
def facts(root: Path, name: str) -> Facts:
    """Return the facts of chapter `name` below `root`: once a build, for several pages state them.

    Raises
    ------
    KeyError
        If it has not been run in this state.
    """
    notebook, seconds, ended = executions.executed(root, name)
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        ended = datetime.fromtimestamp(int(epoch), UTC)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    used = packages(cells, root)
    python = notebook.metadata.language_info.version
    return Facts(
        minutes=reading_minutes(notebook),
        running=f"{ceil(seconds)} s" if epoch is None else f"less than {_minutes(ceil(seconds / 60))}",
        torch="torch" in used,
        versions=", ".join([f"Python {python}", *(f"{PACKAGES[name]} {version(name)}" for name in used)]),
        date=f"{ended.day} {ended:%B %Y}",
    )


def packages(cells: list[str], root: Path) -> list[str]:
    """Return those of `PACKAGES` that `cells` import, directly or through what they import of `root`."""
    files = executions.imported_files(cells, root)
    library = [path.read_text(encoding="utf8") for path in files if path.suffix == ".py"]
    code = "\n".join([*cells, *library])
    return [name for name in PACKAGES if re.search(rf"^\s*(?:from|import) {name}\b", code, re.MULTILINE)]


def reading_minutes(notebook: NotebookNode) -> int:
    """Return how long `notebook` takes to read, in minutes, rounded up to a multiple of 5."""
    words = sum(len(cell.source.split()) for cell in notebook.cells if cell.cell_type == "markdown")
    shown = (
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and not UNREAD & set(cell.metadata.get("tags", []))
    )
    lines = sum(bool(line.strip()) for source in shown for line in source.splitlines())
    return 5 * ceil((words / WORDS_A_MINUTE + lines / LINES_A_MINUTE) / 5)


def head(app: Sphinx, doctree: nodes.document) -> None:
    """Write the facts of a chapter below its title."""
    name = app.env.docname
    if not downloads.is_chapter(app, name):
        return
    with suppress(KeyError):  # its run failed: that has been reported
        known = facts(Path(app.srcdir), name)
        asks = (
            f"Reading: about {_minutes(known.minutes)}. Running: {known.running}, "
            f"{'with' if known.torch else 'without'} PyTorch. "
            f"Executed on {known.date} with {known.versions}."
        )
        take = nodes.paragraph("", "Take it with you: ", classes=["chapter-downloads"])
        up = "../" * name.count("/")
        for number, (words, target) in enumerate(downloads.of(name)):
            take += [nodes.Text(", " if number else ""), nodes.reference("", words, refuri=up + target)]
        take += nodes.Text(".")
        title = next(doctree.findall(nodes.title))
        lines = ChapterFacts("", nodes.paragraph("", asks), take)
        title.parent.insert(title.parent.index(title) + 1, lines)


def open_facts(translator: HTMLTranslator, node: ChapterFacts) -> None:
    """Begin the lines in HTML."""
    translator.body.append(translator.starttag(node, "div", CLASS="chapter-facts"))


def close_facts(translator: HTMLTranslator, node: ChapterFacts) -> None:
    """End them."""
    translator.body.append("</div>\n")


def fill(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put the table of all chapters into its place, and the minutes into theirs."""
    for place in list(doctree.findall(Minutes)):
        with suppress(KeyError):
            place.replace_self(nodes.Text(_minutes(facts(Path(app.srcdir), place["page"]).minutes)))
    for place in list(doctree.findall(ChapterTable)):
        rows = []
        for name in downloads.chapters(app):
            with suppress(KeyError):
                known = facts(Path(app.srcdir), name)
                link = nodes.reference(
                    "", app.env.titles[name].astext(), refuri=app.builder.get_relative_uri(page, name)
                )
                torch = "yes" if known.torch else "no"
                rows.append(
                    [link, *map(nodes.Text, (_minutes(known.minutes), known.running, torch, known.date))]
                )
        place.replace_self(_table(["chapter", "reading", "running", "PyTorch", "executed on"], rows))


def _minutes(number: int) -> str:
    return "a minute" if number == 1 else f"{number} minutes"


def _table(titles: list[str], rows: list[list[nodes.Node]]) -> nodes.table:
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in titles), cols=len(titles))
    head_row = [nodes.Text(title) for title in titles]
    for part, content in ((nodes.thead(), [head_row]), (nodes.tbody(), rows)):
        part += [
            nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in row))
            for row in content
        ]
        group += part
    return nodes.table("", group, classes=["chapter-table"])
