"""Imports point one way: the specification knows nobody, and a property never sees the reference."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
OURS = {
    "spec",
    "reference",
    "properties",
    "mistakes",
    "implementations",
    "lydite",
    "tests",
    "benchmarks",
    "experiments",
    "time_machine",
}

MAY_IMPORT = {
    "spec": set(),
    "reference": {"spec"},
    "properties": {"spec"},
    "mistakes": {"spec", "reference"},
    "implementations": set(),
    "lydite": {"spec"},
    "experiments": {"spec", "reference"},
    "time_machine": {"spec"},
}
"""The arrows. A package may always import itself."""

MUST_NOT_IMPORT = {
    "spec.contracts": "spec.laws",
    "spec.definitions": "spec.laws",
    "spec.bounds": "spec.laws",
}
"""Within the specification, laws come last."""

BY_NAME = {"lydite"}
"""The package that reaches the others by name only, with `import_module`."""


def imports(source: str, package: str, *, by_name: bool = True) -> Iterator[str]:
    """Every name that `source`, a module of `package`, imports: at any depth, relative ones made absolute."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                stem = _anchor(package, level) + ([module] if module else [])
                yield from (".".join([*stem, alias.name]) for alias in names)
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module" | "__import__"),
                args=[ast.Constant(value=str(name)), *_],
            ) if by_name:
                yield name


def breaches(source: str, package: str) -> list[str]:
    """The imports of `source` that the arrows forbid to a module of `package`."""
    top = package.partition(".")[0]
    allowed = MAY_IMPORT[top] | {top}
    names = imports(source, package, by_name=top not in BY_NAME)
    return [name for name in names if _top(name) in OURS - allowed or any(_shut(package, name))]


def _anchor(package: str, level: int) -> list[str]:
    """The package that `level` leading dots name, empty for an absolute import."""
    parts = package.split(".")
    return parts[: len(parts) - level + 1] if level else []


def _top(name: str) -> str:
    return name.partition(".")[0]


def _shut(package: str, name: str) -> Iterator[bool]:
    for inside, forbidden in MUST_NOT_IMPORT.items():
        yield _within(package, inside) and _within(name, forbidden)


def _within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


@pytest.mark.parametrize("top", MAY_IMPORT)
def test_imports_only_what_it_may(top: str) -> None:
    found = {
        str(path.relative_to(ROOT)): breaches(path.read_text("utf-8"), ".".join(path.relative_to(ROOT).parent.parts))
        for path in sorted((ROOT / top).rglob("*.py"))
    }
    assert found, f"{top}/ holds no module"
    assert not {path: names for path, names in found.items() if names}


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("spec", "import reference"),
        ("spec", "import reference.newton as r"),
        ("spec.laws", "from reference import newton"),
        ("spec", "from ..reference import newton"),
        ("spec.laws", "from ... import properties"),
        ("properties", "def f():\n    from reference import newton"),
        ("properties", "if __debug__:\n    import mistakes"),
        ("properties", "try:\n    import lydite.target.load\nexcept ImportError:\n    pass"),
        ("properties", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import reference"),
        ("properties", "import importlib\nimportlib.import_module('reference.newton')"),
        ("properties", "__import__('reference')"),
        ("reference", "import lydite"),
        ("mistakes", "import properties"),
        ("implementations", "import spec"),
        ("lydite", "import reference"),
        ("lydite.report.model", "from ..spec import claim; from tests import x"),
        ("spec.contracts", "from spec import laws"),
        ("spec.definitions", "from spec.laws.newton import root"),
        ("spec.bounds", "from ..laws import newton"),
    ],
)
def test_a_breach_is_found(package: str, source: str) -> None:
    assert len(breaches(source, package)) == 1


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("spec.laws", "from ..definitions import newton"),
        ("spec.laws", "from . import newton"),
        ("spec", "from . import laws"),
        ("spec", "import specification, referenced"),
        ("reference", "from spec import arrays"),
        ("mistakes", "from reference import newton; from spec import claim"),
        ("lydite", "from importlib import import_module\nimport_module('reference')"),
        ("lydite", "import spec.claim"),
        ("implementations", "import torch"),
    ],
)
def test_a_lawful_import_passes(package: str, source: str) -> None:
    assert not breaches(source, package)
