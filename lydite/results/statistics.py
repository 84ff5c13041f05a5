"""Measures how hard each claim is for a class, which claims tell good submissions from weak, and what is common."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lydite.kit.claim import CLAIMS
from lydite.notation.marks import marks, total
from lydite.report.model import Outcome
from lydite.results.submission import FaultView, Submission

BINS = 10
RAISED = re.compile(r"\w+: ")
"""How a reason begins that is an exception."""
PLACES = {claim: place for place, claim in enumerate(CLAIMS)}
"""The places of the claims in the document: `Q1.2` before `Q1.15`."""
FEWEST = 5
"""Submissions from which a correlation is shown."""


@dataclass(frozen=True, slots=True)
class Item:
    """A claim in one regime, over all submissions that were graded on it.

    `held` of `of` have it. `discrimination` is the correlation of having it with the points for everything else: near 0
    it tells nothing, below 0 the better submissions miss it. None where that is not defined, or there are few.
    """

    id: str
    title: str
    regime: str
    outcomes: Counter[Outcome]
    discrimination: float | None
    void: bool

    @property
    def of(self) -> int:
        """How many were graded on it."""
        return self.outcomes.total()

    @property
    def held(self) -> int:
        """How many have it."""
        return self.outcomes[Outcome.HOLDS]

    @property
    def share(self) -> float:
        """The share of those that have it."""
        return self.held / self.of


@dataclass(frozen=True, slots=True)
class Bin:
    """So many submissions have points from `low` up to `high`, which only the last bin includes."""

    low: float
    high: float
    n: int

    @property
    def text(self) -> str:
        """The two ends."""
        return f"{marks(self.low)} to {marks(self.high)}"


@dataclass(frozen=True, slots=True)
class Distribution:
    """The points of one question over all submissions: `most` is what there is for it, `bins` cover 0 to that."""

    question: str
    most: float
    median: float
    none: int
    whole: int
    bins: tuple[Bin, ...]

    @property
    def some(self) -> int:
        """How many have a part of the points."""
        return sum(one.n for one in self.bins) - self.none - self.whole

    @property
    def text(self) -> str:
        """The bins in words."""
        return ", ".join(f"{one.text} points: {one.n}" for one in self.bins)


@dataclass(frozen=True, slots=True)
class Common:
    """A mistake in one of the `calls`, or in several by one cause, and the `names` of the submissions that make it."""

    calls: tuple[str, ...]
    says: str
    names: tuple[str, ...]


def items(submissions: Sequence[Submission]) -> list[Item]:
    """Returns the claims that not all submissions have, the rarest first; those that carry points, where any does.

    Submissions that could not be loaded are left out: they say nothing of a claim.
    """
    loaded = [submission for submission in submissions if not submission.unloadable]
    rows: dict[tuple[str, str], list[tuple[Submission, int]]] = {}
    weighed = any(claim.result.max_points for s in loaded for claim in s.claims)
    for submission in loaded:
        for i, claim in enumerate(submission.claims):
            if claim.result.max_points or not weighed:
                rows.setdefault((claim.result.id, claim.result.regime), []).append((submission, i))
    found = [_item(row) for row in rows.values()]
    return sorted((one for one in found if one.held < one.of), key=lambda one: (one.share, PLACES.get(one.id, 0)))


def _item(row: Sequence[tuple[Submission, int]]) -> Item:
    claims = [submission.claims[i] for submission, i in row]
    holds = np.array([claim.holds for claim in claims], dtype=float)
    rest = np.array([total((submission.points, -submission.claims[i].result.points)) for submission, i in row])
    face = claims[0]
    return Item(
        face.result.id,
        face.title,
        face.result.regime,
        Counter(claim.result.outcome for claim in claims),
        _correlation(holds, rest),
        bool(face.void),
    )


def _correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    if len(one) < FEWEST or not one.std() or not other.std():
        return None
    return float(np.corrcoef(one, other)[0, 1])


def histogram(submissions: Sequence[Submission]) -> list[Bin]:
    """Returns how many submissions have how many points, in ten equal bins up to the most that any could have."""
    most = max((submission.max_points for submission in submissions), default=0.0)
    return _bins([s.points for s in submissions], most) if most else []


def _bins(points: Sequence[float], most: float) -> list[Bin]:
    counts, edges = np.histogram(points, bins=BINS, range=(0.0, most))
    return [Bin(float(a), float(b), int(n)) for n, a, b in zip(counts, edges[:-1], edges[1:], strict=True)]


def distributions(submissions: Sequence[Submission]) -> list[Distribution]:
    """Returns how the points of each question are distributed; of those that carry none, nothing."""
    found = []
    for question in sorted({question for submission in submissions for question in submission.questions}):
        counts = [submission.count(question) for submission in submissions]
        points, most = [count.got for count in counts], max(count.due for count in counts)
        if most:
            none, whole = sum(not one for one in points), sum(one >= most for one in points)
            bins = tuple(_bins(points, most))
            found.append(Distribution(question, most, float(np.median(points)), none, whole, bins))
    return found


def common(submissions: Sequence[Submission]) -> list[Common]:
    """Returns the faults by their cause, the commonest first.

    That is what a call looks like, or an exception, whichever calls raise it, or else the claim that a call breaks.
    """
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for submission in submissions:
        for fault in submission.faults:
            found.setdefault(_cause(fault), []).append((fault.call, submission.name))
    return _frequent(found)


def _cause(fault: FaultView) -> tuple[str, str]:
    """Returns the call and its mistake; no call, where something is raised that other calls may raise as well."""
    if fault.looks_like:
        return fault.call, fault.looks_like[0]
    result = fault.face.result
    raised = result.reason.removeprefix(f"{fault.call}: ")
    if result.outcome is Outcome.ERROR and RAISED.match(raised):
        return "", raised
    return fault.call, f"{fault.face.name} {fault.face.title}"


def absent(submissions: Sequence[Submission]) -> list[Common]:
    """Returns the calls that are not offered, those that most leave out first."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for submission in submissions:
        for call in submission.missing:
            found.setdefault((call, "not offered"), []).append((call, submission.name))
    return _frequent(found)


def _frequent(found: Mapping[tuple[str, str], Sequence[tuple[str, str]]]) -> list[Common]:
    """Returns the mistakes, each with its calls and the names of who makes it, by how many do."""
    every = [
        Common(tuple(dict.fromkeys(call for call, _ in pairs)), says, tuple(dict.fromkeys(name for _, name in pairs)))
        for (_, says), pairs in found.items()
    ]
    return sorted(every, key=lambda one: (-len(one.names), one.calls, one.says))


def median(submissions: Sequence[Submission]) -> float:
    """Returns the median of the points."""
    return float(np.median([submission.points for submission in submissions])) if submissions else 0.0
