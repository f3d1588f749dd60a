"""The search of the built book, from a file and from a server."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from reading import chapters, source

CHAPTERS = chapters()


@pytest.mark.parametrize("host", ["file", "http"])
def test_search_finds_a_chapter(host: str, page: Page, record, site: Path, served: str) -> None:
    base = site.as_uri() if host == "file" else served
    title = source(CHAPTERS[1]).partition("\n# ")[2].split("\n")[0]
    page.goto(f"{base}/{CHAPTERS[0]}.html")
    page.keyboard.press("Control+k")
    page.keyboard.type(title.split()[0])
    page.keyboard.press("Enter")
    page.locator(f"#search-results a[href*='{CHAPTERS[1]}']").first.wait_for()
    expect(page.locator(".search-summary")).to_contain_text("finished")
    places = [link.get_attribute("href") or "" for link in page.locator("#search-results a").all()]
    assert places[0] == f"{CHAPTERS[1]}.html", "the chapter comes before the module of that name"
    assert f"reference/api/{title.lower()}.html" in places[1:]
    if host == "http":  # from a file the browser allows no reading of other pages: no excerpts
        stem = title[:-1]  # what is looked for: “Entropy” finds “entropies” too
        expect(page.locator("#search-results .context").first).to_contain_text(stem, ignore_case=True)
        page.wait_for_load_state("networkidle")
        excerpts = " ".join(page.locator("#search-results .context").all_inner_texts())
        assert [words for words in (".ipynb", ".pdf", "Contents") if words in excerpts] == []
    assert record.errors == []


def test_search_finds_a_word_whose_stem_is_too_common_to_be_looked_for(page: Page, site: Path) -> None:
    page.goto(f"{site.as_uri()}/search.html?q=Ising")
    page.locator("#search-results a[href='chapters/partition-functions.html']").wait_for()


def test_the_words_typed_into_a_search_field_stand_beside_its_picture(page: Page, site: Path) -> None:
    page.goto(f"{site.as_uri()}/search.html")
    field = page.locator(".bd-search-container form.bd-search")
    picture = field.locator(".fa-magnifying-glass").bounding_box()
    box = field.locator("input").bounding_box()
    assert picture is not None and box is not None
    padding = field.locator("input").evaluate("field => parseFloat(getComputedStyle(field).paddingLeft)")
    assert box["x"] + padding > picture["x"] + picture["width"]
