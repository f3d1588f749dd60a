"""The physics of the lab, `posterior.js`, held to `thermolib.bnn` and NumPy; wrong variants rejected."""

import numpy as np
import pytest
import torch
from pages import ask
from thermolib import bnn
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.posterior_lab import LEAPFROGS, NOISE, PARTICLES, STEPS, TEMPERATURES, X, Y

SOURCE = bundle("posterior_lab/posterior.js")
POINTS = np.stack([X, Y], axis=1).tolist()
MORE = [*POINTS, [3.95, -2.9], [-4, 3], [0, 0.2], [0.05, 3]]  # on the edges of what the reader may do


def log_joint(w1, w2, points=POINTS, noise=0.3):
    """ln p(y|w) + ln p(w) at each place, as normal densities are written."""

    def normal(x, mean, sd):
        return -(((x - mean) / sd) ** 2) / 2 - np.log(sd * np.sqrt(2 * np.pi))

    found = normal(w1, 0, 1) + normal(w2, 0, 1)
    for x, y in points:
        found = found + normal(y, w2 * np.tanh(w1 * x), noise)
    return found


def gradient(w, points=POINTS, noise=0.3):
    """Central differences of the log joint: shape (..., 2); their error is h² of its third derivatives."""
    h = 1e-5
    sides = [
        [log_joint(w[..., 0] + s * a, w[..., 1] + s * b, points, noise) for s in (h, -h)]
        for a, b in ((1, 0), (0, 1))
    ]
    return np.stack([(up - down) / (2 * h) for up, down in sides], axis=-1)


# --- the density and what follows from it exactly


def check_density(page):
    w = np.random.default_rng(1).normal(scale=2, size=(40, 2))
    for points, noise in ((POINTS, 0.3), (MORE, 0.1), ([], 0.3)):
        found = ask(
            page,
            """({ w, points, noise }) => {
                const network = new physics.Network(points, noise);
                return w.map(([a, b]) => {
                    const g = [0, 0], { curvature, mean, top } = network.given(a);
                    network.gradient(a, b, g);
                    return [network.logJoint(a, b), ...g, top - curvature * (b - mean) ** 2 / 2];
                });
            }""",
            {"w": w.tolist(), "points": points, "noise": noise},
        )
        value, *slope, square = np.array(found).T
        wanted = log_joint(*w.T, points, noise)
        assert value == pytest.approx(wanted, rel=1e-12) and square == pytest.approx(wanted, rel=1e-12)
        # Rounding, 1e-16 of the value over h, and h²: both below 1e-6 of the largest slope.
        wanted = gradient(w, points, noise)
        slopes, far = np.array(slope).T, np.abs(wanted).max()
        assert slopes == pytest.approx(wanted, rel=1e-6, abs=1e-7 * far)


EXACT = """({ points, noise, T, x }) => {
    const exact = new physics.Exact(new physics.Network(points, noise), T);
    const outputs = x.map((at) => Object.values(exact.output(at)));
    return { logZ: exact.logZ, square: exact.square, outputs };
}"""


def check_exact(page):
    """The published values to all their digits, and every T by a grid of two dimensions.

    Both rules converge exponentially; what is beyond ±8 max(1, √T) is e^{-32} of the density or less.
    """
    asked = {"points": POINTS, "noise": 0.3, "T": 1, "x": [3, -3, 0]}
    found = ask(page, EXACT, asked)
    assert found["logZ"] == pytest.approx(-1.509882850745, abs=1e-11)
    (mean, sd), (other, _), nothing = found["outputs"]
    assert (mean, sd) == pytest.approx((1.039462962, 0.226353331), abs=1e-9)
    assert other == pytest.approx(-mean, abs=1e-12) and nothing == [0, 0]
    for points, noise, T in ((POINTS, 0.3, 0.1), (POINTS, 0.5, 4), (MORE, 0.3, 1), ([], 0.3, 2)):
        w = np.linspace(-8, 8, 1001) * max(1, np.sqrt(T))
        w1, w2 = w[:, None], w
        log = log_joint(w1, w2, points, noise) / T
        p = np.exp(log - log.max())
        f = w2 * np.tanh(3 * w1)
        moments = [(p * x).sum() / p.sum() for x in (w1**2, f, f**2)]
        found = ask(page, EXACT, {"points": points, "noise": noise, "T": T, "x": [3]})
        wanted = log.max() + np.log(p.sum() * (w[1] - w[0]) ** 2)
        assert found["logZ"] == pytest.approx(wanted, abs=1e-8)
        assert found["square"] == pytest.approx(moments[0], rel=1e-8)
        wanted = moments[1], np.sqrt(moments[2] - moments[1] ** 2)
        assert found["outputs"][0] == pytest.approx(wanted, rel=1e-7, abs=1e-8)


