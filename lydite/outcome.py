"""From what happened to each law to the outcome of each claim."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from spec.claim import CLAIMS, POINTS, Claim
from spec.regime import Regime

Outcome = Literal["holds", "broken", "missing", "error", "not_run"]


@dataclass(slots=True)
class LawResult:
    """What happened to one law in one regime; plain data, so that it travels between processes."""

    law: str
    regime: str
    claims: list[str]
    outcome: Outcome
    reason: str = ""
    cases: int = 0
    worst: float = 0.0
    ulps: float = 0.0
    counterexample: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """For the wire."""
        return asdict(self)


@dataclass(slots=True)
class ClaimResult:
    """The outcome of one claim in one regime."""

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
    counterexample: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """For the report."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which claims are graded, in which regimes."""

    claims: tuple[str, ...]
    regimes: tuple[Regime, ...]

    @classmethod
    def of(cls, only: Sequence[str], regimes: Sequence[Regime]) -> Scope:
        """The graded claims that `only` names (ids, or beginnings such as `Q7` or `Q7.b`; all, if empty).

        Raises ValueError where a name fits no graded claim.
        """
        graded = [c.id for c in CLAIMS.values() if c.graded]
        for name in only:
            if not any(_within(c, name) for c in graded):
                raise ValueError(f"only: no graded claim is called {name!r}")
        chosen = tuple(c for c in graded if not only or any(_within(c, name) for name in only))
        return cls(chosen, tuple(regimes))

    def __contains__(self, claim_and_regime: tuple[str, str]) -> bool:
        claim, regime = claim_and_regime
        return claim in self.claims and regime in self.regimes and regime in CLAIMS[claim].regimes


def _within(claim: str, name: str) -> bool:
    return claim == name or claim.startswith(f"{name}.")


def claim_results(results: Iterable[LawResult], scope: Scope, unloadable: str = "") -> list[ClaimResult]:
    """The outcome of every claim in `scope`, in the order of the catalogue; all `error` where nothing could be loaded."""
    by_claim: dict[tuple[str, str], list[LawResult]] = {}
    for result in results:
        for claim in result.claims:
            by_claim.setdefault((claim, result.regime), []).append(result)
    shares = _shares()
    out = []
    for claim_id in scope.claims:
        claim = CLAIMS[claim_id]
        for regime in Regime:
            if (claim_id, regime) in scope:
                laws = by_claim.get((claim_id, regime), [])
                share = shares[claim.question] if regime is Regime.CORE else 0.0
                out.append(_claim_result(claim, regime, laws, share, unloadable))
    return out


def _shares() -> dict[str, float]:
    """The points of one claim of each question: the document's, divided among the claims that are graded."""
    counts = {q: sum(c.graded and c.question == q for c in CLAIMS.values()) for q in POINTS}
    return {q: POINTS[q] / n if n else 0.0 for q, n in counts.items()}


def _claim_result(claim: Claim, regime: str, laws: list[LawResult], share: float, unloadable: str) -> ClaimResult:
    result = ClaimResult(claim.id, claim.question, regime, list(claim.calls), "not_run", max_points=share)
    if unloadable:
        result.outcome, result.reason = "error", unloadable
        return result
    decisive = _decisive(laws, claim)
    if decisive is not None:
        result.outcome, result.reason = decisive.outcome, decisive.reason
        result.counterexample = decisive.counterexample
    else:
        result.reason = "no law was run"
    result.cases = sum(r.cases for r in laws)
    result.worst = max((r.worst for r in laws), default=0.0)
    result.ulps = max((r.ulps for r in laws), default=0.0)
    result.points = share if result.outcome == "holds" else 0.0
    return result


def _decisive(laws: list[LawResult], claim: Claim) -> LawResult | None:
    """The law that settles the claim: one whose own call is missing, else the first broken, in error, holding, not run.

    A law that needs a call of another claim which is absent is `not_run`, and the claim stands on its other laws.
    """
    for outcome in ("missing", "broken", "error", "holds", "not_run"):
        for law in laws:
            if law.outcome == outcome:
                return law
    return None
