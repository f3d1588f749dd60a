"""`Question` on a page without a kernel: it says what `check` says."""

import importlib
import json
import math
import pkgutil

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import visit, write
from reading import grave, overflowing
from thermolib import exercises
from thermolib.checks import COMMON, RIGHT, ROUNDED, Exercise, check, find
from thermolib.widgets.host import stylesheet
from thermolib.widgets.question import Question

NUMBER, CHOICE = "entropy/loaded-die", "entropy/think-macrostate"


def answer(page, text):
    """Write `text` into the only field, press Enter, and return what is said."""
    page.get_by_role("textbox").fill(text)
    page.get_by_role("textbox").press("Enter")
    return page.get_by_role("status").inner_text()


def asked():
    """The names of all exercises that a Question can ask."""
    for module in pkgutil.iter_modules(exercises.__path__):
        records = importlib.import_module(f"thermolib.exercises.{module.name}").EXERCISES
        for own, record in records.items():
            if not callable(record.answer) and np.ndim(record.answer) == 0:
                yield f"{module.name.replace('_', '-')}/{own}"


# --- the same words as in the notebook


def test_every_number_says_what_check_says(page, tmp_path, record):
    names = [name for name in asked() if not find(name).choices]
    assert len(names) > 5
    visit(page, tmp_path, *(Question(name).to_html() for name in names))
    for form, name in zip(page.locator("form").all(), names, strict=True):
        exercise = find(name)
        y = float(exercise.answer)
        off = [0, -2.6, 1 / 123, 1 / 8.9, 0.59, 0.98, 1, 1.2504, 1.2564, 3.14, 27.4, 500, 1e6]
        off += [1 + 0.9 * exercise.tolerance, 1 + 1.1 * exercise.tolerance]
        known = [factor * y**power for _, factor, power in COMMON]
        for x in [*(y * one for one in off), *known, *map(float, exercise.mistakes.values())]:
            form.get_by_role("textbox").fill(repr(x))
            form.get_by_role("button").click()
            said = form.get_by_role("status").inner_text()
            assert said == check(name, x).message, (name, x)
    assert record.errors == []


def test_a_negative_answer_too(page, tmp_path, monkeypatch):
    planted = {"planted": Exercise("a number", -3.7, {"a slip": 5.1})}
    monkeypatch.setattr(importlib.import_module("thermolib.exercises.entropy"), "EXERCISES", planted)
    visit(page, tmp_path, Question("entropy/planted").to_html())
    for x in (-3.7, -3.6, -3.72, -4.0, -4.01, -9.0, -0.1, 5.1, 3.7, 2.0, 0.0):
        assert answer(page, repr(x)) == check("entropy/planted", x).message


@pytest.mark.parametrize("y", [2.161, 2.5, -2.5, 0.345, -44.0, 17685.9, 9.96, 0.0301, 1.45e-7])
def test_what_is_rounded_is_the_same_too(page, tmp_path, monkeypatch, y):
    planted = {"planted": Exercise("a number", y, tolerance=1e-3)}
    monkeypatch.setattr(importlib.import_module("thermolib.exercises.entropy"), "EXERCISES", planted)
    visit(page, tmp_path, Question("entropy/planted").to_html())
    signs = {RIGHT: "✓", ROUNDED: ""}
    for x in {float(f"{y * k / 10:.{n}g}") for n in (1, 2) for k in range(8, 13)}:
        said = check("entropy/planted", x).message
        assert answer(page, repr(x)) == said, x
        assert page.get_by_role("status").get_attribute("data-sign") == signs.get(said, "✗")


@pytest.mark.parametrize("name", [name for name in asked() if find(name).choices])
def test_every_choice_says_what_check_says(page, tmp_path, name):
    visit(page, tmp_path, Question(name).to_html())
    assert page.get_by_role("group", name=find(name).question).count() == 1
    for number, text in enumerate(find(name).choices, start=1):
        page.get_by_role("radio", name=text, exact=True).check()
        page.get_by_role("button", name="Check").click()
        assert page.get_by_role("status").inner_text() == check(name, number).message


# --- what may be written


