"""Clusters on the Ising lattice, L = 64 at T_C: CPU seconds to a standard error of 1e-3 in e.

As in ising.py, from states in equilibrium. mcising measures after each cluster, or sweep, as we do.
"""

from collections.abc import Callable
from functools import partial

from harness import Contender, Outcome, Work, to_error
from ising import T_C, L, equilibrium, mcising, timed, torus_energy


def many_spins_a_word() -> Callable[[int], Outcome]:
    """Clusters that grow in 64 rows at once."""
    from thermolib.multispin import wolff

    return timed(equilibrium, lambda spins, seed: wolff(spins, T_C, 100_000, rng=seed).energy / L**2)


def plain(name: str, draws: int) -> Callable[[int], Outcome]:
    """The kernels that the chapter shows."""
    from thermolib import sampling

    sampler = getattr(sampling, name)
    return timed(equilibrium, lambda spins, seed: sampler(spins, T_C, draws, rng=seed).energy / L**2)


WORKS = [
    Work(
        "clusters",
        "2-D Ising, L = 64 at T_c, clusters: CPU seconds to a standard error of 1e-3 in e",
        "s",
        [
            Contender("thermolib.multispin", many_spins_a_word, "ours", how="Wolff, a block of 64² at once"),
            Contender("thermolib.sampling, Wolff", partial(plain, "wolff", 20_000), "ours"),
            Contender("thermolib.sampling, Swendsen–Wang", partial(plain, "swendsen_wang", 10_000), "ours"),
            Contender("mcising, Wolff", partial(mcising, "wolff", 20_000), package="mcising"),
            Contender("mcising, Swendsen–Wang", partial(mcising, "swendsen_wang", 10_000), package="mcising"),
        ],
        exact=float(torus_energy(L, T_C)),
        cost=to_error(1e-3),
        targets={"best": 1.5},
        note="From states in equilibrium; only the clusters are timed.",
    )
]
