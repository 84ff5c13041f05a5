"""Lays out the numbers of a counterexample as matrices, cut short where they are long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lydite.notation.counterexample import value
from lydite.notation.escape import line
from lydite.notation.text import number, shown

MOST = 8
"""How many entries are shown along each axis; of more, half of them at each end."""
GAP = "⋯"


@dataclass(frozen=True, slots=True)
class Cell:
    """A number, and whether it is the one that is off most."""

    text: str
    off: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of entries, as many as are shown; `note` says what cannot be seen. One of text has a single entry."""

    rows: tuple[tuple[Cell, ...], ...]
    note: str
    plain: bool = False


def matrices(datum: Any, other: Any = None) -> list[Matrix]:
    """Returns `datum`, data of a report, as matrices: one of each part of a tuple.

    Where `other` is of the same shape, the entry that is farthest from its counterpart is marked.
    """
    parts, others = _parts(datum), _parts(other)
    if len(parts) != len(others):
        others = [None] * len(parts)
    gaps = [_gaps(_array(one), _array(another)) for one, another in zip(parts, others, strict=True)]
    worst = max((float(gap.max()) for gap in gaps if gap is not None and gap.size), default=0.0)
    return [_matrix(part, gap, worst) for part, gap in zip(parts, gaps, strict=True)]


def _parts(datum: Any) -> list[Any]:
    if isinstance(datum, dict):
        for kind in ("tuple", "list"):
            if isinstance(datum.get(kind), list):
                return list(datum[kind])
    return [datum]


def _array(datum: Any) -> NDArray[Any] | None:
    """Returns the numbers of `datum`; None where it is something else."""
    if datum is None:
        return None
    try:
        found = np.asarray(value(datum))
    except (TypeError, ValueError):
        return None
    return found if found.dtype.kind in "biuf" and found.ndim <= 2 else None


def _gaps(one: NDArray[Any] | None, other: NDArray[Any] | None) -> NDArray[np.float64] | None:
    """Returns how far each entry is from its counterpart; infinitely, where only one is a number."""
    if one is None or other is None or one.shape != other.shape:
        return None
    a, b = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(invalid="ignore", over="ignore"):
        gaps = np.where(same, 0.0, np.abs(a - b))
    return np.where(np.isnan(gaps), np.inf, gaps)


def _matrix(datum: Any, gaps: NDArray[np.float64] | None, worst: float) -> Matrix:
    numbers = _array(datum)
    if numbers is None:
        return Matrix(((Cell(line(shown(datum))),),), "", plain=True)
    off = np.zeros(numbers.shape, dtype=bool) if gaps is None or not worst else gaps == worst
    rows = tuple(_rows(np.atleast_2d(numbers), np.atleast_2d(off)))
    kept = _kind(datum)
    unseen = numbers.ndim and (max(numbers.shape) > MOST or not numbers.size)
    notes = [*([f"of shape {numbers.shape}"] if unseen else []), *kept]
    return Matrix(rows, ", ".join(notes), plain=not numbers.ndim)


def _kind(datum: Any) -> list[str]:
    if not isinstance(datum, dict):
        return []
    return [line(word) for word in (datum.get("dtype"), datum.get("order")) if word not in {None, "float64", "C"}]


def _rows(numbers: NDArray[Any], off: NDArray[np.bool_]) -> Iterator[tuple[Cell, ...]]:
    columns = _ends(numbers.shape[1])
    for i in _ends(len(numbers)):
        if i is None:
            yield (Cell("⋮"),)
        else:
            yield tuple(Cell(GAP) if j is None else Cell(_text(numbers[i, j].item()), bool(off[i, j])) for j in columns)


def _text(entry: Any) -> str:
    return number(entry) if isinstance(entry, float) else str(entry)


def _ends(length: int) -> list[int | None]:
    """Returns the indices that are shown of so many; None stands for those between."""
    if length <= MOST:
        return list(range(length))
    half = MOST // 2
    return [*range(half), None, *range(length - half, length)]
