"""The build, tried on a small book: what it runs, what it refuses, and that two builds agree to the byte."""

import os
import platform
import shlex
import shutil
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from build import serving

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ("_ext", "assets", "_config.yml", "requirements.txt", "deno.json", "deno.lock")
HEAD = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

"""
INTRO = "# A small book\n\nSee [](chapters/a.md) and [](chapters/b.md).\n"
A = """# Chapter A

$$
Z = \\sum_x e^{-E(x) / T}
$$ (partition)

```{code-cell} ipython3
import matplotlib.pyplot as plt
from small import one

print(one.NAME)
```

```{code-cell} ipython3
---
figure: {name: fig-line, caption: It rises.}
mystnb:
  image:
    alt: A line that rises from zero to two.
---
plt.plot([0, 1, 2]);
```
"""
B = """# Chapter B

By {eq}`partition` and {cite:t}`onsager1944`.

```{code-cell} ipython3
from small import two

print(two.NAME)
```

```{bibliography}
```
"""
BIBLIOGRAPHY = """@article{onsager1944,
  author = {Onsager, Lars}, title = {Crystal Statistics. {I}}, journal = {Physical Review},
  volume = {65}, pages = {117--149}, year = {1944}
}
"""
FILES = {
    "_toc.yml": "format: jb-book\nroot: intro\nchapters:\n- file: chapters/a\n- file: chapters/b\n",
    "intro.md": INTRO,
    "chapters/a.md": HEAD + A,
    "chapters/b.md": HEAD + B,
    "references.bib": BIBLIOGRAPHY,
    "small/__init__.py": "",
    "small/one.py": "NAME = 'first name'\n",
    "small/two.py": "NAME = 'second name'\n",
}


def write(book: Path) -> Path:
    """Write the small book's sources into the folder `book`."""
    for name in HOUSE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, book / name)
    (book / "node_modules").symlink_to(ROOT / "node_modules")
    for name, text in FILES.items():
        (book / name).parent.mkdir(parents=True, exist_ok=True)
        (book / name).write_text(text, encoding="utf8")
    return book


def build(book: Path) -> tuple[int, str, set[str]]:
    """Build `book`; return the exit status, what was said, and the chapters that ran."""
    command = [sys.executable, str(book / "_ext" / "build.py")]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": str(book), "PYTHONDONTWRITEBYTECODE": "1", "SOURCE_DATE_EPOCH": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf8",
    )
    lines = (line for line in done.stdout.splitlines() if "Executing notebook" in line)
    return done.returncode, done.stdout, {Path(line.split(".md:")[0]).name for line in lines}


