"""Grades a folder of submissions: ``grade.py SUBMITTED CHAPTER``.

SUBMITTED holds STUDENT/CHAPTER/CHAPTER.ipynb, as nbgrader collects them, and stays as it is. Each verdict is
kept as soon as it is there, under the submission's hash, so that a second run judges only what has changed.
"""

import argparse
import fcntl
import hashlib
import json
import logging
import multiprocessing
import os
import re
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import nbformat
import tqdm
from assignment import Asked, Assignment, assignment, meta, role
from course import RESTORED, Course, place
from judge import Verdict, judge
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.converters.base import NbGraderException
from sandbox import Limits, NoSandboxError, Student, bubblewrap
from sqlalchemy.exc import OperationalError
from thermolib.coursework import FILE
from verdicts import hand_over


def restored(submission: Any, released: Any) -> Any:
    """Return the released notebook with what is the student's: solutions, and cells unknown to nbgrader.

    So it matters to no other question if a test cell was deleted, doubled, moved or edited.
    """
    book = nbformat.from_dict(json.loads(json.dumps(released)))
    known = {meta(cell)["grade_id"]: cell for cell in book.cells if meta(cell)}
    seen: set[str] = set()
    cells: list[Any] = []
    for cell in getattr(submission, "cells", []):
        of = cell.get("metadata", {}).get("nbgrader", {})
        name = of.get("grade_id") if isinstance(of, dict) else None
        if isinstance(name, str) and name in known and name not in seen:
            seen.add(name)
            if role(known[name]) in ("solution", "manual"):
                source = str(cell.get("source", ""))
                known[name].source = source if known[name].cell_type == "code" else untagged(source)
            if role(known[name]) == "solution":
                known[name].outputs = _shown(cell)
            cells.append(known[name])
        elif cell.get("cell_type") in ("code", "markdown"):
            source = str(cell.get("source", ""))
            if cell.cell_type == "markdown":
                cells.append(new_markdown_cell(untagged(source)))
            else:
                cells.append(new_code_cell(source, outputs=_shown(cell)))
    cells += [cell for name, cell in known.items() if name not in seen]
    for number, cell in enumerate(cells):
        cell.id = meta(cell).get("grade_id", f"own-{number}")
    book.cells = cells
    return book


def untagged(markdown: str) -> str:
    """Return a text with no HTML in it: a script would run in the teacher's browser."""
    return re.sub(r"<(?=[a-zA-Z/!?])", "< ", markdown)


def _shown(cell: Any) -> list[Any]:
    """Return the texts and pictures that a cell showed the student: who grades by hand wants to see them.

    HTML and JavaScript stay out: they would run in the teacher's browser.
    """
    found = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if output.get("output_type") == "stream":
            found.append(new_output("stream", name="stdout", text=str(output.get("text", ""))))
        else:
            kinds = [kind for kind in ("image/png", "text/plain") if isinstance(data.get(kind), str)]
            found += [new_output("display_data", {kind: data[kind]}) for kind in kinds[:1]]
    return found


def read(path: Path, released: Any) -> tuple[Any, str]:
    """Return a submission, restored, and what is wrong with its file, if anything."""
    try:
        text = json.dumps(json.loads(path.read_bytes()), ensure_ascii=False).encode("utf8", "replace")
        return restored(nbformat.reads(text.decode(), as_version=4), released), ""
    except Exception as error:  # whatever was handed in
        return restored(None, released), f"the file cannot be read as a notebook ({type(error).__name__})"


def run(
    book: Any, asked: list[Asked], ticket: str, files: list[Path], isolated: bool, limits: Limits
) -> dict[str, Verdict]:
    """Run one submission in a sandbox of its own, and judge it."""
    cells = [
        {"name": meta(cell).get("grade_id", cell.id), "source": cell.source}
        for cell in book.cells
        if cell.cell_type == "code" and role(cell) != "test"
    ]
    verdicts = {}
    with Student(cells, ticket, files, limits, isolated) as student:
        for one in asked:
            verdicts[one.test] = judge(one, student, ticket)
    return verdicts


