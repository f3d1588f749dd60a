"""`Question` on a page without a kernel: it says what `check` says."""

import gzip
import html
import importlib
import json
import math
import pkgutil
from urllib.parse import quote

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import visit, write
from reading import grave, overflowing
from thermolib import checks, exercises
from thermolib.checks import COARSE, COMMON, FARTHER, FINE, IMPRECISE, Exercise, check, find, shuffled
from thermolib.widgets.kit.host import stylesheet
from thermolib.widgets.question import Question, Review, _typeset

NUMBER, CHOICE = "entropy/loaded-die", "entropy/think-macrostate"


@pytest.fixture
def page(window):
    return window()


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


@pytest.fixture(scope="module")
def shelf(browser, tmp_path_factory):
    """Open one page on which a Question can be asked anew, as often as is wanted."""
    context = browser.new_context()
    page = context.new_page()
    visit(page, tmp_path_factory.mktemp("shelf"), Question(NUMBER).to_html())
    page.evaluate("text => import(text).then(module => { globalThis.question = module.default; })", MODULE)
    yield page
    context.close()


def said(shelf, question, texts):
    """Ask `question` anew, answer with each of the texts in turn, and return the signs and the replies."""
    replies = shelf.evaluate(ANSWER, [question.page_state(), texts])
    return [[sign, html.unescape(reply)] for sign, reply in replies]


def written(message):
    """Return a message as it stands on a page: its marks, as in T_c, are what Python makes of them."""
    return html.unescape(_typeset(message))


MODULE = f"data:text/javascript;charset=utf-8,{quote(str(Question(NUMBER)._esm))}"
ANSWER = """([state, texts]) => {
    const el = document.createElement("div");
    document.body.append(el);
    globalThis.question.render({ model: { get: name => state[name] }, el });
    const said = texts.map(text => {
        if (state.exercise.choices) el.querySelectorAll("input")[text].checked = true;
        else el.querySelector("input").value = text;
        el.querySelector("form").requestSubmit();
        const { dataset, innerHTML } = el.querySelector("[role=status]");
        return [dataset.sign, innerHTML];
    });
    el.remove();
    return said;
}"""


def planted(monkeypatch, **record):
    """Return the name of an exercise made of `record`, of which nothing has been asked yet."""
    module = importlib.import_module("thermolib.exercises.entropy")
    monkeypatch.setattr(module, "EXERCISES", {"planted": Exercise("a number", **record)})
    checks._wrong_answers.clear()
    return "entropy/planted"


def same_replies(shelf, name, answers):
    """Ask `check` and the page the same, in the same order, and so with the same number of tries."""
    checks._wrong_answers.clear()
    feedback = [check(name, x) for x in answers]
    signs = ["✓" if one else "" if one.message == IMPRECISE else "✗" for one in feedback]
    on_the_page = said(shelf, Question(name), [repr(float(x)) for x in answers])
    assert on_the_page == [[sign, written(one.message)] for sign, one in zip(signs, feedback, strict=True)]
    return {one.message for one in feedback}


# --- the same words as in the notebook


@pytest.mark.parametrize("name", [name for name in asked() if not find(name).choices])
def test_every_number_says_what_check_says(shelf, name):
    """The right one, each mistake, and how far off: first coarsely, then finely, then coarsely again."""
    exercise = find(name)
    y, known = float(exercise.answer), [*map(float, exercise.mistakes.values())]
    known += [factor * y**power for _, factor, power in COMMON]
    off = [y * factor for factor in (0.59, 0, 1.2564, 3.14, 27.4, -2.6, 1 / 123, 1e6)]
    off += [y * (1 + side * exercise.tolerance) for side in (-1.1, -0.9, 0.9, 1.1)]
    replies = same_replies(shelf, name, [*off[:5], *known, *off, y, *off, *known])
    assert any("by a factor between" in reply for reply in replies)


def test_how_far_off_is_said_in_the_same_words_at_every_limit(shelf, monkeypatch):
    y = 0.0731
    name = planted(monkeypatch, answer=y)
    ratios = [limit * side for limit, _ in {*COARSE, *FINE} for side in (0.99, 0.998, 1.0, 1.01, 1.04)]
    wrong = [x for ratio in ratios for x in (y * ratio, y / ratio)]
    for ladder, answers in [(COARSE, [x for one in wrong for x in (one, y)]), (FINE, wrong)]:
        replies = same_replies(shelf, name, [*answers, 0.0, -4 * y])
        for words in [*(words for _, words in ladder), FARTHER]:
            assert any(words in reply for reply in replies)


