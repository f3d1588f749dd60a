r"""Small problems with a published or provable optimum, to try a search on.

Serves ``chapters/annealing.md``; with `bars_and_stripes`, the pages on Boltzmann machines, and with
`anscombe`, those on free energy.

==========  ==============  ==================================================================
symbol      argument        meaning
==========  ==============  ==================================================================
(u, v)      ``edges``       edges of a graph, integers of shape (m, 2), each once, u < v
s_i         ``s``           ±1: the side of the cut on which vertex i lies
J_ij        —               −1 for every edge, so that E = −½ sᵀJs = m − 2 cut
d_ij        ``distances``   distances between cities, symmetric, shape (n, n)
—           ``tour``        the cities 0 … n − 1 in an order; from the last one it returns to the first
==========  ==============  ==================================================================

The optima, and how they are known: `petersen` cuts at most 12 of 15 edges and `dodecahedron` 24 of 30
(enumeration); `karate_club` 61 of 78 (enumeration, with five hubs held); a `torus` all of them where both
sides are even, and if one is odd all but one in each of its lines (25×120: 5880 of 6000); the shortest tour
of `burma14` is 3323 (published, and exact by dynamic programming), that of `circle` 2n sin(π/n), its polygon.
No model gives `bars_and_stripes` a mean log-likelihood above −ln(2^(n+1) − 2).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermolib import _validate
from thermolib._types import Floats, Ints, Seed

_KARATE = {
    0: [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 17, 19, 21, 31],
    1: [2, 3, 7, 13, 17, 19, 21, 30],
    2: [3, 7, 8, 9, 13, 27, 28, 32],
    3: [7, 12, 13],
    4: [6, 10],
    5: [6, 10, 16],
    6: [16],
    8: [30, 32, 33],
    9: [33],
    13: [33],
    14: [32, 33],
    15: [32, 33],
    18: [32, 33],
    19: [33],
    20: [32, 33],
    22: [32, 33],
    23: [25, 27, 29, 32, 33],
    24: [25, 27, 31],
    25: [31],
    26: [29, 33],
    27: [33],
    28: [31, 33],
    29: [32, 33],
    30: [32, 33],
    31: [32, 33],
    32: [33],
}
_BURMA = [
    (16.47, 96.10), (16.47, 94.44), (20.09, 92.54), (22.39, 93.37), (25.23, 97.24), (22.00, 96.05),
    (20.47, 97.02), (17.20, 96.29), (16.30, 97.38), (14.05, 98.12), (16.53, 97.38), (21.52, 95.59),
    (19.41, 97.13), (20.09, 94.55),
]  # fmt: skip

_ANSCOMBE_X = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
_ANSCOMBE_Y = [
    [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68],
    [9.14, 8.14, 8.74, 8.77, 9.26, 8.10, 6.13, 3.10, 9.13, 7.26, 4.74],
    [7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73],
    [6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.50, 5.56, 7.91, 6.89],
]


class Cities(NamedTuple):
    """A travelling salesman's problem: ``points`` (n, 2), to draw, and ``distances`` (n, n)."""

    points: Floats
    distances: NDArray


# Graphs, to be cut -----------------------------------------------------------------------------------


def karate_club() -> Ints:
    """Friendships in a karate club of 34, which later split in two. The largest cut is 61 of 78.

    Returns
    -------
    ndarray of int, shape (78, 2)

    References
    ----------
    Zachary, Journal of Anthropological Research 33, 452 (1977).

    Examples
    --------
    >>> karate_club().shape
    (78, 2)
    """
    return np.array([(u, v) for u, friends in _KARATE.items() for v in friends])


def petersen() -> Ints:
    """Petersen's graph, 10 vertices of degree 3: a pentagon and a pentagram. The largest cut is 12 of 15.

    Returns
    -------
    ndarray of int, shape (15, 2)

    References
    ----------
    Petersen, L'Intermédiaire des Mathématiciens 5, 225 (1898).

    Examples
    --------
    >>> petersen()[:3].tolist()
    [[0, 1], [0, 4], [0, 5]]
    """
    return _two_rings(5)


