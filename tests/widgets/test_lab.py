"""What holds for every lab: it runs, rests and answers alike, fits its place, and is in everyone's reach."""

from functools import cache
from io import BytesIO

import numpy as np
import pytest
from ask_labs import controls_can_be_met, tables_keep_their_columns
from axe_playwright_python.sync_playwright import Axe
from pages import OBSERVED, stop_clock, swipe, two_frames, visit
from PIL import Image
from thermolib.problems import bars_and_stripes
from thermolib.rbm import RBM
from thermolib.widgets.annealing_lab import AnnealingLab
from thermolib.widgets.boltzmann_machine_lab import BoltzmannMachineLab, BoltzmannTrainingLab
from thermolib.widgets.depth_lab import DepthLab
from thermolib.widgets.errors_lab import ErrorsLab
from thermolib.widgets.free_energy_lab import FreeEnergyLab
from thermolib.widgets.gas_lab import GasLab
from thermolib.widgets.hopfield_lab import HopfieldLab
from thermolib.widgets.ising_lab import IsingLab
from thermolib.widgets.lens_lab import LensLab
from thermolib.widgets.mean_field_lab import MeanFieldLab
from thermolib.widgets.posterior_lab import PosteriorLab
from thermolib.widgets.sampler_lab import SamplerLab
from thermolib.widgets.work_lab import WorkLab


def dream():
    """A machine that knows the rows of a square of 8 × 8, and as many pictures as may be."""
    rows = np.kron(np.eye(8), np.ones((8, 1)))
    return BoltzmannMachineLab(
        RBM(3 * rows, -1.5 * np.ones(64), -8 * np.ones(8)), np.tile(rows.T, (2, 1))[:12]
    )


LABS = {
    "compact lattice": lambda: IsingLab(size=64, compact=True),
    "lattice": lambda: IsingLab(size=64),
    # As wide as any: the longest words and numbers.
    "sampler": lambda: SamplerLab(["cloudy", "W" * 16, "−" * 16, "a"], [-6, -6, -6, 6], T=10, top_p=0.9),
    "landscape": AnnealingLab,
    "tour": lambda: AnnealingLab("tour"),
    "errors": lambda: ErrorsLab(length=500),
    "lens": lambda: LensLab(size=243),
    "posterior": PosteriorLab,
    "free energy": FreeEnergyLab,
    "mean field": MeanFieldLab,
    "depth": DepthLab,
    "gas": GasLab,
    "dream": dream,
    "training": lambda: BoltzmannTrainingLab(bars_and_stripes(3)),
    "work": lambda: WorkLab(centres=np.linspace(0, 4, 65)),
    "memories": lambda: HopfieldLab(T=0.5, extra=20),
}


# Whose words stay the same while they run, or that wait to be asked
QUIET = {"compact lattice", "lens", "free energy", "memories", "depth"}
VERBS = {"free energy": "Descend", "memories": "Recall"}  # what the button says that lets it run


@cache
def html(name):
    """The lab on a page; the same lab gives the same bytes."""
    return LABS[name]().to_html()


BOXES = """() => [...document.querySelectorAll("canvas, input, select, button")].map((node) => {
    const { x, y, width, height } = node.getBoundingClientRect();
    return [node.tagName, x, y + scrollY, width, height];
})"""
CONTROL = ".thermo-lab :is(input, select, button)"
CONTROLS = f"""() => {{
    const box = (node) => {{
        const {{ x, y, right, bottom }} = node.getBoundingClientRect();
        return [x, y, right, bottom];
    }};
    const words = [...document.querySelectorAll(".thermo-slider :is(label, output)")]
        .filter((node) => node.getClientRects().length);
    return [...document.querySelectorAll("{CONTROL}")].map((node) => [
        box(node), ...words.filter((one) => node.id && one.getAttribute("for") === node.id).map(box)
    ]);
}}"""  # of each control its place, and those of its slider's words that are seen
STATE = """() => [...document.querySelectorAll("input, select, output, canvas.thermo-spins")]
    .map((node) => node.value ?? node.toDataURL())"""


def each_lab(function):
    return pytest.mark.parametrize("name", LABS, scope="module")(function)


