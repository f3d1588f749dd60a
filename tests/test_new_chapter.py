"""`make new-chapter`: what it writes, what fails until the work is done, and what it refuses."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docutils.core import publish_doctree
from new_chapter import RefusedError, begin

ROOT = Path(__file__).resolve().parents[1]
SKELETON = {
    "chapters/spin-glasses.md",
    "thermolib/spin_glasses.py",
    "thermolib/exercises/spin_glasses.py",
    "tests/test_spin_glasses.py",
    "tests/answers/spin_glasses.py",
    "_toc.yml",
    "tests/test_conventions.py",
}
# What its author adds by hand: sources, terms, symbols, plans of study, the news; and a lab
BY_HAND = {
    "references.bib", "reference/glossary.md", "reference/notation.md",
    "study.md", "CHANGELOG.md",
    "thermolib/widgets/LAB/__init__.py", "thermolib/widgets/LAB/PHYSICS.js", "thermolib/widgets/LAB/view.js",
}  # fmt: skip
MODULE, PAGE = "spin_glasses", "spin-glasses"


def texts(folder):
    """Return what the files below hold, by their path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A copy of what a chapter belongs to."""
    folder = tmp_path_factory.mktemp("book")
    ignored = shutil.ignore_patterns("__pycache__", "book", "api")
    for name in ("chapters", "coursework", "thermolib", "tests", "_ext"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / "_toc.yml", folder)
    return folder


@pytest.fixture(scope="module")
def begun(book):
    """The copy before and after a chapter was begun, and its path."""
    before = texts(book)
    begin(book, PAGE)
    return before, texts(book), book


def test_a_chapter_touches_fifteen_files_at_most(begun):
    before, after, _ = begun
    touched = {path for path in after if before.get(path) != after[path]}
    assert touched == SKELETON
    assert len(SKELETON | BY_HAND) <= 15
    assert b"\xc2\xab" not in b"".join(after[path] for path in SKELETON), "a name of the template is left"
    toc = after["_toc.yml"].decode()
    assert "\n  - file: chapters/spin-glasses\n- caption: Reference\n" in toc


def test_the_docstring_of_the_module_is_set_without_a_word(begun):
    *_, folder = begun
    words = ast.get_docstring(ast.parse((folder / "thermolib" / f"{MODULE}.py").read_text(encoding="utf8")))
    publish_doctree(words, settings_overrides={"halt_level": 2})  # a warning raises


def pytest_in(folder, *arguments):
    """Run tests of the copy on the copy's own thermolib; return what was said of each that failed."""
    options = ["-q", "-c", os.devnull, "--rootdir", folder, "--import-mode=importlib", "--junitxml=said.xml"]
    options += ["-p", "no:cacheprovider", "-p", "no:xdist"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    cases = ElementTree.parse(folder / "said.xml").iter("testcase")
    said = {case.get("name"): end.get("message") for case in cases for end in case if end.tag != "properties"}
    return said, done.stdout


def test_what_fails_until_the_work_is_done(begun):
    """Everything can be imported, and just what is missing is asked for, each in its own words."""
    *_, folder = begun
    names = ("spin_glasses", "exercises", "checks", "conventions", "faults")
    chosen = "spin_glasses or spin-glasses or every_public or arrows or layers or every_file or declared"
    said, output = pytest_in(folder, *(folder / "tests" / f"test_{name}.py" for name in names), "-k", chosen)
    red = {
        "test_nothing_is_left_to_write[chapters/spin-glasses.md]": "wanted in chapters/spin-glasses.md:",
        "test_nothing_is_left_to_write[thermolib/spin_glasses.py]": "wanted in thermolib/spin_glasses.py:",
        "test_nothing_is_left_to_write[thermolib/exercises/spin_glasses.py]": "wanted in thermolib/exercises",
        "test_law": "wanted: the exact answer",
        "test_trajectory": "wanted: given a state",
        "test_peer": "wanted: a trusted package",
        "test_limits": "wanted: LIMITS",
        "test_each_exercise_has_a_route_or_is_a_choice[spin-glasses/first]": "write it in ROUTES",
        "test_each_exercise_has_a_route_or_is_a_choice[spin-glasses/think-first]": "write it in RIGHT",
        "test_every_file_has_a_planted_fault[spin_glasses.py]": "no fault is planted in",
        "test_every_file_has_a_planted_fault[exercises/spin_glasses.py]": "no fault is planted in",
    }
    assert said.keys() == red.keys(), output
    assert {name: said[name] for name, words in red.items() if words not in said[name]} == {}


@pytest.mark.parametrize("missing", ["call", "bad input"])
def test_a_function_that_is_nowhere_declared_is_asked_for(begun, missing):
    """A public function of the new module, without a call and then without bad input."""
    *_, folder = begun
    module, tests = folder / "thermolib" / f"{MODULE}.py", folder / "tests" / f"test_{MODULE}.py"
    kept = module.read_text(encoding="utf8"), tests.read_text(encoding="utf8")
    try:
        function = '\n\ndef field(n: int) -> int:\n    """Return n."""\n    return n\n'
        module.write_text(kept[0] + function, encoding="utf8")
        if missing == "bad input":
            calls = 'CALLS = {"field": lambda: __import__("thermolib.spin_glasses").spin_glasses.field(1)}'
            tests.write_text(re.sub(r"^CALLS = .*$", calls, kept[1], flags=re.MULTILINE), encoding="utf8")
        chosen = "every_public_function_is_declared and spin_glasses"
        said, _ = pytest_in(folder, folder / "tests" / "test_conventions.py", "-k", chosen)
        (words,) = said.values()
        assert "write in tests/test_spin_glasses.py:" in words
        assert ('CALLS = {"field": lambda' in words) == (missing == "call")
        assert 'BAD = {"what is wrong": (lambda: field(' in words
    finally:
        module.write_text(kept[0], encoding="utf8")
        tests.write_text(kept[1], encoding="utf8")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "got ''"),
        ("spin_glasses", "joined by hyphens"),
        ("Mean-field", "joined by hyphens"),
        ("mean--field", "joined by hyphens"),
        ("2-levels", "joined by hyphens"),
        ("../mean", "joined by hyphens"),
        ("two words", "joined by hyphens"),
        ("lambda", "joined by hyphens"),
        ("annealing", "there is chapters/annealing.md and thermolib/annealing.py and"),
        ("chains", "there is thermolib/chains.py"),
        ("widgets", "there is thermolib/widgets"),
    ],
)
def test_a_bad_name_is_refused_and_nothing_written(begun, name, said):
    *_, folder = begun
    before = texts(folder)
    with pytest.raises(RefusedError, match=re.escape(said)):
        begin(folder, name)
    assert texts(folder) == before


def test_no_place_is_said_before_anything_is_written(tmp_path):
    (tmp_path / "_toc.yml").write_text("root: intro\n", encoding="utf8")
    with pytest.raises(RefusedError, match="lists no chapter"):
        begin(tmp_path, PAGE)
    assert [path.name for path in tmp_path.iterdir()] == ["_toc.yml"]
    (tmp_path / "_toc.yml").write_text("  - file: chapters/one\n", encoding="utf8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_conventions.py").write_text("LAYERS = []\n", encoding="utf8")
    with pytest.raises(RefusedError, match="no layer"):
        begin(tmp_path, PAGE)
    assert not (tmp_path / "chapters").exists()
