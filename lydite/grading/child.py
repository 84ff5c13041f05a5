"""Grades each target in a fork of its own: a pytest session that reports what happens line by line."""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from lydite import suite
from lydite.grading.session import REGISTERED
from lydite.kit.every import every

SLOW = ("unraisableexception", "threadexception")
"""Plugins of pytest that look for garbage at the end, which takes longer than to grade a small submission."""
PLAIN = (
    # Nothing of the folder that one happens to stand in: no ini file, no conftest.py, no cache, no other plugin.
    *("-c", os.devnull, "--rootdir", str(suite.folder()), "--noconftest", "--import-mode=importlib", "--assert=plain"),
    *("-s", "-p", "lydite.plugin"),
    *(
        part
        for name in ("cacheprovider", "terminal", "faulthandler", "logging", "warnings", "doctest", "junitxml", *SLOW)
        for part in ("-p", f"no:{name}")
    ),
)

Emit = Callable[[dict[str, Any]], None]


class Stream:
    """Sends the events of the session to `emit`."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Listens where grading has started."""
        grading = config.pluginmanager.get_plugin(REGISTERED)
        if grading is not None and not hasattr(config, "workerinput"):
            grading.emit = self._emit


def grade(target: str, options: list[str], workers: int, emit: Emit) -> None:
    """Grades `target` in this process, by `workers` processes of its own if that is more than one.

    Raises KeyboardInterrupt where that ends it: pytest would turn it into an exit status.
    """
    parallel = ["-p", "xdist", "-n", str(workers), "--max-worker-restart=0"] if workers > 1 else []
    status = pytest.main([*PLAIN, *parallel, f"--impl={target}", *options], plugins=[Stream(emit)])
    if status == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt


def main() -> None:
    """Reads orders from standard input, and writes events to the descriptor that the first argument names.

    What every target needs is imported once, here; after each the last event says how its process has ended.
    """
    events = int(sys.argv[1])
    try:
        every()
    except suite.NoSuite as error:
        _write(events, {"event": "broken suite", "reason": str(error)})
        return
    gc.freeze()  # what is shared stays shared: no fork writes to it by looking for garbage
    for order in sys.stdin.buffer:
        child = os.fork()
        if not child:
            _obey(json.loads(order), events)
        _, status = os.waitpid(child, 0)
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # what it has started and not ended
        os.write(events, b"\n")  # whatever it was about to say when it ended
        _write(events, {"event": "exited", "status": os.waitstatus_to_exitcode(status)})


def _obey(order: dict[str, Any], events: int) -> None:
    """Grades one target in this process, and ends it."""
    status = 1
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        threading.Thread(target=_end_unheard, args=(events,), daemon=True).start()
        _write(events, {"event": "forked", "process": os.getpid()})
        if order["memory"]:
            import resource  # noqa: PLC0415  (POSIX only)

            hard = resource.getrlimit(resource.RLIMIT_AS)[1]  # left as it is: a jail has a limit of its own
            resource.setrlimit(resource.RLIMIT_AS, (order["memory"] << 20, hard))
        grade(order["target"], order["options"], order["workers"], lambda event: _write(events, event))
        status = 0
    except BaseException:  # noqa: BLE001  (it is reported, and must not reach the loop that has forked)
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(status)


def _end_unheard(events: int) -> None:
    """Ends this process when nobody reads its events any more: who has started it is gone."""
    poll = select.poll()
    poll.register(events, 0)
    poll.poll()
    os._exit(1)


def _write(events: int, event: dict[str, Any]) -> None:
    rest = memoryview(json.dumps(event, allow_nan=False).encode() + b"\n")
    while rest:
        rest = rest[os.write(events, rest) :]
