"""The sliders of the published pages move what they should, from a file, by keyboard and by mouse."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page
from reading import chapters

CHAPTERS = chapters()
# A question is a widget too, but nothing in it moves.
WIDGET = ".bd-article .thermo-widget:not(.thermo-widget .thermo-widget, :has(.thermo-question))"
SLIDER = "input[type=range]:enabled"


def picture(widget: Locator) -> bytes:
    """Return what `widget` shows, its slider apart."""
    return widget.locator("svg, canvas, img").first.screenshot()


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_page_has_something_that_moves(
    name: str, page: Page, site: Path, measured: Callable[[str], None]
) -> None:
    start = time.perf_counter()
    page.goto(f"{site.as_uri()}/{name}.html", wait_until="commit")
    page.locator(f"{WIDGET} {SLIDER}").first.wait_for()
    measured(f"{name}: first slider usable after {time.perf_counter() - start:.2f} s")


@pytest.mark.parametrize("name", CHAPTERS)
def test_sliders_obey_keyboard_and_mouse_and_change_the_picture(
    name: str, browser: Browser, site: Path
) -> None:
    context = browser.new_context(reduced_motion="reduce")  # labs start paused: what moves, the slider moved
    page = context.new_page()
    page.goto(f"{site.as_uri()}/{name}.html")
    page.locator(f"{WIDGET} {SLIDER}").first.wait_for()
    for widget in page.locator(WIDGET).all():
        slider = widget.locator(SLIDER).first
        slider.scroll_into_view_if_needed()
        explores = widget.locator(".thermo-explore").count() > 0
        for act in (by_keyboard, by_mouse):
            value, words = slider.input_value(), widget.inner_text()
            before = picture(widget) if explores else None
            act(page, slider)
            page.wait_for_timeout(100)
            assert slider.input_value() != value, act
            assert widget.inner_text() != words, "the value stands in words"
            assert not explores or picture(widget) != before, act
    context.close()


def by_keyboard(page: Page, slider: Locator) -> None:
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")


def by_mouse(page: Page, slider: Locator) -> None:
    box = slider.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.15 * box["width"], box["y"] + box["height"] / 2)


@pytest.mark.parametrize("name", CHAPTERS)
def test_without_javascript_a_still_picture_and_its_caption_are_there(
    name: str, browser: Browser, site: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.as_uri()}/{name}.html")
    widgets = page.locator(WIDGET)
    assert widgets.count() > 0
    for widget in widgets.all():
        still = widget.locator("img, svg").first
        still.scroll_into_view_if_needed()
        assert still.is_visible()
        assert widget.inner_text().strip()
    context.close()
