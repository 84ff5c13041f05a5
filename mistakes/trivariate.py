"""A polynomial in three variables, its gradient and its Hessian (Q4), as they go wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lydite.kit import Array, Floats, Regime, mistake
from reference.trivariate import (
    function_gradient,
    function_hessian,
    trivariate_gradient,
    trivariate_hessian,
    trivariate_value,
)

REVERSED = [2, 1, 0]

# -- trivariate_value --


@mistake("trivariate_value", breaks="Q4.1")
def powers_from_one(c: Array, point: Floats, /) -> Any:
    """Counts degrees from one: the constant term is multiplied by u v z."""
    return trivariate_value(c, point) * np.prod(point)


@mistake("trivariate_value", breaks="Q4.1")
def highest_coefficient_first(c: Array, point: Floats, /) -> Any:
    """The order that `np.polyval` expects."""
    return trivariate_value(c[::-1, ::-1, ::-1], point)


@mistake("trivariate_value", breaks="Q4.1")
def axes_for_z_v_u(c: Array, point: Floats, /) -> Any:
    """The first axis of the coefficients taken for z."""
    return trivariate_value(c, point[::-1])


@mistake("trivariate_value", breaks="Q4.1")
def highest_degree_dropped(c: Array, point: Floats, /) -> Any:
    """`range(p - 1)` where the degrees go up to p - 1."""
    return trivariate_value(c[: max(1, len(c) - 1)], point)


@mistake("trivariate_value", breaks="Q4.1")
def zero_to_the_zero_is_zero(c: Array, point: Floats, /) -> Any:
    """At a coordinate of zero every power of it is skipped, the constant one with them."""
    return trivariate_value(c, point) if point.all() else 0.0


@mistake("trivariate_value", breaks="Q4.1")
def powers_by_logarithms(c: Array, point: Floats, /) -> Any:
    """`exp(i log u)`, which knows no negative u."""
    u, v, z = (np.exp(np.arange(size) * np.log(x)) for x, size in zip(point, c.shape, strict=True))
    return np.einsum("ijk,i,j,k", c, u, v, z)


@mistake("trivariate_value", breaks="Q4.1")
def mixed_terms_forgotten(c: Array, point: Floats, /) -> Any:
    """Three polynomials of one variable each, added."""
    return (
        sum(np.polynomial.polynomial.polyval(x, row) for x, row in zip(point, _axes(c), strict=True)) - 2 * c[0, 0, 0]
    )


@mistake("trivariate_value", breaks="Q4.1")
def value_in_single_precision(c: Array, point: Floats, /) -> Any:
    """Computed in float32 and handed back as float64."""
    return trivariate_value(np.asarray(c, np.float32), point.astype(np.float32))


@mistake("trivariate_value", breaks="Q4.1", regime=Regime.LAYOUT)
def sum_in_the_type_of_the_coefficients(c: Array, point: Floats, /) -> Any:
    """An accumulator like `c`: with integer coefficients every term is cut to a whole number."""
    total = np.zeros(1, dtype=c.dtype)
    for (i, j, k), coefficient in np.ndenumerate(c):
        total += (coefficient * point[0] ** i * point[1] ** j * point[2] ** k).astype(c.dtype)
    return total[0]


@mistake("trivariate_value", breaks="Q4.1", regime=Regime.PURITY)
def horner_in_place(c: Array, point: Floats, /) -> Any:
    """Horner's rule writes its partial sums over the coefficients."""
    for i in range(len(c) - 1, 0, -1):
        c[i - 1] += c[i] * point[0]
    return trivariate_value(c[:1], point)


@mistake("trivariate_value", breaks="Q4.1", regime=Regime.INPUTS)
def coordinates_beyond_the_third_ignored(c: Array, point: Floats, /) -> Any:
    """Unpacks what it needs: a point of four coordinates passes."""
    return trivariate_value(c, point[:3])


@mistake("trivariate_value", breaks="Q4.1")
def degrees_alike_for_all_variables(c: Array, point: Floats, /) -> Any:
    """As many powers of each variable as of u: coefficients beyond them are left out."""
    return trivariate_value(c[:, : len(c), : len(c)], point)


