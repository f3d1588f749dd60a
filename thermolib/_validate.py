"""What every public function asks of its arguments: `ValueError` says what came and what was expected."""

from operator import index

import numpy as np
from numpy.typing import ArrayLike, NDArray


def temperature(T: ArrayLike, *, finite: bool = False) -> NDArray[np.float64]:
    """Return `T` as an array of positive temperatures; `np.inf` passes unless `finite`."""
    T = numbers("T", T)
    if not np.all(T > 0):
        raise ValueError(f"T must be positive, got {_shown(T)}")
    if finite and not np.all(np.isfinite(T)):
        raise ValueError(f"T must be finite here, got {_shown(T)}")
    return T


def numbers(name: str, x: ArrayLike) -> NDArray[np.float64]:
    """Return `x` as a real floating-point array without NaN."""
    try:
        array = np.asarray(x)
        # NumPy would make NaN of None, which is not what came
        if np.iscomplexobj(array) or (array.dtype == object and None in array.ravel().tolist()):
            raise TypeError
        array = array.astype(np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be an array of real numbers, got {x!r}") from None
    if np.any(np.isnan(array)):
        raise ValueError(f"{name} must not contain NaN, got {_shown(array)}")
    return array


def finite(name: str, x: ArrayLike) -> NDArray[np.float64]:
    """Return `x` as a floating-point array of finite numbers."""
    array = numbers(name, x)
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{name} must be finite, got {_shown(array)}")
    return array


def scalar(name: str, x: ArrayLike) -> float:
    """Return `x` as one finite number."""
    array = finite(name, x)
    if array.ndim:
        raise ValueError(f"{name} must be one number, got {_shown(array)}")
    return float(array)


def whole(name: str, x: int, least: int, most: float = np.inf) -> int:
    """Return `x` as an integer between `least` and `most`."""
    wanted = f"an integer ≥ {least}" if most == np.inf else f"an integer from {least} to {most}"
    try:
        value = index(x)
    except TypeError:
        raise ValueError(f"{name} must be {wanted}, got {x!r}") from None
    if isinstance(x, bool | np.bool_) or not least <= value <= most:
        raise ValueError(f"{name} must be {wanted}, got {x!r}")
    return value


def lattice(spins: ArrayLike) -> NDArray[np.int8]:
    """Return a fresh int8 copy of `spins`, shape (..., L, L) with L ≥ 2, every one of them ±1."""
    array = np.asarray(spins)
    if array.ndim < 2 or array.shape[-1] != array.shape[-2] or array.shape[-1] < 2 or array.size == 0:
        raise ValueError(f"spins must have shape (..., L, L) with L ≥ 2, got {array.shape}")
    if not np.all((array == 1) | (array == -1)):
        raise ValueError(f"spins must be ±1, got {_shown(array)}")
    return array.astype(np.int8)


def couplings(J: ArrayLike, h: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return J (n, n), symmetric with zero diagonal, and h (n,): those of the energy −½ sᵀJs − h·s."""
    J, h = finite("J", J), finite("h", h)
    if J.ndim != 2 or J.shape[0] != J.shape[1] or J.size == 0:
        raise ValueError(f"J must be a square matrix, got shape {J.shape}")
    if len(uneven := np.argwhere(np.abs(J - J.T) > 1e-12 * np.abs(J).max())):
        i, j = uneven[0]
        raise ValueError(f"J must be symmetric, got J[{i}, {j}] = {J[i, j]} and J[{j}, {i}] = {J[j, i]}")
    if len(own := np.flatnonzero(np.diag(J))):
        i = own[0]
        raise ValueError(f"J must have zero diagonal, got J[{i}, {i}] = {J[i, i]}")
    n = len(J)
    if h.shape not in ((), (n,)):
        raise ValueError(f"h must have shape () or ({n},), got {h.shape}")
    return J / 2 + J.T / 2, np.broadcast_to(h, (n,)).copy()


def _shown(array: NDArray) -> str:
    """Show the array itself where it is short, else its shape and range."""
    if array.size <= 8:
        return str(array.tolist())
    if array.dtype.kind not in "biuf" or np.all(np.isnan(array)):
        return f"an array of shape {array.shape}"
    nan = f" and {np.isnan(array).sum()} NaN" if np.any(np.isnan(array)) else ""
    return f"an array of shape {array.shape} with values from {np.nanmin(array)} to {np.nanmax(array)}{nan}"
