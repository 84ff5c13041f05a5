"""Every mistake is caught, by the claim that it names, in the regime that it names."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

import mistakes
from lydite.implementation import Implementation
from mistakes.mistake import MISTAKES, Mistake
from properties.every import every
from properties.forall import Plan, Property
from spec.contracts import CALLS
from spec.evidence import Tally
from spec.failure import CallFailed, Misbehaved
from spec.regime import Regime

LEAST_A_CALL = 3

FOLDER = Path(mistakes.__file__).parent
for module in sorted(FOLDER.glob("*.py")):
    import_module(f"mistakes.{module.stem}")


PROPERTIES = [p for p in every() if not p.law.batched]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: f"{m.call}-{m.name}")
def test_mistake_is_caught(mistake: Mistake) -> None:
    impl = Implementation(mistake.implementation(), watched=mistake.regime is Regime.PURITY)
    judges = [p for p in PROPERTIES if mistake.breaks in p.law.claims_in(mistake.regime)]
    # Most are caught by the edges and the first batch, which the default number of examples begins with.
    plans = Plan(examples=1, shrink=False), Plan(shrink=False)
    caught = any(_catches(prop, impl, mistake.regime, plan) for plan in plans for prop in judges)
    assert caught, f"{mistake.breaks} lets it pass"


def _catches(prop: Property, impl: object, regime: Regime, plan: Plan) -> bool:  # type: ignore[type-arg]  # as above
    if regime not in prop.law.regimes:
        return False
    try:
        prop.check(impl, regime, plan, Tally())
    except (AssertionError, CallFailed, Misbehaved):
        return True
    return False


@pytest.mark.parametrize("call", CALLS)
def test_every_call_has_mistakes(call: str) -> None:
    assert Counter(m.call for m in MISTAKES)[call] >= LEAST_A_CALL
