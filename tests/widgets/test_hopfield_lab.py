"""`HopfieldLab` as a reader meets it: it stores what is drawn, recalls it, and can be overloaded."""

import re

import numpy as np
import pytest
from bits import Bits, shuffled
from pages import OBSERVED, press, stop_clock, swipe, visit, write
from scipy.special import erf
from thermolib.mean_field import Hopfield, hopfield_capacity
from thermolib.widgets.hopfield_lab import DRAWINGS, MOST_DRAWINGS, MOST_RANDOM, HopfieldLab

SIDE, N, P = 12, 144, 5
# What the pixels of a field show: those that are on are drawn in full, the others in a tint.
PIXELS = """(canvas, side) => Array.from({ length: side * side }, (_, k) => {
    const at = (z) => Math.round((z + 0.5) / side * canvas.width);
    const { data } = canvas.getContext("2d").getImageData(at(k % side), at(Math.floor(k / side)), 1, 1);
    return data[3] > 128 ? 1 : -1;
})"""


def state(page, side=SIDE):
    return np.array(page.locator("canvas").first.evaluate(PIXELS, side))


def status(page):
    return page.locator(".thermo-status").inner_text()


def shown(page):
    """The numbers of the table: overlap and energy now, and those that recall keeps of the nearest memory."""
    cells = [cell.inner_text().split("\n")[0].replace("−", "-") for cell in page.locator("tbody td").all()]
    (m, kept), (E, kept_E) = np.reshape([float(one) for one in cells], (2, 2)).tolist()
    return {"m": m, "E": E, "kept": kept, "kept E": kept_E}


