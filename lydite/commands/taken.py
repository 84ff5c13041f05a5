"""Makes options of click out of those that are declared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from lydite.grading.texts import AUTO
from lydite.isolation import Tier
from lydite.options import OPTIONS, PROFILES, YES, Kind

Command = TypeVar("Command", bound=Callable[..., Any])

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
NEW_FOLDER = click.Path(file_okay=False, path_type=Path)
TYPES = {
    Kind.TEXT: click.STRING,
    Kind.TIER: click.Choice([AUTO, *map(str, Tier)]),
    Kind.PROFILE: click.Choice(list(PROFILES)),
    Kind.COUNT: click.IntRange(min=1),
    Kind.SECONDS: click.FloatRange(min=0, min_open=True),
    Kind.FILE: FILE,
    Kind.FOLDER: FOLDER,
    Kind.NEW_FILE: NEW_FILE,
    Kind.NEW_FOLDER: NEW_FOLDER,
}


def option(name: str, **otherwise: Any) -> Callable[[Command], Command]:
    """Returns the decorator that gives a command the option `name`, as declared but for what is said `otherwise`.

    The parameter of a file ends in `_path`.
    """
    declared = OPTIONS[name]
    parameter = f"{name}_path" if declared.kind in {Kind.FILE, Kind.NEW_FILE} else name
    if declared.kind is Kind.FLAG:
        facts: dict[str, Any] = {"is_flag": True, "flag_value": YES, "default": None, "help": declared.help}
        return click.option(f"--{declared.name}", parameter, **facts | otherwise)
    facts = {
        "metavar": declared.metavar,
        "type": TYPES[declared.kind],
        "default": declared.default or None,
        "show_default": bool(declared.default),
        "help": declared.help,
    }
    return click.option(f"--{declared.name}", parameter, **facts | otherwise)


def grading_options(command: Command) -> Command:
    """Gives `command` every option that has a help for the command line."""
    for name in reversed([name for name, declared in OPTIONS.items() if declared.help]):
        command = option(name)(command)
    return command
