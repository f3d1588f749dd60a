"""`PosteriorLab` as a reader meets it: it shows what its physics gives, and its data follow the hand."""

import numpy as np
import pytest
from pages import LOAD, OBSERVED, ask, press, stop_clock, swipe, visit, write
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.posterior_lab import LEAPFROGS, MOST, NOISE, PARTICLES, USUAL, PosteriorLab, X, Y

ROWS = ("mean", "sd", "square", "biased", "logZ", "acceptance")


def shown(page):
    """The table's texts, of each row those of the particles and of what is exact."""
    rows = page.locator("tbody tr").all()
    cells = ([cell.inner_text().split("\n") for cell in row.locator("td").all()] for row in rows)
    return dict(zip(ROWS, cells, strict=True))


def number(text):
    return float(text.replace("−", "-").replace("≈", "").replace("±", ""))


def places(page):
    """The data points: x and y, as a screen reader is told."""
    names = page.locator(".thermo-data button").evaluate_all("all => all.map(x => x.ariaLabel)")
    told = [name.replace("−", "-").split(", ") for name in names]
    return [[float(x.removeprefix("x = ")), float(y.removeprefix("y = "))] for _, x, y, *_ in told]


def counted(page):
    return int(page.locator(".thermo-status").inner_text().split()[0].replace(",", ""))


def drawn(page, which):
    return page.locator("canvas").nth(which).evaluate("canvas => canvas.toDataURL()")


AGAIN = """({ sampler, step, T, steps, seed, n, points, settings }) => {
    const bits = randomBits(seed), network = new physics.Network(points, 0.3);
    const chance = { normal: normals(bits), uniform: () => bits() / 2 ** 32 };
    const cloud = new physics.Cloud(n, chance, settings, { T }), averages = new physics.Averages(n, 3);
    for (let k = 0; k < steps; k++) {
        cloud.step(network, sampler, step, T);
        averages.push(cloud);
    }
    return { ...averages.estimate(), accepted: 100 * cloud.accepted / cloud.proposed };
}"""


@pytest.mark.parametrize("sampler", USUAL)
def test_it_shows_what_its_particles_give(still_page, record, tmp_path, sampler):
    """Three hundred steps, and the same by the physics alone: every digit that is shown."""
    page = visit(still_page, tmp_path, PosteriorLab(T=0.8, sampler=sampler, step=0.02, seed=5).to_html())
    assert shown(page)["mean"][0] == ["…", "no error yet"]
    assert "mean of w₁² not known yet" in page.locator("canvas").first.get_attribute("aria-label")
    for _ in range(3):
        press(page, "100 steps")
    page.evaluate(LOAD, bundle("kit/random.js"))
    page.evaluate("Object.assign(globalThis, physics)")
    page.evaluate(LOAD, bundle("posterior_lab/posterior.js"))
    asked = {"sampler": sampler, "step": 0.02, "T": 0.8, "steps": 300, "seed": 5, "n": PARTICLES}
    settings = {"leapfrogs": LEAPFROGS, "noise": NOISE}
    points = np.stack([X, Y], axis=1).tolist()
    again = ask(page, AGAIN, asked | {"settings": settings, "points": points})
    table = shown(page)
    for row, name in (("mean", "f"), ("sd", "sd"), ("square", "square")):
        assert number(table[row][0][0]) == pytest.approx(again[name]["mean"], abs=0.00501)
    if sampler == "hmc":
        assert number(table["acceptance"][0][0].removesuffix(" %")) == pytest.approx(
            again["accepted"], abs=0.051
        )
    assert page.locator(".thermo-status").inner_text().startswith("300 steps here, the first 127 left out")
    assert record.errors == []


