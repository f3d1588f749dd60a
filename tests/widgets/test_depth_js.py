"""The physics of the lab, `depth.js`, held to NumPy, SciPy and `thermolib`; wrong variants rejected."""

from itertools import islice

import numpy as np
import pytest
from bits import random_bits
from numpy.polynomial.hermite_e import hermegauss
from pages import ask
from scipy.integrate import quad
from scipy.stats import norm
from thermolib.mean_field import c_map, chi_1, critical_sigma_w2, depth_scale, q_fixed_point, q_map
from thermolib.widgets.depth_lab import BIASES, DEPTH, POINTS, WEIGHTS, WIDTH
from thermolib.widgets.kit.bundle import bundle

SOURCE = bundle("depth_lab/depth.js")
PHI = {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0)}
SLOPE = {"tanh": lambda x: 1 - np.tanh(x) ** 2, "relu": lambda x: np.heaviside(x, 0.5)}


def setting(sigma_w, sigma_b, phi="tanh"):
    return {"phi": phi, "sigma_w": sigma_w, "sigma_b": sigma_b}


CORNERS = [setting(w, b) for w in WEIGHTS for b in BIASES]


def average(of, q):
    """E of(√q z), in pieces between the whole numbers."""
    pieces = (
        quad(lambda z: norm.pdf(z) * of(np.sqrt(q) * z), k, k + 1, epsabs=1e-13)[0] for k in range(-9, 9)
    )
    return sum(pieces)


def hermite(of, q, c, n=200):
    """E of(u) of(v) of Gaussians of mean square q and correlation c, by Gauss and Hermite's points."""
    z, w = hermegauss(n)
    w = w / w.sum()
    u = np.sqrt(q) * z[:, None]
    return float(w @ (of(u) * of(c * u + np.sqrt(q * (1 - c * c)) * z)) @ w)


# --- the network


def check_circle(page):
    """Points of mean square 1, in equal steps from angle 0."""
    x = np.reshape(ask(page, "(n) => [...physics.circle(n)]", POINTS), (POINTS, 2))
    assert np.mean(x**2, axis=1) == pytest.approx(np.ones(POINTS))
    assert np.unwrap(np.arctan2(x[:, 1], x[:, 0])) == pytest.approx(2 * np.pi * np.arange(POINTS) / POINTS)


LAYERS = """({ width, seed, wanted }) => {
    const net = physics.network({ width, seed });
    return wanted.map((l) => {
        const { fanIn, W, b } = net.layer(l);
        return { fanIn, W: [...W], b: [...b] };
    });
}"""


def check_bits(page):
    """Box and Muller's numbers of the bits, in turn: rows of weights of variance 1/fan-in, then biases."""
    last, first = ask(page, LAYERS, {"width": 5, "seed": 7, "wanted": [3, 1]})
    bits = np.array(list(islice(random_bits(7), 80)), float)
    radius, turn = np.sqrt(-2 * np.log((bits[::2] + 1) / 2**32)), 2 * np.pi * bits[1::2] / 2**32
    normal = np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1).ravel()
    assert (first["fanIn"], last["fanIn"]) == (2, 5)
    assert first["W"] == pytest.approx(normal[:10] / np.sqrt(2), rel=1e-12)
    assert first["b"] == pytest.approx(normal[10:15], rel=1e-12)
    assert last["W"] == pytest.approx(normal[45:70] / np.sqrt(5), rel=1e-12)
    assert last["b"] == pytest.approx(normal[70:75], rel=1e-12)


PASSAGE = """({ width, seed, setting, points, depth }) => {
    const way = physics.passage(physics.network({ width, seed }), Float64Array.from(points), setting);
    return Array.from({ length: depth }, (_, k) => {
        const { two, q, c } = way.next();
        return { layer: way.layer() - 1 - k, two: two.map((x) => [...x]), q: [...q], c: [...c] };
    });
}"""


def check_passage(page):
    """Seven points, which are no whole number of fours, as NumPy's products of matrices take them through."""
    points = np.random.default_rng(1).normal(size=(7, 2))
    for phi in PHI:
        asked = {"width": 30, "seed": 3, "setting": setting(1.7, 0.6, phi), "depth": 4}
        found = ask(page, PASSAGE, asked | {"points": points.ravel().tolist()})
        layers = ask(page, LAYERS, {"width": 30, "seed": 3, "wanted": [1, 2, 3, 4]})
        x = points
        for one, layer in zip(found, layers, strict=True):
            W = np.reshape(layer["W"], (30, layer["fanIn"]))
            h = 1.7 * x @ W.T + 0.6 * np.array(layer["b"])
            x = PHI[phi](h)
            q = np.mean(h**2, axis=1)
            assert one["layer"] == 0
            assert np.array(one["two"]) == pytest.approx(h[:, :2].T, abs=1e-11)
            assert one["q"] == pytest.approx(q, rel=1e-11)
            assert one["c"] == pytest.approx(h @ h[0] / 30 / np.sqrt(q * q[0]), abs=1e-11)


