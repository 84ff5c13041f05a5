"""The closed forms of batch normalisation are the derivatives of its definition, and the statistics of its batches."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from flint import arb, ctx

from lydite.kit import balls
from spec.definitions import batch_norm as model
from tests.support.agreement import agree

SEEDS = range(5)
BITS = 256


@pytest.fixture(autouse=True)
def precision() -> object:
    with ctx.workprec(BITS):
        yield


def batch(seed: int) -> tuple[list[float], list[arb], arb, arb, arb]:
    """Samples of one feature, an upstream gradient, scale, shift and eps."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 6))
    gamma, beta = rng.standard_normal(2).tolist()
    eps = (0.0, 0.5)[seed % 2]
    return rng.standard_normal(n).tolist(), balls.balls(rng.standard_normal(n)), arb(gamma), arb(beta), arb(eps)


@pytest.mark.parametrize("seed", SEEDS)
def test_input_gradient_is_that_of_the_output(seed: int) -> None:
    x, dy, gamma, beta, eps = batch(seed)
    series = balls.gradient(lambda x: balls.dot(dy, model.batch_norm(x, gamma, beta, eps)), x)
    assert agree(model.input_gradient(dy, balls.balls(x), gamma, eps), series)


@pytest.mark.parametrize("seed", SEEDS)
def test_parameter_gradients_are_those_of_the_output(seed: int) -> None:
    x, dy, gamma, beta, eps = batch(seed)
    x_hat = model.normalised(balls.balls(x), eps)
    series = balls.gradient(lambda p: balls.dot(dy, model.affine(x_hat, p[0], p[1])), [float(gamma), float(beta)])
    assert agree([balls.dot(dy, x_hat), balls.total(dy)], series)


@pytest.mark.parametrize("seed", SEEDS)
def test_centered_gradient_is_that_of_the_output(seed: int) -> None:
    x, dy, gamma, beta, _ = batch(seed)
    series = balls.gradient(lambda x: balls.dot(dy, model.centered_batch_norm(x, gamma, beta)), x)
    assert agree(model.centered_batch_norm(dy, gamma, arb(0)), series)


@pytest.mark.parametrize("seed", SEEDS)
def test_squared_gradient_is_the_square_of_the_gradient(seed: int) -> None:
    x, dy, gamma, *_ = batch(seed)
    dx = model.input_gradient(dy, balls.balls(x), gamma, arb(0))
    assert agree([model.squared_gradient(dy, balls.balls(x), gamma)], [balls.dot(dx, dx)])


@pytest.mark.parametrize("size", range(1, 7))
def test_noise_of_batches_is_that_of_their_enumeration(size: int) -> None:
    values = [Fraction(v) for v in (3, 0, 1, 7, 8, 12)]
    means = [model.mean([values[0], *rest]) for rest in combinations(values[1:], size - 1)]
    assert model.variance(means) == model.noise_of_batches(values, size)


def test_the_form_that_only_centers_is_rational() -> None:
    x = [Fraction(v) for v in (1, 2, 6)]
    assert model.centered_batch_norm(x, Fraction(3), Fraction(5)) == [-1, 2, 14]
    assert sum(model.centered(x)) == 0


def test_two_samples_have_no_gradient_at_eps_zero() -> None:
    x, dy = [arb(1), arb(5)], [arb(1), arb(7)]
    assert all(g.overlaps(arb(0)) and float(g.rad()) < 2.0**-200 for g in model.input_gradient(dy, x, arb(3), arb(0)))
