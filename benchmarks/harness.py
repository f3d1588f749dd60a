"""How thermolib is measured beside its peers: interleaved, in processes of their own, at equal accuracy.

A file ``benchmarks/WORK.py`` holds a list ``WORKS``; ``python benchmarks`` runs them all, ``python
benchmarks clusters`` those of one file. Each contender of a `Work` lives in a process that is idle while
others run: its threads are fixed before anything is imported, its imports and its compiler disturb nobody. A
*round* is one run of each contender on one seed, beginning with another contender each time; ratios are taken
within a round, so a machine that slows down slows both sides.
"""

import contextlib
import importlib
import json
import multiprocessing
import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"
OFF = 4.0  # a mean this many standard errors from the exact answer is not at equal accuracy
THREADS = [
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
    "RAYON_NUM_THREADS",
]


class Outcome(NamedTuple):
    """What one run found.

    ``value`` and ``stderr`` estimate the exact answer; or ``error`` is the distance to it. ``amount`` is how
    much was done, in the unit of the work: effective samples, flips, successes. ``cpu`` and ``wall`` are the
    seconds that count, where not the whole run does.
    """

    value: float | None = None
    stderr: float | None = None
    error: float | None = None
    amount: float = 1.0
    cpu: float | None = None
    wall: float | None = None


Run = Callable[[int], Outcome]
Cost = Callable[[np.ndarray, list[Outcome]], np.ndarray]


@dataclass(frozen=True)
class Contender:
    """One way to do the work.

    ``prepare`` imports what it needs, sets up, and returns the run, a function of a seed. ``role`` is "ours",
    "peer", or "limit": a bound that is measured, as the random numbers alone. ``package`` is the distribution
    whose version is recorded; ``how`` names the options used.
    """

    name: str
    prepare: Callable[[], Run]
    role: str = "peer"
    package: str = ""
    how: str = ""

    def __post_init__(self) -> None:
        if self.role not in ("ours", "peer", "limit"):
            raise ValueError(f"role must be 'ours', 'peer' or 'limit', got {self.role!r}")


def seconds(spent: np.ndarray, outcomes: list[Outcome]) -> np.ndarray:
    """Cost of a run: its seconds."""
    return spent


def per_amount(spent: np.ndarray, outcomes: list[Outcome]) -> np.ndarray:
    """Cost of a run: its seconds for one unit of what it did."""
    return spent / np.array([one.amount for one in outcomes])


def to_error(target: float) -> Cost:
    """Return the cost "seconds to a standard error of `target`": an error falls as one over √seconds.

    The variance of a run is that of all runs of the contender, pooled: one run knows its own error to some
    ten per cent only.
    """

    def cost(spent: np.ndarray, outcomes: list[Outcome]) -> np.ndarray:
        variance = np.mean([float(one.stderr or np.nan) ** 2 for one in outcomes])
        return spent * variance / target**2

    return cost


@dataclass(frozen=True)
class Work:
    """Work to be done by several contenders, and how they are compared.

    ``exact`` is the answer that estimates must agree with, ``tolerance`` the largest median ``error`` that is
    still equal accuracy. ``cost`` turns the seconds and outcomes of all runs into costs, the smaller the
    better; ``clock`` is "cpu" (all threads of the process) or "wall". ``targets`` names peers, or "best" for
    the cheapest, with the least ratio of their cost to ours. A ``cold`` work starts a new process for each
    run and counts what it compiles; any other runs once before it is timed.
    """

    name: str
    title: str
    unit: str
    contenders: Sequence[Contender]
    exact: float | None = None
    tolerance: float | None = None
    cost: Cost = seconds
    clock: str = "cpu"
    threads: int = 1
    repetitions: int = 5
    targets: dict[str, float] = field(default_factory=dict)
    cold: bool = False
    timeout: float = 300
    note: str = ""

    def __post_init__(self) -> None:
        names = [one.name for one in self.contenders]
        if len(set(names)) < len(names):
            raise ValueError(f"the contenders of {self.name!r} must have different names, got {names}")
        unknown = self.targets.keys() - {"best", *(one.name for one in self.contenders if one.role == "peer")}
        if unknown:
            raise ValueError(f"the targets of {self.name!r} must name its peers or 'best', got {unknown}")
        if not any(one.role == "ours" for one in self.contenders):
            raise ValueError(f"{self.name!r} must have a contender that is ours")
        if self.clock not in ("cpu", "wall"):
            raise ValueError(f"clock must be 'cpu' or 'wall', got {self.clock!r}")


class Clock:
    """CPU seconds of this process, all threads, and wall seconds of a block: ``with Clock() as c``."""

    cpu = wall = float("nan")

    def __enter__(self) -> "Clock":
        self._began = time.process_time(), time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        now = time.process_time(), time.perf_counter()
        self.cpu, self.wall = (b - a for a, b in zip(self._began, now, strict=True))


# One contender, in a process of its own ----------------------------------------------------------------


