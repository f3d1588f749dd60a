"""A class's docstring explains its fields and traits; what Python writes about each says nothing."""

from typing import Any

from sphinx.application import Sphinx
from traitlets import TraitType


def connect(app: Sphinx) -> None:
    """Choose what autodoc shows."""
    app.connect("autodoc-skip-member", skip_field)


def skip_field(app: Sphinx, what: str, name: str, thing: Any, skip: bool, options: Any) -> bool | None:
    """Leave a named tuple's fields and a widget's traits out: the class's docstring explains them."""
    field = (getattr(thing, "__doc__", None) or "").startswith("Alias for field number")
    return True if field or isinstance(thing, TraitType) else None
