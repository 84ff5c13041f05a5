"""Ridge regression (R): the loss, its derivatives, its minimum, and how that moves with the penalty."""

from __future__ import annotations

from typing import Any

import numpy as np

from lydite.kit import CORE, INPUTS, VALUES, Equation, Inequality, Raises, Refusal, is_refused, law
from lydite.kit.answers import eigenvalues
from lydite.kit.derivatives import is_quotient, is_second_quotient, is_symmetric
from lydite.kit.differences import Line
from spec.bounds import ridge as bounds
from spec.contracts.ridge import Ridge
from spec.definitions.ridge import Problem

STEP = 1.0
"""The longest step of a difference quotient: a quadratic function has no terms that extrapolation would leave."""

# -- Loss, gradient, Hessian --


@law("R.1", only=VALUES)
def loss_is_exact(f: Ridge, case: Problem) -> Equation:
    """E(w) = |X w - y|^2 / 2 + lam |w|^2 / 2."""
    return Equation(f.ridge_loss(case.w, case.X, case.y, case.lam), case.loss, _loss_bound(case, case.w))


@law("R.2", only=VALUES)
def gradient_is_exact(f: Ridge, case: Problem) -> Equation:
    """grad E = X' (X w - y) + lam w."""
    allowed = bounds.gradient(case.w, case.X, case.y, case.penalty, case.u)
    return Equation(f.ridge_gradient(case.w, case.X, case.y, case.lam), case.gradient, allowed)


@law("R.2", only=CORE, differences=["ridge_loss"])
def gradient_is_difference_quotient(f: Ridge, case: Problem) -> Equation:
    """<grad E, v> = d/dt E(w + t v) at t = 0, by finite differences of its own loss."""
    v = case.direction
    own = bounds.gradient(case.w, case.X, case.y, case.penalty, case.u) @ np.abs(v)
    arguments = (case.w, case.X, case.y, case.lam)
    return is_quotient(f, "ridge_gradient", arguments, v, _loss_line(case, arguments), own)


@law("R.3", only=VALUES)
def hessian_is_exact(f: Ridge, case: Problem) -> Equation:
    """H = X'X + lam I."""
    return Equation(f.ridge_hessian(case.X, case.lam), case.hessian, _hessian_bound(case))


@law("R.3", "R.4", only=CORE, differences=["ridge_gradient"])
def hessian_is_difference_quotient(f: Ridge, case: Problem) -> Equation:
    """H v = d/dt grad E(w + t v) at t = 0, by finite differences of its own gradient."""
    v = case.direction
    far = np.abs(case.w) + STEP * np.abs(v)
    noise = bounds.gradient(far, case.X, case.y, case.penalty, case.u) + bounds.moved_gradient(
        far, case.X, case.penalty, 2 * case.u
    )
    line = Line(lambda t: (_along(case, t), case.X, case.y, case.lam), lambda _: noise, STEP)
    return is_quotient(f, "ridge_hessian", (case.X, case.lam), v, line, _hessian_bound(case) @ np.abs(v))


@law("R.3", "R.4", only=CORE, differences=["ridge_loss"])
def hessian_is_second_difference(f: Ridge, case: Problem) -> Equation:
    """v'Hv = d2/dt2 E(w + t v) at t = 0, by second differences of its own loss; it is not negative."""
    v = np.abs(case.direction)
    own = float(v @ _hessian_bound(case) @ v)
    line = _loss_line(case, (case.w, case.X, case.y, case.lam))
    return is_second_quotient(f, "ridge_hessian", (case.X, case.lam), case.direction, line, own)


@law("R.4", only=CORE)
def hessian_is_symmetric(f: Ridge, case: Problem) -> Equation:
    """H = H'."""
    return is_symmetric(f, "ridge_hessian", (case.X, case.lam), _hessian_bound(case))


@law("R.4", only=VALUES)
def hessian_is_at_least_the_penalty(f: Ridge, case: Problem) -> Inequality:
    """Every eigenvalue of H is at least lam, so that H is positive definite for lam > 0."""
    h, off = f.ridge_hessian(case.X, case.lam), float(np.linalg.norm(_hessian_bound(case)))
    # Eigenvalues move by no more than the matrix (Weyl); LAPACK finds them to d^2 roundings of its size.
    allowed = off + h.shape[0] ** 2 * 2.0**-53 * float(np.linalg.norm(h))
    least = float(eigenvalues(np.asarray(h, dtype=float)).min())
    return Inequality(case.penalty, least, allowed, large_is="the smallest eigenvalue")


# -- Convexity --


@law("R.5", only=VALUES)
def loss_is_strongly_convex(f: Ridge, case: Problem) -> Inequality:
    """E((a + b) / 2) + lam |a - b|^2 / 8 <= (E(a) + E(b)) / 2."""
    w = np.asarray(case.w, case.dtype)
    a, b = (w + case.v).astype(case.dtype), (w - case.v).astype(case.dtype)
    middle, ends = _loss(f, case, w), (_loss(f, case, a) + _loss(f, case, b)) / 2
    far = np.abs(w) + np.abs(case.v)
    # The ends are rounded, so that their middle is off by a rounding of theirs, and their distance by two.
    gap = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    strength = case.penalty * float(gap @ gap) / 8
    allowed = 2 * _loss_bound(case, far) + bounds.moved(far, case.X, case.y, case.penalty, 2 * case.u)
    return Inequality(
        middle + strength, ends, allowed + 8 * case.u * strength, "the loss between the ends", "the chord"
    )


# -- The minimum --


