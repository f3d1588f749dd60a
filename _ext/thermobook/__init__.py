"""The book's own part of its build.

``executions``  what a chapter's run depends on, and where the run is kept
``cells``       a cell that fails, speaks on stderr or draws without words fails the build
``figures``     what a cell draws has a number and a caption; folded code a title
``cards``       exercises and *Think* boxes, with their questions and solutions inside
``contents``    a card for each chapter, on the landing page
``facts``       how long a chapter takes, how its run went: below its title, and on the status page
``downloads``   the chapters as notebooks, one by one and all together
``plain``       their Markdown, without what only MyST knows
``api``         a page of the reference for each module of the library
``docstrings``  classes without what Python writes by itself about their fields
``address``     buttons to the repository, pictures for links to the site, a page for wrong addresses
``maths``       formulae, typeset
``hover``       what a term means and which work is cited, beside the link
``heads``       titles, descriptions
``find``        what the search looks through
``site``        a site that asks no other host for anything, and carries nothing it does not use
"""

from functools import cache
from importlib import import_module
from typing import Any

from pybtex import plugin
from sphinx.application import Sphinx

PARTS = (
    "api",
    "executions", "cells", "figures", "cards", "contents", "facts", "downloads", "docstrings",
    "address", "maths", "find", "hover", "heads", "site",
)  # fmt: skip


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the parts to Sphinx."""
    for part in PARTS:
        import_module(f"thermobook.{part}").connect(app)
    # It looks through all installed packages anew for the style of each citation.
    plugin._load_entry_point = cache(plugin._load_entry_point)
    # What a page is found to hold is kept in this process, and the one that typesets answers one at a time.
    return {"parallel_read_safe": False, "parallel_write_safe": False}
