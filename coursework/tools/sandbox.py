"""Runs one submission by itself, and asks it for its answers.

With bubblewrap the process sees a read-only Python, thermolib and a folder of its own, and nothing else: no
network, no home, no other submission. What it writes stays in memory, up to a limit, and is gone with it.
Limits on time, memory and the size of a file hold everywhere. Without
bubblewrap the code could read the teacher's files, so `Student` refuses unless it is told otherwise.
"""

import functools
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import thermolib
from thermolib.coursework import GIVEN_BY

HOST = Path(__file__).with_name("host.py")
PACKAGE = Path(thermolib.__file__).parent
PLACE = "/run/submission"  # in the sandbox, where nothing else can be
LONGEST = 40_000_000  # bytes of one answer


class StudentError(Exception):
    """What went wrong in the student's code: the type of the exception, and its text."""

    def __init__(self, kind: str, text: str) -> None:
        kind, text = (x[:500].encode("utf8", "replace").decode() for x in (kind, text))  # half an emoji, say
        super().__init__(f"{kind}: {text}" if text else kind)
        self.kind, self.text = kind, text


class NoSandboxError(RuntimeError):
    """There is no bubblewrap that works here."""


@dataclass(frozen=True)
class Limits:
    """What a submission may use: seconds for a cell or a call, and in all; bytes of memory and files."""

    cell: float = 20.0
    total: float = 300.0
    memory: int = 6 << 30
    file: int = 64 << 20
    files: int = 256 << 20  # all together, with bubblewrap


@dataclass(frozen=True)
class Name:
    """A function of the student's own notebook, as an argument."""

    name: str


@functools.cache
def bubblewrap() -> str | None:
    """Return the path of a bubblewrap that works here, or None."""
    path = shutil.which("bwrap")
    if path is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        trial = [*_wrapped(path, Path(folder), Limits()), sys.executable, "-c", "import numpy"]
        done = subprocess.run(trial, capture_output=True, env=_environment(PLACE, ""), check=False)
    return path if done.returncode == 0 else None


