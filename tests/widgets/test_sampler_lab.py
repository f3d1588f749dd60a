"""`SamplerLab` as a reader meets it: on a page without a kernel, opened from disk; and from Python."""

import io
import re
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from pages import press, texts, two_frames, visit, write
from PIL import Image
from thermolib.entropy import entropy, softmax, top_p
from thermolib.palette import temperature_color
from thermolib.widgets.kit.host import HOST
from thermolib.widgets.sampler_lab import LOGITS, WORDS, SamplerLab


@pytest.fixture
def page(window):
    return window()


def number(text):
    return float(text.replace("−", "-").replace(",", ""))


def drawn(page):
    found = re.search(r"([\d,]+) words? drawn", page.locator(".thermo-status").inner_text())
    return int(number(found[1])) if found else 0


def wait_for_draws(page, n):
    page.wait_for_function(
        """n => {
            const found = /([\\d,]+) words? drawn/.exec(document.querySelector(".thermo-status").textContent);
            return found && parseInt(found[1].replaceAll(",", "")) >= n;
        }""",
        arg=n,
    )


def shown(page):
    """The two columns of numbers beside the bars, and the rows of the table of sums."""
    bars = texts(page.locator(".thermo-chances tbody tr"), "td:not([rowspan])")
    return bars, texts(page.locator("table:not(.thermo-chances) tbody tr"))


def slider(page, quantity):
    """Each slider has the lab's name behind its own."""
    return page.get_by_label(re.compile(f"^{re.escape(quantity)}, Next-word sampler$"))


# --- what it says is true


@pytest.mark.parametrize(("T", "mass"), [(1.0, 1.0), (0.5, 0.9), (3.16, 0.7)])
def test_numbers_are_those_of_thermolib(still_page, tmp_path, T, mass):
    """Four decimals are shown; the counts are read back from the frequencies."""
    page = visit(still_page, tmp_path, SamplerLab(T=T, top_p=mass).to_html())
    press(page, "Draw 1000")
    uncut = softmax(LOGITS, T)
    p = top_p(uncut, mass)
    bars, rows = shown(page)
    counts = []
    for (first, second), exact, before in zip(bars, p, uncut, strict=True):
        if exact == 0:
            assert (first, second) == ("cut", f"was {before:.4f}")
            counts.append(0)
            continue
        frequency, error = (number(x) for x in second.split(" ± "))
        assert number(first) == pytest.approx(exact, abs=5.1e-5)
        assert error == pytest.approx(np.sqrt(exact * (1 - exact) / 1000), abs=5.1e-4)
        counts.append(round(1000 * frequency))
    assert sum(counts) == 1000 == drawn(page)
    counts = np.array(counts)
    kept = p > 0
    H, surprise = float(entropy(p)), -np.log(p, where=kept, out=np.zeros(len(p)))
    for column, unit in enumerate((1.0, np.log(2))):
        exact, before, mean, counted = (row[column] for row in rows)
        assert number(exact) == pytest.approx(H / unit, abs=5.1e-5)
        assert number(before) == pytest.approx(float(entropy(uncut)) / unit, abs=5.1e-5)
        assert number(counted) == pytest.approx(float(entropy(counts / 1000)) / unit, abs=5.1e-5)
        value, error = mean.split(" ± ")
        assert number(value) == pytest.approx(counts @ surprise / 1000 / unit, abs=number(error))
        assert abs(number(value) - H / unit) < 4.1 * number(error)
    assert page.get_by_text(f"low by about {(kept.sum() - 1) / 2000:.4f} on average").is_visible()
    status = page.locator(".thermo-status").inner_text()
    assert f"eH = {np.exp(H):.2f} of {len(WORDS)}" in status.replace("\n", "")
    assert re.search(r"χ² = [\d.]+ for \d degrees? of freedom: \d ± [\d.]+ is expected", status)


def test_bars_are_as_long_as_the_probabilities(still_page, tmp_path):
    """Along the middle of each row: the colour of T as far as p, and what was counted in a mark of ink."""
    page = visit(still_page, tmp_path, SamplerLab(T=2.0, top_p=0.8).to_html())
    press(page, "Draw 1000")
    p = top_p(softmax(LOGITS, 2.0), 0.8)
    screen = Image.open(io.BytesIO(page.locator("canvas").screenshot())).convert("RGB")
    pixels = np.asarray(screen).astype(int)
    width, height = pixels.shape[1], pixels.shape[0] // len(WORDS)
    colour = np.array([round(255 * x) for x in to_rgb(temperature_color(2.0))])
    for i, (exact, (_, counted)) in enumerate(zip(p, shown(page)[0], strict=True)):
        row = pixels[height * i + 9]  # in the bar, above its whisker
        coloured = np.flatnonzero(np.abs(row - colour).max(axis=1) < 12)
        assert (coloured.max(initial=-1) + 1) / width == pytest.approx(exact, abs=2.5 / width)
        mark = np.flatnonzero(pixels[height * i + 4].max(axis=1) < 128)  # above the bar
        if exact:
            frequency = number(counted.split(" ± ")[0])
            assert mark.mean() / width == pytest.approx(frequency, abs=2.5 / width)
        else:
            assert mark.size == 0
    label = page.locator("canvas").get_attribute("aria-label")
    assert all(f"{word} {f'{x:.4f}' if x else 'cut'}" in label for word, x in zip(WORDS, p, strict=True))


