"""Which files a chapter's run depends on; and each ran without error or warning."""

from collections.abc import Callable
from pathlib import Path

import pytest
from reading import ROOT, computing
from thermobook.executions import cache_folder, executed, imported_files

FILES = {
    "lib/__init__.py": "",
    "lib/look.mplstyle": "",
    "lib/ising.py": "from lib import chains\n",
    "lib/chains.py": "import numpy\n",
    "lib/other.py": "STYLE = 'look.mplstyle'\n",
    "lib/widgets/__init__.py": "",
    "lib/widgets/host.py": "",
    "lib/widgets/host.js": "",
    "lib/widgets/lab.py": "from .host import show\nfrom ..ising import energy\nscript = 'slider.js'\n",
    "lib/widgets/slider.js": "",
    "lib/widgets/other.py": "script = 'other.js', 'widget.css'\n",
    "lib/widgets/other.js": "",
    "lib/widgets/widget.css": "",
    "lib/widgets/nobodys.css": "",
    "thermolib/exercises/__init__.py": "",
    "thermolib/exercises/two_words.py": "import lib.other\n",
    "thermolib/exercises/another.py": "",
    "requirements.txt": "# a comment\nnumpy==2\n",
    "_ext/ipython_kernel_config.py": "",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf8")
    return tmp_path


def found(root: Path, *cells: str) -> set[str]:
    return {path.relative_to(root).as_posix() for path in imported_files(list(cells), root)}


ISING = {"lib/__init__.py", "lib/look.mplstyle", "lib/ising.py", "lib/chains.py"}


@pytest.mark.parametrize(
    "cell",
    [
        "import lib.ising",
        "from lib import ising",
        "from lib.ising import energy",
        "%matplotlib inline\nimport lib.ising as i",
    ],
)
def test_every_form_of_import_is_followed(root: Path, cell: str) -> None:
    assert found(root, "x = 1", cell) == ISING


def test_relative_imports_and_the_data_that_go_with_a_module(root: Path) -> None:
    widgets = {"__init__.py", "host.py", "host.js", "lab.py", "slider.js", "nobodys.css"}
    assert found(root, "from lib.widgets.lab import show") == ISING | {
        f"lib/widgets/{name}" for name in widgets
    }


def test_a_lab_comes_with_its_folder_and_the_kit_but_not_with_other_labs() -> None:
    root = Path(__file__).resolve().parents[2]
    lab = found(root, "from thermolib.widgets.ising_lab import IsingLab")
    needed = ("ising_lab/view.js", "ising_lab/ising.js", "ising_lab/view.css", "kit/lab.js", "kit/host.js")
    assert {f"thermolib/widgets/{name}" for name in needed} <= lab
    assert not any(name.startswith("thermolib/widgets/sampler_lab") for name in lab)


def test_what_is_not_here_or_not_python_is_passed_over(root: Path) -> None:
    assert found(root, "import numpy.linalg, os", "this is no Python") == set()


CHAPTER = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
---

# Title

```{code-cell} ipython3
import lib.ising
```
"""


@pytest.mark.parametrize(
    ("file", "text", "another"),
    [
        ("lib/chains.py", "import scipy\n", True),
        ("lib/look.mplstyle", "x", True),
        ("lib/other.py", "x", False),
        ("requirements.txt", "numpy==3\n", True),
        ("requirements.txt", "# another comment\nnumpy==2\n", False),
        ("_ext/ipython_kernel_config.py", "x", True),
    ],
)
def test_the_cache_is_another_exactly_when_what_the_chapter_depends_on_is(
    root: Path, file: str, text: str, another: bool
) -> None:
    before = cache_folder(root, "a", CHAPTER)
    (root / file).write_text(text, encoding="utf8")
    assert (cache_folder(root, "a", CHAPTER) != before) == another
    (root / file).write_text(FILES[file], encoding="utf8")
    assert cache_folder(root, "a", CHAPTER) == before


@pytest.mark.parametrize(("file", "another"), [("two_words.py", True), ("another.py", False)])
def test_a_chapter_depends_on_its_own_exercises_alone(root: Path, file: str, another: bool) -> None:
    before = cache_folder(root, "chapters/two-words", CHAPTER)
    (root / "thermolib" / "exercises" / file).write_text("x = 1\n", encoding="utf8")
    assert (cache_folder(root, "chapters/two-words", CHAPTER) != before) == another


def test_a_chapter_depends_on_what_its_exercises_import(root: Path) -> None:
    before = {
        name: cache_folder(root, name, CHAPTER).name for name in ("chapters/two-words", "chapters/another")
    }
    (root / "lib" / "other.py").write_text("x = 1\n", encoding="utf8")
    assert cache_folder(root, "chapters/two-words", CHAPTER).name != before["chapters/two-words"]
    assert cache_folder(root, "chapters/another", CHAPTER).name == before["chapters/another"]


@pytest.mark.parametrize("name", computing())
def test_a_chapter_ran_without_error_or_warning(name: str, measured: Callable[[str], None]) -> None:
    try:
        notebook, seconds, _ = executed(ROOT, name)
    except KeyError:
        pytest.fail(f"{name} has changed since the book was built; run `make book` first")
    measured(f"{name}: ran in {seconds:.1f} s")
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error", output
            assert output.get("name") != "stderr", output
            shown = output.get("data", {})
            if "text/html" not in shown:  # else an object's address: the cell lacks plt.show() at its end
                assert " at 0x" not in str(shown.get("text/plain"))
