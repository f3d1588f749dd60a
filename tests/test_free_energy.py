"""Free energies against closed forms, exact sums, given noise, SciPy, torch and pymbar.

What an error bar claims is its coverage, at each length that it accepts: as in test_chains.
"""

import logging
import math
import warnings

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import digamma, expit, logsumexp
from scipy.stats import multivariate_normal, norm
from thermolib.free_energy import (
    OverlapWarning,
    bar,
    effective_samples,
    gaussian_kl,
    gaussian_log_evidence,
    jarzynski,
    mbar,
    overlap,
    pull,
    thermodynamic_integration,
)
from thermolib.problems import anscombe

from declared import COLD, Fault
from known import known

LN2 = math.log(2)


@pytest.fixture(scope="module")
def pymbar():
    """The peer; on import it says that it lacks JAX."""
    logging.getLogger("pymbar").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pymbar

    return pymbar


def covariance(d, seed):
    """A covariance of d variables, drawn."""
    A = np.random.default_rng(seed).normal(size=(d, d))
    return A @ A.T + np.eye(d) / 2


def line(which=1, degree=1):
    """Features and targets of Anscombe's points, x centred and scaled as in the reference's values."""
    x, y = anscombe(which)
    return ((x[:, None] - 9) / np.sqrt(10)) ** np.arange(degree + 1), y


# Gaussians -------------------------------------------------------------------------------------------


def test_divergence_of_two_gaussians_on_a_line():
    """The integral of q ln(q/p), by quadrature to 1e-10."""
    for m0, v0, m1, v1 in ((0, 1, 0, 1), (1, 2, -0.5, 0.7), (0, 0.1, 3, 4)):
        q, p = norm(m0, math.sqrt(v0)), norm(m1, math.sqrt(v1))
        edges = m0 - 12 * math.sqrt(v0), m0 + 12 * math.sqrt(v0)
        expected, _ = quad(lambda x, q=q, p=p: q.pdf(x) * (q.logpdf(x) - p.logpdf(x)), *edges)
        assert gaussian_kl(m0, v0, m1, v1) == pytest.approx(expected, abs=1e-9)
        assert gaussian_kl([m0], [[v0]], [m1], [[v1]]) == gaussian_kl(m0, v0, m1, v1)


def test_the_divergence_of_an_independent_fit():
    """Of correlation ρ: −½ ln(1 − ρ²) either way, but with the variances 1 − ρ² or 1."""
    for rho in (0.0, 0.3, 0.9, 0.999):
        p, same = np.array([[1, rho], [rho, 1]]), -math.log(1 - rho**2) / 2
        # 1 − ρ² of .002 has lost 3 digits
        assert gaussian_kl([0, 0], (1 - rho**2) * np.eye(2), [0, 0], p) == pytest.approx(same, abs=1e-12)
        assert gaussian_kl([0, 0], p, [0, 0], np.eye(2)) == pytest.approx(same, abs=1e-12)
    assert gaussian_kl([0, 0], 0.19 * np.eye(2), [0, 0], [[1, 0.9], [0.9, 1]]) == pytest.approx(
        0.830365603, abs=6e-10
    )


@pytest.mark.parametrize("d", [1, 2, 5, 20])
def test_divergence_against_torch(d):
    import torch

    rng = np.random.default_rng(d)
    (m0, m1), (S0, S1) = rng.normal(size=(2, d)), (covariance(d, 1), covariance(d, 2))
    of = torch.distributions.MultivariateNormal
    q, p = (of(*map(torch.from_numpy, pair)) for pair in ((m0, S0), (m1, S1)))
    # The condition numbers are at most 200, and d terms are added.
    assert gaussian_kl(m0, S0, m1, S1) == pytest.approx(
        float(torch.distributions.kl_divergence(q, p)), rel=1e-11
    )
    assert gaussian_kl(m0, S0, m0, S0) == pytest.approx(0, abs=1e-13)
    A = rng.normal(size=(d, d))  # in other variables it is the same
    other = gaussian_kl(A @ m0, A @ S0 @ A.T, A @ m1, A @ S1 @ A.T)
    assert other == pytest.approx(gaussian_kl(m0, S0, m1, S1), rel=1e-6)


def test_a_nearly_symmetric_covariance_is_halved_between_both():
    S = np.array([[2.0, 1.0], [1.0 + 1.9e-9, 1.0]])
    assert gaussian_kl([0, 0], S, [0, 0], S) == pytest.approx(0, abs=1e-14)
    with pytest.raises(ValueError, match=r"cov0 must be symmetric, got 1\.0 at \[0, 1\] and 1\.0000"):
        gaussian_kl([0, 0], [[2.0, 1.0], [1.0 + 3e-9, 1.0]], [0, 0], np.eye(2))


def test_reference_evidence():
    """Digits from an independent calculation."""
    for which, degree in ((1, 0), (1, 1), (1, 2), (2, 2)):
        expected = known("free_energy", f"Anscombe's set {'I' * which}, degree {degree}: ln Z")
        assert gaussian_log_evidence(*line(which, degree), 1, 10) == pytest.approx(expected, abs=6e-7)
    for which, wins in ((1, 1), (2, 2)):
        found = [gaussian_log_evidence(*line(which, k), 1, 10) for k in range(6)]
        assert np.argmax(found) == wins


@pytest.mark.parametrize("n,p", [(1, 1), (11, 3), (4, 9)])
@pytest.mark.parametrize("noise,prior", [(1.0, 10.0), (0.01, 3.0), (2.0, 0.001)])
def test_evidence_as_a_density(n, p, noise, prior):
    rng = np.random.default_rng(n)
    X, y = rng.normal(size=(n, p)), rng.normal(size=n)
    each = prior * np.linspace(0.5, 2, p)
    for s in (prior, each):
        cov = noise**2 * np.eye(n) + (X * np.asarray(s) ** 2) @ X.T
        # The covariance's condition number is up to 1e7 here, and logpdf inverts it.
        expected = multivariate_normal(np.zeros(n), cov).logpdf(y)
        assert gaussian_log_evidence(X, y, noise, s) == pytest.approx(expected, rel=1e-8)


def test_a_prior_without_end():
    """The wider the prior the more improbable the data: ln Z falls by ln 10 a decade and weight."""
    values = [gaussian_log_evidence(*line(), 1, s) for s in (1e8, 1e9, 1e12)]
    np.testing.assert_allclose(np.diff(values), [-2 * math.log(10), -6 * math.log(10)], rtol=1e-9)


