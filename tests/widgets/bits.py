"""What the labs' modules make of given random bits, written again in plain Python."""

from collections.abc import Iterator
from math import dist, exp

import numpy as np

ALL = 2**32


def random_bits(seed: int) -> Iterator[int]:
    """Yield the 32-bit numbers of xoshiro128** (Blackman and Vigna), seeded by splitmix32."""

    def spread(z):
        z = (z ^ z >> 16) * 0x21F0AAAD % ALL
        z = (z ^ z >> 15) * 0x735A2D97 % ALL
        return z ^ z >> 15

    def rotl(x, k):
        return (x << k | x >> (32 - k)) % ALL

    s = [spread((seed + k * 0x9E3779B9) % ALL) for k in range(1, 5)]
    while True:
        yield rotl(s[1] * 5 % ALL, 7) * 9 % ALL
        t = s[1] << 9 & 0xFFFFFFFF
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotl(s[3], 11)


def lengths(cities, orders) -> np.ndarray:
    """Length of each closed tour, by its definition."""
    x = np.asarray(cities)[np.asarray(orders)]
    return np.linalg.norm(x - np.roll(x, -1, axis=-2), axis=-1).sum(axis=-1)


def below(bits: Iterator[int], n: int) -> int:
    """Return an integer 0 ≤ k < n."""
    return next(bits) * n // ALL


def shuffled(bits: Iterator[int], n: int) -> list[int]:
    """Fisher and Yates: each place, from the last to the second, takes one of those not yet taken."""
    order = list(range(n))
    for k in range(n - 1, 0, -1):
        j = below(bits, k + 1)
        order[k], order[j] = order[j], order[k]
    return order


class Bits(np.random.Generator):
    """The page's random bits in the form that thermolib takes: orders of sweeps, and uniform numbers."""

    def __init__(self, seed):
        super().__init__(np.random.PCG64(0))
        self.bits = random_bits(seed)

    def permutation(self, n):
        """The page takes its units from the end of the order that it has drawn."""
        return np.array(shuffled(self.bits, n)[::-1])

    def random(self, n):
        return np.array([next(self.bits) for _ in range(n)]) / 2**32


def two_opt_step(bits: Iterator[int], cities, order: list[int], T: float) -> float | None:
    """Make one proposal, in place; return what it added to the length, or None where it was refused."""
    n = len(order)
    i = below(bits, n)
    j = (i + 2 + below(bits, n - 3)) % n
    i, j = min(i, j), max(i, j)
    before, first, last, after = (cities[order[k % n]] for k in (i, i + 1, j, j + 1))
    rise = dist(before, last) + dist(first, after) - dist(before, first) - dist(last, after)
    if rise > 0 and next(bits) >= ALL * exp(-rise / T):
        return None
    order[i + 1 : j + 1] = order[i + 1 : j + 1][::-1]
    return rise


def walkers_step(bits: Iterator[int], E, states: list[int], T: float) -> None:
    """Each walker in turn asks for its direction, and for a second number only where the step goes up."""
    for w, i in enumerate(states):
        j = i - 1 if next(bits) < ALL // 2 else i + 1
        if 0 <= j < len(E) and (E[j] <= E[i] or next(bits) < ALL * exp((E[i] - E[j]) / T)):
            states[w] = j