def check_picture(page):
    """Over the greatest of the cells; rows from the top."""
    found = ask(
        page,
        """({ points }) => {
            const exact = new physics.Exact(new physics.Network(points, 0.3), 0.7);
            return [...exact.picture(6, 4, 3)];
        }""",
        {"points": POINTS},
    )
    w1, w2 = np.meshgrid([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5], [2.25, 0.75, -0.75, -2.25])
    wanted = log_joint(w1, w2) / 0.7
    assert np.reshape(found, (4, 6)) == pytest.approx(np.exp(wanted - wanted.max()), rel=1e-10)


# --- the samplers, on given random numbers

RUN = """({ w, chance, uniforms, sampler, step, T, steps, points, momenta, settings, paths = 0 }) => {
    const numbers = [...w.flat(), ...momenta.flat(), ...chance.flat(Infinity)];
    let k = 0, u = 0;
    const cloud = new physics.Cloud(
        w.length,
        { normal: () => numbers[k++], uniform: () => uniforms.flat()[u++] },
        settings, { T, paths });
    const network = new physics.Network(points, 0.3), places = [];
    for (let j = 0; j < steps; j++) {
        cloud.step(network, sampler, step, T);
        places.push([...cloud.w]);
    }
    const { accepted, proposed, diverged, path } = cloud;
    const [xi, p] = [[...cloud.xi], [...cloud.p]];
    return { places, xi, p, accepted, proposed, diverged, path: [...path], used: [k, u] };
}"""


def run(page, sampler, step, T, steps, *, chance, uniforms=(), w, momenta, points=POINTS, paths=0):
    asked = {
        "w": w.tolist(),
        "momenta": momenta.tolist(),
        "chance": chance.tolist(),
        "uniforms": np.asarray(uniforms).tolist(),
        "settings": {"leapfrogs": LEAPFROGS, "noise": NOISE},
    }
    asked |= {"sampler": sampler, "step": step, "T": T, "steps": steps, "points": points, "paths": paths}
    found = ask(page, RUN, asked)
    found["places"] = np.reshape(found["places"], (steps, -1, 2))
    return found


def start(seed, n=20, steps=8):
    """Starts, momenta and noise of every step: shapes (n, 2), (n, 2) and (steps, n, 2)."""
    rng = np.random.default_rng(seed)
    return rng, rng.normal(size=(n, 2)), rng.normal(size=(n, 2)), rng.normal(size=(steps, n, 2))


# A difference of 1e-9 in the gradient grows by a factor that the short runs below keep small.
CLOSE = {"rel": 1e-6, "abs": 1e-6}


def check_sgld(page):
    """w + ε∇ + √(2εT) ξ, step after step; a number of chance for each weight and step."""
    _, w, momenta, chance = start(2)
    found = run(page, "sgld", 0.003, 0.6, 8, chance=chance, w=w, momenta=momenta)
    at = w
    for place, xi in zip(found["places"], chance, strict=True):
        at = at + 0.003 * gradient(at) + np.sqrt(2 * 0.003 * 0.6) * xi
        assert place == pytest.approx(at, **CLOSE)
    assert found["used"] == [4 * 20 + 8 * 40, 0] and found["diverged"] == found["proposed"] == 0


