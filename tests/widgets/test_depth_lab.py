"""`DepthLab` as a reader meets it: it shows what its physics gives, and the network follows the hand."""

import numpy as np
import pytest
from pages import LOAD, OBSERVED, ask, press, stop_clock, swipe, visit, write
from thermolib.mean_field import c_map, q_fixed_point
from thermolib.widgets.depth_lab import DEPTH, POINTS, WIDTH, DepthLab, _pass
from thermolib.widgets.kit.bundle import bundle

ROWS = ("q", "c", "fixed", "chi", "xi")
ANGLE = "angle between A and B"

# What the network and its wide limit are at the last layer, as the module says.
PHYSICS = """({ width, depth, points, seed, setting, b, cosine }) => {
    const way = physics.passage(physics.network({ width, seed }), physics.circle(points), setting);
    let last;
    for (let l = 0; l < depth; l++) last = way.next();
    const wide = physics.theory(setting, cosine, depth);
    const both = { wide_q: wide.q[depth], wide_c: wide.c[depth] };
    return { network_q: last.q[0], network_c: last.c[b], ...both, ...physics.limits(setting) };
}"""


def cells(page):
    """The table's cells, of each row that of the network and that of the wide limit, without small print."""
    all_of_them = page.locator("tbody td").evaluate_all("all => all.map(x => x.firstChild?.data ?? '')")
    return dict(zip(ROWS, np.reshape(all_of_them, (-1, 2)).tolist(), strict=True))


def place(page):
    """σ of the weights, σ of the biases and the angle, as the sliders say them."""
    return [float(one.rstrip("°")) for one in page.locator("output").all_inner_texts()]


def drawn(page):
    return page.locator("canvas").evaluate_all("all => all.map(canvas => canvas.toDataURL())")


def status(page):
    return page.locator(".thermo-status").inner_text()


def knob(page, name):
    return page.get_by_role("button", name=name)


def middle(node):
    box = node.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def rested(page):
    """Wait until the network has been run through with what the reader wants: its work is done in tasks."""
    page.wait_for_function("document.querySelector('[aria-busy=true]') === null")


def number(words):
    return float(words.replace("−", "-").replace(" layers", ""))


# --- what it shows


@pytest.mark.parametrize(
    ("options", "phase"),
    [
        ({"sigma_w": 1.1, "sigma_b": 0.3}, "Order: a small 1 − c shrinks by the factor 0."),
        (
            {"sigma_w": 2.5, "sigma_b": 0.1, "angle": 5, "seed": 4},
            "Chaos: a small 1 − c grows by the factor 1.",
        ),
        ({"sigma_w": 1.33, "sigma_b": 0.22}, "The edge of chaos: χ₁ = 1.00"),
        ({"sigma_w": 1.0, "sigma_b": 0.0}, "The edge of chaos: χ₁ = 1.00"),
        ({"sigma_w": 0.9, "sigma_b": 0.0}, "The signal fades: q shrinks by the factor 0.81 a layer."),
        ({"sigma_w": 1.2, "sigma_b": 0.3, "phi": "relu"}, "Order: a small 1 − c shrinks by the factor 0.72"),
        (
            {"sigma_w": 1.41, "sigma_b": 0.0, "phi": "relu", "angle": 90},
            "The edge: in wide layers q keeps its size",
        ),
        ({"sigma_w": 2.0, "sigma_b": 0.3, "phi": "relu"}, "q grows by the factor 2.00 a layer"),
        ({"sigma_w": 1.0, "sigma_b": 0.0, "phi": "relu"}, "q shrinks by the factor 0.50 a layer"),
    ],
)
def test_it_shows_what_the_physics_gives(still_page, record, tmp_path, options, phase):
    """Every digit of the last layer and of the limits."""
    lab = DepthLab(**options)
    page = visit(still_page, tmp_path, lab.to_html())
    page.evaluate(LOAD, bundle("depth_lab/depth.js"))
    wanted = ask(
        page,
        PHYSICS,
        {
            "width": WIDTH,
            "depth": DEPTH,
            "points": POINTS,
            "seed": lab.seed,
            "setting": {"phi": lab.phi, "sigma_w": lab.sigma_w, "sigma_b": lab.sigma_b},
            "b": lab.angle * POINTS // 360,
            "cosine": np.cos(np.radians(lab.angle)),
        },
    )
    found = cells(page)
    for row in ("q", "c"):
        for words, kind in zip(found[row], ("network", "wide"), strict=True):
            value = wanted[f"{kind}_{row}"]
            assert number(words) == pytest.approx(value, abs=0.00051, rel=0.05 if "e" in words else 0)
    assert number(found["chi"][1]) == pytest.approx(wanted["chi"], abs=0.00051)
    if np.isfinite(wanted["q"]):
        assert number(found["fixed"][1]) == pytest.approx(wanted["q"], abs=0.00051)
    else:
        assert found["fixed"][1] == "∞"
    if np.isnan(wanted["xi"]):
        assert found["xi"][1] == "—"
    elif wanted["xi"] <= 999:
        assert number(found["xi"][1]) == pytest.approx(wanted["xi"], abs=0.051)
    cosine = f"{np.cos(np.radians(lab.angle)):.2f}"
    assert status(page).startswith(phase)
    assert f"c = {cosine} before the first layer, " in status(page)
    assert status(page).endswith(f" after {DEPTH}.")
    labels = page.locator("canvas").evaluate_all("all => all.map(x => x.getAttribute('aria-label'))")
    assert labels[0].startswith(f"A circle of inputs in two units of the layers 0 to {DEPTH}")
    assert labels[1].startswith("Plane of the spread of weights, ") and labels[2].startswith("Correlation c ")
    assert record.errors == []


