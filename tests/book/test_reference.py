"""The glossary has every term once, and each is linked where a chapter first needs it."""

import re

import pytest
from reading import chapters, source

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


@pytest.mark.parametrize("name", chapters()[1:])
def test_what_a_chapter_defines_in_bold_is_in_the_glossary(name: str) -> None:
    """A definition is a link. In bold stand only the titles of exercises, which begin with a number."""
    bold = [" ".join(words.split()) for words in BOLD.findall(prose(name))]
    assert [words for words in bold if not re.match(r"\d+\.", words)] == []
