"""One function run over temperatures, sizes and seeds: here, on all cores, or on many machines.

Serves ``chapters/sampling.md``. Points of a phase diagram do not wait for one another, so where they are
computed is left to a `concurrent.futures.Executor`: threads, processes, or the workers of a Dask cluster. A
*sweep* of the lattice is something else: see `thermolib.sampling`.

=========  ============  ============================================================================
symbol     argument      meaning
=========  ============  ============================================================================
T, L, …    ``axes``      what the function depends on, each with the values that it takes
R          ``seeds``     runs at each point, independent of one another
=========  ============  ============================================================================
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import Executor, Future, as_completed
from contextlib import closing, contextmanager
from functools import partial
from itertools import product
from reprlib import repr as shortened
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermolib import _validate
from thermolib._types import Seed

Point = dict[str, Any]
Result = tuple[int, NDArray[Any]]  # number of the point, and what came of it


class Scan(NamedTuple):
    """What a scan returns: the axes by their names, in order, and an array with these axes first.

    ``axes`` holds the values along each axis, the last of them ``"seed"``: 0, 1, …, R − 1. ``values`` has
    shape (values of the first axis, …, R, …), where what the function returned fills the axes that follow.
    """

    axes: dict[str, NDArray[Any]]
    values: NDArray[Any]


def scan(
    function: Callable[..., ArrayLike],
    axes: Mapping[str, ArrayLike],
    *,
    seeds: int = 1,
    rng: Seed = None,
    executor: Executor | None = None,
    progress: bool = False,
) -> Scan:
    """Call a function at every point of a grid, with several seeds at each.

    Each call has a generator of its own, spawned from `rng` by its place along each axis. So the numbers
    depend neither on the executor, nor on the order in which calls end, nor on a call that has to be repeated
    because its machine was lost; and further values at the end of an axis, or further seeds, change none of
    those that were there.

    Parameters
    ----------
    function : callable
        ``function(**point, rng=generator)``, as ``function(T=2.0, L=16, rng=…)``, returns a number or an
        array, of one shape at all points. All its chance must come from the generator. Processes must be
        able to import it: then it stands in a module, and not in a notebook. Dask sends it as it is.
    axes : mapping of names to 1-D array_like
        The function's arguments, each with the values to run through; the first varies slowest.
    seeds : int, optional
        Runs at each point, at least 1.
    rng : int, Generator or None, optional
        Seed of all seeds.
    executor : concurrent.futures.Executor, optional
        Where the calls are made: ``ThreadPoolExecutor()``, ``ProcessPoolExecutor()``, or
        ``Client(…).get_executor()`` of Dask. By default they are made here, one after the other.
    progress : bool, optional
        Show a progress bar.

    Returns
    -------
    Scan
        The axes and an array of all results.

    Raises
    ------
    ValueError
        For no axis, an axis that is empty, not 1-D, partly text, or called "rng" or "seed", seeds < 1,
        something else than an executor, or results that are no numbers or not of one shape.
    Exception
        Whatever a call raises, with a note that names the point. Calls that have not begun are cancelled. The
        error's attribute ``computed`` lists what had come until then, pairs of a point and its result. (A
        function that catches its own errors, and returns nan, lets the others go on.)

    References
    ----------
    Salmon, Moraes, Dror, Shaw, SC11 (2011), doi:10.1145/2063384.2063405, on random streams for many workers;
    they are spawned here by ``numpy.random.SeedSequence``.

    Examples
    --------
    The energy per spin of small lattices:

    >>> from thermolib.sampling import heat_bath
    >>> def energy(T, L, rng):
    ...     return heat_bath(L, T, 200, warm_up=50, rng=rng).energy.mean() / L**2
    >>> found = scan(energy, {"L": [4, 8], "T": [1.0, 2.0, 3.0]}, seeds=5, rng=1)
    >>> list(found.axes), found.values.shape
    (['L', 'T', 'seed'], (2, 3, 5))
    >>> found.values.mean(axis=-1).round(1)
    array([[-2. , -1.8, -1. ],
           [-2. , -1.8, -0.8]])

    The same numbers from four threads:

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(4) as pool:
    ...     again = scan(energy, {"L": [4, 8], "T": [1.0, 2.0, 3.0]}, seeds=5, rng=1, executor=pool)
    >>> bool(np.all(again.values == found.values))
    True
    """
    from tqdm import tqdm

    if not callable(function):
        raise ValueError(f"function must be callable, got {shortened(function)}")
    if not (executor is None or isinstance(executor, Executor)):
        raise ValueError(f"executor must be a concurrent.futures.Executor or None, got {shortened(executor)}")
    grid = _grid(axes) | {"seed": np.arange(_validate.whole("seeds", seeds, 1))}
    points = [dict(zip(grid, one, strict=True)) for one in product(*(v.tolist() for v in grid.values()))]
    entropy = _validate.generator(rng).integers(2**32, size=4).tolist()
    places = np.ndindex(*map(len, grid.values()))
    chances = [np.random.SeedSequence(entropy, spawn_key=place) for place in places]
    calls = (_here if executor is None else partial(_elsewhere, executor))(function, points, chances)
    results: dict[int, NDArray[Any]] = {}
    try:
        with closing(calls):  # whatever stops this loop, no more is asked for
            for k, result in tqdm(calls, total=len(points), disable=not progress):
                results[k] = _numbers(result, next(iter(results.values()), result), points[k])
    except BaseException as error:  # an interrupt, too
        error.computed = [(points[k], results[k]) for k in sorted(results)]  # type: ignore[attr-defined]
        raise
    values = np.stack([results[k] for k in range(len(points))])
    return Scan(grid, values.reshape(*map(len, grid.values()), *values.shape[1:]))


def _grid(axes: Mapping[str, ArrayLike]) -> dict[str, NDArray[Any]]:
    """Return the axes as arrays."""
    if not isinstance(axes, Mapping) or not axes:
        raise ValueError(f"axes must be a mapping with at least one axis, got {shortened(axes)}")
    grid = {}
    for name, values in axes.items():
        if name in ("seed", "rng"):
            raise ValueError(f"axes must not be called 'seed' or 'rng', which scan adds itself, got {name!r}")
        try:
            grid[name] = np.array(values)
        except ValueError:
            raise ValueError(f"axis {name!r} must be 1-D, got {shortened(values)}") from None
        if grid[name].ndim != 1 or not grid[name].size:
            raise ValueError(f"axis {name!r} must be 1-D and not empty, got shape {grid[name].shape}")
        mixed = not all(isinstance(one, str) for one in np.array(values, dtype=object))
        if grid[name].dtype.kind == "U" and mixed:
            raise ValueError(f"axis {name!r} must not hold text beside numbers, got {shortened(values)}")
    return grid


def _call(function: Callable[..., ArrayLike], point: Point, chance: np.random.SeedSequence) -> NDArray[Any]:
    """Call the function at one point: what is sent to wherever it is computed."""
    arguments = {name: value for name, value in point.items() if name != "seed"}
    return np.asarray(function(**arguments, rng=np.random.default_rng(chance)))


def _here(function: Callable[..., ArrayLike], points: list[Point], chances: list[Any]) -> Generator[Result]:
    """Call the function at one point after the other."""
    for k, point in enumerate(points):
        with _named(point):
            yield k, _call(function, point, chances[k])


def _elsewhere(
    executor: Executor, function: Callable[..., ArrayLike], points: list[Point], chances: list[Any]
) -> Generator[Result]:
    """Hand all points to the executor, and yield results as they come; after a failure ask for no more."""
    asked: dict[Future[NDArray[Any]], int] = {}
    try:
        for k, point in enumerate(points):
            with _named(point):
                asked[executor.submit(_call, function, point, chances[k])] = k
        for future in as_completed(asked):
            with _named(points[asked[future]]):
                yield asked[future], future.result()
    finally:
        for future in asked:
            future.cancel()


@contextmanager
def _named(point: Point) -> Iterator[None]:
    """Add to whatever is raised at which point that was."""
    try:
        yield
    except Exception as error:
        error.add_note(f"scan: at {_written(point)}")
        raise


def _written(point: Point) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in point.items())


def _numbers(result: NDArray[Any], first: NDArray[Any], point: Point) -> NDArray[Any]:
    """Return a result that is made of numbers and has the shape of the first one that came."""
    if result.dtype.kind not in "biufc":
        raise ValueError(f"function must return numbers, got {shortened(result)} at {_written(point)}")
    if result.shape != first.shape:
        raise ValueError(
            "function must return results of one shape, got "
            f"{result.shape} at {_written(point)}, and {first.shape} before"
        )
    return result
