"""What every public function asks of its arguments: `ValueError` says what came and what was expected."""

import sys
from collections.abc import Collection
from numbers import Integral, Real
from operator import index
from reprlib import repr as shortened
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermolib._types import Floats, Seed

COLDEST = 1e-300  # so that 1/T is a double, and small multiples of it are


def temperature(T: ArrayLike, *, finite: bool = False) -> Floats:
    """Return `T` as an array of temperatures ≥ `COLDEST`; `np.inf` passes unless `finite`."""
    T = numbers("T", T)
    if not np.all(T > 0):
        raise ValueError(f"T must be positive, got {shown(T)}")
    if not np.all(T >= COLDEST):
        raise ValueError(f"T must be at least {COLDEST}: 1/T overflows near 0; got {shown(T)}")
    if finite and not np.all(np.isfinite(T)):
        raise ValueError(f"T must be finite here, got {shown(T)}")
    return T


def one_temperature(T: float, *, finite: bool = False) -> float:
    """Return `T` as one temperature, as `temperature` allows it."""
    array = temperature(T, finite=finite)
    if array.ndim:
        raise ValueError(f"T must be one number, got {shown(array)}")
    return float(array)


def numbers(name: str, x: ArrayLike) -> Floats:
    """Return `x` as a real floating-point array without NaN. True is a number in an array, but not alone."""
    if any(map(np.ma.isMaskedArray, x if isinstance(x, list | tuple) else [x])):
        raise ValueError(f"{name} must not be masked: fill it or compress it first, got {shortened(x)}")
    try:
        array = np.asarray(x)
        # NumPy would make numbers of text and of dates. Fractions and very large integers come as objects.
        objects = array.ravel().tolist() if array.dtype == object else []
        kinds = "biufO" if array.ndim else "iufO"
        if array.dtype.kind not in kinds or not all(isinstance(one, Real) for one in objects):
            raise TypeError
        with np.errstate(over="raise"):
            array = array.astype(np.float64)
    # ArithmeticError: too large for a double; RuntimeError: torch's, of a tensor that requires a gradient
    except (TypeError, ValueError, ArithmeticError, RuntimeError):
        raise ValueError(f"{name} must be an array of real numbers, got {shortened(x)}") from None
    if np.any(np.isnan(array)):
        raise ValueError(f"{name} must not contain NaN, got {shown(array)}")
    return array


def finite(name: str, x: ArrayLike) -> Floats:
    """Return `x` as a floating-point array of finite numbers."""
    array = numbers(name, x)
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{name} must be finite, got {shown(array)}")
    return array


def scalar(name: str, x: ArrayLike) -> float:
    """Return `x` as one finite number."""
    array = finite(name, x)
    if array.ndim:
        raise ValueError(f"{name} must be one number, got {shown(array)}")
    return float(array)


def positives(name: str, x: ArrayLike, *, zero: bool = False) -> Floats:
    """Return `x` as an array of finite numbers > 0, or ≥ 0 where `zero` may be among them."""
    array = finite(name, x)
    if not np.all(array >= 0 if zero else array > 0):
        raise ValueError(f"{name} must {'not be negative' if zero else 'be positive'}, got {shown(array)}")
    return array


def positive(name: str, x: ArrayLike, *, zero: bool = False) -> float:
    """Return `x` as one finite number > 0, or ≥ 0 where it may be `zero`."""
    return float(positives(name, scalar(name, x), zero=zero))


def whole(name: str, x: int, least: int, most: float = sys.maxsize) -> int:
    """Return `x` as an integer between `least` and `most`."""
    try:
        value = None if isinstance(x, bool | np.bool_) or np.ma.isMaskedArray(x) else index(x)
    except TypeError:
        value = None
    if value is None or not least <= value <= most:
        few = most == sys.maxsize and (value is None or value < least)
        wanted = f"an integer ≥ {least}" if few else f"an integer from {least} to {most}"
        raise ValueError(f"{name} must be {wanted}, got {shortened(x)}")
    return value


