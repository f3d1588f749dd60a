"""What can be downloaded: notebooks without outputs; an archive whose notebooks run where it is unpacked."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from myst_nb.core.read import read_myst_markdown_notebook
from reading import ROOT, chapters, pages, parsed, source
from thermobook.downloads import ARCHIVE, left, notebook, pack
from thermobook.plain import Book, read_book

CHAPTERS = chapters()
CELLS = 3  # of each chapter are run: its set-up, and what comes first


def stem(name: str) -> str:
    return Path(name).name


@pytest.fixture(scope="module")
def whole() -> Book:
    return read_book(ROOT, pages())


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_notebook_is_the_chapter_without_outputs(name: str, site: Path, whole: Book) -> None:
    text = (site / "notebooks" / f"{stem(name)}.ipynb").read_text(encoding="utf8")
    assert text == notebook(ROOT, name, whole), "the same bytes each time"
    book = nbformat.reads(text, as_version=4)
    nbformat.validate(book)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    cells = read_myst_markdown_notebook(source(name)).cells
    assert [cell.source for cell in code] == [cell.source for cell in cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert (site / "_sources" / f"{name}.md").read_text(encoding="utf8") == source(name)


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_notebook_reads_in_any_program(name: str, site: Path) -> None:
    text = (site / "notebooks" / f"{stem(name)}.ipynb").read_text(encoding="utf8")
    assert left(text) == []
    said = "\n".join(cell.source for cell in nbformat.reads(text, 4).cells if cell.cell_type == "markdown")
    assert re.findall(r"\{[a-z:]+\}`|`{3}\{|:{3}\{|^\([\w-]+\)=|\$\$ *\(|^:\w+:", said, re.MULTILINE) == []
    for there, here in (("```{dropdown}", "<details>"), ("```{admonition} Think", "> **Think**\n>\n")):
        assert said.count(here) == source(name).count(there) > 0


@pytest.mark.parametrize("name", CHAPTERS)
def test_what_the_page_folds_is_folded(name: str, site: Path) -> None:
    cells = nbformat.read(site / "notebooks" / f"{stem(name)}.ipynb", as_version=4).cells
    folded = [cell for cell in cells if re.search("hide-|remove-|solution", str(cell.metadata.get("tags")))]
    assert [cell for cell in cells if cell.metadata.get("jupyter", {}).get("source_hidden")] == folded != []


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_menu_and_the_page_offer_it(name: str, site: Path) -> None:
    page = parsed(site, name)
    for place in (".dropdown-download-buttons", ".chapter-downloads"):
        for target in (f"notebooks/{stem(name)}.ipynb", f"_sources/{name}.md", f"notebooks/{ARCHIVE}"):
            assert len(page.select(f"{place} a[href='../{target}']")) == 1, (place, target)


@pytest.fixture(scope="module")
def unpacked(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(site / "notebooks" / ARCHIVE) as archive:
        archive.extractall(folder)
    (top,) = folder.iterdir()
    return top


def test_the_archive_has_what_its_notebooks_need(unpacked: Path) -> None:
    assert {"README.md", "LICENSE", "pyproject.toml", "requirements.txt"} <= {
        p.name for p in unpacked.iterdir()
    }
    lock = (unpacked / "requirements.txt").read_text(encoding="utf8")
    assert "\njupyterlab==" in lock and "\njupyterlab-myst==" not in lock
    library = {path.name for path in (ROOT / "thermolib").iterdir() if path.is_file()}
    assert {path.name for path in (unpacked / "thermolib").iterdir() if path.is_file()} == library


def test_the_notebooks_of_the_archive_run_with_the_library_beside_them(unpacked: Path) -> None:
    # One with torch and one without: what all have in common is where they find the library.
    places = [unpacked / f"{stem(name)}.ipynb" for name in CHAPTERS[:2]]
    where = nbformat.v4.new_code_cell("import thermolib\nprint(thermolib.__file__)")
    for place in places:
        book = nbformat.read(place, as_version=4)
        book.cells = [*[cell for cell in book.cells if cell.cell_type == "code"][:CELLS], where]
        nbformat.write(book, place)
    command = [sys.executable, "-m", "jupyter", "execute", "--inplace", *(place.name for place in places)]
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=unpacked, env=own, capture_output=True, encoding="utf8")
    assert done.returncode == 0, done.stderr
    for place in places:
        printed = nbformat.read(place, as_version=4).cells[-1].outputs[0].text
        assert Path(printed.strip()).is_relative_to(unpacked)


def test_an_archive_depends_on_nothing_but_its_files(tmp_path: Path) -> None:
    one, two = tmp_path / "1" / "a.zip", tmp_path / "2" / "a.zip"
    for archive, files in ((one, {"b": b"B", "a": b"A"}), (two, {"a": b"A", "b": b"B"})):
        archive.parent.mkdir()
        pack(archive, files)
    assert one.read_bytes() == two.read_bytes()
