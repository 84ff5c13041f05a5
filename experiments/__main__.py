"""Runs the experiments again and stores what they find: `python -m experiments [NAME...]`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from experiments.batch_norm import EXPERIMENTS
from experiments.experiment import RULE, Experiment, result

STORE = Path(__file__).resolve().parents[1] / "spec" / "experiments.json"


def run(experiment: Experiment, bar: Progress) -> dict[str, Any]:
    """The experiment for all its seeds."""
    effects = [experiment.run(s) for s in bar.track(range(experiment.seeds), description=experiment.name)]
    return result(experiment, effects)


def main(names: list[str]) -> None:
    """Runs the experiments of those names, all if there are none, and keeps the results of the others."""
    strangers = set(names) - {e.name for e in EXPERIMENTS}
    if strangers:
        sys.exit(f"no experiment is called {', '.join(sorted(strangers))}")
    kept = {r["name"]: r for r in json.loads(STORE.read_text("utf-8"))["experiments"]} if STORE.exists() else {}
    with Progress(console=Console(stderr=True)) as bar:
        found = [kept[e.name] if names and e.name in kept and e.name not in names else run(e, bar) for e in EXPERIMENTS]
    stored = {"rule": RULE, "experiments": found}
    STORE.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
