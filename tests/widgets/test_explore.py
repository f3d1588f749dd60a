"""`explore`: on a page without a kernel, in Python, and without JavaScript."""

import gzip
import io
import itertools
import math
import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from matplotlib.image import imread
from pages import swipe, visit, write
from thermolib.palette import temperature_color
from thermolib.widgets.explore import OUTLINE, _in_steps, explore

x = np.linspace(0, 5, 200)


def two_lines(ax, T):
    """An ordinary line plot."""
    ax.plot(x, np.exp(-x / T), label="Boltzmann")
    ax.plot(x, 1 / (1 + x / T), label="rational")
    ax.set(xlabel="energy $E$", ylabel="weight", ylim=(0, 1))
    ax.legend()


def describe(T):
    return f"Two falling curves at T = {T:.3g}"


@pytest.fixture(scope="module")
def widget():
    return explore(two_lines, np.geomspace(0.2, 5, 7), alt=describe)


@pytest.fixture
def page(window):
    return window()


def picture(page, which=0):
    return page.locator(".thermo-picture").nth(which).evaluate("node => node.shadowRoot.innerHTML")


# --- the page


def test_keyboard_moves_the_picture_its_words_and_its_description(page, record, tmp_path, widget):
    visit(page, tmp_path, widget.to_html())
    slider = page.get_by_label("temperature T")
    before = picture(page)
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert picture(page) != before
    T = widget._places[4]
    assert page.locator("output").inner_text() == f"T = {T:.3g}" == slider.get_attribute("aria-valuetext")
    assert page.get_by_role("img").get_attribute("aria-label") == describe(T)
    page.keyboard.press("ArrowLeft")
    assert picture(page) == before
    page.keyboard.press("End")
    assert page.locator("output").inner_text() == "T = 5"
    assert slider.evaluate("node => node.style.getPropertyValue('--thumb')") == temperature_color(5)
    assert record.errors == []
    assert [url for url in record.requests if not url.startswith(("file:", "blob:", "data:"))] == []


def test_each_slider_of_a_page_has_its_own_name(page, tmp_path):
    """The label, and what the picture says at every temperature."""
    said = {
        "Entropy of logits 2, 1, 0, rising from 0": "Entropy of logits 2, 1, 0",
        lambda T: f"Heat capacity at T = {T}": "Heat capacity",
        lambda T: f"Two curves. At T = {T} they meet": "Two curves",
        lambda T: f"{T} is the temperature": None,
    }
    visit(page, tmp_path, *(explore(lambda ax, T: None, [1.0, 2.0], alt=alt).to_html() for alt in said))
    for words, slider in zip(said.values(), page.get_by_role("slider").all(), strict=True):
        name = f"temperature T: {words}" if words else "temperature T"
        assert slider.and_(page.get_by_role("slider", name=name, exact=True)).count() == 1
    assert page.get_by_text("temperature T", exact=True).count() == 4  # what is seen is the label alone


def test_mouse_moves_the_picture(page, tmp_path, widget):
    visit(page, tmp_path, widget.to_html())
    before = picture(page)
    box = page.get_by_label("temperature T").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2)
    assert page.locator("output").inner_text() == "T = 5"
    assert picture(page) != before


@pytest.mark.parametrize(
    ("key", "place"),
    [("ArrowUp", 4), ("ArrowDown", 2), ("Home", 0), ("End", 6), ("PageUp", 4), ("PageDown", 2)],
)
def test_every_key_of_a_slider_moves_it(page, tmp_path, widget, key, place):
    """From the middle one of seven places; a page is a tenth of the track, or a step where that is more."""
    visit(page, tmp_path, widget.to_html())
    page.get_by_role("slider").press(key)
    assert page.get_by_role("slider").input_value() == str(place)
    assert page.get_by_role("img").get_attribute("aria-label") == describe(widget._places[place])


@pytest.fixture
def telephone(window):
    return window(viewport={"width": 375, "height": 600}, has_touch=True, is_mobile=True)


def over_the_slider(page, dx, dy):
    """Put a finger on the slider, a quarter of its width beside the thumb, and move it."""
    box = page.get_by_role("slider").bounding_box()
    swipe(page, box["x"] + box["width"] / 4, box["y"] + box["height"] / 2, dx=dx, dy=dy)


