"""What a posterior predicts, and whether it is calibrated; public as `thermolib.bnn`'s own."""

from collections.abc import Callable
from math import pi
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.func import vmap

from thermolib import _tensors, _validate


class EntropySplit(NamedTuple):
    """Entropies (n,) of predictions, in nats: ``total`` = ``expected`` + ``information``."""

    total: Tensor
    expected: Tensor
    information: Tensor


def predictive(f: Callable[[Tensor, Tensor], Tensor], w: Tensor, x: Tensor) -> Tensor:
    r"""Return f(w, x) for each draw of the weights: their mean is the prediction, their spread its doubt.

    Parameters
    ----------
    f : callable
        f(w, x), of one w (dim,).
    w : Tensor, shape (..., dim)
        Draws, as (chains, draws, dim).
    x : Tensor
        Inputs, as f takes them.

    Returns
    -------
    Tensor, shape (all draws, …)
        The noise of the data is not in it.

    Raises
    ------
    ValueError
        For w without an axis of draws, or not finite.

    Examples
    --------
    >>> w = torch.tensor([[1.0, 0.5], [1.0, 1.5]])
    >>> predictive(lambda w, x: w[1] * torch.tanh(w[0] * x), w, torch.tensor([2.0])).mean(0)
    tensor([0.9640])
    """
    w = _tensors.tensor("w", w)
    if w.ndim < 2 or 0 in w.shape:
        raise ValueError(f"w must have shape (..., dim) with an axis of draws, got {tuple(w.shape)}")
    return vmap(f, in_dims=(0, None), chunk_size=2**10)(w.flatten(0, -2), x)


def entropy_split(probs: Tensor) -> EntropySplit:
    r"""Split the entropy of predictions into what more data would remove and what they would not.

    H[mean p] = mean H[p] + I: the total; the entropy that is left when the weights are known; and the mutual
    information of the label and the weights, 0 where all draws agree.

    Parameters
    ----------
    probs : Tensor, shape (draws, n, classes)
        Probabilities of the classes, by each draw of the weights.

    Returns
    -------
    EntropySplit
        ``total``, ``expected`` and ``information``, each (n,), in nats.

    Raises
    ------
    ValueError
        For another shape, or what are no probabilities.

    References
    ----------
    Houlsby, Huszár, Ghahramani, Lengyel, arXiv:1112.5745 (2011), equation 2.

    Examples
    --------
    >>> split = entropy_split(torch.tensor([[[1.0, 0.0], [0.5, 0.5]], [[0.0, 1.0], [0.5, 0.5]]]))
    >>> split.total, split.expected, split.information  # they contradict; they both do not know
    (tensor([0.6931, 0.6931]), tensor([0.0000, 0.6931]), tensor([0.6931, 0.0000]))
    """
    p = _tensors.tensor("probs", probs)
    if p.ndim != 3 or 0 in p.shape:
        raise ValueError(f"probs must have shape (draws, n, classes), got {tuple(p.shape)}")
    if bool((p < 0).any()) or bool(((p.sum(-1) - 1).abs() > 1e-5).any()):
        raise ValueError("probs must be ≥ 0 and sum to 1 over the last axis")
    total = torch.special.entr(p.mean(0)).sum(-1)
    expected = torch.special.entr(p).sum(-1).mean(0)
    return EntropySplit(total, expected, (total - expected).clamp(min=0))


def calibration_temperature(logits: ArrayLike | Tensor, labels: ArrayLike | Tensor) -> float:
    r"""Return the temperature T at which softmax(z/T) gives the labels the highest likelihood.

    −ln p is convex in 1/T, and its slope vanishes where ⟨Σ_k p_k z_k⟩ = ⟨z_label⟩: at T the model expects
    the labels' logits to be what they are. No prediction changes its order, so the accuracy stays.

    Parameters
    ----------
    logits : array_like, shape (n, classes)
        z, of held-out examples.
    labels : array_like of int, shape (n,)
        Their classes, from 0.

    Returns
    -------
    float
        To a relative 1e-12.

    Raises
    ------
    ValueError
        For other shapes, labels out of range, or where no temperature is best: each label has the largest
        logit (the likelihood grows down to T = 0), or labels have on average no more than the mean logit
        (it grows up to T = ∞).

    References
    ----------
    Guo, Pleiss, Sun, Weinberger, ICML (2017), section 4.2.

    Examples
    --------
    Two of three labels have the larger logit, by 3: p = ⅔ asks for z/T = ln 2.

    >>> T = calibration_temperature([[3.0, 0.0]] * 3, [0, 0, 1])
    >>> round(T * float(np.log(2)), 9)
    3.0
    """
    from scipy.optimize import brentq

    z, labels = _labelled("logits", logits, labels)
    z = z - z.max(axis=1, keepdims=True)
    z_label = z[np.arange(len(z)), labels].mean()
    if z_label >= 0:
        raise ValueError("no temperature is best: every label has the largest logit, so T → 0")
    if z_label <= z.mean():
        raise ValueError("no temperature is best: labels have no more than the mean logit, so T → ∞")

    def slope(beta: float) -> float:
        p = np.exp(beta * z)
        return float(((p * z).sum(axis=1) / p.sum(axis=1)).mean() - z_label)

    high = 1 / -z.min()
    while slope(high) < 0:
        high *= 2
    return 1 / brentq(slope, 0, high, xtol=1e-300, rtol=1e-13)


