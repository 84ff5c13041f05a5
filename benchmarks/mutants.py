"""Mutates the reference and counts what is caught: `python -m benchmarks.mutants [--sample N]`.

Cosmic Ray changes one operator, number or comparison of `reference/` at a time; the properties of the calls in that
module are held against each changed version, until one fails. What survives is either in `survivors.toml`, with the
reason why it is no fault, or the exit status is 1.
"""

from __future__ import annotations

import ast
import difflib
import sys
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from random import Random
from types import ModuleType, SimpleNamespace
from typing import Any

import click
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names
from rich.console import Console
from rich.progress import track

import reference
from lydite.implementation import Implementation
from lydite.watch import Watch
from properties.every import every
from properties.forall import Plan, Property
from spec.claim import CLAIMS
from spec.contracts import CALLS
from spec.evidence import Tally
from spec.failure import CallFailed, Misbehaved
from spec.regime import DEFAULT, Regime

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted(path.stem for path in (ROOT / "reference").glob("*.py") if path.stem not in {"__init__", "arguments"})
"""The models; how arguments are checked is no formula, and graded in the regime `inputs`."""

SECONDS = 2.0
"""What a call may take: a loop that has been mutated may never end."""

NO_ARITHMETIC = ("Bit", "Shift", "Is", "Invert", "Decorator", "Exception", "Variable")
"""Operators that floats refuse at once, or that change no number: to catch these would prove nothing."""

EXAMPLES = 4
"""Where one catches nothing: survivors are what takes long."""

REGIMES = (Regime.CORE, Regime.INPUTS, *DEFAULT[1:], Regime.TAILS)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module of the reference with one place changed; `line` is where, as it reads before and after."""

    module: str
    operator: str
    line: int
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        return f"reference/{self.module}.py:{self.line}: {self.before}  ->  {self.after}"


def mutants(module: str) -> Iterator[Mutant]:
    """Every mutant of a module of the reference whose code, docstrings and types apart, is another one."""
    text = (ROOT / "reference" / f"{module}.py").read_text(encoding="utf-8")
    seen = {_essence(text)}
    for name in sorted(operator_names()):
        if any(word in name for word in NO_ARITHMETIC):
            continue
        for occurrence in count():
            changed = mutate_code(text, get_operator(name)(), occurrence)
            if changed is None:
                break
            try:
                essence = _essence(changed)
            except SyntaxError:
                continue  # the tool puts `not` before an assignment in a condition
            if essence not in seen:
                seen.add(essence)
                yield _mutant(module, name, text, changed)


def _essence(source: str) -> str:
    """What of `source` runs: no docstrings, no annotations."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            for argument in (*node.args.args, *node.args.kwonlyargs):
                argument.annotation = None
        if isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
        body = getattr(node, "body", None)
        if (
            isinstance(body, list)
            and body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
        ):
            body[0].value = ast.Constant(None)
    return ast.dump(tree)


def _mutant(module: str, operator: str, text: str, changed: str) -> Mutant:
    old, new = text.splitlines(), changed.splitlines()
    [(_, i, _, j, _), *_] = [o for o in difflib.SequenceMatcher(None, old, new).get_opcodes() if o[0] != "equal"]
    return Mutant(module, operator, i + 1, old[i].strip(), new[j].strip(), changed)


# -- Judging --


@cache
def properties(module: str) -> list[Property[Any]]:
    """The properties about calls of a module of the reference."""
    calls = {name for name in CALLS if getattr(reference, name).__module__ == f"reference.{module}"}
    return [p for p in every() if not p.law.batched and any(calls & set(CLAIMS[claim].calls) for claim in p.law.claims)]


def caught(mutant: Mutant) -> str:
    """The first law, and its regime, that refutes the mutant; empty if it survives."""
    try:
        offered = _offered(mutant)
    except Exception as error:  # noqa: BLE001  (whatever importing it raises, nobody can use it)
        return f"import: {type(error).__name__}"
    for plan in Plan(examples=1, shrink=False), Plan(examples=EXAMPLES, shrink=False):
        for regime in REGIMES:
            for prop in properties(mutant.module):
                if regime in prop.law.regimes and _refutes(prop, offered, regime, plan):
                    return f"{prop.law.name} [{regime}]"
    return ""


def _offered(mutant: Mutant) -> SimpleNamespace:
    """The reference with the functions of one module taken from the mutant."""
    module = ModuleType(f"reference.{mutant.module}")
    exec(compile(mutant.source, f"{mutant.module}.py", "exec"), module.__dict__)
    return SimpleNamespace(**{name: vars(module).get(name, getattr(reference, name)) for name in CALLS})


def _refutes(prop: Property[Any], offered: SimpleNamespace, regime: Regime, plan: Plan) -> bool:
    watch = Watch(SECONDS)
    impl = Implementation(offered, regime is Regime.PURITY, watch)
    try:
        with watch.attending():
            prop.check(impl, regime, plan, Tally())
    except (AssertionError, CallFailed, Misbehaved):
        return True
    return False


# -- Telling --


def survivors() -> dict[tuple[str, str, str], str]:
    """Why each mutant that may survive is no fault, by module and line before and after."""
    rows = tomllib.loads(Path(__file__).with_name("survivors.toml").read_text(encoding="utf-8"))["survivor"]
    return {(row["module"], row["before"], row["after"]): row["reason"] for row in rows}


def _shown(console: Console, survived: Sequence[Mutant]) -> bool:
    """Prints the survivors; whether each is known."""
    known = survivors()
    for mutant in survived:
        reason = known.get((mutant.module, mutant.before, mutant.after))
        console.print(
            f"survived  {mutant}", f"          {reason or 'not known'}", sep="\n", markup=False, highlight=False
        )
    return all((m.module, m.before, m.after) in known for m in survived)


@click.command()
@click.option("--sample", metavar="N", default=0, help="So many, drawn by --seed; all of them if 0.")
@click.option("--seed", default=0, show_default=True, help="Of the sample.")
@click.option(
    "--module", "modules", multiple=True, type=click.Choice(MODULES), help="Of the reference; all if not said."
)
@click.option("--jobs", default=2, show_default=True, help="Processes.")
def main(sample: int, seed: int, modules: Sequence[str], jobs: int) -> None:
    """Mutates the reference and prints what survives, and how many of the mutants are caught."""
    every = [mutant for module in modules or MODULES for mutant in mutants(module)]
    chosen = Random(seed).sample(every, min(sample, len(every))) if sample else every
    console = Console()
    with ProcessPoolExecutor(jobs) as pool:
        laws = list(track(pool.map(caught, chosen, chunksize=4), "mutants", len(chosen), console=Console(stderr=True)))
    survived = [mutant for mutant, law in zip(chosen, laws, strict=True) if not law]
    known = _shown(console, survived)
    n = len(chosen)
    console.print(
        f"mutants: {n - len(survived)} of {n} caught, {100 * (n - len(survived)) / max(n, 1):.1f} %", highlight=False
    )
    sys.exit(0 if known else 1)


if __name__ == "__main__":
    main()
