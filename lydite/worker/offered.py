"""Inspects functions without calling them: whether one is written at all, and where."""

from __future__ import annotations

import dis
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

IDLE = {"NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}
INSTALLED = {"site-packages", "dist-packages"}
MOST, LONGEST = 300, 100
"""Most names that are reported, and most characters of each."""
SHORT = 16
"""Instructions of a function that has no body, and the most bytes that they take."""


def is_written(function: Any) -> bool:
    """Returns whether `function` can be called and can do more than return None: a signature and a docstring cannot."""
    if not callable(function):
        return False
    code = getattr(function, "__code__", None)
    if type(code) is not CodeType or len(code.co_code) > SHORT:
        return True
    body = [i for i in dis.get_instructions(code) if i.opname != "RESUME"]
    return not all(i.opname in IDLE and i.argval is None for i in body)


def names(module: Any) -> list[str]:
    """Returns the functions and classes that `module` defines or takes from a neighbour, and `Class.method`."""
    found: list[str] = []
    for name, value in dict(getattr(module, "__dict__", {})).items():
        if name.startswith("_") or not _is_own(value):
            continue
        found.append(name)
        if isinstance(value, type):
            found += [f"{name}.{method}" for method, f in dict(vars(value)).items() if type(f) is FunctionType]
    return [name[:LONGEST] for name in found if "._" not in name][:MOST]


def _is_own(value: Any) -> bool:
    """Returns whether `value` is a function or class, and of no installed package."""
    function = value
    if isinstance(value, type):
        function = next((f for f in dict(vars(value)).values() if type(f) is FunctionType), None)
    return type(function) is FunctionType and not INSTALLED.intersection(Path(function.__code__.co_filename).parts)


def where(function: Any, home: Path | None = None) -> str:
    """Returns the file and line at which `function` is written, as far as Python knows it.

    The file is relative to `home`, or to the folder that its outermost package lies in; where neither holds it, its
    name alone, for the folders of a machine are nobody's business.
    """
    code = getattr(function, "__code__", None)
    if type(code) is not CodeType:
        return ""
    file = Path(code.co_filename)
    if home is None:
        file = _packaged(file, getattr(function, "__module__", None))
    else:
        file = file.relative_to(home) if file.is_relative_to(home) else Path(file.name)
    return f"{file.as_posix()}:{code.co_firstlineno}"


def _packaged(file: Path, module: Any) -> Path:
    """Returns the part of `file` that the dotted name `module` spells; its name alone, where they do not agree."""
    names = module.split(".") if type(module) is str else []
    for length, found in ((len(names), file.with_suffix("")), (len(names) + 1, file.parent)):
        if names and list(found.parts[-len(names) :]) == names and found.name != "__init__":
            return Path(*file.parts[-length:])
    return Path(file.name)


def file_of(function: Any) -> Path | None:
    """Returns the file in which `function` is written, as far as Python knows it."""
    code = getattr(function, "__code__", None)
    return Path(code.co_filename) if type(code) is CodeType else None
