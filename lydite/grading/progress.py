"""Shows what is going on while targets are graded, or the submissions of a batch."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column

from lydite.grading.batch import Board
from lydite.grading.grade import Listener
from lydite.grading.record import Findings
from lydite.notation.escape import log
from lydite.notation.marks import marks
from lydite.notation.text import cut, plain
from lydite.report.model import Entry
from lydite.report.terminal import MOST_TROUBLE

WIDE, WIDEST = 80, 110
"""Columns from which the cases are shown too, and what is running."""
BLANK: dict[str, Any] = dict.fromkeys(("count", "wrong", "cases", "law"), "")


def screen() -> Console:
    """Returns standard error, which is redrawn where it is a terminal, also where colors are forced elsewhere."""
    return Console(stderr=True, force_interactive=None if sys.stderr.isatty() else False)


def table(console: Console) -> Progress:
    """Returns the rows that are redrawn on `console`: each column has its width, whatever is in it, and all fit."""
    wide, widest = console.width >= WIDE, console.width >= WIDEST
    bar = 12 if not wide else 16
    columns: list[ProgressColumn] = [
        _text("description", 18 if not widest else 30),
        BarColumn(bar_width=bar, table_column=Column(width=bar)),
        _text("fields[count]", 9),
        _text("fields[wrong]", 10),
    ]
    if wide:
        columns.append(_text("fields[cases]", 13))
    if widest:
        columns.append(_text("fields[law]", console.width - 91))
    columns.append(TimeElapsedColumn(table_column=Column(width=7)))
    return Progress(*columns, console=console, transient=True)


def _text(field: str, width: int) -> TextColumn:
    cut = Column(width=width, no_wrap=True, overflow="ellipsis")
    return TextColumn(f"{{task.{field}}}", markup=False, table_column=cut)


class Slots:
    """Rows for what is running: one that is free is taken again, so that the others stay where they are."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._free: list[TaskID] = []

    def show(self, name: str, findings: Findings) -> None:
        """Brings the row of `name` up to date."""
        if name not in self._tasks:
            task = self._free.pop(0) if self._free else self._bars.add_task("", **BLANK)
            self._bars.reset(task, description=plain(name))
            self._tasks[name] = task
        task = self._tasks[name]
        elapsed = next(t.elapsed for t in self._bars.tasks if t.id == task) or 0.0
        done, planned = len(findings.results), len(findings.planned)
        self._bars.update(
            task,
            total=planned or None,
            completed=done,
            count=f"{done}/{planned}" if planned else "",
            wrong=f"{findings.wrong} broken" if findings.wrong else "",
            cases=f"{findings.cases / elapsed:,.0f} /s" if elapsed > 1 else f"{findings.cases:,} cases",
            law=findings.running[-1] if findings.running else "",
        )

    def free(self, name: str) -> None:
        """Empties the row of `name`, if it has one."""
        if name in self._tasks:
            task = self._tasks.pop(name)
            self._bars.reset(task, start=False, total=1, description="", **BLANK)
            self._free.append(task)


@contextmanager
def progress(console: Console) -> Iterator[Listener]:
    """Yields a listener that shows a line for each target being graded; silent where `console` cannot redraw."""
    if not console.is_interactive:
        yield lambda _name, _findings: None
        return
    with table(console) as bars:
        yield Bars(bars)


class Bars:
    """A bar for each implementation, as a listener."""

    def __init__(self, bars: Progress) -> None:
        self._slots = Slots(bars)

    def __call__(self, name: str, findings: Findings) -> None:
        """Brings the bar of `name` up to date; it goes when all is done."""
        self._slots.show(name, findings)
        if findings.ended:
            self._slots.free(name)


@contextmanager
def batch_progress(console: Console, total: int) -> Iterator[Board]:
    """Yields a board for `total` submissions: how many are done, how fast, and what is running.

    A line for each where `console` cannot redraw.
    """
    if not console.is_interactive:
        yield Lines(console, total)
        return
    with table(console) as bars:
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
        """Prints a line on `entry`."""
        self._done += 1
        when = "graded earlier" if earlier else f"{entry.seconds:.1f} s"
        told = f"{self._done}/{self._total}  {plain(entry.name)}  {standing(entry)}  {when}"
        self._console.print(log(told), markup=False, highlight=False, soft_wrap=True)


class Rows:
    """A bar for all submissions and a row for each that is running, as a board."""

    def __init__(self, bars: Progress, total: int) -> None:
        self._bars = bars
        self._began = time.monotonic()
        self._now = 0
        self._all = bars.add_task("all submissions", total=total, **{**BLANK, "count": f"0/{total}"})
        self._slots = Slots(bars)

    def listen(self, name: str, findings: Findings) -> None:
        """Brings the row of `name` up to date."""
        self._slots.show(name, findings)

    def done(self, entry: Entry, *, earlier: bool) -> None:
        """Empties the row of `entry`, and counts it."""
        self._slots.free(entry.name)
        self._now += not earlier
        self._bars.advance(self._all)
        overall = next(task for task in self._bars.tasks if task.id == self._all)
        rate = self._now / max(time.monotonic() - self._began, 1e-9)
        left = (overall.remaining or 0) / rate if rate else 0.0
        self._bars.update(
            self._all,
            count=f"{overall.completed:.0f}/{overall.total:.0f}",
            wrong=f"{left // 60:.0f}:{left % 60:02.0f} left",
            cases=f"{60 * rate:.1f} /min",
        )


def standing(entry: Entry) -> str:
    """Returns how one submission stands, in a few words."""
    points = f"{marks(entry.points)}/{marks(entry.max_points)}"
    return f"{points}  {cut(plain(entry.trouble), MOST_TROUBLE)}" if entry.trouble else points
