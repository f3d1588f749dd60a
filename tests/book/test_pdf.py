"""The printed book: `make pdf` puts it together, and its contents lead where they say."""

import re
import subprocess
import sys
import unicodedata
from io import BytesIO

import pytest
import yaml
from pypdf import PdfReader
from pypdf.generic import Destination, NameObject, StreamObject
from reading import ROOT, chapters
from thermolib.exercises.entropy import EXERCISES

pytestmark = pytest.mark.long

TITLES = [
    (ROOT / f"{name}.md").read_text(encoding="utf8").partition("\n# ")[2].split("\n")[0]
    for name in chapters()
]


@pytest.fixture(scope="module")
def book() -> PdfReader:
    done = subprocess.run(
        [sys.executable, str(ROOT / "_ext" / "pdf.py")], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = re.search(r"(\d+) pages: (\S+)", done.stdout)
    assert said is not None, done.stdout
    reader = PdfReader(BytesIO((ROOT / said[2]).read_bytes()))
    assert len(reader.pages) == int(said[1])
    return reader


# The operators of PDF that write, one a line; the others draw, colour and mark.
WRITING = re.compile(rb"^.*(?:BT|ET| T\w|cm|Do)$|^[qQ]$", re.MULTILINE)


@pytest.fixture(scope="module")
def text(book: PdfReader) -> list[str]:
    """Return the words of each page, found in half the time without what is no word."""
    for page in book.pages:
        words = StreamObject()
        words.set_data(b"\n".join(WRITING.findall(page.get_contents().get_data())))
        page[NameObject("/Contents")] = words
    return [page.extract_text() for page in book.pages]


def test_every_page_has_its_number(text: list[str]) -> None:
    wrong = [number for number, page in enumerate(text, start=1) if str(number) not in page.split()]
    assert wrong == []


def test_the_contents_name_the_page_and_lead_to_it(book: PdfReader, text: list[str]) -> None:
    places = {
        name: book.get_destination_page_number(place) for name, place in book.named_destinations.items()
    }
    start = next(number for number, page in enumerate(text) if page.startswith("Contents\n"))
    lines, links = [], []
    for page in range(start, min(places[name] for name in places if name.startswith("/contents-"))):
        laid_out = book.pages[page].extract_text(extraction_mode="layout")
        lines += [
            line for line in map(str.strip, laid_out.splitlines()) if re.fullmatch(r".*[^\W\d].* \d+", line)
        ]
        annotations = [link.get_object() for link in book.pages[page].get("/Annots", [])]
        links += [link["/Dest"] for link in annotations if link.get("/Dest", "").startswith("/contents-")]
    assert len(lines) == len(links) > 10
    for line, link in zip(lines, links, strict=True):
        title, _, number = line.rpartition(" ")
        assert places[link] == int(number) - 1, line
        assert joined(title) in joined(text[places[link]]), line
    assert {title for title in TITLES if not any(joined(title) in joined(line) for line in lines)} == set()


def test_widgets_are_their_still_pictures(book: PdfReader, text: list[str]) -> None:
    """Their captions stand there; what only a running widget says does not."""
    everything = " ".join(text)
    assert "spins in equilibrium at T" in everything
    assert "energy per site ⟨e⟩" not in everything and "This browser cannot" not in everything


def test_each_chapter_is_in_the_outline_where_its_title_stands(book: PdfReader, text: list[str]) -> None:
    outline = {re.sub(r"^\d+\. ", "", entry.title.replace("\n", " ")): entry for entry in flat(book.outline)}
    for title in TITLES:
        number = book.get_destination_page_number(outline[title])
        assert title in text[number]


def joined(words: str) -> str:
    """Leave out ligatures, and white space: a line may be broken anywhere, also after a hyphen."""
    return "".join(unicodedata.normalize("NFKC", words).split())


def test_it_says_what_it_is_and_nothing_that_holds_on_a_screen_alone(
    book: PdfReader, text: list[str]
) -> None:
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf8"))
    assert book.metadata is not None
    assert (book.metadata.title, book.metadata.author) == (settings["title"], settings["author"])
    everything = " ".join(" ".join(text).split())
    assert "you need nothing but this page: Start with entropy. A page is" in everything
    assert "Drag it." not in everything and "lines below its title" not in everything


def test_questions_have_their_answers(text: list[str]) -> None:
    everything = unicodedata.normalize("NFKC", " ".join(" ".join(text).split()))  # without ligatures
    for exercise in EXERCISES.values():
        if exercise.choices:
            said = f"{exercise.answer}. {exercise.choices[exercise.answer]}"[:60]
            assert unicodedata.normalize("NFKC", said) in everything


def flat(outline: list) -> list[Destination]:
    return [entry for item in outline for entry in (flat(item) if isinstance(item, list) else [item])]
