"""Every exercise: the right answer passes, each known mistake is named, and none is taken for another."""

import dataclasses
import importlib
import math
import pkgutil
from fractions import Fraction

import numpy as np
import pytest
from thermolib import checks, exercises
from thermolib.checks import COMMON, ROUNDED, UNANSWERED, Exercise, check

CHAPTERS = {
    module.name.replace("_", "-"): importlib.import_module(f"thermolib.exercises.{module.name}").EXERCISES
    for module in pkgutil.iter_modules(exercises.__path__)
}
ALL = {f"{chapter}/{own}": one for chapter, own_all in CHAPTERS.items() for own, one in own_all.items()}
CHOICES = {name: one for name, one in ALL.items() if one.choices}
VALUES = {name: one for name, one in ALL.items() if not one.choices}
MISTAKES = [(name, mistake) for name, one in VALUES.items() for mistake in one.mistakes]


def changed(of, change):
    """`of` with `change` applied to it, or to what it returns."""
    return (lambda *args: change(of(*args))) if callable(of) else change(np.asarray(of))


def entries(exercise, of):
    """All numbers that `of` gives, in one row."""
    if not callable(exercise.answer):
        return np.ravel(of)
    with np.errstate(all="ignore"):
        return np.concatenate([np.ravel(of(*point.values())) for point in exercise.arguments])


def four_digits(x):
    return np.reshape([float(f"{entry:.4g}") for entry in np.ravel(x)], np.shape(x))


def apart(a, b, tolerance):
    """Whether no answer can be within the tolerance of both: NaN and ∞ equal only themselves."""
    with np.errstate(invalid="ignore"):
        near = np.abs(a - b) <= tolerance * (np.abs(a) + np.abs(b)) * 1.001
    alike = (np.isnan(a) & np.isnan(b)) | (a == b)
    return not np.all(np.where(np.isfinite(a) & np.isfinite(b), near, alike))


# --- every exercise of every chapter


@pytest.mark.parametrize("name", VALUES)
def test_the_right_answer_passes(name):
    exercise = VALUES[name]
    for answer in (exercise.answer, changed(exercise.answer, four_digits)):
        assert check(name, answer) == checks.Feedback(True, None, "Right.")


@pytest.mark.parametrize(("name", "mistake"), MISTAKES)
def test_each_mistake_is_named(name, mistake):
    wrong = VALUES[name].mistakes[mistake]
    for answer in (wrong, changed(wrong, lambda x: x * (1 + VALUES[name].tolerance / 2))):
        feedback = check(name, answer)
        assert not feedback and feedback.mistake == mistake
        assert feedback.message.startswith(f"Not yet. This looks like {mistake}")


@pytest.mark.parametrize("name", VALUES)
def test_nothing_is_taken_for_something_else(name):
    exercise = VALUES[name]
    assert len(exercise.mistakes) >= 3
    results = [entries(exercise, of) for of in (exercise.answer, *exercise.mistakes.values())]
    assert len({len(row) for row in results}) == 1
    assert np.all(np.isfinite(results[0])) and np.any(results[0] != 0)
    for k, one in enumerate(results):
        assert all(apart(one, other, exercise.tolerance) for other in results[:k])


@pytest.mark.parametrize("name", VALUES)
def test_a_little_off_is_told_how_far(name):
    exercise = VALUES[name]
    feedback = check(name, changed(exercise.answer, lambda x: x * 1.0203))
    assert not feedback and feedback.mistake is None
    assert "too large" in feedback.message and "2 %" in feedback.message
    assert not check(name, changed(exercise.answer, lambda x: x * (1 + 1.1 * exercise.tolerance)))


@pytest.mark.parametrize("name", CHOICES)
def test_of_the_choices_one_is_right_and_each_has_its_own_feedback(name):
    exercise = CHOICES[name]
    assert len(exercise.choices) >= 3 and len(set(exercise.choices.values())) == len(exercise.choices)
    answers = [check(name, number) for number in range(1, len(exercise.choices) + 1)]
    assert sum(map(bool, answers)) == 1
    for (text, said), feedback in zip(exercise.choices.items(), answers, strict=True):
        assert check(name, text) == check(name, f" {text.upper()}\n") == feedback
        assert feedback.right == (text == exercise.answer)
        assert feedback.message == f"{'Right' if feedback else 'Not yet'}. {said}"


@pytest.mark.parametrize("name", ALL)
def test_what_is_shown_is_text(name):
    exercise = ALL[name]
    shown = [exercise.question, *exercise.mistakes, *exercise.choices, *exercise.choices.values()]
    for text in shown:
        assert text == text.strip() and not set(text) & set("$\\`{}<") - {"<"}, text
        assert not text.endswith(".") or text in exercise.choices.values()


