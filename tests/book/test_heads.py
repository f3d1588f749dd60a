"""What a page says of itself: its first words, and no more."""

import re
from pathlib import Path

import pytest
from docutils.core import publish_doctree
from reading import pages
from thermobook.heads import first_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("One  *two*\nthree.\n\nFour.", "One two three."),
        ('.. note:: Apart.\n\n"A" & B.\n\n- item', "&quot;A&quot; &amp; B."),
        ("A title\n=======\n\n::\n\n   code", "A title"),
        ("Five words and then some more.", "Five words and then …"),
    ],
)
def test_a_page_is_described_by_its_first_paragraph(text: str, words: str) -> None:
    assert first_words(publish_doctree(text, settings_overrides={"doctitle_xform": False}), 22) == words


@pytest.mark.parametrize("name", [*pages(), "index", "search", "genindex"])
def test_every_page_has_one_description_in_sentences(name: str, site: Path) -> None:
    text = (site / f"{name}.html").read_text(encoding="utf8")
    (description,) = re.findall(r'<meta name="description" content="([^"]*)"', text)
    assert description[-1] in ".…" and ",," not in description
    assert len(description) <= 250


def test_no_two_pages_have_one_title(site: Path) -> None:
    titles = [
        re.findall(r"<title>(.*)</title>", (site / f"{name}.html").read_text(encoding="utf8"))[0].casefold()
        for name in pages()
    ]
    assert titles[0] == "temperature: statistical mechanics for ai"
    assert len(set(titles)) == len(titles)
