"""The harness of the benchmarks, on contenders whose costs are known: no peer is needed.

They are written to a file of works as any other, and run in processes of their own. They do not keep the
processor busy, but say themselves how many seconds they took, as a contender may.
"""

import json
import multiprocessing
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import growth
import harness
import report
from harness import Contender, Outcome, Work, per_amount, quartiles, seconds, to_error

ROOT = Path(__file__).resolve().parents[1]
MADE_UP = '''
import os, time
from pathlib import Path
from harness import Contender, Outcome, Work, per_amount, to_error

def taking(cpu, value=0.0, **more):
    """Prepare a contender that claims so many seconds, more for an odd seed, and for its first run."""
    def prepare():
        runs = 0
        def run(seed):
            nonlocal runs
            runs += 1
            with open(LOG, "a") as log:
                print(seed, cpu, os.getpid(), file=log)
            slow = (2 if seed % 2 else 1) * cpu
            return Outcome(value, 0.1, cpu=slow + 7 * (runs == 1), wall=10 * slow, **more)
        return run
    return prepare

def absent():
    import no_such_package

def raising():
    def run(seed):
        raise RuntimeError("no such luck")
    return run

def hanging():
    def run(seed):
        time.sleep(60)
    return run

def dying():
    def run(seed):
        os._exit(3)
    return run

def threads():
    def run(seed):
        cache = os.environ["NUMBA_CACHE_DIR"]
        assert os.environ["RAYON_NUM_THREADS"] == os.environ["OMP_NUM_THREADS"] == "1"
        assert Path(cache).is_dir() and not any(Path(cache).iterdir())
        print("what a peer prints is not ours to show")
        return Outcome(0.0, 0.1, cpu=4.0)
    return run

LOG = Path(__file__).with_name("log.txt")
WORKS = [
    Work("plain", "A plain comparison", "CPU s", [
        Contender("slow and ours", taking(3.0), "ours"),
        Contender("ours", taking(1.0), "ours"),
        Contender("peer", taking(2.0), package="numpy", how="as it comes"),
        Contender("better peer", taking(1.5)),
        Contender("cheap and wrong", taking(0.1, value=1.0)),
        Contender("bound", taking(0.5), "limit"),
        Contender("checks", threads),
    ], exact=0.0, targets={"best": 2.0, "peer": 2.0, "cheap and wrong": 1.0}),
    Work("trouble", "Contenders that fail", "CPU s", [
        Contender("ours", taking(1.0), "ours"),
        Contender("absent", absent),
        Contender("raising", raising),
        Contender("hanging", hanging),
        Contender("dying", dying),
    ], targets={"best": 1.0, "absent": 1.0}, timeout=3.0),
    Work("cold", "Compile time included", "CPU s", [
        Contender("ours", taking(1.0), "ours"),
        Contender("peer", taking(2.0)),
    ], cold=True),
]
'''


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    """Write the works, and measure them: results by name, and the log of the runs."""
    folder = tmp_path_factory.mktemp("works")
    (folder / "made_up.py").write_text(MADE_UP, encoding="utf8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        said, found = [], {}
        for work in harness.works_of("made_up"):
            (folder / "log.txt").write_text("", encoding="utf8")
            found[work.name] = harness.measure("made_up", work, repetitions=4, say=said.append)
            found[work.name]["log"] = (folder / "log.txt").read_text(encoding="utf8")
    assert not multiprocessing.active_children()
    return found, said


def test_costs_and_ratios(made_up):
    """The first run is not timed: its 7 s are compile time. Ratios are of one round."""
    plain = made_up[0]["plain"]
    ours, peer = plain["contenders"]["ours"], plain["contenders"]["peer"]
    assert ours["costs"] == [2.0, 1.0, 2.0, 1.0] and peer["costs"] == [4.0, 2.0, 4.0, 2.0]
    assert ours["cost"] == [1.0, 1.5, 2.0]
    assert ours["compile"] == pytest.approx(1.0 + 7 - 1.5)
    assert ours["wall"][1] == 15.0 and ours["cores"] == pytest.approx(0.1)
    assert peer["version"] == np.__version__
    best, second, wrong = plain["targets"]
    assert (best["against"], best["ratio"], best["met"]) == ("better peer", [1.5] * 3, False)
    assert (second["ratio"], second["met"]) == ([2.0] * 3, True)
    assert (wrong["against"], wrong["ratio"], wrong["met"]) == (None, None, None)
    assert plain["machine"]["cores"] and plain["date"][:2] == "20" and "numpy" in plain["versions"]


def test_an_answer_that_is_wrong_is_no_peer(made_up):
    wrong = made_up[0]["plain"]["contenders"]["cheap and wrong"]
    assert wrong["z"] == pytest.approx(1.0 / (0.1 / 2)) and wrong["off"].startswith("+20.0 standard errors")
    assert made_up[0]["plain"]["contenders"]["peer"]["off"] == ""


def test_threads_are_fixed_and_the_cache_is_empty(made_up):
    assert "failed" not in made_up[0]["plain"]["contenders"]["checks"]


def test_runs_are_interleaved(made_up):
    """Each round has all contenders, on the same seed, and begins with another one."""
    lines = [line.split() for line in made_up[0]["plain"]["log"].splitlines()]
    rounds = [[cpu for seed, cpu, _ in lines if seed == str(k)] for k in range(5)]
    assert [seed for seed, *_ in lines] == [str(k) for k in range(5) for _ in range(6)]
    assert rounds[1] == rounds[0] and rounds[2] == [*rounds[0][1:], rounds[0][0]]
    assert len({process for *_, process in lines}) == 6


def test_a_cold_work_counts_the_first_run(made_up):
    cold = made_up[0]["cold"]
    assert cold["contenders"]["ours"]["costs"] == [9.0, 8.0, 9.0, 8.0]
    assert "compile" not in cold["contenders"]["ours"]
    assert len({line.split()[2] for line in cold["log"].splitlines()}) == 8


def test_what_fails_is_said_and_the_rest_goes_on(made_up):
    found, said = made_up
    trouble = found["trouble"]["contenders"]
    assert "no_such_package" in trouble["absent"]["failed"]
    assert trouble["raising"]["failed"] == "RuntimeError: no such luck"
    assert trouble["hanging"]["failed"] == "did not come back within 3 s"
    assert trouble["dying"]["failed"] == "its process died"
    assert trouble["ours"]["cost"] and len(said) == 4
    assert [one["met"] for one in found["trouble"]["targets"]] == [None, None]


def test_what_is_printed(made_up):
    results = json.loads(json.dumps(harness.rounded({"works": made_up[0], "growth": {}})))
    columns = report.targets(results)
    assert columns["target"] == ["missed", "met", "not compared", "not compared", "not compared"]
    assert columns["peer's cost ÷ ours"][0] == "1.5 (1.5–1.5)"
    text = report.text(report.contenders(results["works"]["plain"]))
    assert text.splitlines()[1].startswith("ours (ours)") and "bound (limit)" in text.splitlines()[-1]
    assert "standard errors from the exact answer" in text and "1.5 (1–2)" in text
    assert "error" not in report.contenders(results["works"]["plain"])  # all of them would be empty
    assert "no such luck" in report.text(report.contenders(results["works"]["trouble"]))
    assert report.heading(results["works"]["cold"]) == (
        "**Compile time included.** 4 rounds, one thread, CPU seconds, compiling included."
    )
    machines = report.machines(results)
    assert machines["measured"] == ["made_up"] and "numpy" in machines["versions"][0]


def test_results_are_kept_as_they_were(tmp_path, made_up):
    path = tmp_path / "results.json"
    assert report.load(path) == {"works": {}, "growth": {}}
    harness.save({"works": made_up[0], "growth": {}}, path)
    kept = report.load(path)
    assert kept["works"]["plain"]["contenders"]["ours"]["costs"] == [2.0, 1.0, 2.0, 1.0]
    harness.save(kept, path)
    assert report.load(path) == kept


def test_cost():
    spent, outcomes = np.array([1.0, 2.0]), [Outcome(0, 0.3, amount=4), Outcome(0, 0.1, amount=1)]
    assert seconds(spent, outcomes) is spent
    assert per_amount(spent, outcomes).tolist() == [0.25, 2.0]
    np.testing.assert_allclose(to_error(0.1)(spent, outcomes), [5.0, 10.0])  # mean variance 0.05
    assert quartiles([1, 2, 3, 4, 5]) == [2.0, 3.0, 4.0]


def test_an_error_beyond_the_tolerance():
    work = Work("w", "", "s", [Contender("a", lambda: None, "ours")], tolerance=1e-3)
    for error, off in ((9e-4, False), (1.1e-3, True), (float("nan"), True)):
        found = harness.summary(work, [(1.0, 1.0, Outcome(error=error))] * 3, 1.0)
        assert bool(found["off"]) == off


def test_a_cost_that_is_not_finite():
    """As of a solver that never succeeds: it is shown, last, and not compared."""
    contenders = [Contender("never", lambda: None, "ours"), Contender("always", lambda: None, "ours")]
    work = Work("w", "", "s", contenders, cost=per_amount)
    with np.errstate(divide="ignore"):
        never = harness.summary(work, [(1.0, 1.0, Outcome(amount=0))] * 3, 1.0)
    always = harness.summary(work, [(1.0, 1.0, Outcome())] * 3, 1.0)
    found = {"never": never, "always": always}
    for one in found.values():
        one |= {"role": "ours", "how": ""}
    assert never["off"] == "no finite cost in 3 of 3 runs" and list(harness.fit(found, "ours")) == ["always"]
    columns = report.contenders(harness.rounded({"unit": "s", "contenders": found}))
    assert columns["s"] == ["1 (1–1)", "∞ (∞–∞)"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"contenders": [Contender("a", lambda: None, "ours")] * 2}, "different names"),
        ({"contenders": [Contender("a", lambda: None)]}, "a contender that is ours"),
        ({"targets": {"b": 1.0}}, "must name its peers"),
        ({"clock": "sun"}, "clock must be"),
    ],
)
def test_a_work_that_cannot_be(wrong, said):
    right = {"contenders": [Contender("a", lambda: None, "ours")]}
    with pytest.raises(ValueError, match=said):
        Work("w", "", "s", **(right | wrong))
    with pytest.raises(ValueError, match="role must be"):
        Contender("a", lambda: None, "referee")


