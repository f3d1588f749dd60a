"""`AnnealingLab` as a reader meets it: on a page without a kernel, opened from disk; and from Python."""

import io
import itertools
import re
from functools import cache
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pytest
from bits import lengths, random_bits, shuffled, two_opt_step, walkers_step
from pages import OBSERVED, press, stop_clock, texts, visit, write
from PIL import Image
from thermolib.annealing import end_distribution
from thermolib.boltzmann import boltzmann
from thermolib.problems import circle, tour_length
from thermolib.widgets.annealing_lab import ENERGIES, LENGTHS, PRESETS, START, AnnealingLab
from thermolib.widgets.kit.host import HOST

LOWEST = int(np.argmin(ENERGIES))
LABELS = [
    f"temperature T, {where}, Annealing on a landscape"
    for where in ("first step", *(f"after {k} %" for k in (20, 40, 60, 80)), "last step")
]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def page(window):
    return window()


def number(text):
    return float(text.replace("−", "-").replace(",", ""))


def status(page):
    return page.locator(".thermo-status").inner_text()


def table(page, k):
    return texts(page.locator("table").nth(k).locator("tbody tr"))


def knots(page):
    """What the six sliders say."""
    sliders = page.locator("input[aria-label^='temperature T, ']")
    said = dict(sliders.evaluate_all("all => all.map(one => [one.ariaLabel, one.ariaValueText])"))
    return [float(said[label].removeprefix("T = ")) for label in LABELS]


def end(page):
    """P(end in the lowest state) as the page says it."""
    return float(re.search(r"probability ([\d.]+), exactly", page.locator(".thermo-result").inner_text())[1])


def exact_end(schedule, steps):
    T = AnnealingLab(schedule=schedule, steps=steps).temperatures
    return end_distribution(ENERGIES, T, START)[LOWEST]


def wait_for(page, pattern):
    page.locator(".thermo-status").filter(has_text=re.compile(pattern)).wait_for()


@pytest.fixture
def landscape(still_page, tmp_path):
    return visit(still_page, tmp_path, AnnealingLab().to_html())


# --- the landscape: what it says is true


def test_presets_are_those_of_thermolib(landscape):
    """The whole table, and the sentence to seven digits."""
    *presets, drawn = table(landscape, 1)
    for name, row in zip(PRESETS, presets, strict=True):
        assert [float(x) for x in row] == pytest.approx([exact_end(name, n) for n in LENGTHS], abs=5.1e-5)
    for name in PRESETS:
        for n in LENGTHS:
            landscape.get_by_label("schedule", exact=True).select_option(name)
            landscape.get_by_label("length", exact=True).select_option(str(n))
            assert end(landscape) == pytest.approx(exact_end(name, n), abs=5.1e-8)
            assert landscape.locator(".thermo-chosen th").inner_text() == name
            T = AnnealingLab(schedule=name, steps=n).temperatures
            at = np.floor(np.arange(6) * (n - 1) / 5 + 0.5).astype(int)
            assert knots(landscape) == pytest.approx(T[at], rel=5.1e-3)
    landscape.get_by_label("schedule", exact=True).select_option("drawn")
    assert end(landscape) == pytest.approx(exact_end(knots(landscape), 1000), abs=5.1e-8)
    assert len(drawn) == len(LENGTHS)


@pytest.mark.parametrize("name", ["linear", "quench"])
def test_numbers_of_a_step_are_those_of_thermolib(still_page, tmp_path, name):
    lab = AnnealingLab(schedule=name)
    page = visit(still_page, tmp_path, lab.to_html())
    for _ in range(3):
        press(page, "Step")
    for k in (3, 100):
        p, T = end_distribution(ENERGIES, lab.temperatures[:k], START), lab.temperatures[k - 1]
        pi, E = boltzmann(ENERGIES, T), np.array(ENERGIES)
        assert status(page).startswith(f"Step {k} of 100, T = ")
        assert f"is {np.abs(p - pi).sum() / 2:.3f} from Boltzmann’s (half the sum of all" in status(page)
        lowest, energy = table(page, 0)
        said = [lowest[0], lowest[2], energy[0], energy[2]]
        for text, x in zip(said, (p[LOWEST], pi[LOWEST], p @ E, pi @ E), strict=True):
            assert 0 < x < 5e-5 if text == "< 0.0001" else number(text) == pytest.approx(x, abs=5.1e-5)
        (f, df), (u, du) = ([number(x) for x in row[1].split(" ± ")] for row in (lowest, energy))
        assert df == pytest.approx(np.sqrt(p[LOWEST] * (1 - p[LOWEST]) / 1000), abs=5.1e-4)
        assert du == pytest.approx(np.sqrt((p @ E**2 - (p @ E) ** 2) / 1000), abs=5.1e-4)
        assert abs(f - p[LOWEST]) < 4 * df + 1e-3  # rounded
        assert abs(u - p @ E) < 4 * du + 1e-3
        label = page.locator("canvas").first.get_attribute("aria-label")
        assert ", ".join(f"{x:.3f}" for x in p) in label
        press(page, "To the end")


