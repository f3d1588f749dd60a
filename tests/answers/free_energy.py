"""The answers of ``chapters/free-energy.md`` once more, by elementary routes."""

import math

from declared import Fault

POINTS = [
    (10, 8.04), (8, 6.95), (13, 7.58), (9, 8.81), (11, 8.33), (14, 9.96),
    (6, 7.24), (4, 4.26), (12, 10.84), (7, 4.82), (5, 5.68),
]  # fmt: skip


def slope_price():
    """Along a line of slopes: likelihood times prior, normalised, and the sum of q ln(q/prior)."""
    log_joint, log_prior = [], []
    slopes = [k / 1000 for k in range(-2000, 6001)]
    for w in slopes:
        # The constant is independent of the slope; hold it at its mean, near 7.5, where it cancels.
        misfit = sum((y - 7.5 - w * (x - 9) / math.sqrt(10)) ** 2 for x, y in POINTS) / 2
        prior = -(w**2) / 200 - math.log(10 * math.sqrt(2 * math.pi))
        log_joint.append(prior - misfit)
        log_prior.append(prior)
    top = max(log_joint)
    log_Z = top + math.log(sum(math.exp(one - top) for one in log_joint) / 1000)
    q = [math.exp(joint - log_Z) / 1000 for joint in log_joint]
    return sum(
        share * (joint - log_Z - prior) for share, joint, prior in zip(q, log_joint, log_prior, strict=True)
    )


def gap():
    """T times the sum of q ln(q/p) over the two levels."""
    weights = [1.0, math.exp(-1 / 0.5)]
    p = [w / sum(weights) for w in weights]
    return 0.5 * sum(a * math.log(a / b) for a, b in zip((0.7, 0.3), p, strict=True))


def elbo():
    """What is left of ln Z."""
    return -24.29 - 1.10


def step(k, mu, m, precision, T):
    """Three values of the averaged energy fix its parabola."""

    def averaged(w):
        at = [w if i == k else mu[i] for i in range(len(m))]
        return sum(
            precision[i][j] * (at[i] - m[i]) * (at[j] - m[j]) / 2
            for i in range(len(m))
            for j in range(len(m))
        )

    left, middle, right = averaged(-1.0), averaged(0.0), averaged(1.0)
    curvature = left - 2 * middle + right
    return -(right - left) / 2 / curvature, T / curvature


def _best(loss):
    """Return the least value of a function of one log-variance, by thirds."""
    low, high = -4.0, 4.0
    for _ in range(200):
        a, b = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, b) if loss(a) < loss(b) else (a, high)
    return loss(low)


# Three weights, all correlations ½: eigenvalues 2, ½, ½ of the covariance. By symmetry one variance for all.
def three_reverse():
    return _best(lambda v: sum(math.exp(v) / e - 1 + math.log(e) - v for e in (2, 0.5, 0.5)) / 2)


def three_forward():
    return _best(lambda v: sum(e / math.exp(v) - 1 - math.log(e) + v for e in (2, 0.5, 0.5)) / 2)


ROUTES = {
    "free-energy/slope-price": slope_price,
    "free-energy/gap": gap,
    "free-energy/elbo": elbo,
    "free-energy/step": lambda: step,
    "free-energy/three-reverse": three_reverse,
    "free-energy/three-forward": three_forward,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "free-energy/think-degree": "1, a line",
    "free-energy/think-width": "0.44, as one has when the other is held",
    "free-energy/think-seeker": "about ½, with a small error bar",
}

FAULTS = [
    Fault(
        "a free energy above the true one by the divergence, without T",
        "answer=0.5 * KL_HOT,",
        "answer=KL_HOT,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/free_energy.py",
    ),
    Fault(
        "an ELBO above ln Z",
        "answer=-25.39,",
        "answer=-23.19,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/free_energy.py",
    ),
    Fault(
        "a coordinate step away from the others",
        "    sign: float = -1.0,",
        "    sign: float = 1.0,",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/free_energy.py",
    ),
]