def check_wide(page):
    """Means over 24 networks are near to the theory: 4 standard errors, and a bias of order 1/width."""
    depth, points = 6, np.sqrt(2) * np.array([[1, 0], [0.5, np.sqrt(0.75)]])
    for one in (setting(1.2, 0.2), setting(2.5, 0.1), setting(1.4, 0.3, "relu")):
        asked = {"width": WIDTH, "setting": one, "depth": depth, "points": points.ravel().tolist()}
        runs = [ask(page, PASSAGE, asked | {"seed": seed}) for seed in range(24)]
        wide = ask(page, THEORY, {"setting": one, "cosine": 0.5, "depth": depth})
        for key, of in (("q", lambda at: at["q"][0]), ("c", lambda at: at["c"][1])):
            found = np.array([[of(at) for at in run] for run in runs])
            far = np.abs(found.mean(axis=0) - wide[key][1:])
            assert np.all(far < 4 * found.std(axis=0, ddof=1) / np.sqrt(24) + 4 / WIDTH), (one, key)


# --- its wide limit

AVERAGES = "([phi, q]) => physics.averages(phi, q)"


def check_averages(page):
    """E φ², E φ′² and the slope of the first in q, by adaptive quadrature, at every q that the lab meets."""
    for phi in PHI:
        for q in (1e-6, 0.3, 1.0, 4.0, 9.9):
            found = ask(page, AVERAGES, [phi, q])
            square, slope = (average(lambda x, of=of[phi]: of(x) ** 2, q) for of in (PHI, SLOPE))
            assert found["square"] == pytest.approx(square, rel=1e-9, abs=1e-12)
            assert found["slope"] == pytest.approx(slope, rel=1e-8)
            up, down = (average(lambda x, of=PHI[phi]: of(x) ** 2, s * q) for s in (1.001, 0.999))
            assert found["growth"] == pytest.approx((up - down) / (0.002 * q), rel=1e-5)  # an error in h²


PRODUCTS = "([phi, q, c]) => physics.products(phi, q, c)"


def check_products(page):
    """By another quadrature, where q is moderate and where it is large; the arc-cosine's known values."""
    for q, c in ((0.4, 0.3), (1.5, -0.8), (2.0, 0.95)):
        found = ask(page, PRODUCTS, ["tanh", q, c])
        assert found["value"] == pytest.approx(hermite(PHI["tanh"], q, c), abs=1e-8)
        assert found["slope"] == pytest.approx(hermite(SLOPE["tanh"], q, c), abs=1e-8)
    assert ask(page, PRODUCTS, ["tanh", 10, 0.5])["value"] == pytest.approx(
        hermite(np.tanh, 10, 0.5), abs=1e-5
    )
    for phi in PHI:  # two equal inputs, two opposite ones
        one = ask(page, AVERAGES, [phi, 3])
        same, opposite = ask(page, PRODUCTS, [phi, 3, 1]), ask(page, PRODUCTS, [phi, 3, -1])
        assert same == pytest.approx({"value": one["square"], "slope": one["slope"]}, abs=1e-5)
        assert opposite["value"] == pytest.approx(-one["square"] if phi == "tanh" else 0, abs=1e-5)
    assert ask(page, PRODUCTS, ["relu", 2, 0])["value"] == pytest.approx(1 / np.pi)
    assert ask(page, PRODUCTS, ["relu", 2, 0.5]) == pytest.approx(
        {"value": 0.608997781, "slope": 1 / 3}, rel=1e-8
    )


THEORY = "({ setting, cosine, depth }) => physics.theory(setting, cosine, depth)"


