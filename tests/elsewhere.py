"""A device that torch knows, and that holds no numbers: for tests without a GPU.

In a file of its own, which is imported once: torch lets a device be made once in a process, and a file of
tests is imported a second time by those that ask what it declares.
"""

import torch
from torch.utils.backend_registration import _DummyBackendModule, _setup_privateuseone_for_python_backend


class Backend(_DummyBackendModule):
    """What torch.random.fork_rng asks of every device: other packages call it, in the same process."""

    def get_rng_state(self, device):
        return torch.empty(0)

    def set_rng_state(self, state, device):
        pass


_setup_privateuseone_for_python_backend("elsewhere", Backend())
ELSEWHERE = torch.device("elsewhere", 0)
