"""The hunt for false alarms: its figures are of runs that took place, and its page states the same ones."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import reference
from benchmarks import hunt
from benchmarks.hunt import NAMES, PRECISIONS, SELDOM, SLOW, planned, told

ROOT = Path(__file__).parents[2]
STORED = (ROOT / "benchmarks" / "hunt.txt").read_text("utf-8").splitlines()
SEEDS = 200
"""Under so many each is held, at least, and the slow ones under every SELDOM-th."""


def row(cases: int, *accusations: str) -> dict[str, Any]:
    return {"accusations": list(accusations), "cases": cases}


def test_the_readme_says_what_is_stored() -> None:
    for page in ("README.md", "docs/explanation/sharpness.md"):
        assert STORED[0] in (ROOT / page).read_text("utf-8")


def test_nobody_was_accused_and_the_sums_are_right() -> None:
    first, *rows = STORED
    said = [
        re.fullmatch(r"(\S+) +(\d+) seeds in float64, +(\d+) seeds in float32, +([\d,]+) cases, 0 acc.*", r)
        for r in rows
    ]
    assert all(said)
    held = {m[1]: (int(m[2]), int(m[3]), int(m[4].replace(",", ""))) for m in said if m}
    assert set(held) <= set(NAMES)
    assert "reference" in held
    assert all(min(runs[:2]) >= (SEEDS // SELDOM if name in SLOW else SEEDS) for name, runs in held.items())
    cases = sum(cases for *_, cases in held.values())
    assert first == f"0 unexplained accusations in {cases:,} cases, of {len(held)} implementations"


def test_seeds_are_counted_once_and_by_precision() -> None:
    rows = {
        "reference float64 0 1 new": row(10),
        "reference float64 0 2 new": row(20),
        "reference float32 7 1 new": row(1, "softmax is softmax [core]: no"),
        "pure_python.py float64 0 1 new": row(5),
        "pure_python.py float64 1 1 old": row(5, "of another time"),
    }
    assert list(told(rows, "new")) == [
        "1 unexplained accusations in 36 cases, of 2 implementations",
        "reference                1 seeds in float64,   1 seeds in float32,        31 cases, 1 accusations",
        "pure_python.py           1 seeds in float64,   0 seeds in float32,         5 cases, 0 accusations",
    ]


def test_slow_implementations_are_held_under_few_seeds_unless_they_are_named() -> None:
    every = list(planned((), range(SEEDS), 1))
    assert len(every) == len(PRECISIONS) * ((len(NAMES) - len(SLOW)) * SEEDS + len(SLOW) * SEEDS // SELDOM)
    slow = min(SLOW)
    assert list(planned((slow,), range(3, 5), 1)) == [(slow, p, seed, 1) for seed in (3, 4) for p in PRECISIONS]


@pytest.fixture
def _few_laws(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = hunt._asked
    few = "softmax_cross_entropy.softmax_"
    monkeypatch.setattr(hunt, "_asked", lambda name: [one for one in asked(name) if one[0].law.name.startswith(few)])


@pytest.mark.usefixtures("_few_laws")
def test_correct_code_is_not_accused_and_wrong_code_is(monkeypatch: pytest.MonkeyPatch) -> None:
    right = hunt.held_to_all(("reference", "float64", 3, 1))
    assert right["accusations"] == []
    assert right["cases"] > 0
    monkeypatch.setattr(hunt, "_loaded", lambda *_: SimpleNamespace(softmax=lambda z: 2 * reference.softmax(z)))
    wrong = hunt.held_to_all(("reference", "float64", 3, 1))
    assert any(a.startswith("softmax_cross_entropy.softmax_is_exact [core]") for a in wrong["accusations"])
