"""What `check` says, and that every record of an exercise is sound: no mistake is taken for another.

That the right answers are right is proved by `test_exercises.py`, and by the solutions in the chapters.
"""

import dataclasses
import importlib
import itertools
import math
import pkgutil
import subprocess
import sys
import threading
import time
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from thermolib import checks, exercises
from thermolib.checks import COARSE, COMMON, FINE, IMPRECISE, UNANSWERED, Exercise, check, shuffled

from declared import Fault

CHAPTERS = {
    module.name.replace("_", "-"): importlib.import_module(f"thermolib.exercises.{module.name}").EXERCISES
    for module in pkgutil.iter_modules(exercises.__path__)
}
ALL = {f"{chapter}/{own}": one for chapter, own_all in CHAPTERS.items() for own, one in own_all.items()}
CHOICES = {name: one for name, one in ALL.items() if one.choices}
VALUES = {name: one for name, one in ALL.items() if not one.choices}


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


@pytest.fixture(autouse=True)
def no_wrong_answers_yet():
    checks._wrong_answers.clear()


# --- every exercise of every chapter


@pytest.mark.parametrize("name", VALUES)
def test_four_digits_are_always_enough(name):
    exercise = VALUES[name]
    assert check(name, changed(exercise.answer, four_digits)).message.startswith("Right")


@pytest.mark.parametrize("name", [name for name, exercise in VALUES.items() if len(exercise.units) > 1])
def test_an_information_may_be_in_bits(name):
    """A nat is 1/ln 2 bits: the number in bits is the larger one."""
    assert check(name, VALUES[name].answer / math.log(2)).message == "Right, in bits."


@pytest.mark.parametrize("name", VALUES)
def test_each_mistake_is_named(name):
    for mistake, wrong in VALUES[name].mistakes.items():
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
def test_a_little_off_is_told_in_which_direction(name):
    exercise = VALUES[name]
    feedback = check(name, changed(exercise.answer, lambda x: x * (1.0203 + 2 * exercise.tolerance)))
    assert not feedback and feedback.mistake is None
    assert "too large" in feedback.message and "by less than " in feedback.message
    assert not check(name, changed(exercise.answer, lambda x: x * (1 + 1.1 * exercise.tolerance)))


@pytest.mark.parametrize("name", CHOICES)
def test_of_the_choices_one_is_right_and_each_has_its_own_feedback(name):
    exercise = CHOICES[name]
    assert len(exercise.choices) >= 3 and len(set(exercise.choices.values())) == len(exercise.choices)
    order = shuffled(name, exercise)
    assert sorted(order) == sorted(exercise.choices)
    answers = [check(name, number) for number in range(1, len(exercise.choices) + 1)]
    assert sum(map(bool, answers)) == 1
    for text, feedback in zip(order, answers, strict=True):
        said = exercise.choices[text]
        assert check(name, text) == check(name, f" {text.upper()}\n") == feedback
        assert feedback.right == (text == exercise.answer)
        assert feedback.message == f"{'Right' if feedback else 'Not yet'}. {said}"


def test_the_choices_are_shuffled():
    """Every place holds the right one somewhere, and none holds it in two thirds of all questions.

    With 40 questions of 3 or 4 choices a fair shuffle fails less than once in ten thousand times.
    """
    places = Counter(shuffled(name, one).index(one.answer) for name, one in CHOICES.items())
    assert {0, 1, 2} <= set(places) and max(places.values()) < 2 / 3 * len(CHOICES), places
    assert any(shuffled(name, one) != list(one.choices) for name, one in CHOICES.items())


def test_the_order_is_the_same_in_another_process_and_goes_by_the_name_alone():
    name = "codes/think-best-bet"
    code = "from thermolib.checks import find, shuffled; "
    code += f"print('|'.join(shuffled({name!r}, find({name!r}))))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip().split("|") == shuffled(name, ALL[name])
    # What Python's generator gives for these names, on every platform.
    orders = ["".join(shuffled(f"a/{k}", Exercise("", "x", choices=dict.fromkeys("xyz")))) for k in range(6)]
    assert orders == ["xyz", "yxz", "yxz", "zyx", "xzy", "xzy"]


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