@mistake("trivariate_value", breaks="Q4.1")
def value_of_rationals(c: Array, point: Floats, /) -> Any:
    """Exact fractions, handed back as they are."""
    terms = (Fraction(float(a)) * _power(point, at) for at, a in np.ndenumerate(c))
    return sum(terms, Fraction(0))


@mistake("trivariate_value", breaks="Q4.1", regime=Regime.LAYOUT)
def powers_in_the_type_of_the_coefficients(c: Array, point: Floats, /) -> Any:
    """The point cast to the coefficients' type: with integers, to whole numbers."""
    return trivariate_value(c, point.astype(c.dtype))


@mistake("trivariate_value", breaks="Q4.1")
def axes_sorted_by_size(c: Array, point: Floats, /) -> Any:
    """The longest axis first, as fast code has it, and the coordinates not: right where the sizes fall."""
    return trivariate_value(np.transpose(c, np.argsort(c.shape)[::-1]), point)


@mistake("trivariate_value", breaks="Q4.1")
def point_clipped(c: Array, point: Floats, /) -> Any:
    """Keeps the powers in range by clipping the point to 8."""
    return trivariate_value(c, np.clip(point, -8, 8))


# -- trivariate_gradient --


@mistake("trivariate_gradient", breaks="Q4.2")
def components_as_printed(c: Array, point: Floats, /) -> Any:
    """The document's list, by z, by v, by u."""
    return trivariate_gradient(c, point)[REVERSED]


@mistake("trivariate_gradient", breaks="Q4.2")
def first_two_components_exchanged(c: Array, point: Floats, /) -> Any:
    """Row and column confused, as between an image and its coordinates."""
    return trivariate_gradient(c, point)[[1, 0, 2]]


@mistake("trivariate_gradient", breaks="Q4.2")
def exponent_not_brought_down(c: Array, point: Floats, /) -> Any:
    """u^(i-1) without its factor i."""
    return np.array([trivariate_value(np.delete(c, 0, axis), point) if c.shape[axis] > 1 else 0.0 for axis in range(3)])


@mistake("trivariate_gradient", breaks="Q4.2")
def exponent_not_lowered(c: Array, point: Floats, /) -> Any:
    """i u^i: the derivative by ln u."""
    return point * trivariate_gradient(c, point)


@mistake("trivariate_gradient", breaks="Q4.2")
def lowered_by_a_division(c: Array, point: Floats, /) -> Any:
    """i u^i / u, which is NaN at zero."""
    return exponent_not_lowered(c, point) / point


@mistake("trivariate_gradient", breaks="Q4.2")
def highest_term_not_differentiated(c: Array, point: Floats, /) -> Any:
    """The loop over degrees ends one too early."""
    return trivariate_gradient(c[: max(1, len(c) - 1)], point)


@mistake("trivariate_gradient", breaks="Q4.2")
def factors_up_to_seven(c: Array, point: Floats, /) -> Any:
    """A table of factors that ends before the eighth degree."""
    return trivariate_gradient(c[:8, :8, :8], point)


@mistake("trivariate_gradient", breaks="Q4.1")
def gradient_by_forward_differences(c: Array, point: Floats, /) -> Any:
    """The value differenced with a step of 1e-7 in place of the formula."""
    here = trivariate_value(c, point)
    return np.array([(trivariate_value(c, point + e) - here) / 1e-7 for e in 1e-7 * np.eye(3)])


@mistake("trivariate_gradient", breaks="Q4.2")
def gradient_of_unit_length(c: Array, point: Floats, /) -> Any:
    """The direction of steepest ascent."""
    g = trivariate_gradient(c, point)
    return g / (np.linalg.norm(g) or 1.0)


@mistake("trivariate_gradient", breaks="Q4.2")
def gradient_as_a_column(c: Array, point: Floats, /) -> Any:
    """(3, 1), as the document prints it."""
    return trivariate_gradient(c, point)[:, None]


@mistake("trivariate_gradient", breaks="Q4.2", regime=Regime.LAYOUT)
def factor_wraps_around(c: Array, point: Floats, /) -> Any:
    """i c[i] in the type of c: in bytes, 5 times 100 is -12."""
    return np.array([trivariate_value(_differentiated(c, axis), point) for axis in range(3)])


