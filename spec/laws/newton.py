"""Newton's method (Q6): laws on the iterates of one run."""

from __future__ import annotations

import numpy as np

from lydite.kit import (
    CORE,
    FLOAT64,
    INPUTS,
    VALUES,
    WIDE,
    Equation,
    Floats,
    Inequality,
    Raises,
    Refusal,
    Statement,
    is_refused,
    law,
)
from lydite.kit.refusal import raised_or_answer
from spec.bounds import newton as bounds
from spec.contracts.newton import Newton
from spec.definitions.newton import Approach, Cycle, Iteration, MultipleRoot, Rooted, Substitution

ROUNDINGS = 8 * FLOAT64
"""The share that laws round away of what is due, a product of at most five factors, relative to its size."""

RATE = "the error less its leading term"

# -- The step --


@law("Q6.3", only=VALUES)
def iterates_are_newton_steps(f: Newton, case: Iteration) -> Equation:
    """x_{k+1} = x_k - f(x_k) / f'(x_k), at the implementation's own x_k."""
    return _newton_steps(case, f.newton_root(case.f, case.fprime, case.x0, case.steps))


@law("Q6.3", only=VALUES)
def iterates_begin_with_the_start(f: Newton, case: Iteration) -> Equation:
    """x_0 = x0, exactly."""
    return Equation(f.newton_root(case.f, case.fprime, case.x0, case.steps)[0], case.start, 0.0)


@law("Q6.3", only=VALUES)
def iterates_stay_at_a_root(f: Newton, case: Iteration) -> Equation | None:
    """x_{k+1} = x_k where f(x_k) = 0, even where f'(x_k) = 0."""
    return _stays(case, f.newton_root(case.f, case.fprime, case.x0, case.steps))


@law("Q6.3", "Q6.10", only=VALUES)
def flat_slope_is_no_step(f: Newton, case: Iteration) -> Raises | None:
    """ZeroDivisionError where f'(x_k) = 0 and f(x_k) != 0."""
    return _divides_by_zero(f, "newton_root", case)


@law("Q6.3", only=INPUTS)
def newton_root_refuses_bad_input(f: Newton, case: Refusal) -> Raises:
    """ValueError for a start that is not a finite number, and for a negative number of steps."""
    return is_refused(f, case)


# -- The error near a simple root --


@law("Q6.8", only=CORE)
def error_of_a_quadratic_is_exact(f: Newton, case: Approach) -> Equation:
    """x_{k+1} - x* = (x_k - x*)^2 f'' / (2 f'(x_k)) for a quadratic f, whose f'' is a number."""
    x = f.newton_root(case.f, case.fprime, case.x0, case.steps)
    e = case.errors(x)
    return Equation(e[1:], case.next_errors(x[:-1]), _allowed(case, x, e[1:]))


@law("Q6.8", only=CORE)
def error_follows_from_its_square(f: Newton, case: Approach) -> Inequality:
    """x_{k+1} - x* = (x_k - x*)^2 f''(s) / (2 f'(x_k)) for some s between x_k and x*."""
    x = f.newton_root(case.f, case.fprime, case.x0, case.steps)
    e, (least, most) = case.errors(x), case.curvatures(x[:-1])
    factor = e[:-1] ** 2 / (2 * case.slopes(x[:-1]))
    off = np.abs(e[1:] - factor * (least + most) / 2)
    return Inequality(
        off, np.abs(factor) * (most - least) / 2, _allowed(case, x, factor * most), "the error less its middle"
    )


@law("Q6.9", only=CORE)
def error_is_bounded_by_its_square(f: Newton, case: Approach) -> Inequality:
    """|x_{k+1} - x*| <= M (x_k - x*)^2, M = sup|f''| / (2 inf|f'|) over |x - x*| <= |e_0|."""
    x = f.newton_root(case.f, case.fprime, case.x0, case.steps)
    e = np.abs(case.errors(x))
    limit = case.constant * e[:-1] ** 2
    return Inequality(e[1:], limit, _allowed(case, x, limit), "|x_{k+1} - x*|")


@law("Q6.10", only=CORE)
def iterates_converge_from_a_close_start(f: Newton, case: Approach) -> Inequality:
    """M |x_k - x*| <= (M |e_0|)^(2^k), where M |e_0| < 1."""
    x = f.newton_root(case.f, case.fprime, case.x0, case.steps)
    return Inequality(np.abs(case.errors(x)), case.envelope, bounds.excess(case, x), "|x_k - x*|")