def test_free_energy_of_the_posterior():
    """−ln Z = misfit + KL(posterior‖prior), and any other q has more, by its divergence from it."""
    X, y = line(1, 2)
    prior = 100 * np.eye(3)
    posterior = np.linalg.inv(X.T @ X + np.linalg.inv(prior))
    mean = posterior @ X.T @ y

    def free_energy(mean, cov):
        misfit = (
            ((y - X @ mean) ** 2).sum() / 2 + np.trace(X @ cov @ X.T) / 2 + len(y) * math.log(2 * math.pi) / 2
        )
        return misfit + gaussian_kl(mean, cov, np.zeros(3), prior)

    log_Z = gaussian_log_evidence(X, y, 1, 10)
    assert free_energy(mean, posterior) == pytest.approx(-log_Z, abs=1e-11)
    for shift, scale in ((0.1, 1.0), (0.0, 1.5), (-0.2, 0.3)):
        gap = gaussian_kl(mean + shift, scale * posterior, mean, posterior)
        assert free_energy(mean + shift, scale * posterior) == pytest.approx(gap - log_Z, abs=1e-10)


# Along a path ----------------------------------------------------------------------------------------


def mean_log_likelihood(X, y, beta, prior=10.0):
    """⟨ln L⟩ under prior · Lᵝ, a Gaussian, for noise of standard deviation 1."""
    cov = np.linalg.inv(beta * X.T @ X + np.eye(X.shape[1]) / prior**2)
    residual = y - X @ (beta * cov @ X.T @ y)
    return -(residual @ residual + np.trace(X @ cov @ X.T) + len(y) * math.log(2 * math.pi)) / 2


def test_reference_integration():
    """Digits from an independent calculation; as many as are given."""
    X, y = line()
    for power, n, digits in ((5, 10, 4), (5, 40, 4), (1, 10, 1), (1, 40, 1)):
        to_the = "⁵" if power == 5 else ""
        expected = known("free_energy", f"set I, line: trapezoids, β = (i/{n}){to_the}")
        betas = (np.arange(n + 1) / n) ** power
        found = thermodynamic_integration(betas, [mean_log_likelihood(X, y, beta) for beta in betas])
        assert found == pytest.approx(expected, abs=0.6 * 10**-digits)


def test_integration_converges():
    """The trapezoid's error falls as 1/n², and the sums of left and right ends bracket what is exact."""
    X, y = line()
    exact, errors = gaussian_log_evidence(X, y, 1, 10), []
    for n in (200, 400):
        betas = (np.arange(n + 1) / n) ** 5
        means = np.array([mean_log_likelihood(X, y, beta) for beta in betas])
        errors.append(thermodynamic_integration(betas, means) - exact)
        assert np.sum(np.diff(betas) * means[:-1]) < exact < np.sum(np.diff(betas) * means[1:])
    assert errors[1] < 0 and errors[0] / errors[1] == pytest.approx(4, rel=0.02)


def test_beta_binomial():
    """Seven of ten, a flat prior: p ~ Beta(1 + 7β, 1 + 3β) at β, and Z = 1/1320."""
    betas = (np.arange(2001) / 2000) ** 3
    a, b = 1 + 7 * betas, 1 + 3 * betas
    means = 7 * digamma(a) + 3 * digamma(b) - 10 * digamma(a + b)
    exact = known("free_energy", "coin, seven of ten: ln Z")
    assert thermodynamic_integration(betas, means) == pytest.approx(exact, abs=1e-5)
    assert pytest.approx(exact, abs=6e-13) == -math.log(1320)


# Works -----------------------------------------------------------------------------------------------


def gauss(rng, sigma, n, dF=0.0, T=1.0):
    """Gaussian works of standard deviation σ: the mean is ΔF + σ²/2T."""
    return rng.normal(dF + sigma**2 / (2 * T), sigma, n)


def jump(rng, before, after, n):
    """Works of a jump of the stiffness at T = 1: ΔF = ½ ln(after/before)."""
    return (after - before) / 2 * rng.normal(0, before**-0.5, n) ** 2


