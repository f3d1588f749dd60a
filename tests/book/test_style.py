"""The chapters' cells are linted like the rest of the code, for mistakes; their layout is the author's."""

import subprocess
import sys

import jupytext
import nbformat
import pytest
from reading import ROOT, chapters, computing

RULES = "F,E9,NPY"  # names unused or unknown, syntax, NumPy's past
ALLOWED = "F811"  # the next section may use a name afresh


def lint(text: str) -> str:
    """Return what ruff has to say on the cells of the chapter `text`."""
    notebook = nbformat.writes(jupytext.reads(text, fmt="md:myst"))
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", RULES, "--ignore", ALLOWED]
    command += ["--output-format", "concise", "--quiet", "--stdin-filename", "chapter.ipynb", "-"]
    return subprocess.run(command, input=notebook, capture_output=True, encoding="utf8").stdout


@pytest.mark.parametrize("name", computing())
def test_the_cells_have_no_mistakes(name: str) -> None:
    assert lint((ROOT / f"{name}.md").read_text(encoding="utf8")) == ""


def test_a_mistake_is_found() -> None:
    page = (ROOT / f"{chapters()[0]}.md").read_text(encoding="utf8")
    assert "unheard_of" in lint(page + "\n```{code-cell} ipython3\nprint(unheard_of)\n```\n")
