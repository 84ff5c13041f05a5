"""Of a failure, the simplest input that shows it: plain, small, round, and drawn as every other case is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, lru_cache
from itertools import count
from typing import Any

import numpy as np

from lydite.kit.case import Case, observed
from lydite.kit.cases import Cases, Sketch
from lydite.kit.evidence import Broken, Tally
from lydite.kit.failure import CallFailed, Misbehaved, raised_by
from lydite.kit.holds import Implementation, holds
from lydite.kit.law import Law
from lydite.kit.refusal import Refusal
from lydite.kit.regime import Regime
from lydite.kit.tape import lowered

FEW = 3
"""Entries along a dimension that can be taken in at a glance."""
DIGITS = 3
"""Of a round number."""
MOST = 512
MOST_OF_A_SIZE = 64
"""Inputs that are tried, in all and of one size: a call may be slow."""
MOST_OF_A_FAULT = 6
"""And of one size, of arguments at fault in one way: a law of what is refused is many in one."""
STARTS, MOST_LOWERED = 3, 48
"""Simple inputs that are made simpler still, and inputs that are tried for each."""
MOST_PECULIAR = 2
"""Inputs that are tried of each peculiarity."""

Complexity = tuple[bool, bool, bool, int, int, float]
Fails = Callable[[Case], Exception | None]
"""How the law in question fails at a case, if it does so in the same way."""


def simplest(law: Law, cases: Cases[Any], impl: Implementation, failure: Exception, precision: str) -> Exception | None:
    """Returns how `law` fails, in the same way as by `failure`, at the simplest case found.

    None where that is neither small nor round, and may be worth shrinking. What is returned says under `also` at which
    peculiar cases the law fails as well, where its own is not peculiar.
    """
    found = case_of(failure)
    if found is None or raised_by(failure) == "TimedOut":
        return failure
    read = _read(law, impl, found)

    def fails(case: Case) -> Exception | None:
        other = _failure(law, impl, case)
        return other if other is not None and manner(other) == manner(failure) else None

    search, pool = _Search(cases, precision, read, fails), _ranked(cases, found.regime, precision, read)
    shown = search.simplest(pool, complexity(found, read))
    if shown is None and any(complexity(found, read)[:2]):
        return None
    case, failure = (shown.sketch.case, shown.failure) if shown else (found, failure)
    failure.also = search.also(case, pool)  # type: ignore[attr-defined]  # beside its case
    return failure


def _failure(law: Law, impl: Implementation, case: Case) -> Exception | None:
    try:
        with np.errstate(all="ignore"):
            holds(law, impl, case, Tally())
    except (Broken, CallFailed, Misbehaved) as failure:
        return failure
    return None


def _read(law: Law, impl: Implementation, case: Case) -> frozenset[str]:
    """Returns the inputs that `law` reads at `case`: the others say nothing."""
    again, names = observed(case)
    _failure(law, impl, again)
    return frozenset(names)


def case_of(failure: Exception) -> Case | None:
    """Returns the input at which a law failed, if one was reached."""
    return failure.evidence.case if isinstance(failure, Broken) else getattr(failure, "case", None)


def manner(failure: Exception) -> tuple[str, ...]:
    """Returns what two failures have in common that are one: their kind, the call, what it raised."""
    call = () if isinstance(failure, Broken) else (failure.call, raised_by(failure))  # type: ignore[attr-defined]  # the others have one
    return (type(failure).__name__, *call)


# -- The search --


@dataclass(frozen=True, slots=True)
class _Shown:
    """A case at which the law fails, from what it was drawn, how complex it is, and how the law fails."""

    complexity: Complexity
    sketch: Sketch[Any]
    failure: Exception


Ranked = tuple[tuple[Complexity, Sketch[Any]], ...]


@lru_cache(maxsize=256)
def _simple(cases: Cases[Any], regime: Regime, precision: str) -> tuple[Sketch[Any], ...]:
    return tuple(cases.simple(regime, precision))


@lru_cache(maxsize=256)
def _ranked(cases: Cases[Any], regime: Regime, precision: str, read: frozenset[str]) -> Ranked:
    """Returns all candidates, the simplest first."""
    ranked = ((complexity(sketch.case, read), sketch) for sketch in _simple(cases, regime, precision))
    return tuple(sorted(ranked, key=lambda pair: pair[0]))


@dataclass(frozen=True, slots=True)
class _Search:
    """A search for simpler cases at which a law fails in the same way; `read` are the inputs that it reads."""

    cases: Cases[Any]
    precision: str
    read: frozenset[str]
    fails: Fails

    def simplest(self, pool: Ranked, bound: Complexity) -> _Shown | None:
        """Returns the simplest failure below `bound`: of the pool, or made of a draw in each of a few ways."""
        first: _Shown | None = None
        starts: dict[Any, _Shown] = {}
        for one in self._failures(pool):
            first = first or one
            if one.sketch.drawn:
                starts.setdefault(tuple((d.kind, d.values.shape, d.high) for d in one.sketch.drawn), one)
            if len(starts) == STARTS:
                break
        shown = [first] if first else []
        simplest = min([*shown, *map(self._lowered, starts.values())], key=lambda one: one.complexity, default=None)
        return simplest if simplest and simplest.complexity < bound else None

    def _failures(self, pool: Ranked) -> Iterator[_Shown]:
        """Yields the failures of `pool`, a bounded number of each size tried."""
        tried: Counter[Any] = Counter()
        for key, sketch in pool:
            fault = sketch.case.fault if isinstance(sketch.case, Refusal) else ""
            size = (*key[:4], fault)
            if tried.total() >= MOST:
                return
            if tried[size] < (MOST_OF_A_FAULT if fault else MOST_OF_A_SIZE):
                tried[size] += 1
                if failure := self.fails(sketch.case):
                    yield _Shown(key, sketch, failure)

    def _lowered(self, shown: _Shown) -> _Shown:
        """`shown`, with plainer draws in place of its own as long as that makes it simpler: so it could be drawn."""
        place, unchanged, tries = 0, 0, count()
        while unchanged < len(shown.sketch.drawn):
            place %= len(shown.sketch.drawn)
            if better := self._lowered_at(shown, place, tries):
                shown, unchanged = better, 0
            else:
                place, unchanged = place + 1, unchanged + 1
        return shown

    def _lowered_at(self, shown: _Shown, place: int, tries: Iterator[int]) -> _Shown | None:
        """Returns a simpler failure with another draw at `place`, a bounded number of `tries` in all."""
        for given in lowered(shown.sketch.drawn, place):
            sketch = self.cases.again(shown.sketch, given, self.precision)
            key = complexity(sketch.case, self.read)
            if key < shown.complexity and next(tries) < MOST_LOWERED and (failure := self.fails(sketch.case)):
                return _Shown(key, sketch, failure)
        return None

    def also(self, shown: Case, pool: Ranked) -> tuple[str, ...]:
        """Returns the peculiarities at which the law fails as well, where `shown` has none."""
        if shown.peculiarities(self.read):
            return ()
        tried: Counter[str] = Counter()
        also: dict[str, None] = {}
        for _, sketch in pool:
            says, *others = sketch.case.peculiarities(self.read) or ("",)
            if says and not others and says not in also and tried[says] < MOST_PECULIAR:
                tried[says] += 1
                if self.fails(sketch.case):
                    also[says] = None
        return tuple(also)


# -- How simple a case is --


def complexity(case: Case, read: frozenset[str] | None = None) -> Complexity:
    """Returns how complex the inputs are that are `read` (all, if None): less comes first.

    Few entries along each dimension, round numbers, nothing peculiar, few entries, few characters to type but for
    usual values of parameters (30 is rounder than 29), small numbers.
    """
    wide, rough, entries, typed, size = False, False, 0, 0, 0.0
    for name, value in case.inputs().items():
        if read is not None and name not in read:
            continue
        usual = _also_rounded(case.usual.get(name, ()))
        for leaf in _leaves(value):
            if isinstance(leaf, str):  # a formula
                typed += 2 * len(leaf)
                continue
            numbers = leaf.ravel().tolist() if isinstance(leaf, np.ndarray) else [leaf]
            wide = wide or max(np.shape(leaf), default=0) > FEW
            entries += len(numbers)
            if len(numbers) > MOST:  # long enough to be the last in any case
                typed += len(numbers)
                continue
            for x in numbers:
                if x not in usual:
                    rounded, characters, magnitude = _written(float(x))
                    rough = rough or not rounded
                    typed += characters
                    size += magnitude
    return wide, rough, bool(case.peculiarities(read)), entries, typed, size


@cache
def _also_rounded(usual: tuple[float, ...]) -> frozenset[float]:
    """Returns the numbers in both precisions."""
    return frozenset((*usual, *(float(np.float32(u)) for u in usual)))


@lru_cache(maxsize=1 << 14)
def _written(x: float) -> tuple[bool, int, float]:
    """Returns whether a number is round, how many characters it takes, those but 0 twice, and how large it is."""
    characters = repr(x).removesuffix(".0")
    return is_round(x), 2 * len(characters) - characters.count("0"), abs(x) if np.isfinite(x) else 0.0


def is_round(numbers: Any) -> bool:
    """Returns whether all have at most `DIGITS` digits."""
    return all(float(f"{x:.{DIGITS}g}") == x or not np.isfinite(x) for x in np.ravel(numbers).tolist())


def _leaves(value: Any) -> Iterator[Any]:
    """Yields all numbers, arrays of them and texts in `value`."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "biuf":
            yield value
    elif isinstance(value, str | float | int | np.number):
        yield value
    elif isinstance(value, tuple | list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _leaves(part)
    elif is_dataclass(value) and not isinstance(value, type):
        yield from _leaves([getattr(value, f.name) for f in fields(value) if f.init])
