"""Reports as the other modules read them: submissions, their claims and faults, with what may be shown of them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any

from lydite.kit.claim import CLAIMS
from lydite.notation.escape import line
from lydite.notation.text import shown
from lydite.report.attention import attention
from lydite.report.faults import faults
from lydite.report.model import Document, NoReport, command, read, trouble
from lydite.results.download import own_name
from lydite.results.points import can_count, rescored
from lydite.results.rubric import Count, Level, Rubric, RubricError
from lydite.results.scoreboard import Scored, Tally
from lydite.target.name import COMMAND, is_program

FILES = frozenset({".py", ".pyw", ".ipynb", ".zip"})
"""How the name of a submission ends that is one file."""


@dataclass(frozen=True, slots=True)
class Example:
    """An input that refutes. What may not be shown is empty: `due`, `law`, `off`, `allowed`, `again`.

    `got` and `due` are data as the report has them; `got` is text where a call raised.
    """

    inputs: dict[str, Any]
    got: Any
    due: Any
    law: str
    at_most: bool
    off: str
    allowed: str
    where: str
    again: str

    @classmethod
    def of(cls, example: Document, level: Level, again: str) -> Example:
        """What `level` lets through; `again` is the command that shows it again."""
        reads = example.get("reads") or list(example["inputs"])
        all_told = level is Level.DUE
        compared = all_told and example["error"] is not None
        return cls(
            {line(name): datum for name, datum in example["inputs"].items() if name in reads},
            example["got"],
            example["due"] if compared else None,
            line(example.get("says", "")) if all_told else "",
            compared and example.get("relation") == "at most",
            size(example["error"]) if compared else "",
            size(example["tolerance"]) if compared else "",
            line(example.get("where", "")),
            line(again) if all_told else "",
        )

    def rows(self) -> Iterator[tuple[str, str]]:
        """It in words, each with its name."""
        if self.law:
            yield "law", self.law
        yield "input", "  ".join(f"{name}={line(shown(datum))}" for name, datum in self.inputs.items())
        yield "got", line(shown(self.got))
        if self.off:
            yield "due", f"{'at most ' * self.at_most}{line(shown(self.due))}"
            yield "off by", f"{self.off}, allowed {self.allowed}"
        if self.where:
            yield "where", self.where
        if self.again:
            yield "again", self.again


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim in one regime; `void` says why it counts for everybody, `because` what explains that it breaks.

    `known` is the reason for which it is expected not to hold, empty where it is expected to.
    """

    scored: Scored
    title: str
    calls: tuple[str, ...]
    reason: str
    because: tuple[str, ...]
    fault: str
    void: str
    example: Example | None
    known: str = ""

    @property
    def holds(self) -> bool:
        """Whether it holds."""
        return self.scored.outcome == "holds"

    @property
    def stale(self) -> bool:
        """Whether it holds though it is expected not to, which is an error: the expectation has to go."""
        return self.holds and bool(self.known)

    @property
    def name(self) -> str:
        """Its id, with the regime where that is not `core`."""
        return self.scored.id if self.scored.regime == "core" else f"{self.scored.id} {self.scored.regime}"

    @property
    def told(self) -> bool:
        """Whether there is more to say than its outcome."""
        return not self.holds and any(True for _ in self.rows()) and self.scored.outcome != "missing"

    def rows(self) -> Iterator[tuple[str, str]]:
        """Why it does not hold, as far as that may be shown."""
        if self.void:
            yield "void", f"counts for everybody: {self.void}"
        if self.because:
            yield "because", f"{', '.join(self.because)} broken: no further points lost"
        if self.known:
            yield "no longer broken" if self.stale else "known", self.known
        if self.example:
            yield from self.example.rows()
        elif self.reason:
            yield "reason", self.reason


@dataclass(frozen=True, slots=True)
class Fault:
    """A call to mend, and its sharpest counterexample; `notes` are what is known of it, each with its name."""

    call: str
    face: ClaimView
    points: float
    notes: tuple[tuple[str, str], ...]
    looks_like: tuple[str, ...]

    def rows(self) -> Iterator[tuple[str, str]]:
        """It in words, each with its name."""
        yield from self.face.rows()
        yield from self.notes