# --- a run


def test_a_run_shows_layer_by_layer(page, tmp_path):
    """It waits; then four layers a second, to the last; again from the input; a change shows all layers."""
    stop_clock(page)
    visit(page, tmp_path, DepthLab().to_html())
    page.evaluate(OBSERVED)
    before = status(page), cells(page), drawn(page)
    page.clock.run_for(1000)
    assert (status(page), cells(page), drawn(page)) == before
    press(page, "Run")
    page.clock.run_for(2000)
    seen = int(status(page).rsplit(" after ")[-1].rstrip("."))
    assert 5 <= seen <= 8
    assert page.locator("tbody small").last.inner_text() == f"layer {seen}"
    page.clock.run_for(6000)
    assert status(page) == before[0] and page.get_by_role("button", name="Run again").is_visible()
    press(page, "Run again")
    page.clock.run_for(1000)
    assert int(status(page).rsplit(" after ")[-1].rstrip(".")) <= 4
    press(page, "Pause")
    page.get_by_label(ANGLE).press("ArrowRight")
    assert status(page).endswith(f"after {DEPTH}.")
    press(page, "Reset")
    assert (status(page), cells(page), drawn(page)) == before


def test_a_layer_at_a_time(still_page, tmp_path):
    page = visit(still_page, tmp_path, DepthLab().to_html())
    said = []
    for _ in range(4):
        press(page, "Next layer")
        said.append(status(page).split("A and B: ")[1])
    assert said[0] == "c = 0.50 before the first layer."
    assert [one.rsplit(" ")[-1] for one in said[1:]] == ["1.", "2.", "3."]
    for _ in range(DEPTH - 3):
        press(page, "Next layer")
    assert status(page).endswith(f"after {DEPTH}.")
    press(page, "Next layer")  # and from the input again
    assert status(page).endswith("before the first layer.")


# --- under the hand