def dodecahedron() -> Ints:
    """The edges of a dodecahedron, 20 vertices of degree 3. The largest cut is 24 of 30.

    Returns
    -------
    ndarray of int, shape (30, 2)

    References
    ----------
    By definition.

    Examples
    --------
    >>> len(dodecahedron())
    30
    """
    return _two_rings(10)


def torus(rows: int, cols: int) -> Ints:
    """A square lattice with its sides wrapped around; vertex (i, j) has the number i·cols + j.

    Parameters
    ----------
    rows, cols : int
        Sides, at least 3, so that no two vertices are joined twice.

    Returns
    -------
    ndarray of int, shape (2 * rows * cols, 2)

    Raises
    ------
    ValueError
        For a side below 3.

    References
    ----------
    By definition.

    Examples
    --------
    >>> torus(25, 120).shape
    (6000, 2)
    """
    sites = np.arange(_validate.whole("rows", rows, 3) * _validate.whole("cols", cols, 3)).reshape(rows, cols)
    return _sorted([(sites, np.roll(sites, -1, axis=axis)) for axis in (1, 0)])


def cut_size(edges: ArrayLike, s: ArrayLike) -> Ints:
    """Number of edges whose ends lie on different sides.

    Parameters
    ----------
    edges : array_like, shape (m, 2)
        Pairs of vertices.
    s : array_like, shape (..., n)
        ±1, the side of each vertex.

    Returns
    -------
    ndarray of int, ``s.shape[:-1]``; a scalar for a single cut

    Raises
    ------
    ValueError
        For edges of another shape, vertices that are not there, or values other than ±1.

    References
    ----------
    By definition.

    Examples
    --------
    >>> int(cut_size([[0, 1], [1, 2], [0, 2]], [1, 1, -1]))
    2
    """
    s = _validate.numbers("s", s)
    if s.ndim == 0 or not np.all(np.abs(s) == 1):
        raise ValueError(f"s must be an array of ±1, got {s.tolist() if s.size <= 8 else s.shape}")
    u, v = _edges(edges, s.shape[-1]).T
    return (s[..., u] != s[..., v]).sum(axis=-1)


def max_cut_couplings(edges: ArrayLike, n: int) -> Floats:
    """Couplings J = −(adjacency), whose ground states are the largest cuts: E = −½ sᵀJs = m − 2 cut.

    Parameters
    ----------
    edges : array_like, shape (m, 2)
        Pairs of vertices, each pair once.
    n : int
        Number of vertices.

    Returns
    -------
    ndarray, shape (n, n)

    Raises
    ------
    ValueError
        For edges of another shape, twice the same, or between vertices that are not there.

    References
    ----------
    Barahona, Grötschel, Jünger, Reinelt, Operations Research 36, 493 (1988).

    Examples
    --------
    >>> J, s = max_cut_couplings([[0, 1], [1, 2], [0, 2]], 3), np.array([1, 1, -1])
    >>> float(-s @ J @ s / 2), int(3 - 2 * cut_size([[0, 1], [1, 2], [0, 2]], s))
    (-1.0, -1)
    """
    J = np.zeros((_validate.whole("n", n, 1),) * 2)
    u, v = _edges(edges, n).T
    np.subtract.at(J, (np.concatenate([u, v]), np.concatenate([v, u])), 1.0)
    if np.any(J < -1):
        i, j = np.argwhere(J < -1)[0]
        raise ValueError(f"each edge must come once, got {i}–{j} {-J[i, j]:.0f} times")
    return J


# Cities, to be visited -------------------------------------------------------------------------------


def burma14() -> Cities:
    r"""Fourteen cities in Burma, of TSPLIB. The shortest tour is 3323 km.

    The distances follow TSPLIB's rule GEO to the letter: coordinates are degrees.minutes, π is 3.141592, the
    Earth's radius 6378.388 km, and d_ij = ⌊radius · angle + 1⌋.

    Returns
    -------
    Cities
        ``points`` (14, 2), latitude and longitude as published, in degrees.minutes; ``distances`` (14, 14),
        whole numbers of kilometres.

    References
    ----------
    Reinelt, ORSA Journal on Computing 3, 376 (1991).

    Examples
    --------
    >>> tour_length(burma14().distances, [0, 1, 13, 2, 3, 4, 5, 11, 6, 12, 7, 10, 8, 9])
    3323.0
    """
    points = np.array(_BURMA)
    degrees = np.trunc(points)
    latitude, longitude = (3.141592 * (degrees + 5 * (points - degrees) / 3) / 180).T
    q1 = np.cos(longitude[:, None] - longitude)
    q2 = np.cos(latitude[:, None] - latitude)
    q3 = np.cos(latitude[:, None] + latitude)
    cosine = np.minimum(((1 + q1) * q2 - (1 - q1) * q3) / 2, 1)  # rounding takes it above 1 on the diagonal
    distances = (6378.388 * np.arccos(cosine) + 1).astype(np.int64)
    np.fill_diagonal(distances, 0)
    return Cities(points, distances)


