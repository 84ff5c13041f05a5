"""Reads what the experiments found, as it is stored here; nothing is run."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from lydite import suite

Experiment = dict[str, Any]

STORE = Path(__file__).with_name("experiments.json")
"""Written by `python -m experiments`, in a checkout: those on Lydite's own document."""

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
    if not suite.is_own():
        return {"rule": "", "experiments": []}
    whole: dict[str, Any] = json.loads(STORE.read_text(encoding="utf-8"))
    return whole


def on(claim: str) -> list[Experiment]:
    """Returns the experiments on the claim of that id."""
    return [found for found in stored()["experiments"] if claim in found["claims"]]
