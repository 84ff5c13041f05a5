"""Fills the one column of points in gradebooks exported from Canvas and Moodle, and leaves all else as it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lydite.notation.marks import marks
from lydite.results.download import DOWNLOADS, stems
from lydite.results.sheet import Sheet, SheetError
from lydite.results.submission import Submission

Roster = Mapping[str, tuple[str, ...]]
"""The students who handed in each submission."""

POSSIBLE = "points possible"
CANVAS_ID = "ID"
CANVAS_KEYS = (CANVAS_ID, "Student", "SIS User ID", "SIS Login ID", "Integration ID")
MOODLE_ID = "Identifier"
MOODLE_KEYS = (MOODLE_ID, "Full name", "ID number", "Username", "Email address")
FIRST, LAST = ("First name",), ("Last name", "Surname")
"""The columns that Moodle has instead of the full name in the export of its gradebook."""
MOST = ("Maximum grade", "Max grade", "Maximum mark", "Max. grade")
ASSIGNMENT = re.compile(r".+ \(\d+\)")
"""The heading of an assignment in Canvas: its name, and its number in brackets."""
REAL = re.compile(r".+ \(Real\)")
"""The heading that Moodle gives to the points of an activity in the export of its gradebook."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The file as it is to be imported, and what was not filled in, in words."""

    content: bytes
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a gradebook: those to fill, those that are `locked`, and by which columns a student is known.

    The first of `keys` holds the number that the names of downloaded files carry.
    """

    sheet: Sheet
    open: Sequence[int]
    keys: Sequence[int]
    place: int
    locked: Sequence[int] = ()

    def known(self, i: int) -> list[str]:
        """Returns by what the student of a row is known: the cells, and the two of a name together."""
        first, last = self.sheet.column(*FIRST), self.sheet.column(*LAST)
        full = [] if first is None or last is None else [f"{self.sheet.get(i, first)} {self.sheet.get(i, last)}"]
        return [text for cell in (*(self.sheet.get(i, j) for j in self.keys), *full) if (text := cell.strip())]

    def name(self, i: int) -> str:
        """Returns whose row it is, in words."""
        whose = self.known(i)
        return f"row {i + 1} ({(whose[1:] or whose)[0]})" if whose else f"row {i + 1}"


def canvas(submissions: Sequence[Submission], path: Path, column: str, roster: Roster, scale: bool = False) -> Filled:
    """Fills the gradebook that Canvas has exported. Raises SheetError."""
    sheet = Sheet(path)
    top = next((i for i in range(len(sheet)) if sheet.get(i, 0).strip().casefold() == POSSIBLE), None)
    if sheet.column("Student") is None:
        raise SheetError(f"{path} is not a gradebook of Canvas: it has no column Student, but {_heading(sheet)}")
    if top is None:
        raise SheetError(
            f"{path} is not a gradebook of Canvas: it has no row Points Possible; was it exported in English?"
        )
    writable = [
        (j, name)
        for j, name in enumerate(sheet.row(0))
        if ASSIGNMENT.fullmatch(name.strip()) and "read only" not in sheet.get(top, j)
    ]
    place = _chosen(sheet, writable, column)
    rows = Rows(sheet, range(top + 1, len(sheet)), _places(sheet, CANVAS_KEYS), place)
    fitted, notes = _fitted(path, [sheet.get(top, place)], submissions, scale)
    return _fill(rows, fitted, roster, _written(sheet, place), notes)


def moodle(submissions: Sequence[Submission], path: Path, column: str, roster: Roster, scale: bool = False) -> Filled:
    """Fills the grading worksheet that Moodle has exported, or the export of its gradebook. Raises SheetError."""
    sheet = Sheet(path)
    keys = _places(sheet, MOODLE_KEYS)
    if not keys:
        raise SheetError(
            f"{path} is not a grading worksheet of Moodle: it has none of the columns {', '.join(MOODLE_KEYS)}, "
            f"but {_heading(sheet)}; was it exported in English?"
        )
    place = sheet.column(column or "Grade")
    if place is None:
        real = [(j, name) for j, name in enumerate(sheet.row(0)) if REAL.fullmatch(name.strip())]
        place = _chosen(sheet, real, column)
    most, locked = sheet.column(*MOST), sheet.column("Grade can be changed")
    students = [i for i in range(1, len(sheet)) if any(sheet.row(i))]
    shut = [i for i in students if locked is not None and sheet.get(i, locked).strip().casefold() == "no"]
    rows = Rows(sheet, [i for i in students if i not in shut], keys, place, shut)
    cells = [] if most is None else [sheet.get(i, most) for i in rows.open]
    fitted, notes = _fitted(path, cells, submissions, scale)
    return _fill(rows, fitted, roster, _written(sheet, place, *([] if most is None else [most]), whole=True), notes)


def roster_of(path: Path) -> dict[str, tuple[str, ...]]:
    """Returns who handed in what, from a CSV with the columns `submission` and `student`; a group has several rows.

    Raises SheetError.
    """
    sheet = Sheet(path)
    submission, student = sheet.column("submission"), sheet.column("student")
    if submission is None or student is None:
        raise SheetError(f"{path} needs the columns submission and student, and has {_heading(sheet)}")
    roster: dict[str, tuple[str, ...]] = {}
    for i in range(1, len(sheet)):
        name, whose = sheet.get(i, submission), sheet.get(i, student)
        if name and not whose.strip():
            raise SheetError(f"{path}, row {i + 1}: {name} has no student")
        if name and whose not in roster.get(name, ()):
            roster[name] = (*roster.get(name, ()), whose)
    return roster


# -- Columns and numbers --


def _heading(sheet: Sheet) -> str:
    return ", ".join(sheet.row(0))


def _places(sheet: Sheet, names: Iterable[str]) -> list[int]:
    return [j for name in names if (j := sheet.column(name)) is not None]


def _chosen(sheet: Sheet, found: Sequence[tuple[int, str]], column: str) -> int:
    wanted = column.strip().casefold()
    named = [(j, n.strip()) for j, n in found]
    fits = [(j, n) for j, n in named if wanted in {"", n.casefold(), n.rpartition(" (")[0].casefold()}]
    if len(fits) != 1:
        names = ", ".join(name for _, name in fits) or f"none of {_heading(sheet)}"
        raise SheetError(f"{sheet.path}: which column is to be filled? {column or 'Assignments'}: {names}")
    return fits[0][0]


def _number(cell: str) -> float | None:
    """Returns a number as gradebooks write it, with a point or a comma before the decimals; None where it is none."""
    text = re.sub(r"[\s\u00a0']", "", cell)
    if "," in text and "." in text:  # the last of them is before the decimals
        text = text.replace(min(",", ".", key=text.rfind), "")
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _written(sheet: Sheet, *columns: int, whole: bool = False) -> Callable[[float], str]:
    """Returns how points are written: with a comma where the numbers in `columns` have one; `whole` ones with zeros."""
    cells = [sheet.get(i, j) for i in range(1, len(sheet)) for j in columns]
    comma = any("," in cell and _number(cell) is not None for cell in cells)
    return lambda points: (f"{points:.2f}" if whole else marks(points)).replace(".", "," if comma else ".")


def _fitted(
    path: Path, cells: Iterable[str], submissions: Sequence[Submission], scale: bool
) -> tuple[list[Submission], list[str]]:
    """Returns the submissions with the points that the gradebook expects, scaled if requested, and messages.

    `cells` say how many points are possible. Raises SheetError where it expects others.
    """
    possible = sorted({n for cell in cells if (n := _number(cell)) is not None})
    if len(possible) > 1:
        raise SheetError(f"{path} has several sums of points possible: {', '.join(map(marks, possible))}")
    if not possible:
        return list(submissions), [f"{path} does not say how many points are possible: they are not checked"]
    [due] = possible
    others = [s for s in submissions if abs(s.max_points - due) > 0.005]
    if others and not scale:
        raise SheetError(
            f"{path} has {marks(due)} points possible, the report on {others[0].name} "
            f"{marks(others[0].max_points)}: let a rubric give as many, or scale them with --scale"
        )
    notes = [f"scaled to the {marks(due)} points of the gradebook"] if others else []
    return [_scaled(s, due) for s in submissions], notes


def _scaled(submission: Submission, due: float) -> Submission:
    if not submission.max_points:
        return submission
    return replace(submission, points=round(submission.points * due / submission.max_points, 2), max_points=due)


# -- Rows --


def _fill(
    rows: Rows, submissions: Sequence[Submission], roster: Roster, written: Callable[[float], str], notes: list[str]
) -> Filled:
    sheet = rows.sheet
    everyone = _Known(rows, [*rows.open, *rows.locked])
    filled: dict[int, str] = {}
    for submission in submissions:
        places = everyone.rows_of(submission.name, roster)
        notes += [f"no row for {whom}" for whom, i in places if i is None]
        for i in dict.fromkeys(i for _, i in places if i is not None):
            if i in rows.locked:
                notes.append(f"{rows.name(i)} cannot be changed: nothing for {submission.name}")
                continue
            if i in filled:
                raise SheetError(f"{sheet.path}: {filled[i]} and {submission.name} both fit row {i + 1}")
            filled[i] = submission.name
            sheet.put(i, rows.place, written(submission.points))
    if not filled:
        told = f" ({'; '.join(notes)})" if notes else ""
        raise SheetError(f"{sheet.path}: no submission fits a row; a roster says whose each is{told}")
    notes += [f"nothing for {rows.name(i)}" for i in rows.open if i not in filled and any(sheet.row(i))]
    return Filled(sheet.content(), tuple(notes))


class _Known:
    """By what the students of a gradebook are known."""

    def __init__(self, rows: Rows, places: Sequence[int]) -> None:
        self._sheet = rows.sheet
        self._by_key: dict[str, set[int]] = {}
        self._by_id: dict[str, set[int]] = {}
        for i in places:
            for key in _keys(rows.known(i)):
                self._by_key.setdefault(key, set()).add(i)
            for number in re.findall(r"\d+$", rows.sheet.get(i, rows.keys[0]).strip()):
                self._by_id.setdefault(number, set()).add(i)

    def rows_of(self, name: str, roster: Roster) -> list[tuple[str, int | None]]:
        """Returns the row of each student who handed in `name`, None where there is none. Raises SheetError."""
        for known in stems(name):
            if known in roster:
                return [(f"{name} of {whom}", self._one(name, (self._by_key, [whom]))) for whom in roster[known]]
        return [(name, self._one(name, *self._ways(name)))]

    def _ways(self, name: str) -> Iterator[tuple[Mapping[str, set[int]], Sequence[str]]]:
        """Yields the ways to read a name, the surest first: as it is, as a download is called, by any number in it."""
        yield from ((self._by_key, [stem]) for stem in stems(name))
        for pattern in DOWNLOADS:
            if found := pattern.fullmatch(name):
                yield self._by_id, [found["id"]]
                yield self._by_key, [found["name"]]
        numbers = re.findall(r"(?:^|_)(\d+)(?=_|$)", stems(name)[-1])
        yield self._by_key, numbers
        yield self._by_id, numbers

    def _one(self, name: str, *ways: tuple[Mapping[str, set[int]], Sequence[str]]) -> int | None:
        for known, keys in ways:
            there = set().union(*(known.get(key.strip().casefold(), set()) for key in keys))
            if len(there) > 1:
                told = ", ".join(str(i + 1) for i in sorted(there))
                raise SheetError(f"{self._sheet.path}: {name} fits several rows, {told}")
            if there:
                return there.pop()
        return None


def _keys(known: Iterable[str]) -> Iterator[str]:
    """Yields by what a row is found: all by which the student is known, and the name before an @."""
    for text in known:
        yield text.casefold()
        yield from re.findall(r"^([^@]+)@", text.casefold())