@law("Q6.10", only=CORE)
def cycle_is_followed(f: Newton, case: Cycle) -> Equation:
    """x_k runs through the same points again and again, and f(x_k) stays away from 0."""
    x = f.newton_root(case.f, case.fprime, case.x0, case.steps)
    return Equation(x, case.due, bounds.repeated(case))


@law("Q6.10", only=CORE)
def divergence_is_followed(f: Newton, case: Rooted) -> Inequality:
    """|x_{k+1} - x*| >= |x_k - x*|, on the other side, for the arc tangent beyond 1.3917452003 from its root."""
    x = f.newton_root(case.f, case.fprime, case.x0, case.steps)
    e = case.errors(x)
    off = bounds.steps(case.function, x[:-1], case.u)
    return Inequality(np.abs(e[:-1]), -np.sign(e[:-1]) * e[1:], off, "|x_k - x*|", "|x_{k+1} - x*| on the other side")


@law("Q6.11", only=CORE)
def values_tend_to_zero(f: Newton, case: Approach) -> Inequality:
    """|f(x_k)| <= sup|f'| (M |e_0|)^(2^k) / M."""
    x = f.newton_root(case.f, case.fprime, case.x0, case.steps)
    steepest = case.slope_range[1]
    limit = steepest * case.envelope
    return Inequality(np.abs(case.values(x)), limit, steepest * bounds.excess(case, x) + ROUNDINGS * limit, "|f(x_k)|")


@law("Q6.10", "Q6.16", only=CORE)
def accuracy_is_reached_in_time(f: Newton, case: Approach) -> Equation:
    """|x_K - x*| <= tau for K = ceil(log2(ln(M tau) / ln(M |e_0|))) + 1, tau what rounding leaves."""
    x = f.newton_root(case.f, case.fprime, case.x0, case.steps)
    return Equation(x[-1:], case.limit, bounds.final(case))


@law("Q6.16", only=CORE)
def error_has_the_quadratic_rate(f: Newton, case: Approach) -> Inequality:
    """|x_{k+1} - x* - c e_k^2| <= C |e_k|^3, c = f''(x*) / (2 f'(x*))."""
    return _rate(case, f.newton_root(case.f, case.fprime, case.x0, case.steps), order=2)


@law("Q6.16", only=CORE)
def error_has_a_cubic_rate_at_an_inflection(f: Newton, case: Approach) -> Inequality:
    """|x_{k+1} - x* - c e_k^3| <= C e_k^4, c = f'''(x*) / (3 f'(x*)), where f''(x*) = 0."""
    return _rate(case, f.newton_root(case.f, case.fprime, case.x0, case.steps), order=3)


# -- The error near a multiple root --


@law("Q6.15", only=CORE)
def error_shrinks_by_a_constant_at_a_multiple_root(f: Newton, case: MultipleRoot) -> Inequality:
    """|x_{k+1} - x* - (1 - 1/m) e_k| <= C e_k^2 at a root of multiplicity m; C = 0 for a power of x - x*."""
    x = f.newton_root(case.f, case.fprime, case.x0, case.steps)
    e = case.errors(x)
    due, remainder = case.ratio * e[:-1], case.remainder * e[:-1] ** 2
    return Inequality(np.abs(e[1:] - due), remainder, _allowed(case, x, np.abs(due) + remainder), RATE)


@law("Q6.15", only=CORE)
def multiple_root_is_approached_geometrically(f: Newton, case: MultipleRoot) -> Equation:
    """x_k - x* = (1 - 1/m)^k e_0, down to the m-th root of the error of f."""
    x = f.newton_root(case.f, case.fprime, case.x0, case.steps)
    e = case.errors(x)
    return Equation(e, e[0] * case.ratio ** np.arange(len(e)), bounds.geometric(case, x))


# -- Minimising --


@law("Q6.13", only=VALUES)
def minimiser_takes_newton_steps(f: Newton, case: Iteration) -> Equation:
    """x_{k+1} = x_k - g'(x_k) / g''(x_k), at the implementation's own x_k."""
    return _newton_steps(case, f.newton_minimize(case.f, case.fprime, case.x0, case.steps))


