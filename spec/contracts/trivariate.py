"""Q4: the calls on a polynomial in three variables."""

from __future__ import annotations

from typing import Protocol

from lydite.kit import Array, Floats, contract, derivative_of


@contract("Q4", c="coefficients", point="points")
class Trivariate(Protocol):
    """The calls of Q4; `c` is (p, q, r), `point = (u, v, z)` is (3,)."""

    def trivariate_value(self, c: Array, point: Floats, /) -> float:
        """(p,q,r),(3) -> (). `y = sum_ijk c[i,j,k] u^i v^j z^k`, with `0^0 = 1`."""
        ...

    @derivative_of("trivariate_value", "gradient", by=("point",))
    def trivariate_gradient(self, c: Array, point: Floats, /) -> Floats:
        """(p,q,r),(3) -> (3). Derivatives of `y` by `u`, `v` and `z`, in this order."""
        ...

    @derivative_of("trivariate_value", "hessian", by=("point",))
    def trivariate_hessian(self, c: Array, point: Floats, /) -> Floats:
        """(p,q,r),(3) -> (3,3). Jacobian of the gradient: a row a component, a column a variable."""
        ...