def check_hmc(page):
    """Leapfrogs as kicks, drifts and kicks; the energy's error over T decides; some are refused."""
    rng, w, momenta, chance = start(3)
    uniforms = rng.uniform(size=(8, 20))
    found = run(page, "hmc", 0.06, 0.6, 8, chance=chance, uniforms=uniforms, w=w, momenta=momenta, paths=3)
    at, accepted = w, 0
    for place, z, u in zip(found["places"], chance, uniforms, strict=True):
        q, p = at, np.sqrt(0.6) * z
        begin = log_joint(*q.T) - (p**2).sum(axis=1) / 2
        path = [q]
        for _ in range(LEAPFROGS):
            p = p + 0.03 * gradient(q)
            q = q + 0.06 * p
            p = p + 0.03 * gradient(q)
            path.append(q)
        end = log_joint(*q.T) - (p**2).sum(axis=1) / 2
        taken = u < np.exp((end - begin) / 0.6)
        accepted += taken.sum()
        at = np.where(taken[:, None], q, at)
        assert place == pytest.approx(at, **CLOSE)
    assert 0 < accepted < 160 and (found["accepted"], found["proposed"]) == (accepted, 160)
    paths = np.reshape(found["path"], (3, LEAPFROGS + 1, 2))
    assert paths == pytest.approx(np.stack(path, axis=1)[:3], **CLOSE)


def check_thermostat(page):
    """Ding et al. 2014, algorithm 2, at a temperature: momenta, weights, then the friction."""
    _, w, p, chance = start(4)
    found = run(page, "thermostat", 0.02, 0.6, 8, chance=chance, w=w, momenta=p)
    at, xi, p = w, np.full((20, 1), NOISE), np.sqrt(0.6) * p
    for place, z in zip(found["places"], chance, strict=True):
        p = p + 0.02 * (gradient(at) - xi * p) + np.sqrt(2 * NOISE * 0.02 * 0.6) * z
        at = at + 0.02 * p
        xi = xi + 0.02 * ((p**2).mean(axis=1, keepdims=True) - 0.6)
        assert place == pytest.approx(at, **CLOSE)
    assert found["xi"] == pytest.approx(xi.ravel(), **CLOSE) and found["p"] == pytest.approx(
        p.ravel(), **CLOSE
    )


def check_divergence(page):
    """Beyond 100, or no number: put back at a draw of the prior, momentum and friction too, and counted."""
    w = np.array([[0.1, 0.2], [99.0, 0.3], [0.5, -99.0]])
    momenta = np.array([[0.1, 0.1], [600.0, 0.0], [0.0, -np.inf]])
    chance = np.array([0, 0, 0, 0, 0, 0, 1.5, 2.0, -1.0, 0.5, 0.25, -1.25, 0.75, 3.0])
    asked = """({ w, momenta, chance }) => {
        const numbers = [...w.flat(), ...momenta.flat().map(Number), ...chance];
        let k = 0;
        const cloud = new physics.Cloud(3, { normal: () => numbers[k++] }, { leapfrogs: 1, noise: 2 });
        cloud.step(new physics.Network([], 0.3), "thermostat", 0.01, 4);
        return { w: [...cloud.w], p: [...cloud.p], xi: [...cloud.xi], diverged: cloud.diverged, k };
    }"""
    texts = [[str(x).replace("inf", "Infinity") for x in row] for row in momenta.tolist()]
    found = ask(page, asked, {"w": w.tolist(), "momenta": texts, "chance": chance.tolist()})
    assert found["diverged"] == 2 and found["k"] == 12 + len(chance)
    assert found["w"][2:] == [1.5, -1.0, 0.25, 0.75] and found["p"][2:] == [4.0, 1.0, -2.5, 6.0]
    assert found["xi"][1:] == [2, 2] and found["xi"][0] != 2


# --- laws


LONG = """({ sampler, step, T, steps, seed, n, points = [], settings }) => {
    const bits = randomBits(seed), network = new physics.Network(points, 0.3);
    const cloud = new physics.Cloud(
        n, { normal: normals(bits), uniform: () => bits() / 2 ** 32 }, settings, { T });
    const averages = new physics.Averages(n, 3);
    for (let k = 0; k < steps; k++) {
        cloud.step(network, sampler, step, T);
        averages.push(cloud);
    }
    return { ...averages.estimate(), formula: physics.priorVariance(sampler, step, T), steps: averages.steps,
        discarded: averages.discarded };
}"""


def long(page, sampler, step, T, steps, seed=7, points=()):
    settings = {"leapfrogs": LEAPFROGS, "noise": NOISE}
    asked = {"sampler": sampler, "step": step, "T": T, "steps": steps, "seed": seed, "n": PARTICLES}
    return ask(page, LONG, asked | {"points": points, "settings": settings})


