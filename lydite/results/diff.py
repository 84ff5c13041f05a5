"""Compares two reports: what broke and what was fixed, and which calls became less or more accurate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lydite.kit.calls import OPTIONAL
from lydite.kit.reading import written
from lydite.notation.escape import line, markdown
from lydite.notation.text import plain
from lydite.report.model import (
    FLOORS,
    UNITS,
    Accuracy,
    ClaimResult,
    Entry,
    Measure,
    NoReport,
    Outcome,
    Report,
    size,
)

THRESHOLD = 2.0
"""From which factor on an error counts as grown or shrunk."""
WIDTH = 18
FEW = 8


class Kind(StrEnum):
    """A kind of change, the worst first."""

    BROKE = "broke"
    UNJUDGED = "no longer judged"
    LESS_ACCURATE = "less accurate"
    FIXED = "fixed"
    MORE_ACCURATE = "more accurate"

    @property
    def is_worse(self) -> bool:
        """Whether it makes an implementation worse."""
        return self in {Kind.BROKE, Kind.UNJUDGED, Kind.LESS_ACCURATE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of one call of an implementation: of some `claims`, or of the accuracy in one regime."""

    kind: Kind
    implementation: str
    call: str
    claims: tuple[str, ...] = ()
    says: str

    @property
    def where(self) -> str:
        """The call, and the claims that it concerns."""
        more = " ..." * (len(self.claims) > FEW)
        return line(f"{self.call}: {', '.join(self.claims[:FEW])}{more}" if self.claims else self.call)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All that changed from one report to another, and `notes` on what keeps them from being compared in full."""

    threshold: float
    compared: int
    changes: tuple[Change, ...]
    notes: tuple[str, ...]

    @property
    def is_worse(self) -> bool:
        """Whether anything became worse."""
        return any(change.kind.is_worse for change in self.changes)

    @property
    def conclusion(self) -> str:
        """The whole in one line."""
        counts = Counter(change.kind for change in self.changes)
        told = ", ".join(f"{counts[kind]} {kind}" for kind in Kind if counts[kind]) or "nothing changed"
        return f"{'worse' if self.is_worse else 'not worse'}: {told}; {self.compared} claims compared"

    def to_json(self) -> dict[str, Any]:
        """Returns it as JSON."""
        return {"format": "lydite-diff", "version": 1, "worse": self.is_worse, **written(self)}

    def text(self) -> str:
        """Returns it for a terminal, the worst first."""
        several = len({change.implementation for change in self.changes}) > 1
        rows = [
            f"{change.kind:<{WIDTH}}{f'{plain(change.implementation)}: ' * several}{plain(change.where)}\n"
            f"{'':<{WIDTH}}{plain(change.says)}"
            for change in self.changes
        ]
        notes = [f"{'note':<{WIDTH}}{plain(note)}" for note in self.notes]
        return "\n".join([*rows, *notes, self.conclusion])

    def markdown(self) -> str:
        """Returns it for the summary of a job."""
        lines = [f"**{self.conclusion}**", ""]
        if self.changes:
            lines += ["| change | implementation | call | |", "|---|---|---|---|"]
            lines += [
                f"| {c.kind} | {markdown(c.implementation)} | {markdown(c.where)} | {markdown(c.says)} |"
                for c in self.changes
            ]
        lines += ["", *(f"- {markdown(note)}" for note in self.notes)] if self.notes else []
        return "\n".join(lines) + "\n"


def difference(old: Report, new: Report, threshold: float = THRESHOLD) -> Difference:
    """Returns what changed from `old` to `new`. Raises NoReport where they cannot be compared."""
    if old.precision != new.precision:
        raise NoReport(f"the one is in {old.precision}, the other in {new.precision}")
    pairs = _pairs(old, new)
    found = [change for before, after in pairs for change in _changes(before, after, threshold)]
    gone = {one.name for one in old.implementations} - {before.name for before, _ in pairs}
    found += [
        Change(kind=Kind.UNJUDGED, implementation=line(name), call="", says="it is not in the new report")
        for name in sorted(gone)
    ]
    found.sort(key=lambda change: list(Kind).index(change.kind))
    return Difference(
        threshold=threshold,
        compared=sum(len(_common(before, after)) for before, after in pairs),
        changes=tuple(found),
        notes=tuple(_notes(old, new, pairs)),
    )


def _pairs(old: Report, new: Report) -> list[tuple[Entry, Entry]]:
    """Returns the implementations of one name; those of two reports on one, whatever they are called."""
    if len(old.implementations) == len(new.implementations) == 1:
        return [(old.implementations[0], new.implementations[0])]
    after = {one.name: one for one in new.implementations}
    pairs = [(one, after[one.name]) for one in old.implementations if one.name in after]
    if not pairs:
        raise NoReport("they have no implementation in common")
    return pairs


def _common(before: Entry, after: Entry) -> list[tuple[ClaimResult, ClaimResult]]:
    there = {claim.key: claim for claim in before.claims}
    return [(there[claim.key], claim) for claim in after.claims if claim.key in there]


def _only_in(one: Entry, other: Entry) -> list[ClaimResult]:
    there = {claim.key for claim in other.claims}
    return [claim for claim in one.claims if claim.key not in there]


def _changes(before: Entry, after: Entry, threshold: float) -> Iterator[Change]:
    groups: dict[tuple[Kind, str], list[ClaimResult]] = {}
    for old, new in _common(before, after):
        if kind := _kind(old, new):
            call = new.fault or old.fault or new.calls[0]
            groups.setdefault((kind, call), []).append(new)
    for (kind, call), claims in groups.items():
        yield Change(
            kind=kind,
            implementation=line(after.name),
            call=line(call),
            claims=tuple(claim.name for claim in claims),
            says=_reason(claims[0]),
        )
    yield from _absent(before, after)
    yield from _accuracies(before, after, threshold)


def _absent(before: Entry, after: Entry) -> Iterator[Change]:
    """Yields the claims that held and are not there, where both were graded on the same: an optional call is gone.

    Where a claim that is always graded is not there either, the new report was to grade less, which is only noted.
    """
    lost = _only_in(before, after)
    gone: dict[str, list[ClaimResult]] = {}
    for claim in lost if all(_optional(claim) for claim in lost) else ():
        if claim.holds:
            gone.setdefault(_optional(claim)[0], []).append(claim)
    for call, claims in gone.items():
        yield Change(
            kind=Kind.UNJUDGED,
            implementation=line(after.name),
            call=line(call),
            claims=tuple(claim.name for claim in claims),
            says="it is optional, and no longer offered",
        )


def _optional(claim: ClaimResult) -> list[str]:
    return [call for call in claim.calls if call in OPTIONAL]


def _kind(old: ClaimResult, new: ClaimResult) -> Kind | None:
    if new.failed and not old.failed:
        return Kind.BROKE
    if old.failed and new.holds:
        return Kind.FIXED
    return Kind.UNJUDGED if old.holds and new.outcome is Outcome.NOT_RUN else None


def _reason(claim: ClaimResult) -> str:
    """Returns why a claim does not hold, in a line."""
    if claim.counterexample is None:
        return line(claim.reason or "it holds")
    return "  ".join(f"{name} {text}" for name, text in claim.counterexample.rows() if name not in {"where", "again"})


def _accuracies(before: Entry, after: Entry, threshold: float) -> Iterator[Change]:
    """Yields the calls that are less or more accurate in a regime in which both were measured."""
    for call, regimes in after.accuracy.items():
        for regime, now in regimes.items():
            then = before.accuracy.get(call, {}).get(regime)
            if then and (found := _accuracy(then, now, threshold)):
                kind, says = found
                yield Change(kind=kind, implementation=line(after.name), call=line(f"{call} {regime}"), says=says)


def _accuracy(then: Accuracy, now: Accuracy, threshold: float) -> tuple[Kind, str] | None:
    measure: Measure = "ulps" if "ulps" in {then.measure, now.measure} and then.ulps and now.ulps else "share"
    old, new = getattr(then, measure), getattr(now, measure)
    floor = FLOORS[measure]
    says = f"{size(old)} {UNITS[measure]} before, {size(new)} now"
    if new > threshold * max(old, floor):
        return Kind.LESS_ACCURATE, says
    return (Kind.MORE_ACCURATE, says) if old > threshold * max(new, floor) else None


def _notes(old: Report, new: Report, pairs: Sequence[tuple[Entry, Entry]]) -> Iterator[str]:
    for what in ("lydite", "seed", "examples", "explore", "laws"):
        one, other = getattr(old, what), getattr(new, what)
        if one != other:
            yield f"{what} differs: {one or 'none'} before, {other or 'none'} now"
    for before, after in pairs:
        yield from _left_out(before, after)


def _left_out(before: Entry, after: Entry) -> Iterator[str]:
    """Yields what is only in one of two reports."""
    name = line(after.name)
    if fresh := _only_in(after, before):
        failed = sum(claim.failed for claim in fresh)
        yield f"{name}: {len(fresh)} claims are only in the new report, {failed} of them do not hold"
    if lost := _only_in(before, after):
        yield f"{name}: {len(lost)} claims are only in the old report, and not compared"
    if bool(before.accuracy) != bool(after.accuracy):
        yield f"{name}: only one report says how accurate each call is"
