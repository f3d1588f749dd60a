"""Coursework: every question of every assignment, what grading survives, and what is left out of the book.

A question is right where its reference solution says so, and each planted mistake costs points and is named.
The planted answers of all questions of an assignment are packed into as few runs as the question with the
most mistakes has.
"""

import json
import os
import re
import subprocess
import sys
import time
from contextlib import chdir, suppress
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory

import grade as grading
import nbformat
import numpy as np
import psutil
import pytest
import sandbox
from assignment import PRIVATE, assignment, chapters, meta, role
from course import Course
from grade import grade, read
from judge import Question, judge, parts, planted, shares
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.api import Gradebook
from release import leaks, sample, source
from sandbox import Limits, NoSandboxError, Student, StudentError, bubblewrap
from thermolib import checks, coursework

from declared import Fault

ROOT = Path(__file__).resolve().parents[1]
TICKETS = coursework.signed("3f1a"), coursework.signed("another")
ISOLATED = bubblewrap() is not None
QUICK = Limits(cell=3.0, total=30.0)

with_and_without = pytest.mark.parametrize(
    "isolated",
    [pytest.param(True, marks=pytest.mark.skipif(not ISOLATED, reason="no bubblewrap works here")), False],
    ids=["bubblewrap", "without"],
)


def cells_of(of, replaced=None):
    """Return the code cells that run: of the source, with the solutions in `replaced`."""
    replaced = replaced or {}
    return [
        {"name": cell.id, "source": replaced.get(cell.id, cell.source)}
        for cell in of.notebook.cells
        if cell.cell_type == "code" and role(cell) != "test"
    ]


def untouched(of):
    """Return what the student finds in each solution cell."""
    blank = [cell for cell in source(of).cells if role(cell) == "solution"]
    return {cell.id: stripped(cell.source) for cell in blank}


def stripped(text):
    """Replace each solution by dots, as nbgrader does."""
    lines, within = [], False
    for line in text.splitlines():
        if line.strip() == "### BEGIN SOLUTION":
            lines.append(line.replace("### BEGIN SOLUTION", "..."))
            within = True
        elif line.strip() == "### END SOLUTION":
            within = False
        elif not within:
            lines.append(line)
    return "\n".join(lines)


