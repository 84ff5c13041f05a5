"""Bounds the memory that several processes take together: the kernel's limits hold for each alone."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

GLANCE = 0.2
"""Seconds between two looks."""


def bound(process: subprocess.Popen[bytes], most: int) -> None:
    """Kills `process` once it and what it has started take more than `most` MiB of memory."""
    threading.Thread(target=_watch, args=(process, most << 10), daemon=True).start()


def _watch(process: subprocess.Popen[bytes], most: int) -> None:
    while process.poll() is None:
        if sum(map(_taken, _family(process.pid))) > most:
            process.kill()
        time.sleep(GLANCE)


def _family(pid: int) -> Iterator[int]:
    """A process, the children of all its threads, and theirs."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in children.read_text("ascii").split():
                yield from _family(int(child))


def _taken(pid: int) -> int:
    """KiB of memory, what it shares with others in proportion."""
    with suppress(OSError):
        if found := re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text("ascii"), re.MULTILINE):
            return int(found[1])
    return 0
