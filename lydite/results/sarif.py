"""Renders submissions as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from lydite import __version__
from lydite.report.model import Counterexample
from lydite.results.markdown import told
from lydite.results.submission import BudgetView, ClaimView, Submission

BUDGET: dict[str, Any] = {
    "id": "accuracy-budget",
    "shortDescription": {"text": "A call is less accurate than its budget"},
}
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(submissions: Sequence[Submission]) -> str:
    """Returns the document as one text: a result for each fault and stale expectation, a rule for the claim of each."""
    faults = [(submission, fault) for submission in submissions for fault in submission.faults]
    stale = [(submission, claim) for submission in submissions for claim in submission.stale]
    rules = {face.result.id: face for face in (*(fault.face for _, fault in faults), *(claim for _, claim in stale))}
    exceeded = [(submission, budget) for submission in submissions for budget in submission.exceeded]
    described = [*map(_rule, rules.values()), *([BUDGET] if exceeded else [])]
    driver = {"name": "Lydite", "version": __version__, "rules": described}
    results = [
        *(_result(submission, fault.call, fault.face, fault.rows()) for submission, fault in faults),
        *(_result(submission, "no longer broken", claim, claim.rows()) for submission, claim in stale),
        *(_exceeded(submission, budget) for submission, budget in exceeded),
    ]
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(submissions)],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, allow_nan=False)


def _exceeded(submission: Submission, budget: BudgetView) -> dict[str, Any]:
    """Returns the result for a budget that is exceeded, at the line of the call."""
    known = {"claim/v1": f"{submission.name}:budget:{budget.says.partition(':')[0]}"}
    return {
        "ruleId": BUDGET["id"],
        "level": "error",
        "message": {"text": "\n".join([f"{submission.name}: {budget.says}", *told(budget.rows())])},
        "partialFingerprints": known,
        **_locations(submission, budget.counterexample),
    }


def _locations(submission: Submission, example: Counterexample | None) -> dict[str, Any]:
    """Returns where the call at fault is, as far as that is found."""
    place = submission.place(example)
    if place is None:
        return {}
    file = {"uri": quote(place[0]), "uriBaseId": "%SRCROOT%"}
    return {"locations": [{"physicalLocation": {"artifactLocation": file, "region": {"startLine": place[1]}}}]}


def _invocation(submissions: Sequence[Submission]) -> dict[str, Any]:
    """Returns whether all was judged, and why not: without results nothing else would say so."""
    told = [f"{one.name}: {one.trouble}" for one in submissions if one.trouble]
    notes = [{"level": "error", "message": {"text": text}} for text in told]
    return {"executionSuccessful": not notes, "toolExecutionNotifications": notes}


def _rule(face: ClaimView) -> dict[str, Any]:
    rule = {"id": face.result.id, "shortDescription": {"text": face.title or face.result.id}}
    return {**rule, "fullDescription": {"text": face.otherwise}} if face.otherwise else rule


def _result(submission: Submission, what: str, face: ClaimView, rows: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return {
        "ruleId": face.result.id,
        "level": "error",
        "message": {"text": "\n".join([f"{submission.name}: {what}", *told(rows)])},
        # What stays the same from run to run, though lines move.
        "partialFingerprints": {"claim/v1": f"{submission.name}:{what}:{face.name}"},
        **_locations(submission, face.result.counterexample),
    }
