"""Searches deeper on request: at constants of the code under test, and for the largest error over what is allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.random import Generator

from lydite.kit.case import Case
from lydite.kit.cases import ROUND, Cases, Sketch
from lydite.kit.evidence import Broken, Tally
from lydite.kit.failure import CallFailed, Misbehaved
from lydite.kit.regime import Regime
from lydite.kit.simplest import case_of, manner
from lydite.kit.source import FEW_SIZES, TEXTURES
from lydite.kit.tape import changed

C = TypeVar("C", bound=Case)

FAILURES = (Broken, CallFailed, Misbehaved)
DEEPER = 10
"""Times the cases of an ordinary run."""
TRIED = 80
"""Cases at most, for each batch of an ordinary run, at which constants are tried."""
TRIES, MOST_TRIES = 4, 24
"""Cases for each constant that is tried, or neighbor of one, where there are many and where there are few."""
GENERATIONS = 4
"""Of the directed search, for each batch of an ordinary run."""
PARENTS = 3
"""Of the first generations: the worst cases found so far."""
STRANGERS = 1 / 5
"""The share of the first generations that is drawn without a parent."""
TURNS = 1 / 16
"""The probability that a child has numbers of another texture than its parent."""
DIRECTED = frozenset({Regime.CORE, Regime.STABILITY, Regime.SCALE, Regime.TAILS})
"""Where errors are measured that no other regime measures."""


def neighbors(constants: Sequence[float], precision: str) -> Iterator[float]:
    """Yields the numbers to try for `constants`: each one, its negative, the next ones, and those one away."""
    kind = np.dtype(precision).type
    for constant in constants:
        if not abs(constant) < float(np.finfo(kind).max):
            continue
        k = kind(constant)
        yield from map(float, (k, np.nextafter(k, kind(np.inf)), np.nextafter(k, kind(-np.inf)), -k))
        if float(k).is_integer():
            yield from (float(k) - 1, float(k) + 1)
        elif 0 < k < 1:
            yield 1 - float(k)


@dataclass(frozen=True)
class Explorer(Generic[C]):
    """Explores `cases` in one regime: `hold` holds a law at some of them, and returns a tally for each.

    All that is drawn depends on `seed` alone.
    """

    cases: Cases[C]
    regime: Regime
    precision: str
    seed: int
    hold: Callable[[Sequence[C]], Sequence[Tally]]
    together: int
    """Cases that are held at once."""

    def try_constants(self, constants: Sequence[float], most: int, tried: set[float]) -> None:
        """Holds the law where `constants` and their neighbors are sizes and values, at no more than `most` cases.

        Adds to `tried` the constants of which it has tried one of these numbers.
        """
        rng = self._generator("constants")
        source = {k: constant for constant in reversed(constants) for k in neighbors([constant], self.precision)}
        numbers = list(dict.fromkeys(neighbors(constants, self.precision)))
        if self.regime is Regime.SCALE:  # it is there for sizes, and a case is dear
            numbers = [k for k in numbers if k.is_integer() and FEW_SIZES < k <= self.cases.top(self.regime)]
        half = most // TRIES // 2
        rest = numbers[half:]
        numbers[half:] = [rest[i] for i in rng.permutation(len(rest))[:half]]
        tries = min(most // max(1, len(numbers)), MOST_TRIES)
        wanted = [number for number in numbers for _ in range(tries)]
        for at in range(0, len(wanted), self.together):
            some = wanted[at : at + self.together]
            tried.update(source[number] for number in some)
            self._held([self._fresh(rng, number) for number in some])

    def ascend(self, generations: int) -> None:
        """Holds the law at ever worse cases: each generation varies the worst of those before.

        At first many of them, and beside them cases from anywhere; in the end the worst alone.
        """
        rng = self._generator("directed")
        best: list[tuple[float, Sketch[C]]] = []
        for generation in range(generations):
            left = 1 - generation / generations
            parents = best[: 1 + round((PARENTS - 1) * left)]
            children = [self._child(parents, rng, STRANGERS * left) for _ in range(self.together)]
            best += zip((tally.worst for tally in self._held(children)), children, strict=True)
            best = sorted(best, key=lambda pair: -pair[0])[:PARENTS]

    def _generator(self, purpose: str) -> Generator:
        return np.random.default_rng(self.cases.mixed(self.seed, self.regime, self.precision, purpose))

    def _fresh(self, rng: Generator, constant: float | None = None) -> Sketch[C]:
        return self.cases.sketch(self.regime, self.precision, rng, _texture(rng), constant=constant)

    def _child(self, parents: Sequence[tuple[float, Sketch[C]]], rng: Generator, strangers: float) -> Sketch[C]:
        if not parents or rng.random() < strangers:
            return self._fresh(rng)
        parent = parents[int(rng.integers(len(parents)))][1]
        texture = _texture(rng) if rng.random() < TURNS else parent.texture
        return self._again(parent, rng, texture, changed(parent.drawn, rng))

    def _again(self, sketch: Sketch[C], rng: Generator, texture: str, given: Any) -> Sketch[C]:
        return self.cases.sketch(
            self.regime, self.precision, rng, texture, largest=sketch.largest, constant=sketch.constant, given=given
        )

    def _held(self, sketches: Sequence[Sketch[C]]) -> Sequence[Tally]:
        try:
            return self.hold([sketch.case for sketch in sketches])
        except FAILURES as failure:
            found = next((s for s in sketches if s.case is case_of(failure)), None)
            raise (self._rounded(found, failure) if found else failure) from None

    def _rounded(self, sketch: Sketch[C], failure: Exception) -> Exception:
        """Returns how the law fails at the same case in rounder numbers, if it fails there in the same way."""
        for texture in ROUND:
            rounder = self._again(sketch, np.random.default_rng(0), texture, sketch.drawn)
            try:
                self.hold([rounder.case])
            except FAILURES as other:
                if manner(other) == manner(failure):
                    return other
        return failure


def _texture(rng: Generator) -> str:
    """Draws a texture, mostly one of numbers that are not round: a round one changes by leaps."""
    return TEXTURES[int(rng.integers(len(TEXTURES)))] if rng.random() < 1 / 4 else str(rng.choice(TEXTURES[-2:]))
