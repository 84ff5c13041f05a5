"""Grades targets, each in a process of its own that can be killed, several at a time."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lydite.findings import Event, Findings
from lydite.load import is_path
from lydite.opened import is_submitted
from lydite.program import COMMAND, is_program
from lydite.request import BadOption, Request, Settings
from lydite.suite import HERE

Listener = Callable[[str, Findings], None]
"""Gets the name of an implementation, and what is known of it by now."""

START = "import sys; sys.path.append(sys.argv.pop(1)); from lydite.child import main; main()"
KEPT = ("PATH", "PYTHONPATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""What a child sees of the environment: what is needed to find packages and libraries."""
THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
SETTINGS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONHASHSEED": "0", **dict.fromkeys(THREADS, "1")}
MOST_OUTPUT = 1 << 20
WORTH_SHARING = 40
"""Claims, each counted once a regime, from which it pays to start several processes."""
GLANCE = 0.2
"""Seconds between two looks at whether to stop."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one target may take: seconds in all, and processes that judge it."""

    timeout: float = 120.0
    jobs: int = 1


@dataclass(slots=True)
class Graded:
    """One target when all is done."""

    name: str
    target: str
    request: Request
    findings: Findings = field(default_factory=Findings)
    seconds: float = 0.0

    def entry(self) -> dict[str, Any]:
        """The implementation in the report."""
        entry = self.findings.implementation(self.name, self.target, self.request, self.seconds)
        return entry | {"isolation": str(self.request.tier)}


def orders(targets: Sequence[str], settings: Settings) -> list[Graded]:
    """What is to be graded. Raises ValueError where a target is given twice, BadOption where a setting does not fit."""
    ordered = [
        Graded(name, target, settings.of(target, name)) for name, target in zip(names(targets), targets, strict=True)
    ]
    precisions = {one.request.precision: one.name for one in ordered}
    if len(precisions) > 1:
        told = ", ".join(f"{name} in {precision}" for precision, name in precisions.items())
        raise BadOption("precision", f"a report has one precision, but adapters declare {told}: grade them apart")
    return ordered


def sensible_jobs(ordered: Sequence[Graded]) -> int:
    """As many processes as there are cores, but one where more would take longer to start than to work."""
    claims = sum(
        (claim, regime) in one.request.scope
        for one in ordered
        for claim in one.request.scope.claims
        for regime in one.request.regimes
    )
    return (os.cpu_count() or 1) if claims >= WORTH_SHARING else 1


def names(targets: Sequence[str]) -> list[str]:
    """What to call each target: by its last part if that is unique. Raises ValueError where one is given twice."""
    twice = {t for t in targets if targets.count(t) > 1}
    if twice:
        raise ValueError(f"{min(twice)} is given twice")
    short = [_short(target) for target in targets]
    return [s if short.count(s) == 1 else t for s, t in zip(short, targets, strict=True)]


def _short(target: str) -> str:
    if is_program(target):
        return target.removeprefix(COMMAND)
    return Path(target).name or target if is_path(target) else target


def grade(ordered: Sequence[Graded], isolation: str, limits: Limits, listen: Listener) -> None:
    """Grades all that is `ordered`: in this process if `isolation` is `none`, else each in a process of its own.

    At most `limits.jobs` processes work at a time: whole targets first, and the laws of a target where there are fewer.
    """
    if isolation == "none":
        for one in ordered:
            _timed(one, lambda one: _in_process(one, limits, listen))
        return
    together = min(limits.jobs, len(ordered))
    stop = threading.Event()
    with ThreadPoolExecutor(together) as pool:
        try:
            running = [
                pool.submit(_timed, one, _Child(one.request, limits, limits.jobs // together, listen, stop))
                for one in ordered
            ]
            for future in running:
                future.result()
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise


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

    from lydite import child  # noqa: PLC0415  (pytest is imported where it runs)

    child.grade(one.target, one.request.options(), limits.jobs, emit)
    if not one.findings.ended:
        emit({"event": "failed", "reason": "pytest ended before the properties did"})


@dataclass(frozen=True, slots=True)
class _Child:
    """Grades a target in a child process, which is killed with all its group when it is done or takes too long."""

    request: Request
    limits: Limits
    workers: int
    listen: Listener
    stop: threading.Event

    def __call__(self, one: Graded) -> None:
        reading, writing = os.pipe()
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", START, str(HERE.parent), json.dumps(self._order(one, writing))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=[writing],
            env={**{k: os.environ[k] for k in KEPT if k in os.environ}, **SETTINGS},
            start_new_session=True,
        )
        os.close(writing)
        said = bytearray()
        drain = threading.Thread(target=_drain, args=(process.stderr, said), daemon=True)
        drain.start()
        try:
            self._follow(one, reading)
        finally:
            os.close(reading)
            _kill(process)
            drain.join(GLANCE)
        if not one.findings.ended and not one.findings.killed:
            self._explain(one, process.returncode, said.decode(errors="replace"))

    def _order(self, one: Graded, events: int) -> dict[str, Any]:
        options = self.request.options()
        return {
            "target": one.target,
            "options": options,
            "workers": self.workers,
            "memory": 0 if is_submitted(one.target) else self.request.memory,  # what is submitted is elsewhere
            "events": events,
        }

    def _follow(self, one: Graded, reading: int) -> None:
        """Takes in events until the end, the end of the process, or the end of its time."""
        deadline = time.monotonic() + self.limits.timeout
        rest = b""
        with selectors.DefaultSelector() as selector:
            selector.register(reading, selectors.EVENT_READ)
            while not one.findings.ended and not self.stop.is_set():
                if time.monotonic() > deadline:
                    self._note(one, {"event": "killed", "reason": self._overdue(one)})
                    return
                if not selector.select(GLANCE):
                    continue
                chunk = os.read(reading, 1 << 16)
                if not chunk:
                    return
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._note(one, json.loads(line))

    def _overdue(self, one: Graded) -> str:
        told = f"the time limit of {self.limits.timeout:g} s was reached"
        return f"{told} in {', '.join(one.findings.running)}" if one.findings.running else told

    def _note(self, one: Graded, event: Event) -> None:
        one.findings.note(event)
        self.listen(one.name, one.findings)

    def _explain(self, one: Graded, status: int | None, said: str) -> None:
        """A process that ended before its work did: the code under test has ended it if a law was being judged."""
        how = f"signal {signal.Signals(-status).name}" if status and status < 0 else f"exit status {status}"
        running = one.findings.running
        if running:
            self._note(one, {"event": "killed", "reason": f"the process ended by itself ({how}) in {running[0]}"})
        else:
            self._note(one, {"event": "failed", "reason": f"the grading process ended ({how})\n{said}".strip()})


def _drain(pipe: Any, said: bytearray) -> None:
    """Reads all that comes, and keeps the beginning."""
    with pipe:
        while chunk := pipe.read1(1 << 16):
            said += chunk[: MOST_OUTPUT - len(said)]


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the process, and everything that it has started and not hidden."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(GLANCE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
