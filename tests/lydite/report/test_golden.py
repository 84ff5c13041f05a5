"""Whole outputs as a terminal shows them, at 60, 80 and 120 columns: read and committed, and never wider."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from lydite.report.lines import HANG
from tests.support.golden import FOLDER, WIDTHS, rendered

FILES = dict(rendered())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_output_is_what_was_read_and_committed(file: Path) -> None:
    assert file.read_text("utf-8") == FILES[file], "to write it again: python -m tests.support.golden"


def test_no_line_is_wider_than_the_terminal() -> None:
    for file, text in FILES.items():
        width = int(file.stem.rpartition("-")[2])
        assert width in WIDTHS
        assert max(map(cell_len, text.splitlines())) <= width, file.name
        assert HANG not in text
        assert all(line == line.rstrip() for line in text.splitlines()), file.name


def test_nothing_else_is_kept() -> None:
    assert {path.name for path in FOLDER.glob("*.txt")} == {file.name for file in FILES}
