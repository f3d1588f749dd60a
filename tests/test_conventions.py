"""What holds for every public function: bad input, random state, limits; and who imports whom.

What is asked is declared beside each module's own tests: declared.py says how.
"""

import ast
import inspect
import subprocess
import sys
from contextlib import suppress
from fnmatch import fnmatch
from functools import partial
from importlib import import_module

import numpy as np
import pytest
from thermolib import chains

from declared import PACKAGE, declared, modules, public, rows

WORKING, REFUSED, BOUNDS, COLDEST = map(rows, ("CALLS", "BAD", "LIMITS", "AS_COLD"))


def taking(*arguments):
    """The declared calls that have one of the arguments."""
    return [
        name for name, call in WORKING.items() if set(arguments) & inspect.signature(call).parameters.keys()
    ]


def of_T(name):
    """The declared call as a function of its temperature alone."""
    (argument,) = {"T", "Ts"} & inspect.signature(WORKING[name]).parameters.keys()
    return lambda T: WORKING[name](**{argument: T})


def arrays(result):
    """Yield the arrays and numbers of NumPy's, and torch's tensors, in a result, and in the tuples in it."""
    if isinstance(result, tuple):
        for part in result:
            yield from arrays(part)
    elif isinstance(result, np.ndarray | np.generic):
        yield result
    elif hasattr(result, "detach") and result.ndim:  # of torch, where one number is a tensor too
        yield result.detach().numpy()


def no_scalar(array):
    """Say whether it is an array that has one entry and no axis, where a number is wanted."""
    return isinstance(array, np.ndarray) and array.ndim == 0


# Nothing is left out ---------------------------------------------------------------------------------


def asked(call):
    """Yield the names of what a declared call calls."""
    if isinstance(call, partial):
        yield call.func.__name__
    else:
        yield from call.__code__.co_names


@pytest.mark.parametrize("module", modules())
def test_every_public_function_is_declared(module):
    """Its call, and bad input wherever there is an argument that a wrong temperature or rng does not try."""
    ours = import_module(f"thermolib.{module}")
    functions = [name for name in public(ours) if inspect.isfunction(getattr(ours, name))]
    calls, bad = (declared(table).get(module, {}) for table in ("CALLS", "BAD"))
    reasons = declared("NO_BAD").get(module, {})
    refused = {name for call, _ in bad.values() for name in asked(call)}
    missing = []
    for name in functions:
        if name not in calls:
            missing.append(f'CALLS = {{"{name}": lambda T=2.0: {name}(…)}}  # a call that works')
        others = inspect.signature(getattr(ours, name)).parameters.keys() - {"T", "rng"}
        if others and name not in refused | reasons.keys():
            missing.append(f'BAD = {{"what is wrong": (lambda: {name}(…), "what is said")}}')
            missing.append(f'    or NO_BAD = {{"{name}": "why there is none"}}')
    assert not missing, f"write in tests/test_{module}.py:\n    " + "\n    ".join(missing)
    over = (calls.keys() | reasons.keys()) - set(functions)
    assert not over, f"tests/test_{module}.py declares {over}, which thermolib.{module} does not have"


# Temperatures ----------------------------------------------------------------------------------------

TEMPERATURES = [0.0, -1.0, np.nan, [1.0, 0.0], [2.0, np.nan], "warm", None, 1j, "1", b"1", True, 10**400]
TEMPERATURES += [np.nextafter(1e-300, 0), 5e-324, np.datetime64("2020-01-01"), np.ma.array([1.0, 2.0])]


@pytest.mark.parametrize("T", TEMPERATURES, ids=str)
@pytest.mark.parametrize("name", taking("T", "Ts"))
def test_bad_temperature(name, T):
    with pytest.raises(ValueError, match="T must"):
        of_T(name)(T)


@pytest.mark.parametrize("name", taking("T", "Ts"))
def test_the_lowest_temperature(name):
    """T = 1e-300 is a temperature like any other: no NaN, no warning. Some find it too cold, and say so."""
    for T in (1e-300, [1.0, 1e-300]):
        try:
            assert not any(np.isnan(array).any() for array in arrays(of_T(name)(T)))
        except (ValueError, chains.ConvergenceError) as error:
            assert "T must be at least" not in str(error)


@pytest.mark.parametrize("name", COLDEST)
def test_as_cold_as_a_number_can_be(name):
    call, exact = COLDEST[name]
    assert call() == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("name", taking("T"))
def test_the_axes_of_T_come_first(name):
    """Each entry is the result at that temperature: to rounding, for sums may be taken in another order."""
    one, many = (list(arrays(of_T(name)(T))) for T in (2.5, [[2.5, 1.0, 2.0]]))
    assert one and len(one) == len(many)
    for at_one, at_many in zip(one, many, strict=True):
        assert at_many.shape == (1, 3, *at_one.shape)
        np.testing.assert_allclose(at_many[0, 0], at_one, rtol=1e-14)


@pytest.mark.parametrize("name", WORKING)
def test_a_scalar_for_a_scalar(name):
    """No axis gives a number, and not an array without axes: at one temperature, and for a list of them."""
    found = [WORKING[name]()]
    if name in taking("T", "Ts"):
        for T in (1.5, np.float64(1.5), np.array(1.5), 2, [2.0, 1.0]):  # most take one number, or a list
            with suppress(ValueError):
                found.append(of_T(name)(T))
    assert not any(no_scalar(array) for result in found for array in arrays(result)), found


