r"""Networks that learn a distribution, by energy or by ELBO; and one whose weights know only a direction.

Serves ``chapters/energy-based-models.md``, ``chapters/autoencoders.md`` and ``chapters/ideal-gas.md``, in
torch. An `EnergyNet` gives to each point x an energy E(x), and p(x) = e^{−E(x)/T}/Z. It learns at T = 1. Of Z
only differences of energies are needed, but for these the model has to be sampled: walkers slide and shake on
the energy that is being learnt. A `VAE` draws x from latents z, so it is sampled at once. What it lacks is
ln p(x), and it learns by a lower bound, minus a free energy. A `NormalisedNet` is a classifier whose loss
does not feel the length of its weights; `fit_normalised` trains many at once and records it. All chance is
``generator``.

==================  =====================  ================================================================
symbol              argument               meaning
==================  =====================  ================================================================
x                   ``x``, ``data``        points, shape (n, dim); walkers and examples are the leading axis
E(x)                ``energy``, ``net``    x (n, dim) → energies (n,)
s                   ``base_std``           E(x) = f(x) + ‖x‖²/2s²: the width of the bowl beneath the network
T                   ``T``                  temperature, T > 0 and finite; learning is at T = 1
ε                   ``step``               Langevin's step, a time
η, ϵ                —                      noise ~ N(0, 1)
z                   ``z``                  latents, shape (..., latents); a priori N(0, 1), each by itself
g(z), σ             ``decode``             given z, each coordinate of x ~ N(g(z), σ²); σ is ``noise_std``
m(x), s(x)          ``encode``             the guess q of z, given x: N(m, s²), each latent by itself
w, r                ``w``                  weights of a normalised network, (runs, dim), and their length
η                   ``learning_rate``      learning rate, or the effective rate η/r²
λ                   ``weight_decay``       weight decay: w shrinks by the factor 1 − ηλ in each step
==================  =====================  ================================================================
"""

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from math import log
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.nn.functional import cross_entropy

from thermolib import _tensors, _validate
from thermolib._results import ConvergenceError
from thermolib._types import Floats
from thermolib._walks import block, first_infinite
from thermolib.bnn import MLP

Energy = Callable[[Tensor], Tensor]


class EnergyNet(torch.nn.Module):
    r"""An energy E(x) = f(x) + ‖x‖²/2s², with f a network of tanh units: p = e^{−E}/Z for a finite Z.

    f is bounded, for the last hidden units are. So the bowl ‖x‖²/2s² wins far out, and Z is finite whatever
    the weights. Called with x (..., dim) it returns energies (...).

    Parameters
    ----------
    widths : tuple of int
        Units of each layer, the inputs first: ``(2, 32)`` has points in the plane and 32 hidden units. The
        output, one number, is not named.
    base_std : float, optional
        s, in the unit of x.
    generator : torch.Generator, optional
        For the weights to start from, N(0, 1/in), on its device; biases start at 0.

    Attributes
    ----------
    f : MLP
        The network, described, without weights.
    w : Parameter, shape (f.dim,)
        Its weights and biases, as one vector.

    Raises
    ------
    ValueError
        For fewer than two widths, a width < 1, a base_std ≤ 0, a generator that is none, or x of another
        shape.

    References
    ----------
    LeCun, Chopra, Hadsell, Ranzato, Huang, in *Predicting Structured Data* (2006); Du, Mordatch, NeurIPS 32
    (2019).

    Examples
    --------
    >>> net = EnergyNet((2, 32), generator=torch.Generator().manual_seed(0))
    >>> net.f.dim, tuple(net(torch.zeros(5, 2)).shape)
    (129, (5,))
    >>> far = torch.tensor([[1e4, 0.0]])
    >>> round((net(far) / (far**2).sum()).item(), 6)  # 1/2s², s = 2
    0.125
    """

    def __init__(
        self, widths: tuple[int, ...], base_std: float = 2.0, *, generator: torch.Generator | None = None
    ) -> None:
        super().__init__()
        if len(widths) < 2:
            raise ValueError(f"widths must name the inputs and a hidden layer at least, got {widths}")
        self.f, self.base_std = MLP((*widths, 1)), _validate.positive("base_std", base_std)
        self.w = _weights(self.f, _tensors.generator(generator, None))

    def forward(self, x: Tensor) -> Tensor:
        """Return E(x), for x (..., dim): shape (...)."""
        dim = self._dim(x)
        f = self.f(self.w, x.reshape(-1, dim))[:, 0].reshape(x.shape[:-1])
        return f + (x**2).sum(-1) / (2 * self.base_std**2)

    @torch.no_grad()
    def _slope(self, x: Tensor) -> Tensor:
        """Return ∇E(x), for x (n, dim): what autograd returns, without its record of each operation."""
        self._dim(x)
        *hidden, (last, _) = self.f.unflatten(self.w)
        layers, a = [], x
        for W, b in hidden:
            a = torch.tanh(a @ W.mT + b)
            layers.append((W, a))
        back = last
        for W, a in reversed(layers):
            back = torch.ops.aten.tanh_backward(back.expand_as(a), a) @ W
        return back + x / self.base_std**2

    def _dim(self, x: Tensor) -> int:
        """Return the number of coordinates, if x has as many."""
        dim = self.f.widths[0]
        if x.ndim < 1 or x.shape[-1] != dim:
            raise ValueError(f"x must have shape (..., {dim}), got {tuple(x.shape)}")
        return dim