@law("Q6.13", only=VALUES)
def minimiser_begins_with_the_start(f: Newton, case: Iteration) -> Equation:
    """x_0 = x0, exactly."""
    return Equation(f.newton_minimize(case.f, case.fprime, case.x0, case.steps)[0], case.start, 0.0)


@law("Q6.13", only=VALUES)
def minimiser_stays_at_a_stationary_point(f: Newton, case: Iteration) -> Equation | None:
    """x_{k+1} = x_k where g'(x_k) = 0, even where g''(x_k) = 0."""
    return _stays(case, f.newton_minimize(case.f, case.fprime, case.x0, case.steps))


@law("Q6.13", only=VALUES)
def minimiser_does_not_step_without_curvature(f: Newton, case: Iteration) -> Raises | None:
    """ZeroDivisionError where g''(x_k) = 0 and g'(x_k) != 0."""
    return _divides_by_zero(f, "newton_minimize", case)


@law("Q6.13", only=WIDE)
def quadratic_takes_one_step(f: Newton, case: Rooted) -> Equation:
    """x_1 = x* for a quadratic g, wherever it starts."""
    x = f.newton_minimize(case.f, case.fprime, case.x0, case.steps)
    return Equation(x[1:2], case.limit, bounds.step(case.function, case.start, case.u))


@law("Q6.13", only=CORE)
def minimiser_finds_the_root_of_the_derivative(f: Newton, case: Approach) -> Equation:
    """newton_minimize(g', g'') = newton_root(f, f') for f = g', iterate by iterate."""
    found = f.newton_root(case.f, case.fprime, case.x0, case.steps)
    x = f.newton_minimize(case.f, case.fprime, case.x0, case.steps)
    return Equation(x, found, bounds.drift(case, case.function, x) + bounds.drift(case, case.function, found))


@law("Q6.13", only=CORE)
def multiples_of_g_have_the_same_iterates(f: Newton, case: Substitution) -> Equation:
    """The iterates for c g + d are those for g, c != 0."""
    x = f.newton_minimize(case.f, case.fprime, case.x0, case.steps)
    other = case.scaled
    scaled = f.newton_minimize(other.f, other.fprime, case.x0, case.steps)
    return Equation(scaled, x, bounds.drift(case, case.function, x) + bounds.drift(case, other, scaled))


@law("Q6.13", only=CORE)
def iterates_follow_an_affine_change_of_variable(f: Newton, case: Substitution) -> Equation:
    """a t_k + b = x_k for the iterates t_k of t -> g(a t + b) from (x0 - b) / a."""
    x = f.newton_minimize(case.f, case.fprime, case.x0, case.steps)
    other = case.substituted
    t = f.newton_minimize(other.f, other.fprime, case.t0, case.steps)
    back = case.stretch * t + case.shift
    allowed = bounds.drift(case, case.function, x) + bounds.substituted_drift(case, t)
    return Equation(back, x, allowed)


@law("Q6.14", only=CORE)
def stationary_point_is_reached_whatever_its_kind(f: Newton, case: Approach) -> Equation:
    """x_K = x* up to rounding: a minimum where g''(x*) > 0, a maximum where g''(x*) < 0."""
    x = f.newton_minimize(case.f, case.fprime, case.x0, case.steps)
    return Equation(x[-1:], case.limit, bounds.final(case))


@law("Q6.13", only=CORE, differences=["g"])
def minimiser_ends_where_g_is_flat(f: Newton, case: Approach) -> Statement:
    """(g(x_K + h) - g(x_K - h)) / 2h = 0 up to h^2 sup |g^(3)| / 6, by central differences of the g in question."""
    h = case.initial / 32
    if bounds.final(case) > h:
        return None  # the end drowns in rounding: nothing is shown
    x = _end(f, case)
    if not _is_within(case, x, h):
        return _strayed(case, x, h)
    flattest, steepest = case.slope_range
    # A quarter is a sixth and some; a truth may be off by a sixteenth of its tolerance.
    allowed = (2 * case.constant * flattest * h * h / 4 + steepest * bounds.final(case)) * 16 / 15
    before, after = case.rises(x, h).within(h * allowed)
    return Equation((after - before) / (2 * h), 0.0, allowed)


