"""Bayesian networks against exact posteriors, closed forms, given noise, torch's distributions and a peer.

Everything is in float64. What is drawn at random is compared in units of its own standard error, at 4.5:
once in 150,000 for a correct code; the seeds are fixed, and no tolerance was fitted to them.
"""

import copy
import itertools
import re
import warnings
from functools import partial
from math import comb, log, pi

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import erf, log_softmax, softmax
from scipy.stats import multivariate_normal
from thermolib import _walks
from thermolib.bnn import (
    MLP,
    BayesianLinear,
    Subsampled,
    calibration_temperature,
    elbo,
    entropy_split,
    erf_kernel,
    expected_calibration_error,
    gaussian_log_joint,
    grid_posterior,
    hmc,
    laplace,
    leapfrog,
    nose_hoover,
    predictive,
    sgld,
)
from thermolib.chains import ConvergenceError
from thermolib.entropy import mutual_information
from torch.distributions import Normal, kl_divergence

from declared import Fault
from known import known
from tensors import close, normal, seeded, t

torch.set_num_threads(1)


def z_score(draws, exact, axis=0):
    """The deviation of a mean of independent draws from what is exact, in standard errors; the largest."""
    draws = np.asarray(draws)
    stderr = draws.std(axis=axis, ddof=1) / np.sqrt(draws.shape[axis])
    return np.abs((draws.mean(axis=axis) - np.asarray(exact)) / stderr).max()


# The posterior of two weights, w₂ tanh(w₁ x), whose moments are known.
X, Y = t([-2, -1, 0.5, 1, 2])[:, None], t([-0.9, -0.7, 0.4, 0.8, 1.1])[:, None]
TWO = MLP((1, 1, 1), bias=False)
FIVE_POINTS = gaussian_log_joint(TWO, X, Y, 0.3)
LOG_Z = known("bayesian_neural_networks", "two weights: ln Z")
AXIS = torch.linspace(-9, 9, 801, dtype=torch.float64)  # at ±9 the prior is e⁻⁴⁰


def gauss(w):
    """The standard normal distribution, −L = −w²/2, of any dim."""
    return -(w**2).sum() / 2


def quartic(w):
    return -(w**4).sum() / 4 + w.sum() / 2


# The posterior ---------------------------------------------------------------------------------------


def test_the_exact_posterior_of_two_weights():
    """The integrand is analytic, and vanishes at the ends: the trapezoid rule has all the digits known."""
    grid = grid_posterior(FIVE_POINTS, AXIS, AXIS)
    f3 = lambda w: TWO(w, t([[3.0]]))[0, 0]  # noqa: E731
    assert grid.log_Z == pytest.approx(LOG_Z, abs=6e-13)
    assert grid.mean(lambda w: w[0] * w[1]).item() == pytest.approx(
        known("bayesian_neural_networks", "two weights: E[w₁w₂]"), abs=6e-10
    )
    mean = grid.mean(f3).item()
    assert mean == pytest.approx(known("bayesian_neural_networks", "two weights: E f(3)"), abs=6e-10)
    sd = grid.mean(lambda w: (f3(w) - mean) ** 2).item() ** 0.5
    assert sd == pytest.approx(known("bayesian_neural_networks", "two weights: s.d. of f(3)"), abs=6e-10)
    assert grid.p.shape == (801, 801) and grid.axes[0] is AXIS
    close(grid.p, grid.p.flip(0, 1))  # (w₁, w₂) → (−w₁, −w₂)
    assert grid.mean(lambda w: torch.stack([w[0], w[1], w[0] * 0 + 1])).tolist() == pytest.approx([0, 0, 1])


def test_grid_at_other_temperatures_and_steps():
    """∫ exp(−w·Aw/2T) dw = 2πT/√det A. In s = sinh⁻¹ w the steps are equal, so in w they are not."""
    A = t([[2.0, 0.6], [0.6, 1.0]])
    log_joint = lambda w: -(w @ A @ w) / 2  # noqa: E731
    axis = torch.linspace(-12, 12, 241, dtype=torch.float64)
    for T in (0.5, 1.0, 2.0):
        grid = grid_posterior(log_joint, axis, axis, T=T)
        assert grid.log_Z == pytest.approx(log(2 * pi * T) - torch.logdet(A).item() / 2, abs=1e-12)
        close(grid.mean(lambda w: torch.outer(w, w)), T * torch.linalg.inv(A), 1e-12)
    uneven = grid_posterior(gauss, torch.sinh(torch.linspace(-3, 3, 4001, dtype=torch.float64)))
    assert uneven.log_Z == pytest.approx(log(2 * pi) / 2, abs=1e-6)  # a trapezoid's h²/12 ∫ w''², h = .0015
    box = grid_posterior(lambda w: torch.where(w[0].abs() < 1, 0.0, -torch.inf), np.linspace(-2, 2, 4001))
    assert box.log_Z == pytest.approx(log(2), abs=1e-3)  # −∞ is no mistake; the jump costs half a cell


def test_mlp_is_the_network_written_out():
    f, generator = MLP((3, 4, 5, 2), activation=torch.relu), seeded()
    assert f.dim == 3 * 4 + 4 + 4 * 5 + 5 + 5 * 2 + 2
    w, x = normal((6, 7, f.dim), generator), normal((8, 3), generator)
    out = f(w, x)
    assert out.shape == (6, 7, 8, 2)
    for i, j in [(0, 0), (5, 6)]:
        a = x
        for k, (W, b) in enumerate(f.unflatten(w[i, j])):
            a = torch.nn.functional.linear(torch.relu(a) if k else a, W, b)
        close(out[i, j], a)
    flat = torch.cat([torch.cat([W.flatten(-2), b], -1) for W, b in f.unflatten(w)], -1)
    assert torch.equal(flat, w)
    assert TWO.dim == 2 and MLP([2, 1]).widths == (2, 1)
    close(TWO(t([1.5, -2.0]), X), -2 * torch.tanh(1.5 * X))
    close(MLP((1, 3, 1), bias=False).unflatten(t(range(6)))[1][1], [0.0])


@pytest.mark.parametrize("prior_std", [1.0, 0.4, t([0.5, 2.0])])
def test_gaussian_log_joint_is_that_of_torch_s_distributions(prior_std):
    w, noise_std = t([0.7, 1.3]), 0.3
    log_joint = gaussian_log_joint(TWO, X, Y, noise_std, prior_std)
    prior = Normal(torch.zeros(2, dtype=torch.float64), t(prior_std) * t([1.0, 1.0]))
    exact = Normal(TWO(w, X), noise_std).log_prob(Y).sum() + prior.log_prob(w).sum()
    close(log_joint(w), exact)
    assert log_joint(w).shape == ()


# Samplers by given noise -----------------------------------------------------------------------------

W0 = t([[0.3, -0.5], [1.0, 0.2], [-0.7, 1.1]])
TS = [0.5, 1.0, 2.0]
FAST = {"warm_up": 2, "thin": 3}  # 2 + 3 · 40 steps: enough for the forces to be traced


def trajectory(move, state, steps=122):
    """The weights and the log joint at steps 5, 8, …: after two, every third is kept."""
    kept = []
    for k in range(steps):
        state = move(*state)
        if k >= 2 and k % 3 == 1:
            kept.append(state[0])
    w = torch.stack(kept, 1)
    return w, torch.stack([torch.stack([quartic(one) for one in chain]) for chain in w])


def quartic_force(w):
    return 0.5 - w**3


@pytest.mark.parametrize("draws", [40, 3])
def test_a_given_walk_of_sgld(draws):
    noise, T = seeded(5), t(TS)[:, None]
    move = lambda w: (w + 0.1 * quartic_force(w) + (0.2 * T) ** 0.5 * normal(W0.shape, noise),)  # noqa: E731
    w, log_joint = trajectory(move, (W0,), 2 + 3 * draws)
    run = sgld(quartic, W0, 0.1, draws, T=TS, generator=seeded(5), **FAST)
    close(run.w, w)
    close(run.log_joint, log_joint)
    assert run.acceptance.tolist() == [1, 1, 1]


