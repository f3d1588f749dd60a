"""Every page of the built book, in a real browser: from a file and from a server, light, dark and narrow."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from reading import ROOT, bad_formulae, chapters, grave, open_page, overflowing, pages, source, wordless
from thermobook.executions import executed

CHAPTERS = chapters()
PAGES = pages()
ALL = [*PAGES, "search", "genindex"]

OWN_BYTES = 1_000_000  # a chapter's HTML with its figures and widgets
SHARED_BYTES = 2_200_000  # what all pages load, but for the index that is searched
INDEX_BYTES = 400_000  # that grows with the book
REQUESTS = 60


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("host", ["file", "http"])
def test_a_page_asks_no_other_host_and_nothing_fails(
    name: str, host: str, page: Page, record, site: Path, served: str
) -> None:
    base = site.as_uri() if host == "file" else served
    open_page(page, f"{base}/{name}.html")
    page.wait_for_timeout(300)
    assert [url for url in record.requests if not url.startswith((base, "data:", "blob:"))] == []
    assert record.errors == []
    assert record.failed == []
    assert len([url for url in record.requests if url.startswith(base)]) <= REQUESTS


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_small(name: str, page: Page, record, site: Path, measured: Callable[[str], None]) -> None:
    open_page(page, f"{site.as_uri()}/{name}.html")
    for image in page.locator("img[loading=lazy]").all():
        image.scroll_into_view_if_needed()
    urls = {url.split("?")[0].split("#")[0] for url in record.requests if url.startswith("file:")}
    paths = [Path(unquote(urlsplit(url).path)) for url in urls]
    own = [path for path in paths if path.stem == Path(name).stem or "_images" in path.parts]
    own_bytes = sum(path.stat().st_size for path in own)
    index = site / "searchindex.js"
    shared_bytes = sum(path.stat().st_size for path in paths if path not in own and path != index)
    measured(
        f"{name}: {own_bytes / 1e6:.2f} MB of its own, {shared_bytes / 1e6:.2f} MB shared, {len(urls)} files"
    )
    assert own_bytes <= OWN_BYTES
    assert shared_bytes <= SHARED_BYTES
    assert index.stat().st_size <= INDEX_BYTES


@pytest.mark.parametrize("name", PAGES)
def test_every_formula_is_typeset(name: str, page: Page, site: Path) -> None:
    open_page(page, f"{site.as_uri()}/{name}.html")
    assert bad_formulae(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_picture_has_words(name: str, page: Page, site: Path) -> None:
    open_page(page, f"{site.as_uri()}/{name}.html")
    assert wordless(page) == []


def test_a_picture_without_words_is_noticed(page: Page) -> None:
    page.set_content(
        """<div class="bd-article"><img alt="3f2a.svg"><img><canvas></canvas><svg></svg>
        <img alt="Energy falls as temperature falls.">
        <svg role="img" aria-label="A line that rises."></svg></div>"""
    )
    assert len(wordless(page)) == 4


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows_a_phone(name: str, scheme: str, browser: Browser, site: Path) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 700}, color_scheme=scheme)
    page = context.new_page()
    open_page(page, f"{site.as_uri()}/{name}.html")
    assert overflowing(page) == []
    context.close()


def test_an_overflow_is_noticed(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 700})
    wide = "<div style='width: 500px'>wide</div>"
    page.set_content(f"<div style='overflow-x: auto'>{wide}</div>")
    assert overflowing(page) == []
    page.set_content(wide)
    assert overflowing(page) != []


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(name: str, scheme: str, browser: Browser, served: str) -> None:
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    open_page(page, f"{served}/{name}.html")
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    assert grave(Axe().run(page)) == []
    context.close()


@pytest.mark.parametrize("name", CHAPTERS)
def test_in_the_dark_figures_are_light_ink_on_the_page_itself(
    name: str, browser: Browser, site: Path
) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    open_page(page, f"{site.as_uri()}/{name}.html")
    styles = page.evaluate(
        """() => [...document.querySelectorAll(".cell_output img:not(.no-invert, .thermo-widget *)")]
            .filter(e => !e.closest(".tag_no-invert"))
            .map(e => [getComputedStyle(e).filter, getComputedStyle(e).backgroundColor].join(" "))"""
    )
    assert set(styles) <= {"invert(1) hue-rotate(180deg) rgba(0, 0, 0, 0)"}
    grounds = page.evaluate(
        """() => [...document.querySelectorAll(".text_html:has(.thermo-widget)")]
            .map(e => getComputedStyle(e).backgroundColor)"""
    )
    assert set(grounds) <= {"rgba(0, 0, 0, 0)"}
    context.close()


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


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_ran_without_error_or_warning(name: str, measured: Callable[[str], None]) -> None:
    try:
        notebook, seconds, _ = executed(ROOT, name)
    except KeyError:
        pytest.fail(f"{name} has changed since the book was built; run `make book` first")
    measured(f"{name}: ran in {seconds:.1f} s")
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error", output
            assert output.get("name") != "stderr", output
            shown = output.get("data", {})
            if "text/html" not in shown:  # else an object's address: the cell lacks plt.show() at its end
                assert " at 0x" not in str(shown.get("text/plain"))
