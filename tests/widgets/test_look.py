"""The temperature scale and the style sheet: readable on white, at night, and without red-green vision."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from thermolib.palette import STOPS, css_variables, temperature_cmap, temperature_color, temperature_position

WHITE, DARK = "#ffffff", "#14181e"  # the theme's two grounds


def linear(colour):
    c = np.array(to_rgb(colour))
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(a, b):
    """WCAG 2: (L₁ + .05)/(L₂ + .05) of the relative luminances."""
    dim, bright = sorted(linear(c) @ [0.2126, 0.7152, 0.0722] for c in (a, b))
    return (bright + 0.05) / (dim + 0.05)


def without_green_cones(colour):
    """Deuteranopia in linear RGB: Machado, Oliveira and Fernandes 2009, severity 1."""
    matrix = [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
    return np.clip(matrix @ linear(colour), 0, 1)


def line_colours():
    with plt.style.context("thermolib.temperature"):
        return plt.rcParams["axes.prop_cycle"].by_key()["color"]


def turned_over(colour):
    """What the page makes of a figure's colour in the dark: CSS's invert(1) hue-rotate(180deg)."""
    luma = np.array([0.213, 0.715, 0.072])  # turning by 180° keeps it, and turns what is left around
    inverted = 1 - np.array(to_rgb(colour))
    return np.clip(2 * luma @ inverted - inverted, 0, 1)


@pytest.mark.parametrize("ground", [WHITE, DARK])
def test_every_colour_of_the_scale_reads_on_both_grounds(ground):
    """As sliders and labs have them: the same in the light and in the dark."""
    between = [temperature_color(T) for T in np.geomspace(0.05, 50, 60)]
    for colour in [*STOPS, *between, *line_colours()]:
        assert contrast(colour, ground) >= 3, colour


def test_the_colours_of_figures_read_in_the_dark_at_least_as_well_as_in_the_light():
    with plt.style.context("thermolib.temperature"):
        ink = plt.rcParams["text.color"]
    for colour in [*line_colours(), *STOPS, ink]:
        assert contrast(turned_over(colour), DARK) >= min(contrast(colour, WHITE), 7), colour


def test_words_in_a_figure_are_large_enough_on_a_telephone():
    """Ten pixels, in a figure as wide as the 343 that a telephone's margins leave."""
    with plt.style.context("thermolib.temperature"):
        width = 72 * plt.rcParams["figure.figsize"][0]
        names = ("axes.titlesize", "axes.labelsize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize")
        assert min(plt.rcParams[name] for name in names) * 343 / width >= 10


def test_scale_runs_from_blue_to_red_even_without_green_cones():
    """What is left to a deuteranope is blue against yellow-red: blue must fall all the way."""
    seen = [without_green_cones(c) for c in STOPS]
    blueness = [c[2] / c.sum() for c in seen]
    assert all(a > b for a, b in itertools.pairwise(blueness))
    assert blueness[0] > 3 * blueness[-1]


def test_place_on_the_scale():
    assert temperature_position(np.array([0, 2, 6, np.inf])).tolist() == [0, 0.5, 0.75, 1]
    assert temperature_color(0) == STOPS[0]
    assert temperature_color(np.inf) == STOPS[-1]
    assert temperature_color(2.0) == STOPS[4]
    assert temperature_cmap(temperature_position(np.array([1.0, 3.0]))).shape == (2, 4)


@pytest.mark.parametrize("T", [-1, np.nan, [1.0, 2.0], "a", 1j, None])
def test_no_colour_for_what_is_no_temperature(T):
    with pytest.raises(ValueError, match=r"temperature"):
        temperature_color(T)


def test_page_and_figures_share_the_palette():
    assert css_variables().split("; ")[0] == f"--temperature-0: {STOPS[0]}"
    assert all(f"--temperature-{i}: {colour};" in css_variables() for i, colour in enumerate(STOPS))


def test_style_sheet_keeps_the_ground_clear_and_the_build_reproducible():
    with plt.style.context("thermolib.temperature"):
        assert plt.rcParams["figure.facecolor"] == plt.rcParams["axes.facecolor"] == "none"
        assert plt.rcParams["svg.fonttype"] == "path"
        assert plt.rcParams["svg.hashsalt"] == "thermolib"
        cycle = plt.rcParams["axes.prop_cycle"].by_key()
        assert len(set(map(str, cycle["linestyle"]))) == len(cycle["color"])  # never colour alone
