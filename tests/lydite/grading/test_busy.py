"""A busy machine changes no verdict: four programs that compute without end share one core with what is graded."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lydite.isolation import Tier
from lydite.kit.failure import CallFailed
from lydite.target.implementation import Implementation
from lydite.target.name import COMMAND
from lydite.target.opened import Opened
from lydite.target.watch import Watch
from tests.conftest import Submit
from tests.support.commandline import run

pytestmark = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no core can be set aside here")

SECONDS = 0.4
WITHIN, BEYOND = 0.25 * SECONDS, 5 * SECONDS
BUSY = 4
BURN = """
import os

stalls = []

def burn(seconds):
    begun = now = sum(os.times()[:4])
    while now - begun < seconds:
        before, now = now, sum(os.times()[:4])
        if now - before > 0.1:
            stalls.append(now - before)
"""
"""Takes so much time of the CPU, however long that takes; between two looks at it no time passes, unless the machine is
a virtual one that stood still, for which the system charges whoever was running."""
TRIALS = 5
"""Of a machine that has stood still there is nothing to be learned: it is tried again."""


@contextmanager
def crowd(many: int) -> Iterator[None]:
    """Keeps this process, and those that it starts, to one core beside `many` others; each has its fair share."""
    cores = os.sched_getaffinity(0)
    with ExitStack() as stack:
        os.sched_setaffinity(0, {min(cores)})
        stack.callback(os.sched_setaffinity, 0, cores)
        for _ in range(many):
            command = [sys.executable, "-c", "while True: pass"]
            process = stack.enter_context(subprocess.Popen(command, start_new_session=True))
            stack.callback(process.kill)
        yield


def judged(softmax: Callable[..., Any]) -> list[str]:
    """Returns what is said of calls with inputs of one shape: the numbers are the seconds that they take."""
    said = []
    for seconds in (WITHIN, WITHIN, BEYOND * 0.6, WITHIN, BEYOND, WITHIN):
        try:
            softmax(np.full(2, seconds))
            said.append("answers")
        except CallFailed as failure:
            said.append(failure.text)
    return said


DUE = ["answers"] * 4 + [f"takes longer than {SECONDS:g} s", "answers"]
"""The third has five times as long, because it is the first that is slow; the fifth has not."""


@pytest.mark.parametrize("many", [0, BUSY])
def test_in_this_process(many: int) -> None:
    for _ in range(TRIALS):
        module: dict[str, Any] = {}
        exec(f"{BURN}\ndef softmax(z):\n    burn(z[0])\n    return z\n", module)
        watch = Watch(SECONDS)
        with crowd(many), watch.attending():
            said = judged(Implementation(SimpleNamespace(**module), watch=watch).softmax)
        if not module["stalls"]:
            break
    assert said == DUE


def judged_elsewhere(target: str, many: int) -> list[str]:
    with crowd(many), closing(Opened(target, None, "float64", Watch(SECONDS), Tier.PROCESS)) as opened:
        return judged(opened.implementation(watched=False).softmax)


@pytest.mark.parametrize("many", [0, BUSY])
def test_in_a_process_of_its_own(many: int, submit: Submit) -> None:
    path = submit(f"{BURN}\ndef softmax(z):\n    burn(z[0])\n    return z\n")
    assert judged_elsewhere(str(path), many) == DUE


PROGRAM = f"""
import json, os
{BURN}
requests, replies = os.fdopen(3, "rb"), os.fdopen(4, "wb", 0)
def say(**message): replies.write(json.dumps(message).encode() + b"\\n")
requests.readline()
say(id=0, hello={{"protocol": 1, "name": "p", "version": "1", "language": "Python", "calls": ["softmax"],
                 "arrays": ["numbers"]}})
for line in requests:
    asked = json.loads(line)
    for call in asked["batch"]:
        (z,) = call["args"]
        if not os.fork():
            burn(z["data"][0])
            os._exit(0)
        os.wait()
        say(id=asked["id"], answers=[{{"value": z}}])
"""
"""Keeps no clock, and leaves its work to children."""


@pytest.mark.parametrize("many", [0, BUSY])
def test_a_program_of_several_processes(many: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its clock is the grader's alone."""
    monkeypatch.setattr("lydite.target.program.SLACK", 0.0)
    path = tmp_path / "program.py"
    path.write_text(PROGRAM, "utf-8")  # not by `submit`: the interpreter need have no NumPy outside of its environment
    assert judged_elsewhere(COMMAND + shlex.join([sys.executable, str(path)]), many) == DUE


SUBMITTED = f"""
{BURN}
calls = 0

def softmax(z):
    global calls
    calls += 1
    if calls <= 3:
        burn({WITHIN})
    e = np.exp(z - z.max())
    return e / e.sum()

def cross_entropy(z, y):
    while True:
        print("still here")

def leaky_relu(z, alpha):
    return np.where(z > 0, z, alpha * z)
"""


def test_the_same_report(submit: Submit, tmp_path: Path) -> None:
    path, reports = submit(SUBMITTED), []
    for many in (0, BUSY):
        kept = tmp_path / "report.json"
        scope = ("--only", "Q3.0,Q7.0", "--regimes", "core", "--examples", "1", "--jobs", "1")
        with crowd(many):
            done = run("grade", path, *scope, "--call-timeout", SECONDS, "--seed", "7", "--json", kept)
        assert done.exit_code == 1, done.output
        reports.append(json.loads(kept.read_text("utf-8")))
        reports[-1]["implementations"][0]["seconds"] = 0
    idle, busy = reports
    assert busy == idle
    outcomes = {(*c["calls"], c["outcome"]) for c in busy["implementations"][0]["claims"]}
    assert {("softmax", "holds"), ("cross_entropy", "error"), ("leaky_relu", "holds")} <= outcomes
