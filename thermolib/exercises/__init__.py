"""The exercises of the chapters, a module each: what `thermolib.checks` knows of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import Any

NATS_OR_BITS = {"nats": 1.0, "bits": 1 / log(2)}  # `units` of an information


@dataclass(frozen=True)
class Exercise:
    """A question, its answer, and what known mistakes would give instead.

    Attributes
    ----------
    question : str
        Plain text, which names the unit; on the page it labels the answer's field.
    answer : float, array_like, callable or str
        What is right: a number, an array, a function, or for a choice the text of the right one.
    mistakes : mapping
        What goes wrong, as a clause that follows "This looks like", and the result that it leads to: of the
        kind of `answer`.
    arguments : sequence of mappings
        Where a function is compared: name and value of its arguments, in their order.
    choices : mapping
        The texts to choose from, and what to say to one who chooses it. They are shown in another order.
    units : mapping
        Where the question leaves the unit open: the units that an answer may be in, first that of `answer`,
        and how many of each make one of the first.
    tolerance : float
        Relative, of each entry. A number rounded to three digits is off by half a unit in the third, and by
        5·10⁻³ of itself at most (1.005 for 1.00).
    """

    question: str
    answer: Any
    mistakes: Mapping[str, Any] = field(default_factory=dict)
    arguments: Sequence[Mapping[str, Any]] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, float] = field(default_factory=lambda: {"": 1.0})
    tolerance: float = 5e-3
