"""What holds for every public function: bad input, random state, and who imports whom."""

import ast
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import thermolib
from thermolib import annealing, boltzmann, chains, entropy, ising, palette, problems

up = np.ones((4, 4))
noise = np.random.default_rng(0).normal(size=1000)


def move(x, rng):
    """Propose a neighbour of a whole number."""
    return x + rng.choice([-1, 1])


TEMPERATURES = [0.0, -1.0, np.nan, [1.0, 0.0], [2.0, np.nan], "warm", None, 1j, "1", b"1", True, 10**400]
TEMPERATURES += [np.nextafter(1e-300, 0), 5e-324, np.datetime64("2020-01-01"), np.ma.array([1.0, 2.0])]
OF_T = [
    lambda T: boltzmann.log_partition([0, 1], T),
    lambda T: boltzmann.boltzmann([0, 1], T),
    lambda T: boltzmann.thermodynamics([0, 1], T),
    lambda T: boltzmann.tonks_gas(T, 5.0, 2),
    lambda T: entropy.softmax([0, 1], T),
    lambda T: entropy.gaussian_bottleneck(0.8, T),
    ising.transfer_matrix,
    lambda T: ising.chain_log_partition(5, T),
    ising.onsager_free_energy,
    ising.onsager_energy,
    ising.onsager_heat_capacity,
    ising.spontaneous_magnetization,
    lambda T: ising.torus_log_partition(4, T),
    lambda T: ising.torus_energy(4, T),
    lambda T: ising.torus_heat_capacity(4, T),
    lambda T: ising.log_partition_exact([[0.0]], 0.0, T),
    lambda T: ising.metropolis(up, T, 1),
    lambda T: ising.heat_bath(up, T, 1),
    lambda T: ising.wolff(up, T, 1),
    lambda T: ising.swendsen_wang(up, T, 1),
    lambda T: annealing.linear(T, 1.0, 3),
    lambda T: annealing.geometric(1.0, T, 3),
    lambda T: annealing.constant_speed(T, [1.0, 1.0], 3),
    lambda T: annealing.adaptive(abs, move, 0, 2.0, T, 3),
    lambda T: annealing.anneal(float, move, 0, T),
    lambda T: annealing.anneal_ising([[0.0]], 0.0, T),
    lambda T: annealing.end_distribution([0, 1], T, 0),
    lambda T: annealing.temper(float, move, 0, T, 1),
    lambda T: annealing.population_annealing(float, move, [0, 1], T, steps=1),
    lambda T: annealing.first_passage_time(abs, 0.0, 1.0, T),
    lambda T: annealing.kramers_rate(1.0, 1.0, 1.0, T),
]
OF_NO_T = [
    lambda: entropy.entropy([0.5, 0.5]),
    lambda: entropy.cross_entropy([0.5, 0.5], [0.5, 0.5]),
    lambda: entropy.kl_divergence([0.5, 0.5], [0.5, 0.5]),
    lambda: entropy.mutual_information([[0.5, 0.0], [0.0, 0.5]]),
    lambda: entropy.max_entropy([1, 2, 3], 2.5),
    lambda: boltzmann.legendre([0, 1, 2], [1, 0, 2], 0.0),
    lambda: ising.decimate(1.0),
    lambda: ising.migdal_kadanoff(1.0),
    lambda: ising.lattice_energy(up),
    lambda: ising.density_of_states(2),
    lambda: chains.mean(noise),
    lambda: chains.autocorrelation_time(noise),
    lambda: chains.effective_sample_size(noise),
    lambda: chains.r_hat(noise.reshape(2, -1)),
    lambda: chains.jackknife(np.mean, noise),
    lambda: problems.cut_size([[0, 1]], [1, -1]),
    lambda: problems.tour_length(np.ones((3, 3)) - np.eye(3), [0, 1, 2]),
    lambda: palette.temperature_position(2.0),
]
SAMPLERS = [ising.metropolis, ising.heat_bath, ising.wolff, ising.swendsen_wang]
ring = np.roll(np.eye(4), 1, axis=0) + np.roll(np.eye(4), -1, axis=0)
BAD = {
    "no levels": (lambda: boltzmann.log_partition([], 1.0), "at least one level"),
    "a scalar level": (lambda: boltzmann.log_partition(1.0, 1.0), r"shape \(\)"),
    "infinite energy": (lambda: boltzmann.boltzmann([0, np.inf], 1.0), "E must be finite"),
    "log_g of another shape": (lambda: boltzmann.boltzmann([0, 1], 1.0, [0, 0, 0]), r"\(3,\)"),
    "log_g of more systems": (lambda: boltzmann.boltzmann([0, 1], 1.0, np.zeros((2, 2))), r"\(2, 2\)"),
    "gas at infinite T": (lambda: boltzmann.tonks_gas(np.inf, 5.0, 2), "finite"),
    "rods do not fit": (lambda: boltzmann.tonks_gas(1.0, 5.0, 10, 0.5), "exceed N a"),
    "half a rod": (lambda: boltzmann.tonks_gas(1.0, 5.0, 1.5), "1.5"),
    "negative rod": (lambda: boltzmann.tonks_gas(1.0, 5.0, 2, -0.1), "-0.1"),
    "gas that does not broadcast": (lambda: boltzmann.tonks_gas([1.0, 2.0], [5.0, 6.0, 7.0], 2), "broadcast"),
    "legendre shapes": (lambda: boltzmann.legendre([0, 1, 2], [0, 1], 0.0), r"\(3,\) and \(2,\)"),
    "a of two rods": (lambda: boltzmann.tonks_gas(1.0, 5.0, 2, [0.1]), r"a must be one number, got \[0.1\]"),
    "legendre order": (
        lambda: boltzmann.legendre([0, 2, 1], [0, 1, 2], 0.0),
        r"x\[1\] = 2.0 and x\[2\] = 1.0",
    ),
    "legendre beyond": (
        lambda: boltzmann.legendre([0, 1, 2], [0, 1, 4], [1.5, 9.0]),
        "end of x: .* no slope 9",
    ),
    "an energy None": (lambda: boltzmann.log_partition([0, None], 1.0), r"real numbers, got \[0, None\]"),
    "NaN among many": (
        lambda: boltzmann.log_partition([*range(9), np.nan], 1.0),
        r"\(10,\) with values from 0.0 to 8.0 and 1 NaN",
    ),
    "only NaN": (lambda: boltzmann.log_partition([np.nan] * 9, 1.0), r"got an array of shape \(9,\)$"),
    "fields of a matrix": (
        lambda: ising.transfer_matrix(1.0, [1, 2]),
        r"h must be one number, got \[1.0, 2.0\]",
    ),
    "fields of a ring": (
        lambda: ising.chain_log_partition(3, 1.0, [0.5]),
        r"h must be one number, got \[0.5\]",
    ),
    "fields of a lattice": (lambda: ising.lattice_energy(up, [0.5]), r"h must be one number, got \[0.5\]"),
    "cold matrix": (lambda: ising.transfer_matrix(1e-3), "too low"),
    "ring of none": (lambda: ising.chain_log_partition(0, 1.0), "got 0"),
    "ring of 2.5": (lambda: ising.chain_log_partition(2.5, 1.0), "got 2.5"),
    "NaN field": (lambda: ising.chain_log_partition(3, 1.0, np.nan), "h must not"),
    "NaN coupling": (lambda: ising.decimate(np.nan), "K must not"),
    "NaN coupling in 2-D": (lambda: ising.migdal_kadanoff(np.nan), "K must not"),
    "torus of one": (lambda: ising.torus_energy(1, 2.0), "got 1"),
    "torus of True": (lambda: ising.torus_energy(True, 2.0), "got True"),
    "enumeration 6×6": (lambda: ising.density_of_states(6), "from 2 to 5, got 6"),
    "enumeration 1×1": (lambda: ising.density_of_states(1), "got 1"),
    "states of 25": (lambda: ising.spin_states(25), "from 1 to 24, got 25"),
    "sum over 25": (lambda: ising.log_partition_exact(np.zeros((25, 25)), 0.0, 1.0), "got 25"),
    "J not square": (lambda: ising.log_partition_exact(np.zeros((3, 4)), 0.0, 1.0), r"\(3, 4\)"),
    "J asymmetric": (
        lambda: ising.log_partition_exact(np.triu(ring), 0.0, 1.0),
        r"J\[0, 1\] = 1.0 and J\[1, 0\] = 0.0",
    ),
    "J with a diagonal": (
        lambda: ising.log_partition_exact(ring + np.eye(4), 0.0, 1.0),
        r"diagonal, got J\[0, 0\] = 1",
    ),
    "h of another length": (lambda: ising.log_partition_exact(ring, np.zeros(3), 1.0), r"\(3,\)"),
    "h of length 1": (lambda: ising.log_partition_exact(ring, [0.5], 1.0), r"\(1,\)"),
    "energy of a rectangle": (lambda: ising.lattice_energy(np.ones((3, 4))), r"\(3, 4\)"),
    "energy of zeros": (lambda: ising.lattice_energy(np.zeros((3, 3))), "±1"),
    "odd checkerboard": (
        lambda: ising.metropolis(np.ones((5, 5)), 2.0, 1, order="checkerboard"),
        "even L, got L = 5",
    ),
    "unknown order": (lambda: ising.metropolis(up, 2.0, 1, order="spiral"), "'spiral'"),
    "p that does not sum to 1": (lambda: entropy.entropy([0.5, 0.4]), "p must sum to 1, got a sum of 0.9"),
    "one of many rows": (lambda: entropy.entropy([[0.5, 0.5], [0.7, 0.2]]), "got a sum of 0.9"),
    "the other axis": (lambda: entropy.entropy([[0.5, 0.5], [0.7, 0.3]], axis=0), "got a sum of 1.2"),
    "an axis that is not there": (
        lambda: entropy.entropy([0.5, 0.5], axis=1),
        r"axes \(1,\), got shape \(2,\)",
    ),
    "two axes at once": (lambda: entropy.entropy(np.full((2, 2), 0.25), axis=(0, 1)), "p must have axes"),
    "a negative probability": (lambda: entropy.entropy([1.5, -0.5]), "p must not be negative, got -0.5"),
    "no outcomes": (
        lambda: entropy.entropy(np.ones((0, 3)) / 3),
        r"at least one outcome, got shape \(0, 3\)",
    ),
    "a NaN probability": (lambda: entropy.entropy([np.nan, 1.0]), "p must not contain NaN"),
    "one number": (lambda: entropy.entropy(1.0), r"axes \(-1,\), got shape \(\)"),
    "base 1": (lambda: entropy.entropy([1.0], base=1.0), "base must be larger than 1, got 1.0"),
    "q that does not sum to 1": (lambda: entropy.cross_entropy([1.0, 0.0], [1.0, 1.0]), "q must sum to 1"),
    "p and q of two sizes": (
        lambda: entropy.kl_divergence([1.0], [0.5, 0.5]),
        r"fitting shapes, got \(1,\) and \(2,\)",
    ),
    "p and q that do not broadcast": (
        lambda: entropy.kl_divergence(np.full((2, 2), 0.5), np.full((3, 2), 0.5)),
        r"got \(2, 2\) and \(3, 2\)",
    ),
    "no joint distribution": (lambda: entropy.mutual_information([0.5, 0.5]), r"axes \(-2, -1\), got shape"),
    "infinite logit": (lambda: entropy.softmax([0, np.inf]), "logits must be finite"),
    "no logits": (lambda: entropy.softmax([]), r"at least one, got shape \(0,\)"),
    "an empty nucleus": (lambda: entropy.top_p([0.5, 0.5], 0.0), "0 < mass ≤ 1, got 0.0"),
    "90 percent": (lambda: entropy.top_p([0.5, 0.5], 90), "got 90.0"),
    "a mean beyond the faces": (
        lambda: entropy.max_entropy(range(1, 7), 6.5),
        r"impossible: .* \[6.5\] .* 1 … 6",
    ),
    "a mean at the edge": (lambda: entropy.max_entropy(range(1, 7), 6.0), "at the edge .* mean \\[6.0\\]"),
    "a variance below 0": (
        lambda: entropy.max_entropy([[-1, 0, 1], [1, 0, 1]], [0.5, 0.2]),
        r"impossible: .* \[0.5, 0.2\] .* -1 … 1, 0 … 1",
    ),
    "constraints that disagree": (lambda: entropy.max_entropy([[1, 2], [2, 4]], [1.5, 2.5]), "impossible"),
    "one mean for two rows": (
        lambda: entropy.max_entropy([[1, 2, 3], [1, 4, 9]], 2.0),
        r"\(k, n\) and \(k,\), got \(2, 3\) and \(\)",
    ),
    "no values": (lambda: entropy.max_entropy([], 0.0), r"got \(0,\) and \(\)"),
    "correlation 1": (lambda: entropy.gaussian_bottleneck(1.0, 0.5), "-1 < rho < 1, got 1.0"),
    "two correlations": (lambda: entropy.gaussian_bottleneck([0.1, 0.2], 0.5), "rho must be one number"),
    "series of one": (lambda: chains.autocorrelation_time([1.0]), r"\(1,\)"),
    "size of NaN": (lambda: chains.effective_sample_size([1.0, np.nan]), "NaN"),
    "mean of a scalar": (lambda: chains.mean(1.0), r"\(\)"),
    "r_hat of a series": (lambda: chains.r_hat(np.ones(10)), r"\(10,\)"),
    "r_hat of too few": (lambda: chains.r_hat(np.ones((2, 3))), r"\(2, 3\)"),
    "jackknife of nothing": (lambda: chains.jackknife(np.mean), "one shape"),
    "jackknife shapes": (lambda: chains.jackknife(np.dot, np.ones(9), np.ones(8), blocks=2), r"\(9,\)"),
    "one temperature": (lambda: annealing.linear(2.0, 1.0, 1), "n must be an integer ≥ 2, got 1"),
    "infinite start": (lambda: annealing.geometric(np.inf, 1.0, 3), "T must be finite here, got inf"),
    "a negative constant": (lambda: annealing.logarithmic(-1.0, 3), "c must be positive, got -1.0"),
    "no logarithms": (lambda: annealing.logarithmic(1.0, 0), "got 0"),
    "C of another length": (lambda: annealing.constant_speed([2, 1], [1], 3), r"\(2,\) and \(1,\)"),
    "T that rises": (lambda: annealing.constant_speed([1, 2], [1, 1], 3), "T must fall, got 1.0 … 2.0"),
    "a negative C": (lambda: annealing.constant_speed([2, 1], [1, -1], 3), "got -1.0 to 1.0"),
    "a frozen pilot": (lambda: annealing.adaptive(lambda x: 0.0, move, 0, 2.0, 1.0, 3), "got 0.0 to 0.0"),
    "a short pilot": (lambda: annealing.adaptive(float, move, 0, 2.0, 1.0, 3, pilot=5), "≥ 10, got 5"),
    "an empty schedule": (lambda: annealing.anneal(float, move, 0, []), r"n ≥ 1, got \(0,\)"),
    "a table of temperatures": (lambda: annealing.anneal(float, move, 0, [[1.0]]), r"got \(1, 1\)"),
    "a start at NaN": (lambda: annealing.anneal(float, move, np.nan, [1.0]), "energy of the start must not"),
    "an energy of two": (lambda: annealing.anneal(list, move, (1, 2), [1.0]), "start must be one number"),
    "annealed J asymmetric": (
        lambda: annealing.anneal_ising(np.triu(ring), 0.0, [1.0]),
        r"J\[0, 1\] = 1.0 and J\[1, 0\] = 0.0",
    ),
    "annealed J with a diagonal": (
        lambda: annealing.anneal_ising(np.eye(2), 0.0, [1.0]),
        r"diagonal, got J\[0, 0\] = 1",
    ),
    "no spins": (lambda: annealing.anneal_ising(np.ones((0, 0)), 0.0, [1.0]), r"square .* shape \(0, 0\)"),
    "annealed h": (lambda: annealing.anneal_ising(ring, np.zeros(3), [1.0]), r"h must have .* got \(3,\)"),
    "an empty schedule of sweeps": (lambda: annealing.anneal_ising(ring, 0.0, []), r"n ≥ 1, got \(0,\)"),
    "no reads": (lambda: annealing.anneal_ising(ring, 0.0, [1.0], reads=0), "reads must .* got 0"),
    "an empty path": (lambda: annealing.end_distribution([], [1.0], 0), r"E must have .* got \(0,\)"),
    "a start beyond the path": (lambda: annealing.end_distribution([0, 1], [1.0], 2), "from 0 to 1, got 2"),
    "a start between states": (lambda: annealing.end_distribution([0, 1], [1.0], 0.5), "got 0.5"),
    "a start of three": (lambda: annealing.end_distribution([0, 1], [1.0], [1, 0, 0]), r"shape \(3,\)"),
    "a start that sums to 2": (lambda: annealing.end_distribution([0, 1], [1.0], [1, 1]), "sum of 2.0"),
    "no steps": (lambda: annealing.temper(float, move, 0, [1.0, 2.0], 0), "steps must .* got 0"),
    "a population of one": (
        lambda: annealing.population_annealing(float, move, [0], [2.0, 1.0], steps=1),
        "number of states must be an integer ≥ 2, got 1",
    ),
    "a start at infinity": (
        lambda: annealing.first_passage_time(abs, -np.inf, 1.0, 1.0),
        "start must be fin",
    ),
    "a barrier that is a well": (
        lambda: annealing.kramers_rate(8.0, -4.0, 1.0, 0.1),
        "must be positive, .* got 8.0 and -4.0",
    ),
    "a barrier below the well": (
        lambda: annealing.kramers_rate(1.0, 1.0, -2.0, 0.5),
        "barrier must be positive, .* got -2.0",
    ),
    "no barrier": (lambda: annealing.kramers_rate(1.0, 1.0, 0.0, 0.5), "barrier must be positive, .* got 0"),
    "a population that is none": (
        lambda: annealing.population_annealing(float, move, 3, [2.0, 1.0], steps=1),
        "x0s must be a list of states, got 3",
    ),
    "spins of another number": (lambda: ising.energy(ring, 0.0, np.ones(3)), r"\(\.\.\., 4\), got \(3,\)"),
    "the energy of no spins": (lambda: ising.energy(ring, 0.0, 1.0), r"\(\.\.\., 4\), got \(\)"),
    "spins of 0 and 1": (lambda: ising.energy(ring, 0.0, [0, 1, 1, 0]), "±1, got values from 0.0 to 1.0"),
    "half a spin": (lambda: ising.energy(ring, 0.0, [1, 1, 0.5, -1]), "s must be ±1"),
    "an energy of triangular J": (lambda: ising.energy(np.triu(ring), 0.0, np.ones(4)), r"J\[1, 0\] = 0.0"),
    "a narrow torus": (lambda: problems.torus(2, 5), "rows must be an integer ≥ 3, got 2"),
    "a cut of zeros": (lambda: problems.cut_size([[0, 1]], [0, 1]), r"±1, got \[0.0, 1.0\]"),
    "edges of floats": (lambda: problems.cut_size([[0.0, 1.0]], [1, 1]), "got float64 of shape"),
    "triangles": (lambda: problems.cut_size([[0, 1, 2]], [1, 1, 1]), r"\(1, 3\)"),
    "a vertex that is not there": (lambda: problems.max_cut_couplings([[0, 3]], 3), r"0 … 2, got \[0, 3\]"),
    "a loop": (lambda: problems.max_cut_couplings([[1, 1]], 3), r"got \[1, 1\]"),
    "an edge twice": (lambda: problems.max_cut_couplings([[0, 1], [1, 0]], 3), "0–1 2 times"),
    "two cities": (lambda: problems.circle(2), "n must be an integer ≥ 3, got 2"),
    "distances of a rectangle": (lambda: problems.tour_length(np.ones((2, 3)), [0, 1]), r"\(2, 3\)"),
    "a city twice": (lambda: problems.tour_length(np.ones((2, 2)), [0, 0]), r"0 … 1 once, got \[0, 0\]"),
    "a statistic that is NaN": (
        lambda: chains.jackknife(lambda x: np.nan, np.ones(64)),
        "statistic must return finite numbers, got nan",
    ),
    "distances with a NaN": (
        lambda: problems.tour_length([[0, np.nan], [np.nan, 0]], [0, 1]),
        "distances must not contain NaN",
    ),
    "an infinite distance": (
        lambda: problems.tour_length([[0, np.inf], [np.inf, 0]], [0, 1]),
        "distances must be finite",
    ),
    "a negative distance": (
        lambda: problems.tour_length([[0, 1, 2], [1, 0, -3], [2, -3, 0]], [0, 1, 2]),
        "must not be negative, got -3.0 from city 1 to 2",
    ),
    "a distance longer back": (
        lambda: problems.tour_length([[0, 1, 2], [1, 0, 3], [2.5, 3, 0]], [0, 1, 2]),
        "must be symmetric, got 2.0 from city 0 to 2, 2.5 back",
    ),
    "distances of no city": (lambda: problems.tour_length(np.zeros((0, 0)), []), "integers, got float64"),
    "a tour of floats": (lambda: problems.tour_length(np.ones((2, 2)), [0.0, 1.0]), "tour must be integers"),
    "a tour of names": (
        lambda: problems.tour_length(np.ones((2, 2)), ["a", "b"]),
        "tour must be an array of",
    ),
    "floats to reverse": (lambda: problems.two_opt([0.0, 1.0], 1), "tour must be integers, got float64"),
    "tours to reverse": (lambda: problems.two_opt([[0, 1]], 1), r"n ≥ 1, got \(1, 2\)"),
    "edges that are hidden": (
        lambda: problems.cut_size(np.ma.masked_equal([[0, 1]], 1), [1, -1]),
        "edges must not be masked",
    ),
    "sides that are words": (lambda: problems.cut_size([[0, 1]], ["a", "b"]), "s must be an array of real"),
    "no tour": (lambda: problems.two_opt([], np.random.default_rng(0)), r"integers, got .* \(0,\)"),
    "jackknife blocks": (lambda: chains.jackknife(np.mean, np.ones(9), blocks=1), "from 2 to 9, got 1"),
}


