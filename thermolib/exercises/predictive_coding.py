"""Exercises of the page ``predictive-coding``."""

from collections.abc import Callable
from math import log, pi

from thermolib.exercises import Exercise

Infer = Callable[[float, float, float, float, float, float, float, float], float]


def _infer(
    slope: float = 2.0,
    touched: float = 1.0,
    prior: float = -1.0,
    direction: float = 1.0,
    times: float = -1.0,
    at: str = "phi",
) -> Infer:
    """Return one step of perception, from a light v² and a touch v, with v Gaussian."""

    def infer(
        phi: float,
        light: float,
        touch: float,
        mean: float,
        var: float,
        var_light: float,
        var_touch: float,
        rate: float,
    ) -> float:
        back = slope * (phi if at == "phi" else 0.5)
        push = back * (light - phi**2) * var_light**times
        push += touched * (touch - phi) * var_touch**times
        push += prior * (phi - mean) * var**times
        return phi + direction * rate * push

    return infer


_H = -0.8 * log(0.8) - 0.2 * log(0.2)
_SPREAD = 2**2 * 1 + 3  # the variance of u = 2v + noise

EXERCISES = {
    "think-who-reads": Exercise(
        question="Price ¼, right nine times in ten: who reads the note?",
        answer="B and C",
        choices={
            "B alone": "It is paid for knowing. But what will C do with a note that it has read?",
            "B and C": "B is paid for knowing; C foresees that it will choose better.",
            "A and B and C": "The list of A is fixed beforehand. What does the note change in it?",
        },
    ),
    "rest-size": Exercise(
        question="The size at which the descent ends: N(3, 1) expected, u = 2v + noise of variance 3, u = 10",
        answer=(3 / 1 + 2 * 10 / 3) / (1 / 1 + 2**2 / 3),
        mistakes={
            "the size that fits the report: the expected size pulls, too": 10 / 2,
            "the middle of 3 and 5: the two are not equally precise": 4.0,
            "errors multiplied by variances: it is precision that weighs": (3 + 2 * 10 * 3) / (1 + 4 * 3),
            "an error that goes back without the slope 2": (3 + 10 / 3) / (1 + 2 / 3),
            "a precision of the report without the slope's square": (3 + 2 * 10 / 3) / (1 + 1 / 3),
        },
    ),
    "surprise": Exercise(
        question="Its surprise −ln p(u), in nats",
        answer=log(2 * pi * _SPREAD) / 2 + (10 - 6) ** 2 / (2 * _SPREAD),
        mistakes={
            "the energy alone: the normalisation of p(u) is missing": (10 - 6) ** 2 / (2 * _SPREAD),
            "the noise's variance for that of u, which varies with v, too": log(6 * pi) / 2 + 4**2 / 6,
            "a variance of v that the factor 2 does not square: 2·1 + 3": log(10 * pi) / 2 + 4**2 / 10,
            "the logarithm of p(u), without its minus": -log(2 * pi * _SPREAD) / 2 - 4**2 / (2 * _SPREAD),
        },
    ),
    "infer": Exercise(
        question="The guess after one step, from a light v² and a touch v",
        answer=_infer(),
        arguments=[
            {
                "phi": 1.7,
                "light": 4.1,
                "touch": 1.2,
                "mean": 2.6,
                "var": 0.7,
                "var_light": 2.5,
                "var_touch": 0.4,
                "rate": 0.05,
            },
            {
                "phi": 0.6,
                "light": 2.0,
                "touch": 1.9,
                "mean": -0.5,
                "var": 3.0,
                "var_light": 0.5,
                "var_touch": 1.6,
                "rate": 0.2,
            },
        ],
        mistakes={
            "a step uphill": _infer(direction=-1.0),
            "a light's error that goes back without the slope 2φ": _infer(at="one"),
            "the slope of φ² without its 2": _infer(slope=1.0),
            "the touch left out": _infer(touched=0.0),
            "what was expected left out": _infer(prior=0.0),
            "a prior that pushes the guess away": _infer(prior=1.0),
            "errors multiplied by their variances": _infer(times=1.0),
            "errors over their standard deviations": _infer(times=-0.5),
        },
    ),
    "hidden-off": Exercise(
        question="The relative difference from backpropagation at the hidden unit: w = 1.5, π = ¼",
        answer=0.25 * 1.5**2 / (1 + 0.25 * 1.5**2),
        mistakes={
            "the share that is left: the difference is what is missing": 1 / (1 + 0.25 * 1.5**2),
            "w, which should be squared: there and back": 0.25 * 1.5 / (1 + 0.25 * 1.5),
            "πw² alone: the output's error has shrunk, too": 0.25 * 1.5**2,
            "unit precision": 1.5**2 / (1 + 1.5**2),
        },
    ),
    "one-percent": Exercise(
        question="The output precision at which the difference is 1 %, w = 1.5",
        answer=1 / (99 * 1.5**2),
        mistakes={
            "πw² itself: divide by w²": 1 / 99,
            "w, which should be squared": 1 / (99 * 1.5),
            "a remaining share of 1 %": 99 / 1.5**2,
            "the variance: precision is one over it": 99 * 1.5**2,
        },
    ),
    "worth": Exercise(
        question="Up to which price C reads: cheese 1.5, shock −0.5, right 8 times in 10",
        answer=(0.8 * 1.5 - 0.2 * 0.5) - (1.5 - 0.5) / 2,
        mistakes={
            "the payoff after the note: an arm earns something without it": 0.8 * 1.5 - 0.2 * 0.5,
            "a note that is never wrong": 1.5 - (1.5 - 0.5) / 2,
            "a gamble that earns nothing, and a shock that costs nothing": 0.8 * 1.5,
            "a shock that costs nothing after the note": 0.8 * 1.5 - (1.5 - 0.5) / 2,
        },
    ),
    "information-limit": Exercise(
        question="Up to which price B reads, in nats",
        answer=log(2) - _H,
        mistakes={
            "what the note leaves open": _H,
            "a note that is never wrong: ln 2": log(2),
            "bits: the payoffs are in nats": 1 - _H / log(2),
            "the worth of the note added to the information: the list of B is fixed": 0.6 + log(2) - _H,
        },
    ),
}