def files(site: Path) -> dict[str, bytes]:
    """Return the bytes of each file of `site`."""
    return {
        path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the small book once."""
    book = write(tmp_path_factory.mktemp("built"))
    status, said, ran = build(book)
    assert (status, ran) == (0, {"a", "b"}), said
    assert (book / "_build" / "html" / "index.html").as_uri() in said
    assert f"{shlex.quote(sys.executable)} -m http.server" in said
    return book


@pytest.fixture
def book(built: Path, tmp_path: Path) -> Path:
    """Return a copy of the small book, built."""
    return shutil.copytree(built, tmp_path / "a book", symlinks=True)


def test_the_command_that_serves_can_be_typed_in_the_folder(tmp_path: Path) -> None:
    assert serving(ROOT / ".venv" / "bin" / "python").startswith(
        f"{Path('.venv/bin/python')} -m http.server "
    )
    elsewhere = tmp_path / "an environment" / "python"
    assert shlex.split(serving(elsewhere))[0] == str(elsewhere)


def test_two_builds_from_nothing_agree_to_the_byte(built: Path, tmp_path: Path) -> None:
    other = write(tmp_path)
    assert build(other)[0] == 0
    one, two = files(built / "_build" / "html"), files(other / "_build" / "html")
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def loaded(book: Path) -> ModuleType:
    """Return the build of `book`, as a module."""
    spec = spec_from_file_location("small_build", book / "_ext" / "build.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


READ = (
    "chapters/b.md", "small/one.py", "assets/book.css", "_toc.yml", "references.bib", "requirements.txt",
    "_ext/thermobook/guard.py", "_ext/thermobook/templates/layout.html",
)  # fmt: skip
MADE = ("chapters/a.html", "_static/style.css", "notebooks/a.ipynb")


def test_where_nothing_has_changed_nothing_is_done_else_the_book_is_built(
    book: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    small, asked = loaded(book), 7
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    monkeypatch.setattr(small, "draft", lambda: asked)

    def times() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in book.rglob("*")}

    before = times()
    assert small.main() == 0
    assert "Nothing has changed" in capsys.readouterr().out
    assert times() == before

    run = next((book / "_build" / "executed" / "chapters" / "a").rglob("*.ipynb"))
    for path in (*(book / name for name in READ), *(book / "_build" / "html" / name for name in MADE), run):
        content = path.read_bytes()
        path.unlink()
        assert small.main() == asked, f"{path} is lost"
        if path != run:
            path.write_bytes(content + b" ")
            assert small.main() == asked, f"{path} has changed"
        path.write_bytes(content)
        assert small.main() == 0, f"{path} is as it was"

    (book / "small" / "data.csv").touch()
    assert small.main() == asked
    (book / "small" / "data.csv").unlink()
    monkeypatch.setattr(small, "distributions", lambda path: [])
    assert small.main() == asked


def test_what_no_page_is_made_of_is_passed_over(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = loaded(book)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    monkeypatch.setattr(small, "draft", lambda: 7)
    for name in ("tests/test_one.py", ".git/index", "small/__pycache__/one.pyc", "reference/api/one.md"):
        (book / name).parent.mkdir(parents=True, exist_ok=True)
        (book / name).write_text("another", encoding="utf8")
    (book / "chapters" / ".#b.md").symlink_to("nowhere")  # what an editor leaves while a page is open in it
    assert small.main() == 0


def test_what_is_edited_during_a_build_is_built_the_next_time(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, page = loaded(book), book / "chapters" / "b.md"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")

    def draft() -> int:
        page.write_text(HEAD + B + "More.\n", encoding="utf8")
        return 0

    page.write_text(HEAD + B + "Less.\n", encoding="utf8")
    monkeypatch.setattr(small, "draft", draft)
    assert small.main() == 0
    monkeypatch.setattr(small, "draft", lambda: 7)
    assert small.main() == 7
    page.write_text(HEAD + B + "Less.\n", encoding="utf8")
    assert small.main() == 0


def test_a_chapter_says_when_it_ran_and_how_long_it_takes(built: Path) -> None:
    """The date is SOURCE_DATE_EPOCH's, and the time rounded up to minutes."""
    page = (built / "_build" / "html" / "chapters" / "a.html").read_text(encoding="utf8")
    assert "Reading: about 5 minutes. Running: less than a minute, without PyTorch." in page
    assert f"Executed on 1 January 1970 with Python {platform.python_version()}, Matplotlib " in page


# What is wrong with a page, in the order in which it stands there; and what the build says of it.
FAULTS = {
    "a figure without words": (
        "```{code-cell} ipython3\nimport matplotlib.pyplot as plt\n\nplt.plot([0, 1]);\n```\n",
        ["chapters/b, cell 2 draws a figure without alternative text"],
    ),
    "a cell that writes to stderr": (
        "```{code-cell} ipython3\nimport warnings\n\nwarnings.warn('mind the step')\n```\n",
        ["chapters/b, cell 3 writes to stderr", "mind the step"],
    ),
    "a cell that raises": (
        "```{code-cell} ipython3\nNUMBER = 1\nraise ZeroDivisionError('by nothing')\n```\n",
        ["chapters/b, cell 4 fails", "ZeroDivisionError: by nothing"],
    ),
    "a picture without words": ("![](picture.svg)\n", ["chapters/b, there is a picture"]),
    "a picture from elsewhere": ("![words](https://a.example/x.png)\n", ["chapters/b.html: https://a.example/x.png"]),
    "a reference to nothing": ("See {eq}`nothing`.\n", ["equation not found: nothing"]),
    "a formula that is no TeX": ("By $\\unheardof{x}$.\n", ["chapters/b, KaTeX", "\\unheardof{x}"]),
    "a formula in a heading": ("## Why $x$?\n", ["chapters/b has a formula in a heading: x"]),
    "what no notebook shows": ("```{note}\nWords.\n```\n", ["chapters/b, not for a notebook: ```{note}"]),
    "a link to nothing": ("See [](nothing.md).\n", ["nothing.md"]),
    "a citation of nothing": ("As {cite:t}`nobody1900` said.\n", ["nobody1900"]),
}  # fmt: skip


def test_a_change_runs_what_imports_it_and_faults_fail_the_build_until_they_are_mended(book: Path) -> None:
    """What ran in a state is still there when it comes back. The last good site stays."""
    page, changed = book / "chapters" / "b.md", book / "_build" / "html" / "chapters" / "a.html"

    def names() -> list[bool]:
        text = changed.read_text(encoding="utf8")
        return [name in text for name in ("another name", "first name")]

    (book / "small" / "one.py").write_text("NAME = 'another name'\n", encoding="utf8")
    status, said, ran = build(book)
    assert (status, ran, names()) == (0, {"a"}, [True, False]), said

    before = files(book / "_build" / "html")
    (book / "small" / "one.py").write_text(
        FILES["small/one.py"], encoding="utf8"
    )  # a is as it was: it need not run
    shutil.copy(book / "assets" / "logo.svg", book / "chapters" / "picture.svg")
    page.write_text("\n".join([HEAD + B, *(text for text, _ in FAULTS.values())]), encoding="utf8")
    for _ in range(2):  # what was run and found wanting is run, and found, again
        status, said, ran = build(book)
        assert status != 0 and ran == {"b"}
        unsaid = [name for name, (_, words) in FAULTS.items() if any(part not in said for part in words)]
        assert unsaid == [], said
        assert files(book / "_build" / "html") == before

    page.write_text(FILES["chapters/b.md"], encoding="utf8")
    status, said, ran = build(book)
    assert (status, ran, names()) == (0, set(), [False, True]), said
