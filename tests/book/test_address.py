"""Where the book lives: what appears when repository and site are named, what does not when they are not."""

import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect
from reading import grave, overflowing
from test_build import build, write

pytestmark = pytest.mark.long

REPOSITORY = "https://github.com/a-name/a-book"
SITE = "https://a-name.github.io/a-book"
BUTTONS = {
    "source-repository-button": REPOSITORY,
    "source-edit-button": f"{REPOSITORY}/edit/main/chapters/a.md",
    "source-issues-button": f"{REPOSITORY}/issues/new",
    "Binder": "https://mybinder.org/v2/gh/a-name/a-book/main?urlpath=lab/tree/chapters/a.md",
}


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the small book with both addresses set; return its site."""
    book = write(tmp_path_factory.mktemp("named"))
    config = (book / "_config.yml").read_text(encoding="utf8")
    for empty, full in (('  url: ""', f"  url: {REPOSITORY}"), ('  baseurl: ""', f"  baseurl: {SITE}")):
        assert config.count(empty) == 1
        config = config.replace(empty, full)
    (book / "_config.yml").write_text(config, encoding="utf8")
    status, said, _ = build(book)
    assert status == 0, said
    return book / "_build" / "html"


def links(page: str) -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(r'<a[^>]*\bhref="([^"]+)"', page)]


def test_the_buttons_lead_to_the_repository_and_to_binder(named: Path) -> None:
    found = links((named / "chapters" / "a.html").read_text(encoding="utf8"))
    for button, address in BUTTONS.items():
        assert any(link.startswith(address) for link in found), button


def test_the_notebook_is_still_offered_once_and_without_outputs(named: Path) -> None:
    found = [
        link for link in links((named / "chapters" / "a.html").read_text("utf8")) if link.endswith(".ipynb")
    ]
    assert set(found) == {"../notebooks/a.ipynb"}
    assert list((named / "_sources").rglob("*.ipynb")) == []


def test_a_page_says_where_it_is_and_has_a_picture(named: Path) -> None:
    text = (named / "chapters" / "a.html").read_text(encoding="utf8")
    tags = dict(re.findall(r'<meta property="(og:[\w:]+)" content="([^"]*)"', text))
    assert f'<link rel="canonical" href="{SITE}/chapters/a.html"' in text
    assert tags["og:url"] == f"{SITE}/chapters/a.html"
    assert tags["og:title"] == "Chapter A"
    picture = named / tags["og:image"].removeprefix(f"{SITE}/")
    with Image.open(picture) as image:
        assert abs(image.width / image.height - 1.91) < 0.02, "the shape that is shown whole"
    assert picture.stat().st_size < 300_000


def test_without_addresses_there_is_nothing_of_the_kind(site: Path) -> None:
    """The book itself has none as yet, or else has both buttons and pictures on every page."""
    for path in (site / "chapters").glob("*.html"):
        text = path.read_text(encoding="utf8")
        has = [mark in text for mark in ("source-repository-button", "mybinder.org/v2", "og:image", "og:url")]
        config = (Path(__file__).resolve().parents[2] / "_config.yml").read_text(encoding="utf8")
        repository, home = ('  url: ""' not in config), ('  baseurl: ""' not in config)
        assert has == [repository, repository, home, home]


def test_the_address_that_people_share_is_the_landing_page(named: Path) -> None:
    text = (named / "index.html").read_text(encoding="utf8")
    tags = dict(re.findall(r'<meta property="(og:[\w:]+)" content="([^"]*)"', text))
    assert '<html lang="en"' in text
    assert "<title>Temperature: statistical mechanics for AI</title>" in text
    assert f'<link rel="canonical" href="{SITE}/intro.html"' in text
    assert tags["og:title"] == "Temperature: statistical mechanics for AI"
    assert (named / tags["og:image"].removeprefix(f"{SITE}/")).is_file()


@pytest.mark.parametrize("page", ["chapters/a", "intro", "index", "search", "genindex"])
def test_every_page_has_a_title_and_a_description(page: str, named: Path) -> None:
    text = (named / f"{page}.html").read_text(encoding="utf8")
    description = re.findall(r'<meta name="description" content="([^"]*)"', text)
    assert len(description) == 1 and description[0] and "Reading:" not in description[0]
    assert re.search(r"<title>\w", text)


def test_a_host_is_told_to_serve_the_files_as_they_are(site: Path) -> None:
    assert (site / ".nojekyll").is_file(), "or GitHub Pages would leave out what begins with _"


class NotFound(SimpleHTTPRequestHandler):
    """A static host: the site's 404.html is what it answers for what is not there."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the page."""
        top = "a-book" if (Path(self.directory) / "a-book").is_dir() else "."
        body = (Path(self.directory) / top / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if self.command == "GET" else b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(params=["told, below a path", "not told, at the root"])
def nowhere(request: pytest.FixtureRequest, named: Path, site: Path, tmp_path: Path) -> Iterator[str]:
    """Serve a site, on a host of its own or below a path; yield an address in it that leads nowhere."""
    told = request.param.startswith("told")
    folder, top = (tmp_path, "a-book/") if told else (site, "")
    if told:
        (tmp_path / "a-book").symlink_to(named, target_is_directory=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(NotFound, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{top}no/such/page.html"
        server.shutdown()


def test_the_page_for_what_is_not_there_leads_back(nowhere: str, window: Callable[..., Page]) -> None:
    page = window()
    page.set_viewport_size({"width": 375, "height": 700})
    answer = page.goto(nowhere)
    assert answer is not None and answer.status == 404
    assert overflowing(page) == []
    assert grave(Axe().run(page)) == []
    assert page.locator("main img").evaluate("image => image.naturalWidth") > 0
    page.get_by_role("link", name="first page").click()
    expect(page.locator(".bd-article h1")).to_be_visible()
    assert page.url == nowhere.replace("no/such/page.html", "intro.html")


def test_search_engines_find_every_page_where_there_is_an_address(named: Path, site: Path) -> None:
    found = re.findall("<loc>(.*?)</loc>", (named / "sitemap.xml").read_text(encoding="utf8"))
    assert sorted(found) == [f"{SITE}/{page}.html" for page in ("chapters/a", "chapters/b", "intro")]
    config = (Path(__file__).resolve().parents[2] / "_config.yml").read_text(encoding="utf8")
    assert (site / "sitemap.xml").exists() == ('  baseurl: ""' not in config)
