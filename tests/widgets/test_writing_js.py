"""The physics of the lab, `characters.js`, held to `thermolib.characters`; wrong variants rejected.

What is exact must agree to 1e-12. What is drawn is judged at four standard errors.
"""

import numpy as np
import pytest
from bits import ALL, random_bits
from thermolib import characters
from thermolib.widgets.kit.bundle import bundle

SOURCE = bundle("writing_lab/characters.js")
BOOK = characters.alice()
READ, UNREAD = BOOK.read[:20_000], "'Here!' cried Alice, quite forgetting in the flurry of the moment"
CONTEXTS = ["", "e", "qu", "the ", "Alice w", "\n'W", "zzz", "xqzj", "Rabbit-Hole"]


def exact(context, k, T, mass):
    model = characters.fit(READ, k)
    return characters.probabilities(model, context, T, mass=mass)


# --- what the module must pass, and its wrong variants must not


def check_probabilities(page):
    """Contexts that are frequent, rare, unknown, and too short; hot, cold and cut."""
    cases = [(c, k, T, mass) for c in CONTEXTS for k in (0, 1, 3, 6) for T, mass in SETTINGS]
    found = page.evaluate(
        """([text, cases]) => {
            const model = new physics.Characters(text);
            return { alphabet: model.alphabet.join(""), rows: cases.map(([context, k, T, mass]) =>
                physics.temper(model.after(model.places(context), k), T, mass)) };
        }""",
        [READ, cases],
    )
    assert found["alphabet"] == characters.fit(READ, 0).alphabet
    for case, row in zip(cases, found["rows"], strict=True):
        np.testing.assert_allclose(row, exact(*case), rtol=0, atol=1e-12, err_msg=str(case))


SETTINGS = [(1.0, 1.0), (0.3, 1.0), (4.0, 0.9), (1.0, 0.5)]


def check_judge(page):
    """The mean surprise of a text, each letter after those before it; infinite where one is cut."""
    cases = [(k, T, mass) for k in (0, 2, 7) for T, mass in [*SETTINGS[:2], (2.0, 0.999), (1.0, 0.3)]]
    found = page.evaluate(
        """([text, unread, cases]) => {
            const model = new physics.Characters(text);
            return cases.map(([k, T, mass]) =>
                String(new physics.Judge(model, unread, k).surprise(T, mass)));
        }""",
        [READ, UNREAD, cases],
    )
    for (k, T, mass), H in zip(cases, map(float, found), strict=True):
        mean = characters.surprises(characters.fit(READ, k), UNREAD, T, mass=mass).mean()
        assert pytest.approx(mean, rel=1e-12) == H


def check_rate(page):
    cases = [(k, T) for k in (0, 1) for T in (0.3, 1.0, 5.0)]
    found = page.evaluate(
        """([text, cases]) => {
            const model = new physics.Characters(text);
            return cases.map(([k, T]) => physics.entropyRate(model, k, T));
        }""",
        [READ, cases],
    )
    exact = [characters.entropy_rate(characters.fit(READ, k), T) for k, T in cases]
    np.testing.assert_allclose(found, exact, rtol=1e-10)


WRITES = """([text, seeds, [k, T, mass], n]) => {
    const model = new physics.Characters(text);
    return seeds.map((seed) => {
        const writer = new physics.Writer(model, seed, "\\n");
        writer.setPoint(k, T, mass);
        const drawn = Array.from({ length: n }, () => writer.write());
        return { text: drawn.map(({ letter }) => letter).join(""), surprises: drawn.map((x) => x.surprise),
            error: writer.surprise().stderr, mean: writer.surprise().mean, n: writer.n };
    });
}"""


def check_trajectory(page):
    """Given random bits, the letters and their surprises: where u falls among the summed probabilities."""
    for seed, setting in enumerate([(3, 1.0, 1.0), (6, 0.5, 1.0), (2, 2.0, 0.8)]):
        [found] = page.evaluate(WRITES, [READ, [seed], setting, 150])
        model, bits, context = characters.fit(READ, setting[0]), random_bits(seed), "\n"
        for letter, surprise in zip(found["text"], found["surprises"], strict=True):
            p = characters.probabilities(model, context, setting[1], mass=setting[2])
            place = int(np.searchsorted(np.cumsum(p), next(bits) / ALL, side="right"))
            assert letter == model.alphabet[place]
            assert surprise == pytest.approx(-np.log(p[place]), rel=1e-12, abs=1e-14)
            context += letter


