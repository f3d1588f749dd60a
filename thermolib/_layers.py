"""Units 0 and 1 in two layers: chances, and sums over all states of one layer, on plain arrays.

The layer that is summed is called s, its fields are ``bias`` (n,); the other, t, has fields ``other`` (m,),
and the couplings W are (n, m): E = −bias·s − other·t − sWt. A state's number has unit i in bit i.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from thermolib._types import Floats

BLOCK = 2**17  # doubles in one array of fields: it stays in the cache
MOST = 20  # units that are summed out


class Law(NamedTuple):
    """ln Z, and ln p of each state of the summed layer."""

    log_Z: float
    log_p: Floats


class Moments(NamedTuple):
    """Exact means: ⟨sᵀt⟩ (n, m), ⟨s⟩ (n,) and ⟨t⟩ (m,)."""

    st: Floats
    s: Floats
    t: Floats


def states(n: int) -> Floats:
    """Return all 2^n states of n units, in binary order, as doubles (2^n, n)."""
    return (np.arange(2**n)[:, None] >> np.arange(n) & 1).astype(float)


def chance(x: Floats) -> Floats:
    """Return 1/(1 + e^{−x}), at any x."""
    with np.errstate(over="ignore"):  # e^{−x} = ∞ gives 0, as it should
        return 1 / (1 + np.exp(-x))


def switched(x: Floats, rng: np.random.Generator) -> Floats:
    """Draw units that are 1 with probability 1/(1 + e^{−x}), each by itself."""
    return (rng.random(x.shape) < chance(x)).astype(float)


def excess(x: Floats) -> Floats:
    r"""Sum ln(1 + e^{−\|x\|}) over the last axis: what softplus has above max(x, 0).

    The factors, each from 1 to 2, are multiplied, and one logarithm is taken: it is the dear part.
    """
    factors = np.exp(-np.abs(x))
    factors += 1
    if x.shape[-1] <= 1000:  # 2^1000 is a double
        return np.log(factors.prod(axis=-1))
    return np.log(factors).sum(axis=-1)


def softplus(x: Floats) -> Floats:
    """Sum ln(1 + e^x) over the last axis."""
    return np.maximum(x, 0).sum(axis=-1) + excess(x)


def blocks(W: Floats, bias: Floats, other: Floats) -> Iterator[tuple[slice, Floats, Floats, Floats]]:
    """Yield states s, a block at a time: where they stand, s (B, n), bias·s (B,) and other + sW (B, m)."""
    n, m = W.shape
    low = min(n, (BLOCK // max(m, 1)).bit_length() - 1)  # the first units run through a block
    s = np.empty((2**low, n))
    s[:, :low] = states(low)
    own, fields = s[:, :low] @ bias[:low], other + s[:, :low] @ W[:low]
    for k, high in enumerate(states(n - low)):
        s[:, low:] = high
        yield slice(k << low, (k + 1) << low), s, own + high @ bias[low:], fields + high @ W[low:]


def law(W: Floats, bias: Floats, other: Floats, T: float) -> Law:
    """Sum t out, and then s: p(s) ∝ e^{bias·s/T} ∏ (1 + e^{(other + sW)/T})."""
    highest, entropy = np.empty(2 ** len(W)), np.empty(2 ** len(W))  # ln weight = highest/T + entropy
    with np.errstate(over="ignore"):  # at low T a gap over T may be ∞, and its exponential 0
        for here, _, own, fields in blocks(W, bias, other):
            highest[here] = own + np.maximum(fields, 0).sum(axis=-1)
            entropy[here] = excess(fields / T)
        top = highest.max()
        log_p = (highest - top) / T + entropy
        shift = log_p.max()
        log_sum = shift + np.log(np.exp(log_p - shift).sum())
        return Law(float(top / T + log_sum), log_p - log_sum)


def moments(W: Floats, bias: Floats, other: Floats, T: float) -> Moments:
    """Return the exact means at T."""
    p = np.exp(law(W, bias, other, T).log_p)
    st, s_mean, t_mean = np.zeros(W.shape), np.zeros(len(bias)), np.zeros(len(other))
    with np.errstate(over="ignore"):
        for here, s, _, fields in blocks(W, bias, other):
            t = chance(fields / T) * p[here, None]
            st += s.T @ t
            s_mean += p[here] @ s
            t_mean += t.sum(axis=0)
    return Moments(st, s_mean, t_mean)


def mean_energy(W: Floats, bias: Floats, other: Floats, T: float) -> float:
    """Return ⟨E⟩ at T, exactly."""
    p, energy = np.exp(law(W, bias, other, T).log_p), 0.0
    with np.errstate(over="ignore"):
        for here, _, own, fields in blocks(W, bias, other):
            energy -= p[here] @ (own + (fields * chance(fields / T)).sum(axis=-1))
    return float(energy)
