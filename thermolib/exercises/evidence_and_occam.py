"""Exercises of the page ``evidence-and-occam``."""

from collections.abc import Callable
from math import log

import numpy as np
from scipy.special import digamma, logsumexp

from thermolib.exercises import Exercise
from thermolib.free_energy import gaussian_log_evidence
from thermolib.problems import anscombe

_x, _y = anscombe(1)
_line = np.vander((_x - 9) / 10**0.5, 2)


def _evidence(n: int, noise: float = 1.0, prior: float = 10.0) -> float:
    """Return ln Z of the line and the first n points."""
    return gaussian_log_evidence(_line[:n], _y[:n], noise, prior)


def _coin(beta: float, a: float = 1.0) -> float:
    """Mean of ln w⁷(1 − w)³ at the power beta; a = 1 is the uniform prior."""
    heads, tails = a + 7 * beta, a + 3 * beta
    both = digamma(heads + tails)
    return 7 * (digamma(heads) - both) + 3 * (digamma(tails) - both)


_five = np.linspace(0, 1, 5)
_means = np.array([_coin(beta) for beta in _five])
_crowded = _five**5
_trapezoid = float(np.trapezoid(_means, _five))

_rng = np.random.default_rng(0)
_TABLES = [
    {"betas": np.array([0.0, 0.1, 0.4, 1.0]), "log_L": _rng.normal(-8, 3, (4, 5))},
    {"betas": np.array([0.0, 0.5, 1.0]), "log_L": _rng.normal(-3, 2, (3, 2))},
    {"betas": np.linspace(0, 1, 6) ** 3, "log_L": _rng.normal(-2000, 300, (6, 4))},
]


def _stones(first: int = 0, share: float = 1.0) -> Callable[..., float]:
    """Return a sum over steps, from the rows first, first + 1, …; share = 0 sums over chains."""

    def stones(betas: np.ndarray, log_L: np.ndarray) -> float:
        d = np.diff(betas)[:, None]
        rows = log_L[first : first + len(d)]
        return float(np.sum(logsumexp(d * rows, axis=1) - share * np.log(rows.shape[1])))

    return stones


def _without_differences(betas: np.ndarray, log_L: np.ndarray) -> float:
    steps = betas[1:, None] * log_L[:-1]
    return float(np.sum(logsumexp(steps, axis=1) - np.log(log_L.shape[1])))


def _left_sum(betas: np.ndarray, log_L: np.ndarray) -> float:
    return float(np.diff(betas) @ log_L[:-1].mean(axis=1))


def _trapezoid_sum(betas: np.ndarray, log_L: np.ndarray) -> float:
    return float(np.trapezoid(log_L.mean(axis=1), betas))


def _annealed(betas: np.ndarray, log_L: np.ndarray) -> float:
    return float(logsumexp(np.diff(betas) @ log_L[:-1]) - np.log(log_L.shape[1]))


EXERCISES = {
    "wider": Exercise(
        question="By how many nats the evidence of degree 3 falls when s grows from 1000 to 10,000",
        answer=4 * log(10),
        mistakes={
            "one coefficient: degree 3 has more": log(10),
            "three coefficients: the constant is one, too": 3 * log(10),
            "decimal logarithms: nats are asked for": 4.0,
            "the variances' ratio: the price is the logarithm of the width's": 8 * log(10),
            "the factor, of one coefficient: its logarithm is asked for": 10.0,
        },
    ),
    "coin-trapezoid": Exercise(
        question="The trapezoid rule for ln Z of seven heads in ten, with five equally spaced powers",
        answer=_trapezoid,
        tolerance=1e-3,
        mistakes={
            "the left sum: the trapezoid takes the mean of both ends": float(_means[:-1].sum() / 4),
            "the right sum: the trapezoid takes the mean of both ends": float(_means[1:].sum() / 4),
            "the exact value: the rule with five powers is asked for": -7.185387015580,
            "the plain mean of the five heights: the two at the ends count half": float(_means.mean()),
            "powers (i/4)⁵: they are equally spaced here": float(
                np.trapezoid([_coin(beta) for beta in _crowded], _crowded)
            ),
            "two powers, 0 and 1: there are five": float((_means[0] + _means[-1]) / 2),
        },
    ),
    "stones": Exercise(
        question="ln Z by stepping stones, from the powers betas and the table log_L (powers, chains)",
        answer=_stones(),
        arguments=_TABLES,
        mistakes={
            "the mean of the logarithms, which is integration's left sum: take the logarithm of the mean": (
                _left_sum
            ),
            "thermodynamic integration by trapezoids: there is no exponential in it": _trapezoid_sum,
            "annealed weights: take the logarithm at each step, and then the sum": _annealed,
            "rows that lie one step too late: a step's mean is taken where it starts": _stones(first=1),
            "a sum over chains in place of a mean": _stones(share=0),
            "powers in place of their differences": _without_differences,
            "the right size with the wrong sign": lambda betas, log_L: -_stones()(betas, log_L),
        },
    ),
    "equal-steps": Exercise(
        question="Number of equal steps for a bracket 0.1 nats wide",
        answer=(1440.19 - 17.99) / 0.1,
        mistakes={
            "a bracket of one nat": 1440.19 - 17.99,
            "0.1 as a factor: one divides by the width": (1440.19 - 17.99) * 0.1,
            "a trapezoid within 0.1 of either end: the whole bracket is asked for": (1440.19 - 17.99) / 0.2,
        },
    ),
    "last-prediction": Exercise(
        question="ln p of the eleventh point, given the first ten, for the line on set I, in nats",
        answer=_evidence(11) - _evidence(10),
        mistakes={
            "the evidence of ten points, not the step to eleven": _evidence(10),
            "the evidence of all eleven points, not of the last one": _evidence(11),
            "the mean over the eleven predictions": _evidence(11) / 11,
            "the probability density: its logarithm is asked for": float(
                np.exp(_evidence(11) - _evidence(10))
            ),
            "the eleventh point predicted from the prior alone": gaussian_log_evidence(
                _line[10:], _y[10:], 1, 10
            ),
            "the first point's prediction: the last is asked for": _evidence(1),
        },
    ),
    "think-two-sets": Exercise(
        question="The degrees with the greatest ln Z are",
        answer="1 for set I, 2 for set II",
        choices={
            "5 for both": (
                "Degree 5 fits best. But it also fits many sets that did not come, and must keep some "
                "probability for them."
            ),
            "the same for both, since their lines fit equally well": (
                "The line is equally probable for both. The other degrees are not: a bend that is worth "
                "its coefficient in one set is noise in the other."
            ),
            "1 for set I, 2 for set II": (
                "In set I a bend explains next to nothing. In set II it explains all that the line leaves, "
                "which is worth more than the further coefficient costs."
            ),
        },
    ),
    "think-wide-prior": Exercise(
        question="With s = 1000 the evidence of set II",
        answer="it names the line",
        choices={
            "it names the parabola, as before": (
                "That would be so if the evidence judged the fit. It judges the bet, and a prior a hundred "
                "times as wide leaves a hundredth of it for a bend of this size."
            ),
            "it names the parabola, more clearly": (
                "A wider prior forbids less, and so it might seem kinder. But it spreads the same "
                "probability over more parabolas."
            ),
            "it names the line": (
                "The parabola fits as well as ever. Its prior now expects bends in the thousands, so that it "
                "had bet less on this one than noise alone had."
            ),
        },
    ),
}
