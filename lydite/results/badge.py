"""Renders a submission as a badge: the JSON that shields.io reads from an endpoint."""

from __future__ import annotations

import json

from lydite.notation.marks import marks
from lydite.results.submission import Submission

COLOURS = ((1.0, "brightgreen"), (0.9, "green"), (0.6, "yellow"), (0.0, "orange"))
"""The share of the points from which a badge has a colour."""


def render(submission: Submission) -> str:
    """Returns the document, as one text."""
    share = submission.points / submission.max_points if submission.max_points else 0.0
    whole = {"schemaVersion": 1, "label": "lydite", "message": "not graded in full", "color": "red"}
    if not submission.trouble:
        whole["message"] = f"{marks(submission.points)} / {marks(submission.max_points)}"
        whole["color"] = next(colour for least, colour in COLOURS if share >= least)
    return json.dumps(whole, allow_nan=False) + "\n"