def check_theory(page):
    """From q = 1 through a linear first layer; then the maps of q and c, where q is not yet at rest."""
    for phi, w, b, cosine in (("tanh", 1.2, 0.2, 0.5), ("tanh", 1.3, 0.4, -1.0), ("relu", 1.4, 0.3, 0.0)):
        found = ask(page, THEORY, {"setting": setting(w, b, phi), "cosine": cosine, "depth": 8})
        q, c = 1.0, cosine
        for l in range(9):
            assert found["q"][l] == pytest.approx(q, rel=1e-7)
            assert found["c"][l] == pytest.approx(c, abs=1e-7)
            if l == 0:
                both, square = c, 1.0
            elif phi == "tanh":
                both, square = hermite(np.tanh, q, c), hermite(np.tanh, q, 1.0)
            else:
                angle = np.arccos(c)
                both, square = q * (np.sin(angle) + c * (np.pi - angle)) / (2 * np.pi), q / 2
            q, before = w * w * square + b * b, w * w * both + b * b
            c = before / q
    # And where q rests at q* the second map is thermolib's: a few layers after the input.
    found, variances = (
        ask(page, THEORY, {"setting": setting(1.6, 0.3), "cosine": -0.4, "depth": DEPTH}),
        (2.56, 0.09),
    )
    assert found["q"][4] == pytest.approx(q_map(found["q"][3], *variances), rel=1e-9)
    assert found["q"][-1] == pytest.approx(q_fixed_point(*variances), rel=1e-9)
    assert found["c"][-1] == pytest.approx(c_map(found["c"][-2], *variances), abs=1e-7)
    assert len(ask(page, THEORY, {"setting": setting(3, 0), "cosine": 1.0, "depth": DEPTH})["c"]) == DEPTH + 1


LIMITS = "(setting) => physics.limits(setting)"


def check_limits(page):
    """Known values, and thermolib's: at the corners of the plane, within it, and near the edge.

    Averages of pairs are off by up to 1e-5 where q is 9, and ξ by the more the nearer its slope is to 1.
    """
    found = ask(page, LIMITS, setting(np.sqrt(1.5), np.sqrt(0.05)))
    wanted = {"q": 0.418037, "chi": 0.938636, "c": 1, "xi": 15.790994}
    assert found == pytest.approx(wanted, abs=1e-6)
    edge = ask(page, LIMITS, setting(np.sqrt(1.760954640), np.sqrt(0.05)))
    assert edge["chi"] == pytest.approx(1, abs=1e-8)
    for one in (*CORNERS, setting(1.6, 0.3), setting(1.33, 0.22), setting(1.0, 0.01), setting(0.5, 0.01)):
        found, variances = ask(page, LIMITS, one), (one["sigma_w"] ** 2, one["sigma_b"] ** 2)
        assert found["q"] == pytest.approx(q_fixed_point(*variances), rel=1e-8)
        assert found["chi"] == pytest.approx(chi_1(*variances), rel=1e-7)
        if found["q"] == 0:
            assert variances[0] <= 1 and variances[1] == 0 and np.isnan([found["c"], found["xi"]]).all()
            continue
        assert found["xi"] == pytest.approx(depth_scale(*variances), rel=1e-3)
        assert (found["c"] == 1) == (found["chi"] <= 1)
        assert c_map(min(1, found["c"]), *variances) == pytest.approx(found["c"], abs=2e-5)
    nothing = {"c": np.nan, "xi": np.nan}
    for w, b, wanted in (
        (1.2, 0.3, {"q": 0.09 / 0.28, "chi": 0.72, "c": 1, "xi": -1 / np.log(0.72)}),
        (1.2, 0.0, {"q": 0, "chi": 0.72, **nothing}),
        (2.0, 0.3, {"q": np.inf, "chi": 2, **nothing}),
        (2.0, 0.0, {"q": np.inf, "chi": 2, **nothing}),
    ):
        assert ask(page, LIMITS, setting(w, b, "relu")) == pytest.approx(wanted, nan_ok=True)


CONTOUR = "({ phi, chi, most }) => physics.contour(phi, chi, [0, most])"


def check_contour(page):
    """χ₁ is what it is said to be, at every point in the plane; the edge runs from (1, 0) and beyond 1."""
    for chi in (0.5, 1, 1.25):
        at = np.array(ask(page, CONTOUR, {"phi": "tanh", "chi": chi, "most": 1}))
        assert at[-1, 1] > 1 and np.all(np.diff(at[:, 1]) > 0)
        if chi > 1:  # tanh without biases: from where 1 is passed
            assert at[0, 1] == 0
            assert ask(page, LIMITS, setting(*at[0]))["chi"] == pytest.approx(chi, abs=1e-3)
        here = (at[:, 1] > 0.01) & (at[:, 1] < 1)
        assert here.sum() > 10
        for w, b in at[here][::6]:
            assert ask(page, LIMITS, setting(w, b))["chi"] == pytest.approx(chi, abs=1e-6)
        if chi == 1:
            assert at[0] == pytest.approx([1, 0], abs=1e-3)
            # A straight line between points 0.06 apart in ln q.
            for b in (0.1, np.sqrt(0.05), 0.7):
                crossing = np.interp(b, at[:, 1], at[:, 0])
                assert crossing == pytest.approx(np.sqrt(critical_sigma_w2(b * b)), abs=5e-4)
    lines = ask(page, CONTOUR, {"phi": "relu", "chi": 0.72, "most": 1})
    assert np.array(lines) == pytest.approx(np.array([[1.2, 0], [1.2, 1]]))


