"""The problems against their published forms, and every optimum by an exact method."""

import itertools

import networkx as nx
import numpy as np
import pytest
from thermolib.annealing import anneal, anneal_ising, geometric
from thermolib.ising import spin_states
from thermolib.problems import (
    anscombe,
    bars_and_stripes,
    burma14,
    circle,
    cut_size,
    dodecahedron,
    karate_club,
    max_cut_couplings,
    petersen,
    torus,
    tour_length,
    two_opt,
)

from declared import Fault


def graph(edges):
    return nx.Graph(edges.tolist())


def test_graphs_against_networkx():
    assert set(map(frozenset, nx.karate_club_graph().edges)) == set(map(frozenset, karate_club().tolist()))
    assert nx.is_isomorphic(graph(petersen()), nx.petersen_graph())
    assert nx.is_isomorphic(graph(dodecahedron()), nx.dodecahedral_graph())
    lattice = nx.grid_2d_graph(5, 4, periodic=True)
    expected = {frozenset(4 * i + j for i, j in edge) for edge in lattice.edges}
    assert expected == set(map(frozenset, torus(5, 4).tolist())) and len(torus(5, 4)) == 40
    for edges in (karate_club(), petersen(), dodecahedron(), torus(3, 7)):
        assert np.all(edges[:, 0] < edges[:, 1]) and len(np.unique(edges, axis=0)) == len(edges)


def largest_cut(edges, n):
    """Enumerated, with the last vertex held on one side."""
    s = spin_states(n - 1)
    return cut_size(edges, np.concatenate([s, np.ones((len(s), 1), np.int8)], axis=1)).max()


def largest_cut_of_parts(edges, n, hubs):
    """Enumerated: once the hubs have chosen their sides, the parts left without them are independent."""
    without = graph(edges).subgraph(set(range(n)) - set(hubs))
    sides = spin_states(len(hubs))
    inside = np.array([e for e in edges.tolist() if set(e) <= set(hubs)])
    s = np.ones((len(sides), n), np.int8)
    s[:, hubs] = sides
    total = cut_size(inside, s)
    for part in map(sorted, nx.connected_components(without)):
        touching = np.array([e for e in edges.tolist() if set(e) & set(part)])
        for k, side in enumerate(sides):
            s = np.ones((2 ** len(part), n), np.int8)
            s[:, hubs] = side
            s[:, part] = spin_states(len(part))
            total[k] += cut_size(touching, s).max()
    return total.max()


def test_largest_cuts():
    assert largest_cut(petersen(), 10) == 12
    assert largest_cut(dodecahedron(), 20) == 24
    assert largest_cut_of_parts(petersen(), 10, [0, 1, 7]) == 12  # the method, on what is known
    assert largest_cut_of_parts(karate_club(), 34, [0, 1, 2, 32, 33]) == 61


def test_cuts_of_a_torus():
    assert largest_cut(torus(4, 4), 16) == 32
    assert largest_cut(torus(3, 4), 12) == 24 - 4  # four columns of length 3 keep an edge each
    i, j = np.divmod(np.arange(25 * 120), 120)
    assert cut_size(torus(25, 120), (-1) ** (i + j)) == 5880
    # an odd cycle never cuts all of its edges, and the 120 columns share none: 6000 − 120 is the largest


@pytest.mark.parametrize(
    ("edges", "n", "cut"), [(petersen(), 10, 12), (dodecahedron(), 20, 24), (karate_club(), 34, 61)]
)
def test_annealed_cuts(edges, n, cut):
    J = max_cut_couplings(edges, n)
    found = anneal_ising(J, 0.0, geometric(4.0, 0.1, 500), reads=20, rng=1)
    assert cut_size(edges, found.best) == cut
    assert found.best_energy == len(edges) - 2 * cut
    np.testing.assert_array_equal(cut_size(edges, found.last), (len(edges) - found.energies[:, -1]) / 2)


def test_couplings():
    """E = −½ sᵀJs is m − 2 cut for every state, and the couplings are symmetric without a diagonal."""
    edges = petersen()
    J, s = max_cut_couplings(edges, 10), spin_states(10).astype(float)
    np.testing.assert_array_equal(-0.5 * ((s @ J) * s).sum(axis=1), 15 - 2 * cut_size(edges, s))
    np.testing.assert_array_equal(J, J.T)
    assert not np.any(np.diag(J)) and J.sum() == -30


