"""Finds what a call has changed: compares the values that a program has seen after it with those that travelled."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from typing import Any

import numpy as np

from lydite.target.implementation import same
from lydite.worker.codec import MOST_VALUES, Message, Room, Violation, as_real, unpack
from lydite.worker.host import standing


def changes(seen: Message, blob: memoryview, args: Sequence[Any], seed: int, earlier: Any, room: Room) -> Message:
    """Returns what was changed, as older programs say it themselves: inputs, the generators, the earlier answer.

    `args` are what the call was given, and `earlier` is the fingerprint of what it answered before in the same process,
    if it did. Raises Violation where `seen` does not say enough.
    """
    given, state, again = seen.get("args"), seen.get("state"), seen.get("earlier")
    if type(given) is not list or len(given) != len(args) or type(state) is not str:
        raise Violation("it does not say what the arguments and the generators are after the call")
    if (again is None) is not (earlier is None):
        raise Violation("it does not say what the answer is that it gave before")
    after = [None if datum is None else unpack(datum, blob, room=room) for datum in given]
    return {
        "changed": [i for i, (mine, theirs) in enumerate(zip(args, after, strict=True)) if _differ(mine, theirs)],
        "drew": state != _seeded(seed),
        "overwrote": earlier is not None and fingerprint(_answer(again, blob, room)) != earlier,
    }


def judged_there(seen: Any, count: int) -> Message | None:
    """Returns what a program says itself of its changes to `count` arguments, as far as it is of the right kind."""
    if type(seen) is not dict:
        return None
    judged = {key: seen[key] for key in ("drew", "overwrote") if type(seen.get(key)) is bool}
    changed = seen.get("changed")
    if type(changed) is list and len(changed) <= count and all(type(i) is int for i in changed):
        judged["changed"] = changed
    return judged


def _differ(mine: Any, theirs: Any) -> bool:
    """Returns whether an array that was handed out is another one now."""
    if not isinstance(mine, np.ndarray):
        return False
    return not (isinstance(theirs, np.ndarray) and theirs.shape == mine.shape and same(mine, theirs))


def _answer(datum: Any, blob: memoryview, room: Room) -> Any:
    match datum:
        case {"values": [*parts]} if len(parts) <= MOST_VALUES:
            return tuple(as_real(unpack(part, blob, room=room)) for part in parts)
        case {"value": part}:
            return as_real(unpack(part, blob, room=room))
    raise Violation("it does not say what the answer is that it gave before")


def fingerprint(answer: Any) -> Any:
    """Returns what only an answer of the same numbers has too, NaN for NaN: many may be kept of the largest answers."""
    if isinstance(answer, tuple):
        return tuple(map(fingerprint, answer))
    numbers = np.asarray(answer, np.float64) + 0.0  # there is one zero
    return numbers.shape, sha256(np.where(np.isnan(numbers), np.nan, numbers).tobytes()).digest()


@cache
def _seeded(seed: int) -> str:
    """Returns where the global generators stand after `seed`, if nobody draws from them."""
    return standing(np.random.RandomState(seed).get_state(), random.Random(seed).getstate())
