"""Finds the suite: a folder with `suite.toml` and the packages `spec`, `reference`, `properties` and `mistakes`."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
SUITE = HERE / "suite" if (HERE / "suite").is_dir() else HERE.parent
"""Inside a wheel, else the checkout."""
PROPERTIES = SUITE / "properties"

REFERENCE = "reference"
PACKAGES = ("spec", REFERENCE, "properties", "mistakes")


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


def load(package: str, pattern: str = "[!_]*.py") -> list[ModuleType]:
    """Imports the modules of `package`, one of the suite's, whose files match `pattern`, by name."""
    folder = SUITE.joinpath(*package.split("."))
    return [import_module(f"{package}.{path.stem}") for path in sorted(folder.glob(pattern))]


def own(argument: str) -> str | None:
    """Returns the path or node id `argument` in full where it names properties of ours; None where it does not.

    Wherever pytest runs, it prints the node id of a property as `properties/test_x.py::name[regime]`, perhaps with
    `../` before it, though the file lies here: that has to be good for the next run.
    """
    named, colons, name = argument.partition("::")
    path = Path(named)
    printed = path.parent.name == PROPERTIES.name and not path.exists()
    found = PROPERTIES / path.name if printed else path.resolve()
    return f"{found}{colons}{name}" if found.exists() and found.is_relative_to(PROPERTIES) else None
