"""Exercises of the page ``contrastive-divergence``."""

from collections.abc import Callable
from math import ceil, log

import numpy as np
from numpy.typing import NDArray

from thermolib.exercises import Exercise

Step = Callable[[NDArray, NDArray, NDArray, NDArray, NDArray, NDArray], NDArray]


def _mean(field: NDArray) -> NDArray:
    return 1 / (1 + np.exp(-field))


def _step(
    *,
    first: str = "mean",
    last: str = "mean",
    through: str = "drawn",
    visible: str = "drawn",
    sign: float = 1.0,
    turned: bool = False,
    share: bool = True,
    above: bool = False,
) -> Step:
    """Return CD-1 along the couplings from given random numbers, or what one of these slips makes of it."""

    def step(W: NDArray, a: NDArray, b: NDArray, v: NDArray, u_h: NDArray, u_v: NDArray) -> NDArray:
        down = W if turned else W.T
        p_h = _mean(v @ W + b)
        h = ((u_h >= p_h) if above else (u_h < p_h)).astype(float)
        p_v = _mean((h if through == "drawn" else p_h) @ down + a)
        drawn = ((u_v >= p_v) if above else (u_v < p_v)).astype(float)
        v_new = drawn if visible == "drawn" else p_v
        q_h = _mean(v_new @ W + b)
        positive = v.T @ (p_h if first == "mean" else h)
        negative = (
            v_new.T @ {"mean": q_h, "drawn": (u_h < q_h).astype(float), "old": h, "old mean": p_h}[last]
        )
        return sign * (positive - negative) / (len(v) if share else 1)

    return step


def _cases() -> list[dict[str, NDArray]]:
    rng = np.random.default_rng(12)
    cases = []
    for n, units in ((4, 3), (6, 4), (5, 3)):
        cases.append(
            {
                "W": rng.normal(size=(units, units)).round(2),
                "a": rng.normal(size=units).round(2),
                "b": rng.normal(size=units).round(2),
                "v": rng.integers(2, size=(n, units)).astype(float),
                "u_h": rng.random((n, units)).round(3),
                "u_v": rng.random((n, units)).round(3),
            }
        )
    return cases


EXERCISES = {
    "think-coin-flips": Exercise(
        question="The log-likelihood of new coin flips, after training on ten rows of them",
        answer="it is lower by many nats",
        choices={
            "it is lower by many nats": "The machines know ten rows, and give others almost no probability.",
            "it is the same: there was nothing to learn": (
                "There was nothing to learn, but there were ten rows to learn by heart. The error did fall."
            ),
            "it is higher: the error fell": (
                "No machine can give new flips more than −11.1 on average, and that is where they began."
            ),
        },
    ),
    "think-pcd": Exercise(
        question="Twenty machines trained by PCD, after 4,000 updates with the rate 0.2",
        answer="below those of CD-1",
        choices={
            "below those of CD-1": "The weights change faster than the particles can cross over.",
            "between CD-1 and the exact gradient": (
                "That holds for a rate of 0.05. At 0.2 the weights outrun the particles."
            ),
            "where the exact gradient is": (
                "The particles would need time to come to equilibrium between two updates."
            ),
        },
    ),
    "enough-steps": Exercise(
        question="The least whole k for which the bias of CD-k is below 1 % of that of CD-1",
        answer=ceil(1 + log(0.01) / log(0.4705)),
        mistakes={
            "the steps beyond the first: CD-1 makes one already": ceil(log(0.01) / log(0.4705)),
            "a number that is not whole": 1 + log(0.01) / log(0.4705),
            "a logarithm to base 10 over a natural one": -2 / log(0.4705),
            "ten times less, not a hundred": ceil(1 + log(0.1) / log(0.4705)),
        },
    ),
    "cd-step": Exercise(
        question="The direction of CD-1 along W, from W, a, b, patterns v, and random numbers u_h and u_v",
        answer=_step(),
        arguments=_cases(),
        mistakes={
            "the wrong sign: the data's average comes first": _step(sign=-1.0),
            "drawn hidden units in both averages: their means are less noisy": _step(
                first="drawn", last="drawn"
            ),
            "drawn hidden units in the average over the data": _step(first="drawn"),
            "drawn hidden units in the average after the step": _step(last="drawn"),
            "W on the way down, where its transpose belongs": _step(turned=True),
            "visible probabilities in place of drawn units": _step(visible="mean"),
            "hidden probabilities on the way to v: the hidden units must be drawn": _step(through="mean"),
            "the old h after the step: the hidden units must see the new v": _step(last="old"),
            "the old probabilities after the step: hidden units must see the new v": _step(last="old mean"),
            "a sum over the patterns: divide by their number": _step(share=False),
            "a unit that is drawn as 1 where its number is above its probability": _step(above=True),
        },
    ),
    "by-hand": Exercise(
        question="Expected CD-1 along W = ln 3 of one visible and one hidden unit, for the datum 1",
        answer=3 / 4 * (1 - 11 / 16),
        mistakes={
            "the exact gradient, with the machine's own p(v = 1) = 2/3": 3 / 4 * (1 - 2 / 3),
            "a chain whose hidden unit is on for sure: it is drawn": 3 / 4 * (1 - 3 / 4),
            "the change of v alone: it is multiplied with the mean of h": 1 - 11 / 16,
            "the average after the step alone, not the difference": 3 / 4 * 11 / 16,
            "hidden units that are off for sure: they are on with probability 1/2": 3 / 4 * (1 - 9 / 16),
        },
    ),
    "second-eigenvalue": Exercise(
        question="The second eigenvalue of the step from v to v′, for W = ln 3",
        answer=11 / 16 - 5 / 8,
        mistakes={
            "the first eigenvalue, which is 1 for each chain": 1.0,
            "its square root: half a step, from v to h": 1 / 4,
            "the trace: the first eigenvalue is in it": 11 / 16 + 3 / 8,
            "the chance to stay at 1": 11 / 16,
        },
    ),
    "unevenness": Exercise(
        question="How far below −ln 14 the mean log-likelihood is, in nats",
        answer=log(21 / 14) - log(2) / 2,
        mistakes={
            "a mean over dreams: it goes over the data": 2 / 3 * log(28 / 21) + 1 / 3 * log(14 / 21),
            "bits": (log(21 / 14) - log(2) / 2) / log(2),
            "the logarithm of the mean probability, which is that of −ln 14 itself": 0.0,
            "the rarer half alone": log(21 / 14),
            "half the logarithm of 2, without the norm": log(2) / 2,
        },
    ),
}