@pytest.mark.parametrize("y", [-3.7, 2.161, 2.5, -2.5, 0.345, 0.36, -44.0, 17685.9, 9.96, 0.0301, 1.45e-7])
@pytest.mark.parametrize("units", [{"": 1.0}, {"nats": 1.0, "bits": 1 / math.log(2)}])
def test_rounded_negative_and_in_other_units(shelf, monkeypatch, y, units):
    name = planted(monkeypatch, answer=y, mistakes={"a slip": 5.1}, tolerance=1e-3, units=units)
    numbers = {
        float(f"{y * unit * k / 10:.{n}g}")
        for n in (1, 2, 3, 4)
        for k in range(8, 13)
        for unit in units.values()
    }
    slips = [x for unit in units.values() for x in (5.1 * unit, 2 * y * unit, 1 / (y * unit))]
    replies = same_replies(shelf, name, [*sorted(numbers), *slips, -y, 0.0, y])
    assert IMPRECISE in replies or y not in (2.161, 9.96, 0.0301)


def test_the_reply_is_finer_from_the_fourth_wrong_answer_on(shelf):
    coarse, fine = (
        f"Not yet: too large by {words}." for words in ("less than 20 %", "a factor between 1.1 and 1.2")
    )
    replies = [
        reply
        for _, reply in said(shelf, Question(NUMBER), ["2.4", "", "2.4", "two", "2.4", "2.4", "2.161", "2.4"])
    ]
    assert [replies[k] for k in (0, 2, 4, 5, 7)] == [coarse, coarse, coarse, fine, coarse]
    assert said(shelf, Question(NUMBER), ["2.4"]) == [["✗", coarse]]  # each question counts its own


@pytest.mark.parametrize("name", [name for name in asked() if find(name).choices])
def test_every_choice_says_what_check_says(shelf, name):
    """In the order that `check` counts."""
    question, order = Question(name), shuffled(name, find(name))
    assert [text for text, _ in question.exercise["choices"]] == order
    feedback = [check(name, number) for number in range(1, len(order) + 1)]
    assert feedback == [check(name, text) for text in order]
    replies = said(shelf, question, list(range(len(order))))
    assert replies == [["✓" if one else "✗", written(one.message)] for one in feedback]


def test_the_choices_stand_in_the_order_that_check_counts(page, tmp_path):
    visit(page, tmp_path, Question(CHOICE).to_html())
    assert page.get_by_role("group", name=find(CHOICE).question).count() == 1
    for number, text in enumerate(shuffled(CHOICE, find(CHOICE)), start=1):
        page.get_by_role("radio", name=text, exact=True).check()
        assert page.get_by_role("radio").nth(number - 1).is_checked()
        page.get_by_role("button", name="Check").click()
        assert page.get_by_role("status").inner_text() == check(CHOICE, number).message


# --- what may be written


@pytest.mark.parametrize(
    "text", ["2.161", " +2.161 ", "2,161", "2.161E0", "216.1e-2", "2161/1000", "4.322 / 2", "0,2161/.1"]
)
def test_ways_to_write_a_number(shelf, text):
    assert said(shelf, Question(NUMBER), [text]) == [["✓", "Right."]]


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
def test_digits_in_groups(shelf, monkeypatch, text, y):
    name = planted(monkeypatch, answer=y, tolerance=1e-9)
    assert said(shelf, Question(name), [text]) == [["✓", "Right."]]


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
def test_of_two_meanings_the_known_mistake_comes_first(shelf, monkeypatch, text, x):
    name = planted(monkeypatch, answer=10000, mistakes={"a slip": 30001})
    assert said(shelf, Question(name), [text]) == [["✗", check(name, x).message]]


def test_a_true_minus(shelf):
    assert said(shelf, Question(NUMBER), ["−2.161"]) == [["✗", check(NUMBER, -2.161).message]]


