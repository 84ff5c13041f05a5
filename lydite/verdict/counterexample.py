"""Writes down an input that refutes a law, and builds the case from it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lydite.kit.balls import Truth
from lydite.kit.case import FLOAT32, FLOAT64
from lydite.kit.evidence import Broken, Evidence, Tally
from lydite.kit.failure import Misbehaved
from lydite.kit.law import Law
from lydite.kit.regime import Regime
from lydite.notation.counterexample import LIMIT, MOST_ENTRIES, inputs, side, value
from lydite.report.model import Counterexample, Extreme
from lydite.verdict.made import deed

PURE = "the same answer each time; no change of an input, of an earlier answer, or of the global random state"
"""The law of every call in `purity`."""


def counterexample(law: Law, failure: Exception) -> Counterexample | None:
    """Returns the input at which `law` fails, for the report; None where no input was reached."""
    if isinstance(failure, Broken):
        return replace(broken(law, failure.evidence), also=getattr(failure, "also", ()))
    case = getattr(failure, "case", None)
    if case is None:
        return None
    impure = isinstance(failure, Misbehaved) and failure.impure
    says = PURE if impure else law.says
    return Counterexample(
        inputs=inputs(case),
        got=deed(failure)[:LIMIT],
        due=says,
        error=None,
        tolerance=None,
        law=law.name,
        says=says,
        why=failure.fault if isinstance(failure, Misbehaved) and not impure else "",
        also=getattr(failure, "also", ()),
    )


def broken(law: Law, e: Evidence) -> Counterexample:
    """Returns the evidence `e` against `law` for the report."""
    raised = isinstance(e.got, str)
    return Counterexample(
        inputs=inputs(e.case),
        got=e.got if raised else side(e.got),
        due=e.due if raised else side(_due(e.due)),
        error=e.error,
        tolerance=e.tolerance,
        relation=e.relation,  # type: ignore[arg-type]  # one of three words, or none
        law=law.name,
        says=law.says,
        quantity=e.quantity,
        bound=e.bound,
        why=e.why,
        wrong=tuple(part[:MOST_ENTRIES] for part in e.wrong),
    )


def _due(due: Any) -> Any:
    """Returns the side of a law that is due as numbers that a reader is shown."""
    if isinstance(due, tuple):
        return tuple(map(_due, due))
    return due.shown() if isinstance(due, Truth) else due


def extreme(e: Evidence, regime: Regime, tally: Tally, reads: tuple[str, ...]) -> Extreme:
    """Returns the worst input found, at which the law of `e` holds, for the report; `tally` has been held there."""
    return Extreme(
        law=e.law.name,
        says=e.law.says,
        regime=regime,
        inputs=inputs(e.case),
        reads=reads,
        got=side(e.got),
        due=side(_due(e.due)),
        worst=tally.worst,
        ulps=tally.ulps,
    )


def case_of(law: Law, given: Mapping[str, Any], regime: str, precision: str) -> Any:
    """Returns the case of `law` that `inputs` wrote down. Raises ValueError where it cannot be built."""
    u = FLOAT32 if precision == "float32" else FLOAT64
    try:
        return law.case(**{name: value(v) for name, v in given.items()}, regime=Regime(regime), u=u)
    except (TypeError, LookupError, AttributeError, ArithmeticError, ImportError, RecursionError) as error:
        raise ValueError(f"these are not inputs of {law.name}: {error}") from error
