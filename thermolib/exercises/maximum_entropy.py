"""Exercises of the page ``maximum-entropy``."""

import numpy as np
from numpy.typing import NDArray

from thermolib.entropy import cross_entropy, entropy, kl_divergence, max_entropy, softmax
from thermolib.exercises import NATS_OR_BITS, Exercise

LOADED = np.array([0.5, 0.1, 0.1, 0.1, 0.1, 0.1])
FAIR = np.full(6, 1 / 6)
FACES = np.arange(1.0, 7.0)
TWO_CONSTRAINTS = max_entropy(np.stack([FACES, FACES**2]), [3.5, 17.5])


def _naive_softmax(z: NDArray, T: float) -> NDArray:
    weights = np.exp(z / T)  # overflows at z/T = 1000, and then inf/inf is NaN
    return weights / weights.sum()


EXERCISES = {
    "wrong-code": Exercise(
        question="Nats or bits per throw that a code for the loaded die's probabilities wastes on a fair die",
        answer=kl_divergence(FAIR, LOADED),
        units=NATS_OR_BITS,
        mistakes={
            "the divergence the other way round: here the fair die is the truth": kl_divergence(LOADED, FAIR),
            "the whole length of the message, the cross-entropy: take off what no code can save": (
                cross_entropy(FAIR, LOADED)
            ),
            "the entropy of the loaded die taken off: it is the fair die that is thrown": (
                cross_entropy(FAIR, LOADED) - entropy(LOADED)
            ),
            "the entropy of the fair die, which no code saves: it is what comes on top": entropy(FAIR),
        },
    ),
    "softmax-temperature": Exercise(
        question="The softmax p of logits z at temperature T, as a function of z and T",
        answer=softmax,
        arguments=[
            {"z": np.array([2.0, 1.0, 0.0]), "T": 1.0},
            {"z": np.array([2.0, 1.0, 0.0]), "T": 0.5},
            {"z": np.array([-1.0, 0.5, 3.0, 0.5]), "T": 4.0},
            {"z": np.array([1000.0, 1001.0, 999.0]), "T": 0.5},
            {"z": np.array([1000.0, 0.0, 0.0, 0.0]), "T": 1.0},
        ],
        mistakes={
            "logits multiplied by T: they are divided by it": lambda z, T: softmax(z, 1 / T),
            "e^(−z/T): a large logit is a low energy, E = −z": lambda z, T: softmax(-z, T),
            "an overflow: subtract the largest logit first": _naive_softmax,
            "e^(z/T) that is not divided by its sum": lambda z, T: np.exp(z / T),
            "e^((z − max z)/T) that is not divided by its sum": lambda z, T: np.exp((z - z.max()) / T),
            "a softmax divided by T afterwards: it is the logits that are divided": lambda z, T: (
                softmax(z) / T
            ),
            "a softmax that leaves T out": lambda z, T: softmax(z),
        },
    ),
    "two-constraints": Exercise(
        question="The six probabilities of the die of greatest entropy with mean 3.5 and mean square 17.5",
        answer=TWO_CONSTRAINTS.p,
        mistakes={
            "the fair die, whose mean square is only 91/6": FAIR,
            "both multipliers with the wrong sign: the middle faces became the likely ones": softmax(
                -TWO_CONSTRAINTS.lam @ np.stack([FACES, FACES**2])
            ),
            "the mean square alone, without the mean": max_entropy(FACES**2, 17.5).p,
        },
    ),
    "one-bump": Exercise(
        question="Width of the Gaussian q of least KL(p‖q), for bumps of width 1 at 0 (3/4) and 4 (1/4)",
        answer=2.0,
        mistakes={
            "the variance: the width is its root": 4.0,
            "the bumps' distance alone: each has a width of its own": np.sqrt(3.0),
            "the width of one bump, which is what the reverse divergence would give": 1.0,
            "bumps of equal weight": np.sqrt(5.0),
        },
    ),
    "annas-temperature": Exercise(
        question="The T for the logit of a forecaster who says 99.99 % and is right nine times in ten",
        answer=np.log(9999) / np.log(9),
        mistakes={
            "its inverse: logits are divided by T": np.log(9) / np.log(9999),
            "the quotient of the probabilities: it is the logits that are divided": 0.9999 / 0.9,
            "logarithms of the probabilities: a logit is ln p − ln(1 − p)": np.log(0.9) / np.log(0.9999),
            "the difference of the logits": np.log(9999) - np.log(9),
            "the quotient of the odds: take their logarithms": 9999 / 9,
        },
    ),
    "think-forecasters": Exercise(
        question="Who pays more in the long run?",
        answer="Anna, who says 99.99 %",
        choices={
            "Anna, who says 99.99 %": (
                "0.92 nats a day against 0.69. One day in ten she meets what she had called impossible, and "
                "pays 9.2."
            ),
            "Ben, who says 50 %": (
                "He pays ln 2 each day, 0.69 nats. Anna pays next to nothing on nine days in ten, but reckon "
                "what the tenth costs her."
            ),
            "both the same": "Ben pays 0.69 nats each day. Average what Anna pays over ten days.",
        },
    ),
    "think-overconfident": Exercise(
        question="Two Gaussians with one centre, one twice as wide. The dearer mistake is",
        answer="to believe the narrow one when the broad one is true",
        choices={
            "to believe the narrow one when the broad one is true": (
                "0.81 nats against 0.32: what the narrow one calls impossible happens often."
            ),
            "to believe the broad one when the narrow one is true": (
                "That costs 0.32 nats. The other mistake meets outcomes that it had called impossible."
            ),
            "neither: a divergence is a distance": (
                "It is not: exchange the two, and in general the number changes."
            ),
        },
    ),
    "think-negative-temperature": Exercise(
        question="A die of mean 4.5 has p ∝ exp(λ·face) with λ > 0. With faces as energies, its temperature",
        answer="is negative: the high levels are the fuller ones",
        choices={
            "is negative: the high levels are the fuller ones": (
                f"T = −1/λ = −{1 / max_entropy(FACES, 4.5).lam:.2f}. Nothing is wrong with that: faces are "
                "bounded above, so that nothing diverges."
            ),
            "does not exist, since λ = −1/T cannot be positive: the mean must be wrong": (
                "Every mean between 1 and 6 is possible; those above 3.5 need λ > 0, so T < 0."
            ),
            "is positive and high: a hot die": (
                "The hotter the die, the nearer λ is to 0 and the mean to 3.5; no positive T goes beyond."
            ),
        },
    ),
    "think-calibration": Exercise(
        question="All logits of a trained classifier are divided by T = 2. What changes?",
        answer="its confidence only",
        choices={
            "its accuracy and its confidence": (
                "The largest logit stays the largest: every decision, and so the accuracy, is what it was."
            ),
            "its confidence only": (
                "The order of the logits stays; their distances, and so the odds, shrink. If the accuracy "
                "moved, something else was changed too, or one of the two numbers is wrong."
            ),
            "its accuracy only": (
                "The decisions stay, for the largest logit stays the largest. The probabilities do not."
            ),
        },
    ),
}
