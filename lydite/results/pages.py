"""Renders the page for a submitter and the page for the staff, each one file of HTML, sufficient by itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from lydite.notation.escape import line
from lydite.notation.marks import marks
from lydite.report.count import NO_CLAIM, SIGNS, WORDS
from lydite.report.model import Outcome, regimes_of
from lydite.results import statistics
from lydite.results.matrix import matrices
from lydite.results.submission import ClaimView, Submission
from lydite.templates import page

SHOWN = 25
"""Claims and faults that the page of a class lists."""
FILTERS: dict[str, Any] = {"line": line, "marks": marks, "matrices": matrices}
LEGEND = {"SIGNS": SIGNS, "WORDS": WORDS, "NO_CLAIM": NO_CLAIM}


def submission_page(submission: Submission) -> str:
    """Returns what became of one submission. Raises NoEngine."""
    regimes = regimes_of([view.result for view in submission.claims])
    return page(
        "submission.html", FILTERS, submission=submission, regimes=regimes, by_claim=_by_claim(submission), **LEGEND
    )


def _by_claim(submission: Submission) -> dict[str, list[list[ClaimView]]]:
    """Returns the claims of each question, each with its regimes."""
    return {
        question: [list(group) for _, group in groupby(claims, key=lambda c: c.result.id)]
        for question, claims in (
            (q, [c for c in submission.claims if c.result.question == q]) for q in submission.questions
        )
    }


def class_page(submissions: Sequence[Submission]) -> str:
    """Returns the page on a class: points, the claims that most break, the faults that are common. Raises NoEngine."""
    return page(
        "class.html",
        FILTERS,
        submissions=submissions,
        questions=sorted({q for s in submissions for q in s.questions}),
        bins=statistics.histogram(submissions),
        items=statistics.items(submissions)[:SHOWN],
        common=statistics.common(submissions)[:SHOWN],
        absent=statistics.absent(submissions),
        median=statistics.median(submissions),
        OUTCOMES=[outcome for outcome in Outcome if outcome is not Outcome.HOLDS],
        **LEGEND,
    )
