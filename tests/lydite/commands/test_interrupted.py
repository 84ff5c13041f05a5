"""Ctrl-C: what was kept is said, and the command that goes on, which does go on."""

from __future__ import annotations

import json
import os
import select
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lydite.isolation import NoTier, best

STANDS_STILL = """
def softmax(z):
    with open({pipe!r}, "w") as pipe:
        pipe.write("asked")
    while True:
        pass
"""
"""Says that it is being called, through a pipe that somebody waits at, and never answers."""
PATIENCE = 120
"""Seconds after which a test fails that would wait for ever."""
ASKED = {"only": "Q7.0.1", "regimes": "core", "examples": "1", "call-timeout": "0"}


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """Has processes start with an interrupt that does something, whatever shell the tests run in the background of."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupted(folder: Path, *command: str) -> tuple[int, str]:
    """The exit status and the text of `command`, interrupted while its target is called."""
    pipe = folder / "asked"
    os.mkfifo(pipe)
    (folder / "still.py").write_text(STANDS_STILL.format(pipe=str(pipe)), encoding="utf-8")
    reached = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    run = [sys.executable, "-m", *command]
    with subprocess.Popen(run, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        asked, _, _ = select.select([reached], [], [], PATIENCE)
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=PATIENCE)
    os.close(reached)
    assert asked, told
    return process.returncode, told


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_grade_says_that_nothing_is_kept(tmp_path: Path, jobs: str) -> None:
    (tmp_path / "still.toml").write_text('module = "still"\n[calls]\nsoftmax = { use = "softmax" }\n')
    options = [f"--{name}={value}" for name, value in {**ASKED, "jobs": jobs, "json": "r.json"}.items()]
    status, told = interrupted(tmp_path, "lydite", "grade", "still.toml", *options)
    assert status == 130, told
    assert "interrupted: 0 of 2 laws judged of still.toml; nothing is kept" in told
    assert f"to go on: lydite grade still.toml {' '.join(options)}\n" in told
    assert not (tmp_path / "r.json").exists()


def test_grading_in_this_process_is_interrupted_too(tmp_path: Path) -> None:
    """Pytest runs there, and would make an exit status of it."""
    options = [f"--{name}={value}" for name, value in {**ASKED, "isolation": "none", "jobs": "1"}.items()]
    status, told = interrupted(tmp_path, "lydite", "grade", "still.py", *options)
    assert status == 130, told
    assert "interrupted: 0 of 2 laws judged of still.py; nothing is kept" in told


def test_the_gate_says_what_it_has_judged(tmp_path: Path) -> None:
    options = [f"--lydite-{name}={value}" for name, value in {**ASKED, "json": "r.json"}.items()]
    status, told = interrupted(tmp_path, "pytest", "-p", "no:randomly", "--impl", "still.py", *options)
    assert status == pytest.ExitCode.INTERRUPTED, told
    assert "exit 2: interrupted: 0 of 2 laws were judged, and the report on them is in r.json; to begin again: " in told
    [entry] = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["implementations"]
    assert (entry["outcome"], entry["reason"]) == ("killed", "interrupted")
    assert {claim["outcome"] for claim in entry["claims"]} == {"not_run"}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_batch_says_what_is_kept_and_goes_on(tmp_path: Path, jobs: str) -> None:
    """It is interrupted when one submission of three is done, and another stands still."""
    try:
        isolation = str(best())
    except NoTier:
        isolation = "process"
    folder = tmp_path / "all"
    folder.mkdir()
    texts = {"a.py": "1 / 0\n", "b.py": "def softmax(z):\n    while True: pass\n", "c.py": "2 / 0\n"}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    options = {**ASKED, "each": "all", "out": "out", "jobs": jobs, "isolation": isolation, "timeout": "1e6"}
    command = ["grade", *(f"--{name}={value}" for name, value in options.items())]
    lydite = [sys.executable, "-m", "lydite"]
    with subprocess.Popen([*lydite, *command], cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        done = [process.stderr.readline() for _ in range(int(jobs))]  # a line for each that is done
        process.send_signal(signal.SIGINT)
        told = process.stderr.read()
    assert process.returncode == 130, [*done, told]
    assert f"interrupted: {jobs} of 3 submissions are graded, and kept in out\n" in told
    again = told.partition("to go on: lydite ")[2].splitlines()[0]
    assert shlex.split(again) == command
    (folder / "b.py").write_text("3 / 0\n", encoding="utf-8")
    finished = subprocess.run([*lydite, *shlex.split(again)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert finished.returncode == 1, finished.stderr
    assert len(json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))["implementations"]) == 3
