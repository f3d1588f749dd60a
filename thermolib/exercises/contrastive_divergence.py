"""Exercises of the page ``contrastive-divergence``."""

from collections.abc import Callable

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
        p_v = _mean(h @ down + a)
        drawn = ((u_v >= p_v) if above else (u_v < p_v)).astype(float)
        v_new = drawn if visible == "drawn" else p_v
        q_h = _mean(v_new @ W + b)
        positive = v.T @ (p_h if first == "mean" else h)
        negative = v_new.T @ {"mean": q_h, "drawn": (u_h < q_h).astype(float), "old": h, "old mean": p_h}[last]
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
            "it is lower by many nats": "The machines know their ten rows, and give new ones almost no probability.",
            "it is the same: there was nothing to learn": (
                "There was nothing to learn, but there were ten rows to learn by heart. The error did fall."
            ),
            "it is higher: the error fell": (
                "No machine can give new flips more than −11.1 on average, and that is where they began."
            ),
        },
    ),
}
EXERCISES["think-pcd"] = Exercise(
    question="Twenty machines trained by PCD, after 4,000 updates with the rate 0.2",
    answer="below those of CD-1",
    choices={
        "below those of CD-1": "The weights change faster than the particles can go from valley to valley.",
        "between CD-1 and the exact gradient": (
            "So it is with a rate of 0.05. At 0.2 the weights outrun the particles."
        ),
        "where the exact gradient is": (
            "So it would be if the particles had time to come to equilibrium between two updates."
        ),
    },
)