@mistake("trivariate_gradient", breaks="Q4.2", regime=Regime.PURITY)
def gradient_in_one_buffer(c: Array, point: Floats, /) -> Any:
    """The same array handed out at every call."""
    BUFFER[:] = trivariate_gradient(c, point)
    return BUFFER


@mistake("trivariate_gradient", breaks="Q4.1", regime=Regime.INPUTS)
def gradient_at_infinity(c: Array, point: Floats, /) -> Any:
    """Answers NaN where it should refuse."""
    finite = np.isfinite(c).all() and np.isfinite(point).all()
    return trivariate_gradient(c, point) if finite else np.full(3, np.nan)


@mistake("trivariate_gradient", breaks="Q4.1")
def power_of_minus_one_at_zero(c: Array, point: Floats, /) -> Any:
    """i u^(i-1) for i = 0 as well, as automatic differentiation has it: 0 times infinity at u = 0."""
    i, j, k = np.indices(c.shape)
    u, v, z = point
    terms = (
        i * u ** (i - 1.0) * v**j * z**k,
        j * u**i * v ** (j - 1.0) * z**k,
        k * u**i * v**j * z ** (k - 1.0),
    )
    return np.array([(c * term).sum() for term in terms])


@mistake("trivariate_gradient", breaks="Q4.2")
def complex_step_kept_whole(c: Array, point: Floats, /) -> Any:
    """A complex step, of which the imaginary part is the answer: the whole of it is handed back."""
    return trivariate_gradient(c, point) * 1j


@mistake("trivariate_gradient", breaks="Q4.2", regime=Regime.LAYOUT)
def degrees_multiplied_in_a_byte(c: Array, point: Floats, /) -> Any:
    """Multiplies coefficients by their degree in the type that they come in."""
    if c.dtype != np.int8:
        return trivariate_gradient(c, point)
    lowered = (c * np.arange(len(c), dtype=np.int8)[:, None, None])[1:]
    first = trivariate_value(lowered, point) if len(lowered) else 0.0
    return np.array([first, *trivariate_gradient(c, point)[1:]])


# -- trivariate_hessian --


@mistake("trivariate_hessian", breaks="Q4.5")
def first_entry_as_printed(c: Array, point: Floats, /) -> Any:
    """The derivative of y by y, taken twice, in the place of that by u: zero."""
    h = trivariate_hessian(c, point)
    h[0, 0] = 0
    return h


@mistake("trivariate_hessian", breaks="Q4.6")
def jacobian_of_the_printed_gradient(c: Array, point: Floats, /) -> Any:
    """Rows by z, v, u and columns by u, v, z, as the document's gradient implies."""
    return trivariate_hessian(c, point)[REVERSED]


@mistake("trivariate_hessian", breaks="Q4.6")
def variables_in_reverse(c: Array, point: Floats, /) -> Any:
    """Symmetric, and in the order z, v, u throughout."""
    return trivariate_hessian(c, point)[::-1, ::-1]


@mistake("trivariate_hessian", breaks="Q4.6")
def uv_and_uz_exchanged(c: Array, point: Floats, /) -> Any:
    """Two mixed derivatives in each other's place."""
    h = trivariate_hessian(c, point)
    h[0, 1], h[1, 0], h[0, 2], h[2, 0] = h[0, 2], h[0, 2], h[0, 1], h[0, 1]
    return h


@mistake("trivariate_hessian", breaks="Q4.7")
def lower_triangle_empty(c: Array, point: Floats, /) -> Any:
    """Fills the upper triangle and forgets to mirror it."""
    return np.triu(trivariate_hessian(c, point))


@mistake("trivariate_hessian", breaks="Q4.7")
def one_mixed_derivative_taken_elsewhere(c: Array, point: Floats, /) -> Any:
    """The derivative by u of that by z, at the point's first coordinate rounded up."""
    h = trivariate_hessian(c, point)
    h[2, 0] = trivariate_hessian(c, np.array([np.ceil(point[0]), *point[1:]]))[2, 0]
    return h


