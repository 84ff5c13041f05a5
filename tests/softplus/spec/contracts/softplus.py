"""Q8: softplus and its derivative."""

from __future__ import annotations

from typing import Protocol

from lydite.kit import Floats
from lydite.kit import contract, derivative_of


@contract("Q8")
class Softplus(Protocol):
    """The calls of Q8."""

    def softplus(self, z: Floats, /) -> Floats:
        """(...) -> (...). `ln(1 + exp(z))`, entry by entry."""
        ...

    @derivative_of("softplus", "elementwise", by=("z",))
    def softplus_derivative(self, z: Floats, /) -> Floats:
        """(...) -> (...). `1 / (1 + exp(-z))`, entry by entry."""
        ...
