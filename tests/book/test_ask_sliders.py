"""The questions on sliders find what they look for, and nothing where all is well."""

from collections.abc import Callable

import pytest
from ask_sliders import (
    its_moving_figures_fill_their_column,
    its_moving_figures_follow_the_rule_of_the_others,
    its_sliders_are_met_with_a_finger,
    its_sliders_have_names_of_their_own,
)
from playwright.sync_api import Page

TALL = "<input type='range' style='height: 44px'>"
NAMED = "<label>T <input type='range'></label><input type='range' aria-label='T: energy'>"
PICTURE = (
    "<div class='cell' style='width: 300px'><div class='thermo-picture' style='{}'>a picture</div></div>"
)
OVER = PICTURE.format("filter: invert(1) hue-rotate(180deg)")


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        (its_sliders_have_names_of_their_own, NAMED, [NAMED + "<label>T <input type='range'></label>", TALL]),
        (its_sliders_are_met_with_a_finger, TALL, [TALL.replace("44", "43")]),
        (its_moving_figures_fill_their_column, PICTURE, [PICTURE.format("width: 290px")]),
        (its_moving_figures_follow_the_rule_of_the_others, OVER, [PICTURE]),
    ],
)
def test_a_question_on_sliders_finds_its_fault(
    question: Callable[[Page], list[str]], right: str, wrong: list[str], page: Page
) -> None:
    page.set_content(f"<main class='bd-article'>{right}</main>")
    assert question(page) == []
    for html in wrong:
        page.set_content(f"<main class='bd-article'>{html}</main>")
        assert len(question(page)) == 1, html
