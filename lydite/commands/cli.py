"""Registers every command, and ends by the exit statuses of the command line."""

from __future__ import annotations

import io
import json
import shlex
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from rich.console import Console

from lydite import __version__, suite
from lydite.commands.diff import diff_command
from lydite.commands.doctor import doctor_command
from lydite.commands.entered import suite_option
from lydite.commands.grade import grade_command
from lydite.commands.serve import serve_command
from lydite.commands.suites import suite_command
from lydite.commands.taken import FILE, NEW_FILE, NEW_FOLDER, option
from lydite.grading.request import Request, check_target
from lydite.grading.texts import AUTO
from lydite.isolation import NoTier, Tier, best
from lydite.isolation.interpreter import NotInstalled
from lydite.kit.claim import Verdict
from lydite.notation.escape import log
from lydite.notation.text import plain
from lydite.report.lines import fitted, show, width_of
from lydite.report.model import BROKEN, FAILED, NOTHING_GRADED, USAGE, NoReport, Report
from lydite.report.terminal import evidence
from lydite.results.command import export_command
from lydite.target.exists import NoTarget, check_exists
from lydite.target.name import is_submitted
from lydite.target.program import Program
from lydite.templates import NoEngine
from lydite.worker.loading import Unloadable

if TYPE_CHECKING:
    from lydite.commands.replay import Replayed, Stored

INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lydite")
@suite_option
def cli() -> None:
    """A touchstone for the mathematics of deep learning.

    Exit status: 0 every claim in scope holds, 1 something does not, 2 usage, 3 nothing was graded, 4 Lydite failed.
    """


cli.add_command(grade_command)
cli.add_command(diff_command)
cli.add_command(doctor_command)
cli.add_command(suite_option(export_command))
cli.add_command(serve_command)
cli.add_command(suite_command)


@cli.command("check-adapter")
@click.argument("target")
@option("isolation", help=None)
@option("call_timeout", type=float, help="CPU seconds for one call.")
@suite_option
def check_adapter_command(target: str, isolation: str, call_timeout: float) -> NoReturn:
    """Holds the messages of TARGET (a command after `exec:`, or a file) to the wire protocol, each call once.

    What is wrong here is wrong with how answers travel, before any mathematics is judged.
    """
    from lydite.target.smoke import NoSchemas, faults, strict  # noqa: PLC0415  (needs an extra)

    try:
        check_exists(target)
        program = Program(target, _tier(isolation, target, ""), call_timeout, Request.memory, channel=strict())
        found = list(faults(program))
        program.stop()
    except (NoSchemas, NoTier, NotInstalled) as error:
        raise click.UsageError(str(error)) from error
    except (NoTarget, Unloadable) as error:
        raise click.BadParameter(str(error), param_hint="TARGET") from error
    for call, fault in found:
        click.echo(log(f"{call:<36}{plain(fault) or 'answers'}"))
    wrong = sum(bool(fault) for _, fault in found)
    click.echo(f"{len(found)} calls offered, {wrong} with a wrong answer to a plain input")
    sys.exit(BROKEN if wrong else 0 if found else NOTHING_GRADED)


@cli.command("adapt")
@click.argument("module")
@suite_option
def adapt_command(module: str) -> None:
    """Drafts an adapter for the library MODULE: what matches by name and holds on a few cases, and what is a guess."""
    from lydite.commands.draft import draft  # noqa: PLC0415  (loads every property)

    try:
        check_exists(module)
        click.echo(draft(module), nl=False)
    except (NoTarget, Unloadable) as error:
        raise click.BadParameter(str(error), param_hint="MODULE") from error


@cli.command("claims")
@click.argument("ids", metavar="[NAME...]", nargs=-1)
@click.option("--verdict", "verdicts", type=click.Choice(list(Verdict)), multiple=True, help="Of this verdict only.")
@click.option("--json", "as_json", is_flag=True, help="All that is known, as JSON.")
@suite_option
def claims_command(ids: tuple[str, ...], verdicts: tuple[str, ...], as_json: bool) -> None:
    """Lists the claims of the document, or all about those that are named: ids, beginnings of ids, functions."""
    from lydite.document import listing  # noqa: PLC0415  (loads every law, which grading leaves to its processes)

    try:
        claims = listing.chosen(ids, verdicts)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="NAME") from error
    if as_json:
        click.echo(json.dumps([listing.as_data(claim) for claim in claims], indent=1, ensure_ascii=False))
    elif ids:
        for place, claim in enumerate(claims):
            show([*[""] * bool(place), *listing.details(claim)], Console())
    else:
        show(listing.table(claims), Console())