def test_b_is_dragged_around_the_circle(still_page, tmp_path):
    """The angle is that of the pointer, in steps of 5°, and ends at either end of the half circle."""
    page = visit(still_page, tmp_path, DepthLab(angle=60).to_html())
    canvas = page.locator("canvas").first.bounding_box()
    side = canvas["width"] / 10
    x, y = canvas["x"] + side, canvas["y"] + side  # the middle of the input's circle
    at = lambda degrees: (  # noqa: E731
        x + 0.58 * side * np.cos(np.radians(degrees)),
        y - 0.58 * side * np.sin(np.radians(degrees)),
    )
    assert middle(knob(page, "input B")) == pytest.approx(at(60), abs=1)
    before = drawn(page)
    page.mouse.move(*at(60))
    page.mouse.down()
    for degrees, wanted in ((93, 95), (170, 170), (200, 180), (-20, 0), (31, 30)):
        page.mouse.move(*at(degrees))
        assert place(page)[2] == wanted
        assert middle(knob(page, "input B")) == pytest.approx(at(wanted), abs=1)
    page.mouse.up()
    page.mouse.move(*at(120))
    assert place(page) == [1.5, 0.2, 30]
    after = drawn(page)
    assert after[0] != before[0] and after[1] == before[1] and after[2] != before[2]
    press(page, "Reset")
    assert drawn(page) == before


def test_the_plane_s_point_is_dragged(still_page, tmp_path):
    """It follows the pointer in both spreads, and stays in the plane."""
    page = visit(still_page, tmp_path, DepthLab().to_html())
    page.locator("canvas").nth(1).scroll_into_view_if_needed()
    canvas = page.locator("canvas").nth(1).bounding_box()
    left, wide = canvas["x"] + 44, canvas["width"] - 54
    low, tall = canvas["y"] + canvas["height"] - 42, canvas["height"] - 70
    at = lambda w, b: (left + wide * (w - 0.5) / 2.5, low - tall * b)  # noqa: E731
    start = middle(knob(page, "spread of weights and biases"))
    assert start == pytest.approx(at(1.5, 0.2), abs=1)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*at(2.2, 0.7), steps=3)
    assert place(page)[:2] == pytest.approx([2.2, 0.7], abs=0.011)
    assert middle(knob(page, "spread of weights and biases")) == pytest.approx(at(2.2, 0.7), abs=1.5)
    page.mouse.move(*at(9, -3))
    assert place(page) == [3.0, 0.0, 60]
    page.mouse.move(*at(-3, 5))
    assert place(page) == [0.5, 1.0, 60]
    page.mouse.up()
    page.mouse.move(*at(2, 0.5))
    assert place(page) == [0.5, 1.0, 60]


def test_fingers_drag_the_knobs_and_beside_them_the_page_scrolls(phone, tmp_path):
    page = visit(phone, tmp_path, DepthLab().to_html(), "<div style='height: 2000px'></div>")
    swipe(page, *middle(knob(page, "input B")), dx=-60)
    assert place(page)[2] > 90
    before = place(page)
    point = knob(page, "spread of weights and biases")
    point.scroll_into_view_if_needed()
    swipe(page, *middle(point), dx=40, dy=-30)
    assert place(page)[0] > before[0] + 0.1 and place(page)[1] > before[1] + 0.1
    before, scrolled = place(page), page.evaluate("scrollY")
    canvas = page.locator("canvas").nth(1).bounding_box()
    swipe(page, canvas["x"] + 300, canvas["y"] + 60, dy=-40)
    page.wait_for_function("scrolled => scrollY > scrolled + 20", arg=scrolled)
    assert place(page) == before


