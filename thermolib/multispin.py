"""Samplers of the Ising lattice with up to 64 spins in a word of the processor.

Serves ``chapters/sampling.md``, whose algorithms these are once more: `thermolib.sampling` has them as they
are read, this module as they are run where much is wanted. Both take the same arguments, though here there
is no field and one order of sites, and obey the same law, with other random numbers. What is done to a word
is done to all spins in it; each has random bits of its own.

=========  ============  ============================================================================
symbol     argument      meaning
=========  ============  ============================================================================
T          ``T``         temperature, T > 0; ``np.inf`` allowed
L, N       same          side of the torus; its sites, N = L²
s_i        ``spins``     ±1, int8, shape (..., L, L): chains are the leading axes
n          —             spins of one lattice in a word: the largest divisor of L up to 64
=========  ============  ============================================================================
"""

from collections.abc import Callable
from functools import partial
from math import isqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermolib import _kernels, _validate
from thermolib._types import Floats, Ints, Seed
from thermolib.sampling import Measure, Run, _run

_Words = NDArray[np.uint64]


def metropolis(
    spins: ArrayLike,
    T: ArrayLike,
    sweeps: int,
    *,
    warm_up: int = 0,
    measure: Measure | None = None,
    rng: Seed = None,
    progress: bool = False,
) -> Run:
    r"""Metropolis' algorithm on a checkerboard, up to 64 sites of one colour in a word.

    As ``thermolib.sampling.metropolis(…, order="checkerboard")``, with its limits on small lattices and at
    T = ∞: a spin turns where ΔE ≤ 0, and with probability exp(−ΔE/T) where ΔE is 4 or 8. All black sites
    decide at once, and then all white ones, which is the same as one after the other: sites of one colour
    are no neighbours. Fastest where L is 64 or a multiple of it, and slow where the largest divisor of L up
    to 64 is small, as that of 134; for many small lattices see `replicas`.

    Parameters
    ----------
    spins : array_like, shape (..., L, L), or int
        Where to start; chains are the leading axes. Not changed. An integer is the side L of lattices
        that start with all spins up, one for each temperature in `T`. L must be even.
    T : array_like
        Temperature, or one for each chain (broadcast to the leading axes), T > 0.
    sweeps : int
        Number of sweeps, at least 1. After each the energy and the magnetization are recorded.
    warm_up : int, optional
        Number of sweeps before these, of which nothing is recorded.
    measure : callable, optional
        As in `thermolib.sampling.metropolis`. To unpack the spins for it takes longer than a sweep.
    rng : int, Generator or None, optional
        Seed; each chain draws random streams of its own from it.
    progress : bool, optional
        Show a progress bar.

    Returns
    -------
    Run

    Raises
    ------
    ValueError
        For an odd L, and as `thermolib.sampling.metropolis`.

    References
    ----------
    Jacobs, Rebbi, Journal of Computational Physics 41, 203 (1981), for many spins in a word.

    Examples
    --------
    >>> from thermolib.chains import mean
    >>> from thermolib.ising import T_C, torus_energy
    >>> run = metropolis(64, T_C, 20_000, warm_up=2_000, rng=1)
    >>> value, stderr = mean(run.energy / 64**2)
    >>> abs(value - torus_energy(64, T_C)) < 4 * stderr < 0.04
    True
    """

    def prepare(flat: NDArray[np.int8], T: Floats, h: float, state: _Words) -> Callable[..., None]:
        L = _even(flat)
        n = _in_a_word(L)
        words = np.zeros((len(flat), 2, L // n, L // 2 + 2), dtype=np.uint64)
        digits, lanes = _digits(np.exp(-4 / T), np.exp(-8 / T)), _kernels.streams(state, L // 2)
        run = partial(_kernels.checkerboard, words, n, digits, lanes)
        return partial(_packed_run, flat, _skewed(L, n), words[..., 1:-1], run)

    return _run(prepare, spins, T, sweeps, warm_up, measure, 0.0, rng, progress)


def replicas(
    spins: ArrayLike,
    T: ArrayLike,
    sweeps: int,
    *,
    warm_up: int = 0,
    measure: Measure | None = None,
    rng: Seed = None,
    progress: bool = False,
) -> Run:
    r"""As `metropolis`, with the same site of 64 lattices in a word: for many lattices, small ones above all.

    Each lattice has its own temperature and its own random bits, so that they are independent of one
    another. Their number may be any; the time is that of the next multiple of 64.

    Parameters
    ----------
    spins, T, sweeps, warm_up, measure, rng, progress
        As in `metropolis`.

    Returns
    -------
    Run

    Raises
    ------
    ValueError
        As `metropolis`.

    References
    ----------
    Bhanot, Duke, Salvador, Journal of Statistical Physics 44, 985 (1986).

    Examples
    --------
    >>> run = replicas(8, np.linspace(1.5, 3.5, 64), 1000, rng=1)
    >>> run.energy.shape, bool(run.energy[0].mean() < run.energy[-1].mean())
    ((64, 1000), True)
    """

    def prepare(flat: NDArray[np.int8], T: Floats, h: float, state: _Words) -> Callable[..., None]:
        L, missing = _even(flat), -len(flat) % 64
        # The lattices that are missing to fill the words are spins at T = 0: they toss no coins for long.
        full = np.concatenate([flat, np.ones((missing, flat.shape[1]), dtype=np.int8)])
        by_site = full.reshape(-1, 64, L * L).swapaxes(1, 2)
        words = np.zeros((len(by_site), 2, L, L // 2 + 2), dtype=np.uint64)
        digits = _digits(np.exp(-4 / T), np.exp(-8 / T)) != 0
        digits = np.concatenate([digits, np.zeros((missing, *digits.shape[1:]), dtype=bool)])
        digits = _packed(np.moveaxis(digits.reshape(-1, 64, *digits.shape[1:]), 1, -1))
        lanes = _kernels.streams(state[::64].copy(), max(32, L // 2))
        run = partial(_kernels.replicas, words, digits, lanes)

        def step(bonds: Ints, magnets: Ints) -> None:
            _packed_run(by_site, _coloured(L), words[..., 1:-1], run, bonds, magnets)
            flat[:] = full[: len(flat)]

        return step

    return _run(prepare, spins, T, sweeps, warm_up, measure, 0.0, rng, progress)


def wolff(
    spins: ArrayLike,
    T: ArrayLike,
    clusters: int,
    *,
    warm_up: int = 0,
    measure: Measure | None = None,
    rng: Seed = None,
    progress: bool = False,
) -> Run:
    r"""Wolff's algorithm, in blocks of up to 64² sites, a row of a block in a word.

    As `thermolib.sampling.wolff`: one cluster of spins that are joined by bonds, each of them there between
    equal neighbours with probability 1 − exp(−2/T), is grown from a random site and turned. Here all bonds of
    a block are drawn at once when the cluster comes to it, and it then grows in all rows of the block at
    once, by all bonds that lead from it. Bonds that it does not meet change nothing. Fastest where L is 64 or
    a multiple of it; slower than the plain one where clusters are of a few spins, far above T_c, and where
    the largest divisor of L up to 64 is small, as that of 67 or of 134.

    Parameters
    ----------
    spins, T, measure, rng, progress
        As in `metropolis`; but L may be odd.
    clusters : int
        Number of clusters, at least 1; no sweeps of N spins.
    warm_up : int, optional
        Number of clusters before these, of which nothing is recorded.

    Returns
    -------
    Run

    Raises
    ------
    ValueError
        As `thermolib.sampling.wolff`.

    References
    ----------
    Wolff, Physical Review Letters 62, 361 (1989).

    Examples
    --------
    >>> from thermolib.chains import mean
    >>> from thermolib.ising import T_C, torus_energy
    >>> run = wolff(64, T_C, 20_000, warm_up=100, rng=1)
    >>> value, stderr = mean(run.energy / 64**2)
    >>> abs(value - torus_energy(64, T_C)) < 4 * stderr < 0.01
    True
    """

    def prepare(flat: NDArray[np.int8], T: Floats, h: float, state: _Words) -> Callable[..., None]:
        L = isqrt(flat.shape[1])
        n = _in_a_word(L)
        words, p_add = np.zeros((len(flat), (L // n) ** 2, n), dtype=np.uint64), -np.expm1(-2 / T)
        digits, lanes = _digits(p_add, p_add), _kernels.streams(state, 2 * n)
        run = partial(_kernels.floods, words, digits, lanes, state)
        return partial(_packed_run, flat, _blocks(L, n), words, run)

    clusters = _validate.whole("clusters", clusters, 1)
    return _run(prepare, spins, T, clusters, warm_up, measure, 0.0, rng, progress)


def _even(flat: NDArray[np.int8]) -> int:
    """Return the side of the lattices, which has to be even."""
    L = isqrt(flat.shape[1])
    if L % 2:
        raise ValueError(f"a checkerboard needs an even L, got L = {L}")
    return L


def _in_a_word(L: int) -> int:
    return max(n for n in range(1, 65) if L % n == 0)


# The sites in the bits of the kernels' words, or in the words of `replicas` ----------------------------


def _skewed(L: int, n: int) -> Ints:
    """Return those of `_kernels.checkerboard`, (2, L/n, L/2, n)."""
    colour, block, j, k = np.indices((2, L // n, L // 2, n))
    row = n * block + k
    return row * L + (2 * j + colour + row) % L


def _coloured(L: int) -> Ints:
    """Return those of `_kernels.replicas`, (2, L, L/2)."""
    colour, row, j = np.indices((2, L, L // 2))
    return row * L + 2 * j + (row + colour) % 2


def _blocks(L: int, n: int) -> Ints:
    """Return those of `_kernels.floods`, ((L/n)², n, n)."""
    block, row, k = np.indices(((L // n) ** 2, n, n))
    down, right = np.divmod(block, L // n)
    return (n * down + row) * L + n * right + k


# To words and back --------------------------------------------------------------------------------------


def _packed_run(
    spins: NDArray[np.int8], sites: Ints, words: _Words, run: Callable[..., None], bonds: Ints, magnets: Ints
) -> None:
    """Write the spins into the words, run the kernel on them, and write them back."""
    up = spins[:, sites] > 0
    words[:] = _packed(up)
    run(bonds, magnets)
    bits = words[..., None] >> np.arange(up.shape[-1], dtype=np.uint64) & np.uint64(1)
    spins[:, sites] = 2 * bits.astype(np.int8) - 1


def _packed(bits: NDArray[np.bool_]) -> _Words:
    """Return words whose bits are along the last axis, the first one lowest."""
    return (bits.astype(np.uint64) << np.arange(bits.shape[-1], dtype=np.uint64)).sum(
        axis=-1, dtype=np.uint64
    )


def _digits(*p: Floats) -> _Words:
    """Return 64 binary digits of probabilities, as words of zeros or ones, (chains, 64, len(p))."""
    whole = np.ldexp(np.minimum(np.stack(p, axis=-1), 1 - 2.0**-53), 64).astype(np.uint64)
    return -(whole[:, None, :] >> np.arange(63, -1, -1, dtype=np.uint64)[:, None] & np.uint64(1))
