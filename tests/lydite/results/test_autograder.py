"""The autograder for Gradescope, unpacked, set up and run as its documentation says, in a folder tree of its own.

Lydite is installed from a wheel of this checkout that the zip carries; what it needs comes from wheels that are packed
anew from what is installed here, so that pip does all its work without a network.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from lydite.results.command import export_command
from tests.support.accepted import accepted
from tests.test_packaging import SUBMISSION, closure, write

pytestmark = pytest.mark.packaging

ROOT = Path(__file__).resolve().parents[3]
RUBRIC = """
show = "input"
[points.core]
Q7 = 60
[points.stability]
Q7 = 40
[grade]
only = "Q7"
examples = 2
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (path,) = out.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def index(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wheels of all that Lydite needs."""
    folder = tmp_path_factory.mktemp("index")
    with zipfile.ZipFile(wheel) as whole:
        (metadata,) = (name for name in whole.namelist() if name.endswith(".dist-info/METADATA"))
        lines = whole.read(metadata).decode().splitlines()
    needed = [line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist: ")]
    for installed in closure(needed).values():
        files = [f for f in installed.files or () if ".." not in f.parts and Path(str(f.locate())).is_file()]
        (wheel_file,) = (f for f in files if f.name == "WHEEL" and len(f.parts) == 2)
        tags = [line.split()[1].split("-") for line in wheel_file.read_text().splitlines() if line.startswith("Tag: ")]
        tag = "-".join(".".join(dict.fromkeys(part)) for part in zip(*tags, strict=True))
        name = wheel_file.parts[0].removesuffix(".dist-info")
        with zipfile.ZipFile(folder / f"{name}-{tag}.whl", "w") as packed:
            for file in files:
                packed.write(str(file.locate()), str(file))
    return folder


@pytest.fixture(scope="module")
def autograder(wheel: Path, index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that Gradescope calls /autograder, when setup.sh has run."""
    home = tmp_path_factory.mktemp("autograder")
    (home / "rubric.toml").write_text(RUBRIC, encoding="utf-8")
    export = ["gradescope", "--out", home / "a.zip", "--wheel", wheel, "--rubric", home / "rubric.toml"]
    done = CliRunner().invoke(export_command, [str(word) for word in export])
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(home / "a.zip") as whole:
        for entry in whole.infolist():
            path = Path(whole.extract(entry, home / "source"))
            path.chmod(entry.external_attr >> 16)
    for name in ("a.zip", "rubric.toml"):
        (home / name).unlink()
    shutil.copy(home / "source" / "run_autograder", home / "run_autograder")
    setup = ran(home / "source" / "setup.sh", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(index))
    assert setup.returncode == 0, setup.stderr
    assert setup.stdout.splitlines()[-1].startswith("lydite, version")
    return home


def ran(script: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Returns what became of `script`, in an environment that holds nothing of pytest, pip or ours but `more`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    return subprocess.run([script], env=kept | more, cwd="/", capture_output=True, text=True, check=False)


def graded(autograder: Path, files: dict[str, str]) -> dict[str, object]:
    """The results that Gradescope would read for a submission of `files`."""
    for name in ("submission", "results"):
        shutil.rmtree(autograder / name, ignore_errors=True)
    write(autograder / "submission", files)
    run = ran(autograder / "run_autograder")
    assert [path.name for path in (autograder / "results").iterdir()] == ["results.json"], run.stderr
    return accepted((autograder / "results" / "results.json").read_text("utf-8"))


def test_a_submission_gets_its_points(autograder: Path) -> None:
    results = graded(autograder, {"submission.py": SUBMISSION})
    tests = results["tests"]
    assert isinstance(tests, list)
    assert sum(test["max_score"] for test in tests) == pytest.approx(100)
    assert sum(test["score"] for test in tests) == pytest.approx(results["score"])
    assert results["score"] not in {0, 100}
    failed = {test["name"].split()[0] for test in tests if test["status"] == "failed"}
    assert "Q7.a.1" in failed
    # The level of the rubric: the input and what came out, not what is due.
    shown = json.dumps(results)
    assert "got  " in shown
    assert "due  " not in shown


def test_what_cannot_be_imported_gets_0_and_hears_why(autograder: Path) -> None:
    results = graded(autograder, {"submission.py": "def softmax(z:\n"})
    assert results["score"] == 0
    assert "SyntaxError" in str(results["output"])


def test_a_folder_with_nothing_to_grade_has_a_result_too(autograder: Path) -> None:
    results = graded(autograder, {"notes.txt": "nothing"})
    assert results["score"] == 0


def test_where_lydite_fails_the_zeros_stay(autograder: Path) -> None:
    lydite = autograder / "source" / "venv" / "bin" / "lydite"
    kept = lydite.read_bytes()
    lydite.write_text("#!/bin/sh\nexit 4\n", encoding="utf-8")
    try:
        results = graded(autograder, {"submission.py": SUBMISSION})
    finally:
        lydite.write_bytes(kept)
    assert results["score"] == 0
    assert "could not be graded" in str(results["output"])


def test_what_was_changed_on_the_way_is_not_installed(autograder: Path) -> None:
    copy = autograder.with_name(f"{autograder.name}-changed")
    shutil.copytree(autograder / "source", copy, ignore=shutil.ignore_patterns("venv"))
    (copy / "rubric.toml").write_text("show = 'due'\n", encoding="utf-8")
    setup = ran(copy / "setup.sh")
    assert setup.returncode != 0
    assert "rubric.toml: FAILED" in setup.stdout
    assert not (copy / "venv").exists()
