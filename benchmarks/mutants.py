"""Mutates the reference and counts what is caught: `python -m benchmarks.mutants [--sample N]`.

Cosmic Ray changes one operator, number or comparison of `reference/` at a time; the properties of the calls in that
module are held against each changed version, until one fails. What survives is either in `survivors.toml`, with the
reason why it is not a fault, or the exit status is 1.
"""

from __future__ import annotations

import ast
import difflib
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from random import Random
from types import ModuleType, SimpleNamespace
from typing import Any

import click
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names
from rich.console import Console

import reference
from benchmarks.kept import found, workers
from lydite.grading.catch import catches
from lydite.kit.calls import CALLS
from lydite.kit.claim import CLAIMS
from lydite.kit.every import every
from lydite.kit.forall import Plan, Property
from lydite.kit.regime import DEFAULT, Regime

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted(path.stem for path in (ROOT / "reference").glob("*.py") if path.stem not in {"__init__", "arguments"})
"""The models; the checks of arguments are not formulas, and are graded in the regime `inputs`."""

SECONDS = 2.0
"""Seconds that a call may take: a loop that has been mutated may never end."""

NO_ARITHMETIC = ("Bit", "Shift", "Is", "Invert", "Decorator", "Exception", "Variable")
"""Operators that floats refuse at once, or that change no number: to catch these would prove nothing."""

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

    @property
    def key(self) -> str:
        """One for each."""
        return f"{self.module}:{self.line} {sha256(self.source.encode()).hexdigest()[:16]}"

    @property
    def change(self) -> tuple[str, str, str]:
        """The key by which `survivors.toml` knows it."""
        return self.module, self.before, self.after

    def __str__(self) -> str:
        return f"reference/{self.module}.py:{self.line}: {self.before}  ->  {self.after}"


def mutants(module: str) -> list[Mutant]:
    """Every mutant of a module of the reference whose code, docstrings and types apart, is another one."""
    return list(_mutants(module))


def _mutants(module: str) -> Iterator[Mutant]:
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
    """Returns the part of `source` that runs: no docstrings, no annotations."""
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
def properties(module: str, line: int) -> list[Property[Any]]:
    """The properties about calls of a module of the reference, those first whose calls run through `line`."""
    calls = {name for name in CALLS if getattr(reference, name).__module__ == f"reference.{module}"}
    near = _reaching(module, line) & calls
    asked = {p: {call for claim in p.law.claims for call in CLAIMS[claim].calls} for p in every() if not p.law.batched}
    return sorted((p for p in asked if asked[p] & calls), key=lambda p: not asked[p] & near)


def _reaching(module: str, line: int) -> set[str]:
    """The function of a module that holds `line`, and all that call it, through others too."""
    tree = ast.parse((ROOT / "reference" / f"{module}.py").read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    names = {f.name: {n.id for n in ast.walk(f) if isinstance(n, ast.Name)} for f in functions}
    reaching = {f.name for f in functions if f.lineno <= line <= (f.end_lineno or line)}
    for _ in names:
        reaching |= {name for name, used in names.items() if used & reaching}
    return reaching


def caught(mutant: Mutant) -> str:
    """The first law, and its regime, that refutes the mutant; empty if it survives."""
    try:
        offered = _offered(mutant)
    except Exception as error:  # noqa: BLE001  (whatever importing it raises, nobody can use it)
        return f"import: {type(error).__name__}"
    # Few need more than the edges and the first batch, which the default number of examples begins with.
    for plan in Plan(examples=1, shrink=False), Plan(shrink=False):
        for regime in REGIMES:
            for prop in properties(mutant.module, mutant.line):
                if catches(prop, offered, regime, plan, SECONDS):
                    return f"{prop.law.name} [{regime}]"
    return ""


def _offered(mutant: Mutant) -> SimpleNamespace:
    """The reference with the functions of one module taken from the mutant."""
    module = ModuleType(f"reference.{mutant.module}")
    exec(compile(mutant.source, f"{mutant.module}.py", "exec"), module.__dict__)
    return SimpleNamespace(**{name: vars(module).get(name, getattr(reference, name)) for name in CALLS})


# -- Telling --


@dataclass(frozen=True, slots=True)
class Judged:
    """Mutants, and those of them that survived."""

    mutants: Sequence[Mutant]
    survived: Sequence[Mutant]

    @property
    def unexplained(self) -> list[Mutant]:
        """The survivors that `survivors.toml` does not know."""
        known = explanations()
        return [mutant for mutant in self.survived if mutant.change not in known]

    def show(self, console: Console) -> None:
        """Prints the survivors, and why each is not a fault."""
        known = explanations()
        for mutant in self.survived:
            console.print(f"survived  {mutant}\n          {known.get(mutant.change, 'unexplained')}")


def explanations() -> dict[tuple[str, str, str], str]:
    """Returns why each mutant that may survive is not a fault, by module and line before and after."""
    rows = tomllib.loads(Path(__file__).with_name("survivors.toml").read_text(encoding="utf-8"))["survivor"]
    return {(row["module"], row["before"], row["after"]): row["reason"] for row in rows}


def judged(modules: Sequence[str], sample: int, draw: int, jobs: int) -> Judged:
    """Judges every mutant of `modules`; or `sample` of those that nobody has explained, for survivors take long."""
    with workers(jobs) as pool:
        chosen = [mutant for of_module in pool.map(mutants, modules) for mutant in of_module]
    if sample:
        known = explanations()
        suspects = [mutant for mutant in chosen if mutant.change not in known]
        chosen = Random(draw).sample(suspects, min(sample, len(suspects)))
    laws = found("mutants.jsonl", caught, {mutant.key: mutant for mutant in chosen}, jobs)
    return Judged(chosen, [mutant for mutant in chosen if not laws[mutant.key]])


@click.command()
@click.option("--sample", metavar="N", default=0, help="So many of the unexplained; all, explained or not, if 0.")
@click.option("--draw", default=0, show_default=True, help="The seed of the sample.")
@click.option(
    "--module", "modules", multiple=True, type=click.Choice(MODULES), help="Of the reference; all if not said."
)
@click.option("--jobs", default=2, show_default=True, help="Processes.")
def main(sample: int, draw: int, modules: Sequence[str], jobs: int) -> None:
    """Mutates the reference and prints what survives, and how many of the mutants are caught."""
    result = judged(modules or MODULES, sample, draw, jobs)
    console = Console(highlight=False, markup=False, soft_wrap=True)
    result.show(console)
    n, alive = len(result.mutants), len(result.survived)
    console.print(f"mutants: {n - alive} of {n} caught, {100 * (n - alive) / max(n, 1):.1f} %")
    sys.exit(1 if result.unexplained else 0)


if __name__ == "__main__":
    main()