# --- what is derived


def test_three_digits_are_within_the_tolerance():
    """Half a unit in the third digit, of the least number with three: 0.005/1.005."""
    for x in np.geomspace(1, 10, 997):
        assert abs(float(f"{x:.3g}") / x - 1) <= Exercise("", x).tolerance


# --- what check says


ARRAY = np.array([[1.5, 0.0], [4.0, 4.0]])


@pytest.fixture
def planted(monkeypatch):
    """Exercises made for these tests."""
    planted = {
        "number": Exercise("a number", -3.7, {"a slip": 5.1}),
        "narrow": Exercise("a number", 100.0, tolerance=1e-6),
        "array": Exercise("an array", ARRAY, {"a transposition": ARRAY.T}),
        "function": Exercise(
            "a function", lambda T: T**2, {"T": lambda T: 1.0 * T}, arguments=[{"T": 2.0}, {"T": 3.0}]
        ),
        "field": Exercise(
            "a function", lambda x, T: x / T, arguments=[{"x": np.array([3.0, 6.0, 9.0]), "T": 0.7}]
        ),
    }  # fmt: skip
    module = importlib.import_module("thermolib.exercises.entropy")
    monkeypatch.setattr(module, "EXERCISES", planted)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (-3.7, "Right."),
        (np.float32(-3.7), "Right."),
        (Fraction(-37, 10), "Right."),
        (np.array(-3.7), "Right."),
        (5.1, "Not yet. This looks like a slip."),
        (-3.73, "Not yet: too large in absolute value by less than 1 %: keep more digits."),
        (-4.0, ROUNDED),
        (-4.01, "Not yet: too large in absolute value by 8 %."),
        (-3.2, "Not yet: too small in absolute value by 14 %."),
        (-9, "Not yet: too large in absolute value by a factor of 2.4."),
        (-0.25, "Not yet: too small in absolute value by a factor of 15."),
        (-1850, "Not yet: too large in absolute value by a factor of 500."),
        (-1e6, "Not yet: too large in absolute value by more than a factor of 1000."),
        (0, "Not yet: too small in absolute value by more than a factor of 1000."),
        (2.2, "Not yet: of the wrong sign, and of another size."),
        (10**400, "This is a number; a number was expected."),
        (math.nan, "Not yet: not a finite number."),
        (-math.inf, "Not yet: not a finite number."),
        (..., UNANSWERED),
        (None, "This is None; a number was expected."),
        (True, "This is True; a number was expected."),
        ("-3.7", "This is text ('-3.7'); a number was expected."),
        (-3.7 + 0j, "This is a complex number; a number was expected."),
        ([-3.7], "This is an array of shape (1,); a number was expected."),
        ([..., 1], UNANSWERED),
        (np.array([1j]), "This is an array of something else than real numbers; a number was expected."),
        ({"F": 1}, "This is an object of type dict; a number was expected."),
        (abs, "This is a function; a number was expected."),
    ],
)
def test_a_number(planted, answer, said):
    assert repr(check("entropy/number", answer)) == said


@pytest.mark.parametrize(
    ("answer", "rounded", "others"),
    [
        (2.161, (2, 2.2), (2.1, 2.3, 2.17, 2.15, 3)),
        (2.5, (3,), (2, 2.6)),  # halves away from zero
        (-2.5, (-3,), (-2, -2.6)),
        (0.345, (0.3, 0.35), (0.34, 0.4)),  # also those that no binary number is
        (-44.0, (), (-40, -45)),
        (17685.9, (), (2e4, 18000)),
        (9.96, (10,), (9, 11)),
        (0.0301, (0.03,), (0.0, 0.031)),
    ],
)
def test_an_answer_of_too_few_digits(planted, answer, rounded, others):
    exercises.entropy.EXERCISES["this"] = Exercise("a number", answer, tolerance=1e-3)
    for x in rounded:
        assert check("entropy/this", x) == checks.Feedback(False, None, ROUNDED)
    for x in others:
        assert check("entropy/this", x).message.startswith("Not yet: too")


def test_a_tensor(planted):
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")  # torch's own words

    x = Tensor()
    said = "This is a tensor that requires grad; a number was expected. Take its .detach()."
    assert check("entropy/number", x).message == check("entropy/number", [x, x]).message == said
    assert check("entropy/function", lambda T: x).message == "At T = 2 your function returns " + said[8:]


