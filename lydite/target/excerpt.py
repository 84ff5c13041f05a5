"""Reads the first lines of a function from the file in which it is written, for a person to recognize it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lydite.notation.text import cut

MOST_BYTES = 1 << 20
"""Bytes of a file that are read of one."""
MOST_LINES = 8
MOST_WIDE = 120
"""Lines that are kept, and characters of each."""
LINES = re.compile(r"\r\n|\r|\n")
"""The ends of a line by which Python counts: there are others, which a hostile file may have."""


def excerpt(file: Path, number: int) -> str:
    """Returns the function that begins at the line `number` of `file`, as far as it is shown; empty where it is not."""
    if not file.is_file():  # the name is the function's own: a pipe would never be read to its end
        return ""
    try:
        with file.open("rb") as opened:
            text = opened.read(MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
    lines = LINES.split(text)[number - 1 :]
    return "\n".join(cut(line, MOST_WIDE) for line in _first(lines)).rstrip()


def _first(lines: list[str]) -> Iterator[str]:
    """Yields the first of `lines`, and those that belong to it: decorated, deeper, or the end of its signature."""
    indent = _indent(lines[0]) if lines else 0
    for place, line in enumerate(lines[:MOST_LINES]):
        starts = not place or lines[place - 1].lstrip().startswith("@")
        if line.strip() and _indent(line) <= indent and not starts and line.lstrip()[0] not in ")]}":
            return
        yield line


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
