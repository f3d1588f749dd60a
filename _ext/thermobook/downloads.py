"""What a reader can take away: each chapter as a notebook without outputs, and all of them with the library.

The notebooks are made from the chapters' sources at every build. Their bytes, and the archive's, depend on
the sources alone.
"""

import re
import zipfile
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from docutils import nodes
from sphinx.application import Sphinx

from thermobook import executions
from thermobook.plain import Book, caption, described, plain, read_book, unknown
from thermobook.problems import report

FOLDER = "notebooks"
FOLDED = {"hide-input", "hide-cell", "remove-input", "remove-cell", "solution"}
ARCHIVE = "temperature-notebooks.zip"
WITH_THE_NOTEBOOKS = ("thermolib/**/*", "requirements.txt", "pyproject.toml", "LICENSE")
READER = re.compile(rb"^jupyterlab-myst==.*\n(?: +#.*\n)*", re.MULTILINE)
README = """# Temperature: the chapters as notebooks, with the library that they import

You need Python 3.11 or newer. In this folder (on Windows `.venv\\Scripts` instead of `.venv/bin`):

    python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/jupyter lab
"""


def connect(app: Sphinx) -> None:
    """Offer the notebooks in each chapter's download menu, and write them when all is done."""
    app.connect("html-page-context", offer, priority=800)  # after the theme has made its menu
    app.connect("build-finished", write)


def is_chapter(app: Sphinx, name: str) -> bool:
    """Return whether page `name` is a chapter's: it computes, and is not the landing page or the review."""
    text = Path(app.env.doc2path(name)).read_text(encoding="utf8")
    return name.startswith("chapters/") and bool(executions.code(text))


def chapters(app: Sphinx) -> list[str]:
    """Return the chapters' names, in the order of the contents."""
    return [name for name in app.env.collect_relations() if is_chapter(app, name)]


def of(name: str) -> list[tuple[str, str]]:
    """Return what there is to download of chapter `name`: words, and the place in the site."""
    return [
        ("the notebook (.ipynb)", f"{FOLDER}/{Path(name).name}.ipynb"),
        ("its source (.md)", f"_sources/{name}.md"),
        ("all notebooks, with the library (.zip)", f"{FOLDER}/{ARCHIVE}"),
    ]


def offer(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Put the notebook and the archive into the download menu; its other entries are the theme's."""
    if tree is None or not is_chapter(app, page):
        return
    (notebook, own), _, (everything, archive) = of(page)
    for menu in (one for one in context["header_buttons"] if one["label"] == "download-buttons"):
        # Where there is a launch button, the theme offers a notebook too, with outputs or not, as it comes.
        theirs = [one for one in menu["buttons"] if one["label"] != "download-notebook-button"]
        ours = [
            {"type": "link", "url": context["pathto"](target, 1), "text": target[target.rindex(".") :],
             "tooltip": f"Download {words}", "icon": icon, "label": f"download-{label}-button"}
            for words, target, icon, label in [
                (notebook, own, "fas fa-code", "notebook"),
                (everything, archive, "fas fa-file-zipper", "archive"),
            ]
        ]  # fmt: skip
        menu["buttons"] = [*ours, *theirs]


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the notebooks and the archive into the site."""
    if error or app.builder.format != "html":
        return
    root, folder = Path(app.srcdir), Path(app.outdir) / FOLDER
    folder.mkdir(exist_ok=True)
    for stray in (Path(app.outdir) / "_sources").rglob("*.ipynb"):  # the theme's, see above
        stray.unlink()
    files = {"README.md": README.encode()}
    book, problems = read_book(root, list(app.env.collect_relations())), []
    for name in chapters(app):
        text = notebook(root, name, book)
        problems += [f"{name}, not for a notebook: {line}" for line in left(text)]
        (folder / f"{Path(name).name}.ipynb").write_text(text, encoding="utf8")
        files[f"{Path(name).name}.ipynb"] = text.encode()
    for path in (path for pattern in WITH_THE_NOTEBOOKS for path in root.glob(pattern)):
        if path.is_file() and "__pycache__" not in path.parts:
            files[path.relative_to(root).as_posix()] = path.read_bytes()
    # JupyterLab's reader of MyST would number the equations again and leave formulas in HTML alone.
    files["requirements.txt"] = READER.sub(b"", files["requirements.txt"])
    pack(folder / ARCHIVE, files)
    for problem in problems:
        report(app, problem)


def notebook(root: Path, name: str, book: Book) -> str:
    """Return the chapter `name` of the `book` below `root` as a notebook without outputs."""
    chapter = jupytext.read(root / f"{name}.md")
    chapter.metadata = {"kernelspec": chapter.metadata["kernelspec"], "language_info": {"name": "python"}}
    cells, chapter.cells = chapter.cells, []
    for cell in cells:
        chapter.cells.append(cell)
        if cell.cell_type == "markdown":
            cell.source = plain(cell.source, name, book)
        if FOLDED & set(cell.metadata.get("tags", [])):
            cell.metadata["jupyter"] = {"source_hidden": True}
        if figure := described(cell.metadata):
            chapter.cells.append(nbformat.v4.new_markdown_cell(caption(figure, name, book)))
    for number, cell in enumerate(chapter.cells):
        cell["id"] = f"cell-{number}"  # else drawn at random
    nbformat.validate(chapter)
    return nbformat.writes(chapter) + "\n"


def left(text: str) -> list[str]:
    """Return the lines of the notebook `text` that no notebook program can show."""
    cells = nbformat.reads(text, as_version=4).cells
    return [line for cell in cells if cell.cell_type == "markdown" for line in unknown(cell.source)]


def pack(archive: Path, files: dict[str, bytes]) -> None:
    """Write `files` into a zip whose bytes depend on nothing else, all in one folder."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as pages:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{archive.stem}/{name}")  # dated 1980, as always
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            pages.writestr(entry, files[name])
