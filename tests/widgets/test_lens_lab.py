"""`LensLab` as a reader meets it: on a page without a kernel, opened from disk; and from Python."""

import io
from base64 import b64decode

import numpy as np
import pytest
from pages import OBSERVED, press, stop_clock, texts, visit, write
from PIL import Image
from thermolib import ising
from thermolib.palette import temperature_color
from thermolib.widgets.lens_lab import OFFS, LensLab

# The pixels of the three pictures, as ±1: a pixel without a colour of its own is down.
SEEN = """() => [...document.querySelectorAll(".thermo-window canvas")].map((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return Array.from({ length: canvas.width * canvas.height }, (_, i) => data[4 * i + 3] ? 1 : -1);
})"""


@pytest.fixture(scope="module")
def lab():
    return LensLab(size=243)


def numbers(page):
    shown = texts(page.locator(".thermo-lens tbody tr"))
    return np.array([[float(x.replace("−", "-")) for x in row] for row in shown])


def test_what_is_seen_is_what_thermolib_makes(still_page, record, tmp_path, lab):
    """At each place of the slider: every cell of the three pictures, and the table, to its three decimals."""
    page = visit(still_page, tmp_path, lab.to_html())
    for k, (L, spins) in enumerate(lab.levels):
        page.get_by_label("blocks of b × b spins").fill(str(k))
        shown = min(L, 81)
        first = (L - shown) // 2
        window = spins[:, first : first + shown, first : first + shown]
        assert page.evaluate(SEEN) == window.reshape(3, -1).tolist()
        correlation, K, mean = numbers(page).T
        assert correlation == pytest.approx(lab.correlations[:, k], abs=5.1e-4)
        assert pytest.approx(lab.couplings[:, k], abs=5.1e-4) == K
        assert mean == pytest.approx(spins.mean(axis=(1, 2)), abs=5.1e-4)
    assert record.errors == []


def test_zoom_out_and_back(still_page, tmp_path, lab):
    page = visit(still_page, tmp_path, lab.to_html())
    said = page.locator("output").first
    frame = page.locator(".thermo-frame").first
    assert said.inner_text() == "1 × 1 (the spins)" and not frame.is_visible()
    first = page.evaluate(SEEN)
    press(page, "Zoom back")
    assert page.evaluate(SEEN) == first
    press(page, "Zoom out")
    assert said.inner_text() == "3 × 3" and frame.is_visible()
    label = page.locator(".thermo-window canvas").first.get_attribute("aria-label")
    assert "below the critical temperature, blocks of 3 by 3" in label
    press(page, "Zoom out")
    press(page, "Zoom out")  # there is nothing farther
    assert said.inner_text() == "9 × 9" and not frame.is_visible()
    assert page.get_by_role("button", name="Run again").is_visible()
    press(page, "Zoom back")
    assert page.locator(".thermo-status").inner_text().startswith("Each cell is the majority of 9")
    press(page, "Reset")
    assert page.evaluate(SEEN) == first and said.inner_text().startswith("1 × 1")


def test_it_zooms_by_itself_until_a_hand_takes_over(page, tmp_path, lab):
    stop_clock(page)
    visit(page, tmp_path, lab.to_html())
    page.evaluate(OBSERVED)  # before that it does not run
    page.clock.run_for(4000)
    assert page.locator("output").first.inner_text() == "3 × 3"
    page.get_by_label("blocks of b × b spins").press("ArrowLeft")
    page.clock.run_for(8000)
    assert page.locator("output").first.inner_text().startswith("1 × 1")
    press(page, "Run")
    page.clock.run_for(9000)
    assert page.locator("output").first.inner_text() == "9 × 9"
    assert page.get_by_role("button", name="Run again").is_visible()


def move(page, to):
    page.get_by_label("distance from the critical temperature").fill(str(to))


def test_another_distance_samples_the_outer_lattices_afresh(still_page, record, tmp_path, lab):
    """Kaufman's energy within 5 standard deviations, the middle as it was, and Reset brings all back."""
    page = visit(still_page, tmp_path, lab.to_html())
    first, before = numbers(page), page.evaluate(SEEN)
    slider = page.get_by_label("distance from the critical temperature")
    progress = page.locator(".thermo-lens progress")
    assert slider.get_attribute("aria-valuetext") == "± 2 %" and not progress.is_visible()
    for place, off in ((0, 0.005), (len(OFFS) - 1, 0.2)):
        move(page, place)
        assert slider.get_attribute("aria-valuetext") == f"± {100 * off:g} %"
        assert "sampled afresh" in page.locator(".thermo-status").inner_text()
        page.wait_for_function("document.querySelector('progress').style.visibility === 'hidden'")
        T = ising.T_C * np.array([1 - off, 1, 1 + off])
        exact = -ising.torus_energy(243, T) / 2
        error = np.sqrt(T**2 * ising.torus_heat_capacity(243, T)) / 243 / 2
        found = numbers(page)
        assert np.all(np.abs(found[:, 0] - exact) < 5 * error + 5e-4)
        assert np.all(found[1] == first[1]) and np.all(found[::2, 0] != first[::2, 0])
        assert f"T = {T[0]:.3f}" in page.locator(".thermo-view").first.inner_text()
    page.get_by_label("blocks of b × b spins").fill("1")
    assert numbers(page)[0, 0] > found[0, 0] and numbers(page)[2, 0] < found[2, 0]
    move(page, 1)
    press(page, "Reset")
    assert page.evaluate(SEEN) == before and np.array_equal(numbers(page), first)
    assert slider.get_attribute("aria-valuetext") == "± 2 %"
    assert record.errors == []


def test_a_distance_of_ones_own_is_a_place_of_the_slider(still_page, tmp_path):
    page = visit(still_page, tmp_path, LensLab(0.07, size=81).to_html())
    slider = page.get_by_label("distance from the critical temperature")
    assert slider.get_attribute("aria-valuetext") == "± 7 %"
    assert slider.get_attribute("max") == str(len(OFFS))


def test_picture_is_there_without_javascript(window, tmp_path, lab):
    page = window(java_script_enabled=False)
    page.goto(write(tmp_path, lab.to_html()))
    words = "Ising lattices of 243 × 243 spins seen through the majority rule"
    image = page.get_by_role("img", name=words)
    assert image.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [261, 261]
    assert page.locator("figcaption").inner_text().startswith(words)


def test_the_still_picture_shows_the_lattices(lab):
    """The first window, at T_c, in the colour of T_c."""
    picture = Image.open(io.BytesIO(b64decode(lab.still()[0].partition(",")[2]))).convert("RGB")
    colour = np.array([int(temperature_color(lab.T[1])[k : k + 2], 16) for k in (1, 3, 5)])
    up = np.all(np.array(picture)[90:171, :81] == colour, axis=2)
    assert np.array_equal(np.where(up, 1, -1), lab.spins[1, 81:162, 81:162])


def test_the_same_lab_gives_the_same_bytes(lab):
    assert LensLab(size=243).to_html() == lab.to_html()
    assert LensLab(size=81).spins.sum(axis=(1, 2)).min() >= 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"off": 0.3}, "off must lie in 0.005 … 0.2, got 0.3"),
        ({"off": "far"}, "off must"),
        ({"off": np.nan}, "got nan"),
        ({"size": 100}, r"size must be one of \(729, 243, 81\), got 100"),
        ({"size": True}, "size must be one of"),
        ({"seed": -1}, "seed must be an integer"),
    ],
)
def test_bad_input_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        LensLab(**options)