def unwarned(estimate):
    """An estimate, with or without an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OverlapWarning)
        return estimate()


def test_jarzynski_by_its_definition(pymbar):
    rng = np.random.default_rng(0)
    for T in (0.5, 1.0, 3.0):
        work = T * gauss(rng, 0.7, 200, dF=2.0)
        value, stderr = jarzynski(work, T)
        assert value == pytest.approx(-T * math.log(np.mean(np.exp(-work / T))), rel=1e-13)
        other = pymbar.exp(work / T)
        assert value == pytest.approx(T * other["Delta_f"], rel=1e-12)
        assert 0.95 < stderr / (T * other["dDelta_f"]) < 1.3  # pymbar's does not look at the tail
        assert jarzynski(work / T) == pytest.approx((value / T, stderr / T), rel=1e-12)
        assert jarzynski(work + 1e4, T) == pytest.approx((value + 1e4, stderr), rel=1e-9)


def test_the_second_law():
    """Jensen: ΔF is at most the mean work, and at least the least work."""
    rng = np.random.default_rng(1)
    for sigma in (0.0, 0.5, 5.0):
        work = gauss(rng, sigma, 50)
        value = unwarned(lambda work=work: jarzynski(work)).value
        assert work.min() - 1e-12 <= value <= work.mean() + 1e-12
        # The average of n weights is at least a nth of the largest.
        assert value <= work.min() + math.log(50) + 1e-12


def test_works_that_are_all_the_same():
    assert jarzynski(np.full(30, 1.25), 0.5) == pytest.approx((1.25, 0), abs=1e-15)
    assert bar(np.full(30, 1.25), np.full(12, -1.25), 0.5) == pytest.approx((1.25, 0), abs=1e-7)
    assert effective_samples(np.full(30, 1.25)) == pytest.approx(30)


def test_effective_samples():
    assert effective_samples([0, 700, 800]) == pytest.approx(1)
    w = np.array([0.3, 1.2, 2.0])
    assert effective_samples(w, 0.5) == pytest.approx(
        np.exp(-w / 0.5).sum() ** 2 / np.exp(-2 * w / 0.5).sum()
    )
    assert effective_samples(1e4 + w, 0.5) == pytest.approx(effective_samples(w, 0.5))
    # Σw² has the relative variance (e^{4σ²} − 1)/n, and Σw less: at σ = .5, n = 10⁵ together below 1 %.
    share = effective_samples(gauss(np.random.default_rng(2), 0.5, 100_000)) / 100_000
    assert share == pytest.approx(math.exp(-0.25), rel=0.04)


def test_bars_equation(pymbar):
    rng = np.random.default_rng(3)
    for T, sigma, n_F, n_R in ((1.0, 1.0, 100, 100), (0.5, 2.0, 300, 40), (3.0, 0.3, 15, 500)):
        forward = gauss(rng, sigma * T, n_F, dF=0.7, T=T)
        reverse = gauss(rng, sigma * T, n_R, dF=-0.7, T=T)
        value, stderr = bar(forward, reverse, T)
        M = math.log(n_F / n_R)
        assert expit(-M - (forward - value) / T).sum() == pytest.approx(
            expit(M - (reverse + value) / T).sum(), rel=1e-11
        )
        other = pymbar.bar(forward / T, reverse / T, uncertainty_method="MBAR", relative_tolerance=1e-14)
        widened = math.sqrt((min(n_F, n_R) - 1) / (min(n_F, n_R) - 4))
        assert value == pytest.approx(T * other["Delta_f"], abs=1e-9)
        assert stderr == pytest.approx(T * widened * other["dDelta_f"], rel=1e-8)
        assert bar(reverse, forward, T) == pytest.approx((-value, stderr), rel=1e-9)
        assert bar(forward / T, reverse / T) == pytest.approx((value / T, stderr / T), rel=1e-9)
        assert bar(forward + 500, reverse - 500, T) == pytest.approx((value + 500, stderr), rel=1e-9)


# Coverage: the shares beyond 2 and 4, and the r.m.s. of z, within 4 of their errors ------------------

NORMAL = (0.05, 0.002, 1.05)  # what an honest error owns up to; most are a little wide
REPEATS = {10: 1000, 100: 700, 1000: 400}


def cover(estimate, truth, repeats, beyond2, beyond4, rms):
    """Ask the coverage of those that have an error, and return how many have one."""
    found = np.array([unwarned(estimate) for _ in range(repeats)])
    given = found[np.isfinite(found[:, 1])]
    z = np.abs(given[:, 0] - truth) / given[:, 1]
    n = len(z)
    got = np.mean(z > 2), np.mean(z > 4), np.sqrt(np.mean(z**2))
    assert got[0] <= beyond2 + 4 * np.sqrt(beyond2 * (1 - beyond2) / n), got
    assert got[1] <= beyond4 + 4 * np.sqrt(beyond4 * (1 - beyond4) / n), got
    assert got[2] < rms + 4 * 0.87 / np.sqrt(n), got
    return n / repeats, got[2]


# Where fewer than half of the samples have an error, those that have one are the lucky ones: at σ = 1 and
# n = 10 a third.
@pytest.mark.parametrize(
    ("n", "sigma", "least", "owned"),
    [
        (10, 0.1, 0.99, NORMAL),
        (10, 0.5, 0.9, NORMAL),
        (10, 0.8, 0.5, (0.08, 0.006, 1.2)),
        (100, 0.1, 1.0, NORMAL),
        (100, 0.8, 0.85, NORMAL),
        (100, 1.0, 0.5, (0.08, 0.004, 1.15)),
        (1000, 0.1, 1.0, NORMAL),
        (1000, 0.8, 1.0, NORMAL),
        (1000, 1.0, 0.75, NORMAL),
    ],
)
def test_coverage_of_gaussian_works(n, sigma, least, owned):
    rng = np.random.default_rng([n, int(10 * sigma)])
    share, rms = cover(lambda: jarzynski(gauss(rng, sigma, n)), 0, REPEATS[n], *owned)
    assert share >= least - 0.05 and rms > 0.75  # and not much too wide


@pytest.mark.parametrize(("n", "after"), [(10, 4), (100, 4), (1000, 4), (100, 16), (1000, 16)])
def test_coverage_of_works_that_are_bounded_below(n, after):
    """A spring that stiffens, W ≥ 0: however wide the works spread, no weight is above 1.

    Of ten works from 1 to 16 one sample in twenty has an error: too few to ask.
    """
    rng = np.random.default_rng([n, after])
    owned = (0.06, 0.006, 1.05) if n == 10 else NORMAL
    share, _ = cover(lambda: jarzynski(jump(rng, 1, after, n)), math.log(after) / 2, REPEATS[n], *owned)
    assert share > (0.5 if n == 10 else 0.85)


@pytest.mark.parametrize(
    ("n", "before", "least", "most", "owned"),
    [
        (10, 2, 0.9, 1.0, (0.19, 0.063, 2.15)),
        (100, 2, 0.9, 1.0, (0.055, 0.003, 1.0)),
        (1000, 2, 0.7, 0.95, NORMAL),
        (10, 4, 0.7, 0.9, (0.39, 0.16, 3.5)),
        (100, 4, 0.3, 0.6, (0.43, 0.06, 2.3)),
        (1000, 4, 0.0, 0.06, (1.0, 1.0, 10.0)),
    ],
)
def test_coverage_of_exponential_tails(n, before, least, most, owned):
    """A spring that slackens: e^{−W} has a variance up to 2 → 1. What the docstring owns up to."""
    rng = np.random.default_rng([n, before])
    share, _ = cover(lambda: jarzynski(jump(rng, before, 1, n)), -math.log(before) / 2, REPEATS[n], *owned)
    assert least - 0.05 <= share <= most + 0.05


def test_the_usual_error_fails_silently():
    """100 works with σ = 2: one estimate in forty is off by four of the errors that its sample tells."""
    rng, beyond, ours = np.random.default_rng(5), 0, 0
    for _ in range(500):
        work = gauss(rng, 2.0, 100)
        w = np.exp(-work)
        value, stderr = unwarned(lambda work=work: jarzynski(work))
        beyond += abs(value) > 4 * w.std() / w.mean() / 10
        ours += abs(value) > 4 * stderr
    assert beyond > 10 and ours <= 2  # most have no error at all


# From .5, where all is overlap, to 4: at (10, 10) 3 is where half of the samples have an error.
@pytest.mark.parametrize(
    ("n_F", "n_R", "sigma"),
    [(10, 10, s) for s in (0.5, 2.0, 3.0)]
    + [(10, 1000, 0.5), (10, 1000, 4.0), (1000, 10, 4.0)]
    + [(100, 100, s) for s in (0.5, 2.0, 4.0)]
    + [(1000, 1000, s) for s in (0.5, 4.0, 6.0)],
)
def test_coverage_of_bar(n_F, n_R, sigma):
    rng = np.random.default_rng([n_F, n_R, int(2 * sigma)])
    few = min(n_F, n_R)
    share, rms = cover(
        lambda: bar(gauss(rng, sigma, n_F), gauss(rng, sigma, n_R)), 0, REPEATS[few] // 2, *NORMAL
    )
    assert share > (0.4 if (few, sigma) == (10, 3.0) else 0.9)
    assert rms > 0.7


@pytest.mark.parametrize(
    ("n_F", "n_R", "after", "owned"),
    [
        (10, 10, 2, (0.075, 0.014, 1.2)),
        (10, 1000, 4, (0.11, 0.007, 1.2)),
        (100, 100, 4, NORMAL),
        (1000, 1000, 4, NORMAL),
        (100, 100, 100, NORMAL),
    ],
)
def test_coverage_of_bar_in_a_jump(n_F, n_R, after, owned):
    """Where the reverse works alone have no error at all: e^{−W} has no variance from 2 on."""
    rng = np.random.default_rng([n_F, n_R, after])
    estimate = lambda: bar(jump(rng, 1, after, n_F), jump(rng, after, 1, n_R))  # noqa: E731
    share, _ = cover(estimate, math.log(after) / 2, REPEATS[min(n_F, n_R)] // 2, *owned)
    assert share > 0.95


@pytest.mark.parametrize("n", [10, 100, 1000])
@pytest.mark.parametrize("k", [(1, 2, 4, 8), (1, 10, 100)])
@pytest.mark.parametrize(("i", "j"), [(2, 0), (2, 1)])
def test_coverage_of_mbar(n, k, i, j):
    rng, k = np.random.default_rng([n, len(k), j]), np.array(k)

    def estimate():
        x = np.concatenate([rng.normal(0, stiffness**-0.5, n) for stiffness in k])
        f, C = mbar(k[:, None] * x**2 / 2, [n] * len(k))
        return f[i] - f[j], math.sqrt(C[i, i] + C[j, j] - 2 * C[i, j])

    share, rms = cover(estimate, math.log(k[i] / k[j]) / 2, REPEATS[n] // 4, *NORMAL)
    assert share > 0.95 and rms > 0.7


# Where the error ends --------------------------------------------------------------------------------


def without_error(call, said):
    with pytest.warns(OverlapWarning, match=said):
        value, stderr = call()
    assert np.isfinite(value) and np.isnan(stderr)


def test_nine_works_are_too_few():
    work = np.linspace(0, 0.5, 10)
    assert jarzynski(work).stderr > 0 and bar(work, work).stderr > 0
    without_error(lambda: jarzynski(work[:9]), "9 works are too few, at least 10 are needed")
    without_error(lambda: bar(work, work[:9]), "9 draws of a state are too few")
    without_error(lambda: bar(work[:9], work), "9 draws of a state are too few")
    without_error(lambda: jarzynski([1.0]), "1 works are too few")
    without_error(lambda: bar([1.0], [-0.5]), "1 draws of a state")
    u = np.vstack([np.zeros(19), np.linspace(0, 1, 19)])
    with pytest.warns(OverlapWarning, match="9 draws of a state are too few"):
        assert np.isnan(mbar(u, [10, 9]).covariance).all()


def test_the_longest_tail():
    """Quantiles of a Gaussian: of 100 the lowest 20 tell its σ, to 1/√20: up to 1.25/(1 + 1/√20) = 1.02."""
    quantiles = norm.ppf((np.arange(100) + 0.5) / 100)
    depth = norm.pdf(norm.ppf(0.205)) / 0.205 + norm.ppf(0.205)
    spread = (quantiles[20] - quantiles[:20].mean()) / depth
    assert spread == pytest.approx(1, abs=0.03)
    limit = 1.25 / (1 + 20**-0.5) / spread
    assert jarzynski((limit - 1e-9) * quantiles).stderr > 0
    without_error(
        lambda: jarzynski((limit + 1e-9) * quantiles),
        "of 100 works .* are effective; the 20 lowest fall off as those of a Gaussian of spread 1.02 T",
    )
    # A tail above is no trouble: its weights are small.
    assert jarzynski(np.concatenate([quantiles[:50] * 0.5, 100 * quantiles[50:]])).stderr < 0.2


def test_the_least_that_two_directions_share():
    """All works are x: ΔF = 0, a draw is forward with p = 1/(1 + e^{−x}), and 20 p(1 − p) = 1 at the edge."""
    edge = math.acosh(9)
    inside, outside = (np.full(10, edge + off) for off in (-1e-9, 1e-9))
    value, stderr = bar(inside, inside)
    assert value == pytest.approx(0, abs=1e-12)
    assert stderr == pytest.approx(math.sqrt((1 - 0.2) * 9 / 6), rel=1e-6)
    without_error(
        lambda: bar(outside, outside), "the two directions share 1 draws, and the error is known from 1"
    )
    without_error(lambda: bar(np.full(10, 30.0), np.full(10, 30.0)), "share 1.9e-12 draws")


def test_groups_that_share_nothing():
    """Two pairs of Gaussians, far apart: each pair has its difference, whatever lies between them is lost."""
    rng = np.random.default_rng(6)
    places = np.array([0.0, 1.0, 50.0, 51.0])
    for order in ([0, 1, 2, 3], [0, 2, 1, 3]):
        c = places[order]
        x = np.concatenate([rng.normal(a, 1, 30) for a in c])
        with pytest.warns(OverlapWarning, match="two groups of states share .* draws"):
            f, C = mbar((x - c[:, None]) ** 2 / 2, [30] * 4)
        assert np.isnan(C).all() and abs(f[order.index(1)]) < 1  # errors of the pair are .3


def test_many_states_with_few_draws_each():
    """Twenty that are nearly the same: any two share half a draw, any two groups at least nine."""
    rng = np.random.default_rng(7)
    c = np.linspace(0, 0.1, 20)
    x = np.concatenate([rng.normal(a, 1, 10) for a in c])
    f, C = mbar((x - c[:, None]) ** 2 / 2, [10] * 20)
    assert np.isfinite(C).all() and np.abs(f).max() < 0.1 and C.diagonal().max() < 0.1**2


# Many states -----------------------------------------------------------------------------------------


def springs(seed=8):
    """Draws of five springs, their reduced energies and numbers."""
    k, N = np.array([1, 2, 4, 9, 20.0]), np.array([50, 100, 30, 200, 80])
    rng = np.random.default_rng(seed)
    x = np.concatenate([rng.normal(0, a**-0.5, n) for a, n in zip(k, N, strict=True)])
    return k[:, None] * x**2 / 2 + np.array([[0.0], [3.0], [-2.0], [5.0], [7.0]]), N


def test_mbar_against_its_peer(pymbar):
    u, N = springs()
    f, C = mbar(u, N)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of options that SciPy does not have
        peer = pymbar.MBAR(u, N)
        found = peer.compute_free_energy_differences()
    np.testing.assert_allclose(f, found["Delta_f"][0], atol=1e-9)
    spread = np.sqrt(np.maximum(0, C.diagonal()[:, None] + C.diagonal() - 2 * C) * 26 / 29)  # of 30 draws
    np.testing.assert_allclose(spread, found["dDelta_f"], atol=1e-8)
    np.testing.assert_allclose(overlap(u, N), peer.compute_overlap()["matrix"], atol=1e-9)


def test_mbars_equations():
    u, N = springs()
    f, C = mbar(u, N)
    total = logsumexp(np.log(N)[:, None] + f[:, None] - u, axis=0)
    again = -logsumexp(-u - total, axis=1)
    np.testing.assert_allclose(again - again[0], f, atol=1e-11)
    assert f[0] == 0 and not C[0].any() and not C[:, 0].any()
    np.testing.assert_allclose(C, C.T, atol=1e-15)


def test_mbar_where_states_are_far_apart():
    """Oscillators in 100 dimensions, f_k = 50 ln(stiffness): 195 from the first to the last of 40."""
    stiffness = np.exp(0.1 * np.arange(40))
    r2 = np.random.default_rng(10).chisquare(100, size=(40, 50)) / stiffness[:, None]
    u, N = stiffness[:, None] * r2.ravel() / 2, np.full(40, 50)
    f, C = mbar(u, N)
    total = logsumexp(np.log(N)[:, None] + f[:, None] - u, axis=0)
    again = -logsumexp(-u - total, axis=1)
    np.testing.assert_allclose(again - again[0], f, atol=1e-9)
    assert np.all(abs(f - 50 * np.log(stiffness))[1:] < 4.5 * np.sqrt(np.diag(C))[1:])


def test_what_mbar_does_not_depend_on():
    """Energies of a draw in all states may be shifted; a state's own shifts its f; draws have no order."""
    u, N = springs()
    f, C = mbar(u, N)
    rng = np.random.default_rng(9)
    shifts = np.array([0, 1e3, -2e4, 5.0, 300.0])
    for other, expected in (
        (u + rng.normal(scale=1e3, size=u.shape[1]), f),
        (u + shifts[:, None], f + shifts),
        (u[:, rng.permutation(u.shape[1])], f),
    ):
        found = mbar(other, N)
        np.testing.assert_allclose(found.f, expected, atol=1e-9)
        np.testing.assert_allclose(found.covariance, C, atol=1e-9)
    order = np.array([3, 0, 4, 2, 1])
    found = mbar(u[order], N[order])
    np.testing.assert_allclose(found.f, f[order] - f[3], atol=1e-10)


