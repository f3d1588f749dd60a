"""`MeanFieldLab` as a reader meets it: it shows what its physics gives, and m and h follow the hand."""

import numpy as np
import pytest
from bits import random_bits
from pages import OBSERVED, press, stop_clock, swipe, visit, write
from test_mean_field_js import walked
from thermolib.mean_field import curie_weiss_exact, curie_weiss_free_energy, curie_weiss_magnetization
from thermolib.widgets.mean_field_lab import EDGE, MeanFieldLab

ROWS = ("now", "far", "exact", "limit")
TICKS = 4  # at each field
MOST = 60  # steps of the field to each side


def number(words):
    """The number that words begin with, but for their ±; None where there is none."""
    words = words.split("\n")[0].replace("−", "-").replace("±", "")
    return None if words == "—" else float(words)


def shown(page):
    """The table's numbers: m and |m| of each row."""
    cells = page.locator("tbody td").all_inner_texts()
    return dict(zip(ROWS, zip(*[map(number, cells)] * 2, strict=True), strict=True))


def said(page):
    """T, h and N, as the sliders say them."""
    return [one.split("= ")[1].replace("−", "-") for one in page.locator("output").all_inner_texts()]


def status(page):
    return page.locator(".thermo-status").inner_text()


def sweeps(page):
    return int(page.locator("tbody td small").first.inner_text().split()[0].replace(",", ""))


def m_of(page):
    return float(hand(page, "the state m").get_attribute("aria-valuenow"))


def hand(page, name):
    return page.get_by_role("slider", name=name)


def middle(of):
    box = of.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drawn(page):
    return page.locator("canvas").evaluate("canvas => canvas.toDataURL()")


# --- what it shows


@pytest.mark.parametrize(
    ("T", "h", "N", "m", "minima"),
    [
        (0.8, 0.0, 100, 1.0, "f has two minima, at m = −0.71 and 0.71"),
        (0.5, -0.1, 20, 0.4, "f has two minima, at m = −0.97 and 0.93"),
        (1.5, 0.3, 1000, -1.0, "f has one minimum, at m = 0.48"),
        (1.0, 0.0, 10, 0.0, "f has one minimum, at m = 0.00"),
    ],
)
def test_it_shows_mean_field_and_the_exact_law(still_page, record, tmp_path, T, h, N, m, minima):
    page = visit(still_page, tmp_path, MeanFieldLab(T, h=h, N=N, m=m).to_html())
    exact, best = curie_weiss_exact(N, T, h), float(curie_weiss_magnetization(T, h))
    assert shown(page) == {
        "now": pytest.approx((m, abs(m)), abs=1e-9),
        "far": (None, None),
        "exact": pytest.approx((exact.p @ exact.m, exact.p @ np.abs(exact.m)), abs=0.00051),
        "limit": pytest.approx((best, abs(best)), abs=0.00051),
    }
    assert said(page) == [f"{T:.2f}", f"{h:.2f}", f"{N:,}"]
    words = page.locator("canvas").get_attribute("aria-label")
    assert minima in words and minima in status(page)
    assert f"{N} spins at T = {T:.2f}" in words
    assert record.errors == []


def test_the_way_out_of_a_minimum(still_page, tmp_path):
    """From the side that the state is on, per spin and in units of T/N."""
    page = visit(still_page, tmp_path, MeanFieldLab(0.8, h=0.02, N=200).to_html())
    for key, m in (("Home", -1), ("End", 1)):
        hand(page, "the state m").press(key)
        assert m_of(page) == m
        grid = np.linspace(-1, 1, 200_001)[::m]
        f = np.asarray(curie_weiss_free_energy(grid, 0.8, 0.02))
        top = np.argmax(np.where(np.abs(grid) < 0.4, f, -np.inf))
        rise = f[top] - f[top:].min()
        assert f"Δf = {rise:.3f} up to the top: NΔf/T = {200 * rise / 0.8:.1f}" in status(page)


# --- how it runs


def test_what_a_hand_may_do_is_said_until_it_was_done(still_page, tmp_path):
    page = visit(still_page, tmp_path, MeanFieldLab().to_html())
    assert status(page).endswith("Drag along a strip to move the ball, along the last picture to move h.")
    page.locator("input[type=range]").first.press("ArrowLeft")
    assert "Drag" in status(page)
    hand(page, "the state m").press("ArrowLeft")
    assert "Drag" not in status(page)


