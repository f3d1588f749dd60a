"""Energy networks, autoencoders and normalised networks against closed forms, sums, and runs of given noise.

Everything is in float64. What is drawn at random is compared in units of its own standard error, at 4.5:
once in 150,000 for a correct code; the seeds are fixed, and no tolerance was fitted to them.
"""

import warnings
from math import log, pi

import numpy as np
import pytest
import torch
from thermolib.bnn import grid_posterior, sgld
from thermolib.chains import ConvergenceError
from thermolib.nets import (
    VAE,
    EnergyNet,
    NormalisedNet,
    contrast,
    fit_energy,
    fit_normalised,
    fit_vae,
    langevin,
)
from torch.distributions import MultivariateNormal, Normal, kl_divergence

from declared import Fault
from tensors import close, normal, seeded, t

torch.set_num_threads(1)


def z_score(draws, exact):
    """The deviation of a mean of independent draws from what is exact, in standard errors."""
    draws = np.asarray(draws)
    return abs(draws.mean() - exact) / (draws.std(ddof=1) / len(draws) ** 0.5)


def bowl(x):
    return (x**2).sum(-1) / 2


def quartic(x):
    """Each coordinate feels the force −x³ + ½."""
    return (x**4 / 4 - x / 2).sum(-1)


def small(seed=0, widths=(2, 5), base_std=2.0):
    """A network with all its weights at random, and stronger than at the start of learning."""
    net = EnergyNet(widths, base_std, generator=seeded(seed)).double()
    with torch.no_grad():
        net.w.copy_(1.5 * normal(net.w.shape, seeded(seed + 1)))
    return net


# The energy ------------------------------------------------------------------------------------------


def test_the_energy_is_the_network_on_a_bowl():
    net, x = small(base_std=1.7), normal((3, 4, 2), seeded(3))
    W, b, u, c = net.w.split([10, 5, 5, 1])
    by_hand = torch.tanh(x @ W.reshape(5, 2).T + b) @ u + c + (x**2).sum(-1) / (2 * 1.7**2)
    assert net(x).shape == (3, 4)
    close(net(x), by_hand)
    close(net(x[0, 0]), by_hand[0, 0])
    assert net(x[0, 0]).shape == () and net.f.dim == len(net.w) == 21
    close(torch.func.vmap(net)(x[0]), by_hand[0])  # as `grid_posterior` calls it


def test_the_weights_at_the_start():
    """N(0, 1/in) for 4,000 weights of the second layer; biases 0; the same from the same seed."""
    net = EnergyNet((2, 100, 40), generator=seeded())
    (_, b1), (W, b2), (_, c) = net.f.unflatten(net.w.detach())
    assert not b1.any() and not b2.any() and not c.any()
    assert z_score(W.flatten() ** 2, 1 / 100) < 4.5
    assert torch.equal(net.w, EnergyNet((2, 100, 40), generator=seeded()).w)
    assert not torch.equal(net.w, EnergyNet((2, 100, 40), generator=seeded(1)).w)


def test_a_partition_function_for_any_weights():
    """Without f the bowl is a Gaussian: ln Z = ln 2πs². With weights of a hundred it is still finite."""
    net, axis = small(base_std=1.5), torch.linspace(-15, 15, 151, dtype=torch.float64)
    with torch.no_grad():
        net.w.mul_(0.0)
    assert grid_posterior(lambda x: -net(x), axis, axis).log_Z == pytest.approx(
        log(2 * pi * 1.5**2), abs=1e-12
    )
    with torch.no_grad():
        net.w.copy_(100 * normal(net.w.shape, seeded(5)))
    far = net(t([[1e4, 0.0], [0.0, -1e4]]))
    assert bool((far > 1e6).all())  # |f| ≤ Σ|u|, some hundreds, and |x|²/2s² = 2·10⁷


# Langevin --------------------------------------------------------------------------------------------

X0 = t([[0.3, -0.5], [1.0, 0.2], [-0.7, 1.1]])
TS = [0.5, 1.0, 2.0]


def test_a_given_walk():
    noise, T, x = seeded(5), t(TS)[:, None], X0
    for _ in range(30):
        x = x - 0.1 * (x**3 - 0.5) + (2 * 0.1 * T) ** 0.5 * normal(X0.shape, noise)
    close(langevin(quartic, X0, 0.1, 30, T=TS, generator=seeded(5)), x, 1e-10)


def test_the_walk_is_that_of_sgld():
    run = sgld(lambda w: -quartic(w), X0, 0.1, 1, thin=30, T=TS, generator=seeded(6))
    close(langevin(quartic, X0, 0.1, 30, T=TS, generator=seeded(6)), run.w[:, -1], 1e-10)


@pytest.mark.parametrize("widths", [(2, 5), (2, 5, 3)])
def test_the_walk_in_a_network_is_the_walk_in_its_energy(widths):
    """Of a network the slope is written out; a function that calls it leaves it to autograd."""
    net = small(widths=widths, base_std=1.7)
    by_autograd = langevin(lambda x: net(x), X0, 0.1, 30, T=TS, generator=seeded(7))
    close(langevin(net, X0, 0.1, 30, T=TS, generator=seeded(7)), by_autograd, 1e-10)


@pytest.mark.parametrize(("step", "T"), [(0.1, 1.0), (0.8, 0.5), (1.5, 2.0)])
def test_the_bias_of_the_step(step, T):
    """On N(0, 1) the variance T/(1 − ε/2) is exactly stationary: independent walkers that start with it."""
    generator, exact = seeded(1), T / (1 - step / 2)
    x = exact**0.5 * normal((20_000, 2), generator)
    x = langevin(bowl, x, step, 4, T=T, generator=generator)
    assert z_score(x.flatten() ** 2, exact) < 4.5
    # without the bias the test would see it, for a variance of n draws has the error √(2/n)
    assert abs(exact - T) / exact > 4.5 * (2 / x.numel()) ** 0.5


def test_the_limit_of_the_step():
    """Without noise, at T = 1e-300, a step multiplies x by 1 − ε: smaller up to ε = 2, and not beyond."""
    for step, grows in [(1.999, False), (2.001, True)]:
        x = langevin(bowl, t([[1.0]]), step, 400, T=1e-300, generator=seeded()).abs().item()
        assert x == pytest.approx(abs(1 - step) ** 400, rel=1e-9) and (x > 1) is grows


def test_no_steps_and_no_traces():
    """No step is no move; neither the start nor the network's gradients are touched."""
    net, x = small(), X0.clone().requires_grad_()
    assert torch.equal(langevin(net, x, 0.1, 0, generator=seeded()), X0)
    moved = langevin(net, x, 0.1, 3, generator=seeded())
    assert torch.equal(x, X0) and not moved.requires_grad and net.w.grad is None and x.grad is None
    with torch.no_grad():
        assert torch.equal(langevin(net, x, 0.1, 3, generator=seeded()), moved)


def test_a_walker_that_runs_away_is_named():
    x = t([[0.1], [50.0], [0.2]])
    with pytest.raises(ConvergenceError, match=r"langevin: walker 1 ran away in step \d+ of 30") as caught:
        langevin(quartic, x, 0.3, 30, generator=seeded())
    assert caught.value.last.shape == (3, 1) and bool(caught.value.last.isfinite().all())
    assert "smaller step" in str(caught.value)


