"""`WritingLab` as a reader meets it: on a page without a kernel, opened from disk; and from Python."""

import re
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pytest
from pages import press, texts, visit, write
from playwright.sync_api import expect
from thermolib import characters
from thermolib.palette import temperature_color
from thermolib.widgets.kit.host import HOST
from thermolib.widgets.writing_lab import WritingLab

BOOK = characters.alice()
SMALL = {"text": BOOK.read[:6000], "unread": BOOK.read[6000:6400]}


@pytest.fixture
def page(window):
    return window()


def text(page):
    return page.locator(".thermo-page").inner_text()


def rows(page):
    """Return the table, once the unread chapter is read."""
    expect(page.locator(".thermo-status")).not_to_contain_text("It reads the unread chapter.")
    return texts(page.locator("tbody tr"))


def written(page):
    said = page.locator(".thermo-status").inner_text()
    return int(re.search(r"([\d,]+) letters? written", said)[1].replace(",", ""))


def slider(page, quantity):
    """Each slider has the lab's name behind its own."""
    return page.get_by_label(re.compile(f"^{re.escape(quantity)}, .*Writing machine$"))


def test_numbers_and_letters_are_those_of_thermolib(still_page, record, tmp_path):
    """By keyboard: a slider moves, the text goes on, the sums begin anew; Reset writes the same again."""
    page = visit(still_page, tmp_path, WritingLab(1, **SMALL).to_html())
    first = text(page)
    assert written(page) == 420 and set(first) <= {*SMALL["text"], "¶"}
    k, T, mass = 1, 1.0, 1.0
    for moved, key, said in [
        ("temperature T", "ArrowRight", "T = 1.05"),
        ("memory k", "ArrowRight", "2 letters"),
        ("top-p, the probability kept", "ArrowLeft", "0.99"),
    ]:
        model = characters.fit(SMALL["text"], k)
        written_, for_ever, unread = rows(page)
        H = characters.surprises(model, SMALL["unread"], T, mass=mass).mean()
        assert [float(x) for x in unread] == pytest.approx([H, np.exp(H)], abs=5.1e-3)
        rate = characters.entropy_rate(model, T) if k < 2 else None
        shown = [f"{rate:.3f}", f"{np.exp(rate):.2f}"] if k < 2 else ["known for k = 0 and 1", ""]
        assert for_ever == shown
        assert written_[0].startswith("≈ ")  # too few for an error
        before = text(page)
        slider(page, moved).press(key)
        assert slider(page, moved).get_attribute("aria-valuetext") == said
        assert written(page) == 100  # a drag is answered where motion is not wanted
        assert text(page).startswith(before)
        k, T, mass = (k + (moved[0] == "m"), T + 0.05 * (moved[0:2] == "te"), 1.0)
    assert rows(page)[2] == ["∞", "∞"]
    assert "impossible" in page.locator(".thermo-status").inner_text()
    press(page, "Write one")
    assert written(page) == 101
    press(page, "Write 1000")
    assert written(page) == 1101 and re.fullmatch(r"\d\.\d{3} ± 0\.\d{3}", rows(page)[0][0])
    press(page, "Reset")
    assert text(page) == first and written(page) == 420
    assert record.errors == []
    assert [url for url in record.requests if not url.startswith(("file:", "blob:", "data:"))] == []


def test_a_bar_is_as_high_as_a_letter_is_surprising(still_page, tmp_path):
    """Read back from the page, to a hundredth of the highest bar, eight bits."""
    page = visit(still_page, tmp_path, WritingLab(2, T=0.8, **SMALL).to_html())
    letters = page.locator(".thermo-page span")
    highs = letters.evaluate_all("all => all.map(x => Number(x.style.getPropertyValue('--high')))")
    passage = "".join(letters.all_text_contents()).replace("¶", "")
    model = characters.fit(SMALL["text"], 2)
    exact = characters.surprises(model, "\n" + passage, 0.8)[1:] / np.log(2) / 8
    assert highs == pytest.approx(np.minimum(1, exact), abs=1e-3)
    assert len(set(highs)) > 20
    heights = letters.evaluate_all("all => all.map(x => getComputedStyle(x).backgroundSize)")
    assert len(set(heights)) > 20  # not by colour alone


