"""What is asked of the labs where they stand in the book, among the page's own styles."""

from playwright.sync_api import Page


def tables_keep_their_columns(page: Page) -> list[str]:
    """Ask whether each table in a lab has fixed columns and fits: numbers that grow then move nothing."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".thermo-lab table")]
            .filter((table) => getComputedStyle(table).tableLayout !== "fixed"
                || table.scrollWidth > table.closest(".thermo-lab").clientWidth + 1)
            .map((table) => `a lab's table may move what is beside it: ${table.textContent.slice(0, 40)}`)"""
    )


def controls_can_be_met(page: Page) -> list[str]:
    """Ask whether every control of a lab is at least 44 px wide and high."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".thermo-lab :is(input, select, button)")]
            .map((control) => [control, control.getBoundingClientRect()])
            .filter(([, { width, height }]) => Math.min(width, height) < 43.9)
            .map(([{ ariaLabel, textContent }, { width, height }]) =>
                `too small for a finger: ${ariaLabel ?? textContent}, ${width} × ${height}`)"""
    )


ASK = {"file": [tables_keep_their_columns], "phone": [tables_keep_their_columns, controls_can_be_met]}
