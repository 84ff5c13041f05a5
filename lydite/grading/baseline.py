"""Writes what an implementation does now as what is expected of it: its faults, and the accuracy of its calls."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lydite.grading.expectation import Budget, Expectation, ExpectationError, KnownException, read_expectations
from lydite.grading.request import Request
from lydite.kit.calls import CALLS
from lydite.kit.case import PRECISIONS
from lydite.kit.regime import DEFAULT, Regime
from lydite.report.model import FLOORS, Accuracy, ClaimResult, Entry, write_whole
from lydite.verdict.faults import by_call

Pair = tuple[str, Regime]
Change = Callable[[Expectation, Entry, Request], Expectation]
Judged = Mapping[str, tuple[Entry, Request]]
"""The entry in the report and the request, by the name of the implementation."""

ROOM = 3.0
"""The budget of a call in units of what was measured: another machine rounds otherwise."""


def write(path: Path, judged: Judged, *changes: Change) -> dict[str, Expectation]:
    """Writes what the `changes` make of the expectations in `path`, if there are any, and returns them all.

    What the file says of others stays. Raises ExpectationError where it cannot be read, where not all of an
    implementation was judged, or where it offers nothing; OSError where it cannot be written.
    """
    kept = read_expectations(path) if path.exists() else {}
    for name, (entry, request) in judged.items():
        if entry.trouble:
            raise ExpectationError(f"nothing is written on {name}, which was not judged in full: {entry.trouble}")
        expectation = kept.get(name) or request.expectation or _blank(name, entry, request)
        for change in changes:
            expectation = change(expectation, entry, request)
        kept[name] = expectation
    text = "\n".join("\n".join(_implementation(one)) + "\n" for one in kept.values())
    write_whole(path, text)
    return kept


def _blank(name: str, entry: Entry, request: Request) -> Expectation:
    """Returns the expectation that all holds of what is offered, in the scope that was requested."""
    calls: tuple[str, ...] = ()
    if entry.absent and not request.adapter:
        mentioned = {call for claim in entry.claims for call in claim.calls}
        calls = tuple(call for call in CALLS if call in mentioned and call not in entry.absent)
    return Expectation(name=name, regimes=request.regimes, only=request.only, calls=calls)


def faults(expectation: Expectation, entry: Entry, request: Request) -> Expectation:
    """Returns `expectation` with what breaks now: an exception for each fault that has none, and none for what holds.

    A reason stays with what it was given for: what else the same call breaks is an exception of its own.
    """
    precision = request.precision
    held = {claim.key for claim in entry.claims if claim.holds}
    kept = [one for e in expectation.exception for one in _without(e, held, precision)]
    covered = {pair for e in kept if precision in e.precisions for pair in e.pairs}
    for call, claims in _by_fault(entry, expectation.calls).items():
        pairs = [(claim.id, claim.regime) for claim in claims if (claim.id, claim.regime) not in covered]
        if pairs:
            kept.append(KnownException(call=call, claims=_by_regime(pairs), reason="", precisions=(precision,)))
    return replace(expectation, exception=tuple(kept))


def budgets(expectation: Expectation, entry: Entry, request: Request) -> Expectation:
    """Returns `expectation` with a budget for each call and regime whose accuracy was measured."""
    before = expectation.budget.get(request.precision, {})
    calls = [call for call in CALLS if call in before or call in entry.accuracy]
    measured = {
        call: {**before.get(call, {}), **{r: _budget(a) for r, a in entry.accuracy.get(call, {}).items()}}
        for call in calls
    }
    return replace(expectation, budget={**expectation.budget, request.precision: measured})


def _budget(measured: Accuracy) -> Budget:
    if measured.measure == "ulps":
        return Budget(ulps=_rounded_up(max(ROOM * measured.ulps, FLOORS["ulps"])))
    return Budget(share=min(_rounded_up(max(ROOM * measured.share, FLOORS["share"])), 1.0))


def _rounded_up(x: float) -> float:
    """Returns the least number of two digits that is not below `x`."""
    unit = 10.0 ** (math.floor(math.log10(x)) - 1)
    return float(f"{math.ceil(x / unit * (1 - 1e-12)) * unit:.2g}")


def _without(e: KnownException, held: Collection[tuple[str, str]], precision: str) -> Iterator[KnownException]:
    """Yields what is left of an exception where `held` holds in `precision`; of other precisions it is not known."""
    left = [pair for pair in e.pairs if pair not in held]
    if precision not in e.precisions or len(left) == len(e.pairs):
        yield e
        return
    if others := tuple(p for p in e.precisions if p != precision):
        yield replace(e, precisions=others)
    if left and e.id:
        yield replace(e, regime=tuple(regime for _, regime in left), precisions=(precision,))
    elif left:
        yield replace(e, claims=_by_regime(left), precisions=(precision,))


def _by_fault(entry: Entry, calls: Collection[str]) -> dict[str, list[ClaimResult]]:
    """Returns the claims that do not hold by the call to fix or to write, those about other than `calls` left out."""
    groups = {call: list(claims) for call, claims in by_call(entry)}
    found = {claim.key for claims in groups.values() for claim in claims}
    for claim in entry.claims:
        if claim.failed and claim.key not in found:
            absent = [call for call in claim.calls if call in entry.absent]
            groups.setdefault((absent or claim.calls)[0], []).append(claim)
    if not calls:
        return groups
    return {call: [c for c in claims if set(c.calls) <= set(calls)] for call, claims in groups.items()}


def _by_regime(pairs: Iterable[Pair]) -> dict[Regime, tuple[str, ...]]:
    held = list(pairs)
    return {
        regime: tuple(sorted(claim for claim, where in held if where is regime))
        for regime in Regime
        if any(where is regime for _, where in held)
    }


def _implementation(one: Expectation) -> Iterator[str]:
    """Yields the lines of one implementation, as TOML."""
    yield "[[implementation]]"
    yield f"name = {_toml(one.name)}"
    usual = {"precisions": PRECISIONS, "regimes": DEFAULT, "only": (), "calls": ()}
    for key, value in usual.items():
        if getattr(one, key) != value:
            yield f"{key} = {_toml(getattr(one, key))}"
    for e in one.exception:
        yield ""
        yield from _exception(e)
    for precision, calls in one.budget.items():
        yield ""
        yield f"[implementation.budget.{precision}]"
        for call, regimes in calls.items():
            yield f"{call} = {_toml(regimes)}"


def _exception(e: KnownException) -> Iterator[str]:
    yield "[[implementation.exception]]"
    keys = ("call", "id", "regime", "claims", "reason", "link", "until", "precisions")
    for key in keys:
        value = getattr(e, key)
        if key == "reason" or (value and not (key == "precisions" and value == PRECISIONS)):
            yield f"{key} = {_toml(value)}"


def _toml(value: Any) -> str:
    """Returns a value in TOML, on one line."""
    match value:
        case Budget():
            return _toml({k: v for k, v in (("ulps", value.ulps), ("share", value.share)) if v is not None})
        case str():
            return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
        case Mapping():
            return f"{{ {', '.join(f'{key} = {_toml(one)}' for key, one in value.items())} }}"
        case tuple() | list():
            return f"[{', '.join(map(_toml, value))}]"
    return str(value)  # a date, or a number