def test_it_runs_and_remembers(page, tmp_path):
    """Sixty sweeps a second, the states that the same bits give; a new temperature forgets."""
    stop_clock(page)
    visit(page, tmp_path, MeanFieldLab(seed=7).to_html())
    page.evaluate(OBSERVED)
    page.clock.run_for(3000)
    press(page, "Pause")
    n = sweeps(page)
    assert 150 <= n <= 185
    path = 2 * np.array(walked(100, 0.8, 0, 1, random_bits(7), n)[1:]) / 100 - 1
    assert shown(page)["now"][0] == pytest.approx(path[-1])
    assert shown(page)["far"] == pytest.approx((path.mean(), np.abs(path).mean()), abs=0.00051)
    press(page, "Step")
    assert sweeps(page) == n + 1
    before = m_of(page)
    page.get_by_label("temperature T").press("ArrowRight")
    assert sweeps(page) == 0 and m_of(page) == before
    press(page, "Reset")
    assert shown(page)["now"][0] == 1 and said(page)[0] == "0.80"


def test_its_pace(page, tmp_path):
    stop_clock(page)
    visit(page, tmp_path, MeanFieldLab(N=10).to_html())
    page.evaluate(OBSERVED)
    page.get_by_label("pace").select_option("3,000 sweeps a second")
    page.evaluate("performance.now = () => 0")  # as many steps as there is time for: here there is enough
    page.clock.run_for(1000)
    press(page, "Pause")
    assert 2500 <= sweeps(page) <= 3100
    press(page, "Reset")
    assert page.get_by_label("pace").input_value() == "60"


def test_where_motion_is_not_wanted_a_change_is_answered(still_page, tmp_path):
    """Sixty sweeps at the new temperature; a step is one more."""
    page = visit(still_page, tmp_path, MeanFieldLab().to_html())
    page.evaluate("performance.now = () => 0")
    assert m_of(page) == 1
    page.get_by_label("temperature T").press("ArrowLeft")
    assert sweeps(page) == 60 and m_of(page) < 1
    press(page, "Step")
    assert sweeps(page) == 61


# --- the field runs


def loop_of(T, N, seed):
    """What the field of a fresh lab encloses, up, down and up again, in plain Python."""
    bits, rising, falling = random_bits(seed), np.full(121, np.nan), np.full(121, np.nan)
    m, fields = 1.0, [*range(MOST), *range(MOST, -MOST, -1), *range(-MOST, MOST + 1)]
    ways = [rising] * MOST + [falling] * 2 * MOST + [rising] * (2 * MOST + 1)
    for k, way in zip(fields, ways, strict=True):
        m = 2 * walked(N, T, k / 100, m, bits, TICKS)[-1] / N - 1
        way[k + MOST] = m
        if k == -MOST:
            falling[0] = m
    falling[-1] = m
    gap = falling - rising
    return 0.01 * (gap.sum() - (gap[0] + gap[-1]) / 2)


def test_the_loop_of_a_running_field(still_page, tmp_path):
    """All of it at once where motion is not wanted; its area, digit for digit; h is back where it was."""
    page = visit(still_page, tmp_path, MeanFieldLab(0.5, seed=3).to_html())
    before = drawn(page)
    press(page, "Sweep h")
    area = loop_of(0.5, 100, 3)
    assert 0.5 < area < 1.5  # it is a loop
    assert f"The loop encloses {area:.3f}: work per spin, turned into heat." in status(page)
    assert said(page)[1] == "0.00" and drawn(page) != before
    assert page.get_by_role("button", name="Sweep h").is_visible()
    press(page, "Reset")
    assert "loop" not in status(page)
    assert drawn(page) == before


