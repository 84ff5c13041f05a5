"""Runs `make test` and `make grade` from a fresh clone with Python, make, git and coreutils alone: `make bare`.

An ordinary user without a home, a folder whose name has a space and an umlaut, no locale, a terminal that can do
nothing, and files that others may not read. Every test has to pass, or to be skipped with the name of what is absent.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "bäre machine"
NOBODY = 54321
"""A user and group of whom nothing is known: no name, no home."""

PROGRAMS = """
    sh make git
    basename cat chmod cp cut date dirname echo env expr false head id ln ls mkdir mktemp mv printf pwd readlink
    realpath rm rmdir sleep sort tail tee test touch tr true uname uniq wc
"""
"""All that is on the PATH, besides Python: make and git, the shell that they need, and programs of coreutils."""

PASSED_ON = re.compile(
    r"PIP_.*|(HTTPS?|NO)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|PYTEST_XDIST_AUTO_NUM_WORKERS", re.IGNORECASE
)
"""The variables that say where packages come from, and how many processes are to run."""

PROGRAMS_ABSENT = (
    "bubblewrap",
    "Landlock",
    "bash",
    "sed",
    "Node.js",
    "g++",
    "nlohmann-json",
    "C compiler",
    "kernel's headers",
    "root",
)
PACKAGES_ABSENT = [
    line.partition("==")[0]
    for name in ("browser", "controls", "frameworks", "mutants", "site")
    for line in ROOT.joinpath("requirements", f"{name}.txt").read_text("utf-8").splitlines()
]
OPTIONAL = (*PROGRAMS_ABSENT, *PACKAGES_ABSENT)
"""The tools that need not be there. The reason of every skip names one of them."""

NEEDED = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))"
SKIPPED = re.compile(r"SKIPPED \[(\d+)\] .*?:\d+: (.*)")


def main() -> int:
    """Runs both commands on a stage of their own. Returns an exit status."""
    with tempfile.TemporaryDirectory(prefix="lydite-bare-", ignore_cleanup_errors=True) as folder:
        how = staged(Path(folder))
        return run(["make", "test", "grade"], umask=0o077, **how) or left_behind(how)


def staged(folder: Path) -> dict[str, Any]:
    """Sets the stage in `folder`. Returns where, with what environment and as whom to run a command there."""
    checkout, programs, scratch = folder / FOLDER / "lydite", folder / "bin", folder / FOLDER / "tmp"
    for one in (programs, scratch):
        one.mkdir(parents=True)
    # Not by hard links: the clone is given away.
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(checkout)], check=True)
    who: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    link(programs)
    programs.joinpath("python3").symlink_to(interpreter(who))
    if who:
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(folder)], check=True)
    passed_on = {name: value for name, value in os.environ.items() if PASSED_ON.fullmatch(name)}
    return {"cwd": checkout, "env": passed_on | {"PATH": str(programs), "TMPDIR": str(scratch), "TERM": "dumb"}, **who}


def link(folder: Path) -> None:
    """Puts all that is on the PATH, besides Python, into `folder`."""
    for name in PROGRAMS.split():
        folder.joinpath(name).symlink_to(shutil.which(name) or sys.exit(f"make bare needs {name}"))


def interpreter(who: dict[str, Any]) -> str:
    """The path of the Python that runs this, or else of another on the PATH that `who` can run. Exits without one."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    installed = [sys.executable, *filter(os.path.exists, (f"{folder}/python3" for folder in folders))]
    for path in dict.fromkeys(map(os.path.realpath, installed)):
        with suppress(OSError):
            if subprocess.run([path, "-I", "-c", NEEDED], cwd="/", check=False, **who).returncode == 0:
                print(f"bare: with {path}", flush=True)
                return path
        print(f"bare: not with {path}: not every user can make a virtual environment with it", flush=True)
    return sys.exit("make bare needs Python 3.11 with venv for every user (on Debian: apt-get install python3-venv)")


def left_behind(how: dict[str, Any]) -> bool:
    """Whether the commands have left anything in the working tree that git does not ignore."""
    left = subprocess.run(["git", "status", "--short"], capture_output=True, text=True, check=True, **how).stdout
    print(f"bare: left in the working tree:\n{left}" if left else "bare: the working tree is as it was")
    return bool(left)


def run(command: Sequence[str], **how: Any) -> int:
    """Runs `command`, shows what it prints, and lists why tests were skipped.

    Returns its exit status, or 1 where the reason of a skip names nothing that is optional.
    """
    lines = []
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **how
    ) as process:
        for line in process.stdout or ():
            lines.append(line.decode(errors="replace"))
            print(lines[-1], end="", flush=True)
    skipped = reasons(lines)
    print("\nbare: skipped", *(f"  {count:3d}  {reason}" for reason, count in skipped.items()), sep="\n")
    unnamed = [reason for reason in skipped if not names_what_is_absent(reason)]
    for reason in unnamed:
        print(f"bare: a skip that names nothing that is optional: {reason}")
    return process.returncode or bool(unnamed)


def reasons(lines: Iterable[str]) -> Counter[str]:
    """How often which reason for a skip is in the summary of pytest."""
    counts: Counter[str] = Counter()
    for line in lines:
        if summary := SKIPPED.match(line):
            counts[summary[2]] += int(summary[1])
    return counts


def names_what_is_absent(reason: str) -> bool:
    """Whether `reason` names one of the optional things."""
    said = reason.replace("_", "-")  # as modules are called, and distributions are not
    return any(re.search(rf"(?<![\w/]){re.escape(name)}(?![\w/])", said) for name in OPTIONAL)


if __name__ == "__main__":
    sys.exit(main())