def test_a_finger_that_scrolls_the_page_changes_nothing(telephone, tmp_path, widget):
    visit(
        telephone,
        tmp_path,
        '<div style="height: 20rem"></div>',
        widget.to_html(),
        '<div style="height: 99rem"></div>',
    )
    telephone.evaluate("document.querySelector('.thermo-explore').scrollIntoView({ block: 'center' })")
    slider, before, top = telephone.get_by_role("slider"), picture(telephone), telephone.evaluate("scrollY")
    over_the_slider(telephone, 3, -150)
    telephone.wait_for_function("top => scrollY > top + 50", arg=top)
    assert (slider.input_value(), picture(telephone)) == ("3", before)
    over_the_slider(telephone, -40, 3)
    assert slider.input_value() == "1" and picture(telephone) != before
    assert slider.bounding_box()["height"] >= 44


def test_picture_has_changed_before_the_next_frame(page, tmp_path, widget):
    visit(page, tmp_path, widget.to_html())
    assert page.evaluate("""() => {
        const slider = document.querySelector("input");
        const shadow = document.querySelector(".thermo-picture").shadowRoot;
        const before = shadow.innerHTML;
        slider.value = 0;
        slider.dispatchEvent(new Event("input"));
        return shadow.innerHTML !== before;  // in the same task: nothing was awaited
    }""")


def line(ax, M):
    """Draw as many points as M says: range() takes whole numbers alone."""
    ax.plot(range(M))


@pytest.fixture(scope="module")
def counts():
    return explore(line, M=[2, 50, 1000], alt=lambda M: f"{M} points", label="oscillators, M", start=50)


def test_a_variable_that_is_no_temperature_has_its_own_name_and_no_colours(page, record, tmp_path, counts):
    visit(page, tmp_path, counts.to_html())
    slider = page.get_by_label("oscillators, M", exact=True)
    assert page.locator("output").inner_text() == "M = 50"
    slider.press("ArrowRight")
    assert page.locator("output").inner_text() == "M = 1000" == slider.get_attribute("aria-valuetext")
    assert page.get_by_role("img").get_attribute("aria-label") == "1000 points"
    # The stylesheet's grey track and plain thumb: the colours of temperature would say something untrue.
    assert slider.evaluate("node => node.getAttribute('style')") is None
    assert record.errors == []


def test_a_variable_without_a_label_is_called_by_its_name():
    widget = explore(lambda ax, N: None, N=[0.5, 1.0], alt="nothing")
    assert (widget.label, widget.values, widget.value) == ("N", ["N = 0.5", "N = 1"], 1.0)


def test_whole_numbers_reach_the_drawing_whole_but_temperatures_do_not():
    seen = []
    for one in ({"M": [1.0, 2.0]}, {"M": [1.0, 2.5]}, {"T": [1, 2]}):
        widget = explore(lambda ax, x: seen.append(x), alt="nothing", **one)
        assert {type(x) for x in seen} == {type(widget.value)} == {int if one == {"M": [1.0, 2.0]} else float}
        seen.clear()


def test_two_equal_widgets_live_side_by_side(page, record, tmp_path, widget):
    visit(page, tmp_path, widget.to_html(), widget.to_html())
    first, second = page.get_by_label("temperature T").all()
    assert first.get_attribute("id") != second.get_attribute("id")
    second.press("ArrowRight")
    assert page.locator("output").all_inner_texts() == ["T = 1", "T = 1.71"]
    assert picture(page, 0) != picture(page, 1)
    assert record.errors == []


