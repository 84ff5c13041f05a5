"""Runs the shell steps of the files for CI as a platform would."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

yaml: Any = pytest.importorskip("yaml")

BASH = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
"""The shell of the steps on every platform."""

EXPRESSION = re.compile(r"\$\{\{ *([a-z-]+(?:\.[a-z_-]+)*) *\}\}")


def read(path: Path) -> Any:
    """Returns what a file in YAML holds; the key `on` is that of a workflow, and not true."""
    whole = yaml.safe_load(path.read_text(encoding="utf-8"))
    if isinstance(whole, dict) and True in whole:
        whole["on"] = whole.pop(True)
    return whole


class Job:
    """Runs the steps of an action in `workspace`, one after the other, with what the platform gives each of them."""

    def __init__(
        self, folder: Path, workspace: Path, inputs: Mapping[str, str], environment: Mapping[str, str]
    ) -> None:
        self.folder = folder
        self.workspace = workspace
        self.outputs: dict[str, str] = {f"inputs.{name}": value for name, value in inputs.items()}
        self.log = ""
        self.summary = folder / "summary.md"
        self.summary.touch()
        (folder / "runner temp").mkdir()
        self._environment = {
            **environment,
            "GITHUB_WORKSPACE": str(workspace),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "RUNNER_TEMP": str(folder / "runner temp"),
            "RUNNER_OS": "Linux",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
        }

    def run(self, step: Mapping[str, Any]) -> int:
        """Runs a step with a script, takes in its outputs, and returns its exit status."""
        written = self.folder / "output"
        written.write_text("", encoding="utf-8")
        own = {name: self.text(value) for name, value in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace / self.text(step.get("working-directory", ".")),
            env={**self._environment, "GITHUB_OUTPUT": str(written), **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.log += done.stdout
        for line in written.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            self.outputs[f"steps.{step['id']}.outputs.{name}"] = value
        return done.returncode

    def text(self, value: str) -> str:
        """A text with its expressions replaced; an output that was not set is empty."""
        return EXPRESSION.sub(lambda found: self.outputs.get(found[1], ""), value)

    def due(self, step: Mapping[str, Any]) -> bool:
        """Whether the condition of a step holds; only comparisons that are joined by `&&` are known."""
        terms = [term.split(maxsplit=2) for term in step.get("if", "'' == ''").split(" && ")]
        read = [(self._value(left), sign, self._value(right)) for left, sign, right in terms]
        assert {sign for _, sign, _ in read} <= {"==", "!="}
        return all((left == right) == (sign == "==") for left, sign, right in read)

    def _value(self, term: str) -> str:
        return term[1:-1] if term.startswith("'") else self.outputs.get(term, "")
