"""Every right answer found once more, by another route than its record takes.

The routes stand in ``answers``, a file for each page: ``ROUTES``, or ``RIGHT`` for a choice, and the
``FAULTS`` that the tests here must reject. They are as elementary as they can be: counting, direct sums, a
search on a grid, exact fractions.
"""

import importlib
import pkgutil

import numpy as np
import pytest
from thermolib import exercises
from thermolib.checks import check

import answers

RECORDS = {
    f"{module.name.replace('_', '-')}/{own}": one
    for module in pkgutil.iter_modules(exercises.__path__)
    for own, one in importlib.import_module(f"thermolib.exercises.{module.name}").EXERCISES.items()
}
PAGES = [importlib.import_module(f"answers.{page.name}") for page in pkgutil.iter_modules(answers.__path__)]
ROUTES, RIGHT = (
    {name: answer for page in PAGES for name, answer in getattr(page, table).items()}
    for table in ("ROUTES", "RIGHT")
)
FAULTS = [fault for page in PAGES for fault in page.FAULTS]


@pytest.mark.parametrize("name", RECORDS)
def test_each_exercise_has_a_route_or_is_a_choice(name):
    table, said = (RIGHT, "RIGHT") if RECORDS[name].choices else (ROUTES, "ROUTES")
    page = name.partition("/")[0].replace("-", "_")
    assert name in table, f"{name} has no second answer: write it in {said}, in tests/answers/{page}.py"


def test_no_answer_without_an_exercise():
    assert not (ROUTES.keys() | RIGHT.keys()) - RECORDS.keys()


@pytest.mark.parametrize("name", RIGHT)
def test_the_right_choices(name):
    assert check(name, RIGHT[name])


@pytest.mark.parametrize("name", ROUTES)
def test_another_route_leads_to_the_same_answer(name):
    """Each route is good to a tenth of the tolerance of its exercise, and most to many digits."""
    answer = ROUTES[name]()
    assert check(name, answer)
    if not callable(answer):
        tolerance = RECORDS[name].tolerance / 10
        assert np.allclose(np.array(answer, float), RECORDS[name].answer, rtol=tolerance, atol=0)
