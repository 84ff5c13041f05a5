"""Q4: the calls on a polynomial in three variables, and on any function of several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from lydite.kit import Array, Floats, call, contract, derivative_of

VectorCallable = Callable[[Floats], float]


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

    @call(optional=True)
    def function_gradient(self, f: VectorCallable, point: Floats, /) -> Floats:
        """(n) -> (n). Derivatives at `point` of `f`, which takes an array (n,) of floats and returns a float.

        Off by no more than central differences of a step from `u^(1/3) / 8` to `32 u^(1/3)`, `u` the unit roundoff.
        """
        ...

    @call(optional=True)
    def function_hessian(self, f: VectorCallable, point: Floats, /) -> Floats:
        """(n) -> (n,n). Jacobian of the gradient of `f` at `point`.

        Off by no more than second differences of a step from `u^(1/4) / 8` to `16 u^(1/4)`.
        """
        ...
