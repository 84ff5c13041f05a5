"""Tracks calls while they run: time limits, warnings, and whether a Ctrl-C came from the user."""

from __future__ import annotations

import random
import signal
import threading
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, chdir, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Any

import numpy as np

from lydite.kit.failure import CallFailed
from lydite.worker.clock import Clock

MOST_TIMEOUTS = 3
"""A call that ran out of time, or ended its process, this often in one stage is not made again there."""


class Unasked(CallFailed):
    """A call ran out of time, or ended its process, too often to be made again, or beside this one."""

    def __str__(self) -> str:
        return f"{self.call} {self.text}"  # which states how: not by running out of time alone


class TimedOut(BaseException):
    """A call took too long. No Exception, so that `except Exception` in the code under test lets it pass."""


@dataclass(slots=True)
class Watch:
    """Notes what the calls of one process do; `seconds` is what each may take (0: as long as it likes).

    `home` is the folder to stand in meanwhile, that of what was submitted; `answered` is the last answer, as it came.
    """

    seconds: float = 0.0
    asked: dict[str, int] = field(default_factory=dict)
    warnings: int = 0
    timeouts: Counter[str] = field(default_factory=Counter)
    inside: bool = False
    late: bool = False
    interrupted: bool = False
    slow: dict[str, CallFailed] = field(default_factory=dict)
    stage: str = ""
    home: Path | None = None
    wrote: dict[str, set[str]] = field(default_factory=dict)
    answered: Any = None
    clock: Clock = field(init=False)
    _began: tuple[str, Any] | None = None
    _warned: int = 0

    def __post_init__(self) -> None:
        self.clock = Clock(self.seconds)

    def enter(self, stage: str) -> None:
        """Begins a part of the grading in which calls are judged whatever they have cost in another.

        So that no verdict depends on what else this process has judged before.
        """
        if stage != self.stage:
            self.stage = stage
            self.timeouts.clear()
            self.slow.clear()
            self.clock.forget()

    def start(self, call: str, args: Any = ()) -> None:
        """Begins a call; its clock starts at the next tick, for most calls are over by then."""
        self._began = call, args
        self._warned = self.warnings
        self.late = False
        self.inside = True

    def stop(self) -> None:
        """Ends a call."""
        self.inside = False

    @contextmanager
    def attending(self) -> Iterator[None]:
        """Counts warnings and floating-point signals of the calls, tells a real Ctrl-C from theirs, and times them.

        Only the main thread of a POSIX system can be interrupted; elsewhere calls take as long as they like.
        """
        signals: Any = {"over": "call", "divide": "call", "invalid": "call", "under": "ignore"}
        with self._interruptible(), ExitStack() as stack:
            if self.home is not None:
                stack.enter_context(chdir(self.home))
            # Python runs the handlers of signals in the main thread alone, whichever thread has been meant.
            if threading.current_thread() is threading.main_thread():
                # Where the shell has it ignored, as in the background, there is no Ctrl-C to tell from theirs.
                if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
                    stack.enter_context(_handling(signal.SIGINT, self._on_interrupt))
                if self.seconds and hasattr(signal, "setitimer"):
                    stack.enter_context(_ticking(self._on_tick, self.clock.tick))
            stack.enter_context(warnings.catch_warnings())
            stack.enter_context(np.errstate(call=self._count, **signals))
            stack.enter_context(_random_states_kept())
            warnings.simplefilter("always")
            warnings.showwarning = self._count
            yield

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        try:
            yield
        finally:
            if self.interrupted:  # whatever the code under test has made of it
                raise KeyboardInterrupt

    def check_punctual(self) -> None:
        """Raises TimedOut where a call has caught the one that was to stop it."""
        if self.late:
            raise TimedOut

    def timed_out(self, call: str) -> CallFailed:
        """Returns the failure of a call that ran out of time."""
        self.warnings = self._warned  # how often it warns in its time says how fast the machine is
        return self.given_up(CallFailed(call, TimedOut.__name__, f"takes longer than {self.clock.allowed:g} s"))

    def given_up(self, failure: CallFailed) -> CallFailed:
        """Counts a failure that cost time, and notes it in `slow` with the input that the property adds to it."""
        self.timeouts[failure.call] += 1
        self.slow[failure.call] = failure
        return failure

    @contextmanager
    def pardoning(self) -> Iterator[None]:
        """Lets every call be made meanwhile, whatever it has cost at other inputs."""
        before = self.timeouts.copy()
        self.timeouts.clear()
        try:
            yield
        finally:
            self.timeouts.update(before)  # which adds

    def check_asked(self, call: str) -> None:
        """Raises Unasked where `call` has cost its time too often."""
        if self.timeouts[call] >= MOST_TIMEOUTS:
            last = self.slow.get(call)
            how = last.text if last else "ran out of time"
            raise Unasked(call, TimedOut.__name__, f"{how}, {MOST_TIMEOUTS} times, and is not called again")

    def _on_tick(self, *_: Any) -> None:
        if not self.inside:
            return
        if self._began:
            self.clock.start([self._began])
            self._began = None
        # The alarm comes by the clock on the wall, and only looks: what counts is the CPU, which others may be using.
        if self.clock.is_up():  # at every tick from now on, since the code may catch whatever comes
            self.late = True
            raise TimedOut

    def _on_interrupt(self, _number: int, _frame: FrameType | None) -> None:
        self.interrupted = True
        raise KeyboardInterrupt

    def _count(self, *_: Any, **__: Any) -> None:
        self.warnings += self.inside


@contextmanager
def _random_states_kept() -> Iterator[None]:
    """Leaves the global generators as they were, whatever seeds the calls have given them."""
    states = np.random.get_state(), random.getstate()  # noqa: NPY002  (the ones that may be drawn from)
    try:
        yield
    finally:
        np.random.set_state(states[0])  # noqa: NPY002
        random.setstate(states[1])


@contextmanager
def _handling(number: signal.Signals, handler: Any) -> Iterator[None]:
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)


@contextmanager
def _ticking(handler: Any, seconds: float) -> Iterator[None]:
    """Calls `handler` every so many `seconds`; a timer that runs already goes on afterwards, less what this took."""
    began = monotonic()
    delay, interval = signal.setitimer(signal.ITIMER_REAL, 0.0)
    try:
        with _handling(signal.SIGALRM, handler):
            signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
            try:
                yield
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0.0)
    finally:
        if delay:  # under its own handler again; what has run out meanwhile is due at once, and 0 would be never
            signal.setitimer(signal.ITIMER_REAL, max(delay - (monotonic() - began), seconds), interval)
