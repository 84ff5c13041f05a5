"""A polynomial in three variables (Q4): its gradient, and its Hessian as the Jacobian of that gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lydite.kit import CORE, FLOAT64, INPUTS, VALUES, Array, Equation, Floats, Raises, Refusal, is_refused, law
from lydite.kit.derivatives import is_quotient, is_symmetric
from lydite.kit.differences import Line, curvature, slope
from spec.bounds import trivariate as bounds
from spec.contracts.trivariate import Trivariate
from spec.definitions.trivariate import Differentiated, Polynomial, QuadraticForm, Substitution

STEP = 1 / 4
"""The largest step of a difference quotient along a direction whose entries are at most 1, a power of two. Polynomials
are differenced up to degree 4, where extrapolated differences are exact: a long step drowns the rounding."""

# -- Value and gradient --


@law("Q4.1", only=VALUES)
def value_is_exact(f: Trivariate, case: Polynomial) -> Equation:
    """y = sum_ijk c[i,j,k] u^i v^j z^k, with 0^0 = 1."""
    return Equation(f.trivariate_value(case.c, case.point), case.value, bounds.value(case.c, case.point, case.u))


@law("Q4.2", only=VALUES)
def gradient_is_exact(f: Trivariate, case: Polynomial) -> Equation:
    """grad y = (dy/du, dy/dv, dy/dz), in this order."""
    return Equation(
        f.trivariate_gradient(case.c, case.point), case.gradient, bounds.gradient(case.c, case.point, case.u)
    )


@law("Q4.1", "Q4.2", only=VALUES)
def gradient_is_value_of_derivatives(f: Trivariate, case: Polynomial) -> Equation:
    """(grad y)_a is its own value of the polynomial dy/da, whose coefficients are i c[i]."""
    point, u = case.point, case.u
    due = np.array([f.trivariate_value(c, point) for c in case.partials])
    allowed = np.array([bounds.value(c, point, u) for c in case.partials])
    return Equation(f.trivariate_gradient(case.c, point), due, bounds.gradient(case.c, point, u) + allowed)


@law("Q4.1", "Q4.2", only=CORE, differences=["trivariate_value"])
def gradient_is_difference_quotient(f: Trivariate, case: Polynomial) -> Equation:
    """<grad y, v> = d/dt y(x + t v) at t = 0, by finite differences of its own value."""
    v = case.direction
    own = bounds.gradient(case.c, case.point, case.u) @ np.abs(v)
    return is_quotient(f, "trivariate_gradient", (case.c, case.point), v, _value_line(case, v), own)


@law("Q4.2", only=CORE)
def gradient_obeys_the_chain_rule(f: Trivariate, case: Substitution) -> Equation:
    """grad (y o B) = B' (grad y) o B, for permutations and scalings B of the variables."""
    B, u = case.B, case.u
    allowed = bounds.gradient(case.composed, case.point, u) + np.abs(B).T @ bounds.gradient(case.c, case.image, u)
    return Equation(
        f.trivariate_gradient(case.composed, case.point), B.T @ f.trivariate_gradient(case.c, case.image), allowed
    )


# -- Hessian --


@law("Q4.5", only=VALUES)
def hessian_is_exact(f: Trivariate, case: Polynomial) -> Equation:
    """H_ab = d2y/da db, rows and columns in the order u, v, z."""
    return Equation(f.trivariate_hessian(case.c, case.point), case.hessian, bounds.hessian(case.c, case.point, case.u))


@law("Q4.1", "Q4.6", only=VALUES)
def hessian_is_jacobian_of_gradient(f: Trivariate, case: Polynomial) -> Equation:
    """H = J(grad y): row a is its own gradient of the polynomial dy/da."""
    point, u = case.point, case.u
    rows = np.array([f.trivariate_gradient(c, point) for c in case.partials])
    allowed = np.array([bounds.gradient(c, point, u) for c in case.partials])
    return Equation(f.trivariate_hessian(case.c, point), rows, bounds.hessian(case.c, point, u) + allowed)


