"""Points by a rubric, from what a report has found: nothing is run again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lydite.report import Document
from lydite.results.rubric import Rubric, hundredths


def rescored(whole: Document, rubric: Rubric) -> Document:
    """The report with the points that `rubric` gives, to the hundredth; a claim that is void counts as held.

    Where the rubric says nothing of points, those of the report stand. Raises KeyError or TypeError where `whole` is no
    whole report.
    """
    return {
        **whole,
        "implementations": [_scored(implementation, rubric) for implementation in whole["implementations"]],
    }


def _scored(implementation: Document, rubric: Rubric) -> Document:
    claims = [{**claim, "max_points": due} for claim, due in _shares(implementation["claims"], rubric)]
    for claim in claims:
        counts = credited(claim) or claim["id"] in rubric.void
        claim["points"] = claim["max_points"] if counts else 0.0
    sums = {key: round(sum(claim[key] for claim in claims), 2) for key in ("points", "max_points")}
    scored = {**implementation, **sums, "claims": claims}
    if "faults" in implementation:
        scored["faults"] = [{**fault, "points": lost(claims, fault["call"])} for fault in implementation["faults"]]
    return scored


def credited(claim: Document) -> bool:
    """Whether a claim earns its points: it holds, or breaks only because of a fault that is counted elsewhere."""
    return claim["outcome"] == "holds" or bool(claim["because"])


def lost(claims: Iterable[Document], call: str) -> float:
    """The points that `call` costs."""
    points: float = sum(c["max_points"] - c["points"] for c in claims if c.get("fault") == call)
    return round(points, 2)


def _shares(claims: Sequence[Document], rubric: Rubric) -> Iterator[tuple[Document, float]]:
    """Each claim, and the points that there are for it."""
    stored = hundredths([claim["max_points"] for claim in claims])
    for claim, points in zip(claims, stored, strict=True):
        yield claim, points if rubric.points is None else rubric.points.get((claim["id"], claim["regime"]), 0.0)