class VAE(torch.nn.Module):
    r"""A variational autoencoder: z ~ N(0, 1), x ~ N(g(z), σ²), and a guess of z, given x: N(m(x), s(x)²).

    The decoder g and the encoder, which gives m and ln s, are networks of tanh units; all Gaussians are
    independent in each coordinate. Without hidden units both are linear, and the best ELBO is the
    log-likelihood of probabilistic PCA. The networks' weights are what is learnt; σ is given.

    Parameters
    ----------
    widths : tuple of int
        Units of each layer of the encoder, coordinates first, latents last: ``(64, 32, 2)`` has two latents
        and 32 hidden units. The decoder has the same the other way round.
    noise_std : float
        σ, in the unit of x.
    generator : torch.Generator, optional
        For the weights to start from, N(0, 1/in), on its device. Biases start at 0, and so do the weights
        that lead to ln s: each s is 1 at first.

    Attributes
    ----------
    encoder, decoder : MLP
        The networks, described, without weights. The encoder's outputs are the means and then the ln s.
    w_encoder, w_decoder : Parameter, shapes (encoder.dim,) and (decoder.dim,)
        Their weights and biases, each as one vector.
    noise_std : float

    Raises
    ------
    ValueError
        For fewer than two widths, a width < 1, a noise_std ≤ 0, a generator that is none; when called, for x
        or z of another shape.

    References
    ----------
    Kingma, Welling, ICLR (2014), section 3; Rezende, Mohamed, Wierstra, ICML (2014). Tipping, Bishop, Journal
    of the Royal Statistical Society B 61, 611 (1999), for the linear one.

    Examples
    --------
    >>> vae = VAE((64, 32, 2), 0.2, generator=torch.Generator().manual_seed(0))
    >>> x = torch.zeros(5, 64)
    >>> mean, log_std = vae.encode(x)
    >>> tuple(mean.shape), tuple(vae.decode(mean).shape), tuple(vae.elbo(x).shape)
    ((5, 2), (5, 64), (5,))
    """

    def __init__(
        self, widths: tuple[int, ...], noise_std: float, *, generator: torch.Generator | None = None
    ) -> None:
        super().__init__()
        if len(widths) < 2:
            raise ValueError(f"widths must name coordinates and latents at least, got {widths}")
        self.encoder, self.decoder = MLP((*widths[:-1], 2 * widths[-1])), MLP(widths[::-1])
        self.noise_std = _validate.positive("noise_std", noise_std)
        generator = _tensors.generator(generator, None)
        self.w_encoder, self.w_decoder = _weights(self.encoder, generator), _weights(self.decoder, generator)
        with torch.no_grad():  # without a layer of bounded units s = e^{…} would start beyond measure
            self.encoder.unflatten(self.w_encoder)[-1][0][widths[-1] :] = 0

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the mean and ln s of ``q(z|x)``, each (n, latents), for x (n, dim)."""
        mean, log_std = self.encoder(self.w_encoder, x).chunk(2, -1)
        return mean, log_std

    def decode(self, z: Tensor) -> Tensor:
        """Return g(z), the mean of ``p(x|z)``, for z (..., latents): shape (..., dim)."""
        latents = self.decoder.widths[0]
        if z.ndim < 1 or z.shape[-1] != latents:
            raise ValueError(f"z must have shape (..., {latents}), got {tuple(z.shape)}")
        x = self.decoder(self.w_decoder, z.reshape(-1, latents))
        return x.reshape(*z.shape[:-1], self.decoder.widths[-1])

    def kl(self, x: Tensor) -> Tensor:
        """Return KL(``q(z|x)`` ‖ N(0, 1)) of each latent, in nats, for x (n, dim): shape (n, latents)."""
        mean, log_std = self.encode(x)
        return (mean**2 + (2 * log_std).exp() - 1) / 2 - log_std

    def elbo(
        self, x: Tensor, *, samples: int = 1, T: float = 1.0, generator: torch.Generator | None = None
    ) -> Tensor:
        r"""Estimate ⟨ln ``p(x|z)``⟩_q − T KL(``q(z|x)`` ‖ N(0, 1)) of each x (n, dim), shape (n,).

        The first average is over ``samples`` draws z = m + sϵ, through which gradients pass; the second is
        exact. At T = 1 it is minus the free energy of q, ⟨−ln p(x, z)⟩_q − S[q]: a lower bound to ln p(x).
        Another T > 0 gives the objective that the literature calls the β-VAE's, with β for T (Higgins and
        others, ICLR 2017); if T < 1 it need not be a bound.
        """
        T, samples = _validate.one_temperature(T, finite=True), _validate.whole("samples", samples, 1)
        mean, log_std = self.encode(x)
        eps = _normal((samples, *mean.shape), x, generator)
        return self._log_likelihood(x, mean + log_std.exp() * eps).mean(0) - T * self.kl(x).sum(-1)

    @torch.no_grad()
    def log_likelihood(self, x: Tensor, samples: int, *, generator: torch.Generator | None = None) -> Tensor:
        r"""Estimate ln p(x) of each x (n, dim), by importance sampling from the encoder: shape (n,).

        The value is ln (1/k) Σ ``p(x|z)`` p(z)/``q(z|x)`` over k = ``samples`` draws of q. Its mean lies
        below ln p(x) and rises with k; with k = 1 it is that of the ELBO (Burda, Grosse, Salakhutdinov, ICLR
        2016, theorem 1). Where q is the exact posterior one draw is enough. No gradients.
        """
        samples = _validate.whole("samples", samples, 1)
        mean, log_std = self.encode(x)
        generator = _tensors.generator(generator, x.device)
        size = max(1, 2**22 // max(x.numel(), 1))  # draws whose pictures fit 16 MB
        sums = []
        for start in range(0, samples, size):
            eps = _normal((min(size, samples - start), *mean.shape), x, generator)
            z = mean + log_std.exp() * eps
            log_ratio = _tensors.log_normal(z, 1.0) - (_tensors.log_normal(eps, 1.0) - log_std)
            sums.append((self._log_likelihood(x, z) + log_ratio.sum(-1)).logsumexp(0))
        return torch.stack(sums).logsumexp(0) - log(samples)

    @torch.no_grad()
    def sample(self, n: int, *, generator: torch.Generator | None = None) -> Tensor:
        """Draw n points x of the model, with the noise of ``p(x|z)``: shape (n, dim)."""
        n, like = _validate.whole("n", n, 1), self.w_decoder
        generator = _tensors.generator(generator, like.device)
        x = self.decode(_normal((n, self.decoder.widths[0]), like, generator))
        return x + self.noise_std * _normal(tuple(x.shape), like, generator)

    def _log_likelihood(self, x: Tensor, z: Tensor) -> Tensor:
        """Return ln ``p(x|z)`` (..., n), for z (..., n, latents)."""
        return _tensors.log_normal(x - self.decode(z), self.noise_std).sum(-1)


class VAEFit(NamedTuple):
    """What `fit_vae` returns: the trained ``net``, and ``history``.

    ``history[0]`` is the network before learning, and one follows after each epoch.
    """

    net: VAE
    history: list[VAE]


class EnergyFit(NamedTuple):
    """What `fit_energy` returns: the trained ``net``, ``history``, and the ``walkers`` (walkers, dim).

    ``history[0]`` is the network before learning, and one follows after each epoch.
    """

    net: EnergyNet
    history: list[EnergyNet]
    walkers: Tensor


def langevin(
    energy: Energy,
    x: Tensor,
    step: float,
    steps: int,
    *,
    T: float | ArrayLike = 1.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    r"""Langevin's walk in an energy: x ← x − ε∇E(x) + √(2εT) η with η ~ N(0, 1), for all walkers at once.

    No step is refused. So a finite ε leaves a bias: on E = h x²/2 the variance is T/h · 1/(1 − hε/2) instead
    of T/h, and from ε = 2/h on the walk runs away. (`thermolib.bnn.sgld` is the same walk for a log joint of
    one w, and keeps its draws.)

    Parameters
    ----------
    energy : callable
        x (walkers, dim) → energies (walkers,), each of its own row alone: an `EnergyNet`, or a function
        written in torch.
    x : Tensor, shape (walkers, dim)
        Where the walkers start; not changed.
    step : float
        ε > 0.
    steps : int
        Steps, ≥ 0.
    T : float or array_like, shape (walkers,), optional
        Temperature, of all walkers or of each.
    generator : torch.Generator, optional
        All chance there is, on the device of x; by default one of its own, seeded by the system.

    Returns
    -------
    Tensor, shape (walkers, dim)
        Where the walkers are.

    Raises
    ------
    ValueError
        For T ≤ 0, a step ≤ 0, steps < 0, other shapes, or a generator on another device.
    ConvergenceError
        Where a walker runs away; ``last`` is the last state in which all were finite.

    References
    ----------
    Roberts, Tweedie, Bernoulli 2, 341 (1996), section 1.4, for the walk and its bias.

    Examples
    --------
    >>> generator = torch.Generator().manual_seed(0)
    >>> x = langevin(lambda x: (x**2).sum(-1) / 2, torch.zeros(50_000, 1), 0.5, 20, generator=generator)
    >>> bool(abs(x.var() - 1 / (1 - 0.5 / 2)) < 0.04)
    True
    """
    x = _tensors.tensor("x", x).detach()
    if x.ndim != 2 or 0 in x.shape:
        raise ValueError(f"x must have shape (walkers, dim), got {tuple(x.shape)}")
    step, steps = _validate.positive("step", step), _validate.whole("steps", steps, 0)
    temperatures = _validate.temperature(T, finite=True)
    if temperatures.shape not in ((), (len(x),)):
        raise ValueError(f"T must be one number or have shape ({len(x)},), got {temperatures.shape}")
    kick = _column(np.sqrt(2 * step * temperatures), x)
    return _walked(energy, x, step, steps, kick, _tensors.generator(generator, x.device))


def _walked(
    energy: Energy, x: Tensor, step: float, steps: int, kick: Tensor, generator: torch.Generator
) -> Tensor:
    """Return where walkers that start from x, all finite, are after the steps of `langevin`."""
    size = block(x)
    for begin in range(0, steps, size):
        walk = [x]  # one look at the device for all of them
        try:
            for _ in range(min(size, steps - begin)):
                eta = torch.randn(x.shape, generator=generator, dtype=x.dtype, device=x.device)
                x = x - step * _slope(energy, x) + kick * eta
                walk.append(x)
        finally:  # an energy may itself refuse what is not finite: who ran away is said first
            k = first_infinite(walk[1:]) if len(walk) > 1 else None
            if k is not None:
                walker = int(walk[k + 1].isfinite().all(-1).int().argmin())
                raise ConvergenceError(
                    f"langevin: walker {walker} ran away in step {begin + k + 1} of {steps}, with step ="
                    f" {step}: try a smaller step. `last` is the state of all walkers before",
                    walk[k],
                )
    return x


def contrast(net: Energy, data: Tensor, negatives: Tensor, weights: Tensor | None = None) -> Tensor:
    r"""Return ⟨E⟩ of the data less ⟨E⟩ of the negatives: what learning descends.

    If the negatives are draws of the model, the gradient in the network's weights is that of the negative
    mean log-likelihood, −⟨ln p⟩ = ⟨E⟩_data + ln Z, for ∂ ln Z = −⟨∂E⟩_model. The value itself is not the
    likelihood, and does not show how far learning is.

    Parameters
    ----------
    net : callable
        E: x (n, dim) → (n,).
    data : Tensor, shape (n, dim)
        Examples.
    negatives : Tensor, shape (m, dim)
        Draws of the model; they count as constants.
    weights : Tensor, shape (m,), optional
        Of the negatives, summing to 1: with the points of a grid and their probabilities the gradient is
        exact. By default all are equal.

    Returns
    -------
    Tensor, shape ()
        A number from which gradients flow to the network.

    Raises
    ------
    ValueError
        For shapes that do not fit, or weights that do not sum to 1.

    References
    ----------
    Hinton, Neural Computation 14, 1771 (2002), sections 2 and 3.

    Examples
    --------
    >>> contrast(lambda x: (x**2).sum(-1), torch.tensor([[1.0], [2.0]]), torch.tensor([[3.0]]))
    tensor(-6.5000)
    """
    data, negatives = _tensors.tensor("data", data), _tensors.tensor("negatives", negatives).detach()
    if data.ndim != 2 or negatives.ndim != 2 or data.shape[1] != negatives.shape[1]:
        raise ValueError(
            "data and negatives must have shapes (n, dim) and (m, dim), got"
            f" {tuple(data.shape)} and {tuple(negatives.shape)}"
        )
    if weights is None:
        return _contrast(net, data, negatives)
    weights = _tensors.tensor("weights", weights)
    if weights.shape != (len(negatives),) or abs(weights.sum().item() - 1) > 1e-4:
        raise ValueError(
            f"weights must have shape ({len(negatives)},) and sum to 1, got {tuple(weights.shape)} and"
            f" {weights.sum().item():g}"
        )
    return _energies(net, data).mean() - weights @ _energies(net, negatives)


def fit_energy(
    net: EnergyNet,
    data: Tensor,
    *,
    epochs: int,
    learning_rate: float,
    batch_size: int,
    step: float,
    steps: int,
    walkers: int | None = None,
    refresh: float = 0.0,
    generator: torch.Generator | None = None,
    progress: bool = False,
) -> EnergyFit:
    r"""Fit an energy to points, by persistent walkers: lower it at the data, raise it where the walkers are.

    Each update takes a batch of examples, and as many walkers from a *replay buffer*; these walk ``steps``
    steps of `langevin` at T = 1 from where they stood last time, and the weights descend `contrast`. The rate
    falls linearly, and would be 0 after the last update.

    Parameters
    ----------
    net : EnergyNet
        Where learning starts; not changed.
    data : Tensor, shape (n, dim)
        Examples; of the type of the network's weights.
    epochs : int
        Times that each example is met, in an order drawn afresh.
    learning_rate : float
        Of the first update, > 0.
    batch_size : int
        Examples, and walkers, of an update: 1 to n. What is left of an epoch is not used.
    step, steps
        ε and the number of Langevin's steps of an update.
    walkers : int, optional
        Size of the buffer, at least batch_size, which is the default.
    refresh : float, optional
        The probability that a walker starts afresh from N(0, s²), s = base_std, before it walks: 0 to 1. With
        1 there is no memory: the *short-run* dreams of Nijkamp and others, whose energy is not that of the
        data.
    generator : torch.Generator, optional
        All chance there is.
    progress : bool, optional
        Whether to show a bar.

    Returns
    -------
    EnergyFit

    Raises
    ------
    ValueError
        For numbers out of range, data of another shape, or a generator on another device.
    ConvergenceError
        Where a walker runs away, or a weight; ``last`` is the state of the walkers, or the network, before.

    References
    ----------
    Tieleman, ICML (2008), for walkers that persist; Du, Mordatch, NeurIPS 32 (2019), algorithm 1, for the
    buffer; Nijkamp, Hill, Zhu, Wu, NeurIPS 32 (2019), for short runs.

    Examples
    --------
    The bowl alone has its mean at 0, the data at 2:

    >>> generator = torch.Generator().manual_seed(0)
    >>> data = 2 + torch.randn(500, 1, generator=generator)
    >>> net = EnergyNet((1, 8), generator=generator)
    >>> options = {"learning_rate": 0.1, "batch_size": 100, "step": 0.5, "steps": 10}
    >>> fitted = fit_energy(net, data, epochs=20, **options, generator=generator)
    >>> len(fitted.history), bool(abs(fitted.walkers.mean() - 2) < 0.5)
    (21, True)
    """
    if not isinstance(net, EnergyNet):
        raise ValueError(f"net must be an EnergyNet, got {type(net).__name__}")
    dim, data = net.f.widths[0], _tensors.tensor("data", data)
    if data.ndim != 2 or data.shape[1] != dim or not len(data):
        raise ValueError(f"data must have shape (n, {dim}), n ≥ 1, got {tuple(data.shape)}")
    epochs, rate = _validate.whole("epochs", epochs, 1), _validate.positive("learning_rate", learning_rate)
    n = _validate.whole("batch_size", batch_size, 1, len(data))
    step, steps = _validate.positive("step", step), _validate.whole("steps", steps, 1)
    held = _validate.whole("walkers", n if walkers is None else walkers, n)
    refresh = _validate.scalar("refresh", refresh)
    if not 0 <= refresh <= 1:
        raise ValueError(f"refresh must be from 0 to 1, got {refresh}")
    generator = _tensors.generator(generator, data.device)
    normal = partial(torch.randn, generator=generator, dtype=data.dtype, device=data.device)
    order = partial(torch.randperm, generator=generator, device=data.device)
    net = deepcopy(net)
    buffer, kick = net.base_std * normal(held, dim), _column(np.sqrt(2 * np.array(step)), data)
    history, updates = [deepcopy(net)], len(data) // n
    from tqdm import tqdm

    for epoch in tqdm(range(epochs), desc="fit_energy", disable=not progress):
        batches = order(len(data))
        for k in range(updates):
            some, noise = order(held)[:n], net.base_std * normal(n, dim)
            anew = torch.rand(n, 1, generator=generator, device=data.device) < refresh
            x = _walked(net, torch.where(anew, noise, buffer[some]), step, steps, kick, generator)
            buffer[some] = x
            loss = _contrast(net, data[batches[k * n : (k + 1) * n]], x)
            slope = torch.autograd.grad(loss, net.w)[0]
            moved = net.w - rate * (1 - (epoch * updates + k) / (epochs * updates)) * slope
            if not bool(moved.isfinite().all()):
                raise ConvergenceError("fit_energy: a weight is no longer finite: try a smaller rate", net)
            with torch.no_grad():
                net.w.copy_(moved)
        history.append(deepcopy(net))
    return EnergyFit(net, history, buffer)


def fit_vae(
    net: VAE,
    data: Tensor,
    *,
    epochs: int,
    learning_rate: float,
    batch_size: int,
    T: float = 1.0,
    generator: torch.Generator | None = None,
    progress: bool = False,
) -> VAEFit:
    r"""Fit an autoencoder: raise its ELBO, at T, with one draw of z for each example, by Adam.

    Encoder and decoder climb together. The rate falls linearly, and would be 0 after the last update.

    Parameters
    ----------
    net : VAE
        Where learning starts; not changed.
    data : Tensor, shape (n, dim)
        Examples; of the type of the network's weights.
    epochs : int
        Times that each example is met, in an order drawn afresh.
    learning_rate : float
        Adam's, of the first update, > 0.
    batch_size : int
        Examples of an update: 1 to n. What is left of an epoch is not used.
    T : float, optional
        What the KL to the prior is multiplied by, as in `VAE.elbo`.
    generator : torch.Generator, optional
        All chance there is.
    progress : bool, optional
        Whether to show a bar.

    Returns
    -------
    VAEFit

    Raises
    ------
    ValueError
        For numbers out of range, data of another shape, or a generator on another device.
    ConvergenceError
        Where a weight is no longer finite, looked for after each epoch; ``last`` is the network before it.

    References
    ----------
    Kingma, Welling, ICLR (2014), algorithm 1, with the estimator of equation 7; Kingma, Ba, ICLR (2015), for
    Adam.

    Examples
    --------
    >>> generator = torch.Generator().manual_seed(0)
    >>> data = torch.randn(200, 3, generator=generator) * torch.tensor([2.0, 0.5, 0.5])
    >>> net = VAE((3, 1), 0.5, generator=generator)
    >>> fitted = fit_vae(net, data, epochs=20, learning_rate=0.05, batch_size=50, generator=generator)
    >>> bool(fitted.net.elbo(data).mean() > net.elbo(data).mean() + 2), len(fitted.history)
    (True, 21)
    """
    if not isinstance(net, VAE):
        raise ValueError(f"net must be a VAE, got {type(net).__name__}")
    dim, data = net.encoder.widths[0], _tensors.tensor("data", data)
    if data.ndim != 2 or data.shape[1] != dim or not len(data):
        raise ValueError(f"data must have shape (n, {dim}), n ≥ 1, got {tuple(data.shape)}")
    epochs, rate = _validate.whole("epochs", epochs, 1), _validate.positive("learning_rate", learning_rate)
    n, T = _validate.whole("batch_size", batch_size, 1, len(data)), _validate.one_temperature(T, finite=True)
    generator, net = _tensors.generator(generator, data.device), deepcopy(net)
    weights = list(net.parameters())
    adam = torch.optim.Adam(weights, lr=rate)
    history, updates = [deepcopy(net)], len(data) // n
    from tqdm import tqdm

    for epoch in tqdm(range(epochs), desc="fit_vae", disable=not progress):
        batches = torch.randperm(len(data), generator=generator, device=data.device)
        for k in range(updates):
            loss = -net.elbo(data[batches[k * n : (k + 1) * n]], T=T, generator=generator).mean()
            slopes = torch.autograd.grad(loss, weights)
            for w, slope in zip(weights, slopes, strict=True):
                w.grad = slope
            adam.param_groups[0]["lr"] = rate * (1 - (epoch * updates + k) / (epochs * updates))
            adam.step()
        if not bool(torch.stack([w.isfinite().all() for w in weights]).all()):  # one look for all updates
            raise ConvergenceError(
                f"fit_vae: a weight is no longer finite in epoch {epoch + 1}: try a smaller rate", history[-1]
            )
        net.zero_grad()
        history.append(deepcopy(net))
    return VAEFit(net, history)


_PROTOCOLS = ("fixed sphere", "fixed effective rate", "fixed rate")


class NormalisedNet:
    r"""A classifier whose loss does not feel the length of its weights, described, without weights.

    Each hidden layer computes z = Wa from the activations a below it, divides z by its root mean square
    over the units, and applies tanh; there are no biases. The readout, a matrix drawn once, is not learnt.
    So cw gives what w gives, for each c > 0: only the direction w/‖w‖ matters, and a gradient is orthogonal
    to w. Called as net(w, x), with w (..., dim) and x (n, in) or (..., n, in), it returns logits
    (..., n, classes).

    Parameters
    ----------
    widths : tuple of int
        Inputs, units of each hidden layer (one at least), classes: ``(64, 16, 10)``.
    readout_std : float, optional
        Standard deviation of the readout's Gaussian entries, > 0.
    generator : torch.Generator, optional
        For the readout, on its device.

    Attributes
    ----------
    f : MLP
        The layers that are learnt, without biases.
    dim : int
        The number of weights that are learnt.
    readout : Tensor, shape (classes, units)
        In float32; the network computes in the type of w, and the readout follows w to its device.

    Raises
    ------
    ValueError
        For fewer than three widths, a width < 1, a readout_std ≤ 0, or w, x and labels of other shapes.

    References
    ----------
    Zhang, Sennrich, NeurIPS 32 (2019), equation 4, for the normalisation; Kodryan, Lobacheva, Nakhodnov,
    Vetrov, NeurIPS 35 (2022), for the readout that is not learnt.

    Examples
    --------
    >>> generator = torch.Generator().manual_seed(0)
    >>> net = NormalisedNet((64, 16, 10), generator=generator)
    >>> w, x = net.start(3, generator=generator), torch.rand(5, 64, generator=generator)
    >>> net.dim, tuple(net(w, x).shape), torch.allclose(net(7 * w, x), net(w, x), atol=1e-4)
    (1024, (3, 5, 10), True)
    """

    def __init__(
        self, widths: tuple[int, ...], readout_std: float = 1.0, *, generator: torch.Generator | None = None
    ) -> None:
        if len(widths) < 3:
            raise ValueError(f"widths must name inputs, a hidden layer and classes at least, got {widths}")
        classes = _validate.whole("a width", widths[-1], 1)
        self.f = MLP(tuple(widths[:-1]), bias=False)
        generator = _tensors.generator(generator, None)
        self.dim, like = self.f.dim, torch.empty(0, dtype=torch.float32, device=generator.device)
        std = _validate.positive("readout_std", readout_std)
        self.readout = std * _normal((classes, self.f.widths[-1]), like, generator)

    def __call__(self, w: Tensor, x: Tensor) -> Tensor:
        """Return the logits."""
        inputs = self.f.widths[0]
        if x.ndim < 2 or x.shape[-1] != inputs or x.shape[:-2] not in ((), w.shape[:-1]):
            came = f"got {tuple(x.shape)} with w of shape {tuple(w.shape)}"
            raise ValueError(f"x must have shape (n, {inputs}), or that after the leading axes of w, {came}")
        a = x
        for W, _ in self.f.unflatten(w):
            z = a @ W.mT
            a = torch.tanh(z / (z**2).mean(-1, keepdim=True).sqrt())
        if self.readout.device != a.device:  # once, and not in each step
            self.readout = self.readout.to(a.device)
        return a @ self.readout.to(a.dtype).mT

    def loss(self, w: Tensor, x: Tensor, labels: Tensor) -> Tensor:
        """Return the mean cross-entropy of each w (..., dim), in nats, for labels (n,) or (..., n) as x."""
        self._check(labels, x)
        return self._loss(w, x, labels)

    def _loss(self, w: Tensor, x: Tensor, labels: Tensor) -> Tensor:
        z = self(w, x)
        labels = labels.expand(z.shape[:-1])
        each = cross_entropy(z.reshape(-1, z.shape[-1]), labels.reshape(-1), reduction="none")
        return each.reshape(labels.shape).mean(-1)

    def _check(self, labels: Tensor, x: Tensor) -> None:
        """Refuse what are not classes of the examples x."""
        if not isinstance(labels, Tensor) or labels.is_floating_point() or labels.shape != x.shape[:-1]:
            kind = labels.dtype if isinstance(labels, Tensor) else type(labels).__name__
            came = f"got {kind} of shape {tuple(getattr(labels, 'shape', ()))}"
            raise ValueError(f"labels must be a tensor of integers of shape {tuple(x.shape[:-1])}, {came}")
        least, most = int(labels.min()), int(labels.max())
        if not 0 <= least <= most < len(self.readout):
            raise ValueError(f"labels must be from 0 to {len(self.readout) - 1}, got {least} to {most}")

    def start(self, runs: int, radius: float = 1.0, *, generator: torch.Generator | None = None) -> Tensor:
        """Draw weights of length ``radius`` for each run, (runs, dim), in all directions alike."""
        runs, radius = _validate.whole("runs", runs, 1), _validate.positive("radius", radius)
        w = _normal((runs, self.dim), self.readout, generator)
        return radius * w / w.norm(dim=-1, keepdim=True)


class NormalisedFit(NamedTuple):
    """What `fit_normalised` returns: weights, and three series of each run, one entry a step.

    ``w`` (runs, dim) are the weights after the last step. The series have the shape (runs, steps): ``r2`` is
    r² = ‖w‖² before the step, ``loss`` that of the step's batch, in nats, and ``slope2`` r²‖g‖², with the
    batch's gradient g: its square as it would be on the unit sphere.
    """

    w: Tensor
    r2: Tensor
    loss: Tensor
    slope2: Tensor


def fit_normalised(
    net: NormalisedNet,
    w: Tensor,
    data: Tensor,
    labels: Tensor,
    *,
    protocol: str,
    learning_rate: float | ArrayLike,
    weight_decay: float | ArrayLike | None = None,
    batch_size: int,
    steps: int,
    generator: torch.Generator | None = None,
    progress: bool = False,
) -> NormalisedFit:
    r"""Train normalised networks by SGD, all runs at once: w ← (1 − ηλ)w − ηg, g the gradient of a batch.

    Since g is orthogonal to w, Pythagoras gives r² ← (1 − ηλ)² r² + η²‖g‖², exactly: each gradient pushes
    outwards, its noise and its mean alike, and weight decay pulls inwards. To first order they balance at
    r² = η_eff G/2λ, with the effective rate η_eff = η/r² and G = ⟨``slope2``⟩. If η is fixed instead,
    r⁴ = ηG/2λ.

    Parameters
    ----------
    net : NormalisedNet
        The network.
    w : Tensor, shape (runs, dim)
        Where each run starts; not changed. In a continued run, the ``w`` of the last.
    data : Tensor, shape (n, in)
        Examples; of the type of w.
    labels : Tensor of int, shape (n,)
        Their classes, from 0 to classes − 1.
    protocol : str
        ``"fixed sphere"``: after each step w is brought back to the length that it started with.
        ``"fixed effective rate"``: η = η_eff r² in each step. ``"fixed rate"``: neither. The names are
        those of `scale_invariant_sgd` in `thermolib.heat_bath`.
    learning_rate : float or array_like, shape (runs,)
        η_eff at a fixed effective rate, else η; > 0, of all runs or of each.
    weight_decay : float or array_like, shape (runs,), optional
        λ ≥ 0. Without it where the sphere is fixed.
    batch_size : int
        Examples of a step, drawn with replacement by each run for itself, ≥ 1.
    steps : int
        ≥ 1.
    generator : torch.Generator, optional
        All chance there is, on the device of w.
    progress : bool, optional
        Whether to show a bar.

    Returns
    -------
    NormalisedFit

    Raises
    ------
    ValueError
        For numbers out of range, shapes that do not fit, an input of zeros alone (it has no direction), a
        weight decay on a fixed sphere or none elsewhere.
    ConvergenceError
        Where weights are no longer finite; ``last`` are those of the step before.

    References
    ----------
    Sadrtdinov, Lobacheva, Klimov, Burtsev, Katsnelson, Vetrov, arXiv:2511.07308 (2025), for the three
    protocols.

    Examples
    --------
    Without weight decay the weights grow, step by step:

    >>> generator = torch.Generator().manual_seed(0)
    >>> net, x = NormalisedNet((2, 3, 2), generator=generator), torch.randn(50, 2, generator=generator)
    >>> labels, w = (x[:, 0] > 0).long(), net.start(4, generator=generator)
    >>> options = {"learning_rate": 0.1, "weight_decay": 0.0, "batch_size": 5, "steps": 20}
    >>> run = fit_normalised(net, w, x, labels, protocol="fixed rate", **options, generator=generator)
    >>> tuple(run.r2.shape), bool((run.r2.diff() >= 0).all())
    ((4, 20), True)
    """
    if not isinstance(net, NormalisedNet):
        raise ValueError(f"net must be a NormalisedNet, got {type(net).__name__}")
    protocol = _validate.one_of("protocol", protocol, _PROTOCOLS)
    w, data = _tensors.tensor("w", w).detach().clone(), _tensors.tensor("data", data)
    if w.ndim != 2 or w.shape[1] != net.dim or not len(w) or not bool((w != 0).any(-1).all()):
        raise ValueError(f"w must have shape (runs, {net.dim}), no row of zeros, got {tuple(w.shape)}")
    if data.ndim != 2 or data.shape[1] != net.f.widths[0] or not len(data):
        raise ValueError(f"data must have shape (n, {net.f.widths[0]}), n ≥ 1, got {tuple(data.shape)}")
    if not bool((data != 0).any(-1).all()):
        raise ValueError("data must have no row of zeros: it is normalised, and zeros have no direction")
    net._check(labels, data)
    rate = _of_runs("learning_rate", learning_rate, w)
    if not bool((rate > 0).all()):
        raise ValueError(f"learning_rate must be positive, got {learning_rate!r}")
    if (weight_decay is None) is not (protocol == "fixed sphere"):
        wanted = "None on a fixed sphere" if protocol == "fixed sphere" else f"given at a {protocol}"
        raise ValueError(f"weight_decay must be {wanted}, got {weight_decay!r}")
    decay = _of_runs("weight_decay", 0.0 if weight_decay is None else weight_decay, w)
    if not bool((decay >= 0).all()):
        raise ValueError(f"weight_decay must be ≥ 0, got {weight_decay!r}")
    n, steps = _validate.whole("batch_size", batch_size, 1), _validate.whole("steps", steps, 1)
    generator = _tensors.generator(generator, w.device)
    start, series, size, walk = w.norm(dim=-1, keepdim=True), [], block(w), [w]
    from tqdm import tqdm

    for k in tqdm(range(steps), desc="fit_normalised", disable=not progress):
        some = torch.randint(len(data), (len(w), n), generator=generator, device=w.device)
        with torch.enable_grad():
            w.requires_grad_()
            loss = net._loss(w, data[some], labels[some])
            g = torch.autograd.grad(loss.sum(), w)[0]
        w, r2 = w.detach(), (w.detach() ** 2).sum(-1, keepdim=True)
        series.append(torch.stack([r2[:, 0], loss.detach(), r2[:, 0] * (g**2).sum(-1)]))
        eta = rate * r2 if protocol == "fixed effective rate" else rate
        moved = (1 - eta * decay) * w - eta * g
        if protocol == "fixed sphere":
            moved = start * moved / moved.norm(dim=-1, keepdim=True)
        walk.append(w := moved)
        if len(walk) > size or k + 1 == steps:  # one look at the device for all of them
            bad = first_infinite(walk[1:])
            if bad is not None:
                raise ConvergenceError(
                    "fit_normalised: a weight is no longer finite in step"
                    f" {k + 2 - len(walk) + bad + 1}: try a smaller rate",
                    walk[bad].detach(),
                )
            walk = [w]
    return NormalisedFit(w, *torch.stack(series, -1))


def _of_runs(name: str, x: float | ArrayLike, w: Tensor) -> Tensor:
    """Return one number of all runs, or one of each, as a column."""
    array = _validate.finite(name, x)
    if array.shape not in ((), (len(w),)):
        raise ValueError(f"{name} must be one number or have shape ({len(w)},), got {array.shape}")
    return _column(array, w)


def _column(x: Floats, like: Tensor) -> Tensor:
    return torch.tensor(x.tolist(), dtype=like.dtype, device=like.device).reshape(-1, 1)


def _weights(f: MLP, generator: torch.Generator) -> torch.nn.Parameter:
    """Return weights N(0, 1/in) and biases 0, as one vector."""
    parts = []
    for W, b in f.unflatten(torch.empty(f.dim, device=generator.device)):
        noise = torch.randn(W.shape, generator=generator, device=W.device) / W.shape[1] ** 0.5
        parts += [noise.flatten(), torch.zeros_like(b)]
    return torch.nn.Parameter(torch.cat(parts))


def _normal(shape: tuple[int, ...], like: Tensor, generator: torch.Generator | None) -> Tensor:
    generator = _tensors.generator(generator, like.device)
    return torch.randn(shape, generator=generator, dtype=like.dtype, device=like.device)


def _energies(energy: Energy, x: Tensor) -> Tensor:
    """Return the energy of each row."""
    E = energy(x)
    if not isinstance(E, Tensor) or E.shape != x.shape[:1]:
        came = tuple(E.shape) if isinstance(E, Tensor) else type(E).__name__
        raise ValueError(f"energy must return a tensor of shape ({len(x)},) for {len(x)} walkers, got {came}")
    return E


def _contrast(net: Energy, data: Tensor, negatives: Tensor) -> Tensor:
    return _energies(net, data).mean() - _energies(net, negatives).mean()


def _slope(energy: Energy, x: Tensor) -> Tensor:
    """Return ∇E at each row; the network's own gradients are left alone."""
    if type(energy) is EnergyNet:
        return energy._slope(x)
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        return torch.autograd.grad(_energies(energy, x).sum(), x)[0]
