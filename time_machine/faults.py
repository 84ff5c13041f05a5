"""Reads faults.toml and results.json."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
GLUE = HERE / "glue"
RESULTS = HERE / "results.json"

_DATA: dict[str, Any] = tomllib.loads((HERE / "faults.toml").read_text(encoding="utf-8"))
FAULTS: list[dict[str, Any]] = _DATA["fault"]
"""Those that are measured."""
MISSED: list[dict[str, Any]] = _DATA.get("missed", [])
"""Those that Lydite would not have caught."""


def results() -> dict[str, Any]:
    """The measured rows by the fault's id."""
    return dict(json.loads(RESULTS.read_text(encoding="utf-8"))) if RESULTS.exists() else {}


def broken(side: dict[str, Any]) -> dict[str, list[str]]:
    """The claims that do not hold on a release, with the regimes in which they break."""
    found: dict[str, list[str]] = {}
    for claim in side["claims"]:
        if claim["outcome"] != "holds":
            found.setdefault(claim["id"], []).append(claim["regime"])
    return found
