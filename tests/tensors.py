"""Short names for what tests of torch code need: doubles, seeds, noise, and how near two results are."""

import numpy as np
import torch


def t(x):
    return torch.as_tensor(x, dtype=torch.float64)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def normal(shape, generator):
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def close(a, b, tolerance=1e-12):
    a, b = (np.asarray(x.detach() if isinstance(x, torch.Tensor) else x) for x in (a, b))
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
