"""Exercises of the page ``energy-based-models``."""

from collections.abc import Callable
from math import exp, sqrt

import numpy as np
from numpy.typing import NDArray

from thermolib.exercises import Exercise

Update = Callable[[float, float, NDArray, NDArray, NDArray, float, float], NDArray]


def _update(
    sign: float = 1.0,
    noise: float = 2.0,
    walk: bool = True,
    half: float = 0.5,
    slope_m: float = -1.0,
    total: bool = False,
    in_turn: bool = False,
) -> Update:
    """Return one update of E = k(x − m)²/2: a Langevin step of the walkers, and a step down the contrast."""

    def update(
        k: float, m: float, data: NDArray, walkers: NDArray, eta: NDArray, step: float, rate: float
    ) -> NDArray:
        mean = np.sum if total else np.mean
        x = walkers - step * k * (walkers - m) + np.sqrt(noise * step) * eta if walk else walkers
        k_new = k - rate * sign * half * (mean((data - m) ** 2) - mean((x - m) ** 2))
        stiffness = k_new if in_turn else k
        return np.array([k_new, m - rate * sign * slope_m * stiffness * (mean(data - m) - mean(x - m))])

    return update


def _uphill(
    k: float, m: float, data: NDArray, walkers: NDArray, eta: NDArray, step: float, rate: float
) -> NDArray:
    """Let the walkers climb: + ε∇E."""
    return _update(walk=False)(
        k, m, data, walkers + step * k * (walkers - m) + np.sqrt(2 * step) * eta, eta, step, rate
    )


def _added(
    k: float, m: float, data: NDArray, walkers: NDArray, eta: NDArray, step: float, rate: float
) -> NDArray:
    """Lower the energy of both: the negatives added, not taken away."""
    x = walkers - step * k * (walkers - m) + np.sqrt(2 * step) * eta
    slopes = (
        [np.mean((both - m) ** 2) / 2 for both in (data, x)],
        [-k * np.mean(both - m) for both in (data, x)],
    )
    return np.array([k, m]) - rate * np.sum(slopes, axis=1)


K = (1 - sqrt(0.2)) / 0.4

EXERCISES = {
    "think-two-dreamers": Exercise(
        question="The dreams of the first program have the right shares, those of the second do not",
        answer="the second",
        choices={
            "the first": "After twenty steps its dreams are right. What does its energy say, if they go on?",
            "the second": "Twenty steps from noise are not yet its distribution. Later they are about right.",
            "both: the same data, the same energy": (
                "Their likelihoods of new points differ by more than a nat. Let both dream for longer."
            ),
        },
    ),
    "stacked": Exercise(
        question="Mean ln p, in nats: −5.00, the second layer gains 0.20 on q, then the KL is 0.05",
        answer=-5.00 + 0.20 + 0.05,
        mistakes={
            "the bound: the likelihood lies above it by the KL": -4.80,
            "the KL taken away: the bound lies below the likelihood": -4.85,
            "the first machine with the KL alone: what the second has gained counts, too": -4.95,
            "a loss: the bound rises": -5.25,
        },
        tolerance=2e-3,
    ),
    "update": Exercise(
        question="k and m after one update of E = ½k(x − m)², from k, m, data, walkers, eta, step and rate",
        answer=_update(),
        arguments=[
            {
                "k": 1.5,
                "m": 0.2,
                "data": np.array([0.4, 1.9, -0.3, 1.2]),
                "walkers": np.array([-0.7, 0.5, 1.4]),
                "eta": np.array([0.3, -1.1, 0.8]),
                "step": 0.3,
                "rate": 0.2,
            },
            {
                "k": 0.6,
                "m": -0.5,
                "data": np.array([1.0, 2.5]),
                "walkers": np.array([0.1, -1.4, 0.9, 0.6]),
                "eta": np.array([-0.6, 0.2, 1.3, -0.4]),
                "step": 0.1,
                "rate": 0.5,
            },
        ],
        mistakes={
            "the wrong sign of both phases: it climbs": _update(sign=-1.0),
            "negatives that are added: their energy is raised, so their slope is taken away": _added,
            "noise of variance ε: the kick has 2εT": _update(noise=1.0),
            "walkers that have not moved": _update(walk=False),
            "walkers that climb the energy: they slide down": _uphill,
            "∂E/∂k without its ½": _update(half=1.0),
            "∂E/∂m without its minus": _update(slope_m=1.0),
            "sums where means are meant": _update(total=True),
            "the new k in the slope of m: both start from the old values": _update(in_turn=True),
        },
    ),
    "learnt-k": Exercise(
        question="The k at which learning rests: data from N(0, 1), E = ½kx², Langevin steps of 0.4",
        answer=K,
        mistakes={
            "the data's 1/variance: finite steps make the walkers too wide, so learning goes on": 1.0,
            "the variance of the walkers at k = 1": 1 / (1 - 0.2),
            "the other root: it is not stable, learning moves away from it": (1 + sqrt(0.2)) / 0.4,
            "a bias of the other sign, 1 + εk/2": (-1 + sqrt(1.8)) / 0.4,
        },
    ),
    "model-variance": Exercise(
        question="The exact variance of the energy model that was learnt so",
        answer=1 / K,
        mistakes={
            "the variance of the walkers: the model itself has 1/k": 1.0,
            "the inverse: the variance is 1/k": K,
            "the standard deviation: its square is asked for": sqrt(1 / K),
            "the square: 1/k is a variance already": 1 / K**2,
        },
    ),
    "cold-steps": Exercise(
        question="Steps between two modes at T = ½: 150 at T = 1, over a barrier of 3",
        answer=150 * exp(3),
        mistakes={
            "half the temperature, twice the time: the barrier counts exponentially": 300.0,
            "e⁶ times the time at T = 1, which has e³ in it already": 150 * exp(6),
            "the square of the time: its factor e³ alone is squared": 150.0**2,
            "a factor of the root of e³: 1/T grows by 1, from 1 to 2": 150 * exp(1.5),
            "a shorter time: in the cold one waits longer": 150 * exp(-3),
        },
    ),
}
