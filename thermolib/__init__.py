"""The library of an executable course on statistical mechanics for AI: one module a chapter."""

__version__ = "0.1.0"
