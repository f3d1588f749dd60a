"""`GasLab` as a reader meets it: its walkers, the gas law beside them, and what is held."""

import re

import numpy as np
import pytest
from pages import LOAD, OBSERVED, ask, press, stop_clock, texts, visit, write
from thermolib.heat_bath import cosine_loss, gas_law, scale_invariant_sgd, von_mises_fisher
from thermolib.widgets.gas_lab import DECAY, LR, NOISE, PROTOCOLS, STEEPEST, VOLUME, WALKERS, GasLab
from thermolib.widgets.kit.bundle import bundle

ROWS = ("T", "p", "V", "ratio", "U")
RATE, EFFECTIVE, SPHERE = PROTOCOLS
HOLD = {RATE: "Hold η, λ", EFFECTIVE: "Hold η/r², λ", SPHERE: "Hold η/r², V"}
ANSWER = 120  # steps at the usual pace
REST = 750


def shown(page):
    """Of each row what was measured and what the law says, each its number and its small print."""
    rows = texts(page.locator("tbody tr"))
    return {row: [one.split("\n") for one in cells] for row, cells in zip(ROWS, rows, strict=True)}


def number(words):
    return float(words.replace("−", "-").replace("≈", ""))


def status(page):
    return page.locator(".thermo-status").inner_text()


def steps(page):
    return int(re.search(r"([\d,]+) steps? since", status(page)).group(1).replace(",", ""))


def said(page):
    return page.locator("output").all_inner_texts()


def drawn(page):
    return page.locator("canvas").evaluate("canvas => canvas.toDataURL()")


def step(page, times):
    """Press Step so often, at once."""
    button = page.get_by_role("button", name="Step", exact=True)
    button.evaluate("(button, times) => { for (let k = 0; k < times; k++) button.click(); }", times)


# --- what it shows


AGAIN = """({ settings, walkers, seed, steps }) => {
    const gas = new physics.Gas(settings, walkers, normals(randomBits(seed)));
    for (let t = 0; t < steps; t++) gas.step();
    return { ...gas.measured(), volume: gas.volume, effective: gas.effective, pressure: gas.pressure };
}"""


def words(one):
    """Two digits of the error, and the value to the same place."""
    digits = min(6, max(2, 1 - int(np.floor(np.log10(one["stderr"])))))
    return [f"{one['mean']:.{digits}f}", f"± {one['stderr']:.{digits}f}"]


@pytest.mark.parametrize(
    ("protocol", "held", "formulas"),
    [
        (RATE, {"p": 0.3}, ["σ√(ηλ)/2", "λ", "RT/p"]),
        (EFFECTIVE, {"p": 0.3, "T": 0.09}, ["σ²η/(2r²)", "λ", "RT/p"]),
        (SPHERE, {"V": 2.0, "T": 0.09}, ["σ²η/(2r²)", "RT/V", "r²/2"]),
    ],
)
def test_it_shows_its_walkers_and_the_law(still_page, record, tmp_path, protocol, held, formulas):
    """Once settled, and the same by the physics alone: every digit that is shown; the law is thermolib's."""
    options = {"lr": 0.08, "weight_decay": 0.3, "noise": 1.5, "k": 0.75, "volume": 2.0}
    page = visit(still_page, tmp_path, GasLab(protocol, seed=5, **options).to_html())
    assert [shown(page)[row][0][0] for row in ROWS] == ["—"] * 5
    step(page, 40)
    free = [row for row in ROWS if row not in held]
    assert {row: shown(page)[row][0][1] for row in ROWS} == dict.fromkeys(free, "settling") | dict.fromkeys(
        held, "held"
    )
    assert re.search(r"40 steps since the last change; settling takes about [1-9]\d\d steps\.$", status(page))
    step(page, REST - 40)
    assert status(page).endswith(f"{REST} steps since the last change; settled.")
    page.evaluate(LOAD, bundle("kit/random.js"))
    page.evaluate("Object.assign(globalThis, physics)")
    page.evaluate(LOAD, bundle("gas_lab/gas.js"))
    settings = {"protocol": protocol, "rate": 0.08, "decay": 0.3, "volume": 2, "noise": 1.5, "height": 0.75}
    again = ask(page, AGAIN, {"settings": settings, "walkers": WALKERS, "seed": 5, "steps": REST})
    table = shown(page)
    if protocol == SPHERE:
        law = gas_law(3, protocol=protocol, noise=1.5, lr=0.08 * 4, radius=2)
    else:
        law = gas_law(3, protocol=protocol, noise=1.5, lr=0.08, weight_decay=0.3)
    U = float(von_mises_fisher(law.T, 3, 0.75).U)
    for row, exact in (*zip("TpV", (law.T, law.p, law.V), strict=True), ("U", U)):
        measured, told = table[row]
        if row in held:
            assert number(measured[0]) == pytest.approx(held[row]) and measured[1] == "held"
        else:
            assert measured == words(again[row])
        assert number(told[0]) == pytest.approx(exact, rel=0.006)
    assert [table[row][1][1] for row in "TpV"] == formulas
    assert table["ratio"][0] == words(again["ratio"]) and table["ratio"][1][0] == "1"
    assert table["U"][1][1] == "small steps"
    # What the picture is said to show: the walkers as they are, the law as it is.
    now = {
        "T": again["effective"] * 1.5**2 / 2,
        "V": again["volume"],
        "p": again["pressure"],
    }
    label = page.locator("canvas").get_attribute("aria-label")
    told = [float(x) for x in re.findall(r" = ([\d.]+\d)", label)]
    assert told == pytest.approx([now["T"], now["V"], now["p"], law.V, law.p], rel=0.006)
    assert record.errors == []


