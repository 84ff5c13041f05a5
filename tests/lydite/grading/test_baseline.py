"""Expectations are written with an entry for each fault; what is there stays, and what is written is read back."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lydite.grading import baseline, expectation
from lydite.grading.expectation import ExpectationError, read_expectations
from lydite.grading.request import Request
from lydite.kit.reading import written
from lydite.kit.regime import Regime
from lydite.report.model import Entry, Exempt
from lydite.report.terminal import render
from tests.support import made

REQUEST = Request()
BREAKS = (
    made.claim("Q7.0.1", outcome="broken", fault="softmax"),
    made.claim("Q7.0.1", "stability", outcome="broken", fault="softmax"),
    made.claim("Q3.0.4", "stability", outcome="broken", fault="softmax"),
    made.claim("Q7.a.7", outcome="error", fault="cross_entropy_gradient"),
)
SOFTMAX = {"core": ["Q7.0.1"], "stability": ["Q3.0.4", "Q7.0.1"]}


def entry(*wrong: made.Document, **rest: Any) -> Entry:
    return made.entry("a.py", *wrong, **rest)


def judged(found: Entry, request: Request = REQUEST) -> baseline.Judged:
    return {"a.py": (found, request)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ein Ordner" / "expected.toml"


def exceptions(path: Path) -> list[dict[str, Any]]:
    [one] = tomllib.loads(path.read_text("utf-8"))["implementation"]
    found: list[dict[str, Any]] = one.get("exception", [])
    return found


def test_a_fault_is_one_entry_with_all_of_its_claims(path: Path) -> None:
    written = baseline.write(path, judged(entry(*BREAKS)), baseline.faults)
    assert [(e["call"], e["claims"], e["reason"]) for e in exceptions(path)] == [
        ("softmax", SOFTMAX, ""),
        ("cross_entropy_gradient", {"core": ["Q7.a.7"]}, ""),
    ]
    assert read_expectations(path) == written


def test_what_is_there_stays_with_its_reason_and_what_holds_goes(path: Path) -> None:
    baseline.write(path, judged(entry(*BREAKS)), baseline.faults)
    text = path.read_text("utf-8").replace('reason = ""', 'reason = "It is \\"known\\"."\nuntil = 2099-01-31', 1)
    other = '[[implementation]]\nname = "b.py"\ncalls = ["softmax"]\n'
    path.write_text(f"{other}\n{text}", "utf-8")
    also = made.claim("Q3.0.4", outcome="broken", fault="softmax")
    baseline.write(path, judged(entry(BREAKS[1], also)), baseline.faults)
    first, second = read_expectations(path)["a.py"].exception
    assert (first.reason, first.until, dict(first.claims)) == (
        'It is "known".',
        date(2099, 1, 31),
        {Regime.STABILITY: ("Q7.0.1",)},
    )
    assert (second.call, second.reason, second.pairs) == ("softmax", "", (("Q3.0.4", Regime.CORE),))
    assert read_expectations(path)["b.py"].calls == ("softmax",)


def test_another_precision_is_another_matter(path: Path) -> None:
    path.parent.mkdir()
    known = "id = 'Q7.0.1'\nregime = 'core'\nreason = 'so'\n"
    path.write_text(f"[[implementation]]\nname = 'a.py'\n[[implementation.exception]]\n{known}", "utf-8")
    baseline.write(path, judged(entry()), baseline.faults)  # holds in float64, and was not judged in float32
    [left] = read_expectations(path)["a.py"].exception
    assert (left.precisions, left.reason) == (("float32",), "so")
    baseline.write(path, judged(entry(BREAKS[0])), baseline.faults)
    assert [e.precisions for e in read_expectations(path)["a.py"].exception] == [("float32",), ("float64",)]


def test_calls_that_are_not_offered_are_left_out_of_the_scope(path: Path) -> None:
    wrong = made.claim("Q7.a.7", outcome="missing")
    found = entry(wrong, missing={"Q7": ["cross_entropy_gradient"]})
    baseline.write(path, judged(found), baseline.faults)
    written = read_expectations(path)["a.py"]
    assert "cross_entropy_gradient" not in written.calls
    assert "softmax" in written.calls
    assert not written.exception


def test_nothing_is_written_on_what_was_not_judged_in_full(path: Path) -> None:
    killed = entry(outcome="killed", reason="time is up")
    with pytest.raises(ExpectationError, match=r"nothing is written on a\.py, .*time is up"):
        baseline.write(path, judged(killed), baseline.faults)
    assert not path.exists()


def test_a_file_that_cannot_be_read_is_left_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("implementation = 3\n", "utf-8")
    with pytest.raises(ExpectationError, match=r"expected\.toml: implementation"):
        baseline.write(path, judged(entry()), baseline.faults)
    assert path.read_text("utf-8") == "implementation = 3\n"


def accuracy(ulps: float, share: float) -> dict[str, Any]:
    return {"softmax": {"core": {"ulps": ulps, "share": share}}}


@pytest.mark.parametrize(
    ("ulps", "share", "budget"),
    [
        (5.0, 0.1, {"ulps": 15.0}),
        (5.01, 0.1, {"ulps": 16.0}),
        (0.5, 0.1, {"ulps": 4.0}),
        (71.3, 0.1, {"ulps": 220.0}),
        (0.0, 0.1, {"share": 0.3}),
        (0.0, 0.0, {"share": 0.05}),
        (1e9, 0.5, {"share": 1.0}),
    ],
)
def test_a_budget_has_room_and_two_digits(path: Path, ulps: float, share: float, budget: dict[str, float]) -> None:
    found = entry(accuracy=accuracy(ulps, share))
    written = baseline.write(path, judged(found), baseline.budgets)["a.py"]
    [one] = tomllib.loads(path.read_text("utf-8"))["implementation"]
    assert one["budget"] == {"float64": {"softmax": {"core": budget}}}
    assert not written.exceeded(found.accuracy, "float64")


def test_a_budget_is_exceeded_beyond_it_in_its_own_precision(path: Path) -> None:
    written = baseline.write(path, judged(entry(accuracy=accuracy(5.0, 0.1))), baseline.budgets)["a.py"]
    worse = entry(accuracy=accuracy(15.1, 0.1)).accuracy
    [beyond] = written.exceeded(worse, "float64")
    assert (beyond.call, beyond.regime, beyond.measure, beyond.measured, beyond.allowed) == (
        "softmax",
        "core",
        "ulps",
        15.1,
        15.0,
    )
    assert not written.exceeded(worse, "float32")
    assert not written.exceeded({}, "float64")


def test_a_budget_that_is_written_again_keeps_those_of_other_regimes(path: Path) -> None:
    baseline.write(path, judged(entry(accuracy={"softmax": {"tails": {"ulps": 7, "share": 0}}})), baseline.budgets)
    baseline.write(path, judged(entry(accuracy=accuracy(5.0, 0.1))), baseline.budgets)
    assert set(read_expectations(path)["a.py"].budget["float64"]["softmax"]) == {"core", "tails"}


UNTIL = """
[[implementation]]
name = "a.py"
[[implementation.exception]]
call = "softmax"
claims = { core = ["Q7.0.1"] }
reason = "so"
until = 2027-01-31
"""


@pytest.mark.parametrize(("today", "counts"), [(date(2027, 1, 31), False), (date(2027, 2, 1), True)])
def test_an_exception_counts_through_its_last_day(
    path: Path, monkeypatch: pytest.MonkeyPatch, today: date, counts: bool
) -> None:
    monkeypatch.setattr(expectation, "today", lambda: today)
    path.parent.mkdir()
    path.write_text(UNTIL, "utf-8")
    known = read_expectations(path)["a.py"]
    claims = entry(BREAKS[0]).claims
    [exempt] = known.judged(claims, "float64")
    assert (exempt.expired, exempt.until, exempt.call) == (counts, "2027-01-31", "softmax")
    assert known.reasons(Regime.CORE, "float64") == ({} if counts else {"Q7.0.1": "so"})
    whole = made.read(made.implementation("a.py", BREAKS[0], expected=[written_exempt(exempt)]))
    assert whole.exit_status() == int(counts)
    assert ("expired, and counted: Q7.0.1 core, known until 2027-01-31 (so)" in render(whole)) == counts


def written_exempt(exempt: Exempt) -> dict[str, Any]:
    found: dict[str, Any] = written(exempt)
    return found


def test_an_expired_exception_is_not_renewed_by_the_machine(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expectation, "today", lambda: date(2028, 1, 1))
    path.parent.mkdir()
    path.write_text(UNTIL, "utf-8")
    [kept] = baseline.write(path, judged(entry(BREAKS[0])), baseline.faults)["a.py"].exception
    assert (kept.until, kept.reason, kept.expired) == (date(2027, 1, 31), "so", True)


@pytest.mark.parametrize("name", ['a "b".py', "a\\b.py", "ä ö.py", "a\x7f.py", "exec:node 'x y.js'"])
def test_whatever_a_target_is_called_is_read_back(path: Path, name: str) -> None:
    baseline.write(path, {name: (entry(*BREAKS), REQUEST)}, baseline.faults)
    assert list(read_expectations(path)) == [name]
