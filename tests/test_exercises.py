"""Every right answer found once more, by another route than its record takes.

The routes are as elementary as they can be: counting, direct sums, a search on a grid, exact fractions.
"""

import decimal
import importlib
import math
import pkgutil
from decimal import Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy.optimize import brentq
from thermolib import annealing, exercises, ising
from thermolib.checks import check

from declared import Fault, declared

RECORDS = {
    f"{module.name.replace('_', '-')}/{own}": one
    for module in pkgutil.iter_modules(exercises.__path__)
    for own, one in importlib.import_module(f"thermolib.exercises.{module.name}").EXERCISES.items()
}


def softmax(z, T):
    """In 28 decimal digits, which do not overflow."""
    weights = [(Decimal(float(x)) / Decimal(T)).exp() for x in z]
    return [float(w / sum(weights)) for w in weights]


def flattest_die():
    """The die (a, b, c, c, b, a) of mean square 17.5 and greatest entropy, on a grid of c."""
    c = np.linspace(1e-4, 0.08, 80_000)
    a = 0.375 + c / 2  # from 2(a + b + c) = 1 and 37a + 29b + 25c = 17.5
    p = np.stack([a, 0.5 - a - c, c])
    return p[[0, 1, 2, 2, 1, 0], np.argmax(-(p * np.log(p)).sum(axis=0))]


def best_with_bonus():
    p = np.linspace(0.5, 1, 1_000_001)[:-1]
    loss = -np.log(p) + 0.25 * (p * np.log(p) + (1 - p) * np.log(1 - p))
    return p[loss.argmin()]


def capacity():
    """The greatest mutual information, in bits, over the share of ones that are sent."""

    def information(ones):
        joint = np.array([[0.8 * (1 - ones), 0.2 * (1 - ones)], [0.2 * ones, 0.8 * ones]])
        apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)
        return (joint * np.log2(joint / apart)).sum()

    return max(information(ones) for ones in np.linspace(0.01, 0.99, 99))


def faint_ratio(rho=0.6, noise=1e6):
    """I(Z;Y)/I(X;Z) of a faint signal, from the determinants of the covariances."""
    x_z = np.array([[1, 1], [1, 1 + noise]])
    y_z = np.array([[1, rho], [rho, 1 + noise]])
    return np.log((1 + noise) / np.linalg.det(y_z)) / np.log((1 + noise) / np.linalg.det(x_z))


def seven_tenths_rate(n=10**7):
    """−ln P/n for just 70 % heads: ½ ln(2πn·0.21)/n = 8e-7 above the rate."""
    log_count = math.lgamma(n + 1) - math.lgamma(0.7 * n + 1) - math.lgamma(0.3 * n + 1)
    return math.log(2) - log_count / n


def three_states():
    up, half_up = math.exp(-1) / 2, math.exp(-0.5) / 2
    return [[1 - up, up, 0], [0.5, 0, 0.5], [0, half_up, 1 - half_up]]


def critical_depth():
    """The least level of water at which each state but the lowest drains into a lower one."""
    E = np.array([0, -0.5, -1.6, -0.5, 0, 0.5, 1, 1.2, 1, 0.5, 0, -0.5, -1, -1.3, -1, -0.5])

    def climb(i):
        lower = [j for j in range(16) if E[j] < E[i]]
        return min((max(E[min(i, j) : max(i, j) + 1]) - E[i] for j in lower), default=0.0)

    return max(map(climb, range(16)))


def swap(T1, T2, E1, E2):
    """From the weights of the two states of the pair."""
    weight = lambda E, T: decimal.Decimal(-E / T).exp()  # noqa: E731  (e^1000 is no double)
    return min(1.0, float(weight(E2, T1) * weight(E1, T2) / (weight(E1, T1) * weight(E2, T2))))


def waiting():
    fast, slow = (annealing.kramers_rate(8.0, 4.0, 1.0, T) for T in (0.1, 0.05))
    return fast / slow


