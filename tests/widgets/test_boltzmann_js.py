"""The physics of the labs, `machine.js`, held to `thermolib.rbm`; wrong variants rejected."""

import numpy as np
import pytest
from bits import random_bits
from pages import ask
from thermolib.ising import spin_states
from thermolib.problems import bars_and_stripes
from thermolib.rbm import RBM, cd_gradient, exact_gradient, expected_cd_gradient, fit
from thermolib.widgets.boltzmann_machine_lab import BoltzmannMachineLab
from thermolib.widgets.kit.bundle import bundle

SOURCE = bundle("boltzmann_machine_lab/machine.js")
I, J = np.arange(6)[:, None], np.arange(4)
KNOWN = RBM(np.sin(1 + 7 * I + 3 * J), 0.3 * np.cos(np.arange(6)), -0.2 * J)  # its values are published
PATTERNS = [[0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0], [1, 0, 1, 0, 1, 0]]
MAKE = "const make = ({ W, a, b }) => new physics.Machine(W.flat(), a, b);"


def sent(rbm):
    return {name: getattr(rbm, name).tolist() for name in "Wab"}


def states(n):
    return (spin_states(n) + 1) / 2


def uniforms(seed):
    return (bits / 2**32 for bits in random_bits(seed))


def drawn(u, p):
    """Switch each unit on with its probability: one number each, row after row."""
    return np.reshape([next(u) < one for one in p.ravel()], p.shape).astype(float)


# --- the machine and what is exact


def check_packed(page):
    """The machine that the page has is `rbm` of the lab, which is the given one to half a step of 127."""
    rng = np.random.default_rng(1)
    given = RBM(rng.normal(size=(9, 3)), 2 * rng.normal(size=9), np.zeros(3))
    lab = BoltzmannMachineLab(given, [])
    found = ask(
        page,
        """(packed) => {
            const { W, a, b } = physics.unpacked(packed);
            return [[...W], [...a], [...b]];
        }""",
        lab.constants["machine"],
    )
    for name, values in zip("Wab", found, strict=True):
        kept, first = getattr(lab.rbm, name), getattr(given, name)
        assert values == pytest.approx(kept.ravel(), rel=1e-14)
        assert np.abs(kept - first).max() <= np.abs(first).max() / 254 * (1 + 1e-12)


def check_energy(page):
    """E of all states of both layers, and the free energy of all visible ones."""
    v, h = states(6), states(4)
    found = ask(
        page,
        f"""({{ rbm, v, h }}) => {{
            {MAKE}
            const machine = make(rbm);
            return [v.map((v) => h.map((h) => machine.energy(v, h))), v.map((v) => machine.freeEnergy(v))];
        }}""",
        {"rbm": sent(KNOWN), "v": v.tolist(), "h": h.tolist()},
    )
    assert np.array(found[0]) == pytest.approx(KNOWN.energy(v[:, None], h), rel=1e-12, abs=1e-12)
    assert found[1] == pytest.approx(KNOWN.free_energy(v), rel=1e-12)


EXACT = f"""(rbm) => {{
    {MAKE}
    const {{ logZ, p, means }} = make(rbm).exact();
    return {{ logZ, p: [...p], means: [...means] }};
}}"""


def check_exact(page):
    """The published ln Z, p(h) and p(v = 1|h), unit j in bit j of a state; and where e^{-E} overflows."""
    found = ask(page, EXACT, sent(KNOWN))
    assert found["logZ"] == pytest.approx(7.258641376255, abs=1e-12)
    h = np.arange(16)[:, None] >> np.arange(4) & 1
    log_p = -KNOWN.energy(states(6), h[:, None])
    p = np.exp(log_p).sum(axis=1)
    assert found["p"] == pytest.approx(p / p.sum(), rel=1e-12)
    assert np.reshape(found["means"], (16, 6)) == pytest.approx(KNOWN.visible_means(h), rel=1e-12)
    large = RBM(3000 * KNOWN.W, KNOWN.a, KNOWN.b)
    assert ask(page, EXACT, sent(large))["logZ"] == pytest.approx(large.log_partition(), rel=1e-12)


# --- chains


