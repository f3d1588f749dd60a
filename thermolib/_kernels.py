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
def beside(i: np.uint32, L: np.uint32, n: np.uint32) -> tuple[np.uint32, np.uint32, np.uint32, np.uint32]:
    """Sites right, left, below and above of i: computed, for clusters that reach far.

    A large lattice's table of neighbours does not fit the processor's cache; looking there, a cluster took
    twice as long to grow.
    """
    one, x = np.uint32(1), i % L
    return (
        i + one if x < L - one else i + one - L,
        i - one if x > 0 else i - one + L,
        i + L if i < n - L else i + L - n,
        i - L if i >= L else i - L + n,
    )


@njit
def grow(
    free: NDArray[np.int8],
    L: np.uint32,
    seed: int,
    p_add: float,
    members: NDArray[np.uint32],
    state: NDArray[np.uint64],
    c: int,
) -> int:
    """Grow a cluster of equal spins from `seed`, list it in `members` and return its size.

    `free` (N,) holds the spins that belong to no cluster yet, and 0 for the others: what joins is set to 0.
    Each bond is therefore tried once: from the end that joins first.
    """
    sign, n = free[seed], free.size
    free[seed] = 0
    members[0] = seed
    size, done = 1, 0
    while done < size:
        i = members[done]
        done += 1
        for j in beside(i, L, np.uint32(n)):
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
    L = np.uint32(np.sqrt(n))
    free, members = np.empty(n, np.int8), np.empty(n, np.uint32)
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
                            right, left, down, up = beside(i, L, np.uint32(n))
                            bond -= 2 * s[i] * (s[right] + s[left] + s[down] + s[up])
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

    They are drawn, or visited in turn: then none is drawn where one number in 2⁵³ at most accepts, which is
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
    """Draw `units` (chains, n) in their fields, bias (n,) + scale · x (chains, n).

    In another array than x: in the same one the processor would do them one by one.
    """
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
    f, h = np.empty((chains, m), np.float32), np.empty((chains, m), np.float32)
    x, slope = np.empty((chains, n), np.float32), np.empty_like(W)
    for begin in range(0, order.size, size):
        count = min(size, order.size - begin)
        rows = count + chains
        np.dot(dreams, W, f)
        throw(f, b, np.float32(1.0), state, h)
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


# Many spins in a word -----------------------------------------------------------------------------------
#
# For `thermolib.multispin`: a word of 64 bits holds the spins of up to 64 sites, 1 for +1. What is done to a
# word is done to all of them, and a processor does it to 4 or 8 words at once, where a loop's words stand in
# a row and do not wait for one another: therefore so many short loops here, without a branch inside. Numbers
# of bits are unsigned, `n` of them in use in each word.


@njit
def streams(state: NDArray[np.uint64], n: int) -> NDArray[np.uint64]:
    """Draw the states of n generators a chain, (chains, 4, n), for `coins`."""
    lanes = np.empty((state.size, 4, n), np.uint64)
    for c in range(state.size):
        for i in range(4):
            for j in range(n):
                lanes[c, i, j] = draw(state, c)
    return lanes


@njit
def coins(
    lanes: NDArray[np.uint64],
    digits: NDArray[np.uint64],
    asked: NDArray[np.uint64],
    other: NDArray[np.uint64],
    heads: NDArray[np.uint64],
) -> None:
    """Toss a coin for every bit that is `asked` (n,): `heads` (n,) receives 1 for heads, and 0 for all else.

    A bit's coin shows heads with the first of two probabilities, where the bit is set in `other` (n,) with
    the second; `digits` (64, 2) are their binary digits, as words of zeros or ones. As `chance`, it asks
    whether u < p, but digit by digit: the first in which u and p differ decides. Each digit of u is a random
    bit of its own, and half of all coins are decided by each, so that about log₂ of their number are drawn.

    Word j takes its bits from generator j of `lanes` (4, n), xoshiro256++ (Blackman, Vigna, ACM TOMS 2021).
    """
    # Not unpacked all at once: numba would forget that the words of each stand in a row.
    a, b, c, d = lanes[0], lanes[1], lanes[2], lanes[3]
    none = np.uint64(0)
    for j in range(asked.size):
        heads[j] = none
    for k in range(digits.shape[0]):
        first, second, left = digits[k, 0], digits[k, 1], none
        for j in range(asked.size):
            w, x, y, z = a[j], b[j], c[j], d[j]
            u = w + z
            u = ((u << np.uint64(23)) | (u >> np.uint64(41))) + w
            y ^= w
            z ^= x
            a[j], b[j], c[j] = w ^ z, x ^ y, y ^ (x << np.uint64(17))
            d[j] = (z << np.uint64(45)) | (z >> np.uint64(19))
            still, them = asked[j], other[j]
            p = (first & ~them) | (second & them)
            heads[j] |= still & p & ~u
            still &= ~(p ^ u)
            asked[j] = still
            left |= still
        if left == none:
            break


