"""Gradebooks exported from Canvas and Moodle, with the one column of points filled and all else as it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from lydite.marks import marks
from lydite.results.sheet import Sheet, SheetError
from lydite.results.submission import Submission

POSSIBLE = "points possible"
CANVAS_KEYS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID")
MOODLE_KEYS = ("Identifier", "Full name", "ID number", "Username", "Email address")
ASSIGNMENT = re.compile(r".+ \(\d+\)")
"""What Canvas calls the column of an assignment: its name, and its number in brackets."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The file as it is to be imported, and what was not filled in, in words."""

    content: bytes
    left: tuple[str, ...]


def canvas(submissions: Sequence[Submission], path: Path, column: str, roster: dict[str, str]) -> Filled:
    """Fills the gradebook that Canvas has exported. Raises SheetError."""
    sheet = Sheet(path)
    top = next((i for i in range(len(sheet)) if sheet.get(i, 0).strip().casefold() == POSSIBLE), None)
    if top is None or sheet.column("Student") is None:
        raise SheetError(f"{path} is no gradebook of Canvas: it has no column Student, or no row Points Possible")
    writable = [
        (j, name)
        for j, name in enumerate(sheet.row(0))
        if ASSIGNMENT.fullmatch(name) and "read only" not in sheet.get(top, j)
    ]
    place = _chosen(
        path, [one for one in writable if not column or column in {one[1], one[1].rpartition(" (")[0]}], column
    )
    _possible(path, sheet.get(top, place), submissions)
    keys = [j for name in CANVAS_KEYS if (j := sheet.column(name)) is not None]
    return _fill(sheet, range(top + 1, len(sheet)), keys, place, submissions, roster, marks)


def moodle(submissions: Sequence[Submission], path: Path, column: str, roster: dict[str, str]) -> Filled:
    """Fills the grading worksheet that Moodle has exported. Raises SheetError."""
    sheet = Sheet(path)
    keys = [j for name in MOODLE_KEYS if (j := sheet.column(name)) is not None]
    place = sheet.column(column or "Grade")
    if not keys or place is None:
        raise SheetError(
            f"{path} is no grading worksheet of Moodle: it has no column Identifier, or no {column or 'Grade'}"
        )
    most, locked = sheet.column("Maximum grade"), sheet.column("Grade can be changed")
    comma = most is not None and any("," in sheet.get(i, most) for i in range(1, len(sheet)))
    rows = [i for i in range(1, len(sheet)) if locked is None or sheet.get(i, locked) != "No"]
    if most is not None:
        for i in rows:
            _possible(path, sheet.get(i, most).replace(",", "."), submissions)

    def written(points: float) -> str:
        return f"{points:.2f}".replace(".", "," if comma else ".")

    return _fill(sheet, rows, keys, place, submissions, roster, written)


def roster_of(path: Path) -> dict[str, str]:
    """Which student handed in which submission, from a CSV with the columns `submission` and `student`.

    Raises SheetError.
    """
    sheet = Sheet(path)
    submission, student = sheet.column("submission"), sheet.column("student")
    if submission is None or student is None:
        raise SheetError(f"{path} needs the columns submission and student, and has {', '.join(sheet.row(0))}")
    roster: dict[str, str] = {}
    for i in range(1, len(sheet)):
        name = sheet.get(i, submission)
        if name and roster.setdefault(name, sheet.get(i, student)) != sheet.get(i, student):
            raise SheetError(f"{path}, row {i + 1}: {name} has two students")
    return roster


def _chosen(path: Path, found: Sequence[tuple[int, str]], column: str) -> int:
    if len(found) != 1:
        names = ", ".join(name for _, name in found) or "none"
        raise SheetError(f"{path}: which column is to be filled? {column or 'Assignments'}: {names}")
    return found[0][0]


def _possible(path: Path, cell: str, submissions: Sequence[Submission]) -> None:
    """Raises SheetError where the gradebook expects another sum of points than the reports give."""
    try:
        due = float(cell)
    except ValueError:
        return
    for submission in submissions:
        if abs(submission.max_points - due) > 0.005:
            raise SheetError(
                f"{path} has {marks(due)} points possible, the report on {submission.name} "
                f"{marks(submission.max_points)}: let a rubric give as many"
            )


def _fill(
    sheet: Sheet,
    rows: Sequence[int],
    keys: Sequence[int],
    place: int,
    submissions: Sequence[Submission],
    roster: dict[str, str],
    written: Callable[[float], str],
) -> Filled:
    by_key: dict[str, set[int]] = {}
    for i in rows:
        for key in _keys(sheet.get(i, j) for j in keys):
            by_key.setdefault(key, set()).add(i)
    filled: dict[int, str] = {}
    left: list[str] = []
    for submission in submissions:
        there = set().union(*(by_key.get(name, set()) for name in _names(submission.name, roster)))
        if len(there) > 1:
            raise SheetError(
                f"{sheet.path}: {submission.name} fits several rows, {', '.join(str(i + 1) for i in sorted(there))}"
            )
        if not there:
            left.append(f"no row for {submission.name}")
            continue
        (i,) = there
        if i in filled:
            raise SheetError(f"{sheet.path}: {filled[i]} and {submission.name} both fit row {i + 1}")
        filled[i] = submission.name
        sheet.put(i, place, written(submission.points))
    if not filled:
        raise SheetError(f"{sheet.path}: no submission fits a row; a roster says whose each is")
    return Filled(
        sheet.content(), (*left, *(f"nothing for row {i + 1}" for i in rows if i not in filled and any(sheet.row(i))))
    )


def _keys(cells: Iterator[str]) -> Iterator[str]:
    """By what a row is known: its cells, the number of a participant, and the name before an @."""
    for cell in cells:
        text = cell.strip().casefold()
        if text:
            yield text
            yield from re.findall(r"^participant (\d+)$", text)
            yield from re.findall(r"^([^@]+)@", text)


def _names(name: str, roster: dict[str, str]) -> set[str]:
    """By what a submission is known: whom the roster says, else its name, and the numbers that downloads carry."""
    stem = PurePath(name).stem if name.endswith((".py", ".ipynb")) else name
    for known in (name, stem):
        if known in roster:
            return {roster[known].strip().casefold()}
    return {stem.casefold(), *re.findall(r"(?:^|_)(\d+)(?=_|$)", stem)}