@pytest.mark.parametrize(
    ("text", "reply"),
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
def test_what_is_no_number_is_said(shelf, text, reply):
    ((sign, replied),) = said(shelf, Question(NUMBER), [text])
    assert sign == "" and replied.startswith(reply)


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
def test_without_javascript_the_question_stands_there_and_nothing_dead(window, tmp_path, name):
    page = window(java_script_enabled=False)
    page.goto(write(tmp_path, Question(name).to_html()))
    assert page.get_by_text(find(name).question).is_visible()
    listed = [item.inner_text() for item in page.get_by_role("listitem").all()]
    assert listed == shuffled(name, find(name))
    assert page.locator("input, button").count() == 0
    chosen, choices = find(name).answer, find(name).choices
    told = page.get_by_text(f"{chosen}. {choices[chosen]}" if choices else "2.161", exact=True)
    assert not told.is_visible()
    page.get_by_text("Answer", exact=True).click()
    assert told.is_visible()


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("T_c and T_eff", "T<sub>c</sub> and T<sub>eff</sub>"),
        ("e^n, e^(−E/T)", "e<sup>n</sup>, e<sup>−E/T</sup>"),
        ("e^((z − max z)/T) < 1", "e<sup>(z − max z)/T</sup> < 1"),
        ("at T_c^2_", "at T<sub>c</sub><sup>2</sup>_"),
        ("σ_w² = 1", "σ<sub>w</sub>² = 1"),
        ("2 ^ 3 and (a)", "2 ^ 3 and (a)"),
    ],
)
def test_marks_stand_lower_and_higher_on_the_page_and_without_javascript(shelf, monkeypatch, text, seen):
    assert written(text) == seen
    name = planted(monkeypatch, answer=2.0, mistakes={text: 7.0})
    assert said(shelf, Question(name), ["7"]) == [["✗", f"Not yet. This looks like {seen}."]]


@pytest.mark.parametrize(
    ("y", "units", "written"),
    [
        (2.1609640474, {"": 1}, "2.161"),
        (-44.0, {"": 1}, "−44"),
        (17685.93, {"": 1}, "17686"),
        (3e-5, {"": 1}, "3e−05"),
        (0.25, {"nats": 1, "bits": 1.4427}, "0.25 nats"),
    ],
)
def test_how_the_folded_answer_is_written(monkeypatch, y, units, written):
    name = planted(monkeypatch, answer=y, units=units)
    assert f"<p>{written}</p>" in Question(name).still_html()


@pytest.mark.parametrize("name", [NUMBER, CHOICE])
def test_in_print_the_question_and_the_choices_stay(page, tmp_path, name):
    visit(page, tmp_path, Question(name).to_html())
    page.get_by_role("button").click()
    page.emulate_media(media="print")
    assert page.get_by_text(find(name).question).is_visible()
    assert all(page.get_by_text(text, exact=True).is_visible() for text in find(name).choices)
    for gone in ("input", "button", ".thermo-feedback"):
        assert not any(node.is_visible() for node in page.locator(gone).all())


def test_a_page_that_cannot_run_it_says_so(new_page, tmp_path):
    new_page.add_init_script("URL.createObjectURL = () => { throw new Error('not here'); }")
    new_page.goto(write(tmp_path, Question(CHOICE).to_html()))
    new_page.get_by_text("(This browser cannot run the interactive figure: not here)").wait_for()
    assert new_page.get_by_role("listitem").count() == 3


# --- in Python


def test_what_a_page_pays_for_it():
    """A kilobyte a question; six, compressed, that all of them share besides the style of every widget."""
    for name in asked():
        state = json.dumps(Question(name).page_state(), ensure_ascii=False, separators=(",", ":"))
        assert len(state.encode()) <= 1024
    own = str(Question(NUMBER)._esm) + stylesheet("question/view.css")
    assert len(gzip.compress(own.encode())) <= 6 * 1024


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
        ("codes/huffman-length", "'codes/huffman-length' asks for a function: use check"),
        ("maximum-entropy/two-constraints", "asks for an array: use check"),
        ("entropy/loaded", "the nearest are"),
        (None, "got None"),
    ],
)
def test_bad_input(name, said):
    with pytest.raises(ValueError, match=said):
        Question(name)


# --- what was answered stays in this browser


def kept(page):
    return page.evaluate("JSON.parse(localStorage.getItem('thermo-answers') ?? '{}')")


def let_pass(page, days):
    """Let all answers be so many days older."""
    page.evaluate(
        """(days) => {
            const kept = JSON.parse(localStorage.getItem("thermo-answers"));
            for (const one of Object.values(kept)) one.at -= days * 86400000;
            localStorage.setItem("thermo-answers", JSON.stringify(kept));
        }""",
        days,
    )


