r"""Free energies: exact, by integration along a path, and from the work of changing a system.

Serves ``chapters/free-energy.md`` and the pages nested in it. k_B = 1 and logarithms are natural. Work is
done *on* the system; forward leads from A to B, reverse from B to A, and ΔF = F_B − F_A for both. Draws are
meant to be independent.

==========  ============================  ==============================================================
symbol      argument                      meaning
==========  ============================  ==============================================================
W           ``work``                      works of many repetitions, in the unit of T
T           ``T``                         temperature, one finite number, T > 0
β_i         ``betas``                     powers of the path from prior to posterior, from 0 to 1
u_k(x_n)    ``u_kn``                      reduced energy E_k/T_k of draw n in state k, shape (K, N)
N_k         ``N_k``                       how many of the N draws were made in state k
f_k         —                             reduced free energy −ln Z_k, less that of state 0
μ, Σ        ``mu0``, ``cov0``, …          mean and covariance of a Gaussian
σ, s        ``noise_std``, ``prior_std``  standard deviation of the noise, and of the weights before data
c, κ, γ, m  see `pull`                    centre and stiffness of the trap, friction of the bead, its weight
==========  ============================  ==============================================================

An error bar is given where its coverage is proved, and nowhere else: an `OverlapWarning` says why there is
none, and how little overlap there is.
"""

import warnings
from typing import NamedTuple

import numpy as np
import scipy  # loads its parts where they are first used
from numpy.typing import ArrayLike

from thermolib import _validate
from thermolib._results import ConvergenceError, Estimate
from thermolib._types import Floats, Ints, Seed

_FEWEST = 10  # draws of each state, below which no error is given
_LONGEST = 1.25  # T: how far the lower tail of the works may reach, as the spread of a Gaussian
_LEAST = 1.0  # draws that two states must share
_SETTLING, _STEPS = 5, 500  # steps to a fixed point before Newton's method; of both, at most
_REACH = 50.0  # how far f moves before exponentials are taken afresh; e^±50 is far from under- and overflow


class OverlapWarning(UserWarning):
    """Too few draws of one state are typical of another: the free energy has no error bar, and may be off."""


class MBAR(NamedTuple):
    """Reduced free energies ``f``, (K,), with f[0] = 0, and the ``covariance``, (K, K), of their errors."""

    f: Floats
    covariance: Floats


# Exact ------------------------------------------------------------------------------------------------


def gaussian_kl(mu0: ArrayLike, cov0: ArrayLike, mu1: ArrayLike, cov1: ArrayLike) -> float:
    r"""The divergence KL(N(μ₀, Σ₀) ‖ N(μ₁, Σ₁)) of two Gaussians, in nats.

    KL = ½ [tr(Σ₁⁻¹Σ₀) + (μ₁ − μ₀)ᵀΣ₁⁻¹(μ₁ − μ₀) − d + ln(det Σ₁/det Σ₀)]

    Parameters
    ----------
    mu0, mu1 : array_like, shape (d,) or scalar
        Means.
    cov0, cov1 : array_like, shape (d, d) or scalar
        Covariances, symmetric up to rounding (1e-9 of the largest) and positive definite; variances where
        the means are scalars.

    Returns
    -------
    float
        Not negative.

    Raises
    ------
    ValueError
        For shapes that do not fit, or a covariance that is not symmetric or not positive definite.

    References
    ----------
    Kullback, *Information Theory and Statistics* (1959), chapter 9.

    Examples
    --------
    Independent Gaussians in place of one of correlation .9: −½ ln(1 − ρ²), where the variances are 1 − ρ².

    >>> cov = np.array([[1, 0.9], [0.9, 1]])
    >>> round(gaussian_kl([0, 0], (1 - 0.9**2) * np.eye(2), [0, 0], cov), 9)
    0.830365603
    """
    mu0, L0 = _gaussian("0", mu0, cov0)
    mu1, L1 = _gaussian("1", mu1, cov1)
    if mu0.shape != mu1.shape:
        raise ValueError(f"mu0 and mu1 must have one shape, got {mu0.shape} and {mu1.shape}")
    shape = scipy.linalg.solve_triangular(L1, L0, lower=True)  # its singular values: the ratios of widths
    shift = scipy.linalg.solve_triangular(L1, mu1 - mu0, lower=True)
    log_det = 2 * np.log(np.diag(L0) / np.diag(L1)).sum()
    return max(0.0, float((shape**2).sum() + (shift**2).sum() - len(mu0) - log_det) / 2)