def check_errors(page):
    """The mean surprise of one letter's memory is the entropy rate's, within four of its own errors.

    And these are as large as the scatter of 60 runs: a mean of 60 squares is known to √(2/60), 0.18.
    """
    rate = characters.entropy_rate(characters.fit(READ, 1), 0.7)
    runs = page.evaluate(WRITES, [READ, [*range(60)], (1, 0.7, 1.0), 1000])
    z = np.array([(run["mean"] - rate) / run["error"] for run in runs])
    assert abs(z.mean()) < 4 / np.sqrt(60)
    assert 1 - 4 * 0.18 < np.mean(z**2) < 1 + 4 * 0.18 + 2 / 20  # of 20 batches the error itself is uncertain
    assert np.mean(runs[0]["surprises"]) == pytest.approx(runs[0]["mean"], rel=1e-12)
    assert runs[0]["n"] == 1000


def check_new_point(page):
    """Another setting begins its sums anew, and goes on from what was written."""
    found = page.evaluate(
        """(text) => {
            const writer = new physics.Writer(new physics.Characters(text), 1, "\\n");
            writer.setPoint(4, 1, 1);
            for (let i = 0; i < 520; i++) writer.write();
            const before = writer.before.join(), early = writer.surprise();
            writer.setPoint(2, 0.5, 1);
            const after = writer.before.join();
            const one = writer.write();
            return { kept: before === after, n: writer.n, mean: writer.surprise().mean, one: one.surprise,
                error: Number.isNaN(writer.surprise().stderr), early: Number.isFinite(early.stderr) };
        }""",
        READ,
    )
    assert found["kept"] and found["error"] and found["early"]
    assert found["n"] == 1 and found["mean"] == found["one"]


@pytest.mark.parametrize(
    "check",
    [check_probabilities, check_judge, check_rate, check_trajectory, check_errors, check_new_point],
)
def test_agrees_with_thermolib(physics, check):
    check(physics)


def test_the_whole_book(physics):
    """The lab's own text: the unread chapter's perplexity at one setting, as thermolib has it."""
    found = physics.evaluate(
        """([text, unread]) => new physics.Judge(new physics.Characters(text), unread, 4).surprise(1.4, 1)""",
        [BOOK.read, BOOK.unread],
    )
    exact = characters.perplexity(characters.fit(BOOK.read, 4), BOOK.unread, 1.4)
    assert np.exp(found) == pytest.approx(exact, rel=1e-12)


# --- wrong variants


FAULTS = {
    "β has the wrong sign": ("Array.from(p, Math.log), T)", "Array.from(p, (x) => -Math.log(x)), T)"),
    "the shorter context counts once": ("p[i] * distinct + counts[i]", "p[i] + counts[i]"),
    "the shorter context is left out": ("(p[i] * distinct + counts[i]) / (n + distinct)", "counts[i] / n"),
    "one letter too many": ("j < Math.min(k, before.length)", "j < Math.min(k + 1, before.length)"),
    "the letters before in another order": ("before.at(-1 - j)]", "before.at(j)]"),
    "a context that ends elsewhere": ("this.letters[i - j - 1]].push", "this.letters[i - 1]].push"),
    "letters in the order in which they came": (
        ".sort((a, b) => a.codePointAt(0) - b.codePointAt(0))",
        "",
    ),
}
OTHERS = {
    "the judge knows the letter": (
        "this.right.slice(Math.max(0, i - k), i)",
        "this.right.slice(Math.max(0, i - k), i + 1)",
        check_judge,
    ),
    "the judge forgets to normalise": ("total += log_Z[r] - logs", "total += 0 - logs", check_judge),
    "all letters equally often": ("sum + (pi[h] / all) * H(row)", "sum + H(row) / P.length", check_rate),
    "half of the random bits": (
        "this.next() / 2 ** 32, letter",
        "this.next() / 2 ** 33, letter",
        check_trajectory,
    ),
    "the temperature is forgotten": (
        "temper(this.model.after(this.before, this.k), this.T",
        "temper(this.model.after(this.before, this.k), 1",
        check_trajectory,
    ),
    "the last letter is forgotten": (
        "[...this.before, letter]",
        "[letter, ...this.before]",
        check_trajectory,
    ),
    "the error of one batch": ("Math.sqrt(variance / m)", "Math.sqrt(variance)", check_errors),
    "letters for batches": ("Math.sqrt(variance / m)", "Math.sqrt(variance / n)", check_errors),
    "sums survive a new setting": (
        "this.n = this.total = this.open = 0;",
        "this.n ??= 0; this.total ??= 0; this.open ??= 0;",
        check_new_point,
    ),
}


@pytest.mark.parametrize("fault", [*FAULTS, *OTHERS])
def test_wrong_physics_is_rejected(rejects, fault):
    rejects(*(OTHERS.get(fault) or (*FAULTS[fault], check_probabilities)))
