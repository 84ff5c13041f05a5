"""One input of a law, and what is known about it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np

from lydite.kit.regime import FORGIVING, Regime

PRECISIONS = ("float64", "float32")
FLOAT64 = 2.0**-53
FLOAT32 = 2.0**-24
"""Unit roundoffs: half the distance from 1 to the next number."""


def tiny(u: float) -> float:
    """Returns the smallest normal number of the precision whose unit roundoff is `u`.

    Below it nothing relative is required.
    """
    return float(np.finfo(np.float32 if u == FLOAT32 else np.float64).tiny)


@dataclass(frozen=True, eq=False, kw_only=True)
class Case:
    """One input in `regime`, given in numbers of unit roundoff `u`.

    Subclasses add the inputs, and as cached properties the truth about them: the laws that share a case share its
    evaluation. `discrete` names the inputs that may arrive as integers or booleans.
    """

    regime: Regime = Regime.CORE
    u: float = FLOAT64

    discrete: ClassVar[frozenset[str]] = frozenset()

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of numbers in this precision; the inputs may arrive in another one, as integers for instance."""
        return np.dtype(np.float32 if self.u == FLOAT32 else np.float64)

    @property
    def forgiving(self) -> bool:
        """Whether the tolerance is that of the textbook formula, not that of a stable evaluation."""
        return self.regime in FORGIVING

    def inputs(self) -> dict[str, Any]:
        """The inputs by name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in {"regime", "u"}}