def test_a_given_walk_of_hmc():
    noise, T, accepted = seeded(6), t(TS)[:, None], []

    def H(w, p):
        return (w**4 / 4 - w / 2 + p**2 / 2).sum(-1)

    def move(w):
        p = T**0.5 * normal(W0.shape, noise)
        u = torch.rand(3, generator=noise, dtype=torch.float64)
        v, q = w, p
        for _ in range(4):
            q = q + 0.45 * quartic_force(v)
            v = v + 0.9 * q
            q = q + 0.45 * quartic_force(v)
        accept = u < torch.exp(-(H(v, q) - H(w, p)) / T[:, 0])
        accepted.append(accept)
        return (torch.where(accept[:, None], v, w),)

    w, log_joint = trajectory(move, (W0,))
    run = hmc(quartic, W0, 0.9, 40, leapfrogs=4, T=TS, generator=seeded(6), **FAST)
    close(run.w, w, 1e-9)  # a step near the limit of stability magnifies the rounding
    close(run.log_joint, log_joint, 1e-9)
    close(run.acceptance, torch.stack(accepted)[2:].double().mean(0))
    assert run.acceptance.min() > 0.1 and run.acceptance.max() < 0.9  # so that both happen


@pytest.mark.parametrize("noise_strength", [1.0, 0.3, 0.0])
def test_a_given_walk_of_the_thermostat(noise_strength):
    """ξ starts at A, also at 0, and rises where the momenta are hotter than T."""
    noise, T, A = seeded(7), t(TS)[:, None], noise_strength

    def move(w, p, xi):
        kick = (2 * A * 0.1 * T) ** 0.5 * normal(W0.shape, noise)
        p = p + 0.1 * quartic_force(w) - 0.1 * xi[:, None] * p + kick
        return w + 0.1 * p, p, xi + 0.1 * ((p**2).sum(-1) / 2 - T[:, 0])

    p = T**0.5 * normal(W0.shape, noise)
    w, log_joint = trajectory(move, (W0, p, torch.full((3,), A, dtype=torch.float64)))
    run = nose_hoover(quartic, W0, 0.1, 40, noise=A, T=TS, generator=seeded(7), **FAST)
    close(run.w, w, 1e-9)
    close(run.log_joint, log_joint, 1e-9)


DATA = (normal((6, 1), seeded(1)), normal((6, 1), seeded(2)))
SUB = Subsampled(
    lambda w: gauss(w) - log(2 * pi),
    lambda w, x, y: Normal(TWO(w, x), 0.5).log_prob(y).sum(),
    DATA,
    2,
)


def test_subsampled_is_unbiased_by_all_minibatches():
    """The mean over all 15 pairs is the sum over all six, and so is that of the gradients, to rounding."""
    w = t([0.8, -0.4])
    both = torch.func.grad_and_value(SUB.on)
    pairs = [both(w, torch.tensor(pair)) for pair in itertools.combinations(range(6), 2)]
    assert len(pairs) == comb(6, 2)
    exact = torch.func.grad(SUB)(w)
    close(torch.stack([gradient for gradient, _ in pairs]).mean(0), exact)
    close(torch.stack([value for _, value in pairs]).mean(), SUB(w))
    close(SUB(w), gaussian_log_joint(TWO, *DATA, 0.5)(w))


def test_minibatches_are_drawn_without_replacement_and_for_each_chain():
    batches = SUB.batches(9000, seeded()).sort(-1).values
    assert batches.shape == (9000, 2) and bool((batches[:, 0] < batches[:, 1]).all())
    counts = np.bincount(batches[:, 0] * 6 + batches[:, 1], minlength=36)
    counts = counts[counts > 0]
    assert len(counts) == 15
    assert ((counts - 600) ** 2 / 600).sum() < 14 + 4.5 * 28**0.5  # χ² with 14 degrees of freedom
    estimate, again = SUB.draw(seeded(3)), SUB.draw(seeded(3))
    w = t([0.8, -0.4])
    assert estimate(w) == again(w) == SUB.on(w, SUB.batches(1, seeded(3))[0])
    assert len({SUB.draw(seeded(k))(w).item() for k in range(20)}) > 3


def test_a_given_walk_with_minibatches():
    """Examples are drawn first, and after each step: those of the value that is kept drive the next step."""
    noise, w = seeded(8), W0
    force = torch.func.grad_and_value(SUB.on)
    batch, walk, values = SUB.batches(3, noise), [], []
    for _ in range(120):
        gradient = torch.stack([force(w[c], batch[c])[0] for c in range(3)])
        w = w + 0.02 * gradient + 0.2 * normal(w.shape, noise)
        batch = SUB.batches(3, noise)
        walk.append(w)
        values.append(torch.stack([force(w[c], batch[c])[1] for c in range(3)]))
    run = sgld(SUB, W0, 0.02, 120, generator=seeded(8))
    close(run.w, torch.stack(walk, 1), 1e-9)
    close(run.log_joint, torch.stack(values, 1), 1e-9)
    whole = hmc(SUB, W0, 0.1, 2, generator=seeded(9))  # which decides by energies, and so takes all examples
    close(whole.w, hmc(lambda w: SUB(w), W0, 0.1, 2, generator=seeded(9)).w)


# Samplers by their law -------------------------------------------------------------------------------


@pytest.mark.parametrize(("step", "T"), [(0.1, 1.0), (0.8, 0.5), (1.5, 2.0)])
def test_the_bias_of_sgld(step, T):
    """On N(0, 1) the variance T/(1 − ε/2) is exactly stationary: independent chains that start with it."""
    generator, exact = seeded(1), T / (1 - step / 2)
    w0 = exact**0.5 * normal((20_000, 2), generator)
    last = sgld(gauss, w0, step, 4, T=T, generator=generator).w[:, -1]
    assert z_score(last.flatten() ** 2, exact) < 4.5
    assert z_score(last[:, 0] * last[:, 1], 0.0) < 4.5
    wrong = T  # without the bias; the test would see it, for a variance of n draws has an error √(2/n)
    assert abs(exact - wrong) / exact > 4.5 * (2 / last.numel()) ** 0.5


@pytest.mark.parametrize("h", [1.0, 4.0])
def test_the_limit_of_sgld(h):
    """Without noise, at T = 1e-300, a step multiplies w by 1 − εh: smaller up to ε = 2/h, and not beyond."""
    well = lambda w: -h * (w**2).sum() / 2  # noqa: E731
    for step, grows in [(1.999 / h, False), (2.001 / h, True)]:
        last = sgld(well, t([[1.0]]), step, 1, thin=400, T=1e-300, generator=seeded()).w.abs().item()
        assert last == pytest.approx(abs(1 - step * h) ** 400, rel=1e-9) and (last > 1) is grows


def quartic_moments(T):
    density = lambda w: np.exp((-(w**4) / 4 + w / 2) / T)  # noqa: E731
    mass = quad(density, -8, 8, epsabs=1e-13)[0]
    return np.array(
        [quad(lambda w, k=k: w**k * density(w), -8, 8, epsabs=1e-13)[0] / mass for k in (1, 2, 4)]
    )


@pytest.mark.parametrize("T", [0.5, 2.0])
def test_hmc_leaves_the_distribution_as_it_is(T):
    """Exact draws, by inversion on a fine grid, remain so: at a step where a third is refused."""
    generator = seeded(2)
    axis = torch.linspace(-8, 8, 40_001, dtype=torch.float64)
    cumulative = ((-(axis**4) / 4 + axis / 2) / T).exp().cumsum(0)
    u = torch.rand(20_000, 1, generator=generator, dtype=torch.float64) * cumulative[-1]
    w0 = axis[torch.searchsorted(cumulative, u).clamp(max=40_000)]
    run = hmc(quartic, w0, 1.1 / T**0.25, 3, leapfrogs=2, T=T, generator=generator)
    w = run.w[:, -1, 0]
    assert z_score(torch.stack([w, w**2, w**4], -1), quartic_moments(T)) < 4.5
    assert 0.4 < run.acceptance.mean() < 0.85


def test_leapfrog_leads_back():
    """With the momenta reversed, to rounding."""
    w, p = W0, normal(W0.shape, seeded(3))
    there = leapfrog(FIVE_POINTS, w, p, 0.05, 20)
    back = leapfrog(FIVE_POINTS, there[0], -there[1], 0.05, 20)
    close(back[0], w, 1e-12)
    close(back[1], -p, 1e-12)
    assert (there[0] - w).abs().max() > 0.1


