"""Tests that the cost of a whole grade is measured law by law, and the time of the calls apart."""

from __future__ import annotations

import time

from benchmarks.whole import Clock, graded
from lydite.kit.every import every
from lydite.kit.forall import Plan
from lydite.kit.regime import Regime


def test_each_law_of_a_regime_is_counted_and_calls_take_a_part_of_the_time() -> None:
    whole = graded(Plan(examples=1, edges=False), (Regime.LAYOUT,))
    laws = [p for p in every() if Regime.LAYOUT in p.law.regimes and not p.law.batched]
    assert len(whole.cases) == len(laws)
    assert min(whole.cases) > 0
    assert 0 < whole.inside < whole.seconds
    assert whole.over_calls > 1


def test_the_time_of_a_call_that_raises_is_counted_too() -> None:
    clock = Clock()

    def wrong(seconds: float) -> None:
        end = time.process_time() + seconds
        while time.process_time() < end:
            pass
        raise ValueError

    timed = clock.timed(wrong)
    for _ in range(2):
        try:
            timed(0.01)
        except ValueError:
            continue
    assert clock.seconds >= 0.02