# --- what the controls do


def test_a_knot_by_keyboard_changes_the_end(landscape):
    before, said = knots(landscape), landscape.locator(".thermo-result").inner_text()
    for k, label in enumerate(LABELS):
        slider = landscape.get_by_label(label, exact=True)
        for _ in range(5):
            slider.press("ArrowRight")
        after = knots(landscape)
        assert after[k] == pytest.approx(before[k] * 10**0.1, rel=0.03)  # fiftieths of a decade, from a step
        assert [*after[:k], *after[k + 1 :]] == [*before[:k], *before[k + 1 :]]
        assert landscape.get_by_label("schedule", exact=True).input_value() == "drawn"
        assert landscape.locator(".thermo-result").inner_text() != said
        assert end(landscape) == pytest.approx(exact_end(after, 100), abs=5.1e-8)
        assert [float(x) for x in table(landscape, 1)[-1]] == pytest.approx(
            [exact_end(after, n) for n in LENGTHS], abs=5.1e-5
        )
        press(landscape, "Reset")
        assert knots(landscape) == before
        assert landscape.get_by_label("schedule", exact=True).input_value() == "geometric"


@pytest.mark.parametrize(
    ("schedule", "steps", "beaten"), [("linear", 100, "4 of the 4 other"), ([1.0] * 6, 1000, None)]
)
def test_the_score_counts_the_presets_that_are_beaten(still_page, tmp_path, schedule, steps, beaten):
    visit(still_page, tmp_path, AnnealingLab(schedule=schedule, steps=steps).to_html())
    theirs = {name: exact_end(name, steps) for name in PRESETS if name != schedule}
    mine = sum(end < exact_end(schedule, steps) for end in theirs.values())
    best = max(theirs, key=theirs.get)
    said = still_page.locator(".thermo-result").inner_text()
    assert f"beats {beaten or f'{mine} of the 5'} presets in {steps} steps" in said
    assert said.endswith(f"the best of them, {best}, has {theirs[best]:.4f}.")


