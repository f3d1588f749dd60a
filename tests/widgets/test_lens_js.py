"""The majority rule of the lab, `lens.js`, held to NumPy and Kaufman; wrong variants rejected."""

import numpy as np
import pytest
from pages import ask
from thermolib import ising
from thermolib.sampling import swendsen_wang
from thermolib.widgets.kit.bundle import bundle
from thermolib.widgets.lens_lab import SWEEPS, LensLab, majority

SOURCE = bundle("lens_lab/lens.js")

LEVELS = """({ bytes, size, least }) => {
    const lattice = { size, spins: physics.fromBits(Uint8Array.from(bytes), size * size) };
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
        bits = np.packbits(spins > 0).tolist()
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


def test_of_the_lab_the_first_correlation_is_the_energy():
    lab = LensLab(size=243)
    exact = -ising.torus_energy(243, lab.T) / 2
    error = np.sqrt(lab.T**2 * ising.torus_heat_capacity(243, lab.T)) / 243 / 2
    assert np.all(np.abs(lab.correlations[:, 0] - exact) < 4 * error)
    below, at, above = lab.correlations
    assert np.all(np.diff(below) > 0) and np.all(np.diff(above) < 0)
    assert np.abs(at - at[0]).max() < 0.1
