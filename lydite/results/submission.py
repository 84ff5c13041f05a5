"""Reads reports for the other modules: submissions, their claims and faults, with what may be shown of them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath

from lydite import suite
from lydite.document.formulas import readable
from lydite.isolation.tier import Tier
from lydite.kit.claim import CLAIMS, Claim
from lydite.notation.escape import line
from lydite.report.count import Count
from lydite.report.model import ClaimResult, Counterexample, Entry, Fault, NoReport, Outcome, Report
from lydite.results.download import own_name
from lydite.results.points import can_count, rescored
from lydite.results.repository import located, packages
from lydite.results.rubric import Attempt, Level, Rubric, RubricError
from lydite.target.name import COMMAND, is_program
from lydite.target.program import CELL
from lydite.verdict.faults import faults

FILES = frozenset({".py", ".pyw", ".ipynb", ".zip"})
"""How the name of a submission ends that is one file."""

OTHERWISE = "The document says otherwise"
"""Stands beside a claim that is checked as it is corrected; the command behind it shows both."""


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim in one regime; of its `result`, reason and counterexample say no more than may be shown.

    `title` is what was checked, in a few words, and `otherwise` the whole of it where the document says otherwise.
    `void` says why it counts for everybody; `known` is the reason for which it is expected not to hold, empty where it
    is expected to.
    """

    result: ClaimResult
    title: str
    void: str
    known: str = ""
    otherwise: str = ""

    @property
    def holds(self) -> bool:
        """Whether it holds."""
        return self.result.holds

    @property
    def stale(self) -> bool:
        """Whether it holds though it is expected not to, which is an error: the expectation has to go."""
        return self.holds and bool(self.known)

    @property
    def name(self) -> str:
        """Its id, with the regime where that is not `core`."""
        return self.result.name

    @property
    def told(self) -> bool:
        """Whether there is more to say than its outcome."""
        missing = self.result.outcome is Outcome.MISSING
        return not (self.holds or missing) and any(True for _ in self.rows())

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yields why it does not hold, as far as that may be shown."""
        if self.void:
            yield "void", f"counts for everybody: {self.void}"
        if self.result.because:
            yield (
                "because",
                f"{', '.join(self.result.because)} broken{': no further points lost' * self.result.excused}",
            )
        if self.known:
            yield "no longer broken" if self.stale else "known", self.known
        if self.result.counterexample:
            yield from self.result.counterexample.rows()
        elif self.result.reason:
            yield "reason", self.result.reason


@dataclass(frozen=True, slots=True)
class FaultView:
    """A call to fix, and its sharpest counterexample; `notes` are what is known of it, each with its name.

    `source` are the first lines of it as they were submitted, each with its number.
    """

    call: str
    face: ClaimView
    points: float
    notes: tuple[tuple[str, str], ...]
    looks_like: tuple[str, ...]
    source: tuple[tuple[int, str], ...] = ()

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yields it in words, each with its name."""
        yield from self.face.rows()
        yield from self.notes


