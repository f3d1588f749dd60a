"""Exercises of the page ``errata``."""

from collections.abc import Callable
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from thermolib.exercises import Exercise

Best = Callable[[float, NDArray, NDArray, NDArray], float]


def _energy(x: float) -> float:
    return float((x * x - 1) ** 2 + x / 4)


def _best(keep: str = "lowest", walk: str = "metropolis") -> Best:
    """Return what a run of annealing should store; `keep`: what it stores, `walk`: how it moves instead."""

    def best(x: float, steps: NDArray, u: NDArray, T: NDArray) -> float:
        stored = _energy(x)
        for step, chance, heat in zip(steps, u, T, strict=True):
            rise = _energy(x + step) - _energy(x)
            accepted = chance < exp(-max(0.0, rise) / (1.0 if walk == "no T" else heat))
            if walk == "descent":
                accepted = rise < 0
            elif walk == "any":
                accepted = True
            x = x + step if accepted else x
            stored = min(stored, _energy(x))
        return float(_energy(x) if keep == "last" else stored)

    return best


def _imbalance(law: str = "stationary", difference: str = "flows") -> Callable[[NDArray], float]:
    """Return the greatest ``|π_i P_ij − π_j P_ji|``; `law`: whose weights are used, `difference`: of what."""

    def imbalance(P: NDArray) -> float:
        n = len(P)
        pi = np.full(n, 1 / n)
        if law == "stationary":
            pi = np.linalg.lstsq(np.vstack([P.T - np.eye(n), np.ones(n)]), np.append(np.zeros(n), 1.0))[0]
        elif law == "none":
            pi = np.ones(n)
        flow = pi[:, None] * P if difference != "columns" else P * pi
        if difference == "stationarity":
            return float(np.abs(pi @ P - pi).max())
        gap = np.abs(flow - flow.T)
        return float(gap.sum() if difference == "sum" else gap.max())

    return imbalance