@contextlib.contextmanager
def environment(threads: int, folder: str) -> Iterator[None]:
    """Fix the threads of the processes started meanwhile, and where numba keeps what it compiles."""
    new = dict.fromkeys(THREADS, str(threads))
    new["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'}"
    new |= {"JAX_PLATFORMS": "cpu", "NUMBA_CACHE_DIR": folder}
    before = {name: os.environ.get(name) for name in new}
    os.environ.update(new)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def _serve(pipe: Any, module: str, work: str, name: str) -> None:
    """Answer seeds with (CPU seconds, wall seconds, Outcome), until None comes: what the process does."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # progress bars and greetings
        (ours,) = (one for one in works_of(module) if one.name == work)
        (contender,) = (one for one in ours.contenders if one.name == name)
        with Clock() as clock:
            run = contender.prepare()
        version = metadata.version(contender.package) if contender.package else ""
        pipe.send((clock.cpu, version))
        while (seed := pipe.recv()) is not None:
            with Clock() as clock:
                outcome = run(seed)
            pipe.send((outcome.cpu or clock.cpu, outcome.wall or clock.wall, outcome))
    except EOFError:
        pass
    except BaseException as error:  # whatever it is, the others go on
        traceback.print_exc()
        pipe.send(f"{type(error).__name__}: {error}")


class Failed(Exception):
    """A contender is absent, raised, or did not come back."""


class Process:
    """A contender's process, with an empty cache of compiled code: started, asked for runs, and ended."""

    def __init__(self, module: str, work: Work, contender: Contender) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.timeout = work.timeout
        arguments = (other, module, work.name, contender.name)
        self.process = context.Process(target=_serve, args=arguments, daemon=True)
        self.folder = tempfile.TemporaryDirectory()
        with environment(work.threads, self.folder.name):
            self.process.start()
        other.close()

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self.pipe.send(None)
        self.process.join(5)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.folder.cleanup()

    def ready(self) -> dict:
        """Wait until it has prepared: the CPU seconds of that, and the version of its package."""
        setup, version = self._answer()
        return {"setup": setup, "version": version}

    def _answer(self) -> Any:
        if not self.pipe.poll(self.timeout):
            self.process.kill()
            self.process.join()
            raise Failed(f"did not come back within {self.timeout:g} s")
        try:
            answer = self.pipe.recv()
        except EOFError:
            raise Failed("its process died") from None
        if isinstance(answer, str):
            raise Failed(answer)
        return answer

    def run(self, seed: int) -> tuple[float, float, Outcome]:
        """Run once."""
        self.pipe.send(seed)
        return self._answer()


# One work ----------------------------------------------------------------------------------------------


def measure(module: str, work: Work, *, repetitions: int | None = None, say: Callable = print) -> dict:
    """Run all contenders of `work` in turn, and return what goes into the results."""
    repetitions = repetitions or work.repetitions
    runs: dict[str, list[tuple[float, float, Outcome]]] = {one.name: [] for one in work.contenders}
    about: dict[str, dict] = {one.name: {} for one in work.contenders}
    failed: dict[str, str] = {}

    def note(name: str, problem: Failed) -> None:
        failed[name] = str(problem)
        say(f"  {name}: {problem}")

    with contextlib.ExitStack() as stack:
        processes: dict[str, Process] = {}
        for one in work.contenders:
            try:
                if work.cold:
                    continue
                processes[one.name] = stack.enter_context(Process(module, work, one))
                about[one.name] = processes[one.name].ready()
                about[one.name]["first"] = processes[one.name].run(0)[0]
            except Failed as problem:
                note(one.name, problem)
        for k in range(repetitions):
            shift = k % len(work.contenders)
            for one in [*work.contenders[shift:], *work.contenders[:shift]]:
                if one.name in failed:
                    continue
                try:
                    if work.cold:
                        with Process(module, work, one) as process:
                            about[one.name] = process.ready()
                            runs[one.name].append(process.run(k + 1))
                    else:
                        runs[one.name].append(processes[one.name].run(k + 1))
                except Failed as problem:
                    note(one.name, problem)
    contenders = {
        one.name: {"role": one.role, "package": one.package, "how": one.how, "failed": failed[one.name]}
        if one.name in failed
        else {"role": one.role, "package": one.package, "how": one.how}
        | about[one.name]
        | summary(work, runs[one.name], about[one.name].get("first"))
        for one in work.contenders
    }
    return {
        "title": work.title,
        "unit": work.unit,
        "exact": work.exact,
        "tolerance": work.tolerance,
        "clock": work.clock,
        "threads": work.threads,
        "repetitions": repetitions,
        "cold": work.cold,
        "note": work.note,
        "file": module,
        "contenders": contenders,
        "targets": judged(work.targets, contenders),
        **about_now(),
    }


def quartiles(values: Sequence[float] | np.ndarray) -> list[float]:
    """Return the lower quartile, the median and the upper quartile."""
    with np.errstate(invalid="ignore"):  # between costs that are not finite
        return [float(x) for x in np.quantile(np.asarray(values, float), [0.25, 0.5, 0.75])]


def summary(work: Work, runs: list[tuple[float, float, Outcome]], first: float | None) -> dict:
    """Return costs and accuracy of one contender's runs."""
    cpu, wall, outcomes = (list(column) for column in zip(*runs, strict=True))
    costs = work.cost(np.array(cpu if work.clock == "cpu" else wall), outcomes)
    found: dict[str, Any] = {
        "cost": quartiles(costs),
        "costs": [float(f"{x:.5g}") for x in costs],
        "cpu": quartiles(cpu),
        "wall": quartiles(wall),
        "cores": float(np.median(np.array(cpu) / np.array(wall))),
        "off": "",
    }
    if endless := int(np.sum(~np.isfinite(costs))):
        found["off"] = f"no finite cost in {endless} of {len(costs)} runs"
    if first is not None:
        found["compile"] = max(0.0, first - found["cpu"][1])
    errors = [one.error for one in outcomes if one.error is not None]
    if errors:
        found["error"] = quartiles(errors)
        if work.tolerance is not None and not found["error"][1] <= work.tolerance:
            found["off"] = f"error {found['error'][1]:.2g}, more than {work.tolerance:g}"
    values = np.array([one.value for one in outcomes if one.value is not None], float)
    stderrs = np.array([one.stderr for one in outcomes if one.stderr is not None], float)
    if len(values) and len(values) == len(stderrs):
        found["value"], found["stderr"] = float(np.mean(values)), float(np.sqrt(np.mean(stderrs**2)))
        if work.exact is not None:
            found["z"] = float((found["value"] - work.exact) / (found["stderr"] / np.sqrt(len(values))))
            if not abs(found["z"]) <= OFF:
                found["off"] = f"{found['z']:+.1f} standard errors from the exact answer"
    return found


def ratio(peer: dict, ours: dict) -> list[float]:
    """Return quartiles of peer's cost ÷ ours, each pair from one round."""
    return quartiles(np.array(peer["costs"]) / np.array(ours["costs"]))


def fit(contenders: dict, role: str) -> dict:
    """Return the contenders of one role that finished at equal accuracy, the cheapest first."""
    chosen = {
        name: one
        for name, one in contenders.items()
        if one["role"] == role and not one.get("failed") and not one["off"]
    }
    return dict(sorted(chosen.items(), key=lambda item: item[1]["cost"][1]))


def judged(targets: dict[str, float], contenders: dict) -> list[dict]:
    """Compare ours with each target: the ratio, and whether it is met; None where nothing can be said."""
    peers, ours = fit(contenders, "peer"), fit(contenders, "ours")
    judgements = []
    for name, least in targets.items():
        against = next(iter(peers), None) if name == "best" else name if name in peers else None
        found = None if against is None or not ours else ratio(peers[against], next(iter(ours.values())))
        met = None if found is None else found[1] >= least
        judgements.append({"peer": name, "against": against, "least": least, "ratio": found, "met": met})
    return judgements


# All works ---------------------------------------------------------------------------------------------


def works_of(module: str) -> list[Work]:
    """Return the list WORKS of ``benchmarks/MODULE.py``."""
    if str(HERE) not in sys.path:
        sys.path.insert(0, str(HERE))
    return importlib.import_module(module).WORKS


def files() -> list[str]:
    """Return the names of the files that hold works."""
    return sorted(p.stem for p in HERE.glob("*.py") if "\nWORKS" in p.read_text(encoding="utf8"))


def about_now() -> dict[str, Any]:
    """Return machine, versions and date."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf8").splitlines()
        model = next((one.split(":")[1].strip() for one in lines if one.startswith("model name")), model)
    import thermolib

    versions = {"Python": platform.python_version(), "thermolib": thermolib.__version__}
    for name in ("numpy", "numba", "scipy", "torch"):
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
    return {
        "machine": {"processor": model, "cores": os.cpu_count(), "system": platform.system()},
        "versions": versions,
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
    }


def rounded(thing: Any) -> Any:
    """Return `thing` with its numbers at five digits: more are noise, and make every run a large change."""
    if isinstance(thing, dict):
        return {str(key): rounded(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [rounded(value) for value in thing]
    if isinstance(thing, float | np.floating):
        return float(f"{thing:.5g}") if np.isfinite(thing) else None
    return thing


def save(results: dict, path: Path = RESULTS) -> None:
    """Write the results, keys in order and a line for each, so that a change can be read."""

    def written(thing: Any, margin: str = "\n") -> str:
        if not isinstance(thing, dict) or not thing:
            return json.dumps(thing, ensure_ascii=False)
        inner = margin + " "
        lines = [f"{inner}{json.dumps(key)}: {written(thing[key], inner)}" for key in sorted(thing)]
        return f"{{{','.join(lines)}{margin}}}"

    path.write_text(written(rounded(results)) + "\n", encoding="utf8")
