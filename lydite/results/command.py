"""Runs `lydite export`: from stored reports to the files that others read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from lydite import suite
from lydite.notation.escape import in_json, in_markup, log
from lydite.report.model import NoReport, write_whole
from lydite.results import autograder, badge, fill, github, gradebook, gradescope, junit, markdown, prairielearn, sarif
from lydite.results.rubric import Rubric, RubricError, read_rubric
from lydite.results.sheet import SheetError
from lydite.results.submission import Submission, submissions

Text = Callable[[list[Submission]], str]


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the command line, besides the format and the reports."""

    out: Path | None
    rubric: Rubric
    rubric_path: Path | None
    at: datetime
    name: str
    fill: Path | None
    column: str
    scale: bool
    roster: Path | None
    wheel: Path | None
    lock: Path | None


def _one(render: Callable[[Submission], str]) -> Text:
    """Returns the text of a format that is on one submission."""

    def text(found: list[Submission]) -> str:
        if len(found) != 1:
            names = ", ".join(submission.name for submission in found)
            raise click.BadParameter(f"this format is on one submission; choose from {names}", param_hint="--name")
        return render(found[0])

    return text


def _class(found: list[Submission]) -> str:
    from lydite.results.pages import class_page  # noqa: PLC0415  (its engine is an extra)

    return class_page(found)


LOGGED: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("class", "junit"), in_markup),
    **dict.fromkeys(("sarif", "gradescope-results", "prairielearn", "badge"), in_json),
    **dict.fromkeys(("annotations", "github"), str),  # which are commands, or outputs of a step
}
"""How a format is made harmless on standard output, which may be the log of a job; others as lines of a log."""
TEXTS: dict[str, Text] = {
    "class": _class,
    "markdown": markdown.render,
    "junit": junit.render,
    "csv": gradebook.render,
    "sarif": sarif.render,
    "annotations": github.annotated,
    "github": _one(github.classroom),
    "gradescope-results": _one(gradescope.render),
    "prairielearn": _one(prairielearn.render),
    "badge": _one(badge.render),
}
"""The formats that are one text, on standard output or in the file that is named."""
FILLED = {"canvas": fill.canvas, "moodle": fill.moodle}
FORMATS = ("html", *TEXTS, *FILLED, "gradescope")
ONLY = {
    "fill": tuple(FILLED),
    "column": tuple(FILLED),
    "scale": tuple(FILLED),
    "roster": tuple(FILLED),
    "wheel": ("gradescope",),
    "lock": ("gradescope",),
}
"""The options that have a meaning in some formats only."""

File = click.Path(exists=True, dir_okay=False, path_type=Path)


def _date(_: click.Context, __: click.Parameter, value: str | None) -> datetime:
    """Returns a date, or a date and time, of this machine's clock unless it has an offset; now, if there is none."""
    try:
        return (datetime.fromisoformat(value) if value else datetime.now()).astimezone()  # noqa: DTZ005  (has it now)
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{value} is not a date such as 2027-01-31 or 2027-01-31T12:00+01:00") from None


