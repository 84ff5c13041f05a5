"""A folder of submissions, each graded once: a report is kept for each, by which an interrupted batch goes on."""

from __future__ import annotations

import json
import os
import re
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from lydite import __version__, suite
from lydite.grading.grade import Graded, Grader, Limits, Listener, Stopped, side_by_side
from lydite.grading.record import Findings
from lydite.grading.request import Request, Settings
from lydite.grading.texts import BadOption, written
from lydite.isolation import NoTier, Tier
from lydite.notation.escape import filename, line
from lydite.options import OPTIONS
from lydite.report.model import Entry, Report, write_json
from lydite.results.rubric import Level, Rubric
from lydite.target.content import FOLDER, Part, content, digest
from lydite.target.name import ADAPTED
from lydite.target.unpack import ARCHIVE
from lydite.worker.loading import Unloadable

PAGES = "pages"
"""The folder of the pages of the submissions, to which that of the class leads."""
KEPT = "batch.json"
"""The file in which a batch keeps its seed."""
SUBMITTED = "./submission"
"""A target as all those of a batch are: submitted code, and neither an adapter nor a command."""
DIGEST = 32
MADE = re.compile(rf"[-(][0-9a-f]{{{DIGEST}}}\)?$")
"""How names end that are made different by a digest: nobody's own name is left to end so."""


class BatchError(ValueError):
    """A folder cannot be graded as a batch."""