RNG = [
    lambda rng: ising.metropolis(up, 2.0, 1, rng=rng),
    lambda rng: ising.heat_bath(up, 2.0, 1, rng=rng),
    lambda rng: ising.wolff(up, 2.0, 1, rng=rng),
    lambda rng: ising.swendsen_wang(up, 2.0, 1, rng=rng),
    lambda rng: annealing.adaptive(float, move, 0, 2.0, 1.0, 3, rng=rng),
    lambda rng: annealing.anneal(float, move, 0, [1.0], rng=rng),
    lambda rng: annealing.anneal_ising(ring, 0.0, [1.0], rng=rng),
    lambda rng: annealing.temper(float, move, 0, [1.0], 1, rng=rng),
    lambda rng: annealing.population_annealing(float, move, [0, 1], [1.0], steps=1, rng=rng),
    lambda rng: problems.two_opt([0, 1, 2], rng),
]


@pytest.mark.parametrize("rng", [1.5, "a", {}, -1, True, [1, 2], np.random.RandomState(0)])
@pytest.mark.parametrize("function", RNG)
def test_bad_rng(function, rng):
    with pytest.raises(
        ValueError, match=r"rng must be an integer ≥ 0, a numpy\.random\.Generator or None, got"
    ):
        function(rng)


# What may be one number or an array of them: the arrays' axes are those of T, and no axis gives a scalar.
OF_ONE = [
    lambda T: ising.chain_log_partition(5, T),
    ising.decimate,
    ising.migdal_kadanoff,
    ising.onsager_free_energy,
    ising.onsager_energy,
    ising.onsager_heat_capacity,
    ising.spontaneous_magnetization,
    lambda T: ising.torus_log_partition(4, T),
    lambda T: ising.torus_energy(4, T),
    lambda T: ising.torus_heat_capacity(4, T),
    lambda T: ising.log_partition_exact(ring, 0.3, T),
    lambda T: annealing.kramers_rate(1.0, 1.0, 1.0, T),
]