@pytest.mark.parametrize("k", [(2.78, 0.16, 13.27), (1.0, 50.0), (1.0, 30.0, 1000.0)])
def test_a_state_that_starts_far_off(k):
    """Energies of a state from another zero: f goes there. Those of a draw from another: nothing changes."""
    rng, k = np.random.default_rng(11), np.array(k)
    for n in (48, 200):
        x = np.concatenate([rng.normal(0, stiffness**-0.5, n) for stiffness in k])
        u, N = k[:, None] * x**2 / 2, np.full(len(k), n)
        expected = mbar(u, N)
        for scale in (1e2, 1e3, 1e5, 1e9):
            zeros = rng.normal(scale=scale, size=len(k))
            zeros -= zeros[0]
            f, C = mbar(u + zeros[:, None] + rng.normal(scale=min(scale, 1e5), size=len(x)), N)
            np.testing.assert_allclose(f, expected.f + zeros, atol=1e-14 * scale + 1e-9)
            np.testing.assert_allclose(C, expected.covariance, atol=1e-14 * scale + 1e-9)


@pytest.mark.filterwarnings("ignore::thermolib.free_energy.OverlapWarning")
@pytest.mark.parametrize(
    ("n_F", "n_R", "spread", "centre"),
    [(300, 20, 5, 1e4), (20, 300, 300, -1e3), (11, 13, 30, 0), (50, 50, 1, 0)],
)
def test_bar_of_works_that_are_far_off(n_F, n_R, spread, centre):
    """Its equation, where few terms are neither 0 nor 1, and where one work puts the start far off."""
    rng = np.random.default_rng(12)
    forward, reverse = rng.normal(spread, spread, n_F) + centre, rng.normal(spread, spread, n_R) - centre
    for outlier in (forward[0], 1e6, -1e6):
        forward[0] = outlier
        value = bar(forward, reverse).value
        terms = expit(np.log(n_F / n_R) + np.concatenate([forward, -reverse]) - value)
        assert terms.sum() == pytest.approx(n_F, abs=1e-9)


