"""What a stochastic or an iterative answer comes as; public as `thermolib.chains`' own."""

from typing import Any, NamedTuple


class Estimate(NamedTuple):
    """A stochastic answer: the value and its standard error (one sigma), in the unit of what was measured."""

    value: float
    stderr: float


class ConvergenceError(RuntimeError):
    """Raised where an iteration or an estimate did not converge.

    Attributes
    ----------
    last
        The last iterate, or the estimate reached so far.
    """

    def __init__(self, message: str, last: Any) -> None:
        super().__init__(message)
        self.last = last
