"""Exercises of the page ``rare-events``."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, norm

from thermolib.entropy import entropy, kl_divergence
from thermolib.exercises import Exercise

FACES = np.arange(1, 7)
RATE_TEST = float(kl_divergence([0.92, 0.08], [0.9, 0.1]))
ENOUGH = math.log(1e6) / RATE_TEST


def _psi(lam: float) -> float:
    return float(np.log(np.mean(np.exp(lam * FACES))))


def _weights(sums: NDArray, n: int, x: float, lam: float, psi_lam: float) -> NDArray:
    return np.where(sums >= n * x, np.exp(n * psi_lam - lam * sums), 0.0)


def _mean_and_error(w: NDArray) -> NDArray:
    return np.array([w.mean(), w.std(ddof=1) / np.sqrt(len(w))])


def _case(sums: list[int], n: int, x: float, lam: float) -> dict[str, object]:
    return {"sums": np.array(sums), "n": n, "x": x, "lam": lam, "psi_lam": _psi(lam)}


EXERCISES = {
    "think-ten-times": Exercise(
        question="600 heads or more in 1000 tosses of a fair coin, beside 60 or more in 100, are",
        answer="more than ten million times less probable",
        choices={
            "as probable: both are 60 %": (
                "By the law of large numbers, in more tosses the fraction keeps nearer to one half."
            ),
            "about ten times less probable": (
                "There are ten times as many tosses, and each costs a factor: the factors multiply."
            ),
            "more than ten million times less probable": (
                "Each toss costs a factor of about 0.98. Nine hundred more of them make 10⁻⁸."
            ),
        },
    ),
    "think-faces": Exercise(
        question="A fair die had a mean of 4.5 in 1000 throws. Of these throws",
        answer="the share grows from face to face, by the same factor",
        choices={
            "the share grows from face to face, by the same factor": (
                "It is the tilted die, p ∝ exp(λ·face): of all ways to reach the mean the most probable one."
            ),
            "the share grows from face to face, by the same amount": (
                "Such a die can have the mean 4.5, but it diverges more from the fair one than need be."
            ),
            "sixes came more often, and the others equally often": (
                "Then half of the throws would be sixes. Its divergence from the fair die is larger by "
                "nearly two thirds."
            ),
        },
    ),
    "rare-coins": Exercise(
        question="The rate, in nats per throw, at which 70 % heads become improbable for a fair coin",
        answer=kl_divergence([0.7, 0.3], [0.5, 0.5]),
        mistakes={
            "bits: take the natural logarithm": kl_divergence([0.7, 0.3], [0.5, 0.5]) / np.log(2),
            "the divergence the other way round: the frequencies that are seen come first": (
                kl_divergence([0.5, 0.5], [0.7, 0.3])
            ),
            "the term of the heads alone: the tails count too": 0.7 * np.log(0.7 / 0.5),
            "the entropy of the frequencies: the rate is what it lacks of the coin's": entropy([0.7, 0.3]),
            "the Gaussian approximation 2(x − ½)², good only near one half (or too few digits)": 2 * 0.2**2,
            "100 times the rate, the exponent for 100 throws": 100 * kl_divergence([0.7, 0.3], [0.5, 0.5]),
        },
    ),
    "rare-coins-hundred": Exercise(
        question="The probability of 70 heads or more in 100 throws of a fair coin, to within a twentieth",
        answer=binom.sf(69, 100, 0.5),
        tolerance=0.05,
        mistakes={
            "the bound e^(−100 I): it leaves out the factor in front": (
                np.exp(-100 * kl_divergence([0.7, 0.3], [0.5, 0.5]))
            ),
            "just 70 heads: more of them count too": binom.pmf(70, 100, 0.5),
            "more than 70 heads: 70 counts too": binom.sf(70, 100, 0.5),
            "a Gaussian of the same variance: so far out its tail is not the binomial's": norm.sf(3.9),
        },
    ),
    "test-set": Exercise(
        question="Test examples after which 92 % has probability 10⁻⁶ at most, by the bound, if 90 % is true",
        answer=float(math.ceil(ENOUGH)),
        tolerance=1e-3,
        mistakes={
            "the divergence the other way round: the share that is seen comes first": (
                math.log(1e6) / float(kl_divergence([0.9, 0.1], [0.92, 0.08]))
            ),
            "a logarithm to base 10 with a rate in nats": 6 / RATE_TEST,
            "Hoeffding's bound e^(−2n·0.02²), which holds but is weaker": math.log(1e6) / (2 * 0.02**2),
            "the rate of a fair coin: the true share is 0.9": (
                math.log(1e6) / float(kl_divergence([0.92, 0.08], [0.5, 0.5]))
            ),
            "the bound for one example in a million, without the logarithm": 1 / RATE_TEST,
        },
    ),
    "tilted-estimate": Exercise(
        question="P(S ≥ nx) and its standard error, as a function of sums, n, x, lam and psi_lam",
        answer=lambda sums, n, x, lam, psi_lam: _mean_and_error(_weights(sums, n, x, lam, psi_lam)),
        arguments=[
            _case([46, 43, 45, 39, 50, 44, 47, 45], 10, 4.5, 0.37),
            _case([11, 9, 12, 8, 7, 10], 2, 5.0, 0.8),
            _case([20, 21, 19, 23, 16], 5, 4.0, 0.2),
        ],
        mistakes={
            "trials counted without their weights: that is the tilted die's probability": (
                lambda sums, n, x, lam, psi_lam: _mean_and_error(1.0 * (sums >= n * x))
            ),
            "weights upside down: what was made more probable counts less": (
                lambda sums, n, x, lam, psi_lam: _mean_and_error(
                    np.where(sums >= n * x, np.exp(lam * sums - n * psi_lam), 0.0)
                )
            ),
            "the weights of all trials: those with S < nx count zero": (
                lambda sums, n, x, lam, psi_lam: _mean_and_error(np.exp(n * psi_lam - lam * sums))
            ),
            "S > nx: a sum of just nx counts too": lambda sums, n, x, lam, psi_lam: _mean_and_error(
                np.where(sums > n * x, np.exp(n * psi_lam - lam * sums), 0.0)
            ),
            "ψ taken once: each of the n throws brings it": lambda sums, n, x, lam, psi_lam: _mean_and_error(
                np.where(sums >= n * x, np.exp(psi_lam - lam * sums), 0.0)
            ),
            "the mean over the trials that got there: the others count as zeros": (
                lambda sums, n, x, lam, psi_lam: _mean_and_error(
                    np.exp(n * psi_lam - lam * sums[sums >= n * x])
                )
            ),
            "the spread of the weights: the error of their mean is smaller by the root of their number": (
                lambda sums, n, x, lam, psi_lam: np.array(
                    [
                        _weights(sums, n, x, lam, psi_lam).mean(),
                        _weights(sums, n, x, lam, psi_lam).std(ddof=1),
                    ]
                )
            ),
            "a variance with 1/m: the mean comes from the same m trials, so that it is 1/(m − 1) (ddof=1)": (
                lambda sums, n, x, lam, psi_lam: np.array(
                    [
                        _weights(sums, n, x, lam, psi_lam).mean(),
                        _weights(sums, n, x, lam, psi_lam).std() / np.sqrt(len(sums)),
                    ]
                )
            ),
        },
    ),
    "waiting": Exercise(
        question="The rate at which a mean of 2 becomes improbable, for waiting times of density exp(−v)",
        answer=1 - math.log(2),
        mistakes={
            "the Gaussian approximation (x − 1)²/2": 0.5,
            "ψ with the wrong sign: it is −ln(1 − λ)": 1 + math.log(2),
            "λx alone: take ψ off": 1.0,
            "ψ alone, at the λ of the maximum": math.log(2),
            "bits: take the natural logarithm": (1 - math.log(2)) / math.log(2),
        },
    ),
}