def test_at_bayes_it_shows_the_known_values(still_page, tmp_path):
    page = visit(still_page, tmp_path, PosteriorLab().to_html())
    exact = {row: number(cells[1][0]) for row, cells in shown(page).items() if cells[1][0] != "—"}
    assert exact == {"mean": 1.0395, "sd": 0.2264, "square": 1.1184, "logZ": -1.509883}
    said = page.locator("canvas").nth(1).get_attribute("aria-label")
    assert said.startswith("5 data points; at x = 3 the particles give") and said.endswith(
        "exactly 1.04 ± 0.23"
    )


@pytest.mark.parametrize(
    ("sampler", "step", "formula", "words"),
    [
        ("sgld", 0.5, "0.9333", "T/(1 − ε/2)"),
        ("hmc", 0.1, "0.7000", "T: what is accepted has no bias"),
        ("thermostat", 0.1, "—", "not known in closed form"),
    ],
)
def test_without_data_the_bias_is_its_formula(still_page, tmp_path, sampler, step, formula, words):
    """Of the prior's variance at T = .7: measured within four errors, said so; by its formula beside it."""
    page = visit(still_page, tmp_path, PosteriorLab(T=0.7, sampler=sampler, step=step).to_html())
    assert shown(page)["biased"][0][0] == "—"
    press(page, "No data")
    assert places(page) == [] and page.get_by_role("button", name="Data again").is_visible()
    for _ in range(4):
        press(page, "100 steps")
    table = shown(page)
    assert table["biased"][1] == [formula, words]
    assert table["square"][1] == ["0.7000"]
    value, error = map(number, table["square"][0])
    if sampler == "thermostat":
        assert table["biased"][0] == ["—", "as measured above"]
    else:
        off = abs(value - number(formula)) / error
        assert off < 4 and table["biased"][0][0].endswith(" errors off")
        assert number(table["biased"][0][0].removesuffix(" errors off")) == pytest.approx(off, abs=0.2)
    press(page, "Data again")
    assert len(places(page)) == 5 and shown(page)["biased"][0][0] == "—"


# --- the data under the hand


def test_a_point_is_dragged_by_a_mouse(still_page, tmp_path):
    """Both pictures and the exact values answer while it moves; the point stays within the plane."""
    page = visit(still_page, tmp_path, PosteriorLab().to_html())
    before, pictures, exact = places(page), [drawn(page, k) for k in (0, 1)], shown(page)["logZ"][1]
    box = page.get_by_role("button", name="point 5").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 40, y + 60, steps=3)
    now = places(page)
    assert now[:4] == before[:4] and now[4][0] < before[4][0] - 0.5 and now[4][1] < before[4][1] - 0.5
    assert shown(page)["logZ"][1] != exact
    assert [drawn(page, k) == pictures[k] for k in (0, 1)] == [False, False]
    page.mouse.move(x + 600, y - 600, steps=3)
    assert places(page)[4] == [4, 3]
    page.mouse.up()
    page.mouse.move(x, y)
    assert places(page)[4] == [4, 3]
    press(page, "Reset")
    assert places(page) == before and shown(page)["logZ"][1] == exact


def test_a_point_is_dragged_by_a_finger_and_beside_it_the_page_scrolls(phone, tmp_path):
    page = visit(phone, tmp_path, PosteriorLab().to_html(), "<div style='height: 2000px'></div>")
    box = page.get_by_role("button", name="point 5").bounding_box()
    x, y = box["x"] + 22, box["y"] + 22
    for left, moved in ((0, True), (140, False)):
        before, scrolled = places(page), page.evaluate("scrollY")
        swipe(page, x - left, y, dy=-100 if left else 50)
        assert (places(page) != before) == moved
        assert (page.evaluate("scrollY") > scrolled + 40) == (not moved)


def test_a_tap_adds_a_point(phone, tmp_path):
    page = visit(phone, tmp_path, PosteriorLab([1], [0.5]).to_html())
    box = page.locator("canvas").nth(1).bounding_box()
    page.touchscreen.tap(box["x"] + 34 + (box["width"] - 40) / 4, box["y"] + 22 + (box["height"] - 62) / 3)
    page.get_by_role("button", name="point 2").wait_for()
    assert np.array(places(page)) == pytest.approx(np.array([[1, 0.5], [-2, 1]]), abs=0.051)


