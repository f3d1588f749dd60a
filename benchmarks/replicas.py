"""64 lattices of 64² at once, at T_C or at 64 temperatures: CPU seconds to a standard error in their mean e.

The mean is over all 64 and known exactly. As in ising.py everyone begins in equilibrium. Packages that take
many temperatures or replicas are given them all; the others run once for each.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from harness import Contender, Outcome, Work, to_error
from ising import T_C, L, equilibrium, timed, torus, torus_energy

TEMPERATURES = {"replicas": np.full(64, T_C), "temperatures": np.linspace(1.6, 3.2, 64)}
SWEEPS = 2000


def begin(seed: int, T: np.ndarray) -> np.ndarray:
    """Return the 64 lattices in equilibrium."""
    return equilibrium(seed, T, (64,))


def level(T: np.ndarray, e: np.ndarray) -> np.ndarray:
    """Return the series as chains with one mean, that of all: each is moved by what is known exactly."""
    exact = torus_energy(L, T)
    return e + (exact.mean() - exact)[:, None]


def ours(which: str, name: str, sweeps: int) -> Callable[[int], Outcome]:
    """Many spins in a word: of one lattice, or of 64."""
    from thermolib import multispin

    sampler, T = getattr(multispin, name), TEMPERATURES[which]
    return timed(
        lambda seed: begin(seed, T),
        lambda spins, seed: level(T, sampler(spins, T, sweeps, rng=seed).energy / L**2),
    )


def plain(which: str) -> Callable[[int], Outcome]:
    """The kernel that the chapter shows."""
    from thermolib.sampling import metropolis

    T = TEMPERATURES[which]

    def sweeps(spins: np.ndarray, seed: int) -> np.ndarray:
        return level(T, metropolis(spins, T, SWEEPS, order="checkerboard", rng=seed).energy / L**2)

    return timed(lambda seed: begin(seed, T), sweeps)


def mcising(which: str) -> Callable[[int], Outcome]:
    """A simulation for each, one after another."""
    from mcising import IsingSimulation

    T = TEMPERATURES[which]

    def start(seed: int) -> list[IsingSimulation]:
        simulations = [IsingSimulation(L, 1.0, 0.0, 0.0, 0.0, 64 * seed + k, "metropolis") for k in range(64)]
        for simulation, spins in zip(simulations, begin(seed, T), strict=True):
            simulation.set_spins(spins)
        return simulations

    def sweeps(simulations: list[IsingSimulation], seed: int) -> np.ndarray:
        options = {"store_configs": False}
        done = [
            simulation.production_sweeps(SWEEPS, 1, temperature=float(t), **options)["energies"]
            for simulation, t in zip(simulations, T, strict=True)
        ]
        return level(T, np.array(done))

    return timed(start, sweeps)


def peapods(which: str) -> Callable[[int], Outcome]:
    """All temperatures in one model."""
    from peapods import Ising

    T = TEMPERATURES[which]

    def start(seed: int) -> Ising:
        model = Ising((L, L), temperatures=T)
        model.sample(300, cluster_update_interval=1, cluster_mode="wolff", sequential=True)
        return model

    def sweeps(model: Ising, seed: int) -> np.ndarray:
        e = []
        for _ in range(SWEEPS // 20):
            model.sample(20, warmup_ratio=0.0, sequential=True)
            e.append(-np.array(model.energies_avg, float))
        return level(T, np.stack(e, axis=-1))

    return timed(start, sweeps)


def dwave(which: str) -> Callable[[int], Outcome]:
    """Its annealer at one temperature, again and again."""
    import dimod
    from dwave.samplers import SimulatedAnnealingSampler

    sampler, T = SimulatedAnnealingSampler(), TEMPERATURES[which]
    bqm = dimod.BinaryQuadraticModel.from_ising(dict.fromkeys(range(L * L), 0.0), torus())
    # Reads share a temperature: all 64 in one call, or one a call.
    calls = [slice(0, 64)] if np.ptp(T) == 0 else [slice(k, k + 1) for k in range(64)]

    def sweeps(spins: np.ndarray, seed: int) -> np.ndarray:
        states, e = spins.reshape(64, L * L).copy(), np.empty((64, SWEEPS // 50 if len(calls) == 1 else 24))
        for t in range(e.shape[1]):
            for part in calls:
                done = sampler.sample(
                    bqm,
                    beta_schedule_type="custom",
                    beta_schedule=[1 / T[part.start]],
                    num_sweeps_per_beta=50,
                    initial_states=(states[part], list(range(L * L))),
                    num_reads=part.stop - part.start,
                    seed=100_000 * seed + 64 * t + part.start,
                )
                states[part] = done.record.sample
                e[part, t] = done.record.energy / L**2
        return level(T, e)

    return timed(lambda seed: begin(seed, T), sweeps)


def work(which: str, title: str, target: float) -> Work:
    """Return the work for one of `TEMPERATURES`."""
    return Work(
        which,
        f"{title}: CPU seconds to a standard error of {target:g} in their mean e",
        "s",
        [
            Contender(
                "thermolib.multispin.metropolis",
                partial(ours, which, "metropolis", 8 * SWEEPS),
                "ours",
                how="64 spins of a lattice in a word, one lattice after another",
            ),
            Contender(
                "thermolib.multispin.replicas",
                partial(ours, which, "replicas", 8 * SWEEPS),
                "ours",
                how="a spin of each lattice in a word",
            ),
            Contender("thermolib.sampling", partial(plain, which), "ours", how="Metropolis, checkerboard"),
            Contender("mcising", partial(mcising, which), package="mcising", how="64 simulations"),
            Contender(
                "dwave-samplers",
                partial(dwave, which),
                package="dwave-samplers",
                how="50 sweeps a call from the last states; a call for all 64 where they share T, else"
                " one for each, whose own cost is then most of it",
            ),
            Contender(
                "peapods", partial(peapods, which), package="peapods", how="64 temperatures; means of 20"
            ),
        ],
        exact=float(np.mean(torus_energy(L, TEMPERATURES[which]))),
        cost=to_error(target),
        targets={"best": 5.0},
        note="From states in equilibrium; only the sweeps are timed.",
    )


WORKS = [
    work("replicas", "64 lattices of 64² at T_c", 1e-3),
    work("temperatures", "64 lattices of 64² at T = 1.6 … 3.2", 1e-4),
]
