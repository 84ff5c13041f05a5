"""Newton's method (Q6), as it goes wrong."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lydite.kit import Floats, Regime, mistake
from reference.newton import newton_root

Scalar = Callable[[float], float]

# -- newton_root: the step --


@mistake("newton_root", breaks="Q6.3")
def freezes_the_ratio(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """The printed step: the ratio is taken at an x without an index, which stays the start."""
    ratio = f(x0) / fprime(x0) if f(x0) else 0.0
    return np.array([float(x0) - k * ratio for k in range(steps + 1)])


@mistake("newton_root", breaks="Q6.3")
def adds_the_ratio(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """The sign of the step is lost."""
    return _iterated(x0, steps, lambda x: x + f(x) / fprime(x) if f(x) else x)


@mistake("newton_root", breaks="Q6.3")
def differentiates_numerically(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """A central difference in place of the derivative that was handed over."""
    h = 1e-6
    return newton_root(f, lambda x: (f(x + h) - f(x - h)) / (2 * h), x0, steps)


@mistake("newton_root", breaks="Q6.3")
def cushions_the_slope(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """A small number is added to the slope, so that nothing is ever divided by zero."""
    return newton_root(f, lambda x: fprime(x) + 1e-12, x0, steps)


@mistake("newton_root", breaks="Q6.3", regime=Regime.STABILITY)
def cushions_small_slopes(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """No slope may be smaller than 1e-12, whatever the units of f and x."""
    return newton_root(f, lambda x: math.copysign(max(abs(fprime(x)), 1e-12), fprime(x)), x0, steps)


@mistake("newton_root", breaks="Q6.3")
def takes_no_step_longer_than_one(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Steps are clipped to keep the iterates from running off."""
    return _iterated(x0, steps, lambda x: x - np.clip(f(x) / fprime(x), -1, 1) if f(x) else x)


