"""The answers of the exercises of ``chapters/softmax-and-evidence.md`` once more, by elementary routes."""

import math
from fractions import Fraction
from itertools import product

from scipy.optimize import brentq

from declared import Fault


def margin():
    """The logit at which the softmax of ten numbers gives the first one the probability e^(−0.1)."""
    return brentq(lambda z: math.exp(z) / (math.exp(z) + 9) - math.exp(-0.1), 0, 20, xtol=1e-12)


def loss_slope(z, seen, T):
    """Differences of the loss, with logits moved one at a time."""

    def loss(logits):
        return math.log(sum(math.exp((x - logits[seen]) / T) for x in logits))

    found = []
    for i in range(len(z)):
        up, down = ([float(x) + (d if j == i else 0) for j, x in enumerate(z)] for d in (1e-5, -1e-5))
        found.append((loss(up) - loss(down)) / 2e-5)
    return found


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
    "softmax-and-evidence/margin": margin,
    "softmax-and-evidence/loss-slope": lambda: loss_slope,
    "softmax-and-evidence/coin": lambda: coin_factor(7, 3),
    "softmax-and-evidence/coin-factor": lambda: coin_factor,
    "softmax-and-evidence/learning": learning,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "softmax-and-evidence/think-sixty": "neither: the two come out nearly even",
    "softmax-and-evidence/think-ln-z": "it may rise or fall: only its distance to the observed level counts",
}

FAULTS = [
    Fault(
        "one factorial less in the evidence of a coin",
        "gammaln(4) - gammaln(12)",
        "gammaln(4) - gammaln(11)",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/softmax_and_evidence.py",
    ),
    Fault(
        "a slope of the loss that is not divided by T",
        "_delta(z, seen)) / T\n\n\nLOG_FAIR",
        "_delta(z, seen)) * T\n\n\nLOG_FAIR",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/softmax_and_evidence.py",
    ),
]
