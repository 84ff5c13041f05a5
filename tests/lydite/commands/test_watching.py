"""Grading again when a file is saved: what an edit may concern, all where that is unclear, until Ctrl-C."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from lydite.commands import cli, watching
from lydite.report.model import Report
from tests.support.commandline import run

FILE = """import numpy as np

def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()

def cross_entropy(z, y):
    return -(y * np.log(softmax(z))).sum()

def leaky_relu(z, alpha):
    return np.where(z > 0, z, alpha * z)
"""
OPTIONS = ("--isolation", "none", "--regimes", "core", "--examples", "1", "--seed", "0")


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Result, list[Report]]]:
    """Grades a file, which changes at each pause, and is interrupted at last; the reports that were kept on the way."""
    monkeypatch.chdir(tmp_path)
    file, kept = tmp_path / "a b.py", tmp_path / "r.json"
    file.write_text(FILE, encoding="utf-8")

    def graded(*texts: str | None, only: str = "Q7.0.1,Q7.0.2,leaky_relu") -> tuple[Result, list[Report]]:
        reports: list[Report] = []
        coming: Iterator[str | None] = iter(texts)

        def pause(_seconds: float) -> None:
            reports.append(Report.load(kept))
            try:
                text = next(coming)
            except StopIteration:
                raise KeyboardInterrupt from None
            if text is None:
                file.unlink()
            else:
                file.write_text(text, encoding="utf-8")

        monkeypatch.setattr(watching, "sleep", pause)
        return run("grade", "a b.py", *OPTIONS, "--only", only, "--json", kept, "--watch"), reports

    return graded


def outcomes(report: Report) -> dict[str, str]:
    return {claim.id: str(claim.outcome) for claim in report.implementations[0].claims}


def test_a_file_is_graded_again_where_an_edit_may_concern_it(watched: Any) -> None:
    wrong = f"# a remark\n{FILE.replace('alpha * z', 'alpha + z')}"
    result, (first, second, third) = watched(wrong, f"{wrong}\n# nothing else\n")
    assert result.exit_code == cli.INTERRUPTED
    assert set(outcomes(first).values()) == {"holds"}
    broken = {claim for claim, outcome in outcomes(second).items() if outcome == "broken"}
    assert broken
    assert all("leaky_relu" in claim.calls for claim in second.implementations[0].claims if claim.id in broken)
    assert f"a b.py has changed: leaky_relu; of {len(outcomes(first))} claims, the {len(broken)} that call it" in (
        result.output
    )
    assert "nothing that is graded calls what is new, and nothing is graded again" in result.output
    assert third == second
    assert second.implementations[0].faults[0].where == "a b.py:11"
    assert result.output.count("watching a b.py: Ctrl-C ends it") == 3
    assert f"watching has ended: the last report is in {Path.cwd() / 'r.json'}\n" in result.output


def test_what_is_unclear_is_graded_as_a_whole_and_says_so(watched: Any) -> None:
    result, (first, broken, again) = watched("def softmax(z:", f"{FILE}\nclass A: pass\n", only="Q7.0.1")
    assert "a b.py has changed, and all is graded again: it could not be read" in result.output
    assert [one.implementations[0].outcome for one in (first, broken, again)] == ["graded", "unloadable", "graded"]
    assert outcomes(again) == outcomes(first)


def test_a_file_that_is_gone_for_a_moment_is_waited_for(watched: Any) -> None:
    result, reports = watched(None, FILE, only="Q7.0.1")
    assert len(reports) == 3
    assert result.output.count("watching") == 2


def test_partial_grading_reports_what_whole_grading_does(watched: Any) -> None:
    edited = FILE.replace("e / e.sum()", "e / e.sum() + 1e-3")
    _, (_, partly) = watched(edited, only="Q7.0,Q7.a.7,leaky_relu")
    Path("a b.py").write_text(edited, encoding="utf-8")
    run("grade", "a b.py", *OPTIONS, "--only", "Q7.0,Q7.a.7,leaky_relu", "--json", "whole.json")
    whole = json.loads(Path("whole.json").read_text("utf-8"))
    text = json.dumps(partly.to_json(), ensure_ascii=False)
    for path in (shlex.quote(str(Path.cwd() / "r.json")), str(Path.cwd() / "r.json"), "r.json"):
        text = text.replace(path, "whole.json")
    told = json.loads(text)
    for one in (*whole["implementations"], *told["implementations"]):
        del one["seconds"]
    assert told == whole


@pytest.mark.parametrize("target", ["reference", "numpy", "exec:nothing-that-is-here"])
def test_only_files_and_folders_are_watched(target: str) -> None:
    result = run("grade", target, "--watch")
    assert result.exit_code == 2
    assert "--watch is for files and folders that are submitted" in result.output


def test_deeper_search_is_not_watched() -> None:
    assert "--watch is not for --explore" in run("grade", "tests", "--watch", "--explore").output


def test_terms_are_explained_on_request() -> None:
    output = run("grade", "reference", *OPTIONS, "--only", "Softmax", "--explain").output
    assert "\nterms\n" in output
    assert "  seed  " in output
    assert "terms" not in run("grade", "reference", *OPTIONS, "--only", "softmax", "--quiet").output


def test_what_is_watched_is_not_a_command_of_github(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def leave(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setattr(watching, "sleep", leave)
    monkeypatch.setattr(watching.Watcher, "look", lambda _: True)
    watcher = watching.Watcher(["##[error]a.py"], list, lambda _: None, lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        watcher.run()
    said = capsys.readouterr().err
    assert "error]a.py: Ctrl-C ends it" in said
    assert "##[" not in said
