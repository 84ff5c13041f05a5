"""Renders a class as a table of points, in CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from lydite.notation.escape import cell
from lydite.results.submission import Submission


def render(submissions: Sequence[Submission]) -> str:
    """Returns a row for each submission: its points, those of each question, what to fix, and how it was run."""
    questions = sorted({question for submission in submissions for question in submission.questions})
    out = io.StringIO()
    writer = csv.writer(out)
    head = ("submission", "points", "max_points", *questions, "trouble", "fix", "missing")
    writer.writerow((*head, "cases", "seconds", "precision", "seed", "isolation", "lydite"))
    writer.writerows(_row(submission, questions) for submission in submissions)
    return out.getvalue()


def _row(submission: Submission, questions: Sequence[str]) -> Iterator[str]:
    yield cell(submission.name)
    yield from (f"{submission.points:.2f}", f"{submission.max_points:.2f}")
    for question in questions:
        yield f"{submission.count(question).got:.2f}"
    yield from map(cell, (submission.trouble, submission.to_fix, ", ".join(submission.missing)))
    yield from (str(submission.cases), f"{submission.seconds:.3f}", submission.precision, str(submission.seed))
    yield from (submission.isolation, submission.lydite)
