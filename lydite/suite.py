"""Where the suite lies: the folder of `spec`, `reference`, `properties` and `mistakes`."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from pathlib import Path

HERE = Path(__file__).resolve().parent
SUITE = HERE / "suite" if (HERE / "suite").is_dir() else HERE.parent
"""Inside a wheel, else the checkout."""

PACKAGES = ("spec", "reference", "properties", "mistakes")


class SuiteShadowed(RuntimeError):
    """A package of the suite would be imported from somewhere else."""


def enter() -> None:
    """Puts the suite first on this process's path, once.

    Raises SuiteShadowed where `spec` or another package of the suite is found, or already imported, elsewhere: a stray
    `spec.py` in the current folder must not run.
    """
    if sys.path[:1] != [str(SUITE)]:
        sys.path.insert(0, str(SUITE))
    for name in PACKAGES:
        module = sys.modules.get(name)
        spec = PathFinder.find_spec(name) if module is None else module.__spec__
        if spec and spec.origin and Path(spec.origin).resolve().parent.parent != SUITE:
            raise SuiteShadowed(f"{name!r} is taken by {spec.origin}: Lydite's own lies in {SUITE}")
