"""How the time of each kernel grows with the size of its work, beside how the algorithm's own steps grow.

``python benchmarks growth`` measures all, one size after the other, round by round, in a process of its own
whose threads are fixed. A time is that of one call, from Python and back, in CPU seconds. The exponent is the
slope of log time against log size over the upper sizes, where what a call costs at any size no longer counts.
It is put beside that of the steps, and not judged: a time depends on the processor's caches too.
"""

import multiprocessing
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

import harness

OVERHEAD = 4.0  # the fit begins where a call takes this many times as long as the smallest one


class Kernel(NamedTuple):
    """A kernel, and the size it grows with.

    ``prepare`` takes a size and returns a call, a function of a seed; ``expected`` is the exponent of the
    algorithm's own steps, and ``why`` says which they are.
    """

    title: str
    size: str
    sizes: list[int]
    prepare: Callable[[int], Callable[[int], object]]
    expected: float
    why: str


def lattice(name: str, sweeps: int, **options: str) -> Callable[[int], Callable[[int], object]]:
    """Prepare a sampler, as "sampling.wolff", at T_c on a lattice that Swendsen and Wang's has warmed up."""

    def prepare(L: int) -> Callable[[int], object]:
        from thermolib import ising, sampling

        start = sampling.swendsen_wang(L, ising.T_C, 1, warm_up=100, rng=0).spins
        module, function = name.split(".")
        sampler = getattr(import_module(f"thermolib.{module}"), function)
        return lambda seed: sampler(start, ising.T_C, sweeps, rng=seed, **options)

    return prepare


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


def ais_chains(name: str) -> Callable[[int], Callable[[int], object]]:
    """Prepare annealed importance sampling at 100 temperatures, 64 visible and 16 hidden units."""

    def prepare(chains: int) -> Callable[[int], object]:
        from thermolib import rbm

        one, betas = machine(64, 16), np.linspace(0, 1, 100)
        return lambda seed: getattr(rbm, name)(one, betas=betas, chains=chains, rng=seed)

    return prepare


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


SPINS, WIDE = [16, 32, 64, 128, 256, 512], [64, 128, 256, 512, 1024]
SITES, TURNED = "one proposal for each of the L² spins", "a cluster's L^(7/4) spins"
CHAINS, EACH = [10, 100, 1000, 3000, 10_000, 30_000], "each chain as much"
FROM_20 = [20, *CHAINS[1:-1]]
UNITS = [16, 32, 64, 128, 256, 512, 1024, 2048]
IN_ROWS = lattice("sampling.metropolis", 100, order="rows")
KERNELS = {
    "metropolis": Kernel("metropolis", "L", SPINS, lattice("sampling.metropolis", 100), 2, SITES),
    "metropolis, rows": Kernel("metropolis, sites in rows", "L", SPINS, IN_ROWS, 2, SITES),
    "heat_bath": Kernel("heat_bath", "L", SPINS, lattice("sampling.heat_bath", 100), 2, SITES),
    "swendsen_wang": Kernel(
        "swendsen_wang", "L", SPINS, lattice("sampling.swendsen_wang", 30), 2, "each of the 2L² bonds"
    ),
    "wolff": Kernel("wolff, at T_c", "L", SPINS, lattice("sampling.wolff", 1000), 1.75, TURNED),
    "multispin.metropolis": Kernel(
        "multispin.metropolis", "L", WIDE, lattice("multispin.metropolis", 1000), 2, SITES
    ),
    "multispin.wolff": Kernel(
        "multispin.wolff, at T_c", "L", WIDE, lattice("multispin.wolff", 1000), 1.75, TURNED
    ),
    "anneal_ising, sparse": Kernel(
        "anneal_ising, 3-regular",
        "N",
        [256, 1024, 4096, 16_384, 65_536],
        three_regular,
        1,
        "three neighbours a spin",
    ),
    "anneal_ising, dense": Kernel(
        "anneal_ising, all to all",
        "N",
        [32, 64, 128, 256, 512, 1024],
        all_to_all,
        2,
        "N − 1 neighbours a spin",
    ),
    "gibbs, units": Kernel("RBM.gibbs, n × n units", "n", UNITS, gibbs_units, 2, "n² couplings"),
    "hmc, dimension": Kernel(
        "hmc", "dimension", CHAINS, hmc(lambda n: (100, n)), 1, "the gradient's entries"
    ),
    "whole arrays": Kernel("sums of arrays alone", "chains", CHAINS, whole_arrays, 1, EACH),
    "gibbs, chains": Kernel("RBM.gibbs", "chains", CHAINS, gibbs_chains, 1, EACH),
    "ais": Kernel("ais", "chains", FROM_20, ais_chains("ais"), 1, EACH),
    "fast_ais": Kernel("fast_ais", "chains", FROM_20, ais_chains("fast_ais"), 1, EACH),
    "hmc, chains": Kernel("hmc", "chains", CHAINS, hmc(lambda n: (n, 100)), 1, EACH),
    "mbar": Kernel(
        "mbar, ten states",
        "samples",
        [100, 1000, 10_000, 50_000],
        ten_states,
        1,
        "each energy once in a round",
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
    first = min(int(np.sum(np.cumsum(median >= OVERHEAD * median[0]) == 0)), len(sizes) - 3)
    x = np.log(np.asarray(sizes[first:], float))

    def slope(y: np.ndarray) -> float:
        return float(np.polyfit(x, np.log(y), 1)[0])

    scatter = np.std([slope(column) for column in rows[first:].T], ddof=1)
    return slope(median[first:]), float(scatter / np.sqrt(rows.shape[1]))


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
    return {"kernels": found, "repetitions": repetitions or 5, "threads": 1, **harness.about_now()}
