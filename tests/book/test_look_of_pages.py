"""How pages look beyond what each is asked: deep within, in print, by keyboard, in a reader's own colours."""

import re
from collections.abc import Callable
from contextlib import suppress

import ask_look
import pytest
from playwright.sync_api import Page, TimeoutError
from reading import ROOT
from thermolib.palette import STOPS

LONGEST = "chapters/partition-functions"
SETTLED = """() => new Promise(done => {
    let last, still = 0;
    const look = () => {
        still = scrollY === last ? still + 1 : 0;
        last = scrollY;
        still > 20 ? done() : requestAnimationFrame(look);
    };
    look();
})"""
# Add 40 pixels above a link's target; return by how much it is moved when the browser has drawn again.
GROW = """async id => {
    const { top } = document.getElementById(id).getBoundingClientRect();
    document.querySelector(".bd-article > section").style.paddingTop = "40px";
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    return document.getElementById(id).getBoundingClientRect().top - top;
}"""
# By how many pixels a link's target is not where the link should bring it: 3 are not seen. The last places
# cannot come so high; a line of the foot may still have grown since.
MISSED = """id => {
    const below = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);
    const off = document.getElementById(id).getBoundingClientRect().top - below;
    const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 64;
    return Math.abs(off) <= 3 || (atEnd && off >= 0 && off < innerHeight - below) ? 0 : off;
}"""


@pytest.fixture
def page(window: Callable[..., Page]) -> Page:
    return window()


@pytest.fixture
def opened(page: Page, site) -> Callable[..., Page]:
    """Open a page of the site, where before it there was nothing, for a reader with such media."""

    def open_(name: str, place: str = "", width: int = 1280, **media) -> Page:
        page.goto("about:blank")
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(**media)
        page.goto(f"{site.as_uri()}/{name}.html{place}")
        page.evaluate("document.fonts.ready.then(() => null)")
        return page

    return open_


