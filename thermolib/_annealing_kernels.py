"""The loops of `annealing.anneal_ising` and `annealing.end_distribution`, compiled.

Couplings are sparse rows: spin i is coupled to ``neighbour[k]`` with ``weight[k]``, where k runs from
``row[i]`` to ``row[i + 1] − 1``. ``state`` holds one 64-bit random state a read; all chance passes through
`chance` and `below`, so that the tests can enumerate every outcome. (They are compiled into this loop: after
a change to them, delete numba's cache.)
"""

import numba
import numpy as np
from numpy.typing import NDArray

from thermolib._ising_kernels import below, chance

njit = numba.njit(cache=True)


@njit
def sweeps(
    spins: NDArray[np.int8],
    row: NDArray[np.int32],
    neighbour: NDArray[np.int32],
    weight: NDArray[np.float64],
    h: NDArray[np.float64],
    temperatures: NDArray[np.float64],
    state: NDArray[np.uint64],
    energies: NDArray[np.float64],
    best: NDArray[np.int8],
) -> tuple[float, int]:
    """Metropolis on every read of `spins` (reads, n) in place, n random sites at each temperature.

    `energies` (reads, sweeps) receives the energy after each sweep, `best` (n,) the best state visited by any
    read. Returns the best energy and the number of flips.
    """
    n = spins.shape[1]
    lowest, flips = np.inf, 0
    field = np.empty(n)  # h_i + Σ_j J_ij s_j, kept up to date: a refused flip costs no sum
    for c in range(spins.shape[0]):
        s = spins[c]
        energy = 0.0
        for j in range(n):
            field[j] = h[j]
            for k in range(row[j], row[j + 1]):
                field[j] += weight[k] * s[neighbour[k]]
            energy -= s[j] * (field[j] + h[j]) / 2  # a coupling is met from both of its ends, a field once
        if energy < lowest:
            lowest = energy
            best[:] = s
        for t in range(temperatures.size):
            for _ in range(n):
                i = below(state, c, n)
                change = 2 * s[i] * field[i]
                if chance(state, c, np.exp(min(0.0, -change / temperatures[t]))):
                    s[i] = -s[i]
                    for k in range(row[i], row[i + 1]):
                        field[neighbour[k]] += 2 * weight[k] * s[i]
                    energy += change
                    flips += 1
                    if energy < lowest:
                        lowest = energy
                        best[:] = s
            energies[c, t] = energy
    return lowest, flips


@njit
def evolve(p: NDArray[np.float64], rise: NDArray[np.float64], temperatures: NDArray[np.float64]) -> None:
    """Move the distribution `p` (n,) in place by one Metropolis step at each temperature.

    `rise` (n − 1,) is the energy of each state's right neighbour, less its own. Beyond the ends nothing is
    accepted.
    """
    for T in temperatures:
        from_left = 0.0  # what state i has received from i − 1
        for i in range(rise.size):
            right = p[i] * 0.5 * np.exp(min(0.0, -rise[i] / T))
            left = p[i + 1] * 0.5 * np.exp(min(0.0, rise[i] / T))
            p[i] += from_left + left - right
            from_left = right - left
        p[-1] += from_left
