"""What is going on, on a terminal, while targets are graded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from lydite.findings import Findings
from lydite.grade import Listener
from lydite.notation import plain


@contextmanager
def progress(console: Console) -> Iterator[Listener]:
    """A listener that shows a line for each target that is being graded; silent where `console` is no terminal."""
    if not console.is_terminal:
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
