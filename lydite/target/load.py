"""Imports what is to be graded, without letting its module names meet ours."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar

from lydite.adapters.adapter import ARRAYS, Adapter
from lydite.kit.calls import CALLS
from lydite.kit.mistake import MISTAKES
from lydite.kit.reference import reference
from lydite.notation.text import MOST_NAME, cut
from lydite.suite import OWN, PACKAGES, folder
from lydite.target.name import ADAPTED, is_path
from lydite.worker.choice import chosen, home, imported
from lydite.worker.loading import Unloadable
from lydite.worker.told import Told

Imported = TypeVar("Imported")

OURS = {*PACKAGES, "lydite", "conftest"}


def load(
    target: str,
    adapter: Adapter | None = None,
    precision: str = "float64",
    wanted: str = "",
    told: Told | None = None,
) -> object:
    """Returns the implementation `target`: `reference`, `mistakes.MODULE:NAME`, `file.py`, a folder, or a module.

    `wanted` is the file of a folder that is meant, or a class after a colon; what there is to say goes into `told`.
    With an `adapter`, the library that it makes calls of: its own module, or `target` where that is another one.
    Raises Unloadable where there is no such thing or its own code fails while it is imported.
    """
    if adapter is not None:
        return _adapted(target, adapter, precision)
    if target == "reference":
        return reference
    if target.startswith("mistakes."):
        return mistake(target)
    if is_path(target):
        path, (file, _, kind) = Path(target).resolve(), wanted.partition(":")
        told = told or Told()
        found = chosen(path, CALLS, file, told)
        folders = dict.fromkeys([found.parent, home(path)])
        return _imported(lambda: imported(found, kind, told), path.name, first=folders, told=told)
    return _imported(lambda: import_module(target), target, last=[Path.cwd()])


def library(name: str) -> object:
    """Imports the module or file `name` as an adapter would: what lies beside it is found last. Raises Unloadable."""
    if is_path(name):
        path, told = Path(name).resolve(), Told()
        found = chosen(path, CALLS, "", told)
        return _imported(lambda: imported(found, "", told), path.name, last=[found.parent])
    return load(name)


def _adapted(target: str, adapter: Adapter, precision: str) -> object:
    from lydite.adapters.adapted import adapted  # noqa: PLC0415  (only for who has an adapter)

    _configure(adapter)
    folders = [one for one in (adapter.path.resolve().parent, Path.cwd()) if one not in {OWN, folder()}]
    module: object = None
    if not target.endswith(ADAPTED):
        module = load(target)
    elif adapter.module:
        module = _imported(lambda: import_module(adapter.module), adapter.module, last=folders)
    return _imported(lambda: adapted(adapter, precision, module), adapter.path.name, last=folders)


def _configure(adapter: Adapter) -> None:
    """Sets the variables that `adapter` names. Raises Unloadable where it is too late for what would read them."""
    if all(os.environ.get(name) == value for name, value in adapter.env.items()):
        return
    readers = {module.partition(".")[0] for module in adapter.modules} | {adapter.arrays} - {ARRAYS[0]}
    if late := sorted(readers & sys.modules.keys()):
        names = ", ".join(adapter.env)
        raise Unloadable(f"{adapter.path.name}: env: {late[0]} is imported already, before {names} could be set")
    os.environ.update(adapter.env)


def _imported(
    importing: Callable[[], Imported],
    target: str,
    *,
    first: Iterable[Path] = (),
    last: Iterable[Path] = (),
    told: Told | None = None,
) -> Imported:
    with _standing_aside(first, last):
        try:
            return importing()
        except Unloadable:
            raise
        except BaseException as error:  # SystemExit and the like of its own making too
            if told is not None:
                told.failed(error)
            raised = f"{cut(type(error).__name__, MOST_NAME)}: {cut(str(error))}"
            raise Unloadable(f"importing {target} raised {raised}") from error


@contextmanager
def _standing_aside(first: Iterable[Path], last: Iterable[Path]) -> Iterator[None]:
    """Hides our modules and our path entries while the body imports from `first`, what is installed, and `last`.

    A file finds what lies beside it first, as Python would have it. For a module, its folder comes last: no name there
    is to stand in the way of what is installed.
    """
    before = set(sys.modules)
    hidden = {n: m for n, m in sys.modules.items() if n.split(".")[0] in OURS}
    path, writes = sys.path[:], sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # nothing is left behind in somebody's folder
    for name in hidden:
        del sys.modules[name]
    installed = (p for p in path if p and Path(p).resolve() not in {OWN, folder()})
    sys.path[:] = [*map(str, first), *installed, *map(str, last)]
    try:
        yield
    finally:
        for name in [n for n in sys.modules if n.split(".")[0] in OURS and n not in before - set(hidden)]:
            del sys.modules[name]
        sys.modules.update(hidden)
        sys.path[:] = path
        sys.dont_write_bytecode = writes


def mistake(target: str) -> object:
    """Returns the reference with the one call replaced that `mistakes.module:name` names. Raises Unloadable."""
    module, _, name = target.partition(":")
    try:
        import_module(module)
    except ModuleNotFoundError as error:
        raise Unloadable(f"there is no module {module}") from error
    for mistake in MISTAKES:
        if mistake.module == module and mistake.name == name:
            implementation: SimpleNamespace = mistake.implementation()
            return implementation
    raise Unloadable(f"{module} has no mistake {name!r}")