def test_sentence_ends_in_the_last_word(still_page, tmp_path):
    page = visit(still_page, tmp_path, SamplerLab(T=10).to_html())
    assert page.locator(".thermo-sentence").inner_text().strip() == "Tomorrow it will be …"
    words = []
    for _ in range(4):
        press(page, "Draw one")
        words.insert(0, page.locator(".thermo-sentence strong").inner_text())
    assert set(words) <= set(WORDS)
    assert page.locator(".thermo-sentence span").inner_text() == f"drawn before: {', '.join(words[1:])}"
    assert drawn(page) == 4


# --- what the controls do


def test_every_slider_by_keyboard_starts_the_counts_afresh(still_page, record, tmp_path):
    page = visit(still_page, tmp_path, SamplerLab().to_html())
    logits, T, mass = list(LOGITS), 1.0, 1.0
    steps = [(word, "ArrowRight") for word in WORDS]
    for label, key in [*steps, ("temperature T", "ArrowRight"), ("top-p, the probability kept", "ArrowLeft")]:
        press(page, "Draw 1000")
        assert drawn(page) == 1000
        moved = slider(page, f"{label}, logit z" if label in WORDS else label)
        moved.press(key)
        assert drawn(page) == 0
        if label in WORDS:
            logits[WORDS.index(label)] += 0.05
            said = f"{logits[WORDS.index(label)]:.2f}".replace("-", "−")
        elif label == "temperature T":
            T = 1.05  # 10^.02 to three digits: what is shown is what is
            said = "T = 1.05"
            colour = moved.evaluate("node => node.style.getPropertyValue('--thumb')")
            assert colour == temperature_color(10**0.0)  # the nearest of 41 stops
        else:
            mass = 0.99
            said = "0.99"
        assert moved.get_attribute("aria-valuetext") == said
        p = top_p(softmax(logits, T), mass)
        first = [number(bar[0]) for bar in shown(page)[0] if bar[0] != "cut"]
        assert first == pytest.approx(p[p > 0], abs=5.1e-5)
    press(page, "Reset")
    assert page.get_by_label("temperature T").get_attribute("aria-valuetext") == "T = 1.00"
    assert [number(bar[0]) for bar in shown(page)[0]] == pytest.approx(softmax(LOGITS), abs=5.1e-5)
    assert record.errors == []
    assert [url for url in record.requests if not url.startswith(("file:", "blob:", "data:"))] == []


def test_mouse_drags_a_logit(still_page, tmp_path):
    page = visit(still_page, tmp_path, SamplerLab().to_html())
    box = slider(page, "purple, logit z").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    assert slider(page, "purple, logit z").get_attribute("aria-valuetext") == "6.00"
    assert number(shown(page)[0][-1][0]) == pytest.approx(softmax([*LOGITS[:-1], 6.0])[-1], abs=5.1e-5)


def test_reset_draws_the_same_words_again(still_page, tmp_path):
    page = visit(still_page, tmp_path, SamplerLab(seed=8).to_html())
    press(page, "Draw 1000")
    first = shown(page)
    press(page, "Draw 1000")
    assert shown(page) != first
    press(page, "Reset")
    assert drawn(page) == 0
    press(page, "Draw 1000")
    assert shown(page) == first


def test_runs_pauses_and_runs_again(page, tmp_path):
    visit(page, tmp_path, SamplerLab().to_html())
    wait_for_draws(page, 50)
    assert page.locator(".thermo-status").get_attribute("aria-live") == "off"
    press(page, "Pause")
    n = drawn(page)
    two_frames(page)
    assert page.locator(".thermo-status").get_attribute("aria-live") == "polite"
    press(page, "Draw one")
    assert drawn(page) == n + 1
    press(page, "Run")
    wait_for_draws(page, n + 50)
    page.get_by_label("temperature T").press("ArrowRight")  # while it runs: new counts, and on it goes
    wait_for_draws(page, 50)


# --- how it looks


