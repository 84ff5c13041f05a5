"""Reports as `lydite grade` would write them, for tests of what is rendered from one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lydite.kit.claim import CLAIMS
from lydite.kit.question import POINTS
from lydite.kit.regime import DEFAULT, Regime
from lydite.report.model import Entry, Report

Document = dict[str, Any]
Write = Callable[..., Path]

HOSTILE = "=1+1|<script>alert(1)</script>*b*`c`\x1b[2J\x00\n::error::x\u202e\ud800"
"""Something for each format: a formula, a cell's end, markup, colours, a command, hidden and broken letters."""


def counterexample(**rest: Any) -> Document:
    """An input that refutes."""
    return {
        "inputs": {"z": [0.0, 0.5], "y": [1.0, 0.0]},
        "got": [-0.5, -0.25],
        "due": [-0.5, 0.75],
        "error": 1.0,
        "tolerance": 1e-15,
        "relation": "equal to",
        "law": "softmax_cross_entropy.gradient",
        "says": "dL/dz = softmax(z) - y.",
        "asked": {"cross_entropy_gradient": 1},
        "reads": ["z", "y"],
        "where": "a.py:7",
        "reproduce": "lydite replay /home/staff/report.json Q7.a.7",
        "wrong": [[1]],
        **rest,
    }


def fault(**rest: Any) -> Document:
    """A call that is to be fixed, of the claim that refutes it."""
    return {
        "call": "cross_entropy_gradient",
        "claim": "Q7.a.7",
        "regime": "core",
        "where": "a.py:7",
        "points": 2.86,
        "looks_like": [{"says": "the sign: due = -got", "matched": 8, "of": 8}],
        "agrees": "",
        "confirmed": "",
        "also": [],
        "follows": [],
        **rest,
    }


def claim(name: str, regime: str = "core", outcome: str = "holds", **rest: Any) -> Document:
    """A claim; what is broken has a counterexample, and what holds its points."""
    question = name.partition(".")[0]
    share = POINTS[question] / sum(c.graded and c.question == question for c in CLAIMS.values())
    due = share if regime == "core" else 0.0
    wrong = outcome in {"broken", "error"}
    return {
        "id": name,
        "question": question,
        "regime": regime,
        "calls": list(CLAIMS[name].calls),
        "outcome": outcome,
        "reason": "" if outcome == "holds" else "dL/dz = softmax(z) - y.",
        "points": due if outcome == "holds" or rest.get("because") else 0.0,
        "max_points": due,
        "cases": 10,
        "worst": 0.25,
        "ulps": 2.0,
        "because": [],
        "fault": CLAIMS[name].calls[0] if wrong else "",
        "counterexample": counterexample() if wrong else None,
        **rest,
    }


def claims(*wrong: Document, regimes: tuple[Regime, ...] = DEFAULT) -> list[Document]:
    """Every graded claim: it holds, if it is not among those that are given."""
    given = {(c["id"], c["regime"]): c for c in wrong}
    pairs = [(c.id, r) for c in CLAIMS.values() if c.graded for r in c.regimes if r in regimes]
    return [given.get(pair) or claim(*pair) for pair in pairs]


def implementation(name: str = "a.py", *wrong: Document, **rest: Any) -> Document:
    """An implementation of which all holds but what is given."""
    judged = rest.pop("claims", None) or claims(*wrong)
    points = {key: round(sum(c[key] for c in judged), 6) for key in ("points", "max_points")}
    head = {"name": name, "target": name, "outcome": "graded", "reason": "", **points}
    return {**head, "seconds": 3.2, "cases": 12345, "warnings": 0, "missing": {}, "claims": judged, **rest}


def report(*implementations: Document, **rest: Any) -> Document:
    """A report on them."""
    head = {"format": "lydite-report", "version": 1, "lydite": "0.1.0", "seed": 7, "precision": "float64"}
    return {**head, "isolation": "process", "implementations": list(implementations) or [implementation()], **rest}


def read(*implementations: Document, **rest: Any) -> Report:
    """A report on them, as it is read."""
    return Report.from_json(report(*implementations, **rest))


def entry(*arguments: Any, **rest: Any) -> Entry:
    """An implementation, as it is read."""
    return read(implementation(*arguments, **rest)).implementations[0]


def write(path: Path, *implementations: Document, **rest: Any) -> Path:
    """Writes such a report, and returns its path."""
    path.write_text(json.dumps(report(*implementations, **rest)), encoding="utf-8")
    return path


def hostile(name: str = HOSTILE) -> Document:
    """An implementation that puts hostile text wherever a report carries text from outside."""
    example = counterexample(inputs={HOSTILE: HOSTILE, "z": [0.0]}, got=HOSTILE, due=HOSTILE, where=f"{HOSTILE}.py:3")
    example |= {"error": None, "tolerance": None, "relation": "", "reads": []}
    example["reproduce"] = f"lydite grade '{HOSTILE}' --only Q7.a.7"
    wrong = claim("Q7.a.7", outcome="error", reason=HOSTILE, counterexample=example, fault=HOSTILE)
    return implementation(
        name, wrong, target=HOSTILE, outcome="killed", reason=HOSTILE, missing={"Q1": [HOSTILE, "logistic_loss"]}
    )