def test_no_reply_can_be_divided_out():
    """A band spans three times what is accepted, ±5e-3, or more; but for the first, "keep more digits"."""
    for ladder in (COARSE, FINE):
        limits = [limit for limit, _ in ladder]
        assert limits == sorted(limits)
        assert all(high / low > 1 + 3 * 2 * 5e-3 for low, high in itertools.pairwise(limits))
    assert len(FINE) > len(COARSE)


# --- what check says


TWICE = "less than a factor of 2"
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
        "open": Exercise("a number", 2.0, {"a slip": 3.0}, units={"nats": 1.0, "bits": 1 / math.log(2)}),
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
        (
            -3.73,
            "Not yet: too large in absolute value by less than 1 %: keep more digits, or look for a small"
            " slip.",
        ),
        (-4.0, "Not yet: too large in absolute value by less than 20 %."),
        (-4.01, "Not yet: too large in absolute value by less than 20 %."),
        (-3.2, "Not yet: too small in absolute value by less than 20 %."),
        (-3.0, "Not yet: too small in absolute value by less than a factor of 2."),
        (-9, "Not yet: too large in absolute value by less than a factor of 10."),
        (-0.25, "Not yet: too small in absolute value by more than a factor of 10."),
        (-1850, "Not yet: too large in absolute value by more than a factor of 10."),
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
        (2.161, (2.2,), (2, 2.1, 2.3, 2.17, 2.15, 3)),
        (0.36, (), (0.4, 0.3)),  # one digit may be another number: 1 − 0.6
        (0.3333, (0.33, 0.333), (0.3, 0.34)),
        (2.55, (2.6,), (2.5, 3)),  # halves away from zero
        (-2.55, (-2.6,), (-2.5, -3)),
        (0.345, (0.35,), (0.3, 0.34, 0.4)),  # also those that no binary number is
        (-44.0, (), (-40, -45)),
        (17685.9, (), (2e4, 18000)),
        (9.96, (10,), (9, 11)),
        (0.03014, (0.03, 0.0301), (0.0, 0.031)),  # 0.030 has two digits
    ],
)
def test_an_answer_of_too_few_digits(planted, answer, rounded, others):
    exercises.entropy.EXERCISES["this"] = Exercise("a number", answer, tolerance=1e-4)
    for x in rounded:
        assert check("entropy/this", x) == checks.Feedback(False, None, IMPRECISE)
    for x in others:
        assert check("entropy/this", x).message.startswith("Not yet: too")


def test_a_limit_belongs_to_the_wider_step():
    assert check("annealing/depth", 3.0).message == "Not yet: too large by less than a factor of 2."  # 3/2.5


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("rare-events/waiting", 0.3), ("entropy/loaded-die", 2), ("annealing/waiting", 2e4),
     ("annealing/depth", 3), ("annealing/uphill", 0.1), ("codes/letters", 3)],
)  # fmt: skip
def test_one_digit_is_judged_like_any_other_number(name, wrong):
    assert check(name, wrong).message.startswith("Not yet: ")


def test_the_reply_is_finer_after_three_wrong_answers(planted):
    coarse = "Not yet: too small in absolute value by less than a factor of 2."
    fine = "Not yet: too small in absolute value by a factor between 1.5 and 2."

    def said(answer=-2.0):
        return check("entropy/number", answer).message

    assert [said(), said(), said(), said(), said()] == [coarse, coarse, coarse, fine, fine]
    assert check("entropy/array", ARRAY * 1.6).message.startswith(
        "Not yet: entry [0, 0] is too large by less"
    )
    assert said(-3.7) == "Right." and said() == coarse  # the count begins again
    for answer in (..., "a word", None, 5.1):  # what is no answer does not count; a known mistake does
        said(answer)
    assert [said(), said()] == [coarse, fine]


