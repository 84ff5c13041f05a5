"""Keeps the evidence of a run of a property: how much was checked, how close it came, and the input that refutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lydite.kit.case import Case
from lydite.kit.law import Law


@dataclass(slots=True)
class Tally:
    """How many cases were decided or skipped as ill-conditioned, and the worst error seen.

    `worst` is in units of what is allowed, `ulps` in units in the last place of the value due. `excluded` says which
    declared convention left cases out. `at` is the case of the worst error, `roughest` that of the most `ulps`.
    """

    cases: int = 0
    skipped: int = 0
    excluded: str = ""
    worst: float = 0.0
    ulps: float = 0.0
    at: Case | None = None
    roughest: Case | None = None

    def add(self, other: Tally) -> None:
        """Adds what `other` has counted of other cases."""
        self.cases += other.cases
        self.skipped += other.skipped
        self.excluded = other.excluded or self.excluded
        if other.ulps > self.ulps:
            self.ulps, self.roughest = other.ulps, other.roughest
        if other.worst > self.worst:
            self.worst, self.at = other.worst, other.at


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """One input at which a law does not hold: what came out, what is due, by how much they differ.

    `due` may be a truth, or several. `quantity` and `bound` name `got` and `due` where these are made of answers, and
    `why` says why an exception is due: then there is no error. `wrong` has the entries of each part of `got` that are
    off by more than is allowed of them, where the law is an equation.
    """

    law: Law
    case: Case
    got: Any
    due: Any
    error: float | None
    tolerance: float | None
    relation: str
    quantity: str = ""
    bound: str = ""
    why: str = ""
    wrong: tuple[tuple[int, ...], ...] = ()


class Broken(AssertionError):
    """A law does not hold at one input."""

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(evidence.law.says)
        self.evidence = evidence