def test_two_states_are_bar():
    rng = np.random.default_rng(10)
    forward, reverse = jump(rng, 1, 4, 300), jump(rng, 4, 1, 50)
    u = np.vstack([np.zeros(350), np.concatenate([forward, -reverse])])
    f, C = mbar(u, [300, 50])
    assert (f[1], math.sqrt(C[1, 1])) == pytest.approx(bar(forward, reverse), rel=1e-9)


def test_mbar_ends_where_next_to_nothing_is_shared():
    """Stiffness 1 and a million, and two draws of them where Newton's steps alone do not end."""
    stiffness = np.array([1.0, 1e6])
    for seed in (15, 17):
        x = np.repeat(stiffness**-0.5, 120) * np.random.default_rng(seed).normal(size=240)
        with pytest.warns(OverlapWarning, match="share"):
            assert np.isnan(mbar(stiffness[:, None] * x**2 / 2, [120, 120]).covariance).all()


def test_overlap():
    """Rows sum to 1, and N_i O_ij = N_j O_ji; two states have bar's shared draws."""
    u, N = springs()
    O = overlap(u, N)
    np.testing.assert_allclose(O.sum(axis=1), 1, atol=1e-10)
    np.testing.assert_allclose(N[:, None] * O, (N[:, None] * O).T, atol=1e-10)
    apart = np.array([[0.0] * 10 + [1e3] * 20, [1e3] * 10 + [0.0] * 20])
    np.testing.assert_allclose(overlap(apart, [10, 20]), np.eye(2), atol=1e-12)


# A bead in a trap ------------------------------------------------------------------------------------


class Given(np.random.Generator):
    """Rows of normal numbers, given."""

    def __init__(self, rows):
        super().__init__(np.random.PCG64(0))
        self.rows = iter(rows)

    def normal(self, size):
        row = next(self.rows)
        assert size == len(row)
        return row


def test_a_pull_of_given_noise():
    """Three jumps, one after the other: the start, jump before relaxation, no draw after the last."""
    c, k, m, gamma, T, dt = [0.0, 1.0, 0.5, 2.0], [1.0, 4.0, 2.0, 3.0], 0.7, 2.0, 1.5, 0.3
    noise = [np.array([0.3, -1.0]), np.array([1.0, 0.2]), np.array([-0.4, 0.8])]
    given = Given(noise)
    found = pull(c, 2, dt=dt, stiffness=k, friction=gamma, weight=m, T=T, rng=given)
    for bead in range(2):
        x, work = c[0] - m / k[0] + math.sqrt(T / k[0]) * noise[0][bead], 0.0
        for step in (1, 2, 3):
            work += k[step] / 2 * (x - c[step]) ** 2 - k[step - 1] / 2 * (x - c[step - 1]) ** 2
            if step < 3:
                decay, rest = math.exp(-k[step] * dt / gamma), c[step] - m / k[step]
                x = rest + decay * (x - rest)
                x += math.sqrt(T / k[step] * (1 - decay**2)) * noise[step][bead]
        assert found[bead] == pytest.approx(work, rel=1e-13)
    assert next(given.rows, None) is None


