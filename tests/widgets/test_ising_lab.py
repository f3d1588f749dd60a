"""`IsingLab` as a reader meets it: on a page without a kernel, opened from disk."""

import csv
import io
import re
from functools import cache

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from pages import two_frames, visit, write
from PIL import Image
from test_look import contrast
from thermolib import chains, ising
from thermolib.palette import temperature_color
from thermolib.widgets.ising_lab import SIZES, TEMPERATURES, TINT, IsingLab


@cache
def plain():
    """A small lab as it comes; the same lab gives the same bytes."""
    return IsingLab(size=64).to_html()


@pytest.fixture
def page(window):
    return window()


def sweeps(page):
    """How many sweeps the lab says it has made at this point."""
    return int(page.locator(".thermo-status").inner_text().split()[0].replace(",", ""))


def wait_for_sweeps(page, n):
    page.wait_for_function(
        "n => parseInt(document.querySelector('.thermo-status').textContent.replaceAll(',', '')) >= n",
        arg=n,
    )


def saved(page):
    """Press Save CSV and read the file."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Save CSV").click()
    with open(download.value.path(), encoding="utf8") as file:
        return download.value.suggested_filename, list(csv.DictReader(file))


def top(page, label):
    """Where on the page a control begins, however far the page has been scrolled."""
    return page.get_by_label(label).evaluate("node => node.getBoundingClientRect().top + scrollY")


def set_slider(page, label, value):
    page.get_by_label(label).fill(str(value))


# --- what it says is true


@pytest.mark.parametrize(("T", "algorithm"), [(2.0, "metropolis"), (2.3, "wolff"), (3.0, "heat_bath")])
def test_agrees_with_kaufman_and_with_its_own_file(page, tmp_path, T, algorithm):
    """|z| < 4 with the file's series and thermolib's error; the numbers on the page are those of the file."""
    visit(page, tmp_path, IsingLab(size=64, T=T, algorithm=algorithm, seed=3).to_html())
    page.get_by_label("speed").select_option("as fast as it goes")
    wait_for_sweeps(page, 6000 if algorithm != "wolff" else 1500)
    page.get_by_role("button", name="Pause").click()
    name, rows = saved(page)
    assert name == f"ising-L64-T{T:.2f}.csv"
    assert {(row["T"], row["h"], row["L"], row["algorithm"]) for row in rows} == {
        (f"{T:g}", "0", "64", algorithm)
    }
    assert [int(row["sweep"]) for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) == sweeps(page)

    averaged = np.array([row["averaged"] == "1" for row in rows])
    assert averaged.mean() == pytest.approx(0.75, abs=0.05)
    e = np.array([float(row["energy_per_site"]) for row in rows])[averaged]
    m = np.array([float(row["magnetization_per_site"]) for row in rows])[averaged]
    value, stderr = chains.mean(e)
    exact = float(ising.torus_energy(64, T))
    assert abs(value - exact) < 4 * stderr

    shown = page.locator("tbody td").all_inner_texts()
    mean, error = shown[0].replace("−", "-").split("\n± ")
    assert float(mean) == pytest.approx(
        e.mean(), abs=float(error) / 5
    )  # a half-filled bin is not yet in the mean
    assert float(shown[2].split("\n± ")[0]) == pytest.approx(np.abs(m).mean(), abs=5e-3)
    assert shown[1].replace("−", "-") == f"{exact:.5f}\nKaufman, this lattice"
    assert page.locator("thead th").all_inner_texts() == ["measured", "reference"]
    whose = "Yang, infinite lattice" if ising.T_C > T else "infinite lattice; a finite one keeps some"
    assert shown[3] == f"{ising.spontaneous_magnetization(T):.5f}\n{whose}"


def test_exact_values_need_no_interpolation():
    """The slider stops only where thermolib was asked; 7 decimals are kept.

    The largest tori are asked seldom: they are slow.
    """
    known = IsingLab().constants
    assert known["temperatures"] == TEMPERATURES.tolist()
    for L, step in zip(SIZES, (1, 3, 10, 40), strict=True):
        exact = ising.torus_energy(L, TEMPERATURES[::step])
        assert np.allclose(known["exact"][str(L)][::step], exact, rtol=0, atol=1e-7)
    assert np.allclose(known["yang"], ising.spontaneous_magnetization(TEMPERATURES), rtol=0, atol=1e-7)


def test_in_a_field_nothing_exact_is_claimed(page, tmp_path):
    visit(page, tmp_path, IsingLab(size=64, T=3.0, h=0.2).to_html())
    assert page.locator("tbody td").nth(1).inner_text() == "none known\nin a field"
    assert page.locator("tbody td").nth(3).inner_text() == "none known\nin a field"
    set_slider(page, "field h", 0)
    assert "Kaufman" in page.locator("tbody td").nth(1).inner_text()


@pytest.mark.parametrize("width", [375, 1280])
def test_errors_appear_in_their_place(page, tmp_path, width):
    """First nothing is promised but when; then the numbers come, and no control moves under the hand."""
    page.set_viewport_size({"width": width, "height": 900})
    visit(page, tmp_path, IsingLab(size=64, T=3.0).to_html())
    needed = 50 * 3 * (1 + (1 / (-np.log(np.tanh(1 / 3)) - 2 / 3)) ** 2.17) / 0.75
    assert page.locator(".thermo-status").inner_text().endswith("; errors are known after about 1,200.")
    assert 1150 < needed < 1250
    errors = page.locator("tbody td:nth-child(2) small")
    assert errors.all_inner_texts() == ["no error yet", "no error yet"]
    place = top(page, "temperature T")
    page.get_by_label("speed").select_option("as fast as it goes")
    page.locator(".thermo-status").filter(has_text="as good as about").wait_for()
    assert all(re.fullmatch(r"± 0\.\d+", error) for error in errors.all_inner_texts())
    said = page.locator(".thermo-status").inner_text()
    assert re.search(
        r"[\d,]+ independent energies and [\d,]+ independent \|m\|; ⟨e⟩ is \d\.\d standard errors", said
    )
    assert top(page, "temperature T") == place
    set_slider(page, "field h", 0.1)
    assert top(page, "temperature T") == place


# --- what the controls do


def test_temperature_by_keyboard_discards_what_was_measured(page, record, tmp_path):
    visit(page, tmp_path, IsingLab(size=64, T=2.5).to_html())
    wait_for_sweeps(page, 60)
    page.get_by_role("button", name="Pause").click()
    slider = page.get_by_label("temperature T")
    slider.press("ArrowRight")
    assert page.locator("output").first.inner_text() == "T = 2.51" == slider.get_attribute("aria-valuetext")
    assert sweeps(page) == 0
    assert "temperature 2.51" in page.locator("canvas").first.get_attribute("aria-label")
    for control in ("field h", "algorithm", "lattice"):
        page.get_by_role("button", name="Step").click()
        assert sweeps(page) == 1
        if control == "field h":
            page.get_by_label(control).press("ArrowLeft")
            assert page.locator("output").nth(1).inner_text() == "h = −0.01"
        else:
            page.get_by_label(control, exact=True).select_option(index=2)
        assert sweeps(page) == 0
    assert page.locator("canvas").first.evaluate("c => c.width") == 256
    page.get_by_role("button", name="Reset").click()
    assert page.locator("output").all_inner_texts() == ["T = 2.50", "h = 0.00"]
    assert page.get_by_label("lattice", exact=True).input_value() == "64"
    assert record.errors == []
    assert [url for url in record.requests if not url.startswith(("file:", "blob:", "data:"))] == []


def test_temperature_by_mouse_changes_the_picture(page, tmp_path):
    visit(page, tmp_path, IsingLab(size=64, T=4.0).to_html())
    page.get_by_role("button", name="Pause").click()
    before = page.locator("canvas").first.evaluate("c => c.toDataURL()")
    box = page.get_by_label("temperature T").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    assert page.locator("output").first.inner_text() == "T = 5.00"
    assert page.locator("canvas").first.evaluate("c => c.toDataURL()") != before


def test_pause_step_and_run(page, tmp_path):
    visit(page, tmp_path, plain())
    wait_for_sweeps(page, 20)
    page.get_by_role("button", name="Pause").click()
    n = sweeps(page)
    two_frames(page)
    page.get_by_role("button", name="Step").click()
    assert sweeps(page) == n + 1
    page.get_by_role("button", name="Run").click()
    wait_for_sweeps(page, n + 50)


def test_quench_and_anneal(page, tmp_path):
    visit(page, tmp_path, IsingLab(size=64, T=2.0, h=0.3).to_html())
    # All in one task, before the next frame: what is read is the random lattice, not one sweep later.
    hot, said = page.evaluate("""() => {
        [...document.querySelectorAll("button")].find((b) => b.textContent === "Quench").click();
        return ["canvas", ".thermo-status"].map((name) => document.querySelector(name))
            .map((node) => node.getAttribute("aria-label") ?? node.textContent);
    }""")
    energy = re.compile(r"energy per site (\S+),")
    # Of 8192 bonds, each 1 or −1 alike: four standard deviations, and the last digit shown.
    assert abs(float(energy.search(hot)[1].replace("−", "-"))) < 4 * np.sqrt(2) / 64 + 0.005
    assert said.startswith("0 sweeps here, the last 0 averaged")
    assert page.locator("output").all_inner_texts() == ["T = 1.00", "h = 0.00"]
    page.get_by_role("button", name="Anneal").click()
    page.get_by_label("speed").select_option("as fast as it goes")
    assert page.locator(".thermo-status").inner_text().startswith("Cooling")
    page.wait_for_function("document.querySelector('output').textContent === 'T = 1.00'")
    wait_for_sweeps(page, 200)
    cold = energy.search(page.locator("canvas").first.get_attribute("aria-label"))[1]
    assert float(cold) < -1.7  # e(1) = −1.997; a stripe that stays costs 4/64 a site


# --- how it looks


def shown_colours(page):
    """The lattice's two colours as they are seen, from a picture of a part of it: the two most frequent."""
    box = page.locator(".thermo-spins").bounding_box()
    part = {"x": box["x"], "y": box["y"], "width": 160, "height": 160}
    screen = Image.open(io.BytesIO(page.screenshot(clip=part))).convert("RGB")
    many = sorted(screen.getcolors(2**24), reverse=True)
    return [np.array(colour) / 255 for _, colour in many[:2]]


