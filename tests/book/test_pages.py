"""Every page of the built book, in a real browser: opened once in each medium, and asked everything.

The questions stand in the files `ask_*.py` beside this one. Each is a function of a page that returns what it
finds wrong; the file's `ASK` says in which media it is asked.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ask_loading import WATCHED
from playwright.sync_api import Browser, BrowserContext, Page
from reading import computing, open_page, pages
from slow import open_slowly

from record import RECORDS, Record

EVERYTHING = [*pages(), "search", "genindex"]
# The library's pages come from one template: their words differ, and what fits a phone; their colours do not.
COLOURED = [name for name in EVERYTHING if not name.startswith("reference/api/") or name.endswith("/ising")]


class Medium(NamedTuple):
    """A way in which pages are opened."""

    of: list[str]
    served: bool  # by a host, or else a file of this machine
    options: dict[str, Any]  # of the browser's context
    open: Callable[[Page, str], None] = open_page
    shared: bool = True  # one context, with what it remembers, for all pages


# Labs wait where motion is reduced: axe finds them at rest, and what changes, a slider has changed.
DESK = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}
MEDIA = {
    "file": Medium(EVERYTHING, False, {**DESK, "color_scheme": "light"}),
    "dark": Medium(COLOURED, True, {**DESK, "color_scheme": "dark"}),
    "phone": Medium(EVERYTHING, True, {"viewport": {"width": 375, "height": 700}, "has_touch": True}),
    "still": Medium(computing(), False, {"java_script_enabled": False}, Page.goto),
    "slow": Medium([name for name in computing() if name != "review"], True, {}, open_slowly, shared=False),
}

ASKED = [import_module(file.stem).ASK for file in sorted(Path(__file__).parent.glob("ask_*.py"))]
QUESTIONS: dict[str, list[Callable[[Page], list[str]]]] = {
    medium: [question for ask in ASKED for question in ask.get(medium, [])] for medium in MEDIA
}


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    """Yield the contexts that pages share, one for each medium."""
    made: dict[str, BrowserContext] = {}
    yield made
    for context in made.values():
        context.close()


@pytest.fixture
def visited(
    request: pytest.FixtureRequest,
    browser: Browser,
    contexts: dict[str, BrowserContext],
    site: Path,
    served: str,
) -> Iterator[Page]:
    """Open a page in a medium."""
    name, of = request.param
    medium = MEDIA[of]
    context = contexts.pop(of, None) or browser.new_context(**medium.options)
    page = context.new_page()
    Record().follow(page)
    medium.open(page, f"{served if medium.served else site.as_uri()}/{name}.html")
    yield page
    page.close()
    if medium.shared:
        contexts[of] = context
    else:
        context.close()


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


def test_every_file_of_questions_is_asked() -> None:
    """In media that there are."""
    assert ASKED and [medium for ask in ASKED for medium in ask if medium not in MEDIA] == []
