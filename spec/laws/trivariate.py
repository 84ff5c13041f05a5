"""A polynomial in three variables (Q4): its gradient, and its Hessian as the Jacobian of that gradient."""

from __future__ import annotations

import numpy as np

from spec.bounds import trivariate as bounds
from spec.contracts.trivariate import Trivariate
from spec.definitions.trivariate import Polynomial, QuadraticForm, Substitution
from spec.differences import slope
from spec.law import Equation, Inequality, law
from spec.refusal import Refusal, is_refused
from spec.regime import CORE, INPUTS, VALUES

STEP = 1 / 4
"""The largest step of a difference quotient along a direction whose entries are at most 1, a power of two. Up to degree
4 extrapolated differences are exact, beyond it they estimate their own error: a long step drowns the rounding."""

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


@law("Q4.1", "Q4.2", only=CORE)
def gradient_is_difference_quotient(f: Trivariate, case: Polynomial) -> Equation:
    """<grad y, v> = d/dt y(x + t v) at t = 0, by finite differences of its own value."""
    c, v, u = case.c, case.direction, case.u
    # Sizes grow with |x|, so that those at the far end cover every step.
    far = np.abs(case.point) + STEP * np.abs(v)
    noise = bounds.value(c, far, u) + bounds.moved_value(c, far, u)
    quotient = slope(lambda t: f.trivariate_value(c, case.along(t)), lambda _: noise, STEP)
    own = bounds.gradient(c, case.point, u) @ np.abs(v)
    return Equation(f.trivariate_gradient(c, case.point) @ v, quotient.value, own + quotient.error)


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


@law("Q4.1", "Q4.6", only=CORE)
def hessian_is_difference_quotient(f: Trivariate, case: Polynomial) -> Equation:
    """H v = d/dt (grad y)(x + t v) at t = 0, by finite differences of its own gradient."""
    c, v, u = case.c, case.direction, case.u
    far = np.abs(case.point) + STEP * np.abs(v)
    noise = bounds.gradient(c, far, u) + bounds.moved_gradient(c, far, u)
    quotient = slope(lambda t: f.trivariate_gradient(c, case.along(t)), lambda _: noise, STEP)
    own = bounds.hessian(c, case.point, u) @ np.abs(v)
    return Equation(f.trivariate_hessian(c, case.point) @ v, quotient.value, own + quotient.error)


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
    h = f.trivariate_hessian(case.c, case.point)
    return Equation(h, h.T, 2 * bounds.hessian(case.c, case.point, case.u))


# -- Bad input --


@law("Q4.1", only=INPUTS)
def trivariate_value_refuses_bad_input(f: Trivariate, case: Refusal) -> Inequality:
    """trivariate_value raises ValueError on invalid coefficients or points."""
    return is_refused(f, case)


@law("Q4.1", only=INPUTS)
def trivariate_gradient_refuses_bad_input(f: Trivariate, case: Refusal) -> Inequality:
    """trivariate_gradient raises ValueError on invalid coefficients or points."""
    return is_refused(f, case)


@law("Q4.1", only=INPUTS)
def trivariate_hessian_refuses_bad_input(f: Trivariate, case: Refusal) -> Inequality:
    """trivariate_hessian raises ValueError on invalid coefficients or points."""
    return is_refused(f, case)
