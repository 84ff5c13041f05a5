"""Runs `lydite grade`: what options mean together, what is graded, and what is shown and kept of it."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click
from click.core import ParameterSource
from rich.console import Console

from lydite import suite
from lydite.commands.entered import suite_option
from lydite.commands.taken import grading_options
from lydite.commands.watching import Judge, Order, Watcher
from lydite.grading import baseline
from lydite.grading.batch import SUBMITTED, Batch, BatchError, alone, here, keep_seed, overview, submissions
from lydite.grading.cluster import NoCluster, at
from lydite.grading.grade import Graded, Limits, grade, orders, sensible_jobs
from lydite.grading.progress import batch_progress, progress, screen
from lydite.grading.project import ProjectError, defaults
from lydite.grading.request import Request, Settings
from lydite.grading.texts import AUTO, BadOption
from lydite.isolation import NoTier, Tier, proven
from lydite.notation.escape import log
from lydite.options import CORPUS, EFFORT, OPTIONS, PROFILES
from lydite.report.lines import show
from lydite.report.model import FAILED, NoReport, Report
from lydite.report.terminal import brief, lines
from lydite.results.points import rescored
from lydite.results.rubric import Rubric, RubricError, read_rubric
from lydite.target.name import is_submitted
from lydite.target.name import paths as paths_of
from lydite.templates import NoEngine

WRITERS = {"write_expect": baseline.faults, "write_budget": baseline.budgets}
"""The options that write what is expected from now on, and what each changes in a file of expectations."""


@click.command("grade")
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
    except (NoTier, ProjectError) as error:
        raise click.UsageError(str(error)) from error
    except BadOption as error:
        raise click.BadParameter(str(error), param_hint=f"--{error.option}") from error
    except RubricError as error:
        raise click.BadParameter(str(error), param_hint="--rubric") from error


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
        click.echo(log(f"no overview of the class: {error}"), err=True)


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
        "--adapter is not for --dask: the workers of the cluster do not have the file": bool(texts["adapter"])
        and bool(dask),
        "--suite is not for --dask: the workers of the cluster do not have its folder": not suite.is_own()
        and bool(dask),
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
