"""Whether the sliders of a page can be told apart, met with a finger, and their figures read in the dark."""

from collections import Counter

from playwright.sync_api import Page

SLIDERS = ".bd-article input[type=range]"


def its_sliders_have_names_of_their_own(page: Page) -> list[str]:
    """A screen reader's list of the controls does not name two sliders alike, or one not at all."""
    names = page.locator(SLIDERS).evaluate_all(
        "all => all.map(e => e.ariaLabel ?? [...e.labels].map(label => label.textContent).join(' '))"
    )
    return [
        f"{count} sliders are called “{name}”"
        for name, count in Counter(names).items()
        if count > 1 or not name
    ]


def its_sliders_are_met_with_a_finger(page: Page) -> list[str]:
    """Each is 44 pixels high."""
    return page.locator(SLIDERS).evaluate_all(
        """all => all.map(e => e.getBoundingClientRect().height)
            .filter(height => height > 0 && height < 44).map(height => `a slider ${height} pixels high`)"""
    )


def its_moving_figures_fill_their_column(page: Page) -> list[str]:
    """A figure with a slider is as wide as the text above it."""
    return page.locator(".bd-article .thermo-picture").evaluate_all(
        """all => all.map(e => [e.closest(".cell"), e].map(box => box.getBoundingClientRect().width))
            .map(([column, width]) => column - width)
            .filter(left => Math.abs(left) > 1).map(left => `${left} pixels are left beside a picture`)"""
    )


def its_moving_figures_follow_the_rule_of_the_others(page: Page) -> list[str]:
    """In the dark a picture with a slider is turned over as any other is."""
    filters = page.locator(".thermo-picture").evaluate_all("all => all.map(e => getComputedStyle(e).filter)")
    return [f"a picture’s filter is {one}" for one in filters if one != "invert(1) hue-rotate(180deg)"]


ASK = {
    "file": [its_sliders_have_names_of_their_own, its_moving_figures_fill_their_column],
    "phone": [
        its_sliders_are_met_with_a_finger,
        its_moving_figures_fill_their_column,
        its_moving_figures_follow_the_rule_of_the_others,
    ],
}