def test_picture_is_still_there_without_javascript(window, tmp_path, widget):
    page = window(java_script_enabled=False)
    page.goto(write(tmp_path, widget.to_html()))
    image = page.get_by_role("img", name=describe(1.0))
    assert image.bounding_box()["height"] > 200
    assert page.locator("figcaption").inner_text() == "temperature T: T = 1"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_readable_and_narrow_enough(page, tmp_path, widget, theme):
    page.set_viewport_size({"width": 375, "height": 700})
    visit(page, tmp_path, widget.to_html(), theme=theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert page.locator(".thermo-picture svg").bounding_box()["width"] > 330
    assert Axe().run(page).response["violations"] == []


def shades(page):
    """The picture's levels of grey, 0 to 1, as they are seen."""
    return imread(io.BytesIO(page.locator(".thermo-picture").screenshot()))[..., :3].mean(axis=2)


@pytest.mark.parametrize(
    ("theme", "media", "ground", "ink"),
    [
        ("light", {}, 1.0, 0.15),
        ("dark", {}, 0.09, 0.85),
        ("light", {"forced_colors": "active", "color_scheme": "dark"}, 1.0, 0.15),
        ("dark", {"forced_colors": "active", "color_scheme": "dark"}, 1.0, 0.15),
    ],
)
def test_ink_is_seen_on_every_ground(page, tmp_path, widget, theme, media, ground, ink):
    page.emulate_media(**media)
    visit(page, tmp_path, widget.to_html(), theme=theme)
    seen = shades(page)
    assert np.median(seen) == pytest.approx(ground, abs=0.02)
    assert min(abs(seen - ink).ravel()) < 0.05


def test_prints_the_picture_and_no_controls(page, tmp_path, widget):
    visit(page, tmp_path, widget.to_html(), theme="dark")
    page.emulate_media(media="print")
    assert page.locator(".thermo-picture svg").is_visible()
    assert page.get_by_label("temperature T").is_hidden()
    assert page.locator("output").is_visible()
    assert shades(page).min() < 0.2  # dark ink, though the page was dark


# --- what it is made of


def test_what_frames_add_to_a_page():
    """Beside the still picture. A frame changes two curves of about a hundred steps: packed, a byte each."""
    few, many = (explore(two_lines, np.geomspace(0.1, 10, n), alt=describe).to_html() for n in (1, 21))
    assert len(gzip.compress(many.encode())) - len(gzip.compress(few.encode())) <= 20 * 200


def test_every_frame_on_the_page_is_the_drawing(page, tmp_path, widget):
    """Forwards and backwards, and from one end to the other: each from what stood there before."""
    visit(page, tmp_path, widget.to_html())
    shown = """([index, svg]) => {
        const slider = document.querySelector("input");
        slider.value = index;
        slider.dispatchEvent(new Event("input"));
        const drawn = document.createElement("template");
        drawn.innerHTML = svg;
        const { shadowRoot } = document.querySelector(".thermo-picture");
        return shadowRoot.firstChild.isEqualNode(drawn.content.firstChild);
    }"""
    for index in [*range(7), 0, 6, *range(6, -1, -1)]:
        assert page.evaluate(shown, [index, widget._frames[index]["svg"]])


def test_only_what_differs_is_drawn_anew(page, tmp_path, widget):
    visit(page, tmp_path, widget.to_html())
    kept = page.evaluate("""() => {
        const all = () => [...document.querySelector(".thermo-picture").shadowRoot.querySelectorAll("*")];
        const slider = document.querySelector("input"), before = all();
        slider.value = 0;
        slider.dispatchEvent(new Event("input"));
        const after = all();
        return [before.length, after.length, before.filter((node) => after.includes(node)).length];
    }""")
    assert kept[0] == kept[1] == kept[2] + 2  # the two curves


def places(outline):
    """Where the pen goes, by SVG's rules: small letters are steps from where it stood before the command."""
    pen, seen = np.zeros(2), []
    for command, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", outline):
        points = np.array(re.findall(r"-?\d+(?:\.\d+)?", numbers), float).reshape(-1, 2)
        seen.extend(points + (pen if command.islower() else 0))
        pen = seen[-1]
    return np.array(seen)


def test_steps_lead_where_the_outline_goes():
    """Each place is its own to the tenth, at the end of a thousand steps too: rounding does not add up."""
    rng = np.random.default_rng(1)
    corners = rng.uniform(-300, 300, (1000, 2))
    commands = itertools.cycle(["L", "Q", "C", "z M"])
    path, left = "M 1.05 -2", list(corners)
    while left:
        command = next(commands)
        points = [left.pop() for _ in range({"Q": 2, "C": 3}.get(command, 1)) if left]
        path += f" {command} " + " ".join(f"{x:.6f} {y:.6f}" for x, y in points)
    written = OUTLINE.sub(_in_steps, f' d="{path}"')[4:-1]
    assert len(places(written)) == 1001 and re.search("[lqc]", written)
    assert abs(places(written) - places(path)).max() <= 0.05 + 1e-9


def test_same_state_gives_the_same_bytes():
    html = [explore(two_lines, [0.5, 1.0], alt=describe).to_html() for _ in range(2)]
    assert html[0] == html[1]


def test_nothing_in_a_label_can_close_the_script(page, record, tmp_path):
    evil = explore(two_lines, [1.0], alt="</script><b>&\"'", label="<!--<script>")
    visit(page, tmp_path, evil.to_html())
    assert page.get_by_role("img").get_attribute("aria-label") == "</script><b>&\"'"
    assert page.locator("label").inner_text() == "<!--<script>"
    assert record.errors == []


def test_offers_both_hosts(widget):
    data, _ = widget._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "text/html"} <= set(data)


