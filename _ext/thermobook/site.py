"""The built site carries nothing that it does not use, and asks no other host for anything."""

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import SphinxError
from sphinx_book_theme import add_metadata_to_page

from thermobook import guard
from thermobook.light import lighten
from thermobook.problems import report

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"

UNREAD = ("*.map", "*.ttf")  # for developers, and for browsers older than the theme allows

# docutils and sphinxcontrib-bibtex write roles that ARIA has withdrawn, or that do not go together.
ROLES = re.compile(r' role="(?:doc-biblioentry|doc-backlink)"| role="list"(?= class="citation-list")')

# Extensions put these on every page; only what the expression finds has a use for them.
LOADED_FOR = {
    "sphinx-thebe": None,
    "design-tabs": re.compile("sd-tab-set"),
    "togglebutton": re.compile(r'class="(?:[^"]* )?(?:toggle|admonition [^"]*dropdown)[ "]'),
}

# What widgets share: each brings it, and the first on the page serves them all.
ONCE = re.compile(r'<(style|script) data-once="(\w+)"[^>]*>.*?</\1>', re.DOTALL)


def connect(app: Sphinx) -> None:
    """Slim each page, then the site, then look whether it stands alone."""
    app.connect("config-inited", silence_thebe)
    app.connect("builder-inited", spare_the_theme)
    app.connect("html-page-context", mend_page, priority=900)  # after the extensions that add scripts
    app.connect("build-finished", finish, priority=900)


def silence_thebe(app: Sphinx, config: Config) -> None:
    """Take thebe out: Jupyter Book always loads it, it calls a CDN, and its script fails on every page."""
    for listeners in app.events.listeners.values():
        listeners[:] = [one for one in listeners if not one.handler.__module__.startswith("sphinx_thebe")]


def spare_the_theme(app: Sphinx) -> None:
    """Keep a page's tree from the theme: of all its text it would make a description that nothing shows.

    Of the whole book in one page, for print, that takes half a minute.
    """
    listeners = app.events.listeners["html-page-context"]
    for place, one in enumerate(listeners):
        if one.handler is add_metadata_to_page:
            listeners[place] = one._replace(handler=_without_tree)


def _without_tree(app: Sphinx, page: str, template: str, context: dict[str, Any], _: object) -> None:
    add_metadata_to_page(app, page, template, context, None)


def mend_page(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Drop what is there twice, what no runtime on the page reads, and roles that ARIA has withdrawn."""
    body = context.get("body") or ""
    if WIDGET_VIEW in body:
        report(app, f"{page} shows a bare ipywidget, which is dead without a kernel")
    context["body"] = _each_once(ROLES.sub("", body))
    context["script_files"][:] = [file for file in context["script_files"] if not _unused(file, body)]
    context["css_files"][:] = [file for file in context["css_files"] if not _unused(file, body)]


def finish(app: Sphinx, error: Exception | None) -> None:
    """Empty what nothing needs, and let no address of another host pass."""
    if error or app.builder.name != "html":
        return
    static = Path(app.outdir) / "_static"
    lighten(Path(app.outdir))
    for path in [path for pattern in UNREAD for path in static.rglob(pattern)]:
        path.unlink()
    found = guard.external(Path(app.outdir))
    for line in found:
        report(app, f"asks another host: {line}")
    if found:  # so late, a warning alone no longer fails the build
        raise SphinxError("the site would ask other hosts")


def _each_once(body: str) -> str:
    seen = set()

    def first(element: re.Match[str]) -> str:
        if element[2] in seen:
            return ""
        seen.add(element[2])
        return element[0]

    return ONCE.sub(first, body)


def _unused(file: Any, body: str) -> bool:
    name, attributes = str(getattr(file, "filename", file)), getattr(file, "attributes", {})
    return (
        any(part in name and not (mark and mark.search(body)) for part, mark in LOADED_FOR.items())
        or attributes.get("type") == WIDGET_STATE
    )
