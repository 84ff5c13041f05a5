"""Renders the page for a submitter and the page for the staff, each one file of HTML, sufficient by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from lydite.notation import escape
from lydite.notation.escape import line
from lydite.notation.marks import marks
from lydite.report.count import NO_CLAIM, SIGNS, WORDS
from lydite.report.model import Outcome, regimes_of
from lydite.results import statistics
from lydite.results.matrix import matrices
from lydite.results.submission import ClaimView, Submission
from lydite.templates import page, script

SCRIPT = "class.js"
"""The script of the page of a class, which sorts and filters."""
SHOWN = 25
"""Claims and faults that the page of a class lists."""
FILTERS: dict[str, Any] = {"line": line, "marks": marks, "matrices": matrices}
Views = Mapping[str, str]
"""Other pages that one leads to, where it is served beside them: their words, by address."""
EMPTY: Views = MappingProxyType({})
LEGEND = {"SIGNS": SIGNS, "WORDS": WORDS, "NO_CLAIM": NO_CLAIM}


def submission_page(submission: Submission, views: Views = EMPTY) -> str:
    """Returns what became of one submission. Raises NoEngine."""
    return page(
        "submission.html",
        FILTERS,
        submission=submission,
        views=views,
        regimes=regimes_of([view.result for view in submission.claims]),
        by_claim=_by_claim(submission),
        **LEGEND,
    )


def _by_claim(submission: Submission) -> dict[str, list[list[ClaimView]]]:
    """Returns the claims of each question, each with its regimes."""
    return {
        question: [list(group) for _, group in groupby(claims, key=lambda c: c.result.id)]
        for question, claims in (
            (q, [c for c in submission.claims if c.result.question == q]) for q in submission.questions
        )
    }


def file_names(submissions: Sequence[Submission]) -> list[str]:
    """Returns a name for the page of each submission, no two alike on any system."""
    taken: dict[str, str] = {}
    for submission in submissions:
        stem = name = escape.filename(submission.name)
        while name.casefold() in taken:
            name = f"{stem}-{len(taken)}"
        taken[name.casefold()] = f"{name}.html"
    return list(taken.values())


def submission_pages(submissions: Sequence[Submission]) -> Iterator[tuple[str, str]]:
    """Yields the name and the page of each submission. Raises NoEngine."""
    for name, submission in zip(file_names(submissions), submissions, strict=True):
        yield name, submission_page(submission)


def class_page(submissions: Sequence[Submission], folder: str = "", views: Views = EMPTY) -> str:
    """Returns the page on a class: points, the claims that most break, the faults that are common. Raises NoEngine.

    It leads to the pages of the submissions in `folder`, if there is one.
    """
    links = [quote(f"{folder}/{name}") if folder else "" for name in file_names(submissions)]
    return page(
        "class.html",
        FILTERS,
        links={one.name: link for one, link in zip(submissions, links, strict=True)},
        views=views,
        submissions=submissions,
        questions=sorted({q for s in submissions for q in s.questions}),
        bins=statistics.histogram(submissions),
        distributions=statistics.distributions(submissions),
        items=statistics.items(submissions)[:SHOWN],
        common=statistics.common(submissions)[:SHOWN],
        absent=statistics.absent(submissions),
        median=statistics.median(submissions),
        OUTCOMES=[outcome for outcome in Outcome if outcome is not Outcome.HOLDS],
        **script(SCRIPT),
        **LEGEND,
    )
