"""What the samplers of `thermolib.bnn` share: forces on many chains at once, checks, and the record."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.func import grad_and_value, vmap

from thermolib import _tensors, _validate
from thermolib._results import ConvergenceError

Move = tuple[Tensor, Tensor, Tensor | None]  # w (chains, dim), log joint (chains,), accepted (chains,)


class Draws(NamedTuple):
    """What a sampler returns.

    ``w`` (chains, draws, dim) are the weights; ``log_joint`` (chains, draws) is −L(w) in nats, of a
    `Subsampled` its estimate by that step's examples; ``acceptance`` (chains,) is the fraction of accepted
    proposals after the warm-up, 1 where no step is refused.
    """

    w: Tensor
    log_joint: Tensor
    acceptance: Tensor


class Run:
    """A run of a sampler: its arguments, checked; the forces on all chains; its chance; its record."""

    def __init__(
        self,
        name: str,
        log_joint: Any,
        w0: Tensor,
        step: float,
        draws: int,
        T: float | ArrayLike,
        warm_up: int,
        thin: int,
        generator: torch.Generator | None,
        device: torch.device | str | None,
        forces: int = 1,
    ) -> None:
        self.name, self.step = name, _validate.positive("step", step)
        self.draws, self.thin = _validate.whole("draws", draws, 1), _validate.whole("thin", thin, 1)
        self.warm_up = _validate.whole("warm_up", warm_up, 0)
        temperatures = _validate.temperature(T, finite=True)
        w = _tensors.tensor("w0", w0).detach().to(device)
        if w.ndim != 2 or 0 in w.shape:
            raise ValueError(f"w0 must have shape (chains, dim), got {tuple(w.shape)}")
        if temperatures.shape not in ((), (len(w),)):
            raise ValueError(f"T must be one number or have shape ({len(w)},), got {temperatures.shape}")
        self.T = torch.as_tensor(temperatures).to(w).expand(len(w))
        self.w, self.moved, self.generator = w, 0, _tensors.generator(generator, w.device)
        sub = log_joint if hasattr(log_joint, "batches") and name != "hmc" else None
        both = vectorised(sub.on if sub else log_joint)
        self.steps = self.warm_up + self.thin * self.draws
        batches = lambda: (sub.batches(len(w), self.generator),) if sub else ()  # noqa: E731
        self.log_joint = lambda w: both(w, *batches())
        with torch.no_grad():
            _tensors.one_number(log_joint(w[0]), "log_joint", w[0])
            first = batches()
            self.start = both(w, *first)
            if self.steps * forces >= 100:  # before that a trace costs more than it saves
                both = _traced(both, w, *first)
        bad = ~(self.start[0].isfinite() & self.start[1].isfinite().all(-1))
        if bool(bad.any()):
            chain = int(bad.nonzero()[0])
            raise ValueError(
                f"log_joint and its gradient must be finite at the start, got"
                f" {self.start[0][chain].item()} and {self.start[1][chain].tolist()} for w0[{chain}]"
            )

    def normal(self) -> Tensor:
        return torch.randn(self.w.shape, generator=self.generator, dtype=self.w.dtype, device=self.w.device)

    def uniform(self) -> Tensor:
        return torch.rand(len(self.w), generator=self.generator, dtype=self.w.dtype, device=self.w.device)

    def check(self, w: Tensor, value: Tensor) -> None:
        """Raise where a chain is no longer finite."""
        bad = ~(w.isfinite().all(-1) & value.isfinite())
        if bool(bad.any()):
            raise ConvergenceError(
                f"{self.name}: chain {int(bad.nonzero()[0])} ran away in step {self.moved + 1} of"
                f" {self.steps}, with step = {self.step}: try a smaller step, or a"
                " start where the gradient is smaller. `last` is the state of all chains before",
                self.w,
            )

    @torch.no_grad()
    def record(self, moves: Iterator[Move], progress: bool) -> Draws:
        """Make the moves, and keep what is to be kept."""
        from tqdm import tqdm

        chains, dim = self.w.shape
        kept = Draws(
            self.w.new_empty(chains, self.draws, dim),
            self.start[0].new_empty(chains, self.draws),
            self.w.new_zeros(chains),
        )
        for w, value, accepted in tqdm(
            islice(moves, self.steps),
            desc=self.name,
            total=self.steps,
            disable=not progress,
        ):
            self.check(w, value)
            self.w, self.moved = w, self.moved + 1
            after = self.moved - self.warm_up
            if after > 0:
                kept.acceptance.add_(1.0 if accepted is None else accepted)
                if after % self.thin == 0:
                    kept.w[:, after // self.thin - 1] = w
                    kept.log_joint[:, after // self.thin - 1] = value
        return kept._replace(acceptance=kept.acceptance / (self.thin * self.draws))


def vectorised(log_joint: Callable[..., Tensor]) -> Callable[..., tuple[Tensor, Tensor]]:
    """Return the function w (chains, dim) → −L (chains,) and the force −∇L (chains, dim)."""
    both = vmap(grad_and_value(log_joint))

    def value_and_force(w: Tensor, *batch: Tensor) -> tuple[Tensor, Tensor]:
        force, value = both(w, *batch)
        return value, force

    return value_and_force


def _traced(function: Callable[..., Any], *arguments: Tensor) -> Callable[..., Any]:
    """Return the same operations on tensors, without the transforms that found them: three times as fast."""
    from torch.fx.experimental.proxy_tensor import make_fx

    try:
        traced = make_fx(function)(*arguments)
    except Exception:  # what cannot be traced runs as it is
        return function
    traced.graph.eliminate_dead_code()
    traced.recompile()
    return traced
