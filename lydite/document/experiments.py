"""Reads what the experiments found, as it is stored here; nothing is run."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from lydite import suite

Experiment = dict[str, Any]

STORE = "spec/experiments.json"
"""Where a suite keeps them, if it has any; those on Lydite's own document are written by `python -m experiments`."""

FINDINGS = {
    "agrees": "agrees with the document",
    "disagrees": "disagrees with the document",
    "depends": "depends on the conditions",
    "undecided": "undecided",
}
"""Each verdict in words."""


@lru_cache
def stored() -> dict[str, Any]:
    """Returns the rule by which verdicts follow from figures, and the `experiments`."""
    store = suite.folder() / STORE
    if not store.exists():
        return {"rule": "", "experiments": []}
    whole: dict[str, Any] = json.loads(store.read_text(encoding="utf-8"))
    return whole


def on(claim: str) -> list[Experiment]:
    """Returns the experiments on the claim of that id."""
    return [found for found in stored()["experiments"] if claim in found["claims"]]
