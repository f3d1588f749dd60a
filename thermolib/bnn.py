r"""Bayesian neural networks: the posterior of a network's weights as a Gibbs distribution, in torch.

Serves ``chapters/bayesian-neural-networks.md``. The weights w of a network are one vector, and their energy
is L(w) = −ln p(y ∣ w) − ln p(w), both parts normalised. Functions take −L(w), the *log joint*: a callable of
one w (dim,) that returns one number. The posterior at temperature T is exp(−L(w)/T)/Z, which is Bayes' at
T = 1; Z is then the evidence. Samplers run many chains at once, and all their chance is ``generator``.

==================  =====================  ================================================================
symbol              argument               meaning
==================  =====================  ================================================================
w                   ``w``, ``w0``          weights, shape (..., dim); chains and draws are the leading axes
f(w, x)             ``f``                  what the network with the weights w says at the inputs x
−L(w)               ``log_joint``          ln p(y, w): of one w, one number in nats
T                   ``T``                  temperature, T > 0 and finite; 1 is Bayes' posterior
ε                   ``step``               step of a sampler, a time; in `sgld` its square
ξ                   —                      noise ~ N(0, 1); in `nose_hoover` the thermostat
A                   ``noise``              strength of the noise, and mean of the thermostat
σ, s                ``noise_std``, …       standard deviations: of the data's noise, of the prior
μ, ρ                ``mu``, ``rho``        a weight's mean, and its deviation softplus(ρ) = ln(1 + e^ρ)
==================  =====================  ================================================================
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count, pairwise
from math import log, pi, prod
from typing import NamedTuple

import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.func import grad, grad_and_value, jacrev, vmap

from thermolib import _tensors, _validate
from thermolib._predictions import (
    EntropySplit,
    calibration_temperature,
    entropy_split,
    erf_kernel,
    expected_calibration_error,
    predictive,
)
from thermolib._results import ConvergenceError
from thermolib._walks import Draws, Move, Run, vectorised

__all__ = [
    "MLP",
    "BayesianLinear",
    "Draws",
    "EntropySplit",
    "GridPosterior",
    "Laplace",
    "Subsampled",
    "calibration_temperature",
    "elbo",
    "entropy_split",
    "erf_kernel",
    "expected_calibration_error",
    "gaussian_log_joint",
    "grid_posterior",
    "hmc",
    "laplace",
    "leapfrog",
    "nose_hoover",
    "predictive",
    "sgld",
]

LogJoint = Callable[[Tensor], Tensor]
Network = Callable[[Tensor, Tensor], Tensor]


class Laplace(NamedTuple):
    """A Gaussian at a mode: ``mean`` (dim,), ``covariance`` (dim, dim), and the ``log_Z`` that it implies."""

    mean: Tensor
    covariance: Tensor
    log_Z: float


class GridPosterior(NamedTuple):
    """A posterior on a grid: ``log_Z``, the density ``p`` (n₁, n₂, …) at its points, and the ``axes``."""

    log_Z: float
    p: Tensor
    axes: tuple[Tensor, ...]

    def mean(self, fn: LogJoint) -> Tensor:
        """Return the posterior mean of ``fn``, a function of one w (dim,), in the shape that it returns."""
        values = vmap(fn, chunk_size=2**16)(_points(self.axes))
        return torch.tensordot((self.p * _cells(self.axes)).flatten().to(values), values, 1)


# The posterior ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MLP:
    r"""A network of layers a → W φ(a) + b, described, without weights: those are one flat vector w.

    Called as f(w, x), with w (..., dim) and x (n, in), it returns (..., n, out). The inputs enter the first
    layer as they are; the activation φ stands between layers, and not after the last.

    Parameters
    ----------
    widths : tuple of int
        Units of each layer, the inputs first: at least two.
    activation : callable, optional
        φ, on tensors.
    bias : bool, optional
        Whether layers have a bias b. ``MLP((1, 1, 1), bias=False)`` is w₂ φ(w₁ x).

    Raises
    ------
    ValueError
        For fewer than two widths, a width < 1, or w and x of other shapes.

    Examples
    --------
    >>> f = MLP((1, 8, 1))
    >>> f.dim, tuple(f(torch.zeros(4, 3, f.dim), torch.zeros(5, 1)).shape)
    (25, (4, 3, 5, 1))
    >>> f = MLP((1, 1, 1), bias=False)
    >>> f(torch.tensor([1.0, 2.0]), torch.tensor([[0.5]]))  # 2 tanh(1 · ½)
    tensor([[0.9242]])
    """

    widths: tuple[int, ...]
    activation: Callable[[Tensor], Tensor] = field(default_factory=lambda: torch.tanh)
    bias: bool = True

    def __post_init__(self) -> None:
        widths = tuple(_validate.whole("a width", n, 1) for n in self.widths)
        if len(widths) < 2:
            raise ValueError(f"widths must name two layers at least, the inputs first, got {self.widths}")
        object.__setattr__(self, "widths", widths)

    @property
    def dim(self) -> int:
        """The number of weights and biases."""
        return sum((n + self.bias) * m for n, m in pairwise(self.widths))

    def unflatten(self, w: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Return each layer's W (..., out, in) and b (..., out), from w (..., dim); without bias b is 0."""
        if w.ndim < 1 or w.shape[-1] != self.dim:
            raise ValueError(f"w must have shape (..., {self.dim}), got {tuple(w.shape)}")
        layers, at = [], 0
        for n, m in pairwise(self.widths):
            W, at = w[..., at : at + m * n].unflatten(-1, (m, n)), at + m * n
            b = w[..., at : at + m] if self.bias else torch.zeros_like(W[..., 0])
            layers.append((W, b))
            at += m * self.bias
        return layers

    def __call__(self, w: Tensor, x: Tensor) -> Tensor:
        """Return f(w, x)."""
        if x.ndim != 2 or x.shape[-1] != self.widths[0]:
            raise ValueError(f"x must have shape (n, {self.widths[0]}), got {tuple(x.shape)}")
        a = x
        for k, (W, b) in enumerate(self.unflatten(w)):
            a = (self.activation(a) if k else a) @ W.mT + b[..., None, :]
        return a


