"""The values of the chapter on Bayesian neural networks: two weights, a Gaussian process, and walks."""

from functools import cache
from math import log, pi

import numpy as np
import torch
from scipy.optimize import minimize
from torch import Tensor

from thermolib._results import Estimate
from thermolib.bnn import (
    MLP,
    GridPosterior,
    calibration_temperature,
    erf_kernel,
    gaussian_log_joint,
    grid_posterior,
    hmc,
    sgld,
)
from thermolib.evidence import Case, average

X = torch.tensor([-2, -1, 0.5, 1, 2], dtype=torch.float64)[:, None]
Y = torch.tensor([-0.9, -0.7, 0.4, 0.8, 1.1], dtype=torch.float64)[:, None]
TWO = MLP((1, 1, 1), bias=False)
LOG_JOINT = gaussian_log_joint(TWO, X, Y, 0.3)
THREE = torch.tensor([[3.0]], dtype=torch.float64)


@cache
def _posterior() -> GridPosterior:
    """On a grid whose sums are good to 10⁻¹²: fine in w₁, where tanh has poles near the axis."""
    return grid_posterior(
        LOG_JOINT,
        torch.linspace(-7.5, 7.5, 701, dtype=torch.float64),
        torch.linspace(-7, 7, 181, dtype=torch.float64),
    )


@cache
def _at_three() -> tuple[float, float]:
    """Mean and standard deviation of f(3)."""
    f = lambda w: TWO(w, THREE)[0, 0]  # noqa: E731
    first = _posterior().mean(f).item()
    return first, _posterior().mean(lambda w: (f(w) - first) ** 2).item() ** 0.5


def _best_bound() -> float:
    """The best ELBO of a Gaussian with independent weights: Gauss–Hermite over w₁, in closed form over w₂."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    weights = weights / weights.sum()
    x, y = X.numpy(), Y.numpy()

    def loss(parameters: np.ndarray) -> float:
        mu, s = parameters[:2], np.exp(parameters[2:])
        tanh = np.tanh((mu[0] + s[0] * nodes) * x)
        square = (y - mu[1] * tanh) ** 2 + (s[1] * tanh) ** 2
        likelihood = -(square @ weights).sum() / (2 * 0.3**2) - 5 * (log(0.3) + log(2 * pi) / 2)
        return float(((s**2 + mu**2) / 2 - np.log(s) - 0.5).sum() - likelihood)

    return -float(minimize(loss, [0.8, 1.0, -1.0, -1.5], tol=1e-10).fun)


def _overconfident() -> float:
    """Labels drawn from a model, whose logits are then multiplied by 2.5, in the exact proportions."""
    p = np.array([0.5, 0.3, 0.2])
    labels = np.repeat(np.arange(3), [500, 300, 200])
    return calibration_temperature(np.tile(2.5 * np.log(p), (1000, 1)), labels)


def _variance(step: float) -> float:
    return 1 / (1 - step / 2)


def _square(w: Tensor) -> Tensor:
    return -(w**2).sum() / 2


def _walk(seed: int) -> Estimate:
    """The variance of Langevin's walk with a step of ½ in E = w²/2, of 4000 chains."""
    generator = torch.Generator().manual_seed(seed)
    start = torch.zeros((4000, 1), dtype=torch.float64)
    w = sgld(_square, start, 0.5, 1, warm_up=30, generator=generator).w
    return average(w.numpy().ravel() ** 2)


def _hamilton(seed: int) -> Estimate:
    """E[w₁w₂] by Hamiltonian Monte Carlo, of 200 chains."""
    generator = torch.Generator().manual_seed(seed)
    start = torch.ones((200, 2), dtype=torch.float64)
    w = hmc(LOG_JOINT, start, 0.15, 5, leapfrogs=8, warm_up=12, generator=generator).w
    return average(w.numpy().prod(axis=-1).mean(axis=1))


EXACT = [
    Case("two weights: ln Z", "-1.509882850745", lambda: _posterior().log_Z, "quadrature"),
    Case(
        "two weights: E[w₁w₂]",
        "0.952470569",
        lambda: _posterior().mean(lambda w: w[0] * w[1]).item(),
        "quadrature",
    ),
    Case("two weights: E f(3)", "1.039462962", lambda: _at_three()[0], "quadrature"),
    Case("two weights: s.d. of f(3)", "0.226353331", lambda: _at_three()[1], "quadrature"),
    Case("two weights: best ELBO", "-2.690143673", _best_bound, "quadrature"),
    Case("erf network: K(0, 0)", "0.464559054", lambda: erf_kernel([0.0], [0.0]).item(), "williams1998"),
    Case("erf network: K(½, −1)", "0.153669166", lambda: erf_kernel([0.5], [-1.0]).item(), "williams1998"),
    Case("logits × 2.5: temperature that mends it", "2.5", _overconfident, "closed form"),
]

KNOWN = {case.what: case.value for case in EXACT}

CASES = [
    *EXACT,
    Case("SGLD, ε = ½: variance", _variance(0.5), _walk, "closed form"),
    Case("Hamiltonian Monte Carlo: E[w₁w₂]", KNOWN["two weights: E[w₁w₂]"], _hamilton, "quadrature"),
]