def test_points_are_added_and_taken_away(still_page, tmp_path):
    page = visit(still_page, tmp_path, PosteriorLab([1], [0.5]).to_html())
    plane = page.locator("canvas").nth(1)
    box = plane.bounding_box()
    plane.click(position={"x": 34 + (box["width"] - 40) / 4, "y": 22 + (box["height"] - 62) / 3})
    assert np.array(places(page)) == pytest.approx(np.array([[1, 0.5], [-2, 1]]), abs=0.051)
    plane.click(position={"x": 10, "y": box["height"] - 10})  # beside the plane there is no place for one
    assert len(places(page)) == 2
    page.get_by_role("button", name="point 1").dblclick()
    assert places(page)[0] == pytest.approx([-2, 1], abs=0.051) and len(places(page)) == 1
    press(page, "Remove point")
    assert places(page) == [] and not page.get_by_role("button", name="Remove point").is_enabled()
    for _ in range(MOST):
        press(page, "Add point")
    assert places(page) == [[0, 0]] * MOST and not page.get_by_role("button", name="Add point").is_enabled()
    plane.click(position={"x": 60, "y": 60})
    assert len(places(page)) == MOST


def test_points_are_moved_by_the_keyboard(still_page, tmp_path):
    page = visit(still_page, tmp_path, PosteriorLab().to_html())
    press(page, "Add point")
    assert page.evaluate("document.activeElement.ariaLabel").startswith(
        "point 6, x = 0.00, y = 0.00, The posterior"
    )
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    assert places(page)[5] == [0.1, 0.2]
    assert page.evaluate("scrollY") == 0
    page.keyboard.press("Delete")
    assert len(places(page)) == 5
    assert page.evaluate("document.activeElement.ariaLabel").startswith("point 5")
    for _ in range(5):
        page.keyboard.press("Backspace")
    assert places(page) == [] and page.evaluate("document.activeElement.textContent") == "Add point"


# --- the controls


def test_each_control_does_what_it_says(still_page, tmp_path):
    page = visit(still_page, tmp_path, PosteriorLab().to_html())
    heat, size = page.get_by_label("temperature T"), page.get_by_role("slider", name="step size")
    heat.press("ArrowRight")
    assert page.locator("output").all_inner_texts() == ["T = 1.05", "ε = 0.005"]
    assert 1 <= counted(page) <= 60  # it answers, as far as there is time, and rests
    assert number(shown(page)["sd"][1][0]) == pytest.approx(0.2264 * np.sqrt(1.05), abs=0.01)
    before = drawn(page, 0)
    page.get_by_label("sampler", exact=True).select_option("HMC")
    assert page.locator("output").all_inner_texts()[1] == "ε = 0.05" and drawn(page, 0) != before
    size.press("ArrowRight")
    assert page.locator("output").all_inner_texts()[1] == "ε = 0.0562"
    heat.press("Home")
    assert page.locator("output").first.inner_text() == "T = 0.1"
    heat.press("End")
    size.press("End")
    assert page.locator("output").all_inner_texts() == ["T = 4", "ε = 1"]
    page.get_by_label("speed").select_option("as fast as it goes")
    press(page, "Reset")
    assert page.locator("output").all_inner_texts() == ["T = 1", "ε = 0.005"]
    assert page.get_by_label("speed").input_value() == "240"
    assert page.get_by_label("sampler", exact=True).input_value() == "sgld"