def test_a_still_chart_without_javascript(window, tmp_path):
    page = window(java_script_enabled=False)
    page.goto(write(tmp_path, SamplerLab(["yes & no", "<i>"], [0.0, 0.0], top_p=0.9).to_html()))
    image = page.get_by_role("img", name="at T = 1, top-p 0.90: yes & no 0.5000, <i> 0.5000")
    assert image.evaluate("image => image.naturalWidth") > 0
    assert image.bounding_box()["width"] > 300
    assert "entropy 0.6931 nats, 1.0000 bits" in page.locator("figcaption").inner_text()


def test_still_chart_says_the_distribution():
    uri, alt, _ = SamplerLab(T=0.5, top_p=0.9).still()
    p = top_p(softmax(LOGITS, 0.5), 0.9)
    svg = ElementTree.fromstring(unquote(uri.removeprefix("data:image/svg+xml,")))
    bars = [float(bar.get("width")) for bar in svg.iter("{http://www.w3.org/2000/svg}rect")]
    assert np.divide(bars, sum(bars)) == pytest.approx(p, abs=1e-3)
    assert [x in alt for x in (f"{word} {q:.4f}" for word, q in zip(WORDS, p, strict=True))] == [True] * 7
    assert len(uri) < 15_000


def test_light_enough():
    assert len(SamplerLab().to_html().encode()) - len(HOST) < 45_000


# --- Python


def test_the_same_lab_gives_the_same_bytes():
    assert SamplerLab().to_html() == SamplerLab().to_html()


def test_probabilities_are_those_of_thermolib():
    lab = SamplerLab(T=2.0)
    lab.top_p = 0.5
    lab.logits = np.arange(7) / 2
    np.testing.assert_array_equal(lab.probabilities, top_p(softmax(np.arange(7) / 2, 2.0), 0.5))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"words": ["one"], "logits": [0.0]}, r"words must be 2 to 10 different texts .* got \['one'\]"),
        ({"words": ["a", "a"], "logits": [0.0, 0.0]}, "different"),
        ({"words": ["a", " "], "logits": [0.0, 0.0]}, "1 to 16 characters"),
        ({"words": ["a", "b" * 17], "logits": [0.0, 0.0]}, "1 to 16 characters"),
        ({"words": ["a", 3], "logits": [0.0, 0.0]}, r"got \['a', 3\]"),
        ({"words": "abcdefg"}, "got 'abcdefg'"),
        ({"words": 7}, "words must be .* got 7"),
        ({"logits": [0.0, 1.0]}, r"words must be as many as logits, got 7 and 2"),
        ({"logits": [*LOGITS[:-1], 6.5]}, "logits must lie in -6.0 … 6.0, got"),
        ({"logits": [*LOGITS[:-1], np.nan]}, "logits must not contain NaN"),
        ({"logits": [*LOGITS[:-1], np.inf]}, "logits must be finite"),
        ({"logits": ["a"] * 7}, r"logits must be .* got \['a', 'a'"),
        ({"logits": [[0.0] * 7]}, r"logits must be a row of numbers, got shape \(1, 7\)"),
        ({"T": 0.0}, "T must lie in 0.1 … 10.0, got 0.0"),
        ({"T": np.inf}, "T must be finite"),
        ({"T": "hot"}, "T must be .* got 'hot'"),
        ({"T": [1.0, 2.0]}, "T must be one number"),
        ({"T": True}, "T must be .* got True"),
        ({"T": "1"}, "T must be .* got '1'"),
        ({"top_p": True}, "top_p must be .* got True"),
        ({"seed": True}, "seed must be .* got True"),
        ({"logits": ["1"] * 7}, "logits must be an array of real numbers"),
        ({"logits": np.ma.array([0.0] * 7, mask=[1] * 7)}, "logits must not be masked"),
        ({"top_p": 0.0}, "top_p must lie in 0.05 … 1, got 0.0"),
        ({"top_p": 1.5}, "top_p must lie in .* got 1.5"),
        ({"top_p": None}, "top_p must be"),
        ({"sentence": 3}, "sentence must be a text, got 3"),
        ({"seed": -1}, "seed must be an integer from 0 to 4294967295, got -1"),
        ({"seed": 1.5}, "seed must be .* got 1.5"),
    ],
)
def test_bad_input_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        SamplerLab(**options)


def test_bad_input_is_refused_later_too():
    lab = SamplerLab(T=2.0)
    for name, wrong in (("T", -1.0), ("top_p", 2.0), ("logits", [9.0] * 7), ("words", ["a"] * 7)):
        before = getattr(lab, name)
        with pytest.raises(ValueError, match=f"{name} must"):
            setattr(lab, name, wrong)
        assert getattr(lab, name) == before
    for name, wrong in (("logits", [0.0]), ("words", ["a", "b"])):
        with pytest.raises(ValueError, match="words must be as many as logits"):
            setattr(lab, name, wrong)