def test_a_sweep_ends_though_the_ball_is_held(new_page, tmp_path):
    """The loop is made of steps, and what is held takes none: it is let go.

    A page that waits for ever is lost to other tests; so it is a new one.
    """
    new_page.emulate_media(reduced_motion="reduce")
    page = visit(new_page, tmp_path, MeanFieldLab(0.5, seed=3).to_html())
    x, y = middle(hand(page, "the state m"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 2000, y)
    assert m_of(page) == 1 and sweeps(page) == 0
    page.get_by_role("button", name="Sweep h").press("Enter", timeout=10_000)
    assert f"The loop encloses {loop_of(0.5, 100, 3):.3f}" in status(page)


def test_a_running_field_is_seen_and_stopped(page, tmp_path):
    """Up at .15 a second, down from .6; where it is stopped it stays, and runs on from there."""
    stop_clock(page)
    visit(page, tmp_path, MeanFieldLab(0.5, h=0.5, N=1000).to_html())
    page.evaluate(OBSERVED)
    press(page, "Sweep h")
    page.clock.run_for(400)
    assert status(page) == "The field runs up. One of the minima ends at h = ±0.266."
    assert shown(page)["far"] == (None, None)
    page.clock.run_for(3000)
    assert status(page).startswith("The field runs down.")
    page.clock.run_for(6000)
    h, m = float(said(page)[1]), m_of(page)
    # 1000 spins in so short a time stay in the minimum that they are in while there is one.
    assert h < 0
    press(page, "Stop the sweep")
    assert "The field runs" not in status(page)
    h = float(said(page)[1])
    page.clock.run_for(500)
    assert float(said(page)[1]) == h
    assert m == pytest.approx(m_of(page), abs=0.3)
    press(page, "Sweep h")
    page.clock.run_for(400)
    assert float(said(page)[1]) == pytest.approx(h + 0.06, abs=0.03)
    page.locator("input[type=range]").nth(1).press("Home")  # by hand
    assert said(page)[1] == "-0.60" and page.get_by_role("button", name="Sweep h").is_visible()


def test_hysteresis(still_page, tmp_path):
    """Coming from above m is positive at h = −0.15, coming from below negative, though h is the same."""
    page = visit(still_page, tmp_path, MeanFieldLab(0.5, N=1000).to_html())
    page.evaluate("performance.now = () => 0")
    field, found = page.locator("input[type=range]").nth(1), []
    for start in ("End", "Home"):
        field.press(start)
        for _ in range(45):
            field.press("ArrowLeft" if start == "End" else "ArrowRight")
        found.append((said(page)[1], m_of(page)))
    assert [h for h, _ in found] == ["0.15", "-0.15"]
    assert found[0][1] > 0.9 and found[1][1] < -0.9


# --- under the hand


def test_m_is_put_by_a_mouse(still_page, tmp_path):
    """Where it is pressed, and where it is dragged; it stays while it is held, and is let go."""
    page = visit(still_page, tmp_path, MeanFieldLab().to_html())
    strip = hand(page, "the state m").bounding_box()
    place = lambda m: (strip["x"] + (1 + m) / 2 * strip["width"], strip["y"] + 60)  # noqa: E731
    before = drawn(page)
    page.mouse.move(*place(-0.5))
    page.mouse.down()
    assert m_of(page) == pytest.approx(-0.5, abs=0.021) and drawn(page) != before
    page.mouse.move(*place(0.2), steps=3)
    assert m_of(page) == pytest.approx(0.2, abs=0.021)
    page.mouse.move(strip["x"] - 300, strip["y"], steps=2)
    assert m_of(page) == -1
    page.mouse.up()
    page.mouse.move(*place(0.9))
    assert m_of(page) == -1
    assert sweeps(page) == 0


def test_what_is_held_waits(page, tmp_path):
    stop_clock(page)
    visit(page, tmp_path, MeanFieldLab().to_html())
    page.evaluate(OBSERVED)
    page.mouse.move(*middle(hand(page, "the state m")))
    page.mouse.down()
    held = m_of(page)
    page.clock.run_for(1000)
    assert m_of(page) == held == pytest.approx(0, abs=0.021) and sweeps(page) == 0
    page.mouse.up()
    page.clock.run_for(2000)
    assert sweeps(page) > 80 and m_of(page) != held


def test_h_is_put_by_a_mouse(still_page, tmp_path):
    page = visit(still_page, tmp_path, MeanFieldLab(N=500).to_html())
    field = hand(page, "the field h in the picture")
    box = field.bounding_box()
    page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + 30)
    assert float(said(page)[1]) == pytest.approx(-0.3, abs=0.011)
    assert field.get_attribute("aria-valuenow") == said(page)[1]


def test_by_keys(still_page, tmp_path):
    page = visit(still_page, tmp_path, MeanFieldLab(m=0).to_html())
    hand(page, "the state m").focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowLeft", "PageUp"):
        page.keyboard.press(key)
    assert m_of(page) == pytest.approx(0.22)
    page.keyboard.press("Tab")
    for key, h in (("ArrowRight", "0.01"), ("PageDown", "-0.09"), ("End", "0.60"), ("ArrowUp", "0.60")):
        page.keyboard.press(key)
        assert said(page)[1] == h
    assert page.evaluate("scrollY") == 0


