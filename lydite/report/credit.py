"""Gives each claim its points: the one place that decides what a claim earns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from lydite.report.model import ClaimResult


def earned(claims: Sequence[ClaimResult], void: Collection[str] = ()) -> tuple[ClaimResult, ...]:
    """Returns `claims` with their points: what holds or is `void` has all, and what others explain what they pay for.

    A claim that breaks because of others costs nothing as far as these lose as many points themselves. Each point lost
    pays once, in the order of the document, and not for a claim about the same call: so nobody gains by spoiling the
    call that another one may be said to rest on. What loses nothing explains nothing.
    """
    wrong = {c.key for c in claims if c.failed and c.id not in void}
    claims = [replace(c, because=tuple(o for o in c.because if (o, c.regime) in wrong)) for c in claims]
    full = {c.key for c in claims if c.holds or c.id in void}
    funds = {c.key: round(100 * c.max_points) for c in claims if c.failed and not c.because and c.id not in void}
    calls = {c.key: set(c.calls) for c in claims}
    for claim in claims:
        due = round(100 * claim.max_points)
        explaining = [(other, claim.regime) for other in claim.because]
        payers = [key for key in explaining if key in funds and calls[key].isdisjoint(claim.calls)]
        if payers and claim.key not in full and sum(funds[key] for key in payers) >= due:
            full.add(claim.key)
            for key in payers:
                paid = min(funds[key], due)
                funds[key] -= paid
                due -= paid
    losing = wrong - full
    return tuple(
        replace(
            c,
            points=c.max_points if c.key in full else 0.0,
            because=tuple(other for other in c.because if (other, c.regime) in losing),
        )
        for c in claims
    )
