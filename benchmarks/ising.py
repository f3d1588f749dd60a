"""Local updates of the Ising lattice, L = 64 at T_C: CPU seconds to a standard error of 1e-3 in e.

Everyone begins with states that clusters have brought to equilibrium, which is not timed, and is charged for
the sweeps alone. The error bar is `thermolib.chains.mean` of the energies for all. Where a package measures
after every sweep, it does so here. dwave-samplers returns last states only: it is asked every 50 sweeps, and
some 130 are one autocorrelation time. peapods returns means, here those of 100 sweeps.
"""

from collections.abc import Callable

import numpy as np
from thermolib.chains import mean
from thermolib.ising import T_C, torus_energy

from harness import Clock, Contender, Outcome, Work, to_error

L = 64


def equilibrium(seed: int, T: float | np.ndarray = T_C, shape: tuple[int, ...] = ()) -> np.ndarray:
    """Return spins (..., L, L) after 100 sweeps of Swendsen and Wang's, enough at every temperature."""
    from thermolib.sampling import swendsen_wang

    return swendsen_wang(np.ones((*shape, L, L)), T, 100, rng=10_000 + seed).spins


def timed(
    start: Callable[[int], object], sweeps: Callable[[object, int], np.ndarray]
) -> Callable[[int], Outcome]:
    """Return a run: ``sweeps(start(seed), seed)`` is timed, and gives energies per site (..., draws)."""

    def run(seed: int) -> Outcome:
        begin = start(seed)
        with Clock() as clock:
            e = sweeps(begin, seed)
        return Outcome(*mean(e), cpu=clock.cpu, wall=clock.wall)

    return run


def many_spins_a_word() -> Callable[[int], Outcome]:
    """64 spins in a word."""
    from thermolib.multispin import metropolis

    return timed(equilibrium, lambda spins, seed: metropolis(spins, T_C, 400_000, rng=seed).energy / L**2)


def plain() -> Callable[[int], Outcome]:
    """The kernel that the chapter shows."""
    from thermolib.sampling import metropolis

    def sweeps(spins: np.ndarray, seed: int) -> np.ndarray:
        return metropolis(spins, T_C, 40_000, order="checkerboard", rng=seed).energy / L**2

    return timed(equilibrium, sweeps)


def mcising(algorithm: str = "metropolis", draws: int = 40_000) -> Callable[[int], Outcome]:
    """Its engine, whose sweeps are recorded without leaving Rust."""
    from mcising import IsingSimulation

    def start(seed: int) -> IsingSimulation:
        simulation = IsingSimulation(L, 1.0, 0.0, 0.0, 0.0, seed, algorithm)
        simulation.set_spins(equilibrium(seed))
        return simulation

    def sweeps(simulation: IsingSimulation, seed: int) -> np.ndarray:
        done = simulation.production_sweeps(draws, 1, temperature=T_C, store_configs=False)
        return np.asarray(done["energies"])

    return timed(start, sweeps)


def torus() -> dict[tuple[int, int], float]:
    """Return the couplings of −Σ s_i s_j, by numbers of sites."""
    sites = np.arange(L * L).reshape(L, L)
    pairs = [
        (int(a), int(b))
        for axis in (0, 1)
        for a, b in zip(sites.ravel(), np.roll(sites, -1, axis).ravel(), strict=True)
    ]
    return dict.fromkeys(pairs, -1.0)


def dwave() -> Callable[[int], Outcome]:
    """Its annealer at one temperature, again and again."""
    import dimod
    from dwave.samplers import SimulatedAnnealingSampler

    sampler = SimulatedAnnealingSampler()
    bqm = dimod.BinaryQuadraticModel.from_ising(dict.fromkeys(range(L * L), 0.0), torus())

    def sweeps(spins: np.ndarray, seed: int) -> np.ndarray:
        states, e = spins.reshape(64, L * L), []
        for k in range(24):
            done = sampler.sample(
                bqm,
                beta_schedule_type="custom",
                beta_schedule=[1 / T_C],
                num_sweeps_per_beta=50,
                initial_states=(states, list(range(L * L))),
                num_reads=64,
                seed=1000 * seed + k,
            )
            states = done.record.sample
            e.append(done.record.energy / L**2)
        return np.stack(e, axis=-1)

    return timed(lambda seed: equilibrium(seed, shape=(64,)), sweeps)


