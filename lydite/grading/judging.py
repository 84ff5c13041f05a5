"""Judges a property in one regime: holds it against an implementation, and says what came of it."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from hypothesis.control import _current_build_context
from hypothesis.errors import FlakyFailure
from hypothesis.internal.conjecture import engine, providers
from hypothesis.internal.constants_ast import Constants

from lydite.grading.request import Request
from lydite.kit.calls import CALLS
from lydite.kit.case import Case
from lydite.kit.claim import CLAIMS
from lydite.kit.evidence import Broken, Tally
from lydite.kit.failure import CallFailed, Misbehaved, Missing
from lydite.kit.forall import Deeper, Plan, Property
from lydite.kit.holds import evidence, holds, roughest
from lydite.kit.law import Law
from lydite.kit.regime import Regime
from lydite.kit.simplest import case_of
from lydite.report.model import Accuracy, Counterexample, Extreme, Made, Outcome
from lydite.target.implementation import Implementation
from lydite.target.program import FATAL
from lydite.target.watch import TimedOut, Unasked, Watch
from lydite.verdict.counterexample import broken, counterexample, extreme
from lydite.verdict.diagnose import diagnosis
from lydite.verdict.made import best, hung, remembered, shown
from lydite.verdict.outcome import LawResult
from lydite.verdict.reads import probe

MOST = sys.float_info.max
FAULTS = (Broken, Misbehaved, CallFailed, Missing)
"""Exceptions that a property raises of an implementation. Every other one is a fault of ours."""


@dataclass(frozen=True, slots=True)
class Judging:
    """How one property is judged in one regime; `watch` bounds and counts what is called meanwhile."""

    prop: Property[Any]
    regime: Regime
    request: Request
    watch: Watch

    def blank(self) -> LawResult:
        """Returns the result as far as it is known beforehand."""
        return blank(self.prop.law, self.regime, self.request)

    def known(self) -> str:
        """Returns why the law is expected not to hold, or does not count; empty where it is expected to."""
        blank = self.blank()
        if blank.is_newer_than(self.request.laws):
            return blank.pinned(self.request.laws).reason
        expectation = self.request.expectation
        known = expectation.reasons(self.regime, self.request.precision) if expectation else {}
        reasons = [known.get(claim, "") for claim in blank.claims]
        return "; ".join(dict.fromkeys(reasons)) if all(reasons) else ""

    def begin(self, stage: str) -> None:
        """Forgets what the watch has noted of another law, and in another `stage` what calls have cost."""
        self.watch.asked, self.watch.warnings, self.watch.wrote = {}, 0, {}
        self.watch.enter(stage)

    def failure(
        self, impl: Implementation, tally: Tally, first: tuple[Case, ...] = (), deeper: Deeper | None = None
    ) -> tuple[Exception | None, bool]:
        """Returns how `impl` fails the property, if it does, and whether it does so each time; counts in `tally`.

        It is held at the cases that come `first`, and `deeper` than usual on request.
        """
        request = self.request
        plan = Plan(request.seed, request.precision, request.examples, first=first, deeper=deeper)
        elsewhere = set(self.watch.slow.values())  # at inputs of other laws, or of experiments
        try:
            with drawing_from_the_seed_alone(), _current_build_context.with_value(None):  # perhaps in a test that draws
                self.prop.check(impl, self.regime, plan, tally)
        except FAULTS as error:
            # A call that ran out of time is reported at an input where it did, whatever it did while that was shrunk.
            slow = self.watch.slow.get(error.call) if isinstance(error, CallFailed) else None
            return slow if slow and slow not in elsewhere else error, True
        except FlakyFailure as error:
            ours = [e for e in error.exceptions if isinstance(e, FAULTS)]
            if not ours:
                raise
            return ours[0], False
        return None, True

    def result(self, impl: Implementation, tally: Tally, failure: Exception | None, steady: bool) -> LawResult:
        """Returns what came of it, with what experiments show of a failure."""
        result, watch = self.blank(), self.watch
        result.outcome, result.reason = _outcome(failure, tally, steady)
        result.steady = steady
        result.call = getattr(failure, "call", "")
        result.fatal = isinstance(failure, CallFailed) and failure.raised in FATAL
        own = {call for claim in result.claims for call in CLAIMS[claim].calls}
        result.absent = sorted(call for call in own if not impl.offers(call))
        result.looked_up = {call: text for call in result.absent if (text := impl.looked_up(call))}
        result.asked = sorted(watch.asked)
        result.cases, result.worst, result.ulps = tally.cases, min(tally.worst, MOST), min(tally.ulps, MOST)
        result.warnings = watch.warnings
        result.wrote = {call: sorted(names) for call, names in watch.wrote.items()}
        if failure is not None and not isinstance(failure, Missing):
            if not isinstance(failure, Unasked):
                result.counterexample, result.made = self._example(impl, failure)
            self._diagnose(impl, failure, result)
            # A call that goes wrong through another accuses that one, though the law has not called it.
            accused = dict.fromkeys([*result.asked, *result.guilty])
            calls = [call for call in accused if call in result.asked or impl.offers(call)]
            result.where = {call: impl.where(call) for call in calls}
            result.source = {call: impl.source(call) for call in calls}
        if failure is None:
            result.exceeding = self._exceeding(impl, tally)
        if failure is None and self.request.explore:
            result.extreme = self._extreme(impl, tally)
        return result

    def _diagnose(self, impl: Implementation, failure: Exception, result: LawResult) -> None:
        """Adds what experiments show of `failure`."""
        cases = self.prop.cases.diverse(self.regime, self.request.precision)
        with self.watch.attending():
            shown = diagnosis(self.prop.law, impl, failure, cases)
        result.guilty, result.looks_like, result.agrees = shown.guilty, shown.looks_like, shown.agrees

    def _example(self, impl: Implementation, failure: Exception) -> tuple[Counterexample | None, list[Made]]:
        """Returns the input of `failure` for the report, and the calls that may show it."""
        example, case = counterexample(self.prop.law, failure), case_of(failure)
        if example is None or case is None:
            return None, []
        if isinstance(failure, CallFailed) and failure.raised == TimedOut.__name__:  # not once more
            return replace(example, asked={failure.call: 1}), hung(failure)
        with self.watch.attending(), self.watch.pardoning():
            probed = probe(self.prop.law, impl, case, self.watch)
        made = (shown if probed.alone else remembered)(probed.calls, case.u, failure)
        return replace(example, asked=probed.asked, reads=probed.reads), made

    def _exceeding(self, impl: Implementation, tally: Tally) -> Counterexample | None:
        """Returns the worst input of a law that is about one call, where that is less accurate than its budget."""
        calls = [*self.watch.asked]
        budget = self.request.budget_of(calls[0], self.regime) if len(calls) == 1 else None
        if budget is None:
            return None
        beyond = budget.exceeded(calls[0], self.regime, Accuracy(ulps=tally.ulps, share=tally.worst))
        ulps = budget.ulps is not None
        case = tally.roughest if ulps else tally.at
        if beyond is None or case is None:
            return None
        with self.watch.attending():
            try:
                found = roughest(self.prop.law, impl, case, beyond.allowed, ulps=ulps)
            except FAULTS:  # of a call that answers otherwise each time
                return None
            probed = probe(self.prop.law, impl, case, self.watch)
        if found is None:
            return None
        example = replace(broken(self.prop.law, found), asked=probed.asked, reads=probed.reads)
        made = shown(probed.calls, case.u, None, found.got)
        return replace(example, where=impl.where(calls[0]), call=best(made, calls))

    def _extreme(self, impl: Implementation, tally: Tally) -> Extreme | None:
        """Returns the worst input of a law that is about one call, and what comes of it when it is tried again."""
        law, once = self.prop.law, Tally()
        if tally.at is None or len(self.watch.asked) != 1:
            return None
        with self.watch.attending():
            try:
                holds(law, impl, tally.at, once)
                found = evidence(law, impl, tally.at)
            except FAULTS:  # of a call that answers otherwise each time
                return None
            reads = probe(law, impl, tally.at, self.watch).reads
        return extreme(found, self.regime, once, reads) if found else None


@contextmanager
def drawing_from_the_seed_alone() -> Iterator[None]:
    """Keeps Hypothesis from drawing numbers that it finds in the source of whatever modules are loaded.

    Else the code under test would have a say in its own inputs, and a checkout draw others than an installed copy.
    Nor does it stop to shrink by the clock: it stops after so many steps. Neither has a setting.
    """
    seconds, constants = engine.MAX_SHRINKING_SECONDS, getattr(providers, "_get_local_constants", None)
    engine.MAX_SHRINKING_SECONDS = math.inf  # type: ignore[assignment]
    if constants is not None:
        providers._get_local_constants = Constants  # noqa: SLF001
    try:
        yield
    finally:
        engine.MAX_SHRINKING_SECONDS = seconds
        if constants is not None:
            providers._get_local_constants = constants  # noqa: SLF001


def blank(law: Law, regime: Regime, request: Request) -> LawResult:
    """Returns the result of `law` before anything has happened."""
    claims = [c for c in law.judged_in(regime) if (c, regime) in request.scope]
    anchored = [c for c in claims if c not in law.claims_in(regime)]
    own = [of for of in law.differences if of in CALLS]  # and not a function that a call is given
    return LawResult(
        law.name, regime.value, claims, Outcome.NOT_RUN, anchored=anchored, differences=own, since=law.since
    )


def in_scope(law: Law, regime: Regime, request: Request) -> bool:
    """Returns whether a claim that `law` judges is in scope, and, if it is about batches, its call takes them."""
    adapter = request.adapter
    if law.batched and not (adapter and adapter.batches(law.batched)):
        return False
    return any((claim, regime) in request.scope for claim in law.judged_in(regime))


def _outcome(failure: Exception | None, tally: Tally, steady: bool) -> tuple[Outcome, str]:
    reason = str(failure) if steady else f"{failure}, but not each time"
    match failure:
        case None if tally.cases:
            return Outcome.HOLDS, ""
        case None:
            return Outcome.NOT_RUN, tally.excluded or "every case drawn was too ill-conditioned to decide"
        case Missing():
            return Outcome.MISSING, reason
        case CallFailed():
            return Outcome.ERROR, reason
    return Outcome.BROKEN, reason
