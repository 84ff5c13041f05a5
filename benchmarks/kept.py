"""Keeps the findings of a long run, a line each: one that is cut off goes on from there, unless what judges changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import track

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
JUDGES = ("suite.toml", "spec", "reference", "properties", "mistakes", "lydite/kit")
"""Findings from a time when any of these files and folders read otherwise do not count."""


def workers(jobs: int) -> ProcessPoolExecutor:
    """Processes that begin afresh: Python 3.12 warns of forking one whose progress is shown by a thread."""
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))


def found(name: str, work: Callable[[T], Any], tasks: Mapping[str, T], jobs: int) -> dict[str, Any]:
    """Returns what `work` finds for each of `tasks`, in their order: from `build/name`, or computed and kept there."""
    path, state = BUILD / name, digest(*JUDGES)
    known = held(name)
    open_tasks = {key: task for key, task in tasks.items() if key not in known}
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file, workers(jobs) as pool:
        keys = {pool.submit(work, task): key for key, task in open_tasks.items()}
        for done in track(as_completed(keys), path.stem, len(keys), console=Console(stderr=True)):
            known[keys[done]] = done.result()
            row = {"state": state, "task": keys[done], "found": done.result()}
            print(json.dumps(row), file=file, flush=True)
    return {key: known[key] for key in tasks}


def held(name: str) -> dict[str, Any]:
    """Returns the findings in `build/name` that come from the code that judges now."""
    state = digest(*JUDGES)
    return {row["task"]: row["found"] for row in _rows(BUILD / name) if row["state"] == state}


@cache
def digest(*places: str) -> str:
    """Returns a digest of the code and tables in `places` as they were when the run began."""
    told = sha256()
    for path in sorted(
        path
        for place in places
        for path in ((ROOT / place).rglob("*") if (ROOT / place).is_dir() else [ROOT / place])
        if path.suffix in {".py", ".toml"}
    ):
        told.update(path.read_bytes())
    return told.hexdigest()[:16]


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
