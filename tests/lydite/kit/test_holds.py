"""Comparison: what counts as holding, what is counted, and what a failure carries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import arb

from lydite.kit.balls import Truth
from lydite.kit.case import Case
from lydite.kit.evidence import Broken, Tally
from lydite.kit.failure import CallFailed
from lydite.kit.holds import holds, roughest
from lydite.kit.law import Equation, Inequality, Law, Statement
from lydite.kit.regime import CORE
from lydite.target.implementation import Implementation

CASE = Case()


def law(statement: Statement) -> Law:
    return Law("topic.name", "a = b.", ("Q7.a.7",), CORE, lambda f, case: statement, "Case")


def check(statement: Statement) -> Tally:
    tally = Tally()
    holds(law(statement), Implementation(None), CASE, tally)
    return tally


@pytest.mark.parametrize(
    "statement",
    [
        Equation(np.array([1.0, 2.0]), np.array([1.0, 2.1]), 0.11),
        Equation(1.0, 1.0, 0.0),
        Equation((np.zeros(2), 1.0), (np.zeros(2), 1.5), (0.0, 0.5)),
        Equation(np.zeros(0), np.zeros(0), 0.0),
        Inequality(1.0, 1.0, 0.0),
        Inequality(np.array([1.0, 1.1]), 1.0, np.array([0.0, 0.2])),
    ],
)
def test_holds(statement: Statement) -> None:
    assert check(statement).cases == 1


@pytest.mark.parametrize(
    "statement",
    [
        Equation(np.array([1.0, 2.0]), np.array([1.0, 2.1]), 0.09),
        Equation(np.nan, np.nan, 1.0),
        Equation(np.inf, np.inf, 1.0),
        Equation(np.array([0.0, np.nan]), np.zeros(2), np.inf),
        Equation(np.array([0.0, np.inf]), np.zeros(2), np.inf),
        Equation(np.inf, 0.0, np.inf),
        Equation(1.0, Truth(lambda: [arb(1).exp()]), np.nan),
        Inequality(np.inf, 0.0, np.inf),
        Equation((np.zeros(2), 1.0), (np.zeros(2), 1.5), (0.0, 0.4)),
        Inequality(1.0, 0.5, 0.4),
        Inequality(np.nan, 0.5, 0.4),
    ],
)
def test_is_broken(statement: Statement) -> None:
    with pytest.raises(Broken), np.errstate(invalid="ignore"):
        check(statement)


@pytest.mark.parametrize(("lhs", "rhs"), [(np.zeros((2, 1)), np.zeros(2)), (1.0, np.zeros(3)), (np.zeros(3), 1.0)])
def test_a_law_that_would_broadcast_is_a_slip_of_the_suite(lhs: Any, rhs: Any) -> None:
    with pytest.raises(TypeError, match="a law compares shape"):
        check(Equation(lhs, rhs, 1.0))


def test_an_undecidable_case_is_skipped() -> None:
    tally = check(None)
    assert (tally.cases, tally.skipped) == (0, 1)


def test_the_worst_error_is_counted_in_units_of_what_is_allowed() -> None:
    assert check(Equation(np.array([1.0, 3.0]), np.array([1.5, 3.0]), 2.0)).worst == 0.25
    assert check(Inequality(2.0, 1.0, 4.0)).worst == 0.25


def test_an_error_against_a_truth_is_counted_in_ulps() -> None:
    off = 1 + 3 * 2.0**-52
    assert check(Equation(off, Truth(lambda: [arb(1)]), 1e-9)).ulps == 3


def test_the_evidence_names_the_worst_entry() -> None:
    with pytest.raises(Broken) as caught:
        check(Equation(np.array([1.0, 7.0, 2.0]), np.array([1.5, 3.0, 2.0]), np.array([0.1, 0.2, 0.3])))
    evidence = caught.value.evidence
    assert (evidence.error, evidence.tolerance) == (4.0, 0.2)
    assert evidence.case is CASE


def test_every_entry_that_is_wrong_is_named() -> None:
    got, due = np.array([[1.0, 2.0], [3.5, np.nan]]), np.array([[1.0, 2.25], [3.0, 4.0]])
    with pytest.raises(Broken) as broken:
        check(Equation((got, 1.0), (due, 1.0), (np.array([[0.0, 0.25], [0.25, 1.0]]), 0.0)))
    assert broken.value.evidence.wrong == ((2, 3), ())
    with pytest.raises(Broken) as broken:
        check(Equation(np.array([1.0, 2.0]), Truth(lambda: [arb(1), arb(3)], (2,)), 1e-15))
    assert broken.value.evidence.wrong == ((1,),)


def test_nan_is_worse_than_any_number() -> None:
    with pytest.raises(Broken) as caught:
        check(Equation(np.array([1e9, np.nan]), np.zeros(2), 1.0))
    assert str(caught.value.evidence.error) == "nan"


def test_what_a_call_raises_carries_its_case() -> None:
    def fails(f: object, case: Case) -> Statement:
        raise CallFailed("softmax", "ValueError", "no")

    failing = Law("topic.name", "a = b.", ("Q7.a.7",), CORE, fails, "Case")
    with pytest.raises(CallFailed) as caught:
        holds(failing, Implementation(None), CASE, Tally())
    assert caught.value.case is CASE  # type: ignore[attr-defined]  # attached by holds


def test_the_roughest_entry_is_shown_in_the_units_that_are_requested() -> None:
    """2^-30 is off by more units in the last place than 1, and by less of what is allowed of both."""
    due = Truth(lambda: [arb(1), arb(2) ** -30], (2,))
    stated = law(Equation(np.array([1 + 2.0**-40, 2.0**-30 + 2.0**-50]), due, np.array([2.0**-39, 2.0**-30])))
    by_ulps = roughest(stated, Implementation(None), CASE, 3.0, ulps=True)
    by_share = roughest(stated, Implementation(None), CASE, 3.0, ulps=False)
    assert by_ulps
    assert (by_ulps.error, by_ulps.tolerance) == (2.0**-50, 3 * 2.0**-82)
    assert by_share
    assert (by_share.error, by_share.tolerance) == (2.0**-40, 3 * (2.0**-39 + 2.0**-53))
    assert roughest(law(Equation(1.0, 1.0, 0.0)), Implementation(None), CASE, 3.0, ulps=True) is None
