"""Batches of cases. Hypothesis draws what shrinks well (largest size, texture, seed); a generator fills in numbers.

One example of Hypothesis costs about a millisecond, a softmax ten microseconds: so an example is a batch of cases,
from small and round to large and wild, and the first one that fails is a simple one. A batch is kept, with all that is
known about its cases, for the other laws that are quantified over the same cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import product
from typing import Any, Generic, TypeVar

import numpy as np
from hypothesis import strategies as st

from lydite.kit.case import Case
from lydite.kit.layout import relaid
from lydite.kit.regime import Regime
from lydite.kit.source import TEXTURES, Source
from lydite.kit.tape import Drawn, Tape

C = TypeVar("C", bound=Case)

ROUND = ("unit", "integer", "half", "tenth")
"""The textures of numbers that are round to a reader."""

BATCH = {Regime.SCALE: 8, Regime.LAYOUT: 20, Regime.PURITY: 10}
MOST = 40
"""Yields cases in a batch, and the number where a regime asks for fewer (large or repeated ones)."""

SINGLE = 7
"""In `layout` one case in so many is in single precision: not a multiple of the number of textures."""
SMALL = 3
SIMPLE = {"unit": 4, "integer": 2, "half": 1, "tenth": 1}
"""The largest size of a simple case; how many batches are drawn of size 2, by which most is shown: else it is one."""
LEAST = 24
"""Yields cases that are drawn for a batch of simple ones."""


class Batch(tuple[C, ...]):
    """Cases, the simplest first; prints as a count, since a failure shows the one case that matters."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} cases>"


@dataclass(frozen=True, slots=True)
class Sketch(Generic[C]):
    """A case, and from what it was drawn."""

    case: C
    largest: int
    texture: str
    constant: float | None
    drawn: Sequence[Drawn]


