"""Exercises of the chapter ``annealing``."""

from math import exp

import numpy as np
from numpy.typing import NDArray

from thermolib.exercises import Exercise

E = np.array([0.0, 1.0, 0.5])


def _three_states(accept: NDArray, refused: bool = True, around: bool = False) -> NDArray:
    """Transition matrix at T = 1 from the acceptance of each move, between neighbours or around a ring."""
    neighbours = np.array([[0, 1, around], [1, 0, 1], [around, 1, 0]])
    P = neighbours * accept / 2
    return P + np.diag(1 - P.sum(axis=1)) if refused else P


RISE = E[None, :] - E[:, None]
METROPOLIS = np.exp(np.minimum(0, -RISE))

PATH = [0.3, 0.0, 0.7, -0.1, -0.1, 0.9]


def _step(i: int, E: NDArray, T: float, u: float, v: float) -> int:
    j = i - 1 if u < 0.5 else i + 1
    return j if 0 <= j < len(E) and v < np.exp(min(0.0, -(E[j] - E[i]) / T)) else i


def _around(i: int, E: NDArray, T: float, u: float, v: float) -> int:
    j = (i - 1 if u < 0.5 else i + 1) % len(E)
    return j if v < np.exp(min(0.0, -(E[j] - E[i]) / T)) else i


def _wrong_way(i: int, E: NDArray, T: float, u: float, v: float) -> int:
    j = i - 1 if u < 0.5 else i + 1
    return j if 0 <= j < len(E) and v > np.exp(min(0.0, -(E[j] - E[i]) / T)) else i