@dataclass(frozen=True, slots=True)
class Task:
    """All that is needed to grade one submission, here or elsewhere; `refused` says why it is not opened at all."""

    name: str
    target: str
    refused: str
    settings: Settings
    limits: Limits


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a task: the implementation for the report, and a fault of ours, if there was one."""

    entry: Entry
    failed: str


@dataclass(frozen=True, slots=True)
class Handin:
    """One child of the folder: what it is called, and where its report is kept."""

    path: Path
    name: str
    report: Path


class Board(Protocol):
    """Shows how a batch gets on."""

    def listen(self, name: str, findings: Findings) -> None:
        """Takes in what is known of the submission `name`."""

    def done(self, entry: Entry, *, earlier: bool) -> None:
        """Takes in that one submission is done, now or in an `earlier` run."""


@dataclass(slots=True)
class Work:
    """One submission that is to be graded, and the key by which its report will be known."""

    submission: Handin
    task: Task
    parts: tuple[Part, ...]
    key: str


Keep = Callable[[Work, Result], None]
Spread = Callable[[Iterable[Work], Keep], None]
"""Grades all that is to be graded, and hands over what became of each as soon as it is known; in any order."""


def judged(task: Task, parts: Sequence[Part], grader: Grader, listen: Listener) -> Result:
    """Returns what became of a submission, of which `parts` were read.

    Whatever goes wrong with one is reported in its entry, and stops no other.
    """
    try:
        return _judged(task, parts, grader, listen)
    except (Stopped, BadOption, NoTier):
        raise  # which is about all of them
    except Exception:  # noqa: BLE001  (whatever it is, it is our failure, and reported as such)
        return lost(task, traceback.format_exc())


def _judged(task: Task, parts: Sequence[Part], grader: Grader, listen: Listener) -> Result:
    one = Graded(task.name, task.target, task.settings.of(SUBMITTED, task.name), parts=parts)
    if task.refused:
        one.findings.note({"event": "unloadable", "reason": task.refused})
    else:
        listen(task.name, one.findings)
        grader(one, task.limits, listen)
    return Result(one.entry(), one.findings.failed)


def lost(task: Task, why: str) -> Result:
    """Returns the result of a submission that could not be graded, which is our fault."""
    one = Graded(task.name, task.target, replace(task.settings, isolation=str(Tier.NONE)).of(SUBMITTED, task.name))
    one.findings.note({"event": "failed", "reason": why})
    return Result(one.entry(), one.findings.failed)


def here(jobs: int, listen: Listener) -> Spread:
    """Grades `jobs` submissions at a time, on this machine."""

    def spread(todo: Iterable[Work], keep: Keep) -> None:
        side_by_side(todo, jobs, lambda work, grader: keep(work, judged(work.task, work.parts, grader, listen)))

    return spread


@dataclass(slots=True)
class Batch:
    """Submissions that are graded into `out` under `settings`, `timeout` seconds for each; `failures` are ours."""

    out: Path
    settings: Settings
    timeout: float
    failures: dict[str, str] = field(default_factory=dict)
    _entries: dict[Path, Entry] = field(default_factory=dict)
    _keeping: threading.Lock = field(default_factory=threading.Lock)

    @property
    def request(self) -> Request:
        """Returns the request for every submission, wherever that is kept apart."""
        return replace(self.settings, isolation=str(Tier.NONE)).of(SUBMITTED, "")

    @property
    def kept(self) -> int:
        """Returns how many reports are kept by now."""
        return len(self._entries) - len(self.failures)

    def run(self, submissions: Sequence[Handin], spread: Spread, board: Board) -> Report:
        """Grades those that no report is kept of, and returns the report on all, in the order of `submissions`."""
        spread(self._todo(submissions, board), lambda work, done: self._keep(work, done, board))
        entries = [self._entries[s.report] for s in submissions]
        return Report.of(self.request, _isolation(entries), entries, str(self.out / "report.json"))

    def _todo(self, submissions: Sequence[Handin], board: Board) -> Iterator[Work]:
        """Yields what is still to be graded."""
        for submission in submissions:
            parts, refused = _opened(submission.path)
            key = self._key(parts, refused)
            entry = _stored(submission.report, key)
            if entry is None:
                settings = self.settings if _has_files(submission.path, parts) else replace(self.settings, entry="")
                task = Task(submission.name, str(submission.path), refused, settings, Limits(self.timeout))
                yield Work(submission, task, parts, key)
                continue
            with self._keeping:
                self._entries[submission.report] = entry
                board.done(entry, earlier=True)

    def _keep(self, work: Work, done: Result, board: Board) -> None:
        """Writes the report on one submission; where it is we who have failed, it is graded again next time.

        Raises BatchError.
        """
        entry = replace(done.entry, key=work.key)
        with self._keeping:
            self._entries[work.submission.report] = entry
            if done.failed:
                self.failures[work.submission.name] = done.failed
            _write(work.submission.report, self.request, entry)
            board.done(entry, earlier=False)

    def _key(self, parts: Sequence[Part], refused: str) -> str:
        """Returns what a report depends on: the content, the options that change it, and the version of Lydite."""
        adapter = self.settings.adapter
        declared = adapter.path.read_text("utf-8") if adapter else None  # wherever its file lies
        values = {**vars(self.settings), "timeout": self.timeout, "adapter": declared}
        given = {o.name: written(values[o.field]) for o in OPTIONS.values() if o.changes_report}
        judges = [__version__, *filter(None, [suite.identity()])]
        known = json.dumps([digest(parts), refused, given, *judges])
        return sha256(known.encode()).hexdigest()[:DIGEST]


def submissions(folder: Path, out: Path) -> list[Handin]:
    """Returns the children of `folder` that are not hidden, by name. Raises BatchError."""
    folder, out = folder.absolute(), out.absolute()
    try:
        within = out.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError) as error:  # RuntimeError: a link loop, before Python 3.13
        raise BatchError(f"{out} cannot be written: {error}") from error
    if within:
        raise BatchError(f"{out} lies in the folder of the submissions, and would be taken for one")
    paths = sorted((p for p in folder.iterdir() if not p.name.startswith(".")), key=lambda p: os.fsencode(p.name))
    if not paths:
        raise BatchError(f"{folder} holds no submission")
    told = [line(os.fsencode(path.name).decode(errors="backslashreplace")) for path in paths]
    stems = [filename(path.name) for path in paths]
    shown, files = Counter(told), Counter(stem.casefold() for stem in stems)
    return [
        Handin(
            path,
            name if shown[name] == 1 and not MADE.search(name) else f"{name} ({_unique(path)})",
            out / "reports" / (f"{stem}.json" if _safe(path, stem, files) else f"{stem}-{_unique(path)}.json"),
        )
        for path, name, stem in zip(paths, told, stems, strict=True)
    ]


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Makes `out`, and keeps every other run away from it. Raises BatchError where one is there already."""
    import fcntl  # noqa: PLC0415  (not there on every system on which this module is imported)

    try:
        out.mkdir(parents=True, exist_ok=True)
        folder = os.open(out, os.O_RDONLY)
    except OSError as error:
        raise BatchError(f"{out} cannot be written: {error}") from error
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)  # until it is closed, or this process is gone
        except BlockingIOError as error:
            raise BatchError(f"another run is grading into {out}") from error
        except OSError:
            pass  # a file system without locks keeps nobody away
        yield
    finally:
        os.close(folder)


