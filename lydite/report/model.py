"""The report: one JSON document that everything else is rendered from."""

from __future__ import annotations

import gzip
import json
import shlex
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from lydite import __version__
from lydite.options import OPTIONS

Document = dict[str, Any]

BROKEN = 1
USAGE = 2
NOTHING_GRADED = 3
FAILED = 4
"""Exit statuses, besides 0: something does not hold, the question was wrong, nothing was graded, we failed."""

EXAMPLES = int(OPTIONS["examples"].default)
"""Batches of cases for each law and regime, where nothing else is said."""

LARGEST = 1 << 30
"""Bytes of a report, unpacked: thousands of submissions."""

SCHEMA = Path(__file__).with_name("report.schema.json")


class Run(Protocol):
    """How every implementation of a report was graded."""

    @property
    def seed(self) -> int:
        """What the cases were drawn from."""

    @property
    def precision(self) -> str:
        """That of the inputs and answers."""

    @property
    def examples(self) -> int:
        """Batches of cases for each law and regime."""


class NoReport(ValueError):
    """A file holds no report that this version can read."""


def document(run: Run, isolation: str, implementations: Sequence[Document], path: str) -> Document:
    """The report, as it will be kept in `path` (nowhere, if empty)."""
    whole = {
        "format": "lydite-report",
        "version": 1,
        "lydite": __version__,
        "seed": run.seed,
        "precision": run.precision,
        "examples": run.examples,
        "isolation": isolation,
        "implementations": list(implementations),
    }
    for implementation in implementations:
        for claim in implementation["claims"]:
            if claim["counterexample"]:
                claim["counterexample"]["reproduce"] = _reproduce(whole, implementation, claim, path)
    return whole


def _reproduce(whole: Document, implementation: Document, claim: Document, path: str) -> str:
    core = claim["regime"] == "core"
    if path:
        one_of_many = len(whole["implementations"]) > 1
        name = ["--name", implementation["name"]] if one_of_many else []
        return shlex.join(
            ["lydite", "replay", path, claim["id"], *name, *([] if core else ["--regime", claim["regime"]])]
        )
    return command(whole, implementation, claim, implementation["target"])


def command(whole: Document, implementation: Document, claim: Document, target: str) -> str:
    """Returns the command that grades `target` on `claim` again, on the same cases."""
    adapter = implementation.get("adapter", "")
    settings = ["--adapter", adapter] if adapter not in {"", implementation["target"]} else []
    settings += ["--entry", implementation["entry"]] if "entry" in implementation else []
    settings += ["--allow", ",".join(implementation["allow"])] if "allow" in implementation else []
    if whole["isolation"] == "none" and not adapter:
        settings += ["--isolation", "none"]  # a module of the current folder is graded nowhere else
    settings += ["--only", claim["id"], "--regimes", claim["regime"], "--seed", str(whole["seed"])]
    if whole["precision"] != "float64":
        settings += ["--precision", whole["precision"]]
    if "memory" in implementation:
        settings += ["--memory", str(implementation["memory"])]
    if "call_timeout" in implementation:
        settings += ["--call-timeout", f"{implementation['call_timeout']:.15g}"]
    if (examples := whole.get("examples", EXAMPLES)) != EXAMPLES:
        settings += ["--examples", str(examples)]
    return shlex.join(["lydite", "grade", target, *settings])


def exit_status(whole: Document) -> int:
    """Returns 0 where every claim holds, 1 where one does not, 3 if nothing of a target was graded, 4 if we failed."""
    implementations = whole["implementations"]
    if any(i.get("failed") for i in implementations):
        return FAILED
    outcomes = {claim["outcome"] for i in implementations for claim in i["claims"]}
    if any(i["outcome"] != "graded" for i in implementations):
        return BROKEN
    if not outcomes & {"holds", "broken", "error"}:
        return NOTHING_GRADED
    if any(unexpected(i) or stale(i) for i in implementations):
        return BROKEN
    return 0 if all(map(judged, implementations)) else NOTHING_GRADED


def judged(implementation: Document) -> bool:
    """Returns whether a law has decided any claim; claims that were lost when all was cut off have no call at fault."""
    if implementation["outcome"] == "unloadable":
        return False
    return any(
        c["outcome"] in {"holds", "broken"} or (c["outcome"] == "error" and c["fault"])
        for c in implementation["claims"]
    )


def is_late(implementation: Document) -> bool:
    """Returns whether not all was judged because time ran out."""
    return bool(implementation.get("late", False))


def trouble(implementation: Document) -> str:
    """Returns why not all was judged, or why nothing was; empty where neither is so."""
    if implementation.get("failed"):
        return str(implementation["failed"])
    if implementation["outcome"] != "graded":
        return f"{implementation['outcome']}: {implementation['reason']}"
    if judged(implementation):
        return ""
    reasons = dict.fromkeys(c["reason"] for c in implementation["claims"] if c["outcome"] != "missing" and c["reason"])
    return f"nothing was judged: {next(iter(reasons), 'no call in scope is offered')}"


def unexpected(implementation: Document) -> list[Document]:
    """The claims that do not hold and that no expectation excepts."""
    known = {(e["id"], e["regime"]) for e in implementation.get("expected", ())}
    wrong = [c for c in implementation["claims"] if c["outcome"] in {"broken", "error", "missing"}]
    return [claim for claim in wrong if (claim["id"], claim["regime"]) not in known]


def stale(implementation: Document) -> list[Document]:
    """The exceptions that an expectation knows and that no longer occur."""
    return [e for e in implementation.get("expected", ()) if not e["occurred"]]


def write(path: Path, whole: Document) -> None:
    """Writes the report to `path` at once: a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(whole, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    partial.replace(path)


def read(path: Path) -> Document:
    """The report that `path` holds, as JSON or as that in gzip. Raises NoReport where it is none."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            text = file.read(LARGEST)
            whole: Any = None if file.read(1) else json.loads(text)
    except (OSError, EOFError, ValueError, RecursionError, zlib.error) as error:
        raise NoReport(f"{path}: {error}") from error
    if whole is None:
        raise NoReport(f"{path} is larger than {LARGEST >> 20} MiB, or empty")
    if not isinstance(whole, dict) or [whole.get("format"), whole.get("version")] != ["lydite-report", 1]:
        raise NoReport(f"{path} holds no report of version 1")
    document: Document = whole
    return document