@pytest.mark.parametrize("width", [1280, 375])
def test_a_link_into_a_page_finds_its_place_and_holds_it(opened, width: int) -> None:
    """Sections that are far away have only a guessed height until they are laid out."""
    page = opened(LONGEST, width=width)
    anchors = page.evaluate(
        "[...document.querySelectorAll('.bd-article section section[id], div.math[id]')].map(e => e.id)"
    )
    assert len(anchors) > 20
    middle = anchors[len(anchors) // 2]
    assert misses(opened(LONGEST, f"#{middle}", width=width), middle) == 0
    page = opened(LONGEST, width=width)
    links = ".bd-sidebar-secondary .nav-link"
    for number in (-3, 0, 8, -6, 3):  # far down, far up: 3 is missed by half a screen without book.js
        page.evaluate(f"number => [...document.querySelectorAll('{links}')].at(number).click()", number)
        place = page.evaluate("location.hash.slice(1)")
        assert misses(page, place) == 0, place


@pytest.mark.parametrize(
    ("act", "moved"),
    [
        (lambda page: None, 0),
        (lambda page: page.keyboard.press("Shift"), 40),
        (lambda page: page.evaluate("scrollBy({ top: -innerHeight / 2, behavior: 'instant' })"), 40),
    ],
    ids=["reads", "presses a key", "has left"],
)
def test_a_place_is_held_until_the_reader_acts(opened, act: Callable[[Page], None], moved: int) -> None:
    """While what is above it grows: here the browser itself, which might hold another place, holds none."""
    page = opened(LONGEST)
    place = page.evaluate("[...document.querySelectorAll('.bd-article section section[id]')].at(-4).id")
    page = opened(LONGEST, f"#{place}")
    page.add_style_tag(content="html { overflow-anchor: none }")
    assert misses(page, place) == 0
    act(page)
    page.evaluate(SETTLED)
    assert page.evaluate(GROW, place) == pytest.approx(moved, abs=1)


def misses(page: Page, anchor: str) -> float:
    """Return by how many pixels `anchor` is not where a link should bring it, once the page is at rest."""
    with suppress(TimeoutError):
        page.wait_for_function(f"id => ({MISSED})(id) === 0", arg=anchor, timeout=10_000)
    page.evaluate(SETTLED)
    return page.evaluate(MISSED, anchor)


def test_far_sections_are_laid_out_when_they_come_near_or_are_searched_or_printed(opened) -> None:
    page = opened(LONGEST, reduced_motion="reduce")
    words = page.evaluate(
        """() => {
            const far = ".bd-article section section:has(.cell):not(:has(> section)) > p:not(:has(*))";
            const last = [...document.querySelectorAll(far)].at(-1);
            return last.textContent.trim().replace(/\\s+/g, " ").slice(0, 40);
        }"""
    )
    sections = "[...document.querySelectorAll('.bd-article section section:not(:has(> section)):has(.cell)')]"
    near = "s => s.firstElementChild.checkVisibility({contentVisibilityAuto: true})"
    assert page.evaluate(f"{sections}.map({near})").count(False) > 3
    page.evaluate(f"{sections}.at(-1).scrollIntoView({{behavior: 'instant'}})")
    page.evaluate(SETTLED)
    assert page.evaluate(f"{sections}.map({near})")[-1]
    page.evaluate("scrollTo(0, 0)")
    page.reload()
    assert page.evaluate("words => find(words)", words)
    page.wait_for_function("scrollY > 5000")
    page.emulate_media(media="print")
    sections = "[...document.querySelectorAll('.bd-article section section')]"
    assert set(page.evaluate(f"{sections}.map(s => getComputedStyle(s).contentVisibility)")) == {"visible"}


def test_the_contents_follow_the_reader(opened) -> None:
    """Far down, far up, and into the middle."""
    page = opened(LONGEST, reduced_motion="reduce")
    places = page.evaluate(
        """[...document.querySelectorAll(".bd-sidebar-secondary .nav-link")].map(a => a.hash.slice(1))
            .filter(id => document.getElementById(id).matches(":not(:has(> section))"))"""
    )
    for place in (places[-3], places[0], places[len(places) // 2]):
        page.locator(f".bd-sidebar-secondary .nav-link[href='#{place}']").evaluate("link => link.click()")
        page.wait_for_function(
            """id => [...document.querySelectorAll(".bd-sidebar-secondary .nav-link.active")]
                .some(link => link.hash === "#" + id)""",
            arg=place,
        )


def test_notes_stand_in_the_margin_where_there_is_one_and_in_the_text_where_not(opened) -> None:
    page = opened("study", width=1280)
    note, text = page.locator("aside.margin").first, page.locator(".bd-article section > p").first
    beside, column = note.bounding_box(), text.bounding_box()
    assert beside and column and beside["x"] >= column["x"] + column["width"]
    assert beside["x"] + beside["width"] <= 1280
    page.set_viewport_size({"width": 375, "height": 800})
    beside, column = note.bounding_box(), text.bounding_box()
    assert beside and column
    assert (beside["x"], beside["width"]) == (column["x"], pytest.approx(column["width"], abs=1))


def test_a_page_from_the_printer_is_dark_on_white_and_whole(opened) -> None:
    """Whatever the reader's scheme."""
    page = opened(LONGEST, width=500)  # small paper, where lines of code must wrap
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, media="screen")
        page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
        page.emulate_media(media="print")
        page.wait_for_function(
            """colours => colours.includes(
                getComputedStyle(document.querySelector('.bd-article > section > p')).color)""",
            arg=["rgb(0, 0, 0)", "rgb(34, 40, 50)"],
        )
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".bd-article pre")].filter(e => e.checkVisibility())
            .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.slice(0, 60))"""
    )
    assert cut == []
    assert (
        page.evaluate("getComputedStyle(document.querySelector('div.math:has(.eqno)')).breakInside")
        == "avoid"
    )


@pytest.mark.parametrize("width", [1280, 375])
def test_whoever_uses_the_keyboard_sees_where_they_are(opened, width: int) -> None:
    """Each stop of the first forty draws something around itself; a slider does, around its thumb."""
    page = opened("chapters/entropy", width=width, reduced_motion="reduce")
    seen = 0
    for _ in range(40):
        page.keyboard.press("Tab")
        drawn, text, around = page.evaluate(
            """() => {
                const e = document.activeElement;
                const shown = e.matches("summary") ? [e, ...e.querySelectorAll(".toctree-toggle")] : [e];
                const drawn = shown.some(e => {
                    const s = getComputedStyle(e);
                    const outlined = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2;
                    return outlined || s.boxShadow !== "none";
                });
                const around = e.closest(".bd-header-article, .bd-sidebar-primary") !== null;
                return [drawn, e.outerHTML.slice(0, 200), around];
            }"""
        )
        assert drawn or 'type="range"' in text, (
            text
        )  # the thumb's ring is seen in pictures (test_explore, test_lab)
        seen += around
    assert seen >= (10 if width == 1280 else 3)


def test_in_the_readers_own_colours_the_pages_parts_keep_their_edges(opened) -> None:
    page = opened("intro", forced_colors="active")
    assert page.locator(".opening a").last.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page = opened("chapters/entropy", forced_colors="active", width=375)
    code = page.locator("pre.cut-right").first
    code.wait_for()
    assert code.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    assert code.evaluate("e => getComputedStyle(e).maskImage") == "none"


def test_whoever_wants_less_motion_is_not_scrolled_smoothly(opened) -> None:
    page = opened("study", reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (375, 1400)])
def test_the_landing_page_says_where_to_go(opened, width: int, height: int) -> None:
    """Its button is seen with the lattice on a desk; on a phone a thumb's push below."""
    page = opened("intro", width=width)
    page.set_viewport_size({"width": width, "height": height})
    start = page.get_by_role("link", name="Start: Entropy")
    box = start.bounding_box()
    assert box and box["y"] + box["height"] <= height
    slider = page.locator(".bd-article input[type=range]").first.bounding_box()
    assert slider and slider["y"] + slider["height"] <= height
    start.click()
    page.wait_for_url("**/chapters/entropy.html")


