"""Polynomials in three variables with a point, for Q4."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from lydite.kit import Array, Cases, Floats, Source, blotted, refusals
from spec.definitions.trivariate import KINDS as SHAPES
from spec.definitions.trivariate import Differentiated, Field, Polynomial, QuadraticForm, Ridge, Substitution

MOST = 9
"""Coefficients a variable, for degrees up to 8."""
LONGEST = 24
"""Coefficients of a polynomial in one variable: the factors of its second derivative no longer fit a byte."""
NEAR = 3
"""Coefficients a variable of polynomials that are evaluated far from the origin."""
FEW = 5
"""The same for degrees up to 4, which difference quotients get exactly."""
LEAST = 1 / 8
"""A coordinate is zero or at least this large: its eighth power times two others is a normal float32."""
FARTHEST = 4.0
MORE = (10.0, 100.0)
"""Factors of some coefficients: whole ones no longer fit a byte, or their products with a degree do not."""
DIGITS = {"float64": 800, "float32": 72}
"""Binary orders of magnitude that powers of small coordinates may go through, and stay normal numbers."""

KINDS = ("any", "any", "any", "sparse", "quadratic", "affine", "of one variable", "of the highest degree")
"""The shapes of polynomials."""

# -- Coefficients and points --


def _coefficients(source: Source) -> Array:
    """(p, q, r), in sizes of their own, of one of the `KINDS`."""
    c: Array = source.numbers(source.size(), source.size(), source.size())
    i, j, k = np.indices(c.shape)
    match source.choice(KINDS):
        case "sparse":
            c = c * (source.rng.random(c.shape) < 1 / 4)
        case "quadratic":
            c = c * (i + j + k <= 2)
        case "affine":
            c = c * (i + j + k <= 1)
        case "of one variable":
            first, second = source.choice(((i, j), (j, k), (i, k)))
            c = c * (first + second == 0)
        case "of the highest degree":
            c = c * (i + j + k == sum(c.shape) - 3)
    return c * source.choice((1.0, 1.0, *MORE)) * source.magnitude()


def _point(source: Source, least: float = LEAST) -> Floats:
    """(3,). Of any size from `least` to 4, with zeros and ones now and then."""
    x = np.clip(source.numbers(3), -FARTHEST, FARTHEST)
    x = np.where(np.abs(x) < least, 0, x)
    return source.array(np.where(source.rng.random(3) < 1 / 8, source.choice((0.0, 1.0, -1.0)), x))


def _few_digits(source: Source, *shape: int) -> Floats:
    """Multiples of 1/8, which float32 adds and halves exactly."""
    return source.array(np.round(8 * source.numbers(*shape)) / 8)


# -- Cases --


def _draw_polynomial(source: Source) -> Polynomial:
    if source.happens(1 / 8):
        return _long(source)
    c = _coefficients(source)
    point = _point(source, 2.0 ** -(DIGITS[source.precision] / max(1, sum(c.shape) - 3)))
    if max(c.shape) <= NEAR:
        point = source.array(point * source.choice((1.0, np.round(source.log_uniform(1.0, 16.0)))))
    return _polynomial(source, c, point)


def _long(source: Source) -> Polynomial:
    """A polynomial of one variable of high degree, close to where its powers neither vanish nor grow."""
    axis = int(source.rng.integers(3))
    c = source.numbers(int(source.rng.integers(MOST, LONGEST + 1))).reshape([-1 if a == axis else 1 for a in range(3)])
    return _polynomial(source, c, source.rng.choice((1.0, -1.0, 0.875, -1.125), 3))


def _draw_low_polynomial(source: Source) -> Polynomial:
    c = _coefficients(source)
    return _polynomial(source, c * (np.indices(c.shape).sum(axis=0) < FEW), _point(source))


def _polynomial(source: Source, c: Array, point: Any) -> Polynomial:
    return Polynomial(c=source.labels(c), point=source.array(point), v=source.numbers(3), **source.common)


def _draw_quadratic_form(source: Source) -> QuadraticForm:
    A, b = _few_digits(source, 3, 3), _few_digits(source, 3)
    return QuadraticForm(A=A, b=b, point=_point(source), **source.common)


def _draw_substitution(source: Source) -> Substitution:
    order = tuple(source.rng.permutation(3).tolist())
    scales = source.array(source.rng.choice([1, -1, 2, -2, 0.5, -0.5], 3))
    c, point = source.labels(_coefficients(source)), _point(source)
    return Substitution(c=c, point=point, order=order, scales=scales, **source.common)


def _edges(source: Source) -> Iterator[Polynomial]:
    """Those of low degree; the highest powers; all products, at the origin and elsewhere."""
    here = np.array([1.0, 2.0, 3.0])
    yield from _low_edges(source)
    yield from _powers(source, MOST - 1)
    yield _polynomial(source, np.ones((2, 2, 2)), here)
    yield _polynomial(source, np.arange(1.0, 28).reshape(3, 3, 3), np.zeros(3))
    yield _polynomial(source, np.arange(1.0, 25).reshape(2, 3, 4), here)
    yield _polynomial(source, np.arange(1.0, 25).reshape(4, 3, 2), -here)


def _low_edges(source: Source) -> Iterator[Polynomial]:
    """A constant, powers of one variable, and six second derivatives that all differ."""
    yield _polynomial(source, np.full((1, 1, 1), 5.0), np.zeros(3))
    for degree in (1, 2, 3):
        yield from _powers(source, degree)
    yield _polynomial(source, _distinct(), np.array([1.0, 2.0, 3.0]))


def _powers(source: Source, degree: int) -> Iterator[Polynomial]:
    """One power of each variable, at one and at the origin."""
    power = np.eye(degree + 1)[degree]
    for axis in range(3):
        c = power.reshape([-1 if a == axis else 1 for a in range(3)])
        yield _polynomial(source, c, np.ones(3))
        yield _polynomial(source, c, np.zeros(3))


def _distinct() -> Array:
    """`u^2/2 + 2uv + 3uz + 2v^2 + 5vz + 3z^2`, whose second derivatives are 1 to 6: no two can change places."""
    c = np.zeros((3, 3, 3))
    c[2, 0, 0], c[1, 1, 0], c[1, 0, 1] = 0.5, 2, 3
    c[0, 2, 0], c[0, 1, 1], c[0, 0, 2] = 2, 5, 3
    return c


def _edge_forms(source: Source) -> Iterator[QuadraticForm]:
    """Nothing at all; a matrix with no symmetry; a skew one, of which nothing is left."""
    b, point = source.array([1, -1, 2]), source.array([1, 2, 3])
    for A in (
        np.zeros((3, 3)),
        np.array([[1, 2, 3], [4, 5, 6], [7, 8, 10]]),
        np.array([[0, 1, 2], [-1, 0, 3], [-2, -3, 0]]),
    ):
        yield QuadraticForm(A=source.array(A), b=b, point=point, **source.common)


def _edge_substitutions(source: Source) -> Iterator[Substitution]:
    """The three swaps and a cycle, on a polynomial without symmetry."""
    c, point, scales = source.labels(_distinct()), source.array([1, 2, 3]), source.array([1, 1, 1])
    for order in ((1, 0, 2), (2, 1, 0), (0, 2, 1), (1, 2, 0)):
        yield Substitution(c=c, point=point, order=order, scales=scales, **source.common)


polynomials = Cases(_draw_polynomial, _edges, largest=MOST)
"""Polynomials of degrees up to 8 a variable."""

low_polynomials = Cases(_draw_low_polynomial, _low_edges, largest=FEW)
"""Polynomials of degrees up to 4, all variables together."""

quadratic_forms = Cases(_draw_quadratic_form, _edge_forms)
"""Quadratic forms by matrices with no symmetry."""

substitutions = Cases(_draw_substitution, _edge_substitutions, largest=FEW)
"""Polynomials with a permutation and scaling of their variables."""

# -- Functions that are given --

MOST_RIDGES = 3
STEEPEST = 4.0
"""No argument of a ridge is larger in size, nor moves by more where a coordinate of the point does by 1."""


def _draw_differentiated(source: Source) -> Differentiated:
    n = source.size()
    point = np.clip(source.numbers(n), -2, 2)
    ridges = [
        _ridge(source, np.asarray(point, dtype=float)) for _ in range(int(source.rng.integers(1, MOST_RIDGES + 1)))
    ]
    return _differentiated(source, ridges, point)


def _ridge(source: Source, point: Array) -> Ridge:
    """Of few digits, so that it is read at a glance."""
    slopes, offset = np.round(16 * source.rng.random(point.size) - 8) / 4, float(source.rng.integers(-8, 9)) / 4
    size = max(float(np.abs(slopes) @ np.maximum(np.abs(point), 1)) + abs(offset), 1e-9)
    shrunk = 2.0 ** -max(0.0, np.ceil(np.log2(size / STEEPEST)))
    factor = source.choice((1.0, -1.0, 0.5, 2.0))
    return Ridge(factor, source.choice(SHAPES), tuple((shrunk * slopes).tolist()), float(shrunk * offset))


def _differentiated(source: Source, ridges: list[Ridge], point: Any) -> Differentiated:
    point = source.array(point)
    return Differentiated(field=Field(tuple(ridges)), point=point, v=source.numbers(point.size), **source.common)


def _differentiated_edges(source: Source) -> Iterator[Differentiated]:
    """One variable; a product; a form without a minimum; a softplus of both; at whole numbers, and at the origin."""
    product = [Ridge(1.0, "square", (0.5, 0.5), 0.0), Ridge(-1.0, "square", (0.5, -0.5), 0.0)]
    for kind in SHAPES:
        yield _differentiated(source, [Ridge(1.0, kind, (1.0,), 0.0)], [1.0])
        yield _differentiated(source, [Ridge(2.0, kind, (1.0, -0.5), 0.5)], [1.0, -1.0])
    yield _differentiated(source, product, [2.0, -1.0])
    yield _differentiated(source, product, [0.0, 0.0])
    yield _differentiated(source, [*product, Ridge(1.0, "exp", (0.25, 1.0), 0.0)], [1.0, 0.0])


functions = Cases(_draw_differentiated, _differentiated_edges, largest=4)
"""Functions of up to four variables with a point."""

# -- Bad input --


def _bad_polynomials(source: Source) -> Iterator[tuple[str, tuple[Any, ...]]]:
    c, point = source.numbers(2, 3, 2), source.numbers(3)
    yield "c holds NaN", (blotted(c, np.nan), point)
    yield "c holds infinity", (blotted(c, np.inf), point)
    yield "c has no coefficient", (c[:, :0], point)
    yield "c has two axes", (c[0], point)
    yield "c has four axes", (c[None], point)
    yield "point holds NaN", (c, blotted(point, np.nan))
    yield "point holds infinity", (c, blotted(point, -np.inf))
    yield "point has two coordinates", (c, point[:2])
    yield "point has four coordinates", (c, np.append(point, point[:1]))
    yield "point is a column", (c, point[:, None])


bad_value = refusals("trivariate_value", _bad_polynomials)
bad_gradient = refusals("trivariate_gradient", _bad_polynomials)
bad_hessian = refusals("trivariate_hessian", _bad_polynomials)


def _bad_points(source: Source) -> Iterator[tuple[str, tuple[Any, ...]]]:
    point, field = source.numbers(2), Field((Ridge(1.0, "square", (1.0, 0.5), 0.0),))
    yield "point holds NaN", (field, blotted(point, np.nan))
    yield "point holds infinity", (field, blotted(point, np.inf))
    yield "point has no coordinate", (field, point[:0])
    yield "point is a column", (field, point[:, None])


bad_function_gradient = refusals("function_gradient", _bad_points)
bad_function_hessian = refusals("function_hessian", _bad_points)
