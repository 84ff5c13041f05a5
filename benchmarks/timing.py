"""CPU time, measured so that two things can be compared on a machine that is busy with others."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times more CPU the first takes than the second; each figure a median over interleaved rounds."""

    first: float
    second: float
    value: float


def cpu_seconds(work: Callable[[], object]) -> float:
    """Returns the time that `work` takes once, in this process."""
    start = time.process_time()
    work()
    return time.process_time() - start


def ratio(first: Callable[[], object], second: Callable[[], object], rounds: int = ROUNDS) -> Ratio:
    """Runs both in turn, so that a change of the machine's speed meets both alike."""
    first(), second()  # caches and imports are paid for before the clock starts
    pairs = [(cpu_seconds(first), cpu_seconds(second)) for _ in range(rounds)]
    return Ratio(median(a for a, _ in pairs), median(b for _, b in pairs), median(a / b for a, b in pairs))
