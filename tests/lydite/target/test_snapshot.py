"""Tests that submissions are graded as they were read, in a folder of their own, and learn nothing of the machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lydite import isolation
from lydite.isolation import Tier
from lydite.kit.failure import CallFailed
from lydite.target.opened import Opened
from lydite.target.program import Program
from lydite.target.snapshot import Snapshot, snapshot
from lydite.target.watch import Watch
from tests.support.optional import needed

TIERS = list(Tier)
SEVEN = "def softmax(z):\n    return z * 0 + 7\n"


@pytest.fixture
def opened() -> Iterator[Any]:
    """Asks a target in a tier for the softmax of zeros; what was opened is closed afterwards."""
    every = []

    def ask(target: Path | str, tier: Tier, taken: Path | None = None) -> list[float]:
        if tier is not Tier.NONE:
            needed(tier)
        watch = Watch(20.0)
        every.append(Opened(str(target), None, "float64", watch, tier, 2048, snapshot=taken))
        with watch.attending():
            answer: list[float] = every[-1].implementation(watched=False).softmax(np.zeros(2)).tolist()
        return answer

    yield ask
    for one in every:
        one.close()


@pytest.mark.parametrize("tier", TIERS)
def test_a_submission_stands_in_its_own_folder(opened: Any, tmp_path: Path, tier: Tier) -> None:
    """While it is imported, and while it is called."""
    here = Path.cwd()
    (tmp_path / "shift.txt").write_text("3")
    (tmp_path / "more.txt").write_text("4")
    (tmp_path / "submission.py").write_text(
        "SHIFT = float(open('shift.txt').read())\n"
        "def softmax(z):\n    return z * 0 + SHIFT + float(open('more.txt').read())\n"
    )
    assert opened(tmp_path, tier) == [7.0, 7.0]
    assert Path.cwd() == here


@pytest.mark.parametrize("tier", TIERS)
def test_a_relative_target_is_found(opened: Any, tmp_path: Path, tier: Tier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("folder/own.py").write_text(SEVEN)
    assert opened("folder/own.py", tier) == [7.0, 7.0]
    assert opened("folder", tier) == [7.0, 7.0]


@pytest.mark.parametrize("tier", [t for t in TIERS if t not in {Tier.LANDLOCK, Tier.NONE}])
def test_what_a_submission_writes_does_not_reach_the_original(opened: Any, tmp_path: Path, tier: Tier) -> None:
    (tmp_path / "submission.py").write_text("open('made.txt', 'w').write('7')\n" + SEVEN)
    assert opened(tmp_path, tier) == [7.0, 7.0]
    assert [path.name for path in tmp_path.iterdir()] == ["submission.py"]


@pytest.mark.parametrize("tier", TIERS)
def test_a_snapshot_is_graded_in_place_of_the_original(opened: Any, tmp_path: Path, tier: Tier) -> None:
    path = tmp_path / "own.py"
    path.write_text(SEVEN)
    taken = snapshot(str(path))
    path.write_text(SEVEN.replace("7", "8"))
    assert opened(path, tier, taken.path) == [7.0, 7.0]
    taken.remove()
    assert not taken.path.parent.exists()


def test_what_is_exchanged_when_the_jail_starts_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, secret = tmp_path / "own.py", tmp_path / "secret.py"
    path.write_text(SEVEN)
    secret.write_text(SEVEN.replace("7", "8"))
    start = isolation.start

    def exchanging(*args: Any, **kwargs: Any) -> Any:
        path.unlink()
        path.symlink_to(secret)
        return start(*args, **kwargs)

    monkeypatch.setattr(isolation, "start", exchanging)
    program = Program(str(path), Tier.PROCESS, 20.0, 0)
    try:
        [answer] = program.answers([softmax_of(np.zeros(2))])
    finally:
        program.stop()
    assert path.is_symlink()
    assert answer.value.tolist() == [7.0, 7.0]  # type: ignore[union-attr]  # else it has failed


def softmax_of(z: Any) -> Any:
    from lydite.target.program import Question  # noqa: PLC0415  (of these tests alone)

    return Question("softmax", (z,))


LEAKS = """
import os, sys, traceback
import numpy
def softmax(z):
    {raising}
"""


@pytest.mark.parametrize("tier", [t for t in TIERS if t is not Tier.NONE])
@pytest.mark.parametrize(
    ("raising", "due"),
    [
        ("raise ValueError(__file__)", "own.py"),
        ("raise ValueError(os.getcwd() + '/data.csv')", "data.csv"),
        ("from numpy import nothing", "cannot import name 'nothing' from 'numpy' (numpy/__init__.py)"),
        ("raise ValueError(traceback.format_stack()[-1])", 'File "own.py", line 5, in softmax'),
        ("raise ValueError(sys.prefix + '/secret')", "secret"),
    ],
)
def test_no_path_of_this_machine_is_told(tmp_path: Path, tier: Tier, raising: str, due: str) -> None:
    needed(tier)
    path = tmp_path / "own.py"
    path.write_text(LEAKS.format(raising=raising))
    program = Program(str(path), tier, 20.0, 2048)
    try:
        [answer] = program.answers([softmax_of(np.zeros(2))])
    finally:
        program.stop()
    assert isinstance(answer, CallFailed)
    assert due in answer.text
    assert "/tmp" not in answer.text
    assert not {str(tmp_path), isolation.bubblewrap.SCRATCH} & {answer.text}


def test_a_copy_is_private_and_open_to_a_jail(tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text(SEVEN)
    path.chmod(0o600)
    taken: Snapshot = snapshot(str(path))
    assert taken.path.stat().st_mode & 0o777 == 0o644
    assert taken.path.parent.parent.stat().st_mode & 0o777 == 0o711
    assert len(taken.path.parent.name) == 16
    taken.remove()
