"""Checks that a target exists before anything is started for it."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from pkgutil import iter_modules

from lydite.adapters.adapter import Adapter
from lydite.adapters.naming import meant, near, question
from lydite.target.load import mistake
from lydite.target.name import ADAPTED, COMMAND, is_path, is_program
from lydite.worker.loading import Unloadable

ENDINGS = (".py", ".ipynb", ".toml", ".zip")
"""How the name of a file ends."""
DYNAMIC = ("sys.modules", "__path__", "__getattr__")
"""Names in the source of a package that makes modules as it goes; which, only importing it shows."""


class NoTarget(ValueError):
    """A target does not exist, or its adapter says what it cannot say; the text names the file at fault."""


def check_exists(target: str) -> None:
    """Raises NoTarget where `target` is neither a file, folder, program nor module, with the names that are near."""
    if not target:
        raise NoTarget("an empty name is neither a file nor the name of a module")
    if is_program(target):
        _check_program(target.removeprefix(COMMAND))
    elif target.startswith("mistakes."):
        try:
            mistake(target)
        except Unloadable as error:
            raise NoTarget(str(error)) from None
    elif is_path(target):
        if not Path(target).exists():
            raise NoTarget(f"there is no file or folder {target}{_near_file(Path(target))}")
    elif target != "reference":
        _check_module(target, [Path.cwd()], _near_file(Path(target)))


def check_adapted(target: str, adapter: Adapter) -> None:
    """Raises NoTarget where a module that `adapter` needs for `target` does not exist."""
    folders = [adapter.path.absolute().parent, Path.cwd()]
    named = {"module": adapter.module} if adapter.module and target.endswith(ADAPTED) else {}
    named |= {f"python.{call}": m.python.partition(":")[0] for call, m in adapter.calls.items() if m.python}
    for key, module in named.items():
        try:
            _check_module(module, folders)
        except NoTarget as error:
            raise NoTarget(f"{adapter.path.name}: {key}: {error}") from None


def _check_program(command: str) -> None:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise NoTarget(f"{COMMAND}{command}: {error}") from None
    if not words or shutil.which(words[0]) is None:
        raise NoTarget(f"{COMMAND}{command}: there is no program {words[0] if words else ''}".rstrip())


def _near_file(path: Path) -> str:
    """Returns the question whether a file or folder beside `path` is meant, perhaps one of another ending."""
    beside = [p.name for p in path.parent.iterdir() if p.name != path.name] if path.parent.is_dir() else []
    stems = {Path(name).stem: name for name in beside} if path.suffix in ENDINGS else {}
    return meant(path.name, beside) or question([stems[stem] for stem in near(path.stem, stems)])


def _check_module(module: str, folders: Sequence[Path], asked: str = "") -> None:
    """Raises NoTarget where `module` is neither installed nor in one of `folders`. Imports nothing.

    A package that makes modules as it is imported is given the benefit of the doubt. `asked` is the
    question whether a file is meant.
    """
    if not all(part.isidentifier() for part in module.split(".")):
        raise NoTarget(f"{module} is neither a file nor the name of a module{asked}")
    whole, searched = "", [*sys.path, *map(str, folders)]
    package: ModuleSpec | None = None
    for part in module.split("."):
        whole = f"{whole}.{part}" if whole else part
        spec = _spec(whole, searched, top=package is None)
        if spec is None:
            if package is not None and _is_dynamic(package):
                return
            names = [*([] if package else ["reference"]), *(found.name for found in iter_modules(searched))]
            raise NoTarget(f"there is no module {whole}{asked or meant(part, names)}")
        package, searched = spec, list(spec.submodule_search_locations or ())


def _spec(name: str, searched: list[str], *, top: bool) -> ModuleSpec | None:
    """Returns where the module `name` is; what finds modules for this interpreter knows those on top."""
    finders: Iterator[ModuleSpec | None] = iter(())
    if top:
        finders = (finder.find_spec(name, None) for finder in sys.meta_path if hasattr(finder, "find_spec"))
    return next(filter(None, finders), None) or PathFinder.find_spec(name, searched)


def _is_dynamic(package: ModuleSpec) -> bool:
    """Returns whether `package` may have modules that no file shows: one in C, or whose source says so."""
    if package.origin is None:
        return False  # a folder without a file of its own
    if not package.origin.endswith(".py"):
        return True
    source = Path(package.origin).read_text(encoding="utf-8", errors="replace")
    return any(word in source for word in DYNAMIC)