@pytest.mark.parametrize("function", OF_ONE)
def test_the_axes_of_T(function):
    for one in (2.5, np.float64(2.5), np.array(2.5), 2):
        assert type(function(one)) is np.float64
    many = function([[2.5, 1.0, 2.0]])
    assert type(many) is np.ndarray and many.shape == (1, 3) and many[0, 0] == function(2.5)


def test_a_scalar_for_a_single_state():
    assert type(ising.lattice_energy(up)) is type(ising.energy(ring, 0.5, np.ones(4))) is np.float64
    assert type(problems.cut_size([[0, 1]], [1, -1])) is np.int64


COLD = 1e-300  # as cold as it gets, beside energies and numbers of spins that carry E/T beyond the doubles


@pytest.mark.parametrize(
    ("function", "exact"),
    [
        (lambda: ising.chain_log_partition(5, COLD), 5 / COLD),
        (lambda: ising.chain_log_partition(5, COLD, -1.5), 12.5 / COLD),
        (lambda: ising.chain_log_partition(5, COLD, 1e9), np.inf),
        (lambda: ising.chain_log_partition(10**9, COLD, 3.0), np.inf),
        (lambda: ising.onsager_free_energy(COLD), -2),
        (lambda: ising.onsager_energy(COLD), -2),
        (lambda: ising.onsager_heat_capacity(COLD), 0),
        (lambda: ising.spontaneous_magnetization(COLD), 1),
        (lambda: ising.torus_log_partition(2, COLD), 8 / COLD),
        (lambda: ising.torus_energy(2, COLD), -2),
        (lambda: ising.torus_heat_capacity(2, COLD), 0),
        (lambda: ising.torus_log_partition(64, COLD), 8192 / COLD),
        (lambda: ising.torus_log_partition(10_000, COLD), np.inf),
        (lambda: ising.log_partition_exact(ring, 0.0, COLD), 4 / COLD),
        (lambda: annealing.kramers_rate(1.0, 1.0, 1.0, COLD), 0),
        (lambda: annealing.kramers_rate(1.0, 1.0, 1e9, COLD), 0),
        (lambda: annealing.end_distribution([1, 0], [COLD] * 2, 0)[1], 0.75),
        (lambda: annealing.anneal_ising(ring, 0.0, [COLD] * 50, reads=9, rng=0).best_energy, -4),
        (lambda: ising.metropolis(up, COLD, 2, rng=0, h=1e9).energy[-1], -32 - 16e9),
        (lambda: ising.heat_bath(up, COLD, 2, rng=0, h=1e9).energy[-1], -32 - 16e9),
        (lambda: ising.wolff(up, COLD, 2, rng=0, h=1e9).energy[-1], -32 - 16e9),
        (lambda: ising.swendsen_wang(up, COLD, 2, rng=0, h=1e9).energy[-1], -32 - 16e9),
        (lambda: annealing.temper(float, move, 0, [COLD, 1.0], 9, rng=0).energies.shape[1], 9),
    ],
)
def test_as_cold_as_a_number_can_be(function, exact):
    assert function() == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("T", TEMPERATURES, ids=str)
