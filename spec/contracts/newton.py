"""Q6: the calls that iterate Newton's method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from lydite.kit import Floats, contract

ScalarCallable = Callable[[float], float]


@contract("Q6")
class Newton(Protocol):
    """The calls of Q6; the callables take and return a float."""

    def newton_root(self, f: ScalarCallable, fprime: ScalarCallable, x0: float, steps: int, /) -> Floats:
        """(),() -> (steps+1). The iterates of `x - f(x) / fprime(x)`, `x0` first; they stay where `f` is 0.

        Raises ZeroDivisionError at an iterate where `fprime` is 0 and `f` is not.
        """
        ...

    def newton_minimize(self, gprime: ScalarCallable, gsecond: ScalarCallable, x0: float, steps: int, /) -> Floats:
        """(),() -> (steps+1). The same iteration, for a stationary point of `g`."""
        ...
