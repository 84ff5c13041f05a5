"""Q4: a polynomial `sum c[i,j,k] u^i v^j z^k`, its gradient, and its Hessian as the Jacobian of that gradient."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from lydite.kit import Array, Floats
from reference.arguments import reals

VARIABLES = range(3)


@np.errstate(over="ignore")
def trivariate_value(c: Array, point: Floats) -> float:
    """`(p,q,r),(3) -> ()`. `sum c[i,j,k] u^i v^j z^k` at `point = (u, v, z)`.

    Claims Q4.1, Q4.2.
    """
    c, point = reals("(p,q,r),(3)", c=c, point=point)
    return float(_value(c, point))


@np.errstate(over="ignore")
def trivariate_gradient(c: Array, point: Floats) -> Floats:
    """`(p,q,r),(3) -> (3)`. The derivatives by `u`, `v` and `z`, in this order.

    Claims Q4.1, Q4.2.
    """
    c, point = reals("(p,q,r),(3)", c=c, point=point)
    return _gradient(c, point)


@np.errstate(over="ignore")
def trivariate_hessian(c: Array, point: Floats) -> Floats:
    """`(p,q,r),(3) -> (3,3)`. Row: component of the gradient; column: the variable that it is differentiated by.

    Claims Q4.1, Q4.5 to Q4.7.
    """
    c, point = reals("(p,q,r),(3)", c=c, point=point)
    return np.array([_gradient(_derivative(c, a), point) for a in VARIABLES])


@np.errstate(over="ignore", invalid="ignore")
def function_gradient(f: Callable[[Floats], float], point: Floats) -> Floats:
    """`(n) -> (n)`. Central differences of `f`, in double precision.

    Refuses a point next to which `f` is not finite. Claim X.15.
    """
    x, steps = _steps(point, 1 / 3)
    gradient: Floats = np.array([f(x + h) - f(x - h) for h in np.diag(steps)]) / (2 * steps)
    return _known(gradient)


@np.errstate(over="ignore", invalid="ignore")
def function_hessian(f: Callable[[Floats], float], point: Floats) -> Floats:
    """`(n) -> (n,n)`. Central differences by one variable of those by another, in double precision.

    Refuses a point next to which `f` is not finite. Claim X.16.
    """
    x, steps = _steps(point, 1 / 4)
    rows = np.diag(steps)
    mixed = [[f(x + h + k) - f(x + h - k) - f(x - h + k) + f(x - h - k) for k in rows] for h in rows]
    return _known(np.array(mixed) / (4 * np.outer(steps, steps)))


def _steps(point: Floats, power: float) -> tuple[Floats, Floats]:
    """The point in double precision, and a step for each variable, a power of two, so that little is rounded."""
    [point] = reals("(n)", point=point)
    x = point.astype(np.float64)
    return x, 2.0 ** np.round(np.log2(2.0 ** (-53 * power) * np.maximum(1, abs(x))))


def _known(derivatives: Floats) -> Floats:
    if not np.isfinite(derivatives).all():
        raise ValueError("f is not finite next to point")
    return derivatives


def _value(c: Floats, point: Floats) -> Any:
    """Horner's rule along the first axis, three times."""
    for x in point:
        c = reduce(lambda value, row: value * x + row, c[::-1])
    return c


def _derivative(c: Floats, axis: int) -> Floats:
    """The coefficients of the derivative by one variable; those of a constant are one zero."""
    n = c.shape[axis]
    powers = np.arange(n, dtype=c.dtype).reshape([n if a == axis else 1 for a in VARIABLES])
    rest = tuple(slice(n > 1 and a == axis, None) for a in VARIABLES)
    derivative: Floats = (powers * c)[rest]
    return derivative


def _gradient(c: Floats, point: Floats) -> Floats:
    return np.array([_value(_derivative(c, a), point) for a in VARIABLES])
