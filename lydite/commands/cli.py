"""The command line."""

from __future__ import annotations

import io
import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from click.core import ParameterSource
from rich.console import Console

from lydite import __version__, suite
from lydite.commands.diff import diff_command
from lydite.commands.doctor import doctor_command
from lydite.commands.entered import suite_option
from lydite.commands.suites import suite_command
from lydite.commands.taken import FILE, NEW_FILE, NEW_FOLDER, grading_options, option
from lydite.commands.watching import Judge, Order, Watcher
from lydite.grading import baseline
from lydite.grading.batch import SUBMITTED, Batch, BatchError, alone, here, keep_seed, overview, submissions
from lydite.grading.cluster import NoCluster, at
from lydite.grading.grade import Graded, Limits, grade, orders, sensible_jobs
from lydite.grading.progress import batch_progress, progress, screen
from lydite.grading.project import ProjectError, defaults
from lydite.grading.request import Request, Settings, check_target
from lydite.grading.texts import AUTO, BadOption
from lydite.isolation import NoTier, Tier, best, proven
from lydite.isolation.interpreter import NotInstalled
from lydite.kit.claim import Verdict
from lydite.notation.escape import log
from lydite.notation.text import plain
from lydite.options import CORPUS, EFFORT, OPTIONS, PROFILES
from lydite.report.lines import fitted, show, width_of
from lydite.report.model import BROKEN, FAILED, NOTHING_GRADED, USAGE, NoReport, Report
from lydite.report.terminal import brief, evidence, lines
from lydite.results.command import export_command
from lydite.results.points import rescored
from lydite.results.rubric import Rubric, RubricError, read_rubric
from lydite.target.exists import NoTarget, check_exists
from lydite.target.name import is_submitted
from lydite.target.name import paths as paths_of
from lydite.target.program import Program
from lydite.templates import NoEngine
from lydite.worker.loading import Unloadable

if TYPE_CHECKING:
    from lydite.commands.replay import Replayed, Stored

