"""The loops of the Ising samplers, compiled.

A lattice is flat here: ``spins`` (chains, N) and ``neighbours`` (N, 4), where a neighbour that is reached
through two bonds stands there twice. ``state`` (chains,) holds one 64-bit random state a chain and moves
on in place. ``bonds`` and ``magnets`` (chains, sweeps) receive Σ s_i s_j over bonds and Σ s_i. All chance
passes through `chance` and `below`, which is what lets the tests enumerate every outcome of these loops.
"""

import numba
import numpy as np
from numpy.typing import NDArray

njit = numba.njit(cache=True)


@njit
def draw(state: NDArray[np.uint64], c: int) -> np.uint64:
    """Next 64 random bits of chain c: splitmix64 (Steele, Lea, Flood, OOPSLA 2014)."""
    state[c] += np.uint64(0x9E3779B97F4A7C15)
    z = state[c]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit
def chance(state: NDArray[np.uint64], c: int, p: float) -> bool | np.bool:
    """Return True with probability p; always where p ≥ 1."""
    return np.float64(draw(state, c) >> np.uint64(11)) * 2.0**-53 < p


@njit
def below(state: NDArray[np.uint64], c: int, n: int) -> np.int64:
    """Return a whole number from 0 to n − 1, uniform to n/2³²."""
    return np.int64(((draw(state, c) >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))


@njit
def around(s: NDArray[np.int8], neighbours: NDArray[np.int32], i: int | np.integer) -> np.int64:
    """Sum of the four spins around site i."""
    return s[neighbours[i, 0]] + s[neighbours[i, 1]] + s[neighbours[i, 2]] + s[neighbours[i, 3]]


@njit
def totals(s: NDArray[np.int8], neighbours: NDArray[np.int32]) -> tuple[int, int]:
    """Σ s_i s_j over bonds, each counted once, and Σ s_i."""
    bond, magnet = 0, 0
    for i in range(s.size):
        bond += s[i] * around(s, neighbours, i)
        magnet += s[i]
    return bond // 2, magnet


@njit
def single_flips(
    spins: NDArray[np.int8],
    neighbours: NDArray[np.int32],
    order: NDArray[np.int64],
    random_sites: bool,
    flip: NDArray[np.float64],
    state: NDArray[np.uint64],
    bonds: NDArray[np.int64],
    magnets: NDArray[np.int64],
) -> None:
    """Metropolis and heat bath, which differ in `flip` (chains, 2, 9): its chance by spin and field."""
    for c in range(spins.shape[0]):
        s = spins[c]
        bond, magnet = totals(s, neighbours)
        for t in range(bonds.shape[1]):
            for k in range(order.size):
                i = below(state, c, s.size) if random_sites else order[k]
                field = around(s, neighbours, i)
                # A product, not a branch: the processor could not guess which way it goes.
                change = 2 * s[i] * chance(state, c, flip[c, (s[i] + 1) >> 1, field + 4])
                bond -= change * field
                magnet -= change
                s[i] -= change
            bonds[c, t] = bond
            magnets[c, t] = magnet


@njit
def grow(
    s: NDArray[np.int8],
    neighbours: NDArray[np.int32],
    seed: int,
    p_add: float,
    mark: NDArray[np.int64],
    stamp: int,
    members: NDArray[np.int64],
    state: NDArray[np.uint64],
    c: int,
) -> int:
    """Grow a cluster of equal spins from `seed`, list it in `members` and return its size.

    Sites whose mark is `stamp` already belong to a cluster. Each bond is therefore tried once: from the end
    that joins first.
    """
    mark[seed] = stamp
    members[0] = seed
    size, done = 1, 0
    while done < size:
        i = members[done]
        done += 1
        for k in range(neighbours.shape[1]):
            j = neighbours[i, k]
            if mark[j] != stamp and s[j] == s[i] and chance(state, c, p_add):
                mark[j] = stamp
                members[size] = j
                size += 1
    return size


@njit
def clusters(
    spins: NDArray[np.int8],
    neighbours: NDArray[np.int32],
    everywhere: bool,
    p_add: NDArray[np.float64],
    pull: NDArray[np.float64],
    state: NDArray[np.uint64],
    bonds: NDArray[np.int64],
    magnets: NDArray[np.int64],
) -> None:
    """Wolff, or Swendsen–Wang where clusters are grown `everywhere`; `pull` (chains,) is 2h/T.

    A cluster was grown without regard to the field, which then decides about turning it: by Metropolis'
    rule for Wolff's one cluster (always, without a field), by a heat bath for each of Swendsen and Wang's.
    """
    n = spins.shape[1]
    mark, members = np.zeros(n, np.int64), np.empty(n, np.int64)
    for c in range(spins.shape[0]):
        s = spins[c]
        mark[:] = 0
        bond, magnet = totals(s, neighbours)
        for t in range(bonds.shape[1]):
            first = 0 if everywhere else below(state, c, n)
            for seed in range(first, n if everywhere else first + 1):
                if mark[seed] == t + 1:
                    continue
                size = grow(s, neighbours, seed, p_add[c], mark, t + 1, members, state, c)
                cost = pull[c] * s[seed] * size  # of turning the cluster in the field, over T
                if chance(state, c, 1 / (1 + np.exp(cost)) if everywhere else np.exp(-cost)):
                    magnet -= 2 * s[seed] * size
                    for i in members[:size]:
                        bond -= 2 * s[i] * around(s, neighbours, i)
                        s[i] = -s[i]
            bonds[c, t] = bond
            magnets[c, t] = magnet
