"""Exercises of the page ``bayesian-neural-networks``."""

from collections.abc import Callable
from math import factorial, log, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from thermolib.exercises import Exercise

X, Y = np.array([-2, -1, 0.5, 1, 2]), np.array([-0.9, -0.7, 0.4, 0.8, 1.1])
NOISE = 0.3


def _spread_at_3() -> float:
    """Return the standard deviation of f(3) under the posterior, summed over a grid of weights."""
    side = np.linspace(-6, 6, 241)
    w1, w2 = np.meshgrid(side, side, indexing="ij")
    r = (Y - w2[..., None] * np.tanh(w1[..., None] * X)) / NOISE
    p = np.exp(-(r**2).sum(-1) / 2 - (w1**2 + w2**2) / 2)
    f3 = w2 * np.tanh(3 * w1)
    mean = np.average(f3, weights=p)
    return float(np.sqrt(np.average((f3 - mean) ** 2, weights=p)))


SPREAD = _spread_at_3()


def _log_likelihood(w: NDArray, x: NDArray, y: NDArray, noise_std: float) -> NDArray:
    """Of each draw and each point, shape (draws, points)."""
    r = (y - w[:, 1:] * np.tanh(w[:, :1] * x)) / noise_std
    return -(r**2) / 2 - np.log(noise_std * np.sqrt(2 * np.pi))


def _kl(mu: NDArray, sigma: NDArray) -> NDArray:
    """Of each weight, from the prior N(0, 1)."""
    return (mu**2 + sigma**2 - 1) / 2 - np.log(sigma)


Elbo = Callable[..., float]


def _elbo(
    draw: Callable[..., NDArray] = lambda mu, sigma, eps: mu + sigma * eps,
    likelihood: Callable[..., NDArray] = _log_likelihood,
    kl: Callable[..., float] = lambda mu, sigma: _kl(mu, sigma).sum(),
    over_points: Callable[[NDArray], NDArray] = lambda parts: parts.sum(axis=1),
) -> Elbo:
    """Return the ELBO, or what a wrong part makes of it."""

    def elbo(mu: NDArray, sigma: NDArray, x: NDArray, y: NDArray, noise_std: float, eps: NDArray) -> float:
        parts = likelihood(draw(mu, sigma, eps), x, y, noise_std)
        return float(over_points(parts).mean() - kl(mu, sigma))

    return elbo


def _case(seed: int, points: int, noise_std: float, draws: int) -> dict[str, object]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=points).round(2)
    return {
        "mu": rng.normal(1, 0.5, 2).round(2),
        "sigma": rng.uniform(0.1, 0.6, 2).round(2),
        "x": x,
        "y": np.tanh(x).round(2),
        "noise_std": noise_std,
        "eps": rng.normal(size=(draws, 2)).round(2),
    }