EXERCISES = {
    "uphill": Exercise(
        question="Probability that Metropolis accepts ΔE = 1 at T = 0.5",
        answer=exp(-1 / 0.5),
        mistakes={
            "ΔE multiplied by T: it is divided by it": exp(-0.5),
            "the heat bath's rule, 1/(1 + e^(ΔE/T))": 1 / (1 + exp(2)),
            "a step that is always accepted, as if it led downhill": 1.0,
            "the probability that the step is refused": 1 - exp(-2),
        },
    ),
    "step": Exercise(
        question="One Metropolis step on a path, as a function of i, E, T, u, v",
        answer=_step,
        arguments=[
            {"i": 2, "E": np.array(PATH), "T": 0.5, "u": 0.1, "v": 0.9},  # down, to the left
            {"i": 3, "E": np.array(PATH), "T": 0.5, "u": 0.1, "v": 0.1},  # up by 0.8, 0.2019: accepted
            {"i": 3, "E": np.array(PATH), "T": 0.5, "u": 0.1, "v": 0.5},  # refused; 0.67 if T multiplied
            {
                "i": 4,
                "E": np.array(PATH),
                "T": 2.0,
                "u": 0.7,
                "v": 0.5,
            },  # up by 1, 0.6065; 0.1353 if T multiplied
            {"i": 1, "E": np.array(PATH), "T": 1.0, "u": 0.5, "v": 0.99},  # up by 0.7, 0.4966: refused
            {"i": 5, "E": np.array(PATH), "T": 1.0, "u": 0.8, "v": 0.0},  # beyond the end
            {"i": 3, "E": np.array(PATH), "T": 1.0, "u": 0.9, "v": 0.3},  # level
        ],
        mistakes={
            "the sign of ΔE: steps uphill are the rare ones": lambda i, E, T, u, v: _step(i, -E, T, u, v),
            "ΔE multiplied by T: it is divided by it": lambda i, E, T, u, v: _step(i, E, 1 / T, u, v),
            "every proposal accepted": lambda i, E, T, u, v: _step(i, E, np.inf, u, v),
            "steps uphill never accepted: that is descent": lambda i, E, T, u, v: _step(i, E, 1e-12, u, v),
            "a ring: beyond the ends there is no state": _around,
            "left and right exchanged": lambda i, E, T, u, v: _step(i, E, T, 0.999 - u, v),
            "the comparison the wrong way round: accept where v is below the probability": _wrong_way,
        },
    ),
    "three-states": Exercise(
        question="The matrix of Metropolis's chain on three states in a row, E = (0, 1, 0.5), T = 1",
        answer=_three_states(METROPOLIS),
        mistakes={
            "refused proposals forgotten: they stay on the diagonal, and rows sum to 1": _three_states(
                METROPOLIS, refused=False
            ),
            "a ring: from one end there is no step to the other": _three_states(METROPOLIS, around=True),
            "the sign of ΔE: steps uphill are the rare ones": _three_states(np.exp(np.minimum(0, RISE))),
            "the transposed matrix: row i holds the probabilities to go from i": _three_states(METROPOLIS).T,
            "the heat bath's rule instead of Metropolis's": _three_states(1 / (1 + np.exp(RISE))),
            "refused proposals drawn again until one is accepted: the waiting counts": (
                _three_states(METROPOLIS, refused=False)
                / _three_states(METROPOLIS, refused=False).sum(axis=1, keepdims=True)
            ),
            "ends that propose inwards with certainty: they propose beyond the end half of the time": (
                _three_states(METROPOLIS * np.array([[2], [1], [2]]))
            ),
        },
    ),
    "depth": Exercise(
        question="The critical c when state 2 is lowered to −1.6",
        answer=1.2 - -1.3,
        mistakes={
            "the depth of the lowest state: that need not be left": 1.2 - -1.6,
            "the depth of state 2 as it was": 1.2 - -0.8,
            "the height of the hill above zero: count from the bottom of the valley": 1.2,
            "the difference of the two bottoms: the way leads over the hill": -1.3 - -1.6,
        },
    ),
    "waiting": Exercise(
        question="Seconds to cross the barrier at T = 0.05 ΔV, if it takes 1 s at T = 0.1 ΔV",
        answer=exp(1 / 0.05 - 1 / 0.1),
        mistakes={
            "half the temperature, twice the time: the dependence is exponential": 2.0,
            "the square of the time: that holds for times in units of the prefactor, not in seconds": 1.0,
            "the full exponent at 0.05: only the difference of the two counts": exp(1 / 0.05),
            "the other direction: it takes longer when it is colder": exp(-10),
        },
    ),
    "golf": Exercise(
        question="Mean steps from beside the hole into it, on the cube of four dimensions",
        answer=15.0,
        mistakes={
            "2ⁿ, the mean time to come back to a state: the step away from it is one of these": 16.0,
            "n: that holds only if no other coordinate is spoiled before": 4.0,
            "half of the corners, as if none were tried twice": 8.0,
            "the time from the farthest corner": 15 + 11 / 3 + 5 / 3 + 1,
        },
    ),
    "last": Exercise(
        question="The temperature at which a rise of 0.5 is accepted once in a hundred attempts",
        answer=0.5 / np.log(100),
        mistakes={
            "the logarithm to base 10: Metropolis's rule has e": 0.5 / 2,
            "the rise times the logarithm: divide by it": 0.5 * np.log(100),
            "a hundredth of the rise": 0.5 / 100,
            "the standard deviation for the rise: that is for the first temperature": 12 / np.log(100),
            "the rise itself, at which 37 of a hundred are accepted": 0.5,
        },
    ),
    "think-schedule": Exercise(
        question="Of 1000 steps, the schedule that brings the most walkers to the lowest state",
        answer="linear",
        choices={
            "linear": "It spends the most steps where the hill can be crossed, and still ends cold.",
            "geometric": "It is cold too soon: nearly two thirds of its steps are below T = 0.5.",
            "logarithmic": "With c = 2 it is below T = 0.5 within 60 steps, and few have crossed by then.",
        },
    ),
    "think-rejection": Exercise(
        question="A chain that draws until a proposal is accepted, so that every step moves",
        answer="samples another distribution",
        choices={
            "samples another distribution": (
                "The steps spent waiting are what makes a low state probable; without them its weight is "
                "divided by the mean waiting time there."
            ),
            "samples π, only faster": ("Waiting is not waste: the time spent in a state is its probability."),
            "samples π, because accepted moves still balance in pairs": (
                "They do not: dividing by the probability to move, different from state to state, breaks it."
            ),
        },
    ),
    "think-depth": Exercise(
        question="The valley of the lowest state does not count for d* because",
        answer="it need not be left: only from the others must one be able to escape",
        choices={
            "it need not be left: only from the others must one be able to escape": (
                "And the deepest of the others takes the longest."
            ),
            "it is left as easily as it is entered": "It is not: from its bottom the climb is highest.",
            "the hill is as high from both sides": (
                "It is higher as seen from the lowest state; that height plays no part."
            ),
        },
    ),
}
