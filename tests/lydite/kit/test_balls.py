"""Certified numbers: precision on demand, and derivatives by power series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx

from lydite.kit import balls
from lydite.kit.balls import MOST_BITS, Truth


def test_precision_doubles_until_the_tolerance_is_met() -> None:
    # ln(1 + e^-700) at 128 bits is a ball around zero of radius 3e-39: wide of 9.9e-305.
    truth = Truth(lambda: [(arb(1) + arb(-700).exp()).log()])
    exact = float(np.exp(-700.0))
    assert abs(truth.within(1e-30) - exact) <= 1e-31
    assert abs(truth.within(1e-310) - exact) <= 1e-310
    assert abs(truth.roughly() - exact) <= 2.0**-19 * exact


def test_rough_numbers_are_rough_relative_to_their_own_size() -> None:
    tiny = Truth(lambda: [(arb(1) + arb(-700).exp()).log()]).roughly()
    assert 0.99 < tiny / np.exp(-700.0) < 1.01


def test_what_no_precision_decides_is_an_error() -> None:
    with pytest.raises(ArithmeticError, match=str(MOST_BITS)):
        Truth(lambda: [arb(0, 1)]).within(1e-3)


def test_a_truth_is_evaluated_once_for_all_that_share_it() -> None:
    calls = []

    def evaluate() -> list[arb]:
        calls.append(1)
        return [arb(1), arb(2), arb(3), arb(4)]

    truth = Truth(evaluate, (2, 2))
    assert truth.within(1e-9).tolist() == [[1, 2], [3, 4]]
    assert truth[0].within(1e-9).tolist() == [1, 2]
    assert truth[1, 1].within(1e-9) == 4
    assert len(calls) == 1


def test_answers_cannot_be_written_to() -> None:
    values = Truth(lambda: [arb(1)], (1,)).within(1e-9)
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 2


def product(x: Sequence[Any]) -> Any:
    """x0^2 x1 + exp(x2)."""
    return x[0] * x[0] * x[1] + x[2].exp()


def test_gradient_and_hessian_by_series() -> None:
    x = [2.0, 3.0, 0.0]
    with ctx.workprec(128):
        gradient = [float(g) for g in balls.gradient(product, x)]
        hessian = [float(h) for h in balls.hessian(product, x)]
    assert gradient == [12, 4, 1]
    assert hessian == [6, 4, 0, 4, 0, 0, 0, 0, 1]


def test_taylor_gives_derivatives_not_coefficients() -> None:
    with ctx.workprec(128):
        derivatives = balls.taylor(lambda x: x[0] * x[0] * x[0], [1.0], [2.0], 3)
    assert [float(d) for d in derivatives] == [1, 6, 24, 48]


def test_taylor_leaves_the_length_of_series_as_it_was() -> None:
    before = ctx.cap
    balls.taylor(lambda x: x[0], [1.0], [1.0], 2)
    assert ctx.cap == before
