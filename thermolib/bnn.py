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
from dataclasses import dataclass
from itertools import count, islice, pairwise
from math import log, pi, prod
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.func import grad, grad_and_value, jacrev, vmap

from thermolib import _validate
from thermolib._results import ConvergenceError

LogJoint = Callable[[Tensor], Tensor]
Network = Callable[[Tensor, Tensor], Tensor]
Move = tuple[Tensor, Tensor, Tensor | None]  # w (chains, dim), log joint (chains,), accepted (chains,)


class Draws(NamedTuple):
    """What a sampler returns.

    ``w`` (chains, draws, dim) are the weights; ``log_joint`` (chains, draws) is −L(w) in nats, of a
    `Subsampled` its estimate by that step's examples; ``acceptance`` (chains,) is the fraction of accepted
    proposals after the warm-up, 1 where no step is refused.
    """

    w: Tensor
    log_joint: Tensor
    acceptance: Tensor


class Laplace(NamedTuple):
    """A Gaussian at a mode: ``mean`` (dim,), ``covariance`` (dim, dim), and the ``log_Z`` that it implies."""

    mean: Tensor
    covariance: Tensor
    log_Z: float


class EntropySplit(NamedTuple):
    """Entropies (n,) of predictions, in nats: ``total`` = ``expected`` + ``information``."""

    total: Tensor
    expected: Tensor
    information: Tensor


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
    activation: Callable[[Tensor], Tensor] = torch.tanh
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
    x, y = _tensor("x", x), _tensor("y", y)
    sigma, s = _positive("noise_std", noise_std), _positives("prior_std", prior_std)

    def log_joint(w: Tensor) -> Tensor:
        f_x = f(w, x)
        if f_x.shape != y.shape:
            raise ValueError(f"f(w, x) must have y's shape {tuple(y.shape)}, got {tuple(f_x.shape)}")
        return _log_normal(y - f_x, sigma).sum() + _log_normal(w, s).sum()

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
        return order.topk(self.batch_size).indices.to(self.data[0].device)

    def draw(self, generator: torch.Generator | None = None) -> LogJoint:
        """Return the estimate from examples drawn now, as a function of one w."""
        (batch,) = self.batches(1, _generator(generator, self.data[0].device))
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
    >>> axis = np.linspace(-8, 8, 81)
    >>> grid = grid_posterior(lambda w: -(w**2).sum() / 2, axis, axis)
    >>> round(grid.log_Z, 9), round(grid.mean(lambda w: w[0] ** 2).item(), 9)  # ln 2π and 1
    (1.837877066, 1.0)
    """
    T = _validate.scalar("T", _validate.temperature(T, finite=True))
    ticks = tuple(_tensor("an axis", axis) for axis in axes)
    for axis in ticks:
        if axis.ndim != 1 or len(axis) < 2 or not bool((axis.diff() > 0).all()):
            raise ValueError(f"an axis must have shape (n,), n ≥ 2, with rising values, got {axis}")
    if not ticks or prod(map(len, ticks)) > 2**24:
        raise ValueError(f"axes must span 1 to 2²⁴ points, got the lengths {[len(axis) for axis in ticks]}")
    w = _points(ticks)
    _one_number(log_joint(w[0]), "log_joint", w[0])
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
    run = _Run("sgld", log_joint, w0, step, draws, T, warm_up, thin, generator, device)
    T, step = run.T[:, None], run.step

    def moves() -> Iterator[Move]:
        w, (_, force) = run.w, run.start
        while True:
            w = w + step * force + (2 * step * T).sqrt() * run.normal()
            value, force = run.log_joint(w)
            yield w, value, None

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
    run = _Run("hmc", log_joint, w0, step, draws, T, warm_up, thin, generator, device, leapfrogs)

    def moves() -> Iterator[Move]:
        w, (value, force) = run.w, run.start
        while True:
            p = run.T.sqrt()[:, None] * run.normal()
            w_new, p_new, value_new, force_new = _leapfrog(run.log_joint, w, p, force, run.step, leapfrogs)
            run.check(w_new, value_new)
            rise = value - value_new + (p_new**2 - p**2).sum(-1) / 2  # ΔH
            accepted = run.uniform().log() < -rise / run.T
            w = torch.where(accepted[:, None], w_new, w)
            value = torch.where(accepted, value_new, value)
            force = torch.where(accepted[:, None], force_new, force)
            yield w, value, accepted

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
    step, leapfrogs = _positive("step", step), _validate.whole("leapfrogs", leapfrogs, 1)
    w, p = _tensor("w", w), _tensor("p", p)
    if w.ndim != 2 or w.shape != p.shape:
        raise ValueError(f"w and p must have one shape (chains, dim), got {tuple(w.shape)}, {tuple(p.shape)}")
    _one_number(log_joint(w[0]), "log_joint", w[0])
    both = _vectorised(log_joint)
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
    A = _validate.scalar("noise", noise)
    if A < 0:
        raise ValueError(f"noise must not be negative, got {A}")
    run = _Run("nose_hoover", log_joint, w0, step, draws, T, warm_up, thin, generator, device)
    T, step = run.T[:, None], run.step

    def moves() -> Iterator[Move]:
        w, (_, force) = run.w, run.start
        p, xi = T.sqrt() * run.normal(), torch.full_like(T, A)
        while True:
            p = p + step * force - step * xi * p + (2 * A * step * T).sqrt() * run.normal()
            w = w + step * p
            xi = xi + step * ((p**2).mean(-1, keepdim=True) - T)
            value, force = run.log_joint(w)
            yield w, value, None

    return run.record(moves(), progress)


class _Run:
    """A run of a sampler: its arguments, checked; the forces on all chains; its chance; its record."""

    def __init__(
        self,
        name: str,
        log_joint: LogJoint | Subsampled,
        w0: Tensor,
        step: float,
        draws: int,
        T: float | ArrayLike,
        warm_up: int,
        thin: int,
        generator: torch.Generator | None,
        device: torch.device | str | None,
        forces: int = 1,
    ) -> None:
        self.name, self.step = name, _positive("step", step)
        self.draws, self.thin = _validate.whole("draws", draws, 1), _validate.whole("thin", thin, 1)
        self.warm_up = _validate.whole("warm_up", warm_up, 0)
        temperatures = _validate.temperature(T, finite=True)
        w = _tensor("w0", w0).detach().to(device)
        if w.ndim != 2 or 0 in w.shape:
            raise ValueError(f"w0 must have shape (chains, dim), got {tuple(w.shape)}")
        if temperatures.shape not in ((), (len(w),)):
            raise ValueError(f"T must be one number or have shape ({len(w)},), got {temperatures.shape}")
        self.T = torch.as_tensor(temperatures).to(w).expand(len(w))
        self.w, self.moved, self.generator = w, 0, _generator(generator, w.device)
        sub = log_joint if isinstance(log_joint, Subsampled) and name != "hmc" else None
        both = _vectorised(sub.on if sub else log_joint)
        self.steps = self.warm_up + self.thin * self.draws
        batches = lambda: (sub.batches(len(w), self.generator),) if sub else ()  # noqa: E731
        self.log_joint = lambda w: both(w, *batches())
        with torch.no_grad():
            _one_number(log_joint(w[0]), "log_joint", w[0])
            first = batches()
            self.start = both(w, *first)
            if self.steps * forces >= 100:  # before that a trace costs more than it saves
                both = _traced(both, w, *first)
        bad = ~(self.start[0].isfinite() & self.start[1].isfinite().all(-1))
        if bool(bad.any()):
            chain = int(bad.nonzero()[0])
            raise ValueError(
                f"log_joint and its gradient must be finite at the start, got"
                f" {self.start[0][chain].item()} and {self.start[1][chain].tolist()} for w0[{chain}]"
            )

    def normal(self) -> Tensor:
        return torch.randn(self.w.shape, generator=self.generator, dtype=self.w.dtype, device=self.w.device)

    def uniform(self) -> Tensor:
        return torch.rand(len(self.w), generator=self.generator, dtype=self.w.dtype, device=self.w.device)

    def check(self, w: Tensor, value: Tensor) -> None:
        """Raise where a chain is no longer finite."""
        bad = ~(w.isfinite().all(-1) & value.isfinite())
        if bool(bad.any()):
            raise ConvergenceError(
                f"{self.name}: chain {int(bad.nonzero()[0])} ran away in step {self.moved + 1} of"
                f" {self.steps}, with step = {self.step}: try a smaller step, or a"
                " start where the gradient is smaller. `last` is the state of all chains before",
                self.w,
            )

    @torch.no_grad()
    def record(self, moves: Iterator[Move], progress: bool) -> Draws:
        """Make the moves, and keep what is to be kept."""
        from tqdm import tqdm

        chains, dim = self.w.shape
        kept = Draws(
            self.w.new_empty(chains, self.draws, dim),
            self.start[0].new_empty(chains, self.draws),
            self.w.new_zeros(chains),
        )
        for w, value, accepted in tqdm(
            islice(moves, self.steps),
            desc=self.name,
            total=self.steps,
            disable=not progress,
        ):
            self.check(w, value)
            self.w, self.moved = w, self.moved + 1
            after = self.moved - self.warm_up
            if after > 0:
                kept.acceptance.add_(1.0 if accepted is None else accepted)
                if after % self.thin == 0:
                    kept.w[:, after // self.thin - 1] = w
                    kept.log_joint[:, after // self.thin - 1] = value
        return kept._replace(acceptance=kept.acceptance / (self.thin * self.draws))


def _vectorised(log_joint: Callable[..., Tensor]) -> Callable[..., tuple[Tensor, Tensor]]:
    """Return the function w (chains, dim) → −L (chains,) and the force −∇L (chains, dim)."""
    both = vmap(grad_and_value(log_joint))

    def value_and_force(w: Tensor, *batch: Tensor) -> tuple[Tensor, Tensor]:
        force, value = both(w, *batch)
        return value, force

    return value_and_force


def _traced(function: Callable[..., Any], *arguments: Tensor) -> Callable[..., Any]:
    """Return the same operations on tensors, without the transforms that found them: three times as fast."""
    from torch.fx.experimental.proxy_tensor import make_fx

    try:
        traced = make_fx(function)(*arguments)
    except Exception:  # what cannot be traced runs as it is
        return function
    traced.graph.eliminate_dead_code()
    traced.recompile()
    return traced


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
    w = _tensor("w", w).detach().clone()
    if w.ndim != 1 or len(w) == 0:
        raise ValueError(f"w must have shape (dim,), got {tuple(w.shape)}")
    if not bool(_one_number(log_joint(w), "log_joint", w).isfinite()):
        raise ValueError(f"log_joint must be finite at the start, got {log_joint(w)}")

    def loss() -> Tensor:
        force, value = grad_and_value(log_joint)(w)
        w.grad = -force
        return -value

    torch.optim.LBFGS([w], max_iter=1000, line_search_fn="strong_wolfe").step(loss)  # type: ignore[arg-type]
    w.grad, best = None, torch.inf
    for k in count():  # Newton's steps: what is left to gain is `gain`, in nats
        force, H = grad(log_joint)(w), -jacrev(grad(log_joint))(w)
        root, flat = torch.linalg.cholesky_ex(H)
        if flat or not bool(force.isfinite().all()):
            raise ConvergenceError(f"no maximum was found: L is not convex at {w.tolist()}", w)
        newton = torch.cholesky_solve(force[:, None], root)[:, 0]
        gain = float(force @ newton) / 2
        if best < torch.finfo(w.dtype).eps ** 0.5 and gain >= best / 2:
            break
        if k == 50:
            raise ConvergenceError(f"no maximum was found: there are {gain} nats to gain yet", w)
        w, best = w + newton, gain
    log_Z = log_joint(w) + len(w) / 2 * log(2 * pi) - root.diagonal().log().sum()
    return Laplace(w.detach(), torch.cholesky_inverse(root).detach(), float(log_Z))


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
        For the means to start from, N(0, 1/in), and for what is drawn later.

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
        self.bias, self.prior_std = bias, _positive("prior_std", prior_std)
        self.generator = _generator(generator, None)
        self.mu = torch.nn.Parameter(self._normal(torch.empty(shape)) / n**0.5)
        self.rho = torch.nn.Parameter(torch.full(shape, -3.0))

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
        return mean + variance.sqrt() * self._normal(mean)

    def sample(self) -> Tensor:
        """Draw one set of weights, in the shape of ``mu``: for a function that is the same at all inputs."""
        return self.mu + self.sigma * self._normal(self.mu)

    def _normal(self, like: Tensor) -> Tensor:
        device = self.generator.device
        return torch.randn(like.shape, generator=self.generator, dtype=like.dtype, device=device).to(like)


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
        For this call; by default each layer's own.

    Returns
    -------
    Tensor
        One number, in nats.

    Raises
    ------
    ValueError
        For a model without `BayesianLinear` layers, a noise_std ≤ 0, samples < 1, or other shapes.

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
    noise_std, samples = _positive("noise_std", noise_std), _validate.whole("samples", samples, 1)
    layers = [layer for layer in model.modules() if isinstance(layer, BayesianLinear)]
    if not layers:
        raise ValueError("model must have BayesianLinear layers, got none")
    own = [layer.generator for layer in layers]
    try:
        for layer in layers:
            layer.generator = layer.generator if generator is None else _generator(generator, None)
        f_x = model(x.expand(samples, *x.shape))
    finally:
        for layer, its in zip(layers, own, strict=True):
            layer.generator = its
    if f_x.shape[1:] != y.shape:
        raise ValueError(f"model(x) must have y's shape {tuple(y.shape)}, got {tuple(f_x.shape[1:])}")
    log_likelihood = _log_normal(y - f_x, noise_std).flatten(1).sum(-1)
    return log_likelihood.mean() - torch.stack([layer.kl() for layer in layers]).sum()


# Predictions -----------------------------------------------------------------------------------------


def predictive(f: Network, w: Tensor, x: Tensor) -> Tensor:
    r"""Return f(w, x) for each draw of the weights: their mean is the prediction, their spread its doubt.

    Parameters
    ----------
    f : callable
        f(w, x), of one w (dim,).
    w : Tensor, shape (..., dim)
        Draws, as (chains, draws, dim).
    x : Tensor
        Inputs, as f takes them.

    Returns
    -------
    Tensor, shape (all draws, …)
        The noise of the data is not in it.

    Raises
    ------
    ValueError
        For w without an axis of draws, or not finite.

    Examples
    --------
    >>> w = torch.tensor([[1.0, 0.5], [1.0, 1.5]])
    >>> predictive(lambda w, x: w[1] * torch.tanh(w[0] * x), w, torch.tensor([2.0])).mean(0)
    tensor([0.9640])
    """
    w = _tensor("w", w)
    if w.ndim < 2 or 0 in w.shape:
        raise ValueError(f"w must have shape (..., dim) with an axis of draws, got {tuple(w.shape)}")
    return vmap(f, in_dims=(0, None), chunk_size=2**10)(w.flatten(0, -2), x)


def entropy_split(probs: Tensor) -> EntropySplit:
    r"""Split the entropy of predictions into what more data would remove and what they would not.

    H[mean p] = mean H[p] + I: the total; the entropy that is left when the weights are known; and the mutual
    information of the label and the weights, 0 where all draws agree.

    Parameters
    ----------
    probs : Tensor, shape (draws, n, classes)
        Probabilities of the classes, by each draw of the weights.

    Returns
    -------
    EntropySplit
        ``total``, ``expected`` and ``information``, each (n,), in nats.

    Raises
    ------
    ValueError
        For another shape, or what are no probabilities.

    References
    ----------
    Houlsby, Huszár, Ghahramani, Lengyel, arXiv:1112.5745 (2011), equation 2.

    Examples
    --------
    >>> split = entropy_split(torch.tensor([[[1.0, 0.0], [0.5, 0.5]], [[0.0, 1.0], [0.5, 0.5]]]))
    >>> split.total, split.expected, split.information  # they contradict; they both do not know
    (tensor([0.6931, 0.6931]), tensor([0.0000, 0.6931]), tensor([0.6931, 0.0000]))
    """
    p = _tensor("probs", probs)
    if p.ndim != 3 or 0 in p.shape:
        raise ValueError(f"probs must have shape (draws, n, classes), got {tuple(p.shape)}")
    if bool((p < 0).any()) or bool(((p.sum(-1) - 1).abs() > 1e-5).any()):
        raise ValueError("probs must be ≥ 0 and sum to 1 over the last axis")
    total = torch.special.entr(p.mean(0)).sum(-1)
    expected = torch.special.entr(p).sum(-1).mean(0)
    return EntropySplit(total, expected, (total - expected).clamp(min=0))


def calibration_temperature(logits: ArrayLike | Tensor, labels: ArrayLike | Tensor) -> float:
    r"""Return the temperature T at which softmax(z/T) gives the labels the highest likelihood.

    −ln p is convex in 1/T, and its slope vanishes where ⟨Σ_k p_k z_k⟩ = ⟨z_label⟩: at T the model expects
    the labels' logits to be what they are. No prediction changes its order, so the accuracy stays.

    Parameters
    ----------
    logits : array_like, shape (n, classes)
        z, of held-out examples.
    labels : array_like of int, shape (n,)
        Their classes, from 0.

    Returns
    -------
    float
        To a relative 1e-12.

    Raises
    ------
    ValueError
        For other shapes, labels out of range, or where no temperature is best: each label has the largest
        logit (the likelihood grows down to T = 0), or labels have on average no more than the mean logit
        (it grows up to T = ∞).

    References
    ----------
    Guo, Pleiss, Sun, Weinberger, ICML (2017), section 4.2.

    Examples
    --------
    Two of three labels have the larger logit, by 3: p = ⅔ asks for z/T = ln 2.

    >>> T = calibration_temperature([[3.0, 0.0]] * 3, [0, 0, 1])
    >>> round(T * float(np.log(2)), 9)
    3.0
    """
    from scipy.optimize import brentq

    z, labels = _labelled("logits", logits, labels)
    z = z - z.max(axis=1, keepdims=True)
    z_label = z[np.arange(len(z)), labels].mean()
    if z_label >= 0:
        raise ValueError("no temperature is best: every label has the largest logit, so T → 0")
    if z_label <= z.mean():
        raise ValueError("no temperature is best: labels have no more than the mean logit, so T → ∞")

    def slope(beta: float) -> float:
        p = np.exp(beta * z)
        return float(((p * z).sum(axis=1) / p.sum(axis=1)).mean() - z_label)

    high = 1 / -z.min()
    while slope(high) < 0:
        high *= 2
    return 1 / brentq(slope, 0, high, xtol=1e-300, rtol=1e-13)


def expected_calibration_error(
    probs: ArrayLike | Tensor, labels: ArrayLike | Tensor, bins: int = 15
) -> float:
    r"""Return the mean distance of confidence and accuracy: Σ_b (n_b/n) ``|accuracy_b − confidence_b|``.

    The confidence is the largest probability; bins b of equal width hold (k/bins, (k + 1)/bins]. For
    finite n the error of a perfectly calibrated model is not 0, but of order √(bins/n).

    Parameters
    ----------
    probs : array_like, shape (n, classes)
        Probabilities of the classes.
    labels : array_like of int, shape (n,)
        The classes, from 0.
    bins : int, optional
        How many.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueError
        For other shapes, labels out of range, what are no probabilities, or bins < 1.

    References
    ----------
    Naeini, Cooper, Hauskrecht, AAAI (2015); Guo, Pleiss, Sun, Weinberger, ICML (2017), equation 3.

    Examples
    --------
    >>> round(expected_calibration_error([[0.9, 0.1]] * 4, [0, 0, 0, 1]), 6)  # sure by .9, right in .75
    0.15
    """
    p, labels = _labelled("probs", probs, labels)
    bins = _validate.whole("bins", bins, 1)
    if np.any(p < 0) or np.any(abs(p.sum(axis=1) - 1) > 1e-5):
        raise ValueError("probs must be ≥ 0 and sum to 1 over the last axis")
    confidence, right = p.max(axis=1), p.argmax(axis=1) == labels
    b = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    return float(abs(np.bincount(b, right - confidence, bins)).sum() / len(p))


def erf_kernel(
    x: ArrayLike | Tensor, z: ArrayLike | Tensor, prior_cov: ArrayLike | Tensor | None = None
) -> Tensor:
    r"""Covariance of the outputs of an infinitely wide network of erf units at x and z.

    K = (2/π) arcsin[2 x̃ᵀΣz̃ / √((1 + 2x̃ᵀΣx̃)(1 + 2z̃ᵀΣz̃))], with x̃ = (1, x): the mean of erf(u·x̃) erf(u·z̃)
    over u ~ N(0, Σ).

    Parameters
    ----------
    x, z : array_like, shapes (n, in) and (m, in)
        Inputs; (n,) and (m,) where there is one.
    prior_cov : array_like, shape (in + 1, in + 1), optional
        Σ, the prior covariance of a hidden unit's bias and weights; by default 1.

    Returns
    -------
    Tensor, shape (n, m)

    Raises
    ------
    ValueError
        For shapes that do not match, or a Σ that is not symmetric.

    References
    ----------
    Williams, Neural Computation 10, 1203 (1998), equation 11.

    Examples
    --------
    >>> round(erf_kernel([0.0], [0.0]).item(), 9)  # (2/π) arcsin(2/3)
    0.464559054
    """
    x, z = (t[:, None] if t.ndim == 1 else t for t in (_tensor("x", x), _tensor("z", z)))
    if x.ndim != 2 or z.ndim != 2 or x.shape[1] != z.shape[1]:
        raise ValueError(f"x and z must have shapes (n, in), (m, in), got {tuple(x.shape)}, {tuple(z.shape)}")
    x, z = (torch.nn.functional.pad(t, (1, 0), value=1.0) for t in (x, z))
    cov = torch.eye(x.shape[1]).to(x) if prior_cov is None else _tensor("prior_cov", prior_cov).to(x)
    if cov.shape != (x.shape[1], x.shape[1]) or not torch.allclose(cov, cov.mT):
        raise ValueError(
            f"prior_cov must be a symmetric matrix of {x.shape[1]} rows, got shape {tuple(cov.shape)}"
        )
    xx, zz = 1 + 2 * ((x @ cov) * x).sum(-1), 1 + 2 * ((z @ cov) * z).sum(-1)
    return 2 / pi * torch.asin(2 * x @ cov @ z.mT / (xx[:, None] * zz).sqrt())


# What they share -------------------------------------------------------------------------------------


def _log_normal(x: Tensor, std: float | Tensor) -> Tensor:
    """Return ln N(x; 0, std²), of each entry."""
    log_std = std.log() if isinstance(std, Tensor) else log(std)
    return -((x / std) ** 2) / 2 - (log_std + log(2 * pi) / 2)


def _points(axes: tuple[Tensor, ...]) -> Tensor:
    """Return the points of a grid, (points, dim)."""
    return torch.stack(torch.meshgrid(*axes, indexing="ij"), -1).flatten(0, -2)


def _cells(axes: tuple[Tensor, ...]) -> Tensor:
    """Return the trapezoid rule's weights (n₁, n₂, …)."""
    pad = torch.nn.functional.pad
    widths = [pad(d, (1, 0)) + pad(d, (0, 1)) for d in (axis.diff() / 2 for axis in axes)]
    return torch.stack(torch.meshgrid(*widths, indexing="ij")).prod(0)


