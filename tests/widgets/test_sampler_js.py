"""The physics of the lab, `sampler.js`, held to `thermolib.entropy` and SciPy; wrong variants rejected.

What is exact must agree to 1e-12. What is drawn is judged at four standard errors, or at χ²'s quantile of the
same rarity, one in 16 000; the seeds are the first that came to mind.
"""

import numpy as np
import pytest
from bits import ALL, random_bits
from scipy import stats
from thermolib import entropy
from thermolib.widgets.kit.bundle import bundle

SOURCE = bundle("sampler_lab/sampler.js")
RARE = 2 * stats.norm.sf(4)

EXACT = """(cases) => cases.map(([logits, T, mass]) => {
    const uncut = physics.softmax(logits, T), p = physics.nucleus(uncut, mass);
    return { uncut, p, H: physics.entropy(p) };
})"""
RUNS = """({ logits, T, mass, seed, n, runs }) => {
    const sampler = new physics.Sampler(seed);
    return Array.from({ length: runs }, () => {
        sampler.setPoint(logits, T, mass);
        for (let k = 0; k < n; k++) sampler.draw();
        return { counts: sampler.counts, frequency: sampler.frequency(0), surprise: sampler.surprise(),
            plugIn: sampler.plugIn(), chiSquare: sampler.chiSquare() };
    });
}"""


LOGITS = [2.0, 2.0, 1.5, 1.0, 0.0, -1.0, -4.0]


def run(page, *, logits=LOGITS, T=1.0, mass=1.0, seed=1, n=1000, runs=1):
    p = entropy.top_p(entropy.softmax(logits, T), mass)
    options = {"logits": logits, "T": T, "mass": mass, "seed": seed, "n": n, "runs": runs}
    return p, page.evaluate(RUNS, options)


# --- what the module must pass, and its wrong variants must not


def check_exact(page):
    """Random logits, temperatures and masses; ties; the smallest nucleus and the whole; T's extremes."""
    rng = np.random.default_rng(3)
    cases = [
        ([*rng.normal(size=n) * 3], 10 ** rng.uniform(-1, 1), rng.uniform(0.05, 1))
        for n in rng.integers(2, 11, size=200)
    ]
    cases += [(LOGITS, T, mass) for T in (0.1, 1.0, 10.0) for mass in (1e-9, 0.05, 0.3, 0.9, 0.999, 1.0)]
    cases += [([0.0] * n, 1.0, (k + 0.5) / n) for n in (2, 7, 10) for k in range(n)]
    cases += [([1e3, -1e3, 0.0], T, 1.0) for T in (1e-300, 1e-3, 1.0, 1e300)]
    cases += [([1.0, 0.0, -1.0], 1.0, (1 + off) / (1 + np.exp(-1) + np.exp(-2))) for off in (-1e-9, 1e-9)]
    for (logits, T, mass), found in zip(cases, page.evaluate(EXACT, cases), strict=True):
        uncut = entropy.softmax(logits, T)
        p = entropy.top_p(uncut, mass)
        np.testing.assert_allclose(found["uncut"], uncut, rtol=0, atol=1e-12)
        np.testing.assert_allclose(found["p"], p, rtol=0, atol=1e-12)
        assert found["H"] == pytest.approx(float(entropy.entropy(p)), abs=1e-12)


def check_draws(page):
    """Pearson's χ² of 200 000 draws, and words outside the nucleus are never drawn."""
    for T, mass in ((1.0, 1.0), (0.5, 0.9), (3.0, 0.6)):
        p, [found] = run(page, T=T, mass=mass, n=200_000)
        counts = np.array(found["counts"])
        assert counts.sum() == 200_000
        assert np.all(counts[p == 0] == 0)
        assert stats.chisquare(counts[p > 0], 200_000 * p[p > 0]).pvalue > RARE


def check_estimates(page):
    """From given counts, written out again with NumPy and SciPy."""
    for T, mass in ((2.0, 1.0), (1.0, 0.8)):
        p, [found] = run(page, T=T, mass=mass, n=1000)
        counts, p = np.array(found["counts"])[p > 0], p[p > 0]
        assert np.all(1000 * p > 5)  # nothing is pooled here
        variance = p @ np.log(p) ** 2 - (p @ np.log(p)) ** 2
        expected = {
            "frequency": {"mean": counts[0] / 1000, "stderr": np.sqrt(p[0] * (1 - p[0]) / 1000)},
            "surprise": {"mean": -counts @ np.log(p) / 1000, "stderr": np.sqrt(variance / 1000)},
            "plugIn": {"H": float(entropy.entropy(counts / 1000)), "bias": (len(p) - 1) / 2000},
            "chiSquare": {"value": stats.chisquare(counts, 1000 * p).statistic, "degrees": len(p) - 1},
        }
        for name, values in expected.items():
            assert found[name] == pytest.approx(values, abs=1e-12), name


