"""Searches by brute force for an input that shows a failure better than the one shown: smaller, or rounder.

Independent of `lydite.kit.simplest`, which it judges: it draws many small inputs in round numbers by the strategy of
the law, and holds the law at each that is smaller or rounder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from lydite.kit.case import Case, observed
from lydite.kit.cases import Cases
from lydite.kit.evidence import Broken, Tally
from lydite.kit.failure import CallFailed, Misbehaved
from lydite.kit.forall import Property
from lydite.kit.holds import holds
from lydite.kit.regime import Regime
from lydite.kit.source import Source

SIZES = (1, 2, 3)
ROUND = ("unit", "integer", "half", "tenth")
DRAWS = 400
"""Of each size and texture."""
MOST = 500
"""Rivals that are tried."""
GLANCE = 20
"""Entries that can be taken in at a glance."""
LARGE = 1000
"""Numbers up to here in total are the simpler the smaller they are."""
ROUNDEST = 8
"""Half characters of a round number, at most: those of -0.25 with a zero more."""


def rival(prop: Property[Any], impl: Any, shown: Case, draws: int = DRAWS) -> Case | None:
    """Returns an input that beats the one `shown`, and at which the law fails in the same way; None if none does.

    So many `draws` are made of each size and texture.
    """
    again, read = observed(shown)
    manner = _manner(prop, impl, again)
    bar = _weight(shown, read)
    peculiar = bool(shown.peculiarities(frozenset(read)))
    tried = 0
    for other in _drawn(prop.cases, shown.regime, "float32" if shown.dtype == np.float32 else "float64", draws):
        weight = _weight(other, read)
        if not _beats(weight, bar) or (not peculiar and other.peculiarities(frozenset(read))):
            continue
        if (tried := tried + 1) > MOST:
            break
        if _manner(prop, impl, other) == manner:
            return other
    return None


def _beats(one: Weight, other: Weight) -> bool:
    """Whether one input is smaller than another, or rounder, and nothing else is worse.

    Beyond what can be taken in at a glance only fewer entries count, and numbers of many digits are all alike.
    """
    if one.entries != other.entries:
        return one.entries < other.entries and (one.digits <= other.digits or other.entries > GLANCE)
    if one.entries > GLANCE or not one.round:
        return False
    smaller = one.size <= other.size / 2 < other.size < LARGE
    return one.digits < other.digits or (one.digits == other.digits and smaller)


def _manner(prop: Property[Any], impl: Any, case: Case) -> tuple[Any, ...] | None:
    try:
        with np.errstate(all="ignore"):
            holds(prop.law, impl, case, Tally())
    except Broken:
        return ("broken",)
    except (CallFailed, Misbehaved) as failure:
        return type(failure), failure.call, getattr(failure, "raised", "")
    return None


@cache
def _drawn(cases: Cases[Any], regime: Regime, precision: str, draws: int) -> tuple[Case, ...]:
    """Small inputs in round numbers."""
    found: list[Case] = []
    for texture in ROUND:
        found += cases.edges(Source(np.random.default_rng(1), regime, precision, texture=texture))
        for largest, seed in product(SIZES, range(draws)):
            rng = np.random.default_rng([seed, largest, len(found)])
            found.append(cases.draw(Source(rng, regime, precision, largest, texture)))
    return tuple(found)


class Weight(NamedTuple):
    """How many numbers there are, how many characters they take, and how large they are; usual values are free."""

    entries: int
    digits: int
    size: float
    round: bool


def _weight(case: Case, read: set[str]) -> Weight:
    entries, digits, size, longest = 0, 0, 0.0, 0
    for name, value in case.inputs().items():
        usual = case.usual.get(name, ())
        for leaf in _leaves(value) if name in read else ():
            if isinstance(leaf, str):
                digits += 2 * len(leaf)
                continue
            numbers = np.ravel(np.asarray(leaf, dtype=float)).tolist()
            entries += len(numbers)
            paid = [x for x in numbers if not any(x in (u, float(np.float32(u))) for u in usual)]
            digits += sum(map(_digits, paid))
            longest = max([longest, *map(_digits, paid)])
            size += sum(abs(x) for x in paid if np.isfinite(x))
    return Weight(entries, digits, size, longest <= ROUNDEST)


def _digits(x: float) -> int:
    """Characters of a number, where a zero is half of one: 1 for 0, 2 for 4, 3 for 30, 4 for 29 and -1, 5 for 0.5."""
    text = f"{x:.0f}" if x.is_integer() and abs(x) < 1e16 else repr(x)
    text = "0" if x == 0 else text
    return sum(1 if character == "0" else 2 for character in text)


def _leaves(value: Any) -> Iterator[Any]:
    if is_dataclass(value):
        for field in fields(value):
            yield from _leaves(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _leaves(part)
    elif isinstance(value, str) or np.asarray(value).dtype.kind in "biuf":
        yield value
