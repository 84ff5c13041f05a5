"""The action does in a repository what it says: red with a reason at the line, green where all holds."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.platform import BASH, Job, read

pytestmark = BASH

ROOT = Path(__file__).parents[2]
ACTION = read(ROOT / "action.yml")
STEPS = ACTION["runs"]["steps"]
DEFAULTS = {name: given.get("default", "") for name, given in ACTION["inputs"].items()}
WRONG = '''"""A library with a fault."""

import numpy as np


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum() + 1e-9
'''


def job(folder: Path, workspace: Path, python: Path | str = sys.executable, **inputs: str) -> Job:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"GITHUB_ACTION_PATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    return Job(folder, workspace, {**DEFAULTS, "python": str(python), **inputs}, environment)


def run(one: Job, *, without: str = "Install Lydite") -> int:
    """Runs the steps that are due, as far as one fails, without those of other actions and the one that is named."""
    ran: list[str] = []
    for step in STEPS:
        if one.due(step) and step["name"] != without:
            ran.append(step["name"])
            status = one.run(step) if "run" in step else 0
            if status:
                return status
    return 0


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("a repository, ä")
    (root / "src" / "my lib").mkdir(parents=True)
    (root / "src" / "my lib" / "losses.py").write_text(WRONG, encoding="utf-8")
    subprocess.run(["git", "init", "-q", root], check=True)
    return root


@pytest.fixture(scope="module")
def red(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Job, int]:
    options = "--only Q7.0.1 --regimes core --examples 1 --isolation process"
    inputs = {"target": "losses.py", "options": options, "working-directory": "src/my lib", "sarif": "true"}
    one = job(tmp_path_factory.mktemp("runner"), repository, **inputs)
    return one, run(one)


def test_a_fault_makes_the_job_red_in_ten_lines(red: tuple[Job, int]) -> None:
    one, status = red
    lines = [line for line in one.log.splitlines() if not line.startswith("::")]
    assert status == 1
    assert one.outputs["steps.grade.outputs.status"] == "1"
    assert len(lines) <= 10
    assert "softmax losses.py:6 Q7.0.1" in one.log
    assert lines[-1] == "exit 1: fix softmax first"


def test_a_fault_is_annotated_and_uploaded_at_its_line_of_the_repository(red: tuple[Job, int]) -> None:
    one, _ = red
    [annotation] = [line for line in one.log.splitlines() if line.startswith("::")]
    assert annotation.startswith("::error file=src/my lib/losses.py,line=6,title=losses.py%3A softmax")
    [upload] = [step for step in STEPS if "upload-sarif" in step.get("uses", "")]
    assert one.due(upload)
    found = json.loads(Path(one.text(upload["with"]["sarif_file"])).read_text(encoding="utf-8"))
    [place] = [result["locations"][0]["physicalLocation"] for result in found["runs"][0]["results"]]
    assert place["artifactLocation"]["uri"] == "src/my%20lib/losses.py"
    assert place["region"] == {"startLine": 6}


def test_the_outputs_are_what_they_say(red: tuple[Job, int]) -> None:
    one, _ = red
    values = {name: one.text(output["value"]) for name, output in ACTION["outputs"].items()}
    assert values.pop("status") == "1"
    read = {name: json.loads(Path(path).read_text(encoding="utf-8")) for name, path in values.items()}
    assert read["report"]["format"] == "lydite-report"
    assert read["sarif"]["version"] == "2.1.0"
    assert read["badge"]["label"] == "lydite"
    assert one.summary.read_text(encoding="utf-8").startswith("## losses")


@pytest.fixture
def stub(tmp_path: Path) -> Path:
    """A Python that notes what it is given, and writes the report that it is to write."""
    path = tmp_path / "the python"
    path.write_text(
        f"""#!{shutil.which("bash")}
printf '%s\\n' "$@" >> "{tmp_path}/noted"
[ "$4" != grade ] || exit "$(cat '{tmp_path}/status')"
"""
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "status").write_text("0")
    return path


def noted(stub: Path) -> list[str]:
    return (stub.parent / "noted").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("status", [0, 2, 3, 4])
def test_the_status_of_grading_is_that_of_the_job(tmp_path: Path, stub: Path, status: int) -> None:
    """Without a report, as after an error of usage, nothing else is done."""
    (tmp_path / "status").write_text(str(status))
    one = job(tmp_path, tmp_path, stub, target="lib", sarif="true")
    assert run(one) == status
    assert noted(stub).count("lydite") == 1
    assert not one.due(next(step for step in STEPS if "upload-sarif" in step.get("uses", "")))


def test_options_are_words_and_nothing_else(tmp_path: Path, stub: Path) -> None:
    (tmp_path / "star.py").touch()
    one = job(tmp_path, tmp_path, stub, target="lib.* --explore", options="--only Q7 $(touch${IFS}evil) ;touch evil")
    assert run(one) == 0
    words = noted(stub)
    assert words[words.index("--only") :] == [
        "--only",
        "Q7",
        "$(touch${IFS}evil)",
        ";touch",
        "evil",
        "--",
        "lib.*",
        "--explore",
    ]
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(("given", "installed"), [("", str(ROOT)), ("lydite==0.1.0", "lydite==0.1.0")])
def test_what_is_installed_is_the_action_itself_or_the_version_named(
    tmp_path: Path, stub: Path, given: str, installed: str
) -> None:
    one = job(tmp_path, tmp_path, stub, target="lib", install=given)
    assert one.run(STEPS[0]) == 0
    assert noted(stub)[:3] == ["-m", "pip", "install"]
    assert noted(stub)[-1] == installed


def test_no_script_holds_an_expression() -> None:
    """A title or a branch that somebody else has chosen would be run."""
    assert [step["name"] for step in STEPS if "${{" in step.get("run", "")] == []
    assert all(step["shell"] == "bash" for step in STEPS if "run" in step)


def test_every_input_is_used_and_described() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert [name for name in ACTION["inputs"] if f"inputs.{name}" not in text] == []
    assert all(given["description"] for given in [*ACTION["inputs"].values(), *ACTION["outputs"].values()])
    assert [name for name, given in ACTION["inputs"].items() if given.get("required")] == ["target"]
    cached: Any = next(step for step in STEPS if "cache" in step.get("uses", ""))
    assert cached["with"]["path"].endswith("/.hypothesis")
