"""Formulas mean the same in every arithmetic, their derivatives are theirs, and near a root the constants are right."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx

from lydite.kit.case import Case
from lydite.kit.regime import Regime
from properties.strategies.newton import approaches, cycles, flats, inflections, iterations, multiple_roots, rests
from spec.definitions.newton import (
    Approach,
    Formula,
    Iteration,
    MultipleRoot,
    ScalarFunction,
    arctangent,
    constant,
    expansion,
    exponential,
    polynomial,
    power,
    power_times,
    sine,
    square_minus,
)

BITS = 256
NARROW = 2.0**-180
RADIUS = 2.0**-26
"""Radii of balls are kept to 30 bits."""
FUNCTIONS = [
    polynomial([2.0, -2.0, 0.0, 1.0]),
    polynomial([0.0, -0.125, 0.0, 0.0, -3.5]),
    polynomial([5.0]),
    power(0.0, 2),
    power(1.0, 2, -2.0),
    power(-0.5, 3, 0.25),
    power_times(1.0, 2, 3.0),
    power_times(-1.0, 3, 0.0),
    square_minus(2.0),
    square_minus(-2.0),
    exponential(3.0),
    sine(),
    arctangent(),
    arctangent(-1.5),
    sine().times(-2.5),
    exponential(0.5).along(-0.5, 3.0),
    arctangent(1.0).along(1.0, -1e8).times(1e-100),
]


@pytest.fixture(autouse=True)
def precision() -> Iterator[None]:
    with ctx.workprec(BITS):
        yield


def agree(a: arb, b: arb) -> bool:
    """Whether two balls overlap, and are narrow enough for that to mean something."""
    size = max(float(a.abs_upper()), 1e-300)
    return bool(a.overlaps(b)) and max(float(a.rad()), float(b.rad())) <= NARROW * size


def drawn(regime: Regime) -> Iterator[Iteration]:
    for cases in (iterations, rests, flats, approaches, inflections, multiple_roots, cycles):
        yield from cases.explicit(regime, "float64")
        for seed in range(3):
            yield from cases.batch(regime, "float64", 5, 4, seed)


@pytest.mark.parametrize("function", FUNCTIONS, ids=str)
def test_derivatives_are_those_of_the_power_series(function: ScalarFunction) -> None:
    rng = np.random.default_rng(0)
    for x in map(arb, rng.standard_normal(4).tolist()):
        series = expansion(function.f, x, 2)
        assert agree(function.value(x), series[0])
        assert agree(function.slope(x), series[1])
        assert agree(function.curvature(x), 2 * series[2])


@pytest.mark.parametrize("regime", [Regime.CORE, Regime.STABILITY])
def test_derivatives_of_drawn_functions_are_theirs(regime: Regime) -> None:
    for case in drawn(regime):
        x = arb(case.start)
        assert agree(case.function.slope(x), expansion(case.f, x, 1)[1]), case.function


@pytest.mark.parametrize("function", FUNCTIONS, ids=str)
def test_floats_are_those_of_the_balls(function: ScalarFunction) -> None:
    for x in (-1.25, 0.5, 2.0):
        value, slope, bend = function.f(x), function.fprime(x), function.second(x)
        assert math.isclose(value, float(function.value(arb(x))), rel_tol=1e-7, abs_tol=1e-15)
        assert math.isclose(slope, float(function.slope(arb(x))), rel_tol=1e-7, abs_tol=1e-15)
        assert math.isclose(bend, float(function.curvature(arb(x))), rel_tol=1e-14)


@pytest.mark.parametrize("function", FUNCTIONS, ids=str)
def test_roots_are_roots(function: ScalarFunction) -> None:
    for root in function.roots:
        value = function.value(constant(root))
        assert value.contains(0)
        assert float(value.rad()) < NARROW


def test_every_case_near_a_root_names_one() -> None:
    for case in drawn(Regime.CORE):
        if isinstance(case, Approach | MultipleRoot):
            assert case.function.value(constant(case.root)).contains(0)


def test_functions_print_as_they_are_written() -> None:
    assert str(polynomial([2.0, -2.0, 0.0, 1.0])) == "f(x) = x**3 - 2*x + 2, f'(x) = 3*x**2 - 2"
    assert str(power(1.0, 2)) == "f(x) = (x - 1)**2, f'(x) = 2*(x - 1)"
    assert str(exponential(3.0).along(1.0, -2.0)) == "f(x) = exp((x - 2)) - 3, f'(x) = exp((x - 2))"


@pytest.mark.parametrize(
    "text", ["", "x +", "y", "x.real", "__import__('os')", "(lambda: x)()", "[y for y in (1, 2)]", "x, y: x", "x: 1"]
)
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"formula|holds more"):
        Formula(text)


@pytest.mark.parametrize("function", FUNCTIONS, ids=str)
@pytest.mark.parametrize("x", [1e300, -1e300, 1e160, math.inf, -math.inf, math.nan, 5e-324])
def test_formulas_answer_every_float(function: ScalarFunction, x: float) -> None:
    assert type(function.f(x)) is float
    assert type(function.fprime(x)) is float


def test_formulas_take_what_floats_arrive_in() -> None:
    f: Any = square_minus(2.0).f
    assert f(np.float32(1.5)) == f(np.array(1.5)) == f(1.5) == 0.25
    assert type(f(np.float32(1.5))) is float


def approach(function: ScalarFunction, root: str, x0: float, steps: int = 5) -> Approach:
    return Approach(function=function, root=root, x0=x0, steps=steps)


def test_constant_of_a_square_root() -> None:
    case = approach(square_minus(2.0), "sqrt(2)", 2.0)
    assert math.isclose(case.constant, 1 / (2 * (2 * math.sqrt(2) - 2)), rel_tol=RADIUS)
    assert math.isclose(case.contraction, case.constant * (2 - math.sqrt(2)), rel_tol=1e-15)
    assert np.allclose(case.envelope * case.constant, case.contraction ** (2.0 ** np.arange(6)), rtol=1e-12, atol=0)


def test_slopes_of_a_ball_that_holds_a_flat_point() -> None:
    assert approach(square_minus(2.0), "sqrt(2)", -1.0).contraction == math.inf
    assert approach(arctangent(), "0", 3.0).contraction == math.inf


def test_leading_coefficients() -> None:
    assert np.isclose(approach(exponential(1.0), "log(1)", 0.25).leading(2)[0], 1 / 2, rtol=1e-15)
    assert np.isclose(approach(square_minus(2.0), "-sqrt(2)", -1.5).leading(2)[0], -1 / math.sqrt(8), rtol=1e-15)
    assert np.isclose(approach(sine(), "0", 0.5).leading(3)[0], -1 / 3, rtol=1e-15)
    assert np.isclose(approach(arctangent(), "0", 0.5).leading(3)[0], -2 / 3, rtol=1e-15)


def test_remainder_bounds_what_the_leading_term_leaves() -> None:
    case = approach(exponential(1.0), "log(1)", 0.25)
    leading, beyond = case.leading(2)
    for e in np.linspace(-0.25, 0.25, 41):
        left = float(case.function.successor(arb(e)) - leading * arb(e) ** 2)
        assert abs(left) <= beyond * abs(e) ** 3 * (1 + 1e-15)


def test_count_of_steps() -> None:
    case = approach(square_minus(2.0), "sqrt(2)", 2.0)
    for accuracy, due in [(1.0, 1), (case.initial, 1), (case.envelope[1] * 1.01, 2), (case.envelope[3] * 1.01, 4)]:
        assert case.steps_to(float(accuracy)) == due


def test_remainder_at_a_multiple_root() -> None:
    function, x0 = power_times(1.0, 2, 3.0), 1.5
    case = MultipleRoot(function=function, root="1", x0=x0, steps=1, multiplicity=2, cofactor=1 / 1.5)
    for e in (0.5, -0.5, 0.125, -0.01):
        left = float(function.successor(arb(1.0) + e) - 1) - case.ratio * e
        assert abs(left) <= case.remainder * e**2 * (1 + 1e-12)


def test_iterates_are_judged_up_to_where_no_step_is_defined() -> None:
    case = Iteration(function=square_minus(2.0), x0=1.0, steps=4)
    assert case.judged(np.array([1.0, 1.5, math.inf, 2.0])).tolist() == [1.0, 1.5, math.inf]
    assert case.judged(np.array([1.0, 0.0, 3.0, 2.0])).tolist() == [1.0, 0.0]
    assert Iteration(function=power(0.0, 2), x0=0.0, steps=1).judged(np.zeros(2)).tolist() == [0.0, 0.0]


def test_a_case_is_plain_data() -> None:
    case: Case = Iteration(function=square_minus(2.0), x0=1.0, steps=4)
    assert {name: str(value) for name, value in case.inputs().items()} == {
        "function": "f(x) = x**2 - 2, f'(x) = 2*x",
        "x0": "1.0",
        "steps": "4",
    }