def peapods() -> Callable[[int], Outcome]:
    """One temperature, one replica."""
    from peapods import Ising

    def start(seed: int) -> Ising:
        model = Ising((L, L), temperatures=np.array([T_C]))
        model.sample(300, cluster_update_interval=1, cluster_mode="wolff", sequential=True)
        return model

    def sweeps(model: Ising, seed: int) -> np.ndarray:
        e = []
        for _ in range(400):
            model.sample(100, warmup_ratio=0.0, sequential=True)
            e.append(-float(model.energies_avg[0]))  # its energies are +Σ s_i s_j
        return np.array(e)

    return timed(start, sweeps)


def numba_loop() -> Callable[[int], Outcome]:
    """As one writes it on the first day."""
    import numba

    @numba.njit
    def go(s: np.ndarray, T: float, sweeps: int, seed: int) -> np.ndarray:
        np.random.seed(seed)  # noqa: NPY002  numba's own, as one writes it
        accept = np.exp(-2 * np.arange(5) / T)  # by s_i Σ s_j
        E, energies = 0, np.empty(sweeps)
        for i in range(L):
            for j in range(L):
                E -= s[i, j] * (s[(i + 1) % L, j] + s[i, (j + 1) % L])
        for t in range(sweeps):
            for i in range(L):
                for j in range(L):
                    field = s[(i + 1) % L, j] + s[i - 1, j] + s[i, (j + 1) % L] + s[i, j - 1]
                    x = s[i, j] * field
                    if x <= 0 or np.random.random() < accept[x]:  # noqa: NPY002
                        s[i, j] = -s[i, j]
                        E += 2 * x
            energies[t] = E
        return energies / L**2

    return timed(equilibrium, lambda spins, seed: go(spins.copy(), T_C, 40_000, seed))


def numpy_checkerboard() -> Callable[[int], Outcome]:
    """As one writes it without a compiler."""
    i, j = np.indices((L, L))
    colours = [(i + j) % 2 == colour for colour in (0, 1)]
    accept = np.exp(-2 * np.arange(-4, 5) / T_C)

    def sweeps(spins: np.ndarray, seed: int) -> np.ndarray:
        rng, s, e = np.random.default_rng(seed), spins.copy(), np.empty(40_000)
        for t in range(len(e)):
            for colour in colours:
                field = np.roll(s, 1, 0) + np.roll(s, -1, 0) + np.roll(s, 1, 1) + np.roll(s, -1, 1)
                s[colour & (rng.random((L, L)) < accept[s * field + 4])] *= -1
            e[t] = -(s * (np.roll(s, 1, 0) + np.roll(s, 1, 1))).mean()
        return e

    return timed(equilibrium, sweeps)


WORKS = [
    Work(
        "ising",
        "2-D Ising, L = 64 at T_c, local updates: CPU seconds to a standard error of 1e-3 in e",
        "s",
        [
            Contender(
                "thermolib.multispin",
                many_spins_a_word,
                "ours",
                how="Metropolis, checkerboard, 64 spins a word",
            ),
            Contender("thermolib.sampling", plain, "ours", how="Metropolis, checkerboard"),
            Contender("mcising", mcising, package="mcising", how="Metropolis, in order"),
            Contender(
                "dwave-samplers",
                dwave,
                package="dwave-samplers",
                how="Metropolis, in order; 64 reads, 50 sweeps a call, from their last states",
            ),
            Contender("peapods", peapods, package="peapods", how="Metropolis, in order; means of 100 sweeps"),
            Contender("numba loop", numba_loop, package="numba", how="Metropolis, in order, by a table"),
            Contender("NumPy checkerboard", numpy_checkerboard, package="numpy", how="np.roll, masks"),
        ],
        exact=float(torus_energy(L, T_C)),
        cost=to_error(1e-3),
        targets={"best": 2.0},
        note="From states in equilibrium; only the sweeps are timed.",
    )
]
