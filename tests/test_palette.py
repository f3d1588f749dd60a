"""The one temperature scale: where a temperature stands on it, and in which colour."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from thermolib.palette import STOPS, css_variables, temperature_cmap, temperature_color, temperature_position

from declared import Fault


def test_positions():
    """T/(T + 2) at five temperatures, by hand."""
    T = [0.0, 0.5, 2.0, 6.0, np.inf]
    np.testing.assert_allclose(temperature_position(T), [0, 0.2, 0.5, 0.75, 1], rtol=1e-15)


@pytest.mark.parametrize("stop", range(9))
def test_colours_are_the_stops(stop):
    """The k-th stop of nine stands at t = k/8, that is at T = 2t/(1 − t)."""
    t = stop / 8
    T = 2 * t / (1 - t) if t < 1 else np.inf
    assert temperature_color(T) == STOPS[stop] == to_hex(temperature_cmap(t))
    assert f"--temperature-{stop}: {STOPS[stop]};" in css_variables()


# What is asked of every module (declared.py) ---------------------------------------------------------

CALLS = {
    "temperature_position": lambda: temperature_position(2.0),  # takes T = 0, which is a place on the scale
    "temperature_color": lambda: temperature_color(2.0),
    "css_variables": lambda: css_variables(),
}
BAD = {
    "a temperature below 0": (lambda: temperature_position([1.0, -1.0]), "must be ≥ 0, got"),
    "no temperature": (lambda: temperature_position(np.nan), "temperature must not"),
    "a colour for two": (lambda: temperature_color([1.0, 2.0]), r"one number, got shape \(2,\)"),
    "a colour of what is colder than cold": (lambda: temperature_color(-1.0), "must be ≥ 0, got -1"),
}
FAULTS = [
    Fault("the middle of the scale at T = 1", "1 - 2 / (T + 2)", "1 - 1 / (T + 1)", "test_positions"),
    Fault(
        "a scale from hot to cold",
        '"temperature", STOPS, N',
        '"temperature", STOPS[::-1], N',
        "test_colours_are_the_stops",
    ),
]
