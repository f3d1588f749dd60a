"""The library of an executable course on statistical mechanics for AI: one module a chapter."""
