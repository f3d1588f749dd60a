"""The glossary has every term once, and each is linked where a chapter first needs it.

And the bibliography lists what is cited, each entry with a way to find the work.
"""

import inspect
import os
import re
from importlib import import_module
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from pybtex.database import parse_file
from reading import ROOT, chapters, computing, source
from thermobook.api import public_modules, write

from declared import public

GLOSSARY = source("reference/glossary").partition("```{glossary}\n:sorted:\n")[2]
TERMS = re.findall(r"^(\S.*)$", GLOSSARY.replace("```", ""), re.MULTILINE)
BOLD = re.compile(r"(?<!\*)\*\*(?!\*)([^*\n]+(?:\n[^*\n]+)?)\*\*(?!\*)")


def prose(name: str) -> str:
    """Return the text of page `name` without its cells and directives' bodies of code."""
    return re.sub(r"^```\{code-cell\}.*?^```", "", source(name), flags=re.MULTILINE | re.DOTALL)


def linked(name: str) -> set[str]:
    """Return the glossary terms to which page `name` links."""
    roles = re.findall(r"\{term\}`([^`]+)`", prose(name))
    return {" ".join(role.rpartition("<")[2].rstrip(">").split()) for role in roles}


def test_no_term_is_there_twice() -> None:
    assert len(TERMS) >= 40
    assert sorted({term.lower() for term in TERMS}) == sorted(term.lower() for term in TERMS)


def test_every_term_is_linked_from_a_chapter() -> None:
    assert sorted(set(TERMS) - set[str]().union(*map(linked, computing()))) == []


@pytest.mark.parametrize("name", chapters())
def test_what_a_chapter_defines_in_bold_is_in_the_glossary(name: str) -> None:
    """A definition is a link. Titles are bold: they begin with a number, or end a sentence."""
    bold = [" ".join(words.split()) for words in BOLD.findall(prose(name))]
    assert [words for words in bold if not re.match(r"\d+\.", words) and words[-1] not in ".?"] == []


ENTRIES = parse_file(str(ROOT / "references.bib")).entries
IDENTIFIERS = {"doi", "isbn", "issn", "url"}
CITED = {
    key.strip()
    for folder in (ROOT, ROOT / "chapters", ROOT / "reference")
    for path in folder.glob("*.md")
    for role in re.findall(r"\{cite:\w+\}`([^`]+)`", path.read_text(encoding="utf8"))
    for key in role.split(",")
}


@pytest.mark.parametrize("key", ENTRIES)
def test_an_entry_can_be_found_and_is_cited(key: str) -> None:
    assert IDENTIFIERS & set(ENTRIES[key].fields)
    assert key in CITED


@pytest.mark.parametrize(
    "number", [f[k] for f in (e.fields for e in ENTRIES.values()) for k in ("isbn", "issn") if k in f]
)
def test_a_number_of_a_book_or_journal_has_its_check_digit(number: str) -> None:
    digits = [10 if digit == "X" else int(digit) for digit in number.replace("-", "")]
    if len(digits) == 13:
        assert sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0
    else:
        assert sum(digit * (len(digits) - place) for place, digit in enumerate(digits)) % 11 == 0


MODULES = public_modules(ROOT)


@pytest.mark.parametrize("name", MODULES)
def test_all_that_a_module_offers_is_in_the_reference(name: str, site: Path) -> None:
    offered = public(import_module(name))
    text = (site / "reference" / "api" / f"{name.rpartition('.')[2]}.html").read_text(encoding="utf8")
    assert offered
    assert [thing for thing in offered if f'id="{name}.{thing}"' not in text] == []


def test_every_page_of_the_reference_is_listed_in_the_modules_words(site: Path) -> None:
    """In the list of the library and in the contents: name, address, and the docstring's first line."""
    page = (site / "reference" / "api.html").read_text(encoding="utf8")
    assert 'href="../genindex.html"' in page
    rows = {
        row.select_one("a")["href"]: row
        for row in BeautifulSoup(page, "html.parser").select("table tr:has(td)")
    }
    assert list(rows) == [f"api/{name.rpartition('.')[2]}.html" for name in MODULES]
    for name, row in zip(MODULES, rows.values(), strict=True):
        link, words = (cell.get_text() for cell in row.select("td"))
        first = (inspect.getdoc(import_module(name)) or "").partition("\n")[0]
        assert link.strip() == name and words.split()[:2] == first.replace("`", "").split()[:2]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("thermolib.ising", "thermolib/ising.py"),
        ("thermolib.widgets.ising_lab", "thermolib/widgets/ising_lab/__init__.py"),
    ],
)
def test_modules_are_found(name: str, file: str) -> None:
    assert MODULES[name] == ROOT / file
    assert not [one for one in MODULES if "._" in one or one.endswith((".kit", ".exercises"))]


def test_pages_follow_the_modules(tmp_path: Path) -> None:
    """A page for each, and none for what is gone; what stays the same is not written again."""
    library, pages = tmp_path / "thermolib", tmp_path / "reference" / "api"
    write(tmp_path)
    assert not pages.exists()  # a book without a library
    library.mkdir()
    (library / "__init__.py").touch()
    (library / "_own.py").touch()
    (library / "one.py").write_text('"""One | of two.\n\nAnd more."""\n', encoding="utf8")
    (library / "two.py").write_text('"""Two."""\n', encoding="utf8")
    write(tmp_path)
    assert sorted(path.name for path in pages.iterdir()) == ["list.txt", "one.md", "two.md"]
    assert "| [`thermolib.one`](api/one.md) | One \\| of two |\n" in (pages / "list.txt").read_text("utf8")
    os.utime(pages / "one.md", (1, 1))
    (library / "two.py").unlink()
    write(tmp_path)
    assert sorted(path.name for path in pages.iterdir()) == ["list.txt", "one.md"]
    assert (pages / "one.md").stat().st_mtime == 1
