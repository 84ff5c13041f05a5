"""R: the calls about ridge regression."""

from __future__ import annotations

from typing import Protocol

from lydite.kit import Floats, call, contract, derivative_of


@contract("R", w="weights", X="design_matrices", y="responses", lam="penalties")
class Ridge(Protocol):
    """The calls that an implementation offers to be tested: `X` has a sample a row, `lam` weighs the penalty."""

    @call(sums="n")
    def ridge_loss(self, w: Floats, X: Floats, y: Floats, lam: float, /) -> float:
        """(d),(n,d),(n),() -> (). `|X w - y|^2 / 2 + lam |w|^2 / 2`, for `lam` that is not negative."""
        ...

    @derivative_of("ridge_loss", "gradient", by=("w",))
    def ridge_gradient(self, w: Floats, X: Floats, y: Floats, lam: float, /) -> Floats:
        """(d),(n,d),(n),() -> (d). The gradient of `ridge_loss` by `w`."""
        ...

    @derivative_of("ridge_loss", "hessian", by=("w",))
    def ridge_hessian(self, X: Floats, lam: float, /) -> Floats:
        """(n,d),() -> (d,d). The Hessian of `ridge_loss` by `w`, which is the same at every `w`."""
        ...

    def ridge_solution(self, X: Floats, y: Floats, lam: float, /) -> Floats:
        """(n,d),(n),() -> (d). The `w` at which `ridge_loss` is least, for `lam` above 0."""
        ...