def gaussian_log_evidence(X: ArrayLike, y: ArrayLike, noise_std: float, prior_std: ArrayLike) -> float:
    r"""The evidence ln Z = ln p(y) of a linear model with Gaussian noise and prior, exactly.

    y = Xw + σε with w ~ N(0, s²) and ε ~ N(0, 1), so that y ~ N(0, σ² + s²XXᵀ).

    Parameters
    ----------
    X : array_like, shape (n, p)
        Features of the n points, p ≥ 1.
    y : array_like, shape (n,)
        Targets.
    noise_std : float
        σ > 0, in the unit of y.
    prior_std : array_like, scalar or shape (p,)
        s > 0, of each weight.

    Returns
    -------
    float
        In nats.

    Raises
    ------
    ValueError
        For shapes that do not fit, or a standard deviation that is not positive.

    References
    ----------
    MacKay, Neural Computation 4, 415 (1992); Rasmussen, Williams, *Gaussian Processes for Machine
    Learning* (2006), equation 2.30.

    Examples
    --------
    A straight line explains Anscombe's first eleven points better than a constant, or a parabola:

    >>> from thermolib.problems import anscombe
    >>> x, y = anscombe(1)
    >>> [round(gaussian_log_evidence(np.vander((x - 9) / 10**0.5, k + 1), y, 1, 10), 6) for k in range(3)]
    [-34.527719, -24.287199, -27.26105]
    """
    X, y = _validate.finite("X", X), _validate.finite("y", y)
    if X.ndim != 2 or X.size == 0 or y.shape != X.shape[:1]:
        raise ValueError(f"X and y must have shapes (n, p) and (n,), got {X.shape} and {y.shape}")
    noise, prior = _validate.positive("noise_std", noise_std), _validate.finite("prior_std", prior_std)
    if prior.shape not in ((), (X.shape[1],)) or not np.all(prior > 0):
        wanted = f"one positive number or {X.shape[1]} of them"
        raise ValueError(f"prior_std must be {wanted}, got {prior.tolist()}")
    U, d, _ = np.linalg.svd(X * prior, full_matrices=False)
    along = U.T @ y  # the data on the axes that the model can reach, on which their variance is σ² + d²
    beyond = y - U @ along
    variance = noise**2 + d**2
    log_det = np.log(variance).sum() + 2 * (len(y) - len(d)) * np.log(noise)
    squares = (along**2 / variance).sum() + (beyond**2).sum() / noise**2
    return float(-(len(y) * np.log(2 * np.pi) + log_det + squares) / 2)


# Along a path -----------------------------------------------------------------------------------------


def thermodynamic_integration(betas: ArrayLike, means: ArrayLike) -> float:
    r"""The evidence ln Z = ∫₀¹ ⟨ln L⟩_β dβ, by the trapezoid rule.

    ⟨ln L⟩_β is the mean under prior · Lᵝ. Its slope is a variance, so that it rises: the sums that take the
    left and the right end of each interval bracket ln Z, and their mean is what is returned.

    Parameters
    ----------
    betas : array_like, shape (n,)
        From 0 to 1, rising, n ≥ 2. Powers (i/n)⁵ lie densely where the mean changes fast.
    means : array_like, shape (n,)
        ⟨ln L⟩ at each of them, in nats.

    Returns
    -------
    float
        ln Z, in nats.

    Raises
    ------
    ValueError
        For betas that do not rise from 0 to 1, or means of another shape.

    References
    ----------
    Kirkwood, Journal of Chemical Physics 3, 300 (1935); Friel, Pettitt, Journal of the Royal
    Statistical Society B 70, 589 (2008), for the powers.

    Examples
    --------
    With ln L = −x²/2 and the prior N(0, 1) the mean is −1/2(1 + β), and ln Z = −½ ln 2 ≈ −.34657.

    >>> betas = np.linspace(0, 1, 101)
    >>> round(thermodynamic_integration(betas, -0.5 / (1 + betas)), 5)
    -0.34658
    """
    betas, means = _validate.finite("betas", betas), _validate.finite("means", means)
    rises = betas.ndim == 1 and betas.size >= 2 and betas[0] == 0 and betas[-1] == 1
    if not rises or np.any(np.diff(betas) <= 0):
        raise ValueError(f"betas must rise from 0 to 1, got {_validate.shown(betas)}")
    if means.shape != betas.shape:
        raise ValueError(f"means must have the shape of betas, {betas.shape}, got {means.shape}")
    return float(np.trapezoid(means, betas))


