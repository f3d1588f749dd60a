"""The page that tests share is as good as new for each of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

STATE = """() => {
    const media = ["print", "(prefers-color-scheme: dark)", "(prefers-reduced-motion)", "(forced-colors)"];
    return [localStorage.length, sessionStorage.length, innerWidth, innerHeight, scrollY,
        "left" in globalThis,
        ...media.map((one) => matchMedia(one).matches)];
}"""
LONG = "<title>A page</title><body style='margin: 0'><div style='height: 9000px'></div>"
KINDS = [{}, {"reduced_motion": "reduce", "viewport": {"width": 375, "height": 600}}]


@pytest.mark.parametrize("time", ["first", "again"])
@pytest.mark.parametrize("options", KINDS, ids=["plain", "still, on a phone"])
def test_what_a_test_leaves_is_gone(
    window: Callable[..., Page], tmp_path: Path, options: dict, time: str
) -> None:
    """The first test with it, or an earlier file's, leaves as much as it can; the second finds a new page."""
    file = tmp_path / "page.html"
    file.write_text(LONG, encoding="utf8")
    page = window(**options)
    page.goto(file.as_uri())
    state = page.evaluate(STATE)
    page.evaluate("localStorage.setItem('a', 1); sessionStorage.setItem('b', 2); globalThis.left = 3")
    page.evaluate("addEventListener('beforeunload', () => sessionStorage.setItem('c', 4))")
    page.context.new_page()
    page.set_viewport_size({"width": 700, "height": 500})
    page.emulate_media(media="print", color_scheme="dark", reduced_motion="reduce", forced_colors="active")
    page.mouse.move(100, 100)
    page.evaluate("scrollTo(0, 999)")
    assert page.evaluate(STATE) != state
    size = options.get("viewport", {"width": 1280, "height": 720})
    assert state[:5] == [0, 0, size["width"], size["height"], 0]
    assert state[5:] == [False, False, False, "reduced_motion" in options, False]
    assert len(page.context.pages) == 2


def test_two_at_once_are_two(window: Callable[..., Page]) -> None:
    first, second = window(), window()
    first.evaluate("globalThis.left = 1")
    assert first is not second and second.evaluate("globalThis.left") is None
