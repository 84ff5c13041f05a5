"""Renders submissions for GitHub: the result that Classroom's reporter takes, and annotations in a job's log."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from lydite.notation.escape import attribute, message
from lydite.notation.marks import marks
from lydite.report.model import Counterexample, Outcome
from lydite.results.markdown import told
from lydite.results.submission import ClaimView, Submission

MOST = 10
"""Annotations of a step that GitHub keeps; it drops more without a word."""
STATUS = {Outcome.HOLDS: "pass", Outcome.ERROR: "error"}


def classroom(submission: Submission) -> str:
    """Returns the line `result=...` for the step's `$GITHUB_OUTPUT`: base64 of what a grader hands to the reporter."""
    scored = [claim for claim in submission.claims if claim.result.max_points]
    complete = submission.points == submission.max_points and scored and not submission.trouble
    whole = {
        "version": 1,
        "status": "error" if submission.unloadable else "pass" if complete else "fail",
        "max_score": submission.max_points,
        "tests": [_test(claim) for claim in scored],
    }
    text = json.dumps(whole, allow_nan=False)
    return f"result={base64.b64encode(text.encode()).decode()}\n"


def _test(claim: ClaimView) -> dict[str, Any]:
    credited = claim.result.points == claim.result.max_points
    return {
        "name": f"{claim.name} {claim.title}".strip(),
        "status": "pass" if credited else STATUS.get(claim.result.outcome, "fail"),
        "score": claim.result.points,
        # The reporter prints it into the log, where a line that starts with :: would be a command.
        "message": "" if claim.holds else "\n".join(told(claim.rows())),
    }


def _start(submission: Submission, example: Counterexample | None) -> str:
    """Returns the beginning of an annotation: at the line of the call, where that is known."""
    place = submission.place(example)
    return f"file={attribute(place[0])},line={place[1]}," if place else ""


def annotated(submissions: Sequence[Submission]) -> str:
    """Returns the costliest faults as `::error` commands, at the lines where the calls are; the rest is counted."""
    found = [(fault, submission) for submission in submissions for fault in submission.faults]
    found.sort(key=lambda one: -one[0].points)
    lines = [
        f"::error title={attribute(f'{s.name} is not graded in full')}::{message(s.trouble)}"
        for s in submissions
        if s.trouble
    ]
    for fault, submission in found:
        title = f"{submission.name}: {fault.call}, {fault.face.name}"
        start = _start(submission, fault.face.result.counterexample)
        checked = [f"checked: {fault.face.otherwise}"] if fault.face.otherwise else []
        text = "\n".join([f"{fault.face.title} (-{marks(fault.points)})", *checked, *told(fault.rows())])
        lines.append(f"::error {start}title={attribute(title)}::{message(text)}")
    lines += [
        f"::error title={attribute(f'{one.name}: no longer broken, {claim.name}')}::{message(claim.known)}"
        for one in submissions
        for claim in one.stale
    ]
    for one in submissions:
        for budget in one.exceeded:
            title, text = f"{one.name}: less accurate than its budget", "\n".join([budget.says, *told(budget.rows())])
            start = _start(one, budget.counterexample)
            lines.append(f"::error {start}title={attribute(title)}::{message(text)}")
    kept = lines[:MOST]
    if len(lines) > MOST:
        kept[-1] = f"::error title=lydite::{len(lines) - MOST + 1} more are in the report"
    return "".join(f"{one}\n" for one in kept)
