"""Judges answers, outside of the process that gave them.

A question's hidden region says what is right; it runs here, and no line of the student's does. What the
student's functions return comes over a pipe from `sandbox.Student`, as data.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from assignment import Asked
from sandbox import Student, StudentError, encode
from thermolib import checks, coursework
from thermolib.checks import Feedback

Case = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """One thing that a question asks for; see `Question`, whose methods make it."""

    kind: str
    name: str
    right: Any
    mistakes: Mapping[str, Any]
    points: float | None = None
    carried: Callable[[], Any] | None = None
    sample: Sequence[Case] = ()
    own: Sequence[Case] = ()
    stderr: float = 0.0
    units: Mapping[str, float] = field(default_factory=lambda: {"": 1.0})
    tolerance: float = 5e-3

    def record(self, cases: Sequence[Case] = ()) -> dict[str, Any]:
        """Return what `thermolib.coursework.exercise` takes; of a function, at `cases`."""
        of = (lambda f: [_plain(f(*deepcopy(list(case.values())))) for case in cases]) if cases else _plain
        return {
            "kind": self.kind,
            "right": of(self.right),
            "mistakes": {said: of(wrong) for said, wrong in self.mistakes.items()},
            "arguments": [{key: encode(x) for key, x in case.items()} for case in cases],
            "units": dict(self.units),
            "tolerance": self.tolerance,
            "stderr": float(self.stderr),
        }


def _plain(x: Any) -> Any:
    x = np.asarray(x, dtype=np.float64)
    return x.tolist() if x.ndim else float(x)


class Question:
    """What a hidden region calls ``question``: each call says what is right of one part of it."""

    def __init__(self) -> None:
        self.parts: list[Part] = []

    def number(
        self, name: str, right: float, mistakes: Mapping[str, float] | None = None, **more: Any
    ) -> None:
        """Ask for a number, the variable `name`."""
        self.parts.append(Part("number", name, float(right), mistakes or {}, **more))

    def array(self, name: str, right: Any, mistakes: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Ask for an array, the variable `name`."""
        self.parts.append(Part("array", name, np.asarray(right), mistakes or {}, **more))

    def function(
        self, name: str, right: Callable, sample: Sequence[Case], own: Sequence[Case],
        mistakes: Mapping[str, Callable] | None = None, **more: Any,
    ) -> None:  # fmt: skip
        """Ask for a function: `check` tries it at the cases `sample`, and it is judged at `own`."""
        self.parts.append(Part("function", name, right, mistakes or {}, sample=sample, own=own, **more))

    def estimate(
        self, name: str, exact: float, stderr: float, mistakes: Mapping[str, float] | None = None, **more: Any
    ) -> None:
        """Ask for a stochastic number, right within four of the grader's own standard errors."""
        self.parts.append(Part("estimate", name, float(exact), mistakes or {}, stderr=stderr, **more))


@dataclass(frozen=True)
class Verdict:
    """What a question earned, and what to say."""

    points: float
    message: str


def parts(asked: Asked, ticket: str, student: Any = None) -> list[Part]:
    """Run a question's region for the student who has the `ticket`, and return what it asks for."""
    question = Question()
    names = {
        "__name__": f"hidden_{asked.name}", "np": np, "question": question,
        "own": coursework.Numbers(ticket), "student": student,
    }  # fmt: skip
    exec(compile(asked.region, f"hidden tests of {asked.name}", "exec"), names)
    if not question.parts:
        raise ValueError(f"the hidden region of {asked.name} asks for nothing")
    return question.parts


def shares(asked: Asked, all_parts: Sequence[Part]) -> list[float]:
    """Return the points of each part: those that it names, or an equal share of the rest."""
    named = sum(part.points or 0.0 for part in all_parts)
    without = sum(part.points is None for part in all_parts)
    rest = asked.points - named
    if rest < 0 or (rest > 0 and not without):
        raise ValueError(f"{asked.name} has {asked.points:g} points, its parts name {named:g}")
    return [rest / without if part.points is None else part.points for part in all_parts]


