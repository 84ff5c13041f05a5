"""From laws to claims: what decides, what is excused, what it is worth."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lydite.grading.record import Findings
from lydite.grading.request import Request
from lydite.isolation import Tier
from lydite.kit.claim import CLAIMS
from lydite.kit.question import POINTS
from lydite.kit.regime import DEFAULT, Regime
from lydite.notation.marks import total
from lydite.report.model import ClaimResult, Counterexample, Entry, Outcome, Report
from lydite.verdict.outcome import SHARES, LawResult, Scope, claim_results

# Q3.0.4 and Q7.0.1 are about softmax, Q7.a.7 about cross_entropy_gradient.
EXAMPLE = Counterexample(
    inputs={"z": [0.0]},
    got=0.5,
    due=0.25,
    error=0.25,
    tolerance=1e-15,
    asked={"softmax": 1},
    reads=("z",),
    law="t.law",
)


def law(
    claims: str, outcome: Any, asked: str, *, call: str = "", name: str = "", guilty: str = "", **more: Any
) -> LawResult:
    """Returns the result in core of a law of `claims` with the calls `asked`; it fails by `guilty`, if not by all."""
    calls = asked.split()
    example = replace(EXAMPLE, asked=dict.fromkeys(calls, 1)) if outcome in {"broken", "error"} else None
    reason = "" if outcome == "holds" else f"{call or asked} is {outcome}"
    result = LawResult(
        name or f"topic.{outcome}_{asked}", "core", claims.split(), Outcome(outcome), reason, call, calls
    )
    result.counterexample = example
    result.guilty = (guilty or call or asked).split() if example else []
    for field, value in more.items():
        setattr(result, field, value)
    return result


def claims_of(*laws: LawResult, only: str = "Q3.0.4 Q7.0.1 Q7.a.7", **more: Any) -> dict[str, ClaimResult]:
    scope = Scope.of(only.split(), [Regime.CORE])
    return {c.id: c for c in claim_results(laws, scope, **more)}


# -- What decides --


@pytest.mark.parametrize(
    ("outcomes", "decided"),
    [
        ("holds", "holds"),
        ("holds not_run", "holds"),
        ("not_run not_run", "not_run"),
        ("holds error", "error"),
        ("holds error broken", "broken"),
    ],
)
def test_the_worst_outcome_of_a_law_settles_the_claim(outcomes: str, decided: str) -> None:
    laws = [law("Q7.0.1", outcome, "softmax") for outcome in outcomes.split()]
    assert claims_of(*laws)["Q7.0.1"].outcome == decided


@pytest.mark.parametrize(
    ("own", "decided"),
    [
        ("not_run", "not_run"),  # its anchor holds, on what a declared convention leaves of the inputs
        ("not_run not_run", "not_run"),
        ("not_run holds", "holds"),
        ("missing", "not_run"),  # compared with a call that is absent
        ("missing holds", "holds"),
        ("holds", "holds"),
        ("not_run broken", "broken"),
    ],
)
def test_an_anchor_alone_earns_no_claim_whose_own_laws_were_left_out(own: str, decided: str) -> None:
    anchor = law("Q7.0.1 Q3.0.4", "holds", "softmax", name="topic.anchor", anchored=["Q3.0.4"])
    results = [law("Q3.0.4", o, "softmax cross_entropy", call="cross_entropy" * (o == "missing")) for o in own.split()]
    claim = claims_of(anchor, *results)["Q3.0.4"]
    assert claim.outcome == decided
    assert bool(claim.points) == (decided == "holds")


def test_a_claim_without_a_law_was_not_run() -> None:
    claim = claims_of()["Q7.0.1"]
    assert (claim.outcome, claim.reason, claim.points) == ("not_run", "no law was run", 0.0)


def test_a_claim_is_missing_with_its_own_call_only() -> None:
    absent = law("Q7.0.1 Q7.a.7", "missing", "softmax cross_entropy_gradient", call="softmax")
    claims = claims_of(absent, law("Q7.a.7", "holds", "cross_entropy_gradient"))
    assert claims["Q7.0.1"].outcome == "missing"
    assert claims["Q7.a.7"].outcome == "holds"
    alone = claims_of(absent)["Q7.a.7"]
    assert (alone.outcome, alone.reason) == ("not_run", "needs softmax, which is not offered")


def test_the_sharpest_broken_law_is_told() -> None:
    identity = law("Q7.0.1", "broken", "softmax", name="a.identity")
    exact = law("Q7.0.1", "broken", "softmax", name="b.exact")
    large = law("Q7.0.1", "broken", "softmax", name="a.large")
    for result, times, size in ((identity, 2, 1), (exact, 1, 1), (large, 1, 9)):
        inputs = {"z": [0.0] * size}
        result.counterexample = replace(EXAMPLE, law=result.law, asked={"softmax": times}, inputs=inputs)
    told = claims_of(identity, exact, large)["Q7.0.1"].counterexample
    assert told is not None
    assert told.law == "b.exact"


def test_results_do_not_depend_on_their_order() -> None:
    laws = [
        law("Q7.0.1 Q3.0.4", "broken", "softmax", name="a.a"),
        law("Q7.0.1 Q3.0.4", "broken", "softmax", name="a.b"),
        law("Q7.a.7", "broken", "softmax cross_entropy_gradient"),
        law("Q7.a.7", "holds", "cross_entropy_gradient"),
    ]
    assert claims_of(*laws) == claims_of(*reversed(laws))


# -- What is excused --


def test_a_claim_that_holds_without_another_call_costs_nothing() -> None:
    claims = claims_of(
        law("Q7.0.1 Q3.0.4", "broken", "softmax"),
        law("Q7.a.7", "holds", "cross_entropy_gradient"),
        law("Q7.a.7", "broken", "cross_entropy_gradient softmax", guilty="softmax"),
    )
    gradient, softmax = claims["Q7.a.7"], claims["Q7.0.1"]
    assert (gradient.outcome, gradient.because, gradient.fault) == ("broken", ("Q3.0.4", "Q7.0.1"), "softmax")
    assert gradient.points == gradient.max_points > 0
    assert (softmax.because, softmax.points, softmax.fault) == ((), 0.0, "softmax")


def test_a_claim_that_its_own_call_breaks_too_is_not_excused() -> None:
    broken = law("Q7.0.1", "broken", "softmax")
    joint = law("Q7.a.7", "broken", "cross_entropy_gradient softmax", guilty="softmax")
    both = law("Q7.a.7", "broken", "cross_entropy_gradient softmax", name="a.both")
    assert claims_of(broken, joint)["Q7.a.7"].because == ("Q7.0.1",)
    assert claims_of(broken, both)["Q7.a.7"].because == ()
    own = law("Q7.a.7", "broken", "cross_entropy_gradient")
    claim = claims_of(broken, joint, own)["Q7.a.7"]
    assert (claim.because, claim.fault, claim.points) == ((), "cross_entropy_gradient", 0.0)


def test_a_claim_is_not_excused_by_a_call_whose_own_claims_hold() -> None:
    claims = claims_of(
        law("Q7.0.1", "holds", "softmax"),
        law("Q7.a.7", "holds", "cross_entropy_gradient"),
        law("Q7.a.7", "broken", "cross_entropy_gradient softmax", guilty="softmax"),
    )
    assert claims["Q7.a.7"].because == ()
    assert claims["Q7.a.7"].points == 0.0


def test_a_claim_is_not_excused_in_another_regime() -> None:
    elsewhere = law("Q7.0.1", "broken", "softmax", regime="stability")
    joint = law("Q7.a.7", "broken", "cross_entropy_gradient softmax", guilty="softmax")
    own = law("Q7.a.7", "holds", "cross_entropy_gradient")
    scope = Scope.of(["Q7.0.1", "Q7.a.7"], DEFAULT)
    core = next(c for c in claim_results([elsewhere, joint, own], scope) if (c.id, c.regime) == ("Q7.a.7", "core"))
    assert core.because == ()


def test_a_call_that_raises_is_at_fault_wherever_it_is_asked() -> None:
    claims = claims_of(
        law("Q7.0.1", "error", "softmax", call="softmax"),
        law("Q7.a.7", "holds", "cross_entropy_gradient"),
        law("Q7.a.7", "error", "cross_entropy_gradient softmax", call="softmax"),
    )
    claim = claims["Q7.a.7"]
    assert (claim.outcome, claim.fault, claim.because) == ("error", "softmax", ("Q7.0.1",))


# -- What it is worth --


def test_the_points_of_a_question_are_shared_by_its_graded_claims() -> None:
    for question, points in POINTS.items():
        graded = [c for c in CLAIMS.values() if c.graded and c.question == question]
        shares = [SHARES[c.id] for c in graded]
        assert total(shares) == points
        assert shares == [round(share, 2) for share in shares]
        assert max(shares) - min(shares) < 0.011


def test_only_the_core_regime_carries_points() -> None:
    scope = Scope.of(["Q7.0.1"], DEFAULT)
    results = [law("Q7.0.1", "holds", "softmax", regime=regime.value) for regime in DEFAULT]
    assert {c.regime for c in claim_results(results, scope) if c.max_points} == {"core"}


def test_nothing_loaded_is_an_error_of_every_claim() -> None:
    claims = claims_of(unloadable="SyntaxError").values()
    assert len(claims) == 3
    assert {(c.outcome, c.reason, c.points) for c in claims} == {("error", "SyntaxError", 0.0)}


# -- The scope --


def test_scope_takes_beginnings_of_ids() -> None:
    assert set(Scope.of(["Q7.a"], DEFAULT).claims) == {c for c in CLAIMS if c.startswith("Q7.a.") and CLAIMS[c].graded}
    assert len(Scope.of([], DEFAULT).claims) == sum(c.graded for c in CLAIMS.values())
    assert "Q1.15" not in Scope.of(["Q1.1"], DEFAULT).claims


def test_scope_takes_functions_and_any_case() -> None:
    about = {c.id for c in CLAIMS.values() if "cross_entropy" in c.calls}
    assert about
    assert set(Scope.of(["cross_entropy"], DEFAULT).claims) == about
    assert Scope.of(["Cross_Entropy"], DEFAULT) == Scope.of(["cross_entropy"], DEFAULT)
    assert Scope.of(["q7.A", "newton_root"], DEFAULT) == Scope.of(["newton_root", "Q7.a"], DEFAULT)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("sofmax", "softmax"),
        ("crossEntropy", "cross_entropy"),
        ("Q7a", "Q7.a"),
        ("newton", "newton_root or newton_minimize"),
        ("Q7.a.77", "Q7.a.7"),
    ],
)
def test_a_name_that_is_near_one_is_told(name: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f"'{name}', and no function; is {meant}.* meant\\?$"):
        Scope.of([name], DEFAULT)


@pytest.mark.parametrize("name", ["Q9", "Q", "Q7.a.", "dropout_law", "Q7.a.7.1", "Q7.a.4"])
def test_scope_refuses_names_of_no_graded_claim(name: str) -> None:
    with pytest.raises(ValueError, match=f"no graded claim is called '{name}'"):
        Scope.of([name], DEFAULT)


def test_scope_refuses_to_be_empty() -> None:
    name = next(c.id for c in CLAIMS.values() if c.graded and Regime.TAILS not in c.regimes)
    with pytest.raises(ValueError, match=f"no claim of {name} is graded in tails"):
        Scope.of([name], [Regime.TAILS])


# -- A run that was cut off --


def planned(*laws: LawResult) -> dict[str, Any]:
    return {"event": "planned", "laws": [LawResult(r.law, r.regime, r.claims, Outcome.NOT_RUN).as_dict() for r in laws]}


def reported(findings: Findings, *only: str, **more: Any) -> Entry:
    """The entry of the report on the claims that `only` names, in core."""
    return findings.implementation("a.py", "a.py", Request(only=only, regimes=(Regime.CORE,), **more), 1.0)


def test_what_was_judged_before_a_kill_keeps_its_credit() -> None:
    done, to_come = law("Q7.0.1", "holds", "softmax", cases=5), law("Q7.a.7", "holds", "cross_entropy_gradient")
    findings = Findings()
    findings.note(planned(done, to_come))
    findings.note({"event": "started", "law": to_come.law, "regime": to_come.regime})
    findings.note({"event": "result", "result": done.as_dict()})
    findings.note({"event": "killed", "reason": "time is up"})
    findings.note({"event": "killed", "reason": "told first"})
    entry = reported(findings, "Q7.0.1", "Q7.a.7")
    assert findings.running == [f"{to_come.law} [core]"]
    assert (entry.outcome, entry.reason, entry.cases) == ("killed", "time is up", 5)
    assert [(c.id, c.outcome, c.reason) for c in entry.claims] == [
        ("Q7.0.1", "holds", ""),
        ("Q7.a.7", "error", "time is up"),
    ]


def test_what_was_killed_before_it_began_is_all_in_error() -> None:
    findings = Findings()
    findings.note({"event": "killed", "reason": "time is up"})
    entry = reported(findings, "Q7")
    assert {(c.outcome, c.reason) for c in entry.claims} == {("error", "time is up")}


LATE = "time: the time limit of 60 s was reached"


def overdue(*results: LawResult, to_come: list[LawResult], running: int = 0, **more: Any) -> dict[str, Any]:
    """The claims by id where the time ran out after `results`, while the first of what was `to_come` were `running`."""
    findings = Findings()
    findings.note(planned(*results, *to_come))
    for one in [*results, *to_come[:running]]:
        findings.note({"event": "started", "law": one.law, "regime": one.regime})
    for one in results:
        findings.note({"event": "result", "result": one.as_dict()})
    findings.note({"event": "overdue", "seconds": 60})
    findings.note({"event": "overdue", "seconds": 7})
    entry = reported(findings, "Q3.0.4", "Q7.0.1", "Q7.a.7", **more)
    assert entry.outcome == "killed"
    assert entry.reason.startswith("the time limit of 60 s was reached")
    return {c.id: (c.outcome, c.reason, c.points > 0) for c in entry.claims}


def test_what_only_ran_out_of_time_was_not_run() -> None:
    done, to_come = law("Q7.0.1", "holds", "softmax"), law("Q7.a.7", "holds", "cross_entropy_gradient")
    assert overdue(done, to_come=[to_come], running=1) == {
        "Q7.0.1": ("holds", "", True),
        "Q7.a.7": ("not_run", LATE, False),
        "Q3.0.4": ("not_run", LATE, False),
    }


def test_no_claim_holds_of_which_a_law_came_too_late() -> None:
    holds = law("Q7.0.1 Q3.0.4", "holds", "softmax", name="a.holds")
    late = law("Q7.0.1", "holds", "softmax", name="b.late")
    claims = overdue(holds, to_come=[late])
    assert claims["Q7.0.1"] == ("not_run", LATE, False)
    assert claims["Q3.0.4"] == ("holds", "", True)


def test_no_broken_claim_is_hidden_or_excused_for_lack_of_time() -> None:
    softmax = law("Q7.0.1 Q3.0.4", "broken", "softmax")
    joint = law("Q7.a.7", "broken", "cross_entropy_gradient softmax", guilty="softmax")
    late = law("Q7.a.7 Q7.0.1", "broken", "cross_entropy_gradient", name="b.late")
    claims = overdue(softmax, joint, to_come=[late])
    assert {(outcome, credit) for outcome, _, credit in claims.values()} == {("broken", False)}


def test_what_hangs_is_an_error_where_calls_take_as_long_as_they_like() -> None:
    running, to_come = law("Q7.0.1", "holds", "softmax"), law("Q7.a.7", "holds", "cross_entropy_gradient")
    claims = overdue(to_come=[running, to_come], running=1, call_timeout=0.0)
    reason = "the time limit of 60 s was reached in topic.holds_softmax [core]"
    assert claims["Q7.0.1"] == ("error", reason, False)
    assert claims["Q7.a.7"] == ("not_run", LATE, False)


@pytest.mark.parametrize("late", [True, False])
def test_more_time_is_advised_where_time_ran_out_whatever_the_reason_says(late: bool) -> None:
    event = {"event": "overdue", "seconds": 60}
    worded = {"event": "killed", "reason": "the time limit of 60 s was reached, it says of itself"}
    findings, request = Findings(), Request(only=("Q7.0.1",), regimes=(Regime.CORE,))
    findings.note(planned(law("Q7.0.1", "holds", "softmax")))
    findings.note(event if late else worded)
    entry = findings.implementation("a.py", "a.py", request, 1.0)
    assert (entry.outcome, entry.late) == ("killed", late)
    whole = Report.of(request, Tier.PROCESS, [entry], "")
    assert Report.from_json(json.loads(json.dumps(whole.to_json()))) == whole


def test_a_fault_of_ours_is_not_blamed_on_the_implementation() -> None:
    findings = Findings()
    findings.note(planned(law("Q7.0.1", "holds", "softmax")))
    findings.note({"event": "failed", "reason": "Traceback\n  ...\nTypeError: a law compares shapes"})
    entry = reported(findings, "Q7.0.1")
    [claim] = entry.claims
    assert (claim.outcome, claim.fault, entry.faults) == ("error", "", ())
    assert claim.reason == entry.failed == "Lydite itself failed: TypeError: a law compares shapes"


def test_a_fault_of_ours_helps_no_claim() -> None:
    """One law of a claim holds, and in another we fail: nothing shows that the claim holds, or why it would not."""
    findings = Findings()
    findings.note(planned(law("Q7.a.1", "holds", "cross_entropy_gradient"), law("Q7.a.1", "holds", "softmax")))
    findings.note({"event": "result", "result": law("Q7.a.1", "holds", "cross_entropy_gradient").as_dict()})
    findings.note({"event": "failed", "reason": "ValueError: cannot reshape"})
    entry = reported(findings, "Q7.a.1")
    [claim] = entry.claims
    assert (claim.outcome, claim.points, claim.because) == ("error", 0.0, ())


def test_cases_are_counted_once_a_law() -> None:
    shared = law("Q7.0.1 Q3.0.4", "holds", "softmax", cases=7)
    findings = Findings()
    findings.note({"event": "result", "result": shared.as_dict()})
    entry = reported(findings, "Q7.0.1", "Q3.0.4")
    assert entry.cases == 7
    assert [c.cases for c in entry.claims] == [7, 7]


def test_a_claim_is_missing_where_its_own_call_is_absent_though_the_law_asked_another_first() -> None:
    result = LawResult("trivariate.x", "core", ["Q4.6"], Outcome.MISSING, call="trivariate_gradient")
    result.absent = ["trivariate_hessian"]
    [claim] = claim_results([result], Scope.of(["Q4.6"], [Regime.CORE]))
    assert (claim.outcome, claim.reason) == ("missing", "trivariate_hessian is not offered")


# -- Whatever comes as an event --

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=6,
)
KINDS = (
    "planned",
    "started",
    "result",
    "output",
    "said",
    "overdue",
    "stopped",
    "end",
    "unloadable",
    "killed",
    "failed",
)
GOOD = law("Q7.a.1", "holds", "cross_entropy_gradient").as_dict()
RESULT_LIKE = st.tuples(st.sampled_from(sorted(GOOD)), JSON).map(lambda change: {**GOOD, change[0]: change[1]})
EVENT_LIKE = st.fixed_dictionaries(
    {"event": st.sampled_from(KINDS) | JSON},
    optional={
        "laws": st.lists(RESULT_LIKE | JSON, max_size=2) | JSON,
        "result": RESULT_LIKE | JSON,
        **dict.fromkeys(("law", "regime", "reason", "seconds", "notes", "names", "absent", "stdout"), JSON),
    },
)


@settings(deadline=None, max_examples=300)
@given(st.lists(EVENT_LIKE | JSON, max_size=3))
def test_whatever_comes_as_an_event_is_taken_in_or_our_failure(events: list[Any]) -> None:
    findings = Findings()
    for event in events:
        findings.note(event)
    assert findings.cases >= 0
    assert findings.wrong >= 0
    assert isinstance(findings.trouble, str)


@pytest.mark.parametrize(
    ("field", "how"),
    [("cases", "many"), ("cases", True), ("claims", "Q7"), ("asked", None), ("late", 1), ("law", 1), ("no field", 1)],
)
def test_a_malformed_result_is_our_failure(field: str, how: Any) -> None:
    findings = Findings()
    findings.note({"event": "result", "result": {**GOOD, field: how}})
    assert not findings.results
    assert "malformed" in findings.trouble


def test_a_result_survives() -> None:
    assert LawResult.of(GOOD).as_dict() == GOOD