def test_the_knobs_are_moved_by_the_keyboard(still_page, tmp_path):
    page = visit(still_page, tmp_path, DepthLab().to_html())
    knob(page, "input B").focus()
    for key in ("ArrowUp", "ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    assert place(page)[2] == 60
    page.keyboard.press("ArrowUp")
    assert place(page)[2] == 65
    knob(page, "spread of weights and biases").focus()
    scrolled = page.evaluate("scrollY")
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowUp", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    assert place(page) == [1.55, 0.25, 65] and page.evaluate("scrollY") == scrolled


def test_the_last_of_many_changes_is_shown(page, tmp_path):
    """While one way through the network is being made the reader goes on: then the last setting is shown."""
    visit(page, tmp_path, DepthLab(2.0, 0.5, seed=3).to_html())
    wanted = cells(page), drawn(page)
    visit(page, tmp_path, DepthLab(1.0, 0.1, seed=3).to_html())
    page.evaluate("""() => {
        const [weights, biases] = document.querySelectorAll("input[type=range]");
        for (let k = 1; k <= 20; k++) {
            for (const [one, value] of [[weights, 1 + k / 20], [biases, 0.1 + 0.02 * k]]) {
                one.value = value;
                one.dispatchEvent(new Event("input"));
            }
        }
    }""")
    rested(page)
    assert (cells(page), drawn(page)) == wanted


def test_new_weights_are_another_network_of_the_same_law(still_page, tmp_path):
    page = visit(still_page, tmp_path, DepthLab(seed=5).to_html())
    before, pictures = cells(page), drawn(page)
    press(page, "New weights")
    rested(page)
    after = cells(page)
    assert [after[row][1] for row in ROWS] == [before[row][1] for row in ROWS]
    assert after["c"][0] != before["c"][0] and after["q"][0] != before["q"][0]
    assert [a == b for a, b in zip(drawn(page), pictures, strict=True)] == [False, True, False]
    press(page, "Reset")
    rested(page)
    assert (cells(page), drawn(page)) == (before, pictures)
    page.get_by_label("nonlinearity").select_option("ReLU")
    rested(page)
    assert cells(page)["chi"] == ["—", "1.125"] and drawn(page)[1] != pictures[1]


# --- without a script, and from Python


def test_picture_is_there_without_javascript(browser, tmp_path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(write(tmp_path, DepthLab(1.0, 0.5, angle=90).to_html()))
    words = "A circle of inputs in layers 0, 1, 2, 3, 5, 8, 12, 16, 21, 26 of a random tanh network"
    assert page.get_by_role("img", name=words).evaluate("image => image.naturalWidth") > 0
    said = "σ of the weights 1.00, of the biases 0.50; correlation of A (disc) and B (square) "
    said += "0.00 before, 1.00 after 26 layers"
    assert page.locator("figcaption").inner_text() == f"{words}: {said}"
    context.close()


def test_the_networks_of_the_still_have_the_law():
    """Means over 24 networks after 26 layers, where q and c are at rest: 4 standard errors and 2/width."""
    x = np.sqrt(2) * np.array([[1.0, 0.0], [0.0, 1.0]])
    for w, b in ((1.1, 0.3), (2.0, 0.3)):
        last = np.array([_pass(w, b, "tanh", x, np.random.default_rng(seed))[-1] for seed in range(24)])
        q = np.mean(last**2, axis=(1, 2))
        c = np.mean(last[:, 0] * last[:, 1], axis=1) / np.sqrt(np.mean(last**2, axis=2).prod(axis=1))
        rest = 0.0
        for _ in range(200):  # up to c*
            rest = c_map(rest, w * w, b * b)
        for found, wanted in ((q, q_fixed_point(w * w, b * b)), (c, rest)):
            assert abs(found.mean() - wanted) < 4 * found.std(ddof=1) / np.sqrt(24) + 2 / WIDTH


def test_the_same_lab_gives_the_same_bytes():
    assert DepthLab(2.0).to_html() == DepthLab(2.0).to_html()
    assert DepthLab(angle=47.4).angle == 45 and DepthLab(1.2247).sigma_w == 1.22


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sigma_w": 0.4}, "sigma_w must lie in 0.5 … 3.0, got 0.4"),
        ({"sigma_b": -0.1}, "sigma_b must lie in 0.0 … 1.0, got -0.1"),
        ({"sigma_w": "large"}, "sigma_w must be an array of real numbers, got 'large'"),
        ({"angle": 190}, "angle must lie in 0.0 … 180.0, got 190.0"),
        ({"angle": np.nan}, "got nan"),
        ({"phi": "erf"}, r"phi must be one of \('tanh', 'relu'\), got 'erf'"),
        ({"seed": -1}, "seed must be an integer"),
    ],
)
def test_what_cannot_be_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        DepthLab(**options)
    ((name, value),) = options.items()
    with pytest.raises(ValueError, match=words):
        setattr(DepthLab(), name, value)