def test_moving_the_index_draws_afresh_and_shows_errors_in_place():
    scale = [1.0]
    widget = explore(lambda ax, T: ax.plot([0, scale[0] / T]), [1.0, 2.0], alt="a line", start=1.2)
    assert widget.value == 1.0
    scale[0] = 3.0
    before = widget.drawn
    widget.index = 1
    assert widget.value == 2.0
    assert widget.drawn["svg"] != before["svg"]
    scale[0] = "three"
    widget.index = 0
    assert "T = 1 failed: TypeError" in widget.drawn["error"]


@pytest.mark.parametrize(
    ("T", "words"),
    [
        ([1.0, 2.0], ["T = 1", "T = 2"]),
        ([2.265, 2.269, 2.2692], ["T = 2.265", "T = 2.269", "T = 2.2692"]),
        ([1.0, np.nextafter(1.0, 2.0)], ["T = 1", "T = 1.0000000000000002"]),
    ],
)
def test_every_place_of_the_slider_has_words_of_its_own(T, words):
    assert explore(lambda ax, T: None, T, alt="nothing").values == words


# --- bad input


def raises_when_hot(ax, T):
    if T > 1:
        raise ZeroDivisionError("too hot")


@pytest.mark.parametrize(
    ("draw", "T", "options", "words"),
    [
        ("two_lines", None, {}, "draw must be a function .* got 'two_lines'"),
        (3, None, {}, "draw must be a function .* got 3"),
        (two_lines, [], {}, r"shape \(0,\)"),
        (two_lines, [[1.0, 2.0]], {}, r"shape \(1, 2\)"),
        (two_lines, [0.0, 1.0], {}, "positive, finite and rising"),
        (two_lines, [-1.0], {}, "positive"),
        (two_lines, [1.0, math.inf], {}, "finite"),
        (two_lines, [math.nan], {}, "NaN"),
        (two_lines, [2.0, 1.0], {}, "rising"),
        (two_lines, [1.0, 2.0], {"start": 3.0}, "start must lie in 1 … 2, got 3"),
        (two_lines, [1j, 2.0], {}, "T must be an array of real numbers"),
        (two_lines, "a", {}, "got 'a'"),
        (two_lines, [1.0, 2.0], {"start": "a"}, "start must be .* got 'a'"),
        (two_lines, [1.0, 2.0], {"start": [1.0, 2.0]}, "start must lie in 1 … 2"),
        (two_lines, [1.0, 2.0], {"M": [1, 2]}, "one variable, got T and M"),
        (two_lines, None, {"M": [1, 2], "N": [1, 2]}, "one variable, got M and N"),
        (two_lines, None, {"M": []}, r"M must be a row of numbers, got shape \(0,\)"),
        (two_lines, None, {"M": [2, 1]}, "M must be finite and rising"),
        (two_lines, None, {"M": [1.0, math.inf]}, "M must be finite and rising"),
        (two_lines, None, {"lable": "hot"}, "lable must be .* got 'hot'"),
        (raises_when_hot, None, {"M": [-1, 2]}, "drawing at M = 2 failed: ZeroDivisionError"),
        (two_lines, [1.0], {"label": 3}, "label must be a text, got 3"),
        (two_lines, [1.0], {"alt": " "}, "alt must be a sentence"),
        (two_lines, [1.0], {"alt": lambda T: None}, "got None at T = 1"),
        (raises_when_hot, [1.0, 2.0], {}, "drawing at T = 2 failed: ZeroDivisionError: too hot"),
    ],
)
def test_bad_input_is_refused_at_once(draw, T, options, words):
    with pytest.raises(ValueError, match=words):
        explore(draw, T, **{"alt": "a line", **options})


def test_alt_is_not_optional():
    with pytest.raises(TypeError, match="alt"):
        explore(two_lines)
