"""Scores a report by a rubric, from what it has found: nothing is run again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from lydite.notation.marks import hundredths, total
from lydite.report.credit import earned
from lydite.report.model import ClaimResult, Entry, Fault, Report
from lydite.results.rubric import Rubric, RubricError


def rescored(whole: Report, rubric: Rubric) -> Report:
    """Returns the report with the points that `rubric` gives, to the hundredth; a claim that is void counts as held.

    Where the rubric says nothing of points, those of the report stand. Raises RubricError where it gives points for
    what the report does not judge.
    """
    return replace(whole, implementations=tuple(_scored(entry, rubric) for entry in whole.implementations))


def _scored(entry: Entry, rubric: Rubric) -> Entry:
    if unserved := rubric.unserved({claim.key for claim in entry.claims}):
        raise RubricError(f"{unserved} for {entry.name}")
    void = rubric.void if can_count(entry) else {}
    claims = earned([replace(claim, max_points=due) for claim, due in _shares(entry.claims, rubric)], void)
    return replace(
        entry,
        points=total(claim.points for claim in claims),
        max_points=total(claim.max_points for claim in claims),
        claims=claims,
        faults=entry.faults and tuple(_priced(fault, claims) for fault in entry.faults),
    )


def can_count(entry: Entry) -> bool:
    """Returns whether what is void counts: not where nothing could be loaded, or all was cut off before a verdict."""
    return entry.judged or (entry.outcome == "graded" and not entry.failed)


def _priced(fault: Fault, claims: Sequence[ClaimResult]) -> Fault:
    """Returns `fault` with the points that its call costs; what follows from it and costs some is broken as well."""
    paid = {c.id for c in claims if c.because and not c.excused}
    return replace(
        fault,
        points=total(c.max_points - c.points for c in claims if c.fault == fault.call),
        also=(*fault.also, *(i for i in fault.follows if i in paid)),
        follows=tuple(i for i in fault.follows if i not in paid),
    )


def _shares(claims: Sequence[ClaimResult], rubric: Rubric) -> Iterator[tuple[ClaimResult, float]]:
    """Yields each claim, and the points that there are for it."""
    for _, group in groupby(claims, key=lambda claim: claim.question):
        here = list(group)
        for claim, points in zip(here, hundredths([claim.max_points for claim in here]), strict=True):
            yield claim, points if rubric.points is None else rubric.points.get(claim.key, 0.0)