def gaussian_log_joint(
    f: Network, x: Tensor, y: Tensor, noise_std: float, prior_std: float | Tensor = 1.0
) -> LogJoint:
    r"""Return ln p(y, w) for y = f(w, x) + noise, as a function of one w: its integral is the evidence.

    −L(w) = Σ_i ln N(y_i; f(w, x_i), σ²) + Σ_k ln N(w_k; 0, s²), both normalised.

    Parameters
    ----------
    f : callable
        f(w, x), of one w (dim,), in the shape of y.
    x, y : Tensor, shapes (n, …)
        Data. An `MLP` returns (n, out), so it needs y of that shape, ``y[:, None]`` where out = 1.
    noise_std : float
        σ, a standard deviation, in y's unit.
    prior_std : float or Tensor, shape (dim,), optional
        s, of every weight, or of each.

    Returns
    -------
    callable
        w (dim,) → a tensor with one number, in nats.

    Raises
    ------
    ValueError
        For a standard deviation ≤ 0, data that are not finite, and, when called, another shape of f(w, x).

    References
    ----------
    Neal, *Bayesian Learning for Neural Networks* (1996), section 1.2; MacKay, Neural Computation 4, 448
    (1992).

    Examples
    --------
    >>> x, y = torch.tensor([-1.0, 0.5]), torch.tensor([-0.7, 0.4])
    >>> log_joint = gaussian_log_joint(lambda w, x: w[1] * torch.tanh(w[0] * x), x, y, noise_std=0.3)
    >>> log_joint(torch.tensor([1.0, 1.0]))
    tensor(-2.3103)
    """
    x, y = _tensors.tensor("x", x), _tensors.tensor("y", y)
    sigma, s = _validate.positive("noise_std", noise_std), _tensors.positives("prior_std", prior_std)

    def log_joint(w: Tensor) -> Tensor:
        f_x = f(w, x)
        if f_x.shape != y.shape:
            raise ValueError(f"f(w, x) must have y's shape {tuple(y.shape)}, got {tuple(f_x.shape)}")
        return _tensors.log_normal(y - f_x, sigma).sum() + _tensors.log_normal(w, s).sum()

    return log_joint