@pytest.mark.parametrize("ground", ["#ffffff", "#121212"])  # Canvas, light and dark
def test_both_spins_have_a_colour_at_every_temperature(ground):
    for T in TEMPERATURES:
        up = np.array(to_rgb(temperature_color(T)))
        assert contrast(up, TINT * up + (1 - TINT) * np.array(to_rgb(ground))) >= 3


def test_the_colours_are_those_on_the_screen(page, tmp_path):
    """Half of the spins up, at two temperatures and in both themes; browsers round colours to 1/255."""
    visit(page, tmp_path, IsingLab(size=64, T=5.0).to_html())
    page.get_by_role("button", name="Pause").click()
    for theme, ground in (("light", 1.0), ("dark", 0x12 / 255)):
        page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        for place, T in (("0", 0.5), ("450", 5.0)):
            page.get_by_label("temperature T").fill(place)
            up = np.array(to_rgb(temperature_color(T)))
            wanted = sorted([tuple(up), tuple(TINT * up + (1 - TINT) * ground)])
            assert np.allclose(sorted(map(tuple, shown_colours(page))), wanted, atol=1.01 / 255)


def test_compact_is_a_lattice_a_slider_and_a_line(page, record, tmp_path):
    lab = IsingLab(size=128, T=2.27, compact=True).to_html()
    visit(page, tmp_path, lab, lab)
    assert page.locator("canvas").count() == page.get_by_label("temperature T").count() == 2
    assert page.locator("select, table, svg").count() == 0
    page.get_by_label("temperature T").first.press("ArrowLeft")
    assert page.locator("output").all_inner_texts() == ["T = 2.26", "T = 2.27"]
    for place, begins in (("0", "Cold"), ("177", "Near"), ("450", "Hot")):
        page.get_by_label("temperature T").first.fill(place)
        assert page.locator(".thermo-status").first.inner_text().startswith(begins)
    assert record.errors == []


