"""Reads `[tool.lydite]` of the pyproject.toml of whoever calls: what the options are where they are not given.

What is submitted may bring a pyproject.toml along. So none is read where anything submitted is graded, wherever it
lies; and none can name code to run, how code is kept apart, or where to write.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

from lydite.adapters.naming import meant
from lydite.grading import texts
from lydite.grading.request import Settings
from lydite.grading.texts import BadOption
from lydite.kit.reading import unread
from lydite.options import OPTIONS, Kind
from lydite.target.name import is_submitted

FILE = "pyproject.toml"
MARKS = (".git", ".hg")
"""Folders of version control, which lie in the topmost folder of a project: the search ends there."""


class ProjectError(ValueError):
    """The project's file says something that it cannot say; the text names the file and the key."""


def defaults(targets: Iterable[str]) -> dict[str, str]:
    """Returns the options that the project's file gives for grading `targets`, as texts by their fields.

    There are none where one of them is submitted. Raises ProjectError.
    """
    path = None if any(map(is_submitted, targets)) else found(Path.cwd())
    return _read(path) if path else {}


def found(folder: Path) -> Path | None:
    """Returns the first pyproject.toml with `[tool.lydite]` in `folder` or above, within the project.

    Raises ProjectError.
    """
    for place in (folder, *folder.parents):
        path = place / FILE
        if path.is_file() and _table(path) is not None:
            return path
        if any((place / mark).exists() for mark in MARKS):
            return None
    return None


def _table(path: Path) -> Any:
    """Returns `[tool.lydite]`; None where there is none."""
    try:
        tool = tomllib.loads(path.read_text(encoding="utf-8")).get("tool")
    except (OSError, ValueError) as error:
        raise ProjectError(f"{path}: {unread(error)}") from error
    return tool.get("lydite") if isinstance(tool, dict) else None


def _read(path: Path) -> dict[str, str]:
    table = _table(path)
    if not isinstance(table, dict):
        raise ProjectError(f"{path}: tool.lydite: expected a table")
    return {_field(path, key): _text(path, key, value) for key, value in table.items()}


def _field(path: Path, key: str) -> str:
    """Returns the field of the option `key`, written with hyphens or underscores. Raises ProjectError."""
    name = key.replace("-", "_")
    known = [option.name for option in OPTIONS.values() if option.project]
    if name not in OPTIONS or not OPTIONS[name].help:
        near = meant(key, known) or f"; expected one of: {', '.join(known)}"
        raise ProjectError(f"{path}: tool.lydite.{key}: unknown key{near}")
    if not OPTIONS[name].project:
        raise ProjectError(f"{path}: tool.lydite.{key}: not for a file; give --{OPTIONS[name].name} where you call")
    return name


def _text(path: Path, key: str, value: Any) -> str:
    """Returns `value` as the command line has it, a file from the folder of `path`. Raises ProjectError."""
    option = OPTIONS[key.replace("-", "_")]
    try:
        text = NUMBERS.get(option.kind, _written)(value)
        if option.metavar == "FILE":
            text = str(path.parent / text)
        for of in fields(Settings):
            if of.name == option.field:
                texts.read(of, text)
    except (BadOption, ValueError) as error:
        raise ProjectError(f"{path}: tool.lydite.{key}: {error}") from None
    return text


def _written(value: Any) -> str:
    """Returns the text of a string, a number, or a list of strings. Raises ValueError."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ",".join(value)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError("expected a string, a number, or a list of strings")


def _count(value: Any) -> str:
    if type(value) is int and value >= 1:
        return str(value)
    raise ValueError("expected a whole number of at least 1")


def _seconds(value: Any) -> str:
    if type(value) in {int, float} and 0 < value < float("inf"):
        return str(value)
    raise ValueError("expected a number of seconds")


NUMBERS = {Kind.COUNT: _count, Kind.SECONDS: _seconds}
"""Readers of the values that only the command line takes, which the settings do not check."""