@njit
def ones(x: np.uint64) -> int:
    """Count the bits of x that are 1, by halves; a compiler makes one instruction of it."""
    x -= (x >> np.uint64(1)) & np.uint64(0x5555555555555555)
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int(np.int64((x * np.uint64(0x0101010101010101)) >> np.uint64(56)))


@njit
def full(n: int) -> np.uint64:
    """Return a word of n ones, 1 ≤ n ≤ 64."""
    return ~np.uint64(0) >> np.uint64(64 - n)


@njit
def close(row: NDArray[np.uint64]) -> None:
    """Let the last word of a row stand once more before the first, and the first one after the last."""
    row[0], row[row.size - 1] = row[row.size - 2], row[1]


@njit
def differing(
    words: NDArray[np.uint64],
    colour: int,
    block: int,
    n: int,
    two: NDArray[np.uint64],
    none: NDArray[np.uint64],
) -> int:
    """Write where two or more of the four spins around differ from the one between, and where none does.

    For the spins of one colour in one block of rows, as in `checkerboard`. Returns how many differ in all.
    """
    own, around = words[colour], words[1 - colour]
    blocks, top, used, total = len(own), np.uint64(n - 1), full(n), 0
    here, below, above = around[block], around[(block + 1) % blocks], around[block - 1]
    for j in range(two.size):
        s, first = own[block, j + 1], j + colour
        left, right = here[first], here[first + 1]
        down = (left >> np.uint64(1)) | (below[first] << top)
        up = (right << np.uint64(1)) | (above[first + 1] >> top)
        left, right, down, up = s ^ left, s ^ right, s ^ down, s ^ up
        two[j] = used & ((left & right) | (down & up) | ((left | right) & (down | up)))
        none[j] = used & ~(left | right | down | up)
        total += ones(used & left) + ones(used & right) + ones(used & down) + ones(used & up)
    return total


@njit
def checkerboard(
    words: NDArray[np.uint64],
    n: int,
    digits: NDArray[np.uint64],
    lanes: NDArray[np.uint64],
    bonds: NDArray[np.int64],
    magnets: NDArray[np.int64],
) -> None:
    """Metropolis on a checkerboard, a colour at once: a spin turns where that costs nothing, or by a coin.

    `words` (chains, 2, blocks, L/2 + 2) are skewed, so that all spins of a word have one colour: bit k of
    word j + 1 is the spin in row r = n block + k and column 2j + colour + r. Then left of it and below it are
    bits k and k + 1 of one word of the other colour, right of it and above it bits k and k − 1 of the next.
    A row of words goes on beyond its ends: see `close`.
    """
    chains, _, blocks, half = words.shape
    half -= 2
    sites = 2 * half * blocks * n
    two, none = np.empty(half, np.uint64), np.empty(half, np.uint64)
    asked, heads = np.empty(half, np.uint64), np.empty(half, np.uint64)
    for c in range(chains):
        w = words[c]
        for colour in range(2):
            for block in range(blocks):
                close(w[colour, block])
        for t in range(bonds.shape[1]):
            for colour in range(2):
                own = w[colour]
                for block in range(blocks):
                    differing(w, colour, block, n, two, none)
                    for j in range(half):
                        asked[j] = full(n) & ~two[j]
                    coins(lanes[c], digits[c], asked, none, heads)
                    for j in range(half):
                        own[block, j + 1] ^= two[j] | heads[j]
                    close(own[block])
            unlike, up = 0, 0
            for block in range(blocks):
                unlike += differing(w, 0, block, n, two, none)  # black spins alone: every bond has one
                for j in range(half):
                    up += ones(w[0, block, j + 1]) + ones(w[1, block, j + 1])
            bonds[c, t] = 2 * (sites - unlike)
            magnets[c, t] = 2 * up - sites


