"""Exercises of the page ``evidence``."""

from math import sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from thermolib.exercises import Exercise

BEYOND_2, BEYOND_3 = (float(2 * ndtr(-z)) for z in (2, 3))
ROUNDING = 1.1e-16  # of a double, relative


def _off(printed: float, decimals: int, ours: float) -> float:
    return (ours - printed) * 10**decimals


def _remaining(earlier: float, last: float) -> float:
    return last * last / (earlier - last)


def _capacity(x: float) -> float:
    return float((x / 2 / np.cosh(x / 2)) ** 2)


X = brentq(lambda x: x / 2 * np.tanh(x / 2) - 1, 1, 5, xtol=1e-15)  # Δ/T at the peak
# C = (x/2)² sech²(x/2): at the peak d²ln C/dx² = −2/x² − sech²(x/2)/2, and dx/dT = −x²
CURVATURE = (2 / X**2 + 1 / np.cosh(X / 2) ** 2 / 2) * X**4 * _capacity(X)

EXERCISES = {
    "think-none": Exercise(
        question="None of 32 deviations is larger than two standard errors. What does that say?",
        answer="not much: one honest table in four looks like this",
        choices={
            "not much: one honest table in four looks like this": (
                "Of 32 honest deviations 1.5 are expected beyond two errors, none with the probability 0.23."
            ),
            "the programs are right: all deviations are small": (
                "They may be. But a mistake that is smaller than the errors would not show in this table."
            ),
            "the errors are too large: one or two should be beyond": (
                "One or two are expected, but none is no surprise. With a hundred rows it would be one."
            ),
            "somebody has chosen the seed": (
                "It happens, and looks like this. But so does one table in four where nobody has."
            ),
        },
    ),
    "think-half": Exercise(
        question="How many digits of a maximum's place are found by comparing heights with 16 digits?",
        answer="about eight",
        choices={
            "all sixteen": "Near its top the curve is flat: places that differ have the same sixteen digits.",
            "about twelve": (
                "A step δ beside the top lowers the height by about δ². When does that reach 10⁻¹⁶?"
            ),
            "about eight": "A step of 10⁻⁸ beside the top lowers the height by 10⁻¹⁶: too little to be seen.",
            "about four": "A step of 10⁻⁴ lowers the height by 10⁻⁸. That is plain to see.",
        },
    ),
    "off": Exercise(
        question="How far ours lies from a printed value, in units of its last digit",
        answer=_off,
        arguments=[
            {"printed": 0.6931, "decimals": 4, "ours": 0.69317},
            {"printed": -2.5, "decimals": 2, "ours": -2.5123},
            {"printed": 238.642, "decimals": 3, "ours": 238.6401},
            {"printed": 61.0, "decimals": 0, "ours": 60.0},
        ],
        mistakes={
            "the printed value less ours: the sign says on which side ours lies": (
                lambda printed, decimals, ours: -_off(printed, decimals, ours)
            ),
            "a size without its sign": lambda printed, decimals, ours: abs(_off(printed, decimals, ours)),
            "a difference that is not divided by the unit of the last digit": (
                lambda printed, decimals, ours: ours - printed
            ),
            "a relative deviation": lambda printed, decimals, ours: ours / printed - 1,
            "a difference times the unit: divide by it": lambda printed, decimals, ours: (
                (ours - printed) / 10**decimals
            ),
        },
    ),
    "beyond": Exercise(
        question="The probability that at least one of 40 honest deviations is beyond three errors",
        answer=1 - (1 - BEYOND_3) ** 40,
        mistakes={
            "one side of the bell: both count": 1 - (1 - BEYOND_3 / 2) ** 40,
            "the probability for one of them": BEYOND_3,
            "40 times the probability of one, an upper bound": 40 * BEYOND_3,
            "the probability that none is": (1 - BEYOND_3) ** 40,
            "the limit of two errors in place of three": 1 - (1 - BEYOND_2) ** 40,
        },
    ),
    "longer": Exercise(
        question="Independent draws until a bias of 1 % of the spread is four standard errors",
        answer=(4 / 0.01) ** 2,
        mistakes={
            "a deviation that grows as n: it grows as √n": 4 / 0.01,
            "a square that leaves out the bias": 4**2 / 0.01,
            "a square that leaves out the four": (1 / 0.01) ** 2,
            "two errors in place of four": (2 / 0.01) ** 2,
        },
    ),
    "width": Exercise(
        question="How far beside its peak the height C has fallen by one part in 9·10¹⁵, in units of Δ",
        answer=sqrt(2 * ROUNDING * _capacity(X) / CURVATURE),
        mistakes={
            "the factor 2 forgotten: C falls by κδ²/2": sqrt(ROUNDING * _capacity(X) / CURVATURE),
            "δ² for δ: take the root": 2 * ROUNDING * _capacity(X) / CURVATURE,
            "an absolute rounding: it is relative to C": sqrt(2 * ROUNDING / CURVATURE),
            "the root of the rounding alone, without the curvature": sqrt(ROUNDING),
        },
    ),
    "steps": Exercise(
        question="How far an iteration still has to go, estimated from its last two steps",
        answer=_remaining,
        arguments=[
            {"earlier": 1.0, "last": 0.9},
            {"earlier": 0.02, "last": 0.005},
            {"earlier": -3e-6, "last": -2e-6},
            {"earlier": 0.4, "last": -0.2},
        ],
        mistakes={
            "the last step itself": lambda earlier, last: last,
            "the next step alone: all that follow count": lambda earlier, last: last**2 / earlier,
            "a sum that counts the step already made": lambda earlier, last: last / (1 - last / earlier),
            "the factor upside down: it is the last step over the one before": (
                lambda earlier, last: last * (earlier / last) / (1 - earlier / last)
            ),
            "the sizes of the steps: those that alternate cancel in part": (
                lambda earlier, last: _remaining(abs(earlier), abs(last))
            ),
            "a number of steps: multiply by the last step": (
                lambda earlier, last: last / earlier / (1 - last / earlier)
            ),
        },
    ),
}
