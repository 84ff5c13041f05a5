"""Finds the numbers in the source of the code under test: it is parsed in a process of its own, and never run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from itertools import chain, zip_longest
from pathlib import Path

from lydite.target.content import FILE, content
from lydite.worker.loading import NOTEBOOK, Unloadable

SCAN = Path(__file__).with_name("scan.py")
LARGEST = 512 << 10
"""Bytes of a file that is read."""
MOST_FILES = 40
MOST = 400
"""Numbers that are kept."""
STRIKES = 2
"""Files that may be too much for the parser before the others are left."""
SECONDS = 60.0
"""Seconds that the parser may take for a file on the clock of a busy machine; its own limit is one of CPU time."""


def literals(paths: Iterable[Path]) -> tuple[float, ...]:
    """Returns the numbers in the Python files and notebooks at `paths`, those that decide something first.

    A file that is too large, or takes the parser too long, counts as one without numbers.
    """
    found: list[list[float]] = []
    strikes = 0
    for place, (name, held) in enumerate(file for path in paths for file in _files(path)):
        if strikes == STRIKES or place == MOST_FILES:
            break
        numbers = _scanned(held, name.endswith(NOTEBOOK))
        strikes += numbers is None
        found.append(numbers or [])
    in_turn = chain.from_iterable(zip_longest(*found))  # so that no file crowds out the others
    return tuple(number for number in dict.fromkeys(in_turn) if number is not None)[:MOST]


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yields the name and content of each file of code at `path`: of that file itself, whatever its ending."""
    try:
        parts = content(path)
    except (Unloadable, OSError):
        return
    for part in parts:
        name = part.path or path.name
        if part.kind == FILE and len(part.held) <= LARGEST and (not part.path or name.endswith((".py", NOTEBOOK))):
            yield name, part.held


def _scanned(held: bytes, notebook: bool) -> list[float] | None:
    """Returns the numbers that a process of its own finds in a file; None where that was too much for it."""
    command = [sys.executable, "-I", "-S", str(SCAN), *(["notebook"] if notebook else [])]
    try:
        done = subprocess.run(command, input=held, capture_output=True, timeout=SECONDS, env={}, check=False)
        return [float(number) for number in json.loads(done.stdout)] if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError):
        return None