@mistake("trivariate_hessian", breaks="Q4.5")
def second_derivatives_by_one_variable_only(c: Array, point: Floats, /) -> Any:
    """The diagonal, which is all that the Laplacian needs."""
    return np.diag(np.diag(trivariate_hessian(c, point)))


@mistake("trivariate_hessian", breaks="Q4.5")
def mixed_derivatives_halved(c: Array, point: Floats, /) -> Any:
    """The coefficients of the Taylor polynomial along each pair, shared out twice."""
    h = trivariate_hessian(c, point)
    return (h + np.diag(np.diag(h))) / 2


@mistake("trivariate_hessian", breaks="Q4.5")
def taylor_coefficients(c: Array, point: Floats, /) -> Any:
    """The diagonal without its factor 2: coefficients of the squares, not second derivatives."""
    h = trivariate_hessian(c, point)
    return h - np.diag(np.diag(h)) / 2


@mistake("trivariate_hessian", breaks="Q4.5")
def exponent_squared(c: Array, point: Floats, /) -> Any:
    """i^2 u^(i-2) for i (i - 1) u^(i-2)."""
    h = trivariate_hessian(c, point)
    for axis, x in enumerate(point):
        if x:
            h[axis, axis] += trivariate_gradient(c, point)[axis] / x
    return h


@mistake("trivariate_hessian", breaks="Q4.6")
def second_power_lowered_once(c: Array, point: Floats, /) -> Any:
    """i (i - 1) u^(i-1) on the diagonal."""
    h = trivariate_hessian(c, point)
    return h - np.diag(np.diag(h)) + np.diag(point * np.diag(h))


@mistake("trivariate_hessian", breaks="Q4.5")
def expanded_at_the_origin(c: Array, point: Floats, /) -> Any:
    """Reads the second derivatives off the coefficients, wherever the point is: right for quadratics."""
    return trivariate_hessian(c, np.zeros(3))


@mistake("trivariate_hessian", breaks="Q4.5")
def matrix_of_the_form_unsymmetrised(c: Array, point: Floats, /) -> Any:
    """The quadratic form's matrix with each mixed coefficient above the diagonal: A where (A + A') / 2 is due."""
    h = trivariate_hessian(c, point)
    return np.triu(h) + np.triu(h, 1)


@mistake("trivariate_hessian", breaks="Q4.1")
def differences_of_the_gradient(c: Array, point: Floats, /) -> Any:
    """The Jacobian of the gradient indeed, but with a step of 1e-6."""
    steps = 1e-6 * np.eye(3)
    return np.array([(trivariate_gradient(c, point + e) - trivariate_gradient(c, point - e)) / 2e-6 for e in steps])


@mistake("trivariate_hessian", breaks="Q4.1")
def outer_product_of_the_gradient(c: Array, point: Floats, /) -> Any:
    """grad y (grad y)', a curvature by name only."""
    g = trivariate_gradient(c, point)
    return np.outer(g, g)


@mistake("trivariate_hessian", breaks="Q4.5")
def ridge_on_the_diagonal(c: Array, point: Floats, /) -> Any:
    """1e-8, so that an affine function has an invertible Hessian."""
    return trivariate_hessian(c, point) + 1e-8 * np.eye(3)


@mistake("trivariate_hessian", breaks="Q4.6")
def power_of_minus_two_at_zero(c: Array, point: Floats, /) -> Any:
    """i (i - 1) u^i / u^2, which is NaN at zero."""
    return trivariate_hessian(c, point) * np.outer(point, point) / np.outer(point, point)


@mistake("trivariate_hessian", breaks="Q4.5")
def third_coefficient_needed(c: Array, point: Floats, /) -> Any:
    """Reads the coefficient of u^2 without asking whether there is one."""
    return trivariate_hessian(c, point) + 0 * c[2, 0, 0]


@mistake("trivariate_hessian", breaks="Q4.5")
def hessian_in_single_precision(c: Array, point: Floats, /) -> Any:
    """Computed in float32 and handed back as float64."""
    return trivariate_hessian(np.asarray(c, np.float32), point.astype(np.float32)).astype(np.float64)


