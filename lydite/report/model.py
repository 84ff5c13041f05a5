"""States the report: one JSON document that everything else is rendered from, and each question that is put to it."""

from __future__ import annotations

import gzip
import json
import math
import re
import shlex
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

from lydite import __version__, suite
from lydite.isolation.tier import Tier
from lydite.kit.ids import ClaimId, QuestionId
from lydite.kit.reading import NAMED, OMITTED, Malformed, read, written
from lydite.kit.regime import Regime
from lydite.notation.escape import line
from lydite.notation.literal import called, typed
from lydite.notation.text import number, shown
from lydite.options import OPTIONS

BROKEN = 1
USAGE = 2
NOTHING_GRADED = 3
FAILED = 4
"""Exit statuses, besides 0: something does not hold, a usage error, nothing was graded, Lydite failed."""

EXAMPLES = int(OPTIONS["examples"].default)
"""Batches of cases for each law and regime, where nothing else is said."""

MANY = 1e6
"""More units in the last place than this say that the value due is all but 0, and nothing of accuracy."""

LARGEST = 1 << 30
"""Bytes of a report, unpacked: thousands of submissions."""

SCHEMA = Path(__file__).with_name("report.schema.json")

NO_REASON = "no reason is given yet"
"""The reason of an expectation that was written by the machine, and by nobody else."""

Number = Annotated[float, NAMED]
"""A number that may be infinite or none at all, which JSON has no spelling for."""
Points = Annotated[float, range(10**12)]
"""Points, of which hundredths can be counted."""
Precision = Annotated[str, re.compile("float64|float32")]
Measure = Literal["ulps", "share"]
"""Units of accuracy: units in the last place of the value due, or what is allowed."""
UNITS: dict[Measure, str] = {"ulps": "ulp", "share": "of allowed"}
FLOORS: dict[Measure, float] = {"ulps": 4.0, "share": 0.05}
"""Errors below these are one and the same, and no budget is smaller: they differ from machine to machine."""


class Outcome(StrEnum):
    """The outcome of a law, or of a claim, by precedence: of several outcomes the first listed counts.

    That a value is wrong says more than that a call failed, and both more than that something was not looked at. All
    hold only where each does. A claim that several laws show takes the first of theirs, where a law that was not run
    has no say unless time ran out before it (see `lydite.verdict.outcome`).
    """

    BROKEN = "broken"
    ERROR = "error"
    MISSING = "missing"
    NOT_RUN = "not_run"
    HOLDS = "holds"

    def precedence(self) -> int:
        """Returns its place among them: the least counts."""
        return PRECEDENCE[self]

    @property
    def is_wrong(self) -> bool:
        """Whether the code under test is at fault by what it answers, or by failing to."""
        return self in {Outcome.BROKEN, Outcome.ERROR}


PRECEDENCE = {outcome: place for place, outcome in enumerate(Outcome)}


class Run(Protocol):
    """How every implementation of a report was graded."""

    @property
    def seed(self) -> int:
        """The number that the cases were drawn from."""

    @property
    def precision(self) -> Precision:
        """That of the inputs and answers."""

    @property
    def examples(self) -> int:
        """Batches of cases for each law and regime."""

    @property
    def explore(self) -> bool:
        """Whether it was searched deeper than usual."""

    @property
    def laws(self) -> str:
        """The version whose laws count; empty, if all do."""


class NoReport(ValueError):
    """A file holds no report that this version can read."""