def choose(page, text):
    """Choose `text` in the second question of the page, and return what is said."""
    page.get_by_label(text).check()
    page.get_by_role("button", name="Check").nth(1).click()
    return page.get_by_role("status").nth(1).inner_text()


def test_an_answer_is_there_again_with_its_reply(page, tmp_path):
    questions = [Question(name).to_html() for name in (NUMBER, CHOICE)]
    visit(page, tmp_path, *questions)
    page.get_by_role("textbox").fill("1.7")
    page.get_by_role("button", name="Check").first.click()
    replies = [page.get_by_role("status").first.inner_text(), choose(page, "a macrostate")]
    assert {name: one["times"] for name, one in kept(page).items()} == {NUMBER: 0, CHOICE: 0}
    visit(page, tmp_path, *questions)
    assert page.get_by_role("textbox").input_value() == "1.7"
    assert page.get_by_label("a macrostate").is_checked()
    assert page.get_by_role("status").all_inner_texts() == replies


def test_a_right_answer_counts_once_until_it_is_due(page, tmp_path):
    visit(page, tmp_path, Question(NUMBER).to_html())
    right = repr(float(find(NUMBER).answer))
    for days, times in [(0, 1), (0, 1), (1.9, 1), (0.2, 2), (6.8, 2), (0.3, 3), (31, 4), (89, 4), (2, 5)]:
        if days:
            let_pass(page, days)
        answer(page, right)
        assert kept(page)[NUMBER]["times"] == times, f"{days} days on"
    answer(page, "7")
    assert kept(page)[NUMBER]["times"] == 0


@pytest.mark.parametrize(
    "found", ["", "null", "7", '{"NUMBER": 3}', '{"NUMBER": {"text": "?", "times": 0, "at": 1}}']
)
def test_what_is_no_record_of_an_answer_does_no_harm(page, tmp_path, found):
    page.goto(write(tmp_path))
    page.evaluate("found => localStorage.setItem('thermo-answers', found)", found.replace("NUMBER", NUMBER))
    visit(page, tmp_path, Question(NUMBER).to_html(), Review().to_html())
    page.get_by_role("textbox").fill(repr(float(find(NUMBER).answer)))
    page.get_by_role("textbox").press("Enter")
    assert page.get_by_role("status").first.inner_text().startswith("Right")
    assert list(kept(page)) == [NUMBER]


def test_without_a_storage_all_still_works(new_page, tmp_path, record):
    new_page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('none'); } })"
    )
    visit(new_page, tmp_path, Question(NUMBER).to_html(), Review().to_html())
    new_page.get_by_role("textbox").fill(repr(float(find(NUMBER).answer)))
    new_page.get_by_role("textbox").press("Enter")
    assert new_page.get_by_role("status").first.inner_text().startswith("Right")
    assert "This browser keeps nothing" in new_page.get_by_role("status").nth(1).inner_text()
    assert record.errors == []


def test_the_review_asks_what_is_due_and_can_forget(page, tmp_path):
    visit(page, tmp_path, *(Question(name).to_html() for name in (NUMBER, CHOICE)), Review().to_html())
    status = page.locator(".thermo-review > [role=status]")
    ask_me, forget = page.locator(".thermo-review .thermo-buttons button").all()
    assert status.inner_text().startswith("You have answered no question yet") and ask_me.is_disabled()
    page.get_by_role("textbox").fill(repr(float(find(NUMBER).answer)))
    page.get_by_role("textbox").press("Enter")
    assert status.inner_text() == "No questions are to be asked again."
    choose(page, "a macrostate")
    assert status.inner_text() == "One question is to be asked again."
    all_of_them = len([name for name in asked() if name.startswith("entropy/")])
    cells = page.get_by_role("row", name="Entropy").first.get_by_role("cell")
    assert cells.all_inner_texts() == [f"2 of {all_of_them}", "1", "1"]
    ask_me.click()
    posed = page.locator(".thermo-review .thermo-question")
    assert posed.locator("legend").inner_text() == find(CHOICE).question
    assert posed.locator(":checked").count() == 0 and posed.get_by_role("status").inner_text() == ""
    posed.get_by_label(find(CHOICE).answer).check()
    posed.get_by_role("button", name="Check").click()
    assert posed.get_by_role("status").inner_text().startswith("Right")
    assert status.inner_text() == "No questions are to be asked again."
    forget.click()
    assert forget.inner_text() == "Forget them all?" and len(kept(page)) == 2
    forget.click()
    assert kept(page) == {} and ask_me.is_disabled()
