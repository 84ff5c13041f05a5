"""Whether a wrong implementation is caught: by one property, or by the claim that a mistake is registered under."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from lydite.kit.calls import CALLS
from lydite.kit.claim import CLAIMS
from lydite.kit.every import every
from lydite.kit.evidence import Tally
from lydite.kit.failure import CallFailed, Misbehaved
from lydite.kit.forall import Plan, Property
from lydite.kit.law import Law
from lydite.kit.mistake import Mistake
from lydite.kit.mistakes import MISTAKES
from lydite.kit.regime import Regime
from lydite.kit.stubs import STUBS, stubbed
from lydite.target.implementation import Implementation
from lydite.target.watch import Watch

__all__ = ["MISTAKES", "catches", "caught", "earned_by_stubs", "is_caught"]


def refuted(prop: Property[Any], offered: object, regime: Regime, plan: Plan, seconds: float = 0.0) -> Exception | None:
    """Returns how `prop`, if it is quantified over `regime`, fails there; a call may take `seconds` (0: any)."""
    if regime not in prop.law.regimes:
        return None
    watch = Watch(seconds)
    impl = Implementation(offered, regime is Regime.PURITY, watch)
    try:
        with watch.attending():
            prop.check(impl, regime, plan, Tally())
    except (AssertionError, CallFailed, Misbehaved) as failure:
        return failure
    return None


def catches(prop: Property[Any], offered: object, regime: Regime, plan: Plan, seconds: float = 0.0) -> bool:
    """Returns whether `prop` fails in `regime`."""
    return refuted(prop, offered, regime, plan, seconds) is not None


def earned_by_stubs(claim: str, seed: int = 0) -> list[tuple[str, Regime]]:
    """Returns the stubs that `claim` holds for, and where: with its own calls replaced by them, or all."""
    calls, anchors = CLAIMS[claim].calls, CLAIMS[claim].anchors
    earned = []
    for stub, regime in product(STUBS, CLAIMS[claim].regimes):
        judges = [p for p in every() if not p.law.batched and claim in p.law.judged_in(regime)]
        judges.sort(key=lambda p: p.law.name not in anchors)  # the quickest to see through it first
        if not all(_failing(judges, stubbed(stub, *which), regime, seed) for which in (calls, CALLS)):
            earned.append((stub, regime))
    return earned


def caught(mistake: Mistake, seed: int = 0) -> tuple[Law, Exception] | None:
    """Returns the law of the claim that `mistake` breaks which fails for it in the regime that it names, and how."""
    offered = mistake.implementation()
    judges = [p for p in every() if not p.law.batched and mistake.breaks in p.law.claims_in(mistake.regime)]
    return _failing(judges, offered, mistake.regime, seed)


def _failing(
    judges: Sequence[Property[Any]], offered: object, regime: Regime, seed: int
) -> tuple[Law, Exception] | None:
    """Returns the first law of `judges` that fails at the default number of examples, and how."""
    # Most fail within the first batch and its edges, and one example takes a tenth of the time.
    for plan in Plan(seed, examples=1, shrink=False), Plan(seed, shrink=False):
        for prop in judges:
            if failure := refuted(prop, offered, regime, plan):
                return prop.law, failure
    return None


def is_caught(mistake: Mistake, seed: int = 0) -> bool:
    """Returns whether a law of the claim that `mistake` breaks fails for it, in the regime that it names."""
    return caught(mistake, seed) is not None
