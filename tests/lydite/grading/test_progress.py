"""Tests the progress of grading: each thing is in its place, on terminals of any width, and only there."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from rich.console import Console

from lydite.grading.progress import Rows, screen, table
from lydite.grading.record import Findings
from tests.support.made import entry

LAW = {"law": "topic.a_law_with_a_long_name", "regime": "core", "claims": ["Q7.0.1"], "outcome": "not_run"}
MANY = [{**LAW, "law": f"{LAW['law']}_{place}"} for place in range(1000)]


def stages() -> Iterator[Findings]:
    """The findings on one submission, as they grow."""
    findings = Findings()
    yield findings
    findings.note({"event": "planned", "laws": MANY})
    yield findings
    for law in MANY[:120]:
        findings.note({"event": "started", "law": law["law"], "regime": "core"})
        yield findings
        findings.note({"event": "result", "result": {**law, "outcome": "broken", "cases": 123_456}})
    yield findings


def screens(width: int) -> Iterator[list[str]]:
    """The rows that are shown, one screen after the other."""
    console = Console(file=io.StringIO(), force_terminal=True, width=width, height=25)
    bars = table(console)
    rows = Rows(bars, 1000)

    def screen() -> list[str]:
        with console.capture() as shown:
            console.print(bars.get_renderable())
        return [re.sub(r"\x1b\[[\d;]*m", "", line) for line in shown.get().splitlines()]

    for name in ("a.py", f"{'long' * 30}.py", "\u65e5\u672c\u8a9e" * 9):
        for findings in stages():
            rows.listen(name, findings)
            yield screen()
    for name in ("a.py", "\u65e5\u672c\u8a9e" * 9):
        rows.done(entry(name), earlier=True)
        yield screen()
    rows.listen("next.py", Findings())
    yield screen()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_what_is_shown_fits_and_each_thing_stays_in_its_place(width: int) -> None:
    counts, clocks, heights = set(), set(), []
    for rows in screens(width):
        heights.append(len(rows))
        for row in rows:
            plain = row.replace("\u65e5\u672c\u8a9e", "cjkcjk").replace("\u65e5\u672c", "cjkc").replace("\u65e5", "cj")
            assert len(plain) <= width
            counts |= {found.start() for found in re.finditer(r"(?<= )\d+/1000", plain)}
            clocks |= {found.start() for found in re.finditer(r"\d+:\d\d:\d\d *$", plain)}
    assert len(counts) == 1
    assert len(clocks) == 1
    assert heights == sorted(heights)
    assert heights[-1] == 4


def test_forced_colors_redraw_nothing_that_is_not_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert screen().is_terminal
    assert not screen().is_interactive
