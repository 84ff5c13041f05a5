"""Bounds what rounding may cost a sum over many samples."""

from __future__ import annotations

import math

BLOCK = 1024
"""Terms that may be added up one after the other."""


def reduction(count: int, u: float) -> float:
    """Relative to the sum of the sizes of `count` terms: `(min(count, 1024) + log2(count) + 2) u`.

    Terms are added up in blocks of at most 1024 and those pairwise, as NumPy, PyTorch and JAX do in blocks of their own
    sizes; a division and a product with a weight beside. Adding up more terms one by one in float32 loses digits that
    nobody has to lose.
    """
    return (min(count, BLOCK) + math.log2(count) + 2) * u
