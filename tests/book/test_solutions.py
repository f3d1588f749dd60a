"""Each solution runs in its chapter, and `check` judges what it finds."""

import ast
import importlib
from itertools import product
from pathlib import Path

import pytest
from nbformat import NotebookNode, v4
from reading import ROOT, chapters
from thermobook.executions import executed
from thermolib.checks import UNANSWERED, find


def checked(source: str) -> list[str]:
    """Return the exercises that the last expression of a cell checks, one or several of them."""
    last = ast.parse(source).body[-1:]
    if not last or not isinstance(last[0], ast.Expr):
        return []
    calls = last[0].value.elts if isinstance(last[0].value, ast.Tuple) else [last[0].value]
    return [
        ast.literal_eval(call.args[0])
        for call in calls
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "check"
    ]


def replies(name: str) -> list[str]:
    """Return what `check` may reply to the right answer: in any unit that the exercise leaves open."""
    exercise = find(name)
    if exercise.choices:
        return [f"Right. {exercise.choices[exercise.answer]}"]
    return [f"Right, in {unit}." if unit else "Right." for unit in exercise.units]


def verdicts(cell: NotebookNode) -> dict[str, str]:
    """Return "unanswered", "right" or what else was said, by the exercises that `cell` checks."""
    names = checked(cell.source)
    if not names:
        return {}
    said = next((out.data["text/plain"] for out in cell.outputs if out.output_type == "execute_result"), "")
    together = product(*(replies(name) for name in names))
    right = {one[0] if len(names) == 1 else f"({', '.join(one)})" for one in together}
    verdict = {UNANSWERED: "unanswered", **dict.fromkeys(right, "right")}.get(said, said)
    return dict.fromkeys(names, verdict)


@pytest.mark.parametrize("chapter", chapters())
def test_every_exercise_has_a_solution_that_is_right(chapter: str) -> None:
    name = Path(chapter).name
    records = importlib.import_module(f"thermolib.exercises.{name.replace('-', '_')}").EXERCISES
    said: dict[str, set[str]] = {f"{name}/{own}": set() for own in records}
    for cell in executed(ROOT, chapter).notebook.cells:
        if cell.cell_type == "code":
            for exercise, verdict in verdicts(cell).items():
                said[exercise].add(verdict)
    task = {own: set() if record.choices else {"unanswered"} for own, record in records.items()}
    assert said == {f"{name}/{own}": asked | {"right"} for own, asked in task.items()}


def output(text: str) -> list[NotebookNode]:
    return [v4.new_output("execute_result", {"text/plain": text})]


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ('check("entropy/loaded-die", 1)', "Right.", {"entropy/loaded-die": "right"}),
        ('check("entropy/loaded-die", ...)', UNANSWERED, {"entropy/loaded-die": "unanswered"}),
        ('check("entropy/loaded-die", 1)', "Right, in bits.", {"entropy/loaded-die": "Right, in bits."}),
        (
            'check("maximum-entropy/wrong-code", 1)',
            "Right, in bits.",
            {"maximum-entropy/wrong-code": "right"},
        ),
        ('check("entropy/loaded-die", 1)', "Not yet. Right.", {"entropy/loaded-die": "Not yet. Right."}),
        (
            'check("entropy/loaded-die", 1), check("rare-events/rare-coins", 1)',
            "(Right., Right.)",
            {"entropy/loaded-die": "right", "rare-events/rare-coins": "right"},
        ),
        (
            'check("entropy/loaded-die", 1), check("maximum-entropy/wrong-code", 1)',
            "(Right., Right, in nats.)",
            {"entropy/loaded-die": "right", "maximum-entropy/wrong-code": "right"},
        ),
        ("print(check('entropy/loaded-die', 1))", "Right.", {}),
    ],
)
def test_how_a_cell_is_read(source: str, text: str, found: dict) -> None:
    assert verdicts(v4.new_code_cell(source, outputs=output(text))) == found


def test_one_wrong_of_two_is_seen() -> None:
    source = 'check("entropy/loaded-die", 1), check("rare-events/rare-coins", 1)'
    for text in ("(Not yet: too large., Right.)", "(Right., Not yet: too large.)", "(Right.)"):
        said = verdicts(v4.new_code_cell(source, outputs=output(text)))
        assert set(said) == {"entropy/loaded-die", "rare-events/rare-coins"}
        assert set(said.values()) != {"right"}