def test_an_arrow_key_turns_one_spin_at_least(still_page, tmp_path):
    page = visit(still_page, tmp_path, MeanFieldLab(m=0, N=10).to_html())
    strip = hand(page, "the state m")
    for key, m in (("ArrowRight", 0.2), ("ArrowRight", 0.4), ("ArrowLeft", 0.2), ("PageDown", -1)):
        strip.press(key)
        assert m_of(page) == pytest.approx(m)


def test_a_finger_along_the_picture_moves_and_up_it_scrolls(phone, tmp_path):
    page = visit(phone, tmp_path, MeanFieldLab(m=0).to_html(), "<div style='height: 2000px'></div>")
    x, y = middle(hand(page, "the state m"))
    swipe(page, x, y, dx=60)
    assert m_of(page) > 0.2
    before, state = said(page), m_of(page)
    field = hand(page, "the field h in the picture")
    x, y = middle(field)
    swipe(page, x, y, dx=-60)
    assert float(said(page)[1]) < -0.1
    before, state = said(page), m_of(page)
    for name in ("the state m", "the field h in the picture"):
        page.evaluate("scrollTo(0, 0)")
        x, y = middle(hand(page, name))
        swipe(page, x, y, dy=-120)
        page.wait_for_function("scrollY > 40")
        assert said(page) == before and m_of(page) == state


def test_the_hands_lie_over_their_plots(still_page, tmp_path):
    page = visit(still_page, tmp_path, MeanFieldLab().to_html())
    for width in (800, 375):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(OBSERVED)
        canvas = page.locator("canvas").bounding_box()
        for name in ("the state m", "the field h in the picture"):
            box = hand(page, name).bounding_box()
            assert canvas["x"] < box["x"] and canvas["y"] < box["y"] and box["height"] >= 100
            assert box["x"] + box["width"] < canvas["x"] + canvas["width"]
            assert box["y"] + box["height"] < canvas["y"] + canvas["height"]


def test_more_spins_at_the_same_magnetisation(still_page, tmp_path):
    page = visit(still_page, tmp_path, MeanFieldLab(m=0.4, N=10).to_html())
    page.evaluate("performance.now = () => 1e9 * (globalThis.calls = (globalThis.calls ?? 0) + 1)")  # no time
    for N in ("20", "50", "100"):
        page.get_by_label("number of spins N").press("ArrowRight")
        assert said(page)[2] == N and m_of(page) == pytest.approx(0.4)
        exact = curie_weiss_exact(int(N), 0.8)
        assert shown(page)["exact"][1] == pytest.approx(exact.p @ np.abs(exact.m), abs=0.00051)


# --- without a script, and from Python


def test_picture_is_there_without_javascript(browser, tmp_path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(write(tmp_path, MeanFieldLab(0.5, N=20).to_html()))
    words = "20 spins that feel their average, at T = 0.5 in a field h = 0"
    assert page.get_by_role("img", name=words).evaluate("image => image.naturalWidth") > 0
    exact = curie_weiss_exact(20, 0.5)
    told = f"{words}: f is lowest at m = ±0.958, the exact mean of |m| is {exact.p @ np.abs(exact.m):.3f}"
    assert page.locator("figcaption").inner_text() == told
    context.close()


def test_the_same_lab_gives_the_same_bytes():
    assert MeanFieldLab(2).to_html() == MeanFieldLab(2).to_html()
    lab = MeanFieldLab(0.93, h=0.126)
    assert (lab.T, lab.h) == (0.95, 0.13)  # steps of the sliders


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"T": 0.2}, "T must lie in 0.3 … 2.0, got 0.2"),
        ({"T": "warm"}, "T must be an array of real numbers, got 'warm'"),
        ({"h": 0.7}, f"h must lie in -{EDGE} … {EDGE}, got 0.7"),
        ({"h": np.nan}, "got nan"),
        ({"N": 64}, r"N must be one of \(10, 20, 50, 100, 200, 500, 1000\), got 64"),
        ({"m": -1.5}, "m must lie in -1 … 1, got -1.5"),
        ({"seed": -1}, "seed must be an integer"),
    ],
)
def test_what_cannot_be_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        MeanFieldLab(**options)
    ((name, value),) = options.items()
    with pytest.raises(ValueError, match=words):
        setattr(MeanFieldLab(), name, value)
