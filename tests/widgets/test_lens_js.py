"""The rules of the lab, `lens.js`, held to NumPy, Onsager and Kaufman; wrong variants rejected."""

import numpy as np
import pytest
from pages import ask
from scipy.optimize import brentq
from thermolib import chains, ising
from thermolib.sampling import swendsen_wang
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.lens_lab import AGAIN, OFFS, SWEEPS, LensLab, coupling, majority, to_bits

SOURCE = bundle("lens_lab/lens.js")

LEVELS = """({ bytes, size, least }) => {
    const lattice = { size, spins: physics.fromBits(Uint8Array.from(bytes), size) };
    return physics.levels(lattice, least).map((one) =>
        ({ size: one.size, spins: [...one.spins], ...physics.means(one) }));
}"""


def counted(spins):
    """Blocks by counting the spins that are up, one block at a time."""
    n = len(spins) // 3
    ups = [[(spins[3 * i : 3 * i + 3, 3 * j : 3 * j + 3] > 0).sum() for j in range(n)] for i in range(n)]
    return np.where(np.array(ups) >= 5, 1, -1)


def check_blocks(page):
    """Given bits, spin for spin what NumPy makes of them, and the sums over all bonds and spins."""
    rng = np.random.default_rng(1)
    for size, least, steps in ((81, 27, 2), (81, 3, 4), (27, 27, 1), (9, 2, 3)):
        spins = rng.choice(np.array([-1, 1], dtype=np.int8), size=(size, size))
        bits = list(to_bits(spins))
        found = ask(page, LEVELS, {"bytes": bits, "size": size, "least": least})
        assert [one["size"] for one in found] == [size // 3**k for k in range(steps)]
        for one in found:
            assert np.array_equal(one["spins"], spins.ravel())
            right, below = (np.roll(spins, -1, axis) for axis in (1, 0))
            assert one["correlation"] == pytest.approx((spins * (right + below)).mean() / 2, abs=1e-12)
            assert one["magnetization"] == pytest.approx(spins.mean(), abs=1e-12)
            spins = counted(spins)


def test_blocks_are_those_of_numpy(physics):
    check_blocks(physics)


CORRELATIONS = [-0.9, -0.02, 0.0, 1e-5, 9.9e-4, 1.01e-3, 0.05, 0.4, 0.7, 0.72, 0.9, 0.999, 1 - 1e-7]


def check_couplings(page):
    """Against SciPy's root of thermolib's own energy, which knows nothing of the mean that the page takes.

    Both roots are good to 1e-13, and where u is cancelled (K near 1e-3) to 1e-16/1e-3.
    """
    found = ask(page, "(all) => all.map(physics.coupling)", CORRELATIONS)
    for c, K in zip(CORRELATIONS, found, strict=True):
        right = brentq(lambda K, c=c: -ising.onsager_energy(1 / K) / 2 - abs(c), 1e-7, 9) if c else 0
        # 1 − c falls like e^(−8K): at the last of these rounding of c by 1e-16 moves K by 1e-10
        assert pytest.approx(np.copysign(right, c), abs=1e-9) == K
        assert coupling(c) == pytest.approx(np.copysign(right, c), abs=1e-9)
    at_ends = ask(page, "() => [1, -1, Math.SQRT1_2].map((c) => String(physics.coupling(c)))")
    assert at_ends[:2] == ["Infinity", "-Infinity"]
    assert float(at_ends[2]) == pytest.approx(1 / ising.T_C, abs=1e-12)  # u(T_c) = −√2, where it is steepest
    assert coupling(1.0) == np.inf and coupling(-1.0) == -np.inf


def test_couplings_are_thermolibs(physics):
    check_couplings(physics)


CHAINS = """({ size, T, sweeps, seed }) => {
    const draw = randomBits(seed), sites = size * size;
    const lattice = { size, spins: new Int8Array(sites).fill(1) }, shop = physics.workshop(sites, draw);
    for (let k = 0; k < 50; k++) physics.sweep(lattice, T, shop);
    return Array.from({ length: sweeps }, () => {
        physics.sweep(lattice, T, shop);
        const { correlation, magnetization } = physics.means(lattice);
        return [correlation, magnetization];
    });
}"""


def check_sweeps(page):
    """Kaufman's energy, and the magnetisation of a list of all states: |z| < 4.5, in nine comparisons."""
    for size, T in ((9, 1.9), (9, ising.T_C), (9, 3.0), (15, 2.2), (15, 2.4)):
        c, m = np.array(ask(page, CHAINS, {"size": size, "T": T, "sweeps": 4000, "seed": 7})).T
        mean = chains.mean(c)
        assert abs(mean.value + ising.torus_energy(size, T) / 2) < 4.5 * mean.stderr
        assert m.min() > 0
    states = ising.spin_states(9).reshape(-1, 3, 3)
    E, m_of = ising.lattice_energy(states), np.abs(states.mean(axis=(1, 2)))
    for T in (1.5, 2.3, 3.5, 6.0):
        p = np.exp(-(E - E.min()) / T)
        _, m = np.array(ask(page, CHAINS, {"size": 3, "T": T, "sweeps": 4000, "seed": 3})).T
        mean = chains.mean(m)
        assert abs(mean.value - p @ m_of / p.sum()) < 4.5 * mean.stderr


def test_sweeps_draw_from_the_boltzmann_distribution(physics):
    check_sweeps(physics)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("kappa = 2 * tanh * tanh - 1", "kappa = tanh * tanh - 1"),
        ("-onsager(K) / 2 < c", "-onsager(K) < c"),
        ("correlation - 2 * correlation ** 3", "correlation"),
        ("Math.sign(correlation) * low", "low"),
    ],
)
def test_wrong_couplings_are_rejected(rejects, right, wrong):
    rejects(right, wrong, check_couplings)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Math.exp(-2 / T)", "Math.exp(-1 / T)"),
        ("tie(i, below)", "tie(i, right)"),
        ("y + 1 < size ? size : size - sites", "y + 1 < size ? size : 0"),
        ("spins[i] === spins[right] && next", "next"),
        ("next() & 1 ? 1 : -1", "1"),
        ("if (sum < 0)", "if (sum > 0)"),
    ],
)
def test_wrong_sweeps_are_rejected(physics, rejects, right, wrong):
    rejects(right, wrong, check_sweeps)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("sum > 0", "sum > 1"),
        ("FACTOR * (k % fewer)", "(k % fewer)"),
        ("7 - (i & 7)", "i & 7"),
        ("((x + 1) % size)", "Math.min(x + 1, size - 1)"),
        ("((y + 1) % size) * size", "row"),
        ("size > least", "size >= least"),
    ],
)
def test_wrong_variants_are_rejected(rejects, right, wrong):
    rejects(right, wrong, check_blocks)