Entries = tuple[tuple[Annotated[int, 0], ...], ...]
"""The places of some entries of each part of an answer, counted row by row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """The entry of a long answer that is off by most: where it is, what came back there, and what is due."""

    at: str
    got: Number
    due: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The call that shows a counterexample: its `arguments` by name, and its `answer` as it came back.

    `did` is what it did instead of answering: `raised ValueError: no such axis`. `due` is the value due, in the shape
    of the contract, and `raises` the exception that is due instead. `whole` says that the law compares the answer
    itself, and nothing that is made of it; of another answer, `wrong` has the entries that are off by more than any
    rounding. `spot` is where a long answer is wrong.
    """

    name: str
    arguments: Mapping[str, Any]
    answer: Any = None
    did: str = ""
    due: Any = None
    raises: str = ""
    whole: bool = False
    spot: Spot | None = field(default=None, metadata=OMITTED)
    wrong: Entries = field(default=(), metadata=OMITTED)

    @property
    def typed(self) -> str:
        """The call as one would type it."""
        given = [typed(datum) for datum in self.arguments.values()]
        return called(self.name, given, raised=self.raised)

    @property
    def raised(self) -> bool:
        """Whether it raised."""
        return self.did.startswith("raised ")

    @property
    def came(self) -> str:
        """The answer as one would type it, or what came of the call instead."""
        if self.did:
            return self.did
        return f"did not raise, returned {typed(self.answer)}" if self.raises else typed(self.answer)

    def without_due(self) -> Made:
        """Returns it as it may be shown to whoever is to find out what is due."""
        return replace(self, due=None, raises="", whole=False, spot=None, wrong=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterexample:
    """An input that refutes a law; `inputs`, `got` and `due` are data as `lydite.notation` writes them.

    `corpus` is the folder in which it was kept, where it comes from an earlier run. `call` is the call that shows it.
    `quantity` names what `got` is, and `bound` what `due` is, where the law makes them of answers; `why` says in words
    why it fails where no value did. `also` says at which peculiar inputs the law does not hold
    either, where this one is plain: "where n = 1". `wrong` has the entries of `got` that are off by
    more than is allowed of each.

    `asked` says how often the law calls each call there, `reads` which inputs it reads (all, if empty), `where` which
    file and line the call at fault is from, and `reproduce` which command shows it again.
    """

    inputs: Mapping[str, Any]
    got: Any
    due: Any
    error: Number | None
    tolerance: Number | None
    relation: Literal["equal to", "at most", "at least", ""] = ""
    law: str = ""
    says: str = ""
    reproduce: str = ""
    asked: Mapping[str, int] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    where: str = ""
    corpus: str = field(default="", metadata=OMITTED)
    call: Made | None = field(default=None, metadata=OMITTED)
    quantity: str = field(default="", metadata=OMITTED)
    bound: str = field(default="", metadata=OMITTED)
    why: str = field(default="", metadata=OMITTED)
    also: tuple[str, ...] = field(default=(), metadata=OMITTED)
    wrong: Entries = field(default=(), metadata=OMITTED)

    @property
    def off_entries(self) -> Entries:
        """The entries that are wrong of what is shown as the answer: of `call`, else of `got`."""
        return self.wrong if self.call is None or self.call.whole else self.call.wrong

    @property
    def read(self) -> dict[str, Any]:
        """The inputs that the law reads: the others say nothing."""
        return {name: datum for name, datum in self.inputs.items() if name in self.reads or not self.reads}

    @property
    def share(self) -> float | None:
        """The error in units of what is allowed; None where no value came out."""
        if self.error is None or self.tolerance is None:
            return None
        return self.error / self.tolerance if self.tolerance and math.isfinite(self.error) else math.inf

    @property
    def off(self) -> str:
        """By how much it is off, and how much is allowed; empty where no number came out."""
        if self.error is None or math.isnan(self.error):
            return ""
        return f"{size(self.error)}, allowed {size(self.tolerance or 0.0)}"

    @property
    def there(self) -> str:
        """The law at this input, in words: what it makes of the answers, and what that is to be."""
        if self.why or self.error is None or (self.call and self.call.whole):
            return self.why
        side = self.quantity or ("the left side is" if self.relation == "equal to" else "the smaller side is")
        relation = "" if self.relation == "equal to" else f"{self.relation} "
        bound = f"{self.bound} " if self.bound else ""
        off = f" (off by {self.off})" if self.off else ""
        return f"{side} {shown(self.got)}, {relation}{bound}{shown(self.due)} is due{off}"

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yields it in words, each with its name, as far as it is known; each on one visible line.

        The call, what came of it and what is due stand first, then the law that breaks.
        """
        if self.call:
            yield from self._called(self.call)
        else:
            yield "input", "  ".join(f"{line(name)}={line(shown(datum))}" for name, datum in self.read.items())
            yield from self._sides()
        if self.also:
            yield "also", ", ".join(map(line, self.also))
        if self.says:
            yield "law", line(self.says)
        if self.call and self.law and self.there:
            yield "there", line(self.there)
        if self.where:
            yield "where", line(self.where)
        if self.reproduce:
            yield "again", line(self.reproduce)

    def _sides(self) -> Iterator[tuple[str, str]]:
        """Yields both sides of the law, where it is not known which call shows that they differ."""
        yield "got", line(" ".join(filter(None, [self.quantity, shown(self.got)])))
        if self.error is not None:
            relation = "" if self.relation == "equal to" else self.relation
            yield "due", line(" ".join(filter(None, [relation, self.bound, shown(self.due)])))
        elif self.due not in (None, self.says):
            yield "due", line(shown(self.due))
        if self.off:
            yield "off by", self.off

    def _called(self, call: Made) -> Iterator[tuple[str, str]]:
        yield "call", line(call.typed)
        yield "got", line(call.came)
        if call.raises:
            yield "due", line(call.raises)
        elif call.due is not None:
            yield "due", line(typed(call.due))
        if call.spot:
            yield "at", line(f"{call.spot.at}: {number(call.spot.got)}, {number(call.spot.due)} is due")
        if call.whole and self.off:
            yield "off by", self.off


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimResult:
    """The result of one claim in one regime.

    `fault` is the call to fix, `because` names the claims whose breaking explains that of this one. It is not `steady`
    where what breaks it did not come back at the same input, and `fatal` where the call did not come to answer: it ran
    out of time, ended its process, or broke the protocol. `worst` is in units of what is allowed, of the cases that
    hold.
    """

    id: ClaimId
    question: QuestionId
    regime: Regime
    calls: tuple[str, ...]
    outcome: Outcome
    reason: str
    points: Points
    max_points: Points
    cases: int
    worst: Number
    ulps: Number
    because: tuple[ClaimId, ...]
    fault: str = ""
    counterexample: Counterexample | None
    steady: bool = field(default=True, metadata=OMITTED)
    fatal: bool = field(default=False, metadata=OMITTED)

    @property
    def holds(self) -> bool:
        """Whether it holds."""
        return self.outcome is Outcome.HOLDS

    @property
    def failed(self) -> bool:
        """Whether it was looked at, and does not hold."""
        return self.outcome in {Outcome.BROKEN, Outcome.ERROR, Outcome.MISSING}

    @property
    def key(self) -> tuple[str, str]:
        """The claim and the regime: there is one result for each."""
        return self.id, self.regime

    @property
    def name(self) -> str:
        """Its id, with the regime where that is not `core`."""
        return self.id if self.regime is Regime.CORE else f"{self.id} {self.regime}"

    @property
    def excused(self) -> bool:
        """Whether it breaks because of others, and costs nothing more, as `lydite.report.credit` decides."""
        return bool(self.because) and self.points == self.max_points

    @property
    def share(self) -> float | None:
        """The worst error in units of what is allowed, at the counterexample where there is one; None if unknown."""
        if self.holds:
            return self.worst
        return self.counterexample.share if self.counterexample else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A way to go wrong that gives the same wrong answers: `matched` of the `of` that were looked at."""

    says: str
    matched: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A call to fix: the claim and regime that show it best, what it costs, and what experiments have shown of it.

    `also` are the other claims that do not hold because of it and cost points, `follows` those that cost nothing more;
    `elsewhere` has the regime of those among them that hold in this one, or are not about it. `source` are the first
    lines of the call as they are written at `where`.
    """

    call: str
    claim: ClaimId
    regime: Regime
    where: str
    points: Points
    looks_like: tuple[Likeness, ...]
    agrees: str
    confirmed: str
    also: tuple[ClaimId, ...]
    follows: tuple[ClaimId, ...]
    elsewhere: Mapping[ClaimId, Regime] = field(default_factory=dict, metadata=OMITTED)
    source: str = field(default="", metadata=OMITTED)

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yields what is known of it, each with its name."""
        for like in self.looks_like:
            yield "looks like", f"{line(like.says)} in {like.matched} of {like.of} cases"
        if self.agrees:
            yield "agrees", line(self.agrees)
        if self.confirmed:
            yield "confirmed", line(self.confirmed)
        yield from self.others()

    def others(self) -> Iterator[tuple[str, str]]:
        """Yields the other claims that break with it."""
        if self.also:
            yield "also broken", self._named(self.also)
        if self.follows:
            yield "follows", f"{self._named(self.follows)} (no further points lost)"

    def _named(self, claims: Iterable[str]) -> str:
        """Returns the ids of `claims`, each with its regime where that is another than the fault's."""
        return ", ".join(f"{one} {self.elsewhere[one]}" if one in self.elsewhere else one for one in claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exempt:
    """A claim that is expected not to hold in one regime, why, and whether that `occurred`.

    `call` is the fault that it comes from, where that is named. Past the date `until` it is `expired`, and counts.
    """

    id: ClaimId
    regime: Regime
    reason: str
    link: str
    occurred: bool
    call: str = field(default="", metadata=OMITTED)
    until: str = field(default="", metadata=OMITTED)
    expired: bool = field(default=False, metadata=OMITTED)

    @property
    def key(self) -> tuple[str, str]:
        """The claim and the regime."""
        return self.id, self.regime

    @property
    def name(self) -> str:
        """The same in words."""
        return f"{self.id} {self.regime}"

    @property
    def why(self) -> str:
        """The reason, or that there is none yet."""
        return self.reason or NO_REASON


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """The worst errors of one call in one regime, of the laws that hold and are about it alone.

    `ulps` is in units in the last place of the certified value, 0 where there is none, and `share` in units of what is
    allowed.
    """

    ulps: Number
    share: Number

    @property
    def measure(self) -> Measure:
        """The measure to go by: `ulps` where a certified value is met to a digit at least, else `share`."""
        return "ulps" if 0 < self.ulps < MANY else "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceeded:
    """A budget that is exceeded: the call and regime, what was measured, and what is allowed.

    `counterexample` is the worst input, where it is known; its tolerance is that of the budget.
    """

    call: str
    regime: Regime
    measure: Measure
    measured: Number
    allowed: Number
    counterexample: Counterexample | None = field(default=None, metadata=OMITTED)

    @property
    def says(self) -> str:
        """The same in words."""
        measured = f"{size(self.measured)} {UNITS[self.measure]}"
        return f"{self.call} {self.regime}: {measured}, its budget is {size(self.allowed)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newer:
    """A law that does not hold, and does not count, since it is newer than those that the run is pinned to."""

    law: str
    regime: Regime
    since: str
    reason: str
    claims: tuple[ClaimId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function of an implementation: whether it is `offered`, the `claims` about it, and where to look first.

    `failing` are those of the claims that do not hold and are expected to; `fault` is the one behind them, and `place`
    its place among all, from 1.
    """

    call: str
    offered: bool
    claims: tuple[ClaimResult, ...]
    failing: tuple[ClaimResult, ...]
    fault: Fault | None
    place: int

    @property
    def of(self) -> int:
        """How many claims are about it, whatever the regimes in which they are graded."""
        return len(ids_of(self.claims))

    @property
    def held(self) -> int:
        """How many of them hold in each regime."""
        return self.of - len(ids_of(claim for claim in self.claims if not claim.holds))

    @property
    def look(self) -> str:
        """Where to look first, on one visible line: a line of source, another function, a reason; empty if nowhere."""
        if not self.offered:
            return "not offered"
        if self.fault and self.fault.call != self.call:
            return f"follows from {line(self.fault.call)}"
        if self.fault:
            return line(self.fault.where)
        if not self.failing:
            return "known to break" if self.held < self.of else ""
        first = min(self.failing, key=lambda claim: claim.outcome.precedence())
        return line(first.reason) or first.outcome.replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The declarations of an adapter: module, arrays, their type, the environment, and the conventions of calls."""

    module: str = field(default="", metadata=OMITTED)
    arrays: Literal["numpy", "torch", "jax", ""] = field(default="", metadata=OMITTED)
    dtype: Literal["float64", "float32", ""] = field(default="", metadata=OMITTED)
    env: Mapping[str, str] = field(default_factory=dict, metadata=OMITTED)
    calls: Mapping[str, Mapping[str, str]]

    @property
    def whole(self) -> dict[str, str]:
        """The declarations for all calls."""
        named = {"module": self.module, "arrays": self.arrays, "dtype": self.dtype}
        return {key: value for key, value in named.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Extreme:
    """The worst input found at which a law of one call holds: `worst` is its error in units of what is allowed.

    `ulps` is the same in units in the last place of the value due, 0 where that is not certified.
    """

    law: str
    says: str
    regime: Regime
    inputs: Mapping[str, Any]
    reads: tuple[str, ...]
    got: Any
    due: Any
    worst: Number
    ulps: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Explored:
    """How many constants of the code were tried where it was searched deeper, and the worst input of each call.

    A constant counts where it, or a number next to it, has been an input of a law.
    """

    constants: int
    calls: Mapping[str, Extreme]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The results of one implementation. The fields are described in `report.schema.json`.

    `harmless` are those of the `notes` that cost the submission nothing. `faults` are None in a report of a version
    that did not name them yet.
    """

    name: str
    target: str
    outcome: Literal["graded", "unloadable", "killed"]
    reason: str
    points: Points
    max_points: Points
    seconds: float
    cases: int
    warnings: int = 0
    missing: Mapping[QuestionId, tuple[str, ...]] = field(default_factory=dict)
    adapter: str = field(default="", metadata=OMITTED)
    declared: Declared | None = field(default=None, metadata=OMITTED)
    looked_up: Mapping[str, str] = field(default_factory=dict, metadata=OMITTED)
    output: Mapping[str, str] = field(default_factory=dict, metadata=OMITTED)
    entry: str = field(default="", metadata=OMITTED)
    allow: tuple[str, ...] = field(default=(), metadata=OMITTED)
    memory: Annotated[int, 0] | None = field(default=None, metadata=OMITTED)
    call_timeout: Annotated[float, 0] | None = field(default=None, metadata=OMITTED)
    failed: str = field(default="", metadata=OMITTED)
    late: bool = field(default=False, metadata=OMITTED)
    expected: tuple[Exempt, ...] | None = field(default=None, metadata=OMITTED)
    exceeded: tuple[Exceeded, ...] = field(default=(), metadata=OMITTED)
    newer: tuple[Newer, ...] = field(default=(), metadata=OMITTED)
    accuracy: Mapping[str, Mapping[Regime, Accuracy]] = field(default_factory=dict, metadata=OMITTED)
    explored: Explored | None = field(default=None, metadata=OMITTED)
    notes: tuple[str, ...] = field(default=(), metadata=OMITTED)
    harmless: tuple[str, ...] = field(default=(), metadata=OMITTED)
    claims: tuple[ClaimResult, ...]
    faults: tuple[Fault, ...] | None = field(default=None, metadata=OMITTED)
    isolation: Tier | None = field(default=None, metadata=OMITTED)
    key: str = field(default="", metadata=OMITTED)

    @property
    def loaded(self) -> bool:
        """Whether it could be loaded."""
        return self.outcome != "unloadable"

    @property
    def judged(self) -> bool:
        """Whether a law has decided any claim; claims that were lost when all was cut off have no call at fault."""
        return self.loaded and any(
            c.outcome in {Outcome.HOLDS, Outcome.BROKEN} or (c.outcome is Outcome.ERROR and bool(c.fault))
            for c in self.claims
        )

    @property
    def trouble(self) -> str:
        """Why not all was judged, or why nothing was; empty where neither is so."""
        if self.failed:
            return self.failed
        if self.outcome != "graded":
            return f"{self.outcome}: {self.reason}"
        if self.judged:
            return ""
        reasons = (c.reason for c in self.claims if c.outcome is not Outcome.MISSING and c.reason)
        return f"nothing was judged: {next(reasons, 'no call in scope is offered')}"

    @property
    def exempt(self) -> set[tuple[str, str]]:
        """The claims and regimes that are expected not to hold."""
        return {e.key for e in self.expected or () if not e.expired}

    @property
    def unexpected(self) -> list[ClaimResult]:
        """The claims that do not hold though they are expected to."""
        return [claim for claim in self.claims if claim.failed and claim.key not in self.exempt]

    @property
    def stale(self) -> list[Exempt]:
        """The expectations that no longer come true, and have to go."""
        return [e for e in self.expected or () if not e.occurred]

    @property
    def expired(self) -> list[Exempt]:
        """The expectations that still come true, and whose time is over: they no longer count."""
        return [e for e in self.expected or () if e.expired and e.occurred]

    @property
    def is_as_expected(self) -> bool:
        """Whether nothing breaks but what is known to, all of which does, and every budget is kept."""
        return not (self.unexpected or self.stale or self.exceeded)

    @property
    def absent(self) -> list[str]:
        """The calls in scope that are not offered."""
        return [call for calls in self.missing.values() for call in calls]

    @property
    def functions(self) -> list[Function]:
        """The functions in scope, in the order of the claims, and what became of each."""
        about: dict[str, list[ClaimResult]] = {}
        for claim in self.claims:
            for call in claim.calls:
                about.setdefault(call, []).append(claim)
        return [self._function(call, claims) for call, claims in about.items()]

    def _function(self, call: str, claims: Sequence[ClaimResult]) -> Function:
        failing = tuple(claim for claim in claims if not claim.holds and claim.key not in self.exempt)
        place, fault = self._cause(call, {claim.id for claim in failing if claim.outcome.is_wrong})
        offered = self.loaded and call not in self.absent
        return Function(call=call, offered=offered, claims=tuple(claims), failing=failing, fault=fault, place=place)

    def _cause(self, call: str, wrong: Collection[str]) -> tuple[int, Fault | None]:
        """Returns the fault of `call`, else the one behind most of the claims `wrong`, and its place among all."""
        ranked = [
            (fault.call == call, len({fault.claim, *fault.also, *fault.follows}.intersection(wrong)), -place, fault)
            for place, fault in enumerate(self.faults or (), start=1)
        ]
        own, shared, place, fault = max(ranked, key=lambda one: one[:3], default=(False, 0, 0, None))
        return (-place, fault) if own or shared else (0, None)

    @property
    def questions(self) -> list[str]:
        """The questions with a claim."""
        return sorted({claim.question for claim in self.claims})

    @property
    def attention(self) -> list[str]:
        """Why a person should look at it: nothing where all of its core holds."""
        if not self.trouble and all(c.holds for c in self.claims if c.regime is Regime.CORE):
            return []
        fatal: dict[str, str] = {}
        for claim in self.claims:
            if claim.fatal:
                fatal.setdefault(claim.fault, claim.reason)
        notes = (note for note in self.notes if note not in self.harmless)
        return list(dict.fromkeys(filter(None, [self.trouble, *notes, *fatal.values()])))

    def face(self, fault: Fault) -> ClaimResult:
        """Returns the claim that shows `fault`. Raises NoReport where there is none."""
        for claim in self.claims:
            if claim.key == (fault.claim, fault.regime):
                return claim
        raise NoReport(f"{line(self.name)}: a fault names {fault.claim} {fault.regime}, which is not among the claims")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """The suite of another document than Lydite's own: what it calls its document, its folder, and its content."""

    title: str
    path: str
    digest: str

    @classmethod
    def entered(cls) -> Suite | None:
        """Returns the one that this process has entered; None where that is our own."""
        return None if suite.is_own() else cls(title=suite.title(), path=str(suite.folder()), digest=suite.identity())


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole: how all implementations were graded, and what became of each."""

    format: Literal["lydite-report"] = "lydite-report"
    version: Literal[1] = 1
    lydite: str
    suite: Suite | None = field(default=None, metadata=OMITTED)
    seed: int
    precision: Precision
    examples: int = EXAMPLES
    explore: bool = field(default=False, metadata=OMITTED)
    laws: str = field(default="", metadata=OMITTED)
    isolation: Tier
    implementations: tuple[Entry, ...]

    @classmethod
    def of(cls, run: Run, isolation: Tier, implementations: Iterable[Entry], path: str) -> Report:
        """Returns the report as it will be kept in `path` (nowhere, if empty), which its commands name."""
        entries = tuple(implementations)
        whole = cls(
            lydite=__version__,
            suite=Suite.entered(),
            seed=run.seed,
            precision=run.precision,
            examples=run.examples,
            explore=run.explore,
            laws=run.laws,
            isolation=isolation,
            implementations=entries,
        )
        return replace(whole, implementations=tuple(whole._reproducible(entry, path) for entry in entries))

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The calls to fix, of all implementations."""
        return tuple(fault for one in self.implementations for fault in one.faults or ())

    @property
    def claims(self) -> tuple[ClaimResult, ...]:
        """The outcome of each claim in each regime, of all implementations."""
        return tuple(claim for one in self.implementations for claim in one.claims)

    @classmethod
    def from_json(cls, datum: Any) -> Report:
        """Returns the report that `datum` states; keys that a later version has added are ignored. Raises NoReport."""
        if not isinstance(datum, dict) or [datum.get("format"), datum.get("version")] != ["lydite-report", 1]:
            raise NoReport("not a report of version 1")
        try:
            whole = read(cls, datum, others=True)
        except Malformed as error:
            raise NoReport(str(error)) from None
        if whole.suite and suite.is_own():
            raise NoReport(f"on another document: name its suite by {suite.OPTION}")
        if not suite.is_own() and (whole.suite is None or whole.suite.title != suite.title()):
            raise NoReport(f"on {line(whole.suite.title) if whole.suite else 'the document'}, not on {suite.title()}")
        return whole

    def change(self) -> str:
        """Returns how the suite differs from what it was when this was graded; empty where it does not.

        Raises NoReport where that was another suite, though with the title of this one.
        """
        now = Suite.entered()
        if self.suite is None or now is None or self.suite.digest == now.digest:
            return ""
        if self.suite.path != now.path:
            raise NoReport(f"graded by another suite than {now.path}, or before that was moved and changed")
        return f"the suite in {now.path} has changed since the report was made: what it says is about the suite before"

    @classmethod
    def load(cls, path: Path) -> Report:
        """Returns the report that `path` holds, as JSON or as that in gzip. Raises NoReport, naming the path."""
        try:
            with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
                text = file.read(LARGEST)
                if file.read(1):
                    raise NoReport(f"larger than {LARGEST >> 20} MiB")
            return cls.from_json(json.loads(text))
        except (OSError, EOFError, ValueError, RecursionError, zlib.error) as error:
            raise NoReport(f"{path}: {error}") from error

    def to_json(self) -> dict[str, Any]:
        """Returns the report as JSON."""
        whole: dict[str, Any] = written(self)
        return whole

    def write(self, path: Path) -> None:
        """Writes the report to `path`."""
        write_json(path, self.to_json())

    def exit_status(self) -> int:
        """Returns 0 if every claim holds, 1 if one does not, 3 if nothing of a target was graded, 4 if we failed."""
        if any(one.failed for one in self.implementations):
            return FAILED
        if any(one.outcome != "graded" for one in self.implementations):
            return BROKEN
        outcomes = {claim.outcome for one in self.implementations for claim in one.claims}
        if outcomes <= {Outcome.MISSING, Outcome.NOT_RUN}:
            return NOTHING_GRADED
        if not all(one.is_as_expected for one in self.implementations):
            return BROKEN
        return 0 if all(one.judged for one in self.implementations) else NOTHING_GRADED

    def command(self, entry: Entry, claim: ClaimResult, target: str, corpus: str = "") -> str:
        """Returns the command that grades `target` on `claim` again, on the same cases, after those in `corpus`."""
        settings = ["--adapter", entry.adapter] if entry.adapter not in {"", entry.target} else []
        settings += ["--entry", entry.entry] if entry.entry else []
        settings += ["--allow", ",".join(entry.allow)] if entry.allow else []
        if self.isolation is Tier.NONE and not entry.adapter:
            settings += ["--isolation", "none"]  # a module of the current folder is graded nowhere else
        settings += ["--only", claim.id, "--regimes", claim.regime, "--seed", str(self.seed)]
        if self.precision != "float64":
            settings += ["--precision", self.precision]
        if entry.memory is not None:
            settings += ["--memory", str(entry.memory)]
        if entry.call_timeout is not None:
            settings += ["--call-timeout", f"{entry.call_timeout:.15g}"]
        if self.examples != EXAMPLES:
            settings += ["--examples", str(self.examples)]
        if self.explore:
            settings += ["--explore"]
        settings += ["--laws", self.laws] if self.laws else []
        settings += ["--corpus", corpus] if corpus else []
        return _command("grade", [target], [*settings, *suite.shown()])

    def _reproducible(self, entry: Entry, path: str) -> Entry:
        """Returns `entry` with the command that shows each counterexample again, where none is known yet."""
        claims = (
            replace(claim, counterexample=replace(claim.counterexample, reproduce=self._reproduce(entry, claim, path)))
            if claim.counterexample and not claim.counterexample.reproduce
            else claim
            for claim in entry.claims
        )
        return replace(entry, claims=tuple(claims))

    def _reproduce(self, entry: Entry, claim: ClaimResult, path: str) -> str:
        if not path:
            corpus = claim.counterexample.corpus if claim.counterexample else ""
            return self.command(entry, claim, entry.target, corpus)
        name = [f"--name={entry.name}"] if len(self.implementations) > 1 else []
        regime = [] if claim.regime is Regime.CORE else ["--regime", claim.regime]
        return _command("replay", [path, claim.id], [*name, *regime, *suite.shown()])


def _command(name: str, arguments: list[str], options: list[str]) -> str:
    """Returns the command line; no argument is taken for an option, whatever it is called."""
    if any(argument.startswith("-") for argument in arguments):
        return shlex.join(["lydite", name, *options, "--", *arguments])
    return shlex.join(["lydite", name, *arguments, *options])


def regimes_of(claims: Collection[ClaimResult]) -> list[Regime]:
    """Returns the regimes that `claims` are graded in, in the order in which all is shown."""
    return [regime for regime in Regime if any(claim.regime is regime for claim in claims)]


def ids_of(claims: Iterable[ClaimResult]) -> list[str]:
    """Returns the ids of `claims`, each once."""
    return list(dict.fromkeys(claim.id for claim in claims))


def size(x: float) -> str:
    """Returns a number of which the size matters."""
    return f"{x:.2g}"


def write_json(path: Path, datum: Any) -> None:
    """Writes `datum` to `path` at once."""
    write_whole(path, json.dumps(datum, indent=1, allow_nan=False) + "\n")


def write_whole(path: Path, content: str | bytes) -> None:
    """Writes `content` to `path` at once: a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    partial.replace(path)
