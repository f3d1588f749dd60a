"""Exercises of the page ``boltzmann-machines``."""

from math import exp, log, log1p

import numpy as np
from numpy.typing import NDArray

from thermolib.exercises import Exercise


def _free_energy(v: NDArray, W: NDArray, a: NDArray, b: NDArray, T: float) -> NDArray:
    return -v @ a - T * np.logaddexp(0, (b + v @ W) / T).sum(axis=1)


def _no_temperature(v: NDArray, W: NDArray, a: NDArray, b: NDArray, T: float) -> NDArray:
    return _free_energy(v, W, a, b, 1.0)


def _none_outside(v: NDArray, W: NDArray, a: NDArray, b: NDArray, T: float) -> NDArray:
    return -v @ a - np.logaddexp(0, (b + v @ W) / T).sum(axis=1)


def _none_within(v: NDArray, W: NDArray, a: NDArray, b: NDArray, T: float) -> NDArray:
    return -v @ a - T * np.logaddexp(0, b + v @ W).sum(axis=1)


def _over_temperature(v: NDArray, W: NDArray, a: NDArray, b: NDArray, T: float) -> NDArray:
    return _free_energy(v, W, a, b, T) / T


def _plus(v: NDArray, W: NDArray, a: NDArray, b: NDArray, T: float) -> NDArray:
    return -_free_energy(v, W, a, b, T)


def _hidden_raise(v: NDArray, W: NDArray, a: NDArray, b: NDArray, T: float) -> NDArray:
    return -2 * (v @ a) - _free_energy(v, W, a, b, T)


def _visible_raise(v: NDArray, W: NDArray, a: NDArray, b: NDArray, T: float) -> NDArray:
    return 2 * (v @ a) + _free_energy(v, W, a, b, T)


def _no_bias(v: NDArray, W: NDArray, a: NDArray, b: NDArray, T: float) -> NDArray:
    return _free_energy(v, W, a, 0 * b, T)


def _no_visible(v: NDArray, W: NDArray, a: NDArray, b: NDArray, T: float) -> NDArray:
    return _free_energy(v, W, 0 * a, b, T)


def _best_hidden(v: NDArray, W: NDArray, a: NDArray, b: NDArray, T: float) -> NDArray:
    return -v @ a - np.maximum(b + v @ W, 0).sum(axis=1)


def _spins(v: NDArray, W: NDArray, a: NDArray, b: NDArray, T: float) -> NDArray:
    x = (b + v @ W) / T
    return -v @ a - T * np.logaddexp(-x, x).sum(axis=1)


def _g(k: int, b: float = -2.0) -> float:
    return log1p(exp(b + 2.0 * k))