@mistake("newton_root", breaks="Q6.16")
def damps_the_step(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """A learning rate a little below one is left in: the rate is linear."""
    return _iterated(x0, steps, lambda x: x - 0.99 * f(x) / fprime(x) if f(x) else x)


@mistake("newton_root", breaks="Q6.16")
def takes_secants(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """The secant through the last two iterates in place of the tangent, after one step of Newton's."""
    x = newton_root(f, fprime, x0, min(steps, 1)).tolist()
    while len(x) <= steps:
        rise = f(x[-1]) - f(x[-2])
        x.append(x[-1] - f(x[-1]) * (x[-1] - x[-2]) / rise if rise else x[-1])
    return np.array(x)


@mistake("newton_root", breaks="Q6.8")
def renews_the_slope_every_second_step(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Derivatives are dear, so each one serves twice."""
    x, slope = [float(x0)], 1.0
    for k in range(steps):
        slope = fprime(x[-1]) if k % 2 == 0 else slope
        x.append(x[-1] - f(x[-1]) / slope if f(x[-1]) else x[-1])
    return np.array(x)


@mistake("newton_root", breaks="Q6.9")
def takes_the_slope_of_the_iterate_before(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """The derivative is updated after the iterate, and so lags behind by one."""
    x, slope = [float(x0)], fprime(x0)
    for _ in range(steps):
        x.append(x[-1] - f(x[-1]) / slope if f(x[-1]) else x[-1])
        slope = fprime(x[-2])
    return np.array(x)


@mistake("newton_root", breaks="Q6.16")
def takes_halleys_step(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Halley's method, of third order, with a second derivative by differences: too good for the rate that is due."""

    def halley(x: float) -> float:
        if not f(x):
            return x
        bend = (fprime(x + 1e-5) - fprime(x - 1e-5)) / 2e-5
        return x - 2 * f(x) * fprime(x) / (2 * fprime(x) ** 2 - f(x) * bend)

    return _iterated(x0, steps, halley)


@mistake("newton_root", breaks="Q6.15")
def doubles_the_step(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """The step for a double root, twice as long, is taken where the last ones shrank by a half only."""
    x = [float(x0)]
    for k in range(steps):
        step = f(x[k]) / fprime(x[k]) if f(x[k]) else 0.0
        slow = k > 1 and 0.4 < abs(step / (x[k - 1] - x[k]) if x[k - 1] != x[k] else 0.0) < 0.6
        x.append(x[k] - (2 if slow else 1) * step)
    return np.array(x)


@mistake("newton_root", breaks="Q6.3")
def rounds_its_iterates(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """To twelve digits, so that iterates can be compared."""
    return _iterated(x0, steps, lambda x: round(x - f(x) / fprime(x), 12) if f(x) else x)


# -- newton_root: when to stop --


@mistake("newton_root", breaks="Q6.15")
def stops_at_a_short_step(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Takes a short step for convergence, and repeats the last iterate from there on."""
    return _iterated(x0, steps, lambda x: x - f(x) / fprime(x) if abs(f(x)) > 1e-4 * abs(fprime(x)) else x)


@mistake("newton_root", breaks="Q6.11")
def stops_at_a_small_value(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Takes a small value of f for convergence."""
    return _iterated(x0, steps, lambda x: x - f(x) / fprime(x) if abs(f(x)) > 1e-8 else x)


@mistake("newton_root", breaks="Q6.3", regime=Regime.STABILITY)
def stops_at_a_tiny_value(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Takes 1e-15 for zero, which it is not where f is measured in large units."""
    return _iterated(x0, steps, lambda x: x - f(x) / fprime(x) if abs(f(x)) > 1e-15 else x)


@mistake("newton_root", breaks="Q6.3")
def returns_what_it_has_once_it_converged(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Leaves early, with fewer iterates than were requested."""
    x = newton_root(f, fprime, x0, steps)
    return x[: steps + 1 - int(np.sum(x[1:] == x[:-1]))]


@mistake("newton_root", breaks="Q6.10")
def takes_one_step_too_few(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Appends before it steps: the start twice, and the last iterate lost."""
    return np.append(x0, newton_root(f, fprime, x0, max(steps - 1, 0)))[: steps + 1]


@mistake("newton_root", breaks="Q6.10")
def shortens_steps_that_do_not_help(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Halves a step until |f| falls: hides that the method cycles and diverges."""

    def shortened(x: float) -> float:
        step = f(x) / fprime(x) if f(x) else 0.0
        while step and abs(f(x - step)) > abs(f(x)):
            step /= 2
        return x - step

    return _iterated(x0, steps, shortened)


@mistake("newton_root", breaks="Q6.10")
def turns_back_where_it_diverges(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Starts again in the middle once an iterate is farther out than the start."""
    return _iterated(x0, steps, lambda x: (x - f(x) / fprime(x) if f(x) else x) if abs(x) < 2 else x / 2)


# -- newton_root: what comes back --


@mistake("newton_root", breaks="Q6.3")
def leaves_out_the_start(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Returns the iterates after the start, one more of them."""
    return newton_root(f, fprime, x0, steps + 1)[1:]


@mistake("newton_root", breaks="Q6.9")
def lists_the_last_iterate_first(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Prepends what it finds: the bound then holds for the previous error, as it is printed."""
    return newton_root(f, fprime, x0, steps)[::-1]


@mistake("newton_root", breaks="Q6.3")
def returns_the_steps(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Stores what was subtracted in place of what was left."""
    return np.append(x0, -np.diff(newton_root(f, fprime, x0, steps)))


@mistake("newton_root", breaks="Q6.3")
def stores_single_precision(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Allocates the iterates in float32."""
    return newton_root(f, fprime, x0, steps).astype(np.float32)


# -- newton_root: where nothing is to be divided --


@mistake("newton_root", breaks="Q6.3")
def divides_zero_by_zero(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Does not look whether it is at a root already, not even a double one."""
    return _iterated(x0, steps, lambda x: x - float(np.float64(f(x)) / np.float64(fprime(x))))


@mistake("newton_root", breaks="Q6.10")
def divides_by_zero_in_silence(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Divides as NumPy does, where a flat slope gives infinity and a warning that nobody reads."""
    return _iterated(x0, steps, lambda x: x - float(np.float64(f(x)) / np.float64(fprime(x))) if f(x) else x)


@mistake("newton_root", breaks="Q6.3")
def rests_where_it_is_flat(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Stays at a flat point as if it were a root."""
    return _iterated(x0, steps, lambda x: x - f(x) / fprime(x) if f(x) and fprime(x) else x)


@mistake("newton_root", breaks="Q6.3")
def raises_value_error_where_it_is_flat(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Raises what bad input raises, although the start was good."""
    try:
        return newton_root(f, fprime, x0, steps)
    except ZeroDivisionError:
        raise ValueError("the slope is 0") from None


@mistake("newton_root", breaks="Q6.3")
def looks_at_the_slope_first(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Refuses a flat slope before it asks whether it is at a root already: a double one is not found."""

    def step(x: float) -> float:
        slope = fprime(x)
        if slope == 0:
            raise ZeroDivisionError("the slope is 0")
        return x - f(x) / slope

    return _iterated(x0, steps, step)


@mistake("newton_root", breaks="Q6.3")
def answers_with_complex_numbers(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> NDArray[np.complex128]:
    """Iterates that are allocated for complex roots as well."""
    return newton_root(f, fprime, x0, steps).astype(complex)


@mistake("newton_root", breaks="Q6.3")
def returns_fifty_iterates_at_least(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """A default for the number of steps, which a smaller number does not replace."""
    return newton_root(f, fprime, x0, max(steps, 50))


@mistake("newton_root", breaks="Q6.8")
def divides_by_a_squared_slope(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """`f f' / (f'^2 + 1e-14)`, the step of Gauss and Newton, damped."""
    return _iterated(x0, steps, lambda x: x - f(x) * fprime(x) / (fprime(x) ** 2 + 1e-14) if f(x) else x)


# -- newton_root: what arrives, and what stays behind --


@mistake("newton_root", breaks="Q6.3", regime=Regime.LAYOUT)
def steps_in_place(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Subtracts in place, which for an array without axes changes every iterate listed, and the start."""
    x, iterates = x0, [x0]
    for _ in range(steps):
        if f(x):
            x -= f(x) / fprime(x)
        iterates.append(x)
    return np.array(iterates, dtype=float)


@mistake("newton_root", breaks="Q6.3", regime=Regime.PURITY)
def fills_one_buffer(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """Keeps an array for the iterates between calls, and hands out views of it."""
    _buffer[: steps + 1] = newton_root(f, fprime, x0, steps)
    return _buffer[: steps + 1]


_buffer = np.zeros(1 << 10)


@mistake("newton_root", breaks="Q6.3", regime=Regime.INPUTS)
def takes_a_negative_count_for_none(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """A range of fewer than no steps is empty."""
    return newton_root(f, fprime, x0, max(steps, 0))


@mistake("newton_root", breaks="Q6.3", regime=Regime.INPUTS)
def starts_from_nowhere(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """A start of NaN is followed through every step."""
    return newton_root(f, fprime, x0, steps) if np.isfinite(x0).all() else np.full(steps + 1, math.nan)


# -- newton_minimize --


@mistake("newton_minimize", breaks="Q6.13")
def descends_the_gradient(gprime: Scalar, gsecond: Scalar, x0: float, steps: int, /) -> Floats:
    """A step against the gradient, with a learning rate in place of the curvature."""
    return _iterated(x0, steps, lambda x: x - 0.1 * gprime(x))


@mistake("newton_minimize", breaks="Q6.13")
def turns_the_ratio_over(gprime: Scalar, gsecond: Scalar, x0: float, steps: int, /) -> Floats:
    """The curvature over the gradient."""
    return _iterated(x0, steps, lambda x: x - gsecond(x) / gprime(x) if gprime(x) else x)


@mistake("newton_minimize", breaks="Q6.13")
def solves_for_the_curvature(gprime: Scalar, gsecond: Scalar, x0: float, steps: int, /) -> Floats:
    """Looks for a root of the last function it was given, with a derivative by differences."""
    return _iterated(
        x0,
        steps,
        lambda x: x - 2e-6 * gsecond(x) / ((gsecond(x + 1e-6) - gsecond(x - 1e-6)) or 1.0) if gsecond(x) else x,
    )


@mistake("newton_minimize", breaks="Q6.13")
def regularises_the_curvature(gprime: Scalar, gsecond: Scalar, x0: float, steps: int, /) -> Floats:
    """Adds a little to the curvature, as Levenberg and Marquardt do."""
    return newton_root(gprime, lambda x: gsecond(x) + 1e-8, x0, steps)


@mistake("newton_minimize", breaks="Q6.14")
def goes_downhill_only(gprime: Scalar, gsecond: Scalar, x0: float, steps: int, /) -> Floats:
    """Takes the curvature without its sign, and so flees from a maximum."""
    return newton_root(gprime, lambda x: abs(gsecond(x)), x0, steps)


@mistake("newton_minimize", breaks="Q6.14")
def rests_where_g_is_concave(gprime: Scalar, gsecond: Scalar, x0: float, steps: int, /) -> Floats:
    """Takes no step where there is no minimum to be expected."""
    return _iterated(x0, steps, lambda x: x - gprime(x) / gsecond(x) if gprime(x) and gsecond(x) > 0 else x)


@mistake("newton_minimize", breaks="Q6.14")
def descends_where_g_is_concave(gprime: Scalar, gsecond: Scalar, x0: float, steps: int, /) -> Floats:
    """Falls back on the gradient where the curvature is negative."""
    return newton_root(gprime, lambda x: gsecond(x) if gsecond(x) > 0 else 1.0, x0, steps)


@mistake("newton_minimize", breaks="Q6.13")
def returns_the_minimiser_only(gprime: Scalar, gsecond: Scalar, x0: float, steps: int, /) -> float:
    """The last iterate, without the way there."""
    return float(newton_root(gprime, gsecond, x0, steps)[-1])


@mistake("newton_minimize", breaks="Q6.13")
def minimises_in_one_step_more(gprime: Scalar, gsecond: Scalar, x0: float, steps: int, /) -> Floats:
    """The start itself is not listed."""
    return newton_root(gprime, gsecond, x0, steps + 1)[1:]


@mistake("newton_minimize", breaks="Q6.13", regime=Regime.STABILITY)
def stops_at_a_small_gradient(gprime: Scalar, gsecond: Scalar, x0: float, steps: int, /) -> Floats:
    """Takes a gradient of 1e-15 for zero, whatever the units."""
    return _iterated(x0, steps, lambda x: x - gprime(x) / gsecond(x) if abs(gprime(x)) > 1e-15 else x)


@mistake("newton_minimize", breaks="Q6.13")
def takes_inflections_for_stationary(gprime: Scalar, gsecond: Scalar, x0: float, steps: int, /) -> Floats:
    """Stays where the curvature is 0, though the gradient is not."""
    return _iterated(x0, steps, lambda x: x - gprime(x) / gsecond(x) if gprime(x) and gsecond(x) else x)


@mistake("newton_minimize", breaks="Q6.13", regime=Regime.PURITY)
def moves_the_start(gprime: Scalar, gsecond: Scalar, x0: float, steps: int, /) -> Floats:
    """Works on a start that is an array without axes, instead of on its number."""
    iterates = [float(x0)]
    for _ in range(steps):
        if gprime(x0):
            x0 -= gprime(x0) / gsecond(x0)
        iterates.append(float(x0))
    return np.array(iterates)


@mistake("newton_minimize", breaks="Q6.13", regime=Regime.LAYOUT)
def wants_a_float(gprime: Scalar, gsecond: Scalar, x0: float, steps: int, /) -> Floats:
    """Refuses a start that is an array without axes."""
    if isinstance(x0, np.ndarray):
        raise TypeError("x0 must be a float")
    return newton_root(gprime, gsecond, x0, steps)


@mistake("newton_minimize", breaks="Q6.13", regime=Regime.INPUTS)
def starts_at_infinity(gprime: Scalar, gsecond: Scalar, x0: float, steps: int, /) -> Floats:
    """An infinite start is followed through every step."""
    return newton_root(gprime, gsecond, x0, steps) if np.isfinite(x0).all() else np.full(steps + 1, x0)


# -- Calls that are wrong together, and agree --


def _half_a_step_each(gprime: Scalar, gsecond: Scalar, x0: float, steps: int, /) -> Floats:
    return _iterated(x0, steps, lambda x: x - 0.5 * gprime(x) / gsecond(x) if gprime(x) else x)


@mistake("newton_root", breaks="Q6.16", along={"newton_minimize": _half_a_step_each})
def takes_half_a_step(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """A step size of one half, for roots and for minima."""
    return _half_a_step_each(f, fprime, x0, steps)


@mistake("newton_root", breaks="Q6.3")
def thirty_two_steps_at_most(f: Scalar, fprime: Scalar, x0: float, steps: int, /) -> Floats:
    """A safeguard against loops that do not end: from step 33 on the iterate stays where it is."""
    x = newton_root(f, fprime, x0, steps)
    x[33:] = x[min(32, steps)]
    return x


# -- What several do --


def _iterated(x0: float, steps: int, step: Scalar) -> Floats:
    """The start and what `step` makes of it, again and again."""
    x = [float(x0)]
    for _ in range(steps):
        x.append(step(x[-1]))
    return np.array(x)
