"""`thermolib.characters` held to exact fractions, to linear algebra and to its own frequencies."""

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats
from thermolib import characters
from thermolib.characters import alice, entropy_rate, fit, generate, perplexity, probabilities, surprises
from thermolib.entropy import entropy, top_p

from declared import Fault

TEXT = "she sells sea shells on the sea shore; the shells she sells are sea shells, she is sure"
THREE = "the rain in spain"


def witten_bell(text, context, k):
    """By the definition, in exact fractions: counts are made by looking at every place of the text."""
    alphabet = sorted(set(text))
    p = {c: Fraction(1, len(alphabet)) for c in alphabet}
    for j in range(min(k, len(context)) + 1):
        h = context[len(context) - j :]
        followers = [text[i] for i in range(j, len(text)) if text[i - j : i] == h]
        n, d = len(followers), len(set(followers))
        if n:
            p = {c: (followers.count(c) + d * p[c]) / Fraction(n + d) for c in alphabet}
    return [p[c] for c in alphabet]


@pytest.mark.parametrize("k", [0, 1, 2, 3, 8])
def test_exact_fractions(k):
    """Contexts that were seen, that were not, that only end the text, and that are too short or too long."""
    model = fit(TEXT, k)
    for context in ("", "s", "she", "shells ", "zs".replace("z", "u"), "oooo", "sure", TEXT):
        exact = witten_bell(TEXT, context, k)
        assert sum(exact) == 1
        np.testing.assert_allclose(probabilities(model, context), np.array(exact, float), rtol=1e-13)


def test_temperature_and_then_top_p():
    model = fit(TEXT, 2)
    p = probabilities(model, "sh")
    for T, power in ((0.5, p**2), (2.0, p**0.5), (np.inf, p**0)):
        heated = power / power.sum()
        np.testing.assert_allclose(probabilities(model, "sh", T), heated, rtol=1e-12)
        np.testing.assert_allclose(probabilities(model, "sh", T, mass=0.7), top_p(heated, 0.7), rtol=1e-12)
    assert probabilities(model, "sh", 1e-3)[p.argmax()] == 1


def test_surprises_of_a_text():
    """Letter by letter, each after those before it; what top-p has cut surprises infinitely."""
    model = fit(TEXT, 3)
    for T, mass in ((1.0, 1.0), (0.6, 1.0), (1.0, 0.8)):
        found = surprises(model, THREE.replace("p", "s"), T, mass=mass)
        text = THREE.replace("p", "s")
        one_by_one = [
            probabilities(model, text[:i], T, mass=mass)[model.alphabet.index(c)] for i, c in enumerate(text)
        ]
        with np.errstate(divide="ignore"):
            np.testing.assert_allclose(found, -np.log(one_by_one), rtol=1e-12, atol=1e-14)
        assert perplexity(model, text, T, mass=mass) == pytest.approx(np.exp(np.mean(found)), rel=1e-12)
    assert np.isinf(perplexity(model, text, mass=0.3))


def test_without_memory_perplexity_is_that_of_the_letters():
    """e^{H(p,q)}, with p the frequencies in the text and q the model's one distribution."""
    model = fit(TEXT, 0)
    p = np.array([TEXT.count(c) for c in model.alphabet]) / len(TEXT)
    q = probabilities(model, "")
    assert perplexity(model, TEXT) == pytest.approx(np.exp(-p @ np.log(q)), rel=1e-12)
    assert entropy_rate(model) == pytest.approx(float(entropy(q)), rel=1e-12)


def test_entropy_rate_of_a_chain():
    """π from an eigenvector; and, of two letters, from the balance of the two passages, cold as well."""
    model = fit(TEXT, 1)
    for T in (0.7, 1.0, 5.0):
        P = np.array([probabilities(model, c, T) for c in model.alphabet])
        values, vectors = np.linalg.eig(P.T)
        pi = vectors[:, np.argmax(values.real)].real
        assert entropy_rate(model, T) == pytest.approx(pi / pi.sum() @ entropy(P), rel=1e-10)
    two = fit("aababbbabaaaab", 1)
    for T in (0.05, 1.0):
        P = np.array([probabilities(two, c, T) for c in "ab"])
        a, b = P[1, 0], P[0, 1]
        exact = (a * entropy(P[0]) + b * entropy(P[1])) / (a + b)
        assert entropy_rate(two, T) == pytest.approx(exact, rel=1e-12)


def test_given_its_chance_the_text_is_given():
    """A letter is where a uniform number falls among the summed probabilities, in the alphabet's order."""
    model = fit(TEXT, 2)
    for T, mass in ((1.0, 1.0), (0.5, 0.8)):
        text, surprise = generate(model, 200, T, mass=mass, start="sh", rng=7)
        chance, context = np.random.default_rng(7), "sh"
        for i, letter in enumerate(text):
            p = probabilities(model, context, T, mass=mass)
            u = chance.random()
            place = model.alphabet.index(letter)
            assert p[:place].sum() - 1e-12 <= u * p.sum() <= p[: place + 1].sum() + 1e-12
            assert surprise[i] == pytest.approx(-np.log(p[place]), rel=1e-12, abs=1e-14)
            context += letter


