"""A failure is shown at a small and round input, wherever it was found."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis.internal.conjecture import engine

import reference
from benchmarks.rivals import rival
from lydite.grading.catch import MISTAKES, caught
from lydite.grading.judging import drawing_from_the_seed_alone
from lydite.kit.every import every
from lydite.kit.evidence import Broken, Tally
from lydite.kit.failure import CallFailed, Misbehaved
from lydite.kit.forall import Plan, forall
from lydite.kit.regime import Regime
from lydite.kit.simplest import FEW, MOST, case_of, complexity, is_round, simplest
from lydite.target.implementation import Implementation
from lydite.verdict.counterexample import counterexample
from properties.strategies.softmax_cross_entropy import normalised_logits
from spec.definitions.network import Activation
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

    assert of(1.0, 2.0) < of(1.0, 2.0, 0.0) < of(0.12345) < of(1.0, 1.0, 1.0, 1.0)
    assert of(1.0, 0.0) < of(2.0, 0.0) < of(30.0, 0.0) < of(29.0, 0.0) < of(0.25, 0.0)


def test_a_plain_input_comes_before_a_peculiar_one() -> None:
    def of(*z: float) -> Any:
        return complexity(Logits(z=np.array(z), y=np.ones(len(z)), v=np.zeros(1)))

    assert of(1.0, 0.0) < of(1.0)
    assert of(1.0, 0.0) < of(0.0, 0.0)


def test_inputs_that_are_not_read_and_usual_parameters_cost_nothing() -> None:
    def of(alpha: float, factor: float = 2.0) -> Any:
        return complexity(Activation(z=np.ones(1), alpha=alpha, factor=factor), frozenset({"z", "alpha"}))

    assert of(0.01) < of(1.0)
    assert of(0.01, 0.12345) == of(0.01)


def test_where_it_fails_as_well_is_said_of_a_plain_input() -> None:
    found = failing(shifted, Regime.CORE, shrink=True)
    assert getattr(found, "also", ()) == ("where K = 1", "at z = 0")
    example = counterexample(LAW, found)
    assert example
    assert dict(example.rows())["also"] == "where K = 1, at z = 0"


def test_what_fails_at_a_kink_alone_is_shown_there_and_nothing_added() -> None:
    found = failing(lambda z: reference.softmax(z) + 0.1 * (z.size == 1), Regime.CORE, shrink=True)
    case = case_of(found)
    assert isinstance(case, Logits)
    assert case.z.size == 1
    assert getattr(found, "also", ()) == ()


# -- Held against a search by brute force --

SAMPLE = [m for m in MISTAKES if not m.along and m.regime is Regime.CORE][::35]
LEAST = 0.95


def test_no_smaller_or_rounder_input_shows_a_mistake() -> None:
    beaten, shown = [], 0
    for mistake in SAMPLE:
        impl = Implementation(mistake.implementation())
        law = caught(mistake)
        assert law
        prop = next(p for p in every() if p.law is law[0])
        try:
            with drawing_from_the_seed_alone():
                prop.check(impl, mistake.regime, Plan(examples=3), Tally())
        except (AssertionError, CallFailed) as failure:
            case = case_of(failure)
            assert case
            shown += 1
            if other := rival(prop, impl, case, draws=60):
                beaten.append((mistake.name, case, other))
    assert shown > len(SAMPLE) / 2
    assert len(beaten) <= (1 - LEAST) * shown, beaten


@pytest.mark.parametrize("name", ["negative_sigma_taken_for_none", "coordinates_beyond_the_third_ignored"])
def test_arguments_to_be_refused_are_shown_in_round_numbers(name: str) -> None:
    mistake = next(m for m in MISTAKES if m.name == name)
    impl = Implementation(mistake.implementation())
    prop = next(p for p in every() if p.law.name.endswith(f".{mistake.call}_refuses_bad_input"))
    with pytest.raises(Broken) as caught:
        prop.check(impl, Regime.INPUTS, Plan(), Tally())
    case = case_of(caught.value)
    assert case is not None
    assert all(is_round(a) for a in case.inputs()["arguments"])


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
