"""Every property of the suite, for whoever holds all of them against something."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from properties.forall import Property


@cache
def every() -> tuple[Property[Any], ...]:
    """In the order of the modules and of their lines; those about batches included."""
    modules = [import_module(f"properties.{path.stem}") for path in sorted(Path(__file__).parent.glob("test_*.py"))]
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Property))
