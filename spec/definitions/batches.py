"""Batches of many samples, each of them a case of its own, and how a call reads one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from lydite.kit import Case, Truth

Parts = tuple[Any, ...]

BLANKED = frozenset({"z", "x", "target", "delta"})
"""Arguments that are a number of a sample, and neither a label nor a mask nor a parameter that all samples share."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Stack(Case):
    """Samples `rows` of the same shapes and the same shared parameters, the whole of them `repeated` times."""

    rows: tuple[Any, ...]
    repeated: int = 1

    @property
    def count(self) -> int:
        """How many samples there are."""
        return len(self.rows) * self.repeated

    @property
    def middle(self) -> int:
        """The row that is blanked in `blanked`."""
        return len(self.rows) // 2

    @cached_property
    def blanked(self) -> tuple[Any, ...]:
        """The rows, with NaN for every number of the middle one."""
        rows = list(self.rows)
        row = rows[self.middle]
        blank: dict[str, Any] = {n: _nan_like(v) for n, v in row.inputs().items() if n in BLANKED}
        rows[self.middle] = replace(row, **blank)
        return tuple(rows)


@dataclass(frozen=True, slots=True)
class Row:
    """How one call reads a sample: its arguments there, what is due, and what rounding may cost it.

    `due` and `allowed` give a tuple of several parts where the call returns several; `decided` says whether rounding
    cannot change which side of a kink the sample is on.
    """

    call: str
    claims: tuple[str, ...]
    arguments: Callable[[Any], Parts]
    due: Callable[[Any], Truth | tuple[Truth, ...]]
    allowed: Callable[[Any], Any]
    decided: Callable[[Any], bool] = lambda _: True

    def dues(self, case: Any) -> tuple[Truth, ...]:
        """Returns what is due, as a tuple in any case."""
        due = self.due(case)
        return due if isinstance(due, tuple) else (due,)

    def bounds(self, case: Any) -> Parts:
        """Returns what is allowed, for each part."""
        allowed = self.allowed(case)
        parts = allowed if isinstance(allowed, tuple) else (allowed,)
        return tuple(
            np.broadcast_to(part, due.roughly().shape) for part, due in zip(parts, self.dues(case), strict=True)
        )


def _nan_like(value: Any) -> Any:
    return np.full_like(value, np.nan) if isinstance(value, np.ndarray) else float("nan")
