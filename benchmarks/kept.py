"""What a long run has found so far, a line each: one that is cut off goes on from there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import track

T = TypeVar("T")

BUILD = Path(__file__).resolve().parents[1] / "build"
"""Where it is kept; to remove a file from there is to begin anew."""


def found(name: str, work: Callable[[T], Any], tasks: Mapping[str, T], jobs: int) -> dict[str, Any]:
    """What `work` finds for each of `tasks`, in their order: read from `name` in the folder, or worked out and kept."""
    path = BUILD / name
    held = _held(path)
    open_tasks = {key: task for key, task in tasks.items() if key not in held}
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file, ProcessPoolExecutor(jobs) as pool:
        keys = {pool.submit(work, task): key for key, task in open_tasks.items()}
        for done in track(as_completed(keys), path.stem, len(keys), console=Console(stderr=True)):
            held[keys[done]] = done.result()
            print(json.dumps({"task": keys[done], "found": done.result()}), file=file, flush=True)
    return {key: held[key] for key in tasks}


def _held(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {row["task"]: row["found"] for row in rows}