@pytest.fixture
def phone(window):
    return window(viewport={"width": 375, "height": 667}, has_touch=True, is_mobile=True)


@pytest.fixture(scope="module")
def calm(browser):
    context = browser.new_context(reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def at_rest(calm, tmp_path_factory, name):
    """Open a lab once where motion is not wanted, for all that is asked of it in this order."""
    calm.set_viewport_size({"width": 1280, "height": 720})
    return visit(calm, tmp_path_factory.mktemp("lab"), html(name))


# --- how it runs


def moved(before, after):
    """Return the controls that are elsewhere, or of another size; half a pixel is not seen."""
    pairs = zip(before, after, strict=True)
    return [pair for pair in pairs if np.abs(np.subtract(pair[0][1:], pair[1][1:])).max() >= 0.5]


@each_lab
def test_no_control_moves_while_it_runs(page, tmp_path, name):
    """Five seconds of the page's clock, in which numbers and errors appear; wide and narrow."""
    stop_clock(page)
    visit(page, tmp_path, html(name))

    def boxes(width):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(OBSERVED)
        page.clock.run_for(100)
        return page.evaluate(BOXES)

    before, said = [boxes(width) for width in (800, 375)], page.locator(".thermo-box").inner_text()
    page.clock.run_for(5000)
    after = [page.evaluate(BOXES), boxes(800)]
    assert moved(before[1], after[0]) == moved(before[0], after[1]) == []
    assert page.locator(".thermo-box").inner_text() != said or name in QUIET


@each_lab
def test_where_motion_is_not_wanted_it_waits_and_still_answers(at_rest, name):
    page = at_rest
    run = page.get_by_role("button", name=VERBS.get(name, "Run"), exact=True)
    assert "thermo-main" in run.get_attribute("class")
    status, picture = page.locator(".thermo-status"), page.locator("canvas").first
    assert status.get_attribute("aria-live") == "polite"
    before = picture.evaluate("c => c.toDataURL()")
    two_frames(page)
    assert picture.evaluate("c => c.toDataURL()") == before
    page.evaluate("performance.now = () => 0")  # as many steps as there is time for: here there is enough
    page.locator("input[type=range]").first.press("ArrowRight" if name == "lens" else "ArrowLeft")
    page.evaluate("delete performance.now")
    assert picture.evaluate("c => c.toDataURL()") != before
    counted = {
        "lattice": "100 sweeps here",
        "landscape": "Step 100 of 100",
        "tour": "of 3,000 proposals accepted",
    }
    assert counted.get(name, "") in status.inner_text()
    assert run.is_visible() or page.get_by_role("button", name="Run again").is_visible()


def test_it_rests_only_where_nothing_of_it_is_seen(page, tmp_path):
    """With only the last line on the screen the lattice, above it, goes on; with nothing it stands still."""
    filler = "<div style='height: 3000px'></div>"
    visit(page, tmp_path, filler, html("lattice"), filler)
    spins = "document.querySelector('canvas').toDataURL()"
    run = f"""async (top) => {{
        scrollTo(0, top);
        const frame = () => new Promise(requestAnimationFrame);
        await ({OBSERVED})();
        await frame(); // what runs no longer has drawn for the last time
        const before = {spins};
        for (let k = 0; k < 10; k++) await frame();
        return before !== {spins};
    }}"""
    end = page.locator(".thermo-lab").evaluate("lab => lab.getBoundingClientRect().bottom + scrollY")
    assert [page.evaluate(run, top) for top in (0, end - 10, end + 20)] == [False, True, False]
    assert page.evaluate("document.querySelector('canvas').getBoundingClientRect().bottom") < -100


def test_how_fast_it_draws(page, tmp_path, measured):
    """Frames a second of each lab by itself, on this machine: reported, for a loaded machine is slow."""
    visit(page, tmp_path, *map(html, LABS))
    session = page.context.new_cdp_session(page)
    count = """async () => {
        const start = performance.now();
        let frames = 0;
        for (; performance.now() - start < 150; frames++) await new Promise(requestAnimationFrame);
        return Math.round(1000 * frames / (performance.now() - start));
    }"""
    alone = """shown => document.querySelectorAll(".thermo-box").forEach((box, k) => {
        box.hidden = k !== shown;
    })"""
    for k, name in enumerate(LABS):
        page.evaluate(alone, k)
        for slower in (1, 6):
            session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
            measured(f"{name}: {page.evaluate(count)} frames a second, processor slowed {slower} times")
        session.send("Emulation.setCPUThrottlingRate", {"rate": 1})


# Frames come when they are asked for; one that has drawn keeps the next one waiting.
FRAMES = """
let waiting = [], now = 0, drawn = 0;
globalThis.requestAnimationFrame = (frame) => waiting.push(frame);
globalThis.cancelAnimationFrame = () => { waiting = []; };
const { clearRect } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.clearRect = function (...place) { drawn++; clearRect.apply(this, place); };
globalThis.pictures = ([frames, late]) => {
    const before = drawn;
    for (let k = 0; k < frames; k++) {
        const asked = waiting, seen = drawn;
        waiting = [];
        for (const frame of asked) frame(now);
        now += 1000 / 60 + (drawn > seen ? late : 0);
    }
    return drawn - before;
};
"""


def test_pictures_that_keep_frames_waiting_are_fewer(page, tmp_path):
    """Thirty a second, in each second frame; where the next frame is late by 40 ms one in four frames."""
    page.add_init_script(FRAMES)
    visit(page, tmp_path, html("mean field"))
    page.evaluate(OBSERVED)
    page.evaluate("pictures([1, 0])")  # its clock begins
    quick, slow, again = [page.evaluate("pictures", [60, late]) for late in (0, 40, 0)]
    assert (quick, slow, again) == (30, 15, 30)


def test_a_change_of_theme_is_seen_at_once(still_page, tmp_path):
    page = visit(still_page, tmp_path, html("landscape"))
    before = page.locator("canvas").first.evaluate("c => c.toDataURL()")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function("before => document.querySelector('canvas').toDataURL() !== before", arg=before)


# --- within everyone's reach


def test_every_control_has_a_name_of_its_own(still_page, tmp_path):
    page = visit(still_page, tmp_path, *(html(name) for name in LABS if name != "compact lattice"))
    names = page.locator("input[type=range]").evaluate_all(
        "all => all.map(x => x.getAttribute('aria-label') ?? x.labels[0].textContent)"
    )
    assert len(names) == len(set(names)) == 42
    visible = page.locator(".thermo-slider label").all_inner_texts()
    assert all(any(name.startswith(label) for name in names) for label in visible)


@each_lab
def test_on_a_phone_it_fits_one_screen_and_a_swipe_changes_nothing(phone, tmp_path, name):
    visit(phone, tmp_path, html(name), "<div style='height: 2000px'></div>")
    boxes = [(tag, y, y + height, width, height) for tag, _, y, width, height in phone.evaluate(BOXES)]
    top = min(y for tag, y, *_ in boxes if tag == "CANVAS")
    control = next(bottom for tag, _, bottom, *_ in boxes if tag == "INPUT")
    assert control - top <= 600
    small = [
        (tag, width, height)
        for tag, _, _, width, height in boxes
        if tag != "CANVAS" and min(width, height) < 44
    ]
    assert small == []
    # And a swipe over them scrolls the page.
    for pause in phone.get_by_role("button", name="Pause").all():
        pause.click()
    targets = [*phone.locator("canvas").all(), phone.locator(".thermo-slider input, .thermo-schedule").first]
    for target in targets:
        target.scroll_into_view_if_needed()
        box, before = target.bounding_box(), phone.evaluate(STATE)
        x, y = box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 4  # beside the knots
        scrolled = phone.evaluate("scrollY")
        swipe(phone, x, y, dy=-150)
        phone.wait_for_function("scrolled => scrollY > scrolled + 50", arg=scrolled)
        assert phone.evaluate(STATE) == before


def test_a_finger_along_the_lattice_paints(phone, tmp_path):
    visit(phone, tmp_path, html("compact lattice"))
    phone.get_by_role("button", name="Pause").click()
    lattice = phone.locator("canvas")
    box, before = lattice.bounding_box(), phone.evaluate(STATE)
    swipe(phone, box["x"] + 0.2 * box["width"], box["y"] + box["height"] / 4, dx=150)
    assert phone.evaluate(STATE) != before


def test_a_finger_along_a_slider_moves_it(phone, tmp_path):
    visit(phone, tmp_path, html("compact lattice"))
    slider = phone.get_by_label("temperature T")
    box = slider.bounding_box()
    phone.touchscreen.tap(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
    page_has_heard = "([slider, place]) => Math.abs(slider.value - place) < 15"
    phone.wait_for_function(page_has_heard, arg=[slider.element_handle(), 0.93 * 450])
    tapped = float(slider.input_value())
    swipe(phone, box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2, dx=-150)
    assert float(slider.input_value()) < tapped - 100


@each_lab
def test_tracks_and_pictures_stay_in_forced_colours(at_rest, name):
    page = at_rest
    page.emulate_media(forced_colors="active")
    kept = page.locator("input[type=range], canvas").evaluate_all(
        "all => all.map(x => getComputedStyle(x).forcedColorAdjust)"
    )
    assert set(kept) == {"none"}
    slider = page.locator("input[type=range]").first
    slider.scroll_into_view_if_needed()
    assert len(set(slider.screenshot())) > 10  # not one colour alone
    page.emulate_media(forced_colors="none")


@each_lab
def test_the_focus_is_seen_and_cuts_no_label(at_rest, name):
    """Around the control that has it something changes; in a slider's label and value nothing does."""
    page = at_rest
    page.set_viewport_size({"width": 800, "height": 1600})  # all of it: nothing scrolls
    page.keyboard.press("Tab")  # from now on it is the keyboard's

    def seen(x, y, right, bottom):
        """What is on the screen there while nothing in it changes: a cursor would blink."""
        clip = {"x": x, "y": y, "width": right - x, "height": bottom - y}
        return np.asarray(Image.open(BytesIO(page.screenshot(clip=clip))).convert("RGB"))

    def around(box, margin):
        x, y, right, bottom = map(int, box)
        return max(x - margin, 0), max(y - margin, 0), right + margin, bottom + margin

    page.evaluate("document.activeElement.blur()")
    before = seen(0, 0, 800, 1600)
    for k, (control, *words) in enumerate(page.evaluate(CONTROLS)):
        page.evaluate("([all, k]) => document.querySelectorAll(all)[k].focus()", [CONTROL, k])
        places = [around(control, 8), *(around(one, 0) for one in words)]
        left, top = np.min(places, axis=0)[:2].tolist()
        after = seen(left, top, *np.max(places, axis=0)[2:].tolist())
        changed = [
            (before[y:bottom, x:right] != after[y - top : bottom - top, x - left : right - left]).any()
            for x, y, right, bottom in places
        ]
        assert changed == [True] + [False] * len(words), control


@each_lab
def test_readable_and_narrow_enough(at_rest, name):
    """Last of what is asked at rest: its font and its widths stay."""
    page = at_rest
    page.add_style_tag(content="body { font-family: Verdana, 'DejaVu Sans' !important; }")  # as wide as any
    for button in ("To the end", "Draw 1000", "Cool at once", "20 runs"):
        for one in page.get_by_role("button", name=button).all():
            one.click()
    for width, theme in ((800, "light"), (375, "dark"), (375, "light"), (800, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        page.evaluate(OBSERVED)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        box = page.locator(".thermo-box").bounding_box()
        right = page.locator(".thermo-box :not(option)").evaluate_all(
            "all => all.map(x => x.getBoundingClientRect().right)"
        )
        assert max(right) <= box["x"] + box["width"] + 0.5
        if (width, theme) in ((375, "dark"), (800, "light")):  # each width and each theme once
            assert Axe().run(page).response["violations"] == []


def test_what_is_asked_of_the_labs_in_the_book_can_be_answered_with_no(phone, tmp_path):
    visit(phone, tmp_path, html("landscape"))
    assert tables_keep_their_columns(phone) == controls_can_be_met(phone) == []
    phone.set_content("""<div class="thermo-lab" style="width: 200px"><button>x</button><table><td>1</table>
        <table style="table-layout: fixed; width: 300px"><td>1</table></div>""")
    assert len(tables_keep_their_columns(phone)) == 2
    assert len(controls_can_be_met(phone)) == 1
