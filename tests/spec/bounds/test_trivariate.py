"""Correct code in several styles stays below half of each bound, and comes within reach of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.polynomial import polynomial
from numpy.typing import NDArray

from lydite.kit.regime import Regime
from lydite.kit.source import TEXTURES
from properties.strategies.trivariate import MOST, functions, polynomials
from spec.bounds import trivariate as bounds
from spec.definitions.trivariate import Differentiated, Polynomial

Numbers = NDArray[Any]
Derivative = Callable[[Numbers, Numbers, Numbers], Any]
SEEDS = range(2)

# -- Correct code, in five styles; `orders` says how often to differentiate by u, v and z --


def looped(c: Numbers, point: Numbers, orders: Numbers) -> Any:
    """Powers by `pow`, terms added one after the other."""
    return sum(_terms(c, point, orders), start=c.dtype.type(0))


def looped_and_summed_well(c: Numbers, point: Numbers, orders: Numbers) -> Any:
    return math.fsum(map(float, _terms(c, point, orders)))


def vectorised(c: Numbers, point: Numbers, orders: Numbers) -> Any:
    """Powers by repeated products, one sum of products over all axes."""
    weights = []
    for x, size, times in zip(point, c.shape, orders, strict=True):
        powers = np.cumprod(np.append(np.ones(1, c.dtype), np.full(size, x)))
        weights.append([math.perm(i, times) * powers[max(i - times, 0)] for i in range(size)])
    return np.einsum("ijk,i,j,k", c, *(np.array(w, dtype=c.dtype) for w in weights))


def by_horner(c: Numbers, point: Numbers, orders: Numbers) -> Any:
    for axis, times in enumerate(orders):
        c = polynomial.polyder(c, int(times), axis=axis)
    u, v, z = point
    return polynomial.polyval3d(u, v, z, c)


def by_repeated_axes(c: Numbers, point: Numbers, orders: Numbers) -> Any:
    """The first axis last, as a matrix product would have it."""
    u, v, z = (
        np.array([math.perm(i, times) * (x ** max(i - times, 0)) for i in range(size)], dtype=c.dtype)
        for x, size, times in zip(point, c.shape, orders, strict=True)
    )
    return c @ z @ v @ u


def _terms(c: Numbers, point: Numbers, orders: Numbers) -> Iterator[Any]:
    for degrees in np.ndindex(c.shape):
        if (degrees >= orders).all():
            factor = math.prod(map(math.perm, degrees, orders.tolist()))
            yield c[degrees] * factor * np.prod([x ** int(i) for x, i in zip(point, degrees - orders, strict=True)])


STYLES = (looped, looped_and_summed_well, vectorised, by_horner, by_repeated_axes)

# -- The comparison --


def drawn(precision: str) -> Iterator[Polynomial]:
    yield from polynomials.explicit(Regime.CORE, precision)
    for seed in SEEDS:
        for largest in (3, MOST):
            yield from polynomials.batch(Regime.CORE, precision, largest, len(TEXTURES) - 1, seed)


def shares(precision: str, answers: Callable[[Polynomial, Derivative], Any], due: str, bound: Any) -> list[float]:
    """The largest errors as shares of the bound; where nothing is allowed, nothing may be off."""
    found = []
    for case in drawn(precision):
        allowed = np.asarray(bound(case.c, case.point, case.u))
        truth = getattr(case, due).within(allowed)
        for style in STYLES:
            error = np.abs(np.asarray(answers(case, style), dtype=float) - truth)
            assert not error[allowed == 0].any()
            found.append(float(np.max(error[allowed > 0] / allowed[allowed > 0], initial=0.0)))
    return found


@pytest.mark.parametrize("precision", ["float64", "float32"])
class TestBound:
    """Each bound against the code that it has to admit.

    The bound counts the roundings of one naive sum over all coefficients. The floor is what many random roundings leave
    of that: a power has few on its way, and they partly cancel.
    """

    def test_value(self, precision: str) -> None:
        found = shares(precision, lambda case, d: d(case.c, case.point, np.zeros(3, int)), "value", bounds.value)
        assert 0.03 < max(found) < 0.5

    def test_gradient(self, precision: str) -> None:
        axes = np.eye(3, dtype=int)
        found = shares(precision, lambda case, d: [d(case.c, case.point, a) for a in axes], "gradient", bounds.gradient)
        assert 0.03 < max(found) < 0.5

    def test_hessian(self, precision: str) -> None:
        axes = np.eye(3, dtype=int)
        found = shares(
            precision,
            lambda case, d: [[d(case.c, case.point, a + b) for b in axes] for a in axes],
            "hessian",
            bounds.hessian,
        )
        assert 0.03 < max(found) < 0.5


# -- Functions that are given --


def central(case: Differentiated, step: float) -> Numbers:
    x, f = case.point, case.field
    steps = (step * np.eye(x.size)).astype(x.dtype)
    return np.array([(f(x + h) - f(x - h)) / (2 * x.dtype.type(step)) for h in steps])


def mixed(case: Differentiated, step: float) -> Numbers:
    x, f = case.point, case.field
    rows = (step * np.eye(x.size)).astype(x.dtype)
    entries = [[f(x + h + k) - f(x + h - k) - f(x - h + k) + f(x - h - k) for k in rows] for h in rows]
    return np.array(entries) / (4 * x.dtype.type(step) ** 2)


def polarised(case: Differentiated, step: float) -> Numbers:
    x, f = case.point, case.field
    rows = (step * np.eye(x.size)).astype(x.dtype)

    def along(h: Numbers) -> Any:
        return (f(x + h) - 2 * f(x) + f(x - h)) / x.dtype.type(step) ** 2

    return np.array([[(along(h + k) - along(h) - along(k)) / 2 for k in rows] for h in rows])


@pytest.mark.parametrize("precision", ["float64", "float32"])
class TestGivenFunction:
    """Differences of the shortest, of the longest and of a middling step that is admitted."""

    def given(self, precision: str) -> Iterator[Differentiated]:
        yield from functions.explicit(Regime.CORE, precision)
        for seed in range(8):
            yield from functions.batch(Regime.CORE, precision, 4, len(TEXTURES) - 1, seed)

    def test_gradient(self, precision: str) -> None:
        found = []
        for case in self.given(precision):
            bound = bounds.function_gradient(case.field, case.point, case.u)
            for step in (*bounds.GRADIENT_STEPS, 1.0):
                error = np.abs(central(case, step * case.u ** (1 / 3)) - case.gradient.within(bound))
                found.append(float((error / bound).max()))
        assert 0.3 < max(found) <= 1

    def test_hessian(self, precision: str) -> None:
        found = []
        for case in self.given(precision):
            bound = bounds.function_hessian(case.field, case.point, case.u)
            for style in (mixed, polarised):
                for step in (*bounds.HESSIAN_STEPS, 1.0):
                    error = np.abs(style(case, step * case.u ** (1 / 4)) - case.hessian.within(bound))
                    found.append(float((error / bound).max()))
        assert 0.1 < max(found) <= 1