@law("Q4.1", "Q4.5", "Q4.6", only=CORE, differences=["trivariate_gradient"])
def hessian_is_difference_quotient(f: Trivariate, case: Polynomial) -> Equation:
    """H v = d/dt (grad y)(x + t v) at t = 0, by finite differences of its own gradient."""
    v = case.direction
    own = bounds.hessian(case.c, case.point, case.u) @ np.abs(v)
    return is_quotient(f, "trivariate_hessian", (case.c, case.point), v, _gradient_line(case, v), own)


@law("Q4.5", "Q4.7", only=CORE, differences=["trivariate_value"])
def hessian_is_mixed_difference(f: Trivariate, case: Polynomial) -> Equation:
    """v'Hw = w'Hv = d2/dsdt y(x + s v + t w) at s = t = 0, by second differences of its own value along v +- w."""
    v, w = case.direction, np.roll(case.direction, 1)
    h, error = f.trivariate_hessian(case.c, case.point), bounds.hessian(case.c, case.point, case.u)
    along, across = (curvature(f.trivariate_value, _value_line(case, (v + sign * w) / 2)) for sign in (1, -1))
    mixed, off = along.value - across.value, along.error + across.error
    own = [np.abs(a) @ error @ np.abs(b) + off for a, b in ((v, w), (w, v))]
    return Equation(np.array([v @ h @ w, w @ h @ v]), np.array([mixed, mixed]), np.array(own))


@law("Q4.7", only=CORE, differences=["trivariate_gradient"])
def hessian_is_difference_quotient_in_either_order(f: Trivariate, case: Polynomial) -> Equation:
    """H' v = d/dt (grad y)(x + t v) at t = 0, by finite differences of its own gradient: of either order, the other."""
    v = case.direction
    quotient = slope(f.trivariate_gradient, _gradient_line(case, v))
    own = bounds.hessian(case.c, case.point, case.u).T @ np.abs(v)
    return Equation(f.trivariate_hessian(case.c, case.point).T @ v, quotient.value, own + quotient.error)


@law("Q4.5", only=CORE)
def hessian_of_a_quadratic_form_is_its_symmetric_part(f: Trivariate, case: QuadraticForm) -> Equation:
    """y = x'Ax / 2 + b'x has H = (A + A') / 2 everywhere."""
    return Equation(
        f.trivariate_hessian(case.c, case.point), case.symmetric_part, bounds.hessian(case.c, case.point, case.u)
    )


@law("Q4.5", "Q4.6", only=CORE)
def hessian_obeys_the_chain_rule(f: Trivariate, case: Substitution) -> Equation:
    """H(y o B) = B' H(y) B, for permutations and scalings B of the variables."""
    B, u, size = case.B, case.u, np.abs(case.B)
    allowed = bounds.hessian(case.composed, case.point, u) + size.T @ bounds.hessian(case.c, case.image, u) @ size
    return Equation(
        f.trivariate_hessian(case.composed, case.point), B.T @ f.trivariate_hessian(case.c, case.image) @ B, allowed
    )


@law("Q4.7", only=CORE)
def hessian_is_symmetric(f: Trivariate, case: Polynomial) -> Equation:
    """H = H'."""
    return is_symmetric(f, "trivariate_hessian", (case.c, case.point), bounds.hessian(case.c, case.point, case.u))


# -- Functions that are given, optional calls --


@law("X.15", only=VALUES)
def function_gradient_is_exact(f: Trivariate, case: Differentiated) -> Equation:
    """grad f = (df/dx_1, ..., df/dx_n), by the closed form of the function that is given."""
    allowed = bounds.function_gradient(case.field, case.point, case.u)
    return Equation(f.function_gradient(case.field, case.point), case.gradient, allowed)


@law("X.15", only=CORE, differences=["f"])
def function_gradient_is_difference_quotient(f: Trivariate, case: Differentiated) -> Equation:
    """<grad f, v> = d/dt f(x + t v) at t = 0, by central differences of the function that is given."""
    v, quotient = case.direction, slope(case.field, _field_line(case))
    allowed = bounds.function_gradient(case.field, case.point, case.u) @ np.abs(v) + quotient.error
    return Equation(f.function_gradient(case.field, case.point) @ v, quotient.value, allowed)


