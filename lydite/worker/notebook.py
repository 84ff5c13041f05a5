"""Runs the code of a notebook: magics and shell lines dropped, plots without effect, a failing cell passed over."""

from __future__ import annotations

import ast
import os
import re
import sys
import traceback
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from .loading import Unloadable

MAGIC = re.compile(r"^\s*[%!]|^\s*\?|\?\s*$")
LIBRARIES = ("matplotlib", "seaborn", "IPython", "ipywidgets", "plotly")
"""What notebooks show things with, and no formula needs."""


class _Harmless(ModuleType):
    """A module, and anything in it, that takes everything and does nothing."""

    __path__: list[str] = []  # noqa: RUF012  (what makes a module a package)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Harmless(f"{self.__name__}.{name}")

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self

    def __iter__(self) -> Any:
        return iter((self, self))

    def __getitem__(self, _: Any) -> Any:
        return self

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        return None


class _Finder(Loader):
    """Finds the libraries that are not installed, and everything below them."""

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        return ModuleSpec(name, self, is_package=True) if name.partition(".")[0] in LIBRARIES else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Harmless(spec.name)

    def exec_module(self, _module: ModuleType) -> None:
        return None


def from_notebook(path: Path) -> ModuleType:
    """The names that the cells of `path` define. Raises Unloadable where it is no notebook or no cell can be run."""
    os.environ["MPLBACKEND"] = "Agg"
    if any(find_spec(name) is None for name in LIBRARIES):
        sys.meta_path.append(_Finder())
    module = ModuleType(path.stem)
    module.__dict__["get_ipython"] = lambda: _Harmless("ipython")
    module.__dict__["display"] = lambda *_: None
    sys.modules[path.stem] = module
    failures = [_failure(cell, place, module) for place, cell in enumerate(_cells(path), start=1)]
    if failures and all(failures):
        raise Unloadable(f"no cell of {path.name} can be run: {failures[0]}")
    return module


def _cells(path: Path) -> list[str]:
    try:
        import nbformat  # noqa: PLC0415  (for notebooks alone)
    except ImportError:
        raise Unloadable("a notebook is read with nbformat, which is not installed here: lydite[grading]") from None
    try:
        read: Any = nbformat.read
        whole = read(path, as_version=4)
    except Exception as error:  # noqa: BLE001  (whatever its validation comes upon)
        raise Unloadable(f"{path.name} is no notebook: {type(error).__name__}: {str(error)[:200]}") from None
    return [cell.source for cell in whole.cells if cell.cell_type == "code" and cell.source.strip()]


def _failure(cell: str, place: int, module: ModuleType) -> str:
    """Runs a cell; how it fails, or nothing."""
    try:
        exec(compile(plain(cell), f"cell {place}", "exec"), module.__dict__)  # noqa: S102  (it is what a notebook is for)
    except BaseException as error:  # noqa: BLE001  (SystemExit and the like end a cell, not the notebook)
        traceback.print_exc()
        return f"cell {place} raised {type(error).__name__}: {str(error)[:200]}"
    return ""


def plain(cell: str) -> str:
    """The Python of a cell: without magics, shell lines and questions, and with nothing at all of a cell magic."""
    if cell.lstrip().startswith("%%"):
        return ""
    try:
        ast.parse(cell)  # a line that begins with % may be part of an expression
    except SyntaxError:
        return "\n".join("pass" if MAGIC.search(line) else line for line in cell.splitlines())
    return cell
