r"""A chapter's Markdown in words that every notebook program understands.

MyST's roles, directives and labels become plain Markdown: a citation reads as words with a link to the work,
an equation and a figure carry their numbers, a solution folds by HTML's own ``<details>``. What refers to
nothing stays as it is, and ``unknown`` finds it together with all that has no plain form.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import yaml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from pybtex.database import Entry, parse_file

from thermobook.executions import read

BLOCK = re.compile(
    r"^(`{3,}|:{3,})\{(admonition|dropdown)\} *(.*)\n((?::[\w-]+:.*\n)*)((?:.*\n)*?)\1$", re.MULTILINE
)
BIBLIOGRAPHY = re.compile(
    r"^```\{bibliography\}\n```$", re.MULTILINE
)  # each work is linked where it is cited
TARGET = re.compile(r"^\([\w:-]+\)=\n", re.MULTILINE)
LABEL = re.compile(r"\s*\$\$ *\(([\w:-]+)\)$", re.MULTILINE)
ROLE = re.compile(r"(?<!`)\{(term|eq|numref|cite:p|cite:t)\}`([^`]+)`")
LINK = re.compile(r"\[([^\]]*)\]\(([^)#\s:]+)\.md(#[\w-]+)?\)")
MATHS = re.compile(r"\$\$.*?\$\$|\$[^$]+\$", re.DOTALL)
MYST_ONLY = re.compile("myst_|math_block_label|colon_fence|dl_open|footnote|substitution")


class Book(NamedTuple):
    """What a chapter may refer to."""

    works: Mapping[str, Entry]
    """The bibliography."""
    titles: Mapping[str, str]
    """Of the pages."""
    equations: Mapping[str, tuple[str, str]]
    """For each label the page and the number: the chapter's, and the equation's in it."""
    figures: Mapping[str, str]
    """For each name the number, made in the same way."""
    site: str
    """Where the book is published, or nothing."""


def read_book(root: Path, pages: list[str]) -> Book:
    """Return what there is to refer to in the `pages` of the book below `root`."""
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf8"))
    works: dict[str, Entry] = {}
    for name in config["bibtex_bibfiles"]:
        works |= parse_file(root / name).entries
    texts = {page: (root / f"{page}.md").read_text(encoding="utf8") for page in pages}
    labels = [(page, label) for page, text in texts.items() for label in LABEL.findall(text)]
    figures = [
        (page, figure["name"])
        for page, text in texts.items()
        for cell in read(text).cells
        if (figure := described(cell.metadata))
    ]
    return Book(
        works=works,
        titles={page: re.search(r"^# (.*)", text, re.MULTILINE)[1] for page, text in texts.items()},  # type: ignore[index]
        equations={label: (page, number) for (page, label), number in _counted(root, labels)},
        figures={name: number for (_, name), number in _counted(root, figures)},
        site=config["html"]["baseurl"].rstrip("/"),
    )


def described(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Return the name and the caption of a cell's figure; nothing if it has none, or lacks one of the two."""
    figure = metadata.get("figure")
    return figure if isinstance(figure, dict) and figure.get("name") and figure.get("caption") else {}


def caption(figure: Mapping[str, str], page: str, book: Book) -> str:
    """Return the words below a `figure` of `page`: its number and its caption."""
    return f"**Figure {book.figures[figure['name']]}.** {plain(figure['caption'].strip(), page, book)}"


def plain(text: str, page: str, book: Book) -> str:
    """Return the Markdown `text` of `page` without MyST."""
    text = TARGET.sub("", BIBLIOGRAPHY.sub("", _unfold(text)))
    text = LABEL.sub(lambda label: f"\n\\tag{{{book.equations[label[1]][1]}}}\n$$", text)
    text = ROLE.sub(lambda role: _say(role, page, book), text)
    return LINK.sub(lambda link: _point(link, page, book), text)


def _counted(root: Path, things: list[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], str]]:
    """Number `things`, each on its page, as Sphinx does: by chapter, its further pages included."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf8"))
    parts = [part["chapters"] for part in toc.get("parts", []) if part.get("numbered")]
    chapters = {
        page["file"]: f"{number}."
        for part in parts
        for number, chapter in enumerate(part, start=1)
        for page in (chapter, *chapter.get("sections", []))
    }
    counted = Counter[str]()
    for thing in things:
        chapter = chapters.get(thing[0], "")
        counted[chapter] += 1
        yield thing, f"{chapter}{counted[chapter]}"


def unknown(text: str) -> list[str]:
    """Return what of `text` only MyST understands, as MyST's own parser finds it."""
    config = MdParserConfig(enable_extensions={"colon_fence", "deflist", "dollarmath", "substitution"})
    lines = text.splitlines()
    found = []
    for block in create_md_parser(config, RendererHTML).parse(text):
        where = lines[block.map[0]] if block.map else ""
        found += [where for token in (block, *(block.children or [])) if _only_myst(token)]
    return found


def _only_myst(token: Token) -> bool:
    target = str(token.attrs.get("href", ""))
    return (
        MYST_ONLY.match(token.type) is not None
        or (token.type == "fence" and token.info.startswith("{"))
        or target.startswith("#")
        or (target.partition("#")[0].endswith(".md") and "://" not in target)
    )


def _unfold(text: str) -> str:
    """Write admonitions as quotations and dropdowns in HTML."""

    def replace(block: re.Match[str]) -> str:
        _, kind, title, _, body = block.groups()
        body = _unfold(body).strip()
        if kind == "dropdown":
            return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"
        # Jupyter takes formulas out before it looks at the lines: no > may get into one.
        body = MATHS.sub(lambda formula: formula[0].replace("\n", " "), body)
        return "\n".join(f"> {line}".rstrip() for line in (f"**{title}**", "", *body.split("\n")))

    return BLOCK.sub(replace, text)


def _say(role: re.Match[str], page: str, book: Book) -> str:
    kind, content = role.groups()
    try:
        if kind == "term":
            return content.partition(" <")[0]
        if kind == "eq":
            where, number = book.equations[content]
            return f"({number})" if where == page else f"({number}) of “{book.titles[where]}”"
        if kind == "numref":
            return f"Figure {book.figures[content]}"
        works = [book.works[key.strip()] for key in content.split(",")]
    except KeyError:
        return role[0]
    form, between, around = ("{} ({})", ", ", "{}") if kind == "cite:t" else ("{}, {}", "; ", "({})")
    said = [_linked(form.format(_authors(work), work.fields["year"]), work) for work in works]
    return around.format(between.join(said))


def _authors(work: Entry) -> str:
    names = [
        " ".join(str(part) for part in (*person.rich_prelast_names, *person.rich_last_names))
        for person in work.persons["author"]
    ]
    return f"{names[0]} et al." if len(names) > 2 else " and ".join(names)


def _linked(words: str, work: Entry) -> str:
    fields = work.fields
    address = f"https://doi.org/{quote(fields['doi'], safe='/:;')}" if "doi" in fields else fields.get("url")
    return f"[{words}]({address})" if address else words


def _point(link: re.Match[str], page: str, book: Book) -> str:
    words, target, section = link.groups()
    other = posixpath.normpath(posixpath.join(posixpath.dirname(page), target))
    if other not in book.titles:
        return link[0]
    words = words or book.titles[other]
    return f"[{words}]({book.site}/{other}.html{section or ''})" if book.site else words
