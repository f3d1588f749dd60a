"""Partition functions, the Boltzmann distribution and thermodynamic potentials.

Serves ``chapters/partition-functions.md``. Everything is a sum over the levels of a system, and every
sum of exponentials stays in logs. k_B = 1, so energies and temperatures share one unit and entropies
are in nats.

========  ===========  ==========================================================
symbol    argument     meaning
========  ===========  ==========================================================
E_i       ``E``        energy of level i, on the last axis
g_i       ``log_g``    ln of the number of states at level i
T         ``T``        temperature, scalar or array, from 1e-300 to ``np.inf``
ln Z      ``log_Z``    ln Σ_i g_i exp(−E_i/T)
L, N, a   same         length of the box, number of rods, length of a rod
========  ===========  ==========================================================
"""

from typing import NamedTuple

import numpy as np
import scipy  # loads its parts where they are first used
from numpy.typing import ArrayLike

from thermolib import _validate
from thermolib._types import Floats


class Thermodynamics(NamedTuple):
    """Equilibrium quantities of a system with a list of levels.

    ``T`` as given, in the unit of E (k_B = 1); the others have shape ``T.shape + E.shape[:-1]``, and are
    scalars for a scalar T and one system: ``log_Z`` and ``S`` in nats, ``F`` and ``U`` in units of E,
    ``C`` in units of k_B.
    """

    T: Floats
    log_Z: Floats
    F: Floats
    U: Floats
    S: Floats
    C: Floats


class Potentials(NamedTuple):
    """State of a one-dimensional gas: its variables, its pressure and its thermodynamic potentials.

    Arrays of one shape, or scalars. ``T``, ``U``, ``F``, ``H`` and ``G`` in units of energy (k_B = 1), ``L``
    in units of length, ``p`` in energy per length, ``S`` in nats, ``N`` a number.
    """

    T: Floats
    L: Floats
    N: Floats
    p: Floats
    U: Floats
    S: Floats
    F: Floats
    H: Floats
    G: Floats


class _Levels(NamedTuple):
    """Levels measured from the lowest one, with everything aligned for T in front of E."""

    T: Floats  # T's axes, then one of length 1 for each axis of E
    ground: Floats  # lowest energy, last axis kept
    gap: Floats  # E − ground
    log_g: Floats
    cost: Floats  # gap/T
    log_weight: Floats  # log_g − gap/T
    log_sum: Floats  # ln Σ exp(log_weight), last axis kept


def _levels(E: ArrayLike, T: ArrayLike, log_g: ArrayLike) -> _Levels:
    E, T, log_g = _validate.finite("E", E), _validate.temperature(T), _validate.finite("log_g", log_g)
    if E.ndim == 0 or E.size == 0:
        raise ValueError(f"E must hold at least one level on its last axis, got shape {E.shape}")
    try:
        log_g = np.broadcast_to(log_g, E.shape)
    except ValueError:
        raise ValueError(f"log_g must fit E's shape {E.shape}, got shape {log_g.shape}") from None
    T = T.reshape(T.shape + (1,) * E.ndim)
    ground = E.min(axis=-1, keepdims=True)
    gap = E - ground
    with np.errstate(over="ignore"):  # beyond the range of a double a level is as empty as at its end
        cost = np.minimum(gap / T, np.finfo(float).max)
    log_weight = log_g - cost
    # The log-sum-exp: with the largest term taken out, no exponential overflows and one of them is 1.
    largest = log_weight.max(axis=-1, keepdims=True)
    log_sum = largest + np.log(np.exp(log_weight - largest).sum(axis=-1, keepdims=True))
    return _Levels(T, ground, gap, log_g, cost, log_weight, log_sum)


def log_partition(E: ArrayLike, T: ArrayLike, log_g: ArrayLike = 0.0) -> Floats:
    r"""The logarithm of the canonical partition function, ln Z = ln Σ_i g_i exp(−E_i/T).

    Parameters
    ----------
    E : array_like, shape (..., levels)
        Energies, in units of k_B times the unit of T.
    T : array_like
        Temperatures, T > 0; ``np.inf`` gives the logarithm of the number of states.
    log_g : array_like, optional
        ln of each level's degeneracy, broadcast against `E`.

    Returns
    -------
    ndarray, shape ``T.shape + E.shape[:-1]``; a scalar for a scalar T and one system

    Raises
    ------
    ValueError
        For T < 1e-300, NaN, an infinite energy, no levels, or a `log_g` that does not fit `E`.

    References
    ----------
    Gibbs, *Elementary Principles in Statistical Mechanics* (1902), chapter IV.

    Examples
    --------
    Two levels a distance 1 apart, at T = 1: Z = 1 + 1/e.

    >>> round(float(np.exp(log_partition([0, 1], 1.0))), 9)
    1.367879441

    Energies far outside the range of exp are no trouble:

    >>> round(float(log_partition([-5000, -5000], 1.0)), 6)
    5000.693147
    """
    x = _levels(E, T, log_g)
    return (x.log_sum - x.ground / x.T)[..., 0][()]


