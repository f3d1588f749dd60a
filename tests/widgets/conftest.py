"""What the widgets' tests share: pages.py beside them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import pytest
from pages import LOAD
from thermolib.widgets.kit.bundle import bundle

from record import Record


@pytest.fixture(scope="module")
def empty(browser):
    """Yield a page with nothing on it."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def still_page(window):
    """Return a page where motion is not wanted: nothing runs unless asked to."""
    return window(reduced_motion="reduce")


@pytest.fixture
def phone(window):
    """Return a telephone's page, where motion is not wanted."""
    return window(
        viewport={"width": 375, "height": 667}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )


@pytest.fixture
def record(request):
    """Write down what happens in the page that the test has: `record.errors`, `.failed`, `.requests`."""
    record = Record()
    asked = [name for name in ("still_page", "page", "new_page") if name in request.fixturenames]
    page = request.getfixturevalue(asked[0])
    record.follow(page)
    yield record
    record.leave(page)


@pytest.fixture
def physics(empty, request):
    """Return a page with the physics whose ``SOURCE`` the test's module names, and with random bits."""
    empty.evaluate(LOAD, bundle("kit/random.js"))
    empty.evaluate("Object.assign(globalThis, physics)")
    empty.evaluate(LOAD, request.module.SOURCE)
    return empty


@pytest.fixture
def rejects(empty, request, monkeypatch):
    """Return what plants a fault in the physics of the test's module and asks its check to see it."""
    source = request.module.SOURCE
    for told_of_ci in ("CI", "BUILD_NUMBER"):  # else differences are whole: minutes, for long lists
        monkeypatch.delenv(told_of_ci, raising=False)

    def plant(right, wrong, check):
        assert source.count(right) == 1, right
        empty.evaluate(LOAD, source.replace(right, wrong))
        with pytest.raises(AssertionError):
            check(empty)

    return plant
