"""Faults, not symptoms: what experiments with several laws say together, in the report and on a terminal."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from lydite.grading.record import Findings
from lydite.grading.request import Request
from lydite.isolation import Tier
from lydite.kit.regime import Regime
from lydite.report import model as report
from lydite.report.model import Counterexample, Fault, Outcome, Report
from lydite.report.terminal import render
from lydite.verdict.outcome import LawResult

GRADIENT = "cross_entropy_gradient"
REQUEST = Request(only=("Q7.0.1", "Q7.a.1", "Q7.a.7"), regimes=(Regime.CORE, Regime.STABILITY))


def way(says: str, where: str = "", different: int = 9) -> dict[str, Any]:
    return {"says": says, "where": where, "matched": 10, "of": 10, "different": different}


def broken(name: str, claim: str, *looks_like: dict[str, Any], **more: Any) -> LawResult:
    """A law of `claim` that fails by the gradient alone."""
    asked = more.pop("asked", [GRADIENT])
    result = LawResult(name, "core", [claim], Outcome.BROKEN, "not so", "", asked, dict.fromkeys(asked, "a.py:7"))
    result.guilty, result.looks_like = [GRADIENT], list(looks_like)
    result.counterexample = Counterexample(
        inputs={"z": [0.0]},
        got=[0.5],
        due=[0.25],
        error=0.25,
        tolerance=1e-15,
        relation="equal to",
        law=name,
        says=more.pop("says", "g = p - y."),
        asked=dict.fromkeys(asked, 1),
        reads=("z",),
    )
    for field, value in more.items():
        setattr(result, field, value)
    return result


def whole(*results: LawResult) -> Report:
    return whole_of("", *results)


def whole_of(more: str, *results: LawResult) -> Report:
    """The report where one claim `more` is in scope."""
    request = replace(REQUEST, only=(*REQUEST.only, more)) if more else REQUEST
    findings = Findings()
    for result in results:
        findings.note({"event": "result", "result": json.loads(json.dumps(result.as_dict()))})
    found = Report.of(request, Tier.PROCESS, [findings.implementation("a.py", "a.py", request, 1.0)], "r.json")
    jsonschema.Draft202012Validator(json.loads(report.SCHEMA.read_text("utf-8"))).validate(found.to_json())
    return found


def fault(*results: LawResult) -> Fault:
    faults = whole(*results).implementations[0].faults
    assert faults
    [only] = faults
    return only


NEGATIVE, HALF = way("the negative"), way("half")


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ([HALF, NEGATIVE], [HALF, NEGATIVE], ["half"]),
        ([HALF, NEGATIVE], [NEGATIVE], ["the negative"]),
        ([way("below 1e-06"), way("below 1e-08"), HALF], [way("below 1e-06"), way("below 1e-08"), HALF], ["half"]),
        ([way("below 1e-06"), way("below 1e-08")], [way("below 1e-06"), way("below 1e-08")], []),
        ([way("below 1e-06"), way("below 1e-08")], [way("below 1e-08"), HALF], ["below 1e-08"]),
        ([HALF], [NEGATIVE], []),
        ([HALF], [way("")], []),
        ([HALF], [], ["half"]),
        ([way("half", different=3)], [way("half", different=3)], []),
        ([way("half", "where n = 1")], [way("half", "where n = 1")], ["half, where n = 1"]),
        ([way("half", "where n = 1")], [HALF], ["half, where n = 1"]),
        ([way("half", "where n = 1")], [way("half", "where K = 1")], ["half, wherever it is wrong"]),
        ([way("half", "where n = 1"), NEGATIVE], [HALF, NEGATIVE], ["the negative"]),
    ],
)
def test_only_what_every_law_bears_out_is_said(first: list[Any], second: list[Any], says: list[str]) -> None:
    told = fault(broken("a.a", "Q7.a.1", *first), broken("a.b", "Q7.a.7", *second)).looks_like
    assert [one.says for one in told] == says
    assert all(one.matched == one.of for one in told)


def test_a_condition_stands_that_no_law_contradicts() -> None:
    def agreeing(first: dict[str, int], second: dict[str, int]) -> Any:
        laws = broken("a.a", "Q7.a.1", HALF, agrees=first), broken("a.b", "Q7.a.7", HALF, agrees=second)
        return fault(*laws).agrees

    assert agreeing({"n = 1": 9, "y = 0": 12}, {"n = 1": 0}) == "whenever n = 1"
    assert agreeing({"n = 1": 0}, {"n = 1": 0}) == ""
    assert agreeing({"n = 1": 9}, {}) == ""


def test_differences_of_the_implementation_itself_confirm() -> None:
    differences = broken("a.b", "Q7.a.7", asked=["cross_entropy", GRADIENT], differences=["cross_entropy"])
    assert fault(broken("a.a", "Q7.a.1")).confirmed == ""
    assert fault(broken("a.a", "Q7.a.1"), differences).confirmed == "by finite differences of your own cross_entropy"


def test_differences_confirm_by_the_call_that_they_are_of_where_nothing_is_wrong_with_it() -> None:
    asked = ["softmax", "cross_entropy", GRADIENT]
    face = broken("a.a", "Q7.a.1")
    by_loss = broken("a.b", "Q7.a.7", asked=asked, differences=["cross_entropy"])
    assert fault(face, by_loss).confirmed == "by finite differences of your own cross_entropy"
    assert fault(face, broken("a.b", "Q7.a.7", asked=asked, differences=[GRADIENT])).confirmed == ""
    loss = broken("a.c", "Q7.0.2", asked=["cross_entropy"])
    loss.guilty = ["cross_entropy"]
    both = whole_of("Q7.0.2", face, by_loss, loss).implementations[0].faults or ()
    assert {one.call: one.confirmed for one in both} == {GRADIENT: "", "cross_entropy": ""}


def test_what_a_law_says_in_words_confirms_nothing() -> None:
    worded = broken("a.b", "Q7.a.7", asked=["cross_entropy", GRADIENT], says="By finite differences of its own loss.")
    assert fault(worded).confirmed == ""


@pytest.mark.parametrize("reason", ["not so", "not so, but not each time"])
@pytest.mark.parametrize("steady", [True, False])
def test_a_failure_that_did_not_come_back_is_noted_whatever_its_reason_says(reason: str, steady: bool) -> None:
    document = whole(broken("a.a", "Q7.a.1", reason=reason, steady=steady))
    [claim] = [c for c in document.implementations[0].claims if c.key == ("Q7.a.1", "core")]
    assert claim.steady is steady
    assert ("not each time that it is called" in render(document)) is not steady


def test_what_follows_is_told_apart_from_what_is_broken_too_and_costs_nothing() -> None:
    follows = broken("a.c", "Q7.0.1", asked=["softmax", GRADIENT])
    told = fault(broken("a.a", "Q7.a.1"), broken("a.b", "Q7.a.7"), follows)
    assert (told.call, told.claim, told.also, told.follows) == (GRADIENT, "Q7.a.1", ("Q7.a.7",), ("Q7.0.1",))
    alone = fault(broken("a.a", "Q7.a.1"), broken("a.b", "Q7.a.7"))
    assert told.points == alone.points > 0


def test_it_is_all_on_the_terminal() -> None:
    result = broken("a.a", "Q7.a.1", HALF, agrees={"n = 1": 9})
    lines = [line.strip() for line in render(whole(result)).splitlines()]
    assert "looks like  half in 10 of 10 cases" in lines
    assert "agrees      whenever n = 1" in lines
    assert not any(line.startswith("confirmed") for line in lines)


def test_a_claim_that_breaks_in_another_regime_alone_is_named_with_it() -> None:
    elsewhere = broken("a.b", "Q7.a.7", regime="stability")
    found = fault(broken("a.a", "Q7.a.1"), elsewhere)
    assert dict(found.rows())["also broken"] == "Q7.a.7 stability"
    assert dict(fault(broken("a.a", "Q7.a.1"), broken("a.b", "Q7.a.7"), elsewhere).rows())["also broken"] == "Q7.a.7"