def moments(c, **options):
    """Mean and variance of the work, exactly: at constant stiffness it is linear in the noise."""
    draws = len(c) - 1
    work = pull(c, draws + 1, rng=Given(np.eye(draws, draws + 1)), **options)
    return work[-1], ((work[:-1] - work[-1]) ** 2).sum()


def test_a_dragged_trap():
    """Gaussian works obey ΔF = ⟨W⟩ − σ²/2T exactly, in whatever steps: here ΔF = 0.

    With ever smaller steps ⟨W⟩ → v²(t − 1 + e^{−t}), from above: a jump over v dt costs (v dt)²/2 more
    than it would in the middle of its way, so that the excess is between 0 and v²t dt.
    """
    for v, t, n in ((1.0, 1.0, 1000), (3.0, 0.5, 200), (0.5, 10.0, 400)):
        mean, variance = moments(np.linspace(0, v * t, n + 1), dt=t / n)
        assert variance == pytest.approx(2 * mean, rel=1e-11)
        exact = v**2 * (t - 1 + math.exp(-t))
        assert 0 <= mean - exact <= v**2 * t * t / n
    mean, variance = moments(np.linspace(0, 1, 2001), dt=1 / 2000)
    # ⟨W⟩ is off by 5e-4 at most, and P(W < 0) = Φ(−√(⟨W⟩/2)) by less.
    exact = known("free_energy", "dragged trap: share of negative works")
    assert norm.cdf(-mean / math.sqrt(variance)) == pytest.approx(exact, abs=3e-4)
    assert norm.cdf(-math.sqrt(math.exp(-1) / 2)) == pytest.approx(exact, abs=6e-10)


def test_a_lifted_weight():
    """ΔF = m h, exactly, at any T, stiffness, friction and speed; forward and reverse."""
    c = np.linspace(0, 2, 31) ** 2
    for T, m, k, gamma in ((1.0, 0.5, 1.0, 1.0), (0.3, -2.0, 5.0, 3.0)):
        options = {"dt": 0.1, "stiffness": k, "friction": gamma, "weight": m, "T": T}
        for path, sign in ((c, 1), (c[::-1], -1)):
            mean, variance = moments(path, **options)
            assert mean - variance / (2 * T) == pytest.approx(sign * 4 * m, rel=1e-9)


def test_slow_and_sudden():
    """With all time between jumps nothing is dissipated but by the jumps; with none all is one jump."""
    c = np.linspace(0, 1, 101)
    assert moments(c, dt=1e9)[0] == pytest.approx(100 * 0.01**2 / 2, rel=1e-9)
    assert moments(c, dt=0)[0] == pytest.approx(0.5, rel=1e-12)
    one, many = (
        pull(path, 5, dt=0, rng=Given([row] * 100))
        for path, row in (([0, 1], np.arange(5.0)), (c, np.arange(5.0)))
    )
    np.testing.assert_allclose(one, many, atol=1e-12)


def test_jarzynski_and_crooks_hold_in_a_pull():
    """Stiffness and place move at once, in few large steps; 4000 works each way give errors below .04."""
    c, k, m, T = np.linspace(0, 0.8, 6), np.linspace(1, 1.5, 6), 0.8, 1.5
    exact = m * 0.8 - m**2 / 2 * (1 / 1.5 - 1) + T / 2 * math.log(1.5)
    options = {"dt": 0.3, "weight": m, "T": T}
    forward = pull(c, 4000, stiffness=k, rng=1, **options)
    reverse = pull(c[::-1], 4000, stiffness=k[::-1], rng=2, **options)
    for found, truth in (
        (bar(forward, reverse, T), exact),
        (jarzynski(forward, T), exact),
        (jarzynski(reverse, T), -exact),
    ):
        assert abs(found.value - truth) < 4 * found.stderr < 0.16
    assert forward.mean() > exact and reverse.mean() > -exact
    # Crooks: f(W) e^{−(W − ΔF)/T} averages forward to what f(−W) does in reverse, here with f = tanh.
    weights = np.exp(-(forward - exact) / T)
    ahead, back = np.tanh(forward) * weights, np.tanh(-reverse)
    spread = math.sqrt(ahead.var() / 4000 + back.var() / 4000)
    assert abs(ahead.mean() - back.mean()) < 4 * spread


def test_reference_jump():
    """1 → 4: ⟨W⟩ = 1.5 and ΔF = ln 2. W = 3x²/2 has the variance 4.5: 20 000 of them the error .015."""
    work = pull([0, 0], 20_000, dt=1, stiffness=[1, 4], rng=3)
    assert work.mean() == pytest.approx(1.5, abs=0.06)
    value, stderr = jarzynski(work)
    assert abs(value - LN2) < 4 * stderr < 0.03


# What is asked of every module (declared.py) ---------------------------------------------------------

