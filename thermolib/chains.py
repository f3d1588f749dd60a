"""Honest errors for Monte Carlo: autocorrelation, effective sample size, convergence between chains.

Serves ``chapters/partition-functions.md`` and every later chapter that samples.

==========  ==========  =========================================================================
symbol      argument    meaning
==========  ==========  =========================================================================
x_t         ``x``       a measured series; draws on the last axis, chains on the leading axes
ρ_t         —           autocorrelation at lag t, ρ_0 = 1
τ           —           integrated autocorrelation time 1 + 2 Σ_{t≥1} ρ_t, in draws; independent: 1
==========  ==========  =========================================================================
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.fft import irfft, next_fast_len, rfft

from thermolib import _validate
from thermolib._results import ConvergenceError, Estimate
from thermolib._types import Floats

__all__ = [
    "ConvergenceError",
    "Estimate",
    "autocorrelation_time",
    "effective_sample_size",
    "jackknife",
    "mean",
    "r_hat",
]


def autocorrelation_time(x: ArrayLike) -> float:
    r"""Integrated autocorrelation time τ = 1 + 2 Σ_{t≥1} ρ_t of a stationary series, in draws.

    A mean over n draws is as uncertain as one over n/τ independent draws. Summing the estimated ρ_t over
    every lag would only sum noise, so the sum stops at the first lag M ≥ 5 (1 + 2 Σ_{t≤M} |ρ_t|): Sokal's
    window, with |ρ_t| so that a series which alternates does not end it too early.

    Parameters
    ----------
    x : array_like, shape (..., n)
        Draws on the last axis. The autocovariances of the chains on the leading axes are averaged, taken
        about the mean of all chains together, so chains that disagree show a long τ.

    Returns
    -------
    float
        τ; 1 for a series that is constant, of which no τ can be estimated.

    Raises
    ------
    ValueError
        For fewer than 2 draws, or values that are not finite.
    ConvergenceError
        Where all chains together are shorter than 50 τ; or where each chain is too short for a window, or
        the series alternates without end, so that none is found. ``last`` is the τ reached.

    References
    ----------
    N. Madras, A. D. Sokal, Journal of Statistical Physics 50, 109 (1988), appendix C. The limit of 50 τ is
    that of emcee: D. Foreman-Mackey et al., PASP 125, 306 (2013).

    Examples
    --------
    An autoregressive series x_t = a x_{t−1} + noise has τ = (1 + a)/(1 − a), for a = .9: 19.

    >>> from scipy.signal import lfilter
    >>> x = lfilter([1], [1, -0.9], np.random.default_rng(1).normal(size=(4, 50_000)))
    >>> 17 < autocorrelation_time(x) < 21
    True
    """
    x = _series(x)
    n = x.shape[-1]
    if np.ptp(x) == 0:
        return 1.0
    chains = (x - x.mean()).reshape(-1, n)
    # Padded with zeros to 2n, so that the circular correlation of the FFT does not wrap around.
    power = np.abs(rfft(chains, next_fast_len(2 * n, real=True))) ** 2
    autocovariance = irfft(power.mean(axis=0), next_fast_len(2 * n, real=True))[:n]
    rho = autocovariance / autocovariance[0]
    tau = 2 * np.cumsum(rho) - 1  # tau[M] sums the lags up to M
    wide_enough = np.arange(n) >= 5 * (2 * np.cumsum(np.abs(rho)) - 1)
    # Without a window the best that can be said is the largest partial sum: over all lags it cancels to 0.
    found = bool(wide_enough.any())
    reached = float(tau[np.argmax(wide_enough)] if found else tau.max())
    reached = max(reached, 1 / x.size)  # noise may leave an alternating sum at or under 0
    if not found:
        raise ConvergenceError(
            f"no window for the autocorrelation time: each chain has {n} draws, and within them the"
            f" correlations do not die out; the time reached is {reached:.3g}",
            reached,
        )
    if x.size < 50 * reached:
        raise ConvergenceError(
            f"the series is too short: {x.size} draws in all, and at least 50 times the autocorrelation time"
            f" are needed, which is {reached:.3g} or more",
            reached,
        )
    return reached


def effective_sample_size(x: ArrayLike) -> float:
    """Number of independent draws whose mean would be as certain: the number of draws over τ.

    Parameters
    ----------
    x : array_like, shape (..., n)
        Draws on the last axis, chains on the leading axes, counted together.

    Returns
    -------
    float

    Raises
    ------
    ValueError, ConvergenceError
        As `autocorrelation_time`.

    References
    ----------
    By definition.

    Examples
    --------
    >>> x = np.random.default_rng(1).normal(size=10_000)
    >>> 8_000 < effective_sample_size(x) < 12_000
    True
    """
    return _series(x).size / autocorrelation_time(x)


def mean(x: ArrayLike) -> Estimate:
    """Mean of all draws, with an error that knows about autocorrelation: √(variance · τ / draws).

    Parameters
    ----------
    x
        As in `effective_sample_size`; the chains are averaged together.

    Returns
    -------
    Estimate
        The error of a constant series is 0.

    Raises
    ------
    ValueError, ConvergenceError
        As `autocorrelation_time`.

    References
    ----------
    N. Madras, A. D. Sokal, Journal of Statistical Physics 50, 109 (1988), for the variance of a mean.

    Examples
    --------
    >>> x = np.random.default_rng(1).normal(loc=3, size=(2, 5_000))
    >>> value, stderr = mean(x)
    >>> abs(value - 3) < 4 * stderr, round(stderr, 3)
    (True, 0.01)
    """
    x = _series(x)
    if np.ptp(x) == 0:
        return Estimate(float(x.flat[0]), 0.0)
    # The variance about the sample mean is short by a factor 1 − 1/ESS; dividing by ESS − 1 mends that.
    return Estimate(float(x.mean()), float(np.sqrt(x.var() / (effective_sample_size(x) - 1))))


def r_hat(chains: ArrayLike) -> float:
    r"""Potential scale reduction R̂ of Gelman and Rubin, on chains split in halves.

    R̂² = [(n−1)/n W + B/n] / W, with W the mean variance within the half-chains of n draws and B/n the
    variance between their means. 1 where all halves agree; above 1.01, run longer.

    Parameters
    ----------
    chains : array_like, shape (chains, n)
        At least 4 draws; one chain is allowed, for its halves are compared. The middle draw of an odd
        number is left out.

    Returns
    -------
    float
        1 where every draw is the same, ∞ where constant half-chains differ.

    Raises
    ------
    ValueError
        For another shape, fewer than 4 draws, or values that are not finite.

    References
    ----------
    A. Gelman et al., *Bayesian Data Analysis*, 3rd edition (2013), section 11.4.

    Examples
    --------
    >>> x = np.random.default_rng(1).normal(size=(4, 1_000))
    >>> r_hat(x) < 1.01, r_hat(x + [[0], [0], [0], [1]]) > 1.05
    (True, True)
    """
    x = _validate.finite("chains", chains)
    if x.ndim != 2 or x.shape[0] < 1 or x.shape[1] < 4:
        raise ValueError(f"chains must have shape (chains, n) with n ≥ 4, got {x.shape}")
    n = x.shape[1] // 2
    halves = np.concatenate([x[:, :n], x[:, -n:]])
    within, between = halves.var(axis=1, ddof=1).mean(), halves.mean(axis=1).var(ddof=1)
    if np.all(np.ptp(halves, axis=1) == 0):
        return 1.0 if np.ptp(halves) == 0 else float("inf")
    return float(np.sqrt((n - 1) / n + between / within))


def jackknife(statistic: Callable[..., float], *series: ArrayLike, blocks: int = 32) -> Estimate:
    r"""Value and error of a quantity computed from averages, such as a heat capacity or a Binder cumulant.

    The draws are cut into blocks in order of time, all chains together; the statistic is computed from
    everything and again without each block, and the scatter of those gives the error,
    σ² = (b−1)/b Σ_k (θ_{−k} − θ̄)². Blocks count as independent, so each must be much longer than the
    autocorrelation time (ten times is a good rule).

    Parameters
    ----------
    statistic : callable
        Takes as many one-dimensional arrays of draws as there are series, returns a number.
    *series : array_like, shape (..., n)
        One or several series, measured together: all of one shape.
    blocks : int, optional
        Number of blocks b, 2 ≤ b ≤ n. The first n mod b draws are left out.

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        For no series, shapes that differ, or a number of blocks out of range.

    References
    ----------
    B. Efron, R. J. Tibshirani, *An Introduction to the Bootstrap* (1993), chapter 11.

    Examples
    --------
    The variance of a normal distribution, whose estimate from n draws has the error √(2/n) = .014.

    >>> x = np.random.default_rng(1).normal(size=10_000)
    >>> value, stderr = jackknife(np.var, x)
    >>> abs(value - 1) < 4 * stderr, 0.007 < stderr < 0.021
    (True, True)
    """
    arrays = [_series(x) for x in series]
    if not arrays or any(x.shape != arrays[0].shape for x in arrays):
        raise ValueError(f"jackknife needs series of one shape, got {[x.shape for x in arrays]}")
    n = arrays[0].shape[-1]
    blocks = _validate.whole("blocks", blocks, 2, n)
    parts = [x[..., n % blocks :].reshape(-1, blocks, n // blocks).swapaxes(0, 1) for x in arrays]
    without = np.array([statistic(*(np.delete(x, k, axis=0).ravel() for x in parts)) for k in range(blocks)])
    spread = (blocks - 1) * without.var()
    return Estimate(float(statistic(*(x.ravel() for x in parts))), float(np.sqrt(spread)))


def _series(x: ArrayLike) -> Floats:
    x = _validate.finite("x", x)
    if x.ndim < 1 or x.shape[-1] < 2 or x.size == 0:
        raise ValueError(f"x must have shape (..., n) with n ≥ 2 draws, got {x.shape}")
    return x