class Subsampled:
    r"""A log joint, estimated from n of N examples: ln p(w) + (N/n) Σ_{i in batch} ln p(y_i ∣ w).

    `sgld` and `nose_hoover` take it in place of a log joint, and draw examples afresh in each step, for each
    chain its own, without replacement. Called with a w it gives the exact sum over all examples.

    Parameters
    ----------
    log_prior : callable
        ln p(w), of one w (dim,).
    log_likelihood : callable
        Σ_i ln p(y_i ∣ w), of one w and the examples' tensors: ``log_likelihood(w, x, y)`` for
        ``data=(x, y)``. A sum, not a mean.
    data : tuple of Tensor, shapes (N, …)
        All examples.
    batch_size : int
        n, from 1 to N.

    Raises
    ------
    ValueError
        For tensors of unequal length, or a batch size out of range.

    References
    ----------
    Welling, Teh, ICML (2011), equation 4.

    Examples
    --------
    >>> y = torch.tensor([1.0, 2.0, 6.0])
    >>> sub = Subsampled(lambda w: -(w**2).sum() / 2, lambda w, y: -((y - w) ** 2).sum() / 2, (y,), 1)
    >>> w = torch.zeros(1)
    >>> sub(w), sub.on(w, torch.tensor([1]))  # −(1 + 4 + 36)/2 and −3 · 4/2
    (tensor(-20.5000), tensor(-6.))
    """

    def __init__(
        self,
        log_prior: LogJoint,
        log_likelihood: Callable[..., Tensor],
        data: tuple[Tensor, ...],
        batch_size: int,
    ) -> None:
        lengths = {len(part) for part in data}
        if len(lengths) != 1:
            raise ValueError(f"data must be tensors with one example a row, got {sorted(lengths)} rows")
        self.N = lengths.pop()
        self.batch_size = _validate.whole("batch_size", batch_size, 1, self.N)
        self.log_prior, self.log_likelihood, self.data = log_prior, log_likelihood, tuple(data)

    def __call__(self, w: Tensor) -> Tensor:
        """Return the log joint of w with all examples."""
        return self.log_prior(w) + self.log_likelihood(w, *self.data)

    def on(self, w: Tensor, batch: Tensor) -> Tensor:
        """Return the estimate from the examples whose numbers are in ``batch`` (n,)."""
        likelihood = self.log_likelihood(w, *(part[batch] for part in self.data))
        return self.log_prior(w) + self.N / batch.shape[-1] * likelihood

    def batches(self, chains: int, generator: torch.Generator) -> Tensor:
        """Return the numbers of the examples of one step, (chains, batch_size): for each chain its own."""
        order = torch.rand(chains, self.N, dtype=torch.float64, generator=generator, device=generator.device)
        return order.topk(self.batch_size).indices

    def draw(self, generator: torch.Generator | None = None) -> LogJoint:
        """Return the estimate from examples drawn now, as a function of one w."""
        (batch,) = self.batches(1, _tensors.generator(generator, self.data[0].device))
        return lambda w: self.on(w, batch)


def grid_posterior(log_joint: LogJoint, *axes: ArrayLike | Tensor, T: float = 1.0) -> GridPosterior:
    r"""Return the posterior on a grid, by the trapezoid rule: exact, for a few weights.

    Where the integrand and its derivatives vanish at the ends of the axes the error falls exponentially with
    the number of points.

    Parameters
    ----------
    log_joint : callable
        −L(w), of one w (dim,), with dim = number of axes.
    *axes : array_like, shapes (n₁,), (n₂,), …
        Rising values of each weight; equal steps are not needed. At most 2²⁴ points in all.
    T : float, optional
        Temperature: the density is exp(−L/T)/Z.

    Returns
    -------
    GridPosterior
        ``log_Z`` = ln ∫ exp(−L/T) dw; ``p`` the density; ``mean(fn)`` the mean of a function of one w.

    Raises
    ------
    ValueError
        For axes that do not rise, too many points, T ≤ 0, or a log joint that is NaN or +∞ somewhere.

    Examples
    --------
    >>> axis = torch.linspace(-8, 8, 81, dtype=torch.float64)
    >>> grid = grid_posterior(lambda w: -(w**2).sum() / 2, axis, axis)
    >>> round(grid.log_Z, 9), round(grid.mean(lambda w: w[0] ** 2).item(), 9)  # ln 2π and 1
    (1.837877066, 1.0)
    """
    T = _validate.scalar("T", _validate.temperature(T, finite=True))
    ticks = tuple(_tensors.tensor("an axis", axis) for axis in axes)
    for axis in ticks:
        if axis.ndim != 1 or len(axis) < 2 or not bool((axis.diff() > 0).all()):
            raise ValueError(f"an axis must have shape (n,), n ≥ 2, with rising values, got {axis}")
    if not ticks or prod(map(len, ticks)) > 2**24:
        raise ValueError(f"axes must span 1 to 2²⁴ points, got the lengths {[len(axis) for axis in ticks]}")
    w = _points(ticks)
    _tensors.one_number(log_joint(w[0]), "log_joint", w[0])
    log_p = vmap(log_joint, chunk_size=2**16)(w).detach().reshape([len(axis) for axis in ticks]) / T
    if bool((log_p.isnan() | (log_p == torch.inf)).any()):
        raise ValueError("log_joint must be a number or −∞ on the grid, got NaN or +∞")
    log_Z = (log_p + _cells(ticks).log()).flatten().logsumexp(0)
    return GridPosterior(float(log_Z), (log_p - log_Z).exp(), ticks)


