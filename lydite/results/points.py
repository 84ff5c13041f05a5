"""Points by a rubric, from what a report has found: nothing is run again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from lydite.notation.marks import hundredths, total
from lydite.report.model import Document, judged
from lydite.results.rubric import Rubric, RubricError


def rescored(whole: Document, rubric: Rubric) -> Document:
    """The report with the points that `rubric` gives, to the hundredth; a claim that is void counts as held.

    Where the rubric says nothing of points, those of the report stand. Raises RubricError where it gives points for
    what the report does not judge, and KeyError or TypeError where `whole` is no whole report.
    """
    return {
        **whole,
        "implementations": [_scored(implementation, rubric) for implementation in whole["implementations"]],
    }


def _scored(implementation: Document, rubric: Rubric) -> Document:
    if unserved := rubric.unserved({(claim["id"], claim["regime"]) for claim in implementation["claims"]}):
        raise RubricError(f"{unserved} for {implementation['name']}")
    claims = [{**claim, "max_points": due} for claim, due in _shares(implementation["claims"], rubric)]
    void = rubric.void if can_count(implementation) else {}
    for claim in claims:
        claim["points"] = claim["max_points"] if credited(claim) or claim["id"] in void else 0.0
    sums = {key: total(claim[key] for claim in claims) for key in ("points", "max_points")}
    scored = {**implementation, **sums, "claims": claims}
    if "faults" in implementation:
        scored["faults"] = [{**fault, "points": lost(claims, fault["call"])} for fault in implementation["faults"]]
    return scored


def can_count(implementation: Document) -> bool:
    """Returns whether what is void counts: not where nothing could be loaded, or all was cut off before a verdict."""
    return judged(implementation) or (implementation["outcome"] == "graded" and not implementation.get("failed"))


def credited(claim: Document) -> bool:
    """Whether a claim earns its points: it holds, or breaks only because of a fault that is counted elsewhere."""
    return claim["outcome"] == "holds" or bool(claim["because"])


def lost(claims: Iterable[Document], call: str) -> float:
    """The points that `call` costs."""
    return total(c["max_points"] - c["points"] for c in claims if c.get("fault") == call)


def _shares(claims: Sequence[Document], rubric: Rubric) -> Iterator[tuple[Document, float]]:
    """Each claim, and the points that there are for it."""
    for _, group in groupby(claims, key=lambda claim: claim["question"]):
        asked = list(group)
        stored = hundredths([claim["max_points"] for claim in asked])
        for claim, points in zip(asked, stored, strict=True):
            given = rubric.points
            yield claim, points if given is None else given.get((claim["id"], claim["regime"]), 0.0)
