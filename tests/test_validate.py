"""What is no number, refused at every door; and every threshold of `thermolib._validate`, from both sides.

Through public functions: a validator that nobody calls would refuse nothing.
"""

from fractions import Fraction

import numpy as np
import pytest
from scipy import sparse
from thermolib import (
    annealing,
    boltzmann,
    chains,
    entropy,
    free_energy,
    ising,
    mean_field,
    palette,
    problems,
    sampling,
)

from declared import Fault

up = np.ones((4, 4))
ring = np.roll(np.eye(4), 1, axis=0) + np.roll(np.eye(4), -1, axis=0)


class Gradient:
    """As torch's tensors that require a gradient do."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy().")

    def __index__(self):
        raise TypeError("only integer tensors of a single element can be converted to an index")


# Each argument of numbers, as one number or as many of them.
OF_NUMBERS = {
    "E": lambda x: boltzmann.log_partition(x, 1.0),
    "log_g": lambda x: boltzmann.boltzmann([0, 1], 1.0, x),
    "L of a gas": lambda x: boltzmann.tonks_gas(1.0, x, 1),
    "N of a gas": lambda x: boltzmann.tonks_gas(1.0, 5.0, x),
    "a": lambda x: boltzmann.tonks_gas(1.0, 5.0, 1, x),
    "x": lambda x: boltzmann.legendre(x, [0, 1, 4], 2.0),
    "y": lambda x: boltzmann.legendre([0, 1, 2], x, 2.0),
    "slope": lambda x: boltzmann.legendre([0, 1, 2], [0, 1, 4], x),
    "p": entropy.entropy,
    "base": lambda x: entropy.entropy([0.5, 0.5], base=x),
    "p crossed": lambda x: entropy.cross_entropy(x, [0.5, 0.5]),
    "q": lambda x: entropy.kl_divergence([0.5, 0.5], x),
    "p_xy": entropy.mutual_information,
    "logits": entropy.softmax,
    "mass": lambda x: entropy.top_p([0.5, 0.5], x),
    "values": lambda x: entropy.max_entropy(x, 1.5),
    "mean": lambda x: entropy.max_entropy([1, 2], x),
    "rho": lambda x: entropy.gaussian_bottleneck(x, 0.5),
    "h of a matrix": lambda x: ising.transfer_matrix(1.0, x),
    "h of a chain": lambda x: ising.chain_log_partition(3, 1.0, x),
    "K": ising.decimate,
    "K in two dimensions": ising.migdal_kadanoff,
    "J": lambda x: ising.log_partition_exact(x, 0.0, 1.0),
    "h": lambda x: ising.log_partition_exact(ring, x, 1.0),
    "spins": ising.lattice_energy,
    "spins that move": lambda x: sampling.metropolis(x, 2.0, 1),
    "h of a lattice": lambda x: ising.lattice_energy(up, x),
    "a series": chains.mean,
    "chains": chains.r_hat,
    "c": lambda x: annealing.logarithmic(x, 3),
    "C": lambda x: annealing.constant_speed([2.0, 1.0], x, 3),
    "E of a path": lambda x: annealing.end_distribution(x, [1.0], 0),
    "start": lambda x: annealing.end_distribution([0, 1], [1.0], x),
    "barrier": lambda x: annealing.kramers_rate(1.0, 1.0, x, 1.0),
    "betas": lambda x: free_energy.thermodynamic_integration(x, [1, 2]),
    "means": lambda x: free_energy.thermodynamic_integration([0, 1], x),
    "work": free_energy.jarzynski,
    "work_reverse": lambda x: free_energy.bar([1.0], x),
    "u_kn": lambda x: free_energy.mbar(x, [1, 1]),
    "N_k": lambda x: free_energy.mbar([[0, 0], [0, 0]], x),
    "mu0": lambda x: free_energy.gaussian_kl(x, 1, 0, 1),
    "cov1": lambda x: free_energy.gaussian_kl(0, 1, 0, x),
    "X": lambda x: free_energy.gaussian_log_evidence(x, [1, 2], 1, 1),
    "prior_std": lambda x: free_energy.gaussian_log_evidence([[1], [2]], [1, 2], 1, x),
    "centres": lambda x: free_energy.pull(x, 1, dt=1),
    "stiffness": lambda x: free_energy.pull([0, 1], 1, dt=1, stiffness=x),
    "m": lambda x: mean_field.curie_weiss_free_energy(x, 1.0),
    "h of a magnet": lambda x: mean_field.curie_weiss_magnetization(1.0, x),
    "damping": lambda x: mean_field.tap(ring, 0.0, 1.0, damping=x),
    "patterns": mean_field.Hopfield,
    "state": lambda x: mean_field.Hopfield(up).recall(x, rng=0),
    "T of recall": lambda x: mean_field.Hopfield(up).recall(up, x, rng=0),
    "squares": lambda x: mean_field.q_map(x, 1.0, 0.1),
    "sigma_w2": lambda x: mean_field.chi_1(x, 0.1),
    "sigma_b2": mean_field.critical_sigma_w2,
    "correlations": lambda x: mean_field.c_map(x, 1.0, 0.1),
    "distances": lambda x: problems.tour_length(x, [0, 1, 2]),
    "a colour": palette.temperature_color,
    "a position": palette.temperature_position,
}
NO_NUMBERS = {
    "text": "1",
    "texts": ["1", "2"],
    "texts as objects": np.array(["1", "2"], dtype=object),
    "bytes": b"1",
    "a date": np.datetime64("2020-01-01"),
    "times": np.array([1, 2], dtype="timedelta64[s]"),
    "a huge integer": 10**400,
    "a huge integer among others": [1, 10**400],
    "a tensor with a gradient": Gradient(),
    "masked": np.ma.array([0.5, 0.5], mask=[False, True]),
    "masked parts": [np.ma.array([0.5, 0.5], mask=[False, True]), [0.5, 0.5]],
    "the masked constant": [np.ma.masked, 1.0],
    "complex": [1j, 0.0],
    "nothing": None,
    "rows of two lengths": [[1.0], [1.0, 2.0]],
    "a set": {1.0, 2.0},
    "a truth value": True,
    "NaN": np.nan,
}


@pytest.mark.parametrize("value", NO_NUMBERS)
@pytest.mark.parametrize("argument", OF_NUMBERS)
def test_no_number(argument, value):
    with pytest.raises(ValueError, match="must"):
        OF_NUMBERS[argument](NO_NUMBERS[value])


def test_what_is_said_of_what_came():
    for value, said in (
        ("1", "T must be an array of real numbers, got '1'"),
        (np.datetime64("2020-01-01"), "T must be an array of real numbers, got "),
        (10**400, r"T must be an array of real numbers, got 10+\.\.\.0+"),  # not 400 digits of it
        (np.ma.array([1.0, 2.0]), "T must not be masked: fill it or compress it first"),
        (True, "T must be an array of real numbers, got True"),
        (1e-301, "T must be at least 1e-300: 1/T overflows near 0; got 1e-301"),
    ):
        with pytest.raises(ValueError, match=said):
            boltzmann.log_partition([0, 1], value)


@pytest.mark.parametrize(
    "E",
    [
        [Fraction(0), Fraction(1)],
        np.array([0, 1], dtype=object),
        np.array([0, 1], dtype=">f4"),
        np.array([False, True]),
        np.array([0, 1], dtype=np.uint8),
        np.array([0, 1], dtype=np.longdouble),
        range(2),
        (0, np.float16(1)),
    ],
)
def test_what_is_a_number(E):
    assert boltzmann.log_partition(E, 1.0) == boltzmann.log_partition([0.0, 1.0], 1.0)


def test_more_than_a_double_holds():
    """Where long doubles are longer, the largest is no infinity, at which T would be welcome."""
    huge = np.finfo(np.longdouble).max
    if huge > np.finfo(np.float64).max:
        with pytest.raises(ValueError, match="T must be an array of real numbers"):
            boltzmann.log_partition([0, 1], huge)


def test_integers():
    """Inside and outside of every kind of limit: least, most, both, and the machine's."""
    assert np.isfinite(ising.chain_log_partition(1, 1.0)) and len(ising.spin_states(1)) == 2
    for N in (0, -1, 1.0, 1.5, "1", None, True, np.True_, np.array([1]), np.ma.array(1), Gradient()):
        with pytest.raises(ValueError, match="N must be an integer ≥ 1, got"):
            ising.chain_log_partition(N, 1.0)
    largest = 2**63 - 1
    assert ising.chain_log_partition(largest, 1.0) == pytest.approx(
        largest * np.log(2 * np.cosh(1)), rel=1e-12
    )
    for N in (largest + 1, 10**400):
        with pytest.raises(ValueError, match=f"N must be an integer from 1 to {largest}, got"):
            ising.chain_log_partition(N, 1.0)
    for whole in (np.int8(2), np.uint64(2), np.array(2)):
        assert ising.density_of_states(whole)[1].sum() == 2**4
    for L in (1, 6):
        with pytest.raises(ValueError, match=f"L must be an integer from 2 to 5, got {L}"):
            ising.density_of_states(L)