def test_leapfrog_keeps_volumes():
    """The Jacobian of (w, p) → (w', p') has determinant 1."""

    def way(state):
        w, p = leapfrog(FIVE_POINTS, state[None, :2], state[None, 2:], 0.1, 5)
        return torch.cat([w[0], p[0]])

    start = t([0.7, 1.1, 0.4, -0.9])
    both = lambda k, h: way(start + h * torch.eye(4, dtype=torch.float64)[k])  # noqa: E731
    # Differences of the sixth order: h⁶ = 1e-18 and rounding 1e-16/h leave 1e-12 of each entry.
    h = 1e-3
    weights = [(1, 3 / 4), (2, -3 / 20), (3, 1 / 60)]
    columns = [sum(c * (both(k, m * h) - both(k, -m * h)) for m, c in weights) / h for k in range(4)]
    assert torch.linalg.det(torch.stack(columns, 1)).item() == pytest.approx(1, abs=1e-9)
    # On a quadratic L the map is a matrix, found without any error but rounding.
    w, p = leapfrog(gauss, t([[1.0], [0.0]]), t([[0.0], [1.0]]), 0.7, 3)
    assert (w[0] * p[1] - w[1] * p[0]).item() == pytest.approx(1, abs=1e-12)


def test_leapfrog_keeps_the_energy_to_second_order():
    """At a given time half the step leaves a quarter of the error, up to O(ε²) of that."""
    w, p = t([[0.7, 1.1]]), t([[0.4, -0.9]])
    H = lambda w, p: (p**2).sum() / 2 - FIVE_POINTS(w[0])  # noqa: E731
    errors = [H(*leapfrog(FIVE_POINTS, w, p, 0.02 / 2**k, 25 * 2**k)) - H(w, p) for k in range(3)]
    for coarse, fine in itertools.pairwise(errors):
        assert (coarse / fine).item() == pytest.approx(4, abs=0.2)


def test_the_limit_of_leapfrog():
    """On L = w²/2: bounded below a step of 2, and beyond it growing without bound."""
    for step, grows in [(1.99, False), (2.01, True)]:
        w, p = leapfrog(gauss, t([[1.0]]), t([[0.0]]), step, 300)
        assert (max(w.abs().item(), p.abs().item()) > 1e3) is grows


def friction(h, A):
    """ξ* of `nose_hoover` on N(0, T)ⁿ, n → ∞, where the thermostat does not fluctuate, and Var(w)/T.

    With a = 1 − hξ: p' = ap − hw + √(2AhT) η and w' = w + hp'. The thermostat stands where ⟨p²⟩ = T. The
    moments ⟨w²⟩ = S, ⟨wp⟩ = c are stationary for c = hT/2, S = T(1 + a)/2 = T(1 − hξ/2), and then
    ⟨p²⟩ = T asks that a² + h²(1 − a)/2 + 2Ah = 1.
    """
    roots = np.roots([1, -(h**2) / 2, h**2 / 2 + 2 * A * h - 1])
    xi = (1 - roots.max()) / h
    return xi, 1 - h * xi / 2


@pytest.mark.parametrize(("h", "A", "T"), [(0.2, 1.0, 2.0), (0.1, 2.0, 0.5)])
def test_the_bias_of_the_thermostat(h, A, T):
    """400 weights: the thermostat fluctuates by √(T/n) and changes the variance by h/n of it, .0005 at most.

    The error is that of the chains' means, which are independent; 60 of them know it to a tenth.
    """
    generator = seeded(4)
    w0 = T**0.5 * normal((60, 400), generator)
    w = nose_hoover(gauss, w0, h, 50, noise=A, T=T, warm_up=150, thin=4, generator=generator).w
    variance = (w**2).mean((1, 2)).numpy()
    ratio, stderr = variance.mean() / T, variance.std(ddof=1) / 60**0.5 / T
    assert abs(ratio - friction(h, A)[1]) < 4.5 * stderr + 0.0005
    assert 4.5 * stderr + 0.0005 < h * A / 4  # so that no bias would be seen


def test_samplers_agree_with_the_grid():
    """⟨w₁w₂⟩ of the five points by HMC: the error is that of 100 independent chains' means."""
    w0 = t([[0.8, 1.0], [-0.8, -1.0]]).repeat(50, 1)
    run = hmc(FIVE_POINTS, w0, 0.1, 100, leapfrogs=12, warm_up=10, generator=seeded(5))
    assert z_score((run.w[..., 0] * run.w[..., 1]).mean(1), 0.952470569) < 4.5


# Samplers: what goes wrong, and bookkeeping ----------------------------------------------------------

SAMPLERS = [sgld, hmc, nose_hoover]


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("draws", [30, 300])  # as it is, and traced
def test_a_chain_that_runs_away_is_named(sampler, draws):
    """Chain 1 starts where the force −w³ is far too large for the step; `last` is the state before."""
    w0 = t([[0.1], [50.0], [0.2]])
    with pytest.raises(
        ConvergenceError, match=rf"{sampler.__name__}: chain 1 ran away in step \d+ of"
    ) as caught:
        sampler(quartic, w0, 0.3, draws, generator=seeded())
    assert caught.value.last.shape == (3, 1) and bool(caught.value.last.isfinite().all())
    assert "try a smaller step" in str(caught.value)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_chain_that_runs_away_late(sampler):
    """It is looked for once in 64 steps, and found in its own: a step fewer is a run, whose end is `last`."""

    def walled(w):  # no number beyond 2.5
        return gauss(w) + 0 * (2.5 - w).log().sum()

    w0 = t([[0.0], [0.1], [-1.0]])
    with pytest.raises(ConvergenceError, match="ran away in step") as caught:
        sampler(walled, w0, 0.3, 5000, generator=seeded(1))
    chain, step = (
        int(one) for one in re.findall(r"chain (\d+) ran away in step (\d+)", str(caught.value))[0]
    )
    assert step > 64 and step % 64 > 1
    run = sampler(walled, w0, 0.3, step - 1, generator=seeded(1))
    assert torch.equal(run.w[:, -1], caught.value.last)
    with pytest.raises(ConvergenceError, match=f"chain {chain} ran away in step {step} of {step}"):
        sampler(walled, w0, 0.3, step, generator=seeded(1))


@pytest.mark.parametrize("sampler", [sgld, nose_hoover])
def test_a_chain_that_runs_away_where_the_log_joint_fails(sampler):
    """It is named all the same: cholesky refuses the infinite w of the step after."""

    def strict(w):
        wide = (1 + w.abs().sum()) * torch.eye(2, dtype=w.dtype)
        return -(w**4).sum() - torch.linalg.cholesky(wide).diagonal().log().sum()

    with pytest.raises(ConvergenceError, match="ran away in step"):
        sampler(strict, t([[3.0], [0.0]]), 0.5, 50, generator=seeded(1))


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_what_is_kept(sampler):
    """Every thin-th step after the warm-up, wherever the blocks of 64 steps end."""
    every = sampler(gauss, W0, 0.3, 400, generator=seeded(2))
    for warm_up, thin, draws in (
        (0, 1, 63),
        (0, 1, 65),
        (64, 1, 64),
        (63, 2, 90),
        (13, 3, 100),
        (1, 70, 5),
        (200, 200, 1),
    ):
        run = sampler(gauss, W0, 0.3, draws, warm_up=warm_up, thin=thin, generator=seeded(2))
        kept = slice(warm_up + thin - 1, warm_up + thin * draws, thin)
        assert torch.equal(run.w, every.w[:, kept]) and torch.equal(run.log_joint, every.log_joint[:, kept])
    if sampler is hmc:
        moved = (every.w[:, 1:] != every.w[:, :-1]).any(-1).double()
        run = hmc(gauss, W0, 0.3, 100, warm_up=100, thin=2, generator=seeded(2))
        close(run.acceptance, moved[:, 99:299].mean(-1))


