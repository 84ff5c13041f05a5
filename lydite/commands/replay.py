"""Runs a stored counterexample again, on its own."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from lydite.adapters.adapter import read_adapter
from lydite.grading.request import Request
from lydite.isolation import Tier
from lydite.kit.balls import Truth
from lydite.kit.case import Case
from lydite.kit.every import every
from lydite.kit.evidence import Broken, Tally
from lydite.kit.failure import CallFailed, Misbehaved, Missing
from lydite.kit.holds import holds
from lydite.kit.law import Inequality, Law, Raises
from lydite.kit.laws import LAWS
from lydite.kit.regime import Regime
from lydite.notation.counterexample import side
from lydite.report.model import Counterexample, Made, Report, ids_of
from lydite.target.implementation import Implementation
from lydite.target.opened import Opened
from lydite.target.watch import Watch
from lydite.verdict.chosen import within
from lydite.verdict.counterexample import case_of, counterexample
from lydite.verdict.made import Noted, Noting, accused, best, remembered, shown
from lydite.worker.loading import Unloadable

OTHERS = 256
"""Cases between which one is held that holds on its own."""


class NotFound(ValueError):
    """The report holds no such counterexample. `option` is the argument that leads nowhere."""

    def __init__(self, option: str, why: str) -> None:
        super().__init__(why)
        self.option = option


@dataclass(frozen=True, slots=True)
class Stored:
    """A counterexample in a report, and the implementation that it refutes."""

    target: str
    claim: str
    regime: str
    precision: str
    example: Counterexample
    adapter: str = ""
    entry: str = ""
    allow: tuple[str, ...] = ()
    memory: int = Request.memory
    call_timeout: float = Request.call_timeout


def stored(whole: Report, claim: str, name: str = "", regime: str = "") -> Stored:
    """Returns the counterexample to `claim`; of the first regime that has one, if none is named. Raises NotFound."""
    entries = [entry for entry in whole.implementations if name in {"", entry.name}]
    if not entries:
        raise NotFound("--name", f"the report is on {', '.join(e.name for e in whole.implementations)}, not on {name}")
    about = [(entry, result) for entry in entries for result in entry.claims if result.id == claim]
    if not about:
        near = [c for c in sorted(ids_of(c for entry in entries for c in entry.claims)) if within(c, claim)]
        raise NotFound("CLAIM", f"the report has no claim {claim}" + (f"; it has {', '.join(near)}" if near else ""))
    told = [(e, c, c.counterexample) for e, c in about if c.counterexample and regime in {"", c.regime}]
    if not told:
        outcomes = ", ".join(dict.fromkeys(f"{c.outcome} in {c.regime}" for _, c in about))
        raise NotFound("--regime" if regime else "CLAIM", f"no counterexample to {claim} is kept: {outcomes}")
    names = list(dict.fromkeys(entry.name for entry, _, _ in told))
    if len(names) > 1:
        raise NotFound("--name", f"{claim} is refuted for {', '.join(names)}: say which")
    entry, found, example = told[0]
    return Stored(
        entry.target,
        claim,
        found.regime,
        whole.precision,
        example,
        entry.adapter,
        entry.entry,
        entry.allow,
        Request.memory if entry.memory is None else entry.memory,
        Request.call_timeout if entry.call_timeout is None else entry.call_timeout,
    )


@dataclass(slots=True)
class Replayed:
    """The outcome: the failure if there still is one, both sides of the law, and the calls that were made.

    `at_fault` is the call that the report shows.
    """

    law: Law
    case: Any
    at_fault: str = ""
    failure: Exception | None = None
    got: Any = None
    due: Any = None
    calls: list[Noted] = field(default_factory=list)
    alone: bool = True

    @property
    def noted(self) -> list[Noted]:
        """The call of each name that shows best what is wrong."""
        return accused(self.calls, self.case.u)

    @property
    def made(self) -> Made | None:
        """The call that shows it, where the law fails without other cases before it, or holds."""
        if not self.alone and self.failure:
            return best(remembered(self.calls, self.case.u, self.failure), [self.at_fault])
        return best(shown(self.calls, self.case.u, self.failure, self.got), [self.at_fault])

    @property
    def example(self) -> Counterexample | None:
        """The counterexample as it is now, if it still is one."""
        example = counterexample(self.law, self.failure) if self.failure else None
        return example and replace(example, call=self.made)


def replay(found: Stored, target: str, tier: Tier = Tier.NONE) -> Replayed:
    """Holds the law of the counterexample against `target` at its input; what is submitted runs in isolation `tier`.

    Raises Unloadable where `target` cannot be loaded, ValueError where the report does not hold what is needed.
    """
    law = _law(found.example.law)
    case = case_of(law, found.example.inputs, found.regime, found.precision)
    done = Replayed(law, case, found.example.call.name if found.example.call else "")
    watch = Watch(found.call_timeout)
    adapter = read_adapter(Path(found.adapter)) if found.adapter else None
    opening = Opened(target, adapter, found.precision, watch, tier, found.memory, found.allow, entry=found.entry)
    with closing(opening) as opened, watch.attending():
        impl = opened.implementation(found.regime == Regime.PURITY)
        try:
            noting = Noting(impl, watch)
            done.calls = noting.noted
            holds(law, noting, case, Tally())
            done.alone = False
            _hold_between_others(law, impl, case, found.precision)  # what is remembered between calls may be at fault
            done.got, done.due = _sides(law(impl, case))
            done.alone = True
        except (AssertionError, CallFailed, Misbehaved, Missing) as failure:
            failure.case = case  # type: ignore[union-attr]  # as a property would leave it
            done.failure = failure
        except Unloadable:
            raise
        except Exception as error:  # the law's own: the code under test raises the failures above
            raise ValueError(f"{law.name} cannot be held at these inputs: {type(error).__name__}: {error}") from error
    return done


def _hold_between_others(law: Law, impl: Implementation, case: Case, precision: str) -> None:
    """Holds `law` at `case` in turn with other cases, now with one and now with two: none must change what follows."""
    for prop in every():
        if prop.law is law:
            simple = (sketch.case for sketch in prop.cases.simple(case.regime, precision))
            others = chain(prop.cases.diverse(case.regime, precision), simple)
            for i, other in enumerate(islice(others, OTHERS)):
                with suppress(Broken, CallFailed, Misbehaved, Missing):  # another case is another matter
                    holds(law, impl, other, Tally())
                if i % 3:
                    holds(law, impl, case, Tally())


def _law(name: str) -> Law:
    try:
        return LAWS[name]
    except KeyError as error:
        raise ValueError(f"there is no law {name!r} any more") from error


def _sides(statement: Any) -> tuple[Any, Any]:
    """Returns both sides of what a law says, as plain data."""
    if statement is None:
        return None, None
    if isinstance(statement, Raises):
        return f"raised {statement.raised}", statement.due
    if isinstance(statement, Inequality):
        return side(statement.small), side(statement.large)
    lone = not isinstance(statement.rhs, tuple)
    sides, allowed = ((statement.rhs,), (statement.atol,)) if lone else (statement.rhs, statement.atol)
    due = tuple(s.within(a) if isinstance(s, Truth) else s for s, a in zip(sides, allowed, strict=True))
    return side(statement.lhs), side(due[0] if lone else due)
