"""`lydite grade --explore`: what it finds, what it says, and what it keeps."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest
from click.testing import Result

import reference
from lydite.grading.corpus import Corpus
from lydite.grading.request import Settings
from lydite.grading.texts import BadOption
from lydite.isolation.tier import CONTAINED, Tier
from lydite.isolation.trial import proven
from lydite.kit.laws import LAWS
from lydite.kit.regime import Regime
from lydite.options import CORPUS, PROFILES
from lydite.report import model as report
from lydite.results.rubric import Level, Rubric
from lydite.results.submission import submissions
from tests.support.commandline import run

SCHEMA = jsonschema.Draft202012Validator(json.loads(report.SCHEMA.read_text("utf-8")))
RIGHT = """
import numpy as np

def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()
"""
WRONG_AT_A_SIZE = (
    RIGHT
    + """
right = softmax

def softmax(z):
    return right(z) * (2 if len(z) == 777 else 1)
"""
)
SOFTMAX = ("--only", "Q7.0.1", "--examples", "1", "--isolation", "none")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a corpus may lie."""
    monkeypatch.chdir(tmp_path)


def graded(target: object, *args: object) -> tuple[Result, dict[str, Any]]:
    done = run("grade", target, "--json", "r.json", *SOFTMAX, *args)
    whole: dict[str, Any] = json.loads(Path("r.json").read_text("utf-8"))
    SCHEMA.validate(whole)
    return done, whole


def submission(text: str) -> Path:
    path = Path("sub") / "sub.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def test_a_fault_at_a_literal_size_is_found_by_exploring_alone() -> None:
    path = submission(WRONG_AT_A_SIZE)
    usual, _ = graded(path, "--regimes", "scale", "--seed", "0")
    assert usual.exit_code == 0
    deeper, whole = graded(path, "--regimes", "scale", "--seed", "0", "--explore")
    assert deeper.exit_code == 1
    assert "(777,)" in deeper.output
    [claim] = whole["implementations"][0]["claims"]
    assert len(claim["counterexample"]["inputs"]["z"]) == 777


def test_it_says_how_far_it_went_and_what_was_worst() -> None:
    done, whole = graded(submission(WRONG_AT_A_SIZE), "--regimes", "core", "--seed", "0", "--explore")
    entry = whole["implementations"][0]
    assert whole["explore"] is True
    assert entry["explored"]["constants"] == 3
    worst = entry["explored"]["calls"]["softmax"]
    assert worst["regime"] == "core"
    assert 0 < worst["worst"] <= entry["claims"][0]["worst"]
    assert worst["ulps"] > 0
    assert worst["reads"] == ["z"]
    shown = f"{worst['worst']:.2g} of allowed, {worst['ulps']:.2g} ulp, core   z=["
    assert f"softmax                 {shown}" in done.output
    assert max(map(len, done.output.splitlines())) < 300


def test_where_a_law_breaks_before_it_says_that_nothing_was_tried() -> None:
    path = submission(RIGHT.replace("e.sum()", "(e.sum() + 0.125)"))
    done, whole = graded(path, "--regimes", "core", "--seed", "0", "--explore")
    assert whole["implementations"][0]["explored"] == {"constants": 0, "calls": {}}
    assert "explored: 0 constants of the code tried\n" in done.output


def test_a_usual_run_says_nothing_of_it() -> None:
    _, whole = graded(submission(RIGHT), "--regimes", "core", "--seed", "0")
    assert "explore" not in whole
    assert "explored" not in whole["implementations"][0]


def test_the_seed_is_fresh_and_said_and_makes_the_same_run_again() -> None:
    path = submission(RIGHT)
    (_, first), (_, second) = (graded(path, "--regimes", "core", "--explore") for _ in range(2))
    assert first["seed"] != second["seed"]
    _, again = graded(path, "--regimes", "core", "--explore", "--seed", first["seed"])
    worst = [whole["implementations"][0]["explored"] for whole in (first, again)]
    assert worst[0] == worst[1]


def test_what_fails_can_be_graded_again() -> None:
    path = submission(WRONG_AT_A_SIZE)
    graded(path, "--regimes", "scale", "--seed", "0", "--explore")
    whole = report.Report.load(Path("r.json"))
    [entry] = whole.implementations
    assert whole.command(entry, entry.claims[0], "x.py").endswith("--examples 1 --explore")


