"""Writes down an input that refutes a law, and builds the case from it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lydite.kit.case import FLOAT32, FLOAT64
from lydite.kit.evidence import Broken, Evidence, Tally
from lydite.kit.failure import CallFailed, Misbehaved
from lydite.kit.law import Law
from lydite.kit.regime import Regime
from lydite.notation.counterexample import LIMIT, inputs, side, value
from lydite.report.model import Counterexample, Extreme


def counterexample(law: Law, failure: Exception) -> Counterexample | None:
    """Returns the input at which `law` fails, for the report; None where no input was reached."""
    if isinstance(failure, Broken):
        e = failure.evidence
        return Counterexample(
            inputs=inputs(e.case),
            got=side(e.got),
            due=side(e.due),
            error=float(e.error),
            tolerance=float(e.tolerance),
            relation=e.relation,  # type: ignore[arg-type]  # one of two words
            law=law.name,
            says=law.says,
        )
    case = getattr(failure, "case", None)
    if case is None:
        return None
    got = deed(failure)[:LIMIT]
    return Counterexample(
        inputs=inputs(case), got=got, due=law.says, error=None, tolerance=None, law=law.name, says=law.says
    )


def extreme(e: Evidence, regime: Regime, tally: Tally, reads: tuple[str, ...]) -> Extreme:
    """Returns the worst input found, at which the law of `e` holds, for the report; `tally` has been held there."""
    return Extreme(
        law=e.law.name,
        says=e.law.says,
        regime=regime,
        inputs=inputs(e.case),
        reads=reads,
        got=side(e.got),
        due=side(e.due),
        worst=tally.worst,
        ulps=tally.ulps,
    )


def deed(failure: Exception) -> str:
    """Returns what a call did instead of giving an answer that a law could look at."""
    match failure:
        case CallFailed(raised="TimedOut" | ""):
            return failure.text
        case CallFailed():
            return f"raises {failure.raised}" + (f": {failure.text}" if failure.text else "")
        case Misbehaved():
            return failure.fault
    return str(failure)


def case_of(law: Law, given: Mapping[str, Any], regime: str, precision: str) -> Any:
    """Returns the case of `law` that `inputs` wrote down. Raises ValueError where it cannot be built."""
    u = FLOAT32 if precision == "float32" else FLOAT64
    try:
        return law.case(**{name: value(v) for name, v in given.items()}, regime=Regime(regime), u=u)
    except (TypeError, LookupError, AttributeError, ArithmeticError, ImportError, RecursionError) as error:
        raise ValueError(f"these are not inputs of {law.name}: {error}") from error