def test_a_full_page_loses_whole_lines_and_no_line_breaks_anew(still_page, tmp_path):
    page = visit(still_page, tmp_path, WritingLab(2, **SMALL).to_html())
    press(page, "Write 1000")
    lines = """() => Object.values(Object.groupBy([...document.querySelectorAll(".thermo-page span")],
        (x) => x.getBoundingClientRect().top)).map((line) => line.map((x) => x.textContent).join(""))"""
    before = page.evaluate(lines)
    page.evaluate(
        """() => {
            const one = [...document.querySelectorAll("button")].find((x) => x.textContent === "Write one");
            for (let i = 0; i < 30; i++) one.click();
        }"""
    )
    after = page.evaluate(lines)
    assert before[-3] in after and before[-2] in after
    box, last = (
        page.locator(which).bounding_box() for which in (".thermo-page", ".thermo-page span:last-child")
    )
    assert box["y"] < last["y"] and last["y"] + last["height"] <= box["y"] + box["height"] + 1


def test_runs_pauses_and_looks(page, tmp_path):
    """On a phone, in the dark, in motion: it writes, nothing overflows, and no screen reader is flooded."""
    page.set_viewport_size({"width": 375, "height": 700})
    visit(page, tmp_path, WritingLab(3, **SMALL).to_html(), theme="dark")
    page.wait_for_function(
        "() => parseInt(/(\\d+) letters/.exec(document.querySelector('.thermo-status').textContent)[1]) > 425"
    )
    assert page.locator(".thermo-status").get_attribute("aria-live") == "off"
    press(page, "Pause")
    assert page.locator(".thermo-status").get_attribute("aria-live") == "polite"
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    label = page.locator(".thermo-page").get_attribute("aria-label")
    assert label.startswith("What it wrote last: ") and len(label) < 200
    now = page.locator(".thermo-page").evaluate("x => getComputedStyle(x).getPropertyValue('--now')")
    assert now == temperature_color(1.0)


def test_a_still_passage_without_javascript(window, tmp_path):
    page = window(java_script_enabled=False)
    lab = WritingLab(2, 0.5, 0.9, seed=3, **SMALL)
    page.goto(write(tmp_path, lab.to_html()))
    image = page.get_by_role(
        "img", name=re.compile("Written at T = 0.5, top-p 0.90, with a memory of 2 letters")
    )
    assert image.evaluate("image => image.naturalWidth") > 0
    assert "Perplexity of chapter XII, which it has not read: inf" in page.locator("figcaption").inner_text()
    uri, alt, _ = lab.still()
    svg = ElementTree.fromstring(unquote(uri.removeprefix("data:image/svg+xml,")))
    lines = [line.text.replace("\u00a0", " ") for line in svg.iter("{http://www.w3.org/2000/svg}text")]
    model = characters.fit(SMALL["text"], 2)
    passage = characters.generate(model, 330, 0.5, mass=0.9, start="\n", rng=3).text
    assert "".join(lines) == passage.replace("\n", "¶") and passage in alt
    assert len(uri) < 15_000


def test_light_enough_and_reproducible():
    html = WritingLab().to_html()
    assert html == WritingLab().to_html()
    assert len(html.encode()) - len(HOST) - len(BOOK.read) - len(BOOK.unread) < 45_000


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"k": 8}, "k must be an integer from 0 to 7, got 8"),
        ({"T": 0.0}, "T must lie in 0.1 … 10.0, got 0.0"),
        ({"top_p": 0.0}, "top_p must lie in 0.05 … 1, got 0.0"),
        ({"text": "aaaa"}, "text must be a text of at least two different letters, got 'aaaa'"),
        ({"unread": 3}, "unread must be a text .* got 3"),
        ({"text": "ab", "unread": "abc"}, r"line break, got none of \['\\n', 'c'\]"),
        ({"seed": -1}, "seed must be an integer from 0 to 4294967295, got -1"),
    ],
)
def test_bad_input_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        WritingLab(**{**SMALL, **options})


def test_bad_input_is_refused_later_too():
    lab = WritingLab(**SMALL)
    for name, wrong in (("k", -1), ("T", 11.0), ("top_p", 2.0), ("text", "")):
        with pytest.raises(ValueError, match=f"{name} must"):
            setattr(lab, name, wrong)
