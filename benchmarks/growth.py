"""How the time of each kernel grows with the size of its work, beside how the algorithm's own steps grow.

``python benchmarks growth`` measures all, one size after the other, round by round, in a process of its own
whose threads are fixed. A time is that of one call, from Python and back, in CPU seconds. The exponent is the
slope of log time against log size over the upper sizes, where what a call costs at any size no longer counts.
"""

import multiprocessing
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

import numpy as np

import harness

ABOVE = 0.15  # an exponent this much above another, relative to the steps', is no larger
OVERHEAD = 4.0  # the fit begins where a call takes this many times as long as the smallest one


class Kernel(NamedTuple):
    """A kernel, and the size it grows with.

    ``prepare`` takes a size and returns a call, a function of a seed; ``expected`` is the exponent of the
    algorithm's own steps, and ``why`` says which they are. ``limit`` names another one that only reads and
    writes as much: what no longer fits a cache takes longer to reach, and that is no fault of the algorithm.
    """

    title: str
    size: str
    sizes: list[int]
    prepare: Callable[[int], Callable[[int], object]]
    expected: float
    why: str
    limit: str = ""


def lattice(name: str, sweeps: int) -> Callable[[int], Callable[[int], object]]:
    """Prepare a sampler at T_c, on a lattice that it has warmed up."""

    def prepare(L: int) -> Callable[[int], object]:
        from thermolib import ising, sampling

        start = sampling.swendsen_wang(L, ising.T_C, 1, warm_up=100, rng=0).spins
        return lambda seed: getattr(sampling, name)(start, ising.T_C, sweeps, rng=seed)

    return prepare


def look_ups(L: int) -> Callable[[int], object]:
    """Prepare what proposals at random sites read, one after another: four neighbours, five spins each."""
    import numba

    site = np.arange(L * L, dtype=np.uint32).reshape(L, L)
    steps = [(1, 0), (-1, 0), (1, 1), (-1, 1)]
    neighbours = np.stack([np.roll(site, *one).ravel() for one in steps], axis=-1)
    spins = np.random.default_rng(L).choice(np.array([-1, 1], np.int8), L * L)

    @numba.njit
    def read(spins: Any, neighbours: Any, number: int, state: int) -> int:
        n, total = np.uint64(len(spins)), 0
        z = np.uint64(state)
        for _ in range(number):
            z = z * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
            i = ((z >> np.uint64(32)) * n) >> np.uint64(32)
            total += spins[i]
            for k in range(4):
                total += spins[neighbours[i, k]]
            z ^= np.uint64(total & 1)  # as in a chain: where it goes on depends on what was there
        return total

    return lambda seed: read(spins, neighbours, 100 * L * L, seed)


def whole_arrays(chains: int) -> Callable[[int], object]:
    """Prepare what NumPy's simplest lines do with 64 numbers a chain, a hundred times: add, and compare."""
    x, out = np.random.default_rng(0).random((chains, 64)), np.empty((chains, 64), bool)

    def run(seed: int) -> None:
        for _ in range(100):
            np.less(x + 0.1, x, out=out)

    return run


