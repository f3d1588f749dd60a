"""What a reader looks up is found: by the search, and beside the link."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from docutils.nodes import make_id
from playwright.sync_api import Page, expect
from reading import chapters, source

CHAPTERS = chapters()
TERM = re.compile(r"^(\w[\w –-]+)\n  \S", re.MULTILINE)
TERMS = TERM.findall(source("reference/glossary").partition("```{glossary}")[2])


@pytest.fixture
def page(window: Callable[..., Page]) -> Page:
    return window(viewport={"width": 1280, "height": 9000})  # all results are near, and show their words


def search(page: Page, base: str, query: str) -> list[tuple[str, str]]:
    """Return where the results lead, and what is shown of them."""
    page.goto(f"{base}/search.html?q={query}")
    page.locator(".search-summary").wait_for()
    expect(page.locator(".context:empty")).to_have_count(0)
    items = page.locator("#search-results li").evaluate_all(
        """all => all.map(({ children }) =>
            [children[0].getAttribute("href"), [...children].map(part => part.innerText).join("\\n")])"""
    )
    return [(place, words) for place, words in items]


@pytest.mark.parametrize("host", ["file", "http"])
def test_the_search_leads_to_a_section(host: str, page: Page, record, site: Path, served: str) -> None:
    base = site.as_uri() if host == "file" else served
    title = re.findall(r"^## ([\w ,]+)$", source(CHAPTERS[0]), re.MULTILINE)[2]
    page.goto(f"{base}/{CHAPTERS[0]}.html")
    page.keyboard.press("Control+k")
    page.keyboard.type(title)
    page.keyboard.press("Enter")
    first = page.locator("#search-results li").first
    expect(first.locator("a")).to_have_text(title)
    expect(first.locator(".context")).not_to_be_empty()
    first.locator("a").click()
    page.wait_for_url(f"{base}/{CHAPTERS[0]}.html#{make_id(title)}")
    assert record.errors == []


def test_the_search_names_the_term(page: Page, site: Path) -> None:
    assert len(TERMS) > 20
    for term in TERMS[::8]:
        places = search(page, site.as_uri(), term)
        entry = next(k for k, (place, _) in enumerate(places) if "glossary.html#term-" in place)
        assert places[entry][1].startswith(term), term
        before = [words.partition("\n")[0].lower() for _, words in places[:entry]]
        assert set(before) <= {term.lower()}, "only what bears the term as its title comes before it"


@pytest.mark.parametrize("query", ["Ising", "entropy", "annealing", "Metropolis", "softmax", "T_c"])
def test_chapters_come_before_the_library_and_words_before_formulae(
    query: str, page: Page, site: Path
) -> None:
    places = search(page, site.as_uri(), query)
    assert [place for place, _ in places[:5] if "reference/api" in place] == []
    assert any(place.startswith("chapters/") for place, _ in places[:5])
    assert [words for _, words in places if "\\" in words or "$" in words] == []


def test_a_name_of_the_library_is_found_and_a_plural_is_its_singular(page: Page, site: Path) -> None:
    assert search(page, site.as_uri(), "spin_states")[0][0].endswith("#thermolib.ising.spin_states")
    one, many = (dict(search(page, site.as_uri(), query)) for query in ("certificate", "certificates"))
    assert one.keys() == many.keys()


def test_the_search_loads_the_texts_of_results_that_are_near(window: Callable[..., Page], site: Path) -> None:
    page, loaded = window(viewport={"width": 1280, "height": 300}), list[str]()
    page.on("request", lambda request: "/texts/" in request.url and loaded.append(request.url))
    page.goto(f"{site.as_uri()}/search.html?q=energy")
    expect(page.locator(".context").first).to_contain_text("energy", ignore_case=True)
    results, first = page.locator(".context"), len(loaded)
    assert 0 < first < results.count()
    results.last.scroll_into_view_if_needed()
    expect(results.last).to_contain_text("energ", ignore_case=True)
    assert len(loaded) > first and len(set(loaded)) == len(loaded)


def test_the_search_says_when_there_is_nothing(page: Page, site: Path) -> None:
    assert search(page, site.as_uri(), "xyzzy<b>") == []
    expect(page.locator(".search-summary")).to_contain_text("Nothing was found for “xyzzy<b>”")


def test_the_words_typed_into_a_search_field_stand_beside_its_picture(page: Page, site: Path) -> None:
    page.goto(f"{site.as_uri()}/search.html")
    field = page.locator(".bd-search-container form.bd-search")
    picture = field.locator(".fa-magnifying-glass").bounding_box()
    box = field.locator("input").bounding_box()
    assert picture is not None and box is not None
    padding = field.locator("input").evaluate("field => parseFloat(getComputedStyle(field).paddingLeft)")
    assert box["x"] + padding > picture["x"] + picture["width"]


@pytest.mark.parametrize("name", CHAPTERS)
def test_each_term_and_work_has_its_card_on_the_page(name: str, site: Path) -> None:
    text = (site / f"{name}.html").read_text(encoding="utf8")
    links = set(re.findall(r'href="\.\./(reference/(?:glossary|bibliography)\.html#[^"]+)"', text))
    cards = dict(re.findall(r'<template data-card="([^"]+)">(.*?)</template>', text, re.DOTALL))
    assert links and links == set(cards)
    assert [place for place, card in cards.items() if len(re.sub("<.*?>", "", card).split()) < 4] == []
    assert [place for place, card in cards.items() if "href" in card or " See " in card] == []


def test_a_card_opens_on_hover_and_on_focus_and_closes(page: Page, site: Path) -> None:
    page.goto(f"{site.as_uri()}/{CHAPTERS[0]}.html")
    card = page.locator(".hover-card")
    term = page.locator(".bd-article a[href*='#term-']").first
    term.hover()
    expect(card).to_be_visible()
    expect(term).to_have_attribute("aria-describedby", "hover-card")
    card.hover()  # the pointer may go there
    expect(card).to_be_visible()
    page.locator(".bd-article section > h1").hover()
    expect(card).to_be_hidden()
    page.locator(".bd-article a[href*='bibliography.html#']:visible").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    equation = page.locator(".bd-article a.reference[href^='#equation-']").first
    equation.hover()
    expect(card).to_be_visible()


def test_a_tap_opens_a_card_and_another_follows_the_link(window: Callable[..., Page], site: Path) -> None:
    page = window(viewport={"width": 375, "height": 700}, has_touch=True, is_mobile=True)
    address = f"{site.as_uri()}/{CHAPTERS[0]}.html"
    page.goto(address)
    card = page.locator(".hover-card")
    term = page.locator(".bd-article a[href*='#term-']").first
    term.tap()
    expect(card).to_be_visible()
    box = card.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 375
    assert page.url == address
    page.locator(".bd-article section > h1").tap()
    expect(card).to_be_hidden()
    term.tap()
    term.tap()
    page.wait_for_url("**/reference/glossary.html#term-*")
