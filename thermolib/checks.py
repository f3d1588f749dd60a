"""Exercises that answer at once: right, which known mistake this looks like, or how far off.

Serves the exercises of every chapter. An `Exercise` is a record: the question, the answer, and the wrong
results that known mistakes lead to. The records of a chapter are the dictionary ``EXERCISES`` of its module
in `thermolib.exercises`, which is imported when one of them is first asked for.
"""

import difflib
import importlib
import math
import pkgutil
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermolib import exercises
from thermolib.exercises import Exercise

__all__ = ["Exercise", "Feedback", "check"]

RIGHT = "Right."
WRONG = "Not yet"
ROUNDED = "Right as far as it goes: give at least three digits."
UNANSWERED = "No answer yet: put yours in place of the three dots."

# Mistakes that any exercise knows: they lead to factor · answer^power. An exercise's own come first.
COMMON = (
    ("the right size with the wrong sign", -1.0, 1),
    ("the right number upside down: its reciprocal", 1.0, -1),
    ("a factor of 2 too much: is something counted twice?", 2.0, 1),
    ("a factor of 2 too little", 0.5, 1),
    ("a logarithm of another base: one bit is ln 2 nats", math.log(2), 1),
    ("a logarithm of another base: one bit is ln 2 nats", 1 / math.log(2), 1),
    ("a percentage", 100.0, 1),
)


@dataclass(frozen=True, repr=False)
class Feedback:
    """What `check` answers; a notebook shows its ``message``.

    Attributes
    ----------
    right : bool
        Whether the answer is right; also the truth value of the whole.
    mistake : str or None
        The known mistake that it looks like, as the exercise names it.
    message : str
        One or two sentences for the reader.
    """

    right: bool
    mistake: str | None
    message: str

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return self.message


class _Unfit(Exception):
    """What came cannot be compared; the message says why."""


def check(name: str, answer: Any) -> Feedback:
    """Say whether `answer` is right, which known mistake it looks like, or how far off it is.

    Parameters
    ----------
    name : str
        "chapter/exercise", as the exercise writes it.
    answer : float, array_like, callable or str
        What the exercise asks for; of a choice its text, or its number from 1. The three dots stand for no
        answer yet.

    Returns
    -------
    Feedback
        Also where the answer is of the wrong kind or shape, or a function that fails: its message says so.

    Raises
    ------
    ValueError
        If there is no such exercise.

    Examples
    --------
    >>> check("entropy/loaded-die", ...)
    No answer yet: put yours in place of the three dots.
    >>> check("entropy/loaded-die", 2.4)
    Not yet: too large by 11 %.
    """
    exercise = find(name)
    try:
        if exercise.choices:
            return _choice(exercise, answer)
        truth, given = _results(exercise, exercise.answer), _results(exercise, answer, like=exercise.answer)
    except _Unfit as reason:
        return Feedback(False, None, str(reason))
    if _fits(given, truth, exercise.tolerance):
        return Feedback(True, None, RIGHT)
    with np.errstate(all="ignore"):
        known = {mistake: _results(exercise, wrong) for mistake, wrong in exercise.mistakes.items()}
        usual = [(mistake, [factor * y**power for y in truth]) for mistake, factor, power in COMMON]
    for mistake, wrong in [*known.items(), *usual]:
        if _fits(given, wrong, exercise.tolerance):
            return Feedback(False, mistake, f"{WRONG}. This looks like {mistake}{_stop(mistake)}")
    if all(np.all(_rounded(x, y)) for x, y in zip(given, truth, strict=True)):
        return Feedback(False, None, ROUNDED)
    return Feedback(False, None, f"{WRONG}: {_how_far_off(exercise, given, truth)}.")


def find(name: str) -> Exercise:
    """Return the exercise called "chapter/exercise".

    Raises
    ------
    ValueError
        If there is none, with the nearest names.
    """
    chapters = [module.name.replace("_", "-") for module in pkgutil.iter_modules(exercises.__path__)]
    chapter, _, own = str(name).partition("/")
    if chapter not in chapters:
        raise ValueError(f"name must be 'chapter/exercise', chapters are {', '.join(chapters)}; got {name!r}")
    known = importlib.import_module(f"{exercises.__name__}.{chapter.replace('-', '_')}").EXERCISES
    if own not in known:
        near = ", ".join(f"{chapter}/{other}" for other in difflib.get_close_matches(own, known, 3, 0.0))
        raise ValueError(f"there is no exercise {name!r}; the nearest are {near}")
    return known[own]


def _choice(exercise: Exercise, answer: Any) -> Feedback:
    texts = [text.casefold() for text in exercise.choices]
    count = len(texts)
    if isinstance(answer, str) and answer.strip().casefold() in texts:
        answer = 1 + texts.index(answer.strip().casefold())
    number = _numbers(answer, (), "This is", f"a choice, its text or its number from 1 to {count},")
    if number not in range(1, count + 1):
        raise _Unfit(f"There is no choice {float(number):g}: they are numbered from 1 to {count}.")
    chosen, said = list(exercise.choices.items())[int(number) - 1]
    if chosen == exercise.answer:
        return Feedback(True, None, f"{RIGHT} {said}")
    return Feedback(False, chosen, f"{WRONG}. {said}")


