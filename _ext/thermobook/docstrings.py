"""A named tuple's docstring explains its fields; what Python writes by itself about each says nothing."""

from typing import Any

from sphinx.application import Sphinx


def connect(app: Sphinx) -> None:
    """Choose what autodoc shows."""
    app.connect("autodoc-skip-member", skip_field)


def skip_field(app: Sphinx, what: str, name: str, thing: Any, skip: bool, options: Any) -> bool | None:
    """Leave a named tuple's fields out."""
    return True if (getattr(thing, "__doc__", None) or "").startswith("Alias for field number") else None
