"""Imports point one way: the kit knows no suite, a property never sees the reference, no circle."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs import drawing

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
    "spec": {"lydite.kit"},
    "reference": {"spec", "lydite.kit"},
    "properties": {"spec", "lydite.kit"},
    "mistakes": {"spec", "reference", "lydite.kit"},
    "implementations": set(),
    "lydite": {"lydite.kit", "lydite.suite"},
    "lydite.kit": {"lydite.suite"},
    "experiments": {"spec", "reference", "lydite.kit"},
    "time_machine": {"lydite.kit"},
}
"""The arrows. A package may always import itself."""
NESTED = ("lydite.kit", "lydite.suite")
"""Places of their own: whoever may import them may not import what they lie in."""

RIGHT_ANSWERS = ("lydite.kit.reference", "lydite.kit.mistakes", "lydite.kit.stubs")
MUST_NOT_IMPORT = {
    "spec": RIGHT_ANSWERS,
    "properties": RIGHT_ANSWERS,
    "spec.contracts": ("spec.laws",),
    "spec.definitions": ("spec.laws",),
    "spec.bounds": ("spec.laws",),
}
"""Importers, and what they never import: a due value never comes from the reference; laws come last."""

BREAKS_OUT = ROOT / "lydite" / "isolation" / "probes.py"
"""The one module that imports ours by a name in a string: it runs in a jail, where nothing should be there."""
MOST_LINES = 40
"""Of a function in `lydite/`, its head included."""
MOST_ENTRIES = 20
"""Files and folders directly in `lydite/`: what can be taken in at a glance."""
DOORS = {"lydite.commands", "lydite.grading", "lydite.plugin"}
"""Importing the first two enters the suite, and the third imports the second where grading is requested."""


def imports(source: str, package: str) -> Iterator[str]:
    """Every name that `source`, a module of `package`, imports: at any depth, relative ones made absolute."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                stem = _anchor(package, level) + ([module] if module else [])
                yield from (".".join([*stem, alias.name]) for alias in names)


