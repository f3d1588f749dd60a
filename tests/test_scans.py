"""Scans: the same numbers wherever they are computed, also when a machine is lost; slips are named."""

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import numpy as np
import pytest
from thermolib.chains import Estimate
from thermolib.sampling import heat_bath
from thermolib.scans import scan

from declared import Fault

AXES = {"T": [1.0, 2.0, 3.0], "L": [4, 6]}


def drawn(T, L, rng):
    """Return numbers that show the point and its chance."""
    return [T, L, rng.random()]


class Backwards(Executor):
    """An executor that makes all calls once it has `wanted` of them, the last one first."""

    def __init__(self, wanted):
        self.wanted, self.asked = wanted, []

    def submit(self, function, /, *arguments):
        self.asked.append((Future(), function, arguments))
        if len(self.asked) == self.wanted:
            for future, call, given in reversed(self.asked):
                future.set_result(call(*given))
        return self.asked[-1][0]


# What comes back -------------------------------------------------------------------------------------


def test_the_axes_and_their_order():
    axes, values = scan(drawn, AXES, seeds=5, rng=1)
    assert list(axes) == ["T", "L", "seed"] and axes["seed"].tolist() == [0, 1, 2, 3, 4]
    assert values.shape == (3, 2, 5, 3)
    for i, T in enumerate(AXES["T"]):
        for j, L in enumerate(AXES["L"]):
            assert np.all(values[i, j, :, :2] == [T, L])


def test_a_number_an_estimate_an_array_and_text():
    assert scan(lambda k, rng: k, {"k": [1, 2]}).values.tolist() == [[1], [2]]
    assert scan(lambda k, rng: Estimate(k, 0.5), {"k": [1, 2]}).values.tolist() == [[[1, 0.5]], [[2, 0.5]]]
    found = scan(lambda order, rng: len(order), {"order": ["rows", "random"]})
    assert found.values.tolist() == [[4], [6]] and found.axes["order"].tolist() == ["rows", "random"]
    spins = scan(lambda L, rng: heat_bath(4, 2.0, 1, rng=rng).spins, {"L": [4]}, seeds=2, rng=1).values
    assert spins.dtype == np.int8 and spins.shape == (1, 2, 4, 4)


def test_the_function_gets_pythons_own_numbers():
    kinds = []
    scan(lambda T, L, rng: kinds.append((type(T), type(L))) or 0, {"T": np.ones(1), "L": np.arange(1)})
    assert kinds == [(float, int)]


def test_each_call_has_its_own_chance():
    """All 30 numbers differ; they are those of one seed sequence's children's children's children."""
    values = scan(drawn, AXES, seeds=5, rng=1).values[..., 2]
    assert len(set(values.ravel())) == 30
    root = np.random.SeedSequence(np.random.default_rng(1).integers(2**32, size=4).tolist())
    for i, at_T in enumerate(root.spawn(3)):
        for j, at_L in enumerate(at_T.spawn(2)):
            assert values[i, j].tolist() == [np.random.default_rng(child).random() for child in at_L.spawn(5)]


def test_more_changes_nothing_that_was_there():
    """Seeds, and values at the end of each axis."""
    more = scan(drawn, {"T": [*AXES["T"], 4.0], "L": [*AXES["L"], 8]}, seeds=7, rng=1)
    assert np.array_equal(more.values[:3, :2, :5], scan(drawn, AXES, seeds=5, rng=1).values)


def test_a_scan_is_a_run_with_the_same_chance():
    """Two generators of one state give one result; the first moves on, so a second scan is another one."""
    rng = np.random.default_rng(1)
    first, second = scan(drawn, AXES, rng=rng).values, scan(drawn, AXES, rng=rng).values
    assert np.all(first == scan(drawn, AXES, rng=1).values) and not np.any(first[..., 2] == second[..., 2])


# Wherever it is computed -----------------------------------------------------------------------------


def test_the_order_of_calls_does_not_matter():
    found = scan(drawn, AXES, seeds=5, rng=1, executor=Backwards(30))
    assert np.all(found.values == scan(drawn, AXES, seeds=5, rng=1).values)


def test_threads():
    def energy(T, L, rng):
        return heat_bath(L, T, 100, rng=rng).energy

    with ThreadPoolExecutor(4) as pool:
        found = scan(energy, AXES, seeds=3, rng=1, executor=pool)
    assert np.all(found.values == scan(energy, AXES, seeds=3, rng=1).values)


def test_a_compiled_loop_lets_other_threads_run():
    """While a thread is in the loop, this one wakes up again and again; else it would wait for the end."""
    woken = 0
    with ThreadPoolExecutor(1) as pool:
        pool.submit(heat_bath, 64, 2.0, 1, rng=1).result()  # compiled
        run = pool.submit(heat_bath, 64, 2.0, 5000, rng=1)  # some .2 s
        while not run.done():
            time.sleep(0.001)
            woken += 1
    assert woken > 10


