"""The one temperature scale of the book: cold blue to hot red, in figures and on the page.

A temperature T (in units of J/k_B) stands at t = T / (T + 2) on the scale: t = 0 is absolute zero, t = 1
infinite temperature, and the middle, T = 2, is near the critical point of the square lattice. The nine stops
run in OKLCH from hue 250° to 35° at almost constant lightness, so that

* every stop keeps a contrast of at least 3 to 1 against white *and* against the dark theme's ground: sliders
  and labs need no second palette at night (a figure is turned over, which keeps each hue and brightens it);
* blue against red is the pair that red-green colour blindness leaves apart.

Lightness does not vary, so the scale says nothing in grey: a figure must also say the temperature in words
or in order.

Symbols: T ↔ `T`, t ↔ the position on the scale.
"""

from __future__ import annotations

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_hex

from thermolib._validate import numbers

STOPS = (
    "#2183d8", "#5b7ad9", "#7c72d2", "#956ac6", "#ab63b5", "#bd5b9f", "#cd5483", "#da4e5f", "#e14d28",
)  # fmt: skip

temperature_cmap = LinearSegmentedColormap.from_list("temperature", STOPS, N=1025)


def temperature_position(T: float | np.ndarray) -> np.ndarray:
    """Place temperatures on the scale: t = T / (T + 2).

    Parameters
    ----------
    T : float or array of any shape
        Temperature, T ≥ 0, in units of J/k_B; `np.inf` is allowed.

    Returns
    -------
    array of T's shape; a scalar for a scalar
        Position t, 0 ≤ t ≤ 1: what `temperature_cmap` expects.

    Raises
    ------
    ValueError
        If some T is negative, NaN or no real number.

    Examples
    --------
    >>> temperature_position(np.array([0, 2, np.inf]))
    array([0. , 0.5, 1. ])
    """
    T = numbers("temperature", T)
    if not np.all(T >= 0):
        raise ValueError(f"temperature must be ≥ 0, got {T}")
    return (1 - 2 / (T + 2))[()]


def temperature_color(T: float) -> str:
    """Colour of one temperature.

    Parameters
    ----------
    T : float
        Temperature, T ≥ 0, in units of J/k_B; `np.inf` is allowed.

    Returns
    -------
    str
        The colour as ``#rrggbb``.

    Raises
    ------
    ValueError
        If T is negative, NaN or not one real number.

    Examples
    --------
    >>> temperature_color(0), temperature_color(2), temperature_color(np.inf)
    ('#2183d8', '#ab63b5', '#e14d28')
    """
    t = temperature_position(T)
    if np.ndim(t):
        raise ValueError(
            f"temperature must be one number, got shape {np.shape(t)}; "
            "for arrays use temperature_cmap(temperature_position(T))"
        )
    return to_hex(temperature_cmap(float(t)))


def css_variables() -> str:
    """Write the scale as CSS custom properties, ``--temperature-0`` (cold) to ``--temperature-8`` (hot).

    Returns
    -------
    str
        Declarations without a selector.

    Examples
    --------
    >>> css_variables()[:24]
    '--temperature-0: #2183d8'
    """
    return " ".join(f"--temperature-{i}: {colour};" for i, colour in enumerate(STOPS))
