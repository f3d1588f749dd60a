"""The values of the chapter on free energy: evidences, bounds, works, and gradients by descent."""

from functools import cache
from itertools import pairwise
from math import exp, log, pi, sqrt

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import digamma

from thermolib._results import Estimate
from thermolib.bnn import MLP
from thermolib.evidence import SEED, Case, average, share
from thermolib.free_energy import (
    bar,
    gaussian_kl,
    gaussian_log_evidence,
    jarzynski,
    pull,
    thermodynamic_integration,
)
from thermolib.nets import VAE
from thermolib.problems import anscombe


def _features(which: int, degree: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, y = anscombe(which)
    return ((x[:, None] - 9) / np.sqrt(10)) ** np.arange(degree + 1), y


def _evidence(which: int, degree: int) -> float:
    return float(gaussian_log_evidence(*_features(which, degree), 1, 10))


def _integrated(power: int, n: int) -> float:
    """⟨ln L⟩ of the line at β = (i/n)^power, and the trapezoid rule."""
    X, y = _features(1, 1)
    betas, means = (np.arange(n + 1) / n) ** power, []
    for beta in betas:
        cov = np.linalg.inv(beta * X.T @ X + np.eye(2) / 100)
        residual = y - X @ (beta * cov @ X.T @ y)
        means.append(-(residual @ residual + np.trace(X @ cov @ X.T) + len(y) * log(2 * np.pi)) / 2)
    return float(thermodynamic_integration(betas, means))


def _coin() -> float:
    """Seven of ten, a flat prior; Romberg's step takes the rule's error to the fourth order and beyond."""
    rows: list[float] = []
    for k in range(5, 11):
        x = np.linspace(0, 1, 2**k + 1)
        a, b = 1 + 7 * x, 1 + 3 * x
        new = [thermodynamic_integration(x, 7 * digamma(a) + 3 * digamma(b) - 10 * digamma(a + b))]
        for m, old in enumerate(rows, 1):
            new.append(new[-1] + (new[-1] - old) / (4**m - 1))
        rows = new
    return float(rows[-1])


def _correlated(rho: float) -> float:
    """The divergence from the best product of Gaussians, of the widths √(1 − ρ²), to the pair."""
    return float(gaussian_kl([0, 0], (1 - rho**2) * np.eye(2), [0, 0], [[1, rho], [rho, 1]]))


def _jumps(n: int, seed: int | np.random.Generator) -> NDArray[np.float64]:
    return pull([0, 0], n, dt=1, stiffness=[1, 4], rng=seed)


def _two_ways(seed: int) -> Estimate:
    rng = np.random.default_rng(seed)
    return bar(_jumps(1000, rng), pull([0, 0], 1000, dt=1, stiffness=[4, 1], rng=rng))


def _dragged(seed: int) -> NDArray[np.float64]:
    """A trap dragged by 1 in the time 1, in 1000 steps: within 5·10⁻⁴ of the mean work of a steady pull."""
    return pull(np.linspace(0, 1, 1001), 4000, dt=1e-3, rng=seed)


@cache
def _linear_vae() -> tuple[float, float]:
    """The best ELBO of a linear autoencoder, σ = 1, and the best likelihood of probabilistic PCA, in nats.

    The data have the variances 9, 4 and ¼ along their axes. These points average a square over N(0, 1).
    """
    law = torch.tensor([9.0, 4.0, 0.25], dtype=torch.float64)
    points = sqrt(3) * torch.cat([torch.eye(3), -torch.eye(3)]).double()
    x = points * law.sqrt()
    vae = VAE((3, 3), 1.0, generator=torch.Generator().manual_seed(SEED)).double()
    climb = torch.optim.LBFGS(
        vae.parameters(), max_iter=500, tolerance_grad=1e-9, tolerance_change=0, line_search_fn="strong_wolfe"
    )

    def minus_elbo() -> torch.Tensor:
        climb.zero_grad()
        mean, log_std = vae.encode(x)
        off = (x - vae.decode(mean + log_std.exp() * points[:, None])).square().sum(-1).mean()
        loss = off / 2 + 1.5 * log(2 * pi) + vae.kl(x).sum(-1).mean()
        loss.backward()
        return loss

    climb.step(minus_elbo)
    v = law.clamp(min=1.0)
    return -minus_elbo().item(), -float((torch.log(2 * pi * v) + law / v).sum()) / 2


def _z_il() -> float:
    """Of all weights, Z-IL's slope over backpropagation's, where that is farthest from 1."""
    f = MLP((5, 10, 10, 3), bias=False)
    w = torch.sin(torch.arange(1.0, f.dim + 1, dtype=torch.float64)) / 2
    W = [layer for layer, _ in f.unflatten(w)]
    x = [torch.cos(torch.arange(5, dtype=torch.float64))]
    for k, layer in enumerate(W):
        x.append(layer @ (torch.tanh(x[-1]) if k else x[-1]))
    x[-1] = torch.ones(3, dtype=torch.float64)  # what is wanted
    true = torch.func.grad(lambda w: (x[-1] - f(w, x[0][None])[0]).square().sum() / 2)(w)

    def energy(W: list[torch.Tensor], hidden: list[torch.Tensor]) -> torch.Tensor:
        errors = []
        for k, (layer, (above, below)) in enumerate(zip(W, pairwise([x[0], *hidden, x[-1]]), strict=True)):
            errors.append(below - layer @ (torch.tanh(above) if k else above))
        return torch.cat(errors).square().sum() / 2

    hidden, slopes = x[1:-1], list[torch.Tensor]()
    for k in reversed(range(len(W))):  # the error has come to weight k; then a step of size 1
        of_W, of_x = torch.func.grad(energy, argnums=(0, 1))(W, hidden)
        slopes.insert(0, of_W[k].ravel())
        hidden = [one - slope for one, slope in zip(hidden, of_x, strict=True)]
    ratio = torch.cat(slopes) / true
    return float(ratio[(ratio - 1).abs().argmax()])


CASES = [
    *(
        Case(
            f"Anscombe's set {'I' * which}, degree {degree}: ln Z",
            value,
            lambda a=which, b=degree: _evidence(a, b),
            "closed form",
        )
        for which, degree, value in (
            (1, 0, "-34.527719"),
            (1, 1, "-24.287199"),
            (1, 2, "-27.261050"),
            (2, 2, "-20.894751"),
        )
    ),
    *(
        Case(
            f"set I, line: trapezoids, β = (i/{n}){'⁵' if power == 5 else ''}",
            value,
            lambda p=power, n=n: _integrated(p, n),
            "quadrature",
        )
        for power, n, value in ((5, 10, "-25.4359"), (5, 40, "-24.3568"), (1, 10, "-91.0"), (1, 40, "-39.0"))
    ),
    Case("coin, seven of ten: ln Z", "-7.185387015580", _coin, "closed form"),
    Case("pair with ρ = 0.9: least KL of a product", "0.830365603", lambda: _correlated(0.9), "closed form"),
    Case("linear autoencoder: best ELBO", _linear_vae()[1], lambda: _linear_vae()[0], "tipping1999"),
    Case("Z-IL's slopes over backpropagation's: worst", 1.0, _z_il, "song2020brain"),
    Case("stiffness 1 to 4: mean work", 1.5, lambda seed: average(_jumps(10_000, seed)), "closed form"),
    Case(
        "stiffness 1 to 4, Jarzynski: ΔF",
        log(2),
        lambda seed: jarzynski(_jumps(10_000, seed)),
        "jarzynski1997",
    ),
    Case("stiffness 1 to 4, Bennett: ΔF", log(2), _two_ways, "bennett1976"),
    Case("dragged trap: mean work", exp(-1), lambda seed: average(_dragged(seed)), "closed form"),
    Case(
        "dragged trap: variance of the work",
        2 * exp(-1),
        lambda seed: average((_dragged(seed) - exp(-1)) ** 2),
        "closed form",
    ),
    Case(
        "dragged trap: share of negative works",
        "0.334004571",
        lambda seed: share(_dragged(seed) < 0),
        "closed form",
    ),
]
