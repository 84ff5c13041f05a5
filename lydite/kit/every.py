"""Every property of the suite, for whoever holds all of them against something."""

from __future__ import annotations

from functools import cache
from typing import Any

from lydite import suite
from lydite.kit.forall import Property


@cache
def named() -> dict[str, Property[Any]]:
    """Returns all by `module.name`, in the order of the modules and of their lines; those about batches included."""
    return {
        f"{module.__name__.removeprefix('properties.')}.{name}": value
        for module in suite.load("properties", "test_*.py")
        for name, value in vars(module).items()
        if isinstance(value, Property)
    }


def every() -> tuple[Property[Any], ...]:
    """Returns those that `named` has, in its order."""
    return tuple(named().values())