INTERRUPTED = 130
WRITERS = {"write_expect": baseline.faults, "write_budget": baseline.budgets}
"""The options that write what is expected from now on, and what each changes in a file of expectations."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lydite")
@suite_option
def cli() -> None:
    """A touchstone for the mathematics of deep learning.

    Exit status: 0 every claim in scope holds, 1 something does not, 2 usage, 3 nothing was graded, 4 Lydite failed.
    """


@cli.command("grade")
@click.argument("targets", metavar="TARGET...", nargs=-1)
@grading_options
@suite_option
def grade_command(
    targets: tuple[str, ...],
    each: Path | None,
    out: Path | None,
    json_path: Path | None,
    quiet: str | None,
    jobs: int | None,
    dask: str | None,
    timeout: float,
    rubric_path: Path | None,
    watch: str | None,
    explain: str | None,
    **given: Any,
) -> NoReturn:
    """Grades each TARGET: `reference`, a module, adapter.toml, mistakes.MODULE:NAME, or what is submitted.

    That is file.py, a folder/, notebook.ipynb or "exec:COMMAND", which run in isolation.
    """
    writing = {name: given.pop(f"{OPTIONS[name].field}_path") for name in WRITERS}
    texts, jobs, timeout = _completed(given, targets, each, jobs, timeout)
    _check_together(targets, each, out, dask, texts, writing, watch=bool(watch))
    with _usage():
        rubric = read_rubric(rubric_path) if rubric_path else None
        asked = Settings.read(**texts)
        paths = _kept_at(json_path, out, first=each is not None)
        finish = partial(_finish, paths, rubric, quiet=bool(quiet), explain=bool(explain))
        if each and out:
            _check_served(rubric, _anywhere(asked, dask).of(SUBMITTED, ""))  # before anything is written
            whole, failures = _graded_batch(each, out, asked, jobs, dask, timeout, fresh=texts["seed"] == "random")
        else:
            order, judge = partial(_ordered, targets, asked, rubric), partial(_judge, asked, jobs, timeout)
            if watch:
                _watch(targets, order, judge, lambda done: finish(*_whole(done, asked, paths)), paths)
            whole, failures = _graded(order, judge, asked, paths, writing)
    status = finish(whole, failures)
    if each and out:
        _show_class(out, rubric or Rubric())
    sys.exit(status)


def _kept_at(json_path: Path | None, out: Path | None, *, first: bool) -> list[Path]:
    """Returns where the report is kept; in the folder `out` first, if so."""
    kept = [json_path, out / "report.json" if out else None]
    return [path for path in (reversed(kept) if first else kept) if path]


def _anywhere(asked: Settings, dask: str | None) -> Settings:
    """Returns the settings for this machine, on which a submission that is graded elsewhere need not be contained."""
    return replace(asked, isolation=str(Tier.NONE)) if dask else asked


def _completed(
    given: Mapping[str, str | None], targets: tuple[str, ...], each: Path | None, jobs: int | None, timeout: float
) -> tuple[dict[str, str], int | None, float]:
    """Returns the options as texts, the number of processes, and the seconds, with all that is not given filled in.

    First by the profile, and by the project's file; then the corpus and the seed, whose defaults depend on what is
    graded and how.
    """
    source = click.get_current_context().get_parameter_source
    with _usage():
        project = {} if each else defaults(targets)
    project |= PROFILES.get(given["profile"] or "", {})
    project = {name: text for name, text in project.items() if source(name) is ParameterSource.DEFAULT}
    jobs, timeout = int(project.pop("jobs", jobs or 0)) or None, float(project.pop("timeout", timeout))
    texts = {name: text or "" for name, text in given.items() if name != "profile"} | project
    if texts["explore"] and not (texts["seed"] or texts["corpus"] or each):
        texts["corpus"] = CORPUS
    texts["seed"] = texts["seed"] or ("random" if each or texts["explore"] or any(map(is_submitted, targets)) else "0")
    return texts, jobs, timeout * EFFORT if texts["explore"] else timeout


def _check_works(isolation: str) -> None:
    """Raises UsageError where no process can be forked here, and where a tier that is named does not work."""
    if not hasattr(os, "fork"):
        raise click.UsageError(
            "targets are graded in processes that are forked, and this system forks none. What you trust is judged in "
            "your own process by `pytest --impl TARGET`, or from Python by lydite.check; what you do not, on Linux"
        )
    if isolation != AUTO and (why_not := proven(Tier(isolation))):
        raise click.BadParameter(f"{isolation} does not work here: {why_not}", param_hint="--isolation")


def _finish(
    paths: Sequence[Path],
    rubric: Rubric | None,
    whole: Report,
    failures: Mapping[str, str],
    *,
    quiet: bool,
    explain: bool,
) -> int:
    """Scores the report by the rubric, prints it, and keeps it at `paths`. Returns the exit status."""
    whole = rescored(whole, rubric) if rubric else whole
    status = _shown(whole, failures, quiet=quiet, explain=explain)
    _keep(whole, paths)
    return status


def _watch(
    targets: tuple[str, ...], order: Order, judge: Judge, show: Callable[[list[Graded]], object], paths: Sequence[Path]
) -> NoReturn:
    """Grades after each change, and says on Ctrl-C what is kept."""
    try:
        Watcher(targets, order, judge, show).run()
    finally:
        kept = f"the last report is in {paths[0]}" if paths else "nothing is kept without --json"
        click.echo(f"watching has ended: {kept}", err=True)
    raise AssertionError  # it ends by Ctrl-C


def _shown(whole: Report, failures: Mapping[str, str], *, quiet: bool, explain: bool) -> int:
    """Prints the report, and where it is we who have failed. Returns the exit status."""
    status = FAILED if failures else whole.exit_status()
    if quiet:
        click.echo(brief(whole, status))  # as many lines as it has, however narrow a log is
    else:
        show(lines(whole, status, explain=explain), Console())
    for name, why in failures.items():
        click.echo(log(f"Lydite itself failed on {name}:\n{why}"), err=True)
    return status


@contextmanager
def _usage() -> Iterator[None]:
    """Turns requests that cannot be satisfied into errors of usage."""
    try:
        yield
    except NoTier as error:
        raise click.UsageError(str(error)) from error
    except BadOption as error:
        raise click.BadParameter(str(error), param_hint=f"--{error.option}") from error
    except RubricError as error:
        raise click.BadParameter(str(error), param_hint="--rubric") from error
    except ProjectError as error:
        raise click.UsageError(str(error)) from error


def _keep(whole: Report, paths: Sequence[Path]) -> None:
    """Writes the report to `paths`."""
    try:
        for path in paths:
            whole.write(path)
    except OSError as error:
        raise click.UsageError(f"the report cannot be written: {error}") from error


def _show_class(out: Path, rubric: Rubric) -> None:
    """Writes the gradebook and the page of a class beside its report."""
    try:
        overview(out, rubric)
    except OSError as error:
        raise click.UsageError(f"the overview cannot be written: {error}") from error
    except (NoEngine, NoReport) as error:
        click.echo(f"no overview of the class: {error}", err=True)


def _check_together(
    targets: tuple[str, ...],
    each: Path | None,
    out: Path | None,
    dask: str | None,
    texts: dict[str, str],
    writing: Mapping[str, Path | None],
    *,
    watch: bool,
) -> None:
    """Raises UsageError where options do not go together, or the isolation does not work here."""
    wrong = {
        "name a TARGET, or a folder of submissions with --each": not targets and each is None,
        "name either TARGETs or --each": bool(targets) and each is not None,
        "--each needs --out, where the reports are kept": each is not None and out is None,
        "--dask is for --each": bool(dask) and each is None,
        "--watch is for files and folders that are submitted": watch
        and (each is not None or not all(is_submitted(target) and paths_of(target) for target in targets)),
        "--watch is not for --explore, which has other inputs each time": watch and bool(texts["explore"]),
        "--write-expect and --write-budget are not for --watch": watch and any(writing.values()),
        "--out is not for the folder of the suite: each report would change that, and be made again": (
            out is not None and each is not None and not suite.is_own() and out.resolve().is_relative_to(suite.folder())
        ),
        "--expect is for named TARGETs, not for --each": bool(texts["expect"]) and each is not None,
        "--write-expect and --write-budget are for named TARGETs, not for --each": any(writing.values()) and bool(each),
        "--adapter is not for --dask: the file is not there": bool(texts["adapter"]) and bool(dask),
        "--suite is not for --dask: the folder is not there": not suite.is_own() and bool(dask),
        "--corpus is for named TARGETs, not for --each": bool(texts["corpus"]) and each is not None,
    }
    for told, is_so in wrong.items():
        if is_so:
            raise click.UsageError(told)
    _check_works(texts["isolation"])


def _ordered(targets: tuple[str, ...], asked: Settings, rubric: Rubric | None) -> list[Graded]:
    """Returns what is to be graded of `targets`. Raises BadOption, NoTier, RubricError."""
    try:
        graded = orders(targets, asked)
    except BadOption:
        raise
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="TARGET") from error
    for one in graded:
        _check_served(rubric, one.request)
    return graded


def _judge(asked: Settings, jobs: int | None, timeout: float, graded: list[Graded]) -> None:
    """Grades all of them."""
    with _interruptible(lambda: _so_far(graded)), progress(screen()) as listen:
        grade(graded, asked.isolation, Limits(timeout, jobs or sensible_jobs(graded)), listen)


def _graded(
    order: Order, judge: Judge, asked: Settings, paths: Sequence[Path], writing: Mapping[str, Path | None]
) -> tuple[Report, dict[str, str]]:
    """Returns the report on what is ordered, and where it is we who have failed. Raises what `order` does."""
    judge(graded := order())
    _write_expected(graded, writing)
    return _whole(graded, asked, paths)


def _whole(graded: list[Graded], asked: Settings, paths: Sequence[Path]) -> tuple[Report, dict[str, str]]:
    """Returns the report on what was graded, and where it is we who have failed."""
    entries, path = [one.entry() for one in graded], str(paths[0]) if paths else ""
    whole = Report.of(graded[0].request, _named(asked.isolation, graded), entries, path)
    return whole, {one.name: one.findings.failed for one in graded if one.findings.failed}


def _write_expected(graded: Sequence[Graded], writing: Mapping[str, Path | None]) -> None:
    """Writes the files that are requested, and expects from now on what they say. Raises BadOption."""
    for path in dict.fromkeys(filter(None, writing.values())):
        names = [name for name in WRITERS if writing[name] == path]
        judged = {one.name: (one.entry(), one.request) for one in graded}
        try:
            written = baseline.write(path, judged, *(WRITERS[name] for name in names))
        except (OSError, ValueError) as error:
            raise BadOption(OPTIONS[names[0]].name, str(error)) from error
        for one in graded:
            one.request = replace(one.request, expectation=written[one.name])
        click.echo(f"wrote {path}: from now on, grade with --expect {shlex.quote(str(path))}", err=True)


@contextmanager
def _interruptible(kept: Callable[[], str]) -> Iterator[None]:
    """Says on Ctrl-C what was `kept`, and which command goes on."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(log(f"interrupted: {kept()}\nto go on: {shlex.join(['lydite', *sys.argv[1:]])}"), err=True)
        raise


