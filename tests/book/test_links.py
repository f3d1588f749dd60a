"""Every link of every built page that leads to a place of the site: file and anchor are there."""

from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest


class Anchors(HTMLParser):
    """What a page links to, and what can be linked to in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write down the addresses and names of an element."""
        attributes = {name: value or "" for name, value in attrs}
        self.links += [attributes[name] for name in ("href", "src") if name in attributes]
        self.ids |= {attributes[name] for name in ("id", "name") if name in attributes}


@cache
def anchors(path: Path) -> Anchors:
    return Anchors(path.read_text(encoding="utf8"))


def broken(site: Path) -> list[str]:
    """Return the links of `site` that lead nowhere in it, those to other hosts apart."""
    site = site.resolve()
    found = []
    for path in sorted(site.rglob("*.html")):
        if path.name == "404.html":  # its links count from where the host says, a test of its own asks them
            continue
        for link in anchors(path).links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchor = unquote(parts.fragment)
            if not target.is_file() or not target.is_relative_to(site):
                found.append(f"{path.relative_to(site)}: {link}: no such file")
            elif anchor and target.suffix == ".html" and anchor not in anchors(target).ids:
                found.append(f"{path.relative_to(site)}: {link}: no such place in the page")
    return found


def test_every_link_within_the_book_leads_somewhere(site: Path) -> None:
    assert broken(site) == []


@pytest.mark.parametrize(
    ("link", "good"),
    [
        ("b.html", True),
        ("b.html#there", True),
        ("#here", True),
        ("#", True),
        ("https://a.example/none", True),
        ("b.html#here", False),
        ("#there", False),
        ("c.html", False),
        ("../other/b.html", False),
    ],
)
def test_a_broken_link_is_noticed(link: str, good: bool, tmp_path: Path) -> None:
    for folder in ("site", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "b.html").write_text('<p id="there">B</p>', encoding="utf8")
    (tmp_path / "site" / "a.html").write_text(f'<h1 id="here"><a href="{link}">A</a></h1>', encoding="utf8")
    assert (broken(tmp_path / "site") == []) == good
