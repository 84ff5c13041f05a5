"""Hunts for false alarms: `python -m benchmarks.hunt` holds correct code to every law under many seeds.

In the regimes that are graded by default: `tails` and `inputs` are not among them.

Whatever is accused and not expected (`implementations/expected.toml`) is printed with the command that shows it again,
and ends in exit status 1. What has been held is kept in `build/hunt.jsonl`: a hunt that is cut off goes on from there.
What it has come to stands in `hunt.txt`, and its first line in `docs/explanation/sharpness.md`.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from benchmarks.kept import ROOT, digest, found, held
from lydite.grading.expectation import read_expectations
from lydite.grading.request import Request, Settings
from lydite.kit.every import every
from lydite.kit.evidence import Tally
from lydite.kit.failure import CallFailed, Misbehaved, Missing
from lydite.kit.forall import Deeper, Plan, Property
from lydite.kit.regime import Regime
from lydite.target.implementation import Implementation
from lydite.target.literals import literals
from lydite.target.load import load
from lydite.target.watch import Watch

FOLDER = ROOT / "implementations"
KEPT = "hunt.jsonl"
EXPLORED = "explored.jsonl"
STORED = Path(__file__).with_name("hunt.txt")
EXPECTED = read_expectations(FOLDER / "expected.toml")
NAMES = ("reference", *EXPECTED)
SLOW = {
    "autograd_tape.py",
    "jax_autodiff.py",
    "jax_nn.toml",
    "mpmath_exact.py",
    "optax_losses.toml",
    "sympy_symbolic.py",
    "torch_autograd.py",
    "torch_functional.toml",
}
"""Take up to seven minutes a seed, where the others take seconds."""
SELDOM = 20
"""Of so many seeds, these are held under one, unless they are named."""
PRECISIONS = ("float64", "float32")
SECONDS = 60.0
"""Seconds that a call may take: a slow one is not a false alarm."""

Task = tuple[str, str, int, int]
"""A target, a precision, a seed, and how many examples a law has."""


def _target(name: str) -> str:
    return name if name == "reference" else str(FOLDER / name)


@cache
def _request(name: str) -> Request:
    expect = "" if name == "reference" else str(FOLDER / "expected.toml")
    settings = Settings.read(
        only="", regimes="", precision="", seed="0", examples="1", call_timeout=str(SECONDS), expect=expect
    )
    return settings.of(_target(name), name)


@cache
def _loaded(name: str, precision: str) -> object:
    return load(_target(name), _request(name).adapter, precision)


def _asked(name: str) -> Iterator[tuple[Property[Any], Regime, set[str]]]:
    """Each law and regime in scope, with the claims that are graded by it."""
    request = _request(name)
    adapter = request.adapter
    for prop in every():
        if prop.law.batched and not (adapter and adapter.batches(prop.law.batched)):
            continue
        for regime in prop.law.regimes:
            claims = {claim for claim in prop.law.claims_in(regime) if (claim, regime) in request.scope}
            if claims:
                yield prop, regime, claims


def held_to_all(task: Task, explore: bool = False) -> dict[str, Any]:
    """The accusations of a target that nobody expects, and the number of cases on which it was held."""
    name, precision, seed, examples = task
    expectation, tally, accusations = _request(name).expectation, Tally(), []
    loaded = _loaded(name, precision)
    deeper = Deeper(literals(Implementation(loaded).files())) if explore else None
    plan = Plan(seed, precision, examples, shrink=False, edges=seed == 0, deeper=deeper)
    for prop, regime, claims in _asked(name):
        known = expectation.reasons(regime, precision) if expectation else {}
        watch = Watch(SECONDS)
        impl = Implementation(loaded, regime is Regime.PURITY, watch)
        try:
            with watch.attending():
                prop.check(impl, regime, plan, tally)
        except Missing:
            continue
        except (AssertionError, CallFailed, Misbehaved) as error:
            if not claims <= set(known):
                accusations.append(f"{prop.law.name} [{regime}]: {str(error).splitlines()[0]}")
    return {"accusations": accusations, "cases": tally.cases}


def planned(targets: Sequence[str], seeds: range, examples: int) -> Iterator[Task]:
    """Every target under every seed; of all, the slow ones under few."""
    for seed in seeds:
        for name in targets or NAMES:
            if targets or name not in SLOW or seed % SELDOM == 0:
                yield from ((name, precision, seed, examples) for precision in PRECISIONS)


# -- Keeping and telling --


def _key(task: Task, version: str) -> str:
    return " ".join([*map(str, task), version])


def _again(task: Task, explore: bool) -> str:
    name, precision, seed, examples = task
    target = name if name == "reference" else f"implementations/{name}"
    return f"lydite grade {target} --precision {precision} --seed {seed} --examples {examples}{' --explore' * explore}"


def told(rows: Mapping[str, dict[str, Any]], version: str) -> Iterator[str]:
    """Summarizes the hunt under `version` in a line, and then in one for each implementation."""
    seeds: dict[str, set[tuple[str, str]]] = defaultdict(set)
    cases: Counter[str] = Counter()
    accused: Counter[str] = Counter()
    for key, row in rows.items():
        name, precision, seed, _, of = key.split()
        if of == version:
            seeds[name].add((precision, seed))
            cases[name] += row["cases"]
            accused[name] += len(row["accusations"])
    yield f"{accused.total()} unexplained accusations in {cases.total():,} cases, of {len(seeds)} implementations"
    for name in sorted(seeds, key=NAMES.index):
        under = Counter(precision for precision, _ in seeds[name])
        runs = ", ".join(f"{under[precision]:3} seeds in {precision}" for precision in PRECISIONS)
        yield f"{name:22} {runs}, {cases[name]:9,} cases, {accused[name]} accusations"


@click.command()
@click.option("--seeds", default=200, show_default=True, help="So many, from --first on.")
@click.option("--first", default=0, show_default=True, help="The first seed.")
@click.option("--examples", default=1, show_default=True, help="Of each law and seed.")
@click.option(
    "--target",
    "targets",
    multiple=True,
    type=click.Choice(["reference", *EXPECTED]),
    help="If none is named: all, the slow ones under few seeds.",
)
@click.option("--store", is_flag=True, help="Writes what is kept of the hunt to hunt.txt.")
@click.option("--explore", is_flag=True, help="As `lydite grade --explore` searches; kept apart from the others.")
@click.option("--jobs", default=2, show_default=True, help="Processes.")
def main(seeds: int, first: int, examples: int, targets: Sequence[str], store: bool, explore: bool, jobs: int) -> None:
    """Holds correct code to every law under many seeds, and prints what is accused."""
    version = digest("implementations")[:8]
    tasks = {_key(task, version): task for task in planned(targets, range(first, first + seeds), examples)}
    console = Console(highlight=False, markup=False, soft_wrap=True)
    accused = 0
    kept = EXPLORED if explore else KEPT
    for key, row in found(kept, partial(held_to_all, explore=explore), tasks, jobs).items():
        name, precision, seed, _ = tasks[key]
        for accusation in row["accusations"]:
            again = _again(tasks[key], explore)
            console.print(f"accused   {name}, {precision}, seed {seed}: {accusation}\n  again   {again}")
            accused += 1
    said = "\n".join(told(held(kept), version))
    console.print(f"hunt: {accused} unexplained accusations in {len(tasks)} runs; so far:\n{said}")
    if store and not explore:
        STORED.write_text(f"{said}\n", encoding="utf-8")
    sys.exit(1 if accused else 0)


if __name__ == "__main__":
    main()
