r"""Searching with a temperature: simulated annealing, parallel tempering, and the escape from a valley.

Serves ``chapters/annealing.md``. A system is two functions: ``energy(x)``, a number, and ``propose(x, rng)``,
which returns a *new* state and is symmetric, as likely to lead from x to y as back. Metropolis' rule then
accepts with probability min(1, exp(−ΔE/T)). A schedule is an array of temperatures, one for each proposal (in
`anneal_ising`: for each sweep); it may rise again. k_B = 1.

==================  ==================  ===============================================================
symbol              argument            meaning
==================  ==================  ===============================================================
x, y                ``x0``, ``start``   states: where the search is, and what is proposed
E(x), E_i           ``energy``, ``E``   energy of a state, as a function or as an array of states
T_k                 ``temperatures``    the schedule, T > 0, ``np.inf`` allowed
T_0, T_1, n         same                first and last temperature, and how many
C(T)                ``C``               heat capacity Var(E)/T²
J_ij, h_i           ``J``, ``h``        −½ sᵀJs − h·s, J symmetric with zero diagonal, s_i = ±1
V(x), a, b          ``potential``, …    a landscape in one dimension, from ``start`` = a to ``end`` = b
==================  ==================  ===============================================================
"""

import copy
from collections.abc import Callable, Iterable
from math import exp, isfinite
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from thermolib import _kernels, _validate
from thermolib._results import ConvergenceError, Estimate
from thermolib._types import Floats, Seed

Energy = Callable[[Any], float]
Propose = Callable[[Any, np.random.Generator], Any]
Step = Callable[[Any, float, float], tuple[Any, float, bool]]


class Annealed(NamedTuple):
    """What a search returns.

    ``best`` is the best state visited, whose energy is ``best_energy``; ``last`` is the state at the end.
    ``energies`` (n,) holds the energy after each step, and ``acceptance`` is the fraction of proposals that
    were accepted. `anneal_ising` gives ``last`` (reads, spins) and ``energies`` (reads, sweeps).
    """

    best: Any
    best_energy: float
    last: Any
    energies: Floats
    acceptance: float


class Tempered(NamedTuple):
    """What parallel tempering returns; row i always belongs to temperature i.

    ``best`` is the best state visited at any temperature and ``best_energy`` its energy; ``states`` are the
    last ones, a list; ``energies`` (replicas, steps) and ``acceptance`` (replicas,), the accepted fraction of
    proposals; ``swaps`` (replicas − 1,), the accepted fraction of exchanges between i and i + 1.
    """

    best: Any
    best_energy: float
    states: list[Any]
    energies: Floats
    acceptance: Floats
    swaps: Floats


class Population(NamedTuple):
    """What population annealing returns: ln Z(T_last) − ln Z(T_first), and the final population.

    ``states`` is a list of R states and ``energies`` (R,) their energies, equally weighted.
    """

    log_Z_ratio: Estimate
    states: list[Any]
    energies: Floats


class AnnealingError(ValueError):
    """Raised where a search meets an energy that is not finite.

    Attributes
    ----------
    last
        What was reached before, in the form that the search returns: `Annealed`, `Tempered` or `Population`.
    proposal
        The state whose energy is not finite.
    """

    def __init__(self, message: str, proposal: Any) -> None:
        super().__init__(message)
        self.proposal = proposal
        self.last: Any = None


# Schedules -------------------------------------------------------------------------------------------


def linear(T0: float, T1: float, n: int) -> Floats:
    r"""The schedule of n temperatures in equal steps, from T0 to T1, both included.

    Parameters
    ----------
    T0, T1 : float
        First and last temperature, finite and positive.
    n : int
        Number of temperatures, at least 2.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    ValueError
        For T ≤ 0, not finite or not one number, or n < 2.

    References
    ----------
    Kirkpatrick, Gelatt, Vecchi, Science 220, 671 (1983), for schedules as such.

    Examples
    --------
    >>> linear(2.0, 0.5, 4)
    array([2. , 1.5, 1. , 0.5])
    """
    return np.linspace(*_ends(T0, T1), _validate.whole("n", n, 2))


