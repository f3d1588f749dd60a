"""Exercises of the page ``softmax-and-evidence``."""

from math import comb

import numpy as np
from scipy.special import gammaln

from thermolib.boltzmann import boltzmann
from thermolib.exercises import Exercise

WRONG, LOSS = 9, 0.1  # classes that were not observed, all with the logit 0; nats
MARGIN = np.log(WRONG / np.expm1(LOSS))  # ln(1 + 9 e^(−z)) = 0.1

LOGITS = [
    {"z": np.array([2.0, 1.0, 0.0]), "seen": 1, "T": 1.0},
    {"z": np.array([0.0, 0.0, 0.0, 0.0]), "seen": 3, "T": 0.5},
    {"z": np.array([-1.0, 3.0]), "seen": 0, "T": 2.0},
]


def _delta(z: np.ndarray, seen: int) -> np.ndarray:
    return np.eye(len(z))[seen]


def _loss_slope(z: np.ndarray, seen: int, T: float) -> np.ndarray:
    return (boltzmann(-z, T) - _delta(z, seen)) / T


LOG_FAIR = -10 * np.log(2)
LOG_BIASED = gammaln(8) + gammaln(4) - gammaln(12)  # ∫ w⁷ (1 − w)³ dw = 7! 3!/11!
THROWS = [
    {"heads": 7, "tails": 3},
    {"heads": 5, "tails": 5},
    {"heads": 26, "tails": 14},
    {"heads": 0, "tails": 6},
]


def _fair_over_unknown(heads: int, tails: int) -> float:
    log_unknown = gammaln(heads + 1) + gammaln(tails + 1) - gammaln(heads + tails + 2)
    return np.exp(-(heads + tails) * np.log(2) - log_unknown)


def _best_bias(heads: int, tails: int) -> float:
    n = heads + tails
    return 2.0**-n / ((heads / n) ** heads * (tails / n) ** tails)


CLAMPED = 1 / (1 + np.exp(-1.0))  # the mean of vh with v held at 1
FREE = np.e / (3 + np.e)  # and over all four states

EXERCISES = {
    "margin": Exercise(
        question="Ten classes, the nine wrong ones at logit 0: the observed logit for a loss of 0.1",
        answer=MARGIN,
        tolerance=1e-3,
        mistakes={
            "one wrong class: there are nine": -np.log(np.expm1(LOSS)),
            "ten wrong classes: one of the ten was observed": np.log(10 / np.expm1(LOSS)),
            "−ln 0.1, with loss and probability exchanged": -np.log(LOSS),
            "the probability 0.1 for the observed class: the loss is −ln p": np.log(
                WRONG * LOSS / (1 - LOSS)
            ),
            "the probability of the observed class": np.exp(-LOSS),
            "a loss of 0.1 bits: it is in nats": np.log(WRONG / (2**LOSS - 1)),
        },
    ),
    "loss-slope": Exercise(
        question="The slope of the loss with respect to each logit, as a function of z, seen and T",
        answer=_loss_slope,
        arguments=LOGITS,
        mistakes={
            "the slope of ln p: the loss is −ln p": lambda z, seen, T: -_loss_slope(z, seen, T),
            "the slope of ln Z alone: the observed logit enters too": lambda z, seen, T: boltzmann(-z, T) / T,
            "a slope that is not divided by T": lambda z, seen, T: _loss_slope(z, seen, T) * T,
            "probabilities at T = 1": lambda z, seen, T: (boltzmann(-z, 1.0) - _delta(z, seen)) / T,
            "energies E = z: they are −z": lambda z, seen, T: (boltzmann(z, T) - _delta(z, seen)) / T,
        },
    ),
    "coin": Exercise(
        question="The evidence of the fair coin divided by that of the unknown bias, for 7 heads in 10",
        answer=np.exp(LOG_FAIR - LOG_BIASED),
        mistakes={
            "the unknown bias over the fair coin": np.exp(LOG_BIASED - LOG_FAIR),
            "the logarithm of the factor": LOG_FAIR - LOG_BIASED,
            "the evidence of one model alone, 7 heads in any order: divide the two": 120 / 1024,
            "the evidence of the unknown bias alone: divide the two": 1 / 11,
            "the best bias, w = 0.7, in place of the average over all": (
                np.exp(LOG_FAIR) / (0.7**7 * 0.3**3)
            ),
            "ten throws in a given order for one model, and 7 heads in any order for the other": (
                np.exp(LOG_FAIR) * 11
            ),
        },
    ),
    "coin-factor": Exercise(
        question="The same factor, as a function of the numbers of heads and tails",
        answer=_fair_over_unknown,
        arguments=THROWS,
        mistakes={
            "the unknown bias over the fair coin": lambda heads, tails: 1 / _fair_over_unknown(heads, tails),
            "the logarithm of the factor": lambda heads, tails: np.log(_fair_over_unknown(heads, tails)),
            "the best bias in place of the average over all": _best_bias,
            "a given order for one model and any order for the other": (
                lambda heads, tails: 2.0 ** -(heads + tails) * (heads + tails + 1)
            ),
            "an integral over the bias that lacks the 1 in n + 1": lambda heads, tails: (
                2.0 ** -(heads + tails) * (heads + tails) * comb(heads + tails, heads)
            ),
        },
    ),
    "learning": Exercise(
        question="The slope of ln p(v = 1) with respect to w, at w = 1",
        answer=CLAMPED - FREE,
        mistakes={
            "the mean of vh with v held at 1: that of the free machine is subtracted": CLAMPED,
            "the mean of vh over all four states, the slope of ln Z": FREE,
            "the slope of ln Z − ln Z_v: the loss falls where ln p rises": FREE - CLAMPED,
            "the probability p(v = 1) itself": (1 + np.e) / (3 + np.e),
            "its logarithm, and not yet the slope": np.log((1 + np.e) / (3 + np.e)),
        },
    ),
    "think-sixty": Exercise(
        question="Sixty heads in a hundred. Favoured is",
        answer="neither: the two come out nearly even",
        choices={
            "the unknown bias: it contains a coin that fits seven times as well": (
                "It contains that coin among many others, most of which fit far worse. The model is judged "
                "by the average over all of them."
            ),
            "the fair coin, clearly: it is the simpler model": (
                "Simplicity is worth something here, as much as the share of biases that fit. The throws "
                "count against it, and sixty heads nearly cancel it."
            ),
            "neither: the two come out nearly even": (
                "One coin fits seven times as well, but the average over all coins is only about an eighth "
                "of the best. The two factors nearly cancel."
            ),
        },
    ),
    "think-ln-z": Exercise(
        question="A step of training raises ln p of the class that was observed. What does ln Z do?",
        answer="it may rise or fall: only its distance to the observed level counts",
        choices={
            "it falls: ln Z enters with a minus sign": (
                "ln p = −E/T − ln Z, and the step lowers E of the observed class too, which raises ln Z. The "
                "sum of both effects has either sign."
            ),
            "it rises: learning raises the partition function": (
                "For class 0 it does, and for class 1 it does not. What rises in both is −E/T − ln Z."
            ),
            "it may rise or fall: only its distance to the observed level counts": (
                "Its slope along the step is the observed class's p minus the sum of all p², which is "
                "positive for the likeliest class and can be negative for others."
            ),
        },
    ),
}
