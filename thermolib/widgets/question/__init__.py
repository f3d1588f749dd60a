"""`Question`: an exercise that answers on the page, as `thermolib.checks.check` does in the notebook.

What is answered stays in the reader's browser. `Review` asks again what was wrong, or right long ago.
"""

from __future__ import annotations

import html
import importlib
import pkgutil
import re
from typing import Any

import numpy as np
import traitlets

from thermolib import exercises
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

__all__ = ["Question", "Review"]

# T_c, e^n, and e^(−E/T), whose brackets go; in σ_w² the square belongs to σ.
MARKED = re.compile(r"([_^])(\((?:[^()]|\([^()]*\))*\)|[^\W_¹²³⁰-₟]+)")

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


class Review(Widget):
    """The reader's answered questions, of all pages: asked again if they were wrong, or right long ago.

    A right answer rests for 2 days; given again when it is due, for 7, then 30, then 90.

    Examples
    --------
    >>> [page["title"] for page in Review().pages][0]
    'Annealed importance sampling'
    """

    _kind = "thermo-question"
    _esm = WORDS + bundle("question/review.js")
    _css = stylesheet("kit/widget.css", "question/view.css")
    pages = traitlets.List(traitlets.Dict()).tag(sync=True)

    def __init__(self) -> None:
        names = [module.name for module in pkgutil.iter_modules(exercises.__path__)]
        super().__init__(pages=[page for name in names if (page := _page(name))["exercises"]])

    def page_state(self) -> dict[str, Any]:
        """Return the questions."""
        return {"pages": self.pages}

    def still_html(self) -> str:
        """Say why there is nothing to see."""
        return "<figcaption>Your answers are kept by JavaScript, which does not run here.</figcaption>"


def _page(module: str) -> dict[str, Any]:
    """Return the questions of a page that can be asked there: numbers and choices."""
    page, records = (
        module.replace("_", "-"),
        importlib.import_module(f"{exercises.__name__}.{module}").EXERCISES,
    )
    asked = {f"{page}/{own}": record for own, record in records.items()}
    return {
        "page": f"chapters/{page}.html",
        "title": page.replace("-", " ").capitalize(),
        "exercises": [
            _state(name, record)
            for name, record in asked.items()
            if record.choices or not (callable(record.answer) or np.ndim(record.answer))
        ],
    }


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
        return {"name": name, "question": exercise.question, "answer": exercise.answer, "choices": choices}
    if callable(exercise.answer) or np.ndim(exercise.answer):
        kind = "a function" if callable(exercise.answer) else "an array"
        raise ValueError(f"a Question asks for a number or a choice; {name!r} asks for {kind}: use check")
    return {
        "name": name,
        "question": exercise.question,
        "answer": float(exercise.answer),
        "tolerance": exercise.tolerance,
        "units": [[unit, factor] for unit, factor in exercise.units.items()],
        "mistakes": [[mistake, float(wrong)] for mistake, wrong in exercise.mistakes.items()],
    }
