"""What the head of a page says: its title and its description, for search engines and whoever is sent a link.

The pages without a text of their own, the search and the index, have a description too.
"""

import html
import textwrap
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinxext import opengraph

DESCRIPTIONS = {
    "search": "Search the chapters, the glossary and the library’s reference.",
    "genindex": "Every function and class of the library, every term of the glossary, from A to Z.",
}


def connect(app: Sphinx) -> None:
    """Describe pages by their first words; title the landing page before its tags are written."""
    opengraph.get_description = first_words
    app.connect("html-page-context", name_book, priority=400)
    app.connect("html-page-context", describe)


def first_words(tree: nodes.document, length: int, titles: object = None) -> str:
    """Return the first paragraph of a page as HTML, or else its title, cut between words to `length` letters.

    What is set apart from the text, as the facts of a chapter are, is none of it.
    """
    apart = (nodes.Admonition, nodes.table, nodes.figure)
    text = (paragraph for paragraph in tree.findall(nodes.paragraph) if not _within(paragraph, apart))
    words = next(text, None) or next(tree.findall(nodes.title))
    return html.escape(textwrap.shorten(words.astext(), length, placeholder=" …"))


def name_book(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: object) -> None:
    """Give the landing page the book's title, once."""
    if page == app.config.root_doc:
        context |= {"title": app.config.html_title, "docstitle": ""}


def describe(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: object) -> None:
    """Describe the pages that Sphinx makes by itself."""
    if page in DESCRIPTIONS:
        context["metatags"] = opengraph.make_tag("description", DESCRIPTIONS[page], "name")


def _within(node: nodes.Node, kinds: tuple[type[nodes.Node], ...]) -> bool:
    while node := node.parent:
        if isinstance(node, kinds):
            return True
    return False
