"""A topic is new files and one edit: an eighth question in a copy of the suite is graded as the others are."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lydite.suite import OWN, PACKAGES

TOPIC = Path(__file__).with_name("softplus")
QUESTIONS = Path("suite.toml")
OURS = (*PACKAGES, "lydite")

RIGHT = """
import numpy as np

def softplus(z):
    if not np.isfinite(z).all():
        raise ValueError("z is not finite")
    return np.log1p(np.exp(z))

def softplus_derivative(z):
    if not np.isfinite(z).all():
        raise ValueError("z is not finite")
    return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))
"""
WRONG = RIGHT.replace("1 / (1 + np.exp(-", "1 / (1 + np.exp(+")


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the suite with the topic: its files beside the others, and its question at the end of the list."""
    folder = tmp_path_factory.mktemp("suite")
    for package in OURS:
        shutil.copytree(OWN / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(OWN / QUESTIONS, folder)
    for new in TOPIC.rglob("*.*"):
        place = folder / new.relative_to(TOPIC)
        if place == folder / QUESTIONS:
            place.write_text(place.read_text("utf-8") + new.read_text("utf-8"), "utf-8")
        elif new.suffix != ".pyc":
            assert not place.exists()
            shutil.copy(new, place)
    return folder


def graded(suite: Path, tmp_path: Path, target: str, *options: str) -> Any:
    """Returns what `lydite grade` of the copy says of a target, of the eighth question."""
    out = tmp_path / "report.json"
    command = [sys.executable, "-m", "lydite", "grade", target, "--only", "Q8", "--seed", "0", "--examples", "2"]
    done = subprocess.run(
        [*command, "--json", str(out), *options],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(suite)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    (graded,) = json.loads(out.read_text("utf-8"))["implementations"]
    return graded


def outcomes(graded: Any) -> dict[tuple[str, str], str]:
    return {(claim["id"], claim["regime"]): claim["outcome"] for claim in graded["claims"]}


def test_all_that_is_right_holds(suite: Path, tmp_path: Path) -> None:
    (tmp_path / "right.py").write_text(RIGHT, "utf-8")
    regimes = ("core", "layout", "purity", "inputs")
    found = graded(suite, tmp_path, "right.py", "--isolation", "process", "--regimes", ",".join(regimes))
    assert outcomes(found) == {(claim, r): "holds" for claim in ("Q8.1", "Q8.2") for r in regimes}
    assert found["points"] == found["max_points"] == 10.0


def test_what_is_wrong_is_told(suite: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text(WRONG, "utf-8")
    found = graded(suite, tmp_path, "wrong.py", "--isolation", "process", "--regimes", "core")
    assert outcomes(found) == {("Q8.1", "core"): "holds", ("Q8.2", "core"): "broken"}
    assert found["points"] == 5.0


@pytest.mark.parametrize(("mistake", "claim"), [("positive_part", "Q8.1"), ("derivative_of_the_positive_part", "Q8.2")])
def test_its_mistakes_are_caught(suite: Path, tmp_path: Path, mistake: str, claim: str) -> None:
    found = graded(suite, tmp_path, f"mistakes.softplus:{mistake}", "--regimes", "core")
    assert outcomes(found)[claim, "core"] == "broken"