def _so_far(graded: Sequence[Graded]) -> str:
    """Returns how far the grading of named targets has come: nothing of it is kept."""
    told = [f"{len(o.findings.results)} of {len(o.findings.planned)} laws judged of {o.name}" for o in graded]
    return f"{', '.join(told)}; nothing is kept, and all begins again"


def _check_served(rubric: Rubric | None, request: Request) -> None:
    """Raises RubricError where the rubric counts what is not graded, before hours are spent on it."""
    if rubric and (unserved := rubric.unserved(request.scope.pairs)):
        raise RubricError(f"{unserved} here: see --regimes and --only")


def _graded_batch(
    each: Path, out: Path, asked: Settings, jobs: int | None, dask: str | None, timeout: float, *, fresh: bool
) -> tuple[Report, dict[str, str]]:
    """Returns the report on the children of `each`, and where it is we who have failed. Raises BadOption, NoTier."""
    try:
        found = submissions(each, out)
        with alone(out):
            batch = Batch(out, replace(asked, seed=keep_seed(out, None if fresh else asked.seed)), timeout)
            kept = f"of {len(found)} submissions are graded, and kept in {out}"
            with (
                _interruptible(lambda: f"{batch.kept} {kept}"),
                batch_progress(screen(), len(found)) as board,
            ):
                whole = batch.run(found, at(dask) if dask else here(jobs or os.cpu_count() or 1, board.listen), board)
    except BatchError as error:
        raise click.BadParameter(str(error), param_hint="--each") from error
    except NoCluster as error:
        raise click.BadParameter(str(error), param_hint="--dask") from error
    return whole, batch.failures


