"""The report: one JSON document that everything else is rendered from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lydite import __version__
from lydite.outcome import ClaimResult


def report(
    target: str, claims: Sequence[ClaimResult], *, seed: int, precision: str, isolation: str
) -> dict[str, Any]:
    """The report on one implementation."""
    return {
        "format": "lydite-report",
        "version": 1,
        "lydite": __version__,
        "seed": seed,
        "precision": precision,
        "isolation": isolation,
        "implementations": [
            {
                "name": target,
                "target": target,
                "outcome": "graded",
                "reason": "",
                "points": sum(c.points for c in claims),
                "max_points": sum(c.max_points for c in claims),
                "seconds": 0.0,
                "cases": sum(c.cases for c in claims),
                "claims": [c.as_dict() for c in claims],
            }
        ],
    }


def write(path: Path, document: dict[str, Any]) -> None:
    """Writes `document` to `path` at once: a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    partial.replace(path)
