"""`Question`: an exercise that answers on the page, as `thermolib.checks.check` does in the notebook."""

from __future__ import annotations

import html
import re
from typing import Any

import numpy as np
import traitlets

from thermolib.checks import (
    COARSE,
    COMMON,
    FARTHER,
    FINE,
    IMPRECISE,
    PATIENCE,
    RIGHT,
    WRONG,
    Exercise,
    find,
    shuffled,
)
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.kit.host import Widget, in_script, stylesheet

__all__ = ["Question"]

MARKED = re.compile(r"([_^])(\((?:[^()]|\([^()]*\))*\)|[^\W_]+)")  # T_c, e^n, and e^(−E/T), whose brackets go

WORDS = "".join(
    f"const {name} = {in_script(value)};\n"
    for name, value in {
        "RIGHT": RIGHT,
        "WRONG": WRONG,
        "IMPRECISE": IMPRECISE,
        "COMMON": COMMON,
        "COARSE": COARSE,
        "FINE": FINE,
        "FARTHER": FARTHER,
        "PATIENCE": PATIENCE,
    }.items()
)


class Question(Widget):
    """An exercise to answer with a number or a choice: the same question and feedback as `check`'s.

    Parameters
    ----------
    name : str
        "chapter/exercise", as for `thermolib.checks.check`.

    Raises
    ------
    ValueError
        If there is no such exercise, or if it asks for an array or a function.

    Examples
    --------
    >>> Question("entropy/loaded-die").exercise["question"]
    'Entropy, in bits, of a die with p = (1/2, 1/10, 1/10, 1/10, 1/10, 1/10)'
    """

    _kind = "thermo-question"
    _esm = WORDS + bundle("question/view.js")
    _css = stylesheet("kit/widget.css", "question/view.css")
    exercise = traitlets.Dict().tag(sync=True)

    def __init__(self, name: str) -> None:
        super().__init__(exercise=_state(name, find(name)))

    def page_state(self) -> dict[str, Any]:
        """Return the exercise; its answer too, for this is practice."""
        return {"exercise": self.exercise}

    def still_html(self) -> str:
        """Write the question, what there is to choose from, numbered for `check`, and the folded answer."""
        answer, choices = self.exercise["answer"], dict(self.exercise.get("choices", []))
        listed = "".join(f"<li>{_typeset(text)}</li>" for text in choices)
        said = f"{answer}. {choices[answer]}" if choices else _written(answer, self.exercise["units"][0][0])
        return (
            f"<figcaption>{_typeset(self.exercise['question'])}</figcaption>"
            f"{f'<ol>{listed}</ol>' if choices else ''}"
            f"<details><summary>Answer</summary><p>{_typeset(said)}</p></details>"
        )


def _typeset(text: str) -> str:
    """Write a text as HTML, with what is marked lower or higher."""

    def placed(found: re.Match[str]) -> str:
        tag, inside = "sub" if found[1] == "_" else "sup", re.sub(r"^\((.*)\)$", r"\1", found[2])
        return f"<{tag}>{inside}</{tag}>"

    return MARKED.sub(placed, html.escape(text))


def _written(x: float, unit: str) -> str:
    """Write a number with four digits, or with all before the decimal point, and its unit."""
    digits = f"{x:.4g}" if abs(x) < 1e4 else f"{x:.0f}"
    return f"{digits} {unit}".rstrip().replace("-", "−")


def _state(name: str, exercise: Exercise) -> dict[str, Any]:
    """Return what the page needs to know of an exercise."""
    if exercise.choices:
        choices = [[text, exercise.choices[text]] for text in shuffled(name, exercise)]
        return {"question": exercise.question, "answer": exercise.answer, "choices": choices}
    if callable(exercise.answer) or np.ndim(exercise.answer):
        kind = "a function" if callable(exercise.answer) else "an array"
        raise ValueError(f"a Question asks for a number or a choice; {name!r} asks for {kind}: use check")
    return {
        "question": exercise.question,
        "answer": float(exercise.answer),
        "tolerance": exercise.tolerance,
        "units": [[unit, factor] for unit, factor in exercise.units.items()],
        "mistakes": [[mistake, float(wrong)] for mistake, wrong in exercise.mistakes.items()],
    }
