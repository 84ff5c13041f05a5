"""Grades targets, each in a process of its own that can be killed, several at a time."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self, TypeVar

from lydite import suite
from lydite.grading.record import Event, Findings
from lydite.grading.request import Request, Settings
from lydite.isolation.interpreter import environment
from lydite.options import OPTIONS
from lydite.report.model import Entry
from lydite.target.content import Part
from lydite.target.exists import NoTarget, check_adapted, check_exists
from lydite.target.name import absolute, is_program, is_submitted, names
from lydite.target.program import drain
from lydite.target.snapshot import snapshot
from lydite.worker.loading import Unloadable

One = TypeVar("One")

Listener = Callable[[str, Findings], None]
"""Gets the name of an implementation, and what is known of it by now."""

START = (
    "import sys; from pathlib import Path; sys.path.append(sys.argv.pop(1)); from lydite import suite; "
    "suite.enter(Path(sys.argv.pop(1))); from lydite.grading.child import main; main()"
)
OWN_MEMORY = 4096
"""MiB that a grading process may take where the code under test is elsewhere, whatever that sends."""
WORTH_SHARING = 40
"""Claims, each counted once a regime, from which it pays to start several processes."""
GLANCE = 0.2
"""Seconds between two looks at whether to stop."""
DYING = 10.0
"""Seconds that a process may take to end when its work is done, or when it is killed."""
STARTING = 300.0
"""Seconds that the grading process itself may take to start, on a machine that is busy with others."""


class Stopped(Exception):
    """Grading was cut off, because all is to stop."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one target: seconds in all, and processes that judge it.

    A correct file takes 130 seconds of a slow core by default, which others may want too: it is not to be cut off.
    """

    timeout: float = float(OPTIONS["timeout"].default)
    jobs: int = 1


@dataclass(slots=True)
class Graded:
    """One target when all is done; `parts` are what was read of it, where that has been done already."""

    name: str
    target: str
    request: Request
    findings: Findings = field(default_factory=Findings)
    seconds: float = 0.0
    parts: Sequence[Part] | None = None

    def entry(self) -> Entry:
        """Returns the implementation in the report."""
        alone = self.parts is None
        entry = self.findings.implementation(self.name, self.target, self.request, self.seconds, alone=alone)
        return replace(entry, isolation=self.request.tier)


def orders(targets: Sequence[str], settings: Settings) -> list[Graded]:
    """Returns what is to be graded. Raises ValueError where a target is given twice or does not exist, BadOption."""
    for target in targets:
        check_exists(target)
    ordered = [
        Graded(name, target, settings.of(target, name)) for name, target in zip(names(targets), targets, strict=True)
    ]
    for one in ordered:
        if one.request.adapter:
            check_adapted(one.target, one.request.adapter)
    precisions = {one.request.precision: one.name for one in ordered}
    if len(precisions) > 1:
        told = ", ".join(f"{name} in {precision}" for precision, name in precisions.items())
        raise NoTarget(f"a report has one precision, but adapters declare {told}: grade them apart")
    return ordered


def sensible_jobs(ordered: Sequence[Graded]) -> int:
    """Returns as many as there are cores, but one where more would take longer to start than to work."""
    claims = sum(len(one.request.scope.pairs) for one in ordered)
    return (os.cpu_count() or 1) if claims >= WORTH_SHARING else 1


def grade(ordered: Sequence[Graded], isolation: str, limits: Limits, listen: Listener) -> None:
    """Grades all that is `ordered`: in this process if `isolation` is `none`, else each in a process of its own.

    At most `limits.jobs` processes work at a time: whole targets first, and the laws of a target where there are fewer.
    """
    if isolation == "none":
        for one in ordered:
            _timed(one, lambda one: _in_process(one, limits, listen))
        return
    together = min(limits.jobs, len(ordered))
    side_by_side(ordered, together, lambda one, grader: grader(one, limits, listen), limits.jobs // together)


def side_by_side(ordered: Iterable[One], together: int, work: Callable[[One, Grader], None], workers: int = 1) -> None:
    """Does `work` for each of `ordered`, by `together` graders at a time. What one raises stops all, and is raised."""
    queue, stop = iter(ordered), threading.Event()
    taking = threading.Lock()

    def take() -> One | None:
        with taking:
            return None if stop.is_set() else next(queue, None)

    def slot() -> None:
        with Grader(stop, workers) as grader:
            try:
                while (one := take()) is not None:
                    work(one, grader)
            except BaseException:
                stop.set()
                raise

    with ThreadPoolExecutor(together) as pool:
        slots = [pool.submit(slot) for _ in range(together)]
        try:
            wait(slots)
        except BaseException:
            stop.set()
            raise
    for error in [slot.exception() for slot in slots]:
        if error is not None and not isinstance(error, Stopped):
            raise error


def _timed(one: Graded, work: Callable[[Graded], None]) -> None:
    began = time.monotonic()
    try:
        work(one)
    finally:
        one.seconds = time.monotonic() - began


def _in_process(one: Graded, limits: Limits, listen: Listener) -> None:
    def emit(event: Event) -> None:
        one.findings.note(event)
        listen(one.name, one.findings)

    from lydite.grading import child  # noqa: PLC0415  (pytest is imported where it runs)
    from lydite.kit.every import every  # noqa: PLC0415  (loads every property)

    every()  # raises where the suite is at fault, which pytest would not
    child.grade(one.target, one.request.options(), limits.jobs, emit)
    if not one.findings.ended:
        emit({"event": "failed", "reason": "pytest ended before the properties did"})
    if unjudged := one.findings.unjudged:
        emit(_unjudged(unjudged))


class Grader:
    """A process that grades targets, one after the other, each in a fork that is killed when it takes too long.

    It starts when it is first called, and again where it has been lost. Not to be called by two threads at once.
    """

    def __init__(self, stop: threading.Event, workers: int = 1) -> None:
        self._stop = stop
        self._workers = workers
        self._server: _Server | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process, and what it is at."""
        if self._server is not None:
            self._server.kill()
            self._server = None

    def __call__(self, one: Graded, limits: Limits, listen: Listener) -> None:
        """Grades `one` into its findings. Raises Stopped where all are to stop."""
        _timed(one, lambda one: self._taken(one, limits.timeout, listen))

    def _taken(self, one: Graded, timeout: float, listen: Listener) -> None:
        """Grades a snapshot of what was submitted, and what is installed where it lies."""
        if not is_submitted(one.target) or is_program(one.target):
            self._grade(one, None, timeout, listen)
            return
        try:
            taken = snapshot(one.target, one.parts, one.request.tier)
        except Unloadable as error:
            one.findings.note({"event": "unloadable", "reason": str(error)})
            listen(one.name, one.findings)
            return
        if taken.notes:
            one.findings.note({"event": "said", "notes": list(taken.notes)})
        try:
            self._grade(one, taken.path, timeout, listen)
        finally:
            taken.remove()

    def _grade(self, one: Graded, taken: Path | None, timeout: float, listen: Listener) -> None:
        def note(event: Event) -> None:
            one.findings.note(event)
            listen(one.name, one.findings)

        adapter = one.request.adapter
        seen = environment(submitted=is_submitted(one.target)) | dict(adapter.env if adapter else {})
        if self._server is not None and (self._server.process.poll() is not None or self._server.environment != seen):
            self.close()
        if self._server is None:
            self._server = _Server(seen)
        else:
            self._server.said.clear()  # of the order before; a new process may already have said why it ends
        server = self._server
        server.order(one, taken, self._workers)
        status = self._follow(server, one.findings, note, timeout)
        if status is None:
            self.close()
            status = server.process.returncode  # -9 where it is we who have killed it
        if self._stop.is_set() and not one.findings.ended:
            raise Stopped
        if not one.findings.ended and not one.findings.killed:
            note(_explained(one.findings, status, server.said.decode(errors="replace")))
        if unjudged := one.findings.unjudged:
            note(_unjudged(unjudged))

    def _follow(self, server: _Server, findings: Findings, note: Callable[[Event], None], timeout: float) -> int | None:
        """Takes in events until the fork has ended, and returns its status; None where the server is of no use now."""
        deadline = time.monotonic() + STARTING
        while not self._stop.is_set() and not server.ended:
            for event in server.events(GLANCE):
                match event:
                    case {"event": "forked"}:
                        deadline = time.monotonic() + timeout
                    case {"event": "exited", "status": status}:
                        return int(status)
                    case {"event": "broken suite", "reason": reason}:
                        raise suite.BrokenSuite(reason)
                    case _ if not findings.killed:
                        note(event)
                        if findings.ended:
                            deadline = time.monotonic() + DYING
            if time.monotonic() > deadline:
                if findings.ended or findings.killed or not server.child:
                    return None
                note({"event": "overdue", "seconds": timeout})
                kill_group(server.child)
                deadline = time.monotonic() + DYING
        return None


