"""Writes the student versions: ``release.py [--course FOLDER] [--students LIST] [CHAPTER …]``."""

import argparse
import json
import logging
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from assignment import PRIVATE, Assignment, assignment, chapters, meta, role
from course import Course, place
from judge import parts, shares
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from thermolib.coursework import FILE

MARKS = ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "MARK SCHEME")


class LeakError(Exception):
    """A student version holds what no student may see."""


def sample(of: Assignment) -> dict[str, Any]:
    """Return checks.json: the sample cases of each question, and its values for the sample's numbers."""
    known: dict[str, Any] = {}
    for asked in of.asked:
        all_parts = parts(asked, "")
        shares(asked, all_parts)
        for number, part in enumerate(all_parts):
            record = part.record(part.sample)
            known[f"{asked.name}/{part.name}"] = record
            if number == 0:
                known[asked.name] = record
    return known


def source(of: Assignment) -> Any:
    """Return the notebook that nbgrader starts from: with ``U = ...`` before a solution that defines U."""
    book = deepcopy(of.notebook)
    wanted = {asked.name: parts(asked, "") for asked in of.asked}
    for cell in book.cells:
        if role(cell) != "solution":
            continue
        before, mark, rest = cell.source.partition("### BEGIN SOLUTION")
        if not mark:
            raise ValueError(f"{of.path.name}: {meta(cell)['grade_id']} marks no solution")
        if before.rpartition("\n")[2] == "":  # at top level
            names = [part.name for part in wanted[meta(cell)["grade_id"]] if part.kind != "function"]
            given = "".join(
                f"{name} = ...  # your answer\n" for name in names if f"{name} = ..." not in before
            )
            cell.source = f"{before}{given}{mark}{rest}"
    return book


def leaks(of: Assignment, released: str) -> list[str]:
    """Return the private lines of an assignment that `released` holds, and the marks of such lines."""
    everything = "\n".join(cell.source for cell in of.notebook.cells)
    public = PRIVATE.sub("", everything)
    private = {line.strip() for region in PRIVATE.findall(everything) for line in region.splitlines()}
    # Lines as short as `return total` or `k += 1` give nothing away, and stand in many a function.
    telling = {line for line in private if len(line) > 14 and line not in public}
    lines = {line.strip() for line in released.splitlines()}
    return sorted(telling & lines) + [mark for mark in MARKS if mark in released]


def release(of: Assignment, course: Course) -> Path:
    """Write the student version of an assignment, and return its folder."""
    folder = course.root.resolve() / "source" / of.chapter
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(source(of), folder / f"{of.chapter}.ipynb")
    (folder / FILE).write_text(json.dumps(sample(of), ensure_ascii=False), encoding="utf8")
    config = course.config()
    config.CourseDirectory.assignment_id = of.chapter
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    converter.force = True
    converter.log.setLevel(logging.ERROR)
    converter.start()
    out = course.root.resolve() / "release" / of.chapter
    book = nbformat.read(out / f"{of.chapter}.ipynb", as_version=4)
    found = leaks(of, "\n".join(cell.source for cell in book.cells))
    found += [f"outputs of cell {cell.id}" for cell in book.cells if cell.get("outputs")]
    if found:
        for file in out.iterdir():
            file.unlink()
        raise LeakError(f"{of.path.name}: the student version would hold {found}")
    return out


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chapter", nargs="*", help="the assignments; all, if none is named")
    parser.add_argument("--course", type=place, default="_build/coursework", help="the course's folder")
    parser.add_argument(
        "--students", type=place, help="a list of students' ids, one a line: writes tickets.csv"
    )
    options = parser.parse_args()
    logging.basicConfig(level=logging.ERROR, format="%(message)s")  # so that nbgrader says what went wrong
    course = Course(options.course)
    if options.students and not options.students.is_file():
        sys.exit(f"STUDENTS must be a file with a student's id on each line; there is no {options.students}")
    assert course.secret  # made by now, so that no one grades without
    if options.students:
        try:
            print("tickets:", course.tickets(options.students))
        except ValueError as error:
            sys.exit(f"STUDENTS: {error}")
    course.write_config()
    for chapter in options.chapter or chapters():
        try:
            of = assignment(chapter)
            print(
                f"{release(of, course)}: {len(of.asked)} questions for the judge, {of.points:g} points in all"
            )
        except (LeakError, ValueError) as error:
            sys.exit(str(error))


if __name__ == "__main__":
    main()