def verdicts(of, replaced, ticket, isolated=ISOLATED, limits=Limits()):  # noqa: B008
    """Run and judge one submission, made of the source."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / coursework.FILE
        path.write_text(json.dumps(sample(of)), encoding="utf8")
        with Student(cells_of(of, replaced), ticket, [path], limits, isolated) as student:
            return {asked.name: judge(asked, student, ticket) for asked in of.asked}


# Every question -------------------------------------------------------------------------------------


@pytest.fixture(params=chapters())
def of(request):
    """Return an assignment."""
    return assignment(request.param)


def test_an_assignment_is_complete(of):
    """Its points add up, and each question says its points, its time and what it is good for."""
    assert 6 <= sum(role(cell) in ("test", "manual") for cell in of.notebook.cells) <= 9
    prompts = [cell.source for cell in of.notebook.cells if re.match(r"## \d", cell.source)]
    for prompt in prompts:
        assert "points · about" in prompt and "you will be able to" in prompt, prompt
    said = sum(float(prompt.split("*")[1].split(" point")[0]) for prompt in prompts)
    assert said == of.points, "the points in the prompts"
    assert f"{of.points:g} points" in of.notebook.cells[0].source
    manual = [cell for cell in of.notebook.cells if role(cell) == "manual"]
    assert manual and all("BEGIN MARK SCHEME" in cell.source for cell in manual)


def test_each_question_knows_three_mistakes(of):
    for asked in of.asked:
        for ticket in ("", *TICKETS):
            all_parts = parts(asked, ticket)
            shares(asked, all_parts)
            assert sum(len(part.mistakes) for part in all_parts) >= 3, asked.name


def test_what_is_released_holds_nothing_private(of):
    everything = "\n".join(stripped(cell.source) for cell in source(of).cells)
    assert not leaks(of, PRIVATE.sub("", everything))
    for cell in of.notebook.cells:  # each of them would be found
        for region in PRIVATE.findall(cell.source):
            if any(len(line.strip()) > 20 for line in region.splitlines()):
                assert leaks(of, everything + region), region


@pytest.mark.long
@pytest.mark.parametrize("ticket", TICKETS)
def test_the_reference_gets_full_marks(of, ticket):
    found = verdicts(of, {}, ticket)
    assert {a.name: found[a.name].points for a in of.asked} == {a.name: a.points for a in of.asked}, found


@pytest.mark.long
def test_the_untouched_gets_none(of):
    found = verdicts(of, untouched(of), TICKETS[0])
    assert not any(verdict.points for verdict in found.values()), found


@pytest.mark.long
def test_each_mistake_costs_points_and_is_named(of):
    count = max(len(part.mistakes) for asked in of.asked for part in parts(asked, ""))
    for which in range(count):
        wrong = {asked.name: planted(asked, which, TICKETS[0]) for asked in of.asked}
        found = verdicts(of, {name: text for name, (text, _) in wrong.items()}, TICKETS[0])
        for asked in of.asked:
            verdict = found[asked.name]
            assert verdict.points < asked.points, (asked.name, wrong[asked.name][1], verdict)
            for _, said in wrong[asked.name][1]:
                assert said in verdict.message or "Right, given your earlier" in verdict.message, verdict


@pytest.mark.long
def test_the_sample_is_checked_in_the_notebook(of):
    """Without a ticket `check` finds each reference right."""
    seen = [cell for cell in of.notebook.cells if role(cell) == "test"]
    tried = "\n".join(PRIVATE.sub("", cell.source) for cell in seen).replace("### BEGIN HIDDEN TESTS", "")
    names = [line.split('"')[1] for line in tried.splitlines() if "check(" in line]
    assert {name.split("/")[1] for name in names} == {asked.name for asked in of.asked}
    cell = "_said = [" + ", ".join(
        line[line.index("check(") :].removesuffix("\n") if not line.startswith("print") else line[6:-1]
        for line in tried.splitlines() if "check(" in line
    ) + "]\nright = [float(bool(x)) for x in _said]"  # fmt: skip
    with TemporaryDirectory() as folder:
        path = Path(folder) / coursework.FILE
        path.write_text(json.dumps(sample(of)), encoding="utf8")
        cells = [*cells_of(of), {"name": "asked", "source": cell}]
        with Student(cells, "", [path], isolated=ISOLATED) as student:
            assert student.value("right").tolist() == [1.0] * len(names), (names, student.errors)


def test_two_students_have_different_answers(of):
    for asked in of.asked:
        for one, other in zip(*(parts(asked, ticket) for ticket in TICKETS), strict=True):
            if one.kind != "function":
                assert not np.array_equal(one.right, other.right), f"{asked.name}: {one.name}"


def test_few_students_share_a_number(of):
    """So a neighbour's answer, or a guess, is seldom right."""
    for asked in of.asked:
        if "question.number(" in asked.region:
            found = {}
            for k in range(12):
                for part in parts(asked, coursework.signed(str(k))):
                    if part.kind == "number":
                        found.setdefault(part.name, set()).add(part.right)
            assert all(len(values) >= 8 for values in found.values()), (asked.name, found)


# Error carried forward, and chance -------------------------------------------------------------------


def test_an_error_is_carried_forward():
    """Who has one bar too many, and goes on rightly, loses the points of one question."""
    of = assignment("entropy")
    solid = next(asked for asked in of.asked if asked.name == "einstein-solid")
    found = verdicts(of, {"einstein-solid": planted(solid, 0, TICKETS[0])[0]}, TICKETS[0])
    assert found["einstein-solid"].points == 0 and "N bars" in found["einstein-solid"].message
    assert found["two-solids"].points == 4 and "given your earlier answer" in found["two-solids"].message


def test_nothing_follows_from_nan():
    nan = {"einstein-solid": "def log_omega(N, q):\n    return np.nan", "two-solids": "dS = np.nan"}
    assert verdicts(assignment("entropy"), nan, TICKETS[0])["two-solids"].points == 0


# What chance may do: how often each estimate is made, so that all together take half a minute.
RUNS = {
    "draws": 4000, "two-jumps": 4000, "guessed-evidence": 200, "three-steps": 150,
    "ring": 60, "walk": 60, "moving-zipper": 16, "memory": 16,
}  # fmt: skip
ESTIMATES = [
    (chapter, asked.name)
    for chapter in chapters()
    for asked in assignment(chapter).asked
    if "question.estimate(" in asked.region
]


