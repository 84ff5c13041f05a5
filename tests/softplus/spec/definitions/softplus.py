"""Softplus at an array, and what is exactly true of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lydite.kit import Floats
from lydite.kit import Truth
from lydite.kit.balls import balls
from lydite.kit import Case


@dataclass(frozen=True, eq=False, kw_only=True)
class Entries(Case):
    """An array of any shape."""

    z: Floats

    @cached_property
    def value(self) -> Truth:
        """`ln(1 + exp(z))`."""
        return Truth(lambda: [(1 + z.exp()).log() for z in balls(self.z)], self.z.shape)

    @cached_property
    def derivative(self) -> Truth:
        """`1 / (1 + exp(-z))`."""
        return Truth(lambda: [1 / (1 + (-z).exp()) for z in balls(self.z)], self.z.shape)
