"""What a page looks like when it is opened in the dark."""

from playwright.sync_api import Page


def is_dark(page: Page) -> list[str]:
    """A reader's dark scheme is the page's."""
    theme = page.evaluate("document.documentElement.dataset.theme")
    return [] if theme == "dark" else [f"the theme is {theme}"]


def figures_are_light_ink_on_the_page_itself(page: Page) -> list[str]:
    """Pictures that cells draw are inverted, and stand on no ground of their own; widgets on none either."""
    return page.evaluate(
        """() => {
            const faults = [];
            const expect = (found, wanted, e) =>
                found === wanted || faults.push(`${found}: ${e.outerHTML.slice(0, 160)}`);
            for (const e of document.querySelectorAll(".cell_output img:not(.no-invert, .thermo-widget *)")) {
                if (e.closest(".tag_no-invert")) continue;
                expect(getComputedStyle(e).filter, "invert(1) hue-rotate(180deg)", e);
                expect(getComputedStyle(e).backgroundColor, "rgba(0, 0, 0, 0)", e);
            }
            for (const e of document.querySelectorAll(".text_html:has(.thermo-widget)"))
                expect(getComputedStyle(e).backgroundColor, "rgba(0, 0, 0, 0)", e);
            return faults;
        }"""
    )


ASK = {"phone": [is_dark, figures_are_light_ink_on_the_page_itself]}
