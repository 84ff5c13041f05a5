"""From what happened to each law to the outcome of each claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from lydite.kit.claim import CLAIMS, Claim
from lydite.kit.question import POINTS
from lydite.kit.regime import Regime
from lydite.notation.counterexample import entries
from lydite.notation.marks import hundredths

Outcome = Literal["holds", "broken", "missing", "error", "not_run"]
WRONG = frozenset({"broken", "error"})
LATE = "late"
DECISIVE = ("broken", "error", "missing", LATE, "holds", "not_run")
"""The first of these that happened to a law of a claim settles the claim: none holds of which a law came too late."""


def sharpness(example: dict[str, Any] | None) -> tuple[int, int]:
    """How often the law asks, and how much it reads, at a counterexample: the less, the more it says."""
    if example is None:
        return (1 << 30, 0)
    read = example["reads"] or list(example["inputs"])
    return (sum(example["asked"].values()), sum(entries(example["inputs"][name]) for name in read))


@dataclass(slots=True)
class LawResult:
    """What happened to one law in one regime; plain data, so that it travels between processes.

    `asked` are the calls that it asked, `call` the one that was absent, raised, or misbehaved, if that was it, `absent`
    those that its claims are graded on and that are not there, asked or not; `looked_up` says what was looked up for
    them. What experiments have shown of a failure
    is in `guilty`, `looks_like` and `agrees`, as `lydite.verdict.diagnose` has it; `late` says that time ran out,
    and `wrote` into which inputs its calls write; `anchored` are the claims that it is no more than an anchor of. It is
    not `steady` where the failure did not come back at the same input; `differences` says that its oracle is finite
    differences of the implementation itself.
    """

    law: str
    regime: str
    claims: list[str]
    outcome: Outcome
    reason: str = ""
    call: str = ""
    asked: list[str] = field(default_factory=list)
    where: dict[str, str] = field(default_factory=dict)
    cases: int = 0
    worst: float = 0.0
    ulps: float = 0.0
    warnings: int = 0
    counterexample: dict[str, Any] | None = None
    absent: list[str] = field(default_factory=list)
    looked_up: dict[str, str] = field(default_factory=dict)
    guilty: list[str] = field(default_factory=list)
    looks_like: list[dict[str, Any]] = field(default_factory=list)
    agrees: dict[str, int] = field(default_factory=dict)
    wrote: dict[str, list[str]] = field(default_factory=dict)
    late: bool = False
    anchored: list[str] = field(default_factory=list)
    steady: bool = True
    differences: bool = False

    @classmethod
    def of(cls, told: dict[str, Any]) -> LawResult:
        """Returns the result that `as_dict` has written down. Raises TypeError where that is no such thing."""
        result, blank = cls(**told), cls("", "", [], "not_run")
        for f in fields(cls):
            given, usual = getattr(result, f.name), getattr(blank, f.name)
            kinds = (dict, type(None)) if usual is None else (int, float) if isinstance(usual, float) else type(usual)
            if not isinstance(given, kinds) or isinstance(given, bool) is not isinstance(usual, bool):
                raise TypeError(f"{f.name} of a result is a {type(given).__name__}")
        return result

    def as_dict(self) -> dict[str, Any]:
        """For the wire."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @property
    def sharpness(self) -> tuple[int, int, str]:
        """Smaller is sharper: an exact value before an identity, which asks more often; then the smaller input."""
        return (*sharpness(self.counterexample), self.law)