def expected_calibration_error(
    probs: ArrayLike | Tensor, labels: ArrayLike | Tensor, bins: int = 15
) -> float:
    r"""Return the mean distance of confidence and accuracy: Σ_b (n_b/n) ``|accuracy_b − confidence_b|``.

    The confidence is the largest probability; bins b of equal width hold (k/bins, (k + 1)/bins]. For
    finite n the error of a perfectly calibrated model is not 0, but of order √(bins/n).

    Parameters
    ----------
    probs : array_like, shape (n, classes)
        Probabilities of the classes.
    labels : array_like of int, shape (n,)
        The classes, from 0.
    bins : int, optional
        How many.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueError
        For other shapes, labels out of range, what are no probabilities, or bins < 1.

    References
    ----------
    Naeini, Cooper, Hauskrecht, AAAI (2015); Guo, Pleiss, Sun, Weinberger, ICML (2017), equation 3.

    Examples
    --------
    >>> round(expected_calibration_error([[0.9, 0.1]] * 4, [0, 0, 0, 1]), 6)  # sure by .9, right in .75
    0.15
    """
    p, labels = _labelled("probs", probs, labels)
    bins = _validate.whole("bins", bins, 1)
    if np.any(p < 0) or np.any(abs(p.sum(axis=1) - 1) > 1e-5):
        raise ValueError("probs must be ≥ 0 and sum to 1 over the last axis")
    confidence, right = p.max(axis=1), p.argmax(axis=1) == labels
    b = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    return float(abs(np.bincount(b, right - confidence, bins)).sum() / len(p))


def erf_kernel(
    x: ArrayLike | Tensor, z: ArrayLike | Tensor, prior_cov: ArrayLike | Tensor | None = None
) -> Tensor:
    r"""Covariance of the outputs of an infinitely wide network of erf units at x and z.

    K = (2/π) arcsin[2 x̃ᵀΣz̃ / √((1 + 2x̃ᵀΣx̃)(1 + 2z̃ᵀΣz̃))], with x̃ = (1, x): the mean of erf(u·x̃) erf(u·z̃)
    over u ~ N(0, Σ).

    Parameters
    ----------
    x, z : array_like, shapes (n, in) and (m, in)
        Inputs; (n,) and (m,) where there is one.
    prior_cov : array_like, shape (in + 1, in + 1), optional
        Σ, the prior covariance of a hidden unit's bias and weights; by default 1.

    Returns
    -------
    Tensor, shape (n, m)

    Raises
    ------
    ValueError
        For shapes that do not match, or a Σ that is not symmetric.

    References
    ----------
    Williams, Neural Computation 10, 1203 (1998), equation 11.

    Examples
    --------
    >>> round(erf_kernel([0.0], [0.0]).item(), 9)  # (2/π) arcsin(2/3)
    0.464559054
    """
    x, z = (t[:, None] if t.ndim == 1 else t for t in (_tensors.tensor("x", x), _tensors.tensor("z", z)))
    if x.ndim != 2 or z.ndim != 2 or x.shape[1] != z.shape[1]:
        raise ValueError(f"x and z must have shapes (n, in), (m, in), got {tuple(x.shape)}, {tuple(z.shape)}")
    x, z = (torch.nn.functional.pad(t, (1, 0), value=1.0) for t in (x, z))
    cov = (
        torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
        if prior_cov is None
        else _tensors.tensor("prior_cov", prior_cov).to(x)
    )
    if cov.shape != (x.shape[1], x.shape[1]) or not torch.allclose(cov, cov.mT):
        raise ValueError(
            f"prior_cov must be a symmetric matrix of {x.shape[1]} rows, got shape {tuple(cov.shape)}"
        )
    xx, zz = 1 + 2 * ((x @ cov) * x).sum(-1), 1 + 2 * ((z @ cov) * z).sum(-1)
    return 2 / pi * torch.asin(2 * x @ cov @ z.mT / (xx[:, None] * zz).sqrt())


def _labelled(name: str, x: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return x (n, classes) and labels (n,), integers below the number of classes, as arrays."""
    x, labels = (one.cpu() if isinstance(one, Tensor) else one for one in (x, labels))
    array, classes = _validate.finite(name, x), _validate.finite("labels", labels)
    if array.ndim != 2 or 0 in array.shape or classes.shape != array.shape[:1]:
        raise ValueError(
            f"{name} must have shape (n, classes) and labels (n,), got {array.shape} and {classes.shape}"
        )
    whole = classes.astype(np.int64)
    if np.any(whole != classes) or np.any(whole < 0) or np.any(whole >= array.shape[1]):
        raise ValueError(f"labels must be integers from 0 to {array.shape[1] - 1}, got {classes}")
    return array, whole