@njit
def alike(w: NDArray[np.uint64], block: int, equal: NDArray[np.uint64]) -> int:
    """Write which spins of a block are equal to those right of them and, after that, to those below.

    `equal` (2n,) has a word for each row, twice. Returns how many are.
    """
    side, n = int(np.sqrt(len(w))), w.shape[1]
    east = block // side * side + (block + 1) % side
    south = (block + side) % len(w)
    count = 0
    for r in range(n):
        s = w[block, r]
        beside = (s >> np.uint64(1)) | ((w[east, r] & np.uint64(1)) << np.uint64(n - 1))
        equal[r] = full(n) & ~(s ^ beside)
        count += ones(equal[r])
    for r in range(n - 1):
        equal[n + r] = full(n) & ~(w[block, r] ^ w[block, r + 1])
        count += ones(equal[n + r])
    equal[2 * n - 1] = full(n) & ~(w[block, n - 1] ^ w[south, 0])
    return count + ones(equal[2 * n - 1])


@njit
def flood(
    cluster: NDArray[np.uint64],
    bond: NDArray[np.uint64],
    block: int,
    north: int,
    west: int,
    south: int,
    east: int,
    rows: NDArray[np.uint64],
) -> None:
    """Let the cluster grow inside a block, from where it stands in it and beside it, until it grows no more.

    In each step it crosses every bond that leads out of it, in all rows at once. `rows` (3, n + 2) is room
    for the rows before a step and after it, the neighbours' at the ends, and for the bonds above each.
    """
    n = cluster.shape[1]
    now, then, above = rows[0], rows[1], rows[2]
    one, top = np.uint64(1), np.uint64(n - 1)
    inside = full(n) >> one  # the last column's bonds to the right lead out
    for r in range(n):
        enters = (cluster[west, r] & bond[west, r]) >> top | (cluster[east, r] << top) & bond[block, r]
        now[r + 1] = cluster[block, r] | enters
        above[r + 1] = bond[block, n + r]  # once the rows are moved by one: of the row above it
    now[0] = then[0] = cluster[north, n - 1]
    now[n + 1] = then[n + 1] = cluster[south, 0]
    above[0] = bond[north, 2 * n - 1]
    new = one
    while new != np.uint64(0):
        new = np.uint64(0)
        for r in range(n):
            s, right = now[r + 1], bond[block, r] & inside
            grown = s | (now[r] & above[r]) | (now[r + 2] & above[r + 1])
            grown |= ((grown & right) << one) | ((grown >> one) & right)
            then[r + 1] = grown
            new |= grown ^ s
        now, then = then, now
    for r in range(n):
        cluster[block, r] = now[r + 1]


@njit
def leaves(
    cluster: NDArray[np.uint64], bond: NDArray[np.uint64], block: int, other: int, side: int
) -> bool | np.bool:
    """Say whether a bond leads from the cluster in `block` to what is not in it, in the block on that side.

    The sides are 0 north, 1 west, 2 south and 3 east.
    """
    n = cluster.shape[1]
    top = np.uint64(n - 1)
    if side == 0:
        return bool(cluster[block, 0] & bond[other, 2 * n - 1] & ~cluster[other, n - 1])
    if side == 2:
        return bool(cluster[block, n - 1] & bond[block, 2 * n - 1] & ~cluster[other, 0])
    out = np.uint64(0)
    for r in range(n):
        if side == 1:
            out |= cluster[block, r] & ((bond[other, r] & ~cluster[other, r]) >> top)
        else:
            out |= ((cluster[block, r] & bond[block, r]) >> top) & ~cluster[other, r]
    return bool(out & np.uint64(1))