CHECKS = [
    check_circle,
    check_bits,
    check_passage,
    check_wide,
    check_averages,
    check_products,
    check_theory,
    check_limits,
    check_contour,
]


@pytest.mark.parametrize("check", CHECKS)
def test_physics(physics, check):
    check(physics)


FAULTS = {
    "inputs of mean square one half": ("points[2 * k] = sqrt(2) *", "points[2 * k] =", check_circle),
    "half a circle": ("sqrt(2) * sin(2 * PI", "sqrt(2) * sin(PI", check_circle),
    "weights of variance 1": ("1 / sqrt(fanIn)", "1", check_bits),
    "a spread for a variance": ("1 / sqrt(fanIn)", "1 / fanIn", check_bits),
    "two inputs in every layer": ("layers.length ? width : 2", "2", check_bits),
    "one network, whatever the seed": ("normals(randomBits(seed))", "normals(randomBits(1))", check_bits),
    "the biases forgotten": ("shift = sigma_b * b[i]", "shift = 0", check_passage),
    "biases of the weights' spread": ("shift = sigma_b * b[i]", "shift = sigma_w * b[i]", check_passage),
    "σ² for σ": ("sigma_w * sum2 + shift", "sigma_w ** 2 * sum2 + shift", check_passage),
    "one point for another": ("sum3 += w * x[at3 + j]", "sum3 += w * x[at2 + j]", check_passage),
    "activations seen for pre-activations": ("return seen(h,", "return seen(x,", check_passage),
    "a linear network": ("x = h.map(PHI[setting.phi])", "x = h", check_passage),
    "c without its norm": ("dot / sqrt(q[0] * q[k])", "dot", check_passage),
    "c divided by one q": ("dot / sqrt(q[0] * q[k])", "dot / q[k]", check_passage),
    "φ for φ′": ("slope += w * (1 - t) ** 2", "slope += w * t", check_averages),
    "φ′ for φ′²": ("slope += w * (1 - t) ** 2", "slope += w * (1 - t)", check_averages),
    "growth by φ′² alone": ("(1 - t) * (1 - 3 * t)", "(1 - t) * (1 - t)", check_averages),
    "q for √q": ("tanh(sqrt(q) * z) ** 2", "tanh(q * z) ** 2", check_averages),
    "relu's whole second moment": ("square: q / 2", "square: q", check_averages),
    "places too far apart": ("places(0.1, 8)", "places(1, 8)", check_averages),
    "c² for 1 − c²": ("sqrt(max(0, 1 - c * c))", "c", check_products),
    "half a Gaussian": ("(i === middle ? 1 : 2) * w[i]", "w[i]", check_products),
    "the arc for what is left of it": ("open = PI - acos", "open = acos", check_products),
    "a first layer like the others": ("[1, w2 + b2]", "[1, w2 * averages(phi, 1).square + b2]", check_theory),
    "q at rest from the start": ("averages(phi, q[l]).square", "averages(phi, q[1]).square", check_theory),
    "σ_w for σ_w²": ("= setting, w2 = sigma_w ** 2", "= setting, w2 = sigma_w", check_theory),
    "biases shared by nobody": ("c[l]).value + b2", "c[l]).value", check_theory),
    "a relu that always rests": ("w2 < 2 ? b2", "w2 < 9 ? b2", check_limits),
    "χ₁ of a layer of inputs": (
        "averages(phi, Number.isFinite(q) ? q : 1)",
        "averages(phi, 1)",
        check_limits,
    ),
    "c* of order in chaos": ("if (chi > 1) {", "if (chi > 1e9) {", check_limits),
    "ξ upside down": ("-1 / log(slope)", "-log(slope)", check_limits),
    "a contour of χ₁²": ("w2 = chi / slope", "w2 = chi ** 2 / slope", check_contour),
    "a contour without the weights' part": ("q - w2 * square", "q - square", check_contour),
    "relu's contour in σ_w²": ("sqrt(2 * chi)", "2 * chi", check_contour),
}


@pytest.mark.parametrize("name", FAULTS)
def test_wrong_variant_is_rejected(rejects, name):
    rejects(*FAULTS[name])