# Samplers --------------------------------------------------------------------------------------------


def sgld(
    log_joint: LogJoint | Subsampled,
    w0: Tensor,
    step: float,
    draws: int,
    *,
    T: float | ArrayLike = 1.0,
    warm_up: int = 0,
    thin: int = 1,
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    progress: bool = False,
) -> Draws:
    r"""Langevin's walk: w ← w − ε ∇L(w) + √(2εT) ξ with ξ ~ N(0, 1), for every chain at once.

    With the exact gradient this is the unadjusted Langevin algorithm, with a `Subsampled` one stochastic-
    gradient Langevin dynamics. No step is refused, so a finite ε leaves a bias: on L = h w²/2 the variance
    is T/h · 1/(1 − hε/2) instead of T/h, and from ε = 2/h on the walk runs away. Examples drawn at random
    add the variance of ε∇L. (Welling's and Teh's ε is twice this one.)

    Parameters
    ----------
    log_joint : callable or Subsampled
        −L(w), of one w (dim,), written in torch so that `torch.func.vmap` and `grad` can take it.
    w0 : Tensor, shape (chains, dim)
        Where the chains start; not changed. Its type (float64 for arrays) is that of the result.
    step : float
        ε > 0.
    draws : int
        Draws that are kept of each chain.
    T : float or array_like, shape (chains,), optional
        Temperature, of all chains or of each.
    warm_up, thin : int, optional
        Steps before anything is kept; steps for one draw.
    generator : torch.Generator, optional
        All chance there is, on the device of the chains; by default one of its own, seeded by the system.
    device : torch.device or str, optional
        Where the chains run; by default where w0 lies. What log_joint uses must lie there too.
    progress : bool, optional
        Show a progress bar.

    Returns
    -------
    Draws

    Raises
    ------
    ValueError
        For T ≤ 0, a step ≤ 0, other shapes, a log joint that is not one finite number at the start, or a
        generator on another device.
    ConvergenceError
        Where a chain runs away; ``last`` is the last state (chains, dim) in which all were finite.

    References
    ----------
    Welling, Teh, ICML (2011), equation 4; Roberts, Tweedie, Bernoulli 2, 341 (1996), for the bias.

    Examples
    --------
    >>> generator = torch.Generator().manual_seed(0)
    >>> w0 = torch.zeros(100, 1, dtype=torch.float64)
    >>> run = sgld(lambda w: -(w**2).sum() / 2, w0, 0.5, 1000, warm_up=20, generator=generator)
    >>> tuple(run.w.shape), bool(abs(run.w.var() - 1 / (1 - 0.5 / 2)) < 0.03)
    ((100, 1000, 1), True)
    """
    run = Run("sgld", log_joint, w0, step, draws, T, warm_up, thin, generator, device)
    T, step = run.T[:, None], run.step

    def moves() -> Iterator[Move]:
        w, (_, force) = run.w, run.start
        kick = (2 * step * T).sqrt()
        while True:
            w = w + step * force + kick * run.normal()
            value, force = run.log_joint(w)
            yield Move(w, value, None, w, value)

    return run.record(moves(), progress)