def sgd_variance(eta):
    """Σ η²(1 − η)^{2k}: each kick of variance η², with what is left of it k steps later."""
    return sum(eta**2 * (1 - eta) ** (2 * k) for k in range(int(50 / eta)))


def ten():
    """ln Z, and F, U, S, from the 1024 states one by one."""
    energies = [sum(state) for state in product((0, 1), repeat=10)]
    weights = [math.exp(-E / 0.6) for E in energies]
    Z = sum(weights)
    U = sum(w * E for w, E in zip(weights, energies, strict=True)) / Z
    S = -sum(w / Z * math.log(w / Z) for w in weights)
    return math.log(Z), [U - 0.6 * S, U, S]


def coin():
    """∫ w⁷(1 − w)³ dw term by term, in fractions."""
    evidence = sum(Fraction((-1) ** k * math.comb(3, k), 8 + k) for k in range(4))
    return Fraction(1, 2**10) / evidence


def chain_magnetization(T, h):
    """From the larger eigenvalue of the transfer matrix, differentiated numerically."""

    def log_lambda(h):
        V = [[math.exp((1 + h) / T), math.exp(-1 / T)], [math.exp(-1 / T), math.exp((1 - h) / T)]]
        return math.log(np.linalg.eigvalsh(V)[1])

    return T * (log_lambda(h + 1e-5) - log_lambda(h - 1e-5)) / 2e-5


def chain_susceptibility(T):
    """The sum of all correlations tanh(1/T)^r over T."""
    return (1 + 2 * sum(math.tanh(1 / T) ** r for r in range(1, 4000))) / T


def dual(T):
    return 1 / brentq(lambda K: math.sinh(2 * K) * math.sinh(2 / T) - 1, 1e-3, 5, xtol=1e-12)


def wolff():
    """Two spins: from alike to opposite with (1 − p)/2 to each, and back with ½, must balance."""
    return 1 - math.exp(-1 / 2.5) / math.exp(1 / 2.5)


def sweeps():
    """With C as the slope of the energy of the 16×16 lattice."""
    cold, warm = ising.torus_energy(16, ising.T_C + np.array([-1e-4, 1e-4]))
    return 42 * ising.T_C**2 * (warm - cold) / 2e-4 / 256 / 2e-3**2


ROUTES = {
    "entropy/loaded-die": lambda: 1 + math.log2(5) / 2,  # is it the face? if not, which of five?
    "entropy/wrong-code": lambda: (math.log(2) + 5 * math.log(10)) / 6 - math.log(6),
    "entropy/softmax-temperature": lambda: softmax,
    "entropy/two-constraints": flattest_die,
    "entropy/bonus-optimum": best_with_bonus,
    "entropy/noisy-wire": capacity,
    "entropy/noisy-wire-uses": lambda: math.ceil(1000 / capacity()),
    "entropy/critical-trade-off": faint_ratio,
    "entropy/rare-coins": seven_tenths_rate,
    "entropy/rare-coins-hundred": lambda: sum(math.comb(100, k) for k in range(70, 101)) / 2**100,
    "annealing/uphill": lambda: (math.exp(-1) / math.exp(0)) ** 2,  # at T = ½ the weight's ratio squared
    "annealing/three-states": three_states,
    "annealing/depth": critical_depth,
    "annealing/swap": lambda: swap,
    "annealing/waiting": waiting,
    "annealing/cut-energy": lambda: sum([-1.0] * 61 + [1.0] * (78 - 61)),
    "annealing/sgd-variance": lambda: sgd_variance(0.5),
    "annealing/sgd-temperature": lambda: 0.5 * sgd_variance(1e-4) / 1e-4,
    "partition-functions/independent": lambda: ten()[0],
    "partition-functions/independent-potentials": lambda: ten()[1],
    "partition-functions/oscillator-energy": lambda: lambda T: 1 / math.expm1(1 / T),
    "partition-functions/oscillator": lambda: lambda T: 1 / (2 * T * math.sinh(1 / (2 * T))) ** 2,
    "partition-functions/coin": coin,
    "partition-functions/chain-magnetization": lambda: chain_magnetization,
    "partition-functions/chain-susceptibility": lambda: chain_susceptibility,
    "partition-functions/duality-critical": lambda: brentq(lambda T: dual(T) - T, 2, 3),
    "partition-functions/duality": lambda: dual(2.0),
    "partition-functions/wolff": wolff,
    "partition-functions/sweeps": sweeps,
}


