"""The compiled loops' source of chance, to the bit; and that no edit leaves them running old code."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import thermolib
from thermolib import _kernels

from declared import Fault
from dice import SplitMix

PACKAGE = Path(thermolib.__file__).parent


def one(state):
    return np.array([state], dtype=np.uint64)


# Chance ----------------------------------------------------------------------------------------------


def test_published_values_of_splitmix64():
    """The generator of Steele, Lea and Flood, from seed 1234567: compiled, and in Python's integers."""
    published = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    state, python = one(1234567), SplitMix(1234567)
    assert [int(_kernels.draw(state, 0)) for _ in published] == published
    assert [python.bits() for _ in published] == published


@pytest.mark.parametrize("seed", [0, 1, 2**63, 2**64 - 1, 0x9E3779B97F4A7C15])
def test_splitmix64_in_plain_python(seed):
    state, python = one(seed), SplitMix(seed)
    for _ in range(1000):
        assert int(_kernels.draw(state, 0)) == python.bits()
    assert int(state[0]) == python.state


def test_each_chain_has_a_state_of_its_own():
    state = np.array([5, 6, 7], dtype=np.uint64)
    assert int(_kernels.draw(state, 1)) == SplitMix(6).bits()
    assert state[0] == 5 and state[2] == 7


@pytest.mark.parametrize("seed", [1234567, 3, 2**40])
def test_chance_is_exact_at_its_threshold(seed):
    """The first 53 bits are the number u: u < p for the next number above u, and not for u itself."""
    u = (SplitMix(seed).bits() >> 11) * 2.0**-53
    assert not _kernels.chance(one(seed), 0, u)
    assert _kernels.chance(one(seed), 0, u + 2.0**-53)
    assert not _kernels.chance(one(seed), 0, u - 2.0**-53)


