"""Which ways to go wrong explain all wrong answers to a law, and under which condition its answers are right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lydite.kit.asked import CLOSE, LEAST, REFUSALS, WHEREVER, Answer, Asked, as_answer
from lydite.kit.calls import CALLS
from lydite.kit.conventions import MASKS
from lydite.likeness.masks import can_tell, mask_ways
from lydite.likeness.ways import NEUTRAL, SIMPLE, ways

MOST = 8
"""Ways that are reported of one law."""
BLAMED = 1e-3
"""An answer is to blame with an error of at least this share of the worst at its case, relative to its size."""
RIGHT = 32
"""Right answers that a way to go wrong is held against, at most: from everywhere among them."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one call that are to blame where a law failed, and all others: there, and where the law held."""

    failing: Sequence[Asked]
    holding: Sequence[Asked]
    u: float

    @property
    def call(self) -> str:
        """The call, empty where it was not made."""
        return next((a.call for a in (*self.failing, *self.holding)), "")

    @property
    def random(self) -> bool:
        """Whether what is due is known in distribution only."""
        return bool(self.call) and CALLS[self.call].random

    def wrong(self) -> list[Asked]:
        """Returns the wrong answers where the law fails, with the parts of them that are wrong anywhere."""
        flags = [(a, a.wrong(self.u)) for a in self.failing]
        parts = sorted({i for _, wrong in flags for i, part in enumerate(wrong) if part})
        return [a.only(parts) for a, wrong in flags if any(wrong)]

    def right(self, parts: Sequence[int]) -> list[Asked]:
        """Returns the others of which `parts` are right: a law may hold by accident."""
        only = [a.only(parts) for a in self.holding]
        return [a for a in only if not any(a.wrong(self.u))]


def blamed(asked: Sequence[Asked]) -> tuple[list[Asked], list[Asked]]:
    """Returns the answers at one case of a law that are to blame, and the others, as right as rounding may allow."""
    errors = [a.error() for a in asked]
    spared = [e < BLAMED * max(errors) for e in errors]
    pairs = list(zip(asked, spared, strict=True))
    return [a for a, is_spared in pairs if not is_spared], [a for a, is_spared in pairs if is_spared]


def looks_like(answers: Answers) -> list[dict[str, Any]]:
    """Returns the ways of the list that explain every wrong answer, the simplest first.

    Each comes with how many answers it explains, how many different ones, and where it applies: `where` is empty for
    a way that explains the right answers as well. `says` is empty where there is none. Where parts of the answer are
    right throughout, the others are explained. Empty where no answer is wrong.
    """
    if answers.random:
        return _patterns(answers) if answers.call in MASKS else []
    wrong = answers.wrong()
    if not wrong:
        return []
    right = answers.right(wrong[0].parts)
    right = right[:: 1 + len(right) // RIGHT]
    with np.errstate(all="ignore"):
        found = [(says, way) for says, way in ways(wrong) if _explains(way, wrong, answers.u)][:MOST]
    told = [(says, _where(wrong, [a for a in right if not a.near(_answer(way, a))])) for says, way in found]
    finite = all(np.isfinite(part).all() for a in wrong for part in a.got)  # NaN comes out of many formulas
    told = [(says, at) for says, at in told if not at or (finite and (at != WHEREVER or says in SIMPLE))]
    named = _named(wrong[0])
    if named:
        told = [*((f"{named}: {says}", where) for says, where in told), (f"{named} wrong, all else right", "")]
    return _told(sorted(told, key=lambda pair: bool(pair[1])), wrong)


def _patterns(answers: Answers) -> list[dict[str, Any]]:
    """Returns the patterns of wrong masks, and whether right ones show them as well."""
    all_show = mask_ways([*answers.failing, *answers.holding])
    shown = [(says, "" if says in all_show else WHEREVER) for says in mask_ways(answers.failing)]
    return _told(shown, answers.failing) if shown or can_tell(answers.failing) else []


def _told(told: Sequence[tuple[str, str]], wrong: Sequence[Asked]) -> list[dict[str, Any]]:
    counts = {"matched": len(wrong), "of": len(wrong), "different": len({_identity(a) for a in wrong})}
    return [{"says": says, "where": where, **counts} for says, where in told or [("", "")]]


def _identity(a: Asked) -> bytes:
    return b"".join(part.tobytes() for part in (*a.got, *a.due))


def _where(wrong: Sequence[Asked], other: Sequence[Asked]) -> str:
    """Returns where a way applies that explains the `wrong` answers and not the `other` ones, which are right."""
    if not other:
        return ""
    for says, condition in _conditions(wrong[0]):
        if all(map(condition, wrong)) and not any(map(condition, other)):
            return f"where {says}"
    return WHEREVER


def _named(one: Asked) -> str:
    """Returns the parts by name, where they are not all of the answer."""
    names = CALLS[one.call].returns
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


def agrees(answers: Answers) -> dict[str, int]:
    """Returns the conditions under which no answer is wrong, and how many different ones are right.

    0 where those without the condition are right too, or too few are wrong to tell.
    """
    wrong = answers.wrong()
    if not wrong or answers.random:
        return {}
    right = answers.right(wrong[0].parts)
    kept = [(says, condition) for says, condition in _conditions(wrong[0]) if not any(map(condition, wrong))]
    return {says: _separates(condition, len(wrong), right) for says, condition in kept}


def _separates(condition: Callable[[Asked], bool], wrong: int, right: Sequence[Asked]) -> int:
    under = len({_arguments(a) for a in right if condition(a)})
    without = sum(not condition(a) for a in right)
    return under if under >= 2 * LEAST and wrong >= max(LEAST, 9 * without) else 0


def _arguments(a: Asked) -> bytes:
    return b"".join(np.asarray(value).tobytes() for value in a.given.values() if not callable(value))


def _conditions(one: Asked) -> Iterator[Condition]:
    """Returns the conditions on arguments that may be reported."""
    for letter in one.sizes:
        yield _of_size(letter)
    for name, value in one.given.items():
        if not callable(value) and name not in CALLS[one.call].whole:
            yield from _of_numbers(name)
    if "y" in one.given:
        yield "every label is 0 or 1", lambda a: bool(np.isin(a.given["y"], (0, 1)).all())
        yield "every label is 1", lambda a: bool(np.all(np.asarray(a.given["y"]) == 1))
    if "y" in one.given and "K" in one.sizes:
        yield "the labels sum to one", lambda a: abs(float(np.sum(a.given["y"])) - 1) < CLOSE
        yield "the labels are one-hot", lambda a: _is_one_hot(a.given["y"])


def _of_size(letter: str) -> Condition:
    return f"{letter} = 1", lambda a: a.sizes[letter] == 1


def _of_numbers(name: str) -> Iterator[Condition]:
    yield f"{name} = 0", lambda a: not np.any(a.given[name])
    if name in NEUTRAL:
        yield f"{name} = 1", lambda a: bool(np.all(np.asarray(a.given[name]) == 1))


def _is_one_hot(y: Any) -> bool:
    return bool(np.isin(y, (0, 1)).all() and np.sum(y) == 1)
