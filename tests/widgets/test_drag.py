"""What a pointer moves in the labs' pictures: a handle that it drags, an element along which it strokes."""

import pytest
from pages import LOAD, swipe, two_frames, visit
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.kit.host import stylesheet

# A picture with a handle at its middle, and below it a strip. All that they hear is written down; what
# `grab` returns is the length of that record.
PAGE = (
    f"<style>{stylesheet('kit/widget.css', 'kit/drag.css')} main {{ height: 3000px }}"
    ".thermo-dragged, .strip { width: 200px; height: 100px } .strip { touch-action: pan-y }</style>"
    "<div class='thermo-widget'><div class='thermo-dragged'></div><div class='strip'></div></div>"
)
WRITE = """() => {
    const { handle, stroke } = physics, heard = globalThis.heard = [];
    const [picture, strip] = document.querySelectorAll(".thermo-dragged, .strip");
    const knob = handle({ "aria-label": "knob" }, {
        grab: () => heard.push("grab"),
        move: (from, right, down, { width, height }) => heard.push([from, right, down, width, height]),
        drop: () => heard.push("drop"),
        arrows: (right, up) => heard.push([right, up]),
    });
    knob.style.cssText = "left: 50%; top: 50%";
    picture.append(knob);
    const listeners = stroke({
        grab: () => heard.push("grab"),
        move: ({ offsetX }, of) => heard.push([of, offsetX]),
        drop: ({ type }) => heard.push(type),
    });
    for (const [name, listen] of Object.entries(listeners)) strip.addEventListener(name.slice(2), listen);
}"""


@pytest.fixture
def begin(tmp_path):
    """Return what makes a page of both, and returns what says what was heard since it was last asked."""

    def begin(page):
        visit(page, tmp_path, PAGE)
        page.evaluate(LOAD, bundle("kit/drag.js"))
        page.evaluate(WRITE)
        return lambda: page.evaluate("heard.splice(0)")

    return begin


def corner(page, name):
    box = page.locator(name).bounding_box()
    return box["x"], box["y"]


def test_a_handle_follows_the_mouse_over_its_picture(page, begin):
    heard = begin(page)
    left, top = corner(page, ".thermo-dragged")
    x, y = left + 105, top + 40  # not the handle's middle: only what the pointer has gone counts
    page.mouse.move(x, y)
    assert heard() == []
    page.mouse.down()
    page.mouse.move(x + 300, y - 20)  # also beyond the picture
    assert heard() == ["grab", [1, 300, -20, 200, 100]]
    page.evaluate("scrollBy(0, 40)")  # the picture goes up under the pointer
    two_frames(page)
    page.mouse.move(x + 30, y)
    assert heard()[-1] == [1, 30, 40, 200, 100]
    page.mouse.up()
    page.mouse.move(x, y)
    assert heard() == ["drop"]
    page.mouse.move(left + 100, top + 10)
    page.mouse.down(button="right")
    page.mouse.move(left + 120, top + 10)
    page.mouse.up(button="right")
    assert heard() == []


def test_arrow_keys_are_a_handle_s_steps(page, begin):
    heard = begin(page)
    knob = page.get_by_role("button", name="knob")
    for key in ("ArrowLeft", "ArrowDown", "ArrowRight", "ArrowUp", "Home"):
        knob.press(key)
    assert heard() == [[-1, 0], [0, -1], [1, 0], [0, 1]]
    page.evaluate("addEventListener('keydown', ({ defaultPrevented }) => heard.push(defaultPrevented))")
    for key in ("ArrowDown", "Shift"):
        knob.press(key)
    assert heard() == [[0, -1], True, False]


def test_a_handle_is_round_and_large_enough_for_a_finger(page, begin):
    begin(page)
    (left, top), knob = corner(page, ".thermo-dragged"), page.get_by_role("button", name="knob")
    assert knob.bounding_box() == {"x": left + 78, "y": top + 28, "width": 44, "height": 44}
    knob.press("ArrowLeft")  # the keyboard's ring is as round
    knob.hover()
    asked = ("borderRadius", "outlineStyle", "outlineOffset", "backgroundColor", "borderWidth", "touchAction")
    look = knob.evaluate("(node, asked) => asked.map(name => getComputedStyle(node)[name])", asked)
    assert look == ["50%", "solid", "-10px", "rgba(0, 0, 0, 0)", "0px", "none"]


def test_a_finger_drags_a_handle_and_beside_it_the_page_scrolls(phone, begin):
    heard = begin(phone)
    left, top = corner(phone, ".thermo-dragged")
    swipe(phone, left + 100, top + 50, dy=-40)
    first, *moves, last = heard()
    assert (first, moves[-1], last) == ("grab", [1, 0, -40, 200, 100], "drop")
    assert phone.evaluate("scrollY") == 0
    swipe(phone, left + 150, top + 50, dy=-40)
    assert heard() == [] and phone.evaluate("scrollY") > 0


def test_a_mouse_strokes_from_where_it_is_pressed(page, begin):
    heard = begin(page)
    x, y = corner(page, ".strip")
    page.mouse.move(x + 50, y + 50)
    page.mouse.down()
    assert heard() == ["grab", [1, 50]]
    page.mouse.move(x + 53, y + 90)
    page.mouse.up()
    page.mouse.move(x + 80, y + 50)
    assert heard() == [[1, 53], [1, 53], "pointerup"]
    page.mouse.down(button="right")
    page.mouse.up(button="right")
    assert heard() == []


def test_a_finger_strokes_across_and_up_it_scrolls(phone, begin):
    heard = begin(phone)
    x, y = corner(phone, ".strip")
    swipe(phone, x + 50, y + 50, dx=50)
    first, *moves, last = heard()
    assert (first, last) == ("grab", "pointerup")
    assert moves[0][1] >= 58 and moves[-1] == [1, 100]  # px that it goes before anything moves
    phone.touchscreen.tap(x + 20, y + 50)
    assert heard() == ["grab", [1, 20], "pointerup"]
    assert phone.evaluate("scrollY") == 0
    swipe(phone, x + 50, y + 50, dx=90, dy=-120)  # sideways too, but less
    assert heard() == ["grab", "pointercancel"]
    assert phone.evaluate("scrollY") > 0
