"""`ErrorsLab` as a reader meets it: it shows what its physics gives, and its controls do what they say."""

import numpy as np
import pytest
from pages import LOAD, ask, texts, visit
from thermolib import ising
from thermolib.widgets.errors_lab import LENGTHS, TEMPERATURES, ErrorsLab
from thermolib.widgets.kit.bundle import bundle

AGAIN = """({ T, length, seed, exact, runs }) => ["metropolis", "wolff"].map((move, k) => {
    const runner = new physics.Runner(16, 2 * seed + k);
    const whole = () => runner.inParts(T, move, length, length).next().value;
    const found = Array.from({ length: runs }, () => physics.meanAndErrors(whole()));
    const squares = (error) => found.reduce((s, x) => s + ((x.mean - exact) / x[error]) ** 2, 0);
    const rms = (error) => Math.sqrt(squares(error) / runs);
    const within = found.filter((x) => Math.abs(x.mean - exact) < x.honest).length;
    return [found.reduce((s, x) => s + x.tau, 0) / runs, rms("naive"), rms("honest"), 100 * within / runs];
})"""

ROWS = ["mean τ\nautocorrelation time", "r.m.s. z, naive", "r.m.s. z, with τ", "|z| < 1, with τ"]


@pytest.fixture
def page(window):
    return window()


def shown(page):
    """The table's numbers, a list for each move."""
    cells = texts(page.locator("tbody tr"))
    return [[float(cell.split()[0]) for cell in move] for move in zip(*cells, strict=True)]


def test_it_shows_what_its_runs_give(still_page, record, tmp_path):
    """Twenty runs, and the same twenty by the physics alone, beside Kaufman's energy: every digit shown."""
    page = visit(still_page, tmp_path, ErrorsLab(T=2.3, length=500, seed=7).to_html())
    assert page.locator("tbody td").first.inner_text().startswith("…")
    assert [name for (name,) in texts(page.locator("tbody tr"), "th")] == ROWS
    page.get_by_role("button", name="20 runs").click()
    assert page.locator(".thermo-status").inner_text().startswith("20 runs of each move, of 500 sweeps")
    page.evaluate(LOAD, bundle("errors_lab/errors.js"))
    exact = round(float(ising.torus_energy(16, 2.3)), 7)
    again = ask(page, AGAIN, {"T": 2.3, "length": 500, "seed": 7, "exact": exact, "runs": 20})
    for move, wanted in zip(shown(page), again, strict=True):
        assert move == pytest.approx(wanted, abs=0.0501) and move[1:3] == pytest.approx(
            wanted[1:3], abs=0.00501
        )
    words = page.locator("canvas").first.get_attribute("aria-label")
    assert words.startswith("Metropolis at T = 2.30: histograms of z after 20 runs")
    assert record.errors == []


def test_another_temperature_or_length_begins_anew(still_page, tmp_path):
    page = visit(still_page, tmp_path, ErrorsLab(length=500).to_html())
    status, one = page.locator(".thermo-status"), page.get_by_role("button", name="One run")
    one.click()
    one.click()
    assert status.inner_text().startswith("2 runs")
    page.get_by_label("length of a run").select_option("1000")  # answered by some runs of the new length
    assert "of 1,000 sweeps" in status.inner_text()
    page.get_by_label("temperature T").press("ArrowRight")
    assert page.locator("output").first.inner_text() == "T = 2.51"
    assert "at T = 2.51" in page.locator("canvas").last.get_attribute("aria-label")
    page.get_by_label("speed").select_option("2 runs a second")
    page.get_by_role("button", name="Reset").click()
    assert status.inner_text().startswith("0 runs of each move, of 500")
    assert page.locator("output").first.inner_text() == "T = 2.50"
    assert page.get_by_label("speed").input_value() == "10"
    one.click()
    before = shown(page)
    page.get_by_role("button", name="Reset").click()
    one.click()
    assert shown(page) == before  # a seed is all the chance there is


def test_the_histogram_grows_and_naive_errors_are_too_small(page, tmp_path):
    """At T = 2.5 τ is 27 sweeps: naive deviations have an r.m.s. of 5, known after forty runs to 11 %."""
    visit(page, tmp_path, ErrorsLab(length=1000).to_html())
    page.get_by_label("speed").select_option("as fast as it goes")
    page.wait_for_function("parseInt(document.querySelector('.thermo-status').textContent) >= 40")
    page.get_by_role("button", name="Pause").click()
    metropolis, _ = shown(page)
    assert 5 * (1 - 0.44) < metropolis[1] < 5 * (1 + 0.44)
    assert metropolis[2] < 2


def test_exact_energies_need_no_interpolation():
    exact = ErrorsLab().constants["exact"]
    assert np.allclose(exact, ising.torus_energy(16, TEMPERATURES), rtol=0, atol=1e-7)


def test_the_same_lab_gives_the_same_bytes_and_a_picture():
    lab = ErrorsLab(T=2.3)
    assert lab.to_html() == ErrorsLab(T=2.3).to_html()
    uri, words, _ = lab.still()
    assert uri.startswith("data:image/svg+xml,") and uri.count("polyline") == 6
    assert words.startswith("Deviations of 60 runs at T = 2.30") and "Wolff: r.m.s. z" in words


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"T": 1.99}, "T must lie in 2.0 … 3.5, got 1.99"),
        ({"T": "warm"}, "T must be an array of real numbers, got 'warm'"),
        ({"length": 100}, r"length must be one of \(500, 1000, 2000, 4000\), got 100"),
        ({"seed": -1}, "seed must be an integer from 0 to 4294967295, got -1"),
    ],
)
def test_what_cannot_be_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        ErrorsLab(**options)
    lab = ErrorsLab()
    ((name, value),) = options.items()
    with pytest.raises(ValueError, match=words):
        setattr(lab, name, value)
    assert lab.length in LENGTHS
