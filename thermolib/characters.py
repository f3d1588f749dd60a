"""A model of text that counts letters: what comes next, at a temperature, and how surprising a text is.

Serves ``chapters/perplexity.md``. Surprises are in nats. A *context* is the letters that precede; the
model looks at the last k of them. Letters are any characters, the space among them.

==========  ============  ==============================================================
symbol      argument      meaning
==========  ============  ==============================================================
k           ``k``         memory: the letters that the model looks back
N(h, c)     in the model  how often the letter c follows the context h in the text
p(c, h)     returned      probability of c after h; p_T ∝ p^(1/T)
T           ``T``         temperature, scalar or array, T > 0
..          ``mass``      the probability that top-p keeps, 0 < mass ≤ 1
==========  ============  ==============================================================
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermolib import _validate
from thermolib._types import Floats, Seed
from thermolib.boltzmann import boltzmann
from thermolib.entropy import entropy, top_p

MOST = 8  # letters of memory


class Book(NamedTuple):
    """A text in two parts: ``read``, to learn from, and ``unread``, to be judged by."""

    read: str
    unread: str


class CharacterModel(NamedTuple):
    """The counts of a text: `fit` makes it.

    ``counts`` holds for j = 0 … k all runs of j + 1 letters, as rising numbers to base ``len(alphabet)``,
    and how often each occurs. So what follows a context stands in one stretch of the row.
    """

    alphabet: str
    counts: tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...]


class Written(NamedTuple):
    """A text that a model wrote, and the surprise of each of its letters, in nats, when it was drawn."""

    text: str
    surprises: Floats


def alice() -> Book:
    """Lewis Carroll's "Alice's Adventures in Wonderland": eleven chapters to read, and the twelfth.

    Returns
    -------
    Book
        ``(read, unread)``; a paragraph ends with a line break. The source is named in ``texts/README.md``.

    Examples
    --------
    >>> alice().read[:44]
    'Alice was beginning to get very tired of sit'
    """
    path = Path(__file__).with_name("texts") / "alice.txt"
    *read, unread = path.read_text(encoding="utf8").strip().split("\n\n")
    return Book("\n".join(read) + "\n", unread + "\n")


def fit(text: str, k: int) -> CharacterModel:
    """Count which letters follow which contexts of at most k letters.

    Parameters
    ----------
    text : str
        At least one letter. Its different letters are the alphabet.
    k : int
        Memory, 0 ≤ k ≤ 8.

    Returns
    -------
    CharacterModel

    Raises
    ------
    ValueError
        If there is no text, or no such memory.

    Examples
    --------
    >>> fit("abracadabra", 1).alphabet
    'abcdr'
    """
    if not isinstance(text, str) or not text:
        raise ValueError(f"text must have at least one letter, got {text!r}")
    k = _validate.whole("k", k, 0, MOST)
    alphabet = "".join(sorted(set(text)))
    if len(alphabet) ** (k + 1) >= 2**63:
        raise ValueError(f"k must be smaller for an alphabet of {len(alphabet)} letters, got {k}")
    letters = _letters(alphabet, "text", text)
    counts, runs = [], letters
    for j in range(k + 1):
        counts.append(np.unique(runs, return_counts=True))
        # one letter more on the left, where there is one
        runs = runs[1:] + letters[: len(runs) - 1] * len(alphabet) ** (j + 1)
    return CharacterModel(alphabet, tuple(counts))


def probabilities(model: CharacterModel, context: str, T: ArrayLike = 1.0, *, mass: float = 1.0) -> Floats:
    r"""Probability of each letter of the alphabet after a context.

    The counts of long contexts are few, so they are mixed with those of shorter ones, by the rule of Witten
    and Bell: a context h that has been seen n times, with d different letters after it, gives

    p(c, h) = [N(h, c) + d p(c, h')] / (n + d),

    where h' is h without its first letter, and all letters are equally probable where nothing is known. A
    context that was never seen leaves p(c, h'). Temperature acts on the result, and top-p after it.

    Parameters
    ----------
    model : CharacterModel
        From `fit`.
    context : str
        What precedes, in letters of the alphabet; only the last k count.
    T : array_like
        Temperatures, T > 0; ``np.inf`` makes all letters equally probable.
    mass : float
        The probability that top-p keeps, 0 < mass ≤ 1.

    Returns
    -------
    ndarray, shape T.shape + (letters,)

    Raises
    ------
    ValueError
        For a letter that is not in the alphabet, T ≤ 0, or a mass outside (0, 1].

    References
    ----------
    Witten and Bell, IEEE Transactions on Information Theory 37, 1085 (1991), method C; as interpolation in
    Chen and Goodman, Computer Speech and Language 13, 359 (1999), section 2.5.

    Examples
    --------
    After "a" came b, c, d and b: counts 2, 1, 1 of four, and three different letters.

    >>> model = fit("abracadabra", 1)
    >>> dict(zip(model.alphabet, probabilities(model, "a").round(4).tolist()))
    {'a': 0.1607, 'b': 0.3661, 'c': 0.1964, 'd': 0.1964, 'r': 0.0804}
    """
    T, mass = _validate.temperature(T), _mass(mass)
    return _at(_after(model, _letters(model.alphabet, "context", context).tolist()), T, mass)


def surprises(model: CharacterModel, text: str, T: ArrayLike = 1.0, *, mass: float = 1.0) -> Floats:
    """The surprise −ln p of each letter of a text, given the letters before it, in nats.

    Parameters
    ----------
    model, T, mass
        As `probabilities`.
    text : str
        At least one letter; nothing is known of what came before its first.

    Returns
    -------
    ndarray, shape T.shape + (len(text),)
        ``inf`` where top-p has cut the letter.

    Raises
    ------
    ValueError
        As `probabilities`, and if there is no text.

    Examples
    --------
    >>> surprises(fit("abracadabra", 1), "ab").round(4)
    array([0.9808, 1.0049])
    """
    T, mass = _validate.temperature(T), _mass(mass)
    letters = _letters(model.alphabet, "text", text)
    if len(letters) == 0:
        raise ValueError("text must have at least one letter, got none")
    k, places = len(model.counts) - 1, letters.tolist()
    number: dict[tuple[int, ...], int] = {}  # of each context, as it first occurs
    at = [number.setdefault(tuple(places[max(0, i - k) : i]), len(number)) for i in range(len(places))]
    rows = np.array([_after(model, context) for context in number])
    found = np.empty((*T.shape, len(letters)))
    for place, one in np.ndenumerate(T):
        with np.errstate(divide="ignore"):
            found[place] = -np.log(_at(rows, one, mass)[at, letters])
    return found


def perplexity(model: CharacterModel, text: str, T: ArrayLike = 1.0, *, mass: float = 1.0) -> Floats:
    """The exponential of the mean surprise of a text's letters.

    A fair choice among so many letters would be as surprising.

    Parameters
    ----------
    model, text, T, mass
        As `surprises`.

    Returns
    -------
    ndarray, shape T.shape; a scalar for one temperature
        ``inf`` where top-p has cut one of the letters.

    Raises
    ------
    ValueError
        As `surprises`.

    References
    ----------
    Jelinek, Mercer, Bahl and Baker, Journal of the Acoustical Society of America 62, S63 (1977).

    Examples
    --------
    >>> round(float(perplexity(fit("abracadabra", 2), "abracadabra")), 4)
    1.4474
    """
    return np.exp(surprises(model, text, T, mass=mass).mean(axis=-1))[()]


def entropy_rate(model: CharacterModel, T: ArrayLike = 1.0) -> Floats:
    """The mean surprise per letter of what a model of memory 0 or 1 writes for ever, exactly, in nats.

    The letters are a Markov chain; its stationary distribution π gives Σ_h π_h H(p_T(·, h)).

    Parameters
    ----------
    model : CharacterModel
        With k ≤ 1.
    T : array_like
        Temperatures, T > 0.

    Returns
    -------
    ndarray, shape T.shape; a scalar for one temperature

    Raises
    ------
    ValueError
        For a longer memory, or T ≤ 0; and if T is so low that not every letter can follow any other.

    References
    ----------
    Shannon, Bell System Technical Journal 27, 379 (1948), section 7, theorem 5. The stationary
    distribution is found as by Grassmann, Taksar and Heyman, Operations Research 33, 1107 (1985),
    without subtractions.

    Examples
    --------
    >>> round(float(entropy_rate(fit("abracadabra", 0))), 6)
    1.515413
    """
    T = _validate.temperature(T)
    if len(model.counts) > 2:
        raise ValueError(f"model must have a memory of 0 or 1 letters, got {len(model.counts) - 1}")
    rows = np.array([_after(model, [i]) for i in range(len(model.alphabet))])
    rates = [_rate(boltzmann(-np.log(rows), one)) for one in T.ravel()]
    return np.reshape(rates, T.shape)[()]


def generate(
    model: CharacterModel,
    n: int,
    T: ArrayLike = 1.0,
    *,
    mass: float = 1.0,
    start: str = "",
    rng: Seed = None,
) -> Written:
    """Write n letters, each drawn from its distribution after the letters before it.

    Parameters
    ----------
    model, T, mass
        As `probabilities`; one temperature.
    n : int
        How many letters, n ≥ 1.
    start : str
        What precedes the first letter; it is not part of what is returned.
    rng : int, Generator or None
        Chance.

    Returns
    -------
    Written
        ``(text, surprises)``: n letters and the surprise of each.

    Raises
    ------
    ValueError
        As `probabilities`, and for n < 1 or more than one temperature.

    Examples
    --------
    >>> generate(fit("abracadabra", 3), 12, 0.2, start="a", rng=1).text
    'bracadabraca'
    """
    n, mass = _validate.whole("n", n, 1), _mass(mass)
    if np.ndim(_validate.temperature(T)):
        raise ValueError(f"T must be one temperature, got shape {np.shape(T)}")
    chance, letters = _validate.generator(rng), _letters(model.alphabet, "start", start)
    drawn, found = [], np.empty(n)
    context = letters[max(0, len(letters) - len(model.counts) + 1) :].tolist()
    for i in range(n):
        p = _at(_after(model, context), T, mass)
        sums = np.cumsum(p)
        letter = int(np.searchsorted(sums, chance.random() * sums[-1], side="right"))
        found[i] = -np.log(p[letter])
        drawn.append(letter)
        context = [*context, letter][-len(model.counts) :]
    return Written("".join(model.alphabet[i] for i in drawn), found)


def _mass(mass: float) -> float:
    mass = _validate.scalar("mass", mass)
    if not 0 < mass <= 1:
        raise ValueError(f"mass must lie in 0 < mass ≤ 1, got {mass}")
    return mass


def _letters(alphabet: str, name: str, text: str) -> NDArray[np.int64]:
    """Return the places of a text's letters in the alphabet."""
    if not isinstance(text, str):
        raise ValueError(f"{name} must be a text, got {text!r}")
    place = {letter: i for i, letter in enumerate(alphabet)}
    strange = sorted(set(text) - place.keys())
    if strange:
        raise ValueError(f"{name} must have letters of the alphabet alone, got {strange}")
    return np.array([place[letter] for letter in text], dtype=np.int64)


def _followers(model: CharacterModel, letters: Sequence[int]) -> Iterator[tuple[NDArray, NDArray]]:
    """Yield, for contexts of 0, 1, 2 … letters as long as they were seen: which letters follow, how often."""
    size, code = len(model.alphabet), 0
    for j, (runs, counts) in enumerate(model.counts[: len(letters) + 1]):
        if j:
            code += letters[-j] * size ** (j - 1)
        first, end = np.searchsorted(runs, [code * size, (code + 1) * size])
        if first == end:
            return
        yield runs[first:end] - code * size, counts[first:end]


def _after(model: CharacterModel, letters: Sequence[int]) -> Floats:
    """Return the probabilities of the next letter at T = 1: Witten and Bell's mixture."""
    p = np.full(len(model.alphabet), 1 / len(model.alphabet))
    for followers, counts in _followers(model, letters):
        p *= len(followers)
        p[followers] += counts
        p /= counts.sum() + len(followers)
    return p


def _at(p: Floats, T: ArrayLike, mass: float) -> Floats:
    """Temper and cut distributions, shape (..., letters), at temperatures T, whose axes come first."""
    heated = boltzmann(-np.log(p), T)
    return heated if mass == 1 else top_p(heated, mass)


def _rate(P: Floats) -> float:
    """Return Σ_i π_i H(P_i) with π = πP: states are taken out one by one, the last first."""
    A = P.copy()
    for n in range(len(A) - 1, 0, -1):
        leaves = A[n, :n].sum()
        if leaves == 0:
            raise ValueError("T must be higher: some letters can no longer be followed by all others")
        A[:n, n] /= leaves
        A[:n, :n] += np.outer(A[:n, n], A[n, :n])
    pi = np.ones(len(A))
    for n in range(1, len(A)):
        pi[n] = pi[:n] @ A[:n, n]
    return float(pi @ entropy(P) / pi.sum())
