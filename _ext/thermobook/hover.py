"""What a term means and which work is cited, shown beside the link: written into each page that has one.

A page opened from a file may not read another, so it carries the cards itself; `assets/hover.js` shows them.
"""

import html
import re
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

GLOSSARY, BIBLIOGRAPHY = "reference/glossary", "reference/bibliography"
LINK = re.compile(rf'href="(?:\.\./)*((?:{GLOSSARY}|{BIBLIOGRAPHY})\.html#[\w-]+)"')


def connect(app: Sphinx) -> None:
    """Write the cards as each page is written."""
    app.connect("html-page-context", deal)


def deal(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None) -> None:
    """Append to `page` a card for each term and each work that it links to."""
    wanted = sorted(set(LINK.findall(context.get("body") or "")))
    if not wanted or app.builder.name != "html":
        return
    known: Any = app
    if not hasattr(known, "cards"):
        known.cards = {**terms(app), **works(app)}
    context["body"] += "".join(
        f'<template data-card="{html.escape(target)}">{known.cards[target]}</template>' for target in wanted
    )
    app.add_js_file("hover.js", defer="defer")


def terms(app: Sphinx) -> dict[str, str]:
    """Return the explanation of each term of the glossary, by the place that links lead to."""
    found = {}
    if GLOSSARY in app.env.found_docs:
        tree = app.env.get_and_resolve_doctree(GLOSSARY, app.builder)
        for item in (item for part in tree.findall(addnodes.glossary) for item in part[0]):
            text = _card(app, next(item.findall(nodes.definition)))
            for term in item.findall(nodes.term):
                found[f"{GLOSSARY}.html#{term['ids'][0]}"] = text
    return found


def works(app: Sphinx) -> dict[str, str]:
    """Return the line of each work of the bibliography."""
    found = {}
    if BIBLIOGRAPHY in app.env.found_docs:
        tree = app.env.get_and_resolve_doctree(BIBLIOGRAPHY, app.builder)
        for work in tree.findall(nodes.citation):
            found[f"{BIBLIOGRAPHY}.html#{work['ids'][0]}"] = _card(app, work, work.children[1:])
    return found


def _card(app: Sphinx, entry: nodes.Element, blocks: list[nodes.Node] | None = None) -> str:
    """Write `entry` as HTML without links: a card explains, and the link under the pointer leads on."""
    card = nodes.container("", *(block.deepcopy() for block in blocks or entry.children))
    for paragraph in card.findall(nodes.paragraph):
        _drop_pointer(paragraph)
    for link in list(card.findall(nodes.reference)):
        link.replace_self(link.children)
    return app.builder.render_partial(card)["fragment"]  # type: ignore[attr-defined]


def _drop_pointer(paragraph: nodes.paragraph) -> None:
    """Leave out the last sentence, “See ….”, that leads back to the chapter."""
    said = paragraph.children
    see = next((i for i, part in enumerate(said) if re.search(r"(?:^|\s)See\s*$", part.astext())), None)
    if see is not None:
        paragraph.children = [*said[:see], nodes.Text(re.sub(r"\s*See\s*$", "", said[see].astext()))]
