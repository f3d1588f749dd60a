"""What axe finds."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from reading import grave

# What passes is only counted: to name each of those elements would take most of the time. And axe loads no
# style sheet again, which from a file it may not.
OPTIONS = {"resultTypes": ["violations"], "preload": False}


def pleases_axe(page: Page) -> list[str]:
    """Axe finds nothing serious."""
    return grave(Axe().run(page, options=OPTIONS))


ASK = {"file": [pleases_axe], "dark": [pleases_axe]}
