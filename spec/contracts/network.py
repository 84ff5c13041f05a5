"""Q3: leaky ReLU, dropout, and the two-layer network that is made of them; softmax has a contract of its own."""

from __future__ import annotations

from typing import Protocol

from lydite.kit import Array, Floats, call, contract, derivative_of


@contract("Q3", z="preactivations")
class Network(Protocol):
    """The calls of Q3, for one sample.

    `z1 = W1 x + b1`, `a = mask * leaky_relu(z1, alpha)`, `z2 = W2 a + b2`, `p = softmax(z2)`, `L = -sum_k y_k ln p_k`:
    `W1` is (h,d), `b1` (h,), `W2` (K,h), `b2` (K,), `x` (d,), `y` (K,) with sum one, `mask` (h,) of zeros and ones.
    """

    def leaky_relu(self, z: Floats, alpha: float, /) -> Floats:
        """(...),() -> (...). `z` where it is positive, else `alpha z`, entry by entry."""
        ...

    @derivative_of("leaky_relu", "elementwise", by=("z",))
    @call(kinked=True)
    def leaky_relu_derivative(self, z: Floats, alpha: float, /) -> Floats:
        """(...),() -> (...). 1 where `z` is positive, else `alpha`, so `alpha` at 0."""
        ...

    @call(random=True)
    def dropout_mask(self, size: int, p: float, seed: int, /) -> Floats:
        """(),(),() -> (size). Independent zeros with probability `p`, ones otherwise, decided by `seed`."""
        ...

    @call(optional=True)
    def inverted_dropout(self, x: Floats, mask: Array, p: float, training: int, /) -> Floats:
        """(...),(...),(),() -> (...). `mask x / (1 - p)` in training, `x` itself where `training` is 0; `p` below 1."""
        ...

    @call(rows=("x", "mask"))
    def network_predict(
        self, W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, mask: Array, alpha: float, /
    ) -> Floats:
        """(h,d),(h),(K,h),(K),(d),(h),() -> (K). `p`; survivors of the mask are not rescaled."""
        ...

    @call(rows=("x", "y", "mask"), sums="rows", shares=("y",))
    def network_loss(
        self, W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
    ) -> float:
        """(h,d),(h),(K,h),(K),(d),(K),(h),() -> (). `L`, for one-hot or soft labels."""
        ...

    @derivative_of("network_loss", "gradient", by=("W1", "b1", "W2", "b2"))
    @call(rows=("x", "y", "mask"), sums="rows", shares=("y",), kinked=True)
    def network_gradient(
        self, W1: Floats, b1: Floats, W2: Floats, b2: Floats, x: Floats, y: Array, mask: Array, alpha: float, /
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """(h,d),(h),(K,h),(K),(d),(K),(h),() -> (h,d),(h),(K,h),(K). Derivatives of `L` by `W1, b1, W2, b2`."""
        ...
