"""Counts what is caught of mistakes, mutants and stubs: `python -m benchmarks.bite [--seeds N] [--sample N]`.

A mistake is caught where the claim that it names fails for it in the regime that it names, at the default number of
examples, under every seed. A stub, a call that computes nothing, earns a claim where that holds for it in any regime.
What a whole run says stands in `bite.txt`, and in `docs/explanation/sharpness.md`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from benchmarks.kept import workers
from benchmarks.mutants import MODULES, Judged, judged
from lydite.grading.catch import MISTAKES, earned_by_stubs, is_caught
from lydite.kit.claim import CLAIMS
from lydite.kit.mistake import Mistake
from lydite.kit.regime import Regime

STORED = Path(__file__).with_name("bite.txt")


def _is_caught(task: tuple[int, int]) -> bool:
    number, seed = task
    return is_caught(MISTAKES[number], seed)


def _escapes(seeds: int, jobs: int) -> Iterator[tuple[Mistake, int]]:
    """The mistakes that are not caught, and the seeds under which they are not."""
    tasks = [(number, seed) for seed in range(seeds) for number in range(len(MISTAKES))]
    with workers(jobs) as pool:
        caught = pool.map(_is_caught, tasks, chunksize=8)
        shown = track(zip(tasks, caught, strict=True), "mistakes", len(tasks), console=Console(stderr=True))
        yield from ((MISTAKES[number], seed) for (number, seed), is_it in shown if not is_it)


def _earned(jobs: int) -> Iterator[tuple[str, str, Regime]]:
    """Each claim that a stub earns, the stub, and the regime."""
    graded = [claim.id for claim in CLAIMS.values() if claim.graded]
    with workers(jobs) as pool:
        earned = pool.map(earned_by_stubs, graded)
        shown = track(zip(graded, earned, strict=True), "stubs", len(graded), console=Console(stderr=True))
        yield from ((claim, stub, regime) for claim, found in shown for stub, regime in found)


@click.command()
@click.option("--seeds", default=1, show_default=True, help="So many, under each of which a mistake must be caught.")
@click.option("--sample", metavar="N", default=0, help="So many of the mutants; all of them if 0.")
@click.option("--draw", default=0, show_default=True, help="The seed of the sample.")
@click.option("--store", is_flag=True, help="Writes what a whole run says to bite.txt.")
@click.option("--jobs", default=2, show_default=True, help="Processes.")
def main(seeds: int, sample: int, draw: int, store: bool, jobs: int) -> None:
    """Prints how many known mistakes, mutants of the reference and stubs are caught, and what is not."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    escapes = list(_escapes(seeds, jobs))
    for mistake, seed in escapes:
        console.print(
            f"escaped   {mistake.module}:{mistake.name} under seed {seed}: {mistake.breaks} [{mistake.regime}]"
        )
    earned = list(_earned(jobs))
    for claim, stub, regime in earned:
        console.print(f"earned    {claim} by {stub} [{regime}]")
    result = judged(MODULES, sample, draw, jobs)
    result.show(console)
    said = _said(len(MISTAKES), len({mistake.wrong for mistake, _ in escapes}), result, len({c for c, *_ in earned}))
    console.print(said)
    if escapes or earned or result.unexplained:
        sys.exit(1)
    if store and not sample:
        STORED.write_text(f"{said}\n", encoding="utf-8")
    if not sample and said != STORED.read_text(encoding="utf-8").strip():
        console.print("bite.txt says otherwise: --store writes it anew")
        sys.exit(1)


def _said(mistakes: int, escaped: int, result: Judged, earned: int) -> str:
    mutants, survived = len(result.mutants), len(result.survived)
    caught = f"caught {mistakes - escaped}/{mistakes} mistakes, {mutants - survived}/{mutants} mutants"
    return f"{caught}, {survived - len(result.unexplained)} survivors explained, {earned} claims earned by stubs"


if __name__ == "__main__":
    main()
