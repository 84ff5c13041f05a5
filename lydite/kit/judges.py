"""The bench: every judge of every topic, and who judges which claim."""

from __future__ import annotations

from lydite.kit.claim import CLAIMS
from lydite.kit.judge import JUDGES, Judge
from lydite.kit.question import topics


def bench() -> tuple[Judge, ...]:
    """Returns all judges, topic by topic."""
    topics("properties.document")
    return tuple(JUDGES)


def by_claim() -> dict[str, tuple[Judge, ...]]:
    """Returns the judges of each claim of the document, in its order; an id that it does not have comes last."""
    judges = bench()
    ids = dict.fromkeys([*CLAIMS, *(claim for judge in judges for claim in judge.claims)])
    return {claim: tuple(judge for judge in judges if claim in judge.claims) for claim in ids}
