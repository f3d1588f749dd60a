"""The library's docstrings, read as they are meant.

To reStructuredText |x| is a substitution, and an initial that begins a line is the first item of a list; to
Napoleon the colon in E.shape[:-1] ends a name. What Python writes by itself about a named tuple's fields says
nothing: the tuple's own docstring explains them. Nor does what traitlets writes about a widget's traits.
"""

import re
from typing import Any

from sphinx.application import Sphinx
from traitlets import TraitType

BAR = re.compile(r"(``.*?``)|(?<!\\)\|")
SLICE = re.compile(r"(?<!`)\b[\w.]+\[:[^\]]*\]")
INITIAL = re.compile(r"^(\s*)(?=[A-Z]\. )")


def connect(app: Sphinx) -> None:
    """Mend each docstring before Napoleon makes its sections reStructuredText, and after."""
    app.connect("autodoc-process-docstring", quote_slices, priority=100)
    app.connect("autodoc-process-docstring", mend, priority=900)
    app.connect("autodoc-skip-member", skip_field)


def quote_slices(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Make x[:-1] a literal."""
    lines[:] = [line if line.lstrip().startswith(">>>") else SLICE.sub(r"``\g<0>``", line) for line in lines]


def mend(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Put a backslash before bars and initials, literals and examples apart."""
    example = False
    for number, line in enumerate(lines):
        example = line.lstrip().startswith(">>>") or (example and bool(line.strip()))
        if not example:
            bars = BAR.sub(lambda found: found[1] or r"\|", line)
            lines[number] = INITIAL.sub(r"\1\\", bars)


def skip_field(app: Sphinx, what: str, name: str, thing: Any, skip: bool, options: Any) -> bool | None:
    """Leave a named tuple's fields and a widget's traits out: the class's docstring explains them."""
    field = (getattr(thing, "__doc__", None) or "").startswith("Alias for field number")
    return True if field or isinstance(thing, TraitType) else None
