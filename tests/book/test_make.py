"""`make` on a machine that is not what it should be: it says so, and leaves nothing half made.

And the words on it: what README and CONTRIBUTING name is there.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# A Python whose virtual environments cannot install anything.
PYTHON = """#!/bin/sh
case "$*" in
  *"sys.exit("*) {check} ;;
  *zlib*) echo 3-11-1 ;;
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  *"pip install"*) echo "ERROR: no matching distribution" >&2; exit 1 ;;
esac
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "a folder"
    place.mkdir()
    (place / "benchmarks").mkdir()
    shutil.copy(ROOT / "benchmarks" / "requirements.txt", place / "benchmarks")
    for name in ("Makefile", "requirements.txt", "pyproject.toml", "deno.json", "deno.lock"):
        shutil.copy(ROOT / name, place)
    return place


def make(folder: Path, target: str, check: str = "exit 0") -> subprocess.CompletedProcess[str]:
    python = folder.parent / "python3"
    python.write_text(PYTHON.format(check=check), encoding="utf8")
    python.chmod(0o755)
    command = ["make", target, f"PYTHON={python}"]
    return subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf8")


def test_an_old_python_is_refused_and_nothing_is_touched(folder: Path) -> None:
    (folder / ".venv").mkdir()
    done = make(folder, "book", check="echo 'this is Python 3.9' >&2; exit 1")
    assert done.returncode != 0
    assert "this is Python 3.9" in done.stderr
    assert "make failed at this step: Python 3.11 or newer" in done.stderr
    assert (folder / ".venv").is_dir()


@pytest.mark.parametrize(
    ("target", "step", "environment"),
    [
        ("book", "the environment: requirements.txt", ".venv"),
        ("bench", "the peers: benchmarks/requirements.txt", "benchmarks/.venv"),
    ],
)
def test_a_failed_installation_is_named_and_thrown_away(
    folder: Path, target: str, step: str, environment: str
) -> None:
    done = make(folder, target)
    assert done.returncode != 0
    assert "no matching distribution" in done.stderr
    assert f"make failed at this step: {step}" in done.stderr
    assert not (folder / environment).exists()


def test_a_half_made_environment_is_not_trusted(folder: Path) -> None:
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "left-over").touch()
    make(folder, "book")
    assert not (folder / ".venv").exists()


def test_make_alone_lists_what_can_be_made(folder: Path) -> None:
    done = make(folder, "help")
    assert done.returncode == 0
    assert all(f"make {target}" in done.stdout for target in ("book", "test", "lab", "clean", "help"))


def test_clean_takes_what_was_made_and_leaves_the_environment(folder: Path) -> None:
    made = [
        "_build/html",
        "thermolib.egg-info",
        ".ipynb_checkpoints",
        "a/__pycache__/b/__pycache__",
        "a/.ipynb_checkpoints",
    ]
    kept = [".venv/lib/__pycache__", "a/b", "_build/coursework"]
    for name in (*made, *kept):
        (folder / name).mkdir(parents=True)
    done = make(folder, "clean")
    assert (done.returncode, done.stderr) == (0, "")
    assert [name for name in made if (folder / name).exists()] == []
    assert [name for name in kept if not (folder / name).exists()] == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_what_a_page_links_to_or_lists_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    listed = [
        name for row in re.findall(r"^\|(.*?)\|", text, re.MULTILINE) for name in re.findall("`(.+?)`", row)
    ]
    assert [name for name in (*links, *listed) if not (ROOT / name).exists()] == []
    assert page != "README.md" or (links and listed)
