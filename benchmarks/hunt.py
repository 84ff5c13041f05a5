"""Hunts for false alarms: `python -m benchmarks.hunt` holds correct code to every law under many seeds.

Whatever is accused and not expected (`implementations/expected.toml`) is printed with the command that shows it again,
and ends in exit status 1. What has been held is kept in `build/hunt.jsonl`: a hunt that is cut off goes on from there.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import track

from lydite.expectation import read_expectations
from lydite.implementation import Implementation
from lydite.load import load
from lydite.request import Request, Settings
from lydite.watch import Watch
from properties.every import every
from properties.forall import Plan, Property
from spec.evidence import Tally
from spec.failure import CallFailed, Misbehaved, Missing
from spec.regime import Regime

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "implementations"
HELD = ROOT / "build" / "hunt.jsonl"
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
"""What a call may take: a slow one is no false alarm."""

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


def accusations(task: Task) -> tuple[Task, list[str], int]:
    """What a target is accused of and nobody expects, and on how many cases it was held."""
    name, precision, seed, examples = task
    expectation, tally, found = _request(name).expectation, Tally(), []
    loaded = _loaded(name, precision)
    for prop, regime, claims in _asked(name):
        known = expectation.reasons(regime, precision) if expectation else {}
        watch = Watch(SECONDS)
        impl = Implementation(loaded, regime is Regime.PURITY, watch)
        try:
            with watch.attending():
                prop.check(impl, regime, Plan(seed, precision, examples, shrink=False, edges=seed == 0), tally)
        except Missing:
            continue
        except (AssertionError, CallFailed, Misbehaved) as error:
            if not claims <= set(known):
                found.append(f"{prop.law.name} [{regime}]: {str(error).splitlines()[0]}")
    return task, found, tally.cases


def _tasks(targets: Sequence[str], seeds: range, examples: int) -> Iterator[Task]:
    for seed in seeds:
        for name in targets or NAMES:
            if targets or name not in SLOW or seed % SELDOM == 0:
                yield from ((name, precision, seed, examples) for precision in PRECISIONS)


# -- Keeping and telling --


def _held() -> dict[Task, tuple[list[str], int]]:
    if not HELD.exists():
        return {}
    rows = (json.loads(line) for line in HELD.read_text(encoding="utf-8").splitlines())
    return {tuple(row["task"]): (row["accusations"], row["cases"]) for row in rows}  # type: ignore[misc]  # of four


def _again(task: Task) -> str:
    name, precision, seed, examples = task
    target = name if name == "reference" else f"implementations/{name}"
    return f"lydite grade {target} --precision {precision} --seed {seed} --examples {examples}"


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
@click.option("--jobs", default=2, show_default=True, help="Processes.")
def main(seeds: int, first: int, examples: int, targets: Sequence[str], jobs: int) -> None:
    """Holds correct code to every law under many seeds, and prints what is accused."""
    tasks = list(_tasks(targets, range(first, first + seeds), examples))
    held = _held()
    open_tasks = [task for task in tasks if task not in held]
    console = Console(highlight=False, markup=False, soft_wrap=True)
    HELD.parent.mkdir(exist_ok=True)
    with HELD.open("a", encoding="utf-8") as file, ProcessPoolExecutor(jobs) as pool:
        done = pool.map(accusations, open_tasks)
        for task, found, cases in track(done, "hunting", len(open_tasks), console=Console(stderr=True)):
            held[task] = found, cases
            print(json.dumps({"task": task, "accusations": found, "cases": cases}), file=file, flush=True)
    for task in tasks:
        for accusation in held[task][0]:
            console.print(f"accused   {task[0]}, {task[1]}, seed {task[2]}: {accusation}\n  again   {_again(task)}")
    unexplained = sum(len(held[task][0]) for task in tasks)
    runs = Counter(task[1] for task in tasks)
    whole = " and ".join(f"{seeds} seeds in {p} ({runs[p]} runs)" for p in PRECISIONS)
    console.print(f"hunt: {unexplained} unexplained accusations over {whole}, {sum(held[t][1] for t in tasks):,} cases")
    sys.exit(1 if unexplained else 0)


if __name__ == "__main__":
    main()
