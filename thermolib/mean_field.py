r"""Mean field: everyone feels the average. Magnets, marginals, memories, and signals in deep networks.

Serves ``chapters/mean-field.md`` and the pages nested in it. k_B = 1 and logarithms are natural. Spins are
±1. Per spin: `curie_weiss_free_energy`. Totals: every ln Z, and energies.

==========  ============================  ==============================================================
symbol      argument                      meaning
==========  ============================  ==============================================================
T           ``T``                         temperature, T > 0; ``np.inf`` allowed
h, h_i      ``h``                         field, of all spins or of each
m, m_i      ``m``                         magnetisation, mean of a spin, from −1 to 1
J_ij        ``J``                         couplings of −½ sᵀJs − h·s, symmetric, zero diagonal, or sparse
N           ``N``                         number of spins that feel each other alike, or of units
ξ^μ         ``patterns``                  memories, ±1, shape (P, N); their load is α = P/N
σ_w², σ_b²  ``sigma_w2``, ``sigma_b2``    variance of a weight times its fan-in, and of a bias
φ           ``phi``                       what a unit does to its input, "tanh" or "relu"
q, c        ``q``, ``c``                  mean square of what comes into a layer, correlation of two such
==========  ============================  ==============================================================
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import scipy  # loads its parts where they are first used
from numpy.typing import ArrayLike, NDArray

from thermolib import _signals, _validate
from thermolib._results import ConvergenceError
from thermolib._types import Floats, Seed

_SATURATED = 40.0  # from here on a tanh is 1
_SETTLED = 1e-12  # what an iteration may still move at its end
_STRONGEST = 1e300  # the sum of a spin's couplings and field, in units of T
PHI = ("tanh", "relu")


class CurieWeiss(NamedTuple):
    """The law ``p`` (N + 1,) of the magnetisation ``m`` (N + 1,) = M/N, exactly, and the total ``log_Z``."""

    m: Floats
    p: Floats
    log_Z: float


class MeanField(NamedTuple):
    """The mean of each spin, ``m`` (n,), and what stands for the total ln Z, ``log_Z``."""

    m: Floats
    log_Z: float


# All feel all ----------------------------------------------------------------------------------------


def curie_weiss_magnetization(T: ArrayLike, h: ArrayLike = 0.0) -> Floats:
    r"""Magnetisation of infinitely many spins that all feel all: m = tanh((m + h)/T).

    Of several roots it is the one of lowest free energy: that on the field's side and, without a field, the
    root m ≥ 0. In x = (m + h)/T the equation is Tx − tanh x = h, whose left side is convex for x > 0, so that
    Newton's method from the right runs down to the largest root.

    Parameters
    ----------
    T : array_like
        Temperatures, T > 0, ``np.inf`` allowed.
    h : array_like, optional
        Fields; shapes broadcast.

    Returns
    -------
    ndarray, the shape of T and h together; a scalar for scalars
        To a few units in the last place, next to the critical point T = 1, h = 0 as well.

    Raises
    ------
    ValueError
        For T ≤ 0, NaN, or a field that is not finite.
    ConvergenceError
        If Newton's steps do not end, as at T = 1 with a field below 1e-308, which has too few digits.

    References
    ----------
    Weiss, Journal de Physique 6, 661 (1907); Kac, in *Statistical Physics, Phase Transitions and
    Superfluidity* (1968), for the model of which it is exact.

    Examples
    --------
    >>> curie_weiss_magnetization([0.5, 0.8, 1.2]).round(12) + 0.0
    array([0.95750402, 0.71041178, 0.        ])
    """
    T, h = np.broadcast_arrays(_validate.temperature(T), _validate.finite("h", h))
    H, t = np.abs(h), 1 - np.where(np.isfinite(T), T, 1.0)
    # To the right of the root: tanh x < 1 says one bound; x − tanh x > x³/5 for x < 1 says the other.
    with np.errstate(over="ignore"):
        near = np.maximum(np.cbrt(10 * H), np.sqrt(10 * np.maximum(t, 0)))
        x = np.minimum(np.minimum((1 + H) / T, _SATURATED), np.where(near < 1, near, _SATURATED))
    x = np.where((H > 0) | (t > 0), x, 0.0)
    free = (x > 0) & (x < _SATURATED)
    for _ in range(200):
        residual, slope = _signals.x_less_tanh(x) - t * x - H, np.tanh(x) ** 2 - t
        step = np.where(free, residual / np.where(free, slope, 1.0), 0.0)
        x = x - step
        if np.all(np.abs(step) <= 1e-10 * x):  # and the next would be its square
            break
    else:
        raise ConvergenceError(f"m did not settle: the last step was {np.abs(step).max():.2g}", np.tanh(x))
    return (np.where(h < 0, -1, 1) * np.tanh(x))[()]


def curie_weiss_free_energy(m: ArrayLike, T: ArrayLike, h: ArrayLike = 0.0) -> Floats:
    r"""Free energy per spin at a given magnetisation: f(m) = −m²/2 − hm − T S(m).

    S(m) is the entropy of a coin with mean m, in nats. Of N spins the weight of m is e^{−Nf(m)/T}, up to a
    power of N.

    Parameters
    ----------
    m : array_like
        Magnetisations, −1 ≤ m ≤ 1.
    T : array_like
        Temperatures, T > 0; at ``np.inf`` f is −∞, but for m = ±1.
    h : array_like, optional
        Fields; shapes broadcast.

    Returns
    -------
    ndarray, the shape of m, T and h together; a scalar for scalars

    Raises
    ------
    ValueError
        For T ≤ 0, NaN, \|m\| > 1, or a field that is not finite.

    References
    ----------
    Bragg, Williams, Proceedings of the Royal Society A 145, 699 (1934).

    Examples
    --------
    >>> m = curie_weiss_magnetization(0.5)
    >>> round(float(curie_weiss_free_energy(m, 0.5)), 9), round(float(curie_weiss_free_energy(0, 0.5)), 9)
    (-0.509835534, -0.34657359)
    """
    m, T, h = _validate.finite("m", m), _validate.temperature(T), _validate.finite("h", h)
    if np.any(np.abs(m) > 1):
        raise ValueError(f"m must be from -1 to 1, got {_validate.shown(m)}")
    S = _entropy(m)
    with np.errstate(invalid="ignore"):  # at T = ∞ the states without entropy, which are ±1
        return (-(m**2) / 2 - h * m - np.where(S > 0, T * S, 0.0))[()]


def curie_weiss_spinodal(T: ArrayLike) -> Floats:
    r"""The field at which the state against it ends: h_s = √(1 − T) − T artanh √(1 − T), 0 from T = 1 on.

    For \|h\| < h_s the free energy has two minima; at h_s the higher one, at m = ∓√(1 − T), is gone.

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
    By definition: where m = tanh((m + h)/T) and 1 = (1 − m²)/T.

    Examples
    --------
    >>> round(float(curie_weiss_spinodal(0.5)), 12)
    0.266419987677
    """
    T = _validate.temperature(T)
    cold = np.minimum(T, 1.0)
    s = np.sqrt(1 - cold)
    k = np.arange(1, 40)
    near = np.minimum(s, 0.5)[..., None]
    series = (2 * near ** (2 * k + 1) / (4 * k**2 - 1)).sum(axis=-1)  # of artanh, where the two terms cancel
    return np.where(s < 0.5, series, s - cold * np.log((1 + s) / np.sqrt(cold)))[()]


def curie_weiss_exact(N: int, T: float, h: float = 0.0) -> CurieWeiss:
    r"""The exact law of the magnetisation of N spins that all feel all: E = −M²/(2N) − hM, M = Σ s_i.

    p(M) = C(N, (N + M)/2) e^{−E/T}/Z: 2^N states, but only N + 1 magnetisations.

    Parameters
    ----------
    N : int
        Number of spins, from 1 to 10⁷.
    T : float
        Temperature, T > 0, ``np.inf`` allowed.
    h : float, optional
        Field.

    Returns
    -------
    CurieWeiss
        ``(m, p, log_Z)``: m = M/N from −1 to 1, its probabilities, and the total ln Z, ∞ where it exceeds
        the largest double. E has the constant −1/2 that the spins' terms with themselves make.

    Raises
    ------
    ValueError
        For T ≤ 0, NaN, N out of range, or a field that is not finite.

    References
    ----------
    Kac, in *Statistical Physics, Phase Transitions and Superfluidity* (1968).

    Examples
    --------
    At the critical temperature m is of the order N^{−1/4}, not N^{−1/2}:

    >>> m, p, log_Z = curie_weiss_exact(100, T=1.0)
    >>> round(float(p @ abs(m)), 10), round(float(1 - p @ m**4 / (3 * (p @ m**2) ** 2)), 8)
    (0.2867964095, 0.30558465)
    """
    N, T, h = _validate.whole("N", N, 1, 10**7), _validate.one_temperature(T), _validate.scalar("h", h)
    up = np.arange(N + 1)
    M = 2.0 * up - N
    log_count = scipy.special.gammaln(N + 1) - scipy.special.gammaln(up + 1)
    log_count -= scipy.special.gammaln(N - up + 1)
    above = (N - M) * (N + M) / (2 * N) + abs(h) * (N - np.where(h < 0, -1, 1) * M)  # the ground state
    with np.errstate(over="ignore"):
        log_p = log_count - above / T
        log_sum = float(scipy.special.logsumexp(log_p))
        return CurieWeiss(M / N, np.exp(log_p - log_sum), log_sum + (N / 2 + abs(h) * N) / T)


# Marginals of any machine ----------------------------------------------------------------------------


def naive_mean_field(
    J: Any,
    h: ArrayLike,
    T: float,
    *,
    damping: float = 0.0,
    parallel: bool = False,
    start: ArrayLike | None = None,
    sweeps: int = 1000,
) -> MeanField:
    r"""Naive mean field: independent spins, each in the mean field of the others.

    m_i = tanh((h_i + Σ_j J_ij m_j)/T). One spin after the other is set to its equation, given the others as
    they are. Each such step raises ln Z_q = Σ_i S(m_i) + (½ mᵀJm + h·m)/T ≤ ln Z, so that it ends; at which
    of several solutions, `start` says. All at once, `parallel`, may swing to and fro for ever.

    Parameters
    ----------
    J : array_like or SciPy sparse array, shape (n, n)
        Couplings, symmetric up to rounding (1e-12 of the largest), with zero diagonal.
    h : array_like, shape (n,) or ()
        Fields.
    T : float
        Temperature, T > 0, ``np.inf`` allowed.
    damping : float, optional
        How much of the old m_i a step keeps: damping · m_i + (1 − damping) · tanh(…). From 0 to below 1.
    parallel : bool, optional
        Whether a sweep sets all spins at once.
    start : array_like, shape (n,) or (), optional
        The first m, by default 0. Without a field m = 0 is a solution at any T, and not the best at a low
        one: give another start.
    sweeps : int, optional
        At most so many.

    Returns
    -------
    MeanField
        ``(m, log_Z)`` when no equation is off by more than 1e-12; ln Z_q is a lower bound of ln Z.

    Raises
    ------
    ValueError
        For T ≤ 0, NaN, J not square, not symmetric or with a diagonal, another shape, an option out of its
        range, or couplings of 1e300 T.
    ConvergenceError
        If the sweeps do not suffice; its ``last`` is the last m.

    References
    ----------
    Peterson, Anderson, Complex Systems 1, 995 (1987); Wainwright, Jordan, Foundations and Trends in Machine
    Learning 1, 1 (2008), section 5.3.

    Examples
    --------
    >>> i = np.arange(6)
    >>> J = 0.3 * np.cos(1 + np.outer(i, i) + i + i[:, None]) * (1 - np.eye(6))
    >>> round(naive_mean_field(J, 0.2 * np.sin(1 + i), T=1.0).log_Z, 12)
    4.238107599209
    """
    K, b = _reduced(J, h, T)
    m = _settle(_Fields(K, b), start, damping, parallel, sweeps)
    return MeanField(m, float(_entropy(m).sum() + m @ (K @ m) / 2 + b @ m))


def tap(
    J: Any,
    h: ArrayLike,
    T: float,
    *,
    damping: float = 0.0,
    parallel: bool = False,
    start: ArrayLike | None = None,
    sweeps: int = 1000,
) -> MeanField:
    r"""Mean field that does not hear its own echo: the equations of Thouless, Anderson and Palmer.

    m_i = tanh[(h_i + Σ_j J_ij m_j)/T − m_i Σ_j J_ij²(1 − m_j²)/T²]: what spin i feels of j includes what j
    feels of i, and the last term takes it away. They make ln Z_TAP = ln Z_q + Σ_{i<j} J_ij²(1 − m_i²)(1 −
    m_j²)/(2T²) stationary, the expansion of ln Z at given m to second order in J/T. It is no bound. It is
    good where J/T is small, or where each spin has many weak couplings of either sign and T is high: for
    J_ij ~ N(0, 1/N) down to the line of de Almeida and Thouless, where ⟨(1 − m²)²⟩ = T².

    Parameters
    ----------
    J, h, T, damping, start, sweeps
        As in `naive_mean_field`.
    parallel : bool, optional
        Whether a sweep sets all spins at once. Then the m_i that is taken away is the one of the sweep
        before the last: it is that one whose echo comes back. For J_ij ~ N(0, 1/N) and N → ∞ this converges
        down to that line, ever more slowly; of machines with some hundred spins some swing before.

    Returns
    -------
    MeanField
        ``(m, log_Z)`` when no equation is off by more than 1e-12.

    Raises
    ------
    ValueError
        As `naive_mean_field`.
    ConvergenceError
        If the sweeps do not suffice, as is usual below that line; its ``last`` is the last m.

    References
    ----------
    Thouless, Anderson, Palmer, Philosophical Magazine 35, 593 (1977); Plefka, Journal of Physics A 15, 1971
    (1982); Bolthausen, Communications in Mathematical Physics 325, 333 (2014), for the sweep
    in parallel.

    Examples
    --------
    Exactly, ln Z is 4.546344562129:

    >>> i = np.arange(6)
    >>> J = 0.3 * np.cos(1 + np.outer(i, i) + i + i[:, None]) * (1 - np.eye(6))
    >>> round(tap(J, 0.2 * np.sin(1 + i), T=1.0).log_Z, 12)
    4.53951607421
    """
    K, b = _reduced(J, h, T)
    if (strongest := abs(K).max()) > 1e150:
        raise ValueError(f"J must be below 1e150 T here, where it is squared, got {strongest:.3g} T")
    m = _settle(_Fields(K, b, reaction=True), start, damping, parallel, sweeps)
    v = 1 - m**2
    return MeanField(m, float(_entropy(m).sum() + m @ (K @ m) / 2 + b @ m + v @ (K.power(2) @ v) / 4))


def belief_propagation(
    J: Any,
    h: ArrayLike,
    T: float,
    *,
    damping: float = 0.0,
    start: ArrayLike | None = None,
    sweeps: int = 1000,
) -> MeanField:
    r"""Belief propagation: each spin tells each neighbour what all others told it. Exact where no loop is.

    The message from i to j is the field u_ij = artanh[tanh(J_ij/T) tanh(h_i/T + Σ_{k≠j} u_ki)] that i would
    put on j; then m_i = tanh(h_i/T + Σ_k u_ki). All messages are sent at once. ln Z is that of Bethe, which
    belongs to these messages, and exact on a tree; with loops it is no bound.

    Parameters
    ----------
    J, h, T
        As in `naive_mean_field`.
    damping : float, optional
        How much of the old message a sweep keeps, from 0 to below 1.
    start : array_like, shape (n,) or (), optional
        The m that the first messages speak of, by default 0, as if there had been none.
    sweeps : int, optional
        At most so many, but no fewer than n, which a chain may need.

    Returns
    -------
    MeanField
        ``(m, log_Z)`` when no message moves by more than 1e-12 of itself and 1.

    Raises
    ------
    ValueError
        As `naive_mean_field`.
    ConvergenceError
        If the sweeps do not suffice; its ``last`` is the last m.

    References
    ----------
    Bethe, Proceedings of the Royal Society A 150, 552 (1935); Pearl, *Probabilistic Reasoning in Intelligent
    Systems* (1988); Yedidia, Freeman, Weiss, IEEE Transactions on Information Theory 51, 2282 (2005).

    Examples
    --------
    A chain of three spins in a field, and by the sum over its states:

    >>> from thermolib.ising import log_partition_exact
    >>> J, h = np.diag([1.0, -2.0], 1) + np.diag([1.0, -2.0], -1), [0.3, 0.0, 0.5]
    >>> round(belief_propagation(J, h, T=1.0).log_Z, 12)
    3.898610034343
    >>> round(float(log_partition_exact(J, h, T=1.0)), 12)
    3.898610034343
    """
    K, b = _reduced(J, h, T)
    m0, damping, n = _first(start, len(b)), _damping(damping), len(b)
    sweeps = max(_validate.whole("sweeps", sweeps, 1), n)
    pairs = K.tocoo()
    i, j, k = pairs.row, pairs.col, pairs.data  # each bond twice: a message from i to j, and one back
    back = np.lexsort((i, j))
    with np.errstate(divide="ignore"):
        u = _message(k, np.arctanh(m0)[i])
    for _ in range(sweeps):
        total = b + np.bincount(j, u, n)
        new = _message(k, total[i] - u[back])
        settled = np.all(np.abs(new - u) <= _SETTLED * (1 + np.abs(u)))
        u = damping * u + (1 - damping) * new
        if settled:
            break
    else:
        raise ConvergenceError(f"the messages did not settle in {sweeps} sweeps", np.tanh(total))
    total = b + np.bincount(j, u, n)
    bonds = _log_cosh(k) - _log_cosh(u) - _log_cosh(total[j]) + _log_cosh(total[j] - u)
    return MeanField(np.tanh(total), float((np.log(2) + _log_cosh(total)).sum() + bonds.sum() / 2))


# Memories --------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Hopfield:
    r"""A network that remembers patterns: J = (1/N) Σ_μ ξ^μ ξ^μᵀ without its diagonal, E = −½ sᵀJs.

    Parameters
    ----------
    patterns : array_like, shape (P, N)
        What is to be remembered, ±1; P ≥ 1 and N ≥ 2.

    Attributes
    ----------
    patterns : ndarray of int8, shape (P, N)
        A copy, not to be written to.
    J : ndarray, shape (N, N)
        The couplings, likewise.

    Raises
    ------
    ValueError
        For other shapes, or entries other than ±1; `recall`: for T < 0 as well.

    References
    ----------
    Hopfield, Proceedings of the National Academy of Sciences 79, 2554 (1982); Hebb, *The Organization of
    Behavior* (1949), for the rule.

    Examples
    --------
    A third of the units is turned over, and comes back:

    >>> xi = np.random.default_rng(0).choice([-1, 1], size=(3, 90))
    >>> net, cue = Hopfield(xi), xi[0].copy()
    >>> cue[:30] *= -1
    >>> net.overlap(net.recall(cue, rng=1)).round(2)[0]
    np.float64(1.0)
    """

    patterns: NDArray[np.int8]
    J: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        patterns = _validate.finite("patterns", self.patterns)
        if patterns.ndim != 2 or len(patterns) < 1 or patterns.shape[1] < 2:
            raise ValueError(f"patterns must have shape (P, N) with P ≥ 1 and N ≥ 2, got {patterns.shape}")
        if not np.all(np.abs(patterns) == 1):
            raise ValueError(f"patterns must be ±1, got {_validate.shown(patterns)}")
        J = patterns.T @ patterns
        np.fill_diagonal(J, 0.0)
        for name, array in (("patterns", patterns.astype(np.int8)), ("J", J / patterns.shape[1])):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def recall(
        self, state: ArrayLike, T: float = 0.0, *, sweeps: int = 20, rng: Seed = None
    ) -> NDArray[np.int8]:
        r"""Let the units settle, one after the other: s_i = 1 with probability 1/(1 + e^{−2h_i/T}).

        Parameters
        ----------
        state : array_like, shape (..., N)
            Where to begin, ±1; leading axes are networks of their own.
        T : float, optional
            Temperature, ≥ 0. At 0 each unit takes the sign of its field h_i = Σ_j J_ij s_j, and keeps its
            own where the field is exactly 0; then the energy falls, and recall ends when nothing changes.
        sweeps : int, optional
            How often each unit is visited, at T = 0 at most.
        rng : int, Generator or None, optional
            Seed. A permutation is drawn for each sweep, the order in which its units are visited; at T > 0
            then a uniform number for each state, unit after unit.

        Returns
        -------
        ndarray of int8, shape (..., N)
            The states after the last sweep.
        """
        s = self._states(state)
        N, cold = s.shape[-1], _validate.numbers("T", T)
        T = 0.0 if cold.ndim == 0 and cold == 0 else _validate.one_temperature(T)
        sweeps, rng = _validate.whole("sweeps", sweeps, 1), _validate.generator(rng)
        W = np.rint(self.J * N)  # whole numbers: fields are exact, and a tie is a tie
        s = s.reshape(-1, N)
        fields = s @ W
        for _ in range(sweeps):
            moved = False
            for i in rng.permutation(N):
                if T == 0:
                    new = np.where(fields[:, i] == 0, s[:, i], np.sign(fields[:, i]))
                else:
                    with np.errstate(over="ignore"):
                        up = scipy.special.expit(2 * fields[:, i] / N / T)
                    new = np.where(rng.random(len(s)) < up, 1.0, -1.0)
                turned = np.flatnonzero(new != s[:, i])
                if len(turned):
                    moved = True
                    s[turned, i] = new[turned]
                    fields[turned] += 2 * new[turned, None] * W[i]
            if T == 0 and not moved:
                break
        return s.astype(np.int8).reshape(np.shape(state))

    def overlap(self, state: ArrayLike) -> Floats:
        """m^μ = (1/N) ξ^μ·s, from −1 to 1, with each pattern: for states (..., N) of shape (..., P)."""
        s = self._states(state)
        return s @ self.patterns.T.astype(float) / s.shape[-1]

    def energy(self, state: ArrayLike) -> Floats:
        """E = −½ sᵀJs, in total; for states (..., N) of shape (...)."""
        s = self._states(state)
        return (-0.5 * ((s @ self.J) * s).sum(axis=-1))[()]

    def _states(self, state: ArrayLike) -> Floats:
        s, N = _validate.finite("state", state), self.patterns.shape[1]
        if s.ndim == 0 or s.shape[-1] != N:
            raise ValueError(f"state must have shape (..., {N}), got {s.shape}")
        if not np.all(np.abs(s) == 1):
            raise ValueError(f"state must be ±1, got {_validate.shown(s)}")
        return s


def hopfield_capacity() -> float:
    r"""How many random patterns a unit of a large network can hold at T = 0: α_c = .1379.

    At T = 0 the equations of Amit, Gutfreund and Sompolinsky become, in y = m/√(2αr), y [√(2α) + (2/√π)
    e^{−y²}] = erf y with m = erf y. Each y > 0 has its α; the largest is α_c, where y = 1.511 and m = .967.
    Replicas are taken to be symmetric.

    Returns
    -------
    float
        α_c, in patterns per unit.

    References
    ----------
    Amit, Gutfreund, Sompolinsky, Annals of Physics 173, 30 (1987).

    Examples
    --------
    >>> round(hopfield_capacity(), 12)
    0.137905566495
    """

    def minus_load(y: float) -> float:
        return -((scipy.special.erf(y) / y - 2 / np.sqrt(np.pi) * np.exp(-(y**2))) ** 2) / 2

    return -float(scipy.optimize.minimize_scalar(minus_load, bounds=(1, 3), method="bounded").fun)


# Signals in deep networks ----------------------------------------------------------------------------


def q_map(q: ArrayLike, sigma_w2: ArrayLike, sigma_b2: ArrayLike, phi: str = "tanh") -> Floats:
    r"""What a wide random layer makes of an input's mean square: q' = σ_w² E[φ(√q z)²] + σ_b², z ~ N(0, 1).

    Parameters
    ----------
    q : array_like
        Mean square of what comes into a layer's units, q ≥ 0; of tanh at most 400.
    sigma_w2, sigma_b2 : array_like
        σ_w² > 0 and σ_b² ≥ 0: the weights are N(0, σ_w²/fan_in), the biases N(0, σ_b²). Shapes broadcast.
        For tanh σ_w² + σ_b² ≤ 400.
    phi : str, optional
        "tanh" or "relu".

    Returns
    -------
    ndarray, the shape of all together; a scalar for scalars
        For tanh by the trapezoid rule over z, to 12 digits; for relu E is q/2.

    Raises
    ------
    ValueError
        For another φ, or an argument out of its range.

    References
    ----------
    Poole, Lahiri, Raghu, Sohl-Dickstein, Ganguli, NeurIPS 29, 3360 (2016), equation 3.

    Examples
    --------
    >>> round(float(q_map(1.0, 1.5, 0.05)), 9)
    0.641441736
    """
    q = _validate.finite("q", q)
    w, b = _variances(sigma_w2, sigma_b2, phi)
    if np.any(q < 0) or (phi == "tanh" and np.any(q > _signals.LARGEST)):
        wanted = "≥ 0" if phi == "relu" else f"from 0 to {_signals.LARGEST:g}"
        raise ValueError(f"q must be {wanted}, got {_validate.shown(q)}")
    return (w * _signals.mean(phi, 0, q) + b)[()]


def q_fixed_point(sigma_w2: ArrayLike, sigma_b2: ArrayLike, phi: str = "tanh") -> Floats:
    r"""The mean square q* that layers neither raise nor lower: q* = σ_w² E[φ(√q* z)²] + σ_b².

    For tanh there is one that attracts. It is 0 without biases for σ_w² ≤ 1. For relu q* = σ_b²/(1 − σ_w²/2).

    Parameters
    ----------
    sigma_w2, sigma_b2, phi
        As in `q_map`; for relu σ_w² < 2.

    Returns
    -------
    ndarray, the shape of both together; a scalar for scalars

    Raises
    ------
    ValueError
        As `q_map`; and for relu with σ_w² ≥ 2, where q grows without end or, without biases, stays as it is.
    ConvergenceError
        If Newton's steps do not end, as at σ_w² = 1 with σ_b² below 1e-308, which has too few digits.

    References
    ----------
    Poole and others (2016).

    Examples
    --------
    >>> round(float(q_fixed_point(1.5, 0.05)), 6)
    0.418037
    """
    w, b = _variances(sigma_w2, sigma_b2, phi)
    if phi == "relu":
        if np.any(w >= 2):
            raise ValueError(
                f"sigma_w2 must be below 2 for relu to have one fixed point, got {_validate.shown(w)}"
            )
        return (b / (1 - w / 2))[()]
    return _signals.fixed_q(w, b)[()]


def chi_1(sigma_w2: ArrayLike, sigma_b2: ArrayLike, phi: str = "tanh") -> Floats:
    r"""By how much a layer stretches a small difference, squared: χ₁ = σ_w² E[φ'(√q* z)²].

    Below 1 two inputs become one, above 1 they part. Going back, gradients' squares grow by χ₁ a layer.

    Parameters
    ----------
    sigma_w2, sigma_b2, phi
        As in `q_map`. For relu it is σ_w²/2 whatever q.

    Returns
    -------
    ndarray, the shape of both together; a scalar for scalars

    Raises
    ------
    ValueError
        As `q_map`.

    References
    ----------
    Poole and others (2016), equation 6; Schoenholz, Gilmer, Ganguli, Sohl-Dickstein, ICLR (2017).

    Examples
    --------
    >>> round(float(chi_1(1.5, 0.05)), 6)
    0.938636
    """
    w, b = _variances(sigma_w2, sigma_b2, phi)
    q = np.zeros(w.shape) if phi == "relu" else _signals.fixed_q(w, b)
    return (w * _signals.mean(phi, 1, q))[()]


def critical_sigma_w2(sigma_b2: ArrayLike, phi: str = "tanh") -> Floats:
    r"""The edge of chaos: the σ_w² at which χ₁ = 1, given σ_b².

    Parameters
    ----------
    sigma_b2 : array_like
        σ_b² ≥ 0; for tanh at most 300.
    phi : str, optional
        "tanh" or "relu", for which it is 2.

    Returns
    -------
    ndarray, sigma_b2.shape; a scalar for a scalar

    Raises
    ------
    ValueError
        For another φ, or σ_b² out of its range.

    References
    ----------
    Poole and others (2016), figure 1; He, Zhang, Ren, Sun, ICCV, 1026 (2015), for relu.

    Examples
    --------
    >>> round(float(critical_sigma_w2(0.05)), 9)
    1.76095464
    """
    b = _validate.finite("sigma_b2", sigma_b2)
    if np.any(b < 0) or (_validate.one_of("phi", phi, PHI) == "tanh" and np.any(b > 300)):
        raise ValueError(
            f"sigma_b2 must be {'≥ 0' if phi == 'relu' else 'from 0 to 300'}, got {_validate.shown(b)}"
        )
    if phi == "relu":
        return np.full(b.shape, 2.0)[()]

    def surplus(q: float, b: float) -> float:
        """Given q, χ₁ = 1 says σ_w², and then q* = q says σ_b²: return what that has more than b."""
        one = np.array(q)
        return float(one - _signals.mean(phi, 0, one) / _signals.mean(phi, 1, one)) - b

    q = _loop(lambda b: scipy.optimize.brentq(surplus, 0, _signals.LARGEST, (b,), 1e-15) if b else 0.0, b)
    return (1 / _signals.mean(phi, 1, q))[()]


def c_map(c: ArrayLike, sigma_w2: ArrayLike, sigma_b2: ArrayLike, phi: str = "tanh") -> Floats:
    r"""What a wide random layer makes of two inputs' correlation: c' = (σ_w² E[φ(u₁)φ(u₂)] + σ_b²)/q*.

    Both inputs have q = q*, u₁ = √q* z₁ and u₂ = √q* (c z₁ + √(1 − c²) z₂). For relu the mean is known in
    closed form, the kernel of the arc cosine: 2E/q = [√(1 − c²) + (π − arccos c) c]/π.

    Parameters
    ----------
    c : array_like
        Correlations of what comes into a layer's units, from −1 to 1. Shapes broadcast.
    sigma_w2, sigma_b2, phi
        As in `q_map`. Without biases q* may be 0, and c' is that of ever smaller q: c for tanh. For relu
        with σ_w² ≥ 2 there is no q*, and c' is that of ever larger q.

    Returns
    -------
    ndarray, the shape of all together; a scalar for scalars

    Raises
    ------
    ValueError
        As `q_map`, or for \|c\| > 1.

    References
    ----------
    Poole and others (2016), equation 5; Cho, Saul, NeurIPS 22, 342 (2009), for relu.

    Examples
    --------
    >>> c_map([0.0, 0.5], 2.0, 0.0, "relu").round(9)
    array([0.31830989, 0.60899778])
    """
    c = _validate.finite("c", c)
    w, b = _variances(sigma_w2, sigma_b2, phi)
    if np.any(np.abs(c) > 1):
        raise ValueError(f"c must be from -1 to 1, got {_validate.shown(c)}")
    if phi == "relu":
        kernel = (np.sqrt((1 - c) * (1 + c)) + (np.pi - np.arccos(c)) * c) / np.pi
        share = np.where((w < 2) & (b > 0), w / 2, 1.0)  # of q* that the weights make
        return (share * kernel + 1 - share)[()]
    return _loop(_signals.correlated, c, w, b, _signals.fixed_q(w, b))[()]


def depth_scale(sigma_w2: ArrayLike, sigma_b2: ArrayLike, phi: str = "tanh") -> Floats:
    r"""Over how many layers two inputs' correlation comes to rest: ξ_c = −1/ln χ*, c − c* ~ e^{−l/ξ_c}.

    χ* = σ_w² E[φ'(u₁)φ'(u₂)] is the slope of the map of correlations at its stable fixed point c*. In the
    ordered phase c* = 1 and χ* = χ₁.

    Parameters
    ----------
    sigma_w2, sigma_b2, phi
        As in `q_map`.

    Returns
    -------
    ndarray, the shape of both together; a scalar for scalars
        In layers; ∞ at the edge of chaos, and for relu with σ_w² ≥ 2. Without biases and for χ₁ < 1 it is
        the limit of small biases.

    Raises
    ------
    ValueError
        As `q_map`.

    References
    ----------
    Schoenholz, Gilmer, Ganguli, Sohl-Dickstein, ICLR (2017).

    Examples
    --------
    >>> round(float(depth_scale(1.5, 0.05)), 6)
    15.790994
    """
    w, b = _variances(sigma_w2, sigma_b2, phi)
    if phi == "relu":
        slope = np.minimum(w / 2, 1.0)
    else:
        q = _signals.fixed_q(w, b)
        slope = np.array(w * _signals.mean(phi, 1, q))
        chaos = slope > 1
        slope[chaos] = _loop(_signals.chaotic_slope, slope[chaos], w[chaos], b[chaos], q[chaos])
    with np.errstate(divide="ignore"):
        return (1 / np.abs(np.log(slope)))[()]


# What came -------------------------------------------------------------------------------------------


def _reduced(J: Any, h: ArrayLike, T: float) -> tuple[Any, Floats]:
    """Return couplings, as sparse rows, and fields in units of T."""
    rows, h = _validate.couplings(J, h)
    T = _validate.one_temperature(T)
    with np.errstate(over="ignore"):
        K, b = rows * (1 / T), h / T
        strongest = (abs(K).sum(axis=1) + np.abs(b)).max()
    if not strongest <= _STRONGEST:
        raise ValueError(f"J and h must be below {_STRONGEST:g} in units of T = {T}, got {strongest:.3g}")
    return K, b


def _first(start: ArrayLike | None, n: int) -> Floats:
    m = _validate.finite("start", 0.0 if start is None else start)
    if m.shape not in ((), (n,)):
        raise ValueError(f"start must have shape () or ({n},), got {m.shape}")
    if np.any(np.abs(m) > 1):
        raise ValueError(f"start must be from -1 to 1, got {_validate.shown(m)}")
    return np.broadcast_to(m, (n,)).copy()


def _damping(damping: float) -> float:
    value = _validate.scalar("damping", damping)
    if not 0 <= value < 1:
        raise ValueError(f"damping must be from 0 to below 1, got {value}")
    return value


def _variances(sigma_w2: ArrayLike, sigma_b2: ArrayLike, phi: str) -> tuple[Floats, Floats]:
    """Return both variances, broadcast."""
    w, b = _validate.positives("sigma_w2", sigma_w2), _validate.positives("sigma_b2", sigma_b2, zero=True)
    w, b = np.broadcast_arrays(w, b)
    if _validate.one_of("phi", phi, PHI) == "tanh" and np.any(w + b > _signals.LARGEST):
        most = f"at most {_signals.LARGEST:g} for tanh"
        raise ValueError(f"sigma_w2 + sigma_b2 must be {most}, got {_validate.shown(w + b)}")
    return w, b


# How it is found -------------------------------------------------------------------------------------


def _entropy(m: Floats) -> Floats:
    """Return the entropy of coins with means m, in nats."""
    return scipy.special.entr((1 + m) / 2) + scipy.special.entr((1 - m) / 2)


def _log_cosh(x: Floats) -> Floats:
    return np.abs(x) + np.log1p(np.expm1(-2 * np.abs(x)) / 2)


class _Fields:
    """What spins feel, in units of T: b_i + Σ_j K_ij m_j, with `reaction` less m_i Σ_j K_ij²(1 − m_j²)."""

    def __init__(self, K: Any, b: Floats, *, reaction: bool = False) -> None:
        self.K, self.b, self.reaction = K, b, reaction
        self.K2: Any = K.power(2) if reaction else None
        ends = zip(K.indptr[:-1], K.indptr[1:], strict=True)
        self.rows = [(K.indices[lo:hi], K.data[lo:hi]) for lo, hi in ends]

    def all(self, m: Floats, before: Floats) -> Floats:
        x = self.b + self.K @ m
        return x - before * (self.K2 @ (1 - m**2)) if self.reaction else x

    def one(self, i: int, m: Floats) -> float:
        j, k = self.rows[i]
        x = self.b[i] + k @ m[j]
        return x - m[i] * (k**2 @ (1 - m[j] ** 2)) if self.reaction else x


def _settle(fields: _Fields, start: ArrayLike | None, damping: float, parallel: bool, sweeps: int) -> Floats:
    """Return the m to which m_i ← tanh(field_i) leads."""
    m, kept = _first(start, len(fields.b)), _damping(damping)
    parallel, sweeps = _validate.truth("parallel", parallel), _validate.whole("sweeps", sweeps, 1)
    before = m
    for _ in range(sweeps):
        moved = 0.0
        if parallel:
            new = np.tanh(fields.all(m, before))
            moved = np.abs(new - m).max()
            before, m = m, kept * m + (1 - kept) * new
        else:
            for i in range(len(m)):
                one = np.tanh(fields.one(i, m))
                moved = max(moved, abs(one - m[i]))
                m[i] = kept * m[i] + (1 - kept) * one
        if moved <= _SETTLED:
            return m
    raise ConvergenceError(f"m did not settle in {sweeps} sweeps: the last moved it by {moved:.2g}", m)


def _message(k: Floats, H: Floats) -> Floats:
    """Return artanh(tanh k tanh H), however large both are."""
    lesser = np.sign(k) * np.sign(H) * np.minimum(np.abs(k), np.abs(H))
    return lesser + (np.log1p(np.exp(-2 * np.abs(k + H))) - np.log1p(np.exp(-2 * np.abs(k - H)))) / 2


def _loop(function: Callable[..., float], *arrays: Floats) -> Floats:
    """Call the function with each set of numbers."""
    together = np.broadcast_arrays(*arrays)
    each = [
        function(*map(float, numbers)) for numbers in zip(*(one.ravel() for one in together), strict=True)
    ]
    return np.array(each, dtype=float).reshape(together[0].shape)