def again(of, name, runs):
    """Return what the names of a question's estimates come to, run after run, with other random numbers."""
    coursework.Numbers("")
    names = {}
    for cell in of.notebook.cells:
        if cell.id == name:
            break
        if cell.cell_type == "code" and role(cell) != "test":
            exec(cell.source, names)
    seeds = np.random.default_rng(16)
    fresh = [key for key, value in names.items() if isinstance(value, np.random.Generator)]
    estimates = [part.name for part in parts(next(a for a in of.asked if a.name == name), "")]
    found = []
    for _ in range(runs):
        here = dict(names)
        generators = seeds.spawn(1 + len(fresh))
        here.update(zip(fresh, generators, strict=False))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(np.random, "default_rng", lambda *_, last=generators[-1]: last)
            exec(cell.source, here)
        found.append({estimate: float(np.mean(here[estimate])) for estimate in estimates})
    return found


def test_each_estimate_is_run_again_and_again():
    assert {name for _, name in ESTIMATES} == RUNS.keys()


@pytest.mark.long
@pytest.mark.parametrize(("chapter", "name"), ESTIMATES)
def test_a_right_estimate_fails_once_in_sixteen_thousand(chapter, name):
    """z has mean 0 and variance 1 over the runs, and next to none is refused."""
    of = assignment(chapter)
    found = again(of, name, RUNS[name])
    for part in parts(next(asked for asked in of.asked if asked.name == name), ""):
        if part.kind == "estimate":
            answers = np.array([one[part.name] for one in found])
            z, n = (answers - part.right) / part.stderr, len(answers)
            assert abs(np.mean(z)) < 4 / np.sqrt(n), part.name
            # The standard deviation of z² is √2, and more where the tails are heavier.
            assert abs(np.mean(z**2) - 1) < 5 * max(np.std(z**2), np.sqrt(2)) / np.sqrt(n), part.name
            refused = [not coursework.judge_estimate(x, part.right, part.stderr, {}) for x in answers]
            assert sum(refused) <= 3  # of 4,000, .25 are expected: more than 3 with a probability of 1e-4


# The student's side ----------------------------------------------------------------------------------


def test_numbers_are_drawn_by_name():
    own, again, other = (coursework.Numbers(coursework.signed(body)) for body in ("a", "a", "b"))
    again.uniform("before", 0, 1)
    assert own.uniform("T", 0, 1) == again.uniform("T", 0, 1) != other.uniform("T", 0, 1)
    assert own.rng("x").random() != own.rng("y").random()
    assert own.choice("which", ["only"]) == "only"
    assert {coursework.Numbers(coursework.signed(str(k))).integers("n", 1, 3) for k in range(40)} == {1, 2, 3}
    assert round(own.uniform("T", 0.8, 1.6, digits=2), 2) == own.uniform("T", 0.8, 1.6, digits=2)
    coursework.Numbers("")


def test_a_mistyped_ticket_is_refused():
    """Of one character changed, one in 256 goes unseen; of these none."""
    for k, c in enumerate(TICKETS[0]):
        with pytest.raises(ValueError, match="mistyped"):
            coursework.Numbers(TICKETS[0][:k] + ("0" if c != "0" else "1") + TICKETS[0][k + 1 :])


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """Go where checks.json lies."""
    (tmp_path / coursework.FILE).write_text(json.dumps(sample(assignment("entropy"))), encoding="utf8")
    monkeypatch.chdir(tmp_path)
    yield
    coursework.Numbers("")


@pytest.mark.usefixtures("beside")
def test_check_judges_the_sample_and_looks_at_what_is_a_students_own():
    coursework.Numbers("")
    right = json.loads(Path(coursework.FILE).read_text(encoding="utf8"))["two-solids"]["right"]
    assert coursework.check("coursework/two-solids", right)
    assert "20 %" in coursework.check("coursework/two-solids", 0.9 * right).message
    assert coursework.check("coursework/two-solids", ...).message == checks.UNANSWERED
    coursework.Numbers(TICKETS[0])
    assert coursework.check("coursework/two-solids", 40.0).message == coursework.HANDED_IN
    assert "A number was expected" in coursework.check("coursework/two-solids", [1, 2]).message
    assert "finite" in coursework.check("coursework/two-solids", np.inf).message
    wrong = coursework.check("coursework/einstein-solid", lambda N, q: q * np.log(N))
    assert wrong.mistake == "quanta that can be told apart"


def test_an_estimate_is_judged_by_its_standard_error():
    say = coursework.judge_estimate
    assert say(1.039, 1.0, 0.01, {}) and not say(1.041, 1.0, 0.01, {})
    assert say(2.01, 1.0, 0.01, {"near": 2.03, "twice": 2.0}).mistake == "twice"
    assert say(1.06, 1.0, 0.01, {}).message == "Not yet: too large by 6 standard errors."
    assert "more than ten" in say(0.5, 1.0, 0.01, {}).message
    assert not say(np.nan, 1.0, 0.01, {}) and not say("1", 1.0, 0.01, {})


