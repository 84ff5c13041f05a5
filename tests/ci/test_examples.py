"""The examples for other platforms do what they say, as far as a machine without them can tell."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.platform import BASH, read

pytestmark = BASH

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "ci"


@pytest.fixture
def stub(tmp_path: Path) -> dict[str, str]:
    """An environment whose `lydite` notes its arguments, writes the report, and ends as the file `status` says."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tmp_path / "status").write_text("0")
    script = f"""#!{shutil.which("bash")}
echo "$*" >> '{tmp_path}/noted'
[ "$1" != grade ] || {{ echo '{{}}' > lydite.json; exit "$(cat '{tmp_path}/status')"; }}
"""
    for name in ("lydite", "pip"):
        (tools / name).write_text(script)
        (tools / name).chmod(0o755)
    return {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}


@pytest.mark.parametrize("status", [0, 1, 4])
def test_the_job_of_gitlab_ends_as_grading_does_and_keeps_its_results(
    tmp_path: Path, stub: dict[str, str], status: int
) -> None:
    """The runner calls the lines of a section in one shell, and those of `after_script` whatever came before."""
    (tmp_path / "status").write_text(str(status))
    job = read(EXAMPLES / "gitlab-ci.yml")["lydite"]
    environment = {**stub, **job["variables"], "LYDITE_TARGET": "mylib", "LYDITE_OPTIONS": "--only Q7"}

    def run(*sections: str) -> int:
        lines = [line for section in sections for line in job[section]]
        command = ["bash", "-eo", "pipefail", "-c", "\n".join(lines)]
        return subprocess.run(command, cwd=tmp_path, env=environment, check=False).returncode

    assert run("before_script", "script") == status
    assert run("after_script") == 0
    noted = (tmp_path / "noted").read_text().splitlines()
    assert noted == [
        "install --quiet lydite .",
        "grade --quiet --json lydite.json --only Q7 -- mylib",
        "export junit lydite.json --out lydite.xml",
        "export markdown lydite.json --out lydite.md",
    ]
    assert job["artifacts"]["reports"]["junit"] == "lydite.xml"


def test_a_job_of_gitlab_without_a_target_fails(tmp_path: Path, stub: dict[str, str]) -> None:
    job = read(EXAMPLES / "gitlab-ci.yml")["lydite"]
    command = ["bash", "-eo", "pipefail", "-c", "\n".join(job["script"])]
    done = subprocess.run(command, cwd=tmp_path, env={**stub, **job["variables"]}, check=False)
    assert done.returncode != 0
    assert not (tmp_path / "noted").exists()


def test_tox_and_nox_run_the_same_command() -> None:
    tox = configparser.ConfigParser()
    tox.read(EXAMPLES / "tox.ini", encoding="utf-8")
    command = tox["testenv:laws"]["commands"].split()
    assert command[:3] == ["lydite", "grade", "--quiet"]
    assert command[-1] == "{posargs:mylib.losses}"
    calls: list[tuple[str, ...]] = []

    class Session:
        posargs: tuple[str, ...] = ()

        def install(self, *names: str) -> None:
            calls.append(("install", *names))

        def run(self, *words: str) -> None:
            calls.append(words)

    names: dict[str, object] = {}
    text = (EXAMPLES / "noxfile.py").read_text(encoding="utf-8").replace("import nox", "").replace("@nox.session", "")
    exec(compile(text, "noxfile.py", "exec", flags=__import__("__future__").annotations.compiler_flag), names)
    names["laws"](Session())  # type: ignore[operator]  # it is a function
    assert calls == [("install", ".", "lydite"), ("lydite", "grade", "--quiet", "mylib.losses")]