def test_axes():
    table = np.full((2, 2), 0.5)
    for axis in (-2, -1, 0, 1, np.int64(1)):
        assert entropy.entropy(table, axis=axis).shape == (2,)
    for axis in (-3, 2, 10**20, 1.0, None, True, "0"):
        with pytest.raises(ValueError, match="p must have axes"):
            entropy.entropy(table, axis=axis)


@pytest.mark.parametrize("rng", [-1, 1.5, "a", b"a", {}, [1, 2], True, np.random.RandomState(1), Gradient()])
@pytest.mark.parametrize(
    "function",
    [
        lambda rng: sampling.metropolis(up, 2.0, 1, rng=rng),
        lambda rng: sampling.wolff(up, 2.0, 1, rng=rng),
        lambda rng: annealing.anneal(abs, lambda x, rng: x, 0, [1.0], rng=rng),
        lambda rng: annealing.anneal_ising(ring, 0.0, [1.0], rng=rng),
        lambda rng: annealing.temper(abs, lambda x, rng: x, 0, [1.0, 2.0], 1, rng=rng),
        lambda rng: annealing.population_annealing(
            abs, lambda x, rng: x, [0, 1], [2.0, 1.0], steps=1, rng=rng
        ),
    ],
)
def test_no_seed(function, rng):
    with pytest.raises(
        ValueError, match=r"rng must be an integer ≥ 0, a numpy\.random\.Generator or None, got"
    ):
        function(rng)


