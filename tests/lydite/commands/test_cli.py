"""The command line: verdicts, limits, and exit statuses that mean what they say."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import Result
from rich.console import Console

from lydite.commands import cli, starter
from lydite.grading import grade as grading
from lydite.grading.progress import progress
from lydite.grading.record import Findings
from lydite.isolation import trial
from lydite.isolation.tier import CONTAINED
from lydite.kit.calls import CALLS, OPTIONAL
from lydite.kit.claim import CLAIMS
from lydite.report.model import SCHEMA as PUBLISHED
from lydite.report.model import Report
from lydite.suite import OWN
from tests.support.commandline import run

Submit = Callable[..., Path]

SCHEMA = jsonschema.Draft202012Validator(json.loads(PUBLISHED.read_text("utf-8")))
RIGHT = """
    def softmax(z):
        e = np.exp(z - z.max())
        return e / e.sum()
"""
WRONG = RIGHT.replace("e.sum()", "e.sum() * (1 + 1e-9)")
SOFTMAX = ("--only", "Q7.0.1", "--regimes", "core", "--examples", "2")
HERE = ("--isolation", "none", "--jobs", "1")
"""In this process: quick."""


def graded(path: Path, *args: object) -> tuple[Result, dict[str, Any]]:
    """The result of grading with `args`, and its report, checked against the schema."""
    result = run("grade", *args, "--json", path)
    document = json.loads(path.read_text("utf-8"))
    SCHEMA.validate(document)
    return result, document


def outcomes(document: dict[str, Any]) -> list[set[str]]:
    return [{c["outcome"] for c in i["claims"]} for i in document["implementations"]]


# -- grade: verdicts --


def test_what_holds_exits_0(submit: Submit, tmp_path: Path) -> None:
    result, document = graded(tmp_path / "r.json", submit(RIGHT), *SOFTMAX, *HERE)
    assert result.exit_code == 0, result.output
    assert outcomes(document) == [{"holds"}]
    assert result.output.splitlines()[-1] == "exit 0: every claim in scope holds"
    assert document["implementations"][0]["seconds"] > 0


def test_what_is_broken_exits_1_and_is_told(submit: Submit, tmp_path: Path) -> None:
    result, document = graded(tmp_path / "r.json", submit(WRONG), *SOFTMAX, *HERE)
    assert result.exit_code == 1
    assert outcomes(document) == [{"broken"}]
    assert f"again       lydite replay {shlex.quote(str(tmp_path / 'r.json'))} Q7.0.1" in result.output
    assert result.output.splitlines()[-1] == "exit 1: fix softmax first"


def test_nothing_offered_exits_3(submit: Submit, tmp_path: Path) -> None:
    result, document = graded(tmp_path / "r.json", submit("x = 1"), *SOFTMAX, *HERE)
    assert result.exit_code == 3
    assert outcomes(document) == [{"missing"}]


def test_a_missing_call_beside_others_exits_1(submit: Submit, tmp_path: Path) -> None:
    only = ("--only", "Q7.0.1,Q7.a.7", "--regimes", "core", "--examples", "2")
    result, document = graded(tmp_path / "r.json", submit(RIGHT), *only, *HERE)
    assert result.exit_code == 1
    assert outcomes(document) == [{"holds", "missing"}]


def test_a_target_that_cannot_be_loaded_exits_1(submit: Submit, tmp_path: Path) -> None:
    targets = submit("1/0"), submit(RIGHT, "right.py")
    result, document = graded(tmp_path / "r.json", *targets, *SOFTMAX, *HERE)
    assert result.exit_code == 1
    assert outcomes(document) == [{"error"}, {"holds"}]
    assert "unloadable: importing" in result.output


def test_calls_that_raise_earn_nothing(submit: Submit, tmp_path: Path) -> None:
    """A claim is not excused by the call that a law asks first, where those after it were never seen to work."""
    raising = "\n".join(f"def {call}(*_): raise RuntimeError" for call in CALLS)
    scope = ("--only", "Q7", "--regimes", "core", "--examples", "1")
    _, document = graded(tmp_path / "r.json", submit(raising), *scope, *HERE)
    assert outcomes(document) == [{"error"}]
    assert [i["points"] for i in document["implementations"]] == [0.0]


def test_long_texts_do_not_make_a_long_report(submit: Submit, tmp_path: Path) -> None:
    """An exception may have any name and any text, and a report repeats them for each claim."""
    face = chr(0x1F600) * 4096
    raising = f"class Long(Exception): pass\nLong.__name__ = {face!r}\ndef softmax(*_): raise Long({face!r})"
    _, document = graded(tmp_path / "r.json", submit(raising), *SOFTMAX, *HERE)
    [implementation] = document["implementations"]
    assert outcomes(document) == [{"error"}]
    assert len(json.dumps(implementation)) < 8000 * len(implementation["claims"])


def test_a_fault_of_ours_exits_4(submit: Submit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise TypeError("a law compares shapes")

    monkeypatch.setattr(sys.modules["lydite.kit.holds"], "_errors", fails)
    result, document = graded(tmp_path / "r.json", submit(WRONG), *SOFTMAX, *HERE)
    assert result.exit_code == 4
    assert outcomes(document) == [{"error"}]
    assert Report.from_json(document).exit_status() == 4
    assert [i["failed"] for i in document["implementations"]] == [
        "Lydite itself failed: TypeError: a law compares shapes"
    ]
    assert "exit 4: Lydite itself failed" in result.output
    assert "TypeError: a law compares shapes" in result.output


def test_a_fault_of_ours_in_a_diagnosis_exits_4(
    submit: Submit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise TypeError("a way to go wrong goes wrong")

    monkeypatch.setattr("lydite.grading.judging.diagnosis", fails)
    result, document = graded(tmp_path / "r.json", submit(WRONG), *SOFTMAX, *HERE)
    assert result.exit_code == 4
    assert outcomes(document) == [{"error"}]
    assert "Lydite itself failed: TypeError: a way to go wrong goes wrong" in result.output


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the memory of a process cannot be limited")
def test_the_process_that_judges_has_a_limit_of_memory(
    submit: Submit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A law that takes more than that fails, and says so; the machine is not brought down."""
    greedy = "import numpy; from lydite.kit import holds; holds._errors = lambda *_: [numpy.empty(6 << 30, 'u1')]"
    patched = f"import lydite.grading.session; {greedy}; main()"
    monkeypatch.setattr("lydite.grading.grade.START", grading.START.replace("main()", patched))
    result, document = graded(tmp_path / "r.json", submit(RIGHT), *SOFTMAX, "--isolation", "process")
    assert result.exit_code == 4
    assert outcomes(document) == [{"error"}]
    assert "the process that judges has used up the memory that it may take" in document["implementations"][0]["failed"]


