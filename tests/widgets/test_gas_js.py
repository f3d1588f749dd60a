"""The physics of the lab, `gas.js`, held to `thermolib.heat_bath` and its laws; wrong variants fail."""

import itertools

import numpy as np
import pytest
from pages import ask
from scipy.integrate import quad
from thermolib.heat_bath import cosine_loss, gas_law, scale_invariant_sgd, von_mises_fisher
from thermolib.widgets.gas_lab import DECAY, LR, NOISE, PROTOCOLS, STEEPEST
from thermolib.widgets.kit.bundle import bundle

SOURCE = bundle("gas_lab/gas.js")
RATE, EFFECTIVE, SPHERE = PROTOCOLS
# One of each protocol, far from small steps; V where a run is to begin.
CASES = [
    {"protocol": RATE, "rate": 0.15, "decay": 0.6, "volume": 1.7, "noise": 1.3, "height": 2.5},
    {"protocol": EFFECTIVE, "rate": 0.12, "decay": 0.3, "volume": 0.9, "noise": 2.1, "height": 1.5},
    {"protocol": SPHERE, "rate": 0.08, "decay": 0.4, "volume": 2.3, "noise": 1.7, "height": 3.0},
]


def law_of(one):
    """The gas law of thermolib, whose rate on the sphere is η."""
    if one["protocol"] == SPHERE:
        held = {"radius": np.sqrt(2 * one["volume"]), "lr": one["rate"] * 2 * one["volume"]}
    else:
        held = {"weight_decay": one["decay"], "lr": one["rate"]}
    return gas_law(3, protocol=one["protocol"], noise=one["noise"], **held)


# --- the walkers


class Given(np.random.Generator):
    """A generator whose normal numbers are given."""

    def __init__(self, numbers):
        super().__init__(np.random.PCG64(0))
        self.numbers = numbers

    def standard_normal(self, shape):
        taken, self.numbers = np.split(self.numbers, [np.prod(shape)])
        return taken.reshape(shape)


WALK = """({ settings, walkers, numbers, steps, bins, then }) => {
    let k = 0;
    const gas = new physics.Gas(settings, walkers, () => numbers[k++]), heights = new physics.Heights(bins);
    const states = [], before = gas.pressure;
    for (let t = 0; t < steps; t++) {
        states.push([[...gas.w], [...gas.radii]]);
        gas.step();
        heights.add(gas);
    }
    const { pressure, volume, effective, w, radii } = gas, measured = gas.measured();
    const found = { states, used: k, measured, shares: heights.shares, before, pressure, volume, effective };
    if (then) gas.set(then);
    return { ...found, after: { w: [...w], radii: [...radii], measured: gas.measured() } };
}"""


