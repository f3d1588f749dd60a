"""`BoltzmannMachineLab` and `BoltzmannTrainingLab` as a reader meets them."""

import json
from functools import cache

import numpy as np
import pytest
from pages import LOAD, ask, press, swipe, visit, write
from thermolib.problems import bars_and_stripes
from thermolib.rbm import RBM
from thermolib.widgets.boltzmann_machine_lab import (
    CHAINS,
    COPIES,
    MOST_PATTERNS,
    TEMPERATURES,
    BoltzmannMachineLab,
    BoltzmannTrainingLab,
)
from thermolib.widgets.kit.bundle import bundle

BARS = bars_and_stripes(3).astype(int)
LETTERS = [[0, 1, 0, 1, 1, 1, 0, 1, 0], [1, 0, 1, 0, 1, 0, 1, 0, 1]]


@cache
def machine():
    """A machine of 3 × 3 pixels that couples each hidden unit to a row or a column."""
    W = np.concatenate([np.kron(np.eye(3), np.ones((3, 1))), np.kron(np.ones((3, 1)), np.eye(3))], axis=1)
    return RBM(3 * W, np.full(9, -2.0), np.full(6, -3.0))


@cache
def dreaming():
    return BoltzmannMachineLab(machine(), LETTERS, seed=5)


def cells(page):
    """The table's texts, row after row."""
    rows = page.locator("tbody tr").all()
    return [[cell.inner_text().split("\n") for cell in row.locator("td").all()] for row in rows]


def number(text):
    return float(text.replace("−", "-").replace("≈", "").replace("±", "").replace(",", "").removesuffix(" %"))


def status(page):
    return page.locator(".thermo-status").inner_text()


def counted(page):
    return int(status(page).split()[0].replace(",", ""))


def cursor(page):
    return page.locator(".thermo-cursor")


def pixels(page, side=3):
    """What a screen reader is told of each pixel: the cursor goes through all of them, row by row."""
    cursor(page).focus()
    for key in ("ArrowUp", "ArrowLeft"):
        for _ in range(side - 1):
            page.keyboard.press(key)
    told = []
    for row in range(side):
        for column in range(side):
            name = cursor(page).get_attribute("aria-label").split(", ")
            assert name[:2] == [f"row {row + 1}", f"column {column + 1}"]
            told.append(", ".join(name[2:-1]))
            page.keyboard.press("ArrowRight")
        for _ in range(side - 1):
            page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowDown")
    return told


