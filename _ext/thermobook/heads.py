"""What the head of a page says: its title and its description, for search engines and whoever is sent a link.

A page's description is a sentence of its front matter (``myst: html_meta: description:``). The search and the
index, which have no source, have theirs here.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinxext.opengraph import make_tag

DESCRIPTIONS = {
    "search": "Search the chapters, the glossary and the library’s reference.",
    "genindex": "Every function and class of the library, every term of the glossary, from A to Z.",
}


def connect(app: Sphinx) -> None:
    """Title the landing page, and describe each page, before the tags for links to it are written."""
    app.connect("html-page-context", name_book, priority=400)
    app.connect("html-page-context", describe, priority=400)


def name_book(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: object) -> None:
    """Give the landing page the book's title, once."""
    if page == app.config.root_doc:
        context |= {"title": app.config.html_title, "docstitle": ""}


def describe(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Say the same in a link's picture as to a search engine."""
    if page in DESCRIPTIONS:
        context["metatags"] = make_tag("description", DESCRIPTIONS[page], "name")
    for meta in tree.findall(nodes.meta) if tree else ():
        if meta["name"] == "description":
            context["meta"] = {**(context["meta"] or {}), "og:description": meta["content"]}