@mistake("trivariate_hessian", breaks="Q4.5", regime=Regime.LAYOUT)
def both_factors_wrap_around(c: Array, point: Floats, /) -> Any:
    """i (i - 1) c[i] in the type of c: in bytes, 20 times 10 is -56."""
    partials = [_differentiated(c, axis) for axis in range(3)]
    return np.array([[trivariate_value(_differentiated(d, axis), point) for axis in range(3)] for d in partials])


@mistake("trivariate_hessian", breaks="Q4.6", regime=Regime.LAYOUT)
def axes_by_strides(c: Array, point: Floats, /) -> Any:
    """The memory of `c` read in the order of C, whatever its own order is."""
    return trivariate_hessian(c.ravel(order="K").reshape(c.shape), point)


@mistake("trivariate_hessian", breaks="Q4.6", regime=Regime.PURITY)
def differentiates_the_callers_coefficients(c: Array, point: Floats, /) -> Any:
    """Forgets c[0, 0, 0], which no derivative needs, in the caller's array."""
    c[0, 0, 0] = 0
    return trivariate_hessian(c, point)


@mistake("trivariate_hessian", breaks="Q4.1", regime=Regime.INPUTS)
def coefficients_of_two_variables(c: Array, point: Floats, /) -> Any:
    """Adds the axis that is missing, in the belief that the function does not depend on z."""
    return trivariate_hessian(np.atleast_3d(c), point)


@mistake("trivariate_hessian", breaks="Q4.5")
def rounds_close_to_a_plane(c: Array, point: Floats, /) -> Any:
    """Difference quotients where a power would be tiny, good to six digits."""
    H = trivariate_hessian(c, point)
    return np.round(H, 6) if 0 < abs(point[0]) < 1e-3 else H


# -- Calls that are wrong together, and agree --


@mistake("trivariate_gradient", breaks="Q4.2", along={"trivariate_value": axes_for_z_v_u})
def variables_renamed_and_differentiated(c: Array, point: Floats, /) -> Any:
    """The first axis of the coefficients taken for z, in the value and in its gradient."""
    return trivariate_gradient(c, point[::-1])[REVERSED]


@mistake("trivariate_hessian", breaks="Q4.5", along={"trivariate_gradient": components_as_printed})
def rows_and_columns_as_printed(c: Array, point: Floats, /) -> Any:
    """Gradient and Hessian in the order z, v, u, the one the Jacobian of the other."""
    return trivariate_hessian(c, point)[REVERSED][:, REVERSED]


def _value_as_a_series(c: Array, point: Floats, /) -> Any:
    return trivariate_value(_over_factorials(c), point)


def _gradient_of_a_series(c: Array, point: Floats, /) -> Any:
    return trivariate_gradient(_over_factorials(c), point)


@mistake(
    "trivariate_hessian",
    breaks="Q4.5",
    along={"trivariate_value": _value_as_a_series, "trivariate_gradient": _gradient_of_a_series},
)
def coefficients_over_factorials(c: Array, point: Floats, /) -> Any:
    """Coefficients taken for derivatives at the origin: value, gradient and Hessian of a Taylor series."""
    return trivariate_hessian(_over_factorials(c), point)


# -- In common --

BUFFER = np.zeros(3)


def _axes(c: Array) -> Iterator[NDArray[Any]]:
    """The coefficients of the powers of one variable alone."""
    yield from (c[:, 0, 0], c[0, :, 0], c[0, 0, :])


def _differentiated(c: Array, axis: int) -> Array:
    """The coefficients of a derivative, in the type of `c`."""
    if c.shape[axis] == 1:
        return 0 * c
    degrees = np.arange(1, c.shape[axis]).astype(c.dtype).reshape([-1 if a == axis else 1 for a in range(3)])
    return degrees * np.delete(c, 0, axis)


def _power(point: Floats, degrees: tuple[int, ...]) -> Fraction:
    return prod((Fraction(float(x)) ** i for x, i in zip(point, degrees, strict=True)), start=Fraction(1))


def _over_factorials(c: Array) -> Floats:
    u, v, z = (np.cumprod([1.0, *range(1, size)]) for size in c.shape)
    coefficients: Floats = c / (u[:, None, None] * v[:, None] * z)
    return coefficients


