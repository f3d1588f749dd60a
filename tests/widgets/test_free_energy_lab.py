"""`FreeEnergyLab` as a reader meets it: it shows what its physics gives, and q follows the hand."""

import numpy as np
import pytest
from pages import OBSERVED, press, stop_clock, swipe, visit, write
from scipy.integrate import quad
from scipy.stats import norm
from thermolib.widgets.free_energy_lab import ENERGIES, TEMPERATURES, FreeEnergyLab

ROWS = ("U", "TS", "F", "gap", "KL")


def shown(page):
    """The table's numbers, of each row that of q and that of p."""
    cells = [cell.inner_text().split("\n")[0].replace("−", "-") for cell in page.locator("tbody td").all()]
    return dict(zip(ROWS, np.reshape([float(one) for one in cells], (-1, 2)).tolist(), strict=True))


def place(page):
    """Mean and width of q, as the sliders say them."""
    said = page.locator("output").all_inner_texts()[1:]
    return [float(one.split("=")[1].replace("−", "-")) for one in said]


def drawn(page):
    return page.locator("canvas").evaluate_all("all => all.map(canvas => canvas.toDataURL())")


def middle(knob):
    box = knob.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def knob(page, name):
    return page.get_by_role("button", name=name)


# --- what it shows


@pytest.mark.parametrize(
    ("landscape", "T", "mean", "width"),
    [("double", 1.0, 1.0, 0.6), ("well", 2.0, -1.5, 2.0), ("unequal", 0.3, 1.8, 0.2)],
)
def test_it_shows_the_free_energies(still_page, record, tmp_path, landscape, T, mean, width):
    """Every digit, by quadrature: of q, and of p its exact U and −T ln Z; the gap is T · KL."""
    lab = FreeEnergyLab(landscape, T=T, mean=mean, width=width)
    page, E = visit(still_page, tmp_path, lab.to_html()), ENERGIES[landscape]
    integral = lambda of: quad(of, -14, 14, points=[-1.8, 0, 1.8], limit=400)[0]  # noqa: E731
    q = norm(mean, width)
    Z = integral(lambda x: np.exp(-E(x) / T))
    U, S = integral(lambda x: q.pdf(x) * E(x)), q.entropy()
    exact_U = integral(lambda x: np.exp(-E(x) / T) * E(x)) / Z
    KL = integral(lambda x: q.pdf(x) * (q.logpdf(x) + E(x) / T + np.log(Z)))
    F = -T * np.log(Z)
    wanted = {
        "U": [U, exact_U],
        "TS": [T * S, exact_U - F],
        "F": [U - T * S, F],
        "gap": [T * KL, 0],
        "KL": [KL, 0],
    }
    found = shown(page)
    for row in ROWS:
        assert found[row] == pytest.approx(wanted[row], abs=0.00051), row
    words = page.locator("canvas").first.get_attribute("aria-label")
    assert f"at T = {T:.2f}" in words and "above −T ln Z" in words
    assert page.locator("canvas").last.get_attribute("aria-label").startswith("Bars: U ")
    assert record.errors == []


def test_what_is_exact_is_thermolibs():
    """Every third temperature of each landscape by quadrature; those of one well in closed form."""
    exact = FreeEnergyLab().constants["exact"]
    for name, E in ENERGIES.items():
        assert len(exact[name]["F"]) == len(exact[name]["U"]) == len(TEMPERATURES)
        for k in range(0, len(TEMPERATURES), 13):
            T = TEMPERATURES[k]
            Z = quad(lambda x, T=T, E=E: np.exp(-E(x) / T), -14, 14, points=[-1.8, 0, 1.8], limit=400)[0]
            # Beyond 14 lies e^{−98/4} of the flattest well at the hottest.
            assert exact[name]["F"][k] == pytest.approx(-T * np.log(Z), abs=1e-8)
    assert exact["well"]["F"] == pytest.approx(-TEMPERATURES * np.log(2 * np.pi * TEMPERATURES) / 2, abs=1e-8)
    assert exact["well"]["U"] == pytest.approx(TEMPERATURES / 2, abs=1e-8)


