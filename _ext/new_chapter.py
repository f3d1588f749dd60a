"""Begin a chapter: `python _ext/new_chapter.py spin-glasses` writes page, module, exercises and red tests.

What is to be written stands in them between ‹ and ›, and tests fail until it is there. The chapter also gets
its place in ``_toc.yml``, after the last one, and in the layers of ``tests/test_conventions.py``.
"""

import keyword
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = Path(__file__).with_name("template")
LAYER = re.compile(r'^( *"[^"]*\bising\b[^"]*)"', re.MULTILINE)  # the line of the chapters' modules
ENTRY = re.compile(r"^( *- file: )chapters/.*\n(?:^ {4,}.*\n)*", re.MULTILINE)


class RefusedError(ValueError):
    """The chapter cannot be begun; nothing was written."""


def main() -> int:
    """Begin the chapter that the command line names."""
    try:
        written = begin(ROOT, " ".join(sys.argv[1:]))
    except RefusedError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(written))
    print("Tests fail until what stands between ‹ and › is written. CONTRIBUTING.md has the way from here.")
    return 0


def begin(book: Path, name: str) -> list[str]:
    """Write the chapter's files below `book`, and return their paths.

    Raises
    ------
    RefusedError
        If that cannot be; then nothing was written.
    """
    module = name.replace("-", "_")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) or keyword.iskeyword(module):
        raise RefusedError(
            "a chapter's name is words of small letters and digits, joined by hyphens, as in "
            f"make new-chapter NAME=spin-glasses; got {name!r}"
        )
    new = {
        f"chapters/{name}.md": "chapter.md.in",
        f"thermolib/{module}.py": "module.py.in",
        f"thermolib/exercises/{module}.py": "exercises.py.in",
        f"tests/test_{module}.py": "test.py.in",
        f"tests/answers/{module}.py": "answers.py.in",
    }
    there = [path for path in (*new, f"thermolib/{module}") if (book / path).exists()]
    if there:
        raise RefusedError(f"there is {' and '.join(there)} already: choose another name")
    title = name.replace("-", " ").capitalize()
    texts = {}
    for path, template in new.items():
        text = (TEMPLATES / template).read_text(encoding="utf8")
        for key, value in {"«NAME»": name, "«MODULE»": module, "«TITLE»": title}.items():
            text = text.replace(key, value)
        texts[path] = text
    texts["_toc.yml"] = listed(book / "_toc.yml", name)
    texts["tests/test_conventions.py"] = layered(book / "tests" / "test_conventions.py", module)
    for path, text in texts.items():
        (book / path).write_text(text, encoding="utf8")
    return list(texts)


def listed(toc: Path, name: str) -> str:
    """Return the table of contents with the chapter after the last one and the pages below it."""
    text = toc.read_text(encoding="utf8")
    entries = list(ENTRY.finditer(text))
    if not entries:
        raise RefusedError(f"{toc} lists no chapter, so there is no place for another")
    last = entries[-1]
    return f"{text[: last.end()]}{last[1]}chapters/{name}\n{text[last.end() :]}"


def layered(tests: Path, module: str) -> str:
    """Return the tests of the layers with the module beside those of the other chapters."""
    text, found = LAYER.subn(rf'\1 {module}"', tests.read_text(encoding="utf8"), count=1)
    if not found:
        raise RefusedError(f"{tests} has no layer with `ising`, and the module belongs beside it")
    return text


if __name__ == "__main__":
    sys.exit(main())