# From work --------------------------------------------------------------------------------------------


def jarzynski(work: ArrayLike, T: float = 1.0) -> Estimate:
    r"""The free-energy difference from works in one direction: ΔF = −T ln⟨e^{−W/T}⟩.

    The average lives on the rare low works, and a sample without them says little of what it lacks. So the
    error looks at the lower tail: the lowest 2√n works tell the spread σ of the Gaussian whose tail is as
    long, and the weights e^{−W/T} are taken to vary by no less than that Gaussian's, e^{σ²/T²} − 1. Where σ,
    known to 1/√m of itself by m works, may exceed 1.25 T, there is no error.

    The coverage is proved for Gaussian works and for works that are bounded below, from n = 10 on; for
    exponential lower tails from n = 100 on, as long as the weights have a variance (a spring that slackens
    from stiffness 2 to 1 is at that edge). Where they have none, as from 4 to 1, no error is right: 1000
    works are refused, but of samples of 100 every other passes, with an error that is too small by a factor
    of 2.3, and of ten works it is worse. Works in both directions, and `bar`, do not have this trouble.

    Parameters
    ----------
    work : array_like, shape (n,)
        W, done on the system in independent repetitions, each begun in equilibrium; in the unit of T.
    T : float
        Temperature.

    Returns
    -------
    Estimate
        Of ΔF, in the unit of T. Its value is too high on average, by about the square of its error over 2T.

    Warns
    -----
    OverlapWarning
        Where the lower tail is longer, or for fewer than 10 works: the error is ``nan``.

    Raises
    ------
    ValueError
        For no works, another shape, works that are not finite (or not in units of T), or T that is no
        temperature.

    References
    ----------
    Jarzynski, Physical Review Letters 78, 2690 (1997), equation 2. Gore, Ritort, Bustamante, PNAS 100, 12564
    (2003), for the bias.

    Examples
    --------
    The stiffness of a spring jumps from 1 to 4 at T = 1, W = 3x²/2: it costs 1.5 on average, and ΔF = ln 2.

    >>> work = 1.5 * np.random.default_rng(1).normal(size=1000) ** 2
    >>> value, stderr = jarzynski(work)
    >>> bool(abs(value - np.log(2)) < 3 * stderr), round(stderr, 3)
    (True, 0.022)
    """
    T = _validate.one_temperature(T, finite=True)
    w = _reduced("work", work, T)
    n, log_mean = len(w), _log_mean(w)
    value = -T * log_mean
    if n < _FEWEST:
        _warn(f"{n} works are too few, at least {_FEWEST} are needed")
        return Estimate(value, np.nan)
    spread, tail = _lower_spread(w)
    if spread > (limit := _LONGEST / (1 + tail**-0.5)):
        _warn(
            f"of {n} works {effective_samples(w):.1f} are effective; the {tail} lowest fall off as those of "
            f"a Gaussian of spread {spread:.2f} T would, and the error is known up to {limit:.2f} T"
        )
        return Estimate(value, np.nan)
    # e^{−w}, each over their mean: their variance is that of the sample or, if larger, a lognormal's.
    relative = max(np.exp(-w - log_mean).var(ddof=1), np.expm1(spread**2))
    variance = np.log1p(relative / n)
    return Estimate(value, float(T * np.sqrt((variance + variance**2 / 4) * _widened(n))))


def effective_samples(work: ArrayLike, T: float = 1.0) -> float:
    r"""How many of the works carry Jarzynski's average: (Σw)²/Σw² with w = e^{−W/T}.

    For Gaussian works of variance σ² about n e^{−σ²/T²}, once n is large enough to show it: a small sample
    overstates the number.

    Parameters
    ----------
    work : array_like, shape (n,)
        W, in the unit of T.
    T : float
        Temperature.

    Returns
    -------
    float
        From 1 to n.

    Raises
    ------
    ValueError
        As `jarzynski`.

    References
    ----------
    Kish, *Survey Sampling* (1965), chapter 11.

    Examples
    --------
    >>> round(effective_samples([0, 0, 0, 50]), 6)
    3.0
    """
    w = _reduced("work", work, _validate.one_temperature(T, finite=True))
    return float(np.exp(2 * _log_mean(w) - _log_mean(2 * w)) * len(w))