def test_processes(tmp_path, monkeypatch):
    (tmp_path / "a_module.py").write_text("def f(x, rng):\n    return x + rng.random(2)\n", encoding="utf8")
    monkeypatch.syspath_prepend(tmp_path)
    from a_module import f

    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = scan(f, {"x": range(10)}, seeds=2, rng=1, executor=pool)
    assert np.all(found.values == scan(f, {"x": range(10)}, seeds=2, rng=1).values)


def test_a_cluster_that_loses_a_worker(tmp_path):
    """Of a cluster of two processes one is killed in the middle of a call: nothing is lost, or changed.

    Each call writes down that it begins, and in which process. The first one at x = 7 kills its process.
    """
    import distributed
    import psutil

    log, once = tmp_path / "log", tmp_path / "once"

    def noted(x, rng):  # within the test: sent by value, as a function of a notebook is
        with log.open("a") as file:
            file.write(f"{x} {os.getpid()}\n")
        if x == 7 and not once.exists():
            once.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return x + rng.random(3)

    before = set(psutil.Process().children(recursive=True))
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        workers = set(client.run(os.getpid).values())
        found = scan(noted, {"x": range(16)}, seeds=2, rng=1, executor=client.get_executor())
    calls = [tuple(map(int, line.split())) for line in log.read_text().splitlines()]
    killed = next(process for x, process in calls if x == 7)
    assert len(workers) == 2 and killed in workers and not psutil.pid_exists(killed)
    assert {process for _, process in calls} >= workers  # both had their share
    assert len([x for x, _ in calls if x == 7]) >= 3  # two seeds, and one of them again
    assert np.all(found.values == scan(noted, {"x": range(16)}, seeds=2, rng=1).values)
    left = set(psutil.Process().children(recursive=True)) - before
    # nothing stays behind, but Python's own keeper of shared things, which ends with the tests
    assert not [one for one in left if "resource_tracker" not in " ".join(one.cmdline())]


# What goes wrong -------------------------------------------------------------------------------------


def too_cold(T, L, rng):
    return heat_bath(L, T - 2, 1, rng=rng).energy


@pytest.mark.parametrize("pool", [None, ThreadPoolExecutor], ids=["here", "threads"])
def test_which_point_failed(pool):
    """The error is the function's own, with a note."""
    executor = pool and pool(2)
    with pytest.raises(ValueError, match="T must be positive") as raised:
        scan(too_cold, {"L": [4], "T": [3.0, 4.0, 1.5]}, seeds=1, rng=1, executor=executor)
    assert raised.value.__notes__ == ["scan: at L=4, T=1.5, seed=0"]
    if executor:
        executor.shutdown()


@pytest.mark.parametrize("how", ["raises", "returns text"])
def test_after_a_failure_no_more_is_asked_for(how):
    """The first of 50 calls fails while the second one waits, so none of the others has begun."""
    begun, waited = [], threading.Event()

    def fails(k, rng):
        begun.append(k)
        if k == 0 and how == "raises":
            raise ValueError("must return no text")
        if k > 0:
            waited.wait(10)
        return "no number"

    with ThreadPoolExecutor(2) as executor:
        with pytest.raises(ValueError, match="must return n") as raised:
            scan(fails, {"k": range(50)}, executor=executor, progress=True)  # the bar closes nothing
        waited.set()
    assert raised.value.computed == []  # what was raised holds on to what was at work
    assert len(begun) <= 4  # the two that had begun, and what a thread took up before it was cancelled


@pytest.mark.parametrize("wrong", ["text", [1.0, 2.0]], ids=["text", "another shape"])
def test_a_wrong_result_is_refused_when_it_comes(wrong):
    called = []
    with pytest.raises(ValueError, match=r"must return .* at k=1, seed=0"):
        scan(lambda k, rng: called.append(k) or (wrong if k == 1 else 0.0), {"k": range(50)})
    assert called == [0, 1]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_was_computed_is_not_lost(error):
    """The error has it, whatever it is: the same numbers as those of a scan without the point that failed."""

    def fails(T, L, rng):
        if T > 2.5:
            raise error
        return drawn(T, L, rng)

    with pytest.raises(error) as raised:
        scan(fails, AXES, rng=1)
    points, results = zip(*raised.value.computed, strict=True)
    assert points[1] == {"T": 1.0, "L": 6, "seed": 0} and len(points) == 4
    found = scan(drawn, AXES | {"T": [1.0, 2.0]}, rng=1)
    assert np.array_equal(np.reshape(results, (2, 2, 1, 3)), found.values)


