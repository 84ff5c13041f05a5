"""Measures what each law is worth: `python -m benchmarks.laws` holds every mistake to every law that calls it.

A law is redundant where whatever it catches, by its edges and one batch, another law of the same claim catches too. It
stays as what the last column says: a claim about a derivative is held to certified values, to finite differences of the
implementation itself, and to identities and inequalities, which need no oracle. A law that catches nothing at all is
idle, and that fails.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import click

import reference
from benchmarks.kept import found
from lydite.grading.catch import MISTAKES, catches
from lydite.kit.balls import Truth
from lydite.kit.every import every
from lydite.kit.evidence import Tally
from lydite.kit.forall import Plan, Property
from lydite.kit.law import Equation, Law
from lydite.kit.mistake import Mistake
from lydite.kit.regime import Regime
from lydite.target.implementation import Implementation
from lydite.target.watch import Watch

Catches = Mapping[str, set[str]]
"""The mistakes that each law catches, by name."""


def _name(mistake: Mistake) -> str:
    return f"{mistake.module}:{mistake.name}"


@cache
def _asked(prop: Property[Any], regime: Regime) -> frozenset[str]:
    """The calls that a law asks of the reference."""
    watch = Watch()
    prop.check(Implementation(reference, watch=watch), regime, Plan(examples=1, shrink=False), Tally())
    return frozenset(watch.asked)


def _judges(mistake: Mistake) -> Iterator[Property[Any]]:
    """The properties that ask what is wrong."""
    wrong = {mistake.call, *mistake.along}
    for prop in every():
        if mistake.regime in prop.law.regimes and not prop.law.batched and wrong & _asked(prop, mistake.regime):
            yield prop


def laws_that_catch(number: int) -> list[str]:
    """The names of the laws that fail for a mistake in its regime."""
    mistake = MISTAKES[number]
    offered = mistake.implementation()
    return [p.law.name for p in _judges(mistake) if catches(p, offered, mistake.regime, Plan(examples=1, shrink=False))]


def redundant(caught: Catches) -> list[Law]:
    """The laws that catch nothing, in no claim of theirs, that another law of it does not."""
    laws = [prop.law for prop in every() if not prop.law.batched]
    of_claim: dict[str, set[str]] = defaultdict(set)
    for law in laws:
        for claim in law.claims:
            of_claim[claim].add(law.name)

    def needed(law: Law, claim: str) -> bool:
        others = of_claim[claim] - {law.name}
        return not others or not caught[law.name] <= set().union(*(caught[other] for other in others))

    return [law for law in laws if not any(needed(law, claim) for claim in law.claims)]


def _kind(prop: Property[Any]) -> str:
    """Returns what a law rests on, by what it compares with at the first case that it can decide."""
    if prop.law.differences:
        return "finite differences"
    offered = Implementation(reference)
    stated = (prop.law(offered, case) for case in prop.cases.diverse(prop.law.regimes[0], "float64"))
    statement = next((s for s in stated if s is not None), None)
    due = statement.rhs if isinstance(statement, Equation) else ()
    certified = any(isinstance(part, Truth) for part in (due if isinstance(due, tuple) else (due,)))
    return "certified value" if certified else "identity or inequality"


@click.command()
@click.option("--jobs", default=2, show_default=True, help="Processes.")
def main(jobs: int) -> None:
    """Prints the laws that are redundant, their claims, how many mistakes each catches, and as what it stays."""
    seen = found("laws.jsonl", laws_that_catch, {_name(m): n for n, m in enumerate(MISTAKES)}, jobs)
    caught: dict[str, set[str]] = defaultdict(set)
    for mistake, names in seen.items():
        for name in names:
            caught[name].add(mistake)
    laws, props = redundant(caught), {prop.law: prop for prop in every()}
    for law in laws:
        print(f"{law.name:72} {' '.join(law.claims):16} {len(caught[law.name]):3}  {_kind(props[law])}")
    idle = [prop.law.name for prop in every() if not prop.law.batched and not caught[prop.law.name]]
    print(f"laws: {len(every())}, redundant: {len(laws)}, idle: {len(idle)}, held to {len(MISTAKES)} mistakes", *idle)
    sys.exit(1 if idle else 0)


if __name__ == "__main__":
    main()
