"""The samplers with many spins in a word: to the law of the plain ones, and to the bit of their own.

Whole lattices of 2×2, and single starts on larger ones, in words of one, two or more spins: so a block has
neighbours that are others, on lattices whose outcomes can all be walked through.
"""

from functools import partial

import numpy as np
import pytest
from thermolib import _kernels, multispin, sampling
from thermolib.boltzmann import boltzmann
from thermolib.chains import jackknife, mean
from thermolib.ising import T_C, lattice_energy, spin_states, torus_energy, torus_heat_capacity
from thermolib.multispin import metropolis, replicas, wolff

from declared import COLD, Fault
from dice import Dice, SplitMix

SAMPLERS = [metropolis, replicas, wolff]
PLAIN = {
    metropolis: partial(sampling.metropolis, order="checkerboard"),
    replicas: partial(sampling.metropolis, order="checkerboard"),
    wolff: sampling.wolff,
}
ALL = 2**64 - 1


def words(*numbers):
    return np.array(numbers, dtype=np.uint64)


def digits(*p):
    """The binary digits of whole numbers p/2⁶⁴, as `coins` takes them."""
    return words(*[[ALL * (one >> k & 1) for one in p] for k in range(63, -1, -1)]).reshape(64, len(p))


# The coins ---------------------------------------------------------------------------------------------


class Xoshiro:
    """The published generator xoshiro256++, in Python's integers."""

    def __init__(self, *state):
        self.s = list(state)

    def bits(self):
        s, turned = self.s, lambda x, k: (x << k | x >> 64 - k) & ALL
        result = (turned((s[0] + s[3]) & ALL, 23) + s[0]) & ALL
        t = s[1] << 17 & ALL
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = turned(s[3], 45)
        return result


def test_published_values_of_xoshiro():
    """The generator of Blackman and Vigna from 1, 2, 3, 4: compiled, a digit a call, and in Python."""
    published = [
        41943041,
        58720359,
        3588806011781223,
        3591011842654386,
        9228616714210784205,
        9973669472204895162,
        14011001112246962877,
        12406186145184390807,
        15849039046786891736,
        10450023813501588000,
    ]
    python, lanes, heads = Xoshiro(1, 2, 3, 4), words(1, 2, 3, 4).reshape(4, 1), words(0)
    for number in published:
        _kernels.coins(lanes, words(ALL, ALL).reshape(1, 2), words(ALL), words(0), heads)
        assert int(heads[0]) ^ ALL == number == python.bits()
    assert lanes.ravel().tolist() == python.s


def test_streams():
    """Each chain's generators begin with what its own splitmix64 draws, one after another."""
    state = words(3, 1234567)
    lanes = _kernels.streams(state, 5)
    for c, seed in enumerate((3, 1234567)):
        roll = SplitMix(seed)
        assert lanes[c].ravel().tolist() == [roll.bits() for _ in range(20)]
        assert int(state[c]) == roll.state


@pytest.mark.parametrize("second", [False, True])
@pytest.mark.parametrize("bit", [0, 1, 31, 63])
def test_a_coin_is_exact_at_its_threshold(bit, second):
    """64 digits of u: heads for p = u + 2⁻⁶⁴, tails for u and u − 2⁻⁶⁴; with either of two probabilities."""
    roll = Xoshiro(11, 12, 13, 14)
    u = int("".join(str(roll.bits() >> bit & 1) for _ in range(64)), 2)
    for p, expected in ((u + 1, 1 << bit), (u, 0), (u - 1, 0)):
        heads = words(ALL)
        table = digits(0, p) if second else digits(p, ALL)
        one = words(1 << bit)
        _kernels.coins(words(11, 12, 13, 14).reshape(4, 1), table, one, words(ALL * second), heads)
        assert int(heads[0]) == expected


def test_no_more_coins_than_are_asked():
    """Nor more digits: where the first one decides every coin that is asked, no second is drawn."""
    lanes, heads, roll = words(1, 2, 3, 4).reshape(4, 1), words(ALL), Xoshiro(1, 2, 3, 4)
    zeros = ~roll.bits() & 0x00FF00FF00FF00FF
    _kernels.coins(lanes, digits(1 << 63, 0), words(zeros), words(0), heads)
    assert int(heads[0]) == zeros and lanes.ravel().tolist() == roll.s


