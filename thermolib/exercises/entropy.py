"""Exercises of the chapter ``entropy``."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import binom, norm

from thermolib.entropy import cross_entropy, entropy, kl_divergence, max_entropy, softmax
from thermolib.exercises import Exercise

LOADED = np.array([0.5, 0.1, 0.1, 0.1, 0.1, 0.1])
FAIR = np.full(6, 1 / 6)
FACES = np.arange(1.0, 7.0)
NATS_OR_BITS = {"nats": 1.0, "bits": 1 / np.log(2)}
CAPACITY = 1 - entropy([0.2, 0.8], base=2)  # of a wire that flips one bit in five
TWO_CONSTRAINTS = max_entropy(np.stack([FACES, FACES**2]), [3.5, 17.5])


def _naive_softmax(z: NDArray, T: float) -> NDArray:
    weights = np.exp(z / T)  # overflows at z/T = 1000, and then inf/inf is NaN
    return weights / weights.sum()


def _bonus_optimum(slope: Callable[[float], float]) -> float:
    """Where −ln p − λ H(p) is least, with `slope` for H': −1/p − λ H'(p) = 0."""
    return brentq(lambda p: -1 / p - 0.25 * slope(p), 0.5, 1 - 1e-12)


EXERCISES = {
    "loaded-die": Exercise(
        question="Entropy, in bits, of a die with p = (1/2, 1/10, 1/10, 1/10, 1/10, 1/10)",
        answer=entropy(LOADED, base=2),
        mistakes={
            "nats: take the logarithm to base 2": entropy(LOADED),
            "a logarithm to base 10: take base 2": entropy(LOADED, base=10),
            "Σ p log₂ p without the minus sign in front": -entropy(LOADED, base=2),
            "the mean of the six terms −p log₂ p: entropy is their sum": entropy(LOADED, base=2) / 6,
            "the surprises −log₂ p averaged with equal weights: each counts with its own probability": (
                np.mean(-np.log2(LOADED))
            ),
        },
    ),
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
    "bonus-optimum": Exercise(
        question="The p₁ that makes −ln p₁ − λH least for two classes, at λ = 0.25, to three digits or more",
        answer=_bonus_optimum(lambda p: np.log((1 - p) / p)),
        tolerance=1e-3,
        mistakes={
            "the bonus with the wrong sign, or only its term −p₁ ln p₁: then nothing holds p₁ back": 1.0,
            "an entropy in bits, which makes the bonus larger by 1/ln 2": _bonus_optimum(
                lambda p: np.log2((1 - p) / p)
            ),
            "only the other class's term of the entropy": _bonus_optimum(lambda p: np.log(1 - p) + 1),
        },
    ),
    "noisy-wire": Exercise(
        question="Capacity, in bits per use, of a wire that flips one bit in five (f = 0.2)",
        answer=CAPACITY,
        mistakes={
            "nats: take the logarithm to base 2": np.log(2) - entropy([0.2, 0.8]),
            "what the noise destroys, H(f)": entropy([0.2, 0.8], base=2),
            "the share of bits that arrive unharmed, 1 − f: the receiver does not know which ones": 0.8,
            "1 bit less an entropy in nats: keep to one unit": 1 - entropy([0.2, 0.8]),
            "the number of uses that 1000 bits need": np.ceil(1000 / CAPACITY),
        },
    ),
    "noisy-wire-uses": Exercise(
        question="Uses of this wire that a message of 1000 bits needs at least",
        answer=float(np.ceil(1000 / CAPACITY)),
        tolerance=1e-6,
        mistakes={
            "the quotient, not rounded up: a use cannot be shared": 1000 / CAPACITY,
            "the quotient rounded down: that is not enough": float(np.floor(1000 / CAPACITY)),
            "a capacity that was rounded first": float(np.ceil(1000 / 0.278)),
            "the share of bits that arrive unharmed in place of the capacity": 1000 / 0.8,
            "division by what the noise destroys: divide by the capacity": float(
                np.ceil(1000 / (1 - CAPACITY))
            ),
            "a capacity in nats for a message in bits": float(np.ceil(1000 / (CAPACITY * np.log(2)))),
            "the message multiplied by the capacity: it is divided by it": 1000 * CAPACITY,
        },
    ),
    "critical-trade-off": Exercise(
        question="The trade-off T_c above which the Gaussian bottleneck forgets everything, at ρ = 0.6",
        answer=0.6**2,
        mistakes={
            "ρ itself: compare the two informations at faint signals": 0.6,
            "the critical β of the literature, which is 1/T_c": 0.6**-2,
            "the variance of Y that X leaves": 1 - 0.6**2,
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
    "think-macrostate": Exercise(
        question="A list of the value of every weight of a network is",
        answer="a microstate",
        choices={
            "a microstate": (
                "Nothing about the network is left open by it. A macrostate would be all lists of weights "
                "that share, say, one value of the loss."
            ),
            "a macrostate": (
                "A macrostate lumps together all states that share a few coarse numbers, such as the loss."
            ),
            "a probability distribution": (
                "It is one point of the space over which a distribution would be spread."
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
    "think-scale": Exercise(
        question="A continuous representation Z of X is multiplied by 1/10. What happens?",
        answer="its differential entropy falls, I(X;Z) stays",
        choices={
            "its differential entropy and I(X;Z) both fall": (
                "In I(X;Z) two densities are compared, and the factor cancels: Z still tells as much of X."
            ),
            "its differential entropy falls, I(X;Z) stays": (
                "By ln 10 for each dimension. Only the second measures what Z knows."
            ),
            "neither changes": (
                "A density that is squeezed grows: −∫p ln p falls by ln 10 for each dimension of Z."
            ),
        },
    ),
}
