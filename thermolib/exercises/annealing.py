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

EXERCISES = {
    "uphill": Exercise(
        question="Probability that Metropolis accepts ΔE = 1 at T = 0.5",
        answer=exp(-1 / 0.5),
        mistakes={
            "ΔE multiplied by T: it is divided by it": exp(-0.5),
            "the heat bath's rule, 1/(1 + e^(ΔE/T))": 1 / (1 + exp(2)),
            "a step that is always accepted, as if it led downhill": 1.0,
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
    "swap": Exercise(
        question="Metropolis's probability to exchange two replicas, as a function of T1, T2, E1, E2",
        answer=lambda T1, T2, E1, E2: min(1.0, exp((1 / T1 - 1 / T2) * (E1 - E2))),
        arguments=[
            {"T1": 0.5, "T2": 1.0, "E1": -1.0, "E2": 0.5},
            {"T1": 0.5, "T2": 1.0, "E1": 0.5, "E2": -1.0},
            {"T1": 2.0, "T2": 0.8, "E1": 1.0, "E2": 0.7},
            {"T1": 0.1, "T2": 0.2, "E1": -100.0, "E2": -90.0},
        ],
        mistakes={
            "the sign in the exponent: cold replicas would end up with the high energies": (
                lambda T1, T2, E1, E2: min(1.0, exp(-(1 / T1 - 1 / T2) * (E1 - E2)))
            ),
            "temperatures for inverse temperatures": (
                lambda T1, T2, E1, E2: min(1.0, exp((T1 - T2) * (E1 - E2)))
            ),
            "the heat bath's form, a valid rule, but not Metropolis's": (
                lambda T1, T2, E1, E2: 1 / (1 + exp(-(1 / T1 - 1 / T2) * (E1 - E2)))
            ),
            "a ratio that is not cut off at 1": lambda T1, T2, E1, E2: exp((1 / T1 - 1 / T2) * (E1 - E2)),
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
    "cut-energy": Exercise(
        question="E of a cut of 61 in a graph of 78 edges",
        answer=78.0 - 2 * 61,
        mistakes={
            "each edge counted twice: ½ sᵀJs counts it once": 2 * (78.0 - 2 * 61),
            "the edges that are cut alone: the others count as +1": -61.0,
            "the edges that are not cut": 78.0 - 61,
            "the opposite sign: a good cut has a low energy": 2 * 61.0 - 78,
        },
    ),
    "sgd-variance": Exercise(
        question="Stationary variance of x under SGD, η = 0.5, h = C = B = 1",
        answer=0.5 / (2 - 0.5),
        mistakes={
            "the formula for small steps, ηC/2B: here the step is not small": 0.25,
            "Langevin's noise, variance 2η instead of η²": 2 * 0.5 / (1 - 0.25),
            "the standard deviation: its square is asked for": (0.5 / 1.5) ** 0.5,
        },
    ),
    "sgd-temperature": Exercise(
        question="T_eff = ηC/2B at the same η, C and B",
        answer=0.5 * 1 / (2 * 1),
        mistakes={
            "the variance itself: T_eff is the formula for small steps": 0.5 / (2 - 0.5),
            "ηC/B: the 2 in the denominator is missing": 0.5,
            "η²C/2B: the noise of one step is spread over 1/η steps": 0.5**2 / 2,
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
    "think-noise": Exercise(
        question="Five examples, twenty weights, constant learning rate, batches of one: the loss",
        answer="goes to zero",
        choices={
            "goes to zero": "All examples can be fitted, and there each one's gradient vanishes: no noise.",
            "fluctuates about ηC/2B": "That needs noise at the minimum; where everything fits there is none.",
            "diverges": "It would above the stability limit, η|x|² = 2; here it is far below.",
        },
    ),
}
