"""The bench: every judge of every topic, and who judges which claim."""

from __future__ import annotations

from importlib import import_module

from properties.document.judge import JUDGES, Judge
from spec.claim import CLAIMS

TOPICS = (
    "logistic",
    "batch_norm",
    "network",
    "trivariate",
    "gaussian_dropout",
    "newton",
    "softmax_cross_entropy",
    "cross_checks",
)


def bench() -> tuple[Judge, ...]:
    """All judges, topic by topic."""
    for topic in TOPICS:
        import_module(f"properties.document.{topic}")
    return tuple(JUDGES)


def by_claim() -> dict[str, tuple[Judge, ...]]:
    """The judges of each claim of the document, in its order; an id that it does not have comes last."""
    judges = bench()
    ids = dict.fromkeys([*CLAIMS, *(claim for judge in judges for claim in judge.claims)])
    return {claim: tuple(judge for judge in judges if claim in judge.claims) for claim in ids}
