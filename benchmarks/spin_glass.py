"""Ground states of spin glasses: thermolib.annealing beside dwave-samplers, openjij and simanneal.

Two instances, E = −½ sᵀJs. Sherrington and Kirkpatrick's model of 100 spins, every pair coupled by a Gaussian
number: how long until its ground state has been seen with 99 %? (All contenders agree on the lowest energy of
tens of thousands of reads; nobody has proved it.) And 2000 spins on a random graph of degree 3, couplings ±1:
how far above the lowest known energy is one search after a tenth of a second?

All cool geometrically between the same two temperatures. Each peer is handed a model that it has made before.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from harness import Clock, Contender, Outcome, Work

HOT, COLD = 2.0, 0.1  # SK: its critical temperature is 1
SWEEPS = (25, 50, 100, 200, 400, 800)
LOWEST = -74.14322969246558

WARM, CHILLED, SECONDS, READS = 3.0, 0.15, 0.1, 10  # degree 3: its critical temperature is 1.13
LOWEST_CUBIC = -2536.0

Search = Callable[[float, float, int, int, int], np.ndarray]  # T0, T1, sweeps, reads, seed -> energies


def sherrington_kirkpatrick(n: int = 100, seed: int = 1) -> np.ndarray:
    """Return J (n, n), of variance 1/n."""
    J = np.triu(np.random.default_rng(seed).normal(size=(n, n)) / np.sqrt(n), 1)
    return J + J.T


def cubic(n: int = 2000, seed: int = 1) -> np.ndarray:
    """Return J (n, n), ±1 on the edges of a random graph: three stubs a vertex, paired until it is simple."""
    rng = np.random.default_rng(seed)
    while True:
        u, v = np.sort(rng.permutation(np.repeat(np.arange(n), 3)).reshape(2, -1), axis=0)
        if np.all(u < v) and len(np.unique(u * n + v)) == len(u):
            J = np.zeros((n, n))
            J[u, v] = rng.choice([-1.0, 1.0], size=len(u))
            return J + J.T


Prepare = Callable[[Callable[[np.ndarray], Search]], Callable[[], Callable[[int], Outcome]]]


# The contenders ---------------------------------------------------------------------------------------


def ours(J: np.ndarray, order: str) -> Search:
    """thermolib, with sites in one of its orders."""
    from scipy import sparse
    from thermolib.annealing import anneal_ising, geometric

    rows = sparse.csr_array(J)

    def search(T0: float, T1: float, sweeps: int, reads: int, seed: int) -> np.ndarray:
        found = anneal_ising(rows, 0.0, geometric(T0, T1, sweeps), reads=reads, order=order, rng=seed)
        return found.energies[:, -1]

    return search


def bonds(J: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return i < j and −J_ij: the peers' energy is Σ J_ij s_i s_j."""
    i, j = np.nonzero(np.triu(J))
    return i, j, -J[i, j]


def dwave(J: np.ndarray) -> Search:
    """dwave-samplers, which visits sites in order."""
    import dimod
    from dwave.samplers import SimulatedAnnealingSampler

    model = dimod.BinaryQuadraticModel.from_numpy_vectors(np.zeros(len(J)), bonds(J), 0.0, dimod.SPIN)
    sampler = SimulatedAnnealingSampler()

    def search(T0: float, T1: float, sweeps: int, reads: int, seed: int) -> np.ndarray:
        found = sampler.sample(
            model, num_reads=reads, num_sweeps=sweeps, beta_range=[1 / T0, 1 / T1], seed=seed
        )
        return np.repeat(found.record.energy, found.record.num_occurrences)

    return search


def openjij(J: np.ndarray) -> Search:
    """openjij, with its dense or its sparse graph. A seed would make all reads of a run the same."""
    import openjij

    full = bool(np.count_nonzero(J) > J.size / 2)
    pairs = {(int(i), int(j)): float(w) for i, j, w in zip(*bonds(J), strict=True)}
    model = openjij.BinaryQuadraticModel(
        dict.fromkeys(range(len(J)), 0.0), pairs, 0.0, "SPIN", sparse=not full
    )
    sampler = openjij.SASampler()

    def search(T0: float, T1: float, sweeps: int, reads: int, seed: int) -> np.ndarray:
        found = sampler.sample(
            model,
            num_reads=reads,
            num_sweeps=sweeps,
            beta_min=1 / T0,
            beta_max=1 / T1,
            sparse=not full,
        )
        return np.asarray(found.energies)

    return search


def simanneal(J: np.ndarray) -> Search:
    """Return simanneal's search, with moves that return ΔE and a state that copies itself."""
    import random

    from simanneal import Annealer

    neighbours = [np.flatnonzero(row) for row in J]
    weights = [row[to] for row, to in zip(J, neighbours, strict=True)]

    class Glass(Annealer):
        copy_strategy = "method"
        updates = 0

        def move(self) -> float:
            i = random.randrange(len(J))
            self.state[i] = -self.state[i]
            return -2 * self.state[i] * weights[i].dot(self.state[neighbours[i]])

        def energy(self) -> float:
            return -self.state @ J @ self.state / 2

    def search(T0: float, T1: float, sweeps: int, reads: int, seed: int) -> np.ndarray:
        random.seed(seed)
        rng, energies = np.random.default_rng(seed), []
        for _ in range(reads):
            one = Glass(rng.choice([-1.0, 1.0], size=len(J)))
            one.Tmax, one.Tmin, one.steps = T0, T1, sweeps * len(J)
            energies.append(one.anneal()[1])
        return np.array(energies)

    return search


