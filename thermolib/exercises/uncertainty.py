"""Exercises of the page ``uncertainty``."""

from collections.abc import Callable
from math import exp, log

import numpy as np
from scipy.special import xlogy

from thermolib.exercises import NATS_OR_BITS, Exercise


def _entropy(p: np.ndarray) -> np.ndarray:
    return -xlogy(p, p).sum(axis=-1)


def _information(probs: np.ndarray, entropy: Callable[[np.ndarray], np.ndarray] = _entropy) -> np.ndarray:
    """Entropy of the mean less mean of the entropies, or what a wrong step makes of it."""
    return entropy(probs.mean(axis=0)) - entropy(probs).mean(axis=0)


def _naive(p: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return -(p * np.log(p)).sum(axis=-1)


_LEFT = _entropy(np.array([0.9, 0.1]))

EXERCISES = {
    "think-two-halves": Exercise(
        question="Whose 50 % will 400 more examples move more?",
        answer="B's",
        choices={
            "A's": "Most new examples lie near A. But they confirm what the first forty said there.",
            "B's": "Its 50 % is an average over many different answers. New examples leave fewer of them.",
            "both alike, for both are 50 %": "The number is the same, but not what it stands for.",
        },
    ),
    "think-groups": Exercise(
        question="One temperature, fitted to bright and faint pictures together. Is each half calibrated?",
        answer="No: one half will be too sure, the other not sure enough",
        choices={
            "Yes, each half": "One number can make one average right. Here are two to be made right.",
            "No: both halves will be too sure": (
                "Then a higher temperature would lower the common loss, and the fit would have chosen it."
            ),
            "No: one half will be too sure, the other not sure enough": (
                "Faint pictures have smaller logits, with nearly equal accuracy: a compromise suits neither."
            ),
        },
    ),
    "two-networks": Exercise(
        question="Nats or bits that a label tells of w: two equally probable networks say 0.9 and 0.1",
        answer=log(2) - _LEFT,
        units=NATS_OR_BITS,
        mistakes={
            "the entropy of the average, all of it: take off what each network leaves open": log(2),
            "the entropy that each network leaves open: it is what comes on top of it": _LEFT,
            "the sum of the two entropies: it is their difference": log(2) + _LEFT,
        },
    ),
    "information": Exercise(
        question="Information of label and network, a function of probs, shape (networks, inputs, classes)",
        answer=_information,
        arguments=[
            {"probs": np.array([[[0.9, 0.1], [0.5, 0.5]], [[0.1, 0.9], [0.4, 0.6]]])},
            {
                "probs": np.array(
                    [
                        [[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]],
                        [[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]],
                        [[0.1, 0.1, 0.8], [0.2, 0.4, 0.4]],
                    ]
                )
            },
            {"probs": np.array([[[1.0, 0.0, 0.0]], [[0.25, 0.25, 0.5]]])},
        ],
        mistakes={
            "the entropy of the mean alone: take off the mean of the entropies": lambda probs: _entropy(
                probs.mean(axis=0)
            ),
            "the mean of the entropies: that is what no data remove": lambda probs: _entropy(probs).mean(
                axis=0
            ),
            "the difference with its sign turned: the entropy of the mean is the larger one": (
                lambda probs: -_information(probs)
            ),
            "bits: the question asks for nats": lambda probs: _information(probs) / log(2),
            "an undefined 0·ln 0: it counts as 0": lambda probs: _information(probs, _naive),
        },
    ),
    "sure-by-three": Exercise(
        question="T* of a classifier with logits 3 and 0 that is right in 80 % of its cases",
        answer=3 / log(4),
        mistakes={
            "1/T*: the logits are divided by T": log(4) / 3,
            "the temperature that makes the confidence 0.8 of what it was": 3
            / log(0.8 / (1 + exp(-3)) / (1 - 0.8 / (1 + exp(-3)))),
            "a softmax whose other logit is −3: it is 0": 6 / log(4),
            "ln 0.8 where the logit ln(0.8/0.2) belongs": -3 / log(0.8),
        },
    ),
    "three-labellers": Exercise(
        question="Temperature of the likelihood when three labellers must agree",
        answer=1 / 3,
        mistakes={
            "the exponent S: the temperature is one over it": 3.0,
            "one labeller's likelihood: three independent ones multiply": 1.0,
            "two labellers more than one: all three factors count": 1 / 2,
            "one over S squared": 1 / 9,
        },
    ),
    "relu-kurtosis": Exercise(
        question="Excess kurtosis of f with ten hidden units max(g, 0)",
        answer=3 / 10 * 5,
        mistakes={
            "the kurtosis itself: the excess is what it has beyond 3": 4.5,
            "the factor 3, the fourth moment of a Gaussian, left out": 0.5,
            "⟨h⁴⟩ where its variance belongs: take off ⟨h²⟩²": 3 / 10 * 6,
            "one hidden unit: divide by n": 15.0,
            "units that are never zero: half of the time g < 0": 3 / 10 * 2,
        },
    ),
}