def test_the_style_sheets_know_no_colours_of_heat_but_the_palettes() -> None:
    heat = re.search(r"--book-heat: (.*);", (ROOT / "assets/book.css").read_text(encoding="utf8"))
    assert heat and re.findall("#[0-9a-f]{6}", heat[1]) == [STOPS[0], STOPS[4], STOPS[8]]


WORDS = "Temperature is so often introduced as a measure of the average kinetic energy that one forgets. " * 8


@pytest.mark.parametrize(
    ("question", "good", "bad"),
    [
        (
            ask_look.lines_hold_65_to_75_characters,
            f"<p>{WORDS}</p>" * 3,
            f"<p style='width: 100rem'>{WORDS}</p>" * 3,
        ),
        (ask_look.all_parts_end_at_one_edge, "<pre>x</pre>", "<pre style='width: 50%'>x</pre>"),
        (
            ask_look.what_is_cut_says_so,
            f"<pre>{WORDS}</pre>",
            f"<div style='overflow: hidden; white-space: nowrap'>{WORDS}</div>",
        ),
        (
            ask_look.no_equation_is_smaller_than_four_fifths,
            "<div class='math'><span class='katex-display'>x</span></div>",
            "<div class='math'><span class='katex-display' style='font-size: 70%'>x</span></div>",
        ),
        (
            ask_look.an_equations_number_stands_above_it,
            "<div class='math'><span class='eqno'>(1)</span><div class='katex-display'>x</div></div>",
            "<div class='math'><div class='katex-display'>x</div><span class='eqno'>(1)</span></div>",
        ),
        (
            ask_look.a_finger_hits_the_pages_own_buttons,
            "<div class='bd-header-article'><button class='btn'>x</button></div>",
            "<div class='bd-header-article'><button style='height: 2rem'>x</button></div>",
        ),
    ],
)
def test_a_question_finds_what_it_asks_for(
    question: Callable[[Page], list[str]], good: str, bad: str, page: Page
) -> None:
    """On a page of one part, with the book's own style sheet and script."""
    phone = question in ask_look.ASK["phone"]
    page.set_viewport_size({"width": 375 if phone else 1280, "height": 800})
    for body, right in ((good, True), (bad, False)):
        page.goto("about:blank")
        page.set_content(
            "<html data-theme='light'>"
            "<div class='bd-article' style='width: 100%; max-width: 41rem; padding: 0'>"
            f"<section>{body}</section></div>"
        )
        page.add_style_tag(path=ROOT / "_build" / "html" / "_static" / "style.css")
        page.add_script_tag(path=ROOT / "assets" / "book.js")
        assert (question(page) == []) == right, question(page)


def test_a_chapter_has_a_part_of_each_kind_that_the_questions_are_about(page: Page, site) -> None:
    """Else they would be answered by nothing."""
    page.goto(f"{site.as_uri()}/chapters/entropy.html")
    for part in ("pre", ".thermo-widget", "div.math > .katex-display", "div.math > .eqno"):
        assert page.locator(f".bd-article {part}").count() > 0, part
