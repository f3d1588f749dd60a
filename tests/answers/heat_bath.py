"""The answers of ``chapters/heat-bath.md`` once more, by elementary routes."""

import math

import numpy as np

from declared import Fault


def found():
    """Kicks of all ages, each shrunk by the friction since: a geometric series, summed term by term."""
    return sum((0.6 * 0.9**age) ** 2 for age in range(400))


def response():
    """At once, when the friction has not yet told: ⟨x²⟩ = Tt² and ⟨x⟩ = ft²/2, for mass 1."""
    t_squared = 2 * 2.5 / 0.5
    return 8 / t_squared


def settled(order, k, h, T):
    """⟨x²⟩ and ⟨p²⟩ after a step, from the linear system that says that a step leaves them.

    The unknowns are ⟨x²⟩, ⟨xp⟩, ⟨p²⟩. A step is tried on each of the three unit vectors and on zero. The
    friction takes half of the momentum in each bath, and does not enter the result.
    """

    def step(xx, xp, pp):
        for move in order:
            t = h / order.count(move)
            if move == "A":
                xx, xp = xx + 2 * t * xp + t * t * pp, xp + t * pp
            elif move == "B":
                xp, pp = xp - t * k * xx, pp - 2 * t * k * xp + (t * k) ** 2 * xx
            else:
                xp, pp = xp / 2, pp / 4 + 0.75 * T
        return np.array([xx, xp, pp])

    still = step(0.0, 0.0, 0.0)
    M = np.transpose([step(*unit) - still for unit in np.eye(3)])
    return np.linalg.solve(np.eye(3) - M, still)[[0, 2]]


def baoab(x, p, h, gamma, T, zeta):
    """The moves one walker at a time."""
    ends = []
    for place, momentum, kick in zip(x, p, zeta, strict=True):
        momentum -= math.sin(place) * h / 2
        place += momentum * h / 2
        momentum = momentum / math.exp(gamma * h) + kick * math.sqrt(-T * math.expm1(-2 * gamma * h))
        place += momentum * h / 2
        ends.append((place, momentum - math.sin(place) * h / 2))
    return tuple(np.transpose(ends))


def responses(what):
    """What a single kick leaves behind: its squares, summed over its age, are the stationary mean square."""
    x, v, total = 0.5, 0.5, 0.0
    for _ in range(500):
        total += x * x if what == "places" else v * v / 0.5
        v = 0.6 * v - 0.5 * x
        x += v
    return total


def shadow():
    """Steps turn the walker along an ellipse: p is what a step makes of x, over the sine of the angle."""
    cosine = 1 - 0.8**2 / 2
    from_place_to_momentum = -0.4 - 0.4 * cosine  # half a kick at the old place, half a one at the new
    return abs(from_place_to_momentum) / math.sqrt(1 - cosine**2)


ROUTES = {
    "heat-bath/found": found,
    "heat-bath/response": response,
    "heat-bath/obabo-places": lambda: settled("OBABO", 4, 0.5, 2)[0],
    "heat-bath/baoab-momenta": lambda: settled("BAOAB", 4, 0.5, 2)[1],
    "heat-bath/baoab": lambda: baoab,
    "heat-bath/by-places": lambda: responses("places"),
    "heat-bath/by-speeds": lambda: responses("speeds"),
    "heat-bath/shadow": shadow,
}

# The page computes what this follows from; here it is only written a second time.
RIGHT = {"heat-bath/think-thermometers": "the speeds read twice the places"}

FAULTS = [
    Fault(
        "a bath whose noise does not fit",
        "fit: float = 2.0",
        "fit: float = 1.0",
        "test_another_route_leads_to_the_same_answer[heat-bath/baoab]",
        file="exercises/heat_bath.py",
    ),
    Fault(
        "a temperature from a response, without the 2",
        "answer=0.8,",
        "answer=1.6,",
        "test_another_route_leads_to_the_same_answer[heat-bath/response]",
        file="exercises/heat_bath.py",
    ),
    Fault(
        "OBABO's places with the bias upside down",
        "answer=2 / 3,",
        "answer=0.375,",
        "test_another_route_leads_to_the_same_answer[heat-bath/obabo-places]",
        file="exercises/heat_bath.py",
    ),
    Fault(
        "a thermometer by speeds that reads as without momentum",
        "answer=0.625 / (1 - 0.5 / 3.2) * 2 / 1.6,",
        "answer=0.625 / (1 - 0.5 / 3.2) * 2,",
        "test_another_route_leads_to_the_same_answer[heat-bath/by-speeds]",
        file="exercises/heat_bath.py",
    ),
]
