"""Decides the outcome of each claim from what happened to each law."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lydite.kit.calls import OPTIONAL
from lydite.kit.claim import CLAIMS, Claim
from lydite.kit.question import POINTS
from lydite.kit.reading import read, written
from lydite.kit.regime import Regime
from lydite.kit.version import is_newer
from lydite.notation.counterexample import entries
from lydite.notation.marks import hundredths
from lydite.report.credit import earned
from lydite.report.model import ClaimResult, Counterexample, Extreme, Made, Outcome
from lydite.verdict.chosen import named
from lydite.verdict.made import best


def sharpness(example: Counterexample | None) -> tuple[int, int]:
    """Returns how often the law calls, and how much it reads, at a counterexample: the less, the more it says."""
    if example is None:
        return (1 << 30, 0)
    return (sum(example.asked.values()), sum(map(entries, example.read.values())))


@dataclass(slots=True)
class LawResult:
    """The result of one law in one regime; plain data, so that it travels between processes.

    `asked` are the calls that it made, `call` the one that was absent, raised, or misbehaved, if that was it, `absent`
    those that its claims are graded on and that are not there, called or not; `looked_up` says what was looked up for
    them. What experiments have shown of a failure
    is in `guilty`, `looks_like` and `agrees`, as `lydite.verdict.diagnose` has it; `late` says that time ran out,
    and `wrote` into which inputs its calls write; `anchored` are the claims that it is no more than an anchor of. It is
    not `steady` where the failure did not come back at the same input; `differences` are the calls of which its
    oracle takes finite differences, and `fatal` that its call did not come to answer.
    `extreme` is its worst input, where it was searched deeper, `exceeding` that of a call that is less accurate than
    its budget, `made` are its calls at the counterexample, and `since` is the version that brought the law, or last
    sharpened it.
    """

    law: str
    regime: str
    claims: list[str]
    outcome: Outcome
    reason: str = ""
    call: str = ""
    asked: list[str] = field(default_factory=list)
    where: dict[str, str] = field(default_factory=dict)
    source: dict[str, str] = field(default_factory=dict)
    cases: int = 0
    worst: float = 0.0
    ulps: float = 0.0
    warnings: int = 0
    counterexample: Counterexample | None = None
    absent: list[str] = field(default_factory=list)
    looked_up: dict[str, str] = field(default_factory=dict)
    guilty: list[str] = field(default_factory=list)
    looks_like: list[dict[str, Any]] = field(default_factory=list)
    agrees: dict[str, int] = field(default_factory=dict)
    wrote: dict[str, list[str]] = field(default_factory=dict)
    late: bool = False
    anchored: list[str] = field(default_factory=list)
    steady: bool = True
    differences: list[str] = field(default_factory=list)
    fatal: bool = False
    extreme: Extreme | None = None
    exceeding: Counterexample | None = None
    since: str = ""
    made: list[Made] = field(default_factory=list)

    @classmethod
    def of(cls, told: Any) -> LawResult:
        """Returns the result that `as_dict` has written down. Raises Malformed where that is not one."""
        return read(cls, told)

    def pinned(self, laws: str) -> LawResult:
        """Returns the result where the `laws` of one version count: that of a newer law says nothing."""
        if not self.is_newer_than(laws):
            return self
        told = f"new in {self.since}, and the laws are pinned to {laws}"
        return LawResult(
            self.law, self.regime, self.claims, Outcome.NOT_RUN, told, anchored=self.anchored, since=self.since
        )

    def is_newer_than(self, laws: str) -> bool:
        """Returns whether the law is newer than those of the version `laws`; empty is the newest."""
        return bool(laws) and bool(self.since) and is_newer(self.since, laws)

    def as_dict(self) -> dict[str, Any]:
        """Returns it as plain data, for the wire."""
        fields: dict[str, Any] = written(self)
        return fields

    def example(self, fault: str = "", calls: Collection[str] = ()) -> Counterexample | None:
        """Returns the counterexample, shown by what `fault` answers, or one of `calls`, or one that is at fault."""
        if self.counterexample is None:
            return None
        for accused in ([fault], calls, self.guilty):
            if any(one.name in accused for one in self.made):
                return replace(self.counterexample, call=best(self.made, accused))
        return replace(self.counterexample, call=best(self.made, ()))

    @property
    def sharpness(self) -> tuple[int, int, str]:
        """Smaller is sharper: an exact value before an identity, which asks more often; then the smaller input."""
        return (*sharpness(self.counterexample), self.law)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which claims are graded, in which regimes."""

    claims: tuple[str, ...]
    regimes: tuple[Regime, ...]

    @classmethod
    def of(cls, only: Sequence[str], regimes: Sequence[Regime], calls: Collection[str] = ()) -> Scope:
        """Returns the graded claims that `only` names (`Q7.b.2`, beginnings such as `Q7`, functions; all, if empty).

        Where `calls` are given, a claim about any other call is left out. Raises ValueError where a name fits no graded
        claim, or no claim that is left is graded in `regimes`.
        """
        wanted = {claim for name in only for claim in named(name, graded=True)}
        chosen = tuple(c.id for c in CLAIMS.values() if c.graded and (not only or c.id in wanted))
        if calls:
            chosen = tuple(c for c in chosen if set(CLAIMS[c].calls) <= set(calls))
        if not any(regime in CLAIMS[c].regimes for c in chosen for regime in regimes):
            about = f" about {', '.join(sorted(calls))}" if calls else ""
            raise ValueError(
                f"no claim of {', '.join(only) or 'the catalogue'}{about} is graded in {', '.join(regimes)}"
            )
        return cls(chosen, tuple(regimes))

    def offered(self, results: Iterable[LawResult]) -> Scope:
        """Returns it without the claims about optional calls that no law has found.

        A call that an adapter maps to what is not there was meant to be offered, and stays.
        """
        found = {
            claim
            for result in results
            for claim in result.claims
            if OPTIONAL.isdisjoint(set(CLAIMS[claim].calls) & set(result.absent) - set(result.looked_up))
        }
        return replace(self, claims=tuple(c for c in self.claims if c in found or not is_optional(c)))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Each claim with each regime in which it is graded."""
        return [(c, r.value) for c in self.claims for r in self.regimes if (c, r) in self]

    def __contains__(self, claim_and_regime: tuple[str, str]) -> bool:
        claim, regime = claim_and_regime
        return claim in self.claims and regime in self.regimes and regime in CLAIMS[claim].regimes


def is_optional(claim: str) -> bool:
    """Returns whether `claim` is about a call that an implementation may leave out at no cost."""
    return not OPTIONAL.isdisjoint(CLAIMS[claim].calls)


def claim_results(
    results: Iterable[LawResult], scope: Scope, unloadable: str = "", killed: str = "", late: str = ""
) -> tuple[ClaimResult, ...]:
    """Returns the outcome of every claim in `scope`, in the order of the catalogue.

    All are `error` where nothing could be loaded, and those without a law that was run where that was cut off; where it
    is `late`, for lack of time, they were not run.
    """
    ordered = sorted(results, key=lambda r: (r.law, r.regime))
    records = {regime: Record([r for r in ordered if r.regime == regime]) for regime in scope.regimes}
    return earned(
        [
            _claim_result(claim, regime, records[regime], unloadable, killed, late)
            for claim in CLAIMS.values()
            for regime in Regime
            if (claim.id, regime) in scope
        ]
    )


class Record:
    """The results of one regime by claim, and what experiments have shown of the calls."""

    def __init__(self, results: Sequence[LawResult]) -> None:
        self.by_claim: Mapping[str, list[LawResult]] = defaultdict(list)
        for result in results:
            for claim in result.claims:
                self.by_claim[claim].append(result)

    def because(self, claim: Claim) -> tuple[str, ...]:
        """Returns the claims whose breaking explains that of `claim`, where its laws that were run hold without it.

        They are those that a guilty call breaks which is their own and not the claim's: each law of the claim fails
        through such a call, and holds where it is replaced. A claim about its own calls explains nothing.
        """
        if any(r.late for r in self.by_claim[claim.id]):
            return ()
        failing = [r for r in self.by_claim[claim.id] if r.outcome.is_wrong]
        if not all(r.guilty and set(r.guilty).isdisjoint(claim.calls) for r in failing):
            return ()
        explained = [self._broken_by(call, claim) for r in failing for call in r.guilty]
        return tuple(c for c in CLAIMS if c in set().union(*explained)) if explained and all(explained) else ()

    def _broken_by(self, call: str, claim: Claim) -> set[str]:
        """Returns the claims about `call`, and not about those of `claim`, that it breaks itself."""
        return {
            c
            for c, results in self.by_claim.items()
            if call in CLAIMS[c].calls
            and set(CLAIMS[c].calls).isdisjoint(claim.calls)
            and any(r.outcome.is_wrong and call in r.guilty for r in results)
        }


def _fault(result: LawResult, own: Sequence[str]) -> str:
    """Returns the call to fix where `result` is not a success, for a claim about the calls `own`."""
    suspects = result.guilty or result.asked
    return result.call or next((c for c in own if c in suspects), suspects[0] if suspects else "")


def _shares() -> Iterator[tuple[str, float]]:
    for question, points in POINTS.items():
        graded = [c.id for c in CLAIMS.values() if c.graded and c.question == question]
        yield from zip(graded, hundredths([points / len(graded)] * len(graded)), strict=True)


SHARES = dict(_shares())
"""The points of each graded claim: those of its question in the document, shared equally to the hundredth."""


def _claim_result(claim: Claim, regime: Regime, record: Record, unloadable: str, killed: str, late: str) -> ClaimResult:
    laws = record.by_claim[claim.id]
    decided = not (unloadable or (killed and not laws))
    decisive = _decisive(laws, claim) if decided else None
    result = ClaimResult(
        id=claim.id,
        question=claim.question,
        regime=regime,
        calls=claim.calls,
        outcome=Outcome.NOT_RUN if decided else Outcome.ERROR,
        reason=late or "no law was run" if decided else unloadable or killed,
        points=0.0,
        max_points=SHARES[claim.id] if regime is Regime.CORE else 0.0,
        cases=sum(r.cases for r in laws) if decided else 0,
        worst=max((r.worst for r in laws), default=0.0) if decided else 0.0,
        ulps=max((r.ulps for r in laws), default=0.0) if decided else 0.0,
        because=(),
        counterexample=None,
    )
    return _settled(result, decisive, claim, record) if decisive else result


def _settled(result: ClaimResult, law: LawResult, claim: Claim, record: Record) -> ClaimResult:
    """Returns `result` as `law`, which settles the claim, has it."""
    result = replace(result, outcome=_for_claim(law, claim), reason=_reason(law, claim))
    if result.outcome.is_wrong:
        fault = _fault(law, claim.calls)
        example = law.example(fault, claim.calls)
        example = example and replace(example, where=law.where.get(fault, ""))
        because = record.because(claim)
        result = replace(
            result, because=because, fault=fault, counterexample=example, steady=law.steady, fatal=law.fatal
        )
    return result


def _decisive(laws: list[LawResult], claim: Claim) -> LawResult | None:
    """Returns the law that settles the claim: by the precedence of outcomes, then the sharpest that its own call fails.

    One that gives the value of a call says more than one that follows from it, and comes before it.

    A law that was not run for want of another's call leaves the claim to its other laws; one that came too late does
    not. Its anchors alone do not earn it: one law at least that states a part of the claim has to hold.
    """

    def place(law: LawResult) -> tuple[Any, ...]:
        outcome = Outcome.NOT_RUN if law.late else _for_claim(law, claim)
        abstains = outcome is Outcome.NOT_RUN and not law.late
        through_another = bool(law.call) and law.call not in claim.calls
        return (abstains, outcome.precedence(), through_another, law.law not in claim.anchors, law.sharpness)

    decisive = min(laws, key=place, default=None)
    own = [law for law in laws if claim.id not in law.anchored]
    earned = any(_for_claim(law, claim) is Outcome.HOLDS for law in own)
    if decisive is None or decisive.outcome is not Outcome.HOLDS or earned:
        return decisive
    return min(own, key=place, default=None)


def _for_claim(result: LawResult, claim: Claim) -> Outcome:
    """Returns the outcome of a law for `claim`, which stands on its other laws where a call of another claim is absent.

    Of a claim with an absent call none holds; but a call of it that is there and wrong is so without the other.
    """
    wrong = result.outcome.is_wrong and _fault(result, claim.calls) in claim.calls
    if not wrong and not set(claim.calls).isdisjoint(result.absent):
        return Outcome.MISSING
    foreign = result.outcome is Outcome.MISSING and result.call not in claim.calls
    return Outcome.NOT_RUN if foreign else result.outcome


def _reason(result: LawResult, claim: Claim) -> str:
    absent = [call for call in claim.calls if call in result.absent]
    if absent and _for_claim(result, claim) is Outcome.MISSING:
        looked_up = result.looked_up.get(absent[0])
        return f"{absent[0]} is not offered" + (f": {looked_up}" if looked_up else "")
    foreign = result.outcome is Outcome.MISSING and result.call not in claim.calls
    return f"needs {result.call}, which is not offered" if foreign else result.reason
