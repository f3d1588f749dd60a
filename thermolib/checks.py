"""Exercises that answer at once: right, which known mistake this looks like, or in which direction it is off.

Serves the exercises of every chapter. An `Exercise` is a record: the question, the answer, and the wrong
results that known mistakes lead to. The records of a chapter are the dictionary ``EXERCISES`` of its module
in `thermolib.exercises`, which is imported when one of them is first asked for.

A reply does not lead to the answer: it says how far off in steps so wide that the answer cannot be had by
dividing. The steps are narrower after `PATIENCE` wrong answers to the exercise.
"""

import ctypes
import difflib
import importlib
import math
import pkgutil
import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermolib import exercises
from thermolib.exercises import Exercise

__all__ = ["Exercise", "Feedback", "check"]  # `judge` serves thermolib.coursework

RIGHT = "Right"
WRONG = "Not yet"
IMPRECISE = f"{WRONG} precise enough: give more digits."
UNANSWERED = "No answer yet: replace the three dots."

# Mistakes that any exercise knows: they lead to factor · answer^power. An exercise's own come first.
COMMON = (
    ("the right size with the wrong sign", -1.0, 1),
    ("the right number upside down: its reciprocal", 1.0, -1),
    ("twice the right number: is something counted twice?", 2.0, 1),
    ("half the right number", 0.5, 1),
    ("a percentage", 100.0, 1),
)