def test_what_diverges_is_said_and_put_back(still_page, tmp_path):
    """A step of .2, where curvatures are about 50: the particles oscillate away, and there is no error."""
    page = visit(still_page, tmp_path, PosteriorLab(step=0.2).to_html())
    press(page, "100 steps")
    words = page.locator(".thermo-status").inner_text()
    assert (
        " times a particle diverged and was put back at a draw from the prior: the step size is too large"
        in words
    )
    assert counted(page) > 100
    assert shown(page)["mean"][0][-1] == "no error yet"
    page.get_by_role("slider", name="step size").press("Home")
    assert "steps here" in page.locator(".thermo-status").inner_text() and 1 <= counted(page) <= 60


def test_it_runs_by_itself_at_the_speed_that_is_asked(page, tmp_path):
    stop_clock(page)
    visit(page, tmp_path, PosteriorLab().to_html())
    page.evaluate(OBSERVED)  # before that it does not run
    now = """() => [performance.now() / 1000,
        parseInt(document.querySelector(".thermo-status").textContent.replace(",", ""))]"""
    for sampler, speed in (("SGLD", 240), ("HMC", 24)):  # of which a step has ten gradients
        page.get_by_label("sampler", exact=True).select_option(sampler)
        page.clock.run_for(1000)
        start, before = page.evaluate(now)
        page.clock.run_for(4000)
        end, after = page.evaluate(now)
        # Both counts are up to a quarter of a second old.
        assert speed * (end - start - 0.3) < after - before < speed * (end - start + 0.3)


# --- without a script, and from Python


def test_picture_is_there_without_javascript(browser, tmp_path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(write(tmp_path, PosteriorLab().to_html()))
    words = "The posterior of two weights at T = 1 given 5 points"
    assert page.get_by_role("img", name=words).evaluate("image => image.naturalWidth") > 0
    assert page.locator("figcaption").inner_text() == f"{words}: at x = 3 its network gives 1.04 ± 0.23"
    context.close()


def test_the_same_lab_gives_the_same_bytes():
    lab = PosteriorLab([], [], T=2)
    assert lab.to_html() == PosteriorLab([], [], T=2).to_html()
    _, words, _ = lab.still()
    # f = w₂ tanh(3w₁) with w of variance 2: √2 · √⟨tanh²⟩, 1.28
    assert "given 0 points" in words and words.endswith("gives 0.00 ± 1.28")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"T": 0.05}, "T must lie in 0.1 … 4.0, got 0.05"),
        ({"T": "warm"}, "T must be an array of real numbers, got 'warm'"),
        ({"step": 2}, "step must lie in 0.001 … 1.0, got 2.0"),
        ({"step": np.nan}, "got nan"),
        ({"noise_std": 0}, "noise_std must lie in 0.1 … 2, got 0.0"),
        ({"sampler": "gibbs"}, r"sampler must be one of \('sgld', 'hmc', 'thermostat'\), got 'gibbs'"),
        ({"seed": -1}, "seed must be an integer"),
        ({"x": [1, 2]}, r"rows of as many numbers, got shapes \(2,\) and \(5,\)"),
        ({"x": [[1]], "y": [[1]]}, r"got shapes \(1, 1\) and \(1, 1\)"),
        ({"x": [5], "y": [0]}, r"points must lie in \|x\| ≤ 4.0, \|y\| ≤ 3.0, got \[\[5.0, 0.0\]\]"),
        ({"x": [0] * 13, "y": [0] * 13}, r"at most 12 pairs \(x, y\), got shape \(13, 2\)"),
        ({"y": [0, 0, np.inf, 0, 0]}, "y must"),
    ],
)
def test_what_cannot_be_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        PosteriorLab(**options)
    ((name, value), *_) = options.items()
    if name not in ("x", "y"):
        with pytest.raises(ValueError, match=words):
            setattr(PosteriorLab(), name, value)


def test_points_that_cannot_be_are_refused():
    lab = PosteriorLab()
    for wrong in ([[1, 2, 3]], [1, 2], [["a", 0]], [[0, 4]], 3):
        with pytest.raises(ValueError, match="points"):
            lab.points = wrong
    lab.points = [(1, 2)]
    assert lab.points == [[1, 2]]
