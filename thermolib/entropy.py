"""Entropy, divergence, information, and the distributions that maximise entropy.

Serves ``chapters/entropy.md``. Entropies are in nats unless a base is given; 0 ln 0 = 0.

========  ============  ==========================================================
symbol    argument      meaning
========  ============  ==========================================================
p_i, q_i  ``p``, ``q``  probabilities, on the last axis, summing to 1
p_xy      ``p_xy``      joint probabilities, on the last two axes
v_i       ``values``    what is measured in outcome i; one row for each constraint
m         ``mean``      the prescribed averages Σ p_i v_i
λ         ``lam``       Lagrange multipliers, p_i ∝ exp(λ·v_i)
z_i       ``logits``    energies with the sign changed, E_i = −z_i
ρ         ``rho``       correlation of two Gaussian variables
T         ``T``         temperature, scalar or array, T > 0
========  ============  ==========================================================
"""

from math import e
from typing import NamedTuple

import numpy as np
import scipy  # loads its parts where they are first used
from numpy.typing import ArrayLike

from thermolib import _validate
from thermolib._results import ConvergenceError
from thermolib._types import Floats
from thermolib.boltzmann import boltzmann

STEPS = 1000  # of Newton's method, at most


class MaxEntropy(NamedTuple):
    """The distribution ``p``, shape (n,), and its multipliers ``lam``: a scalar, or shape (k,)."""

    p: Floats
    lam: Floats


class Bottleneck(NamedTuple):
    """What a representation keeps of its input, ``I_X``, and knows of the target, ``I_Y``, in nats."""

    I_X: Floats
    I_Y: Floats


def entropy(p: ArrayLike, *, base: float = e, axis: int = -1) -> Floats:
    """Shannon's entropy H = −Σ_i p_i log p_i, the expected surprise.

    Parameters
    ----------
    p : array_like
        Probabilities, summing to 1 over `axis`.
    base : float
        Base of the logarithm, > 1: e gives nats, 2 bits.
    axis : int
        The axis of the outcomes.

    Returns
    -------
    ndarray
        The shape of `p` without `axis`; a scalar for one distribution.

    Raises
    ------
    ValueError
        For a negative probability, probabilities that do not sum to 1, no outcomes, or a base ≤ 1.

    References
    ----------
    Shannon, Bell System Technical Journal 27, 379 (1948), section 6.

    Examples
    --------
    >>> float(entropy([0.5, 0.25, 0.25], base=2))
    1.5
    """
    p = _probabilities("p", p, (axis,))
    base = _validate.scalar("base", base)
    if base <= 1:
        raise ValueError(f"base must be larger than 1, got {base}")
    return 0.0 - scipy.special.xlogy(p, p).sum(axis=axis) / np.log(base)


def cross_entropy(p: ArrayLike, q: ArrayLike) -> Floats:
    """The expected surprise −Σ_i p_i ln q_i of one who believes q where p is true, in nats.

    Parameters
    ----------
    p, q : array_like, shapes (..., n), which broadcast
        Probabilities, summing to 1 over the last axis.

    Returns
    -------
    ndarray, shape (...); a scalar for one pair
        ``inf`` where something happens that q rules out.

    Raises
    ------
    ValueError
        As `entropy`, and for shapes that do not fit.

    Examples
    --------
    >>> round(float(cross_entropy([0.5, 0.5], [0.9, 0.1])), 9)
    1.203972804
    """
    p, q = _pair(p, q)
    return 0.0 - scipy.special.xlogy(p, q).sum(axis=-1)


def kl_divergence(p: ArrayLike, q: ArrayLike) -> Floats:
    """The Kullback–Leibler divergence Σ_i p_i ln(p_i/q_i) ≥ 0, in nats: cross-entropy less entropy.

    Parameters
    ----------
    p, q : array_like, shapes (..., n), which broadcast
        Probabilities, summing to 1 over the last axis.

    Returns
    -------
    ndarray, shape (...); a scalar for one pair
        ``inf`` where something happens that q rules out.

    Raises
    ------
    ValueError
        As `cross_entropy`.

    References
    ----------
    Kullback and Leibler, Annals of Mathematical Statistics 22, 79 (1951).

    Examples
    --------
    >>> round(float(kl_divergence([0.6, 0.4], [0.5, 0.5])), 10)
    0.0201355136
    """
    p, q = _pair(p, q)
    return scipy.special.rel_entr(p, q).sum(axis=-1)


