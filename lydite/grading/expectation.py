"""Reads expectation files: where an implementation is expected to hold, how accurately, and each known exception."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from lydite.adapters.naming import meant
from lydite.kit.calls import CALLS
from lydite.kit.case import PRECISIONS
from lydite.kit.claim import CLAIMS
from lydite.kit.reading import Malformed, read, unread
from lydite.kit.regime import DEFAULT, Regime
from lydite.report.model import NO_REASON, Accuracy, ClaimResult, Exceeded, Exempt, Outcome, Precision

Text = Annotated[str, 1]
Link = Annotated[str, re.compile(r"https://.*")]


class ExpectationError(ValueError):
    """An expectation file says something that it cannot say; the text names the file and the key."""


@cache
def today() -> date:
    """Returns the date by which expectations expire: the only place where it is read, once a process."""
    return date.today()  # noqa: DTZ011  (the date where it is graded)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownException:
    """The claims that one fault breaks: one, by `id` and `regime`, or `claims` by regime.

    `reason` says why, `link` where that is reported, and `call` which function is at fault. It counts in some
    `precisions` perhaps, and through the day `until`.
    """

    id: str = ""
    regime: Regime | tuple[Regime, ...] = ()
    call: str = ""
    claims: Mapping[Regime, tuple[str, ...]] = field(default_factory=dict)
    reason: str
    link: Link = ""
    until: date | None = None
    precisions: tuple[Precision, ...] = PRECISIONS

    def __post_init__(self) -> None:
        if bool(self.id) == bool(self.claims):
            raise Malformed("expected either one claim, by id and regime, or claims by regime", "claims")
        if self.id and not self.regime:
            raise Malformed("missing", "regime")
        if self.call:
            _check_call(self.call, "call")
        for claim, regime in self.pairs:
            known = CLAIMS.get(claim)
            if known is None or not known.graded:
                raise Malformed(f"no graded claim is called {claim!r}", "id" if self.id else "claims")
            if regime not in known.regimes:
                raise Malformed(f"{claim} is not graded in {str(regime)!r}", "regime" if self.id else "claims")

    @property
    def pairs(self) -> tuple[tuple[str, Regime], ...]:
        """Each claim and regime that it is about."""
        if self.id:
            regimes = self.regime if isinstance(self.regime, tuple) else (self.regime,)
            return tuple((self.id, regime) for regime in regimes)
        return tuple((claim, regime) for regime, claims in self.claims.items() for claim in claims)

    @property
    def expired(self) -> bool:
        """Whether its last day is over."""
        return self.until is not None and self.until < today()

    @property
    def why(self) -> str:
        """The reason, or that there is none yet."""
        return self.reason or NO_REASON


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most that a call may be off in one regime: in `ulps`, or as a `share` of what its laws allow."""

    ulps: Annotated[float, 0] | None = None
    share: Annotated[float, 0] | None = None

    def __post_init__(self) -> None:
        if (self.ulps is None) == (self.share is None):
            raise Malformed("expected either ulps or share")

    def exceeded(self, call: str, regime: Regime, measured: Accuracy) -> Exceeded | None:
        """Returns by how much `measured` is beyond it, if it is."""
        if self.ulps is not None:
            beyond = Exceeded(call=call, regime=regime, measure="ulps", measured=measured.ulps, allowed=self.ulps)
        else:
            allowed = self.share or 0.0
            beyond = Exceeded(call=call, regime=regime, measure="share", measured=measured.share, allowed=allowed)
        return beyond if beyond.measured > beyond.allowed else None


Budgets = Mapping[str, Mapping[Regime, Budget]]
"""Those of each call and regime."""


def read_budgets(text: str) -> Budgets:
    """Returns the budgets that `text` states as JSON. Raises ExpectationError."""
    try:
        return read(dict[str, dict[Regime, Budget]], json.loads(text))
    except ValueError as error:
        raise ExpectationError(str(error)) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """The expectation of one implementation: the claims named by `only` about `calls`, all of them if empty."""

    name: Text
    precisions: tuple[Precision, ...] = PRECISIONS
    regimes: tuple[Regime, ...] = DEFAULT
    only: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    exception: tuple[KnownException, ...] = ()
    budget: Mapping[Precision, Budgets] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for call in self.calls:
            _check_call(call, "calls")
        for precision, budgets in self.budget.items():
            for call in budgets:
                _check_call(call, "budget", precision)

    def judged(self, claims: Iterable[ClaimResult], precision: str) -> tuple[Exempt, ...]:
        """Returns each exception that applies in `precision` and was judged, and whether it occurred among `claims`."""
        judged = {claim.key: claim for claim in claims if claim.outcome is not Outcome.NOT_RUN}
        return tuple(
            Exempt(
                id=claim,
                regime=regime,
                reason=e.reason,
                link=e.link,
                occurred=judged[claim, regime].failed,
                call=e.call,
                until=str(e.until or ""),
                expired=e.expired,
            )
            for e in self.exception
            for claim, regime in e.pairs
            if precision in e.precisions and (claim, regime) in judged
        )

    def exceeded(self, accuracy: Mapping[str, Mapping[Regime, Accuracy]], precision: Precision) -> tuple[Exceeded, ...]:
        """Returns where the `accuracy` that was measured in `precision` is worse than its budget."""
        found = (
            budget.exceeded(call, regime, accuracy[call][regime])
            for call, budgets in self.budget.get(precision, {}).items()
            for regime, budget in budgets.items()
            if regime in accuracy.get(call, {})
        )
        return tuple(one for one in found if one)

    def reasons(self, regime: Regime, precision: str) -> dict[str, str]:
        """Returns why each claim that is excepted in `regime` and `precision` does not hold."""
        applying = [e for e in self.exception if precision in e.precisions and not e.expired]
        return {claim: e.why for e in applying for claim, where in e.pairs if where is regime}


def _check_call(call: str, *path: str) -> None:
    """Raises Malformed, at the key `path`, unless the contract has such a call."""
    if call not in CALLS:
        raise Malformed(f"the contract has no call {call!r}{meant(call, CALLS)}", *path)


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
        raise ExpectationError(f"{path}: {unread(error)}") from error
    names = [e.name for e in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ExpectationError(f"{path.name}: {min(twice)} is described twice")
    return dict(zip(names, found, strict=True))