@njit
def floods(
    words: NDArray[np.uint64],
    digits: NDArray[np.uint64],
    lanes: NDArray[np.uint64],
    state: NDArray[np.uint64],
    bonds: NDArray[np.int64],
    magnets: NDArray[np.int64],
) -> None:
    """Wolff's algorithm: coins for all bonds of a block at once, then a flood through those that show heads.

    `words` (chains, blocks, n) are the rows of square blocks of n² spins, block after block, row by row. Bit
    k of a word is the spin in column k of its block. A block's bonds, to the right of its spins and below
    them, are drawn when the cluster first comes to it or may leave it by one of them.
    """
    chains, blocks, n = words.shape
    side = int(np.sqrt(blocks))
    cluster, bond = np.zeros((blocks, n), np.uint64), np.empty((blocks, 2 * n), np.uint64)
    asked, same = np.empty(2 * n, np.uint64), np.zeros(2 * n, np.uint64)
    rows = np.empty((3, n + 2), np.uint64)
    drawn, waiting = np.zeros(blocks, np.bool_), np.zeros(blocks, np.bool_)
    met, stack, around = np.empty(blocks, np.int64), np.empty(blocks, np.int64), np.empty(4, np.int64)
    for c in range(chains):
        w = words[c]
        bond_total, up = -2 * blocks * n * n, 0
        for block in range(blocks):
            bond_total += 2 * alike(w, block, asked)
            for r in range(n):
                up += ones(w[block, r])
        for t in range(bonds.shape[1]):
            seed = int(below(state, c, blocks * n * n))
            start, row, column = seed // n**2, seed // n % n, np.uint64(seed % n)
            is_up = (w[start, row] >> column) & np.uint64(1)
            cluster[start, row] = np.uint64(1) << column
            stack[0], waiting[start] = start, True
            height, count, size, before, after = 1, 0, 0, 0, 0
            while height:
                height -= 1
                block = stack[height]
                waiting[block] = False
                x, y = block % side, block // side
                around[0], around[1] = (y - 1) % side * side + x, y * side + (x - 1) % side
                around[2], around[3] = (y + 1) % side * side + x, y * side + (x + 1) % side
                for one in (block, around[0], around[1]):
                    if not drawn[one]:
                        drawn[one] = True
                        met[count] = one
                        count += 1
                        before += alike(w, one, asked)
                        coins(lanes[c], digits[c], asked, same, bond[one])
                flood(cluster, bond, block, around[0], around[1], around[2], around[3], rows)
                for side_of in range(4):
                    other = around[side_of]
                    if not waiting[other] and leaves(cluster, bond, block, other, side_of):
                        waiting[other] = True
                        stack[height] = other
                        height += 1
            for k in range(count):
                for r in range(n):
                    size += ones(cluster[met[k], r])
                    w[met[k], r] ^= cluster[met[k], r]
                    cluster[met[k], r] = np.uint64(0)
            for k in range(count):
                after += alike(w, met[k], asked)
                drawn[met[k]] = False
            bond_total += 2 * (after - before)
            up += -size if is_up else size
            bonds[c, t] = bond_total
            magnets[c, t] = 2 * up - blocks * n * n


@njit
def tally(planes: NDArray[np.uint64], number: NDArray[np.uint64], carry: NDArray[np.uint64]) -> None:
    """Add numbers, one for each bit of a word, to those in `planes`: by their digits, as on paper.

    `planes` (digits, words) hold the digits 1, 2, 4, … of the sums, and `number` (4, words) those of what is
    added: 1, 2, 4, and 0 for all that follow.
    """
    for j in range(carry.size):
        carry[j] = np.uint64(0)
    for k in range(len(planes)):
        digit, added = planes[k], number[min(k, 3)]
        for j in range(carry.size):
            x, y, z = digit[j], added[j], carry[j]
            digit[j] = x ^ y ^ z
            carry[j] = (x & y) | (z & (x ^ y))


