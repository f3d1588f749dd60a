"""What functions in torch ask of their arguments, as `_validate` does of arrays; and the normal density."""

from math import log, pi
from typing import Any

import torch
from torch import Tensor

from thermolib import _validate


def tensor(name: str, x: Any) -> Tensor:
    """Return x as a tensor of finite numbers: a floating-point tensor as it is, all else as float64."""
    t = x if isinstance(x, Tensor) else torch.as_tensor(_validate.numbers(name, x))
    t = t if t.is_floating_point() else t.double()
    if t.device.type != "meta" and not bool(t.isfinite().all()):
        raise ValueError(f"{name} must be finite, got {t}")
    return t


def one_number(value: Any, name: str, w: Tensor) -> Tensor:
    if not isinstance(value, Tensor) or value.shape != ():
        came = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
        raise ValueError(
            f"{name} must return a tensor of shape () for one w of shape {tuple(w.shape)}, got {came}"
        )
    return value


def positives(name: str, x: float | Tensor) -> float | Tensor:
    """Return one positive number, or a tensor of them."""
    t = tensor(name, x)
    if not bool((t > 0).all()):
        raise ValueError(f"{name} must be positive, got {x}")
    return t if t.ndim else t.item()


def generator(generator: torch.Generator | None, device: torch.device | None) -> torch.Generator:
    """Return the generator, if it lies on the device, or one that the system seeds."""
    if generator is None:
        generator = torch.Generator(device or "cpu")
        generator.seed()
    if not isinstance(generator, torch.Generator):
        raise ValueError(
            "generator must be a torch.Generator (as torch.Generator().manual_seed(0)) or None, got"
            f" {generator!r}"
        )
    if device is not None and generator.device.type != device.type:
        raise ValueError(
            f"generator must be on the device of the chains, {device}, got one on {generator.device}:"
            f" make it by torch.Generator({device.type!r})"
        )
    return generator


def log_normal(x: Tensor, std: float | Tensor) -> Tensor:
    """Return ln N(x; 0, std²), of each entry."""
    log_std = std.log() if isinstance(std, Tensor) else log(std)
    return -((x / std) ** 2) / 2 - (log_std + log(2 * pi) / 2)
