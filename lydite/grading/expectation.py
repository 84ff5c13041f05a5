"""Reads expectation files: where an implementation is expected to hold, and each exception with its reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from lydite.kit.calls import CALLS
from lydite.kit.case import PRECISIONS
from lydite.kit.claim import CLAIMS
from lydite.kit.reading import Malformed, read
from lydite.kit.regime import DEFAULT, Regime
from lydite.report.model import ClaimResult, Exempt, Outcome, Precision

Text = Annotated[str, 1]
Link = Annotated[str, re.compile(r"https://.*")]


class ExpectationError(ValueError):
    """An expectation file says something that it cannot say; the text names the file and the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownException:
    """A claim that is known not to hold in `regime`, why, and where that is reported; in some precisions perhaps."""

    id: str
    regime: Regime | tuple[Regime, ...]
    reason: Text
    link: Link
    precisions: tuple[Precision, ...] = PRECISIONS

    def __post_init__(self) -> None:
        claim = CLAIMS.get(self.id)
        if claim is None or not claim.graded:
            raise Malformed(f"no graded claim is called {self.id!r}", "id")
        for regime in self.regimes:
            if regime not in claim.regimes:
                raise Malformed(f"{self.id} is not graded in {str(regime)!r}", "regime")

    @property
    def regimes(self) -> tuple[Regime, ...]:
        """The regimes that it is about."""
        return self.regime if isinstance(self.regime, tuple) else (self.regime,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """The expectation of one implementation: the claims named by `only` about `calls`, all of them if empty."""

    name: Text
    precisions: tuple[Precision, ...] = PRECISIONS
    regimes: tuple[Regime, ...] = DEFAULT
    only: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    exception: tuple[KnownException, ...] = ()

    def __post_init__(self) -> None:
        for call in self.calls:
            if call not in CALLS:
                raise Malformed(f"the contract has no call {call!r}", "calls")

    def judged(self, claims: Iterable[ClaimResult], precision: str) -> tuple[Exempt, ...]:
        """Returns each exception that applies in `precision` and was judged, and whether it occurred among `claims`."""
        judged = {claim.key: claim for claim in claims if claim.outcome is not Outcome.NOT_RUN}
        return tuple(
            Exempt(id=e.id, regime=regime, reason=e.reason, link=e.link, occurred=judged[e.id, regime].failed)
            for e in self.exception
            for regime in e.regimes
            if precision in e.precisions and (e.id, regime) in judged
        )

    def reasons(self, regime: Regime, precision: str) -> dict[str, str]:
        """Returns why each claim that is excepted in `regime` and `precision` does not hold."""
        return {e.id: e.reason for e in self.exception if regime in e.regimes and precision in e.precisions}


@dataclass(frozen=True, slots=True)
class _File:
    implementation: tuple[Expectation, ...]


def read_expectations(path: Path) -> dict[str, Expectation]:
    """Returns the expectations in the file `path` by the name of the implementation. Raises ExpectationError."""
    try:
        found = read(_File, tomllib.loads(path.read_text(encoding="utf-8"))).implementation
    except Malformed as error:
        raise ExpectationError(f"{path.name}: {error}") from None
    except (OSError, ValueError) as error:
        raise ExpectationError(f"{path}: {error}") from error
    names = [e.name for e in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ExpectationError(f"{path.name}: {min(twice)} is described twice")
    return dict(zip(names, found, strict=True))
