"""nbgrader's preprocessor that stands where it would run the notebook: it puts what the judge said."""

import json
from pathlib import Path
from typing import Any

from assignment import PRIVATE
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor


class PutVerdicts(NbGraderPreprocessor):
    """Give each test cell the judge's words and points as its output, and take its hidden tests out.

    nbgrader reads the points of a cell from its output, and shows that in the feedback.
    """

    folder = ""

    def preprocess(self, nb: Any, resources: Any) -> Any:
        """Read the verdict of this submission."""
        of = resources["nbgrader"]
        path = Path(self.folder) / of["assignment"] / f"{of['student']}.json"
        self.verdict = json.loads(path.read_text(encoding="utf8"))["verdicts"]
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> Any:
        """Put the verdict of a question."""
        if cell.cell_type == "code":
            cell.outputs = []
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