@pytest.mark.parametrize("function", OF_T)
def test_bad_temperature(function, T):
    with pytest.raises(ValueError, match="T must"):
        function(T)


def results(function):
    """Yield what comes of one temperature and of a schedule; most functions refuse one of the two."""
    for T in (1.5, [2.0, 1.0]):
        with suppress(ValueError):
            yield function(T)


def no_scalar(array):
    """Say whether it is an array that has one entry and no axis, where a number is wanted."""
    return isinstance(array, np.ndarray) and array.ndim == 0


def arrays(result):
    """Yield the arrays and numbers of NumPy's in a result, and in the tuples in it."""
    if isinstance(result, tuple):
        for part in result:
            yield from arrays(part)
    elif isinstance(result, np.ndarray | np.generic):
        yield result


@pytest.mark.parametrize("function", OF_T)
def test_a_scalar_for_a_scalar(function):
    assert (found := list(results(function)))
    assert not any(no_scalar(array) for result in found for array in arrays(result)), found


@pytest.mark.parametrize("call", OF_NO_T)
def test_a_scalar_where_no_temperature_is_asked_for(call):
    assert not any(map(no_scalar, arrays(call())))


@pytest.mark.parametrize("function", OF_T)
def test_the_lowest_temperature(function):
    """T = 1e-300 is a temperature like any other: no NaN, no warning. Some find it too cold, and say so."""
    for T in (1e-300, [1.0, 1e-300]):
        try:
            assert not any(np.isnan(array).any() for array in arrays(function(T)))
        except (ValueError, chains.ConvergenceError) as error:
            assert "T must be at least" not in str(error)