def _task(path: Path, key: str, *arguments: Any) -> None:
    """Judge, and keep the verdict: written beside, then put in its place at once."""
    started = time.monotonic()
    verdicts = {test: asdict(verdict) for test, verdict in run(*arguments).items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    seconds = round(time.monotonic() - started, 2)
    text = json.dumps({"key": key, "seconds": seconds, "verdicts": verdicts}, ensure_ascii=False, indent=1)
    beside.write_text(text, encoding="utf8")
    beside.replace(path)


def _leave_with_parent() -> None:
    """End this worker when its parent has ended, which cannot say so if it was killed.

    What the worker runs ends with it: bubblewrap's ``--die-with-parent``.
    """
    parent = multiprocessing.parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _collect(handed_in: Path, folder: Path) -> None:
    """Copy the notebook, and the time at which nbgrader's exchange took it in, unless that is their place."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (f"{folder.name}.ipynb", "timestamp.txt"):
        if (handed_in / name).exists() and handed_in.resolve() != folder.resolve():
            shutil.copyfile(handed_in / name, folder / name)


def key_of(*what: str) -> str:
    """Return a hash of all that a verdict depends on."""
    return hashlib.sha256("\0".join(what).encode()).hexdigest()


def grade(
    submitted: Path, of: Assignment, course: Course, *, isolated: bool = True, jobs: int | None = None,
    limits: Limits = Limits(),  # noqa: B008 (frozen)
) -> list[str]:  # fmt: skip
    """Judge all submissions of an assignment; return the students who could not be judged, and why."""
    if isolated and bubblewrap() is None:
        raise NoSandboxError("no bubblewrap works here: apt install bubblewrap, or ISOLATED=no")
    root = course.root.resolve()
    release_folder = root / "release" / of.chapter
    released = nbformat.read(release_folder / f"{of.chapter}.ipynb", as_version=4)
    waiting: dict[str, tuple[Any, ...]] = {}
    found = sorted(submitted.glob(f"*/{of.chapter}/{of.chapter}.ipynb"))
    if not found:
        raise FileNotFoundError(f"there is no STUDENT/{of.chapter}/{of.chapter}.ipynb in {submitted}")
    for notebook in found:
        student = notebook.parents[1].name
        ticket = course.ticket(student)
        book, wrong = read(notebook, released)
        if wrong:
            print(f"{student}: {wrong}, and counts as one without answers", file=sys.stderr)
        text = nbformat.writes(book)
        key = key_of(text, of.path.read_text(encoding="utf8"), ticket)
        path = root / "verdicts" / of.chapter / f"{student}.json"
        folder = root / RESTORED / student / of.chapter
        if folder.exists() and path.exists() and json.loads(path.read_text("utf8")).get("key") == key:
            continue
        _collect(notebook.parent, root / "submitted" / student / of.chapter)
        _collect(notebook.parent, folder)
        (folder / notebook.name).write_text(text, encoding="utf8")
        shutil.rmtree(root / "autograded" / student / of.chapter, ignore_errors=True)
        waiting[student] = path, key, book, of.asked, ticket, [release_folder / FILE], isolated, limits
    failed, started = [], time.monotonic()
    with ProcessPoolExecutor(jobs or os.cpu_count(), initializer=_leave_with_parent) as pool:
        futures = {pool.submit(_task, *arguments): student for student, arguments in waiting.items()}
        done = tqdm.tqdm(as_completed(futures), total=len(futures), desc=of.chapter, unit=" submissions")
        for future in done:
            if error := future.exception():
                failed.append(f"{futures[future]}: {type(error).__name__}: {error}")
                shutil.rmtree(root / RESTORED / futures[future] / of.chapter)  # nbgrader shall not see it
    seconds = time.monotonic() - started
    if waiting:
        print(f"{len(waiting)} submissions in {seconds:.0f} s: {60 * len(waiting) / seconds:.0f} a minute")
    print(f"{len(found) - len(waiting)} were judged before")
    return failed


@contextmanager
def alone(course: Course, chapter: str) -> Iterator[None]:
    """Keep other runs out of the course, or leave Python if one of them is under way.

    The system gives the lock back when the last process that has the file open is gone. Workers are forked
    with it, so the next run cannot begin before they have ended.
    """
    with (course.root / "grading.lock").open("a+", encoding="utf8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            sys.exit(f"{course.root} is being graded: {file.read()}. Wait until it has ended, or stop it")
        file.truncate(0)
        file.write(f"{chapter}, process {os.getpid()}, since {time.strftime('%H:%M on %Y-%m-%d')}")
        file.flush()
        yield


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("submitted", type=place)
    parser.add_argument("chapter")
    parser.add_argument("--course", type=place, default="_build/coursework", help="the course's folder")
    parser.add_argument("--isolated", choices=["yes", "no"], default="yes", help="no: without bubblewrap")
    parser.add_argument("--jobs", type=int)
    options = parser.parse_args()
    logging.basicConfig(level=logging.ERROR, format="%(message)s")  # so that nbgrader says what went wrong
    course = Course(options.course)
    try:
        of = assignment(options.chapter)
    except ValueError as error:
        sys.exit(str(error))
    if not (course.root / "release" / of.chapter).exists():
        sys.exit(f"{course.root} has no release of {of.chapter}: make coursework")
    if not (course.root / "secret").exists():
        sys.exit(f"{course.root} has no secret, from which all numbers come: put it back")
    for here in (course.root, options.submitted, Path(__file__)):
        if options.isolated == "yes" and here.resolve().is_relative_to("/usr"):
            sys.exit(f"{here} lies in /usr, which submissions can read: keep it elsewhere")
    if options.isolated == "no":
        print("Without bubblewrap: submissions can read what you can read.", file=sys.stderr)
    with alone(course, of.chapter):
        try:
            failed = grade(
                options.submitted, of, course, isolated=options.isolated == "yes", jobs=options.jobs
            )
        except (NoSandboxError, FileNotFoundError, ValueError) as error:
            sys.exit(str(error))
        try:
            marks = hand_over(of, course)
        except (NbGraderException, OperationalError):
            sys.exit(
                "nbgrader stopped: is the gradebook in use elsewhere? Run it again: each verdict is kept"
            )
    print(f"marks: {marks}; feedback: {course.root}/feedback/STUDENT/{of.chapter}")
    if failed:
        sys.exit("not judged, and without marks (run it again for these alone):\n" + "\n".join(failed))


if __name__ == "__main__":
    main()