def window(steps):
    """The steps that are counted: from half the last power of 2 on; of fewer than 32 all."""
    last = 1 << steps.bit_length() - 1
    return slice(last // 2 if last >= 32 else 0, steps)


def walked(page, one, steps=50, walkers=5, then=None):
    """The page's run, and thermolib's of the same numbers, from the same place."""
    numbers = np.random.default_rng(4).normal(size=3 * walkers * (steps + 1))
    volume = law_of(one).V
    settings = one | {"volume": volume}
    asked = {"settings": settings, "walkers": walkers, "numbers": numbers.tolist(), "steps": steps}
    found = ask(page, WALK, asked | {"bins": 8, "then": then})
    held = {"radius": np.sqrt(2 * volume), "lr": one["rate"] * 2 * volume}
    if one["protocol"] != SPHERE:
        held = {"weight_decay": one["decay"], "lr": one["rate"]}
    wanted = scale_invariant_sgd(
        cosine_loss(one["height"]),
        3,
        steps,
        protocol=one["protocol"],
        noise=one["noise"],
        chains=walkers,
        kept=steps,
        start=numbers[: 3 * walkers].reshape(walkers, 3),
        rng=Given(numbers[3 * walkers :]),
        **held,
    )
    return settings, numbers, found, wanted


def check_thermolib(page):
    """Walker for walker the states of `scale_invariant_sgd`, to rounding that steps of noise let grow."""
    for one in CASES:
        _, numbers, found, wanted = walked(page, one)
        w, r = zip(*found["states"], strict=True)
        r = np.transpose(r)
        assert r == pytest.approx(wanted.r, rel=1e-9)
        u = np.reshape(w, (50, 5, 3)).swapaxes(0, 1) / r[..., None]
        assert u == pytest.approx(wanted.u, abs=1e-9)
        assert found["used"] == len(numbers)


def check_measured(page):
    """Means over the counted steps, and their errors over walkers; all by thermolib's states."""
    for one, steps in itertools.product(CASES, (50, 32, 31, 1)):
        settings, numbers, found, wanted = walked(page, one, steps)
        counted, k = window(steps), one["height"]
        noise = one["noise"] * numbers[15:].reshape(steps, 5, 3).swapaxes(0, 1)
        u, r = wanted.u, wanted.r
        G = noise + np.array([0, 0, k])
        G -= (G * u).sum(-1, keepdims=True) * u
        squares = (G**2).sum(-1)
        effective = one["rate"] / r**2 if one["protocol"] == RATE else np.full_like(r, one["rate"])
        T = effective * one["noise"] ** 2 / 2
        p = effective * squares / (2 * r**2) if one["protocol"] == SPHERE else np.full_like(r, one["decay"])
        series = {"T": T, "V": r**2 / 2, "p": p, "U": k * (1 + u[..., 2])}
        means = {key: x[:, counted].mean(axis=1) for key, x in series.items()}
        for key, x in means.items():
            given = found["measured"][key]
            assert given["mean"] == pytest.approx(x.mean(), rel=1e-9)
            assert given["stderr"] == pytest.approx(x.std(ddof=1) / np.sqrt(5), rel=1e-6, abs=1e-12)
        x, y = means["p"] * means["V"], means["T"]
        off = x / x.mean() - y / y.mean()
        ratio = x.mean() / y.mean()
        assert found["measured"]["ratio"]["mean"] == pytest.approx(ratio, rel=1e-9)
        assert found["measured"]["ratio"]["stderr"] == pytest.approx(
            ratio * off.std(ddof=1) / np.sqrt(5), rel=1e-6, abs=1e-12
        )
        # Of this moment: the state after the last step.
        lately = squares[:, 0].mean()
        for t in range(1, steps):
            lately += (squares[:, t].mean() - lately) / 20
        p_now = one["rate"] * lately / (4 * settings["volume"]) if one["protocol"] == SPHERE else one["decay"]
        assert found["pressure"] == pytest.approx(p_now, rel=1e-9)
        radii = np.array(found["after"]["radii"])
        assert found["volume"] == pytest.approx((radii**2).mean() / 2)
        now = (one["rate"] / radii**2).mean() if one["protocol"] == RATE else one["rate"]
        assert found["effective"] == pytest.approx(now)
        # Heights are looked at after each step.
        z = u[..., 2]
        w = np.reshape(found["after"]["w"], (5, 3))
        z = np.column_stack([z[:, 1:], w[:, 2] / radii])[:, counted]
        shares = np.histogram(z, bins=8, range=(-1, 1))[0] / z.size
        assert found["shares"] == pytest.approx(shares)


def check_before(page):
    """Before the first step there is nothing: no measurement, and on the sphere no pressure."""
    for one in CASES:
        _, _, found, _ = walked(page, one, 1)
        assert found["before"] == pytest.approx(
            np.nan if one["protocol"] == SPHERE else one["decay"], nan_ok=True
        )
        asked = {
            "settings": one,
            "walkers": 3,
            "numbers": [1.0, 2.0, 2.0] * 3,
            "steps": 0,
            "bins": 4,
            "then": None,
        }
        found = ask(page, WALK, asked)
        assert found["measured"] is None and found["shares"] == [0] * 4
        assert found["after"]["radii"] == pytest.approx([np.sqrt(2 * one["volume"])] * 3)


def check_change(page):
    """Whatever is changed, the walkers stay; a sphere takes them in along its rays. Means begin anew."""
    for one, then in itertools.product(CASES, CASES):
        _, _, found, _ = walked(page, one, then=then)
        _, _, plain, _ = walked(page, one)
        assert found["after"]["measured"] is None and plain["after"]["measured"] == plain["measured"]
        before, after = (np.reshape(x["after"]["w"], (5, 3)) for x in (plain, found))
        if then["protocol"] == SPHERE:
            before *= np.sqrt(2 * then["volume"]) / np.linalg.norm(before, axis=1, keepdims=True)
        assert after == pytest.approx(before)
        assert found["after"]["radii"] == pytest.approx(np.linalg.norm(after, axis=1))


# --- what is known of them


def check_energy(page):
    """That of von Mises and Fisher's law; of a height 0 it is 0."""
    for height, T in itertools.product((0, 0.25, 1, 4), (1e-3, 0.05, 0.7, 3, 20, 150, 1e4)):
        found = ask(page, "({ T, height }) => physics.energy(T, height)", {"T": T, "height": height})
        assert found == pytest.approx(float(von_mises_fisher(T, 3, height).U) if height else 0, rel=1e-8)
    found = ask(page, "() => [0.02 - 1e-9, 0.02 + 1e-9].map(physics.langevin)")
    assert found[0] == pytest.approx(found[1], rel=3e-7)  # of the subtraction of 1/x, 2e-16/x², and the steps


SHARE = """({ edges, T, height }) =>
    edges.slice(1).map((b, k) => physics.share(edges[k], b, T, height))"""


def check_share(page):
    """The integral of e^{−L/T} over heights, of which each has the same area of the ball."""
    edges = np.linspace(-1, 1, 9)
    for height, T in itertools.product((0, 0.5, 4), (0.004, 0.3, 5, 1e6)):
        found = ask(page, SHARE, {"edges": edges.tolist(), "T": T, "height": height})
        raw = [
            quad(lambda z: np.exp(-height * (1 + z) / T), a, b, points=[a, min(b, a + 20 * T)])[0]  # noqa: B023
            for a, b in itertools.pairwise(edges)
        ]
        assert found == pytest.approx(np.divide(raw, sum(raw)), rel=1e-6, abs=1e-12)


THEORY = "(settings) => physics.theory(settings)"


def check_theory(page):
    """T, p, V as `gas_law` has them, and where the mean of r² forgets: by the slope of its own map."""
    for one in CASES:
        law, found = law_of(one), ask(page, THEORY, one)
        assert [found[key] for key in "TpV"] == pytest.approx([law.T, law.p, law.V])
        assert found["U"] == pytest.approx(float(von_mises_fisher(law.T, 3, one["height"]).U))
        assert found["effective"] * one["noise"] ** 2 / 2 == pytest.approx(law.T)
        small = one | {"rate": one["rate"] * 1e-4}
        found, (rate, decay, noise) = (
            ask(page, THEORY, small),
            (small[key] for key in ("rate", "decay", "noise")),
        )
        if one["protocol"] == SPHERE:
            assert np.isnan(found["memory"])
            continue

        q = 2 * found["V"] * np.array([0.999, 1, 1.001])
        eta = rate if one["protocol"] == RATE else rate * q
        following = q * (1 - eta * decay) ** 2 + 2 * (eta * noise) ** 2 / q
        assert following[1] == pytest.approx(q[1], rel=1e-6)
        slope = (following[2] - following[0]) / (q[2] - q[0])
        assert 1 / (1 - slope) == pytest.approx(found["memory"], rel=1e-3)


TURN = """({ settings, walkers, seed, steps }) => {
    const gas = new physics.Gas(settings, walkers, normals(randomBits(seed))), { w, radii } = gas;
    for (let c = 0; c < walkers; c++) w.set([radii[c] * 0.6, 0, radii[c] * -0.8], 3 * c);
    for (let t = 0; t < steps; t++) gas.step();
    const all = [0, 0, 0];
    for (let c = 0; c < walkers; c++) all.forEach((_, j) => { all[j] += w[3 * c + j] / radii[c] / walkers; });
    return [all, physics.theory(settings).turning];
}"""


def check_turning(page):
    """What is left across the field after so many steps: 1/e of a free direction, and of one that falls.

    The mean of 4000 walkers has an error of at most 1/√4000 = 0.016, beside 0.6/e = 0.22; steps of a 25th of
    the time put off the power of e by a fiftieth.
    """
    for rate, noise, height in ((0.04, 1 / 0.2, 0), (0.02, 0.5, 1)):
        settings = {
            "protocol": SPHERE,
            "rate": rate,
            "decay": 1,
            "volume": 1,
            "noise": noise,
            "height": height,
        }
        turning = ask(page, THEORY, settings)["turning"]
        assert turning == pytest.approx(25 if height == 0 else 50)
        (x, y, z), _ = ask(
            page, TURN, {"settings": settings, "walkers": 4000, "seed": 3, "steps": round(turning)}
        )
        assert x == pytest.approx(0.6 / np.e, rel=0.05, abs=4 * 0.016) and abs(y) < 4 * 0.016
        if height == 0:
            assert z == pytest.approx(-0.8 / np.e, rel=0.05, abs=4 * 0.016)


LONG = """({ settings, walkers, seed, steps }) => {
    const gas = new physics.Gas(settings, walkers, normals(randomBits(seed)));
    for (let t = 0; t < steps; t++) gas.step();
    return { ...gas.measured(), law: physics.theory(settings) };
}"""


def check_law(page):
    """A run of 400 walkers has the law's ratio and energy, within four errors and the second order.

    Of the ratio the first order is up to 0.04 here, its square 0.0016 and its factor in the runs of
    `thermolib` below 2. The energy of a step of finite size is above the law's by about its first order in
    η_eff k, as ULA's is.
    """
    for one in (
        {"protocol": RATE, "rate": 0.05, "decay": 0.4, "noise": 3, "height": 0.5},
        {"protocol": EFFECTIVE, "rate": 0.05, "decay": 0.4, "noise": 4, "height": 0},
        {"protocol": EFFECTIVE, "rate": 0.06, "decay": 0.4, "noise": 2, "height": 1.5},
        {"protocol": SPHERE, "rate": 0.02, "decay": 0.4, "noise": 1.5, "height": 4},
    ):
        settings = one | {"volume": 1}
        settings["volume"] = ask(page, THEORY, settings)["V"]
        asked = {"settings": settings, "walkers": 400, "seed": 9, "steps": 2047}
        found = ask(page, LONG, asked)
        ratio, first = found["ratio"], found["law"]["ratio"] - 1
        assert abs(first) > 8 * ratio["stderr"] and 0.005 < abs(first) < 0.05
        assert abs(ratio["mean"] - 1 - first) < 4 * ratio["stderr"] + 2 * first**2
        U, exact = found["U"], found["law"]["U"]
        assert abs(U["mean"] - exact) <= 4 * U["stderr"] + one["rate"] * max(exact, one["height"] ** 2 / 8)
        T = found["T"]
        assert abs(T["mean"] / found["law"]["T"] - 1) < 0.06


def check_corner(page):
    """Where all sliders are at their ends the run settles: decay does not turn the weights round.

    Also from the length at which the least decay left it: the largest then takes all of the weights away,
    and r² ← η_eff²|g|² r² has a mean that falls.
    """
    assert LR[1] ** 2 * (2 * NOISE[1] ** 2 + STEEPEST**2) < 0.5
    for protocol in (RATE, EFFECTIVE):
        settings = {
            "protocol": protocol,
            "rate": LR[1],
            "decay": DECAY[0],
            "noise": NOISE[1],
            "height": STEEPEST,
        }
        settings["volume"] = law_of(settings).V
        settings["decay"] = DECAY[1]
        found = ask(page, LONG, {"settings": settings, "walkers": 64, "seed": 1, "steps": 4000})
        assert 1 < found["V"]["mean"] / found["law"]["V"] < 1.5


def check_averages(page):
    """Mean, error, and the error of a quotient."""
    rng = np.random.default_rng(1)
    x = rng.normal(3, 1, 7)
    y = x + rng.normal(2, 0.5, 7)
    found = ask(
        page,
        "([x, y]) => [physics.average(x), physics.quotient(Float64Array.from(x), Float64Array.from(y))]",
        [x.tolist(), y.tolist()],
    )
    assert found[0] == pytest.approx({"mean": x.mean(), "stderr": x.std(ddof=1) / np.sqrt(7)})
    off = (x / x.mean() - y / y.mean()).std(ddof=1) / np.sqrt(7)
    assert found[1] == pytest.approx({"mean": x.mean() / y.mean(), "stderr": x.mean() / y.mean() * off})


CHECKS = [
    check_thermolib,
    check_measured,
    check_before,
    check_change,
    check_energy,
    check_share,
    check_theory,
    check_turning,
    check_law,
    check_corner,
    check_averages,
]


@pytest.mark.parametrize("check", CHECKS)
def test_physics(physics, check):
    check(physics)


FAULTS = {
    "noise along w": ("noise * (a - along * x)", "noise * a", check_thermolib),
    "a gradient with a part along w": ("height * (1 - z * z)", "height", check_thermolib),
    "uphill": (
        "w[k + 2] = kept * w[k + 2] - lr * gz / r",
        "w[k + 2] = kept * w[k + 2] + lr * gz / r",
        check_thermolib,
    ),
    "a gradient that does not know the radius": (
        "w[k] = kept * w[k] - lr * gx / r",
        "w[k] = kept * w[k] - lr * gx",
        check_thermolib,
    ),
    "decay that turns the weights round": ("max(0, 1 - lr * decay)", "1 - lr * decay", check_corner),
    "decay by λ alone": ("1 - lr * decay", "1 - decay", check_thermolib),
    "decay on the sphere": (
        "protocol === SPHERE ? 1 : max(0, 1 - lr * decay)",
        "1 - lr * decay",
        check_measured,
    ),
    "η for η/r²": ("protocol === RATES ? rate : rate * r * r", "rate", check_thermolib),
    "a sphere that grows": ("if (protocol === SPHERE) {\n", "if (false) {\n", check_thermolib),
    "a radius that is not updated": ("else radii[c] = now;", "", check_thermolib),
    "the lowest point above": ("+= height * (1 + z)", "+= height * (1 - z)", check_measured),
    "r for r²": ("recent[c] += r * r", "recent[c] += r", check_measured),
    "σ for σ² in T": (
        "map((rate) => rate * noise * noise / 2)",
        "map((rate) => rate * noise / 2)",
        check_measured,
    ),
    "V without its half": ("map((square) => square / 2)", "map((square) => square)", check_measured),
    "the noise's push alone": (
        "const square = gx * gx + gy * gy + gz * gz;",
        "const square = 2 * noise * noise;",
        check_measured,
    ),
    "a push of twice its size": (
        "(4 * noise * noise * volume)",
        "(2 * noise * noise * volume)",
        check_measured,
    ),
    "a pressure of this moment that is old": ("/ LATELY", "* 0", check_measured),
    "an error with √n forgotten": ("squares / (n - 1) / n)", "squares / (n - 1))", check_averages),
    "errors as if p and V had nothing to do with T": (
        "one / a - y[c] / b",
        "one / a + y[c] / b",
        check_averages,
    ),
    "the beginning counted": ("this.recent.fill(0);\n    this.oldSteps", "this.oldSteps", check_measured),
    "nothing but the last doubling": (
        "(old[first + c] + recent[first + c]) / n",
        "recent[first + c] / this.recentSteps",
        check_measured,
    ),
    "means that remember the settings before": (
        "this.means.forget();\n    this.growth = NaN;",
        "this.growth = NaN;",
        check_change,
    ),
    "a sphere of another volume": (
        "if (settings.protocol === SPHERE) this.put(settings.volume)",
        "if (settings.protocol === SPHERE) this.put(this.volume)",
        check_change,
    ),
    "the highest point counted among the lowest": (
        "Math.floor((1 + w[D * c + 2]",
        "Math.floor((1 - w[D * c + 2]",
        check_measured,
    ),
    "coth for coth − 1/x": ("cosh(x) / sinh(x)) - 1 / x", "cosh(x) / sinh(x))", check_energy),
    "a series of another function": ("return x / 3 - x ** 3 / 45", "return x / 2", check_energy),
    "heights that are colatitudes": (
        "if (x < 1e-9) return (b - a) / 2;",
        "a = -Math.cos(Math.PI * (a + 1) / 2);",
        check_share,
    ),
    "shares that are not of one": (" / -Math.expm1(-2 * x)", " / (2 * x)", check_share),
    "T of the deterministic step": ("(2 * (D - 1))", "(D - 1)", check_theory),
    "d for d − 1": ("R = (D - 1) / 2", "R = D / 2", check_theory),
    "a memory of the weight alone": ("1 / (4 * rate * decay)", "1 / (rate * decay)", check_theory),
    "a memory without the step": ("1 / (4 * R * rate * T)", "1 / (4 * R * T)", check_theory),
    "a memory of a cold direction alone": ("max((D - 1) * T, height)", "height", check_turning),
    "a memory of a free direction alone": ("max((D - 1) * T, height)", "(D - 1) * T", check_turning),
    "the gradient's push forgotten": ("ratio: 1 + gradient + step", "ratio: 1 + step", check_law),
    "the step's second order forgotten": ("ratio: 1 + gradient + step", "ratio: 1 + gradient", check_law),
    "the chance in ln r² forgotten": ("[EFFECTIVE]: R - 2", "[EFFECTIVE]: R", check_law),
}


@pytest.mark.parametrize("name", FAULTS)
def test_wrong_variant_is_rejected(rejects, name):
    rejects(*FAULTS[name])
