"""The suite must reject every planted fault: put into a copy of the package, on which the tests are run."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import thermolib

HERE = Path(__file__).parent
PACKAGE = Path(thermolib.__file__).parent


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FAULTS = load(HERE / "faults.py").FAULTS
# Runs pytest only if it is the copy that is imported: what is imported once is not imported again.
RUN = """
import sys, pathlib, pytest
sys.path.insert(0, sys.argv[1])
import thermolib
assert pathlib.Path(thermolib.__file__).parent.parent.samefile(sys.argv[1]), thermolib.__file__
sys.exit(pytest.main(sys.argv[2:]))
"""


def run_tests(folder, *tests):
    arguments = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "--override-ini=addopts="]
    arguments += [
        "--import-mode=importlib",
        "--rootdir",
        str(folder),
        "-c",
        os.devnull,
        *(str(HERE.parent / test) for test in tests),
    ]
    # No compiled code may come from elsewhere, or stay anywhere else than in the copy.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("NUMBA_CACHE_DIR", None)
    environment.pop("PYTEST_ADDOPTS", None)
    return subprocess.run(
        [sys.executable, "-c", RUN, str(folder), *arguments],
        capture_output=True, text=True, cwd=folder, env=environment,
    )  # fmt: skip


def test_an_untouched_copy_passes(tmp_path):
    """Or else a rejection would say nothing."""
    shutil.copytree(PACKAGE, tmp_path / "thermolib", ignore=shutil.ignore_patterns("widgets"))
    done = run_tests(tmp_path, *sorted({test for *_, test in FAULTS}))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("name", "file", "text", "wrong", "test"), FAULTS, ids=[f[0] for f in FAULTS])
def test_rejected(name, file, text, wrong, test, tmp_path):
    # numba keys its cache by a file's time and size: the untouched kernels need not be compiled again.
    ignore = shutil.ignore_patterns("widgets", *(["__pycache__"] if "kernels" in file else []))
    shutil.copytree(PACKAGE, tmp_path / "thermolib", ignore=ignore)
    source = (tmp_path / "thermolib" / file).read_text(encoding="utf8")
    assert source.count(text) == 1, f"{text!r} stands {source.count(text)} times in {file}"
    (tmp_path / "thermolib" / file).write_text(source.replace(text, wrong), encoding="utf8")
    done = run_tests(tmp_path, test)
    assert done.returncode == 1 and " failed" in done.stdout, (
        f"{name} passed {test}:\n{done.stdout}{done.stderr}"
    )
    # It failed on what it claims, not because the fault does not even run
    assert "SyntaxError" not in done.stdout and "NameError" not in done.stdout, done.stdout
