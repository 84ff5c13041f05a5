"""Arithmetic on any answers, and laws that stay laws where an implementation returns infinities."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import reference
from lydite.kit.answers import eigenvalues, exact_sum
from lydite.kit.calls import CALLS
from lydite.kit.claim import CLAIMS
from lydite.kit.every import every
from lydite.kit.evidence import Tally
from lydite.kit.failure import CallFailed, Misbehaved
from lydite.kit.forall import Plan, Property
from lydite.kit.holds import holds
from lydite.kit.regime import Regime
from lydite.target.implementation import Implementation


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        ([1e16, 1.0, -1e16], 1.0),
        ([0.1] * 10, 1.0),
        ([np.inf, 1.0], np.inf),
        ([1e308, 1e308], np.inf),
        ([1e308, 1e308, -1e308], np.inf),
        ([], 0.0),
    ],
)
def test_a_sum_is_rounded_once(terms: list[float], due: float) -> None:
    assert exact_sum(terms) == due


@pytest.mark.parametrize("terms", [[np.inf, -np.inf], [np.nan, 1.0]])
def test_what_has_no_sum_is_nan(terms: list[float]) -> None:
    assert np.isnan(exact_sum(terms))


def test_sums_run_along_the_first_axis() -> None:
    assert exact_sum(np.arange(24.0).reshape(2, 3, 4)).tolist() == (np.arange(12.0) * 2 + 12).reshape(3, 4).tolist()


@pytest.mark.parametrize("value", [np.inf, np.nan])
@pytest.mark.parametrize("n", [1, 2, 3, 30])
def test_what_has_no_eigenvalues_has_nan(n: int, value: float) -> None:
    assert np.isnan(eigenvalues(np.full((n, n), value))).all() or n == 1


def test_eigenvalues_rise() -> None:
    assert eigenvalues(np.diag([3.0, -1.0, 2.0])) == pytest.approx([-1, 2, 3], abs=1e-15)


def _spoiled(call: str, value: float) -> Any:
    """The call of the reference, every entry of its answer replaced by `value`, with alternating signs."""

    def spoiled(*args: Any) -> Any:
        answer = getattr(reference, call)(*args)
        parts = answer if isinstance(answer, tuple) else (answer,)
        signs = [np.resize([value, -value], np.shape(part)) for part in parts]
        return tuple(signs) if isinstance(answer, tuple) else signs[0]

    return spoiled


PROPERTIES = [p for p in every() if not p.law.batched]


@pytest.mark.parametrize("value", [np.inf, np.nan, 1e308])
@pytest.mark.parametrize("call", CALLS)
def test_no_answer_makes_a_law_itself_fail(call: str, value: float) -> None:
    offered = {name: getattr(reference, name) for name in CALLS} | {call: _spoiled(call, value)}
    impl = Implementation(SimpleNamespace(**offered))
    refuted = 0
    for prop in PROPERTIES:
        if Regime.CORE not in prop.law.regimes or not any(call in CLAIMS[c].calls for c in prop.law.claims):
            continue
        try:
            prop.check(impl, Regime.CORE, Plan(examples=1, shrink=False), Tally())
        except (AssertionError, CallFailed, Misbehaved):
            refuted += 1
    assert refuted


def _refuted(prop: Property[Any], impl: Implementation) -> int:
    """At how many edges of its first regime the law does not hold: at each of them, as where a failure is explained."""
    refuted = 0
    for case in prop.cases.explicit(prop.law.regimes[0], "float64"):
        try:
            with np.errstate(all="ignore"):
                holds(prop.law, impl, case, Tally())
        except (AssertionError, CallFailed, Misbehaved):
            refuted += 1
    return refuted


def _filled(call: str, value: float) -> Any:
    """The call with answers of the right shape, every entry of which is `value`."""

    def filled(*args: Any) -> Any:
        due = CALLS[call].shape_of(*args)
        return tuple(np.full(shape, value) for shape in due) if isinstance(due, list) else np.full(due, value)

    return filled


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e308, -1e308])
@pytest.mark.parametrize("topic", sorted({prop.law.name.partition(".")[0] for prop in PROPERTIES}))
def test_nor_do_answers_that_are_all_alike(topic: str, value: float) -> None:
    impl = Implementation(SimpleNamespace(**{call: _filled(call, value) for call in CALLS}))
    assert sum(_refuted(prop, impl) for prop in PROPERTIES if prop.law.name.startswith(f"{topic}."))


def _gives(answer: object) -> Any:
    return lambda *_: answer


def _raises_without_a_name(*_: object) -> None:
    raise type("", (Exception,), {})


REFUSING = [prop for prop in PROPERTIES if "Raises" in prop.law.states.__annotations__["return"]]
NO_ANSWERS = {
    "None": _gives(None),
    "a table": _gives({}),
    "records": _gives(np.zeros(3, dtype=[("x", float)])),
    "an exception without a name": _raises_without_a_name,
}


@pytest.mark.parametrize("does", NO_ANSWERS)
def test_what_gives_no_answer_refuses_nothing(does: str) -> None:
    impl = Implementation(SimpleNamespace(**dict.fromkeys(CALLS, NO_ANSWERS[does])))
    assert len(REFUSING) > 30
    assert [prop.law.name for prop in REFUSING if not _refuted(prop, impl)] == []