def check_bias(page):
    """On the prior, without data: SGLD's variance T/(1 − ε/2), HMC's T, within four errors.

    The error is small beside the bias: T instead would be 20 errors off or more.
    """
    for sampler, step, T, steps in (("sgld", 0.5, 2.0, 400), ("sgld", 1, 0.5, 400), ("hmc", 0.15, 2.0, 120)):
        found = long(page, sampler, step, T, steps)
        exact = T / (1 - step / 2) if sampler == "sgld" else T
        assert found["formula"] == pytest.approx(exact, rel=1e-14)
        assert abs(found["square"]["mean"] - exact) < 4 * found["square"]["stderr"]
        assert 20 * found["square"]["stderr"] < (exact - T if sampler == "sgld" else T)
    assert ask(page, "() => physics.priorVariance('thermostat', 0.1, 1)") is None


def check_posterior(page):
    """With the data, at small steps, what is exact: within four errors and the bias of that step.

    Greatest curvature of a posterior that sits on these data is about 60: SGLD's bias is 60 ε/2 of a
    variance, .06 at ε = .002 and so .03 of a standard deviation; the thermostat's is h/2 of it.
    """
    sizes = (("sgld", 0.002, 6000, 0.06), ("hmc", 0.05, 400, 0), ("thermostat", 0.02, 2500, 0.02))
    for sampler, step, steps, bias in sizes:
        found = long(page, sampler, step, 1, steps, points=POINTS)
        for name, exact in (("f", 1.039462962), ("sd", 0.226353331), ("square", 1.118404)):
            assert abs(found[name]["mean"] - exact) < 4 * found[name]["stderr"] + bias * exact, (
                sampler,
                name,
            )


def check_averages(page):
    """Blocks of 1, 2, 4, … steps, of which the last two count; the error from the particles' averages."""
    w = np.random.default_rng(6).normal(size=(29, 11, 2))
    found = ask(
        page,
        """(w) => {
            const averages = new physics.Averages(11, 3);
            w.forEach((one, k) => averages.push({ w: one.flat() }, k === 4 || k === 20 ? 3 : 0));
            const { steps, discarded, diverged } = averages;
            return { ...averages.estimate(), steps, discarded, diverged };
        }""",
        w.tolist(),
    )
    assert (found["steps"], found["discarded"], found["diverged"]) == (29, 7, 3)
    kept = w[7:]
    f = kept[..., 1] * np.tanh(3 * kept[..., 0])
    square, mean, squares = (x.mean(axis=0) for x in (kept[..., 0] ** 2, f, f**2))
    sd = np.sqrt(squares.mean() - mean.mean() ** 2)
    error = {name: x.std(ddof=1) / np.sqrt(11) for name, x in (("square", square), ("f", mean))}
    # of a function of two means, by its derivatives
    error["sd"] = (
        np.sqrt([1, -2 * mean.mean()] @ np.cov([squares, mean]) @ [1, -2 * mean.mean()] / 11) / 2 / sd
    )
    wanted = {"square": square.mean(), "f": mean.mean(), "sd": sd}
    for name, value in wanted.items():
        assert found[name] == pytest.approx({"mean": value, "stderr": error[name]}, rel=1e-10)


