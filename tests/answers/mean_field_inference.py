"""The answers of ``chapters/mean-field-inference.md`` once more, by elementary routes."""

import itertools
import math

from declared import Fault


def gap():
    """Four states against the best of a grid of products."""
    log_Z = math.log(sum(math.exp(a * b / 1.5) for a, b in itertools.product((1, -1), repeat=2)))

    def bound(m, n):
        coins = -sum(p * math.log(p) for x in (m, n) for p in ((1 + x) / 2, (1 - x) / 2))
        return m * n / 1.5 + coins

    grid = [k / 50 for k in range(-49, 50)]
    return log_Z - max(bound(m, n) for m in grid for n in grid)


def damping():
    """The share at which two small equal means neither grow nor shrink, by bisection."""

    def grows(keep):
        m = 1e-6
        for _ in range(40):
            m = keep * m + (1 - keep) * math.tanh(-m / 0.25)
        return abs(m) > 1e-6

    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if grows(middle) else (low, middle)
    return low


def message(j, incoming, J, h, T):
    """Sum over the states of the spin and of a further spin behind each of its other neighbours' messages."""
    told = []
    for receiver in (1, -1):
        total = 0.0
        for k, own in enumerate((1, -1)):
            weight = math.exp(J[j] * own * receiver / T) * math.exp(h * own / T)
            for other in range(len(J)):
                weight *= 1.0 if other == j else incoming[other][k]
            total += weight
        told.append(total)
    return [one / sum(told) for one in told]


def echo():
    """The shift of the neighbour's mean by the pull, by a difference, times J."""

    def neighbour(pull):
        return math.tanh((0.4 * math.atanh(0.6) + pull) / 0.4)

    small = 1e-5  # the slope at the mean 0.6, to ten digits
    return 0.2 * (neighbour(small) - neighbour(-small)) / (2 * small) * 0.2 * 0.3


ROUTES = {
    "mean-field-inference/gap": gap,
    "mean-field-inference/damping": damping,
    "mean-field-inference/message": lambda: message,
    "mean-field-inference/echo": echo,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "mean-field-inference/think-settled": "too far from zero",
    "mean-field-inference/think-ring": "tanh(h/T), as if it were alone",
}

FAULTS = [
    Fault(
        "a message that holds what its receiver said",
        "lambda n, j: np.arange(n) != j,\n    joined",
        "lambda n, j: np.arange(n) >= 0,\n    joined",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/mean_field_inference.py",
    ),
    Fault(
        "an echo by the spin's own susceptibility",
        "ECHO = 0.2**2 * (1 - 0.6**2)",
        "ECHO = 0.2**2 * (1 - 0.3**2)",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/mean_field_inference.py",
    ),
    Fault(
        "a damping that makes the factor 0",
        "answer=0.6,",
        "answer=0.8,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/mean_field_inference.py",
    ),
]
