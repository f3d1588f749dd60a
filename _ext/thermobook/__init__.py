"""The book's own part of its build.

``executions``  what a chapter's run depends on, and where the run is kept
``cells``       a cell that fails, speaks on stderr or draws without words fails the build
``facts``       how long a chapter takes, how its run went: below its title, and on the status page
``downloads``   the chapters as notebooks, one by one and all together
``plain``       their Markdown, without what only MyST knows
``docstrings``  the library's docstrings, read as they are meant
``address``     buttons to the repository, pictures for links to the site, a page for wrong addresses
``maths``       formulae, typeset
``heads``       titles, descriptions, the search page's script
``site``        a site that asks no other host for anything, and carries nothing it does not use
"""

from typing import Any

from sphinx.application import Sphinx

from thermobook import address, cells, docstrings, downloads, executions, facts, heads, maths, site


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the parts to Sphinx."""
    for part in (executions, cells, facts, downloads, docstrings, address, maths, heads, site):
        part.connect(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
