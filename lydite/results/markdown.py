"""Renders submissions as Markdown: for an issue, a comment, or the summary of a job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lydite.notation.escape import markdown
from lydite.notation.marks import marks
from lydite.report.count import SIGNS, WORDS
from lydite.report.model import Outcome
from lydite.results.submission import FaultView, Submission

WIDTH = 12


def render(submissions: Sequence[Submission]) -> str:
    """Returns all of them, one after the other; a table of the points first where there are several."""
    lines: list[str] = []
    if len(submissions) > 1:
        lines += [*_table(submissions), ""]
    for submission in submissions:
        lines += _section(submission)
    return "\n".join(lines).rstrip() + "\n"


def _table(submissions: Sequence[Submission]) -> Iterator[str]:
    yield "| submission | points | to fix |"
    yield "|---|---:|---|"
    for one in submissions:
        told = markdown(one.trouble or one.to_fix)
        yield f"| {markdown(one.name)} | {marks(one.points)} / {marks(one.max_points)} | {told} |"


def _section(submission: Submission) -> Iterator[str]:
    yield f"## {markdown(submission.name)}: {marks(submission.points)} / {marks(submission.max_points)}"
    yield ""
    if submission.notes:
        yield from (*(f"- {markdown(note)}" for note in submission.notes), "")
    if submission.trouble:
        yield from (f"**{markdown(submission.trouble)}**", "")
    yield from _functions(submission)
    yield from _questions(submission)
    for fault in submission.faults:
        yield from _fault(fault)
    for budget in submission.exceeded:
        yield from (f"Less accurate than its budget: {markdown(budget.says)}", "")
        yield from (*(f"    {row}" for row in told(budget.rows())), "")
    if submission.missing:
        yield from (f"Not offered: {', '.join(f'`{call}`' for call in submission.missing)}", "")
    run = f"{submission.precision}, seed {submission.seed}, {submission.cases:,} cases, {submission.isolation}"
    yield from (f"{markdown(run)}; lydite {markdown(submission.lydite)}", "")


def _functions(submission: Submission) -> Iterator[str]:
    yield "| function | holds | where to look |"
    yield "|---|---|---|"
    for one in submission.functions:
        holds = f"{SIGNS[one.outcome]} {one.holds}".rstrip()
        yield f"| {markdown(one.call)} | {holds} | {markdown(one.look)} |"
    yield ""


def _questions(submission: Submission) -> Iterator[str]:
    yield "| question | points | claims |"
    yield "|---|---:|---|"
    for question in submission.questions:
        count = submission.count(question)
        counts = ", ".join(f"{SIGNS[o]} {count.by_claim[o]} {WORDS[o]}" for o in reversed(Outcome) if count.by_claim[o])
        yield f"| {markdown(question)} | {count.points.replace('/', ' / ')} | {markdown(counts)} |"
    yield ""


def _fault(fault: FaultView) -> Iterator[str]:
    cost = f", -{marks(fault.points)}" if fault.points else ""
    yield f"### {markdown(fault.call)}: {markdown(fault.face.name)}, {markdown(fault.face.title)}{cost}"
    yield ""
    if fault.face.otherwise:
        yield from (f"Checked: {markdown(fault.face.otherwise)}", "")
    # An indented block ends with its line, so nothing on the line can end it sooner.
    yield from (f"    {row}" for row in told(fault.rows()))
    yield ""


def told(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Returns rows as plain lines, in two columns."""
    return [f"{name:<{WIDTH}}{text}" for name, text in rows]
