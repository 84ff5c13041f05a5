"""Hostile submissions get no credit for what is wrong, keep it for what is right, and do not get out.

What each of `hostile/` tries is said there. Here each gets calls in a jail, as from the grader; a few are graded whole.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lydite.commands.doctor import Outside
from lydite.isolation import Tier, proven
from lydite.isolation.tier import CONTAINED
from lydite.kit.failure import CallFailed
from lydite.target.program import Answer, Program, Question
from lydite.worker import clock
from lydite.worker.loading import Unloadable
from tests.support import commandline
from tests.support.optional import lacking, needed

FOLDER = Path(__file__).with_name("hostile")
SUBMISSIONS = sorted(path.stem for path in FOLDER.glob("*.py"))
UNLOADABLE = {"a09_hang_at_import", "c30_patch_numpy"}
"""These never come as far as to be called: one hangs, the other breaks what it is itself loaded with."""
HARMING_THEMSELVES = {"c35_patch_the_worker", "d40_write_replies"}
"""The values that these forge are, and those of the honest call are forged with them."""
PLANTED = {
    **dict.fromkeys(("numpy.py", "json.py", "spec.py", "reference.py", "conftest.py"), "raise SystemExit(0)"),
    **dict.fromkeys(("sitecustomize.py", "usercustomize.py", "lydite.py"), "raise SystemExit(0)"),
    "pytest.ini": "[pytest]\naddopts = -p no:lydite.plugin",
}
"""The files that lie beside a submission, if anybody should look there."""

Array = np.ndarray[Any, np.dtype[np.float64]]

SECONDS = 0.5
LEAK = 0.1
NUMBERS = np.random.default_rng(7)
INPUTS = [NUMBERS.normal(size=size) for size in (2, 3, 4, 5, 6, 7) for _ in range(2)]
ASKED = [question for z in INPUTS for question in (Question("softmax", (z,)), Question("leaky_relu", (z, LEAK)))]
ASKED += ASKED[:2]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="isolation is made of what Linux offers")


@pytest.fixture
def outside() -> Iterator[Outside]:
    with Outside() as made:
        yield made


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls have no more time when they are first made: here none has anything to warm up."""
    monkeypatch.setattr(clock, "WARM_UP", 1)


def submitted(name: str, folder: Path, outside: Outside) -> Path:
    """The submission, given what to attack; in a folder of planted files where it wants one."""
    text = (FOLDER / f"{name}.py").read_text("utf-8")
    path = folder / f"{name}_{os.getpid()}.py"  # a name by which its processes are found
    if name == "c32_plant_modules":
        path = folder / f"folder_{os.getpid()}" / "submission.py"
        path.parent.mkdir()
        for planted, content in PLANTED.items():
            path.with_name(planted).write_text(content, "utf-8")
    path.write_text(text.replace("FACTS = {}", f"FACTS = {outside.facts()!r}"), "utf-8")
    return path if path.parent == folder else path.parent


def answers(path: Path, tier: Tier, memory: int = 1024) -> dict[str, list[Answer | CallFailed]]:
    """Returns what comes back, in the order of asking, for each call; nothing where the submission cannot be loaded."""
    asked = Program(str(path), tier, SECONDS, memory)
    try:
        got = asked.answers(ASKED)
    except Unloadable:
        return {}
    finally:
        asked.stop()
    return {
        call: [answer for question, answer in zip(ASKED, got, strict=True) if question.call == call]
        for call in ("softmax", "leaky_relu")
    }


def is_a_way_out(name: str) -> bool:
    """Whether the trick of a submission depends on the tier: then it knows what is right, or what to attack."""
    text = (FOLDER / f"{name}.py").read_text("utf-8")
    return "def right" in text or "FACTS" in text or "signal" in text


def due(call: str, z: Array) -> Array:
    if call == "leaky_relu":
        return np.where(z > 0, z, LEAK * z)
    e = np.exp(z - z.max())
    return np.asarray(e / e.sum())


def right(call: str, got: list[Answer | CallFailed]) -> list[bool]:
    """Which answers are what is due, as the error bounds of the suite would have it."""
    expected = [due(call, question.args[0]) for question in ASKED if question.call == call]
    return [
        isinstance(one, Answer)
        and np.shape(one.value) == np.shape(wanted)
        and bool(np.all(np.abs(one.value - wanted) <= 1e-13))
        for one, wanted in zip(got, expected, strict=True)
    ]


def left_behind(path: Path) -> list[str]:
    """Processes that have been started for `path`, and still are there."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = process.read_bytes()
        except OSError:
            continue
        if path.name.encode() in command:
            found.append(command.decode(errors="replace"))
    return found


@pytest.mark.parametrize(
    ("name", "tier"),
    [(name, Tier.NAMESPACES) for name in SUBMISSIONS]
    + [(name, Tier.LANDLOCK) for name in SUBMISSIONS if is_a_way_out(name)],
)
def test_no_credit_and_no_escape(name: str, tier: Tier, tmp_path: Path, outside: Outside) -> None:
    needed(tier)
    path = submitted(name, tmp_path, outside)
    before = sorted(tmp_path.rglob("*"))
    got = answers(path, tier)
    assert (not got) == (name in UNLOADABLE)
    if got:
        assert not all(right("softmax", got["softmax"]))
        assert all(right("leaky_relu", got["leaky_relu"])) or name in HARMING_THEMSELVES, got["leaky_relu"]
    assert not outside.damage()
    assert not left_behind(path)
    assert sorted(tmp_path.rglob("*")) == before


ESCAPING = (
    "c23_read_files",
    "c24_import_the_reference",
    "c28_other_processes",
    "c33_edit_the_tests",
    "d38_watch_for_results",
    "d42_change_modes",
    "e44_fork_bomb",
    "e47_fill_the_disk",
    "e49_daemon",
    "e50_network",
    "f52_borrows",
)


@pytest.mark.parametrize("name", ESCAPING)
def test_the_tricks_work_without_a_jail(name: str, tmp_path: Path, outside: Outside) -> None:
    """Else it would show nothing that they fail in one."""
    got = answers(submitted(name, tmp_path, outside), Tier.PROCESS)
    assert any(right("softmax", got["softmax"]))


GRADED = ("a10_hang", "b12_array_subclass", "d43_escapes", "f53_counts_its_calls")


def test_graded_whole(tmp_path: Path, outside: Outside) -> None:
    """One run over several submissions: each is judged as if it were alone."""
    if all(proven(tier) for tier in CONTAINED):
        lacking("isolation", "neither bubblewrap nor Landlock works here")
    paths = [submitted(name, tmp_path, outside) for name in GRADED]
    honest = tmp_path / "honest.py"
    honest.write_text(FOLDER.joinpath("f54_time_bomb.py").read_text("utf-8").replace("SEEN[key] % 2", "True"), "utf-8")
    report = tmp_path / "report" / "report.json"
    options = ["--only", "Q3.0.2,Q3.0.4", "--regimes", "core", "--examples", "4", "--call-timeout", "0.4"]
    done = commandline.run("grade", *paths, honest, *options, "--out", report.parent)
    assert done.exit_code == 1, done.output
    assert "\x1b" not in done.output
    judged = {one["name"]: one for one in json.loads(report.read_text("utf-8"))["implementations"]}
    assert set(judged) == {path.name for path in (*paths, honest)}
    for name, one in judged.items():
        outcomes = {claim["calls"][0]: claim["outcome"] for claim in one["claims"]}
        assert outcomes["leaky_relu"] == "holds", name
        assert (outcomes["softmax"] == "holds") == (name == "honest.py"), name
