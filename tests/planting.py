"""Tests run on thermolib with another text in some of its files, in a process of their own.

The process forks from one that has already imported what tests import (multiprocessing's fork server): a
planted fault costs its test, and not two seconds of imports before it. Windows has no fork: there each
process starts anew.
"""

import gc
import importlib.abc
import importlib.util
import json
import multiprocessing
import os
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest

HERE = Path(__file__).parent
WARM = [
    "numpy",
    "numba",
    "pytest",
    "playwright.sync_api",
    "emcee",
    "arviz_stats",
    "dwave.samplers",
    "networkx",
    "torch",
    "torch._dynamo",  # which torch's optimisers import
    "warm",
]
WARM += [
    f"scipy.{part}" for part in ("optimize", "integrate", "special", "stats", "signal", "sparse.csgraph")
]
FORKS = "forkserver" in multiprocessing.get_all_start_methods()
PROCESSES = multiprocessing.get_context("forkserver" if FORKS else "spawn")
if FORKS:
    PROCESSES.set_forkserver_preload(WARM)


class Outcome(NamedTuple):
    """What came of the tests.

    Attributes
    ----------
    passed
        How many passed.
    failed
        What stopped each of the others, by its name: the exception's class and its bases; and "collect" where
        the tests could not even be imported.
    output
        What pytest wrote.
    """

    passed: int
    failed: dict[str, list[str]]
    output: str


def run(texts: dict[str, str], tests: list[str], only: str = "") -> Outcome:
    """Run `tests` where files of thermolib hold `texts`.

    Parameters
    ----------
    texts
        What a file holds in the tests' process, by its path below thermolib.
    tests
        As pytest names them, from the folder of tests on.
    only
        What the names of those that run have in common, with their parameters.
    """
    with tempfile.TemporaryDirectory() as folder:
        for file, text in texts.items():
            path = Path(folder, "thermolib", file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf8")
        process = PROCESSES.Process(target=_run, args=(list(texts), tests, only, Path(folder)))
        process.start()
        process.join()
        output = Path(folder, "output").read_text(encoding="utf8", errors="replace")
        result = Path(folder, "result.json")
        if not result.exists():
            raise RuntimeError(f"the tests' process ended with {process.exitcode}:\n{output}")
        return Outcome(**json.loads(result.read_text(encoding="utf8")), output=output)


class _Planted(importlib.abc.MetaPathFinder):
    """Finds one module elsewhere, and leaves all others to be found as usual."""

    def __init__(self, file: str, path: Path) -> None:
        parts = Path("thermolib", file).with_suffix("").parts
        self.package = parts[-1] == "__init__"
        self.name = ".".join(parts[:-1] if self.package else parts)
        self.path = path
        self.folder = HERE.parent / "thermolib" / Path(file).parent

    def find_spec(self, fullname, path, target=None):
        if fullname != self.name:
            return None
        inside = [str(self.folder)] if self.package else None
        return importlib.util.spec_from_file_location(fullname, self.path, submodule_search_locations=inside)


class _Record:
    """A plugin of pytest that writes down how each test ended, and lets pytest look at their files alone."""

    def __init__(self, files):
        self.passed = 0
        self.failed = {}
        self.files = {HERE, *files}

    @pytest.hookimpl(tryfirst=True)
    def pytest_ignore_collect(self, collection_path):
        return True if collection_path not in self.files else None  # or else other plugins decide

    def pytest_exception_interact(self, node, call):
        kinds = [kind.__name__ for kind in call.excinfo.type.__mro__]
        self.failed[node.nodeid] = ["collect", *kinds] if call.when == "collect" else kinds

    def pytest_runtest_logreport(self, report):
        self.passed += report.when == "call" and report.passed


def _run(files: list[str], tests: list[str], only: str, folder: Path) -> None:
    """Run in the new process: plant, test, and leave word in `folder`."""
    with Path(folder, "output").open("w", encoding="utf8") as output:
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
    assert not any(name.partition(".")[0] == "thermolib" for name in sys.modules), "the fault comes too late"
    sys.meta_path[:0] = [_Planted(file, Path(folder, "thermolib", file)) for file in files]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = (
        "1"  # the tests need none, and half of the time would be theirs
    )
    gc.freeze()  # what was imported before the fork need not be searched for garbage
    record = _Record({HERE / test.partition("::")[0] for test in tests})
    arguments = [
        "-q",
        "-x",
        "-c",
        os.devnull,
        "--assert=plain",
        "--rootdir",
        str(HERE),
        "--import-mode=importlib",
        "-k",
        only,
    ]
    # To search all that was imported for garbage, twice and thrice, would take longer than most of the tests.
    for plugin in ("cacheprovider", "unraisableexception", "threadexception"):
        arguments += ["-p", f"no:{plugin}"]
    arguments += [str(HERE / test) for test in tests]
    pytest.main(arguments, plugins=[record])
    sys.stdout.flush()
    result = json.dumps({"passed": record.passed, "failed": record.failed})
    Path(folder, "result.json").write_text(result, encoding="utf8")