def bar(work_forward: ArrayLike, work_reverse: ArrayLike, T: float = 1.0) -> Estimate:
    r"""The free-energy difference from works in both directions: Bennett's acceptance ratio.

    ΔF solves Σ_F 1/(1 + e^{M + (W − ΔF)/T}) = Σ_R 1/(1 + e^{−M + (W + ΔF)/T}) with M = ln(n_F/n_R): of all
    draws together, as many look forward as are. It is the estimate of maximum likelihood, given Crooks'
    P_F(W)/P_R(−W) = e^{(W − ΔF)/T}.

    Parameters
    ----------
    work_forward : array_like, shape (n_F,)
        Works done on the system from A to B, begun in equilibrium at A; in the unit of T.
    work_reverse : array_like, shape (n_R,)
        Those from B to A, done *on* the system too, begun in equilibrium at B.
    T : float
        Temperature.

    Returns
    -------
    Estimate
        Of ΔF = F_B − F_A, in the unit of T. The variance is T²[1/a − 1/n_F − 1/n_R], where a = Σ p(1 − p)
        over all draws, p the odds that a draw is forward: the number of draws that could be either. It is
        widened where few works tell it, by (n − 1)/(n − 4) of the smaller n.

    Warns
    -----
    OverlapWarning
        Where a < 1, or with fewer than 10 works in a direction: the error is ``nan``.

    Raises
    ------
    ValueError
        As `jarzynski`, for either direction.
    ConvergenceError
        Where single works are as far off as 1e200 T; ``last`` is the last ΔF/T.

    References
    ----------
    Bennett, Journal of Computational Physics 22, 245 (1976); Shirts, Bair, Hooker, Pande, Physical
    Review Letters 91, 140601 (2003), for maximum likelihood; the variance is equation E9 of Shirts, Chodera,
    Journal of Chemical Physics 129, 124105 (2008).

    Examples
    --------
    The stiffness jumps from 1 to 4, and from 4 back to 1:

    >>> rng = np.random.default_rng(1)
    >>> forward, reverse = 1.5 * rng.normal(size=500) ** 2, -1.5 * rng.normal(scale=0.5, size=500) ** 2
    >>> value, stderr = bar(forward, reverse)
    >>> bool(abs(value - np.log(2)) < 3 * stderr), round(stderr, 3)
    (True, 0.025)
    """
    T = _validate.one_temperature(T, finite=True)
    w = np.concatenate(
        [_reduced("work_forward", work_forward, T), -_reduced("work_reverse", work_reverse, T)]
    )
    n_F, n_R = np.size(work_forward), np.size(work_reverse)
    M = np.log(n_F / n_R)
    df, p = _as_many_forward(M + w, n_F, (w[:n_F].mean() + w[n_F:].mean()) / 2)
    shared = float(p @ (1 - p))
    if _without_error(shared, min(n_F, n_R), "the two directions"):
        return Estimate(T * df, np.nan)
    variance = max(0.0, 1 / shared - 1 / n_F - 1 / n_R) * _widened(min(n_F, n_R))
    return Estimate(T * df, float(T * np.sqrt(variance)))