def check_trajectory(page):
    """Given random bits, the words: where u falls among the summed probabilities, in the words' own order.

    Of the nucleus too, whose words are found in another order.
    """
    script = """({ logits, T, mass, seed, n }) => {
        const sampler = new physics.Sampler(seed);
        sampler.setPoint(logits, T, mass);
        const words = Array.from({ length: n }, () => sampler.draw());
        return { words, counts: sampler.counts, n: sampler.n, p: sampler.p };
    }"""
    logits = [-1.0, 2.0, 0.0, -4.0, 1.5, 1.0, 2.0]
    for seed, (T, mass) in enumerate([(1.0, 1.0), (0.5, 0.9), (3.0, 0.6), (1.0, 0.3)]):
        options = {"logits": logits, "T": T, "mass": mass, "seed": seed, "n": 400}
        found = page.evaluate(script, options)
        sums = np.cumsum(entropy.top_p(entropy.softmax(logits, T), mass))
        bits = random_bits(seed)
        words = [int(np.searchsorted(sums, next(bits) / ALL, side="right")) for _ in range(400)]
        assert found["words"] == words
        assert found["counts"] == np.bincount(words, minlength=7).tolist()
        assert found["n"] == 400


def check_new_point(page):
    """Another distribution begins with counts of its own."""
    _, [one, two] = run(page, n=50, runs=2)
    assert sum(one["counts"]) == sum(two["counts"]) == 50
    assert two["frequency"]["mean"] == pytest.approx(two["counts"][0] / 50)


def check_last_word(page):
    """Rounding may leave u above the summed probabilities: then it is the last word that is possible.

    And u may be 0: then it is the first.
    """
    words = page.evaluate("""() => [[0, 1, 0, 1, 0], [0, 1, 0, 0]].map((p) => {
        const sampler = new physics.Sampler(1);
        sampler.setPoint(p, 1, 1);
        sampler.p = p.map((x) => x * 0.4);
        return [2 ** 32 - 1, 0].map((bits) => {
            sampler.next = () => bits;
            return sampler.draw();
        });
    })""")
    assert words == [[3, 1], [1, 1]]


@pytest.mark.parametrize(
    "check", [check_exact, check_draws, check_estimates, check_trajectory, check_new_point, check_last_word]
)
def test_agrees_with_thermolib_and_scipy(physics, check):
    check(physics)


# --- its parts


@pytest.mark.parametrize("n", range(2, 11))
def test_a_nucleus_of_equal_words_is_as_large_as_it_says(physics, n):
    """k of n equal words hold k/n, whatever rounding makes of their sum; the first ones are kept."""
    cases = [([0.0] * n, 1.0, k / n) for k in range(1, n + 1)]
    for k, found in enumerate(physics.evaluate(EXACT, cases), start=1):
        np.testing.assert_allclose(found["p"], [1 / k] * k + [0] * (n - k), rtol=0, atol=1e-12)
        assert found["H"] == pytest.approx(np.log(k), abs=1e-12)


def test_seed_decides_everything(physics):
    a, b, c = (run(physics, seed=seed)[1] for seed in (3, 3, 4))
    assert a == b
    assert a != c


def test_errors_and_bias_are_those_of_many_runs(physics):
    """2000 runs of 500 draws; a mean of z² or χ² over R runs is known to √(2/R) of itself, or a little more.

    The mean surprise is not quite normal: √(3/R) allows ⟨z⁴⟩ = 4 instead of 3. The next term of the plug-in
    entropy's bias, (Σ 1/p_i − 1)/12n², is below 5e-5 here.
    """
    runs, n = 2000, 500
    p, found = run(physics, T=2.0, seed=5, n=n, runs=runs)
    H = float(entropy.entropy(p))
    z = np.array([(x["surprise"]["mean"] - H) / x["surprise"]["stderr"] for x in found])
    assert abs(z.mean()) < 4 / np.sqrt(runs)
    assert abs(np.mean(z**2) - 1) < 4 * np.sqrt(3 / runs)
    z = np.array([(x["frequency"]["mean"] - p[0]) / x["frequency"]["stderr"] for x in found])
    assert abs(np.mean(z**2) - 1) < 4 * np.sqrt(2 / runs)
    low = np.array([H - x["plugIn"]["H"] for x in found])
    assert np.sum(1 / p) / 12 / n**2 < 5e-5
    assert abs(low.mean() - found[0]["plugIn"]["bias"]) < 4 * low.std() / np.sqrt(runs) + 5e-5
    chi = np.array([x["chiSquare"]["value"] for x in found])
    degrees = found[0]["chiSquare"]["degrees"]
    assert abs(chi.mean() - degrees) < 4 * chi.std() / np.sqrt(runs)