def check_chains(page):
    """The same bits, the same states: noise, then steps at T where two pixels are held."""
    held = np.array([0, 1, 0, 0, 1, 0], dtype=bool)
    found = ask(
        page,
        f"""({{ rbm, held, steps }}) => {{
            {MAKE}
            const bits = randomBits(3), machine = make(rbm);
            const chains = new physics.Chains(machine, 5, () => bits() / 2 ** 32);
            chains.v.forEach((v) => v.fill(1));
            chains.held.set(held);
            chains.noise();
            const seen = [];
            for (let k = 0; k < steps; k++) {{
                chains.step(machine, 0.6);
                seen.push([...chains.v.flatMap((v) => [...v]), ...chains.h.flatMap((h) => [...h])]);
            }}
            return {{ seen, energies: chains.energies(machine) }};
        }}""",
        {"rbm": sent(KNOWN), "held": held.astype(int).tolist(), "steps": 12},
    )
    u, v = uniforms(3), np.ones((5, 6))
    v[:, ~held] = drawn(u, np.full((5, 4), 0.5))
    for seen in found["seen"]:
        h = drawn(u, KNOWN.hidden_means(v, 0.6))
        v[:, ~held] = drawn(u, KNOWN.visible_means(h, 0.6)[:, ~held])
        assert seen == [*v.ravel(), *h.ravel()]
    assert found["energies"] == pytest.approx(KNOWN.energy(v, h), rel=1e-12)


LONG = f"""({{ rbm, T, seed, steps, n, held, start }}) => {{
    {MAKE}
    const bits = randomBits(seed), machine = make(rbm);
    const chains = new physics.Chains(machine, n, () => bits() / 2 ** 32);
    chains.noise();
    for (const v of chains.v) held.forEach((k) => {{ v[k] = start[k]; }});
    held.forEach((k) => {{ chains.held[k] = 1; }});
    const averages = new physics.Averages(n);
    for (let k = 0; k < steps; k++) {{
        chains.step(machine, T);
        averages.push(chains.energies(machine));
    }}
    return {{ ...averages.estimate(), steps: averages.steps, discarded: averages.discarded }};
}}"""


def long(page, T, *, seed=5, steps=400, held=(), start=()):
    asked = {"rbm": sent(KNOWN), "T": T, "seed": seed, "steps": steps, "n": 100}
    return ask(page, LONG, asked | {"held": list(held), "start": list(start)})


def check_law(page):
    """⟨E⟩ at three temperatures, within four errors; with two pixels held, of what is left."""
    for T in (0.7, 1, 3):
        found = long(page, T)
        assert abs(found["mean"] - KNOWN.mean_energy(T)) < 4 * found["stderr"] < 0.1
    found = long(page, 0.7, held=[0, 3], start=[1, 0, 0, 0])
    v = states(6)
    v = v[(v[:, 0] == 1) & (v[:, 3] == 0)]
    E = KNOWN.energy(v[:, None], states(4)).ravel()
    p = np.exp(-(E - E.min()) / 0.7)
    assert abs(found["mean"] - p @ E / p.sum()) < 4 * found["stderr"]


def check_averages(page):
    """Blocks of 1, 2, 4, … steps, of which the last two count; the error from the chains' means."""
    x = np.random.default_rng(6).normal(size=(29, 11))
    found = ask(
        page,
        """(x) => {
            const averages = new physics.Averages(11), before = averages.estimate();
            x.forEach((one) => averages.push(one));
            const { steps, discarded } = averages;
            return { ...averages.estimate(), steps, discarded, before: before.mean };
        }""",
        x.tolist(),
    )
    assert (found["steps"], found["discarded"]) == (29, 7) and np.isnan(found["before"])
    kept = x[7:].mean(axis=0)
    assert (found["mean"], found["stderr"]) == pytest.approx((kept.mean(), kept.std(ddof=1) / np.sqrt(11)))


# --- learning


GRADIENTS = f"""({{ rbm, patterns, copies, method, seed, times }}) => {{
    {MAKE}
    const bits = randomBits(seed);
    const training = new physics.Training(make(rbm), patterns, copies, () => bits() / 2 ** 32);
    return Array.from({{ length: times }}, () => {{
        const {{ W, a, b }} = training.gradient(method);
        return [[...W], [...a], [...b]];
    }});
}}"""


def gradients(page, method, *, copies=2, seed=7, times=1):
    asked = {"rbm": sent(KNOWN), "patterns": PATTERNS, "copies": copies, "seed": seed}
    return ask(page, GRADIENTS, asked | {"method": method, "times": times})


