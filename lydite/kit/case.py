"""One input of a law, and what is known about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


Usual = Mapping[str, tuple[float, ...]]
"""Values that parameters commonly have, by name."""


@dataclass(frozen=True, slots=True)
class Peculiar:
    """A peculiarity of inputs in words, "where n = 1"; the inputs that show it, and whether a case has it.

    Code that is wrong at peculiar inputs alone is another matter than code that is wrong at plain ones.
    """

    says: str
    of: tuple[str, ...]
    applies: Callable[[Any], Any]


@dataclass(frozen=True, eq=False, kw_only=True)
class Case:
    """One input in `regime`, given in numbers of unit roundoff `u`.

    Subclasses add the inputs, and as cached properties the truth about them: the laws that share a case share its
    evaluation. `discrete` names the inputs that may arrive as integers or booleans, `usual` has common values
    of parameters, and `peculiar` what sets an input apart.
    """

    regime: Regime = Regime.CORE
    u: float = FLOAT64

    discrete: ClassVar[frozenset[str]] = frozenset()
    usual: ClassVar[Usual] = {}
    peculiar: ClassVar[tuple[Peculiar, ...]] = ()

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of numbers in this precision; the inputs may arrive in another one, as integers for instance."""
        return np.dtype(np.float32 if self.u == FLOAT32 else np.float64)

    @property
    def forgiving(self) -> bool:
        """Whether the tolerance is that of the textbook formula, not that of a stable evaluation."""
        return self.regime in FORGIVING

    def inputs(self) -> dict[str, Any]:
        """Returns the inputs by name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in {"regime", "u"}}

    def peculiarities(self, read: frozenset[str] | None = None) -> tuple[str, ...]:
        """Returns what is peculiar of the inputs that are `read`; of all, if None."""
        known = (p for p in self.peculiar if read is None or read.issuperset(p.of))
        return tuple(dict.fromkeys(p.says for p in known if p.applies(self)))


def observed(case: Case) -> tuple[Case, set[str]]:
    """Returns a copy of `case`, and the inputs of it that are read, a set that grows as they are.

    The copy is of a class of its own, so that no other case pays for being observed: laws read cases all the time.
    """
    reads: set[str] = set()
    given = case.inputs()

    class Read(type(case)):  # type: ignore[misc]  # a class made for one object
        def __getattribute__(self, name: str) -> Any:
            if name in given:
                reads.add(name)
            return super().__getattribute__(name)

    again = Read(**given, regime=case.regime, u=case.u)
    reads.clear()  # making it has read every field
    return again, reads