def test_frequencies_and_the_rate():
    """Of 20 000 letters without memory Pearson's χ²; with one letter of it the mean surprise is the rate's.

    Errors of the second from 100 batches; four of them are allowed.
    """
    model = fit(TEXT, 0)
    text, _ = generate(model, 20_000, 1.5, rng=1)
    p = probabilities(model, "", 1.5)
    counts = [text.count(c) for c in model.alphabet]
    assert stats.chisquare(counts, 20_000 * p).pvalue > 2 * stats.norm.sf(4)
    chain = fit(TEXT, 1)
    means = generate(chain, 20_000, 0.8, rng=2).surprises.reshape(100, -1).mean(axis=1)
    error = means.std(ddof=1) / 10
    assert abs(means.mean() - entropy_rate(chain, 0.8)) < 4 * error


def test_the_book():
    """Eleven chapters and the twelfth, whose letters all occur in what is read."""
    read, unread = alice()
    assert (len(read), len(unread)) == (129_534, 11_442)
    assert (
        read.startswith("Alice was beginning to get very tired") and "\n'Here!' cried Alice" in "\n" + unread
    )
    assert set(unread) <= set(read) and not set(read) & set("`*_[]\r\t0123456789")
    assert "  " not in read + unread and "\n\n" not in read + unread


def test_the_longest_memory():
    """Nine letters as one number must be less than 2⁶³: of 128 letters they are not."""
    many = "".join(chr(200 + i) for i in range(128))
    assert len(fit(many, 7).counts) == 8
    with pytest.raises(ValueError, match="k must be smaller for an alphabet of 128 letters, got 8"):
        fit(many, 8)


# What is asked of every module (declared.py) ---------------------------------------------------------

SMALL = fit(TEXT, 2)
CALLS = {
    "alice": lambda: alice(),
    "fit": lambda: fit(TEXT, 2),
    "probabilities": lambda T=2.0: probabilities(SMALL, "sh", T),
    "surprises": lambda T=2.0: surprises(SMALL, "shell", T),
    "perplexity": lambda T=2.0: perplexity(SMALL, "shell", T),
    "entropy_rate": lambda: entropy_rate(fit(TEXT, 1), 2.0),
    "generate": lambda rng=1: generate(SMALL, 20, 2.0, rng=rng),
}
BAD = {
    "no text": (lambda: fit("", 1), "at least one letter, got ''"),
    "no memory": (lambda: fit(TEXT, -1), "k must be an integer from 0 to 8, got -1"),
    "a strange letter": (lambda: probabilities(SMALL, "Q"), r"letters of the alphabet alone, got \['Q'\]"),
    "no mass": (lambda: probabilities(SMALL, "", mass=0.0), "mass must lie in 0 < mass ≤ 1, got 0.0"),
    "nothing to be surprised by": (lambda: surprises(SMALL, ""), "at least one letter, got none"),
    "a text that is none": (lambda: perplexity(SMALL, 3), "text must be a text, got 3"),
    "a long memory": (lambda: entropy_rate(SMALL), "memory of 0 or 1 letters, got 2"),
    "too cold": (lambda: entropy_rate(fit("aaabbb", 1), 1e-5), "T must be higher"),
    "no T": (lambda: entropy_rate(fit(TEXT, 1), 0.0), "T must be positive"),
    "nothing to write": (lambda: generate(SMALL, 0), "n must be an integer ≥ 1, got 0"),
    "two temperatures": (lambda: generate(SMALL, 1, [1.0, 2.0]), r"one temperature, got shape \(2,\)"),
    "no temperature": (lambda: generate(SMALL, 1, -1.0), "T must be positive"),
}
LIMITS = [(lambda k: characters.fit(TEXT, k), 8, 9), (lambda m: probabilities(SMALL, "", mass=m), 1.0, 1.01)]
FAULTS = [
    Fault("d of the shorter context left out", "p *= len(followers)", "p *= 1", "test_exact_fractions[2]"),
    Fault(
        "the oldest letter counted as the newest",
        "letters[-j] * size ** (j - 1)",
        "letters[len(letters) - j] * size ** j",
        "test_exact_fractions[2]",
    ),
    Fault(
        "top-p before the temperature",
        "heated if mass == 1 else top_p(heated, mass)",
        "heated if mass == 1 else boltzmann(-np.log(np.maximum(top_p(p, mass), 1e-300)), T)",
        "test_temperature_and_then_top_p",
    ),
    Fault("one letter of memory too many", "range(k + 1):", "range(k + 2):", "test_exact_fractions[1]"),
    Fault(
        "the text's own letter among what precedes it",
        "tuple(places[max(0, i - k) : i])",
        "tuple(places[max(0, i - k) : i + 1])",
        "test_surprises_of_a_text",
    ),
    Fault("perplexity in bits", "np.exp(surprises(", "np.exp2(surprises(", "test_surprises_of_a_text"),
    Fault(
        "letters drawn without the temperature",
        "p = _at(_after(model, context), T, mass)",
        "p = _at(_after(model, context), 1.0, mass)",
        "test_given_its_chance_the_text_is_given",
    ),
    Fault("a letter forgotten", "[-len(model.counts) :]", "[-len(model.counts) + 2 :]",
          "test_given_its_chance_the_text_is_given"),
    Fault("all letters equally often", "pi @ entropy(P) / pi.sum()", "entropy(P).mean()",
          "test_entropy_rate_of_a_chain"),
]  # fmt: skip
