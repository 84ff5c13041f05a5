"""Finite differences: as good as they say."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from spec.differences import slope

U = 2.0**-53


@pytest.mark.parametrize("at", [-2.0, 0.0, 0.3, 5.0])
@pytest.mark.parametrize(
    ("function", "derivative"),
    [(np.exp, np.exp), (np.sin, np.cos), (np.arctan, lambda x: 1 / (1 + x * x)), (np.cosh, np.sinh)],
)
def test_the_error_is_within_the_estimate(
    function: Callable[[float], float], derivative: Callable[[float], float], at: float
) -> None:
    quotient = slope(lambda t: function(at + t), lambda t: 2 * U * (1 + abs(function(at + t)) + abs(at)), 1 / 64)
    assert abs(quotient.value - derivative(at)) <= quotient.error


def test_the_estimate_is_small_enough_to_mean_something() -> None:
    quotient = slope(np.exp, lambda t: 2 * U, 1 / 64)
    assert quotient.error < 2.0**-36


def test_a_kink_within_the_step_shows_in_the_estimate() -> None:
    quotient = slope(lambda t: max(t - 0.003, 0.0), lambda t: U, 1 / 64)
    assert quotient.error > 2.0**-10


def test_vectors_are_differenced_entry_by_entry() -> None:
    quotient = slope(lambda t: np.array([t, t * t, 1.0]), lambda t: U, 1 / 64)
    assert (np.abs(quotient.value - [1, 0, 0]) <= quotient.error).all()
