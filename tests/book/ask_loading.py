"""What a page loads: nothing from elsewhere, and little."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Page
from reading import SITE

from record import RECORDS
from servers import gzipped

HTML_BYTES = 300_000  # of a page, compressed: its words, formulae, figures that move and labs
SHARED_BYTES = 300_000  # compressed: style sheets, scripts and fonts, which the next page finds loaded
REQUESTS = 60


def own(page: Page) -> list[str]:
    """Return what `page` asked for within the site."""
    parts = urlsplit(page.url)
    site = f"{parts.scheme}://{parts.netloc}/" if parts.scheme.startswith("http") else f"{SITE.as_uri()}/"
    return [url for url in RECORDS[page].requests if url.startswith(site)]


def asks_no_other_host(page: Page) -> list[str]:
    """All that the page loads comes from where it comes from itself."""
    there = {*own(page)}
    return [url for url in RECORDS[page].requests if not (url in there or url.startswith(("data:", "blob:")))]


def says_no_error(page: Page) -> list[str]:
    """Nothing in the page throws, or writes an error to the console."""
    return RECORDS[page].errors


def gets_all_that_it_asks_for(page: Page) -> list[str]:
    """No request fails, but for scripts where the reader allows none."""
    return [line for line in RECORDS[page].failed if not line.endswith(": csp")]


def asks_seldom(page: Page) -> list[str]:
    """The page needs few requests."""
    count = len(own(page))
    return [f"{count} requests, more than {REQUESTS}"] if count > REQUESTS else []


def is_light(page: Page) -> list[str]:
    """The page's HTML is small, and so is what it shares with the others."""
    document = path_of(page.url)
    others = {path_of(url) for url in own(page)} - {document}
    pictures = {path for path in others if "_images" in path.parts}
    weights = {
        "HTML": (weight({document}), HTML_BYTES),
        "shared": (weight(others - pictures), SHARED_BYTES),
    }
    sizes = {name: size for name, (size, _) in weights.items()} | {"pictures": weight(pictures)}
    said = ", ".join(f"{name} {kb(size)}" for name, size in sizes.items())
    RECORDS[page].measured.append(
        f"{document.relative_to(SITE)}: {said}, compressed; {len(others) + 1} files"
    )
    return [
        f"{name}: {kb(size)} compressed, more than {kb(most)}"
        for name, (size, most) in weights.items()
        if size > most
    ]


def path_of(url: str) -> Path:
    """Return the file of the site at `url`."""
    path = unquote(urlsplit(url).path)
    return Path(path) if url.startswith("file:") else SITE / path.lstrip("/")


def weight(paths: set[Path]) -> int:
    """Return the bytes of the files, compressed as a host sends them."""
    return sum(len(gzipped(path)) for path in paths)


def kb(size: int) -> str:
    """Return `size` in thousands of bytes."""
    return f"{size / 1000:.0f} KB"


WATCHED = [asks_no_other_host, says_no_error, gets_all_that_it_asks_for]  # in every medium, last of all
ASK = {"file": [asks_seldom, is_light]}