@njit
def sums(planes: NDArray[np.uint64], total: NDArray[np.int64]) -> None:
    """Write into `total` (64,) the sums of `tally` for each bit, all words together, and set them to zero."""
    for bit in range(64):
        total[bit] = 0
    for k in range(len(planes)):
        for j in range(planes.shape[1]):
            x = planes[k, j]
            planes[k, j] = np.uint64(0)
            for bit in range(64):
                total[bit] += np.int64(((x >> np.uint64(bit)) & np.uint64(1)) << np.uint64(k))


@njit
def replicas(
    words: NDArray[np.uint64],
    digits: NDArray[np.uint64],
    lanes: NDArray[np.uint64],
    bonds: NDArray[np.int64],
    magnets: NDArray[np.int64],
) -> None:
    """As `checkerboard`, for 64 lattices at once: bit c of a word is a spin of lattice c.

    `words` (groups, 2, L, L/2 + 2): word j + 1 of a row and colour is that colour's spin j in the row, in
    column 2j or 2j + 1. A row of words goes on beyond its ends: see `close`.
    """
    groups, _, L, half = words.shape
    half -= 2
    strip = max(1, min(L, lanes.shape[2] // half))  # rows whose coins are tossed together
    two, none = np.empty(strip * half, np.uint64), np.empty(strip * half, np.uint64)
    asked, heads = np.empty(strip * half, np.uint64), np.empty(strip * half, np.uint64)
    depth = 3
    while 1 << depth <= 4 * L:
        depth += 1
    unlike, up = np.zeros((depth, half), np.uint64), np.zeros((depth, half), np.uint64)
    number, carry, total = np.zeros((4, half), np.uint64), np.empty(half, np.uint64), np.empty(64, np.int64)
    for g in range(groups):
        w = words[g]
        members = min(64, len(bonds) - 64 * g)
        for colour in range(2):
            for r in range(L):
                close(w[colour, r])
        for t in range(bonds.shape[1]):
            for colour in range(2):
                for start in range(0, L, strip):
                    end = min(start + strip, L)
                    for r in range(start, end):
                        own, here, first = w[colour, r], w[1 - colour, r], (r - start) * half
                        above, below, shift = (
                            w[1 - colour, r - 1],
                            w[1 - colour, (r + 1) % L],
                            (r + colour) % 2,
                        )
                        for j in range(half):
                            s = own[j + 1]
                            a, b = s ^ here[j + 1], s ^ here[j + 2 * shift]
                            c, d = s ^ above[j + 1], s ^ below[j + 1]
                            two[first + j] = (a & b) | (c & d) | ((a | b) & (c | d))
                            none[first + j] = ~(a | b | c | d)
                            asked[first + j] = ~two[first + j]
                    size = (end - start) * half
                    coins(lanes[g], digits[g], asked[:size], none[:size], heads[:size])
                    for r in range(start, end):
                        own, first = w[colour, r], (r - start) * half
                        for j in range(half):
                            own[j + 1] ^= two[first + j] | heads[first + j]
                        close(own)
            for r in range(L):
                black, white, shift = w[0, r], w[1, r], r % 2
                above, below = w[1, r - 1], w[1, (r + 1) % L]
                for j in range(half):
                    s = black[j + 1]
                    a, b = s ^ white[j + 1], s ^ white[j + 2 * shift]
                    c, d = s ^ above[j + 1], s ^ below[j + 1]
                    one, two_of_three = a ^ b ^ c, (a & b) | (c & (a ^ b))
                    number[0, j], number[1, j] = one ^ d, two_of_three ^ (one & d)
                    number[2, j] = two_of_three & one & d
                tally(unlike, number, carry)
                for j in range(half):
                    number[0, j] = black[j + 1] ^ white[j + 1]
                    number[1, j] = black[j + 1] & white[j + 1]
                    number[2, j] = np.uint64(0)
                tally(up, number, carry)
            sums(unlike, total)
            for k in range(members):
                bonds[64 * g + k, t] = 2 * (L * L - total[k])
            sums(up, total)
            for k in range(members):
                magnets[64 * g + k, t] = 2 * total[k] - L * L
