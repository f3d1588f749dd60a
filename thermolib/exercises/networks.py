"""Exercises of the page ``networks``."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from thermolib.exercises import Exercise

Z = np.array([2.0, 1.0, 0.0])
P = np.exp(Z) / np.exp(Z).sum()


def _row(*slopes: NDArray) -> NDArray:
    return np.concatenate([np.ravel(one) for one in slopes])


def _tanh_slope(u: NDArray) -> NDArray:
    return 1 - np.tanh(u) ** 2


def _layer(delta: Callable[..., NDArray]) -> Callable[..., NDArray]:
    """Return the backward pass of a layer tanh(xW + b), with `delta` for the slopes of xW + b."""

    def backward(x: NDArray, W: NDArray, b: NDArray, g: NDArray) -> NDArray:
        at = delta(x, W, b, g)
        return _row(x.T @ at, at.sum(axis=0), at @ W.T)

    return backward


def _delta(x: NDArray, W: NDArray, b: NDArray, g: NDArray) -> NDArray:
    return g * _tanh_slope(x @ W + b)


EXERCISES = {
    "largest-step": Exercise(
        question="The learning rate below which gradient descent on L = 3w² converges",
        answer=2 / 6,
        mistakes={
            "3 for the curvature: it is the second derivative": 2 / 3,
            "1 over the curvature, where one step arrives: larger ones still converge": 1 / 6,
            "the curvature itself": 6.0,
            "the limit for a curvature of 1": 2.0,
        },
    ),
    "backward": Exercise(
        question="The slopes of W, b and x of a layer tanh(xW + b), in one row, from x, W, b and g",
        answer=_layer(_delta),
        arguments=[
            {
                "x": np.array([[1.0, -0.5]]),
                "W": np.array([[0.5, -1.0], [1.5, 0.5]]),
                "b": np.array([0.2, -0.3]),
                "g": np.array([[1.0, -2.0]]),
            },
            {
                "x": np.array([[0.3, -1.2, 0.7], [1.1, 0.4, -0.2]]),
                "W": np.array([[0.2, -0.4], [1.0, 0.3], [-0.6, 0.9]]),
                "b": np.array([0.1, 0.5]),
                "g": np.array([[0.8, -0.1], [0.4, 1.3]]),
            },
        ],
        mistakes={
            "the slope of the tanh left out: multiply g by 1 − a²": _layer(lambda x, W, b, g: g),
            "1 − a for the slope of the tanh: it is 1 − a²": _layer(
                lambda x, W, b, g: g * (1 - np.tanh(x @ W + b))
            ),
            "the slope of the tanh taken at a: it is 1 − a², with a = tanh(u)": _layer(
                lambda x, W, b, g: g * _tanh_slope(np.tanh(x @ W + b))
            ),
            "the bias forgotten in the forward pass": _layer(lambda x, W, b, g: g * _tanh_slope(x @ W)),
            "a mean over the points in the slopes of W and b: the average is in g already": (
                lambda x, W, b, g: _row(
                    x.T @ _delta(x, W, b, g) / len(x),
                    _delta(x, W, b, g).mean(axis=0),
                    _delta(x, W, b, g) @ W.T,
                )
            ),
            "the slope of x without that of the tanh: the layer below needs both factors": (
                lambda x, W, b, g: _row(x.T @ _delta(x, W, b, g), _delta(x, W, b, g).sum(axis=0), g @ W.T)
            ),
        },
    ),
    "softmax-slopes": Exercise(
        question="The slopes of −ln p for the third class with respect to z = (2, 1, 0)",
        answer=P - [0, 0, 1],
        mistakes={
            "the probabilities themselves: take 1 off for the right class": P,
            "the opposite sign: a larger output of the right class lowers the loss": [0, 0, 1] - P,
            "the first class for the third": P - [1, 0, 0],
            "the slopes of p, not of −ln p": P * (P[2] - np.array([0, 0, 1])),
        },
    ),
    "think-line": Exercise(
        question="Of the four corners, one straight line can get right at most",
        answer="three",
        choices={
            "two": "Cut off one corner with a circle: then that one and both crosses are right.",
            "three": "One corner can be cut off from the others, and the opposite one is then wrong.",
            "four": (
                "Then both circles lie on one side, and with them the middle of the square. But the middle "
                "lies between the crosses too."
            ),
        },
    ),
    "think-step": Exercise(
        question="Curvature 2, learning rate 0.9: w",
        answer="it jumps across the minimum each time, and closer",
        choices={
            "it jumps across the minimum each time, and closer": (
                "The factor is −0.8. With 0.5 it would arrive in one step, and beyond 1 it would run away."
            ),
            "it creeps down on one side": "Then the factor would be positive: for learning rates below 0.5.",
            "it jumps across, and farther away each time": "That needs a factor below −1: a rate above 1.",
        },
    ),
}
