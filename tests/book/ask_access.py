"""What axe finds."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from reading import grave

# What passes is only counted: to name each of those elements would take most of the time. And axe loads no
# style sheet again, which from a file it may not.
OPTIONS = {"resultTypes": ["violations"], "preload": False}

# Nor need it measure the contrast of each letter of a formula, whose colour is that of the text around it, or
# of each word of the code: the first of its kind stands for all. That is two thirds of its time.
HIDE = """() => {
    const seen = new Set();
    for (const word of document.querySelectorAll(".highlight span")) {
        const kind = word.closest("[class*=highlight-]")?.className + word.className;
        word.toggleAttribute("data-seen", seen.has(kind));
        seen.add(kind);
    }
    const style = document.createElement("style");
    style.textContent = `
        .katex, [data-seen] { visibility: hidden !important }
        section { content-visibility: visible !important }`;
    document.head.append(style);
    globalThis.shown = () => style.remove();
}"""


def pleases_axe(page: Page) -> list[str]:
    """Axe finds nothing serious."""
    page.evaluate(HIDE)
    found = grave(Axe().run(page, options=OPTIONS))
    page.evaluate("shown()")
    return found


ASK = {"file": [pleases_axe], "dark": [pleases_axe]}
