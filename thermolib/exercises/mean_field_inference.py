"""Exercises of the page ``mean-field-inference``."""

from collections.abc import Callable
from math import cosh, log, sinh, tanh

import numpy as np
from numpy.typing import NDArray

from thermolib.exercises import Exercise

GAP = log(cosh(1 / 1.5))  # two spins, J = 1, T = 1.5: ln(4 cosh(J/T)) − ln 4
ECHO = 0.2**2 * (1 - 0.6**2) / 0.4 * 0.3  # J = 0.2, T = 0.4, means 0.3 and 0.6

Message = Callable[[int, NDArray, NDArray, float, float], NDArray]

SPIN = np.array([1.0, -1.0])  # the order of the two states in a message


def _message(
    others: Callable[[int, int], NDArray] = lambda n, j: np.arange(n) != j,
    joined: Callable[[NDArray], NDArray] = lambda incoming: incoming.prod(axis=0),
    added: Callable[[NDArray], NDArray] = lambda terms: terms.sum(axis=0),
    field: float = 1.0,
    heat: Callable[[float], float] = lambda T: T,
    sign: float = 1.0,
    normalised: bool = True,
) -> Message:
    """Return what a spin tells its neighbour j, or what a wrong part makes of it."""

    def message(j: int, incoming: NDArray, J: NDArray, h: float, T: float) -> NDArray:
        heard = joined(incoming[others(len(J), j)])
        factor = np.exp((sign * J[j] * np.outer(SPIN, SPIN) + field * h * SPIN[:, None]) / heat(T))
        told = added(factor * heard[:, None])
        return told / told.sum() if normalised else told

    return message


def _case(seed: int, neighbours: int, j: int, T: float) -> dict[str, object]:
    rng = np.random.default_rng(seed)
    up = rng.uniform(0.2, 0.8, neighbours).round(2)
    return {
        "j": j,
        "incoming": np.stack([up, 1 - up], axis=1),
        "J": rng.normal(0, 0.8, neighbours).round(1) + 0.05,
        "h": round(float(rng.uniform(0.3, 0.9)), 1),
        "T": T,
    }


EXERCISES = {
    "think-settled": Exercise(
        question="The averages that the six spins settle at, beside the true ones",
        answer="too far from zero",
        choices={
            "equal to the true ones": "Each spin took its neighbours' averages for their states.",
            "too far from zero": "Each hears its own echo in the others, and takes it for news.",
            "too near to zero": "It would be so if the others were heard less than they are.",
            "some farther, some nearer": "It could be so with other couplings. Here the sum says otherwise.",
        },
    ),
    "think-ring": Exercise(
        question="The exact mean of spin 0, which alone has a field h, on a ring with J = 1",
        answer="tanh(h/T), as if it were alone",
        choices={
            "tanh(h/T), as if it were alone": "The others know nothing but what they hear from it.",
            "more: the others agree with it, and support it": (
                "They agree because of it. Sum over them: both its states get the same factor."
            ),
            "less: the others have no field, and hold it back": (
                "Without it they lean to neither side, so they hold back neither of its states."
            ),
        },
    ),
    "gap": Exercise(
        question="ln Z less the best bound by a product, nats, of two spins with J = 1, T = 1.5 and no field",
        answer=GAP,
        mistakes={
            "bits: nats are asked for": GAP / log(2),
            "the mutual information of the spins, KL(p‖q) for KL(q‖p)": tanh(1 / 1.5) / 1.5 - GAP,
            "the coupling J where J/T belongs": log(cosh(1)),
            "T/J for J/T": log(cosh(1.5)),
            "the gap of F[q], in units of energy: a factor T too much": 1.5 * GAP,
            "the correction of TAP, which is near to the gap": 0.5 / 1.5**2,
            "ln Z itself": log(4) + GAP,
            "the bound itself, the entropy of two fair coins": log(4),
            "a state for each sign of the product alone: ln of 2 cosh(J/T)": log(2) + GAP,
            "sinh for cosh: both signs of the product count": log(sinh(1 / 1.5)),
        },
    ),
    "damping": Exercise(
        question="The share of the old value above which two equal means settle at 0, for J = −1 and T = ¼",
        answer=0.6,
        mistakes={
            "the share of the new value": 0.4,
            "the share at which the factor is 0: it has to stay above −1": 0.8,
            "T itself": 0.25,
            "1 − T": 0.75,
            "the answer at T = ½": 1 / 3,
        },
    ),
    "message": Exercise(
        question="What the spin tells its neighbour j: two numbers, for +1 and −1, of sum 1",
        answer=_message(),
        arguments=[_case(1, 3, 0, 1.0), _case(2, 3, 2, 2.0), _case(3, 4, 1, 0.5)],
        mistakes={
            "j's own message left in: it comes back as an echo": _message(
                others=lambda n, j: np.arange(n) >= 0
            ),
            "the message of j alone: all others count, and not this one": _message(
                others=lambda n, j: np.arange(n) == j
            ),
            "a sum of the messages that come in: independent pieces of news multiply": _message(
                joined=lambda incoming: incoming.sum(axis=0)
            ),
            "the greatest term where the sum over the spin's two states belongs": _message(
                added=lambda terms: terms.max(axis=0)
            ),
            "a product over the spin's two states, where their sum belongs": _message(
                added=lambda terms: terms.prod(axis=0)
            ),
            "the spin's own field forgotten": _message(field=0.0),
            "T forgotten": _message(heat=lambda T: 1.0),
            "T multiplied where it divides": _message(heat=lambda T: 1 / T),
            "a coupling of the wrong sign": _message(sign=-1.0),
            "a field of the wrong sign": _message(field=-1.0),
            "what others said forgotten: field and coupling alone": _message(
                joined=lambda incoming: np.ones(2)
            ),
            "a message that is not normalised to the sum 1": _message(normalised=False),
        },
    ),
    "echo": Exercise(
        question="The echo of a spin of mean 0.3 in a neighbour of mean 0.6, as a field; J = 0.2, T = 0.4",
        answer=ECHO,
        mistakes={
            "the susceptibility of the spin itself: the neighbour's mean belongs in it": (
                0.2**2 * (1 - 0.3**2) / 0.4 * 0.3
            ),
            "the susceptibility of the one with the mean of the other": 0.2**2 * (1 - 0.3**2) / 0.4 * 0.6,
            "the neighbour's mean where the spin's own belongs": 0.2**2 * (1 - 0.6**2) / 0.4 * 0.6,
            "J once: the pull goes there and comes back": 0.2 * (1 - 0.6**2) / 0.4 * 0.3,
            "a susceptibility without T": 0.2**2 * (1 - 0.6**2) * 0.3,
            "the echo over T: a field is asked for, and not what stands in tanh": ECHO / 0.4,
            "1 − m for 1 − m²": 0.2**2 * (1 - 0.6) / 0.4 * 0.3,
            "a neighbour that gives way fully: the susceptibility without 1 − m²": 0.2**2 / 0.4 * 0.3,
        },
    ),
}