@law("Q6.14", only=CORE, differences=["g"])
def end_is_the_kind_of_optimum_that_the_curvature_tells(f: Newton, case: Approach) -> Statement:
    """(g(x_K +- h) - g(x_K)) sign g''(x*) >= inf |g''| h^2 / 2: a minimum where g'' > 0 and a maximum where g'' < 0."""
    h, off = case.initial / 2, bounds.final(case)
    if off > h:
        return None  # the end drowns in rounding: nothing is shown
    x = _end(f, case)
    if not _is_within(case, x, h):
        return _strayed(case, x, h)
    flattest, steepest = case.slope_range
    least = flattest * h * h / 2
    # Between an end that is off and x* itself g may fall by steepest off^2 / 2; less of the way is left to rise on.
    slack = flattest * h * off + steepest * off * off / 2 + least / 8  # of which half for the error of the truth
    sign = np.sign(case.fprime(case.limit.roughly().item()))
    return Inequality(least, sign * case.rises(x, h).within(least), slack, large_is="the rise of g beside the end")


@law("Q6.14", only=CORE)
def sign_of_g_does_not_matter(f: Newton, case: Approach) -> Equation:
    """The iterates for -g are those for g: they go to its maximum as they go to its minimum."""
    x = f.newton_minimize(case.f, case.fprime, case.x0, case.steps)
    other = case.function.times(-1.0)
    mirrored = f.newton_minimize(other.f, other.fprime, case.x0, case.steps)
    return Equation(mirrored, x, bounds.drift(case, case.function, x) + bounds.drift(case, other, mirrored))


@law("Q6.13", only=INPUTS)
def newton_minimize_refuses_bad_input(f: Newton, case: Refusal) -> Raises:
    """ValueError for a start that is not a finite number, and for a negative number of steps."""
    return is_refused(f, case)


# -- What the two calls share --


def _newton_steps(case: Iteration, x: Floats) -> Equation:
    x = case.judged(x)
    resting = bounds.resting(x[:-1], case.u, case.forgiving)
    allowed = np.where(case.stays(x[:-1]), resting, bounds.steps(case.function, x[:-1], case.u))
    return Equation(x[1:], case.successors(x[:-1]), allowed)


def _stays(case: Iteration, x: Floats) -> Equation | None:
    at_root = case.stays(x[:-1])
    if not at_root.any():
        return None  # its rounding led past the root: nothing is shown
    return Equation(x[1:][at_root], x[:-1][at_root], bounds.resting(x[:-1][at_root], case.u, case.forgiving))


def _divides_by_zero(f: Newton, call: str, case: Iteration) -> Raises | None:
    """States that the call raises ZeroDivisionError, where it raises anything or comes to a flat point."""
    due = ZeroDivisionError.__name__
    raised, x = raised_or_answer(getattr(f, call), (case.f, case.fprime, case.x0, case.steps))
    if raised is not None:
        return Raises(due, raised)
    # Iterates that are wrong before they come to the flat point are the business of another law.
    return Raises(due, "") if case.flat(x[:-1]).any() else None


def _end(f: Newton, case: Approach) -> float:
    return float(f.newton_minimize(case.f, case.fprime, case.x0, case.steps)[-1])


def _is_within(case: Approach, x: float, h: float) -> bool:
    """Whether all that is within `h` of an end `x` is within the ball, where the curvature of `g` is known."""
    return abs(x - case.limit.roughly().item()) <= case.initial - h


def _strayed(case: Approach, x: float, h: float) -> Inequality:
    """Of an end that is not: `|x - x*| <= |e_0| - h`, which cannot be."""
    return Inequality(abs(x - case.limit.roughly().item()), case.initial - h, 0.0, "|x_K - x*|")


def _rate(case: Approach, x: Floats, order: int) -> Inequality:
    """`|e_{k+1} - c e_k^order| <= C |e_k|^(order+1)`, with both constants from the power series of the step."""
    e, (leading, beyond) = case.errors(x), case.leading(order)
    due, remainder = leading * e[:-1] ** order, beyond * np.abs(e[:-1]) ** (order + 1)
    return Inequality(np.abs(e[1:] - due), remainder, _allowed(case, x, np.abs(due) + remainder), RATE)


def _allowed(case: Iteration, x: Floats, due: Floats) -> Floats:
    """A step's error, and that of what is due itself, computed in a handful of roundings."""
    allowed: Floats = bounds.steps(case.function, x[:-1], case.u) + ROUNDINGS * np.abs(due)
    return allowed