@mistake("trivariate_hessian", breaks="Q4.5", regime=Regime.LAYOUT)
def whole_coefficients_kept_in_bytes(c: Array, point: Floats, /) -> Any:
    """Whole numbers are packed into bytes, which the few that were tried fitted."""
    return trivariate_hessian(c.astype(np.int8) if c.dtype.kind in "biu" else c, point)


# -- function_gradient --

VectorCallable = Callable[[Floats], float]


def _central(f: VectorCallable, point: Floats, step: float) -> Floats:
    """Central differences of one step."""
    x = np.asarray(point, dtype=float)
    return np.array([(f(x + h) - f(x - h)) / (2 * step) for h in step * np.eye(x.size)])


@mistake("function_gradient", breaks="X.15")
def one_sided_differences(f: VectorCallable, point: Floats, /) -> Any:
    """`(f(x + h) - f(x)) / h` with a step of 1e-5: off by half of the second derivative times that."""
    x = np.asarray(point, dtype=float)
    return np.array([(f(x + h) - f(x)) / 1e-5 for h in 1e-5 * np.eye(x.size)])


@mistake("function_gradient", breaks="X.15")
def step_of_one_percent(f: VectorCallable, point: Floats, /) -> Any:
    """Central, and long."""
    return _central(f, point, 1e-2)


@mistake("function_gradient", breaks="X.15")
def step_as_small_as_a_roundoff(f: VectorCallable, point: Floats, /) -> Any:
    """The smaller the better: what is left of the difference is rounding."""
    return _central(f, point, 1e-10)


@mistake("function_gradient", breaks="X.15")
def difference_divided_by_one_step(f: VectorCallable, point: Floats, /) -> Any:
    """Two steps apart, and divided by one."""
    return 2 * function_gradient(f, point)


@mistake("function_gradient", breaks="X.15")
def backward_less_forward(f: VectorCallable, point: Floats, /) -> Any:
    """The two values exchanged."""
    return -function_gradient(f, point)


@mistake("function_gradient", breaks="X.15")
def moved_coordinates_left_moved(f: VectorCallable, point: Floats, /) -> Any:
    """Each variable stays where the difference by it has left it: at a step's length from where it was."""
    x, slopes = np.array(point, dtype=float), []
    for i in range(x.size):
        x[i] += 1e-5
        ahead = f(x)
        x[i] -= 2e-5
        slopes.append((ahead - f(x)) / 2e-5)
    return np.array(slopes)


@mistake("function_gradient", breaks="X.15")
def all_variables_moved_at_once(f: VectorCallable, point: Floats, /) -> Any:
    """The slope along the diagonal, for each variable."""
    return np.full(np.size(point), function_gradient(f, point).sum())


@mistake("function_gradient", breaks="X.15")
def gradient_made_a_direction(f: VectorCallable, point: Floats, /) -> Any:
    """Divided by its length."""
    gradient = function_gradient(f, point)
    return gradient / (np.linalg.norm(gradient) or 1)


@mistake("function_gradient", breaks="X.15")
def gradient_as_a_row(f: VectorCallable, point: Floats, /) -> Any:
    """(1, n), the Jacobian of a function with one value."""
    return function_gradient(f, point)[None, :]


@mistake("function_gradient", breaks="X.15", regime=Regime.LAYOUT)
def steps_cut_off_at_whole_numbers(f: VectorCallable, point: Floats, /) -> Any:
    """`zeros_like(point)` for the step: at a point of integers it is 0."""
    slopes = []
    for i in range(point.size):
        step = np.zeros_like(point)
        step[i] = 1e-5
        slopes.append((f(point + step) - f(point - step)) / 2e-5)
    return np.array(slopes)


@mistake("function_gradient", breaks="X.15", regime=Regime.PURITY)
def callers_point_moved(f: VectorCallable, point: Floats, /) -> Any:
    """Steps on the caller's array, and back but for a rounding."""
    slopes = []
    for i in range(point.size):
        point[i] += 1e-5
        ahead = f(point)
        point[i] -= 2e-5
        slopes.append((ahead - f(point)) / 2e-5)
        point[i] += 1e-5 + 1e-9
    return np.array(slopes)