# How far off, by the ratio of the larger to the smaller of two numbers: the first limit that it is below.
COARSE = (
    (1.01, "less than 1 %: keep more digits, or look for a small slip"),
    (1.2, "less than 20 %"),
    (2.0, "less than a factor of 2"),
    (10.0, "less than a factor of 10"),
    (1000.0, "more than a factor of 10"),
)
STEPS = (1.01, 1.05, 1.1, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
FINE = (COARSE[0], *((b, f"a factor between {a:g} and {b:g}") for a, b in pairwise(STEPS)))
FARTHER = "more than a factor of 1000"
PATIENCE = 3  # wrong answers to an exercise before the reply is a finer one

SECONDS = 3.0  # that a function may take for one case
_wrong_answers: Counter[str] = Counter()  # since the last right one, by the exercise's name


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
    """Say whether `answer` is right, which known mistake it looks like, or in which direction it is off.

    A function is called with copies of the arguments of each case of the exercise, and stopped after
    `SECONDS`. A single call of compiled code cannot be stopped. The reply comes nevertheless where that lets
    other threads run, as most of NumPy does. For ``sum`` of an endless iterator, restart the kernel.

    Parameters
    ----------
    name : str
        "chapter/exercise", as the exercise writes it.
    answer : float, array_like, callable or str
        What the exercise asks for; of a choice its text, or its number from 1 in the order that `Question`
        shows. The three dots stand for no answer yet.

    Returns
    -------
    Feedback
        Also where the answer is of the wrong kind or shape, or a function that fails or never comes back:
        its message says so. From the fourth wrong answer on it says more closely how far off.

    Raises
    ------
    ValueError
        If there is no such exercise.

    Examples
    --------
    >>> check("entropy/loaded-die", ...)
    No answer yet: replace the three dots.
    >>> check("entropy/loaded-die", 2.4)
    Not yet: too large by less than 20 %.
    """
    return judge(name, find(name), answer)


def judge(name: str, exercise: Exercise, answer: Any) -> Feedback:
    """Say of `answer` what `check` says; no chapter need have the exercise, and `name` counts the tries."""
    try:
        of_kind = _choice if exercise.choices else _value
        feedback = of_kind(name, exercise, answer)
    except _Unfit as reason:
        return Feedback(False, None, str(reason))
    _wrong_answers[name] = 0 if feedback else _wrong_answers[name] + 1
    return feedback


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


def shuffled(name: str, exercise: Exercise) -> list[str]:
    """Return the choices in the order that is shown: mixed, and the same wherever the exercise is asked."""
    return random.Random(name).sample(list(exercise.choices), len(exercise.choices))


def _choice(name: str, exercise: Exercise, answer: Any) -> Feedback:
    order = shuffled(name, exercise)
    texts = [text.casefold() for text in order]
    count = len(texts)
    if isinstance(answer, str) and answer.strip().casefold() in texts:
        answer = 1 + texts.index(answer.strip().casefold())
    number = _numbers(answer, (), "This is", f"a choice, its text or its number from 1 to {count},")
    if number not in range(1, count + 1):
        raise _Unfit(f"There is no choice {float(number):g}: they are numbered from 1 to {count}.")
    chosen = order[int(number) - 1]
    said = exercise.choices[chosen]
    if chosen == exercise.answer:
        return Feedback(True, None, f"{RIGHT}. {said}")
    return Feedback(False, chosen, f"{WRONG}. {said}")


def _value(name: str, exercise: Exercise, answer: Any) -> Feedback:
    """Judge a number, an array or a function. `question.js` judges a number in the same order."""
    given = _results(exercise, answer, like=exercise.answer)
    known = [(said, _results(exercise, wrong)) for said, wrong in exercise.mistakes.items()]
    truth = _results(exercise, exercise.answer)
    truths = {unit: [factor * y for y in truth] for unit, factor in exercise.units.items()}
    for unit, right in truths.items():
        if _fits(given, right, exercise.tolerance):
            return Feedback(True, None, f"{RIGHT}, in {unit}." if unit else f"{RIGHT}.")
    for unit, right in truths.items():
        with np.errstate(all="ignore"):
            own = [(said, [exercise.units[unit] * y for y in wrong]) for said, wrong in known]
            usual = [(said, [factor * y**power for y in right]) for said, factor, power in COMMON]
        for mistake, wrong in [*own, *usual]:
            if _fits(given, wrong, exercise.tolerance):
                return Feedback(False, mistake, f"{WRONG}. This looks like {mistake}{_stop(mistake)}")
    for right in truths.values():
        if all(np.all(_near(x, y, exercise.tolerance)) for x, y in zip(given, right, strict=True)):
            return Feedback(False, None, IMPRECISE)
    unit, right = min(truths.items(), key=lambda one: _ratio(given, one[1]))  # the unit it is nearest in
    taken = f"taken as {unit}, " if unit else ""
    ladder = FINE if _wrong_answers[name] >= PATIENCE else COARSE
    return Feedback(False, None, f"{WRONG}: {taken}{_how_far_off(exercise, given, right, ladder)}.")


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
        copies = deepcopy(list(point.values()))
        try:
            result = _call(of, copies)
        except _OutOfTimeError:
            raise _Unfit(
                f"{where} has not come back after {SECONDS:g} seconds: does a loop in it never end?"
            ) from None
        except (Exception, SystemExit) as error:
            raise _Unfit(f"{where} raises {type(error).__name__}: {error}.") from None
        if result is None:
            changed = [
                name for (name, x), y in zip(point.items(), copies, strict=True) if not np.array_equal(x, y)
            ]
            in_place = f"It changes {' and '.join(changed)} in place: return the result instead."
            hint = in_place if changed else "Is its return missing?"
            raise _Unfit(f"{where} returns None; {_kind(shape)} was expected. {hint}")
        results.append(_numbers(result, shape, f"{where} returns", _kind(shape)))
    return results


class _OutOfTimeError(Exception):
    """A function has not come back."""


class _StopError(SystemExit):
    """A thread that ends with `SystemExit` says nothing."""


def _call(function: Callable[..., Any], arguments: list[Any]) -> Any:
    """Call `function` in a thread of its own, and stop that after `SECONDS`, or when this one is interrupted.

    A signal would reach the main thread alone, and Windows has no timer that sends one; a trace function
    slows every line, and 3.11 does not call it in ``while True: pass``. An exception set in the other thread
    stops any loop of Python. It is set again and again, for a loop may catch it.
    """
    returned: list[Any] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            with np.errstate(all="ignore"):  # what comes of it is told in words
                returned.append(function(*arguments))
        except BaseException as error:  # SystemExit too
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        thread.join(SECONDS)
        if thread.is_alive():
            raise _OutOfTimeError
    finally:
        for _ in range(100):
            if raised or not thread.is_alive():
                break
            stop = ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_StopError)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(*stop)
            thread.join(0.02)
    if raised:
        raise raised[0]
    return returned[0]


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
        raise _Unfit(f"{came} {_described(x)}; {expected} was expected.")
    return array.astype(np.float64)