def test_a_link_carries_the_schedule(browser, tmp_path):
    """It is copied, or shown where it may not be; who opens it sees the schedule; a wrong one is refused."""
    context = browser.new_context(reduced_motion="reduce", permissions=["clipboard-read", "clipboard-write"])
    page = visit(context.new_page(), tmp_path, AnnealingLab().to_html())
    field = page.get_by_label("6 temperatures, typed")
    field.fill("2 1 .5 .25 .125 .05")
    field.press("Enter")
    page.get_by_label("length", exact=True).select_option("500")
    press(page, "Copy link")
    page.get_by_role("status").filter(has_text="Copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url == f"{(tmp_path / 'page.html').as_uri()}#schedule=500:2,1,0.5,0.25,0.125,0.05"

    other = context.new_page()
    other.add_init_script("delete Navigator.prototype.clipboard")
    other.goto(link)
    wait_for(other, "of 500")
    assert knots(other) == [2, 1, 0.5, 0.25, 0.125, 0.05]
    press(other, "Copy link")
    shown = other.get_by_label("link", exact=True)
    assert shown.input_value() == link
    assert shown.evaluate("field => field === document.activeElement && field.selectionEnd > 60")
    press(other, "Reset")
    assert not shown.is_visible()
    assert other.get_by_label("schedule", exact=True).input_value() == "geometric"
    alert = other.locator(".thermo-error").first
    follow = """async (hash) => {
        const heard = new Promise((done) => addEventListener("hashchange", done, { once: true }));
        location.hash = hash;
        await heard; // the lab, which listened before, has heard it too
    }"""
    for wrong in ("500:fast", "7:linear", "500:1,1,1,1,1,9", "%", "500:1,2"):
        other.evaluate(follow, f"#schedule={wrong}")
        assert alert.text_content().endswith(f"got “#schedule={wrong}”.")
        assert other.get_by_label("schedule", exact=True).input_value() == "geometric"
    other.evaluate(follow, "#schedule=200:reheat")
    assert alert.text_content() == ""
    assert other.get_by_label("schedule", exact=True).input_value() == "reheat"
    other.evaluate(follow, "#elsewhere")
    assert alert.text_content() == ""
    context.close()


def test_typed_temperatures_are_the_schedule(landscape):
    field = landscape.get_by_label("6 temperatures, typed")
    assert [float(T) for T in field.input_value().split(",")] == knots(landscape)
    field.fill("2 1 0.5; 0.25, .123 0.05")
    field.press("Enter")
    assert landscape.get_by_label("schedule", exact=True).input_value() == "drawn"
    assert end(landscape) == pytest.approx(exact_end([2, 1, 0.5, 0.25, 0.123, 0.05], 100), abs=5.1e-8)
    before = end(landscape)
    for wrong in ("1, 2, 3", "2 1 .5 .2 .1 0", "2 1 .5 .2 .1 cold", "9 1 .5 .2 .1 .05"):
        field.fill(wrong)
        field.press("Enter")
        alert = landscape.get_by_role("alert").filter(has_text=wrong)
        assert "Expected 6 temperatures from 0.05 to 5" in alert.inner_text()
        assert end(landscape) == before


def test_a_knot_is_dragged_in_the_plot(landscape):
    """Down by a quarter of the plot, 158 px for two decades: T falls by half a decade; the others stay."""
    before, third = knots(landscape), landscape.get_by_label(LABELS[2], exact=True)
    assert before[2] == pytest.approx(0.451)
    box, mouse = third.bounding_box(), landscape.mouse
    x, y = box["x"] + 22, box["y"] + 22 + 158 * (1 - np.log10(before[2] / 0.05) / 2)
    mouse.move(x, y)
    mouse.down()
    mouse.move(x, y + 158 / 4, steps=4)
    assert landscape.locator(".thermo-result").get_attribute("aria-live") == "off"
    mouse.up()
    assert landscape.locator(".thermo-result").get_attribute("aria-live") == "polite"
    after = knots(landscape)
    assert after[2] == pytest.approx(before[2] / 10**0.5, rel=0.06)  # a step of the slider is 5 %
    assert [*after[:2], *after[3:]] == [*before[:2], *before[3:]]
    assert end(landscape) == pytest.approx(exact_end(after, 100), abs=5.1e-8)
    mouse.click(x, box["y"] + 22 + 158 / 4)  # a click in its column: the height says T
    assert knots(landscape)[2] == pytest.approx(0.05 * 100**0.75, rel=0.06)
    assert [*knots(landscape)[:2], *knots(landscape)[3:]] == [*after[:2], *after[3:]]


def walked(lab, seed):
    """Where the thousand walkers are at the end of the lab's schedule, by plain Python."""
    return _walked(tuple(lab.temperatures), seed)


@cache
def _walked(temperatures, seed):
    bits, states = random_bits(seed), [START] * 1000
    for T in temperatures:
        walkers_step(bits, ENERGIES, states, T)
    return states


def test_the_walkers_are_dots_piled_in_their_states(landscape):
    """Of 1000 dots as many pixels have their colour in each state's column as walkers are there.

    They stand on the ground of their state: none is below it.
    """
    for name in ("To the end", "Restart"):
        press(landscape, name)
        screen = Image.open(io.BytesIO(landscape.locator("canvas").first.screenshot())).convert("RGB")
        pixels = np.asarray(screen).astype(int)
        height, width = pixels.shape[:2]
        coloured = np.ptp(pixels, axis=2) > 25  # lines, bars and words are grey
        columns = 36 + (width - 38) / 16 * np.arange(17)
        edges = [slice(int(a) + 2, int(b) - 1) for a, b in itertools.pairwise(columns)]
        piles = np.array([coloured[:, edge].sum() for edge in edges])
        lowest, highest = height - 62, 0.52 * height
        for edge, E in zip(edges, ENERGIES, strict=True):
            ground = lowest - (lowest - highest) * (E + 1.3) / 2.5
            assert not coloured[int(ground) + 2 :, edge].any()
        states = walked(AnnealingLab(), 1) if name == "To the end" else [START] * 1000
        counts = np.bincount(states, minlength=16)
        assert piles / piles.sum() == pytest.approx(counts / 1000, abs=0.03)


def test_runs_pauses_and_ends(page, record, tmp_path):
    visit(page, tmp_path, AnnealingLab().to_html())
    wait_for(page, r"Step [1-9]\d* of 100")
    assert page.locator(".thermo-status").get_attribute("aria-live") == "off"
    press(page, "Pause")
    k = int(re.search(r"Step (\d+)", status(page))[1])
    assert page.locator(".thermo-status").get_attribute("aria-live") == "polite"
    press(page, "Step")
    assert status(page).startswith(f"Step {k + 1} of 100")
    press(page, "To the end")
    first = table(page, 0)
    press(page, "Restart")
    assert status(page).startswith("Step 0 of 100")
    press(page, "To the end")
    assert table(page, 0) == first  # the same seed
    press(page, "Run again")  # at the end: from the beginning
    wait_for(page, r"Step [1-9]\d? of 100")
    page.get_by_label("length", exact=True).select_option("200")
    wait_for(page, r"Step [1-9]\d* of 200")
    assert record.errors == []
    assert [url for url in record.requests if not url.startswith(("file:", "blob:", "data:"))] == []


def test_stops_at_the_end_and_is_not_dead(new_page, tmp_path):
    """A schedule takes twelve seconds, here two; the page's clock is turned on by three."""
    stop_clock(new_page)
    filler, html = "<div style='height: 5000px'></div>", AnnealingLab().to_html()
    assert "DURATION = 12" in html
    visit(new_page, tmp_path, html.replace("DURATION = 12", "DURATION = 2"), filler)
    new_page.evaluate(OBSERVED)  # before that it does not run
    new_page.clock.run_for(3000)
    wait_for(new_page, "Step 100 of 100")
    again = new_page.get_by_role("button", name="Run again", exact=True)
    assert "thermo-main" in again.get_attribute("class")
    assert new_page.locator(".thermo-status").get_attribute("aria-live") == "polite"
    new_page.evaluate("scrollTo(0, 5000)")
    new_page.evaluate("new Promise(done => new IntersectionObserver(done).observe(document.body))")
    new_page.evaluate("scrollTo(0, 0)")  # whoever comes back finds it running
    new_page.get_by_role("button", name="Pause", exact=True).wait_for()
    new_page.clock.run_for(3000)
    again.wait_for()
    new_page.get_by_label(LABELS[0], exact=True).press("ArrowLeft")  # and so does who draws a schedule
    new_page.get_by_role("button", name="Pause", exact=True).wait_for()


# --- the tour


def drawn(page, cities):
    """Where the stretches end that are drawn when the theme changes: from −1.08 to 1.08 over the picture."""
    points = page.evaluate("""async () => {
        const pen = CanvasRenderingContext2D.prototype, lineTo = pen.lineTo, points = [];
        pen.lineTo = function (x, y) { points.push([x, y]); lineTo.call(this, x, y); };
        document.documentElement.dataset.theme = "dark";
        await new Promise((done) => setTimeout(done)); // the observer of themes has spoken
        pen.lineTo = lineTo;
        const { width } = document.querySelector("canvas").getBoundingClientRect();
        return points.map((point) => point.map((x) => (2.16 * x) / width - 1.08));
    }""")
    starts, ends = np.array(points[: 2 * cities]).reshape(cities, 2, 2).swapaxes(0, 1)
    np.testing.assert_array_equal(starts, np.roll(ends, 1, axis=0))
    return ends


def drawn_length(page):
    x = drawn(page, 40)
    assert len(np.unique(x, axis=0)) == 40
    return np.linalg.norm(x - np.roll(x, -1, axis=0), axis=1).sum()


def test_circle_reaches_its_polygon(still_page, tmp_path):
    page = visit(still_page, tmp_path, AnnealingLab("tour", cities="circle", seed=2).to_html())
    shortest = 80 * np.sin(np.pi / 40)
    now, best, optimum = (row[0] for row in table(page, 0))
    assert float(now) == float(best) == pytest.approx(drawn_length(page), abs=1e-4)
    assert float(now) > 2 * shortest
    assert optimum == f"{shortest:.4f}: 80 sin(π/40), the polygon"
    press(page, "Cool at once")
    assert table(page, 0)[1] == [f"{shortest:.4f}"]
    assert "200,000 proposals" in status(page)
    assert page.get_by_label("temperature T").get_attribute("aria-valuetext") == "T = 0.0100"


def test_tour_of_random_cities_by_its_controls(page, record, tmp_path):
    lab = AnnealingLab("tour", seed=2026)
    visit(page, tmp_path, lab.to_html())
    wait_for(page, r"^150 cities. Cooling: .* of \d{1,2},\d{3} proposals")  # it begins by cooling
    press(page, "Pause")
    now, best, optimum = (row[0] for row in table(page, 0))
    assert float(best) <= float(now)
    assert optimum == "not known"
    page.get_by_label("temperature T").fill("2.02")
    assert status(page).startswith("150 cities. T = 1.05;")
    press(page, "Cool")
    wait_for(page, r"Cooling: T = [1-9]\.")
    assert page.locator(".thermo-status").get_attribute("aria-live") == "off"
    press(page, "Cool at once")
    wait_for(page, "^150 cities. T = 0.0100; .* of 200,000 proposals")
    now, best, _ = (float(row[0]) if row[0] != "not known" else None for row in table(page, 0))
    assert best <= now
    page.get_by_label("cities", exact=True).select_option("circle")
    assert "80 sin(π/40)" in table(page, 0)[2][0]
    press(page, "Reset")
    assert page.get_by_label("cities", exact=True).input_value() == "random"
    assert status(page).startswith("150 cities. Cooling: T = 10.0; 0 proposals")
    assert record.errors == []
    assert [url for url in record.requests if not url.startswith(("file:", "blob:", "data:"))] == []


def test_cities_are_added_by_hand_and_by_keyboard(still_page, tmp_path):
    """At the place on the map that is touched, or typed; the tour goes through it, and has cooled again."""
    html = AnnealingLab("tour", seed=3).to_html().replace('"cooling":200000', '"cooling":3000')
    page = visit(still_page, tmp_path, html)
    press(page, "Cool at once")
    size = page.locator("canvas").bounding_box()["width"]
    page.locator("canvas").click(position={"x": size / 4, "y": size / 8})
    assert status(page).startswith("151 cities. T = 0.0100; ")
    assert "of 1,000 proposals" in status(page)
    field = page.get_by_label("add a city at x, y")
    field.fill("−0.5 0.25")
    field.press("Enter")
    assert status(page).startswith("152 cities.")
    press(page, "Add the city")
    points = np.unique(drawn(page, 153), axis=0)
    for x, y in ((-0.54, 0.81), (-0.5, 0.25)):
        assert np.abs(points - [x, -y]).max(axis=1).min() < 0.01
    assert len(points) == 152  # one of them twice
    field.fill("1.5, 0")
    field.press("Enter")
    assert page.get_by_role("alert").inner_text() == "Expected two numbers from −1 to 1, got “1.5, 0”."
    press(page, "Reset")
    assert status(page).startswith("150 cities.")


@cache
def cooled():
    """Last and best length and the number accepted, by a plain-Python search with the page's random bits."""
    cities, bits = AnnealingLab("tour", seed=4).constants["places"]["random"], random_bits(4)
    best = lengths(cities, shuffled(bits, 150))  # the tour that the page begins with
    order, accepted = shuffled(bits, 150), 0
    now = lengths(cities, order)
    for k in range(50_000):
        best = min(best, now)
        rise = two_opt_step(bits, cities, order, float(f"{10 ** (1 - 3 * k / 50_000):.3g}"))
        accepted += rise is not None
        now += rise or 0
    return now, min(best, now), accepted


def check_cooling(page, folder, mend=lambda html: html):
    """What "Cool at once" says, in fewer proposals: lengths to the last digit, and the share accepted."""
    html = AnnealingLab("tour", seed=4).to_html()
    assert '"cooling":200000' in html
    visit(page, folder, mend(html.replace('"cooling":200000', '"cooling":50000')))
    press(page, "Cool at once")
    now, best, accepted = cooled()
    assert [row[0] for row in table(page, 0)][:2] == [f"{now:.4f}", f"{best:.4f}"]
    assert status(page) == f"150 cities. T = 0.0100; {accepted / 500:.1f} % of 50,000 proposals accepted."


def test_cooling_follows_its_random_bits(still_page, tmp_path):
    check_cooling(still_page, tmp_path)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("(100 * tour.accepted)", "(200 * tour.accepted)"),
        ("DECADES * (1 - cooled / COOLING)", "DECADES * cooled / COOLING"),
        ("fixed(tour.best, 4)", "fixed(tour.length, 4)"),
        ("tour.shuffle();", ""),
    ],
    ids=["acceptance doubled", "heated", "the last for the best", "not from a random tour"],
)
def test_wrong_page_of_the_tour_is_rejected(still_page, tmp_path, right, wrong):
    def fault(html):
        assert right in html
        return html.replace(right, wrong)

    with pytest.raises(AssertionError):
        check_cooling(still_page, tmp_path, fault)


