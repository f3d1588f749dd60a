"""Markov chains on the Ising lattice: Metropolis, heat bath and clusters.

Serves ``chapters/sampling.md``. Every sampler draws from exp(−E/T)/Z, with the energy of
`thermolib.ising.lattice_energy`. What is measured along a chain is correlated: `thermolib.chains` has honest
errors for it.

A *sweep* is N = L² proposals, whatever becomes of them; for `swendsen_wang` the whole lattice once. `wolff`
counts clusters, whose size is drawn. `thermolib.multispin` runs two of these algorithms with many spins at
once, on a lattice of 64 × 64 ten to twenty times as fast.

=========  ============  ============================================================================
symbol     argument      meaning
=========  ============  ============================================================================
T          ``T``         temperature, T > 0; ``np.inf`` allowed
h          ``h``         field
L, N       same          side of the torus; its sites, N = L²
s_i        ``spins``     ±1, int8, shape (..., L, L): chains are the leading axes
ΔE         —             rise of the energy by what is proposed
=========  ============  ============================================================================
"""

from collections.abc import Callable
from functools import partial
from math import isqrt
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermolib import _kernels, _validate
from thermolib._types import Floats, Seed

Measure = Callable[[NDArray[np.int8]], ArrayLike]


class Run(NamedTuple):
    """What a sampler returns: the last spins (..., L, L), and series of totals, shape (..., sweeps).

    ``spins`` are ±1, ``energy`` is in units of J, with the field's part, and ``magnetization`` is Σ s_i.
    ``measured`` are the results of ``measure``, shape (..., sweeps, …), or None.
    """

    spins: NDArray[np.int8]
    energy: Floats
    magnetization: Floats
    measured: NDArray[Any] | None = None


def metropolis(
    spins: ArrayLike,
    T: ArrayLike,
    sweeps: int,
    *,
    warm_up: int = 0,
    measure: Measure | None = None,
    h: float = 0.0,
    rng: Seed = None,
    order: str = "random",
    progress: bool = False,
) -> Run:
    r"""Metropolis' algorithm: propose to turn one spin, accept with probability min(1, exp(−ΔE/T)).

    The law exp(−E/T)/Z is kept by every order. Sites at random also reach every state, at any finite T. An
    ordered scan, row by row or all black sites of a checkerboard and then all white ones, need not: a
    proposal that costs nothing is always accepted, so some states of small lattices are never reached from
    the others, and at T = ∞ a sweep just turns everything. At T = ∞ random sites fail too: N proposals turn
    N spins, which fixes the parity. `heat_bath` has no such trouble.

    Parameters
    ----------
    spins : array_like, shape (..., L, L), or int
        Where to start; chains are the leading axes. Not changed. An integer is the side L ≥ 2 of lattices
        that start with all spins up, one for each temperature in `T`.
    T : array_like
        Temperature, or one for each chain (broadcast to the leading axes), T > 0.
    sweeps : int
        Number of sweeps, at least 1. After each the energy and the magnetization are recorded.
    warm_up : int, optional
        Number of sweeps before these, of which nothing is recorded.
    measure : callable, optional
        Called after each recorded sweep with a copy of the spins, shape (..., L, L), it returns an array
        whose leading axes are the chains': for one chain a number will do. ``np.copy`` keeps the spins.
    h : float, optional
        Field.
    rng : int, Generator or None, optional
        Seed; each chain draws a 64-bit random state of its own from it.
    order : {"random", "rows", "checkerboard"}, optional
        The order of sites in a sweep; a checkerboard needs an even L.
    progress : bool, optional
        Show a progress bar.

    Returns
    -------
    Run
        The energy includes that of the field.

    Raises
    ------
    ValueError
        For spins other than ±1 or of another shape, T ≤ 0 or of a shape that does not fit, sweeps < 1,
        warm_up < 0, another order, a checkerboard with odd L, or a measure whose results do not begin with
        the chains' axes or change their shape.

    References
    ----------
    Metropolis, Rosenbluth, Rosenbluth, Teller, Teller, Journal of Chemical Physics
    21, 1087 (1953).

    Examples
    --------
    >>> from thermolib.ising import lattice_energy
    >>> run = metropolis(8, T=2.0, sweeps=1000, warm_up=100, rng=1)
    >>> run.energy.shape, bool(run.energy[-1] == lattice_energy(run.spins))
    ((1000,), True)

    The first row of every lattice, after each sweep:

    >>> metropolis(8, T=[2.0, 3.0], sweeps=50, measure=lambda s: s[..., 0, :]).measured.shape
    (2, 50, 8)
    """
    flips = _flips(lambda x: np.exp(np.minimum(x, 0)), order)
    return _run(flips, spins, T, sweeps, warm_up, measure, h, rng, progress)


