"""The process that grades one target: a pytest session of its own, which tells its parent what happens line by line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import pytest

from lydite import suite
from lydite.plugin import REGISTERED

PLAIN = (
    # Nothing of the folder that one happens to stand in: no ini file, no conftest.py, no cache, no other plugin.
    *("-c", os.devnull, "--rootdir", str(suite.SUITE), "--noconftest", "--import-mode=importlib", "--assert=plain"),
    *("-s", "-p", "lydite.plugin"),
    *(
        part
        for name in ("cacheprovider", "terminal", "faulthandler", "logging", "warnings", "doctest", "junitxml")
        for part in ("-p", f"no:{name}")
    ),
)


class Stream:
    """Sends the events of the session to `emit`."""

    def __init__(self, emit: Callable[[dict[str, Any]], None]) -> None:
        self._emit = emit

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Listens where grading has started."""
        grading = config.pluginmanager.get_plugin(REGISTERED)
        if grading is not None and not hasattr(config, "workerinput"):
            grading.emit = self._emit


def grade(target: str, options: list[str], workers: int, emit: Callable[[dict[str, Any]], None]) -> None:
    """Grades `target` in this process, by `workers` processes of its own if that is more than one."""
    parallel = ["-p", "xdist", "-n", str(workers), "--max-worker-restart=0"] if workers > 1 else []
    pytest.main([*PLAIN, *parallel, "--impl", target, *options], plugins=[Stream(emit)])


def main() -> None:
    """Reads the order from the first argument, and writes the events to the descriptor that it names."""
    order = json.loads(sys.argv[1])
    if order["memory"]:
        import resource  # noqa: PLC0415  (POSIX only)

        resource.setrlimit(resource.RLIMIT_AS, (order["memory"] << 20,) * 2)
    with os.fdopen(order["events"], "w", encoding="utf-8") as events:

        def emit(event: dict[str, Any]) -> None:
            events.write(json.dumps(event, allow_nan=False) + "\n")
            events.flush()

        grade(order["target"], order["options"], order["workers"], emit)
