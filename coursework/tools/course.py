"""A course's folder: its secret, its tickets, and where nbgrader finds what it needs."""

import csv
import hashlib
import hmac
import os
import secrets
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from thermolib.coursework import signed
from traitlets.config import Config

RESTORED = "restored"  # the folder of the notebooks that nbgrader grades: each has all cells that it should
# nbgrader's own steps of `autograde`, with the first one, which would run the notebook, replaced.
STEPS = [
    "verdicts.PutVerdicts",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]


def place(text: str) -> Path:
    """Return a path of the command line: zsh leaves ``COURSE=~/course`` as it is."""
    return Path(text).expanduser()


@dataclass(frozen=True)
class Course:
    """A folder: its secret, gradebook.db, verdicts/, and nbgrader's source/, release/ and so on."""

    root: Path

    @property
    def secret(self) -> bytes:
        """Return the course's secret; it is made when first asked for."""
        path = self.root / "secret"
        if not path.exists():
            self.root.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
        return path.read_text().strip().encode()

    def ticket(self, student: str) -> str:
        """Return the student's ticket: all numbers of the student's derive from it."""
        if set(student) & set('/\\,;"') or not student.isprintable():
            raise ValueError(f"an id must be the name of a folder, without , ; or quotes; got {student!r}")
        name = unicodedata.normalize("NFC", student)  # in a folder's name a Mac writes é as two characters
        return signed(hmac.new(self.secret, name.encode(), hashlib.sha256).hexdigest()[:16])

    def tickets(self, students: Path) -> Path:
        """Write tickets.csv for a list of students, one a line (of a table, its first column)."""
        path = self.root / "tickets.csv"
        with students.open(newline="", encoding="utf-8-sig") as file:  # Excel begins with a mark
            names = [row[0].strip() for row in csv.reader(file) if row and row[0].strip()]
        if names and names[0].lower() in ("id", "student"):
            del names[0]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"{students} must name each student once; it names {', '.join(names) or 'none'}")
        rows = [(name, self.ticket(name)) for name in names]
        with path.open("w", newline="", encoding="utf8") as file:
            writer = csv.writer(file)
            writer.writerow(["student", "ticket"])
            writer.writerows(rows)
        return path

    def config(self) -> Config:
        """Return nbgrader's configuration."""
        # nbgrader starts `alembic`, which is installed beside this Python, by its bare name.
        os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        config = Config()
        config.CourseDirectory.root = str(self.root.resolve())
        config.CourseDirectory.db_url = f"sqlite:///{self.root.resolve()}/gradebook.db"
        config.ClearSolutions.code_stub = {"python": "# your answer here\n..."}
        config.ClearSolutions.text_stub = "*Your answer here.*"
        config.ClearMarkScheme.enforce_metadata = False
        config.PutVerdicts.folder = f"{self.root.resolve()}/verdicts"
        config.Autograde.autograde_preprocessors = STEPS
        return config

    def write_config(self) -> None:
        """Write nbgrader_config.py, so that its own commands and formgrader work in the folder."""
        lines = [
            "c = get_config()",
            "# Written by `make coursework`: nbgrader's own commands work in this folder.",
            "import sys",
            f"sys.path.append({str(Path(__file__).parent)!r})",
        ]
        for section, options in self.config().items():
            lines += [f"c.{section}.{name} = {value!r}" for name, value in options.items()]
        (self.root / "nbgrader_config.py").write_text("\n".join(lines) + "\n", encoding="utf8")
