"""Lays out the numbers of a counterexample as matrices, cut short where they are long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    """A number, and whether it is wrong."""

    text: str
    off: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of entries, as many as are shown; `note` says what cannot be seen. One of text has a single entry."""

    rows: tuple[tuple[Cell, ...], ...]
    note: str
    plain: bool = False


def matrices(datum: Any, wrong: Sequence[Sequence[int]] = ()) -> list[Matrix]:
    """Returns `datum`, data of a report, as matrices: one of each part of a tuple.

    The entries of each part that are `wrong`, counted row by row, are marked.
    """
    parts = _parts(datum)
    marked = wrong if len(wrong) == len(parts) else [()] * len(parts)
    return [_matrix(part, places) for part, places in zip(parts, marked, strict=True)]


def _parts(datum: Any) -> list[Any]:
    if isinstance(datum, dict):
        for kind in ("tuple", "list"):
            if isinstance(datum.get(kind), list):
                return list(datum[kind])
    return [datum]


def _array(datum: Any) -> NDArray[Any] | None:
    """Returns the numbers of `datum`; None where it is something else."""
    try:
        found = np.asarray(value(datum))
    except (TypeError, ValueError):
        return None
    return found if found.dtype.kind in "biuf" and found.ndim <= 2 else None


def _matrix(datum: Any, wrong: Sequence[int]) -> Matrix:
    numbers = _array(datum)
    if numbers is None:
        return Matrix(((Cell(line(shown(datum))),),), "", plain=True)
    off = np.isin(np.arange(numbers.size), wrong).reshape(numbers.shape)
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