class _Server:
    """The process of a grader, in an empty folder of its own: orders go in, events come out."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self._folder = tempfile.TemporaryDirectory(prefix="lydite-")  # closed with the process
        (orders, self._orders), (self._events, events) = os.pipe(), os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", START, str(suite.HERE.parent), str(suite.folder()), str(events)],
            stdin=orders,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            bufsize=0,
            pass_fds=[events],
            env=environment,
            cwd=self._folder.name,
            start_new_session=True,
        )
        os.close(orders)
        os.close(events)
        self.child = 0
        self.ended = False
        self.said = bytearray()
        self._rest = b""
        self._poll = select.poll()
        self._poll.register(self._events, select.POLLIN)
        self._drain = threading.Thread(target=drain, args=(self.process.stderr, self.said), daemon=True)
        self._drain.start()

    def order(self, one: Graded, taken: Path | None, workers: int) -> None:
        """Asks it to grade `one`, or the snapshot `taken` of it. Where it is gone, that is seen by its events."""
        order = {
            "target": absolute(one.target),
            "options": [*one.request.options(), f"--lydite-snapshot={taken or ''}"],
            "workers": workers,
            "memory": OWN_MEMORY if is_submitted(one.target) else one.request.memory,
        }
        with suppress(BrokenPipeError):
            os.write(self._orders, json.dumps(order).encode() + b"\n")

    def events(self, seconds: float) -> list[Event]:
        """Returns those that come within a moment; `ended` is set where none can come any more."""
        if not self._poll.poll(seconds * 1000):
            return []
        chunk = os.read(self._events, 1 << 16)
        self.ended = not chunk
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        events: list[Event] = []
        for line in lines:
            with suppress(ValueError, RecursionError):  # a line that was cut off when its process was killed
                events.append(json.loads(line))
        for event in events:
            match event:
                case {"event": "forked", "process": child}:
                    self.child = child
                case {"event": "exited"}:
                    self.child = 0
        return events

    def kill(self) -> None:
        """Ends it, its fork, and everything that they have started and not hidden."""
        for group in (self.process.pid, self.child):
            kill_group(group)
        self.process.wait()
        self._drain.join(DYING)  # it ends with the last holder of its pipe
        os.close(self._orders)
        os.close(self._events)
        self._folder.cleanup()


def _explained(findings: Findings, status: int, said: str) -> Event:
    """Returns the event that a process ended before its work did: the code under test did it, if a law was judged."""
    how = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
    if findings.running:
        return {"event": "killed", "reason": f"the process ended by itself ({how}) in {findings.running[0]}"}
    return {"event": "failed", "reason": f"the grading process ended ({how})\n{said}".strip()}


def _unjudged(laws: Sequence[str]) -> Event:
    return {"event": "failed", "reason": f"grading ended before {len(laws)} laws were judged, {laws[0]} first"}


def kill_group(leader: int) -> None:
    """Ends a process and its group; 0 is none."""
    if leader:
        with suppress(ProcessLookupError):
            os.killpg(leader, signal.SIGKILL)
