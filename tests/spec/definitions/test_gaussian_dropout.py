"""The closed forms of Gaussian dropout are derivatives and expectations of its definition, exactly."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx, fmpq

from lydite.kit import balls
from spec.definitions import cross_checks
from spec.definitions import gaussian_dropout as model

SEEDS = range(8)
BITS = 256


def unit(seed: int) -> tuple[list[fmpq], list[fmpq], fmpq, list[fmpq], fmpq]:
    """Weights, inputs, target, noise and sigma, in thirds and sevenths that no float holds."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 5))
    w, x, delta = ([fmpq(int(k), 3) for k in rng.integers(-9, 10, n)] for _ in range(3))
    return w, x, fmpq(int(rng.integers(-9, 10)), 7), delta, fmpq(int(rng.integers(0, 9)), 7)


def mean(values: list[Any]) -> Any:
    return sum(values) / len(values)


def agree(a: list[Any], b: list[arb]) -> bool:
    return len(a) == len(b) and all(
        arb(x).overlaps(y) and float(y.rad()) < 2.0**-200 for x, y in zip(a, b, strict=True)
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_gradients_are_those_of_the_losses(seed: int) -> None:
    w, x, target, delta, sigma = unit(seed)
    at = [float(wk.p) for wk in w]  # the derivative is taken at weights that floats hold
    with ctx.workprec(BITS):
        exact = balls.balls(at)
        given = balls.gradient(lambda w: model.loss(w, x, target, delta), at)
        assert agree(model.gradient(exact, x, target, delta), given)
        expected = balls.gradient(lambda w: model.expected_loss(w, x, target, sigma), at)
        assert agree(model.expected_gradient(exact, x, target, sigma), expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_expectations_are_means_over_two_points(seed: int) -> None:
    w, x, target, _, sigma = unit(seed)
    points = list(model.two_points(len(w), sigma))
    assert model.expected_loss(w, x, target, sigma) == mean([model.loss(w, x, target, d) for d in points])
    gradients = [model.gradient(w, x, target, d) for d in points]
    assert model.expected_gradient(w, x, target, sigma) == [mean(list(g)) for g in zip(*gradients, strict=True)]


@pytest.mark.parametrize("seed", SEEDS)
def test_expectations_are_means_over_masks(seed: int) -> None:
    w, x, target, _, sigma = unit(seed)
    assert cross_checks.mean_over_masks(w, x, target, sigma) == model.expected_loss(w, x, target, sigma)
    assert sum(cross_checks.probability(m, sigma * sigma) for m in cross_checks.masks(len(w))) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_weight_decay_is_what_the_noise_adds_to_the_gradient(seed: int) -> None:
    w, x, target, _, sigma = unit(seed)
    noiseless = model.gradient(w, x, target, [fmpq(1)] * len(w))
    decay = [sigma * sigma * xk * xk * wk for wk, xk in zip(w, x, strict=True)]
    assert model.expected_gradient(w, x, target, sigma) == [g + d for g, d in zip(noiseless, decay, strict=True)]


@pytest.mark.parametrize("seed", SEEDS)
def test_penalty_grows_with_sigma_unless_there_is_no_signal(seed: int) -> None:
    w, x, _, _, _ = unit(seed)
    penalties = [model.penalty(w, x, fmpq(k, 2)) for k in range(5)]
    silent = not any(wk * xk for wk, xk in zip(w, x, strict=True))
    assert penalties[0] == 0
    assert all(a == b == 0 if silent else a < b for a, b in pairwise(penalties))
