"""Exercises of the page ``mean-field``."""

from collections.abc import Callable
from math import atanh, exp, log, nan, sqrt

from scipy.optimize import brentq

from thermolib.exercises import Exercise

M_08 = brentq(lambda m: 0.8 * atanh(m) - m, 0.1, 0.999, xtol=1e-15)  # at T = 0.8, without a field
NINE = 0.8 * log(9) / (2 * 10_000 * M_08)


def _h_s(T: float) -> float:
    """Return the field at which the wrong side ends."""
    root = sqrt(max(1 - T, 0))
    return root - T * atanh(root)


def _cold(field: Callable[[float], float]) -> Callable[[float], float]:
    """Return a mistake that is made below T = 1 alone."""
    return lambda T: field(T) if T < 1 else 0.0


def _up(
    picked: Callable[[float], float] = lambda share: 1 - share,
    own: int = 1,
    factor: float = 2,
    field: float = 1,
    accept: Callable[[float], float] = lambda x: min(1.0, exp(-x)),
) -> Callable[[int, int, float, float], float]:
    """Return the chance that one more spin is up after a step, or what a wrong part makes of it."""

    def up(k: int, N: int, T: float, h: float) -> float:
        rise = -factor * ((2 * k - N + own) / N + field * h)
        return picked(k / N) * accept(rise / T)

    return up


EXERCISES = {
    "think-turn": Exercise(
        question="The field at which most of 300 spins turn up, at T = ½ and a thousandth per sweep",
        answer="near 0.27, long after up has become the better side",
        choices={
            "near 0, where up becomes the better side": (
                "Up is better there for all together. But each spin still feels the others, who are down."
            ),
            "near 0.27, long after up has become the better side": (
                "Until then the others hold each spin, and the whole crowd needs very long to turn by chance."
            ),
            "near 0.96, where the field outweighs the pull of all others": (
                "That is where a spin turns that feels neither chance nor that others turn, too."
            ),
        },
    ),
    "think-double": Exercise(
        question="How long 200 spins stay on the wrong side, where 100 stay for 50 million sweeps",
        answer="about seven million times as long",
        choices={
            "twice as long": "A sweep has twice as many steps already. The hill is twice as high, besides.",
            "four times as long": "A free walk would take so long. Here it has to climb, and the hill grows.",
            "about seven million times as long": (
                "The hill is N times Δf high, so each further spin multiplies the time by the same factor."
            ),
        },
    ),
    "deciding-field": Exercise(
        question="The field at which 10,000 spins at T = 0.8 are up with probability 0.9",
        answer=NINE,
        mistakes={
            "a ratio of e^(Nmh/T): between the two peaks the energy differs by 2Nmh": 2 * NINE,
            "peaks at m = ±1: at T = 0.8 they are nearer to 0": NINE * M_08,
            "odds of ten to one: a probability of 0.9 is nine to one": (NINE * log(10) / log(9)),
            "a logarithm to base 10": NINE / log(10),
            "a ratio of e^(2Nmh): T is missing": NINE / 0.8,
            "the field for one spin, without N": NINE * 10_000,
            "the field that matters, T/Nm, without the logarithm": 0.8 / (10_000 * M_08),
            "the logarithm of 0.9: the ratio of the two sides is 9": -NINE * log(0.9) / log(9),
        },
    ),
    "spinodal": Exercise(
        question="The field at which the wrong side ends, as a function of T; 0 where there is none",
        answer=_h_s,
        arguments=[{"T": 0.2}, {"T": 0.5}, {"T": 0.8}, {"T": 0.95}, {"T": 1.3}],
        mistakes={
            "the field without entropy: T artanh m is missing": _cold(lambda T: sqrt(1 - T)),
            "artanh without its factor T": _cold(lambda T: sqrt(1 - T) - atanh(sqrt(1 - T))),
            "tanh where artanh belongs": _cold(lambda T: sqrt(1 - T) - T * _tanh(sqrt(1 - T))),
            "m = 1 − T: in f″ stands m²": _cold(lambda T: (1 - T) - T * atanh(1 - T)),
            "m = √T: f″ = 0 gives 1 − m² = T": _cold(lambda T: sqrt(T) - T * atanh(sqrt(T))),
            "the field at m of equilibrium, which is 0: that well does not end": lambda T: 0.0,
            "the sum of both terms: the entropy works against the pull": _cold(
                lambda T: sqrt(1 - T) + T * atanh(sqrt(1 - T))
            ),
            "Landau's expansion, good near T = 1 alone": _cold(lambda T: 2 * (1 - T) ** 1.5 / (3 * sqrt(T))),
            "the formula beyond T = 1, where 1 − T has no root: there is no wrong side": (
                lambda T: _h_s(T) if T <= 1 else nan
            ),
            "√|1 − T| beyond T = 1: there f″ is nowhere 0, and there is no wrong side": (
                lambda T: sqrt(abs(1 - T)) - T * atanh(sqrt(abs(1 - T)))
            ),
        },
    ),
    "metropolis-up": Exercise(
        question="The chance that one Metropolis step takes k spins up to k + 1",
        answer=_up(),
        arguments=[
            {"k": 3, "N": 20, "T": 0.5, "h": 0.1},
            {"k": 7, "N": 10, "T": 0.8, "h": -0.2},
            {"k": 5, "N": 40, "T": 1.5, "h": 0.3},
            {"k": 0, "N": 6, "T": 0.7, "h": 0.2},
        ],
        mistakes={
            "the heat bath's acceptance, 1/(1 + e^(ΔE/T))": _up(accept=lambda x: 1 / (1 + exp(x))),
            "the share of the spins that are up: it is a down spin that must be picked": _up(
                picked=lambda share: share
            ),
            "a down spin that is picked with certainty": _up(picked=lambda share: 1.0),
            "a spin that feels itself: M in the place of M + 1": _up(own=0),
            "the field after the turn, M + 2": _up(own=2),
            "ΔE by half: a spin that turns changes by 2": _up(factor=1),
            "ΔE with the wrong sign": _up(factor=-2),
            "ΔE without the field": _up(field=0),
            "a field with the wrong sign": _up(field=-1),
            "a proposal that is always accepted": _up(accept=lambda x: 1.0),
            "a chance above 1: downhill the acceptance is 1": _up(accept=lambda x: exp(-x)),
        },
    ),
    "amplitudes": Exercise(
        question="A₊/A₋ of the mean-field susceptibility",
        answer=2.0,
        mistakes={
            "the same on both sides: below, m itself enters the curvature": 1.0,
            "the ratio upside down, below over above": 0.5,
            "Tm² for the whole curvature: T − 1 belongs to it": 3.0,
            "(T − 1) + 3Tm², as if the fourth term were Tm⁴/4": 8.0,
            "the square lattice's ratio, near 37.7": 37.69,
        },
    ),
    "three-neighbours": Exercise(
        question="T_c of a large random graph in which each has three neighbours",
        answer=2 / log(3),
        mistakes={
            "mean field's T_c, the number of neighbours": 3.0,
            "z where z − 1 belongs: one of the neighbours is the one who asks": 2 / log(2),
            "1/T_c, the coupling over the temperature": log(3) / 2,
            "artanh x without its factor ½": 1 / log(3),
            "mean field with the two others": 2.0,
            "the square lattice's T_c": 2.269185314,
        },
    ),
}


def _tanh(x: float) -> float:
    return (1 - exp(-2 * x)) / (1 + exp(-2 * x))
