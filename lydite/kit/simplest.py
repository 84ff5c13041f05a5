"""Of a failure, the simplest input that shows it: small, round, and drawn as every other case is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from lydite.kit.case import Case
from lydite.kit.cases import Cases
from lydite.kit.evidence import Broken, Tally
from lydite.kit.failure import CallFailed, Misbehaved, raised_by
from lydite.kit.holds import Implementation, holds
from lydite.kit.law import Law
from lydite.kit.regime import Regime

FEW = 3
"""Entries along a dimension that can be taken in at a glance."""
DIGITS = 3
"""Of a round number."""
MOST = 512
MOST_OF_A_SIZE = 64
"""Inputs that are tried, in all and of one size: a call may be slow."""


def simplest(law: Law, cases: Cases[Any], impl: Implementation, failure: Exception, precision: str) -> Exception | None:
    """How `law` fails, in the same way as by `failure`, at the simplest case found.

    None where that is neither small nor round, and may be worth shrinking.
    """
    found = case_of(failure)
    if found is None or _is_slow(failure):
        return failure
    for case in _simpler(cases, found, precision):
        other = _failure(law, impl, case)
        if other is not None and manner(other) == manner(failure):
            return other
    return None if any(complexity(found)[:2]) else failure


def _failure(law: Law, impl: Implementation, case: Case) -> Exception | None:
    try:
        with np.errstate(all="ignore"):
            holds(law, impl, case, Tally())
    except (Broken, CallFailed, Misbehaved) as failure:
        return failure
    return None


def case_of(failure: Exception) -> Case | None:
    """The input at which a law failed, if one was reached."""
    return failure.evidence.case if isinstance(failure, Broken) else getattr(failure, "case", None)


def _is_slow(failure: Exception) -> bool:
    return isinstance(failure, CallFailed) and failure.raised == "TimedOut"


def manner(failure: Exception) -> tuple[str, ...]:
    """Returns what two failures have in common that are one: their kind, the call, what it raised."""
    call = () if isinstance(failure, Broken) else (failure.call, raised_by(failure))  # type: ignore[attr-defined]  # the others have one
    return (type(failure).__name__, *call)


def _simpler(cases: Cases[Any], found: Case, precision: str) -> Iterator[Case]:
    """The candidates that are simpler than `found`, the simplest first, a bounded number of each size."""
    tried: Counter[int] = Counter()
    bound = complexity(found)
    for key, case in _ranked(cases, found.regime, precision):
        size = key[2]
        if key >= bound or tried.total() >= MOST:
            return
        if tried[size] < MOST_OF_A_SIZE:
            tried[size] += 1
            yield case


@lru_cache(maxsize=256)
def _ranked(cases: Cases[Any], regime: Regime, precision: str) -> tuple[tuple[Complexity, Case], ...]:
    """All candidates, the simplest first."""
    ranked = ((complexity(case), case) for case in cases.simple(regime, precision))
    return tuple(sorted(ranked, key=lambda pair: pair[0]))


Complexity = tuple[bool, bool, int, float]


def complexity(case: Case) -> Complexity:
    """Smaller is simpler: few entries along each dimension, round numbers, few entries, few digits."""
    arrays = [np.asarray(a) for a in _numbers(case.inputs())]
    numbers = np.concatenate([a.ravel().astype(float) for a in arrays]) if arrays else np.zeros(0)
    digits = [len(repr(x)) for x in numbers.tolist()] if numbers.size <= MOST else []
    wide = any(max(a.shape, default=0) > FEW for a in arrays)
    return wide, not is_round(numbers), numbers.size, float(sum(digits))


def is_round(numbers: Any) -> bool:
    """Whether all have at most `DIGITS` digits."""
    return all(float(f"{x:.{DIGITS}g}") == x or not np.isfinite(x) for x in np.ravel(numbers).tolist())


def _numbers(value: Any) -> Iterator[Any]:
    """All numbers and arrays in `value`."""
    if isinstance(value, dict):
        value = tuple(value.values())
    elif is_dataclass(value) and not isinstance(value, type):
        value = tuple(getattr(value, f.name) for f in fields(value) if f.init)
    if isinstance(value, tuple | list):
        for part in value:
            yield from _numbers(part)
    elif isinstance(value, np.ndarray | np.number | float | int) and np.asarray(value).dtype.kind in "biuf":
        yield value