def _wrapped(path: str, folder: Path, limits: Limits) -> list[str]:
    """Return the command that runs what follows with nothing in sight but Python, thermolib and `folder`."""
    size = ["--size", str(limits.files), "--tmpfs"]
    command = [path, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    for shared in ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/fonts"):
        if os.path.islink(shared):
            command += ["--symlink", os.readlink(shared), shared]
        else:
            command += ["--ro-bind-try", shared, shared]
    command += ["--proc", "/proc", "--dev", "/dev", *size, "/dev/shm"]
    for needed in dict.fromkeys([sys.base_prefix, sys.prefix, str(PACKAGE)]):
        if not Path(needed).is_relative_to("/usr"):
            command += ["--ro-bind", needed, needed]
    command += ["--ro-bind", str(HOST), "/run/host.py", *size, PLACE]
    for file in folder.iterdir():
        command += ["--ro-bind", str(file), f"{PLACE}/{file.name}"]
    # Who grades as root, as in a container, owns what is in /proc/sys; and /dev is a folder without a limit.
    command += ["--ro-bind-try", "/proc/sys", "/proc/sys", "--remount-ro", "/dev"]
    return [*command, "--remount-ro", "/", "--chdir", PLACE]


def _environment(home: str, ticket: str) -> dict[str, str]:
    alone = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": home,
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": f"{home}/.matplotlib",
        "NUMBA_CACHE_DIR": f"{home}/.numba",
        "PYTHONPATH": str(PACKAGE.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
        GIVEN_BY: ticket,
        **dict.fromkeys(alone, "1"),
    }


@dataclass
class Student:
    """A submission that runs: a context, within which it can be asked.

    Parameters
    ----------
    cells : list of mappings
        The code cells, each with its ``name`` and its ``source``.
    ticket : str
        Of the student: the notebook draws its numbers from it.
    files : list of paths
        What lies beside the notebook.
    isolated : bool
        False: run it without bubblewrap. It then sees what its user can see.
    """

    cells: list[dict[str, str]]
    ticket: str = ""
    files: list[Path] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)
    isolated: bool = True

    def __enter__(self) -> "Student":
        wrap = bubblewrap() if self.isolated else None
        if self.isolated and wrap is None:
            raise NoSandboxError(
                "no bubblewrap works here (apt install bubblewrap), and without it a submission could read "
                "the secret and other submissions; ISOLATED=no grades nevertheless"
            )
        self.folder = Path(tempfile.mkdtemp(prefix="coursework-"))
        for file in self.files:
            shutil.copy(file, self.folder)
        command = (
            [*_wrapped(wrap, self.folder, self.limits), sys.executable, "/run/host.py"]
            if wrap
            else [sys.executable, str(HOST)]
        )
        self._deadline = time.monotonic() + self.limits.total
        self._rest = b""
        self._stopped = ""
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            env=_environment(PLACE if wrap else str(self.folder), self.ticket),
            start_new_session=True,
        )
        limits = {
            "RLIMIT_AS": self.limits.memory,
            "RLIMIT_FSIZE": self.limits.file,
            "RLIMIT_CPU": int(self.limits.total) + 1,
            "RLIMIT_CORE": 0,
        }
        job = {"cells": self.cells, "seconds": self.limits.cell, "limits": limits}
        self.errors: dict[str, StudentError] = {}
        try:
            errors = self._ask(job, self.limits.total).get("errors", {})
            self.errors = {str(name): StudentError(*map(str, error)) for name, error in errors.items()}
        except StudentError as error:
            self._stopped = str(error)
        except (TypeError, AttributeError):
            self._stopped = "The notebook answered with nonsense."
        return self

    def __exit__(self, *_: object) -> None:
        self._kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def value(self, name: str) -> Any:
        """Return the value of a variable of the notebook."""
        return self._result({"value": name})

    def call(self, name: str, *arguments: Any) -> Any:
        """Return what a function of the notebook returns."""
        return self._result({"call": name, "arguments": [encode(x) for x in arguments]})

    def name(self, name: str) -> Name:
        """Return what stands for a function of the notebook among the arguments of another."""
        return Name(name)

    def _result(self, request: dict[str, Any]) -> Any:
        if self._stopped:
            raise StudentError("Stopped", self._stopped)
        try:
            answer = self._ask(request, self.limits.cell + 5)
            if answer.get("error"):
                raise StudentError(*map(str, answer["error"]))
            return decode(answer["value"])
        except StudentError:
            raise
        except Exception:  # whatever was sent
            raise StudentError("ValueError", "the notebook answered with nonsense") from None

    def _ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(f"{json.dumps(request)}\n".encode())
            self._process.stdin.flush()
            answer = json.loads(self._line(min(time.monotonic() + seconds, self._deadline)))
        except (OSError, EOFError):
            self._stop("its process ended: it left Python, or took more memory or time than it may")
        except TimeoutError:
            self._stop("it took longer than it may")
        except (ValueError, RecursionError):
            self._stop("it answered with nonsense")
        if not isinstance(answer, dict):
            self._stop("it answered with nonsense")
        return answer

    def _stop(self, why: str) -> None:
        self._kill()
        self._stopped = f"The notebook was stopped: {why}."
        raise StudentError("Stopped", self._stopped) from None

    def _line(self, until: float) -> bytes:
        """Return the next line that comes."""
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as ready:
            ready.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._rest:
                if len(self._rest) > LONGEST:
                    raise ValueError
                if not ready.select(max(0.0, until - time.monotonic())):
                    raise TimeoutError
                more = os.read(self._process.stdout.fileno(), 1 << 20)
                if not more:
                    raise EOFError
                self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]


def encode(x: Any) -> Any:
    """Return an argument as what JSON can hold."""
    if isinstance(x, Name):
        return {"name": x.name}
    if isinstance(x, np.random.Generator):
        return {"generator": x.bit_generator.state}
    if isinstance(x, np.ndarray):
        return {"array": x.ravel().tolist(), "dtype": str(x.dtype), "shape": list(x.shape)}
    return x.item() if isinstance(x, np.generic) else x


def decode(x: Any) -> Any:
    """Return what came, or of another kind something of that kind."""
    if not isinstance(x, dict):
        return x
    if "array" in x:
        return np.array(x["array"], dtype=None if x["array"] else float).reshape(x["shape"])
    if "dots" in x:
        return ...
    if "complex" in x:
        return complex(*x["complex"])
    if "function" in x:
        return print
    if "not a function" in x:
        raise StudentError("NotAFunction", "it is not a function")
    return type("".join(c for c in str(x["type"])[:60] if c.isprintable()), (), {})()
