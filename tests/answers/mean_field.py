"""The answers of ``chapters/mean-field.md`` once more, by elementary routes."""

import math
from fractions import Fraction

from declared import Fault


def deciding_field():
    """Twice the sum over the upper half: bisection until it has nine tenths of the whole."""
    N, T = 10_000, 0.8
    ways = [math.lgamma(N + 1) - math.lgamma(k + 1) - math.lgamma(N - k + 1) for k in range(N + 1)]

    def upper(h):
        logs = [ways[k] + N * ((2 * k / N - 1) ** 2 / 2 + h * (2 * k / N - 1)) / T for k in range(N + 1)]
        top = max(logs)
        weights = [math.exp(one - top) for one in logs]
        return sum(weights[N // 2 + 1 :]) / sum(weights)

    low, high = 0.0, 1e-3
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if upper(middle) < 0.9 else (low, middle)
    return low


def spinodal(T):
    """Raise the field until the iteration from all down ends above 0, by bisection."""

    def crosses(h):
        m = -1.0
        for _ in range(20_000):
            m = math.tanh((m + h) / T)
            if m > 0:
                return True
        return False

    low, high = 0.0, 1.0
    for _ in range(26):
        middle = (low + high) / 2
        low, high = (low, middle) if crosses(middle) else (middle, high)
    return low


def metropolis_up(k, N, T, h):
    """List all spins; turn each; compare the energies as sums over pairs."""
    spins = [1] * k + [-1] * (N - k)

    def energy(s):
        pairs = sum(s[i] * s[j] for i in range(N) for j in range(i))
        return -pairs / N - h * sum(s)

    before, chance = energy(spins), 0.0
    for i in range(N):
        if spins[i] < 0:
            turned = [*spins[:i], 1, *spins[i + 1 :]]
            chance += min(1.0, math.exp(-(energy(turned) - before) / T)) / N
    return chance


def amplitudes():
    """Differentiate Landau's polynomial in exact fractions: a(T − 1)m²/2 + bm⁴/4 with a, b of any size."""
    a, b, x = Fraction(3), Fraction(5), Fraction(1, 7)
    above = a * x
    square = a * x / b  # m² where −a·x + b·m² = 0
    below = -a * x + 3 * b * square
    return float((1 / above) / (1 / below))


def three_neighbours():
    """Let a magnetisation of a millionth pass down a tree of two children each, and see whether it grows."""

    def grows(T):
        m = 1e-6
        for _ in range(5):
            passed = math.tanh(1 / T) * m
            m = ((1 + passed) ** 2 - (1 - passed) ** 2) / ((1 + passed) ** 2 + (1 - passed) ** 2)
        return m > 1e-6

    low, high = 1.0, 3.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if grows(middle) else (low, middle)
    return low


ROUTES = {
    "mean-field/deciding-field": deciding_field,
    "mean-field/spinodal": lambda: spinodal,
    "mean-field/metropolis-up": lambda: metropolis_up,
    "mean-field/amplitudes": amplitudes,
    "mean-field/three-neighbours": three_neighbours,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "mean-field/think-turn": "near 0.27, long after up has become the better side",
    "mean-field/think-double": "about seven million times as long",
}

FAULTS = [
    Fault(
        "a deciding field that is twice too large",
        "NINE = 0.8 * log(9) / (2 * 10_000 * M_08)",
        "NINE = 0.8 * log(9) / (10_000 * M_08)",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/mean_field.py",
    ),
    Fault(
        "a Metropolis step in which a spin feels itself",
        "    own: int = 1,",
        "    own: int = 0,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/mean_field.py",
    ),
    Fault(
        "a wrong side above the critical temperature",
        "    root = sqrt(max(1 - T, 0))",
        "    root = sqrt(abs(1 - T))",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/mean_field.py",
    ),
    Fault(
        "a spinodal without its entropy",
        "    return root - T * atanh(root)",
        "    return root - atanh(root)",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/mean_field.py",
    ),
]
