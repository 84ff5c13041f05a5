"""Each format holds what its readers accept, adds up, shows no more than it may, and takes hostile text for text."""

from __future__ import annotations

import base64
import csv
import io
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from lydite.kit.regime import Regime
from lydite.report import terminal
from lydite.report.model import Report
from lydite.results import badge, github, gradebook, gradescope, junit, markdown, prairielearn, sarif
from lydite.results.rubric import Level, Rubric
from lydite.results.submission import Submission, submissions
from tests.support.accepted import accepted
from tests.support.made import claim, claims, counterexample, fault, hostile, implementation, write

BROKEN = claim("Q7.a.7", outcome="broken")
STABILITY = claim("Q1.1", "stability", outcome="error", reason="logistic_predict: ValueError: no")
ABSENT = claim("Q2.a.2", outcome="missing", reason="batch_norm is not offered")
UNLOADABLE = {"outcome": "unloadable", "reason": "importing a.py raised SyntaxError"}

Read = Callable[..., list[Submission]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def made(*implementations: dict[str, Any], level: Level = Level.DUE) -> list[Submission]:
        return submissions([write(tmp_path / "r.json", *implementations)], Rubric(), level)

    return made


@pytest.fixture
def mixed(read: Read) -> Submission:
    (one,) = read(implementation("a.py", BROKEN, STABILITY, ABSENT, missing={"Q2": ["batch_norm"]}))
    return one


@pytest.fixture
def nasty(read: Read) -> Submission:
    (one,) = read(hostile())
    return one


TEXTS: dict[str, Callable[[Submission], str]] = {
    "markdown": lambda one: markdown.render([one]),
    "junit": lambda one: junit.render([one]),
    "csv": lambda one: gradebook.render([one]),
    "sarif": lambda one: sarif.render([one]),
    "annotations": lambda one: github.annotated([one]),
    "github": lambda one: base64.b64decode(github.classroom(one).removeprefix("result=")).decode(),
    "gradescope": gradescope.render,
    "prairielearn": prairielearn.render,
}


@pytest.mark.parametrize("form", TEXTS)
def test_no_format_carries_what_is_not_visible(form: str, nasty: Submission) -> None:
    text = TEXTS[form](nasty)
    assert "alert(1)" in text.replace("\\", "")
    assert not set(text) & set("\x1b\x00\u202e\ud800")
    assert text.encode("utf-8")


@pytest.mark.parametrize("form", [form for form in TEXTS if form != "csv"])
@pytest.mark.parametrize("level", [Level.OUTCOME, Level.INPUT])
def test_no_format_shows_more_than_it_may(form: str, level: Level, read: Read) -> None:
    (whole,) = read(implementation("a.py", BROKEN))
    (less,) = read(implementation("a.py", BROKEN), level=level)
    secrets = ["0.75", "softmax(z) - y", "1e-15", "lydite grade"]
    secrets += ["-0.25", "z=[0., 0.5]"] if level is Level.OUTCOME else []
    assert [s for s in secrets if s not in TEXTS[form](whole)] == []
    assert [s for s in secrets if s in TEXTS[form](less)] == []
    assert "Q7.a.7" in TEXTS[form](less)


SHOWN = {
    Level.OUTCOME: "cross_entropy_gradient",
    Level.INPUT: "z=[0., 0.5]",
    Level.VALUE: "0.75",
    Level.LIKENESS: "the sign: due = -got",
    Level.DUE: "softmax(z) - y",
    Level.LAW: "∇_z L",
}
"""The rows that each level is the first to show."""


@pytest.mark.parametrize("form", ["markdown", "gradescope", "prairielearn"])
def test_each_level_of_hints_shows_one_thing_more(form: str, read: Read) -> None:
    for level in Level:
        (one,) = read(implementation("a.py", BROKEN, faults=[fault()]), level=level)
        text = TEXTS[form](one)
        text = text.replace("\\", "") if form == "markdown" else str(json.loads(text))
        shown = [which for which, secret in SHOWN.items() if secret in text]
        assert shown == [which for which in Level if level.shows(which)], level


def test_every_format_for_submitters_begins_with_the_functions(read: Read) -> None:
    (one,) = read(implementation("a.py", BROKEN, faults=[fault()], missing={"Q6": ["newton_root"]}))
    rows = [line for line in TEXTS["markdown"](one).splitlines() if line.startswith("| ")]
    assert rows[0] == "| function | holds | where to look |"
    assert "| cross\\_entropy\\_gradient | ✗ 6 of 7 | a.py\\:7 |" in rows
    assert "| newton\\_root | ○ | not offered |" in rows
    assert "| softmax | ✓ 2 of 2 |  |" in rows
    for form in ("gradescope", "prairielearn"):
        output = json.loads(TEXTS[form](one))["output"]
        assert "\ncross_entropy_gradient  6 of 7 hold  a.py:7\nall holds: logistic_predict, " in output
        assert output.index("6 of 7 hold") < output.index("the sign: due = -got")
    (less,) = read(implementation("a.py", BROKEN, faults=[fault()]), level=Level.OUTCOME)
    assert "a.py:7" not in TEXTS["markdown"](less)
    assert "| cross\\_entropy\\_gradient | ✗ 6 of 7 |  |" in TEXTS["markdown"](less)


# -- Gradescope --


def test_gradescope_takes_the_results(mixed: Submission, nasty: Submission) -> None:
    for one in (mixed, nasty):
        results = accepted(gradescope.render(one))
        assert math.fsum(t["max_score"] for t in results["tests"]) == pytest.approx(300, abs=1e-9)
        assert math.fsum(t["score"] for t in results["tests"]) == pytest.approx(results["score"], abs=1e-9)
        assert results["score"] == one.points


def test_gradescope_has_a_test_for_each_claim_with_points(mixed: Submission) -> None:
    results = accepted(gradescope.render(mixed))
    failed = [test for test in results["tests"] if test["status"] == "failed"]
    assert [test["name"].split()[0] for test in failed] == ["Q2.a.2", "Q7.a.7"]
    assert len(results["tests"]) == sum(c["max_points"] > 0 for c in claims())
    assert "got         [-0.5, -0.25]" in failed[1]["output"]
    # What carries no points is reported at the top.
    assert "logistic_predict: Q1.1 stability" in results["output"]


def test_numbers_are_rounded(mixed: Submission) -> None:
    for test in accepted(gradescope.render(mixed))["tests"]:
        assert len(repr(test["score"]).partition(".")[2]) <= 2


# -- PrairieLearn --


def test_prairielearn_has_points_for_every_test(mixed: Submission) -> None:
    results = json.loads(prairielearn.render(mixed))
    assert results["gradable"] is True
    assert results["score"] == pytest.approx(mixed.points / 300, abs=1e-6)
    assert all({"name", "points", "max_points"} <= set(test) for test in results["tests"])
    assert math.fsum(t["points"] for t in results["tests"]) == pytest.approx(mixed.points)


def test_what_cannot_be_loaded_costs_no_attempt(read: Read) -> None:
    (one,) = read(implementation("a.py", **UNLOADABLE))
    results = json.loads(prairielearn.render(one))
    assert results == {"gradable": False, "format_errors": ["unloadable: importing a.py raised SyntaxError"]}


def test_prairielearn_is_never_too_long(tmp_path: Path) -> None:
    example = counterexample(inputs={name: name * 2000 for name in "abc"}, reads=[], got="d" * 2000, says="e" * 2000)
    wrong = [claim(c["id"], c["regime"], "broken", counterexample=example) for c in claims()]
    everywhere = Rubric(points={(c["id"], c["regime"]): 1.0 for c in wrong})
    (one,) = submissions([write(tmp_path / "r.json", implementation("a.py", claims=wrong))], everywhere, Level.DUE)
    assert sum(len("".join(text)) for c in one.claims for text in c.rows()) > prairielearn.LARGEST
    text = prairielearn.render(one)
    assert len(text) <= prairielearn.LARGEST
    assert len(json.loads(text)["tests"]) == len(wrong)


# -- GitHub --


def test_classroom_gets_one_line(mixed: Submission) -> None:
    text = github.classroom(mixed)
    assert text.startswith("result=")
    assert text.count("\n") == 1
    results = json.loads(base64.b64decode(text.removeprefix("result=")))
    assert (results["version"], results["status"], results["max_score"]) == (1, "fail", 300)
    assert {test["status"] for test in results["tests"]} == {"pass", "fail"}
    assert math.fsum(test["score"] for test in results["tests"]) == pytest.approx(mixed.points)


@pytest.mark.parametrize(("rest", "status"), [({}, "pass"), (UNLOADABLE, "error")])
def test_the_status_for_classroom(read: Read, rest: dict[str, Any], status: str) -> None:
    (one,) = read(implementation("a.py", **rest))
    assert json.loads(base64.b64decode(github.classroom(one).removeprefix("result=")))["status"] == status


def test_no_line_that_the_reporter_prints_is_a_command(nasty: Submission) -> None:
    results = json.loads(base64.b64decode(github.classroom(nasty).removeprefix("result=")))
    printed = [line for test in results["tests"] for line in f"{test['name']}\n{test['message']}".splitlines()]
    assert any("::error" in line for line in printed)
    assert not [line for line in printed if re.match(r"\s*(::|##\[)", line)]


def test_annotations_are_where_the_calls_are(read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").touch()
    (one,) = read(implementation("a.py", BROKEN, target="src/a.py"))
    (line,) = github.annotated([one]).splitlines()
    assert line.startswith("::error file=src/a.py,line=7,title=a.py%3A cross_entropy_gradient%2C Q7.a.7::")
    assert "%0Agot         [-0.5, -0.25]%0A" in line


def test_annotations_are_ten_at_most_and_say_so(read: Read) -> None:
    found = read(*(implementation(f"{i}.py", BROKEN) for i in range(15)))
    lines = github.annotated(found).splitlines()
    assert len(lines) == 10
    assert lines[-1] == "::error title=lydite::6 more are in the report"


def test_hostile_text_makes_no_command_of_its_own(nasty: Submission) -> None:
    lines = github.annotated([nasty]).splitlines()
    assert len(lines) == 2
    assert all(re.fullmatch(r"::error [^:]*::.*", line) for line in lines)


# -- a badge --


@pytest.mark.parametrize(
    ("wrong", "rest", "message", "colour"),
    [
        ([], {}, "300 / 300", "brightgreen"),
        ([BROKEN], {}, "297.14 / 300", "green"),
        ([], UNLOADABLE, "not graded in full", "red"),
    ],
)
def test_a_badge_has_the_points(read: Read, wrong: Any, rest: Any, message: str, colour: str) -> None:
    (one,) = read(implementation("a.py", *wrong, **rest))
    told = json.loads(badge.render(one))
    assert told == {"schemaVersion": 1, "label": "lydite", "message": message, "color": colour}


# -- JUnit --


def test_junit_counts_what_is_in_it(mixed: Submission) -> None:
    root = ET.fromstring(junit.render([mixed]))
    (suite,) = root
    for element in (root, suite):
        counts = {key: int(element.get(key, "")) for key in ("tests", "failures", "errors", "skipped")}
        assert counts == {"tests": len(claims()), "failures": 2, "errors": 1, "skipped": 0}
    failure = root.find("testsuite/testcase/failure[@type='broken']")
    assert failure is not None
    assert "got         [-0.5, -0.25]" in (failure.text or "")
    names = [(case.get("classname"), case.get("name")) for case in suite]
    assert len(set(names)) == len(names)


def test_junit_is_xml_whatever_is_in_it(nasty: Submission) -> None:
    root = ET.fromstring(junit.render([nasty]))
    assert "<script>" in (root[0].get("name") or "")


def test_what_was_not_run_is_skipped(read: Read) -> None:
    (one,) = read(implementation("a.py", claim("Q7.a.7", outcome="not_run", reason="needs softmax")))
    skipped = ET.fromstring(junit.render([one])).find("testsuite/testcase/skipped")
    assert skipped is not None
    assert skipped.get("message") == "needs softmax"


# -- Expectations --


@pytest.fixture
def expected(tmp_path: Path) -> Path:
    """A report of which two claims are known not to hold and do not, and one is and does."""
    exceptions = [
        {"id": id_, "regime": "core", "reason": f"reason {id_}", "link": "https://example.org/1", "occurred": occurred}
        for id_, occurred in {"Q7.a.7": True, "Q2.a.2": True, "Q7.0.1": False}.items()
    ]
    return write(tmp_path / "r.json", implementation("a.py", BROKEN, ABSENT, expected=exceptions))


def test_every_view_agrees_on_what_is_expected(expected: Path) -> None:
    """An expected break is not a failure anywhere; what is expected to break and does not is one."""
    [one] = submissions([expected], Rubric(), Level.DUE)
    suite = ET.fromstring(junit.render([one]))[0]
    assert {key: suite.get(key) for key in ("failures", "errors", "skipped")} == {
        "failures": "1",
        "errors": "0",
        "skipped": "2",
    }
    assert [e.get("message") for e in suite.iter("failure")] == ["no longer broken: reason Q7.0.1"]
    assert {e.get("message") for e in suite.iter("skipped")} == {"known: reason Q7.a.7", "known: reason Q2.a.2"}
    [result] = json.loads(sarif.render([one]))["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("Q7.0.1", "error")
    assert "no longer broken" in result["message"]["text"]
    assert github.annotated([one]) == "::error title=a.py%3A no longer broken%2C Q7.0.1::reason Q7.0.1\n"
    shown = terminal.render(Report.load(expected))
    assert "no longer broken: Q7.0.1 core (reason Q7.0.1)" in shown
    assert shown.splitlines()[-1].startswith("exit 1: take what is no longer broken off")


def test_every_view_names_a_budget_that_is_exceeded(tmp_path: Path) -> None:
    beyond = {"call": "softmax", "regime": "core", "measure": "ulps", "measured": 1.2e6, "allowed": 150.0}
    beyond["counterexample"] = counterexample(inputs={"z": [0.0, 5.0]}, got=0.25, due=0.5, reproduce="")
    path = write(tmp_path / "r.json", implementation("a.py", exceeded=[beyond]))
    [one] = submissions([path], Rubric(), Level.DUE)
    says = "softmax core: 1.2e+06 ulp, its budget is 1.5e+02"
    [failure] = ET.fromstring(junit.render([one]))[0].iter("failure")
    assert failure.get("message") == says
    [result] = json.loads(sarif.render([one]))["runs"][0]["results"]
    assert result["ruleId"] == "accuracy-budget"
    assert result["message"]["text"].startswith(f"a.py: {says}\ninput       z=[0., 5.]\ngot         0.25\n")
    assert github.annotated([one]).startswith(f"::error title=a.py%3A less accurate than its budget::{says}%0Ainput ")
    assert "Less accurate than its budget: softmax core" in markdown.render([one])
    assert "    due         0.5\n" in markdown.render([one])
    assert Report.load(path).exit_status() == 1
    assert f"less accurate than its budget: {says}\n  input       z=[0., 5.]\n" in terminal.render(Report.load(path))
    assert f"  less accurate than its budget: {says}; input z=[0., 5.]; got 0.25; due 0.5" in terminal.brief(
        Report.load(path)
    )


def test_the_level_decides_what_a_budget_shows(tmp_path: Path) -> None:
    beyond = {"call": "softmax", "regime": "core", "measure": "ulps", "measured": 9.0, "allowed": 4.0}
    path = write(tmp_path / "r.json", implementation("a.py", exceeded=[beyond | {"counterexample": counterexample()}]))
    shown = {level: dict(submissions([path], Rubric(), level)[0].exceeded[0].rows()) for level in Level}
    assert "due" in shown[Level.DUE]
    assert "input" in shown[Level.INPUT]
    assert "due" not in shown[Level.INPUT]
    assert not shown[Level.OUTCOME]


# -- Markdown, CSV, SARIF --


def test_markdown_shows_the_fault(mixed: Submission) -> None:
    text = markdown.render([mixed])
    assert text.startswith("## a.py: 294.64 / 300\n")
    assert "    due         [-0.5, 0.75]\n" in text
    assert "Not offered: `batch_norm`" in text


def test_markdown_counts_a_claim_once_whatever_the_regimes(read: Read) -> None:
    pairs = [claim("Q7.a.7", regime, outcome="missing", reason="why") for regime in ("core", "stability")]
    (one,) = read(implementation("a.py", claims=[*pairs, claim("Q7.a.1"), claim("Q7.a.1", "stability")]))
    (line,) = [line for line in markdown.render([one]).splitlines() if line.startswith("| Q7 |")]
    assert "1 holding" in line
    assert "1 missing" in line


def test_markdown_of_several_begins_with_a_table(read: Read) -> None:
    text = markdown.render(read(implementation("a_b.py", BROKEN), implementation("c.py")))
    assert "| a\\_b.py | 297.14 / 300 | cross\\_entropy\\_gradient |\n| c.py | 300 / 300 |  |\n" in text


def test_hostile_text_is_no_markup_in_markdown(nasty: Submission) -> None:
    for line in markdown.render([nasty]).splitlines():
        if not line.startswith("    "):
            assert not re.search(r"(?<!\\)<|(?<!\\)\*b\*", re.sub(r"\*\*|`[^`]*`", "", line)), line


def test_the_gradebook_is_read_back(mixed: Submission, nasty: Submission) -> None:
    head, *rows = csv.reader(io.StringIO(gradebook.render([mixed, nasty])))
    assert [len(row) for row in rows] == [len(head)] * 2
    first = dict(zip(head, rows[0], strict=True))
    assert (first["submission"], first["points"], first["max_points"]) == ("a.py", "294.64", "300.00")
    assert first["Q2"] == "47.50"
    assert first["fix"] == "cross_entropy_gradient, logistic_predict"
    assert not [value for row in rows for value in row if re.match(r"\s*[=+\-@]", value)]


def test_sarif_points_at_the_line(read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my src").mkdir()
    (tmp_path / "my src" / "a.py").touch()
    (one,) = read(implementation("a.py", BROKEN, target="my src/a.py"))
    whole = json.loads(sarif.render([one]))
    (run,) = whole["runs"]
    (result,) = run["results"]
    assert whole["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [result["ruleId"]] == ["Q7.a.7"]
    place = result["locations"][0]["physicalLocation"]
    file = {"uri": "my%20src/a.py", "uriBaseId": "%SRCROOT%"}
    assert place == {"artifactLocation": file, "region": {"startLine": 7}}


def test_a_fault_keeps_its_fingerprint_when_lines_move(read: Read) -> None:
    def fingerprint(where: str) -> Any:
        example = BROKEN["counterexample"] | {"where": where}
        (one,) = read(implementation("a.py", BROKEN | {"counterexample": example}))
        return json.loads(sarif.render([one]))["runs"][0]["results"][0]["partialFingerprints"]

    assert fingerprint("a.py:7") == fingerprint("a.py:90")


@pytest.mark.parametrize(
    ("outcome", "reason", "told"),
    [("graded", "", "nothing was judged: every case was left out"), ("killed", "time is up", "killed: time is up")],
)
def test_what_judged_nothing_passes_nowhere(read: Read, outcome: str, reason: str, told: str) -> None:
    idle = [claim(c["id"], c["regime"], "not_run", reason="every case was left out") for c in claims()]
    (one,) = read(implementation("a.py", claims=idle, outcome=outcome, reason=reason))
    [invocation] = json.loads(sarif.render([one]))["runs"][0]["invocations"]
    assert not invocation["executionSuccessful"]
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == f"a.py: {told}"
    suite = ET.fromstring(junit.render([one]))
    assert suite.get("errors") == "1"
    assert [error.get("message") for error in suite.iter("error")] == [told]
    assert told in github.annotated([one])
    assert told.replace(":", "\\:") in markdown.render([one])
    assert told in json.loads(gradescope.render(one))["output"]
    assert json.loads(badge.render(one))["color"] == "red"
    classroom = json.loads(base64.b64decode(github.classroom(one).removeprefix("result=")))
    assert classroom["status"] == "fail"


def test_no_points_of_none_are_no_pass_for_classroom(read: Read) -> None:
    idle = [claim(c["id"], "stability", "not_run") for c in claims(regimes=(Regime.STABILITY,))]
    (one,) = read(implementation("a.py", claims=idle))
    classroom = json.loads(base64.b64decode(github.classroom(one).removeprefix("result=")))
    assert (one.max_points, classroom["status"]) == (0, "fail")