def truth(name: str, x: bool) -> bool:
    """Return `x`, which may be NumPy's True or False as well, as Python's."""
    if not isinstance(x, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, got {shortened(x)}")
    return bool(x)


def one_of(name: str, x: Any, allowed: Collection[Any]) -> Any:
    """Return `x`, one of the `allowed` texts or integers."""
    # `in` alone would let True be 1 and fail on an array
    if not isinstance(x, str | Integral) or isinstance(x, bool) or x not in allowed:
        raise ValueError(f"{name} must be one of {tuple(allowed)}, got {shortened(x)}")
    return x if isinstance(x, str) else int(x)


def generator(rng: Seed) -> np.random.Generator:
    """Return the generator itself, or one made from the seed `rng`."""
    if rng is None or isinstance(rng, np.random.Generator):
        return np.random.default_rng(rng)
    try:
        return np.random.default_rng(whole("rng", rng, 0, np.inf))
    except ValueError:
        wanted = "an integer ≥ 0, a numpy.random.Generator or None"
        raise ValueError(f"rng must be {wanted}, got {shortened(rng)}") from None


def lattice(spins: ArrayLike) -> NDArray[np.int8]:
    """Return a fresh int8 copy of `spins`, shape (..., L, L) with L ≥ 2, every one of them ±1."""
    array = numbers("spins", spins)
    if array.ndim < 2 or array.shape[-1] != array.shape[-2] or array.shape[-1] < 2 or array.size == 0:
        raise ValueError(f"spins must have shape (..., L, L) with L ≥ 2, got {array.shape}")
    if not np.all(np.abs(array) == 1):
        raise ValueError(f"spins must be ±1, got {shown(array)}")
    return array.astype(np.int8)


def couplings(J: Any, h: ArrayLike) -> tuple[Any, Floats]:
    """Return J (n, n) as sparse rows, symmetric with zero diagonal, and h (n,): those of −½ sᵀJs − h·s.

    `J` may be dense or any of SciPy's sparse arrays; what is returned is a ``csr_array`` with sorted columns.
    """
    from scipy import sparse

    if not sparse.issparse(J):
        J = finite("J", J)
    if J.ndim != 2 or J.shape[0] != J.shape[1] or J.shape[0] == 0:
        raise ValueError(f"J must be a square matrix, got shape {J.shape}")
    rows = sparse.csr_array(J)
    rows = sparse.csr_array((finite("J", rows.data), rows.indices, rows.indptr), shape=rows.shape)
    uneven = abs(rows - rows.T).tocoo()
    if np.any(off := uneven.data > 1e-12 * abs(rows).max()):
        i, j = min(zip(uneven.row[off].tolist(), uneven.col[off].tolist(), strict=True))
        raise ValueError(
            f"J must be symmetric, got J[{i}, {j}] = {rows[i, j]} and J[{j}, {i}] = {rows[j, i]}"
        )
    if len(own := np.flatnonzero(rows.diagonal())):
        i = own[0]
        raise ValueError(f"J must have zero diagonal, got J[{i}, {i}] = {rows[i, i]}")
    n, h = rows.shape[0], finite("h", h)
    if h.shape not in ((), (n,)):
        raise ValueError(f"h must have shape () or ({n},), got {h.shape}")
    rows = sparse.csr_array(rows / 2 + rows.T / 2)
    rows.sort_indices()
    return rows, np.broadcast_to(h, (n,)).copy()


def shown(array: NDArray) -> str:
    """Show the array itself where it is short, else its shape and range."""
    if array.size <= 8:
        return str(array.tolist())
    if array.dtype.kind not in "biuf" or np.all(np.isnan(array)):
        return f"an array of shape {array.shape}"
    nan = f" and {np.isnan(array).sum()} NaN" if np.any(np.isnan(array)) else ""
    return f"an array of shape {array.shape} with values from {np.nanmin(array)} to {np.nanmax(array)}{nan}"