# What grading survives -------------------------------------------------------------------------------

GOOD = "def double(x):\n    return 2 * x\n\nA = 3.0"


def asked_of(code, isolated, limits=QUICK, ticket=""):
    """Return what a notebook of the cells `code` answers: A, and double(2)."""
    cells = [
        {"name": f"c{k}", "source": cell} for k, cell in enumerate([code] if isinstance(code, str) else code)
    ]
    answers = []
    with Student(cells, ticket, [], limits, isolated) as student:
        for ask in (lambda: student.value("A"), lambda: student.call("double", 2)):
            try:
                answers.append(ask())
            except StudentError as error:
                answers.append(error.kind)
    return answers


@with_and_without
def test_a_notebook_answers(isolated):
    assert asked_of(GOOD, isolated) == [3.0, 4]


@with_and_without
@pytest.mark.parametrize(
    ("bad", "answers"),
    [
        ("while True: pass", [3.0, 4]),
        ("while True:\n    try:\n        while True: pass\n    except Exception: pass", [3.0, 4]),
        ("1 / 0", [3.0, 4]),
        ("this is no Python", [3.0, 4]),
        ("import sys; sys.exit()", [3.0, 4]),
        ("import os; os._exit(0)", ["Stopped", "Stopped"]),
        ("import numpy as np; np.isclose = lambda *a, **k: True", [3.0, 4]),
        ("print('x' * 1_000_000_000)", [3.0, 4]),
        ("import os\nfor _ in range(1000): os.write(1, b'x' * 1_000_000)", [3.0, 4]),
        ("block = bytearray(50_000_000_000)", [3.0, 4]),
        ("%matplotlib inline\nA = 3.0", [3.0, 4]),
    ],
    ids=[
        "loop",
        "stubborn",
        "exception",
        "syntax",
        "exit",
        "killed",
        "patched",
        "print",
        "output",
        "memory",
        "magic",
    ],
)
def test_a_bad_cell_costs_no_other_cell(bad, answers, isolated):
    assert asked_of([bad, GOOD], isolated) == answers


@with_and_without
def test_a_function_that_never_returns_costs_itself(isolated):
    assert asked_of("def double(x):\n    while True: pass\n\nA = 3.0", isolated) == [3.0, "OutOfTime"]


@with_and_without
def test_a_gigabyte_as_an_answer(isolated):
    assert asked_of(
        "import numpy as np\nA = np.zeros(125_000_000)\ndef double(x): return 'x' * 100_000_000", isolated
    )[1] in ("ValueError", "Stopped")


@with_and_without
def test_an_integer_that_json_refuses_costs_itself(isolated):
    (big, doubled) = asked_of("A = 10**5000\n\ndef double(x):\n    return 2 * x", isolated)
    assert "too large" in type(big).__name__ and doubled == 4


@with_and_without
def test_nonsense_on_the_pipe_is_no_answer(isolated):
    """Who finds the pipe can answer for himself, as he could anyway; and nothing else comes of it."""
    forged = "import os\nfor fd in range(3, 20):\n    try: os.write(fd, b'{nonsense\\n')\n"
    forged += "    except OSError: pass\n"
    assert asked_of(forged + GOOD, isolated) == ["Stopped", "Stopped"]


@with_and_without
def test_a_patched_comparison_gains_nothing(isolated):
    of = assignment("entropy")
    patch = "np.isclose = np.allclose = lambda *a, **k: True\nfrom thermolib import checks\n"
    patch += "checks.judge = checks.check = lambda *a: checks.Feedback(True, None, 'Right')\n"
    wrong = {name: patch + text for name, text in untouched(of).items()}
    assert not any(verdict.points for verdict in verdicts(of, wrong, TICKETS[0], isolated).values())


