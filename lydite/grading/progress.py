"""Shows what is going on while targets are graded, or the submissions of a batch."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from lydite.grading.batch import Board
from lydite.grading.grade import Listener
from lydite.grading.record import Findings
from lydite.notation.marks import marks
from lydite.notation.text import plain
from lydite.report.model import Entry


@contextmanager
def progress(console: Console) -> Iterator[Listener]:
    """A listener that shows a line for each target that is being graded; silent where `console` cannot redraw."""
    if not console.is_interactive:
        yield lambda _name, _findings: None
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[cases]}", markup=False),
        TextColumn("{task.fields[wrong]}", style="red", markup=False),
        TextColumn("{task.fields[law]}", style="dim", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        yield Bars(bars)


class Bars:
    """A bar for each implementation, as a listener."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, name: str, findings: Findings) -> None:
        """Brings the bar of `name` up to date; it goes when all is done."""
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(plain(name), cases="", wrong="", law="")
        task = self._tasks[name]
        elapsed = next(t.elapsed for t in self._bars.tasks if t.id == task) or 0.0
        rate = f"{findings.cases / elapsed:,.0f} cases/s" if elapsed > 1 else f"{findings.cases:,} cases"
        wrong = f"{findings.wrong} broken" if findings.wrong else ""
        law = findings.running[-1] if findings.running else ""
        total = len(findings.planned) or None
        self._bars.update(task, total=total, completed=len(findings.results), cases=rate, wrong=wrong, law=law)
        if findings.ended:
            self._bars.update(task, visible=False)


@contextmanager
def batch_progress(console: Console, total: int) -> Iterator[Board]:
    """A board for `total` submissions: how many are done, how fast, and what is running.

    A line for each where `console` cannot redraw.
    """
    if not console.is_interactive:
        yield Lines(console, total)
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[state]}", style="dim", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        yield Rows(bars, total)


class Lines:
    """A line for each submission that is done, as a board."""

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._total = total
        self._done = 0

    def listen(self, name: str, findings: Findings) -> None:
        """Says nothing."""

    def done(self, entry: Entry, *, earlier: bool) -> None:
        """A line on `entry`."""
        self._done += 1
        when = "graded earlier" if earlier else f"{entry.seconds:.1f} s"
        told = f"{self._done}/{self._total}  {plain(entry.name)}  {standing(entry)}  {when}"
        self._console.print(told, markup=False, highlight=False, soft_wrap=True)


class Rows:
    """A bar for all submissions and a row for each that is running, as a board."""

    def __init__(self, bars: Progress, total: int) -> None:
        self._bars = bars
        self._began = time.monotonic()
        self._now = 0
        self._all = bars.add_task("submissions", total=total, state=f"0/{total}")
        self._tasks: dict[str, TaskID] = {}

    def listen(self, name: str, findings: Findings) -> None:
        """Brings the row of `name` up to date."""
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(f"  {plain(name)[:30]}", state="")
        law = findings.running[-1] if findings.running else ""
        total = len(findings.planned) or None
        self._bars.update(self._tasks[name], total=total, completed=len(findings.results), state=law)

    def done(self, entry: Entry, *, earlier: bool) -> None:
        """Takes away the row of `entry`, and counts it."""
        if entry.name in self._tasks:
            self._bars.remove_task(self._tasks.pop(entry.name))
        self._now += not earlier
        self._bars.advance(self._all)
        overall = next(task for task in self._bars.tasks if task.id == self._all)
        rate = self._now / max(time.monotonic() - self._began, 1e-9)
        left = (overall.remaining or 0) / rate if rate else 0.0
        to_go = f"{left // 60:.0f}:{left % 60:02.0f} to go"
        state = f"{overall.completed:.0f}/{overall.total:.0f}, {60 * rate:.1f} a minute, {to_go}"
        self._bars.update(self._all, state=state)


def standing(entry: Entry) -> str:
    """Returns how one submission stands, in a few words."""
    points = f"{marks(entry.points)}/{marks(entry.max_points)}"
    return f"{points}  {plain(entry.trouble)[:120]}" if entry.trouble else points
