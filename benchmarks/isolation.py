"""Measures what isolation costs: `python -m benchmarks.isolation` grades one correct file in a jail and in one process.

The figure is CPU time, of everything that comes of the command: a jail that is killed with its parent is counted too.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median

import click

from lydite.isolation import Tier
from tests.support.classroom import ROOT, right

PR_SET_CHILD_SUBREAPER = 36
DUE = 2.0


def adopt() -> None:
    """From now on whatever loses its parent becomes a child of this process, so that its time is counted."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "orphans cannot be adopted here")


def spent() -> float:
    """The CPU seconds of this process and of all its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def lydite(*args: object) -> list[str]:
    """The command line."""
    return [sys.executable, "-m", "lydite", *map(str, args)]


def cpu_seconds(command: Sequence[str]) -> float:
    """Returns how long `command` takes, and all that comes of it. Raises RuntimeError where it grades nothing."""
    before = spent()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode not in {0, 1}:
        raise RuntimeError(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr.decode()}")
    reap()
    return spent() - before


def reap() -> None:
    """Waits for the orphans."""
    with suppress(ChildProcessError):
        while True:
            os.wait()


@click.command()
@click.option("--tier", type=click.Choice(list(map(str, Tier))), default=str(Tier.NAMESPACES), show_default=True)
@click.option("--rounds", default=3, show_default=True)
@click.option("--examples", default=1, show_default=True)
@click.option("--only", default="", help="Claims, as for lydite grade.")
def main(tier: str, rounds: int, examples: int, only: str) -> None:
    """Prints the CPU of both, in turns, and the median of their ratios."""
    adopt()
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "right.py")
        file.write_text(right(), "utf-8")
        settings = ("--examples", examples, "--only", only, "--jobs", 1, "--timeout", 3600)
        for number in range(1, rounds + 1):
            began = time.monotonic()
            apart, together = (cpu_seconds(lydite("grade", file, "--isolation", t, *settings)) for t in (tier, "none"))
            ratios.append(apart / together)
            took = time.monotonic() - began
            click.echo(
                f"round {number}: {tier} {apart:.1f} s, none {together:.1f} s, {apart / together:.2f} ({took:.0f} s)"
            )
    click.echo(f"isolated / in process: {median(ratios):.2f} times the CPU (due: at most {DUE:g})")


if __name__ == "__main__":
    main()
