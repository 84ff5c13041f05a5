"""Q4: a polynomial `sum c[i,j,k] u^i v^j z^k`, its gradient, and its Hessian as the Jacobian of that gradient."""

from __future__ import annotations

import numpy as np
from numpy.polynomial.polynomial import polyder, polyval3d

from lydite.kit import Array, Floats
from reference.arguments import reals

VARIABLES = range(3)


@np.errstate(over="ignore")
def trivariate_value(c: Array, point: Floats) -> float:
    """`(p,q,r),(3) -> ()`. `sum c[i,j,k] u^i v^j z^k` at `point = (u, v, z)`.

    Claims Q4.1, Q4.2.
    """
    c, point = reals("(p,q,r),(3)", c=c, point=point)
    u, v, z = point
    return float(polyval3d(u, v, z, c))


@np.errstate(over="ignore")
def trivariate_gradient(c: Array, point: Floats) -> Floats:
    """`(p,q,r),(3) -> (3)`. The derivatives by `u`, `v` and `z`, in this order.

    Claims Q4.1, Q4.2.
    """
    c, point = reals("(p,q,r),(3)", c=c, point=point)
    return np.array([trivariate_value(polyder(c, axis=a), point) for a in VARIABLES])


@np.errstate(over="ignore")
def trivariate_hessian(c: Array, point: Floats) -> Floats:
    """`(p,q,r),(3) -> (3,3)`. Row: component of the gradient; column: the variable that it is differentiated by.

    Claims Q4.1, Q4.5 to Q4.7.
    """
    c, point = reals("(p,q,r),(3)", c=c, point=point)
    return np.array([trivariate_gradient(polyder(c, axis=a), point) for a in VARIABLES])
