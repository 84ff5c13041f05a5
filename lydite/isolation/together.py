"""Measures and bounds what several processes take together: the kernel's limits hold for each alone."""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

GLANCE = 0.2
"""Seconds between two looks."""
UTIME = 11
"""Where, after the name of the program, its CPU time stands: its own and its children's, in user and kernel mode."""


def cpu(process: subprocess.Popen[bytes]) -> float:
    """Returns the seconds that the CPU has spent on `process` and all that it has started; 0 where that is unknown."""
    return sum(map(_spent, _family(process.pid)))


def _spent(pid: int) -> float:
    """Returns the seconds of one process, and of its children that have ended."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, told[UTIME : UTIME + 4])) / os.sysconf("SC_CLK_TCK")


def bound(process: subprocess.Popen[bytes], most: int) -> None:
    """Kills `process` once it and what it has started take more than `most` MiB of memory."""
    threading.Thread(target=_watch, args=(process, most << 10), daemon=True).start()


def _watch(process: subprocess.Popen[bytes], most: int) -> None:
    while process.poll() is None:
        if sum(map(_taken, _family(process.pid))) > most:
            process.kill()
        time.sleep(GLANCE)


def _family(pid: int) -> Iterator[int]:
    """Yields a process, the children of all its threads, and theirs."""
    yield pid
    threads: list[Path] = []
    with suppress(OSError):  # it has ended meanwhile
        threads += Path(f"/proc/{pid}/task").iterdir()
    for thread in threads:
        with suppress(OSError):
            for child in (thread / "children").read_text("ascii").split():
                yield from _family(int(child))


def _taken(pid: int) -> int:
    """Returns KiB of memory, what it shares with others in proportion."""
    with suppress(OSError):
        if found := re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text("ascii"), re.MULTILINE):
            return int(found[1])
    return 0