def check_walkers(page, folder, mend=lambda html: html):
    """The thousand walkers at the end of a schedule, by plain Python with the same random bits."""
    lab = AnnealingLab(schedule=[2, 1, 0.5, 2, 0.3, 0.2], seed=5)
    visit(page, folder, mend(lab.to_html()))
    press(page, "To the end")
    states = walked(lab, 5)
    counted = [number(row[1].split(" ± ")[0]) for row in table(page, 0)]
    expected = [states.count(LOWEST) / 1000, np.mean([ENERGIES[i] for i in states])]
    assert counted == pytest.approx(expected, abs=5.001e-4)


def test_walkers_follow_their_random_bits(landscape, tmp_path):
    check_walkers(landscape, tmp_path)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("walkers.step(schedule[k]);", "walkers.step(schedule[schedule.length - 1 - k]);"),
        ("walkers.step(schedule[k]);", "walkers.step(schedule[Math.min(k + 1, schedule.length - 1)]);"),
    ],
    ids=["the schedule backwards", "one step ahead"],
)
def test_wrong_page_of_the_landscape_is_rejected(still_page, tmp_path, right, wrong):
    def fault(html):
        assert right in html
        return html.replace(right, wrong)

    with pytest.raises(AssertionError):
        check_walkers(still_page, tmp_path, fault)


