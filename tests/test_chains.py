"""Known autocorrelation times, trusted peers, and errors that are as large as the real scatter.

What an error bar claims is its coverage: z = (mean − truth)/stderr has a mean square of 1, and lies beyond 2
in one run of 20. That is counted here at every length from the shortest that is accepted.
"""

import numpy as np
import pytest
from arviz_stats.base import array_stats
from emcee.autocorr import integrated_time
from scipy import stats
from scipy.signal import lfilter
from thermolib import ising, sampling
from thermolib.chains import (
    ConvergenceError,
    autocorrelation_time,
    effective_sample_size,
    jackknife,
    mean,
    r_hat,
)

from declared import Fault

RATIOS = (50, 75, 100, 150, 200, 400)  # draws over τ


def ar1(a, shape, seed):
    """x_t = a x_{t−1} + noise, started in its stationary law, variance 1."""
    noise = np.random.default_rng(seed).normal(size=shape) * np.sqrt(1 - a * a)
    noise[..., 0] /= np.sqrt(1 - a * a)
    return lfilter([1.0], [1.0, -a], noise)


# The autocorrelation time ----------------------------------------------------------------------------


@pytest.mark.parametrize("chains", [1, 4])
@pytest.mark.parametrize("a", [0.9, 0.5, 0.0, -0.5, -0.9])
def test_ar1(a, chains):
    """τ = (1 + a)/(1 − a). Madras and Sokal: var τ̂ ≈ 2(2M + 1)/n τ² for M lags, and M is at most 8 τ here.

    A chain that alternates loses its alternation, so that M is that of |a|.
    """
    x = ar1(a, (chains, 400_000 // chains), seed=1)
    tau, slowest = (1 + a) / (1 - a), (1 + abs(a)) / (1 - abs(a))
    error = tau * np.sqrt(2 * (16 * slowest + 1) / x.size)
    assert abs(autocorrelation_time(x) - tau) < 4 * error
    assert effective_sample_size(x) == x.size / autocorrelation_time(x)


def test_what_once_collapsed():
    """100 τ of an AR(1) series of τ = 19: by a window that sums |ρ| its τ came out as .062.

    Within 4 of its errors, with as many lags as 5 τ.
    """
    x = lfilter([1], [1, -0.9], np.random.default_rng(9).normal(size=1900))
    assert abs(autocorrelation_time(x) - 19) < 4 * 19 * np.sqrt(2 * (2 * 95 + 1) / 1900)


@pytest.mark.parametrize("a", [0.9, 0.5, 0.0])
def test_peers(a):
    """ArviZ sums Geyer's sequence over the same chains; emcee has another window.

    Two estimates of τ from one series differ by less than each errs: within 3 of Madras and Sokal's errors,
    for a window of 5 τ.
    """
    x = ar1(a, (4, 20_000), seed=2)
    tau = autocorrelation_time(x)
    error = tau * np.sqrt(2 * (10 * (1 + a) / (1 - a) + 1) / x.size)
    ess = array_stats.ess(x, chain_axis=0, draw_axis=1, method="mean")
    assert abs(x.size / ess - tau) < 3 * error
    assert abs(integrated_time(x.T[:, :, None])[0] - tau) < 3 * error


def test_it_does_not_depend_on_the_unit():
    x = ar1(0.7, (2, 2_000), seed=3)
    x -= x.max()  # the largest is 0, and the others are not
    plain, tau = mean(x), autocorrelation_time(x)
    for unit in (1e-300, 1e-150, 1e150, -1e300):
        assert autocorrelation_time(unit * x) == pytest.approx(tau, rel=1e-12)
        assert effective_sample_size(unit * x) == pytest.approx(x.size / tau, rel=1e-12)
        assert r_hat(unit * x) == pytest.approx(r_hat(x), rel=1e-12)
        got = mean(unit * x)
        assert got.value / unit == pytest.approx(plain.value, rel=1e-12)
        assert got.stderr / abs(unit) == pytest.approx(plain.stderr, rel=1e-12)
        assert jackknife(np.mean, unit * x).stderr / abs(unit) == pytest.approx(
            jackknife(np.mean, x).stderr, rel=1e-12
        )


def by_loops(x):
    """τ, the error of the mean and the lags summed, as the docstrings say: sums over draws, no transform."""
    chains, n = x.shape
    y = x - x.mean()
    c = [sum((y[k, : n - t] * y[k, t:]).sum() for k in range(chains)) for t in range(n)]
    rho = lambda t: c[abs(t)] / c[0]  # noqa: E731
    mean_of_neighbours = lambda t: (rho(t - 1) + 2 * rho(t) + rho(t + 1)) / 4  # noqa: E731
    tau, least, k = mean_of_neighbours(0), np.inf, 1
    while (pair := mean_of_neighbours(2 * k - 1) + mean_of_neighbours(2 * k)) > 0:
        least = min(least, pair)
        tau += 2 * least
        k += 1
    freedom = x.size / (4 * k + 1)
    variance = y.var() / (x.size / tau - 1) * freedom / (freedom - 2)
    return tau, np.sqrt(variance)


@pytest.mark.parametrize("a", [0.8, 0.0, -0.8])
@pytest.mark.parametrize("shape", [(1, 1_500), (5, 301)])
def test_by_loops(a, shape):
    """A bound for rounding alone. Of the series with an echo, 15 draws later, pairs rise again."""
    x = ar1(a, shape, seed=8)
    for series in (x, x + np.roll(x, 15, axis=1) / 2, x - 1e3):
        tau, stderr = by_loops(series)
        assert autocorrelation_time(series) == pytest.approx(tau, rel=1e-8)
        assert mean(series) == pytest.approx((series.mean(), stderr), rel=1e-8)


# Coverage --------------------------------------------------------------------------------------------


def deviations(runs, truth):
    """z of every run whose error is given."""
    z = []
    for x in runs:
        try:
            value, stderr = mean(x)
        except ConvergenceError:
            continue
        z.append((value - truth) / stderr)
    return np.array(z)


def shares(z, beyond2, beyond4, rms):
    """Compare shares beyond 2 and 4, and the r.m.s. of z, with their limits: within 4 of their errors.

    A share p of n runs has the error √(p(1 − p)/n). The r.m.s. of n values whose fourth moment is that of
    Student's distribution of 10 degrees of freedom, 4 times the variance squared, has √((4 − 1)/4n) = .87/√n.
    """
    n = len(z)
    got = np.mean(np.abs(z) > 2), np.mean(np.abs(z) > 4), np.sqrt(np.mean(z**2))
    assert got[0] < beyond2 + 4 * np.sqrt(beyond2 * (1 - beyond2) / n), got
    assert got[1] < beyond4 + 4 * np.sqrt(beyond4 * (1 - beyond4) / n), got
    assert got[2] < rms + 4 * 0.87 / np.sqrt(n), got
    assert got[2] > 0.85 - 4 * 0.87 / np.sqrt(n), got  # nor is it hidden behind bars that are too long


@pytest.mark.parametrize("chains", [1, 4])
@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("a", [0.9, 0.5, 0.0, -0.5, -0.9])
def test_coverage(a, ratio, chains):
    """Student's distribution of variance 1 lies beyond 2 with .050, beyond 4 with .004 at most (ν ≥ 5).

    At 50 τ half of the runs are refused, because their τ came out large. The other half of a variance that is
    uncertain by √(2/ν) ≈ .4 is too small by .4·√(2/π) ≈ .3 on average, and the error bar by .16:
    z up to 1.19. A chain that alternates is long where it is long against its memory, (1 + |a|)/(1 − |a|).
    """
    slowest = (1 + abs(a)) / (1 - abs(a))
    runs = ar1(a, (600, chains, int(ratio * slowest) // chains), seed=round(10 * a) + 100 * ratio + chains)
    z = deviations(runs, 0.0)
    assert len(z) > 200
    shares(z, *((0.085, 0.008, 1.19) if ratio == 50 else (0.05, 0.004, 1.0)))


# Shares beyond 2 and 4, and the r.m.s. of z, that `mean` owns up to on a skewed series.
LATTICE = {50: (0.13, 0.025, 1.4), 75: (0.08, 0.01, 1.2), 100: (0.07, 0.006, 1.1)} | dict.fromkeys(
    (150, 200, 400), (0.06, 0.005, 1.05)
)


@pytest.fixture(scope="module")
def lattices():
    """Energy and |m| of 200 lattices 8 × 8 in equilibrium, with what is exact: at T_C and above."""
    found = {}
    for T in (ising.T_C, 2.8):
        start = sampling.wolff(np.ones((200, 8, 8)), T, 200, rng=4).spins
        run = sampling.metropolis(start, T, 12_000, rng=5)
        m = np.abs(run.magnetization) / 64
        # Not known exactly: 200 runs together are √200 times more certain than the longest of them.
        found[T] = {"energy": (run.energy / 64, float(ising.torus_energy(8, T))), "|m|": (m, m.mean())}
    return found


@pytest.mark.parametrize("chains", [1, 4])
@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("observable", ["energy", "|m|"])
@pytest.mark.parametrize("T", [ising.T_C, 2.8], ids=["T_C", "2.8"])
def test_coverage_on_a_lattice(lattices, T, observable, ratio, chains):
    """A skewed series is covered less well, and least at 50 τ: no worse than the docstring of `mean` says."""
    x, truth = lattices[T][observable]
    n = int(ratio * autocorrelation_time(x)) // chains
    runs = x[:, : x.shape[1] // n * n].reshape(-1, n)
    runs = runs[: len(runs) // chains * chains].reshape(-1, chains, n)[:600]
    z = deviations(runs, truth)
    assert len(z) > 100
    shares(
        z,
        *((0.14, 0.025, 1.4) if ratio == 50 else (0.08, 0.01, 1.15) if ratio < 150 else (0.06, 0.006, 1.05)),
    )


def test_jackknife_error_is_the_real_scatter():
    """The variance of AR(1) has the sd √(2 τ₂/n), τ₂ being the τ of a² instead of a."""
    x = ar1(0.8, (200, 6_400), seed=3)
    estimates = [jackknife(np.var, one) for one in x]
    expected = np.sqrt(2 * (1 + 0.64) / (1 - 0.64) / 6_400)
    # blocks of 200 draws, τ₂ = 4.6: too small by a few per cent; rel. sd of the mean of 200 stderrs is < .01
    assert np.mean([e.stderr for e in estimates]) == pytest.approx(expected, rel=0.06)
    # rel. sd of a standard deviation from 200 values: 1/√400
    assert np.std([e.value for e in estimates]) == pytest.approx(expected, rel=4 * 0.05)


def test_jackknife_of_a_mean_is_the_blocked_error():
    x = np.random.default_rng(4).normal(size=(3, 1_003))
    got = jackknife(np.mean, x, blocks=50)
    blocks = x[:, 3:].reshape(3, 50, 20).mean(axis=(0, 2))
    assert got.value == pytest.approx(x[:, 3:].mean())
    assert got.stderr == pytest.approx(blocks.std(ddof=1) / np.sqrt(50))
    both = jackknife(lambda a, b: np.mean(a) / np.mean(b), x + 5, x + 5)
    assert both.value == pytest.approx(1) and both.stderr == pytest.approx(0, abs=1e-12)


# Too short -------------------------------------------------------------------------------------------


def test_a_short_series_says_so():
    """Two pulses of 4 draws: ρ = 1, ¾, ½, ¼, 0, …, so τ = 4, of which 120 draws are 30.

    In means of neighbours ρ̄₁ + ρ̄₂ = 5/4, ρ̄₃ + ρ̄₄ = 5/16 and ρ̄₀ = 7/8: again 7/8 + 2·25/16 = 4.
    """
    x = np.zeros(120)
    x[30:34], x[90:94] = 1, -1
    with pytest.raises(ConvergenceError, match=r"120 draws .* is 4 or more") as caught:
        autocorrelation_time(x)
    assert caught.value.last == pytest.approx(4)


def test_the_limit_is_50():
    """A pulse up and one down, 8 draws later: then the third pair is negative, and τ = 63/16.

    ρ₀ … ρ₅ = 1, ¾, ½, ¼, 0, −⅛, so that ρ̄₀ = 7/8, ρ̄₁ + ρ̄₂ = 5/4
    and ρ̄₃ + ρ̄₄ = 9/32. Of it 197 draws are 50.03.
    """
    x = np.zeros(197)
    x[30:34], x[38:42] = 1, -1
    assert autocorrelation_time(x) == pytest.approx(63 / 16)
    with pytest.raises(ConvergenceError, match="196 draws") as caught:
        autocorrelation_time(x[1:])
    assert caught.value.last == pytest.approx(63 / 16)


def test_a_window_longer_than_a_sixth():
    """A slow wave under a fast alternation: τ is small, and its sum has a quarter of a period of lags."""
    t = np.arange(1000)
    alternating = np.where(t % 2, 1.0, -1.0)
    assert autocorrelation_time(alternating + 0.1 * np.cos(2 * np.pi * t / 400)) < 2
    with pytest.raises(ConvergenceError) as caught:
        autocorrelation_time(alternating + 0.1 * np.cos(2 * np.pi * t / 800))
    assert 50 * caught.value.last < 1000


@pytest.mark.parametrize(
    "x",
    [
        np.cumsum(np.random.default_rng(5).normal(size=2_000)),
        np.arange(1000.0),
        np.random.default_rng(8).normal(size=(500, 4)),
        [1.0, 2.0],
    ],
    ids=["a walk", "a drift", "chains of four", "two draws"],
)
def test_correlations_that_do_not_die_out(x):
    with pytest.raises(ConvergenceError, match="too short") as caught:
        autocorrelation_time(x)
    assert caught.value.last > 0


def test_chains_that_disagree():
    x = np.random.default_rng(6).normal(size=(2, 1_000))
    x[1] += 10
    with pytest.raises(ConvergenceError):
        mean(x)
    assert r_hat(x) > 1.5


def test_constant_series():
    x = np.full((2, 10), 0.1)
    assert mean(x) == (0.1, 0.0)
    assert autocorrelation_time(x) == 1 and r_hat(x) == 1
    assert r_hat([[1.0] * 4, [2.0] * 4]) == np.inf


# R̂ --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [500, 501])
def test_r_hat(n):
    """Against ArviZ: on chains that agree, that differ in place or in width, and that have no variance."""
    same = ar1(0.5, (4, n), seed=7)
    apart, wider = same + np.eye(4)[:, :1], same * (1 + 2 * np.eye(4)[:, :1])
    heavy = np.random.default_rng(7).standard_cauchy((3, n))
    for x in (same, apart, wider, heavy):
        peer = array_stats.rhat(x, chain_axis=0, draw_axis=1, method="rank")
        assert r_hat(x) == pytest.approx(peer, rel=1e-12)


def test_r_hat_by_hand():
    """One chain, 1 2 3 4: the halves' scores are −z, −y and y, z; in distance from the median both agree."""
    y, z = stats.norm.ppf((np.array([3, 4]) - 0.375) / 4.25)
    within, between = (z - y) ** 2 / 2, (z + y) ** 2 / 2
    assert r_hat([[1.0, 2.0, 3.0, 4.0]]) == pytest.approx(np.sqrt(1 / 2 + between / within), rel=1e-12)
    assert r_hat(np.linspace(0, 1, 100)[None]) > 1.5


# What is asked of every module (declared.py) ---------------------------------------------------------

noise = np.random.default_rng(0).normal(size=1000)
CALLS = {
    "mean": lambda: mean(noise),
    "autocorrelation_time": lambda: autocorrelation_time(noise),
    "effective_sample_size": lambda: effective_sample_size(noise),
    "r_hat": lambda: r_hat(noise.reshape(2, -1)),
    "jackknife": lambda: jackknife(np.mean, noise),
}
BAD = {
    "series of one": (lambda: autocorrelation_time([1.0]), r"\(1,\)"),
    "size of NaN": (lambda: effective_sample_size([1.0, np.nan]), "NaN"),
    "mean of a scalar": (lambda: mean(1.0), r"\(\)"),
    "r_hat of a series": (lambda: r_hat(np.ones(10)), r"\(10,\)"),
    "r_hat of too few": (lambda: r_hat(np.ones((2, 3))), r"\(2, 3\)"),
    "jackknife of nothing": (lambda: jackknife(np.mean), "one shape"),
    "jackknife shapes": (lambda: jackknife(np.dot, np.ones(9), np.ones(8), blocks=2), r"\(9,\)"),
    "a statistic that is NaN": (
        lambda: jackknife(lambda x: np.nan, np.ones(64)),
        "statistic must return finite numbers, got nan",
    ),
    "jackknife blocks": (lambda: jackknife(np.mean, np.ones(9), blocks=1), "from 2 to 9, got 1"),
}
FAULTS = [
    Fault("τ without the factor 2", "smooth[0] + 2 * np.minimum", "smooth[0] + np.minimum", "test_ar1"),
    Fault(
        "a window that sums the noise of |ρ|",
        "tau = float(smooth[0] + 2 * np.minimum.accumulate(pairs[:positive]).sum())",
        (
            "window = np.argmax(np.arange(n) >= 5 * (2 * np.cumsum(np.abs(rho)) - 1))\n"
            "    tau = max(float(2 * np.cumsum(rho)[window] - 1), 1 / x.size)"
        ),
        "test_coverage[0.9-75-1]",
    ),
    Fault(
        "pairs that rise again",
        "np.minimum.accumulate(pairs[:positive])",
        "pairs[:positive]",
        "test_by_loops",
    ),
    Fault("alternation left in", "[0.25, 0.5, 0.25]", "[0.0, 1.0, 0.0]", "test_coverage[-0.9-100-1]"),
    Fault(
        "a correlation that wraps around",
        "padded = next_fast_len(2 * n - 1, real=True)",
        "padded = n",
        "test_by_loops",
    ),
    Fault("a limit of 49 τ", "max(50 * tau", "max(49 * tau", "test_the_limit_is_50"),
    Fault(
        "errors that forget τ",
        "variance = y.var() / (y.size / tau - 1)",
        "variance = y.var() / (y.size - 1)",
        "test_coverage[0.9-150-1]",
    ),
    Fault(
        "errors that take τ for certain",
        "np.sqrt(variance * freedom / (freedom - 2))",
        "np.sqrt(variance)",
        "test_by_loops",
    ),
    Fault(
        "chains about their own means",
        "(x - x.mean())",
        "(x - x.mean(axis=-1, keepdims=True))",
        "test_chains_that_disagree",
    ),
    Fault("chains compared in place alone", "np.abs(halves - np.median(halves))", "halves", "test_r_hat"),
    Fault("chains compared whole", "np.concatenate([x[:, :n], x[:, -n:]])", "x", "test_r_hat"),
    Fault(
        "a jackknife scaled like a bootstrap",
        "spread = (blocks - 1) * scaled.var()",
        "spread = scaled.var()",
        "test_jackknife_of_a_mean_is_the_blocked_error",
    ),
]
