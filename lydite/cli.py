"""The command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console

from lydite import __version__, suite

suite.enter()

from lydite import report  # noqa: E402  (the suite's path has to be entered first)
from lydite.grade import Limits, grade, names  # noqa: E402
from lydite.progress import progress  # noqa: E402
from lydite.request import BadOption, Request  # noqa: E402
from lydite.terminal import render  # noqa: E402

INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lydite")
def cli() -> None:
    """A touchstone for the mathematics of deep learning.

    Exit status: 0 every claim in scope holds, 1 something does not, 2 usage, 3 nothing was graded, 4 Lydite failed.
    """


@cli.command("grade")
@click.argument("targets", metavar="TARGET...", nargs=-1, required=True)
@click.option("--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), help="Folder for report.json.")
@click.option(
    "--json", "json_path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="The report."
)
@click.option(
    "--jobs", metavar="N", type=click.IntRange(min=1), default=os.cpu_count() or 1, help="Processes at a time."
)
@click.option("--isolation", type=click.Choice(["process", "none"]), default="process", show_default=True)
@click.option("--only", metavar="IDS", default="", help="Claims, or beginnings of their ids: Q1,Q7.a.7.")
@click.option(
    "--regimes", metavar="NAMES", default="", help="Regimes of inputs: core,stability,scale,layout,purity,..."
)
@click.option("--precision", metavar="TYPE", default="float64", show_default=True, help="float64 or float32.")
@click.option("--examples", metavar="N", default="16", show_default=True, help="Batches of cases a law and regime.")
@click.option("--seed", metavar="N", default="0", show_default=True, help="A number, or `random`.")
@click.option("--timeout", metavar="S", type=click.FloatRange(min=0, min_open=True), default=120, show_default=True)
@click.option("--call-timeout", metavar="S", default="2", show_default=True, help="Seconds for one call; 0: any time.")
@click.option(
    "--memory", metavar="MB", type=click.IntRange(min=0), default=4096, show_default=True, help="0: no limit."
)
def grade_command(
    targets: tuple[str, ...],
    out: Path | None,
    json_path: Path | None,
    jobs: int,
    isolation: str,
    timeout: float,
    memory: int,
    **settings: str,
) -> NoReturn:
    """Grades each TARGET: `reference`, a module, file.py, a folder/, or mistakes.MODULE:NAME."""
    try:
        request = Request.read(**settings)
        names(targets)
    except BadOption as error:
        raise click.BadParameter(str(error), param_hint=f"--{error.option}") from error
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="TARGET") from error
    with progress(Console(stderr=True)) as listen:
        graded = grade(targets, request, isolation, Limits(timeout, memory, jobs), listen)
    paths = [path for path in (json_path, out and out / "report.json") if path]
    whole = report.document(request, isolation, [one.entry(request) for one in graded], str(paths[0]) if paths else "")
    for path in paths:
        report.write(path, whole)
    failures = [one for one in graded if one.findings.failed]
    status = report.FAILED if failures else report.exit_status(whole)
    click.echo(render(whole, status))
    for one in failures:
        click.echo(f"Lydite itself failed on {one.name}:\n{one.findings.failed}", err=True)
    sys.exit(status)


def main() -> NoReturn:
    """Runs the command line; a fault of ours is told as such."""
    guarded(cli.main)


def guarded(run: Callable[..., Any]) -> NoReturn:
    """Runs `run`, and exits by the statuses of this command line."""
    try:
        run(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(report.USAGE)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(INTERRUPTED)
    except Exception as error:
        Console(stderr=True).print_exception()
        click.echo(f"Lydite itself failed: {error}", err=True)
        sys.exit(report.FAILED)
    sys.exit(0)
