"""Exercises of the page ``heat-bath``."""

from collections.abc import Callable
from math import exp, sqrt

import numpy as np
from numpy.typing import NDArray

from thermolib.exercises import Exercise

Step = Callable[..., NDArray]


def _step(order: str = "BAOAB", slope: Callable = np.sin, fit: float = 2.0, root: float = 0.5) -> Step:
    """Return a step of these moves; `fit`: power of c in the noise's variance, `root`: the root taken."""

    def step(x: NDArray, p: NDArray, h: float, gamma: float, T: float, zeta: NDArray) -> NDArray:
        for move in order:
            t = h / order.count(move)
            if move == "A":
                x = x + t * p
            elif move == "B":
                p = p - t * slope(x)
            else:
                c = exp(-gamma * t)
                p = c * p + ((1 - c**fit) * T) ** root * zeta
        return np.array([x, p])

    return step


def _whole(x: NDArray, p: NDArray, h: float, gamma: float, T: float, zeta: NDArray) -> NDArray:
    """A step whose kicks and drifts are whole ones."""
    x, p = _step("BA")(x, p, h, gamma, T, zeta)
    x, p = _step("O")(x, p, h, gamma, T, zeta)
    return _step("AB")(x, p, h, gamma, T, zeta)


def _euler(x: NDArray, p: NDArray, h: float, gamma: float, T: float, zeta: NDArray) -> NDArray:
    """A bath of small steps: (1 − γh) p + √(2γTh) ζ."""
    x, p = _step("BA")(x, p, h / 2, gamma, T, zeta)
    p = (1 - gamma * h) * p + sqrt(2 * gamma * T * h) * zeta
    return _step("AB")(x, p, h / 2, gamma, T, zeta)


EXERCISES = {
    "think-thermometers": Exercise(
        question="What the two thermometers read of a run of SGD with the learning rate 0.1",
        answer="the speeds read twice the places",
        choices={
            "the same, within a few per cent": (
                "So it would be in a bath. A step of SGD is a displacement, though, and mostly a kick."
            ),
            "the speeds read twice the places": (
                "Without momentum a step is mostly a kick, not a speed that lasts. The factor is exactly 2."
            ),
            "the places read twice the speeds": "It is the other way round: the steps are mostly kicks.",
            "the speeds read nothing: SGD without momentum has none": (
                "It has no momentum, but it has steps, and these have a mean square."
            ),
        },
    ),
    "found": Exercise(
        question="Temperature of the bath p = 0.9 p + 0.6 ζ, for mass 1",
        answer=0.36 / 0.19,
        mistakes={
            "the kick's variance alone: friction takes some of the heat out": 0.36,
            "the spread of the kick in place of its variance": 0.6 / 0.19,
            "friction by the share c: variances are multiplied by its square": 3.6,
            "the formula for short times, 2γT: a tenth is not so short": 1.8,
            "the spread of the momenta: the temperature is their variance": sqrt(0.36 / 0.19),
        },
    ),
    "response": Exercise(
        question="Temperature of grains that spread to ⟨x²⟩ = 8, and go 2.5 on average under a force of 0.5",
        answer=0.8,
        mistakes={
            "the relation without its 2, or without the force": 1.6,
            "the relation without the 2 and without the force, or divided by the force": 3.2,
            "the relation upside down": 1.25,
            "the spread's root, √8: the relation has ⟨x²⟩ itself": 0.1 * sqrt(8),
        },
    ),
    "obabo-places": Exercise(
        question="⟨x²⟩ by OBABO, for k = 4, T = 2 and h = 0.5",
        answer=2 / 3,
        mistakes={
            "what it should be, without the step's bias": 0.5,
            "a bowl of curvature 1: the bias has k h² in place of h²": 0.5 / (1 - 0.0625),
            "the bias upside down: OBABO's places are too wide": 0.375,
            "k⟨x²⟩: the temperature by places": 8 / 3,
            "the variance without the curvature": 2 / 0.9375,
        },
    ),
    "baoab-momenta": Exercise(
        question="⟨p²⟩ by BAOAB, for k = 4, T = 2 and h = 0.5",
        answer=1.5,
        mistakes={
            "what it should be, without the step's bias": 2.0,
            "a bowl of curvature 1: the bias has k h² in place of h²": 1.875,
            "the bias upside down: BAOAB's momenta are too cold": 8 / 3,
            "a variance divided by the curvature: that is for places": 0.375,
        },
    ),
    "baoab": Exercise(
        question="One step of BAOAB for the pendulum",
        answer=_step(),
        arguments=[
            {
                "x": np.array([0.3, -1.1, 2.6]),
                "p": np.array([1.2, 0.4, -0.7]),
                "h": 0.5,
                "gamma": 1.0,
                "T": 1.0,
                "zeta": np.array([0.2, -1.3, 0.8]),
            },
            {
                "x": np.array([-0.6, 1.9]),
                "p": np.array([-1.5, 0.3]),
                "h": 1.2,
                "gamma": 0.4,
                "T": 2.5,
                "zeta": np.array([-0.9, 0.5]),
            },
        ],
        mistakes={
            "ABOBA: the drift comes before the kick": _step("ABOBA"),
            "a bath at the end, BABAO: it belongs in the middle": _step("BABAO"),
            "kicks that push uphill: the force is minus the slope": _step(slope=lambda x: -np.sin(x)),
            "the slope of a bowl: that of 1 − cos x is sin x": _step(slope=lambda x: x),
            "cos x in place of the slope sin x": _step(slope=np.cos),
            "whole kicks and drifts: each is done twice, by halves": _whole,
            "a noise of variance (1 − c)T: c is to be squared": _step(fit=1.0),
            "a variance in place of its root: the noise has the spread √((1 − c²)T)": _step(root=1.0),
            "friction and noise of short times: take c = exp(−γh) and the noise that fits": _euler,
        },
    ),
    "by-places": Exercise(
        question="Temperature by places, for k = C = B = 1, η = 0.5, μ = 0.6",
        answer=0.625 / (1 - 0.5 / 3.2),
        mistakes={
            "the formula for small steps": 0.625,
            "SGD without momentum": 1 / 3,
            "the bias without momentum: ηk is divided by 2(1 + μ)": 0.625 / 0.75,
            "a temperature without its half": 1.25 / (1 - 0.5 / 3.2),
        },
    ),
    "by-speeds": Exercise(
        question="Temperature by speeds, for k = C = B = 1, η = 0.5, μ = 0.6",
        answer=0.625 / (1 - 0.5 / 3.2) * 2 / 1.6,
        mistakes={
            "the temperature by places: the speeds read more": 0.625 / (1 - 0.5 / 3.2),
            "twice the places, as without momentum": 1.25 / (1 - 0.5 / 3.2),
            "the mean square of the steps: multiply by the mass 1/η": 0.625 / (1 - 0.5 / 3.2) / 1.6,
            "the ratio upside down": 0.625 / (1 - 0.5 / 3.2) * 0.8,
            "the formula for small steps, times the ratio": 0.625 * 1.25,
        },
    ),
    "shadow": Exercise(
        question="Greatest |p| that the conserved quantity allows, from x = 1, p = 0, at h = 0.8",
        answer=sqrt(0.84),
        mistakes={
            "the energy itself, which leapfrog does not keep": 1.0,
            "the square of the momentum": 0.84,
            "a quantity with 1 − h²/2": sqrt(0.68),
            "the factor on the wrong term: it stands before x²": 1 / sqrt(0.84),
        },
    ),
}