EXERCISES = {
    "think-cold": Exercise(
        question="A machine that learnt digits at T = 1: its dreams at T = 0.1, in equilibrium",
        answer="a few pictures, again and again",
        choices={
            "a few pictures, again and again": (
                "At a low temperature only the states of lowest energy are left, and these are few."
            ),
            "sharp digits of all ten kinds": (
                "The kinds differ in their lowest energies. Cold enlarges differences, once there is time."
            ),
            "noise": "That is what it dreams when it is hot: then energies hardly matter.",
        },
    ),
    "think-parity": Exercise(
        question="How close a machine without hidden units comes to even parity of four units",
        answer="not at all: no better than four fair coins",
        choices={
            "not at all: no better than four fair coins": (
                "Each unit and each pair is on as often as with coins, so pairs have nothing to say."
            ),
            "half of the way from coins to the best": (
                "Which averages of pairs would tell it apart from coins? Compute one."
            ),
            "exactly": "It sees averages of pairs only. What are they, over the eight patterns?",
        },
    ),
    "smallest-warm": Exercise(
        question="The probability of v = 1 in a machine with W = 2, a = −1, b = 0, at T = 1",
        answer=(exp(-1) + exp(1)) / (2 + exp(-1) + exp(1)),
        mistakes={
            "h = 0 left out: both states of h count": exp(1) / (2 + exp(-1) + exp(1)),
            "W left out of the energy": exp(-1) / (1 + exp(-1)),
            "a bias of +1: it is −1, so v = 1 alone has the energy +1": (exp(1) + exp(3))
            / (2 + exp(1) + exp(3)),
            "the probability of v = 0: it is asked for v = 1": 2 / (2 + exp(-1) + exp(1)),
            "h = 1 taken for granted: p(v = 1 | h = 1)": exp(1) / (1 + exp(1)),
        },
    ),
    "smallest-cold": Exercise(
        question="The probability of v = 1 in the same machine at T = 0.5",
        answer=(exp(-2) + exp(2)) / (2 + exp(-2) + exp(2)),
        mistakes={
            "the answer at T = 1": (exp(-1) + exp(1)) / (2 + exp(-1) + exp(1)),
            "energies multiplied by T: they are divided by it": (exp(-0.5) + exp(0.5))
            / (2 + exp(-0.5) + exp(0.5)),
            "h = 1 taken for granted: p(v = 1 | h = 1)": exp(2) / (1 + exp(2)),
            "the probability of v = 0: it is asked for v = 1": 2 / (2 + exp(-2) + exp(2)),
        },
    ),
    "free-energy": Exercise(
        question="The free energy F(v) of each pattern v, from v, W, a, b and T",
        answer=_free_energy,
        arguments=[
            {
                "v": np.array([[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 0, 0]]),
                "W": np.array([[0.5, -1.2], [2.0, 0.3], [-0.7, 1.1]]),
                "a": np.array([0.4, -0.3, 1.3]),
                "b": np.array([-0.6, 0.8]),
                "T": 0.7,
            },
            {
                "v": np.array([[1, 0], [0, 1]]),
                "W": np.array([[900.0, -1.0, 0.4], [-0.5, 1.5, -950.0]]),
                "a": np.array([1.0, -2.0]),
                "b": np.array([0.3, -0.2, 0.1]),
                "T": 0.5,
            },
            {
                "v": np.array([[1], [0]]),
                "W": np.array([[0.6]]),
                "a": np.array([-0.9]),
                "b": np.array([1.7]),
                "T": 3.0,
            },
        ],
        mistakes={
            "T forgotten: it divides within the logarithm and multiplies outside": _no_temperature,
            "no T in front of the sum": _none_outside,
            "no T within the logarithm": _none_within,
            "F/T: the energy itself is asked for": _over_temperature,
            "the wrong sign: it is −F": _plus,
            "the wrong sign of the hidden units' part": _hidden_raise,
            "the wrong sign of the visible biases' part": _visible_raise,
            "b forgotten": _no_bias,
            "a forgotten": _no_visible,
            "the lowest energy over h: all states of h are summed": _best_hidden,
            "hidden units of ±1: here they are 0 or 1": _spins,
        },
    ),
    "best-temperature": Exercise(
        question="The temperature at which one unit of bias 1 best predicts data in which it is on in 80 %",
        answer=1 / log(4),
        mistakes={
            "1/T: its inverse is asked for": log(4),
            "the probability alone: its odds are 4 to 1": 1 / -log(0.8),
            "the odds without their logarithm": 1 / 4,
            "the logarithm to base 2": 1 / 2,
            "the temperature of learning": 1.0,
        },
    ),
    "three-body": Exercise(
        question="The coupling of three units by a hidden one with b = −2 and W = 2 to each",
        answer=_g(3) - 3 * _g(2) + 3 * _g(1) - _g(0),
        mistakes={
            "g(3) alone, with all the lower terms in it": _g(3),
            "g(3) − g(0): the single units and the pairs have to be taken away": _g(3) - _g(0),
            "the pairs not taken away, only the single units": _g(3) - 3 * _g(1) + 2 * _g(0),
            "the sign turned: it is −F that is expanded": -(_g(3) - 3 * _g(2) + 3 * _g(1) - _g(0)),
            "the coupling of two": _g(2) - 2 * _g(1) + _g(0),
            "a bias of +2": _g(3, 2.0) - 3 * _g(2, 2.0) + 3 * _g(1, 2.0) - _g(0, 2.0),
        },
    ),
}