def test_nats_and_bits_are_both_right_where_the_question_leaves_it_open(planted):
    assert repr(check("entropy/open", 2.0)) == "Right, in nats."
    assert repr(check("entropy/open", 2.885)) == "Right, in bits."
    assert check("entropy/open", 3 / math.log(2)).mistake == "a slip"
    assert repr(check("entropy/open", 2.9)) == IMPRECISE
    assert repr(check("entropy/open", 2.5)) == "Not yet: taken as bits, too small by less than 20 %."


def test_a_tensor(planted):
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")  # torch's own words

    x = Tensor()
    said = "This is a tensor that requires grad; a number was expected. Take its .detach()."
    assert check("entropy/number", x).message == check("entropy/number", [x, x]).message == said
    assert check("entropy/function", lambda T: x).message == "At T = 2 your function returns " + said[8:]


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("number", 3.7, "the right size with the wrong sign"),
        ("number", -0.27027, "upside down: its reciprocal"),
        ("number", -7.4, "twice the right number"),
        ("number", -1.85, "half the right number"),
        ("number", -370.0, "a percentage"),
        ("array", -ARRAY, "the right size with the wrong sign"),
        ("array", 2 * ARRAY, "twice the right number"),
        ("array", ARRAY / 2, "half the right number"),
        ("array", 100 * ARRAY, "a percentage"),
        ("function", lambda T: -T * T, "the right size with the wrong sign"),
        ("function", lambda T: 1 / T**2, "upside down: its reciprocal"),
        ("function", lambda T: 2 * T * T, "twice the right number"),
        ("function", lambda T: T * T / 2, "half the right number"),
    ],
)
def test_mistakes_that_any_exercise_knows(planted, name, answer, said):
    assert said in check(f"entropy/{name}", answer).mistake


def test_all_of_them_are_tested():
    assert len(COMMON) == 5


def test_the_tolerance_is_the_exercise_s_own(planted):
    assert check("entropy/narrow", 100.00009)
    assert check("entropy/narrow", 100.0002).message.startswith("Not yet: too large by less than 1 %")
    assert check("entropy/number", -3.7 * 1.0049) and not check("entropy/number", -3.7 * 1.0051)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([[1.5, 1e-12], [4, 4]], "Right."),
        ([[1.5, 4], [0, 4]], "Not yet. This looks like a transposition."),
        ([[1.5, 0], [4.5, 6]], "Not yet: entry [1, 0] is too large by less than 20 %; 2 of 4 are right."),
        ([[2, 0], [4, 4]], f"Not yet: entry [0, 0] is too large by {TWICE}; 3 of 4 are right."),
        ([[1, 0], [4, 4]], f"Not yet: entry [0, 0] is too small by {TWICE}; 3 of 4 are right."),
        ([[1.5, 0], [4, math.nan]], "Not yet: entry [1, 1] is not a finite number; 3 of 4 are right."),
        ([1.5, 0, 4, 4], "This is an array of shape (4,); an array of shape (2, 2) was expected."),
        ([[1.5, 0], [4]], "This is a ragged list; an array of shape (2, 2) was expected."),
        (1.5, "This is a number; an array of shape (2, 2) was expected."),
    ],
)  # fmt: skip
def test_an_array(planted, answer, said):
    assert repr(check("entropy/array", answer)) == said