@dataclass(frozen=True, slots=True)
class BudgetView:
    """A budget of the accuracy of a `call` that is exceeded; of its worst input, no more than may be shown."""

    call: str
    says: str
    counterexample: Counterexample | None

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yields the worst input in words, each with its name."""
        if self.counterexample:
            yield from self.counterexample.rows()


@dataclass(frozen=True, slots=True)
class FunctionView:
    """A function of a submission: whether it is `offered`, how many of its claims hold, and where to look first.

    `fault` is the place of the fault behind those that do not hold, from 1; 0 where there is none.
    """

    call: str
    offered: bool
    held: int
    of: int
    look: str
    fault: int

    @property
    def outcome(self) -> Outcome:
        """The outcome of its claims, as one."""
        if not self.offered:
            return Outcome.MISSING
        return Outcome.HOLDS if self.held == self.of else Outcome.BROKEN if self.fault else Outcome.ERROR

    @property
    def holds(self) -> str:
        """How many of its claims hold; empty where it is not offered."""
        return f"{self.held} of {self.of}" if self.offered else ""


@dataclass(frozen=True)
class Submission:
    """One implementation as a report has it, with the points that count.

    `exceeded` are the budgets of accuracy that are. `notes` are what has to be known first; `attention` says why a
    person should look at it, and `trouble` why not all was graded.
    """

    name: str
    target: str
    precision: str
    isolation: str
    seed: int
    lydite: str
    seconds: float
    cases: int
    points: float
    max_points: float
    unloadable: bool
    trouble: str
    missing: tuple[str, ...]
    claims: tuple[ClaimView, ...]
    faults: tuple[FaultView, ...]
    functions: tuple[FunctionView, ...]
    notes: tuple[str, ...] = ()
    attention: tuple[str, ...] = ()
    exceeded: tuple[BudgetView, ...] = ()

    @classmethod
    def of(cls, whole: Report, entry: Entry, rubric: Rubric, level: Level) -> Submission:
        """Returns that of a report that is scored, and one of its implementations. Raises NoReport."""
        if entry.faults is None:  # a report of an older version
            entry = replace(entry, faults=faults(entry, ()))
        claims = tuple(_views(whole, entry, rubric.void if can_count(entry) else {}, level))
        views = {view.result.key: view for view in claims}
        return cls(
            name=line(entry.name),
            target=line(entry.target),
            precision=whole.precision,
            isolation=str(whole.isolation),
            seed=whole.seed,
            lydite=line(whole.lydite),
            seconds=entry.seconds,
            cases=entry.cases,
            points=entry.points,
            max_points=entry.max_points,
            unloadable=not entry.loaded,
            trouble=line(entry.trouble),
            missing=tuple(map(line, entry.absent)),
            claims=claims,
            faults=tuple(_faults(entry, views, level)),
            functions=tuple(_functions(entry, views, level)),
            notes=tuple(map(line, entry.notes)),
            attention=tuple(map(line, entry.attention)),
            exceeded=tuple(
                BudgetView(line(one.call), line(one.says), _of(one.counterexample, level, "")) for one in entry.exceeded
            ),
        )

    def count(self, question: str = "", regime: str = "") -> Count:
        """Returns the claims of `question` in `regime`, counted; of every one, where none is named."""
        return Count.of((view.result for view in self.claims), question, regime)

    @property
    def stale(self) -> list[ClaimView]:
        """The claims that hold though they are expected not to."""
        return [claim for claim in self.claims if claim.stale]

    @cached_property
    def questions(self) -> list[str]:
        """Those with a claim."""
        return sorted({view.result.question for view in self.claims})

    def place(self, example: Counterexample | None) -> tuple[str, int] | None:
        """Returns file and line of the call at fault, the file as it is found in the repository; None if it is not."""
        file, _, number = line(example.where if example else "").rpartition(":")
        if not file or not number.isdecimal() or not int(number):
            return None
        if CELL.fullmatch(file):
            path, number = located([PurePath(self.target)]), "1"  # the file has lines of its own, in JSON
        else:
            path = located(self._candidates(PurePath(file)))
        return (path, int(number)) if path else None

    def _candidates(self, file: PurePath) -> Iterator[PurePath]:
        """Yields where `file` may lie: in the folder that was graded, beside the file that was, in its package."""
        target = PurePath(self.target)
        if not is_program(self.target):
            yield from (target / file, target.parent / file)
        yield from (folder / file for folder in packages(file.parts[0]))

    @property
    def to_fix(self) -> str:
        """The calls to fix, the sharpest first."""
        return ", ".join(fault.call for fault in self.faults)


def submissions(paths: Sequence[Path], rubric: Rubric, level: Level) -> list[Submission]:
    """Returns the submissions that the reports at `paths` are on, by name; of several of one name the one that counts.

    That is the last in the order of `paths`, or the best, as the rubric says. Raises NoReport and
    RubricError, naming the path.
    """
    return of_reports({path: Report.load(path) for path in paths}, rubric, level)


def of_reports(reports: Mapping[Path, Report], rubric: Rubric, level: Level) -> list[Submission]:
    """Returns the `submissions` of reports that are read already, by path."""
    counting: dict[str, Submission] = {}
    for path, report in reports.items():
        for submission in _of_report(path, report, rubric, level):
            before = counting.get(submission.name)
            if before and rubric.count is Attempt.BEST and before.points > submission.points:
                continue
            counting[submission.name] = submission
    if not counting:
        raise NoReport(f"{', '.join(map(str, reports))}: no submission in it")
    return sorted(counting.values(), key=lambda s: (s.name.casefold(), s.name))


def _of_report(path: Path, report: Report, rubric: Rubric, level: Level) -> list[Submission]:
    try:
        whole = rescored(report, rubric)
        return [Submission.of(whole, entry, rubric, level) for entry in whole.implementations]
    except RubricError as error:
        raise RubricError(f"{error}, says {path}") from None


def _views(whole: Report, entry: Entry, void: Mapping[str, str], level: Level) -> Iterator[ClaimView]:
    known = {e.key: line(e.why) for e in entry.expected or () if not e.expired or not e.occurred}
    for claim in entry.claims:
        title, otherwise = _checked(claim.id)
        shown = _shown(claim, level, _again(whole, entry, claim))
        yield ClaimView(shown, title, void.get(claim.id, ""), known.get(claim.key, ""), otherwise)


def _checked(name: str) -> tuple[str, str]:
    """Returns what was checked for the claim `name`: in a few words, and whole where the document says otherwise."""
    if name not in CLAIMS:
        return "", ""
    claim = CLAIMS[name]
    told = f"{claim.checked} {OTHERWISE}: {shlex.join(['lydite', 'claims', name, *suite.shown()])}"
    return line(claim.task or claim.title), line(told) if claim.otherwise else ""


def _shown(claim: ClaimResult, level: Level, again: str) -> ClaimResult:
    """Returns what `level` lets through of `claim`, and `again`, the command that shows it again."""
    # What is missing or was never loaded says nothing of the inputs; other reasons quote the law, or the submission.
    told = level.shows(Level.DUE) or claim.outcome in {Outcome.MISSING, Outcome.NOT_RUN}
    return replace(
        claim,
        reason=line(claim.reason) if told or (level.shows(Level.INPUT) and not claim.counterexample) else "",
        counterexample=_of(claim.counterexample, level, again),
    )


def _of(example: Counterexample | None, level: Level, again: str) -> Counterexample | None:
    """Returns what `level` lets through of a counterexample, and `again`, the command that shows it again."""
    if example and level.shows(Level.DUE):
        example = replace(example, reproduce=again, corpus="")
    elif example:
        example = replace(example, law="", says="", reproduce="", corpus="", quantity="", bound="", why="")
    if example and not level.shows(Level.VALUE):
        call = example.call and example.call.without_due()
        example = replace(example, due=None, error=None, tolerance=None, relation="", call=call, wrong=())
    return None if level is Level.OUTCOME else example


def _again(whole: Report, entry: Entry, claim: ClaimResult) -> str:
    """Returns the command for whoever has handed it in: she has her own files, and no report."""
    target, path = entry.target, PurePath(entry.target)
    if path.suffix in FILES and not is_program(target):
        target = own_name(path.name)
    elif entry.isolation not in {None, Tier.NONE} and not is_program(target):
        target = "."  # the folder that holds what was handed in
    return _nowhere(whole.command(entry, claim, target))


def _nowhere(command: str) -> str:
    """Returns a command without the folders of the machine that graded."""
    return shlex.join(map(_without_folders, shlex.split(command)))


def _without_folders(word: str) -> str:
    if word.startswith(COMMAND):  # which has words of its own
        return COMMAND + _nowhere(word.removeprefix(COMMAND))
    return PurePath(word).name if word.startswith("/") else word


def _faults(entry: Entry, views: Mapping[tuple[str, str], ClaimView], level: Level) -> Iterator[FaultView]:
    """Yields the faults, as far as they may be shown."""
    for fault in entry.faults or ():
        yield FaultView(
            line(fault.call),
            views[entry.face(fault).key],
            fault.points,
            tuple(_notes(fault, level)),
            tuple(line(like.says) for like in fault.looks_like),
            tuple(_source(fault)) if level.shows(Level.INPUT) else (),
        )


def _source(fault: Fault) -> Iterator[tuple[int, str]]:
    """Yields the lines of the call at fault, each on one visible line, with their numbers."""
    first = fault.where.rpartition(":")[2]
    if fault.source and first.isdecimal():
        yield from enumerate((line(text) for text in fault.source.split("\n")), int(first))


def _notes(fault: Fault, level: Level) -> Iterator[tuple[str, str]]:
    """Yields what is known of a fault; all but the names of other claims tells what is due."""
    yield from fault.rows() if level.shows(Level.LIKENESS) else fault.others()
    if level.shows(Level.LAW) and fault.claim in CLAIMS:
        yield from (("why", line(text)) for text in _derivation(CLAIMS[fault.claim]))


def _derivation(claim: Claim) -> Iterator[str]:
    """Yields why a claim is so, in three lines at most: what is true, the formula, and what else is known of it."""
    yield claim.correction or claim.statement
    if formula := claim.corrected or claim.formula:
        yield readable(formula)
    if more := claim.addition or claim.witness:
        yield more


def _functions(entry: Entry, views: Mapping[tuple[str, str], ClaimView], level: Level) -> Iterator[FunctionView]:
    """Yields the functions in scope, with where to look as far as that may be shown."""
    for one in entry.functions:
        failing = tuple(views[claim.key].result for claim in one.failing)
        fault = one.fault and (one.fault if level.shows(Level.INPUT) else replace(one.fault, where=""))
        shown = replace(one, failing=failing, fault=fault)
        yield FunctionView(line(one.call), one.offered, one.held, one.of, shown.look, one.place)
