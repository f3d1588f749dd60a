"""Numba's compiler, once at work: what it sets up at its first use is there in all that fork from here."""

from numba import njit

njit(lambda x: x + 1)(1.0)