@pytest.mark.skipif(not ISOLATED, reason="no bubblewrap works here")
def test_isolated_code_sees_and_writes_nothing_outside(tmp_path):
    """Not the secret, not the tests, not the network; what it writes elsewhere is gone."""
    course = Course(tmp_path / "course")
    assert len(course.secret) == 64
    hidden = [
        str(course.root / "secret"),
        str(ROOT / "coursework" / "entropy.md"),
        str(Path(__file__)),
        "/etc/passwd",
    ]
    outside = [str(tmp_path), "/usr", "/dev", str(sandbox.PACKAGE), sys.prefix, str(Path.home())]
    assert all(Path(place).exists() for place in (*hidden, *outside))
    code = f"""
import os
import socket
from pathlib import Path
A = [place for place in {hidden!r} if Path(place).exists()] or 0.0
Path("here").write_text("my own folder")
def double(x):
    written = []
    for place in {outside!r}:
        try:
            (Path(place) / "outside").write_text("here")
            written.append(place)
        except OSError:
            pass
    if not os.statvfs("/proc/sys").f_flag & os.ST_RDONLY:  # root's, where root grades
        written.append("/proc/sys")
    try:
        socket.create_connection(("1.1.1.1", 53), timeout=1)
        written.append("network")
    except OSError:
        pass
    return len(written)
"""
    assert asked_of(code, True) == [0.0, 0]
    assert not any((Path(place) / "outside").exists() for place in outside)


def test_without_bubblewrap_it_refuses(monkeypatch):
    monkeypatch.setattr(sandbox, "bubblewrap", lambda: None)
    with pytest.raises(NoSandboxError, match="ISOLATED=no"):
        asked_of(GOOD, True)
    assert asked_of(GOOD, False) == [3.0, 4]


def test_the_ticket_is_the_graders():
    code = 'from thermolib import coursework\nA = coursework.Numbers("mine").uniform("x", 0, 1)\ndouble = abs'
    (found, _) = asked_of(code, ISOLATED, ticket=TICKETS[0])
    assert found == coursework.Numbers(TICKETS[0]).uniform("x", 0, 1)
    coursework.Numbers("")


# A class ---------------------------------------------------------------------------------------------


def submission(of, replaced):
    """Return a notebook as it is handed in, with the solutions in `replaced`."""
    book = deepcopy(source(of))
    for cell in book.cells:
        cell.source = replaced.get(cell.id, stripped(PRIVATE.sub("", cell.source)))
    return book


@pytest.fixture
def course(tmp_path):
    """Return a course with the student version of one assignment."""
    made = Course(tmp_path / "course")
    of = assignment("entropy")
    folder = made.root / "release" / of.chapter
    folder.mkdir(parents=True)
    nbformat.write(submission(of, {}), folder / "entropy.ipynb")
    (folder / coursework.FILE).write_text(json.dumps(sample(of)), encoding="utf8")
    return made


def hand_in(folder, student, book):
    path = folder / student / "entropy" / "entropy.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(book if isinstance(book, str) else nbformat.writes(book), encoding="utf8")


def class_of(folder):
    """Hand in for a class, of which two are good."""
    of = assignment("entropy")
    right = {cell.id: cell.source for cell in of.notebook.cells if role(cell) == "solution"}
    hand_in(folder, "good", submission(of, right))
    fewer = submission(of, right)
    fewer.cells = [cell for cell in fewer.cells if role(cell) != "test"]
    hand_in(folder, "deleted-tests", fewer)
    hand_in(folder, "untouched", submission(of, {}))
    hand_in(folder, "loop", submission(of, {**right, "drift": "while True: pass"}))
    hand_in(folder, "killed", submission(of, {**right, "drift": "import os; os.abort()"}))
    hand_in(folder, "no-notebook", "{ this is")


POINTS = {"good": 28, "deleted-tests": 28, "untouched": 0, "loop": 24, "killed": 0, "no-notebook": 0}


def kept(course):
    found = {}
    for path in (course.root / "verdicts" / "entropy").glob("*.json"):
        verdict = json.loads(path.read_text(encoding="utf8"))["verdicts"]
        found[path.stem] = sum(one["points"] for one in verdict.values())
    return found


@pytest.mark.long
def test_a_class_is_graded_each_by_itself_and_once(course, tmp_path):
    class_of(tmp_path / "in")
    of = assignment("entropy")
    assert not grade(tmp_path / "in", of, course, isolated=ISOLATED, limits=QUICK)
    assert kept(course) == POINTS
    verdict_files = sorted((course.root / "verdicts" / "entropy").glob("*.json"))
    before = {path: path.stat().st_mtime_ns for path in verdict_files}
    verdict_files[0].unlink()  # as if it had crashed there
    assert not grade(tmp_path / "in", of, course, isolated=ISOLATED, limits=QUICK)
    assert kept(course) == POINTS
    again = [path for path in verdict_files if path.stat().st_mtime_ns != before[path]]
    assert again == verdict_files[:1]


