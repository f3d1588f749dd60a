"""``{chapter-cards}``: the course at a glance, a card with a picture for each chapter.

A chapter says in its front matter which figure that is, ``card: fig-…``: a slider's or a lab's, whose still
picture the chapter's run has drawn.
"""

import html
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from thermobook import facts
from thermobook.problems import report

STILL = re.compile(r'<img src="(data:image/svg\+xml,[^"]*)" alt="([^"]*)">')


class Cards(nodes.General, nodes.Element):
    """Where the cards go, once all chapters have been read."""


class ChapterCards(SphinxDirective):
    """``{chapter-cards}``: a card for each chapter."""

    def run(self) -> list[nodes.Node]:
        """Mark the place, and remember the page."""
        self.env.metadata[self.env.docname]["cards"] = True
        return [Cards()]


def connect(app: Sphinx) -> None:
    """Deal the cards when everything has been read."""
    app.add_directive("chapter-cards", ChapterCards)
    app.connect("doctree-resolved", deal)
    app.connect("env-get-updated", with_the_chapters)


def with_the_chapters(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write the page with the cards again whenever a chapter has changed."""
    return [name for name, known in env.metadata.items() if "cards" in known]


def deal(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put the cards into their place."""
    for place in list(doctree.findall(Cards)):
        cards = "".join(_card(app, page, name, number) for number, name in enumerate(_chapters(app), start=1))
        place.replace_self(nodes.raw("", f'<div class="chapter-cards">{cards}</div>', format="html"))


def _chapters(app: Sphinx) -> list[str]:
    """Return the first pages of the chapters: those that have a number in the contents."""
    numbers = app.env.toc_secnumbers
    return [name for name in app.env.collect_relations() if len(numbers.get(name, {}).get("", ())) == 1]


def _card(app: Sphinx, page: str, name: str, number: int) -> str:
    env = app.env
    below = [name, *_below(env, name)]
    tree = env.get_doctree(name)
    description = next(
        (meta["content"] for meta in tree.findall(nodes.meta) if meta["name"] == "description"), ""
    )
    picture, alt = _picture(tree, env.metadata[name].get("card", ""))
    if not picture:
        report(
            app,
            f"{name} has no picture for its card: card: fig-…, of a figure that moves, in its front matter",
        )
    pages = f"{len(below)} pages" if len(below) > 1 else "1 page"
    minutes = sum(_minutes(Path(app.srcdir), one) for one in below)
    return (
        f'<a href="{app.builder.get_relative_uri(page, name)}"><img src="{picture}" alt="{alt}">'
        f"<strong>{number}. {html.escape(env.titles[name].astext())}</strong>"
        f"<span>{html.escape(description)}</span><small>{pages}, about {minutes} minutes</small></a>"
    )


def _minutes(root: Path, name: str) -> int:
    try:
        return facts.facts(root, name).minutes
    except KeyError:  # its run failed: that has been reported
        return 0


def _below(env: BuildEnvironment, name: str) -> list[str]:
    return list(env.toctree_includes.get(name, []))


def _picture(tree: nodes.document, name: str) -> tuple[str, str]:
    """Return the still picture of the figure `name`, and what it shows."""
    for figure in tree.findall(nodes.figure):
        if name and name in figure["names"] + figure["ids"]:
            for raw in figure.findall(nodes.raw):
                if found := STILL.search(raw.astext()):
                    return found[1], found[2]
    return "", ""