def test_a_more_precise_array_is_judged_no_worse(planted):
    """Entry by entry: the first that is neither right nor rounded is the one that is told."""
    row = np.array([0.39153868, 0.07538395, 0.03307737])
    exercises.entropy.EXERCISES["row"] = Exercise("an array", row, tolerance=1e-3)

    def said(digits):
        return check("entropy/row", [float(f"{x:.{digits}g}") for x in row]).message

    assert said(1) == "Not yet: entry [0] is too large by less than 20 %; 0 of 3 are right."
    assert said(2) == said(3) == IMPRECISE and said(4) == "Right."
    assert check("entropy/row", [0.4, 0.0754, 0.0331]).message.startswith("Not yet: entry [0]")
    assert check("entropy/row", [0.39, 0.0754, 0.0331]).message == IMPRECISE
    assert check("entropy/row", [0.39, 0.0754, 0.04]).message == (
        "Not yet: entry [2] is too large by less than a factor of 2; 1 of 3 are right."
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda x: x * x, "Right."),
        (np.square, "Right."),
        (lambda T: T, "Not yet. This looks like T."),
        (
            lambda T: 1.25 * T**2,
            "Not yet: at T = 2 your function gives 5, too large by less than a factor of 2.",
        ),
        (lambda T: 4.0, "Not yet: at T = 3 your function gives 4, too small by less than a factor of 10."),
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
        "Not yet: at x = [3, 6, 9], T = 0.7 your function gives 13.86 as entry [2], "
        "too large by less than 20 %."
    )


def test_a_function_that_works_in_place_is_told_to_return(planted):
    def halves(x, T):
        x /= T

    assert check("entropy/field", halves).message == (
        "At x = [3, 6, 9], T = 0.7 your function returns None; an array of shape (3,) was expected. "
        "It changes x in place: return the result instead."
    )


def for_ever(T):
    while True: pass  # fmt: skip  # noqa: E701


def for_ever_whatever_comes(T):
    while True:
        try:
            T += 1
        except:  # noqa: E722
            T = 0


def first_case_only(T):
    while T > 2.5:
        T += 0.0
    return T**2


@pytest.mark.parametrize(
    ("endless", "T"), [(for_ever, 2), (for_ever_whatever_comes, 2), (first_case_only, 3)]
)
def test_an_endless_loop_is_cut_off(planted, monkeypatch, endless, T):
    """In the main thread and in another, and nothing goes on running behind."""
    monkeypatch.setattr(checks, "SECONDS", 0.2)
    running, begun, said = threading.active_count(), time.monotonic(), []
    said.append(check("entropy/function", endless))
    other = threading.Thread(target=lambda: said.append(check("entropy/function", endless)))
    other.start()
    other.join()
    for feedback in said:
        assert feedback.mistake is None and feedback.message == (
            f"At T = {T} your function has not come back after 0.2 seconds: does a loop in it never end?"
        )
    assert time.monotonic() - begun < 20
    begun = time.monotonic()
    while threading.active_count() > running and time.monotonic() - begun < 3:
        time.sleep(0.01)  # until the last one stopped is gone
    assert threading.active_count() == running


def test_what_takes_too_long_does_not_run_on_behind_the_reply(planted, monkeypatch):
    """It ends by itself in the end: so does the process in which this is asked of a fault."""
    monkeypatch.setattr(checks, "SECONDS", 0.1)
    running, begun = threading.active_count(), time.monotonic()

    def long(T):
        while time.monotonic() < begun + 2:
            pass

    check("entropy/function", long)
    assert threading.active_count() == running


def test_a_slow_function_and_one_that_ends_the_program(planted, monkeypatch):
    monkeypatch.setattr(checks, "SECONDS", 2.0)
    assert check("entropy/function", lambda T: time.sleep(0.3) or T**2)
    said = check("entropy/function", lambda T: sys.exit("enough")).message
    assert said == "At T = 2 your function raises SystemExit: enough."


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


