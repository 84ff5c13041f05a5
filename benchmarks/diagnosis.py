"""Diagnoses the catalogue: `python -m benchmarks.diagnosis` grades every mistake and measures what the report says.

Whether the first fault names the wrong call, what its answers are said to look like, and of how much use its
counterexample is. Each mistake is graded in its own regime, by every law that asks the call. Mistakes of several calls
are left out. What has been graded is kept in `build/diagnosis.jsonl`: a run that is cut off goes on from there.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.table import Table

import reference
from benchmarks.evidence import slips
from benchmarks.kept import digest, found
from benchmarks.rivals import rival
from lydite.commands.replay import replay, stored
from lydite.commands.script import MODULE, script
from lydite.grading import child
from lydite.grading.record import Findings
from lydite.grading.request import Request
from lydite.isolation import Tier
from lydite.kit.every import every
from lydite.kit.mistake import Mistake
from lydite.kit.mistakes import MISTAKES
from lydite.kit.regime import Regime
from lydite.kit.simplest import FEW, is_round
from lydite.notation.counterexample import value
from lydite.report.model import Counterexample, Fault, Report
from lydite.target.implementation import Implementation
from lydite.verdict.counterexample import case_of
from lydite.verdict.diagnose import Mixed

ASKED_AT = 8
"""Cases at which it is found out which calls a law asks."""
GROSS = 1e-3
"""An answer is grossly wrong if it is finite, and off by this share of what is due."""

JUDGED = {f"{m.module}:{m.name}": m for m in MISTAKES if not m.along}


@cache
def _claims(call: str, regime: Regime) -> tuple[str, ...]:
    """The claims in `regime` with a law that asks `call`."""
    laws = [p.law for p in every() if not p.law.batched and regime in p.law.regimes and call in _asked(p, regime)]
    return tuple(sorted({claim for law in laws for claim in law.claims_in(regime)}))


@cache
def _asked(prop: Any, regime: Regime) -> frozenset[str]:
    mixed = Mixed(Implementation(reference))
    for _, case in zip(range(ASKED_AT), prop.cases.diverse(regime, "float64"), strict=False):
        with np.errstate(all="ignore"):
            prop.law(mixed, case)
    return frozenset(name for name, _, _ in mixed.asked)


def diagnosed(target: str) -> dict[str, Any]:
    """The diagnosis of a mistake in its report."""
    mistake = JUDGED[target]
    request = Request(only=_claims(mistake.call, mistake.regime), regimes=(mistake.regime,))
    findings = Findings()
    child.grade(target, request.options(), 1, findings.note)
    whole = Report.of(request, Tier.NONE, [findings.implementation(mistake.name, target, request, 0.0)], "r.json")
    faults = whole.implementations[0].faults or ()
    told = {"target": target, "failed": findings.failed[-400:], "faults": [fault.call for fault in faults]}
    return told | _told(whole, faults[0], target) if faults else told


def _told(whole: Report, fault: Fault, target: str) -> dict[str, Any]:
    face = whole.implementations[0].face(fault)
    example = face.counterexample
    return {
        "looks_like": [f"{one.says} in {one.matched} of {one.of}" for one in fault.looks_like],
        "agrees": fault.agrees,
        "confirmed": fault.confirmed,
        "gross": example is not None and fault.regime is not Regime.INPUTS and _is_gross(example),
        "small": example is not None and _is_small(example),
        "slips": sum(1 for one in _examples(whole) for _ in slips(one, JUDGED[target].implementation())),
        "unbeaten": example is not None and _is_unbeaten(example, fault.regime, JUDGED[target]),
        **_again(whole, face.id, target, JUDGED[target]),
    }


def _examples(whole: Report) -> Iterator[Counterexample]:
    """Each counterexample of a report."""
    for claim in whole.implementations[0].claims:
        if claim.counterexample:
            yield claim.counterexample


def _numbers(datum: Any) -> Iterator[Any]:
    """All arrays and numbers in what a report holds."""
    if isinstance(datum, tuple | list):
        for part in datum:
            yield from _numbers(part)
    elif isinstance(datum, np.ndarray | np.generic | float | int):
        yield np.asarray(datum)


def _is_gross(example: Counterexample) -> bool:
    if example.error is None:
        return False
    sides = (example.got, example.due)
    got, due = (np.concatenate([a.ravel().astype(float) for a in _numbers(value(one))]) for one in sides)
    return bool(np.isfinite(got).all() and np.abs(got - due).max() > GROSS * np.abs(due).max())


def _is_small(example: Counterexample) -> bool:
    """At most three entries along a dimension, and round numbers, in what the law reads."""
    try:
        arrays = [a for datum in example.read.values() for a in _numbers(value(datum))]
    except ValueError:  # too large to be kept
        return False
    return all(max(a.shape, default=0) <= FEW and (a.dtype.kind != "f" or is_round(a)) for a in arrays)


def _is_unbeaten(example: Counterexample, regime: Regime, mistake: Mistake) -> bool:
    """Whether a search by brute force finds no smaller or rounder input at which the law fails as well."""
    prop = next(p for p in every() if p.law.name == example.law)
    try:
        case = case_of(prop.law, example.inputs, regime, "float64")
    except ValueError:  # too large to be kept
        return False
    return rival(prop, Implementation(mistake.implementation(), regime is Regime.PURITY), case) is None


def _again(whole: Report, claim: str, target: str, mistake: Mistake) -> dict[str, bool]:
    """Whether the counterexample is one again, and whether the file that is printed of it is one too."""
    try:
        example = stored(whole, claim)
        done = replay(example, target)
    except ValueError:
        return {"replayed": False, "script": False}
    try:
        code = script(example, done, "wrong").replace(MODULE, "")
    except ValueError:
        return {"replayed": done.failure is not None, "script": False}
    return {"replayed": done.failure is not None, "script": _runs(code, mistake)}


def _runs(code: str, mistake: Mistake) -> bool:
    """Whether the file shows the fault, and ends with a status that says so."""
    told = StringIO()
    try:
        with redirect_stdout(told), np.errstate(all="ignore"):
            exec(compile(code, "again.py", "exec"), {"impl": mistake.implementation()})
    except SystemExit as ended:
        return bool(ended.code) and (isinstance(ended.code, str) or "got " in told.getvalue())
    except Exception:  # noqa: BLE001  # of a file that is itself wrong, which the figure counts
        return False
    return False


def figures(told: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Yields each measurement: its name, the figure, and the figure due."""
    caught = [t for t in told if t["faults"]]
    gross = [t for t in caught if t["gross"]]

    def share(those: Sequence[Any], of: Sequence[Any]) -> str:
        return f"{len(those)} of {len(of)} ({100 * len(those) / max(1, len(of)):.1f} %)"

    first = [t for t in caught if t["faults"][0] == JUDGED[t["target"]].call]
    yield "mistakes that have a fault", share(caught, told), ""
    yield "the first fault names the wrong call", share(first, caught), "95 %"
    yield "it is the only one", share([t for t in first if len(t["faults"]) == 1], caught), ""
    yield "gross mistakes of which `looks like` speaks", share([t for t in gross if t["looks_like"]], gross), "90 %"
    yield "all of which it speaks", share([t for t in caught if t["looks_like"]], caught), ""
    yield "counterexamples that are small and round", share([t for t in caught if t["small"]], caught), "90 %"
    unbeaten = [t for t in caught if t["unbeaten"]]
    yield "counterexamples that no smaller or rounder input beats", share(unbeaten, caught), "95 %"
    yield "counterexamples that replay", share([t for t in caught if t["replayed"]], caught), "100 %"
    yield "scripts that end with status 1", share([t for t in caught if t["script"]], caught), ""
    yield "reports of which all that is shown is so", share([t for t in caught if not t["slips"]], caught), ""


@click.command()
@click.option("--sample", metavar="N", type=click.IntRange(min=1), help="So many mistakes; else all.")
@click.option("--seed", default=0, show_default=True, help="Which ones.")
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(min=1), help="Processes.")
@click.option("--list", "listed", is_flag=True, help="Print what is said of each.")
def main(sample: int | None, seed: int, jobs: int, listed: bool) -> None:
    """Grades the mistakes, and prints the figures."""
    targets = sorted(JUDGED)
    random.Random(seed).shuffle(targets)
    targets = targets[:sample]
    version = digest("lydite")[:8]  # what another one has found is not believed
    told = list(found("diagnosis.jsonl", diagnosed, {f"{t} {version}": t for t in targets}, jobs).values())
    console = Console()
    if listed:
        for one in told:
            doc = (JUDGED[one["target"]].wrong.__doc__ or "").splitlines()[0]
            console.print(one["target"], doc, one["faults"], one.get("looks_like"), one.get("agrees"), sep=" · ")
    table = Table("what", "measured", "due", title=f"Diagnosis of {len(told)} mistakes", title_justify="left")
    for row in figures(told):
        table.add_row(*row)
    console.print(table)


if __name__ == "__main__":
    main()