@pytest.mark.parametrize(
    ("logits", "n", "cells"),
    [
        (
            LOGITS,
            1000,
            [[6, 5], [4], [3], [2], [1], [0]],
        ),  # .8 expected of the last: joins the 15.7 before it
        (LOGITS, 20, [[6, 5, 4, 3, 2], [1], [0]]),  # 7.3 of five words
        (LOGITS, 15, [[6, 5, 4, 3, 2], [0, 1]]),  # 5.5; then 4.7 + 4.7
        ([0.0, 0.0, 0.0], 13, [[0, 1, 2]]),  # 4.3 + 4.3 and a rest of 4.3
        (LOGITS, 3, [[0, 1, 2, 3, 4, 5, 6]]),
        ([6.0, -6.0], 100, [[0, 1]]),
    ],
)
def test_rare_words_are_counted_together(physics, logits, n, cells):
    p, [found] = run(physics, logits=logits, n=n)
    counts = np.array(found["counts"])
    expected, counted = (np.array([x[cell].sum() for cell in cells]) for x in (n * p, counts))
    value = np.sum((counted - expected) ** 2 / expected)
    assert found["chiSquare"] == pytest.approx({"value": value, "degrees": len(cells) - 1}, abs=1e-12)


def check_rarest_first(page):
    """Expected 4, 4, 4, 1, 1, counted 8, 1, 2, 2, 1: the rare two join the first, not the others."""
    found = page.evaluate("""() => {
        const sampler = new physics.Sampler(1);
        sampler.setPoint([4, 4, 4, 1, 1].map(Math.log), 1, 1);
        [sampler.counts, sampler.n] = [[8, 1, 2, 2, 1], 14];
        return sampler.chiSquare();
    }""")
    assert found == pytest.approx({"value": (11 - 6) ** 2 / 6 + (3 - 8) ** 2 / 8, "degrees": 1}, abs=1e-12)


def test_rarest_words_are_counted_first(physics):
    check_rarest_first(physics)


def test_a_certain_word_has_no_entropy_and_no_error(physics):
    _, [found] = run(physics, mass=0.05, n=100)
    assert found["counts"] == [100, 0, 0, 0, 0, 0, 0]
    assert found["frequency"] == {"mean": 1, "stderr": 0}
    assert found["surprise"] == {"mean": 0, "stderr": 0}
    assert found["plugIn"] == {"H": 0, "bias": 0}
    assert found["chiSquare"] == {"value": 0, "degrees": 0}


# --- wrong variants


FAULTS = {
    "β has the wrong sign": ("(z - largest) / T", "(largest - z) / T", check_exact),
    "T multiplies": ("(z - largest) / T", "(z - largest) * T", check_exact),
    "the exponentials overflow": ("Math.exp((z - largest) / T)", "Math.exp(z / T)", check_exact),
    "the nucleus is not renormalised": ("kept.map((x) => x / held)", "kept", check_exact),
    "the word that reaches the mass is left out": (
        "if (held >= mass * (1 - 1e-12)) break;",
        "if (held > 0 && held + p[i] > mass) break;",
        check_exact,
    ),
    "of equal words the later is kept": ("a - b)) {", "b - a)) {", check_exact),
    "nats are bits": ("-Math.log(x)", "-Math.log2(x)", check_exact),
    "entropy without its sign": ("-Math.log(x)", "Math.log(x)", check_exact),
    "drawn as if nothing was cut": ("u -= this.p[i]", "u -= this.uncut[i]", check_draws),
    "half of the random bits": ("this.next() / 2 ** 32", "this.next() / 2 ** 33", check_draws),
    "the error forgets 1 − p": ("(this.p[i] * (1 - this.p[i]))", "this.p[i]", check_estimates),
    "the error is that of one draw": ("Math.sqrt(variance / n)", "Math.sqrt(variance)", check_estimates),
    "bias by K": ("(kept - 1)", "kept", check_estimates),
    "χ² divided by what was counted": ("** 2 / expected", "** 2 / counted", check_estimates),
    "drawn from the most probable on": (
        "for (let i = 0; i < this.p.length && u >= 0; i++) {",
        "for (const i of [...this.p.keys()].sort((a, b) => this.p[b] - this.p[a])) {\n"
        "      if (u < 0) break;",
        check_trajectory,
    ),
    "drawn backwards": (
        "let u = this.next() / 2 ** 32,",
        "let u = 1 - this.next() / 2 ** 32,",
        check_trajectory,
    ),
    "counts survive a new point": (
        "this.counts = this.p.map(() => 0)",
        "this.counts ??= this.p.map(() => 0)",
        check_new_point,
    ),
    "draws survive a new point": ("this.n = 0", "this.n ??= 0", check_new_point),
    "the most frequent counted first": ("p[a] - p[b])", "p[b] - p[a])", check_rarest_first),
    "no word for u = 0": ("&& u >= 0", "&& u > 0", check_last_word),
    "the nucleus ends a thousandth early": ("mass * (1 - 1e-12)", "mass * (1 - 1e-3)", check_exact),
    "a word that is cut is drawn last": ("if (this.p[i] === 0) continue;", "", check_last_word),
    "a degree of freedom too many": ("degrees: cells.length - 1", "degrees: cells.length", check_estimates),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_wrong_physics_is_rejected(rejects, fault):
    rejects(*FAULTS[fault])