def test_coins_fall_as_often_as_they_should():
    """A million coins at each of two probabilities: |z| < 4.5."""
    p, n = np.array([0.1716, 0.71]), 2**14
    lanes = _kernels.streams(words(5), n)[0]
    heads, other = np.zeros(n, np.uint64), np.full(n, 0x00000000FFFFFFFF, np.uint64)
    _kernels.coins(lanes, multispin._digits(*p[:, None])[0], np.full(n, ALL, np.uint64), other, heads)
    bits = np.unpackbits(heads.view(np.uint8)).reshape(n, 64)
    for k, part in enumerate((heads & ~other, heads & other)):
        count = np.unpackbits(part.view(np.uint8)).sum()
        assert abs(count - 32 * n * p[k]) < 4.5 * np.sqrt(32 * n * p[k] * (1 - p[k]))
    # neighbours in a word, and the same bit of neighbouring words, know nothing of each other
    bits = np.unpackbits((heads & ~other).view(np.uint8), bitorder="little").reshape(n, 64)[:, 32:] - p[0]
    for product in (bits[:, 1:] * bits[:, :-1], bits[1:] * bits[:-1]):
        assert abs(product.mean()) < 4.5 * p[0] * (1 - p[0]) / np.sqrt(product.size)


def test_digits():
    table = multispin._digits(np.array([0.0, 1.0, 0.5]), np.array([2.0**-53, 0.75, 1 / 3]))
    value = ((table & np.uint64(1)).astype(float) * 2.0 ** -np.arange(1, 65)[:, None]).sum(axis=1)
    assert set(np.unique(table).tolist()) == {0, ALL}
    assert value.tolist() == [[0, 2.0**-53], [1 - 2.0**-53, 0.75], [0.5, 1 / 3]]


def test_ones():
    for x in (0, 1, ALL, 0x8000000000000001, 0x5555555555555555, 1234567890123456789):
        assert _kernels.ones(np.uint64(x)) == x.bit_count()


# The law of the plain sampler, outcome by outcome --------------------------------------------------------


@pytest.fixture
def dice(monkeypatch):
    """Dice for both: for the coins of the fast ones, bit by bit, and for the chances of the plain ones."""
    dice = Dice()

    def coins(lanes, digits, asked, other, heads):
        places = 2.0 ** -np.arange(1.0, 65)
        possible = int(np.bitwise_or.reduce(digits, axis=None))  # the other bits' coins never show heads
        for j in range(asked.size):
            heads[j] = 0
            for bit in [bit for bit in range(64) if int(asked[j]) & possible & 1 << bit]:
                digit = digits[:, int(other[j]) >> bit & 1] >> np.uint64(bit) & np.uint64(1)
                heads[j] |= np.uint64(dice.maybe(digit @ places) << bit)

    dice.load(monkeypatch, "single_flips", "clusters", "grow", "checkerboard", "floods", "replicas")
    monkeypatch.setattr(_kernels, "coins", coins)
    return dice


def law(dice, sampler, start, T):
    """The distribution after one step, by state."""
    found = {}
    for p, run in dice.outcomes(lambda: sampler(start, T, 1, rng=0)):
        state = tuple(run.spins.ravel().tolist())
        found[state] = found.get(state, 0.0) + p
        assert np.all(run.energy[..., -1] == lattice_energy(run.spins))
        assert np.all(run.magnetization[..., -1] == run.spins.sum(axis=(-2, -1)))
    return {state: p for state, p in found.items() if p > 1e-15}


def in_words_of(monkeypatch, n):
    monkeypatch.setattr(multispin, "_in_a_word", lambda L: n)


