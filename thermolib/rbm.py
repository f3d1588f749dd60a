r"""Restricted Boltzmann machines: exact sums, block Gibbs sampling, learning, annealed importance sampling.

Serves ``chapters/boltzmann-machines.md`` and the pages nested in it. Units are 0 or 1. E(v, h) = −a·v − b·h −
vᵀWh and p(v, h) = e^{−E/T}/Z; the machine learns, and its likelihood is meant, at T = 1. Every sum of
exponentials stays in logs; all logarithms are natural.

===========  ==================  ========================================================================
symbol       argument            meaning
===========  ==================  ========================================================================
v, h         ``v``, ``h``        visible and hidden units, 0 or 1: on the last axis, chains before it
W            ``W``               couplings, shape (visible, hidden)
a, b         ``a``, ``b``        biases of the visible and of the hidden units
T            ``T``               temperature, T > 0; ``np.inf`` allowed
F(v)         —                   free energy, −T ln Σ_h e^{−E(v, h)/T}
β_k          ``betas``           powers of the path of annealed importance sampling, from 0 to 1
k            ``k``               steps of block Gibbs sampling between two gradients
===========  ==================  ========================================================================
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermolib import _layers, _validate
from thermolib._results import ConvergenceError, Estimate
from thermolib._types import Floats, Seed

METHODS = ("exact", "cd", "pcd", "tempered")


class Gradient(NamedTuple):
    """The gradient of the mean log-likelihood, or an estimate of it: to be ascended. Shapes as in `RBM`."""

    W: Floats
    a: Floats
    b: Floats


@dataclass(frozen=True, eq=False)
class RBM:
    r"""A restricted Boltzmann machine: two layers of units 0 and 1, coupled only between the layers.

    E(v, h) = −a·v − b·h − vᵀWh, and p(v, h) ∝ e^{−E/T}. A method that takes any `T` returns T's axes first.

    Parameters
    ----------
    W : array_like, shape (visible, hidden)
        Couplings. There may be no hidden units: then the visible ones are independent.
    a : array_like, shape (visible,)
        Biases of the visible units.
    b : array_like, shape (hidden,)
        Biases of the hidden units.

    Attributes
    ----------
    W, a, b : ndarray
        Copies, not to be written to.

    Raises
    ------
    ValueError
        For other shapes, or numbers that are not finite. Methods: for units that are not 0 or 1, another
        number of them, or T ≤ 0; where all states of the smaller layer are summed, for more than 20 units in
        it.

    References
    ----------
    Smolensky, in *Parallel Distributed Processing*, volume 1 (1986), chapter 6, where it is the harmonium;
    Hinton, Neural Computation 14, 1771 (2002).

    Examples
    --------
    One unit in each layer: Z = 1 + 1 + 1 + e².

    >>> rbm = RBM([[2.0]], [0.0], [0.0])
    >>> round(float(np.exp(rbm.log_partition()) - np.e**2), 9)
    3.0
    >>> rbm.hidden_means([1]).round(6)
    array([0.880797])
    """

    W: Floats
    a: Floats
    b: Floats

    def __post_init__(self) -> None:
        for name in "Wab":
            array = _validate.finite(name, getattr(self, name)).copy()
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        if self.W.ndim != 2 or self.a.shape != self.W.shape[:1] or self.b.shape != self.W.shape[1:]:
            shapes = f"{self.W.shape}, {self.a.shape} and {self.b.shape}"
            raise ValueError(
                f"W, a and b must have shapes (visible, hidden), (visible,), (hidden,), got {shapes}"
            )
        if not len(self.a):
            raise ValueError(f"W must have a visible unit, got shape {self.W.shape}")

    def energy(self, v: ArrayLike, h: ArrayLike) -> Floats:
        """E(v, h) = −a·v − b·h − vᵀWh, for v (..., visible) and h (..., hidden); shape (...)."""
        v, h = _units("v", v, len(self.a)), _units("h", h, len(self.b))
        return -(v @ self.a) - h @ self.b - ((v @ self.W) * h).sum(axis=-1)

    def free_energy(self, v: ArrayLike, T: ArrayLike = 1.0) -> Floats:
        """F(v) = −a·v − T Σ_j ln(1 + e^{(b + vW)_j/T}), for v (..., visible); shape T.shape + (...)."""
        v, T = _units("v", v, len(self.a)), _validate.temperature(T)
        fields = self.b + v @ self.W
        lowest = -(v @ self.a) - np.maximum(fields, 0).sum(axis=-1)
        if not len(self.b):
            return np.broadcast_to(lowest, T.shape + lowest.shape)[()]
        with np.errstate(over="ignore"):
            entropy = _layers.excess(fields / _before(T, fields))
            return (lowest - _before(T, lowest) * entropy)[()]

    def hidden_means(self, v: ArrayLike, T: ArrayLike = 1.0) -> Floats:
        r"""p(h_j = 1 \| v) = 1/(1 + e^{−(b + vW)_j/T}), for v (..., visible): T.shape + (..., hidden)."""
        return _means(self.b + _units("v", v, len(self.a)) @ self.W, T)

    def visible_means(self, h: ArrayLike, T: ArrayLike = 1.0) -> Floats:
        r"""p(v_i = 1 \| h) = 1/(1 + e^{−(a + Wh)_i/T}), for h (..., hidden): T.shape + (..., visible)."""
        return _means(self.a + _units("h", h, len(self.b)) @ self.W.T, T)

    def log_partition(self, T: ArrayLike = 1.0) -> Floats:
        """Return ln Z, exactly, of shape T.shape: all states of the smaller layer are summed."""
        return self._at(T, lambda one: _layers.law(*self._summed(), one).log_Z)

    def mean_energy(self, T: ArrayLike = 1.0) -> Floats:
        """⟨E⟩, exactly, by the same sum as `log_partition`; shape T.shape."""
        return self._at(T, lambda one: _layers.mean_energy(*self._summed(), one))

    def log_likelihood(self, v: ArrayLike) -> Floats:
        """Return ln p(v) = −F(v) − ln Z at T = 1, exactly, in nats; for v (..., visible) of shape (...)."""
        return -self.free_energy(v) - self.log_partition()

    def gibbs(
        self,
        v: ArrayLike,
        steps: int,
        *,
        T: ArrayLike = 1.0,
        clamped: ArrayLike | None = None,
        rng: Seed = None,
    ) -> Floats:
        r"""Block Gibbs sampling: h ~ p(h \| v), then v ~ p(v \| h), `steps` times.

        Parameters
        ----------
        v : array_like, shape (..., visible)
            Where the chains start; not changed.
        steps : int
            How many times, ≥ 0.
        T : array_like, optional
            One temperature, or one for each chain, shape ``v.shape[:-1]``.
        clamped : array_like of bool, shape (visible,), optional
            Units that keep the values that they have in `v`.
        rng : int, Generator or None, optional
            Seed.

        Returns
        -------
        ndarray, shape (..., visible)
            The last v, 0.0 and 1.0.
        """
        v, T = _units("v", v, len(self.a)), _validate.temperature(T)
        steps, rng = _validate.whole("steps", steps, 0), _validate.generator(rng)
        if T.shape not in ((), v.shape[:-1]):
            raise ValueError(f"T must be one temperature or have shape {v.shape[:-1]}, got {T.shape}")
        held = np.zeros(len(self.a), bool) if clamped is None else np.asarray(clamped)
        if held.dtype != bool or held.shape != self.a.shape:
            raise ValueError(f"clamped must be boolean of shape {self.a.shape}, got {clamped!r}")
        return _walk(self, v, steps, T[..., None], rng, np.flatnonzero(held) if held.any() else None)

    def sample(self, n: int, *, T: ArrayLike = 1.0, rng: Seed = None) -> Floats:
        """Draw n independent v (n, visible), exactly: the smaller layer from its law, then the other."""
        n, T, rng = _validate.whole("n", n, 0), _one("T", T), _validate.generator(rng)
        W, bias, other = self._summed()
        cumulated = np.exp(_layers.law(W, bias, other, T).log_p).cumsum()
        number = np.searchsorted(cumulated, rng.random(n) * cumulated[-1], side="right")
        s = (number[:, None] >> np.arange(len(bias)) & 1).astype(float)
        if bias is self.a:
            return s
        with np.errstate(over="ignore"):
            return _layers.switched((self.a + s @ self.W.T) / T, rng)

    def transition_matrix(self, T: ArrayLike = 1.0) -> Floats:
        """Return P[v, v′], the chance that one step of `gibbs` leads from v to v′; (2^visible, 2^visible).

        For at most 10 visible and 16 hidden units. A state's number has unit i in bit i, as in
        `thermolib.ising.spin_states`.
        """
        T = _one("T", T)
        n, m = self.W.shape
        _validate.whole("the number of visible units", n, 1, 10)
        _validate.whole("the number of hidden units", m, 0, 16)
        v, h = _layers.states(n), _layers.states(m)
        P = np.zeros((2**n, 2**n))
        with np.errstate(over="ignore"):
            to_h = _layers.chance((self.b + v @ self.W) / T)
            for part in np.array_split(np.arange(2**m), max(1, 2**m // 4096)):
                to_v = _layers.chance((self.a + h[part] @ self.W.T) / T)
                P += _law_of(to_h, part) @ _law_of(to_v, np.arange(2**n))
        return P

    def _summed(self) -> tuple[Floats, Floats, Floats]:
        """Return W, bias and other with the smaller layer first."""
        smaller = min(self.W.shape)
        if smaller > _layers.MOST:
            raise ValueError(
                f"the smaller layer must have at most {_layers.MOST} units to be summed, got {smaller}"
            )
        return (self.W, self.a, self.b) if len(self.a) <= len(self.b) else (self.W.T, self.b, self.a)

    def _at(self, T: ArrayLike, function: Callable[[float], float]) -> Floats:
        T = _validate.temperature(T)
        return np.array([function(one) for one in T.ravel().tolist()]).reshape(T.shape)[()]


# Gradients -------------------------------------------------------------------------------------------


def exact_gradient(rbm: RBM, v: ArrayLike) -> Gradient:
    r"""The gradient of the mean log-likelihood, exactly: ⟨·⟩ with v from the data, minus ⟨·⟩ of the machine.

        ∂/∂W_ij = ⟨v_i h_j⟩_data − ⟨v_i h_j⟩_model,   ∂/∂a_i = ⟨v_i⟩ − ⟨v_i⟩,   ∂/∂b_j = ⟨h_j⟩ − ⟨h_j⟩.

    Parameters
    ----------
    rbm : RBM
        With at most 20 units in its smaller layer.
    v : array_like, shape (n, visible)
        Patterns, n ≥ 1.

    Returns
    -------
    Gradient

    Raises
    ------
    ValueError
        For another shape, units that are not 0 or 1, or too many units.

    References
    ----------
    Ackley, Hinton, Sejnowski, Cognitive Science 9, 147 (1985); Hinton, Neural Computation 14, 1771 (2002).

    Examples
    --------
    >>> exact_gradient(RBM([[0.0]], [0.0], [0.0]), [[1], [1], [0]])
    Gradient(W=array([[0.08333333]]), a=array([0.16666667]), b=array([0.]))
    """
    return _difference(_statistics(rbm, _patterns(rbm, v)), _model(rbm))


def cd_gradient(rbm: RBM, v: ArrayLike, k: int, *, rng: Seed = None) -> Gradient:
    r"""The direction of contrastive divergence: the negative chain starts at the data, and runs k steps.

    The hidden units enter both statistics by their means, p(h_j = 1 \| v), which sampled ones would only make
    noisier. Not an unbiased gradient of anything: see `expected_cd_gradient`.

    Parameters
    ----------
    rbm : RBM
        The machine.
    v : array_like, shape (n, visible)
        Patterns, n ≥ 1.
    k : int
        Steps of `RBM.gibbs`, k ≥ 1.
    rng : int, Generator or None, optional
        Seed.

    Returns
    -------
    Gradient

    Raises
    ------
    ValueError
        For another shape, units that are not 0 or 1, or k < 1.

    References
    ----------
    Hinton, Neural Computation 14, 1771 (2002), section 3: equation 5 without its last term.

    Examples
    --------
    >>> rbm = RBM([[0.0]], [0.0], [0.0])
    >>> cd_gradient(rbm, [[1], [1], [1], [0]], 1, rng=1).b
    array([0.])
    """
    v, k, rng = _patterns(rbm, v), _validate.whole("k", k, 1), _validate.generator(rng)
    return _difference(_statistics(rbm, v), _statistics(rbm, _walk(rbm, v, k, np.ones(1), rng)))


def expected_cd_gradient(rbm: RBM, v: ArrayLike, k: int) -> Gradient:
    r"""The mean of `cd_gradient` over its chance, exactly: by the k-th power of `RBM.transition_matrix`.

    Parameters
    ----------
    rbm : RBM
        With at most 10 visible and 16 hidden units.
    v, k
        As in `cd_gradient`.

    Returns
    -------
    Gradient

    Raises
    ------
    ValueError
        As `cd_gradient`; for too many units.

    References
    ----------
    As `cd_gradient`.

    Examples
    --------
    >>> expected_cd_gradient(RBM([[0.0]], [0.0], [0.0]), [[1], [1], [0]], 1).a
    array([0.16666667])
    """
    v, k = _patterns(rbm, v), _validate.whole("k", k, 1)
    P, n = rbm.transition_matrix(), len(rbm.a)
    p = np.bincount((v @ 2 ** np.arange(n)).astype(int), minlength=2**n) / len(v)
    for _ in range(k):
        p = p @ P
    after = _layers.states(n)
    means = _layers.chance(rbm.b + after @ rbm.W)
    return _difference(_statistics(rbm, v), Gradient((after.T * p) @ means, p @ after, p @ means))


# Learning --------------------------------------------------------------------------------------------


def fit(
    rbm: RBM,
    v: ArrayLike,
    *,
    method: str = "pcd",
    k: int = 1,
    epochs: int,
    learning_rate: ArrayLike,
    batch_size: int | None = None,
    chains: int | None = None,
    temperatures: ArrayLike | None = None,
    rng: Seed = None,
    progress: bool = False,
) -> tuple[RBM, list[RBM]]:
    r"""Learn patterns by stochastic gradient ascent, θ ← θ + learning_rate · gradient of each minibatch.

    What differs is where the machine's own mean comes from, the *negative* statistics:

    ``"exact"``
        the exact sum, as in `exact_gradient`;
    ``"cd"``
        k steps of block Gibbs sampling from the minibatch, as in `cd_gradient`;
    ``"pcd"``
        k further steps of chains that are never started again (*persistent*);
    ``"tempered"``
        the same, with chains at several temperatures that exchange their states: `tempered_gibbs`.

    Parameters
    ----------
    rbm : RBM
        Where to start.
    v : array_like, shape (n, visible)
        Patterns, n ≥ 1.
    method : {"exact", "cd", "pcd", "tempered"}
        As above.
    k : int, optional
        Steps before each gradient, k ≥ 1; without meaning for ``"exact"``.
    epochs : int
        How often each pattern is shown, ≥ 0; in a new order each time.
    learning_rate : array_like, shape () or (epochs,)
        One, or one for each epoch; > 0.
    batch_size : int, optional
        Patterns in a minibatch, 1 … n; by default all. The last of an epoch may be smaller.
    chains : int, optional
        For ``"pcd"`` and ``"tempered"``: how many; by default as many as patterns in a minibatch. They start
        at patterns.
    temperatures : array_like, shape (R,), optional
        For ``"tempered"``: rising from 1, R ≥ 2. By default 1/T = 1, .9, … .1.
    rng : int, Generator or None, optional
        Seed.
    progress : bool, optional
        Show a progress bar.

    Returns
    -------
    tuple of RBM and list of RBM
        The machine at the end, and its history: the start, and the machine after each epoch.

    Raises
    ------
    ValueError
        For another shape, units that are not 0 or 1, an unknown method, numbers out of range, temperatures
        or chains for a method without them; too many units to be summed; weights that do not stay finite.

    References
    ----------
    Hinton, Neural Computation 14, 1771 (2002), for ``"cd"``; Tieleman, ICML (2008), for ``"pcd"``;
    Desjardins, Courville, Bengio, Vincent, Delalleau, AISTATS (2010), for ``"tempered"``.

    Examples
    --------
    A unit that is on in three patterns of four has the bias ln 3, if nothing else explains it.

    >>> start = RBM([[0.0]], [0.0], [0.0])
    >>> last, history = fit(start, [[1], [1], [1], [0]], method="exact", epochs=200, learning_rate=1.0, rng=1)
    >>> len(history), last.log_likelihood([1]).round(4), round(float(np.log(3 / 4)), 4)
    (201, np.float64(-0.2877), -0.2877)
    """
    from tqdm import tqdm

    v, rng = _patterns(rbm, v), _validate.generator(rng)
    method, k = _validate.one_of("method", method, METHODS), _validate.whole("k", k, 1)
    rates, size, particles = _course(len(v), epochs, learning_rate, batch_size, chains)
    if temperatures is not None and method != "tempered":
        raise ValueError(f'temperatures are for method "tempered", got method {method!r}')
    if chains is not None and method not in ("pcd", "tempered"):
        raise ValueError(f'chains are for the methods "pcd" and "tempered", got method {method!r}')
    ladder = _ladder(1 / np.linspace(1, 0.1, 10) if temperatures is None else temperatures)
    if ladder[0] != 1:
        raise ValueError(f"temperatures must begin with 1, got {temperatures!r}")
    replicas = (len(ladder),) if method == "tempered" else ()
    dreams = v[rng.integers(len(v), size=(*replicas, particles))] if method in ("pcd", "tempered") else v
    history = [rbm]
    for rate in tqdm(rates.tolist(), disable=not progress):
        order = rng.permutation(len(v))
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is found after the epoch
            for begin in range(0, len(v), size):
                batch = v[order[begin : begin + size]]
                if method == "exact":
                    negative = _model(rbm)
                elif method == "tempered":
                    dreams = _exchange(rbm, dreams, k, ladder, rng)
                    negative = _statistics(rbm, dreams[0])
                else:
                    dreams = _walk(rbm, batch if method == "cd" else dreams, k, np.ones(1), rng)
                    negative = _statistics(rbm, dreams)
                rbm = _moved(rbm, rate, _difference(_statistics(rbm, batch), negative))
        history.append(_learnt(rbm.W, rbm.a, rbm.b, rate))
    return history[-1], history


def fast_fit(
    rbm: RBM,
    v: ArrayLike,
    *,
    epochs: int,
    learning_rate: ArrayLike,
    batch_size: int | None = None,
    chains: int | None = None,
    rng: Seed = None,
    progress: bool = False,
) -> tuple[RBM, list[RBM]]:
    r"""Learn as `fit` does by ``"pcd"`` with k = 1, compiled and in single precision.

    The same steps, on minibatches drawn in the same way, with the bits of another generator: the same law,
    and not the same numbers. Fields and weights have seven digits, and a unit its field's chance to 2e-7.

    Parameters
    ----------
    rbm, v, epochs, learning_rate, batch_size, chains, rng, progress
        As in `fit`.

    Returns
    -------
    tuple of RBM and list of RBM
        As `fit`.

    Raises
    ------
    ValueError
        As `fit`; for couplings and biases that could sum to a field beyond ±1000 at the start, too large for
        single precision.

    References
    ----------
    Tieleman, ICML (2008).

    Examples
    --------
    >>> start = RBM([[0.0]], [0.0], [0.0])
    >>> last, _ = fast_fit(start, [[1], [1], [1], [0]], epochs=500, learning_rate=0.05, chains=200, rng=1)
    >>> bool(abs(last.log_likelihood([1]) - np.log(3 / 4)) < 0.05)
    True
    """
    from tqdm import tqdm

    from thermolib import _kernels

    v, rng = _patterns(rbm, v).astype(np.float32), _validate.generator(rng)
    rates, size, particles = _course(len(v), epochs, learning_rate, batch_size, chains)
    W, a, b = _single(rbm)
    dreams = v[rng.integers(len(v), size=particles)]
    state = rng.integers(2**64, size=1, dtype=np.uint64)
    history = [rbm]
    for rate in tqdm(rates.tolist(), disable=not progress):
        _kernels.persist(W, a, b, v, rng.permutation(len(v)), size, rate, dreams, state)
        history.append(_learnt(W, a, b, rate))
    return history[-1], history


def tempered_gibbs(
    rbm: RBM, v: ArrayLike, steps: int, *, temperatures: ArrayLike, rng: Seed = None
) -> Floats:
    r"""Block Gibbs sampling at several temperatures at once, whose replicas exchange their states.

    In each step every replica draws h ~ p(h \| v) at its own T. Neighbours i and i + 1 then exchange (v, h)
    with probability min(1, exp[(1/T_i − 1/T_{i+1})(E_i − E_{i+1})]), where a coin decides between the pairs
    of even and of odd i. At last every replica draws v ~ p(v \| h).

    Parameters
    ----------
    rbm : RBM
        The machine.
    v : array_like, shape (R, ..., visible)
        Where the replicas start, R of each chain; not changed.
    steps : int
        How many, ≥ 0.
    temperatures : array_like, shape (R,)
        Rising, R ≥ 2; ``np.inf`` allowed.
    rng : int, Generator or None, optional
        Seed.

    Returns
    -------
    ndarray, shape (R, ..., visible)
        The last v; row i always belongs to temperature i.

    Raises
    ------
    ValueError
        For another shape, units that are not 0 or 1, temperatures that do not rise, or steps < 0.

    References
    ----------
    Desjardins, Courville, Bengio, Vincent, Delalleau, AISTATS (2010).

    Examples
    --------
    Two states that block Gibbs sampling would hardly leave, 00 and 11, are reached from one another.

    >>> rbm = RBM([[20.0], [20.0]], [-10.0, -10.0], [-20.0])
    >>> start = np.zeros((6, 500, 2))
    >>> v = tempered_gibbs(rbm, start, 200, temperatures=[1, 1.5, 2.5, 4, 8, 20], rng=1)
    >>> bool(abs(v[0].mean() - 0.5) < 0.1), bool(rbm.gibbs(start[0], 200, rng=1).mean() < 0.1)
    (True, True)
    """
    v, ladder = _units("v", v, len(rbm.a)), _ladder(temperatures)
    steps, rng = _validate.whole("steps", steps, 0), _validate.generator(rng)
    if v.ndim < 2 or len(v) != len(ladder):
        raise ValueError(f"v must have shape ({len(ladder)}, ..., {len(rbm.a)}), got {v.shape}")
    return _exchange(rbm, v, steps, ladder, rng)


# Annealed importance sampling ------------------------------------------------------------------------


def ais(
    rbm: RBM, *, betas: ArrayLike, chains: int, base: ArrayLike | None = None, rng: Seed = None
) -> Estimate:
    r"""Annealed importance sampling: an estimate of ln Z at T = 1, which comes from below.

    The path leads from independent visible units, with biases `base`, to the machine: at β it is the machine
    of the couplings βW, the biases (1 − β) base + βa and βb. Each chain starts with an exact draw at β = 0,
    and gathers ln w = Σ_k [F_{β_k} − F_{β_{k+1}}](v_k), where v_{k+1} is one block Gibbs step from v_k at
    β_{k+1}. Then Z = Z_0⟨w⟩, exactly; ln Z is estimated by the logarithm of the mean of w.

    Parameters
    ----------
    rbm : RBM
        The machine.
    betas : array_like, shape (n,)
        From 0 to 1, rising, n ≥ 2.
    chains : int
        Independent chains, at least 20.
    base : array_like, shape (visible,), optional
        Biases at β = 0; by default zeros. Better: the log odds of the data's means.
    rng : int, Generator or None, optional
        Seed.

    Returns
    -------
    Estimate
        Of ln Z, in nats.

    Raises
    ------
    ValueError
        For betas that do not rise from 0 to 1, too few chains, or a base of another shape.
    ConvergenceError
        Where the standard deviation of ln w is above 1 nat: then w has a tail that few chains see, and no
        error can be given. ``last`` is the `Estimate` reached; the remedy is more betas, or a better base.

    References
    ----------
    Neal, Statistics and Computing 11, 125 (2001), section 2; Salakhutdinov, Murray, ICML (2008), section 3,
    where the base has the data's means.

    Examples
    --------
    >>> rbm = RBM([[1.0, -1.0], [0.5, 2.0]], [0.0, -1.0], [0.5, 0.0])
    >>> value, stderr = ais(rbm, betas=np.linspace(0, 1, 30), chains=100, rng=1)
    >>> bool(abs(value - rbm.log_partition()) < 3 * stderr), stderr < 0.05
    (True, True)
    """
    betas, base, rng = _powers(betas), _base(rbm, base), _validate.generator(rng)
    chains = _validate.whole("chains", chains, _FEWEST)
    v = _layers.switched(np.broadcast_to(base, (chains, len(base))), rng)
    log_w = _along(rbm, v, betas, base, rng)
    return _log_mean(_log_base(rbm, base) + log_w)


def fast_ais(
    rbm: RBM, *, betas: ArrayLike, chains: int, base: ArrayLike | None = None, rng: Seed = None
) -> Estimate:
    r"""Annealed importance sampling as by `ais`, compiled and in single precision.

    The same path, weights and error, with the bits of another generator: the same law, and not the same
    numbers. Rounding moves ln Z by less than 1e-4 nats where a thousand steps lead to a hundred hidden units
    in fields of a few units; by more where there are more, or their fields stronger: it grows with both.

    Parameters
    ----------
    rbm, betas, chains, base, rng
        As in `ais`.

    Returns
    -------
    Estimate
        Of ln Z, in nats.

    Raises
    ------
    ValueError, ConvergenceError
        As `ais`; ValueError also for couplings and biases that could sum to a field beyond ±1000, too large
        for single precision.

    References
    ----------
    As `ais`.

    Examples
    --------
    >>> rbm = RBM([[1.0, -1.0], [0.5, 2.0]], [0.0, -1.0], [0.5, 0.0])
    >>> value, stderr = fast_ais(rbm, betas=np.linspace(0, 1, 30), chains=100, rng=1)
    >>> bool(abs(value - rbm.log_partition()) < 3 * stderr), stderr < 0.05
    (True, True)
    """
    from thermolib import _kernels

    betas, base, rng = _powers(betas), _base(rbm, base), _validate.generator(rng)
    chains = _validate.whole("chains", chains, _FEWEST)
    (W, a, b), (_, start, _) = _single(rbm), _single(RBM(rbm.W, base, rbm.b))
    v = _layers.switched(np.broadcast_to(base, (chains, len(base))), rng).astype(np.float32)
    state = rng.integers(2**64, size=1, dtype=np.uint64)
    log_w = np.zeros(chains)
    for part in range(0, chains, 256):  # what a part of the chains needs stays in the cache
        here = slice(part, part + 256)
        _kernels.along(W, a, b, start, betas, v[here], state, log_w[here])
    return _log_mean(_log_base(rbm, base) + log_w)


def reverse_ais(
    rbm: RBM, v: ArrayLike, *, betas: ArrayLike, base: ArrayLike | None = None, rng: Seed = None
) -> Estimate:
    r"""Annealed importance sampling from the machine back to its base: an estimate of ln Z from above.

    The path of `ais` is gone backwards from draws of the machine, so that 1/Z = ⟨w⟩/Z_0. Where v are not such
    draws, the estimate is of something else.

    Parameters
    ----------
    rbm, betas, base, rng
        As in `ais`.
    v : array_like, shape (chains, visible)
        At least 20 independent draws of the machine at T = 1: from `RBM.sample`, or the ends of long chains.

    Returns
    -------
    Estimate
        Of ln Z, in nats.

    Raises
    ------
    ValueError, ConvergenceError
        As `ais`; for another shape, or units that are not 0 or 1.

    References
    ----------
    Burda, Grosse, Salakhutdinov, AISTATS (2015), section 3.

    Examples
    --------
    >>> rbm = RBM([[1.0, -1.0], [0.5, 2.0]], [0.0, -1.0], [0.5, 0.0])
    >>> v = rbm.sample(100, rng=1)
    >>> value, stderr = reverse_ais(rbm, v, betas=np.linspace(0, 1, 30), rng=2)
    >>> bool(abs(value - rbm.log_partition()) < 3 * stderr), stderr < 0.05
    (True, True)
    """
    betas, base, rng = _powers(betas), _base(rbm, base), _validate.generator(rng)
    v = _patterns(rbm, v)
    _validate.whole("the number of chains", len(v), _FEWEST)
    log_w = _along(rbm, v, betas[::-1], base, rng)
    try:
        value, stderr = _log_mean(log_w - _log_base(rbm, base))
    except ConvergenceError as error:
        error.last = Estimate(-error.last.value, error.last.stderr)
        raise
    return Estimate(-value, stderr)


_FEWEST = 20  # chains, and
_WIDEST = 1.0  # nats, the standard deviation of ln w: within both, the error is honest (see the tests)


def _along(rbm: RBM, v: Floats, betas: Floats, base: Floats, rng: np.random.Generator) -> Floats:
    """Return ln w of each chain that starts at v and follows the betas."""
    log_w = np.zeros(len(v))
    for k, (old, new) in enumerate(zip(betas[:-1].tolist(), betas[1:].tolist(), strict=True)):
        fields = rbm.b + v @ rbm.W
        log_w += (new - old) * (v @ (rbm.a - base))
        log_w += _layers.softplus(new * fields) - _layers.softplus(old * fields)
        if k < len(betas) - 2:
            h = _layers.switched(new * fields, rng)
            v = _layers.switched((1 - new) * base + new * (rbm.a + h @ rbm.W.T), rng)
    return log_w


def _log_mean(log_w: Floats) -> Estimate:
    """Return ln⟨w⟩ with its error, where ln w spreads so little that it has one.

    The relative variance of w is that of the sample or, if larger, that of a lognormal w, e^{s²} − 1: rare
    large weights are missing from most samples. A lognormal mean has ln⟨w⟩ ~ N(−σ²/2, σ²). As in Student's
    distribution, the error's own uncertainty widens it.
    """
    n, top = len(log_w), log_w.max()
    w = np.exp(log_w - top)
    spread = float(log_w.std(ddof=1))
    relative = max(w.var(ddof=1) / w.mean() ** 2, np.expm1(min(spread, 20.0) ** 2))
    variance = np.log1p(relative / n)
    stderr = np.sqrt((variance + variance**2 / 4) * (n - 1) / (n - 3))
    found = Estimate(float(top + np.log(w.mean())), float(stderr))
    if spread > _WIDEST:
        said = f"ln w spreads by {spread:.2f} nats, and the error is known up to {_WIDEST}: take more betas"
        raise ConvergenceError(f"{said}, or a base closer to the machine", found)
    return found


def _log_base(rbm: RBM, base: Floats) -> float:
    """Return ln Z at β = 0, where each hidden unit is as often on as off."""
    return float(_layers.softplus(base) + len(rbm.b) * np.log(2))


def _powers(betas: ArrayLike) -> Floats:
    betas = _validate.finite("betas", betas)
    if betas.ndim != 1 or len(betas) < 2 or betas[0] != 0 or betas[-1] != 1 or np.any(np.diff(betas) <= 0):
        raise ValueError(f"betas must rise from 0 to 1, got {betas.tolist() if betas.size < 9 else betas}")
    return betas


def _base(rbm: RBM, base: ArrayLike | None) -> Floats:
    array = np.zeros(len(rbm.a)) if base is None else _validate.finite("base", base)
    if array.shape != rbm.a.shape:
        raise ValueError(f"base must have shape {rbm.a.shape}, got {array.shape}")
    return array


# Steps and statistics --------------------------------------------------------------------------------


def _walk(
    rbm: RBM, v: Floats, steps: int, T: Floats, rng: np.random.Generator, held: NDArray[np.intp] | None = None
) -> Floats:
    """Return v after some steps, in which the units `held` keep their values."""
    start, W, WT = v, rbm.W, rbm.W.T
    with np.errstate(over="ignore"):
        for _ in range(steps):
            h = _layers.switched((rbm.b + v @ W) / T, rng)
            v = _layers.switched((rbm.a + h @ WT) / T, rng)
            if held is not None:
                v[..., held] = start[..., held]
    return v


def _exchange(rbm: RBM, v: Floats, steps: int, ladder: Floats, rng: np.random.Generator) -> Floats:
    """Return v (R, ..., visible) after steps of parallel tempering."""
    T, beta = _before(ladder, v[0]), _before(1 / ladder, v[0, ..., 0])
    with np.errstate(over="ignore"):
        for _ in range(steps):
            fields = rbm.b + v @ rbm.W
            h = _layers.switched(fields / T, rng)
            E = -(v @ rbm.a) - (fields * h).sum(axis=-1)
            first = rng.integers(2) if len(ladder) > 2 else 0
            i = np.arange(first, len(ladder) - 1, 2)
            log_ratio = (beta[i] - beta[i + 1]) * (E[i] - E[i + 1])
            swap = rng.random(log_ratio.shape) < np.exp(np.minimum(log_ratio, 0))
            h[i], h[i + 1] = (  # v is drawn anew, so h alone need be exchanged
                np.where(swap[..., None], h[i + 1], h[i]),
                np.where(swap[..., None], h[i], h[i + 1]),
            )
            v = _layers.switched((rbm.a + h @ rbm.W.T) / T, rng)
    return v


def _statistics(rbm: RBM, v: Floats) -> Gradient:
    r"""Return the means of v_i p(h_j = 1 \| v), v_i and p(h_j = 1 \| v) over patterns."""
    means = _layers.chance(rbm.b + v @ rbm.W)
    return Gradient(v.T @ means / len(v), v.mean(axis=0), means.mean(axis=0))


def _model(rbm: RBM) -> Gradient:
    W, bias, other = rbm._summed()
    exact = _layers.moments(W, bias, other, 1.0)
    if bias is rbm.a:
        return Gradient(exact.st, exact.s, exact.t)
    return Gradient(exact.st.T, exact.t, exact.s)


def _difference(positive: Gradient, negative: Gradient) -> Gradient:
    return Gradient(*(data - model for data, model in zip(positive, negative, strict=True)))


def _law_of(means: Floats, numbers: NDArray[np.intp]) -> Floats:
    """Return the chance of each numbered state of independent units with these means (..., n)."""
    p = np.ones((len(means), len(numbers)))
    for i in range(means.shape[1]):
        on = means[:, i, None]
        p *= np.where(numbers >> i & 1, on, 1 - on)
    return p


def _learnt(W: NDArray[Any], a: NDArray[Any], b: NDArray[Any], rate: float) -> RBM:
    try:
        return RBM(W, a, b)
    except ValueError:
        raise ValueError(f"the weights do not stay finite: learning_rate is too large, got {rate}") from None


def _moved(rbm: RBM, rate: float, uphill: Gradient) -> RBM:
    """Return the machine after one step, without asking whether it is one: that is asked once an epoch."""
    moved = object.__new__(RBM)
    for name, slope in uphill._asdict().items():
        object.__setattr__(moved, name, getattr(rbm, name) + rate * slope)
    return moved


# Arguments -------------------------------------------------------------------------------------------


def _units(name: str, x: ArrayLike, n: int) -> Floats:
    """Return `x` as doubles (..., n), each of them 0 or 1."""
    array = _validate.numbers(name, x)
    if array.ndim == 0 or array.shape[-1] != n:
        raise ValueError(f"{name} must have shape (..., {n}), got {array.shape}")
    if not np.all((array == 0) | (array == 1)):
        raise ValueError(f"{name} must be 0 or 1, got values from {array.min()} to {array.max()}")
    return array


def _patterns(rbm: RBM, v: ArrayLike) -> Floats:
    array = _units("v", v, len(rbm.a))
    if array.ndim != 2 or not len(array):
        raise ValueError(f"v must have shape (n, {len(rbm.a)}) with n ≥ 1, got {array.shape}")
    return array


def _course(
    n: int, epochs: int, learning_rate: ArrayLike, batch_size: int | None, chains: int | None
) -> tuple[Floats, int, int]:
    """Return the rate of each epoch, the patterns of a minibatch, and the number of chains."""
    epochs = _validate.whole("epochs", epochs, 0)
    rates = _validate.finite("learning_rate", learning_rate)
    if rates.shape not in ((), (epochs,)) or not np.all(rates > 0):
        raise ValueError(f"learning_rate must be positive, of shape () or ({epochs},), got {learning_rate!r}")
    size = n if batch_size is None else _validate.whole("batch_size", batch_size, 1, n)
    return (
        np.broadcast_to(rates, (epochs,)),
        size,
        _validate.whole("chains", size if chains is None else chains, 1),
    )


_STRONGEST = 1000.0  # a field that single precision knows to 1e-4


def _single(rbm: RBM) -> list[NDArray[np.float32]]:
    """Return W, a and b in single precision, if the fields of the units are known well enough in it."""
    size = np.abs(rbm.W)
    fields = np.append(np.abs(rbm.a) + size.sum(axis=1), np.abs(rbm.b) + size.sum(axis=0))
    strongest = float(fields.max())
    if strongest > _STRONGEST:
        raise ValueError(
            f"fields must stay within ±{_STRONGEST:g} in single precision (`fit` and `ais` are in double); "
            f"got weights and biases that could sum to {strongest:.6g}"
        )
    return [np.array(x, dtype=np.float32) for x in (rbm.W, rbm.a, rbm.b)]


def _means(fields: Floats, T: ArrayLike) -> Floats:
    T = _validate.temperature(T)
    with np.errstate(over="ignore"):
        return _layers.chance(fields / _before(T, fields))


def _before(T: Floats, x: Floats) -> Floats:
    """Return T with axes of length 1 behind its own, for those of x."""
    return T.reshape(T.shape + (1,) * x.ndim)


def _one(name: str, T: ArrayLike) -> float:
    T = _validate.temperature(T)
    if T.ndim:
        raise ValueError(f"{name} must be one temperature, got shape {T.shape}")
    return float(T)


def _ladder(temperatures: ArrayLike) -> Floats:
    T = _validate.temperature(temperatures)
    if T.ndim != 1 or len(T) < 2 or not np.all(T[1:] > T[:-1]):
        raise ValueError(f"temperatures must rise, of shape (R,) with R ≥ 2, got {temperatures!r}")
    return T