def pixel(page, x, y):
    """The lattice's picture where it shows the place (x, y), in shares of its width and height."""
    return page.locator("canvas.thermo-spins").evaluate(
        """(canvas, [x, y]) => {
            const { clientWidth: width, clientHeight: height } = canvas;
            const across = x * canvas.width;
            const down = (y * height + (width - height) / 2) / width * canvas.width;
            return canvas.getContext("2d").getImageData(across, down, 1, 1).data[3];
        }""",
        [x, y],
    )


@pytest.mark.parametrize("compact", [True, False])
def test_a_stroke_paints_the_other_colour(page, tmp_path, compact):
    """Where the whole lattice shows, and where its middle does; what lies off the stroke stays."""
    visit(page, tmp_path, IsingLab(size=64, T=0.5, compact=compact).to_html())
    page.get_by_role("button", name="Pause").click()
    lattice = page.locator("canvas.thermo-spins")
    lattice.scroll_into_view_if_needed()
    box, places = lattice.bounding_box(), [(0.2, 0.1), (0.8, 0.1), (0.2, 0.9)]
    before = [pixel(page, *place) for place in places]
    page.mouse.move(
        *(box[x] + share * box[side] for x, side, share in (("x", "width", 0.2), ("y", "height", 0.1)))
    )
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.1 * box["height"], steps=40)
    page.mouse.up()
    after = [pixel(page, *place) for place in places]
    assert [a != b for a, b in zip(after, before, strict=True)] == [True, True, False]
    said = lattice.get_attribute("aria-label")
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    assert lattice.get_attribute("aria-label") == said and "magnetisation per site 1.00" not in said