def mbar(u_kn: ArrayLike, N_k: ArrayLike) -> MBAR:
    r"""Free energies of many states from the draws of all of them: the multistate Bennett acceptance ratio.

    f_k = −ln Σ_n e^{−u_k(x_n)}/Σ_j N_j e^{f_j − u_j(x_n)}: all draws count as those of one mixture. With two
    states it is `bar`, the work being u_1 − u_0. The equations say where a convex function is least; Newton's
    method finds it. Its Hessian is that of a network of conductances a_ij = Σ_n p_i p_j, where p_i(x_n) is
    the probability that draw n was made in state i; its inverse less 1/N_k is the covariance.

    Parameters
    ----------
    u_kn : array_like, shape (K, N)
        Reduced energy of each draw in each state, in units of that state's T; K ≥ 2. The draws of state 0
        come first, then those of state 1, and so on (only `N_k` matters).
    N_k : array_like of int, shape (K,)
        Draws made in each state, at least 1, N in all.

    Returns
    -------
    MBAR
        ``(f, covariance)``: f[k] = −ln(Z_k/Z_0), and the covariance of the errors of f, in which row and
        column 0 vanish. The variance of f_i − f_j is C_ii + C_jj − 2C_ij. Where few draws tell it, it is
        widened by (n − 1)/(n − 4), n the least N_k.

    Warns
    -----
    OverlapWarning
        Where the states fall into groups that share less than one draw, or a state has fewer than 10: the
        covariance is ``nan``.

    Raises
    ------
    ValueError
        For shapes that do not fit, energies that are not finite, or a state without draws.
    ConvergenceError
        If Newton's method does not converge; its ``last`` is the last f.

    References
    ----------
    Shirts, Chodera, Journal of Chemical Physics 129, 124105 (2008), equations 11 and 12; Kong, McCullagh,
    Meng, Nicolae, Tan, Journal of the Royal Statistical Society B 65, 585 (2003), for the covariance.

    Examples
    --------
    Springs of stiffness 1, 2 and 4, whose free energies lie ½ ln 2 apart:

    >>> k, rng = np.array([1, 2, 4]), np.random.default_rng(1)
    >>> x = np.concatenate([rng.normal(size=500) / stiffness**0.5 for stiffness in k])
    >>> f, covariance = mbar(k[:, None] * x**2 / 2, [500, 500, 500])
    >>> (abs(f[1:] - [np.log(2) / 2, np.log(2)]) < 3 * np.diag(covariance)[1:] ** 0.5).tolist()
    [True, True]
    """
    u, N = _states(u_kn, N_k)
    f, p = _solve(u, N)
    links = p @ p.T
    np.fill_diagonal(links, 0.0)
    if _without_error(_shared(links), int(N.min()), "two groups of states"):
        return MBAR(f, np.full((len(N), len(N)), np.nan))
    laplacian = np.diag(links.sum(axis=1)) - links
    covariance = np.linalg.pinv(laplacian, hermitian=True) - np.diag(1 / N)
    covariance = covariance - covariance[0] - covariance[:, [0]] + covariance[0, 0]
    return MBAR(f, covariance * _widened(int(N.min())))


def overlap(u_kn: ArrayLike, N_k: ArrayLike) -> Floats:
    r"""How far states overlap: O_ij, the probability that a draw of state i might have been one of state j.

    O_ij = N_j Σ_n W_ni W_nj, where N_k W_nk is the probability that draw n was made in state k. Rows sum to
    1; states that are all the same have O_ij = N_j/N, and those that share nothing the unit matrix.

    Parameters
    ----------
    u_kn, N_k
        As in `mbar`.

    Returns
    -------
    ndarray, shape (K, K)

    Raises
    ------
    ValueError, ConvergenceError
        As `mbar`.

    References
    ----------
    Klimovich, Shirts, Mobley, Journal of Computer-Aided Molecular Design 29, 397 (2015).

    Examples
    --------
    >>> overlap(np.zeros((2, 40)), [30, 10])
    array([[0.75, 0.25],
           [0.75, 0.25]])
    """
    u, N = _states(u_kn, N_k)
    p = _solve(u, N)[1]
    return p @ p.T / N[:, None]


