"""Finds the functions of a library and its submodules, whatever these do when they are looked at."""

from __future__ import annotations

import pkgutil
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any

from lydite.notation.escape import line

LOOKED_INTO = 300
"""Modules of a library that are looked into."""
IMPORTED = 40
"""Modules that are imported for it, besides those that the library imports itself."""
ELSEWHERE = frozenset({"tests", "test", "testing", "conftest", "setup", "examples", "benchmarks", "experimental"})
"""Modules that a library has for other ends than to be called."""


@dataclass(slots=True)
class Members:
    """The functions of a library by their names below it, and which of its modules were not looked into, and why."""

    functions: dict[str, Callable[..., Any]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)


def members(library: Any) -> Members:
    """Returns the functions of `library`, one that has several names by the first; those on top come first."""
    walk = _Walk(library)
    while walk.queue:
        walk.look()
    return walk.found


class _Walk:
    """The modules of a library, breadth first."""

    def __init__(self, library: Any) -> None:
        self.found = Members()
        self.queue: deque[tuple[str, Any]] = deque([("", library)])
        self._top = str(getattr(library, "__name__", ""))
        self._seen = {id(library)}
        self._looked = 0
        self._imported = 0

    def look(self) -> None:
        """Looks into the next module."""
        name, module = self.queue.popleft()
        if self._looked == LOOKED_INTO:
            self.found.skipped[name] = f"beyond the {LOOKED_INTO} that are looked into"
            return
        self._looked += 1
        prefix = f"{name}." if name else ""
        inside = dict(_attributes(module))
        inside |= {new: value for new in _unimported(module, inside) if (value := self._import(prefix, module, new))}
        for part, value in sorted(inside.items()):
            if id(value) in self._seen:
                continue
            if self._is_submodule(value):
                self._seen.add(id(value))
                self.queue.append((f"{prefix}{part}", value))
            elif _is_function(value):
                self._seen.add(id(value))
                self.found.functions[f"{prefix}{part}"] = value

    def _import(self, prefix: str, module: Any, name: str) -> Any:
        """Returns the submodule `name`; None where it is not looked into, which is noted."""
        if self._imported == IMPORTED:
            self.found.skipped[f"{prefix}{name}"] = f"beyond the {IMPORTED} that are imported"
            return None
        self._imported += 1
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return import_module(f"{module.__name__}.{name}")
        except (Exception, SystemExit) as error:  # noqa: BLE001  (whatever somebody's module raises)
            self.found.skipped[f"{prefix}{name}"] = (
                f"importing it raised {type(error).__name__}: {line(_text(error), 100)}"
            )
            return None

    def _is_submodule(self, value: Any) -> bool:
        if not issubclass(type(value), ModuleType):
            return False
        name = str(vars(value).get("__name__", ""))
        return f"{name}.".startswith(f"{self._top}.") and name.rpartition(".")[2] not in ELSEWHERE


def _attributes(module: Any) -> Iterator[tuple[str, Any]]:
    """Yields what `module` has under a public name; what raises when it is looked at is left out."""
    try:
        names = list(dir(module))
    except Exception:  # noqa: BLE001  (a module's own __dir__)
        names = list(vars(module))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in map(str, names):
            try:
                if not name.startswith("_"):
                    yield name, getattr(module, name)
            except (Exception, SystemExit):  # noqa: BLE001, S112  (a lazy attribute, or one that is retired)
                continue


def _unimported(module: Any, inside: dict[str, Any]) -> list[str]:
    """Returns the public submodules of a package that are not there yet."""
    try:
        found = [one.name for one in pkgutil.iter_modules(module.__path__)]
    except Exception:  # noqa: BLE001  (no package, or one of its own making)
        return []
    return [name for name in found if not name.startswith("_") and name not in {*inside, *ELSEWHERE}]


def _is_function(value: Any) -> bool:
    try:
        return callable(value) and not isinstance(value, type | ModuleType)
    except Exception:  # noqa: BLE001  (a proxy whose class is read)
        return False


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  (its own)
        return ""
