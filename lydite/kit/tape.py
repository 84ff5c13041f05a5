"""A generator of random numbers that keeps what it has drawn, so that one case can be drawn again, a little changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

NORMAL, UNIT, WHOLE = "normal", "unit", "whole"
FARTHEST = 6.0
"""Standard deviations: no number is drawn farther out."""
NEAREST = 2.0**-20
"""A number is zero, or at least this many standard deviations from it."""
DIGITS = 50
"""Binary digits, from the first to the last of a number, at which it may be nudged."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Numbers that were drawn at once: normal, from 0 to 1, or whole from `low` to below `high`."""

    kind: str
    values: NDArray[Any]
    low: int = 0
    high: int = 0

    def fits(self, other: Drawn) -> bool:
        """Returns whether `other`, drawn elsewhere, could have been drawn here."""
        if self.kind != other.kind or self.values.shape != other.values.shape:
            return False
        return bool(self.kind != WHOLE or ((self.low <= other.values) & (other.values < self.high)).all())

    def cropped(self, other: Drawn) -> Drawn:
        """`other`, cut to as many numbers as were drawn here, where it has more along some axis."""
        ours, theirs = self.values.shape, other.values.shape
        if len(ours) != len(theirs) or any(n > m for n, m in zip(ours, theirs, strict=True)):
            return other
        return Drawn(other.kind, other.values[tuple(map(slice, ours))], other.low, other.high)


class Tape:
    """Draws what `given` holds as long as that fits, and else from `rng`; `drawn` is the whole of it.

    With `crop` more numbers than are drawn fit too.
    """

    def __init__(self, rng: Generator, given: Sequence[Drawn] = (), *, crop: bool = False) -> None:
        self._rng = rng
        self._given = given
        self._crop = crop
        self.drawn: list[Drawn] = []

    def standard_normal(self, size: Any = None) -> Any:
        """Draws as `Generator.standard_normal` does."""
        return self._next(Drawn(NORMAL, np.asarray(self._rng.standard_normal(size))))

    def random(self, size: Any = None) -> Any:
        """Draws as `Generator.random` does."""
        return self._next(Drawn(UNIT, np.asarray(self._rng.random(size))))

    def integers(self, low: Any, high: Any = None, size: Any = None) -> Any:
        """Draws as `Generator.integers` does."""
        first, end = (0, int(low)) if high is None else (int(low), int(high))
        return self._next(Drawn(WHOLE, np.asarray(self._rng.integers(first, end, size)), first, end))

    def uniform(self, low: float, high: float) -> float:
        """Draws as `Generator.uniform` does."""
        return float(low + (high - low) * self.random())

    def choice(self, options: Any, size: Any = None) -> Any:
        """Draws as `Generator.choice` does."""
        return np.asarray(options)[self.integers(len(options), size=size)]

    def permutation(self, x: Any) -> Any:
        """Draws as `Generator.permutation` does."""
        a = np.arange(x) if np.ndim(x) == 0 else np.asarray(x)
        return a[np.argsort(self.random(len(a)))]

    def _next(self, fresh: Drawn) -> Any:
        at = len(self.drawn)
        given = self._given[at] if at < len(self._given) else None
        if given and self._crop:
            given = fresh.cropped(given)
        drawn = Drawn(fresh.kind, given.values, fresh.low, fresh.high) if given and fresh.fits(given) else fresh
        self.drawn.append(drawn)
        return drawn.values.copy() if drawn.values.ndim else drawn.values[()]


PLAIN = {NORMAL: (0.0, 1.0, 0.1, 0.25, 0.34, 0.5), UNIT: (0.999, 0.0, 0.5, 0.25, 0.4, 0.6, 0.75)}
"""The plain numbers to draw: each of the first normal ones comes out as 0, 1 or a half in some texture."""
FEW = 16
"""Whole numbers that are tried, from the least on."""


def lowered(tape: Sequence[Drawn], at: int) -> Iterator[list[Drawn]]:
    """Yields `tape` with one number of the draw at `at` replaced by a plainer one, or all of them."""
    drawn = tape[at]
    for values in _plainer(drawn):
        yield [*tape[:at], Drawn(drawn.kind, values, drawn.low, drawn.high), *tape[at + 1 :]]


def _plainer(drawn: Drawn) -> Iterator[NDArray[Any]]:
    plain = range(drawn.low, min(drawn.high, drawn.low + FEW)) if drawn.kind == WHOLE else PLAIN[drawn.kind]
    flat = np.ravel(drawn.values)
    places = [*([slice(None)] if flat.size > 1 else []), *range(flat.size)]
    for place, value in product(places, plain):
        new = flat.copy()
        new[place] = value
        if (new != flat).any():
            yield new.reshape(drawn.values.shape)
    for place in np.flatnonzero(flat < 0):
        new = flat.copy()
        new[place] = -new[place]
        yield new.reshape(drawn.values.shape)


def changed(tape: Sequence[Drawn], rng: Generator) -> list[Drawn]:
    """Returns `tape` with one draw changed, or a few.

    Numbers are changed much more often than what decides the sizes and kinds of a case.
    """
    weights = np.array([0.1 if d.kind == WHOLE else np.sqrt(1.0 + d.values.size) for d in tape])
    if not len(weights):
        return []
    several = int(rng.choice((1, 1, 1, 2, 4)))
    new = list(tape)
    for at in rng.choice(len(new), several, p=weights / weights.sum()):
        new[at] = _changed(new[at], rng)
    return new


def _changed(drawn: Drawn, rng: Generator) -> Drawn:
    values = np.array(drawn.values, ndmin=1)
    flat = values.reshape(-1)
    if not flat.size:
        return drawn
    where = rng.integers(flat.size, size=flat.size if rng.random() < 0.125 else 1)  # all of them, or one
    match drawn.kind:
        case "normal":
            flat[where] = _within(_moved(flat, where, rng))
        case "unit":
            flat[where] = np.clip(_moved(flat, where, rng), 0, np.nextafter(1, 0))
        case _:
            flat[where] = rng.integers(drawn.low, drawn.high, len(where))
    return Drawn(drawn.kind, values.reshape(drawn.values.shape), drawn.low, drawn.high)


def _moved(flat: NDArray[Any], where: NDArray[Any], rng: Generator) -> Any:
    """Returns the numbers at `where` nudged, doubled or halved, negated, drawn anew, or next to another of them."""
    nudge = 1 + np.exp2(-float(rng.integers(DIGITS + 1))) * rng.standard_normal(len(where))
    match rng.integers(8):
        case 0:
            return rng.standard_normal(len(where))
        case 1:
            return flat[where] * np.exp2(rng.integers(-2, 3))
        case 2:
            return -flat[where]
        case 3:
            return flat[rng.integers(flat.size)] * nudge
    return flat[where] * nudge


def _within(numbers: Any) -> Any:
    """Returns normal numbers that might have been drawn: none very far from zero, none very close to it."""
    numbers = np.clip(numbers, -FARTHEST, FARTHEST)
    return np.where(np.abs(numbers) < NEAREST, 0.0, numbers)
