"""What the tests ask of a page in the browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"


def pages() -> list[str]:
    """Return the pages of the table of contents, in order, the landing page first."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf8"))
    top = [entry for part in toc["parts"] for entry in part["chapters"]]
    return [
        toc["root"],
        *(name for entry in top for page in (entry, *entry.get("sections", [])) for name in _names(page)),
    ]


def _names(page: dict[str, Any]) -> list[str]:
    """Return the pages of one entry of the contents; those that were made from the modules are a `glob`."""
    if "file" in page:
        return [page["file"]]
    return sorted(
        path.relative_to(ROOT).with_suffix("").as_posix() for path in ROOT.glob(f"{page['glob']}.md")
    )


def computing() -> list[str]:
    """Return the pages that compute, the landing page first."""
    return [name for name in pages() if "```{code-cell}" in source(name)]


def chapters() -> list[str]:
    """Return the pages of the chapters."""
    return [name for name in computing() if name.startswith("chapters/")]


def source(name: str) -> str:
    """Return the Markdown of page `name`."""
    return (ROOT / f"{name}.md").read_text(encoding="utf8")


@cache
def parsed(site: Path, name: str) -> BeautifulSoup:
    """Return the built page `name`: for what needs no browser."""
    return BeautifulSoup((site / f"{name}.html").read_text(encoding="utf8"), "html.parser")


def words(site: Path, name: str, place: str) -> str:
    """Return the text at the one `place`, a CSS selector, in the built page `name`."""
    (element,) = parsed(site, name).select(place)
    return " ".join(element.get_text().split())


def open_page(page: Page, address: str) -> None:
    """Open `address`, and wait until its fonts are there, its widgets run, and all of it was once seen."""
    page.goto(address)
    page.evaluate("document.fonts.ready.then(() => null)")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.thermo-widget:has(> script)')].every(e => e.dataset.ready)"
    )
    leaf_through(page)


def leaf_through(page: Page) -> None:
    """Show all of `page`, a window at a time, so that what waits until it is seen has come."""
    page.evaluate(
        """async () => {
            const frame = () => new Promise(requestAnimationFrame);
            for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
                scrollTo({ top: y, behavior: "instant" });
                await frame();
            }
            scrollTo({ top: 0, behavior: "instant" });
            await frame();
            const shown = [...document.images].filter(image => image.checkVisibility());
            await Promise.all(shown.map(image => image.decode().catch(() => {})));
        }"""
    )


@contextmanager
def in_scheme(page: Page, scheme: Literal["light", "dark"]) -> Iterator[None]:
    """Let the reader prefer `scheme` for a while."""
    before = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'")
    page.emulate_media(color_scheme=scheme)
    page.evaluate("new Promise(requestAnimationFrame)")
    yield
    page.emulate_media(color_scheme=before)


def bad_formulae(page: Page) -> list[str]:
    """Return what of `page` is not typeset for eye and ear, or without the fonts, and TeX in its text."""
    return page.evaluate(
        r"""() => {
            const found = [...document.querySelectorAll(".math")]
                .filter(e => !e.querySelector(".katex-mathml:has(math) + .katex-html[aria-hidden=true]"))
                .map(e => "not typeset: " + e.textContent);
            if (document.querySelector(".katex")
                && ![...document.fonts].some(f => f.family === "KaTeX_Main" && f.status === "loaded"))
                found.push("KaTeX's fonts are not there");
            const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (texts.nextNode()) {
                const text = texts.currentNode;
                const code = text.parentElement.closest("pre, code, script, style");
                if (!code && /\\[a-zA-Z]{2,}|\$[^$]+\$/.test(text.data))
                    found.push("raw: " + text.data.trim());
            }
            return found;
        }"""
    )


def wordless(page: Page) -> list[str]:
    """Return the pictures of `page`'s article that say nothing to those who cannot see them.

    A file's name is no description. Decoration, and what lies within a described picture, needs none.
    """
    return page.evaluate(
        """() => [...document.querySelectorAll(".bd-article :is(img, svg, canvas)")]
            .filter(e => !e.closest("[aria-hidden=true], [hidden], button, a.headerlink"))
            .filter(e => !e.parentElement.closest("svg, [role=img][aria-label]"))
            .filter(e => {
                const label = document.getElementById(e.getAttribute("aria-labelledby"))?.textContent;
                const words = label ?? e.getAttribute("aria-label") ?? e.getAttribute("alt")
                    ?? e.querySelector(":scope > title")?.textContent ?? "";
                return words.trim().split(/\\s+/).length < 3 || /\\.(png|svg|jpe?g|webp)$/.test(words.trim());
            })
            .map(e => e.outerHTML.slice(0, 200))"""
    )


def overflowing(page: Page) -> list[str]:
    """Return what sticks out of `page` on the right and lies in no box that scrolls."""
    return page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            const scrolls = e => /auto|scroll|hidden|clip/.test(getComputedStyle(e).overflowX);
            const boxed = e => { for (e = e.parentElement; e && e !== document.body; e = e.parentElement)
                if (scrolls(e) && e.getBoundingClientRect().right <= width + 1) return true; };
            const out = [...document.querySelectorAll("body *")].filter(e => {
                const box = e.getBoundingClientRect();
                return box.width > 0 && box.right > width + 1 && box.left < width && !boxed(e);
            }).map(e => e.outerHTML.slice(0, 160));
            if (document.documentElement.scrollWidth > width) out.push("the page itself scrolls sideways");
            return out;
        }"""
    )


def grave(results: Any) -> list[str]:
    """Return axe's findings that are serious or critical, a line each."""
    return serious(results.response["violations"])


def serious(violations: list[dict[str, Any]]) -> list[str]:
    """Return those of axe's violations that are serious or critical, a line each."""
    return [
        f"{violation['id']}: {node['html'][:160]}: {node['failureSummary']}"
        for violation in violations
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]