@law("R.6", only=VALUES)
def solution_is_exact(f: Ridge, case: Problem) -> Equation | None:
    """w* = (X'X + lam I)^-1 X'y."""
    if not bounds.decided(case.X, case.penalty, case.u):
        return None
    allowed = bounds.solution(case.X, case.y, case.penalty, case.u)
    return Equation(f.ridge_solution(case.X, case.y, case.lam), case.solution, allowed)


@law("R.7", only=VALUES)
def gradient_vanishes_at_the_solution(f: Ridge, case: Problem) -> Equation | None:
    """X' (X w* - y) + lam w* = 0, evaluated exactly at its own w*."""
    if not bounds.decided(case.X, case.penalty, case.u):
        return None
    off = bounds.solution(case.X, case.y, case.penalty, case.u)
    # What is off by `off` in each of d entries leaves a gradient of at most |H| times the norm of that.
    allowed = _size(case) * off * np.sqrt(case.w.size)
    w = f.ridge_solution(case.X, case.y, case.lam)
    if not np.isfinite(w).all():
        return Equation(w, case.solution, off)  # there is nothing to evaluate
    left = case.gradient_at(w).within(allowed)
    return Equation(left, np.zeros(left.shape), allowed * np.ones(left.shape) * (1 + 1 / 16))


@law("R.8", only=VALUES)
def augmented_rows_are_a_penalty(f: Ridge, case: Problem) -> Equation:
    """E by lam + 1 is E by lam of [X; I] and [y; 0]."""
    X, y = case.augmented
    more = case.dtype.type(case.penalty + 1)
    bounded = _loss_bound(case, case.w) + bounds.loss(case.w, X, y, case.penalty, case.u)
    # lam + 1 is rounded, and weighs |w|^2 / 2.
    rounded = case.u * (case.penalty + 1) * float(np.square(case.w, dtype=float).sum())
    due = f.ridge_loss(case.w, X, y, case.lam)
    return Equation(f.ridge_loss(case.w, case.X, case.y, float(more)), due, 2 * bounded + rounded)


@law("R.8", only=VALUES)
def augmented_rows_keep_the_solution(f: Ridge, case: Problem) -> Equation | None:
    """w* by lam + 1 is w* by lam of [X; I] and [y; 0]."""
    X, y = case.augmented
    if not bounds.decided(X, case.penalty, case.u):
        return None
    more = float(case.dtype.type(case.penalty + 1))
    # lam + 1 is rounded once, as the diagonal of the matrix is: its bound has room for that.
    allowed = bounds.solution(case.X, case.y, more, 2 * case.u) + bounds.solution(X, y, case.penalty, case.u)
    return Equation(f.ridge_solution(case.X, case.y, more), f.ridge_solution(X, y, case.lam), allowed)


@law("R.9", only=VALUES)
def norm_shrinks_with_the_penalty(f: Ridge, case: Problem) -> Inequality | None:
    """|w*| by 2 lam <= |w*| by lam."""
    if not bounds.decided(case.X, case.penalty, case.u):
        return None
    more, less = (
        np.asarray(f.ridge_solution(case.X, case.y, lam), dtype=float) for lam in (2 * case.penalty, case.lam)
    )
    off = 2 * np.sqrt(case.w.size) * bounds.solution(case.X, case.y, case.penalty, case.u)
    return Inequality(float(np.linalg.norm(more)), float(np.linalg.norm(less)), off, "|w*| by 2 lam", "|w*| by lam")


# -- Bad input --


@law("R.1", only=INPUTS)
def loss_refuses_bad_input(f: Ridge, case: Refusal) -> Raises:
    """ridge_loss raises ValueError on invalid arguments."""
    return is_refused(f, case)


@law("R.2", only=INPUTS)
def gradient_refuses_bad_input(f: Ridge, case: Refusal) -> Raises:
    """ridge_gradient raises ValueError on invalid arguments."""
    return is_refused(f, case)


@law("R.3", only=INPUTS)
def hessian_refuses_bad_input(f: Ridge, case: Refusal) -> Raises:
    """ridge_hessian raises ValueError on invalid arguments."""
    return is_refused(f, case)


@law("R.6", only=INPUTS)
def solution_refuses_bad_input(f: Ridge, case: Refusal) -> Raises:
    """ridge_solution raises ValueError on invalid arguments, and on a penalty that is not positive."""
    return is_refused(f, case)


# -- In common --


def _size(case: Problem) -> float:
    """`|X|_F^2 + lam`, which the norm of H is at most."""
    return bounds.condition(case.X, case.penalty) * case.penalty


def _loss(f: Ridge, case: Problem, w: Any) -> float:
    return float(f.ridge_loss(w, case.X, case.y, case.lam))


def _loss_bound(case: Problem, w: Any) -> float:
    return bounds.loss(w, case.X, case.y, case.penalty, case.u)


def _hessian_bound(case: Problem) -> Any:
    return bounds.hessian(case.X, case.penalty, case.u)


def _loss_line(case: Problem, arguments: tuple[Any, ...]) -> Line:
    """Through the weights along the direction; the bounds at the end of the longest step cover every other."""
    far = np.abs(case.w) + STEP * np.abs(case.direction)
    noise = _loss_bound(case, far) + bounds.moved(far, case.X, case.y, case.penalty, 2 * case.u)
    return Line(lambda t: (_along(case, t), *arguments[1:]), lambda _: noise, STEP)


def _along(case: Problem, t: float) -> Any:
    """`w + t v` in the precision of the case: a product and a sum are rounded."""
    return (case.w + t * case.direction).astype(case.dtype)