# --- how it looks


@pytest.mark.parametrize("view", ["landscape", "tour"])
def test_a_still_picture_without_javascript(window, tmp_path, view):
    page = window(java_script_enabled=False)
    lab = AnnealingLab(view)
    page.goto(write(tmp_path, lab.to_html()))
    image = page.get_by_role("img", name=lab.still()[1])
    assert image.evaluate("image => image.naturalWidth") > 0
    assert image.bounding_box()["width"] > 300
    assert page.locator("figcaption").inner_text() == lab.still()[2]


@pytest.mark.parametrize("schedule", ["linear", [2, 1, 0.5, 2, 0.5, 0.1]])
def test_still_picture_says_the_end_distribution(schedule):
    lab = AnnealingLab(schedule=schedule, steps=200)
    uri, alt, caption = lab.still()
    p = end_distribution(ENERGIES, lab.temperatures, START)
    svg = ElementTree.fromstring(unquote(uri.removeprefix("data:image/svg+xml,")))
    bars = [float(bar.get("height")) for bar in svg.iter(f"{SVG}rect")]
    assert np.divide(bars, 120) == pytest.approx(p, abs=1e-3)
    assert all(f"state {i} {q:.4f}" in alt for i, q in enumerate(p))
    assert caption.endswith(f"the lowest, {LOWEST}, has {p[LOWEST]:.7f}")
    assert len(uri) < 15_000


