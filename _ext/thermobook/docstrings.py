"""The library's docstrings, read as they are meant.

To reStructuredText |x| is a substitution, and an initial that begins a line is the first item of a list.
"""

import re
from typing import Any

from sphinx.application import Sphinx

BAR = re.compile(r"(``.*?``)|(?<!\\)\|")
INITIAL = re.compile(r"^(\s*)(?=[A-Z]\. )")


def connect(app: Sphinx) -> None:
    """Mend each docstring once its sections are reStructuredText."""
    app.connect("autodoc-process-docstring", mend, priority=900)


def mend(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Put a backslash before bars and initials, literals and examples apart."""
    example = False
    for number, line in enumerate(lines):
        example = line.lstrip().startswith(">>>") or (example and bool(line.strip()))
        if not example:
            bars = BAR.sub(lambda found: found[1] or r"\|", line)
            lines[number] = INITIAL.sub(r"\1\\", bars)
