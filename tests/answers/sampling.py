"""The answers of the exercises of ``chapters/sampling.md`` once more, by elementary routes."""

import math

import numpy as np
from thermolib import ising

from declared import Fault


def stay():
    """What is left of 1 after both ways out, each ½ times the ratio of Boltzmann's weights."""
    weights = [math.exp(-E) for E in (0, 0.5, 1)]
    return 1 - sum(0.5 * min(1, weight / weights[0]) for weight in weights[1:])


def heat_bath(dE, T):
    """The Boltzmann probability of the turned one of two states."""
    now, turned = math.exp(dE / (2 * T)), math.exp(-dE / (2 * T))
    return turned / (now + turned)


def geyer(rho):
    """Pair by pair."""
    tau, k = -1.0, 0
    while k < len(rho) and rho[k] + rho[k + 1] > 0:
        tau += 2 * (rho[k] + rho[k + 1])
        k += 2
    return tau


def wolff():
    """Two spins: from alike to opposite with (1 − p)/2 to each, and back with ½, must balance."""
    return 1 - math.exp(-1 / 2.5) / math.exp(1 / 2.5)


def sweeps():
    """With C as the slope of the energy of the 16×16 lattice."""
    cold, warm = ising.torus_energy(16, ising.T_C + np.array([-1e-4, 1e-4]))
    return 42 * ising.T_C**2 * (warm - cold) / 2e-4 / 256 / 2e-3**2


def losses():
    """The variance of a sum of 100,000 values, as a double sum, over that of independent ones."""
    n = 100_000
    total = sum((n - abs(t)) * 0.95 ** abs(t) for t in range(-2000, 2001))  # the rest is nothing
    return math.sqrt(total / n)


ROUTES = {
    "sampling/stay": stay,
    "sampling/heat-bath": lambda: heat_bath,
    "sampling/geyer": lambda: geyer,
    "sampling/wolff": wolff,
    "sampling/sweeps": sweeps,
    "sampling/losses": losses,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "sampling/think-students": "the runs are fine, and the error bars too small",
    "sampling/think-rows": "not always: some states may be out of reach",
}

FAULTS = [
    Fault(
        "an autocorrelation time that counts its last pair, which is not positive",
        "pairs[:positive].sum()",
        "pairs[: positive + 1].sum()",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/sampling.py",
    ),
    Fault(
        "a loss curve whose steps are independent after the first",
        "answer=39**0.5",
        "answer=20**0.5",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/sampling.py",
    ),
]
