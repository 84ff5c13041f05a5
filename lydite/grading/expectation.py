"""Expectation files: where an implementation is expected to hold, and each exception with its reason."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any

from lydite.kit.calls import CALLS
from lydite.kit.claim import CLAIMS
from lydite.kit.regime import DEFAULT, Regime
from lydite.report.model import ClaimResult, Exempt, Outcome

IMPLEMENTATION: dict[str, type | UnionType] = {
    "name": str,
    "precisions": list,
    "regimes": list,
    "only": list,
    "calls": list,
    "exception": list,
}
EXCEPTION: dict[str, type | UnionType] = {
    "id": str,
    "regime": str | list,
    "reason": str,
    "link": str,
    "precisions": list,
}
PRECISIONS = ("float64", "float32")


class ExpectationError(ValueError):
    """An expectation file says something that it cannot say; the text names the file and the place."""


@dataclass(frozen=True, slots=True)
class KnownException:
    """A claim that is known not to hold in `regime`, why, and where that is told; in some precisions perhaps."""

    id: str
    regime: Regime
    reason: str
    link: str
    precisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of one implementation: the claims named by `only` about `calls`, all of them if empty."""

    name: str
    precisions: tuple[str, ...] = PRECISIONS
    regimes: tuple[Regime, ...] = DEFAULT
    only: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    exceptions: tuple[KnownException, ...] = ()

    def judged(self, claims: Iterable[ClaimResult], precision: str) -> tuple[Exempt, ...]:
        """Returns each exception that applies in `precision` and was judged, and whether it occurred among `claims`."""
        judged = {claim.key: claim for claim in claims if claim.outcome is not Outcome.NOT_RUN}
        return tuple(
            Exempt(id=e.id, regime=e.regime, reason=e.reason, link=e.link, occurred=judged[e.id, e.regime].failed)
            for e in self.exceptions
            if precision in e.precisions and (e.id, e.regime) in judged
        )

    def reasons(self, regime: Regime, precision: str) -> dict[str, str]:
        """Why each claim that is excepted in `regime` and `precision` does not hold."""
        return {e.id: e.reason for e in self.exceptions if e.regime == regime and precision in e.precisions}


def read_expectations(path: Path) -> dict[str, Expectation]:
    """The expectations in the file `path` by the name of the implementation. Raises ExpectationError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        rows = _rows(table, "implementation", {"implementation": list}, "")
        found = [_expectation(row, f"implementation {i}") for i, row in enumerate(rows, start=1)]
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ExpectationError(f"{path}: {error}") from error
    except ValueError as error:
        raise ExpectationError(f"{path.name}: {error}") from None
    names = [e.name for e in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ExpectationError(f"{path.name}: {min(twice)} is described twice")
    return dict(zip(names, found, strict=True))


def _expectation(row: Any, where: str) -> Expectation:
    _check(row, IMPLEMENTATION, ("name",), where)
    where = row["name"]
    exceptions = tuple(
        known
        for i, e in enumerate(_rows(row, "exception", None, where), start=1)
        for known in _exceptions(e, f"{where}, exception {i}")
    )
    return Expectation(
        row["name"],
        tuple(_among(row.get("precisions", PRECISIONS), PRECISIONS, f"{where}: precisions")),
        tuple(Regime(r) for r in _among(row.get("regimes", DEFAULT), tuple(Regime), f"{where}: regimes")),
        tuple(row.get("only", ())),
        tuple(_among(row.get("calls", ()), tuple(CALLS), f"{where}: calls")),
        exceptions,
    )


def _exceptions(row: Any, where: str) -> Iterator[KnownException]:
    """The exception in each of its regimes."""
    _check(row, EXCEPTION, ("id", "regime", "reason", "link"), where)
    claim = CLAIMS.get(row["id"])
    if claim is None or not claim.graded:
        raise ValueError(f"{where}: no graded claim is called {row['id']!r}")
    if not row["link"].startswith("https://"):
        raise ValueError(f"{where}: link {row['link']!r} is no https address")
    precisions = tuple(_among(row.get("precisions", PRECISIONS), PRECISIONS, f"{where}: precisions"))
    for regime in [row["regime"]] if isinstance(row["regime"], str) else row["regime"]:
        if regime not in claim.regimes:
            raise ValueError(f"{where}: {row['id']} is not graded in {regime!r}")
        yield KnownException(row["id"], Regime(regime), row["reason"], row["link"], precisions)


def _rows(table: dict[str, Any], key: str, known: dict[str, type | UnionType] | None, where: str) -> list[Any]:
    if known is not None:
        _check(table, known, (key,), where or "the file")
    rows: list[Any] = table.get(key, [])
    return rows


def _check(row: Any, known: dict[str, type | UnionType], needed: tuple[str, ...], where: str) -> None:
    if not isinstance(row, dict):
        raise ExpectationError(f"{where}: {row!r} is not a table")
    for key in needed:
        if not row.get(key):
            raise ValueError(f"{where}: {key} is missing")
    for key, value in row.items():
        if key not in known:
            raise ValueError(f"{where}: {key} is unknown; there are {', '.join(known)}")
        if not isinstance(value, known[key]):
            raise ExpectationError(f"{where}: {key} is not a {getattr(known[key], '__name__', known[key])}")


def _among(values: Any, known: tuple[str, ...], where: str) -> Iterator[str]:
    for value in values:
        if value not in known:
            raise ValueError(f"{where}: {value!r} is none of {', '.join(known)}")
        yield value
