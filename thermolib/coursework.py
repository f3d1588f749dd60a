"""What an assignment's notebook needs: the student's own numbers, and checks that answer at once.

Serves the assignments in ``coursework/``. `Numbers` draws from a student's ticket, which the teacher makes of
the course's secret and the student's id: no two students have the same numbers, and the grader has those of
each. `check` reads ``checks.json``, which comes with the notebook. It holds the values of sample cases, and
nothing from which the answer to a student's own numbers could be read.
"""

import hashlib
import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from thermolib import checks
from thermolib.checks import Feedback
from thermolib.exercises import Exercise

__all__ = ["Numbers", "check", "signed"]

FILE = "checks.json"
GIVEN_BY = "COURSEWORK_TICKET"  # set by the grader: whatever the notebook says, it draws from this ticket
SIGMAS = 4.0  # a right estimate is farther off once in 16,000 times
HANDED_IN = (
    "This can be handed in. It is of your own numbers, so it is judged when your notebook is graded. "
    'To have the method checked here, set TICKET = "" and run all cells.'
)
_ticket = ""  # of the last Numbers


def signed(body: str) -> str:
    """Return `body` with two characters more, by which a mistyped ticket is told from a right one.

    Examples
    --------
    >>> signed("51ce")
    '51ce59'
    """
    return body + hashlib.sha256(body.encode()).hexdigest()[:2]