# The chapters compute what each of these follows from; here they are only written a second time.
RIGHT = {
    "entropy/think-macrostate": "a microstate",
    "entropy/think-negative-temperature": "is negative: the high levels are the fuller ones",
    "entropy/think-calibration": "its confidence only",
    "entropy/think-scale": "its differential entropy falls, I(X;Z) stays",
    "annealing/think-rejection": "samples another distribution",
    "annealing/think-depth": "it need not be left: only from the others must one be able to escape",
    "annealing/think-noise": "goes to zero",
    "partition-functions/chain-growth": (
        "ever more spins move together, but there is no transition at any T > 0"
    ),
    "partition-functions/think-small-surroundings": "below the line",
    "partition-functions/think-fuller": "negative, and it gives heat to any system of positive temperature",
    "partition-functions/think-order-of-limits": "first L → ∞, then h → 0",
}


# These, and what a chapter's own tests declare under the same names.
ALL_ROUTES, ALL_RIGHT = (
    {name: answer for rows in declared(table).values() for name, answer in rows.items()}
    for table in ("ROUTES", "RIGHT")
)


@pytest.mark.parametrize("name", RECORDS)
def test_each_exercise_has_a_route_or_is_a_choice(name):
    table, said = (ALL_RIGHT, "RIGHT") if RECORDS[name].choices else (ALL_ROUTES, "ROUTES")
    chapter = name.partition("/")[0].replace("-", "_")
    assert name in table, f"{name} has no second answer: write it in {said}, in tests/test_{chapter}.py"


def test_no_answer_without_an_exercise():
    assert not (ALL_ROUTES.keys() | ALL_RIGHT.keys()) - RECORDS.keys()


@pytest.mark.parametrize("name", ALL_RIGHT)
def test_the_right_choices(name):
    assert check(name, ALL_RIGHT[name])


@pytest.mark.parametrize("name", ALL_ROUTES)
def test_another_route_leads_to_the_same_answer(name):
    """Each route is good to a tenth of the tolerance of its exercise, and most to many digits."""
    answer = ALL_ROUTES[name]()
    assert check(name, answer)
    if not callable(answer):
        tolerance = RECORDS[name].tolerance / 10
        assert np.allclose(np.array(answer, float), RECORDS[name].answer, rtol=tolerance, atol=0)


FAULTS = [
    Fault(
        "the hill counted from above zero",
        "answer=1.2 - -1.3",
        "answer=1.2",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/annealing.py",
    ),
    Fault(
        "one factorial less in the evidence of a coin",
        "gammaln(4) - gammaln(12)",
        "gammaln(4) - gammaln(11)",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/partition_functions.py",
    ),
    Fault(
        "a susceptibility that is 5 % too large",
        "answer=lambda T: np.exp(2 / T) / T,",
        "answer=lambda T: 1.05 * np.exp(2 / T) / T,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/partition_functions.py",
    ),
    Fault(
        "the cube of a correlation for its square",
        "answer=0.6**2,",
        "answer=0.6**3,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/entropy.py",
    ),
    Fault(
        "the wrong choice marked as the right one",
        'answer="its confidence only",',
        'answer="its accuracy only",',
        "test_the_right_choices",
        file="exercises/entropy.py",
    ),
]