def shortest_tour(d):
    """Held and Karp: the shortest way from city 0 through a set of cities to the last of them."""
    n = len(d) - 1
    best = np.full((2**n, n), np.inf)
    best[2 ** np.arange(n), np.arange(n)] = d[0, 1:]
    for mask in range(1, 2**n):
        onward = (best[mask][:, None] + d[1:, 1:]).min(axis=0)
        for j in range(n):
            if not mask >> j & 1:
                best[mask | 1 << j, j] = min(best[mask | 1 << j, j], onward[j])
    return (best[-1] + d[1:, 0]).min()


def test_burma14():
    points, d = burma14()
    assert points.shape == (14, 2) and d.dtype == np.int64
    assert d[0].tolist() == [0, 153, 510, 706, 966, 581, 455, 70, 160, 372, 157, 567, 342, 398]
    np.testing.assert_array_equal(d, d.T)
    assert shortest_tour(d) == 3323


def test_circle():
    for n in (5, 8):
        points, d = circle(n)
        np.testing.assert_allclose(d, np.linalg.norm(points[:, None] - points, axis=-1), atol=1e-15)
        assert shortest_tour(d) == pytest.approx(2 * n * np.sin(np.pi / n), rel=1e-14)
        assert tour_length(d, np.arange(n)) == pytest.approx(2 * n * np.sin(np.pi / n), rel=1e-14)


def test_an_annealed_tour():
    d = burma14().distances
    found = anneal(
        lambda tour: tour_length(d, tour), two_opt, np.arange(14), geometric(1000.0, 20.0, 20_000), rng=1
    )
    assert found.best_energy == 3323 == tour_length(d, found.best)


class Given(np.random.Generator):
    """A generator that draws what it is given."""

    def __init__(self, draw):
        super().__init__(np.random.PCG64(0))
        self.draw = draw

    def integers(self, n, size):
        assert len(self.draw) == size and max(self.draw) < n
        return np.array(self.draw)


