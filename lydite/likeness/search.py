"""Which ways to go wrong explain all wrong answers to a law, and under which condition its answers are right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from lydite.likeness.asked import CLOSE, LEAST, OUTPUTS, RANDOM, REFUSALS, Answer, Asked, as_answer
from lydite.likeness.masks import mask_ways
from lydite.likeness.ways import ways

MOST = 8
"""Ways that are told of one law."""
RIGHT = 32
"""Right answers that a way to go wrong is held against."""


def looks_like(asked: Sequence[Asked], u: float) -> list[dict[str, Any]]:
    """The ways of the list that explain every wrong answer among `asked`, the simplest first.

    A way that explains the right answers too comes before one that does not: of that it is said where it applies.
    Where parts of the answer are right throughout, the others are explained. Each comes with how many answers it
    explains, and how many different ones; `says` is empty where there is none. Empty where no answer is wrong.
    """
    if asked and asked[0].call in RANDOM:
        return _told(mask_ways(asked), asked)
    parts, wrong, right = _sorted(asked, u)
    if not wrong:
        return []
    here, there = ([a.only(parts) for a in those] for those in (wrong, right[:RIGHT]))
    found = [(says, way) for says, way in ways(here) if _explains(way, here, u)][:MOST]
    always = [says for says, way in found if _explains(way, there, u)]
    where = _where(wrong, right)
    told = [*always, *(f"{says}, {where}" for says, _ in found if says not in always)]
    named = _named(here[0])
    if named:
        told = [*(f"{named}: {says}" for says in told), f"{named} wrong, all else right"]
    return _told(told, here)


def _told(told: Sequence[str], wrong: Sequence[Asked]) -> list[dict[str, Any]]:
    counts = {"matched": len(wrong), "of": len(wrong), "different": len({_identity(a) for a in wrong})}
    return [{"says": says, **counts} for says in told or [""]]


def _identity(a: Asked) -> bytes:
    return b"".join(part.tobytes() for part in (*a.got, *a.due))


def _sorted(asked: Sequence[Asked], u: float) -> tuple[list[int], list[Asked], list[Asked]]:
    """The parts that are wrong anywhere, the answers of which one is, and those that are right."""
    flags = [(a, a.wrong(u)) for a in asked]
    parts = sorted({i for _, wrong in flags for i, part in enumerate(wrong) if part})
    return parts, [a for a, wrong in flags if any(wrong)], [a for a, wrong in flags if not any(wrong)]


def _where(wrong: Sequence[Asked], right: Sequence[Asked]) -> str:
    """Where the answers are wrong, as a condition on the arguments says it."""
    for says, condition in _conditions(wrong[0]):
        if all(map(condition, wrong)) and not any(map(condition, right)):
            return f"where {says}"
    return "wherever it is wrong"


def _named(one: Asked) -> str:
    """The parts by name, where they are not all of the answer."""
    names = OUTPUTS.get(one.call, ())
    return " and ".join(names[i] for i in one.parts) if len(one.parts) < len(names) else ""


def _explains(way: Callable[[Asked], Any], wrong: Sequence[Asked], u: float) -> bool:
    return all(a.explained(_answer(way, a), u) for a in wrong)


def _answer(way: Callable[[Asked], Any], asked: Asked) -> Answer | None:
    try:
        with np.errstate(all="ignore"):
            answer = way(asked)
            return None if answer is None else as_answer(answer)
    except REFUSALS:
        return None  # it does not apply


# -- Where it is right --

Condition = tuple[str, Callable[[Asked], bool]]


def agrees(asked: Sequence[Asked], u: float) -> str:
    """The condition on the arguments under which every answer is right, and without which nearly all are wrong."""
    if not asked or asked[0].call in RANDOM:
        return ""
    right = [not any(a.wrong(u)) for a in asked]
    held = [(_separates([condition(a) for a in asked], right), says) for says, condition in _conditions(asked[0])]
    agreeing, says = max(held, key=lambda pair: pair[0], default=(0, ""))
    return f"whenever {says}" if agreeing else ""


def _separates(met: Sequence[bool], right: Sequence[bool]) -> int:
    """How many answers are right under the condition; 0 where it does not tell right from wrong."""
    under = [r for m, r in zip(met, right, strict=True) if m]
    without = [r for m, r in zip(met, right, strict=True) if not m]
    told = len(under) >= LEAST and all(under) and len(without) >= LEAST and sum(without) <= len(without) / 10
    return len(under) if told else 0


def _conditions(one: Asked) -> Iterator[Condition]:
    """What may be said of the arguments."""
    for letter in one.sizes:
        yield _of_size(letter)
    for name, value in one.given.items():
        if not callable(value) and name not in {"seed", "size", "steps"}:
            yield from _of_numbers(name)
    if "y" in one.given:
        yield "every label is 0 or 1", lambda a: bool(np.isin(a.given["y"], (0, 1)).all())
        yield "the labels sum to one", lambda a: abs(float(np.sum(a.given["y"])) - 1) < CLOSE
        yield "the labels are one-hot", lambda a: _is_one_hot(a.given["y"])


def _of_size(letter: str) -> Condition:
    return f"{letter} = 1", lambda a: a.sizes[letter] == 1


def _of_numbers(name: str) -> Iterator[Condition]:
    yield f"{name} = 0", lambda a: not np.any(a.given[name])
    yield f"{name} = 1", lambda a: bool(np.all(np.asarray(a.given[name]) == 1))
    yield f"{name} >= 0", lambda a: bool(np.all(np.asarray(a.given[name]) >= 0))


def _is_one_hot(y: Any) -> bool:
    return bool(np.isin(y, (0, 1)).all() and np.sum(y) == 1)