def boltzmann(E: ArrayLike, T: ArrayLike, log_g: ArrayLike = 0.0) -> Floats:
    r"""The Boltzmann distribution p_i = g_i exp(−E_i/T) / Z over the levels.

    With E = −z and T = 1 it is the softmax of the logits z.

    Parameters
    ----------
    E : array_like, shape (..., levels)
        Energies.
    T : array_like
        Temperatures, T > 0; ``np.inf`` gives p_i ∝ g_i.
    log_g : array_like, optional
        ln of each level's degeneracy. p_i is the probability of the *level*, all its states together.

    Returns
    -------
    ndarray, shape T.shape + E.shape
        Sums to 1 over the last axis.

    Raises
    ------
    ValueError
        As `log_partition`.

    References
    ----------
    Gibbs, *Elementary Principles in Statistical Mechanics* (1902), chapter IV.

    Examples
    --------
    >>> boltzmann([-2, -1, 0], 1.0).round(6)
    array([0.665241, 0.244728, 0.090031])
    """
    x = _levels(E, T, log_g)
    return np.exp(x.log_weight - x.log_sum)


def thermodynamics(E: ArrayLike, T: ArrayLike, log_g: ArrayLike = 0.0) -> Thermodynamics:
    r"""Free energy, mean energy, entropy and heat capacity of a system with levels E.

    F = −T ln Z,  U = Σ p_i E_i,  S = −Σ p_i (ln p_i − ln g_i),  C = Var(E)/T².

    The entropy is the sum itself and not (U − F)/T, which loses every digit at low T and is ∞ − ∞ at
    T = ∞. The heat capacity is the fluctuation formula, equal to dU/dT.

    Parameters
    ----------
    E : array_like, shape (..., levels)
        Energies.
    T : array_like
        Temperatures, T > 0, ``np.inf`` allowed: there S is the log of the number of states, C = 0, and
        F = −T ln Z is −∞ as soon as there is more than one state.
    log_g : array_like, optional
        ln of each level's degeneracy.

    Returns
    -------
    Thermodynamics
        ``T`` as given; the others of shape ``T.shape + E.shape[:-1]``, scalars for a scalar T and one system.

    Raises
    ------
    ValueError
        As `log_partition`.

    References
    ----------
    Schottky, Physikalische Zeitschrift 23, 448 (1922), for the heat capacity of two levels.

    Examples
    --------
    >>> two = thermodynamics([0, 1], T=[1.0, np.inf])
    >>> two.U.round(6), two.S.round(6), two.C.round(6)
    (array([0.268941, 0.5     ]), array([0.582203, 0.693147]), array([0.196612, 0.      ]))
    """
    x = _levels(E, T, log_g)
    log_p = x.log_weight - x.log_sum
    p = np.exp(log_p)
    gap = (p * x.gap).sum(axis=-1)
    # Of E/T, not of E: neither the square of an energy nor that of a temperature need be a double.
    off = x.cost - (p * x.cost).sum(axis=-1, keepdims=True)
    temperature = x.T[..., 0]
    log_Z = (x.log_sum - x.ground / x.T)[..., 0]
    # ln 1 = 0 for a single state, whose F is its energy at T = ∞ too: there ∞·0 is 0.
    log_sum = x.log_sum[..., 0]
    free = np.where(log_sum == 0, 0.0, temperature * np.where(log_sum == 0, 1.0, log_sum))
    return Thermodynamics(
        T=_validate.temperature(T)[()],
        log_Z=log_Z[()],
        F=x.ground[..., 0] - free,
        U=x.ground[..., 0] + gap,
        S=-(p * (log_p - x.log_g)).sum(axis=-1),
        C=(p * off * off).sum(axis=-1),
    )


