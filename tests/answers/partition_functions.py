"""The answers of the exercises of ``chapters/partition-functions.md`` once more, by elementary routes."""

import math
from decimal import Decimal, localcontext
from itertools import product

from scipy.optimize import brentq

from declared import Fault


def few_people():
    """All ways to hold five coins among five people, one by one."""
    purses = [p for p in product(range(6), repeat=5) if sum(p) == 5]
    return sum(p[0] == 0 for p in purses) / len(purses)


def spacing():
    """The place of the peak from dC/dT = 0, with two upper states and x = Δ/T."""
    x = brentq(lambda x: x * (1 - 2 * math.exp(-x)) - 2 * (1 + 2 * math.exp(-x)), 1, 5)
    return 1.9 * x


def log_partition(E, T):
    """In decimal numbers, which neither overflow nor vanish."""
    with localcontext() as context:
        context.prec, context.Emax, context.Emin = 50, 10**9, -(10**9)
        return float(sum((-Decimal(float(e)) / Decimal(T)).exp() for e in E).ln())


def ten():
    """ln Z, and F, U, S, from the 1024 states one by one."""
    energies = [sum(state) for state in product((0, 1), repeat=10)]
    weights = [math.exp(-E / 0.6) for E in energies]
    Z = sum(weights)
    U = sum(w * E for w, E in zip(weights, energies, strict=True)) / Z
    S = -sum(w / Z * math.log(w / Z) for w in weights)
    return math.log(Z), [U - 0.6 * S, U, S]


def insulated_piston():
    """Where the entropy ½ N ln U + N ln(L − N) is greatest, with U = 15 + (60 − L)/2: a search on a grid."""
    lengths = [50 + 0.001 * k for k in range(30_000)]
    return max(lengths, key=lambda L: 10 * math.log(15 + (60 - L) / 2) + 20 * math.log(L - 20))


def coin_temperature(purses):
    """The T at which Σ ln p is greatest, by a search: ln p = −n/T + ln(1 − e^(−1/T)), with ν = 1/T."""

    def slope(nu):
        return sum(1 / math.expm1(nu) - float(n) for n in purses)

    return 1 / brentq(slope, 1e-3, 50)


ROUTES = {
    "partition-functions/few-people": few_people,
    "partition-functions/coin-temperature": lambda: coin_temperature,
    "partition-functions/spacing": spacing,
    "partition-functions/log-partition": lambda: log_partition,
    "partition-functions/oscillator-energy": lambda: lambda T: 1 / math.expm1(1 / T),
    "partition-functions/oscillator": lambda: lambda T: 1 / (2 * T * math.sinh(1 / (2 * T))) ** 2,
    "partition-functions/independent": lambda: ten()[0],
    "partition-functions/independent-potentials": lambda: ten()[1],
    "partition-functions/insulated-piston": insulated_piston,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "partition-functions/think-purses": "about 50",
    "partition-functions/think-small-surroundings": "below the line",
    "partition-functions/think-fuller": "negative, and it gives heat to any system of positive temperature",
    "partition-functions/think-piston": "farther out than in the heat bath",
}

FAULTS = [
    Fault(
        "a temperature of the purses that hold some",
        "lambda purses: 1 / np.log1p(1 / np.mean(purses)),",
        "lambda purses: 1 / np.log1p(1 / np.mean(purses[purses > 0])),",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/partition_functions.py",
    ),
    Fault(
        "an insulated gas that takes up no work",
        "ENTHALPY = GAS.U + PUSH * 60.0",
        "ENTHALPY = GAS.U + PUSH * 0.0",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/partition_functions.py",
    ),
]