# --- the descent


def test_it_waits_until_it_is_asked_and_descends_to_the_minimum(page, tmp_path):
    """The right one of two, at a pace: a step is counted, F falls, and it says when it is there."""
    stop_clock(page)
    visit(page, tmp_path, FreeEnergyLab().to_html())
    page.evaluate(OBSERVED)
    status, before = page.locator(".thermo-status"), shown(page)
    page.clock.run_for(2000)
    assert status.inner_text() == "q at 1.00 ± 0.60, where you put it. Move it, or let it descend."
    press(page, "Descend")
    page.clock.run_for(2000)
    halfway = shown(page)
    steps = int(status.inner_text().split()[0])
    assert 15 <= steps <= 25 and "down: q at" in status.inner_text()
    assert halfway["F"][0] < before["F"][0]
    page.clock.run_for(12_000)
    assert (
        status.inner_text()
        == "After 79 steps q at 1.61 ± 0.42 is at a minimum of F[q]: no small move lowers it."
    )
    end = shown(page)
    assert end["F"][0] < halfway["F"][0] and end["KL"][0] == pytest.approx(1.244, abs=0.0011)
    assert place(page) == [1.61, 0.42]
    press(page, "Descend again")  # from where the reader put it
    page.clock.run_for(500)
    assert page.get_by_role("button", name="Pause").is_visible() and 1 < place(page)[0] < 1.61
    press(page, "Reset")
    assert shown(page) == before


def test_it_goes_on_from_the_hand(still_page, tmp_path):
    """A step, a move of the width, a step: the mean stays where the first step left it."""
    page = visit(still_page, tmp_path, FreeEnergyLab().to_html())
    press(page, "Step")
    mean, width = place(page)
    assert mean > 1
    knob(page, "shoulder of q").press("ArrowRight")
    assert place(page) == pytest.approx([mean, width + 0.05], abs=0.0051)
    assert "where you put it" in page.locator(".thermo-status").inner_text()
    press(page, "Step")
    assert place(page)[0] > mean


def test_what_the_temperature_does_beneath_q(still_page, tmp_path):
    """q stays: its U stays, TS grows with T, and what is exact is the new T's; a new landscape too."""
    page = visit(still_page, tmp_path, FreeEnergyLab().to_html())
    press(page, "Step")
    before, at, pictures = shown(page), place(page), drawn(page)
    page.get_by_label("temperature T").press("ArrowRight")
    after = shown(page)
    assert place(page) == at and after["U"][0] == before["U"][0]
    assert after["TS"][0] == pytest.approx(1.05 * before["TS"][0], abs=0.002)
    assert after["F"][1] < before["F"][1] and after["U"][1] > before["U"][1]
    assert [a != b for a, b in zip(drawn(page), pictures, strict=True)] == [True, True]
    page.get_by_label("landscape", exact=True).select_option("one well")
    assert place(page) == at
    assert shown(page)["F"][1] == pytest.approx(-1.05 * np.log(2 * np.pi * 1.05) / 2, abs=0.00051)


# --- under the hand


def test_q_is_dragged_by_a_mouse(still_page, tmp_path):
    """The top moves the mean alone, the shoulder the width; both stay within their bounds."""
    page = visit(still_page, tmp_path, FreeEnergyLab().to_html())
    before = shown(page)
    for name, k, low, high in (("top of q", 0, -4, 4), ("shoulder of q", 1, 0.05, 3)):
        start = place(page)
        x, y = middle(knob(page, name))
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 20, y + 30, steps=3)
        now = place(page)
        wide = page.locator("canvas").first.bounding_box()["width"] - 40
        assert now[k] - start[k] == pytest.approx(20 / wide * 10, abs=0.0101) and now[1 - k] == start[1 - k]
        assert shown(page) != before
        page.mouse.move(x + 900, y, steps=3)
        assert place(page)[k] == high
        page.mouse.move(x - 900, y, steps=3)
        assert place(page)[k] == low
        page.mouse.up()
        page.mouse.move(x, y)
        assert place(page)[k] == low
        press(page, "Reset")
        assert shown(page) == before


