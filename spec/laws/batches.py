"""Calls that take many samples at once: laws on what samples have to do with each other, which is nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lydite.kit import Equation, Regime, Statement, Truth, law
from lydite.kit.balls import Stacked, Summed
from lydite.kit.conventions import ROW_BY_ROW
from lydite.kit.failure import Excluded
from lydite.kit.law import Law
from lydite.kit.question import topics
from spec.bounds import batches as bounds
from spec.definitions.batches import Parts, Row, Stack

CORE_AND_STABILITY = (Regime.CORE, Regime.STABILITY)


ROWS: tuple[Row, ...] = tuple(row for topic in topics("spec.laws") for row in getattr(topic, "ROWS", ()))
"""The calls that libraries offer for many samples at once."""

LAWS: dict[str, Law] = {}
"""The laws of this module, by name."""


def _rows_are_exact(row: Row) -> Callable[[Any, Stack], Statement]:
    def states(f: Any, case: Stack) -> Equation:
        answer = _parts(f.batched(row.call, _arguments(row, case.rows)))
        if _reduced(row, answer, case.rows):
            return _sum_is_exact(row, answer, case, bounds.reduction(len(case.rows), case.u))
        return _equation(
            answer, [Stacked(d) for d in _dues(row, case.rows)], [np.stack(a) for a in _allowed(row, case)]
        )

    return states


def _one_is_a_batch(row: Row) -> Callable[[Any, Stack], Statement]:
    def states(f: Any, case: Stack) -> Equation:
        together = _parts(f.batched(row.call, _arguments(row, case.rows)))
        alone = [_parts(f.batched(row.call, [arguments])) for arguments in _arguments(row, case.rows)]
        allowed = [2 * np.stack(a) for a in _allowed(row, case)]
        if _reduced(row, together, case.rows):
            reducing = bounds.reduction(len(case.rows), case.u)
            sums = [np.sum(parts, axis=0) for parts in zip(*alone, strict=True)]
            slack = [2 * reducing * np.abs(parts).sum(axis=0) for parts in zip(*alone, strict=True)]
            return _equation(together, sums, [a.sum(axis=0) + s for a, s in zip(allowed, slack, strict=True)])
        return _equation(together, [np.concatenate(parts) for parts in zip(*alone, strict=True)], allowed)

    return states


def _nan_stays_alone(row: Row) -> Callable[[Any, Stack], Statement]:
    def states(f: Any, case: Stack) -> Equation | None:
        answer = _parts(f.batched(row.call, _arguments(row, case.blanked)))
        if _reduced(row, answer, case.rows):
            raise Excluded(row.call, "rows are reduced")
        others = [i for i in range(len(case.rows)) if i != case.middle]
        if not others:
            return None
        kept = [case.rows[i] for i in others]
        allowed = [np.stack(a)[others] for a in _allowed(row, case)]
        return _equation([part[others] for part in answer], [Stacked(d) for d in _dues(row, kept)], allowed)

    return states


def _reduction_is_accurate(row: Row) -> Callable[[Any, Stack], Statement]:
    def states(f: Any, case: Stack) -> Equation | None:
        answer = _parts(f.batched(row.call, _arguments(row, case.rows), case.repeated))
        if not _reduced(row, answer, case.rows):
            raise Excluded(row.call, "rows are not reduced")
        return _sum_is_exact(row, answer, case, bounds.reduction(case.count, case.u))

    return states


KINDS: tuple[tuple[str, str, Callable[[Row], Callable[[Any, Stack], Statement]]], ...] = (
    (
        "rows_are_independent",
        "{call} of many samples: each has its own answer, and where rows are reduced, it is the sum of these.",
        _rows_are_exact,
    ),
    (
        "of_one_row_is_a_batch",
        "{call} of one sample is a batch as well: alone or among others, the answer is the same.",
        _one_is_a_batch,
    ),
    (
        "nan_stays_in_its_row",
        "{call} of many samples: NaN in one leaves the answers to the others as they are.",
        _nan_stays_alone,
    ),
    (
        "reduction_is_accurate",
        "{call} of 100,000 samples is their exact sum, up to the rounding of a blocked one.",
        _reduction_is_accurate,
    ),
)
"""A law of batches: the end of the law's name, its text, and what states it of a call."""


def _stated(row: Row, name: str, says: str, states: Callable[[Any, Stack], Statement]) -> None:
    def decided(f: Any, case: Stack) -> Statement:
        return states(f, case) if all(map(row.decided, case.rows)) else None

    decided.__name__, decided.__doc__ = f"{row.call}_{name}", says.format(call=row.call)
    LAWS[decided.__name__] = law(*row.claims, only=CORE_AND_STABILITY, batched=row.call)(decided)


for _row in ROWS:
    for _name, _says, _of in KINDS:
        if not (_of is _reduction_is_accurate and _row.call in ROW_BY_ROW):
            _stated(_row, _name, _says, _of(_row))


def _sum_is_exact(row: Row, answer: Parts, case: Stack, reducing: float) -> Equation:
    """The sum over all rows, `reducing` roundings of what is added up away from it."""
    sums = [Summed(d, case.repeated) for d in _dues(row, case.rows)]
    sizes = [sum(np.abs(truth.roughly()) for truth in d) for d in _dues(row, case.rows)]
    allowed = [
        case.repeated * (np.sum(a, axis=0) + reducing * size)
        for a, size in zip(_allowed(row, case), sizes, strict=True)
    ]
    return _equation(answer, sums, allowed)


def _equation(answer: Sequence[Any], due: Sequence[Any], allowed: Sequence[Any]) -> Equation:
    return Equation(tuple(answer), tuple(due), tuple(allowed))


def _arguments(row: Row, rows: Sequence[Any]) -> list[Parts]:
    return [row.arguments(r) for r in rows]


def _dues(row: Row, rows: Sequence[Any]) -> list[tuple[Truth, ...]]:
    """For each part of the answer, what is due in each row."""
    return list(zip(*(row.dues(r) for r in rows), strict=True))


def _allowed(row: Row, case: Stack) -> list[tuple[Any, ...]]:
    """For each part of the answer, what is allowed in each row."""
    return list(zip(*(row.bounds(r) for r in case.rows), strict=True))


def _parts(answer: Any) -> Parts:
    return answer if isinstance(answer, tuple) else (answer,)


def _reduced(row: Row, answer: Parts, rows: Sequence[Any]) -> bool:
    """Whether the answer is the sum over the rows: it has no axis for them."""
    return np.ndim(answer[0]) == row.dues(rows[0])[0].roughly().ndim