def geometric(T0: float, T1: float, n: int) -> Floats:
    r"""The schedule of n temperatures in equal ratios, from T0 to T1, both included.

    Parameters
    ----------
    T0, T1, n
        As in `linear`.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    ValueError
        As `linear`.

    References
    ----------
    Kirkpatrick, Gelatt, Vecchi, Science 220, 671 (1983), who cooled by a factor .9.

    Examples
    --------
    >>> geometric(2.0, 0.25, 4)
    array([2.  , 1.  , 0.5 , 0.25])
    """
    return np.geomspace(*_ends(T0, T1), _validate.whole("n", n, 2))


def logarithmic(c: float, n: int) -> Floats:
    r"""The schedule T_k = c / ln(k + 2), k = 0 … n − 1.

    Hajek: with it the chain ends in a global minimum with probability → 1 as n → ∞ if and only if c is at
    least the depth of the deepest local minimum that is not global.

    Parameters
    ----------
    c : float
        An energy, finite and positive.
    n : int
        Number of temperatures, at least 1.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    ValueError
        For c ≤ 0 or not finite, or n < 1.

    References
    ----------
    Hajek, Mathematics of Operations Research 13, 311 (1988), theorem 1.

    Examples
    --------
    >>> logarithmic(1.0, 3).round(6)
    array([1.442695, 0.910239, 0.721348])
    """
    c = _validate.scalar("c", c)
    if c <= 0:
        raise ValueError(f"c must be positive, got {c}")
    return c / np.log(np.arange(_validate.whole("n", n, 1)) + 2)


def constant_speed(T: ArrayLike, C: ArrayLike, n: int) -> Floats:
    r"""The schedule of n temperatures at equal thermodynamic distances, for a known heat capacity.

    The distance between two temperatures is ∫ √C/T dT: how far apart their energy distributions lie, in
    units of their width. So the schedule is slow where C is large. A constant C gives `geometric`, and
    C ∝ T², an energy that varies as much at every temperature, gives `linear`. (In the full theory the speed
    is also divided by the relaxation time: hand over C times its square for that.)

    Parameters
    ----------
    T : array_like, shape (m,)
        Falling temperatures, finite and positive, m ≥ 2. The schedule runs from the first to the last.
    C : array_like, shape (m,)
        The heat capacity there, C ≥ 0; between them √C is linear in ln T.
    n : int
        Number of temperatures, at least 2.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    ValueError
        For shapes that differ, T not falling, C negative or zero throughout, or n < 2.

    References
    ----------
    Nulton, Salamon, Physical Review A 37, 1351 (1988).

    Examples
    --------
    >>> T = np.geomspace(4.0, 0.25, 100)
    >>> constant_speed(T, np.ones(100), 5).round(6)
    array([4.  , 2.  , 1.  , 0.5 , 0.25])
    """
    T, C = _validate.temperature(T, finite=True), _validate.finite("C", C)
    n = _validate.whole("n", n, 2)
    if T.ndim != 1 or T.shape != C.shape or T.size < 2:
        raise ValueError(f"T and C must have one shape (m,), m ≥ 2, got {T.shape} and {C.shape}")
    if np.any(np.diff(T) >= 0):
        raise ValueError(f"T must fall, got {T[0]} … {T[-1]} with a step of {np.diff(T).max()}")
    if np.any(C < 0) or not np.any(C > 0):
        raise ValueError(f"C must be positive somewhere and negative nowhere, got {C.min()} to {C.max()}")
    speed = np.sqrt(C)
    steps = (speed[1:] + speed[:-1]) / 2 * -np.diff(np.log(T))
    distance = np.concatenate([[0.0], np.cumsum(steps)])
    schedule = np.exp(np.interp(np.linspace(0, distance[-1], n), distance, np.log(T)))
    schedule[[0, -1]] = T[[0, -1]]  # exactly, and also where C is 0 at an end
    return schedule


