"""The closed forms of the logistic neuron are the derivatives of its definition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx
from numpy.typing import NDArray

from lydite.kit import balls
from spec.definitions import logistic as model
from spec.definitions.logistic import Descent, Samples
from tests.support.agreement import agree

SEEDS = range(5)
BITS = 256
SCALES = (1.0, 400.0)
"""Margins about 1, and saturated ones."""

Numbers = NDArray[np.float64]


def samples(seed: int, scale: float) -> tuple[Numbers, Numbers, list[arb]]:
    """`(w, b)`, the rows `(x, 1)`, the labels."""
    rng = np.random.default_rng(seed)
    n, d = rng.integers(1, 5, 2)
    return scale * rng.standard_normal(d + 1), model.augmented(rng.standard_normal((n, d))), balls.balls(rng.random(n))


def margins(theta: Sequence[Any], rows: Numbers) -> list[Any]:
    return [balls.dot(balls.balls(row), theta) for row in rows]


@pytest.fixture(autouse=True)
def precision() -> Iterator[None]:
    with ctx.workprec(BITS):
        yield


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("seed", SEEDS)
def test_loss_is_the_cross_entropy_of_the_prediction(seed: int, scale: float) -> None:
    theta, rows, labels = samples(seed, scale)
    t = margins(balls.balls(theta), rows)
    with ctx.workprec(1 << 12):  # 1 - p has to keep its digits
        p = [model.sigmoid(tn) for tn in t]
        due = -balls.total(y * pn.log() + (1 - y) * (1 - pn).log() for y, pn in zip(labels, p, strict=True))
    assert model.loss(t, labels).overlaps(due)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("seed", SEEDS)
def test_gradient_is_that_of_the_loss(seed: int, scale: float) -> None:
    theta, rows, labels = samples(seed, scale)
    series = balls.gradient(lambda theta: model.loss(margins(theta, rows), labels), theta)
    assert agree(model.gradient(margins(balls.balls(theta), rows), labels, balls.matrix(rows)), series)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("seed", SEEDS)
def test_hessian_is_that_of_the_loss(seed: int, scale: float) -> None:
    theta, rows, labels = samples(seed, scale)
    series = balls.hessian(lambda theta: model.loss(margins(theta, rows), labels), theta)
    assert agree(model.hessian(margins(balls.balls(theta), rows), balls.matrix(rows)), series)


@pytest.mark.parametrize("t", [-800.0, -1.0, 0.0, 0.5, 800.0])
def test_weight_is_the_slope_of_the_sigmoid(t: float) -> None:
    series = balls.taylor(lambda t: 1 / (1 + (-t[0]).exp()), [t], [1.0], 1)
    assert agree([model.sigmoid(arb(t)), model.weight(arb(t))], series)


def case(seed: int) -> Descent:
    theta, rows, labels = samples(seed, 1.0)
    toward = np.random.default_rng(seed).standard_normal(theta.size)
    y = np.array([float(label.mid()) for label in labels])
    parts = {"w": theta[:-1], "b": theta[-1], "X": rows[:, :-1], "y": y, "v": toward[:-1], "c": toward[-1]}
    return Descent(**parts, learning_rate=0.5)


@pytest.mark.parametrize("seed", SEEDS)
def test_series_along_a_direction_are_those_of_gradient_and_hessian(seed: int) -> None:
    at = case(seed)
    slope = at.gradient.roughly() @ at.toward
    curvature = at.toward @ at.hessian.roughly() @ at.toward
    assert np.allclose([at.slope.roughly(), at.curvature.roughly()], [slope, curvature], rtol=2.0**-40)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_step_is_against_the_gradient_and_loss_at_is_the_loss_there(seed: int) -> None:
    at = case(seed)
    due = model.joined(*at.parameters) - 0.5 * at.gradient.roughly()
    assert np.allclose(at.step.roughly(), due, rtol=2.0**-40)
    assert at.at(due).loss.roughly() == at.loss_at(due[:-1], due[-1]).roughly()


@pytest.mark.parametrize("seed", SEEDS)
def test_no_curvature_exceeds_the_smoothness(seed: int) -> None:
    at = case(seed)
    assert np.linalg.eigvalsh(at.hessian.roughly())[-1] <= at.smoothness
    origin = at.at(0 * at.toward)
    assert np.isclose(np.linalg.eigvalsh(origin.hessian.roughly())[-1], at.smoothness, rtol=2.0**-40)


def test_parts_are_those_of_the_whole() -> None:
    at: Samples = case(1)
    whole = at.hessian.roughly()
    assert (at.hessian_in_w.roughly() == whole[:-1, :-1]).all()
    assert at.hessian_in_b.roughly() == whole[-1, -1]
    assert (at.gradient_in_w.roughly() == at.gradient.roughly()[:-1]).all()
    assert at.gradient_in_b.roughly() == at.gradient.roughly()[-1]
    slopes = at.weights.roughly()[:, None] * at.X
    assert np.allclose(at.slopes_in_w.roughly(), slopes, rtol=2.0**-50)