def test_the_works_that_there_are():
    """Each file can be read without any peer, and its works have names of their own, without blanks."""
    code = "import sys; sys.path.insert(0, 'benchmarks'); import harness\n"
    code += "print(*(w.name for f in harness.files() for w in harness.works_of(f)), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    names = done.stdout.splitlines()
    assert len(set(names)) == len(names) > 1 and not any(" " in name for name in names)


# Growth ----------------------------------------------------------------------------------------------


def test_an_exponent_is_found_beneath_the_overhead():
    """Times c + n², whose slope over all sizes is far less than 2; and scattered ones, with their error."""
    sizes = [1, 10, 100, 1000, 10_000, 100_000]
    exponent, error = growth.fitted(sizes, [[1e4 + n**2.0] * 3 for n in sizes])
    assert exponent == pytest.approx(2.0, abs=0.01) and error == pytest.approx(0, abs=1e-12)
    rng = np.random.default_rng(0)
    found = [growth.fitted(sizes, [n * np.exp(0.1 * rng.normal(size=9)) for n in sizes]) for _ in range(200)]
    z = (np.array(found)[:, 0] - 1) / np.mean(np.array(found)[:, 1])
    assert 0.8 < np.std(z) < 1.6  # the slope of medians scatters by √(π/2) = 1.25 of that of means


