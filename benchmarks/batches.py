"""Batches: `python -m benchmarks.batches` grades a generated class twice, kills one run midway, and compares.

It prints whether the reports are identical but for times, the CPU of a submission, and what a second job gains.
"""

from __future__ import annotations

import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from benchmarks.isolation import adopt, cpu_seconds, lydite, reap, spent
from lydite.report.model import Report
from tests.support.classroom import ROOT, hand_in, timeless

SCOPE = "Q1.1,Q2.a.2,Q3.0.4,Q4.2,Q5.1,Q6.3,Q7.0.1"
"""A claim of each question."""
PLAIN = ("right", "wrong")
"""The kinds that cost CPU and no waiting: with them alone classes of several sizes are compared."""
DUE = 1.8


@dataclass(slots=True)
class Took:
    """Seconds of CPU, and on the clock."""

    cpu: float = 0.0
    clock: float = 0.0

    def run(self, command: Sequence[str]) -> None:
        """Adds what `command` takes."""
        began = time.monotonic()
        self.cpu += cpu_seconds(command)
        self.clock += time.monotonic() - began

    def __str__(self) -> str:
        return f"{self.cpu:.0f} CPU s, {self.clock:.0f} s on the clock, {self.cpu / self.clock:.2f} cores"


@click.command()
@click.option("--submissions", default=200, show_default=True)
@click.option("--kill", is_flag=True, help="Kill the second run (-9) in the middle, and let it go on.")
@click.option("--sizes", default="", metavar="N,...", help="Also the CPU of a submission in classes of these sizes.")
@click.option("--kinds", default="", help="Only these: right,wrong,...")
@click.option("--only", default=SCOPE, show_default=True)
@click.option("--call-timeout", default=1.0, show_default=True)
def main(submissions: int, kill: bool, sizes: str, kinds: str, only: str, call_timeout: float) -> None:
    """Grades a class with one job and with two, and compares."""
    adopt()
    settings = ("--only", only, "--regimes", "core", "--examples", 1, "--seed", 1, "--call-timeout", call_timeout)
    with tempfile.TemporaryDirectory(prefix="lydite-class-") as place:
        folder, wanted = Path(place), tuple(kinds.split(",")) if kinds else ()
        count = Counter(hand_in(folder / "class", submissions, wanted).values())
        click.echo(f"{submissions} submissions: {', '.join(f'{n} {kind}' for kind, n in sorted(count.items()))}")
        command = ("grade", "--each", folder / "class", *settings)
        one, two = Took(), Took()
        one.run(lydite(*command, "--out", folder / "one", "--jobs", 1))
        click.echo(f"one job: {one}; {one.cpu / submissions:.2f} CPU s a submission")
        both = lydite(*command, "--out", folder / "two", "--jobs", 2)
        kept = _killed(both, folder / "two" / "reports", submissions // 2, two) if kill else {}
        two.run(both)
        click.echo(f"two jobs: {two}; {one.clock / two.clock:.2f} times as fast (due: {DUE} on idle cores)")
        if kill:
            again = sum(path.stat().st_mtime_ns != at for path, at in kept.items())
            click.echo(f"killed when {len(kept)} were kept; {again} of them were graded again")
        told = _differences(folder / "one", folder / "two")
        click.echo("\n  ".join([f"reports identical but for times: {'no' if told else 'yes'}", *told]))
    for size in map(int, filter(None, sizes.split(","))):
        with tempfile.TemporaryDirectory(prefix="lydite-class-") as place:
            hand_in(Path(place, "class"), size, PLAIN)
            took = Took()
            took.run(
                lydite("grade", "--each", Path(place, "class"), "--out", Path(place, "out"), *settings, "--jobs", 1)
            )
            click.echo(f"{size:4} right and wrong ones: {took}; {took.cpu / size:.2f} CPU s a submission")


def _killed(command: Sequence[str], reports: Path, many: int, took: Took) -> dict[Path, int]:
    """Runs `command` until `many` reports are kept, and kills it; what was kept then, and when that was written."""
    began, before = time.monotonic(), spent()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and len(list(reports.glob("*.json"))) < many:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = {path: path.stat().st_mtime_ns for path in reports.glob("*.json")}
    reap()  # what it had started ends by itself
    took.clock, took.cpu = time.monotonic() - began, spent() - before
    return kept


def _differences(one: Path, two: Path) -> list[str]:
    """The submissions on which the combined reports differ, and in what."""
    first, second = (_by_name(timeless(Report.load(out / "report.json").to_json(), out)) for out in (one, two))
    names = dict.fromkeys([*first, *second])
    return [f"{n}: {_keys(first.get(n, {}), second.get(n, {}))}" for n in names if first.get(n) != second.get(n)]


def _by_name(whole: dict[str, Any]) -> dict[str, Any]:
    return {implementation["name"]: implementation for implementation in whole["implementations"]}


def _keys(first: dict[str, Any], second: dict[str, Any]) -> str:
    return ", ".join(
        f"{k} {first.get(k)!r:.200} / {second.get(k)!r:.200}" for k in first if first.get(k) != second.get(k)
    )


if __name__ == "__main__":
    main()
