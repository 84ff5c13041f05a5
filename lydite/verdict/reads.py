"""Finds which calls a law makes, and which inputs it reads, at the input that refutes it."""

from __future__ import annotations

from dataclasses import dataclass

from lydite.kit.case import Case, observed
from lydite.kit.evidence import Tally
from lydite.kit.holds import holds
from lydite.kit.law import Law
from lydite.target.implementation import Implementation
from lydite.target.watch import Watch
from lydite.verdict.made import Noted, Noting


@dataclass(frozen=True, slots=True)
class Probed:
    """How often a law makes each call at a case, which of the inputs it reads, and the calls themselves.

    The inputs that it does not read say nothing. It fails `alone` where it does so without other cases before.
    """

    asked: dict[str, int]
    reads: tuple[str, ...]
    calls: list[Noted]
    alone: bool


def probe(law: Law, impl: Implementation, case: Case, watch: Watch) -> Probed:
    """Returns what `law` does at `case`, where it has failed."""
    again, reads = observed(case)
    watch.asked.clear()
    noting, alone = Noting(impl, watch), False
    try:
        holds(law, noting, again, Tally())
    except Exception:  # noqa: BLE001  (it fails, which is known already)
        alone = True
    asked = dict(sorted(watch.asked.items()))
    return Probed(asked, tuple(name for name in case.inputs() if name in reads), noting.noted, alone)
