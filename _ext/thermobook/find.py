"""What the search looks through: the words of each section, the glossary's terms, the library's names.

MiniSearch looks, in the reader's browser (`assets/search.js`). Sphinx's own search knows pages only, and from
a file, where the browser lets no page read another, it has no excerpts. The search page loads which words
stand in which section; the text that a result shows comes with the other texts of its page, as a script.
"""

import json
import re
import shutil
from collections.abc import Iterator
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import lookup

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

from thermobook.facts import ChapterFacts

ENGINE = Path("node_modules/minisearch/dist/umd/index.js")
KINDS = {"reference/api": "library", "reference/": "reference", "study": "reference", "teaching": "reference"}
UNREAD = (nodes.raw, nodes.literal_block, nodes.doctest_block, nodes.comment, nodes.Invisible, nodes.image)
# A formula is no word, but a symbol is: T, T_c, β, k_B.
SYMBOL = re.compile(r"[A-Za-z](?:_[A-Za-z0-9])?|\\[A-Za-z]+")


class Entry(NamedTuple):
    """What a search may find."""

    page: str
    anchor: str
    title: str
    path: str
    """The titles above it."""
    text: str
    kind: str
    """``chapter``, ``term``, ``reference`` or ``library``."""


def connect(app: Sphinx) -> None:
    """Collect each page's entries as it is written, and write them all at the end."""
    app.connect("builder-inited", replace_search)
    app.connect("html-collect-pages", lambda app: [("search", {}, "search.html")] if _book(app) else [])
    app.connect("html-page-context", collect)
    app.connect("build-finished", write)


def replace_search(app: Sphinx) -> None:
    """Switch Sphinx's index off."""
    app.builder.search = False  # type: ignore[attr-defined]
    app.found_entries = []  # type: ignore[attr-defined]


def collect(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Keep what can be found on `page`."""
    if tree is not None and _book(app):
        app.found_entries += entries(page, tree)  # type: ignore[attr-defined]


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the entries, and the engine beside them."""
    if error or not _book(app):
        return
    static = Path(app.outdir) / "_static"
    found: list[Entry] = app.found_entries  # type: ignore[attr-defined]
    sections = [[entry.page, entry.anchor, entry.title, entry.path, entry.kind] for entry in found]
    _script(static / "sections.js", SECTIONS=sections, WORDS=word_places([entry.text for entry in found]))
    for page, its in groupby(found, lambda entry: entry.page):
        _script(Path(app.outdir) / "texts" / f"{page}.js", TEXT=[entry.text for entry in its])
    shutil.copyfile(Path(app.srcdir) / ENGINE, static / "minisearch.js")


def word_places(texts: list[str]) -> dict[str, list[int]]:
    """Return the texts that each word stands in: the first one's number, then how much further the next is.

    Such small numbers compress to a third of the texts.

    >>> word_places(["Heat flows.", "Work", "heat, heat"])
    {'heat': [0, 2], 'flows': [0], 'work': [1]}
    """
    places: dict[str, list[int]] = {}
    for number, text in enumerate(texts):
        for word in dict.fromkeys(re.findall(r"\w+", text.lower())):
            places.setdefault(word, []).append(number)
    return {word: [at[0], *(b - a for a, b in pairwise(at))] for word, at in places.items()}


def entries(page: str, tree: nodes.document) -> Iterator[Entry]:
    """Yield what can be found on `page`: its sections, or its terms and names."""
    kind = next((kind for start, kind in KINDS.items() if page.startswith(start)), "chapter")
    for section in tree.findall(nodes.section):
        above = [_title(part) for part in _sections_above(section)]
        anchor = section["ids"][0] if above else ""
        yield Entry(page, anchor, _title(section), " › ".join(above), _words(section), kind)
    for item in tree.findall(nodes.definition_list_item):
        if isinstance(item.parent.parent, addnodes.glossary):
            term = next(item.findall(nodes.term))
            meaning = next(item.findall(nodes.definition))
            yield Entry(page, term["ids"][0], _text(term), "Glossary", _words(meaning), "term")
    for name in tree.findall(addnodes.desc_signature):
        if name["ids"]:
            yield Entry(
                page, name["ids"][0], name["fullname"], name["module"], _words(name.parent[1]), "library"
            )


def _script(file: Path, **values: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    said = (json.dumps(value, ensure_ascii=False, separators=(",", ":")) for value in values.values())
    lines = (f"globalThis.{name} = {value};\n" for name, value in zip(values, said, strict=True))
    file.write_text("".join(lines), encoding="utf8")


def _book(app: Sphinx) -> bool:
    return app.builder.name == "html"


def _title(section: nodes.section) -> str:
    return _text(next(section.findall(nodes.title)))


def _sections_above(node: nodes.Node) -> list[nodes.section]:
    above: list[nodes.section] = []
    while node := node.parent:
        if isinstance(node, nodes.section):
            above.insert(0, node)
    return above


def _words(node: nodes.Element) -> str:
    """Return the words of `node` but for the sections, terms and names in it: those are found themselves."""
    return _tidy(
        _spoken(node, (*UNREAD, ChapterFacts, nodes.section, nodes.title, addnodes.glossary, addnodes.desc))
    )


def _text(node: nodes.Element) -> str:
    """Return the words of `node`, with symbols but without formulae."""
    return _tidy(_spoken(node, UNREAD))


def _spoken(node: nodes.Node, unread: tuple[type[nodes.Node], ...]) -> str:
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, nodes.math | nodes.math_block):
        return _symbol(node.astext())
    said = "".join(_spoken(child, unread) for child in node.children if not isinstance(child, unread))
    return said if isinstance(node, nodes.Inline) else f"{said} "


def _symbol(tex: str) -> str:
    tex = re.sub(r"\\math(?:rm|bf|cal)\s*", "", tex).replace("{", "").replace("}", "")
    if not SYMBOL.fullmatch(tex):
        return " … "
    try:
        return lookup(f"GREEK SMALL LETTER {tex[1:].replace('lambda', 'lamda')}") if tex[0] == "\\" else tex
    except KeyError:
        return "…"


def _tidy(text: str) -> str:
    """Leave single spaces, none before a full stop; of a row of formulae one sign, and none in front."""
    one = re.sub(r"…(?:\s*…)+", "…", " ".join(text.split()))
    return re.sub(r"^…[.,;:]?\s*", "", re.sub(r"\s+([.,;:)])(?=\s|$)", r"\1", one))