EXERCISES = {
    "think-sure": Exercise(
        question="The standard deviation of f(3) after the five points",
        answer="about 0.2",
        choices={
            "less than 0.1: two weights, five points": (
                "The points constrain the weights, but a steep low tanh and a shallow high one both fit."
            ),
            "about 0.2": "Five points average out some of their noise: the curve is surer than one of them.",
            "about 0.3, the error of one point": "That is the noise of a new measurement, not of the curve.",
            "about 0.9, as before the measurement": "Then the points would have said nothing about x = 3.",
        },
    ),
    "think-gap": Exercise(
        question="ln Z less the ELBO of a perfect fit to one of two equal hills",
        answer="ln 2",
        choices={
            "0: the fit is perfect": "It is perfect on its hill, where p has half of its probability.",
            "ln 2": "On its hill q is twice p, and KL is the mean of ln 2.",
            "by |ln Z|": "The gap is KL(q‖p), which knows nothing of Z.",
        },
    ),
    "think-dropout": Exercise(
        question="With ten times the data, the standard deviation at x = 3 by dropout at r = 0.1",
        answer="it rises",
        choices={
            "it falls by about √10": (
                "A posterior's would fall. Dropout's masks do not see how much data there are."
            ),
            "it stays as it is, to three digits": (
                "The rate stays, but with more data the weights are held back less by the prior."
            ),
            "it rises": "The prior holds the weights back less, and the same share is switched off.",
        },
    ),
    "new-measurement": Exercise(
        question="Standard deviation of a new measurement at x = 3",
        answer=sqrt(SPREAD**2 + NOISE**2),
        mistakes={
            "the curve alone: a measurement has its own noise": SPREAD,
            "the noise alone: the curve is uncertain too": NOISE,
            "the sum of the standard deviations: the variances add": SPREAD + NOISE,
            "the variance: its root is asked for": SPREAD**2 + NOISE**2,
            "the mean of many measurements, as if the noise averaged out over five": sqrt(
                SPREAD**2 + NOISE**2 / 5
            ),
        },
    ),
    "elbo": Exercise(
        question="The ELBO of the network of two weights, from mu, sigma, x, y, noise_std and eps",
        answer=_elbo(),
        arguments=[_case(1, 5, 0.3, 4), _case(2, 3, 1.5, 7), _case(3, 8, 0.7, 2)],
        mistakes={
            "the KL averaged over the weights: sum it": _elbo(kl=lambda mu, sigma: _kl(mu, sigma).mean()),
            "the KL added: it is subtracted": _elbo(kl=lambda mu, sigma: -_kl(mu, sigma).sum()),
            "no KL: this is the expected log-likelihood alone": _elbo(kl=lambda mu, sigma: 0.0),
            "a KL without −ln σ, the entropy of q": _elbo(
                kl=lambda mu, sigma: ((mu**2 + sigma**2 - 1) / 2).sum()
            ),
            "a KL that takes sigma for a variance: sigma is a standard deviation": _elbo(
                kl=lambda mu, sigma: _kl(mu, np.sqrt(sigma)).sum()
            ),
            "noise_std taken for a variance: it is a standard deviation": _elbo(
                likelihood=lambda w, x, y, noise_std: _log_likelihood(w, x, y, np.sqrt(noise_std))
            ),
            "draws with variance sigma: multiply eps by sigma, a standard deviation": _elbo(
                draw=lambda mu, sigma, eps: mu + np.sqrt(sigma) * eps
            ),
            "the log-likelihood averaged over the points: sum it": _elbo(
                over_points=lambda parts: parts.mean(axis=1)
            ),
            "a likelihood without its constant, −ln(noise_std √2π) a point": _elbo(
                likelihood=lambda w, x, y, noise_std: (
                    _log_likelihood(w, x, y, noise_std) + np.log(noise_std * np.sqrt(2 * np.pi))
                )
            ),
            "the right number with the wrong sign: this is the free energy, minus the ELBO": (
                lambda mu, sigma, x, y, noise_std, eps: -_elbo()(mu, sigma, x, y, noise_std, eps)
            ),
        },
    ),
    "gaussian-kl": Exercise(
        question="KL from N(0, 2²) of N(1, ½²), in nats: μ = 1, σ = ½, s = 2",
        answer=log(4) + 1.25 / 8 - 0.5,
        mistakes={
            "the other direction, KL(p‖q)": -log(4) + (4 + 1) / (2 * 0.25) - 0.5,
            "a prior of standard deviation 1": log(2) + 1.25 / 2 - 0.5,
            "2 for the variance of the prior: it is 2²": log(sqrt(2) / 0.5) + 1.25 / 4 - 0.5,
            "½ for the variance of q: it is ½²": log(2 / sqrt(0.5)) + 1.5 / 8 - 0.5,
            "the entropy left out, ln(s/σ)": 1.25 / 8 - 0.5,
            "bits: nats are asked for": (log(4) + 1.25 / 8 - 0.5) / log(2),
            "the cross-entropy of q and p: the entropy of q is still to be subtracted": (
                log(2 * sqrt(2 * pi)) + 1.25 / 8
            ),
        },
    ),
    "untouched": Exercise(
        question="Standard deviation σ that the ELBO gives to a weight without data, with s = 2",
        answer=2.0,
        mistakes={
            "an energy without its entropy: then the weight would freeze": 0.0,
            "the variance: the standard deviation is asked for": 4.0,
            "a prior of standard deviation 1": 1.0,
            "2 for the variance of the prior: it is 2²": sqrt(2),
        },
    ),
    "hills": Exercise(
        question="Settings of the weights that give the same function, for three tanh units",
        answer=float(2**3 * factorial(3)),
        mistakes={
            "the signs alone: the units can change places too": 8.0,
            "the orders alone: tanh is odd, so signs can flip too": 6.0,
            "a sum for a product: each order goes with each choice of signs": 14.0,
            "signs of all six weights: the two of a unit must flip together": 64.0 * 6,
            "one sign for all units: each has its own": 12.0,
        },
    ),
}