@pytest.mark.parametrize(("mistake", "factor", "power"), COMMON)
def test_mistakes_that_any_exercise_knows(planted, mistake, factor, power):
    for name, answer in [("number", -3.7), ("array", ARRAY)]:
        with np.errstate(divide="ignore"):
            wrong = factor * np.power(answer, float(power))
        if np.all(np.isfinite(wrong)):
            assert check(f"entropy/{name}", wrong).mistake == mistake
    if factor > 0:
        assert check("entropy/function", lambda T: factor * (T**2) ** power).mistake == mistake


def test_the_tolerance_is_the_exercise_s_own(planted):
    assert check("entropy/narrow", 100.00009)
    assert check("entropy/narrow", 100.0002).message.startswith("Not yet: too large by less than 1 %")
    assert check("entropy/number", -3.7 * 1.0049) and not check("entropy/number", -3.7 * 1.0051)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([[1.5, 1e-12], [4, 4]], "Right."),
        ([[1.5, 4], [0, 4]], "Not yet. This looks like a transposition."),
        ([[1.5, 0], [5, 6]], "Not yet: entry [1, 0] is too large by 25 %; 2 of 4 are right."),
        ([[2, 0], [4, 4]], ROUNDED),
        ([[1, 0], [4, 4]], "Not yet: entry [0, 0] is too small by 33 %; 3 of 4 are right."),
        ([[1.5, 0], [4, math.nan]], "Not yet: entry [1, 1] is not a finite number; 3 of 4 are right."),
        ([1.5, 0, 4, 4], "This is an array of shape (4,); an array of shape (2, 2) was expected."),
        ([[1.5, 0], [4]], "This is a ragged list; an array of shape (2, 2) was expected."),
        (1.5, "This is a number; an array of shape (2, 2) was expected."),
    ],
)  # fmt: skip
def test_an_array(planted, answer, said):
    assert repr(check("entropy/array", answer)) == said


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda x: x * x, "Right."),
        (np.square, "Right."),
        (lambda T: T, "Not yet. This looks like T."),
        (lambda T: 1.2 * T**2, "Not yet: at T = 2 your function gives 4.8, too large by 20 %."),
        (lambda T: 4.0, "Not yet: at T = 3 your function gives 4, too small by a factor of 2.3."),
        (lambda T: math.inf, "Not yet: at T = 2 your function gives inf, not a finite number."),
        (lambda T: np.float64(1) / 0, "Not yet: at T = 2 your function gives inf, not a finite number."),
        (lambda T: ..., UNANSWERED),
        (..., UNANSWERED),
        (
            lambda T: None,
            "At T = 2 your function returns None; a number was expected. Is its return missing?",
        ),
        (lambda T: [T], "At T = 2 your function returns an array of shape (1,); a number was expected."),
        (lambda T: 1 / (T - 2), "At T = 2 your function raises ZeroDivisionError: float division by zero."),
        (lambda T: T[0], "At T = 2 your function raises TypeError: 'float' object is not subscriptable."),
        (9.0, "This is a number; a function of T was expected."),
    ],
)
def test_a_function(planted, answer, said):
    assert repr(check("entropy/function", answer)) == said


def test_a_function_of_an_array_that_changes_it(planted):
    def halves(x, T):
        x /= T
        return x

    assert check("entropy/field", halves) and check("entropy/field", halves)
    assert check("entropy/field", lambda x, T: x / T + [0, 0, 1]).message == (
        "Not yet: at x = [3, 6, 9], T = 0.7 your function gives 13.86 as entry [2], too large by 8 %."
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (4, "There is no choice 4: they are numbered from 1 to 3."),
        (1.5, "There is no choice 1.5: they are numbered from 1 to 3."),
        ("a state", "This is text ('a state'); a choice, its text or its number from 1 to 3, was expected."),
        (..., UNANSWERED),
    ],
)
def test_a_choice_that_is_none(answer, said):
    feedback = check("entropy/think-macrostate", answer)
    assert (feedback.right, feedback.mistake, feedback.message) == (False, None, said)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("entropy/loaded-dice", "there is no exercise 'entropy/loaded-dice'; the nearest are entropy/l"),
        ("entropi/loaded-die", "chapters are .*entropy, partition-functions; got 'entropi/loaded-die'"),
        ("loaded-die", "got 'loaded-die'"),
        (3, "got 3"),
    ],
)  # fmt: skip
def test_an_unknown_name(name, said):
    with pytest.raises(ValueError, match=said):
        check(name, 1.0)


def test_feedback_stays_as_it_is():
    feedback = check("entropy/loaded-die", 1.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        feedback.right = True