def mutual_information(p_xy: ArrayLike) -> Floats:
    """What x and y say about each other: I(X;Y) = Σ_xy p_xy ln[p_xy/(p_x p_y)], in nats.

    Parameters
    ----------
    p_xy : array_like, shape (..., n, m)
        Joint probabilities, summing to 1 over the last two axes.

    Returns
    -------
    ndarray, shape (...); a scalar for one table
        The divergence of the joint distribution from the product of its marginals.

    Raises
    ------
    ValueError
        As `entropy`.

    References
    ----------
    Shannon, Bell System Technical Journal 27, 379 (1948), section 12.

    Examples
    --------
    Two fair coins that always agree share one bit:

    >>> round(float(mutual_information([[0.5, 0.0], [0.0, 0.5]]) / np.log(2)), 9)
    1.0
    """
    p_xy = _probabilities("p_xy", p_xy, (-2, -1))
    p_x, p_y = p_xy.sum(axis=-1, keepdims=True), p_xy.sum(axis=-2, keepdims=True)
    # Σ_x p_x KL(p_y|x ‖ p_y), which is the same: a product p_x p_y could be too small for a double.
    p_y_given_x = np.divide(p_xy, p_x, out=np.zeros_like(p_xy), where=p_x > 0)
    return (p_x * scipy.special.rel_entr(p_y_given_x, p_y)).sum(axis=(-2, -1))


def softmax(logits: ArrayLike, T: ArrayLike = 1.0) -> Floats:
    """The softmax at temperature T, p_i = exp(z_i/T) / Σ_j exp(z_j/T): Boltzmann's, with E = −z.

    Parameters
    ----------
    logits : array_like, shape (..., n)
        The logits z.
    T : array_like
        Temperatures, T > 0; ``np.inf`` makes all outcomes equally probable.

    Returns
    -------
    ndarray, shape T.shape + logits.shape

    Raises
    ------
    ValueError
        For T ≤ 0, NaN, or a logit that is not finite.

    Examples
    --------
    >>> softmax([2, 1, 0]).round(6)
    array([0.665241, 0.244728, 0.090031])
    """
    logits = _validate.finite("logits", logits)
    if logits.ndim == 0 or logits.size == 0:
        raise ValueError(f"logits must hold at least one, got shape {logits.shape}")
    return boltzmann(-logits, T)


def top_p(p: ArrayLike, mass: float) -> Floats:
    """Nucleus sampling's distribution: the fewest most probable outcomes that hold `mass` together.

    Parameters
    ----------
    p : array_like, shape (..., n)
        Probabilities, summing to 1 over the last axis.
    mass : float
        The probability to keep, 0 < mass ≤ 1. Of equally probable outcomes the earlier is kept first.

    Returns
    -------
    ndarray, shape (..., n)
        The kept probabilities, divided by their sum; 0 for the others.

    Raises
    ------
    ValueError
        As `entropy`, and for a mass outside (0, 1].

    References
    ----------
    Holtzman, Buys, Du, Forbes and Choi, International Conference on Learning
    Representations (2020), section 3.1.

    Examples
    --------
    >>> top_p([0.5, 0.3, 0.2], 0.6)
    array([0.625, 0.375, 0.   ])
    """
    p = _probabilities("p", p, (-1,))
    mass = _validate.scalar("mass", mass)
    if not 0 < mass <= 1:
        raise ValueError(f"mass must lie in 0 < mass ≤ 1, got {mass}")
    order = np.argsort(-p, axis=-1, kind="stable")
    ranked = np.take_along_axis(p, order, axis=-1)
    before = np.cumsum(ranked, axis=-1) - ranked  # what the more probable ones hold
    # Of ten equal outcomes .3 is three, whatever their sum is rounded to.
    inside = (before < mass * (1 - 1e-12)) | (mass == 1)
    kept = np.zeros_like(p)
    np.put_along_axis(kept, order, np.where(inside, ranked, 0.0), axis=-1)
    return kept / kept.sum(axis=-1, keepdims=True)


