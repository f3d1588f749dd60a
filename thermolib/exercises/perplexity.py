"""Exercises of the page ``perplexity``."""

import numpy as np
from numpy.typing import NDArray

from thermolib.entropy import top_p
from thermolib.exercises import Exercise


def _kept(p: NDArray, kept: NDArray) -> NDArray:
    return np.where(kept, p, 0.0) / p[kept].sum()


def _held_before(p: NDArray) -> NDArray:
    """What the more probable outcomes hold, of each."""
    before = np.empty(len(p))
    order = np.argsort(-p, kind="stable")
    before[order] = np.cumsum(p[order]) - p[order]
    return before


EXERCISES = {
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
    "places": Exercise(
        question="T below which “a” has more than half of the probability among the whole texts",
        answer=np.log(0.4 / 0.12) / np.log(5),
        mistakes={
            "its inverse: T is energy over entropy": np.log(5) / np.log(0.4 / 0.12),
            "one of the five texts with b in place of all five": np.log(0.4 / 0.12),
            "the first word alone, 0.4 against 0.6: the whole text counts": np.log(0.6 / 0.4) / np.log(5),
            "six texts for five: a is not one of those with b": np.log(0.4 / 0.12) / np.log(6),
            "the quotient of the probabilities without its logarithm": 0.4 / 0.12 / np.log(5),
        },
    ),
}