@dataclass(frozen=True)
class Submission:
    """One implementation as a report has it, with the points that count.

    `notes` are what has to be known first; `attention` says why a person should look at it, and `trouble` why not all
    was graded.
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
    faults: tuple[Fault, ...]
    notes: tuple[str, ...] = ()
    attention: tuple[str, ...] = ()

    @classmethod
    def of(cls, whole: Document, graded: Document, rubric: Rubric, level: Level) -> Submission:
        """From a report that is scored, and one of its implementations. Raises KeyError, TypeError or ValueError."""
        void = rubric.void if can_count(graded) else {}
        known = {(e["id"], e["regime"]): line(e["reason"]) for e in graded.get("expected", ())}
        claims = tuple(
            replace(
                _judged(claim, void, level, _again(whole, graded, claim)),
                known=known.get((claim["id"], claim["regime"]), ""),
            )
            for claim in graded["claims"]
        )
        return cls(
            line(graded["name"]),
            line(graded["target"]),
            line(whole["precision"]),
            line(whole["isolation"]),
            int(whole["seed"]),
            line(whole["lydite"]),
            float(graded["seconds"]),
            int(graded["cases"]),
            float(graded["points"]),
            float(graded["max_points"]),
            graded["outcome"] == "unloadable",
            line(trouble(graded)),
            tuple(line(call) for calls in graded.get("missing", {}).values() for call in calls),
            claims,
            tuple(_faults(graded, claims, level)),
            tuple(map(line, graded.get("notes", ()))),
            tuple(map(line, attention(graded))),
        )

    def tally(self, question: str = "", regime: str = "") -> Tally:
        """The claims of `question` in `regime`, counted; of every one, where none is named."""
        return Tally(
            [c.scored for c in self.claims if question in {"", c.scored.question} and regime in {"", c.scored.regime}]
        )

    @property
    def stale(self) -> list[ClaimView]:
        """Returns the claims that hold though they are expected not to."""
        return [claim for claim in self.claims if claim.stale]

    @cached_property
    def questions(self) -> list[str]:
        """Those with a claim."""
        return sorted({c.scored.question for c in self.claims})

    def place(self, claim: ClaimView) -> tuple[str, int] | None:
        """File and line of the call at fault, as they are to be found from where the submission was graded."""
        file, _, number = (claim.example.where if claim.example else "").rpartition(":")
        if not file or not number.isdecimal() or not int(number):
            return None
        target = PurePath(self.target)
        folder = target.parent if target.name == file else target if "/" in self.target else PurePath()
        return (folder / file).as_posix(), int(number)

    @property
    def mended(self) -> str:
        """The calls to mend, the sharpest first."""
        return ", ".join(fault.call for fault in self.faults)


def submissions(paths: Sequence[Path], rubric: Rubric, level: Level) -> list[Submission]:
    """The submissions that the reports at `paths` are on, by name; of several of one name the one that counts.

    That is the last in the order of `paths`, or the best, as the rubric says. Raises NoReport and
    RubricError, naming the path.
    """
    counting: dict[str, Submission] = {}
    for path in paths:
        for submission in _read(path, rubric, level):
            before = counting.get(submission.name)
            if before and rubric.count is Count.BEST and before.points > submission.points:
                continue
            counting[submission.name] = submission
    if not counting:
        raise NoReport(f"{', '.join(map(str, paths))}: no submission in it")
    return sorted(counting.values(), key=lambda s: (s.name.casefold(), s.name))


def size(x: Any) -> str:
    """A number of which the size matters."""
    return f"{float(x):.2g}"


def _read(path: Path, rubric: Rubric, level: Level) -> list[Submission]:
    whole = read(path)
    try:
        whole = rescored(whole, rubric)
        return [Submission.of(whole, graded, rubric, level) for graded in whole["implementations"]]
    except RubricError as error:
        raise RubricError(f"{error}, says {path}") from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise NoReport(f"{path} holds no whole report: {type(error).__name__} {error}") from error


def _judged(claim: Document, void: Mapping[str, str], level: Level, again: str) -> ClaimView:
    scored = Scored.of(claim)
    known = CLAIMS.get(claim["id"])
    example = claim["counterexample"]
    # What is missing or was never loaded says nothing of the inputs; other reasons quote the law, or the submission.
    told = level is Level.DUE or scored.outcome in {"missing", "not_run"} or (level is Level.INPUT and not example)
    return ClaimView(
        scored,
        known.title if known else "",
        tuple(map(line, claim["calls"])),
        line(claim["reason"]) if told else "",
        tuple(map(line, claim["because"])),
        line(claim.get("fault", "")),
        void.get(claim["id"], ""),
        Example.of(example, level, again) if example and level is not Level.OUTCOME else None,
    )


def _again(whole: Document, graded: Document, claim: Document) -> str:
    """The command that shows an example again to whoever has handed it in: she has her own files, and no report."""
    if not claim["counterexample"]:
        return ""
    target = str(graded["target"])
    path = PurePath(target)
    if path.suffix in FILES and not is_program(target):
        target = own_name(path.name)
    elif graded.get("isolation", "none") != "none" and not is_program(target):
        target = "."  # the folder that holds what was handed in
    return _nowhere(command(whole, graded, claim, target))


def _nowhere(command: str) -> str:
    """A command without the folders of the machine that graded."""
    return shlex.join(map(_without_folders, shlex.split(command)))


def _without_folders(word: str) -> str:
    if word.startswith(COMMAND):  # which has words of its own
        return COMMAND + _nowhere(word.removeprefix(COMMAND))
    return PurePath(word).name if word.startswith("/") else word


# -- faults --


def _faults(graded: Document, claims: Sequence[ClaimView], level: Level) -> Iterator[Fault]:
    """Those that the report names; an older one has claims alone, and its faults are grouped here."""
    by_name = {(c.scored.id, c.scored.regime): c for c in claims}
    for fault in graded["faults"] if "faults" in graded else faults(graded, ()):
        yield Fault(
            line(fault["call"]),
            by_name[fault["claim"], fault["regime"]],
            float(fault["points"]),
            tuple(_notes(fault, level)),
            tuple(line(like["says"]) for like in fault["looks_like"]),
        )


def _notes(fault: Document, level: Level) -> Iterator[tuple[str, str]]:
    """What is known of a fault; all but the names of other claims tells what is due."""
    if level is Level.DUE:
        for like in fault["looks_like"]:
            yield "looks like", f"{line(like['says'])}, in {int(like['matched'])} of {int(like['of'])} cases"
        for key in ("agrees", "confirmed"):
            if fault[key]:
                yield key, line(fault[key])
    for name, key in (("also broken", "also"), ("follows", "follows")):
        if fault[key]:
            yield name, ", ".join(map(line, fault[key]))
