"""Grades the submissions of a batch on a cluster of Dask, whose workers have Lydite installed."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from importlib import import_module
from itertools import islice
from typing import Any

from lydite.grading.batch import Keep, Result, Spread, Task, Work, judged, lost
from lydite.grading.grade import Grader
from lydite.grading.texts import BadOption
from lydite.isolation import NoTier
from lydite.notation import extras
from lydite.target.content import Part

AHEAD = 2
"""Submissions that are on their way for each thread of the cluster: those after them wait here."""
RETRIES = 3
"""How often a submission is given to another worker when one is lost."""
PATIENCE = "20 s"


class NoCluster(Exception):
    """The cluster cannot be used; the text says why."""


class _Own(threading.local):
    """The grader of each thread of a worker, so that the suite is imported once."""

    def __init__(self) -> None:
        self.grader = Grader(threading.Event())


_own = _Own()


def at(address: str) -> Spread:
    """Grades on the cluster whose scheduler is at `address`. Raises NoCluster when it is begun."""

    def spread(todo: Iterable[Work], keep: Keep) -> None:
        with _client(address) as client:
            _spread(client, todo, keep)

    return spread


def grade(task: Task, parts: tuple[Part, ...]) -> Result:
    """Grades one submission on a worker, from what was read of it where it lies."""
    return judged(task, parts, _own.grader, _unheard)


def _spread(client: Any, todo: Iterable[Work], keep: Keep) -> None:
    """Keeps the cluster supplied, and takes what comes back."""
    todo = iter(todo)
    running: dict[Any, Work] = {}

    def send(work: Work) -> Any:
        future = client.submit(grade, work.task, work.parts, pure=False, retries=RETRIES)
        running[future] = work
        return future

    threads = sum(client.nthreads().values())
    waiting = _dask().as_completed(map(send, islice(todo, AHEAD * threads)))
    for future in waiting:
        work = running.pop(future)
        keep(work, result_of(future, work.task))
        for another in islice(todo, 1):
            waiting.add(send(another))


def result_of(future: Any, task: Task) -> Result:
    """Returns what has come back; a submission that no worker survives, or of which nothing comes, is let go."""
    try:
        result: Result = future.result()
    except (BadOption, NoTier):
        raise  # which is about all of them
    except Exception as error:  # noqa: BLE001  (KilledWorker, and whatever else a cluster makes of it)
        return lost(task, f"{type(error).__name__}: {error}")
    return result


def _client(address: str) -> Any:
    """Raises NoCluster."""
    try:
        client = _dask().Client(address, timeout=PATIENCE)
    except (OSError, ValueError, TypeError) as error:
        raise NoCluster(f"no scheduler answers at {address}: {error}") from error
    if not client.nthreads():
        client.close()
        raise NoCluster(f"the scheduler at {address} has no workers")
    return client


def _dask() -> Any:
    """Returns the library, which has few types. Raises NoCluster."""
    try:
        return import_module("distributed")
    except ModuleNotFoundError as error:
        raise NoCluster(f"Dask is not installed: {extras.command('dask')}") from error


def _unheard(*_: Any) -> None:
    """Says nothing: nobody listens on a worker."""
