"""What a page says of itself: a title of its own, and a sentence from its front matter."""

import html
import re
from pathlib import Path

import pytest
import yaml
from reading import pages, source

MOST = 160  # letters of a description; search engines show about as many


def described(name: str) -> str:
    """Return the description in the front matter of page `name`."""
    front = source(name).split("---\n")[1] if source(name).startswith("---\n") else ""
    return yaml.safe_load(front or "{}").get("myst", {}).get("html_meta", {}).get("description", "")


@pytest.mark.parametrize("name", pages())
def test_a_page_is_described_in_its_front_matter_in_one_sentence(name: str, site: Path) -> None:
    sentence = described(name)
    assert sentence, "front matter: myst: html_meta: description"
    assert sentence.endswith(".") and len(sentence) <= MOST and "$" not in sentence
    tags = re.findall(r"<meta [^>]*>", (site / f"{name}.html").read_text(encoding="utf8"))
    for key in ('name="description"', 'property="og:description"'):
        (tag,) = [tag for tag in tags if key in tag]
        assert f'content="{sentence}"' in html.unescape(tag)


@pytest.mark.parametrize("name", ["index", "search", "genindex"])
def test_a_page_without_a_source_has_a_description_too(name: str, site: Path) -> None:
    text = (site / f"{name}.html").read_text(encoding="utf8")
    assert len(re.findall(r'<meta [^>]*name="description"', text)) == 1


def test_no_two_pages_have_one_title_or_one_description(site: Path) -> None:
    titles = [
        re.findall(r"<title>(.*)</title>", (site / f"{name}.html").read_text(encoding="utf8"))[0].casefold()
        for name in pages()
    ]
    assert titles[0] == "temperature: statistical mechanics for ai"
    assert len(set(titles)) == len(titles)
    assert len({described(name) for name in pages()}) == len(pages())