@cli.command("replay")
@click.argument("path", metavar="REPORT.json", type=FILE)
@click.argument("claim")
@click.option("--name", metavar="IMPL", default="", help="The implementation, where the report is on several.")
@click.option("--regime", metavar="R", default="", help="The regime; else the first with a counterexample.")
@click.option("--target", metavar="TARGET", default="", help="Run this instead of the target that the report names.")
@click.option(
    "--script",
    "as_script",
    is_flag=True,
    help="Print it as a Python file that needs only NumPy, and runs the target without a jail.",
)
@option(
    "call_timeout",
    type=click.FloatRange(min=0),
    default=None,
    show_default=False,
    help="CPU seconds for one call, else what the report was made with; 0: any time.",
)
@option(
    "memory",
    type=click.IntRange(min=0),
    default=None,
    show_default=False,
    help="MiB for the target in isolation, else what the report was made with; 0: no limit.",
)
@option("isolation", help=None)
@suite_option
def replay_command(
    path: Path,
    claim: str,
    name: str,
    regime: str,
    target: str,
    as_script: bool,
    call_timeout: float | None,
    memory: int | None,
    isolation: str,
) -> NoReturn:
    """Runs the counterexample to CLAIM again: exit status 0 if the law holds now, 1 if it does not."""
    from lydite.commands.replay import NotFound, replay, stored  # noqa: PLC0415  (as above)
    from lydite.commands.script import script  # noqa: PLC0415

    try:
        found = stored(_load(path), claim, name, regime)
        limits: dict[str, Any] = {"call_timeout": call_timeout, "memory": memory}
        found = replace(found, **{key: limit for key, limit in limits.items() if limit is not None})
        ran = target or found.target
        check_exists(ran)
        done = replay(found, ran, _tier(isolation, ran, found.adapter))
        told = script(found, done, ran) if as_script else fitted(_told(found, done), width_of(Console()))
    except NotFound as error:
        raise click.BadParameter(str(error), param_hint=error.option) from error
    except (NoTier, NotInstalled) as error:
        raise click.UsageError(str(error)) from error
    except NoTarget as error:
        hint = "--target" if target else "REPORT.json"
        raise click.BadParameter(str(error), param_hint=hint) from error
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="REPORT.json") from error
    except Unloadable as error:
        click.echo(log(str(error)), err=True)
        sys.exit(BROKEN)
    click.echo(told, nl=not as_script)
    sys.exit(BROKEN if done.failure else 0)


def _load(path: Path) -> Report:
    """Returns the report in `path`, and warns where its suite has changed since. Raises NoReport, naming the path."""
    whole = Report.load(path)
    try:
        change = whole.change()
    except NoReport as error:
        raise NoReport(f"{path}: {error}") from None
    if change:
        click.echo(log(f"Warning: {change}"), err=True)
    return whole


def _tier(isolation: str, target: str, adapter: str) -> Tier:
    """Returns how far `target` is kept apart; what stands behind an adapter runs in this process.

    Raises NoTier, NotInstalled.
    """
    if isolation != Tier.NONE and not adapter:
        check_target(target)
    if adapter or not is_submitted(target):
        return Tier.NONE
    return best() if isolation == AUTO else Tier(isolation)


def _told(found: Stored, done: Replayed) -> list[str]:
    example = done.example or replace(found.example, got=done.got, due=done.due, error=None, why="", call=done.made)
    verdict = "still broken" if done.failure else "holds now"
    if done.example and done.got is None:
        example = replace(example, reads=found.example.reads)
    return [*evidence(example, f"{found.claim}, {found.regime}"), verdict]


@cli.command("scoreboard")
@click.argument("paths", metavar="REPORT...", nargs=-1, required=True, type=NEW_FILE)
@click.option("--markdown", metavar="FILE", type=NEW_FILE, help="As Markdown.")
@click.option("--html", metavar="FILE", type=NEW_FILE, help="As one page of HTML.")
@suite_option
def scoreboard_command(paths: tuple[Path, ...], markdown: Path | None, html: Path | None) -> None:
    """Sets stored REPORTs (JSON, or that in gzip) side by side, as text if no FILE is named. Runs nothing."""
    from lydite.results.scoreboard import Scoreboard  # noqa: PLC0415

    try:
        board = Scoreboard.of(paths)
        if markdown:
            markdown.write_text(board.markdown(), encoding="utf-8")
        if html:
            html.write_text(board.html(), encoding="utf-8")
    except NoReport as error:
        raise click.BadParameter(str(error), param_hint="REPORT") from error
    except OSError as error:
        raise click.UsageError(f"the scoreboard cannot be written: {error}") from error
    if not (markdown or html):
        board.print(Console())


@cli.command("document")
@click.option("--out", metavar="DIR", required=True, type=NEW_FOLDER, help="For index.html.")
@click.option(
    "--report",
    "path",
    metavar="REPORT.json",
    type=FILE,
    help="Beside each verdict, what became of the claim.",
)
@suite_option
def document_command(out: Path, path: Path | None) -> None:
    """Writes one page that judges every claim of the document, into DIR."""
    from lydite.document import page  # noqa: PLC0415  (loads every law)

    try:
        written = page.write(out, _load(path) if path else None)
    except NoReport as error:
        raise click.BadParameter(str(error), param_hint="REPORT.json") from error
    except OSError as error:
        raise click.UsageError(f"the page cannot be written: {error}") from error
    click.echo(f"wrote {written}")


@cli.command("new")
@click.argument("folder", metavar="DIR", type=NEW_FOLDER)
@suite_option
def new_command(folder: Path) -> None:
    """Writes a starter file into DIR: every call, documented, not written."""
    from lydite.commands import starter  # noqa: PLC0415

    try:
        path = starter.write(folder)
    except starter.Exists as error:
        raise click.BadParameter(str(error), param_hint="DIR") from error
    click.echo(f"wrote {path}; fill in the bodies you like, then: {shlex.join(['lydite', 'grade', str(path)])}")


def main() -> NoReturn:
    """Runs the command line; a fault of ours is reported as such."""
    guarded(cli.main)


def guarded(run: Callable[..., Any]) -> NoReturn:
    """Runs `run`, and exits by the statuses of this command line."""
    try:
        status = run(standalone_mode=False)
    except click.ClickException as error:
        error.show(text := io.StringIO())
        click.echo(log(text.getvalue()), nl=False, err=True)
        sys.exit(USAGE)
    except (NoEngine, suite.NoSuite) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(USAGE)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(INTERRUPTED)
    except Exception as error:  # noqa: BLE001  (whatever it is, it is reported and has its exit status)
        console = Console(stderr=True)
        with console.capture() as shown:
            console.print_exception()
        click.echo(log(shown.get()), nl=False, err=True)
        click.echo(log(f"Lydite itself failed: {error}"), err=True)
        sys.exit(FAILED)
    sys.exit(status if isinstance(status, int) else 0)
