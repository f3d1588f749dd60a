"""Docstrings are reStructuredText, to which some of what we might write means something else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MEANT_OTHERWISE = {
    r"(?<!\\)\|": "a bar begins a substitution: write ``|x|``",
    r"\[:": "the colon ends a name: write ``x[:-1]``",
    r"^\s*[A-Z]\. ": "an initial begins a list: write the family name alone",
}
LITERAL = re.compile(r"``.*?``")


def misread(text: str, name: str) -> Iterator[str]:
    """Yield the lines of the module `text` whose docstrings would not be read as they are meant."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            docstring = node.body[0].value  # type: ignore[attr-defined]
            example = False
            for number, line in enumerate(text.split("\n")[docstring.lineno - 1 : docstring.end_lineno]):
                example = line.lstrip().startswith(">>>") or (example and bool(line.strip()))
                for form, why in MEANT_OTHERWISE.items():
                    if not example and re.search(form, LITERAL.sub("", line)):
                        yield f"{name}:{docstring.lineno + number}: {why}"


@pytest.mark.parametrize("path", sorted(ROOT.glob("thermolib/**/*.py")), ids=lambda path: path.stem)
def test_a_docstring_is_read_as_it_is_meant(path: Path) -> None:
    assert list(misread(path.read_text(encoding="utf8"), path.relative_to(ROOT).as_posix())) == []


def test_what_is_misread_is_named_with_its_line() -> None:
    lines = [
        "def f(x):",
        '    r"""The size |x|, not ``|x|``, and not \\|x\\|.',
        "",
        "    Of shape x.shape[:-1], not ``x.shape[:-1]``. H. A. Kramers found it:",
        "    H. A. Kramers, Physica.",
        "",
        "    >>> f(x | y)[:2]",
        "    [1 | 2]",
        '    """',
        "    return x[:1] | x",
    ]
    assert [found.partition(": ")[0] for found in misread("\n".join(lines), "f.py")] == [
        "f.py:2",
        "f.py:4",
        "f.py:5",
    ]