def touch(page, k, side=3, tap=False):
    """Click the middle of pixel k."""
    box = page.locator(".thermo-pixels canvas").bounding_box()
    x, y = ((z + 0.5) * box["width"] / side for z in (k % side, k // side))
    (page.touchscreen.tap if tap else page.mouse.click)(box["x"] + x, box["y"] + y)


def drawn(page, which):
    return page.locator("canvas").nth(which).evaluate("canvas => canvas.toDataURL()")


# --- the dream

AGAIN = """({ packed, patterns, T, steps, seed, n }) => {
    const bits = randomBits(seed), machine = physics.unpacked(packed);
    const chains = new physics.Chains(machine, n, () => bits() / 2 ** 32), averages = new physics.Averages(n);
    chains.noise();
    chains.v.forEach((v, k) => v.set(patterns[k % patterns.length]));
    chains.up(machine, T);
    for (let k = 0; k < steps; k++) {
        chains.step(machine, T);
        averages.push(chains.energies(machine));
    }
    return { ...averages.estimate(), v: [...chains.v[0]] };
}"""


def again(page, T, steps):
    page.evaluate(LOAD, bundle("kit/random.js"))
    page.evaluate("globalThis.randomBits = physics.randomBits")
    page.evaluate(LOAD, bundle("boltzmann_machine_lab/machine.js"))
    asked = {"packed": dreaming().constants["machine"], "patterns": LETTERS, "T": T, "n": CHAINS, "seed": 5}
    return ask(page, AGAIN, asked | {"steps": steps})


def test_it_shows_what_its_chains_give(still_page, record, tmp_path):
    """Sixty steps, and the same by the physics alone: every digit that is shown, every pixel."""
    page = visit(still_page, tmp_path, dreaming().to_html())
    assert cells(page)[0] == [["…", "no error yet"], [cells(page)[0][1][0], "all states summed"]]
    press(page, "Step", 60)
    found = again(page, 1, 60)
    (energy, exact), (off, _) = cells(page)
    value, error = map(number, energy)
    assert (value, error) == pytest.approx((found["mean"], found["stderr"]), abs=0.006)
    truth = dreaming().rbm.mean_energy(1)
    assert number(exact[0]) == pytest.approx(truth, abs=5.1e-5)
    assert float(off[0].removesuffix(" errors")) == pytest.approx(
        abs(found["mean"] - truth) / found["stderr"], abs=0.051
    )
    assert [one == "on" for one in pixels(page)] == [x == 1 for x in found["v"]]
    assert status(page).startswith("60 steps at this temperature, the first 15 left out.")
    assert record.errors == []


def test_what_is_exact_is_that_of_the_machine_on_the_page():
    """At each of the slider's temperatures, to 7 decimals: of the whole numbers that stand for weights."""
    lab = dreaming()
    assert lab.constants["exact"] == pytest.approx(lab.rbm.mean_energy(TEMPERATURES), abs=5.1e-8)


def test_out_of_equilibrium_it_says_so(still_page, tmp_path):
    """Pairs of pixels that agree: from T = .1 nothing goes from one state to the other.

    All chains start at the higher of both, and their energy, which does not fluctuate, stays there.
    """
    trap = RBM([[40.0]] * 4, [-10.0] * 4, [-100.0])  # all off: 0; all on with the hidden unit: −20
    page = visit(still_page, tmp_path, BoltzmannMachineLab(trap, [[0, 0, 0, 0]], T=1).to_html())
    press(page, "Step", 60)
    assert cells(page)[0][0][0] == "0.00" or number(cells(page)[0][0][0]) > -0.1
    assert "the chains have not reached equilibrium" in status(page)


@pytest.mark.parametrize("by", ["mouse", "keyboard", "finger"])
def test_a_pixel_is_held_on_then_off_then_let_go(request, tmp_path, by):
    """Steps at the hottest leave it; elsewhere something moves."""
    page = request.getfixturevalue("phone" if by == "finger" else "still_page")
    visit(page, tmp_path, BoltzmannMachineLab(machine(), LETTERS, T=10).to_html())

    def deed():
        if by == "keyboard":
            cursor(page).focus()
            pixels(page)  # it ends in the last row, first column
            page.keyboard.press("ArrowUp")
            page.keyboard.press("ArrowRight")
            page.keyboard.press("Space")
        else:
            touch(page, 4, tap=by == "finger")

    before = drawn(page, 0)
    for state in ("on, held", "off, held"):
        deed()
        assert pixels(page)[4] == state and drawn(page, 0) != before
        seen = set()
        for _ in range(4):
            press(page, "Step")
            now = pixels(page)
            assert now[4] == state
            seen.add(tuple(now))
        assert len(seen) > 1
        assert "1 pixel held: the others are dreamt to go with it." in status(page)
        assert cells(page)[0][1] == ["—", "none where pixels are held"] and cells(page)[1][0][0] == "—"
    deed()
    assert "held" not in " ".join(pixels(page))
    assert cells(page)[0][1][1] == "all states summed"


def test_a_stroke_paints_what_its_beginning_becomes(still_page, tmp_path):
    page = visit(still_page, tmp_path, dreaming().to_html())
    box = page.locator("canvas").first.bounding_box()
    at = [box["x"] + (k + 0.5) * box["width"] / 3 for k in range(3)]
    y = box["y"] + box["height"] / 6
    page.mouse.move(at[0], y)
    page.mouse.down()
    page.mouse.move(at[2], y, steps=8)
    page.mouse.move(at[2] + 400, y + box["height"] * 0.4, steps=8)  # beyond the edge: its last column
    page.mouse.up()
    page.mouse.move(at[0], box["y"] + 0.9 * box["height"], steps=4)
    held = ["on, held"] * 3 + ["", "", "on, held"] + [""] * 3
    assert [one if "held" in one else "" for one in pixels(page)] == held
    press(page, "Let go")
    assert "held" not in " ".join(pixels(page))


def test_a_finger_draws_across_and_scrolls_up(phone, tmp_path):
    page = visit(phone, tmp_path, dreaming().to_html(), "<div style='height: 2000px'></div>")
    box = page.locator("canvas").first.bounding_box()
    x, y = box["x"] + box["width"] / 6, box["y"] + box["height"] / 2
    swipe(page, x, y, dx=box["width"] * 0.6)
    assert [k for k, one in enumerate(pixels(page)) if "held" in one] == [3, 4, 5]
    scrolled = page.evaluate("scrollY")
    box = page.locator("canvas").first.bounding_box()
    swipe(page, box["x"] + box["width"] / 6, box["y"] + box["height"] * 0.9, dy=-120)
    page.wait_for_function("scrolled => scrollY > scrolled + 40", arg=scrolled)
    assert [k for k, one in enumerate(pixels(page)) if "held" in one] == [3, 4, 5]


def test_it_starts_where_it_is_asked_to(still_page, tmp_path):
    page = visit(still_page, tmp_path, dreaming().to_html())
    for k, letter in enumerate(LETTERS, 1):
        press(page, "Step")
        press(page, f"Start from picture {k}")
        assert [one == "on" for one in pixels(page)] == [x == 1 for x in letter]
        assert counted(page) == 0
    press(page, "Hold upper half")
    assert pixels(page)[:3] == ["on, held", "off, held", "on, held"] and "held" not in pixels(page)[3]
    seen = set()
    for _ in range(4):
        press(page, "Noise")
        now = pixels(page)
        assert now[:3] == ["on, held", "off, held", "on, held"]
        seen.add(tuple(now))
    assert len(seen) > 2
    press(page, "Start from picture 1")
    assert pixels(page)[:3] == ["off, held", "on, held", "off, held"]
    press(page, "Reset")
    assert [one == "on" for one in pixels(page)] == [x == 1 for x in LETTERS[0]]


def test_the_slider_stops_at_each_temperature_and_a_step_answers_it(still_page, tmp_path):
    page = visit(still_page, tmp_path, dreaming().to_html())
    slider, output = page.get_by_label("temperature T"), page.locator("output")
    assert output.inner_text() == "T = 1" and page.locator(".thermo-mark").inner_text() == "as trained"
    slider.press("ArrowRight")
    assert output.inner_text() == "T = 1.1" and 1 <= counted(page) <= 20
    exact = dict(zip(TEMPERATURES.tolist(), dreaming().constants["exact"], strict=True))
    for key, T in (("End", 10), ("Home", 0.1)):
        slider.press(key)
        assert output.inner_text() == f"T = {T}"
        assert number(cells(page)[0][1][0]) == pytest.approx(exact[T], abs=5.1e-5)
    for pace in ("60 steps a second", "as fast as it goes"):
        page.get_by_label("speed").select_option(pace)
    press(page, "Reset")
    assert output.inner_text() == "T = 1" and page.get_by_label("speed").input_value() == "10"


@pytest.mark.parametrize(("lab", "speeds"), [("dream", (2, 10, 60)), ("training", (24, 240))])
def test_it_runs_by_itself_at_the_speed_that_is_asked(page, tmp_path, lab, speeds):
    page.clock.install()
    visit(page, tmp_path, (dreaming() if lab == "dream" else BoltzmannTrainingLab(LETTERS)).to_html())
    now = """() => [performance.now() / 1000,
        parseInt(document.querySelector(".thermo-status").textContent.replace(",", ""))]"""
    for speed in speeds:
        page.get_by_label("speed").select_option(str(speed))
        page.clock.run_for(1000)
        start, before = page.evaluate(now)
        page.clock.run_for(4000)
        end, after = page.evaluate(now)
        # Both counts are up to a quarter of a second old; a step may be half done.
        assert speed * (end - start - 0.3) - 1 < after - before < speed * (end - start + 0.3) + 1


# --- the training


LEARN = """({ patterns, hidden, method, rate, updates, seed, copies }) => {
    const bits = randomBits(seed), uniform = () => bits() / 2 ** 32;
    const machine = physics.Machine.random(patterns[0].length, hidden, uniform);
    for (let k = 0; k < 16 * (patterns[0].length + 1); k++) uniform();
    const training = new physics.Training(machine, patterns, copies, uniform);
    for (let k = 0; k < updates; k++) training.step(method, rate);
    const { W, a, b } = machine;
    return { W: [...W], a: [...a], b: [...b] };
}"""


@pytest.mark.parametrize("method", ["cd", "pcd", "exact"])
def test_it_shows_what_its_machine_has_learnt(still_page, record, tmp_path, method):
    """A thousand updates, and the same by the physics alone; the likelihood and all shares by thermolib."""
    options = {"hidden": 5, "method": method, "learning_rate": 0.3, "seed": 7}
    page = visit(still_page, tmp_path, BoltzmannTrainingLab(BARS, **options).to_html())
    assert counted(page) == 0
    press(page, "1000 steps")
    page.evaluate(LOAD, bundle("kit/random.js"))
    page.evaluate("globalThis.randomBits = physics.randomBits")
    page.evaluate(LOAD, bundle("boltzmann_machine_lab/machine.js"))
    asked = {"patterns": BARS.tolist(), "hidden": 5, "method": method, "rate": 0.3, "updates": 1000}
    found = ask(page, LEARN, asked | {"seed": 7, "copies": COPIES})
    rbm = RBM(np.reshape(found["W"], (9, 5)), found["a"], found["b"])
    logs = rbm.log_likelihood(BARS)
    (likelihood, best), (together, _) = cells(page)
    assert number(likelihood[0]) == pytest.approx(logs.mean(), abs=5.1e-5)
    assert best == ["−2.6391", "−ln 14"]
    assert number(together[0]) == pytest.approx(100 * np.exp(logs).sum(), abs=0.51)
    shares = [number(one) for one in page.locator(".thermo-patterns small").all_inner_texts()]
    assert shares == pytest.approx(100 * np.exp(logs), abs=0.51)
    below = np.log(1 / 14) - logs.mean()
    words = f"learning rate 0.3: {below:.3f} nats below the best."
    assert status(page).startswith("1,000 updates, now by ") and status(page).endswith(words)
    assert record.errors == []


def test_the_exact_gradient_comes_near_the_bound_and_dreams_patterns(still_page, tmp_path):
    """Of two letters: e^{-.02} of all dreams are patterns, which is 15 of 16 and more, and says so."""
    page = visit(still_page, tmp_path, BoltzmannTrainingLab(LETTERS, method="exact").to_html())
    press(page, "1000 steps", 4)
    (likelihood, best), (together, _) = cells(page)
    assert best == ["−0.6931", "−ln 2"] and -0.72 < number(likelihood[0]) < -0.6931
    assert number(together[0]) >= 97
    words = page.locator("canvas").last.get_attribute("aria-label")
    met = int(words.split(": ")[1].split()[0])
    assert words.startswith("16 pictures drawn exactly from the machine") and met >= 14
    before = drawn(page, 2)
    press(page, "Other dreams")
    assert drawn(page, 2) != before


def test_patterns_are_drawn_added_and_taken_away(still_page, tmp_path):
    page = visit(still_page, tmp_path, BoltzmannTrainingLab(LETTERS, method="exact").to_html())
    patterns = page.locator(".thermo-patterns button")
    press(page, "1000 steps")
    assert patterns.first.get_attribute("aria-pressed") == "true"
    touch(page, 0)
    assert pixels(page) == ["on" if x else "off" for x in [1, *LETTERS[0][1:]]]
    assert 1 <= counted(page) <= 100  # the curve is that of other patterns now
    touch(page, 0)
    assert pixels(page)[0] == "off"
    patterns.nth(1).click()
    assert patterns.nth(1).get_attribute("aria-pressed") == "true"
    assert pixels(page) == ["on" if x else "off" for x in LETTERS[1]]
    press(page, "Add pattern")
    assert pixels(page) == ["off"] * 9 and patterns.count() == 3 and cells(page)[0][1][1] == "−ln 3"
    cursor(page).focus()
    page.keyboard.press("Enter")
    assert pixels(page).count("on") == 1
    press(page, "Add pattern", MOST_PATTERNS - 3)
    assert not page.get_by_role("button", name="Add pattern").is_enabled()
    assert cells(page)[0][1][1] == "some are equal"
    shares = np.array([1, 1, 1, 13]) / 16
    assert number(cells(page)[0][1][0]) == pytest.approx(shares @ np.log(shares), abs=5.1e-5)
    press(page, "Remove pattern", MOST_PATTERNS - 1)
    assert patterns.count() == 1 and not page.get_by_role("button", name="Remove pattern").is_enabled()
    press(page, "Reset")
    assert patterns.count() == 2 and pixels(page) == ["on" if x else "off" for x in LETTERS[0]]


def test_each_control_does_what_it_says(still_page, tmp_path):
    page = visit(still_page, tmp_path, BoltzmannTrainingLab(BARS).to_html())
    rate, units = page.get_by_label("learning rate"), page.get_by_label("hidden units")
    outputs = page.locator("output")
    assert outputs.all_inner_texts() == ["ε = 0.1", "8"]
    rate.press("ArrowRight")
    assert outputs.first.inner_text() == "ε = 0.112" and 1 <= counted(page) <= 100
    press(page, "Step", 3)
    before = counted(page)
    page.get_by_label("learning by").select_option("exact gradient")
    assert "by exact gradient, all states summed" in status(page) and counted(page) >= before  # it goes on
    units.press("ArrowLeft")
    assert outputs.all_inner_texts() == ["ε = 0.112", "7"] and counted(page) <= 100  # a new machine
    first = number(cells(page)[0][0][0])
    press(page, "Begin anew")
    assert counted(page) == 0 and cells(page)[0][0][0] != first
    for key, value in (("Home", "0.01"), ("End", "1")):
        rate.press(key)
        assert outputs.first.inner_text() == f"ε = {value}"
    press(page, "Reset")
    assert outputs.all_inner_texts() == ["ε = 0.1", "8"] and counted(page) == 0
    assert page.get_by_label("learning by").input_value() == "cd"


# --- without a script, and from Python


@pytest.mark.parametrize("name", ["dream", "training"])
def test_picture_is_there_without_javascript(browser, tmp_path, name):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    lab = dreaming() if name == "dream" else BoltzmannTrainingLab(BARS)
    page.goto(write(tmp_path, lab.to_html()))
    assert page.get_by_role("img").evaluate("image => image.naturalWidth") > 0
    words = page.locator("figcaption").inner_text()
    context.close()
    if name == "dream":
        energy = f"{lab.rbm.mean_energy(1):.4f}".replace("-", "−")
        assert words.endswith(f"at each of T = 0.2, 1, 5: its mean energy at T = 1 is {energy}")
    else:
        assert words.startswith("A Boltzmann machine of 8 hidden units learns 14 patterns of 3 × 3 pixels")
        reached = number(words.split("mean ln p(v) of ")[1].split(", at best")[0])
        assert -2.9 < reached < -2.639 and words.endswith("at best −2.639")


def test_the_same_lab_gives_the_same_bytes_and_few_of_them():
    """A machine of digits: 64 visible and 12 hidden units."""
    rng = np.random.default_rng(3)
    digits = RBM(rng.normal(size=(64, 12)), rng.normal(size=64), rng.normal(size=12))
    made = [BoltzmannMachineLab(digits, rng.integers(2, size=(12, 64)) * 0).to_html() for _ in range(2)]
    assert made[0] == made[1] and len(made[0]) < 150_000
    assert BoltzmannTrainingLab(BARS).to_html() == BoltzmannTrainingLab(BARS).to_html()
    state = json.dumps(BoltzmannMachineLab(digits, np.zeros((12, 64))).page_state())
    assert len(state) < 5_000


def test_temperature_is_the_slider_s():
    lab = BoltzmannMachineLab(machine(), [], T=0.97)
    assert lab.T == 1.0 and lab.constants["patterns"] == []
    lab.T = 0.12
    assert lab.T in (0.11, 0.13)


EYE = RBM(np.eye(9), np.zeros(9), np.zeros(9))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: BoltzmannMachineLab(np.eye(9), []), "rbm must be a thermolib.rbm.RBM, got ndarray"),
        (
            lambda: BoltzmannMachineLab(RBM(np.ones((8, 1)), np.zeros(8), [0]), []),
            "as a square has pixels, got 8",
        ),
        (
            lambda: BoltzmannMachineLab(RBM([[1.0]], [0], [0]), []),
            "visible units must be an integer from 4 to 256",
        ),
        (
            lambda: BoltzmannMachineLab(RBM(np.ones((4, 21)), np.zeros(4), np.zeros(21)), []),
            "hidden units must be an integer from 1 to 20, got 21",
        ),
        (lambda: BoltzmannMachineLab(EYE, np.zeros((13, 9))), r"at most 12 rows .* got shape \(13, 9\)"),
        (lambda: BoltzmannMachineLab(EYE, np.zeros((2, 16))), "patterns must have 9 pixels each, got 16"),
        (
            lambda: BoltzmannMachineLab(EYE, [[0, 1, 2] * 3]),
            "patterns must be 0 or 1, got values from 0.0 to 2.0",
        ),
        (lambda: BoltzmannMachineLab(EYE, np.zeros(9)), r"got shape \(9,\)"),
        (lambda: BoltzmannMachineLab(EYE, [], T=20), "T must lie in 0.1 … 10.0, got 20"),
        (lambda: BoltzmannMachineLab(EYE, [], seed=-1), "seed must be an integer"),
        (lambda: BoltzmannTrainingLab([]), "patterns must be"),
        (lambda: BoltzmannTrainingLab(np.zeros((2, 4))), "patterns of 9 or 16 pixels, at least one"),
        (lambda: BoltzmannTrainingLab(np.zeros((17, 9))), r"at most 16 rows .* got shape \(17, 9\)"),
        (lambda: BoltzmannTrainingLab(BARS, hidden=9), "hidden must be an integer from 1 to 8, got 9"),
        (lambda: BoltzmannTrainingLab(BARS, method="sgd"), r"one of \('cd', 'pcd', 'exact'\), got 'sgd'"),
        (
            lambda: BoltzmannTrainingLab(BARS, learning_rate=0),
            "learning_rate must lie in 0.01 … 1.0, got 0.0",
        ),
    ],
)
def test_what_cannot_be_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_what_cannot_be_is_refused_later_too():
    lab = BoltzmannTrainingLab(BARS)
    for name, value in (
        ("hidden", 0),
        ("method", "hmc"),
        ("learning_rate", 2),
        ("patterns", np.zeros((1, 16))),
    ):
        with pytest.raises(ValueError, match=name):
            setattr(lab, name, value)
    lab.patterns = LETTERS
    assert lab.patterns == LETTERS
    with pytest.raises(ValueError, match="T must"):
        dreaming().T = np.nan


@pytest.mark.parametrize("name", ["dream", "training"])
def test_in_forced_colours_the_pen_has_the_reader_s_ink(window, tmp_path, name):
    """On a black ground axes, dots on held pixels and the sliders' tracks are white."""
    page = window(reduced_motion="reduce", forced_colors="active", color_scheme="dark")
    visit(page, tmp_path, (dreaming() if name == "dream" else BoltzmannTrainingLab(BARS)).to_html())
    colours = page.locator("canvas, input[type=range]").evaluate_all(
        "all => all.map(x => getComputedStyle(x).color)"
    )
    assert set(colours) == {"rgb(255, 255, 255)"}