def flat(gradient):
    return np.concatenate([np.ravel(one) for one in gradient])


def check_exact_gradient(page):
    """That of thermolib, and the published number."""
    ((W, a, b),) = gradients(page, "exact")
    assert W[0] == pytest.approx(-0.0578648632, abs=1e-10)
    assert flat((W, a, b)) == pytest.approx(flat(exact_gradient(KNOWN, PATTERNS)), abs=1e-13)


def statistics(v):
    means = KNOWN.hidden_means(v)
    return flat((v.T @ means / len(v), v.mean(axis=0), means.mean(axis=0)))


def check_bits_of_gradients(page):
    """The same bits, the same directions: CD-1 begins at the patterns again, PCD goes on from fair coins."""
    data = np.array(PATTERNS, dtype=float)
    for method in ("cd", "pcd"):
        u = uniforms(7)
        v = drawn(u, np.full((6, 6), 0.5))
        for found in gradients(page, method, times=4):
            v = np.repeat(data, 2, axis=0) if method == "cd" else v
            h = drawn(u, KNOWN.hidden_means(v))
            v = drawn(u, KNOWN.visible_means(h))
            assert flat(found) == pytest.approx(statistics(data) - statistics(v), abs=1e-13)


def check_mean_of_cd(page):
    """Over 400 draws of 60 chains each the exact expectation, whose first sign is wrong; four errors.

    So does `cd_gradient` of thermolib, on the patterns as often.
    """
    wanted = flat(expected_cd_gradient(KNOWN, PATTERNS, 1))
    assert wanted[0] == pytest.approx(0.0325230321, abs=1e-10)
    found = np.array([flat(one) for one in gradients(page, "cd", copies=20, times=400)])
    error = found.std(axis=0, ddof=1) / 20
    assert np.abs((found.mean(axis=0) - wanted) / error).max() < 4
    rng = np.random.default_rng(8)
    theirs = [flat(cd_gradient(KNOWN, np.repeat(PATTERNS, 20, axis=0), 1, rng=rng)) for _ in range(400)]
    assert found.std(axis=0) == pytest.approx(np.std(theirs, axis=0), rel=0.2)  # 1/√800 each, five of them


def check_training(page):
    """Fifty updates of bars and stripes, from the same start as thermolib's `fit`."""
    v = bars_and_stripes(3)
    rng = np.random.default_rng(9)
    start = RBM(rng.normal(size=(9, 4)), rng.normal(size=9), rng.normal(size=4))
    found = ask(
        page,
        f"""({{ rbm, patterns }}) => {{
            {MAKE}
            const training = new physics.Training(make(rbm), patterns, 1, () => 0.5);
            for (let k = 0; k < 50; k++) training.step("exact", 0.3);
            const {{ W, a, b }} = training.machine;
            return [[...W], [...a], [...b]];
        }}""",
        {"rbm": sent(start), "patterns": v.tolist()},
    )
    end, _ = fit(start, v, method="exact", epochs=50, learning_rate=0.3, rng=1)
    assert flat(found) == pytest.approx(flat((end.W, end.a, end.b)), rel=1e-9)


def check_other_patterns(page):
    """The machine stays, and there are as many chains as the new patterns ask for."""
    found = ask(
        page,
        f"""({{ rbm, patterns }}) => {{
            {MAKE}
            const machine = make(rbm), training = new physics.Training(machine, patterns, 3, () => 0.7);
            training.learn(patterns.slice(1));
            training.step("pcd", 0.1);
            return [training.machine === machine, training.chains.n, training.restarted.n];
        }}""",
        {"rbm": sent(KNOWN), "patterns": PATTERNS},
    )
    assert found == [True, 6, 6]


def check_bound(page):
    """−ln n of n that differ; the negative entropy of what is repeated."""
    find = "(patterns) => physics.bound(patterns)"
    assert ask(page, find, bars_and_stripes(3).astype(int).tolist()) == pytest.approx(-2.639057, abs=1e-6)
    assert ask(page, find, [[0, 1], [0, 1], [1, 1], [0, 1]]) == pytest.approx(
        0.75 * np.log(0.75) + 0.25 * np.log(0.25)
    )
    assert ask(page, find, [[0, 1]]) == 0


