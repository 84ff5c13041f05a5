"""Every property of the suite, for whoever holds all of them against something."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from properties.forall import Property


@cache
def named() -> dict[str, Property[Any]]:
    """By `module.name`, in the order of the modules and of their lines; those about batches included."""
    modules = [import_module(f"properties.{path.stem}") for path in sorted(Path(__file__).parent.glob("test_*.py"))]
    return {
        f"{module.__name__.removeprefix('properties.')}.{name}": value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, Property)
    }


def every() -> tuple[Property[Any], ...]:
    """Those that `named` has, in its order."""
    return tuple(named().values())
