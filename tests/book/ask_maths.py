"""What is asked of the formulae of a page."""

from playwright.sync_api import Page


def commas_stay_with_their_formulae(page: Page) -> list[str]:
    """On one line."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".bd-article .whole")].filter(whole => {
            const text = whole.lastChild, base = [...whole.querySelectorAll(".base")].at(-1);
            if (text.nodeType !== Node.TEXT_NODE || !base || !base.offsetParent) return false;
            const range = document.createRange();
            range.setStart(text, 0);
            range.setEnd(text, 1);
            const comma = range.getBoundingClientRect(), formula = base.getBoundingClientRect();
            return comma.height > 0 && comma.left < formula.right - 2;
        }).map(whole => whole.parentElement.textContent.slice(0, 80))"""
    )


ASK = {"file": [commas_stay_with_their_formulae], "phone": [commas_stay_with_their_formulae]}
