"""The answers of the exercises of ``chapters/partition-functions.md`` once more, by elementary routes."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction
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


def coin_factor(heads, tails):
    """∫ wʰ(1 − w)ᵗ dw term by term, in fractions."""
    evidence = sum(Fraction((-1) ** k * math.comb(tails, k), heads + 1 + k) for k in range(tails + 1))
    return float(Fraction(1, 2 ** (heads + tails)) / evidence)


def learning():
    """The difference of ln p(v = 1) between two neighbouring w, over the four states."""

    def log_p(w):
        weight = {(v, h): math.exp(w * v * h) for v, h in product((0, 1), repeat=2)}
        return math.log((weight[1, 0] + weight[1, 1]) / sum(weight.values()))

    return (log_p(1 + 1e-5) - log_p(1 - 1e-5)) / 2e-5


ROUTES = {
    "partition-functions/few-people": few_people,
    "partition-functions/spacing": spacing,
    "partition-functions/log-partition": lambda: log_partition,
    "partition-functions/oscillator-energy": lambda: lambda T: 1 / math.expm1(1 / T),
    "partition-functions/oscillator": lambda: lambda T: 1 / (2 * T * math.sinh(1 / (2 * T))) ** 2,
    "partition-functions/independent": lambda: ten()[0],
    "partition-functions/independent-potentials": lambda: ten()[1],
    "partition-functions/insulated-piston": insulated_piston,
    "partition-functions/coin": lambda: coin_factor(7, 3),
    "partition-functions/coin-factor": lambda: coin_factor,
    "partition-functions/learning": learning,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "partition-functions/think-purses": "about 50",
    "partition-functions/think-small-surroundings": "below the line",
    "partition-functions/think-fuller": "negative, and it gives heat to any system of positive temperature",
    "partition-functions/think-piston": "farther out than in the heat bath",
    "partition-functions/think-ln-z": "it may rise or fall: only its distance from the observed level counts",
}

FAULTS = [
    Fault(
        "one factorial less in the evidence of a coin",
        "gammaln(4) - gammaln(12)",
        "gammaln(4) - gammaln(11)",
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