@pytest.mark.parametrize("cities", ["random", "circle"])
def test_still_tour_visits_every_city(cities):
    lab = AnnealingLab("tour", cities=cities)
    uri, alt, caption = lab.still()
    svg = ElementTree.fromstring(unquote(uri.removeprefix("data:image/svg+xml,")))
    path = re.findall(r"([\d.]+) ([\d.]+)", next(svg.iter(f"{SVG}path")).get("d"))
    x = (np.array(path, dtype=float) - 150) / 140 * [1, -1]
    distances = np.linalg.norm(np.array(lab.constants["places"][cities])[:, None] - x, axis=2)
    order = distances.argmin(axis=0)
    n = {"random": 150, "circle": 40}[cities]
    length = tour_length(np.linalg.norm(x[:, None] - x, axis=2), range(n))
    assert sorted(order.tolist()) == list(range(n))
    assert float(re.search(r"length is ([\d.]+)", alt)[1]) == pytest.approx(length, abs=0.1)
    if cities == "circle":
        assert caption.endswith(f"the shortest is {tour_length(circle(40).distances, range(40)):.4f}")
    assert len(uri) < 15_000


@pytest.mark.parametrize("view", ["landscape", "tour"])
def test_light_enough(view):
    assert len(AnnealingLab(view).to_html().encode()) - len(HOST) < 60_000