def check_drawn(page):
    """One number finds the hidden state, where their probabilities add up to it; one more each pixel."""
    rng = np.random.default_rng(10)
    numbers = rng.uniform(size=(300, 7))
    numbers[:2, 0] = 0, 1 - 1e-16
    found = ask(
        page,
        f"""({{ rbm, numbers }}) => {{
            {MAKE}
            const exact = make(rbm).exact();
            return numbers.map((one) => [...physics.drawn(exact, one)]);
        }}""",
        {"rbm": sent(KNOWN), "numbers": numbers.tolist()},
    )
    h = np.arange(16)[:, None] >> np.arange(4) & 1
    p = np.exp(-KNOWN.energy(states(6), h[:, None])).sum(axis=1)
    chosen = np.minimum(np.searchsorted(np.cumsum(p / p.sum()), numbers[:, 0], side="right"), 15)
    wanted = numbers[:, 1:] < KNOWN.visible_means(h[chosen])
    assert found == wanted.astype(int).tolist()


def check_start(page):
    """Weights from −spread to spread, a number each, and no biases."""
    found = ask(
        page,
        """() => {
            const bits = randomBits(11), machine = physics.Machine.random(4, 3, () => bits() / 2 ** 32, 0.2);
            return [[...machine.W], [...machine.a], [...machine.b]];
        }""",
    )
    u = uniforms(11)
    assert found[0] == pytest.approx([0.4 * next(u) - 0.2 for _ in range(12)], abs=1e-15)
    assert found[1:] == [[0] * 4, [0] * 3]


def check_curve(page):
    """Every point, then every second, then every fourth; no value is asked for that is not kept."""
    found = ask(
        page,
        """() => {
            const curve = new physics.Curve(4), asked = [];
            for (let k = 0; k < 14; k++) curve.push(k, () => { asked.push(k); return 10 * k; });
            return [curve.points, asked];
        }""",
    )
    assert found == [[[0, 0], [4, 40], [8, 80], [12, 120]], [0, 1, 2, 3, 4, 6, 8, 12]]


CHECKS = [
    check_packed,
    check_energy,
    check_exact,
    check_chains,
    check_law,
    check_averages,
    check_exact_gradient,
    check_bits_of_gradients,
    check_mean_of_cd,
    check_training,
    check_other_patterns,
    check_bound,
    check_drawn,
    check_start,
    check_curve,
]


@pytest.mark.parametrize("check", CHECKS)
def test_physics(physics, check):
    check(physics)


def test_errors_are_honest(physics):
    """Thirty seeds: the r.m.s. of (mean of E − exact)/error is 1, known to 1/√60, .13."""
    exact = KNOWN.mean_energy(1)
    runs = [long(physics, 1, seed=seed, steps=60) for seed in range(30)]
    z = [(run["mean"] - exact) / run["stderr"] for run in runs]
    assert 0.48 < np.sqrt(np.mean(np.square(z))) < 1.52


