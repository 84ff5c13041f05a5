"""The only place where numbers are compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lydite.kit.balls import Truth
from lydite.kit.case import Case
from lydite.kit.evidence import Broken, Evidence, Tally
from lydite.kit.failure import CallFailed, Excluded, Misbehaved, Missing
from lydite.kit.law import Equation, Inequality, Law, Raises

Numbers = NDArray[np.float64]


class Implementation(Protocol):
    """An implementation that laws are held against: the calls of the contract, by name, and what `holds` needs."""

    @property
    def widening(self) -> float:
        """The factor of tolerances, for what a declared convention costs; else 1."""


def holds(law: Law, impl: Implementation, case: Case, tally: Tally) -> None:
    """Raises Broken unless what `law` says of `impl` at `case` is true within its tolerance; counts in `tally`.

    A case that the law itself calls undecidable, or that a declared convention leaves out, is counted as skipped. What
    a call raises carries `case` along as its `case` attribute.
    """
    try:
        statement = law(impl, case)
    except Excluded as left_out:
        tally.skipped += 1
        tally.excluded = str(left_out)
        return
    except (CallFailed, Misbehaved, Missing) as failure:
        failure.case = case  # type: ignore[union-attr]  # the input belongs to the report of the failure
        raise
    if statement is None:
        tally.skipped += 1
        return
    statement = _widened(statement, impl)
    for error, allowed, size in _errors(statement, case):
        share = _ratio(error, allowed) if (error <= allowed).all() else np.inf  # false for NaN
        if not share <= 1:  # nor is an infinite error within an infinite tolerance
            # Told on failure only: building this for every case would cost more than the law.
            raise Broken(_evidence(law, case, statement))
        if share > tally.worst:
            tally.worst, tally.at = share, case
        if size is not None and (ulps := _ratio(error, 2 * case.u * size)) > tally.ulps:
            tally.ulps, tally.roughest = ulps, case
    tally.cases += 1


def evidence(law: Law, impl: Implementation, case: Case) -> Evidence | None:
    """Returns what came out and what is due at `case`, whether `law` holds there or not; None where it says nothing."""
    statement = law(impl, case)
    return None if statement is None else _evidence(law, case, statement)


def roughest(law: Law, impl: Implementation, case: Case, most: float, *, ulps: bool) -> Evidence | None:
    """Returns the evidence of how inaccurate `impl` is at `case`, where `law` holds: of the entry that is so by most.

    The tolerance is `most` units: ulps of the value due, or else what the law allows. None where no entry has one.
    """
    statement = law(impl, case)
    if statement is None:
        return None
    statement = _widened(statement, impl)
    found: list[tuple[float, float]] = []
    for error, allowed, size in _errors(statement, case):
        unit = allowed if not ulps else np.zeros(()) if size is None else 2 * case.u * size
        found += zip(error.ravel().tolist(), np.broadcast_to(unit, error.shape).ravel().tolist(), strict=True)
    worst = max((pair for pair in found if pair[1]), key=lambda pair: pair[0] / pair[1], default=None)
    return worst and replace(_evidence(law, case, statement), error=worst[0], tolerance=most * worst[1])


def _errors(statement: Equation | Inequality | Raises, case: Case) -> Iterator[tuple[Numbers, Numbers, Numbers | None]]:
    """Yields the error of each part, what is allowed, and the size of the due value where that is certified."""
    if isinstance(statement, Raises):
        yield np.asarray(float(statement.raised != statement.due)), np.asarray(0.0), None
        return
    if isinstance(statement, Inequality):
        yield np.maximum(np.subtract(statement.small, statement.large), 0.0), np.asarray(statement.atol), None
        return
    for lhs, rhs, atol in _parts(statement):
        allowed = np.asarray(atol)
        due = rhs.within(allowed) if isinstance(rhs, Truth) else np.asarray(rhs)
        if np.shape(lhs) != due.shape:  # shapes of answers are settled before: this is a slip of the law
            raise TypeError(f"a law compares shape {np.shape(lhs)} with {due.shape}")
        error = np.abs(np.subtract(lhs, due))
        if isinstance(rhs, Truth):
            size = np.abs(due)
            yield error, allowed + case.u * size, size  # a truth is rounded to float64, no finer than this
        else:
            yield error, allowed, None


def _widened(statement: Equation | Inequality | Raises, impl: Implementation) -> Equation | Inequality | Raises:
    """Returns `statement` with what a declared convention costs among its tolerances."""
    factor = impl.widening
    if factor == 1.0 or isinstance(statement, Raises):
        return statement
    atol = statement.atol
    wider = tuple(np.multiply(a, factor) for a in atol) if isinstance(atol, tuple) else np.multiply(atol, factor)
    return replace(statement, atol=wider)


def _parts(equation: Equation) -> Iterator[tuple[Any, Any, Any]]:
    sides: tuple[Any, Any, Any] = (equation.lhs, equation.rhs, equation.atol)
    if isinstance(equation.rhs, tuple):
        yield from zip(*sides, strict=True)
    else:
        yield sides


def _ratio(error: Numbers, allowed: Numbers) -> float:
    """Returns the largest `error / allowed`, where something is allowed."""
    if error.ndim == 0:
        return float(error) / float(allowed) if allowed else 0.0
    if not error.any():
        return 0.0
    shares = np.divide(error, allowed, out=np.zeros(error.shape), where=np.asarray(allowed) > 0)
    return float(shares.max(initial=0.0))


def _evidence(law: Law, case: Case, statement: Equation | Inequality | Raises) -> Evidence:
    if isinstance(statement, Raises):
        did = f"raised {statement.raised}" if statement.raised else "did not raise"
        return Evidence(law, case, did, statement.due, None, None, "", why=statement.why)
    if isinstance(statement, Inequality):
        return _unequal(law, case, statement)
    parts = [(lhs, _plain(rhs, atol), np.asarray(atol)) for lhs, rhs, atol in _parts(statement)]
    error, tolerance = max(
        (_worst(np.abs(np.subtract(lhs, rhs)), atol) for lhs, rhs, atol in parts), key=lambda pair: pair[0] - pair[1]
    )
    lone = not isinstance(statement.rhs, tuple)
    got = statement.lhs if lone else tuple(p[0] for p in parts)
    wrong = tuple(_wrong(error, allowed) for error, allowed, _ in _errors(statement, case))
    return Evidence(law, case, got, statement.rhs, error, tolerance, "equal to", quantity=statement.lhs_is, wrong=wrong)


def _wrong(error: Numbers, allowed: Numbers) -> tuple[int, ...]:
    """Returns the entries, counted row by row, whose error is not within what is allowed; an infinite one never is."""
    return tuple(map(int, np.flatnonzero(~((error <= allowed) & np.isfinite(error)))))


def _unequal(law: Law, case: Case, statement: Inequality) -> Evidence:
    """Returns the evidence against an inequality; what came out is its large side where that alone has a name."""
    small, large = statement.small, statement.large
    worst = _worst(np.subtract(small, large), np.asarray(statement.atol))
    if statement.large_is and not statement.small_is:
        return Evidence(law, case, large, small, *worst, "at least", quantity=statement.large_is)
    return Evidence(law, case, small, large, *worst, "at most", quantity=statement.small_is, bound=statement.large_is)


def _plain(side: Any, atol: Any) -> Any:
    return side.within(atol) if isinstance(side, Truth) else side


def _worst(error: Numbers, allowed: Numbers) -> tuple[float, float]:
    """Returns the entry that exceeds its tolerance by most, NaN before all others."""
    excess = np.where(np.isnan(error), np.inf, error - allowed)
    at = np.unravel_index(int(np.argmax(excess)), np.shape(excess))
    return float(error[at]), float(np.broadcast_to(allowed, np.shape(error))[at])
