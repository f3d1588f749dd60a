"""Every page of the built book, in a real browser: opened once in each medium, and asked everything.

The questions stand in the files `ask_*.py` beside this one. Each is a function of a page that returns what it
finds wrong; the file's `ASK` says in which media it is asked.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ask_loading import HTML_BYTES, WATCHED, weight
from playwright.sync_api import Browser, Page
from reading import SITE, computing, open_page, pages, parsed, source
from slow import open_slowly

from record import RECORDS, Record

pytestmark = pytest.mark.long

EVERYTHING = [*pages(), "search", "genindex"]
# The library's pages come from one template, and hold words alone: they are bound into the first of them.
LIBRARY = [name for name in EVERYTHING if name.startswith("reference/api/")]
BOUND = [name for name in EVERYTHING if name not in LIBRARY[1:]]


def open_bound(page: Page, address: str) -> None:
    """Open `address`; if it is that of the library's first page, with what all the others say in it."""
    if address.endswith(f"{LIBRARY[0]}.html"):
        whole = bound([(SITE / f"{name}.html").read_text(encoding="utf8") for name in LIBRARY])
        page.route(address, lambda route: route.fulfill(body=whole, content_type="text/html; charset=utf-8"))
    open_page(page, address)


def bound(texts: list[str]) -> str:
    """Return the first page with the articles of the others after its own."""
    begin, end = '<article class="bd-article">', "</article>"
    head, _, rest = texts[0].partition(end)
    others = [text.partition(begin)[2].partition(end)[0] for text in texts[1:]]
    assert rest and all(others), "a page without an article"
    return "".join([head, *others, end, rest])


def weighed() -> list[str]:
    """Return the pages that are measured on a slow link: the heaviest, the heaviest with a lab, the lightest.

    Of the pages with a slider, that is. What a page loads, beside its own HTML, is the same for all;
    `is_light` weighs every one.
    """

    def size(name: str) -> int:
        file = SITE / f"{name}.html"
        return file.stat().st_size if file.is_file() else 0

    moving = [name for name in computing() if name != "review" and not name.startswith("reference/")]
    moving.sort(key=size, reverse=True)
    lab = next((name for name in moving[1:] if "Lab(" in source(name)), moving[0])
    return [*dict.fromkeys([moving[0], lab, moving[-1]])]


class Medium(NamedTuple):
    """A way in which pages are opened."""

    of: list[str]
    served: bool  # by a host, or else a file of this machine
    options: dict[str, Any]  # of the browser's context
    open: Callable[[Page, str], None] = open_bound
    shared: bool = True  # one window for all pages, in which each finds nothing of the others


# Labs wait where motion is reduced: axe finds them at rest, and what changes, a slider has changed.
DESK = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}
MEDIA = {
    "file": Medium(BOUND, False, {**DESK, "color_scheme": "light"}),
    "phone": Medium(
        BOUND, True, {"viewport": {"width": 375, "height": 700}, "has_touch": True, "color_scheme": "dark"}
    ),
    "still": Medium(computing(), False, {"java_script_enabled": False}, Page.goto),
    "slow": Medium(weighed(), True, {}, open_slowly, shared=False),
}

# In the order of their names, but axe last.
FILES = sorted(Path(__file__).parent.glob("ask_*.py"), key=lambda file: (file.stem == "ask_access", file))
ASKED = [import_module(file.stem).ASK for file in FILES]
QUESTIONS: dict[str, list[Callable[[Page], list[str]]]] = {
    medium: [question for ask in ASKED for question in ask.get(medium, [])] for medium in MEDIA
}


@pytest.fixture
def visited(
    request: pytest.FixtureRequest,
    browser: Browser,
    window: Callable[..., Page],
    site: Path,
    served: str,
) -> Iterator[Page]:
    """Open a page in a medium."""
    name, of = request.param
    medium = MEDIA[of]
    page = window(**medium.options) if medium.shared else browser.new_context(**medium.options).new_page()
    record = Record()
    record.follow(page)
    medium.open(page, f"{served if medium.served else site.as_uri()}/{name}.html")
    yield page
    record.leave(page)
    page.unroute_all()
    if not medium.shared:
        page.context.close()