def three_regular(n: int) -> Callable[[int], object]:
    """Prepare an annealing run on a ring with a random chord from each spin, couplings ±1."""
    from scipy.sparse import coo_array
    from thermolib.annealing import anneal_ising, geometric

    rng = np.random.default_rng(n)
    i = np.concatenate([np.arange(n), (order := rng.permutation(n))[: n // 2]])
    j = np.concatenate([(np.arange(n) + 1) % n, order[n // 2 :]])
    J = coo_array((rng.choice([-1.0, 1.0], len(i)), (i, j)), shape=(n, n)).tocsr()
    return lambda seed: anneal_ising(J + J.T, 0.0, geometric(3.0, 0.2, 100), rng=seed)


def all_to_all(n: int) -> Callable[[int], object]:
    """Prepare an annealing run of a glass in which each spin is coupled to all others."""
    from thermolib.annealing import anneal_ising, geometric

    J = np.triu(np.random.default_rng(n).normal(size=(n, n)) / np.sqrt(n), 1)
    J += J.T
    return lambda seed: anneal_ising(J, 0.0, geometric(3.0, 0.1, 100), rng=seed)


def machine(visible: int, hidden: int) -> Any:
    """Return a Boltzmann machine with weak random couplings."""
    from thermolib.rbm import RBM

    W = np.random.default_rng(visible).normal(scale=0.5 / np.sqrt(visible), size=(visible, hidden))
    return RBM(W, np.zeros(visible), np.zeros(hidden))


def gibbs_units(n: int) -> Callable[[int], object]:
    """Prepare ten block Gibbs steps of 100 chains, n visible and n hidden units."""
    rbm, v = machine(n, n), np.zeros((100, n))
    return lambda seed: rbm.gibbs(v, 10, rng=seed)


def gibbs_chains(chains: int) -> Callable[[int], object]:
    """Prepare ten block Gibbs steps, 64 visible and 16 hidden units."""
    rbm, v = machine(64, 16), np.zeros((chains, 64))
    return lambda seed: rbm.gibbs(v, 10, rng=seed)


def ais_chains(chains: int) -> Callable[[int], object]:
    """Prepare annealed importance sampling at 100 temperatures, 64 visible and 16 hidden units."""
    from thermolib.rbm import ais

    rbm, betas = machine(64, 16), np.linspace(0, 1, 100)
    return lambda seed: ais(rbm, betas=betas, chains=chains, rng=seed)


def hmc(shape: Callable[[int], tuple[int, int]]) -> Callable[[int], Callable[[int], object]]:
    """Prepare ten proposals of ten leapfrogs on a Gaussian."""

    def prepare(n: int) -> Callable[[int], object]:
        import torch
        from thermolib.bnn import hmc

        w0 = torch.zeros(*shape(n), dtype=torch.float64)

        def run(seed: int) -> object:
            generator = torch.Generator().manual_seed(seed)
            return hmc(lambda w: -(w**2).sum() / 2, w0, 0.1, 10, generator=generator)

        return run

    return prepare


def ten_states(samples: int) -> Callable[[int], object]:
    """Prepare MBAR on ten harmonic states, with so many samples of each."""
    from thermolib.free_energy import mbar

    rng = np.random.default_rng(0)
    centre, stiffness = np.linspace(0, 3, 10)[:, None], np.linspace(1, 3, 10)[:, None]
    x = (centre + rng.normal(size=(10, samples)) / np.sqrt(stiffness)).ravel()
    u_kn = stiffness * (x - centre) ** 2 / 2
    return lambda seed: mbar(u_kn, np.full(10, samples))


SPINS, WHOLE = [16, 32, 64, 128, 256, 512], "one proposal for each of the L² spins"
CHAINS, EACH = [10, 100, 1000, 3000, 10_000, 30_000], "each chain as much"
UNITS = [16, 32, 64, 128, 256, 512, 1024, 2048]
KERNELS = {
    "look-ups": Kernel("random look-ups alone", "L", SPINS, look_ups, 2, "as many as metropolis has"),
    "metropolis": Kernel("metropolis", "L", SPINS, lattice("metropolis", 100), 2, WHOLE, "look-ups"),
    "heat_bath": Kernel("heat_bath", "L", SPINS, lattice("heat_bath", 100), 2, WHOLE, "look-ups"),
    "swendsen_wang": Kernel(
        "swendsen_wang", "L", SPINS, lattice("swendsen_wang", 30), 2, "each of the 2L² bonds", "look-ups"
    ),
    "wolff": Kernel(
        "wolff, a cluster at T_c", "L", SPINS, lattice("wolff", 1000), 1.75, "its L^(7/4) spins", "look-ups"
    ),
    "anneal_ising, sparse": Kernel(
        "anneal_ising, 3-regular",
        "N",
        [256, 1024, 4096, 16_384, 65_536],
        three_regular,
        1,
        "three neighbours a spin",
        "look-ups",
    ),
    "anneal_ising, dense": Kernel(
        "anneal_ising, all to all",
        "N",
        [32, 64, 128, 256, 512, 1024],
        all_to_all,
        2,
        "N − 1 neighbours a spin",
        "whole arrays",
    ),
    "gibbs, units": Kernel(
        "RBM.gibbs, n × n units", "n", UNITS, gibbs_units, 2, "n² couplings", "whole arrays"
    ),
    "hmc, dimension": Kernel(
        "hmc", "dimension", CHAINS, hmc(lambda n: (100, n)), 1, "the gradient's entries", "whole arrays"
    ),
    "whole arrays": Kernel("sums of arrays alone", "chains", CHAINS, whole_arrays, 1, EACH),
    "gibbs, chains": Kernel("RBM.gibbs", "chains", CHAINS, gibbs_chains, 1, EACH, "whole arrays"),
    "ais": Kernel("ais", "chains", [20, *CHAINS[1:-1]], ais_chains, 1, EACH, "whole arrays"),
    "hmc, chains": Kernel("hmc", "chains", CHAINS, hmc(lambda n: (n, 100)), 1, EACH, "whole arrays"),
    "mbar": Kernel(
        "mbar, ten states",
        "samples",
        [100, 1000, 10_000, 50_000],
        ten_states,
        1,
        "each energy once in a round",
        "whole arrays",
    ),
}


def timed(name: str, rounds: int) -> list[list[float]]:
    """Return the CPU seconds of calls of kernel `name`, a row for each size; the first call is not timed."""
    kernel = KERNELS[name]
    calls = [kernel.prepare(size) for size in kernel.sizes]
    spent: list[list[float]] = [[] for _ in calls]
    for seed in range(rounds + 1):
        for row, call in zip(spent, calls, strict=True):
            with harness.Clock() as clock:
                call(seed)
            if seed:
                row.append(clock.cpu)
    return spent


def fitted(sizes: list[int], spent: list[list[float]]) -> tuple[float, float]:
    """Return the exponent and its error: the slope over the upper sizes, at least three of them.

    The slope is that of the medians; its error is the scatter of the slopes of single rounds, over √rounds.
    """
    rows = np.asarray(spent, float)
    median = np.median(rows, axis=1)
    first = min(int(np.argmax(median >= OVERHEAD * median[0])), len(sizes) - 3)
    x = np.log(np.asarray(sizes[first:], float))

    def slope(y: np.ndarray) -> float:
        return float(np.polyfit(x, np.log(y), 1)[0])

    scatter = np.std([slope(column) for column in rows[first:].T], ddof=1)
    return slope(median[first:]), float(scatter / np.sqrt(rows.shape[1]))


def verdict(exponent: float, expected: float, limit: float | None) -> str:
    """Compare an exponent with that of the steps, and with the ratio of these two that memory alone has."""
    if exponent / expected <= 1 + ABOVE:
        return "as the steps"
    return "as memory" if limit is not None and exponent / expected <= limit + ABOVE else "more"


def measure(repetitions: int | None = None) -> dict[str, Any]:
    """Measure all kernels, and return what goes into the results."""
    found: dict[str, Any] = {}
    for name, kernel in KERNELS.items():
        with (
            tempfile.TemporaryDirectory() as folder,
            harness.environment(1, folder),
            ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool,
        ):
            spent = pool.submit(timed, name, repetitions or 5).result()
        exponent = fitted(kernel.sizes, spent)
        print(f"  {kernel.title}, {kernel.size}: {exponent[0]:.2f} ± {exponent[1]:.2f}", flush=True)
        found[name] = {
            "place": len(found),
            "title": kernel.title,
            "size": kernel.size,
            "sizes": kernel.sizes,
            "seconds": [harness.quartiles(row) for row in spent],
            "exponent": exponent,
            "expected": kernel.expected,
            "why": kernel.why,
        }
    for name, kernel in KERNELS.items():
        limit = found.get(kernel.limit)
        above = limit and limit["exponent"][0] / limit["expected"]
        judged = verdict(found[name]["exponent"][0], kernel.expected, above)
        is_limit = any(one.limit == name for one in KERNELS.values())
        found[name]["verdict"] = "the limit" if is_limit else judged
    return {"kernels": found, "repetitions": repetitions or 5, "threads": 1, **harness.about_now()}