@pytest.mark.parametrize("n", [2, 1])
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_transition_matrix_2x2(sampler, n, dice, monkeypatch):
    """The plain sampler's, and πP = π: all states of 2×2, where bonds are double."""
    in_words_of(monkeypatch, n)
    T, states = 2.5, spin_states(4)
    P = np.zeros((16, 16))
    for i, s in enumerate(states):
        found, plain = (law(dice, one, s.reshape(2, 2), T) for one in (sampler, PLAIN[sampler]))
        assert found == pytest.approx(plain, abs=1e-14)
        for state, p in found.items():
            P[i, ((np.array(state) + 1) // 2) @ 2 ** np.arange(4)] = p
    pi = boltzmann(lattice_energy(states.reshape(-1, 2, 2)), T)
    np.testing.assert_allclose(pi @ P, pi, atol=1e-12)


@pytest.mark.parametrize(("sampler", "n"), [(metropolis, 4), (metropolis, 2), (metropolis, 1), (replicas, 4)])
def test_the_law_of_a_sweep_on_4x4(sampler, n, dice, monkeypatch):
    in_words_of(monkeypatch, n)
    for seed in (1, 2):
        start = np.random.default_rng(seed).choice([-1, 1], size=(4, 4))
        found = law(dice, sampler, start, 1.7)
        assert len(found) > 20
        assert found == pytest.approx(law(dice, PLAIN[sampler], start, 1.7), abs=1e-14)


@pytest.mark.parametrize(("L", "n"), [(3, 3), (3, 1), (4, 4), (4, 2), (4, 1)])
def test_the_law_of_a_cluster(L, n, dice, monkeypatch):
    """From a pattern with few equal neighbours, or else its outcomes were too many to walk through.

    What is equal lies across the lattice's edges, and so across those of blocks.
    """
    in_words_of(monkeypatch, n)
    i, j = np.indices((L, L))
    start = np.where((i + j) % 2, 1, -1)
    if L == 4:
        start[0, 0] *= -1
        start[3, 1] *= -1
    found = law(dice, wolff, start, T_C)
    assert len(found) > 15
    assert found == pytest.approx(law(dice, sampling.wolff, start, T_C), abs=1e-14)


def test_replicas_know_nothing_of_each_other(dice):
    """Of two lattices at two temperatures, the law is the product of their own."""
    rng = np.random.default_rng(4)
    for _ in range(3):
        start, T = rng.choice([-1, 1], size=(2, 2, 2)), [1.0, 3.0]
        both = law(dice, replicas, start, T)
        one, two = (law(dice, PLAIN[replicas], s, t) for s, t in zip(start, T, strict=True))
        product = {a + b: p * q for a, p in one.items() for b, q in two.items() if p * q > 1e-15}
        assert both == pytest.approx(product, abs=1e-14)


# Trajectories: given spins and given random bits, to the bit ---------------------------------------------


class Streams:
    """The coins once more: a generator for each word, a digit of u for each bit that is drawn."""

    def __init__(self, roll, n):
        numbers = [[roll.bits() for _ in range(n)] for _ in range(4)]
        self.generators = [Xoshiro(*state) for state in zip(*numbers, strict=True)]

    def toss(self, asked, words):
        """{what: (word, bit, p)} -> those whose coin shows heads; `words` generators are at work."""
        limits = {what: int(min(p, 1 - 2.0**-53) * 2**64) for what, (_, _, p) in asked.items()}
        heads, waiting, place = set(), set(asked), 64
        while place and (waiting or place == 64):  # a first digit is drawn, be it asked or not
            place -= 1
            drawn = [generator.bits() for generator in self.generators[:words]]
            for what in list(waiting):
                word, bit, _ = asked[what]
                u, p = drawn[word] >> bit & 1, limits[what] >> place & 1
                if u != p:
                    waiting.remove(what)
                    heads |= {what} if u < p else set()
        return heads


def neighbours(i, j, L):
    return [((i + 1) % L, j), ((i - 1) % L, j), (i, (j + 1) % L), (i, (j - 1) % L)]


def totals(s):
    s = np.asarray(s)
    return lattice_energy(s), s.sum()


def decide(s, T, sites):
    """Return which of some sites turn whatever comes, and the others, {site: p}."""
    rise = {(i, j): 2 * s[i][j] * sum(s[a][b] for a, b in neighbours(i, j, len(s))) for i, j in sites}
    free = {site for site in sites if rise[site] <= 0}
    return free, {site: np.exp(-rise[site] / T) for site in sites if site not in free}


@pytest.mark.parametrize(("L", "n"), [(4, 4), (6, 6), (6, 3), (6, 1), (2, 2)])
def test_trajectories_of_metropolis(L, n, monkeypatch):
    """Three chains at three temperatures: blocks of rows in turn, in skewed words, black before white."""
    in_words_of(monkeypatch, n)
    T = [0.9, T_C, 6.0]
    start = np.random.default_rng(30).choice([-1, 1], size=(3, L, L))
    run = metropolis(start, T, 12, rng=31)
    for c, state in enumerate(np.random.default_rng(31).integers(2**64, size=3, dtype=np.uint64)):
        streams, s = Streams(SplitMix(state), L // 2), start[c].tolist()
        for t in range(12):
            for colour, block in [(colour, block) for colour in (0, 1) for block in range(L // n)]:
                sites = [(i, j) for i, j in np.ndindex(L, L) if i // n == block and (i + j) % 2 == colour]
                free, asked = decide(s, T[c], sites)
                coins = {(i, j): ((j - i) % L // 2, i % n, p) for (i, j), p in asked.items()}
                for i, j in free | streams.toss(coins, L // 2):
                    s[i][j] *= -1
            assert (run.energy[c, t], run.magnetization[c, t]) == totals(s)
        assert run.spins[c].tolist() == s


@pytest.mark.parametrize("L", [2, 4, 12])
def test_trajectories_of_replicas(L):
    """66 chains, two words of them: strips of rows in turn, of 32 words or less, black before white."""
    T, half = np.linspace(0.9, 6.0, 66), L // 2
    start = np.random.default_rng(30).choice([-1, 1], size=(66, L, L))
    run = replicas(start, T, 4, rng=31)
    states = np.random.default_rng(31).integers(2**64, size=66, dtype=np.uint64)
    strips = [range(i, min(i + 32 // half, L)) for i in range(0, L, 32 // half)]
    for group in (range(64), range(64, 66)):
        streams, spins = Streams(SplitMix(states[group[0]]), 32), start.tolist()
        for t in range(4):
            for colour, strip in [(colour, strip) for colour in (0, 1) for strip in strips]:
                sites = [(i, j) for i in strip for j in range(L) if (i + j) % 2 == colour]
                word = {(i, j): (i - strip[0]) * half + j // 2 for i, j in sites}
                # What fills the words are spins that no coin turns, though one is tossed.
                coins = {(bit, x): (word[x], bit, 0.0) for bit in range(len(group), 64) for x in sites}
                turn = set()
                for c in group:
                    free, asked = decide(spins[c], T[c], sites)
                    turn |= {(c, site) for site in free}
                    coins |= {(c, site): (word[site], c % 64, p) for site, p in asked.items()}
                for c, (i, j) in turn | streams.toss(coins, len(sites)):
                    spins[c][i][j] *= -1
            for c in group:
                assert (run.energy[c, t], run.magnetization[c, t]) == totals(spins[c])
        for c in group:
            assert run.spins[c].tolist() == spins[c]


@pytest.mark.parametrize(("L", "n"), [(4, 4), (6, 6), (6, 3), (6, 2), (5, 1), (2, 2)])
def test_trajectories_of_wolff(L, n, monkeypatch):
    """Three chains: from one block to the next, the last one found first, and each block's bonds at once."""
    in_words_of(monkeypatch, n)
    T, side = [1.5, T_C, 6.0], L // n
    start = np.random.default_rng(30).choice([-1, 1], size=(3, L, L))
    run = wolff(start, T, 20, rng=31)
    for c, state in enumerate(np.random.default_rng(31).integers(2**64, size=3, dtype=np.uint64)):
        roll = SplitMix(state)
        streams, s, p = Streams(roll, 2 * n), start[c].tolist(), -np.expm1(-2 / T[c])
        block_of = lambda i, j: i // n * side + j // n  # noqa: E731
        for t in range(20):
            k = roll.below(L * L)
            first = k // n**2, k // n % n, k % n
            seed = (first[0] // side * n + first[1], first[0] % side * n + first[2])
            bonds, drawn, members = set(), set(), {seed}

            def draw(block, s=s, bonds=bonds, drawn=drawn, streams=streams, p=p):
                if block in drawn:
                    return
                drawn.add(block)
                asked = {}
                for r in range(n):
                    for k in range(n):
                        i, j = block // side * n + r, block % side * n + k
                        for word, other in ((r, (i, (j + 1) % L)), (n + r, ((i + 1) % L, j))):
                            if s[i][j] == s[other[0]][other[1]]:
                                asked[(i, j), other, word] = (word, k, p)
                bonds |= {(a, b) for a, b, _ in streams.toss(asked, 2 * n)}

            def joined(a, b, bonds=bonds):
                return (a, b) in bonds or (b, a) in bonds

            stack = [block_of(*seed)]
            while stack:
                block = stack.pop()
                x, y = block % side, block // side
                north, west = (y - 1) % side * side + x, y * side + (x - 1) % side
                south, east = (y + 1) % side * side + x, y * side + (x + 1) % side
                for one in (block, north, west):
                    draw(one)
                inside = [(y * n + r, x * n + k) for r in range(n) for k in range(n)]
                grows = True
                while grows:
                    grows = False
                    for a in inside:
                        if a not in members and any(b in members and joined(a, b) for b in neighbours(*a, L)):
                            members.add(a)
                            grows = True
                for other, (di, dj) in ((north, (-1, 0)), (west, (0, -1)), (south, (1, 0)), (east, (0, 1))):
                    out = [(a, ((a[0] + di) % L, (a[1] + dj) % L)) for a in inside if a in members]
                    leads = [b not in members and joined(a, b) for a, b in out if block_of(*b) == other]
                    if other not in stack and any(leads):
                        stack.append(other)
            for i, j in members:
                s[i][j] *= -1
            assert (run.energy[c, t], run.magnetization[c, t]) == totals(s)
        assert run.spins[c].tolist() == s


# Exact averages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sampler", "L"), [(metropolis, 8), (metropolis, 96), (replicas, 10), (wolff, 9), (wolff, 96)]
)
def test_energy_and_heat_capacity_of_kaufman(sampler, L):
    """|z| < 4 at three temperatures at once; 96 is two blocks of 48."""
    temperatures = np.array([2.0, T_C, 3.0]) if L < 20 else np.array([2.1, 2.4, 2.6])
    sweeps = 24_000 if sampler is not wolff or L > 20 else 8_000
    run = sampler(np.ones((3, 2, L, L)), temperatures[:, None], sweeps, warm_up=sweeps // 10, rng=L)
    for t, E in zip(temperatures, run.energy, strict=True):
        u = mean(E / L**2)
        assert abs(u.value - torus_energy(L, t)) < 4 * u.stderr
        C = jackknife(lambda E, t=t: np.var(E) / t**2 / L**2, E)
        assert abs(C.value - torus_heat_capacity(L, t)) < 4.5 * C.stderr
        assert u.stderr < 0.02


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_magnetization_by_enumeration(sampler):
    """⟨M⟩ and ⟨M²⟩ on 4×4, against the sum over 65 536 states."""
    states = spin_states(16).reshape(-1, 4, 4)
    M = states.sum(axis=(1, 2))
    p = boltzmann(lattice_energy(states), 3.0)
    run = sampler(np.ones((4, 4, 4)), 3.0, 20_000, warm_up=500, rng=4)
    for series, exact in [(run.magnetization, 0), (run.magnetization**2, p @ M**2)]:
        got = mean(series)
        assert abs(got.value - exact) < 4 * got.stderr


def test_the_energies_of_replicas_are_uncorrelated():
    """64 lattices at one temperature, 2016 pairs: with shared random bits every pair would go together."""
    E = replicas(8, np.full(64, 5.0), 4000, warm_up=100, rng=3).energy[:, ::4]
    off = np.corrcoef(E)[np.triu_indices(64, 1)]
    assert np.abs(off).max() < 5.5 / np.sqrt(1000)
    assert abs(off.mean()) < 5 / np.sqrt(1000 * len(off))


# As the plain ones do --------------------------------------------------------------------------------


@pytest.mark.parametrize("L", [2, 6, 64, 130, 66])
def test_every_site_has_its_place(L):
    """In the words and back: nothing is lost where nothing turns, and totals are those of the lattice."""
    n = multispin._in_a_word(L)
    assert L % n == 0 and n <= 64 and (n == L or L > 64)
    for sites in (multispin._skewed(L, n), multispin._coloured(L), multispin._blocks(L, n)):
        assert sorted(sites.ravel().tolist()) == list(range(L * L))
    start = np.random.default_rng(L).choice([-1, 1], size=(2, L, L))
    for sampler in SAMPLERS:
        run = sampler(start, 3.0, 3, rng=1)
        np.testing.assert_array_equal(run.energy[:, -1], lattice_energy(run.spins))
        np.testing.assert_array_equal(run.magnetization[:, -1], run.spins.sum(axis=(1, 2)))
        assert np.all(np.abs(run.spins) == 1)


def test_extreme_temperatures():
    for sampler in SAMPLERS:
        frozen = sampler(np.ones((6, 6)), 1e-3, 10, rng=0)
        assert np.all(np.abs(frozen.magnetization) == 36)
    for sampler in (metropolis, replicas):
        assert sampler(4, np.inf, 3, rng=0).magnetization.tolist() == [-16, 16, -16]
    single = wolff(4, np.inf, 100, rng=0)
    assert np.all(np.abs(np.diff(single.magnetization)) == 2)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_run_in_pieces(sampler):
    """Neither warm-up nor a stop after every sweep changes anything: the same run, less its beginning."""
    start, t = np.ones((2, 3, 4, 4)), [[1.0, 2.0, T_C], [3.0, 9.0, np.inf]]
    whole = sampler(start, t, 12, rng=5)
    run = sampler(start, t, 7, warm_up=5, measure=np.copy, rng=5)
    np.testing.assert_array_equal(run.spins, whole.spins)
    np.testing.assert_array_equal(run.energy, whole.energy[..., 5:])
    np.testing.assert_array_equal(run.magnetization, whole.magnetization[..., 5:])
    np.testing.assert_array_equal(lattice_energy(run.measured), run.energy)
    np.testing.assert_array_equal(sampler(start, t, 12, rng=5, progress=True).energy, whole.energy)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_samplers_leave_their_input_and_go_their_own_ways(sampler):
    start = np.ones((2, 4, 4), dtype=np.int8)
    first, other = sampler(start, 2.0, 20, rng=3), sampler(start, 2.0, 20)
    assert np.all(start == 1) and first.spins.dtype == np.int8 and not np.shares_memory(start, first.spins)
    assert not np.array_equal(first.energy, other.energy)
    assert not np.array_equal(first.energy[0], first.energy[1])


# What is asked of every module (declared.py) ---------------------------------------------------------

up = np.ones((4, 4))

CALLS = {
    "metropolis": lambda T=2.0, rng=0: metropolis(4, T, 1, rng=rng),
    "replicas": lambda T=2.0, rng=0: replicas(4, T, 1, rng=rng),
    "wolff": lambda T=2.0, rng=0: wolff(4, T, 1, rng=rng),
}
BAD = {
    f"{sampler.__name__}, {what}": (partial(sampler, *start, **options), said)
    for sampler in SAMPLERS
    for what, start, options, said in [
        ("a rectangle", (np.ones((3, 4)), 2.0, 1), {}, r"\(3, 4\)"),
        ("no spins", (np.zeros((4, 4)), 2.0, 1), {}, "±1"),
        ("a temperature too many", (up, [1.0, 2.0], 1), {}, r"\(2,\)"),
        ("no sweeps", (up, 2.0, 0), {}, "got 0"),
        ("less than no warm-up", (up, 2.0, 1), {"warm_up": -1}, "warm_up must be an integer ≥ 0, got -1"),
        ("a measure that is none", (up, 2.0, 1), {"measure": 3}, "a function of the spins or None, got 3"),
    ]
}
LIMITS = [
    (lambda L: metropolis(L, 1.0, 1), 2, 3),
    (lambda L: metropolis(L, 1.0, 1), 66, 67),
    (lambda L: replicas(L, 1.0, 1), 2, 3),
    (lambda L: wolff(L, 1.0, 1), 2, 1),
    (lambda n: wolff(up, 1.0, n), 1, 0),
    (lambda n: replicas(up, 1.0, n), 1, 0),
    (lambda n: metropolis(up, 1.0, 1, warm_up=n), 0, -1),
]
AS_COLD = [
    (lambda: metropolis(up, COLD, 2, rng=0).energy[-1], -32),
    (lambda: replicas(up, COLD, 2, rng=0).energy[-1], -32),
    (lambda: wolff(up, COLD, 2, rng=0).energy[-1], -32),
]
FAULTS = [
    Fault(
        "a coin of eight digits",
        "for k in range(digits.shape[0]):",
        "for k in range(min(8, digits.shape[0])):",
        "test_a_coin_is_exact_at_its_threshold",
        file="_kernels.py",
    ),
    Fault(
        "xoshiro256+, whose low bits are weak",
        "            u = ((u << np.uint64(23)) | (u >> np.uint64(41))) + w\n",
        "",
        "test_published_values_of_xoshiro",
        file="_kernels.py",
    ),
    Fault(
        "a random bit that serves all replicas",
        "            still, them = asked[j], other[j]\n",
        "            still, them, u = asked[j], other[j], np.uint64(0) - (u >> np.uint64(63))\n",
        "test_the_energies_of_replicas_are_uncorrelated",
        file="_kernels.py",
    ),
    Fault(
        "one probability for both rises of the energy",
        "(second & them)",
        "(first & them)",
        "test_a_coin_is_exact_at_its_threshold",
        file="_kernels.py",
    ),
    Fault(
        "rows that are skewed the other way",
        "(2 * j + colour + row) % L",
        "(2 * j + colour - row) % L",
        "test_every_site_has_its_place",
    ),
    Fault(
        "a block of rows that is its own neighbour",
        "around[(block + 1) % blocks], around[block - 1]",
        "around[block], around[block]",
        "test_the_law_of_a_sweep_on_4x4",
        file="_kernels.py",
    ),
    Fault(
        "a row that ends where its words do",
        "                    close(own[block])\n",
        "",
        "test_trajectories_of_metropolis",
        file="_kernels.py",
    ),
    Fault(
        "bonds of the last cluster",
        "                drawn[met[k]] = False\n",
        "",
        "test_trajectories_of_wolff",
        file="_kernels.py",
    ),
    Fault(
        "a cluster that leaves no block to the east",
        "range(4):\n                    other = around[side_of]",
        "range(3):\n                    other = around[side_of]",
        "test_the_law_of_a_cluster",
        file="_kernels.py",
    ),
    Fault(
        "bonds of the block above that were never drawn",
        "for one in (block, around[0], around[1]):",
        "for one in (block, around[1]):",
        "test_the_law_of_a_cluster",
        file="_kernels.py",
    ),
    Fault(
        "a sum that forgets what it carries over",
        "carry[j] = (x & y) | (z & (x ^ y))",
        "carry[j] = x & y",
        "test_every_site_has_its_place",
        file="_kernels.py",
    ),
    Fault(
        "replicas all at the first one's temperature",
        "digits.reshape(-1, 64, *digits.shape[1:])",
        "digits[:1].repeat(len(digits), 0).reshape(-1, 64, *digits.shape[1:])",
        "test_trajectories_of_replicas",
    ),
    Fault("Wolff's 1 − exp(−β)", "-np.expm1(-2 / T)", "-np.expm1(-1 / T)", "test_transition_matrix_2x2"),
    Fault(
        "spins lost on the way back", "flat[:] = full[: len(flat)]", "pass", "test_every_site_has_its_place"
    ),
]