def pull(
    centres: ArrayLike,
    n: int,
    *,
    dt: float,
    stiffness: ArrayLike = 1.0,
    friction: float = 1.0,
    weight: float = 0.0,
    T: float = 1.0,
    rng: Seed = None,
) -> Floats:
    r"""The work of moving the trap of a bead, n times: an overdamped bead in a harmonic trap, under a weight.

    E_k(x) = κ_k (x − c_k)²/2 + mx. The bead starts in equilibrium at k = 0. Then each step first moves the
    trap, which costs the jump E_{k+1}(x) − E_k(x) and is all the work; and the bead relaxes for dt, by the
    exact step x ← x̄ + (x − x̄)e^{−κ dt/γ} + √(T(1 − e^{−2κ dt/γ})/κ) ξ about its equilibrium, x̄ = c − m/κ.
    (After the last jump there is no more work, and no draw.) However large dt, the works obey Jarzynski's and
    Crooks' relations exactly, with ΔF = m(c_end − c_0) − (m²/2)(1/κ_end − 1/κ_0) + (T/2) ln(κ_end/κ_0).

    Parameters
    ----------
    centres : array_like, shape (steps + 1,)
        c_k: where the trap is, at least two places.
    n : int
        Repetitions, n ≥ 1.
    dt : float
        Time between two jumps, ≥ 0.
    stiffness : array_like, scalar or shape (steps + 1,)
        κ_k > 0.
    friction : float
        γ > 0.
    weight : float
        m: the constant force towards smaller x.
    T : float
        Temperature, of the bath and of the start.
    rng : int, Generator or None, optional
        Seed. n normal draws place the beads, and n more follow each jump but the last.

    Returns
    -------
    ndarray, shape (n,)
        The work of each repetition. The protocol backwards, ``centres[::-1]`` and ``stiffness[::-1]``, gives
        the reverse works.

    Raises
    ------
    ValueError
        For fewer than two places, shapes that do not fit, or a quantity out of its range.

    References
    ----------
    Mazonka, Jarzynski, arXiv:cond-mat/9912121 (1999); Seifert, Reports on Progress in Physics 75, 126001
    (2012).

    Examples
    --------
    Dragged with v = 1 for a unit of time, k = γ = T = 1, the bead costs ⟨W⟩ = e⁻¹ ≈ .368, and ΔF = 0:

    >>> work = pull(np.linspace(0, 1, 101), 4000, dt=0.01, rng=1)
    >>> bool(abs(work.mean() - np.exp(-1)) < 0.05), abs(jarzynski(work).value) < 0.05
    (True, True)
    """
    c, kappa = _validate.finite("centres", centres), _validate.finite("stiffness", stiffness)
    if c.ndim != 1 or c.size < 2:
        raise ValueError(f"centres must have shape (steps + 1,) with at least one step, got {c.shape}")
    if kappa.shape not in ((), c.shape) or not np.all(kappa > 0):
        raise ValueError(f"stiffness must be positive, one or {c.size} of them, got {_validate.shown(kappa)}")
    kappa = np.broadcast_to(kappa, c.shape)
    n, T, m = (
        _validate.whole("n", n, 1),
        _validate.one_temperature(T, finite=True),
        _validate.scalar("weight", weight),
    )
    relaxed = kappa * _validate.positive("dt", dt, zero=True) / _validate.positive("friction", friction)
    rng = _validate.generator(rng)
    rest, width = c - m / kappa, np.sqrt(T / kappa)
    x = rest[0] + width[0] * rng.normal(size=n)
    work = np.zeros(n)
    for k in range(1, len(c)):
        work += (kappa[k] * (x - c[k]) ** 2 - kappa[k - 1] * (x - c[k - 1]) ** 2) / 2
        if k < len(c) - 1:
            noise = width[k] * np.sqrt(-np.expm1(-2 * relaxed[k]))
            x = rest[k] + (x - rest[k]) * np.exp(-relaxed[k]) + noise * rng.normal(size=n)
    return work


# What came, and what may be said of it ----------------------------------------------------------------


def _reduced(name: str, work: ArrayLike, T: float) -> Floats:
    """Return works in units of T."""
    array = _validate.finite(name, work)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name} must have shape (n,) with n ≥ 1, got {array.shape}")
    with np.errstate(over="ignore"):
        w = array / T
    if not np.all(np.abs(w) < 1e300):
        raise ValueError(f"{name} must be finite in units of T = {T}, got {_validate.shown(array)}")
    return w


def _gaussian(name: str, mu: ArrayLike, cov: ArrayLike) -> tuple[Floats, Floats]:
    """Return the mean, (d,), and the Cholesky factor of the covariance."""
    mean, matrix = _validate.finite(f"mu{name}", mu), _validate.finite(f"cov{name}", cov)
    if mean.ndim > 1 or mean.size == 0 or matrix.shape != 2 * mean.shape:
        wanted = f"mu{name} and cov{name} must have shapes (d,) and (d, d), or be numbers"
        raise ValueError(f"{wanted}, got {mean.shape} and {matrix.shape}")
    mean, matrix = np.atleast_1d(mean), np.atleast_2d(matrix)
    if np.any(uneven := np.abs(matrix - matrix.T) > 1e-9 * np.abs(matrix).max()):
        i, j = np.argwhere(uneven)[0]
        raise ValueError(
            f"cov{name} must be symmetric, got {matrix[i, j]} at [{i}, {j}] and {matrix[j, i]} at [{j}, {i}]"
        )
    try:
        return mean, scipy.linalg.cholesky(matrix / 2 + matrix.T / 2, lower=True)
    except scipy.linalg.LinAlgError:
        lowest = np.linalg.eigvalsh(matrix)[0]
        raise ValueError(f"cov{name} must be positive definite, got the eigenvalue {lowest:.3g}") from None