def circle(n: int) -> Cities:
    """Cities at equal distances on the unit circle. The shortest tour is the polygon, 2n sin(π/n).

    Parameters
    ----------
    n : int
        Number of cities, at least 3.

    Returns
    -------
    Cities
        In order around the circle, so that the tour 0 … n − 1 is the shortest.

    Raises
    ------
    ValueError
        For n < 3.

    References
    ----------
    By definition.

    Examples
    --------
    >>> round(tour_length(circle(6).distances, range(6)), 12)
    6.0
    """
    angle = 2 * np.pi * np.arange(_validate.whole("n", n, 3)) / n
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return Cities(points, 2 * np.abs(np.sin((angle[:, None] - angle) / 2)))  # a chord


def tour_length(distances: ArrayLike, tour: ArrayLike) -> float:
    """Length of a tour that visits every city once and returns.

    Parameters
    ----------
    distances : array_like, shape (n, n)
        Distances between cities, not negative, and symmetric up to rounding (1e-12 of the longest).
    tour : array_like of int, shape (n,)
        The cities 0 … n − 1 in any order.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        For distances that are not a square matrix, not finite, negative or not symmetric; for a tour that
        leaves a city out, or is not of integers.

    References
    ----------
    By definition.

    Examples
    --------
    >>> tour_length([[0, 1, 2], [1, 0, 3], [2, 3, 0]], [0, 2, 1])
    6.0
    """
    d, order = _validate.finite("distances", distances), _integers("tour", tour)
    if d.ndim != 2 or len(d) != d.shape[1] or len(d) == 0:
        raise ValueError(f"distances must be a square matrix, got shape {d.shape}")
    if d.min() < 0:
        i, j = np.argwhere(d < 0)[0]
        raise ValueError(f"distances must not be negative, got {d[i, j]} from city {i} to {j}")
    if np.any(uneven := np.abs(d - d.T) > 1e-12 * d.max()):
        i, j = np.argwhere(uneven)[0]
        raise ValueError(f"distances must be symmetric, got {d[i, j]} from city {i} to {j}, {d[j, i]} back")
    if order.shape != (len(d),) or not np.array_equal(np.sort(order), np.arange(order.size)):
        raise ValueError(f"tour must visit each of the cities 0 … {len(d) - 1} once, got {order.tolist()}")
    return float(d[order, np.roll(order, -1)].sum())


def two_opt(tour: ArrayLike, rng: Seed) -> Ints:
    """Propose another tour: a random stretch of it reversed, so that two of its legs change.

    Symmetric: the same stretch, drawn with the same probability, leads back.

    Parameters
    ----------
    tour : array_like of int, shape (n,)
        A tour. Not changed.
    rng : int, Generator or None
        Where chance comes from; a seed draws the same stretch each time.

    Returns
    -------
    ndarray of int, shape (n,)

    Raises
    ------
    ValueError
        For a tour that is not one-dimensional, empty, or not of integers, or another `rng`.

    References
    ----------
    Croes, Operations Research 6, 791 (1958).

    Examples
    --------
    >>> two_opt([0, 1, 2, 3, 4, 5], np.random.default_rng(1))
    array([0, 1, 3, 2, 4, 5])
    """
    new = _integers("tour", tour)
    if new.ndim != 1 or new.size == 0:
        raise ValueError(f"tour must have shape (n,) with n ≥ 1, got {new.shape}")
    i, j = sorted(_validate.generator(rng).integers(new.size, size=2).tolist())
    new[i : j + 1] = new[i : j + 1][::-1].copy()
    return new


