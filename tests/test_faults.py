"""The suite must reject every planted fault, and for the fault's own sake.

The faults are declared beside the tests that reject them, as ``FAULTS``.
"""

from pathlib import Path

import pytest
import thermolib

from declared import Fault, declared
from planting import run

PACKAGE = Path(thermolib.__file__).parent
# file of thermolib, file of tests, fault
PLANTED = [
    (fault.file or f"{module}.py", f"test_{module}.py", fault)
    for module, faults in declared("FAULTS").items()
    for fault in faults
]
# What stops a test where the fault does not even run
UNFIT = {"collect", "NameError", "AttributeError", "NumbaError"}

NO_FAULTS = {
    "__init__.py": "a version",
    "_types.py": "names of types",
    "_results.py": "two records, without a formula",
    "exercises/__init__.py": "a record and its comparison of types",
}


@pytest.mark.parametrize(
    "file", sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
)
def test_every_file_has_a_planted_fault(file):
    """What moves has its faults in JavaScript, where its physics is."""
    assert file.startswith("widgets/") or file in {one for one, *_ in PLANTED} | NO_FAULTS.keys(), (
        f"no fault is planted in thermolib/{file}: write in its tests' file\n    FAULTS = "
        '[Fault("what the mistake is", "what stands there", "what stands there instead", "test_of_it")]\n'
        "or say in NO_FAULTS, in tests/test_faults.py, why there is none"
    )


def asked_of(file: str) -> str:
    """Return what the tests of `file` have in their names: the tests of exercises ask those of every page."""
    folder, _, name = file.rpartition("/")
    return f"[{name.removesuffix('.py').replace('_', '-')}/" if folder == "exercises" else ""


def test_the_files_as_they_are_pass():
    """All of them, planted: or else a rejection would say nothing."""
    as_they_are = {file: (PACKAGE / file).read_text(encoding="utf8") for file, *_ in PLANTED}
    tests = sorted({f"{tests}::{fault.test}" for _, tests, fault in PLANTED})
    done = run(as_they_are, tests)
    assert done.passed >= len(tests) and not done.failed, done.output


def plant(file, tests, fault):
    """Return what came of the fault's test, and what says that the fault does not even run."""
    source = (PACKAGE / file).read_text(encoding="utf8")
    assert source.count(fault.text) == 1, f"{fault.text!r} stands {source.count(fault.text)} times in {file}"
    planted = {file: source.replace(fault.text, fault.wrong)}
    done = run(planted, [f"{tests}::{fault.test}"], asked_of(file))
    return done, {kind for kinds in done.failed.values() for kind in kinds} & UNFIT


@pytest.mark.parametrize(("file", "tests", "fault"), PLANTED, ids=[fault.name for *_, fault in PLANTED])
def test_rejected(file, tests, fault):
    done, unfit = plant(file, tests, fault)
    assert done.failed, f"{fault.name} passed {tests}::{fault.test}:\n{done.output}"
    assert not unfit, f"{fault.name} does not run:\n{done.output}"


@pytest.mark.parametrize(
    ("text", "wrong", "test", "file", "why"),
    [
        ("log_g - cost\n", "log_g -\n", "test_two_levels", "boltzmann.py", "collect"),  # no Python
        ("log_g - cost\n", "log_g - price\n", "test_two_levels", "boltzmann.py", "NameError"),
        ("log_g - cost\n", "log_g - cost.price\n", "test_two_levels", "boltzmann.py", "AttributeError"),
        ("return z ^ (", "return z ^ {} ^ (", "test_below", "_kernels.py", "NumbaError"),
    ],
)
def test_what_does_not_run_is_no_fault(text, wrong, test, file, why):
    tests = "test_kernels.py" if file == "_kernels.py" else "test_boltzmann.py"
    assert why in plant(file, tests, Fault("", text, wrong, test))[1]