def test_seeds():
    """A seed, of any kind of integer and however large, is the generator made of it; one given is used."""
    for seed in (0, np.int8(3), np.uint64(2**64 - 1), 2**200):
        seeds = (seed, np.random.default_rng(seed))
        first, again = (sampling.heat_bath(up, 2.0, 9, rng=rng) for rng in seeds)
        np.testing.assert_array_equal(first.spins, again.spins)
        np.testing.assert_array_equal(first.energy, again.energy)
    rng = np.random.default_rng(0)
    before = rng.bit_generator.state
    sampling.heat_bath(up, 2.0, 9, rng=rng)
    assert rng.bit_generator.state != before
    first, second = (sampling.heat_bath(np.ones((8, 8)), np.inf, 1).spins for _ in range(2))
    assert not np.array_equal(first, second)  # one time in 2⁶⁴ they are the same


def test_spins():
    assert ising.lattice_energy(np.array([[True, True], [True, True]])) == -8
    for one in (np.nextafter(1, 2), np.nextafter(1, 0), -np.nextafter(1, 2), 0, 2):
        with pytest.raises(ValueError, match="spins must be ±1"):
            ising.lattice_energy(np.where(np.eye(4), one, 1.0))
    for shape in ((1, 1), (2,), (2, 3), (3, 2), (0, 2, 2), (2, 0, 0)):
        with pytest.raises(ValueError, match=r"spins must have shape \(\.\.\., L, L\) with L ≥ 2, got"):
            ising.lattice_energy(np.ones(shape))


