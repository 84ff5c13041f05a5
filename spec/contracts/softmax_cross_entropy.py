"""Q7 and the softmax of Q3: the calls on a vector of logits."""

from __future__ import annotations

from typing import Protocol

from lydite.kit import Array, Floats, call, contract, derivative_of


@contract("Q3", z="logits")
class Softmax(Protocol):
    """The softmax and its derivative, part of Q3; `z` is (K,)."""

    @call(rows=("z",))
    def softmax(self, z: Floats, /) -> Floats:
        """(K) -> (K). `exp(z_i) / sum_j exp(z_j)`."""
        ...

    @derivative_of("softmax", "jacobian", by=("z",))
    @call(rows=("z",))
    def softmax_jacobian(self, z: Floats, /) -> Floats:
        """(K) -> (K,K). Entry [k, i] is the derivative of output k by input i."""
        ...


@contract("Q7", z="logits", y="labels")
class SoftmaxCrossEntropy(Softmax, Protocol):
    """The calls of Q7; `z` and `y` are (K,)."""

    @call(rows=("z", "y"), sums="rows", shares=("y",))
    def cross_entropy(self, z: Floats, y: Array, /) -> float:
        """(K),(K) -> (). `-sum_k y_k ln softmax(z)_k`, for one-hot `y` or any labels that are not negative."""
        ...

    @derivative_of("cross_entropy", "gradient", by=("z",))
    @call(rows=("z", "y"), shares=("y",))
    def cross_entropy_gradient(self, z: Floats, y: Array, /) -> Floats:
        """(K),(K) -> (K). Derivative of `cross_entropy` by `z`."""
        ...

    @derivative_of("cross_entropy", "hessian", by=("z",))
    @call(rows=("z",))
    def cross_entropy_hessian(self, z: Floats, /) -> Floats:
        """(K) -> (K,K). Second derivative of `cross_entropy` by `z`, for any `y` that sums to one."""
        ...

    @derivative_of("cross_entropy", "hessian", by=("z",))
    @call(rows=("z", "y"), optional=True)
    def cross_entropy_hessian_with_labels(self, z: Floats, y: Array, /) -> Floats:
        """(K),(K) -> (K,K). Second derivative of `cross_entropy` by `z`, for any `y` that is not negative."""
        ...

    @call(rows=("z",), optional=True)
    def log_softmax(self, z: Floats, /) -> Floats:
        """(K) -> (K). `ln softmax(z)_i = z_i - ln sum_j exp(z_j)`."""
        ...
