"""Whether claims, laws and calls fit together; checked whenever the laws are loaded."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from lydite.kit.claim import Claim
from lydite.kit.contract import Call, differenced
from lydite.kit.law import Law
from lydite.kit.question import NAMES
from lydite.kit.regime import DEFAULT, Regime
from lydite.suite import TABLE


def check(claims: Mapping[str, Claim], laws: Mapping[str, Law], calls: Mapping[str, Call]) -> None:
    """Raises ValueError with everything that dangles.

    A claim names an unknown call; a graded claim has a regime in which no law tests it; a law runs nowhere, or names a
    claim in whose regimes it never runs; a call's bad input is tested by no claim, or by several; an anchor is not
    a law, or does not run where its claim is graded on values, or a call of a claim has none; no law of a claim takes
    finite differences of what the claim differentiates; `suite.toml` says what something is called that no call has;
    what the field calls an argument is a call too, or an argument of another topic.
    """
    dangling = [
        *_unknown_calls(claims, calls),
        *_untested(claims, laws),
        *_idle(claims, laws),
        *_inputs(claims, calls),
        *_adrift(claims, laws),
        *_undifferenced(claims, laws, calls),
        *_misnamed(calls),
        *_ambiguous(calls),
    ]
    if dangling:
        raise ValueError("the catalogue does not fit together:\n" + "\n".join(dangling))


def _unknown_calls(claims: Mapping[str, Claim], calls: Mapping[str, Call]) -> Iterator[str]:
    for claim in claims.values():
        for call in claim.calls:
            if call not in calls:
                yield f"claim {claim.id} is graded on {call!r}, which is not a call of the contract"


def _untested(claims: Mapping[str, Claim], laws: Mapping[str, Law]) -> Iterator[str]:
    tested = {
        (claim, regime)
        for law in laws.values()
        for regime in Regime
        for claim in law.claims_in(regime)
        if regime in law.only and not law.batched
    }
    for claim in claims.values():
        for regime in claim.regimes:
            if (claim.id, regime) not in tested:
                yield f"claim {claim.id} has no law in regime {regime}"


def _idle(claims: Mapping[str, Claim], laws: Mapping[str, Law]) -> Iterator[str]:
    for law in laws.values():
        for claim in law.claims:
            if not set(claims[claim].regimes) & set(law.only):
                yield f"law {law.name} never runs for claim {claim}: no regime in common"


def _inputs(claims: Mapping[str, Claim], calls: Mapping[str, Call]) -> Iterator[str]:
    for call in calls:
        judges = [c.id for c in claims.values() if call in c.calls and Regime.INPUTS in c.regimes]
        if len(judges) != 1:
            yield f"bad input of {call} is judged by {judges or 'no claim'}, not by exactly one"


def _adrift(claims: Mapping[str, Claim], laws: Mapping[str, Law]) -> Iterator[str]:
    for claim in claims.values():
        known = [laws[anchor] for anchor in claim.anchors if anchor in laws]
        yield from (f"claim {claim.id} has the anchor {a}, which is not a law" for a in claim.anchors if a not in laws)
        asked = {call for law in known for c in law.claims for call in claims[c].calls}
        yield from (f"claim {claim.id} has no anchor about {call}" for call in claim.calls if call not in asked)
        for law in known:
            for regime in set(claim.regimes) & set(DEFAULT) - set(law.regimes):
                yield f"claim {claim.id} has the anchor {law.name}, which does not run in regime {regime}"


def _misnamed(calls: Mapping[str, Call]) -> Iterator[str]:
    for words in NAMES.calls:
        if not any(name.startswith(words) for name in calls):
            yield f"{TABLE} says how {words!r} is called in libraries, and no call begins so"
    for argument in NAMES.arguments.keys() - {name for call in calls.values() for name in call.parameters}:
        yield f"{TABLE} says how {argument!r} is called in libraries, which no call takes"


def _ambiguous(calls: Mapping[str, Call]) -> Iterator[str]:
    topics: dict[str, set[str]] = {}
    for call in calls.values():
        for plural in call.means.values():
            topics.setdefault(plural, set()).add(call.topic)
    for plural, about in topics.items():
        if plural in calls:
            yield f"an argument is called {plural!r}, as a call is"
        if len(about) > 1:
            yield f"arguments of {' and '.join(sorted(about))} are both called {plural!r}"


def differentiated(claim: Claim, calls: Mapping[str, Call]) -> Iterator[tuple[str, ...]]:
    """Yields the calls that some law of `claim` has to difference, the first of each or else the others.

    It is what the claim says itself, and for each of its calls that is a derivative, what it is a derivative of.
    """
    yield from ((name,) for name in claim.differentiates)
    rules = [calls[name].derivative for name in claim.calls if name in calls]
    yield from (differenced(rule, calls) for rule in rules if rule)


def differences(claim: Claim, laws: Mapping[str, Law], of: Collection[str]) -> list[str]:
    """Returns the laws of `claim` that take finite differences of one of these."""
    return [law.name for law in laws.values() if claim.id in law.claims and not set(law.differences).isdisjoint(of)]


def _undifferenced(claims: Mapping[str, Claim], laws: Mapping[str, Law], calls: Mapping[str, Call]) -> Iterator[str]:
    for claim in claims.values():
        for of in differentiated(claim, calls):
            if not differences(claim, laws, of):
                yield f"claim {claim.id} is about a derivative of {of[-1]}, of which no law of it takes differences"
