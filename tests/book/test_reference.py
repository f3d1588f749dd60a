"""The glossary has every term once, and each is linked where a chapter first needs it.

And the bibliography lists what is cited, each entry with a way to find the work.
"""

import inspect
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from pybtex.database import parse_file
from reading import ROOT, chapters, source
from thermobook.docstrings import mend, quote_slices

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
    assert sorted(set(TERMS) - set[str]().union(*map(linked, chapters()))) == []


@pytest.mark.parametrize("name", chapters()[1:])
def test_what_a_chapter_defines_in_bold_is_in_the_glossary(name: str) -> None:
    """A definition is a link. Titles are bold: they begin with a number, or end in a point."""
    bold = [" ".join(words.split()) for words in BOLD.findall(prose(name))]
    assert [words for words in bold if not re.match(r"\d+\.", words) and not words.endswith(".")] == []


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


def modules() -> list[str]:
    """Return the names of the public modules of the library, those of widgets that chapters use included."""
    names = [f"thermolib.{path.stem}" for path in (ROOT / "thermolib").glob("[!_]*.py")]
    widgets = (path.parent.name for path in (ROOT / "thermolib" / "widgets").glob("*/__init__.py"))
    return sorted([*names, *(f"thermolib.widgets.{name}" for name in widgets if name != "kit")])


def public(module: ModuleType) -> list[str]:
    """Return what `module` offers: its ``__all__``, or else what it defines with a documented public name."""
    defined = [
        name
        for name, thing in vars(module).items()
        if name[0] != "_" and getattr(thing, "__module__", None) == module.__name__ and inspect.getdoc(thing)
    ]
    return list(getattr(module, "__all__", defined))


@pytest.mark.parametrize("name", modules())
def test_all_that_a_module_offers_is_in_the_reference(name: str, site: Path) -> None:
    offered = public(import_module(name))
    text = (site / "reference" / "api" / f"{name.rpartition('.')[2]}.html").read_text(encoding="utf8")
    assert offered
    assert [thing for thing in offered if f'id="{name}.{thing}"' not in text] == []


def test_every_page_of_the_reference_is_listed_and_has_its_modules_name(site: Path) -> None:
    text = source("reference/api")
    for name in modules():
        page = f"api/{name.rpartition('.')[2]}"
        assert f"[`{name}`]({page}.md)" in text
        assert source(f"reference/{page}").startswith(f"# {name}\n")
    assert 'href="../genindex.html"' in (site / "reference" / "api.html").read_text(encoding="utf8")


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("so |x| ≤ 1", r"so \|x\| ≤ 1"),
        (r"so \|x\| and ``a|b``", r"so \|x\| and ``a|b``"),
        ("    H. A. Kramers", r"    \H. A. Kramers"),
        ("by H. A. Kramers", "by H. A. Kramers"),
        (">>> a | b[:2]", ">>> a | b[:2]"),
        ("shape E.shape[:-1]", "shape ``E.shape[:-1]``"),
    ],
)
def test_slices_bars_and_initials_in_docstrings_mean_themselves(line: str, mended: str) -> None:
    lines = ["Before.", line]
    quote_slices(None, "function", "f", None, None, lines)
    mend(None, "function", "f", None, None, lines)
    assert lines == ["Before.", mended]