def seed_of(bits):
    """The state before a draw that gives `bits`: splitmix64 backwards."""

    def unshift(z, k):
        x = z
        for _ in range(64 // k):
            x = z ^ x >> k
        return x

    z = unshift(bits, 31) * pow(0x94D049BB133111EB, -1, 2**64) % 2**64
    z = unshift(z, 27) * pow(0xBF58476D1CE4E5B9, -1, 2**64) % 2**64
    return (unshift(z, 30) - 0x9E3779B97F4A7C15) % 2**64


def test_chance_at_either_end():
    """Of the least and the greatest 53 bits: p = 0 is never, p = 1 always, and 2⁻⁵³ can happen."""
    least, greatest = seed_of(2**11 - 1), seed_of(2**64 - 1)
    assert SplitMix(least).bits() == 2**11 - 1 and SplitMix(greatest).bits() == 2**64 - 1
    assert not _kernels.chance(one(least), 0, 0.0) and _kernels.chance(one(least), 0, 2.0**-53)
    assert _kernels.chance(one(greatest), 0, 1.0) and not _kernels.chance(one(greatest), 0, 1 - 2.0**-53)
    assert not _kernels.chance(one(seed_of(2**11)), 0, 2.0**-53)


def test_climbs_is_chance():
    """The same number, the same answer as by e^−x: anywhere, and at either side of the threshold."""
    rng = np.random.default_rng(7)
    for x in [*rng.normal(scale=3, size=2000), 0.0, -0.0, np.inf, -np.inf, 1e-300, 1e-9, 36.7, 1e200]:
        seed = rng.integers(2**64, dtype=np.uint64)
        assert _kernels.climbs(one(seed), 0, x) == _kernels.chance(one(seed), 0, np.exp(min(0.0, -x)))
    for x in [0.0, 1e-9, 1e-3, *np.linspace(0.01, 36, 500)]:
        units = int(np.exp(-x) * 2**53)  # e^−x in units of 2⁻⁵³, to one of them
        assert _kernels.climbs(one(seed_of(max(units - 2, 0) << 11)), 0, x)
        assert units + 2 >= 2**53 or not _kernels.climbs(one(seed_of(units + 2 << 11)), 0, x)


def test_climbs_as_written(monkeypatch):
    """Once more uncompiled."""
    monkeypatch.setattr(_kernels, "climbs", _kernels.climbs.py_func)
    test_climbs_is_chance()


def test_below():
    """⌊u n⌋ with the upper 32 bits as u: by exact value, and at both ends of every number."""
    state, python = one(99), SplitMix(99)
    for n in (1, 2, 3, 7, 1000, 2**20, 2**31 - 1):
        assert int(_kernels.below(state, 0, n)) == python.below(n)
    for n in (1, 3, 10):
        for k in range(n):
            first = -(-(k << 32) // n)  # the least u·2³² that gives k
            assert _kernels.below(one(seed_of(first << 32)), 0, n) == k
            if k:
                assert _kernels.below(one(seed_of((first << 32) - 1)), 0, n) == k - 1
        assert _kernels.below(one(seed_of(2**64 - 1)), 0, n) == n - 1


# No old code -----------------------------------------------------------------------------------------


def test_compiled_loops_stand_in_one_file():
    """A kernel that called one of another file would not be compiled again after an edit there."""
    compiling = {}
    for path in PACKAGE.rglob("*.py"):
        names = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            if isinstance(node, ast.Import):
                names |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                names |= {node.module} | {f"{node.module}.{name.name}" for name in node.names}
        if any(name.split(".")[0] == "numba" for name in names):
            compiling[path.stem] = [name for name in names if name.split(".")[0] == "thermolib"]
    assert compiling, "no module compiles anything: this test looks at nothing"
    assert all(not ours for ours in compiling.values()), compiling


ENERGY = """
import thermolib, numpy as np
from thermolib.sampling import metropolis
assert thermolib.__file__.startswith(__import__("sys").argv[1]), thermolib.__file__
print(metropolis(np.ones((4, 4)), 9.0, 20, rng=1).energy.max())
"""


def test_an_edit_of_chance_reaches_every_loop(tmp_path):
    """In a copy whose loops are compiled and cached, `chance` is made to say no: then nothing may move."""
    shutil.copytree(PACKAGE, tmp_path / "thermolib", ignore=shutil.ignore_patterns("widgets"))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("NUMBA_CACHE_DIR", None)  # the cache stands beside the copy

    def energy():
        done = subprocess.run(
            [sys.executable, "-c", ENERGY, str(tmp_path)],
            capture_output=True, text=True, cwd=tmp_path, env=environment,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return float(done.stdout)

    before = energy()
    cached = {path.name for path in (tmp_path / "thermolib").rglob("*.nbi")}
    assert any("single_flips" in name for name in cached), cached
    assert before > -32 and energy() == before
    edited = 0
    for path in (tmp_path / "thermolib").rglob("*.py"):
        source = path.read_text(encoding="utf8")
        edited += source.count("uniform(state, c) < p")  # as `chance` asks
        path.write_text(source.replace("uniform(state, c) < p", "uniform(state, c) < 0 * p"), encoding="utf8")
    assert edited == 1
    assert energy() == -32  # all up, as at the start


FAULTS = [
    Fault(
        "splitmix64 without its last step",
        "return z ^ (z >> np.uint64(31))",
        "return z",
        "test_published_values_of_splitmix64",
        file="_kernels.py",
    ),
    Fault(
        "chance of 16 bits",
        "(draw(state, c) >> np.uint64(11)) * 2.0**-53",
        "(draw(state, c) >> np.uint64(48)) * 2.0**-16",
        "test_chance_is_exact_at_its_threshold",
        file="_kernels.py",
    ),
    Fault(
        "a step uphill refused by a bound that is none",
        "1 + x + x * x / 2",
        "1 + x + x * x",
        "test_climbs_as_written",
        file="_kernels.py",
    ),
    Fault(
        "a step uphill without its exponential",
        " and u < np.exp(-x))",
        ")",
        "test_climbs_as_written",
        file="_kernels.py",
    ),
]
