"""Submissions as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from lydite import __version__
from lydite.results.markdown import told
from lydite.results.submission import Fault, Judged, Submission

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(submissions: Sequence[Submission]) -> str:
    """The document, as one text: a result for each fault, and a rule for each claim that one breaks."""
    faults = [(submission, fault) for submission in submissions for fault in submission.faults]
    rules = {fault.face.scored.id: fault.face for _, fault in faults}
    driver = {"name": "Lydite", "version": __version__, "rules": [_rule(face) for face in rules.values()]}
    results = [_result(submission, fault) for submission, fault in faults]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, allow_nan=False)


def _rule(face: Judged) -> dict[str, Any]:
    return {"id": face.scored.id, "shortDescription": {"text": face.title or face.scored.id}}


def _result(submission: Submission, fault: Fault) -> dict[str, Any]:
    face = fault.face
    result: dict[str, Any] = {
        "ruleId": face.scored.id,
        "level": "error",
        "message": {"text": "\n".join([f"{submission.name}: {fault.call}", *told(fault.rows())])},
        # What stays the same from run to run, though lines move.
        "partialFingerprints": {"claim/v1": f"{submission.name}:{fault.call}:{face.name}"},
    }
    if place := submission.place(face):
        where = {"artifactLocation": {"uri": quote(place[0])}, "region": {"startLine": place[1]}}
        result["locations"] = [{"physicalLocation": where}]
    return result
