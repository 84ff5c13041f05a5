"""Reports as submissions: which one counts, and how much of it may be seen."""

from __future__ import annotations

import gzip
import json
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from lydite.report import model as report
from lydite.report.model import NoReport
from lydite.results.rubric import Attempt, Level, Rubric
from lydite.results.submission import Submission, submissions
from tests.support.made import HOSTILE, claim, claims, counterexample, fault, hostile, implementation, write
from tests.support.made import report as made

ROOT = Path(__file__).parents[3]
STORED = sorted((ROOT / "docs" / "scoreboard").glob("*.json.gz"))
FACE = claim("Q7.a.7", outcome="broken")
FAULT = fault(
    looks_like=[{"says": "the sign: due = -got", "matched": 7, "of": 8}],
    agrees="whenever K = 1",
    confirmed="by finite differences",
    also=["Q7.a.1"],
    follows=["Q7.b.1"],
)
"""One as a report names it."""


def read(tmp_path: Path, *implementations: dict[str, Any], level: Level = Level.DUE) -> list[Submission]:
    return submissions([write(tmp_path / "r.json", *implementations)], Rubric(), level)


def test_made_reports_are_reports() -> None:
    schema = jsonschema.Draft202012Validator(json.loads(report.SCHEMA.read_text("utf-8")))
    for one in (implementation("a.py", FACE), hostile()):
        schema.validate(made(one))


# -- which reports --


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.name)
def test_stored_reports_are_read(path: Path) -> None:
    found = submissions([path], Rubric(), Level.DUE)
    assert found
    assert all(one.claims for one in found)
    assert [one.name for one in found] == sorted((one.name for one in found), key=str.casefold)


@pytest.mark.parametrize(("count", "points"), [(Attempt.LAST, 297), (Attempt.BEST, 300)])
def test_of_several_reports_on_a_name_one_counts(tmp_path: Path, count: Attempt, points: float) -> None:
    paths = [
        write(tmp_path / "1.json", implementation("a.py"), implementation("b.py")),
        write(tmp_path / "2.json", implementation("a.py", FACE)),
    ]
    one, other = submissions(paths, Rubric(count=count), Level.DUE)
    assert (one.name, other.name) == ("a.py", "b.py")
    assert one.points == pytest.approx(points, abs=0.2)


def test_of_equally_good_reports_the_last_counts(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / "1.json", implementation("a.py", cases=1)),
        write(tmp_path / "2.json", implementation("a.py", cases=2)),
    ]
    (one,) = submissions(paths, Rubric(count=Attempt.BEST), Level.DUE)
    assert one.cases == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"{"),
        ("a.json", b"[]"),
        ("a.json", b'{"format": "lydite-report", "version": 2}'),
        ("a.json", b'{"format": "lydite-report", "version": 1}'),
        ("a.json", b'{"format": "lydite-report", "version": 1, "implementations": [{}]}'),
        ("a.json", b'{"format": "lydite-report", "version": 1, "implementations": []}'),
        ("a.json", b"\xff"),
        ("a.json", b"[" * 100_000),
        ("a.json.gz", b"{}"),
        ("a.json.gz", gzip.compress(b"{}", mtime=0)[:-4]),  # the time of day would name the test
    ],
)
def test_what_is_no_report_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(NoReport, match=r"a\.json"):
        submissions([path], Rubric(), Level.DUE)


def test_an_outcome_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        NoReport,
        match=r"r\.json: .*claims\[\d+ .Q7\.a\.7.\]\.outcome: expected one of: broken, .*, got .fine.",
    ):
        read(tmp_path, implementation("a.py", claim("Q7.a.7", outcome="fine")))


# -- faults --


def test_faults_are_those_that_the_report_names(tmp_path: Path) -> None:
    (one,) = read(tmp_path, implementation("a.py", FACE, faults=[FAULT]))
    (fault,) = one.faults
    assert (fault.call, fault.face.name, fault.points) == ("cross_entropy_gradient", "Q7.a.7", 2.86)
    assert dict(fault.notes) == {
        "looks like": "the sign: due = -got in 7 of 8 cases",
        "agrees": "whenever K = 1",
        "confirmed": "by finite differences",
        "also broken": "Q7.a.1",
        "follows": "Q7.b.1 (no further points lost)",
    }


def test_older_reports_have_a_fault_for_each_call(tmp_path: Path) -> None:
    small = claim("Q7.a.1", outcome="broken", counterexample=counterexample(inputs={"z": [0.0]}, reads=["z"]))
    follows = claim("Q7.b.1", outcome="broken", because=["Q7.a.1"], fault="cross_entropy_gradient")
    other = claim("Q1.1", "stability", outcome="error")
    (one,) = read(tmp_path, implementation("a.py", FACE, small, follows, other))
    first, second = one.faults
    assert (first.call, first.face.result.id) == ("cross_entropy_gradient", "Q7.a.1")
    assert dict(first.notes) == {"also broken": "Q7.a.7", "follows": "Q7.b.1 (no further points lost)"}
    assert first.points == pytest.approx(2 * 40 / 14, abs=0.02)
    assert (second.call, second.face.name, second.points) == ("logistic_predict", "Q1.1 stability", 0)
    assert one.to_fix == "cross_entropy_gradient, logistic_predict"


