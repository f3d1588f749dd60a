"""The Ising model: exact in one and two dimensions.

Serves ``chapters/partition-functions.md``. The energy is −Σ s_i s_j − h Σ s_i with every bond counted
once; J = 1 = k_B. A square lattice is a torus, its sides wrapped around; on a 2×2 torus two sites are
joined by two bonds. Per site: ``onsager_*``, ``torus_energy``, ``torus_heat_capacity`` and
``spontaneous_magnetization``. Totals: every ln Z, `energy` and `lattice_energy`.

Spins with any couplings, −½ sᵀJs − h·s, have their `energy` here, and `log_partition_exact` up to 24 of them.

=========  ============  ============================================================================
symbol     argument      meaning
=========  ============  ============================================================================
T          ``T``         temperature, T > 0; ``np.inf`` allowed
h          ``h``         field
K          ``K``         coupling over temperature, 1/T
L, N       same          side of the torus, sites on the ring
s_i        ``spins``     ±1, int8, shape (..., L, L): chains are the leading axes
J_ij, h_i  ``J``, ``h``  any couplings, J symmetric with zero diagonal, dense or sparse; their fields
=========  ============  ============================================================================
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermolib import _kaufman, _validate
from thermolib._types import Floats
from thermolib.boltzmann import log_partition

T_C: float = float(2 / np.log1p(np.sqrt(2)))
"""Critical temperature of the infinite square lattice, 2/ln(1 + √2)."""


# One dimension ---------------------------------------------------------------------------------------


def transfer_matrix(T: ArrayLike, h: float = 0.0) -> Floats:
    r"""Transfer matrix of the ring, exp[(s s' + h (s + s')/2)/T] for s, s' = +1, −1.

    Its N-th power has the trace Z. Its entries overflow at low T: `chain_log_partition` does not.

    Parameters
    ----------
    T : array_like
        Temperatures, T > 0.
    h : float, optional
        Field.

    Returns
    -------
    ndarray, shape T.shape + (2, 2)

    Raises
    ------
    ValueError
        For T ≤ 0, NaN, or so low a T that an entry overflows (about (1 + \|h\|)/709).

    References
    ----------
    Kramers, Wannier, Physical Review 60, 252 (1941).

    Examples
    --------
    >>> transfer_matrix(1.0).round(6)
    array([[2.718282, 0.367879],
           [0.367879, 2.718282]])
    """
    T, h = _validate.temperature(T), _validate.scalar("h", h)
    s = np.array([1.0, -1.0])
    minus_energy = s[:, None] * s + h * (s[:, None] + s) / 2
    exponent = minus_energy / T[..., None, None]
    if np.any(exponent > np.log(np.finfo(float).max)):
        raise ValueError(f"T is too low for the matrix's entries, got {T.min()} with h = {h}")
    return np.exp(exponent)


def chain_log_partition(N: int, T: ArrayLike, h: float = 0.0) -> Floats:
    r"""The logarithm of Z of a ring of N spins in a field: ln(λ₊^N + λ₋^N), at any T without overflow.

    λ± = e^K cosh H ± √(e^{2K} sinh² H + e^{−2K}) are the eigenvalues of `transfer_matrix`, K = 1/T, H = h/T.

    Parameters
    ----------
    N : int
        Number of spins, N ≥ 1 (N = 2: two bonds between the same two spins; N = 1: a spin and itself).
    T : array_like
        Temperatures, T > 0, ``np.inf`` allowed.
    h : float, optional
        Field.

    Returns
    -------
    ndarray, T.shape; a scalar for a scalar
        The total ln Z, not per spin; ∞ where it exceeds the largest double, 1.8e308.

    Raises
    ------
    ValueError
        For T ≤ 0, NaN, or N < 1.

    References
    ----------
    Ising, Zeitschrift für Physik 31, 253 (1925); Kramers and Wannier (1941).

    Examples
    --------
    >>> round(float(chain_log_partition(10, T=1.0)), 10)
    11.3328652362
    """
    N, T, h = _validate.whole("N", N, 1), _validate.temperature(T), _validate.scalar("h", h)
    with np.errstate(over="ignore"):  # where ln Z itself is beyond the numbers, ∞ is right
        K, H = 1 / T, abs(h) / T
        x = np.exp(-2 * H)
        # ln λ₊ with e^{K + H} taken out, and λ₋/λ₊ = det/λ₊² with det = 2 sinh 2K.
        log_larger = K + H + np.log((1 + x) / 2 + np.sqrt(((1 - x) / 2) ** 2 + np.exp(-4 * K - 2 * H)))
        ratio = -np.expm1(-4 * K) * np.exp(2 * (K - log_larger))
        return N * log_larger + np.log1p(ratio**N)


def decimate(K: ArrayLike) -> Floats:
    r"""Coupling left when every second spin of a chain is summed out: K' = ½ ln cosh 2K, exact.

    Parameters
    ----------
    K : array_like
        Couplings J/T without a field.

    Returns
    -------
    ndarray, K.shape; a scalar for a scalar

    Raises
    ------
    ValueError
        For NaN.

    References
    ----------
    Nelson, Fisher, Annals of Physics 91, 226 (1975).

    Examples
    --------
    >>> round(float(decimate(1.0)), 12)
    0.662501373679
    """
    K = np.abs(_validate.numbers("K", K))
    return K + np.log1p(np.expm1(-4 * K) / 2) / 2  # ln cosh x = x + ln[(1 + e^{−2x})/2]


def migdal_kadanoff(K: ArrayLike) -> Floats:
    r"""Coupling of the square lattice scaled by 2, approximately: K' = ½ ln cosh 4K.

    Migdal and Kadanoff move half of the bonds onto the other half, which doubles them, and then decimate
    exactly. Unlike the exact chain it has a fixed point with 0 < K < ∞, at K* = .30469 (exact: .44069).

    Parameters
    ----------
    K : array_like
        Couplings J/T without a field.

    Returns
    -------
    ndarray, K.shape; a scalar for a scalar

    Raises
    ------
    ValueError
        For NaN.

    References
    ----------
    Migdal, Soviet Physics JETP 42, 743 (1976); Kadanoff, Annals of Physics 100, 359 (1976).

    Examples
    --------
    >>> round(float(migdal_kadanoff(0.30469)), 5)
    0.30469
    """
    return decimate(2 * _validate.numbers("K", K))


# Two dimensions, exact -------------------------------------------------------------------------------


def onsager_free_energy(T: ArrayLike) -> Floats:
    r"""Free energy per site of the infinite square lattice without a field.

    −f/T = ln(2 cosh 2K) + (1/π) ∫₀^{π/2} ln ½[1 + √(1 − κ² sin² φ)] dφ,  κ = 2 sinh 2K / cosh² 2K.

    Parameters
    ----------
    T : array_like
        Temperatures, T > 0; −∞ at ``np.inf``.

    Returns
    -------
    ndarray, T.shape; a scalar for a scalar

    Raises
    ------
    ValueError
        For T ≤ 0 or NaN.

    References
    ----------
    Onsager, Physical Review 65, 117 (1944).

    Examples
    --------
    >>> round(float(onsager_free_energy(T_C)), 10)
    -2.1096511446
    """
    T = _validate.temperature(T)
    t, r = _kaufman.tanh_sech(1 / T)

    def integrand(phi: float) -> Floats:
        # 1 − κ² sin² φ as a sum of squares, for κ = 2 t r and 1 − κ² = (t² − r²)²
        root = np.hypot((t**2 - r**2) * np.sin(phi), np.cos(phi))
        return np.log1p(root) - np.log(2)

    from scipy.integrate import quad_vec

    integral, _ = quad_vec(integrand, 0, np.pi / 2, epsabs=1e-13, epsrel=1e-13, norm="max")
    return -T * (2 / T + np.log1p(np.exp(-4 / T)) + integral / np.pi)


def onsager_energy(T: ArrayLike) -> Floats:
    r"""Energy per site of the infinite square lattice without a field.

    u = −coth 2K [1 + (2/π)(2 tanh² 2K − 1) 𝐊(κ)], with 𝐊 the complete elliptic integral of modulus
    κ = 2 sinh 2K / cosh² 2K; u(T_C) = −√2.

    Parameters
    ----------
    T : array_like
        Temperatures, T > 0, ``np.inf`` allowed.

    Returns
    -------
    ndarray, T.shape; a scalar for a scalar

    Raises
    ------
    ValueError
        For T ≤ 0 or NaN.

    References
    ----------
    Onsager, Physical Review 65, 117 (1944).

    Examples
    --------
    >>> onsager_energy([2.0, T_C, np.inf]).round(10) + 0.0
    array([-1.74556458, -1.41421356,  0.        ])
    """
    T = _validate.temperature(T)
    K = 1 / np.minimum(T, _HOT)
    _, t, kappa1, integral, _ = _elliptic(K)
    u = -(1 + 2 / np.pi * kappa1 * integral) / t
    v = np.tanh(1 / T)
    return np.where(T > _HOT, -(2 * v + 4 * v**3 + 8 * v**5 + 24 * v**7), u)[()]


def onsager_heat_capacity(T: ArrayLike) -> Floats:
    r"""Heat capacity per site of the infinite square lattice without a field; ∞ at T_C.

    C = (2/π)(K coth 2K)² {2𝐊(κ) − 2𝐄(κ) − (1 − κ')[π/2 + κ' 𝐊(κ)]},  κ' = 2 tanh² 2K − 1.

    Parameters
    ----------
    T : array_like
        Temperatures, T > 0, ``np.inf`` allowed.

    Returns
    -------
    ndarray, T.shape; a scalar for a scalar
        With an absolute error near 1e-14 away from T_C.

    Raises
    ------
    ValueError
        For T ≤ 0 or NaN.

    References
    ----------
    Onsager, Physical Review 65, 117 (1944), equation (117).

    Examples
    --------
    >>> round(float(onsager_heat_capacity(2.0)), 10)
    0.7248714486
    """
    T = _validate.temperature(T)
    K = 1 / np.minimum(T, _HOT)
    r, t, kappa1, first, second = _elliptic(K)
    bracket = 2 * (first - second) - 2 * r**2 * (np.pi / 2 + kappa1 * first)
    C = 2 / np.pi * (K / t) * bracket * (K / t)  # in this order: the square may overflow where C is 0
    C = np.where(kappa1 == 0, np.inf, C)
    v = np.tanh(1 / T)
    series = (1 / T) * (1 - v**2) * (2 + 12 * v**2 + 40 * v**4 + 168 * v**6) * (1 / T)
    return np.where(T > _HOT, series, C)[()]


def spontaneous_magnetization(T: ArrayLike) -> Floats:
    r"""Yang's magnetization per site of the infinite square lattice, (1 − sinh⁻⁴ 2K)^{1/8} below T_C, else 0.

    Parameters
    ----------
    T : array_like
        Temperatures, T > 0, ``np.inf`` allowed.

    Returns
    -------
    ndarray, T.shape; a scalar for a scalar

    Raises
    ------
    ValueError
        For T ≤ 0 or NaN.

    References
    ----------
    Yang, Physical Review 85, 808 (1952).

    Examples
    --------
    >>> spontaneous_magnetization([2.0, T_C, 3.0]).round(10)
    array([0.91131938, 0.        , 0.        ])
    """
    T = _validate.temperature(T)
    K = 1 / np.minimum(T, T_C)
    log_sinh = 2 * K + np.log(-np.expm1(-4 * K)) - np.log(2)
    M = np.maximum(-np.expm1(-4 * log_sinh), 0) ** 0.125
    return np.where(T < T_C, M, 0.0)[()]


def torus_log_partition(L: int, T: ArrayLike) -> Floats:
    r"""Kaufman's ln Z of the L×L torus without a field, exact at every size.

    A sum of four products over the momenta p = 2π(k + ½)/L, then p = 2πk/L, k = 0 … L − 1,

        Z = ½ (2 sinh 2K)^{L²/2} [∏ 2 cosh ½Lγ_p + ∏ 2 sinh ½Lγ_p + ∏ 2 cosh ½Lγ_p + ∏ 2 sinh ½Lγ_p],

    with cosh γ_p = cosh² 2K / sinh 2K − cos p and γ_p > 0, but γ₀ = 2K + ln tanh K, which is negative above
    T_C. On a square the second and third product are equal. It is evaluated in e^{−γ_p}, so that nothing
    overflows at any size.

    Parameters
    ----------
    L : int
        Side, L ≥ 2.
    T : array_like
        Temperatures, T > 0, ``np.inf`` allowed.

    Returns
    -------
    ndarray, T.shape; a scalar for a scalar
        The total ln Z, not per site; ∞ where it exceeds the largest double, 1.8e308.

    Raises
    ------
    ValueError
        For T ≤ 0, NaN, or L < 2.

    References
    ----------
    Kaufman, Physical Review 76, 1232 (1949), equation (39); in this form Ferdinand, Fisher,
    Physical Review 185, 832 (1969).

    Examples
    --------
    >>> round(float(torus_log_partition(16, T_C)), 9)
    238.642256635
    """
    return _torus(L, T)[0]


def torus_energy(L: int, T: ArrayLike) -> Floats:
    """Energy per site of the L×L torus without a field, −∂ln Z/∂K / L², by the exact derivative.

    Parameters
    ----------
    L, T
        As in `torus_log_partition`.

    Returns
    -------
    ndarray, T.shape; a scalar for a scalar
        With an absolute error near 1e-14.

    Raises
    ------
    ValueError
        As `torus_log_partition`.

    References
    ----------
    As `torus_log_partition`.

    Examples
    --------
    >>> round(float(torus_energy(8, T_C)), 10)
    -1.4915891074
    """
    return -_torus(L, T)[1] / L**2


def torus_heat_capacity(L: int, T: ArrayLike) -> Floats:
    """Heat capacity per site of the L×L torus without a field, K² ∂²ln Z/∂K² / L², by the exact derivative.

    Parameters
    ----------
    L, T
        As in `torus_log_partition`.

    Returns
    -------
    ndarray, T.shape; a scalar for a scalar
        With an absolute error near 1e-13.

    Raises
    ------
    ValueError
        As `torus_log_partition`.

    References
    ----------
    As `torus_log_partition`.

    Examples
    --------
    >>> round(float(torus_heat_capacity(8, T_C)), 10)
    1.1455592399
    """
    T = _validate.temperature(T)
    return _torus(L, T)[2] / L**2 / T / T  # not over T², which is no double at T = 1e±200


def _torus(L: int, T: ArrayLike) -> tuple[Floats, Floats, Floats]:
    with np.errstate(over="ignore"):  # where ln Z itself is beyond the numbers, ∞ is right
        return _kaufman.torus(L, T)


_HOT = 100.0  # above this the closed forms cancel and the high-temperature series has every digit


def _elliptic(K: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """1/cosh 2K, tanh 2K, the signed κ' = tanh² − 1/cosh², and 𝐊(κ) (0 where infinite) and 𝐄(κ)."""
    from scipy.special import ellipe, ellipkm1

    t, r = _kaufman.tanh_sech(K)
    kappa1 = t**2 - r**2
    kappa1 = np.where(np.abs(kappa1) < 1e-15, 0.0, kappa1)  # T_C itself, which rounds to a few 1e-16
    first = np.where(kappa1 == 0, 0.0, ellipkm1(np.where(kappa1 == 0, 1.0, kappa1**2)))
    return r, t, kappa1, first, ellipe(np.minimum((2 * t * r) ** 2, 1.0))  # which rounding takes above 1


