"""Exercises of the page ``dictionary``."""

from math import log

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from thermolib.exercises import Exercise


def _belief(q: NDArray, E: NDArray, T: float) -> float:
    return float(q @ E + T * xlogy(q, q).sum())


def _plus(q: NDArray, E: NDArray, T: float) -> float:
    return float(q @ E - T * xlogy(q, q).sum())


def _as_elbo(q: NDArray, E: NDArray, T: float) -> float:
    return -_belief(q, E, T)


def _in_units_of_T(q: NDArray, E: NDArray, T: float) -> float:
    return _belief(q, E, T) / T


def _cold(q: NDArray, E: NDArray, T: float) -> float:
    return _belief(q, E, 1.0)


def _in_bits(q: NDArray, E: NDArray, T: float) -> float:
    return float(q @ E + T * xlogy(q, q).sum() / log(2))


def _without_zeros(q: NDArray, E: NDArray, T: float) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(q @ E + T * np.sum(q * np.log(q)))


def _exact(q: NDArray, E: NDArray, T: float) -> float:
    low = E.min()
    return float(low - T * np.log(np.exp(-(E - low) / T).sum()))


def _hot(direction: tuple[float, float], eta: float = 0.1, sign: float = -1.0) -> float:
    (h, C) = direction
    return C / (2 + sign * eta * h)


EXERCISES = {
    "think-bayes": Exercise(
        question="The temperature of the probabilities that Bayes’ rule gives",
        answer="T = 1/ln 4 = 0.72",
        choices={
            "T = 1/ln 4 = 0.72": "Each further error costs a factor 0.2/0.8, and that is exp(−1/T).",
            "T = 0.2: the share of spoiled answers": (
                "A share is no temperature: a share of one half tells nothing, and is infinitely hot."
            ),
            "T = 1: Bayes’ rule knows no other": (
                "This is so if −ln likelihood is the energy. Here it is the number of errors."
            ),
            "it depends on how many questions were asked": (
                "More questions bring more energy, not another factor for each error."
            ),
        },
    ),
    "noise-temperature": Exercise(
        question="Temperature of the posterior where one label in ten is wrong and the energy counts errors",
        answer=1 / log(9),
        mistakes={
            "the inverse of a temperature": log(9),
            "the logarithm of 1/f: a right label has a probability too": 1 / log(10),
            "the share itself": 0.1,
            "an energy of −1 for each label that is right, too: the energy counts errors alone": 2 / log(9),
        },
    ),
    "belief": Exercise(
        question="Free energy of a belief q over states with the energies E, at temperature T",
        answer=_belief,
        arguments=[
            {"q": np.array([0.5, 0.3, 0.2]), "E": np.array([0.0, 1.0, 2.5]), "T": 0.7},
            {"q": np.array([1.0, 0.0, 0.0, 0.0]), "E": np.array([-1.3, 0.4, 2.0, 0.1]), "T": 2.0},
            {"q": np.full(8, 0.125), "E": np.arange(8.0) ** 2 - 3, "T": 3.5},
        ],
        mistakes={
            "U + TS: the entropy is to be taken off": _plus,
            "the ELBO’s sign: a free energy is to be made small": _as_elbo,
            "a free energy in units of T": _in_units_of_T,
            "an entropy without T": _cold,
            "an entropy in bits: T wants nats": _in_bits,
            "0 ln 0 taken for NaN: it is 0": _without_zeros,
            "−T ln Z, which knows no q": _exact,
        },
    ),
    "two-thermometers": Exercise(
        question="T₂/T₁ of SGD at η = 0.1, where h = C = 1 in one direction and 9 in the other",
        answer=_hot((9.0, 9.0)) / _hot((1.0, 1.0)),
        mistakes={
            "a step that is infinitely small": 9.0,
            "the ratio the other way round": _hot((1.0, 1.0)) / _hot((9.0, 9.0)),
            "the ratio of the variances: multiply each by its curvature": (
                _hot((9.0, 9.0)) / 9 / _hot((1.0, 1.0))
            ),
            "2 + ηh in place of 2 − ηh": _hot((9.0, 9.0), sign=1.0) / _hot((1.0, 1.0), sign=1.0),
        },
    ),
    "volume": Exercise(
        question="Volume at the batch size 128, as a multiple of that at 32, at a fixed effective rate",
        answer=0.25,
        mistakes={
            "the volume at a fixed rate η, where the effective one grows as r falls": 0.5,
            "the batch size taken for an inverse pressure": 4.0,
            "a temperature that falls as 1/B²: it falls as 1/B": 1 / 16,
        },
    ),
    "volume-fixed-rate": Exercise(
        question="The same multiple at a fixed rate η",
        answer=0.5,
        mistakes={
            "the volume at a fixed effective rate: here it grows as r falls": 0.25,
            "the radius in place of the volume": 0.5**0.5,
            "a volume that grows with the batch": 2.0,
        },
    ),
    "arrived": Exercise(
        question="Which of these is evidence that a run has reached equilibrium",
        answer="runs from different starts have the same histogram of the loss",
        choices={
            "the loss has stopped falling": "So it has in a local minimum, or where a chain is stuck.",
            "the gradient is zero": "That is a stationary point. At T > 0 equilibrium keeps moving.",
            "the acceptance rate is constant": "It is constant within one well too.",
            "runs from different starts have the same histogram of the loss": (
                "One distribution, whatever the start. It is no proof: all may have missed the same region."
            ),
        },
    ),
}