def test_an_exception_that_is_known_is_no_fault(tmp_path: Path) -> None:
    known = {"id": "Q7.a.7", "regime": "core", "reason": "why", "link": "https://x.org", "occurred": True}
    (one,) = read(tmp_path, implementation("a.py", FACE, expected=[known]))
    assert not one.faults


# -- what is shown --


def told(one: Submission) -> str:
    rows = [row for fault in one.faults for row in fault.rows()]
    rows += [row for judged in one.claims for row in judged.rows()]
    return "\n".join(f"{name} {text}" for name, text in rows)


DUE = ("0.75", "softmax(z) - y", "1e-15", "lydite grade", "the sign", "K = 1", "finite differences")
INPUT = ("z=[0., 0.5]", "-0.25")


@pytest.mark.parametrize(
    ("level", "shown", "hidden"),
    [(Level.OUTCOME, (), (*INPUT, *DUE, "a.py:7")), (Level.INPUT, INPUT, DUE), (Level.DUE, (*INPUT, *DUE), ())],
)
def test_a_level_shows_so_much(tmp_path: Path, level: Level, shown: tuple[str, ...], hidden: tuple[str, ...]) -> None:
    (one,) = read(tmp_path, implementation("a.py", FACE, faults=[FAULT]), level=level)
    text = told(one)
    assert [s for s in shown if s not in text] == []
    assert [s for s in hidden if s in text] == []
    assert one.faults[0].face.result.outcome == "broken"


def test_what_was_raised_is_seen_with_the_input_only(tmp_path: Path) -> None:
    raised = claim(
        "Q7.a.7",
        outcome="error",
        reason="cross_entropy_gradient: ValueError: z was [0.123]",
        counterexample=counterexample(got="raises ValueError: z was [0.123]", error=None, tolerance=None, relation=""),
    )
    one = implementation("a.py", raised)
    assert "0.123" not in told(read(tmp_path, one, level=Level.OUTCOME)[0])
    assert "0.123" in told(read(tmp_path, one, level=Level.INPUT)[0])


@pytest.mark.parametrize("level", Level)
def test_what_is_missing_is_always_told(tmp_path: Path, level: Level) -> None:
    absent = claim("Q7.a.7", outcome="missing", reason="cross_entropy_gradient is not offered")
    (one,) = read(tmp_path, implementation("a.py", absent), level=level)
    assert "is not offered" in told(one)


def test_the_folders_of_the_grader_are_not_told(tmp_path: Path) -> None:
    (one,) = read(tmp_path, implementation("a.py", FACE))
    assert "again lydite grade a.py --only Q7.a.7 --regimes core --seed 7" in told(one)
    assert "/home/staff" not in told(one)


def test_the_folders_in_a_command_are_not_told(tmp_path: Path) -> None:
    command = shlex.join(["/home/staff/my python", "/home/staff/the class/main.py", "-u"])
    (one,) = read(tmp_path, implementation("main.py", claim("Q7.a.7", outcome="broken"), target=f"exec:{command}"))
    (kept,) = (judged.result.counterexample.reproduce for judged in one.claims if judged.result.counterexample)
    words = shlex.split(kept)
    assert shlex.split(words[2].removeprefix("exec:")) == ["my python", "main.py", "-u"]
    assert "/home/staff" not in told(one)


def test_a_void_claim_says_why(tmp_path: Path) -> None:
    path = write(tmp_path / "r.json", implementation("a.py", FACE))
    (one,) = submissions([path], Rubric(void={"Q7.a.7": "misprinted"}), Level.OUTCOME)
    assert "void counts for everybody: misprinted" in told(one)
    assert one.points == 300


def test_text_of_a_submission_is_harmless_wherever_it_comes(tmp_path: Path) -> None:
    (one,) = read(tmp_path, hostile())
    text = "\n".join([one.name, one.target, one.trouble, *one.missing, one.to_fix, told(one)])
    assert "<script>" in text
    assert not set(text) & set("\x1b\x00\u202e\ud800")
    assert HOSTILE.splitlines()[0] not in text


def test_tallies_are_those_of_the_claims(tmp_path: Path) -> None:
    (one,) = read(tmp_path, implementation("a.py", FACE))
    assert one.count("Q7", "core").words == "1 broken of 14"
    assert len(one.count().claims) == len(claims())


@pytest.mark.parametrize(
    ("target", "rest", "command"),
    [
        ("/home/staff/week1/doejane_LATE_17_90001_hw-2.py", {}, "lydite grade hw.py"),
        (
            "week1/Jane Doe_4711_assignsubmission_file_my hw.ipynb",
            {"isolation": "namespaces"},
            "lydite grade 'my hw.ipynb'",
        ),
        ("submission", {"isolation": "landlock"}, "lydite grade ."),
        ("exec:/home/staff/node main.js", {"isolation": "namespaces"}, "lydite grade 'exec:node main.js'"),
        ("mypackage.losses", {"isolation": "none"}, "lydite grade mypackage.losses"),
    ],
)
def test_the_command_is_for_who_has_handed_it_in(
    tmp_path: Path, target: str, rest: dict[str, Any], command: str
) -> None:
    graded = implementation("jane", claim("Q7.a.7", outcome="broken"), target=target, **rest)
    [one] = submissions([write(tmp_path / "r.json", graded)], Rubric(), Level.DUE)
    [again] = [text for c in one.claims for name, text in c.rows() if name == "again"]
    assert again == f"{command} --only Q7.a.7 --regimes core --seed 7"
