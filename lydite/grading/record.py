"""Gathers what is known of one implementation from events, wherever they happen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

import numpy as np

from lydite.grading.request import Request
from lydite.kit.calls import CALLS
from lydite.kit.reading import read
from lydite.kit.regime import Regime
from lydite.notation.counterexample import number
from lydite.notation.marks import total
from lydite.options import OPTIONS
from lydite.report.model import Accuracy, Declared, Entry, Exceeded, Explored, Extreme, Newer, Outcome
from lydite.verdict.faults import faults
from lydite.verdict.hints import Said, hints, writing
from lydite.verdict.outcome import LawResult, claim_results

OURS = "Lydite itself failed"
MOST_TROUBLE = 500
Measured = dict[str, dict[Regime, Accuracy]]
"""The accuracy of each call in each regime."""
Event = dict[str, Any]
"""Plain data that says under `event` what happened: planned, started, result, unloadable, output, end, and so on."""


def packed(event: Event) -> str:
    """Returns `event` as text in ASCII, the one form in which it travels between processes.

    Whatever is not plain data is made so first: a channel has its own idea of what a number or a text is, and must
    not be the place where that is found out.
    """
    return json.dumps(_plain(event), allow_nan=False)


def unpacked(text: str) -> Event:
    """Returns the event that `packed` has made a text of."""
    event: Event = json.loads(text)
    return event


def _plain(datum: Any) -> Any:
    """Returns `datum` made of dict, list, str, int, float, bool and None, or of what JSON writes as these."""
    if isinstance(datum, Enum):
        return _plain(datum.value)
    if isinstance(datum, dict):
        return {str(key): _plain(value) for key, value in datum.items()}
    if isinstance(datum, list | tuple):
        return [_plain(value) for value in datum]
    if isinstance(datum, float | np.floating):
        return number(float(datum))
    if isinstance(datum, np.bool_ | np.integer):
        return datum.item()
    return datum if datum is None or isinstance(datum, bool | int | str) else str(datum)


@dataclass(slots=True)
class Findings:
    """One implementation's results, as they come in.

    `planned` are the laws and regimes to come, blank; `failed` is a fault of ours, and never the implementation's.
    Where we have ended it, `overdue` says which limit of time was reached, or `stopped` what else was the reason.
    """

    planned: dict[tuple[str, str], LawResult] = field(default_factory=dict)
    results: dict[tuple[str, str], LawResult] = field(default_factory=dict)
    started: dict[tuple[str, str], None] = field(default_factory=dict)
    unloadable: str = ""
    killed: str = ""
    overdue: str = ""
    stopped: str = ""
    failed: str = ""
    output: dict[str, str] = field(default_factory=dict)
    said: Said = field(default_factory=Said)
    ended: bool = False
    constants: set[float] = field(default_factory=set)

    def note(self, event: Event) -> None:
        """Takes in one event. What is malformed is a failure of ours, for it is we who send it."""
        try:
            self._take(event)
        except (TypeError, ValueError, AttributeError) as error:
            self.failed = self.failed or f"an event is malformed: {error}"

    def _take(self, event: Event) -> None:
        match event:
            case {"event": "planned", "laws": laws}:
                self.planned = {(r.law, r.regime): r for r in map(LawResult.of, laws)}
            case {"event": "started", "law": str(law), "regime": str(regime)}:
                self.started[law, regime] = None
            case {"event": "result", "result": fields}:
                result = LawResult.of(fields)
                self.results[result.law, result.regime] = result
            case {"event": "output", **said} if said and not self.output:
                self.output = {name: str(text) for name, text in said.items()}
            case {"event": "overdue", "seconds": seconds} if not self.killed:
                self.overdue = f"the time limit of {seconds:g} s was reached"
                self.killed = f"{self.overdue} in {', '.join(self.running)}" if self.running else self.overdue
            case {"event": "said"}:
                self.said.take(event)
                self.constants |= set(map(float, event.get("constants", ())))
            case {"event": "stopped", "reason": str(reason)} if not self.killed:
                self.stopped = self.killed = reason
            case {"event": "end"}:
                self.ended = True
            case {"event": "unloadable" | "killed" | "failed" as what, "reason": str(reason)} if not getattr(
                self, what
            ):
                setattr(self, what, reason)

    @property
    def cases(self) -> int:
        """How many cases were checked, each law's once."""
        return sum(r.cases for r in self.results.values())

    @property
    def wrong(self) -> int:
        """How many laws do not hold."""
        return sum(r.outcome.is_wrong for r in self.results.values())

    @property
    def running(self) -> list[str]:
        """The laws that have been started and not judged."""
        return [f"{law} [{regime}]" for law, regime in self.started if (law, regime) not in self.results]

    @property
    def trouble(self) -> str:
        """Returns how Lydite itself failed: the last line of what is known, which names no file of this machine."""
        last = re.sub(r"(['\"])/.*\1", "a file", self.failed.strip().rpartition("\n")[2])
        return f"{OURS}: {last[:MOST_TROUBLE]}" if last else ""

    @property
    def unjudged(self) -> list[str]:
        """The laws that were to be judged and have not been, although nothing that is known of kept them from it."""
        if not self.ended or self.unloadable or self.killed or self.failed:
            return []
        return [f"{law} [{regime}]" for law, regime in self.planned if (law, regime) not in self.results]

    def implementation(self, name: str, target: str, request: Request, seconds: float, *, alone: bool = True) -> Entry:
        """Returns the entry of the report; `alone` where the target is not one of a class, whose files lie beside."""
        every = [*self.results.values(), *self._lost(hangs=not request.call_timeout)]
        results = [result.pinned(request.laws) for result in every]
        lost = "" if self._late else self.killed
        scope = request.scope.offered(self.results.values())
        claims = claim_results(results, scope, self.unloadable, lost, self._late)
        missing = _by_question(_absent(every) & {call for claim in claims for call in claim.calls})
        wrote = tuple(writing([result.wrote for result in every]))
        expected, accuracy = request.expectation, _accuracy(results)
        absent = [call for calls in missing.values() for call in calls]
        noted = [option.field for option in OPTIONS.values() if option.noted]
        entry = Entry(
            name=name,
            target=target,
            outcome="unloadable" if self.unloadable else "killed" if self.killed else "graded",
            reason=self.unloadable or self.killed,
            points=total(claim.points for claim in claims),
            max_points=total(claim.max_points for claim in claims),
            seconds=round(seconds, 3),
            cases=self.cases,
            warnings=sum(r.warnings for r in every),
            missing=missing,
            adapter=str(request.adapter.path) if request.adapter else "",
            declared=read(Declared, request.adapter.declared()) if request.adapter else None,
            looked_up={call: text for r in every for call, text in r.looked_up.items()},
            output=self.output,
            failed=self.trouble if self.failed else "",
            late=bool(self.overdue and not self.unloadable),
            expected=expected.judged(claims, request.precision) if expected else None,
            exceeded=tuple(_exceeded(request, accuracy, results)),
            newer=tuple(_newer(every, request.laws)),
            accuracy=accuracy,
            explored=Explored(constants=len(self.constants), calls=_extremes(results)) if request.explore else None,
            notes=(*hints(self.said, absent, target, alone=alone), *wrote),
            harmless=(*(note for note in self.said.harmless if note in self.said.notes), *wrote),
            claims=claims,
            **{key: value for key in noted if (value := getattr(request, key)) != getattr(Request, key)},
        )
        return replace(entry, faults=faults(entry, results))

    @property
    def _late(self) -> str:
        """Returns why a claim was not judged where time ran out, or the run was stopped."""
        return f"time: {self.overdue}" if self.overdue else self.stopped

    def _lost(self, hangs: bool) -> Iterable[LawResult]:
        """Returns the laws without a result, in error where the run was cut off: nothing shows that they hold.

        Where time ran out, or the run was stopped, they were not run; but what was running when time ran out `hangs`
        where a call takes as long as it likes.
        """
        outcome, reason = Outcome.NOT_RUN, "its law was not run"
        if self.killed or self.failed:
            outcome, reason = Outcome.ERROR, self.killed or self.trouble
        for key, blank in self.planned.items():
            if key in self.results:
                continue
            if self._late and not (hangs and self.overdue and key in self.started):
                yield replace(blank, outcome=Outcome.NOT_RUN, reason=self._late, late=True)
            else:
                yield replace(blank, outcome=outcome, reason=reason)