def tonks_gas(T: ArrayLike, L: ArrayLike, N: ArrayLike, a: float = 0.0) -> Potentials:
    r"""The exactly solvable gas: N hard rods of length a between two walls a distance L apart.

    Each rod has unit mass, and h = 1. Pushing the rods together removes their lengths and leaves N
    points in the free length L − N a, so for every N, not only a large one,

        ln Z = N ln(L − N a) − ln N! − N ln λ,   λ = 1/√(2πT).

    Then p = −∂F/∂L = N T/(L − N a), U = N T/2, S = U/T + ln Z, F = −T ln Z, H = U + pL, G = F + pL.
    With a = 0 it is the ideal gas in one dimension.

    Parameters
    ----------
    T : array_like
        Temperatures, finite and positive.
    L : array_like
        Length of the box, L > N a.
    N : array_like
        Number of rods, whole numbers ≥ 1.
    a : float, optional
        Length of a rod, a ≥ 0.

    Returns
    -------
    Potentials
        New arrays of the common shape of T, L and N, scalars for scalars; totals, not per rod.

    Raises
    ------
    ValueError
        For T ≤ 0 or infinite, N not a whole number ≥ 1, a < 0, or rods that do not fit the box.

    References
    ----------
    Tonks, Physical Review 50, 955 (1936).

    Examples
    --------
    >>> gas = tonks_gas(T=2.0, L=10.0, N=4, a=0.5)
    >>> float(gas.p), float(gas.U), float(gas.H - gas.U), float(gas.G - gas.F)
    (1.0, 4.0, 10.0, 10.0)
    """
    T, L, N = _validate.temperature(T, finite=True), _validate.finite("L", L), _validate.finite("N", N)
    a = _validate.positive("a", a, zero=True)
    if np.any(N < 1) or np.any(N % 1 != 0):
        raise ValueError(f"N must be a whole number ≥ 1, got {N.tolist()}")
    try:
        T, L, N = (x.copy() for x in np.broadcast_arrays(T, L, N))
    except ValueError:
        raise ValueError(f"T, L and N must broadcast, got shapes {T.shape}, {L.shape}, {N.shape}") from None
    free = L - N * a
    if np.any(free <= 0):
        raise ValueError(f"L must exceed N a, the length of all rods: got L − N a = {free.min()}")
    log_Z = N * np.log(free) - scipy.special.gammaln(N + 1) + 0.5 * N * np.log(2 * np.pi * T)
    p, U, F = N * T / free, N * T / 2, -T * log_Z
    gas = Potentials(T, L, N, p, U, S=U / T + log_Z, F=F, H=U + p * L, G=F + p * L)
    return Potentials(*(x[()] for x in gas))


def legendre(x: ArrayLike, y: ArrayLike, slope: ArrayLike) -> tuple[Floats, Floats]:
    r"""Legendre transform min_x [y(x) − slope·x] of a convex curve known at points x.

    F = min_S [U − TS] is ``legendre(S, U, T)`` and G = min_L [F + pL] is ``legendre(L, F, -p)``. The least
    of the points is refined by the parabola through it and its two neighbours, which leaves an error of
    third order in the spacing in the value, and of second order in its place.

    Parameters
    ----------
    x : array_like, shape (n,)
        Increasing, n ≥ 3.
    y : array_like, shape (n,)
        The curve at these points.
    slope : array_like
        Slopes at which the transform is wanted.

    Returns
    -------
    value, where : ndarray, slope.shape; a scalar for a scalar
        The minimum, and the x at which it is reached.

    Raises
    ------
    ValueError
        For x not increasing, shapes that differ, or a minimum at either end of x, where the curve as
        given does not have that slope.

    References
    ----------
    Zia, Redish, McKay, American Journal of Physics 77, 614 (2009).

    Examples
    --------
    The transform of x²/2 is −slope²/2, and it is reached at x = slope.

    >>> x = np.linspace(-2, 2, 41)
    >>> value, where = legendre(x, x**2 / 2, slope=1.23)
    >>> round(float(value), 9), round(float(where), 9)
    (-0.75645, 1.23)
    """
    x, y, slope = _validate.finite("x", x), _validate.finite("y", y), _validate.finite("slope", slope)
    if x.ndim != 1 or x.shape != y.shape or x.size < 3:
        raise ValueError(f"x and y must have one shape (n,), n ≥ 3, got {x.shape} and {y.shape}")
    if np.any(np.diff(x) <= 0):
        i = int(np.argmax(np.diff(x) <= 0))
        raise ValueError(f"x must be increasing, got x[{i}] = {x[i]} and x[{i + 1}] = {x[i + 1]}")
    f = y - slope[..., None] * x
    k = f.argmin(axis=-1)
    if np.any(ends := (k == 0) | (k == x.size - 1)):
        raise ValueError(
            f"the minimum lies at an end of x: between {x[0]} and {x[-1]} y has no slope {slope[ends][0]}"
        )
    f0, f1, f2 = (np.take_along_axis(f, (k + i)[..., None], axis=-1)[..., 0] for i in (-1, 0, 1))
    left, right = x[k] - x[k - 1], x[k + 1] - x[k]
    d0, d1 = (f1 - f0) / left, (f2 - f1) / right  # d0 < 0 ≤ d1, for f1 is the first of the least
    tangent = (d0 * right + d1 * left) / (left + right)
    step = -tangent * (left + right) / (d1 - d0) / 2
    return (f1 + tangent * step / 2)[()], (x[k] + step)[()]
