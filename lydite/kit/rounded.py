"""Running error analysis: a float that carries a bound on its own rounding error."""

from __future__ import annotations

import math
from dataclasses import dataclass

LIBRARY = 2.0
"""Unit roundoffs by which a function of the mathematical library may be off: one unit in the last place."""


@dataclass(frozen=True, slots=True)
class Rounded:
    """A computed `value`, off by at most `error` unit roundoffs (absolute, to first order in the unit roundoff).

    Each operation passes the errors of its operands on, multiplied by its derivatives, and adds its own.
    """

    value: float
    error: float = 0.0

    def __add__(self, other: Rounded | float) -> Rounded:
        b = _rounded(other)
        value = self.value + b.value
        return Rounded(value, self.error + b.error + abs(value))

    def __neg__(self) -> Rounded:
        return Rounded(-self.value, self.error)

    def __sub__(self, other: Rounded | float) -> Rounded:
        return self + -_rounded(other)

    def __rsub__(self, other: float) -> Rounded:
        return -self + other

    def __mul__(self, other: Rounded | float) -> Rounded:
        b = _rounded(other)
        value = self.value * b.value
        return Rounded(value, abs(self.value) * b.error + abs(b.value) * self.error + abs(value))

    def __truediv__(self, other: Rounded | float) -> Rounded:
        b = _rounded(other)
        value = self.value / b.value
        return Rounded(value, (self.error + abs(value) * b.error) / abs(b.value) + abs(value))

    def __rtruediv__(self, other: float) -> Rounded:
        return Rounded(float(other)) / self

    def __pow__(self, n: int) -> Rounded:
        value = self.value**n
        return Rounded(value, abs(n * self.value ** (n - 1)) * self.error + LIBRARY * abs(value))

    def exp(self) -> Rounded:
        """`e^x`."""
        value = math.exp(self.value)
        return Rounded(value, value * (self.error + LIBRARY))

    def sin(self) -> Rounded:
        """Returns the sine."""
        value = math.sin(self.value)
        return Rounded(value, abs(math.cos(self.value)) * self.error + LIBRARY * abs(value))

    def cos(self) -> Rounded:
        """Returns the cosine."""
        value = math.cos(self.value)
        return Rounded(value, abs(math.sin(self.value)) * self.error + LIBRARY * abs(value))

    def atan(self) -> Rounded:
        """Returns the arc tangent."""
        value = math.atan(self.value)
        return Rounded(value, self.error / (1 + self.value**2) + LIBRARY * abs(value))

    __radd__ = __add__
    __rmul__ = __mul__


def _rounded(x: Rounded | float) -> Rounded:
    """`x`, a constant being exact."""
    return x if isinstance(x, Rounded) else Rounded(float(x))