@pytest.mark.parametrize("name", growth.KERNELS)
def test_each_kernel_runs(name):
    kernel = growth.KERNELS[name]
    assert kernel.sizes == sorted(kernel.sizes) and len(kernel.sizes) >= 3
    kernel.prepare(kernel.sizes[0])(1)


def test_where_the_fit_begins():
    """At four times the time of the smallest size, and with three sizes where that is not reached."""
    for times, slope in (([1, 3.9, 4, 8, 16], 1), ([1, 1, 1, 1.5, 2.25], np.log2(1.5))):
        exponent, _ = growth.fitted([1, 2, 4, 8, 16], [[time] * 2 for time in times])
        assert exponent == pytest.approx(slope)


def test_the_last_pair():
    one = {"sizes": [1, 10, 20], "seconds": [[0, 5.0, 9], [0, 7.0, 9], [0, 28.0, 99]]}
    assert report.last_pair(one) == pytest.approx(2)


@pytest.mark.parametrize("number", ["1", "0", "-1", "few"])
def test_one_round_is_too_few(number):
    command = [sys.executable, "benchmarks", "--repetitions", number]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and "--repetitions" in done.stderr


def test_the_results_that_are_kept():
    """Each comes from a file that is there, and can be drawn."""
    kept = report.load()
    assert kept["growth"]["kernels"].keys() == growth.KERNELS.keys()
    for name, work in kept["works"].items():
        assert name in [one.name for one in harness.works_of(work["file"])]
        assert report.text(report.contenders(work)) and report.heading(work)
    assert report.text(report.growth(kept)) and report.machines(kept)["on"]
