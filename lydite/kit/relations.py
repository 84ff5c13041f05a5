"""Relations between exact numbers, polynomials, balls, and lists of these: they hold, are refuted, or are undecided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import arb, ctx


class Refuted(AssertionError):
    """A relation is false, and that is certain."""


class Undecided(ArithmeticError):
    """The balls are too wide to tell: more bits will."""


def equal(a: Any, b: Any) -> None:
    """`a = b`, entry by entry: exactly, or as balls that agree to half of the digits in force.

    Raises Refuted where an entry certainly differs, or the shapes do, and Undecided where balls are too wide.
    """
    if isinstance(a, Sequence) or isinstance(b, Sequence):
        if not (isinstance(a, Sequence) and isinstance(b, Sequence) and len(a) == len(b)):
            raise Refuted(f"{a} and {b} differ in shape")
        for x, y in zip(a, b, strict=True):
            equal(x, y)
    elif isinstance(a, arb) or isinstance(b, arb):
        if not _touch(arb(a), arb(b)):
            raise Refuted(f"{a} = {b} is false")
    elif a != b:
        raise Refuted(f"{a} = {b} is false")


def different(a: Any, b: Any) -> None:
    """`a != b` somewhere. Raises Refuted where they are equal."""
    try:
        equal(a, b)
    except Refuted:
        return
    raise Refuted(f"{a} and {b} are equal")


def less(a: Any, b: Any) -> None:
    """`a < b`. Raises Refuted or Undecided."""
    if a >= b:
        raise Refuted(f"{a} < {b} is false")
    if not a < b:
        raise Undecided(f"{a} < {b}")


def at_most(a: Any, b: Any) -> None:
    """`a <= b`, where balls may touch as in `equal`. Raises Refuted or Undecided."""
    if a > b:
        raise Refuted(f"{a} <= {b} is false")
    if not a <= b:
        _touch(arb(a), arb(b))


def between(a: Any, x: Any, b: Any) -> None:
    """`x` lies strictly between `a` and `b`, in whichever order they stand. Raises Refuted or Undecided."""
    low, high = (a, b) if a < b else (b, a)
    less(low, x)
    less(x, high)


def true(statement: bool, what: str) -> None:
    """Holds a statement that is decided already. Raises Refuted, with `what` was stated."""
    if not statement:
        raise Refuted(f"{what} is false")


def _touch(a: arb, b: arb) -> bool:
    """Returns whether two balls overlap. Raises Undecided where they do and are too wide for that to mean something."""
    if not a.overlaps(b):
        return False
    narrow = (1 + abs(a.mid())) * arb(2) ** (-ctx.prec // 2)
    if not (a.rad() < narrow and b.rad() < narrow):
        raise Undecided(f"{a} = {b}")
    return True