@pytest.mark.parametrize(
    ("visited", "medium"),
    [pytest.param((name, of), of, id=f"{name}, {of}") for of, medium in MEDIA.items() for name in medium.of],
    indirect=["visited"],
)
def test_a_page_has_no_faults(visited: Page, medium: str, measured: Callable[[str], None]) -> None:
    """A question's name says what is right; below it stands what is not."""
    answers = {question: question(visited) for question in (*QUESTIONS[medium], *WATCHED)}
    for line in RECORDS[visited].measured:
        measured(line)
    faults = {question.__name__: found for question, found in answers.items() if found}
    if faults:
        said = (f"{name}: not so\n    " + "\n    ".join(found) for name, found in faults.items())
        pytest.fail("\n".join(said), pytrace=False)


# What is wrong, by the medium in which it is found, and the question that finds it.
PLANTED = {
    "<script>console.error('a fault')</script>": ("file", "says_no_error"),
    "<input type='range'>": ("file", "pleases_axe"),
    "<style>[data-theme=dark] .dim { color: #333 !important }</style><p class='dim'>In the dark.</p>": (
        "file",
        "pleases_axe",
    ),
    "<svg width='9' height='9'></svg>": ("file", "wordless"),
    "<svg width='9' height='9' role='img'><path d='M0 0h9v9z'/></svg>": ("file", "pleases_axe"),
    "<p>By \\frac{1}{2}.</p>": ("file", "bad_formulae"),
    "<div style='width: 600px'>wide</div>": ("phone", "fits_a_phone"),
}


@pytest.mark.parametrize("name", [weighed()[-1], *LIBRARY[-1:]])
@pytest.mark.parametrize("of", ["file", "phone"])
def test_planted_faults_are_found(of: str, name: str, browser: Browser, site: Path, served: str) -> None:
    """In a page as it stands, and in one that is bound with others."""
    text = (site / f"{name}.html").read_text(encoding="utf8")
    planted = {fault: question for fault, (medium, question) in PLANTED.items() if medium == of}
    body = text.replace("</article>", "".join(planted) + "</article>")
    if name in LIBRARY:
        body = bound([(site / f"{LIBRARY[0]}.html").read_text(encoding="utf8"), body])
    context = browser.new_context(**MEDIA[of].options)
    page = context.new_page()
    Record().follow(page)
    address = f"{served}/{name}.html"
    page.route(address, lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
    open_page(page, address)
    found = {question.__name__: question(page) for question in (*QUESTIONS[of], *WATCHED)}
    context.close()
    assert [question for question in planted.values() if not found[question]] == []
    if of == "file":
        said = "\n".join(found["pleases_axe"])
        assert "dark: color-contrast" in said and "label: " in said and "svg-img-alt: " in said
        assert "\ncolor-contrast" not in f"\n{said}", "in the dark alone"


@pytest.mark.parametrize("name", LIBRARY)
def test_a_page_that_is_bound_with_others_is_light_as_well(name: str, site: Path) -> None:
    """And loads what the first of them loads: its scripts and style sheets are the same."""
    assert weight({site / f"{name}.html"}) <= HTML_BYTES
    loaded = [
        {
            (e.name, e.get("src") or e.get("href"))
            for e in parsed(site, page).select("script[src], link[href]")
        }
        for page in (name, LIBRARY[0])
    ]
    other = {(kind, address) for kind, address in loaded[0] ^ loaded[1] if not address.endswith(".html")}
    assert other == set()


def test_every_file_of_questions_is_asked() -> None:
    """In media that there are."""
    assert ASKED and [medium for ask in ASKED for medium in ask if medium not in MEDIA] == []
