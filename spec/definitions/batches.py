"""Many samples asked for at once, each of them a case of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from spec.case import Case

BLANKED = frozenset({"z", "x", "target", "delta"})
"""What is a number of a sample, and neither a label nor a mask nor a parameter that all samples share."""


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


def _nan_like(value: Any) -> Any:
    return np.full_like(value, np.nan) if isinstance(value, np.ndarray) else float("nan")
