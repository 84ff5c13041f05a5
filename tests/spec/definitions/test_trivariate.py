"""The closed forms of the trivariate polynomial are the derivatives of its definition, exactly."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx, fmpq
from numpy.typing import NDArray

from lydite.kit import balls
from lydite.kit.regime import Regime
from lydite.kit.source import TEXTURES
from properties.strategies.trivariate import functions
from spec.definitions import trivariate as model
from spec.definitions.trivariate import Differentiated, QuadraticForm, Substitution
from tests.support.agreement import agree

SEEDS = range(8)
BITS = 256


def polynomial(seed: int) -> tuple[NDArray[np.float64], list[float]]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal(rng.integers(1, 5, 3)), rng.standard_normal(3).tolist()


def exactly(numbers: Any) -> Any:
    """An array of rationals."""
    a = np.asarray(numbers, dtype=float)
    entries = np.empty(a.size, dtype=object)
    entries[:] = [fmpq(*x.as_integer_ratio()) for x in a.ravel().tolist()]
    return entries.reshape(a.shape)


@pytest.mark.parametrize("seed", SEEDS)
def test_value_is_the_sum_of_its_terms(seed: int) -> None:
    c, point = map(exactly, polynomial(seed))
    u, v, z = point
    terms = [c[i] * u ** i[0] * v ** i[1] * z ** i[2] for i in np.ndindex(c.shape)]
    assert model.value(c, point) == sum(terms) == model.expansion(c, point)[0, 0, 0]


@pytest.mark.parametrize("seed", SEEDS)
def test_derivatives_are_those_of_the_value(seed: int) -> None:
    c, point = polynomial(seed)

    def value(x: Any) -> Any:
        return model.value(exactly(c), x) + 0 * x[0]  # a constant polynomial becomes a series too

    with ctx.workprec(BITS):
        assert agree([arb(x) for x in model.gradient(exactly(c), exactly(point))], balls.gradient(value, point))
        assert agree([arb(x) for x in model.hessian(exactly(c), exactly(point))], balls.hessian(value, point))


@pytest.mark.parametrize("seed", SEEDS)
def test_hessian_is_the_jacobian_of_the_gradient(seed: int) -> None:
    c, point = map(exactly, polynomial(seed))
    partials = [model.partial(c, axis) for axis in range(3)]
    assert model.gradient(c, point) == [model.value(d, point) for d in partials]
    assert model.hessian(c, point) == [entry for d in partials for entry in model.gradient(d, point)]


def test_hessian_of_a_quadratic_form_is_its_symmetric_part() -> None:
    A = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 10]])
    form = QuadraticForm(A=A, b=np.array([1.0, -1, 2]), point=np.array([0.5, -2, 3]))
    assert model.hessian(exactly(form.c), exactly(form.point)) == exactly((A + A.T) / 2).ravel().tolist()
    x = form.point
    assert model.value(form.c, x.tolist()) == x @ A @ x / 2 + form.b @ x


@pytest.mark.parametrize("seed", SEEDS)
def test_substitution_is_a_composition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    c, point = polynomial(seed)
    scales = rng.choice([1.0, -1, 2, -0.5], 3)
    case = Substitution(c=c, point=np.array(point), order=tuple(rng.permutation(3).tolist()), scales=scales)
    assert (case.B @ case.point == case.image).all()
    assert model.value(exactly(case.composed), exactly(point)) == model.value(exactly(c), exactly(case.image))


# -- Functions that are given --


@pytest.mark.parametrize("case", functions.batch(Regime.CORE, "float64", 4, len(TEXTURES) - 1, 1), ids=str)
def test_a_closed_form_is_the_power_series_of_the_function(case: Differentiated) -> None:
    with ctx.workprec(256):
        for stated, series in (
            (case.field.gradient(balls.balls(case.point)), balls.gradient(case.field, case.point)),
            (case.field.hessian(balls.balls(case.point)), balls.hessian(case.field, case.point)),
        ):
            assert all((a - b).abs_upper() < 1e-50 for a, b in zip(stated, series, strict=True))


@pytest.mark.parametrize("case", functions.batch(Regime.CORE, "float64", 4, len(TEXTURES) - 1, 2), ids=str)
def test_a_function_is_what_its_text_says(case: Differentiated) -> None:
    x = case.point.tolist()
    written = eval(f"lambda x: {case.field.text}", {n: getattr(math, n) for n in ("exp", "sin", "cos", "log")})
    assert written(x) == pytest.approx(case.field(x), rel=1e-12, abs=1e-12)
