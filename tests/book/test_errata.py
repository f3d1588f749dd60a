"""Each entry of the errata names the section that mends it, and a page that meets the mistake links to it."""

import re

import pytest
from reading import ROOT, pages

ERRATA = (ROOT / "chapters/errata.md").read_text(encoding="utf8")
ENTRIES = re.findall(r"^### ([^\n]+)\n(.*?)(?=^##)", ERRATA.partition("\n## Exercises")[0], re.M | re.S)
OTHERS = "\n".join(
    (ROOT / f"{name}.md").read_text(encoding="utf8")
    for name in pages()
    if name != "chapters/errata" and (ROOT / f"{name}.md").is_file()
)


def anchor(heading: str) -> str:
    """Return the name by which a link leads to `heading`."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_as_many_as_the_page_says():
    assert len(ENTRIES) == 25


@pytest.mark.parametrize(("heading", "text"), ENTRIES, ids=[anchor(heading) for heading, _ in ENTRIES])
def test_an_entry_quotes_its_line_and_is_linked_both_ways(heading, text):
    assert re.search(r"^> .+\n>\n> .*\{cite:p\}`", text, re.M), "no line quoted with title, place and source"
    assert re.search(r"Mended in [^\n]*\]\([^)]*\.md", text), "no link to the section that mends it"
    assert f"errata.md#{anchor(heading)})" in OTHERS, f"no page links to errata.md#{anchor(heading)}"
