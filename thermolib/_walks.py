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

BLOCK, LARGEST = 64, 2**22  # steps, and numbers, between two questions whether all is finite


class Move(NamedTuple):
    """One step of all chains: ``w`` (chains, dim), ``value`` (chains,), −L(w), and what was ``accepted``.

    ``tried`` and ``found`` are the proposal's w and −L, which must be finite even where it is refused.
    """

    w: Tensor
    value: Tensor
    accepted: Tensor | None
    tried: Tensor
    found: Tensor


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
        self.T = torch.tensor(temperatures.tolist(), dtype=w.dtype, device=w.device).expand(len(w))
        self.w, self.generator = w, _tensors.generator(generator, w.device)
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
        ok = self.start[0].isfinite() & self.start[1].isfinite().all(-1)
        if not bool(ok.all()):
            chain = int(ok.int().argmin())
            raise ValueError(
                f"log_joint and its gradient must be finite at the start, got"
                f" {self.start[0][chain].item()} and {self.start[1][chain].tolist()} for w0[{chain}]"
            )

    def normal(self) -> Tensor:
        return torch.randn(self.w.shape, generator=self.generator, dtype=self.w.dtype, device=self.w.device)

    def uniform(self) -> Tensor:
        return torch.rand(len(self.w), generator=self.generator, dtype=self.w.dtype, device=self.w.device)

    @torch.no_grad()
    def record(self, moves: Iterator[Move], progress: bool) -> Draws:
        """Make the moves, and keep what is to be kept.

        Many moves are made before the tensors are looked at: on a GPU each look would wait for all that was
        asked for before it, and on a CPU it would cost as much as the move.
        """
        from tqdm import tqdm

        chains, dim = self.w.shape
        kept = Draws(
            self.w.new_empty(chains, self.draws, dim),
            self.start[0].new_empty(chains, self.draws),
            self.w.new_zeros(chains),
        )
        size, done, drawn = block(self.w), 0, 0
        with tqdm(desc=self.name, total=self.steps, disable=not progress) as bar:
            while done < self.steps:
                some: list[Move] = []
                try:
                    some.extend(islice(moves, min(size, self.steps - done)))
                finally:  # a log joint may itself refuse what is not finite: who ran away is said first
                    if some:
                        self._check(some, done)
                late = some[max(self.warm_up - done, 0) :]  # after the warm-up
                if late:
                    accepted = [move.accepted for move in late if move.accepted is not None]
                    kept.acceptance.add_(torch.stack(accepted).sum(0) if accepted else len(late))
                first = max(self.warm_up, done)  # moves before `late`
                if whole := late[-(first - self.warm_up + 1) % self.thin :: self.thin]:
                    here = slice(drawn, drawn := drawn + len(whole))
                    kept.w[:, here] = torch.stack([move.w for move in whole], 1)
                    kept.log_joint[:, here] = torch.stack([move.value for move in whole], 1)
                self.w, done = some[-1].w, done + len(some)
                bar.update(len(some))
        return kept._replace(acceptance=kept.acceptance / (self.thin * self.draws))

    def _check(self, some: list[Move], done: int) -> None:
        """Raise where a chain is no longer finite."""
        k = first_infinite([move.tried for move in some], [move.found for move in some])
        if k is not None:
            ok = some[k].tried.isfinite().all(-1) & some[k].found.isfinite()
            raise ConvergenceError(
                f"{self.name}: chain {int(ok.int().argmin())} ran away in step {done + k + 1} of"
                f" {self.steps}, with step = {self.step}: try a smaller step, or a"
                " start where the gradient is smaller. `last` is the state of all chains before",
                some[k - 1].w if k else self.w,
            )


def block(state: Tensor) -> int:
    """Return how many states like this one may be kept until one asks whether they are finite."""
    return max(1, min(BLOCK, LARGEST // max(state.numel(), 1)))


def first_infinite(*states: list[Tensor]) -> int | None:
    """Return the first k at which a tensor of a list is not finite: one question for all of them."""
    ok = torch.stack([torch.stack(one).isfinite().flatten(1).all(1) for one in states]).all(0)
    return None if bool(ok.all()) else int(ok.int().argmin())


def vectorised(log_joint: Callable[..., Tensor]) -> Callable[..., tuple[Tensor, Tensor]]:
    """Return the function w (chains, dim) → −L (chains,) and the force −∇L (chains, dim)."""
    both = vmap(grad_and_value(log_joint))

    def value_and_force(w: Tensor, *batch: Tensor) -> tuple[Tensor, Tensor]:
        force, value = both(w, *batch)
        return value, force

    return value_and_force


def _traced(function: Callable[..., Any], *arguments: Tensor) -> Callable[..., Any]:
    """Return the same operations on tensors, without the transforms that found them: five times as fast."""
    from torch.fx.experimental.proxy_tensor import make_fx

    try:
        traced = make_fx(function)(*arguments)
        _fold(traced)
        _call_torch(traced)
    except Exception:  # what cannot be traced runs as it is
        return function
    return traced.forward


_BY_SHAPE = {torch.ops.aten.ones_like.default: 1.0, torch.ops.aten.zeros_like.default: 0.0}
_OF_ONE = {
    torch.ops.aten.pow.Tensor_Scalar,
    torch.ops.aten.div.Tensor,
    torch.ops.aten.mul.Tensor,
    torch.ops.aten.mul.Scalar,
}  # they change nothing where the other is 1
_QUICK = {"add", "sub", "mul", "div", "neg", "pow", "exp", "log", "sqrt", "tanh", "sum", "mm", "bmm"}


def _fold(traced: torch.fx.GraphModule) -> None:
    """Compute once what depends on the shapes alone, and leave out what changes nothing; to the bit.

    A third of a gradient's operations are such: ones, signs and factors on their way back to the weights.
    """
    known: dict[torch.fx.Node, Any] = {}
    nodes = list(traced.graph.nodes)
    calls = [node for node in nodes if isinstance(node.target, torch._ops.OpOverload)]
    if any(node.target._schema.is_mutable for node in calls):
        return
    for node in nodes:
        of, shape = node.all_input_nodes, node.meta.get("val")
        if node.op == "get_attr":
            known[node] = getattr(traced, node.target)
        elif (
            not isinstance(node.target, torch._ops.OpOverload)
            or torch.Tag.nondeterministic_seeded in node.target.tags
        ):
            continue
        elif node.target in _BY_SHAPE:
            known[node] = torch.full(
                shape.shape, _BY_SHAPE[node.target], dtype=shape.dtype, device=shape.device
            )
        elif all(one in known for one in of):
            args, kwargs = torch.fx.node.map_arg((node.args, node.kwargs), known.__getitem__)
            known[node] = node.target(*args, **kwargs)
        elif node.target in _OF_ONE and node.args == (*of, 1) and of[0].meta["val"].dtype == shape.dtype:
            node.replace_all_uses_with(of[0])
    for k, node in enumerate(calls):
        if isinstance(known.get(node), Tensor):
            traced.register_buffer(f"_known{k}", known[node])
            with traced.graph.inserting_before(node):
                node.replace_all_uses_with(traced.graph.get_attr(f"_known{k}"))
    traced.graph.eliminate_dead_code()
    traced.recompile()


def _call_torch(traced: torch.fx.GraphModule) -> None:
    """Call torch.mul in place of torch.ops.aten.mul.Tensor, and so on: the same operations, begun sooner."""
    for node in traced.graph.nodes:
        if isinstance(node.target, torch._ops.OpOverload):
            name = node.target.overloadpacket.__name__
            node.target = getattr(torch, name) if name in _QUICK else node.target
    traced.recompile()
