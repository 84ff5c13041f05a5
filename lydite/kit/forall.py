"""A property: a law, quantified by Hypothesis over its cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from hypothesis import HealthCheck, Phase, example, given, seed, settings

from lydite.kit.case import Case
from lydite.kit.cases import MOST, Batch, Cases
from lydite.kit.evidence import Broken, Tally
from lydite.kit.explore import DEEPER, DIRECTED, GENERATIONS, TRIED, Explorer
from lydite.kit.failure import CallFailed, Misbehaved, Missing
from lydite.kit.holds import Implementation, holds
from lydite.kit.law import Law
from lydite.kit.regime import Regime
from lydite.kit.simplest import simplest

C = TypeVar("C", bound=Case)

SWEPT = 16
"""Edges of `scale` that are tried for each batch that is drawn: all of them by default."""


class Gathered(Implementation, Protocol):
    """An implementation that checks the cases of a batch."""

    def together(self, checks: Sequence[Callable[[], None]], /) -> None:
        """Runs `checks`, each of which asks calls: one after the other, or side by side to ask all calls at once."""


@dataclass(frozen=True, slots=True)
class Deeper:
    """How a run searches deeper: by ten times the cases, at `constants` of the code under test, for large errors.

    `tried` are the constants that were tried by now.
    """

    constants: tuple[float, ...] = ()
    tried: set[float] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run draws: the seed, the precision, the number of batches for each property and regime.

    The edges come first, unless `edges` says otherwise: they are the same under every seed.
    Without `shrink` the first failing case is reported as it was drawn; with it, a simple one if there is any, else
    what Hypothesis shrinks to. What comes `first` is before all that, and what is `deeper` after it.
    """

    seed: int = 0
    precision: str = "float64"
    examples: int = 10
    shrink: bool = True
    edges: bool = True
    first: tuple[Case, ...] = ()
    deeper: Deeper | None = None

    def settings(self) -> settings:
        """Returns the settings of Hypothesis: no clock, no database, so that a seed means one run."""
        phases = {Phase.generate}
        phases |= {phase for phase, asked in ((Phase.explicit, self.edges), (Phase.shrink, self.shrink)) if asked}
        return settings(
            max_examples=self.examples,
            deadline=None,
            database=None,
            derandomize=False,  # it would make Hypothesis ignore the seed
            print_blob=False,
            report_multiple_bugs=False,
            phases=[p for p in Phase if p in phases],
            suppress_health_check=list(HealthCheck),  # they judge our own draws by the clock
        )


@dataclass(frozen=True, eq=False)
class Property(Generic[C]):
    """For all `cases`: `law`, which is held on the edges and on every `stride`-th case of a batch."""

    cases: Cases[C]
    law: Law
    stride: int = 1

    def check(self, impl: Gathered, regime: Regime, plan: Plan, tally: Tally) -> None:
        """Raises what `holds` raises, at the simplest case found; counts in `tally`."""
        __tracebackhide__ = True
        self._hold_first(plan.first, impl, tally)  # which are simple already
        try:
            self._search(impl, regime, replace(plan, shrink=False), tally)
        except (Broken, Misbehaved, CallFailed) as failure:
            # A simple case that fails as well is cheaper to find than to shrink to, and edges do not shrink.
            simpler = simplest(self.law, self.cases, impl, failure, plan.precision) if plan.shrink else failure
            if simpler is not None:
                raise simpler from None
            self._search(impl, regime, plan, Tally())
            raise  # not each time
        if plan.deeper is None:
            return
        try:
            self._explore(impl, regime, plan, plan.deeper, tally)
        except (Broken, Misbehaved, CallFailed) as failure:
            raise simplest(self.law, self.cases, impl, failure, plan.precision) or failure from None

    def _hold_first(self, cases: Sequence[Case], impl: Gathered, tally: Tally) -> None:
        """Holds the law at `cases`, which were drawn by another version perhaps: one that a law cannot take is left."""
        __tracebackhide__ = True
        for case in cases:
            try:
                self._hold([case], impl, tally)
            except (Broken, Misbehaved, CallFailed, Missing):
                raise
            except Exception:  # noqa: BLE001, S112  (a law's own, of an input that says nothing of the code under test)
                continue

    def _explore(self, impl: Gathered, regime: Regime, plan: Plan, deeper: Deeper, tally: Tally) -> None:
        """Tries constants, the worst errors, and then the other batches of an exploring run, until one fails."""
        __tracebackhide__ = True
        if regime is not Regime.INPUTS:  # of which each is as bad as any other
            together = max(1, self.cases.count(regime) // self.stride)
            hold = partial(self._hold, impl=impl, tally=tally)
            explorer = Explorer(self.cases, regime, plan.precision, plan.seed, hold, together)
            most = plan.examples * TRIED * min(MOST, self.cases.most) // MOST
            explorer.try_constants(deeper.constants, most, deeper.tried)
            if regime in DIRECTED:
                explorer.ascend(plan.examples * GENERATIONS)
        more = replace(plan, seed=self.cases.mixed(plan.seed), examples=(DEEPER - 1) * plan.examples, edges=False)
        self._search(impl, regime, replace(more, shrink=False), tally)

    def _hold(self, cases: Sequence[Case], impl: Gathered, tally: Tally) -> Sequence[Tally]:
        """Holds the law at `cases`; counts each on its own, and all of them in `tally`."""
        __tracebackhide__ = True
        tallies = [Tally() for _ in cases]
        with np.errstate(all="ignore"):  # as below
            impl.together([partial(holds, self.law, impl, *one) for one in zip(cases, tallies, strict=True)])
        for one in tallies:
            tally.add(one)
        return tallies

    def _search(self, impl: Gathered, regime: Regime, plan: Plan, tally: Tally) -> None:
        """Tries the edges and the batches of `plan`, until one fails."""
        __tracebackhide__ = True

        def law_holds(batch: Batch[C]) -> None:
            with np.errstate(all="ignore"):  # what overflows on the way is judged by what comes out
                impl.together([partial(holds, self.law, impl, case, tally) for case in batch])

        batches = self.cases.batches(regime, plan.precision, plan.seed)
        if self.stride > 1:
            batches = batches.map(lambda batch: Batch(batch[:: self.stride]))
        quantified: Any = given(batch=batches)(law_holds)
        edges = self.cases.explicit(regime, plan.precision)
        if regime is Regime.SCALE:  # most of them sweep sizes, for each of which some code is compiled anew
            edges = Batch(edges[: SWEPT * plan.examples])
        if edges:
            quantified = example(batch=edges)(quantified)
        seed(plan.seed)(plan.settings()(quantified))()


FEWER = 4
"""The stride of laws that ask a call many times a case: with five textures in turn, every one of them comes up."""


def forall(cases: Cases[C], law: Law, stride: int = 1) -> Property[C]:
    """Returns the property that `law` holds for all `cases`, tried on every `stride`-th of a batch."""
    return Property(cases, law, stride)