def test_q_is_dragged_by_a_finger_and_beside_it_the_page_scrolls(phone, tmp_path):
    page = visit(phone, tmp_path, FreeEnergyLab().to_html(), "<div style='height: 2000px'></div>")
    before = place(page)
    x, y = middle(knob(page, "top of q"))
    swipe(page, x, y, dx=-60)
    assert place(page)[0] < before[0] - 1 and place(page)[1] == before[1]
    x, y = middle(knob(page, "shoulder of q"))
    swipe(page, x, y, dx=30)
    assert place(page)[1] > before[1] + 0.5
    before, scrolled = place(page), page.evaluate("scrollY")
    x, y = middle(page.locator("canvas").first)
    swipe(page, x + 90, y, dy=-100)
    page.wait_for_function("scrolled => scrollY > scrolled + 40", arg=scrolled)
    assert place(page) == before


def test_q_is_moved_by_the_keyboard(still_page, tmp_path):
    page = visit(still_page, tmp_path, FreeEnergyLab().to_html())
    top = knob(page, "top of q")
    top.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    assert place(page) == [1.05, 0.6]
    page.keyboard.press("Tab")
    for _ in range(13):
        page.keyboard.press("ArrowLeft")
    assert place(page) == [1.05, 0.05] and page.evaluate("scrollY") == 0


def test_the_knobs_follow_q(still_page, tmp_path):
    """Where they are seen: over the mean, and beside it, however narrow q is."""
    page = visit(still_page, tmp_path, FreeEnergyLab(mean=-2, width=0.05).to_html())
    canvas = page.locator("canvas").first.bounding_box()
    at = lambda x: canvas["x"] + 34 + (canvas["width"] - 40) * (x + 5) / 10  # noqa: E731
    assert middle(knob(page, "top of q"))[0] == pytest.approx(at(-2), abs=1)
    assert middle(knob(page, "shoulder of q"))[0] == pytest.approx(at(-2) + 30, abs=1)
    page.get_by_label("width of q").press("End")
    assert middle(knob(page, "shoulder of q"))[0] == pytest.approx(at(1), abs=1)
    page.get_by_label("mean of q").press("End")
    assert middle(knob(page, "top of q"))[0] == pytest.approx(at(4), abs=1)
    assert middle(knob(page, "shoulder of q"))[0] <= canvas["x"] + canvas["width"]


# --- without a script, and from Python


def test_picture_is_there_without_javascript(browser, tmp_path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(write(tmp_path, FreeEnergyLab("well", T=1, mean=0, width=1).to_html()))
    words = "A Gaussian q in a landscape at T = 1"
    assert page.get_by_role("img", name=words).evaluate("image => image.naturalWidth") > 0
    said = "U = 0.500, TS = 1.419, F[q] = −0.919; −T ln Z = −0.919, KL = 0.000 nats"
    assert page.locator("figcaption").inner_text() == f"{words}: {said}"
    context.close()


def test_the_same_lab_gives_the_same_bytes():
    assert FreeEnergyLab(T=2).to_html() == FreeEnergyLab(T=2).to_html()
    assert FreeEnergyLab(T=0.93).T == 0.95  # a step of the slider


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"T": 0.05}, "T must lie in 0.1 … 4.0, got 0.05"),
        ({"T": "warm"}, "T must be an array of real numbers, got 'warm'"),
        ({"mean": 5}, "mean must lie in -4.0 … 4.0, got 5.0"),
        ({"width": 0}, "width must lie in 0.05 … 3.0, got 0.0"),
        ({"width": np.nan}, "got nan"),
        ({"landscape": "hill"}, r"landscape must be one of \('well', 'double', 'unequal'\), got 'hill'"),
        ({"seed": -1}, "seed must be an integer"),
    ],
)
def test_what_cannot_be_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        FreeEnergyLab(**options)
    ((name, value),) = options.items()
    with pytest.raises(ValueError, match=words):
        setattr(FreeEnergyLab(), name, value)
