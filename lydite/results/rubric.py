"""Reads the rubric: what counts how much, what counts for everybody, and how much a submitter may see."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, TypedDict

from lydite.kit.claim import CLAIMS
from lydite.kit.question import POINTS
from lydite.kit.reading import Malformed, keyed, read, unread
from lydite.kit.regime import Regime
from lydite.notation.escape import line
from lydite.notation.marks import hundredths
from lydite.report.model import Precision
from lydite.verdict.chosen import named
from lydite.verdict.outcome import is_optional

Weighed = tuple[str, str, str]
"""A key of the rubric, and a claim and regime that it is on; of what is void, any regime, which is empty."""
Shares = Mapping[tuple[str, str], float]
"""The points of each claim in each regime, to the hundredth; none where a pair is absent."""

Options = TypedDict(
    "Options",
    {
        "only": Annotated[str, re.compile(r"[\w.]+(,[\w.]+)*")],
        "regimes": Annotated[str, re.compile(rf"({'|'.join(Regime)})(,({'|'.join(Regime)}))*")],
        "precision": Precision,
        "isolation": Literal["auto", "namespaces", "landlock", "process", "none"],
        "seed": Annotated[str, re.compile(r"random|\d{1,19}")],
        "allow": Annotated[str, re.compile(r"[\w.\-]+(,[\w.\-]+)*")],
        "entry": Annotated[str, re.compile(r"[^:\n]+(:\w+)?")],
        "examples": Annotated[int, 1],
        "timeout": Annotated[int | float, 1],
        "call-timeout": Annotated[int | float, 0],
        "memory": Annotated[int, 0],
    },
    total=False,
)
"""Options of `lydite grade`, and what each may say."""


class RubricError(ValueError):
    """A rubric says something that it cannot say; the text names the file and the key."""


class Level(StrEnum):
    """How much of a claim that does not hold is shown, each level more than the one before."""

    OUTCOME = "outcome"
    INPUT = "input"
    VALUE = "value"
    LIKENESS = "likeness"
    DUE = "due"
    LAW = "law"

    def shows(self, what: Level) -> bool:
        """Returns whether what the level `what` adds is shown."""
        return list(Level).index(self) >= list(Level).index(what)


SHOWN = {
    Level.OUTCOME: "that it does not hold, and so which function is to fix",
    Level.INPUT: "also the input, and what came out",
    Level.VALUE: "also what is due",
    Level.LIKENESS: "also what the fault looks like",
    Level.DUE: "also the law, and the command that shows it again",
    Level.LAW: "also why the law is so",
}
"""The parts of a claim that does not hold that each level shows."""
HINTS = (Level.OUTCOME, Level.INPUT, Level.VALUE, Level.LIKENESS, Level.LAW)
"""The levels of hints, from 1: which function, which input, what is due, what it looks like, the law and why."""


class Attempt(StrEnum):
    """Which of several reports of the same name counts."""

    LAST = "last"
    BEST = "best"


@dataclass(frozen=True, slots=True)
class Show:
    """How much is shown `before` a date and `after` it."""

    before: Level
    after: Level
    date: datetime

    def __post_init__(self) -> None:
        if self.date.tzinfo is None:
            raise Malformed("expected an offset from UTC too, such as 2027-01-31T23:59:00+01:00 without quotes", "date")


@dataclass(frozen=True, slots=True)
class _File:
    """The content of a rubric; a table stands where the id of a claim is written without quotes."""

    count: Attempt = Attempt.LAST
    show: Level | Show | None = None
    hints: Annotated[int, 1] | None = None
    points: Mapping[Regime, Mapping[str, Annotated[float, 0] | Mapping[str, Any]]] | None = None
    void: Mapping[str, str | Mapping[str, Any]] = field(default_factory=dict)
    grade: Options = field(default_factory=Options)

    @property
    def shown(self) -> Level | Show:
        """How much is shown, as `hints` or `show` says. Raises Malformed where they cannot say it."""
        if self.hints is None:
            return self.show or Level.DUE
        if self.show is not None:
            raise Malformed("says how much is shown, and so does show: name one of them", "hints")
        if self.hints > len(HINTS):
            raise Malformed(f"expected a number from 1 to {len(HINTS)}, got {self.hints}", "hints")
        return HINTS[self.hints - 1]


@dataclass(frozen=True, slots=True)
class Rubric:
    """The rules of a rubric; by itself, that the points are those of the reports and everything is shown.

    `points` is None where the file says nothing of them. `entries` are what a report has to judge for the rubric to be
    of effect.
    """

    points: Shares | None = None
    void: Mapping[str, str] = field(default_factory=dict)
    count: Attempt = Attempt.LAST
    show: Level | Show = Level.DUE
    grade: Options = field(default_factory=Options)
    entries: tuple[Weighed, ...] = ()

    def unserved(self, judged: Collection[tuple[str, str]]) -> str:
        """Returns which key is without effect where these claims and regimes are judged, and why; empty if none is."""
        known = {*judged, *((claim, "") for claim, _ in judged)}
        for where, claim, regime in self.entries:
            if (claim, regime) not in known:
                return f"{where} counts {claim}, which is not graded{f' in {regime}' * bool(regime)}"
        return ""

    def level(self, at: datetime) -> Level:
        """Returns how much a submitter may see at that time."""
        if isinstance(self.show, Level):
            return self.show
        return self.show.before if at < self.show.date else self.show.after


def read_rubric(path: Path) -> Rubric:
    """Returns the rubric in the file `path`. Raises RubricError."""
    try:
        return _rubric(read(_File, tomllib.loads(path.read_text(encoding="utf-8"))))
    except Malformed as error:
        raise RubricError(f"{path.name}: {error}") from None
    except (OSError, ValueError) as error:
        raise RubricError(f"{path}: {unread(error)}") from error


def _rubric(file: _File) -> Rubric:
    points = None if file.points is None else _points(file.points)
    void = dict(_void(file.void))
    entries = (*_weighed(file.points or {}, points or {}), *((f'void."{claim}"', claim, "") for claim in void))
    _check_graded(file.grade, points or {}, entries)
    return Rubric(points, void, file.count, file.shown, file.grade, entries)


def _points(tables: Mapping[Regime, Mapping[str, Any]]) -> Shares:
    shares: dict[tuple[str, str], float] = {}
    for regime in Regime:
        own = tables.get(regime, {})
        for key, number in own.items():
            if isinstance(number, Mapping):
                raise _unquoted("points", regime, key, example="5")
            _check_named(key, regime)
        for question, usual in POINTS.items():
            shares |= _shared(question, regime, own, usual if regime is Regime.CORE else 0.0)
    if not any(shares.values()):
        raise Malformed("no claim has any", "points")
    return shares


def _shared(question: str, regime: Regime, own: Mapping[str, float], usual: float) -> Shares:
    """Returns the points of `question`, less what its claims have of their own, in equal parts to the others."""
    here = (c for c in CLAIMS.values() if c.question == question and regime in c.regimes)
    claims = [c.id for c in here if not is_optional(c.id)]
    others = [c for c in claims if c not in own]
    taken = math.fsum(own[c] for c in claims if c in own)
    left = own.get(question, usual or taken) - taken
    if left < -0.005:
        why = f"claims of {question} have {taken:g} points, of {left + taken:g}; set {question}"
        raise Malformed(why, "points", regime)
    if left > 0.005 and not others:
        why = f"every claim of {question} has points of its own, and {left:g} are left over"
        raise Malformed(why, "points", regime)
    equal = max(left, 0.0) / max(1, len(others))
    return {(c, regime): p for c, p in zip(claims, hundredths([own.get(c, equal) for c in claims]), strict=True)}


def _weighed(tables: Mapping[Regime, Mapping[str, Any]], points: Shares) -> Iterator[Weighed]:
    """Yields what is written in the file and has points; not those of the document, which stand where it is silent."""
    for regime, numbers in tables.items():
        for key in numbers:
            for (claim, of), share in points.items():
                if of == regime and share and key in {claim, CLAIMS[claim].question}:
                    yield f'points.{regime}."{key}"', claim, regime


def _check_named(key: str, regime: Regime) -> None:
    """Raises Malformed where `key` is neither a claim nor a question that is graded in `regime`."""
    if key in POINTS:
        if not any(c.question == key and regime in c.regimes for c in CLAIMS.values()):
            raise Malformed(f"no claim of {key} is graded in {regime}", "points", regime)
        return
    _check_claim(key, "points", regime)
    if regime not in CLAIMS[key].regimes:
        only = ", ".join(CLAIMS[key].regimes)
        raise Malformed(f"{key} is not graded in {regime}, only in {only}", "points", regime)


def _check_claim(key: str, *path: str) -> None:
    if key not in CLAIMS:
        raise Malformed(f"no claim and no question is called {line(key)!r}", *path)
    if not CLAIMS[key].graded:
        raise Malformed(f"{key} is mathematics, and graded on no implementation", *path)
    if is_optional(key):
        calls = ", ".join(CLAIMS[key].calls)
        raise Malformed(f"{key} is about {calls}, which is optional: whoever leaves it out loses nothing", *path)


def _void(table: Mapping[str, str | Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for key, reason in table.items():
        if isinstance(reason, Mapping):
            raise _unquoted("void", key, example='"why"')
        _check_claim(key, "void")
        if not reason.strip():
            raise Malformed("does not say why", "void", keyed(key))
        yield key, line(reason)


def _unquoted(*path: str, example: str) -> Malformed:
    *above, key = path
    return Malformed(f'is a table: write the id of a claim in quotes, "Q7.a.7" = {example}', *above, keyed(key))


def _check_graded(options: Options, points: Shares, entries: Sequence[Weighed]) -> None:
    """Raises Malformed where what has points is not graded."""
    for (claim, regime), share in points.items():
        if share and regime not in options.get("regimes", regime).split(","):
            raise Malformed(f"leaves out {regime}, in which {claim} has points", "grade", "regimes")
    if "only" not in options:
        return
    try:
        graded = {claim for name in options["only"].split(",") for claim in named(name, graded=True)}
    except ValueError as error:
        raise Malformed(str(error), "grade", "only") from None
    for where, claim, _ in entries:
        if claim not in graded:
            raise Malformed(f"leaves out {claim}, which {where} counts", "grade", "only")
