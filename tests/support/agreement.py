"""Whether two ways to the same numbers agree, in ball arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb

NARROW = 2.0**-200


def agree(a: Sequence[arb], b: Sequence[arb]) -> bool:
    """Whether the balls overlap, and are narrow enough for that to mean something."""
    narrow = all(float(x.rad()) < NARROW for x in [*a, *b])
    return narrow and len(a) == len(b) and all(x.overlaps(y) for x, y in zip(a, b, strict=True))