def hmc(
    log_joint: LogJoint,
    w0: Tensor,
    step: float,
    draws: int,
    *,
    leapfrogs: int = 10,
    T: float | ArrayLike = 1.0,
    warm_up: int = 0,
    thin: int = 1,
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    progress: bool = False,
) -> Draws:
    r"""Hamiltonian Monte Carlo: fresh momenta p ~ N(0, T), some `leapfrog` steps, and Metropolis' rule.

    The energy H = L(w) + ½ p·p of the way's two ends decides: its new end is accepted with probability
    min(1, exp(−ΔH/T)), or else the old one counts again. So exp(−L/T)/Z is exactly stationary, whatever ε.

    Parameters
    ----------
    log_joint : callable
        As in `sgld`. A `Subsampled` is called with all of its examples.
    w0, step, T, warm_up, thin, generator, device, progress
        As in `sgld`; ``warm_up`` and ``thin`` count proposals. On L = h w²/2 leapfrogs are stable for
        ε < 2/√h.
    draws : int
        Draws that are kept of each chain.
    leapfrogs : int, optional
        Steps in one proposal.

    Returns
    -------
    Draws

    Raises
    ------
    ValueError
        As `sgld`; leapfrogs < 1.
    ConvergenceError
        Where a proposal is no longer finite; ``last`` is the state (chains, dim) before it.

    References
    ----------
    Duane, Kennedy, Pendleton, Roweth, Physics Letters B 195, 216 (1987); Neal, in *Handbook of Markov Chain
    Monte Carlo* (2011), chapter 5, section 5.3.2.

    Examples
    --------
    >>> generator = torch.Generator().manual_seed(0)
    >>> w0 = torch.zeros(100, 1, dtype=torch.float64)
    >>> run = hmc(lambda w: -(w**2).sum() / 2, w0, 0.5, 500, leapfrogs=3, warm_up=5, generator=generator)
    >>> bool(abs(run.w.var() - 1) < 0.03), bool(run.acceptance.mean() > 0.9)
    (True, True)
    """
    leapfrogs = _validate.whole("leapfrogs", leapfrogs, 1)
    run = Run("hmc", log_joint, w0, step, draws, T, warm_up, thin, generator, device, leapfrogs)

    def moves() -> Iterator[Move]:
        w, (value, force) = run.w, run.start
        heat = run.T.sqrt()[:, None]
        while True:
            p = heat * run.normal()
            w_new, p_new, value_new, force_new = _leapfrog(run.log_joint, w, p, force, run.step, leapfrogs)
            rise = value - value_new + (p_new**2 - p**2).sum(-1) / 2  # ΔH
            accepted = run.uniform().log() < -rise / run.T
            w = torch.where(accepted[:, None], w_new, w)
            value = torch.where(accepted, value_new, value)
            force = torch.where(accepted[:, None], force_new, force)
            yield Move(w, value, accepted, w_new, value_new)

    return run.record(moves(), progress)


def leapfrog(
    log_joint: LogJoint, w: Tensor, p: Tensor, step: float, leapfrogs: int = 1
) -> tuple[Tensor, Tensor]:
    r"""Return w and p after some leapfrog steps: half a kick p − ½ε∇L, a drift w + εp, half a kick.

    A step keeps volumes in (w, p), and run with −p it leads back. It keeps H = L + ½ p·p up to O(ε²).

    Parameters
    ----------
    log_joint : callable
        −L(w), of one w (dim,).
    w, p : Tensor, shape (chains, dim)
        Weights and momenta; not changed.
    step : float
        ε > 0.
    leapfrogs : int, optional
        How many steps.

    Returns
    -------
    tuple of Tensor
        w and p, each (chains, dim).

    Raises
    ------
    ValueError
        For a step ≤ 0, leapfrogs < 1, or shapes that are not (chains, dim).

    References
    ----------
    Neal, in *Handbook of Markov Chain Monte Carlo* (2011), chapter 5, equations 5.18–5.20.

    Examples
    --------
    >>> w, p = leapfrog(lambda w: -(w**2).sum() / 2, torch.tensor([[1.0]]), torch.tensor([[0.0]]), 0.5)
    >>> w, p  # 1 − ε²/2 and −ε(1 − ε²/4)
    (tensor([[0.8750]]), tensor([[-0.4688]]))
    """
    step, leapfrogs = _validate.positive("step", step), _validate.whole("leapfrogs", leapfrogs, 1)
    w, p = _tensors.tensor("w", w), _tensors.tensor("p", p)
    if w.ndim != 2 or w.shape != p.shape:
        raise ValueError(f"w and p must have one shape (chains, dim), got {tuple(w.shape)}, {tuple(p.shape)}")
    _tensors.one_number(log_joint(w[0]), "log_joint", w[0])
    both = vectorised(log_joint)
    return _leapfrog(both, w, p, both(w)[1], step, leapfrogs)[:2]