def heat_bath(
    spins: ArrayLike,
    T: ArrayLike,
    sweeps: int,
    *,
    warm_up: int = 0,
    measure: Measure | None = None,
    h: float = 0.0,
    rng: Seed = None,
    progress: bool = False,
) -> Run:
    r"""Heat bath (Gibbs sampling): each spin in turn is drawn afresh, given its neighbours.

    P(s = +1) = 1/(1 + exp(−2(field)/T)), which is to turn it with probability 1/(1 + exp(ΔE/T)). A sweep
    visits the N = L² sites once, row by row. It keeps the law exp(−E/T)/Z and reaches every state from
    every other in one sweep, at any T; at T = ∞ each sweep is a fresh independent draw.

    Parameters
    ----------
    spins, T, sweeps, warm_up, measure, h, rng, progress
        As in `metropolis`.

    Returns
    -------
    Run
        The energy includes that of the field.

    Raises
    ------
    ValueError
        As `metropolis`.

    References
    ----------
    Glauber, Journal of Mathematical Physics 4, 294 (1963), for this rate; Geman, Geman, IEEE
    Transactions on Pattern Analysis and Machine Intelligence 6, 721 (1984), for the sampler.

    Examples
    --------
    >>> run = heat_bath(np.ones((3, 5, 5)), T=[1.0, 2.0, np.inf], sweeps=100, rng=1)
    >>> run.spins.shape, run.magnetization.shape
    ((3, 5, 5), (3, 100))
    """
    from scipy.special import expit

    return _run(_flips(expit, "rows"), spins, T, sweeps, warm_up, measure, h, rng, progress)


def wolff(
    spins: ArrayLike,
    T: ArrayLike,
    clusters: int,
    *,
    warm_up: int = 0,
    measure: Measure | None = None,
    h: float = 0.0,
    rng: Seed = None,
    progress: bool = False,
) -> Run:
    r"""Wolff's algorithm: turn one cluster, grown from a random site through equal neighbours.

    A neighbour is added with probability 1 − exp(−2/T). After **one cluster**, however small, the energy and
    the magnetization are recorded: recording after a fixed number of turned spins instead would bias the
    series. In a field the cluster is grown in the same way and turned with probability min(1, exp(−ΔE_h/T)),
    ΔE_h the change of −hΣs: exact, though slow where h times the cluster's size far exceeds T. At T = ∞ a
    cluster is one spin, always turned: use `heat_bath` there.

    Parameters
    ----------
    spins, T, measure, h, rng, progress
        As in `metropolis`.
    clusters : int
        Number of clusters, at least 1; no sweeps of N spins.
    warm_up : int, optional
        Number of clusters before these, of which nothing is recorded.

    Returns
    -------
    Run
        The energy includes that of the field.

    Raises
    ------
    ValueError
        As `metropolis`.

    References
    ----------
    Wolff, Physical Review Letters 62, 361 (1989).

    Examples
    --------
    >>> from thermolib.ising import T_C
    >>> run = wolff(16, T=T_C, clusters=500, rng=1)
    >>> run.magnetization.min() < 0 < run.magnetization.max()
    np.True_
    """
    clusters = _validate.whole("clusters", clusters, 1)
    return _run(_turns(everywhere=False), spins, T, clusters, warm_up, measure, h, rng, progress)


def swendsen_wang(
    spins: ArrayLike,
    T: ArrayLike,
    sweeps: int,
    *,
    warm_up: int = 0,
    measure: Measure | None = None,
    h: float = 0.0,
    rng: Seed = None,
    progress: bool = False,
) -> Run:
    r"""Swendsen and Wang's algorithm: cut the lattice into clusters and draw each one's sign afresh.

    A bond between equal spins is kept with probability 1 − exp(−2/T); what it joins is a cluster, and gets
    the sign s with probability ∝ exp(h s n/T), n its size: a fair coin without a field. A sweep is the
    whole lattice once.

    Parameters
    ----------
    spins, T, sweeps, warm_up, measure, h, rng, progress
        As in `metropolis`.

    Returns
    -------
    Run
        The energy includes that of the field.

    Raises
    ------
    ValueError
        As `metropolis`.

    References
    ----------
    Swendsen, Wang, Physical Review Letters 58, 86 (1987).

    Examples
    --------
    >>> run = swendsen_wang(16, T=np.inf, sweeps=500, h=1.0, rng=1)
    >>> abs(run.magnetization.mean()) < 4
    np.True_
    """
    return _run(_turns(everywhere=True), spins, T, sweeps, warm_up, measure, h, rng, progress)


# A sampler, ready to run: kernel(spins, T, h, state), of flat spins, returns one that takes (bonds, magnets).
_Kernel = Callable[[NDArray[np.int8], Floats, float, NDArray[np.uint64]], Callable[..., None]]