def test_the_critical_temperature_is_marked_where_it_is(page, tmp_path):
    """The mark stands where the middle of the thumb would."""
    visit(page, tmp_path, IsingLab(size=64, compact=True).to_html())
    box = page.get_by_label("temperature T").bounding_box()
    mark = page.locator(".thermo-mark").evaluate("node => node.getBoundingClientRect().left")
    x = box["x"] + 11 + (box["width"] - 22) * (ising.T_C - 0.5) / 4.5  # the thumb's middle; it is 22 px wide
    assert mark == pytest.approx(x, abs=0.6)


def test_picture_is_there_without_javascript(window, tmp_path):
    page = window(java_script_enabled=False)
    page.goto(write(tmp_path, IsingLab(size=64, T=2.0, h=0.1).to_html()))
    words = "Ising lattice of 64 × 64 spins in equilibrium at T = 2.00 in a field h = 0.10"
    image = page.get_by_role("img", name=words)
    assert image.evaluate("image => image.naturalWidth") == 64
    assert image.bounding_box()["width"] > 300
    assert page.locator("figcaption").inner_text().startswith(words)


TURN = """() => {
    // Frames come when they are called; the clock goes on by `costs` ms whenever it is read.
    let frames = [], time = 0;
    globalThis.costs = 0;
    performance.now = () => (time += costs);
    globalThis.requestAnimationFrame = (f) => frames.push(f);
    globalThis.cancelAnimationFrame = () => { frames = []; };
    globalThis.turn = (n) => { for (; n > 0; n--) frames.splice(0).forEach((f) => f(time += 16)); };
}"""


