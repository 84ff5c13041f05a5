"""Finds the call that shows why a law fails: as it was made, what came back, and what is due."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lydite.kit.asked import WRONG, Asked, doubled, size
from lydite.kit.calls import CALLS
from lydite.kit.conventions import ROWS
from lydite.kit.evidence import Broken
from lydite.kit.failure import CallFailed, Misbehaved
from lydite.kit.reference import reference
from lydite.notation.counterexample import MOST_ENTRIES
from lydite.notation.literal import came, is_cut, kept
from lydite.report.model import Made, Spot
from lydite.target.implementation import Implementation
from lydite.target.watch import Watch

MOST_ROWS = 64
"""Rows of a batch of which the value due is computed."""
MOST_CERTIFIED = 4096
"""Entries of an answer that are certified for it; of a longer one those of the reference are shown."""


@dataclass(slots=True)
class Noted:
    """A call that a law has made: its plain answer and the answer as it came, or how it failed.

    Its arguments are those of `rows` samples at once where there are any.
    """

    name: str
    args: tuple[Any, ...]
    plain: Any = None
    raw: Any = None
    failure: Exception | None = None
    rows: Sequence[Sequence[Any]] = ()

    def is_wrong(self, u: float) -> bool:
        """Returns whether it is not what the reference answers, by more than rounding."""
        if self.failure is not None or self.rows:
            return True
        asked = Asked.of(self.name, self.args, self.plain)
        return asked is not None and any(asked.wrong(u))


class Noting:
    """An implementation that notes the calls that are made of it."""

    def __init__(self, impl: Implementation, watch: Watch) -> None:
        self._impl = impl
        self._watch = watch
        self.noted: list[Noted] = []

    @property
    def widening(self) -> float:
        """That of the implementation."""
        return self._impl.widening

    def offers(self, call: str) -> bool:
        """Returns whether `call` can be made."""
        return self._impl.offers(call)

    def batched(self, call: str, rows: Sequence[Sequence[Any]], repeated: int = 1) -> Any:
        """Calls on all `rows` at once, and notes them as arrays of so many rows."""
        columns = zip(CALLS[call].parameters, zip(*rows, strict=True), strict=True)
        args = (np.stack(list(many) * repeated) if name in ROWS[call] else many[0] for name, many in columns)
        return self._note(
            Noted(call, tuple(args), rows=list(rows) * repeated), lambda: self._impl.batched(call, rows, repeated)
        )

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._impl, name)
        return lambda *args: self._note(Noted(name, args), lambda: call(*args))

    def _note(self, noted: Noted, call: Callable[[], Any]) -> Any:
        self._watch.answered = None
        try:
            noted.plain = call()
        except (CallFailed, Misbehaved) as failure:
            noted.failure = failure
            self.noted.append(noted)
            noted.raw = self._watch.answered
            raise
        noted.raw = noted.plain if noted.rows else self._watch.answered
        self.noted.append(noted)
        return noted.plain


def shown(noted: Sequence[Noted], u: float, failure: Exception | None, got: Any = "") -> list[Made]:
    """Returns, of each call by name, the one that shows best that it is wrong; `got` is what the law compares."""
    compared = failure.evidence.got if isinstance(failure, Broken) else got
    return [_made(one, compared, u) for one in accused(noted, u)]


def remembered(noted: Sequence[Noted], u: float, failure: Exception) -> list[Made]:
    """Returns the call that has failed after others, though it does not when it is made alone: all that is sure."""
    if not isinstance(failure, CallFailed | Misbehaved):
        return []
    failed = next((one for one in accused(noted, u) if one.name == failure.call), None)
    return [_made(replace(failed, failure=failure), "", u)] if failed else []


def hung(failure: CallFailed) -> list[Made]:
    """Returns the call that ran out of time, where its arguments are known: it is not made again."""
    return [] if failure.given is None else [_made(Noted(failure.call, failure.given, failure=failure), "", 0.0)]


def accused(noted: Sequence[Noted], u: float) -> list[Noted]:
    """Returns, of each call by name, the first that is wrong, else the first."""
    calls: dict[str, list[Noted]] = {}
    for one in noted:
        calls.setdefault(one.name, []).append(one)
    return [next((one for one in made if one.is_wrong(u)), made[0]) for made in calls.values()]


def _made(noted: Noted, got: Any, u: float) -> Made:
    due, raises = due_of(noted)
    did = "" if noted.failure is None else deed(noted.failure)
    answered = noted.failure is None or (isinstance(noted.failure, Misbehaved) and not noted.failure.impure)
    whole = noted.failure is None and _is_same(noted.plain, got)
    if isinstance(noted.failure, CallFailed) and noted.failure.raised:
        did = did.replace("raises", "raised", 1)
    return Made(
        name=noted.name,
        arguments={name: kept(a) for name, a in zip(CALLS[noted.name].parameters, noted.args, strict=True)},
        answer=came(noted.raw) if answered else None,
        did="" if answered else did,
        due=None if due is None else kept(due),
        raises=raises,
        whole=whole,
        spot=_spot(noted, due) if noted.failure is None else None,
        wrong=() if whole or noted.failure else tuple(_wrong(noted, due, u)),
    )


def deed(failure: Exception) -> str:
    """Returns what a call did instead of giving an answer that a law could look at."""
    match failure:
        case CallFailed(raised="TimedOut" | ""):
            return failure.text
        case CallFailed():
            return f"raises {failure.raised}" + (f": {failure.text}" if failure.text else "")
        case Misbehaved():
            return failure.fault
    return str(failure)


def due_of(noted: Noted) -> tuple[Any, str]:
    """Returns the value due of a call, if any is, and the name of the exception that is due instead."""
    impure = isinstance(noted.failure, Misbehaved) and noted.failure.impure
    if impure or CALLS[noted.name].random:
        return None, ""
    if not noted.rows:
        return _at(noted.name, noted.args)
    distinct = {id(args): args for args in noted.rows}  # a few rows, perhaps repeated thousands of times
    if len(distinct) > MOST_ROWS:
        return None, ""
    due = {key: _at(noted.name, args)[0] for key, args in distinct.items()}
    each = [due[id(args)] for args in noted.rows]
    if any(one is None or isinstance(one, tuple) for one in each):
        return None, ""
    return (np.stack(each) if np.shape(noted.plain)[:1] == (len(each),) else np.sum(each, axis=0)), ""


def _at(name: str, args: Sequence[Any]) -> tuple[Any, str]:
    from lydite.kit.truth import NoTruth, certified  # noqa: PLC0415  (loads every law: a broken suite is reported later)

    given = [doubled(a) for a in args]
    with np.errstate(all="ignore"):
        try:
            answer = getattr(reference, name)(*given)
        except Exception as error:  # noqa: BLE001  (the reference refuses, and says so by the type)
            return None, type(error).__name__
        try:
            if sum(map(np.size, answer if isinstance(answer, tuple) else [answer])) <= MOST_CERTIFIED:
                answer = certified(name, *given).value
        except (NoTruth, TypeError, ValueError, ArithmeticError):
            pass  # no law states the whole of it here: the reference passes every law
    return _without_sign_of_zero(answer), ""


def _without_sign_of_zero(answer: Any) -> Any:
    if isinstance(answer, tuple):
        return tuple(map(_without_sign_of_zero, answer))
    return np.asarray(answer) + 0.0 if np.ndim(answer) else float(answer) + 0.0


def _is_same(plain: Any, got: Any) -> bool:
    """Returns whether what the law has compared is the whole answer."""
    if isinstance(plain, tuple) or isinstance(got, tuple):
        both = isinstance(plain, tuple) and isinstance(got, tuple) and len(plain) == len(got)
        return both and all(map(_is_same, plain, got))
    if isinstance(got, str) or np.shape(plain) != np.shape(got):
        return False
    return np.array_equal(plain, got, equal_nan=True)


def _spot(noted: Noted, due: Any) -> Spot | None:
    """Returns where an answer that is too long to be shown whole is off by most."""
    worst: tuple[float, Spot] | None = None
    for place, got, wanted in _parts(noted, due):
        if not is_cut(got) or got.shape != wanted.shape:
            continue
        with np.errstate(all="ignore"):
            off = np.abs(got - wanted)
        off = np.where(np.isnan(off) & ~(np.isnan(got) & np.isnan(wanted)), np.inf, np.nan_to_num(off, nan=0.0))
        at = np.unravel_index(int(np.argmax(off)), off.shape)
        text = f"{place}[{', '.join(map(str, map(int, at)))}]"
        if off[at] and (worst is None or off[at] > worst[0]):
            worst = float(off[at]), Spot(at=text, got=float(got[at]), due=float(wanted[at]))
    return worst and worst[1]


def _wrong(noted: Noted, due: Any, u: float) -> Iterator[tuple[int, ...]]:
    """Yields, of each part of an answer that no law compares as it is, the entries that are beyond all rounding."""
    parts = [(got, wanted) for _, got, wanted in _parts(noted, due)]
    limit = WRONG * u * size(*(side for pair in parts for side in pair))
    for got, wanted in parts:
        with np.errstate(all="ignore"):
            right = (np.abs(got - wanted) <= limit) | (got == wanted) | (np.isnan(got) & np.isnan(wanted))
        yield tuple(map(int, np.flatnonzero(~right)[:MOST_ENTRIES]))


def _parts(noted: Noted, due: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yields each array of an answer with its name, and what is due there."""
    if due is None:
        return
    if not isinstance(due, tuple):
        yield "", np.asarray(noted.plain), np.asarray(due)
        return
    names = CALLS[noted.name].returns or [f"[{i}]" for i in range(len(due))]
    for name, got, wanted in zip(names, noted.plain, due, strict=True):
        yield name, np.asarray(got), np.asarray(wanted)


def best(made: Sequence[Made], calls: Collection[str]) -> Made | None:
    """Returns the call to show where `calls` are at fault: the first of theirs, else the first."""
    return next((one for one in made if one.name in calls), made[0] if made else None)
