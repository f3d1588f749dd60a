"""Icons: only those that a page or a style sheet names are in the fonts, which the build cuts."""

import base64
import re
from functools import cache
from io import BytesIO

from fontTools.ttLib import TTFont
from playwright.sync_api import Page
from reading import SITE

FONT = re.compile(r"data:font/woff;base64,([\w+/=]+)")
NAMED = """() => [...document.querySelectorAll("[class*='fa-']")]
    .map(icon => [icon.className, getComputedStyle(icon, "::before").content])"""


@cache
def icons() -> frozenset[str]:
    """Return the characters that the site's icon fonts have."""
    style = (SITE / "_static" / "style.css").read_text(encoding="utf8")
    fonts = [TTFont(BytesIO(base64.b64decode(font))) for font in FONT.findall(style)]
    return frozenset(chr(code) for font in fonts for code in font.getBestCmap() or ())


def has_a_picture_for_every_icon(page: Page) -> list[str]:
    """A class `fa-…` gives the element a character, and a font has it."""
    return [
        f"no picture: {name} ({content})"
        for name, content in page.evaluate(NAMED)
        if content.strip('"') not in icons()
    ]


ASK = {"file": [has_a_picture_for_every_icon]}