def _named(isolation: str, graded: list[Graded]) -> Tier:
    """Returns the isolation of the report: that of what was submitted, if anything was."""
    tiers = {one.request.tier for one in graded} - {Tier.NONE}
    return max(tiers) if tiers else Tier.NONE if isolation == Tier.NONE else Tier.PROCESS


cli.add_command(diff_command)
cli.add_command(doctor_command)
cli.add_command(suite_option(export_command))
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
        click.echo(f"{call:<36}{plain(fault) or 'answers'}")
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
        check_exists(target or found.target)
        done = replay(found, target or found.target, _tier(isolation, target or found.target, found.adapter))
        told = script(found, done, target or found.target) if as_script else fitted(_told(found, done), _width())
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


def _width() -> int:
    """Returns the columns of standard output."""
    return width_of(Console())


def _load(path: Path) -> Report:
    """Returns the report in `path`, and warns where its suite has changed since. Raises NoReport, naming the path."""
    whole = Report.load(path)
    try:
        change = whole.change()
    except NoReport as error:
        raise NoReport(f"{path}: {error}") from None
    if change:
        click.echo(f"Warning: {change}", err=True)
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
        error.show(shown := io.StringIO())
        click.echo(log(shown.getvalue()), nl=False, err=True)
        sys.exit(USAGE)
    except (NoEngine, suite.NoSuite) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(USAGE)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(INTERRUPTED)
    except Exception as error:  # noqa: BLE001  (whatever it is, it is reported and has its exit status)
        Console(stderr=True).print_exception()
        click.echo(log(f"Lydite itself failed: {error}"), err=True)
        sys.exit(FAILED)
    sys.exit(status if isinstance(status, int) else 0)
