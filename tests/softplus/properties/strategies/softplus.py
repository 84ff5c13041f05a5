"""Arrays for Q8."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from lydite.kit import Cases
from lydite.kit import blotted, refusals
from lydite.kit import Source
from spec.definitions.softplus import Entries

LIMIT = 15.0


def _draw(source: Source) -> Entries:
    z = source.numbers(*(source.size() for _ in range(source.choice((1, 0, 2)))))
    return Entries(z=source.array(np.clip(z, -LIMIT, LIMIT)), **source.common)


def _edges(source: Source) -> Iterator[Entries]:
    for z in (0.0, [LIMIT], [-LIMIT], [[1.0, -1.0]]):
        yield Entries(z=source.array(z), **source.common)


def _bad(source: Source) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for value in (np.nan, np.inf):
        yield f"z holds {value}", (blotted(source.numbers(3), value),)


entries = Cases(_draw, _edges)
bad_softplus = refusals("softplus", _bad)
bad_softplus_derivative = refusals("softplus_derivative", _bad)