def _extremes(results: Iterable[LawResult]) -> dict[str, Extreme]:
    """Returns the worst input found of each call, by its error over what is allowed; of a certified value, if any."""
    ordered = sorted(results, key=lambda r: (r.law, r.regime))
    found = [(r.asked[0], r.extreme) for r in ordered if r.extreme]
    worst = dict(sorted(found, key=lambda one: (one[1].ulps > 0, one[1].worst)))
    return {call: worst[call] for call in CALLS if call in worst}


def _accuracy(results: Iterable[LawResult]) -> Measured:
    """Returns the worst errors of each call in each regime: of the laws that hold, and are about it alone."""
    alone = [(r.asked[0], Regime(r.regime), r) for r in results if r.outcome is Outcome.HOLDS and len(r.asked) == 1]
    return {
        call: {
            regime: Accuracy(ulps=max(r.ulps for r in here), share=max(r.worst for r in here))
            for regime in Regime
            if (here := [r for of, where, r in alone if (of, where) == (call, regime)])
        }
        for call in CALLS
        if any(of == call for of, _, _ in alone)
    }


def _exceeded(request: Request, accuracy: Measured, results: Sequence[LawResult]) -> Iterator[Exceeded]:
    """Yields the budgets that are exceeded, each with the worst input of its call where that is known."""
    expected = request.expectation
    for one in expected.exceeded(accuracy, request.precision) if expected else ():
        about = [
            (result.ulps if one.measure == "ulps" else result.worst, result.law, result.exceeding)
            for result in results
            if result.exceeding and result.asked == [one.call] and result.regime == one.regime
        ]
        yield replace(one, counterexample=max(about, key=lambda shown: shown[:2])[2]) if about else one


def _newer(results: Iterable[LawResult], laws: str) -> Iterable[Newer]:
    """Yields the laws that do not hold, and are newer than those that count."""
    for r in sorted(results, key=lambda r: (r.law, r.regime)):
        if r.outcome.is_wrong and r.is_newer_than(laws):
            yield Newer(law=r.law, regime=Regime(r.regime), since=r.since, reason=r.reason, claims=tuple(r.claims))


def _by_question(calls: set[str]) -> dict[str, tuple[str, ...]]:
    there = [call for call in CALLS.values() if call.name in calls]
    return {q: tuple(c.name for c in there if c.question == q) for q in sorted({c.question for c in there})}


def _absent(results: Iterable[LawResult]) -> set[str]:
    """Returns the calls that are not there: those a law called in vain, and those its claims are graded on."""
    return {call for r in results for call in (*r.absent, *([r.call] if r.outcome is Outcome.MISSING else []))}
