"""The option `--suite`, which every command takes that grades, or names claims."""

from __future__ import annotations

from typing import Any, TypeVar

import click

from lydite import suite

C = TypeVar("C", bound=Any)


def _entered(_: click.Context, __: click.Parameter, value: str) -> None:
    """Raises BadParameter unless this process has entered the suite `value`: `lydite.__main__` has seen to that."""
    try:
        if value and suite.find(value) != suite.folder():
            suite.enter(suite.find(value))  # raises that it is too late
    except suite.NoSuite as error:
        raise click.BadParameter(str(error)) from error


def suite_option(command: C) -> C:
    """Adds the option to a command."""
    option = click.option(
        suite.OPTION,
        metavar="PATH",
        callback=_entered,
        is_eager=True,
        expose_value=False,
        help="The suite of another document: a folder, or the name of an installed one.",
    )
    return option(command)
