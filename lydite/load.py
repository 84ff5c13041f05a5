"""Imports what is to be graded, without letting its module names meet ours."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, TypeVar

from lydite.adapter import Adapter
from lydite.suite import PACKAGES, SUITE

Imported = TypeVar("Imported")

OURS = {*PACKAGES, "lydite", "conftest"}
ENTRIES = ("__init__.py", "submission.py")
LARGEST_FILE = 16 << 20
ADAPTED = ".toml"
"""How the name of a target ends that is an adapter."""


class Unloadable(Exception):
    """A target cannot be loaded; the text says why."""


def load(target: str, adapter: Adapter | None = None, precision: str = "float64") -> object:
    """The implementation that `target` names: `reference`, `mistakes.MODULE:NAME`, `file.py`, a folder, or a module.

    With an `adapter`, the library that it makes calls of: its own module, or `target` where that is another one.
    Raises Unloadable where there is no such thing or its own code fails while it is imported.
    """
    if adapter is not None:
        return _adapted(target, adapter, precision)
    if target == "reference":
        return import_module("reference")
    if target.startswith("mistakes."):
        return _mistake(target)
    if is_path(target):
        path = entry(Path(target).resolve())
        return _imported(lambda: _from_file(path), [path.parent], target)
    return _imported(lambda: import_module(target), [Path.cwd()], target)


def _adapted(target: str, adapter: Adapter, precision: str) -> object:
    from lydite.adapted import adapted  # noqa: PLC0415  (only for who has an adapter)

    folders = [folder for folder in (adapter.path.resolve().parent, Path.cwd()) if folder != SUITE]
    module: object = None
    if not target.endswith(ADAPTED):
        module = load(target)
    elif adapter.module:
        module = _imported(lambda: import_module(adapter.module), folders, adapter.module)
    return _imported(lambda: adapted(adapter, precision, module), folders, adapter.path.name)


def is_path(target: str) -> bool:
    """Whether `target` names a file or folder rather than a module."""
    return (
        target.endswith((".py", ADAPTED))
        or "/" in target
        or "\\" in target
        or (Path(target).is_dir() and target != "reference")
    )


def entry(path: Path) -> Path:
    """The file to import: `path` itself, or of a folder `__init__.py`, `submission.py` or its only module."""
    if path.is_dir():
        modules = sorted(path.glob("*.py"))
        named = [path / name for name in ENTRIES if path / name in modules]
        if not named and len(modules) != 1:
            raise Unloadable(f"folder {path.name} holds neither {' nor '.join(ENTRIES)} nor exactly one module")
        path = (named or modules)[0]
    if not path.is_file():
        raise Unloadable(f"there is no file {path}")
    if path.stat().st_size > LARGEST_FILE:
        raise Unloadable(f"{path.name} is larger than {LARGEST_FILE >> 20} MiB")
    return path


def _from_file(path: Path) -> ModuleType:
    name = path.parent.name if path.name == "__init__.py" else path.stem
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise Unloadable(f"{path.name} is no Python file")
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _imported(importing: Callable[[], Imported], folders: Iterable[Path], target: str) -> Imported:
    with _standing_aside(folders):
        try:
            return importing()
        except Unloadable:
            raise
        except BaseException as error:  # SystemExit and the like of its own making too
            raise Unloadable(f"importing {target} raised {type(error).__name__}: {str(error)[:4096]}") from error


@contextmanager
def _standing_aside(folders: Iterable[Path]) -> Iterator[None]:
    """Hides our modules and our path entries while the body imports from `folders`."""
    before = set(sys.modules)
    hidden = {n: m for n, m in sys.modules.items() if n.split(".")[0] in OURS}
    path, writes = sys.path[:], sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # nothing is left behind in somebody's folder
    for name in hidden:
        del sys.modules[name]
    sys.path[:] = [*map(str, folders), *(p for p in path if p and Path(p).resolve() != SUITE)]
    try:
        yield
    finally:
        for name in [n for n in sys.modules if n.split(".")[0] in OURS and n not in before - set(hidden)]:
            del sys.modules[name]
        sys.modules.update(hidden)
        sys.path[:] = path
        sys.dont_write_bytecode = writes


def _mistake(target: str) -> object:
    """The reference with the one call replaced that `mistakes.module:name` names."""
    module, _, name = target.partition(":")
    try:
        import_module(module)
    except ModuleNotFoundError as error:
        raise Unloadable(f"there is no module {module}") from error
    register: list[Any] = import_module("mistakes.mistake").MISTAKES
    for mistake in register:
        if mistake.module == module and mistake.name == name:
            implementation: SimpleNamespace = mistake.implementation()
            return implementation
    raise Unloadable(f"{module} has no mistake {name!r}")
