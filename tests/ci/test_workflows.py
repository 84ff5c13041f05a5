"""The workflows call what is there, with no more rights than they need, and scripts that do what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.platform import BASH, read, yaml
from tests.support.shown import blocks

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = {path.stem: read(path) for path in sorted(FOLDER.glob("*.yml"))}
ACTION = read(ROOT / "action.yml")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
KEYS = {
    "workflow": {"name", "on", "permissions", "concurrency", "jobs"},
    "job": {
        *("name", "needs", "if", "strategy", "runs-on", "timeout-minutes", "env", "environment"),
        *("permissions", "outputs", "steps", "uses", "with"),
    },
    "step": {"id", "name", "if", "uses", "with", "run", "env", "shell", "working-directory"},
}


def steps(workflow: Any) -> Iterator[dict[str, Any]]:
    for job in workflow["jobs"].values():
        yield from job.get("steps", [])


def shown() -> list[Any]:
    """The workflows that the guide shows, which are pieces of one perhaps."""
    found = [
        yaml.safe_load(block.text) for block in blocks(ROOT / "docs" / "how-to" / "ci.md") if block.language == "yaml"
    ]
    return [one for one in found if "jobs" in one]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_has_no_key_that_is_unknown(name: str) -> None:
    whole = WORKFLOWS[name]
    assert set(whole) <= KEYS["workflow"]
    for job in whole["jobs"].values():
        assert set(job) <= KEYS["job"]
        assert ("runs-on" in job) == ("steps" in job) != ("uses" in job)
        assert "timeout-minutes" in job or "uses" in job
    for step in steps(whole):
        assert set(step) <= KEYS["step"]
        assert ("run" in step) != ("uses" in step)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_script_of_a_workflow_holds_an_expression(name: str) -> None:
    assert [step["run"] for step in steps(WORKFLOWS[name]) if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("name", [name for name, whole in WORKFLOWS.items() if "workflow_call" not in whole["on"]])
def test_a_workflow_may_read_and_no_more(name: str) -> None:
    """Publishing alone gets a token, and has no script that could read it."""
    assert WORKFLOWS[name]["permissions"] == {"contents": "read"}
    for job in WORKFLOWS[name]["jobs"].values():
        if "permissions" in job:
            assert job["permissions"] == {"id-token": "write"}
            assert not [step for step in job["steps"] if "run" in step]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_what_a_workflow_calls_is_there(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for step in steps(WORKFLOWS[name]):
        for line in re.findall(r"^make (.*)$", step.get("run", ""), re.MULTILINE):
            assert {word for word in line.split() if "=" not in word} <= targets
        for line in re.findall(r"-m pytest (.*)$", step.get("run", ""), re.MULTILINE):
            assert all((ROOT / word).exists() for word in line.split() if "/" in word)


def test_the_tests_run_on_every_version_that_is_supported() -> None:
    versions = WORKFLOWS["test"]["jobs"]["linux"]["strategy"]["matrix"]["python-version"]
    assert versions[0] == PROJECT["requires-python"].removeprefix(">=")
    assert versions == [f"3.{minor}" for minor in range(int(versions[0][2:]), int(versions[-1][2:]) + 1)]
    assert set(WORKFLOWS["test"]["jobs"]["elsewhere"]["strategy"]["matrix"]["python-version"]) <= set(versions)


def test_the_action_is_called_with_inputs_that_it_has() -> None:
    callers = [*WORKFLOWS.values(), *shown()]
    ours = [step for whole in callers if "jobs" in whole for step in steps(whole) if "lydite" in step.get("uses", "")]
    assert len(ours) == 2
    for step in ours:
        assert set(step["with"]) <= set(ACTION["inputs"])
        assert "target" in step["with"]
    called = [job for whole in shown() for job in whole["jobs"].values() if "grade.yml" in job.get("uses", "")]
    assert [set(job["with"]) <= set(WORKFLOWS["grade"]["on"]["workflow_call"]["inputs"]) for job in called] == [True]


@BASH
@pytest.mark.parametrize(("tag", "status"), [(f"v{PROJECT['version']}", 0), ("v99.0", 1), (PROJECT["version"], 1)])
def test_a_tag_that_is_not_the_version_is_not_released(tag: str, status: int) -> None:
    [script] = [step["run"] for step in steps(WORKFLOWS["release"]) if "TAG" in step.get("env", {})]
    environment = {**os.environ, "TAG": tag, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=ROOT, env=environment, check=False)
    assert done.returncode == status


def test_the_forms_of_issues_are_forms() -> None:
    forms = [path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config"]
    assert len(forms) == 3
    for path in forms:
        form = read(path)
        assert {"name", "description", "body"} <= set(form) <= {"name", "description", "labels", "body"}
        ids = [field["id"] for field in form["body"]]
        assert len(set(ids)) == len(ids)
        assert all(field["type"] in {"textarea", "input"} and field["attributes"]["label"] for field in form["body"])


def test_the_image_gets_what_the_package_is_built_from() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = {word for line in re.findall(r"^COPY (.*) /source\S*$", text, re.MULTILINE) for word in line.split()}
    packaged = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    needed = {
        *packaged["wheel"]["only-include"],
        *packaged["wheel"]["force-include"],
        PROJECT["readme"],
        "pyproject.toml",
    }
    assert copied == needed | set(PROJECT["license-files"])
    assert all((ROOT / name).exists() for name in copied)
    assert re.findall(r"^(ENTRYPOINT|USER) (.*)$", text, re.MULTILINE) == [
        ("USER", "grader"),
        ("ENTRYPOINT", '["lydite"]'),
    ]
