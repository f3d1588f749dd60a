"""What the widgets' tests share: pages.py beside them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import pytest
from pages import LOAD


@pytest.fixture(scope="module")
def empty(browser):
    """Yield a page with nothing on it."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def physics(empty, request):
    """Return a page with the physics whose ``SOURCE`` the test's module names."""
    empty.evaluate(LOAD, request.module.SOURCE)
    return empty
