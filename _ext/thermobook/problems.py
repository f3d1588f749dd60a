"""What must not be published: a warning, which fails the build, and a line for its last words.

``build.py`` prints ``problems.txt`` when all else has been said, so that nobody need look for the cause.
"""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

LOG = logging.getLogger(__name__)


def report(app: Sphinx, message: str, location: nodes.Node | None = None) -> None:
    """Report a problem."""
    LOG.warning(message, location=location, type="thermobook")
    app.statuscode = 1  # where all pages are written, a warning alone no longer fails the build
    with (Path(app.outdir).parent / "problems.txt").open("a", encoding="utf8") as problems:
        problems.write(message + "\n")
