"""What the labs share in Python: values checked whenever they are set, a seed, and what the page is told."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import traitlets

from thermolib._validate import one_of, scalar, whole
from thermolib.widgets.kit.host import Widget

Check = Callable[[str, Any], Any]  # of a name and a value: the value to keep, or a ValueError


class Checked(traitlets.TraitType):
    """A value that page and kernel share, checked whenever it is set: all bad input is a ValueError."""

    def __init__(self, check: Check, default: Any) -> None:
        super().__init__(default)
        self.tag(sync=True, page=True)
        self._check = check

    def validate(self, lab: Any, value: Any) -> Any:
        """Return what `check` makes of the value."""
        return self._check(str(self.name), value)


def choice(allowed: Collection[Any]) -> Check:
    """Allow these texts or integers alone."""
    return lambda name, x: one_of(name, x, allowed)


def between(low: float, high: float, digits: int | None = None) -> Check:
    """Allow numbers from `low` to `high`, rounded to what the slider can show."""

    def check(name: str, x: Any) -> float:
        value = scalar(name, x)
        if not low <= value <= high:
            raise ValueError(f"{name} must lie in {low} … {high}, got {value}")
        return value if digits is None else round(value, digits)

    return check


def stepped(low: float, high: float, step: float) -> Check:
    """Allow numbers from `low` to `high`, rounded to a multiple of `step`, a whole number of hundredths."""
    inside = between(low, high)
    return lambda name, x: round(round(inside(name, x) / step) * step, 2)


class Lab(Widget):
    """A simulation in the page: `lab.js` runs it, its own folder has its physics and its view."""

    seed = Checked(lambda name, x: whole(name, x, 0, 2**32 - 1), 1)
    # Of the temperature slider's track.
    colours = traitlets.List(traitlets.Unicode()).tag(sync=True, page=True)
    # What the view is told and nobody changes.
    constants = traitlets.Dict().tag(sync=True, page=True)

    def page_state(self) -> dict[str, Any]:
        """Return all that is shared."""
        return {name: getattr(self, name) for name in sorted(self.trait_names(page=True))}