def _flips(accept: Callable[[Floats], Floats], order: str) -> _Kernel:
    """Single spins, turned with probability accept(−ΔE/T)."""

    def prepare(spins: NDArray, T: Floats, h: float, state: NDArray) -> Callable[..., None]:
        spin, field = np.array([-1, 1])[:, None], np.arange(-4, 5)
        with np.errstate(over="ignore"):  # a rise of ∞ T is refused, as it should be
            flip = accept(-2 * spin * (field + h) / T[:, None, None])
        N = spins.shape[1]
        return partial(
            _kernels.single_flips, spins, _neighbours(N), _order(N, order), order == "random", flip, state
        )

    return prepare


def _turns(*, everywhere: bool) -> _Kernel:
    """Clusters: all of them, or one."""

    def prepare(spins: NDArray, T: Floats, h: float, state: NDArray) -> Callable[..., None]:
        with np.errstate(over="ignore"):
            p_add, pull = -np.expm1(-2 / T), 2 * h / T
        neighbours = _neighbours(spins.shape[1])
        return partial(_kernels.clusters, spins, neighbours, everywhere, p_add, pull, state)

    return prepare


def _run(
    prepare: _Kernel,
    spins: ArrayLike,
    T: ArrayLike,
    sweeps: int,
    warm_up: int,
    measure: Measure | None,
    h: float,
    rng: Seed,
    progress: bool,
) -> Run:
    from tqdm import tqdm

    T, h = _validate.temperature(T), _validate.scalar("h", h)
    sweeps, warm_up = _validate.whole("sweeps", sweeps, 1), _validate.whole("warm_up", warm_up, 0)
    if not (measure is None or callable(measure)):
        raise ValueError(f"measure must be a function of the spins or None, got {measure!r}")
    lattice = _start(spins, T)
    *chains, L, _ = lattice.shape
    try:
        T = np.broadcast_to(T, chains).ravel()
    except ValueError:
        raise ValueError(f"T must fit the chains' shape {tuple(chains)}, got shape {T.shape}") from None
    flat = lattice.reshape(-1, L * L)
    state = _validate.generator(rng).integers(2**64, size=len(flat), dtype=np.uint64)
    step = prepare(flat, T, h, state)

    def go(sweeps: int) -> NDArray[np.int64]:
        series = np.empty((2, len(flat), sweeps), dtype=np.int64)
        step(*series)
        return series

    go(warm_up)
    parts = sweeps if measure else min(sweeps, 100 if progress else 1)
    series, measured = [], []
    for part in tqdm(np.diff(np.linspace(0, sweeps, parts + 1, dtype=int)), disable=not progress):
        series.append(go(part))
        if measure:
            measured.append(_measured(measure, lattice))
    bonds, M = np.concatenate(series, axis=2, dtype=float)
    E = -bonds - h * M
    return Run(
        lattice,
        E.reshape(*chains, sweeps),
        M.reshape(*chains, sweeps),
        np.stack(measured, axis=len(chains)) if measure else None,
    )


def _start(spins: ArrayLike, T: Floats) -> NDArray[np.int8]:
    """Return a fresh copy of the spins; an integer stands for all up, one lattice for each temperature."""
    if isinstance(spins, Integral) and not isinstance(spins, bool):
        L = _validate.whole("spins", int(spins), 2)
        return np.ones((*T.shape, L, L), dtype=np.int8)
    return _validate.lattice(spins)


def _measured(measure: Measure, lattice: NDArray[np.int8]) -> NDArray[Any]:
    """Return what is measured, on a copy, so that it is neither changed by later sweeps nor changes them."""
    result, chains = np.asarray(measure(lattice.copy())), lattice.shape[:-2]
    if result.shape[: len(chains)] != chains:
        raise ValueError(f"measure must return the chains' axes {chains} first, got shape {result.shape}")
    return result


def _neighbours(N: int) -> NDArray[np.uint32]:
    """Right, left, below and above of every site, as numbers of sites, shape (N, 4)."""
    sites = np.arange(N, dtype=np.uint32).reshape(isqrt(N), isqrt(N))
    return np.stack([np.roll(sites, shift, axis).ravel() for axis in (1, 0) for shift in (-1, 1)], axis=1)


def _order(N: int, order: str) -> NDArray[np.uint32]:
    sites, L = np.arange(N, dtype=np.uint32), isqrt(N)
    if order == "checkerboard":
        if L % 2:
            raise ValueError(f"a checkerboard needs an even L, got L = {L}")
        return sites[np.argsort((sites // L + sites % L) % 2, kind="stable")]
    if order not in ("random", "rows"):
        raise ValueError(f'order must be "random", "rows" or "checkerboard", got {order!r}')
    return sites
