"""`WorkLab` as a reader meets it: it pulls as the hand does, and shows what the works of that pull say."""

import re

import numpy as np
import pytest
from pages import LOAD, OBSERVED, ask, press, stop_clock, swipe, visit, write
from thermolib.free_energy import pull
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.work_lab import DT, DURATIONS, MOST, RATE, TICKS, TOP, WorkLab

ROWS = ("pull", "up", "down", "lost", "jarzynski", "reverse", "both", "exact")
WAITING = "Pull the trap from A up to B, by its handle or by the arrow keys; or let the machine pull."
HELD = "The trap is in your hand. The pull ends at B, height 4."


@pytest.fixture
def clocked(browser):
    """A page where motion is not wanted, and whose time passes as the test has it."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    stop_clock(page)
    yield page
    context.close()


def shown(page, column=0):
    """The texts of a column of the table: of each row the words, and the small print."""
    rows = page.locator("tbody tr").all()
    cells = (row.locator("td").nth(column).inner_text() for row in rows)
    return {row: cell.replace("\xa0", "").split("\n") for row, cell in zip(ROWS, cells, strict=True)}


def number(text):
    return float(re.sub(r"exactly|no error: |worth|≈|±.*", "", text).replace("−", "-"))


def handle(page):
    return page.get_by_role("slider", name="height of the trap")


def height(page):
    """Where the trap is, as a screen reader is told."""
    return float(handle(page).get_attribute("aria-valuenow"))


def grip(page):
    """The middle of the handle, in px."""
    box = handle(page).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def dissipated(centres):
    """Return ⟨W⟩ − ΔF: each jump costs half its square, and what the mean bead lags behind."""
    steps, kept = np.diff(centres), np.exp(-DT)
    lag = [sum(steps[j] * kept ** (k - j) for j in range(k)) for k in range(len(steps))]
    return (steps * (steps / 2 + lag)).sum()


def ramp(seconds):
    return np.linspace(0, TOP, round(seconds * RATE) + 1).round(3)


AGAIN = """({ centres, weight, T, dt, seed, pairs }) => {
    const trap = new physics.Trap({ weight, T, dt });
    const repeats = new physics.Repeats(trap, centres, seed, pairs);
    for (let k = 0; k < pairs; k++) repeats.pair();
    const { forward, reverse } = repeats, { average, jarzynski, bar } = physics;
    const below = forward.filter((W) => W < 4 * weight).length / pairs;
    return { W: average(forward), back: average(reverse), up: jarzynski(forward, T),
        down: jarzynski(reverse, T), both: bar(forward, reverse, T), below };
}"""


def test_it_shows_what_its_works_say(still_page, record, tmp_path):
    """Two hundred works each way, and the same by the physics alone: every digit that is shown."""
    lab = WorkLab(0.25, T=0.8, centres=ramp(4), seed=5)
    page = visit(still_page, tmp_path, lab.to_html())
    assert shown(page)["up"] == ["—", ""] and shown(page)["exact"] == ["1.00", "weight × height"]
    for _ in range(200):
        page.get_by_role("button", name="One bead").evaluate("button => button.click()")
    page.evaluate(LOAD, bundle("work_lab/work.js"))
    asked = {"centres": lab.centres, "weight": 0.25, "T": 0.8, "dt": DT, "seed": 5, "pairs": 200}
    again = ask(page, AGAIN, asked)
    table, (W, back, up, down, both) = (
        shown(page),
        (again[key] for key in ("W", "back", "up", "down", "both")),
    )

    def words(one, sign=1):
        """Two digits of the error, and the value to the same place."""
        digits = max(2, 1 - int(np.floor(np.log10(one["stderr"]))))
        return f"{sign * one['mean']:.{digits}f} ± {one['stderr']:.{digits}f}".replace("-", "−")

    lost = dissipated(ramp(4))
    assert table["pull"] == ["by program", "4.00 s"]
    assert table["up"] == [words(W), f"exactly {1 + lost:.2f}"]
    assert table["down"] == [words(back, -1), f"exactly {1 - lost:.2f}"]
    assert table["lost"] == [words(W | {"mean": W["mean"] - 1}), f"exactly {lost:.2f}"]
    assert np.isnan(up["stderr"]) or table["jarzynski"][0] == words(up)
    assert np.isnan(down["stderr"]) or table["reverse"][0] == words(down, -1)
    assert number(table["jarzynski"][1]) == pytest.approx(up["effective"], abs=0.501)
    assert number(table["reverse"][1]) == pytest.approx(down["effective"], abs=0.501)
    assert table["both"] == [words(both), "both ways"]
    status = page.locator(".thermo-status").inner_text().replace("\xa0", " ")
    assert status == (
        "200 beads up and 200 down by this one pull and its reverse: works of other pulls are not mixed in. "
        f"{100 * again['below']:.1f} % of those up cost less than ΔF."
    )
    assert record.errors == []


def test_thermolib_pulls_alike(still_page, tmp_path):
    """The mean works of the lab's pull by `thermolib.free_energy.pull`, within four errors; the still too."""
    lab = WorkLab(0.75, T=0.5, centres=[0, 0.5, 0.5, 3, 2, 4])
    up, down = (pull(c, 20_000, dt=DT, weight=0.75, T=0.5, rng=1) for c in (lab.centres, lab.centres[::-1]))
    page = visit(still_page, tmp_path, lab.to_html())
    press(page, "1000 beads")
    for row, works in (("up", up), ("down", -down)):
        exact = number(shown(page)[row][1])
        assert abs(works.mean() - exact) < 4 * works.std() / np.sqrt(20_000) + 0.005
    said = re.findall(r"[\d.−]+(?= up| down)", lab.still()[2])
    assert [number(x) for x in said] == [number(shown(page)["up"][1]), -number(shown(page)["down"][1])]


