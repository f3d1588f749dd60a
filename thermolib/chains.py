"""Honest errors for Monte Carlo: autocorrelation, effective sample size, convergence between chains.

Serves ``chapters/sampling.md`` and every later chapter that samples.

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
    every lag would only sum noise, so the sum must stop somewhere. Geyer: in a reversible chain the sums of
    two neighbouring correlations are positive and fall with the lag. So pairs are added until one is not
    positive, and none counts for more than the one before it: his initial monotone sequence.

    It is applied to the means of neighbouring draws, (x_t + x_{t+1})/2, whose sum over all lags is the same.
    In them the correlations are ρ̄_t = (ρ_{t−1} + 2ρ_t + ρ_{t+1})/4, and a chain that alternates has lost its
    alternation, whose noise would hide its small τ. The pairs ρ̄_{2k−1} + ρ̄_{2k}, k ≥ 1, are positive and
    fall with k as Geyer's do.

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
        Where the draws are too few: within each chain the correlations do not die out, or all chains
        together are shorter than 50 τ, or shorter than 3(2M + 1), with M the lags that were summed.
        ``last`` is the τ reached.

    References
    ----------
    Geyer, Statistical Science 7, 473 (1992), section 3.3. The limit of 50 τ is that of emcee:
    Foreman-Mackey et al., PASP 125, 306 (2013).

    Examples
    --------
    An autoregressive series x_t = a x_{t−1} + noise has τ = (1 + a)/(1 − a), for a = .9: 19.

    >>> from scipy.signal import lfilter
    >>> x = lfilter([1], [1, -0.9], np.random.default_rng(1).normal(size=(4, 50_000)))
    >>> 17 < autocorrelation_time(x) < 21
    True
    """
    return _summed(_scaled(_series(x))[0])[0]


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
    r"""Mean of all draws, with an error that knows about autocorrelation: σ² = variance / (n/τ − 1).

    Here n counts the draws of all chains together. τ is an estimate too. Summed over M lags it is uncertain
    by a fraction √(2(2M + 1)/n), as a variance with ν = n/(2M + 1) degrees of freedom would be. So
    (mean − truth)/σ follows Student's distribution, whose mean square is ν/(ν − 2). The error that is
    returned is larger by the root of that: in units of it the root mean square deviation is 1. (Near 50 τ a
    run is accepted if its own τ came out small: there it is 1.1 for normal series, and up to 1.4 for skewed
    ones, such as \|m\| of an Ising lattice at T_C.)

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
    Madras, Sokal, Journal of Statistical Physics 50, 109 (1988), appendix C, for the variance of a
    mean and for that of τ.

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
    y, exponent = _scaled(x)
    tau, lags = _summed(y)
    # The variance about the sample mean is short by a factor 1 − 1/ESS; dividing by ESS − 1 mends that.
    variance = y.var() / (y.size / tau - 1)
    freedom = y.size / (2 * lags + 1)
    stderr = np.sqrt(variance * freedom / (freedom - 2))
    return Estimate(float(np.ldexp(y.mean(), exponent)), float(np.ldexp(stderr, exponent)))


def r_hat(chains: ArrayLike) -> float:
    r"""Potential scale reduction R̂: do the chains, and the halves of each, agree?

    R̂² = [(n−1)/n W + B/n] / W, with W the mean variance within the half-chains of n draws and B/n the
    variance between their means. Before that the draws are replaced by normal scores of their ranks among
    all, so that nothing need have a finite variance. Of the draws themselves and of their distances from
    the median, which tell whether the chains are equally wide, the larger R̂ is returned.

    Parameters
    ----------
    chains : array_like, shape (chains, n)
        At least 4 draws; one chain is allowed, for its halves are compared. The middle draw of an odd
        number is left out.

    Returns
    -------
    float
        1 where all halves agree; above 1.01, run longer. Exactly 1 where every draw is the same, ∞ where
        constant half-chains differ.

    Raises
    ------
    ValueError
        For another shape, fewer than 4 draws, or values that are not finite.

    References
    ----------
    Vehtari, Gelman, Simpson, Carpenter, Bürkner, Bayesian Analysis 16, 667 (2021),
    section 4: split, rank-normalised and folded, and for the limit of 1.01.

    Examples
    --------
    >>> x = np.random.default_rng(1).normal(size=(4, 1_000))
    >>> r_hat(x) < 1.01, r_hat(x + [[0], [0], [0], [1]]) > 1.05, r_hat(x * [[1], [1], [1], [3]]) > 1.05
    (True, True, True)
    """
    x = _validate.finite("chains", chains)
    if x.ndim != 2 or x.shape[0] < 1 or x.shape[1] < 4:
        raise ValueError(f"chains must have shape (chains, n) with n ≥ 4, got {x.shape}")
    n = x.shape[1] // 2
    halves, _ = _scaled(np.concatenate([x[:, :n], x[:, -n:]]))
    return max(_split_r_hat(halves), _split_r_hat(np.abs(halves - np.median(halves))))


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
        For no series, shapes that differ, a number of blocks out of range, or a statistic that is not a
        finite number.

    References
    ----------
    Efron, Tibshirani, *An Introduction to the Bootstrap* (1993), chapter 11.

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
    value = float(statistic(*(x.ravel() for x in parts)))
    if not np.all(np.isfinite([value, *without])):
        raise ValueError(f"statistic must return finite numbers, got {value} and, without a block, {without}")
    scaled, exponent = _scaled(without)
    spread = (blocks - 1) * scaled.var()
    return Estimate(value, float(np.ldexp(np.sqrt(spread), exponent)))


def _series(x: ArrayLike) -> Floats:
    x = _validate.finite("x", x)
    if x.ndim < 1 or x.shape[-1] < 2 or x.size == 0:
        raise ValueError(f"x must have shape (..., n) with n ≥ 2 draws, got {x.shape}")
    return x


def _scaled(x: Floats) -> tuple[Floats, int]:
    """Return x / 2^e, within ±1, and e: exactly, and the squares of 1e±150 stay in range."""
    exponent = int(np.frexp(np.abs(x).max())[1])
    return np.ldexp(x, -exponent), exponent


def _summed(x: Floats) -> tuple[float, int]:
    """Return τ and the number of lags that it was summed over, the first pair left out included."""
    from scipy.fft import next_fast_len

    n = x.shape[-1]
    if np.ptp(x) == 0:
        return 1.0, 0
    chains = (x - x.mean()).reshape(-1, n)
    # Padded with zeros to 2n − 1 or more, so that the circular correlation of the FFT does not wrap around.
    padded = next_fast_len(2 * n - 1, real=True)
    waves = np.fft.rfft(chains, padded)
    power = waves.real**2 + waves.imag**2  # np.abs would take roots, only to have them squared again
    autocovariance = np.fft.irfft(power.mean(axis=0), padded)[:n]
    rho = autocovariance / autocovariance[0]
    smooth = np.convolve(np.concatenate([rho[1:2], rho]), [0.25, 0.5, 0.25], mode="valid")  # lags 0 … n − 2
    pairs = smooth[1:-1:2] + smooth[2::2]
    positive = int(np.argmin(np.append(pairs, 0.0) > 0))
    tau = float(smooth[0] + 2 * np.minimum.accumulate(pairs[:positive]).sum())
    lags = 2 * (positive + 1)
    if positive == len(pairs) or x.size < max(50 * tau, 3 * (2 * lags + 1)):
        raise ConvergenceError(
            f"the series is too short for an error: {x.size} draws in all, in chains of {n}, and at least 50"
            f" times the autocorrelation time are needed, which is {tau:.3g} or more",
            tau,
        )
    return tau, lags


def _split_r_hat(halves: Floats) -> float:
    """R̂ of half-chains, by the normal scores of the ranks of their draws."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    if np.ptp(halves) == 0:
        return 1.0
    scores = ndtri((rankdata(halves).reshape(halves.shape) - 0.375) / (halves.size + 0.25))
    n = halves.shape[1]
    within, between = scores.var(axis=1, ddof=1).mean(), scores.mean(axis=1).var(ddof=1)
    return float(np.sqrt((n - 1) / n + between / within)) if within > 0 else float("inf")