def command_of(course, submitted):
    command = [sys.executable, "-W", "ignore", str(ROOT / "coursework" / "tools" / "grade.py"), submitted]
    return [*map(str, command), "entropy", "--course", str(course.root), "--jobs", "1", "--isolated",
            "yes" if ISOLATED else "no"]  # fmt: skip


def test_a_second_run_in_the_same_course_refuses(course, tmp_path, monkeypatch):
    """It says what is under way, changes nothing, and can begin once the first has ended."""
    assert len(course.secret) == 64
    class_of(tmp_path / "in")
    monkeypatch.setattr(sys, "argv", command_of(course, tmp_path / "in")[3:])
    monkeypatch.setattr(grading, "grade", lambda *_, **__: begun.append("grade") or [])
    monkeypatch.setattr(grading, "hand_over", lambda *_: begun.append("hand over"))
    begun = []
    with grading.alone(course, "annealing"):
        for _ in range(2):  # the one that was refused takes no lock away
            with pytest.raises(SystemExit, match=f"being graded: annealing, process {os.getpid()}, since"):
                grading.main()
    assert begun == []
    grading.main()
    assert begun == ["grade", "hand over"]


def running(processes):
    """Return the command lines of those that have not ended; a zombie has."""
    found = {}
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            if process.status() != psutil.STATUS_ZOMBIE:
                found[process] = process.cmdline()
    return found


def test_a_run_that_is_killed_leaves_no_process_behind(course, tmp_path, monkeypatch):
    """Its workers end, with what they run, so the next run can begin. Of three loops none is judged."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert len(course.secret) == 64
    book = submission(assignment("entropy"), {"drift": "while True: pass"})  # for 20 seconds
    for student in ("one", "two", "three"):
        hand_in(tmp_path / "in", student, book)
    first = psutil.Popen(
        command_of(course, tmp_path / "in"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    begun = {}
    try:
        late = time.monotonic() + 60
        while not any(line[-1].endswith("host.py") for line in begun.values()):
            assert first.poll() is None and time.monotonic() < late
            time.sleep(0.05)
            begun = running(first.children(recursive=True))
        first.kill()
        first.wait()
        # Without bubblewrap the submission itself runs on, within its own limits.
        left = [one for one, line in begun.items() if ISOLATED or "grade.py" in " ".join(line)]
        late = time.monotonic() + 10
        while running(left) and time.monotonic() < late:
            time.sleep(0.05)
        assert not running(left)
        with grading.alone(course, "entropy"):
            assert not (course.root / "verdicts").exists()
    finally:
        for one in running([first, *begun]):
            one.kill()


def test_who_cannot_be_judged_keeps_no_one_else_from_it(course, tmp_path, monkeypatch):
    """An error of ours is named, nbgrader does not see that submission, and the next run takes it up."""
    class_of(tmp_path / "in")
    asked, run = assignment("entropy"), grading.run
    monkeypatch.setattr(grading, "run", lambda book, *more: 1 / 0 if "while True" in str(book) else {})
    failed = grading.grade(tmp_path / "in", asked, course, isolated=ISOLATED)
    assert failed == ["loop: ZeroDivisionError: division by zero"]
    submitted = {path.parts[-3] for path in (course.root / "restored").glob("*/*/*.ipynb")}
    assert submitted == POINTS.keys() - {"loop"}
    monkeypatch.setattr(grading, "run", run)
    grading.grade(tmp_path / "in", asked, course, isolated=ISOLATED, limits=QUICK)
    assert kept(course)["loop"] == POINTS["loop"]


def test_a_restored_notebook_has_each_cell_once(course, tmp_path):
    """A test cell that was edited, doubled or deleted is as it was, and solutions are the student's."""
    of = assignment("entropy")
    released = nbformat.read(course.root / "release" / "entropy" / "entropy.ipynb", as_version=4)
    book = submission(of, {"drift": "my own", "test-drift": "1.0"})
    book.cells.append(deepcopy(book.cells[-2]))
    book.cells[-1].id = "doubled"
    seen = [new_output("stream", text="a text"), new_output("display_data", {"image/png": "aGk="})]
    unsafe = {"text/html": "<script>alert()</script>", "text/plain": "a table"}
    book.cells.append(new_code_cell("mine()", outputs=[*seen, new_output("display_data", unsafe)]))
    book.cells.append(new_markdown_cell("<script>alert()</script> $a<b$"))
    hand_in(tmp_path / "in", "a", book)
    back, said = read(tmp_path / "in" / "a" / "entropy" / "entropy.ipynb", released)
    by_name = {meta(cell)["grade_id"]: cell.source for cell in back.cells if meta(cell)}
    wanted = {meta(cell)["grade_id"]: cell.source for cell in released.cells if meta(cell)}
    assert by_name == wanted | {"drift": "my own"} and not said
    assert sum(bool(meta(cell)) for cell in back.cells) == len(wanted)
    assert back.cells[-1].source == "< script>alert()< /script> $a< b$"
    (mine,) = (cell for cell in back.cells if cell.source == "mine()")
    shown = [output.get("text") or dict(output.data) for output in mine.outputs]
    assert shown == ["a text", {"image/png": "aGk="}, {"text/plain": "a table"}]