@pytest.mark.parametrize("name", BAD)
def test_bad_input(name):
    call, said = BAD[name]
    with pytest.raises(ValueError, match=said):
        call()


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"spins": np.ones((3, 4))}, r"\(3, 4\)"),
        ({"spins": np.ones(4)}, r"\(4,\)"),
        ({"spins": np.zeros((4, 4))}, "±1"),
        ({"spins": np.ones((1, 1))}, r"\(1, 1\)"),
        ({"T": [1.0, 2.0]}, r"\(2,\)"),
        ({"sweeps": 0}, "got 0"),
        ({"sweeps": 1.5}, "got 1.5"),
        ({"h": np.inf}, "h must be finite"),
        ({"h": [1, 2]}, r"h must be one number, got \[1.0, 2.0\]"),
        ({"T": None}, "T must be an array of real numbers, got None"),
    ],
)
def test_bad_input_of_samplers(sampler, change, said):
    with pytest.raises(ValueError, match=said):
        sampler(**{"spins": up, "T": 2.0, "sweeps": 1, **change})


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_pure_and_seeded(sampler):
    """The input stays, the global random state stays, and a seed means the same as a Generator made of it."""
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    start = np.ones((2, 4, 4), dtype=np.int8)
    first, again = (sampler(start, 2.0, 20, rng=rng) for rng in (3, np.random.default_rng(3)))
    other = sampler(start, 2.0, 20)
    assert np.all(start == 1) and first.spins.dtype == np.int8 and not np.shares_memory(start, first.spins)
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(first.energy, other.energy)
    assert not np.array_equal(first.energy[0], first.energy[1])
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