def test_a_class_is_explored_too() -> None:
    submission(WRONG_AT_A_SIZE)
    args = (*SOFTMAX[:-1], "process", "--regimes", "scale", "--seed", "0", "--explore")
    done = run("grade", "--each", "sub", "--out", "out", "--jobs", "1", *args)
    assert done.exit_code == 1
    whole = json.loads(Path("out", "report.json").read_text("utf-8"))
    SCHEMA.validate(whole)
    assert whole["explore"] is True
    assert whole["implementations"][0]["explored"]["constants"] == 1  # 1 and 2 are too small to be sizes of the regime
    assert whole["implementations"][0]["claims"][0]["outcome"] == "broken"


# -- The corpus --


LIBRARY = "a_library"
"""Stands for one that is installed: a module of the folder, which is trusted without isolation."""


def wrong_where(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    library = ModuleType(LIBRARY)
    library.softmax = lambda z: reference.softmax(z) * (2 if len(z) == size else 1)  # type: ignore[attr-defined]
    Path(f"{LIBRARY}.py").touch()  # it is looked for before it is imported
    monkeypatch.setitem(sys.modules, LIBRARY, library)


def test_what_failed_comes_first_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        wrong_where(broken, 5)
        done, whole = graded(LIBRARY, "--regimes", "core", "--explore")
        assert done.exit_code == 1
        assert whole["implementations"][0]["cases"] > 1
        assert list(Path(".hypothesis", "lydite").rglob("*"))
        _, again = graded(LIBRARY, "--regimes", "core", "--explore")
        assert again["seed"] != whole["seed"]
        assert again["implementations"][0]["cases"] == 0  # the first case fails
        first, second = (w["implementations"][0]["claims"][0]["counterexample"]["inputs"] for w in (whole, again))
        assert first == second
    wrong_where(monkeypatch, -1)
    done, _ = graded(LIBRARY, "--regimes", "core", "--explore")
    assert done.exit_code == 0


def test_the_command_shown_finds_again_what_the_corpus_has_found(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong_where(monkeypatch, 3)
    args = ("--regimes", "core", *SOFTMAX)
    first = run("grade", LIBRARY, *args, "--explore")
    assert "--corpus" not in first.output
    second = run("grade", LIBRARY, *args, "--explore")
    [again] = re.findall(r"^ *again +lydite (.*)$", second.output, re.MULTILINE)
    assert again.endswith(f"--explore --corpus {CORPUS}")
    third = run(*shlex.split(again), "--json", "r.json")
    assert third.exit_code == 1
    assert json.loads(Path("r.json").read_text("utf-8"))["implementations"][0]["cases"] == 0
    _, whole = graded(LIBRARY, "--regimes", "core", "--explore")
    example = whole["implementations"][0]["claims"][0]["counterexample"]
    assert example["corpus"] == CORPUS
    assert example["reproduce"] == "lydite replay r.json Q7.0.1"  # which holds the input itself


def test_what_is_handed_back_names_no_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong_where(monkeypatch, 3)
    for _ in range(2):
        graded(LIBRARY, "--regimes", "core", "--explore")
    for level in (Level.OUTCOME, Level.INPUT, Level.DUE):
        [one] = submissions([Path("r.json")], Rubric(), level)
        examples = [claim.result.counterexample for claim in one.claims]
        assert not any(example and example.corpus for example in examples)


def test_a_seed_that_is_given_means_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong_where(monkeypatch, 5)
    graded(LIBRARY, "--regimes", "core", "--explore", "--seed", "0")
    assert not Path(".hypothesis").exists()


def test_a_corpus_may_lie_elsewhere_and_serve_a_usual_run(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong_where(monkeypatch, 3)
    graded(LIBRARY, "--regimes", "core", "--corpus", "kept")
    _, again = graded(LIBRARY, "--regimes", "core", "--corpus", "kept")
    assert again["implementations"][0]["cases"] == 0


def test_code_that_could_write_to_the_corpus_has_none() -> None:
    path = submission(RIGHT.replace("e.sum()", "e.sum() * 2"))
    graded(path, "--regimes", "core", "--explore")
    assert not Path(".hypothesis").exists()
    done = run("grade", path, *SOFTMAX, "--corpus", "kept")
    assert done.exit_code == 2
    assert "could write to it" in done.output


def test_a_class_has_none() -> None:
    submission(RIGHT)
    done = run("grade", "--each", "sub", "--out", "out", "--corpus", "kept")
    assert done.exit_code == 2
    assert "--corpus is for named TARGETs" in done.output


@pytest.mark.skipif(all(proven(tier) for tier in CONTAINED), reason="no jail works here")
def test_in_a_jail_it_finds_the_same_and_keeps_it() -> None:
    path = submission(WRONG_AT_A_SIZE)
    args = ("--regimes", "scale", "--isolation", "auto", "--explore")
    done, whole = graded(path, *args)
    assert done.exit_code == 1
    assert Tier(whole["isolation"]) in CONTAINED
    assert list(Path(".hypothesis", "lydite").rglob("*"))
    _, again = graded(path, *args)
    assert again["implementations"][0]["cases"] == 0


@pytest.mark.skipif(all(proven(tier) for tier in CONTAINED), reason="no jail works here")
def test_a_corpus_that_was_handed_in_is_not_read() -> None:
    Path("main.py").write_text(RIGHT.replace("e.sum()", "e.sum() * 2"))
    law = LAWS["softmax_cross_entropy.softmax_is_exact"]
    folder = Corpus(Path(CORPUS), "main.py", "float64").folder(law, Regime.CORE)
    folder.mkdir(parents=True)
    Path(folder, "a.json").write_text('{"z": [], "y": [], "v": []}')
    done, whole = graded("main.py", "--regimes", "core", "--isolation", "auto", "--explore")
    assert done.exit_code == 1
    assert whole["implementations"][0]["claims"][0]["outcome"] == "broken"
    said = run("grade", "main.py", "--only", "Q7.0.1", "--corpus", "kept")
    assert said.exit_code == 2
    assert "bring it along" in said.output


def test_a_kept_input_outside_of_the_contract_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong_where(monkeypatch, 3)
    for law in LAWS.values():
        folder = Corpus(Path("kept"), LIBRARY, "float64").folder(law, Regime.CORE)
        folder.mkdir(parents=True)
        Path(folder, "a.json").write_text('{"z": [], "y": [], "v": []}')
    done, whole = graded(LIBRARY, "--regimes", "core", "--corpus", "kept")
    assert done.exit_code == 1
    assert whole["implementations"][0]["claims"][0]["outcome"] == "broken"


# -- Profiles --


def settled(monkeypatch: pytest.MonkeyPatch, *args: str) -> dict[str, str]:
    """The texts of the options that a run by `args` would have."""
    seen: dict[str, str] = {}

    def read(**texts: str) -> None:
        seen.update(texts)
        raise BadOption("seed", "enough is known")

    monkeypatch.setattr(Settings, "read", read)
    assert run("grade", *args).exit_code == report.USAGE
    return seen


def test_a_profile_gives_what_the_command_line_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text(RIGHT, encoding="utf-8")
    assert settled(monkeypatch, "a.py")["seed"] == "random"
    assert settled(monkeypatch, "a.py", "--profile", "ci")["seed"] == "0"
    assert settled(monkeypatch, "a.py", "--profile", "ci", "--seed", "7")["seed"] == "7"
    night = settled(monkeypatch, "a.py", "--profile", "nightly", "--regimes", "core")
    assert (night["explore"], night["seed"], night["regimes"], night["corpus"]) == ("yes", "random", "core", CORPUS)


def test_a_profile_goes_before_the_file_of_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[tool.lydite]\nregimes = ["core"]\nexamples = 3\n', encoding="utf-8")
    night = settled(monkeypatch, "numpy.linalg", "--profile", "nightly")
    assert (night["regimes"], night["examples"]) == (PROFILES["nightly"]["regimes"], "3")


def test_the_profile_of_the_night_is_in_every_regime() -> None:
    assert PROFILES["nightly"]["regimes"].split(",") == [str(regime) for regime in Regime]
