"""Measures a whole run: what grading costs beyond the calls, how many cases a law gets, and what it cost before."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

import reference
from benchmarks.isolation import adopt, lydite
from benchmarks.isolation import cpu_seconds as cpu_of
from benchmarks.kept import ROOT
from lydite.isolation import Tier
from lydite.kit.calls import CALLS
from lydite.kit.every import every
from lydite.kit.evidence import Tally
from lydite.kit.forall import Plan
from lydite.kit.regime import DEFAULT, Regime
from lydite.target.implementation import Implementation
from lydite.target.watch import Watch
from tests.support.classroom import right

BEFORE = "06e8d33"
"""The commit before inputs were drawn for adversaries, and each derivative was checked by finite differences."""


@dataclass
class Clock:
    """Adds up the CPU seconds that the calls of an implementation take."""

    seconds: float = 0.0

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Returns `function`, its CPU time added up here."""

        @wraps(function)
        def call(*args: Any) -> Any:
            start = time.process_time()
            try:
                return function(*args)
            finally:
                self.seconds += time.process_time() - start

        return call


@dataclass
class Whole:
    """One grade of the reference in this process: every law, in each of its default regimes."""

    seconds: float = 0.0
    inside: float = 0.0
    cases: list[int] = field(default_factory=list)

    @property
    def over_calls(self) -> float:
        """Returns how many times the CPU of the calls the whole takes."""
        return self.seconds / self.inside

    @property
    def cases_of_a_law(self) -> str:
        """Says how many cases a law has in one regime: the median, and the least."""
        return f"{median(self.cases):.0f}, at least {min(self.cases)}"


def graded(plan: Plan | None = None, regimes: tuple[Regime, ...] = tuple(DEFAULT)) -> Whole:
    """Grades the reference, and measures."""
    clock, whole = Clock(), Whole()
    offered = SimpleNamespace(**{name: clock.timed(getattr(reference, name)) for name in CALLS})
    start = time.process_time()
    for regime in regimes:
        for prop in every():
            if regime in prop.law.regimes and not prop.law.batched:
                tally, watch = Tally(), Watch(0.0)
                prop.check(Implementation(offered, regime is Regime.PURITY, watch), regime, plan or Plan(), tally)
                whole.cases.append(tally.cases)
    whole.seconds, whole.inside = time.process_time() - start, clock.seconds
    return whole


def isolated() -> float:
    """Returns how many times the CPU a complete correct file takes in a jail, against in process."""
    adopt()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "right.py")
        file.write_text(right(), "utf-8")
        settings = ("--examples", 1, "--jobs", 1, "--timeout", 3600)
        apart, together = (
            cpu_of(lydite("grade", file, "--isolation", tier, *settings)) for tier in (Tier.NAMESPACES, Tier.NONE)
        )
    return apart / together


def against_before(rounds: int = 2, commit: str = BEFORE) -> float:
    """Returns how many times the CPU that they took at `commit` the properties take, the median of rounds in turns.

    Raises CalledProcessError where that commit is not there, or its properties do not pass.
    """
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
        subprocess.run(["git", "checkout", "--quiet", commit], cwd=folder, check=True)
        return median(_properties(ROOT) / _properties(Path(folder)) for _ in range(rounds))


def _properties(root: Path) -> float:
    """Returns the CPU seconds of the properties in the checkout `root`, in one process, under this interpreter."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "properties"]
    variables = {**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    subprocess.run(command, cwd=root, env=variables, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
