"""Exercises of the page ``sgd-temperature``."""

from collections.abc import Callable
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from thermolib.exercises import Exercise

LocalEntropy = Callable[[NDArray, float], NDArray]


def _local(sign: float = -1.0, counted: float = 1.0, cold: bool = True) -> LocalEntropy:
    """Return ln⟨exp(sign·L/T)⟩; `counted`: the power of the number of perturbations that divides."""

    def entropy(L: NDArray, T: float) -> NDArray:
        return logsumexp(sign * L / (T if cold else 1.0), axis=-1) - counted * log(L.shape[-1])

    return entropy


def _mean_loss(L: NDArray, T: float) -> NDArray:
    return -L.mean(-1) / T


def _lowest(L: NDArray, T: float) -> NDArray:
    return -L.min(-1) / T


def _free_energy(L: NDArray, T: float) -> NDArray:
    return -T * _local()(L, T)


EXERCISES = {
    "think-batch": Exercise(
        question="What brings the scatter back after B went from 4 to 32",
        answer="the momentum",
        choices={
            "the learning rate": (
                "A good rule while steps are short. Here η h = 3.2 in the steepest direction: more than 2."
            ),
            "the momentum": "A kick then goes on in ever smaller steps, which add up to eight.",
            "both, equally well": "To first order they do the same. But one of the two takes too long steps.",
            "neither": "To first order η/B(1 − μ) decides, and one of the two keeps the steps short.",
        },
    ),
    "same": Exercise(
        question="Learning rate for B = 16 without momentum, as warm as η = 0.02, B = 64, μ = 0.9",
        answer=0.05,
        mistakes={
            "a smaller batch that is not made up for": 0.2,
            "momentum left out: it divides by 1 − μ": 0.005,
            "a batch that counts the wrong way round: a smaller one is hotter": 0.8,
            "momentum that cools: it heats": 0.0005,
            "a factor 1 + μ in place of 1/(1 − μ)": 0.02 / 4 * 1.9,
        },
    ),
    "share": Exercise(
        question="Factor of the spread of a batch of 250 out of 1000, not put back",
        answer=sqrt(750 / 999),
        mistakes={
            "the factor of the variance: the spread has its root": 750 / 999,
            "the share of the batch in place of what it leaves": sqrt(250 / 999),
            "the spread of a batch against that of one example": sqrt(750 / 999 / 250),
            "the variance upside down": sqrt(999 / 750),
        },
    ),
    "local": Exercise(
        question="Local entropy from losses L at perturbed weights, and T",
        answer=_local(),
        arguments=[
            {"L": np.array([[0.3, 1.2, 0.1, 2.4], [3.0, 0.6, 0.9, 0.2]]), "T": 0.5},
            {"L": np.array([[2000.0, 2000.7, 2003.1], [-2001.0, -1999.2, -2000.0]]), "T": 2.0},
        ],
        mistakes={
            "a sum in place of a mean: divide by the number of perturbations": _local(counted=0.0),
            "a reward in place of a loss: the exponent is −L/T": _local(sign=1.0),
            "an exponent without T": _local(cold=False),
            "minus the mean loss over T: the mean is one of exponentials": _mean_loss,
            "minus the least loss over T: all perturbations count": _lowest,
            "a free energy −T ln⟨…⟩": _free_energy,
        },
    ),
    "crossing": Exercise(
        question="Temperature at which the two valleys with 20 weights hold as many walkers",
        answer=2 / (20 * log(4)),
        mistakes={
            "a single direction: each has its room": 2 / log(4),
            "a logarithm without its half": 1 / (20 * log(4)),
            "a curvature in place of its logarithm": 2 / (20 * 4),
            "a logarithm to the base ten": 2 / (20 * log(4) / log(10)),
            "the temperature upside down": 20 * log(4) / 2,
        },
    ),
    "sharper": Exercise(
        question="Factor by which the largest eigenvalue grows",
        answer=(100 + 0.01) / 2,
        mistakes={
            "the eigenvalue itself: it was 2 before": 100.01,
            "the factor of the weight": 10.0,
            "the determinant's factor: the other eigenvalue stays 0": 1.0,
            "the sum of the weights in place of that of their squares": 10.1 / 2,
        },
    ),
}
