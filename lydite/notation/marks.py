"""Gives and shows points to the hundredth, the same everywhere: what is shown adds up to the total that is shown."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable


def marks(points: float) -> str:
    """Returns points as they are shown: whole ones without decimals, others with two."""
    text = f"{points:.2f}"
    return text.removesuffix(".00")


def total(points: Iterable[float]) -> float:
    """Returns the sum of points that are hundredths each."""
    return round(math.fsum(points), 2)


def hundredths(amounts: Collection[float]) -> list[float]:
    """Returns each of `amounts` rounded to a hundredth, up or down so that the sum is that of `amounts`, rounded.

    What was cut off most is rounded up first, and of equal amounts the earlier, so that a larger one never gets less.
    """
    cut = [math.floor(100 * amount + 1e-9) for amount in amounts]
    due = round(100 * math.fsum(amounts)) - sum(cut)
    rests = [100 * amount - below for amount, below in zip(amounts, cut, strict=True)]
    for i in sorted(range(len(cut)), key=lambda i: -round(rests[i], 6))[:due]:
        cut[i] += 1
    return [units / 100 for units in cut]