# Time to the ground state ------------------------------------------------------------------------------


def until_99(share: float) -> float:
    """Return how many reads see the ground state once with 99 %, where `share` of all reads do."""
    if share == 0:
        return np.inf
    return max(1.0, np.log(0.01) / np.log1p(-min(share, 1 - 1e-12)))


def time_to_99(spent: np.ndarray, outcomes: list[Outcome]) -> np.ndarray:
    """Cost: seconds a read, times the reads that 99 % take: the share is that of all rounds together."""
    return spent * until_99(float(np.mean([one.amount for one in outcomes])))


def to_ground(make: Callable[[np.ndarray], Search], reads: int) -> Callable[[], Callable[[int], Outcome]]:
    """Prepare `reads` searches a run, each of as many sweeps as suit the contender best."""

    def prepare() -> Callable[[int], Outcome]:
        search = make(sherrington_kirkpatrick())
        search(HOT, COLD, 2, 1, 0)

        def run(seed: int, sweeps: int) -> Outcome:
            with Clock() as c:
                energies = search(HOT, COLD, sweeps, reads, seed)
            above = energies - LOWEST
            return Outcome(
                error=abs(float(above.min())),  # below it would be news, too
                amount=float(np.mean(above < 1e-9)),
                cpu=c.cpu / reads,
                wall=c.wall / reads,
            )

        def cost(sweeps: int) -> float:
            trials = [run(10_000 + k, sweeps) for k in range(2)]
            return time_to_99(np.array([one.cpu for one in trials]), trials).mean()

        best = min(SWEEPS, key=cost)
        return lambda seed: run(seed, best)

    return prepare


# Energy after equal times ------------------------------------------------------------------------------


def after(seconds: float, make: Callable[[np.ndarray], Search]) -> Callable[[], Callable[[int], Outcome]]:
    """Prepare searches of as many sweeps as take `seconds`; ``error`` is the share by which they miss it."""

    def prepare() -> Callable[[int], Outcome]:
        J = cubic()
        search, sweeps = make(J), 10.0
        search(WARM, CHILLED, 2, 1, 0)

        def timed(seed: int) -> tuple[np.ndarray, Clock]:
            with Clock() as c:
                energies = search(WARM, CHILLED, max(2, round(sweeps)), READS, seed)
            return energies, c

        def aim(at: float) -> None:
            nonlocal sweeps
            sweeps *= at * READS / timed(99)[1].cpu

        def run(seed: int) -> Outcome:
            aim(seconds)  # in each run: the processor is not always as quick
            energies, c = timed(seed)
            residual = float(energies.mean() - LOWEST_CUBIC) / len(J)
            return Outcome(error=abs(c.cpu / READS / seconds - 1), amount=residual, cpu=c.cpu, wall=c.wall)

        aim(seconds / 10)
        aim(seconds)
        return run

    return prepare


def residual(spent: np.ndarray, outcomes: list[Outcome]) -> np.ndarray:
    """Cost: energy above the lowest known one. It falls slowly with time, so a ratio of 1.5 is worth much."""
    return np.array([one.amount for one in outcomes])


def contenders(fast: Prepare, slow: Prepare) -> list[Contender]:
    """Return everyone, the slow one prepared by itself."""
    rows, random = (lambda J: ours(J, "rows")), (lambda J: ours(J, "random"))
    return [
        Contender("thermolib, rows", fast(rows), "ours", "", 'order="rows"'),
        Contender("thermolib, random", fast(random), "ours", "", "as by default"),
        Contender("dwave-samplers", fast(dwave), "peer", "dwave-samplers", "Metropolis, in order"),
        Contender("openjij", fast(openjij), "peer", "openjij", "SASampler, without a seed"),
        Contender("simanneal", slow(simanneal), "peer", "simanneal", "move() returns ΔE"),
    ]


WORKS = [
    Work(
        "spin-glass-100",
        "Ground state of 100 spins, all coupled: CPU seconds until it has been seen with 99 %",
        "seconds",
        contenders(partial(to_ground, reads=500), partial(to_ground, reads=10)),
        tolerance=1e-9,
        cost=time_to_99,
        targets={"dwave-samplers": 1.0, "simanneal": 10.0},
        note=f"Each contender has the number of sweeps, of {SWEEPS}, that suits it best. No proof says "
        "that the lowest energy is the ground state's; all contenders end at it, and none below.",
    ),
    Work(
        "spin-glass-2000",
        f"2000 spins of degree 3: energy a spin above the lowest known, after {SECONDS} CPU seconds",
        "energy",
        contenders(partial(after, SECONDS), partial(after, SECONDS)),
        tolerance=0.15,
        cost=residual,
        targets={"dwave-samplers": 1.0, "simanneal": 10.0},
        note="The lowest known energy is that of our longest searches: 3 of 32, of 150,000 sweeps each, end "
        "at it, and none below.",
    ),
]
