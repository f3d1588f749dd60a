"""What is asked of every module, and declared beside its tests: in tests/test_NAME.py for thermolib.NAME.

``CALLS``    a call of each public function, by its name: a lambda whose arguments, with defaults, say what it
             depends on. ``T`` is a temperature or any array of them, whose axes come first in what is
             returned; ``Ts`` one temperature or a list of them, as the function takes it; ``rng`` its chance,
             and in torch ``generator``
``BAD``      calls that must be refused, by what is wrong with them: (call, what the ValueError says). Wrong
             temperatures and wrong rng are tried on all ``CALLS`` that take them
``NO_BAD``   why a function has no row there, by its name
``LIMITS``   (function of one argument, the last value that it takes, the first that it refuses)
``AS_COLD``  (call at T = ``COLD``, exact result)
``FAULTS``   mistakes that one would make in the module, each with the test that rejects it

In tests/answers/NAME.py, for the exercises of chapters/NAME.md (with hyphens):

``ROUTES``   the answer of an exercise once more, by an elementary route; ``RIGHT`` the right one of several
``FAULTS``   as above, rejected by tests of test_exercises

What is missing is reported, by test_conventions, test_exercises and test_faults, with what is to be written,
and where.
"""

import inspect
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import thermolib

TESTS = Path(__file__).parent
PACKAGE = Path(thermolib.__file__).parent
COLD = 1e-300  # as cold as it gets, beside energies and numbers of spins that carry E/T beyond the doubles


class Fault(NamedTuple):
    """A mistake put into thermolib.

    Attributes
    ----------
    name
        What the mistake is, in words.
    text, wrong
        What stands in the file, exactly once, and what stands there instead.
    test
        The test that rejects it, in the file that declares the fault: its name, its parameters in brackets.
    file
        The file of thermolib; by default the module that the tests' file is named after.
    """

    name: str
    text: str
    wrong: str
    test: str
    file: str = ""


def declared(table: str) -> dict[str, Any]:
    """Return what each file of tests beside this one declares as `table`, by the module's name."""
    found = {}
    for path in sorted(TESTS.glob("test_*.py")):
        if f"\n{table} = " in path.read_text(encoding="utf8"):
            found[path.stem.removeprefix("test_")] = getattr(import_module(path.stem), table)
    return found


def rows(table: str) -> dict[str, Any]:
    """Return all that is declared as `table`, each with a name for pytest."""
    return {
        f"{module}: {name}": row
        for module, lines in declared(table).items()
        for name, row in (lines.items() if isinstance(lines, dict) else enumerate(lines))
    }


def modules() -> list[str]:
    """Return the public modules of thermolib, without what moves."""
    return sorted(path.stem for path in PACKAGE.glob("[!_]*.py"))


def public(module: ModuleType) -> list[str]:
    """Return what `module` offers: its ``__all__``, or else what it defines with a documented public name."""
    defined = [
        name
        for name, thing in vars(module).items()
        if name[0] != "_" and getattr(thing, "__module__", None) == module.__name__ and inspect.getdoc(thing)
    ]
    return list(getattr(module, "__all__", defined))
