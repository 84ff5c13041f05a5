"""Grades releases of libraries before and after a fault was fixed: `python -m time_machine [ID...]`.

Without IDs all of `faults.toml` is measured. `--render` measures nothing, and renders docs/time_machine.md anew.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from time_machine import page
from time_machine.environment import environment, grade, lydite, run
from time_machine.faults import FAULTS, GLUE, RESULTS, results

VERSIONS = (
    "import importlib.metadata as m, platform, sys; print(platform.python_version(), *map(m.version, sys.argv[1:]))"
)


def main(arguments: list[str]) -> None:
    """Measures what the arguments name, row by row, then renders the page."""
    if arguments != ["--render"]:
        lydite()
        for fault in FAULTS:
            if not arguments or fault["id"] in arguments:
                record(fault["id"], {side: measured(fault, side) for side in ("before", "after")})
    page.PAGE.write_text(page.page(), encoding="utf-8")


def record(name: str, row: dict[str, Any]) -> None:
    """Puts the row into results.json, in the order of faults.toml."""
    rows = results() | {name: row}
    ordered = {fault["id"]: rows[fault["id"]] for fault in FAULTS if fault["id"] in rows}
    RESULTS.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def measured(fault: dict[str, Any], side: str) -> dict[str, Any]:
    """The outcome of each claim on one release, with the versions that it was measured with."""
    folder = environment(fault[side], fault["companions"])
    names = (fault[side].partition("==")[0], "lydite", "numpy", "scipy")
    found = run(folder, "-P", "-c", VERSIONS, *names).split()
    claims = graded(fault, folder)
    print(f"{fault['id']}, {fault[side]}:", *(f"{c['id']}/{c['regime']} {c['outcome']}" for c in claims))  # noqa: T201
    return {"versions": dict(zip(("python", *names), found, strict=True)), "claims": claims}


def graded(fault: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    """Returns what `lydite grade` reports in the environment. Raises RuntimeError where it could not grade."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "report.json"
        done = grade(folder, GLUE / fault["target"], fault, path)
        (entry,) = json.loads(path.read_text(encoding="utf-8"))["implementations"] if path.exists() else [{}]
    if entry.get("outcome") != "graded":
        raise RuntimeError(f"{fault['id']}: {entry.get('reason')}\n{done.stdout}{done.stderr}")
    return [claim(found) for found in entry["claims"]]


def claim(found: dict[str, Any]) -> dict[str, Any]:
    """Returns what is kept of a claim's entry in a report."""
    kept = {key: found[key] for key in ("id", "regime", "outcome", "cases")}
    shown = found.get("counterexample")
    if shown:
        inputs = {name: shown["inputs"][name] for name in shown["reads"]}
        kept["counterexample"] = {"inputs": inputs, "got": shown["got"], "due": shown["due"], "law": shown["law"]}
    return kept


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (subprocess.CalledProcessError, RuntimeError) as error:
        sys.exit(str(error))
