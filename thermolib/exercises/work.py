"""Exercises of the page ``work``."""

from collections.abc import Callable
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logsumexp, ndtr

from thermolib.exercises import Exercise

Bar = Callable[[NDArray, NDArray, float], float]


def _bar(reverse: float = -1.0, numbers: float = 1.0, cold: bool = True, back: float = 1.0) -> Bar:
    """Return Bennett's estimate; `reverse`: sign of the reverse works, `numbers`: power of n_F/n_R."""

    def bar(W_F: NDArray, W_R: NDArray, T: float) -> float:
        heat = T if cold else 1.0
        W = np.concatenate([W_F, reverse * W_R]) / heat
        shift = numbers * log(len(W_F) / len(W_R))
        root = brentq(lambda f: expit(W - f + shift).sum() - len(W_F), W.min() - 50, W.max() + 50)
        return back * root * heat

    return bar


def _jarzynski(W: NDArray, T: float) -> float:
    return float(T * (log(len(W)) - logsumexp(-W / T)))


def _forward(W_F: NDArray, W_R: NDArray, T: float) -> float:
    return _jarzynski(W_F, T)


def _reverse(W_F: NDArray, W_R: NDArray, T: float) -> float:
    return -_jarzynski(W_R, T)


def _middle(W_F: NDArray, W_R: NDArray, T: float) -> float:
    return (_jarzynski(W_F, T) - _jarzynski(W_R, T)) / 2


def _means(W_F: NDArray, W_R: NDArray, T: float) -> float:
    return float(W_F.mean() - W_R.mean()) / 2


def _in_T(W_F: NDArray, W_R: NDArray, T: float) -> float:
    return _bar()(W_F, W_R, T) / T


EXERCISES = {
    "think-negative": Exercise(
        question="The share of ten thousand pulls in which the bead pulls you",
        answer="in about one of three",
        choices={
            "in about one of three": (
                "The mean work is 0.37 T, its spread 0.86 T. The second law bounds the mean alone."
            ),
            "in none: the second law forbids it": (
                "The second law is about the mean. The water kicks the bead, also forwards, by as much as T."
            ),
            "in about one of a million": (
                "That would need a mean work of five spreads. Here the spread is larger than the mean."
            ),
            "in half of them: the mean work is zero": (
                "The bead lags behind the beam, and a lag costs work: the mean is above zero."
            ),
        },
    ),
    "think-two-errors": Exercise(
        question="How often the truth lies within two error bars of a hundred pulls with a spread of 4 T",
        answer="in less than 30 %",
        choices={
            "in about 95 %": (
                "This holds where many of the works matter. Here it is a few of the hundred, and too few."
            ),
            "in about 70 %": "This is so at a spread of 2.5 T already.",
            "in less than 30 %": (
                "The works that decide are missing, and neither estimate nor error bar knows of them."
            ),
        },
    ),
    "sudden": Exercise(
        question="Dissipated work of a jump of the stiffness from 1 to 9, in units of T",
        answer=4 - log(3),
        mistakes={
            "the mean work: the free energy that it bought is to be taken off": 4.0,
            "a free energy of T ln 9: it is half of this logarithm": 4 - log(9),
            "a free energy that was added": 4 + log(3),
            "work without the half of the spring's energy": 8 - log(3),
            "a bead in equilibrium with the new spring: it starts with the old one": 4 / 9 - log(3),
        },
    ),
    "below": Exercise(
        question="Probability that a pull costs less than ΔF, where Gaussian work dissipates 2 T",
        answer=float(ndtr(-1)),
        mistakes={
            "the probability that it costs more": float(ndtr(1)),
            "the dissipated work taken for the variance: the variance is twice that": float(ndtr(-sqrt(2))),
            "the variance taken for the spread": float(ndtr(-0.5)),
            "a spread of one T": float(ndtr(-2)),
        },
    ),
    "enough": Exercise(
        question="Number of such pulls of which ten are effective",
        answer=10 * exp(4),
        mistakes={
            "the dissipated work in the exponent: the variance is twice that": 10 * exp(2),
            "the pulls for a single effective one": exp(4),
            "twice the variance in the exponent": 10 * exp(8),
        },
        tolerance=1e-2,
    ),
    "bar": Exercise(
        question="ΔF by Bennett's equation, from forward works W_F, reverse works W_R, and T",
        answer=_bar(),
        arguments=[
            {
                "W_F": np.array([2.1, 0.4, 3.3, 1.7, 2.6]),
                "W_R": np.array([0.9, -1.2, 0.3]),
                "T": 1.0,
            },
            {
                "W_F": np.array([5.0, 7.5]),
                "W_R": np.array([-3.0, -4.2, -1.1, -5.6, -2.4, -3.7]),
                "T": 2.5,
            },
            {
                "W_F": np.array([-1.0, -0.2, 0.6, -1.7]),
                "W_R": np.array([1.9, 0.8, 2.7, 1.1, 1.5, 2.2]),
                "T": 0.6,
            },
        ],
        mistakes={
            "reverse works with their own sign: in Crooks' theorem they stand as −W": _bar(reverse=1.0),
            "equal numbers of pulls taken for granted: the logarithm of n_F/n_R is missing": _bar(
                numbers=0.0
            ),
            "n_R/n_F in place of n_F/n_R": _bar(numbers=-1.0),
            "an equation without T: the work is to be divided by it": _bar(cold=False),
            "the answer in units of T: multiply by T": _in_T,
            "Jarzynski's estimate from the forward works alone": _forward,
            "Jarzynski's estimate from the reverse works alone": _reverse,
            "the middle of Jarzynski's two estimates": _middle,
            "a difference of mean works, the mean of a logarithm: it knows no exponentials": _means,
        },
    ),
    "gaussian": Exercise(
        question="ΔF where T = 1.5 and the work is Gaussian with mean 5 and standard deviation 2",
        answer=5 - 4 / 3,
        mistakes={
            "an equation without T: the variance is to be divided by it": 3.0,
            "the whole of the variance over T: half of it": 5 - 8 / 3,
            "the standard deviation in place of the variance": 5 - 2 / 3,
            "the dissipated work added: the mean lies above ΔF": 5 + 4 / 3,
            "the mean work, as if nothing were dissipated": 5.0,
        },
    ),
    "gaussian-back": Exercise(
        question="Mean work of the pulls back, at T = 1.5",
        answer=4 / 3 - (5 - 4 / 3),
        mistakes={
            "the forward mean with its sign turned: the way back dissipates too": -5.0,
            "−ΔF, as if nothing were dissipated": -(5 - 4 / 3),
            "the dissipated work alone: the way back also gains −ΔF": 4 / 3,
        },
    ),
    "demon-share": Exercise(
        question="Mean work gained by the demon whose reading has s = 1, as a share of T I",
        answer=0.25 / (log(2) / 2),
        mistakes={
            "an information in bits: T I wants nats": 0.5,
            "an information without its half": 0.25 / log(2),
            "a gain without the half of the spring's energy": 0.5 / (log(2) / 2),
        },
    ),
}