def _tensor(name: str, x: Any) -> Tensor:
    """Return x as a tensor of finite numbers: a floating-point tensor as it is, all else as float64."""
    t = x if isinstance(x, Tensor) else torch.as_tensor(_validate.numbers(name, x))
    t = t if t.is_floating_point() else t.double()
    if t.device.type != "meta" and not bool(t.isfinite().all()):
        raise ValueError(f"{name} must be finite, got {t}")
    return t


def _one_number(value: Any, name: str, w: Tensor) -> Tensor:
    if not isinstance(value, Tensor) or value.shape != ():
        came = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
        raise ValueError(
            f"{name} must return a tensor of shape () for one w of shape {tuple(w.shape)}, got {came}"
        )
    return value


def _positive(name: str, x: float) -> float:
    value = _validate.scalar(name, x)
    if value <= 0:
        raise ValueError(f"{name} must be positive, got {value}")
    return value


def _positives(name: str, x: float | Tensor) -> float | Tensor:
    """Return one positive number, or a tensor of them."""
    t = _tensor(name, x)
    if not bool((t > 0).all()):
        raise ValueError(f"{name} must be positive, got {x}")
    return t if t.ndim else t.item()


def _generator(generator: torch.Generator | None, device: torch.device | None) -> torch.Generator:
    """Return the generator, if it lies on the device, or one that the system seeds."""
    if generator is None:
        generator = torch.Generator(device or "cpu")
        generator.seed()
    if not isinstance(generator, torch.Generator):
        raise ValueError(
            "generator must be a torch.Generator (as torch.Generator().manual_seed(0)) or None, got"
            f" {generator!r}"
        )
    if device is not None and generator.device.type != device.type:
        raise ValueError(
            f"generator must be on the device of the chains, {device}, got one on {generator.device}:"
            f" make it by torch.Generator({device.type!r})"
        )
    return generator


def _labelled(name: str, x: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return x (n, classes) and labels (n,), integers below the number of classes, as arrays."""
    array, classes = _validate.finite(name, x), _validate.finite("labels", labels)
    if array.ndim != 2 or 0 in array.shape or classes.shape != array.shape[:1]:
        raise ValueError(
            f"{name} must have shape (n, classes) and labels (n,), got {array.shape} and {classes.shape}"
        )
    whole = classes.astype(np.int64)
    if np.any(whole != classes) or np.any(whole < 0) or np.any(whole >= array.shape[1]):
        raise ValueError(f"labels must be integers from 0 to {array.shape[1] - 1}, got {classes}")
    return array, whole
