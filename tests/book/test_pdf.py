"""The printed book: `make pdf` puts it together, and its contents lead where they say."""

import re
import subprocess
import sys
import unicodedata
from io import BytesIO

import pytest
import yaml
from pypdf import PageObject, PdfReader
from pypdf.generic import Destination, DictionaryObject
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


# What a page's content says, as Chromium writes it: a font, the height of a text, and the text's glyphs.
SAYS = re.compile(rb"(/F\d+) \S+ Tf|(\S+) Tm|<(\w+)> Tj")


@pytest.fixture(scope="module")
def text(book: PdfReader) -> list[str]:
    """Return the words of each page: what pypdf's own reader finds, in a fifth of its time."""
    fonts: dict[int, dict[int, str]] = {}
    return [written(page, fonts) for page in book.pages]


def written(page: PageObject, fonts: dict[int, dict[int, str]]) -> str:
    """Return the words of `page`, a line for each height; the alphabets of `fonts` are kept."""
    words, glyphs, height = "", dict[int, str](), b""
    for font, next_height, drawn in SAYS.findall(page.get_contents().get_data()):
        if font:
            place = page["/Resources"]["/Font"].raw_get(font.decode())
            if place.idnum not in fonts:
                fonts[place.idnum] = alphabet(place.get_object())
            glyphs = fonts[place.idnum]
        elif drawn:
            words += "".join(glyphs.get(int(drawn[k : k + 4], 16), "") for k in range(0, len(drawn), 4))
        elif next_height != height:
            words, height = f"{words}\n", next_height
    return words.strip()


def alphabet(font: DictionaryObject) -> dict[int, str]:
    """Return what each glyph of `font` stands for."""
    letters = dict[int, str]()
    said = font["/ToUnicode"].get_data().decode()
    for kind, table in re.findall(r"beginbf(char|range)(.*?)endbf", said, re.DOTALL):
        for row in re.findall(r"<.*>", table):
            first, *last, letter = re.findall(r"<(\w+)>", row)
            begin, end = int(first, 16), int(last[0] if kind == "range" else first, 16)
            for k in range(begin, end + 1):
                word = bytes.fromhex(letter).decode("utf-16-be")
                letters[k] = word[:-1] + chr(ord(word[-1]) + k - begin)
    return letters


def test_the_words_are_those_that_pypdf_reads(book: PdfReader, text: list[str]) -> None:
    """Here and there, but for the numbers laid over the contents."""
    read = range(0, len(text), 50)
    found = [joined(book.pages[number].extract_text()) for number in read]
    assert len("".join(found)) > 1000 and found == [joined(text[number]) for number in read]


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
