"""What a law asks and reads at the input that refutes it."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from typing import Any

from lydite.target.watch import Watch
from spec.case import Case
from spec.evidence import Tally
from spec.law import Law


def probe(law: Law, impl: object, case: Case, watch: Watch) -> dict[str, Any]:
    """How often `law` asks each call at `case`, and which of the inputs it reads: the others say nothing."""
    reads: set[str] = set()

    class Read(type(case)):  # type: ignore[misc]  # a class made for one object
        def __getattribute__(self, name: str) -> Any:
            reads.add(name)
            return super().__getattribute__(name)

    given = case.inputs()
    again = Read(**given, regime=case.regime, u=case.u)
    reads.clear()
    watch.asked.clear()
    with suppress(Exception):  # it fails, which is known already
        import_module("properties.holds").holds(law, impl, again, Tally())
    return {"asked": dict(sorted(watch.asked.items())), "reads": [name for name in given if name in reads]}