def bars_and_stripes(n: int) -> Ints:
    """All pictures of n × n pixels whose rows are each of one colour, or whose columns are: 2^(n+1) − 2.

    The two pictures of one colour, which are both, stand there once. A model that gives each of them the same
    probability has the mean log-likelihood −ln(2^(n+1) − 2), and none has more.

    Parameters
    ----------
    n : int
        Side, 1 ≤ n ≤ 16.

    Returns
    -------
    ndarray of int, shape (2**(n + 1) - 2, n * n)
        Pixels 0 and 1, row after row; each picture once. First those of whole rows, from all 0 to all 1.

    Raises
    ------
    ValueError
        For n out of range.

    References
    ----------
    MacKay, *Information Theory, Inference, and Learning Algorithms* (2003), section 43.3.

    Examples
    --------
    >>> bars_and_stripes(2)
    array([[0, 0, 0, 0],
           [1, 1, 0, 0],
           [0, 0, 1, 1],
           [1, 1, 1, 1],
           [1, 0, 1, 0],
           [0, 1, 0, 1]])
    """
    n = _validate.whole("n", n, 1, 16)
    lines = np.arange(2**n)[:, None] >> np.arange(n) & 1
    rows, columns = np.repeat(lines, n, axis=1), np.tile(lines, n)
    return np.concatenate([rows, columns[1:-1]])


# Points, to be fitted --------------------------------------------------------------------------------


def anscombe(which: int = 1) -> tuple[Floats, Floats]:
    """Eleven points (x, y), one set of Anscombe's four, to all of which least squares fit one straight line.

    In each the mean of x is 9, its variance 11, and the line is y = 3 + x/2, to two digits. About it the
    first scatters; the second is a parabola; the third a line with one point off it; in the fourth a single
    point decides the slope.

    Parameters
    ----------
    which : {1, 2, 3, 4}
        The set.

    Returns
    -------
    x, y : ndarray, shape (11,)

    Raises
    ------
    ValueError
        For another set.

    References
    ----------
    Anscombe, The American Statistician 27, 17 (1973), table.

    Examples
    --------
    >>> [np.polyfit(*anscombe(k), 1).round(2).tolist() for k in (1, 2, 3, 4)]
    [[0.5, 3.0], [0.5, 3.0], [0.5, 3.0], [0.5, 3.0]]
    """
    k = _validate.whole("which", which, 1, 4)
    x = [8] * 7 + [19] + [8] * 3 if k == 4 else _ANSCOMBE_X
    return np.array(x, dtype=float), np.array(_ANSCOMBE_Y[k - 1])


def _two_rings(n: int) -> Ints:
    """Vertices i on an outer ring, i to i + 1, each joined to n + i on an inner one, i to i + 2."""
    i = np.arange(n)
    return _sorted([(i, (i + 1) % n), (i, n + i), (n + i, n + (i + 2) % n)])


def _sorted(pairs: list[tuple[Ints, Ints]]) -> Ints:
    edges = np.concatenate([np.stack([u.ravel(), v.ravel()], axis=1) for u, v in pairs])
    edges = np.sort(edges, axis=1)
    return edges[np.lexsort(edges.T[::-1])]


def _integers(name: str, x: ArrayLike) -> Ints:
    """Return `x` as a fresh array of integers."""
    if not (type(x) is np.ndarray and x.dtype.kind in "iu"):  # a search proposes such tours by the thousand
        _validate.numbers(name, x)
    array = np.array(x)
    if array.dtype.kind not in "iu":
        raise ValueError(f"{name} must be integers, got {array.dtype} of shape {array.shape}")
    return array.astype(np.int64, copy=False)


def _edges(edges: ArrayLike, n: int) -> Ints:
    pairs = _integers("edges", edges)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise ValueError(f"edges must have shape (m, 2), got {pairs.shape}")
    wrong = ((pairs < 0) | (pairs >= n)).any(axis=1) | (pairs[:, 0] == pairs[:, 1])
    if np.any(wrong):
        raise ValueError(f"an edge must join two of the vertices 0 … {n - 1}, got {pairs[wrong][0].tolist()}")
    return pairs