def test_half_an_emoji_stops_no_one(course, tmp_path):
    """Neither in the notebook nor in what an error says: no file takes it."""
    released = nbformat.read(course.root / "release" / "entropy" / "entropy.ipynb", as_version=4)
    text = nbformat.writes(submission(assignment("entropy"), {"drift": "EMOJI"}))
    hand_in(tmp_path / "in", "a", text.replace("EMOJI", r"# \ud83d"))
    back, said = read(tmp_path / "in" / "a" / "entropy" / "entropy.ipynb", released)
    assert nbformat.writes(back).encode() and not said
    assert str(StudentError("ValueError", "\ud83d")) == "ValueError: ?"


@pytest.mark.parametrize("text", ["", "id,name\n", "ada\nada\n", '"Doe, J"\n', "ada;Ada\n"])
def test_a_list_that_cannot_be_right_is_refused(text, tmp_path):
    (tmp_path / "list.csv").write_text(text, encoding="utf8")
    with pytest.raises(ValueError, match="must"):
        Course(tmp_path / "course").tickets(tmp_path / "list.csv")


def test_tickets_are_of_the_secret_and_the_id(tmp_path):
    one, other = Course(tmp_path / "one"), Course(tmp_path / "other")
    assert one.ticket("ada") == one.ticket("ada") != one.ticket("bob")
    assert one.ticket("ada") != other.ticket("ada")
    assert one.ticket("jos\u00e9") == one.ticket("jose\u0301")  # é
    assert (one.root / "secret").stat().st_mode & 0o77 == 0
    (tmp_path / "list.csv").write_text("id,name\nada,Ada\nbob,Bob\n", encoding="utf8")
    lines = one.tickets(tmp_path / "list.csv").read_text(encoding="utf8").split()
    assert lines == ["student,ticket", f"ada,{one.ticket('ada')}", f"bob,{one.ticket('bob')}"]


