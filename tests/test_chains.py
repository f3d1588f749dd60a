"""Known autocorrelation times, and errors that are as large as the real scatter."""

import numpy as np
import pytest
from scipy.signal import lfilter
from thermolib.chains import (
    ConvergenceError,
    autocorrelation_time,
    effective_sample_size,
    jackknife,
    mean,
    r_hat,
)


def ar1(a, shape, seed):
    """x_t = a x_{t−1} + noise, started in its stationary law, variance 1."""
    noise = np.random.default_rng(seed).normal(size=shape) * np.sqrt(1 - a * a)
    noise[..., 0] /= np.sqrt(1 - a * a)
    return lfilter([1.0], [1.0, -a], noise)


@pytest.mark.parametrize("a", [0.9, 0.5, 0.0, -0.5, -0.9])
def test_ar1(a):
    """τ = (1 + a)/(1 − a). Madras and Sokal: var τ̂ ≈ (4M + 2)/n τ² for a window of M lags."""
    x = ar1(a, (4, 100_000), seed=1)
    expected = (1 + a) / (1 - a)
    window = 5 * (1 + abs(a)) / (1 - abs(a))
    scale = max(expected, 1.0)
    assert autocorrelation_time(x) == pytest.approx(
        expected, abs=4 * scale * np.sqrt((4 * window + 2) / x.size)
    )
    assert effective_sample_size(x) == pytest.approx(x.size / autocorrelation_time(x))


def test_the_error_is_the_real_scatter():
    """300 means: their variance over the mean stderr² is χ²/299, of relative sd √(2/299) = .082."""
    x = ar1(0.9, (300, 8_000), seed=2)
    estimates = [mean(one) for one in x]
    ratio = np.var([e.value for e in estimates], ddof=1) / np.mean([e.stderr**2 for e in estimates])
    assert abs(ratio - 1) < 4 * 0.082 + 0.05  # 0.05: the bias of τ from a window of finite width


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


def test_a_short_series_says_so():
    """Two pulses of 4 draws: ρ = 1, ¾, ½, ¼, 0, … so τ = 4, and the window of 20 lags holds one pulse."""
    x = np.zeros(120)
    x[30:34], x[90:94] = 1, -1
    with pytest.raises(ConvergenceError, match="too short: 120 draws") as caught:
        autocorrelation_time(x)
    assert caught.value.last == pytest.approx(4)


def test_a_random_walk_has_no_window():
    with pytest.raises(ConvergenceError, match="no window") as caught:
        autocorrelation_time(np.cumsum(np.random.default_rng(5).normal(size=2_000)))
    assert caught.value.last > 40


@pytest.mark.parametrize("x", [np.arange(1000) % 2, np.random.default_rng(8).normal(size=(500, 4))])
def test_no_window_says_so(x):
    """Correlations of ±1 never die out; five lags do not fit into four draws."""
    with pytest.raises(ConvergenceError, match=f"no window .* each chain has {x.shape[-1]} draws") as caught:
        autocorrelation_time(x)
    assert caught.value.last > 0


def test_chains_that_disagree():
    x = np.random.default_rng(6).normal(size=(2, 1_000))
    x[1] += 10
    with pytest.raises(ConvergenceError):
        mean(x)
    assert r_hat(x) > 5


def test_constant_series():
    x = np.full((2, 10), 0.1)
    assert mean(x) == (0.1, 0.0)
    assert autocorrelation_time(x) == 1 and r_hat(x) == 1
    assert r_hat([[1.0] * 4, [2.0] * 4]) == np.inf


def test_r_hat():
    """Against the formula, on halves; and one chain that drifts."""
    x = ar1(0.5, (4, 501), seed=7)
    halves = np.concatenate([x[:, :250], x[:, 251:]])
    W, B = halves.var(axis=1, ddof=1).mean(), 250 * halves.mean(axis=1).var(ddof=1)
    assert r_hat(x) == pytest.approx(np.sqrt((249 / 250 * W + B / 250) / W), rel=1e-12)
    assert r_hat(np.linspace(0, 1, 100)[None]) > 1.5