@dataclass(frozen=True, eq=False)
class Cases(Generic[C]):
    """The inputs of some laws: how to draw one from a source, and the edges to try first.

    `edges(source)` gives the explicit cases of the source's regime, `largest` bounds the sizes outside `scale`, `most`
    the cases in a batch, for those that ask for many calls each.
    """

    draw: Callable[[Source], C]
    edges: Callable[[Source], Iterable[C]] = lambda _: ()
    largest: int = 5
    largest_scale: int = 1100
    most: int = MOST

    def batches(self, regime: Regime, precision: str, seed: int = 0) -> st.SearchStrategy[Batch[C]]:
        """Creates a strategy of batches in `regime` for a run under `seed`.

        The numbers of a batch depend on `seed` and on these cases besides what Hypothesis draws: it draws alike for
        every property of a run, and its first draws under every seed.
        """
        return _strategy(self, regime, precision, seed)

    def top(self, regime: Regime) -> int:
        """Returns the largest size in `regime`."""
        return self.largest_scale if regime is Regime.SCALE else self.largest

    def mixed(self, *numbers: int | str) -> int:
        """Returns 64 bits that depend on these cases and on each of `numbers`."""
        known = f"{self.draw.__module__}.{self.draw.__qualname__} {numbers}"
        return int.from_bytes(sha256(known.encode()).digest()[:8])

    def batch(self, regime: Regime, precision: str, largest: int, texture: int, seed: int) -> Batch[C]:
        """Returns the batch that these draws stand for: sizes up to `largest`, textures up to number `texture`."""
        return _batch(self, regime, precision, largest, TEXTURES[: texture + 1], seed)

    def count(self, regime: Regime) -> int:
        """Returns how many cases a batch in `regime` has."""
        return min(BATCH.get(regime, MOST), self.most)

    def sketch(
        self,
        regime: Regime,
        precision: str,
        rng: np.random.Generator,
        texture: str,
        *,
        largest: int = 0,
        constant: float | None = None,
        given: Sequence[Drawn] = (),
        plain: bool = False,
    ) -> Sketch[C]:
        """Draws one case that can be drawn again: of any size in `regime`, or up to `largest`.

        `given` comes first. A case that is to be `plain` is there for a reader: it takes as many of the given numbers
        as it needs, and numbers of any magnitude have one digit.
        """
        tape, largest = Tape(rng, given, crop=plain), largest or self.top(regime)
        source = Source(tape, regime, precision, largest, texture, constant=constant, plain=plain)
        return Sketch(_laid_out(self.draw(source), source), largest, texture, constant, tape.drawn)

    def explicit(self, regime: Regime, precision: str) -> Batch[C]:
        """Returns the edges of `regime`."""
        return _edges(self, regime, precision)

    def diverse(self, regime: Regime, precision: str) -> Iterator[C]:
        """Yields cases to tell causes of a failure apart: of all sizes and textures, then the edges, then more."""
        top = self.top(regime)
        yield from self.batch(regime, precision, top, len(TEXTURES) - 1, 0)
        yield from self.explicit(regime, precision)
        for seed in range(1, 1 + MOST // BATCH.get(regime, MOST)):
            yield from self.batch(regime, precision, top, len(TEXTURES) - 1, seed)

    def simple(self, regime: Regime, precision: str) -> Iterator[Sketch[C]]:
        """Yields small and round cases to show a failure by: the edges in round numbers, and draws of small sizes."""
        for texture in ROUND:
            for case in _edges(self, regime, precision, texture):
                yield Sketch(case, self.top(regime), texture, None, ())
        for largest, (texture, times) in product(range(1, SMALL + 1), SIMPLE.items()):
            rng = np.random.default_rng(largest)
            for _ in range((times if largest == 2 else 1) * max(self.count(regime), LEAST)):
                yield self.sketch(regime, precision, rng, texture, largest=largest, plain=True)

    def again(self, sketch: Sketch[C], given: Sequence[Drawn], precision: str) -> Sketch[C]:
        """Draws `sketch` again from the numbers that are `given`, or as many of them as it takes."""
        rng, regime = np.random.default_rng(0), sketch.case.regime
        chosen: dict[str, Any] = {"largest": sketch.largest, "constant": sketch.constant}
        return self.sketch(regime, precision, rng, sketch.texture, **chosen, given=given, plain=True)


@lru_cache(maxsize=256)  # Hypothesis describes and validates a strategy once: laws that share cases share it too
def _strategy(cases: Cases[C], regime: Regime, precision: str, seed: int) -> st.SearchStrategy[Batch[C]]:
    top, wildest = cases.top(regime), len(TEXTURES) - 1

    def batch(largest: int, texture: int, drawn: int) -> Batch[C]:
        # Every second batch at least reaches the largest sizes, and every second one the wildest numbers.
        return cases.batch(regime, precision, min(largest, top), min(texture, wildest), cases.mixed(seed, drawn))

    return st.builds(batch, st.integers(1, 2 * top), st.integers(0, 2 * wildest + 1), st.integers(0, 2**64 - 1))


@lru_cache(maxsize=512)
def _batch(
    cases: Cases[C], regime: Regime, precision: str, largest: int, textures: tuple[str, ...], seed: int
) -> Batch[C]:
    count = cases.count(regime)
    rng = np.random.default_rng(seed)
    sources = [
        # The largest sizes from the middle on: most cases are worth their time.
        Source(rng, regime, _type(i, regime, precision), _cap(i, largest, count), textures[i % len(textures)])
        for i in range(count)
    ]
    return Batch(_laid_out(cases.draw(source), source) for source in sources)


@lru_cache(maxsize=256)
def _edges(cases: Cases[C], regime: Regime, precision: str, texture: str = "normal") -> Batch[C]:
    source = Source(np.random.default_rng(0), regime, precision, texture=texture)
    return Batch(_laid_out(case, source) for case in cases.edges(source))


def _cap(i: int, largest: int, count: int) -> int:
    return min(largest, 1 + 2 * largest * i // count)


def _type(i: int, regime: Regime, precision: str) -> str:
    """Returns the precision of case `i`: in `layout` some come in single precision, and are judged by its roundoff."""
    return "float32" if regime is Regime.LAYOUT and i % SINGLE == SINGLE - 1 else precision


def _laid_out(case: C, source: Source) -> C:
    return relaid(case, source) if source.regime is Regime.LAYOUT else case
