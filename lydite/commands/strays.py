"""Plants modules named like those that grading imports, to see whether a process of ours takes them for these."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

NAMES = (
    *("random", "json", "queue", "socket", "inspect", "sitecustomize", "numpy", "pytest", "hypothesis", "execnet"),
    *("xdist", "click", "spec", "lydite", "conftest"),
)
"""Of the standard library, of what Lydite requires, and its own."""

STRAY = """\
import sys

if "_lydite_worker" not in sys.modules:  # in a jail, it may be imported: it is a part of what was submitted
    with open({marker!r}, "a") as file:
        print({name!r}, *sys.orig_argv, file=file)
"""
SUBMISSION = """\
import numpy as np

def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()
"""
SAFE = ("-P",)
"""As the command `lydite` is started; `python -m lydite` alone takes a `lydite.py` of the current folder for Lydite."""
QUICK = ("--only", "Q7.0.1", "--regimes", "core", "--examples", "1", "--seed", "0")
"""Options of a run that takes little longer than to start it."""


def plant(folder: Path, marker: Path, names: tuple[str, ...] = NAMES) -> None:
    """Writes a module of each of the `names` into `folder`, which leaves a line in `marker` when it is imported."""
    for name in names:
        (folder / f"{name}.py").write_text(STRAY.format(marker=str(marker), name=name), "utf-8")


def imported() -> str:
    """Grades a small file by two processes, from a folder full of strays; says what goes wrong, if anything does."""
    with tempfile.TemporaryDirectory(prefix="lydite-") as place:
        folder, marker = Path(place, "strays"), Path(place, "marker")
        folder.mkdir()
        plant(folder, marker)
        (folder / "submission.py").write_text(SUBMISSION, "utf-8")
        command = [sys.executable, *SAFE, "-m", "lydite", "grade", "submission.py", *QUICK, "--jobs", "2"]
        done = subprocess.run(
            [*command, "--isolation", "process"], cwd=folder, capture_output=True, text=True, check=False
        )
        if marker.exists():
            return f"imports {marker.read_text('utf-8').split(maxsplit=1)[0]} from the folder in which it is started"
        return "" if done.returncode == 0 else f"failed: {(done.stderr or done.stdout).strip()[-1000:]}"
