"""The answers of the exercises of ``chapters/uncertainty.md`` once more, by elementary routes."""

import math

import numpy as np

from declared import Fault


def two_networks():
    """The mutual information of network and label, as a divergence from independence, cell by cell."""
    joint = {(0, 0): 0.45, (0, 1): 0.05, (1, 0): 0.05, (1, 1): 0.45}
    return sum(p * math.log(p / (0.5 * 0.5)) for p in joint.values())


def information(probs):
    """The mean divergence of each network's answer from the average one."""
    networks, inputs, classes = probs.shape
    found = np.zeros(inputs)
    for i in range(inputs):
        mean = [sum(probs[n, i, k] for n in range(networks)) / networks for k in range(classes)]
        for n in range(networks):
            for k in range(classes):
                if probs[n, i, k] > 0:
                    found[i] += probs[n, i, k] * math.log(probs[n, i, k] / mean[k]) / networks
    return found


def sure_by_three():
    """Halve the interval of T until the confidence is 0.8."""
    low, high = 0.1, 50.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if 1 / (1 + math.exp(-3 / middle)) > 0.8 else (low, middle)
    return low


def three_labellers():
    """The temperature at which e^(−E/T) is the product of three labellers' probabilities."""
    kept = 0.7 * 0.7 * 0.7
    return math.log(0.7) / math.log(kept)


def relu_kurtosis():
    """⟨f⁴⟩/⟨f²⟩² − 3 from sums over pairs of units: ⟨v_j² v_k²⟩ is 3/n² for one unit, 1/n² for two."""
    n, second, fourth = 10, 1 / 2, 3 / 2
    same, pairs = n * 3 * fourth, 3 * n * (n - 1) * second**2
    return (same + pairs) / (n * second) ** 2 - 3


ROUTES = {
    "uncertainty/two-networks": two_networks,
    "uncertainty/information": lambda: information,
    "uncertainty/sure-by-three": sure_by_three,
    "uncertainty/three-labellers": three_labellers,
    "uncertainty/relu-kurtosis": relu_kurtosis,
}

# The page computes what each of these follows from; here they are only written a second time.
RIGHT = {
    "uncertainty/think-two-halves": "B's",
    "uncertainty/think-groups": "No: one half will be too sure, the other not sure enough",
}

FAULTS = [
    Fault(
        "a kurtosis whose fourth moment lacks the Gaussian's factor of three",
        "answer=3 / 10 * 5",
        "answer=1 / 10 * 5",
        "test_another_route_leads_to_the_same_answer",
        file="exercises/uncertainty.py",
    ),
]