def _fits(given: list[NDArray], wanted: list[NDArray], tolerance: float) -> bool:
    return all(np.all(_close(x, y, tolerance)) for x, y in zip(given, wanted, strict=True))


def _close(x: NDArray, y: NDArray, tolerance: float) -> NDArray[np.bool_]:
    """Entry by entry; where one should be zero, rounding of the largest is allowed."""
    largest = np.max(np.abs(y), where=np.isfinite(y), initial=0.0)
    return np.isclose(x, y, rtol=tolerance, atol=1e-9 * largest, equal_nan=True)


def _near(x: NDArray, y: NDArray, tolerance: float) -> NDArray[np.bool_]:
    """Entry by entry: right, or as good as rounding can be."""
    return _close(x, y, tolerance) | _rounded(x, y)


@np.vectorize(otypes=[bool])
def _rounded(x: float, y: float) -> bool:
    """Whether x is y rounded to two digits or more, halves away from zero, as in `question.js`.

    One digit may be a wrong number as well. And no digit before the decimal point may be missing: who writes
    −40 has counted, and not rounded −44.
    """
    return any(x == float(f"{y * (1 + 1e-12):.{n}g}") and abs(x) < 10**n for n in range(2, 8))


def _ratio(given: list[NDArray], truth: list[NDArray]) -> float:
    """Return how far off the farthest entry is, as a factor: ∞ where a sign or a finite number is missing."""
    x, y = (np.concatenate([np.ravel(one) for one in many]) for many in (given, truth))
    with np.errstate(all="ignore"):
        factor = np.where(x == y, 1.0, np.maximum(x / y, y / x))
    return float(np.max(np.where(factor > 0, factor, np.inf)))


Ladder = tuple[tuple[float, str], ...]


def _how_far_off(exercise: Exercise, given: list[NDArray], truth: list[NDArray], ladder: Ladder) -> str:
    """Point to an entry that is neither right nor rounded, and say how far off it is.

    Of a function's cases it is the one that is farthest off: elsewhere a wrong law may be nearly right.
    """
    points = exercise.arguments or [{}]
    k = max(range(len(points)), key=lambda k: _ratio(given[k : k + 1], truth[k : k + 1]))
    near = _near(given[k], truth[k], exercise.tolerance)
    at = tuple(int(i) for i in np.argwhere(~near)[0])
    off = _off(float(given[k][at]), float(truth[k][at]), ladder)
    entry = f"entry [{', '.join(map(str, at))}]" if at else ""
    if points[k]:
        value = f"{given[k][at]:.4g}"
        said = f"at {_shown(points[k])} your function gives {value}"
        return f"{said} as {entry}, {off}" if entry else f"{said}, {off}"
    right = _close(given[k], truth[k], exercise.tolerance).sum()
    return f"{entry} is {off}; {right} of {near.size} are right" if entry else off


def _off(x: float, y: float, ladder: Ladder) -> str:
    """How far x is from the right y, in words that do not give y away. `question.js` says it the same way."""
    if not math.isfinite(x):
        return "not a finite number"
    if x * y < 0:
        return "of the wrong sign, and of another size"
    small, large = sorted([abs(x), abs(y)])
    ratio = large / small if small else math.inf
    by = next((words for limit, words in ladder if ratio < limit), FARTHER)
    return f"too {'large' if abs(x) > abs(y) else 'small'}{' in absolute value' if y < 0 else ''} by {by}"


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
        if isinstance(x, str):
            return repr(x)
        if np.asarray(x).dtype.kind not in "biuf":
            return f"a {type(x).__name__}"
        numbers = [f"{entry:.4g}" for entry in np.ravel(x)]
        if len(numbers) > 8:
            return f"[{', '.join(numbers[:4])}, …], of shape {np.shape(x)}"
        return f"[{', '.join(numbers)}]" if np.ndim(x) else numbers[0]

    return ", ".join(f"{name} = {value(x)}" for name, x in point.items())
