"""Correct code in several styles stays below half of each bound, and comes within reach of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx
from numpy.typing import NDArray

from lydite.kit.balls import Truth
from lydite.kit.case import FLOAT64
from lydite.kit.cases import Cases
from lydite.kit.law import Inequality, Law
from lydite.kit.regime import Regime
from properties.strategies.newton import (
    approaches,
    cycles,
    inflections,
    iterations,
    multiple_roots,
    powers,
    quadratic_approaches,
    quadratics,
    substitutions,
)
from spec.bounds import newton as bounds
from spec.definitions.newton import Formula, Iteration, expansion, rounded
from spec.laws import newton as laws

PRECISIONS = ("float64", "float32")
SEEDS = range(8)

Scalar = Callable[[float], float]
Iterates = NDArray[np.float64]

# -- Correct code, in three styles, and in a fourth that works with more digits --


def in_python(f: Scalar, fprime: Scalar, x0: Any, steps: int) -> list[float]:
    x = [float(x0)]
    for _ in range(steps):
        x.append(x[-1] - f(x[-1]) / fprime(x[-1]) if f(x[-1]) else x[-1])
    return x


def in_numpy(dtype: type) -> Callable[..., Any]:
    """Every number rounded to `dtype`."""

    def iterate(f: Scalar, fprime: Scalar, x0: Any, steps: int) -> Any:
        x: NDArray[Any] = np.full(steps + 1, x0, dtype)
        for k in range(steps):
            if f(x[k]):
                x[k + 1] = x[k] - dtype(f(x[k])) / dtype(fprime(x[k]))
            else:
                x[k + 1] = x[k]
        return x

    return iterate


def by_reciprocals(dtype: type) -> Callable[..., Any]:
    """`x + (-1 / f') f`, a rounding more."""

    def iterate(f: Scalar, fprime: Scalar, x0: Any, steps: int) -> Any:
        x = [dtype(x0)]
        for _ in range(steps):
            value = dtype(f(x[-1]))
            x.append(x[-1] + dtype(-1) / dtype(fprime(x[-1])) * value if f(x[-1]) else x[-1])
        return np.array(x)

    return iterate


def with_more_digits(dtype: type) -> Callable[..., Any]:
    """Iterates that are rounded to `dtype` when all is done; the callables see a double."""

    def iterate(f: Scalar, fprime: Scalar, x0: Any, steps: int) -> Any:
        x = [np.longdouble(x0)]
        for _ in range(steps):
            at = float(x[-1])
            x.append(x[-1] - np.longdouble(f(at)) / np.longdouble(fprime(at)) if f(dtype(at)) else x[-1])
        return np.array(x).astype(dtype)

    return iterate


def styles(precision: str) -> list[SimpleNamespace]:
    dtype = getattr(np, precision)
    ways = [in_numpy(dtype), by_reciprocals(dtype), *([in_python] if precision == "float64" else [])]
    return [offering(way) for way in ways]


def offering(way: Callable[..., Any]) -> SimpleNamespace:
    return SimpleNamespace(newton_root=way, newton_minimize=way)


# -- The comparison --


def drawn(cases: Cases[Any], regime: Regime, precision: str) -> Iterator[Any]:
    yield from cases.explicit(regime, precision)
    for seed in SEEDS:
        yield from cases.batch(regime, precision, 5, 4, seed)


def share(law: Law, impl: object, case: Iteration) -> float:
    """The largest error of what a law compares, as a share of what it allows."""
    statement: Any = law(plain(impl), case)
    allowed: NDArray[Any] = np.asarray(statement.atol)
    if isinstance(statement, Inequality):
        error = np.subtract(statement.small, statement.large)
    elif isinstance(statement.rhs, Truth):
        due = statement.rhs.within(allowed)
        error, allowed = np.abs(statement.lhs - due), allowed + case.u * np.abs(due)
    else:
        error = np.abs(np.subtract(statement.lhs, statement.rhs))
    assert (error[allowed == 0] <= 0).all()
    return float(np.max(error[allowed > 0] / allowed[allowed > 0], initial=0.0))


def plain(impl: object) -> SimpleNamespace:
    """Returns what the guard makes of answers: arrays of float64."""
    return SimpleNamespace(
        **{name: lambda *a, way=way: np.asarray(way(*a), dtype=np.float64) for name, way in vars(impl).items()}
    )


def worst(
    law: Law, cases: Cases[Any], regime: Regime, precision: str, impls: list[SimpleNamespace] | None = None
) -> float:
    cases_drawn = list(drawn(cases, regime, precision))
    return max(share(law, impl, case) for impl in impls or styles(precision) for case in cases_drawn)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("regime", [Regime.CORE, Regime.STABILITY])
class TestStep:
    """One step, in its own units or in others."""

    def test_newton_step(self, regime: Regime, precision: str) -> None:
        assert 0.2 < worst(laws.iterates_are_newton_steps, iterations, regime, precision) < 0.5

    def test_newton_step_with_more_digits(self, regime: Regime, precision: str) -> None:
        impl = offering(with_more_digits(getattr(np, precision)))
        assert worst(laws.iterates_are_newton_steps, iterations, regime, precision, [impl]) < 1

    def test_one_step_of_a_quadratic(self, regime: Regime, precision: str) -> None:
        assert 0.1 < worst(laws.quadratic_takes_one_step, quadratics, regime, precision) < 0.5


RUNS = [
    (laws.error_of_a_quadratic_is_exact, quadratic_approaches, 0.1),
    (laws.error_follows_from_its_square, approaches, 0.1),
    (laws.error_is_bounded_by_its_square, approaches, 0.1),
    (laws.iterates_converge_from_a_close_start, approaches, 0.1),
    (laws.values_tend_to_zero, approaches, 0.05),
    (laws.accuracy_is_reached_in_time, approaches, 0.1),
    (laws.error_has_the_quadratic_rate, approaches, 0.1),
    (laws.error_has_a_cubic_rate_at_an_inflection, inflections, 0.1),
    (laws.error_shrinks_by_a_constant_at_a_multiple_root, multiple_roots, 0.1),
    (laws.multiple_root_is_approached_geometrically, powers, 0.1),
    (laws.multiples_of_g_have_the_same_iterates, substitutions, 0.05),
    (laws.iterates_follow_an_affine_change_of_variable, substitutions, 0.05),
    (laws.cycle_is_followed, cycles, 0.0),  # its numbers are whole, and nothing is rounded
]


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize(("law", "cases", "least"), RUNS, ids=lambda x: getattr(x, "name", None))
def test_run(law: Law, cases: Cases[Any], least: float, precision: str) -> None:
    """Bounds on what rounding does in many steps; `least` says how near to them correct code comes."""
    assert least <= worst(law, cases, Regime.CORE, precision) < 0.5


# -- What the bounds are made of --


@pytest.mark.parametrize("regime", [Regime.CORE, Regime.STABILITY])
def test_evaluation(regime: Regime) -> None:
    """The running error of a formula."""
    shares = [
        _evaluation_share(formula, case.start)
        for case in drawn(iterations, regime, "float64")
        for formula in (case.f, case.fprime)
    ]
    assert 0.25 < max(shares) < 0.5


def _evaluation_share(formula: Formula, x: float) -> float:
    bound = FLOAT64 * rounded(formula, x).error
    with ctx.workprec(256):
        error = abs(float(arb(formula(x)) - expansion(formula, arb(x), 0)[0]))
    return error / bound if bound else (math.inf if error else 0.0)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_error_is_above_rounding_on_the_way_to_a_multiple_root(precision: str) -> None:
    """A law that allows as much as it compares would show nothing."""
    for cases in (powers, multiple_roots):
        for case in drawn(cases, Regime.CORE, precision):
            x = np.asarray(in_python(case.f, case.fprime, case.x0, case.steps))
            assert (np.abs(case.errors(x)) > 4 * bounds.geometric(case, x)).all()


@pytest.mark.parametrize("precision", PRECISIONS)
def test_expanded_powers_end_where_their_error_does(precision: str) -> None:
    """The root of multiplicity m is found to the m-th root of the error of f, no better: the runs stop short of it."""
    for case in drawn(powers, Regime.CORE, precision):
        x = in_python(case.f, case.fprime, case.x0, case.steps)[-1]
        assert abs(case.f(x)) > FLOAT64 * rounded(case.f, x).error