# Enumeration -----------------------------------------------------------------------------------------


def density_of_states(L: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number of states of the L×L torus at each energy, exact, without a field.

    Built row by row: the state of the first row and of the last row so far, and a count for each energy. The
    2^{L²} states themselves are never visited.

    Parameters
    ----------
    L : int
        Side, 2 ≤ L ≤ 5.

    Returns
    -------
    E, counts : ndarray of int64
        Total energies that occur, ascending, and their numbers of states, which sum to 2^{L²}.

    Raises
    ------
    ValueError
        For L out of range.

    References
    ----------
    By definition.

    Examples
    --------
    >>> E, counts = density_of_states(3)
    >>> dict(zip(E.tolist(), counts.tolist()))
    {-18: 2, -10: 18, -6: 48, -2: 198, 2: 144, 6: 102}
    """
    L = _validate.whole("L", L, 2, 5)
    rows = spin_states(L).astype(np.int64)
    inside = (rows * np.roll(rows, 1, axis=1)).sum(axis=1)
    most = 2 * L * L  # bonds: Σ s s' runs from −most to most, and stands at index Σ + most

    def add(count: NDArray[np.int64], bonds: Any) -> NDArray[np.int64]:
        return np.roll(count, bonds, axis=-1)  # nothing wraps around: beyond ±most every count is 0

    count = np.zeros((len(rows), len(rows), 2 * most + 1), dtype=np.int64)  # first row, last row, Σ s s'
    for a, bonds in enumerate(inside):
        count[a, a, most + bonds] = 1
    between = rows @ rows.T
    for _ in range(L - 1):
        longer = np.zeros_like(count)
        for b, c in np.ndindex(between.shape):
            longer[:, c] += add(count[:, b], between[b, c] + inside[c])
        count = longer
    total = np.zeros(2 * most + 1, dtype=np.int64)
    for a, b in np.ndindex(between.shape):
        total += add(count[a, b], between[a, b])
    (occurring,) = np.nonzero(total)
    return (most - occurring)[::-1], total[occurring][::-1]


def spin_states(n: int) -> NDArray[np.int8]:
    """All 2^n states of n spins, in binary order: spin i of state k is +1 where bit i of k is set.

    Parameters
    ----------
    n : int
        Number of spins, 1 ≤ n ≤ 24.

    Returns
    -------
    ndarray of int8, shape (2**n, n)

    Raises
    ------
    ValueError
        For n out of range.

    References
    ----------
    By definition.

    Examples
    --------
    >>> spin_states(2)
    array([[-1, -1],
           [ 1, -1],
           [-1,  1],
           [ 1,  1]], dtype=int8)
    """
    n = _validate.whole("n", n, 1, 24)
    states = np.empty((2**n, n), dtype=np.int8)
    for i in range(n):
        states[:, i] = 2 * ((np.arange(2**n) >> i) & 1) - 1
    return states


def lattice_energy(spins: ArrayLike, h: float = 0.0) -> Floats:
    """Total energy −Σ s_i s_j − h Σ s_i of spins on a torus, each bond counted once.

    Parameters
    ----------
    spins : array_like, shape (..., L, L)
        ±1, L ≥ 2. With L = 2 two neighbours are joined by two bonds, one each way around.
    h : float, optional
        Field.

    Returns
    -------
    ndarray, ``spins.shape[:-2]``; a scalar for a single lattice

    Raises
    ------
    ValueError
        For another shape, or values other than ±1.

    References
    ----------
    By definition.

    Examples
    --------
    >>> float(lattice_energy(np.ones((3, 3))))
    -18.0
    """
    s, h = _validate.lattice(spins).astype(np.int64), _validate.scalar("h", h)
    bonds = (s * (np.roll(s, 1, axis=-1) + np.roll(s, 1, axis=-2))).sum(axis=(-2, -1))
    return -1.0 * bonds - h * s.sum(axis=(-2, -1))


def energy(J: Any, h: ArrayLike, s: ArrayLike) -> Floats:
    r"""Energy of coupled spins, E = −½ sᵀJs − h·s: every pair once, every field once.

    Parameters
    ----------
    J : array_like or SciPy sparse array, shape (n, n)
        Couplings, symmetric up to rounding (1e-12 of the largest), with zero diagonal.
    h : array_like, shape (n,) or ()
        Fields.
    s : array_like, shape (..., n)
        Spins, ±1, of any type: they are widened before they are multiplied.

    Returns
    -------
    ndarray, ``s.shape[:-1]``; a scalar for a single state
        In the unit of J and h.

    Raises
    ------
    ValueError
        For J not square, not symmetric or with a diagonal, h or s of another length, or spins other than ±1.

    References
    ----------
    Edwards, Anderson, Journal of Physics F 5, 965 (1975); Hopfield, Proceedings of the
    National Academy of Sciences 79, 2554 (1982), equation (7), where the couplings are a memory.

    Examples
    --------
    Three spins of which each two would rather differ: at best two of the three pairs do.

    >>> J = np.eye(3) - 1
    >>> energy(J, 0.0, [[1, 1, 1], [1, 1, -1]])
    array([ 3., -1.])
    """
    rows, h = _validate.couplings(J, h)
    s = _validate.numbers("s", s)
    if s.ndim == 0 or s.shape[-1] != len(h):
        raise ValueError(f"s must have shape (..., {len(h)}), got {s.shape}")
    if not np.all(np.abs(s) == 1):
        raise ValueError(f"s must be ±1, got values from {s.min()} to {s.max()}")
    Js = (s.reshape(-1, len(h)) @ rows).reshape(s.shape)
    return -0.5 * (s * Js).sum(axis=-1) - s @ h


def log_partition_exact(J: Any, h: ArrayLike, T: ArrayLike) -> Floats:
    r"""The logarithm of Z of n ≤ 24 coupled spins, summed over all 2^n states: E = −½ sᵀJs − h·s.

    The spins are cut in two halves, a and b, so that E = E_a + E_b − aᵀJ_ab b: one matrix product gives the
    energies of every b beside each of many a, and nothing of length 2^n is kept.

    Parameters
    ----------
    J : array_like or SciPy sparse array, shape (n, n)
        Couplings, symmetric up to rounding (1e-12 of the largest), with zero diagonal.
    h : array_like, shape (n,) or ()
        Fields.
    T : array_like
        Temperatures, T > 0, ``np.inf`` allowed.

    Returns
    -------
    ndarray, T.shape; a scalar for a scalar

    Raises
    ------
    ValueError
        For T ≤ 0, NaN, J not square, not symmetric or with a diagonal, h of another length, or n > 24.

    References
    ----------
    By definition.

    Examples
    --------
    The ring of ten spins again, by brute force.

    >>> ring = np.roll(np.eye(10), 1, axis=0) + np.roll(np.eye(10), -1, axis=0)
    >>> round(float(log_partition_exact(ring, 0.0, T=1.0)), 10)
    11.3328652362
    """
    (rows, h), T = _validate.couplings(J, h), _validate.temperature(T)
    n, dense = _validate.whole("the number of spins", len(h), 1, 24), rows.toarray()
    half = n // 2
    b = spin_states(n - half).astype(float)
    energy_b = -0.5 * np.einsum("ki,ij,kj->k", b, dense[half:, half:], b) - b @ h[half:]
    log_Z = np.full(T.shape, -np.inf)
    a = spin_states(half).astype(float) if half else np.empty((1, 0))
    energy_a = -0.5 * np.einsum("ki,ij,kj->k", a, dense[:half, :half], a) - a @ h[:half]
    for part in np.array_split(np.arange(len(a)), max(1, len(a) // 256)):
        E = (energy_a[part, None] + energy_b - a[part] @ dense[:half, half:] @ b.T).ravel()
        log_Z = np.logaddexp(log_Z, np.array([log_partition(E, one) for one in T.ravel()]).reshape(T.shape))
    return log_Z[()]
