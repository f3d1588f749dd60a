"""What the browser tests share: a real Chromium, the built site, and a record of what a page does."""

import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "book"), str(ROOT / "_ext")]

from browser import NoBrowserError, launch  # noqa: E402

from record import Record  # noqa: E402


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
def page(browser: Browser) -> Iterator[Page]:
    """Yield an empty page in a fresh profile."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def record(page: Page) -> Record:
    """Write down what happens in `page`: `record.errors`, `.failed`, `.requests`."""
    record = Record()
    record.follow(page)
    return record


@pytest.fixture(scope="session")
def site() -> Path:
    """Return the folder of the built site."""
    folder = ROOT / "_build" / "html"
    if not (folder / "index.html").is_file():
        pytest.fail(f"the book is not built: no {folder / 'index.html'}; run `make book` first")
    return folder


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def served(site: Path) -> Iterator[str]:
    """Serve the site on this machine; yield its address, without a slash at the end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Take a line on what was measured, for the end of the test run: a number that no test asserts."""
    return lambda line: record_property("measured", line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was measured."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.getreports(kind)]
    lines = sorted(
        str(line) for report in reports for name, line in report.user_properties if name == "measured"
    )
    if lines:
        terminalreporter.section("measured")
        for line in lines:
            terminalreporter.line(line)
