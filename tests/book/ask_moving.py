"""What moves in a page moves when a reader moves it, and is a picture where it cannot."""

from playwright.sync_api import ElementHandle, Page

# A question is a widget too, but nothing in it moves.
WIDGET = ".bd-article .thermo-widget:not(.thermo-widget .thermo-widget, :has(.thermo-question))"
# The knots of a schedule are dragged, and their own test drags them.
SLIDER = "input[type=range]:enabled:not(.thermo-knot)"


def its_widgets_run(page: Page) -> list[str]:
    """Each widget took the place of its still picture."""
    return [
        widget.inner_text()[:200]
        for widget in page.locator(".thermo-widget:not([data-ready=yes]):has(> script)").all()
    ]


def its_sliders_move_what_they_should(page: Page) -> list[str]:
    """The first slider of each widget obeys keyboard and mouse: value, words and picture change.

    Motion is reduced: labs wait, so what changes, the slider has changed.
    """
    found = []
    widgets = page.locator(WIDGET).filter(has=page.locator(SLIDER)).element_handles()
    for number, widget in enumerate(widgets, start=1):
        slider = widget.query_selector(SLIDER)
        assert slider is not None
        slider.scroll_into_view_if_needed()
        before = state(widget, slider)
        for act in (by_keyboard, by_mouse):
            act(page, slider)
            page.evaluate(
                "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
            )
            after = state(widget, slider)
            found += [
                f"widget {number}, {act.__name__}: the {what} is the same"
                for what in before
                if before[what] == after[what]
            ]
            before = after
    return found


def state(widget: ElementHandle, slider: ElementHandle) -> dict[str, str]:
    """Return what a reader sees of `widget`; its picture where that is of the slider's value alone."""
    seen = {"value": slider.input_value(), "text": widget.inner_text()}
    if widget.query_selector(".thermo-explore"):
        picture = widget.query_selector("svg:visible, img:visible")
        seen["picture"] = picture.evaluate("e => e.outerHTML") if picture else ""
    return seen


def by_keyboard(page: Page, slider: ElementHandle) -> None:
    """Five steps, towards the farther end."""
    slider.focus()
    key = "ArrowLeft" if is_high(slider) else "ArrowRight"
    for _ in range(5):
        page.keyboard.press(key)


def by_mouse(page: Page, slider: ElementHandle) -> None:
    """A click near the farther end."""
    box = slider.bounding_box()
    assert box is not None
    part = 0.15 if is_high(slider) else 0.85
    page.mouse.click(box["x"] + part * box["width"], box["y"] + box["height"] / 2)


def is_high(slider: ElementHandle) -> bool:
    """Return whether `slider` stands in the upper half of its range."""
    return bool(slider.evaluate("e => e.value > (+e.min + +e.max) / 2"))


def has_still_pictures(page: Page) -> list[str]:
    """Without JavaScript each widget is a picture with its caption."""
    found = []
    for number, widget in enumerate(page.locator(WIDGET).all(), start=1):
        if not widget.locator("img, svg").first.is_visible():
            found.append(f"widget {number}: no picture is to be seen")
        if not "".join(widget.locator("figcaption").all_text_contents()).strip():
            found.append(f"widget {number}: no caption")
    return found


def has_something_that_moves(page: Page) -> list[str]:
    """A chapter, and the landing page, have a slider; the review has questions."""
    computes = page.locator(".bd-article .cell:not(:has(.thermo-review))").count() > 0
    return ["no slider"] if computes and not page.locator(f"{WIDGET} {SLIDER}").count() else []


ASK = {
    "file": [its_widgets_run, has_something_that_moves, its_sliders_move_what_they_should],
    "phone": [its_widgets_run],
    "still": [has_still_pictures],
}
