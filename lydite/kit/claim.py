"""The claims of the document: what each says, whether it is true as printed, and what grades it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lydite import suite
from lydite.kit.ids import ClaimId
from lydite.kit.reading import Malformed, read
from lydite.kit.regime import Regime

FOLDER = suite.folder() / "spec" / "claims"

LONGEST_TASK = 70
"""Characters: with the id before it, it fits on a line of a report."""
LATEX = frozenset("\\$")


class Verdict(StrEnum):
    """The verdict on a statement of the document as it is printed; `RULE` decides."""

    HOLDS = "HOLDS"
    HOLDS_WITH_HYPOTHESES = "HOLDS+HYP"
    FALSE = "FALSE"
    TYPO = "TYPO"
    QUALITATIVE = "QUALITATIVE"


READING = (
    "Numbers are real. What rounding makes of a statement is stated beside it, and is not a hypothesis.",
    "What the document states for a question is given, such as one-hot labels. A counterexample satisfies it.",
    "Where a term has no value a statement claims nothing, and has no counterexample, unless it gives the term one.",
    "A slip that is copied is put right in what a line starts from, and counts in what the line arrives at.",
    "An inference is a claim of its own, about all functions that satisfy its premise.",
    "What is added to the document's words stands apart, as `addition`: it is proved too, and changes no verdict.",
    "What the document relies on without printing it is a claim of its own, `implied`; what goes beyond it, `added`.",
    "Statements that say the same have the same verdict.",
)
"""How a statement is read before `RULE` is applied to it."""

RULE = {
    Verdict.QUALITATIVE: "It has no exact content: no input could contradict it.",
    Verdict.HOLDS: "No counterexample exists.",
    Verdict.TYPO: "One symbol, or several that are each a slip, puts it right, as the lines around it show or use: a "
    "letter, an index, a sign, a factor, a bracket, an exponent, one name for another (linear for affine), or two "
    "entries of a list that changed places. The order of the factors of a product is what is claimed, hence not a "
    "slip; nor is a relation that is too strong (< for ≤), nor what a FALSE line leads to.",
    Verdict.HOLDS_WITH_HYPOTHESES: "Every counterexample lacks an assumption that the document leaves unsaid, and that "
    "the text around the statement supplies. Each such hypothesis is needed: a case without it refutes the statement.",
    Verdict.FALSE: "There is a counterexample under all that the document states or supplies.",
}
"""The verdict on a statement is the first that applies."""


class Kind(StrEnum):
    """Whether a claim is graded on an implementation, proved once as mathematics, or both."""

    IMPL = "impl"
    MATH = "math"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of the document. Raises ValueError, naming the claim and the field, where a rule below is broken.

    `formula` is LaTeX as printed, `corrected` the LaTeX of its `correction`; the other texts are plain. `task` is the
    title of a graded claim for those who implement it: what is checked, in a few words. `addition` is what the document
    does not say. `anchors` are the laws that give the values of its calls: zeros keep many an
    identity, so the claim holds only where they do too. It speaks of the derivatives of what it `differentiates`,
    calls or a function that one is given, and of what its calls are derivatives of.
    """

    id: ClaimId
    title: str
    part: str
    statement: str
    formula: str
    verdict: Verdict
    hypotheses: tuple[str, ...]
    correction: str
    corrected: str
    witness: str
    kind: Kind
    calls: tuple[str, ...]
    regimes: tuple[Regime, ...]
    anchors: tuple[str, ...] = ()
    addition: str = ""
    differentiates: tuple[str, ...] = ()
    task: str = ""

    def __post_init__(self) -> None:
        rules = {
            "statement": bool(self.statement and self.title and self.part),
            "formula": not (self.verdict is Verdict.QUALITATIVE and self.formula),
            "hypotheses": (self.verdict is Verdict.HOLDS_WITH_HYPOTHESES) == bool(self.hypotheses),
            "correction": bool(self.correction) or not self.otherwise,
            "witness": bool(self.witness) or not self.otherwise,
            "calls": bool(self.calls) == (self.kind is not Kind.MATH),
            "anchors": bool(self.anchors) == self.graded,
            "regimes": bool(self.regimes) == self.graded and (Regime.CORE in self.regimes or not self.graded),
        }
        for field, kept in rules.items():
            if not kept:
                raise Malformed(f"does not fit verdict {self.verdict} and kind {self.kind}", field)
        if bool(self.task) != self.graded or len(self.task) > LONGEST_TASK or LATEX.intersection(self.task):
            raise Malformed(
                f"a graded claim has one, of at most {LONGEST_TASK} characters and without LaTeX; no other has", "task"
            )

    @property
    def graded(self) -> bool:
        """Whether implementations are graded on this claim."""
        return bool(self.calls)

    @property
    def otherwise(self) -> bool:
        """Whether the document states it otherwise than it is true, and than implementations are graded by."""
        return self.verdict in {Verdict.FALSE, Verdict.TYPO}

    @property
    def checked(self) -> str:
        """The statement that is true, in words: the correction, where the document says otherwise."""
        return self.correction if self.otherwise else self.statement

    @property
    def question(self) -> str:
        """The id of its question: `Q7`, or `X` for the cross-checks between questions."""
        return self.id.partition(".")[0]


def load(folder: Path = FOLDER) -> dict[str, Claim]:
    """Returns every claim of the TOML files in `folder`, by id.

    Raises ValueError where one is ill-formed or stated twice, or two of one question have the same task.
    """
    claims: dict[str, Claim] = {}
    tasks: dict[tuple[str, str], str] = {}
    for claim in _read(folder):
        if claim.id in claims:
            raise ValueError(f"claim {claim.id} is stated twice")
        if claim.task and (other := tasks.setdefault((claim.question, claim.task), claim.id)) != claim.id:
            raise ValueError(f"claim {claim.id}: task: {other} has the same")
        claims[claim.id] = claim
    return claims


def _read(folder: Path) -> Iterator[Claim]:
    for path in sorted(folder.glob("*.toml")):
        try:
            yield from read(_File, tomllib.loads(path.read_text(encoding="utf-8"))).claim
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from error


@dataclass(frozen=True, slots=True)
class _File:
    """A file of claims."""

    claim: tuple[Claim, ...]


CLAIMS = load()