EXERCISES = {
    "think-mend": Exercise(
        question="What to mend in the program that anneals a network, if only one thing",
        answer="the size of the steps",
        choices={
            "the size of the steps": (
                "With steps of 0.2 the loss halves. No other mend alone moves it by a hundredth."
            ),
            "the number of steps": (
                "Five times as many steps of 0.001 are still a random walk that does not feel the loss."
            ),
            "the temperature at the start": (
                "At each T of this schedule a step changes the loss by far less than T: it is accepted."
            ),
            "what is stored as the best": (
                "It should be mended. But the best of a random walk near its start is not good either."
            ),
        },
    ),
    "think-gradient-noise": Exercise(
        question="Where the median chain ends if the noise is proportional to the gradient",
        answer="at zero",
        choices={
            "at zero": "Noise and slope vanish together there, so a chain that comes near is not shaken off.",
            "where it should be, near 0.67": (
                "So it would be with noise of constant size, which is Langevin's. "
                "Here a chain near the minimum is hardly shaken."
            ),
            "at infinity": (
                "The mean square grows without bound. It belongs to very rare chains, not to the median."
            ),
        },
    ),
    "prior-term": Exercise(
        question="KL divergence of a weight with mean 0.5 and log-variance −3 from N(0, 1), in nats",
        answer=(exp(-3) + 0.25 - 1 + 3) / 2,
        mistakes={
            "the published term: the squares of mean and log-variance": 0.25 + 9.0,
            "a log-variance taken for the logarithm of the standard deviation": (exp(-6) + 0.25 - 1 + 6) / 2,
            "a bound without its entropy: −½ ln σ² is missing": (exp(-3) + 0.25 - 1) / 2,
            "a bound without the −1, which makes it vanish at the prior": (exp(-3) + 0.25 + 3) / 2,
            "the divergence the other way round": ((1 + 0.25) * exp(3) - 1 - 3) / 2,
        },
    ),
    "best": Exercise(
        question="The best energy that an annealing run visits, from x, steps, u and T",
        answer=_best(),
        arguments=[
            {
                "x": 1.3,
                "steps": np.array([-0.2, -0.5, -0.6, -0.7, 0.4]),
                "u": np.array([0.5, 0.3, 0.4, 0.1, 0.2]),
                "T": np.array([1.0, 0.8, 0.8, 0.7, 0.6]),
            },
            {
                "x": -0.9,
                "steps": np.array([0.5, 0.4, 0.6, -0.3]),
                "u": np.array([0.1, 0.2, 0.3, 0.6]),
                "T": np.array([2.0, 2.0, 1.0, 0.5]),
            },
            {
                "x": 0.2,
                "steps": np.array([0.5, 0.8, -0.1, -0.6, -0.9, -0.4]),
                "u": np.array([0.4, 0.9, 0.8, 0.3, 0.2, 0.95]),
                "T": np.array([0.5, 0.5, 0.5, 0.5, 0.5, 0.5]),
            },
        ],
        mistakes={
            "the published fault: the last state, and not the best": _best("last"),
            "descent, or proposals from the best state: they start at the current one, "
            "and go uphill too, if u is small enough": _best(walk="descent"),
            "a walk that accepts every step": _best(walk="any"),
            "an exponent without T": _best(walk="no T"),
        },
    ),
    "mean-square": Exercise(
        question="Mean square of w after 500 steps of 0.1 with noise √(2ε)|w|, if it was 1",
        answer=1.01**500,
        mistakes={
            "noise of constant size, which keeps the mean square near 1": 1 / 0.95,
            "the decay alone: the noise is missing": 0.9**1000,
            "a growth of 2ε a step: the slope takes most of it away": 1.2**500,
            "a single step": 1.01,
        },
        tolerance=1e-2,
    ),
    "same-variance": Exercise(
        question="The batch that keeps the variance, if the rate goes from 0.1 to 0.6 and the batch was 100",
        answer=100 * (0.6 / 1.4) / (0.1 / 1.9),
        mistakes={
            "a batch that keeps ηC/2B: it holds for small steps alone": 600.0,
            "a factor 2 − ηh on the wrong side": 100 * (0.6 * 1.4) / (0.1 * 1.9),
            "a smaller batch for a larger rate": 100 * (0.1 / 1.9) / (0.6 / 1.4),
        },
    ),
    "imbalance": Exercise(
        question="By how much a transition matrix P misses detailed balance",
        answer=_imbalance(),
        arguments=[
            {"P": np.array([[0.2, 0.7, 0.1], [0.1, 0.2, 0.7], [0.7, 0.1, 0.2]])},
            {"P": np.array([[0.5, 0.5, 0.0], [0.3, 0.3, 0.4], [0.1, 0.1, 0.8]])},
            {"P": np.array([[0.1, 0.6, 0.3], [0.4, 0.4, 0.2], [0.5, 0.0, 0.5]])},
        ],
        mistakes={
            "a uniform distribution in place of the stationary one": _imbalance("uniform"),
            "the asymmetry of P itself: each row wants its π": _imbalance("none"),
            "rows and columns changed: π_i belongs to the state that is left": _imbalance(
                difference="columns"
            ),
            "stationarity, πP = π, which each chain has": _imbalance(difference="stationarity"),
            "the sum over all pairs: the greatest was asked for": _imbalance(difference="sum"),
        },
    ),
    "gas-volume": Exercise(
        question="Factor by which V changes if the weight decay doubles and the batch becomes 8 times larger",
        answer=0.25,
        mistakes={
            "a temperature that does not change: it falls with the batch, and rises with the decay": 0.5,
            "batch size as a pressure": 1 / 16,
            "weight decay alone": 1 / 2**0.5,
            "batch size alone": 1 / 8**0.5,
        },
    ),
    "one-entropy": Exercise(
        question="Entropy of the belief at which ⟨L⟩ − TS is least, if L is 0 or ln 3, and T = 1",
        answer=log(4) - 0.75 * log(3),
        mistakes={
            "the sum with a plus: it is least where the belief is sure": 0.0,
            "equal odds: they are found at infinite T": log(2),
            "an entropy in bits": (log(4) - 0.75 * log(3)) / log(2),
            "minus ln Z in place of the entropy": log(4 / 3),
        },
    ),
}