def max_entropy(values: ArrayLike, mean: ArrayLike) -> MaxEntropy:
    r"""The distribution of greatest entropy among those with prescribed averages.

    p_i = exp(λ·v_i)/Z(λ), where λ makes ∂ln Z/∂λ = m. It is found where the convex function
    ln Z(λ) − λ·m is least, by Newton's method: the gradient is ⟨v⟩ − m, the Hessian the covariance of v.

    Parameters
    ----------
    values : array_like, shape (n,) or (k, n)
        v: what is averaged, in each of the n outcomes; one row for each of k constraints.
    mean : array_like, scalar or shape (k,)
        m: the averages, each in the unit of its row.

    Returns
    -------
    MaxEntropy
        ``(p, lam)``: the probabilities, shape (n,), and λ with the shape of `mean`, in inverse units of v.
        With several constraints, a distance δ from the edge leaves λ an error of some 1e-16/δ.
        Where constraints repeat one another, so that many λ serve, the shortest (each row of v
        measured in its standard deviation).

    Raises
    ------
    ValueError
        If no distribution has these averages, or only one that rules out some outcome (λ would be infinite).
        One constraint decides that exactly. With several, averages within a part in a million of that edge
        are refused only if no multipliers are found: the message then says that it could not be told.
    ConvergenceError
        If Newton's method does not converge; its ``last`` is the last (p, lam).

    References
    ----------
    Jaynes, Physical Review 106, 620 (1957), section 2. The length of a step follows Sun and
    Tran-Dinh, Mathematical Programming 178, 145 (2019).

    Examples
    --------
    Jaynes' die: the mean of many throws was 4.5.

    >>> p, lam = max_entropy([1, 2, 3, 4, 5, 6], 4.5)
    >>> p.round(6)
    array([0.054353, 0.078772, 0.11416 , 0.165447, 0.239774, 0.347494])
    >>> round(float(lam), 9)
    0.371048938
    """
    v, m = _validate.finite("values", values), _validate.finite("mean", mean)
    if v.ndim not in (1, 2) or v.size == 0 or m.shape != v.shape[:-1]:
        raise ValueError(
            f"values and mean must have shapes (n,) and (), or (k, n) and (k,), got {v.shape} and {m.shape}"
        )
    rows, mean = v.reshape(-1, v.shape[-1]), m.reshape(-1, 1)
    lowest, highest = rows.min(axis=1, keepdims=True), rows.max(axis=1, keepdims=True)
    ranges = ", ".join(f"{a:.6g} … {b:.6g}" for a, b in zip(lowest[:, 0], highest[:, 0], strict=True))
    got = f"with mean {m.ravel().tolist()} over values that range over {ranges}"
    if np.any((mean < lowest) | (mean > highest)):
        raise ValueError(f"impossible: there is no distribution {got}")
    if np.any((lowest < highest) & ((mean == lowest) | (mean == highest))):
        raise ValueError(f"at the edge of what is possible: some outcomes could never happen {got}")
    x, unit = _uncorrelated(rows - mean)
    # A mean strictly between the least and the greatest value is possible. With several it takes a search,
    # whose answer is right to its tolerance of 1e-7.
    least = _least_probability(x) if len(rows) > 1 else 1.0
    if least < -1e-6:
        raise ValueError(f"impossible: there is no distribution {got}")
    p, lam, converged = _newton(x)
    found = MaxEntropy(p, (lam @ unit).reshape(m.shape)[()])
    if converged:
        return found
    if least < 1e-6:
        raise ValueError(
            f"at the edge of what is possible, or too near to it on either side for the solver to tell, {got}"
        )
    raise ConvergenceError(f"Newton's method did not converge in {STEPS} steps {got}", found)


def gaussian_bottleneck(rho: float, T: ArrayLike) -> Bottleneck:
    r"""The information bottleneck for two Gaussian variables of correlation ρ, exactly.

    The representation Z of X that minimises T I(X;Z) − I(Z;Y) is X with Gaussian noise, and

    I(X;Z) = ½ ln[(1/T − 1) ρ²/(1 − ρ²)],   I(Z;Y) = −½ ln[1 − ρ² + ρ² exp(−2 I(X;Z))]

    below the critical trade-off T_c = ρ²; both vanish above it.

    Parameters
    ----------
    rho : float
        Correlation of X and Y, −1 < ρ < 1.
    T : array_like
        Trade-off, T > 0: the inverse of the literature's β. (T ≥ 1 always forgets everything.)

    Returns
    -------
    Bottleneck
        ``(I_X, I_Y)``, each with the shape of T, scalars for a scalar, in nats.

    Raises
    ------
    ValueError
        For ``|ρ|`` ≥ 1 or T ≤ 0.

    References
    ----------
    Chechik, Globerson, Tishby and Weiss, Journal of Machine Learning Research 6, 165 (2005).

    Examples
    --------
    >>> I_X, I_Y = gaussian_bottleneck(0.8, 0.5)
    >>> round(float(I_X), 9), round(float(I_Y), 9)
    (0.287682072, 0.164252033)
    """
    rho, T = _validate.scalar("rho", rho), _validate.temperature(T)
    if not abs(rho) < 1:
        raise ValueError(f"rho must lie in -1 < rho < 1, got {rho}")
    signal_to_noise = (1 / T - 1) * rho**2 / (1 - rho**2)
    I_X = np.log(np.maximum(signal_to_noise, 1.0)) / 2
    I_Y = 0.0 - np.log1p(rho**2 * np.expm1(-2 * I_X)) / 2
    return Bottleneck(I_X[()], I_Y[()])