def test_feedback_stays_as_it_is():
    feedback = check("entropy/loaded-die", 1.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        feedback.right = True


# What is asked of every module (declared.py) ---------------------------------------------------------

CALLS = {"check": lambda: check("entropy/loaded-die", 1.0)}
BAD = {
    "a name like another": (
        lambda: check("entropy/loaded-dice", 1.0),
        "there is no exercise 'entropy/loaded-dice'; the nearest are entropy/l",
    ),
    "no such chapter": (
        lambda: check("entropi/loaded-die", 1.0),
        "chapters are .*entropy, .*partition-functions.*; got 'entropi/loaded-die'",
    ),
    "a name without a chapter": (lambda: check("loaded-die", 1.0), "got 'loaded-die'"),
    "a name that is a number": (lambda: check(3, 1.0), "got 3"),
}
FAULTS = [
    Fault(
        "a tolerance of its own in place of the exercise's",
        "rtol=tolerance",
        "rtol=0.01",
        "test_the_tolerance_is_the_exercise_s_own",
    ),
    Fault(
        "mistakes that any exercise knows before its own",
        "[*own, *usual]",
        "[*usual, *own]",
        "test_each_mistake_is_named",
    ),
    Fault(
        "one right entry taken for a right answer",
        "all(np.all(_close(x, y, tolerance))",
        "all(np.any(_close(x, y, tolerance))",
        "test_an_array",
    ),
    Fault(
        "a function compared at its first argument alone",
        "    return results\n",
        "    return results[:1]\n",
        "test_a_function",
    ),
    Fault(
        "a rounding to one digit taken for imprecision",
        "range(2, 8)",
        "range(1, 8)",
        "test_one_digit_is_judged_like_any_other_number",
    ),
    Fault(
        "an array judged imprecise by its best entry",
        "if all(np.all(_near(",
        "if all(np.any(_near(",
        "test_a_more_precise_array_is_judged_no_worse",
    ),
    Fault(
        "the narrow steps from the first wrong answer on",
        "FINE if _wrong_answers[name] >= PATIENCE else COARSE",
        "FINE",
        "test_a_number",
    ),
    Fault(
        "wrong answers that go on counting after the right one",
        "0 if feedback else _wrong_answers[name] + 1",
        "_wrong_answers[name] + 1",
        "test_the_reply_is_finer_after_three_wrong_answers",
    ),
    Fault(
        "no answer counted as a wrong one",
        "    except _Unfit as reason:\n        return Feedback",
        "    except _Unfit as reason:\n        _wrong_answers[name] += 1\n        return Feedback",
        "test_the_reply_is_finer_after_three_wrong_answers",
    ),
    Fault(
        "a step so narrow that the answer can be divided out",
        "STEPS = (1.01, 1.05, 1.1,",
        "STEPS = (1.01, 1.02, 1.05, 1.1,",
        "test_no_reply_can_be_divided_out",
    ),
    Fault(
        "a distance at a limit told by the narrower step",
        "if ratio < limit)",
        "if ratio <= limit)",
        "test_a_limit_belongs_to_the_wider_step",
    ),
    Fault(
        "bits refused where the unit is open",
        "truths = {unit: [factor * y for y in truth] for",
        "truths = {unit: [1.0 * y for y in truth] for",
        "test_nats_and_bits_are_both_right_where_the_question_leaves_it_open",
    ),
    Fault(
        "half of a quarter",
        '("half the right number", 0.5, 1)',
        '("half the right number", 0.25, 1)',
        "test_mistakes_that_any_exercise_knows",
    ),
    Fault(
        "choices in the order of the record",
        "random.Random(name).sample(list(exercise.choices), len(exercise.choices))",
        "list(exercise.choices)",
        "test_the_choices_are_shuffled",
    ),
    Fault(
        "another order in each process",
        "random.Random(name)",
        "random.Random(hash(name))",
        "test_the_order_is_the_same_in_another_process_and_goes_by_the_name_alone",
    ),
    Fault(
        "an endless loop that runs on behind the reply",
        "range(100)",
        "range(0)",
        "test_what_takes_too_long_does_not_run_on_behind_the_reply",
    ),
    Fault(
        "arguments that a function may spoil for its later calls",
        "copies = deepcopy(list(point.values()))",
        "copies = list(point.values())",
        "test_a_function_of_an_array_that_changes_it",
    ),
]
