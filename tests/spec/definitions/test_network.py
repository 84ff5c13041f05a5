"""The gradients of the two-layer network in closed form are the derivatives of its definition."""

from __future__ import annotations

import pytest
from flint import arb, ctx

from lydite.kit import balls
from lydite.kit.regime import Regime
from properties.strategies.network import samples
from spec.definitions.network import Sample, slope
from tests.support.agreement import agree

SEEDS = range(4)
BITS = 256


@pytest.fixture(autouse=True)
def precision() -> object:
    with ctx.workprec(BITS):
        yield


@pytest.mark.parametrize("seed", SEEDS)
def test_gradient_is_that_of_the_loss(seed: int) -> None:
    for case in [*samples.explicit(Regime.CORE, "float64"), *samples.batch(Regime.CORE, "float64", 4, 3, seed)]:
        assert agree(case._gradient(), balls.gradient(case.loss_of, case.parameters)), case.inputs()


@pytest.mark.parametrize(("z", "due"), [(0.5, 1.0), (0.0, 0.25), (-2.0, 0.25)])
def test_slope_is_alpha_up_to_zero(z: float, due: float) -> None:
    assert slope(arb(z), arb(0.25)) == due


def test_slope_is_anything_between_where_a_ball_does_not_tell() -> None:
    either = slope(arb(0, 1e-40), arb(0.25))
    assert either.contains(arb(0.25))
    assert either.contains(arb(1))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_network_written_otherwise_is_the_same_function(seed: int) -> None:
    for case in samples.batch(Regime.CORE, "float64", 5, 2, seed):  # round numbers, which multiply out without rounding
        for other in (case.without_dropout, case.reversed):
            assert agree(outputs(other), outputs(case))
        assert agree(outputs(case.collapsed), outputs(case.linear))


def outputs(case: Sample) -> list[arb]:
    return list(case.output._evaluate())
