"""Tests that what does not need Linux works without it: on a system that lacks what only POSIX or only Linux has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ABSENT = """
import os, select, signal, sys, time

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in {"fcntl", "grp", "pwd", "resource", "termios"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
# What Python's own modules and libraries need to start is imported first; then nothing of Lydite can have it.
import execnet, flint, hypothesis, numpy, pytest, rich, scipy.special, subprocess, tempfile, xdist
from importlib.metadata import entry_points
for plugin in entry_points(group="pytest11"):
    if not plugin.value.startswith("lydite"):
        plugin.load()
lacking = {
    os: "fork forkpty killpg getuid geteuid setsid wait4 pidfd_open O_NOFOLLOW O_DIRECTORY O_CLOEXEC O_NONBLOCK",
    signal: "SIGALRM SIGXCPU SIGXFSZ SIGKILL SIGHUP ITIMER_REAL ITIMER_PROF setitimer alarm pthread_sigmask",
    select: "poll epoll POLLIN",
    time: "clock_gettime pthread_getcpuclockid CLOCK_PROCESS_CPUTIME_ID CLOCK_THREAD_CPUTIME_ID",
}
for module, names in lacking.items():
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
for name in ("fcntl", "grp", "pwd", "resource", "termios"):
    sys.modules.pop(name, None)
"""
DONE = """
words = ["--impl", "library", "--lydite-only", "softmax", "--lydite-regimes", "core", "--lydite-examples", "1", "-q"]
print("pytest", int(pytest.main(words)))

import numpy as np
import lydite
from click.testing import CliRunner
from lydite.commands.cli import cli

def softmax(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()

lydite.check(softmax, "softmax", examples=1)
try:
    lydite.check(lambda z: z, "softmax", regimes="core", examples=1)
except lydite.Refuted as error:
    print("refuted:", error.report.implementations[0].faults[0].call)
for words in (["claims", "Q7.0.1"], ["export", "badge", REPORT], ["doctor"], ["grade", "numpy"]):
    result = CliRunner().invoke(cli, words)
    print(words[0], result.exit_code, " ".join(result.output.split())[-120:])
"""
LIBRARY = """
import numpy as np

def softmax(z):
    return np.exp(z) / np.exp(z).sum()
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("without linux")
    (folder / "library.py").write_text(LIBRARY, encoding="utf-8")
    script = folder / "script.py"
    report = ROOT / "docs" / "scoreboard" / "reference-float64.json.gz"
    script.write_text(f"REPORT = {str(report)!r}\n{ABSENT}{DONE}", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", script], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_a_function_is_checked_from_python(said: list[str]) -> None:
    assert "refuted: softmax" in said


def test_reports_are_read_and_claims_are_shown(said: list[str]) -> None:
    assert [line.split()[1] for line in said if line.startswith(("claims ", "export "))] == ["0", "0"]


def test_grading_in_processes_is_refused_with_what_works_instead(said: list[str]) -> None:
    [line] = [line for line in said if line.startswith("grade ")]
    assert line.startswith("grade 2 ")
    assert "pytest --impl TARGET" in line


def test_the_plugin_of_pytest_grades_a_module(said: list[str]) -> None:
    assert "pytest 0" in said
    assert "exit 0: every claim in scope holds" in said
