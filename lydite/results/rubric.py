"""The rubric: what counts how much, what counts for everybody, and how much a submitter may see."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from lydite.kit.claim import CLAIMS
from lydite.kit.question import POINTS
from lydite.kit.regime import Regime
from lydite.notation.escape import line
from lydite.notation.marks import hundredths
from lydite.verdict.outcome import within

Entry = tuple[str, str, str]
"""A key of the rubric, and a claim and regime that it is on; of what is void, any regime, which is empty."""
Shares = Mapping[tuple[str, str], float]
"""The points of each claim in each regime, to the hundredth; none where a pair is absent."""

KEYS = ("count", "show", "points", "void", "grade")
NUMBERS = {"examples": 1, "timeout": 1, "call-timeout": 0, "memory": 0}
"""Options of `lydite grade` that are numbers, and their least values."""
TEXTS = {
    "only": r"[\w.]+(,[\w.]+)*",
    "regimes": rf"({'|'.join(Regime)})(,({'|'.join(Regime)}))*",
    "precision": "float64|float32",
    "isolation": "auto|namespaces|landlock|process|none",
    "seed": r"random|\d{1,19}",
    "allow": r"[\w.\-]+(,[\w.\-]+)*",
    "entry": r"[^:\n]+(:\w+)?",
}
"""Options that are texts, and how they read."""


class RubricError(ValueError):
    """A rubric says something that it cannot say; the text names the file and the key."""


class Level(StrEnum):
    """How much of a claim that does not hold is shown."""

    OUTCOME = "outcome"
    """That it does not hold."""
    INPUT = "input"
    """Also the input, and what came out."""
    DUE = "due"
    """Also what is due, the law, and all that is known of the fault."""


class Attempt(StrEnum):
    """Which of several reports of the same name counts."""

    LAST = "last"
    BEST = "best"


@dataclass(frozen=True, slots=True)
class Rubric:
    """What a rubric says; by itself, that the points are those of the reports and everything is shown.

    `points` is None where the file says nothing of them. `date` is when `after` takes the place of `before`. `entries`
    are what a report has to judge for the rubric to be of effect.
    """

    points: Shares | None = None
    void: Mapping[str, str] = field(default_factory=dict)
    count: Attempt = Attempt.LAST
    before: Level = Level.DUE
    after: Level = Level.DUE
    date: datetime | None = None
    grade: Mapping[str, Any] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()

    def unserved(self, judged: Collection[tuple[str, str]]) -> str:
        """Returns which key is without effect where these claims and regimes are judged, and why; empty if none is."""
        known = {*judged, *((claim, "") for claim, _ in judged)}
        for where, claim, regime in self.entries:
            if (claim, regime) not in known:
                return f"{where} counts {claim}, which is not graded{f' in {regime}' * bool(regime)}"
        return ""

    def level(self, at: datetime) -> Level:
        """How much a submitter may see at that time."""
        return self.before if self.date and at < self.date else self.after


def read_rubric(path: Path) -> Rubric:
    """The rubric in the file `path`. Raises RubricError."""
    try:
        return _rubric(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RubricError(f"{path}: {error}") from error
    except RubricError as error:
        raise RubricError(f"{path.name}: {error}") from None


def _rubric(table: dict[str, Any]) -> Rubric:
    _known(table, KEYS, "")
    before, after, date = _show(table.get("show", Level.DUE))
    points = _points(_table(table["points"], "points")) if "points" in table else None
    void = _void(_table(table.get("void", {}), "void"))
    entries = (*_entries(table.get("points", {}), points or {}), *((f'void."{claim}"', claim, "") for claim in void))
    return Rubric(
        points,
        void,
        Attempt(_word(table.get("count", Attempt.LAST), list(Attempt), "count")),
        before,
        after,
        date,
        _grade(_table(table.get("grade", {}), "grade"), points, entries),
        entries,
    )


# -- what is shown --


def _show(said: Any) -> tuple[Level, Level, datetime | None]:
    if isinstance(said, str):
        level = _level(said, "show")
        return level, level, None
    table = _table(said, "show")
    _known(table, ("before", "after", "date"), "show")
    for key in ("before", "after", "date"):
        if key not in table:
            raise RubricError(f'show.{key} is missing; what never changes is written show = "input"')
    return _level(table["before"], "show.before"), _level(table["after"], "show.after"), _date(table["date"])


def _level(said: Any, where: str) -> Level:
    return Level(_word(said, list(Level), where))


def _date(said: Any) -> datetime:
    if not isinstance(said, datetime) or said.tzinfo is None:
        raise RubricError(
            "show.date is no time with its offset from UTC, such as 2027-01-31T23:59:00+01:00 without quotes"
        )
    return said


# -- points --


def _points(table: dict[str, Any]) -> Shares:
    _known(table, list(Regime), "points")
    shares: dict[tuple[str, str], float] = {}
    for regime in Regime:
        numbers = _table(table.get(regime, {}), f"points.{regime}")
        where = f"points.{regime}"
        own = {key: _number(value, f'{where}."{line(key)}"') for key, value in numbers.items()}
        for key in own:
            _claim_or_question(key, regime, where)
        for question, usual in POINTS.items():
            shares |= _shared(question, regime, own, usual if regime is Regime.CORE else 0.0)
    if not any(shares.values()):
        raise RubricError("points: no claim has any")
    return shares


def _shared(question: str, regime: Regime, own: Mapping[str, float], usual: float) -> Shares:
    """The points of `question`, less what its claims have of their own, in equal parts to the others."""
    claims = [c.id for c in CLAIMS.values() if c.question == question and regime in c.regimes]
    others = [c for c in claims if c not in own]
    taken = math.fsum(own[c] for c in claims if c in own)
    left = own.get(question, usual or taken) - taken
    where = f"points.{regime}"
    if left < -0.005:
        raise RubricError(f"{where}: claims of {question} have {taken:g} points, of {left + taken:g}; set {question}")
    if left > 0.005 and not others:
        raise RubricError(f"{where}: every claim of {question} has points of its own, and {left:g} are left over")
    equal = max(left, 0.0) / max(1, len(others))
    return {(c, regime): p for c, p in zip(claims, hundredths([own.get(c, equal) for c in claims]), strict=True)}


def _entries(table: dict[str, Any], points: Shares) -> Iterator[Entry]:
    """What is written in the file and has points; those of the document, which stand where it says nothing, are not."""
    for regime, numbers in table.items():
        for key in numbers:
            for (claim, of), share in points.items():
                if of == regime and share and key in {claim, CLAIMS[claim].question}:
                    yield f'points.{regime}."{key}"', claim, regime


def _claim_or_question(key: str, regime: Regime, where: str) -> None:
    if key in POINTS:
        if not any(c.question == key and regime in c.regimes for c in CLAIMS.values()):
            raise RubricError(f"{where}: no claim of {key} is graded in {regime}")
        return
    _claim(key, where)
    if regime not in CLAIMS[key].regimes:
        raise RubricError(f"{where}: {key} is not graded in {regime}, only in {', '.join(CLAIMS[key].regimes)}")


def _claim(key: str, where: str) -> None:
    if key not in CLAIMS:
        raise RubricError(f"{where}: no claim and no question is called {line(key)!r}")
    if not CLAIMS[key].graded:
        raise RubricError(f"{where}: {key} is mathematics, and graded on no implementation")


def _void(table: dict[str, Any]) -> dict[str, str]:
    for key, reason in table.items():
        if isinstance(reason, dict):
            raise RubricError(f'void.{line(key)} is a table: write the id of a claim in quotes, "Q7.a.7" = "why"')
        _claim(key, "void")
        if not isinstance(reason, str) or not reason.strip():
            raise RubricError(f'void."{key}" does not say why, in quotes')
    return {key: line(reason) for key, reason in table.items()}


# -- options, and kinds of values --


def _grade(table: dict[str, Any], points: Shares | None, entries: Sequence[Entry]) -> dict[str, Any]:
    _known(table, [*TEXTS, *NUMBERS], "grade")
    for key, value in table.items():
        if key in TEXTS:
            if not isinstance(value, str) or not re.fullmatch(TEXTS[key], value):
                raise RubricError(f"grade.{key} is {line(repr(value))}, and does not read {TEXTS[key]}")
        elif _number(value, f"grade.{key}") < NUMBERS[key]:
            raise RubricError(f"grade.{key} is less than {NUMBERS[key]}")
        elif key in {"examples", "memory"} and not isinstance(value, int):
            raise RubricError(f"grade.{key} is no whole number")
    _check_graded(table, points, entries)
    return table


def _check_graded(table: dict[str, Any], points: Shares | None, entries: Sequence[Entry]) -> None:
    """Raises RubricError where what has points is not graded."""
    for (claim, regime), share in (points or {}).items():
        if share and regime not in table.get("regimes", regime).split(","):
            raise RubricError(f"grade.regimes leaves out {regime}, in which {claim} has points")
    for where, claim, _ in entries:
        if not any(within(claim, name) for name in table.get("only", claim).split(",")):
            raise RubricError(f"grade.only leaves out {claim}, which {where} counts")


def _known(table: Mapping[str, Any], known: Collection[str], where: str) -> None:
    for key in table:
        if key not in known:
            at = f"{where}." if where else ""
            raise RubricError(f"{at}{line(key)} is unknown; there are {', '.join(known)}")


def _table(said: Any, where: str) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise RubricError(f"{where} is no table")
    return said


def _word(said: Any, known: Collection[str], where: str) -> str:
    if not isinstance(said, str) or said not in known:
        raise RubricError(f"{where} is {line(repr(said))}, and none of {', '.join(known)}")
    return said


def _number(said: Any, where: str) -> float:
    if isinstance(said, dict):
        raise RubricError(f'{where} is a table: write the id of a claim in quotes, "Q7.a.7" = 5')
    if isinstance(said, bool) or not isinstance(said, int | float) or not math.isfinite(said):
        raise RubricError(f"{where} is no number")
    if said < 0:
        raise RubricError(f"{where} is negative")
    return float(said)
