"""The closed forms of softmax cross-entropy are the derivatives of its definition."""

from __future__ import annotations

import numpy as np
import pytest
from flint import ctx

from lydite.kit import balls
from spec.definitions import softmax_cross_entropy as model
from tests.support.agreement import agree

SEEDS = range(5)
BITS = 256


def logits(seed: int) -> tuple[list[float], list[float]]:
    rng = np.random.default_rng(seed)
    classes = int(rng.integers(1, 5))
    return (4 * rng.standard_normal(classes)).tolist(), rng.random(classes).tolist()


@pytest.fixture(autouse=True)
def precision() -> object:
    with ctx.workprec(BITS):
        yield


@pytest.mark.parametrize("seed", SEEDS)
def test_gradient_is_that_of_the_loss(seed: int) -> None:
    z, y = logits(seed)
    labels = balls.balls(y)
    series = balls.gradient(lambda z: model.cross_entropy(z, labels), z)
    assert agree(model.gradient(balls.balls(z), labels), series)


@pytest.mark.parametrize("seed", SEEDS)
def test_hessian_is_that_of_the_loss_for_labels_that_sum_to_one(seed: int) -> None:
    z, _ = logits(seed)
    labels = balls.balls(np.eye(len(z))[0])
    series = balls.hessian(lambda z: model.cross_entropy(z, labels), z)
    assert agree(model.hessian(balls.balls(z)), series)


@pytest.mark.parametrize("seed", SEEDS)
def test_variance_is_the_quadratic_form_of_the_hessian(seed: int) -> None:
    z, v = logits(seed)
    h, direction = model.hessian(balls.balls(z)), balls.balls(v)
    rows = [balls.dot(h[i * len(v) : (i + 1) * len(v)], direction) for i in range(len(v))]
    assert agree([model.variance(balls.balls(z), direction)], [balls.dot(rows, direction)])
