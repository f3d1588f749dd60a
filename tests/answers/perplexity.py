"""The answers of the exercises of ``chapters/perplexity.md`` once more, by elementary routes."""

from itertools import combinations

import numpy as np

from declared import Fault


def smallest_set(p, mass):
    """Of all sets of outcomes, by their number: the first that holds the mass, and of these the fullest."""
    for size in range(1, len(p) + 1):
        held = {kept: sum(p[i] for i in kept) for kept in combinations(range(len(p)), size)}
        best = max(held, key=held.get)
        if held[best] >= mass - 1e-12:
            return [x / held[best] if i in best else 0.0 for i, x in enumerate(p)]
    raise ValueError("no set holds it")


def equal_chances():
    """Of many temperatures the one at which one text and five are equally probable together."""
    T = np.linspace(0.5, 1, 500_001)
    return T[np.argmin(np.abs(0.4 ** (1 / T) - 5 * 0.12 ** (1 / T)))]


ROUTES = {
    "perplexity/four-letters": lambda: (2 * 4 * 8 * 8) ** 0.25,
    "perplexity/top-p": lambda: smallest_set,
    "perplexity/places": equal_chances,
}

# The page computes what this follows from; here it is only written a second time.
RIGHT = {
    "perplexity/think-memory": "above 1",
}

FAULTS = [
    Fault(
        "perplexity with a bit too few",
        "answer=2**2.25,",
        "answer=2**2.5,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/perplexity.py",
    ),
    Fault(
        "the wrong choice marked as the right one",
        'answer="above 1",',
        'answer="at 1",',
        "test_the_right_choices",
        file="exercises/perplexity.py",
    ),
]