def keep_seed(out: Path, seed: int | None) -> int:
    """Returns the seed of the batch in `out`: `seed`, else the one that it began with, else one that is drawn now.

    Raises BatchError where `out` cannot be written.
    """
    path = out / KEPT
    if seed is None:
        try:
            seed = int(json.loads(path.read_text("utf-8"))["seed"])
        except (OSError, ValueError, KeyError, TypeError):
            seed = int.from_bytes(os.urandom(4))
    try:
        write_json(path, {"seed": seed})
    except OSError as error:
        raise BatchError(f"{out} cannot be written: {error}") from error
    return seed


def overview(out: Path, rubric: Rubric) -> None:
    """Writes the gradebook, the page of the class and those of its submissions into `out`.

    Raises NoEngine, NoReport.
    """
    from lydite.results import gradebook, pages, submission  # noqa: PLC0415  (only for a class)

    found = submission.submissions([out / "report.json"], rubric, Level.DUE)  # both are for the staff
    (out / "grades.csv").write_text(gradebook.render(found), "utf-8")
    (out / PAGES).mkdir(exist_ok=True)
    for name, text in pages.submission_pages(found):
        (out / PAGES / name).write_text(text, "utf-8")
    (out / "class.html").write_text(pages.class_page(found, PAGES), "utf-8")


def _safe(path: Path, stem: str, files: Counter[str]) -> bool:
    """Returns whether the report can have the submission's own name: nobody can choose one to collide with it."""
    return path.name == stem and files[stem.casefold()] == 1 and not MADE.search(stem)


def _unique(path: Path) -> str:
    return sha256(os.fsencode(path.name)).hexdigest()[:DIGEST]


def _has_files(path: Path, parts: Sequence[Part]) -> bool:
    """Returns whether what was submitted is a folder or an archive, of which one file is the entry."""
    return path.suffix.lower() == ARCHIVE or any(part.kind == FOLDER for part in parts)


def _opened(path: Path) -> tuple[tuple[Part, ...], str]:
    """Returns what is submitted at `path`, or why it is refused."""
    if path.name.endswith(ADAPTED):
        return (), f"{line(path.name)} is an adapter, which only the staff may write"
    try:
        return content(path), ""
    except Unloadable as error:
        return (), line(error)


def _write(path: Path, request: Request, entry: Entry) -> None:
    """Keeps the report on one submission. Raises BatchError."""
    try:
        Report.of(request, entry.isolation or Tier.NONE, [entry], str(path)).write(path)
    except OSError as error:
        raise BatchError(f"{path} cannot be written: {error}") from error


def _stored(path: Path, key: str) -> Entry | None:
    """Returns the entry of an earlier run, if it is on the same content under the same settings, and we did not fail.

    What is not a whole report is none: whoever has written it, it is graded again.
    """
    try:
        [entry] = Report.load(path).implementations
    except ValueError:
        return None
    return entry if entry.key == key and not entry.failed else None


def _isolation(entries: Sequence[Entry]) -> Tier:
    """Returns the isolation of the report: the weakest that there was, of those that were run."""
    run = [entry for entry in entries if not entry.failed] or entries
    return max((entry.isolation or Tier.NONE for entry in run), key=list(Tier).index)