class Full(Executor):
    """An executor that takes one call, and no more."""

    def __init__(self):
        self.asked = []

    def submit(self, function, /, *arguments):
        if self.asked:
            raise RuntimeError("no more")
        self.asked.append(Future())
        return self.asked[0]


def test_an_executor_that_takes_no_more():
    full = Full()
    with pytest.raises(RuntimeError, match="no more") as raised:
        scan(drawn, AXES, executor=full)
    assert raised.value.__notes__ == ["scan: at T=1.0, L=6, seed=0"] and full.asked[0].cancelled()


def test_a_process_that_dies_names_a_point(tmp_path, monkeypatch):
    text = "import os\ndef dies(x, rng):\n    os._exit(1)\n"
    (tmp_path / "b_module.py").write_text(text, encoding="utf8")
    monkeypatch.syspath_prepend(tmp_path)
    from b_module import dies

    with (
        ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool,
        pytest.raises(BrokenProcessPool) as raised,
    ):
        scan(dies, {"x": [1]}, executor=pool)
    assert raised.value.__notes__ == ["scan: at x=1, seed=0"]


def test_progress(capfd):
    scan(drawn, AXES, seeds=5, progress=True)
    assert "30/30" in capfd.readouterr().err
    scan(drawn, AXES)
    assert capfd.readouterr() == ("", "")


CALLS = {"scan": lambda rng=1: scan(drawn, AXES, seeds=2, rng=rng)}
BAD = {
    "no function": (lambda: scan(1, AXES), "function must be callable, got 1"),
    "no axes": (lambda: scan(drawn, {}), "axes must be a mapping with at least one axis"),
    "a list of axes": (lambda: scan(drawn, [1.0]), "axes must be a mapping with at least one axis"),
    "an axis for seeds": (lambda: scan(drawn, {"seed": [1]}), "must not be called 'seed' or 'rng'"),
    "an axis for chance": (lambda: scan(drawn, {"rng": [1]}), "must not be called 'seed' or 'rng'"),
    "an empty axis": (lambda: scan(drawn, AXES | {"T": []}), r"axis 'T' must be 1-D and not empty.*\(0,\)"),
    "a number": (lambda: scan(drawn, AXES | {"T": 2.0}), r"axis 'T' must be 1-D and not empty.*\(\)"),
    "a table": (lambda: scan(drawn, AXES | {"T": [[1.0]]}), r"axis 'T' must be 1-D.*\(1, 1\)"),
    "a ragged axis": (lambda: scan(drawn, AXES | {"T": [[1], [1, 2]]}), "axis 'T' must be 1-D"),
    "text and numbers": (lambda: scan(drawn, AXES | {"T": [1, "a"]}), "must not hold text beside numbers"),
    "no seed": (lambda: scan(drawn, AXES, seeds=0), "seeds must be an integer ≥ 1, got 0"),
    "no executor": (lambda: scan(drawn, AXES, executor=4), "executor must be a concurrent.futures.Executor"),
    "its class": (lambda: scan(drawn, AXES, executor=ThreadPoolExecutor), "executor must be"),
    "text": (lambda: scan(lambda k, rng: "a", {"k": [1]}), "must return numbers, got .* at k=1, seed=0"),
    "nothing": (lambda: scan(lambda k, rng: None, {"k": [1]}), "must return numbers, got"),
    "two shapes": (
        lambda: scan(lambda k, rng: np.ones(k), {"k": [1, 2]}),
        r"one shape, got \(2,\) at k=2, seed=0, and \(1,\) before",
    ),
    "a ragged result": (lambda: scan(lambda k, rng: [[1], [1, 2]], {"k": [1]}), "inhomogeneous"),
}

FAULTS = [
    Fault(
        "one seed for all points",
        "SeedSequence(entropy, spawn_key=place)",
        "SeedSequence(entropy)",
        "test_each_call_has_its_own_chance",
    ),
    Fault(
        "places counted through the grid",
        "places = np.ndindex(*map(len, grid.values()))",
        "places = [(k,) for k in range(len(points))]",
        "test_more_changes_nothing_that_was_there",
    ),
    Fault(
        "results in the order in which they come",
        "results[k] = _numbers",
        "results[len(results)] = _numbers",
        "test_the_order_of_calls_does_not_matter",
    ),
    Fault(
        "calls that go on after a wrong result",
        "with closing(calls):",
        "if True:",
        "test_after_a_failure_no_more_is_asked_for[returns text]",
    ),
    Fault(
        "what was computed thrown away",
        "for k in sorted(results)]  #",
        "for k in ()]  #",
        "test_what_was_computed_is_not_lost",
    ),
]