# --- the hand


def test_a_mouse_pulls_and_its_pull_is_what_is_repeated(clocked, tmp_path):
    """Half a second at height 2, then up: the exact works are those of [0, 2 × 32, 4]."""
    page = visit(clocked, tmp_path, WorkLab().to_html())
    assert page.locator(".thermo-status").inner_text() == WAITING
    x, y = grip(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.clock.run_for(3000)  # the pull begins where the trap moves, not with the grasp
    page.mouse.move(x, y - 30)
    perspective = height(page) / 30  # of a pixel
    page.mouse.move(x, y - 2 / perspective)
    now = height(page)
    assert now == pytest.approx(2, abs=perspective)
    assert grip(page)[1] == pytest.approx(y - now / perspective, abs=1)
    assert page.locator(".thermo-status").inner_text() == HELD
    page.clock.run_for(500)
    page.mouse.move(x, y - 300)
    assert height(page) == 0  # back at A, for the next one
    centres = [0, *[now] * (RATE // 2), 4]
    table = shown(page)
    assert table["pull"] == ["by hand", f"{(len(centres) - 1) / RATE:.2f} s"]
    assert number(table["lost"][1]) == pytest.approx(dissipated(centres), abs=0.0051)
    assert (
        page.locator(".thermo-status")
        .inner_text()
        .startswith("1,000 beads up and 1,000 down by this one pull")
    )
    page.mouse.move(x, y)
    page.mouse.up()
    assert shown(page) == table


def test_a_trap_that_is_let_go_stays_and_is_pulled_on(clocked, tmp_path):
    page = visit(clocked, tmp_path, WorkLab().to_html())

    def drag(by):
        x, y = grip(page)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x, y - by)
        page.mouse.up()

    drag(50)
    first = height(page)
    page.mouse.move(0, 0)
    assert height(page) == first > 0
    page.clock.run_for(1000)
    drag(-20)
    assert 0 < height(page) < first
    drag(300)
    assert shown(page)["pull"] == ["by hand", "1.02 s"]  # 64 ticks and the last
    # Grasped and let go where it is: nothing began.
    drag(0)
    assert height(page) == 0 and shown(page)["pull"] == ["by hand", "1.02 s"]
    assert page.locator(".thermo-status").inner_text().startswith("1,000 beads")


def test_a_pull_is_put_back(clocked, tmp_path):
    """By the keys, and after twenty seconds."""
    page = visit(clocked, tmp_path, WorkLab().to_html())
    for key in ("Home", "Escape"):
        handle(page).press("ArrowUp")
        assert height(page) == 0.25
        handle(page).press(key)
        assert height(page) == 0 and shown(page)["pull"] == ["—", ""]
        assert page.locator(".thermo-status").inner_text() == "The trap is put back to A."
    handle(page).press("PageUp")
    page.clock.run_for(1000 * (TICKS / RATE + 1))
    handle(page).press("ArrowUp")
    assert height(page) == 0
    assert page.locator(".thermo-status").inner_text() == "A pull of more than 20 s is put back to A."


def test_keys_pull(still_page, tmp_path):
    page = visit(still_page, tmp_path, WorkLab().to_html())
    handle(page).focus()
    for key, at in (
        ("ArrowUp", 0.25),
        ("ArrowRight", 0.5),
        ("PageUp", 1.5),
        ("ArrowDown", 1.25),
        ("ArrowLeft", 1),
        ("PageDown", 0),
        ("ArrowDown", 0),
        ("PageUp", 1),
    ):
        page.keyboard.press(key)
        assert height(page) == at
        assert handle(page).get_attribute("aria-valuetext") == f"height {at:.2f} of 4"
        assert page.locator(".thermo-status").inner_text() == HELD
    assert page.evaluate("scrollY") == 0
    for _ in range(3):
        page.keyboard.press("PageUp")
    assert shown(page)["pull"][0] == "by hand" and height(page) == 0
    # At once: half the square of the way is lost.
    page.keyboard.press("End")
    assert shown(page)["pull"] == ["by hand", "0.02 s"]
    assert [shown(page)[row][1] for row in ("up", "down", "lost")] == [
        "exactly 10.00",
        "exactly −6.00",
        "exactly 8.00",
    ]
    assert shown(page)["jarzynski"][1].startswith("no error: worth ")
    assert shown(page, 1)["pull"][0] == "by hand"
    assert page.evaluate("document.activeElement.ariaOrientation") == "vertical"


def test_a_finger_pulls_and_beside_the_handle_the_page_scrolls(phone, tmp_path):
    page = visit(phone, tmp_path, WorkLab().to_html(), "<div style='height: 2000px'></div>")
    x, y = grip(page)
    for left, pulled in ((0, True), (70, False)):
        before, scrolled = height(page), page.evaluate("scrollY")
        swipe(page, x - left, y, dy=-80)
        assert (height(page) != before) == pulled
        assert (page.evaluate("scrollY") > scrolled + 40) == (not pulled)


# --- the machine, and what is remembered


def test_the_machine_pulls_as_long_as_it_is_asked(still_page, tmp_path):
    page = visit(still_page, tmp_path, WorkLab().to_html())
    pace = page.get_by_role("slider", name="machine’s pull")
    for name, seconds in (("Pull fast", DURATIONS["fast"]), ("Pull slowly", DURATIONS["slow"])):
        press(page, name)
        table = shown(page)
        assert table["pull"] == ["by machine", f"{seconds:.2f} s"]
        assert number(table["lost"][1]) == pytest.approx(dissipated(ramp(seconds)), abs=0.0051)
        assert page.locator(".thermo-status").inner_text().startswith("1,000 beads up")
        assert abs(number(table["both"][0]) - 2) < 4 * float(table["both"][0].split("± ")[1])
    assert shown(page, 1)["pull"] == ["by machine", "0.25 s"] and shown(page, 1)["exact"][0] == "2.00"
    assert shown(page, 1)["lost"][1] == f"exactly {dissipated(ramp(0.25)):.2f}"
    slow = shown(page)
    assert "±" in slow["jarzynski"][0] and "±" in slow["reverse"][0]  # little is lost: here there is an error
    pace.press("ArrowLeft")
    assert shown(page)["pull"] == ["by machine", "6.73 s"] and shown(page, 1) == slow
    pace.press("Home")
    assert shown(page)["pull"] == ["by machine", "0.13 s"]
    pace.press("End")
    assert shown(page)["pull"] == ["by machine", "16.00 s"]
    # Another trap: the pull before was none of its.
    page.get_by_label("weight").press("ArrowRight")
    assert shown(page)["exact"][0] == "2.20" and set(map(tuple, shown(page, 1).values())) == {("—",)}
    assert shown(page)["pull"] == ["by machine", "16.00 s"] and "±" in shown(page)["both"][0]


def test_each_control_does_what_it_says(still_page, tmp_path):
    page = visit(still_page, tmp_path, WorkLab().to_html())
    heat, load = page.get_by_label("temperature T"), page.get_by_label("weight")
    outputs = page.locator("output")
    assert outputs.all_inner_texts() == ["2 s", "T = 1", "0.50"]
    heat.press("ArrowRight")
    load.press("End")
    assert outputs.all_inner_texts() == ["2 s", "T = 1.07", "1.00"] and shown(page)["exact"][0] == "4.00"
    heat.press("Home")
    assert outputs.all_inner_texts()[1] == "T = 0.25"
    heat.press("End")
    assert outputs.all_inner_texts()[1] == "T = 2"
    press(page, "Pull fast")
    press(page, "Pull fast")
    assert shown(page, 1)["pull"] == ["by machine", "0.25 s"]
    press(page, "Reset")
    assert outputs.all_inner_texts() == ["2 s", "T = 1", "0.50"]
    assert page.locator(".thermo-status").inner_text() == WAITING and shown(page)["up"] == ["—", ""]
    assert set(map(tuple, shown(page, 1).values())) == {("—",)}
    press(page, "One bead")  # without a pull there is none
    assert page.locator(".thermo-status").inner_text() == WAITING


def test_the_same_pull_once_more_is_other_beads(clocked, tmp_path):
    page = visit(clocked, tmp_path, WorkLab(centres=ramp(0.5)).to_html())
    page.evaluate(OBSERVED)
    press(page, "1000 beads")
    before = shown(page)
    press(page, "Reset")
    press(page, "1000 beads")
    assert shown(page) == before
    press(page, "Run")
    page.clock.run_for(3000)  # half a second up, half a second down, and rests between
    assert shown(page)["up"] == before["up"]
    press(page, "Run again")
    press(page, "1000 beads")
    after = shown(page)
    assert after["up"][0] != before["up"][0] and after["up"][1] == before["up"][1]


def test_it_runs_until_a_thousand_beads_and_ends_at_rest(new_page, tmp_path):
    """On the page's clock: pulled while it runs, the beads follow, go down first, and the lab ends at A."""
    page = new_page
    stop_clock(page)
    visit(page, tmp_path, WorkLab().to_html())
    page.evaluate(OBSERVED)
    handle(page).focus()
    for _ in range(4):
        page.keyboard.press("PageUp")
        page.clock.run_for(250)
    table = shown(page)
    assert table["pull"] == ["by hand", "0.77 s"]  # 48 ticks and the last
    counts = []
    for _ in range(8):
        counts.append(int(page.locator(".thermo-status").inner_text().split()[0].replace(",", "")))
        page.clock.run_for(1000)
    assert counts == sorted(counts) and 0 < counts[1] < MOST == counts[-1]
    assert page.get_by_role("button", name="Run again").is_visible()
    assert shown(page)["lost"][1] == table["lost"][1]
    assert page.locator(".thermo-status").inner_text().startswith("1,000 beads up and 1,000 down")
    # A pull starts it again.
    handle(page).press("End")
    page.clock.run_for(500)
    assert page.get_by_role("button", name="Pause").is_visible()
    assert shown(page)["pull"] == ["by hand", "0.02 s"] and shown(page, 1)["pull"] == table["pull"]


def test_a_kernel_hears_of_the_pull(still_page, tmp_path):
    """What the hand did is handed over as `centres`, which Python takes."""
    page = visit(still_page, tmp_path, WorkLab().to_html())
    heard = page.evaluate(
        """async (source) => {
            const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
            const { default: view } = await import(url);
            const state = JSON.parse(document.querySelector(".thermo-widget > script").textContent);
            const listeners = {}, saved = [];
            const model = {
                get: (key) => state[key],
                set(key, value) { state[key] = value; listeners[`change:${key}`]?.(); },
                on: (event, listen) => { listeners[event] = listen; },
                off() {},
                save_changes: () => saved.push(state.centres),
            };
            const el = document.createElement("div");
            document.body.append(el);
            view.render({ model, el });
            const handle = el.querySelector("[role=slider]");
            let now = 0;
            performance.now = () => now;
            for (const key of ["PageUp", "ArrowUp", "End"]) {
                now += 50; // ms: three ticks, and six
                handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
            }
            delete performance.now;
            return saved.at(-1);
        }""",
        WorkLab()._esm,
    )
    lab = WorkLab()
    lab.centres = heard
    assert lab.centres == heard == [0, 1, 1, 1, 1.25, 1.25, 1.25, 4]


# --- without a script, and from Python


def test_picture_is_there_without_javascript(browser, tmp_path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(write(tmp_path, WorkLab().to_html()))
    words = "Work on a bead in a trap under a weight, at T = 1, by a pull of one second"
    assert page.get_by_role("img", name=words).evaluate("image => image.naturalWidth") > 0
    lost = dissipated(np.linspace(0, TOP, RATE + 1))
    means = f"on average {2 + lost:.2f} up and {lost - 2:.2f} down"
    assert page.locator("figcaption").inner_text() == f"{words}: {means}"
    context.close()


def test_the_same_lab_gives_the_same_bytes():
    lab = WorkLab(0, T=2, centres=[0, 4])
    assert lab.to_html() == WorkLab(0, T=2, centres=[0, 4]).to_html()
    _, words, _ = lab.still()
    assert words.endswith("on average 8.00 up and 8.00 down. The two laws cross at ΔF = 0.00")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"T": 0.2}, "T must lie in 0.25 … 2.0, got 0.2"),
        ({"T": "warm"}, "T must be an array of real numbers, got 'warm'"),
        ({"weight": 1.5}, "weight must lie in 0 … 1.0, got 1.5"),
        ({"weight": -0.1}, "weight must lie in 0 … 1.0, got -0.1"),
        ({"seed": -1}, "seed must be an integer"),
        ({"centres": [0]}, r"a row of 2 … 1281 numbers, or empty, got shape \(1,\)"),
        ({"centres": [[0, 4]]}, r"got shape \(1, 2\)"),
        ({"centres": np.linspace(0, 4, 1282)}, r"got shape \(1282,\)"),
        ({"centres": [0.1, 4]}, "centres must lead from 0 to 4.0 and stay between them, got 0.1 … 4.0"),
        ({"centres": [0, 3]}, "got 0.0 … 3.0"),
        ({"centres": [0, 5, 4]}, "with values from 0.0 to 5.0"),
        ({"centres": [0, -1, 4]}, "with values from -1.0 to 4.0"),
        ({"centres": [0, np.nan, 4]}, "centres must not contain NaN"),
        ({"centres": 3}, r"got shape \(\)"),
    ],
)
def test_what_cannot_be_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        WorkLab(**options)
    ((name, value),) = options.items()
    with pytest.raises(ValueError, match=words):
        setattr(WorkLab(), name, value)


def test_centres_are_rounded_and_may_be_none():
    lab = WorkLab(centres=[0, 1.23456, 4])
    assert lab.centres == [0.0, 1.235, 4.0]
    lab.centres = []
    assert lab.centres == []
