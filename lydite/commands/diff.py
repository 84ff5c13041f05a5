"""Runs `lydite diff`: from two stored reports to what changed between them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

from lydite.commands.entered import suite_option
from lydite.commands.taken import FILE, NEW_FILE
from lydite.notation.escape import log
from lydite.report.model import BROKEN, NoReport, Report, write_json
from lydite.results.diff import THRESHOLD, difference


@click.command("diff")
@click.argument("old", metavar="OLD.json", type=FILE)
@click.argument("new", metavar="NEW.json", type=FILE)
@click.option(
    "--threshold",
    metavar="X",
    type=click.FloatRange(min=1),
    default=THRESHOLD,
    show_default=True,
    help="Report a call as less accurate where its error is more than X times what it was.",
)
@click.option("--json", "json_path", metavar="FILE", type=NEW_FILE, help="Also as JSON.")
@click.option("--markdown", metavar="FILE", type=NEW_FILE, help="Also as Markdown, for the summary of a job.")
@suite_option
def diff_command(old: Path, new: Path, threshold: float, json_path: Path | None, markdown: Path | None) -> NoReturn:
    """Says what broke, what was fixed, and what became less accurate between two stored reports. Runs nothing.

    Exit status: 0 nothing became worse, 1 something did, 2 usage.
    """
    try:
        found = difference(Report.load(old), Report.load(new), threshold)
    except NoReport as error:
        raise click.BadParameter(str(error), param_hint="OLD.json NEW.json") from error
    try:
        if json_path:
            write_json(json_path, found.to_json())
        if markdown:
            markdown.write_text(found.markdown(), encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"the difference cannot be written: {error}") from error
    click.echo(log(found.text()))
    sys.exit(BROKEN if found.is_worse else 0)