def nose_hoover(
    log_joint: LogJoint | Subsampled,
    w0: Tensor,
    step: float,
    draws: int,
    *,
    noise: float = 1.0,
    T: float | ArrayLike = 1.0,
    warm_up: int = 0,
    thin: int = 1,
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    progress: bool = False,
) -> Draws:
    r"""The stochastic-gradient Nosé–Hoover thermostat: momenta with a friction ξ that finds its own value.

        p ← p − ε∇L(w) − εξp + √(2AεT) N(0, 1),   w ← w + εp,   ξ ← ξ + ε(p·p/dim − T).

    The friction rises while the momenta are hotter than T, and falls while they are colder. So noise of
    unknown strength in the gradient, as that of a `Subsampled`, is taken out again. In the stationary state
    the mean of p·p/dim is exactly T at every step size; the variance of w is not: on L = w²/2, with many
    weights, it is T(1 − εξ/2), where ξ = A + O(ε).

    Parameters
    ----------
    log_joint, w0, step, draws, T, warm_up, thin, generator, device, progress
        As in `sgld`. Each chain has one thermostat, for all of its weights: with few of them, and L nearly
        quadratic, it mixes badly unless A is of order one.
    noise : float, optional
        A ≥ 0. Momenta start from N(0, T) and ξ at A; A = 0 is Nosé's and Hoover's deterministic thermostat.

    Returns
    -------
    Draws

    Raises
    ------
    ValueError, ConvergenceError
        As `sgld`; noise < 0.

    References
    ----------
    Ding, Fang, Babbush, Chen, Skeel, Neven, NeurIPS 27 (2014), algorithm 1.

    Examples
    --------
    >>> generator = torch.Generator().manual_seed(0)
    >>> w0 = torch.zeros(100, 4, dtype=torch.float64)
    >>> run = nose_hoover(lambda w: -(w**2).sum() / 2, w0, 0.05, 800, warm_up=200, generator=generator)
    >>> bool(abs(run.w.var() - 1) < 0.1)
    True
    """
    A = _validate.positive("noise", noise, zero=True)
    run = Run("nose_hoover", log_joint, w0, step, draws, T, warm_up, thin, generator, device)
    T, step = run.T[:, None], run.step

    def moves() -> Iterator[Move]:
        w, (_, force) = run.w, run.start
        p, xi = T.sqrt() * run.normal(), torch.full_like(T, A)
        kick = (2 * A * step * T).sqrt()
        while True:
            p = p + step * force - step * xi * p + kick * run.normal()
            w = w + step * p
            xi = xi + step * ((p**2).mean(-1, keepdim=True) - T)
            value, force = run.log_joint(w)
            yield Move(w, value, None, w, value)

    return run.record(moves(), progress)


