"""A failure is shown at a small and round input, wherever it was found."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis.internal.conjecture import engine

import reference
from lydite.grading.judging import drawing_from_the_seed_alone
from lydite.kit.evidence import Broken, Tally
from lydite.kit.failure import CallFailed, Misbehaved
from lydite.kit.forall import Plan, forall
from lydite.kit.regime import Regime
from lydite.kit.simplest import FEW, MOST, case_of, complexity, is_round, simplest
from lydite.target.implementation import Implementation
from properties.strategies.softmax_cross_entropy import normalised_logits
from spec.definitions.softmax_cross_entropy import Logits
from spec.laws import softmax_cross_entropy as laws

LAW = laws.softmax_is_exact


def offering(softmax: Any) -> Implementation:
    return Implementation(SimpleNamespace(softmax=softmax))


def failing(softmax: Any, regime: Regime, *, shrink: bool) -> Exception:
    with pytest.raises((Broken, CallFailed, Misbehaved)) as caught:
        forall(normalised_logits, LAW).check(offering(softmax), regime, Plan(shrink=shrink), Tally())
    return caught.value


def shifted(z: Any) -> Any:
    return reference.softmax(z) + 0.1


def test_an_edge_of_many_classes_is_shown_at_few() -> None:
    edge, shown = (case_of(failing(shifted, Regime.SCALE, shrink=shrink)) for shrink in (False, True))
    assert isinstance(edge, Logits)
    assert isinstance(shown, Logits)
    assert edge.z.size > FEW >= shown.z.size
    assert is_round(shown.z)


def test_what_only_large_inputs_show_stays_large() -> None:
    def blocked(z: Any) -> Any:
        return shifted(z) if z.size > 128 else reference.softmax(z)

    case = case_of(failing(blocked, Regime.SCALE, shrink=True))
    assert isinstance(case, Logits)
    assert case.z.size > 128


def test_another_failure_is_no_simpler_one() -> None:
    def wrong(z: Any) -> Any:
        if z.size == 1:
            raise CallFailed("softmax", "ValueError", "one class")
        return shifted(z)

    found = failing(lambda z: shifted(z) if z.size == 3 else reference.softmax(z), Regime.CORE, shrink=False)
    simpler = simplest(LAW, normalised_logits, offering(wrong), found, "float64")
    assert isinstance(simpler, Broken)


def test_a_call_that_hangs_is_not_asked_again() -> None:
    asked: list[Any] = []
    slow = CallFailed("softmax", "TimedOut", "takes longer than 2 s")
    slow.case = normalised_logits.explicit(Regime.CORE, "float64")[0]  # type: ignore[attr-defined]  # as `holds` leaves it
    implementation = offering(asked.append)
    assert simplest(LAW, normalised_logits, implementation, slow, "float64") is slow
    assert not asked


def test_a_bounded_number_of_inputs_is_tried() -> None:
    tried: list[Any] = []

    def right(z: Any) -> Any:
        tried.append(z)
        return reference.softmax(z)

    found = failing(shifted, Regime.SCALE, shrink=False)
    assert simplest(LAW, normalised_logits, offering(right), found, "float64") is None
    assert 0 < len(tried) <= MOST


def test_round_numbers_have_three_digits() -> None:
    assert is_round([0.0, -1.25, 1e8, 12.5, np.inf, np.nan])
    assert not is_round([0.1234])


def test_few_entries_come_before_round_ones_and_these_before_fewer() -> None:
    def of(*z: float) -> Any:
        return complexity(Logits(z=np.array(z), y=np.ones(1), v=np.zeros(1)))

    assert of(1.0) < of(1.0, 2.0) < of(0.12345) < of(1.0, 1.0, 1.0, 1.0)


def test_a_slow_machine_shrinks_as_far_as_a_fast_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypothesis stops to shrink after five minutes: here each look at the clock is an hour later."""
    hours = count()

    def wrong(z: Any) -> Any:
        return shifted(z) if z.size > 4 and abs(z[0]) > 3.3 else reference.softmax(z)

    def found() -> list[float]:
        implementation, plan = offering(wrong), Plan(edges=False)
        with pytest.raises(Broken) as caught:
            forall(normalised_logits, LAW).check(implementation, Regime.CORE, plan, Tally())
        case = case_of(caught.value)
        assert isinstance(case, Logits)
        return list(case.z)

    late = SimpleNamespace(perf_counter=lambda: 3600.0 * next(hours), monotonic=lambda: 3600.0 * next(hours))
    with drawing_from_the_seed_alone():
        fast = found()
        monkeypatch.setattr(engine, "time", late)
        assert found() == fast
    assert found() != fast, "else this test shows nothing"