def _states(u_kn: ArrayLike, N_k: ArrayLike) -> tuple[Floats, Ints]:
    u, counts = _validate.finite("u_kn", u_kn), _validate.finite("N_k", N_k)
    if u.ndim != 2 or len(u) < 2 or counts.shape != u.shape[:1]:
        raise ValueError(
            f"u_kn and N_k must have shapes (K, N) and (K,) with K ≥ 2, got {u.shape} and {counts.shape}"
        )
    if np.any(counts < 1) or np.any(counts % 1) or counts.sum() != u.shape[1]:
        wanted = f"N_k must be whole numbers ≥ 1 that sum to N = {u.shape[1]}"
        raise ValueError(f"{wanted}, got {_validate.shown(counts)}")
    return u, counts.astype(np.int64)


def _warn(why: str) -> None:
    warnings.warn(f"no error bar: {why}", OverlapWarning, stacklevel=3)


def _without_error(shared: float, n: int, between: str) -> bool:
    """Warn where two sides share too few draws, or there are too few, and say whether it is so."""
    if n < _FEWEST:
        why = f"{n} draws of a state are too few, at least {_FEWEST} are needed"
    elif shared < _LEAST:
        why = f"{between} share {shared:.2g} draws, and the error is known from {_LEAST:g} on"
    else:
        return False
    warnings.warn(f"no error bar: {why}", OverlapWarning, stacklevel=3)
    return True


def _widened(n: int) -> float:
    """By how much a variance grows that n draws tell: as Student's does, with n − 2 degrees of freedom."""
    return (n - 1) / (n - 4)


def _log_mean(w: Floats) -> float:
    """Return ln⟨e^{−w}⟩."""
    lowest = w.min()
    return float(np.log(np.exp(lowest - w).mean()) - lowest)


