"""Exercises of the page ``autoencoders``."""

from collections.abc import Callable
from math import e, exp, log, pi

import numpy as np
from numpy.typing import NDArray

from thermolib.exercises import Exercise

Elbo = Callable[[NDArray, NDArray, NDArray, NDArray, float, NDArray], float]


def _elbo(
    kl: float = 1.0,
    half: float = 0.5,
    one: float = 1.0,
    constant: bool = True,
    sigma_power: int = 2,
    spread: float = 1.0,
    mean_over_pixels: bool = False,
    logs_as_s: bool = False,
    no_draw: bool = False,
    total: bool = False,
) -> Elbo:
    """Return the ELBO of one x for a linear decoder, or what a slip makes of it."""

    def elbo(x: NDArray, m: NDArray, log_s: NDArray, W: NDArray, sigma: float, eps: NDArray) -> float:
        s = log_s if logs_as_s else np.exp(log_s)
        z = m + (0 if no_draw else s**spread * eps)
        log_lik = -half * (x - z @ W) ** 2 / sigma**sigma_power
        if constant:
            log_lik = log_lik - log(2 * pi * sigma**2) / 2
        per_draw = log_lik.mean(axis=-1) if mean_over_pixels else log_lik.sum(axis=-1)
        over_draws = per_draw.sum() if total else per_draw.mean()
        return float(over_draws - kl * ((m**2 + np.exp(2 * log_s) - one) / 2 - log_s).sum())

    return elbo


def _without_entropy(x: NDArray, m: NDArray, log_s: NDArray, W: NDArray, sigma: float, eps: NDArray) -> float:
    """Leave −ln s out of the KL."""
    return _elbo()(x, m, log_s, W, sigma, eps) - float(log_s.sum())


EXERCISES = {
    "think-silent": Exercise(
        question="Five of ten latents of a linear autoencoder say nothing",
        answer="the noise of the decoder: at the optimum they are silent",
        choices={
            "the training: it is caught in a local optimum": (
                "Other starts end the same way. Compare the variances of the digits with that of the noise."
            ),
            "the noise of the decoder: at the optimum they are silent": (
                "Five axes of the digits vary by more than the noise, and only these pay for a latent."
            ),
            "the digits: they have five independent directions": (
                "They vary along many more, but by less than the noise. With less noise more latents speak."
            ),
        },
    ),
    "think-beta": Exercise(
        question="The σ of the ordinary autoencoder that learns the same as σ = ½ with the KL times 4",
        answer="1",
        choices={
            "1": "D/2σ² + 4R is four times D/8σ² + R: the noise has four times the variance.",
            "0.25": "A dearer KL makes the code say less, as more noise does, not less noise.",
            "2": "The variance of the noise grows by the factor 4, and so σ by its root.",
            "0.125": "That is σ divided by the factor. Which noise makes the code say less?",
        },
    ),
    "five-axes": Exercise(
        question="Mean KL of all codes, in nats: variances 9, 4, 2.25, 1 and 0.25, noise σ = 1.2",
        answer=log(9 * 4 * 2.25 / 1.44**3) / 2,
        mistakes={
            "ln(λ/σ²) without its ½": log(9 * 4 * 2.25 / 1.44**3),
            "silent axes counted with negative nats: theirs are 0": log(9 * 4 * 2.25 * 0.25 / 1.44**5) / 2,
            "σ in place of σ²": log(9 * 4 * 2.25 / 1.2**3) / 2,
            "the entropy of the awake axes of the data: their variances are compared with σ²": log(81) / 2,
            "ln(1 + λ/σ²): the data's variance λ has the noise in it already": log(
                (1 + 9 / 1.44) * (1 + 4 / 1.44) * (1 + 2.25 / 1.44)
            )
            / 2,
        },
    ),
    "elbo": Exercise(
        question="The ELBO of x in nats, from m, log_s, W, sigma and the draws eps",
        answer=_elbo(),
        arguments=[
            {
                "x": np.array([0.4, -1.1, 0.9]),
                "m": np.array([0.5, -0.8]),
                "log_s": np.array([-0.7, 0.3]),
                "W": np.array([[1.2, -0.4, 0.3], [0.5, 0.9, -1.0]]),
                "sigma": 0.6,
                "eps": np.array([[0.3, -1.2], [1.1, 0.4], [-0.5, 0.9]]),
            },
            {
                "x": np.array([1.5, 0.2]),
                "m": np.array([1.3]),
                "log_s": np.array([-1.2]),
                "W": np.array([[0.8, -0.3]]),
                "sigma": 1.4,
                "eps": np.array([[0.7], [-0.2]]),
            },
        ],
        mistakes={
            "the KL added: it is taken away": _elbo(kl=-1.0),
            "no KL: reconstruction alone": _elbo(kl=0.0),
            "twice the KL": _elbo(kl=2.0),
            "squares without their ½ in ln p(x|z)": _elbo(half=1.0),
            "the KL without its −1": _elbo(one=0.0),
            "the KL without −ln s: the entropy is missing": _without_entropy,
            "no constant: a density of pixels has −½ ln 2πσ² for each": _elbo(constant=False),
            "σ where its square is meant, below the squared error": _elbo(sigma_power=1),
            "draws with the variance in place of the standard deviation": _elbo(spread=2.0),
            "log_s taken for s": _elbo(logs_as_s=True),
            "the mean over pixels: their logarithms add": _elbo(mean_over_pixels=True),
            "no draws: the picture of the mean alone": _elbo(no_draw=True),
            "the sum over the draws: their mean is wanted": _elbo(total=True),
        },
    ),
    "one-nat": Exercise(
        question="The least squared error at one nat: two axes with the variances 4 and 1",
        answer=4 / e,
        mistakes={
            "the whole nat for the first axis: the second is worth a part of it": 4 * exp(-2) + 1,
            "half a nat for each": 5 / e,
            "the error of one axis": 2 / e,
            "one nat for each axis": 5 * exp(-2),
            "a rate of ln(λ/σ²), without its ½": 4 / e**0.5,
        },
    ),
    "one-nat-temperature": Exercise(
        question="The temperature at which this is reached",
        answer=4 / e,
        mistakes={
            "σ²: a nat costs twice that": 2 / e,
            "4σ²": 8 / e,
            "its reciprocal, 1/T": e / 4,
            "2σ, with the standard deviation": 2 * (2 / e) ** 0.5,
        },
    ),
    "lazy-gap": Exercise(
        question="By how many nats the ELBO is below ln p(1), if q is the prior and σ = 1",
        answer=log(0.5) / 2 + 1.25 - 0.5,
        mistakes={
            "the KL the other way round, of the posterior to q": log(2) / 2 + 0.75 / 2 - 0.5,
            "the widths alone: the means differ, too": log(0.5) / 2 + 0.5,
            "the ELBO itself": -log(2 * pi) / 2 - 1,
            "the mean alone: the widths differ, too": 0.25,
            "ln p(1) itself": -log(4 * pi) / 2 - 0.25,
        },
    ),
}
