"""The course at a glance: a card for each chapter, and how far the reader is."""

import json
from pathlib import Path

import yaml
from playwright.sync_api import Page
from reading import ROOT, parsed, source
from thermobook.cards import ASKED
from thermobook.facts import facts

COURSE = next(
    part["chapters"]
    for part in yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf8"))["parts"]
    if part.get("numbered")
)


def test_each_chapter_has_a_card_with_a_picture(site: Path) -> None:
    """With its number, its description, and the minutes of its pages."""
    cards = parsed(site, "intro").select(".chapter-cards a")
    assert [card["href"] for card in cards] == [f"{chapter['file']}.html" for chapter in COURSE]
    for number, (card, chapter) in enumerate(zip(cards, COURSE, strict=True), start=1):
        title = source(chapter["file"]).partition("\n# ")[2].partition("\n")[0]
        assert card.strong.get_text() == f"{number}. {title}"
        assert card.span.get_text() in source(chapter["file"]).partition("\n# ")[0].replace("\n", " ")
        assert card.img["src"].startswith("data:image/svg+xml,") and len(card.img["alt"].split()) > 3
        pages = [chapter["file"], *(page["file"] for page in chapter.get("sections", []))]
        minutes = sum(facts(ROOT, page).minutes for page in pages)
        assert card.small.get_text() == f"{len(pages)} page{'s' * (len(pages) > 1)}, about {minutes} minutes"


def test_the_contents_show_how_many_questions_are_answered_rightly(page: Page, site: Path) -> None:
    """Beside a page's line and on its card; what is wrong does not count, and all is a tick."""
    first, second = (COURSE[k]["file"] for k in (0, 1))
    asked = {name: sorted(set(ASKED.findall(source(name)))) for name in (first, second)}
    answers = {name: {"text": "", "times": 1, "at": 0} for name in asked[first][:2] + asked[second]}
    answers[asked[first][1]]["times"] = 0
    page.goto((site / "intro.html").as_uri())
    page.evaluate("kept => localStorage.setItem('thermo-answers', kept)", json.dumps(answers))
    for name in ("intro", first):
        page.goto((site / f"{name}.html").as_uri())
        marks = page.locator(".bd-sidebar-primary .answered").all_text_contents()
        assert marks == [f"1/{len(asked[first])}", "✓"]
    page.goto((site / "intro.html").as_uri())
    assert page.locator(".chapter-cards .answered").all_text_contents() == marks
