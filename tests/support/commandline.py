"""The command line, called in this process."""

from __future__ import annotations

from typing import Any

import click
from click.testing import CliRunner, Result

from lydite.commands import cli


def run(*args: object) -> Result:
    """`lydite` with `args`, and its exit status."""

    def main(**_: Any) -> Any:
        return cli.cli.main([str(a) for a in args], prog_name="lydite", standalone_mode=False)

    @click.command(context_settings={"ignore_unknown_options": True})
    def whole() -> None:
        cli.guarded(main)

    return CliRunner().invoke(whole, [])
