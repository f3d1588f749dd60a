"""Every compiled loop of thermolib, in one file: the samplers', `anneal_ising`'s, `fast_ais`', and more.

In one file, because numba keeps what it compiled until *that file* changes. A kernel that called a function
of another file would go on with the old one after an edit there, and say nothing.

Chance comes from `draw`, a random number generator of our own (splitmix64), and not from NumPy's, for two
reasons. All of it passes through `chance`, `climbs` and `below`, so that a test can put itself in their
place and walk through every outcome of a loop. And a state of 64 bits for each chain is fast: a Metropolis
proposal takes less than a third of the time that it takes with a ``numpy.random.Generator`` inside.

Arrays: ``state`` (chains,) holds one 64-bit random state a chain, and moves on in place. A lattice is flat,
``spins`` (chains, N) with ``neighbours`` (N, 4), where a neighbour that is reached through two bonds stands
twice; ``bonds`` and ``magnets`` (chains, sweeps) receive Σ s_i s_j over bonds and Σ s_i. General couplings
are sparse rows: spin i is coupled to ``neighbour[k]`` with ``weight[k]``, where k runs from ``row[i]`` to
``row[i + 1] − 1``. Numbers of sites are unsigned: signed ones may count from the end, so each look-up would
first ask for the sign, and a proposal would take half as long again.
"""

import numba
import numpy as np
from numpy.typing import NDArray

njit = numba.njit(cache=True, nogil=True)
fast = numba.njit(cache=True, nogil=True, fastmath={"contract", "reassoc", "nsz"})


# Chance ----------------------------------------------------------------------------------------------


@njit
def draw(state: NDArray[np.uint64], c: int) -> np.uint64:
    """Next 64 random bits of chain c: splitmix64 (Steele, Lea, Flood, OOPSLA 2014)."""
    state[c] += np.uint64(0x9E3779B97F4A7C15)
    z = state[c]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit
def uniform(state: NDArray[np.uint64], c: int) -> np.float64:
    """Next number of chain c, uniform in [0, 1): 53 of the bits."""
    return np.float64(draw(state, c) >> np.uint64(11)) * 2.0**-53


@njit
def chance(state: NDArray[np.uint64], c: int, p: float) -> bool | np.bool:
    """Return True with probability p, to 2⁻⁵³."""
    return uniform(state, c) < p