def test_a_fault_anywhere_exits_4(monkeypatch: pytest.MonkeyPatch, submit: Submit) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError("no way")

    monkeypatch.setattr("lydite.commands.grade.grade", fails)
    result = run("grade", submit(RIGHT))
    assert result.exit_code == 4
    assert "Lydite itself failed: no way" in result.output


def test_a_traceback_in_a_job_has_no_command_of_github(monkeypatch: pytest.MonkeyPatch, submit: Submit) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError("no way\n::error::forged\n##[error]forged")

    monkeypatch.setattr("lydite.commands.grade.grade", fails)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    result = run("grade", submit(RIGHT))
    assert result.exit_code == 4
    assert result.output.count("forged") >= 4
    assert not any(row.lstrip().startswith("::") or "##[" in row for row in result.output.splitlines())


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ((), "name a TARGET"),
        (("reference", "--only", "Q99"), "Invalid value for --only: no graded claim is called 'Q99'"),
        (("reference", "--regimes", "core,sore"), "Invalid value for --regimes: 'sore' is none of core, stability"),
        (("reference", "--precision", "half"), "Invalid value for --precision"),
        (("reference", "--seed", "dice"), "Invalid value for --seed: 'dice' is not `random` or a whole number"),
        (("reference", "--seed", "1e3"), "Invalid value for --seed"),
        (("reference", "--examples", "0"), "Invalid value for --examples"),
        (("reference", "--call-timeout", "-1"), "Invalid value for --call-timeout"),
        (("reference", "--timeout", "0"), "Invalid value for '--timeout'"),
        (("reference", "--jobs", "0"), "Invalid value for '--jobs'"),
        (("reference", "--memory", "much"), "Invalid value for --memory: 'much' is not a whole number of MiB"),
        (("reference", "--isolation", "trust"), "Invalid value for '--isolation'"),
        (("reference", "reference"), "Invalid value for TARGET: reference is given twice"),
        (("reference", "--no-such"), "No such option"),
    ],
)
def test_usage_exits_2_and_names_what_is_wrong(args: tuple[str, ...], told: str) -> None:
    result = run("grade", *args)
    assert result.exit_code == 2
    assert told in result.output