COLD_MATRIX = (1 + 0.5) / np.log(np.finfo(float).max)  # e^{(1 + h)/T} is the largest double, for h = ½


def start_of(total):
    """A distribution over two states that sums to `total`."""
    return annealing.end_distribution([0.0, 0.0], [1.0], [total / 2] * 2)


@pytest.mark.parametrize(
    ("function", "inside", "outside"),
    [
        (lambda T: ising.transfer_matrix(T, 0.5), COLD_MATRIX * (1 + 1e-12), COLD_MATRIX * (1 - 1e-12)),
        (lambda N: ising.chain_log_partition(N, 1.0), 1, 0),
        (lambda L: ising.torus_log_partition(L, 1.0), 2, 1),
        (ising.density_of_states, 2, 1),
        (ising.density_of_states, 5, 6),
        (ising.spin_states, 1, 0),
        (lambda n: ising.log_partition_exact(np.zeros((n, n)), 0.0, 1.0), 24, 25),
        (lambda L: ising.lattice_energy(np.ones((L, L))), 2, 1),
        (lambda L: ising.metropolis(np.ones((L, L)), 1.0, 1, order="checkerboard"), 4, 5),
        (lambda L: ising.metropolis(np.ones((L, L)), 1.0, 1, order="checkerboard"), 2, 3),
        (lambda n: ising.wolff(up, 1.0, n), 1, 0),
        (lambda n: annealing.linear(2.0, 1.0, n), 2, 1),
        (lambda n: annealing.geometric(2.0, 1.0, n), 2, 1),
        (lambda n: annealing.logarithmic(1.0, n), 1, 0),
        (lambda c: annealing.logarithmic(c, 2), 1e-300, 0.0),
        (lambda n: annealing.constant_speed([2.0, 1.0], [1.0, 1.0], n), 2, 1),
        (lambda m: annealing.constant_speed(np.arange(m, 0.0, -1), np.ones(m), 3), 2, 1),
        (lambda T: annealing.constant_speed([2.0, T], [1.0, 1.0], 3), np.nextafter(2.0, 1.0), 2.0),
        (lambda C: annealing.constant_speed([2.0, 1.0], [1.0, C], 3), 0.0, -1e-300),
        (lambda n: annealing.adaptive(float, move, 0, 2.0, 1.0, 3, pilot=n, rng=0), 10, 9),
        (lambda n: annealing.anneal_ising(ring, 0.0, [1.0], reads=n), 1, 0),
        (start_of, 1 + 0.9e-9, 1 + 1.1e-9),
        (start_of, 1 - 0.9e-9, 1 - 1.1e-9),
        (lambda i: annealing.end_distribution([0.0, 0.0], [1.0], i), 1, 2),
        (lambda i: annealing.end_distribution([0.0, 0.0], [1.0], i), 0, -1),
        (lambda n: annealing.temper(float, move, 0, [1.0], n), 1, 0),
        (lambda n: annealing.population_annealing(float, move, [0, 0], [1.0], steps=n), 0, -1),
        (lambda n: annealing.population_annealing(float, move, [0] * n, [1.0], steps=1), 2, 1),
        (lambda b: annealing.kramers_rate(1.0, 1.0, b, 1.0), 1e-300, 0.0),
        (lambda c: annealing.kramers_rate(c, 1.0, 1.0, 1.0), 1e-300, 0.0),
        (lambda n: problems.torus(n, 3), 3, 2),
        (lambda n: problems.torus(3, n), 3, 2),
        (problems.circle, 3, 2),
        (lambda n: problems.max_cut_couplings([[0, 4]], n), 5, 4),
        (lambda d: problems.tour_length([[0.0, d], [d, 0.0]], [0, 1]), 0.0, -1e-300),
    ],
)
def test_just_inside_and_just_outside(function, inside, outside):
    function(inside)
    with pytest.raises(ValueError, match="got"):
        function(outside)