# --- Python


@pytest.mark.parametrize("view", ["landscape", "tour"])
def test_the_same_lab_gives_the_same_bytes(view):
    assert AnnealingLab(view, seed=3).to_html() == AnnealingLab(view, seed=3).to_html()


def test_temperatures_follow_the_traits():
    lab = AnnealingLab()
    lab.schedule, lab.steps = np.array([2, 1, 0.5, 0.2, 0.1, 0.05]), 1000
    T = lab.temperatures
    assert T.shape == (1000,)
    assert T[[0, 333, 666, 999]] == pytest.approx([2, 0.5 ** (2 / 3), 0.2 ** (2 / 3) * 0.1 ** (1 / 3), 0.05])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"view": "hills"}, r"view must be one of \('landscape', 'tour'\), got 'hills'"),
        ({"view": None}, "view must be one of .* got None"),
        ({"schedule": "fast"}, "schedule must be one of .* got 'fast'"),
        ({"schedule": [1.0] * 5}, r"schedule must be one of .* or 6 temperatures in 0.05 … 5.0, got \[1.0"),
        ({"schedule": [1.0] * 5 + [5.5]}, r"schedule must .* 5.5\]"),
        ({"schedule": [1.0] * 5 + [0.0]}, "T must be positive"),
        ({"schedule": [1.0] * 5 + [np.nan]}, "T must not contain NaN"),
        ({"schedule": None}, "T must be an array of real numbers, got None"),
        ({"steps": 150}, r"steps must be one of \(100, 200, 500, 1000\), got 150"),
        ({"steps": "100"}, "steps must be .* got '100'"),
        ({"steps": [100]}, r"steps must be .* got \[100\]"),
        ({"cities": "burma14"}, "cities must be .* got 'burma14'"),
        ({"T": 0.0}, "T must lie in 0.01 … 10.0, got 0.0"),
        ({"T": np.inf}, "T must be finite"),
        ({"T": "hot"}, "T must be .* got 'hot'"),
        ({"T": True}, "T must be .* got True"),
        ({"T": "1"}, "T must be .* got '1'"),
        ({"seed": True}, "seed must be .* got True"),
        ({"steps": True}, "steps must be one of .* got True"),
        ({"steps": 100.0}, "steps must be one of .* got 100.0"),
        ({"seed": -1}, "seed must be an integer from 0 to 4294967295, got -1"),
        ({"seed": 1.5}, "seed must be .* got 1.5"),
    ],
)
def test_bad_input_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        AnnealingLab(**options)


def test_bad_input_is_refused_later_too():
    lab = AnnealingLab()
    for name, wrong in (
        ("schedule", [9.0] * 6),
        ("steps", 7),
        ("T", -1.0),
        ("cities", "none"),
        ("view", "both"),
    ):
        before = getattr(lab, name)
        with pytest.raises(ValueError, match=f"{name} must"):
            setattr(lab, name, wrong)
        assert getattr(lab, name) == before
