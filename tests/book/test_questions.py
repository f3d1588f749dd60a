"""The questions that every page is asked find what they look for: each on a small page that is at fault."""

from collections.abc import Callable
from pathlib import Path

import ask_loading
import pytest
from ask_access import pleases_axe
from ask_dark import figures_are_light_ink_on_the_page_itself, is_dark
from ask_layout import fits_a_phone
from ask_moving import (
    has_something_that_moves,
    has_still_pictures,
    its_sliders_move_what_they_should,
    its_widgets_run,
)
from playwright.sync_api import Page
from reading import wordless

from record import RECORDS, Record

WIDE = "<div style='width: 500px'>wide</div>"
INVERTED = "filter: invert(1) hue-rotate(180deg)"
LIGHT = "color: #bbb; background: #fff"


def article(html: str) -> str:
    return (
        f"<html lang='en'><title>A page</title><main class='bd-article'><h1>A page</h1>{html}</main></html>"
    )


def explore(act: str) -> str:
    """Return a figure with a slider that does `act` when it is moved, and a script that set it up."""
    return article(
        f"""<div class="thermo-widget" data-ready="yes"><div class="thermo-explore">
        <svg width="100" height="20"><rect id="r" width="70" height="20"/></svg>
        <label>T <input type="range" oninput="{act}"> <output id="o">50</output></label></div></div>"""
    )


MOVES = "r.setAttribute('width', this.value); "
SAYS = "o.value = this.value; "
STILL = "<div class='thermo-widget'>{}</div>"

# A question; a page that is right; pages that are not, and how many faults each has.
CASES: list[tuple[Callable[[Page], list[str]], str, dict[str, int]]] = [
    (
        wordless,
        "<img alt='Energy falls as T falls.'><svg role='img' aria-label='A line that rises.'></svg>",
        {"<img alt='3f2a.svg'><img><canvas></canvas><svg></svg>": 4, "<img alt='two words'>": 1},
    ),
    (fits_a_phone, f"<div style='overflow-x: auto'>{WIDE}</div>", {
        WIDE: 4,  # the box and the page, in both schemes
        f"<style>@media (prefers-color-scheme: light) {{ div {{ display: none }} }}</style>{WIDE}": 2,
        f"<style>@media (prefers-color-scheme: dark) {{ div {{ display: none }} }}</style>{WIDE}": 2,
    }),
    (pleases_axe, "<pre class='highlight'><span class='k' style='color: #444'>if</span></pre>", {
        # What is pale in both schemes is found in both.
        "<input>": 1,
        f"<p style='{LIGHT}'>pale</p>": 2,
        f"<p>dark</p><p>dark</p><p style='{LIGHT}'>pale</p><p style='{LIGHT}'>like it</p>": 2,
        f"<p>dark</p><section style='{LIGHT}'><p>pale within</p></section>": 2,
        f"<style>.k {{ {LIGHT} }}</style><details><pre class='highlight'><span class='k'>if</span></pre>"
        "</details><pre class='highlight'><span class='k'>if</span></pre>": 2,
        f"<p>dark <b>a</b></p><section style='{LIGHT}'><i><b>pale within</b></i></section>": 2,
        f"<div><template shadowrootmode='open'><p style='{LIGHT}'>in the shadow</p></template></div>": 2,
        f"<pre class='highlight'><span class='k' style='{LIGHT}'>if</span></pre>": 2,
        "<div style='height: 2em; overflow: auto'><p>one</p><p>two</p><p>three</p><p>four</p></div>": 1,
        f"<style>@media (prefers-color-scheme: dark) {{ p {{ {LIGHT} }} }}</style><p>dark</p>": 1,
    }),
    (is_dark, "<script>document.documentElement.dataset.theme = 'dark'</script>", {"": 1}),
    (
        figures_are_light_ink_on_the_page_itself,
        f"<div class='cell_output'><img style='{INVERTED}'><div class='tag_no-invert'><img></div></div>",
        {
            "<div class='cell_output'><img></div>": 1,
            f"<div class='cell_output'><img style='{INVERTED}; background: white'></div>": 1,
            "<div class='text_html' style='background: white'><div class='thermo-widget'></div></div>": 1,
        },
    ),
    (its_widgets_run, STILL.format("a picture without a script"), {
        STILL.format("<script></script>"): 1,
        "<div class='thermo-widget' data-ready='no'><script></script></div>": 1,
    }),
    (has_something_that_moves, "<p>Nothing is computed here.</p>", {"<div class='cell'></div>": 1}),
    (its_sliders_move_what_they_should, explore(MOVES + SAYS), {
        explore(""): 4,
        explore(MOVES): 2,
        explore(SAYS): 2,
        explore(MOVES + SAYS).replace("<svg", "<svg style='display: none'"): 2,
        explore(MOVES + SAYS).replace("type=", "onkeydown='return false' type="): 3,
    }),
    (has_still_pictures, STILL.format("<svg width='9' height='9'></svg><figcaption>T = 1</figcaption>"), {
        STILL.format("<figcaption>T = 1</figcaption>"): 1,
        STILL.format("<svg width='9' height='9'></svg><figcaption></figcaption>"): 1,
        STILL.format("<svg width='9' height='9' visibility='hidden'></svg><figcaption>T</figcaption>"): 1,
    }),
]  # fmt: skip


@pytest.mark.parametrize(("question", "right", "wrong"), CASES, ids=[case[0].__name__ for case in CASES])
def test_a_question_finds_its_faults_and_no_others(
    question: Callable[[Page], list[str]], right: str, wrong: dict[str, int], page: Page
) -> None:
    page.set_viewport_size({"width": 375, "height": 700})
    page.emulate_media(color_scheme="dark" if question is fits_a_phone else "light")  # as pages are opened
    for html, count in {right: 0, **wrong}.items():
        page.set_content(article(html))
        assert len(found := question(page)) == count, (html, found)


@pytest.mark.parametrize(
    ("question", "html"),
    [
        (ask_loading.asks_no_other_host, "<img src='https://a.example/x.png'>"),
        (ask_loading.says_no_error, "<script>throw new Error('no')</script>"),
        (ask_loading.says_no_error, "<script>console.error('no')</script>"),
        (ask_loading.gets_all_that_it_asks_for, "<img src='nothing.png'>"),
        (ask_loading.asks_seldom, "".join(f"<img src='_static/logo.svg?{n}'>" for n in range(60))),
        (ask_loading.is_light, "<p>"),
    ],
)
def test_what_a_page_loads_is_noticed(
    question: Callable[[Page], list[str]], html: str, page: Page, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(html: str) -> list[str]:
        """Open the landing page's address, with `html` there."""
        page.route("**/intro.html", lambda route: route.fulfill(body=html, content_type="text/html"))
        Record().follow(page)
        page.goto(f"{site.as_uri()}/intro.html")
        return question(page)

    page.route("https://a.example/*", lambda route: route.fulfill(body="", content_type="image/png"))
    assert found("<img src='_static/logo.svg'>") == []
    if question is ask_loading.is_light:
        monkeypatch.setattr(ask_loading, "HTML_BYTES", 0)
    assert len(found(html)) == 1
    assert RECORDS[page].requests[-1] != ""