# The learning rule -----------------------------------------------------------------------------------

AXIS = torch.linspace(-9, 9, 91, dtype=torch.float64)
CELLS = torch.cartesian_prod(AXIS, AXIS)


def likelihood(net, data):
    """Mean ln p of the data, exact: the integrand is smooth, and at ±9 it is less than e⁻³⁰."""
    return -net(data).mean().item() - grid_posterior(lambda x: -net(x), AXIS, AXIS).log_Z


def test_the_rule_is_the_slope_of_the_exact_likelihood():
    """With the grid's probabilities as weights, against central differences of ln Z on the same grid."""
    net, data = small(seed=4, base_std=1.0), normal((7, 2), seeded(9))
    p = grid_posterior(lambda x: -net(x), AXIS, AXIS).p.flatten()
    (slope,) = torch.autograd.grad(contrast(net, data, CELLS, p / p.sum()), net.w)
    start, h = net.w.detach().clone(), 1e-4
    for k in range(len(start)):
        sides = []
        for sign in (1, -1):
            with torch.no_grad():
                net.w.copy_(start)
                net.w[k] += sign * h
            sides.append(likelihood(net, data))
        # h² = 1e-8 of third derivatives of order one; rounding is 1e-14/h.
        assert slope[k].item() == pytest.approx(-(sides[0] - sides[1]) / (2 * h), abs=2e-6)
    assert slope.abs().max() > 0.1


def test_contrast_is_a_difference_of_means():
    data, negatives = normal((4, 2), seeded(1)), normal((6, 2), seeded(2))
    value = contrast(quartic, data, negatives)
    close(value, quartic(data).mean() - quartic(negatives).mean())
    weights = t([0.5, 0.25, 0.25, 0, 0, 0])
    close(
        contrast(quartic, data, negatives, weights),
        quartic(data).mean() - (weights * quartic(negatives)).sum(),
    )
    held = negatives.clone().requires_grad_()
    moving = data.clone().requires_grad_()
    contrast(quartic, moving, held).backward()
    assert held.grad is None and moving.grad is not None


DATA = normal((9, 2), seeded(11))
FEW = {"learning_rate": 0.2, "batch_size": 4, "step": 0.1, "steps": 3}


@pytest.mark.parametrize("refresh", [0.0, 0.5, 1.0])
def test_a_given_fit(refresh):
    """Three epochs of two updates: order, buffer, refreshment, walk, descent and rate, in turn."""
    start = small()
    fitted = fit_energy(start, DATA, epochs=3, walkers=6, refresh=refresh, generator=seeded(7), **FEW)
    noise, w = seeded(7), start.w.detach().clone()
    buffer = 2 * normal((6, 2), noise)
    path = [w]

    def energy(w, x):
        return torch.tanh(x @ w[:10].reshape(5, 2).T + w[10:15]) @ w[15:20] + w[20] + (x**2).sum(-1) / 8

    for k in range(6):
        if k % 2 == 0:
            order = torch.randperm(9, generator=noise)
        some = torch.randperm(6, generator=noise)[:4]
        fresh = 2 * normal((4, 2), noise)
        anew = torch.rand(4, 1, generator=noise) < refresh
        x = torch.where(anew, fresh, buffer[some])
        for _ in range(3):
            force = torch.func.grad(lambda x, w=w: energy(w, x).sum())(x)
            x = x - 0.1 * force + 0.2**0.5 * normal((4, 2), noise)
        buffer[some] = x
        batch = DATA[order[4 * (k % 2) : 4 * (k % 2) + 4]]
        rule = lambda w, x=x, batch=batch: energy(w, batch).mean() - energy(w, x).mean()  # noqa: E731
        w = w - 0.2 * (1 - k / 6) * torch.func.grad(rule)(w)
        if k % 2:
            path.append(w)
    close(torch.stack([net.w for net in fitted.history]), torch.stack(path), 1e-10)
    close(fitted.walkers, buffer, 1e-10)
    assert torch.equal(fitted.net.w, fitted.history[-1].w) and torch.equal(start.w, fitted.history[0].w)


def test_a_fit_finds_the_density():
    """1,000 points of two bells: the exact likelihood goes nine tenths of the way to that of the truth."""
    generator = seeded(3)
    centre = torch.where(torch.rand(1000, 1, generator=generator, dtype=torch.float64) < 0.7, -1.0, 1.5)
    data = centre + 0.5 * normal((1000, 1), generator)
    net = EnergyNet((1, 10), generator=generator).double()
    options = {"learning_rate": 0.5, "batch_size": 100, "step": 0.05, "steps": 10}
    fitted = fit_energy(net, data, epochs=60, generator=generator, **options)
    line = torch.linspace(-8, 8, 801, dtype=torch.float64)

    def score(net):
        return -net(data).mean().item() - grid_posterior(lambda x: -net(x), line).log_Z

    bells = [share * torch.exp(-2 * (data - c) ** 2) for share, c in ((0.7, -1.0), (0.3, 1.5))]
    truth = (sum(bells) * (2 / pi) ** 0.5).log().mean().item()
    assert score(net) < truth - 0.4
    # on its own data a fit may pass the truth, by half a nat for each of 31 parameters and 1,000 points
    assert truth - 0.1 * (truth - score(net)) < score(fitted.net) < truth + 31 / 2000
    assert len(fitted.history) == 61 and fitted.walkers.shape == (100, 1)


def test_a_walker_that_runs_away_where_the_energy_fails():
    """It is named all the same: cholesky refuses the infinite x of the step after."""

    def strict(x):
        wide = (1 + x.abs().sum(-1))[:, None, None] * torch.eye(2, dtype=x.dtype)
        return (x**4).sum(-1) + torch.linalg.cholesky(wide).diagonal(dim1=1, dim2=2).log().sum(-1)

    with pytest.raises(ConvergenceError, match="langevin: walker 1 ran away") as caught:
        langevin(strict, t([[0.1, 0.0], [3.0, 0.0]]), 0.2, 50, generator=seeded())
    assert bool(caught.value.last.isfinite().all())


def test_a_fit_that_runs_away():
    """ε = 100 multiplies by −24 in the bowl; data and a rate beyond measure make a weight infinite."""
    with pytest.raises(ConvergenceError, match="langevin: walker 0 ran away") as caught:
        fit_energy(small(), DATA, epochs=3, generator=seeded(), **(FEW | {"step": 100.0, "steps": 300}))
    assert caught.value.last.shape == (4, 2) and bool(caught.value.last.isfinite().all())
    with pytest.raises(ConvergenceError, match="a weight is no longer finite") as caught:
        fit_energy(small(), DATA * 1e30, epochs=1, generator=seeded(), **(FEW | {"learning_rate": 1e305}))
    assert bool(caught.value.last.w.isfinite().all())


