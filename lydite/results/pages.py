"""The page for a submitter and the page for the staff, each one file of HTML that needs nothing besides itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from lydite.notation.marks import marks
from lydite.report.terminal import REGIMES, WORDS
from lydite.results import statistics
from lydite.results.matrix import matrices
from lydite.results.scoreboard import MARKS, NO_CLAIM
from lydite.results.submission import ClaimView, Submission, size
from lydite.templates import page
from lydite.verdict.outcome import DECISIVE

SHOWN = 25
"""Claims and faults that the page of a class lists."""
FILTERS: dict[str, Any] = {"marks": marks, "size": size, "matrices": matrices}
SIGNS = {"MARKS": MARKS, "WORDS": WORDS, "NO_CLAIM": NO_CLAIM}


def submission_page(submission: Submission) -> str:
    """What became of one submission. Raises NoEngine."""
    regimes = [r for r in REGIMES if any(c.scored.regime == r for c in submission.claims)]
    return page(
        "submission.html", FILTERS, submission=submission, regimes=regimes, by_claim=_by_claim(submission), **SIGNS
    )


def _by_claim(submission: Submission) -> dict[str, list[list[ClaimView]]]:
    """The claims of each question, each with its regimes."""
    return {
        question: [list(group) for _, group in groupby(claims, key=lambda c: c.scored.id)]
        for question, claims in (
            (q, [c for c in submission.claims if c.scored.question == q]) for q in submission.questions
        )
    }


def class_page(submissions: Sequence[Submission]) -> str:
    """What became of a class: points, the claims that most break, and the faults that are common. Raises NoEngine."""
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
        OUTCOMES=[outcome for outcome in DECISIVE if outcome in WORDS and outcome != "holds"],
        **SIGNS,
    )