FAULTS = {
    "W by columns": ("into[j] += W[i * hidden + j];", "into[j] += W[j * visible + i];", check_energy),
    "no biases of the hidden units": ("into.set(b);", "into.fill(0);", check_energy),
    "no biases of the visible units": ("let sum = a[i];", "let sum = 0;", check_chains),
    "a sign of the energy": (
        "x.reduce((sum, one, j) => sum + one * h[j], 0)",
        "x.reduce((sum, one, j) => sum - one * h[j], 0)",
        check_energy,
    ),
    "ln(1 + e^x) without its large part": ("Math.max(x, 0) + ", "", check_energy),
    "e^x that overflows": (
        "Math.log1p(Math.exp(-Math.abs(x)))",
        "Math.log(Math.exp(x) + 1) - Math.max(x, 0)",
        check_exact,
    ),
    "no hidden biases in Z": ("log[s] = log[rest] + b[j];", "log[s] = log[rest];", check_exact),
    "a hidden unit forgotten in Z": (
        "for (let s = 1; s < states; s++) {",
        "for (let s = 2; s < states; s++) {",
        check_exact,
    ),
    "one scale for all": ("(x) => scale * x", "(x) => scales[0] * x", check_packed),
    "unsigned bytes": ("Int8Array.from(atob", "Uint8Array.from(atob", check_packed),
    "T forgotten on the way up": (
        "h[k][j] = this.coin(sigmoid(x[j] / T))",
        "h[k][j] = this.coin(sigmoid(x[j]))",
        check_chains,
    ),
    "T forgotten on the way down": (
        "v[k][i] = this.coin(sigmoid(y[i] / T))",
        "v[k][i] = this.coin(sigmoid(y[i]))",
        check_chains,
    ),
    "E multiplied by T": (
        "v[k][i] = this.coin(sigmoid(y[i] / T))",
        "v[k][i] = this.coin(sigmoid(y[i] * T))",
        check_law,
    ),
    "units that are rounded, not drawn": (
        "return this.uniform() < p ? 1 : 0;",
        "return 0.5 < p ? 1 : 0;",
        check_law,
    ),
    "units the wrong way round": (
        "return this.uniform() < p ? 1 : 0;",
        "return this.uniform() < p ? 0 : 1;",
        check_chains,
    ),
    "held pixels that move": ("if (!held[i]) v[k][i] =", "v[k][i] =", check_chains),
    "noise on held pixels": ("if (!this.held[i]) v[i] =", "v[i] =", check_chains),
    "down before up": (
        "this.up(machine, T);\n    this.down(machine, T);",
        "this.down(machine, T);\n    this.up(machine, T);",
        check_chains,
    ),
    "one chain's hidden units for all": (
        "machine.energy(v, this.h[k])",
        "machine.energy(v, this.h[0])",
        check_chains,
    ),
    "an error with √n forgotten": (
        "Math.sqrt(squares / (n - 1) / n)",
        "Math.sqrt(squares / (n - 1))",
        check_averages,
    ),
    "all steps averaged": (
        "this.discarded += this.kept.steps;\n    this.kept = this.now",
        "this.kept = this.now",
        check_averages,
    ),
    "the wrong sign of the negative phase": (
        "(x, k) => x - asleep[key][k]",
        "(x, k) => x + asleep[key][k]",
        check_exact_gradient,
    ),
    "no negative phase": ("(x, k) => x - asleep[key][k]", "(x) => x", check_exact_gradient),
    "descent": ("of[k] += rate * slope[k]", "of[k] -= rate * slope[k]", check_training),
    "a learning rate forgotten": ("of[k] += rate * slope[k]", "of[k] += slope[k]", check_training),
    "a sum for a mean": (
        "x[j] = sigmoid(x[j]) / pictures.length",
        "x[j] = sigmoid(x[j])",
        check_exact_gradient,
    ),
    "sampled hidden units for their means": (
        "found.b[j] += x[j] = sigmoid(x[j]) / pictures.length",
        "found.b[j] += x[j] = (this.uniform() < sigmoid(x[j])) / pictures.length",
        check_bits_of_gradients,
    ),
    "hidden units of other bits": (
        "if (s >> j & 1) found.W",
        "if (s >> (hidden - 1 - j) & 1) found.W",
        check_exact_gradient,
    ),
    "states that are not weighted": (
        "const both = p * means[s * visible + i];",
        "const both = means[s * visible + i] / 16;",
        check_exact_gradient,
    ),
    "CD that goes on": ('method === "cd" ? restarted : chains', "chains", check_bits_of_gradients),
    "PCD that begins anew": (
        'if (method === "cd") restarted',
        "if (method) chains.v.forEach((v, k) => v.set(patterns[Math.floor(k / copies)])); restarted",
        check_bits_of_gradients,
    ),
    "no step before the statistics": ("walk.step(machine, 1);", "", check_bits_of_gradients),
    "CD from the first pattern alone": (
        "v.set(patterns[Math.floor(k / copies)])",
        "v.set(patterns[0])",
        check_mean_of_cd,
    ),
    "chains of the old patterns": (
        "const n = this.copies * patterns.length;",
        "const n = this.copies * 3;",
        check_other_patterns,
    ),
    "−ln n of what is repeated": (
        "n / patterns.length * Math.log(n / patterns.length)",
        "n / patterns.length * Math.log(1 / patterns.length)",
        check_bound,
    ),
    "dreams from the first hidden state": ("left -= p[++s]", "left -= p[s + 1], s += 0", check_drawn),
    "dreams of the neighbour's pixels": ("means[s * visible + i])", "means[s * visible])", check_drawn),
    "weights of one sign": ("(2 * uniform() - 1)", "uniform()", check_start),
    "a curve that grows without end": (
        "if (this.points.length <= this.most) return;",
        "return;",
        check_curve,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_wrong_variant_is_rejected(rejects, name):
    rejects(*FAULTS[name])
