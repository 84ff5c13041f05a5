"""Finds the claims that a name stands for: an id, the beginning of one, or a function."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lydite.adapters.naming import MOST, near, question
from lydite.kit.claim import CLAIMS


def named(name: str, *, graded: bool = False) -> list[str]:
    """Returns the claims that `name` stands for, in any case: `q7`, `Q7.b`, or `softmax`, which they are about.

    Of all that are `graded`, or of all. Raises ValueError where there is none, with the names that are near.
    """
    wanted = name.casefold()
    claims = [c for c in CLAIMS if CLAIMS[c].graded or not graded]
    found = [c for c in claims if within(c.casefold(), wanted) or wanted in map(str.casefold, CLAIMS[c].calls)]
    if not found:
        kind = "graded claim" if graded else "claim"
        raise ValueError(f"no {kind} is called {name!r}, and no function{question(_near(name, claims))}")
    return found


def within(claim: str, name: str) -> bool:
    """Returns whether `name` is the id of `claim` or the beginning of it."""
    return claim == name or claim.startswith(f"{name}.")


def _near(name: str, claims: Collection[str]) -> Sequence[str]:
    """Returns what may be meant by `name`: what is spelled alike, or else the functions that begin like it."""
    calls = list(dict.fromkeys(call for c in claims for call in CLAIMS[c].calls))
    beginnings = {".".join(c.split(".")[:n]) for c in claims for n in range(1, c.count(".") + 2)}
    return near(name, {*calls, *beginnings}) or [call for call in calls if call.startswith(name.casefold())][:MOST]
