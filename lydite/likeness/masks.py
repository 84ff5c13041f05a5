"""Recognizes wrong dropout masks: patterns that right ones all but never show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from lydite.kit.asked import ROUNDED, Asked, Numbers
from lydite.kit.case import FLOAT64

LONG = 20
"""Entries from which on a pattern is not an accident."""
SURE = 20.0
"""The accident that a right mask shows a pattern has a probability of at most `exp(-SURE)`."""
PERIODS = range(3, 129)
BLOCKS = (127, 128, 255, 256, 65535, 65536)
"""Where counters of one and two bytes end."""
NEAR, FAR = 4.0, 8.0
"""Standard deviations within which a number of survivors is as expected, and beyond which it is not."""


def can_tell(asked: Sequence[Asked]) -> bool:
    """Returns whether there is a mask that could show a pattern."""
    return any(0 < a.number("p") < 1 and len(a.got[0]) >= LONG for a in asked)


def mask_ways(asked: Sequence[Asked]) -> list[str]:
    """Returns the patterns that all masks show, each mask looked at once."""
    again = _is_another_each_time(asked)
    asked = list({(len(a.got[0]), a.number("p"), a.given["seed"]): a for a in asked}.values())
    entries = np.concatenate([a.got[0] for a in asked])
    inner = [a for a in asked if 0 < a.number("p") < 1]
    long = [a for a in inner if len(a.got[0]) >= LONG and np.ptp(a.got[0]) > 0]
    shown = {
        "nothing is dropped": bool((entries == 1).all()),
        "everything is dropped": bool((entries == 0).all()),
        "survivors are 1 / (1 - p), not 1": bool(inner) and all(_are_scaled(a, 1 - a.number("p")) for a in inner),
        "survivors are 1 / p, not 1": bool(inner) and all(_are_scaled(a, a.number("p")) for a in inner),
        "entries other than 0 and 1": bool(long) and not any(np.isin(a.got[0], (0, 1)).all() for a in long),
        "p taken for the probability of keeping": _keeps_with_p(asked),
        "exactly p size zeros, so that entries depend on each other": bool(long) and all(_are_exact(a) for a in long),
        "neighbours are alike, in pairs": bool(long) and all(_are_pairs(a.got[0]) for a in long),
        "the same mask for every seed": _is_one_mask(long),
        "another mask each time, for one and the same seed": again,
        "the first entry is always kept": _keeps_the_first(inner),
        **{f"nothing is dropped from entry {k} on": _keeps_from(long, k) for k in BLOCKS},
        **{f"it repeats after {k} entries": _repeats(long, k) for k in PERIODS},
    }
    return [says for says, so in shown.items() if so]


def _are_scaled(a: Asked, share: float) -> bool:
    mask = a.got[0]
    return bool(np.isclose(mask[mask != 0], 1 / share, rtol=ROUNDED * FLOAT64, atol=0).all())


def _keeps_with_p(masks: Sequence[Asked]) -> bool:
    """Returns whether survivors are as many as of the complement, and not as many as are due."""
    kept = np.array([np.count_nonzero(a.got[0] == 1) for a in masks])
    size, p = np.array([len(a.got[0]) for a in masks]), np.array([a.number("p") for a in masks])
    certain = (p == 0) | (p == 1)
    if (kept != size * p)[certain].any():
        return False
    deviation = float(np.sqrt((size * p * (1 - p)).sum()))
    wrong, due = float((size * p).sum()), float((size * (1 - p)).sum())
    return bool(abs(kept.sum() - wrong) <= NEAR * deviation and abs(kept.sum() - due) > FAR * deviation)


def _are_exact(a: Asked) -> bool:
    return bool(abs(np.count_nonzero(a.got[0] == 0) - a.number("p") * len(a.got[0])) < 1)


def _are_pairs(mask: Numbers) -> bool:
    half = len(mask) // 2
    return bool((mask[0 : 2 * half : 2] == mask[1 : 2 * half : 2]).all())


def _is_one_mask(masks: Sequence[Asked]) -> bool:
    """Returns whether masks of one size and probability are one, though their seeds are several."""
    groups: dict[tuple[int, float], list[Asked]] = defaultdict(list)
    for a in masks:
        groups[len(a.got[0]), a.number("p")].append(a)
    several = [g for g in groups.values() if len({a.given["seed"] for a in g}) > 1]
    return bool(several) and all((a.got[0] == g[0].got[0]).all() for g in several for a in g)


def _keeps_the_first(masks: Sequence[Asked]) -> bool:
    unlikely = -sum(np.log1p(-a.number("p")) for a in masks)
    return bool(unlikely > SURE and all(a.got[0][0] != 0 for a in masks))


def _is_another_each_time(masks: Sequence[Asked]) -> bool:
    """Returns whether masks that were drawn several times are several, all those that could be."""
    groups: dict[tuple[int, float, Any], list[Numbers]] = defaultdict(list)
    for a in masks:
        if 0 < a.number("p") < 1 and len(a.got[0]) >= LONG:
            groups[len(a.got[0]), a.number("p"), a.given["seed"]].append(a.got[0])
    several = [drawn for drawn in groups.values() if len(drawn) > 1]
    return bool(several) and all(any((mask != drawn[0]).any() for mask in drawn) for drawn in several)


def _keeps_from(masks: Sequence[Asked], first: int) -> bool:
    """Returns whether all is kept from an entry on, and not before."""
    whole = [a.got[0] for a in masks if len(a.got[0]) >= first + LONG]
    return bool(whole) and all((mask[first:] == 1).all() and not mask[:first].all() for mask in whole)


def _repeats(masks: Sequence[Asked], period: int) -> bool:
    whole = [a.got[0] for a in masks if len(a.got[0]) >= 2 * period + LONG]
    return bool(whole) and all((mask[period:] == mask[:-period]).all() for mask in whole)
