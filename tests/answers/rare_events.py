"""The answers of the exercises of ``chapters/rare-events.md`` once more, by elementary routes."""

import math
from statistics import mean, stdev

from declared import Fault


def seven_tenths_rate(n=10**7):
    """−ln P/n for just 70 % heads: ½ ln(2πn·0.21)/n = 8e-7 above the rate."""
    log_count = math.lgamma(n + 1) - math.lgamma(0.7 * n + 1) - math.lgamma(0.3 * n + 1)
    return math.log(2) - log_count / n


def test_set():
    """The least n for which some λ of a grid makes the bound as small as asked for."""
    lams = [k / 100_000 for k in range(20_000, 30_000)]
    exponent = max(0.92 * lam - math.log(0.1 + 0.9 * math.exp(lam)) for lam in lams)
    n = 1
    while math.exp(-n * exponent) > 1e-6:
        n += 1
    return n


def tilted_estimate(sums, n, x, lam, psi_lam):
    weights = [math.exp(psi_lam) ** n / math.exp(lam) ** float(s) if s >= n * x else 0.0 for s in sums]
    return [mean(weights), stdev(weights) / math.sqrt(len(weights))]


ROUTES = {
    "rare-events/rare-coins": seven_tenths_rate,
    "rare-events/rare-coins-hundred": lambda: sum(math.comb(100, k) for k in range(70, 101)) / 2**100,
    "rare-events/test-set": test_set,
    "rare-events/tilted-estimate": lambda: tilted_estimate,
    "rare-events/waiting": lambda: max(2 * k / 10**5 + math.log(1 - k / 10**5) for k in range(10**5)),
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "rare-events/think-ten-times": "more than ten million times less probable",
    "rare-events/think-faces": "the share grows from face to face, by the same factor",
}

FAULTS = [
    Fault(
        "the weights of the trials that did not get there",
        "return np.where(sums >= n * x, np.exp(n * psi_lam - lam * sums), 0.0)",
        "return np.exp(n * psi_lam - lam * sums)",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/rare_events.py",
    ),
    Fault(
        "the divergence of the true share from the one that is seen",
        "RATE_TEST = float(kl_divergence([0.92, 0.08], [0.9, 0.1]))",
        "RATE_TEST = float(kl_divergence([0.9, 0.1], [0.92, 0.08]))",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/rare_events.py",
    ),
    Fault(
        "the wrong choice marked as the right one",
        'answer="more than ten million times less probable",',
        'answer="about ten times less probable",',
        "test_the_right_choices",
        file="exercises/rare_events.py",
    ),
]