def test_symmetry_of_couplings():
    """J may be asymmetric by 1e-12 of its largest entry, which rounding makes of AᵀA and the like."""
    exact = ising.log_partition_exact(1e9 * ring, 0.0, 1e9)
    for J in (1e9 * ring, sparse.csr_array(1e9 * ring)):
        J[0, 1] = 1e9 * (1 + 0.9e-12)
        assert ising.log_partition_exact(J, 0.0, 1e9) == pytest.approx(exact, rel=1e-12)
        J[0, 1] = 1e9 * (1 + 1.1e-12)
        with pytest.raises(ValueError, match=r"J must be symmetric, got J\[0, 1\] = .* and J\[1, 0\] = "):
            ising.log_partition_exact(J, 0.0, 1e9)
    for tiny in (5e-324, -1e-300):
        with pytest.raises(ValueError, match=r"J must have zero diagonal, got J\[2, 2\]"):
            ising.log_partition_exact(ring + np.diag([0, 0, tiny, 0]), 0.0, 1.0)


def test_a_nearly_symmetric_coupling_is_halved_between_both():
    """Both J_ij and J_ji become (J_ij + J_ji)/2, so that the energy is −½ sᵀJs all the same."""
    J = np.array([[0.0, 1.0], [1.0 + 0.9e-12, 0.0]])
    assert ising.log_partition_exact(J, 0.0, 1.0) == pytest.approx(
        np.log(4 * np.cosh(1 + 0.45e-12)), rel=1e-16, abs=1e-16
    )


@pytest.mark.parametrize("kind", [sparse.csr_array, sparse.coo_array, sparse.dia_array, sparse.csc_matrix])
def test_sparse_couplings(kind):
    h = np.array([0.1, -0.2, 0.3, 0.0])
    assert ising.log_partition_exact(kind(ring), h, 1.5) == ising.log_partition_exact(ring, h, 1.5)
    infinite = np.where(ring == 1, np.inf, 0)
    for wrong, said in ((1j * ring, "real numbers"), (infinite, "finite"), (ring[:3], "square")):
        with pytest.raises(ValueError, match=f"J must be .*{said}"):
            ising.log_partition_exact(kind(wrong), h, 1.5)


FAULTS = [
    Fault(
        "the mask dropped",
        "if any(map(np.ma.isMaskedArray, x if isinstance(x, list | tuple) else [x])):",
        "if False:",
        "test_what_is_said_of_what_came",
        file="_validate.py",
    ),
    Fault(
        "text and dates taken for numbers",
        'kinds = "biufO" if array.ndim else "iufO"',
        'kinds = "biufOSUMm" if array.ndim else "iufOSUMm"',
        "test_what_is_said_of_what_came",
        file="_validate.py",
    ),
    Fault(
        "temperatures whose inverse is infinite",
        "COLDEST = 1e-300",
        "COLDEST = 5e-324",
        "test_what_is_said_of_what_came",
        file="_validate.py",
    ),
    Fault(
        "couplings asymmetric by a percent",
        "uneven.data > 1e-12 * abs(rows).max()",
        "uneven.data > 1e-2 * abs(rows).max()",
        "test_symmetry_of_couplings",
        file="_validate.py",
    ),
    Fault(
        "half of an asymmetric pair forgotten",
        "sparse.csr_array(rows / 2 + rows.T / 2)",
        "sparse.csr_array(rows)",
        "test_a_nearly_symmetric_coupling_is_halved_between_both",
        file="_validate.py",
    ),
]