def test_its_first_order_is_what_thermolib_measures(still_page, tmp_path):
    """pV/RT beside `scale_invariant_sgd`'s, within four errors and twice the second order."""
    page = visit(still_page, tmp_path, GasLab(EFFECTIVE, lr=0.05, noise=2, k=1.5).to_html())
    first = number(shown(page)["ratio"][1][1].removeprefix("first order: "))
    run = scale_invariant_sgd(
        cosine_loss(1.5), 3, 1200, protocol=EFFECTIVE, lr=0.05, weight_decay=0.2, noise=2.0,
        chains=200, warm_up=100, kept=1, rng=3,
    )  # fmt: skip
    value, stderr = run.compressibility
    assert abs(value - first) < 4 * stderr + 2 * (first - 1) ** 2 and first - 1 > 4 * stderr


# --- how it runs


def test_it_runs_and_forgets_what_was_before_a_change(page, tmp_path):
    """Sixty steps a second; a change begins the count anew and leaves the walkers; Reset puts all back."""
    stop_clock(page)
    visit(page, tmp_path, GasLab(seed=7).to_html())
    page.evaluate(OBSERVED)
    page.clock.run_for(3000)
    press(page, "Pause")
    n = steps(page)
    assert 150 <= n <= 185
    assert number(shown(page)["V"][0][0]) == pytest.approx(number(shown(page)["V"][1][0]), rel=0.1)
    press(page, "Step")
    assert steps(page) == n + 1
    place = re.search(r"V = ([\d.]+)", page.locator("canvas").get_attribute("aria-label")).group(1)
    page.get_by_label("noise σ").press("ArrowRight")
    assert steps(page) == 0 and shown(page)["V"][0][0] == "—"
    assert f"V = {place}" in page.locator("canvas").get_attribute("aria-label")
    press(page, "Reset")
    assert said(page) == ["λ = 0.4", "η = 0.05", "σ = 2", "k = 1.00"] and steps(page) == 0


def test_its_pace(page, tmp_path):
    stop_clock(page)
    visit(page, tmp_path, GasLab().to_html())
    page.evaluate(OBSERVED)
    page.get_by_label("pace").select_option("2,400 steps a second")
    page.evaluate("performance.now = () => 0")  # as many steps as there is time for: here there is enough
    page.clock.run_for(1000)
    press(page, "Pause")
    assert 2000 <= steps(page) <= 2480
    press(page, "Reset")
    assert page.get_by_label("pace").input_value() == "60"


def test_where_motion_is_not_wanted_a_change_is_answered(still_page, tmp_path):
    page = visit(still_page, tmp_path, GasLab().to_html())
    page.evaluate("performance.now = () => 0")
    assert steps(page) == 0
    page.get_by_label("weight decay λ").press("ArrowRight")
    assert steps(page) == ANSWER and said(page)[0] == "λ = 0.45"
    press(page, "Step")
    assert steps(page) == ANSWER + 1
    # What is held changes nothing that would have to be answered.
    press(page, HOLD[SPHERE])
    assert steps(page) == 0


# --- what is held


def test_what_is_held_is_what_it_is(still_page, tmp_path):
    """From protocol to protocol: the radius and the effective rate stay where the walkers have them."""
    page = visit(still_page, tmp_path, GasLab(noise=3, seed=3).to_html())
    step(page, 200)

    def now():
        """V and T of this moment, as the picture is said to show them."""
        label = page.locator("canvas").get_attribute("aria-label")
        return [float(re.search(rf"{x} = ([\d.]+\d)", label).group(1)) for x in "VT"]

    V, T = now()
    for protocol, labels in (
        (EFFECTIVE, ["weight decay λ", "effective rate η/r²"]),
        (SPHERE, ["volume V", "effective rate η/r²"]),
        (RATE, ["weight decay λ", "learning rate η"]),
        (SPHERE, ["volume V", "effective rate η/r²"]),
        (EFFECTIVE, ["weight decay λ", "effective rate η/r²"]),
        (RATE, ["weight decay λ", "learning rate η"]),
    ):
        press(page, HOLD[protocol])
        assert page.locator(".thermo-slider label").all_inner_texts()[:2] == labels
        pressed = page.locator("[aria-pressed=true]").all_inner_texts()
        assert pressed == [HOLD[protocol]]
        assert now() == pytest.approx([V, T], rel=0.02)  # three digits, and one radius for a mean over many
        if protocol == SPHERE:
            assert said(page)[0] == f"V = {V:.3g}"
            assert status(page).startswith("You hold η/r², V and σ; the gas finds p. 0 steps")
        else:
            found = "V and T" if protocol == RATE else "V"
            assert status(page).startswith(f"You hold {HOLD[protocol][5:]} and σ; the gas finds {found}.")
        if protocol != RATE:
            assert number(said(page)[1].split("= ")[1]) == pytest.approx(2 * T / 9, rel=0.02)
    before = said(page)
    press(page, HOLD[RATE])  # it is held already
    assert said(page) == before