@dataclass(slots=True)
class ClaimResult:
    """The outcome of one claim in one regime; `fault` is the call to fix.

    It is not `steady` where what breaks it did not come back at the same input.
    """

    id: str
    question: str
    regime: str
    calls: list[str]
    outcome: Outcome
    reason: str = ""
    points: float = 0.0
    max_points: float = 0.0
    cases: int = 0
    worst: float = 0.0
    ulps: float = 0.0
    because: list[str] = field(default_factory=list)
    fault: str = ""
    counterexample: dict[str, Any] | None = None
    steady: bool = True

    def as_dict(self) -> dict[str, Any]:
        """For the report, which says `steady` only where it is false."""
        told = {f.name: getattr(self, f.name) for f in fields(self)}
        return told if not self.steady else {name: value for name, value in told.items() if name != "steady"}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which claims are graded, in which regimes."""

    claims: tuple[str, ...]
    regimes: tuple[Regime, ...]

    @classmethod
    def of(cls, only: Sequence[str], regimes: Sequence[Regime], calls: Collection[str] = ()) -> Scope:
        """The graded claims that `only` names (ids, or beginnings such as `Q7` or `Q7.b`; all, if empty).

        Where `calls` are given, a claim about any other call is left out. Raises ValueError where a name fits no graded
        claim, or no claim that is left is graded in `regimes`.
        """
        graded = [c.id for c in CLAIMS.values() if c.graded]
        for name in only:
            if not any(within(c, name) for c in graded):
                raise ValueError(f"no graded claim is called {name!r}")
        chosen = tuple(c for c in graded if not only or any(within(c, name) for name in only))
        if calls:
            chosen = tuple(c for c in chosen if set(CLAIMS[c].calls) <= set(calls))
        if not any(regime in CLAIMS[c].regimes for c in chosen for regime in regimes):
            about = f" about {', '.join(sorted(calls))}" if calls else ""
            raise ValueError(
                f"no claim of {', '.join(only) or 'the catalogue'}{about} is graded in {', '.join(regimes)}"
            )
        return cls(chosen, tuple(regimes))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Each claim with each regime in which it is graded."""
        return [(c, r.value) for c in self.claims for r in self.regimes if (c, r) in self]

    def __contains__(self, claim_and_regime: tuple[str, str]) -> bool:
        claim, regime = claim_and_regime
        return claim in self.claims and regime in self.regimes and regime in CLAIMS[claim].regimes


def within(claim: str, name: str) -> bool:
    """Whether `name` is the id of `claim` or the beginning of it."""
    return claim == name or claim.startswith(f"{name}.")


def claim_results(
    results: Iterable[LawResult], scope: Scope, unloadable: str = "", killed: str = "", late: str = ""
) -> list[ClaimResult]:
    """The outcome of every claim in `scope`, in the order of the catalogue.

    All are `error` where nothing could be loaded, and those without a law that was run where that was cut off; where it
    is `late`, for lack of time, they were not run.
    """
    ordered = sorted(results, key=lambda r: (r.law, r.regime))
    claims = []
    for regime in scope.regimes:
        here = [r for r in ordered if r.regime == regime]
        record = Record(here)
        claims += [
            _claim_result(CLAIMS[c], regime, record, unloadable, killed, late)
            for c in scope.claims
            if (c, regime) in scope
        ]
    order = list(CLAIMS)
    return sorted(claims, key=lambda c: (order.index(c.id), list(Regime).index(Regime(c.regime))))


class Record:
    """What the laws of one regime say of the calls, as experiments have shown it."""

    def __init__(self, results: Sequence[LawResult]) -> None:
        self.by_claim: Mapping[str, list[LawResult]] = defaultdict(list)
        for result in results:
            for claim in result.claims:
                self.by_claim[claim].append(result)

    def because(self, claim: Claim) -> list[str]:
        """The claims whose breaking explains that of `claim`, where every law of it that could be run holds without it.

        They are those that a guilty call breaks which is their own and not the claim's: each law of the claim fails
        through such a call, and holds where it is replaced.
        """
        if any(r.late for r in self.by_claim[claim.id]):
            return []
        failing = [r for r in self.by_claim[claim.id] if r.outcome in WRONG]
        if not all(r.guilty and set(r.guilty).isdisjoint(claim.calls) for r in failing):
            return []
        explained = [self._broken_by(call) for r in failing for call in r.guilty]
        return [c for c in CLAIMS if c in set().union(*explained)] if explained and all(explained) else []

    def _broken_by(self, call: str) -> set[str]:
        """The claims about `call` that it breaks itself."""
        return {
            c
            for c, results in self.by_claim.items()
            if call in CLAIMS[c].calls and any(r.outcome in WRONG and call in r.guilty for r in results)
        }


