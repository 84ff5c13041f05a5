"""The lines of a function that a report shows: those that belong to it, of any file, and no more."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lydite.target.excerpt import MOST_BYTES, MOST_LINES, MOST_WIDE, excerpt

TEXT = """import numpy as np

@np.errstate(all="ignore")
def f(
    z,
):
    e = np.exp(z)

    return e


def g(x): return x
h = 1
class C:
    def m(self):
        pass

    def n(self):
        pass
"""


@pytest.mark.parametrize(
    ("number", "lines"),
    [(3, slice(2, 9)), (12, slice(11, 12)), (15, slice(14, 16)), (18, slice(17, 19)), (20, slice(0)), (99, slice(0))],
)
def test_a_function_is_shown_to_its_end(tmp_path: Path, number: int, lines: slice) -> None:
    path = tmp_path / "a.py"
    path.write_text(TEXT, encoding="utf-8")
    assert excerpt(path, number) == "\n".join(TEXT.split("\n")[lines])


def test_lines_are_counted_as_python_counts_them(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes("# \x0c\u2028\x85\r\n\rdef f(): pass\n".encode())
    assert excerpt(path, 3) == "def f(): pass"


def test_a_long_function_and_a_wide_line_are_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("def f():\n" + ("    " + "x" * 10_000 + "\n") * 100, encoding="utf-8")
    lines = excerpt(path, 1).split("\n")
    assert len(lines) == MOST_LINES
    assert max(map(len, lines)) <= MOST_WIDE


@pytest.mark.parametrize("content", [b"\xff\xfe\x00def", b"", b"x" * (MOST_BYTES + 9)])
def test_any_file_is_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(content)
    assert len(excerpt(path, 1)) <= MOST_WIDE
    assert excerpt(path, 2) == ""


def test_what_is_not_a_file_has_no_lines(tmp_path: Path) -> None:
    assert excerpt(tmp_path, 1) == excerpt(tmp_path / "absent.py", 1) == ""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    assert excerpt(tmp_path / "pipe.py", 1) == ""
