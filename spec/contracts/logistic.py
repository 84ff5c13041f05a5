"""Q1: the calls on one sigmoid neuron under binary cross-entropy."""

from __future__ import annotations

from typing import Protocol

from lydite.kit import Array, Floats, call, contract, derivative_of


@contract("Q1", w="weights", X="design_matrices", y="binary_labels")
class Logistic(Protocol):
    """The calls of Q1; `w` is (d,), `b` a float, `X` (n, d), `y` (n,) in [0, 1]."""

    def logistic_predict(self, w: Floats, b: float, X: Floats, /) -> Floats:
        """(d),(),(n,d) -> (n). `p = 1 / (1 + exp(-(X w + b)))`."""
        ...

    @call(sums="n")
    def logistic_loss(self, w: Floats, b: float, X: Floats, y: Array, /) -> float:
        """(d),(),(n,d),(n) -> (). `-sum_n [y ln p + (1 - y) ln(1 - p)]`, the sum over samples and not their mean."""
        ...

    @derivative_of("logistic_loss", "gradient", by=("w", "b"))
    @call(sums="n")
    def logistic_gradient(self, w: Floats, b: float, X: Floats, y: Array, /) -> tuple[Floats, float]:
        """(d),(),(n,d),(n) -> (d),(). Derivatives of `logistic_loss` by `w` and by `b`."""
        ...

    @derivative_of("logistic_loss", "hessian", by=("w", "b"))
    @call(sums="n")
    def logistic_hessian(self, w: Floats, b: float, X: Floats, /) -> Floats:
        """(d),(),(n,d) -> (d+1,d+1). Second derivatives of `logistic_loss` by `(w, b)`, in this order."""
        ...

    @call(returns=("w", "b"), sums="n", factor="learning_rate")
    def logistic_step(self, w: Floats, b: float, X: Floats, y: Array, learning_rate: float, /) -> tuple[Floats, float]:
        """(d),(),(n,d),(n),() -> (d),(). The `w` and `b` after one step of gradient descent, both from the old ones."""
        ...