def _results(exercise: Exercise, of: Any, like: Any = None) -> list[NDArray[np.float64]]:
    """Return the value `of`, or a function's results at each argument, in the shapes that `like` gives."""
    if not callable(exercise.answer):
        shape = None if like is None else np.shape(like)
        return [_numbers(of, shape, "This is", _kind(shape))]
    names = " and ".join(exercise.arguments[0])
    if of is ...:
        raise _Unfit(UNANSWERED)
    if not callable(of):
        raise _Unfit(f"This is {_described(of)}; a function of {names} was expected.")
    results = []
    for point in exercise.arguments:
        where = f"At {_shown(point)} your function"
        shape = None if like is None else np.shape(like(*deepcopy(list(point.values()))))
        try:
            with np.errstate(all="ignore"):  # what comes of it is told in words
                result = of(*deepcopy(list(point.values())))
        except Exception as error:
            raise _Unfit(f"{where} raises {type(error).__name__}: {error}.") from None
        results.append(_numbers(result, shape, f"{where} returns", _kind(shape)))
    return results


def _numbers(x: Any, shape: tuple[int, ...] | None, came: str, expected: str) -> NDArray[np.float64]:
    """Return `x` as floating-point numbers of `shape`, or say what came and what was expected."""
    try:
        array = np.asarray(x)
        entries = array.ravel().tolist() if array.dtype == object else []
        if any(entry is ... for entry in entries):
            raise _Unfit(UNANSWERED)
        if entries and all(isinstance(entry, Real) for entry in entries):  # fractions, or very large integers
            array = array.astype(np.float64)
    except RuntimeError:  # torch's
        raise _Unfit(
            f"{came} a tensor that requires grad; {expected} was expected. Take its .detach()."
        ) from None
    except (TypeError, ValueError, OverflowError):  # ragged, or too large
        array = np.asarray(None)
    if array.dtype.kind not in "iuf" or (shape is not None and array.shape != shape):
        hint = " Is its return missing?" if x is None and came != "This is" else ""
        raise _Unfit(f"{came} {_described(x)}; {expected} was expected.{hint}")
    return array.astype(np.float64)


def _fits(given: list[NDArray], wanted: list[NDArray], tolerance: float) -> bool:
    return all(np.all(_close(x, y, tolerance)) for x, y in zip(given, wanted, strict=True))


def _close(x: NDArray, y: NDArray, tolerance: float) -> NDArray[np.bool_]:
    """Entry by entry; where one should be zero, rounding of the largest is allowed."""
    largest = np.max(np.abs(y), where=np.isfinite(y), initial=0.0)
    return np.isclose(x, y, rtol=tolerance, atol=1e-9 * largest, equal_nan=True)


@np.vectorize(otypes=[bool])
def _rounded(x: float, y: float) -> bool:
    """Whether x is y rounded to one or two digits, halves away from zero. `question.js` says it the same way.

    No digit before the decimal point may be missing: who writes −40 has counted, and not rounded −44.
    """
    return any(x == float(f"{y * (1 + 1e-12):.{n}g}") and abs(x) < 10**n for n in (1, 2))


def _how_far_off(exercise: Exercise, given: list[NDArray], truth: list[NDArray]) -> str:
    """Point to the first entry that is wrong, and say how far off it is."""
    points = exercise.arguments or [{}]
    k, ok = next(
        (k, ok)
        for k, (x, y) in enumerate(zip(given, truth, strict=True))
        if not np.all(ok := _close(x, y, exercise.tolerance))
    )
    at = tuple(int(i) for i in np.argwhere(~ok)[0])
    off = _off(float(given[k][at]), float(truth[k][at]))
    entry = f"entry [{', '.join(map(str, at))}]" if at else ""
    if points[k]:
        value = f"{given[k][at]:.4g}"
        said = f"at {_shown(points[k])} your function gives {value}"
        return f"{said} as {entry}, {off}" if entry else f"{said}, {off}"
    return f"{entry} is {off}; {ok.sum()} of {ok.size} are right" if entry else off


def _off(x: float, y: float) -> str:
    """How far x is from the right y, in words that do not give y away. `question.js` says it the same way."""
    if not math.isfinite(x):
        return "not a finite number"
    if x * y < 0:
        return "of the wrong sign, and of another size"
    size = f"too {'large' if abs(x) > abs(y) else 'small'}{' in absolute value' if y < 0 else ''} by"
    small, large = sorted([abs(x), abs(y)])
    if large > 1000 * small:
        return f"{size} more than a factor of 1000"
    if large >= 2 * small:
        factor = large / small
        return f"{size} a factor of {_round(factor) if factor >= 10 else _round(10 * factor) / 10:g}"
    percent = 100 * abs(x / y - 1)
    return f"{size} {_round(percent)} %" if percent >= 1 else f"{size} less than 1 %: keep more digits"


def _round(x: float) -> int:
    """Halves upwards, as in the browser."""
    return math.floor(x + 0.5)


def _stop(clause: str) -> str:
    return "" if clause.endswith("?") else "."


def _kind(shape: tuple[int, ...] | None) -> str:
    return f"an array of shape {shape}" if shape else "a number"


def _described(x: Any) -> str:
    if x is None or isinstance(x, bool | np.bool_):
        return repr(x)
    if isinstance(x, str):
        return f"text ({x[:30]!r})"
    if isinstance(x, complex | np.complexfloating):
        return "a complex number"
    if isinstance(x, Real):
        return "a number"
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return f"a {type(x).__name__} of {' and '.join(x._fields)}, one of which is wanted"
    if isinstance(x, np.ndarray | list | tuple):
        try:
            array = np.asarray(x)
        except ValueError:
            return "a ragged list"
        numeric = array.dtype.kind in "iuf"
        return (
            f"an array of shape {array.shape}" if numeric else "an array of something else than real numbers"
        )
    return "a function" if callable(x) else f"an object of type {type(x).__name__}"


def _shown(point: Mapping[str, Any]) -> str:
    def value(x: Any) -> str:
        numbers = [f"{entry:.4g}" for entry in np.ravel(x)]
        return f"[{', '.join(numbers)}]" if np.ndim(x) else numbers[0]

    return ", ".join(f"{name} = {value(x)}" for name, x in point.items())