@law("X.16", only=VALUES)
def function_hessian_is_exact(f: Trivariate, case: Differentiated) -> Equation:
    """H_ij = d/dx_j (df/dx_i), by the closed form of the function that is given."""
    allowed = bounds.function_hessian(case.field, case.point, case.u)
    return Equation(f.function_hessian(case.field, case.point), case.hessian, allowed)


@law("X.16", only=CORE, differences=["f"])
def function_hessian_is_second_difference(f: Trivariate, case: Differentiated) -> Equation:
    """v'Hv = d2/dt2 f(x + t v) at t = 0, by second differences of the function that is given."""
    v, quotient = case.direction, curvature(case.field, _field_line(case))
    allowed = np.abs(v) @ bounds.function_hessian(case.field, case.point, case.u) @ np.abs(v) + quotient.error
    return Equation(v @ f.function_hessian(case.field, case.point) @ v, quotient.value, allowed)


@law("X.16", only=VALUES)
def function_hessian_is_symmetric(f: Trivariate, case: Differentiated) -> Equation:
    """H = H', for a function whose second derivatives are continuous."""
    allowed = bounds.function_hessian(case.field, case.point, case.u)
    return is_symmetric(f, "function_hessian", (case.field, case.point), allowed)


# -- Bad input --


@law("X.15", only=INPUTS)
def function_gradient_refuses_bad_input(f: Trivariate, case: Refusal) -> Raises:
    """function_gradient raises ValueError on invalid points."""
    return is_refused(f, case)


@law("X.16", only=INPUTS)
def function_hessian_refuses_bad_input(f: Trivariate, case: Refusal) -> Raises:
    """function_hessian raises ValueError on invalid points."""
    return is_refused(f, case)


@law("Q4.1", only=INPUTS)
def trivariate_value_refuses_bad_input(f: Trivariate, case: Refusal) -> Raises:
    """trivariate_value raises ValueError on invalid coefficients or points."""
    return is_refused(f, case)


@law("Q4.1", only=INPUTS)
def trivariate_gradient_refuses_bad_input(f: Trivariate, case: Refusal) -> Raises:
    """trivariate_gradient raises ValueError on invalid coefficients or points."""
    return is_refused(f, case)


@law("Q4.1", only=INPUTS)
def trivariate_hessian_refuses_bad_input(f: Trivariate, case: Refusal) -> Raises:
    """trivariate_hessian raises ValueError on invalid coefficients or points."""
    return is_refused(f, case)


# -- In common --


def _value_line(case: Polynomial, v: Floats) -> Line:
    """Through the point along `v`, no entry of which is larger than 1."""
    noise = _at_the_end(case, v, bounds.value, bounds.moved_value)
    return Line(lambda t: (case.c, _along(case, t, v)), lambda _: noise, STEP)


def _field_line(case: Differentiated) -> Line:
    """Through the point along `v`, in steps that are short beside the distance at which a ridge has changed by much."""
    step = case.radius / 32
    noise = bounds.evaluation(case.field, case.point, FLOAT64, step)
    return Line(lambda t: (case.along(t),), lambda _: noise, step, case.radius, case.spread)


def _gradient_line(case: Polynomial, v: Floats) -> Line:
    """The same for the gradient."""
    noise = _at_the_end(case, v, bounds.gradient, bounds.moved_gradient)
    return Line(lambda t: (case.c, _along(case, t, v)), lambda _: noise, STEP)


def _along(case: Polynomial, t: float, v: Floats) -> Floats:
    """`point + t v`, in the precision of the point."""
    return (case.point + t * v).astype(case.dtype)


def _at_the_end(case: Polynomial, v: Floats, *parts: Callable[[Array, Floats, float], Any]) -> Any:
    """The sum of these bounds, which grow with the point: those at the end of the longest step cover every other."""
    far = np.abs(case.point) + STEP * np.abs(v)
    return sum(bound(case.c, far, case.u) for bound in parts)
