"""An assignment's source: its cells, its questions, and what no student may see."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jupytext

HERE = Path(__file__).parents[1]
REGION = re.compile(r"^[ \t]*### BEGIN {0}\n(.*?)^[ \t]*### END {0}$".format("HIDDEN TESTS"), re.M | re.S)
PRIVATE = re.compile(
    r"(?:### BEGIN SOLUTION|### BEGIN HIDDEN TESTS|=== BEGIN MARK SCHEME ===)\n(.*?)"
    r"(?:### END SOLUTION|### END HIDDEN TESTS|=== END MARK SCHEME ===)",
    re.S,
)


def chapters() -> list[str]:
    """Return the names of the assignments that there are."""
    return sorted(path.stem for path in HERE.glob("*.md") if path.stem != "README")


def meta(cell: Any) -> dict[str, Any]:
    """Return nbgrader's metadata of a cell."""
    return cell.metadata.get("nbgrader", {})


def role(cell: Any) -> str:
    """Return what a cell is: ``solution``, ``test``, ``manual`` (graded by hand) or nothing."""
    of = meta(cell)
    if of.get("solution"):
        return "manual" if of.get("grade") else "solution"
    return "test" if of.get("grade") else ""


@dataclass(frozen=True)
class Asked:
    """A question that the judge judges: its solution cell's name, its points, and its hidden region."""

    name: str
    points: float
    region: str

    @property
    def test(self) -> str:
        """Return the name of its test cell."""
        return f"test-{self.name}"


@dataclass(frozen=True)
class Assignment:
    """A chapter's assignment, read from ``coursework/CHAPTER.md``."""

    path: Path

    @property
    def chapter(self) -> str:
        """Return its name."""
        return self.path.stem

    @cached_property
    def notebook(self) -> Any:
        """Return it as a notebook."""
        book = jupytext.read(self.path, fmt="md:myst")
        book.metadata.setdefault(
            "kernelspec", {"display_name": "Python 3", "language": "python", "name": "python3"}
        )
        for number, cell in enumerate(book.cells):
            cell.id = meta(cell).get("grade_id", f"given-{number}")
        return book

    @cached_property
    def asked(self) -> list[Asked]:
        """Return the questions that the judge judges."""
        found = []
        for cell in self.notebook.cells:
            if role(cell) == "test":
                name = meta(cell)["grade_id"]
                region = REGION.search(cell.source)
                if region is None or not name.startswith("test-"):
                    raise ValueError(
                        f"{self.path.name}: the test cell {name} must be 'test-…' with hidden tests"
                    )
                found.append(Asked(name.removeprefix("test-"), float(meta(cell)["points"]), region[1]))
        missing = {asked.name for asked in found} ^ {
            meta(cell)["grade_id"] for cell in self.notebook.cells if role(cell) == "solution"
        }
        if missing:
            raise ValueError(
                f"{self.path.name}: solution or test is missing for {', '.join(sorted(missing))}"
            )
        return found

    @cached_property
    def points(self) -> float:
        """Return the points of it all, by hand and by the judge."""
        return sum(float(meta(cell).get("points", 0)) for cell in self.notebook.cells)


def assignment(chapter: str) -> Assignment:
    """Return the assignment of a chapter.

    Raises
    ------
    ValueError
        If there is none.
    """
    if chapter not in chapters():
        raise ValueError(f"CHAPTER must be one of {', '.join(chapters())}; got {chapter!r}")
    return Assignment(HERE / f"{chapter}.md")
