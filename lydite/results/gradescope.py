"""Renders a submission as the `results.json` of Gradescope."""

from __future__ import annotations

import json
from typing import Any

from lydite.notation.marks import marks
from lydite.report.model import Outcome
from lydite.results.markdown import told
from lydite.results.submission import ClaimView, Submission


def render(submission: Submission) -> str:
    """Returns the document, as one text: a test for each claim that carries points, and the faults at the top."""
    scored = [claim for claim in submission.claims if claim.result.max_points]
    return json.dumps(
        {
            "score": submission.points,
            "execution_time": round(submission.seconds, 3),
            "output": summary(submission),
            "output_format": "text",
            "test_output_format": "text",
            "test_name_format": "text",
            "tests": [_test(claim) for claim in scored],
            "extra_data": {"lydite": submission.lydite, "seed": submission.seed, "precision": submission.precision},
        },
        indent=1,
        allow_nan=False,
    )


def summary(submission: Submission) -> str:
    """Returns the faults in plain text, as far as they may be shown."""
    lines = [*submission.notes, f"{marks(submission.points)} of {marks(submission.max_points)} points"]
    if submission.trouble:
        lines.append(submission.trouble)
    lines += by_function(submission)
    for fault in submission.faults:
        cost = f"-{marks(fault.points)} points" if fault.points else "no points"
        lines += ["", f"{fault.call}: {fault.face.name}, {fault.face.title} ({cost})"]
        lines += [f"  checked: {fault.face.otherwise}"] if fault.face.otherwise else []
        lines += [f"  {row}" for row in told(fault.rows())]
    if submission.missing:
        lines += ["", f"not offered: {', '.join(submission.missing)}"]
    return "\n".join(lines)


def by_function(submission: Submission) -> list[str]:
    """Returns a table of the functions that do not hold in full, in plain text, and names those that do."""
    rows = [one for one in submission.functions if one.offered and one.outcome is not Outcome.HOLDS]
    width = max((len(one.call) for one in rows), default=0)
    whole = [one.call for one in submission.functions if one.outcome is Outcome.HOLDS]
    lines = [f"{one.call:<{width}}  {one.holds} hold  {one.look}".rstrip() for one in rows]
    lines += [f"all holds: {', '.join(whole)}"] * bool(whole)
    return ["", *lines] if lines else []


def _said(claim: ClaimView) -> list[str]:
    """Returns what was checked, where the document says otherwise, and what came of it."""
    checked = [f"checked: {claim.otherwise}"] if claim.otherwise else []
    return checked if claim.holds else [claim.result.outcome.replace("_", " "), *checked, *told(claim.rows())]


def _test(claim: ClaimView) -> dict[str, Any]:
    credited = claim.result.points == claim.result.max_points
    return {
        "name": f"{claim.name} {claim.title}".strip(),
        "score": claim.result.points,
        "max_score": claim.result.max_points,
        "status": "passed" if credited else "failed",
        "output": "\n".join(_said(claim)),
        "tags": [claim.result.question, claim.result.regime],
    }
