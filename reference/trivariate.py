"""Q4: a polynomial `sum c[i,j,k] u^i v^j z^k`, its gradient, and its Hessian as the Jacobian of that gradient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reference.arguments import reals
from spec.arrays import Array, Floats


def trivariate_value(c: Array, point: Floats) -> float:
    """`(p,q,r),(3) -> ()`. `sum c[i,j,k] u^i v^j z^k` at `point = (u, v, z)`.

    Claims Q4.1, Q4.2.
    """
    D = _derivative(*reals("(p,q,r),(3)", c=c, point=point))
    return D(0, 0, 0)


def trivariate_gradient(c: Array, point: Floats) -> Floats:
    """`(p,q,r),(3) -> (3)`. The derivatives by `u`, `v` and `z`, in this order.

    Claims Q4.1, Q4.2.
    """
    D = _derivative(*reals("(p,q,r),(3)", c=c, point=point))
    return np.array([D(1, 0, 0), D(0, 1, 0), D(0, 0, 1)])


def trivariate_hessian(c: Array, point: Floats) -> Floats:
    """`(p,q,r),(3) -> (3,3)`. Row: component of the gradient; column: the variable that it is differentiated by.

    Claims Q4.1, Q4.5 to Q4.7.
    """
    D = _derivative(*reals("(p,q,r),(3)", c=c, point=point))
    return np.array([
        [D(2, 0, 0), D(1, 1, 0), D(1, 0, 1)],
        [D(1, 1, 0), D(0, 2, 0), D(0, 1, 1)],
        [D(1, 0, 1), D(0, 1, 1), D(0, 0, 2)],
    ])  # fmt: skip


def _derivative(c: Floats, point: Floats) -> Callable[[int, int, int], float]:
    """The derivative taken so many times by `u`, by `v` and by `z`: each product with `c` sums over its last axis."""
    u, v, z = (_monomials(x, size) for x, size in zip(point.tolist(), c.shape, strict=True))
    return lambda i, j, k: float(c @ z[k] @ v[j] @ u[i])


def _monomials(x: float, size: int) -> tuple[Floats, Floats, Floats]:
    """`1, x, x^2, ...`, their first and their second derivatives; `x^i` comes to `i x^(i-1)` by the matrix `d`."""
    [powers] = np.vander([x], size, increasing=True)
    d = np.diag(np.arange(1.0, size), 1)
    return powers, powers @ d, powers @ d @ d