def test_help_and_version_exit_0() -> None:
    assert run("--help").exit_code == run("grade", "--help").exit_code == 0
    assert run("--version").output.startswith("lydite, version ")
    assert run().exit_code == 2


# -- grade: reports --


def test_out_is_a_folder_for_the_report(submit: Submit, tmp_path: Path) -> None:
    result = run("grade", submit(WRONG), *SOFTMAX, *HERE, "--out", tmp_path / "out")
    document = Report.load(tmp_path / "out" / "report.json").to_json()
    [claim] = document["implementations"][0]["claims"]
    stored = str(tmp_path / "out" / "report.json")
    assert claim["counterexample"]["reproduce"] == shlex.join(["lydite", "replay", stored, "Q7.0.1"])
    assert result.exit_code == 1


def test_a_report_that_cannot_be_written_is_a_matter_of_usage(submit: Submit, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run("grade", submit(RIGHT), *SOFTMAX, *HERE, "--json", tmp_path / "file" / "r.json")
    assert result.exit_code == 2
    assert "the report cannot be written" in result.output


def test_the_same_twice_but_for_the_time_it_took(submit: Submit, tmp_path: Path) -> None:
    def once() -> str:
        graded(tmp_path / "r.json", submit(WRONG), "--only", "Q7.0.1", *HERE, "--examples", "3", "--seed", "0")
        return re.sub(r'"seconds": [0-9.]+', "", (tmp_path / "r.json").read_text("utf-8"))

    assert once() == once()


def test_a_submission_has_no_say_in_its_inputs(submit: Submit, tmp_path: Path) -> None:
    """Hypothesis likes to draw the constants that it finds in loaded modules."""

    def drawn(name: str, more: str) -> set[str]:
        text = f"""
            {more}

            def softmax(z):
                with open({str(tmp_path / name)!r} + ".txt", "a") as drawn:
                    print(z, file=drawn)
                e = np.exp(z - z.max())
                return e / e.sum()
        """
        graded(tmp_path / "r.json", submit(text, name), *SOFTMAX, *HERE, "--examples", "60", "--seed", "0")
        return set((tmp_path / f"{name}.txt").read_text("utf-8").splitlines())

    liked = ", ".join(map(str, range(1000, 1900)))
    assert drawn("plain.py", "") == drawn("liking.py", f"LIKED = [{liked}]")


def test_the_seed_of_what_is_submitted_cannot_be_foreseen(submit: Submit, tmp_path: Path) -> None:
    def seed(*targets: object) -> int:
        return int(graded(tmp_path / "r.json", *targets, *SOFTMAX, *HERE)[1]["seed"])

    target = submit(RIGHT)
    assert seed(target) != seed(target)
    assert seed("reference") == 0
    assert seed("reference", target) != 0


def test_a_random_seed_is_recorded(submit: Submit, tmp_path: Path) -> None:
    seeds = {
        graded(tmp_path / "r.json", submit(RIGHT), *SOFTMAX, *HERE, "--seed", "random")[1]["seed"] for _ in range(2)
    }
    assert len(seeds) == 2


# -- grade: a process of its own --

BESIDE = """
    import os, sys, time

    def softmax(z):
        e = np.exp(z - z.max())
        return e / e.sum()
"""
SCOPE = ("--only", "Q7.0.1,Q1.1", "--regimes", "core", "--examples", "1", "--jobs", "1")
"""A claim on softmax, which is right, and one on logistic_predict."""


def by_claim(document: dict[str, Any]) -> dict[str, str]:
    return {c["id"]: c["outcome"] for i in document["implementations"] for c in i["claims"]}


DEEDS = {
    "softmax_jacobian": ("while True: pass", "takes longer than"),
    "cross_entropy": ("return np.ones(1 << 40)", "MemoryError"),
    "cross_entropy_gradient": ("sys.exit(0)", "SystemExit"),
    "cross_entropy_hessian": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
}


def test_an_error_costs_the_claims_of_its_call_alone(submit: Submit, tmp_path: Path) -> None:
    text = BESIDE + "".join(f"\n    def {call}(*args):\n        {deed}\n" for call, (deed, _) in DEEDS.items())
    scope = ("--only", "Q7,Q3.0.4,Q3.1.4", "--regimes", "core", "--examples", "1", "--jobs", "1")
    limits = ("--call-timeout", "0.2", "--memory", "2048")
    result, document = graded(tmp_path / "r.json", submit(text), *scope, *limits)
    assert result.exit_code == 1
    [implementation] = document["implementations"]
    assert implementation["outcome"] == "graded"
    claims = {c["id"]: c for c in implementation["claims"]}
    assert claims["Q7.0.1"]["outcome"] == claims["Q3.0.4"]["outcome"] == "holds"
    for call, (_, reason) in DEEDS.items():
        told = [c for c in claims.values() if c["calls"] == [call]]
        assert told
        assert {c["outcome"] for c in told} == {"error"}
        assert call in {c["fault"] for c in told}
        assert any(reason in c["reason"] for c in told)


@pytest.mark.parametrize(
    ("deed", "reason"),
    [("os._exit(0)", "ends the process (exit status 0)"), ("os.abort()", "ends the process (SIG")],
)
def test_a_call_that_ends_its_process_costs_its_own_claims(
    submit: Submit, tmp_path: Path, deed: str, reason: str
) -> None:
    text = BESIDE + f"\n    def logistic_predict(w, b, X):\n        {deed}\n"
    _, document = graded(tmp_path / "r.json", submit(text), *SCOPE)
    [implementation] = document["implementations"]
    assert implementation["outcome"] == "graded"
    assert by_claim(document) == {"Q1.1": "error", "Q7.0.1": "holds"}
    [told] = [c["reason"] for c in implementation["claims"] if c["id"] == "Q1.1"]
    assert reason in told


def test_without_a_jail_it_refuses_and_names_what_works_all_the_same(
    submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = submit(RIGHT)
    monkeypatch.setattr(trial, "proven", lambda tier: "it is switched off for a test" if tier in CONTAINED else "")
    refused = run("grade", target, *SOFTMAX)
    assert refused.exit_code == 2
    told = " ".join(refused.output.split())
    assert "no isolation for untrusted code works here" in told
    assert "namespaces: it is switched off for a test" in told
    [command] = re.findall(r"lydite (grade FILE --isolation \w+)", told)
    done = run(*shlex.split(command.replace("FILE", shlex.quote(str(target)))), *SOFTMAX)
    assert done.exit_code == 0
    assert run("grade", "reference", *SOFTMAX).exit_code == 0  # what is trusted needs no jail


def test_slow_code_is_not_accused_for_lack_of_time(submit: Submit, tmp_path: Path) -> None:
    slow = RIGHT.replace("def softmax(z):", "def softmax(z):\n        sum(range(1 << 24))", 1)
    assert slow != RIGHT
    result, document = graded(tmp_path / "r.json", submit(slow), *SOFTMAX, "--call-timeout", "60", "--timeout", "4")
    assert result.exit_code == 1
    [implementation] = document["implementations"]
    assert (implementation["outcome"], implementation["points"]) == ("killed", 0)
    told = {(claim["outcome"], claim["reason"]) for claim in implementation["claims"]}
    assert told == {("not_run", "time: the time limit of 4 s was reached")}
    assert "not run: " in result.output


def test_a_killed_target_keeps_what_was_judged(submit: Submit, tmp_path: Path) -> None:
    text = BESIDE + "\n    def logistic_predict(w, b, X):\n        time.sleep(60)\n"
    options = ("--call-timeout", "0", "--timeout", "6")
    result, document = graded(tmp_path / "r.json", submit(text), *SCOPE, *options)
    assert result.exit_code == 1
    [implementation] = document["implementations"]
    assert implementation["outcome"] == "killed"
    assert implementation["reason"].startswith("the time limit of 6 s was reached in")
    assert by_claim(document)["Q1.1"] == "error"
    assert "killed: the time limit of 6 s was reached in" in result.output


def test_a_child_sees_little_of_the_environment(
    submit: Submit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_SECRET", "42")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k nothing")
    text = RIGHT + "\n    import os\n    assert 'A_SECRET' not in os.environ and os.environ['OMP_NUM_THREADS'] == '1'\n"
    _, document = graded(tmp_path / "r.json", submit(text), *SOFTMAX, "--jobs", "1")
    assert outcomes(document) == [{"holds"}]


def test_the_folder_one_stands_in_does_not_matter(
    submit: Submit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("spec.py", "reference.py", "conftest.py", "pytest.py", "lydite/__init__.py", "sitecustomize.py"):
        submit(f"raise RuntimeError('the stray {name} ran')", name)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -k nothing --no-such-option\n")
    monkeypatch.chdir(tmp_path)
    result, document = graded(tmp_path / "r.json", submit(RIGHT, "sub/right.py"), *SOFTMAX, "--jobs", "1")
    assert outcomes(document) == [{"holds"}], result.output


def test_several_processes_reach_the_same_verdicts(submit: Submit, tmp_path: Path) -> None:
    targets = submit(RIGHT, "right.py"), submit(WRONG, "wrong.py")
    _, together = graded(tmp_path / "r.json", *targets, *SOFTMAX, "--jobs", "2")
    _, alone = graded(tmp_path / "r.json", *targets, *SOFTMAX, *HERE)
    _, split = graded(tmp_path / "r.json", targets[1], *SOFTMAX, "--jobs", "2")

    def plain(implementation: dict[str, Any]) -> dict[str, Any]:
        """Returns what has to agree: all but times, and how many cases were sent at once after one that failed."""
        same = {**implementation, "seconds": 0, "cases": 0, "isolation": "", "accuracy": {}}
        same["claims"] = [{**c, "cases": 0, "worst": 0, "ulps": 0} for c in implementation["claims"]]
        return dict(json.loads(json.dumps(same).replace(" --name=wrong.py", "")))

    assert list(map(plain, together["implementations"])) == list(map(plain, alone["implementations"]))
    assert plain(split["implementations"][0]) == plain(together["implementations"][1])


def test_a_suite_that_does_not_start_is_our_fault(
    submit: Submit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lydite.grading.grade.START", "raise RuntimeError('no suite here')")
    monkeypatch.setattr("lydite.grading.grade.GLANCE", 0.0)  # whoever reads what it says may be slow to get a turn
    result, document = graded(tmp_path / "r.json", submit(RIGHT), *SOFTMAX, "--jobs", "1")
    assert result.exit_code == 4
    assert outcomes(document) == [{"not_run"}]
    assert "RuntimeError: no suite here" in result.output


def test_what_a_suite_says_before_it_gets_an_order_is_kept(
    submit: Submit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = grading._Server.order

    def late(server: grading._Server, *rest: Any) -> None:
        server.process.wait()
        server._drain.join()
        order(server, *rest)

    monkeypatch.setattr(grading, "START", "raise RuntimeError('no suite here')")
    monkeypatch.setattr(grading._Server, "order", late)
    result, _ = graded(tmp_path / "r.json", submit(RIGHT), *SOFTMAX, "--jobs", "1")
    assert "RuntimeError: no suite here" in result.output


def is_gone(pid: int) -> bool:
    """Whether process `pid` has ended, or does so soon; whoever inherited it may not have taken its status yet."""
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


def test_a_real_interrupt_ends_the_run_and_its_processes(submit: Submit, tmp_path: Path) -> None:
    started = tmp_path / "started"
    target = submit(
        f"""
        import os, pathlib, time

        def softmax(z):
            pathlib.Path({str(started)!r}).write_text(str(os.getpid()))
            time.sleep(60)
            return z
        """
    )
    start = "from signal import *; signal(SIGINT, default_int_handler); from lydite.commands.cli import main; main()"
    options = (*SOFTMAX, "--jobs", "1", "--call-timeout", "0", "--isolation", "process")
    command = [sys.executable, "-c", start, "grade", str(target), *options]
    with subprocess.Popen(command, cwd=OWN, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while not started.exists() and process.poll() is None:
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == cli.INTERRUPTED
        finally:
            process.kill()
    assert is_gone(int(started.read_text()))


# -- Paths --

ODD = """a folder's "name" ü $HOME ;*"""
"""A folder's name that survives only where it is quoted."""


def test_the_command_to_run_again_survives_any_path(submit: Submit, tmp_path: Path) -> None:
    target = submit(WRONG, f"{ODD}/{ODD}.py")
    for kept in ((), ("--out", target.parent)):
        first = run("grade", target, *SOFTMAX, *HERE, *kept)
        (again,) = (line for line in first.output.splitlines() if line.startswith("  again "))
        command = shlex.split(again)[2:]
        assert str(target.parent) in command[1], again
        assert run(*command, "--isolation", "none").exit_code == 1


def test_the_command_after_new_survives_any_path(tmp_path: Path) -> None:
    _, _, command = run("new", tmp_path / ODD).output.rpartition("then: ")
    assert shlex.split(command)[-1] == str(tmp_path / ODD / starter.NAME)


# -- Progress --


def findings() -> Findings:
    known = Findings()
    law = {"law": "topic.law", "regime": "core", "claims": ["Q7.0.1"], "outcome": "not_run"}
    known.note({"event": "planned", "laws": [law, {**law, "regime": "scale"}]})
    known.note({"event": "started", "law": "topic.law", "regime": "core"})
    known.note({"event": "result", "result": {**law, "outcome": "broken", "cases": 1234}})
    known.note({"event": "started", "law": "topic.law", "regime": "scale"})
    return known


def test_progress_is_for_terminals_that_can_redraw(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    for name, terminal in (("xterm", True), ("xterm", False), ("dumb", True)):
        monkeypatch.setenv("TERM", name)
        stream = StringIO()
        with progress(Console(file=stream, force_terminal=terminal, width=160)) as listen:
            listen("a.py", findings())
        told.append(stream.getvalue())
    assert all(part in told[0] for part in ("a.py", "1/2", "1,234 cases", "1 broken", "topic.law [scale]"))
    assert told[1:] == ["", ""]


# -- claims --


def test_claims_are_listed_in_a_table() -> None:
    lines = run("claims").output.splitlines()
    assert len(lines) == len(CLAIMS) + 1
    assert lines[-1].startswith(f"{len(CLAIMS)} claims: ")
    listed = run("claims", "--verdict", "FALSE").output.splitlines()
    assert [line.split()[0] for line in listed[:-1]] == [c.id for c in CLAIMS.values() if c.verdict == "FALSE"]


def test_a_claim_is_told_with_all_that_grades_it() -> None:
    result = run("claims", "Q7.a.7")
    claim = CLAIMS["Q7.a.7"]
    assert result.exit_code == 0
    for part in (claim.title, claim.statement, claim.part, claim.verdict, claim.witness, "cross_entropy_gradient"):
        assert part in result.output
    assert "  law         " in result.output


def test_what_is_added_to_the_document_is_told_apart() -> None:
    output = run("claims", "Q1.9").output
    assert CLAIMS["Q1.9"].addition
    assert f"  says        {CLAIMS['Q1.9'].statement}\n  addition    {CLAIMS['Q1.9'].addition}\n" in output


def test_claims_as_json() -> None:
    told = json.loads(run("claims", "Q6", "--json").output)
    assert [c["id"] for c in told] == [c for c in CLAIMS if c.startswith("Q6.")]
    assert set(told[0]) >= {
        "statement",
        "addition",
        "verdict",
        "hypotheses",
        "correction",
        "witness",
        "calls",
        "regimes",
        "laws",
    }


def test_claims_are_named_by_function_and_in_any_case() -> None:
    told = run("claims", "Softmax", "--json")
    assert [one["id"] for one in json.loads(told.output)] == ["Q3.0.4", "Q7.0.1"]
    assert run("claims", "q7.a").output == run("claims", "Q7.a").output
    assert run("claims", "sofmax").output.endswith("and no function; is softmax meant?\n")


def test_an_unknown_claim_exits_2() -> None:
    result = run("claims", "Q7.a.7", "Q8")
    assert result.exit_code == 2
    assert "Invalid value for NAME: no claim is called 'Q8'" in result.output


# -- new --


def test_a_starter_file_has_every_call_and_none_written(tmp_path: Path) -> None:
    result = run("new", tmp_path / "mine")
    path = tmp_path / "mine" / starter.NAME
    assert result.exit_code == 0
    assert str(path) in result.output
    module: dict[str, Any] = {}
    exec(compile(path.read_text("utf-8"), path, "exec"), module)
    assert [name for name in module if name in CALLS] == sorted(CALLS, key=lambda name: name in OPTIONAL)
    assert max(map(len, path.read_text("utf-8").splitlines())) <= 120
    scope = ("--only", "Q7", "--regimes", "core", "--examples", "1")
    result, document = graded(tmp_path / "r.json", path.parent, *HERE, *scope)
    assert result.exit_code == 3
    assert outcomes(document)[0] <= {"missing", "not_run"}


def test_a_starter_file_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / starter.NAME).write_text("mine")
    result = run("new", tmp_path)
    assert result.exit_code == 2
    assert (tmp_path / starter.NAME).read_text() == "mine"


import_module("lydite.grading.session")