def test_a_bar_only_when_asked_for(capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit_energy(small(), DATA, epochs=1, generator=seeded(), **FEW)
        assert capsys.readouterr() == ("", "")
        fit_energy(small(), DATA, epochs=1, generator=seeded(), progress=True, **FEW)
    assert "fit_energy" in capsys.readouterr().err


# The autoencoder --------------------------------------------------------------------------------------


def small_vae(widths=(3, 4, 2), noise_std=0.7, seed=0):
    """An autoencoder with all its weights at random, biases too."""
    vae = VAE(widths, noise_std, generator=seeded(seed)).double()
    with torch.no_grad():
        for k, w in enumerate(vae.parameters()):
            w.copy_(0.7 * normal(w.shape, seeded(seed + 1 + k)))
    return vae


def pca_vae(W, noise_std):
    """The linear autoencoder with decoder zWᵀ, W's columns orthogonal, and the exact posterior as q."""
    dim, latents = W.shape
    v = (W**2).sum(0) + noise_std**2
    vae = VAE((dim, latents), noise_std).double()
    log_s = (noise_std**2 / v).log() / 2
    with torch.no_grad():
        A = torch.cat([(W / v).T, torch.zeros(latents, dim)])
        vae.w_encoder.copy_(torch.cat([A.flatten(), torch.zeros(latents), log_s]))
        vae.w_decoder.copy_(torch.cat([W.flatten(), torch.zeros(dim)]))
    return vae


X_VAE = normal((6, 3), seeded(21))
COLUMNS = t([[1.5, 0.2], [0.5, -0.6], [0.0, 0.9]])  # orthogonal: 0.3 − 0.3 = 0


def by_hand(vae, x, eps):
    """The parts of the ELBO, layer by layer: ln p(x|z) of each draw (samples, n), and q."""
    (V, b), (A, c) = (vae.w_encoder[:16].split([12, 4]), vae.w_encoder[16:].split([16, 4]))
    code = torch.tanh(x @ V.reshape(4, 3).T + b) @ A.reshape(4, 4).T + c
    q = Normal(code[:, :2], code[:, 2:].exp())
    (V, b), (A, c) = (vae.w_decoder[:12].split([8, 4]), vae.w_decoder[12:].split([12, 3]))
    z = q.mean + q.stddev * eps
    made = torch.tanh(z @ V.reshape(4, 2).T + b) @ A.reshape(3, 4).T + c
    return Normal(made, 0.7).log_prob(x).sum(-1), q, z


@pytest.mark.parametrize("T", [0.5, 1.0, 3.0])
def test_a_given_elbo(T):
    vae, eps = small_vae(), normal((5, 6, 2), seeded(8))
    log_lik, q, _ = by_hand(vae, X_VAE, eps)
    kl = kl_divergence(q, Normal(t(0.0), t(1.0)))
    close(vae.elbo(X_VAE, samples=5, T=T, generator=seeded(8)), log_lik.mean(0) - T * kl.sum(-1))
    close(vae.kl(X_VAE), kl)
    mean, log_std = vae.encode(X_VAE)
    close(mean, q.mean)
    close(log_std.exp(), q.stddev)


def test_given_weights_of_draws():
    """ln (1/k) Σ p(x, z)/q(z|x), by torch's distributions."""
    vae, eps = small_vae(), normal((5, 6, 2), seeded(8))
    log_lik, q, z = by_hand(vae, X_VAE, eps)
    log_w = log_lik + (Normal(t(0.0), t(1.0)).log_prob(z) - q.log_prob(z)).sum(-1)
    value = vae.log_likelihood(X_VAE, 5, generator=seeded(8))
    close(value, log_w.logsumexp(0) - log(5))
    assert not value.requires_grad


def test_a_picture_at_a_time_and_many():
    """`decode` keeps the axes before the last; blocks of draws are one mean of all."""
    vae, z = small_vae(), normal((4, 5, 2), seeded(3))
    assert vae.decode(z).shape == (4, 5, 3) and vae.decode(z[0, 0]).shape == (3,)
    close(vae.decode(z)[2, 3], vae.decode(z[2, 3]))
    many = X_VAE.repeat(120_000, 1)  # more than 2²¹ numbers, half a block: each draw is a block of its own
    exact = pca_vae(COLUMNS, 0.5)
    assert exact.log_likelihood(many, 2, generator=seeded())[:6] == pytest.approx(
        MultivariateNormal(torch.zeros(3).double(), COLUMNS @ COLUMNS.T + torch.eye(3) / 4).log_prob(X_VAE)
    )


@pytest.mark.parametrize("samples", [1, 3])
def test_with_the_exact_posterior_one_draw_is_enough(samples):
    """All weights are p(x): those of the linear model, N(0, WWᵀ + σ²)."""
    model = MultivariateNormal(torch.zeros(3).double(), COLUMNS @ COLUMNS.T + 0.25 * torch.eye(3))
    value = pca_vae(COLUMNS, 0.5).log_likelihood(X_VAE, samples, generator=seeded())
    close(value, model.log_prob(X_VAE), 1e-12)


def test_the_elbo_of_the_exact_posterior_is_the_likelihood():
    """Its mean; 20,000 draws for each of six points. Its gap with a narrower q is the KL to the posterior."""
    vae, model = (
        pca_vae(COLUMNS, 0.5),
        MultivariateNormal(torch.zeros(3).double(), COLUMNS @ COLUMNS.T + 0.25 * torch.eye(3)),
    )
    for shift in (0.0, -0.5):
        with torch.no_grad():
            vae.w_encoder[-2:] += shift
        gap = (np.exp(2 * shift) - 1) / 2 - shift  # of each of two latents: KL of s e^shift to s
        many = vae.elbo(X_VAE.repeat(20_000, 1), generator=seeded(4)).detach().unflatten(0, (-1, 6))
        exact = model.log_prob(X_VAE) - 2 * gap
        assert max(z_score(draws, one) for draws, one in zip(many.T, exact.tolist(), strict=True)) < 4.5


def grid_of_z(vae, x):
    """ln p(x) of each x, one latent, by the trapezoid rule: the integrand is smooth, and 0 at ±9."""
    z = torch.linspace(-9, 9, 2001, dtype=torch.float64)[:, None]
    log_joint = Normal(vae.decode(z)[:, None], vae.noise_std).log_prob(x).sum(-1) - z**2 / 2
    return (log_joint.logsumexp(0) + log(0.009) - log(2 * pi) / 2).detach()


def test_draws_close_the_gap():
    """With bends, ELBO = L₁ < L₁₀ < ln p on average; and the mean of w = e^{L₁} is p(x), exactly."""
    vae, x = small_vae((3, 4, 1)), X_VAE[:2]
    exact, generator = grid_of_z(vae, x), seeded(6)
    groups = x.repeat(20_000, 1)
    L = {k: vae.log_likelihood(groups, k, generator=generator).unflatten(0, (-1, 2)) for k in (1, 10)}
    L["elbo"] = vae.elbo(groups, generator=generator).detach().unflatten(0, (-1, 2))
    for j in range(2):
        elbo, one, ten = (L[k][:, j] for k in ("elbo", 1, 10))
        error = (elbo.var() + one.var()).sqrt().item() / 20_000**0.5
        assert abs(elbo.mean() - one.mean()) < 4.5 * error
        assert one.mean() < ten.mean() - 4.5 * one.std() / 20_000**0.5
        assert ten.mean() < exact[j]
        assert z_score((one - exact[j]).exp(), 1) < 4.5


def test_pictures_follow_the_model():
    """A linear decoder: mean b, covariance WWᵀ + σ², from 40,000 draws."""
    vae = pca_vae(COLUMNS, 0.5)
    with torch.no_grad():
        vae.w_decoder[-3:] = t([1.0, -2.0, 0.5])
    x = vae.sample(40_000, generator=seeded(2)).numpy()
    assert x.shape == (40_000, 3)
    exact = (COLUMNS @ COLUMNS.T + 0.25 * torch.eye(3)).numpy()
    off = x - [1.0, -2.0, 0.5]
    for i in range(3):
        assert z_score(off[:, i], 0) < 4.5
        for j in range(3):
            assert z_score(off[:, i] * off[:, j], exact[i, j]) < 4.5


def test_the_weights_of_an_autoencoder_at_the_start():
    vae = VAE((3, 100, 40), 1.0, generator=seeded())
    assert vae.encoder.widths == (3, 100, 80) and vae.decoder.widths == (40, 100, 3)
    for f, w in ((vae.encoder, vae.w_encoder), (vae.decoder, vae.w_decoder)):
        (W, b), (V, c) = f.unflatten(w.detach())
        assert not b.any() and not c.any()
        for part in (W, V[:40]):
            assert z_score(part.flatten() ** 2, 1 / part.shape[1]) < 4.5
    x = normal((5, 3), seeded(1)).float()
    assert not vae.encode(x)[1].any() and vae.encode(x)[0].all()  # ln s = 0
    assert torch.equal(vae.w_decoder, VAE((3, 100, 40), 1.0, generator=seeded()).w_decoder)


FEW_VAE = {"learning_rate": 0.05, "batch_size": 4}


@pytest.mark.parametrize("T", [1.0, 2.0])
def test_a_given_fit_of_an_autoencoder(T):
    """Three epochs of two updates: order, draws, ascent by Adam (β₁ = 0.9, β₂ = 0.999), and rate, in turn."""
    start, data = small_vae(), normal((9, 3), seeded(12))
    fitted = fit_vae(start, data, epochs=3, T=T, generator=seeded(7), **FEW_VAE)
    noise, net = seeded(7), small_vae()
    weights, path = list(net.parameters()), [[w.detach().clone() for w in net.parameters()]]
    first, second = ([torch.zeros_like(w) for w in weights] for _ in range(2))
    for k in range(6):
        if k % 2 == 0:
            order = torch.randperm(9, generator=noise)
        x = data[order[4 * (k % 2) : 4 * (k % 2) + 4]]
        log_lik, q, _ = by_hand(net, x, normal((1, 4, 2), noise))
        kl = ((q.mean**2 + q.variance - 1) / 2 - q.stddev.log()).sum(-1)
        slopes = torch.autograd.grad((log_lik[0] - T * kl).mean(), weights)
        with torch.no_grad():
            for w, m, v, slope in zip(weights, first, second, slopes, strict=True):
                m += 0.1 * (slope - m)
                v += 0.001 * (slope**2 - v)
                step = (m / (1 - 0.9 ** (k + 1))) / ((v / (1 - 0.999 ** (k + 1))).sqrt() + 1e-8)
                w += 0.05 * (1 - k / 6) * step
        if k % 2:
            path.append([w.detach().clone() for w in weights])
    assert len(fitted.history) == 4
    for made, wanted in zip(fitted.history, path, strict=True):
        for w, exact in zip(made.parameters(), wanted, strict=True):
            close(w, exact, 1e-9)
    assert torch.equal(fitted.net.w_decoder, fitted.history[-1].w_decoder)
    assert torch.equal(start.w_encoder, fitted.history[0].w_encoder)
    assert all(w.grad is None for net in (start, fitted.net) for w in net.parameters())


def test_a_fit_finds_probabilistic_pca():
    """Variances 4, 1.5 and 0.2 on turned axes, σ = 0.7, two latents: the best ELBO is a closed form.

    At the end it lies within 0.02 nats, of the 0.9 that there are to gain; it may not lie above.
    """
    turn, _ = torch.linalg.qr(normal((3, 3), seeded(30)))
    data = normal((600, 3), seeded(31))
    data = (data - data.mean(0)) @ torch.linalg.inv(torch.linalg.cholesky(torch.cov(data.T, correction=0)).T)
    data = data * t([4.0, 1.5, 0.2]).sqrt() @ turn.T  # its covariance is exact
    start = VAE((3, 2), 0.7, generator=seeded(1)).double()
    net = fit_vae(start, data, epochs=60, learning_rate=0.03, batch_size=30, generator=seeded(2)).net
    v = t([4.0, 1.5, 0.49])
    best = -((2 * pi * v).log() + t([4.0, 1.5, 0.2]) / v).sum().item() / 2
    bound = net.elbo(data, samples=200, generator=seeded(3)).mean().item()
    assert best - 0.02 < bound < best + 0.003  # 120,000 draws of a deviation of one: an error of 0.003
    assert start.elbo(data, samples=20, generator=seeded(3)).mean().item() < best - 0.9
    close(net.kl(data).mean(0).sort().values.detach(), (t([1.5, 4.0]) / 0.49).log() / 2, 0.03)


def test_a_fit_of_an_autoencoder_that_runs_away():
    start = small_vae(noise_std=1e-3)
    with pytest.raises(ConvergenceError, match="a weight is no longer finite in epoch 1") as caught:
        fit_vae(start, X_VAE * 1e305, epochs=2, generator=seeded(), **FEW_VAE)
    before = caught.value.last.parameters()
    assert all(torch.equal(w, its) for w, its in zip(before, start.parameters(), strict=True))


def test_a_bar_of_an_autoencoder_only_when_asked_for(capsys):
    fit_vae(small_vae(), X_VAE, epochs=1, generator=seeded(), **FEW_VAE)
    assert capsys.readouterr() == ("", "")
    fit_vae(small_vae(), X_VAE, epochs=1, generator=seeded(), progress=True, **FEW_VAE)
    assert "fit_vae" in capsys.readouterr().err


# A network that knows only the direction of its weights ---------------------------------------------

GAS_NET = NormalisedNet((3, 4, 5, 2), readout_std=0.7, generator=seeded(40))
GAS_X = normal((30, 3), seeded(41))
GAS_Y = (GAS_X[:, 0] + normal((30,), seeded(42)) > 0).long()
GAS_W = 0.6 * normal((4, GAS_NET.dim), seeded(43))
GAS = {"protocol": "fixed rate", "learning_rate": 0.1, "weight_decay": 0.3, "batch_size": 6, "steps": 5}


def logits_by_hand(w, x, readout):
    """Of one w and one x, unit by unit."""
    a = x
    for W in (w[:12].reshape(4, 3), w[12:].reshape(5, 4)):
        z = torch.stack([(row * a).sum() for row in W])
        a = torch.tanh(z / ((z**2).sum() / len(z)) ** 0.5)
    return torch.stack([(row * a).sum() for row in readout])


def losses_by_hand(w, x, labels):
    """Mean cross-entropy of each w on its own examples x[c]."""
    losses = []
    for one, points, classes in zip(w, x, labels, strict=True):
        z = [logits_by_hand(one, point, GAS_NET.readout.double()) for point in points]
        losses.append(
            sum((row.exp().sum()).log() - row[k] for row, k in zip(z, classes, strict=True)) / len(z)
        )
    return torch.stack(losses)


def gas(w=GAS_W, data=GAS_X, labels=GAS_Y, net=GAS_NET, generator=None, **options):
    generator = seeded(44) if generator is None else generator
    return fit_normalised(net, w, data, labels, generator=generator, **(GAS | options))


def test_the_logits_of_a_normalised_network():
    assert GAS_NET.dim == 32 and GAS_NET.readout.shape == (2, 5)
    z = GAS_NET(GAS_W, GAS_X)
    for c in range(4):
        close(z[c, 7], logits_by_hand(GAS_W[c], GAS_X[7], GAS_NET.readout.double()))
    each = GAS_X[:8].reshape(4, 2, 3)  # examples of their own
    close(GAS_NET(GAS_W, each)[2, 1], GAS_NET(GAS_W[2], each[2])[1])
    labels = GAS_Y[:8].reshape(4, 2)
    close(GAS_NET.loss(GAS_W, each, labels), losses_by_hand(GAS_W, each, labels))
    close(GAS_NET.loss(GAS_W[1], GAS_X, GAS_Y), losses_by_hand(GAS_W[1:2], GAS_X[None], GAS_Y[None])[0])


def test_the_loss_knows_only_the_direction():
    """L(cw) = L(w); the gradient is orthogonal to w, and a third as large at three times the length."""
    slopes = []
    for c in (1.0, 3.0):
        w = (c * GAS_W).requires_grad_()
        loss = GAS_NET.loss(w, GAS_X, GAS_Y)
        close(loss, GAS_NET.loss(GAS_W, GAS_X, GAS_Y))
        slopes.append(torch.autograd.grad(loss.sum(), w)[0])
        close((slopes[-1] * w).sum(-1), torch.zeros(4), 1e-13)
    close(3 * slopes[1], slopes[0])


def test_the_start_of_a_normalised_network():
    """Of the given length; of 2,000 directions in 32 dimensions each coordinate has the mean square 1/32."""
    w = GAS_NET.start(2000, 1.7, generator=seeded(45))
    close(w.norm(dim=-1), np.full(2000, 1.7), 1e-5)
    assert w.dtype == torch.float32 and z_score(w[:, 3] ** 2 / 1.7**2, 1 / 32) < 4.5
    assert torch.equal(w, GAS_NET.start(2000, 1.7, generator=seeded(45)))
    std = NormalisedNet((2, 3000, 2), 0.4, generator=seeded(46)).readout
    assert z_score(std.flatten() ** 2, 0.16) < 4.5


@pytest.mark.parametrize("protocol", ["fixed sphere", "fixed effective rate", "fixed rate"])
def test_a_given_fit_of_a_normalised_network(protocol):
    """Batches with replacement, each run its own; both parts of a step from the same w."""
    rates, decays = t([0.1, 0.2, 0.3, 0.4]), t([0.0, 0.1, 0.2, 0.3])
    noise, w = seeded(44), GAS_W.clone()
    series = []
    for _ in range(5):
        some = torch.randint(30, (4, 6), generator=noise)
        w.requires_grad_()
        loss = losses_by_hand(w, GAS_X[some], GAS_Y[some])
        g = torch.autograd.grad(loss.sum(), w)[0]
        w = w.detach()
        r2 = (w * w).sum(1)
        series.append((r2, loss.detach(), r2 * (g * g).sum(1)))
        eta = rates * r2 if protocol == "fixed effective rate" else rates
        if protocol == "fixed sphere":
            moved = w - eta[:, None] * g
            w = moved * (GAS_W.norm(dim=1) / moved.norm(dim=1))[:, None]
        else:
            w = w - eta[:, None] * (g + decays[:, None] * w)
    decays = None if protocol == "fixed sphere" else decays
    fitted = gas(protocol=protocol, learning_rate=rates, weight_decay=decays)
    close(fitted.w, w, 1e-10)
    for made, wanted in zip(fitted[1:], zip(*series, strict=True), strict=True):
        close(made, torch.stack(wanted, 1), 1e-10)


def test_pythagoras():
    """r² ← (1 − ηλ)² r² + η²|g|², in each step; on the sphere it stays."""
    run = gas(steps=40)
    r2, slope2 = run.r2[:, :-1], run.slope2[:, :-1]
    close(run.r2[:, 1:], (1 - 0.1 * 0.3) ** 2 * r2 + 0.1**2 * slope2 / r2, 1e-10)
    run = gas(steps=40, protocol="fixed sphere", weight_decay=None)
    close(run.r2, (GAS_W**2).sum(1)[:, None].expand(4, 40), 1e-12)


def test_a_change_of_units():
    """Weights c times as long, λ/c² and, at a fixed rate, c²η: the same directions and losses."""
    for protocol, power in (("fixed rate", 2), ("fixed effective rate", 0)):
        small, large = (
            gas(c * GAS_W, protocol=protocol, learning_rate=0.1 * c**power, weight_decay=0.3 / c**2, steps=30)
            for c in (1.0, 3.0)
        )
        close(large.w, 3 * small.w, 1e-9)
        close(large.loss, small.loss, 1e-9)
        close(large.slope2, small.slope2, 1e-9)


def test_where_the_weights_settle():
    """λr² = η_eff G/2 to first order, G from other runs, on the sphere.

    η_eff²G is about 0.01 here: what is left out is of this order, relative to λr², and 400 steps are more
    than four times what the length remembers.
    """
    w, half = GAS_NET.start(40, generator=seeded(47)).double(), 400
    options = {"batch_size": 2, "steps": 800, "learning_rate": 0.05}
    held = gas(w, protocol="fixed sphere", weight_decay=None, **options).slope2[:, half:].mean(1)
    free = gas(w, protocol="fixed effective rate", weight_decay=0.1, generator=seeded(48), **options)
    found = 2 * 0.1 * free.r2[:, half:].mean(1) / 0.05
    order = 0.05**2 * held.mean().item()
    assert 0.003 < order < 0.03
    error = ((held.var() + found.var()) / 40) ** 0.5
    assert abs(found.mean() - held.mean()) < 4.5 * error + order * held.mean()


def test_numbers_of_each_run():
    """One number for all runs is the same as that number for each."""
    assert torch.equal(gas().w, gas(learning_rate=[0.1] * 4, weight_decay=[0.3] * 4).w)
    moved = gas(learning_rate=[0.1, 0.1, 0.1, 0.2]).w
    assert torch.equal(moved[:3], gas().w[:3]) and not torch.equal(moved[3], gas().w[3])


def test_a_normalised_fit_leaves_no_traces(capsys):
    w = GAS_W.clone().requires_grad_()
    run = gas(w)
    assert torch.equal(w, GAS_W) and w.grad is None and not any(one.requires_grad for one in run)
    with torch.no_grad():
        assert torch.equal(gas().w, run.w)
    assert capsys.readouterr() == ("", "")
    gas(progress=True)
    assert "fit_normalised" in capsys.readouterr().err


def test_normalised_weights_that_run_away():
    with pytest.raises(ConvergenceError, match="no longer finite in step") as caught:
        gas(learning_rate=1e200)
    assert bool(caught.value.last.isfinite().all())


# Declared: what is asked of every module -------------------------------------------------------------

NET = small()
CALLS = {
    "langevin": lambda Ts=1.0, generator=None: langevin(bowl, X0[:2], 0.1, 3, T=Ts, generator=generator),
    "contrast": lambda: contrast(NET, X0, X0[:1]),
    "fit_energy": lambda generator=None: fit_energy(NET, DATA, epochs=1, generator=generator, **FEW),
    "fit_vae": lambda generator=None: coding(generator=generator).net.w_decoder,
    "fit_normalised": lambda generator=None: (
        fit_normalised(GAS_NET, GAS_W, GAS_X, GAS_Y, generator=generator, **GAS).w
    ),
}


def fitting(net=NET, data=DATA, **options):
    return fit_energy(net, data, **({"epochs": 1, "generator": seeded()} | FEW | options))


def coding(net=None, data=X_VAE, **options):
    options = {"epochs": 1, "generator": seeded()} | FEW_VAE | options
    return fit_vae(small_vae() if net is None else net, data, **options)


CODE = small_vae()
BAD = {
    "coordinates alone": (lambda: VAE((3,), 0.5), r"coordinates and latents at least, got \(3,\)"),
    "no latents": (lambda: VAE((3, 0), 0.5), "a width must be an integer ≥ 1, got 0"),
    "no noise": (lambda: VAE((3, 2), 0.0), "noise_std must be positive, got 0.0"),
    "a seed for an autoencoder": (lambda: VAE((3, 2), 1.0, generator=1), "must be a torch.Generator"),
    "pictures of two pixels": (lambda: CODE.elbo(X_VAE[:, :2]), r"shape \(n, 3\), got \(6, 2\)"),
    "one picture, without n": (lambda: CODE.encode(X_VAE[0]), r"shape \(n, 3\), got \(3,\)"),
    "three latents of two": (lambda: CODE.decode(X_VAE), r"z must have shape \(\.\.\., 2\), got \(6, 3\)"),
    "an elbo of no draws": (lambda: CODE.elbo(X_VAE, samples=0), "samples must be an integer ≥ 1, got 0"),
    "an elbo at T = 0": (lambda: CODE.elbo(X_VAE, T=0.0), "T must be positive"),
    "an elbo at two temperatures": (lambda: CODE.elbo(X_VAE, T=[1.0, 2.0]), r"one number, got \[1.0, 2.0\]"),
    "a likelihood of no draws": (lambda: CODE.log_likelihood(X_VAE, 0), "samples must be an integer ≥ 1"),
    "no picture": (lambda: CODE.sample(0), "n must be an integer ≥ 1, got 0"),
    "pictures from a number": (lambda: CODE.sample(1, generator=3), "must be a torch.Generator"),
    "no autoencoder": (lambda: fit_vae(NET, DATA, epochs=1, **FEW_VAE), "must be a VAE, got EnergyNet"),
    "pictures of another size": (lambda: coding(data=X_VAE[:, :2]), r"\(n, 3\), n ≥ 1, got \(6, 2\)"),
    "no pictures": (lambda: coding(data=X_VAE[:0]), r"n ≥ 1, got \(0, 3\)"),
    "pictures with NaN": (lambda: coding(data=X_VAE * torch.nan), "data must be finite"),
    "no epochs of an autoencoder": (lambda: coding(epochs=0), "epochs must be an integer ≥ 1, got 0"),
    "no rate of an autoencoder": (lambda: coding(learning_rate=0.0), "learning_rate must be positive"),
    "a batch of seven in six": (lambda: coding(batch_size=7), "batch_size must be an integer from 1 to 6"),
    "a fit at T = 0": (lambda: coding(T=0.0), "T must be positive"),
    "a fit at two temperatures": (lambda: coding(T=[1.0, 2.0]), r"T must be one number, got \[1.0, 2.0\]"),
    "inputs alone": (lambda: EnergyNet((2,)), r"a hidden layer at least, got \(2,\)"),
    "a layer of none": (lambda: EnergyNet((2, 0)), "a width must be an integer ≥ 1, got 0"),
    "no bowl": (lambda: EnergyNet((2, 3), 0.0), "base_std must be positive, got 0.0"),
    "a seed for a generator": (lambda: EnergyNet((2, 3), generator=1), "must be a torch.Generator"),
    "points of three coordinates": (lambda: NET(torch.zeros(4, 3)), r"shape \(\.\.\., 2\), got \(4, 3\)"),
    "no step": (lambda: langevin(bowl, X0, 0.0, 1), "step must be positive, got 0.0"),
    "a step back": (lambda: langevin(bowl, X0, -0.1, 1), "step must be positive, got -0.1"),
    "less than no steps": (lambda: langevin(bowl, X0, 0.1, -1), "steps must be an integer ≥ 0, got -1"),
    "one walker": (lambda: langevin(bowl, X0[0], 0.1, 1), r"\(walkers, dim\), got \(2,\)"),
    "no walkers": (lambda: langevin(bowl, X0[:0], 0.1, 1), r"\(walkers, dim\), got \(0, 2\)"),
    "NaN at the start": (lambda: langevin(bowl, X0 * torch.nan, 0.1, 1), "x must be finite"),
    "T too many": (lambda: langevin(bowl, X0, 0.1, 1, T=[1.0, 2.0]), r"have shape \(3,\), got \(2,\)"),
    "hotter than a number": (lambda: langevin(bowl, X0, 0.1, 1, T=np.inf), "T must be finite"),
    "one energy for all": (
        lambda: langevin(lambda x: (x**2).sum(), X0, 0.1, 1),
        r"a tensor of shape \(3,\) for 3 walkers, got \(\)",
    ),
    "a number of Python's": (lambda: langevin(lambda x: 1.0, X0, 0.1, 1), "for 3 walkers, got float"),
    "negatives in a row": (lambda: contrast(NET, X0, X0[0]), r"\(n, dim\) and \(m, dim\), got \(3, 2\) and"),
    "negatives of another space": (lambda: contrast(bowl, X0, X0[:, :1]), r"got \(3, 2\) and \(3, 1\)"),
    "weights for two": (
        lambda: contrast(NET, X0, X0, t([0.5, 0.5])),
        r"shape \(3,\) and sum to 1, got \(2,\)",
    ),
    "weights of two": (lambda: contrast(NET, X0, X0, t([1.0, 0.5, 0.5])), "sum to 1, got .* and 2"),
    "no network": (lambda: fit_energy(bowl, DATA, epochs=1, **FEW), "net must be an EnergyNet, got function"),
    "data of three coordinates": (lambda: fitting(data=torch.zeros(9, 3)), r"\(n, 2\), n ≥ 1, got \(9, 3\)"),
    "no data": (lambda: fitting(data=DATA[:0]), r"n ≥ 1, got \(0, 2\)"),
    "no epochs": (lambda: fitting(epochs=0), "epochs must be an integer ≥ 1, got 0"),
    "no rate": (lambda: fitting(learning_rate=0.0), "learning_rate must be positive"),
    "too large a batch": (
        lambda: fitting(batch_size=10),
        "batch_size must be an integer from 1 to 9, got 10",
    ),
    "no step in a fit": (lambda: fitting(step=0.0), "step must be positive"),
    "a fit without a walk": (lambda: fitting(steps=0), "steps must be an integer ≥ 1, got 0"),
    "fewer walkers than examples": (lambda: fitting(walkers=3), "walkers must be an integer ≥ 4, got 3"),
    "more than all afresh": (lambda: fitting(refresh=1.1), "refresh must be from 0 to 1, got 1.1"),
    "no hidden layer": (lambda: NormalisedNet((2, 3)), r"inputs, a hidden layer and classes.*got \(2, 3\)"),
    "no classes": (lambda: NormalisedNet((2, 3, 0)), "a width must be an integer ≥ 1, got 0"),
    "no readout": (lambda: NormalisedNet((2, 3, 2), 0.0), "readout_std must be positive, got 0.0"),
    "a seed for a readout": (lambda: NormalisedNet((2, 3, 2), generator=1), "must be a torch.Generator"),
    "no runs": (lambda: GAS_NET.start(0), "runs must be an integer ≥ 1, got 0"),
    "a start without length": (lambda: GAS_NET.start(1, 0.0), "radius must be positive, got 0.0"),
    "weights of another network": (lambda: GAS_NET(GAS_W[:, :9], GAS_X), r"shape \(..., 32\), got \(4, 9\)"),
    "inputs of two": (lambda: GAS_NET(GAS_W, GAS_X[:, :2]), r"shape \(n, 3\), or that after .*got \(30, 2\)"),
    "inputs of five runs": (lambda: GAS_NET(GAS_W, GAS_X.reshape(5, 6, 3)), r"got \(5, 6, 3\) with w of"),
    "one input": (lambda: GAS_NET(GAS_W, GAS_X[0]), r"or that after .*got \(3,\)"),
    "labels of a batch": (lambda: GAS_NET.loss(GAS_W, GAS_X, GAS_Y[:3]), r"of shape \(30,\), got .* \(3,\)"),
    "labels with a point": (lambda: GAS_NET.loss(GAS_W, GAS_X, GAS_Y.double()), "integers of shape"),
    "a list of labels": (lambda: gas(labels=GAS_Y.tolist()), "must be a tensor of integers .*got list"),
    "a class too many": (lambda: gas(labels=GAS_Y + 1), "labels must be from 0 to 1, got 1 to 2"),
    "no class": (lambda: gas(labels=GAS_Y - 1), "labels must be from 0 to 1, got -1 to 0"),
    "an autoencoder to classify": (
        lambda: fit_normalised(CODE, GAS_W, GAS_X, GAS_Y, **GAS),
        "must be a NormalisedNet, got VAE",
    ),
    "one run's weights": (lambda: gas(GAS_W[0]), r"\(runs, 32\), no row of zeros, got \(32,\)"),
    "weights without direction": (lambda: gas(0 * GAS_W), r"no row of zeros, got \(4, 32\)"),
    "weights with NaN": (lambda: gas(GAS_W * torch.nan), "w must be finite"),
    "data of two inputs": (lambda: gas(data=GAS_X[:, :2]), r"\(n, 3\), n ≥ 1, got \(30, 2\)"),
    "an example of zeros": (
        lambda: gas(data=GAS_X * (GAS_X[:, :1] > 0)),
        "no row of zeros: it is normalised",
    ),
    "another protocol": (lambda: gas(protocol="adiabatic"), "protocol must be one of .*'adiabatic'"),
    "no learning": (lambda: gas(learning_rate=0.0), "learning_rate must be positive, got 0.0"),
    "rates of three runs": (
        lambda: gas(learning_rate=[0.1] * 3),
        r"learning_rate .*shape \(4,\), got \(3,\)",
    ),
    "weights that grow": (lambda: gas(weight_decay=-0.1), "weight_decay must be ≥ 0, got -0.1"),
    "decay on a sphere": (lambda: gas(protocol="fixed sphere"), "None on a fixed sphere, got 0.3"),
    "no decay": (lambda: gas(weight_decay=None), "weight_decay must be given at a fixed rate, got None"),
    "an empty batch": (lambda: gas(batch_size=0), "batch_size must be an integer ≥ 1, got 0"),
    "no steps of a gas": (lambda: gas(steps=0), "steps must be an integer ≥ 1, got 0"),
    "a seed for a gas": (lambda: gas(generator=3), "must be a torch.Generator"),
    "a generator elsewhere": (
        lambda: langevin(bowl, X0.to("meta"), 0.1, 1, generator=seeded()),
        "generator must be on the device of the chains, meta, got one on cpu",
    ),
}
LIMITS = [
    (lambda n: langevin(bowl, X0, 0.1, n), 0, -1),
    (lambda n: EnergyNet((2,) * n), 2, 1),
    (lambda n: fitting(batch_size=n), 9, 10),
    (lambda n: fitting(walkers=n), 4, 3),
    (lambda n: fitting(steps=n), 1, 0),
    (lambda r: fitting(refresh=r), 0.0, -1e-300),
    (lambda r: fitting(refresh=r), 1.0, 1 + 1e-15),
    (lambda n: coding(batch_size=n), 6, 7),
    (lambda n: CODE.log_likelihood(X_VAE, n), 1, 0),
    (lambda n: VAE((2,) * n, 1.0), 2, 1),
    (lambda n: NormalisedNet((2,) * n), 3, 2),
    (lambda x: gas(weight_decay=x), 0.0, -1e-300),
    (lambda n: gas(batch_size=n), 1, 0),
    (lambda k: gas(labels=GAS_Y + k), 0, 1),
]
AS_COLD = {
    "a walk without noise": (
        lambda: langevin(bowl, t([[1.0]]), 0.5, 3, T=1e-300, generator=seeded()).item(),
        0.125,
    ),
}
FAULTS = [
    Fault(
        "ε for 2ε in the walkers' noise",
        "np.sqrt(2 * step * temperatures)",
        "np.sqrt(step * temperatures)",
        "test_the_bias_of_the_step[0.1-1.0]",
    ),
    Fault(
        "noise of deviation 2εT",
        "np.sqrt(2 * step * temperatures)",
        "2 * step * temperatures",
        "test_a_given_walk",
    ),
    Fault(
        "T forgotten in the walkers' noise",
        "np.sqrt(2 * step * temperatures)",
        "np.sqrt(2 * step + 0 * temperatures)",
        "test_a_given_walk",
    ),
    Fault(
        "walkers that climb",
        "x - step * _slope(energy, x)",
        "x + step * _slope(energy, x)",
        "test_a_given_walk",
    ),
    Fault(
        "tanh for its slope, in the slope of a network",
        "torch.ops.aten.tanh_backward(back.expand_as(a), a) @ W",
        "(back * a) @ W",
        "test_the_walk_in_a_network_is_the_walk_in_its_energy",
    ),
    Fault(
        "the bowl's slope halved",
        "back + x / self.base_std**2",
        "back + x / (2 * self.base_std**2)",
        "test_the_walk_in_a_network_is_the_walk_in_its_energy",
    ),
    Fault(
        "the sign of the negative phase",
        "_energies(net, data).mean() - weights @ _energies(net, negatives)",
        "_energies(net, data).mean() + weights @ _energies(net, negatives)",
        "test_the_rule_is_the_slope_of_the_exact_likelihood",
    ),
    Fault(
        "the sign of the negative phase, without weights",
        "_energies(net, data).mean() - _energies(net, negatives).mean()",
        "_energies(net, data).mean() + _energies(net, negatives).mean()",
        "test_a_given_fit[0.0]",
    ),
    Fault(
        "a likelihood that falls",
        "net.w - rate * (1",
        "net.w + rate * (1",
        "test_a_given_fit[0.0]",
    ),
    Fault(
        "walkers that are not put back",
        "            buffer[some] = x\n",
        "",
        "test_a_given_fit[0.0]",
    ),
    Fault(
        "walkers that start afresh as long as they should stay",
        "device=data.device) < refresh",
        "device=data.device) > refresh",
        "test_a_given_fit[0.0]",
    ),
    Fault(
        "a rate that does not fall",
        "rate * (1 - (epoch * updates + k) / (epochs * updates)) * slope",
        "rate * slope",
        "test_a_given_fit[0.0]",
    ),
    Fault(
        "a bowl of variance s",
        "(2 * self.base_std**2)",
        "(2 * self.base_std)",
        "test_the_energy_is_the_network_on_a_bowl",
    ),
    Fault(
        "a network that is changed in place",
        "    net = deepcopy(net)\n",
        "",
        "test_a_given_fit[0.0]",
    ),
    Fault(
        "the KL to the prior added to the ELBO",
        ".mean(0) - T * self.kl(x).sum(-1)",
        ".mean(0) + T * self.kl(x).sum(-1)",
        "test_a_given_elbo[1.0]",
    ),
    Fault(
        "T at the likelihood, not at the KL",
        ".mean(0) - T * self.kl(x).sum(-1)",
        ".mean(0) * T - self.kl(x).sum(-1)",
        "test_a_given_elbo[3.0]",
    ),
    Fault(
        "a KL without the entropy of q",
        "+ (2 * log_std).exp() - 1) / 2 - log_std",
        "+ (2 * log_std).exp() - 1) / 2",
        "test_a_given_elbo[1.0]",
    ),
    Fault(
        "s for s² in the KL",
        "(2 * log_std).exp() - 1",
        "log_std.exp() - 1",
        "test_a_given_elbo[1.0]",
    ),
    Fault(
        "draws of deviation s² in the ELBO",
        "self._log_likelihood(x, mean + log_std.exp() * eps).mean(0)",
        "self._log_likelihood(x, mean + (2 * log_std).exp() * eps).mean(0)",
        "test_a_given_elbo[1.0]",
    ),
    Fault(
        "the mean of ln w for the logarithm of the mean",
        "return torch.stack(sums).logsumexp(0) - log(samples)",
        "return torch.stack(sums).logsumexp(0) - samples * log(samples)",
        "test_given_weights_of_draws",
    ),
    Fault(
        "weights without the prior of z",
        "_tensors.log_normal(z, 1.0) - (_tensors",
        "0.0 * z - (_tensors",
        "test_with_the_exact_posterior_one_draw_is_enough[1]",
    ),
    Fault(
        "a density of ϵ for that of z: ln s is missing",
        "(_tensors.log_normal(eps, 1.0) - log_std)",
        "_tensors.log_normal(eps, 1.0)",
        "test_with_the_exact_posterior_one_draw_is_enough[1]",
    ),
    Fault(
        "the noise's variance for its deviation",
        "_tensors.log_normal(x - self.decode(z), self.noise_std)",
        "_tensors.log_normal(x - self.decode(z), self.noise_std**2)",
        "test_a_given_elbo[1.0]",
    ),
    Fault(
        "pictures without noise",
        "return x + self.noise_std * _normal(tuple(x.shape), like, generator)",
        "return x + 0 * _normal(tuple(x.shape), like, generator)",
        "test_pictures_follow_the_model",
    ),
    Fault(
        "an ELBO that falls",
        "loss = -net.elbo(",
        "loss = net.elbo(",
        "test_a_given_fit_of_an_autoencoder[1.0]",
    ),
    Fault(
        "a fit at T = 1, whatever T",
        "batches[k * n : (k + 1) * n]], T=T, generator",
        "batches[k * n : (k + 1) * n]], T=1.0, generator",
        "test_a_given_fit_of_an_autoencoder[2.0]",
    ),
    Fault(
        "an autoencoder's rate that does not fall",
        'adam.param_groups[0]["lr"] = rate * (1 - (epoch * updates + k) / (epochs * updates))',
        'adam.param_groups[0]["lr"] = rate',
        "test_a_given_fit_of_an_autoencoder[1.0]",
    ),
    Fault(
        "an autoencoder that is changed in place",
        "data.device), deepcopy(net)",
        "data.device), net",
        "test_a_given_fit_of_an_autoencoder[1.0]",
    ),
    Fault(
        "weights to ln s that are not 0 at first",
        "[-1][0][widths[-1] :] = 0",
        "[-1][0][widths[-1] :] *= 1",
        "test_the_weights_of_an_autoencoder_at_the_start",
    ),
    Fault(
        "weights pulled by λ, whatever the rate",
        "moved = (1 - eta * decay) * w",
        "moved = (1 - decay) * w",
        "test_a_given_fit_of_a_normalised_network[fixed rate]",
    ),
    Fault(
        "an effective rate that follows r",
        "eta = rate * r2 if",
        "eta = rate * r2.sqrt() if",
        "test_a_change_of_units",
    ),
    Fault(
        "a fixed rate that follows r²",
        'if protocol == "fixed effective rate" else rate\n',
        'if protocol != "fixed sphere" else rate\n',
        "test_pythagoras",
    ),
    Fault(
        "a climb",
        "* w - eta * g\n",
        "* w + eta * g\n",
        "test_a_given_fit_of_a_normalised_network[fixed sphere]",
    ),
    Fault(
        "a sphere of radius 1",
        "moved = start * moved / moved.norm(",
        "moved = moved / moved.norm(",
        "test_pythagoras",
    ),
    Fault(
        "the slope at w, not that on the unit sphere",
        "r2[:, 0] * (g**2).sum(-1)",
        "(g**2).sum(-1)",
        "test_pythagoras",
    ),
    Fault(
        "one batch for all runs",
        "(len(w), n), generator=generator, device=w.device)",
        "(1, n), generator=generator, device=w.device).expand(len(w), n)",
        "test_a_given_fit_of_a_normalised_network[fixed rate]",
    ),
    Fault(
        "a sum of squares for their mean in the normalisation",
        "(z**2).mean(-1, keepdim=True)",
        "(z**2).sum(-1, keepdim=True)",
        "test_the_logits_of_a_normalised_network",
    ),
    Fault(
        "pre-activations that are not normalised",
        "torch.tanh(z / (z**2).mean(-1, keepdim=True).sqrt())",
        "torch.tanh(z)",
        "test_the_loss_knows_only_the_direction",
    ),
    Fault(
        "a start inside the ball",
        "radius * w / w.norm(dim=-1, keepdim=True)",
        "radius * w / self.dim**0.5",
        "test_the_start_of_a_normalised_network",
    ),
    Fault(
        "a summed loss",
        "return each.reshape(labels.shape).mean(-1)",
        "return each.reshape(labels.shape).sum(-1)",
        "test_the_logits_of_a_normalised_network",
    ),
]
