"""Whether a wrong implementation is caught: by one property, or by the claim that a mistake is registered under."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import mistakes
from lydite.implementation import Implementation
from lydite.watch import Watch
from mistakes.mistake import MISTAKES, Mistake
from properties.every import every
from properties.forall import Plan, Property
from spec.evidence import Tally
from spec.failure import CallFailed, Misbehaved
from spec.regime import Regime

__all__ = ["MISTAKES", "catches", "is_caught"]

for _module in sorted(Path(mistakes.__file__).parent.glob("*.py")):
    import_module(f"mistakes.{_module.stem}")


def catches(prop: Property[Any], offered: object, regime: Regime, plan: Plan, seconds: float = 0.0) -> bool:
    """Whether `prop` is quantified over `regime` and fails there; `seconds` is what a call may take (0: any time)."""
    if regime not in prop.law.regimes:
        return False
    watch = Watch(seconds)
    impl = Implementation(offered, regime is Regime.PURITY, watch)
    try:
        with watch.attending():
            prop.check(impl, regime, plan, Tally())
    except (AssertionError, CallFailed, Misbehaved):
        return True
    return False


def is_caught(mistake: Mistake, seed: int = 0) -> bool:
    """Whether a law of the claim that `mistake` breaks fails for it, in the regime that it names."""
    offered = mistake.implementation()
    judges = [p for p in every() if not p.law.batched and mistake.breaks in p.law.claims_in(mistake.regime)]
    # Most are caught by the edges and the first batch, which the default number of examples begins with.
    plans = Plan(seed, examples=1, shrink=False), Plan(seed, shrink=False, edges=False)
    return any(catches(prop, offered, mistake.regime, plan) for plan in plans for prop in judges)
