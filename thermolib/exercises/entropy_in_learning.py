"""Exercises of the page ``entropy-in-learning``."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import digamma, xlogy

from thermolib.entropy import entropy, softmax
from thermolib.exercises import Exercise

PREDICTION = entropy([0.7, 0.3])  # six heads in eight throws, uniform prior: Beta(7, 3)
DATA = digamma(11) - 0.7 * digamma(8) - 0.3 * digamma(4)
CAPACITY = 1 - entropy([0.2, 0.8], base=2)  # of a wire that flips one bit in five


def _H(p: NDArray) -> float:
    return -xlogy(p, p).sum()


def _conditional_entropy(p_xy: NDArray) -> float:
    return _H(p_xy) - _H(p_xy.sum(axis=0))


def _bonus_optimum(slope: Callable[[float], float]) -> float:
    """Where −ln p − λ H(p) is least, with `slope` for H': −1/p − λ H'(p) = 0."""
    return brentq(lambda p: -1 / p - 0.25 * slope(p), 0.5, 1 - 1e-12)


EXERCISES = {
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
    "conditional-entropy": Exercise(
        question="The conditional entropy H(X|Y), in nats, of a table of joint probabilities, as a function",
        answer=_conditional_entropy,
        arguments=[
            {"p_xy": np.array([[0.4, 0.1], [0.2, 0.3]])},
            {"p_xy": np.array([[0.25, 0.0, 0.25], [0.0, 0.4, 0.1]])},
            {"p_xy": np.outer([0.2, 0.8], [0.1, 0.3, 0.6])},
        ],
        mistakes={
            "H(Y|X): x stands along the rows, and y is what is known": lambda p: _H(p) - _H(p.sum(axis=1)),
            "the entropy of the pair: take off that of y": _H,
            "H(X), with nothing known": lambda p: _H(p.sum(axis=1)),
            "the mutual information, which is what y tells, not what it leaves open": lambda p: (
                _H(p.sum(axis=0)) + _H(p.sum(axis=1)) - _H(p)
            ),
            "bits: take the natural logarithm": lambda p: _conditional_entropy(p) / np.log(2),
            "0 ln 0 that became NaN: an entry of 0 contributes 0": lambda p: (
                -np.sum(p * np.log(p / p.sum(axis=0)))
            ),
            "the columns' entropies averaged with equal weights: each counts with the probability of its y": (
                lambda p: np.mean([_H(column / column.sum()) for column in p.T])
            ),
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
    "two-arms": Exercise(
        question="The probability of the better of two actions, rewards 1 and 0, at a bonus of strength 0.5",
        answer=softmax([1.0, 0.0], 0.5)[0],
        mistakes={
            "rewards multiplied by λ: they are divided by it": softmax([1.0, 0.0], 2.0)[0],
            "the softmax at temperature 1": softmax([1.0, 0.0])[0],
            "the probability of the worse action": softmax([1.0, 0.0], 0.5)[1],
            "the optimum without a bonus": 1.0,
        },
    ),
    "critical-trade-off": Exercise(
        question="The price T_c above which the Gaussian bottleneck forgets everything, at ρ = 0.6",
        answer=0.6**2,
        mistakes={
            "ρ itself: compare the two informations at faint signals": 0.6,
            "the critical β of the literature, which is 1/T_c": 0.6**-2,
            "the variance of Y that X leaves, or the figure's ρ = 0.8: here ρ = 0.6": 1 - 0.6**2,
        },
    ),
    "removable": Exercise(
        question="Nats that learning the bias would tell about the next throw, after six heads in eight",
        answer=PREDICTION - DATA,
        mistakes={
            "the entropy of the prediction: take off what would remain if the bias were known": PREDICTION,
            "the entropy of the data, which no further throw removes": DATA,
            "bits: take natural logarithms": (PREDICTION - DATA) / np.log(2),
            "the share of heads, 6/8, for the prediction: with a uniform prior it is 7/10": (
                entropy([0.75, 0.25]) - DATA
            ),
        },
    ),
    "think-whispers": Exercise(
        question="After ten whispers, each misheard one time in ten, what has arrived of one bit is",
        answer="less than a hundredth of a bit",
        choices={
            "less than a hundredth of a bit": (
                "0.008 bits. 55 right in a hundred is almost what guessing gives."
            ),
            "about a twentieth of a bit": (
                "The advantage over guessing is a twentieth, and information goes with its square."
            ),
            "about half a bit": "That is what arrives after one whisper: 0.53 bits.",
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
