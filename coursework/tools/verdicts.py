"""Hands the judge's verdicts to nbgrader: its gradebook, its feedback and its table of marks.

nbgrader would run each notebook, and read the points from what its test cells give back. `PutVerdicts` stands
in that place: it puts what the judge said, and nothing is run. The course's ``nbgrader_config.py`` names it
too, so that neither ``nbgrader autograde`` nor formgrader's button runs a submission.
"""

import json
import logging
import shutil
from pathlib import Path
from typing import Any

import tqdm
from assignment import PRIVATE, Assignment
from course import RESTORED, Course
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import CsvExportPlugin
from nbgrader.preprocessors import (
    CheckCellMetadata,
    DeduplicateIds,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
)
from traitlets import List, Unicode


class PutVerdicts(NbGraderPreprocessor):
    """Give each test cell the judge's words and points as its output, and take its hidden tests out.

    nbgrader reads the points of a cell from its output, and shows that in the feedback.
    """

    folder = Unicode(help="where the verdicts are kept").tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> Any:
        """Read the verdict of this submission."""
        of = resources["nbgrader"]
        path = Path(self.folder) / of["assignment"] / f"{of['student']}.json"
        if not path.exists():
            raise FileNotFoundError(f"there is no verdict on {of['student']} yet: make grade judges")
        self.verdict = json.loads(path.read_text(encoding="utf8"))["verdicts"]
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> Any:
        """Put the verdict of a question."""
        if utils.is_grade(cell) and not utils.is_solution(cell):
            said = self.verdict.get(
                cell.metadata.nbgrader["grade_id"], {"points": 0.0, "message": "Not judged."}
            )
            cell.source = PRIVATE.sub("", cell.source).rstrip()
            cell.outputs = [
                new_output("stream", name="stdout", text=f"{said['message']}\n"),
                new_output("execute_result", {"text/plain": repr(float(said["points"]))}, execution_count=1),
            ]
        return cell, resources


class OfRestored(Autograde):
    """nbgrader's converter, of the restored notebooks, with what their cells showed the student."""

    # as it is by default, but for ClearOutput
    sanitize_preprocessors = List([DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata])

    @property
    def _input_directory(self) -> str:
        return RESTORED if self._sanitizing else str(super()._input_directory)


def hand_over(of: Assignment, course: Course) -> Path:
    """Let nbgrader take the marks into its gradebook, write the feedback, and the marks as a table."""
    root = course.root.resolve()
    config = course.config()
    config.CourseDirectory.assignment_id = of.chapter
    for folder in root.glob(f"autograded/*/{of.chapter}"):
        made = folder / f"{of.chapter}.ipynb"
        if not made.exists() or made.stat().st_mode & 0o222:  # broken off: in the end nbgrader locks it
            shutil.rmtree(folder)
    students = {path.parent.name for path in root.glob(f"{RESTORED}/*/{of.chapter}")}
    graded = {path.parent.name for path in root.glob(f"autograded/*/{of.chapter}")}
    for what, converter, count in (
        ("gradebook", OfRestored(coursedir=CourseDirectory(config=config), config=config), students - graded),
        ("feedback", GenerateFeedback(coursedir=CourseDirectory(config=config), config=config), students),
    ):
        if what == "feedback":
            converter.force = True
        converter.log.setLevel(logging.ERROR)
        with tqdm.tqdm(total=len(count), desc=what, unit=" submissions") as bar:
            converter.post_convert_hook = lambda bar=bar, **_: bar.update()
            converter.start()
    marks = root / "marks.csv"
    export = CsvExportPlugin(config=config)
    export.to = str(marks)
    with Gradebook(config.CourseDirectory.db_url) as gradebook:
        export.export(gradebook)
    return marks