def test_two_opt_is_symmetric():
    """All 24 tours of four cities, all 16 draws; and only two legs change, or none."""
    tours = list(itertools.permutations(range(4)))
    P = np.zeros((24, 24))
    for i, tour in enumerate(tours):
        for draw in itertools.product(range(4), repeat=2):
            P[i, tours.index(tuple(two_opt(tour, Given(draw)).tolist()))] += 1 / 16
    np.testing.assert_array_equal(P, P.T)
    np.testing.assert_allclose(P.sum(axis=1), 1)
    legs = lambda tour: {frozenset(leg) for leg in zip(tour, np.roll(tour, 1), strict=True)}  # noqa: E731
    start = np.arange(9)
    for draw in itertools.product(range(9), repeat=2):
        assert len(legs(start) - legs(two_opt(start, Given(draw)))) in (0, 2)
    assert start.tolist() == list(range(9))


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        ((1, 7), [0, 7, 6, 5, 4, 3, 2, 1, 8]),
        ((7, 1), [0, 7, 6, 5, 4, 3, 2, 1, 8]),
        ((0, 8), [8, 7, 6, 5, 4, 3, 2, 1, 0]),
        ((2, 3), [0, 1, 3, 2, 4, 5, 6, 7, 8]),
        ((5, 5), [0, 1, 2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_two_opt_reverses_the_whole_stretch(draw, expected):
    assert two_opt(np.arange(9), Given(draw)).tolist() == expected
    named = 10 + np.arange(9)[::-1]
    assert two_opt(named, Given(draw)).tolist() == named[expected].tolist()


def test_any_seed_will_do():
    """A seed, a generator made of it, or none."""
    assert two_opt(range(30), 7).tolist() == two_opt(range(30), np.random.default_rng(7)).tolist()
    assert sorted(two_opt(range(30), None).tolist()) == list(range(30))


def test_distances_just_symmetric_and_just_not():
    """1e-12 of the longest distance is where rounding ends."""
    d = circle(5).distances
    longest = d.max()
    for off, passes in [(0.9e-12, True), (1.1e-12, False)]:
        uneven = d.copy()
        uneven[3, 1] += off * longest
        if passes:
            assert tour_length(uneven, range(5)) == pytest.approx(10 * np.sin(np.pi / 5))
        else:
            with pytest.raises(ValueError, match=r"must be symmetric, got .* from city 1 to 3, .* back"):
                tour_length(uneven, range(5))
    assert tour_length(np.zeros((3, 3)), [2, 0, 1]) == 0  # cities may coincide


def test_bars_and_stripes():
    """Those of all pictures whose rows, or whose columns, are each of one colour."""
    for n in (1, 2, 3, 4):
        pictures = (spin_states(n * n).reshape(-1, n, n) + 1) // 2
        rows, columns = (np.all(pictures == pictures.take([0], axis), axis=(1, 2)) for axis in (2, 1))
        expected = {picture.tobytes() for picture in pictures[rows | columns]}
        found = bars_and_stripes(n)
        assert found.shape == (2 ** (n + 1) - 2, n * n) and found.dtype == np.int64
        assert {picture.astype(np.int8).tobytes() for picture in found} == expected
        assert len(expected) == len(found)


def test_anscombe():
    """What Anscombe says of all four: y = 3 + x/2, and the sums of squares along it and about it."""
    for which in (1, 2, 3, 4):
        x, y = anscombe(which)
        slope, intercept = np.polyfit(x, y, 1)
        rest = y - intercept - slope * x
        assert x.shape == y.shape == (11,)
        assert x.mean() == 9 and ((x - 9) ** 2).sum() == 110
        assert y.mean() == pytest.approx(7.5, abs=1e-3)
        assert (slope, intercept) == pytest.approx((0.5, 3.0), abs=3e-3)
        assert (rest**2).sum() == pytest.approx(13.75, abs=0.04)  # 13.742 to 13.776
        assert slope**2 * 110 == pytest.approx(27.5, abs=0.05)
    x, y = anscombe(2)
    assert np.abs(y - np.polyval(np.polyfit(x, y, 2), x)).max() < 0.003  # a parabola, rounded to .01
    x, y = anscombe(3)
    line = np.delete(np.arange(11), 2)
    assert np.abs(y - np.polyval(np.polyfit(x[line], y[line], 1), x))[line].max() < 0.01
    assert sorted(set(anscombe(4)[0])) == [8, 19]


# What is asked of every module (declared.py) ---------------------------------------------------------

CALLS = {
    "karate_club": lambda: karate_club(),
    "petersen": lambda: petersen(),
    "dodecahedron": lambda: dodecahedron(),
    "burma14": lambda: burma14(),
    "torus": lambda: torus(3, 4),
    "cut_size": lambda: cut_size([[0, 1]], [1, -1]),
    "max_cut_couplings": lambda: max_cut_couplings([[0, 1]], 2),
    "circle": lambda: circle(3),
    "tour_length": lambda: tour_length(np.ones((3, 3)) - np.eye(3), [0, 1, 2]),
    "two_opt": lambda rng=0: two_opt([0, 1, 2], rng),
    "bars_and_stripes": lambda: bars_and_stripes(2),
    "anscombe": lambda: anscombe(),
}
BAD = {
    "a narrow torus": (lambda: torus(2, 5), "rows must be an integer ≥ 3, got 2"),
    "a cut of zeros": (lambda: cut_size([[0, 1]], [0, 1]), r"±1, got \[0.0, 1.0\]"),
    "edges of floats": (lambda: cut_size([[0.0, 1.0]], [1, 1]), "got float64 of shape"),
    "triangles": (lambda: cut_size([[0, 1, 2]], [1, 1, 1]), r"\(1, 3\)"),
    "a vertex that is not there": (lambda: max_cut_couplings([[0, 3]], 3), r"0 … 2, got \[0, 3\]"),
    "a loop": (lambda: max_cut_couplings([[1, 1]], 3), r"got \[1, 1\]"),
    "an edge twice": (lambda: max_cut_couplings([[0, 1], [1, 0]], 3), "0–1 2 times"),
    "two cities": (lambda: circle(2), "n must be an integer ≥ 3, got 2"),
    "distances of a rectangle": (lambda: tour_length(np.ones((2, 3)), [0, 1]), r"\(2, 3\)"),
    "a city twice": (lambda: tour_length(np.ones((2, 2)), [0, 0]), r"0 … 1 once, got \[0, 0\]"),
    "distances with a NaN": (
        lambda: tour_length([[0, np.nan], [np.nan, 0]], [0, 1]),
        "distances must not contain NaN",
    ),
    "an infinite distance": (
        lambda: tour_length([[0, np.inf], [np.inf, 0]], [0, 1]),
        "distances must be finite",
    ),
    "a negative distance": (
        lambda: tour_length([[0, 1, 2], [1, 0, -3], [2, -3, 0]], [0, 1, 2]),
        "must not be negative, got -3.0 from city 1 to 2",
    ),
    "a distance longer back": (
        lambda: tour_length([[0, 1, 2], [1, 0, 3], [2.5, 3, 0]], [0, 1, 2]),
        "must be symmetric, got 2.0 from city 0 to 2, 2.5 back",
    ),
    "distances of no city": (lambda: tour_length(np.zeros((0, 0)), []), "integers, got float64"),
    "a tour of floats": (lambda: tour_length(np.ones((2, 2)), [0.0, 1.0]), "tour must be integers"),
    "a tour of names": (
        lambda: tour_length(np.ones((2, 2)), ["a", "b"]),
        "tour must be an array of",
    ),
    "floats to reverse": (lambda: two_opt([0.0, 1.0], 1), "tour must be integers, got float64"),
    "tours to reverse": (lambda: two_opt([[0, 1]], 1), r"n ≥ 1, got \(1, 2\)"),
    "edges that are hidden": (
        lambda: cut_size(np.ma.masked_equal([[0, 1]], 1), [1, -1]),
        "edges must not be masked",
    ),
    "sides that are words": (lambda: cut_size([[0, 1]], ["a", "b"]), "s must be an array of real"),
    "a picture without pixels": (lambda: bars_and_stripes(0), "n must be an integer from 1 to 16, got 0"),
    "a fifth set": (lambda: anscombe(5), "which must be an integer from 1 to 4, got 5"),
    "no tour": (lambda: two_opt([], np.random.default_rng(0)), r"integers, got .* \(0,\)"),
}
LIMITS = [
    (lambda n: torus(n, 3), 3, 2),
    (lambda n: torus(3, n), 3, 2),
    (circle, 3, 2),
    (bars_and_stripes, 1, 0),
    (anscombe, 4, 5),
    (lambda n: max_cut_couplings([[0, 4]], n), 5, 4),
    (lambda d: tour_length([[0.0, d], [d, 0.0]], [0, 1]), 0.0, -1e-300),
]
FAULTS = [
    Fault(
        "pictures of one colour twice",
        "[rows, columns[1:-1]]",
        "[rows, columns]",
        "test_bars_and_stripes",
    ),
    Fault("two figures of a point exchanged", "3.10, 9.13, 7.26", "3.10, 7.26, 9.13", "test_anscombe"),
    Fault("couplings that hold a cut together", "np.subtract.at(J,", "np.add.at(J,", "test_couplings"),
    Fault(
        "minutes taken for hundredths of a degree",
        "5 * (points - degrees) / 3",
        "(points - degrees)",
        "test_burma14",
    ),
    Fault(
        "a tour that does not return",
        "d[order, np.roll(order, -1)]",
        "d[order[:-1], order[1:]]",
        "test_circle",
    ),
    Fault(
        "a proposal with a favourite end",
        "new[i : j + 1] = new[i : j + 1][::-1].copy()",
        "new[i : j + 1] = np.roll(new[i : j + 1], 1)",
        "test_two_opt_is_symmetric",
    ),
    Fault(
        "a stretch of four cities at most",
        "i, j = sorted(_validate.generator(rng).integers(new.size, size=2).tolist())",
        "i, j = sorted(_validate.generator(rng).integers(new.size, size=2).tolist())\n    j = min(j, i + 3)",
        "test_two_opt_reverses_the_whole_stretch",
    ),
]