@njit
def below(state: NDArray[np.uint64], c: int, n: int) -> np.uint32:
    """Return a whole number from 0 to n − 1, uniform to n/2³²: the upper 32 bits, as a fraction, times n."""
    return np.uint32(((draw(state, c) >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))


# Spins on a lattice -----------------------------------------------------------------------------------


@njit
def around(s: NDArray[np.int8], neighbours: NDArray[np.uint32], i: int | np.integer) -> np.int64:
    """Sum of the four spins around site i."""
    return s[neighbours[i, 0]] + s[neighbours[i, 1]] + s[neighbours[i, 2]] + s[neighbours[i, 3]]


@njit
def totals(s: NDArray[np.int8], neighbours: NDArray[np.uint32]) -> tuple[int, int]:
    """Σ s_i s_j over bonds, each counted once, and Σ s_i."""
    bond, magnet = 0, 0
    for i in range(s.size):
        bond += s[i] * around(s, neighbours, i)
        magnet += s[i]
    return bond // 2, magnet


@njit
def single_flips(
    spins: NDArray[np.int8],
    neighbours: NDArray[np.uint32],
    order: NDArray[np.uint32],
    random_sites: bool,
    flip: NDArray[np.float64],
    state: NDArray[np.uint64],
    bonds: NDArray[np.int64],
    magnets: NDArray[np.int64],
) -> None:
    """Metropolis and heat bath, which differ in `flip`: the chance to turn a spin, looked up.

    `flip` (chains, 2, 9) has a row for a spin of −1 and one for +1, and a column for each sum of the four
    spins around it, −4 … 4. A sweep visits the sites in `order`, or as many at random.
    """
    for c in range(spins.shape[0]):
        s = spins[c]
        bond, magnet = totals(s, neighbours)
        for t in range(bonds.shape[1]):
            for k in range(order.size):
                i = below(state, c, s.size) if random_sites else order[k]
                field = around(s, neighbours, i)
                up = (s[i] + 1) >> 1  # the row: 0 for a spin of −1, 1 for +1
                turns = chance(state, c, flip[c, up, field + 4])
                # A product, not a branch: the processor could not guess which way it goes.
                change = 2 * s[i] * turns
                bond -= change * field
                magnet -= change
                s[i] -= change
            bonds[c, t] = bond
            magnets[c, t] = magnet


@njit
def grow(
    free: NDArray[np.int8],
    L: int,
    seed: int,
    p_add: float,
    members: NDArray[np.int32],
    state: NDArray[np.uint64],
    c: int,
) -> int:
    """Grow a cluster of equal spins from `seed`, list it in `members` and return its size.

    `free` (N,) holds the spins that belong to no cluster yet, and 0 for the others: what joins is set to 0.
    Each bond is therefore tried once: from the end that joins first. The neighbours are computed, not looked
    up: a large lattice's table of them does not fit the processor's cache, which made the loop half as fast.
    """
    sign, n = free[seed], free.size
    free[seed] = 0
    members[0] = seed
    size, done = 1, 0
    while done < size:
        i = members[done]
        x = i % L
        done += 1
        right, left = i + 1 if x < L - 1 else i + 1 - L, i - 1 if x > 0 else i - 1 + L
        down, up = i + L if i < n - L else i + L - n, i - L if i >= L else i - L + n
        for j in (right, left, down, up):
            if free[j] == sign:
                joins = chance(state, c, p_add)
                # Products, not a branch, as above.
                free[j] -= sign * joins
                members[size] = j
                size += int(joins)
    return size


@njit
def refill(copy: NDArray[np.int8], s: NDArray[np.int8]) -> None:
    """Write s into `copy`: a loop, because ``copy[:] = s`` takes seconds to compile."""
    for i in range(s.size):
        copy[i] = s[i]


@njit
def clusters(
    spins: NDArray[np.int8],
    neighbours: NDArray[np.uint32],
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
    L = int(np.sqrt(n))
    free, members = np.empty(n, np.int8), np.empty(n, np.int32)
    for c in range(spins.shape[0]):
        s = spins[c]
        refill(free, s)
        bond, magnet = totals(s, neighbours)
        for t in range(bonds.shape[1]):
            first = 0 if everywhere else below(state, c, n)
            for seed in range(first, n if everywhere else first + 1):
                if free[seed] == 0:
                    continue
                size = grow(free, L, seed, p_add[c], members, state, c)
                cost = pull[c] * s[seed] * size  # of turning the cluster in the field, over T
                if chance(state, c, 1 / (1 + np.exp(cost)) if everywhere else np.exp(-cost)):
                    magnet -= 2 * s[seed] * size
                    for k in range(size):
                        i = members[k]
                        if not everywhere:
                            bond -= 2 * s[i] * around(s, neighbours, i)
                        s[i] = -s[i]
                if not everywhere:
                    for k in range(size):
                        free[members[k]] = s[members[k]]
            if everywhere:  # about half of all spins have turned: to count afresh is quicker
                bond, magnet = totals(s, neighbours)
                refill(free, s)
            bonds[c, t] = bond
            magnets[c, t] = magnet


# Spins with any couplings ------------------------------------------------------------------------------


@njit
def local_fields(
    s: NDArray[np.int8],
    row: NDArray[np.int32],
    neighbour: NDArray[np.int32],
    weight: NDArray[np.float64],
    h: NDArray[np.float64],
    field: NDArray[np.float64],
) -> float:
    """Write h_i + Σ_j J_ij s_j into `field` and return the energy."""
    energy = 0.0
    for i in range(s.size):
        field[i] = h[i]
        for k in range(row[i], row[i + 1]):
            field[i] += weight[k] * s[neighbour[k]]
        energy -= s[i] * (field[i] + h[i]) / 2  # a coupling is met from both of its ends, a field once
    return energy


@njit
def climbs(state: NDArray[np.uint64], c: int, x: float) -> bool | np.bool:
    """Return True with probability min(1, e^−x): `chance` of that, mostly without the exponential.

    For x > 0 that is less than 1/(1 + x + x²/2), which most of the numbers that fail exceed already. (A test
    that stands in for `chance` stands in for it, too.)
    """
    u = uniform(state, c)
    return x <= 0 or (u * (1 + x + x * x / 2) < 1.000001 and u < np.exp(-x))  # a margin for rounding


@njit
def anneal_spins(
    spins: NDArray[np.int8],
    row: NDArray[np.int32],
    neighbour: NDArray[np.int32],
    weight: NDArray[np.float64],
    h: NDArray[np.float64],
    temperatures: NDArray[np.float64],
    random_sites: bool,
    state: NDArray[np.uint64],
    energies: NDArray[np.float64],
    best: NDArray[np.int8],
    best_energies: NDArray[np.float64],
) -> int:
    """Metropolis on every read of `spins` (reads, n) in place, n sites at each temperature.

    They are drawn, or visited in turn: then no number is drawn where 53 random bits cannot accept, which is
    most of the work of a cold sweep. `energies` (reads, sweeps) receives the energy after each sweep, the
    first one and the changes added up. `best` (reads, n) receives the best state that each read visited, and
    `best_energies` (reads,) the energy of that state, summed afresh. Returns the number of flips.
    """
    n, flips = spins.shape[1], 0
    field = np.empty(n)  # h_i + Σ_j J_ij s_j, kept up to date: a refused flip costs no sum
    for c in range(spins.shape[0]):
        s = spins[c]
        energy = local_fields(s, row, neighbour, weight, h, field)
        lowest, here = energy, True
        for t in range(temperatures.size):
            highest = np.inf if random_sites else 37 * temperatures[t]  # e⁻³⁷ is less than 2⁻⁵³
            for k in range(n):
                i = below(state, c, n) if random_sites else np.uint32(k)
                change = 2 * s[i] * field[i]
                if change <= highest and climbs(state, c, change / temperatures[t]):
                    energy += change
                    if energy < lowest:
                        lowest, here = energy, True
                    elif here:  # the best is copied where it is left, not on every step down to it
                        refill(best[c], s)
                        here = False
                    s[i] = -s[i]
                    first, twice = row[i], 2.0 * s[i]
                    if row[i + 1] - first == n:  # a full row needs no look-up, and goes by eights
                        whole = weight[first : first + n]
                        for j in range(n):
                            field[j] += twice * whole[j]
                    else:
                        for j in range(first, row[i + 1]):
                            field[neighbour[j]] += twice * weight[j]
                    flips += 1
            energies[c, t] = energy
        if here:
            refill(best[c], s)
        best_energies[c] = local_fields(best[c], row, neighbour, weight, h, field)
    return flips


# A distribution over a path ----------------------------------------------------------------------------


@njit
def evolve(p: NDArray[np.float64], rise: NDArray[np.float64], temperatures: NDArray[np.float64]) -> None:
    """Move the distribution `p` (n,) in place by one Metropolis step at each temperature.

    `rise` (n − 1,) is the energy of each state's right neighbour, less its own. Beyond the ends nothing is
    accepted.
    """
    right, left = np.full((2, rise.size), 0.5)  # from state i to i + 1, and back
    before = 0.0
    for T in temperatures:
        if before != T:
            before = T
            for i in range(rise.size):
                uphill = right if rise[i] > 0 else left
                uphill[i] = 0.5 * np.exp(-abs(rise[i]) / T)
        from_left = 0.0  # what state i has received from i − 1
        for i in range(rise.size):
            goes, comes = p[i] * right[i], p[i + 1] * left[i]
            p[i] += from_left + comes - goes
            from_left = goes - comes
        p[-1] += from_left


# Units 0 and 1, in single precision --------------------------------------------------------------------
#
# Products of matrices are BLAS's; what stands between them runs over whole arrays, without a branch and with
# an exponential of its own, so that the processor does sixteen units at once. Chance here is the stream that
# `draw` gives: number k of a call is computed from its place in it, not from the number before.


@njit
def exponential(x: np.float32) -> np.float32:
    """e^x, to 2e-7 of itself, for x from −87 to 87; beyond, as there.

    x = n ln 2 + r; 2^n is written into the bits of a float, and e^r is the polynomial of Cephes' ``expf``.
    """
    x = min(max(x, np.float32(-87.0)), np.float32(87.0))
    n = np.floor(x * np.float32(1.44269504) + np.float32(0.5))
    r = x - n * np.float32(0.693359375) + n * np.float32(2.12194440e-4)
    y = np.float32(1.9875691500e-4) * r + np.float32(1.3981999507e-3)
    y = y * r + np.float32(8.3334519073e-3)
    y = y * r + np.float32(4.1665795894e-2)
    y = y * r + np.float32(1.6666665459e-1)
    y = y * r + np.float32(5.0000001201e-1)
    y = y * r * r + r + np.float32(1.0)
    return y * np.int32((np.int32(n) + np.int32(127)) << np.int32(23)).view(np.float32)


@njit
def turned(u: np.float32, x: np.float32) -> np.float32:
    """Return 1 where u < 1/(1 + e^−x), and else 0."""
    return np.float32(u * (np.float32(1.0) + exponential(-x)) < np.float32(1.0))


@njit
def fraction(seed: np.uint64, k: int) -> np.float32:
    """Number k = 1, 2, … of the stream whose state is `seed`: uniform in [0, 1], to 2⁻²⁴ of itself."""
    z = seed + np.uint64(k) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return np.float32(np.int64((z ^ z >> np.uint64(31)) >> np.uint64(1))) * np.float32(2.0**-63)


@njit
def throw(
    x: NDArray[np.float32],
    bias: NDArray[np.float32],
    scale: np.float32,
    state: NDArray[np.uint64],
    units: NDArray[np.float32],
) -> None:
    """Draw `units` (chains, n) in their fields, bias (n,) + scale · x (chains, n)."""
    seed, n = state[0], x.shape[1]
    for c in range(x.shape[0]):
        for i in range(n):
            units[c, i] = turned(fraction(seed, c * n + i + 1), bias[i] + scale * x[c, i])
    state[0] += np.uint64(x.size) * np.uint64(0x9E3779B97F4A7C15)


@fast
def lowered(
    f: NDArray[np.float32], b: NDArray[np.float32], old: np.float32, new: np.float32
) -> tuple[float, float]:
    """Return Σ_j max(x_j, 0) and the product of (1 + e^−new·a)/(1 + e^−old·a), a = abs(x_j), of x = f + b.

    For at most 64 units. (new − old) times the one and the logarithm of the other are what −F gains from β =
    old to new.
    """
    on, above, under = np.float32(0.0), np.float32(1.0), np.float32(1.0)
    for j in range(f.size):
        x = f[j] + b[j]
        on += max(x, np.float32(0.0))
        above *= np.float32(1.0) + exponential(-new * abs(x))
        under *= np.float32(1.0) + exponential(-old * abs(x))
    return float(on), float(above / under)


@njit
def along(
    W: NDArray[np.float32],
    a: NDArray[np.float32],
    b: NDArray[np.float32],
    base: NDArray[np.float32],
    betas: NDArray[np.float64],
    v: NDArray[np.float32],
    state: NDArray[np.uint64],
    log_w: NDArray[np.float64],
) -> None:
    """Annealed importance sampling of the chains v (chains, visible): `log_w` (chains,) receives ln w.

    The products over units are multiplied over steps as well, and a logarithm is taken where a double ends.
    """
    chains, m = v.shape[0], b.size
    f, h, x = np.empty((chains, m), np.float32), np.empty((chains, m), np.float32), np.empty_like(v)
    shift, own, gain = a - base, np.empty(chains, np.float32), np.ones(chains)
    for k in range(betas.size - 1):
        step, old, new = betas[k + 1] - betas[k], np.float32(betas[k]), np.float32(betas[k + 1])
        np.dot(v, W, f)
        np.dot(v, shift, own)
        for c in range(chains):
            log_w[c] += step * own[c]
            for j in range(0, m, 64):
                on, ratio = lowered(f[c, j : j + 64], b[j : j + 64], old, new)
                log_w[c] += step * on
                gain[c] *= ratio
                if not 1e-200 < gain[c] < 1e200:
                    log_w[c] += np.log(gain[c])
                    gain[c] = 1.0
        if k < betas.size - 2:
            throw(f, new * b, new, state, h)
            np.dot(h, W.T, x)
            throw(x, (np.float32(1.0) - new) * base + new * a, new, state, v)
    for c in range(chains):
        log_w[c] += np.log(gain[c])


@njit
def persist(
    W: NDArray[np.float32],
    a: NDArray[np.float32],
    b: NDArray[np.float32],
    patterns: NDArray[np.float32],
    order: NDArray[np.int64],
    size: int,
    rate: float,
    dreams: NDArray[np.float32],
    state: NDArray[np.uint64],
) -> None:
    """One epoch of persistent contrastive divergence: W, a, b and the `dreams` move in place.

    Minibatch and dreams are the rows of one matrix, with weights rate/count and −rate/chains: one product
    gives the statistics of both.
    """
    chains, n, m = dreams.shape[0], a.size, b.size
    both, means = np.empty((size + chains, n), np.float32), np.empty((size + chains, m), np.float32)
    h, x, slope = np.empty((chains, m), np.float32), np.empty((chains, n), np.float32), np.empty_like(W)
    for begin in range(0, order.size, size):
        count = min(size, order.size - begin)
        rows = count + chains
        np.dot(dreams, W, h)
        throw(h, b, np.float32(1.0), state, h)
        np.dot(h, W.T, x)
        throw(x, a, np.float32(1.0), state, dreams)
        for r in range(rows):
            for i in range(n):
                both[r, i] = patterns[order[begin + r], i] if r < count else dreams[r - count, i]
        np.dot(both[:rows], W, means[:rows])
        for r in range(rows):
            weight = np.float32(rate / count if r < count else -rate / chains)
            for j in range(m):
                means[r, j] = weight / (np.float32(1.0) + exponential(-(b[j] + means[r, j])))
        np.dot(both[:rows].T, means[:rows], slope)
        for i in range(n):
            for j in range(m):
                W[i, j] += slope[i, j]
        for r in range(rows):
            weight = np.float32(rate / count if r < count else -rate / chains)
            for i in range(n):
                a[i] += weight * both[r, i]
            for j in range(m):
                b[j] += means[r, j]