@pytest.mark.parametrize(
    ("speed", "costs", "sweeps_made"),
    [
        ("30 sweeps a second", 0, 4),  # .144 s: the first of ten frames of 16 ms says only what time it is
        ("240 sweeps a second", 0, 34),
        ("240 sweeps a second", 5, 9 * 2),  # each frame after 5 and 10 of 12 ms; what is left is dropped
        ("as fast as it goes", 2, 9 * 5),
        ("as fast as it goes", 13, 0),
    ],
)
def test_speed_is_per_second_and_a_frame_has_its_budget(page, tmp_path, speed, costs, sweeps_made):
    visit(page, tmp_path, plain())
    page.get_by_role("button", name="Pause").click()
    page.get_by_label("speed").select_option(speed)
    before = sweeps(page)
    page.evaluate(TURN)
    page.get_by_role("button", name="Run").click()
    page.evaluate("costs => { globalThis.costs = costs; turn(10); }", costs)
    page.get_by_role("button", name="Pause").click()
    assert sweeps(page) == before + sweeps_made
    page.get_by_role("button", name="Reset").click()
    assert page.get_by_label("speed").input_value() == "240"


# --- Python


def test_the_same_lab_gives_the_same_bytes():
    assert IsingLab(size=64).to_html() == IsingLab(size=64).to_html()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"size": 100}, r"size must be one of \(64, 128, 256, 512\), got 100"),
        ({"T": 0.0}, "T must lie in 0.5 … 5.0, got 0.0"),
        ({"T": float("nan")}, "got nan"),
        ({"h": 0.6}, "h must lie in -0.5 … 0.5, got 0.6"),
        ({"algorithm": "kawasaki"}, "algorithm must be one of .* got 'kawasaki'"),
        ({"seed": -1}, "seed must be an integer from 0 to 4294967295, got -1"),
        ({"seed": 2**32}, "seed must be"),
        ({"seed": 1.5}, "seed must be .* got 1.5"),
        ({"size": "a"}, "size must be one of .* got 'a'"),
        ({"T": "hot"}, "T must be .* got 'hot'"),
        ({"T": None}, "T must"),
        ({"T": [1.0, 2.0]}, r"T must be one number, got \[1.0, 2.0\]"),
        ({"T": True}, "T must be .* got True"),
        ({"T": "1"}, "T must be .* got '1'"),
        ({"T": np.inf}, "T must be finite"),
        ({"h": True}, "h must be .* got True"),
        ({"size": 128.0}, "size must be one of .* got 128.0"),
        ({"size": True}, "size must be one of .* got True"),
        ({"size": [128]}, r"size must be one of .* got \[128\]"),
        ({"size": np.array([64, 128]), "compact": True}, "size must be one of"),
        ({"algorithm": np.array(["wolff", "metropolis"])}, "algorithm must be one of"),
        ({"seed": True}, "seed must be .* got True"),
        ({"compact": 2}, "compact must be True or False, got 2"),
        ({"compact": "yes"}, "compact must be True or False, got 'yes'"),
        ({"compact": None}, "compact must be True or False, got None"),
        ({"h": "a"}, "h must be .* got 'a'"),
        ({"algorithm": 3}, "algorithm must be one of .* got 3"),
    ],
)
def test_bad_input_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        IsingLab(**options)


def test_numbers_of_numpy_are_numbers():
    lab = IsingLab(np.int64(64), np.float32(2.0), np.float64(0.1), seed=np.uint32(7), compact=np.True_)
    assert (lab.size, lab.T, lab.h, lab.seed, lab.compact) == (64, 2.0, 0.1, 7, True)
    assert {type(x) for x in (lab.size, lab.seed)} == {int} and lab.compact is True
    assert '"seed":7,' in lab.to_html()  # what JSON cannot write would fail here


def test_bad_input_is_refused_later_too():
    lab = IsingLab(T=2.004)
    assert lab.T == 2.0
    with pytest.raises(ValueError, match="compact must be True or False, got 1"):
        lab.compact = 1
    with pytest.raises(ValueError, match="T must lie in"):
        lab.T = -1.0
    with pytest.raises(ValueError, match="T must be"):
        lab.T = "hot"
    assert lab.T == 2.0