def test_python_makes_the_same_blocks():
    spins = np.random.default_rng(2).choice(np.array([-1, 1], dtype=np.int8), size=(2, 27, 27))
    assert np.array_equal(majority(spins), [counted(one) for one in spins])
    assert majority(spins).dtype == np.int8


def test_the_lattices_are_in_equilibrium():
    """Twenty starts of the lab's sampler, as long as the lab's: Kaufman's energy, and no memory of all up.

    |z| < 4. The mean of m² at T_c is as after twice as many sweeps, and its sign forgotten.
    """
    T = ising.T_C * np.array([0.98, 1, 1.02])
    runs = [swendsen_wang(81, np.repeat(T, 20), SWEEPS, warm_up=more, rng=5) for more in (0, SWEEPS)]
    bonds = ising.torus_energy(81, T)
    for run in runs:
        e = run.energy[:, -1].reshape(3, 20) / 81**2
        error = np.sqrt(T**2 * ising.torus_heat_capacity(81, T)) / 81 / np.sqrt(20)
        assert np.all(np.abs(e.mean(axis=1) - bonds) < 4 * error)
    squares = [(run.magnetization[20:40, -1] / 81**2) ** 2 for run in runs]
    errors = [m2.std(ddof=1) / np.sqrt(20) for m2 in squares]
    assert abs(squares[0].mean() - squares[1].mean()) < 4 * np.hypot(*errors)
    assert abs(np.sign(runs[0].magnetization[:, -1]).sum()) < 4 * np.sqrt(60)


def test_lattices_at_another_distance_are_in_equilibrium_after_the_pages_sweeps():
    """From the lab's lattices, and from all up, to the least and the greatest distance: |z| < 4."""
    for off in (OFFS[0], OFFS[-1]):
        T = ising.T_C * np.repeat([1 - off, 1 + off], 20)
        first = swendsen_wang(81, ising.T_C * np.repeat([0.98, 1.02], 20), SWEEPS, rng=6).spins
        for start in (first, np.ones_like(first)):
            e = swendsen_wang(start, T, AGAIN, rng=7).energy[:, -1].reshape(2, 20) / 81**2
            error = np.sqrt(T[::20] ** 2 * ising.torus_heat_capacity(81, T[::20])) / 81 / np.sqrt(20)
            assert np.all(np.abs(e.mean(axis=1) - ising.torus_energy(81, T[::20])) < 4 * error)


def test_of_the_lab_the_first_correlation_is_the_energy():
    lab = LensLab(size=243)
    exact = -ising.torus_energy(243, lab.T) / 2
    error = np.sqrt(lab.T**2 * ising.torus_heat_capacity(243, lab.T)) / 243 / 2
    assert np.all(np.abs(lab.correlations[:, 0] - exact) < 4 * error)
    below, at, above = lab.correlations
    assert np.all(np.diff(below) > 0) and np.all(np.diff(above) < 0)
    assert np.abs(at - at[0]).max() < 0.1