def _lower_spread(w: Floats) -> tuple[float, int]:
    """Return the standard deviation of the Gaussian whose lower tail is as long, and of how many works.

    Of a standard Gaussian what lies below the quantile q lies below it by φ(q)/Φ(q) + q on average.
    """
    n = len(w)
    tail = min(int(np.ceil(2 * np.sqrt(n))), n // 2)
    lowest = np.sort(w)[: tail + 1]
    q = scipy.special.ndtri((tail + 0.5) / n)
    depth = np.exp(-(q**2) / 2) / np.sqrt(2 * np.pi) / scipy.special.ndtr(q) + q
    return float((lowest[-1] - lowest[:-1].mean()) / depth), tail


def _as_many_forward(w: Floats, n: int, start: float) -> tuple[float, Floats]:
    """Return x where Σ p = n, with p = 1/(1 + e^{x − w}), and p: Newton's method, or bisection where it errs.

    The exponentials are taken once, near x: what moves from then on is one factor of them all.
    """
    low, high = w.min() - 40, w.max() + 40  # the sum is all but 0 or all but len(w) there
    x = near = float(start)
    with np.errstate(over="ignore", divide="ignore"):  # p = 1/(1 + ∞) is right, and so is a step to ±∞
        z = np.exp(near - w)
        for _ in range(_STEPS):
            if abs(x - near) > _REACH:
                near, z = x, np.exp(x - w)
            p = 1 / (1 + np.exp(x - near) * z)
            total = p.sum()
            surplus = total - n  # falls with x
            if abs(surplus) < 1e-15 * len(w):  # rounding
                return x, p
            low, high = (x, high) if surplus > 0 else (low, x)
            last, x = x, float(x + surplus / (total - p @ p))
            if not low <= x <= high:
                x = (low + high) / 2
            if abs(x - last) < 1e-14 * (1 + abs(x)):
                return x, p
    raise ConvergenceError(f"the free energy did not converge in {_STEPS} steps", x)


class _Mixture(NamedTuple):
    """What the draws say at some f, taken as those of one mixture, Σ_k w_k e_kn = total_n.

    The exponentials e_kn = N_k e^{near_k − u_kn − largest_n} were taken once, near f: what moves with f is
    one factor for each state, w_k = e^{f_k − near_k}. ``surplus`` (K,) is how many draws too many count as
    each state's.
    """

    f: Floats
    near: Floats
    largest: Floats
    e: Floats
    w: Floats
    total: Floats
    surplus: Floats

    @property
    def p(self) -> Floats:
        """The probability (K, N) that a draw was made in each state."""
        return self.w[:, None] * (self.e / self.total)

    @property
    def off(self) -> float:
        """How many draws count wrongly at most."""
        return float(np.abs(self.surplus).max())


def _mixture(u: Floats, N: Ints, f: Floats, last: _Mixture | None = None) -> _Mixture:
    """Return the mixture at f, with the exponentials of the `last` one where they are near."""
    if last is not None and np.abs(f - last.near).max() < _REACH:
        near, largest, e = last.near, last.largest, last.e
    else:
        near, e = f, (np.log(N) + f)[:, None] - u
        largest = e.max(axis=0)
        e -= largest
        np.exp(e, out=e)
    w = np.exp(f - near)
    total = w @ e
    return _Mixture(f, near, largest, e, w, total, w * (e @ (1 / total)) - N)


def _again(u: Floats, N: Ints, now: _Mixture) -> Floats:
    """Return −ln Σ_n e^{−u_kn}/Σ_j N_j e^{f_j − u_jn}, the f that the mixture makes."""
    sums = now.surplus + N  # Σ_n p_kn
    f = now.f + np.log(N) - np.log(np.maximum(sums, 1e-9))
    for k in np.flatnonzero(sums < 1e-3):  # little is left of p beside the N_k that was taken off
        f[k] = -scipy.special.logsumexp(-u[k] - now.largest - np.log(now.total))
    return f - f[0]


def _solve(u: Floats, N: Ints) -> tuple[Floats, Floats]:
    """Return f, with f_0 = 0, and the probability p (K, N) that a draw was made in each state.

    Where that leads nowhere, once more with each state's energies from their least: their zeros may be far
    apart, and Newton's method begins at f = 0.
    """
    try:
        return _newton(u, N)
    except ConvergenceError:
        zero = u.min(axis=1)
        f, p = _newton(u - zero[:, None], N)
        return f + zero - zero[0], p


def _newton(u: Floats, N: Ints) -> tuple[Floats, Floats]:
    """As `_solve`, by Newton's method.

    f is where Σ_n ln Σ_k N_k e^{f_k − u_kn} − Σ_k N_k f_k is least, a convex function; its gradient is the
    surplus Σ_n p_kn − N_k.
    """
    now = _mixture(u, N, np.zeros(len(N)))
    for _ in range(_SETTLING):
        now = _mixture(u, N, _again(u, N, now), now)
    for _ in range(_STEPS):
        p, last = now.p, now
        step = np.linalg.lstsq(np.diag(p.sum(axis=1)) - p @ p.T, now.surplus, rcond=1e-14)[0]
        now = _mixture(u, N, last.f - step + step[0], last)
        # Far from the end Newton's step may lead astray; the other never does, but is slow.
        astray = now.off > 0.9 * last.off
        if astray and last.off > 1e-9 * N.sum():
            now = _mixture(u, N, _again(u, N, last), last)
            continue
        settled = np.abs(now.f - last.f).max() < 1e-11 * (1 + np.abs(now.f).max())
        if now.off < 1e-9 * N.sum() and (settled or astray or now.off < 1e-13 * N.sum()):
            return now.f, now.p
    raise ConvergenceError(f"the free energies did not converge in {_STEPS} steps", now.f)


def _shared(links: Floats) -> float:
    """Return the number of draws that two groups of states share, where they share least.

    The groups are sought along the slowest mode of the network, and among single states.
    """
    degrees = links.sum(axis=1)
    K = len(degrees)
    order = np.argsort(np.linalg.eigh(np.diag(degrees) - links + degrees.max() / K)[1][:, 0])
    sorted_links = links[np.ix_(order, order)]
    return float(min(degrees.min(), *(sorted_links[:k, k:].sum() for k in range(1, K))))
