"""The commands `lydite suite`: whether a suite is sound, and a small one to start from."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Iterator
from keyword import iskeyword
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console

from lydite import suite
from lydite.notation.text import plain
from lydite.report.model import BROKEN

TEMPLATE = Path(__file__).parents[1] / "templates" / "suite"
PLAIN = ".txt"
"""A second ending of the files of the template: here they must not be modules."""
NAME = re.compile(r"[a-z][a-z0-9_]*")


@click.group("suite")
def suite_command() -> None:
    """Checks the suite of a document, or starts one."""


@suite_command.command("check")
@click.argument("path", metavar="PATH")
def check_command(path: str) -> NoReturn:
    """Checks whether the suite in PATH is sound: nothing dangles, the reference holds, and what is wrong is caught.

    Runs its code in this process. Exit status 1 where something is wrong.
    """
    try:
        suite.enter(suite.find(path))  # entered already, but where it is not the command line that has come here
    except (suite.NoSuite, suite.SuiteShadowed) as error:
        raise click.BadParameter(str(error), param_hint="PATH") from error
    faults = list(_reported("claims, laws and calls fit together", _loads))
    if not faults:
        from lydite.commands.soundness import CHECKS  # noqa: PLC0415  (loads all of the suite)

        faults += [fault for says, check in CHECKS.items() for fault in _reported(says, check)]
    click.echo(f"{suite.title()}: {f'{len(faults)} faults' if faults else 'sound'}")
    sys.exit(BROKEN if faults else 0)


def _loads() -> Iterator[str]:
    from lydite.commands import soundness  # noqa: F401, PLC0415  (importing it is what is tried)

    yield from ()


def _reported(says: str, check: Callable[[], Iterator[str]]) -> list[str]:
    """Returns what `check` finds, or how the code of the suite fails in it, and prints it."""
    faults: list[str] = []
    with Console(stderr=True).status(says):
        try:
            faults += check()
        except (Exception, SystemExit) as error:  # noqa: BLE001  (whatever the suite raises, it is reported)
            faults.append(suite.raised(error))
    click.echo(f"{'wrong' if faults else 'ok':<6} {says}")
    for fault in faults:
        click.echo(f"       - {plain(fault)}")
    return faults


@suite_command.command("new")
@click.argument("path", metavar="PATH", type=click.Path(file_okay=False, path_type=Path))
def new_suite_command(path: Path) -> None:
    """Writes a small suite that works into PATH, named after it, to be filled with a document."""
    name = path.resolve().name.lower().replace("-", "_")
    if not NAME.fullmatch(name) or iskeyword(name):
        raise click.BadParameter(f"{name} is not a name of a module: letters, digits and _", param_hint="PATH")
    if path.exists() and any(path.iterdir()):
        raise click.BadParameter(f"{path} is not empty", param_hint="PATH")
    for file in sorted(TEMPLATE.rglob(f"*{PLAIN}")):
        place = path / str(file.relative_to(TEMPLATE)).removesuffix(PLAIN).replace("TOPIC", name)
        place.parent.mkdir(parents=True, exist_ok=True)
        text = file.read_text(encoding="utf-8").replace("TOPIC", name)
        place.write_text(text.replace("TITLE", name.replace("_", " ").capitalize()), encoding="utf-8")
    named = f"./{path}" if path.name == str(path) else str(path)  # a bare name is that of an installed suite
    click.echo(f"wrote {path}; to check it: {shlex.join(['lydite', 'suite', 'check', named])}")