def judge(asked: Asked, student: Student, ticket: str) -> Verdict:
    """Judge one question of a submission."""
    all_parts = parts(asked, ticket, student)
    points, lines = 0.0, []
    for part, worth in zip(all_parts, shares(asked, all_parts), strict=True):
        feedback = _judge_part(part, student, asked)
        points += worth if feedback else 0.0
        lines.append(f"{part.name}: {feedback.message}" if len(all_parts) > 1 else feedback.message)
    return Verdict(points, "\n".join(lines))


def _judge_part(part: Part, student: Student, asked: Asked) -> Feedback:
    try:
        answer = _called(part, student) if part.kind == "function" else student.value(part.name)
    except StudentError as error:
        return Feedback(False, None, _what_happened(error, part, student.errors.get(asked.name)))
    if part.kind == "estimate":
        feedback = coursework.judge_estimate(answer, part.right, part.stderr, part.mistakes)
    else:
        # a name that no one has: what was wrong in another submission is no matter of this one
        feedback = checks.judge(uuid.uuid4().hex, coursework.exercise(**part.record(part.own)), answer)
    if feedback or part.carried is None or answer is ...:
        return feedback
    try:
        followed = part.carried()
        if part.kind == "estimate":
            fits = coursework.judge_estimate(answer, float(followed), part.stderr, {}).right
        else:
            fits = checks.judge(
                uuid.uuid4().hex, coursework.exercise(_plain(followed), {}, tolerance=part.tolerance), answer
            ).right
    except Exception:  # the earlier answer is of no use
        return feedback
    if fits and np.all(np.isfinite(np.asarray(answer))):  # nothing follows from nan, but nan
        return Feedback(True, None, "Right, given your earlier answer, from which it follows.")
    return feedback


def _called(part: Part, student: Student) -> Callable[..., Any]:
    """Return the student's function, as a table of what it returned."""
    results: list[Any] = []
    for case in part.own:
        try:
            results.append(student.call(part.name, *deepcopy(list(case.values()))))
        except StudentError as error:
            if error.kind in ("Stopped", "NotAFunction", "OutOfTime") or _is_missing(error, part):
                raise
            results.append(
                type(error.kind if error.kind.isidentifier() else "Exception", (Exception,), {})(error.text)
            )
    return coursework.tabulated(part.own)(results)


def _is_missing(error: StudentError, part: Part) -> bool:
    return error.kind == "NameError" and error.text == f"there is no {part.name} in the notebook"


def _what_happened(error: StudentError, part: Part, in_cell: StudentError | None) -> str:
    if error.kind == "Stopped":
        return error.text
    if error.kind == "OutOfTime":
        return f"Your function {error.text}"
    if error.kind == "NotAFunction":
        return f"{part.name} is not a function."
    if _is_missing(error, part):
        why = (
            f" Its cell stopped with {in_cell}".rstrip(".?") + "."
            if in_cell
            else " Is the name spelled as the question has it?"
        )
        return f"There is no {part.name} in your notebook.{why}"
    return f"{part.name} could not be read: {error}."


def planted(asked: Asked, which: int, ticket: str) -> tuple[str, list[tuple[str, str]]]:
    """Return a wrong solution cell, and of each part its name and the words that its feedback must hold.

    Of each part it makes the mistake number `which`, counted round.
    """
    lines = [
        "class _Nothing:",
        "    def __getattr__(self, name): return lambda *_, **__: None",
        "_space = {'np': np, 'own': own, 'question': _Nothing(), 'student': _Nothing()}",
        f"exec({asked.region!r}, _space)",  # so that its names are not the notebook's
    ]
    words = []
    for part in parts(asked, ticket):
        if not part.mistakes:
            continue
        said, wrong = list(part.mistakes.items())[which % len(part.mistakes)]
        if part.kind == "function":
            lines.append(f"{part.name} = _space[{wrong.__name__!r}]")
        elif part.kind == "array":
            lines.append(f"{part.name} = np.array({np.asarray(wrong).tolist()!r})")
        else:
            lines.append(f"{part.name} = {float(wrong)!r}")
        words.append((part.name, said))
    return "\n".join(lines), words
