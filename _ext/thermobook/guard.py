"""Find what a page would load from another host.

A link that a reader may follow is no load. A script is read for the forms in which it names an address at
once (``import``, ``fetch``, ``new Worker``, ``.src =`` and their like); one put together while it runs is for
the browser tests to see.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

ELSEWHERE = re.compile(r"\s*(?:https?:|wss?:)?//", re.I)
# In a style sheet only image-set lists bare strings, so a comma before one means it.
IN_STYLE = re.compile(
    r"""(?:(?:url\(\s*|@import\s+)["']?|(?:image-set\(|,)\s*["'])((?:https?:)?//[^"')\s]+)""", re.I
)
IN_SCRIPT = re.compile(
    r"""(?:\bfrom\s*|\bimport\s*\(?\s*|\.src\s*=\s*"""
    r"""|\b(?:fetch|importScripts|(?:Shared)?Worker|WebSocket|EventSource|sendBeacon)\s*\(\s*"""
    r"""|\.open\s*\(\s*["'`]\w+["'`]\s*,\s*)"""  # of an XMLHttpRequest
    r"""["'`]((?:https?:|wss?:)?//[^"'`\s]+)"""
)
LOADING = {"src", "data", "poster", "background", "xlink:href"}  # of any element
# Of a link element: these only tell. Every other may load something, or at least look the host up.
TELLING = {"alternate", "author", "bookmark", "canonical", "help", "license", "next", "prev", "search"}
# Two thirds of all elements, most within formulae: what has no slash, nor a sign for one, names no address.
SPAN = re.compile(r"""</span>|<span(?: [\w-]+="[^"<>/&]*")*>""")
REFRESH = re.compile(r"""\burl\s*=\s*["']?""", re.I)


def external(site: Path) -> list[str]:
    """Return a line for each address of another host that a page or a style sheet of `site` would load."""
    found = []
    for path in sorted(site.rglob("*")):
        if path.suffix == ".html":
            addresses = in_html(path.read_text(encoding="utf8"))
        elif path.suffix == ".css":
            addresses = in_style(path.read_text(encoding="utf8"))
        elif path.suffix == ".svg":
            addresses = in_html(path.read_text(encoding="utf8"))
        else:
            continue
        found += [f"{path.relative_to(site).as_posix()}: {address}" for address in addresses]
    return found


def in_html(text: str) -> list[str]:
    """Return the addresses of other hosts that the page `text` would load."""
    page = _Page()
    page.feed(SPAN.sub("", text))
    return page.found


def in_style(text: str) -> list[str]:
    """Return the addresses of other hosts that the style sheet `text` would load."""
    return IN_STYLE.findall(text)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        attributes = {name: value or "" for name, value in attrs}
        self.found += [value for value in self._loads(tag, attributes) if ELSEWHERE.match(value)]
        self.found += in_style(attributes.get("style", ""))

    def _loads(self, tag: str, attributes: dict[str, str]) -> Iterator[str]:
        yield from (value for name, value in attributes.items() if name in LOADING)
        yield from (part for part in attributes.get("srcset", "").split(",") if part)
        relations = set(attributes.get("rel", "").lower().split())
        if (tag == "link" and not relations <= TELLING) or tag in {"image", "use"}:
            yield attributes.get("href", "")
        if tag == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
            yield REFRESH.split(attributes.get("content", ""))[-1]

    def handle_data(self, data: str) -> None:
        if self.inside == "style":
            self.found += in_style(data)
        elif self.inside == "script":
            self.found += IN_SCRIPT.findall(data)

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""
