"""What the tests of a module declare beside their tests, for the tests that hold for every module.

``FAULTS``  mistakes that one would make in the module, each with the test that rejects it (test_faults)
"""

from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent


class Fault(NamedTuple):
    """A mistake put into thermolib.

    Attributes
    ----------
    name
        What the mistake is, in words.
    text, wrong
        What stands in the file, exactly once, and what stands there instead.
    test
        The test that rejects it, in the file that declares the fault: its name, and in brackets its parameters.
    file
        The file of thermolib; by default the module that the tests' file is named after.
    """

    name: str
    text: str
    wrong: str
    test: str
    file: str = ""


def declared(name: str) -> dict[str, Any]:
    """Return what each file of tests beside this one declares as `name`, by the file's own name."""
    found = {}
    for path in sorted(HERE.glob("test_*.py")):
        if f"\n{name} = " in path.read_text(encoding="utf8"):
            found[path.stem] = getattr(import_module(path.stem), name)
    return found
