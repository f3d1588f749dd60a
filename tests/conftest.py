"""What the browser tests share: a real Chromium, the built site, and a record of what a page does."""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "book"), str(ROOT / "_ext")]
sys.path += [str(ROOT / "coursework" / "tools"), str(ROOT / "benchmarks")]

from browser import NoBrowserError, launch  # noqa: E402

from record import Record  # noqa: E402
from servers import serving  # noqa: E402


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Yield a headless Chromium; without one the tests stop here and say what to install."""
    with sync_playwright() as playwright:
        try:
            browser = launch(playwright)
        except NoBrowserError as error:
            pytest.exit(str(error), returncode=1)
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Page]:
    """Yield an empty page in a fresh profile."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def page(new_page: Page) -> Page:
    """Return an empty page in a fresh profile; a file may have another for its tests, as `window` gives."""
    return new_page


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Iterator[dict[str, Page]]:
    """Yield the pages that `window` hands from test to test, by the options of their contexts."""
    kept: dict[str, Page] = {}
    yield kept
    for page in kept.values():
        page.context.close()


@pytest.fixture
def window(browser: Browser, windows: dict[str, Page]) -> Iterator[Callable[..., Page]]:
    """Open an empty page, as good as new, in a context of the given options.

    A page that is new takes Chromium longer than most tests. This one was another test's before: what that
    one kept, loaded or moved is gone. For a test that leaves what cannot be taken back, a clock, a script for
    every page or a route, there is `new_page`.
    """
    lent: list[tuple[str, Page, dict[str, Any]]] = []

    def open_(**options: Any) -> Page:
        kind = json.dumps(options, sort_keys=True)
        page = windows.pop(kind, None) or browser.new_context(**options).new_page()
        lent.append((kind, page, options))
        return page

    yield open_
    for kind, page, options in lent:
        renew(page, **options)
        if windows.setdefault(kind, page) is not page:
            page.context.close()  # a test had two of the kind


# What a page keeps goes as it is left: the theme notes then how far its sidebar is scrolled.
FORGET = """() => addEventListener("pagehide", () => {
    try { localStorage.clear(); sessionStorage.clear(); } catch { /* no origin */ }
})"""


def renew(page: Page, **options: Any) -> None:
    """Take back what a test did with `page`, which it had with these options."""
    page.evaluate(FORGET)
    for other in page.context.pages[1:]:
        other.close()
    page.goto("about:blank")
    page.mouse.move(0, 0)
    page.set_viewport_size(options.get("viewport", {"width": 1280, "height": 720}))
    page.emulate_media(
        media="null",
        color_scheme=options.get("color_scheme", "light"),
        reduced_motion=options.get("reduced_motion", "no-preference"),
        forced_colors=options.get("forced_colors", "none"),
    )


@pytest.fixture
def record(page: Page) -> Iterator[Record]:
    """Write down what happens in `page`: `record.errors`, `.failed`, `.requests`."""
    record = Record()
    record.follow(page)
    yield record
    record.leave(page)


@pytest.fixture(scope="session")
def site() -> Path:
    """Return the folder of the built site."""
    folder = ROOT / "_build" / "html"
    if not (folder / "index.html").is_file():
        pytest.fail(f"the book is not built: no {folder / 'index.html'}; run `make book` first")
    return folder


@pytest.fixture(scope="session")
def served(site: Path) -> Iterator[str]:
    """Serve the site on this machine; yield its address, without a slash at the end."""
    with serving(site) as address:
        yield address


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Take a line on what was measured, for the end of the test run: a number that no test asserts."""
    return lambda line: record_property("measured", line)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that keep a worker busy for long, as they say; then with those that open pages."""

    def place(item: pytest.Item) -> int:
        return 0 if item.get_closest_marker("long") else 1 if "browser" in fixtures(item) else 2

    items.sort(key=place)


def fixtures(item: pytest.Item) -> list[str]:
    """Return the names of the fixtures that a test needs."""
    return getattr(item, "fixturenames", [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was measured, and which parts took longest."""
    reports = [
        report
        for kind in ("", "passed", "failed", "error")
        for report in terminalreporter.getreports(kind)
        if isinstance(report, pytest.TestReport)
    ]
    measured = {
        str(line): None for report in reports for name, line in report.user_properties if name == "measured"
    }
    _section(terminalreporter, "measured", sorted(measured))
    seconds: defaultdict[str, float] = defaultdict(float)
    for report in reports:
        seconds[report.nodeid.partition("::")[0]] += report.duration
    slowest = sorted(seconds.items(), key=lambda part: -part[1])[:10]
    if len(seconds) > 1:
        _section(terminalreporter, "the slowest parts", [f"{time:6.1f} s  {part}" for part, time in slowest])


def _section(reporter: pytest.TerminalReporter, title: str, lines: list[str]) -> None:
    if lines:
        reporter.section(title)
        for line in lines:
            reporter.line(line)
