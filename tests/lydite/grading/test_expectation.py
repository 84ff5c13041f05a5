"""Expectations: what is known to break is reported and passes; what is not known, or no longer so, fails."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from jsonschema import Draft202012Validator

from lydite.grading.expectation import ExpectationError, read_expectations
from lydite.report import model as report
from tests.support.commandline import run

ROOT = Path(__file__).parents[3]
SCHEMA = Draft202012Validator(json.loads(report.SCHEMA.read_text(encoding="utf-8")))

SUBMISSION = '''
"""Softmax without a shift: right in core, nothing but NaN in stability."""
import numpy as np

def softmax(z):
    with np.errstate(all="ignore"):
        e = np.exp(z)
        return e / e.sum()
'''
KNOWN = """
[[implementation]]
name = "naive.py"
regimes = ["core", "stability"]
calls = ["softmax"]
"""
EXCEPTION = """
[[implementation.exception]]
id = "{id}"
regime = {regime}
reason = "It does not subtract the largest logit."
link = "https://example.org/issues/1"
"""
BREAKS = "".join(EXCEPTION.format(id=claim, regime='"stability"') for claim in ("Q3.0.4", "Q7.0.1"))

Graded = Callable[..., Result]


@pytest.fixture
def graded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Graded:
    """Grades the submission by an expectation file, changed in places."""
    monkeypatch.chdir(tmp_path)
    Path("naive.py").write_text(SUBMISSION, encoding="utf-8")

    def grade(expected: str, *options: str) -> Result:
        Path("expected.toml").write_text(expected, encoding="utf-8")
        arguments = ["naive.py", "--expect", "expected.toml", "--examples", "1", "--json", "r.json", *options]
        return run("grade", *arguments)

    return grade


def test_what_is_known_to_break_passes_and_is_told(graded: Graded) -> None:
    result = graded(KNOWN + BREAKS)
    assert result.exit_code == 0
    assert "known, and not counted: Q3.0.4 stability, Q7.0.1 stability" in result.output
    [one] = json.loads(Path("r.json").read_text(encoding="utf-8"))["implementations"]
    assert [(e["id"], e["occurred"]) for e in one["expected"]] == [("Q3.0.4", True), ("Q7.0.1", True)]
    SCHEMA.validate(json.loads(Path("r.json").read_text(encoding="utf-8")))


def test_what_is_not_known_fails(graded: Graded) -> None:
    result = graded(KNOWN + EXCEPTION.format(id="Q3.0.4", regime='"stability"'))
    assert result.exit_code == report.BROKEN
    assert "FAULT 1" in result.output


def test_what_breaks_no_longer_fails(graded: Graded) -> None:
    result = graded(KNOWN + BREAKS + EXCEPTION.format(id="Q7.0.1", regime='"core"'))
    assert result.exit_code == report.BROKEN
    assert "no longer" in result.output
    assert "Q7.0.1 core" in result.output


def test_an_exception_may_name_several_regimes(graded: Graded) -> None:
    several = EXCEPTION.format(id="Q3.0.4", regime='["core", "stability"]')
    result = graded(KNOWN + several + EXCEPTION.format(id="Q7.0.1", regime='"stability"'))
    assert result.exit_code == report.BROKEN
    assert "Q3.0.4 core" in result.output


def test_an_exception_in_another_precision_says_nothing(graded: Graded) -> None:
    elsewhere = BREAKS.replace("reason", 'precisions = ["float32"]\nreason')
    assert graded(KNOWN + elsewhere).exit_code == report.BROKEN
    assert graded(KNOWN + elsewhere, "--precision", "float32").exit_code == 0


def test_calls_narrow_the_scope(graded: Graded) -> None:
    everything = KNOWN.replace('calls = ["softmax"]\n', "")
    assert graded(everything + BREAKS).exit_code == report.BROKEN  # the other calls are missing


def test_an_implementation_without_expectations_is_a_matter_of_usage(graded: Graded) -> None:
    result = graded(KNOWN.replace("naive", "other"))
    assert result.exit_code == 2
    assert "nothing is said of naive.py" in result.output


def test_a_precision_that_is_not_expected_is_a_matter_of_usage(graded: Graded) -> None:
    only = KNOWN.replace("regimes", 'precisions = ["float32"]\nregimes')
    result = graded(only, "--precision", "float64")
    assert result.exit_code == 2
    assert "expected to hold in float32 only" in result.output


def test_the_gate_takes_expectations(graded: Graded, tmp_path: Path) -> None:
    graded(KNOWN + BREAKS)
    options = ["-p", "no:cacheprovider", "--lydite-expect", "expected.toml", "--lydite-examples", "1", "-q"]
    command = [sys.executable, "-m", "pytest", "--impl", "naive.py", *options]
    gate = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert gate.returncode == 0, gate.stdout
    (tmp_path / "expected.toml").write_text(KNOWN, encoding="utf-8")
    gate = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert gate.returncode == 1, gate.stdout


NAIVE = 'implementation[0 "naive.py"]'
SLIPS = {
    "[[implementation]]\nname = 3": "implementation[0].name: expected a string, got 3",
    "[[implementation]]": "implementation[0].name: missing",
    "implementation = 3": "implementation: expected a list, got 3",
    "": "implementation: missing",
    "x = 1": "x: unknown key; expected one of: implementation",
    KNOWN + "x = 1": f"{NAIVE}.x: unknown key; expected one of: name, precisions, ",
    KNOWN + KNOWN: "naive.py is described twice",
    KNOWN.replace('"core"', '"hard"'): f"{NAIVE}.regimes[0]: expected one of: core, ",
    KNOWN.replace('"softmax"', '"softmin"'): f"{NAIVE}.calls: the contract has no call 'softmin'",
    KNOWN + EXCEPTION.format(id="Q9.9", regime='"core"'): "no graded claim is called 'Q9.9'",
    KNOWN + EXCEPTION.format(id="Q7.0.1", regime='"hard"'): 'exception[0 "Q7.0.1"].regime: expected one of: core, ',
    KNOWN + EXCEPTION.format(id="Q7.0.1", regime='"inputs"'): "regime: Q7.0.1 is not graded in 'inputs'",
    KNOWN + EXCEPTION.format(id="Q7.0.1", regime="3"): "regime: expected a string or a list, got 3",
    KNOWN + BREAKS.replace("https://", "http://"): "link: expected a string like https://",
    KNOWN + BREAKS.replace("id =", "ids ="): "exception[0].ids: unknown key",
    KNOWN + BREAKS.replace('id = "Q3.0.4"\n', ""): "exception[0].claims: expected either one claim",
    KNOWN + BREAKS.replace("regime =", "claims = { core = ['Q7.0.1'] } #"): "claims: expected either one claim",
    KNOWN + BREAKS.replace('regime = "stability"\n', ""): 'exception[0 "Q3.0.4"].regime: missing',
    KNOWN + BREAKS.replace("reason", "call = 'softmx'\nreason"): "call: the contract has no call 'softmx'; is softmax",
    KNOWN + BREAKS.replace("reason", "until = '2027-01-01'\nreason"): "until: expected a date",
    KNOWN + "budget.float64.softmx.core.ulps = 1": "budget.float64: the contract has no call 'softmx'; is softmax",
    KNOWN + "budget.float64.softmax.core = {}": "budget.float64.softmax.core: expected either ulps or share",
    KNOWN + "budget.float64.softmax.cor.ulps = 1": "budget.float64.softmax.cor: expected one of: core, ",
    KNOWN + "budget.float64.softmax.core.ulps = -1": "core.ulps: expected at least 0, got -1",
    KNOWN + BREAKS.replace('reason = "It does not subtract the largest logit."\n', ""): "reason: missing",
    "[[implementation": "expected.toml",
}


@pytest.mark.parametrize("text", SLIPS)
def test_a_slip_in_the_file_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "expected.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ExpectationError) as told:
        read_expectations(path)
    assert "expected.toml" in str(told.value)
    assert SLIPS[text] in str(told.value)