@pytest.mark.parametrize(
    "text", ["2.161", " +2.161 ", "2,161", "2.161E0", "216.1e-2", "2161/1000", "4.322 / 2", "0,2161/.1"]
)
def test_ways_to_write_a_number(page, tmp_path, text):
    visit(page, tmp_path, Question(NUMBER).to_html())
    assert answer(page, text) == "Right."


@pytest.mark.parametrize(
    ("text", "y"),
    [
        ("0,123", 0.123),
        ("2,161", 2.161),
        ("2,161", 2161),
        ("256,233", 256233),
        ("256,233.0", 256233),
        ("20,431", 20431),
        ("20,431", 20.431),
        ("-20,431", -20431),
        ("2,260,879", 2260879),
        ("17 700", 17700),
        ("17\u202f700", 17700),
        ("17\u2009700,5", 17700.5),
        ("1\u00a0017\u00a0700.5", 1017700.5),
        ("17'700", 17700),
        ("17’700", 17700),
        ("1,000/8", 125),
        ("1/8,000", 1 / 8000),
        ("17,700e-3", 17.7),
    ],
)
def test_digits_in_groups(page, tmp_path, monkeypatch, text, y):
    planted = {"planted": Exercise("a number", y, tolerance=1e-9)}
    monkeypatch.setattr(importlib.import_module("thermolib.exercises.entropy"), "EXERCISES", planted)
    visit(page, tmp_path, Question("entropy/planted").to_html())
    assert answer(page, text) == RIGHT


@pytest.mark.parametrize(
    ("text", "x"),
    [
        ("30,001", 30001),  # the known mistake
        ("5,000", 5000),  # the usual mistake: half of it
        ("12,000", 12.0),  # neither: a decimal comma
        ("0,123", 0.123),  # no group begins with zero
        ("12 000", 12000),
    ],
)
def test_of_two_meanings_the_known_mistake_comes_first(page, tmp_path, monkeypatch, text, x):
    planted = {"planted": Exercise("a number", 10000, {"a slip": 30001})}
    monkeypatch.setattr(importlib.import_module("thermolib.exercises.entropy"), "EXERCISES", planted)
    visit(page, tmp_path, Question("entropy/planted").to_html())
    assert answer(page, text) == check("entropy/planted", x).message


def test_a_true_minus(page, tmp_path):
    visit(page, tmp_path, Question(NUMBER).to_html())
    assert answer(page, "−2.161") == check(NUMBER, -2.161).message != check(NUMBER, 2.161).message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "No answer yet: write a number."),
        ("two", "“two” is not a number: write it like 0.5, 1e-3 or 1/3."),
        ("1.2.3", "“1.2.3” is not a number"),
        ("1,00,000", "“1,00,000” is not a number"),
        ("12 34", "“12 34” is not a number"),
        ("1,000 000", "“1,000 000” is not a number"),
        ("1,000,5", "“1,000,5” is not a number"),
        ("1/2/3", "“1/2/3” is not a number"),
        ("1/", "“1/” is not a number"),
        ("50 %", "“50 %” is not a number"),
        ("1/0", "“1/0” is not a finite number."),
        ("1e999", "“1e999” is not a finite number."),
        ("<b>1</b>", "“<b>1</b>” is not a number"),
    ],
)
def test_what_is_no_number_is_said(page, tmp_path, record, text, said):
    visit(page, tmp_path, Question(NUMBER).to_html())
    assert answer(page, text).startswith(said)
    assert page.get_by_role("status").get_attribute("data-sign") == ""
    assert record.errors == []


# --- how it behaves


def test_feedback_has_a_sign_and_goes_when_the_answer_changes(page, tmp_path):
    visit(page, tmp_path, Question(NUMBER).to_html())
    status = page.get_by_role("status")
    assert status.get_attribute("aria-live") == "polite" and status.inner_text() == ""
    for text, sign in [("2.161", "✓"), ("2.4", "✗")]:
        answer(page, text)
        assert status.get_attribute("data-sign") == sign
        assert sign in status.evaluate("node => getComputedStyle(node, '::before').content")
    page.get_by_role("textbox").press("1")
    assert status.inner_text() == "" and status.get_attribute("data-sign") == ""