# Other input -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input(name):
    call, said = REFUSED[name]
    with pytest.raises(ValueError, match=said):
        call()


@pytest.mark.parametrize("name", BOUNDS)
def test_just_inside_and_just_outside(name):
    function, inside, outside = BOUNDS[name]
    function(inside)
    with pytest.raises(ValueError, match="got"):
        function(outside)


# Chance ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rng", [1.5, "a", {}, -1, True, [1, 2], np.random.RandomState(0)])
@pytest.mark.parametrize("name", taking("rng"))
def test_bad_rng(name, rng):
    with pytest.raises(
        ValueError, match=r"rng must be an integer ≥ 0, a numpy\.random\.Generator or None, got"
    ):
        WORKING[name](rng=rng)


@pytest.mark.parametrize("name", taking("rng"))
def test_a_seed_is_all_the_chance_there_is(name):
    """The global random state stays, and a seed means the same as a Generator made of it."""
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, again = (list(arrays(WORKING[name](rng=rng))) for rng in (3, np.random.default_rng(3)))
    assert first
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize("generator", [3, "a", np.random.default_rng(0)], ids=str)
@pytest.mark.parametrize("name", taking("generator"))
def test_bad_generator(name, generator):
    with pytest.raises(ValueError, match=r"generator must be a torch\.Generator .* or None, got"):
        WORKING[name](generator=generator)


@pytest.mark.parametrize("name", taking("generator"))
def test_a_generator_is_all_the_chance_there_is(name):
    """Torch's global random state stays, and the same seed gives the same."""
    import torch

    before = torch.get_rng_state()
    one, same, other = (str(WORKING[name](generator=torch.Generator().manual_seed(k))) for k in (3, 3, 4))
    assert one == same != other
    assert torch.equal(torch.get_rng_state(), before)


# Arrows ----------------------------------------------------------------------------------------------

OF_TORCH = {
    "_predictions",
    "_tensors",
    "_walks",
    "bnn",
    "evidence/bayesian_neural_networks",
    "evidence/free_energy",
    "nets",
}  # only these modules may import torch
# Every file of the package belongs to the first line that names it, and imports from earlier lines alone, or
# from its own folder, of a widget or of known values.
LAYERS = [
    "_types",
    "_layers _results _validate exercises/__init__ _kernels",
    "_kaufman _signals _tensors boltzmann chains palette problems scans tables",
    "_predictions _walks",
    "annealing bnn entropy free_energy heat_bath ising mean_field rbm sampling",
    "characters evidence/__init__ multispin nets",
    "evidence/* exercises/*",
    "checks widgets/kit/*",
    "coursework widgets/*/*",
]
BARE = {"__init__", "widgets/__init__"}  # nothing is imported or re-exported there
FILES = {path.relative_to(PACKAGE).with_suffix("").as_posix(): path for path in PACKAGE.rglob("*.py")}


def layer(name):
    """Return the number of the line of LAYERS that the file belongs to."""
    found = [k for k, line in enumerate(LAYERS) if any(fnmatch(name, one) for one in line.split())]
    assert found, (
        f"thermolib/{name}.py is in no layer: write its name in LAYERS, in tests/test_conventions.py"
    )
    return found[0]


def imports(path):
    """Yield what a file imports, by name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def file_of(name):
    """Find the file behind a name imported from thermolib: a module, a package, or the one that holds it."""
    path = name.removeprefix("thermolib.").replace(".", "/")
    above = path.rpartition("/")[0]
    found = [x for x in (path, above, f"{path}/__init__", f"{above}/__init__") if x in FILES]
    assert found, f"{name} is in no file of thermolib"
    return found[0]


def folder(name):
    """Return the folder of a file of a widget's, or of known values."""
    return name.rpartition("/")[0] if name.startswith(("widgets/", "evidence/")) else name


@pytest.mark.parametrize("name", FILES)
def test_arrows(name):
    everything = list(imports(FILES[name]))
    ours = [one for one in everything if one.split(".")[0] == "thermolib"]
    if name in BARE:
        assert not ours, f"{name} imports {ours}"
        return
    against = [
        one for one in ours if layer(file_of(one)) >= layer(name) and folder(file_of(one)) != folder(name)
    ]
    assert not against, f"{name} imports {against}, which stand not before it in LAYERS"
    if name not in OF_TORCH:
        assert "torch" not in {one.split(".")[0] for one in everything}, f"{name} imports torch"


def test_every_name_in_the_layers_is_a_file():
    gone = [one for line in LAYERS for one in line.split() if not any(fnmatch(name, one) for name in FILES)]
    assert not gone, f"LAYERS names {gone}, which thermolib does not have"


HEAVY = [
    "scipy.optimize",
    "scipy.integrate",
    "scipy.sparse",
    "scipy.stats",
    "matplotlib",
    "numba",
    "pandas",
    "torch",
]
OF_HEAVY = {
    "annealing": ["numba"],
    "bnn": ["torch"],
    "multispin": ["numba"],
    "nets": ["torch"],
    "palette": ["matplotlib"],
    "sampling": ["numba"],
}  # all that a module may load


@pytest.mark.parametrize("module", modules())
def test_light_imports(module):
    """What one function needs, or another module, is not loaded with each."""
    code = f"import sys, thermolib.{module}; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    over = set(done.stdout.split()) - set(OF_HEAVY.get(module, []))
    assert not over, (
        f"thermolib.{module} loads {over}: import them where they are needed, or name them in OF_HEAVY"
    )