def check_thermolib(page):
    """Step for step the walks of `thermolib.bnn`, whose generator gives both their numbers."""
    x, y = torch.tensor(X, dtype=torch.float64), torch.tensor(Y, dtype=torch.float64)
    joint = bnn.gaussian_log_joint(lambda w, x: w[1] * torch.tanh(w[0] * x), x, y, 0.3)
    walks = {
        "sgld": (bnn.sgld, 0.003, {}),
        "hmc": (bnn.hmc, 0.06, {"leapfrogs": LEAPFROGS}),
        "thermostat": (bnn.nose_hoover, 0.02, {"noise": NOISE}),
    }
    w = torch.from_numpy(np.random.default_rng(8).normal(size=(20, 2)))
    for sampler, (walk, step, more) in walks.items():
        wanted = walk(joint, w, step, 12, T=0.6, generator=torch.Generator().manual_seed(9), **more)
        generator, uniforms = torch.Generator().manual_seed(9), torch.zeros(12, 20, dtype=torch.float64)
        momenta, chance = torch.zeros_like(w), torch.zeros(12, 20, 2, dtype=torch.float64)
        if sampler == "thermostat":
            momenta.normal_(generator=generator)
        for k in range(12):
            chance[k].normal_(generator=generator)
            if sampler == "hmc":
                uniforms[k].uniform_(generator=generator)
        found = run(
            page, sampler, step, 0.6, 12, chance=chance, uniforms=uniforms, w=w.numpy(), momenta=momenta
        )
        # Rounding grows in twelve steps, of ten leapfrogs each, by some powers of ten.
        assert found["places"].swapaxes(0, 1) == pytest.approx(wanted.w.numpy(), rel=1e-8, abs=1e-8)
        accepted = wanted.acceptance.mean().item()
        assert sampler != "hmc" or found["accepted"] / found["proposed"] == pytest.approx(accepted)
    axis = np.linspace(-8, 8, 401)
    grid = bnn.grid_posterior(joint, axis, axis, T=0.6)
    found = ask(page, EXACT, {"points": POINTS, "noise": 0.3, "T": 0.6, "x": [3]})
    assert found["logZ"] == pytest.approx(grid.log_Z, abs=1e-8)
    assert found["square"] == pytest.approx(grid.mean(lambda w: w[0] ** 2).item(), rel=1e-8)


CHECKS = [
    check_thermolib,
    check_density,
    check_exact,
    check_picture,
    check_sgld,
    check_hmc,
    check_thermostat,
    check_divergence,
    check_bias,
    check_posterior,
    check_averages,
]


@pytest.mark.parametrize("check", CHECKS)
def test_physics(physics, check):
    check(physics)


def test_the_narrowest_and_the_widest_posterior_are_exact(physics):
    """At the ends of what the reader may choose the two rules, one twice as fine, agree."""
    for T in TEMPERATURES:
        for points in (MORE, [[4, 3]] * 12, [[0.05, 3]] * 12):
            asked = {"points": points, "noise": 0.1, "T": T, "x": [3]}
            found = ask(physics, EXACT, asked)
            fine = SOURCE.replace("COARSE = 600, FINE = 600", "COARSE = 4800, FINE = 4800")
            assert fine != SOURCE
            again = ask(
                physics,
                f"""async (asked) => {{
                    const kind = {{ type: "text/javascript" }};
                    const url = URL.createObjectURL(new Blob([asked.fine], kind));
                    const physics = await import(url);
                    return ({EXACT})(asked);
                }}""",
                asked | {"fine": fine},
            )
            assert found["logZ"] == pytest.approx(again["logZ"], abs=1e-6)
            assert found["square"] == pytest.approx(again["square"], rel=1e-6)
            assert found["outputs"][0] == pytest.approx(again["outputs"][0], abs=1e-6)


def test_errors_are_honest(physics):
    """Thirty seeds on the prior: the r.m.s. of (mean of w₁² − formula)/error is 1, known to 1/√60, .13."""
    step = STEPS[1] / 2
    z = []
    for seed in range(30):
        found = long(physics, "sgld", step, 1, 100, seed=seed)
        z.append((found["square"]["mean"] - found["formula"]) / found["square"]["stderr"])
    assert 0.48 < np.sqrt(np.mean(np.square(z))) < 1.52


