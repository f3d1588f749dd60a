r"""Heat baths: Langevin dynamics, thermostats, the temperature of SGD, and training as an ideal gas.

Serves ``chapters/heat-bath.md`` and the pages nested in it. k_B = 1, masses are 1, logarithms are natural.
Chains are the leading axis.

=============  =======================  ==================================================================
symbol         argument                 meaning
=============  =======================  ==================================================================
∇U(x)          ``grad``                 gradient of the energy, a callable of x with the shape of ``x0``
ε              ``step``                 length of a step, ε > 0
T              ``T``                    temperature of the bath, one number or one for each chain
γ              ``friction``             how fast a momentum forgets, γ ≥ 0
Q, M           ``mass``, ``links``      inertia of a thermostat, and how many there are in its chain
η, μ           ``lr``, ``momentum``     learning rate, and the part of a step that is taken again, 0 ≤ μ < 1
h              ``curvature``            second derivative of the loss; a matrix is the ``hessian``
C, B           ``noise``, ``batch``     variance of the gradient of one example, and examples in a batch
L(u), ∇L(u)    ``loss``                 a loss on the sphere ‖u‖ = 1, a callable that returns both
d, σ           ``d``, ``noise``         number of weights; strength of the noise of ∇L, at ‖w‖ = 1
λ, r           ``weight_decay``, —      weight decay, and the length of w
η_eff          ``lr``                   effective learning rate η/r²
=============  =======================  ==================================================================
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import scipy  # loads its parts where they are first used
from numpy.typing import ArrayLike, NDArray

from thermolib import _validate
from thermolib._results import ConvergenceError, Estimate
from thermolib._types import Floats, Seed
from thermolib.boltzmann import Thermodynamics

Gradient = Callable[[Floats], Floats]
Loss = Callable[[Floats], tuple[Floats, Floats]]

PROTOCOLS = ("fixed sphere", "fixed effective rate", "fixed rate")
_CROWDED = 10  # weights, beyond which the distance of neighbours tells no entropy
_TOGETHER = 1.3  # neighbours' distances go together: an entropy's error is larger, by 1.2 to 1.3 for d ≤ 10


class Walk(NamedTuple):
    """Places ``x`` and momenta ``p`` of a run, both (chains, n, …): after each step that was kept."""

    x: Floats
    p: Floats


class Thermostatted(NamedTuple):
    """A run with a chain of thermostats.

    ``x`` and ``p`` as in `Walk`; the frictions ``xi`` (chains, n, links), and ``eta``, their integrals over
    time. Kept, up to the error of the steps, is U(x) + p·p/2 + ½QΣξ² + T(dim·η₁ + η₂ + η₃ + …).
    """

    x: Floats
    p: Floats
    xi: Floats
    eta: Floats


class GasLaw(NamedTuple):
    """The state that the ideal gas of training has, to first order in η; ``radius`` is the length of w."""

    T: float
    p: float
    V: float
    R: float
    radius: float


class GasRun(NamedTuple):
    """A run of SGD on a scale-invariant loss, as the state of a gas.

    Estimates: energy ``U`` = ⟨L⟩; temperature ``T`` = ½⟨η_eff⟩σ²; pressure ``p``, the weight decay, or what
    it would have to be to hold the sphere; volume ``V`` = ½⟨r²⟩; entropy ``S`` = S(direction) + (d − 1)⟨ln r⟩
    of where w is on its sphere, in nats; ``compressibility`` pV/RT. What is set and not measured has the
    error 0. ``R`` = ½(d − 1) is a number. ``u`` (chains, kept, d) and ``r`` (chains, kept) are directions and
    lengths, evenly spaced in time.
    """

    U: Estimate
    T: Estimate
    p: Estimate
    V: Estimate
    R: float
    S: Estimate
    compressibility: Estimate
    u: Floats
    r: Floats


# Langevin dynamics ------------------------------------------------------------------------------------


def ula(
    grad: Gradient,
    x0: ArrayLike,
    step: float,
    n: int,
    *,
    T: ArrayLike = 1.0,
    warm_up: int = 0,
    thin: int = 1,
    rng: Seed = None,
) -> Floats:
    r"""Langevin's walk without momentum: x ← x − ε∇U(x) + √(2εT) ξ, the unadjusted Langevin algorithm.

    The noise does not depend on the gradient; that its variance is 2εT and the drift −ε∇U is what makes
    exp(−U/T) stationary as ε → 0. On U = ½hx² the variance is T/h · 1/(1 − ½hε), exactly, and from ε = 2/h
    on the walk runs away.

    Parameters
    ----------
    grad : callable
        ∇U(x), of the shape of x.
    x0 : array_like, shape (chains,) or (chains, dim)
        Where the chains start.
    step : float
        ε > 0.
    n : int
        Places that are kept of each chain; x0 is none of them.
    T : float or array_like, shape (chains,), optional
        Temperature, of all chains or of each.
    warm_up, thin : int, optional
        Steps before anything is kept; steps for one place.
    rng : int, numpy.random.Generator or None, optional

    Returns
    -------
    ndarray, shape (chains, n) or (chains, n, dim)

    Raises
    ------
    ValueError
        For another shape, a step ≤ 0, n < 1, or T that is no temperature.
    ConvergenceError
        Where a chain runs away; ``last`` is the x that was kept before the first that is not finite, or x0.

    References
    ----------
    Roberts, Tweedie, Bernoulli 2, 341 (1996), section 1.4.1.

    Examples
    --------
    >>> x = ula(lambda x: x, np.zeros(2000), 0.5, 100, warm_up=30, rng=1)
    >>> bool(abs(x.var() - 1 / (1 - 0.5 / 2)) < 0.02)
    True
    """
    x, step, T, rng = _ready(grad, x0, step, T, rng)
    width = np.sqrt(2 * step * T)

    def moves(x: Floats) -> Iterator[tuple[Floats]]:
        while True:
            x = x - step * grad(x) + width * rng.standard_normal(x.shape)
            yield (x,)

    return _record("ula", moves(x), (x,), n, warm_up, thin)[0]


def baoab(
    grad: Gradient,
    x0: ArrayLike,
    step: float,
    n: int,
    *,
    T: ArrayLike = 1.0,
    friction: float = 1.0,
    p0: ArrayLike | None = None,
    warm_up: int = 0,
    thin: int = 1,
    rng: Seed = None,
) -> Walk:
    r"""Langevin dynamics with momentum, split as kick, drift, bath, drift, kick.

        B: p ← p − ½ε∇U(x),   A: x ← x + ½εp,   O: p ← cp + √(T(1 − c²)) ξ with c = e^{−γε}.

    On U = ½hx² the variance of x is T/h exactly, at every ε < 2/√h and every friction γ > 0; that of p is
    T(1 − ¼hε²).

    Parameters
    ----------
    grad, x0, step, n, T, warm_up, thin, rng
        As in `ula`.
    friction : float, optional
        γ ≥ 0. Without friction it is Verlet's rule, and T only draws the first momenta.
    p0 : array_like, of the shape of x0, optional
        Momenta at the start; drawn from N(0, T) by default.

    Returns
    -------
    Walk

    Raises
    ------
    ValueError
        As `ula`; friction < 0, momenta of another shape.
    ConvergenceError
        As `ula`.

    References
    ----------
    Leimkuhler, Matthews, Applied Mathematics Research eXpress 2013, 34 (2013), section 2; Journal of
    Chemical Physics 138, 174102 (2013), for what is exact in a harmonic well.

    Examples
    --------
    >>> x, p = baoab(lambda x: x, np.zeros(2000), 1.0, 100, warm_up=30, rng=1)
    >>> bool(abs(x.var() - 1) < 0.02), bool(abs(p.var() - 0.75) < 0.02)
    (True, True)
    """
    x, step, T, rng = _ready(grad, x0, step, T, rng)
    c = np.exp(-_validate.positive("friction", friction, zero=True) * step)
    width = np.sqrt(T * (1 - c**2))
    p = _momenta(p0, x, T, rng)

    def moves(x: Floats, p: Floats) -> Iterator[tuple[Floats, Floats]]:
        force = -grad(x)
        while True:
            p = p + step / 2 * force  # B
            x = x + step / 2 * p  # A
            p = c * p + width * rng.standard_normal(p.shape)  # O
            x = x + step / 2 * p  # A
            force = -grad(x)
            p = p + step / 2 * force  # B
            yield x, p

    return Walk(*_record("baoab", moves(x, p), (x, p), n, warm_up, thin))


def obabo(
    grad: Gradient,
    x0: ArrayLike,
    step: float,
    n: int,
    *,
    T: ArrayLike = 1.0,
    friction: float = 1.0,
    p0: ArrayLike | None = None,
    warm_up: int = 0,
    thin: int = 1,
    rng: Seed = None,
) -> Walk:
    r"""Langevin dynamics with momentum, split as bath, kick, drift, kick, bath.

        O: p ← cp + √(T(1 − c²)) ξ with c = e^{−½γε},   B: p ← p − ½ε∇U(x),   A: x ← x + εp.

    On U = ½hx² the variance of p is T exactly, at every ε < 2/√h and every friction γ > 0; that of x is
    T/h · 1/(1 − ¼hε²).

    Parameters
    ----------
    grad, x0, step, n, T, friction, p0, warm_up, thin, rng
        As in `baoab`.

    Returns
    -------
    Walk

    Raises
    ------
    ValueError, ConvergenceError
        As `baoab`.

    References
    ----------
    Bussi, Parrinello, Physical Review E 75, 056707 (2007), equations 19–22.

    Examples
    --------
    >>> x, p = obabo(lambda x: x, np.zeros(2000), 1.0, 100, warm_up=30, rng=1)
    >>> bool(abs(x.var() - 1 / 0.75) < 0.03), bool(abs(p.var() - 1) < 0.02)
    (True, True)
    """
    x, step, T, rng = _ready(grad, x0, step, T, rng)
    c = np.exp(-_validate.positive("friction", friction, zero=True) * step / 2)
    width = np.sqrt(T * (1 - c**2))
    p = _momenta(p0, x, T, rng)

    def moves(x: Floats, p: Floats) -> Iterator[tuple[Floats, Floats]]:
        force = -grad(x)
        while True:
            p = c * p + width * rng.standard_normal(p.shape)  # O
            p = p + step / 2 * force  # B
            x = x + step * p  # A
            force = -grad(x)
            p = p + step / 2 * force  # B
            p = c * p + width * rng.standard_normal(p.shape)  # O
            yield x, p

    return Walk(*_record("obabo", moves(x, p), (x, p), n, warm_up, thin))


def nose_hoover(
    grad: Gradient,
    x0: ArrayLike,
    step: float,
    n: int,
    *,
    T: ArrayLike = 1.0,
    links: int = 1,
    mass: float = 1.0,
    p0: ArrayLike | None = None,
    warm_up: int = 0,
    thin: int = 1,
    rng: Seed = None,
) -> Thermostatted:
    r"""A thermostat without noise: a friction ξ₁ that follows the momenta, and a chain that follows it.

        ẋ = p,   ṗ = −∇U − ξ₁p,   Qξ̇₁ = p·p − dim T − Qξ₁ξ₂,   Qξ̇_k = Qξ²_{k−1} − T − Qξ_kξ_{k+1}.

    The friction may be negative, and heats. exp(−(U + ½p·p)/T) is stationary; whether a run ever comes to it
    is another question. With one thermostat on one oscillator it need not: see the example.

    Parameters
    ----------
    grad, x0, step, n, T, p0, warm_up, thin
        As in `baoab`. The dim weights of a chain share its thermostats, which start at rest, ξ = 0.
    links : int, optional
        M, how many thermostats: 1 is Nosé's and Hoover's.
    mass : float, optional
        Q > 0 of each thermostat.
    rng : int, numpy.random.Generator or None, optional
        Draws p0 where it is not given, and nothing else.

    Returns
    -------
    Thermostatted

    Raises
    ------
    ValueError, ConvergenceError
        As `baoab`; links < 1, mass ≤ 0.

    References
    ----------
    Hoover, Physical Review A 31, 1695 (1985), equation 6, and that one thermostat on an oscillator is not
    ergodic; Legoll, Luskin, Moeckel, Archive for Rational Mechanics and Analysis 184, 449 (2007), the proof
    of that for large Q; Martyna, Klein, Tuckerman, Journal of Chemical Physics 97, 2635 (1992), for chains;
    Martyna, Tuckerman, Tobias, Klein, Molecular Physics 87, 1117 (1996), for the splitting.

    Examples
    --------
    One oscillator, one thermostat, two starts: at T = 1 the mean of x² should be 1, and depends on the start.

    >>> run = nose_hoover(lambda x: x, [1.0, 0.3], 0.1, 10_000, p0=[0.0, 0.0])
    >>> np.round((run.x**2).mean(axis=1), 1)
    array([0.8, 1.4])
    >>> energy = (run.x**2 + run.p**2 + run.xi[..., 0] ** 2) / 2 + run.eta[..., 0]
    >>> bool(np.all(np.ptp(energy, axis=1) < 0.2))
    True
    """
    x, step, T, rng = _ready(grad, x0, step, T, rng)
    M, Q = _validate.whole("links", links, 1), _validate.positive("mass", mass)
    p = _momenta(p0, x, T, rng)
    chains, dim = len(x), int(np.prod(x.shape[1:]))
    each = np.broadcast_to(T, x.shape).reshape(chains, dim)[:, 0]  # temperature of each chain
    across = (chains, *(1,) * (x.ndim - 1))

    def pull(k: int, p: Floats, xi: Floats) -> Floats:
        """Return what drives link k, the first of which is number 0."""
        if k == 0:
            return ((p**2).reshape(chains, dim).sum(axis=1) - dim * each) / Q
        return xi[:, k - 1] ** 2 - each / Q

    def bath(p: Floats, xi: Floats, eta: Floats, t: float) -> tuple[Floats, Floats, Floats]:
        """Let the thermostats act for a time t: the chain from its end, the momenta, the chain back."""
        xi = xi.copy()

        def turn(k: int) -> None:
            slowed = np.exp(-t / 4 * xi[:, k + 1]) if k + 1 < M else 1.0
            xi[:, k] = (xi[:, k] * slowed + t / 2 * pull(k, p, xi)) * slowed

        for k in reversed(range(M)):
            turn(k)
        p = p * np.exp(-t * xi[:, 0]).reshape(across)
        eta = eta + t * xi
        for k in range(M):
            turn(k)
        return p, xi, eta

    def moves(x: Floats, p: Floats, xi: Floats, eta: Floats) -> Iterator[tuple[Floats, ...]]:
        force = -grad(x)
        while True:
            p, xi, eta = bath(p, xi, eta, step / 2)
            p = p + step / 2 * force
            x = x + step * p
            force = -grad(x)
            p = p + step / 2 * force
            p, xi, eta = bath(p, xi, eta, step / 2)
            yield x, p, xi, eta

    rest = np.zeros((chains, M))
    start = (x, p, rest, rest)
    return Thermostatted(*_record("nose_hoover", moves(*start), start, n, warm_up, thin))


# Stochastic gradient descent --------------------------------------------------------------------------


def sgd(
    grad: Gradient,
    x0: ArrayLike,
    lr: float,
    n: int,
    *,
    noise: ArrayLike,
    batch: int = 1,
    momentum: float = 0.0,
    warm_up: int = 0,
    thin: int = 1,
    rng: Seed = None,
) -> Walk:
    r"""Stochastic gradient descent with Gaussian noise: v ← μv − η(∇L(x) + ζ), x ← x + v, ζ ~ N(0, C/B).

    Parameters
    ----------
    grad, x0, n, warm_up, thin, rng
        As in `ula`.
    lr : float
        η > 0.
    noise : float or array_like, shape (dim,) or (dim, dim)
        C: the variance of the gradient of one example, that of each weight, or the covariance of all.
    batch : int, optional
        B, the number of independent examples in a batch.
    momentum : float, optional
        μ, 0 ≤ μ < 1.

    Returns
    -------
    Walk
        Its ``p`` is v, the last step.

    Raises
    ------
    ValueError
        As `ula`; for noise of another shape, or negative, a batch < 1 or a momentum outside of [0, 1).
    ConvergenceError
        As `ula`.

    References
    ----------
    Mandt, Hoffman, Blei, Journal of Machine Learning Research 18, 134 (2017), equations 5 and 23.

    Examples
    --------
    >>> x, _ = sgd(lambda x: x, np.zeros(2000), 0.5, 100, noise=1.0, warm_up=30, rng=1)
    >>> bool(abs(x.var() - 1 / 3) < 0.01)
    True
    """
    x, lr, _, rng = _ready(grad, x0, lr, 1.0, rng, name="lr")
    B, mu = _validate.whole("batch", batch, 1), _one_momentum(momentum)
    C = _validate.finite("noise", noise)
    dim = x.shape[1:]
    if C.shape not in ((), dim, 2 * dim):
        wanted = f"one number or have shape {dim} or {2 * dim}" if dim else "one number where x0 is (chains,)"
        raise ValueError(f"noise must be {wanted}, got {C.shape}")
    root = _root("noise", C) if C.ndim == 2 else np.sqrt(_validate.positives("noise", C, zero=True))
    root = root / np.sqrt(B)

    def moves(x: Floats, v: Floats) -> Iterator[tuple[Floats, Floats]]:
        while True:
            xi = rng.standard_normal(x.shape)
            v = mu * v - lr * (grad(x) + (xi @ root.T if root.ndim == 2 else root * xi))
            x = x + v
            yield x, v

    start = (x, np.zeros_like(x))
    return Walk(*_record("sgd", moves(*start), start, n, warm_up, thin))


def sgd_stationary_variance(
    lr: ArrayLike, curvature: ArrayLike, noise: ArrayLike, batch: ArrayLike, momentum: ArrayLike = 0.0
) -> Floats:
    r"""The stationary variance of `sgd` on ½hx², exactly.

        Var x = ηC/(Bh) · (1 + μ) / [(1 − μ)(2(1 + μ) − ηh)];   without momentum ηC/[Bh(2 − ηh)].

    Parameters
    ----------
    lr, curvature : array_like
        η > 0 and h > 0, with ηh < 2(1 + μ): beyond, no distribution is stationary.
    noise : array_like
        C ≥ 0, variance of the gradient of one example.
    batch : array_like
        B ≥ 1.
    momentum : array_like, optional
        μ, 0 ≤ μ < 1.

    Returns
    -------
    ndarray or float
        Of the common shape of the arguments.

    Raises
    ------
    ValueError
        For an argument outside of its range, or steps too long for the curvature.

    References
    ----------
    The variance of an autoregression of second order: Box, Jenkins, Reinsel, *Time Series Analysis* (1994),
    equation 3.2.28. Without momentum: Mandt, Hoffman, Blei, Journal of Machine Learning Research 18, 134
    (2017), section 3.2, to first order in η.

    Examples
    --------
    >>> round(float(sgd_stationary_variance(0.5, 1.0, 1.0, 1)), 6)
    0.333333
    """
    eta, h = _validate.positives("lr", lr), _validate.positives("curvature", curvature)
    mu = _momentum(momentum)
    return sgd_temperature(eta, noise, batch, mu, h) / h


def sgd_temperature(
    lr: ArrayLike,
    noise: ArrayLike,
    batch: ArrayLike,
    momentum: ArrayLike = 0.0,
    curvature: ArrayLike = 0.0,
) -> Floats:
    r"""The temperature of `sgd` along a direction of curvature h: T = h Var x, so that ⟨½hx²⟩ = ½T.

        T = ηC/[2B(1 − μ)] · 1/(1 − ηh/[2(1 + μ)]).

    At h = 0 it is the limit of small steps. Where C is the same in all directions they share it, up to a part
    of order ηh; where it is not, there is no one temperature.

    Parameters
    ----------
    lr, noise, batch, momentum
        As in `sgd_stationary_variance`.
    curvature : array_like, optional
        h ≥ 0.

    Returns
    -------
    ndarray or float
        Of the common shape of the arguments, in the unit of the loss.

    Raises
    ------
    ValueError
        As `sgd_stationary_variance`.

    References
    ----------
    As `sgd_stationary_variance`.

    Examples
    --------
    Four times the examples and four times the learning rate: the same temperature, to first order.

    >>> sgd_temperature([0.1, 0.4], 1.0, [1, 4]), sgd_temperature([0.1, 0.4], 1.0, [1, 4], curvature=1.0)
    (array([0.05, 0.05]), array([0.05263158, 0.0625    ]))
    """
    eta, h = _validate.positives("lr", lr), _validate.positives("curvature", curvature, zero=True)
    mu = _momentum(momentum)
    C, B = _validate.positives("noise", noise, zero=True), _validate.finite("batch", batch)
    if not np.all(B >= 1):
        raise ValueError(f"batch must be at least 1, got {_validate.shown(B)}")
    share = eta * h / (2 * (1 + mu))
    if not np.all(share < 1):
        raise ValueError(f"lr · curvature must be below 2(1 + momentum), got {_validate.shown(eta * h)}")
    return (eta * C / (2 * B * (1 - mu)) / (1 - share))[()]


def sgd_stationary_covariance(
    lr: float, hessian: ArrayLike, noise: ArrayLike, batch: float, momentum: float = 0.0
) -> Floats:
    r"""The stationary covariance of `sgd` on ½xᵀHx with noise of covariance C/B, exactly.

    One step takes the covariance of (x, v) into FΣFᵀ + N. Between eigenvectors of H, of eigenvalues a and b,
    the fixed point of that (a discrete Lyapunov equation) is

        Σ_ab = (ηC_ab/B) · (1 − μ²) / {(1 − μ)²[(1 + μ)(a + b) − ηab] + ημ(a − b)²}.

    To first order in η that is HΣ + ΣH = ηC/[B(1 − μ)]: so Σ ∝ H⁻¹, as at a temperature, where C is a
    multiple of the unit matrix. Where C is a multiple of H, as for least squares near the minimum, it is Σ
    that is one.

    Parameters
    ----------
    lr : float
        η > 0.
    hessian, noise : array_like, shape (d, d)
        H, symmetric and positive definite, its eigenvalues below 2(1 + μ)/η; C, symmetric and not negative.
    batch : float
        B ≥ 1.
    momentum : float, optional
        μ, 0 ≤ μ < 1.

    Returns
    -------
    ndarray, shape (d, d)

    Raises
    ------
    ValueError
        For shapes that do not fit, or an argument outside of its range.

    References
    ----------
    Mandt, Hoffman, Blei, Journal of Machine Learning Research 18, 134 (2017), equation 13, to first order and
    without momentum.

    Examples
    --------
    >>> H = np.diag([1.0, 0.1])
    >>> np.diag(sgd_stationary_covariance(0.01, H, np.eye(2), 1)) * np.diag(H)  # temperatures
    array([0.00502513, 0.0050025 ])
    >>> np.diag(sgd_stationary_covariance(0.01, H, H, 1)) * np.diag(H)
    array([0.00502513, 0.00050025])
    """
    eta, mu, B = _validate.positive("lr", lr), _one_momentum(momentum), _validate.scalar("batch", batch)
    if B < 1:
        raise ValueError(f"batch must be at least 1, got {B}")
    H, C = _symmetric("hessian", hessian), _symmetric("noise", noise)
    if H.shape != C.shape:
        raise ValueError(f"hessian and noise must have one shape (d, d), got {H.shape} and {C.shape}")
    h, vectors = np.linalg.eigh(H)
    if not (h[0] > 0 and eta * h[-1] < 2 * (1 + mu)):
        wanted = f"positive and below 2(1 + momentum)/lr = {2 * (1 + mu) / eta}"
        raise ValueError(f"the hessian's eigenvalues must be {wanted}, got {_validate.shown(h)}")
    _root("noise", C)
    a, b = h[:, None], h
    forgetting = (1 - mu) ** 2 * ((1 + mu) * (a + b) - eta * a * b) + eta * mu * (a - b) ** 2
    covariance = vectors.T @ (eta / B * C) @ vectors * ((1 - mu**2) / forgetting)
    return vectors @ covariance @ vectors.T


def local_entropy(loss: Callable[[Floats], Floats], x: ArrayLike, radius: float, *, T: float = 1.0) -> Floats:
    r"""How much good room there is around x: ln⟨exp(−L(x + ρξ)/T)⟩ over ξ ~ N(0, 1), of one weight.

    On L = ½hx² it is −½ ln(1 + s) − (hx²/2T)/(1 + s) with s = hρ²/T: of two minima of one depth the flatter
    has more. It changes with the units of x, as flatness does: give each function the same room in x, and a
    function that is written in 2x has another.

    Parameters
    ----------
    loss : callable
        L, elementwise.
    x : array_like
        Where to look.
    radius : float
        ρ > 0. The integral is a sum over 4001 places from x − 9ρ to x + 9ρ: it sees nothing narrower than
        ρ/200, nor, however deep, farther away.
    T : float, optional
        Temperature, one finite number.

    Returns
    -------
    ndarray or float
        In nats, of the shape of x.

    Raises
    ------
    ValueError
        For a radius ≤ 0, T that is no temperature, or a loss of another shape.

    References
    ----------
    Baldassi, Ingrosso, Lucibello, Saglietti, Zecchina, Physical Review Letters 115, 128101 (2015); with the
    Gaussian weight: Chaudhari et al., ICLR (2017), equation 4.

    Examples
    --------
    >>> [round(float(local_entropy(lambda x: h * x**2 / 2, 0.0, 1.0)), 6) for h in (1, 3)]
    [-0.346574, -0.693147]
    """
    x, rho, T = (
        _validate.finite("x", x),
        _validate.positive("radius", radius),
        _validate.one_temperature(T, finite=True),
    )
    xi = np.linspace(-9, 9, 4001)
    places = x[..., None] + rho * xi
    L = _validate.finite("loss(x)", loss(places))
    if L.shape != places.shape:
        raise ValueError(f"loss must be elementwise: of shape {places.shape}, got {L.shape}")
    log_weight = -(xi**2) / 2 + np.log(xi[1] - xi[0]) - np.log(2 * np.pi) / 2
    with np.errstate(over="ignore"):
        return scipy.special.logsumexp(log_weight - L / T, axis=-1)[()]


# The ideal gas of training ----------------------------------------------------------------------------


def cosine_loss(k: float = 1.0) -> Loss:
    r"""The loss L(u) = k(1 + cos θ) on the sphere, where cos θ is the last component of u.

    Parameters
    ----------
    k : float, optional
        k > 0. The minimum, 0, is the south pole.

    Returns
    -------
    callable
        Of directions (chains, d): returns L (chains,) and its gradient (chains, d), not yet projected.

    Raises
    ------
    ValueError
        For k ≤ 0.

    Examples
    --------
    >>> cosine_loss(2.0)(np.array([[1.0, 0.0, 0.0]]))
    (array([2.]), array([[0., 0., 2.]]))
    """
    k = _validate.positive("k", k)

    def loss(u: Floats) -> tuple[Floats, Floats]:
        gradient = np.zeros_like(u)
        gradient[..., -1] = k
        return k * (1 + u[..., -1]), gradient

    return loss


def von_mises_fisher(T: ArrayLike, d: int, k: float = 1.0) -> Thermodynamics:
    r"""Equilibrium of L = k(1 + cos θ) on the unit sphere in d dimensions, exactly: ρ(u) ∝ e^{−L/T}.

    Z = ∫ e^{−L/T} dΩ = A_{d−1} ∫₀^π e^{−k(1 + cos θ)/T} sin^{d−2}θ dθ, by Gauss's rule with 400 places where
    the integrand is; A_n is the area of the unit sphere in n dimensions. In d = 3: U = k(1 − coth(k/T)) + T.

    Parameters
    ----------
    T : array_like
        Temperatures; `np.inf` is the uniform distribution.
    d : int
        Dimension of the space that the sphere lies in, d ≥ 3.
    k : float, optional
        k > 0.

    Returns
    -------
    Thermodynamics
        Of the shape of T. ``S`` is the (differential) entropy of the direction, which may be negative.

    Raises
    ------
    ValueError
        For T ≤ 0, d < 3, k ≤ 0, or k/T beyond the doubles.

    References
    ----------
    Mardia, Jupp, *Directional Statistics* (2000), equations 9.3.4 and 9.3.6, with κ = k/T.

    Examples
    --------
    >>> state = von_mises_fisher([0.5, 1.0], 3)
    >>> state.U, 1 - 1 / np.tanh([2.0, 1.0]) + [0.5, 1.0]
    (array([0.46268528, 0.68696471]), array([0.46268528, 0.68696471]))
    """
    T, d, k = _validate.temperature(T), _validate.whole("d", d, 3, 10**6), _validate.positive("k", k)
    with np.errstate(over="ignore"):
        kappa = (k / T)[..., None]
    if not np.all(np.isfinite(kappa)):
        raise ValueError(f"k/T must be a double, got k = {k} and T = {_validate.shown(T)}")

    def log_density(y: Floats) -> Floats:
        """Of y = ln φ, where φ = π − θ is the angle from the minimum."""
        return y + (d - 2) * np.log(np.sin(np.exp(y))) - 2 * kappa * np.sin(np.exp(y) / 2) ** 2

    def slope(y: Floats) -> Floats:
        phi = np.exp(y)
        return 1 + (d - 2) * phi / np.tan(phi) - kappa * phi * np.sin(phi)

    south, north = -np.log1p(kappa) / 2 - 60, np.full(kappa.shape, np.log(np.pi))
    top = _bisect(lambda y: slope(y) > 0, south, north)
    least = log_density(top) - 45  # e⁻⁴⁵ of the highest is beyond the digits
    first = _bisect(lambda y: log_density(y) < least, south, top)
    last = _bisect(lambda y: log_density(y) > least, top, north)
    places, weights = scipy.special.roots_legendre(400)
    y = (first + last) / 2 + (last - first) / 2 * places
    cost = 2 * kappa * np.sin(np.exp(y) / 2) ** 2  # L/T
    log_p = log_density(y) + np.log(weights * (last - first) / 2)
    log_sum = scipy.special.logsumexp(log_p, axis=-1, keepdims=True)
    p = np.exp(log_p - log_sum)
    log_Z = log_sum[..., 0] + _log_area(d - 1)
    mean = (p * cost).sum(axis=-1)
    with np.errstate(invalid="ignore"):
        U = np.where(np.isinf(T), k * (1 + (p * -np.cos(np.exp(y))).sum(axis=-1)), T * mean)
    return Thermodynamics(
        T=T[()],
        log_Z=log_Z[()],
        F=-(T * log_Z)[()],
        U=U[()],
        S=(log_Z + mean)[()],
        C=(p * (cost - mean[..., None]) ** 2).sum(axis=-1)[()],
    )


def gas_law(
    d: int,
    *,
    protocol: str,
    lr: float,
    weight_decay: float | None = None,
    radius: float | None = None,
    noise: float = 1.0,
) -> GasLaw:
    r"""The state of SGD on a scale-invariant loss, to first order in the learning rate: pV = RT.

    R = ½(d − 1) and V = ½r² throughout, and T = ½η_eff σ² with η_eff = η/r². A step's noise lengthens w by
    η²σ²(d − 1)/r² in the square, weight decay shortens it by 2ηλr²; where both balance, λ·½r² = R·½ησ²/r².

    Parameters
    ----------
    d : int
        Number of weights, d ≥ 2.
    protocol : {"fixed sphere", "fixed effective rate", "fixed rate"}
        What is held: r and η; η_eff; or η.
    lr : float
        η; η_eff at fixed effective rate. Positive.
    weight_decay : float
        λ > 0, without which the last two have no law. On the fixed sphere there is none, and p is what it
        would have to be.
    radius : float, optional
        r > 0 on the fixed sphere, by default 1; elsewhere it follows, and may not be given.
    noise : float, optional
        σ > 0, standard deviation of the gradient's noise in each direction, at ‖w‖ = 1.

    Returns
    -------
    GasLaw

    Raises
    ------
    ValueError
        For an argument outside of its range, one that the protocol does not have, or a law beyond the
        doubles.

    References
    ----------
    Sadrtdinov, Lobacheva, Klimov, Katsnelson, Vetrov, arXiv:2511.07308 (2025); at fixed rate van Laarhoven,
    arXiv:1706.05350 (2017), section 3, and Li, Lyu, Arora, NeurIPS 33 (2020), have the radius.

    Examples
    --------
    >>> law = gas_law(3, protocol="fixed rate", lr=0.1, weight_decay=0.01)
    >>> round(law.T, 6), round(law.p * law.V / (law.R * law.T), 12)
    (0.015811, 1.0)
    """
    d, eta = _validate.whole("d", d, 2), _validate.positive("lr", lr)
    sigma = np.float64(_validate.positive("noise", noise))  # whose square may be ∞, and raises nothing
    _validate.one_of("protocol", protocol, PROTOCOLS)
    R = (d - 1) / 2
    with np.errstate(all="ignore"):  # what leaves the doubles is refused below
        if protocol == "fixed sphere":
            if weight_decay is not None:
                raise ValueError(f"weight_decay must be None on the fixed sphere, got {weight_decay}")
            V = np.float64(_validate.positive("radius", 1.0 if radius is None else radius)) ** 2 / 2
            T = eta * sigma**2 / (4 * V)
            p = R * T / V
        else:
            if weight_decay is None:
                raise ValueError(f"weight_decay must be given at {protocol}, got None")
            if radius is not None:
                raise ValueError(f"radius must be None at {protocol}, where it follows, got {radius}")
            p = np.float64(_validate.positive("weight_decay", weight_decay))
            held = protocol == "fixed effective rate"
            T = eta * sigma**2 / 2 if held else np.sqrt(eta * p * sigma**2 / (4 * R))
            V = R * T / p
        law = GasLaw(float(T), float(p), float(V), R, float(np.sqrt(2 * V)))
    if not all(0 < part < np.inf for part in law):
        raise ValueError(f"the law must stay within the doubles, got {law}")
    return law


def scale_invariant_sgd(
    loss: Loss,
    d: int,
    steps: int,
    *,
    protocol: str,
    lr: float,
    weight_decay: float | None = None,
    radius: float | None = None,
    noise: float = 1.0,
    chains: int = 64,
    warm_up: int = 0,
    kept: int = 16,
    start: ArrayLike | None = None,
    rng: Seed = None,
) -> GasRun:
    r"""SGD with weight decay on a loss that depends on the direction of w alone: the ideal gas of training.

    The gradient of L(w/‖w‖) is across w and ∝ 1/‖w‖, and so is its noise. With r = ‖w‖, u = w/r, and the
    projection P across u,

        w ← w − (η/r) P[∇L(u) + σξ] − ηλw,   ξ ~ N(0, 1).

    On the fixed sphere w is set back to its length instead of the decay. At fixed effective rate η = η_eff r²
    in each step.

    The gradient g = P∇L, too, drives w outwards: pV/RT = 1 + ⟨‖g‖²⟩/((d − 1)σ²) at every step size on the
    fixed sphere, and to first order in η_eff (at one σ) elsewhere. At fixed rate it is, once stationary,
    [1 + ⟨‖g‖²/r²⟩/((d − 1)σ²⟨1/r²⟩)] / (1 − ½ηλ). The energy comes to that of ρ(u) ∝ e^{−L/T} as η_eff → 0.

    Parameters
    ----------
    loss : callable
        Of directions u (chains, d), ‖u‖ = 1: returns L (chains,) and its gradient (chains, d). A part of the
        gradient along u is taken out. `cosine_loss` makes one.
    d, protocol, lr, weight_decay, radius, noise
        As in `gas_law`; each chain starts with the law's length.
    steps : int
        Steps over which is averaged.
    chains : int, optional
        Independent chains, at least 4: the error bars come from the spread of their means.
    warm_up : int, optional
        Steps before that. Direction and length take about 1/(η_eff·curvature) and 1/(η_eff²σ²(d − 1)) steps
        to forget.
    kept : int, optional
        States of each chain that are kept, at most ``steps``. The entropy is made from them, and wants them
        far apart.
    start : array_like, shape (d,) or (chains, d), optional
        Directions at the start, of any length but 0; uniform on the sphere by default.
    rng : int, numpy.random.Generator or None, optional

    Returns
    -------
    GasRun
        ``S`` is nan beyond d = 10, where the distances of neighbours say little, and where kept directions
        coincide (of chains that start as one, with each step kept). Its error is widened by 1.3, because the
        distances of neighbours go together.

    Raises
    ------
    ValueError
        As `gas_law`; for fewer than 4 chains, or a loss or a start of another shape.
    ConvergenceError
        Where a run or its loss does not stay finite; ``last`` is w (chains, d), the last that was.

    References
    ----------
    As `gas_law`.

    Examples
    --------
    >>> run = scale_invariant_sgd(cosine_loss(), 3, 1000, protocol="fixed effective rate", lr=0.1,
    ...                           weight_decay=0.01, chains=400, warm_up=200, rng=1)
    >>> U, ratio = run.U.value, run.compressibility.value
    >>> bool(abs(U - von_mises_fisher(0.05, 3).U) < 0.004), bool(abs(ratio - 1.046) < 0.01)
    (True, True)
    """
    law = gas_law(d, protocol=protocol, lr=lr, weight_decay=weight_decay, radius=radius, noise=noise)
    d, lr, sigma = _validate.whole("d", d, 2), float(lr), float(noise)
    steps, chains = _validate.whole("steps", steps, 1), _validate.whole("chains", chains, 4)
    warm_up, kept = _validate.whole("warm_up", warm_up, 0), _validate.whole("kept", kept, 1, steps)
    rng = _validate.generator(rng)
    u, r = _directions(start, chains, d, rng), np.full(chains, law.radius)
    _on_sphere(loss, u)
    sphere, decay = protocol == "fixed sphere", 0.0 if weight_decay is None else float(weight_decay)
    sums = np.zeros((5, chains))  # of L, η_eff, r², what pushes outwards, ln r
    us, rs = np.empty((chains, kept, d)), np.empty((chains, kept))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for t in range(-warm_up, steps):
            L, gradient = loss(u)
            G = gradient + sigma * rng.standard_normal(u.shape)
            G -= np.einsum("cd,cd->c", G, u)[:, None] * u  # P: across u
            squared = r**2
            rate = np.full(chains, lr) if protocol == "fixed effective rate" else lr / squared  # η_eff
            if t >= 0:
                push = rate * np.einsum("cd,cd->c", G, G) / (2 * squared)
                sums += L, rate, squared, push, np.log(r)
                if (t + 1) * kept // steps > t * kept // steps:
                    us[:, t * kept // steps], rs[:, t * kept // steps] = u, r
            w = (1 - rate * squared * decay)[:, None] * u - rate[:, None] * G  # in units of r
            length = np.sqrt(np.einsum("cd,cd->c", w, w))
            if not 0 < length.min() <= length.max() < np.inf:
                why = f"a run is no longer finite after step {warm_up + t + 1}, with lr = {lr}"
                raise ConvergenceError(f"scale_invariant_sgd: {why}", r[:, None] * u)
            u = w / length[:, None]
            if not sphere:
                r = r * length
    if not np.all(np.isfinite(sums[0])):
        raise ConvergenceError("scale_invariant_sgd: the loss is no longer finite", r[:, None] * u)
    U, eta_eff, square, push, log_r = sums / steps
    T, V, p = sigma**2 / 2 * eta_eff, square / 2, push if sphere else np.full(chains, decay)
    ratio = p.mean() * V.mean() / (law.R * T.mean())
    compressibility = ratio * (p / p.mean() + V / V.mean() - T / T.mean())
    log_r = (d - 1) * log_r
    S = Estimate(np.nan, np.nan)
    if d <= _CROWDED and np.all(np.isfinite(room := _log_room(us.reshape(-1, d)))):
        direction = _of_chains(room.reshape(chains, kept).mean(axis=1))
        errors = _TOGETHER * direction.stderr, _of_chains(log_r).stderr
        S = Estimate(direction.value + float(log_r.mean()), float(np.hypot(*errors)))
    return GasRun(
        U=_of_chains(U),
        T=_of_chains(T),
        p=_of_chains(p),
        V=_of_chains(V),
        R=law.R,
        S=S,
        compressibility=_of_chains(compressibility),
        u=us,
        r=rs,
    )


def direction_entropy(u: ArrayLike, k: int = 3) -> float:
    r"""The entropy of directions, from the distance of each to its k-th neighbour.

        S = ψ(N) − ψ(k) + ⟨ln A_k⟩,   A_k the area of the cap that reaches to the k-th neighbour.

    Parameters
    ----------
    u : array_like, shape (n, d)
        Independent directions, ‖u‖ = 1 to 1e-6, all different; 2 ≤ d ≤ 10. With more weights the caps reach
        across the sphere.
    k : int, optional
        Which neighbour, 1 ≤ k < n.

    Returns
    -------
    float
        In nats; ln of the sphere's area for the uniform distribution, ln 4π in d = 3.

    Raises
    ------
    ValueError
        For another shape, lengths other than 1, or directions that coincide.

    References
    ----------
    Kozachenko, Leonenko, Problems of Information Transmission 23, 95 (1987); Kraskov, Stögbauer,
    Grassberger, Physical Review E 69, 066138 (2004), equation 20.

    Examples
    --------
    >>> u = np.random.default_rng(1).normal(size=(4000, 3))
    >>> u /= np.linalg.norm(u, axis=1, keepdims=True)
    >>> bool(abs(direction_entropy(u) - np.log(4 * np.pi)) < 0.03)
    True
    """
    u = _validate.finite("u", u)
    if u.ndim != 2 or len(u) < 2 or not 2 <= u.shape[1] <= _CROWDED:
        raise ValueError(f"u must have shape (n, d) with n ≥ 2 and 2 ≤ d ≤ {_CROWDED}, got {u.shape}")
    length = np.linalg.norm(u, axis=1)
    if np.any(np.abs(length - 1) > 1e-6):
        raise ValueError(f"u must have length 1, got lengths from {length.min()} to {length.max()}")
    room = _log_room(u, _validate.whole("k", k, 1, len(u) - 1))
    if not np.all(np.isfinite(room)):
        raise ValueError(f"u must be different directions, got {np.sum(np.isinf(room))} that coincide")
    return float(room.mean())


# What came, and what is made of it --------------------------------------------------------------------


def _momentum(mu: ArrayLike) -> Floats:
    values = _validate.finite("momentum", mu)
    if not np.all((values >= 0) & (values < 1)):
        raise ValueError(f"momentum must be at least 0 and below 1, got {_validate.shown(values)}")
    return values


def _one_momentum(mu: float) -> float:
    return float(_momentum(_validate.scalar("momentum", mu)))


def _symmetric(name: str, x: ArrayLike) -> Floats:
    A = _validate.finite(name, x)
    if (
        A.ndim != 2
        or A.shape[0] != A.shape[1]
        or A.size == 0
        or np.abs(A - A.T).max() > 1e-9 * np.abs(A).max()
    ):
        raise ValueError(f"{name} must be a symmetric matrix, got {_validate.shown(A)}")
    return (A + A.T) / 2


def _root(name: str, x: ArrayLike) -> Floats:
    """Return a root A of a covariance, AAᵀ = x."""
    values, vectors = np.linalg.eigh(_symmetric(name, x))
    if values[0] < -1e-9 * abs(values[-1]):
        raise ValueError(f"{name} must not be negative, got the eigenvalue {values[0]:.3g}")
    return vectors * np.sqrt(np.maximum(values, 0))


def _ready(
    grad: Gradient, x0: ArrayLike, step: float, T: ArrayLike, rng: Seed, name: str = "step"
) -> tuple[Floats, float, Floats, np.random.Generator]:
    """Return x0, the step, T with the axes of x0, and the generator, checked."""
    x = _validate.finite("x0", x0)
    if x.ndim not in (1, 2) or x.size == 0:
        raise ValueError(f"x0 must have shape (chains,) or (chains, dim), got {x.shape}")
    step, T = _validate.positive(name, step), _validate.temperature(T, finite=True)
    if T.shape not in ((), x.shape[:1]):
        raise ValueError(f"T must be one number or have shape ({len(x)},), got {T.shape}")
    slope = _validate.finite("grad(x0)", grad(x))
    if slope.shape != x.shape:
        raise ValueError(f"grad(x0) must have the shape of x0, {x.shape}, got {slope.shape}")
    return x, step, T.reshape(-1, *(1,) * (x.ndim - 1)), _validate.generator(rng)


def _momenta(p0: ArrayLike | None, x: Floats, T: Floats, rng: np.random.Generator) -> Floats:
    if p0 is None:
        return np.sqrt(T) * rng.standard_normal(x.shape)
    p = _validate.finite("p0", p0)
    if p.shape != x.shape:
        raise ValueError(f"p0 must have the shape of x0, {x.shape}, got {p.shape}")
    return p


def _record(
    name: str,
    moves: Iterator[tuple[Floats, ...]],
    start: tuple[Floats, ...],
    n: int,
    warm_up: int,
    thin: int,
) -> tuple[Floats, ...]:
    """Make the moves and keep every ``thin``-th, with time as the second axis."""
    n, thin = _validate.whole("n", n, 1), _validate.whole("thin", thin, 1)
    warm_up = _validate.whole("warm_up", warm_up, 0)
    kept = tuple(np.empty((n, *part.shape)) for part in start)  # time first, so that writing is fast
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(warm_up):
            next(moves)
        for t in range(n):
            for _ in range(thin):
                state = next(moves)
            for place, part in zip(kept, state, strict=True):
                place[t] = part
    finite = np.all([np.isfinite(part).reshape(n, -1).all(axis=1) for part in kept], axis=0)
    if not finite.all():
        t = int(np.argmin(finite))
        last = kept[0][t - 1] if t else start[0]
        raise ConvergenceError(f"{name}: a chain ran away by step {warm_up + thin * (t + 1)}", last)
    return tuple(np.swapaxes(part, 0, 1) for part in kept)


def _bisect(before: Callable[[Floats], NDArray[np.bool_]], low: Floats, high: Floats) -> Floats:
    """Return where ``before`` turns from true to false, elementwise."""
    for _ in range(60):
        middle = (low + high) / 2
        yes = before(middle)
        low, high = np.where(yes, middle, low), np.where(yes, high, middle)
    return low


def _log_area(d: int) -> float:
    """Return ln of the area of the unit sphere in d dimensions."""
    return float(np.log(2) + d / 2 * np.log(np.pi) - scipy.special.gammaln(d / 2))


def _directions(start: ArrayLike | None, chains: int, d: int, rng: np.random.Generator) -> Floats:
    u = rng.standard_normal((chains, d)) if start is None else _validate.finite("start", start)
    if u.shape not in ((d,), (chains, d)):
        raise ValueError(f"start must have shape ({d},) or ({chains}, {d}), got {u.shape}")
    length = np.linalg.norm(u, axis=-1, keepdims=True)
    if not np.all(length > 0):
        raise ValueError("start must have a direction, got one of length 0")
    return np.broadcast_to(u / length, (chains, d)).copy()


def _on_sphere(loss: Loss, u: Floats) -> None:
    """Check what a loss returns."""
    value, gradient = loss(u)
    value, gradient = _validate.finite("the loss", value), _validate.finite("its gradient", gradient)
    if value.shape != u.shape[:1] or gradient.shape != u.shape:
        wanted = f"loss must return shapes {u.shape[:1]} and {u.shape}"
        raise ValueError(f"{wanted}, got {value.shape} and {gradient.shape}")


def _log_room(u: Floats, k: int = 3) -> Floats:
    """Return of each direction what it adds to the entropy: ψ(N) − ψ(k) + ln of the cap to neighbour k."""
    n, d = u.shape
    chord = scipy.spatial.cKDTree(u).query(u, k + 1)[0][:, -1]
    half = (chord / 2) ** 2  # sin² of half the angle
    inner = scipy.special.betainc((d - 1) / 2, 0.5, np.minimum(4 * half * (1 - half), 1)) / 2
    with np.errstate(divide="ignore"):
        share = np.log(np.where(half > 0.5, 1 - inner, inner))
    return scipy.special.psi(n) - scipy.special.psi(k) + share + _log_area(d)


def _of_chains(means: Floats) -> Estimate:
    """Return the mean over chains, its error widened as Student's: of n means, by (n − 1)/(n − 3)."""
    n = len(means)
    spread = (means - means[0]).std(ddof=1)  # of equal means 0, and not what rounding makes of them
    return Estimate(float(means.mean()), float(spread / np.sqrt(n) * np.sqrt((n - 1) / (n - 3))))