def test_a_squeezed_gas_stays_on_its_isotherm_or_leaves_it(still_page, tmp_path):
    """Weight decay times 4: at fixed effective rate V is a quarter; at fixed rate the half, and T twice."""
    for protocol, smaller, hotter in ((EFFECTIVE, 4, 1), (RATE, 2, 2)):
        page = visit(still_page, tmp_path, GasLab(protocol, weight_decay=0.1, lr=0.05).to_html())
        before = {row: number(shown(page)[row][1][0]) for row in "VT"}
        for _ in range(12):
            page.get_by_label("weight decay λ").press("ArrowRight")
        assert said(page)[0] == "λ = 0.4"
        after = {row: number(shown(page)[row][1][0]) for row in "VT"}
        assert before["V"] / after["V"] == pytest.approx(smaller, rel=0.01)
        assert after["T"] / before["T"] == pytest.approx(hotter, rel=0.01)


def test_each_control_goes_from_end_to_end(still_page, tmp_path):
    """And what a slider says Python takes."""
    page = visit(still_page, tmp_path, GasLab().to_html())
    page.evaluate("performance.now = () => 1e9 * (globalThis.calls = (globalThis.calls ?? 0) + 1)")  # no time
    lab = GasLab()
    for protocol, first, second in ((RATE, DECAY, LR), (SPHERE, VOLUME, LR)):
        press(page, HOLD[protocol])
        for k, (least, most) in enumerate((first, second, NOISE, (0, STEEPEST))):
            for key, value in (("Home", least), ("End", most), ("ArrowLeft", None)):
                page.locator("input[type=range]").nth(k).press(key)
                given = float(said(page)[k].split("= ")[1])
                assert given == value or (value is None and least < given < most)
                name = (("volume" if protocol == SPHERE else "weight_decay"), "lr", "noise", "k")[k]
                setattr(lab, name, given)


def test_a_mark_stays_and_reset_takes_it_away(still_page, tmp_path):
    page = visit(still_page, tmp_path, GasLab(volume=1).to_html())
    before = drawn(page)
    press(page, "Mark")  # nothing was measured yet
    assert drawn(page) == before
    step(page, 30)
    running = drawn(page)
    press(page, "Mark")
    marked = drawn(page)
    assert len({before, running, marked}) == 3
    for _ in range(15):
        press(page, "Mark")
    assert drawn(page) == marked  # all in one place
    press(page, "Reset")
    assert drawn(page) == before


# --- without a script, and from Python


def test_picture_is_there_without_javascript(browser, tmp_path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(write(tmp_path, GasLab(SPHERE, lr=0.1, noise=3, volume=2).to_html()))
    said = "Training as an ideal gas at fixed sphere: T = 0.45, p = 0.225, V = 2"
    assert page.get_by_role("img", name=said).evaluate("image => image.naturalWidth") > 0
    U = float(von_mises_fisher(0.45, 3, 1.0).U)
    told = page.locator("figcaption").inner_text()
    assert told == f"{said}; pV = RT with R = 1, and mean loss U = {U:.3g}"
    context.close()


def test_the_same_lab_gives_the_same_bytes():
    assert GasLab(k=2).to_html() == GasLab(k=2).to_html()
    assert GasLab(k=0).still()[2].endswith("mean loss U = 0")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"protocol": "fixed"}, "protocol must be one of .*'fixed sphere'"),
        ({"lr": 0.5}, "lr must lie in 0.01 … 0.1, got 0.5"),
        ({"lr": "quick"}, "lr must be an array of real numbers, got 'quick'"),
        ({"weight_decay": 0}, "weight_decay must lie in 0.01 … 1.0, got 0"),
        ({"noise": 0.4}, "noise must lie in 0.5 … 3.2, got 0.4"),
        ({"k": -1}, "k must lie in 0 … 4.0, got -1"),
        ({"volume": np.nan}, "got nan"),
        ({"volume": 11}, "volume must lie in 0.1 … 10.0, got 11"),
        ({"seed": -1}, "seed must be an integer"),
    ],
)
def test_what_cannot_be_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        GasLab(**options)
    ((name, value),) = options.items()
    with pytest.raises(ValueError, match=words):
        setattr(GasLab(), name, value)