FAULTS = {
    "priors forgotten in the gradient": ("this.precision * g1 - w1", "this.precision * g1", check_density),
    "the sign of the gradient": (
        "w[i] += step * g[0]",
        "w[i] -= step * g[0]",
        check_sgld,
    ),
    "no slope of tanh": ("w2 * (1 - t * t) * x[k]", "w2 * x[k]", check_density),
    "a standard deviation for a variance": (
        "this.precision = 1 / noise ** 2",
        "this.precision = 1 / noise",
        check_density,
    ),
    "a noise that is not normalised": ("Math.log(noise) + LOG_2PI / 2", "LOG_2PI / 2", check_density),
    "priors that are not normalised": (" - LOG_2PI;", ";", check_density),
    "no variance of w₂ given w₁": ("w2 * w2 + this.T / curvature", "w2 * w2", check_exact),
    "T forgotten in the variance given w₁": ("this.T / curvature", "1 / curvature", check_exact),
    "half of everything": ("2 * apart * sum", "apart * sum", check_exact),
    "T forgotten in what is exact": ("(one.top / T)", "one.top", check_exact),
    "ends that count in full": ("? 0.5 : 1", "? 1 : 1", check_exact),
    "a picture upside down": ("(-middle(row, high) - mean)", "(middle(row, high) - mean)", check_picture),
    "T forgotten in the picture": ("** 2 / 2) / this.T", "** 2 / 2)", check_picture),
    "ε/2 for ε": ("w[i + 1] += step * g[1]", "w[i + 1] += step / 2 * g[1]", check_sgld),
    "a variance for a standard deviation": (
        "g = [0, 0], sd = Math.sqrt(2 * step * T)",
        "g = [0, 0], sd = 2 * step * T",
        check_sgld,
    ),
    "T forgotten in the noise": (
        "g = [0, 0], sd = Math.sqrt(2 * step * T)",
        "g = [0, 0], sd = Math.sqrt(2 * step)",
        check_sgld,
    ),
    "one number for both weights": (
        "w[i] += step * g[0] + sd * normal();\n      w[i + 1] += step * g[1] + sd * normal();",
        "const z = sd * normal();\n      w[i] += step * g[0] + z;\n      w[i + 1] += step * g[1] + z;",
        check_sgld,
    ),
    "a momentum that is not refreshed": ("p1 = Math.sqrt(T) * normal(), p2", "p1 = 1, p2", check_hmc),
    "momenta of T = 1": ("p1 = Math.sqrt(T) * normal()", "p1 = normal()", check_hmc),
    "whole kicks": (
        "network.gradient(w1, w2, g);\n        p1 += step / 2 * g[0]",
        "network.gradient(w1, w2, g);\n        p1 += step * g[0]",
        check_hmc,
    ),
    "an acceptance at T = 1": ("Math.exp((after - before) / T)", "Math.exp(after - before)", check_hmc),
    "an acceptance turned around": ("(after - before) / T", "(before - after) / T", check_hmc),
    "everything accepted": ("if (!(this.uniform() <", "if (this.uniform() === 2 && !(0 <", check_hmc),
    "a kinetic energy forgotten at the end": (
        "after = network.logJoint(w1, w2) - (p1 * p1 + p2 * p2) / 2",
        "after = network.logJoint(w1, w2)",
        check_hmc,
    ),
    "no friction": ("(g[j] - xi[i / 2] * p[i + j])", "g[j]", check_thermostat),
    "a friction that heats": ("/ 2 - T)", "/ 2 + T)", check_thermostat),
    "a friction of all momenta, not of each": ("** 2) / 2 - T)", "** 2) - T)", check_thermostat),
    "T forgotten by the thermostat": (
        "Math.sqrt(2 * noise * step * T)",
        "Math.sqrt(2 * noise * step)",
        check_thermostat,
    ),
    "SGLD's noise for the thermostat’s": (
        "sd = Math.sqrt(2 * noise * step * T)",
        "sd = Math.sqrt(2 * step * T) * 0.5",
        check_thermostat,
    ),
    "momenta that start at T = 1": ("() => Math.sqrt(T) * normal()", "normal", check_thermolib),
    "what is no number let through": (
        "Math.abs(w[2 * k + 1]) < FAR",
        "!(Math.abs(w[2 * k + 1]) >= FAR)",
        check_divergence,
    ),
    "what diverged not counted": ("this.diverged++;", "", check_divergence),
    "a momentum kept": ("p[i] = Math.sqrt(T) * this.normal();", "this.normal();", check_divergence),
    "ε for ε/2 in the formula": ("T / (1 - step / 2)", "T / (1 - step)", check_bias),
    "T forgotten in the formula": ("hmc: T }", "hmc: 1 }", check_bias),
    "an error with √n forgotten": ("/ (n - 1) / n)", "/ (n - 1))", check_averages),
    "all steps averaged": (
        "this.discarded += this.kept.steps;\n    this.kept = this.now",
        "this.kept = this.now",
        check_averages,
    ),
    "an error of f² for that of its root": ("/ (2 * sd))", "/ sd)", check_averages),
    "w₂ for w₁": ("square[k] += w[2 * k] ** 2", "square[k] += w[2 * k + 1] ** 2", check_averages),
}


@pytest.mark.parametrize("name", FAULTS)
def test_wrong_variant_is_rejected(rejects, name):
    rejects(*FAULTS[name])