OF_TORCH: set[str] = set()  # only these modules may import torch
# Every file of the package, and each imports from earlier lines alone.
LAYERS = [
    "_types",
    "_results _validate exercises/__init__ _kernels",
    "_kaufman boltzmann chains palette problems",
    "annealing entropy ising",
    "exercises/annealing exercises/entropy exercises/partition_functions",
    "checks widgets/kit/__init__ widgets/kit/bundle",
    "widgets/kit/host",
    "widgets/kit/lab",
    "widgets/annealing_lab/__init__ widgets/explore/__init__ widgets/ising_lab/__init__",
    "widgets/question/__init__ widgets/sampler_lab/__init__",
]


def file_of(name, files):
    """Find the file behind a name imported from thermolib: a module, a package, or the one that holds it."""
    path = name.removeprefix("thermolib.").replace(".", "/")
    above = path.rpartition("/")[0]
    found = [x for x in (path, above, f"{path}/__init__", f"{above}/__init__") if x in files]
    assert found, f"{name} is in no file of thermolib"
    return found[0]


def test_arrows():
    package = Path(thermolib.__file__).parent
    files = {path.relative_to(package).with_suffix("").as_posix(): path for path in package.rglob("*.py")}
    layer = {name: k for k, line in enumerate(LAYERS) for name in line.split()}
    bare = {"__init__", "widgets/__init__"}  # nothing is imported or re-exported there
    assert layer.keys() | bare == files.keys()
    for name, path in files.items():
        ours = [one for one in imports(path) if one.split(".")[0] == "thermolib"]
        assert not ours or name not in bare, f"{name} imports {ours}"
        against = [one for one in ours if layer[file_of(one, files)] >= layer[name]]
        assert not against, f"{name} imports {against}, which stand not before it in LAYERS"
        if name not in OF_TORCH:
            assert "torch" not in {one.split(".")[0] for one in imports(path)}, f"{name} imports torch"


HEAVY = {"scipy.optimize", "scipy.integrate", "scipy.sparse", "scipy.stats", "matplotlib", "numba"}


@pytest.mark.parametrize(
    ("module", "compiled"),
    [
        *((module, set()) for module in ("boltzmann", "chains", "checks", "entropy", "problems")),
        *((module, {"numba"}) for module in ("annealing", "ising")),
    ],
)
def test_light_imports(module, compiled):
    """What one function needs, or another module, is not loaded with each."""
    heavy = f"[name for name in {HEAVY - compiled} if name in sys.modules]"
    code = f"import sys, thermolib.{module}; print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