def test_what_is_computed_once():
    """What depends on shapes alone, and is not random; the rest is as it was, to the bit."""
    w, A, chance = normal((5, 3), seeded(4)), normal((3, 3), seeded(5)), seeded(0)
    for log_joint, most in (
        (gauss, 8),
        (lambda w: -((w**1.0 / 1.0) ** 3).sum(), 8),
        (lambda w: (w**2 / 3).sum(), 5),
        (lambda w: (w.split([1, 2])[1] ** 2).sum(), 12),  # an operation with two results
        (lambda w: ((w @ A) @ (w + A)).tanh().exp().sum() - 2 * (w**2 + 1).log().sqrt().sum() / 3, 80),
    ):
        both = _walks.vectorised(log_joint)
        fewer = _walks._traced(both, w)
        assert all(torch.equal(a, b) for a, b in zip(both(w), fewer(w), strict=True))
        calls = [node for node in fewer.__self__.graph.nodes if node.op == "call_function"]
        assert len(calls) <= most, calls
        slow = [node for node in calls if "aten" in str(node.target)]
        assert not {str(node.target).split(".")[1] for node in slow} & _walks._QUICK
    random = _walks._traced(lambda w: (w * torch.rand(3, dtype=torch.float64, generator=chance),), w)
    assert not torch.equal(random(w)[0], random(w)[0])


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_generator_is_all_the_chance(sampler):
    """The same draws for the same seed, whatever shows; torch's own state and w0 stay as they are."""
    state, w0 = torch.get_rng_state(), W0.clone()
    runs = [sampler(FIVE_POINTS, W0, 0.02, 5, generator=seeded(1), device=d) for d in (None, "cpu")]
    other = sampler(FIVE_POINTS, W0, 0.02, 5)
    assert torch.equal(runs[0].w, runs[1].w) and not torch.equal(runs[0].w, other.w)
    assert torch.equal(torch.get_rng_state(), state) and torch.equal(W0, w0)
    assert runs[0].w.dtype == torch.float64 and not runs[0].w.requires_grad
    assert sampler(gauss, W0.float(), 0.02, 5, generator=seeded()).w.dtype == torch.float32
    assert sampler(gauss, [[1, 2]], 0.02, 5, generator=seeded()).w.dtype == torch.float64


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_progress(sampler, capfd):
    sampler(gauss, W0, 0.1, 3, generator=seeded())
    assert capfd.readouterr().err == ""
    sampler(gauss, W0, 0.1, 3, generator=seeded(), progress=True)
    assert f"{sampler.__name__}: 100%" in capfd.readouterr().err


def test_what_cannot_be_traced_runs_as_it_is():
    """A log joint that looks at the tensor's class, which a trace replaces, is not traced, and runs."""

    def log_joint(w):
        if "Fake" in str(w) or "Proxy" in str(w):
            raise TypeError("no trace")
        return gauss(w)

    traced, plain = (sgld(f, W0, 0.1, 150, generator=seeded()).w for f in (gauss, log_joint))
    assert torch.equal(traced, plain)


# Laplace ---------------------------------------------------------------------------------------------


def test_laplace_is_exact_for_linear_regression():
    """y = Xw + noise: the evidence is N(y; 0, σ² + s²XXᵀ), and the posterior has its textbook moments."""
    generator, noise_std, prior_std = seeded(6), 0.4, 1.5
    x, y = normal((12, 3), generator), normal((12, 1), generator)
    log_joint = gaussian_log_joint(MLP((3, 1), bias=False), x, y, noise_std, prior_std)
    found = laplace(log_joint, normal((3,), generator))
    x, y = x.numpy(), y.numpy()[:, 0]
    covariance = np.linalg.inv(x.T @ x / noise_std**2 + np.eye(3) / prior_std**2)
    close(found.covariance, covariance, 1e-11)
    close(found.mean, covariance @ x.T @ y / noise_std**2, 1e-11)
    evidence = multivariate_normal(np.zeros(12), noise_std**2 * np.eye(12) + prior_std**2 * x @ x.T)
    assert found.log_Z == pytest.approx(evidence.logpdf(y), abs=1e-10)


def test_laplace_of_two_weights():
    """Two equal modes count twice. The error of ln Z(T) is proportional to T, as T → 0."""
    found = laplace(FIVE_POINTS, t([1.0, 0.5]))
    opposite = laplace(FIVE_POINTS, t([-1.0, -0.5]))
    close(opposite.mean, -found.mean, 1e-8)
    assert found.log_Z + log(2) - LOG_Z == pytest.approx(-0.04511, abs=1e-5)  # the error that it has
    errors = []
    for T in (0.02, 0.01):
        exact = grid_posterior(FIVE_POINTS, AXIS[AXIS.abs() < 3], AXIS[AXIS.abs() < 3], T=T).log_Z
        errors.append(laplace(lambda w, T=T: FIVE_POINTS(w) / T, t([1.0, 0.5])).log_Z + log(2) - exact)
    assert errors[0] / errors[1] == pytest.approx(2, abs=0.1) and abs(errors[1]) < 1e-3
    with pytest.raises(ConvergenceError, match="flat or not convex") as caught:
        laplace(lambda w: -(w[0] ** 2) + 0 * w[1], t([1.0, 2.0]))
    assert caught.value.last.shape == (2,)
    with pytest.raises(ConvergenceError):
        laplace(lambda w: w.sum(), t([1.0, 2.0]))
    with pytest.raises(ConvergenceError, match="flat or not convex"):
        laplace(lambda w: -(w[0] ** 2) + (w[1] ** 2).cos(), t([1.0, 0.0]))  # flat to fourth order


# Bayes by backprop -----------------------------------------------------------------------------------


def layer_of(generator, *shape, **options):
    layer = BayesianLinear(*shape, generator=generator, **options).double()
    with torch.no_grad():
        layer.mu.copy_(normal(layer.mu.shape, generator))
        layer.rho.copy_(normal(layer.rho.shape, generator))
    return layer


@pytest.mark.parametrize("options", [{}, {"bias": False}, {"prior_std": 0.3}])
def test_kl(options):
    """Torch's own divergence, and Monte Carlo over the layer's draws of ln q − ln prior, summed."""
    layer = layer_of(seeded(7), 3, 2, **options)
    assert layer.mu.shape == (2, 3 if "bias" in options else 4)
    q = Normal(layer.mu, torch.nn.functional.softplus(layer.rho))
    prior = Normal(torch.zeros_like(layer.mu), options.get("prior_std", 1.0))
    close(layer.kl().detach(), kl_divergence(q, prior).sum().detach())
    with torch.no_grad():
        w = torch.stack([layer.sample() for _ in range(3000)])
        log_ratio = (q.log_prob(w) - prior.log_prob(w)).sum((1, 2))
    assert z_score(log_ratio, layer.kl().item()) < 4.5


