"""Annealed importance sampling of a 64 × 16 machine: CPU seconds to an error of 5e-3 in ln Z, against exact.

The machine learnt digits, as in chapters/annealed-importance-sampling.md; the path has a thousand steps and
begins at the data's marginals. `ais` is the plain form, step by step in NumPy and doubles; `fast_ais`
goes the same path, compiled and in single precision. Both give the same estimate with the same error for as
many chains, so what differs is what a chain's step costs.
"""

from functools import cache

import numpy as np

from harness import Contender, Outcome, Work, to_error
from rbm import digits

STEPS = 1000


@cache
def machine():
    """Return a machine that has learnt digits."""
    from thermolib import rbm

    shown, _, odds = digits("small")
    start = rbm.RBM(0.01 * np.random.default_rng(2026).standard_normal((64, 16)), odds, np.zeros(16))
    options = {"epochs": 200, "learning_rate": np.linspace(0.2, 0.01, 200), "batch_size": 50, "chains": 100}
    return rbm.fit(start, shown, method="pcd", rng=2026, **options)[0]


def by(function, chains):
    """Return what prepares `ais` or `fast_ais`."""

    def prepare():
        from thermolib import rbm

        A, odds, betas = machine(), digits("small")[2], np.linspace(0, 1, STEPS + 1)

        def run(seed):
            found = getattr(rbm, function)(A, betas=betas, chains=chains, base=odds, rng=seed)
            return Outcome(value=found.value - A_log_Z, stderr=found.stderr)

        A_log_Z = A.log_partition()
        return run

    return prepare


WORKS = [
    Work(
        name="ais",
        title=f"Annealed importance sampling of a 64 × 16 machine, {STEPS:,} steps: to an error of .005 nats",
        unit="CPU seconds",
        contenders=[
            Contender("fast_ais", by("fast_ais", 4000), "ours", how="4,000 chains, single precision"),
            Contender("ais", by("ais", 1000), how="1,000 chains, NumPy, double precision"),
        ],
        exact=0.0,
        cost=to_error(5e-3),
        targets={"ais": 3.0},
    )
]