def test_two_questions_and_the_keyboard_alone(page, tmp_path):
    visit(page, tmp_path, Question(CHOICE).to_html(), Question(CHOICE).to_html())
    first, second = page.get_by_role("status").all()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert first.inner_text() == "No answer yet: choose one."
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    assert first.inner_text() == check(CHOICE, 1).message
    page.keyboard.press("ArrowDown")
    assert first.inner_text() == "" and second.inner_text() == ""
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert first.inner_text() == check(CHOICE, 2).message
    assert page.get_by_role("radio", checked=True).count() == 1  # the second question is untouched


@pytest.mark.parametrize("name", [NUMBER, CHOICE])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessible_and_narrow(page, tmp_path, name, theme):
    page.set_viewport_size({"width": 320, "height": 600})
    visit(page, tmp_path, Question(name).to_html(), theme=theme)
    if name == CHOICE:
        page.get_by_role("radio").last.check()
    else:
        page.get_by_role("textbox").fill("1")
    page.get_by_role("button").click()
    assert page.get_by_role("status").inner_text()
    assert grave(Axe().run(page)) == []
    assert overflowing(page) == []


@pytest.mark.parametrize("name", [NUMBER, CHOICE])
def test_without_javascript_the_question_stands_there_and_nothing_dead(browser, tmp_path, name):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(write(tmp_path, Question(name).to_html()))
    assert page.get_by_text(find(name).question).is_visible()
    assert [item.inner_text() for item in page.get_by_role("listitem").all()] == list(find(name).choices)
    assert page.locator("input, button").count() == 0
    chosen, choices = find(name).answer, find(name).choices
    told = page.get_by_text(f"{chosen}. {choices[chosen]}" if choices else "2.161", exact=True)
    assert not told.is_visible()
    page.get_by_text("Answer", exact=True).click()
    assert told.is_visible()
    context.close()


@pytest.mark.parametrize(
    ("y", "written"),
    [(2.1609640474, "2.161"), (-44.0, "−44"), (17685.93, "17686"), (3e-5, "3e−05")],
)
def test_how_the_folded_answer_is_written(monkeypatch, y, written):
    planted = {"planted": Exercise("a number", y)}
    monkeypatch.setattr(importlib.import_module("thermolib.exercises.entropy"), "EXERCISES", planted)
    assert f"<p>{written}</p>" in Question("entropy/planted").still_html()


@pytest.mark.parametrize("name", [NUMBER, CHOICE])
def test_in_print_the_question_and_the_choices_stay(page, tmp_path, name):
    visit(page, tmp_path, Question(name).to_html())
    page.get_by_role("button").click()
    page.emulate_media(media="print")
    assert page.get_by_text(find(name).question).is_visible()
    assert all(page.get_by_text(text, exact=True).is_visible() for text in find(name).choices)
    for gone in ("input", "button", ".thermo-feedback"):
        assert not any(node.is_visible() for node in page.locator(gone).all())


def test_a_page_that_cannot_run_it_says_so(page, tmp_path):
    page.add_init_script("URL.createObjectURL = () => { throw new Error('not here'); }")
    page.goto(write(tmp_path, Question(CHOICE).to_html()))
    page.get_by_text("(This browser cannot run the interactive figure: not here)").wait_for()
    assert page.get_by_role("listitem").count() == 3


# --- in Python


def test_what_a_page_pays_for_it():
    """A kilobyte a question, and what all of them share besides the style of every widget."""
    for name in asked():
        state = json.dumps(Question(name).page_state(), ensure_ascii=False, separators=(",", ":"))
        assert len(state.encode()) <= 1024
    own_style = len(Question(NUMBER)._css) - len(stylesheet("widget.css"))
    assert len(str(Question(NUMBER)._esm).encode()) + own_style <= 9 * 1024


def test_the_answer_is_that_of_check():
    for name in asked():
        state = Question(name).exercise
        number = (
            state["answer"]
            if "tolerance" in state
            else 1 + [t for t, _ in state["choices"]].index(state["answer"])
        )
        assert check(name, number).right
        assert all(math.isfinite(wrong) for _, wrong in state.get("mistakes", []))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("entropy/softmax-temperature", "'entropy/softmax-temperature' asks for a function: use check"),
        ("entropy/two-constraints", "asks for an array: use check"),
        ("entropy/loaded", "the nearest are"),
        (None, "got None"),
    ],
)
def test_bad_input(name, said):
    with pytest.raises(ValueError, match=said):
        Question(name)