def _leapfrog(
    log_joint: Callable[..., tuple[Tensor, Tensor]],
    w: Tensor,
    p: Tensor,
    force: Tensor,
    step: float,
    leapfrogs: int,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    for _ in range(leapfrogs):
        p = p + step / 2 * force
        w = w + step * p
        value, force = log_joint(w)
        p = p + step / 2 * force
    return w, p, value, force


# Gaussians in place of the posterior -----------------------------------------------------------------


def laplace(log_joint: LogJoint, w: Tensor) -> Laplace:
    r"""Laplace's approximation: climb from w to a mode, and put a Gaussian there.

    Its covariance is the inverse of H = ∇∇L at the mode, and ln Z ≈ −L(mode) + (dim/2) ln 2π − ½ ln det H:
    the Gaussian integral around one mode. It is exact where L is quadratic, and of two equal modes it counts
    one.

    Parameters
    ----------
    log_joint : callable
        −L(w), of one w (dim,), twice differentiable.
    w : Tensor, shape (dim,)
        Where the climb starts; not changed.

    Returns
    -------
    Laplace
        ``mean`` (dim,), ``covariance`` (dim, dim) and ``log_Z`` in nats.

    Raises
    ------
    ValueError
        For another shape, or a log joint that is not one finite number at the start.
    ConvergenceError
        Where no maximum is found, or one that is flat in some direction; ``last`` is the w reached.

    References
    ----------
    MacKay, *Information Theory, Inference, and Learning Algorithms* (2003), equation 27.6.

    Examples
    --------
    >>> around = laplace(lambda w: -2 * (w[0] - 3) ** 2, torch.tensor([0.0], dtype=torch.float64))
    >>> around.mean.item(), around.covariance.item(), round(around.log_Z, 6)  # ½ ln(2π/4)
    (3.0, 0.25, 0.225791)
    """
    w = _tensors.tensor("w", w).detach().clone()
    if w.ndim != 1 or len(w) == 0:
        raise ValueError(f"w must have shape (dim,), got {tuple(w.shape)}")
    if not bool(_tensors.one_number(log_joint(w), "log_joint", w).isfinite()):
        raise ValueError(f"log_joint must be finite at the start, got {log_joint(w)}")

    def loss() -> Tensor:
        force, value = grad_and_value(log_joint)(w)
        w.grad = -force
        return -value

    torch.optim.LBFGS([w], max_iter=1000, line_search_fn="strong_wolfe").step(loss)  # type: ignore[arg-type]
    w.grad, best, eps = None, torch.inf, torch.finfo(w.dtype).eps
    # Newton's steps, uphill also where L is not convex; `gain` is what is left, in nats. Numbers decide what
    # comes next, here as in LBFGS, so each step waits for the device.
    for k in count():
        force, H = grad(log_joint)(w), -jacrev(grad(log_joint))(w)
        if not bool(H.isfinite().all()):
            raise ConvergenceError(f"no maximum was found: the curvature is not finite at {w.tolist()}", w)
        curvature, axes = torch.linalg.eigh(H)
        along = axes.mT @ force
        gain, convex = float((along**2 / curvature.abs()).sum() / 2), bool(curvature[0] > eps * curvature[-1])
        if convex and gain >= best / 2 and gain < (100 * eps if k < 50 else eps**0.5):
            break  # what is left is rounding
        if k == 100 or not gain < torch.inf or (gain < eps and not convex):
            raise ConvergenceError(f"no maximum was found: L is flat or not convex at {w.tolist()}", w)
        step, here = axes @ (along / curvature.abs()), log_joint(w)
        for _ in range(30):
            if bool(log_joint(w + step) >= here - eps * here.abs()):
                break
            step = step / 2
        w, best = w + step, gain
    log_Z = log_joint(w) + len(w) / 2 * log(2 * pi) - curvature.log().sum() / 2
    return Laplace(w.detach(), ((axes / curvature) @ axes.mT).detach(), float(log_Z))


class BayesianLinear(torch.nn.Module):
    r"""A linear layer whose weights are independent Gaussians q = N(μ, softplus(ρ)²), for Bayes by backprop.

    Called with x (..., in) it returns (..., out), drawn by *local reparameterisation*: what arrives at a unit
    is Gaussian, with mean x̃·μ and variance x̃²·softplus(ρ)², x̃ = (x, 1), and is drawn itself, for each
    example afresh. That has the law of drawing weights for each example, and gradients of less variance.

    Parameters
    ----------
    in_features, out_features : int
        Numbers of units.
    bias : bool, optional
        Whether there is a bias, which is then the last column of ``mu`` and ``rho``.
    prior_std : float, optional
        s of the prior N(0, s²) on each weight and bias: on the weights themselves, not on μ and ρ.
    generator : torch.Generator, optional
        For the means to start from, N(0, 1/in), and for what is drawn later. The weights lie on its device;
        a layer that is moved to another goes on with a generator there, seeded from this one.

    Attributes
    ----------
    mu, rho : Parameter, shape (out, in + 1), or (out, in) without bias
        Deviations start at softplus(−3) = .0486.

    Raises
    ------
    ValueError
        For sizes < 1, a prior_std ≤ 0, or a generator that is none.

    References
    ----------
    Blundell, Cornebise, Kavukcuoglu, Wierstra, ICML (2015), section 3.2; Kingma, Salimans, Welling, NeurIPS
    28 (2015), equation 6, for the local reparameterisation.

    Examples
    --------
    >>> layer = BayesianLinear(3, 2, generator=torch.Generator().manual_seed(0))
    >>> tuple(layer(torch.zeros(5, 3)).shape), tuple(layer.mu.shape), layer.kl().item() > 0
    ((5, 2), (2, 4), True)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        prior_std: float = 1.0,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        n = _validate.whole("in_features", in_features, 1)
        shape = (_validate.whole("out_features", out_features, 1), n + _validate.truth("bias", bias))
        self.bias, self.prior_std = bias, _validate.positive("prior_std", prior_std)
        self.generator = _tensors.generator(generator, None)
        device = self.generator.device
        self.mu = torch.nn.Parameter(self._normal(torch.empty(shape, device=device)) / n**0.5)
        self.rho = torch.nn.Parameter(torch.full(shape, -3.0, device=device))

    @property
    def sigma(self) -> Tensor:
        """Standard deviations of the weights, softplus(ρ)."""
        return torch.nn.functional.softplus(self.rho)

    def kl(self) -> Tensor:
        r"""KL(q ‖ prior) = Σ ln(s/σ) + (σ² + μ²)/2s² − ½, summed over all weights, in nats."""
        s, sigma = self.prior_std, self.sigma
        return (torch.log(s / sigma) + (sigma**2 + self.mu**2) / (2 * s**2) - 0.5).sum()

    def forward(self, x: Tensor) -> Tensor:
        """Draw what leaves the layer, (..., out), for x (..., in)."""
        if x.shape[-1] != self.mu.shape[1] - self.bias:
            raise ValueError(f"x must have shape (..., {self.mu.shape[1] - self.bias}), got {tuple(x.shape)}")
        if self.bias:
            x = torch.nn.functional.pad(x, (0, 1), value=1.0)
        mean, variance = x @ self.mu.mT, x**2 @ (self.sigma**2).mT
        # Where all inputs are 0 the root has no slope; the least normal number gives it one, of 0.
        spread = (variance + torch.finfo(variance.dtype).tiny).sqrt()
        return mean + spread * self._normal(mean)

    def sample(self) -> Tensor:
        """Draw one set of weights, in the shape of ``mu``: for a function that is the same at all inputs."""
        return self.mu + self.sigma * self._normal(self.mu)

    def _normal(self, like: Tensor) -> Tensor:
        if self.generator.device.type != like.device.type:
            seed = torch.randint(2**63 - 1, (), generator=self.generator, device=self.generator.device).item()
            self.generator = _tensors.generator(None, like.device).manual_seed(int(seed))
        return torch.randn(like.shape, generator=self.generator, dtype=like.dtype, device=like.device)


def elbo(
    model: torch.nn.Module,
    x: Tensor,
    y: Tensor,
    noise_std: float,
    samples: int,
    *,
    generator: torch.Generator | None = None,
) -> Tensor:
    r"""Estimate ELBO = ⟨Σ_i ln N(y_i; f(w, x_i), σ²)⟩_q − KL(q ‖ prior), a lower bound to ln p(y).

    The gap is KL(q ‖ posterior). The likelihood is summed over the data, the divergence over all
    `BayesianLinear` layers of the model. The estimate is unbiased, and can be differentiated.

    Parameters
    ----------
    model : torch.nn.Module
        Acts on the last axis of its input, as `BayesianLinear` layers with activations between them do.
    x : Tensor, shape (n, in)
        Inputs, all of them.
    y : Tensor, shape (n, out)
        Targets, in the shape of ``model(x)``.
    noise_std : float
        σ, a standard deviation.
    samples : int
        Draws of q to average over.
    generator : torch.Generator, optional
        For this call, on the device of the layers; by default each layer's own.

    Returns
    -------
    Tensor
        One number, in nats.

    Raises
    ------
    ValueError
        For a model without `BayesianLinear` layers, a noise_std ≤ 0, samples < 1, other shapes, or a
        generator on another device.

    References
    ----------
    Blundell, Cornebise, Kavukcuoglu, Wierstra, ICML (2015), equation 2, with the sign reversed.

    Examples
    --------
    >>> generator = torch.Generator().manual_seed(0)
    >>> model = BayesianLinear(1, 1, generator=generator)
    >>> x = torch.tensor([[-1.0], [0.5]])
    >>> bound = elbo(model, x, 2 * x, 0.3, samples=8, generator=generator)
    >>> bound.shape, bound.requires_grad
    (torch.Size([]), True)
    """
    noise_std, samples = _validate.positive("noise_std", noise_std), _validate.whole("samples", samples, 1)
    layers = [layer for layer in model.modules() if isinstance(layer, BayesianLinear)]
    if not layers:
        raise ValueError("model must have BayesianLinear layers, got none")
    own = [] if generator is None else [(layer, layer.generator) for layer in layers]
    try:
        for layer, _ in own:
            layer.generator = _tensors.generator(generator, layer.mu.device)
        f_x = model(x.expand(samples, *x.shape))
    finally:  # also where the model fails
        for layer, its in own:
            layer.generator = its
    if f_x.shape[1:] != y.shape:
        raise ValueError(f"model(x) must have y's shape {tuple(y.shape)}, got {tuple(f_x.shape[1:])}")
    log_likelihood = _tensors.log_normal(y - f_x, noise_std).flatten(1).sum(-1)
    return log_likelihood.mean() - torch.stack([layer.kl() for layer in layers]).sum()


# The grid -------------------------------------------------------------------------------------------


def _points(axes: tuple[Tensor, ...]) -> Tensor:
    """Return the points of a grid, (points, dim)."""
    return torch.stack(torch.meshgrid(*axes, indexing="ij"), -1).flatten(0, -2)


def _cells(axes: tuple[Tensor, ...]) -> Tensor:
    """Return the trapezoid rule's weights (n₁, n₂, …)."""
    pad = torch.nn.functional.pad
    widths = [pad(d, (1, 0)) + pad(d, (0, 1)) for d in (axis.diff() / 2 for axis in axes)]
    return torch.stack(torch.meshgrid(*widths, indexing="ij")).prod(0)
