"""Lists what has to be fixed: the claims that do not hold, grouped by the call at fault."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from lydite.kit.asked import LEAST, WHEREVER
from lydite.kit.claim import CLAIMS
from lydite.kit.regime import Regime
from lydite.notation.marks import total
from lydite.report.model import ClaimResult, Entry, Fault, Likeness, ids_of
from lydite.verdict.outcome import LawResult, sharpness


def faults(entry: Entry, results: Collection[LawResult]) -> tuple[Fault, ...]:
    """Returns the faults of an implementation, the sharpest broken law first."""
    found = by_call(entry)
    wrong = {call for call, _ in found}
    return tuple(_fault(call, claims, results, wrong) for call, claims in found)


def by_call(entry: Entry) -> list[tuple[str, list[ClaimResult]]]:
    """Returns the calls at fault, and the claims that break with each: in front the one to show."""
    wrong = [c for c in entry.unexpected if c.outcome.is_wrong and c.fault]
    blamed = {c.id: c.fault for c in wrong if not c.because}
    groups: dict[str, list[ClaimResult]] = {}
    for claim in sorted(wrong, key=_dullness):
        explained = [blamed[c] for c in claim.because if c in blamed and claim.excused]
        groups.setdefault(explained[0] if explained else claim.fault, []).append(claim)
    return sorted(groups.items(), key=lambda group: _dullness(group[1][0]))


def _dullness(claim: ClaimResult) -> tuple[Any, ...]:
    """Returns what sorts first: claims that stand for themselves, core, the value of a call, the smaller input."""
    example = claim.counterexample
    derived = example is None or example.law not in CLAIMS[claim.id].anchors
    return (bool(claim.because), claim.regime is not Regime.CORE, derived, *sharpness(example))


def _fault(call: str, claims: Sequence[ClaimResult], results: Iterable[LawResult], wrong: Collection[str]) -> Fault:
    face = claims[0]
    here = [r for r in results if r.regime == face.regime and r.outcome.is_wrong and r.guilty == [call]]
    there = {c.id for c in claims if c.regime is face.regime}
    own = tuple(i for i in ids_of(c for c in claims if not c.excused) if i != face.id)
    return Fault(
        call=call,
        claim=face.id,
        regime=face.regime,
        where=face.counterexample.where if face.counterexample else "",
        points=total(c.max_points - c.points for c in claims),
        looks_like=tuple(_looks_like(here)),
        agrees=_agrees(here),
        confirmed=_confirmed(here, wrong),
        also=own,
        follows=tuple(i for i in ids_of(c for c in claims if c.excused) if i not in own and i != face.id),
        elsewhere={c.id: c.regime for c in reversed(claims) if c.id not in there},
        source=next((r.source[call] for r in results if r.source.get(call)), ""),
    )


def _looks_like(results: Sequence[LawResult]) -> list[Likeness]:
    """Returns the simplest of the ways to go wrong that explain every wrong answer to every law.

    Of those that differ in a number alone no answer has shown which it is.
    """
    told = [r.looks_like for r in results if r.looks_like]
    if not any(law[0]["different"] >= LEAST for law in told):
        return []
    common = set.intersection(*({one["says"] for one in law} for law in told)) - {""}
    ranked = sorted(
        ((says, _where(says, told)) for says in (one["says"] for one in told[0]) if says in common),
        key=lambda w: bool(w[1]),
    )
    stems = Counter(_stem(says) for says, _ in ranked)
    ranked = [(says, where) for says, where in ranked if stems[_stem(says)] == 1]
    if not ranked:
        return []
    says, where = ranked[0]
    counted = [one for law in told for one in law if one["says"] == says]
    matched, of = (sum(one[key] for one in counted) for key in ("matched", "of"))
    return [Likeness(says=f"{says}, {where}" if where else says, matched=matched, of=of)]


def _stem(says: str) -> str:
    return re.sub(r"\d[\d.e+-]*", "#", says)


def _where(says: str, told: Iterable[Sequence[dict[str, Any]]]) -> str:
    """Returns where a way applies, by every law that reports it: empty if everywhere."""
    places = list(dict.fromkeys(one["where"] for law in told for one in law if one["says"] == says and one["where"]))
    return places[0] if len(places) == 1 else WHEREVER if places else ""


def _agrees(results: Iterable[LawResult]) -> str:
    """Returns the condition that most right answers meet, and no wrong one to any law."""
    told = [r.agrees for r in results if r.looks_like]
    common = set.intersection(*map(set, told)) if told else set()
    counted = {says: sum(law[says] for law in told) for law in told for says in law if says in common}
    best = max(counted, key=lambda says: counted[says], default="")
    return f"whenever {best}" if best and counted[best] else ""


def _confirmed(results: Iterable[LawResult], wrong: Collection[str]) -> str:
    """Returns what differences of the implementation's own answers show: quotients that were measured, and differ.

    Those of calls that are `wrong` themselves show nothing.
    """
    for result in results:
        example = result.counterexample
        sound = bool(result.differences) and set(result.differences).isdisjoint(wrong)
        if sound and example and example.error is not None and example.relation == "equal to":
            return f"by finite differences of your own {' and '.join(result.differences)}"
    return ""
