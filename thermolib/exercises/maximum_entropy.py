"""Exercises of the page ``maximum-entropy``."""

import numpy as np
from numpy.typing import NDArray

from thermolib.entropy import cross_entropy, entropy, kl_divergence, max_entropy, softmax, top_p
from thermolib.exercises import Exercise

LOADED = np.array([0.5, 0.1, 0.1, 0.1, 0.1, 0.1])
FAIR = np.full(6, 1 / 6)
FACES = np.arange(1.0, 7.0)
NATS_OR_BITS = {"nats": 1.0, "bits": 1 / np.log(2)}
TWO_CONSTRAINTS = max_entropy(np.stack([FACES, FACES**2]), [3.5, 17.5])


def _naive_softmax(z: NDArray, T: float) -> NDArray:
    weights = np.exp(z / T)  # overflows at z/T = 1000, and then inf/inf is NaN
    return weights / weights.sum()


def _kept(p: NDArray, kept: NDArray) -> NDArray:
    return np.where(kept, p, 0.0) / p[kept].sum()


def _held_before(p: NDArray) -> NDArray:
    """What the more probable outcomes hold, of each."""
    before = np.empty(len(p))
    order = np.argsort(-p, kind="stable")
    before[order] = np.cumsum(p[order]) - p[order]
    return before


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
    "four-letters": Exercise(
        question="Perplexity of a model that gave to four letters the probabilities 1/2, 1/4, 1/8 and 1/8",
        answer=2**2.25,
        mistakes={
            "the mean of 1/p: average the surprises first, and take the exponential afterwards": 5.5,
            "one over the mean probability: it is the surprises that are averaged": 4.0,
            "the mean surprise in bits: take two to this power": 2.25,
            "the mean surprise in nats: take its exponential": 2.25 * np.log(2),
            "e to the power of bits: to bits belongs the base 2": np.exp(2.25),
            "the exponential of the whole surprise: divide it by the number of letters": 2.0**9,
            "the surprises weighted with their probabilities: each letter of a text counts once": 2**1.75,
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
    "top-p": Exercise(
        question="The distribution that top-p leaves of p, as a function of p and mass",
        answer=top_p,
        arguments=[
            {"p": np.array([0.5, 0.3, 0.2]), "mass": 0.6},
            {"p": np.array([0.05, 0.15, 0.5, 0.3]), "mass": 0.9},
            {"p": np.array([0.05, 0.15, 0.5, 0.3]), "mass": 0.4},
            {"p": np.array([0.1, 0.6, 0.3]), "mass": 1.0},
        ],
        mistakes={
            "the outcome that reaches the mass left out: together they must hold at least so much": (
                lambda p, mass: _kept(p, (_held_before(p) + p <= mass) | (_held_before(p) == 0))
            ),
            "probabilities that are not divided by the sum of those kept": lambda p, mass: np.where(
                top_p(p, mass) > 0, p, 0.0
            ),
            "outcomes kept in the order in which they stand: begin with the most probable": (
                lambda p, mass: _kept(p, np.cumsum(p) - p < mass - 1e-12)
            ),
            "one outcome too many: stop as soon as the mass is reached": lambda p, mass: _kept(
                p, (lambda before: before <= np.min(before[before >= mass], initial=1.0))(_held_before(p))
            ),
            "outcomes of at least a given probability: it is their sum that counts": lambda p, mass: _kept(
                p, (p >= 1 - mass) | (p == p.max())
            ),
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
    "think-memory": Exercise(
        question="With a memory of seven letters the unread chapter surprises the machine least",
        answer="above 1",
        choices={
            "below 1": (
                "Colder, it is surer still of what it has seen, and each letter that it did not expect "
                "costs more."
            ),
            "at 1": (
                "That would be best if its counts were the truth. Of contexts that were seen once or twice "
                "they are not."
            ),
            "above 1": (
                "Seven letters in a row were seen a few times only: the machine takes what happened once "
                "for a rule. Heat makes it less sure."
            ),
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