def path_of_python():
    """Return the environment with what is installed beside this Python; nbgrader starts alembic."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


@pytest.mark.long
def test_from_the_source_to_marks_and_feedback(tmp_path):
    """All through nbgrader: release, grading, the gradebook, feedback and the table of marks."""
    tools, course = ROOT / "coursework" / "tools", tmp_path / "course"
    command = [sys.executable, "-W", "ignore", str(tools / "release.py"), "--course", str(course), "entropy"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    released = nbformat.read(course / "release" / "entropy" / "entropy.ipynb", as_version=4)
    assert not leaks(assignment("entropy"), "\n".join(cell.source for cell in released.cells))
    assert "dS = ...  # your answer" in "\n".join(cell.source for cell in released.cells)
    class_of(tmp_path / "in")
    command = [sys.executable, "-W", "ignore", str(tools / "grade.py"), str(tmp_path / "in"), "entropy"]
    command += ["--course", str(course), "--isolated", "yes" if ISOLATED else "no"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert "a minute" in done.stdout
    assert "no-notebook: the file cannot be read as a notebook" in done.stderr
    header, *rows = [line.split(",") for line in (course / "marks.csv").read_text("utf8").splitlines()]
    marks = {row[header.index("student_id")]: float(row[header.index("raw_score")]) for row in rows}
    assert marks == POINTS
    page = (course / "feedback" / "untouched" / "entropy" / "entropy.html").read_text(encoding="utf8")
    assert "No answer yet" in page
    assert not leaks(assignment("entropy"), page)
    # Points by hand stay, and count, when it is graded again.
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        book.find_grade("falling", "entropy", "entropy", "good").manual_score = 3
        book.db.commit()
    left = course / "autograded" / "loop" / "entropy" / "entropy.ipynb"
    left.unlink()  # as if it had crashed there
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    _, *rows = [line.split(",") for line in (course / "marks.csv").read_text("utf8").splitlines()]
    again = {row[header.index("student_id")]: float(row[header.index("raw_score")]) for row in rows}
    assert again == POINTS | {"good": 31} and left.exists()
    # nbgrader's own command, and so formgrader's button, takes the verdicts and runs nothing.
    command = [str(Path(sys.executable).with_name("nbgrader")), "autograde", "entropy", "--force"]
    command += ["--student", "loop"]
    done = subprocess.run(
        command, cwd=course, env=path_of_python(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        assert book.find_submission("entropy", "loop").score == POINTS["loop"]


def test_the_teaching_page_says_what_each_assignment_asks():
    text = (ROOT / "teaching.md").read_text(encoding="utf8")
    for chapter in chapters():
        (row,) = (line.split("|") for line in text.splitlines() if line.startswith(f"| {chapter} |"))
        of = assignment(chapter)
        count = sum(role(cell) in ("test", "manual") for cell in of.notebook.cells)
        assert [float(x) for x in row[3:5]] == [count, of.points], chapter


def test_the_guide_quotes_what_the_feedback_says():
    guide = (ROOT / "coursework" / "README.md").read_text(encoding="utf8")
    (line,) = (line for line in guide.splitlines() if line.startswith("Some of the known mistakes"))
    everything = "".join(of.read_text(encoding="utf8") for of in (ROOT / "coursework").glob("[a-z]*.md"))
    assert [said for said in re.findall(r"\*(.+?)\*", line) if f'"{said}' not in everything] == []


# What is left out ------------------------------------------------------------------------------------


def test_the_book_leaves_it_out():
    site = ROOT / "_build" / "html"
    if not site.exists():
        pytest.skip("no book is built")
    telling = "kind of rain counted on dry days too"
    assert telling in (ROOT / "coursework" / "entropy.md").read_text(encoding="utf8")
    for path in site.rglob("*"):
        if path.suffix in {".html", ".js", ".ipynb", ".md", ".txt", ".py"}:
            assert telling not in path.read_text(encoding="utf8", errors="ignore"), path


def test_binder_leaves_it_out():
    """repo2docker runs postBuild in the image, once all is there."""
    script = ROOT / ".binder" / "postBuild"
    assert script.stat().st_mode & 0o100
    with TemporaryDirectory() as folder, chdir(folder):
        for name in ("coursework", ".git", "chapters"):
            Path(name).mkdir()
        subprocess.run([str(script)], check=True)
        assert [path.name for path in Path().iterdir()] == ["chapters"]


# Asked of every module -------------------------------------------------------------------------------


def called():
    """Check an answer, where checks.json lies."""
    with TemporaryDirectory() as folder, chdir(folder):
        record = Question()
        record.number("x", 1.0)
        Path(coursework.FILE).write_text(json.dumps({"one": record.parts[0].record()}), encoding="utf8")
        return coursework.check("coursework/one", 1.0)


CALLS = {"check": lambda: called(), "signed": lambda: coursework.signed("51ce")}
BAD = {
    "a name of a chapter's exercise": (
        lambda: coursework.check("entropy/loaded-die", 1.0),
        "must be 'coursework/question', got",
    ),
    "a ticket with two characters exchanged": (
        lambda: coursework.Numbers(TICKETS[0][1] + TICKETS[0][0] + TICKETS[0][2:]),
        "this ticket is mistyped",
    ),
    "a ticket that is no text": (lambda: coursework.Numbers(12), "ticket must be a text"),
}
NO_BAD = {"signed": "any text makes a ticket"}
FAULTS = [
    Fault(
        "a ticket without its check",
        "if given and given != signed(given[:-2]):",
        "if False:",
        "test_a_mistyped_ticket_is_refused",
    ),
    Fault(
        "the name forgotten, so that all draws are alike",
        'f"{self.ticket}\\n{name}"',
        'f"{self.ticket}"',
        "test_numbers_are_drawn_by_name",
    ),
    Fault(
        "three standard errors",
        "SIGMAS = 4.0",
        "SIGMAS = 3.0",
        "test_an_estimate_is_judged_by_its_standard_error",
    ),
    Fault(
        "a student's own number judged by the sample's",
        'if kind != "function" and _ticket:',
        'if kind == "function" and _ticket:',
        "test_check_judges_the_sample_and_looks_at_what_is_a_students_own",
    ),
]
