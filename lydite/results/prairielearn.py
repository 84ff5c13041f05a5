"""Renders a submission as the `results.json` of PrairieLearn."""

from __future__ import annotations

import json
from typing import Any

from lydite.results.gradescope import summary
from lydite.results.markdown import told
from lydite.results.submission import ClaimView, Submission

LARGEST = 1_000_000
"""Bytes that PrairieLearn takes."""


def render(submission: Submission) -> str:
    """Returns the document, as one text; what cannot be loaded is not gradable, and costs no attempt."""
    if submission.unloadable:
        return _text({"gradable": False, "format_errors": [submission.trouble]})
    scored = [claim for claim in submission.claims if claim.result.max_points]
    whole = {
        "gradable": True,
        "score": round(submission.points / submission.max_points, 6) if submission.max_points else 0.0,
        "output": summary(submission),
        "tests": [_test(claim, told(claim.rows())) for claim in scored],
    }
    text = _text(whole)
    return text if len(text) <= LARGEST else _text({**whole, "tests": [_test(claim, []) for claim in scored]})


def _text(whole: dict[str, Any]) -> str:
    return json.dumps(whole, indent=1, allow_nan=False)


def _test(claim: ClaimView, rows: list[str]) -> dict[str, Any]:
    return {
        "name": claim.name,
        "description": f"{claim.title}. {claim.otherwise}" if claim.otherwise else claim.title,
        "points": claim.result.points,
        "max_points": claim.result.max_points,
        "message": "" if claim.holds else claim.result.outcome.replace("_", " "),
        "output": "" if claim.holds else "\n".join(rows),
    }
