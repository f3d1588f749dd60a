"""Exercises of the page ``ideal-gas``."""

from collections.abc import Callable
from math import log, sqrt, tanh

import numpy as np
from numpy.typing import NDArray

from thermolib.exercises import Exercise

Step = Callable[[NDArray, NDArray, float, float], NDArray]


def _step(power: float = 2.0, slope: float = 1.0, decayed: float = 1.0, sign: float = 1.0) -> Step:
    """Return one step of SGD at a fixed effective rate, for w (chains, d) and slopes g on the unit sphere.

    `power`: of the length in the rate; `slope`: power of 1/r in the gradient; `decayed`: of the rate in the
    decay; `sign`: of the gradient.
    """

    def step(w: NDArray, g: NDArray, rate: float, decay: float) -> NDArray:
        r = np.sqrt((w**2).sum(axis=1, keepdims=True))
        eta = rate * r**power
        return (1 - eta**decayed * decay) * w - sign * eta * g / r**slope

    return step


def _all_chains(w: NDArray, g: NDArray, rate: float, decay: float) -> NDArray:
    """One length for all chains together."""
    r = np.sqrt((w**2).sum())
    return (1 - rate * r**2 * decay) * w - rate * r * g


def _decay_last(w: NDArray, g: NDArray, rate: float, decay: float) -> NDArray:
    """Decay applied to the weights after the step."""
    r = np.sqrt((w**2).sum(axis=1, keepdims=True))
    eta = rate * r**2
    return (1 - eta * decay) * (w - eta * g / r)


_curved = 2 * (1 / tanh(20) - 0.05)  # ⟨ΔL⟩/(d − 1) at k = 2, T = 0.1

EXERCISES = {
    "think-pressure": Exercise(
        question="The run in which the mean loss stays the same",
        answer="the one with twice the weight decay",
        choices={
            "the one with twice the weight decay": (
                "It compresses at constant temperature: the direction, and with it the loss, does not notice."
            ),
            "the one with twice the batch": (
                "A larger batch makes less noise: the direction comes nearer to the minimum, the loss falls."
            ),
            "both": "If both left the loss alone, both would be pressures. One of them changes the noise.",
            "neither": "One of them changes only the length of the weights, which the loss does not know.",
        },
    ),
    "think-compress": Exercise(
        question="What twice the weight decay does at a fixed learning rate",
        answer="warmer",
        choices={
            "warmer": "The weights become shorter, and the same learning rate turns them further.",
            "colder": "Weight decay does not damp noise. It shortens the weights: what does a step do then?",
            "the same": "So it is at a fixed effective rate. Here the rate does not follow the length.",
        },
    ),
    "settled": Exercise(
        question="Length at which the weights settle at the rate η = 0.1, with λ = 0.0005 and G = 40",
        answer=4000**0.25,
        mistakes={
            "the square of the length, or a rate taken for the effective rate η/r²": 4000**0.5,
            "a balance without its 2: the decay acts on r, and r² feels it twice": 8000**0.25,
            "half as much decay again: 2λ stands below, not λ/2": 16000**0.25,
        },
    ),
    "step": Exercise(
        question="A step of SGD at a fixed effective rate, from w and g (chains, d), rate and decay",
        answer=_step(),
        arguments=[
            {
                "w": np.array([[0.6, 0.8, 0.0], [0.0, 0.0, 2.0]]),
                "g": np.array([[0.8, -0.6, 0.5], [1.0, -0.3, 0.0]]),
                "rate": 0.1,
                "decay": 0.2,
            },
            {
                "w": np.array([[3.0, 0.0], [0.0, -0.5], [1.2, 1.6]]),
                "g": np.array([[0.0, 1.5], [0.7, 0.0], [-0.8, 0.6]]),
                "rate": 0.04,
                "decay": 0.5,
            },
        ],
        mistakes={
            "a fixed rate: η = η_eff r² must follow the length": _step(power=0.0),
            "a rate that follows r, not r²": _step(power=1.0),
            "a gradient as on the unit sphere: at the length r it is g/r": _step(slope=0.0),
            "a weight decay without the learning rate": _step(decayed=0.0),
            "a step uphill": _step(sign=-1.0),
            "one length for all chains": _all_chains,
            "a decay of the weights after the step: both parts start from the same w": _decay_last,
        },
    ),
    "hotter": Exercise(
        question="Factor by which T changes at a fixed learning rate and four times the weight decay",
        answer=2.0,
        mistakes={
            "what happens at a fixed effective rate: there T stays": 1.0,
            "a temperature that goes with λ: it goes with its root": 4.0,
            "the factor of the volume": 0.5,
            "the factor of the length": sqrt(0.5),
            "the root of the root": sqrt(2),
        },
    ),
    "entropy": Exercise(
        question="Change of S in nats at a fixed effective rate and four times the weight decay, d = 11",
        answer=-5 * log(4),
        mistakes={
            "the sign: a smaller volume has less room": 5 * log(4),
            "ln λ without the half: r goes with the root of 1/λ": -10 * log(4),
            "a factor of two in λ": -5 * log(2),
            "what happens at a fixed rate and low temperature": 0.0,
            "one dimension too many: the direction has d − 1": -11 / 2 * log(4),
        },
    ),
    "curvature": Exercise(
        question="pV/RT to first order in the rate, for k = 2, σ = 1, d = 3 and an effective rate of 0.2",
        answer=1 + 0.1 * _curved,
        mistakes={
            "the curvature of the minimum alone: average it over the sphere": 1.2,
            "the whole rate: half of it": 1 + 0.2 * _curved,
            "the correction without the steepness k": 1 + 0.1 * _curved / 2,
            "a correction that lowers the pressure: the gradient pushes outwards too": 1 - 0.1 * _curved,
            "the ideal gas": 1.0,
        },
        tolerance=2e-3,
    ),
}
