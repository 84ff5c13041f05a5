"""Draws what the folders of `lydite/` import of each other, from the imports themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "lydite"

Arrows = dict[str, set[str]]
"""Returns what each module, or each folder, imports."""


@cache
def modules() -> dict[str, Path]:
    """Returns the file of each module of the package; that of a folder is its `__init__`."""
    files = sorted((ROOT / PACKAGE).rglob("*.py"))
    return {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


@cache
def imports() -> Arrows:
    """Returns the modules that each module imports, at any depth: in functions and for types as well."""
    return {module: set(_imported(file)) for module, file in modules().items()}


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom) and node.module:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in modules() else node.module for name in whole]
        yield from (name for name in names if name in modules() and name != PACKAGE)


def arrows() -> Arrows:
    """Returns what each folder, or module beside them, imports of the others."""
    found: Arrows = {_place(module): set() for module in modules() if module != PACKAGE}
    for module, names in imports().items():
        found.get(_place(module), set()).update(_place(name) for name in names if _place(name) != _place(module))
    return found


def _place(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def drawing() -> str:
    """Returns the arrows as Mermaid has them, without those that follow from others. Raises CycleError."""
    drawn = arrows()
    beyond: Arrows = {}  # what each place reaches
    for place in TopologicalSorter({place: sorted(drawn[place]) for place in drawn}).static_order():
        beyond[place] = drawn[place].union(*(beyond[name] for name in drawn[place]))
    lines = ["flowchart TD"]
    for place in reversed(list(beyond)):
        implied = set().union(*(beyond[name] for name in drawn[place]))
        if lasting := sorted(drawn[place] - implied):
            lines.append(f"    {place} --> {' & '.join(lasting)}")
    return "\n".join(lines) + "\n"