SAME = np.full(12, 1.5)
PAIR = np.zeros((2, 24))
CALLS = {
    "gaussian_kl": lambda: gaussian_kl([0.0, 1.0], np.eye(2), [1.0, 1.0], 2 * np.eye(2)),
    "gaussian_log_evidence": lambda: gaussian_log_evidence([[1.0], [2.0]], [1.0, 2.0], 1.0, 1.0),
    "thermodynamic_integration": lambda: thermodynamic_integration([0.0, 1.0], [-2.0, -1.0]),
    "jarzynski": lambda Ts=2.0: jarzynski(SAME, Ts),
    "effective_samples": lambda Ts=2.0: effective_samples(SAME, Ts),
    "bar": lambda Ts=2.0: bar(SAME, -SAME, Ts),
    "mbar": lambda: mbar(PAIR, [12, 12]),
    "overlap": lambda: overlap(PAIR, [12, 12]),
    "pull": lambda Ts=2.0, rng=0: pull([0.0, 1.0, 2.0], 3, dt=0.5, T=Ts, rng=rng),
}
BAD = {
    "no works": (lambda: jarzynski([]), r"work must have shape \(n,\) with n ≥ 1, got \(0,\)"),
    "rows of works": (lambda: jarzynski(np.ones((2, 10))), r"with n ≥ 1, got \(2, 10\)"),
    "a work that is NaN": (lambda: jarzynski([1.0, np.nan]), "work must not contain NaN"),
    "an infinite work": (lambda: jarzynski([1.0, np.inf]), "work must be finite"),
    "works too large for T": (lambda: jarzynski([5.0], 1e-300), "work must be finite in units of T = 1e-300"),
    "works at no temperature of their own": (lambda: jarzynski([1.0], [1.0, 2.0]), "T must be one number"),
    "works at no finite temperature": (lambda: jarzynski([1.0], np.inf), "T must be finite here"),
    "no works that are effective": (lambda: effective_samples([]), "with n ≥ 1"),
    "no works forward": (lambda: bar([], [1.0]), "work_forward must have shape"),
    "no works back": (lambda: bar([1.0], []), "work_reverse must have shape"),
    "a reverse work that is NaN": (lambda: bar([1.0], [np.nan]), "work_reverse must not contain NaN"),
    "one state": (lambda: mbar([[1.0, 2.0]], [2]), r"K ≥ 2, got \(1, 2\) and \(1,\)"),
    "draws of too many states": (lambda: mbar(PAIR, [8, 8, 8]), r"K ≥ 2, got \(2, 24\) and \(3,\)"),
    "a state without draws": (
        lambda: mbar(PAIR, [24, 0]),
        r"N_k must be whole numbers ≥ 1 .* 24, got \[24.0, 0.0\]",
    ),
    "numbers that do not sum": (lambda: mbar(PAIR, [12, 11]), r"sum to N = 24, got \[12.0, 11.0\]"),
    "half a draw": (lambda: overlap(PAIR, [12.5, 11.5]), "N_k must be whole numbers"),
    "an infinite energy": (lambda: overlap(PAIR + np.inf, [12, 12]), "u_kn must be finite"),
    "a covariance that is not symmetric": (
        lambda: gaussian_kl([0, 0], [[1, 0.5], [0.4, 1]], [0, 0], np.eye(2)),
        r"cov0 must be symmetric, got 0.5 at \[0, 1\] and 0.4 at \[1, 0\]",
    ),
    "a covariance that is not positive": (
        lambda: gaussian_kl([0, 0], np.eye(2), [0, 0], [[1, 2], [2, 1]]),
        "cov1 must be positive definite, got the eigenvalue -1",
    ),
    "a variance of zero": (lambda: gaussian_kl(0, 0, 0, 1), "cov0 must be positive definite"),
    "means of two lengths": (
        lambda: gaussian_kl([0], [[1]], [0, 0], np.eye(2)),
        r"mu0 and mu1 must have one shape, got \(1,\) and \(2,\)",
    ),
    "a covariance of another shape": (
        lambda: gaussian_kl([0, 0], [1, 1], [0, 0], np.eye(2)),
        r"mu0 and cov0 must have shapes .* got \(2,\) and \(2,\)",
    ),
    "no features": (
        lambda: gaussian_log_evidence(np.ones((3, 0)), [1, 2, 3], 1, 1),
        r"got \(3, 0\) and \(3,\)",
    ),
    "too few targets": (
        lambda: gaussian_log_evidence(np.ones((3, 1)), [1, 2], 1, 1),
        r"got \(3, 1\) and \(2,\)",
    ),
    "data without noise": (
        lambda: gaussian_log_evidence(np.ones((3, 1)), [1, 2, 3], 0, 1),
        "noise_std must be positive, got 0",
    ),
    "a prior without width": (
        lambda: gaussian_log_evidence(np.ones((3, 1)), [1, 2, 3], 1, 0),
        "prior_std must be one positive number or 1 of them, got 0",
    ),
    "a prior of too many weights": (
        lambda: gaussian_log_evidence(np.ones((3, 2)), [1, 2, 3], 1, [1, 1, 1]),
        "prior_std must be one positive number or 2 of them",
    ),
    "a path that falls": (
        lambda: thermodynamic_integration([0, 0.7, 0.3, 1], [1, 2, 3, 4]),
        r"betas must rise from 0 to 1, got \[0.0, 0.7, 0.3, 1.0\]",
    ),
    "a path that rests": (lambda: thermodynamic_integration([0, 0.5, 0.5, 1], [1, 2, 3, 4]), "must rise"),
    "a path that begins late": (
        lambda: thermodynamic_integration([0.1, 1], [1, 2]),
        "betas must rise from 0",
    ),
    "a path that ends early": (lambda: thermodynamic_integration([0, 0.9], [1, 2]), "betas must rise from 0"),
    "a path of one place": (lambda: thermodynamic_integration([0], [1]), "betas must rise from 0"),
    "means of another length": (
        lambda: thermodynamic_integration([0, 1], [1, 2, 3]),
        r"means must have the shape of betas, \(2,\), got \(3,\)",
    ),
    "a mean that is infinite": (
        lambda: thermodynamic_integration([0, 1], [-np.inf, 0]),
        "means must be finite",
    ),
    "a trap that stays": (lambda: pull([1.0], 2, dt=1), r"at least one step, got \(1,\)"),
    "traps in rows": (lambda: pull([[1.0, 2.0]], 2, dt=1), r"at least one step, got \(1, 2\)"),
    "no beads": (lambda: pull([0.0, 1.0], 0, dt=1), "n must be an integer ≥ 1"),
    "time that runs back": (lambda: pull([0.0, 1.0], 2, dt=-1), "dt must not be negative, got -1"),
    "no friction": (lambda: pull([0.0, 1.0], 2, dt=1, friction=0), "friction must be positive, got 0"),
    "a trap that pushes": (
        lambda: pull([0.0, 1.0], 2, dt=1, stiffness=-1),
        "stiffness must be positive, one or 2",
    ),
    "a stiffness too many": (
        lambda: pull([0.0, 1.0], 2, dt=1, stiffness=[1, 2, 3]),
        r"stiffness must be positive, one or 2 of them, got \[1.0, 2.0, 3.0\]",
    ),
    "an infinite weight": (lambda: pull([0.0, 1.0], 2, dt=1, weight=np.inf), "weight must be finite"),
}
LIMITS = [
    (lambda n: pull(np.zeros(n), 1, dt=1), 2, 1),
    (lambda dt: pull([0, 1], 1, dt=dt), 0.0, -1e-300),
    (lambda k: pull([0, 1], 1, dt=1, stiffness=k), 1e-300, 0.0),
    (lambda gamma: pull([0, 1], 1, dt=1, friction=gamma), 1e-300, 0.0),
    (lambda first: thermodynamic_integration([first, 1], [0, 0]), 0.0, 1e-300),
    (lambda s: gaussian_log_evidence([[1]], [1], s, 1), 1e-100, 0.0),
    (lambda v: gaussian_kl(0, v, 0, 1), 1e-300, 0.0),
]
AS_COLD = {
    "no work": (lambda: jarzynski(np.zeros(10), COLD).value, 0.0),
}
FAULTS = [
    Fault(
        "works of the wrong sign",
        "np.exp(lowest - w).mean()) - lowest",
        "np.exp(w - lowest).mean()) + lowest",
        "test_jarzynski_by_its_definition",
    ),
    Fault(
        "the mean of the log for the log of the mean",
        "np.log(np.exp(lowest - w).mean())",
        "np.mean(lowest - w)",
        "test_jarzynski_by_its_definition",
    ),
    Fault(
        "ΔF in units of T", "value = -T * log_mean", "value = -log_mean", "test_jarzynski_by_its_definition"
    ),
    Fault("works that ignore T", "w = array / T\n", "w = array / 1\n", "test_jarzynski_by_its_definition"),
    Fault(
        "an error that does not look at the tail",
        "np.expm1(spread**2))",
        "0.0)",
        "test_coverage_of_exponential_tails[100-2-0.9-1.0-owned1]",
    ),
    Fault(
        "an error that does not look at the sample",
        "max(np.exp(-w - log_mean).var(ddof=1), np.expm1(spread**2))",
        "np.expm1(spread**2)",
        "test_coverage_of_works_that_are_bounded_below[1000-4]",
    ),
    Fault("the upper tail", "np.sort(w)[: tail + 1]", "np.sort(-w)[: tail + 1]", "test_the_longest_tail"),
    Fault("an error for two works", "_FEWEST = 10", "_FEWEST = 5", "test_nine_works_are_too_few"),
    Fault(
        "a tail of any length",
        "spread > (limit := _LONGEST / (1 + tail**-0.5))",
        "spread > (limit := 2 * _LONGEST)",
        "test_the_longest_tail",
    ),
    Fault(
        "forward and reverse exchanged",
        '_reduced("work_forward", work_forward, T), -_reduced("work_reverse", work_reverse, T)',
        '-_reduced("work_forward", work_forward, T), _reduced("work_reverse", work_reverse, T)',
        "test_bars_equation",
    ),
    Fault(
        "reverse works done by the system",
        '-_reduced("work_reverse"',
        '_reduced("work_reverse"',
        "test_bars_equation",
    ),
    Fault(
        "numbers of draws the wrong way round",
        "M = np.log(n_F / n_R)",
        "M = np.log(n_R / n_F)",
        "test_bars_equation",
    ),
    Fault("numbers of draws forgotten", "M = np.log(n_F / n_R)", "M = 0.0", "test_bars_equation"),
    Fault(
        "an error of draws that tell all",
        "1 / shared - 1 / n_F - 1 / n_R",
        "1 / shared",
        "test_bars_equation",
    ),
    Fault("an error as of many draws", "return (n - 1) / (n - 4)", "return 1.0", "test_bars_equation"),
    Fault(
        "directions that share little",
        "_LEAST = 1.0",
        "_LEAST = 0.5",
        "test_the_least_that_two_directions_share",
    ),
    Fault(
        "draws of one state weigh for all",
        "near, e = f, (np.log(N) + f)[:, None] - u",
        "near, e = f, f[:, None] - u",
        "test_mbar_against_its_peer",
    ),
    Fault(
        "free energies of the wrong sign",
        "w = np.exp(f - near)",
        "w = np.exp(near - f)",
        "test_mbars_equations",
    ),
    Fault(
        "free energies of the wrong sign, far from where the exponentials were taken",
        "(np.log(N) + f)[:, None] - u",
        "(np.log(N) - f)[:, None] - u",
        "test_mbar_where_states_are_far_apart",
    ),
    Fault(
        "a covariance as if f were not relative",
        "covariance = covariance - covariance[0] - covariance[:, [0]] + covariance[0, 0]",
        "pass",
        "test_mbars_equations",
    ),
    Fault(
        "exponentials that f has left far behind",
        "np.abs(f - last.near).max() < _REACH",
        "True",
        "test_what_mbar_does_not_depend_on",
    ),
    Fault(
        "a state that has lost all its draws, and is not found again",
        "np.flatnonzero(sums < 1e-3)",
        "[]",
        "test_a_state_that_starts_far_off",
    ),
    Fault(
        "Newton's method wherever it leads",
        "astray = now.off > 0.9 * last.off",
        "astray = False",
        "test_a_state_that_starts_far_off",
    ),
    Fault(
        "exponentials that x has left far behind",
        "if abs(x - near) > _REACH:",
        "if False:",
        "test_bar_of_works_that_are_far_off",
    ),
    Fault(
        "a step of Newton's that is followed beyond its bracket",
        "if not low <= x <= high:",
        "if False:",
        "test_bar_of_works_that_are_far_off",
    ),
    Fault("a covariance of draws that are all known", "- np.diag(1 / N)", "", "test_mbar_against_its_peer"),
    Fault(
        "single states alone",
        "min(degrees.min(), *(sorted_links[:k, k:].sum() for k in range(1, K)))",
        "degrees.min()",
        "test_groups_that_share_nothing",
    ),
    Fault("overlap of columns", "p @ p.T / N[:, None]", "p @ p.T / N", "test_overlap"),
    Fault(
        "the divergence the other way",
        "scipy.linalg.solve_triangular(L1, L0, lower=True)",
        "scipy.linalg.solve_triangular(L0, L1, lower=True)",
        "test_divergence_of_two_gaussians_on_a_line",
    ),
    Fault(
        "determinants exchanged",
        "np.log(np.diag(L0) / np.diag(L1))",
        "np.log(np.diag(L1) / np.diag(L0))",
        "test_divergence_of_two_gaussians_on_a_line",
    ),
    Fault("Occam's factor forgotten", "log_det + squares", "squares", "test_reference_evidence"),
    Fault("Occam's factor for a bonus", "log_det + squares", "squares - log_det", "test_reference_evidence"),
    Fault(
        "a variance for a standard deviation",
        "np.linalg.svd(X * prior,",
        "np.linalg.svd(X * prior**0.5,",
        "test_reference_evidence",
    ),
    Fault(
        "data that no weight reaches forgotten",
        " + (beyond**2).sum() / noise**2",
        "",
        "test_reference_evidence",
    ),
    Fault(
        "an integral of left ends",
        "np.trapezoid(means, betas)",
        "(np.diff(betas) * means[:-1]).sum()",
        "test_integration_converges",
    ),
    Fault(
        "relaxation in the old trap",
        "x = rest[k] + (x - rest[k]) * np.exp(-relaxed[k])",
        "x = rest[k - 1] + (x - rest[k - 1]) * np.exp(-relaxed[k])",
        "test_a_lifted_weight",
    ),
    Fault(
        "noise of one relaxation for two",
        "np.expm1(-2 * relaxed[k])",
        "np.expm1(-relaxed[k])",
        "test_a_dragged_trap",
    ),
    Fault("a weight that lifts", "c - m / kappa", "c + m / kappa", "test_a_lifted_weight"),
    Fault(
        "a bead that starts at rest",
        "x = rest[0] + width[0] * rng.normal(size=n)",
        "x = rest[0] + 0 * rng.normal(size=n)",
        "test_a_dragged_trap",
    ),
    Fault(
        "friction that speeds up",
        '* _validate.positive("dt", dt, zero=True) / _validate.positive("friction", friction)',
        '* _validate.positive("dt", dt, zero=True) * _validate.positive("friction", friction)',
        "test_a_pull_of_given_noise",
    ),
]