@pytest.mark.parametrize("bias", [True, False])
def test_local_reparameterisation_has_the_law_of_drawn_weights(bias):
    """Mean and variance of each output, exactly known, for both; two examples are independent."""
    layer, x = layer_of(seeded(8), 2, 2, bias=bias), t([[0.5, -1.0], [2.0, 0.3]])
    ones = torch.cat([x, torch.ones(2, 1)], 1) if bias else x
    n = 20_000
    with torch.no_grad():
        mean, variance = ones @ layer.mu.T, ones**2 @ torch.nn.functional.softplus(layer.rho).T ** 2
        local = layer(x.expand(n, 2, 2))
        drawn = torch.stack([ones @ layer.sample().T for _ in range(n // 5)])
    for out in (local, drawn):
        assert z_score(out, mean) < 4.5
        assert z_score((out - mean) ** 2, variance) < 4.5
    across = (local - mean)[:, 0] * (local - mean)[:, 1]
    assert z_score(across, 0.0) < 4.5


def test_an_input_of_zero_has_a_gradient():
    """With x = 0 and no bias the output is 0 whatever the weights: its gradient is 0, not NaN."""
    layer = layer_of(seeded(8), 2, 2, bias=False)
    layer(t([[0.0, 0.0]])).sum().backward()
    assert (layer.mu.grad == 0).all() and (layer.rho.grad == 0).all()


def two_weight_model(mu, rho):
    model = torch.nn.Sequential(
        BayesianLinear(1, 1, bias=False), torch.nn.Tanh(), BayesianLinear(1, 1, bias=False)
    ).double()
    with torch.no_grad():
        for layer, m, r in zip((model[0], model[2]), mu, rho, strict=True):
            layer.mu.fill_(m)
            layer.rho.fill_(r)
    return model


NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(120)
NODES, WEIGHTS = t(NODES), t(WEIGHTS / WEIGHTS.sum())


def exact_elbo(parameters):
    """Of the two-weight model, (μ₁, μ₂, ln σ₁, ln σ₂): Gauss–Hermite over w₁; over w₂ in closed form."""
    mu, s = parameters[:2], parameters[2:].exp()
    tanh = torch.tanh((mu[0] + s[0] * NODES) * X)  # (5, nodes)
    square = (Y - mu[1] * tanh) ** 2 + (s[1] * tanh) ** 2
    likelihood = -(square @ WEIGHTS).sum() / (2 * 0.3**2) - 5 * (log(0.3) + log(2 * pi) / 2)
    return likelihood - ((s**2 + mu**2) / 2 - s.log() - 0.5).sum()


def test_elbo_is_a_lower_bound():
    """At 300 random parameters, the expectation by quadrature; the best is the known one."""
    generator = seeded(9)
    bounds = [exact_elbo(2 * normal((4,), generator) - t([0, 0, 1, 1])).item() for _ in range(300)]
    assert max(bounds) < LOG_Z

    def loss(parameters):
        gradient, value = torch.func.grad_and_value(exact_elbo)(t(parameters))
        return -value.item(), -gradient.numpy()

    best = minimize(loss, [0.8, 1.0, -1.0, -1.5], jac=True, tol=1e-12)
    assert -best.fun == pytest.approx(known("bayesian_neural_networks", "two weights: best ELBO"), abs=2e-9)


@pytest.mark.parametrize(("mu", "sigma"), [((0.8, 1.0), (0.3, 0.2)), ((-0.5, 0.4), (1.0, 0.7))])
def test_elbo_is_unbiased(mu, sigma):
    """Its mean, and that of its gradients, over 60 calls of 100 draws: the error is that of the 60."""
    model, generator = two_weight_model(mu, np.log(np.expm1(sigma))), seeded(10)
    values, gradients = [], []
    for _ in range(60):
        model.zero_grad()
        value = elbo(model, X, Y, 0.3, 100, generator=generator)
        value.backward()
        values.append(value.item())
        gradients.append([p.grad.item() for p in (model[0].mu, model[2].mu, model[0].rho, model[2].rho)])
    gradient, exact = torch.func.grad_and_value(exact_elbo)(t([*mu, *np.log(sigma)]))
    chain = t([1, 1, *((1 - np.exp(-np.array(sigma))) / sigma)])  # d ln σ/dρ = (1 − e^{−σ})/σ
    assert z_score(values, exact.item()) < 4.5
    assert z_score(gradients, gradient * chain) < 4.5


def test_elbo_gives_generators_back():
    """Each layer its own, untouched: after a call, and after one that fails in the model or before it."""
    layers = [BayesianLinear(1, 1, generator=seeded(k)).double() for k in (1, 2)]
    own, model = [layer.generator for layer in layers], torch.nn.Sequential(*layers)
    elbo(model, X, Y, 0.3, 2, generator=seeded(3))
    assert [layer.generator for layer in layers] == own
    for x, generator in ((X[:, [0, 0]], seeded(3)), (X, 3)):
        with pytest.raises(ValueError, match=r"(x must have shape|generator must be)"):
            elbo(model, x, Y, 0.3, 2, generator=generator)
        assert [layer.generator for layer in layers] == own
    before = [one.get_state() for one in own]
    elbo(model, X, Y, 0.3, 2, generator=seeded(3))
    assert all(torch.equal(one.get_state(), state) for one, state in zip(own, before, strict=True))


def test_elbo_is_seeded():
    model = torch.nn.Sequential(BayesianLinear(1, 3, generator=seeded(1)), BayesianLinear(3, 1)).double()
    state, own = torch.get_rng_state(), [layer.generator for layer in model]
    a, b = (elbo(model, X, Y, 0.3, 4, generator=seeded(2)).item() for _ in range(2))
    assert a == b != elbo(model, X, Y, 0.3, 4).item()
    assert [layer.generator for layer in model] == own and torch.equal(torch.get_rng_state(), state)
    twins = [BayesianLinear(2, 2, generator=seeded(3)) for _ in range(2)]
    assert torch.equal(twins[0].mu, twins[1].mu)
    assert torch.equal(twins[0](torch.ones(1, 2)), copy.deepcopy(twins[1])(torch.ones(1, 2)))
    model(X.expand(2, 5, 1))
    linear = torch.nn.Sequential(BayesianLinear(1, 2), torch.nn.Linear(2, 1)).double()  # one layer is enough
    elbo(linear, X, Y, 0.3, 2).backward()


# Predictions -----------------------------------------------------------------------------------------


def test_predictive():
    w = normal((2, 3, TWO.dim), seeded())
    out = predictive(TWO, w, X)
    close(out, torch.stack([TWO(one, X) for one in w.reshape(6, -1)]))
    assert predictive(lambda w, x: w[0] * x, w[0], X[:, 0]).shape == (3, 5)


def test_entropy_split():
    """By hand, and as the mutual information of which draw it was and the label."""
    probs = softmax(np.random.default_rng(0).normal(size=(7, 5, 4)) * 2, axis=-1)
    split = entropy_split(t(probs))
    close(split.information, [mutual_information(probs[:, i] / 7) for i in range(5)])
    close(split.total, split.expected + split.information)
    mean = probs.mean(axis=0)
    close(split.total, -(mean * np.log(mean)).sum(axis=-1))
    agree = entropy_split(t([[[0.25, 0.75]]]).repeat(3, 1, 1))
    assert agree.information.item() == 0 and agree.total.item() == pytest.approx(0.562335145)
    contradict = entropy_split(t([[[1.0, 0.0]], [[0.0, 1.0]]]))
    close([part.item() for part in contradict], [log(2), 0, log(2)])


def test_calibration_temperature():
    """Logits too large by 2.5 are found; at T the moments agree; −ln p is convex in 1/T."""
    rng = np.random.default_rng(1)
    z = rng.normal(size=(400, 5)) * 2
    labels = (np.log(rng.random((400, 5))) / -softmax(z, axis=1)).argmin(axis=1)  # a race of exponentials
    T = calibration_temperature(z, labels)
    assert calibration_temperature(2.5 * z, labels) == pytest.approx(2.5 * T, rel=1e-12)
    assert calibration_temperature(1e-8 * z + 1e3, labels) == pytest.approx(1e-8 * T, rel=1e-4)
    at_labels = z[np.arange(400), labels].mean()
    assert (softmax(z / T, axis=1) * z).sum(axis=1).mean() == pytest.approx(at_labels, rel=1e-11)
    nll = lambda beta: -log_softmax(beta * z, axis=1)[np.arange(400), labels].mean()  # noqa: E731
    around = np.array([nll(beta) for beta in np.linspace(0.1, 3, 60)])
    assert np.all(np.diff(around, 2) > 0) and nll(1 / T) <= around.min()
    assert np.array_equal((z / T).argmax(axis=1), z.argmax(axis=1))
    assert isinstance(calibration_temperature(t(z), torch.tensor(labels)), float)


def test_the_temperature_of_a_calibrated_model_is_1():
    """Labels drawn from softmax(z): the error of 1/T is that of maximum likelihood, 1/√(n Var z)."""
    rng = np.random.default_rng(2)
    z = rng.normal(size=(20_000, 3)) * 2
    p = softmax(z, axis=1)
    labels = (p.cumsum(axis=1) < rng.random((20_000, 1))).sum(axis=1)
    information = ((p * z**2).sum(axis=1) - (p * z).sum(axis=1) ** 2).sum()
    assert abs(1 / calibration_temperature(2.5 * z, labels) * 2.5 - 1) < 4.5 / information**0.5


def test_expected_calibration_error():
    """By hand: confidences .9 .9 .6 .6, right 1 0 1 1: bins of .5, one, |.75 − .75| = 0; of .1, .2 + .2."""
    probs = [[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.6, 0.4]]
    labels = [0, 1, 1, 0]
    assert expected_calibration_error(probs, labels, bins=2) == pytest.approx(0, abs=1e-15)
    assert expected_calibration_error(probs, labels, bins=10) == pytest.approx(0.5 * 0.4 + 0.5 * 0.4)
    assert expected_calibration_error([[1.0, 0.0]] * 2, [0, 1]) == pytest.approx(0.5)
    assert expected_calibration_error([[0.5, 0.5]], [0], bins=2) == 0.5  # .5 lies in (0, .5]
    assert expected_calibration_error(t(probs), torch.tensor(labels), 10) == pytest.approx(0.4)


def test_a_calibrated_model_has_little_calibration_error():
    """A bin of n_b has |Σ(right − confidence)| ≤ √(n_b)/2 on average, so all have ≤ √(bins/n)/2 (Jensen).

    One example moves the error by 1/n at most: it exceeds its mean by s with probability ≤ exp(−2ns²).
    """
    rng, n = np.random.default_rng(3), 20_000
    p = softmax(rng.normal(size=(n, 3)) * 2, axis=1)
    labels = (p.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)
    bound = (15 / n) ** 0.5 / 2 + (log(1e6) / (2 * n)) ** 0.5
    assert expected_calibration_error(p, labels) < bound
    assert expected_calibration_error(softmax(2.5 * np.log(p), axis=1), labels) > 2 * bound


def test_erf_kernel():
    """Known values; the definition by Monte Carlo; and a finite network's covariance, which is the same."""
    assert erf_kernel([0.0], [0.0]).item() == pytest.approx(
        known("bayesian_neural_networks", "erf network: K(0, 0)"), abs=6e-10
    )
    assert erf_kernel([1e9], [1e9]).item() == pytest.approx(1, abs=1e-9)
    assert erf_kernel([1e9], [-1e9]).item() == pytest.approx(-1, abs=1e-9)
    rng = np.random.default_rng(4)
    x, z = rng.normal(size=(3, 2)), rng.normal(size=(2, 2))
    root = rng.normal(size=(3, 3))
    with_one = [np.concatenate([np.ones((len(a), 1)), a], axis=1) for a in (x, z)]
    for cov in (None, root @ root.T):
        u = rng.multivariate_normal(np.zeros(3), np.eye(3) if cov is None else cov, size=40_000)
        a, b = (erf(u @ one.T) for one in with_one)
        K = erf_kernel(x, z, cov)
        assert K.shape == (3, 2) and z_score(a[:, :, None] * b[:, None, :], K) < 4.5
    f, generator, H = MLP((1, 20, 1), activation=torch.erf), seeded(11), 20
    w = normal((20_000, f.dim), generator)
    w[:, 2 * H : 3 * H] /= H**0.5  # output weights of variance 1/H, and no output bias
    w[:, 3 * H] = 0
    out = f(w, t([[-0.5], [1.5]]))[..., 0]
    assert z_score(out[:, :, None] * out[:, None, :], erf_kernel([-0.5, 1.5], [-0.5, 1.5])) < 4.5


# A peer: posteriors ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def posteriors():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import posteriors

        yield posteriors


def theirs(function):
    return lambda w, batch: (function(w), torch.tensor([]))


def test_sgld_is_that_of_posteriors(posteriors):
    """The same walk for the same noise: their learning rate is our step."""
    transform = posteriors.sgmcmc.sgld.build(theirs(FIVE_POINTS), lr=0.01, temperature=0.7)
    with torch.random.fork_rng():
        torch.manual_seed(12)
        state, walk = transform.init(W0[0]), []
        for _ in range(120):
            state, _ = transform.update(state, None)
            walk.append(state.params)
    run = sgld(FIVE_POINTS, W0[:1], 0.01, 120, T=0.7, generator=seeded(12))
    close(run.w[0], torch.stack(walk), 1e-10)


def test_the_thermostat_beside_that_of_posteriors(posteriors):
    """They drift with the old momenta, where Ding et al. drift with the new: other biases, both known.

    With constant ξ theirs is p' = ap − hw + √(2Ah) η, w' = w + hp: stationary for ⟨wp⟩ = −h/2 and
    ⟨w²⟩ = 1 − hξ/2 + h²/2, and ⟨p²⟩ = 1 asks that a² + h²⟨w²⟩ + 2Ah + ah² = 1. One chain of 2000 weights; the
    error is that of 2000 independent weights' means, and ξ fluctuates by 1/√2000.
    """
    h, A, n = 0.1, 1.0, 2000
    # a² + h²(1 − (1 − a)/2 + h²/2) + 2Ah + ah² − 1 = 0
    a = np.roots([1, 1.5 * h**2, h**2 / 2 + h**4 / 2 + 2 * A * h - 1]).max()
    expected = 1 - (1 - a) / 2 + h**2 / 2
    transform = posteriors.sgmcmc.sgnht.build(theirs(gauss), lr=h, alpha=A)
    with torch.random.fork_rng():
        torch.manual_seed(13)
        state, squares = transform.init(torch.randn(n, dtype=torch.float64)), []
        for k in range(1500):
            state, _ = transform.update(state, None)
            if k >= 200:
                squares.append(state.params**2)
    assert z_score(torch.stack(squares).mean(0), expected) < 4.5
    w0 = normal((1, n), seeded(14))
    run = nose_hoover(gauss, w0, h, 1300, noise=A, warm_up=200, generator=seeded(15))
    assert z_score((run.w[0] ** 2).mean(0), friction(h, A)[1]) < 4.5


def test_laplace_is_that_of_posteriors(posteriors):
    found = laplace(FIVE_POINTS, t([1.0, 0.5]))
    transform = posteriors.laplace.dense_hessian.build(theirs(FIVE_POINTS))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's, of its own forward derivatives
        state, _ = transform.update(transform.init(found.mean), None)
    close(torch.linalg.inv(found.covariance), state.prec, 1e-9)


# What holds for every function -----------------------------------------------------------------------

P, Z = t([[[0.5, 0.5]]]), [[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]]
MODEL = BayesianLinear(1, 1).double()
CALLS = {
    "gaussian_log_joint": lambda: gaussian_log_joint(TWO, X, Y, 0.3)(W0[0]),
    "grid_posterior": lambda Ts=1.0: grid_posterior(gauss, [-1.0, 0.0, 1.0], T=Ts),
    "sgld": lambda Ts=1.0, generator=None: sgld(gauss, W0[:2], 0.1, 3, T=Ts, generator=generator),
    "hmc": lambda Ts=1.0, generator=None: hmc(gauss, W0[:2], 0.1, 3, T=Ts, generator=generator),
    "nose_hoover": lambda Ts=1.0, generator=None: nose_hoover(
        gauss, W0[:2], 0.1, 3, T=Ts, generator=generator
    ),
    "leapfrog": lambda: leapfrog(gauss, W0, W0, 0.1),
    "laplace": lambda: laplace(gauss, W0[0]),
    "elbo": lambda generator=None: elbo(MODEL, X, Y, 0.3, 2, generator=generator),
    "predictive": lambda: predictive(TWO, W0, X),
    "entropy_split": lambda: entropy_split(P),
    "calibration_temperature": lambda: calibration_temperature(Z, [0, 0, 1]),
    "expected_calibration_error": lambda: expected_calibration_error([[0.5, 0.5]], [0]),
    "erf_kernel": lambda: erf_kernel([0.0, 1.0], [2.0]),
}
BAD = {
    "one layer": (lambda: MLP((3,)), r"two layers at least, the inputs first, got \(3,\)"),
    "a layer of none": (lambda: MLP((3, 0, 1)), "a width must be an integer ≥ 1, got 0"),
    "a weight too many": (lambda: TWO(t([1.0, 2, 3]), X), r"w must have shape \(\.\.\., 2\), got \(3,\)"),
    "inputs in a row": (lambda: TWO(W0, X[:, 0]), r"x must have shape \(n, 1\), got \(5,\)"),
    "no noise": (lambda: gaussian_log_joint(TWO, X, Y, 0.0), "noise_std must be positive, got 0.0"),
    "a noise for each": (lambda: gaussian_log_joint(TWO, X, Y, [0.1, 0.2]), "noise_std must be one number"),
    "no prior": (
        lambda: gaussian_log_joint(TWO, X, Y, 0.3, t([1.0, -1.0])),
        r"prior_std must be positive, got tensor\(\[ 1., -1.\]",
    ),
    "targets that are no numbers": (
        lambda: gaussian_log_joint(TWO, X, Y * torch.nan, 0.3),
        "y must be finite, got tensor",
    ),
    "targets in a row": (
        lambda: gaussian_log_joint(TWO, X, Y[:, 0], 0.3)(W0[0]),
        r"f\(w, x\) must have y's shape \(5,\), got \(5, 1\)",
    ),
    "rows that differ": (lambda: Subsampled(gauss, gauss, (X, X[:2]), 1), r"one example a row, got \[2, 5\]"),
    "too large a batch": (
        lambda: Subsampled(gauss, gauss, (X,), 6),
        "batch_size must be an integer from 1 to 5, got 6",
    ),
    "an axis that falls": (lambda: grid_posterior(gauss, [1.0, 0.0]), "with rising values"),
    "no axis": (lambda: grid_posterior(gauss), "axes must span"),
    "too many points": (lambda: grid_posterior(gauss, *[np.arange(300.0)] * 3), r"got the lengths \[300,"),
    "a density of NaN": (lambda: grid_posterior(lambda w: w[0].log(), [-1.0, 1.0]), "got NaN or"),
    "a grid of vectors": (
        lambda: grid_posterior(lambda w: w, [-1.0, 1.0]),
        r"shape \(\) for one w of shape \(1,\)",
    ),
    "a leap of none": (lambda: leapfrog(gauss, W0, W0, 0.1, 0), "leapfrogs must be an integer ≥ 1, got 0"),
    "a leap back": (lambda: leapfrog(gauss, W0, W0, -0.1), "step must be positive, got -0.1"),
    "momenta of another shape": (
        lambda: leapfrog(gauss, W0, W0[:1], 0.1),
        r"one shape \(chains, dim\), got \(3, 2\), \(1, 2\)",
    ),
    "no leapfrogs": (lambda: hmc(gauss, W0, 0.1, 1, leapfrogs=0), "leapfrogs must be an integer ≥ 1, got 0"),
    "negative noise": (lambda: nose_hoover(gauss, W0, 0.1, 1, noise=-1.0), "noise must not be negative"),
    "a matrix for a mode": (lambda: laplace(gauss, W0), r"w must have shape \(dim,\), got \(3, 2\)"),
    "a mode of vectors": (lambda: laplace(lambda w: w, W0[0]), r"must return a tensor of shape \(\)"),
    "a mode from nowhere": (lambda: laplace(lambda w: w.log().sum(), t([-1.0])), "finite at the start"),
    "a layer of no units": (lambda: BayesianLinear(0, 1), "in_features must be an integer ≥ 1, got 0"),
    "a layer without a prior": (lambda: BayesianLinear(1, 1, prior_std=0), "prior_std must be positive"),
    "a layer's seed": (lambda: BayesianLinear(1, 1, generator=1), "must be a torch.Generator"),
    "too wide for a layer": (lambda: MODEL(W0), r"x must have shape \(\.\.\., 1\), got \(3, 2\)"),
    "no Bayesian layer": (
        lambda: elbo(torch.nn.Linear(1, 1), X, Y, 0.3, 1),
        "BayesianLinear layers, got none",
    ),
    "an elbo without noise": (lambda: elbo(MODEL, X, Y, 0.0, 1), "noise_std must be positive"),
    "an elbo without draws": (lambda: elbo(MODEL, X, Y, 0.3, 0), "samples must be an integer ≥ 1, got 0"),
    "an elbo of rows": (lambda: elbo(MODEL, X, Y[:, 0], 0.3, 1), r"y's shape \(5,\), got \(5, 1\)"),
    "one draw": (lambda: predictive(TWO, W0[0], X), r"with an axis of draws, got \(2,\)"),
    "a table of probabilities": (lambda: entropy_split(P[0]), r"\(draws, n, classes\), got \(1, 2\)"),
    "no probabilities": (lambda: entropy_split(2 * P), "sum to 1 over the last axis"),
    "negative probabilities": (lambda: entropy_split(t([[[1.5, -0.5]]])), "≥ 0 and sum to 1"),
    "labels for half": (lambda: calibration_temperature(Z, [0]), r"got \(3, 2\) and \(1,\)"),
    "a label too large": (lambda: calibration_temperature(Z, [0, 1, 2]), "integers from 0 to 1"),
    "half a label": (lambda: calibration_temperature(Z, [0, 1, 0.5]), "integers from 0 to 1"),
    "all right": (lambda: calibration_temperature(Z, [0, 0, 0]), "T → 0"),
    "no better than chance": (lambda: calibration_temperature(Z[:2], [0, 1]), "T → ∞"),
    "no bins": (lambda: expected_calibration_error([[0.5, 0.5]], [0], 0), "bins must be an integer ≥ 1"),
    "confidences of 2": (lambda: expected_calibration_error([[2.0, 0.0]], [0]), "≥ 0 and sum to 1"),
    "kernel of other inputs": (lambda: erf_kernel([[1.0, 2.0]], [1.0]), r"got \(1, 2\), \(1, 1\)"),
    "a kernel's covariance": (lambda: erf_kernel([1.0], [1.0], np.eye(3)), "symmetric matrix of 2 rows"),
    "a lopsided covariance": (lambda: erf_kernel([1.0], [1.0], [[1, 1], [0, 1]]), "symmetric matrix"),
}
BAD |= {
    f"{sampler.__name__}, {what}": (partial(sampler, *start, **options), said)
    for sampler in SAMPLERS
    for what, start, options, said in [
        ("no step", (gauss, W0, 0.0, 1), {}, "step must be positive, got 0.0"),
        ("a step back", (gauss, W0, -0.1, 1), {}, "step must be positive, got -0.1"),
        ("two steps", (gauss, W0, [0.1, 0.1], 1), {}, "step must be one number"),
        ("no draws", (gauss, W0, 0.1, 0), {}, "draws must be an integer ≥ 1, got 0"),
        ("less than no warm-up", (gauss, W0, 0.1, 1), {"warm_up": -1}, "warm_up must be an integer ≥ 0"),
        ("no thinning", (gauss, W0, 0.1, 1), {"thin": 0}, "thin must be an integer ≥ 1, got 0"),
        ("one w", (gauss, W0[0], 0.1, 1), {}, r"w0 must have shape \(chains, dim\), got \(2,\)"),
        ("no chains", (gauss, W0[:0], 0.1, 1), {}, r"\(chains, dim\), got \(0, 2\)"),
        ("NaN at the start", (gauss, W0 * torch.nan, 0.1, 1), {}, "w0 must be finite"),
        (
            "T too many",
            (gauss, W0, 0.1, 1),
            {"T": [1.0, 2.0]},
            r"one number or have shape \(3,\), got \(2,\)",
        ),
        ("hotter than a number", (gauss, W0, 0.1, 1), {"T": np.inf}, "T must be finite"),
        ("vectors", (lambda w: w, W0, 0.1, 1), {}, r"shape \(\) for one w of shape \(2,\), got \(2,\)"),
        ("a number of Python's", (lambda w: 1.0, W0, 0.1, 1), {}, r"shape \(\) for one w .* got float"),
        ("the edge", (lambda w: w.sum().log(), W0, 0.1, 1), {}, r"finite at the start, got nan .* w0\[0\]"),
        (
            "a generator elsewhere",
            (gauss, W0, 0.1, 1),
            {"device": "meta", "generator": seeded()},
            r"generator must be on the device of the chains, meta, got one on cpu: make it by",
        ),
    ]
}
LIMITS = [
    (lambda n: sgld(gauss, W0, 0.1, n), 1, 0),
    (lambda n: hmc(gauss, W0, 0.1, 1, leapfrogs=n), 1, 0),
    (lambda n: sgld(gauss, W0, 0.1, 1, thin=n), 1, 0),
    (lambda n: sgld(gauss, W0, 0.1, 1, warm_up=n), 0, -1),
    (lambda A: nose_hoover(gauss, W0, 0.1, 1, noise=A), 0.0, -1e-300),
    (lambda n: Subsampled(gauss, gauss, (X,), n), 5, 6),
    (lambda n: Subsampled(gauss, gauss, (X,), n), 1, 0),
    (lambda n: MLP((1,) * n), 2, 1),
    (lambda n: expected_calibration_error([[0.5, 0.5]], [0], n), 1, 0),
]
AS_COLD = {
    "a walk without noise": (
        lambda: sgld(gauss, t([[1.0]]), 0.5, 3, T=1e-300, generator=seeded()).w[0, -1].item(),
        0.125,
    ),
}
FAULTS = [
    Fault(
        "a noise's standard deviation for its variance",
        "_tensors.log_normal(y - f_x, sigma).sum()",
        "_tensors.log_normal(y - f_x, sigma**0.5).sum()",
        "test_gaussian_log_joint_is_that_of_torch_s_distributions",
    ),
    Fault(
        "a noise's standard deviation for its variance, in the elbo",
        "_tensors.log_normal(y - f_x, noise_std)",
        "_tensors.log_normal(y - f_x, noise_std**0.5)",
        "test_elbo_is_unbiased",
    ),
    Fault(
        "a likelihood without its normalisation",
        "(log_std + log(2 * pi) / 2)",
        "log(2 * pi) / 2",
        "test_gaussian_log_joint_is_that_of_torch_s_distributions",
        file="_tensors.py",
    ),
    Fault(
        "N/n forgotten",
        "self.N / batch.shape[-1] * likelihood",
        "likelihood",
        "test_subsampled_is_unbiased_by_all_minibatches",
    ),
    Fault(
        "N/n on the prior too",
        "self.log_prior(w) + self.N / batch.shape[-1] * likelihood",
        "self.N / batch.shape[-1] * (self.log_prior(w) + likelihood)",
        "test_subsampled_is_unbiased_by_all_minibatches",
    ),
    Fault(
        "examples drawn with replacement",
        "order.topk(self.batch_size).indices",
        "(order[:, : self.batch_size] * self.N).long()",
        "test_minibatches_are_drawn_without_replacement_and_for_each_chain",
    ),
    Fault("a divergence averaged over the weights", "- 0.5).sum()", "- 0.5).mean()", "test_kl"),
    Fault("a prior on ρ", "(sigma**2 + self.mu**2)", "(self.rho**2 + self.mu**2)", "test_kl"),
    Fault("the missing entropy of q", "(torch.log(s / sigma) + ", "(0 * torch.log(s / sigma) + ", "test_kl"),
    Fault(
        "divergences averaged over the layers",
        "for layer in layers]).sum()",
        "for layer in layers]).mean()",
        "test_elbo_is_unbiased",
    ),
    Fault(
        "a likelihood averaged over the data",
        "_tensors.log_normal(y - f_x, noise_std).flatten(1).sum(-1)",
        "_tensors.log_normal(y - f_x, noise_std).flatten(1).mean(-1)",
        "test_elbo_is_unbiased",
    ),
    Fault(
        "deviations for variances in the local reparameterisation",
        "x**2 @ (self.sigma**2).mT",
        "x**2 @ self.sigma.mT",
        "test_local_reparameterisation_has_the_law_of_drawn_weights",
    ),
    Fault(
        "ε for ε/2 in Langevin's noise",
        "kick = (2 * step * T).sqrt()\n",
        "kick = (step * T).sqrt()\n",
        "test_a_given_walk_of_sgld",
    ),
    Fault(
        "T forgotten in Langevin's noise",
        "kick = (2 * step * T).sqrt()\n",
        "kick = (2 * step + 0 * T).sqrt()\n",
        "test_a_given_walk_of_sgld",
    ),
    Fault(
        "momenta that are not refreshed",
        "p = heat * run.normal()\n",
        'p = p_new if "p_new" in locals() else heat * run.normal()\n',
        "test_a_given_walk_of_hmc",
    ),
    Fault(
        "momenta at T = 1",
        "p = heat * run.normal()\n",
        "p = run.normal()\n",
        "test_hmc_leaves_the_distribution_as_it_is",
    ),
    Fault(
        "Metropolis' rule with its sign reversed",
        ".log() < -rise / run.T",
        ".log() < rise / run.T",
        "test_hmc_leaves_the_distribution_as_it_is",
    ),
    Fault(
        "Metropolis' rule without T",
        ".log() < -rise / run.T",
        ".log() < -rise",
        "test_hmc_leaves_the_distribution_as_it_is",
    ),
    Fault(
        "a force that was not refused with its state",
        "force = torch.where(accepted[:, None], force_new, force)",
        "force = force_new",
        "test_a_given_walk_of_hmc",
    ),
    Fault(
        "the last half kick forgotten",
        "value, force = log_joint(w)\n        p = p + step / 2 * force",
        "value, force = log_joint(w)",
        "test_leapfrog_leads_back",
    ),
    Fault(
        "a thermostat that heats what is hot",
        "xi = xi + step * (",
        "xi = xi - step * (",
        "test_a_given_walk_of_the_thermostat",
    ),
    Fault(
        "a thermostat set to 1",
        "(p**2).mean(-1, keepdim=True) - T)",
        "(p**2).mean(-1, keepdim=True) - 1)",
        "test_a_given_walk_of_the_thermostat",
    ),
    Fault(
        "T forgotten in the thermostat's noise",
        "(2 * A * step * T).sqrt()",
        "(2 * A * step + 0 * T).sqrt()",
        "test_a_given_walk_of_the_thermostat",
    ),
    Fault(
        "a warm-up that is kept",
        "late = some[max(self.warm_up - done, 0) :]",
        "late = some[: len(some) - max(self.warm_up - done, 0)]",
        "test_a_given_walk_of_sgld",
        file="_walks.py",
    ),
    Fault(
        "the first of thin steps kept",
        "-(first - self.warm_up + 1) % self.thin",
        "-(first - self.warm_up) % self.thin",
        "test_what_is_kept[sgld]",
        file="_walks.py",
    ),
    Fault(
        "each block's warm-up",
        "first = max(self.warm_up, done)",
        "first = self.warm_up",
        "test_what_is_kept[sgld]",
        file="_walks.py",
    ),
    Fault(
        "steps of a block counted from its start",
        "ran away in step {done + k + 1} of",
        "ran away in step {k + 1} of",
        "test_a_chain_that_runs_away_late[sgld]",
        file="_walks.py",
    ),
    Fault(
        "the state after the accident",
        "some[k - 1].w if k else self.w",
        "some[k].w",
        "test_a_chain_that_runs_away_late[sgld]",
        file="_walks.py",
    ),
    Fault(
        "a random number computed once",
        " or torch.Tag.nondeterministic_seeded in node.target.tags",
        "",
        "test_what_is_computed_once",
        file="_walks.py",
    ),
    Fault(
        "squares left out",
        "node.args == (*of, 1)",
        "node.args == (*of, 2)",
        "test_what_is_computed_once",
        file="_walks.py",
    ),
    Fault(
        "ln Z without ½ ln det H",
        " - curvature.log().sum() / 2",
        "",
        "test_laplace_is_exact_for_linear_regression",
    ),
    Fault(
        "ln Z with ln det H",
        " - curvature.log().sum() / 2",
        " - curvature.log().sum()",
        "test_laplace_is_exact_for_linear_regression",
    ),
    Fault(
        "a trapezoid rule of full cells at the ends",
        "(axis.diff() / 2 for axis in axes)",
        "(axis.diff() for axis in axes)",
        "test_grid_at_other_temperatures_and_steps",
    ),
    Fault(
        "T forgotten on the grid",
        ".reshape([len(axis) for axis in ticks]) / T",
        ".reshape([len(axis) for axis in ticks])",
        "test_grid_at_other_temperatures_and_steps",
    ),
    Fault(
        "an activation after the last layer",
        "        return a\n",
        "        return self.activation(a)\n",
        "test_mlp_is_the_network_written_out",
    ),
    Fault(
        "the mean of the entropies for the entropy of the mean",
        "entr(p.mean(0)).sum(-1)",
        "entr(p).mean(0).sum(-1)",
        "test_entropy_split",
        file="_predictions.py",
    ),
    Fault(
        "1/T for T",
        "return 1 / brentq(",
        "return brentq(",
        "test_calibration_temperature",
        file="_predictions.py",
    ),
    Fault(
        "calibration errors of unequal bins averaged",
        ".sum() / len(p))",
        ".sum() / bins)",
        "test_expected_calibration_error",
        file="_predictions.py",
    ),
    Fault(
        "the kernel without its factors 2",
        "1 + 2 * ((z @",
        "1 + ((z @",
        "test_erf_kernel",
        file="_predictions.py",
    ),
]
