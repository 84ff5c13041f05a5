"""Decides when a call has had its time, in seconds of the CPU: a busy machine does not slow code down."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np

from .codec import order_of

WARM_UP = 5
"""How many times as long a call may take when it is first slow: then libraries load, compile and fill their caches."""

MOST_WARM_UPS = 64
"""How often one call may be slow for the first time: compilers start anew for each shape."""

LEAST_SHARE = 1 / 20
"""Share of a core below which code does not wait for its turn: it sleeps, or waits for what may never come."""

TICKS = 8
"""A clock is read this often in the time that a call has: to read it for each call would double what that costs."""

MOST_TICKS = 2
"""Time on the wall between two readings counts as at most so many ticks."""

SHORTEST = 0.001
"""Seconds between two readings, at least: a timer of none is off."""

Asked = tuple[str, Any]
"""The name of a call, and its arguments."""


class Clock:
    """Times calls, one after the other: each has `seconds` of the CPU, `slack` more before it is stopped.

    Once for each form of its arguments a call has `WARM_UP` times as long: `MOST_WARM_UPS` times, and until that was
    too short. It counts when a call is slow, and not when it is first made, so that quick calls need not be looked at.
    Where a call uses less than `LEAST_SHARE` of a core, the time on the wall counts: no call takes more of that than
    its time divided by this share. `cpu` tells the seconds that the CPU has spent on the code under test.
    """

    def __init__(self, seconds: float, cpu: Callable[[], float] = time.process_time, slack: float = 0.0) -> None:
        self.seconds = seconds
        self.tick = max(seconds / TICKS, SHORTEST)
        self.allowed = seconds
        self._cpu = cpu
        self._slack = slack
        self._asked: Sequence[Asked] = ()
        self._began: float | None = None
        self._read = self._waited = 0.0
        self._warmed: defaultdict[str, set[Hashable]] = defaultdict(set)
        self.hopeless: set[str] = set()

    def start(self, asked: Sequence[Asked]) -> None:
        """Begins one of the calls `asked`; its time counts from the next reading on."""
        self._asked = asked
        self._began = None
        self.allowed = self.seconds

    def is_up(self) -> bool:
        """Reads the clock: whether the call has had its time."""
        spent, now = self._cpu(), time.monotonic()
        if self._began is None:
            self._began, self._read, self._waited = spent, now, 0.0
        # A reading that comes late is one that a paused or crowded machine did not let come: no call has had that time.
        self._waited += min(now - self._read, MOST_TICKS * self.tick)
        self._read = now
        cpu, wall = spent - self._began, self._waited
        if self._exceeded(cpu, wall) and self.allowed == self.seconds and any(self._warms_up(*a) for a in self._asked):
            self.allowed = self.seconds * WARM_UP
        if not self._exceeded(cpu, wall):
            return False
        if self.allowed > self.seconds and len(self._asked) == 1:
            self.hopeless.add(self._asked[0][0])
        return True

    def forget(self) -> None:
        """Forgets which calls were slow."""
        self._warmed.clear()
        self.hopeless.clear()

    def _exceeded(self, cpu: float, wall: float) -> bool:
        allowed = self.allowed + self._slack
        return cpu > allowed or wall > max(allowed, cpu / LEAST_SHARE)

    def _warms_up(self, call: str, args: Any) -> bool:
        """Returns whether `call` is slow for the first time with arguments of this form, which is noted."""
        warmed, new = self._warmed[call], form(args)
        if call in self.hopeless or new in warmed or len(warmed) >= MOST_WARM_UPS:
            return False
        warmed.add(new)
        return True


def form(value: Any) -> Hashable:
    """Returns what compilers start anew for: shape, type and layout of arrays, values of whole numbers, other types."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, order_of(value)
    if isinstance(value, tuple | list):
        return tuple(map(form, value))
    return value if type(value) is int else type(value).__name__