def first_cue(bits, drawing):
    """What the lab begins with: an order for noise is drawn, then coins, of which two thirds are seen."""
    shuffled(bits.bits, N)
    coins = np.array([1 if next(bits.bits) < 2**31 else -1 for _ in range(N)])
    return np.where(np.arange(N) < N // 3, drawing, coins)


def remembered(drawings, extra, seed):
    """The drawings and the random memories, and what recall from each keeps, from bits of their own."""
    bits = Bits(seed + 2**31)
    coins = [[1 if next(bits.bits) < 2**31 else -1 for _ in range(N)] for _ in range(extra)]
    net = Hopfield(np.concatenate([drawings, np.reshape(coins, (extra, N))]))
    ends = np.array([net.recall(memory, sweeps=100, rng=bits) for memory in net.patterns])
    return net, np.diag(net.overlap(ends)), net.energy(ends) / N


def load_told(output):
    """The random memories, and the load α with them."""
    extra, load = output.inner_text().split(", load α = ")
    return int(extra), float(load)


def touch(page, k, side=SIDE):
    box = page.locator("canvas").first.bounding_box()
    x, y = ((z + 0.5) * box["width"] / side for z in (k % side, k // side))
    page.mouse.click(box["x"] + x, box["y"] + y)


# --- what it shows


@pytest.mark.parametrize(("T", "extra", "seed"), [(0.0, 0, 1), (0.5, 0, 3), (0.3, 12, 4), (1.2, 30, 5)])
def test_it_shows_what_its_network_gives(still_page, record, tmp_path, T, extra, seed):
    """Three sweeps by thermolib from the same bits: each pixel, overlaps, energies, and what is kept."""
    page = visit(still_page, tmp_path, HopfieldLab(T=T, extra=extra, seed=seed).to_html())
    net, kept, energies = remembered(DRAWINGS, extra, seed)
    bits = Bits(seed)
    s = first_cue(bits, DRAWINGS[0])
    for sweeps in range(4):
        assert (state(page) == s).all()
        overlaps, found = net.overlap(s), shown(page)
        nearest = int(np.argmax(np.abs(overlaps)))
        assert found["m"] == pytest.approx(overlaps[nearest], abs=0.0051)
        assert found["E"] == pytest.approx(net.energy(s) / N, abs=0.00051)
        assert found["kept"] == pytest.approx(kept[nearest], abs=0.0051)
        assert found["kept E"] == pytest.approx(energies[nearest], abs=0.00051)
        name = f"drawing {nearest + 1}" if nearest < P else f"random memory {nearest - P + 1}"
        assert name in page.locator("tbody small").first.inner_text()
        begins = f"Sweep {sweeps} at T = {T:.2f}: " if sweeps else "The cue has overlap "
        if T or sweeps < 2:
            assert status(page).startswith(begins)
        if status(page).startswith("At rest"):
            break
        press(page, "One sweep")
        s = net.recall(s, T, sweeps=1, rng=bits)
    words = page.locator("canvas").last.get_attribute("aria-label")
    assert f"kept against load: {kept.mean():.2f} at α = {(P + extra) / N:.3f}" in words
    assert record.errors == []


@pytest.mark.parametrize("seed", range(1, 6))
def test_at_once_it_comes_to_rest_where_thermolib_does(still_page, tmp_path, seed):
    """Whether at the drawing or at a mixture, it says so."""
    page = visit(still_page, tmp_path, HopfieldLab(seed=seed).to_html())
    bits, net = Bits(seed), Hopfield(DRAWINGS)
    s = first_cue(bits, DRAWINGS[0])
    press(page, "At once")
    end = net.recall(s, rng=bits)
    assert (state(page) == end).all()
    words = "drawing 1 is recalled, every pixel" if (end == DRAWINGS[0]).all() else "[^r].*"
    assert re.fullmatch(rf"At rest after \d sweeps: {words}\.", status(page))
    assert abs(shown(page)["m"]) == pytest.approx(np.abs(net.overlap(end)).max(), abs=0.0051)
    assert page.get_by_role("button", name="Recall again").is_visible()


def test_theory_is_that_of_amit_gutfreund_and_sompolinsky():
    """Its end by reference values, to the digits that travel; each point solves the equation in y."""
    lab = HopfieldLab()
    alpha, m = np.transpose(lab.constants["theory"])
    assert (alpha[0], m[0]) == pytest.approx((0.137905566495, 0.967417), abs=1e-6)
    assert alpha[0] == pytest.approx(hopfield_capacity(), abs=1e-7)
    assert np.all(np.diff(alpha) < 0) and np.all(np.diff(m) >= 0) and alpha[-1] < 0.004
    y = np.linspace(1.5, 12, 4000)
    curve = (erf(y) / y - 2 / np.sqrt(np.pi) * np.exp(-(y**2))) ** 2 / 2
    # Between two of 4000 points the straight line is off by h²/8 of a curvature below 1.
    assert erf(np.interp(alpha[2:], curve[::-1], y[::-1])) == pytest.approx(m[2:], abs=1e-5)


def test_the_drawings_differ():
    assert DRAWINGS.shape == (P, N) and set(DRAWINGS.ravel().tolist()) == {-1, 1}
    overlaps = DRAWINGS.astype(int) @ DRAWINGS.T / N
    assert np.abs(overlaps - np.eye(P)).max() < 0.14


# --- recall


def test_it_waits_runs_at_its_pace_and_comes_to_rest(page, tmp_path):
    """48 steps of 8 units a second: 2⅔ sweeps; again it begins at the same cue."""
    stop_clock(page)
    visit(page, tmp_path, HopfieldLab().to_html())
    page.evaluate(OBSERVED)
    cue = state(page)
    page.clock.run_for(2000)
    assert (state(page) == cue).all() and status(page).startswith("The cue has overlap 0.22 with drawing 1.")
    press(page, "Recall")
    page.clock.run_for(500)
    assert (state(page) != cue).any() and status(page).startswith(("Sweep 1 at T = 0.00", "The cue"))
    page.clock.run_for(3000)
    assert status(page).startswith("At rest after ") and status(page).endswith("recalled, every pixel.")
    assert (state(page) == DRAWINGS[0]).all()
    press(page, "Recall again")
    page.clock.run_for(100)
    assert (state(page)[: N // 3] == cue[: N // 3]).all() and (state(page) != cue).sum() < 20
    page.get_by_label("temperature T").press("End")
    page.clock.run_for(10_000)
    assert 25 <= int(status(page).split()[1]) <= 29  # hot, it goes on
    assert "at T = 1.50: lost, the largest overlap is " in status(page)


def test_it_recalls_at_a_temperature_and_goes_on(still_page, tmp_path):
    """At T = .5 it stays near the drawing, whose overlap is .96 in a large network of one, and never rests.

    One state's overlap scatters by √(1 − m²)/√N, .024, and the other drawings take as much: five of both.
    """
    page = visit(still_page, tmp_path, HopfieldLab(T=0.45).to_html())
    page.get_by_label("temperature T").press("ArrowRight")
    assert page.locator("output").first.inner_text() == "T = 0.50"
    overlaps = []
    for _ in range(8):
        press(page, "One sweep", 3)
        overlaps.append(shown(page)["m"])
    assert 0.7 < min(overlaps[2:]) < max(overlaps[2:]) and status(page).startswith("Sweep 24 at T = 0.50: ")
    press(page, "At once")
    assert status(page).startswith("Sweep 124 at T = 0.50: ")


# --- cues


def test_noise_turns_pixels_of_what_was_put_there(still_page, tmp_path):
    """As many as it says, the same and more; and none of them is left when it goes back to nothing."""
    page = visit(still_page, tmp_path, HopfieldLab().to_html())
    press(page, "Show drawing 2")
    assert (state(page) == DRAWINGS[1]).all()
    noise, wrong = page.get_by_label("noise"), [set()]
    for percent in (1, 2, 3):
        noise.press("ArrowRight")
        turned = set(np.flatnonzero(state(page) != DRAWINGS[1]).tolist())
        assert len(turned) == round(percent * N / 100) and turned >= wrong[-1]
        wrong.append(turned)
        assert page.locator("output").nth(1).inner_text() == f"{percent} % of pixels turned"
    noise.press("End")
    assert (state(page) != DRAWINGS[1]).sum() == N / 2 and shown(page)["m"] < 0.3
    for _ in range(25):
        noise.press("ArrowLeft")
    assert (state(page) != DRAWINGS[1]).sum() == N / 4
    assert status(page) == "The cue has overlap 0.50 with drawing 2. Recall it."
    press(page, "At once")
    assert status(page).endswith("drawing 2 is recalled, every pixel.")
    noise.press("Home")
    assert (state(page) == DRAWINGS[1]).all() and status(page).startswith("The cue has overlap 1.00")


def test_two_thirds_are_covered_by_coins(still_page, tmp_path):
    """Of 96 a half are wrong, to 4.9; the slider goes back to 0, and the cover comes from what was there."""
    page = visit(still_page, tmp_path, HopfieldLab().to_html())
    press(page, "Show drawing 4")
    page.get_by_label("noise").press("End")
    seen = set()
    for _ in range(3):
        press(page, "Cover two thirds")
        now = state(page)
        assert (now[:48] == DRAWINGS[3][:48]).all() and 28 <= (now != DRAWINGS[3]).sum() <= 68
        assert page.locator("output").nth(1).inner_text() == "0 % of pixels turned"
        seen.add(tuple(now))
    assert len(seen) == 3


def test_pixels_are_drawn_by_a_mouse_and_by_keys(still_page, tmp_path):
    page = visit(still_page, tmp_path, HopfieldLab().to_html())
    press(page, "Clear")
    assert (state(page) == -1).all()
    touch(page, 0)
    touch(page, 27)
    assert np.flatnonzero(state(page) == 1).tolist() == [0, 27]
    touch(page, 0)
    box = page.locator("canvas").first.bounding_box()
    at = [box[z] + 6.5 * box["width"] / SIDE for z in ("x", "y")]
    page.mouse.move(*at)
    page.mouse.down()
    page.mouse.move(at[0] + 3 * box["width"] / SIDE, at[1], steps=12)
    page.mouse.up()
    assert np.flatnonzero(state(page) == 1).tolist() == [27, 78, 79, 80, 81]
    cursor = page.locator(".thermo-cursor")
    cursor.focus()
    assert cursor.get_attribute("aria-label") == "row 7, column 10, on, the field"
    for key in ("Space", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    assert np.flatnonzero(state(page) == 1).tolist() == [27, 69, 78, 79, 80]
    assert cursor.get_attribute("aria-label") == "row 6, column 10, on, the field"
    assert status(page).startswith("The cue has overlap ")


def test_a_finger_draws_across(phone, tmp_path):
    page = visit(phone, tmp_path, HopfieldLab().to_html(), "<div style='height: 2000px'></div>")
    press(page, "Clear")
    page.evaluate("scrollTo(0, 0)")
    box = page.locator("canvas").first.bounding_box()
    edge = box["width"] / SIDE
    swipe(page, box["x"] + 2.5 * edge, box["y"] + 4.5 * edge, dx=6 * edge)
    on = np.flatnonzero(state(page) == 1)
    assert set(on // SIDE) == {4} and {4, 5, 6, 7} <= set(on % SIDE) <= set(range(2, 10))


# --- the shelf


def test_what_is_drawn_is_stored_recalled_and_forgotten(still_page, tmp_path):
    page = visit(still_page, tmp_path, HopfieldLab().to_html())
    icons, store = page.locator(".thermo-icons button"), page.get_by_role("button", name="Store")
    assert icons.count() == P and icons.first.get_attribute("aria-pressed") == "true"
    press(page, "Show drawing 2")
    assert not store.is_enabled()  # it is there already
    press(page, "Clear")
    assert store.is_enabled() and not page.get_by_role("button", name="Forget").is_enabled()
    mine = np.array([1 if (k // SIDE + k % SIDE) % 6 < 3 else -1 for k in range(N)])
    for row in range(SIDE):  # stripes, a stroke each
        ons = np.flatnonzero(mine[SIDE * row : SIDE * row + SIDE] == 1)
        for k in ons:
            touch(page, SIDE * row + k)
    assert (state(page) == mine).all()
    press(page, "Store")
    assert icons.count() == P + 1 and icons.last.get_attribute("aria-pressed") == "true"
    assert not store.is_enabled() and page.locator("output").last.inner_text() == "0, load α = 0.042"
    net, kept, _ = remembered(np.concatenate([DRAWINGS, [mine]]), 0, 1)
    assert shown(page)["E"] == pytest.approx(net.energy(mine) / N, abs=0.00051)
    assert shown(page)["kept"] == pytest.approx(kept[-1], abs=0.0051)
    for _ in range(20):
        page.get_by_label("noise").press("ArrowRight")
    press(page, "At once")
    assert (state(page) == mine).all() and status(page).endswith("drawing 6 is recalled, every pixel.")
    press(page, "Forget")
    assert icons.count() == P and (state(page) == mine).all()  # what is in the field stays
    assert "drawing 6" not in status(page) and store.is_enabled()
    press(page, "Reset")
    assert icons.count() == P and status(page) == "The cue has overlap 0.22 with drawing 1. Recall it."


def test_the_shelf_is_never_empty_and_has_an_end(still_page, tmp_path):
    page = visit(still_page, tmp_path, HopfieldLab([[1] * 8 + [-1] * 8]).to_html())
    forget, store = (page.get_by_role("button", name=name) for name in ("Forget", "Store"))
    assert not forget.is_enabled()
    for k in range(MOST_DRAWINGS - 1):
        touch(page, k, 4)
        assert store.is_enabled()
        press(page, "Store")
        assert not store.is_enabled()
    touch(page, 15, 4)
    assert not store.is_enabled() and page.locator(".thermo-icons button").count() == MOST_DRAWINGS
    for k in range(MOST_DRAWINGS - 1):
        press(page, f"Show drawing {1 + k % 2}")
        press(page, "Forget")
    press(page, "Show drawing 1")
    assert not forget.is_enabled() and page.locator(".thermo-icons button").count() == 1


# --- beyond the capacity


def test_random_memories_load_it_past_its_capacity(still_page, tmp_path):
    """The slider and the button; the mark is where the load is .138; beyond it what is kept falls."""
    page = visit(still_page, tmp_path, HopfieldLab().to_html())
    press(page, "Show drawing 1")
    load, output = page.get_by_label("random memories"), page.locator("output").last
    assert output.inner_text() == "0, load α = 0.035"
    mark = page.locator(".thermo-mark")
    at = float(mark.evaluate("mark => mark.style.getPropertyValue('--at')"))
    assert mark.inner_text() == "α = 0.138"
    assert (at * MOST_RANDOM + P) / N == pytest.approx(hopfield_capacity(), abs=1e-7)
    words = page.locator("canvas").last
    kept = {}
    for extra in range(5, MOST_RANDOM + 1, 5):
        press(page, "Add 5 random")
        assert load_told(output) == (extra, pytest.approx((P + extra) / N, abs=5.1e-4))
        kept[extra] = float(words.get_attribute("aria-label").split(": ")[1].split()[0])
        assert kept[extra] == pytest.approx(remembered(DRAWINGS, extra, 1)[1].mean(), abs=0.0051)
    assert kept[5] > 0.99 and kept[MOST_RANDOM] < 0.6
    assert not page.get_by_role("button", name="Add 5 random").is_enabled()
    assert (state(page) == DRAWINGS[0]).all()  # until it is recalled, and lost
    press(page, "At once")
    assert shown(page)["m"] < 0.9 and "recalled" not in status(page)
    for _ in range(3):
        load.press("ArrowLeft")
    assert load_told(output)[0] == MOST_RANDOM - 3
    load.press("Home")
    press(page, "Show drawing 1")
    press(page, "At once")
    assert status(page) == "At rest after 1 sweep: drawing 1 is recalled, every pixel."


def test_it_says_what_a_state_is(still_page, tmp_path):
    """A mixture of three drawings, one of them negative, and the negative of one."""
    lab = HopfieldLab([*DRAWINGS[1:], DRAWINGS[0]])
    mixture = np.sign(DRAWINGS[0] + DRAWINGS[1] - DRAWINGS[2])
    for s, words in ((mixture, "a mixture of "), (-DRAWINGS[0], "the negative of drawing 5 is recalled")):
        page = visit(still_page, tmp_path, lab.to_html())
        press(page, "Show drawing 5")
        for k in np.flatnonzero(s != DRAWINGS[0]):
            touch(page, k)
        press(page, "At once")
        assert words in status(page)
        if "mixture" in words:
            of = set(re.findall(r"(?:negative )?drawing \d", status(page)))
            assert of == {"drawing 1", "negative drawing 2", "drawing 5"}


# --- without a script, and from Python


def test_picture_is_there_without_javascript(browser, tmp_path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(write(tmp_path, HopfieldLab(extra=3).to_html()))
    words = "A network of 144 units stores 5 drawings and 3 random memories"
    image = page.get_by_role("img", name=f"{words}: a cue, what is recalled, and the drawings")
    assert image.evaluate("image => image.naturalWidth") > 0
    said = "From the upper third of the first, recall at T = 0 comes to an overlap of "
    assert re.fullmatch(rf"{words}. {said}[−.\d]+ with it", page.locator("figcaption").inner_text())
    context.close()


def test_the_same_lab_gives_the_same_bytes():
    made = [HopfieldLab(T=0.4, extra=3).to_html() for _ in range(2)]
    assert made[0] == made[1] and len(made[0]) < 80_000


def test_values_are_the_sliders():
    lab = HopfieldLab(-DRAWINGS, T=0.33, extra=np.int64(4))
    assert (lab.T, lab.extra) == (0.35, 4) and lab.patterns == (-DRAWINGS).tolist()
    lab.patterns = DRAWINGS[:1]
    assert lab.patterns == DRAWINGS[:1].tolist()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"T": -0.1}, "T must lie in 0 … 1.5, got -0.1"),
        ({"T": 2}, "T must lie in 0 … 1.5, got 2.0"),
        ({"T": np.nan}, "got nan"),
        ({"extra": 41}, "extra must be an integer from 0 to 40, got 41"),
        ({"extra": 1.5}, "extra must be an integer from 0 to 40, got 1.5"),
        ({"seed": -1}, "seed must be an integer"),
        ({"patterns": []}, r"from 1 to 12 rows .* got shape \(0,\)"),
        ({"patterns": np.ones((13, 144))}, r"from 1 to 12 rows .* got shape \(13, 144\)"),
        ({"patterns": np.ones((2, 143))}, r"a square of side 4 to 12 has, got shape \(2, 143\)"),
        ({"patterns": np.ones((2, 9))}, r"got shape \(2, 9\)"),
        ({"patterns": np.ones(144)}, r"got shape \(144,\)"),
        ({"patterns": np.zeros((2, 144))}, "patterns must be ±1, got values from 0 to 0"),
    ],
)
def test_what_cannot_be_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        HopfieldLab(**options)
    ((name, value),) = options.items()
    with pytest.raises(ValueError, match=words):
        setattr(HopfieldLab(), name, value)


def test_drawings_of_another_size_are_refused_later():
    with pytest.raises(ValueError, match="patterns must have 144 pixels each, got 16"):
        HopfieldLab().patterns = np.ones((1, 16))


def test_in_forced_colours_the_pen_has_the_readers_ink(window, tmp_path):
    page = window(reduced_motion="reduce", forced_colors="active", color_scheme="dark")
    visit(page, tmp_path, HopfieldLab().to_html())
    colours = page.locator("canvas, input[type=range]").evaluate_all(
        "all => all.map(x => getComputedStyle(x).color)"
    )
    assert set(colours) == {"rgb(255, 255, 255)"}