class Numbers:
    """A student's own numbers: each is drawn by its name, whatever else is drawn, and in whatever order.

    Parameters
    ----------
    ticket : str
        What the teacher gave the student. The empty one draws the sample's numbers, the same for all.

    Raises
    ------
    ValueError
        If the ticket is mistyped.

    Examples
    --------
    >>> own = Numbers("")
    >>> own.uniform("T", 0.5, 2.0, digits=2) == own.uniform("T", 0.5, 2.0, digits=2)
    True
    >>> Numbers(signed("51ce")).integers("n", 1, 10**9) == own.integers("n", 1, 10**9)
    False
    """

    def __init__(self, ticket: str = "") -> None:
        global _ticket
        if not isinstance(ticket, str):
            raise ValueError(
                f'ticket must be a text, such as "" or the one that you were given; got {ticket!r}'
            )
        given = os.environ.get(GIVEN_BY, ticket.strip())
        if given and given != signed(given[:-2]):
            raise ValueError(f"this ticket is mistyped, or a part of it is missing: {given!r}")
        self.ticket = _ticket = given

    def rng(self, name: str) -> np.random.Generator:
        """Return a generator of its own for the data called `name`."""
        digest = hashlib.sha256(f"{self.ticket}\n{name}".encode()).digest()
        return np.random.default_rng(int.from_bytes(digest))

    def uniform(self, name: str, low: float, high: float, *, digits: int | None = None) -> float:
        """Return a number between `low` and `high`, rounded to `digits` after the point."""
        x = float(self.rng(name).uniform(low, high))
        return x if digits is None else round(x, digits)

    def integers(self, name: str, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return int(self.rng(name).integers(low, high, endpoint=True))

    def choice(self, name: str, options: Sequence[Any]) -> Any:
        """Return one of the `options`."""
        return options[int(self.rng(name).integers(len(options)))]


def check(name: str, answer: Any) -> Feedback:
    """Say whether `answer` is right, which known mistake it looks like, or in which direction it is off.

    A function is tried on sample cases. A number of the student's own is only looked at for its kind,
    since what comes with the notebook does not hold its right value. One of the sample, without a ticket,
    is judged.

    Parameters
    ----------
    name : str
        "coursework/question", or "coursework/question/variable", as the cell writes it.
    answer : float, array_like or callable
        What the question asks for.

    Returns
    -------
    Feedback
        As `thermolib.checks.check` answers.

    Raises
    ------
    ValueError
        If ``checks.json`` does not know the question.
    FileNotFoundError
        If it does not lie beside the notebook.
    """
    if not str(name).startswith("coursework/"):
        raise ValueError(f"name must be 'coursework/question', got {name!r}")
    path = Path(FILE)
    if not path.exists():
        raise FileNotFoundError(f"{FILE} must lie beside the notebook, in {Path.cwd()}; it came with it")
    known = json.loads(path.read_text(encoding="utf-8"))
    own = str(name).removeprefix("coursework/")
    if own not in known:
        raise ValueError(f"the questions are {', '.join(f'coursework/{x}' for x in known)}; got {name!r}")
    record = known[own]
    kind = record["kind"]
    if kind != "function" and _ticket:
        return _presentable(answer, np.shape(record["right"]))
    if kind == "estimate":
        return judge_estimate(answer, record["right"], record["stderr"], record["mistakes"])
    return checks.judge(name, exercise(**record), answer)


def exercise(
    right: Any,
    mistakes: Mapping[str, Any],
    arguments: Sequence[Mapping[str, Any]] = (),
    units: Mapping[str, float] | None = None,
    tolerance: float = 5e-3,
    **_: Any,
) -> Exercise:
    """Return the exercise of a question; of a function, `right` and each mistake list the cases' results."""
    cases = [{key: _argument(x) for key, x in case.items()} for case in arguments]
    of = tabulated(cases) if cases else np.asarray
    return Exercise(
        question="",
        answer=of(right) if cases else _plain(right),
        mistakes={said: of(wrong) if cases else _plain(wrong) for said, wrong in mistakes.items()},
        arguments=cases,
        units=units or {"": 1.0},
        tolerance=tolerance,
    )


def _argument(x: Any) -> Any:
    """Return an argument of a case, as it was before it was written to ``checks.json``."""
    if not isinstance(x, dict):
        return np.array(x) if isinstance(x, list) else x
    if "array" in x:
        return np.array(x["array"], dtype=x["dtype"]).reshape(x["shape"])
    bits = np.random.PCG64()
    bits.state = x["generator"]
    return np.random.Generator(bits)


def _plain(x: Any) -> Any:
    return np.asarray(x) if np.ndim(x) else float(x)


def tabulated(cases: Sequence[Mapping[str, Any]]) -> Callable[[Sequence[Any]], Callable[..., Any]]:
    """Return what makes, of the results at each of the `cases`, a function of their arguments."""

    def of(results: Sequence[Any]) -> Callable[..., Any]:
        def function(*arguments: Any) -> Any:
            for case, result in zip(cases, results, strict=True):
                if all(_same(x, y) for x, y in zip(case.values(), arguments, strict=True)):
                    if isinstance(result, Exception):
                        raise result
                    return np.array(result) if isinstance(result, list) else result
            raise LookupError("no such case")

        return function

    return of


def _same(x: Any, y: Any) -> bool:
    if isinstance(x, np.random.Generator):
        return isinstance(y, np.random.Generator) and x.bit_generator.state == y.bit_generator.state
    return bool(np.shape(x) == np.shape(y) and np.array_equal(x, y))


def judge_estimate(answer: Any, exact: float, stderr: float, mistakes: Mapping[str, float]) -> Feedback:
    """Judge a stochastic answer: right within `SIGMAS` of its standard errors."""
    looks = _presentable(answer, ())
    if looks.message != HANDED_IN:
        return looks
    x = float(np.asarray(answer, dtype=np.float64))
    if abs(x - exact) <= SIGMAS * stderr:
        return Feedback(True, None, f"{checks.RIGHT}, within {SIGMAS:g} standard errors.")
    said = min(mistakes, key=lambda said: abs(x - mistakes[said]), default="")
    if said and abs(x - mistakes[said]) <= SIGMAS * stderr:
        stop = "" if said.endswith("?") else "."
        return Feedback(False, said, f"{checks.WRONG}. This looks like {said}{stop}")
    far = abs(x - exact) / stderr
    by = f"{far:.0f}" if far < 10 else "more than ten"
    return Feedback(
        False, None, f"{checks.WRONG}: too {'large' if x > exact else 'small'} by {by} standard errors."
    )


def _presentable(answer: Any, shape: tuple[int, ...]) -> Feedback:
    """Say whether it is a finite number, or an array of the shape."""
    if answer is ...:
        return Feedback(False, None, checks.UNANSWERED)
    expected = f"an array of shape {shape}" if shape else "a number"
    try:
        x = np.asarray(answer)
        fits = x.dtype.kind in "iuf" and x.shape == shape
    except (ValueError, TypeError, RuntimeError):
        fits = False
    if not fits:
        return Feedback(False, None, f"{expected[0].upper()}{expected[1:]} was expected.")
    if not all(map(math.isfinite, x.ravel().tolist())):
        return Feedback(False, None, "Not every number is finite.")
    return Feedback(False, None, HANDED_IN)