@click.command("export")
@click.argument("form", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("reports", metavar="[REPORT...]", nargs=-1, type=File)
@click.option("--out", metavar="PATH", type=click.Path(path_type=Path), help="The file; of html the folder.")
@click.option("--rubric", "rubric_path", metavar="FILE", type=File, help="Points, void claims, and what is shown when.")
@click.option("--at", metavar="DATE", callback=_date, help="Show what may be seen at that date instead of now.")
@click.option("--name", metavar="NAME", default="", help="The submission, where the reports are on several.")
@click.option("--fill", metavar="CSV", type=File, help="The gradebook as exported, for canvas and moodle.")
@click.option("--column", metavar="NAME", default="", help="The column to fill in it, where that is not plain.")
@click.option("--scale", is_flag=True, help="Scale the points to those that the gradebook expects.")
@click.option("--roster", metavar="CSV", type=File, help="Whose each submission is: columns submission, student.")
@click.option("--wheel", metavar="FILE", type=File, help="For gradescope: install this, not the release of the index.")
@click.option("--lock", metavar="FILE", type=File, help="For gradescope: pip's requirements, with their hashes.")
@click.pass_context
def export_command(
    context: click.Context,
    /,
    form: str,
    reports: tuple[Path, ...],
    rubric_path: Path | None,
    **rest: object,
) -> None:
    """Writes what stored REPORTs (JSON, or that in gzip) say in another FORMAT. Runs nothing.

    Of several reports on the same name the last counts, or the best if the rubric says so.

    \b
    html            pages, one for each submission, in the folder --out
    class           the class on one page
    csv             a gradebook
    canvas          the gradebook --fill, with its one column filled
    moodle          the grading worksheet --fill, likewise
    gradescope      an autograder to upload: a zip, from no REPORT
    gradescope-results, prairielearn, github    what one submission gets
    markdown        for an issue, or the summary of a job
    junit, sarif, annotations, badge            for continuous integration
    """  # noqa: D301  (click reads \b as: leave these lines as they are)
    _check_options(context, form)
    try:
        rubric = read_rubric(rubric_path) if rubric_path else Rubric()
    except RubricError as error:
        raise click.BadParameter(str(error), param_hint="--rubric") from error
    options = Options(rubric=rubric, rubric_path=rubric_path, **rest)  # type: ignore[arg-type]  # click knows their types
    try:
        _export(form, reports, options)
    except SheetError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.UsageError(f"the file cannot be written: {error}") from error


def _check_options(context: click.Context, form: str) -> None:
    """Raises UsageError where an option is missing or has no meaning."""
    for option, forms in ONLY.items():
        if form not in forms and context.params[option]:
            raise click.UsageError(f"--{option} is for {' and '.join(forms)}, not for {form}")
    if form in FILLED and not context.params["fill"]:
        raise click.UsageError(f"{form} fills a gradebook: name the one you have exported with --fill")
    if form in {"html", "gradescope"} and not context.params["out"]:
        raise click.UsageError(f"{form} needs --out")
    if form == "gradescope" and not suite.is_own():
        raise click.UsageError(f"gradescope makes an autograder that installs Lydite alone, and not {suite.title()}")
    if form == "gradescope" and context.params["reports"]:
        raise click.UsageError("gradescope makes an autograder, from no REPORT; is gradescope-results meant?")
    if form != "gradescope" and not context.params["reports"]:
        raise click.UsageError("no REPORT is named")


def _export(form: str, reports: tuple[Path, ...], options: Options) -> None:
    if form == "gradescope" and options.out:
        _write(options.out, autograder.archive(options.rubric, options.rubric_path, options.wheel, options.lock))
        return
    try:
        found = submissions(reports, options.rubric, options.rubric.level(options.at))
    except NoReport as error:
        raise click.BadParameter(str(error), param_hint="REPORT") from error
    except RubricError as error:
        raise click.BadParameter(str(error), param_hint="--rubric") from error
    if options.name:
        found = [submission for submission in found if submission.name == options.name]
        if not found:
            raise click.BadParameter(f"no submission is called {options.name}", param_hint="--name")
    if form == "html" and options.out:
        _pages(options.out, found)
    elif form in FILLED and options.fill:
        roster = fill.roster_of(options.roster) if options.roster else {}
        filled = FILLED[form](found, options.fill, options.column, roster, options.scale)
        _write(options.out, filled.content)
        for note in filled.left:
            click.echo(log(note), err=True)
    elif options.out:
        _write(options.out, TEXTS[form](found).encode("utf-8"))
    else:
        click.echo(LOGGED.get(form, log)(TEXTS[form](found)).encode("utf-8"), nl=False)


def _pages(folder: Path, found: list[Submission]) -> None:
    from lydite.results.pages import submission_pages  # noqa: PLC0415  (its engine is an extra)

    for name, text in submission_pages(found):
        _write(folder / name, text.encode("utf-8"))


def _write(path: Path | None, content: bytes) -> None:
    """Writes `content` to `path`; to standard output, if there is none."""
    if path is None:
        click.echo(content, nl=False)
    else:
        write_whole(path, content)
