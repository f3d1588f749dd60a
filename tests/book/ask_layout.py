"""Where things stand in a page's window."""

from playwright.sync_api import Page
from reading import in_scheme, overflowing


def fits_a_phone(page: Page) -> list[str]:
    """Nothing sticks out of a narrow window, in the light and in the dark."""
    found = [f"dark: {line}" for line in overflowing(page)]
    with in_scheme(page, "light"):
        return [*found, *(f"light: {line}" for line in overflowing(page))]


ASK = {"phone": [fits_a_phone]}