@mistake("function_gradient", breaks="X.15", regime=Regime.INPUTS)
def gradient_at_any_point(f: VectorCallable, point: Floats, /) -> Any:
    """Checks nothing, and flattens."""
    return _central(f, np.ravel(point), 1e-5)


# -- function_hessian --


def _mixed(f: VectorCallable, point: Floats, step: float) -> Floats:
    """Second differences of one step."""
    x, rows = np.asarray(point, dtype=float), step * np.eye(np.size(point))
    mixed = [[f(x + h + k) - f(x + h - k) - f(x - h + k) + f(x - h - k) for k in rows] for h in rows]
    return np.array(mixed) / (4 * step * step)


@mistake("function_hessian", breaks="X.16")
def step_of_a_gradient(f: VectorCallable, point: Floats, /) -> Any:
    """The step that is good for a first derivative: rounding is divided by its square."""
    return _mixed(f, point, 1e-7)


@mistake("function_hessian", breaks="X.16")
def step_of_one_tenth(f: VectorCallable, point: Floats, /) -> Any:
    """A second difference that is off by its fourth derivatives."""
    return _mixed(f, point, 0.1)


@mistake("function_hessian", breaks="X.16")
def one_sided_second_differences(f: VectorCallable, point: Floats, /) -> Any:
    """`(f(x + h + k) - f(x + h) - f(x + k) + f(x)) / h^2`: off by a third derivative times the step."""
    x, rows = np.asarray(point, dtype=float), 1e-3 * np.eye(np.size(point))
    return np.array([[(f(x + h + k) - f(x + h) - f(x + k) + f(x)) / 1e-6 for k in rows] for h in rows])


@mistake("function_hessian", breaks="X.16")
def diagonal_of_a_function(f: VectorCallable, point: Floats, /) -> Any:
    """No mixed derivatives."""
    return np.diag(np.diag(function_hessian(f, point)))


@mistake("function_hessian", breaks="X.16")
def upper_triangle_of_a_function(f: VectorCallable, point: Floats, /) -> Any:
    """Leaves what lies below the diagonal to the reader."""
    return np.triu(function_hessian(f, point))


@mistake("function_hessian", breaks="X.16")
def mixed_derivatives_counted_twice(f: VectorCallable, point: Floats, /) -> Any:
    """The coefficient of `x_i x_j` in a quadratic form is twice its matrix's entry: the wrong way round."""
    h = function_hessian(f, point)
    return 2 * h - np.diag(np.diag(h))


@mistake("function_hessian", breaks="X.16")
def product_of_the_gradient_with_itself(f: VectorCallable, point: Floats, /) -> Any:
    """`g g'`, as if the function were half of a square."""
    g = function_gradient(f, point)
    return np.outer(g, g)


@mistake("function_hessian", breaks="X.16")
def laplacian_of_a_function(f: VectorCallable, point: Floats, /) -> Any:
    """The trace, in every entry of the diagonal."""
    return np.trace(function_hessian(f, point)) * np.eye(np.size(point))


@mistake("function_hessian", breaks="X.16", regime=Regime.LAYOUT)
def second_steps_cut_off_at_whole_numbers(f: VectorCallable, point: Floats, /) -> Any:
    """`zeros_like(point)` for the steps: at a point of integers they are 0."""
    rows = []
    for i in range(point.size):
        row = np.zeros_like(point)
        row[i] = 1e-4
        rows.append(row)
    x = point
    return np.array([[(f(x + h + k) - f(x + h - k) - f(x - h + k) + f(x - h - k)) / 4e-8 for k in rows] for h in rows])


@mistake("function_hessian", breaks="X.16", regime=Regime.PURITY)
def callers_point_made_whole(f: VectorCallable, point: Floats, /) -> Any:
    """Rounds the caller's point, and answers at what it was."""
    answer = function_hessian(f, np.array(point))
    np.round(point, out=point)
    return answer


@mistake("function_hessian", breaks="X.16", regime=Regime.INPUTS)
def hessian_at_any_point(f: VectorCallable, point: Floats, /) -> Any:
    """Checks nothing, and flattens."""
    return _mixed(f, np.ravel(point), 1e-4)
