"""Fits lines to a terminal: wraps them with a hanging indent, and colors what stands out."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from lydite.notation.escape import log

HANG = "\t"
"""Stands in a line where its continuation begins; other lines hang by two columns. No text from outside has one."""
UNBOUND = 1 << 16
"""Columns of what is not a terminal: a file, or another program, gets each line whole, so that it can be searched."""
LEAST = 40
"""Columns below which nothing is wrapped more tightly."""
COMMAND = "lydite "
"""How a text begins that is a command of a shell, to be copied."""
STYLES = {
    "FAULT": "bold red",
    "exit 0": "bold green",
    "exit 1: full points": "bold yellow",
    "exit": "bold red",
    "killed": "bold red",
    "unloadable": "bold red",
}
"""How lines begin that stand out, and their styles."""
_FITTING = Console(width=UNBOUND, color_system=None)


def width_of(console: Console) -> int:
    """Returns the columns of `console`: those of its terminal, or of COLUMNS; else so many that no line is wrapped."""
    return console.width if console.file.isatty() or os.environ.get("COLUMNS") else UNBOUND


def show(lines: Iterable[str], console: Console) -> None:
    """Prints `lines`, fitted to `console`, in colors where it has some."""
    width = width_of(console)
    for line in lines:
        style = next((style for start, style in STYLES.items() if line.replace(HANG, "").startswith(start)), "")
        console.print(Text(log("\n".join(wrapped(line, width))), style), soft_wrap=True)


def fitted(lines: Iterable[str], width: int) -> str:
    """Returns `lines` as one text, none of them longer than `width`."""
    return log("\n".join(row for line in lines for row in wrapped(line, width)))


def wrapped(line: str, width: int) -> list[str]:
    """Returns `line` as rows of at most `width` columns, which continue where the line hangs.

    A command continues behind a backslash, so that it can be copied; a word of it that is too long stays whole.
    """
    width = max(width, LEAST)
    name, mark, text = line.partition(HANG)
    if cell_len(name + text) <= width:
        return [name + text]
    if not mark:
        at = len(line) - len(line.lstrip()) + 2
        name, text = line[:at], line[at:]
    if mark and text.startswith(COMMAND):
        return list(_command(name, text, width))
    first, *more = _rows(text, width - cell_len(name))
    indent = cell_len(name)
    if indent > width // 2:  # what is left beside it is too narrow to be read
        indent = len(name) - len(name.lstrip()) + 4
        more = _rows(text[len(first) :].lstrip(), width - indent)
    return [name + first, *(" " * indent + row for row in more)]


def _rows(text: str, width: int) -> list[str]:
    return [row.plain.rstrip() for row in Text(text).wrap(_FITTING, width, overflow="fold")]


def _command(name: str, command: str, width: int) -> Iterator[str]:
    """Yields a command of a shell in rows that each but the last end in a backslash; a value stays with its option."""
    row, start = name, name
    for words in _together(shlex.split(command)):
        if row != start and cell_len(row) + cell_len(words) + 3 > width:
            yield f"{row} \\"
            row = start = " " * cell_len(name)
        row += words if row == start else f" {words}"
    yield row


def _together(words: list[str]) -> Iterator[str]:
    """Yields the words of a command, those of an option and its value as one."""
    while words:
        first, *words = words
        if first.startswith("--") and "=" not in first and words and not words[0].startswith("-"):
            value, *words = words
            yield shlex.join([first, value])
        else:
            yield shlex.quote(first)
