"""The answers of ``chapters/hopfield.md`` once more, by elementary routes."""

import itertools
import math

from declared import Fault


def load():
    """Halve the interval in which the error function has the value, a hundred times."""
    low, high = 0.01, 1.0
    for _ in range(100):
        middle = (low + high) / 2
        too_few = math.erfc(1 / math.sqrt(2 * middle)) / 2 < 1e-3
        low, high = (middle, high) if too_few else (low, middle)
    return low


def sweep(patterns, s):
    """Of the two values of each unit in turn, the one of lower energy, summed over all pairs."""
    P, N = len(patterns), len(s)
    state = [int(x) for x in s]

    def energy():
        return -sum(
            patterns[mu][i] * patterns[mu][j] * state[i] * state[j]
            for mu in range(P)
            for i in range(N)
            for j in range(i)
        )

    for i in range(N):
        found = {}
        for state[i] in (-1, 1):
            found[state[i]] = energy()
        state[i] = min(found, key=found.get)
    return state


def five():
    """All 32 kinds of pixel: energy of the vote, by pairs of pixels of all kinds."""
    kinds = list(itertools.product((-1, 1), repeat=5))
    vote = [1 if sum(kind) > 0 else -1 for kind in kinds]
    pairs = sum(
        vote[a] * vote[b] * sum(x * y for x, y in zip(kinds[a], kinds[b], strict=True))
        for a in range(32)
        for b in range(32)
    )
    return -pairs / 2 / 32**2


def half():
    """The mean of e^z by a sum over a fine grid."""
    step = 1e-3
    mean = sum(
        math.exp(k * step - (k * step) ** 2 / 2) for k in range(-12_000, 12_001)
    ) * step / math.sqrt(2 * math.pi)  # fmt: skip
    return 1 + math.exp(100 / 10) / mean


ROUTES = {
    "hopfield/load": load,
    "hopfield/sweep": lambda: sweep,
    "hopfield/five": five,
    "hopfield/half": half,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "hopfield/think-one-more": "nearly all stay nearly perfect, then nearly all are lost",
    "hopfield/think-random-start": "about one time in three",
}

FAULTS = [
    Fault(
        "a unit in a thousand, of both tails",
        "answer=1 / Z(0.999) ** 2,",
        "answer=1 / Z(0.9995) ** 2,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/hopfield.py",
    ),
    Fault(
        "a recall that keeps the self-coupling",
        "own: Callable[[int], float] = lambda patterns: float(patterns),",
        "own: Callable[[int], float] = lambda patterns: 0.0,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/hopfield.py",
    ),
    Fault(
        "a recall that asks all units at once",
        "    waits: bool = True,",
        "    waits: bool = False,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/hopfield.py",
    ),
    Fault(
        "five voters with the overlap of three",
        "TWO_OF_FOUR = 6 / 16",
        "TWO_OF_FOUR = 1 / 2",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/hopfield.py",
    ),
]
