"""Finds which calls a law makes, and which inputs it reads, at the input that refutes it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from lydite.kit.case import Case
from lydite.kit.evidence import Tally
from lydite.kit.holds import holds
from lydite.kit.law import Law
from lydite.target.implementation import Implementation
from lydite.target.watch import Watch


def probe(law: Law, impl: Implementation, case: Case, watch: Watch) -> tuple[dict[str, int], tuple[str, ...]]:
    """Returns how often `law` makes each call at `case`, and which of the inputs it reads: the others say nothing."""
    reads: set[str] = set()

    class Read(type(case)):  # type: ignore[misc]  # a class made for one object
        def __getattribute__(self, name: str) -> Any:
            reads.add(name)
            return super().__getattribute__(name)

    # Of a class of its own, made here, so that no other case pays for being observed: laws read cases all the time.
    given = case.inputs()
    again = Read(**given, regime=case.regime, u=case.u)
    reads.clear()  # making it has read every field
    watch.asked.clear()
    with suppress(Exception):  # it fails, which is known already
        holds(law, impl, again, Tally())
    return dict(sorted(watch.asked.items())), tuple(name for name in given if name in reads)