def _fault(result: LawResult, own: Sequence[str]) -> str:
    """The call to mend where `result` is no success, for a claim about the calls `own`."""
    suspects = result.guilty or result.asked
    return result.call or next((c for c in own if c in suspects), suspects[0] if suspects else "")


def _shares() -> Iterator[tuple[str, float]]:
    for question, points in POINTS.items():
        graded = [c.id for c in CLAIMS.values() if c.graded and c.question == question]
        yield from zip(graded, hundredths([points / len(graded)] * len(graded)), strict=True)


SHARES = dict(_shares())
"""The points of each graded claim: those of its question in the document, shared equally to the hundredth."""


def _claim_result(claim: Claim, regime: Regime, record: Record, unloadable: str, killed: str, late: str) -> ClaimResult:
    share = SHARES[claim.id] if regime is Regime.CORE else 0.0
    result = ClaimResult(claim.id, claim.question, regime.value, list(claim.calls), "not_run", max_points=share)
    laws = record.by_claim[claim.id]
    if unloadable or (killed and not laws):
        result.outcome, result.reason = "error", unloadable or killed
        return result
    result.cases = sum(r.cases for r in laws)
    result.worst = max((r.worst for r in laws), default=0.0)
    result.ulps = max((r.ulps for r in laws), default=0.0)
    decisive = _decisive(laws, claim)
    if decisive is None:
        result.reason = late or "no law was run"
        return result
    result.outcome, result.reason = _for_claim(decisive, claim), _reason(decisive, claim)
    if result.outcome in WRONG:
        result.fault = _fault(decisive, claim.calls)
        result.because = record.because(claim)
        result.counterexample, result.steady = _told(decisive, result.fault), decisive.steady
    result.points = share if result.outcome == "holds" or result.because else 0.0
    return result


def _decisive(laws: list[LawResult], claim: Claim) -> LawResult | None:
    """The law that settles the claim: of those with the decisive outcome one that its own call fails, the sharpest.

    Its anchors alone do not earn it: one law at least that states a part of the claim has to hold.
    """

    def place(law: LawResult) -> tuple[Any, ...]:
        through_another = bool(law.call) and law.call not in claim.calls
        outcome = LATE if law.late else _for_claim(law, claim)
        return (DECISIVE.index(outcome), through_another, law.sharpness)

    decisive = min(laws, key=place, default=None)
    own = [law for law in laws if claim.id not in law.anchored]
    earned = any(_for_claim(law, claim) == "holds" for law in own)
    if decisive is None or decisive.outcome != "holds" or earned:
        return decisive
    return min(own, key=place, default=None)


def _for_claim(result: LawResult, claim: Claim) -> Outcome:
    """A law that needs an absent call of another claim was not run, and the claim stands on its other laws.

    Of a claim with an absent call none holds; but a call of it that is there and wrong is so without the other.
    """
    wrong = result.outcome in WRONG and _fault(result, claim.calls) in claim.calls
    if not wrong and not set(claim.calls).isdisjoint(result.absent):
        return "missing"
    return "not_run" if result.outcome == "missing" and result.call not in claim.calls else result.outcome


def _reason(result: LawResult, claim: Claim) -> str:
    absent = [call for call in claim.calls if call in result.absent]
    if absent and _for_claim(result, claim) == "missing":
        looked_up = result.looked_up.get(absent[0])
        return f"{absent[0]} is not offered" + (f": {looked_up}" if looked_up else "")
    foreign = result.outcome == "missing" and result.call not in claim.calls
    return f"needs {result.call}, which is not offered" if foreign else result.reason


def _told(result: LawResult, fault: str) -> dict[str, Any] | None:
    example = result.counterexample
    return example and {**example, "where": result.where.get(fault, "")}