def adaptive(
    energy: Energy,
    propose: Propose,
    x0: Any,
    T0: float,
    T1: float,
    n: int,
    *,
    pilot: int = 1000,
    rng: Seed = None,
) -> Floats:
    r"""The schedule of `constant_speed`, for the heat capacity that a pilot run measures.

    The pilot anneals down a geometric ladder of 24 temperatures with `pilot` proposals on each, of which the
    first fifth is left out, and takes C = Var(E)/T² of the rest. It sees what a search at its own pace sees:
    where that falls out of equilibrium, C is that of the valley it is caught in.

    Parameters
    ----------
    energy, propose, x0
        As in `anneal`.
    T0, T1 : float
        First and last temperature, T0 > T1 > 0.
    n : int
        Number of temperatures, at least 2.
    pilot : int, optional
        Proposals at each of the pilot's 24 temperatures, at least 10.
    rng : int, Generator or None, optional
        Seed.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    ValueError
        For temperatures that do not fall, numbers out of range, or a pilot in which the energy never varied;
        as `anneal` for the rest.
    AnnealingError
        As `anneal`.

    References
    ----------
    Nulton, Salamon, Physical Review A 37, 1351 (1988).

    Examples
    --------
    A parabola has C = ½ at every T, so the best schedule is nearly geometric.

    >>> schedule = adaptive(
    ...     lambda x: x**2, lambda x, rng: x + rng.normal(), 0.0, 4.0, 0.25, 5, pilot=20_000, rng=1
    ... )
    >>> bool(np.all(abs(schedule / geometric(4.0, 0.25, 5) - 1) < 0.1))
    True
    """
    ladder = geometric(T0, T1, 24)
    pilot = _validate.whole("pilot", pilot, 10)
    E = anneal(energy, propose, x0, np.repeat(ladder, pilot), rng=rng).energies.reshape(-1, pilot)
    return constant_speed(ladder, (E[:, pilot // 5 :] / ladder[:, None]).var(axis=1), n)


# Annealing -------------------------------------------------------------------------------------------


def anneal(
    energy: Energy,
    propose: Propose,
    x0: Any,
    temperatures: ArrayLike,
    *,
    rng: Seed = None,
    progress: bool = False,
) -> Annealed:
    r"""Simulated annealing: one Metropolis step at each temperature, and a record of the best state visited.

    Parameters
    ----------
    energy : callable
        ``energy(x)``, a finite number that depends on x alone.
    propose : callable
        ``propose(x, rng)`` returns a new state and leaves x as it is; symmetric. To stay, it may return x.
    x0
        Where to start. Not changed.
    temperatures : array_like, shape (n,)
        The schedule, T > 0, ``np.inf`` allowed.
    rng : int, Generator or None, optional
        Seed. The generator is also handed to `propose`.
    progress : bool, optional
        Show a progress bar.

    Returns
    -------
    Annealed
        ``best`` is a copy, and at least as good as x0.

    Raises
    ------
    ValueError
        For a schedule that is empty, not one-dimensional, ≤ 0 or NaN, or an energy of x0 that is not finite;
        where `propose` changes its argument in place. This is noticed when it returns that argument with
        another energy (by more than 1e-9 (\|E\| + T), for rounding), and otherwise, as it may return a copy,
        by the energy of x, which is computed once more after the 1st, 2nd, 4th, 8th … refusal.
    AnnealingError
        Where a proposal's energy is not finite; its ``last`` is the `Annealed` so far.

    References
    ----------
    Kirkpatrick, Gelatt, Vecchi, Science 220, 671 (1983); Černý, Journal of Optimization
    Theory and Applications 45, 41 (1985).

    Examples
    --------
    The lower one of two valleys, from the bottom of the other.

    >>> E = np.array([1, 0, 1, 2, 1, -1, 1])
    >>> step = lambda x, rng: min(6, max(0, x + rng.choice([-1, 1])))
    >>> found = anneal(lambda x: E[x], step, 1, geometric(2.0, 0.1, 1000), rng=1)
    >>> int(found.best), found.best_energy, found.energies.shape
    (5, -1.0, (1000,))
    """
    from tqdm import tqdm

    T = _schedule(temperatures)
    rng = _validate.generator(rng)
    step = _metropolis(energy, propose, rng)
    x, E = copy.deepcopy(x0), _first_energy(energy, x0)
    best, best_energy = copy.deepcopy(x0), E
    energies, accepted, k = np.empty(T.size), 0, 0

    def reached() -> Annealed:
        return Annealed(best, best_energy, x, energies[:k], accepted / max(k, 1))

    try:
        for t in tqdm(T.tolist(), disable=not progress):
            x, E, moved = step(x, E, t)
            if best_energy > E:
                best, best_energy = copy.deepcopy(x), E
            energies[k] = E
            accepted += moved
            k += 1
    except AnnealingError as error:
        error.last = reached()
        raise
    return reached()


def anneal_ising(
    J: Any,
    h: ArrayLike,
    temperatures: ArrayLike,
    *,
    reads: int = 1,
    order: str = "random",
    rng: Seed = None,
) -> Annealed:
    r"""Anneal coupled spins, E = −½ sᵀJs − h·s, from random starts: every read at once, compiled.

    At each temperature every read makes one sweep: n proposals to turn a spin. At one temperature either
    order of sites keeps the law. Sites at random also reach every state; a scan in a fixed order can be
    reducible, see `thermolib.sampling.metropolis`, but cools in fewer sweeps, and each takes less time: a
    search wants it.

    Parameters
    ----------
    J : array_like or SciPy sparse array, shape (n, n)
        Couplings, symmetric with zero diagonal. Zeros cost nothing.
    h : array_like, shape (n,) or ()
        Fields.
    temperatures : array_like, shape (sweeps,)
        The schedule, T > 0, ``np.inf`` allowed.
    reads : int, optional
        Number of independent searches.
    order : {"random", "rows"}, optional
        The order of sites in a sweep: n at random, or each once, as in the rows of J.
    rng : int, Generator or None, optional
        Seed; each read draws a 64-bit random state of its own from it.

    Returns
    -------
    Annealed
        ``best`` (n,) int8, the best of all reads, ``best_energy``, ``last`` (reads, n) int8, ``energies``
        (reads, sweeps) after each sweep, and the ``acceptance`` of all reads together. ``energies`` are
        added up flip by flip, so they gather rounding, about 1e-16 of the largest local field at each flip;
        ``best_energy`` is summed afresh from ``best``.

    Raises
    ------
    ValueError
        For a schedule as in `anneal`, J not square, not symmetric or with a diagonal, h of another shape,
        reads < 1, or another order.

    References
    ----------
    Kirkpatrick, Gelatt, Vecchi, Science 220, 671 (1983). Isakov, Zintchenko, Rønnow, Troyer, Computer Physics
    Communications 192, 265 (2015), for ordered sweeps that draw no number where none can accept.

    Examples
    --------
    A ring of eight spins with ferromagnetic bonds, and a weak field that decides between up and down.

    >>> ring = np.roll(np.eye(8), 1, axis=0) + np.roll(np.eye(8), -1, axis=0)
    >>> found = anneal_ising(ring, 0.5, geometric(4.0, 0.1, 100), reads=10, rng=1)
    >>> found.best, found.best_energy
    (array([1, 1, 1, 1, 1, 1, 1, 1], dtype=int8), -12.0)
    """
    (rows, h), T = _validate.couplings(J, h), _schedule(temperatures)
    reads = _validate.whole("reads", reads, 1)
    if order not in ("random", "rows"):
        raise ValueError(f'order must be "random" or "rows", got {order!r}')
    rng = _validate.generator(rng)
    spins = rng.choice(np.array([-1, 1], dtype=np.int8), size=(reads, len(h)))
    state = rng.integers(2**64, size=reads, dtype=np.uint64)
    energies, best, lowest = np.empty((reads, T.size)), np.empty_like(spins), np.empty(reads)
    row, neighbour, weight = rows.indptr, rows.indices, rows.data
    if len(weight) > len(h) ** 2 / 4:  # the kernel adds a full row faster than a quarter of one, looked up
        row, neighbour = np.arange(len(h) + 1) * len(h), np.tile(np.arange(len(h)), len(h))
        weight = rows.toarray().ravel()
    row, neighbour = row.astype(np.int32), neighbour.astype(np.int32)  # compiled for int32
    flips = _kernels.anneal_spins(
        spins, row, neighbour, weight, h, T, order == "random", state, energies, best, lowest
    )
    c = lowest.argmin()
    return Annealed(best[c].copy(), float(lowest[c]), spins, energies, flips / (spins.size * T.size))


def end_distribution(E: ArrayLike, temperatures: ArrayLike, start: ArrayLike) -> Floats:
    r"""The exact distribution over a path of states after a whole schedule, without a random number.

    From state i the neighbours i − 1 and i + 1 are proposed with probability ½ each; a proposal beyond
    either end is refused. Each temperature moves the probability p by one Metropolis step.

    Parameters
    ----------
    E : array_like, shape (n,)
        Energies along the path.
    temperatures : array_like, shape (steps,)
        The schedule, T > 0, ``np.inf`` allowed.
    start : int or array_like, shape (n,)
        The state at the start, or a distribution over states.

    Returns
    -------
    ndarray, shape (n,)
        Sums to 1.

    Raises
    ------
    ValueError
        For a schedule as in `anneal`, no energies or infinite ones, or a start that is no state and no
        distribution.

    References
    ----------
    By definition.

    Examples
    --------
    >>> E = [0, -.5, -.8, -.5, 0, .5, 1, 1.2, 1, .5, 0, -.5, -1, -1.3, -1, -.5]
    >>> end_distribution(E, linear(2.0, 0.05, 1000), start=2)[13].round(10)
    np.float64(0.637814174)
    """
    E, T = _validate.finite("E", E), _schedule(temperatures)
    if E.ndim != 1 or E.size == 0:
        raise ValueError(f"E must have shape (n,) with n ≥ 1, got {E.shape}")
    p = _validate.finite("start", start)
    if p.ndim == 0:
        p = np.eye(E.size)[_validate.whole("start", start, 0, E.size - 1)]  # type: ignore[arg-type]
    elif p.shape != E.shape or np.any(p < 0) or abs(p.sum() - 1) > 1e-9:
        raise ValueError(
            f"start must be a state or a distribution over {E.size} states, got shape {p.shape} and a sum of"
            f" {p.sum()}"
        )
    else:
        p = p.copy()
    _kernels.evolve(p, np.diff(E), T)
    return p


# Many temperatures at once ---------------------------------------------------------------------------


def temper(
    energy: Energy,
    propose: Propose,
    x0: Any,
    temperatures: ArrayLike,
    steps: int,
    *,
    rng: Seed = None,
    progress: bool = False,
) -> Tempered:
    r"""Parallel tempering: one replica at each temperature, and exchanges between neighbours.

    In each step every replica makes one Metropolis step, and then the states at temperatures i and i + 1 are
    exchanged with probability

        min(1, exp[(1/T_i − 1/T_{i+1}) (E_i − E_{i+1})]),

    for even and for odd i in turn. The product of the Boltzmann distributions is invariant.

    Parameters
    ----------
    energy, propose
        As in `anneal`.
    x0
        Where every replica starts. Not changed.
    temperatures : array_like, shape (replicas,)
        T > 0, ``np.inf`` allowed, in the order in which neighbours exchange.
    steps : int
        Number of steps, at least 1.
    rng : int, Generator or None, optional
        Seed. The generator is also handed to `propose`.
    progress : bool, optional
        Show a progress bar.

    Returns
    -------
    Tempered
        The energies are those after the exchanges. A pair that was never tried has ``swaps`` 0.

    Raises
    ------
    ValueError
        For temperatures as in `anneal`, steps < 1, an energy of x0 that is not finite, or a `propose` that
        changes its argument, as in `anneal`.
    AnnealingError
        Where a proposal's energy is not finite; its ``last`` is the `Tempered` so far.

    References
    ----------
    Swendsen, Wang, Physical Review Letters 57, 2607 (1986); Hukushima, Nemoto, Journal of
    the Physical Society of Japan 65, 1604 (1996).

    Examples
    --------
    Two valleys of equal depth, 0 and 6: the cold replica alone would not leave its own in e^{30} steps.

    >>> E = np.array([0, 1, 2, 3, 2, 1, 0])
    >>> step = lambda x, rng: min(6, max(0, x + rng.choice([-1, 1])))
    >>> run = temper(lambda x: E[x], step, 0, [0.1, 0.4, 1.0, 3.0], 2000, rng=1)
    >>> run.energies.shape, run.swaps.shape, bool(run.swaps.min() > 0.1)
    ((4, 2000), (3,), True)
    """
    from tqdm import tqdm

    T, steps = _schedule(temperatures), _validate.whole("steps", steps, 1)
    rng = _validate.generator(rng)
    step = _metropolis(energy, propose, rng)
    replicas = T.size
    E = np.full(replicas, _first_energy(energy, x0))
    x = [copy.deepcopy(x0) for _ in T]
    best, best_energy = copy.deepcopy(x0), float(E[0])
    energies, k = np.empty((replicas, steps)), 0
    accepted, proposed = np.zeros((2, replicas))
    swapped, tried = np.zeros((2, replicas - 1))

    def reached() -> Tempered:
        swaps = swapped / np.maximum(tried, 1)
        return Tempered(best, best_energy, x, energies[:, :k], accepted / np.maximum(proposed, 1), swaps)

    try:
        for _ in tqdm(range(steps), disable=not progress):
            for i, t in enumerate(T):
                x[i], E[i], moved = step(x[i], E[i], t)
                proposed[i] += 1
                accepted[i] += moved
                if best_energy > E[i]:
                    best, best_energy = copy.deepcopy(x[i]), float(E[i])
            for i in range(k % 2, replicas - 1, 2):
                tried[i] += 1
                if _accept((1 / T[i] - 1 / T[i + 1]) * (E[i] - E[i + 1]), rng):
                    x[i], x[i + 1] = x[i + 1], x[i]
                    E[i], E[i + 1] = E[i + 1], E[i]
                    swapped[i] += 1
            energies[:, k] = E
            k += 1
    except AnnealingError as error:
        error.last = reached()
        raise
    return reached()


def population_annealing(
    energy: Energy,
    propose: Propose,
    x0s: Iterable[Any],
    temperatures: ArrayLike,
    *,
    steps: int,
    rng: Seed = None,
) -> Population:
    r"""Population annealing: R states cooled together, resampled at each temperature by their weights.

    From T to T' a state weighs w = exp[−(1/T' − 1/T) E]. The mean weight estimates Z(T')/Z(T); R states are
    then drawn by weight, and each makes some Metropolis steps at T'. The product of the mean weights is an
    unbiased estimate of the whole ratio, whatever R (its logarithm is not).

    Its relative error comes from the families, each the descendants of one initial state: the fewer are
    left, the larger it is. That estimate V of the variance is unbiased too, but so noisy that it may be
    negative: by chance alone families differ, and t resamplings give V a standard deviation of nearly
    ((t + 1)/R)^{3/2}. This is added to V, so that the error is too long rather than too short.

    Parameters
    ----------
    energy, propose
        As in `anneal`.
    x0s : iterable
        R ≥ 2 states, independent draws at the first temperature (for ``np.inf``: uniform ones). Not changed.
    temperatures : array_like, shape (n,)
        The schedule, T > 0, ``np.inf`` allowed.
    steps : int
        Metropolis steps of each state at each temperature after the first.
    rng : int, Generator or None, optional
        Seed. The generator is also handed to `propose`.

    Returns
    -------
    Population

    Raises
    ------
    ValueError
        For a schedule as in `anneal`, fewer than two states, steps < 0, an initial energy that is not
        finite, or a `propose` that changes its argument, as in `anneal`.
    AnnealingError
        Where a proposal's energy is not finite; its ``last`` is the `Population` at the temperature before.

    References
    ----------
    Hukushima, Iba, AIP Conference Proceedings 690, 200 (2003); Machta, Physical Review E 82, 026704
    (2010). The error: Lee, Whiteley, Biometrika 105, 609 (2018).

    Examples
    --------
    Two levels, 0 and 1, between T = ∞ and T = ½: Z falls from 2 to 1 + e⁻².

    >>> flip = lambda x, rng: 1 - x
    >>> start = np.random.default_rng(1).integers(2, size=1000).tolist()
    >>> population = population_annealing(float, flip, start, [np.inf, 1.0, 0.5], steps=1, rng=2)
    >>> value, stderr = population.log_Z_ratio
    >>> abs(value - float(np.log((1 + np.exp(-2)) / 2))) < 4 * stderr, round(stderr, 2)
    (True, 0.02)
    """
    T, steps = _schedule(temperatures), _validate.whole("steps", steps, 0)
    rng = _validate.generator(rng)
    step = _metropolis(energy, propose, rng)
    try:
        x = copy.deepcopy(list(x0s))
    except TypeError:
        raise ValueError(f"x0s must be a list of states, got {x0s!r}") from None
    R = _validate.whole("the number of states", len(x), 2)
    E = np.array([_first_energy(energy, one) for one in x])
    family, log_ratio, k = np.arange(R), 0.0, 0

    def reached() -> Population:
        same = ((np.bincount(family, minlength=R) / R) ** 2).sum()  # that two draws are of one family
        variance = max(1 - (R / (R - 1)) ** (k + 1) * (1 - same), 0.0)
        noise = ((k + 1) / R) ** 1.5  # of V
        return Population(Estimate(log_ratio, float(np.sqrt(variance + noise))), x, E)

    try:
        for cold in T[1:]:
            log_w = -(1 / cold - 1 / T[k]) * E
            w = np.exp(log_w - log_w.max())
            drawn = rng.choice(R, size=R, p=w / w.sum())
            next_x, next_E = [x[i] for i in drawn], E[drawn]
            for i in range(R):
                for _ in range(steps):
                    next_x[i], next_E[i], _moved = step(next_x[i], next_E[i], cold)
            x, E, family = next_x, next_E, family[drawn]
            log_ratio += float(log_w.max() + np.log(w.mean()))
            k += 1
    except AnnealingError as error:
        error.last = reached()
        raise
    return reached()


# Escape ----------------------------------------------------------------------------------------------


def first_passage_time(potential: Callable[[float], float], start: float, end: float, T: float) -> float:
    r"""Mean time for an overdamped particle to reach `end` from `start`, exactly.

    For dx = −V'(x) dt + √(2T) dW, with friction 1, and a potential that rises without bound on the far side
    of `start`,

        τ = (1/T) ∫_a^b dy e^{V(y)/T} ∫_{−∞}^y dz e^{−V(z)/T}.

    Parameters
    ----------
    potential : callable
        V(x), of one number.
    start, end : float
        a and b; for b < a the mirror image is solved.
    T : float
        Temperature, finite and positive.

    Returns
    -------
    float
        To a relative 1e-8, in units where the friction is 1. The integrand is sampled: a spike or slit in V
        that is narrower than a hundredth of the way may be missed.

    Raises
    ------
    ValueError
        For T ≤ 0, or numbers that are not finite.
    ConvergenceError
        Where the integral is not found, as for a potential that does not confine; ``last`` is the value
        reached.

    References
    ----------
    Kramers, Physica 7, 284 (1940); Gardiner, *Handbook of Stochastic Methods*, 3rd
    edition (2004), section 5.2.

    Examples
    --------
    >>> round(first_passage_time(lambda x: (x**2 - 1) ** 2, -1.0, 1.0, T=0.3), 5)
    36.58368
    """
    from scipy.integrate import quad

    a, b, T = (
        _validate.scalar("start", start),
        _validate.scalar("end", end),
        _validate.one_temperature(T, finite=True),
    )
    if b < a:
        return first_passage_time(lambda x: potential(-x), -a, -b, T)

    def integral(f: Callable[[float], float], low: float, high: float, tolerance: float) -> float:
        value, error, *_ = quad(f, low, high, epsabs=0, epsrel=tolerance, limit=200, full_output=True)
        if not error <= 1e-7 * value:
            raise ConvergenceError(f"an integral was not found: got {value} with an error of {error}", value)
        return value

    def inner(y: float) -> float:
        V = potential(y)  # taken inside, so that neither factor overflows by itself
        weight = lambda z: exp((V - potential(z)) / T)  # noqa: E731
        return integral(weight, -np.inf, a, 1e-10) + integral(weight, a, y, 1e-10)

    try:
        return integral(inner, a, b, 1e-9) / T
    except OverflowError:
        raise ConvergenceError(
            f"the time is too long for a number: V rises too far, over T = {T}", np.inf
        ) from None


def kramers_rate(curvature_well: float, curvature_barrier: float, barrier: float, T: ArrayLike) -> Floats:
    r"""Kramers' rate over a barrier ΔV ≫ T, friction 1: ``√(V''_well |V''_barrier|)/2π · e^{−ΔV/T}``.

    Parameters
    ----------
    curvature_well, curvature_barrier : float
        V'' at the bottom and ``|V''|`` at the top, both positive.
    barrier : float
        ΔV, the height of the top above the bottom, positive.
    T : array_like
        Temperatures, T > 0.

    Returns
    -------
    ndarray, T.shape; a scalar for a scalar
        Escapes in unit time.

    Raises
    ------
    ValueError
        For T ≤ 0, or a barrier or curvature that is not positive.

    References
    ----------
    Kramers, Physica 7, 284 (1940).

    Examples
    --------
    For (x² − 1)², against the exact 36.58:

    >>> round(float(1 / kramers_rate(8.0, 4.0, 1.0, T=0.3)), 2)
    31.14
    """
    T, barrier = _validate.temperature(T), _validate.scalar("barrier", barrier)
    well = _validate.scalar("curvature_well", curvature_well)
    top = _validate.scalar("curvature_barrier", curvature_barrier)
    if min(well, top) <= 0:
        raise ValueError(f"curvatures must be positive, |V''| at the barrier, got {well} and {top}")
    if barrier <= 0:
        raise ValueError(f"barrier must be positive, the top's height above the bottom, got {barrier}")
    with np.errstate(over="ignore"):  # a barrier of ∞ T is never crossed
        return np.sqrt(well * top) / (2 * np.pi) * np.exp(-barrier / T)


# What they share -------------------------------------------------------------------------------------


def _metropolis(energy: Energy, propose: Propose, rng: np.random.Generator) -> Step:
    """Return Metropolis' step, for one run: (x, E, T) → the state, its energy, and whether it moved."""
    refusals = 0

    def step(x: Any, E: float, T: float) -> tuple[Any, float, bool]:
        nonlocal refusals
        y = propose(x, rng)
        E_y = float(energy(y))
        if not isfinite(E_y):
            raise AnnealingError(f"energy must be finite, got {E_y} for a proposed state", y)
        if y is x:
            _unchanged(E, E_y, T)  # x itself may come back, which is to stay, but not another state in it
        if _accept((E - E_y) / T, rng):
            return y, E_y, True
        refusals += 1
        if refusals.bit_count() == 1:  # 1, 2, 4, 8 …: seldom enough to cost nothing
            _unchanged(E, float(energy(x)), T)
        return x, E, False

    return step


def _unchanged(before: float, after: float, T: float) -> None:
    if abs(after - before) > 1e-9 * (abs(before) + T):  # a sum by several threads may be rounded another way
        raise ValueError(
            "propose must return a new state and leave the one it is given as it is: that one had the energy"
            f" {before}, and has {after} after the proposal"
        )


def _accept(log_ratio: float, rng: np.random.Generator) -> bool:
    """Return True with probability min(1, exp(log_ratio))."""
    return log_ratio >= 0 or rng.random() < exp(log_ratio)


def _first_energy(energy: Energy, x0: Any) -> float:
    return _validate.scalar("the energy of the start", energy(x0))


def _schedule(temperatures: ArrayLike) -> Floats:
    T = _validate.temperature(temperatures)
    if T.ndim != 1 or T.size == 0:
        raise ValueError(f"temperatures must have shape (n,) with n ≥ 1, got {T.shape}")
    return T


def _ends(T0: float, T1: float) -> tuple[float, float]:
    return _validate.one_temperature(T0, finite=True), _validate.one_temperature(T1, finite=True)
