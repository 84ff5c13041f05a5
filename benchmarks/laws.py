"""What each law is worth: `python -m benchmarks.laws` holds every mistake to every law that asks for it.

A law is redundant where whatever it catches, by its edges and one batch, another law of the same claim catches too. It
may stay all the same: the last column says as what. What was found is kept in `build/laws.jsonl`; to remove the file is
to begin anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import click
from rich.console import Console
from rich.table import Table

import reference
from benchmarks.catch import MISTAKES, catches
from benchmarks.kept import found
from lydite.implementation import Implementation
from lydite.watch import Watch
from mistakes.mistake import Mistake
from properties.every import every
from properties.forall import Plan, Property
from spec.evidence import Tally
from spec.law import LAWS, Law
from spec.regime import Regime

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
    of_claim: dict[str, set[str]] = defaultdict(set)
    for law in LAWS.values():
        for claim in law.claims:
            of_claim[claim].add(law.name)

    def needed(law: Law, claim: str) -> bool:
        others = of_claim[claim] - {law.name}
        return not others or not caught[law.name] <= set().union(*(caught[other] for other in others))

    return [law for law in LAWS.values() if not law.batched and not any(needed(law, claim) for claim in law.claims)]


def _stays(law: Law) -> str:
    """As what the document keeps a law that catches nothing of its own."""
    kinds = {
        "keeps_its_tails": "the only one with relative accuracy",
        "difference_quotient": "finite differences: loss and gradient belong together",
        "is_slope": "the definition's own derivative, without the closed form",
        "is_curvature": "the definition's own derivative, without the closed form",
        "exact": "the certified value",
    }
    return next((why for word, why in kinds.items() if word in law.name), "an identity of the document's")


@click.command()
@click.option("--jobs", default=2, show_default=True, help="Processes.")
def main(jobs: int) -> None:
    """Prints what each law catches that is redundant, and why it stays."""
    seen = found("laws.jsonl", laws_that_catch, {_name(m): n for n, m in enumerate(MISTAKES)}, jobs)
    caught: dict[str, set[str]] = defaultdict(set)
    for mistake, laws in seen.items():
        for law in laws:
            caught[law].add(mistake)
    table = Table("law", "claims", "catches", "stays as", box=None)
    for law in redundant(caught):
        table.add_row(law.name, " ".join(law.claims), str(len(caught[law.name])), _stays(law))
    Console(highlight=False).print(table)
    print(f"laws: {len(LAWS)}, redundant: {table.row_count}, of {len(MISTAKES)} mistakes")


if __name__ == "__main__":
    main()