def by_string(source: str) -> Iterator[str]:
    """Every name that `source` imports by a string, or the beginning of it."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module" | "__import__"),
                args=[ast.Constant(value=str(name)) | ast.JoinedStr(values=[ast.Constant(value=str(name)), *_]), *_],
            ):
                yield name


def breaches(source: str, package: str) -> list[str]:
    """The imports of `source` that the arrows forbid to a module of `package`."""
    place = _place(package)
    allowed = MAY_IMPORT[place] | {place}
    return [
        name
        for name in (*imports(source, package), *by_string(source))
        if (_top(name) in OURS and _place(name) not in allowed) or any(_shut(package, name))
    ]


def _anchor(package: str, level: int) -> list[str]:
    """The package that `level` leading dots name, empty for an absolute import."""
    parts = package.split(".")
    return parts[: len(parts) - level + 1] if level else []


def _top(name: str) -> str:
    return name.partition(".")[0]


def _place(name: str) -> str:
    return next((place for place in NESTED if _within(name, place)), _top(name))


def _shut(package: str, name: str) -> Iterator[bool]:
    for inside, forbidden in MUST_NOT_IMPORT.items():
        yield _within(package, inside) and any(_within(name, one) for one in forbidden)


def _within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


@pytest.mark.parametrize("top", MAY_IMPORT)
def test_imports_only_what_it_may(top: str) -> None:
    found = {
        str(path.relative_to(ROOT)): breaches(path.read_text("utf-8"), ".".join(path.relative_to(ROOT).parent.parts))
        for path in sorted((ROOT / top.replace(".", "/")).rglob("*.py"))
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
        ("lydite", "import experiments"),
        ("lydite", "from importlib import import_module\nimport_module(f'tests.{name}')"),
        ("lydite.report.model", "from ..spec import claim; from tests import x"),
        ("spec.contracts", "from spec import laws"),
        ("spec.definitions", "from spec.laws.newton import root"),
        ("spec.bounds", "from ..laws import newton"),
        ("spec", "import lydite"),
        ("spec.laws", "from lydite.target import load"),
        ("spec.laws", "from lydite.kit.reference import reference"),
        ("properties", "from lydite.kit import reference"),
        ("properties", "from lydite import suite"),
        ("lydite.kit", "from lydite.report import model"),
        ("lydite.kit", "from ..target import load"),
        ("lydite.kit", "import spec.laws"),
        ("lydite.report", "import spec.claims"),
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
        ("reference", "from lydite.kit.arrays import Floats"),
        ("mistakes", "from reference import newton; from lydite.kit import mistake"),
        ("lydite", "import lydite.kit.law"),
        ("lydite.report", "from ..kit import claim"),
        ("lydite.kit", "from lydite import suite; from lydite.kit import law"),
        ("properties", "from lydite.kit import Cases, forall"),
        ("implementations", "import torch"),
    ],
)
def test_a_lawful_import_passes(package: str, source: str) -> None:
    assert not breaches(source, package)


def test_nothing_of_lydite_imports_ours_by_a_string() -> None:
    """Such an import is seen neither by the types nor by the arrows."""
    files = [path for path in (ROOT / "lydite").rglob("*.py") if path != BREAKS_OUT]
    found = {path.name: [n for n in by_string(path.read_text("utf-8")) if _top(n) in OURS] for path in files}
    assert not {name: names for name, names in found.items() if names}


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import lydite.kit", ["spec", "reference", "properties", "mistakes"]),
        ("from lydite.kit.every import every; every()", ["reference", "mistakes"]),
        ("import lydite.kit.laws", ["properties", "reference", "mistakes"]),
    ],
)
def test_the_kit_loads_nothing_of_the_suite_but_what_is_requested(statement: str, absent: list[str]) -> None:
    names = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    command = [sys.executable, "-c", f"{statement}; {names}"]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert "lydite" in loaded
    assert not set(absent) & set(loaded)


def test_no_module_of_lydite_imports_itself_through_others() -> None:
    TopologicalSorter(drawing.imports()).prepare()  # raises CycleError, which names the circle


def test_no_folder_of_lydite_imports_itself_through_others() -> None:
    TopologicalSorter(drawing.arrows()).prepare()


def test_a_circle_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = drawing.arrows()
    monkeypatch.setattr(drawing, "arrows", lambda: drawn | {"worker": {"grading"}})
    with pytest.raises(CycleError):
        drawing.drawing()


def test_the_worker_stands_alone() -> None:
    assert not drawing.arrows()["worker"]


def test_the_architecture_shows_the_arrows_as_they_are() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert f"```mermaid\n{drawing.drawing()}```\n" in page, "run: python docs/build.py"


def test_few_entries_lie_in_lydite_and_each_folder_says_what_it_does() -> None:
    entries = [path for path in (ROOT / "lydite").iterdir() if path.name != "__pycache__"]
    assert len(entries) <= MOST_ENTRIES
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    folders = [path.parent for path in (ROOT / "lydite").glob("*/__init__.py")]
    said = {
        path.name: ast.get_docstring(ast.parse((path / "__init__.py").read_text("utf-8"))) or "" for path in folders
    }
    assert not [name for name, text in said.items() if f"| `{name}/` | {text.splitlines()[0]} |" not in page]


def test_the_suite_is_entered_by_importing_the_packages_of_its_doors() -> None:
    entering = {
        name for name, path in drawing.modules().items() if "suite.enter()" in path.read_text("utf-8").splitlines()
    }
    assert entering | {"lydite.plugin"} == DOORS
    assert drawing.imports()["lydite.plugin"] == {"lydite.options", "lydite.suite", "lydite.grading.session"}


def long_functions(source: str) -> list[str]:
    """The functions of `source` with more lines than can be taken in at once."""
    functions = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return [node.name for node in functions if (node.end_lineno or node.lineno) - node.lineno >= MOST_LINES]


def test_no_function_of_lydite_is_long() -> None:
    found = {
        str(path.relative_to(ROOT)): long_functions(path.read_text("utf-8")) for path in (ROOT / "lydite").rglob("*.py")
    }
    assert not {path: names for path, names in found.items() if names}


def test_a_long_function_is_found() -> None:
    body = "    pass\n" * (MOST_LINES - 1)
    assert not long_functions(f"def f():\n{body}")
    assert long_functions(f"def f():\n{body}    pass\n") == ["f"]