def _uncorrelated(x: Floats) -> tuple[Floats, Floats]:
    """Return rows that span what the rows of x do, and the matrix that makes them of x.

    The problem is the same in any unit and for any mixture of its constraints. In these each row has mean
    square 1 and none repeats another, so that rounding depends neither on units nor on correlations.
    """
    size = np.abs(x).max(axis=1, keepdims=True)  # its square need not be a double
    size[size == 0] = 1.0
    spread = np.std(x / size, axis=1, keepdims=True)
    spread[spread == 0] = 1.0
    x = x / size / spread
    U, s, _ = np.linalg.svd(x, full_matrices=False)
    kept = s > s[0] * max(x.shape) * np.finfo(float).eps
    mixed = (U[:, kept] / s[kept]).T * np.sqrt(x.shape[1])
    return mixed @ x, mixed / (size * spread).T


def _least_probability(x: Floats) -> float:
    """Return how large n times the least probability can be made, if Σ p_i x_i = 0; < 0: not possible.

    A linear programme: the largest t for which p_i = (t + r_i)/n with r_i ≥ 0, Σ p_i = 1 and Σ p_i x_i = 0.
    """
    n = x.shape[1]
    constraints = np.vstack([np.ones(n), x]) / n
    found = scipy.optimize.linprog(
        c=[*np.zeros(n), -1.0],
        A_eq=np.column_stack([constraints, constraints.sum(axis=1)]),
        b_eq=[1.0, *np.zeros(len(x))],
        bounds=[*[(0, None)] * n, (None, None)],
    )
    return -np.inf if found.x is None else float(found.x[-1])


def _newton(x: Floats) -> tuple[Floats, Floats, bool]:
    """Return p_i ∝ exp(λ·x_i) with Σ p_i x_i = 0, λ, and whether that could be reached."""
    lam, p = np.zeros(len(x)), np.full(x.shape[1], 1 / x.shape[1])
    for _ in range(STEPS):
        gradient = x @ p
        covariance = (x * p) @ x.T - np.outer(gradient, gradient)
        # Nearer than this to the edge, some direction of λ is not to be told from rounding: `rank` falls.
        step, _, rank, _ = np.linalg.lstsq(covariance, -gradient, rcond=1e-14)
        change = np.ptp(step @ x)  # of ln p between two outcomes
        # The third derivative is at most `change` times the second: shortened so, no step overshoots.
        lam = lam + step * (np.log1p(change) / change if change > 1e-7 else 1.0)
        p = softmax(lam @ x)
        if change <= 1e-7:  # and its square, what is left to do, is rounding
            return p, lam, bool(rank == len(x))
    return p, lam, False


def _probabilities(name: str, p: ArrayLike, axes: tuple[int, ...]) -> Floats:
    """Return `p` as an array of probabilities that sum to 1 over `axes`."""
    array = _validate.finite(name, p)
    try:
        total = array.sum(axis=axes)
    except (np.exceptions.AxisError, TypeError, OverflowError):
        raise ValueError(f"{name} must have axes {axes}, got shape {array.shape}") from None
    if array.size == 0:
        raise ValueError(f"{name} must hold at least one outcome, got shape {array.shape}")
    if np.any(array < 0):
        raise ValueError(f"{name} must not be negative, got {array.min()}")
    # Single precision, as networks give it, rounds by some 1e-7.
    if np.any(np.abs(total - 1) > 1e-6):
        worst = np.ravel(total)[np.argmax(np.abs(total - 1))]
        raise ValueError(f"{name} must sum to 1, got a sum of {worst:.9g}")
    return array


def _pair(p: ArrayLike, q: ArrayLike) -> tuple[Floats, Floats]:
    """Return two arrays of probabilities with the same outcomes, broadcast to one shape."""
    p, q = _probabilities("p", p, (-1,)), _probabilities("q", q, (-1,))
    try:
        if p.shape[-1] != q.shape[-1]:
            raise ValueError
        both = np.broadcast_arrays(p, q)
    except ValueError:
        raise ValueError(f"p and q must have fitting shapes, got {p.shape} and {q.shape}") from None
    return both[0], both[1]
